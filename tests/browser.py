"""A real browser for the tests of pages: Chromium, headless, driven by Playwright; and a page opened in it.

Where no browser is installed the tests fail if the environment says CI: a page that no browser has shown is not tested.
Elsewhere they are skipped, since who works on something else need not install one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from shutil import which
from typing import Any, NoReturn

import pytest
from playwright.sync_api import Browser, Error, Frame, Page, expect, sync_playwright

from autograd_lite import Trace, Value, trace
from autograd_lite.views.steps.page.page import page

WITH_WINDOWS = ("chromium", "chromium-browser", "google-chrome", "chrome")
NAMES = ("chromium-headless-shell", *WITH_WINDOWS)  # the same engine without windows shows a page in 40 % of the time
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
PATIENCE = 60_000  # milliseconds, on a busy machine
Opened = Callable[..., "Shown"]
ARGUMENTS = [*QUIET.split(), "--disable-component-update", "--disable-sync"]
expect.set_options(timeout=PATIENCE)


def absent(message: str) -> NoReturn:
    """End a test that has no browser."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def chromium(names: Sequence[str] = NAMES) -> Iterator[Browser]:
    """The browser, started once for all tests of a file; where there is none, CI fails, and others run what needs none."""
    program = next(filter(None, map(which, names)), None)
    with sync_playwright() as playwright:
        try:  # on macOS and Windows, Playwright knows where Chrome is
            browser = playwright.chromium.launch(
                executable_path=program, channel=None if program else "chrome", args=ARGUMENTS, timeout=PATIENCE
            )
        except Error as error:
            absent(f"no Chromium found: apt-get install chromium ({error.message.splitlines()[0]})")
        yield browser
        browser.close()


def empty_page(browser: Browser) -> Iterator[Page]:
    """A page with nothing in it, in which scripts are tried."""
    page = browser.new_page()
    yield page
    page.close()


def empty_window(browser: Browser, **options: Any) -> Page:
    """A page in a context of its own; what it hears of comes AUTOGRAD_LITE_LATE milliseconds later than it would."""
    context = browser.new_context(**options)
    if late := os.environ.get("AUTOGRAD_LITE_LATE"):
        context.add_init_script(
            (Path(__file__).parent / "late.js").read_text(encoding="utf-8").replace("MS", str(int(late)))
        )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    return page


def becomes(page: Page | Frame, code: str, wanted: Any = True) -> None:
    """Wait until a piece of script gives what is wanted: of many things a page hears only after the act is over.

    Playwright's own waiting makes code of text, which the pages' policy forbids.
    """
    for _ in range(PATIENCE // 50):
        if page.evaluate(code) == wanted:
            return
        page.wait_for_timeout(50)
    assert page.evaluate(code) == wanted


def settles(page: Page | Frame) -> None:
    """Wait until a page has been drawn, has heard of its new sizes, and has asked its frame for another one."""
    page.evaluate(
        "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn, 300))))"
    )


class Shown:
    """A page that is open: what it said to the console, and what it asked of the network."""

    def __init__(self, browser: Browser, path: Path, html: str, **options: Any) -> None:
        assert html.isascii() or "charset" in html[:1024], (
            "a browser guesses the encoding, and on a busy machine wrongly: say charset=utf-8"
        )
        path.write_text(html, encoding="utf-8")
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page = empty_window(browser, **options)
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.address = path.as_uri()
        self.page.goto(self.address)

    def text(self, selector: str) -> str:
        """What an element shows."""
        return self.page.inner_text(selector)

    def step(self) -> int:
        """The number of the step that is shown."""
        return int(self.text("#count").split()[1])

    def arrives(self, number: int) -> None:
        """Wait until the page shows a step."""
        becomes(self.page, "Number(document.querySelector('#count').innerText.split(' ')[1])", number)

    def numbers(self, key: str) -> tuple[str, str]:
        """Value and gradient on the card of a node."""
        texts = self.page.locator(f'#picture g[id$="_{key}"] > text').all_text_contents()
        return texts[-3], texts[-1]

    def tells(self, code: str) -> Any:
        """What a piece of script gives in the page."""
        return self.page.evaluate(code)


def opening(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Opens the pages of graphs; none says anything to the console, or asks for more than itself."""
    pages: list[Shown] = []

    def open_page(y: Value | Trace | str, **options: Any) -> Shown:
        html = y if isinstance(y, str) else page(y if isinstance(y, Trace) else trace(y))
        pages.append(Shown(browser, tmp_path / f"{len(pages)}.html", html, **options))
        return pages[-1]

    yield open_page
    for shown_page in pages:
        shown_page.page.context.close()
    for shown_page in pages:
        assert shown_page.said == [], shown_page.address
        assert [url for url in shown_page.asked if not url.startswith(shown_page.address)] == []


def circuit() -> Value:
    """Lesson L02 with x used twice: f = w·(x·y + z) + x·w."""
    x, y, z, w = Value(-2, "x"), Value(3, "y"), Value(10, "z"), Value(-2, "w")
    q = x * y
    q.label = "q"
    f = w * (q + z) + x * w
    f.label = "f"
    return f
