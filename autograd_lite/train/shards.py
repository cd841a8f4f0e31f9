"""A batch computed by the workers of an executor: in shards, whose sums are added in one order.

The samples are cut into SHARDS, the i-th sample into shard i % SHARDS, however many workers there are. For each step, a
shard with samples in the batch is one task: a pure function of the keys of what the workers keep (see `parcels`), the
rows of its samples and the numbers of the parameters. Back come the sums over these samples of the loss and of its
gradient, or None from a worker that lacks a parcel, which is then sent along. The sums are added in the order of the
shards, so that nothing depends on which worker computed what, when, or how often.
"""

from __future__ import annotations

import signal
import threading
import traceback
from array import array
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from math import isfinite
from multiprocessing import parent_process
from operator import add
from typing import Any, NamedTuple

from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value
from autograd_lite.nn.samples import numbers_of
from autograd_lite.train.batches import DATA, GRAD, Batches, StoppedError
from autograd_lite.train.history import WorkerError
from autograd_lite.train.parcels import kept, packed

# An even share for 2, 3, 4, 6, 8, 12 and 24 workers, and few enough that handing them out and adding their sums takes
# little time.
SHARDS = 24
PROBED = 8  # samples of the first batch that are computed in this process too
TOLERANCE = 1e-6  # of the largest contribution: rounding differs by far less, another function by far more


class Sums(NamedTuple):
    """What a shard contributes: the loss and the gradient, each a sum over its samples, and the outputs if wanted."""

    loss: float
    gradient: array[float]
    outputs: list[Any]


def sums_of(
    keys: tuple[bytes, bytes], rows: array[int], numbers: array[float], wanted: bool, sent: Mapping[bytes, bytes]
) -> Sums | str | None:
    """The task: the sums over some samples of a shard; None where a parcel is lacking; the traceback of an error."""
    if parent_process() is not None and threading.current_thread() is threading.main_thread():
        # In a terminal Ctrl-C reaches the pool's processes too. The process that trains answers it; one of the pool
        # that is idle would die, and the pool with it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        found = kept(keys, sent)
        if found is None:
            return None
        (model, loss, parameters), (samples, targets) = found
        for parameter, number in zip(parameters, numbers, strict=True):
            parameter.data, parameter.grad = number, 0.0
        outputs = [model(samples[row]) for row in rows]
        risk = loss(outputs, [targets[row] for row in rows])
        risk.backward()
        size = len(rows)
        gradient = array("d", (size * slope for slope in map(GRAD, parameters)))
        return Sums(size * risk.data, gradient, list(map(numbers_of, outputs)) if wanted else [])
    except Exception:
        return traceback.format_exc()  # not the error itself, which may not be picklable


