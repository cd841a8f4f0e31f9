"""Measure how much faster two workers train than one, and print the table of benchmarks/README.md.

The pools take turns, and the fastest of several steps counts, because whatever else the machine does only ever adds. By
the clock, two cores must be free. Processor time is there for busy machines: that of this process and of the worker
that computes most, which is how long a step takes if nobody else computes.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from itertools import pairwise
from time import perf_counter, process_time
from typing import Any, NamedTuple

from autograd_lite import data, nn, optim
from autograd_lite.train import History, fit

SAMPLES, STEPS = 10_000, 4
POINTS = data.moons(SAMPLES, seed=1)


class Step(NamedTuple):
    """How long a step has taken: by the clock, in this process, and in the busiest worker."""

    seconds: float
    here: float
    there: float

    @property
    def processor(self) -> float:
        """The processor time of what cannot be done at once."""
        return self.here + self.there


class Timed(Executor):
    """An executor that adds up the processor time of each worker."""

    def __init__(self, pool: Executor) -> None:
        self.pool, self.spent = pool, Counter[int]()

    def submit(self, f: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """Hand a task on."""
        answer = Future[Any]()

        def take(future: Future[Any]) -> None:
            result, nanoseconds, worker = future.result()
            self.spent[worker] += nanoseconds
            answer.set_result(result)

        self.pool.submit(timed, f, *args, **options).add_done_callback(take)
        return answer


def timed(f: Callable[..., Any], *args: Any, **options: Any) -> tuple[Any, int, int]:
    """What a function returns, the nanoseconds that it has computed, and where."""
    start = process_time()
    result = f(*args, **options)
    return result, round((process_time() - start) * 1e9), os.getpid()


def steps(pool: Executor | None) -> list[Step]:
    """Some steps on all samples, without the first ones, in which workers start and ask for the samples."""
    executor = None if pool is None else Timed(pool)
    marks: list[tuple[float, float, Counter[int]]] = []

    def mark(*_: nn.Module | History) -> None:
        marks.append((perf_counter(), process_time(), Counter() if executor is None else executor.spent.copy()))

    model = nn.MLP(2, [16, 1], "tanh", seed=1)
    rate, loss = optim.SGD(model.parameters(), lr=0.1), nn.losses.binary_cross_entropy_with_logits
    fit(model, loss, *POINTS, optimizer=rate, epochs=STEPS + 2, executor=executor, progress=False, callbacks=mark)
    found = []
    for (clock, here, there), (clock_after, here_after, there_after) in pairwise(marks[1:]):
        busiest = max((there_after - there).values(), default=0) * 1e-9
        found.append(Step(clock_after - clock, here_after - here, busiest))
    return found


def main() -> None:
    """Print the table."""
    with ProcessPoolExecutor(1) as one, ProcessPoolExecutor(2) as two:
        alone, single, double = [], [], []
        for _ in range(2):
            alone += steps(None)
            single += steps(one)
            double += steps(two)
    print("| what | measured, per step | ratio | bar |\n|---|---|---|---|")
    first, second = (min(step.seconds for step in found) for found in (single, double))
    print(
        f"| `fit` on batches of {SAMPLES:,}: two workers against one | {second:.2f} s against {first:.2f} s | {first / second:.2f}× faster | ≥ 1.6× |"
    )
    first, second = (min(step.processor for step in found) for found in (single, double))
    print(
        f"| the same in processor time | {second:.2f} s against {first:.2f} s | {first / second:.2f}× faster | ≥ 1.6× |"
    )
    here = min(step.processor for step in alone)
    print(
        f"| one worker against no executor, in processor time | {first:.2f} s against {here:.2f} s | {first / here:.2f}× | ≤ 1.1× |"
    )
    print(f"| what the main process computes meanwhile | {min(step.here for step in double) * 1000.0:.0f} ms |  |  |")
    print(f"\nLoad of the machine {', '.join(f'{x:.1f}' for x in os.getloadavg())}; {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
