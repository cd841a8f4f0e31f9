"""`diagnose` on what learns: stale and missing gradients, layers out of proportion, dead and saturated units."""

from __future__ import annotations

from collections.abc import Callable
from math import tanh as tanh_of_floats
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import Expression, expressions_at_points

from autograd_lite import Finding, Value, data, diagnose, nn, optim, record_lines, relu, scope, sigmoid, tanh
from autograd_lite.engine.table import detach, maximum, sign, square, step, where
from autograd_lite.views.doctor.findings import FEWEST_SAMPLES


def found(y: Value, kind: str, parameters: Any = None) -> list[Finding]:
    """What is found of one kind."""
    return [finding for finding in diagnose(y, parameters) if finding.kind == kind]


def pair() -> tuple[Value, Value, Value]:
    """Two leaves, and w² + v·w, whose gradients at (3, 2) are 8 and 3."""
    w, v = Value(3.0, label="w"), Value(2.0, label="v")
    return w, v, w * w + v * w


def test_a_stale_sum() -> None:
    """After a second backward pass one finding says of the worst leaf what it holds, what it should, and the rest."""
    w, _, y = pair()
    y.backward()
    assert diagnose(y) == []
    y.backward()
    (finding,) = diagnose(y)
    assert (finding.kind, finding.node) == ("stale gradient", w)
    assert finding.message == (
        "w.grad is 16.0, but this graph brings 8.0: 8.0 was there before or came from elsewhere "
        "(2 of 2 leaves hold such a remainder); call zero_grad() before each backward(), unless you add up on purpose"
    )
    y.zero_grad()
    y.backward()
    assert diagnose(y) == []


def test_a_stale_sum_of_another_graph() -> None:
    """What an earlier graph left on one leaf is found too, also where it makes the gradient smaller or turns it."""
    for rest in (1e-6, -6.0, -20.0, 1e9, float("nan")):
        w, _, y = pair()
        w.grad = rest
        y.backward()
        (finding,) = found(y, "stale gradient")
        assert finding.node is w
        assert finding.message.startswith(f"w.grad is {w.grad!r}, but this graph brings 8.0: ")
        assert "(1 of 2 leaves" in finding.message


@pytest.mark.parametrize("seed", [1.0, -2.0, 1e-30, 0.0])
def test_gradients_of_any_seed_are_not_stale(seed: float) -> None:
    """`backward(seed)` is taken for what it is; so are graphs without a pass, and gradients that were set to zero."""
    w, _, y = pair()
    w.grad = 5.0
    assert diagnose(y) == []
    y.zero_grad()
    y.backward(seed)
    assert diagnose(y) == []
    w.grad = 0.0
    assert diagnose(y) == []


@pytest.mark.parametrize("limit", [0.5, 2.0, 5.0, 100.0])
def test_clipped_gradients_are_not_stale(limit: float) -> None:
    """Gradients that were shortened, all by one factor or each to a limit, are those of this graph still."""
    clips: list[Callable[[Any, float], Any]] = [optim.clip_grad_norm, optim.clip_grad_value]
    for clip in clips:
        w, v, y = pair()
        y.backward()
        clip([w, v], limit)
        assert diagnose(y) == []


def test_a_pass_from_elsewhere_is_no_stale_sum() -> None:
    """Where the last pass came from a result that shares nodes, the gradients are its own, and nothing is said."""
    w = Value(3.0, label="w")
    h = tanh(w * 0.1)
    y, other = h * 2.0 + h * h, h * 5.0
    y.backward()
    y.zero_grad()
    other.backward()
    assert diagnose(y) == diagnose(other) == []


@given(expressions_at_points(), st.integers(2, 4), st.floats(0.1, 10.0))
def test_stale_sums_of_random_graphs(drawn: tuple[Expression, list[float]], passes: int, seed: float) -> None:
    """Gradients of one pass are never stale, those of several always are, whatever the graph and the seed."""
    expression, point = drawn
    leaves = [Value(x) for x in point]
    y = expression(*leaves)
    if not isinstance(y, Value) or y.op is None:
        return
    y.backward(seed)
    assert found(y, "stale gradient") == []
    moving = any(x.grad for x in leaves)
    for _ in range(passes - 1):
        y.backward(seed)
    assert len(found(y, "stale gradient")) == moving


NOT_USED = ["layers.0.neurons.1.w.0 (and 5 more)", "layers.1.neurons.0.w.0 (and 3 more)", "extra.b"]


