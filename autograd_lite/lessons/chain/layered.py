"""What one weight costs in a network of layers: a pass, what a moved weight changes, all weights, backpropagation.

Everything is counted on numbers that count, by loops as one would write them: a sum starts at 0, and each of its
terms is a product and a sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Annotated, Any, NamedTuple

from autograd_lite.engine.operators import Arithmetic
from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import tanh
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Outcome, agree
from autograd_lite.views.columns import Columns
from autograd_lite.views.steps.tracer import trace

Matrix = Sequence[Sequence[Any]]
Size = tuple[int, ...]  # the inputs, and the units of each layer: (N, m¹, m², m³)
SIZES: Size = (3, 4, 3, 2)
Units = Annotated[int, Limits("units of a layer", 1, 9)]


class Counted(Arithmetic):
    """A number that counts the operations that it, and others with the same tally, take part in.

    >>> tally = Counter()
    >>> float(Counted(3.0, tally) * 2.0 + 1.0), dict(tally)
    (7.0, {'mul': 1, 'add': 1})
    """

    __slots__ = ("number", "tally")

    def __init__(self, number: float, tally: Counter[str]) -> None:
        self.number, self.tally = number, tally

    def __float__(self) -> float:
        return self.number

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> Counted:
        tally = next(x.tally for x in operands if isinstance(x, Counted))
        tally[op.name] += 1
        return Counted(op(*map(float, operands)), tally)


def weighted(weights: Sequence[Any], xs: Sequence[Any]) -> Any:
    """A weighted sum from 0 on, a product and a sum for each weight."""
    total: Any = 0.0
    for w, x in zip(weights, xs, strict=True):
        total = total + w * x
    return total


def sums_of(layers: Sequence[Matrix], x: Sequence[float]) -> list[list[Any]]:
    """The weighted sums z of all units, layer by layer; the first layer has a further input, 1, for the bias."""
    found: list[list[Any]] = []
    below: list[Any] = [*x, 1.0]
    for layer in layers:
        found.append([weighted(row, below) for row in layer])
        below = [tanh(z) for z in found[-1]]
    return found


def loss_of(layers: Sequence[Matrix], x: Sequence[float]) -> Any:
    """The sum of the squares of the last layer's weighted sums: something to differentiate."""
    *_, last = sums_of(layers, x)
    return weighted(last, last)


def moved_above(layers: Sequence[Matrix], x: Sequence[float], before: Sequence[Sequence[float]], unit: int) -> Any:
    """Bring up to date what a moved weight of a unit in layer 1 changes at once: its own sum, and those of layer 2.

    The unit's sum is taken again, n products and n sums; each of the m sums above gets its weight times the change.
    """
    z = weighted(layers[0][unit], [*x, 1.0])
    change = tanh(z) - tanh(before[0][unit])
    return [z, *(old + row[unit] * change for row, old in zip(layers[1], before[1], strict=True))]


class LayerCosts(NamedTuple):
    """What was counted: products and sums, or both together as operations; tanh and differences are apart."""

    weights: int
    products: int  # of one pass
    passing: int  # operations of one pass
    moved: int  # operations for one moved weight of the first layer, up to the sums above
    differences: int  # operations of all passes, one more than there are weights
    backprop: int  # operations of one pass forward and one backward
    agree: bool  # whether both give the same gradient


def layer_costs(size: Size, seed: int = 0) -> LayerCosts:
    """Count all of it on one network.

    >>> layer_costs((1, 2, 2, 1))[:4]
    (10, 10, 20, 8)
    """
    rng = Random(seed)
    shapes = [(size[1], size[0] + 1), *((up, below) for below, up in pairwise(size[1:]))]
    numbers = [[[rng.gauss(0.0, 0.7) for _ in range(n)] for _ in range(m)] for m, n in shapes]
    x = [rng.gauss() for _ in range(size[0])]
    places = [(k, i, j) for k, (m, n) in enumerate(shapes) for i in range(m) for j in range(n)]

    one = Counter[str]()
    sums_of([counting(layer, one) for layer in numbers], x)
    moved, before = Counter[str](), sums_of(numbers, x)
    moved_above([counting(layer, moved) for layer in numbers], x, before, 0)

    every, step = Counter[str](), 1e-6
    slopes, here = [], float(loss_of([counting(layer, every) for layer in numbers], x))
    for k, i, j in places:
        kept, numbers[k][i][j] = numbers[k][i][j], numbers[k][i][j] + step
        slopes.append((float(loss_of([counting(layer, every) for layer in numbers], x)) - here) / step)
        numbers[k][i][j] = kept

    values = [[[Value(w) for w in row] for row in layer] for layer in numbers]
    loss = loss_of(values, x)
    loss.backward()
    counts = trace(loss).counts()
    backward = counts["products backward"] + counts["sums backward"]
    return LayerCosts(
        len(places),
        one["mul"],
        both(one),
        both(moved),
        both(every),
        counts["operations forward"] + backward,
        agree(slopes, [values[k][i][j].grad for k, i, j in places], 1e-4),
    )


