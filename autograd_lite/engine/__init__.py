"""Numbers that record how they came about, the chain rule along the record, derivatives as functions, checks."""

from __future__ import annotations

from autograd_lite.engine.lazy import lazily
from autograd_lite.engine.traits import Told

# The public names of each module; all others are rows of the table.
NAMES = {
    "checks": ("GradientError", "UndecidedError", "check_gradients"),
    "chosen": ("engine_name", "trim_memory"),
    "context": ("scope",),
    "differences": ("numerical_gradient",),
    "lines": ("record_lines",),
    "ops": ("Op",),
    "sequences": ("dot", "log_softmax", "logsumexp", "mean", "prod", "softmax", "sum"),
    "transforms": ("grad", "gradients", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"),
    "value": ("Value",),
}


def rows() -> dict[str, Op]:
    """The operations by their names; the table is imported with the first of them."""
    from autograd_lite.engine.table import TABLE

    return TABLE


def _docs() -> object:
    from autograd_lite.engine import docs

    return docs


Told.docs = staticmethod(_docs)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd_lite.engine.checks import (
        GradientError as GradientError,
        UndecidedError as UndecidedError,
        check_gradients as check_gradients,
    )
    from autograd_lite.engine.chosen import engine_name as engine_name, trim_memory as trim_memory
    from autograd_lite.engine.context import scope as scope
    from autograd_lite.engine.differences import numerical_gradient as numerical_gradient
    from autograd_lite.engine.lines import record_lines as record_lines
    from autograd_lite.engine.ops import Op as Op
    from autograd_lite.engine.sequences import (
        dot as dot,
        log_softmax as log_softmax,
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
    __getattr__, __dir__ = lazily(__name__, NAMES, rows)
