"""Structures in and out of the transforms: lists, tuples, dicts, named tuples and arrays, shaped as in JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy
import pytest
from hypothesis import given
from strategies import equal, structures

from autograd_lite import (
    Value,
    exp,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    numerical_gradient,
    value_and_grad,
    vjp,
)
from autograd_lite.engine.trees import flatten

ONE_LINE = "^[^\n]+$"


class Layer(NamedTuple):
    """A named tuple, as models are often kept in."""

    w: Any
    b: Any


array = numpy.array
MATRIX = array([[1.0, 2.0], [3.0, 4.0]])
GRADIENTS: dict[str, tuple[Callable[[Any], Any], Any, Any]] = {  # the function, the point, its gradient
    "float": (lambda x: x * x, 3.0, 6.0),
    "int": (lambda x: x * x, 3, 6.0),
    "bool": (lambda x: x * 2.0, True, 2.0),
    "NumPy scalar": (lambda x: x * x, numpy.float32(3.0), 6.0),
    "array without dimensions": (lambda x: x * x, array(3.0), 6.0),
    "list": (lambda x: x[0] * x[1], [2.0, 3.0], [3.0, 2.0]),
    "tuple": (lambda x: x[0] * x[1], (2.0, 3), (3.0, 2.0)),
    "dict": (lambda x: x["w"] * x["b"], {"w": 2.0, "b": 3.0}, {"w": 3.0, "b": 2.0}),
    "named tuple": (lambda x: x.w * x.b, Layer(2.0, 3.0), Layer(3.0, 2.0)),
    "nested": (lambda x: x[0]["w"][1] * x[1][0][0], [{"w": (5.0, 2.0)}, [[3.0]]], [{"w": (0.0, 3.0)}, [[2.0]]]),
    "named tuple of arrays": (
        lambda x: x.w @ x.w + x.b,
        Layer(array([1.0, 2.0]), 3.0),
        Layer(array([2.0, 4.0]), 1.0),
    ),
    "vector": (lambda x: (x * x).sum(), array([1.0, 2.0]), array([2.0, 4.0])),
    "matrix": (lambda x: x[0] @ x[1], MATRIX, array([[3.0, 4.0], [1.0, 2.0]])),
    "array of integers": (lambda x: x.prod(), array([2, 3]), array([3.0, 2.0])),
    "array of three dimensions": (lambda x: x.sum(), numpy.zeros((2, 1, 3)), numpy.ones((2, 1, 3))),
    "transposed array": (lambda x: x[0, 1], MATRIX.T, array([[0.0, 1.0], [0.0, 0.0]])),
    "empty list": (lambda _: 3.0, [], []),
    "empty array": (lambda x: x.sum() + 1.0, numpy.zeros((0, 2)), numpy.zeros((0, 2))),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_a_gradient_has_the_structure_of_its_argument(name: str) -> None:
    """grad, value_and_grad, vjp and numerical differences return the argument's structure, filled with floats."""
    f, point, expected = GRADIENTS[name]
    assert equal(grad(f)(point), expected)
    value, slopes = value_and_grad(f)(point)
    assert equal(slopes, expected)
    assert value == f(point)
    assert type(value) is float
    assert equal(vjp(f, point)[1](1.0), (expected,))
    numerical = numerical_gradient(f, point)
    assert flatten(numerical)[0] == pytest.approx(flatten(expected)[0], rel=1e-8, abs=1e-8)
    assert flatten(numerical)[1].blocks == flatten(expected)[1].blocks


@given(structures)
def test_any_structure_comes_back(tree: Any) -> None:
    """Of any nested structure, the gradient of Σ i·xᵢ has the same form, with 1, 2, 3, … in the order of the numbers."""

    def f(t: Any) -> Any:
        return sum((i + 1) * x for i, x in enumerate(flatten(t)[0]))

    slopes = grad(f)(tree)
    numbers, form = flatten(tree)
    assert equal(slopes, form.rebuild([float(i + 1) for i in range(len(numbers))]))
    ones = form.rebuild([1.0 for _ in numbers])
    assert jvp(f, (tree,), (ones,))[1] == sum(range(1, len(numbers) + 1))


