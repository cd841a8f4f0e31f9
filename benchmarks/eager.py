"""Measure what an operation costs, against plain floats that do the forward arithmetic alone, and print the table.

The programs of a part take turns, and the least of several runs counts, because whatever else the machine does only
ever adds. Ratios carry over to other machines, nanoseconds do not. What must not meet the modules or the memory of
another measurement runs in a process of its own: `python benchmarks/eager.py --alone demo` prints its number.
"""

from __future__ import annotations

import argparse
import gc
import importlib
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
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import autograd_lite
from autograd_lite import Value, exp, gradients, nn, optim, sin
from autograd_lite.engine.chosen import engine_name
from autograd_lite.engine.graph import topological_order

IMPORT = "from autograd_lite import Value, exp"
NEIGHBOURS = ("torch", "sklearn.linear_model", "matplotlib.pyplot")  # what a notebook has loaded, as far as it is there
# Chains: how long, the bar, and how many runs.
LENGTHS = [(10**3, 2.5, 200), (10**5, 2.5, 20), (10**6, 3.5, 5), (10**7, 3.5, 2)]
Row = tuple[str, str, str, str]


def networks(engine: Any) -> types.ModuleType:
    """The networks of micrograd's own module, upon the Value of either engine, or on plain floats."""
    spec = importlib.util.find_spec("micrograd.nn")
    source = Path(str(spec and spec.origin)).read_text(encoding="utf-8")
    source = source.replace("from micrograd.engine import Value", "")
    if engine is float:
        source = source.replace("act.relu()", "(act if act > 0.0 else 0.0)")
    module = types.ModuleType("nn")
    vars(module)["Value"] = engine
    exec(source, vars(module))
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

    def relu(x: Any) -> Any:
        return (x if x > 0.0 else 0.0) if engine is float else x.relu()

    def loss() -> Any:
        scores = [model([engine(x) for x in point]) for point, _ in data]
        losses = [relu(1 + -label * score) for (_, label), score in zip(data, scores, strict=True)]
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())

    return loss


