"""The units that came before gradients: McCulloch and Pitts' of 1943, and Rosenblatt's perceptron with its learning."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from math import fsum, isfinite
from operator import index
from typing import Any

from autograd_lite.engine.ops import as_float
from autograd_lite.engine.sequences import prod, sum
from autograd_lite.engine.table import step
from autograd_lite.engine.text import shortened
from autograd_lite.nn.layers import Neuron, inputs_of, listed, size
from autograd_lite.nn.modules import Module


class McCullochPitts(Module):
    """A unit of Boolean inputs: it fires (1) if no inhibitory input is on and at least `threshold` excitatory ones are.

    `excitatory` and `inhibitory` list the inputs by their places, from 0; a number n stands for the first n
    inputs, and for the next n after the excitatory ones. Source: W. McCulloch and W. Pitts, A logical calculus
    of the ideas immanent in nervous activity, 1943.

    >>> from autograd_lite.nn import McCullochPitts
    >>> conjunction, negation = McCullochPitts([0, 1], [], 2), McCullochPitts([], [0], 0)
    >>> conjunction([1, 1]), conjunction([1, 0]), negation([0]), negation([1])
    (1.0, 0.0, 1.0, 0.0)
    """

    def __init__(self, excitatory: Sequence[int] | int, inhibitory: Sequence[int] | int, threshold: float) -> None:
        self.excitatory = _places(excitatory, 0)
        self.inhibitory = _places(inhibitory, len(self.excitatory))
        both = {*self.excitatory} & {*self.inhibitory}
        if both:
            raise ValueError(f"McCullochPitts: input {min(both)} is both excitatory and inhibitory")
        if not self.excitatory and not self.inhibitory:
            raise ValueError("McCullochPitts: the unit needs an input")
        self.threshold = as_float(threshold)

    @property
    def nin(self) -> int:
        """The number of inputs that it looks at."""
        return 1 + max((*self.excitatory, *self.inhibitory))

    def forward(self, x: Any) -> Any:
        """1 or 0 for a list of inputs that are 1 or 0; further inputs than it looks at do not matter."""
        xs = listed(x, self)
        if len(xs) < self.nin:
            raise ValueError(f"{self.describe()} takes {self.nin} inputs at least, got {len(xs)}")
        for place in (*self.excitatory, *self.inhibitory):
            if float(xs[place]) not in (0.0, 1.0):
                raise ValueError(f"{self.describe()} takes inputs that are 0 or 1, got {xs[place]!r} at place {place}")
        fires = step(sum(xs[place] for place in self.excitatory) - self.threshold, 1.0)
        return fires * prod(1.0 - xs[place] for place in self.inhibitory) if self.inhibitory else fires

    def describe(self) -> str:
        """The unit in one line."""
        return f"McCullochPitts({self.excitatory}, {self.inhibitory}, {self.threshold:g})"

    def config(self) -> dict[str, Any]:
        """The arguments that make a unit like this one."""
        return {"excitatory": self.excitatory, "inhibitory": self.inhibitory, "threshold": self.threshold}


class Changes(list[int]):
    """How often a perceptron's weights were changed in each epoch; the last number is 0 where it has converged.

    >>> Changes([3, 1, 0]).converged
    True
    """

    @property
    def converged(self) -> bool:
        """Whether an epoch went by without a change, so that every sample is on its right side."""
        return bool(self) and self[-1] == 0


class Perceptron(Neuron):
    """A neuron that fires (1) where w·x + b ≥ 0 and does not (0) elsewhere, and learns by its mistakes.

    All weights begin at 0. Source: F. Rosenblatt, The perceptron, Psychological Review 65 (1958).

    >>> from autograd_lite.nn import Perceptron
    >>> unit = Perceptron(2)
    >>> unit.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    [2, 3, 3, 2, 2, 3, 2, 1, 0]
    >>> [unit([p, q]).data for p in (0, 1) for q in (0, 1)]
    [0.0, 0.0, 0.0, 1.0]
    """

    def __init__(self, nin: int) -> None:
        super().__init__(nin, _fires, init="zeros")

    def fit(self, X: Iterable[Any], y: Iterable[Any], epochs: int = 100) -> Changes:  # noqa: N803 - X is a matrix
        """Learn classes, 1 and -1 or 1 and 0, going through the samples again and again; return the changes per epoch.

        Wherever y(w·x) ≤ 0, with the bias as a weight of an input that is always 1, w becomes w + y·x. Stops
        at the first epoch without a change. On classes that a line separates with margin γ, the changes are
        at most (R/γ)², with R the length of the longest x (Novikoff 1962); on others there is no such epoch:
        after `epochs` it stops, and warns. Begins with the weights as they are.

        >>> from autograd_lite.nn import Perceptron
        >>> Perceptron(1).fit([[-1.0], [2.0]], [-1, 1]).converged
        True
        """
        size(epochs, "epochs")
        rows = [[*map(as_float, inputs_of(x, self)), 1.0] for x in X]
        classes = [as_float(value) for value in y]
        if not all(isfinite(xi) for row in rows for xi in row):
            raise ValueError("fit takes finite numbers, got nan or infinity among the samples")
        if not rows or len(rows) != len(classes):
            raise ValueError(f"fit takes as many samples as classes, one at least, got {len(rows)} and {len(classes)}")
        if not ({*classes} <= {-1.0, 1.0} or {*classes} <= {0.0, 1.0}):
            raise ValueError(f"the classes are 1 and -1, or 1 and 0, got {shortened(sorted({*classes}))}")
        weights = [parameter.data for parameter in self.parameters()]
        changes = Changes()
        while len(changes) < epochs and not changes.converged:
            changes.append(0)
            for x, value in zip(rows, classes, strict=True):
                target = 1.0 if value > 0.0 else -1.0
                if not target * fsum(w * xi for w, xi in zip(weights, x, strict=True)) > 0.0:  # nan is wrong too
                    weights = [w + target * xi for w, xi in zip(weights, x, strict=True)]
                    changes[-1] += 1
        for parameter, weight in zip(self.parameters(), weights, strict=True):
            parameter.data = weight
        if not changes.converged:
            warnings.warn(
                f"the perceptron has not converged: {changes[-1]} changes in the last of {epochs} epochs. "
                "Perhaps no line separates the classes; or allow more epochs",
                stacklevel=2,
            )
        return changes

    def linear(self) -> Neuron:
        """The weighted sum w·x + b, before the step: a linear neuron with these weights, which are copied.

        >>> from autograd_lite.nn import Perceptron
        >>> unit = Perceptron(1)
        >>> unit.load_state_dict({"w": [2.0], "b": -1.0})
        >>> unit([3.0]).data, unit.linear()([3.0]).data
        (1.0, 5.0)
        """
        neuron = Neuron(self.nin, "linear", init="zeros")
        neuron.load_state_dict(self.state_dict())
        return neuron

    def describe(self) -> str:
        """The perceptron in one line."""
        return f"Perceptron({self.nin})"

    def config(self) -> dict[str, Any]:
        """The arguments that make a perceptron like this one."""
        return {"nin": self.nin}


def _fires(z: Any) -> Any:
    return step(z, 1.0)


def _places(inputs: Sequence[int] | int, first: int) -> list[int]:
    """The places of inputs that are given by them, or by how many there are from the first on."""
    try:
        places = [index(place) for place in (range(first, first + inputs) if isinstance(inputs, int) else inputs)]
    except TypeError:
        raise TypeError(f"McCullochPitts: inputs are whole numbers, got {shortened(inputs)}") from None
    if min(places, default=0) < 0 or len({*places}) < len(places):
        raise ValueError(f"McCullochPitts: inputs are different places, counted from 0, got {shortened(inputs)}")
    return places
