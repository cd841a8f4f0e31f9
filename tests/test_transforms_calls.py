"""Transforms as functions: how often they call theirs, names and signatures, what else it returns, copies of inputs."""

from __future__ import annotations

import copy
import functools
import inspect
import pickle
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy
import pytest
from strategies import equal

from autograd_lite import (
    Value,
    exp,
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
from autograd_lite.engine.trees import flatten


def calls(use: Callable[[], Any]) -> int:
    """How many calls of functions, Python's and C's, something takes: its work, whatever the machine."""
    count = 0

    def tally(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tally)
    try:
        use()
    finally:
        sys.setprofile(None)
    return count


SIZED: dict[str, Callable[[list[float]], Any]] = {
    "grad": lambda xs: grad(summit)(xs),
    "grad at Values": lambda xs: grad(summit)([Value(x) for x in xs]),
    "gradients": lambda xs: gradients(summit(leaves := [Value(x) for x in xs]), leaves),
    "vjp": lambda xs: vjp(summit, xs)[1](1.0),
    "jvp": lambda xs: jvp(summit, (xs,), (xs,)),
    "jvp of many outputs": lambda xs: jvp(lambda t: [t * x for x in xs], (2.0,), (1.0,)),
    "hvp": lambda xs: hvp(summit, xs, xs),
    "reverse over forward": lambda xs: grad(lambda t: jvp(summit, (t,), (xs,))[1])(xs),
}


def summit(xs: list[Any]) -> Any:
    """A function of any number of variables, in which each slope depends on all of them."""
    return exp(-sum(sin(x) for x in xs) / len(xs))


@pytest.mark.parametrize("name", SIZED)
def test_the_work_grows_with_the_size_of_the_graph(name: str) -> None:
    """Four times the variables take about four times the work in every transform that is one sweep or two."""

    def work(size: int) -> int:
        return calls(lambda: SIZED[name]([0.001 * i for i in range(size)]))

    assert work(200) / work(50) < 5.0


SLOPES: dict[str, Callable[[Any, float, dict[str, float]], Any]] = {
    "grad": lambda f, x, named: grad(f)(x, **named),
    "value_and_grad": lambda f, x, named: value_and_grad(f)(x, **named)[1],
    "jacobian": lambda f, x, named: jacobian(f)(x, **named),
}


@pytest.mark.parametrize("name", ["f", "self", "point", "argnums", "has_aux", "options", "args", "what", "call"])
@pytest.mark.parametrize("transform", SLOPES)
def test_arguments_given_by_name_reach_the_function(transform: str, name: str) -> None:
    """An argument of any name is passed on as a constant: d(f·x²)/dx at 3 with f = 2 is 12."""
    scope: dict[str, Any] = {}
    exec(f"def function(x, {name}=1.0): return {name} * x * x", scope)
    assert SLOPES[transform](scope["function"], 3.0, {name: 2.0}) == 12.0
    assert SLOPES[transform](scope["function"], 3.0, {}) == 6.0
    assert hessian(scope["function"])(3.0, **{name: 2.0}) == 4.0
    assert grad(grad(scope["function"]))(3.0, **{name: 2.0}) == 4.0


def test_a_derivative_has_the_name_and_the_signature_of_its_function() -> None:
    """As in JAX: name, module and signature are those of the function, which it wraps; the docstring says what it is."""

    def area(width: float, height: float = 2.0) -> float:
        """The area of a rectangle."""
        return width * height

    for transform in (grad, value_and_grad, jacobian, hessian):
        derivative: Any = transform(area)
        assert (derivative.__name__, derivative.__module__) == ("area", __name__)
        assert derivative.__qualname__ == area.__qualname__
        assert inspect.unwrap(derivative) is area
        assert inspect.signature(derivative) == inspect.signature(area)
        assert "of area with respect to" in derivative.__doc__
    of_op: Any = grad(exp)
    assert (of_op.__name__, str(inspect.signature(of_op))) == ("exp", "(x)")
    assert grad(functools.partial(area, height=5.0))(1.0) == 5.0


class Extra(NamedTuple):
    """What a function returns beside its number."""

    hidden: Any
    name: str


def with_extra(x: Any) -> tuple[Any, Extra]:
    """x³, and beside it things that are no outputs."""
    return x**3, Extra({"square": [x * x, 7], "array": numpy.array([x, x * 2.0])}, "seen")


def test_has_aux_hands_on_what_else_the_function_returns() -> None:
    """With has_aux the second half of the pair comes back as it is, with floats for the numbers; JAX's order."""
    expected = Extra({"square": [4.0, 7], "array": numpy.array([2.0, 4.0])}, "seen")

    def same(found: Any) -> bool:
        return bool(
            type(found) is Extra
            and found.name == "seen"
            and equal(found.hidden["array"], expected.hidden["array"])
            and equal(found.hidden["square"], expected.hidden["square"])
        )

    slope, extra = grad(with_extra, has_aux=True)(2.0)
    assert slope == 12.0
    assert same(extra)
    (value, extra), slope = value_and_grad(with_extra, has_aux=True)(2.0)
    assert (value, slope) == (8.0, 12.0)
    assert same(extra)
    for transform, result in ((jacobian, 12.0), (hessian, 12.0)):
        found, extra = transform(with_extra, has_aux=True)(2.0)
        assert found == result
        assert same(extra)
    value, tangent, extra = jvp(with_extra, (2.0,), (10.0,), has_aux=True)
    assert (value, tangent) == (8.0, 120.0)
    assert same(extra)
    value, pullback, extra = vjp(with_extra, 2.0, has_aux=True)
    assert (value, pullback(10.0)) == (8.0, (120.0,))
    assert same(extra)


def test_what_has_aux_hands_on_stays_connected_outwards() -> None:
    """In a nested transform, what depends on the outer variable can be differentiated by it."""

    def outer(x: Any) -> Any:
        slope, extra = grad(lambda y: (x * y * y, x * x), has_aux=True)(3.0)
        return slope * extra  # 6x · x²

    assert grad(outer)(2.0) == 18.0 * 4.0


@pytest.mark.parametrize("result", [lambda x: x, lambda x: (x,), lambda x: (x, 1, 2), lambda x: {"a": x, "b": x}])
def test_has_aux_wants_a_pair(result: Callable[[Any], Any]) -> None:
    """A function that returns no pair is refused in one line, by every transform."""
    for use in (
        lambda: grad(result, has_aux=True)(2.0),
        lambda: jacobian(result, has_aux=True)(2.0),
        lambda: jvp(result, (2.0,), (1.0,), has_aux=True),
        lambda: vjp(result, 2.0, has_aux=True),
    ):
        with pytest.raises(TypeError, match=r"^with has_aux a function returns a pair[^\n]*$"):
            use()


def test_differences_and_gradients_mean_the_same_arguments() -> None:
    """numerical_gradient(f, …) is grad(f)(…) by differences: by the first argument, or by those in argnums."""

    def f(x: Any, y: Any, z: Any) -> Any:
        return x * x * y[0] + z * y[1]

    point = (2.0, [3.0, 5.0], 7.0)
    choices: list[Any] = [0, 1, 2, -1, (0,), (2, 0), [1, 2], ()]
    for argnums in choices:
        for method in ("central", "forward"):
            found = flatten(numerical_gradient(f, *point, argnums=argnums, method=method))
            exact = flatten(grad(f, argnums)(*point))
            assert found[0] == pytest.approx(exact[0], rel=1e-6)
            assert found[1].blocks == exact[1].blocks
    assert numerical_gradient(lambda x, _: x * x, 3.0, "a text") == pytest.approx(6.0)
    with pytest.raises(ValueError, match="no argument 5"):
        numerical_gradient(f, *point, argnums=5)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda rows: [[copy.copy(x) for x in row] for row in rows]])
