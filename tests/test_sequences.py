"""Functions of a sequence against mpmath: value, gradient and Hessian; empty, mixed, far out and long sequences."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy
import pytest
from mpmath import mp
from points import derivative

from autograd_lite import Value, dot, grad, gradients, hessian, log_softmax, logsumexp, mean, prod, softmax, sum
from autograd_lite.engine.value import plain

SEQUENCES = [[2.0], [0.5, -1.5, 2.0], [1.0, 0.0, -0.25, 3.0, 7.0], [0.1] * 6]
FAR_OUT = [[1000.0, 1000.0], [-1000.0, -1001.0, -1002.0], [1e300, 1.0], [800.0, -800.0], [5.0, 5.0 - 1e-9, 5.0]]


def exact_logsumexp(*xs: Any) -> Any:
    largest = max(xs)
    return largest + mp.log1p(mp.fsum(mp.exp(x - largest) for x in xs) - 1)


def exact_softmax(place: int) -> Callable[..., Any]:
    return lambda *xs: 1 / mp.fsum(mp.exp(x - xs[place]) for x in xs)


def exact_log_softmax(place: int) -> Callable[..., Any]:
    return lambda *xs: -mp.log(mp.fsum(mp.exp(x - xs[place]) for x in xs))


def dot_with_powers(xs: Any) -> Any:
    return dot(xs, [x * x for x in xs])


FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[..., Any], list[list[float]]]] = {
    "sum": (sum, lambda *xs: mp.fsum(xs), SEQUENCES),
    "prod": (prod, lambda *xs: mp.fprod(xs), SEQUENCES),
    "mean": (mean, lambda *xs: mp.fsum(xs) / len(xs), SEQUENCES),
    "dot": (dot_with_powers, lambda *xs: mp.fsum(x**3 for x in xs), SEQUENCES),
    "logsumexp": (logsumexp, exact_logsumexp, SEQUENCES + FAR_OUT),
    "log_softmax, first": (lambda xs: log_softmax(xs)[0], exact_log_softmax(0), SEQUENCES + FAR_OUT),
    "log_softmax, last": (lambda xs: log_softmax(xs)[-1], exact_log_softmax(-1), SEQUENCES + FAR_OUT),
    "softmax, first": (lambda xs: softmax(xs)[0], exact_softmax(0), SEQUENCES + FAR_OUT),
    "softmax, last": (lambda xs: softmax(xs)[-1], exact_softmax(-1), SEQUENCES + FAR_OUT),
}
CASES = [(name, point) for name, (_, _, points) in FUNCTIONS.items() for point in points]


@pytest.mark.parametrize(("name", "point"), CASES, ids=[f"{name} {point}" for name, point in CASES])
def test_sequences_are_exact(name: str, point: list[float]) -> None:
    """Value, gradient and Hessian agree with mpmath, far out too, and are plain floats for plain floats."""
    function, oracle, _ = FUNCTIONS[name]
    places = range(len(point))

    def assert_exact(found: Any, orders: list[int]) -> None:
        exact = derivative(oracle, point, orders)
        assert type(found) is float
        assert abs(found - exact) <= 2e-14 * abs(exact) + 1e-16, f"{orders}: {found!r}, exactly {mp.nstr(exact, 20)}"

    assert_exact(function(point), [0 for _ in places])
    slopes, curvatures = grad(function)(point), hessian(function)(point)
    for i in places:
        assert_exact(slopes[i], [int(k == i) for k in places])
        for j in places:
            assert_exact(curvatures[i][j], [int(k == i) + int(k == j) for k in places])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_mixture_of_numbers_and_values(name: str) -> None:
    """Values, numbers of every kind, and both together give one result, in a list as in a tuple."""
    function = FUNCTIONS[name][0]
    expected = function([0.5, 2.0, 3.0])
    half, two = Value(0.5), Value(2.0)
    mixtures: list[list[Any]] = [
        [half, two, Value(3.0)],
        [half, 2, 3.0],
        [Fraction(1, 2), two, numpy.float64(3.0)],
        [half, Decimal(2), numpy.int64(3)],
        [numpy.float32(0.5), 2, Decimal(3)],
    ]
    for xs in mixtures:
        found = function(xs)
        assert plain(found) == plain(function(tuple(xs))) == expected
        assert isinstance(found, Value if any(isinstance(x, Value) for x in xs) else float)


def test_arrays_and_generators_are_sequences() -> None:
    """A NumPy array and a generator are sequences like any other."""
    assert sum(numpy.array([1.0, 2.0])) == sum(x for x in (1, 2)) == 3.0
    assert dot(numpy.array([1.0, 2.0]), (x for x in (3, 4))) == 11.0
    assert softmax(x for x in (1.0, 1.0)) == [0.5, 0.5]


def test_gradients_of_mixtures_reach_the_values() -> None:
    """Among constants, each Value has its own derivative."""
    x, y = Value(2.0), Value(3.0)
    assert [d.data for d in gradients(prod([x, 5, y]), [x, y])] == [15.0, 10.0]
    assert [d.data for d in gradients(dot([x, 1.0], [4.0, y]), [x, y])] == [4.0, 1.0]
    assert gradients(logsumexp([x, 2.0]), x).data == 0.5


def test_empty_sequences() -> None:
    """Empty sums, products and softmax are what mathematics says; an empty mean is refused."""
    assert (sum([]), prod([]), dot([], []), logsumexp([]), softmax([])) == (0.0, 1.0, 0.0, -math.inf, [])
    with pytest.raises(ValueError, match=r"^mean: the sequence is empty$"):
        mean([])


def test_lengths_must_agree() -> None:
    """A dot product of unequal lengths is refused, and the lengths are named."""
    with pytest.raises(ValueError, match=r"^dot: the sequences differ in length, 1 and 2$"):
        dot([1.0], [Value(1.0), 2.0])


@pytest.mark.parametrize("function", [sum, prod, mean, logsumexp, softmax])
@pytest.mark.parametrize("bad", ["a", None, 1j, [1.0]], ids=str)
def test_elements_must_be_numbers(function: Callable[[Any], Any], bad: object) -> None:
    """An element that is no real number is refused with one line, also beside Values."""
    for xs in ([bad], [1.0, bad], [Value(1.0), bad]):
        with pytest.raises(TypeError, match=r"^[^\n]*expected a (real )?number[^\n]*$"):
            function(xs)


def test_infinities_of_logsumexp() -> None:
    """An infinite element decides logsumexp; -inf contributes nothing, to the value and to the gradient."""
    assert logsumexp([math.inf, 1.0]) == math.inf
    assert logsumexp([-math.inf, -math.inf]) == -math.inf
    assert (logsumexp([-math.inf, 1.0]), grad(logsumexp)([-math.inf, 1.0])) == (1.0, [0.0, 1.0])
    assert softmax([-math.inf, 1.0]) == [0.0, 1.0]
    assert math.isnan(logsumexp([math.nan, 1.0]))


def test_logsumexp_keeps_small_digits() -> None:
    """Where the largest element is 0, the rest is not lost: log(1 + e^-40) is e^-40."""
    exact = mp.log1p(mp.exp(-40))
    assert math.isclose(logsumexp([0.0, -40.0]), exact, rel_tol=1e-15)


def test_extremes_of_logsumexp_and_softmax_to_order_three() -> None:
    """Third derivatives of logsumexp and softmax far out are finite and agree with mpmath."""
    for x in (1000.0, -1000.0):
        for function, oracle in ((logsumexp, exact_logsumexp), (FUNCTIONS["softmax, first"][0], exact_softmax(0))):
            found = grad(grad(grad(lambda t, f=function, x=x: f([t, x]))))(x + 1.0)
            exact = derivative(lambda t, f=oracle, x=x: f(t, mp.mpf(x)), (x + 1.0,), (3,))
            assert math.isclose(found, exact, rel_tol=1e-13)


def test_long_sums_keep_their_digits() -> None:
    """Summation in pairs: a hundred thousand tenths come out to the last digits, where adding in turn loses four."""
    xs = [0.1] * 100_000
    assert math.isclose(sum(xs), math.fsum(xs), rel_tol=1e-15)
    leaves = [Value(x) for x in xs]
    total = sum(leaves)
    total.backward()
    assert math.isclose(total.data, math.fsum(xs), rel_tol=1e-15)
    assert {leaf.grad for leaf in leaves} == {1.0}
