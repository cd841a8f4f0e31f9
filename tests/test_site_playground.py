"""The playground in a real browser: typed expressions, programs, links, what is hostile, and what never ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import pytest
from browser import PATIENCE, chromium
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect
from sited import Visiting, visiting, whole_site

from autograd_lite.site.playground import expression_hash, program_hash

pytestmark = pytest.mark.long
SCREEN = {"width": 1440, "height": 1100}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


browser = pytest.fixture(scope="module", name="browser")(chromium)
site = pytest.fixture(scope="module", name="site")(whole_site)


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visiting]:
    """Opens pages of the site; the console stays empty, and no other host is asked."""
    opening = visiting(browser, site)
    yield partial(next(opening), viewport=SCREEN)
    next(opening, None)  # what was said and asked is looked at


def stage(page: Page) -> FrameLocator:
    """The page that Python has made."""
    return page.frame_locator("#stage iframe")


def results(page: Page, text: str) -> None:
    """Wait until the results are these."""
    expect(page.locator("#results")).to_have_text(text)


def run(page: Page, program: str) -> None:
    """Type a program and run it."""
    page.click("#as-program")
    page.fill("#program", program)
    page.click("#run")


def test_the_first_example_is_there_without_python(visit: Visiting) -> None:
    """Results and steps are those of the build, and the stepper goes on, before Python is loaded."""
    seen = visit()
    results(seen.page, "y = 2.177273dy/dx = −4.103116")
    stage(seen.page).locator("#next").click()
    expect(stage(seen.page).locator("#count")).to_have_text("step 2 of 6")
    seen.until_ready()


def test_four_expressions(visit: Visiting) -> None:
    """One with names without numbers, one that is wrong, one in Unicode, one in Python's notation, as one types."""
    page = visit().page
    page.fill("#expression", "a*x^2 + b")
    results(page, "y = 4dy/da = 2.25dy/dx = 6dy/db = 1")
    expect(page.get_by_label("b", exact=True)).to_have_value("-0.5")
    page.fill("#expression", "sin(x")
    expect(page.locator("#error")).to_contain_text("not closed")
    expect(page.locator("#error pre")).to_have_text("  sin(x\n     ^")
    expect(page.locator("#expression")).to_have_attribute("aria-invalid", "true")
    page.fill("#expression", "√(x² + y²)")
    page.get_by_label("x", exact=True).fill("3")
    page.get_by_label("y", exact=True).fill("2^2")
    results(page, "f = 5df/dx = 0.6df/dy = 0.8")
    expect(page.locator("#error")).to_be_empty()
    page.fill("#expression", "tanh(x)**2")
    page.get_by_label("x", exact=True).fill("0")
    results(page, "y = 0dy/dx = 0")


def test_steps_and_questions_on_the_stage(visit: Visiting) -> None:
    """The steps of what was typed are gone through, and a question in them is answered."""
    page = visit().page
    page.fill("#expression", "x^3")
    page.get_by_label("x", exact=True).fill("2")
    results(page, "y = 8dy/dx = 12")
    steps = stage(page)
    steps.locator("#predict").check(force=True)
    steps.locator("#guess").fill("2^3")
    steps.locator("#guess").press("Enter")
    expect(steps.locator("#tries")).to_contain_text("Right")
    expect(steps.locator("#score")).to_contain_text("1 of 1 right")
    steps.locator("#next").click()
    expect(steps.locator("#count")).to_have_text("step 2 of 2")


def test_higher_orders_and_with_respect_to_what(visit: Visiting) -> None:
    """The second derivatives of x²y: with respect to x, then y."""
    page = visit(expression_hash("x^2 y", {"x": "3", "y": "5"})).page
    results(page, "f = 45df/dx = 30df/dy = 9")
    page.fill("#order", "2")
    results(page, "f = 45∂f/∂x = 30∂²f/∂x² = 10∂²f/∂y∂x = 6")
    page.select_option("#wrt", "y")
    results(page, "f = 45∂f/∂y = 9∂²f/∂x∂y = 6∂²f/∂y² = 0")
    assert page.url.endswith("&order=2&wrt=y")


