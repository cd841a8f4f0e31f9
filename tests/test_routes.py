"""All routes to one derivative agree, on random expressions and nested in every way."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from mpmath import mp
from strategies import Expression, exact_derivative, expressions_at_points

from autograd_lite import (
    Op,
    Value,
    check_gradients,
    cos,
    exp,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    numerical_gradient,
    sin,
    value_and_grad,
    vjp,
)
from autograd_lite.engine.graph import forward_sweep, reverse_sweep
from autograd_lite.engine.value import plain

Case = tuple[Expression, list[float]]
Inner = Callable[[Callable[[Any], Any], Any], Any]


def close(x: Any, y: Any, tolerance: float = 1e-9) -> bool:
    """Two numbers, or two sequences of them, agree but for rounding."""
    if isinstance(x, (list, tuple)):
        return all(close(a, b, tolerance) for a, b in zip(x, y, strict=True))
    return math.isclose(plain(x), plain(y), rel_tol=tolerance, abs_tol=tolerance)


def unit(size: int, place: int) -> list[float]:
    return [float(i == place) for i in range(size)]


@given(expressions_at_points())
def test_first_derivatives_agree(case: Case) -> None:
    """Eager backward, the graph of the gradient, grad, vjp, forward mode, mpmath and differences give one gradient."""
    f, point = case
    places, every = range(len(point)), tuple(range(len(point)))
    xs = [Value(x) for x in point]
    y = f(*xs)
    assert y.data == f(*point) == value_and_grad(f)(*point)[0]
    assert close(y.data, f.exact(*map(mp.mpf, point)), 1e-11)

    y.backward()
    eager = [x.grad for x in xs]
    assert close(eager, [exact_derivative(f, point, tuple(map(int, unit(len(point), i)))) for i in places])
    assert close([d.data for d in gradients(y, xs)], eager, 1e-12)
    assert close(grad(f, every)(*point), eager, 1e-12)
    assert close(vjp(f, *point)[1](1.0), eager, 1e-12)
    assert close([jvp(f, point, unit(len(point), i))[1] for i in places], eager, 1e-12)
    assert close(numerical_gradient(lambda xs: f(*xs), point), eager, 1e-5)


@given(expressions_at_points(most=6))
def test_second_derivatives_agree(case: Case) -> None:
    """Reverse over reverse, forward over reverse, reverse over forward, forward over forward and mpmath agree."""
    f, point = case
    n = len(point)

    def g(xs: Any) -> Any:
        return f(*xs)

    def along(i: int) -> Callable[[Any], Any]:
        return lambda xs: jvp(g, (xs,), (unit(n, i),))[1]

    curvatures = hessian(g)(point)
    for i in range(n):
        for j in range(i + 1):
            orders = tuple(int(k == i) + int(k == j) for k in range(n))
            assert close(curvatures[i][j], exact_derivative(f, point, orders), 1e-8)
        assert close(curvatures[i], [curvatures[j][i] for j in range(n)], 1e-11)
        assert close(hvp(g, point, unit(n, i)), curvatures[i], 1e-11)
        assert close(jvp(grad(g), (point,), (unit(n, i),))[1], curvatures[i], 1e-11)
        assert close(grad(along(i))(point), curvatures[i], 1e-11)
        assert close([jvp(along(i), (point,), (unit(n, j),))[1] for j in range(n)], curvatures[i], 1e-11)
        assert close(numerical_gradient(lambda xs, i=i: grad(g)(xs)[i], point), curvatures[i], 1e-4)


@given(expressions_at_points(inputs=1, most=4))
def test_third_derivatives_agree(case: Case) -> None:
    """The third derivative by three reverse sweeps, by three forward ones, and by mpmath is one number."""
    f, (x,) = case

    def forward(g: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda t: jvp(g, (t,), (1.0,))[1]

    exact = exact_derivative(f, [x], (3,))
    assert close(grad(grad(grad(f)))(x), exact, 1e-7)
    assert close(forward(forward(forward(f)))(x), exact, 1e-7)
    assert close(forward(grad(forward(f)))(x), exact, 1e-7)


@given(expressions_at_points())
def test_the_written_out_sweep_is_the_generic_one(case: Case) -> None:
    """`backward` on floats, which is written out for speed, gives the very numbers of the generic reverse sweep."""
    f, point = case
    xs = [Value(x) for x in point]
    y = f(*xs)
    adjoints = reverse_sweep({y: 1.0}, xs)
    y.backward()
    assert [x.grad for x in xs] == [adjoints.get(x, 0.0) for x in xs]
    for x in xs:
        tangent = forward_sweep({x: 1.0}, [y]).get(y, 0.0)
        assert close(tangent, x.grad, 1e-12)


@given(expressions_at_points())
def test_the_same_numbers_every_time(case: Case) -> None:
    """Computing and differentiating twice gives the same bits, and differentiating does not change the graph."""
    f, point = case
    runs = []
    for _ in range(2):
        xs = [Value(x) for x in point]
        y = f(*xs)
        before = [d.data for d in gradients(y, xs)]
        y.backward()
        runs.append((y.data, before, [d.data for d in gradients(y, xs)], [x.grad for x in xs]))
        assert before == runs[-1][2]
    assert runs[0] == runs[1]


# Custom operations of one, two and three operands; at the point, their derivatives by pencil and paper.
cube = Op("cube", lambda x: x * x * x, [lambda x, _y: 3.0 * x * x])
mix = Op("mix", lambda x, y: x * exp(y), [lambda _x, y, _z: exp(y), lambda _x, _y, z: z], "{} @ {}")
plane = Op(
    "plane",
    lambda x, y, w=0.25: (1.0 - w) * x + w * sin(y),
    [lambda _x, _y, w, _z: 1.0 - w, lambda _x, y, w, _z: w * cos(y), lambda x, y, _w, _z: sin(y) - x],
)
E = math.exp(0.5)
OWN: list[tuple[Op, list[float], float, list[float], list[list[float]]]] = [
    (cube, [2.0], 8.0, [12.0], [[12.0]]),
    (mix, [2.0, 0.5], 2.0 * E, [E, 2.0 * E], [[0.0, E], [E, 2.0 * E]]),
    (plane, [2.0, 0.0, 0.5], 1.0, [0.5, 0.5, -2.0], [[0.0, 0.0, -1.0], [0.0, 0.0, 1.0], [-1.0, 1.0, 0.0]]),
]


@pytest.mark.parametrize(("op", "point", "value", "slopes", "curvatures"), OWN, ids=["one", "two", "three"])
def test_own_operations_in_every_route(
    op: Op, point: list[float], value: float, slopes: list[float], curvatures: list[list[float]]
) -> None:
    """An operation that a user defines has the derivatives of pencil and paper in every mode, alone and composed."""
    n, every = len(point), tuple(range(len(point)))
    xs = [Value(x, label=f"x{i}") for i, x in enumerate(point)]
    y = op(*xs)
    y.backward()
    assert close([op(*point), y.data, *(x.grad for x in xs)], [value, value, *slopes], 1e-15)
    assert close([d.data for d in gradients(y, xs)], slopes, 1e-15)
    assert close(grad(op, every)(*point), slopes, 1e-15)
    assert close([jvp(op, point, unit(n, i))[1] for i in every], slopes, 1e-15)
    assert close(hessian(op, every)(*point), curvatures, 1e-15)
    assert close([jvp(grad(op, every), point, unit(n, i))[1] for i in every], curvatures, 1e-15)
    check_gradients(op, *point)
    check_gradients(lambda *ts: sin(op(*ts)) * op(*ts), *point)
    for j in every:
        beside_constants: Any = op(*(Value(x) if i == j else x for i, x in enumerate(point)))
        assert close(beside_constants.partials[j], slopes[j], 1e-15)


def test_own_operation_with_a_default() -> None:
    """A custom operation's last operand may be left out, and the default takes no derivative."""
    y = plane(Value(2.0), Value(0.0))
    assert (y.data, y.operands[2], y.partials) == (1.5, 0.25, (0.75, 0.25, None))


