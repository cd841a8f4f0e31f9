"""Questions on the page: asked wherever one arrives, judged and explained, with nothing in sight that gives the answer away."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable

import network_pages
import pytest
from browser import Opened, Shown, becomes, chromium, circuit, opening

from autograd_lite import Trace, Value, exp, sin, trace

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)

# All that can be seen, heard, pointed at or read off: texts in sight, attributes, what fields hold, titles of pictures.
EVERYTHING = """(() => {
  const found = [document.title];
  for (const e of document.querySelectorAll("main, main *, #bar *, #quick *, #help *")) {
    const seen = e.checkVisibility() || e.closest("title")?.parentElement?.checkVisibility();
    if (!seen || e.closest("#inputs, #quick, #data")) continue;
    for (const n of e.childNodes) if (n.nodeType === 3) found.push(n.textContent);
    for (const a of e.attributes) if (/^(title|aria-.*|alt|placeholder|value|data-.*)$/.test(a.name)) found.push(a.value);
    if ("value" in e && e.id !== "guess" && e.id !== "place" && e.localName === "input") found.push(String(e.value));
  }
  return found.join(" ¦ ");
})()"""


def given_away(one: Shown) -> str:
    """The answer to the open question, if it stands anywhere, to four digits or to all."""
    truth, full = one.tells("[shown(state.asked.truth), String(state.asked.truth)]")
    # A slope may be a number of the expression, or an operand's value, and a product its upstream; such as 1 stand anywhere.
    given = one.tells(
        "state.asked.kind === 'value' ? [] : [...[...values, state.asked.step.upstream ?? NaN].map(shown), ...document.title.split(/[^\\w.]+/)]"
    )
    if len(truth) < 4 or truth in given:
        return ""
    everything = one.tells(EVERYTHING).replace("-", "−")
    for text in (truth, full.replace("-", "−").removeprefix("−")):
        if re.search(rf"(?<![\d.,]){re.escape(text)}(?![\d])", everything):
            return str(text)
    return ""


def uneven() -> Trace:
    """A graph whose values, slopes and products are all different numbers; u is used twice, x three times."""
    x, w = Value(1.3, label="x"), Value(0.7, label="w")
    u = x * w + 0.217
    u.label = "u"
    y = u * sin(u) + exp(x * 0.31) + x / 2.9
    y.label = "y"
    return trace(y)


GRAPHS: dict[str, Callable[[], Trace]] = {
    "operation": uneven,
    "neuron": network_pages.small,
    "pieces": lambda: network_pages.loose(450),
}


def test_predict_mode(opened: Opened) -> None:
    """The next number is hidden until it is guessed or shown; wrong answers are told why, and the score counts."""
    x = Value(3.0, label="x")
    y = exp(x * 2.5)
    y.label = "y"
    shown_page = opened(y)
    shown_page.page.check("#predict", force=True)
    assert "7.5" not in shown_page.text("main")
    shown_page.page.fill("#guess", "15/2")
    shown_page.page.keyboard.press("Enter")
    assert "Right" in shown_page.text("#tries")
    assert shown_page.text("#score").startswith("1 of 1 right")
    assert "7.5" in shown_page.text("#words")
    for _ in range(2):
        shown_page.page.click("#next")
        shown_page.page.click("#reveal")
    shown_page.page.click("#next")
    shown_page.page.fill("#guess", "nine")
    shown_page.page.click("#check")
    assert shown_page.page.locator(".try.unread").count() == 1
    shown_page.page.fill("#guess", "-2.5")
    shown_page.page.click("#check")
    assert shown_page.page.locator(".try.wrong").count() == 1
    shown_page.page.click("#reveal")
    assert "2.5" in shown_page.text(".try.answer")
    assert shown_page.text("#score").startswith("1 of 4 right")
    shown_page.page.click("#back")
    shown_page.page.click("#next")
    assert not shown_page.page.is_visible("#question")  # what was answered once counts once


@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize("mode", GRAPHS)
def test_nothing_gives_the_answer_away(opened: Opened, mode: str, level: int) -> None:
    """At every step and level, in every mode, the number asked for stands nowhere; then the answer does."""
    one = opened(GRAPHS[mode]())
    one.page.click(f"#levels button[value='{level}']")
    count, asked = one.tells("walk().length"), 0
    for place in range(0, count, 1 if count < 30 else count // 15):
        one.tells(f"go({place})")
        if one.tells("Boolean(state.asked) && !/^−?[\\d.]$/.test(shown(state.asked.truth))"):
            asked += 1
            assert given_away(one) == "", (place, one.tells("state.asked.asks"))
            one.page.click("#reveal")
            assert one.tells("state.asked") is None
            assert one.page.locator(".try.answer").is_visible()
    assert asked >= (1 if level in (3, 4) else 4)


def test_nothing_gives_it_away_when_something_moves(opened: Opened) -> None:
    """Nor right after a slider, another step, the curve's other tab, or a click on a card or on a part of the title."""
    one = opened(uneven())
    one.page.click("#levels button[value='1']")
    for place in range(one.tells("steps.length")):
        one.tells(f"go({place})")
        one.page.locator("#inputs input[type=range] >> nth=0").fill("1.71")
        assert given_away(one) == ""
        one.page.locator("#inputs input[type=range] >> nth=0").fill("1.23")
        assert given_away(one) == ""
        one.tells("$('tabs').lastElementChild.click()")
        assert given_away(one) == ""
        one.tells("$('tabs').firstElementChild.click()")
    for target in ("#picture g.node >> nth=3", "#title [data-node] >> nth=1", "#first", "#back", "#last", "#next"):
        one.page.locator(target).dispatch_event("pointerdown")
        one.page.locator(target).dispatch_event("pointerup")
        one.tells(f"document.querySelector('{target}')?.click?.()") if target.startswith(
            "#"
        ) and " " not in target else None
        assert one.tells("Boolean(state.asked)")
        assert given_away(one) == "", target


