"""What users of peers trip over: each behaviour listed in their issues, and micrograd's own code run on our Value."""

from __future__ import annotations

import inspect
import math
import random
import sys
from collections.abc import Callable
from typing import Any

import micrograd.engine
import micrograd.nn
import numpy
import pytest

from autograd_lite import Value, exp, grad, gradients, log, relu, sigmoid, softmax, softplus, sum, tanh


def micrograd_nn(value: type) -> dict[str, Any]:
    """The `nn` module of micrograd, executed with another `Value`: only the import is changed."""
    source = inspect.getsource(micrograd.nn)
    line = "from micrograd.engine import Value"
    assert line in source
    namespace: dict[str, Any] = {"Value": value, "__name__": "nn"}
    exec(source.replace(line, ""), namespace)
    return namespace


def readme(value: Callable[[float], Any]) -> tuple[Any, Any, Any]:
    """The example of micrograd's README."""
    a = value(-4.0)
    b = value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return a, b, g


def test_the_readme_of_micrograd() -> None:
    """The example of micrograd's prints the numbers that its README prints, and equals micrograd's own."""
    a, b, g = readme(Value)
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert (f"{a.grad:.4f}", f"{b.grad:.4f}") == ("138.8338", "645.5773")
    theirs = readme(micrograd.engine.Value)
    theirs[2].backward()
    assert g.data == pytest.approx(theirs[2].data, rel=1e-14)
    assert [a.grad, b.grad] == pytest.approx([theirs[0].grad, theirs[1].grad], rel=1e-14)


def train(value: type, steps: int) -> tuple[list[float], list[float]]:
    """Train micrograd's MLP as its demo does: hinge loss, L2, gradient descent; the losses and the parameters."""
    random.seed(1337)
    model = micrograd_nn(value)["MLP"](2, [8, 8, 1])
    points = [[math.cos(0.7 * i), math.sin(1.3 * i)] for i in range(20)]
    labels = [1 if x * y > 0.0 else -1 for x, y in points]
    losses = []
    for step in range(steps):
        scores = [model(list(map(value, point))) for point in points]
        hinge: Any = 0
        for label, score in zip(labels, scores, strict=True):
            hinge = hinge + (1 + -label * score).relu()
        regular: Any = 0
        for parameter in model.parameters():
            regular = regular + parameter * parameter
        loss = hinge * (1.0 / len(points)) + 1e-4 * regular
        model.zero_grad()
        loss.backward()
        rate = 1.0 - 0.9 * step / 100
        for parameter in model.parameters():
            parameter.data -= rate * parameter.grad
        losses.append(loss.data)
    return losses, [parameter.data for parameter in model.parameters()]


def test_the_nn_of_micrograd_trains_the_same() -> None:
    """The nn of micrograd on our Value takes the same training steps as on its own: losses and parameters to 1e-12."""
    ours, theirs = train(Value, 8), train(micrograd.engine.Value, 8)
    assert ours[0] == pytest.approx(theirs[0], rel=1e-12)
    assert ours[1] == pytest.approx(theirs[1], rel=1e-12, abs=1e-12)
    assert ours[0][-1] < ours[0][0]


def test_the_nn_of_micrograd_prints_the_same() -> None:
    """Modules of micrograd's nn made of our Values have its repr and its parameters."""
    ours, theirs = micrograd_nn(Value)["MLP"](3, [4, 1]), micrograd.nn.MLP(3, [4, 1])
    assert repr(ours) == repr(theirs)
    assert len(ours.parameters()) == len(theirs.parameters()) == 21
    assert all(type(parameter) is Value for parameter in ours.parameters())


@pytest.mark.parametrize("length", [1000, 10_000])
def test_no_recursion_error(length: int) -> None:
    """A thousand chained additions and more are differentiated, whatever the recursion limit."""
    x = Value(1.0)
    y: Any = 0.0
    for _ in range(length):
        y = y + x
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        y.backward()
        assert gradients(y, x).data == x.grad == length
    finally:
        sys.setrecursionlimit(limit)


def test_x_cubed_twice() -> None:
    """x·x·x at 3 has gradient 27, and twice backward gives 54, not 45 and 117."""
    x = Value(3.0)
    y = x * x * x
    y.backward()
    assert x.grad == 27.0
    y.backward()
    assert x.grad == 54.0


def test_a_node_used_twice() -> None:
    """The sum a + a and nodes used by several others get the sum of all their paths, whatever the order of use."""
    a = Value(3.0)
    (a + a).backward()
    assert a.grad == 2.0
    a, b = Value(-2.0), Value(3.0)
    d, e = a * b, a + b
    (d * e).backward()
    assert (a.grad, b.grad, d.grad, e.grad) == (-3.0, -8.0, 1.0, -6.0)


def test_why_a_topological_order() -> None:
    """A node waits until every path into it has been summed: the long and the short path to x both count once."""
    x = Value(2.0)
    a = x * 3.0
    b = a * a
    c = b + a
    (c * a).backward()  # 27x³ + 9x²
    assert x.grad == 27.0 * 3.0 * 4.0 + 18.0 * 2.0
    assert a.grad == 3.0 * 36.0 + 2.0 * 6.0


