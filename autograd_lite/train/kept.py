"""What a training keeps, so that one can watch it afterwards: the parameters at many epochs, and all it began with."""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from autograd_lite.engine.value import Value
from autograd_lite.nn.modules import Module
from autograd_lite.optim.optimizers import Optimizer

MOST_NUMBERS = 4_000_000  # that one training keeps, 32 MB: of a large network fewer epochs
MOST_RATES = 4_000  # of a schedule, one for each step
OWN = ("parameters", "memories", "steps", "lr", "rate")  # what an optimiser holds that is no setting


@dataclass(eq=False, slots=True)
class State:
    """The numbers of one epoch: those of the parameters, what the optimiser remembers, and its steps so far."""

    epoch: int
    numbers: array[float]
    memory: array[float]
    steps: int


class Kept:
    """What `fit(…, keep=…)` keeps: what the training was given, and states, the first of them from before it.

    States are kept at every n-th epoch, n a power of 2, such that there are at most `keep` of them beside the first;
    and at the latest epoch, in case the training ends there.

    >>> from autograd_lite import nn, optim
    >>> line = nn.Neuron(1, "linear", init="zeros")
    >>> kept = Kept(line, nn.losses.mse, [[1.0]], [2.0], optimizer=optim.SGD(line.parameters(), 0.1), keep=4)
    >>> for epoch in range(1, 12):
    ...     kept.add(epoch)
    >>> [state.epoch for state in kept.states]
    [0, 4, 8, 11]
    """

    def __init__(
        self,
        model: Module,
        loss: Callable[[list[Any], list[Any]], Any],
        samples: list[Any],
        targets: list[Any],
        *,
        optimizer: Optimizer,
        keep: int,
        held: tuple[list[Any], list[Any]] | None = None,
        batch_size: int | None = None,
        shuffle: bool = True,
        rng: Random | None = None,
        clipped: bool = False,
    ) -> None:
        self.model, self.loss, self.samples, self.targets = model, loss, samples, targets
        self.held_samples, self.held_targets = held or ([], [])
        self.parameters: list[Value] = list(dict.fromkeys([*model.parameters(), *optimizer.parameters]))
        self.kind = type(optimizer)
        self.settings = _settings(optimizer)
        self.trains_all = set(optimizer.parameters) == set(self.parameters)
        self.batch_size, self.shuffle, self.clipped = batch_size or len(samples), shuffle, clipped
        self.random_state = _state_of(rng)
        self.lr: float | list[float] = optimizer.lr if isinstance(optimizer.lr, float) else []
        self.changed = ""  # what was changed on the way, by which the page would go on otherwise
        self._watched = optimizer
        self.width = len(optimizer.memories[0])  # of what is remembered about one parameter
        self.most = max(2, min(keep, MOST_NUMBERS // (len(self.parameters) * (1 + self.width))))
        self.every = 1
        self.states: list[State] = []
        self.add(0)

    def add(self, epoch: int) -> None:
        """Keep the state after an epoch, in the place of the latest if that is between two that are kept."""
        if self.states and self.states[-1].epoch % self.every:
            self.states.pop()
        self.states.append(self._now(epoch))
        while len(self.states) > self.most + 1:
            self.every *= 2
            self.states = [state for state in self.states if state.epoch % self.every == 0 or state.epoch == epoch]

    def check(self) -> None:
        """Note what was changed since the latest epoch, by a callback: what changes before another one."""
        optimizer, latest = self._watched, self.states[-1]
        now = self._now(latest.epoch)
        same_rate = callable(optimizer.lr) if isinstance(self.lr, list) else optimizer.lr == self.lr
        if not same_rate or _settings(optimizer) != self.settings:
            self.changed = "a setting of the optimiser was changed during the training"
        elif self.trains_all != (set(optimizer.parameters) == set(self.parameters)):
            self.changed = "the optimiser got other parameters during the training"
        elif (now.numbers, now.memory, now.steps) != (latest.numbers, latest.memory, latest.steps):
            self.changed = "a callback changed the parameters during the training"

    def _now(self, epoch: int) -> State:
        optimizer = self._watched
        remembered = dict(zip(optimizer.parameters, optimizer.memories, strict=True))
        blank = [0.0] * self.width
        return State(
            epoch,
            array("d", (x.data for x in self.parameters)),
            array("d", (m for x in self.parameters for m in remembered.get(x, blank))),
            optimizer.steps,
        )

    def loss_of(self, outputs: Sequence[Any], targets: Sequence[Any]) -> Any:
        """The loss, which may do with its lists what it likes."""
        return self.loss([*outputs], [*targets])

    def step(self) -> None:
        """Keep the rate of a step that a schedule has set: the schedule may be a function that has no name."""
        if isinstance(self.lr, list) and len(self.lr) <= MOST_RATES:
            self.lr.append(self._watched.rate)

    @contextmanager
    def at(self, numbers: Sequence[float]) -> Iterator[None]:
        """Within it the parameters have other numbers, as if they had been made with them, and keep what they had.

        A graph that is recorded here does not count as changed: no number of it is, as long as it is looked at here.
        """
        before = [(x.data, x._context) for x in self.parameters]
        try:
            for x, number in zip(self.parameters, numbers, strict=True):
                x.data = number
                x._mark(changed=False)
            yield
        finally:
            for x, (number, context) in zip(self.parameters, before, strict=True):
                x.data = number
                x._context = context

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_watched": None}


def _settings(optimizer: Optimizer) -> dict[str, Any]:
    """The numbers by which an optimiser steps, but for the rate."""
    own = {name: value for name, value in vars(optimizer).items() if name not in OWN}
    return {name: value for name, value in own.items() if isinstance(value, (bool, int, float, tuple))}


class Trained(Protocol):
    """What is read of a history, which knows those that read it, and not the other way round."""

    loss: list[float]
    metrics: dict[str, list[float]]
    kept: Kept | None


def _state_of(rng: Random | None) -> tuple[Any, ...] | None:
    """Where a generator of Python's own kind stands; None for another, whose numbers nobody else can draw."""
    return rng.getstate() if type(rng) is Random else None


def sendable(kept: Kept | None) -> Kept | None:
    """What is kept, or None where it cannot be pickled, as with a loss that is a lambda: then it stays in its process.

    >>> sendable(None)
    """
    try:
        pickle.dumps(kept)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError):
        return None
    return kept
