"""Every control of the page, in a real browser: by mouse, by keys and by touch, and for those who listen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import network_pages
import pytest
from browser import Opened, Shown, becomes, chromium, circuit, opening

from autograd_lite.engine.text import shown

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)

TOUCH = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TABLET = {"viewport": {"width": 1180, "height": 820}, "has_touch": True}


def swipe(one: Shown, selector: str, by: float) -> None:
    """A finger on an element, moved sideways."""
    one.page.evaluate(
        """([selector, by]) => {
          const target = document.querySelector(selector), { left, top, width, height } = target.getBoundingClientRect();
          const at = (dx) => [new Touch({ identifier: 1, target, clientX: left + width / 2 + dx, clientY: top + height / 2 })];
          const send = (type, touches, changedTouches) => target.dispatchEvent(new TouchEvent(type, { touches, changedTouches, bubbles: true }));
          send("touchstart", at(0), at(0));
          send("touchend", [], at(by));
        }""",
        [selector, by],
    )


def test_by_touch(opened: Opened) -> None:
    """On a telephone the steps, the questions, the sheet with the curve, and the gradient step answer to a finger."""
    one = opened(circuit(), **TOUCH)
    one.page.tap("#next")
    assert one.step() == 2
    swipe(one, "#words", -120)
    assert one.step() == 3
    swipe(one, "#words", 120)
    swipe(one, "#words", 30)
    assert one.step() == 2
    one.page.tap("#back")
    assert one.step() == 1
    one.page.tap("#levels button[value='1']")
    one.page.tap("#guess")
    one.page.keyboard.type("-6")
    one.page.tap("#check")
    assert "Right" in one.text("#tries")
    one.page.tap("#levels button[value='1']")
    assert not one.tells("state.predict")
    one.tells("go(steps.length - 1)")
    one.page.tap("#sheet")
    assert one.page.get_attribute("#sheet", "aria-expanded") == "true"
    one.page.locator("#curve").scroll_into_view_if_needed()
    box = one.page.locator("#curve").bounding_box()
    assert box is not None
    one.page.touchscreen.tap(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)
    assert one.tells("values[movable[0]]") == pytest.approx(one.tells("axes.high"), abs=0.02)
    before = one.tells("values[root]")
    one.page.tap("#descend")
    assert one.tells("values[root]") != before
    one.page.tap("#sheet")
    assert one.page.get_attribute("#sheet", "aria-expanded") == "false"


def test_a_finger_on_a_slider_stays_there(opened: Opened) -> None:
    """Sliding a weight or scrolling a formula sideways is no swipe to another step."""
    one = opened(network_pages.small(), **TABLET)
    one.page.tap("#next")
    swipe(one, "#quick-range", -150)
    assert one.step() == 2
    swipe(one, "#words", -150)
    assert one.step() == 3


def test_the_window_on_the_picture(opened: Opened) -> None:
    """Buttons, wheel and keys make it larger and smaller, a hand moves it, and 0 and Fit show all of it again."""
    one = opened(circuit())
    start = one.tells("seen.scale")
    acts: list[tuple[Callable[[], Any], int]] = [
        (lambda: one.page.click("#closer"), 1),
        (lambda: one.page.click("#farther"), -1),
        (lambda: one.page.keyboard.press("+"), 1),
        (lambda: one.page.keyboard.press("-"), -1),
        (lambda: one.page.mouse.wheel(0, -200), 1),
        (lambda: one.page.mouse.wheel(0, 200), -1),
    ]
    for act, sign in acts:
        one.page.hover("#picture", position={"x": 30, "y": 30})
        before = one.tells("seen.scale")
        act()
        becomes(one.page, f"{sign} * (seen.scale - {before}) > 0")
    one.page.click("#fit")
    assert one.tells("[seen.scale, seen.fitted]") == [start, True]
    x, y = one.tells("[seen.x, seen.y]")
    one.page.hover("#picture", position={"x": 30, "y": 30})
    one.page.mouse.down()
    one.page.mouse.move(300, 300)
    one.page.mouse.move(340, 320)
    one.page.mouse.up()
    assert one.tells("[seen.x, seen.y]") != [x, y]
    one.page.keyboard.press("0")
    assert one.tells("[seen.x, seen.y, seen.fitted]") == [x, y, True]


def test_cards_title_and_ticks_lead_to_their_step(opened: Opened) -> None:
    """A click on a card, on a part of the title or on a tick goes there; pointing at one lights up all of a node."""
    one = opened(circuit())
    q = one.tells("nodes.findIndex((node) => node.name === 'q')")
    for target in (f"#title [data-node='{q}']", f"#picture g.node[data-node='{q}']"):
        one.tells("go(1)")
        one.page.click(target)
        assert one.tells("about(state.place)") == q, target
    for place in (4, 0, one.tells("steps.length") - 1):  # where a tick stands
        box = one.page.locator("#ticks .tick i").nth(place).bounding_box()
        assert box is not None
        one.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert one.step() == place + 1
    for target in (f"#title [data-node='{q}']", f"#picture g.node[data-node='{q}']"):
        one.page.hover(target)
        lit = one.tells(
            "[...document.querySelectorAll('.lit')].map((e) => e.closest('#title, #picture, #ticks, #growth')?.id)"
        )
        assert {"title", "picture", "ticks"} <= set(lit), target
        assert one.tells(f"[...document.querySelectorAll('.lit')].every((e) => e.dataset.node === '{q}')")


def test_help_drawer_and_switches(opened: Opened) -> None:
    """The keys p, i, ? and the buttons do the same; a dialog is left by Escape or a click; typing in a field is no key."""
    one = opened(circuit())
    one.page.click("h1")
    one.page.keyboard.press("?")
    assert one.tells("$('help').open")
    one.page.keyboard.press("ArrowRight")
    assert one.step() == 1
    one.page.keyboard.press("Escape")
    assert not one.tells("$('help').open")
    one.page.click("#keys")
    one.page.click("#help h2")
    assert not one.tells("$('help').open")
    acts: list[Callable[[], Any]] = [lambda: one.page.keyboard.press("i"), lambda: one.page.click("#drawer-button")]
    for act in acts:
        before = one.page.is_visible("#inputs")
        act()
        assert one.page.is_visible("#inputs") != before
    one.page.keyboard.press("p")
    assert one.tells("state.predict")
    one.page.focus("#guess")
    one.page.keyboard.type("p0+-")
    assert one.tells("[state.predict, $('guess').value]") == [True, "p0+-"]
    one.page.click("#predicting")
    assert not one.tells("state.predict")


def test_the_curve_has_two_sides(opened: Opened) -> None:
    """Backward, the other tab shows a node over its operand, with the local derivative for a slope; it cannot be dragged."""
    one = opened(circuit())
    assert one.page.is_disabled("#tabs button[value='local']")
    one.page.click("#last")
    one.page.click("#tabs button[value='local']")
    step = one.tells("steps[state.place]")
    assert one.page.get_attribute("#curve", "aria-label") == (
        f"{one.tells('nodes[steps[state.place].node].name')} over {one.tells('nodes[steps[state.place].operand].name')}: "
        f"{one.tells('shown(values[steps[state.place].node])')} at {one.tells('shown(values[steps[state.place].operand])')}, slope {shown(step['local'])}"
    )
    before = one.tells("values.slice()")
    one.page.click("#curve", position={"x": 150, "y": 60})
    assert one.tells("values.slice()") == before
    one.page.click("#tabs button[value='whole']")
    one.page.click("#curve", position={"x": 150, "y": 60})
    assert one.tells("values.slice()") != before


@pytest.mark.parametrize("mode", network_pages.IN_ALL_MODES)
def test_the_tree_for_those_who_listen(opened: Opened, mode: str) -> None:
    """At each step: every button and field has a name, no id stands twice, and the live sentence is the one in sight."""
    one = opened(network_pages.IN_ALL_MODES[mode]())
    names = """[...document.querySelectorAll("button, input, [role=button], [role=radio], [role=switch], [role=img], dialog, section, aside, nav")].filter((e) => e.checkVisibility()
      && !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.[0]?.textContent.trim() || e.title)).map((e) => e.outerHTML.slice(0, 100))"""
    count = one.tells("walk().length")
    for place in range(0, count, max(1, count // 9)):
        one.tells(f"go({place})")
        assert one.tells(names) == []
        ids = one.tells("[...document.querySelectorAll('[id]')].map((e) => e.id)")
        assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)[:5]
        said = one.text("#spoken")
        assert said.startswith(f"{place + 1} of {count}. ")
        tree = one.page.locator("body").aria_snapshot()
        assert said.split(". ", 1)[1][:20] in tree
        assert f"step {place + 1} of {count}" in str(one.page.get_attribute("#place", "aria-valuetext"))


def test_without_motion(opened: Opened) -> None:
    """Where motion is unwelcome nothing glides, and the steps still play."""
    one = opened(circuit(), reduced_motion="reduce")
    glides = "[...document.querySelectorAll('*')].filter((e) => getComputedStyle(e).transitionDuration.split(', ').some((t) => t !== '0s')).length"
    assert one.tells(glides) == 0
    one.page.click("#start")
    one.arrives(2)
    one.page.click("#start")
    assert one.page.get_attribute("#start", "aria-label") == "play the steps"
