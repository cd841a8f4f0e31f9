"""Gradients held within a limit: each by itself, or all of them as one vector."""

from __future__ import annotations

from collections.abc import Iterable
from math import hypot, inf, isnan, nan

from autograd_lite.engine.value import Value
from autograd_lite.optim.optimizers import in_range


def clip_grad_value(parameters: Iterable[Value], clip_value: float) -> None:
    """Limit every gradient to the range from -clip_value to clip_value.

    >>> from autograd_lite import Value
    >>> w = Value(1.0)
    >>> w.grad = -30.0
    >>> clip_grad_value([w], 5.0)
    >>> w.grad
    -5.0
    """
    limit = _limit("clip_value", clip_value)
    for parameter in parameters:
        parameter.grad = min(max(parameter.grad, -limit), limit)


def clip_grad_norm(parameters: Iterable[Value], max_norm: float) -> float:
    """Shorten the vector of all gradients to the length `max_norm` if it is longer; return the length it had.

    As in PyTorch, the divisor is the length + 1e-6.

    >>> from autograd_lite import Value
    >>> x, y = Value(0.0), Value(0.0)
    >>> x.grad, y.grad = 30.0, 40.0
    >>> clip_grad_norm([x, y], 5.0)
    50.0
    >>> round(x.grad, 6), round(y.grad, 6)
    (3.0, 4.0)
    """
    parameters, limit = list(parameters), _limit("max_norm", max_norm)
    slopes = [parameter.grad for parameter in parameters]
    length = nan if any(map(isnan, slopes)) else hypot(*slopes)  # hypot(inf, nan) is inf in C
    factor = limit / (length + 1e-6)
    if not factor >= 1.0:  # nan, or an infinite length, shows in the gradients, as in PyTorch
        for parameter in parameters:
            parameter.grad *= factor
    return length


def _limit(name: str, limit: float) -> float:
    """How large a gradient may be; infinity clips nothing."""
    return limit if limit == inf else in_range(name, limit)
