"""The page on one screen, measured in a real browser: nothing cut, nothing too small or too pale, all of a step in sight."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import network_pages
import pytest
from browser import Shown, chromium
from playwright.sync_api import Browser

from autograd_lite import Trace, Value, exp, lessons, log, sigmoid, sin, trace

MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8").partition("\n")[2]
SIZES = [(1440, 900), (1024, 768), (820, 1100), (390, 844)]

browser = pytest.fixture(scope="module", name="browser")(chromium)


def named() -> Trace:
    """The example of the front page, every node named."""
    x = Value(1.5, label="x")
    u = x**2
    u.label = "u"
    s = sin(u)
    s.label = "s"
    y = exp(s)
    y.label = "y"
    return trace(y)


def cross_entropy() -> Trace:
    """A neuron by hand, with cross-entropy."""
    x1, x2, w1, w2, b = (
        Value(v, label=n) for n, v in (("x1", 0.5), ("x2", -1.0), ("w1", 0.8), ("w2", 0.3), ("b", 0.1))
    )
    z = w1 * x1 + w2 * x2 + b
    z.label = "z"
    a = sigmoid(z)
    a.label = "a"
    loss = -log(a)
    loss.label = "L"
    return trace(loss)


def lesson(id_: str) -> Callable[[], Trace]:
    """The graph of a lesson."""
    return lambda: lessons.find(id_)().trace()


GRAPHS: dict[str, Callable[[], Trace]] = {
    "named": named,
    "cross-entropy": cross_entropy,
    "L22": lesson("L22"),
    "L19": lesson("L19"),
    "small network": network_pages.small,
    "wide network": network_pages.wide,
    "recurrence": network_pages.recurrence,
    "300 nodes": network_pages.loose,
}
LONG = {"wide network", "300 nodes", "L19", "recurrence"}


@pytest.fixture(scope="module", name="htmls")
def _htmls() -> dict[str, str]:
    return {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long) if name in LONG else name for name in GRAPHS]
)
def test_all_of_a_step_is_in_sight(
    browser: Browser, tmp_path: Path, htmls: dict[str, str], name: str, size: tuple[int, int], scheme: str
) -> None:
    """Picture, step, question and a slider are in the window, texts are legible, at the first, a middle and the last step."""
    if name not in htmls:
        htmls[name] = GRAPHS[name]().to_html()
    width, height = size
    options = {"is_mobile": True, "has_touch": True} if width < 500 else {}
    one = Shown(
        browser,
        tmp_path / "page.html",
        htmls[name],
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        **options,
    )
    count = int(one.text("#count").split()[-1])
    for step, level in ((1, 0), (count // 2 + 1, 1), (count // 2 + 2, 2), (count, 0)):
        one.tells(
            f"(state.predict = {str(bool(level)).lower()}, state.level = {level or 1}, go({step - 1}, {{ asking: true }}))"
        )
        assert one.tells(f"({MEASURE})()") == [], (step, level)
    assert one.said == []
    one.page.context.close()