JACOBIANS: dict[str, tuple[Callable[..., Any], tuple[Any, ...], Any, Any]] = {  # argnums, the Jacobian as JAX shapes it
    "number by number": (lambda x: x * x, (3.0,), 0, 6.0),
    "list by list": (lambda x: [x[0] * x[1], x[0]], ([2.0, 3.0],), 0, [[3.0, 2.0], [1.0, 0.0]]),
    "dict by tuple": (
        lambda x: {"p": x[0] * x[1], "q": [x[1]]},
        ((2.0, 3.0),),
        0,
        {"p": (3.0, 2.0), "q": [(0.0, 1.0)]},
    ),
    "vector by number": (lambda x: array([1.0, 2.0]) * x, (3.0,), 0, array([1.0, 2.0])),
    "number by vector": (lambda x: x @ x, (array([1.0, 2.0]),), 0, array([2.0, 4.0])),
    "vector by vector": (lambda x: MATRIX @ x, (array([1.0, 2.0]),), 0, MATRIX),
    "vector by matrix": (
        lambda x: x @ array([1.0, 2.0]),
        (MATRIX,),
        0,
        array([[[1.0, 2.0], [0, 0]], [[0, 0], [1.0, 2.0]]]),
    ),
    "matrix by vector": (
        lambda x: numpy.outer(x, array([1.0, 2.0, 3.0])),
        (array([1.0, 2.0]),),
        0,
        array([[[1.0, 0], [2.0, 0], [3.0, 0]], [[0, 1.0], [0, 2.0], [0, 3.0]]]),
    ),
    "two arguments": (lambda x, y: [x * y, y], (2.0, 3.0), (0, 1), [(3.0, 2.0), (0.0, 1.0)]),
    "vector by dict": (
        lambda x: x["w"] * x["b"],
        ({"w": array([1.0, 2.0]), "b": 3.0},),
        0,
        {"w": array([[3.0, 0.0], [0.0, 3.0]]), "b": array([1.0, 2.0])},
    ),
    "constants": (lambda x: [x, 3.0, array([1.0, 2.0])], (3.0,), 0, [1.0, 0.0, array([0.0, 0.0])]),
    "nothing": (lambda _: [], (3.0,), 0, []),
}


@pytest.mark.parametrize("name", JACOBIANS)
def test_jacobians_are_shaped_as_in_jax(name: str) -> None:
    """A Jacobian has the output's structure, in each place the input's; arrays of shapes S by T give shape S + T."""
    f, point, argnums, expected = JACOBIANS[name]
    assert equal(jacobian(f, argnums)(*point), expected)


def test_hessians_are_shaped_as_in_jax() -> None:
    """A Hessian has the structure of the argument twice over, for arrays of shape S the shape S + S."""
    assert equal(hessian(lambda x: x[0] ** 2 * x[1])([3.0, 4.0]), [[8.0, 6.0], [6.0, 0.0]])
    assert equal(hessian(lambda x, y: x * y * y, (0, 1))(2.0, 3.0), ((0.0, 6.0), (6.0, 4.0)))
    assert equal(hessian(lambda x: (x**3).sum())(array([1.0, 2.0])), array([[6.0, 0.0], [0.0, 12.0]]))
    cross = hessian(lambda x: x[0, 0] * x[1, 2])(numpy.ones((2, 3)))
    assert cross.shape == (2, 3, 2, 3)
    assert numpy.argwhere(cross).tolist() == [[0, 0, 1, 2], [1, 2, 0, 0]]
    mixed = hessian(lambda p: p["a"] * p["b"][0] ** 2)({"a": 2.0, "b": array([3.0])})
    assert equal(mixed, {"a": {"a": 0.0, "b": array([6.0])}, "b": {"a": array([6.0]), "b": array([[4.0]])}})


