"""The page on one screen, measured in a real browser: nothing cut, nothing too small or too pale, all of a step in sight.

A window is opened once for a size and a scheme, and shows one graph after another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
EVERYWHERE = {"named", "small network"}  # in the dark and on a tablet, too; the rest of it is long
WRONG = """() => {
  document.getElementById("guess").value = state.asked.truth ? String(-state.asked.truth) : "12345";
  document.getElementById("check").click();
}"""
Windows = Callable[[tuple[int, int], str], Shown]


def cases() -> Iterator[object]:
    """Every graph in every window."""
    for name in GRAPHS:
        for size in SIZES:
            for scheme in ("light", "dark"):
                rare = name in LONG or (name not in EVERYWHERE and (scheme == "dark" or size[0] == 820))
                yield pytest.param(
                    name,
                    size,
                    scheme,
                    id=f"{name}-{size[0]}x{size[1]}-{scheme}",
                    marks=[pytest.mark.long] if rare else [],
                )


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pages of all graphs are kept."""
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module", name="windows")
def _windows(browser: Browser, folder: Path) -> Iterator[Windows]:
    """The window of a size and a scheme, in which pages are shown."""
    opened: dict[tuple[tuple[int, int], str], Shown] = {}

    def window(size: tuple[int, int], scheme: str) -> Shown:
        if (size, scheme) not in opened:
            viewport = {"width": size[0], "height": size[1]}
            touch = {"is_mobile": True, "has_touch": True} if size[0] < 500 else {}
            opened[size, scheme] = Shown(
                browser, folder / "empty.html", "", viewport=viewport, color_scheme=scheme, **touch
            )
        return opened[size, scheme]

    yield window
    for shown in opened.values():
        shown.page.context.close()


@pytest.mark.parametrize(("name", "size", "scheme"), list(cases()))
def test_all_of_a_step_is_in_sight(
    windows: Windows, folder: Path, name: str, size: tuple[int, int], scheme: str
) -> None:
    """At the first and the last step, at a question on the way forward, and one on the way back that was answered wrongly."""
    path = folder / f"{name}.html"
    if not path.exists():
        path.write_text(GRAPHS[name]().to_html(), encoding="utf-8")
    one = windows(size, scheme)
    one.page.goto(path.as_uri())
    forward, count = one.tells('[walk().filter((step) => step.kind === "forward").length, walk().length]')
    for place, level in ((0, 0), (forward // 2, 1), ((forward + count) // 2, 2), (count - 1, 0)):
        one.tells(f"Object.assign(state, {{ predict: {str(level > 0).lower()}, level: {level or 1} }})")
        one.tells(f"go({place}, {{ asking: true }})")
        assert one.tells("Boolean(state.asked)") == (level > 0)
        if level == 2:
            one.tells(WRONG)
            assert one.text("#tries")
        assert one.tells(f"({MEASURE})()") == [], (place + 1, level)
    assert one.said == []