def counting(layer: Matrix, tally: Counter[str]) -> list[list[Counted]]:
    """The weights of a layer as numbers that count."""
    return [[Counted(w, tally) for w in row] for row in layer]


def both(tally: Counter[str]) -> int:
    """Products and sums."""
    return tally["mul"] + tally["add"]


def formula(size: Size) -> int:
    """The products of a pass in the notes' words: m³m² + m²m¹ + m¹(N + 1), one for each weight.

    >>> formula((3, 4, 3, 2))
    34
    """
    return size[1] * (size[0] + 1) + sum(below * up for below, up in pairwise(size[1:]))


def claims_of(size: Size, counted: LayerCosts) -> dict[str, bool]:
    """The notes' formulas beside what was counted."""
    n, m = size[0] + 1, size[2]
    return {
        "layers: a pass takes m³m² + m²m¹ + m¹(N + 1) products, one for each weight": (
            counted.products == formula(size) == counted.weights
        ),
        "layers: a moved weight of layer 1 takes 2(n + m) operations up to the sums above": (
            counted.moved == 2 * (n + m)
        ),
        "layers: all weights, pass by pass, take W + 1 passes of 2W operations, and the loss": (
            counted.differences == (counted.weights + 1) * 2 * (counted.weights + size[3])
        ),
        "layers: both give the same gradient": counted.agree,
    }


def table_of(size: Size, counted: LayerCosts) -> Columns:
    """The counts, each with its formula."""
    n, m = size[0] + 1, size[2]
    rows = [
        ["products of one pass", "W = m³m² + m²m¹ + m¹(N + 1)", f"{counted.products}"],
        ["products and sums of one pass", "2W", f"{counted.passing}"],
        ["one weight of layer 1 moved, up to the sums above", f"2(n + m), n = {n}, m = {m}", f"{counted.moved}"],
        ["all weights by differences", "(W + 1)·2(W + m³)", f"{counted.differences:,}"],
        ["all weights by backpropagation", "one pass forward, one backward", f"{counted.backprop:,}"],
    ]
    layers = " → ".join(map(str, size))
    return Columns(f"a network of layers, {layers}", ["what", "formula", " counted"], rows)


@lesson(
    "L06",
    "What one weight costs in a network of layers",
    "C",
    r"""
    A network has $N$ inputs and three layers of $m^1$, $m^2$ and $m^3$ units. The first layer has biases: the weights
    of a further input, 1. A weighted sum starts at 0, so each weight is one product and one sum. How many products does
    one pass take, and how many products and sums are there when one weight of layer 1 is moved: those of its own unit,
    which has $n = N + 1$ inputs, taken again, and one of each for each of the $m = m^2$ units above it?
    And how many operations are $W + 1$ passes of $2W$ each, for the $W$ weights?
    """,
)
def layers_on_paper(
    N: Annotated[int, Limits("the number of inputs", 1, 9)] = 3,  # noqa: N803 - as in the notes
    m1: Units = 4,
    m2: Units = 3,
    m3: Units = 2,
) -> Outcome:
    """The counts of one network of layers, as asked on paper."""
    size = (N, m1, m2, m3)
    counted = layer_costs(size)
    numbers = {
        "products of a pass": counted.products,
        "operations for a moved weight": counted.moved,
        "operations of all passes": (counted.weights + 1) * counted.passing,
    }
    return Outcome(numbers, claims_of(size, counted), tables=[table_of(size, counted)])


QUIZ = Quiz(
    ("products of a pass", "operations for a moved weight", "operations of all passes"),
    {"N": (1, 5, 1), "m1": (2, 5, 1), "m2": (2, 4, 1), "m3": (1, 3, 1)},
    layers_on_paper,
)
