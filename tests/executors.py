"""What the tests of executors send to other processes, which import this module and little else; and executors."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from concurrent.futures import Executor, Future
from multiprocessing import parent_process
from typing import Any

from autograd_lite import Value
from autograd_lite.nn import MLP, Module, losses
from autograd_lite.train import History
from autograd_lite.train.parcels import _SHELF

STRENGTH = Value(0.5)  # each process has its own


class Scaled(Module):
    """A network times a number that is no parameter."""

    def __init__(self) -> None:
        self.inner, self.scale = MLP(2, [3, 1], "tanh", seed=1), 1.0

    def forward(self, x: Any) -> Any:  # noqa: D102 - says the class
        return self.inner(x) * self.scale


def with_decay(model: Module, outputs: Any, targets: Any) -> Any:
    """The mean squared error and the squares of all weights of a model."""
    return losses.mse(outputs, targets) + 0.01 * sum(w * w for w in model.parameters())


def with_strength(outputs: Any, targets: Any) -> Any:
    """A loss with a variable of this module."""
    return losses.mse(outputs, targets) + STRENGTH * STRENGTH


def failing_elsewhere(outputs: Any, targets: Any) -> Any:
    """A loss that only the main process can compute."""
    if parent_process() is not None:
        raise LookupError("no such thing in a worker")
    return losses.mse(outputs, targets)


def network(hidden: int = 3, seed: int | None = 1, **options: Any) -> MLP:
    """A small network; 13 is a size that cannot be made."""
    if hidden == 13:
        raise ValueError("unlucky")
    return MLP(2, [hidden, 1], "tanh", seed=seed, **options)


def mortal(hidden: int) -> MLP:
    """A network that ends the worker that makes it if it is large."""
    if hidden > 3 and parent_process() is not None:
        os._exit(3)
    return network(hidden)


def tell_of_many_epochs(_: Module, history: History) -> None:
    """A callback that prints a word once, after a while."""
    if len(history.loss) == 500:
        os.write(1, b"many\n")  # at once: `print` may write the end of the line later, after another worker's word


class Moody(Executor):
    """Computes nothing until somebody waits; then in any order, some tasks twice, forgetting now and then what it kept."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.waiting: list[Callable[[], Any]] = []
        self.sent: list[tuple[Any, ...]] = []

    def submit(self, f: Any, /, *args: Any, **options: Any) -> Future[Any]:  # noqa: D102 - as the base's
        future = _Waiting()
        future.executor = self
        self.sent.append(args)

        def run() -> None:
            if self.random.random() < 0.1:
                _SHELF.things.clear()
            for _ in range(self.random.randint(1, 2)):
                result = f(*args, **options)
            future.set_result(result)

        self.waiting.append(run)
        return future


class _Waiting(Future[Any]):
    executor: Moody

    def result(self, timeout: float | None = None) -> Any:  # noqa: ARG002 - as the base's
        tasks, self.executor.waiting = self.executor.waiting, []
        self.executor.random.shuffle(tasks)
        for task in tasks:
            task()
        return super().result(0)
