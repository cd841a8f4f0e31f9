"""The line that shows the progress of a training while it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from time import perf_counter
from types import TracebackType
from typing import Any, Self

INTERVAL = 0.2  # seconds between two updates, so that showing the line costs next to nothing
WIDTH, NARROWEST = 12, 3  # of the bar


class Progress:
    """A live line with a bar, the epoch, the loss, the metrics, steps per second and the time left.

    In a terminal it is written to standard error; in a notebook it is a text, which stays in the file with its last
    state. Elsewhere nothing is shown. Set `ended` to say why a training ended before its last step.
    """

    def __init__(self, steps: int, epochs: int, *, shown: bool, unit: str = "epoch") -> None:
        self.steps, self.epochs, self.unit = steps, epochs, unit
        self.done = 0
        self.ended = ""
        self.latest: tuple[int, float, Mapping[str, list[float]]] | None = None
        self.line: Any = (_in_notebook() or _in_terminal()) if shown and steps else None
        self.started = self.due = perf_counter()

    def __enter__(self) -> Self:
        return self

    def start(self) -> None:
        """Show the line until the end of the `with`."""
        if self.line is not None:
            self.line.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.line is not None:
            if self.done < self.steps or kind is not None:
                self.ended = self.ended or "stopped"
            self._show(at_end=True)
            self.line.stop()

    def advance(self, epoch: int, loss: float, metrics: Mapping[str, list[float]]) -> None:
        """Count one step; the line is updated a few times a second."""
        self.done += 1
        if self.line is None:
            return
        self.latest = epoch, loss, metrics
        now = perf_counter()
        if now >= self.due:
            self.due = now + INTERVAL
            self._show()

    def _show(self, at_end: bool = False) -> None:
        if self.latest is None:
            return
        epoch, loss, metrics = self.latest
        values = [f"loss {loss:.4g}"] + [f"{name.replace('_', ' ')} {xs[-1]:.4g}" for name, xs in metrics.items() if xs]
        seconds = perf_counter() - self.started
        rate = self.done / max(seconds, 1e-9)
        left = (
            f"{_clock(seconds)} {self.ended}".rstrip() if at_end else f"{_clock((self.steps - self.done) / rate)} left"
        )
        speed = f"{rate:{',.0f' if rate >= 100.0 else '.3g'}} {'step' if self.unit == 'epoch' else self.unit}s/s"
        self.line.show(f"{self.unit} {epoch + 1}/{self.epochs}", self.done / self.steps, values, speed, left)


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


class _Text:
    """A line in a notebook: one text, replaced by the next; its bar has the colours of all text."""

    def __init__(self, display: Callable[[str], Any]) -> None:
        self.display = display

    def start(self) -> None:
        pass

    def show(self, place: str, share: float, values: list[str], speed: str, left: str) -> None:
        full = int(WIDTH * share)
        self.display("  ".join([place, "█" * full + "░" * (WIDTH - full), *values, speed, left]))

    def stop(self) -> None:
        pass


class _Line:
    """A line in a terminal, drawn by rich: the bar takes the room that is left; what has none is left out."""

    def __init__(self, console: Any) -> None:
        from rich.progress import BarColumn, Progress as Line, TextColumn
        from rich.table import Column

        place, text = (
            TextColumn(field, markup=False, table_column=Column(no_wrap=True, overflow="ellipsis"))
            for field in ("{task.description}", "{task.fields[text]}")
        )
        self.bar = BarColumn(WIDTH)
        self.with_bar, self.without = (place, self.bar, text), (place, text)
        # What a callback prints goes above the line, unless standard output is a file.
        here = bool(sys.stdout and sys.stdout.isatty())
        self.line = Line(*self.with_bar, console=console, auto_refresh=False, redirect_stdout=here)
        self.task = self.line.add_task("", total=1.0, text="")
        self.start, self.stop = self.line.start, self.line.stop

    def show(self, place: str, share: float, values: list[str], speed: str, left: str) -> None:
        from rich.cells import cell_len

        room = self.line.console.width - cell_len(place) - 1
        least = [speed, left, *values[:0:-1]]  # what goes first where there is no room
        texts = [*values, speed, left]
        while least and cell_len("  ".join(texts)) > room:
            texts.remove(least.pop(0))
        text = "  ".join(texts)
        self.bar.bar_width = min(WIDTH, room - cell_len(text) - 1)
        self.line.columns = self.with_bar if self.bar.bar_width >= NARROWEST else self.without
        self.line.update(self.task, completed=share, description=place, text=text, refresh=True)


def _in_terminal() -> _Line | None:
    """The line on standard error, if that is a terminal."""
    if not (sys.stderr and sys.stderr.isatty()):
        return None
    try:
        from rich.console import Console
    except ImportError:
        raise ImportError("the progress line needs rich: pip install rich; or fit(..., progress=False)") from None
    console = Console(stderr=True)
    return _Line(console) if console.is_terminal else None


def _in_notebook() -> _Text | None:
    """The line in the output of a cell, if this is a notebook of Jupyter or marimo."""
    marimo: Any = sys.modules.get("marimo")
    if getattr(marimo, "running_in_notebook", lambda: False)():
        return _Text(lambda text: marimo.output.replace(marimo.plain_text(text)))
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if getattr(shell, "kernel", None) is None:
        return None
    return _Text(_display())


def _display() -> Callable[[str], Any]:
    """A function that shows a text below the cell, in the place of the one before."""
    from IPython import display

    new: Any = display.display
    handle: Any = None

    def show(text: str) -> None:
        nonlocal handle
        bundle = {"text/plain": text}
        if handle is None:
            handle = new(bundle, raw=True, display_id=True)
        else:
            handle.update(bundle, raw=True)

    return show
