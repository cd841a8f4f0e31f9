"""The page to step through a graph, in a real browser: what each step shows, and how one goes from one to another."""

from __future__ import annotations

import math

import pytest
from browser import Opened, chromium, circuit, opening

from autograd_lite import Value, sin, trace
from autograd_lite.engine.text import shown
from autograd_lite.views.steps.passes import Backward

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)


def test_every_step_says_what_the_trace_says(opened: Opened) -> None:
    """Going through all steps, the sentence is that of the trace, and the cards hold the numbers known by then."""
    f = circuit()
    traced, shown_page = trace(f), opened(f)
    steps = [step for step in traced if isinstance(step, Backward) or step.node.op is not None]
    keys = {node: f"v{place}" for place, node in enumerate(traced.nodes, start=1)}
    computed = {node for node in traced.nodes if node.op is None}
    sums: dict[Value, float] = {}
    for number, step in enumerate(steps, start=1):
        assert shown_page.step() == number
        assert shown_page.text("#spoken").endswith(step.words())
        computed.add(step.node)
        if isinstance(step, Backward):
            sums |= {traced.root: 1.0, step.operand: step.total}
        for node in traced.nodes:
            value = shown(node.data) if node in computed else "?"
            assert shown_page.numbers(keys[node]) == (value, shown(sums[node]) if node in sums else "·")
        shown_page.page.click("#next") if number < len(steps) else None
    f.backward()
    assert {node: node.grad for node in sums} == sums


def test_buttons_keys_slider_and_address(opened: Opened) -> None:
    """First, Back, Next, Last, the arrow keys, Home, End, the track and the address all lead to their step."""
    shown_page = opened(circuit())
    last = int(shown_page.text("#count").split()[-1])
    for press, expected in (
        ("#next", 2), ("#next", 3), ("#back", 2), ("#last", last), ("#back", last - 1), ("#first", 1),
    ):  # fmt: skip
        shown_page.page.click(press)
        assert shown_page.step() == expected
    shown_page.page.click("h1")
    for key, expected in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", last), ("Home", 1)):
        shown_page.page.keyboard.press(key)
        assert shown_page.step() == expected
        assert shown_page.page.url.endswith(f"#step={expected}")
    shown_page.page.locator("#place").fill("7")
    assert shown_page.step() == 7
    shown_page.page.evaluate("location.hash = '#step=9'")
    shown_page.arrives(9)
    shown_page.page.reload()
    assert shown_page.step() == 9
    shown_page.page.evaluate("location.hash = '#99'")
    shown_page.arrives(last)
    assert shown_page.page.is_disabled("#next")


def test_space_plays(opened: Opened) -> None:
    """The space bar plays the steps by themselves, and stops them again."""
    shown_page = opened(circuit())
    shown_page.page.click("h1")
    shown_page.page.keyboard.press(" ")
    assert shown_page.page.get_attribute("#start", "aria-label") == "pause"
    shown_page.arrives(2)
    shown_page.page.keyboard.press(" ")
    assert shown_page.page.get_attribute("#start", "aria-pressed") == "false"


def test_moving_an_input_computes_anew(opened: Opened) -> None:
    """A number in a field or a slider changes all values and gradients to those that Python computes there."""
    shown_page = opened(circuit())
    shown_page.page.click("#last")
    shown_page.page.fill("#in0", "0.7")
    shown_page.page.keyboard.press("Enter")
    shown_page.page.locator("#inputs input[type=range]").nth(1).fill("4.5")
    x, y, z, w = 0.7, shown_page.tells("values[movable[1]]"), 10.0, -2.0
    found = shown_page.tells("[values[root], ...movable.map(gradient)]")
    assert found == pytest.approx([w * (x * y + z) + x * w, w * y + w, w * x, w, x * y + z + x], rel=1e-12)
    assert shown_page.page.get_attribute("#curve", "aria-label") == (
        f"f over y: {shown(found[0])} at {shown(y)}, slope {shown(found[2])}"
    )
    shown_page.page.click("#reset")
    assert shown_page.tells("values[root]") == -4.0


