"""What a user writes with the engine: type checkers have nothing to say about it. Run by test_types.py."""

from __future__ import annotations

import numpy as np

import autograd_lite as al
from autograd_lite import (
    Op,
    Value,
    check_gradients,
    clip,
    diagnose,
    dot,
    draw,
    exp,
    grad,
    gradients,
    hessian,
    hypot,
    jacobian,
    jvp,
    leaky_relu,
    mean,
    paths,
    scope,
    sin,
    softmax,
    trace,
    value_and_grad,
    vjp,
)

x = Value(1.5, label="x")
w = [Value(0.5), Value(-0.25)]
with scope("layer"):
    z: Value = dot(w, [x, 2.0]) + 1
    a: Value = leaky_relu(z, slope=0.1) + z.tanh() - clip(x, low=-1.0, high=1.0) / 2
y: Value = exp(sin(x**2)) * a + hypot(x, 3)
y.backward()
slope: float = x.grad
number: float = exp(0.5) + hypot(3, 4)
average: Value = mean(w)
shares: list[Value] = softmax(w)
total: float = al.sum([1.0, 2.0, 3.0])

derivative: Value = gradients(y, x)
several: list[Value] = gradients(y, w)
named: dict[str, Value] = gradients(y, {"x": x})


def f(t: float, k: float = 2.0) -> float:
    """A function of numbers, in which the package's functions are used."""
    return exp(sin(t**2)) * k


first: float = grad(f)(1.5, k=3.0)
second: float = grad(grad(f))(1.5)
value, slope_of_f = value_and_grad(f)(1.5)
matrix = hessian(lambda v: v[0] * v[1] ** 2)(np.array([1.0, 2.0]))
rows = jacobian(lambda v: [v[0] * v[1], v[0]])([3.0, 4.0])
primal, tangent = jvp(f, (1.5,), (1.0,))
result, pullback = vjp(f, 1.5)
check_gradients(f, 1.5)

cube = Op("cube", lambda t: t * t * t, [lambda t, y: 3.0 * t * t])
cubed: Value = cube(x)
eight: float = cube(2.0)
bounded: Value = clip(0.5, x, 1.0)

steps = trace(y)
print(len(steps), steps[0].words(), [path.product for path in paths(y, x)], [str(finding) for finding in diagnose(y)])
print(slope, number, average, shares, total, derivative, several, named, first, second, value, slope_of_f)
print(matrix, rows, primal, tangent, result, pullback(1.0), cubed, eight, bounded, draw(y).comment)
print(al.nn.MLP(2, [3, 1], seed=1).describe(), al.data.gate("xor"))
