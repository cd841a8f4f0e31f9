"""The perceptron, which learns from its mistakes, and the bound on how many it makes."""

from __future__ import annotations

import math
import warnings
from functools import partial
from typing import Annotated, Any

from autograd_lite import nn
from autograd_lite.data import blobs
from autograd_lite.engine.value import Value
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Expected, Outcome
from autograd_lite.plots import curves, decision_boundary
from autograd_lite.views.columns import Columns


@lesson(
    "L10",
    "The perceptron's learning",
    "B",
    r"""
    Classes $y_i = \pm 1$; the bias is the weight of a further input 1. From $w = 0$ on, wherever
    $y_i (w \cdot x_i) \le 0$: $w \leftarrow w + y_i x_i$. The first epoch without a change is the last.
    If $w$ leaves the margin $\gamma$, the least $y_i (w \cdot x_i) / \|w\|$, and $R$ is the longest $\|x_i\|$, there
    were at most $(R/\gamma)^2$ changes (Novikoff). Data: two clouds of 100 points, $\sigma = 1$. With the means 0 and
    3 of the notes most seeds give clouds that overlap, but not seed 57; with means 0 and 1 only the limit on the
    epochs ends the learning.
    """,
    Expected({"changes in the last epoch": 0}),
)
def perceptron(
    distance: Annotated[float, Limits("the distance of the means, in both coordinates", 0, 20)] = 3.0,
    near: Annotated[float, Limits("the distance of the means of the clouds to compare with", 0, 20)] = 1.0,
    seed: Annotated[int, Limits("the seed of the clouds", 0, 1_000_000)] = 57,
    epochs: Annotated[int, Limits("the largest number of epochs", 1, 500)] = 30,
) -> Outcome:
    """Learn two pairs of clouds, and compare the number of changes with Novikoff's bound."""
    apart, close = Learning(distance, seed, epochs), Learning(near, seed, epochs)

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
        },
        graph=side,
        tables=[Columns("the changes of w", ["clouds", " epochs", " changes", "by epoch"], [apart.row, close.row])],
        figure=partial(_draw_learning, apart, close),
    )


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
