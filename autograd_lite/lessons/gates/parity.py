"""Parity of N inputs by threshold units: one layer that detects patterns, a deep network of XORs, and one that counts.

Also XOR itself, with as few units as there can be. Inputs are 0 and 1, but for the one layer, whose inputs are ±1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise, product
from typing import Annotated, Any, NamedTuple

from autograd_lite import nn
from autograd_lite.engine.value import plain
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Outcome
from autograd_lite.plots import COLOURS, INK, curves
from autograd_lite.views.columns import Columns

MOST = 8  # inputs
GRAY = {1: ["0", "1"], 2: ["00", "01", "11", "10"]}  # neighbours differ in one input, also the first and the last


def parity(bits: Sequence[int]) -> int:
    """1 if an odd number of inputs is 1.

    >>> [parity(bits) for bits in product((0, 1), repeat=2)]
    [0, 1, 1, 0]
    """
    return sum(bits) % 2


class Deep:
    """A network of XORs, each of three McCulloch–Pitts units: one or the other input alone, and OR of the two."""

    def __init__(self) -> None:
        self.units = 0
        self.first = nn.McCullochPitts([0], [1], 1)
        self.second = nn.McCullochPitts([1], [0], 1)
        self.either = nn.McCullochPitts([0, 1], [], 1)

    def xor(self, p: Any, q: Any) -> Any:
        """The exclusive or of two inputs, by three further units."""
        self.units += 3
        return self.either([self.first([p, q]), self.second([p, q])])

    def chain(self, bits: Sequence[Any]) -> Any:
        """Input after input: as deep as there are inputs."""
        result = bits[0]
        for bit in bits[1:]:
            result = self.xor(result, bit)
        return result

    def tree(self, bits: Sequence[Any]) -> Any:
        """In pairs, and pairs of pairs: as deep as the logarithm."""
        level = list(bits)
        while len(level) > 1:
            pairs = [self.xor(p, q) for p, q in zip(level[::2], level[1::2], strict=False)]
            level = pairs + level[len(pairs) * 2 :]
        return level[0]


def counting(values: Sequence[int]) -> nn.Sequential:
    """A function of the number of ones, given by its values for 0, 1, …, N ones, by N hidden units.

    Unit k fires if at least k inputs are 1; its weight is by how much the function then changes.

    >>> nn.evaluate(counting([0, 1, 0, 1]), [[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 1]])
    [0.0, 1.0, 0.0, 1.0]
    """
    changes = [float(after - before) for before, after in pairwise(values)]
    n = len(changes)
    return _layers([([1.0] * n, -float(k)) for k in range(1, n + 1)], [(changes, values[0] - 1.0)])


def _layers(*layers: Sequence[tuple[list[float], float]]) -> nn.Sequential:
    """Perceptrons with given weights and biases."""
    made = []
    for given in layers:
        units = [nn.Perceptron(len(w)) for w, _ in given]
        for unit, (w, b) in zip(units, given, strict=True):
            unit.load_state_dict({"w": w, "b": b})
        made.append(nn.Layer.of(units) if len(units) > 1 else units[0])
    return nn.Sequential(*made)


class Parity(NamedTuple):
    """What the networks for N inputs take, and whether all of them are right for all inputs."""

    inputs: int
    neighbours: int  # pairs of ones in the Karnaugh map that differ in one input
    flat: int  # hidden units that detect patterns
    chain: int  # all units
    tree: int
    counting: int  # hidden units
    right: bool


@cache
def networks(n: int) -> Parity:
    """Build the networks for N inputs, count their units, and try all inputs.

    >>> networks(3)
    Parity(inputs=3, neighbours=0, flat=4, chain=6, tree=6, counting=3, right=True)
    """
    patterns = list(product((0, 1), repeat=n))
    table = [parity(bits) for bits in patterns]
    ones = {bits for bits, value in zip(patterns, table, strict=True) if value}
    flat, counted = nn.boolean_network(table, fewer=True), counting([k % 2 for k in range(n + 1)])
    chain, tree = Deep(), Deep()
    answers = [
        nn.evaluate(flat, [[2.0 * bit - 1.0 for bit in bits] for bits in patterns]),
        nn.evaluate(counted, patterns),
        [chain.chain(bits) for bits in patterns],
        [tree.tree(bits) for bits in patterns],
    ]
    return Parity(
        inputs=n,
        neighbours=sum(_flipped(p, k) in ones for p in ones for k in range(n)) // 2,
        flat=flat.layers[0].nout,
        chain=chain.units // len(patterns),  # the same for each input
        tree=tree.units // len(patterns),
        counting=counted.layers[0].nout,
        right=all(answer == table for answer in answers),
    )


def _flipped(bits: Sequence[int], k: int) -> tuple[int, ...]:
    """The inputs with the k-th one changed."""
    return (*bits[:k], 1 - bits[k], *bits[k + 1 :])


def parity_table(found: Sequence[Parity]) -> Columns:
    """The units of each kind of network, over the number of inputs."""
    headings = [" N", " detectors, one hidden layer", " chain of XORs", " tree of XORs", " counting, one hidden layer"]
    return Columns(
        "units for parity of N inputs (in one layer, the hidden ones)",
        headings,
        [[f"{x}" for x in (*row[:1], *row[2:6])] for row in found],
    )


class Way(NamedTuple):
    """A way to compute XOR of two inputs, 0 or 1: how many units of which kind."""

    units: int
    kind: str
    how: str
    output: Callable[[float, float], Any]


def ways_to_xor() -> list[Way]:
    """XOR by units of several kinds, the fewest of each kind last."""
    layered = _layers([([1.0, -1.0], -1.0), ([-1.0, 1.0], -1.0)], [([1.0, 1.0], -1.0)])
    both, direct = nn.Perceptron(2), nn.Perceptron(3)
    both.load_state_dict({"w": [1.0, 1.0], "b": -2.0})
    direct.load_state_dict({"w": [1.0, 1.0, -2.0], "b": -1.0})
    veto = nn.McCullochPitts([0, 1], [2], 1)
    together = nn.McCullochPitts([0, 1], [], 2)
    return [
        Way(
            3,
            "perceptrons in layers",
            "h₁ = x₁ without x₂, h₂ = x₂ without x₁, a = h₁ OR h₂",
            lambda p, q: layered([p, q]),
        ),
        Way(
            2,
            "perceptrons, the output also sees the inputs",
            "h = x₁ AND x₂, a = [x₁ + x₂ − 2h ≥ 1]",
            lambda p, q: direct([p, q, both([p, q])]),
        ),
        Way(
            2,
            "McCulloch–Pitts units",
            "h = x₁ AND x₂, a = x₁ OR x₂ with the veto h",
            lambda p, q: veto([p, q, together([p, q])]),
        ),
        Way(
            1,
            "a unit with a bump in place of the step",
            "a = 1 where −1/2 ≤ x₁ + x₂ − 1 ≤ 1/2",
            lambda p, q: float(abs(p + q - 1.0) <= 0.5),
        ),
        Way(1, "a perceptron on x₁, x₂, x₁x₂", "a = [x₁ + x₂ − 2x₁x₂ ≥ 1]", lambda p, q: direct([p, q, p * q])),
    ]


def xor_table(ways: Sequence[Way]) -> Columns:
    """The ways to XOR, with what they answer to 00, 01, 10 and 11."""
    rows = [[f"{way.units}", way.kind, way.how, _answers(way)] for way in ways]
    return Columns("XOR: how many units?", [" units", "of which kind", "how", "a"], rows)


def _answers(way: Way) -> str:
    return " ".join(f"{plain(way.output(p, q)):g}" for p, q in product((0.0, 1.0), repeat=2))


def draw_karnaugh(n: int, ax: Any) -> None:
    """The Karnaugh map of parity for 2, 3 or 4 inputs: cells that share a side differ in one input."""
    from matplotlib.colors import ListedColormap

    down, across = GRAY[n // 2], GRAY[n - n // 2]
    values = [[parity([*map(int, row + column)]) for column in across] for row in down]
    names = ["".join(f"x{'₁₂₃₄'[k]}" for k in side) for side in (range(n // 2, n), range(n // 2))]
    curves({}, x=names[0], y=names[1], ax=ax)
    ax.imshow(values, cmap=ListedColormap(COLOURS[:2]), vmin=0, vmax=1, alpha=0.25)
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            ax.text(j, i, f"{value}", ha="center", va="center", color=INK)
    ax.set_xticks(range(len(across)), across)
    ax.set_yticks(range(len(down)), down)
    ax.set_title(f"parity of {n} inputs", color=INK, fontsize="medium")


@lesson(
    "L12",
    "Detectors and parity",
    "B",
    r"""
    There are `N` inputs, which are $\pm 1$. The detector of a pattern $p$ has the weights $c p$ and the bias $-c N$.
    What is its weighted sum $z$ for an input that differs from $p$ in `d` places? Parity is 1 where an odd number of
    inputs is 1. How many detectors does it take in one hidden layer, one for each pattern of the value 1? And how many
    units are there in a chain of XORs, each of three units?
    """,
)
def on_paper(
    N: Annotated[int, Limits("the number of inputs", 2, MOST)] = 3,  # noqa: N803 - as in the notes
    d: Annotated[int, Limits("the number of inputs that differ from the pattern, at most N", 0, MOST)] = 1,
    c: Annotated[float, Limits("how steep the detector is", 0.1, 100)] = 1.0,
) -> Outcome:
    """The counts of L12, as asked on paper."""
    found = networks(N)
    pattern = [c] * N
    shown = [-1.0 if place < d else 1.0 for place in range(N)]
    detector = nn.Perceptron(N)
    detector.load_state_dict({"w": pattern, "b": -c * N})
    return Outcome(
        {
            "z": detector.linear()(shown).data,
            "detectors for parity": found.flat,
            "units in the chain": found.chain,
        },
        {"all networks are right for all inputs": found.right},
        tables=[parity_table([found])],
    )


QUIZ = Quiz(
    ("z", "detectors for parity", "units in the chain"),
    {"N": (3, 7, 1), "d": (1, 3, 1), "c": (0.5, 2.5, 0.5)},
    on_paper,
)
