"""What claims are made of: numbers that agree with those by hand, that fall, and the power with which they grow."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log
from statistics import linear_regression
from typing import Any


def agree(computed: Any, by_hand: Any, tolerance: float = 1e-12, *, scale: float = 0.0) -> bool:
    """Whether numbers, or arrays of one shape, differ by no more than the tolerance, relative to the largest by hand.

    `scale` is the size of what was added up, where terms may cancel: if it is larger, differences are relative to it.

    >>> agree([0.1 + 0.2, 1e6], [0.3, 1e6]), agree(0.3e-3, 0.3000001e-3), agree([0.3], 0.3)
    (True, False, False)
    >>> agree(0.1 + 0.2 - 0.3, 0.0), agree(0.1 + 0.2 - 0.3, 0.0, scale=0.3)
    (False, True)
    """
    import numpy

    x, y = numpy.asarray(computed, dtype=float), numpy.asarray(by_hand, dtype=float)
    return x.shape == y.shape and bool(abs(x - y).max() <= tolerance * max(scale, abs(y).max()))


def falls(numbers: Sequence[float], slack: float = 0.0) -> bool:
    """Whether each number is below the one before, or above it by less than the slack, relative to the largest.

    >>> falls([3.0, 2.0, 1.0]), falls([3.0, 1.0, 1.0]), falls([3.0, 1.0, 1.0], slack=1e-9)
    (True, False, True)
    """
    rise = slack * max(map(abs, numbers))
    return all(after < before or after - before < rise for before, after in pairwise(numbers))


def power(across: Sequence[float], up: Sequence[float]) -> float:
    """The slope of the line of least squares in a log-log plot: the power that the numbers grow with.

    >>> round(power([1, 2, 4], [5, 20, 80]), 12)
    2.0
    """
    return linear_regression(list(map(log, across)), list(map(log, up))).slope
