"""What a `Value` meets: every kind of number on either side, what is refused, comparisons and conversions."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy
import pytest
from micrograd.engine import Value as MicrogradValue

from autograd_lite import Op, Value, exp, maximum, mul, sin, where
from autograd_lite.engine.ops import Operand

ONE_LINE = "^[^\n]+$"


class Metre:
    """Something that converts to a float, and is no number otherwise."""

    def __float__(self) -> float:
        return 2.0


NUMBERS = [
    2,
    2.0,
    Fraction(2),
    Decimal(2),
    numpy.float64(2.0),
    numpy.float32(2.0),
    numpy.int64(2),
    numpy.array(2.0),
    Metre(),
]
NOT_NUMBERS = ["2", b"2", None, 2j, numpy.complex64(2), [2.0], (2.0,), {2.0}, {}, object(), float, math.exp]
ARRAYS = [numpy.array([1.0, 2.0]), numpy.array([1.0]), numpy.ones((2, 2))]


@pytest.mark.parametrize("bad", [*NOT_NUMBERS, *ARRAYS, Value(2.0)], ids=lambda bad: type(bad).__name__)
def test_data_must_be_one_real_number(bad: Any) -> None:
    """As data, what is not one real number raises a TypeError of one line; a leaf keeps its number then."""
    with pytest.raises(TypeError, match=ONE_LINE):
        Value(bad)
    x = Value(3.0)
    with pytest.raises(TypeError, match=ONE_LINE):
        x.data = bad
    assert x.data == 3.0


def test_another_kind_of_operand_is_not_recorded() -> None:
    """An operation of a Value and of another kind of operand is an error, also where its number does not need the other."""

    class Other(Operand):
        __slots__ = ()

    first = Op("first", lambda *operands: operands[0], [1.0, 0.0])
    x = Value(1.0)
    for op, operands in ((where, (x, x, Other())), (first, (x, Other())), (mul, (x, Other()))):
        with pytest.raises(TypeError, match=ONE_LINE):
            op(*operands)


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: type(number).__name__)
def test_every_kind_of_number_on_either_side(number: Any) -> None:
    """Any real number stands left or right of a Value in each operator, and counts as the float that it is."""
    c = float(number)
    x = Value(3.0)
    results = {
        "+": (x + number, number + x, 3.0 + c, c + 3.0),
        "-": (x - number, number - x, 3.0 - c, c - 3.0),
        "*": (x * number, number * x, 3.0 * c, c * 3.0),
        "/": (x / number, number / x, 3.0 / c, c / 3.0),
        "**": (x**number, number**x, 3.0**c, c**3.0),
    }
    for left, right, expected_left, expected_right in results.values():
        assert type(left) is type(right) is Value
        assert (left.data, right.data) == (expected_left, expected_right)
        assert left.operands == (x, c)
        assert right.operands == (c, x)
        assert type(left.operands[1]) is type(right.operands[0]) is float


def test_booleans_are_numbers() -> None:
    """True and False count as 1 and 0, Python's and NumPy's."""
    x = Value(3.0)
    assert [(x + True).data, (False * x).data, (numpy.True_ + x).data, (x * numpy.False_).data] == [4.0, 0.0, 4.0, 0.0]


@pytest.mark.parametrize("bad", NOT_NUMBERS, ids=lambda bad: type(bad).__name__)
def test_operands_must_be_numbers(bad: Any) -> None:
    """What is not one real number is refused on either side of each operator and by functions, in one line."""
    x = Value(3.0)
    uses: list[Callable[[], Any]] = [
        lambda: x + bad, lambda: bad + x, lambda: x - bad, lambda: bad - x, lambda: x * bad, lambda: bad * x,
        lambda: x / bad, lambda: bad / x, lambda: x**bad, lambda: bad**x, lambda: maximum(x, bad), lambda: maximum(bad, x),
        lambda: sin(bad),
    ]  # fmt: skip
    for use in uses:
        with pytest.raises(TypeError, match=ONE_LINE):
            use()


def test_a_foreign_value_is_refused() -> None:
    """A Value of micrograd's is not ours: as data and as an operand it is refused, and told what to do."""
    foreign = MicrogradValue(2.0)
    for use in (lambda: Value(foreign), lambda: Value(1.0) + foreign, lambda: exp(foreign)):
        with pytest.raises(TypeError, match=r"^[^\n]*expected a number, got Value[^\n]*float\(\)[^\n]*$"):
            use()


def test_comparisons_compare_numbers() -> None:
    """All six comparisons compare the numbers, with Values and plain numbers on either side, and give bools."""
    x, y, also_x = Value(2.0), Value(3.0), Value(2.0)
    assert (x < y, x <= also_x, y > x, x >= also_x, x == also_x, x != y) == (True,) * 6
    assert (x > y, x != also_x, x < 2, x > 2.0, x == Fraction(5, 2)) == (False,) * 5
    assert (Fraction(1) < x, x == 2, numpy.float64(2.0) == x, x <= Decimal(2), x == numpy.int64(2)) == (True,) * 5
    assert type(x == numpy.float64(2.0)) is type(x < y) is bool
    assert (Value(math.nan) == Value(math.nan)) is False
    assert max(x, y) is y
    assert sorted([y, x])[0] is x


def test_comparison_with_what_is_no_number() -> None:
    """A Value differs from what is no number, and cannot be ordered against it."""
    x = Value(2.0)
    for other in ("2", None, 2j, [2.0], object()):
        assert (x == other, x != other) == (False, True)
        with pytest.raises(TypeError, match="not supported between instances"):
            assert x < other


def test_hash_is_by_identity() -> None:
    """Sets and dictionaries tell equal Values apart; membership in a list compares numbers, as in PyTorch."""
    x, same_number = Value(2.0), Value(2.0)
    assert len({x, same_number, x}) == 2
    assert {x: "x", same_number: "other"}[x] == "x"
    assert hash(x) == object.__hash__(x)


def test_conversions() -> None:
    """item, int, bool, round, abs, +, - and math's roundings do with a Value what they do with its number."""
    x = Value(-2.567, label="x")
    assert (x.item(), int(x), bool(x), bool(Value(0.0))) == (-2.567, -2, True, False)
    assert (round(x, 2), round(x), type(round(x))) == (-2.57, -3, int)
    assert (math.floor(x), math.ceil(x)) == (-3, -2)
    assert (abs(x).data, (-x).data, (+x).data) == (2.567, 2.567, -2.567)
    assert math.trunc(x) == -2
    assert isinstance(abs(x), Value)
    assert (f"{x:.1f}", f"{x:8.3f}", f"{x:e}") == ("-2.6", "  -2.567", "-2.567000e+00")
    assert f"{x}" == str(x) == repr(x)


def test_truncation() -> None:
    """math.trunc, which floats support beside int, takes a Value as well."""
    x: Any = Value(-2.567)
    assert math.trunc(x) == -2


def test_repr_can_be_read() -> None:
    """The repr shows the number, and label, operation and gradient where there are any."""
    x = Value(3.0, label="x")
    y = x * 2.0
    assert (repr(Value(3)), repr(x), repr(y)) == ("Value(3.0)", "Value(3.0, label='x')", "Value(6.0, op='mul')")
    y.backward()
    assert repr(x) == "Value(3.0, label='x', grad=2.0)"
    assert repr(y) == "Value(6.0, op='mul', grad=1.0)"
