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
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path

import pytest

import autograd_lite

PROGRAMS = Path(__file__).parent / "programs"
PACKAGE = str(Path(autograd_lite.__file__).parents[1])
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PROGRAMS), PACKAGE, *sys.path])}
CHUNK, CHUNKS = 5_000, 20  # 10⁵ programs

in_c = pytest.mark.skipif(
    find_spec("autograd_lite.engine._node") is None, reason="there is no engine in C to compare with"
)

Statements = list[str]


class Runner:
    """Runs programs on an engine, in a process of its own; `before` is done there first."""

    def __init__(self, engine: str, before: str = "") -> None:
        self.engine, self.before = engine, before

    def lines(self, *arguments: str, programs: Sequence[Statements] = ()) -> list[str]:
        """What is printed for each program; how the process has ended, if not well, stands in the place of the rest."""
        script = str(PROGRAMS / "engine_programs.py")
        code = f"{self.before}\nimport runpy; runpy.run_path({script!r}, run_name='__main__')"
        done = subprocess.run(
            [sys.executable, "-P", "-c", code, *arguments],
            input=json.dumps(programs),
            capture_output=True,
            text=True,
            timeout=900,
            env={**ENVIRONMENT, "AUTOGRAD_LITE_ENGINE": self.engine, "PYTHONHASHSEED": "0"},
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


def statements_of(seed: int, number: int) -> Statements:
    """The statements of a program."""
    code = "import json, sys, engine_statements as s; print(json.dumps(s.program(*map(int, sys.argv[1:]))))"
    command = [sys.executable, "-P", "-c", code, str(seed), str(number)]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=True)
    statements: Statements = json.loads(done.stdout)
    return statements


def report(runners: Sequence[Runner], seed: int, count: int, first: int = 0) -> str | None:
    """The first of some programs that two runners do not agree on, and what each makes of it; None if there is none."""
    found = both(runners, str(seed), str(count), "--first", str(first))
    place = first_difference(found)
    if place is None:
        assert len(found[0]) == count
        return None
    statements = shortened(runners, statements_of(seed, first + place))
    records = both(runners, "-", programs=[statements])
    text = [f"program {first + place} of seed {seed}, shortened:", *statements]
    for runner, record in zip(runners, records, strict=True):
        text += [f"--- {runner.engine}", *record]
    return "\n".join(text)


@in_c
def test_both_engines_do_the_same() -> None:
    """Of a few hundred programs, the same ones every time, all that can be seen is the same."""
    assert report((PURE, IN_C), seed=0, count=400) is None


@in_c
@pytest.mark.long
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_both_engines_do_the_same_in_very_many(chunk: int, pytestconfig: pytest.Config) -> None:
    """So it is of a hundred thousand; they are drawn from the seed that Hypothesis is given."""
    seed = int(pytestconfig.getoption("--hypothesis-seed", None) or 0)
    assert report((PURE, IN_C), seed, CHUNK, first=1000 + chunk * CHUNK) is None


# Faults that an engine could have, as what is done to the pure one, and what is then to be read in the report.
FAULTS = {
    "a partial is wrong in the last place": (
        "from math import inf, nextafter; from autograd_lite.engine.table import tanh; right = tanh.partials[0]\n"
        "tanh.partials = (lambda x, y: nextafter(right(x, y), inf) if type(x) is float else right(x, y),)",
        "tanh",
    ),
    "the process dies": (
        "import os; from autograd_lite.engine.table import cos; cos.value = lambda x: os.abort()",
        "ended with",
    ),
}


@pytest.mark.parametrize(("fault", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(fault: str, told: str) -> None:
    """An engine that does anything else is found out, by a program of a few statements."""
    text = report((PURE, Runner("python", fault)), seed=0, count=60)
    assert text is not None
    assert told in text
    assert text.partition("\n--- ")[0].count("\n") <= 5
