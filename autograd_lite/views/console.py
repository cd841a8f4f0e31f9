"""What the commands share: the console that they print to, and how texts and errors are put on it."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from autograd_lite.engine.lazy import require
from autograd_lite.engine.text import visible

if TYPE_CHECKING:
    from rich.console import Console

WORDS = {  # of Python's and C's for what floats refuse
    "math range error": "the result is too large for a float (1.8e308)",
    "math domain error": "there is no real result",
    "float division by zero": "a division by zero",
    "float modulo": "a division by zero",
    "float modulo by zero": "a division by zero",
    "float floor division by zero": "a division by zero",
    "0.0 cannot be raised to a negative power": "a division by zero",
    "zero to a negative power": "a division by zero",
}


def console(*, stderr: bool = False) -> Console:
    """Standard output or error; where that is not a terminal, wide enough to wrap nothing. Brackets are no markup.

    Raises ImportError, with the cure, without rich.

    >>> console().print("[bold] and :smile: as typed")
    [bold] and :smile: as typed
    """
    require("rich", "the terminal's output")
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    wide = None if stream is not None and stream.isatty() else 10_000
    return Console(highlight=False, markup=False, emoji=False, width=wide, stderr=stderr)


def tell(out: Console, text: str, style: str | None = None) -> None:
    """Print a line of a report; carry on with the work where nobody is reading any more."""
    with suppress(SystemExit, BrokenPipeError):  # by the first, rich ends a program whose reader has gone
        out.print(visible(text), style=style, soft_wrap=True)


def one_line(error: BaseException) -> str:
    r"""What an error says, with the note of the operation that failed, for a terminal.

    >>> one_line(FileNotFoundError(2, "No such file or directory", "a\x1b[31m"))
    'No such file or directory: a\\x1b[31m'
    """
    reason = str(error) or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        reason = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    elif isinstance(error, OverflowError) and len(error.args) > 1:  # C's number of the error, and its words
        reason = "the result is too large for a float (1.8e308)"
    elif reason in WORDS:
        reason = WORDS[reason]
    elif isinstance(error, MemoryError):
        reason = "not enough memory for this"
    elif isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("autograd_lite."):
        package = error.name.partition(".")[0]
        reason = f"this needs {package}, which is not installed: pip install {package}"
    notes = [n for n in getattr(error, "__notes__", []) if n.startswith("autograd_lite: ")]
    note = notes[0].removeprefix("autograd_lite: ") if notes else ""
    return visible(" ".join(f"{reason}{', ' if note else ''}{note}".split()))
