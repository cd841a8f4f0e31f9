"""`autograd-lite step --interactive`: a trace on the terminal's whole page, one step at a time, by keys.

With Tab it asks, as the page of a browser does, before it shows; see quiz.py.

Where there is no terminal to read keys from or to draw on, the steps are listed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

from autograd_lite.engine.text import visible
from autograd_lite.views.steps.quiz import Quiz
from autograd_lite.views.steps.tables import current_node, formula_line, table

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from autograd_lite.engine.value import Value
    from autograd_lite.views.steps.passes import Passes

HELP = "Enter, space, → or n: forward    ← or p: back    Home, End    Tab: predict    q: quit"
ASKING = "Enter: check    ?: the answer    ← →: back, on    Tab: level {} of 4    Esc: quit"
ABOVE = 12  # the lines of the page that the table cannot have
FORWARD, BACK, FIRST, LAST, QUIT = "forward", "back", "first", "last", "quit"

KEYS = {"\r": FORWARD, "\n": FORWARD, " ": FORWARD, "n": FORWARD, "p": BACK, "q": QUIT, "\x1b": QUIT}
KEYS |= {"\x03": QUIT, "\x04": QUIT, "": QUIT}  # Ctrl-C and Ctrl-D where they come as characters; the end of the input
# What terminals send for an arrow, Home and End after the escape character, and what Windows says.
SEQUENCES = {"C": FORWARD, "D": BACK, "H": FIRST, "F": LAST, "1~": FIRST, "7~": FIRST, "4~": LAST, "8~": LAST}
KEYS |= {f"\x1b{opening}{end}": meaning for opening in "[O" for end, meaning in SEQUENCES.items()}
WINDOWS = {"M": "\x1b[C", "K": "\x1b[D", "G": "\x1b[H", "O": "\x1b[F"}


def play(trace: Passes, out: Console, tangent: Value | None = None, digits: int | None = None) -> None:
    """Step through a trace until somebody quits; list its steps where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or out.is_dumb_terminal:
        for place, step in enumerate(trace, start=1):
            out.print(visible(f"{place:>{len(str(len(trace)))}}. {step.words()}"), soft_wrap=True)
        return
    with suppress(KeyboardInterrupt), _interrupted_by_termination():
        try:
            with out.screen() as screen, _keys() as key:
                done: int | None = 1
                asking = Asking(trace)
                while done is not None:
                    screen.update(page(trace, done, out.height, tangent, digits, out.width, asking))
                    meaning = asking.pressed(done, key())
                    if meaning:
                        done = moved(done, meaning, len(trace))
        finally:
            if out.is_alt_screen:  # an interrupt came before the `with` could undo what it does
                out.set_alt_screen(False)
                out.show_cursor()


def moved(done: int, meaning: str, steps: int) -> int | None:
    """The number of steps done after a key; None to quit.

    >>> moved(3, "forward", 7), moved(7, "forward", 7), moved(1, "back", 7), moved(3, "quit", 7)
    (4, 7, 1, None)
    """
    places = {FORWARD: min(done + 1, steps), BACK: max(done - 1, 1), FIRST: 1, LAST: steps, QUIT: None}
    return places[meaning]


class Asking:
    """The question that is open on the page, what is typed as its answer, and what was said to the last one."""

    def __init__(self, trace: Passes) -> None:
        self.quiz = Quiz(trace)
        self.typed = self.said = ""

    def pressed(self, done: int, key: str) -> str | None:
        """What a key means for the steps; while a question is open, letters belong to the answer."""
        meaning = KEYS.get(key)
        if key == "\t":
            self.quiz.level = {"": "1", "4": ""}.get(self.quiz.level, str(int(self.quiz.level or 0) + 1))
            self.typed = self.said = ""
        elif self.quiz.open(done) and len(key) == 1 and key not in "\x1b\x03\x04":
            if key in "\r\n":
                self.said = self.quiz.answer(done, self.typed) if self.typed.strip() else self.said
                self.typed = ""
            elif key in "\x7f\b":
                self.typed = self.typed[:-1]
            elif key == "?":
                self.typed, self.said = "", self.quiz.tell(done)
            elif key.isprintable():
                self.typed += key
        else:
            if meaning:
                self.typed = self.said = ""
            return meaning
        return None


def page(
    trace: Passes,
    done: int,
    height: int,
    tangent: Value | None = None,
    digits: int | None = None,
    width: int | None = None,
    asking: Asking | None = None,
) -> RenderableType:
    """What the terminal shows after so many steps: the step in words and as a formula, and the table so far.

    While a question is open, it stands in their place, and nothing that would answer it is in the table.
    """
    from rich.console import Group
    from rich.text import Text

    step = trace[done - 1]
    rows = rows_around(trace, done, max(1, height - ABOVE))
    asked = asking.quiz.open(done) if asking else None
    if asking and asked:
        body, bold = f"{asking.quiz.prompt(done)}\n", f"> {asking.typed}▏"
        keys = ASKING.format(asking.quiz.level)
    else:
        body, bold, keys = f"{step.words()}\n", formula_line(trace, step), HELP
    above = Text.assemble(
        (f"Step {done} of {len(trace)}\n\n", "bold"), visible(body), (visible(bold), "bold"),
        f"\n{visible(asking.said)}\n" if asking and asking.said else "\n",
    )  # fmt: skip
    shown = table(trace, done, rows, tangent=tangent, digits=digits, width=width, asked=asked)
    return Group(above, shown, Text(f"\n{keys}", style="dim"))


def rows_around(trace: Passes, done: int, count: int) -> slice:
    """The rows of the table that fit on the page, the current node's in the middle."""
    current = current_node(trace[done - 1])
    place = next(place for place, node in enumerate(trace.nodes) if node is current)
    start = max(0, min(place - count // 2, len(trace.nodes) - count))
    return slice(start, start + count)


@contextmanager
def _interrupted_by_termination() -> Iterator[None]:
    """Inside, a request to end the process leaves the loop, so that the terminal is as it was before."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if current_thread() is not main_thread():  # where no signal arrives
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        signal.signal(signal.SIGTERM, interrupt)
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _keys() -> Iterator[Callable[[], str]]:
    """A function that waits for a key and returns the character, or the characters that a terminal sends for it."""
    if sys.platform == "win32":
        import msvcrt

        def pressed() -> str:
            character = msvcrt.getwch()
            return WINDOWS.get(msvcrt.getwch(), "\0") if character in "\0\xe0" else character

        yield pressed
        return
    import termios
    import tty
    from select import select

    terminal = sys.stdin.fileno()

    def key() -> str:
        sent = os.read(terminal, 1)
        if sent == b"\x1b":  # alone, or the first of the characters of an arrow
            while len(sent) < 8 and select([terminal], [], [], 0.05)[0]:
                character = os.read(terminal, 1)
                sent += character
                if not character or (len(sent) > 2 and character not in b"0123456789;"):
                    break
        while sent[:1] >= b"\xc0" and sent.decode(errors="ignore") == "" and len(sent) < 4:  # the rest of a letter
            sent += os.read(terminal, 1)
        return sent.decode(errors="replace")

    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        yield key
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
