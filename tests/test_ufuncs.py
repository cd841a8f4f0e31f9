"""NumPy on either side of a Value: scalars, ufuncs, arrays, comparisons, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy
import pytest

from autograd_lite import Value, gradients, hypot
from autograd_lite.engine.arrays import Array
from autograd_lite.engine.value import plain

np: Any = numpy  # its type stubs know arrays and numbers alone


def numbers(array: Any) -> Any:
    """The numbers of an array of Values, as nested lists."""
    return numpy.vectorize(plain)(array).tolist()


def test_numpy_scalars_stay_outside() -> None:
    """A NumPy scalar on the left does not swallow a Value: the result is a Value with the right partials."""
    x = Value(3.0)
    for result, data, partial in (
        (numpy.float64(2.0) + x, 5.0, 1.0),
        (numpy.float64(2.0) - x, -1.0, -1.0),
        (numpy.float32(2.0) * x, 6.0, 2.0),
        (numpy.int64(6) / x, 2.0, -2.0 / 3.0),
        (numpy.float64(2.0) ** x, 8.0, 8.0 * math.log(2.0)),
        (x ** numpy.int64(2), 9.0, 6.0),
    ):
        assert type(result) is Value
        assert (result.data, gradients(result, x).data) == (data, partial)


def test_ufuncs_of_several_operands() -> None:
    """Binary ufuncs take a Value in either place beside any number."""
    x = Value(1.0)
    assert np.arctan2(x, 1).data == np.arctan2(1.0, x).data == math.pi / 4
    assert gradients(np.arctan2(x, 1), x).data == pytest.approx(0.5, rel=1e-15)
    assert gradients(np.arctan2(1.0, x), x).data == pytest.approx(-0.5, rel=1e-15)
    assert np.hypot(x, numpy.float64(0.0)).data == 1.0
    assert np.maximum(x, 2).data == np.power(2.0, x).data == 2.0


@pytest.mark.parametrize(
    "f",
    [
        lambda a, x: a * x, lambda a, x: x * a, lambda a, x: a + x, lambda a, x: x + a, lambda a, x: a - x,
        lambda a, x: x - a, lambda a, x: a / x, lambda a, x: x / a, lambda a, x: a**x, lambda a, x: x**a,
        numpy.arctan2, lambda a, x: numpy.maximum(x, a),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 1), (2, 0)])
def test_arrays_meet_values_element_by_element(f: Callable[..., Any], shape: tuple[int, ...]) -> None:
    """An array and a Value give an array of Values of the array's shape, each element computed on its own."""
    array = 0.5 + numpy.arange(math.prod(shape), dtype=float).reshape(shape)
    x = Value(2.0)
    result = f(array, x)
    assert (type(result), result.dtype, result.shape) == (Array, object, shape)
    for place in numpy.ndindex(shape):
        expected = f(float(array[place]), x)
        assert type(result[place]) is Value
        assert (result[place].data, result[place].partials) == (expected.data, expected.partials)


