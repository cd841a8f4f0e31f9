"""The address of the page holds what one sees, and means it again; what means nothing in it is passed over."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import network_pages
import pytest
from browser import Opened, Shown, becomes, chromium, circuit, opening
from hypothesis import given, settings, strategies as st
from playwright.sync_api import Browser

from autograd_lite import Trace, Value, trace
from autograd_lite.views.steps.page.page import page

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)

# What one sees: every text in sight, what stands in fields, and what those hear who listen.
SEEN = """[...document.querySelectorAll("main *, #bar *, #quick *")].filter((e) => e.checkVisibility()).flatMap((e) => [
  ...[...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent.trim()),
  e.value ?? "", e.getAttribute("aria-label") ?? "", e.getAttribute("aria-valuetext") ?? "", e.getAttribute("aria-pressed") ?? "",
]).filter(Boolean).join(" ¦ ")"""


def type_in(one: Shown, selector: str, text: str) -> None:
    """Type a text into a field, and leave it."""
    one.page.fill(selector, text)
    one.page.dispatch_event(selector, "change")


def same_again(opened: Opened, graph: Value | Trace, one: Shown) -> Shown:
    """Open the link of a page in a new one, which then shows the same."""
    again = opened(graph)
    before = one.tells(SEEN)
    again.page.goto(one.tells("address()").replace(one.address, again.address))
    becomes(again.page, SEEN, before)  # in the page that is open already,
    again.page.reload()
    becomes(again.page, SEEN, before)  # and in a new one
    return again


def test_an_address_holds_what_one_sees(opened: Opened) -> None:
    """Step, inputs, the input that is looked at, the curve, the learning rate and the level come back from a link."""
    one = opened(circuit())
    one.page.click("#last")
    type_in(one, "#in1", "4.5")
    type_in(one, "#rate", "0,125")
    one.page.click("#tabs button[value='local']")
    one.page.click("#levels button[value='2']")
    one.page.click("#back")
    again = same_again(opened, circuit(), one)
    assert again.tells("[state.place, values[movable[1]], state.predict, state.level, state.leaf === movable[1]]") == [
        one.step() - 1, 4.5, True, 2, True,
    ]  # fmt: skip
    assert again.tells("values[root]") == one.tells("values[root]") == -2 * (-2 * 4.5 + 10) + -2 * -2


@pytest.mark.parametrize("by", ["neuron", "operation"])
def test_a_link_into_a_network(opened: Opened, by: str) -> None:
    """Mode, unit, sample, weight and what was moved come back, with every number computed anew."""
    one = opened(network_pages.small())
    one.page.click("#samples button >> nth=2")
    one.page.click("#last")
    one.page.click("#parameters button >> nth=1")
    one.page.locator("#quick-range").fill("0.25")
    if by == "operation":
        one.page.click("#modes button[value='operation']")
    one.page.click("#levels button[value='1']")
    one.page.click("#back" if by == "neuron" else "#next")
    again = same_again(opened, network_pages.small(), one)
    assert again.tells("[state.mode, looked.sample, looked.term]") == [by, 2, one.tells("looked.term")]
    assert again.tells("[values[root], ...movable.map(gradient)]") == one.tells(
        "[values[root], ...movable.map(gradient)]"
    )


def test_a_link_into_a_piece(opened: Opened) -> None:
    """The piece that is opened comes back, and the step in it; Escape leads out to where one went in."""
    one = opened(network_pages.loose(500))
    place = one.tells(
        "pieceWalk().findIndex(({ part, kind }) => kind === 'backward' && 'piece' in pieceOf(opened.piece).parts[part])"
    )
    one.tells(f"go({place})")
    one.page.click("#inside")
    assert one.step() == 1
    one.page.click("#next")
    again = same_again(opened, network_pages.loose(500), one)
    again.page.click("h1")
    again.tells("go(walk().length - 1)")
    again.page.keyboard.press("Escape")
    assert again.step() == place + 1


def test_inputs_of_any_name(opened: Opened) -> None:
    """An input may be called like a word of the address, or two like each other: each keeps its own number."""
    names = ["step", "predict", "input", "a&b=c#d", "x+y z", "वर्ग", "%41", "@1", "twin", "twin"]
    leaves = [Value(float(k + 1), label=name) for k, name in enumerate(names)]
    y = sum((leaf * leaf for leaf in leaves), Value(0.0))
    one = opened(y)
    one.page.click("#next")
    one.tells("movable.forEach((i, k) => set(i, 0.5 + k))")
    again = same_again(opened, y, one)
    assert again.tells("movable.map((i) => values[i])") == [
        0.5 + k for k in range(len(leaves) + again.tells("movable.length") - len(leaves))
    ]


JUNK = [
    "step=nan", "step=-3", "step=1e999", "step=2.5", "step=", "step", "#", "&&&==", "%", "%zz=%", "x=", "x=%20", "x=1e999", "x=NaN",
    "x=<script>alert(1)</script>", "predict=9", "predict=0", "predict=2.5", "predict=Infinity", "sample=-1", "sample=1e9", "term=1e9",
    "by=nothing", "piece=7", "input=nobody", "rate=abc", "rate=", "tab=<b>", "__proto__=1", "constructor=2", "step=3&step=oops", "@0=2&@99=1",
]  # fmt: skip


@pytest.mark.parametrize("kind", network_pages.IN_ALL_MODES)
def test_junk_in_an_address_is_ignored(opened: Opened, kind: str) -> None:
    """Whatever stands in the address, the page opens without an error, and shows numbers of its own."""
    one = opened(network_pages.IN_ALL_MODES[kind]())
    start = one.tells("values.map(String)")
    for junk in JUNK:
        one.page.evaluate("(hash) => { location.hash = hash; fromAddress(); }", junk)
        assert 1 <= one.step() <= one.tells("walk().length"), junk
        if "@0" not in junk:
            assert one.tells("values.map(String)") == start, junk
        assert one.tells("document.querySelectorAll('script').length") == 2, junk


@pytest.mark.hypothesis
def test_any_address_is_safe(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Random keys and texts, of the page's own words too: no error, no message, a step that exists."""
    one = Shown(browser, tmp_path_factory.mktemp("page") / "page.html", page(trace(circuit())))
    words = ["step", "by", "sample", "term", "piece", "predict", "input", "rate", "tab", "x", "y", "f", "@0"]
    numbers = st.one_of(st.integers(-5, 50), st.floats(), st.text(max_size=8))
    parts = st.lists(st.tuples(st.one_of(st.sampled_from(words), st.text(max_size=5)), numbers), max_size=6)

    @settings(max_examples=40, deadline=None)
    @given(parts)
    def holds(drawn: list[tuple[str, Any]]) -> None:
        text = "&".join(
            f"{quote(name, errors='replace')}={quote(str(value), errors='replace')}" for name, value in drawn
        )
        one.page.evaluate("(hash) => { location.hash = hash; fromAddress(); }", text)
        assert 1 <= one.step() <= one.tells("walk().length")
        assert one.tells("values.length === nodes.length && movable.every((i) => Number.isFinite(values[i]))")
        assert one.said == []

    holds()
    one.page.context.close()
