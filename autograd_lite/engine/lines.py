"""`record_lines()`: inside, every node remembers the line of the user's code that made it.

Free when not used. What records a node asks `context()` for its surroundings; that name stands for `current.get`,
and only while lines are recorded somewhere for the function here, which looks at the stack where `current` says so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from os.path import dirname, sep
from types import FrameType, FunctionType
from weakref import WeakSet

from autograd_lite.engine import compiled
from autograd_lite.engine.chosen import c
from autograd_lite.engine.context import Context, Line, Recording, Surroundings, alone, current
from autograd_lite.engine.value import Value

OURS = dirname(dirname(__file__)) + sep  # the files of the package
BETWEEN = "numpy."  # whose functions of arrays come back to ours: their lines are not the user's

# The names of what records: the module, and those of each compiled operator.
_functions = [f for f in vars(Value).values() if isinstance(f, FunctionType) and "context" in f.__globals__]
_recording = [vars(compiled), *{id(f.__globals__): f.__globals__ for f in _functions}.values()]
_open: WeakSet[Recording] = WeakSet()  # in all threads; one whose `with` was interrupted before it began vanishes


class record_lines(Surroundings):  # noqa: N801 - it is used as a function
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

    def changed(self, here: Context) -> Context:
        """The same, with lines recorded, and our function in its place."""
        recording = Recording()
        _switch(_open.add, recording)
        return here.replace(line=recording, outer=here)

    def __exit__(self, *error: object) -> None:
        recording = current.get().line
        super().__exit__(*error)
        if isinstance(recording, Recording):
            _switch(_open.discard, recording)


@alone
def _switch(change: Callable[[Recording], None], recording: Recording) -> None:
    """Put our function in the place of `current.get` while any lines are recorded, and back when none are."""
    change(recording)
    _place()


@alone
def _place() -> None:
    here = _context if _open else current.get
    for names in _recording:
        names["context"] = here
    if c is not None:
        c.ask(_context if _open else None)
    if not _open:
        _placed.cache_clear()


def _context() -> Context:
    here = current.get()
    if here.line is None:
        if not _open:
            _place()
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
