"""Types as a user meets them: mypy, strict, and basedpyright on programs that use the package, and on mistakes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from one_row_more import copy_into

import autograd_lite

ROOT = Path(autograd_lite.__file__).parent.parent
PROGRAMS = sorted((Path(__file__).parent / "programs").glob("typed_*.py"))

# Each line is a mistake that a type checker should find.
MISTAKES = """\
from autograd_lite import Value, Op, clip, exp, grad, gradients, hypot, leaky_relu, nothing, rad2deg, where
import autograd_lite
x = Value(1.0)
exp()
exp(x, 2.0)
exp("1.0")
clip(x)
clip(x, low=0.0, height=1.0)
hypot(x)
leaky_relu(x, slop=0.1)
where(x, 1.0)
autograd_lite.nothing
x.data = "1.0"
gradients(2.0, x)
number: float = exp(x)
rad2deg()
rad2deg(x, 2.0)
rad2deg("x")
grad(lambda x, y: x * y)(1.0)
"""


# Of a row that was added, the checkers know the function, the method, and the kind of their results.
ADDED = """\
from autograd_lite import Value, rad2deg
x: Value = rad2deg(Value(0.5))
y: float = rad2deg(0.5)
z: Value = x.rad2deg()
"""


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_the_programs_run(program: Path) -> None:
    """What the type checkers are shown is a program that works."""
    done = subprocess.run([sys.executable, "-W", "error", str(program)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_checkers_accept_the_programs_and_find_every_mistake(tmp_path: Path) -> None:
    """Neither checker says a word about the programs, one of a new row included; both find each mistake, by its line."""
    copy_into(tmp_path)
    programs = [str(shutil.copy(program, tmp_path)) for program in PROGRAMS]
    for name, text in (("added.py", ADDED), ("mistakes.py", MISTAKES)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        programs.append(str(tmp_path / name))
    expected = [("mistakes.py", line) for line, _ in enumerate(MISTAKES.splitlines(), start=1) if line not in (2, 3)]
    for found in (mypy(tmp_path, programs), pyright(tmp_path, programs)):
        assert sorted(set(found)) == expected


def mypy(folder: Path, programs: list[str]) -> list[tuple[str, int]]:
    """The file and the line of each error that mypy finds."""
    options = ["--strict", "--follow-imports=silent", "--cache-dir", str(folder / "cache")]
    command = [sys.executable, "-m", "mypy", *options, *programs]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    errors = [line.split(":") for line in done.stdout.splitlines() if ": error:" in line]
    return [(Path(error[0]).name, int(error[1])) for error in errors]


def pyright(folder: Path, programs: list[str]) -> list[tuple[str, int]]:
    """The file and the line of each error that basedpyright finds."""
    settings = {"extraPaths": [str(folder)], "include": programs}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    options = ["--outputjson", "--level", "error", "--pythonpath", sys.executable, "--project", str(folder)]
    command = [sys.executable, "-m", "basedpyright", *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    found = json.loads(done.stdout)["generalDiagnostics"]
    return [(Path(error["file"]).name, error["range"]["start"]["line"] + 1) for error in found]
