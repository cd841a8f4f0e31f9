"""`fit`: the training loop, with a progress line, a history, and errors that say where a number went wrong."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from math import ceil, isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

from autograd_lite.engine.rng import Seed, as_rng
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value, plain
from autograd_lite.nn.modules import Module, evaluate
from autograd_lite.optim.optimizers import COMPUTING, Adam, Optimizer
from autograd_lite.train.arguments import (
    Loss,
    check_functions,
    functions_of,
    metrics_by_name,
    samples_and_targets,
    validation_pair,
)
from autograd_lite.train.batches import DATA, Batches, StoppedError
from autograd_lite.train.history import DivergedError, History
from autograd_lite.train.kept import Kept
from autograd_lite.train.progress import Progress

if TYPE_CHECKING:
    from concurrent.futures import Executor

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
    callbacks: Iterable[Callback] | Callback = (),
    progress: bool = True,
    executor: Executor | None = None,
    keep: int = 0,
) -> History:
    """Train a model: forward, backward, step, over and over; return the history.

    `X` and `y` are lists, arrays or tables (pandas, polars) of samples and targets. `loss(outputs, targets)`
    takes the model's outputs for the samples of a batch and their entries of `y`, as everything in
    `autograd_lite.nn.losses` does. The default optimiser
    is Adam with lr=0.01. Without `batch_size` every step takes all samples; smaller batches are drawn anew in each
    epoch, in an order that follows from `seed`, or from the package's generator without one. `metrics` are functions
    like the loss, such as `losses.accuracy` (for outputs that are probabilities, {"accuracy": partial(losses.accuracy,
    threshold=0.5)}). `clip` gets the parameters before each step, as in `lambda ps: clip_grad_norm(ps, 1.0)`. Each
    callback gets the model and the history after each epoch; one that returns True ends the training. Ctrl-C ends it
    too: the history so far is returned, and no step is left half done. Raises DivergedError, with epoch, batch and
    node, where the loss, a gradient or a step is nan or infinite; the parameters are those before that step. Raises
    TypeError or ValueError, before anything is trained, for data that are not finite and arguments that do not fit.

    An `executor` of `concurrent.futures`, such as ProcessPoolExecutor(), or `client.get_executor()` of Dask, computes
    the batches with its workers. The history does not depend on how many there are, to the last bit, and differs from
    that without an executor by rounding alone. The loss must be a mean over the samples, and model and loss the same
    in every process; the first step tries both on a few samples. It pays where a step takes much longer than the
    handing over of 24 tasks (`shards.SHARDS`): 5 ms for processes, 100 ms for Dask. Raises WorkerError, with the
    history so far, where the executor fails; what Dask's scheduler can make good, it does.

    With `keep` the history keeps the parameters from before the training and after up to so many epochs, evenly
    chosen, for the page that `history.save_html(path)` writes: there one watches the network learn.

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
    check_functions(model, loss, clip)
    samples, targets = samples_and_targets(X, y)
    held = validation_pair(validation, samples, targets) if validation is not None else None
    size = len(samples) if batch_size is None else batch_size
    if not all(hasattr(n, "__index__") for n in (size, epochs, keep)) or size < 1 or epochs < 0 or keep < 0:
        raise ValueError(
            "batch_size is None or a whole number from 1, epochs and keep are from 0; "
            f"got {batch_size!r}, {epochs!r} and {keep!r}"
        )
    optimizer = optimizer if optimizer is not None else Adam(model.parameters(), lr=0.01)
    if not isinstance(optimizer, Optimizer):
        hint = f": write optimizer={optimizer.__name__}(model.parameters())" if isinstance(optimizer, type) else ""
        raise TypeError(f"the optimizer is an Optimizer of autograd_lite.optim, got {shortened(optimizer)}{hint}")
    if not set(optimizer.parameters) & set(model.parameters()):
        raise ValueError(f"the optimizer has none of the parameters of {model.describe()}: make it with those")
    named = metrics_by_name(metrics)
    callbacks = functions_of("callbacks", callbacks)
    batches: Callable[[list[int]], tuple[float, list[Any]]]
    batches = here = Batches(model, loss, samples, targets, optimizer, bool(named))
    if executor is not None:
        from autograd_lite.train.shards import ShardedBatches  # here, since a browser has no processes

        batches = sharded = ShardedBatches(here, executor)
        callbacks += [sharded.pack] * bool(callbacks)
    history, rng = History(), as_rng(seed)
    if keep:
        history.kept = Kept(
            model,
            loss,
            samples,
            targets,
            optimizer=optimizer,
            keep=keep,
            held=held,
            batch_size=size,
            shuffle=shuffle,
            rng=rng,
            clipped=clip is not None,
        )
    order = list(range(len(samples)))
    start = perf_counter()
    steps = epochs * ceil(len(order) / size)
    with Progress(steps, epochs, shown=progress) as line, _Interruption() as interruption:
        try:
            line.start()  # here and not before the `try`, so that an interrupt in between leaves nothing behind
            interruption.start()
            for epoch in range(epochs):
                if history.kept is not None:
                    history.kept.check()
                if shuffle and size < len(order):
                    rng.shuffle(order)
                total = 0.0
                results: list[Any] = []
                for first in range(0, len(order), size):
                    batch = order[first : first + size]
                    with _located(f"epoch {epoch + 1}, batch {first // size + 1}", history):
                        risk, outputs = batches(batch)
                        if clip is not None:
                            clip(optimizer.parameters)
                        interruption.after(partial(_step, optimizer, model, history.kept))
                    total += risk * len(batch)
                    results += outputs
                    line.advance(epoch, total / (first + len(batch)), history.metrics)
                found = {name: plain(f([*results], [targets[i] for i in order])) for name, f in named.items()}
                if held is not None:
                    with _located(f"epoch {epoch + 1}, validation", history):
                        outputs = evaluate(model, held[0])
                    judged = {"loss": loss} | named
                    found |= {f"validation_{name}": plain(f([*outputs], [*held[1]])) for name, f in judged.items()}
                entry = (total / len(order), found, (epoch + 1) * len(order), perf_counter() - start)
                interruption.after(partial(_complete, history, epoch + 1, entry))
                answers = [callback(model, history) for callback in callbacks]
                if any(answer and type(answer).__name__ in ("bool", "bool_") for answer in answers):  # NumPy's True too
                    break
        except KeyboardInterrupt:
            history.interrupted = True
            line.ended = "interrupted"
    return history


