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

from autograd_lite.engine.ops import Operand, as_float
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value, plain
from autograd_lite.nn.modules import Module, evaluate, numbers_of
from autograd_lite.optim.optimizers import Adam, Optimizer
from autograd_lite.train.progress import Progress
from autograd_lite.views.doctor.diagnosis import diagnose

Loss = Callable[[list[Any], list[Any]], Any]
GRAD = attrgetter("_grad")
COMPUTING = "autograd_lite: while computing "  # how the note begins that a failed operation carries


@dataclass(repr=False)
class History:
    """What a training went through, one entry for each epoch that was completed.

    `loss` is the mean over the epoch, while the parameters change; `metrics` holds a list by the name of each
    metric, and of "validation_loss" and so on; `evaluations` counts the calls of the model on a sample to train on,
    and `seconds` the time, both from the start. `interrupted` says whether Ctrl-C ended it. Two histories are
    equal where all but the seconds is.

    >>> history = History()
    >>> history.append(0.5, {"accuracy": 0.9}, evaluations=100, seconds=0.1)
    >>> history, history.loss, history.metrics
    (History(1 epochs, loss 0.5, accuracy 0.9), [0.5], {'accuracy': [0.9]})
    """

    loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    evaluations: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list, compare=False)
    interrupted: bool = False

    def __repr__(self) -> str:
        latest = {"loss": self.loss, **self.metrics}
        numbers = ", ".join(f"{name} {values[-1]:.4g}" for name, values in latest.items() if values)
        return f"History({', '.join(filter(None, [f'{len(self.loss)} epochs', numbers]))})"

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

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.history)  # so that another process can hand it on


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
    metrics: Mapping[str, Loss] | Iterable[Loss] | Loss = (),
    clip: Callable[[list[Value]], Any] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: bool = True,
) -> History:
    """Train a model: forward, backward, step, over and over; return the history.

    `loss(outputs, targets)` takes what the model gives for the samples of a batch and their entries of `y`,
    as all of `autograd_lite.nn.losses` do. The default optimiser is Adam with lr=0.01. `batch_size` None
    takes all samples at once; smaller batches are drawn anew each epoch, in an order that follows from
    `seed`. `metrics` are functions like the loss, such as `losses.accuracy` (for outputs that are probabilities
    {"accuracy": partial(losses.accuracy, threshold=0.5)}). `clip` gets the parameters
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
    held = checked(*validation, "validation ") if validation is not None else None
    size = len(samples) if batch_size is None else batch_size
    if not all(hasattr(n, "__index__") for n in (size, epochs)) or size < 1 or epochs < 0:
        raise ValueError(
            f"batch_size is a whole number from 1 on or None, epochs one from 0 on; got {batch_size!r} and {epochs!r}"
        )
    optimizer = optimizer if optimizer is not None else Adam(model.parameters(), lr=0.01)
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"the optimizer is one of autograd_lite.optim, got {shortened(optimizer)}")
    if not set(optimizer.parameters) & set(model.parameters()):
        raise ValueError(f"the optimizer has none of the parameters of {model.describe()}: make it with these")
    named = _named(metrics)
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
                    results += map(numbers_of, outputs) if named else ()
                    line.advance(epoch, total / (first + len(batch)), history.metrics)
                found = {name: plain(f(results, [targets[i] for i in order])) for name, f in named.items()}
                if held is not None:
                    with _located(f"epoch {epoch + 1}, validation", history):
                        outputs = evaluate(model, held[0])
                    judged = {"loss": loss} | named
                    found |= {f"validation_{name}": plain(f(outputs, held[1])) for name, f in judged.items()}
                entry = (total / len(order), found, (epoch + 1) * len(order), perf_counter() - start)
                interruption.after(partial(history.append, *entry))
                answers = [callback(model, history) for callback in callbacks]
                if any(answer and type(answer).__name__ in ("bool", "bool_") for answer in answers):  # NumPy's True too
                    break
        except KeyboardInterrupt:
            history.interrupted = True
    return history


def checked(
    X: Sequence[Any],  # noqa: N803 - X is a matrix
    y: Sequence[Any],
    what: str = "",
) -> tuple[list[Any], list[Any]]:
    """Samples and targets as lists, the samples of floats; ValueError where one is missing or no finite number.

    >>> checked([[1, 2]], [1])
    ([[1.0, 2.0]], [1])
    """
    samples, targets = (list(part.tolist() if hasattr(part, "tolist") else part) for part in (X, y))
    if len(samples) != len(targets):
        raise ValueError(f"as many samples as targets are needed, got {len(samples)} and {len(targets)}")
    if not samples:
        raise ValueError(f"there is no {what}sample")
    rows = _rows(samples, f"{what}sample")
    _rows(targets, f"{what}target")
    return rows, [t.tolist() if hasattr(t, "tolist") else t for t in targets]


def _rows(part: list[Any], name: str) -> list[Any]:
    rows = [_row(x, f"{name} {i}") for i, x in enumerate(part)]
    forms = [f"a list of {len(row)}" if isinstance(row, list) else "a number" for row in rows]
    for i, form in enumerate(forms):
        if form != forms[0]:
            raise ValueError(f"{name} {i} is {form}, {name} 0 {forms[0]}")
    return rows


def _row(x: Any, name: str) -> Any:
    x = x.tolist() if hasattr(x, "tolist") else x
    row = list(x) if isinstance(x, (list, tuple)) else [x]
    for place, entry in enumerate(row):
        try:
            row[place] = entry if isinstance(entry, Operand) else as_float(entry)
        except TypeError as error:
            raise TypeError(f"{name}, entry {place}: {error}") from None
        if not isfinite(row[place]):
            raise ValueError(f"{name}, entry {place} is {row[place]!r}, which nothing can be learned from")
    return row if isinstance(x, (list, tuple)) else row[0]


def _named(metrics: Mapping[str, Loss] | Iterable[Loss] | Loss) -> dict[str, Loss]:
    if isinstance(metrics, Mapping):
        return _not_loss(dict(metrics))
    functions = [metrics] if callable(metrics) else list(metrics)
    if not all(map(callable, functions)):
        raise TypeError(f"metrics are functions such as losses.accuracy, got {shortened(functions)}")
    named = {getattr(f, "__name__", ""): f for f in functions}
    if "" in named or len(named) < len(functions):
        raise ValueError("metrics without a name, or of the same name, are given as a mapping from name to function")
    return _not_loss(named)


def _not_loss(named: dict[str, Loss]) -> dict[str, Loss]:
    if "loss" in named:
        raise ValueError("a metric cannot be called 'loss', which stands in the history already")
    return named


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
        reason = error.args[-1] if error.args else error  # of an OverflowError the first is a number of the system's
        raise DivergedError(f"training has stopped in {place}: {reason} while computing {note}", history) from error


class _NotFiniteError(Exception):
    """What is not finite, and where it came from."""


def _backward(risk: Any, model: Module, optimizer: Optimizer) -> float:
    """The gradients of a loss, and its number; both finite, or an error."""
    if not isinstance(risk, Value) or risk.op is None:
        raise TypeError(f"the loss must be a Value that was computed from the outputs, got {shortened(risk)}")
    if not isfinite(risk.data):
        raise _NotFiniteError(f"the loss is {risk.data!r}: {_cause(risk, model, optimizer)}")
    optimizer.zero_grad()
    risk.backward()
    # A finite sum has finite terms, and is the least to be looked at in every step.
    if not isfinite(sum(map(GRAD, optimizer.parameters))) and not all(map(isfinite, map(GRAD, optimizer.parameters))):
        raise _NotFiniteError(_cause(risk, model, optimizer))
    return risk.data


def _cause(risk: Value, model: Module, optimizer: Optimizer) -> str:
    """What the doctor finds where the loss, or the gradient of a parameter, is not finite."""
    names = {parameter: name for name, parameter in model.named_parameters()}
    return diagnose(risk, [(names.get(x, ""), x) for x in optimizer.parameters])[0].message


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
