"""The reader's file: written with eight holes, and read as the program that it is."""

from __future__ import annotations

import ast
import faulthandler
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stdout, suppress
from importlib.util import decode_source
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from autograd_lite.engine.files import check_writable
from autograd_lite.engine.text import visible
from autograd_lite.lessons.building import finished
from autograd_lite.lessons.building.judge import HOLES, judge
from autograd_lite.lessons.building.lesson import trained
from autograd_lite.lessons.building.probes import OTHERS, PACKAGE, Wrong, place, tried
from autograd_lite.lessons.outcome import Outcome

HOLE = re.compile(r"Hole (\d)")
SECONDS = 20.0  # for the whole program; a right one takes less than one
MEMORY = 4 << 30  # bytes: a list that grows without an end is no harm to the machine


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
    except (ValueError, OSError, MemoryError, RecursionError) as error:  # a zero byte, a folder, too many parentheses
        raise Wrong(f"Python cannot read the file: {error or type(error).__name__}") from None
    before, paths = sys.modules.get(name), [*sys.path]
    sys.modules[name] = program  # where dataclasses look for it
    try:
        sys.path.insert(0, str(Path(path).resolve().parent))  # as where Python runs the file
        tried("running the file", lambda: exec(code, program.__dict__))
        yield program
    finally:
        sys.path[:] = paths
        if before is None:
            sys.modules.pop(name, None)
        else:
            sys.modules[name] = before


def attempt(path: str, parameters: Mapping[str, Any]) -> tuple[str, Outcome | None]:
    """What is said to the program in a file, hole by hole; and what it can do when it is done.

    It is judged in a process of its own, which is ended where it does not end by itself: a program may do anything.
    Once all is done it runs here too, for the graph of its own Values, which no other process can hand over.
    """
    words, done = _apart(path, parameters)
    if not done:
        return words, None
    # What it prints has been seen; files that are asked for are written where the command was called.
    with redirect_stdout(StringIO()), chdir("."), open(os.devnull, encoding="utf-8") as nothing:
        before, sys.stdin = sys.stdin, nothing  # as in the other process: it waits for nobody
        try:
            return _judged(path, parameters)
        finally:
            sys.stdin = before


def _judged(path: str, parameters: Mapping[str, Any]) -> tuple[str, Outcome | None]:
    """What is said to a program, and what it has learnt, in this process."""
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
    except NotImplementedError as error:  # not in a hole: at the top of the file, or in what was given
        return f"{name}: {place(error)} raises NotImplementedError: nothing is written there yet", None


def _apart(path: str, parameters: Mapping[str, Any]) -> tuple[str, bool]:
    """What another process says to the program, and whether all is done; or how that process has ended."""
    code = f"import sys; from {__name__} import alone; alone(*sys.argv[1:])"
    paths = [str(Path(PACKAGE).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    sys.stdout.flush()
    with TemporaryDirectory() as folder:
        report, log = Path(folder, "report"), Path(folder, "log")
        given = [path, str(report), str(log), json.dumps(dict(parameters)), str(SECONDS), str(MEMORY)]
        try:
            subprocess.run(
                [sys.executable, "-P", "-c", code, *given],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                timeout=2.0 * SECONDS + 5.0,
                check=False,
            )
        except subprocess.TimeoutExpired:  # the program has stopped the clock in `alone`
            log.write_text("Timeout", encoding="utf-8")
        if report.exists():
            words, done = json.loads(report.read_text(encoding="utf-8"))
            return words, done
        return f"{visible(path)}: {_ended(log.read_text(encoding='utf-8') if log.exists() else '')}", False


def alone(path: str, report: str, log: str, parameters: str, seconds: str, memory: str) -> None:
    """Judge a program, and write down what is said to it; after so many seconds the process ends, whatever it does."""
    with suppress(ImportError, OSError, ValueError):  # where memory cannot be limited
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (min(int(memory), soft) if soft >= 0 else int(memory), hard))
    with open(log, "w", encoding="utf-8") as file:
        faulthandler.enable(file)
        faulthandler.dump_traceback_later(float(seconds), exit=True, file=file)
        words, outcome = _judged(path, json.loads(parameters))
        for thread in threading.enumerate():
            if outcome is not None and not thread.daemon and thread is not threading.current_thread():
                thread.join(1.0)
                if thread.is_alive():  # here it is ended; the command, which runs the program too, would wait for it
                    words, outcome = f"{visible(path)}: a thread that it has started does not end", None
        Path(report).write_text(json.dumps([words, outcome is not None]), encoding="utf-8")
        with suppress(ValueError, AttributeError, OSError):  # the program has closed it, or taken it away
            sys.stdout.flush()
        os._exit(0)  # also where threads of the program still run


def _ended(log: str) -> str:
    """How a process has ended that has said nothing, and in which line of the program."""
    frames = re.findall(r'^  File "(.*)", line (\d+) in (.*)$', log, re.MULTILINE)
    where = next((f" in line {line} ({name})" for file, line, name in frames if not file.startswith(OTHERS)), "")
    if log.startswith("Timeout"):
        return f"it does not end: after {SECONDS:g} seconds it still runs{where}"
    return f"Python itself has crashed{where}" if log else "it ends the whole program, and nothing could be judged"
