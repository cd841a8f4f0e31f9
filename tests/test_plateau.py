"""Networks that stand still: units that are alike, and outputs that are the same for all samples."""

from __future__ import annotations

from typing import Any

import pytest

from autograd_lite import diagnose, nn, optim, square, sum
from autograd_lite.data import gate, moons
from autograd_lite.train import fit

POINTS, XOR = gate("xor")


def kinds(model: Any, loss: Any, X: Any, y: Any, penalty: float = 0.0) -> list[str]:  # noqa: N803 - X is a matrix
    """What is found in one pass over all samples."""
    risk = loss([model(x) for x in X], y) + penalty * sum(map(square, model.parameters()))
    return [finding.kind for finding in diagnose(risk, model.named_parameters())]


def stuck(*sizes: int, outputs: str = "sigmoid", bias: float = 0.0) -> nn.MLP:
    """A network whose weights are so small that it gives nearly the same for all samples."""
    model = nn.MLP(2, [*sizes], "sigmoid", outputs, init=lambda rng, *_: rng.gauss(0.0, 0.02), seed=1)
    for neuron in model.layers[-1].neurons:
        neuron.b.data = bias
    return model


def test_xor_at_a_quarter_is_said() -> None:
    """XOR that gradient descent leaves at a mean squared error of ¼, that of always saying ½, is a finding."""
    model = nn.MLP(2, [2, 1], "sigmoid", "sigmoid", seed=0)
    history = fit(model, nn.losses.mse, POINTS, XOR, optimizer=optim.SGD(model.parameters(), lr=0.1), epochs=200)
    assert 0.2495 < history.loss[-1] < 0.2505
    (finding,) = diagnose(nn.losses.mse([model(x) for x in POINTS], XOR), model.named_parameters())
    assert finding.kind == "plateau"
    for part in (
        "the outputs hardly differ, from 0.",
        "for all 4 samples",
        "that of a constant, 0.25,",
        "init='xavier'",
    ):
        assert part in finding.message


@pytest.mark.parametrize("penalty", [0.0, 0.1])
def test_the_constant_of_any_loss(penalty: float) -> None:
    """Cross-entropies and hinge stand still at constants of their own, with a penalty on the weights too."""
    logits = stuck(2, 1, outputs="linear")
    assert kinds(logits, nn.losses.binary_cross_entropy_with_logits, POINTS, XOR, penalty) == ["plateau"]
    assert kinds(stuck(2, 1), nn.losses.binary_cross_entropy, POINTS, XOR, penalty) == ["plateau"]
    assert kinds(stuck(2, 2, outputs="linear"), nn.losses.cross_entropy, POINTS, XOR, penalty) == ["plateau"]


def test_another_constant_is_still_being_learned() -> None:
    """Where the last bias has a way to go, or too few samples were recorded, nobody is accused of standing still."""
    assert kinds(stuck(2, 1, bias=1.0), nn.losses.mse, POINTS, XOR) == []
    assert kinds(stuck(2, 1), nn.losses.mse, POINTS[:3], XOR[:3]) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_healthy_training_is_not_accused(seed: int) -> None:
    """From the first step to the last, a training that goes well has no such finding."""
    X, y = moons(20, seed=seed)  # noqa: N806 - X is a matrix
    model = nn.MLP(2, [6, 1], "tanh", seed=seed)
    adam, loss = optim.Adam(model.parameters(), lr=0.05), nn.losses.binary_cross_entropy_with_logits
    for epochs in (0, 1, 4, 10, 30):
        fit(model, loss, X, y, optimizer=adam, epochs=epochs)
        assert kinds(model, loss, X, y) == []


def test_units_that_start_alike_are_said() -> None:
    """Equal first weights get equal gradients for ever; different ones are no finding, whatever the number of samples."""
    equal = nn.MLP(2, [3, 1], "tanh", init=lambda *_: 0.5)
    different = nn.MLP(2, [3, 1], "tanh", seed=1)
    for count in (1, 4):
        points, targets = POINTS[-count:], XOR[-count:]
        assert kinds(equal, nn.losses.mse, points, targets) == ["units alike"]
        assert kinds(nn.MLP(2, [3, 1], "tanh", init="zeros"), nn.losses.mse, points, targets) == ["units alike"]
        assert kinds(different, nn.losses.mse, points, targets) == []
    (finding,) = diagnose(equal(POINTS[3]), equal.named_parameters())
    assert "tanh of 3 of 3 units in scope mlp/layer0 (neuron0, neuron1, neuron2) are alike" in finding.message


def test_equal_units_stay_equal() -> None:
    """The finding is right: after many steps the weights of units that were alike are the same numbers still."""
    model = nn.MLP(2, [2, 1], "tanh", init=lambda *_: 0.5)
    fit(model, nn.losses.mse, POINTS, XOR, epochs=20)
    first, second = model.layers[0].neurons
    assert [w.data for w in first.parameters()] == [w.data for w in second.parameters()]
