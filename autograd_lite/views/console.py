"""What the commands share: the console that they print to, and how texts and errors are put on it."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def console() -> Console:
    """Standard output; where it is not a terminal, wide enough to wrap nothing."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 10_000)


def tell(out: Console, text: str, style: str | None = None) -> None:
    """Print a line of a report; carry on with the work where nobody is reading any more."""
    with suppress(SystemExit, BrokenPipeError):  # by the first, rich ends a program whose reader has gone
        out.print(text, style=style)


def safe(text: str) -> str:
    r"""Somebody's text, without a meaning for the console.

    >>> safe("[bold]")
    '\\[bold]'
    """
    from rich.markup import escape

    return escape(text)


def one_line(error: BaseException) -> str:
    """What an error says, with the note of the operation that failed."""
    reason = str(error) or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        reason = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    notes = [n for n in getattr(error, "__notes__", []) if n.startswith("autograd_lite: ")]
    note = notes[0].removeprefix("autograd_lite: ") if notes else ""
    return " ".join(f"{reason}{', ' if note else ''}{note}".split())
