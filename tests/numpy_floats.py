"""Expressions in NumPy, computed with arrays of numbers and of Values: same value, right gradient, or a refusal."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy

from autograd_lite import Value, jvp

np: Any = numpy  # its type stubs know arrays and numbers alone
SHAPES: dict[str, tuple[int, ...]] = {"v": (4,), "w": (4,), "p": (4,), "M": (2, 3), "S": (3, 3), "x": (), "y": ()}
ENDS = dict(zip(SHAPES, pairwise([0, *numpy.cumsum([int(numpy.prod(s)) for s in SHAPES.values()])]), strict=True))
# fmt: off
POINT = numpy.array([
    0.7, -1.3, 2.1, 0.41, -0.43, 1.72, 0.91, -2.2, 0.33, 1.17, 2.6, 0.8, 1.2, -0.61, 0.3, 2.4, 0.9, -1.9,
    2.3, -0.4, 0.7, 0.5, 1.6, -1.1, -0.8, 0.24, 3.1, 0.83, 2.47,
])
# fmt: on
DIRECTION = numpy.random.default_rng(0).uniform(0.5, 1.5, len(POINT)) * numpy.where(
    numpy.arange(len(POINT)) % 3, 1.0, -1.0
)
STEP = 1e-5
# On processors with AVX-512, NumPy's reductions of these give another number than the operation applied in turn (2.4.6:
# np.power.reduce([0.5, 0.8, 1.1]) is 0.5 ** 0.8). Of long doubles they do not.
WRONG_REDUCTIONS = re.compile(r"np\.(pow|power|arctan2|atan2)\.(reduce|accumulate|reduceat)\(")
OF_VALUES = r"Value|real number|object array|array of references|from dtype\('O'\)"  # what a refusal speaks of


def in_place(array: Any, method: str, *args: Any, **kwargs: Any) -> Any:
    """A copy of an array after a method has changed it."""
    array = array.copy()
    result = getattr(array, method)(*args, **kwargs)
    return array if result is None else result


def changed(function: Callable[..., Any], array: Any, *args: Any, **kwargs: Any) -> Any:
    """A copy of an array after a function has changed it."""
    array = array.copy()
    function(array, *args, **kwargs)
    return array


CONSTANTS: dict[str, Any] = {
    "np": numpy,
    "a": numpy.array([-1.6, 0.1, 1.3, 2.2]),
    "i": numpy.array([0, 3, 1, 1]),
    "c": numpy.array([True, False, True, True]),
    "in_place": in_place,
    "changed": changed,
    "filled": lambda array, number: in_place(array, "fill", number),
}


@cache
def function(use: str) -> Callable[[Any], Any]:
    """The function of all numbers, in one array, that an expression is."""
    code = compile(use, use, "eval")

    def f(z: Any) -> Any:
        parts = {
            name: z[slice(*ENDS[name])].reshape(shape) if shape else z[ENDS[name][0]] for name, shape in SHAPES.items()
        }
        kinds = {"float": z.dtype.type} if z.dtype == numpy.longdouble else {}
        return eval(code, CONSTANTS | kinds | parts)  # texts of the tests alone

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


def differences(f: Callable[[Any], Any], z: Any) -> Any:
    """The derivative along DIRECTION by central differences."""
    above, below = (numpy.array([entry or 0.0 for entry in flat(f(z + sign * STEP * DIRECTION))]) for sign in (1, -1))
    return (above - below) / (2.0 * STEP)


def assert_as_numpy(use: str, z: Any = POINT, smooth: bool = True) -> bool:
    """NumPy's value and the right gradient, or NumPy's error, or a refusal that speaks of Values; True if refused.

    Not `smooth`: at kinks and poles only the value is compared.
    """
    f = function(use)
    known = z.astype(numpy.longdouble) if WRONG_REDUCTIONS.search(use) else z
    expected = evaluated(f, known)
    results = []

    def listed(array: Any) -> list[Any]:
        results.append(evaluated(f, array))
        if isinstance(results[0], Exception):
            raise results[0]
        return [0.0 if entry is None else entry for entry in flat(results[0])]

    error = None
    try:
        if smooth:
            numbers, slopes = jvp(listed, (z,), (DIRECTION,))
        else:
            numbers = [x.data if isinstance(x, Value) else x for x in listed(np.stack([*map(Value, z)]))]
    except (TypeError, ValueError, ArithmeticError, IndexError, AttributeError) as raised:
        error = raised
    if error is not None:
        if isinstance(expected, Exception):
            assert isinstance(error, (type(expected), TypeError)), f"{use}: {error!r}, NumPy: {expected!r}"
        elif not re.search(OF_VALUES, str(error)):  # as floats raise where NumPy has inf or nan
            assert isinstance(error, (ValueError, ArithmeticError)), f"{use}: {error!r}"
            assert not numpy.isfinite([entry or 0.0 for entry in flat(expected)]).all(), f"{use}: {error!r}"
        return True
    (result,) = results
    assert not isinstance(expected, Exception), f"{use}: {result!r}, NumPy: {expected!r}"
    assert form(result) == form(expected), f"{use}: {result!r}, NumPy: {expected!r}"
    right = [0.0 if entry is None else entry for entry in flat(expected)]
    near = numpy.isclose(numbers, right, rtol=1e-12, atol=1e-14, equal_nan=True)
    assert near.all(), f"{use}: {result!r}, NumPy: {expected!r}"
    if smooth:
        right = evaluated(lambda z: differences(f, z), known)
        near = numpy.isclose(slopes, right, rtol=1e-6, atol=1e-8) | numpy.isnan(right)
        assert near.all(), f"{use}: {slopes}, differences: {right}"
    return False
