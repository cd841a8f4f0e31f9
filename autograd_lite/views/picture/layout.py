"""The program that lays pictures out: which it is, and one call of it.

A system's `dot` is used where there is one, but none is needed. Where no program can be started, as in a browser,
another function may take the place of `layout`: `autograd_lite.views.picture.layout.layout = …`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from shutil import which
from typing import Any

CHOICE = "AUTOGRAD_LITE_DOT"
INSTALL_GRAPHVIZ = "apt-get install graphviz, or brew install graphviz"
CURES = f"pip install graphviz-pure, or {INSTALL_GRAPHVIZ}, or set {CHOICE} to the path of a layout program"


class LayoutError(RuntimeError):
    """No layout program runs here, or the one that does has failed."""


def layout(source: bytes, kind: str, engine: str = "dot", options: Sequence[str] = (), seconds: float = 20.0) -> bytes:
    """A graph in Graphviz's language as a picture of a kind such as svg or png.

    LayoutError says in one line why there is none, and what to do.

    Raises TimeoutError, with the program's name, where it takes longer than so many seconds.

    >>> b"<svg" in layout(b"digraph { a -> b }", "svg")
    True
    """
    program = layout_program()
    name = os.path.basename(program)
    try:
        done = _run([program, f"-K{engine}", f"-T{kind}", *options], source, seconds)
    except TimeoutError:
        raise TimeoutError(name) from None
    except OSError as error:
        raise LayoutError(f"the layout program {program!r} does not run ({error.strerror}): {CURES}") from None
    complaint = done.stderr.decode(errors="replace")
    if "not recognized. Use one of" in complaint:
        raise LayoutError(f"{name} cannot write {kind}: choose svg or png, or install Graphviz ({INSTALL_GRAPHVIZ})")
    if done.returncode or not done.stdout:
        reason = " ".join(complaint.split())[:200] or f"exit status {done.returncode}"
        raise LayoutError(f"the layout program {program!r} failed ({reason}): {CURES}")
    output: bytes = done.stdout
    return output


def layout_program() -> str:
    """The program that lays pictures out: the one chosen, or a `dot` that works, or that of graphviz-pure.

    >>> os.path.exists(layout_program())
    True
    """
    chosen = os.environ.get(CHOICE)
    if chosen:
        return which(chosen) or chosen
    dot = which("dot")
    program = dot if dot and draws_tables(dot) else graphviz_pure()
    if program is None:
        raise LayoutError(f"no layout program found, which a picture needs: {CURES}")
    return program


def graphviz_pure() -> str | None:
    """The program of the package graphviz-pure: in this environment's folder of programs, or where pip put it."""
    import sysconfig
    from importlib import metadata

    folders = [os.path.dirname(sys.executable or ""), sysconfig.get_path("scripts")]
    with suppress(metadata.PackageNotFoundError):
        for file in metadata.distribution("graphviz-pure").files or ():
            if file.stem == "graphviz-pure":
                folders.append(os.path.dirname(os.path.realpath(str(file.locate()))))
    return which("graphviz-pure", path=os.pathsep.join(folders)) or which("graphviz-pure")


@cache
def draws_tables(program: str) -> bool:
    """Whether a program lays out a table: builds of Graphviz without an XML parser do not, nor does a stray script."""
    source = b"digraph { node_name [label=<<TABLE><TR><TD>probe</TD></TR></TABLE>>] }"
    try:
        done = _run([program, "-Kdot", "-Tsvg"], source, seconds=10.0)
    except OSError:
        return False
    return done.returncode == 0 and b">probe</text>" in done.stdout


def _run(command: list[str], source: bytes, seconds: float) -> Any:
    """A finished process; TimeoutError, which is an OSError too, after so many seconds."""
    import subprocess  # here, because those who catch a LayoutError need not load it

    no_window = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows, a console would flash up
    try:
        return subprocess.run(
            command, input=source, capture_output=True, timeout=seconds, check=False, creationflags=no_window
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
