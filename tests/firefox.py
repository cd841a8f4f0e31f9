"""Firefox, headless, for what another engine lays out otherwise; driven by its own protocol, Marionette, over a socket.

Where it is not installed the tests end as those in Chromium do.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import absent

NAMES = ("firefox-esr", "firefox")
PATIENCE = 120.0  # seconds


class Firefox:
    """A browser that runs; its pages are opened and asked one after another."""

    def __init__(self, program: str, profile: Path) -> None:
        preferences = {
            "marionette.port": 0,
            "app.update.enabled": False,
            "datareporting.policy.dataSubmissionEnabled": False,
        }
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [program, "--headless", "--no-remote", "--marionette", "--profile", str(profile)]
        environment = os.environ | {"HOME": str(profile), "MOZ_HEADLESS_WIDTH": "1440", "MOZ_HEADLESS_HEIGHT": "1000"}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.socket = socket.create_connection(("127.0.0.1", self._port(profile)), timeout=PATIENCE)
        self.buffer, self.count = b"", 0
        self._receive()
        self._do("WebDriver:NewSession", {})

    def _port(self, profile: Path) -> int:
        """The port that the browser has chosen, which it writes down once it listens."""
        written = profile / "MarionetteActivePort"
        until = time.monotonic() + PATIENCE
        while not (written.exists() and written.read_text(encoding="utf-8").strip()):
            if time.monotonic() > until or self.process.poll() is not None:
                self.process.kill()
                pytest.fail("Firefox does not listen")
            time.sleep(0.1)
        return int(written.read_text(encoding="utf-8"))

    def _receive(self) -> Any:
        while not (head := re.match(rb"(\d+):", self.buffer)) or len(self.buffer) < head.end() + int(head[1]):
            more = self.socket.recv(65536)
            assert more, "Firefox has closed the connection"
            self.buffer += more
        end = head.end() + int(head[1])
        message, self.buffer = json.loads(self.buffer[head.end() : end]), self.buffer[end:]
        return message

    def _do(self, name: str, parameters: dict[str, Any]) -> Any:
        self.count += 1
        message = json.dumps([0, self.count, name, parameters]).encode()
        self.socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, found = self._receive()
        assert error is None, error
        return found

    def size(self, width: int, height: int) -> None:
        """Give the page so many pixels."""
        inner = self._run("return [outerWidth - innerWidth, outerHeight - innerHeight];")
        self._do("WebDriver:SetWindowRect", {"width": width + inner[0], "height": height + inner[1]})

    def open(self, path: Path, html: str) -> None:
        """Open a page, and wait until it is there; without its policy, which would forbid what `tells` evaluates."""
        path.write_text(html.replace('http-equiv="Content-Security-Policy"', 'name="policy"'), encoding="utf-8")
        self._do("WebDriver:Navigate", {"url": path.as_uri()})

    def tells(self, code: str) -> Any:
        """What a piece of script gives in the page."""
        return self._run("return window.eval(arguments[0]);", code)

    def _run(self, script: str, *given: str) -> Any:
        return self._do("WebDriver:ExecuteScript", {"script": script, "args": given, "sandbox": None})["value"]

    def close(self) -> None:
        """Leave, and take the browser along."""
        self._do("Marionette:Quit", {"flags": ["eForceQuit"]})
        self.socket.close()
        self.process.wait(PATIENCE)


def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """The browser, started once for all tests of a file; where there is none, CI fails, and others run what needs none."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        absent("no Firefox found: apt-get install firefox-esr")
    browser = Firefox(program, tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()