def test_perturbations_are_not_confused() -> None:
    """d/dx of x times d/dy of (x + y) is 1: the inner derivative is not taken for the outer one."""
    inners: list[Inner] = [
        lambda f, y: grad(f)(y),
        lambda f, y: jvp(f, (y,), (1.0,))[1],
        lambda f, y: vjp(f, y)[1](1.0)[0],
        lambda f, y: jacobian(f)(y),
    ]
    for inner in inners:

        def f(x: Any, inner: Inner = inner) -> Any:
            return x * inner(lambda y: x + y, 1.0)

        assert grad(f)(1.0) == 1.0
        assert jvp(f, (1.0,), (1.0,))[1] == 1.0

        def h(x: Any, inner: Inner = inner) -> Any:
            return x * inner(lambda y: x * y, x)

        assert grad(h)(3.0) == 6.0
        assert jvp(h, (3.0,), (1.0,))[1] == 6.0


def test_one_variable_for_both_levels() -> None:
    """The outer variable may be the point of the inner derivative: d/dx x·f'(x) is f' + x·f''."""

    def f(x: Any) -> Any:
        return x**3 * sin(x)

    exact = [float(mp.diff(lambda x: x * mp.diff(lambda t: t**3 * mp.sin(t), x), 1.2))]
    assert close(grad(lambda x: x * grad(f)(x))(1.2), exact[0], 1e-10)
    assert close(jvp(lambda x: x * grad(f)(x), (1.2,), (1.0,))[1], exact[0], 1e-10)
    assert close(grad(lambda x: x * jvp(f, (x,), (1.0,))[1])(1.2), exact[0], 1e-10)
    assert close(grad(lambda x: jvp(f, (x,), (x,))[1])(1.2), exact[0], 1e-10)


