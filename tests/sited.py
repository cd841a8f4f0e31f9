"""The site, built once and served on the loopback, and a browser that visits it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from browser import empty_window
from playwright.sync_api import Browser

from autograd_lite.site.build import save_site

Visiting = Callable[..., "Visit"]


@cache
def built() -> Path:
    """The folder of the whole site, with what comes from npm and PyPI: built once in a process."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    save_site(folder)
    return folder


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which a folder is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def whole_site() -> Iterator[str]:
    """The address of the whole site."""
    with served(built()) as address:
        yield address


class Visit:
    """A page of the site that is open: what it said to the console, and what it asked of which host."""

    def __init__(self, browser: Browser, site: str, path: str, **options: Any) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self.site = site
        self.page = empty_window(browser, **options)
        self.page.context.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.context.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(site + path)

    def text(self, selector: str) -> str:
        """What an element shows."""
        return self.page.inner_text(selector)

    def until_ready(self) -> None:
        """Wait until Python runs."""
        self.page.wait_for_selector('.python[data-state="ready"]')

    def foreign(self) -> list[str]:
        """What it asked of another host."""
        return [url for url in self.asked if not url.startswith((self.site, "blob:", "data:", "about:"))]


def visiting(browser: Browser, site: str) -> Iterator[Visiting]:
    """Opens pages of the site; none says anything to the console, or asks another host."""
    visits: list[Visit] = []

    def visit(path: str = "", **options: Any) -> Visit:
        visits.append(Visit(browser, site, path, **options))
        return visits[-1]

    yield visit
    for each in visits:
        each.page.context.close()
    for each in visits:
        assert each.said == [], each.page.url
        assert each.foreign() == [], each.page.url
