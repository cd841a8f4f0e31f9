"""The page in Firefox, another engine: all of a step is in the window, formulas are set, and every number is the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import network_pages
import pytest
from browser import circuit
from firefox import Firefox, firefox
from pages import example_of_the_page

from autograd_lite import Trace, trace
from autograd_lite.engine.text import shown
from autograd_lite.views.steps.page.page import page

pytestmark = [pytest.mark.long, pytest.mark.unix]
fox = pytest.fixture(scope="module", name="fox")(firefox)

GRAPHS: dict[str, Callable[[], Trace]] = {
    "example": lambda: trace(example_of_the_page()[1]),
} | network_pages.IN_ALL_MODES
# Of the parts of the page that are in sight, those that reach beyond the window.
OUTSIDE = """["title", "view", "panel", "heading", "formula", "bar", "next", "predicting"].filter((id) => {
  const { left, top, right, bottom, width, height } = document.getElementById(id).getBoundingClientRect();
  return !(width > 0 && height > 0 && left >= 0 && top >= 0 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5);
})"""
# Of the formulas in sight, those that have no size; and whether an exponent stands above its base.
FLAT = """[...document.querySelectorAll("math")].filter((e) => e.checkVisibility() && e.textContent.trim() && !(e.getBoundingClientRect().width > 3 && e.getBoundingClientRect().height > 5))
  .map((e) => e.outerHTML.slice(0, 200))"""
RAISED = """[...document.querySelectorAll("msup")].filter((e) => e.checkVisibility()).every((e) => {
  const [base, raised] = [...e.children].map((each) => each.getBoundingClientRect());
  return raised.top < base.top + 1 && raised.left >= base.right - 3;
})"""


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", GRAPHS)
def test_layout_and_formulas(fox: Firefox, tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    """At the first, a middle and the last step everything is inside of the window, and every formula has a size."""
    steps = GRAPHS[name]()
    fox.open(tmp_path / "page.html", page(steps))
    fox.size(*size)
    assert fox.tells("[innerWidth, innerHeight]") == list(size)
    count = fox.tells("walk().length")
    assert fox.tells("document.querySelectorAll('math').length") > 3
    for place, level in ((0, 0), (count // 2, 1), (count - 1, 0)):
        fox.tells(
            f"(Object.assign(state, {{ predict: {str(bool(level)).lower()}, level: {level or 1} }}), go({place}), 0)"
        )
        assert fox.tells(OUTSIDE) == [], place
        assert fox.tells(FLAT) == [], place
        assert fox.tells(RAISED), place
        assert fox.tells(
            "document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight"
        )


def test_steps_and_sliders(fox: Firefox, tmp_path: Path) -> None:
    """Buttons, a slider, a question and a gradient step do what they do elsewhere."""
    fox.open(tmp_path / "page.html", page(trace(circuit())))
    for _ in range(3):
        fox.tells("document.getElementById('next').click()")
    assert fox.tells("state.place") == 3
    fox.tells("document.getElementById('last').click()")
    x, y, z, w = fox.tells(
        "(() => { const bar = document.querySelector('#inputs input[type=range]'); bar.value = 0.5; bar.oninput(); return movable.map((i) => values[i]); })()"
    )
    names = fox.tells("movable.map((i) => nodes[i].name)")
    at = dict(zip(names, (x, y, z, w), strict=True))
    slopes = {
        "x": at["w"] * at["y"] + at["w"], "y": at["w"] * at["x"], "z": at["w"], "w": at["x"] * at["y"] + at["z"] + at["x"],
    }  # fmt: skip
    assert fox.tells("movable.map(gradient)") == pytest.approx([slopes[name] for name in names], rel=1e-12)
    fox.tells("document.getElementById('descend').click()")
    assert fox.tells("movable.map((i) => values[i])") == pytest.approx(
        [at[n] - 0.05 * slopes[n] for n in names], rel=1e-12
    )
    fox.tells("(chooseLevel(1), 0)")
    truth = fox.tells("state.asked.truth")
    fox.tells(
        f"(document.getElementById('guess').value = '{shown(truth)}', document.getElementById('check').click(), 0)"
    )
    assert fox.tells("score.right") == 1