def test_two_arrays_of_values_broadcast() -> None:
    """Arrays of Values broadcast against arrays of numbers and of Values, as arrays do."""
    column = numpy.array([[Value(1.0)], [Value(2.0)]])
    row = numpy.array([Value(10.0), Value(20.0)])
    assert numbers(column * row) == [[10.0, 20.0], [20.0, 40.0]]
    assert numbers(column + numpy.array([1, 2])) == [[2.0, 3.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    "name", ["exp", "sin", "tanh", "arcsin", "arctan", "sqrt", "log1p", "square", "cbrt", "absolute"]
)
def test_ufuncs_of_arrays_of_values(name: str) -> None:
    """A ufunc of an array of Values is the array of the ufunc of each."""
    ufunc = getattr(numpy, name)
    points = numpy.array([[0.25, 0.5], [-0.25, 0.75]] if name not in ("sqrt",) else [[0.25, 0.5], [1.0, 0.75]])
    xs = numpy.array([[Value(x) for x in row] for row in points.tolist()])
    result = ufunc(xs)
    assert result.shape == (2, 2)
    assert numpy.allclose(numpy.vectorize(plain)(result), ufunc(points), rtol=1e-15)
    assert all(y.operands[0] is x for x, y in zip(xs.ravel(), result.ravel(), strict=True))


def test_reductions_and_products_of_arrays() -> None:
    """NumPy's sum, mean, prod, dot, @ and norm of arrays of Values are Values with the right gradients."""
    x, y = Value(3.0), Value(4.0)
    xs = numpy.array([x, y])
    matrix = numpy.array([[1.0, 2.0], [3.0, 4.0]])
    for result, data, slopes in (
        (numpy.sum(xs), 7.0, [1.0, 1.0]),
        (numpy.mean(xs), 3.5, [0.5, 0.5]),
        (numpy.prod(xs), 12.0, [4.0, 3.0]),
        (numpy.dot(xs, [1.0, 2.0]), 11.0, [1.0, 2.0]),
        (numpy.dot(xs, xs), 25.0, [6.0, 8.0]),
        ((matrix @ xs)[1], 25.0, [3.0, 4.0]),
        ((xs @ matrix)[0], 15.0, [1.0, 3.0]),
        (numpy.linalg.norm(xs), 5.0, [0.6, 0.8]),
    ):
        assert type(result) is Value
        assert result.data == pytest.approx(data, rel=1e-15)
        assert [d.data for d in gradients(result, [x, y])] == pytest.approx(slopes, rel=1e-15)


def test_where_the_result_goes() -> None:
    """`out=` takes an array of objects, and refuses one that cannot hold Values."""
    x = Value(2.0)
    room = numpy.empty(2, dtype=object)
    assert np.multiply(x, numpy.array([1.0, 3.0]), out=room) is room
    assert numbers(room) == [2.0, 6.0]
    with pytest.raises(
        TypeError, match=r"^an array of float64 cannot hold Values: make it with dtype=object, or [^\n]*$"
    ):
        np.add(x, numpy.ones(2), out=numpy.empty(2))
    floats = np.ones(2)
    with pytest.raises(TypeError, match="dtype=object"):
        floats *= x
    objects = numpy.ones(2, dtype=object)
    objects *= x
    assert numbers(objects) == [2.0, 2.0]


@pytest.mark.parametrize("flip", [False, True])
def test_comparisons_with_arrays(flip: bool) -> None:
    """Comparing a Value with an array gives an array of bools, on either side."""
    array, x = numpy.array([1.0, 2.0, 3.0]), Value(2.0)
    found = [array < x, array <= x, array == x, array != x, array >= x, array > x]
    if flip:
        found = [x > array, x >= array, x == array, x != array, x <= array, x < array]
    assert [result.dtype for result in found] == [numpy.dtype(bool)] * 6
    assert [result.tolist() for result in found] == [
        [True, False, False], [True, True, False], [False, True, False],
        [True, False, True], [False, True, True], [False, False, True],
    ]  # fmt: skip
    assert x._context.decided


def test_a_value_in_an_array_is_itself() -> None:
    """Putting a Value into an array and taking it out gives that Value; an array of floats refuses it."""
    x = Value(2.0)
    assert numpy.array([x, 1.0])[0] is x
    assert numpy.asarray(x).dtype == object
    with pytest.raises(TypeError, match="dtype=object"):
        numpy.array([x, x], dtype=float)


@pytest.mark.parametrize(
    ("use", "name"),
    [
        (lambda x: numpy.modf(x), "modf"),
        (lambda x: numpy.nextafter(x, 1.0), "nextafter"),
        (lambda x: numpy.gcd.outer(x, numpy.ones(2)), r"gcd\.outer"),
    ],
)
def test_ufuncs_without_a_row_are_refused(use: Callable[[Any], Any], name: str) -> None:
    """A ufunc that the table lacks is refused by name, in one line that says how an operation is added."""
    with pytest.raises(TypeError, match=rf"^numpy\.{name} cannot be applied to a Value: [^\n]*Op$"):
        use(Value(1.0))


def test_options_are_refused() -> None:
    """Options of a ufunc that mean nothing for Values are refused and named."""
    with pytest.raises(TypeError, match=r"^numpy\.exp of a Value takes no option dtype$"):
        np.exp(Value(1.0), dtype=numpy.float32)
    with pytest.raises(TypeError, match=r"where= leaves elements without a value: say with out= what they are$"):
        np.exp(Value(1.0), where=numpy.array([True])[0])


@pytest.mark.parametrize("bad", [numpy.array(["a", "b"]), numpy.array([1j, 2j]), numpy.array([None, 1.0])], ids=str)
def test_arrays_of_anything_else_are_refused(bad: Any) -> None:
    """An array whose elements are no real numbers is refused on either side."""
    uses: list[Callable[[], Any]] = [lambda: bad * Value(1.0), lambda: Value(1.0) + bad]
    for use in uses:
        with pytest.raises(TypeError, match=r"^[^\n]*expected a [^\n]*number[^\n]*$"):
            use()


def test_clip_of_numpy_keeps_the_graph() -> None:
    """numpy.clip of a Value is a Value, as that of our own clip."""
    for x, slope in ((0.5, 1.0), (3.0, 0.0)):
        leaf = Value(x)
        result = np.clip(leaf, -1.0, 1.0)
        assert type(result) is Value
        assert (result.data, gradients(result, leaf).data) == (min(x, 1.0), slope)
    with pytest.raises(TypeError, match=r"^clip of a Value has no array to write to"):
        Value(3.0).clip(-1.0, 1.0, out=numpy.empty(()))


def test_sequences_beside_a_value_in_a_ufunc() -> None:
    """A list handed to a ufunc beside a Value is taken as an array, as NumPy takes it beside a number."""
    assert numbers(np.add(Value(1.0), [1.0, 2.0])) == [2.0, 3.0]
    assert numbers(np.multiply([1.0, 2.0], Value(3.0))) == [3.0, 6.0]


def test_wrong_numbers_of_operands() -> None:
    """The errors say how many operands there are, and what is written to."""
    x = Value(2.0)
    untyped: Any = hypot
    wrong: list[Callable[[], Any]] = [lambda: untyped(), lambda: untyped(x), lambda: x.hypot()]
    for call in wrong:
        with pytest.raises(TypeError, match=r"^hypot takes 2 or more operands, got [01]$"):
            call()
    with pytest.raises(TypeError, match="what is written to, out=, is an array, got Value"):
        np.hypot(x, x, x)
