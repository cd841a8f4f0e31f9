"""`record_lines()`: inside, every node remembers the line of the user's code that made it.

Free when not used. What records a node asks `context()` for its surroundings; that name stands for `current.get`,
and only while lines are recorded somewhere for the function here, which looks at the stack where `current` says so.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from os.path import dirname, sep
from threading import Lock
from types import FrameType, FunctionType

from autograd_lite.engine import compiled
from autograd_lite.engine.context import Context, Line, current
from autograd_lite.engine.value import Value

# The files of the package, and its compiled operators.
OURS = (dirname(dirname(__file__)) + sep, "<autograd_lite ")
BETWEEN = "numpy."  # whose functions of arrays come back to ours: their lines are not the user's

# The names of what records: the module, and those of each compiled operator.
_functions = [f for f in vars(Value).values() if isinstance(f, FunctionType) and "context" in f.__globals__]
_recording = [vars(compiled), *{id(f.__globals__): f.__globals__ for f in _functions}.values()]
_lock = Lock()
_open = 0  # how many contexts there are, in all threads


@contextmanager
def record_lines() -> Iterator[None]:
    """Inside, every node remembers file and line of the user's code: the first outside of this package.

    `x.line` is that of a node; `diagnose` shows it. It takes a few microseconds for each node inside, and
    nothing outside. As scopes do, it holds in the thread that enters it and in its asynchronous tasks.

    >>> from autograd_lite import Value, record_lines
    >>> x = Value(2.0)
    >>> with record_lines():
    ...     y = x * 3.0
    >>> x.line, y.line.number, y.line.text
    (None, 2, 'y = x * 3.0')
    """
    _count(1)
    token = current.set(current.get().replace(line=True))
    try:
        yield
    finally:
        current.reset(token)
        _count(-1)


def _count(change: int) -> None:
    """Put our function in the place of `current.get` as the first context opens, and back as the last one closes."""
    global _open
    with _lock:
        _open += change
        for names in _recording:
            names["context"] = _context if _open else current.get
        if not _open:
            _placed.cache_clear()


def _context() -> Context:
    here = current.get()
    if here.line is None:
        return here
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _passed(frame):
        frame = frame.f_back
    return here.replace(line=None) if frame is None else _placed(here, frame.f_code.co_filename, frame.f_lineno)


def _passed(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(OURS) or f"{frame.f_globals.get('__name__')}.".startswith(BETWEEN)


@lru_cache(4096)
def _placed(here: Context, file: str, number: int) -> Context:
    """One object for all nodes of a line in the same surroundings; a graph has many."""
    return here.replace(line=Line(file, number))
