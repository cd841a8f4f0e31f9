"""What can be taken out of the page: formulas as LaTeX, the picture as SVG, the table as Markdown, the score, the link."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import network_pages
import pytest
from browser import Opened, Shown, chromium, circuit, opening
from nodejs import assert_katex_takes
from playwright.sync_api import expect

from autograd_lite import Trace, Value, leaky_relu, sin, trace
from autograd_lite.engine.text import shown

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)

ALLOWED = {"permissions": ["clipboard-read", "clipboard-write"]}
NAMES = ["x", "w₁", "μ", "a_b%$#&{}~^\\", "<img src=x onerror=alert(1)>", "वर्ग", "é", "$", "व", "x′", "]]>", "‮x"]


def copied(one: Shown, button: str) -> str:
    """What a button puts into the clipboard; it says so, and then has its own words again, though pressed twice."""
    label = one.text(button)
    one.page.click(button)
    one.page.click(button)
    expect(one.page.locator(button)).to_contain_text("Copied")
    expect(one.page.locator(button)).to_have_text(label, use_inner_text=True)
    return str(one.tells("navigator.clipboard.readText()"))


def test_the_table_is_copied(opened: Opened) -> None:
    """Markdown, read back: each node's name, value and gradient as far as they are known."""
    one, f = opened(circuit(), **ALLOWED), circuit()
    one.page.click("#last")
    one.page.fill("#in0", "0.5")
    one.page.keyboard.press("Enter")
    x, y, z, w = 0.5, 3.0, 10.0, -2.0
    head, rule, *rows = copied(one, "#table").splitlines()
    assert [cell.strip() for cell in head.strip("|").split("|")] == ["node", "operation", "value", "gradient"]
    assert rule.count("---") == 4
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert [cell[0] for cell in cells] == list(trace(f).names.values())
    found = {cell[0]: (cell[2], cell[3]) for cell in cells}
    assert found["x"] == (shown(x), shown(w * y + w))
    assert found["w"] == (shown(w), shown(x * y + z + x))
    assert found["q"] == (shown(x * y), shown(w))
    one.page.click("#first")
    assert "| f | " in copied(one, "#table")
    assert " | ? | · |" in copied(one, "#table")


def test_the_picture_is_copied(opened: Opened) -> None:
    """The SVG is well-formed, stands alone, and has the numbers of the moment."""
    one = opened(circuit(), **ALLOWED)
    one.page.click("#last")
    one.page.locator("#inputs input[type=range] >> nth=0").fill("0.75")
    text = copied(one, "#svg")
    svg = ElementTree.fromstring(text)
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    texts = ["".join(each.itertext()) for each in svg.iter("{http://www.w3.org/2000/svg}text")]
    for number in one.tells("values.map(shown)"):
        assert number in texts
    assert "href" not in text
    assert "url(http" not in text
    alone = opened(f"<!DOCTYPE html><meta charset=utf-8><title>picture</title><body>{text}")
    assert alone.tells("document.querySelector('svg text').getBoundingClientRect().height") > 5


def test_score_and_link_are_copied(opened: Opened) -> None:
    """The score has a line for each question, with what was answered; the link is the address."""
    one = opened(circuit(), **ALLOWED)
    one.page.click("#levels button[value='1']")
    one.page.fill("#guess", "7")
    one.page.click("#check")
    one.page.fill("#guess", "-6")
    one.page.click("#check")
    lines = copied(one, "#keep").splitlines()
    assert lines[0].endswith("1 of 1 right, 0 at the first try; 2 tries, 0 hints, 0 answers shown")
    assert lines[1].endswith(": 7 (wrong) -6 (right)")
    assert copied(one, "#link") == one.tells("address()") == one.page.url


def test_where_copying_is_not_allowed(opened: Opened) -> None:
    """The button says so, and the page goes on."""
    one = opened(circuit())
    one.tells(
        "(navigator.clipboard.writeText = () => Promise.reject(new Error('no')), document.execCommand = () => false, 0)"
    )
    one.page.click("#latex")
    expect(one.page.locator("#latex")).to_contain_text("Not allowed")
    one.page.click("#next")
    assert one.step() == 2


def hostile() -> Trace:
    """A sum of leaves with all kinds of names, and operations with parameters."""
    y: Any = Value(math.inf) * 0.0 + 1e-7 * Value(0.5, label="small")
    for k, name in enumerate(NAMES):
        leaf = Value(0.5 + k, label=name)
        y = leaky_relu(y * leaf / 3.0 - sin(leaf) ** 2, 0.1)
        y.label = name * 2
    return trace(y)


FORMULAS: dict[str, Callable[[], Trace]] = {
    "circuit": lambda: trace(circuit()), "hostile": hostile, "network": network_pages.small, "recurrence": network_pages.recurrence,
    "pieces": lambda: network_pages.loose(450),
}  # fmt: skip


def test_formulas_are_copied(opened: Opened) -> None:
    """LaTeX of the step: the derivative, upstream times local, and the numbers."""
    one = opened(circuit(), **ALLOWED)
    assert copied(one, "#latex") == "\\begin{aligned}\nq & = xy \\\\\n & = -6\n\\end{aligned}".replace(
        "xy", one.tells("latex($('formula').querySelectorAll('math')[1])")
    )
    one.page.click("#last")
    text = copied(one, "#latex")
    assert "\\frac{\\partial f}{\\partial" in text
    assert text.count("{") == text.count("}")


@pytest.mark.long
@pytest.mark.unix
def test_copied_formulas_are_strict_katex(opened: Opened, tmp_path: Path) -> None:
    """KaTeX at its strictest takes the formula of every step, whatever the names are, in every mode."""
    formulas = []
    for make in FORMULAS.values():
        one = opened(make())
        formulas += one.tells("walk().map((_, k) => { go(k); return formulaInLatex(); })")
    assert len(formulas) > 100
    folder = tmp_path / "katex"
    folder.mkdir()
    assert_katex_takes([text for text in formulas if "\n\n" not in text], folder)