def chain(engine: Any, length: int) -> Callable[[], Any]:
    """A chain of multiplications and additions."""

    def build() -> Any:
        x = y = engine(0.999999)
        for _ in range(length // 2):
            y = y * 0.999999
            y = y + x
        return y

    return build


def training() -> Callable[[], None]:
    """One step of the demo's training with `nn`, its losses and SGD, from the outputs to the new parameters."""
    points = moons(100)
    targets = [label for _, label in points]
    model = nn.MLP(2, [16, 16, 1], seed=0)
    optimizer = optim.SGD(model.parameters(), lr=0.1)

    def step() -> None:
        loss = nn.losses.hinge([model(x) for x, _ in points], targets) + 1e-4 * nn.losses.l2(optimizer.parameters)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def with_backward(build: Callable[[], Any]) -> Callable[[], None]:
    """The forward pass, the backward pass, and the freeing of the graph."""
    return lambda: build().backward()


def least(programs: dict[str, Callable[[], Any]], runs: int) -> dict[str, float]:
    """The least time of each program, which take turns: time of the processor, which other programs do not add to."""
    best = dict.fromkeys(programs, math.inf)
    for _ in range(runs):
        for name, program in programs.items():
            gc.collect()
            start = time.process_time()
            result = program()
            best[name] = min(best[name], time.process_time() - start)
            del result
    return best


def bytes_per_node(build: Callable[[], Any]) -> float:
    """What a graph holds after forward and backward, numbers and gradients included: in a process that had none yet."""
    gc.collect()
    tracemalloc.start()
    y = build()
    y.backward()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / len(topological_order(y))


def import_rows() -> Iterator[Row]:
    """How much longer Python takes to start when it imports the package: the median of runs in turn."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        return time.perf_counter() - start

    run(IMPORT)  # so that the compiled files are there, as after an installation
    above = 1e3 * median(run(IMPORT) - run("pass") for _ in range(21))
    yield f"`{IMPORT}` above bare Python", "", f"{above:.1f} ms", "≤ 12 ms"


def measured_alone(name: str) -> float:
    """What a process of its own measures: seconds, or bytes."""
    if name == "gradients":
        x = y = Value(0.9)
        for _ in range(5000):  # a polynomial of 10,000 operations
            y = y * x + x
        return least({name: lambda: gradients(y, [x])}, 10)[name]
    if name == "bytes of a chain":
        return bytes_per_node(chain(Value, 10**5))
    demo = demo_step(Value)
    if name == "bytes of the demo":
        return bytes_per_node(demo)
    return least({name: with_backward(demo)}, 7)[name]


def alone(name: str, engine: str = "", imports: tuple[str, ...] = ()) -> float:
    """The number of a new process, with another engine or after other imports."""
    command = [sys.executable, __file__, "--alone", name, "--imports", *imports]
    environment = os.environ | {"AUTOGRAD_LITE_ENGINE": engine or engine_name()}
    return float(subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout)


def in_turn(runs: int, *measurements: Callable[[], float]) -> list[float]:
    """The least result of each measurement, which take turns."""
    return [min(found) for found in zip(*([measure() for measure in measurements] for _ in range(runs)), strict=True)]


def compared(what: str, count: int, value: float, floats: float, bar: float) -> Row:
    """A row against floats."""
    return what, f"{ns(value, count)} against {ns(floats, count)}", f"{value / floats:.2f}×", f"≤ {bar}×"


def demo_rows() -> Iterator[Row]:
    """Micrograd's demo as it is, and with this package's networks, losses and SGD."""
    demo = demo_step(Value)
    count = len(topological_order(demo()))
    found = least({"floats": demo_step(float), "graph": with_backward(demo), "training": training()}, 15)
    yield compared(f"micrograd's demo ({count:,} operations)", count, found["graph"], found["floats"], 1.7)
    yield compared("one training step of it: `nn`, losses, SGD", count, found["training"], found["floats"], 4)


def chain_rows() -> Iterator[Row]:
    """Chains of all lengths, and how the cost of an operation grows."""
    each = {}
    for length, bar, runs in LENGTHS:
        found = least({"floats": chain(float, length), "values": with_backward(chain(Value, length))}, runs)
        yield compared(f"chain of {length:,}", length, found["values"], found["floats"], bar)
        each[length] = found["values"] / length
    growth = each[max(each)] / each[min(each)]
    yield f"an operation at {max(each):,} against one at {min(each):,}", "", f"{growth:.2f}×", "≤ 2×"


def function_rows() -> Iterator[Row]:
    """A short function a thousand times: on floats, and forward and backward with the functions of this package."""
    x = Value(1.5)

    def of_floats(x: float = 1.5) -> None:
        for _ in range(1000):
            math.exp(math.sin(x * x))

    def of_values() -> None:
        for _ in range(1000):
            exp(sin(x * x)).backward()

    found = least({"floats": of_floats, "values": of_values}, 30)
    yield compared("exp(sin(x·x)), whole", 1000, found["values"], found["floats"], 3)


def memory_rows() -> Iterator[Row]:
    """Bytes of a node."""
    found = [alone("bytes of a chain"), alone("bytes of the demo")]
    yield "memory of a node", f"chain {found[0]:.0f} B, demo {found[1]:.0f} B", f"{max(found):.0f} B", "≤ 96 B"


def neighbour_rows() -> Iterator[Row]:
    """The demo where large packages are loaded, whose objects the cycle collector goes through."""
    there = tuple(name for name in NEIGHBOURS if importlib.util.find_spec(name.partition(".")[0]) is not None)
    without, beside = in_turn(3, lambda: alone("demo"), lambda: alone("demo", imports=there))
    names = ", ".join(name.partition(".")[0] for name in there)
    yield f"the demo beside {names}", ms(beside, without), f"{beside / without:.2f}×", "≤ 1.05×"


def gradient_rows() -> Iterator[Row]:
    """The gradient as a graph, by this engine and by the one in Python."""
    here, pure = in_turn(3, lambda: alone("gradients"), lambda: alone("gradients", "python"))
    yield "`gradients`, per node", ns(here, 10**4), "", "≤ 1,500 ns"
    yield "the same with the engine in Python", ns(pure, 10**4), f"{pure / here:.1f}× as long", "≥ 2×"


def peer_rows() -> Iterator[Row]:
    """The demo by this engine, by the one in Python, and by micrograd."""
    import micrograd.engine

    sys.setrecursionlimit(100_000)  # micrograd recurses along the graph
    programs = {"here": with_backward(demo_step(Value)), "micrograd": with_backward(demo_step(micrograd.engine.Value))}
    found = least(programs, 4)
    here, pure = in_turn(2, lambda: alone("demo"), lambda: alone("demo", "python"))
    theirs, ours = found["micrograd"], found["here"]
    yield "the demo with micrograd", ms(theirs, ours), f"{theirs / ours:.0f}× as long", "≥ 80×"
    yield "the demo with the engine in Python", ms(pure, here), f"{pure / here:.1f}× as long", ""


PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "demo": demo_rows, "chains": chain_rows, "function": function_rows, "memory": memory_rows,
    "neighbours": neighbour_rows, "gradients": gradient_rows, "peers": peer_rows, "import": import_rows,
}  # fmt: skip


def main() -> None:
    """Print the table, or of the parts that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="which rows; all of them without")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    parser.add_argument("--imports", nargs="*", default=(), help=argparse.SUPPRESS)
    options = parser.parse_args()
    for name in options.imports:
        importlib.import_module(name)
    if options.alone:
        print(measured_alone(options.alone))
        return
    print(f"Python {platform.python_version()}, autograd_lite {autograd_lite.__version__}, ", end="")
    print(f"engine: {engine_name()}; {machine()}.\n\n| what | measured | ratio | bar |\n|---|---|---|---|")
    for part in options.parts:
        for row in PARTS[part]():
            print(f"| {' | '.join(row)} |", flush=True)


def ns(time_taken: float, count: int) -> str:
    """Nanoseconds for each of so many operations."""
    return f"{1e9 * time_taken / count:,.0f} ns"


def ms(time_taken: float, other: float) -> str:
    """Milliseconds of two programs."""
    return f"{1e3 * time_taken:.1f} ms against {1e3 * other:.1f} ms"


def machine() -> str:
    """The processor, as the system names it."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text().splitlines() if cpu.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
