"""Feature maps: powers and products against their definitions, on numbers and on `Value`s with their derivatives."""

from __future__ import annotations

from fractions import Fraction

import numpy
import pytest
from hypothesis import given, strategies as st

from autograd_lite import Value, gradients
from autograd_lite.data.features import interactions, powers
from autograd_lite.engine.value import plain

numbers = st.floats(-8.0, 8.0)
integers = st.integers(-9, 9)


@given(numbers, st.integers(0, 9))
def test_powers_are_the_columns_of_vandermonde(x: float, degree: int) -> None:
    """The powers are those of NumPy's Vandermonde matrix: one more than the degree, 1 first, x itself second."""
    found = powers(x, degree)
    assert found == pytest.approx(numpy.vander([x], degree + 1, increasing=True)[0], rel=1e-14, abs=1e-300)
    assert found[:2] == [1.0, x][: degree + 1]


@given(integers, st.integers(0, 9))
def test_powers_of_integers_are_exact(x: int, degree: int) -> None:
    """Of whole numbers the powers are what multiplying them gives."""
    assert powers(x, degree) == [int(numpy.prod([x] * n, dtype=int)) for n in range(degree + 1)]


@given(numbers, st.integers(0, 6))
def test_powers_can_be_differentiated(x: float, degree: int) -> None:
    """Of a `Value` the powers are the same numbers, and the derivative of each is n·xⁿ⁻¹, also at 0."""
    at = Value(x)
    found = powers(at, degree)
    assert [plain(y) for y in found] == powers(x, degree)
    for n, y in enumerate(found[1:], start=1):
        assert gradients(y, at).data == pytest.approx(n * x ** (n - 1), rel=1e-14, abs=1e-300)


@pytest.mark.parametrize("degree", [-1, -7])
def test_a_negative_degree_is_refused(degree: int) -> None:
    """A polynomial of a degree below 0 is refused, and so is one that is no whole number."""
    with pytest.raises(ValueError, match=f"got {degree}$"):
        powers(1.0, degree)
    with pytest.raises(TypeError):
        powers(1.0, degree + 0.5)  # type: ignore[arg-type]  # that it is refused is the test


@given(st.lists(integers, max_size=6))
def test_interactions_are_the_inputs_and_the_products_of_pairs(xs: list[int]) -> None:
    """The inputs come first, unchanged; the n(n − 1)/2 products after them are those above the diagonal of xxᵀ."""
    found = interactions(xs)
    upper = numpy.outer(xs, xs)[numpy.triu_indices(len(xs), 1)]
    assert found == [*xs, *upper.astype(int).tolist()]


@given(st.lists(integers, min_size=2, max_size=5))
def test_interactions_add_up_to_a_square(xs: list[int]) -> None:
    """The products are those of (Σx)² = Σx² + 2 Σ of the products of pairs."""
    products = interactions(xs)[len(xs) :]
    assert sum(xs) ** 2 == sum(x * x for x in xs) + 2 * sum(products)


@given(numbers, numbers)
def test_interactions_can_be_differentiated(x: float, y: float) -> None:
    """Of `Value`s the inputs stay the same nodes, and the product has the derivatives y and x."""
    a, b = Value(x), Value(y)
    first, second, product = interactions([a, b])
    assert (first is a, second is b, product.data) == (True, True, x * y)
    assert [g.data for g in gradients(product, [a, b])] == [y, x]


def test_features_take_any_kind_of_number() -> None:
    """Fractions stay exact, and any sequence will do."""
    assert interactions((Fraction(1, 3), Fraction(3, 4))) == [Fraction(1, 3), Fraction(3, 4), Fraction(1, 4)]
    assert powers(Fraction(1, 2), 2)[1:] == [Fraction(1, 2), Fraction(1, 4)]
    assert interactions(range(2, 4)) == [2.0, 3.0, 6.0]
