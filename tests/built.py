"""Programs for the tests of Build it (L30): the finished one with other lines in its holes."""

from __future__ import annotations

from textwrap import dedent, indent
from types import ModuleType
from typing import Any

from autograd_lite.lessons.building.program import holes, source

WRAPPED = "other = other if isinstance(other, Value) else Value(other)\n"


def filled(bodies: dict[int, str], before: str = "") -> str:
    """The finished program with other lines in some holes."""
    lines = source().splitlines()
    for hole, (first, last) in reversed(holes().items()):
        if hole in bodies:
            depth = " " * (len(lines[first - 1]) - len(lines[first - 1].lstrip()))
            lines[first - 1 : last] = indent(dedent(bodies[hole]), depth).splitlines()
    return before + "\n".join(lines)


def made(text: str) -> Any:
    """A program, run."""
    program = ModuleType("my_engine")
    exec(compile(text, "my_engine.py", "exec"), program.__dict__)
    return program
