"""Numbers that record how they came about, the chain rule along the record, derivatives as functions, checks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

# The public names of each module, which is imported when one of them is first used (PEP 562); all others are rows.
NAMES = {
    "checks": ("GradientError", "check_gradients", "numerical_gradient"),
    "context": ("scope",),
    "lines": ("record_lines",),
    "ops": ("Op",),
    "sequences": ("dot", "logsumexp", "mean", "prod", "softmax", "sum"),
    "transforms": ("grad", "gradients", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"),
    "value": ("Value",),
}
MODULE_OF = {name: module for module, names in NAMES.items() for name in names}

if TYPE_CHECKING:
    from autograd_lite.engine.checks import (
        GradientError as GradientError,
        check_gradients as check_gradients,
        numerical_gradient as numerical_gradient,
    )
    from autograd_lite.engine.context import scope as scope
    from autograd_lite.engine.lines import record_lines as record_lines
    from autograd_lite.engine.ops import Op as Op
    from autograd_lite.engine.sequences import (
        dot as dot,
        logsumexp as logsumexp,
        mean as mean,
        prod as prod,
        softmax as softmax,
        sum as sum,
    )
    from autograd_lite.engine.table import *
    from autograd_lite.engine.transforms import (
        grad as grad,
        gradients as gradients,
        hessian as hessian,
        hvp as hvp,
        jacobian as jacobian,
        jvp as jvp,
        value_and_grad as value_and_grad,
        vjp as vjp,
    )
    from autograd_lite.engine.value import Value as Value
else:

    def __getattr__(name: str) -> object:
        """A public name, looked up once."""
        if name == "__all__":
            found = sorted([*MODULE_OF, *import_module("autograd_lite.engine.table").TABLE])
        elif name in MODULE_OF:
            found = getattr(import_module(f"autograd_lite.engine.{MODULE_OF[name]}"), name)
        else:
            from autograd_lite.engine.table import TABLE

            if name not in TABLE:
                raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
            found = TABLE[name]
        globals()[name] = found
        return found
