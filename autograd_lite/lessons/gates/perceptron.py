"""The perceptron, which learns from its mistakes, and the bound on how many it makes."""

from __future__ import annotations

import math
import warnings
from functools import partial
from typing import Annotated, Any

from autograd_lite import nn, optim
from autograd_lite.data import blobs
from autograd_lite.engine.table import relu
from autograd_lite.engine.value import Value
from autograd_lite.lessons.gates import learning
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Expected, Outcome, agree
from autograd_lite.plots import curves, decision_boundary
from autograd_lite.views.columns import Columns


@lesson(
    "L10",
    "The perceptron's learning",
    "B",
    r"""
    Classes $y_i = \pm 1$; the bias is the weight of a further input 1. From $w = 0$ on, wherever
    $y_i (w \cdot x_i) \le 0$: $w \leftarrow w + y_i x_i$ (the perceptron: Rosenblatt 1958). An epoch is one walk
    through all samples; the first without a change is the last. If some weights $w$ of length $\|w\|$ separate the
    classes with the margin $\gamma > 0$, the least $y_i (w \cdot x_i) / \|w\|$, and $R$ is the longest $\|x_i\|$, there
    are at most $(R/\gamma)^2$ changes (Novikoff 1962). Data: two clouds of 100 points, $\sigma = 1$. With the means 0
    and 3 of the notes no line separates the clouds of most seeds, but one does those of seed 57; with means 0 and 1
    only the limit on the epochs ends the learning. The notes' program has no limit but five epochs, and prints the
    changes of each.
    """,
    Expected({"changes in the last epoch": 0}),
    quiz=learning.QUIZ,
)
def perceptron(
    distance: Annotated[float, Limits("the distance of the means, in both coordinates", 0, 20)] = 3.0,
    near: Annotated[float, Limits("the distance of the means of the clouds to compare with", 0, 20)] = 1.0,
    seed: Annotated[int, Limits("the seed of the clouds", 0, 1_000_000)] = 57,
    epochs: Annotated[int, Limits("the largest number of epochs", 1, 500)] = 30,
) -> Outcome:
    """Learn two pairs of clouds, and compare the number of changes with Novikoff's bound."""
    apart, close = Learning(distance, seed, epochs), Learning(near, seed, epochs)
    X, signs = learning.samples(distance, seed)  # noqa: N806 - a matrix
    program = learning.program(X, signs)
    unit = nn.Perceptron(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # five epochs may be too few
        again = unit.fit([row[:2] for row in X], signs, epochs=learning.EPOCHS)

    # The sample nearest to the line. What the rule adds to w, y·x, is the gradient of y(w·x).
    x, y = apart.X[apart.nearest], apart.y[apart.nearest]
    side = y * apart.line([Value(x[0], label="x₁"), Value(x[1], label="x₂")])
    side.label = "y(w·x)"
    side.backward()
    *w, b = apart.line.parameters()
    return Outcome(
        {
            "changes in the last epoch": apart.changes[-1],
            "changes": sum(apart.changes),
            "R": round(apart.radius, 4),
            "γ": round(apart.margin, 6) if apart.margin > 0.0 else "none",
            "(R/γ)²": round(apart.bound, 1) if apart.margin > 0.0 else "none",
        },
        {
            **apart.claims(epochs),
            **close.claims(epochs),
            "what a mistake adds to w and b is the gradient of y(w·x)": (
                [parameter.grad for parameter in w] == [y * xi for xi in x] and b.grad == y
            ),
            "the notes' program makes the changes of nn.Perceptron": (
                [each.changes for each in program][: len(again)] == again
                and agree([parameter.data for parameter in unit.parameters()], program[-1].w, 1e-9)
            ),
        },
        graph=side,
        tables=[
            Columns("the changes of w", ["clouds", " epochs", " changes", "by epoch"], [apart.row, close.row]),
            learning.program_table(X, signs, program),
        ],
        figure=partial(_draw_learning, apart, close),
        derivations=[learning.novikoff()],
        further={
            "loss of a wrong sample": lambda: _step_of_descent()[0],
            "w and b after a step": lambda: _step_of_descent()[1],
        },
    )


def _step_of_descent() -> tuple[float, list[float]]:
    """The loss max(0, −y(w·x)) of x = (3, 1), y = −1, at w = (1, −2), b = 1/2; w and b after a step of rate 1."""
    z = nn.Neuron(2, "linear", init="zeros")
    z.load_state_dict({"w": [1.0, -2.0], "b": 0.5})
    loss = relu(z([3.0, 1.0]))
    loss.backward()
    optim.SGD(z.parameters(), lr=1.0).step()
    return loss.data, [parameter.data for parameter in z.parameters()]


class Learning:
    """A perceptron that has learned two clouds, with its margin and Novikoff's bound, computed by NumPy."""

    def __init__(self, distance: float, seed: int, epochs: int) -> None:
        import numpy

        self.distance = distance
        self.X, labels = blobs(200, centers=((0.0, 0.0), (distance, distance)), seed=seed)
        self.y = [1.0 if label else -1.0 for label in labels]
        unit = nn.Perceptron(2)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.changes = unit.fit(self.X, self.y, epochs=epochs)
        self.warned = any("has not converged" in str(warning.message) for warning in caught)
        self.line = unit.linear()
        self.line.w[0].label, self.line.w[1].label = "w₁", "w₂"

        rows = numpy.column_stack([self.X, numpy.ones(len(self.X))])
        w = numpy.array([parameter.data for parameter in unit.parameters()])
        margins = self.y * (rows @ w) / numpy.linalg.norm(w)
        self.nearest = int(abs(margins).argmin())
        self.margin = float(margins.min())
        self.radius = float(numpy.linalg.norm(rows, axis=1).max())
        self.bound = (self.radius / self.margin) ** 2 if self.margin > 0.0 else math.inf

    def __str__(self) -> str:
        return f"means 0 and {self.distance:g}"

    @property
    def row(self) -> list[str]:
        """How often the weights were changed."""
        return [str(self), *map(str, (len(self.changes), sum(self.changes))), " ".join(map(str, self.changes))]

    def claims(self, epochs: int) -> dict[str, bool]:
        """What must hold if learning ended, and if it did not."""
        if not self.changes.converged:
            claim = f"{self}: it stops at the limit of {epochs} epochs, and warns"
            return {claim: self.warned and len(self.changes) == epochs}
        return {
            f"{self}: after an epoch without a change, each point is on its side": self.margin > 0.0,
            f"{self}: at most (R/γ)² changes": sum(self.changes) <= self.bound,
        }


def _draw_learning(apart: Learning, close: Learning, figure: Any) -> None:
    """Both pairs of clouds with the line that was found, and the changes of each epoch."""
    figure.set_size_inches(11.0, 3.9)
    left, middle, right = figure.subplots(1, 3)
    for run, ax in ((apart, left), (close, middle)):
        decision_boundary(run.line, run.X, run.y, ax=ax, classes=("mean 0", f"mean {run.distance:g}"))
    series = {str(run): (range(1, len(run.changes) + 1), run.changes) for run in (apart, close)}
    curves(series, x="epoch", y="changes", marked=True, ax=right)
