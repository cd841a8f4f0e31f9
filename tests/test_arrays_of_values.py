"""Ordinary arrays and lists of values, as NumPy makes them: lengths, ties, slopes, comparisons."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import partial
from itertools import permutations
from typing import Any

import numpy
import pytest
from numpy_floats import (
    CONSTANTS,
    DIRECTION,
    ENDS,
    POINT,
    SHAPES,
    differences,
    evaluated,
    flat,
)
from numpy_uses import FUNCTIONS, uses, values

from autograd_lite import (
    UndecidedError,
    Value,
    check_gradients,
    grad,
    hessian,
    jacobian,
    jvp,
)

np: Any = numpy  # its type stubs know arrays and numbers alone

LENGTHS: list[Callable[[Any], Any]] = [
    np.std, np.nanstd, np.linalg.norm, np.linalg.vector_norm, lambda v: np.linalg.norm(v, 3), lambda v: v.std(),
    lambda v: np.linalg.norm(v.reshape(1, -1)), lambda v: np.linalg.norm(v.reshape(1, -1), axis=1)[0],
]  # fmt: skip


@pytest.mark.parametrize("f", LENGTHS)
def test_lengths_and_deviations_of_nothing(f: Callable[[Any], Any]) -> None:
    """Where they are 0 they are Values, whose slope is 0; a second derivative, which none has, is nan and never 0."""
    zeros = numpy.zeros(2)
    y = f(values(0.0, 0.0))
    y.backward()
    assert (type(y), y.data) == (Value, 0.0)
    assert grad(f)(zeros).tolist() == grad(lambda v: f(v) ** 2)(zeros).tolist() == [0.0, 0.0]
    assert numpy.isnan(hessian(lambda v: f(v) ** 2)(zeros)).all()
    with pytest.raises(UndecidedError):
        check_gradients(f, zeros)


@pytest.mark.parametrize(
    "f",
    [
        np.max, np.min, np.ptp, np.nanmax, np.nanmin, np.maximum.reduce, np.fmin.reduce, np.median, lambda v: v.max(),
        lambda v: np.percentile(v, 30), lambda v: np.sort(v)[1], lambda v: np.linalg.norm(v, np.inf),
        lambda v: np.maximum.accumulate(v)[-1], lambda v: np.partition(v, 1)[1], lambda v: np.quantile(v, 0.6),
    ],
)  # fmt: skip
@pytest.mark.parametrize("point", [[2.0, 2.0, 2.0], [2.0, 2.0, 2.0, 2.0, 2.0]])
def test_ties_in_checks(f: Callable[[Any], Any], point: list[float]) -> None:
    """A tie is a kink, which is no error; tied numbers can be exchanged, and so have equal shares."""
    with pytest.raises(UndecidedError, match="kink"):
        check_gradients(f, numpy.array(point))
    slopes = grad(f)(numpy.array(point))
    assert slopes == pytest.approx([slopes[0]] * len(point), rel=1e-15, abs=1e-15)


@pytest.mark.parametrize("name", ["sort", "median", "percentile", "partition"])
def test_ties_in_sorted_numbers(name: str) -> None:
    """Each place has the mean of what it has for all orders of the tied numbers."""
    f = {
        "sort": np.sort,
        "median": lambda v: np.median(v),
        "percentile": lambda v: np.percentile(v, [10, 45, 80]),
        "partition": lambda v: np.sort(np.partition(v, 2)),
    }[name]
    point = numpy.array([2.0, 1.0, 2.0, 2.0])
    exchanged = [jacobian(f)(point + 1e-9 * numpy.array(shift)) for shift in permutations(range(4))]
    assert numpy.allclose(jacobian(f)(point), numpy.mean(exchanged, axis=0), rtol=0.0, atol=1e-12)


def variables(z: Any, kind: str) -> dict[str, Any]:
    """The variables of uses: the arrays as they are, as NumPy's ordinary arrays, or as lists."""
    parts = {name: z[slice(*ENDS[name])].reshape(shape)[()] for name, shape in SHAPES.items()}
    change: Any = {"Array": lambda x: x, "array": lambda x: x.view(numpy.ndarray), "list": lambda x: x.tolist()}[kind]
    return {name: change(x) if SHAPES[name] else x for name, x in parts.items()}


def slopes_of(use: str, z: Any, kind: str) -> Any:
    """The numbers that a use gives, and their slopes along a direction; or the exception."""

    def listed(z: Any) -> Any:
        result = eval(use, CONSTANTS | variables(z, kind))  # texts of the tests alone
        return [0.0 if entry is None else entry for entry in flat(result)]

    return evaluated(lambda z: jvp(listed, (z,), (DIRECTION,)), z)


@pytest.mark.parametrize("step", [0, 1, 2])
def test_ordinary_arrays_of_values(step: int) -> None:
    """What NumPy makes of them it makes of an Array too, with its slopes, or nan; all else is an error."""
    z = numpy.floor(POINT[::-1] * step) / step if step else POINT
    tried = 0
    for use in uses(FUNCTIONS):
        found, expected = slopes_of(use, z, "array"), slopes_of(use, z, "Array")
        if not isinstance(found, Exception) and not isinstance(expected, Exception):
            same = numpy.isclose(found, expected, rtol=1e-9, atol=1e-12) | numpy.isnan(found)
            assert same.all(), f"{use}: {found}, of an Array: {expected}"
            tried += 1
    assert tried > 100


