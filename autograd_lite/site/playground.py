"""The playground: an expression or a program that is typed, computed by this package in the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograd_lite import Value, exp, sin, trace
from autograd_lite.engine.files import write_whole
from autograd_lite.site.shell import Site, asset


def write(folder: Path, site: Site, tell: Callable[[str], object]) -> list[str]:
    """Write the playground; what it lacks, in words."""
    del tell
    x = Value(1.5, label="x")
    first = trace(exp(sin(x**2))).to_html()
    write_whole(folder / "assets" / "first.html", first.encode())
    page = site.page("index.html", "autograd_lite", asset("playground.html"), modules=["playground"])
    write_whole(folder / "index.html", page.encode())
    return []
