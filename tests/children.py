"""Programs that a test starts beside itself, with the processes that they start: none outlives the test, even if it fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any


@contextmanager
def running(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A program in a process group of its own, whose output is read; at the end what is left of the group is killed."""
    assert sys.platform != "win32"
    options = {"stdout": subprocess.PIPE, "text": True} | options
    with subprocess.Popen(command, start_new_session=True, **options) as process:
        try:
            yield process
        finally:  # before one waits for it: a failed assertion would wait for a program that nobody ends
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
