"""A user's program: train a network on NumPy arrays, judge it, save it, load it; it passes strict type checkers."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from autograd_lite import Value, nn, optim
from autograd_lite.data import moons, split, standardized
from autograd_lite.train import DivergedError, History, fit


class Logistic(nn.Module):
    """A custom module: a neuron and a scale that is learned too."""

    def __init__(self, nin: int) -> None:
        self.neuron = nn.Neuron(nin, "linear", seed=0)
        self.scale = Value(1.0, label="scale")

    def forward(self, x: list[float]) -> Value:
        """The logit of a sample."""
        return self.scale * self.neuron(x)


def regularized(model: nn.Module, outputs: list[Value], targets: list[float]) -> Value:
    """The cross-entropy with a small penalty on all parameters."""
    loss: Value = nn.losses.binary_cross_entropy_with_logits(outputs, targets)
    penalty: Value = nn.losses.l2(model.parameters())
    return loss + 1e-4 * penalty


def report(model: nn.Module, history: History) -> None:
    """Write down how far the training is, every tenth epoch."""
    if len(history.loss) % 10 == 0:
        print(f"{model.describe()} epoch {len(history.loss)}: loss {history.loss[-1]:.4f}")


def main() -> None:
    """Train two models, and load the better one again."""
    X, y = moons(60, seed=1)  # noqa: N806 - X is a matrix
    train, test = split(np.array(X), np.array(y), seed=1)
    rows, _, _ = standardized(np.array(train[0]))
    samples, targets = np.array(rows), np.array(train[1])

    model = nn.MLP(2, [8, 1], "tanh", seed=0)
    optimizer = optim.Adam(model.parameters(), lr=optim.cosine(0.1, 100))
    clip = partial(optim.clip_grad_norm, max_norm=1.0)
    try:
        history = fit(
            model, partial(regularized, model), samples, targets, optimizer=optimizer, epochs=20, batch_size=15, seed=0,
            validation=(np.array(test[0]), np.array(test[1])), metrics=[nn.losses.accuracy], clip=clip, callbacks=[report],
        )  # fmt: skip
    except DivergedError as error:
        history = error.history
    losses: list[float] = history.loss
    best: float = max(history.metrics["accuracy"])

    simple = Logistic(2)
    fit(simple, nn.losses.binary_cross_entropy_with_logits, samples, targets, epochs=5, progress=False)
    score: Value = simple.neuron(samples[0])
    hidden: list[Value] = nn.Layer(2, 3, "tanh", seed=0)([0.5, -1.0])
    score.backward()
    right: float = nn.losses.accuracy(nn.evaluate(model, samples), targets)
    weights: list[float] = optim.least_squares(samples, targets)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "moons.safetensors"
        nn.save(model, path)
        again: nn.MLP = nn.load(path, into=nn.MLP(2, [8, 1], "tanh"))
    same = [p.data for p in again.parameters()] == [p.data for p in model.parameters()]
    print(losses[-1] < losses[0], best > 0.8, right > 0.8, same, len(weights), len(hidden))


if __name__ == "__main__":
    main()
