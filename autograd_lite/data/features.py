"""Feature maps: more numbers made from the inputs, so that a linear model can do what the inputs alone do not allow."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from operator import index
from typing import Any


def powers(x: Any, degree: int) -> list[Any]:
    """The powers 1, x, x², ... of a number or a `Value` up to the degree, which a polynomial is linear in.

    Raises ValueError for a degree below 0.

    >>> powers(2.0, 3)
    [1.0, 2.0, 4.0, 8.0]
    """
    if index(degree) < 0:
        raise ValueError(f"the degree of a polynomial is 0 or more, got {degree}")
    return [1.0, *([x] if degree else []), *(x**n for n in range(2, degree + 1))]


def interactions(x: Sequence[Any]) -> list[Any]:
    """The inputs and the products of any two of them: φ(x₁, x₂) = (x₁, x₂, x₁x₂).

    >>> interactions([2.0, 3.0]), interactions([1.0, 2.0, 3.0])
    ([2.0, 3.0, 6.0], [1.0, 2.0, 3.0, 2.0, 3.0, 6.0])
    """
    return [*x, *(a * b for a, b in combinations(x, 2))]