def test_a_link_shares_what_is_seen(visit: Visiting) -> None:
    """The address of one page shows the same in another; Back and Forward within a page work."""
    first = visit().page
    first.fill("#expression", "w·x + 1")
    first.get_by_label("w", exact=True).fill("pi/2")
    results(first, "y = 3.356194dy/dw = 1.5dy/dx = 1.570796")
    first.wait_for_url(re.compile("w=pi/2"))
    second = visit("#" + first.url.partition("#")[2]).page
    results(second, "y = 3.356194dy/dw = 1.5dy/dx = 1.570796")
    assert second.input_value("#expression") == "w·x + 1"
    second.get_by_role("link", name="softmax").click()
    expect(second.locator("#expression")).to_have_value("s = e^a + e^b + e^c; -ln(e^a/s)")


@pytest.mark.parametrize(
    "hash_", ["#", "#expression=%E0%A4%A", "#program=!!!", "#program=AAAA", "#nonsense", "#expression=", "#order=7"]
)
def test_broken_links_are_harmless(visit: Visiting, hash_: str) -> None:
    """The page is there, and computes."""
    page = visit(hash_).page
    page.fill("#expression", "2x")
    results(page, "y = 3dy/dx = 2")


def test_the_views(visit: Visiting) -> None:
    """Check, paths, doctor, LaTeX and table, opened by the keyboard; each asks Python when it is opened."""
    page = visit(expression_hash("x sin x", {"x": "2"})).page
    results(page, "y = 1.818595dy/dx = 0.07700375")
    panel = page.locator("#panel")
    page.focus("#tab-numbers")
    for name, text in {
        "Check": "Reverse mode, forward mode and differences agree",
        "Paths": "the sum over 2 paths",
        "Doctor": "finds nothing wrong",
        "LaTeX": r"\begin{align*}",
        "Table": "local partials",
    }.items():
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", selected=True)).to_have_text(name)
        expect(panel).to_contain_text(text)


@pytest.mark.parametrize(
    ("kind", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("dot", b"//"), ("html", b"<!DOCTYPE html>")]
)
def test_downloads(visit: Visiting, kind: str, begins: bytes) -> None:
    """The picture as SVG, as points and as source, and the page itself."""
    page = visit().page
    with page.expect_download(timeout=PATIENCE) as got:
        page.click(f"#downloads [data-file={kind}]")
    assert got.value.path().read_bytes().startswith(begins)


def test_a_program_runs_as_at_home(visit: Visiting) -> None:
    """It prints, and shows the steps of its last line; an error has its line, which is selected."""
    page = visit().page
    run(page, "x = Value(1.5, label='x')\ny = exp(sin(x**2))\ny.backward()\nprint(x.grad)\ny")
    expect(page.locator("#printed")).to_have_text("-4.1031164885938205\n")
    expect(stage(page).locator("#count")).to_have_text("step 1 of 6")
    page.click("#tab-latex")
    expect(page.locator("#panel")).to_contain_text(r"\begin{align*}")
    run(page, "x = 1\ny = x / 0\nz = 3")
    expect(page.locator("#error")).to_contain_text("ZeroDivisionError in line 2: division by zero")
    selected = page.evaluate(
        "() => { const { value, selectionStart, selectionEnd } = document.getElementById('program'); return value.slice(selectionStart, selectionEnd); }"
    )
    assert selected == "y = x / 0"


def test_a_program_of_a_link_waits(visit: Visiting) -> None:
    """It is in the field, and does not run until one says so."""
    seen = visit(program_hash("print('it ran')"))
    page = seen.page
    expect(page.locator("#program")).to_have_value("print('it ran')")
    seen.until_ready()
    expect(page.locator(".python")).to_have_attribute("data-state", "ready")
    expect(page.locator("#printed")).to_be_hidden()
    page.click("#run")
    expect(page.locator("#printed")).to_have_text("it ran\n")


