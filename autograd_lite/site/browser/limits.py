"""How many steps a program may take: its own lines are counted, and turns of its loops, but nothing of the package."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType

MOST_STEPS = 5_000_000
TOOL = 3  # of sys.monitoring's six, one that nobody has taken


class StepsError(BaseException):
    """A program takes more steps than it may; `line` is where it was. What catches every Exception lets it pass."""

    def __init__(self, line: int) -> None:
        super().__init__(
            f"stopped after {MOST_STEPS:,} steps: does the loop end? Make it shorter, or run the program on your own "
            "machine"
        )
        self.line = line


@contextmanager
def counted(*codes: CodeType) -> Iterator[None]:
    """While the program runs, count the lines of these codes, and of the functions in them; StepsError at the limit.

    Python 3.11, which no browser runs, cannot count the lines of some codes only: there nothing is counted.
    """
    if sys.version_info < (3, 12):
        yield
        return
    steps = 0

    def at_line(_code: CodeType, line: int) -> None:
        nonlocal steps
        steps += 1
        if steps > MOST_STEPS:
            raise StepsError(line)

    def at_jump(code: CodeType, _start: int, end: int) -> None:
        nonlocal steps
        steps += 1
        if steps > MOST_STEPS:
            raise StepsError(_line(code, end))

    def at_call(code: CodeType, _start: int) -> None:
        at_line(code, code.co_firstlineno)

    inside = {each for code in codes for each in _all(code)}
    watch = sys.monitoring
    lines, jumps, calls = watch.events.LINE, watch.events.JUMP, watch.events.PY_START
    watch.use_tool_id(TOOL, "autograd_lite")
    try:
        watch.register_callback(TOOL, lines, at_line)
        watch.register_callback(TOOL, jumps, at_jump)
        watch.register_callback(TOOL, calls, at_call)
        for code in inside:
            watch.set_local_events(TOOL, code, lines | jumps | calls)
        yield
    finally:
        for code in inside:
            watch.set_local_events(TOOL, code, 0)
        watch.free_tool_id(TOOL)


def _all(code: CodeType) -> Iterator[CodeType]:
    """A code and those of the functions within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _all(constant)


def _line(code: CodeType, place: int) -> int:
    """The line of an instruction."""
    return next((line for start, end, line in code.co_lines() if start <= place < end and line), code.co_firstlineno)
