"""Graphs of every kind on the page: whatever the labels, operations and numbers are, and how large it is."""

from __future__ import annotations

import math
import re

import pytest
from browser import Opened, chromium, circuit, opening

from autograd_lite import Op, Value, exp, gradients, hypot, sin, trace, where
from autograd_lite.engine.text import shown
from autograd_lite.views.steps.page.page import page

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)


HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "\"quotes\" and 'apostrophes'",
    "{{braces}} {0} ${a}",
    "<!-- --> ]]> &amp;",
    "\u202eright to left",
    "<img src=x onerror=alert(1)>",
    "वर्ग",
    "line\u2028separator\u2029s",
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
    assert shown_page.step() == 3
    shown_page.page.fill("#in0", "3")
    shown_page.page.keyboard.press("Enter")
    assert shown_page.tells("values[root]") == 9.0
    assert shown_page.tells("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("label", ["ꀀ", "ꀀꀁ", "\ua48cꀀ1"])
def test_labels_in_the_letters_that_stand_for_names(opened: Opened, label: str) -> None:
    """Formulas in the page hold a name of these letters as any other."""
    x, w = Value(2.0, label=label), Value(3.0, label="w")
    shown_page = opened(sin(x) * w)
    assert f"sin {label}" in shown_page.tells("nodes.map((node) => node.text)")
    shown_page.page.click("#last")
    assert shown_page.tells("values[root]") == pytest.approx(3.0 * math.sin(2.0), rel=1e-15)


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
    assert shown_page.page.get_attribute("#curve", "aria-label") == "v3 over x: 6 at 3, slope 2"


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
