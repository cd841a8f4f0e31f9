"""The notes' program of perceptron learning, line by line, and the steps of Novikoff's proof with their numbers."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from itertools import product
from random import Random
from typing import Annotated, NamedTuple

from autograd_lite import nn
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import inner
from autograd_lite.lessons.outcome import Outcome, written
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.views.columns import Columns

EPOCHS = 5
Vector = Sequence[float]
Place = Annotated[float, Limits("a coordinate of a sample", -99, 99)]


class Epoch(NamedTuple):
    """What an epoch did."""

    changes: int
    w: list[float]  # afterwards


def samples(distance: float, seed: int) -> tuple[list[list[float]], list[int]]:
    """The matrix X of the notes, 200 × 3 with a column of ones, and labels ±1, interleaved: −1, 1, −1, 1.

    >>> X, y = samples(3.0, 0)
    >>> len(X), len(X[0]), {row[2] for row in X}, y[:4]
    (200, 3, {1.0}, [-1, 1, -1, 1])
    """
    rng = Random(seed)
    y = [-1, 1] * 100
    middle = {-1: 0.0, 1: distance}
    return [[rng.gauss(middle[label], 1.0), rng.gauss(middle[label], 1.0), 1.0] for label in y], y


def epoch(w: Vector, X: Sequence[Vector], y: Sequence[int]) -> Epoch:  # noqa: N803 - a matrix
    """One epoch of the program: wherever y(w·x) ≤ 0, w becomes w + y·x, and the changes are counted."""
    changes = 0
    for x, label in zip(X, y, strict=True):
        if label * inner(w, x) <= 0.0:
            w = [wj + label * xj for wj, xj in zip(w, x, strict=True)]
            changes += 1
    return Epoch(changes, [*w])


def program(X: Sequence[Vector], y: Sequence[int], epochs: int = EPOCHS) -> list[Epoch]:  # noqa: N803 - a matrix
    """The program: from w = 0 on, epoch after epoch.

    >>> program([[1.0, 1.0], [-1.0, 1.0]], [1, -1], epochs=2)
    [Epoch(changes=2, w=[2.0, 0.0]), Epoch(changes=0, w=[2.0, 0.0])]
    """
    found = [epoch([0.0] * len(X[0]), X, y)]
    while len(found) < epochs:
        found.append(epoch(found[-1].w, X, y))
    return found


def wrong(w: Vector, X: Sequence[Vector], y: Sequence[int]) -> int:  # noqa: N803 - a matrix
    """How many samples are not on their side."""
    return sum(label * inner(w, x) <= 0.0 for x, label in zip(X, y, strict=True))


def program_table(X: Sequence[Vector], y: Sequence[int], found: Sequence[Epoch]) -> Columns:  # noqa: N803 - a matrix
    """What the program prints, and what it could print: the samples that are wrong after the epoch."""
    rows = [
        [f"{place}", f"{each.changes}", written(each.w, 4), f"{wrong(each.w, X, y)}"]
        for place, each in enumerate(found, start=1)
    ]
    return Columns("the notes' program: 200 × 3, five epochs", [" epoch", " changes", "w", " wrong afterwards"], rows)


def novikoff() -> Derivation:
    """The steps of the proof, with the numbers of a run on OR; w* is (2/3, 2/3, −1/3), which separates its classes."""
    X, y, star = [[p, q, 1.0] for p, q in product((0.0, 1.0), repeat=2)], (-1, 1, 1, 1), (2 / 3, 2 / 3, -1 / 3)  # noqa: N806
    margin = min(label * inner(star, x) for x, label in zip(X, y, strict=True))
    radius = max(math.hypot(*x) for x in X)
    run = program(X, y, 1)
    while run[-1].changes:
        run.append(epoch(run[-1].w, X, y))
    changes, w = sum(each.changes for each in run), run[-1].w
    lines = [
        Line(r"y_i (w^* \cdot x_i) \ge \gamma", r"some $w^*$ of length 1 separates the classes", "γ", margin),
        Line("k", "the changes, from $w = 0$ on", "k", changes),
        Line(r"w^* \cdot w \ge k \gamma", "each change adds at least the margin", "w*·w", inner(star, w)),
        Line(r"k \gamma", "", "kγ", changes * margin),
        Line(r"\|w\|^2 \le k R^2", "a change adds at most $R^2$, since its sample was wrong", "‖w‖²", inner(w, w)),
        Line("k R^2", "$R$ is the length of the longest sample", "kR²", changes * radius**2),
        Line(r"k \gamma \le w^* \cdot w \le \|w\|", "a projection is no longer than the vector", "‖w‖", math.hypot(*w)),
        Line(r"k \le (R/\gamma)^2", r"$k \gamma \le \sqrt k R$, squared", "(R/γ)²", (radius / margin) ** 2),
    ]
    return Derivation("Novikoff's bound (1962), on OR", lines)


@lesson(
    "L10",
    "One epoch of perceptron learning",
    "B",
    r"""
    Three samples $x_i$ with a further input 1, in this order: (`p1`, `p2`, 1) with $y = 1$; (`q1`, `q2`, 1) with
    $y = -1$; (`r1`, `r2`, 1) with $y = 1$. From $w = (0, 0, 0)$ on, wherever $y_i (w \cdot x_i) \le 0$:
    $w \leftarrow w + y_i x_i$. What is $w$ after one epoch, and how many changes were there?
    """,
)
def on_paper(
    p1: Place = 2.0, p2: Place = 1.0, q1: Place = -1.0, q2: Place = 2.0, r1: Place = 1.0, r2: Place = 3.0
) -> Outcome:
    """One epoch on three samples, as asked on paper."""
    X, y = [[p1, p2, 1.0], [q1, q2, 1.0], [r1, r2, 1.0]], [1, -1, 1]  # noqa: N806 - a matrix
    (found,) = program(X, y, 1)
    unit = nn.Perceptron(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged
        changes = unit.fit([x[:2] for x in X], y, epochs=1)
    own = [parameter.data for parameter in unit.parameters()]
    return Outcome(
        {"w": found.w, "changes": found.changes},
        {"nn.Perceptron finds the same": [*changes] == [found.changes] and own == found.w},
    )


QUIZ = Quiz(
    ("w", "changes"),
    {"p1": (1, 5, 1), "p2": (1, 5, 1), "q1": (-3, 3, 1), "q2": (-3, 0, 1), "r1": (-4, 4, 1), "r2": (1, 4, 1)},
    on_paper,
)
