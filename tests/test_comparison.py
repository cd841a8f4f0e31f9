"""A Value compares with any number as a Python float does, exactly, and its arithmetic of remainders is Python's."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import numpy
import pytest
from hypothesis import example, given, strategies as st
from mpmath import mp

import autograd_lite
from autograd_lite import Value, ceil, floor, floordiv, grad, hypot, mod, trunc
from autograd_lite.engine.value import plain

COMPARISONS = [operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge]
FLOATS = st.floats() | st.sampled_from([0.0, -0.0, 1.0, 2.0**53, -(2.0**53), 0.1, 1e308])
OTHERS = (
    FLOATS
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([2**53 + 1, 10**400, -(10**400), True, False])
    | st.fractions()
    | st.decimals(allow_nan=False)
    | FLOATS.map(numpy.float64)
    | st.floats(width=32).map(numpy.float32)
    | st.integers(-(2**62), 2**62).map(numpy.int64)
    | st.booleans().map(numpy.bool_)
)


@st.composite
def near(draw: st.DrawFn) -> tuple[float, Any]:
    """A float, and a number that it equals or nearly equals."""
    x = draw(st.floats(allow_nan=False, allow_infinity=False))
    exact = Fraction(x) + draw(st.sampled_from([Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 10**40)]))
    return x, draw(st.sampled_from([exact, math.floor(exact), Decimal(x)]))


def assert_same_comparisons(x: float, other: Any) -> None:
    def same(compare: Callable[[Any, Any], Any], pair: tuple[Any, Any], plain: tuple[Any, Any]) -> None:
        """A nan has no order among decimals: there floats raise."""
        assert outcome(lambda: bool(compare(*pair))) == outcome(lambda: bool(compare(*plain)))

    for compare in COMPARISONS:
        same(compare, (Value(x), other), (x, other))
        if not isinstance(other, numpy.generic):
            same(compare, (other, Value(x)), (other, x))
        if type(other) is float:
            same(compare, (Value(x), Value(other)), (x, other))
            same(compare, (numpy.float64(other), Value(x)), (other, x))


@given(st.tuples(FLOATS, OTHERS) | near())
@example((1.0, 10**400))
@example((2.0**53, 2**53 + 1))
@example((0.1, Fraction(1, 10)))
@example((0.1, Decimal("0.1")))
@example((math.nan, math.nan))
@example((math.inf, 10**400))
@example((math.nan, Decimal("Infinity")))
def test_values_compare_as_floats_do(pair: tuple[float, Any]) -> None:
    """Each comparison with a number of any kind is that of the float, and so is the one between two Values."""
    x, other = pair
    with numpy.errstate(over="ignore"):  # NumPy warns where a float is no float32, of the plain number too
        assert_same_comparisons(x, other)


@pytest.mark.parametrize("other", ["1.0", None, [1.0], object(), {}, b"1"], ids=lambda x: type(x).__name__)
def test_what_is_no_number_is_unequal_and_has_no_order(other: Any) -> None:
    """As with floats: never equal, no order, and the node has decided nothing."""
    x = Value(1.0)
    assert (x == other, x != other, other == x, other != x) == (False, True, False, True)
    for compare in (operator.lt, operator.le, operator.gt, operator.ge):
        with pytest.raises(TypeError):
            compare(x, other)
        with pytest.raises(TypeError):
            compare(other, x)
    assert not x.decided


def outcome(use: Callable[[], Any]) -> Any:
    """The number or the pair of numbers that comes out, or the type of the exception; with the sign of zero."""
    try:
        found = use()
    except (ArithmeticError, ValueError) as error:
        return type(error)
    return [repr(x.data if isinstance(x, Value) else x) for x in (found if isinstance(found, tuple) else (found,))]


@given(FLOATS, FLOATS | st.integers(-5, 5))
@example(-7.5, 2.0)
@example(7.5, -2.0)
@example(-0.0, 3.0)
@example(6.0, -3.0)
@example(1.0, 0.0)
@example(math.inf, 2.0)
@example(-1.0, math.inf)
def test_remainders_are_those_of_floats(x: float, y: float) -> None:
    """%, // and divmod give what they give on floats, signs of zero and errors included, for either operand."""
    rules: list[Callable[[Any, Any], Any]] = [operator.mod, operator.floordiv, divmod]
    for rule in rules:
        expected = outcome(partial(rule, x, float(y)))
        assert outcome(partial(rule, Value(x), y)) == expected
        assert outcome(partial(rule, x, Value(y))) == expected
        assert outcome(partial(rule, Value(x), Value(y))) == expected
    assert outcome(lambda: mod(x, y)) == outcome(lambda: x % y)
    assert outcome(lambda: floordiv(x, y)) == outcome(lambda: x // y)


@given(FLOATS)
@example(-0.5)
@example(2.5)
@example(-0.0)
def test_rounding_is_numpys(x: float) -> None:
    """floor, ceil, trunc and round are NumPy's on floats, signs of zero, infinities and nan included."""
    rules: list[tuple[Any, Any]] = [
        (floor, numpy.floor), (ceil, numpy.ceil), (trunc, numpy.trunc), (autograd_lite.round, numpy.round),
    ]  # fmt: skip
    for ours, numpys in rules:
        expected = repr(float(numpys(x)))
        assert repr(ours(x)) == repr(ours(Value(x)).data) == repr(plain(numpys(Value(x)))) == expected
        assert grad(ours)(x) == 0.0


def test_the_slopes_of_a_remainder() -> None:
    """d(x % y)/dx is 1 and d(x % y)/dy is -floor(x/y), as in PyTorch and JAX."""
    for x, y in ((7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0), (0.3, 0.1)):
        assert grad(lambda x, y: x % y, (0, 1))(x, y) == (1.0, -(x // y))
        assert grad(lambda x, y: x // y, (0, 1))(x, y) == (0.0, 0.0)


@given(st.lists(st.floats(-1e150, 1e150), min_size=2, max_size=6))
@example([1.0, 2.0, 2.0])
@example([0.0, 0.0, 3.0])
@example([1e200, 1e200, 1e200])
@example([0.0, 0.0, 0.0])
@example([5e-324, 5e-324])
def test_hypot_of_many(xs: list[float]) -> None:
    """The length is math.hypot's, and each slope is x over it, at the origin nan."""
    length = math.hypot(*xs)
    assert hypot(*xs) == length
    nodes = [Value(x) for x in xs]
    y = hypot(*nodes)
    y.backward()
    assert y.data == nodes[0].hypot(*nodes[1:]).data == length
    with mp.workdps(40):  # a length that is subnormal has few digits, the slopes have all
        exact = mp.sqrt(mp.fsum(mp.mpf(x) ** 2 for x in xs))
        slopes = [float(x / exact) if exact else math.nan for x in xs]
    if len(xs) == 2 or not 0.0 < length < 1e-290:  # three lengths are joined by two, which then has fewer digits
        assert [node.grad for node in nodes] == pytest.approx(slopes, rel=2e-15, nan_ok=True)