def test_the_point_on_the_curve_is_dragged(opened: Opened) -> None:
    """Dragging on the curve moves the input to where the hand is."""
    shown_page = opened(circuit())
    box = shown_page.page.locator("#curve").bounding_box()
    assert box is not None
    shown_page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    shown_page.page.mouse.down()
    shown_page.page.mouse.move(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)
    shown_page.page.mouse.up()
    assert shown_page.tells("values[movable[0]]") == pytest.approx(shown_page.tells("axes.high"), abs=0.02)


def test_one_gradient_step_is_pythons(opened: Opened) -> None:
    """All inputs move against their gradients at once, as Python computes it to 1e-12; before and after stand there."""
    shown_page, leaves = opened(circuit()), {"x": -2.0, "y": 3.0, "z": 10.0, "w": -2.0}
    assert shown_page.page.is_disabled("#descend")  # the gradient has not arrived
    shown_page.page.click("#last")
    shown_page.page.fill("#rate", "0,1")
    shown_page.page.click("#descend")
    x, y, z, w = leaves.values()
    slopes = {"x": w * y + w, "y": w * x, "z": w, "w": x * y + z + x}
    moved = {name: leaves[name] - 0.1 * slopes[name] for name in leaves}
    names = shown_page.tells("movable.map((i) => nodes[i].name)")
    assert shown_page.tells("movable.map((i) => values[i])") == pytest.approx([moved[n] for n in names], rel=1e-12)
    x, y, z, w = moved.values()
    assert shown_page.tells("values[root]") == pytest.approx(w * (x * y + z) + x * w, rel=1e-12)
    rows = shown_page.page.locator("#after tr").all_inner_texts()
    assert rows[-1].split()[1:] == ["−4", shown(w * (x * y + z) + x * w)]


def test_outside_of_the_domain(opened: Opened) -> None:
    """Where Python's floats would raise, the page says so, and goes on when the input comes back."""
    x = Value(2.0, label="x")
    shown_page = opened(x.log())
    for text, trouble in (("-1", True), ("1", False)):
        shown_page.page.fill("#in0", text)
        shown_page.page.keyboard.press("Enter")
        assert shown_page.page.is_visible("#trouble") == trouble
    assert shown_page.tells("values[root]") == 0.0


def test_dark_mode(opened: Opened) -> None:
    """Where the system is dark, the page is: light ink on dark paper, in the picture too."""
    for scheme, light in (("light", True), ("dark", False)):
        shown_page = opened(circuit(), color_scheme=scheme)
        colour = shown_page.tells("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        card = shown_page.tells(
            "getComputedStyle(document.querySelector('#picture .leaf .shape')).fill.match(/\\d+/g).map(Number)"
        )
        assert (min(colour) > 200, min(card) > 180) == (light, light)


def test_a_screen_reader_hears_the_step(opened: Opened) -> None:
    """The sentence of the step is announced, the picture has words, and every control a name."""
    shown_page = opened(circuit())
    assert shown_page.page.get_attribute("#spoken", "aria-live") == "polite"
    assert "computation graph of f" in str(shown_page.page.get_attribute("#picture svg", "aria-label"))
    for control in shown_page.page.locator("button, input, select").all():
        name = control.evaluate(
            "(e) => e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.[0]?.textContent.trim()"
        )
        assert name or not control.is_visible()


def test_on_paper_all_steps_stand_as_a_list(opened: Opened) -> None:
    """Printed, the page lists every step, and leaves the controls out."""
    shown_page = opened(circuit())
    shown_page.tells("window.dispatchEvent(new Event('beforeprint'))")
    shown_page.page.emulate_media(media="print")
    steps = [step for step in trace(circuit()) if isinstance(step, Backward) or step.node.op is not None]
    assert shown_page.page.locator("#all li").all_text_contents() == [step.words() for step in steps]
    assert not shown_page.page.is_visible("#bar")


def test_cards_tell_the_numbers_in_full(opened: Opened) -> None:
    """Pointing at a card shows its value and gradient with all digits, as soon as they are known."""
    shown_page = opened(sin(Value(0.5, label="x")))
    title = shown_page.page.locator('#picture g[id$="_v2"] title')
    shown_page.page.click("#levels button[value='1']")
    assert title.text_content() == "v2 = sin x"
    shown_page.page.click("#last")
    assert title.text_content() == f"v2 = sin x\nvalue {math.sin(0.5)}\ngrad 1"
