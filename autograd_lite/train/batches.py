"""What a step needs to know of its batch: the loss, its gradients and the outputs, computed in this process."""

from __future__ import annotations

from math import isfinite
from operator import attrgetter
from typing import Any

from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value
from autograd_lite.nn.modules import Module
from autograd_lite.nn.samples import numbers_of
from autograd_lite.optim.optimizers import Optimizer
from autograd_lite.train.arguments import Loss
from autograd_lite.train.history import DivergedError, WorkerError
from autograd_lite.views.doctor.diagnosis import diagnose

GRAD = attrgetter("grad")
DATA = attrgetter("data")


class StoppedError(Exception):
    """Why a training cannot go on, and the kind of error that `fit` makes of it when it knows the epoch and batch."""

    def __init__(self, reason: str, kind: type[DivergedError | WorkerError] = DivergedError) -> None:
        super().__init__(reason)
        self.kind = kind


class Batches:
    """The samples to train on, with what is to be learned from them; called with the places of a batch.

    >>> from autograd_lite import nn, optim
    >>> line = nn.Neuron(1, "linear", init="zeros")
    >>> batches = Batches(line, nn.losses.mse, [[1.0], [2.0]], [1.0, 3.0], optim.SGD(line.parameters(), 0.1), True)
    >>> batches([0, 1]), line.b.grad
    ((5.0, [0.0, 0.0]), -4.0)
    """

    def __init__(
        self,
        model: Module,
        loss: Loss,
        samples: list[Any],
        targets: list[Any],
        optimizer: Optimizer,
        wanted: bool,
    ) -> None:
        self.model, self.loss, self.samples, self.targets = model, loss, samples, targets
        self.optimizer, self.wanted = optimizer, wanted

    def __call__(self, batch: list[int]) -> tuple[float, list[Any]]:
        """The loss of a batch, and the outputs as numbers if `wanted`; the gradients of the parameters are set.

        Raises StoppedError unless loss and gradients are finite.
        """
        model, samples, targets, parameters = self.model, self.samples, self.targets, self.optimizer.parameters
        outputs = [model(samples[i]) for i in batch]
        risk = self.loss([*outputs], [targets[i] for i in batch])
        if not isinstance(risk, Value) or risk.op is None:
            raise TypeError(f"the loss must be a Value that was computed from the outputs, got {shortened(risk)}")
        if not isfinite(risk.data):
            raise StoppedError(f"the loss is {risk.data!r}: {self._cause(risk)}")
        self.optimizer.zero_grad()
        risk.backward()
        # A finite sum has finite terms, and is the cheapest check for every step.
        if not isfinite(sum(map(GRAD, parameters))) and not all(map(isfinite, map(GRAD, parameters))):
            raise StoppedError(self._cause(risk))
        return risk.data, list(map(numbers_of, outputs)) if self.wanted else []

    def _cause(self, risk: Value) -> str:
        """What `diagnose` says about a loss, or the gradient of a parameter, that is not finite."""
        names = {parameter: name for name, parameter in self.model.named_parameters()}
        return diagnose(risk, [(names.get(x, ""), x) for x in self.optimizer.parameters])[0].message
