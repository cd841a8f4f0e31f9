"""`fit`: the training loop, with a progress line, a history, and errors that say where a number went wrong."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from math import ceil, isfinite
from operator import attrgetter
from random import Random
from time import perf_counter
from typing import Any, Self

from autograd_lite.graph import topological_order
from autograd_lite.nn.modules import Module
from autograd_lite.ops import Operand, number, shortened
from autograd_lite.optim.optimizers import Adam, Optimizer
from autograd_lite.progress import Progress
from autograd_lite.value import Value, plain

Loss = Callable[[list[Any], list[Any]], Any]
GRAD = attrgetter("_grad")
COMPUTING = "autograd_lite: while computing "  # how the note begins that a failed operation carries


@dataclass
class History:
    """What a training went through, one entry for each epoch that was completed.

    `loss` is the mean over the epoch, while the parameters change; `metrics` holds a list by the name of each
    metric, and of "validation_loss" and so on; `evaluations` counts the calls of the model on a sample, and
    `seconds` the time, both from the start. `interrupted` says whether Ctrl-C ended it. Two histories are
    equal where all but the seconds is.

    >>> history = History()
    >>> history.append(0.5, {"accuracy": 0.9}, evaluations=100, seconds=0.1)
    >>> history.loss, history.metrics
    ([0.5], {'accuracy': [0.9]})
    """

    loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    evaluations: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list, compare=False)
    interrupted: bool = False

    def append(self, loss: float, metrics: Mapping[str, float], evaluations: int, seconds: float) -> None:
        """Add an epoch."""
        self.loss.append(loss)
        self.evaluations.append(evaluations)
        self.seconds.append(seconds)
        for name, value in metrics.items():
            self.metrics.setdefault(name, []).append(value)

    def plot(self, ax: Any = None) -> Any:
        """The loss and the metrics over the epochs, on axes of matplotlib, which are returned."""
        from autograd_lite.plots import loss_curves

        return loss_curves(self, ax)


Callback = Callable[[Any, History], Any]


class DivergedError(ArithmeticError):
    """A training that met nan, inf or an operation without a result; `history` holds the epochs before."""

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def fit(
    model: Module,
    loss: Loss,
    X: Sequence[Any],  # noqa: N803 - X is a matrix
    y: Sequence[Any],
    *,
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    shuffle: bool = True,
    seed: int = 0,
    validation: tuple[Sequence[Any], Sequence[Any]] | None = None,
    metrics: Mapping[str, Loss] | Iterable[Loss] = (),
    clip: Callable[[list[Value]], Any] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: bool = True,
) -> History:
    """Train a model: forward, backward, step, over and over; return the history.

    `loss(outputs, targets)` takes what the model gives for the samples of a batch and their entries of `y`,
    as all of `autograd_lite.nn.losses` do. The default optimiser is Adam with lr=0.01. `batch_size` None
    takes all samples at once; smaller batches are drawn anew each epoch, in an order that follows from
    `seed`. `metrics` are functions like the loss, such as `losses.accuracy`. `clip` gets the parameters
    before each step, as `lambda ps: clip_grad_norm(ps, 1.0)` does. Each callback gets the model and the history
    after each epoch; one that returns True ends the training. Ctrl-C ends it too: the history so far is
    returned, and no step is left half done. Raises DivergedError where the loss or a gradient is nan or
    infinite, with epoch, batch and node, while the parameters are still those before; ValueError for such data.

    >>> from autograd_lite import nn, optim
    >>> from autograd_lite.data import gate
    >>> from autograd_lite.train import fit
    >>> model = nn.MLP(2, [4, 1], "tanh", seed=1)
    >>> rate = optim.Adam(model.parameters(), lr=0.1)
    >>> loss = nn.losses.binary_cross_entropy_with_logits
    >>> history = fit(model, loss, *gate("xor"), optimizer=rate, epochs=100, metrics=[nn.losses.accuracy])
    >>> history.loss[-1] < 0.1, history.metrics["accuracy"][-1], history.evaluations[-1]
    (True, 1.0, 400)
    """
    samples, targets = checked(X, y)
    held = checked(*validation) if validation is not None else None
    size = len(samples) if batch_size is None else min(batch_size, len(samples))
    if size < 1 or epochs < 0:
        raise ValueError(f"batch_size is 1 or more or None, and epochs 0 or more; got {batch_size!r} and {epochs!r}")
    optimizer = optimizer if optimizer is not None else Adam(model.parameters(), lr=0.01)
    named = dict(metrics) if isinstance(metrics, Mapping) else {f.__name__: f for f in metrics}
    callbacks = list(callbacks)
    history, chance = History(), Random(seed)
    order = list(range(len(samples)))
    start = perf_counter()
    steps = epochs * ceil(len(order) / size)
    with Progress(steps, epochs, shown=progress) as line, _Interruption() as interruption:
        try:
            for epoch in range(epochs):
                if shuffle and size < len(order):
                    chance.shuffle(order)
                total = 0.0
                results: list[Any] = []
                for first in range(0, len(order), size):
                    batch = order[first : first + size]
                    with _located(f"epoch {epoch + 1}, batch {first // size + 1}", history):
                        outputs = [model(samples[i]) for i in batch]
                        risk = _backward(loss(outputs, [targets[i] for i in batch]), model, optimizer)
                    if clip is not None:
                        clip(optimizer.parameters)
                    interruption.after(optimizer.step)
                    total += risk * len(batch)
                    results += map(_numbers, outputs) if named else ()
                    line.advance(epoch, total / (first + len(batch)), history.metrics)
                found = {name: plain(f(results, [targets[i] for i in order])) for name, f in named.items()}
                if held is not None:
                    outputs = evaluate(model, held[0])
                    judged = {"loss": loss} | named
                    found |= {f"validation_{name}": plain(f(outputs, held[1])) for name, f in judged.items()}
                entry = (total / len(order), found, (epoch + 1) * len(order), perf_counter() - start)
                interruption.after(partial(history.append, *entry))
                answers = [callback(model, history) for callback in callbacks]
                if any(answer is True for answer in answers):
                    break
        except KeyboardInterrupt:
            history.interrupted = True
    return history


def evaluate(model: Module, X: Sequence[Any]) -> list[Any]:  # noqa: N803 - X is a matrix
    """The outputs of a model for each sample as plain numbers, without recording them.

    >>> from autograd_lite.nn import MLP
    >>> evaluate(MLP(2, [1], init="zeros"), [[1.0, 2.0], [3.0, 4.0]])
    [0.0, 0.0]
    """
    frozen = model.frozen()
    return [_numbers(frozen(x)) for x in X]


def checked(X: Sequence[Any], y: Sequence[Any]) -> tuple[list[Any], list[Any]]:  # noqa: N803 - X is a matrix
    """Samples and targets as lists of floats; ValueError where one is missing, or is no finite number.

    >>> checked([[1, 2]], [1])
    ([[1.0, 2.0]], [1])
    """
    samples, targets = (list(part.tolist() if hasattr(part, "tolist") else part) for part in (X, y))
    if len(samples) != len(targets):
        raise ValueError(f"as many samples as targets are needed, got {len(samples)} and {len(targets)}")
    if not samples:
        raise ValueError("there is no sample to train on")
    rows = [_row(x, f"sample {i}") for i, x in enumerate(samples)]
    for i, target in enumerate(targets):
        _row(target, f"target {i}")
    return rows, [t.tolist() if hasattr(t, "tolist") else t for t in targets]


def _row(x: Any, name: str) -> list[Any]:
    x = x.tolist() if hasattr(x, "tolist") else x
    row = list(x) if isinstance(x, (list, tuple)) else [x]
    for place, entry in enumerate(row):
        try:
            row[place] = entry if isinstance(entry, Operand) else number(entry)
        except TypeError as error:
            raise TypeError(f"{name}, entry {place}: {error}") from None
        if not isfinite(row[place]):
            raise ValueError(f"{name}, entry {place} is {row[place]!r}, which nothing can be learned from")
    return row


def _numbers(output: Any) -> Any:
    """The numbers of a model's output, without its graph."""
    return [_numbers(x) for x in output] if isinstance(output, (list, tuple)) else float(output)


