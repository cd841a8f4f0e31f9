"""What `help(exp)` and editors are told of an operation; all but a sentence and an example follows from its row."""

from __future__ import annotations

import ast
from contextlib import suppress
from inspect import Parameter, Signature

from autograd_lite.engine.compiled import PythonOperand
from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import TABLE
from autograd_lite.engine.words import SAID


def documentation(op: Op) -> str:
    """The docstring of an operation.

    >>> from autograd_lite import tanh
    >>> documentation(tanh).splitlines()[::2]
    ['The hyperbolic tangent.', 'y = tanh(x), ∂y/∂x = 1.0 - y ** 2.0.', '>>> tanh(0.5)']
    """
    ours = TABLE.get(op.name) is op
    said = op.doc or (SAID.get(op.name, "") if ours else "")
    if op.doc and " >>> " not in op.doc:
        return op.doc
    sentence, _, example = said.partition(" >>> ")
    call, _, result = example.partition(" = ")
    if ours and not example:
        with suppress(ArithmeticError, ValueError):  # outside of the domain there is no example
            operands = (0.5, 0.25, 0.75)[: op.arity]
            call, result = f"{op.name}({', '.join(map(repr, operands))})", repr(op(*operands))
    parts = [sentence, _formulas(op), f">>> {call}\n{result}\n" if call else ""]
    return "\n\n".join(part for part in parts if part)


def _formulas(op: Op) -> str:
    """The value and the partials in Python; the value alone where a custom rule can only take numbers."""
    names = op.parameters
    result = next(name for name in ("y", "z", "result") if name not in names)
    operands = [PythonOperand(name) for name in (*names, result)]
    texts = [f"{result} = {op.written(*names)}"]
    with suppress(Exception):  # a custom rule may do anything with text that it takes for a number
        for name, rule in zip(names, op.shown or op.partials, strict=True):
            text = str(rule(*operands) if callable(rule) else rule)
            texts.append(f"∂{result}/∂{name} = {ast.unparse(ast.parse(text, mode='eval'))}")  # in few parentheses
    return f"{', '.join(texts)}."


def signature(op: Op) -> Signature:
    """The signature of an operation: its operands by name, the last perhaps with defaults.

    >>> from autograd_lite import leaky_relu
    >>> print(signature(leaky_relu))
    (x, slope=0.01)
    """
    defaults = [Parameter.empty] * (op.arity - len(op.defaults)) + list(op.defaults)
    pairs = zip(op.parameters, defaults, strict=True)
    return Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=x) for name, x in pairs])