def test_a_copied_input_is_the_input(copied: Callable[[Any], Any]) -> None:
    """As a float does, an input of a transform stays what it is in a copy: elimination on copied rows has its slopes."""

    def determinant(M: Any) -> Any:  # noqa: N803 - a matrix
        (a, b), (c, d) = copied(M)
        return a * (d - c / a * b)

    M = [[2.0, 1.0], [1.0, 3.0]]  # noqa: N806 - a matrix
    assert grad(determinant)(M) == [[3.0, -1.0], [-1.0, 2.0]]
    assert vjp(determinant, M)[1](1.0) == ([[3.0, -1.0], [-1.0, 2.0]],)
    assert jvp(determinant, (M,), ([[0.0, 0.0], [0.0, 1.0]],)) == (5.0, 2.0)
    assert hessian(lambda x: copied([[x]])[0][0] ** 3)(2.0) == 12.0
    assert grad(lambda v: (copied([list(v)])[0][0]) ** 2)(numpy.array([3.0, 4.0])).tolist() == [6.0, 0.0]


def test_an_input_cannot_be_pickled() -> None:
    """What is read back would be cut off; a leaf of one's own is pickled as ever."""
    with pytest.raises(TypeError, match=r"cannot pickle .* it is an input of a function that is being transformed"):
        grad(lambda x: pickle.loads(pickle.dumps(x)) ** 2)(3.0)
    assert pickle.loads(pickle.dumps(Value(3.0))).data == 3.0
