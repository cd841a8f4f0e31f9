"""Transforms: which arguments, which seeds, constants and identities, and what is refused."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from strategies import equal

from autograd_lite import (
    Value,
    check_gradients,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    numerical_gradient,
    sin,
    value_and_grad,
    vjp,
)

ONE_LINE = "^[^\n]+$"

array = numpy.array
MATRIX = array([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (0, 12.0),
        (1, 4.0),
        (2, 1.0),
        (-1, 1.0),
        (-3, 12.0),
        ((0,), (12.0,)),
        ((2, 0), (1.0, 12.0)),
        ([1, -1], (4.0, 1.0)),
        ((), ()),
    ],
)
def test_argnums_choose_the_arguments(argnums: Any, expected: Any) -> None:
    """An integer gives one gradient, a sequence a tuple of them in its order; negative numbers count from the end."""

    def f(x: Any, y: Any, z: Any) -> Any:
        return x * x * y + z

    assert equal(grad(f, argnums)(2.0, 3.0, 1.0), expected)
    assert equal(jacobian(f, argnums)(2.0, 3.0, 1.0), expected)
    assert equal(value_and_grad(f, argnums)(2.0, 3.0, 1.0), (13.0, expected))


@pytest.mark.parametrize(
    "take",
    [grad, value_and_grad, jacobian, hessian, jvp, vjp, hvp, numerical_gradient, check_gradients],
    ids=lambda take: take.__name__,
)
def test_the_function_is_taken_by_position(take: Callable[..., Any]) -> None:
    """No name of a transform's own stands for the function: `f` is free for an argument of the user's."""
    first = next(iter(inspect.signature(take).parameters.values()))
    assert first.kind is inspect.Parameter.POSITIONAL_ONLY


def test_hvp_hands_on_what_else_the_function_returns() -> None:
    """With has_aux, hvp returns the pair (product, the second half), with floats for the Values of the call."""

    def f(x: Any) -> Any:
        return x[0] ** 2 * x[1], {"sum": x[0] + x[1], "name": "as is"}

    assert hvp(f, [3.0, 4.0], [1.0, 10.0], has_aux=True) == ([68.0, 6.0], {"sum": 7.0, "name": "as is"})
    assert hvp(lambda x: f(x)[0], [3.0, 4.0], [1.0, 10.0]) == [68.0, 6.0]


def test_arguments_that_are_not_differentiated_pass_through() -> None:
    """Arguments outside of argnums reach the function as they are, whatever they are."""
    seen: list[Any] = []

    def f(x: Any, mode: str, table: dict[str, int]) -> Any:
        seen.append((mode, table))
        return x * table[mode]

    table = {"twice": 2}
    assert grad(f)(3.0, "twice", table) == 2.0
    assert seen[0][0] == "twice"
    assert seen[0][1] is table


@pytest.mark.parametrize("argnums", [5, -4, (0, 3), (0, -4)])
def test_argnums_beyond_the_arguments(argnums: Any) -> None:
    """A number beyond the arguments raises a ValueError that says how many there are."""
    with pytest.raises(
        ValueError, match=r"^no argument (5|-4|3) to differentiate with respect to: [^\n]*called with 3$"
    ):
        grad(lambda x, y, z: x * y * z, argnums)(1.0, 2.0, 3.0)


@pytest.mark.parametrize("argnums", [(0, 0), (0, -3)])
def test_argnums_twice(argnums: Any) -> None:
    """One argument named twice is refused, as half a derivative would be wrong."""
    with pytest.raises(ValueError, match="argument"):
        grad(lambda x, y, z: x * y * z, argnums)(1.0, 2.0, 3.0)


@pytest.mark.parametrize("argnums", ["a", 1.0, None, (0.0,)], ids=repr)
def test_argnums_must_be_integers(argnums: Any) -> None:
    """What is no integer is refused with a TypeError that speaks of argnums."""
    with pytest.raises(TypeError, match="argnums"):
        grad(lambda x, y: x * y, argnums)(1.0, 2.0)


def test_a_pullback_is_linear_and_can_be_called_again() -> None:
    """The pullback of vjp gives one gradient for each argument, any number of times, and is linear in the cotangent."""
    value, pullback = vjp(lambda x, y: [x * y[0], sin(x), 3.0], 2.0, [3.0])
    assert equal(value, [6.0, math.sin(2.0), 3.0])
    assert equal(pullback([1.0, 0.0, 7.0]), (3.0, [2.0]))
    assert equal(pullback([0.0, 1.0, 0.0]), (math.cos(2.0), [0.0]))
    assert equal(pullback([2.0, 1.0, 0.0]), (6.0 + math.cos(2.0), [4.0]))
    assert equal(vjp(lambda x: [x, x], 2.0)[1]([1.0, 10.0]), (11.0,))
    value, pullback = vjp(lambda x: MATRIX @ x, array([1.0, 1.0]))
    assert equal(pullback(array([1.0, 10.0])), (array([31.0, 42.0]),))


@pytest.mark.parametrize(
    "tangents", [(1.0,), ([1.0],), ([1.0, 2.0, 3.0],), (array([1.0, 2.0]),), ([1.0, [2.0]],), ([1.0, 2.0], 1.0)]
)
def test_tangents_must_fit_the_primals(tangents: Any) -> None:
    """Tangents of another structure than the primals raise a ValueError that shows both."""
    with pytest.raises(ValueError, match=r"^the tangents must have the structure of [^\n]*, got [^\n]*$"):
        jvp(lambda x: x[0] * x[1], ([1.0, 2.0],), tangents)


@pytest.mark.parametrize("cotangents", [1.0, [1.0], [1.0, 2.0, 3.0], array([1.0, 2.0]), {"a": 1.0, "b": 2.0}], ids=repr)
def test_cotangents_must_fit_the_output(cotangents: Any) -> None:
    """Cotangents of another structure than the output raise a ValueError that shows both."""
    pullback = vjp(lambda x: [x, x * x], 2.0)[1]
    with pytest.raises(ValueError, match=r"^the cotangents must have the structure of \[2.0, 4.0\], got [^\n]*$"):
        pullback(cotangents)


def test_dicts_match_by_key() -> None:
    """In tangents and cotangents a dict is matched by key, not by order; other keys are refused."""

    def f(p: Any) -> Any:
        return {"y": p["a"] * 10.0, "z": p["b"]}

    point = {"a": 1.0, "b": 2.0}
    assert jvp(f, (point,), ({"b": 0.0, "a": 1.0},))[1] == {"y": 10.0, "z": 0.0}
    assert vjp(f, point)[1]({"z": 0.0, "y": 1.0}) == ({"a": 10.0, "b": 0.0},)
    with pytest.raises(ValueError, match="structure"):
        jvp(f, (point,), ({"c": 1.0, "d": 0.0},))
    with pytest.raises(ValueError, match="structure"):
        vjp(f, point)[1]({"p": 1.0, "q": 0.0})


def test_primals_and_tangents_are_tuples() -> None:
    """A bare number instead of the tuple of arguments is refused with a message that says so."""
    with pytest.raises(TypeError, match="primals"):
        jvp(sin, 1.0, 1.0)  # type: ignore[call-overload]


def test_constant_functions() -> None:
    """A function that ignores its argument has derivative 0 in every transform."""

    def f(x: Any) -> Any:
        return 5

    assert equal((grad(f)(2.0), jacobian(f)(2.0), hessian(f)(2.0), hvp(f, 2.0, 1.0)), (0.0, 0.0, 0.0, 0.0))
    assert equal(value_and_grad(f)(2.0), (5.0, 0.0))
    assert equal(jvp(f, (2.0,), (1.0,)), (5.0, 0.0))
    assert equal(vjp(f, 2.0)[1](1.0), (0.0,))
    assert equal(grad(f)([1.0, array([1.0, 2.0])]), [0.0, array([0.0, 0.0])])
    a = Value(3.0)
    assert grad(lambda _: a * a)(2.0) == 0.0


def test_the_identity_function() -> None:
    """A function that returns its argument itself has derivative 1, also when nested."""
    assert (grad(lambda x: x)(3.0), jacobian(lambda x: x)(3.0), jvp(lambda x: x, (3.0,), (2.0,))) == (
        1.0,
        1.0,
        (3.0, 2.0),
    )
    assert jacobian(lambda x: x)([3.0, 4.0]) == [[1.0, 0.0], [0.0, 1.0]]
    assert vjp(lambda x: (x, x), 3.0)[1]((1.0, 10.0)) == (11.0,)
    assert grad(grad(lambda x: x))(3.0) == 0.0
    assert grad(lambda x: grad(lambda y: y)(x) * x)(3.0) == 1.0


@pytest.mark.parametrize("f", [lambda x: [x], lambda x: (x, x), lambda x: {"y": x}, lambda x: array([1.0, 2.0]) * x])
def test_a_gradient_needs_one_number(f: Callable[[Any], Any]) -> None:
    """The gradient of a function with several outputs is refused, and told of jacobian and vjp."""
    for transform in (grad, value_and_grad, hessian):
        with pytest.raises(
            TypeError, match=r"^a gradient needs a function that returns one number[^\n]*jacobian or vjp$"
        ):
            transform(f)(2.0)


def test_gradients_take_any_structure_of_values() -> None:
    """gradients(y, xs) returns the structure of xs, by leaves and computed nodes, once for each mention."""
    x, w = Value(3.0), Value(2.0)
    middle = x * w
    y = middle * middle
    assert gradients(y, x).data == 24.0
    assert [d.data for d in gradients(y, [x, middle, x, y])] == [24.0, 12.0, 24.0, 1.0]
    xs: dict[str, Any] = {"w": (w,), "other": Value(1.0)}
    found = gradients(y, xs)
    assert (found["w"][0].data, found["other"].data) == (36.0, 0.0)
    assert [d.data for d in gradients(y, array([x, w]))] == [24.0, 36.0]
    assert gradients(y, []) == []
    assert isinstance(gradients(y, Value(5.0)), Value)


def test_the_seed_of_gradients() -> None:
    """The seed multiplies the gradients, and one that is a Value can be differentiated by."""
    x, seed = Value(3.0), Value(2.0)
    assert gradients(x * x, x, seed=2).data == 12.0
    weighted = gradients(x * x, x, seed=seed)
    assert (weighted.data, gradients(weighted, seed).data) == (12.0, 6.0)
    for bad in ("2", 1j):
        with pytest.raises(TypeError, match=ONE_LINE):
            gradients(x * x, x, seed=bad)


@pytest.mark.parametrize(
    ("y", "xs"), [(3.0, [Value(1.0)]), (Value(1.0), [2.0]), (Value(1.0), "x"), ([Value(1.0)], Value(1.0)), (None, None)]
)
def test_gradients_take_values_alone(y: Any, xs: Any) -> None:
    """Anything but Values is refused in one line."""
    with pytest.raises(TypeError, match=ONE_LINE):
        gradients(y, xs)