def test_nothing_gives_it_away_in_a_network(opened: Opened) -> None:
    """Nor right after another sample, another weight, a slider, another unit, the other mode, or a link."""
    one = opened(network_pages.small())
    one.page.click("#levels button[value='2']")

    def holds(what: str) -> None:
        assert one.tells("Boolean(state.asked)"), what
        assert given_away(one) == "", what

    for phase in ("forward", "backward"):
        one.tells(f"go(net.steps.findIndex((s) => s.unit === 1 && s.kind === '{phase}'))")
        holds(phase)
        one.page.click("#samples button >> nth=2")
        holds("sample")
        one.page.keyboard.press("ArrowRight")
        holds("key")
        one.tells("net.onWeight(1)")
        holds("weight")
        one.page.locator("#quick-range").fill("0.321")
        holds("slider")
        one.page.locator("[data-unit='2']").dispatch_event("click")
        holds("unit")
        one.page.click("#modes button[value='operation']")
        holds("operation")
        one.page.keyboard.press("Escape")
        one.page.click("#modes button[value='neuron']")
        holds("neuron")
        link = one.tells("address()").split("#")[1]
        one.tells(f"location.hash = '{link}&sample=2'")
        becomes(one.page, "looked.sample", 1)
        holds("link")


def test_a_piece_that_is_opened_asks(opened: Opened) -> None:
    """A piece opens with a question, and going out leads back to the one that was open."""
    one = opened(network_pages.loose(450))
    one.page.click("#levels button[value='1']")
    one.tells(
        "go(pieceWalk().findIndex(({ part, kind }) => kind === 'backward' && 'piece' in pieceOf(opened.piece).parts[part]))"
    )
    place = one.step()
    assert given_away(one) == ""
    one.page.click("#inside")
    one.tells("go(1)")
    assert one.tells("Boolean(state.asked)")
    assert given_away(one) == ""
    one.tells("goOutside()")
    assert one.tells("Boolean(state.asked)")
    assert given_away(one) == ""
    assert one.tells("state.place") == one.tells("pieceWalk().length") - place or one.step() <= place


