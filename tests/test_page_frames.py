"""The page in a notebook: it fits the frame that it is given, and its picture can be read there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Shown, chromium
from playwright.sync_api import Browser

from autograd_lite import Trace, Value, exp, nn, sin, trace


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this file."""
    yield from chromium()


def wide() -> Trace:
    """A chain of twelve operations, wider than a notebook."""
    y = Value(0.5, label="x")
    for _ in range(12):
        y = sin(y) * 1.5
    return trace(y)


def many_inputs() -> Trace:
    """A neuron of twelve inputs, each with a slider."""
    neuron = nn.Neuron(12, "tanh", seed=0)
    return trace(neuron([Value(0.1 * i, label=f"x{i}") for i in range(12)]))


GRAPHS = [lambda: trace(exp(sin(Value(1.5, label="x") ** 2))), wide, many_inputs]


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("dark", [False, True])
def test_all_of_the_page_is_in_its_frame(browser: Browser, tmp_path: Path, graph: Any, dark: bool) -> None:
    """Nothing of the page lies below its frame, and no text of the picture is below seven pixels high."""
    frame = graph()._repr_html_()
    options: dict[str, Any] = {
        "viewport": {"width": 880, "height": 1300},
        "color_scheme": "dark" if dark else "light",
    }
    shown = Shown(browser, tmp_path / "notebook.html", f"<!DOCTYPE html><body>{frame}</body>", **options)
    page = shown.page.frames[1]
    page.wait_for_selector("#curve path", state="attached")
    room, height = page.evaluate("[document.documentElement.scrollHeight, window.innerHeight]")
    assert room <= height
    texts = page.evaluate(
        "[...document.querySelectorAll('#picture text')].map((x) => x.getBoundingClientRect().height)"
    )
    assert min(texts) >= 7.0
    assert shown.said == []


def test_the_current_node_of_a_wide_picture_is_in_sight(browser: Browser, tmp_path: Path) -> None:
    """A picture wider than the page follows the steps: the node of the first and of the last step is seen."""
    shown = Shown(browser, tmp_path / "wide.html", wide().to_html(), viewport={"width": 700, "height": 900})
    for key in ("End", "Home"):
        shown.page.keyboard.press(key)
        left, right, start, end = shown.tells(
            "(() => { const a = document.querySelector('.current').getBoundingClientRect(),"
            " b = document.querySelector('#picture').getBoundingClientRect(); return [b.left, b.right, a.left, a.right]; })()"
        )
        assert left <= start < end <= right


def test_arrows_work_while_one_predicts(browser: Browser, tmp_path: Path) -> None:
    """With the box for predictions in focus the arrow keys still go through the steps, and space still ticks it."""
    shown = Shown(browser, tmp_path / "steps.html", trace(exp(Value(0.0, label="x"))).to_html())
    shown.page.focus("#predict")
    shown.page.keyboard.press(" ")
    assert shown.page.is_checked("#predict")
    shown.page.keyboard.press("ArrowRight")
    assert shown.arrives(2)


def test_below_a_step_the_gradient_is_zero(browser: Browser, tmp_path: Path) -> None:
    """A node that only a flat operation uses shows the gradient 0 in the backward pass, not that it is unknown."""
    unit = nn.McCullochPitts(2, 0, 2)
    steps = trace(unit([Value(1.0, label="x₁"), Value(0.0, label="x₂")]))
    shown = Shown(browser, tmp_path / "unit.html", steps.to_html())
    assert {shown.numbers(f"v{place}")[1] for place in range(1, 5)} == {"·"}
    shown.page.keyboard.press("End")
    assert [shown.numbers(f"v{place}")[1] for place in range(1, 6)] == ["0", "0", "0", "0", "1"]


def test_the_current_node_of_a_high_picture_is_in_sight(browser: Browser, tmp_path: Path) -> None:
    """A picture higher than its panel follows the steps too: each node of twelve inputs is seen when it is its turn."""
    shown = Shown(browser, tmp_path / "high.html", many_inputs().to_html(), viewport={"width": 1400, "height": 600})
    for _ in range(12):
        top, bottom, start, end = shown.tells(
            "(() => { const a = document.querySelector('.current').getBoundingClientRect(),"
            " b = document.querySelector('#picture').getBoundingClientRect(); return [b.top, b.bottom, a.top, a.bottom]; })()"
        )
        assert top <= start < end <= bottom
        shown.page.keyboard.press("ArrowRight")