def test_leaves_that_are_not_used() -> None:
    """Parameters that are no part of the graph are named, all of a layer once; inputs that are no parameters are not."""
    model, w = nn.MLP(2, [3, 1], "tanh", seed=0), Value(1.0, label="w")
    x = Value(0.5)
    y = model.layers[0]([x, 1.0])[0] * w
    everything = [*model.named_parameters(), ("w", w), ("extra.b", Value(0.0))]
    messages = [finding.message for finding in found(y, "no gradient", everything)]
    cure = "gets no gradient: it is not part of what was computed; use it, or leave it out of the parameters"
    assert messages == [f"{name} {cure}" for name in NOT_USED]
    assert diagnose(y, [w]) == diagnose(y) == []
    assert found(Value(1.0), "no gradient", [w])[0].message == f"w {cure}"


@pytest.mark.parametrize(
    ("f", "means", "alone"),
    [
        (lambda w: step(w - 1.0) + sign(w), "through sign and step alone, which is flat", True),
        (lambda w: step(tanh(w)) * 2.0, "through step alone, which is flat", True),
        (lambda w: detach(w * 2.0) + 1.0, "through detach alone; leave that out", False),
        (lambda w: where(w, 1.0, 2.0), "through where alone, which is flat", False),
    ],
)
def test_leaves_behind_what_is_flat(f: Callable[[Value], Any], means: str, alone: bool) -> None:
    """A parameter whose every way is cut is named with the operations; an input only where none of them is asked for."""
    w, v = Value(0.5, label="w"), Value(0.2, label="v")
    y = f(w) * v
    (finding,) = found(y, "no gradient", [w, v])
    assert finding.message.startswith(f"w gets no gradient: it reaches the result {means}")
    assert bool(diagnose(y)) == alone
    assert diagnose(y + w * 0.1, [w, v]) == []  # one way is enough


def of_layer(model: nn.MLP, *units: int, bias: float) -> None:
    """Give units of the first layer a bias."""
    for unit in units:
        model.layers[0].neurons[unit].b.data = bias


POINTS = data.moons(20, seed=0)[0]


def test_dead_units() -> None:
    """A relu unit that is off for all samples is one finding; several of a layer are one together, with their names."""
    model = nn.MLP(2, [6, 1], init="xavier", seed=3)
    of_layer(model, *range(6), bias=9.0)
    assert diagnose(sum(map(model, POINTS))) == []
    of_layer(model, 2, bias=-50.0)
    (finding,) = diagnose(sum(map(model, POINTS)))
    assert (finding.kind, finding.scope) == ("dead relu", ("mlp", "layer0", "neuron2"))
    assert finding.message.startswith("relu in scope mlp/layer0/neuron2 is dead for all 20 recorded samples: ")
    of_layer(model, 0, 1, 3, 5, bias=-50.0)
    (finding,) = diagnose(sum(map(model, POINTS)))
    names = "(neuron0, neuron1, neuron2, neuron3, …)"
    assert finding.message.startswith(f"relu of 5 of 6 units in scope mlp/layer0 {names} is dead for all 20 ")


def off(x_values: list[float]) -> list[Finding]:
    """What is found where one relu unit takes these numbers."""
    w, y = Value(1.0), Value(0.0)
    with scope("unit"):
        for x in x_values:
            y = y + relu(w * x)
    return diagnose(y)


def test_units_that_are_off_at_times_are_not_dead() -> None:
    """One sample of many that passes something is enough; and of three samples nothing is concluded."""
    assert off([-1.0] * 50 + [0.1]) == off([-1.0] * (FEWEST_SAMPLES - 1)) == []
    assert len(off([-1.0, 0.0, -2.0, -1e-9])) == 1
    w, y = Value(1.0), Value(0.0)
    for _ in range(10):
        y = y + maximum(w * -1.0, 0.0)
    assert diagnose(y) == []  # it may be meant as a bound


def test_units_outside_of_scopes_are_told_apart_by_line_and_label() -> None:
    """Without scopes, recorded lines or labels separate a dead unit from a live one; without these, all are one."""
    w, inputs = Value(1.0), [1.0] * 10

    def outputs(label: str | None) -> Value:
        y = w * 0.0
        for x in inputs:
            on = relu(w * x)
            off = relu(w * -x)
            off.label = label
            y = y + on + off
        return y

    assert diagnose(outputs(None)) == []
    with record_lines():
        (finding,) = diagnose(outputs(None))
    assert "(off = relu(w * -x)): with inputs never above 0" in finding.message
    assert [finding.label for finding in diagnose(outputs("off"))] == ["off"]