def test_inner_results_stay_connected_to_outer_values() -> None:
    """What a transform computes from a Value outside of it is connected to that Value, in value and derivative."""
    a = Value(3.0, label="a")
    slope = grad(lambda x: a * x * x)(2.0)
    slope.backward()
    assert (slope.data, a.grad) == (12.0, 4.0)
    assert value_and_grad(lambda _: a)(2.0)[0] is a
    value, tangent = jvp(lambda x: a * x, (2.0,), (a,))
    assert [gradients(y, a).data for y in (value, tangent)] == [2.0, 6.0]
    rows = jacobian(lambda x: [a * x, x * x])(2.0)
    assert gradients(rows[0], a).data == 1.0
    assert rows[1] == 4.0
    assert type(rows[1]) is float
    value, pullback = vjp(lambda x: exp(a * x), 0.5)
    assert close(gradients(pullback(1.0)[0], a).data, math.exp(1.5) * (1.0 + 1.5), 1e-14)
    assert close(gradients(hessian(lambda x: exp(a * x))(0.5), a).data, math.exp(1.5) * (6.0 + 4.5), 1e-14)


def test_a_value_as_the_point_stays_connected() -> None:
    """A derivative at a point that is a Value is a function of it: its gradient is the second derivative."""
    x = Value(1.5)
    slope = grad(lambda t: exp(sin(t * t)))(x)
    assert isinstance(slope, Value)
    assert close(gradients(slope, x).data, mp.diff(lambda t: mp.exp(mp.sin(t * t)), 1.5, 2), 1e-12)
    assert x.grad == 0.0
    (slope * 2.0).backward()
    assert close(x.grad, 2.0 * mp.diff(lambda t: mp.exp(mp.sin(t * t)), 1.5, 2), 1e-12)


def test_the_point_and_an_enclosed_value_are_told_apart() -> None:
    """A Value that is both the point and enclosed by the function counts as a constant where it is enclosed."""
    x = Value(3.0)
    slope = grad(lambda t: t * t * x)(x)  # 2tx at t = x
    assert (slope.data, gradients(slope, x).data) == (18.0, 12.0)
    assert grad(lambda x: grad(lambda t: t * t * x)(x))(3.0) == 12.0
    assert jvp(lambda t: t * t * x, (x,), (1.0,))[1].data == 18.0
    assert grad(lambda _: x * x)(x) == 0.0
    assert hessian(lambda t: t * t * x)(x).data == 6.0


def test_a_solver_inside_a_function_is_differentiated() -> None:
    """Newton's method with grad inside: the derivative of the root by a parameter is that of the implicit function."""

    def root(a: Any) -> Any:
        x: Any = 1.0
        for _ in range(8):
            x = x - (x * x - a) / grad(lambda t: t * t - a)(x)
        return x

    assert close([root(2.0), grad(root)(2.0), grad(grad(root))(2.0)], [2**0.5, 0.5 * 2**-0.5, -0.25 * 2**-1.5], 1e-12)


def test_transforms_leave_grad_alone() -> None:
    """No transform touches the `.grad` of any Value, not of the point and not of what the function encloses."""
    a, x = Value(2.0), Value(3.0)
    (a * x).backward()

    def f(t: Any) -> Any:
        return log(a * t)

    for _ in (grad(f)(x), jvp(f, (x,), (1.0,)), vjp(f, x)[1](1.0), hessian(f)(x), gradients(f(x), [a, x])):
        assert (a.grad, x.grad) == (3.0, 2.0)
