"""How long a browser takes: to open a page of 2,000 nodes and to go a step on it; to open a training, and for an epoch."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from autograd_lite import Value, data, nn, optim, sin, trace, train

NODES = 2_000
# Until what a click has changed is drawn: after the frame that shows it.
STEP = """async () => {
  const start = performance.now();
  document.getElementById("next").click();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}"""
EPOCHS = 100  # for the page to train, and to draw each of them
TRAINED = """async (epochs) => {
  const from = view.epoch + 5, start = new Promise((done) => {
    const look = () => view.epoch >= from ? done([performance.now(), view.epoch]) : requestAnimationFrame(look);
    look();
  });
  document.getElementById("run").click();
  const [began, first] = await start;
  while (view.epoch < first + epochs) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return (performance.now() - began) / (view.epoch - first);
}"""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


def chain() -> Value:
    """One sine of another."""
    y = Value(0.5, label="x")
    for _ in range(NODES - 1):
        y = sin(y)
    return y


def loop() -> Value:
    """A loop by hand without scopes, which uses two leaves again and again."""
    u, v = x, y = Value(0.5, label="x"), Value(-0.75, label="y")
    for _ in range(NODES // 5):
        u, v = sin(u) * x + v, v - u * y
    return u


def network() -> Any:
    """The loss of a network for a few samples."""
    X, y = data.moons(5, seed=3)  # noqa: N806 - X is a matrix
    model = nn.MLP(2, [12, 12, 1], seed=1)
    return nn.losses.hinge([model(x) for x in X], [2 * k - 1 for k in y])


def watched() -> train.History:
    """One epoch of a network of 337 parameters on 100 points, with which the page goes on."""
    model = nn.MLP(2, [16, 16, 1], "relu", init="he", seed=1)
    loss, adam = nn.losses.binary_cross_entropy_with_logits, optim.Adam(model.parameters(), lr=0.01)
    return train.fit(
        model, loss, *data.moons(100, seed=1), optimizer=adam, batch_size=10, seed=0, epochs=1, keep=1, progress=False
    )


def measured(build: Callable[[], Any], runs: int) -> tuple[float, float, float]:
    """The least times until a page is written, until it is open and drawn, and of a step, in seconds."""
    steps = trace(build())
    best = [math.inf] * 3
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "page.html")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for _ in range(runs):
            start = time.perf_counter()
            steps.save_html(path)
            best[0] = min(best[0], time.perf_counter() - start)
            for place, seconds in enumerate(_seen(browser, path), start=1):
                best[place] = min(best[place], seconds)
        browser.close()
    return best[0], best[1], best[2]


def _seen(browser: Browser, path: Path) -> Iterator[float]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    start = time.perf_counter()
    page.goto(path.as_uri())
    page.evaluate(DRAWN)
    yield time.perf_counter() - start
    yield min(page.evaluate(STEP) for _ in range(12)) / 1e3
    page.close()


def training(runs: int) -> tuple[float, float]:
    """The least times until the page of a training is open and drawn, and for an epoch of it with all that it draws."""
    best = [math.inf] * 2
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "training.html")
        watched().save_html(path)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for _ in range(runs):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            start = time.perf_counter()
            page.goto(path.as_uri())
            page.evaluate(DRAWN)
            best[0] = min(best[0], time.perf_counter() - start)
            best[1] = min(best[1], page.evaluate(TRAINED, EPOCHS) / 1e3)
            page.close()
        browser.close()
    return best[0], best[1]


def rows(runs: int) -> list[tuple[str, str, str, str]]:
    """The rows of the table: of the kinds of graphs the slowest."""
    times = {build.__name__: measured(build, runs) for build in (chain, loop, network)}
    written, opened, step = (
        ", ".join(f"{name} {1e3 * each[place]:.0f} ms" for name, each in times.items()) for place in range(3)
    )
    worst = [max(each[place] for each in times.values()) for place in range(3)]
    opened_training, epoch = training(runs)
    return [
        (f"page of {NODES:,} nodes, until it is written", written, f"{worst[0]:.2f} s", "≤ 2 s"),
        ("the same, until the browser has opened it", opened, f"{worst[1]:.2f} s", "≤ 2 s"),
        ("a step on it", step, f"{1e3 * worst[2]:.0f} ms", "≤ 50 ms"),
        ("page of a training, 2-16-16-1 with 100 points, until it is open", "", f"{opened_training:.2f} s", "≤ 1 s"),
        ("an epoch on it, drawing included", "", f"{1e3 * epoch:.0f} ms", "≤ 50 ms"),
    ]


if __name__ == "__main__":
    for row in rows(3):
        print(f"| {' | '.join(row)} |")
