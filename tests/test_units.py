"""The units found in a recorded graph: their equations against backpropagation in matrices, and where none fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd_lite import Value, clip, scope, sigmoid, tanh, trace
from autograd_lite.nn import MLP, Layer, Module, Neuron, losses
from autograd_lite.views.steps.units import Unit, units_of

SLOPES: dict[str, Callable[[Any], Any]] = {
    "tanh": lambda z: 1.0 - np.tanh(z) ** 2,
    "relu": lambda z: (z > 0.0) * 1.0,
    "sigmoid": lambda z: np.exp(-z) / (1.0 + np.exp(-z)) ** 2,
    "linear": np.ones_like,
}
VALUES: dict[str, Callable[[Any], Any]] = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
    "linear": lambda z: z,
}


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("penalty", [0.0, 0.1])
def test_every_delta_is_that_of_backpropagation_in_matrices(activation: str, penalty: float) -> None:
    """In a network of three layers and three samples, z, a and δ of every unit and call are those of NumPy's matrices."""
    model = MLP(2, [4, 3, 2], activation, "linear", seed=5)
    X = np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 0.5]])  # noqa: N806 - a matrix
    targets = np.array([[1.0, 0.0], [0.0, -1.0], [0.5, 0.5]])
    loss = losses.mse([model(list(x)) for x in X], targets.tolist()) + penalty * losses.l2(model.parameters())
    steps = trace(loss)
    units = units_of(steps)
    state = model.state_dict()
    kinds, a, zs, activations = [activation, activation, "linear"], X.T, [], [X.T]
    for layer, kind in enumerate(kinds):
        zs.append(state[f"layers.{layer}.weight"] @ a + state[f"layers.{layer}.bias"][:, None])
        a = VALUES[kind](zs[-1])
        activations.append(a)
    delta = 2.0 / targets.size * (a - targets.T)
    assert [unit.fits for unit in units] == [True] * 9
    for layer in (2, 1, 0):
        found = [unit for unit in units if unit.path[1] == f"layer{layer}"]
        calls = [unit.calls for unit in found]
        assert np.allclose([[call.delta for call in row] for row in calls], delta, rtol=1e-12)
        assert np.allclose([[call.trace.values[call.a] for call in row] for row in calls], activations[layer + 1])
        inputs = activations[layer]
        for row, unit in enumerate(found):
            for place in range(len(inputs)):
                gained = [call.gradient(call.terms[1 + place]) for call in unit.calls]  # after the bias
                assert np.allclose(gained, delta[row] * inputs[place], rtol=1e-12)
        if layer:
            delta = (state[f"layers.{layer}.weight"].T @ delta) * SLOPES[kinds[layer - 1]](zs[layer - 1])
            shares = [
                [sum(call.shares) for call in unit.calls] for unit in units if unit.path[1] == f"layer{layer - 1}"
            ]
            assert np.allclose(np.array(shares) * SLOPES[kinds[layer - 1]](zs[layer - 1]), delta, rtol=1e-12)


def test_a_recurrence_is_cut_into_its_calls() -> None:
    """A cell that takes its own output four times has four calls, each fed by the one before; δ is that through time."""
    cell = Neuron(2, "tanh", seed=2)
    xs: list[float] = [0.5, -1.0, 2.0, 0.25]
    h: Any = 0.0
    for x in xs:
        h = cell([x, h])
    (unit,) = units_of(trace(losses.mse(h, 1.0)))
    weight, states = cell.w[1].data, [0.0]
    for x in xs:
        states.append(np.tanh(cell.w[0].data * x + weight * states[-1]))
    delta = [0.0] * 4
    upstream = 2.0 * (states[4] - 1.0)
    for t in (3, 2, 1, 0):
        delta[t] = upstream * (1.0 - states[t + 1] ** 2)
        upstream = weight * delta[t]
    assert unit.fits
    assert [call.delta for call in unit.calls] == pytest.approx(delta, rel=1e-12)
    assert [[through.call for through in call.through] for call in unit.calls] == [[1], [2], [3], []]


class Custom(Module):
    """A unit of one's own: any function of its weights and inputs."""

    def __init__(self, rule: Callable[..., Any]) -> None:
        self.u, self.v, self.b = Value(0.75, label="w1"), Value(-1.25, label="w2"), Value(0.125, label="b")
        self.rule = rule

    def forward(self, x: Any, y: Any) -> Any:
        """What the rule makes of them."""
        return self.rule(self.u, self.v, self.b, x, y)