@pytest.mark.parametrize(("f", "greatest"), [(tanh, 1.0), (sigmoid, 0.25)])
def test_saturated_units(f: Callable[[Any], Any], greatest: float) -> None:
    """Units beyond a slope of a thousandth for all samples are saturated, on either side; just below they are not."""
    for size in (4.0, 4.3, 8.2, 8.4, 40.0, 800.0):
        slope = 1.0 - tanh_of_floats(size) ** 2 if f is tanh else f(size) * f(-size)
        for inputs in ([size] * 3, [-size, size], [size]):
            w = Value(1.0)
            with scope("unit"):
                y = sum(f(w * x) for x in inputs)
            (*findings,) = diagnose(y)
            assert [finding.kind for finding in findings] == ["saturated"] * (slope < 1e-3 * greatest)
    with scope("unit"):
        assert diagnose(sum(f(w * x) for x in [800.0] * 50 + [0.5])) == []
    (finding,) = diagnose(f(Value(800.0, label="x")))
    written = "tanh x" if f is tanh else "σ(x)"
    assert finding.message.startswith(f"{f.__name__} is saturated at {written}: with slopes of at most 0.0e+00")


def test_one_saturated_unit_of_a_layer() -> None:
    """The finding has the scope of the unit, the number of samples, and the line that called the model."""
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    of_layer(model, 1, bias=50.0)
    with record_lines():
        y = sum(map(model, POINTS))
    (finding,) = diagnose(y, model.named_parameters())
    assert (finding.kind, finding.scope) == ("saturated", ("mlp", "layer0", "neuron1"))
    assert "is saturated for all 20 recorded samples, at test_learning.py:" in finding.message
    assert finding.line is not None
    assert finding.line.text == "y = sum(map(model, POINTS))"


def stack(factor: float, depth: int = 7) -> Value:
    """A chain of layers in scopes, each of which multiplies the gradient."""
    y = Value(1e-3)
    for i in range(depth):
        with scope(f"layer{i}"):
            y = y * Value(factor)
    return y


def test_gradients_out_of_proportion() -> None:
    """From a ratio of 10,000 between the layers on, the gradient explodes or vanishes; layers and sizes are named."""
    for factor in (0.25, 1.0, 4.0):
        assert diagnose(stack(factor)) == []
    (finding,) = diagnose(stack(5.0))
    assert (finding.kind, finding.scope) == ("exploding gradient", ("layer0",))
    assert finding.message.startswith("the gradient is exploding: 1.6e+04 in layer0, 1.0e+00 in layer6 (")
    (finding,) = diagnose(stack(0.2))
    assert finding.message.startswith("the gradient is vanishing: 6.4e-05 in layer0, 1.0e+00 in layer6 (")
    assert diagnose(stack(5.0, depth=1)) == diagnose(stack(0.0, depth=1)) == []
    (finding,) = diagnose(stack(0.0))
    assert finding.kind == "vanishing gradient"


def test_a_deep_network_of_sigmoids() -> None:
    """Ten layers of sigmoids, the textbook's case of a vanishing gradient, are one; with relu they have none."""
    for activation, init, kinds in (("sigmoid", "uniform", ["vanishing gradient"]), ("relu", "he", [])):
        model = nn.MLP(2, [8] * 10 + [1], activation, init=init, seed=1)
        findings = diagnose(sum(map(model, POINTS)), model.named_parameters())
        assert [finding.kind for finding in findings if "gradient" in finding.kind] == kinds


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "gelu"])
def test_a_healthy_training(activation: str) -> None:
    """In a training that goes well nothing is found in any step, also with clipping, regularisation and batches."""
    X, y = data.moons(40, seed=0)  # noqa: N806 - X is a matrix
    model = nn.MLP(2, [8, 8, 1], activation, init="xavier", seed=0)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    best = float("inf")
    for first in range(0, 80, 10):
        batch = [i % 40 for i in range(first, first + 10)]
        outputs = [model(X[i]) for i in batch]
        loss = nn.losses.binary_cross_entropy_with_logits(outputs, [y[i] for i in batch])
        loss = loss + 1e-4 * sum(map(square, model.parameters()))
        optimizer.zero_grad()
        loss.backward()
        optim.clip_grad_norm(model.parameters(), 0.1)
        best = min(best, loss)
        assert diagnose(loss, model.named_parameters()) == []
        optimizer.step()
