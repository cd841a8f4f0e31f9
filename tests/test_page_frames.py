"""The page in a notebook: it fits the frame that it is given, and its picture can be read there."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from browser import Shown, chromium, settles
from playwright.sync_api import Browser, Frame

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


def network() -> Trace:
    """A network with a loss over four samples."""
    model = nn.MLP(2, [4, 1], "tanh", seed=4)
    points = [[0.5, -1.0], [-0.6, 0.9], [1.0, 0.8], [-1.0, -0.5]]
    return trace(nn.losses.mse([model(x) for x in points], [1.0, 1.0, -1.0, -1.0]))


def big() -> Trace:
    """A graph of 900 nodes without scopes."""
    x = y = Value(0.5, label="x")
    for _ in range(449):
        y = sin(y) * x
    return trace(y)


def chain() -> Trace:
    """Three operations."""
    return trace(exp(sin(Value(1.5, label="x") ** 2)))


PARTS = {"picture": "#view", "step": "#heading", "bar": "#bar", "a slider": "#quick-range", "question": "#levels"}
CUT = "(part) => Math.max(part.scrollHeight - part.clientHeight, part.scrollWidth - part.clientWidth)"
WHERE = "(part) => { const { top, bottom, left, right } = part.getBoundingClientRect(); return [top, bottom, left, right]; }"


def in_a_notebook(browser: Browser, tmp_path: Path, graph: Any, width: int, scripts: bool) -> tuple[Shown, Frame]:
    """The page of a graph in a frame, as a notebook shows it that runs scripts or does not, when it has settled."""
    html = graph()._repr_html_() if scripts else graph()._mime_()[1]
    viewport: Any = {"width": width, "height": 1300}
    shown = Shown(
        browser,
        tmp_path / "notebook.html",
        f"<!DOCTYPE html><meta charset=utf-8><body style='margin: 0'>{html}",
        viewport=viewport,
    )
    frame = shown.page.frames[1]
    frame.wait_for_selector(".framed #heading")
    settles(frame)
    return shown, frame


@pytest.mark.parametrize("graph", [chain, wide, many_inputs, network, big])
@pytest.mark.parametrize("width", [850, 1150])
def test_the_frame_fits(browser: Browser, tmp_path: Path, graph: Any, width: int) -> None:
    """In a column as wide as a notebook's, picture, step, question and slider are in the frame, whose height is theirs."""
    shown, frame = in_a_notebook(browser, tmp_path, graph, width, scripts=True)
    height = frame.evaluate("innerHeight")
    assert 560 <= height <= 1060
    frame.evaluate("$('predict').click()")
    for key in ("End", "Home", "ArrowRight"):
        frame.press("body", key)
        settles(frame)
        assert frame.evaluate("innerHeight") >= height  # what stands below it does not move up and down
        height, across = frame.evaluate("[innerHeight, innerWidth]")
        for name, selector in PARTS.items():
            part = frame.locator(selector)
            if name != "a slider" or part.is_visible():
                top, bottom, left, right = part.evaluate(WHERE)
                assert 0 <= top < bottom <= height, name
                assert 0 <= left < right <= across, name
        assert frame.locator("html").evaluate(CUT) == frame.locator("main").evaluate(CUT) == 0
        assert frame.locator("#ask").evaluate(CUT) == 0
    assert shown.said == []


@pytest.mark.parametrize("graph", [chain, wide, network])
def test_the_frame_without_scripts_around_it(browser: Browser, tmp_path: Path, graph: Any) -> None:
    """Where nothing answers the page, picture, step and bar are in the frame all the same, and none hides another."""
    shown, frame = in_a_notebook(browser, tmp_path, graph, 850, scripts=False)
    places = [frame.locator(PARTS[name]).evaluate(WHERE) for name in ("picture", "step", "bar")]
    ends = [0.0, *(y for top, bottom, *_ in places for y in (top, bottom)), frame.evaluate("innerHeight")]
    assert ends == sorted(ends)
    assert shown.said == []


@pytest.mark.parametrize("graph", [wide, many_inputs, network])
@pytest.mark.parametrize("size", [(958, 750), (808, 700), (1174, 620)])
def test_a_low_frame(browser: Browser, tmp_path: Path, graph: Any, size: tuple[int, int]) -> None:
    """In a frame lower than it asks for, as on a projector, nothing lies on anything else, and no button is cut."""
    inner = f'<iframe width={size[0]} height={size[1]} srcdoc="{escape(graph().to_html())}">'
    page = f'<meta charset=utf-8><body style="margin: 0">{inner}'
    shown = Shown(browser, tmp_path / "low.html", page, viewport={"width": 1300, "height": 800})
    shown.page.frame_locator("iframe").locator(".framed #heading").wait_for()
    frame = shown.page.frames[1]
    for key in ("End", "Home"):
        frame.press("body", key)
        settles(frame)
        parts = ["header", "#view", "#panel", *["body > #quick"] * frame.locator("body > #quick").is_visible(), "#bar"]
        boxes = [(name, frame.locator(name).evaluate(WHERE)) for name in parts]
        for (name, one), (other, two) in combinations(boxes, 2):
            apart = one[1] <= two[0] + 1 or two[1] <= one[0] + 1 or one[3] <= two[2] + 1 or two[3] <= one[2] + 1
            assert apart, (name, other)
        assert frame.locator("#step .head").first.evaluate(CUT) == 0
        left, right = frame.locator("#step .head").first.evaluate(WHERE)[2:]
        for box in frame.locator("#step .head:first-child > :visible, #step #modes button:visible").all():
            assert left - 1 <= box.evaluate(WHERE)[2] < box.evaluate(WHERE)[3] <= right + 1
    assert shown.said == []