def test_lists_of_values() -> None:
    """NumPy takes them as arrays, with its value of floats and the differences' slope; or an error is raised."""
    tried = 0
    for use in uses(FUNCTIONS):
        found = slopes_of(use, POINT, "list")
        if isinstance(found, Exception):
            continue

        def f(z: Any, use: str = use) -> Any:
            return eval(use, CONSTANTS | variables(z, "list"))  # texts of the tests alone

        value, slopes = (numpy.array(part, dtype=float) for part in found)
        right = numpy.array([entry or 0.0 for entry in flat(evaluated(f, POINT))])
        assert numpy.allclose(value, right, rtol=1e-12, atol=1e-14, equal_nan=True), (
            f"{use}: {value}, of floats: {right}"
        )
        right = evaluated(partial(differences, f), POINT)
        same = numpy.isclose(slopes, right, rtol=1e-6, atol=1e-8) | numpy.isnan(right)
        assert same.all(), f"{use}: {slopes}, differences: {right}"
        tried += 1
    assert tried > 100


def slope_at(f: Callable[[Any], Any], x: Any) -> Any:
    """Numbers and their derivatives at a point."""
    return jvp(lambda x: [y or 0.0 for y in f(x)], (float(x),), (1.0,))


MAKE: list[Callable[[Any], Any]] = [lambda x: x, lambda x: [x, 0.25 * x], lambda x: numpy.array([x, 1.5])]


@pytest.mark.parametrize("name", [name for name, ufunc in vars(numpy).items() if isinstance(ufunc, numpy.ufunc)])
def test_ufuncs_of_one_value_and_of_lists(name: str) -> None:
    """Of a Value, of a list of them, of an ordinary array: NumPy's value and the differences' slope, or an error."""
    ufunc = getattr(np, name)
    for count in {1, ufunc.nin}:
        for make in MAKE:

            def f(x: Any, make: Any = make, count: int = count) -> Any:
                return flat(ufunc(*[make(x), make(0.25 * x + 0.125)][:count]))

            for at in (0.375, 1.25):
                found = evaluated(partial(slope_at, f), numpy.array(at))
                if isinstance(found, Exception):
                    continue
                value, right = ([float(y or 0.0) for y in each] for each in (found[0], f(at)))
                assert value == pytest.approx(right, rel=1e-14, abs=1e-15), name
                quotients = [((y or 0.0) - (z or 0.0)) / 2e-6 for y, z in zip(f(at + 1e-6), f(at - 1e-6), strict=True)]
                assert found[1] == pytest.approx(quotients, rel=1e-6, abs=1e-7), name


ORDERED: list[Callable[[Any], Any]] = [
    lambda a: np.maximum(a, a), np.max, lambda a: a.min(), lambda a: np.maximum.reduce(a), np.ptp, np.sort, np.median,
    lambda a: a.sort(), lambda a: np.fmax(a, 2.0), lambda a: np.clip(a, 2.0, 3.0), lambda a: np.percentile(a, 30),
    lambda a: np.minimum.accumulate(a), lambda a: np.partition(a, 1), lambda a: np.maximum(a.tolist(), 2.0), np.nanmax,
]  # fmt: skip


@pytest.mark.parametrize("f", ORDERED)
@pytest.mark.parametrize("lose", [numpy.asarray, numpy.array, lambda v: numpy.array(list(v)), numpy.ascontiguousarray])
def test_ordinary_arrays_lose_no_tie(f: Callable[[Any], Any], lose: Callable[[Any], Any]) -> None:
    """Where NumPy's own loops would drop a share or a nan, they are refused, also within a transform."""
    for numbers in ([2.0, 2.0, 1.0], [math.nan, 2.0, 2.0]):
        with pytest.raises(TypeError, match=r"among them Values that are tied, or nan.*numpy\.stack"):
            f(lose(values(*numbers)))
        with pytest.raises(TypeError, match="among them Values"):
            jacobian(lambda v: f(lose(v)))(numpy.array(numbers))


def test_comparisons_go_on() -> None:
    """Comparing, sorting by Python, and the largest by Python are what they are of floats, ties and nan included."""
    vs = [Value(x) for x in (2.0, 1.0, 2.0)]
    a = numpy.array(vs)
    assert (a >= 2.0).tolist() == np.greater_equal(a, 2.0).tolist() == [x >= 2.0 for x in vs] == [True, False, True]
    assert list(map(operator.le, vs, vs)) == [True] * 3
    assert (sorted(vs), max(vs), min(vs)) == ([vs[1], vs[0], vs[2]], vs[0], vs[1])
    assert (np.allclose(a, [2.0, 1.0, 2.0]), np.array_equal(a, a), np.argmax(a), a.argsort().tolist()) == (
        True,
        True,
        0,
        [1, 0, 2],
    )
    vs.sort()
    assert [x.data for x in vs] == [1.0, 2.0, 2.0]
    assert not Value(math.nan) >= 0.0