@pytest.mark.parametrize(
    ("program", "first", "last"),
    [
        ("while True: pass", 1, 1),
        ("x = 0\nwhile True:\n    x += 1", 2, 3),
        ("sum(1 for _ in iter(int, 1))", 1, 1),
        ("while True:\n    try:\n        x = 1\n    except Exception:\n        pass", 1, 5),
        ("def f():\n    while True:\n        x = 1\nf()", 2, 3),
    ],
)
def test_loops_without_an_end_are_stopped(visit: Visiting, program: str, first: int, last: int) -> None:
    """Whatever the form of the loop, by its steps, in a line of it; the next program runs."""
    page = visit().page
    run(page, program)
    error = page.locator("#error")
    expect(error).to_contain_text("does the loop end?")
    assert (told := re.search(r"line (\d+)", error.inner_text()))
    assert first <= int(told[1]) <= last
    run(page, "nn.MLP(2, [4, 1], seed=1)([1.0, 2.0]); print(1 + 1)")
    expect(page.locator("#printed")).to_have_text("2\n")


def test_the_package_does_not_count(visit: Visiting) -> None:
    """Its own lines are no steps of the program, which here would be more than are allowed."""
    page = visit().page
    run(page, "x = Value(0.5)\nfor k in range(40):\n    nn.MLP(2, [100, 100, 1], seed=1)([x, x])\nprint('done')")
    expect(page.locator("#printed")).to_have_text("done\n")


def test_an_endless_program_is_stopped(visit: Visiting) -> None:
    """One that sits in a single call, by the button: the text stays, and the next one runs."""
    page = visit().page
    endless = "print('begun')\nsum(iter(lambda: 0, 1))"
    run(page, endless)
    expect(page.locator("#printed")).to_have_text("begun\n")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#error")).to_contain_text("Stopped")
    expect(page.locator("#program")).to_have_value(endless)
    page.locator('.python[data-state="ready"]').wait_for(timeout=PATIENCE)
    run(page, "print(2 + 3)")
    expect(page.locator("#printed")).to_have_text("5\n")


@pytest.mark.parametrize(
    "text", ["+".join(["x"] * 500), "x" + "+x" * 2000, "-" * 998 + "x", "-" * 2000 + "x", "x^" * 499 + "x"]
)
def test_deep_expressions_do_not_end_python(visit: Visiting, text: str) -> None:
    """As deep as an expression may be it has an answer, or is refused; the next one is computed."""
    page = visit().page
    page.fill("#expression", text)
    expect(page.locator("#results", has_text="dy/dx").or_(page.locator("#error > *")).first).to_be_visible()
    page.locator('.python[data-state="ready"]').wait_for()
    page.fill("#expression", "x^2")
    results(page, "y = 2.25dy/dx = 3")


def test_long_chains_are_freed(visit: Visiting) -> None:
    """A sum of many terms, each time anew: Python goes on when the graphs are given up, as it does elsewhere."""
    page = visit().page
    run(
        page,
        "x = Value(1.0)\nfor _ in range(2):\n    y = x\n    for _ in range(50_000): y = y + x * 2\n    y.backward()\n"
        "print(x.grad)\ny = 1\nprint('on')",
    )
    expect(page.locator("#printed")).to_have_text("200002.0\non\n", timeout=PATIENCE)
    expect(page.locator("#error")).to_be_empty()