def test_questions_are_told_apart(opened: Opened) -> None:
    """What was answered for one sample is asked for another, and in the other mode; what was answered stays so."""
    one = opened(network_pages.small())
    one.page.click("#levels button[value='1']")
    one.page.click("#reveal")
    assert one.tells("state.asked") is None
    one.page.click("#samples button >> nth=1")
    assert one.tells("state.asked.truth") == one.tells("Number(net.units[0].a[1])")
    one.page.click("#samples button >> nth=0")
    assert one.tells("state.asked") is None
    one.page.click("#modes button[value='operation']")
    assert one.tells("Boolean(state.asked)")


def test_three_tries_a_hint_and_the_reason(opened: Opened) -> None:
    """A mistake is diagnosed, what follows rightly from it says so, the third wrong answer brings a hint, the fourth the answer."""
    x = Value(1.5, label="x")
    u = x * x
    s = sin(u)
    u.label, s.label = "u", "s"
    one = opened(s)
    one.page.click("#levels button[value='1']")

    def answer(text: str) -> str:
        one.page.fill("#guess", text)
        one.page.keyboard.press("Enter")
        return str(one.page.locator(".try").last.inner_text())

    assert "Not 1.5." in answer("1,5")  # the operand, or the slope: nobody knows
    assert "Not 3." in answer("3")
    answer("2.3")
    assert "Round to three digits." in one.text("#tries")
    assert one.page.locator(".try.hint").count() == 1  # after three tries
    assert "Right" in answer("9/4")
    one.page.click("#next")
    assert "With your 3 for u this is right" in answer("0.1411")
    one.page.click("#reveal")
    one.page.click("#next")
    assert "value of" in answer("0.778")
    assert "sign" in answer("0.628")
    assert one.page.locator(".try.hint").count() == 0
    answer("7")
    assert one.page.locator(".try.hint").count() == 1
    assert "−0.6282" in answer("8")
    assert one.tells("state.asked") is None
    one.page.click("#next")
    one.page.click("#hint")
    assert one.page.locator(".try.hint").count() == 1
    answer("x")  # a formula, right at any x
    assert "Right" in one.text("#tries")
    assert one.text("#score") == one.tells("`${score.right} of ${score.asked} right, ${score.tries} tries`")


def test_which_node_goes_next(opened: Opened) -> None:
    """The exercise of the order is done by mouse and by keys alike; a wrong choice is explained, and counts for nothing."""
    one = opened(circuit())
    one.page.click("#levels button[value='5']")
    order = one.tells("[...new Set(steps.filter((s) => s.kind === 'backward').map((s) => s.node))]")
    wrong = order[-1]
    one.page.locator(f"#picture g.node[data-node='{wrong}']").focus()
    one.page.keyboard.press("Enter")
    assert "has to wait" in one.text("#tries")
    for k, node in enumerate(order):
        card = one.page.locator(f"#picture g.node[data-node='{node}']")
        if k % 2:
            card.dispatch_event("pointerdown")
            card.dispatch_event("pointerup")
        else:
            card.focus()
            one.page.keyboard.press(" ")
        assert one.tells("state.done").count(node) == 1
    assert one.text("#nothing") == "All have gone backward."
    one.page.click("#levels button[value='1']")
    assert one.page.locator("#picture g[role=button]").count() == 0


@pytest.mark.parametrize(
    "factor", [0.5, 1.0 / 3.0, math.sqrt(2.0), 7.0 / 3.0, 2.0 * math.pi, 0.03, math.exp(-1.0), math.cos(1.0)]
)
def test_what_shows_how_to_answer_is_not_the_answer(opened: Opened, factor: float) -> None:
    """No example of how an answer may be written has its number."""
    one = opened(Value(2.0, label="x") * factor)
    one.tells("(chooseLevel(1), go(1), 0)")
    assert one.tells("state.asked.truth") == factor
    for written in one.page.locator("#question kbd").all_inner_texts():
        assert abs(one.tells(f"readAnswer({json.dumps(written)}, []).value") - factor) > 0.01 * factor
    assert not re.search(r"\d/\d|\d[.,]\d", one.page.locator("#question p").inner_text().replace(written, ""))
