"""The line that shows the progress of a training while it runs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from rich.console import Console

INTERVAL = 0.2  # seconds between two updates, so that showing the line costs next to nothing


class Progress:
    """A live line with a bar, the epoch, the loss, the metrics, steps per second and the time left.

    It is written to standard error, and only in a terminal or a notebook.
    """

    def __init__(self, steps: int, epochs: int, *, shown: bool) -> None:
        self.steps, self.epochs = steps, epochs
        self.done = 0
        self.latest: tuple[int, float, Mapping[str, list[float]]] | None = None
        self.line: Any = None
        self.started = self.due = perf_counter()
        console = _console() if shown and steps else None
        if console is not None:
            from rich.progress import BarColumn, Progress as Line, TextColumn, TimeRemainingColumn
            from rich.table import Column

            bar = [BarColumn(12)] if console.width >= 72 else []  # in a narrower line the numbers would wrap
            text = TextColumn("{task.fields[text]}", markup=False, table_column=Column())
            columns = [TextColumn("{task.description}"), *bar, text, TimeRemainingColumn(), TextColumn("left")]
            # What a callback prints goes above the line, unless standard output is a file.
            here = bool(sys.stdout and sys.stdout.isatty())
            self.line = Line(*columns, console=console, auto_refresh=False, redirect_stdout=here)
            self.task = self.line.add_task("", total=steps, text="")

    def __enter__(self) -> Self:
        return self

    def start(self) -> None:
        """Show the line until the end of the `with`."""
        if self.line is not None:
            self.line.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.line is not None:
            self._show()
            self.line.stop()

    def advance(self, epoch: int, loss: float, metrics: Mapping[str, list[float]]) -> None:
        """Count one step; the line is updated a few times a second."""
        self.done += 1
        if self.line is None:
            return
        self.latest = epoch, loss, metrics
        now = perf_counter()
        if now >= self.due or self.done == self.steps:
            self.due = now + INTERVAL
            self._show()

    def _show(self) -> None:
        if self.latest is None:
            return
        epoch, loss, metrics = self.latest
        values = "".join(f"  {name.replace('_', ' ')} {xs[-1]:.4g}" for name, xs in metrics.items() if xs)
        rate = self.done / max(perf_counter() - self.started, 1e-9)
        text = f"loss {loss:.4g}{values}  {rate:{',.0f' if rate >= 100.0 else '.3g'}} steps/s"
        place = f"epoch {epoch + 1}/{self.epochs}"
        self.line.update(self.task, completed=self.done, description=place, text=text, refresh=True)


def _console() -> Console | None:
    """The console that the line is shown on, if there is one."""
    notebook = "ipykernel" in sys.modules and find_spec("ipywidgets") is not None
    if not notebook and not (sys.stderr and sys.stderr.isatty()):
        return None
    try:
        from rich.console import Console
    except ImportError:
        raise ImportError("the progress line needs rich: pip install rich; or fit(..., progress=False)") from None
    console = Console(stderr=True)
    return console if console.is_terminal or (console.is_jupyter and notebook) else None
