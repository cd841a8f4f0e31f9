"""Arrays in transforms: NumPy's functions and methods have NumPy's value and the right gradient, or refuse."""

from __future__ import annotations

import copy
import math
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
from numpy_floats import (
    POINT,
    assert_as_numpy,
    evaluated,
    function,
)
from numpy_uses import FUNCTIONS, METHODS, REFUSED, uses, values

from autograd_lite import (
    Value,
    grad,
    gradients,
    hessian,
    jacobian,
    jvp,
    leaky_relu,
    maximum,
    relu,
    sigmoid,
    value_and_grad,
    vjp,
)
from autograd_lite.engine.array_functions import OWN
from autograd_lite.engine.arrays import CONSTANT, NATIVE, Array

np: Any = numpy  # its type stubs know arrays and numbers alone

OF_MEMORY = {  # attributes of ndarray that say nothing of its numbers
    "base", "ctypes", "data", "device", "dtype", "dump", "dumps", "flags", "itemsize", "nbytes", "setfield", "setflags",
    "strides", "to_device",
}  # fmt: skip


@pytest.mark.parametrize("table", [FUNCTIONS, METHODS], ids=["functions", "methods"])
def test_what_is_computed_is_right(table: str) -> None:
    """Value, shape and kind as NumPy has them on floats, the Jacobian as central differences; errors are NumPy's."""
    for use in uses(table):
        refused = assert_as_numpy(use)
        assert not refused or isinstance(evaluated(function(use), POINT), Exception), f"{use} is refused"


@pytest.mark.parametrize("use", uses(REFUSED))
def test_what_is_refused(use: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All else is a TypeError that speaks of Values."""
    monkeypatch.chdir(tmp_path)  # on floats, some of them write a file
    assert assert_as_numpy(use)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 0.0])
def test_nan_and_infinities(number: float) -> None:
    """nan, infinities and zeros go through everything as in NumPy on floats; only what floats raise is raised."""
    z = POINT.copy()
    z[::2] = number
    for use in uses(FUNCTIONS) + uses(METHODS):
        assert_as_numpy(use, z, smooth=False)


@pytest.mark.parametrize("step", [1, 2])
def test_ties(step: int) -> None:
    """Among equal numbers too the value is NumPy's."""
    z = numpy.floor(POINT[::-1] * step) / step
    for use in uses(FUNCTIONS) + uses(METHODS):
        assert_as_numpy(use, z, smooth=False)


def test_every_function_is_tried_or_refused() -> None:
    """Each function of NumPy that can be overridden is in a table above, or refuses Values."""
    written = f"{FUNCTIONS} {METHODS}"
    v = values(1.0, 2.0)
    for room in (numpy, numpy.linalg, numpy.fft):
        for name, thing in vars(room).items():
            if not hasattr(thing, "_implementation") or name.startswith("_"):
                continue
            called = f"{thing.__module__}.{thing.__name__}".removeprefix("numpy.")
            if called in NATIVE | CONSTANT | OWN.keys():
                assert re.search(rf"np\.{called}\b", written), f"{called} is not tried"
            else:
                with pytest.raises(TypeError, match=rf"^numpy\.{called} does not take Values: [^\n]*v\.data$"):
                    v.__array_function__(thing, (Array,), (v,), {})


def test_every_method_is_tried() -> None:
    """Each public name of ndarray is in a table above, unless it says nothing of the numbers."""
    written = METHODS + REFUSED
    names = {name for name in dir(numpy.ndarray) if not name.startswith("_")} - OF_MEMORY
    assert [name for name in sorted(names) if f".{name}" not in written and f'"{name}"' not in written] == ["fill"]


@pytest.mark.parametrize(
    ("f", "point", "expected"),
    [
        (lambda v: np.maximum(v, 0.0).sum(), [0.0, 0.0], [0.5, 0.5]),
        (lambda v: np.max(v), [2.0, 2.0], [0.5, 0.5]),
        (lambda v: np.max(v), [2.0, 2.0, 1.0, 2.0], [1 / 3, 1 / 3, 0.0, 1 / 3]),
        (lambda v: v.min(), [2.0, 2.0, 2.0, 2.0, 2.0], [0.2] * 5),
        (lambda v: np.max(v), [0.1] * 10, [0.1] * 10),
        (lambda v: np.max(v, initial=2.0), [2.0, 2.0], [1 / 3, 1 / 3]),
        (lambda v: np.max(v), [1.0, 1.0, 3.0], [0.0, 0.0, 1.0]),
        (lambda v: np.max(v), [math.inf, math.inf, 1.0], [0.5, 0.5, 0.0]),
        (lambda v: np.max(v.reshape(2, 3)), [2.0, 1.0, 2.0, 2.0, 0.0, 2.0], [0.25, 0.0, 0.25, 0.25, 0.0, 0.25]),
        (lambda v: np.max(v.reshape(2, 2), axis=0).sum(), [2.0, 1.0, 2.0, 0.0], [0.5, 1.0, 0.5, 0.0]),
        (lambda v: np.max([0.0] * 3 + v), [0.0, 0.0, 0.0], [1 / 3] * 3),
        (lambda v: np.max(np.stack([np.max(v[:2]), v[2]])), [1.0, 1.0, 1.0], [0.25, 0.25, 0.5]),
        (lambda v: np.ptp(v), [1.0, 1.0, 3.0], [-0.5, -0.5, 1.0]),
        (lambda v: np.nanmax(v), [math.nan, 3.0, 3.0], [0.0, 0.5, 0.5]),
        (lambda v: np.fmax.reduce(v), [math.nan, 3.0, 3.0], [0.0, 0.5, 0.5]),
        (lambda v: np.maximum.accumulate(v)[2], [3.0, 3.0, 3.0], [1 / 3] * 3),
        (lambda v: np.linalg.norm(v, np.inf), [-2.0, 2.0], [-0.5, 0.5]),
        (lambda v: np.linalg.norm(v, 1), [0.0, -2.0], [0.0, -1.0]),
        (lambda v: np.linalg.norm(v), [0.0, 0.0], [0.0, 0.0]),
        (lambda v: np.std(v), [1.0, 1.0], [0.0, 0.0]),
        (lambda v: np.abs(v).sum() + np.sign(v).sum(), [0.0, -1.0], [0.0, -1.0]),
        (lambda v: np.clip(v, 0.0, 1.0).sum(), [0.0, 1.0, 2.0], [1.0, 1.0, 0.0]),
        (lambda v: np.clip(v, 0.0, None).sum(), [0.0, 1.0, -2.0], [1.0, 1.0, 0.0]),
        (lambda v: np.median(v), [2.0, 2.0], [0.5, 0.5]),
        (lambda v: np.heaviside(v, 0.5).sum() + np.round(v).sum(), [0.0, 1.0], [0.0, 0.0]),
        (lambda v: relu(v).sum(), [0.0, 1.0], [0.0, 1.0]),
    ],
)
def test_kinks(f: Callable[[Any], Any], point: list[float], expected: list[float]) -> None:
    """At kinks the convention is that of PyTorch and JAX: of k tied each has the k-th part, and |x| is flat at 0."""
    assert grad(f)(numpy.array(point)).tolist() == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    "f",
    [
        numpy.linalg.norm, numpy.std, numpy.linalg.det, lambda m: np.linalg.inv(m)[0, 1], lambda m: np.quantile(m**2, 0.3),
        lambda m: np.max(m) ** 3, lambda m: np.remainder(m**2, 0.7).sum(), lambda m: np.interp(m * m, [0, 1, 9], [0, 5, 6]).sum(),
        lambda m: np.einsum("ij,jk,kl->", m, m, m), lambda m: np.fmax(m[0], m[1] ** 2).sum(), lambda m: np.logaddexp2(m, m.T).sum(),
    ],
)  # fmt: skip
def test_second_derivatives(f: Callable[[Any], Any]) -> None:
    """Second derivatives are the differences of the first."""
    point, step = POINT[18:27].reshape(3, 3), 1e-5
    found = hessian(f)(point).reshape(9, 9)
    for place, row in enumerate(found):
        shift = step * numpy.eye(9)[place].reshape(3, 3)
        right = (grad(f)(point + shift) - grad(f)(point - shift)).ravel() / (2.0 * step)
        assert numpy.allclose(row, right, rtol=1e-6, atol=1e-7)