def test_exponents_that_are_values() -> None:
    """Powers of a Value by a Value, of a number by a Value, and of a Value by a number have all their derivatives."""
    x, y = Value(2.0), Value(3.0)
    (x**y).backward()
    assert [x.grad, y.grad] == pytest.approx([12.0, 8.0 * math.log(2.0)], rel=1e-15)
    z = Value(3.0)
    power = 2**z
    power.backward()
    assert [power.data, z.grad] == pytest.approx([8.0, 8.0 * math.log(2.0)], rel=1e-15)
    assert grad(lambda t: t**-2)(2.0) == -0.25
    assert grad(lambda t: t**0.5)(4.0) == 0.25
    assert grad(lambda t: t**t)(2.0) == pytest.approx(4.0 * (1.0 + math.log(2.0)), rel=1e-15)


def test_reflected_operators() -> None:
    """Numbers stand on the left of every operator, and Python's own sum starts from its 0."""
    import builtins

    x = Value(4.0)
    assert [(2 + x).data, (2 - x).data, (2 * x).data, (2 / x).data, (2**x).data] == [6.0, -2.0, 8.0, 0.5, 16.0]
    slopes = [grad(f)(4.0) for f in (lambda t: 2 + t, lambda t: 2 - t, lambda t: 2 * t, lambda t: 2 / t)]
    assert slopes == [1.0, -1.0, 2.0, -0.125]
    total: Any = builtins.sum([x, x, x])
    assert total.data == 12.0


@pytest.mark.parametrize("kind", [numpy.float64, numpy.float32, numpy.int64, numpy.int32, numpy.uint8])
def test_numpy_numbers(kind: Callable[[int], Any]) -> None:
    """NumPy's scalars are data, operands on either side, and exponents."""
    x = Value(kind(3))
    for y in (x * kind(2), kind(2) * x, x + kind(2), kind(2) + x, x ** kind(2), kind(2) ** x, x / kind(2), kind(2) - x):
        assert type(y) is Value
        assert type(y.data) is float
    assert grad(lambda t: t ** kind(2))(3.0) == 6.0


def test_operations_that_peers_lack() -> None:
    """exp, log, tanh, sigmoid and softmax exist, as functions and (but for softmax) as methods."""
    x = Value(0.5)
    for f in (exp, log, tanh, sigmoid, relu):
        assert getattr(x, f.name)().data == f(x).data == f(0.5)
    assert [v.data for v in softmax([x, 0.5])] == [0.5, 0.5]
    assert relu(Value(-1.0)).data == 0.0
    assert x.relu().op is relu


def test_numerics_that_peers_get_wrong() -> None:
    """x**0 at 0 is differentiated, (-8)**(1/3) raises, tanh(400), sigmoid(-800) and softplus(800) do not overflow."""
    assert (Value(0.0) ** 0).data == 1.0
    assert grad(lambda x: x**0)(0.0) == 0.0
    assert grad(lambda x: x ** Value(0.0))(0.0) == 0.0
    with pytest.raises(ValueError, match="not a real number"):
        Value(-8.0) ** (1 / 3)
    with pytest.raises(ValueError, match="not a real number"):
        (-8.0) ** Value(1 / 3)
    with pytest.raises(ValueError, match="not a real number"):
        Value(-8.0) ** Value(1 / 3)
    assert (tanh(Value(400.0)).data, sigmoid(Value(-800.0)).data, softplus(Value(800.0)).data) == (1.0, 0.0, 800.0)


def test_higher_order() -> None:
    """Derivatives of any order are asked for again and again: the fifth of x⁵ is 120, the fourth of sin is sin."""

    def f(x: Any) -> Any:
        return x**5

    for expected in (5.0 * 16.0, 20.0 * 8.0, 60.0 * 4.0, 120.0 * 2.0, 120.0, 0.0):
        f = grad(f)
        assert f(2.0) == expected


def test_a_sum_of_many_is_not_slow() -> None:
    """A sum of Values of any number is one call, and its gradient is 1 for each."""
    leaves = [Value(float(i)) for i in range(1000)]
    total = sum(leaves)
    total.backward()
    assert total.data == 499_500.0
    assert {leaf.grad for leaf in leaves} == {1.0}


def test_gradient_descent_by_hand() -> None:
    """The loop that every tutorial shows: forward, zero the gradients, backward, step; it finds the line."""
    w, b = Value(0.0), Value(0.0)
    points = [(x / 4.0, 3.0 * x / 4.0 - 1.0) for x in range(-8, 9)]
    for _ in range(200):
        loss = sum([(w * x + b - y) ** 2 for x, y in points]) / len(points)
        w.grad = b.grad = 0
        loss.backward()
        w.data -= 0.2 * w.grad
        b.data -= 0.2 * b.grad
    assert [w.data, b.data] == pytest.approx([3.0, -1.0], abs=1e-9)
