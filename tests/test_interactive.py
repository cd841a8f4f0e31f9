"""`autograd-lite step --interactive` in a terminal of its own, and where there is none."""

from __future__ import annotations

import io
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from rich.console import Console

from autograd_lite import Value, trace
from autograd_lite.__main__ import main
from autograd_lite.views.steps.asked import Question
from autograd_lite.views.steps.terminal import KEYS, Asking, moved, page, rows_around

COMMAND = [sys.executable, "-m", "autograd_lite", "step", "exp(sin(x**2))", "x=1.5", "--interactive"]
LEAVES_THE_PAGE = "\x1b[?1049l"
SHOWS_THE_CURSOR = "\x1b[?25h"


class Terminal:
    """A process in a terminal: what it has written, and keys for it."""

    def __init__(self, words: list[str], height: int = 24) -> None:
        assert sys.platform != "win32"
        import fcntl
        import pty
        import termios

        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        termios.tcsetwinsize(self.slave, (height, 100))
        environment = {
            name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")
        }
        self.process = subprocess.Popen(
            words, stdin=self.slave, stdout=self.slave, stderr=self.slave, env=environment | {"TERM": "xterm"},
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        self.written = ""

    def press(self, keys: str, until: str) -> str:
        """Send keys, and read until something matches; what has come."""
        os.write(self.master, keys.encode())
        came, deadline = b"", time.monotonic() + 600.0
        while not re.search(until, plain(came.decode(errors="ignore")), re.DOTALL):
            assert time.monotonic() < deadline, f"no {until!r} after {keys!r} in {came!r}"
            if select.select([self.master], [], [], 0.1)[0]:
                came += os.read(self.master, 65_536)
        self.written += came.decode(errors="ignore")
        return plain(came.decode(errors="ignore"))

    def ended(self) -> int:
        """The exit code, after reading what is left."""
        deadline = time.monotonic() + 600.0
        while self.process.poll() is None or select.select([self.master], [], [], 0.05)[0]:
            assert time.monotonic() < deadline, "the process does not end"
            if select.select([self.master], [], [], 0.05)[0]:
                self.written += os.read(self.master, 65_536).decode(errors="ignore")
        return self.process.wait()

    def restored(self) -> bool:
        """Whether the terminal is as it was: its modes, its first page, its cursor."""
        assert sys.platform != "win32"
        import termios

        same = termios.tcgetattr(self.slave) == self.before
        return same and self.written.count(LEAVES_THE_PAGE) == 1 and SHOWS_THE_CURSOR in self.written


@pytest.fixture
def terminal(ctrl_c: None) -> Iterator[Terminal]:
    """The command on e^sin(x²), at its first step."""
    started = Terminal(COMMAND)
    started.press("", "q: quit")
    yield started
    if started.process.poll() is None:
        started.process.kill()
        started.process.wait()
    os.close(started.master)
    os.close(started.slave)


def plain(text: str) -> str:
    """What is written, without colours and movements of the cursor."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).replace("\r", "")


@pytest.mark.unix
def test_keys_go_forward_and_back(terminal: Terminal) -> None:
    """Every key does what the page says, and at the ends no more."""
    assert "Step 1 of 7" in plain(terminal.written)
    for keys, step in [
        ("\r", 2), (" ", 3), ("n", 4), ("\x1b[C", 5), ("\x1bOC", 6), ("\x1b[D", 5), ("p", 4), ("\x1b[F", 7), ("n", 7),
        ("\x1b[H", 1), ("p", 1), ("\x1b[4~", 7), ("\x1b[1~", 1), ("x\x1b[A\x1b[1;5C\x1b[3~ü\n", 2),
    ]:  # fmt: skip
        terminal.press(keys, f"Step {step} of 7.*q: quit")
    terminal.press("q", "dy/dx = ")
    assert terminal.ended() == 0
    assert terminal.restored()
    assert "dy/dx = -4.1031164885938205" in plain(terminal.written)


@pytest.mark.unix
def test_the_page_of_a_step(terminal: Terminal) -> None:
    """A page shows the step in words, in symbols and in numbers, and what is known by then."""
    page = terminal.press("\x1b[F", "Step 7 of 7.*q: quit")
    assert "What has reached v2, −1.368, times ∂v2/∂x = 2x = 3: −1.368 × 3 = −4.103." in page
    assert "∂y/∂x = ∂y/∂v2 · ∂v2/∂x = ∂y/∂v2 · 2x = −1.368 · 3 = −4.103" in page
    page = terminal.press("\x1b[H\x1b[C", "Step 2 of 7.*q: quit")
    assert "v2 = x² = 1.5² = 2.25" in page
    rows = [line.split() for line in page.splitlines()]
    assert ["v3", "sin", "v2", "?", "·"] in rows
    assert ["v2", "x²", "2.25", "∂v2/∂x", "=", "2x", "=", "3.0", "·"] in rows
    terminal.press("\x1b", "dy/dx = ")
    assert terminal.ended() == 0
    assert terminal.restored()


@pytest.mark.unix
def test_ctrl_c_quits(terminal: Terminal) -> None:
    """Ctrl-C quits as q does, and the terminal is as it was before."""
    terminal.press("n\x03", "dy/dx = ")
    assert terminal.ended() == 0
    assert terminal.restored()


@pytest.mark.unix
def test_the_end_of_the_input_quits(terminal: Terminal) -> None:
    """Ctrl-D quits."""
    terminal.press("\x04", "dy/dx = ")
    assert terminal.ended() == 0
    assert terminal.restored()


@pytest.mark.unix
def test_termination_restores_the_terminal(terminal: Terminal) -> None:
    """A process that is asked to end leaves the terminal as it was."""
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.ended() == 0
    assert terminal.restored()


def test_a_graph_that_is_higher_than_the_page() -> None:
    """The rows around the node of the step are those that are shown."""
    y = x = Value(1.0)
    for _ in range(99):
        y = y + 1.0
    steps = trace(y)
    for done in (1, 50, 100, 101, 199):
        rows = rows_around(steps, done, 15)
        node = steps[done - 1]
        place = steps.nodes.index(node.node) if done <= 100 else 199 - done
        assert rows.start <= place < rows.stop
        assert (rows.stop - rows.start, rows.start >= 0, rows.stop <= 100) == (15, True, True)
    assert rows_around(trace(x), 1, 15).start == 0


def test_without_a_terminal_the_steps_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Where standard input or output is no terminal, all steps stand below each other."""
    assert main(COMMAND[3:]) == 0
    out = capsys.readouterr().out
    assert "\n1. The input x is 1.5.\n2. v2 = x² = 2.25.\n" in out
    assert "\n7. What has reached v2, −1.368, times ∂v2/∂x = 2x = 3: −1.368 × 3 = −4.103.\n" in out
    assert "\ndy/dx = -4.1031164885938205\n" in out
    done = subprocess.run(COMMAND, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert "7. What has reached v2, −1.368, times ∂v2/∂x" in done.stdout


@pytest.mark.unix
def test_a_terminal_without_pages() -> None:
    """A terminal that cannot move its cursor gets the list."""
    words = ["env", "TERM=dumb", *COMMAND]
    terminal = Terminal(words)
    terminal.press("", "dy/dx = ")
    assert terminal.ended() == 0
    assert "\x1b[?1049h" not in terminal.written
    assert "7. What has reached v2, −1.368, times ∂v2/∂x" in plain(terminal.written)
    os.close(terminal.master)
    os.close(terminal.slave)


def test_the_page_has_the_tangents() -> None:
    """With a variable of the tangents the page shows them, as far as the forward pass has come."""
    x = Value(3.0, label="x")
    console = Console(width=100, color_system=None)
    with console.capture() as capture:
        console.print(page(trace(x * x * x), 2, 30, x))
    rows = [line.split() for line in capture.get().splitlines()]
    assert ["node", "operation", "value", "↓", "tangent", "∂…/∂x", "↓", "local", "partials", "gradient", "↑"] in rows
    assert [row[-2] for row in rows if row[:1] == ["v3"]] == ["?"]
    assert ["9.0", "6.0"] in [row[2:4] for row in rows if row[:1] == ["v2"]]


def test_every_key_has_a_meaning() -> None:
    """From any step, each key leads to a step of the trace or ends."""
    for meaning in set(KEYS.values()):
        for done in (1, 4, 7):
            after = moved(done, meaning, 7)
            assert (after is None) == (meaning == "quit")
            assert after is None or 1 <= after <= 7


@pytest.mark.unix
def test_it_asks_before_it_shows(terminal: Terminal) -> None:
    """Tab asks at the next level; a wrong answer is diagnosed, a right one shows the step, also as a formula with a π."""
    terminal.press("\x1b[F", "Step 7 of 7.*q: quit")
    asked = terminal.press("\t", "level 1 of 4")
    assert "∂v2/∂x = ?" in asked
    assert "2x" not in asked
    assert "-4.103" not in asked
    wrong = terminal.press("2,25\r", "itself.*level 1 of 4")
    assert "2.25 is the value of x² itself. Asked is its slope: how fast it changes with x." in wrong
    right = terminal.press("3π/π\x7f\x7f\x7f/π*π\r", "Right: .*q: quit")
    assert "What has reached v2, −1.368, times ∂v2/∂x = 2x = 3: −1.368 × 3 = −4.103." in right
    assert "level 2 of 4" in terminal.press("\t", "level 2 of 4")
    told = terminal.press("?", "−1.368 × 3.*q: quit")
    assert "∂v2/∂x = 2x" in told
    assert "level 4 of 4" in terminal.press("\t\t", "level 4 of 4")
    terminal.press("\x1b", "dy/dx = ")
    assert terminal.ended() == 0
    assert terminal.restored()


@pytest.mark.parametrize("level", "1234")
def test_an_open_question_is_not_given_away(level: str) -> None:
    """At every step and level, the page of an open question does not have the number that it asks for."""
    x = Value(1.37, label="x")
    steps = trace((x * x).sin() * 0.731 + x.exp())
    for done in range(1, len(steps) + 1):
        asking = Asking(steps)
        asking.quiz.level = level
        kind = asking.quiz.open(done)
        if kind is None:
            continue
        out = Console(width=200, record=True, file=io.StringIO())
        out.print(page(steps, done, 40, digits=6, width=200, asking=asking))
        truth = Question(steps, steps[done - 1], kind).truth
        known = {*steps.values.values(), 1.0, 0.731}
        known |= {s.total for s in steps.backward[: max(0, done - 1 - len(steps.forward))]} if level != "4" else set()
        if truth not in known:
            assert f"{truth:.4g}".replace("-", "−") not in out.export_text()
            assert f"{truth:.6g}" not in out.export_text()