def test_every_transform_hands_over_the_type() -> None:
    """In every transform, nested ones included, a function is given an Array, and floats come out."""
    kinds = []

    def f(v: Any) -> Any:
        kinds.append(type(v))
        return np.maximum(v, 0.0).sum()

    zeros = numpy.zeros(2)

    def inner(v: Any) -> Any:
        kinds.append(type(grad(f)(v)))
        return (grad(f)(v) ** 2).sum()

    found = [grad(f)(zeros), grad(inner)(zeros), jacobian(f)(zeros), hessian(f)(zeros), vjp(f, zeros)[1](1.0)[0]]
    assert all(type(result) is numpy.ndarray and result.dtype == float for result in found)
    assert jvp(f, (zeros,), (numpy.ones(2),)) == (0.0, 1.0)
    assert grad(lambda d: f(d["w"][0]))({"w": [zeros]})["w"][0].tolist() == [0.5, 0.5]
    assert set(kinds) == {Array}


def test_functions_of_the_table_take_arrays() -> None:
    """Arrays of numbers give arrays of floats, arrays of Values arrays of Values; they broadcast."""
    numbers = numpy.array([[-1.0, 0.0], [2.0, 3.0]])
    result: Any
    for result, expected in (
        (relu(numbers), [[0.0, 0.0], [2.0, 3.0]]),
        (maximum(numbers, 1.0), [[1.0, 1.0], [2.0, 3.0]]),
        (maximum(2, numpy.array([1, 3])), [2.0, 3.0]),
        (
            maximum(numbers, numpy.array([0.5, 2.5])),
            [[0.5, 2.5], [2.0, 3.0]],
        ),
        (leaky_relu(numbers, slope=0.5), [[-0.5, 0.0], [2.0, 3.0]]),
    ):
        assert (type(result), result.dtype, result.tolist()) == (numpy.ndarray, float, expected)
    x = Value(2.0)
    for result in (maximum(x, numbers), maximum(numbers, x), x.maximum(numbers), sigmoid(values(1.0, 2.0))):
        assert type(result) is Array
        assert all(type(entry) is Value for entry in result.flat)
    assert jacobian(lambda v: maximum(v, 0.0))(numpy.zeros(2)).tolist() == [[0.5, 0.0], [0.0, 0.5]]
    result = sigmoid(numpy.zeros(0))
    assert result.tolist() == []
    with pytest.raises(TypeError, match="expected a number"):
        relu(numpy.array(["a"]))


