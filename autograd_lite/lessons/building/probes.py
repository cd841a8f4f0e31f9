"""How the reader's Values are looked at: whatever style they are written in, and in words where something is wrong."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

from autograd_lite.engine.reals import as_float
from autograd_lite.engine.text import shortened, shown

# What engines call the Values that one was computed from, and its local derivatives.
PARENTS = ("parents", "operands", "_prev", "_children", "children")
PARTIALS = ("partials", "local_grads", "_local_grads")
PACKAGE = str(Path(__file__).parents[2])
OTHERS = (PACKAGE, os.path.dirname(os.__file__), "<frozen", "<string>")  # whose lines are not the reader's
MOST_PARTS = 1000  # of a list that may have no end
MOST_LINES = 100_000  # of Python in one hole; those of a right one are some thousands


class Wrong(Exception):  # noqa: N818 - what the reader has to put right is no error of this program
    """What is wrong with a hole, as a sentence."""


class Endless(BaseException):
    """More lines than any right program takes: a loop without an end. No `except Exception` stops it."""


@contextmanager
def limited(most: int = MOST_LINES) -> Iterator[None]:
    """Raise Endless after so many lines of Python: a count, which is the same on every machine, and not the clock."""
    left = most

    def count(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            return None  # what is not the reader's has an end
        left -= event == "line"
        if left < 0:
            raise Endless(frame.f_lineno)
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)


def tried(words: str, run: Callable[[], Any]) -> Any:
    """What comes of running something of the reader's; an exception is told in words, with its line."""
    try:
        return run()
    except (NotImplementedError, Wrong, KeyboardInterrupt):  # an open hole, what is in words already, and Ctrl-C
        raise
    except RecursionError as error:
        raise Wrong(f"{words} does not end: {place(error)} calls itself again and again") from None
    except Endless as error:
        raise Wrong(f"{words} does not end: it still runs in line {error} after {MOST_LINES:,} lines") from None
    except SystemExit as error:
        raise Wrong(f"{words} ends the whole program in {place(error)}") from None
    except BaseException as error:
        raise Wrong(f"{words} ends with {type(error).__name__} in {place(error)}{_message(error)}") from None


def _message(error: BaseException) -> str:
    """What an exception says, in its first line; nothing where even that fails."""
    try:
        text = str(error).strip().partition("\n")[0]
    except Exception:  # of the reader's own class
        return ""
    return f": {text[:200]}" if text else ""


def place(error: BaseException) -> str:
    """The line of the reader's program in which an exception was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(OTHERS)]
    if not own:
        return "its call"
    where = own[len(own) // 2 if isinstance(error, RecursionError) else -1]  # the middle of a recursion is a call
    return f"line {where.lineno} ({where.name})"


def attribute(node: Any, names: Sequence[str]) -> Any:
    """The first attribute of these names; None where a node has none of them."""
    return next((getattr(node, name) for name in names if hasattr(node, name)), None)


def parents(node: Any) -> list[Any]:
    """The Values that a node was computed from."""
    held = attribute(node, PARENTS)
    try:
        return list(islice(held or (), MOST_PARTS))
    except TypeError:
        raise Wrong(f"the parents of a Value are {described(held)}, expected a tuple of Values") from None


def described(x: Any) -> str:
    """What somebody has put where something else belongs."""
    return "a Value" if attribute(x, PARENTS) is not None else shortened(x)


def sends(node: Any) -> bool:
    """Whether a node does not keep its local derivatives, but a function that uses them, as in micrograd."""
    return callable(getattr(node, "_backward", None))


def number(words: str, found: Any, expected: float, told: Callable[[float], str] = lambda _: "") -> None:
    """Raise Wrong unless a plain number is the expected one; `told` says where a wrong one may come from."""
    if found is None:
        raise Wrong(f"{words} is None, expected {shown(expected)}")
    try:
        x = as_float(found)
    except TypeError:
        raise Wrong(f"{words} is {described(found)}, expected the plain number {shown(expected)}") from None
    if not close(x, expected):
        raise Wrong(f"{words} is {shown(x)}, expected {shown(expected)}{told(x)}")


def close(x: float, y: float) -> bool:
    """Whether two numbers are the same but for rounding."""
    return abs(x - y) <= 1e-9 * max(1.0, abs(y))


def among(x: float, reasons: Sequence[tuple[float, str]]) -> str:
    """The rest of a sentence: the first reason whose number this is."""
    return next((f": {words}" for y, words in reasons if close(x, y)), "")