def test_forward_mode_keeps_structures() -> None:
    """Forward mode, jvp, gives value and tangent in the structure of the output; hvp has that of the point."""
    value, tangent = jvp(lambda x, y: {"p": [x * y["a"]], "c": 5.0}, (2.0, {"a": 3.0}), (1.0, {"a": 10.0}))
    assert equal(value, {"p": [6.0], "c": 5.0})
    assert equal(tangent, {"p": [23.0], "c": 0.0})
    value, tangent = jvp(lambda x: MATRIX @ x, (array([1.0, 2.0]),), (array([1.0, 0.0]),))
    assert equal((value, tangent), (array([5.0, 11.0]), array([1.0, 3.0])))
    assert equal(hvp(lambda x: x[0] ** 2 * x[1], [3.0, 4.0], [1.0, 10.0]), [68.0, 6.0])
    assert equal(hvp(lambda x: (x**3).sum(), array([1.0, 2.0]), array([1.0, 1.0])), array([6.0, 12.0]))


@pytest.mark.parametrize(
    "bad", ["ab", None, 1j, {1.0}, object(), ["a"], {"w": None}, array(["a"])], ids=lambda x: type(x).__name__
)
def test_points_and_outputs_must_be_numbers(bad: Any) -> None:
    """What is no structure of numbers is refused as a point and as an output, in one line."""
    for use in (
        lambda: grad(lambda _: 1.0)(bad),
        lambda: jacobian(lambda _: bad)(1.0),
        lambda: jvp(lambda _: 1.0, (bad,), (1.0,)),
        lambda: vjp(lambda _: bad, 1.0),
        lambda: numerical_gradient(lambda _: 1.0, bad),
    ):
        with pytest.raises(TypeError, match=ONE_LINE):
            use()


def test_results_are_floats_unless_connected_outwards() -> None:
    """Derivatives at plain points are plain floats, in arrays of floats, however deeply transforms are nested."""

    def f(x: Any) -> Any:
        return exp(x[0]) * log(x[1])

    for result in (
        grad(f)([1.0, 2.0]),
        hessian(f)([1.0, 2.0]),
        hvp(f, [1.0, 2.0], [1.0, 0.0]),
        jvp(grad(f), ([1.0, 2.0],), ([1.0, 0.0],)),
    ):
        assert all(type(x) is float for x in flatten(result)[0])
    outer = Value(2.0)
    assert grad(lambda x: (x * x).sum())(array([1.0, 2.0])).dtype == float
    assert grad(lambda x: (x * Value(2.0)).sum())(array([1.0, 2.0])).dtype == float
    assert grad(lambda x: (x * outer).sum())(array([1.0, 2.0])).dtype == object


def test_the_point_is_not_changed() -> None:
    """The structure that is the point keeps its numbers and its types."""
    point = {"w": [1, 2.0], "b": array([3, 4])}
    grad(lambda p: p["w"][0] * p["w"][1] * p["b"].sum())(point)
    assert equal(point, {"w": [1, 2.0], "b": array([3, 4])})


def test_a_structure_that_contains_itself_is_refused() -> None:
    """A list within itself, and one nested thousands deep, are refused in one line."""
    ring: list[Any] = [1.0]
    ring.append(ring)
    deep: Any = 1.0
    for _ in range(5000):
        deep = [deep]
    for structure in (ring, deep):
        with pytest.raises(ValueError, match="nested too deeply, or contains itself"):
            grad(exp)(structure)


def test_operands_are_fixed() -> None:
    """The operands of a node cannot be replaced, so no graph can lead back into itself."""
    x = Value(1.0)
    y = x + 1.0
    with pytest.raises(AttributeError):
        x.operands = (y,)  # type: ignore[misc]  # what the property forbids
