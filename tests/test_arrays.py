"""Arrays in transforms: every ufunc, method and function of NumPy has NumPy's value and the right gradient, or refuses."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy
import pytest
from numpy_uses import FUNCTIONS, METHODS, uses

from autograd_lite import Value, grad, jacobian, leaky_relu, maximum, relu
from autograd_lite.engine.arrays import Array

np: Any = numpy

SHAPES: dict[str, tuple[int, ...]] = {"v": (4,), "w": (4,), "p": (4,), "M": (2, 3), "S": (3, 3), "x": (), "y": ()}
ENDS = dict(zip(SHAPES, pairwise([0, *numpy.cumsum([int(numpy.prod(s)) for s in SHAPES.values()])]), strict=True))
POINT = numpy.array(
    [0.7, -1.3, 2.1, 0.4, -0.45, 1.7, 0.9, -2.2, 0.35, 1.15, 2.6, 0.8, 1.2, -0.6, 0.3, 2.4, 0.9, -1.9]
    + [2.3, -0.4, 0.7, 0.5, 1.6, -1.1, -0.8, 0.25, 3.1, 0.85, 2.45]
)
STEP = 1e-5


def in_place(array: Any, method: str, *args: Any, **kwargs: Any) -> Any:
    """A copy of an array after a method has changed it."""
    array = array.copy()
    result = getattr(array, method)(*args, **kwargs)
    return array if result is None else result


CONSTANTS: dict[str, Any] = {
    "np": numpy,
    "a": numpy.array([-1.6, 0.1, 1.3, 2.2]),
    "i": numpy.array([0, 3, 1, 1]),
    "c": numpy.array([True, False, True, True]),
    "in_place": in_place,
    "filled": lambda array, number: in_place(array, "fill", number),
}


def used(use: str) -> list[int]:
    """The places of the numbers that an expression depends on."""
    names = [name for name in SHAPES if re.search(rf"(?<![\w.\"]){name}(?![\w\"(])", use)]
    return [place for name in names for place in range(*ENDS[name])]


def function(use: str) -> Callable[[Any], Any]:
    """The function of all numbers, in one array, that an expression is."""
    code = compile(use, use, "eval")

    def f(z: Any) -> Any:
        parts = {name: z[slice(*ENDS[name])].reshape(shape) if shape else z[ENDS[name][0]] for name, shape in SHAPES.items()}
        return eval(code, CONSTANTS | parts)  # of this file's own text

    return f


def flat(result: Any) -> list[Any]:
    """All elements of nested results, and None at the end of each array."""
    if isinstance(result, (list, tuple)):
        return [entry for part in result for entry in flat(part)]
    return [*numpy.ravel(result).tolist(), None]


def form(result: Any) -> Any:
    """Nesting, shapes, and kinds of numbers; objects stand for floats."""
    if isinstance(result, (list, tuple)):
        return [form(part) for part in result]
    kind = numpy.asarray(result).dtype.kind
    return numpy.shape(result), "f" if kind == "O" else kind


def evaluated(f: Callable[[Any], Any], z: Any) -> Any:
    """What NumPy gives, or the exception."""
    with numpy.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return f(z.copy())
        except Exception as error:
            return error


def differences(f: Callable[[Any], Any], z: Any, places: list[int]) -> Any:
    """The Jacobian by central differences."""
    rows = []
    for place in places:
        step = numpy.zeros(len(z))
        step[place] = STEP
        above, below = (numpy.array([entry or 0.0 for entry in flat(f(z + sign * step))]) for sign in (1.0, -1.0))
        rows.append((above - below) / (2.0 * STEP))
    return numpy.array(rows).T


def assert_as_numpy(use: str, f: Callable[[Any], Any], z: Any, places: list[int], slopes: bool = True) -> bool:
    """NumPy's value and the right gradient, or NumPy's error, or a refusal that speaks of Values; True if refused."""
    expected = evaluated(f, z)
    results = []

    def listed(array: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results.append(f(array.copy()))
        return [0.0 if entry is None else entry for entry in flat(results[0])]

    try:
        found = jacobian(listed)(z)
    except Exception as error:
        if isinstance(expected, Exception):
            assert isinstance(error, (type(expected), TypeError)), f"{use}: {error!r}, NumPy: {expected!r}"
        elif slopes:
            assert isinstance(error, TypeError), f"{use}: {error!r}"
            assert "Value" in str(error), f"{use}: {error!r}"
        else:
            assert isinstance(error, (TypeError, ValueError, ArithmeticError)), f"{use}: {error!r}"
        return True
    (result,) = results
    assert not isinstance(expected, Exception), f"{use}: {result!r}, NumPy: {expected!r}"
    assert form(result) == form(expected), f"{use}: {result!r}, NumPy: {expected!r}"
    numbers = [x.data if isinstance(x, Value) else x for x in flat(result)]
    for number, right in zip(numbers, flat(expected), strict=True):
        assert number == right or number == pytest.approx(right, rel=1e-12, abs=1e-14, nan_ok=True), f"{use}: {result!r}, NumPy: {expected!r}"
    if slopes:
        with numpy.errstate(all="ignore"):
            right = differences(f, z, places)
        jac = numpy.array([row[places] for row in found])
        assert numpy.allclose(jac, right, rtol=2e-6, atol=2e-8), f"{use}:\n{jac}\ndifferences:\n{right}"
    return False


REFUSED = set()


@pytest.mark.parametrize("table", [FUNCTIONS, METHODS], ids=["functions", "methods"])
def test_x(table):
    bad = []
    for use in uses(table):
        try:
            if assert_as_numpy(use, function(use), POINT, used(use)):
                REFUSED.add(use)
        except BaseException as e:
            bad.append(str(e)[:300])
    print("\n".join(bad))
    print("REFUSED")
    for u in REFUSED:
        e = evaluated(function(u), POINT)
        print(u, "" if not isinstance(e, Exception) else "   (NumPy: %r)" % e)
    assert not bad