def test_hostile_programs_are_harmless(visit: Visiting) -> None:
    """Markup in labels, ten megabytes of output, recursion without end, too much memory: the next program runs."""
    page = visit().page
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    run(
        page,
        "x = Value(2.0, label='</script><img src=x onerror=alert(1)>')\nprint('<img src=x onerror=alert(2)>')\nx * 3",
    )
    expect(page.locator("#printed")).to_have_text("<img src=x onerror=alert(2)>\n")
    expect(stage(page).locator("#count")).to_have_text("step 1 of 2")
    assert page.locator("img").count() == 0
    for program, says in {
        "print('x' * 10**7)": "prints more than",
        "def f(n):\n    return f(n + 1)\nf(1)": "RecursionError",
        "x = bytearray(2**31 - 1), bytearray(2**31 - 1), bytearray(2**31 - 1)": "MemoryError",
        "input()": "nobody to ask",
        "import numpy": "does not run in the browser",
        "class A:\n    def _repr_html_(self):\n        return '<script>top.location = \"about:blank\"</script><img src=https://example.org/x>'\nA()\n1/0": "ZeroDivisionError",
    }.items():
        run(page, program)
        expect(page.locator("#error")).to_contain_text(says)
    run(page, "print('on')")
    expect(page.locator("#printed")).to_have_text("on\n")


def test_the_newest_expression_wins(visit: Visiting) -> None:
    """What takes too long is given up for what was typed since; nothing typed is lost."""
    seen = visit()
    seen.until_ready()
    page = seen.page
    page.fill("#order", "11")
    page.fill("#expression", "exp(x)*sin(x)*x")
    page.locator('.python[data-state="busy"]').wait_for()
    page.fill("#order", "1")
    page.fill("#expression", "x + 1")
    results(page, "y = 2.5dy/dx = 1")
    assert page.input_value("#expression") == "x + 1"


def test_the_keyboard_leaves_the_program(visit: Visiting) -> None:
    """Tab indents; after Escape it leaves the field; Enter keeps the indent; Ctrl and Enter run."""
    page = visit().page
    page.click("#as-program")
    page.fill("#program", "")
    page.keyboard.type("for k in range(2):\nprint(k)")
    expect(page.locator("#program")).to_have_value("for k in range(2):\n    print(k)")
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    expect(page.locator("#program")).to_have_value("for k in range(2):\n        print(k)")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#printed")).to_have_text("0\n1\n")
    page.focus("#program")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.id") == "run"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_telephone(visit: Visiting, scheme: str) -> None:
    """No sideways scroll, in either kind of field, and what one taps is large enough."""
    page = visit(color_scheme=scheme, **PHONE).page
    width = "() => document.documentElement.scrollWidth"
    assert page.evaluate(width) == 390
    page.get_by_role("button", name="Program").tap()
    assert page.evaluate(width) == 390
    for button in page.locator("#settings button:visible, .choice button:visible, #downloads button:visible").all():
        box = button.bounding_box()
        assert box is None or box["height"] >= 44


def test_everything_has_a_name(visit: Visiting) -> None:
    """Every field, button, frame and tab says to a screen reader what it is."""
    page = visit().page
    nameless = page.evaluate("""() => [...document.querySelectorAll("input, textarea, select, button, iframe, [role=tab]")]
      .filter((e) => !(e.labels?.length || e.textContent.trim() || e.title || e.getAttribute("aria-label"))).map((e) => e.outerHTML)""")
    assert nameless == []
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("late", [0, 1500])
def test_the_first_steps_have_their_room(browser: Browser, site: str, late: int) -> None:
    """Whether the page around them listens early or late, the picture is as high as it asks to be."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})

    def delayed(route: Route) -> None:
        page.wait_for_timeout(late)
        route.continue_()

    page.route("**/stage.js", delayed)
    page.goto(site)
    frame = page.frame_locator("#stage iframe")
    frame.locator("#picture svg").wait_for()
    page.locator('.python[data-state="ready"]').wait_for(timeout=PATIENCE)
    expect(frame.locator("body")).to_have_class("framed closed")  # the inputs are folded away
    box = frame.locator("#picture").bounding_box()
    assert box is not None
    assert box["height"] > 250
    page.close()