class ShardedBatches:
    """`Batches` that are computed by the workers of an executor.

    What fails there is computed here, so that the error of a model or a loss is the same as without an executor.
    """

    def __init__(self, here: Batches, executor: Executor) -> None:
        if not isinstance(executor, Executor):
            hint = ": write client.get_executor()" if hasattr(executor, "get_executor") else ""
            hint = f": make one, {executor.__name__}()" if isinstance(executor, type) else hint
            raise TypeError(
                f"the executor is one of concurrent.futures, or of its kind, got {shortened(executor)}{hint}"
            )
        self.here, self.executor = here, executor
        self.shards = [
            packed((here.samples[k::SHARDS], here.targets[k::SHARDS]), "the samples and targets")
            for k in range(min(SHARDS, len(here.samples)))
        ]
        self.probed = False
        self.pack()

    def pack(self, *_: Any) -> None:
        """Pack model and loss: at the start, and after callbacks, which may have changed more than the parameters."""
        model, loss = self.here.model, self.here.loss
        self.parameters: list[Value] = list(dict.fromkeys([*model.parameters(), *self.here.optimizer.parameters]))
        self.model = packed((model, loss, self.parameters), "the model and the loss", self.parameters)

    def __call__(self, batch: list[int]) -> tuple[float, list[Any]]:
        """The loss of a batch, and the outputs if wanted; the gradients are set."""
        if not self.probed:
            self._probe(batch)
        places, found = self._sums(batch)
        failed = next((sums for sums in found if isinstance(sums, str)), None)
        if failed is not None:
            return self._alone(batch, failed)
        loss, gradient = 0.0, [0.0] * len(self.parameters)
        outputs: list[Any] = [None] * len(batch)
        for part, sums in zip(places, found, strict=True):
            loss += sums.loss
            gradient = list(map(add, gradient, sums.gradient))
            for place, output in zip(part, sums.outputs, strict=False):
                outputs[place] = output
        size = len(batch)
        if not isfinite(loss) or not all(map(isfinite, gradient)):
            return self.here(batch)  # which says where that came from; or only the sum, not the mean, is too large
        self.here.optimizer.zero_grad()
        for parameter, slope in zip(self.parameters, gradient, strict=True):
            parameter.grad += slope / size
        return loss / size, outputs if self.here.wanted else []

    def _sums(self, batch: list[int]) -> tuple[list[list[int]], list[Any]]:
        """For each shard in turn: the places of its samples in the batch, and what a worker has made of them."""
        places: dict[int, list[int]] = {}
        for place, i in enumerate(batch):
            places.setdefault(i % SHARDS, []).append(place)
        numbers = array("d", map(DATA, self.parameters))
        found: dict[int, Any] = dict.fromkeys(sorted(places))
        waiting: dict[int, Future[Any]] = {}

        def ask(k: int, *parcels: Any) -> Future[Any]:
            keys = self.model.key, self.shards[k].key
            rows = array("q", (batch[place] // SHARDS for place in places[k]))
            return self.executor.submit(sums_of, keys, rows, numbers, self.here.wanted, dict(parcels))

        try:
            for k in found:
                waiting[k] = ask(k)
            for k in found:
                found[k] = waiting[k].result()
                if found[k] is None:  # without waiting for it now, so that all that is lacking is under way
                    waiting[k] = ask(k, self.model, self.shards[k])
            for k in found:
                if found[k] is None:
                    found[k] = waiting[k].result()
        except Exception as error:  # sums_of returns its own: these are the executor's
            reason = f"the executor has failed with {type(error).__name__}: {error}".rstrip(": ")
            raise StoppedError(f"{reason}; with a new executor, fit goes on from here", WorkerError) from error
        finally:
            for future in waiting.values():
                future.cancel()  # those that nobody waits for, after an error or Ctrl-C
        return [places[k] for k in found], list(found.values())

    def _alone(self, batch: list[int], failed: str) -> tuple[float, list[Any]]:
        """Compute here what a worker has failed at: so the error is the same, or it is the worker's own."""
        self.here(batch)
        *_, last = failed.strip().splitlines()
        error = StoppedError(f"a worker fails where this process does not: {last}", WorkerError)
        error.__cause__ = RuntimeError(f"in the worker:\n{failed}")
        raise error

    def _probe(self, batch: list[int]) -> None:
        """Raise ValueError unless workers and this process agree about a few samples.

        They do not if the loss is no mean over samples, if model or loss draw random numbers, or if they use variables
        outside of them, of which every process has its own.
        """
        few = batch[:: len(batch) // PROBED | 1]  # an odd step, so that their shards differ
        before = list(map(GRAD, self.parameters))
        try:
            for parameter in self.parameters:  # also those that the optimiser does not have
                parameter.grad = 0.0
            loss, _ = self.here(few)
        except Exception:
            self.here(batch)  # which fails too, as it does without an executor
            raise
        finally:
            ours = list(map(GRAD, self.parameters))
            for parameter, slope in zip(self.parameters, before, strict=True):
                parameter.grad = slope
        self.pack()  # again, since modules take their names when they are first called
        _, found = self._sums(few)
        self.probed = True
        failed = next((sums for sums in found if isinstance(sums, str)), None)
        if failed is not None:
            self._alone(few, failed)
        theirs = [sum(slopes) / len(few) for slopes in zip(*(sums.gradient for sums in found), strict=True)]
        largest = max(abs(slope) for sums in found for slope in sums.gradient)
        mean, most = sum(sums.loss for sums in found) / len(few), max(abs(sums.loss) for sums in found)
        if abs(mean - loss) > TOLERANCE * most:
            what = f"their mean loss of {len(few)} samples is {mean!r}, the loss of all is {loss!r}"
        elif any(abs(a - b) > TOLERANCE * largest for a, b in zip(ours, theirs, strict=True)):
            what = f"their gradients of {len(few)} samples differ"
        else:
            return
        raise ValueError(
            f"the workers compute something else than this process: {what}. With an executor the loss must be a mean "
            "over the samples, as with reduction='mean', and model and loss may use neither random numbers nor "
            "variables of the program that hold parameters: give them as attributes or with functools.partial"
        )
