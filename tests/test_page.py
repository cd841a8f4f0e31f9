"""The page to step through a graph, in a real browser: every control, every number, whatever the labels are."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Shown, chromium
from playwright.sync_api import Browser

from autograd_lite import Op, Value, atan2, exp, gradients, hypot, logaddexp, mul, sin, tanh, trace, where
from autograd_lite.engine.text import shown
from autograd_lite.views.steps.page.page import page
from autograd_lite.views.steps.passes import Backward

browser = pytest.fixture(scope="module", name="browser")(chromium)
Opened = Callable[..., Shown]


@pytest.fixture(name="opened")
def _opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    pages: list[Shown] = []

    def open_page(y: Value | str, **options: Any) -> Shown:
        html = y if isinstance(y, str) else page(trace(y))
        pages.append(Shown(browser, tmp_path / f"{len(pages)}.html", html, **options))
        return pages[-1]

    yield open_page
    for shown_page in pages:
        assert shown_page.said == []  # no page says anything to the console,
        assert [url for url in shown_page.asked if not url.startswith(shown_page.address)] == []  # or asks for more
        shown_page.page.context.close()


def circuit() -> Value:
    """Lesson L02 with x used twice: f = w·(x·y + z) + x·w."""
    x, y, z, w = Value(-2, "x"), Value(3, "y"), Value(10, "z"), Value(-2, "w")
    q = x * y
    q.label = "q"
    f = w * (q + z) + x * w
    f.label = "f"
    return f


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
    assert shown_page.arrives(9)
    shown_page.page.reload()
    assert shown_page.step() == 9
    shown_page.page.evaluate("location.hash = '#99'")
    assert shown_page.arrives(last)
    assert shown_page.page.is_disabled("#next")


def test_an_address_holds_what_one_sees(opened: Opened) -> None:
    """Step, inputs, the input that is looked at and the level of questions come back from the address of the page."""
    shown_page = opened(circuit())
    shown_page.page.click("#last")
    shown_page.page.fill("#in1", "4.5")
    shown_page.page.keyboard.press("Enter")
    shown_page.page.click("#levels button[value='2']")
    shown_page.page.click("#back")
    address = shown_page.tells("address()")
    again = opened(circuit())
    again.page.goto(address.replace(shown_page.address, again.address))
    again.page.reload()
    for one in (shown_page, again):
        assert one.tells("[state.place, values[movable[1]], state.predict, state.level, state.leaf === movable[1]]") == [
            shown_page.step() - 1, 4.5, True, 2, True,
        ]  # fmt: skip


def test_space_plays(opened: Opened) -> None:
    """The space bar plays the steps by themselves, and stops them again."""
    shown_page = opened(circuit())
    shown_page.page.click("h1")
    shown_page.page.keyboard.press(" ")
    assert shown_page.page.get_attribute("#start", "aria-label") == "pause"
    assert shown_page.arrives(2)
    shown_page.page.keyboard.press(" ")
    assert shown_page.page.get_attribute("#start", "aria-pressed") == "false"


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
def test_nothing_gives_the_answer_away(opened: Opened, level: int) -> None:
    """While a question is open its number stands nowhere: not in texts, tooltips, titles or the words for listeners."""
    x = Value(1.3, label="x")
    u = x * 2.7
    y = u * sin(u) + exp(x * 0.31)
    shown_page = opened(y)
    shown_page.page.click(f"#levels button[value='{level}']")
    asked = 0
    for _ in range(int(shown_page.text("#count").split()[-1])):
        if shown_page.tells("Boolean(state.asked)"):
            asked += 1
            truth = shown_page.tells("shown(state.asked.truth)")
            everything = shown_page.tells(
                "[...document.querySelectorAll('body *')].filter((e) => !e.closest('script, style, #data')).flatMap((e) => "
                "[...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent)"
                ".concat([...e.attributes].filter((a) => /title|aria|alt|placeholder/.test(a.name)).map((a) => a.value)))"
                ".join(' ¦ ')"
            )
            known = {shown(float(value)) for value in shown_page.tells("values.map(String)")} | {
                "0",
                "1",
                "2.7",
                "0.31",
            }
            if truth not in known:  # an operand's value may be the derivative that is asked for
                assert not re.search(rf"(?<![\d.]){re.escape(truth)}(?![\d])", everything), (truth, shown_page.step())
            shown_page.page.click("#reveal")
        shown_page.page.click("#next") if not shown_page.page.is_disabled("#next") else None
    assert asked >= (1 if level in (3, 4) else 5)


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


HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "\"quotes\" and 'apostrophes'",
    "{{braces}} {0} ${a}",
    "<!-- --> ]]> &amp;",
    "\u202eright to left",
    "\\n \\u0000 \\",
    "x" * 10_000,
]


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: label[:12])
def test_labels_are_text(opened: Opened, label: str) -> None:
    """Whatever a label is, it is shown as text and runs nothing, and the page works."""
    x = Value(2.0, label=label)
    y = x * x
    y.label = label + "2"
    shown_page = opened(y)
    shown_page.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    assert shown_page.page.locator("img").count() == 0
    shown_page.page.click("#last")
    assert shown_page.step() == 4
    shown_page.page.fill("#in0", "3")
    shown_page.page.keyboard.press("Enter")
    assert shown_page.tells("values[root]") == 9.0
    assert shown_page.tells("document.documentElement.scrollWidth <= innerWidth")


def test_own_operations(opened: Opened) -> None:
    """A custom operation of generic rules can be moved; one whose rules take numbers only is shown, and says why not."""
    cube = Op("cube", lambda x: x * x * x, [lambda x, _: 3.0 * x * x])
    shown_page = opened(cube(Value(2.0, label="x")))
    shown_page.page.fill("#in0", "3")
    shown_page.page.keyboard.press("Enter")
    assert shown_page.tells("[values[root], gradient(0)]") == [27.0, 27.0]
    floor = Op("floor", math.floor, [0.0])
    gamma = Op("gamma", math.gamma, [lambda x, y: y * (math.lgamma(x + 1e-6) - math.lgamma(x)) / 1e-6])
    shown_page = opened(gamma(Value(2.5, label="x")) + floor(Value(1.5)))
    assert shown_page.page.is_visible("#still")
    assert not shown_page.page.is_visible("#inputs")
    shown_page.page.click("#last")
    assert shown_page.text("#heading").startswith("Into")


def test_a_gradient_is_a_graph(opened: Opened) -> None:
    """The derivative of e^sin(x²) is stepped through as any graph, to the second derivative of the curriculum."""
    x = Value(1.5, label="x")
    shown_page = opened(gradients(exp(sin(x**2)), x))
    place = shown_page.tells("nodes.findIndex((node) => node.name === 'x')")
    assert shown_page.tells(f"gradient({place})") == pytest.approx(-10.249702531185975, rel=1e-12)


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


def test_the_same_graph_gives_the_same_bytes() -> None:
    """A page depends on the graph alone."""
    x, y, w = Value(0.5, "x"), Value(1.2, "y"), Value(0.1, "w")
    z = x
    for _ in range(8):
        z = sin(z * y) + w
    assert page(trace(z)) == page(trace(z))


def test_a_page_of_a_hundred_nodes_is_small() -> None:
    """It stays below 250 KB."""
    z = Value(0.5, "x")
    while len(trace(z).nodes) < 98:
        z = tanh(z * Value(1.2) + 0.1)
    assert len(page(trace(z)).encode()) <= 250_000


@pytest.mark.long
def test_a_page_of_a_hundred_nodes_with_shared_ones_is_small() -> None:
    """It stays below 250 KB, where two leaves are used again and again."""
    z, y, w = Value(0.5, "x"), Value(1.2, "y"), Value(0.1, "w")
    for _ in range(32):
        z = sin(z * y) + w
    assert 95 <= len(trace(z).nodes) <= 100
    assert len(page(trace(z)).encode()) <= 250_000


@pytest.mark.long
@pytest.mark.parametrize("op", [mul, atan2, hypot, logaddexp], ids=lambda op: op.name)
def test_pages_of_one_operation_are_small(op: Any) -> None:
    """A page of 100 nodes stays below 250 KB too where a hundred edges meet in one node, which takes long to lay out."""
    y, b = Value(1.5, label="a"), Value(0.5, label="b")
    while len(trace(y).nodes) < 98:
        y = op(y, b)
    assert len(page(trace(y)).encode()) <= 250_000


def test_nothing_but_its_own_script_may_run() -> None:
    """The policy of the page allows its one script and its styles by their digests, and no address at all."""
    html = page(trace(circuit()))
    policy = html.partition('Content-Security-Policy" content="')[2].partition('"')[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert html.count("<script") == 2
    assert not re.search(r"<[^>]+ on\w+=", html.partition("<main>")[2].partition("<script")[0])


def test_towards_one_leaf(opened: Opened) -> None:
    """Of a trace towards x alone, x alone can be moved: the slopes by the other leaves are not known."""
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    shown_page = opened(page(trace(w * x, wrt=x)))
    assert shown_page.tells("movable.map((i) => nodes[i].name)") == ["x"]
    shown_page.page.click("#last")
    assert shown_page.page.get_attribute("#curve", "aria-label") == "y over x: 6 at 3, slope 2"


def test_operations_of_one_name(opened: Opened) -> None:
    """A custom operation called sin is not taken for the sine, and names that hold those of others are whole."""
    cube = Op("sin", lambda x: x * x * x, [lambda x, _: 3.0 * x * x])
    x = Value(2.0, label="x")
    assert opened(cube(x) + sin(x)).tells("values[root] === RULES.at(-1).value(values)")
    shown_page = opened(cube(x) + sin(x))
    shown_page.page.fill("#in0", "3")
    shown_page.page.keyboard.press("Enter")
    assert shown_page.tells("values[root]") == pytest.approx(27.0 + math.sin(3.0), rel=1e-15)
    square = Op("sin", lambda x: x * x, [lambda x, _: 2.0 * x])
    shown_page = opened(cube(square(x)) + square(x) * 2.0 + sin(cube(x)) + hypot(x, 1.0, 2.0) + hypot(x, x, x, 3.0))
    shown_page.page.fill("#in0", "3")
    shown_page.page.keyboard.press("Enter")
    expected = 729.0 + 18.0 + math.sin(27.0) + math.sqrt(14.0) + 6.0
    assert shown_page.tells("values[root]") == pytest.approx(expected, rel=1e-14)
    slope = 6.0 * 243.0 + 12.0 + 27.0 * math.cos(27.0) + 3.0 / math.sqrt(14.0) + 9.0 / 6.0
    assert shown_page.tells("gradient(movable[0])") == pytest.approx(slope, rel=1e-13)
    shown_page = opened(Op("self_relu", lambda x: x * 2.0, [2.0])(x))
    shown_page.page.fill("#in0", "4")
    shown_page.page.keyboard.press("Enter")
    assert shown_page.tells("values[root]") == 8.0


def test_a_leaf_changed_since(opened: Opened) -> None:
    """A page made before a leaf was changed keeps its number; one made after says so and computes nothing anew."""
    x = Value(3.0, label="x")
    y = x * x
    steps = trace(y)
    x.data = 5.0
    assert opened(page(steps)).tells("values[root]") == 9.0
    shown_page = opened(y)
    assert shown_page.tells("nodes[0].name") == "x (changed since)"
    assert not shown_page.page.is_visible("#inputs")
    shown_page.page.click("#last")
    assert "3 + 3 = 6" in shown_page.text("#words")


@pytest.mark.parametrize("x", [1234.5, 0.12345, 12345.5, -2.5e-7, 1e5, 99999.5, 0.00099995, 0.0, -1235.5])
def test_numbers_are_rounded_as_in_python(opened: Opened, x: float) -> None:
    """The page shows a number with the digits that Python shows, ties included."""
    assert opened(Value(1.0)).tells(f"shown({x!r})") == shown(x)


def test_a_branch_on_a_number_stops_the_inputs(opened: Opened) -> None:
    """Where the program has chosen by a number, another number might choose otherwise: the page says so, and stays."""
    x = Value(0.5, label="x")
    for y in (where(x > 0.0, x * x, -x), x * x if x > 0.0 else -x):
        shown_page = opened(y)
        assert "took a branch on a number" in shown_page.text("#still")
        assert not shown_page.page.is_visible("#inputs")


@pytest.mark.parametrize("x", [math.nan, math.inf, 1e308, -1e308])
def test_inputs_that_nothing_lies_around(opened: Opened, x: float) -> None:
    """A leaf that is nan, infinite or the largest of floats is shown without a curve, and without an error."""
    shown_page = opened(Value(x, label="x") * 2.0)
    assert shown_page.page.locator("#curve path").count() == (0 if not math.isfinite(2.0 * x) or abs(x) > 1e300 else 1)
    shown_page.page.click("#reset")
    shown_page.page.fill("#in0", "1")
    shown_page.page.keyboard.press("Enter")
    assert shown_page.tells("values[root]") == 2.0


def test_cards_tell_the_numbers_in_full(opened: Opened) -> None:
    """Pointing at a card shows its value and gradient with all digits, as soon as they are known."""
    shown_page = opened(sin(Value(0.5, label="x")))
    title = shown_page.page.locator('#picture g[id$="_v2"] title')
    shown_page.page.click("#levels button[value='1']")
    assert title.text_content() == "y = sin x"
    shown_page.page.click("#last")
    assert title.text_content() == f"y = sin x\nvalue {math.sin(0.5)}\ngrad 1"
