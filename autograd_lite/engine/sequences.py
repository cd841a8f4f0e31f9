"""Functions of a sequence of operands, built from the rows of the table: `sum`, `dot`, `softmax` and others.

Sums and products combine neighbours in pairs, then the pairs, and so on, as NumPy does: the rounding
error grows with the logarithm of the length, and so does the depth of the graph.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeVar, overload

from autograd_lite.engine.ops import Op, Operand
from autograd_lite.engine.reals import as_float
from autograd_lite.engine.table import add, detach, exp, logaddexp, maximum, mul

Kind = TypeVar("Kind", bound=Operand)


@overload
def sum(xs: Iterable[Kind]) -> Kind: ...
@overload
def sum(xs: Iterable[float]) -> float: ...
@overload
def sum(xs: Iterable[Any]) -> Any: ...
def sum(xs: Iterable[Any]) -> Any:
    """The sum of a sequence; 0.0 of an empty one.

    >>> sum([1.0, 2.0, 3.5])
    6.5
    """
    return _in_pairs(add, xs, 0.0)


@overload
def prod(xs: Iterable[Kind]) -> Kind: ...
@overload
def prod(xs: Iterable[float]) -> float: ...
@overload
def prod(xs: Iterable[Any]) -> Any: ...
def prod(xs: Iterable[Any]) -> Any:
    """The product of a sequence; 1.0 of an empty one.

    >>> prod([1.0, 2.0, 3.5])
    7.0
    """
    return _in_pairs(mul, xs, 1.0)


@overload
def dot(xs: Iterable[Kind], ys: Iterable[Kind | float]) -> Kind: ...
@overload
def dot(xs: Iterable[float], ys: Iterable[Kind]) -> Kind: ...
@overload
def dot(xs: Iterable[float], ys: Iterable[float]) -> float: ...
@overload
def dot(xs: Iterable[Any], ys: Iterable[Any]) -> Any: ...
def dot(xs: Iterable[Any], ys: Iterable[Any]) -> Any:
    """The sum of the products of two sequences of the same length.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    xs, ys = list(xs), list(ys)
    if len(xs) != len(ys):
        raise ValueError(f"dot: the sequences differ in length, {len(xs)} and {len(ys)}")
    return sum(mul(x, y) for x, y in zip(xs, ys, strict=True))


@overload
def mean(xs: Iterable[Kind]) -> Kind: ...
@overload
def mean(xs: Iterable[float]) -> float: ...
@overload
def mean(xs: Iterable[Any]) -> Any: ...
def mean(xs: Iterable[Any]) -> Any:
    """The arithmetic mean of a sequence that is not empty.

    >>> mean([1.0, 2.0, 6.0])
    3.0
    """
    xs = list(xs)
    if not xs:
        raise ValueError("mean: the sequence is empty")
    return sum(xs) / float(len(xs))


@overload
def logsumexp(xs: Iterable[Kind]) -> Kind: ...
@overload
def logsumexp(xs: Iterable[float]) -> float: ...
@overload
def logsumexp(xs: Iterable[Any]) -> Any: ...
def logsumexp(xs: Iterable[Any]) -> Any:
    """log(exp(x1) + exp(x2) + ...), which neither overflows nor loses digits; -inf of an empty sequence.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599
    """
    operands = _numbers(xs)
    total = _in_pairs(logaddexp, operands, -math.inf)
    if len(operands) > 2 and getattr(total, "data", total) in (-math.inf, math.inf):
        return mean(x for x in operands if x == total)  # those that tie share alike, not pair by pair
    return total


@overload
def softmax(xs: Iterable[Kind]) -> list[Kind]: ...
@overload
def softmax(xs: Iterable[float]) -> list[float]: ...
@overload
def softmax(xs: Iterable[Any]) -> list[Any]: ...
def softmax(xs: Iterable[Any]) -> list[Any]:
    """exp(x) of each element over the sum of all of them; shift-invariant, never overflows.

    >>> softmax([1000.0, 1000.0])
    [0.5, 0.5]
    """
    operands = _numbers(xs)
    # The shift changes no result, so no gradient flows through it; detached, it still follows a replay.
    largest = detach(_in_pairs(maximum, operands, 0.0))
    powers = [exp(x - largest) for x in operands]
    total = sum(powers)
    return [power / total for power in powers]


@overload
def log_softmax(xs: Iterable[Kind]) -> list[Kind]: ...
@overload
def log_softmax(xs: Iterable[float]) -> list[float]: ...
@overload
def log_softmax(xs: Iterable[Any]) -> list[Any]: ...
def log_softmax(xs: Iterable[Any]) -> list[Any]:
    """The logarithms of `softmax`, with all their digits, also where one of the shares is nearly 1.

    >>> log_softmax([1000.0, 1000.0]), log_softmax([40.0, 0.0])
    ([-0.6931471805599453, -0.6931471805599453], [-4.248354255291589e-18, -40.0])
    """
    operands = _numbers(xs)
    if not operands:
        return []
    # That of the largest is -log(1 + Σ exp(others - largest)), and those of the others are as far below it as they are
    # themselves: no digits cancel. With another in its place the results would be the same, so nothing is decided.
    numbers = [x if type(x) is float else getattr(x, "data", 0.0) for x in operands]
    place = max(range(len(operands)), key=numbers.__getitem__)
    below = [x - operands[place] for x in operands]
    below[place] = 0.0 * numbers[place]  # nan where it is infinite, as softmax has it
    top = -logsumexp(below)
    return [x + top for x in below]


def _numbers(xs: Iterable[Any]) -> list[Any]:
    return [x if isinstance(x, Operand) else as_float(x) for x in xs]


def _in_pairs(op: Op, xs: Iterable[Any], neutral: float) -> Any:
    level = _numbers(xs)
    while len(level) > 1:
        paired = [op(x, y) for x, y in zip(level[::2], level[1::2], strict=False)]
        level = paired + level[2 * len(paired) :]
    return level[0] if level else neutral