UNFIT = {
    "a product of activations": lambda u, v, b, x, y: tanh(u * x) * sigmoid(v * y + b),
    "a shared z": lambda u, v, b, x, y: (z := u * x + v * y + b) * sigmoid(z),
    "an input that is added": lambda u, v, b, x, y: x + tanh(u * x + v * y + b),
    "an activation that is clipped": lambda u, v, b, x, y: clip(tanh(u * x + v * y + b), -0.5, 0.5),
    "dropout": lambda u, v, b, x, y: 2.0 * tanh(u * x + v * y + b),
    "attention": lambda u, v, b, x, y: (u * x) * (v * y) + b,
    "a quotient": lambda u, v, b, x, y: (u * x + b) / (v * y),
}
FIT: dict[str, Callable[..., Any]] = {
    "in another order": lambda u, v, b, x, y: tanh(x * u + (b + y * v)),
    "with a difference": lambda u, v, b, x, y: sigmoid(-(u * x) - v * y - b),
    "one weight twice": lambda u, v, b, x, y: tanh(u * x + u * y + v * x + b),
    "squared": lambda u, v, b, x, y: (u * x + v * y + b) ** 2,
}


def of(rule: Callable[..., Any], calls: int = 2) -> tuple[Unit, ...]:
    """A custom unit between a layer before it and a neuron after it."""
    before, unit, after = Layer(2, 2, "tanh", seed=1), Custom(rule), Neuron(1, "tanh", seed=3)
    outputs = [after([unit(*before([0.5 + call, -1.0]))]) for call in range(calls)]
    return tuple(units_of(trace(losses.mse(outputs, [1.0] * calls))))


@pytest.mark.parametrize("name", UNFIT)
def test_what_is_no_such_unit_does_not_fit(name: str) -> None:
    """Of a custom unit the edges stand: upstream times local over all that leave, which is the gradient of its output."""
    first, second, unit, last = of(UNFIT[name])
    assert (unit.fits, last.fits) == (False, True)
    for call in [*first.calls, *second.calls, *unit.calls]:
        edges = sum(call.trace.gradient(edge.node) * (edge.partial or 0.0) for edge in call.leaving)
        assert edges == pytest.approx(call.trace.gradients[call.a], rel=1e-12)
    # The units that feed it fit still: what comes back from it is counted edge by edge.
    assert first.fits
    assert second.fits
    assert not first.calls[0].through


@pytest.mark.parametrize("name", FIT)
def test_a_unit_may_be_written_in_many_ways(name: str) -> None:
    """What is Σ w·x + b and one function of it fits, however it is written; one weight may stand in two terms."""
    *_, unit, last = of(FIT[name])
    assert unit.fits
    assert last.fits
    assert len(unit.calls) == 2


def test_a_number_that_was_changed_since_does_not_fit() -> None:
    """Where a weight has another number than the graph was computed with, no equation is claimed."""
    neuron = Neuron(1, "tanh", seed=1)
    y = neuron([0.5])
    neuron.w[0].data = 3.0
    assert not units_of(trace(y))[0].fits


def test_several_outputs_make_no_unit() -> None:
    """A scope that two results leave is no unit, and neither is what stands outside of scopes."""
    x = Value(0.5)
    with scope("two"):
        z = 2.0 * x
        a, b = tanh(z), sigmoid(z)
    assert units_of(trace(a * b)) == []
    assert units_of(trace(tanh(x))) == []


class Residual(Module):
    """A layer whose inputs are added to its outputs, and a neuron."""

    def __init__(self) -> None:
        self.inner, self.last = Layer(2, 2, "tanh", seed=1), Neuron(2, "linear", seed=2)

    def forward(self, x: list[float]) -> Any:
        """The neuron of the sums."""
        return self.last([p + q for p, q in zip(self.inner(x), x, strict=True)])


def test_residual_edges_count_edge_by_edge() -> None:
    """Where sums stand between two layers, the units fit, and what comes back to them is counted along the edges."""
    model = Residual()
    steps = trace(losses.mse([model([0.5, 1.0]), model([0.25, -1.0])], [1.0, 0.0]))
    units = units_of(steps)
    assert [unit.path[-1] for unit in units] == ["neuron0", "neuron1", "last"]
    assert all(unit.fits and len(unit.calls) == 2 for unit in units)
    for unit, weight in zip(units[:2], model.last.w, strict=True):
        for call, last in zip(unit.calls, units[2].calls, strict=True):
            assert call.through == []
            assert sum(call.shares) == pytest.approx(weight.data * last.delta, rel=1e-12)
