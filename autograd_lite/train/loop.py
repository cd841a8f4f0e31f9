"""`fit`: the training loop, with a progress line, a history, and errors that say where a number went wrong."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from math import ceil, isfinite
from operator import attrgetter
from time import perf_counter
from typing import Any, Self

from autograd_lite.engine.ops import Operand
from autograd_lite.engine.reals import as_float
from autograd_lite.engine.rng import Seed, as_rng
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value, plain
from autograd_lite.nn.modules import Module, evaluate
from autograd_lite.nn.samples import as_lists, numbers_of
from autograd_lite.optim.optimizers import Adam, Optimizer
from autograd_lite.train.history import DivergedError, History
from autograd_lite.train.progress import Progress
from autograd_lite.views.doctor.diagnosis import diagnose

Loss = Callable[[list[Any], list[Any]], Any]
GRAD = attrgetter("grad")
COMPUTING = "autograd_lite: while computing "  # how the note of a failed operation begins


Callback = Callable[[Any, History], Any]


def fit(
    model: Module,
    loss: Loss,
    X: Iterable[Any],  # noqa: N803 - X is a matrix
    y: Iterable[Any],
    *,
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    shuffle: bool = True,
    seed: Seed = None,
    validation: tuple[Iterable[Any], Iterable[Any]] | None = None,
    metrics: Mapping[str, Loss] | Iterable[Loss] | Loss = (),
    clip: Callable[[list[Value]], Any] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: bool = True,
) -> History:
    """Train a model: forward, backward, step, over and over; return the history.

    `X` and `y` are lists or arrays of samples and targets. `loss(outputs, targets)` takes the model's outputs for the
    samples of a batch and their entries of `y`, as everything in `autograd_lite.nn.losses` does. The default optimiser
    is Adam with lr=0.01. Without `batch_size` every step takes all samples; smaller batches are drawn anew in each
    epoch, in an order that follows from `seed`, or from the package's generator without one. `metrics` are functions
    like the loss, such as `losses.accuracy` (for outputs that are probabilities, {"accuracy": partial(losses.accuracy,
    threshold=0.5)}). `clip` gets the parameters before each step, as in `lambda ps: clip_grad_norm(ps, 1.0)`. Each
    callback gets the model and the history after each epoch; one that returns True ends the training. Ctrl-C ends it
    too: the history so far is returned, and no step is left half done. Raises DivergedError, with epoch, batch and
    node, where the loss or a gradient is nan or infinite, before the parameters change; ValueError if the data are.

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
    samples, targets = _checked(X, y)
    held = _checked(*validation, "validation ") if validation is not None else None
    size = len(samples) if batch_size is None else batch_size
    if not all(hasattr(n, "__index__") for n in (size, epochs)) or size < 1 or epochs < 0:
        raise ValueError(
            f"batch_size is None or a whole number from 1, epochs one from 0; got {batch_size!r} and {epochs!r}"
        )
    optimizer = optimizer if optimizer is not None else Adam(model.parameters(), lr=0.01)
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"the optimizer is an Optimizer of autograd_lite.optim, got {shortened(optimizer)}")
    if not set(optimizer.parameters) & set(model.parameters()):
        raise ValueError(f"the optimizer has none of the parameters of {model.describe()}: make it with those")
    named = _named(metrics)
    callbacks = list(callbacks)
    history, rng = History(), as_rng(seed)
    order = list(range(len(samples)))
    start = perf_counter()
    steps = epochs * ceil(len(order) / size)
    with Progress(steps, epochs, shown=progress) as line, _Interruption() as interruption:
        try:
            line.start()  # here and not before the `try`, so that an interrupt in between leaves nothing behind
            interruption.start()
            for epoch in range(epochs):
                if shuffle and size < len(order):
                    rng.shuffle(order)
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


def _checked(X: Iterable[Any], y: Iterable[Any], what: str = "") -> tuple[list[Any], list[Any]]:  # noqa: N803 - a matrix
    """Samples and targets as lists, the samples of floats; ValueError where one is missing or not finite."""
    samples, targets = list(as_lists(X)), list(as_lists(y))
    if len(samples) != len(targets):
        raise ValueError(f"as many samples as targets are needed, got {len(samples)} and {len(targets)}")
    if not samples:
        raise ValueError(f"got no {what}samples")
    rows = _rows(samples, f"{what}sample")
    _rows(targets, f"{what}target")
    return rows, [as_lists(target) for target in targets]


def _rows(part: list[Any], name: str) -> list[Any]:
    rows = [_row(x, f"{name} {i}") for i, x in enumerate(part)]
    forms = [f"a list of {len(row)}" if isinstance(row, list) else "a number" for row in rows]
    for i, form in enumerate(forms):
        if form != forms[0]:
            raise ValueError(f"{name} {i} is {form}, but {name} 0 is {forms[0]}")
    return rows


