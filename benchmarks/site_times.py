"""How long the site takes in a browser: until the first picture is drawn, until Python runs, until it has answered."""

from __future__ import annotations

import math
import shutil
import sys
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from autograd_lite.site.build import save_site

READY = '.python[data-state="ready"]'


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def measured(folder: Path, runs: int) -> list[float]:
    """The least times until the first picture is drawn, until Python runs, and from the last key to its picture."""
    best = [math.inf] * 3
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for _ in range(runs):
            seen = _seen(browser, f"http://127.0.0.1:{server.server_port}/")
            best = list(map(min, best, seen))
        browser.close()
    server.shutdown()
    return best


def _seen(browser: Browser, address: str) -> list[float]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})  # its cache is empty
    page = context.new_page()
    page.set_default_timeout(120_000)
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.frame_locator("#stage iframe").locator("#picture g").first.wait_for()
    picture = time.perf_counter() - start
    page.wait_for_selector(READY)
    ready = time.perf_counter() - start
    page.wait_for_timeout(3_000)  # as long as one types; meanwhile Python reads what a first answer needs
    page.fill("#expression", "x sin x")
    start = time.perf_counter()
    page.frame_locator("iframe[title*='x sin x']").locator("#picture g").first.wait_for()
    answered = time.perf_counter() - start
    context.close()
    return [picture, ready, answered]


def rows(runs: int, folder: Path | None = None) -> list[tuple[str, str, str, str]]:
    """The rows of the table; a folder may hold the site already."""
    with TemporaryDirectory() as made:
        if folder is None:
            save_site(folder := Path(made))
        picture, ready, answered = measured(folder, runs)
    return [
        ("playground, until its first picture is drawn", "", f"{picture:.2f} s", "≤ 1 s"),
        ("the same, until Python runs", "", f"{ready:.1f} s", "≤ 8 s"),
        ("an expression, from the last key to its picture", "", f"{answered:.2f} s", ""),
    ]


if __name__ == "__main__":
    for row in rows(3, Path(sys.argv[1]) if sys.argv[1:] else None):
        print(f"| {' | '.join(row)} |")
