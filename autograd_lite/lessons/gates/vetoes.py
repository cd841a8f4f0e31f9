"""McCulloch–Pitts units as perceptrons: which functions they have, and whether the perceptron's learning finds them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Annotated, NamedTuple

from autograd_lite import nn
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Outcome
from autograd_lite.views.columns import Columns

Function = tuple[int, ...]  # its values for all inputs, in the order of counting


def units_of(n: int) -> Iterator[tuple[nn.McCullochPitts, nn.Perceptron]]:
    """Every McCulloch–Pitts unit of n inputs, each excitatory, inhibitory or not connected; and the same as perceptron.

    A veto becomes a negative weight that no sum of the E excitatory inputs can outweigh, −(E + 1).
    """
    for kinds in product((1, -1, 0), repeat=n):
        excitatory, inhibitory = ([i for i, kind in enumerate(kinds) if kind == sign] for sign in (1, -1))
        for threshold in range(len(excitatory) + 2):
            if excitatory or inhibitory:
                weights = [float(kind if kind >= 0 else -len(excitatory) - 1) for kind in kinds]
                perceptron = nn.Perceptron(n)
                perceptron.load_state_dict({"w": weights, "b": -float(threshold)})
                yield nn.McCullochPitts(excitatory, inhibitory, threshold), perceptron


@cache
def functions_of_one_unit(n: int) -> frozenset[Function]:
    """The functions of n ≤ 3 inputs that a perceptron has, by whole weights from −2 to 2 and thresholds between them.

    >>> [len(functions_of_one_unit(n)) for n in (1, 2, 3)]
    [4, 14, 104]
    """
    corners = list(product((0, 1), repeat=n))
    found = set()
    for weights in product(range(-2, 3), repeat=n):
        sums = [sum(w * x for w, x in zip(weights, corner, strict=True)) for corner in corners]
        found |= {tuple(int(s >= k + 0.5) for s in sums) for k in range(-2 * n - 1, 2 * n + 1)}
    return frozenset(found)


class Vetoes(NamedTuple):
    """The McCulloch–Pitts units of n inputs beside the perceptrons."""

    inputs: int
    functions: int  # of all
    perceptrons: int  # of these, those of one perceptron
    units: int  # and those of one McCulloch–Pitts unit
    same: bool  # whether each unit is a perceptron with the weights 1 and −(E + 1)
    learnt: bool  # whether learning from 0 on finds the function of each
    again: int  # the units of which it finds these very weights, shown the inputs in the order of counting


@cache
def vetoes(n: int) -> Vetoes:
    """Go through all units of n inputs.

    >>> vetoes(2)
    Vetoes(inputs=2, functions=16, perceptrons=14, units=11, same=True, learnt=True, again=0)
    """
    corners = list(product((0, 1), repeat=n))
    same, learnt, again, tables = True, True, 0, set()
    for unit, perceptron in units_of(n):
        table = tuple(int(unit(x)) for x in corners)
        same = same and nn.evaluate(perceptron, corners) == [*table]
        tables.add(table)
        learner = nn.Perceptron(n)
        learnt = learner.fit(corners, table).converged and learnt
        again += [w.data for w in learner.parameters()] == [w.data for w in perceptron.parameters()]
    return Vetoes(n, 2**2**n, len(functions_of_one_unit(n)), len(tables), same, learnt, again)


def table_of(found: list[Vetoes]) -> Columns:
    """How many functions there are, how many a perceptron has, and how many a McCulloch–Pitts unit."""
    headings = [" inputs", " functions", " of one perceptron", " of one McCulloch–Pitts unit"]
    return Columns(
        "what one unit can do (each input once or not at all)", headings, [[f"{x}" for x in row[:4]] for row in found]
    )


@lesson(
    "L08",
    "A threshold unit",
    "B",
    r"""
    A unit fires, $a = 1$, where $w_1 x_1 + w_2 x_2 \ge \theta$, with $\theta$ = `theta`. Give its weighted sums for the
    inputs 00, 01, 10, 11, and its outputs. And how far from the line $w_1 x_1 + w_2 x_2 = \theta$ is the input 11?
    """,
)
def on_paper(
    w1: Annotated[float, Limits("the weight of x₁", -9, 9)] = 1.0,
    w2: Annotated[float, Limits("the weight of x₂", -9, 9)] = -1.0,
    theta: Annotated[float, Limits("the threshold θ", -9, 9)] = 0.5,
) -> Outcome:
    """The sums and the outputs of a unit, as asked on paper."""
    unit = nn.Perceptron(2)
    unit.load_state_dict({"w": [w1, w2], "b": -theta})
    corners = list(product((0.0, 1.0), repeat=2))
    length = (w1 * w1 + w2 * w2) ** 0.5
    return Outcome(
        {
            "weighted sums": [w1 * p + w2 * q for p, q in corners],
            "outputs": nn.evaluate(unit, corners),
            "distance of 11": abs(w1 + w2 - theta) / length if length else "none",
        }
    )


QUIZ = Quiz(
    ("weighted sums", "outputs", "distance of 11"),
    {"w1": (1, 4, 1), "w2": (-4, -1, 1), "theta": (-2.5, 0.5, 1)},
    on_paper,
)