@contextmanager
def _located(place: str, history: History) -> Iterator[None]:
    """Say of a failed computation in which epoch and batch that was."""
    try:
        yield
    except _NotFiniteError as error:
        raise DivergedError(f"training has stopped in {place}: {error}", history) from None
    except (ArithmeticError, ValueError) as error:
        note = next(
            (n.removeprefix(COMPUTING) for n in getattr(error, "__notes__", []) if n.startswith(COMPUTING)), None
        )
        if note is None:  # not an operation of the graph: a mistake of the caller's
            raise
        raise DivergedError(f"training has stopped in {place}: {error} while computing {note}", history) from error


class _NotFiniteError(Exception):
    """What is not finite, and where it came from."""


def _backward(risk: Any, model: Module, optimizer: Optimizer) -> float:
    """The gradients of a loss, and its number; both finite, or an error."""
    if not isinstance(risk, Value):
        raise TypeError(
            f"the loss must be a Value that follows from the outputs, got {type(risk).__name__} {shortened(risk)}"
        )
    if not isfinite(risk.data):
        raise _NotFiniteError(f"the loss is {risk.data!r}, {_origin(risk)}")
    optimizer.zero_grad()
    risk.backward()
    # A finite sum has finite terms, and is the least to be looked at in every step.
    if not isfinite(sum(map(GRAD, optimizer.parameters))):
        for parameter in optimizer.parameters:
            if not isfinite(parameter.grad):
                names = {p: name for name, p in model.named_parameters()}
                name = names.get(parameter, parameter.label or "a parameter")
                raise _NotFiniteError(f"the gradient of {name} is {parameter.grad!r}, though the loss is finite")
    return risk.data


def _origin(risk: Value) -> str:
    """The first node of a graph that is not finite, and what it was computed from."""
    for node in topological_order(risk):
        where = f" in scope {'/'.join(node.scope)}" if node.scope else ""
        for x in node.operands:
            if type(x) is Value and x.op is None and not isfinite(x.data):
                return f"because a leaf that is used{where} is: {x!r}"
        if not isfinite(node.data):
            operands = (x.label or x.data if type(x) is Value else x for x in node.operands)
            return f"which arose{where} as {node.op.written(*operands)} = {node.data!r}"
    return f"because it is a leaf: {risk!r}"


class _Interruption:
    """Ctrl-C during a training: it waits until a step is done, so that all parameters change, or none."""

    def __init__(self) -> None:
        self.before: Any = signal.getsignal(signal.SIGINT)
        self.acting = False
        self.waiting: tuple[Any, ...] = ()
        # In other threads no signal arrives; and where the program has chosen to ignore it, it stays ignored.
        self.possible = threading.current_thread() is threading.main_thread() and callable(self.before)

    def __enter__(self) -> Self:
        if self.possible:
            signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *error: object) -> None:
        if self.possible:
            signal.signal(signal.SIGINT, self.before)

    def _handle(self, *event: Any) -> None:
        if self.acting:
            self.waiting = event
        else:
            self.before(*event)

    def after(self, action: Callable[[], None]) -> None:
        """Do something whole; an interruption comes after it."""
        self.acting = True
        try:
            action()
        finally:
            self.acting = False
        if self.waiting:
            event, self.waiting = self.waiting, ()
            self.before(*event)
