"""Least squares, with and without a penalty: against exact solutions and scikit-learn; what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy
import pytest
from hypothesis import given, reject, strategies as st
from mpmath import mp
from sklearn.linear_model import Ridge

from autograd_lite.optim import least_squares, numerical_descent

ONE_LINE = "^[^\n]+$"


GATES = [(0, 0), (0, 1), (1, 0), (1, 1)]
LINES = [
    ([0, 1, 1, 1], [0.25, 0.5, 0.5]),
    ([0, 0, 0, 1], [-0.25, 0.5, 0.5]),
    ([0, 1, 1, 0], [0.5, 0.0, 0.0]),
]


@pytest.mark.parametrize(("outputs", "line"), LINES, ids=["or", "and", "xor"])
def test_gates_by_least_squares(outputs: list[int], line: list[float]) -> None:
    """The line of OR, of AND, and that of XOR, which is flat; in closed form, and by descent with differences."""
    assert least_squares([[1, *bits] for bits in GATES], outputs) == pytest.approx(line, rel=1e-12, abs=1e-12)

    def loss(b: list[float]) -> float:
        return sum((b[0] + b[1] * x + b[2] * y - out) ** 2 for (x, y), out in zip(GATES, outputs, strict=True))

    assert numerical_descent(loss, [0.0] * 3, steps=400, lr=0.1).point == pytest.approx(line, abs=1e-7)


def exact_solution(matrix: list[list[int]], y: list[int], penalties: list[int] | None = None) -> list[float] | None:
    """The solution of the normal equations in 60 digits, or None where XᵀX, with the penalties, has no inverse."""
    squares = [[sum(a[i] * a[j] for a in matrix) for j in range(len(matrix[0]))] for i in range(len(matrix[0]))]
    for i, penalty in enumerate(penalties or []):
        squares[i][i] += penalty
    products = [sum(a[i] * b for a, b in zip(matrix, y, strict=True)) for i in range(len(matrix[0]))]
    with mp.workdps(60):
        if abs(mp.det(mp.matrix(squares))) < 0.5:  # a determinant of whole numbers is one
            return None
        return [float(b) for b in mp.lu_solve(mp.matrix(squares), mp.matrix(products))]


WHOLE = st.integers(-5, 5)


@st.composite
def systems(draw: st.DrawFn, rows: int = 6) -> tuple[list[list[int]], list[int]]:
    """A small matrix of whole numbers, of up to three columns, and as many numbers as it has rows."""
    columns = draw(st.integers(1, 3))
    line = st.lists(WHOLE, min_size=columns, max_size=columns)
    matrix = draw(st.lists(line, min_size=columns, max_size=rows))
    return matrix, draw(st.lists(WHOLE, min_size=len(matrix), max_size=len(matrix)))


@given(systems())
def test_least_squares_solves_the_normal_equations(system: tuple[list[list[int]], list[int]]) -> None:
    """For every matrix of full rank the result is that of the normal equations, which mpmath solves exactly."""
    matrix, y = system
    exact = exact_solution(matrix, y)
    if exact is None:
        reject()
    assert least_squares(matrix, y) == pytest.approx(exact, rel=1e-10, abs=1e-10)


@given(systems())
def test_of_several_solutions_the_shortest(system: tuple[list[list[int]], list[int]]) -> None:
    """With a last column that is the sum of the others, (1, …, 1, -1) changes no product: the β at right angles."""
    matrix, y = system
    exact = exact_solution(matrix, y)
    if exact is None:
        reject()
    found = least_squares([[*row, sum(row)] for row in matrix], y)
    shared = sum(exact) / (len(exact) + 1)  # β = (exact, 0) less its part along that vector
    assert found == pytest.approx([*(b - shared for b in exact), shared], rel=1e-9, abs=1e-9)


def test_fewer_rows_than_columns() -> None:
    """One equation with two unknowns has the solution nearest to zero; no information gives zeros."""
    assert least_squares([[3, 4]], [25]) == pytest.approx([3.0, 4.0], rel=1e-14)
    assert least_squares([[0, 0], [0, 0]], [1, 2]) == [0.0, 0.0]


def test_least_squares_keeps_the_digits() -> None:
    """With columns that differ by 1e-8 alone XᵀX has no inverse in floats, and six digits are right all the same."""
    e = 2.0**-27
    assert 1.0 + e * e == 1.0
    assert least_squares([[1.0, 1.0], [e, 0.0], [0.0, e]], [1.0, 0.0, e]) == pytest.approx([0.0, 1.0], abs=1e-6)


def test_least_squares_takes_arrays() -> None:
    """Arrays, tuples and fractions are taken as lists are, and the result is a list of plain floats."""
    kinds: list[Callable[[Any], Any]] = [numpy.array, tuple, lambda rows: [Fraction(x) for x in rows]]
    for kind in kinds:
        found = least_squares([kind(row) for row in ((1, 0), (1, 1), (1, 2))], kind([0.5, 2.5, 4.5]))
        assert found == pytest.approx([0.5, 2.0], rel=1e-13)
        assert {type(x) for x in found} == {float}


@given(systems(), st.lists(st.integers(0, 9), min_size=3, max_size=3))
def test_a_penalty_for_each_column(system: tuple[list[list[int]], list[int]], penalties: list[int]) -> None:
    """With penalties λ the result is (XᵀX + diag λ)⁻¹Xᵀy, which mpmath solves exactly, also where XᵀX has no inverse."""
    matrix, y = system
    penalties = penalties[: len(matrix[0])]
    exact = exact_solution(matrix, y, penalties)
    if exact is None:
        reject()
    assert least_squares(matrix, y, l2=penalties) == pytest.approx(exact, rel=1e-10, abs=1e-10)


@given(systems(), st.integers(1, 9))
def test_one_penalty_is_that_of_all_columns(system: tuple[list[list[int]], list[int]], penalty: int) -> None:
    """One number stands for as many equal ones, and 0 changes nothing, to the last digit."""
    matrix, y = system
    columns = len(matrix[0])
    assert least_squares(matrix, y, l2=penalty) == least_squares(matrix, y, l2=[float(penalty)] * columns)
    assert least_squares(matrix, y, l2=0) == least_squares(matrix, y, l2=[0.0] * columns) == least_squares(matrix, y)


@given(systems(), st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=4))
def test_the_penalised_numbers_shrink(system: tuple[list[list[int]], list[int]], penalties: list[float]) -> None:
    """The larger the penalty, the shorter the vector of the numbers that are under it, and the larger the error."""
    matrix, y = system
    rows = [[1, *row] for row in matrix]  # of which the constant term is free
    found = [least_squares(rows, y, l2=[0.0] + [p] * len(matrix[0])) for p in sorted(penalties)]
    errors = [math.dist(numpy.array(rows) @ beta, y) for beta in found]
    assert all(math.hypot(*b[1:]) <= math.hypot(*a[1:]) + 1e-9 for a, b in pairwise(found))
    assert all(b >= a - 1e-9 for a, b in pairwise(errors))


@pytest.mark.parametrize("penalty", [1e-3, 1.0, 50.0])
def test_ridge_regression_of_scikit_learn(penalty: float) -> None:
    """With a free constant term the result is that of scikit-learn's Ridge, whose intercept is free."""
    rng = numpy.random.default_rng(3)
    matrix, y = rng.normal(size=(20, 4)), rng.normal(size=20) + 5.0
    ridge = Ridge(alpha=penalty, tol=1e-12).fit(matrix, y)
    found = least_squares([[1.0, *row] for row in matrix], y.tolist(), l2=[0.0] + [penalty] * 4)
    assert found == pytest.approx([ridge.intercept_, *ridge.coef_], rel=1e-9)


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf, [0.0, -1.0], [1.0], [1.0, 1.0, 1.0], [[1.0, 1.0]], "x"])
def test_penalties_that_are_none(wrong: Any) -> None:
    """A penalty below 0, infinite or undefined, and one that is not for one column each, are refused in one line."""
    with pytest.raises(ValueError, match=ONE_LINE):
        least_squares([[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0], l2=wrong)


@pytest.mark.parametrize(
    ("matrix", "y"),
    [
        ([[1, 2], [3, 4]], [1]),
        ([[1, 2], [3, 4]], [1, 2, 3]),
        ([[1, 2], [3, 4]], [[1], [2]]),
        ([[1, 2], [3, 4]], 1.0),
        ([1, 2], [1, 2]),
        ([[[1]], [[2]]], [1, 2]),
        ([], []),
    ],
)
def test_shapes_that_do_not_fit(matrix: Any, y: Any) -> None:
    """What is no matrix with a number for each row is refused in one line that shows both shapes."""
    shapes = [str(numpy.shape(x)).replace("(", r"\(").replace(")", r"\)") for x in (matrix, y)]
    with pytest.raises(ValueError, match=rf"^least_squares takes a matrix [^\n]+, got {shapes[0]} and {shapes[1]}$"):
        least_squares(matrix, y)


@pytest.mark.parametrize("matrix", [[[1, 2], [3]], [["a", "b"]]])
def test_rows_that_are_no_numbers(matrix: Any) -> None:
    """Rows of different lengths and texts are refused in one line."""
    with pytest.raises(ValueError, match=ONE_LINE):
        least_squares(matrix, [1.0] * len(matrix))
