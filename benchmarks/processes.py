"""Measure how much faster two workers train than one, and print the table of benchmarks/README.md.

The pools take turns, and the fastest of several steps counts, because whatever else the machine does only ever adds.
Two cores must be free: on a busy machine two workers share one, and the ratio says nothing.
"""

from __future__ import annotations

import os
from concurrent.futures import Executor, ProcessPoolExecutor
from time import perf_counter, process_time

from autograd_lite import data, nn, optim
from autograd_lite.train import fit

SAMPLES, STEPS = 10_000, 3
POINTS = data.moons(SAMPLES, seed=1)


def step(executor: Executor | None) -> tuple[float, float]:
    """The seconds that a step takes on all samples, and those for which this process computes."""
    model = nn.MLP(2, [16, 1], "tanh", seed=1)
    rate, loss = optim.SGD(model.parameters(), lr=0.1), nn.losses.binary_cross_entropy_with_logits
    busy = process_time()
    history = fit(model, loss, *POINTS, optimizer=rate, epochs=1, executor=executor, progress=False)
    return history.seconds[0], process_time() - busy


def main() -> None:
    """Print the table."""
    with ProcessPoolExecutor(1) as one, ProcessPoolExecutor(2) as two:
        pools: dict[str, Executor | None] = {"here": None, "one": one, "two": two}
        for pool in (one, two):  # whose workers start, and ask for the samples
            step(pool)
            step(pool)
        started = perf_counter()
        measured: dict[str, list[tuple[float, float]]] = {name: [] for name in pools}
        for _ in range(STEPS):
            for name, executor in pools.items():
                measured[name].append(step(executor))
        spent = perf_counter() - started
    least = {name: min(seconds for seconds, _ in steps) for name, steps in measured.items()}
    main_process = min(busy for _, busy in measured["two"])
    print("| what | measured, per step | ratio | bar |\n|---|---|---|---|")
    ratio = least["one"] / least["two"]
    print(
        f"| `fit` on batches of {SAMPLES:,}: two workers against one | {least['two']:.2f} s against {least['one']:.2f} s | {ratio:.2f}× faster | ≥ 1.6× |"
    )
    ratio = least["one"] / least["here"]
    print(
        f"| one worker against no executor | {least['one']:.2f} s against {least['here']:.2f} s | {ratio:.2f}× | ≤ 1.1× |"
    )
    print(f"| what the main process computes meanwhile | {main_process * 1000.0:.0f} ms |  |  |")
    print(
        f"\n{spent:.0f} s; load of the machine {', '.join(f'{x:.1f}' for x in os.getloadavg())}; {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    main()
