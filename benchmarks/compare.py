"""Measure autograd_lite against micrograd in one run, and print the table of benchmarks/README.md.

Both engines run the same program in turn; the least of several runs counts, because whatever else the
machine does only ever adds. Ratios carry over to other machines, nanoseconds do not.
"""

from __future__ import annotations

import gc
import importlib.util
import math
import os
import platform
import random
import subprocess
import sys
import time
import tracemalloc
import types
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import micrograd.engine
import micrograd.nn
import page_times

import autograd_lite
from autograd_lite import Value, data, draw, gradients, nn, optim, trace
from autograd_lite.engine.graph import topological_order
from autograd_lite.train import fit
from autograd_lite.views.expressions import Expression

IMPORT = "from autograd_lite import Value, exp"
ENGINES = {"autograd_lite": Value, "micrograd": micrograd.engine.Value}


def networks(engine: Any) -> types.ModuleType:
    """The networks of micrograd's own module, upon the Value of either engine."""
    spec = importlib.util.find_spec("micrograd.nn")
    source = Path(str(spec and spec.origin)).read_text(encoding="utf-8")
    module = types.ModuleType("nn")
    vars(module)["Value"] = engine
    exec(source.replace("from micrograd.engine import Value", ""), vars(module))
    return module


def moons(count: int) -> list[tuple[list[float], int]]:
    """Two interleaving half circles with noise, and the class -1 or 1 of each point."""
    rng = random.Random(1337)
    points = []
    for i in range(count):
        angle, side = math.pi * rng.random(), i % 2
        x = math.cos(angle) if side else 1.0 - math.cos(angle)
        y = math.sin(angle) if side else 0.5 - math.sin(angle)
        points.append(([x + rng.gauss(0.0, 0.1), y + rng.gauss(0.0, 0.1)], 2 * side - 1))
    return points


def demo_step(engine: Any) -> Callable[[], Any]:
    """The loss of micrograd's demo: MLP 2-16-16-1 with relu on 100 points, hinge and L2, as its notebook has it."""
    random.seed(1337)
    model = networks(engine).MLP(2, [16, 16, 1])
    data = moons(100)

    def loss() -> Any:
        scores = [model([engine(x) for x in point]) for point, _ in data]
        losses = [(1 + -label * score).relu() for (_, label), score in zip(data, scores, strict=True)]
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())

    return loss