def _complete(history: History, epoch: int, entry: tuple[Any, ...]) -> None:
    """Add a completed epoch to the history, with its parameters where they are kept."""
    history.append(*entry)
    if history.kept is not None:
        history.kept.add(epoch)


@contextmanager
def _located(place: str, history: History) -> Iterator[None]:
    """Say in which epoch and batch a computation failed."""
    try:
        yield
    except StoppedError as error:
        raise error.kind(f"training has stopped in {place}: {error}", history) from error.__cause__
    except (ArithmeticError, ValueError) as error:
        note = next(
            (n.removeprefix(COMPUTING) for n in getattr(error, "__notes__", []) if n.startswith(COMPUTING)), None
        )
        if note is None:  # not an operation of the graph: the caller's mistake
            raise
        reason = error.args[-1] if error.args else error  # the first of an OverflowError is an error number
        raise DivergedError(f"training has stopped in {place}: {reason} while computing {note}", history) from error


def _step(optimizer: Optimizer, model: Module, kept: Kept | None) -> None:
    """Do a step; an error, and all parameters as before, if it makes one of them nan or infinite."""
    before = list(map(DATA, optimizer.parameters))
    optimizer.step()
    after = list(map(DATA, optimizer.parameters))
    if isfinite(sum(after)) or all(map(isfinite, after)):
        if kept is not None:
            kept.step()
        return
    names = {parameter: name for name, parameter in model.named_parameters()}
    place = [*map(isfinite, after)].index(False)
    parameter, old, new = optimizer.parameters[place], before[place], after[place]
    for x, data in zip(optimizer.parameters, before, strict=True):
        x.data = data
    raise StoppedError(
        f"the step of {type(optimizer).__name__} makes {names.get(parameter, 'a parameter')} {new!r}: it was {old!r}, "
        f"with the gradient {parameter.grad!r}; lower the learning rate, or raise eps where it is 0"
    )


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
