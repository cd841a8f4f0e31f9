"""Python in a page, in a real browser: what is stopped, what waits, what cannot be loaded; and the frame for its pages."""

from __future__ import annotations

import re

import pytest
from browser import chromium
from playwright.sync_api import expect
from sited import Visiting, visiting, whole_site

from autograd_lite.site.playground import program_hash

pytestmark = pytest.mark.long
ENDLESS = {"text": "sum(iter(lambda: 0, 1))"}
NOT_THERE = re.compile(r"Python could not be loaded: packages-\w+\.zip is not there\. Try again, .*")
ASKED = """const { Python } = await import("../assets/script/python.js");
  const python = new Python(), said = (promise) => promise.then((answer) => answer.results[0][1], (error) => error.message);
  const expression = (text, options) => said(python.ask("expression", { text, numbers: {}, order: 1, wrt: "" }, options));"""


browser = pytest.fixture(scope="module", name="browser")(chromium)
site = pytest.fixture(scope="module", name="site")(whole_site)
visit = pytest.fixture(name="visit")(visiting)


def test_what_is_not_there_can_be_tried_again(visit: Visiting) -> None:
    """Without its archive, it says so in words; once the archive is there, what is typed next is computed."""
    seen = visit("teach/index.html")  # which loads no Python by itself
    page = seen.page
    page.context.route("**/packages-*.zip", lambda route: route.fulfill(status=404))
    page.goto(seen.site)
    expect(page.locator(".python")).to_have_attribute("data-state", "failed")
    page.fill("#expression", "x + 1")
    expect(page.locator("#error")).to_have_text(NOT_THERE)
    expect(page.locator("#stage")).not_to_have_attribute("aria-busy", "true")
    assert all("404" in said for said in seen.said)
    seen.said.clear()
    page.context.unroute_all()
    page.fill("#expression", "x + 3")
    expect(page.locator("#results")).to_have_text("y = 4.5dy/dx = 1")
    expect(page.locator("#error")).to_be_empty()


def test_what_is_stopped_before_it_was_sent_is_answered_by_the_next(visit: Visiting) -> None:
    """A question that was asked in the same moment waits for the new worker, and is not lost."""
    page = visit("teach/index.html").page
    answer = page.evaluate(f"""async () => {{ {ASKED}
      await python.start();
      const asked = expression("2 + 3");
      python.stop();
      return asked; }}""")
    assert float(answer) == 5.0


def test_the_clock_of_a_question_begins_with_its_turn(visit: Visiting) -> None:
    """One that waits behind a long one does not end it, although it may itself take a second only."""
    page = visit("teach/index.html").page
    page.clock.install()
    page.evaluate(
        f"""async (endless) => {{ {ASKED}
      await python.start();
      window.both = Promise.all([said(python.ask("program", endless, {{ seconds: 60 }})), expression("2 + 3", {{ seconds: 1 }})]); }}""",
        ENDLESS,
    )
    page.clock.run_for(61_000)
    assert page.evaluate("() => window.both") == 2 * ["Stopped after 60 seconds."]


@pytest.mark.parametrize("ended", [False, True])
def test_what_an_older_program_says_is_not_shown(visit: Visiting, ended: bool) -> None:
    """Where another program is opened while one runs, or has run, nothing of the first stands below the second."""
    page = visit().page
    page.click("#as-program")
    page.fill("#program", "print('begun')\nfor k in range(4_000_000): pass\nprint('ended')\nValue(7.0)")
    page.click("#run")
    expect(page.locator("#printed")).to_contain_text("begun")
    if ended:
        page.locator("#stage iframe").wait_for()
    page.evaluate("hash => { location.hash = hash; }", program_hash("print('the second')"))
    expect(page.locator("#program")).to_have_value("print('the second')")
    page.locator('.python[data-state="ready"]').wait_for()
    expect(page.locator("#stage")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#stage iframe, #printed:visible, #more:visible")).to_have_count(0)


def test_the_frame_shows_nothing_with_our_origin(visit: Visiting) -> None:
    """Whoever frames stage.html without a sandbox cannot have a page shown, whose scripts would be the site's own."""
    page = visit("teach/index.html").page
    framed = """async (sandbox) => {
      const frame = document.createElement("iframe"), next = () => new Promise((done) => addEventListener("message", done, { once: true }));
      if (sandbox) frame.setAttribute("sandbox", sandbox);
      frame.src = "../assets/stage.html";
      const ready = next();
      document.body.append(frame);
      await ready;
      const answer = next();
      frame.contentWindow.postMessage({ page: "<script>parent.postMessage(origin, '*')</script>" }, "*");
      frame.contentWindow.postMessage({}, "*");
      if (sandbox === "allow-scripts") return (await answer).data;
      const again = next();
      frame.src = "../assets/stage.html?again";  // its first message comes after whatever the page had to say
      await again;
      return (await answer).data; }"""
    assert page.evaluate(framed, "allow-scripts") == "null"
    assert page.evaluate(framed, "") == {"autogradLite": {"stage": True}}
