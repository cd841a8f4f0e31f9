"""Measure what people wait for: training beside micrograd and beside a loop by hand, pictures, traces, pages.

What is compared runs in turn; the least of several runs counts, because whatever else the machine does only ever adds.
Ratios carry over to other machines. What a single operation costs is in eager.py.
"""

from __future__ import annotations

import gc
import math
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import micrograd.engine
import micrograd.nn
import page_times
from eager import chain, least, machine, moons

import autograd_lite
from autograd_lite import Value, data, draw, nn, optim, trace
from autograd_lite.engine.graph import topological_order
from autograd_lite.train import fit
from autograd_lite.views.expressions import Expression

ENGINES = {"autograd_lite": Value, "micrograd": micrograd.engine.Value}


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
    networks_of = {"autograd_lite": nn.MLP(2, [16, 16, 1], seed=1337), "micrograd": micrograd.nn.MLP(2, [16, 16, 1])}
    steps = {name: training_step(ENGINES[name], model) for name, model in networks_of.items()}
    whole = least(steps, 5)
    loss = training_loss()
    nodes, picture = len(topological_order(loss)), picture_seconds(loss, 5)
    traced, written = views_seconds(7)
    rows = [
        ("micrograd's demo with `nn.MLP` and the update, three steps in a row, per step", f"{1e3 * whole['autograd_lite'] / 3:.0f} ms against {1e3 * whole['micrograd'] / 3:.0f} ms", f"{whole['micrograd'] / whole['autograd_lite']:.1f}× faster", "≥ 6×"),
        ("`fit` against a loop by hand, all samples at once", "", f"{overhead(None, 7):.3f}×", "≤ 1.05×"),
        ("`fit` against a loop by hand, one sample at a time", "", f"{overhead(1, 7):.3f}×", "≤ 1.05×"),
        (f"folded picture of a training step ({nodes:,} operations), layout included", "", f"{picture:.2f} s", "≤ 1 s"),
        ("picture of 400 nodes, two of which every step uses, layout included", "", f"{shared_seconds(3):.2f} s", "≤ 2 s"),
        ("trace of 10,000 operations", "", f"{traced:.2f} s", "≤ 0.5 s"),
        ("page of 100 operations, layout aside", "", f"{1e3 * written:.0f} ms", "≤ 300 ms"),
        *page_times.rows(5),
        ("typed sum of 5,000 terms, from the text to the table", "", f"{typed_seconds(5):.2f} s", "≤ 2 s"),
    ]  # fmt: skip
    print(f"Python {platform.python_version()}, autograd_lite {autograd_lite.__version__}, ", end="")
    print(f"micrograd {version('micrograd')}, NumPy {version('numpy')}; {machine()}.\n")
    print("| what | measured | ratio | bar |\n|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