def test_of_one_value() -> None:
    """NumPy's reductions, predicates and roundings of one Value are those of a float."""
    x = Value(2.5)
    for name in (
        "sum",
        "prod",
        "max",
        "min",
        "mean",
        "median",
        "average",
        "nansum",
        "nanmax",
        "cumsum",
        "abs",
        "deg2rad",
    ):
        y = getattr(np, name)(x)
        y = y[0] if name == "cumsum" else y
        assert type(y) is Value
        assert y.data == pytest.approx(getattr(np, name)(2.5 if name != "cumsum" else [2.5]), rel=1e-15)
        assert gradients(y, x).data == pytest.approx(math.pi / 180.0 if name == "deg2rad" else 1.0, rel=1e-15)
    assert grad(np.std)(2.5) == grad(np.var)(2.5) == grad(np.ptp)(2.5) == grad(np.floor)(2.5) == 0.0
    for found, expected in (
        (np.isfinite(x), True), (np.isnan(x), False), (np.signbit(x), False), (np.logical_not(x), False),
        (np.floor(x), 2.0), (np.ceil(x), 3.0), (np.rint(x), 2.0), (np.trunc(x), 2.0), (np.round(x), 2.0), (np.argmax(x), 0),
    ):  # fmt: skip
        assert found == expected
        assert not isinstance(found, numpy.ndarray)
    assert grad(lambda x: np.interp(x, [0.0, 1.0], [0.0, 2.0]))(0.5) == 2.0


def test_assignments_keep_the_graph() -> None:
    """What is made like an Array takes Values; so do Arrays, also by lists of places, masks and in place."""

    def f(v: Any) -> Any:
        a = np.zeros_like(v, dtype=float)
        a[0] = v[1] * 3.0
        a[[1, 2]] = v[0]
        a[a > 100.0] = 0.0
        a += v
        np.add.at(a, [0, 0], v[2])
        return a.sum()

    assert grad(f)(numpy.array([1.0, 2.0, 4.0])).tolist() == [3.0, 4.0, 3.0]


def test_what_is_compared_is_marked() -> None:
    """Numbers that NumPy compares, or a tie, have decided something; those of a maximum without ties have not."""
    for decide in (np.argmax, np.sort, np.floor, np.isnan, lambda v: v > 0.0, lambda v: np.max(np.append(v, v))):
        v = values(1.0, 2.0)
        decide(v)
        assert v[1].decided
    v = values(1.0, 2.0)
    np.max(v)
    assert not any(x.decided for x in v)


def test_copies_and_pictures() -> None:
    """Arrays print their Values, and are copied and pickled as these are."""
    v = values(1.0, 2.0)
    assert repr(v) == "Array([Value(1.0), Value(2.0)], dtype=object)"
    assert str(v) == np.array2string(v) == "[Value(1.0) Value(2.0)]"
    assert (
        v.data.tolist() == copy.deepcopy(v).data.tolist() == pickle.loads(pickle.dumps(v)).data.tolist() == [1.0, 2.0]
    )
    assert v.copy()[0] is v[0]


def test_singular_matrices() -> None:
    """The gradient of a determinant is the adjugate, also where it is 0, and the second one is right; no inverse is."""
    rng = numpy.random.default_rng(1)
    for size in (1, 2, 3, 4, 5):
        for rank in range(size):
            m = rng.integers(-3, 4, (size, rank)) @ rng.integers(-3, 4, (rank, size)) * 1.0
            minors = [
                [(-1.0) ** (i + j) * numpy.linalg.det(numpy.delete(numpy.delete(m, i, 0), j, 1)) for j in range(size)]
                for i in range(size)
            ]
            value, slopes = value_and_grad(np.linalg.det)(m)
            assert value == pytest.approx(0.0, abs=1e-9)
            assert numpy.allclose(slopes, minors, rtol=1e-9, atol=1e-9)
    second = hessian(np.linalg.det)(numpy.zeros((2, 2)))  # of ad - bc
    assert second.reshape(4, 4).tolist() == [[0, 0, 0, 1], [0, 0, -1, 0], [0, -1, 0, 0], [1, 0, 0, 0]]
    with pytest.raises(numpy.linalg.LinAlgError, match="Singular matrix"):
        grad(lambda m: np.linalg.inv(m).sum())(numpy.ones((2, 2)))
