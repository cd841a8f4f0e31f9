"""Activations of neurons: the name of an operation of the table, or any function of one operand."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import TABLE
from autograd_lite.engine.text import shortened

Activation = str | bool | Callable[[Any], Any]
LINEAR = "linear"


def activation_of(activation: Activation) -> tuple[str, Callable[[Any], Any] | None]:
    """The name of an activation, and its function: None for a linear one."""
    if isinstance(activation, bool):
        activation = "relu" if activation else LINEAR
    if activation == LINEAR:
        return LINEAR, None
    if isinstance(activation, str):
        op = TABLE.get(activation)
        if op is None:
            functions = [name for name, op in TABLE.items() if op.arity - len(op.defaults) == 1]
            near = difflib.get_close_matches(activation.lower(), [LINEAR, *functions], 3)
            hint = f": did you mean {' or '.join(near)}?" if near else ", such as relu, tanh, sigmoid or linear"
            raise ValueError(f"no activation {activation!r} in the table{hint}")
        activation = op
    if isinstance(activation, Op):
        activation.check_count(1)
    elif not callable(activation):
        raise TypeError(f"an activation is a name or a function, got {shortened(activation)}")
    name = getattr(activation, "__name__", type(activation).__name__)
    if name in (LINEAR, *TABLE) and TABLE.get(name) is not activation:  # a namesake; files must not confuse them
        name = f"{getattr(activation, '__module__', None) or 'other'}.{name}"
    return name, activation