def _row(x: Any, name: str) -> Any:
    x = as_lists(x)
    row = list(x) if isinstance(x, (list, tuple)) else [x]
    for place, entry in enumerate(row):
        try:
            row[place] = entry if isinstance(entry, Operand) else as_float(entry)
        except TypeError as error:
            raise TypeError(f"{name}, entry {place}: {error}") from None
        if not isfinite(plain(row[place])):
            raise ValueError(f"{name}, entry {place} is {row[place]!r}, but samples and targets must be finite")
    return row if isinstance(x, (list, tuple)) else row[0]


def _named(metrics: Mapping[str, Loss] | Iterable[Loss] | Loss) -> dict[str, Loss]:
    if isinstance(metrics, Mapping):
        return _not_loss(dict(metrics))
    functions = [metrics] if callable(metrics) else list(metrics)
    if not all(map(callable, functions)):
        raise TypeError(f"metrics are functions such as losses.accuracy, got {shortened(functions)}")
    named = {getattr(f, "__name__", ""): f for f in functions}
    if "" in named or len(named) < len(functions):
        raise ValueError("give metrics that have no name, or the same name, as a mapping from names to functions")
    return _not_loss(named)


def _not_loss(named: dict[str, Loss]) -> dict[str, Loss]:
    if "loss" in named:
        raise ValueError("a metric cannot be called 'loss', which is already in the history")
    return named


@contextmanager
def _located(place: str, history: History) -> Iterator[None]:
    """Say in which epoch and batch a computation failed."""
    try:
        yield
    except _NotFiniteError as error:
        raise DivergedError(f"training has stopped in {place}: {error}", history) from None
    except (ArithmeticError, ValueError) as error:
        note = next(
            (n.removeprefix(COMPUTING) for n in getattr(error, "__notes__", []) if n.startswith(COMPUTING)), None
        )
        if note is None:  # not an operation of the graph: the caller's mistake
            raise
        reason = error.args[-1] if error.args else error  # the first of an OverflowError is an error number
        raise DivergedError(f"training has stopped in {place}: {reason} while computing {note}", history) from error


class _NotFiniteError(Exception):
    """A number that is not finite, and where it came from."""


def _backward(risk: Any, model: Module, optimizer: Optimizer) -> float:
    """Compute the gradients of a loss and return its number; an error unless all are finite."""
    if not isinstance(risk, Value) or risk.op is None:
        raise TypeError(f"the loss must be a Value that was computed from the outputs, got {shortened(risk)}")
    if not isfinite(risk.data):
        raise _NotFiniteError(f"the loss is {risk.data!r}: {_cause(risk, model, optimizer)}")
    optimizer.zero_grad()
    risk.backward()
    # A finite sum has finite terms, and is the cheapest check for every step.
    if not isfinite(sum(map(GRAD, optimizer.parameters))) and not all(map(isfinite, map(GRAD, optimizer.parameters))):
        raise _NotFiniteError(_cause(risk, model, optimizer))
    return risk.data


def _cause(risk: Value, model: Module, optimizer: Optimizer) -> str:
    """What `diagnose` says about a loss, or the gradient of a parameter, that is not finite."""
    names = {parameter: name for name, parameter in model.named_parameters()}
    return diagnose(risk, [(names.get(x, ""), x) for x in optimizer.parameters])[0].message


class _Interruption:
    """Ctrl-C during a training: it waits until a step is done, so that either all parameters change or none."""

    def __init__(self) -> None:
        self.before: Any = signal.getsignal(signal.SIGINT)
        self.acting = False
        self.waiting: tuple[Any, ...] = ()
        # No signal arrives in other threads; and where the program has chosen to ignore it, it stays ignored.
        self.possible = threading.current_thread() is threading.main_thread() and callable(self.before)

    def __enter__(self) -> Self:
        return self

    def start(self) -> None:
        """Handle Ctrl-C until the end of the `with`."""
        if self.possible:
            signal.signal(signal.SIGINT, self._handle)

    def __exit__(self, *error: object) -> None:
        if self.possible:
            signal.signal(signal.SIGINT, self.before)

    def _handle(self, *event: Any) -> None:
        if self.acting:
            self.waiting = event
        else:
            self.before(*event)

    def after(self, action: Callable[[], None]) -> None:
        """Do something to its end; an interruption waits until after it."""
        self.acting = True
        try:
            action()
        finally:
            self.acting = False
        if self.waiting:
            event, self.waiting = self.waiting, ()
            self.before(*event)
