"""Short trainings of all kinds that keep what their pages need: for the tests of what is kept, told and written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from autograd_lite import Value, data, nn, relu, tanh
from autograd_lite.nn import MLP, losses
from autograd_lite.train import History, fit


def trained(model: nn.Module, loss: Any, X: Any, y: Any, **options: Any) -> History:  # noqa: N803
    """A short training that keeps what its page needs."""
    settings: dict[str, Any] = {"epochs": 4, "keep": 200, "seed": 5, "progress": False}
    return fit(model, loss, X, y, **(settings | options))


def rows(count: int, width: int, seed: int) -> list[list[float]]:
    """Points at random."""
    rng = Random(seed)
    return [[rng.gauss(0.0, 1.0) for _ in range(width)] for _ in range(count)]


def flowers() -> tuple[list[list[float]], list[int]]:
    """Three classes of points with four features, as the irises are."""
    points = rows(45, 4, seed=1)
    return [[x + i % 3 * (j > 1) for j, x in enumerate(row)] for i, row in enumerate(points)], [
        i % 3 for i in range(45)
    ]


def signs(points: Any) -> tuple[Any, list[int]]:
    """The classes as -1 and 1."""
    return points[0], [2 * y - 1 for y in points[1]]


def penalized(model: nn.Module) -> Callable[[Any, Any], Any]:
    """A loss that names the parameters itself."""
    return lambda outputs, targets: losses.mse(outputs, targets) + 0.01 * losses.l2(model.parameters())


class Skipping(nn.Module):
    """A network of one's own: no scopes of units, an input that skips the hidden part."""

    def __init__(self) -> None:
        rng = Random(2)
        self.w = [Value(rng.gauss(0.0, 1.0), f"w{i}") for i in range(6)]

    def forward(self, x: Any) -> Any:
        """The output."""
        a, b, c, d, e, f = self.w
        return c * tanh(a * x[0] + b * x[1]) + d * relu(x[0]) + e * x[1] + f


def penalty_history() -> History:
    model = MLP(2, [3, 1], "sigmoid", seed=3)
    return trained(model, penalized(model), *data.gate("xor"), batch_size=2)


LOGITS = losses.binary_cross_entropy_with_logits
HISTORIES: dict[str, Callable[[], History]] = {
    "flowers": lambda: trained(MLP(4, [5, 3], "tanh", seed=1), losses.cross_entropy, *flowers(), batch_size=10),
    "wine": lambda: trained(
        MLP(13, [6, 6, 3], seed=1), losses.cross_entropy, rows(12, 13, 2), [i % 3 for i in range(12)]
    ),
    "xor": lambda: trained(MLP(2, [2, 1], "sigmoid", "sigmoid", seed=1), losses.mse, *data.gate("xor")),
    "spirals": lambda: trained(MLP(2, [8, 8, 1], "tanh", seed=1), LOGITS, *data.spirals(40, seed=1), batch_size=8),
    "moons": lambda: trained(
        MLP(2, [4, 4, 1], seed=1),
        losses.hinge,
        *signs(data.moons(30, seed=1)),
        validation=signs(data.moons(10, seed=2)),
    ),
    "regression": lambda: trained(
        MLP(3, [4, 1], "tanh", seed=1), losses.huber, rows(30, 3, 3), [*map(float, range(30))]
    ),
    "two numbers": lambda: trained(MLP(1, [3, 2], "tanh", seed=1), losses.mse, rows(25, 1, 4), rows(25, 2, 5)),
    "one-hot": lambda: trained(
        MLP(2, [3, 2], seed=1), losses.cross_entropy, rows(9, 2, 6), [[float(i % 2), 1.0 - i % 2] for i in range(9)]
    ),
    "probabilities": lambda: trained(
        MLP(2, [3, 1], "tanh", "sigmoid", seed=1), losses.binary_cross_entropy, *data.gate("or")
    ),
    "penalty": penalty_history,
    "one’s own": lambda: trained(Skipping(), losses.mse, *data.gate("xor")),
    "one neuron": lambda: trained(
        nn.Neuron(2, "linear", seed=1), losses.mse, rows(8, 2, 7), [float(i) for i in range(8)]
    ),
    "a number": lambda: trained(nn.Neuron(1, "tanh", seed=1), losses.mae, [0.0, 0.5, 2.0], [0.1, 0.2, 0.3]),
    "without biases": lambda: trained(MLP(2, [3, 1], "tanh", bias=False, seed=1), losses.mse, *data.gate("xor")),
    "a list of one": lambda: trained(
        nn.Sequential(nn.Layer(2, 2, "tanh", seed=1), nn.Layer(2, 1, "linear", seed=2)),
        losses.mse,
        data.gate("xor")[0],
        [[float(y)] for y in data.gate("xor")[1]],
    ),
    "options": lambda: trained(MLP(2, [2, 1], seed=1), partial(LOGITS, label_smoothing=0.2), *data.gate("xor")),
}
