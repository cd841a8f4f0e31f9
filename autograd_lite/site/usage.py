"""The help of the command line, as it says it itself: `autograd-lite --help`, and that of each subcommand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import autograd_lite

WIDTH = "84"  # characters, as many as a line of the page has


@cache
def texts() -> dict[str, str]:
    """The text of each subcommand's help, by its name, after that of the command, which is ""."""
    first = _help()
    listed = re.search(r"^commands:\n(?:^ .*\n)+", first, re.MULTILINE)
    names = re.findall(r"^ {4}(\w+)", listed[0], re.MULTILINE) if listed else []
    return {"": first} | {name: _help(name) for name in names}


def _help(*words: str) -> str:
    """What the command prints, in a process of its own: this room stands below the one that has the parser."""
    root = str(Path(autograd_lite.__file__).parents[1])
    settings = {"COLUMNS": WIDTH, "PYTHONUTF8": "1", "PYTHONPATH": root, "NO_COLOR": "1"}
    run = [sys.executable, "-m", "autograd_lite", *words, "--help"]
    return subprocess.run(
        run, env=os.environ | settings, capture_output=True, text=True, encoding="utf-8", check=True
    ).stdout