def training_step(engine: Any, model: Any) -> Callable[[], Any]:
    """Three full-batch steps of micrograd's demo, from the loss to the new parameters, with the engine's own network.

    One after another, as in training, so that what a step leaves behind is cleared up in the time that is measured.
    """
    points = moons(100)

    def step() -> None:
        scores = [model([engine(x) for x in point]) for point, _ in points]
        losses = [(1 + -label * score).relu() for (_, label), score in zip(points, scores, strict=True)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad

    def three_steps() -> None:
        for _ in range(3):
            step()

    return three_steps


def trainings(batch_size: int | None) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """A training with `fit`, and the same as a loop written by hand."""
    X, y = data.moons(100, seed=0)  # noqa: N806 - X is a matrix
    epochs, loss = (4, nn.losses.binary_cross_entropy_with_logits) if batch_size is None else (1, nn.losses.mse)
    size = batch_size or len(X)

    def fitted() -> None:
        model = nn.MLP(2, [16, 16, 1], "tanh", seed=0)
        rate = optim.SGD(model.parameters(), lr=0.1)
        fit(model, loss, X, y, optimizer=rate, epochs=epochs, batch_size=batch_size, shuffle=False, progress=False)

    def by_hand() -> None:
        model = nn.MLP(2, [16, 16, 1], "tanh", seed=0)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        for _ in range(epochs):
            for first in range(0, len(X), size):
                outputs = [model(x) for x in X[first : first + size]]
                risk = loss(outputs, y[first : first + size])
                optimizer.zero_grad()
                risk.backward()
                optimizer.step()

    return fitted, by_hand


def overhead(batch_size: int | None, runs: int) -> float:
    """How much longer a training takes with `fit`: the ratio of the least times of runs in turn."""
    best = [math.inf, math.inf]
    for _ in range(runs):
        for which, train in enumerate(trainings(batch_size)):
            gc.collect()
            start = time.perf_counter()
            train()
            best[which] = min(best[which], time.perf_counter() - start)
    return best[0] / best[1]


def chain(engine: Any, length: int) -> Callable[[], Any]:
    """A chain of multiplications and additions."""

    def build() -> Any:
        x = y = engine(0.999999)
        for _ in range(length // 2):
            y = y * 0.999999
            y = y + x
        return y

    return build


def seconds(build: Callable[[], Any], *, backward: bool = True, runs: int) -> float:
    """The least time of a forward pass, a backward pass and the freeing of the graph."""
    best = math.inf
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter()
        y = build()
        if backward:
            y.backward()
        del y
        best = min(best, time.perf_counter() - start)
    return best


def backward_seconds(y: Any, differentiate: Callable[[Any], Any], runs: int) -> float:
    """The least time of a derivative of a graph that is there already."""
    best = math.inf
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter()
        result = differentiate(y)
        best = min(best, time.perf_counter() - start)
        del result
    return best


def bytes_per_node(build: Callable[[], Any], nodes: int) -> float:
    """What a graph holds after forward and backward, its numbers and gradients included."""
    gc.collect()
    tracemalloc.start()
    y = build()
    y.backward()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del y
    return held / nodes


def import_milliseconds(runs: int) -> float:
    """How much longer Python takes to start when it imports the package: the median of runs in turn."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        return time.perf_counter() - start

    run(IMPORT)  # so that the compiled files are there, as after an installation
    above = sorted(run(IMPORT) - run("pass") for _ in range(runs))
    return 1000.0 * above[len(above) // 2]


def training_loss() -> Any:
    """The loss of micrograd's demo, with `nn.MLP` and `nn.losses`, after its backward pass."""
    X, y = data.moons(100, seed=0)  # noqa: N806 - X is a matrix
    model = nn.MLP(2, [16, 16, 1], seed=0)
    scores = [model([Value(x) for x in point]) for point in X]
    loss = nn.losses.hinge(scores, [2 * k - 1 for k in y]) + 1e-4 * nn.losses.l2(model.parameters())
    loss.backward()
    return loss


def picture_seconds(y: Any, runs: int) -> float:
    """The least time from a graph to its picture as SVG, folded by neuron: folding, drawing and layout."""
    return backward_seconds(y, lambda y: draw(y).svg(), runs)


def views_seconds(runs: int) -> tuple[float, float]:
    """The least time of the trace of 10,000 nodes, and of the page of 100 nodes without its layout."""
    long, short = chain(Value, 10_000)(), chain(Value, 100)()
    steps = trace(short)
    whole = backward_seconds(short, lambda _: steps.to_html(), runs)
    return backward_seconds(long, trace, runs), whole - backward_seconds(short, lambda y: draw(y).svg(), runs)


def shared_seconds(runs: int) -> float:
    """The least time from 400 nodes, a leaf and a computed value that every step uses, to their picture as SVG."""
    w = Value(0.5, "w")
    c = y = w * w
    for _ in range(132):
        y = (y * w + c).tanh()
    return picture_seconds(y, runs)


def typed_seconds(runs: int) -> float:
    """The least time from a text of 5,000 terms to the table of its steps: parsed, computed, and traced both ways."""
    text = " + ".join(f"{i % 7 + 1}x" for i in range(5_000))

    def tabled(text: str) -> str:
        y = Expression(text)(x=Value(1.5, "x"))
        y.backward()
        return trace(y).to_text()

    tabled("x")  # the grammar is loaded once
    return backward_seconds(text, tabled, runs)


def main() -> None:
    """Print the table."""
    sys.setrecursionlimit(100_000)  # micrograd recurses along the graph
    demo = {name: demo_step(engine) for name, engine in ENGINES.items()}
    operations = len(topological_order(demo["autograd_lite"]()))
    times = dict.fromkeys(ENGINES, (math.inf, math.inf))
    for _ in range(5):  # in turn, so that a slow moment of the machine meets both
        for name, engine in ENGINES.items():
            step, short = seconds(demo[name], runs=1), seconds(chain(engine, 1000), runs=20)
            times[name] = min(times[name][0], step), min(times[name][1], short)
    (step, short), (their_step, their_short) = times["autograd_lite"], times["micrograd"]
    networks_of = {"autograd_lite": nn.MLP(2, [16, 16, 1], seed=1337), "micrograd": micrograd.nn.MLP(2, [16, 16, 1])}
    steps = {name: training_step(ENGINES[name], model) for name, model in networks_of.items()}
    whole = dict.fromkeys(ENGINES, math.inf)
    for _ in range(5):
        for name, step_of in steps.items():
            whole[name] = min(whole[name], seconds(step_of, backward=False, runs=1))
    long = seconds(chain(Value, 10**6), runs=5)
    x = Value(1.5)
    powers = x
    for _ in range(5000):
        powers = powers * x + x
    eager = backward_seconds(powers, lambda y: y.backward(), 20)
    symbolic = backward_seconds(powers, lambda y: gradients(y, [x]), 10)
    held = bytes_per_node(chain(Value, 10**5), 10**5), bytes_per_node(demo["autograd_lite"], operations)
    loss = training_loss()
    nodes, picture = len(topological_order(loss)), picture_seconds(loss, 5)
    traced, written = views_seconds(7)
    rows = [
        (f"micrograd's demo, one step ({operations:,} operations)", f"{ns(step, operations)} against {ns(their_step, operations)}", f"{their_step / step:.1f}× faster", "≥ 6×"),
        ("the same with `nn.MLP` and the update, three steps in a row, per step", f"{1e3 * whole['autograd_lite'] / 3:.0f} ms against {1e3 * whole['micrograd'] / 3:.0f} ms", f"{whole['micrograd'] / whole['autograd_lite']:.1f}× faster", "≥ 6×"),
        ("`fit` against a loop by hand, all samples at once", "", f"{overhead(None, 7):.3f}×", "≤ 1.05×"),
        ("`fit` against a loop by hand, one sample at a time", "", f"{overhead(1, 7):.3f}×", "≤ 1.05×"),
        ("chain of 1,000 operations", f"{ns(short, 1000)} against {ns(their_short, 1000)}", f"{their_short / short:.1f}× faster", "≥ 2.5×"),
        ("chain of 1,000,000 against one of 1,000, per operation", f"{ns(long, 10**6)} against {ns(short, 1000)}", f"{long / short / 1000:.2f}×", "≤ 2.5×"),
        ("memory of a node, gradient included", f"chain {held[0]:.0f} B, demo {held[1]:.0f} B", f"{max(held):.0f} B", "≤ 200 B"),
        ("`gradients` against `backward`, per node", f"{ns(symbolic, 10**4)} against {ns(eager, 10**4)}", f"{symbolic / eager:.1f}×", "≤ 15×"),
        (f"folded picture of a training step ({nodes:,} operations), layout included", "", f"{picture:.2f} s", "≤ 1 s"),
        ("picture of 400 nodes, two of which every step uses, layout included", "", f"{shared_seconds(3):.2f} s", "≤ 2 s"),
        ("trace of 10,000 operations", "", f"{traced:.2f} s", "≤ 0.5 s"),
        ("page of 100 operations, layout aside", "", f"{1e3 * written:.0f} ms", "≤ 300 ms"),
        *page_times.rows(5),
        ("typed sum of 5,000 terms, from the text to the table", "", f"{typed_seconds(5):.2f} s", "≤ 2 s"),
        (f"`{IMPORT}` above bare Python", "", f"{import_milliseconds(21):.0f} ms", "≤ 12 ms"),
    ]  # fmt: skip
    print(f"Python {platform.python_version()}, autograd_lite {autograd_lite.__version__}, ", end="")
    print(f"micrograd {version('micrograd')}, NumPy {version('numpy')}; {machine()}.\n")
    print("| what | measured, per operation | ratio | bar |\n|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def ns(time_taken: float, count: int) -> str:
    """Nanoseconds for each of so many operations."""
    return f"{1e9 * time_taken / count:,.0f} ns"


def machine() -> str:
    """The processor, as the system names it."""
    cpu = Path("/proc/cpuinfo")
    names = (
        [line.split(":")[1].strip() for line in cpu.read_text().splitlines() if line.startswith("model name")]
        if cpu.exists()
        else []
    )
    return names[0] if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