def test_long_numbers_before_there_is_a_layout(browser: Browser, tmp_path: Path) -> None:
    """In a frame that has no size yet, in which no box is wide, long numbers are written into cards without an error."""
    path = tmp_path / "page.html"
    graph = trace(sin(Value(-0.04680609, label="x") * Value(-0.0123456, label="w")))
    path.write_text(graph.to_html(), encoding="utf-8")
    page, said = browser.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.add_init_script("SVGGraphicsElement.prototype.getBBox = () => new DOMRect();")
    page.goto(path.as_uri())
    page.locator("#picture text", has_text="−0.04681").wait_for(state="attached")
    assert said == []


@pytest.mark.parametrize("key", ["End", "Home"])
@pytest.mark.parametrize(("graph", "size"), [(wide, (700, 900)), (many_inputs, (1400, 760))])
def test_the_current_node_is_in_sight(
    browser: Browser, tmp_path: Path, graph: Any, size: tuple[int, int], key: str
) -> None:
    """A picture wider or higher than its window follows the steps."""
    viewport: Any = {"width": size[0], "height": size[1]}
    shown = Shown(browser, tmp_path / "page.html", graph().to_html(), viewport=viewport)
    if shown.tells("neurons()"):
        shown.page.click("#modes [value=operation]")
    shown.page.keyboard.press(key)
    top, bottom, left, right = shown.page.locator("#picture .current").first.evaluate(WHERE)
    above, below, start, end = shown.page.locator("#picture").evaluate(WHERE)
    assert above <= top < bottom <= below
    assert start <= left < right <= end


def test_arrows_work_while_one_predicts(browser: Browser, tmp_path: Path) -> None:
    """With the box for predictions in focus the arrow keys still go through the steps, and space still ticks it."""
    shown = Shown(browser, tmp_path / "steps.html", chain().to_html())
    shown.page.focus("#predict")
    shown.page.keyboard.press(" ")
    assert shown.page.is_checked("#predict")
    shown.page.focus("#predict")
    shown.page.keyboard.press("ArrowRight")
    shown.arrives(2)


@pytest.mark.parametrize("graph", [chain, network, big])
def test_on_paper(browser: Browser, tmp_path: Path, graph: Any) -> None:
    """All steps are listed below the picture, which is there in full; afterwards the page is as it was."""
    shown = Shown(browser, tmp_path / "page.html", graph().to_html(), viewport={"width": 720, "height": 1000})
    before = shown.text("#panel")
    shown.page.emulate_media(media="print")
    shown.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    settles(shown.page)
    items = shown.page.locator("#all li").all_inner_texts()
    assert len(items) == shown.tells("walk().length") == len(set(enumerate(items)))
    assert all(items)
    pictures = "[...document.querySelectorAll('#picture svg, #map svg')]"  # at once, since a new width draws them anew
    drawn = shown.page.evaluate(f"({WHERE})({pictures}.find((one) => one.getBoundingClientRect().width))")
    head, first = (shown.page.locator(name).first.evaluate(WHERE) for name in ("header", "#all li"))
    assert head[1] <= drawn[0] < drawn[1] <= first[0]
    assert drawn[3] <= 720
    for name in ("#bar", "#panel", "#drawer", "#quick", "#overview"):
        assert not shown.page.locator(name).is_visible()
    shown.page.emulate_media(media="screen")
    shown.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert shown.text("#panel") == before


def test_below_a_step_the_gradient_is_zero(browser: Browser, tmp_path: Path) -> None:
    """A node that only a flat operation uses shows the gradient 0 in the backward pass, not that it is unknown."""
    unit = nn.McCullochPitts(2, 0, 2)
    steps = trace(unit([Value(1.0, label="x₁"), Value(0.0, label="x₂")]))
    shown = Shown(browser, tmp_path / "unit.html", steps.to_html())
    if shown.tells("neurons()"):
        shown.page.click("#modes [value=operation]")
        shown.page.keyboard.press("Home")
    assert {shown.numbers(f"v{place}")[1] for place in range(1, 5)} == {"·"}
    shown.page.keyboard.press("End")
    assert [shown.numbers(f"v{place}")[1] for place in range(1, 6)] == ["0", "0", "0", "0", "1"]
