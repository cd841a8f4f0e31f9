"""A real JupyterLab and Notebook 7 for the tests of displays: one server, and notebooks opened in a browser."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from browser import PATIENCE
from playwright.sync_api import Browser, Frame, Locator, Page

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
ADDRESSES = {"lab": "lab/tree/{}?reset", "notebook": "notebooks/{}"}  # without what was open before
SILENT = {"fetchNews": "false", "checkForUpdates": False}  # no question and no request at the start
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def write(path: Path, cells: list[str]) -> None:
    """Write a notebook that has not been run."""
    code = nbformat.v4.new_code_cell
    notebook: Any = nbformat.v4.new_notebook(cells=[code(cell) for cell in cells], metadata=KERNEL)  # type: ignore[no-untyped-call]
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


class Server:
    """A Jupyter server for the notebooks of a folder."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address

    @contextmanager
    def opened(self, browser: Browser, name: str, app: str, theme: str) -> Iterator[Opened]:
        """A notebook, in an application and a theme."""
        settings = self.folder / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True, exist_ok=True)
        (settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": THEMES[theme]}))
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(SILENT))
        # "null": Playwright does not say what the operating system prefers, for frames would follow that.
        context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="null")
        try:
            yield Opened(context.new_page(), f"{self.address}/{ADDRESSES[app].format(name)}", self.address)
        finally:
            context.close()


class Opened:
    """A notebook that is open: what it said to the console, and what it asked of others than its server."""

    def __init__(self, page: Page, address: str, server: str) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: self.said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        self.server = server
        with page.expect_websocket(lambda socket: "/api/kernels/" in socket.url, timeout=PATIENCE) as kernel:
            page.goto(address)
        kernel.value.wait_for_event("framereceived", timeout=PATIENCE)
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", state="attached")

    @property
    def elsewhere(self) -> list[str]:
        """The addresses that were asked, and are not the server's."""
        return [url for url in self.asked if not url.startswith((self.server, "data:", "blob:", "about:"))]

    def run(self) -> None:
        """Run all cells, to the end; what the application says of itself before that does not count."""
        self.said.clear()
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.page.wait_for_function(
            "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].every((x) => /\\d/.test(x.textContent))"
        )

    def cell(self, place: int) -> Locator:
        """A cell by its place."""
        return self.page.locator(".jp-CodeCell").nth(place)

    def typing(self, place: int) -> Locator:
        """The editor of a cell, with the cursor at its end; the notebook may move while it is being scrolled there."""
        editor = self.cell(place).locator(".cm-content")
        while not editor.evaluate("(x) => x.contains(document.activeElement)"):
            editor.click()
            self.page.wait_for_timeout(200)
        self.page.keyboard.press("End")
        return editor

    def frame(self) -> Frame:
        """The frame of the page to step through, when its height has been set."""
        self.page.wait_for_selector(".autograd-lite iframe[style*=height]")
        return self.page.frames[1]


def served(folder: Path) -> Iterator[Server]:
    """The server, started once for all tests of a file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {name: str(folder / "home") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    environment = os.environ | home | {"JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")}
    root = str(Path(__file__).parents[1])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, "-m", "notebook", "--no-browser", "--allow-root", "--IdentityProvider.token="]
    command += [f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}", "--ServerApp.password="]
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"{address}/api", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.2)
            yield Server(folder, address)
        finally:
            process.terminate()
            process.wait()
