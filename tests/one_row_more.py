"""A copy of the package whose table has one row more, for the tests that nothing else needs to know of a row."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import autograd_lite

ROW = 'rad2deg = Unary("rad2deg", math.degrees, [180.0 / math.pi])\n'
ABOVE = "# Hyperbolic functions\n"
FACTOR = 180.0 / math.pi


def copy_into(folder: Path) -> Path:
    """Copy the package into a folder, and add the row."""
    source = Path(autograd_lite.__file__).parent
    shutil.copytree(source, folder / "autograd_lite", ignore=shutil.ignore_patterns("__pycache__"))
    table = folder / "autograd_lite" / "engine" / "table.py"
    text = table.read_text(encoding="utf-8")
    assert text.count(ABOVE) == 1
    table.write_text(text.replace(ABOVE, f"{ROW}\n{ABOVE}"), encoding="utf-8")
    return folder
