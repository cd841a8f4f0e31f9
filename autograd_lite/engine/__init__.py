"""Numbers that record how they came about, the chain rule along the record, derivatives as functions, checks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

# Each public name and the module that it stands in, which is imported when the name is first used (PEP 562); the
# operations stand in the table.
MODULE_OF = {
    "GradientError": "checks",
    "Op": "ops",
    "Value": "value",
    "check_gradients": "checks",
    "dot": "sequences",
    "grad": "transforms",
    "gradients": "transforms",
    "hessian": "transforms",
    "hvp": "transforms",
    "jacobian": "transforms",
    "jvp": "transforms",
    "logsumexp": "sequences",
    "mean": "sequences",
    "numerical_gradient": "checks",
    "prod": "sequences",
    "record_lines": "lines",
    "scope": "context",
    "softmax": "sequences",
    "sum": "sequences",
    "value_and_grad": "transforms",
    "vjp": "transforms",
}

if TYPE_CHECKING:
    from autograd_lite.engine.checks import GradientError as GradientError
    from autograd_lite.engine.checks import check_gradients as check_gradients
    from autograd_lite.engine.checks import numerical_gradient as numerical_gradient
    from autograd_lite.engine.context import scope as scope
    from autograd_lite.engine.lines import record_lines as record_lines
    from autograd_lite.engine.ops import Op as Op
    from autograd_lite.engine.sequences import dot as dot
    from autograd_lite.engine.sequences import logsumexp as logsumexp
    from autograd_lite.engine.sequences import mean as mean
    from autograd_lite.engine.sequences import prod as prod
    from autograd_lite.engine.sequences import softmax as softmax
    from autograd_lite.engine.sequences import sum as sum
    from autograd_lite.engine.table import *
    from autograd_lite.engine.transforms import grad as grad
    from autograd_lite.engine.transforms import gradients as gradients
    from autograd_lite.engine.transforms import hessian as hessian
    from autograd_lite.engine.transforms import hvp as hvp
    from autograd_lite.engine.transforms import jacobian as jacobian
    from autograd_lite.engine.transforms import jvp as jvp
    from autograd_lite.engine.transforms import value_and_grad as value_and_grad
    from autograd_lite.engine.transforms import vjp as vjp
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
