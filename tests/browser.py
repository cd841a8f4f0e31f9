"""A real browser for the tests of pages: Chromium, headless, driven by Playwright; and a page opened in it.

Where no browser is installed the tests fail if the environment says CI, and are skipped elsewhere: a page that no
browser has shown is not tested.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
PATIENCE = 20_000  # milliseconds, on a busy machine
ARGUMENTS = [*QUIET.split(), "--disable-component-update", "--disable-sync"]


def chromium() -> Iterator[Browser]:
    """The browser, started once for all tests of a file."""
    program = next(filter(None, map(which, NAMES)), None)
    with sync_playwright() as playwright:
        try:  # on macOS and Windows, Playwright knows where Chrome is
            browser = playwright.chromium.launch(
                executable_path=program, channel=None if program else "chrome", args=ARGUMENTS, timeout=PATIENCE
            )
        except Error as error:
            message = f"no Chromium found: apt-get install chromium ({error.message.splitlines()[0]})"
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(message)
        yield browser
        browser.close()


class Shown:
    """A page that is open: what it said to the console, and what it asked of the network."""

    def __init__(self, browser: Browser, path: Path, html: str, **options: Any) -> None:
        path.write_text(html, encoding="utf-8")
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page: Page = browser.new_context(**options).new_page()
        self.page.set_default_timeout(PATIENCE)
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

    def arrives(self, number: int) -> bool:
        """Whether the page comes to a step within minutes; a script of Playwright's may not wait in it."""
        for _ in range(PATIENCE // 50):
            if self.step() == number:
                return True
            self.page.wait_for_timeout(50)
        return False

    def numbers(self, key: str) -> tuple[str, str]:
        """Value and gradient on the card of a node."""
        texts = self.page.locator(f'#picture g[id$="_{key}"] > text').all_text_contents()
        return texts[-3], texts[-1]

    def tells(self, code: str) -> Any:
        """What a piece of script gives in the page."""
        return self.page.evaluate(code)
