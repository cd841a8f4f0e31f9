"""The engine in C does what the pure one does, to the last bit: random programs are run on both.

What is compared of a program is all that a user can see: numbers, gradients, partials, marks, lines, the order of nodes,
errors with their notes and causes (`programs/engine_programs.py`). One that differs is shortened before it is shown.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"
RUN = "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_path(sys.argv[0], run_name='__main__')"
CHUNK, CHUNKS = 5_000, 20

Statements = list[str]


class Runner:
    """Runs programs on an engine, in a process of its own; `before` is done there first."""

    def __init__(self, engine: str, before: str = "") -> None:
        self.engine, self.before = engine, before

    def lines(self, *arguments: str, programs: Sequence[Statements] = ()) -> list[str]:
        """What is printed for each program; how the process has ended, if not well, stands in the place of the rest."""
        script = str(PROGRAMS / "engine_programs.py")
        code = f"import sys; sys.path.insert(0, {str(PROGRAMS)!r}); sys.argv[0] = {script!r}\n{self.before}\n"
        code += f"import runpy; runpy.run_path({script!r}, run_name='__main__')"
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            input=json.dumps(programs),
            capture_output=True,
            text=True,
            env={**os.environ, "AUTOGRAD_LITE_ENGINE": self.engine, "PYTHONHASHSEED": "0"},
        )
        found = done.stdout.splitlines()
        assert found[:1] == [self.engine], done.stderr
        return found[1:] + [f"ended with {done.returncode}: {done.stderr}"] * (done.returncode != 0)


PURE, IN_C = Runner("python"), Runner("c")


def both(runners: Sequence[Runner], *arguments: str, programs: Sequence[Statements] = ()) -> list[list[str]]:
    """What two runners print, at the same time."""
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(lambda runner: runner.lines(*arguments, programs=programs), runners))


def first_difference(found: Sequence[list[str]]) -> int | None:
    """The first place at which two lists differ."""
    return next((place for place, (x, y) in enumerate(zip_longest(*found)) if x != y), None)


def shortened(runners: Sequence[Runner], statements: Statements) -> Statements:
    """The shortest beginning of a program that differs already, without the statements that are not needed for it."""
    candidates = [statements[:count] for count in range(1, len(statements) + 1)]
    while (place := first_difference(both(runners, "-", programs=candidates))) is not None:
        statements = candidates[place]
        count = len(statements)
        pieces = [(start, start + size) for size in range(count - 1, 0, -1) for start in range(count - size + 1)]
        candidates = [statements[:start] + statements[end:] for start, end in pieces]
    return statements


def report(runners: Sequence[Runner], seed: int, count: int, first: int = 0) -> str | None:
    """The first of some programs that two runners do not agree on, and what each makes of it; None if there is none."""
    found = both(runners, str(seed), str(count), "--first", str(first))
    place = first_difference(found)
    if place is None:
        assert len(found[0]) == count
        return None
    from engine_statements import program

    statements = shortened(runners, program(seed, first + place))
    records = both(runners, "-", programs=[statements])
    text = [f"program {first + place} of seed {seed}, shortened:", *statements]
    for runner, record in zip(runners, records, strict=True):
        text += [f"--- {runner.engine}", *record]
    return "\n".join(text)
