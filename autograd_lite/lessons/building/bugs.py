"""Ten bugs of backpropagation, each a few lines in place of the right ones. `source` opens them, after a guess.

Do not read on if you want to find them by their numbers: that is lesson L29.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from math import exp
from textwrap import dedent
from typing import Any

from autograd_lite.lessons.asking.quantities import LessonError
from autograd_lite.lessons.building.finished import Value
from autograd_lite.lessons.notation import inner

Matrix = list[list[float]]
Samples = Sequence[tuple[Sequence[float], Sequence[float]]]  # inputs and targets


def sigmoid(z: float) -> float:
    """1/(1 + e^−z)."""
    return 1.0 / (1.0 + exp(-z))


class Engine:
    """A backward pass through a graph of the Values of L30, right as it stands."""

    def backward(self, root: Any) -> None:
        """The gradients of all nodes, in the order of the graph."""
        root.grad = 1.0
        for node in reversed(root.order()):
            for parent, local in zip(node.parents, node.partials, strict=True):
                self.receive(parent, local * node.grad)

    def receive(self, parent: Any, share: float) -> None:
        """What a parent does with what is sent to it."""
        parent.grad += share

    def again(self, weight: Any) -> Any:
        """A weight in a second place."""
        return weight


class Replacing(Engine):
    """= for +=."""

    def receive(self, parent: Any, share: float) -> None:
        """The last share has replaced the others."""
        parent.grad = share


class Impatient(Engine):
    """Naive order."""

    def backward(self, root: Any) -> None:
        """Depth first, and a node passes on what it has as soon as something arrives."""
        root.grad = 1.0
        self.visit(root)

    def visit(self, node: Any) -> None:
        """All that lies behind a node, once for each path."""
        for parent, local in zip(node.parents, node.partials, strict=True):
            self.receive(parent, local * node.grad)
            self.visit(parent)


class Copying(Engine):
    """Shared weight counted once."""

    def again(self, weight: Any) -> Any:
        """A copy, which gets the gradient of the second place."""
        return Value(weight.data)


class Network:
    """Two inputs, two hidden sigmoids h, two output sigmoids o, and E, the mean of ½ Σ(t − o)²: all by formulas.

    The biases, 0.35 and 0.6, stay as they are.
    """

    def __init__(self, w: Matrix, v: Matrix, samples: Samples, rate: float) -> None:
        self.w, self.v = [list(row) for row in w], [list(row) for row in v]
        self.samples, self.rate = samples, rate
        self.dw, self.dv = zeros(), zeros()

    def forward(self, x: Sequence[float]) -> tuple[list[float], list[float], list[float], list[float]]:
        """The sums and outputs of the hidden units, and of the output units."""
        z = [inner(row, x) + 0.35 for row in self.w]
        h = [sigmoid(s) for s in z]
        net = [inner(row, h) + 0.6 for row in self.v]
        return z, h, net, [sigmoid(s) for s in net]

    def error(self) -> float:
        """E, the mean over the samples."""
        halves = (0.5 * (t - o) ** 2 for x, ts in self.samples for t, o in zip(ts, self.forward(x)[3], strict=True))
        return sum(halves) / len(self.samples)

    def round(self) -> None:
        """Forward, backward, a step."""
        self.reset()
        for x, t in self.samples:
            self.add(x, t)
        self.v = [self.moved(*rows) for rows in zip(self.v, self.dv, strict=True)]
        self.w = [self.moved(*rows) for rows in zip(self.w, self.dw, strict=True)]

    def reset(self) -> None:
        """New gradients in each round."""
        self.dw, self.dv = zeros(), zeros()

    def add(self, x: Sequence[float], t: Sequence[float]) -> None:
        """The gradients of one sample, added to those of the others."""
        z, h, net, o = self.forward(x)
        delta = [(o[k] - t[k]) * self.slope(net[k]) for k in (0, 1)]
        self.collect(self.dv, delta, h)
        below = [self.back(delta, j) * self.slope(z[j]) for j in (0, 1)]
        self.collect(self.dw, below, x)

    def collect(self, total: Matrix, delta: Sequence[float], below: Sequence[float]) -> None:
        """δ at the end of each weight times the number at its beginning, as much as one sample counts."""
        for j in (0, 1):
            for k in (0, 1):
                total[j][k] += delta[j] * below[k] * self.share()

    def slope(self, z: float) -> float:
        """σ′(z)."""
        return sigmoid(z) * (1.0 - sigmoid(z))

    def back(self, delta: Sequence[float], j: int) -> float:
        """What comes back to hidden unit j: row j of Vᵀ, times δ."""
        return self.v[0][j] * delta[0] + self.v[1][j] * delta[1]

    def share(self) -> float:
        """What one sample counts."""
        return 1.0 / len(self.samples)

    def moved(self, weights: Sequence[float], slopes: Sequence[float]) -> list[float]:
        """A row of weights after the step."""
        return [weight - self.rate * slope for weight, slope in zip(weights, slopes, strict=True)]


def zeros() -> Matrix:
    """Gradients to begin with."""
    return [[0.0, 0.0], [0.0, 0.0]]


class Hoarding(Network):
    """No zero_grad."""

    def reset(self) -> None:
        """The gradients of the rounds before stay."""


class Untransposed(Network):
    """W for Wᵀ."""

    def back(self, delta: Sequence[float], j: int) -> float:
        """Row j of V, times δ."""
        return self.v[j][0] * delta[0] + self.v[j][1] * delta[1]


class Straight(Network):
    """σ′ left out."""

    def slope(self, z: float) -> float:  # noqa: ARG002 - that is the bug
        """As if a unit were linear."""
        return 1.0


class Hasty(Network):
    """Weights already updated."""

    def back(self, delta: Sequence[float], j: int) -> float:
        """V has taken its step before W gets its gradients."""
        v = [self.moved(*rows) for rows in zip(self.v, self.dv, strict=True)]
        return v[0][j] * delta[0] + v[1][j] * delta[1]


class Twice(Network):
    """y for z in σ′."""

    def slope(self, z: float) -> float:
        """σ′ at the output y = σ(z), not at the sum z."""
        y = sigmoid(z)
        return sigmoid(y) * (1.0 - sigmoid(y))


class Climbing(Network):
    """Wrong sign of the step."""

    def moved(self, weights: Sequence[float], slopes: Sequence[float]) -> list[float]:
        """A step along the gradient."""
        return [weight + self.rate * slope for weight, slope in zip(weights, slopes, strict=True)]


class Summing(Network):
    """Mean forgotten."""

    def share(self) -> float:
        """Each sample counts as if it were alone."""
        return 1.0


BUGS: dict[int, type[Engine] | type[Network]] = dict(
    enumerate(
        (Replacing, Hoarding, Impatient, Untransposed, Straight, Hasty, Twice, Climbing, Summing, Copying), start=1
    )
)
OPENED: set[int] = set()  # the bugs that have been named, or tried three times


def name(kind: type[Engine] | type[Network]) -> str:
    """What a bug is called.

    >>> name(Climbing)
    'wrong sign of the step'
    """
    text = (kind.__doc__ or "").rstrip(".")
    return text if text[1] == " " else text[0].lower() + text[1:]  # W and σ′ stay


def source(bug: int) -> str:
    """The lines of a broken program that are wrong, and below them the right ones: after the bug has been named.

    >>> source(11)
    Traceback (most recent call last):
    autograd_lite.lessons.asking.quantities.LessonError: the programs have the numbers 1 to 10; got 11
    """
    if not isinstance(bug, int) or bug not in BUGS:
        raise LessonError(f"the programs have the numbers 1 to {len(BUGS)}; got {bug}")
    if bug not in OPENED:
        raise LessonError(f'first say what is wrong with program {bug}: find("L29").answer("bug", "…", bug={bug})')
    kind = BUGS[bug]
    right = [getattr(kind.__base__, method) for method in vars(kind) if hasattr(kind.__base__, method)]
    methods = [dedent(inspect.getsource(method)) for method in right if inspect.isfunction(method)]
    return "\n".join([inspect.getsource(kind), "# and right:", *methods]).rstrip()
