"""A `Value` never turns into a bare number by itself: what takes one is refused, and says what to write."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy
import pytest

from autograd_lite import Value, grad
from autograd_lite.engine.table import TABLE

np: Any = numpy  # its type stubs know arrays and numbers alone
ROUNDING = {"ceil", "floor", "trunc"}
FUNCTIONS = {f"{m.__name__}.{name}": f for m in (math, cmath) for name, f in vars(m).items() if callable(f)}


def set_item(a: Any, x: Any) -> Any:
    a[0] = x
    return a[0]


def add_in_place(a: Any, x: Any) -> Any:
    a[0] += x
    return a[0]


CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "complex": complex,
    "percent": lambda x: "%.2f" % x,  # noqa: UP031 - the old way is what is tried
    "item": lambda x: set_item(numpy.zeros(2), x),
    "in place": lambda x: add_in_place(numpy.zeros(2), x),
    "fill": lambda x: np.zeros(2).fill(x),
    "array": lambda x: numpy.array([x], dtype=float),
    "complex array": lambda x: numpy.array([x], dtype=complex),
    "astype": lambda x: numpy.array([x]).astype(float),
    "full": lambda x: numpy.full(2, x, float),
    "float64": lambda x: np.float64(x),
    "gradient": lambda x: numpy.gradient(numpy.array([x, 2.0 * x])),
    "mean": lambda x: np.mean(numpy.array([x]), dtype=float),
    "fsum": lambda x: math.fsum([x]),
    "map": lambda x: list(map(math.sin, [x])),
}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_conversions_are_refused(name: str) -> None:
    """A conversion to a float raises an error that says so, alone and inside a function that is differentiated."""
    for call in (CONVERSIONS[name], grad(CONVERSIONS[name])):
        with pytest.raises(TypeError, match=r"would cut the gradient of Value\(.*\) off: .*\.item\(\) or \.data$"):
            call(Value(0.5, label="x"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_math(name: str) -> None:
    """Each function of math and cmath rounds, stays connected, or raises TypeError."""
    function, x = FUNCTIONS[name], Value(0.5)
    for arguments in [[x] * n for n in range(1, 4)] + [[[x]], [[x], [x]]]:
        try:
            result = function(*arguments)
        except TypeError:
            continue
        assert isinstance(result, Value) or name.partition(".")[2] in ROUNDING


@pytest.mark.parametrize(
    "name", [name for name in TABLE if callable(getattr(math, name, None)) and name not in ROUNDING]
)
def test_the_function_to_write_is_named(name: str) -> None:
    """The error of a function that this package has too names it, however it is called."""
    called = getattr(math, name)
    arguments = [Value(0.5)] * TABLE[name].arity
    with pytest.raises(TypeError, match=rf"^math\.{name} takes .*: write autograd_lite\.{name}, or take"):
        called(*arguments)


def test_other_names() -> None:
    """Where the names differ, the error has ours; where there is none, the ways to take the number out."""
    with pytest.raises(TypeError, match=r"write autograd_lite\.abs, or"):
        math.fabs(Value(1.0))  # type: ignore[arg-type]  # the checker finds it too
    with pytest.raises(TypeError, match=r"^math\.isnan takes a bare number, .* off: take the number out"):
        math.isnan(Value(1.0))  # type: ignore[arg-type]  # the checker finds it too


def test_what_goes_on() -> None:
    """Printing, sorting, summing, comparing and rounding do with a Value what they do with its number."""
    for a, b in product((-1.5, 0.25, 2.0), repeat=2):
        x, y = Value(a), Value(b)
        assert (x.item(), type(x.item())) == (a, float)
        assert (f"{x:.3f}", [v.item() for v in sorted([x, y])]) == (f"{a:.3f}", sorted([a, b]))
        assert sum([x, y]).data == a + b  # type: ignore[union-attr]  # not the 0 of an empty sum
        assert (np.allclose(x, a), np.allclose(numpy.array([x, y]), [a, b]), x < y) == (True, True, a < b)
        assert (int(x), round(x), math.floor(x), math.ceil(x)) == (int(a), round(a), math.floor(a), math.ceil(a))


KINDS = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint64", "float16", "float32", "longdouble", "complex64"]
INTO: dict[str, Callable[[Any, Any], Any]] = {
    "item": lambda kind, x: set_item(numpy.zeros(2, kind), x),
    "slice": lambda kind, x: numpy.zeros(2, kind).__setitem__(slice(1), [x]),
    "mask": lambda kind, x: numpy.zeros(2, kind).__setitem__([True, False], x),
    "array": lambda kind, x: numpy.array([x, 1.0], dtype=kind),
    "asarray": lambda kind, x: numpy.asarray(np.stack([x, x]), dtype=kind),
    "full": lambda kind, x: np.full(2, x, kind),
    "fill": lambda kind, x: numpy.zeros(2, kind).fill(x),
    "fromiter": lambda kind, x: numpy.fromiter([x], kind),
    "put": lambda kind, x: np.put(numpy.zeros(2, kind), [0], x),
    "copyto": lambda kind, x: numpy.copyto(numpy.zeros(2, kind), numpy.stack([x, x]), casting="unsafe"),
    "insert": lambda kind, x: np.insert(numpy.zeros(2, kind), 0, [x]),
    "out": lambda kind, x: np.multiply(x, 2.0, out=numpy.zeros((), kind)),
    "type": lambda kind, x: eval(f"np.{kind}(x)", {"np": np, "x": x}),  # a text of this test alone
}


def stored(kind: str, x: Any) -> Any:
    """As a user writes it."""
    a: Any = numpy.zeros(2, kind)
    a[0] = x
    a[:1] = x
    return a


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_of_every_kind_refuse_values(kind: str) -> None:
    """Integers, bools, halves and complex numbers hold no Value: storing one is an error that says what to do."""
    for way in (stored, *INTO.values()):
        for call in (way, lambda kind, x, way=way: grad(lambda x: way(kind, x))(x.data)):
            with pytest.raises(TypeError, match=r"\.data$|dtype=object"):
                call(kind, Value(2.0))


def test_whole_numbers_on_purpose() -> None:
    """int(x), however it is written, rounding and truths go on; the gradient of what is rounded is 0."""
    x = Value(2.75)
    scope: dict[str, Any] = {"x": x}
    exec("y = int(x)", scope)  # no source to read
    assert (scope["y"], eval("int(x)", scope), list(map(int, [x, x])), [int(y) for y in [x]]) == (2, 2, [2, 2], [2])
    assert (int(
        x,
    ), math.trunc(x), math.floor(x), bool(x), [*filter(None, [x])], any([x]), not x) == (2, 2, 2, True, [x], True, False)  # fmt: skip
    assert (np.stack([x]).astype(int)[0], np.stack([x]).astype(bool)[0], numpy.array([x]).astype(int)[0]) == (
        2,
        True,
        2,
    )
    assert grad(lambda x: int(x) * x)(2.75) == 2.0
    with pytest.raises(TypeError):
        "%d" % x  # noqa: UP031 - the old way is what is tried
