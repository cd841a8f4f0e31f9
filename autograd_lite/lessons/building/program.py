"""The reader's file: written with eight holes, and read as the program that it is."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import decode_source
from pathlib import Path
from types import ModuleType
from typing import Any

from autograd_lite.engine.files import check_writable
from autograd_lite.engine.text import visible
from autograd_lite.lessons.building import finished
from autograd_lite.lessons.building.judge import HOLES, judge
from autograd_lite.lessons.building.lesson import trained
from autograd_lite.lessons.building.probes import Wrong, limited, tried
from autograd_lite.lessons.outcome import Outcome

HOLE = re.compile(r"Hole (\d)")
MOST_LINES = 20_000_000  # of Python, as the file is read: it may train something


def source() -> str:
    """The finished program: all that the holes leave out."""
    return Path(finished.__file__).read_text(encoding="utf-8")


def holes() -> dict[int, tuple[int, int]]:
    """The lines of the finished program that each hole leaves out, first and last: all behind what its text asks.

    >>> list(holes())
    [1, 2, 3, 4, 5, 6, 7, 8]
    """
    found = {}
    for node in ast.walk(ast.parse(source())):
        if isinstance(node, ast.FunctionDef) and (hole := HOLE.match(ast.get_docstring(node) or "")):
            found[int(hole[1])] = node.body[1].lineno, node.end_lineno or 0
    return dict(sorted(found.items()))


def with_holes() -> str:
    """The program as the reader gets it."""
    lines: list[str] = source().splitlines()
    for number, (first, last) in reversed(holes().items()):
        line = lines[first - 1]
        indent = line[: len(line) - len(line.lstrip())]
        lines[first - 1 : last] = [
            f"{indent}raise NotImplementedError  # hole {number}: your lines instead of this one"
        ]
    return "\n".join(lines) + "\n"


def begin(path: str) -> bool:
    """Write the program with holes if there is no such file yet; whether it was."""
    if os.path.exists(path):
        return False
    if not path.endswith(".py"):
        raise ValueError(f"cannot write {path!r}: the name of a program ends in .py")
    check_writable([path])
    with suppress(FileExistsError), open(path, "x", encoding="utf-8") as file:  # x: nobody's file is replaced
        file.write(with_holes())
        return True
    return False


@contextmanager
def loaded(path: str) -> Iterator[ModuleType]:
    """The reader's program as a module; Wrong says in words why it cannot be read."""
    name = Path(path).stem
    program = ModuleType(name)
    program.__file__ = path
    try:
        text = decode_source(Path(path).read_bytes())
        code = compile(text, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        line = f" in line {error.lineno}: {(error.text or '').strip()!r}" if error.lineno else ""
        raise Wrong(f"Python cannot read the file: {error.msg}{line}") from None
    except ValueError as error:  # a zero byte
        raise Wrong(f"Python cannot read the file: {error}") from None
    before = sys.modules.get(name)
    sys.modules[name] = program  # where dataclasses look for it
    try:
        with limited(MOST_LINES):
            tried("running the file", lambda: exec(code, program.__dict__))
        yield program
    finally:
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before


def attempt(path: str, parameters: Mapping[str, Any]) -> tuple[str, Outcome | None]:
    """What is said to the program in a file, hole by hole; and what it can do when it is done."""
    name = visible(path)
    try:
        with loaded(path) as program:
            kind = getattr(program, "Value", None)
            if not isinstance(kind, type):
                raise Wrong("there is no class Value in it")
            step = getattr(program, "step", None)
            verdict = judge(kind, step)
            if verdict.done < len(HOLES):
                return f"{verdict}\nWrite on in {name}, and come back.", None
            return str(verdict), tried("learning XOR", lambda: trained(kind, step, **parameters))
    except Wrong as wrong:
        return f"{name}: {wrong}", None
