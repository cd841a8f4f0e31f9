"""The units that came before gradients: McCulloch and Pitts' of 1943, and Rosenblatt's perceptron with its rule."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from math import fsum, isfinite
from operator import index
from typing import Any

from autograd_lite.engine.reals import as_float
from autograd_lite.engine.sequences import prod, sum
from autograd_lite.engine.table import step
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import plain
from autograd_lite.nn.layers import Neuron
from autograd_lite.nn.modules import Module
from autograd_lite.nn.samples import inputs_of, listed, positive_int


class McCullochPitts(Module):
    """A unit of Boolean inputs: it fires (1) if no inhibitory input is on and at least `threshold` excitatory ones are.

    `excitatory` and `inhibitory` list the indices of the inputs; a number n stands for the first n inputs, or for the
    next n after the excitatory ones. Source: W. McCulloch and W. Pitts, A logical calculus of the ideas immanent in
    nervous activity, 1943.

    >>> from autograd_lite.nn import McCullochPitts
    >>> conjunction, negation = McCullochPitts([0, 1], [], 2), McCullochPitts([], [0], 0)
    >>> conjunction([1, 1]), conjunction([1, 0]), negation([0]), negation([1])
    (1.0, 0.0, 1.0, 0.0)
    """

    def __init__(self, excitatory: Sequence[int] | int, inhibitory: Sequence[int] | int, threshold: float) -> None:
        self.excitatory = _indices(excitatory, 0)
        self.inhibitory = _indices(inhibitory, len(self.excitatory))
        both = {*self.excitatory} & {*self.inhibitory}
        if both:
            raise ValueError(f"McCullochPitts: input {min(both)} is both excitatory and inhibitory")
        if not self.excitatory and not self.inhibitory:
            raise ValueError("McCullochPitts: the unit needs an input")
        self.threshold = as_float(threshold)

    @property
    def nin(self) -> int:
        """The least number of inputs: up to the last one that the unit looks at."""
        return 1 + max((*self.excitatory, *self.inhibitory))

    def forward(self, x: Any) -> Any:
        """1 or 0 for a list of inputs that are 1 or 0; further inputs do not matter."""
        xs = listed(x, self)
        if len(xs) < self.nin:
            raise ValueError(f"{self.describe()} takes at least {self.nin} inputs, got {len(xs)}")
        for i in (*self.excitatory, *self.inhibitory):
            if plain(xs[i]) not in (0.0, 1.0):
                raise ValueError(f"{self.describe()} takes inputs that are 0 or 1, got {xs[i]!r} at index {i}")
        fires = step(sum(xs[i] for i in self.excitatory) - self.threshold, 1.0)
        return fires * prod(1.0 - xs[i] for i in self.inhibitory) if self.inhibitory else fires

    def describe(self) -> str:
        """The unit in one line."""
        return f"McCullochPitts({self.excitatory}, {self.inhibitory}, {self.threshold:g})"

    def config(self) -> dict[str, Any]:
        """The arguments that make a unit like this one."""
        return {"excitatory": self.excitatory, "inhibitory": self.inhibitory, "threshold": self.threshold}


class Changes(list[int]):
    """How often a perceptron's weights changed in each epoch; the last number is 0 if it has converged.

    >>> Changes([3, 1, 0]).converged
    True
    """

    @property
    def converged(self) -> bool:
        """Whether an epoch passed without a change, so that every sample is on the right side."""
        return bool(self) and self[-1] == 0


class Perceptron(Neuron):
    """A neuron that fires (1) where w·x + b ≥ 0 and not (0) elsewhere, and learns from its mistakes.

    All weights start at 0. Source: F. Rosenblatt, The perceptron, Psychological Review 65 (1958).

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

        Wherever y(w·x) ≤ 0, with the bias as the weight of an input that is always 1, w becomes w + y·x. It starts
        from the current weights and stops after the first epoch without a change. For classes that a line separates
        with margin γ, there are at most (R/γ)² changes, R being the length of the longest x (Novikoff 1962); for
        others there is no such epoch: it stops after `epochs`, and warns.

        >>> from autograd_lite.nn import Perceptron
        >>> Perceptron(1).fit([[-1.0], [2.0]], [-1, 1]).converged
        True
        """
        positive_int(epochs, "epochs")
        rows = [[*map(as_float, inputs_of(x, self)), 1.0] for x in X]
        classes = [as_float(value) for value in y]
        if not all(isfinite(xi) for row in rows for xi in row):
            raise ValueError("fit takes finite numbers, got nan or infinity among the samples")
        if not rows or len(rows) != len(classes):
            raise ValueError(f"fit takes as many samples as classes, at least one, got {len(rows)} and {len(classes)}")
        if not ({*classes} <= {-1.0, 1.0} or {*classes} <= {0.0, 1.0}):
            raise ValueError(f"the classes are 1 and -1, or 1 and 0, got {shortened(sorted({*classes}))}")
        weights = [parameter.data for parameter in self.parameters()]
        changes = Changes()
        while len(changes) < epochs and not changes.converged:
            changes.append(0)
            for x, value in zip(rows, classes, strict=True):
                target = 1.0 if value > 0.0 else -1.0
                if not target * fsum(w * xi for w, xi in zip(weights, x, strict=True)) > 0.0:  # nan counts as a mistake
                    weights = [w + target * xi for w, xi in zip(weights, x, strict=True)]
                    changes[-1] += 1
        for parameter, weight in zip(self.parameters(), weights, strict=True):
            parameter.data = weight
        if not changes.converged:
            warnings.warn(
                f"the perceptron has not converged: {changes[-1]} changes in the last of {epochs} epochs. "
                "Allow more epochs; or perhaps no line separates the classes",
                stacklevel=2,
            )
        return changes

    def linear(self) -> Neuron:
        """The weighted sum w·x + b, before the step: a linear neuron with a copy of these weights.

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


def _indices(inputs: Sequence[int] | int, first: int) -> list[int]:
    """The indices of inputs, given as such, or as their number from the first one on."""
    try:
        indices = [index(i) for i in (range(first, first + inputs) if isinstance(inputs, int) else inputs)]
    except TypeError:
        raise TypeError(f"McCullochPitts: inputs are whole numbers, got {shortened(inputs)}") from None
    if min(indices, default=0) < 0 or len({*indices}) < len(indices):
        raise ValueError(f"McCullochPitts: inputs are different indices, counted from 0, got {shortened(inputs)}")
    return indices
