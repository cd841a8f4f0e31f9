"""What a sweep has found: its runs, as a table that shows itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, isnan, nan
from typing import Any, overload

from autograd_lite.engine.lazy import require
from autograd_lite.engine.notebook import table
from autograd_lite.engine.text import counted, shortened
from autograd_lite.nn.modules import Module
from autograd_lite.train.history import History
from autograd_lite.views.columns import Columns, Tabled


@dataclass(eq=False)
class Run:
    """One training of a sweep: its settings, its history and the trained model; or the error that has ended it.

    >>> run = Run({"lr": 0.1}, History(loss=[0.5, 0.25], metrics={"validation_loss": [0.75, 0.5]}))
    >>> run.loss, run.results
    (0.5, {'loss': 0.25, 'validation_loss': 0.5})
    """

    settings: dict[str, Any]
    history: History
    model: Module | None = None
    error: str = ""

    @property
    def results(self) -> dict[str, float]:
        """The last numbers of its history: the loss and each metric."""
        return {name: xs[-1] for name, xs in ({"loss": self.history.loss} | self.history.metrics).items() if xs}

    @property
    def loss(self) -> float:
        """What runs are ordered by: the last loss of the validation, or of the training if there is no validation."""
        return self.results.get("validation_loss", self.results.get("loss", nan))


class Sweep(Tabled, Sequence[Run]):
    """The runs of a sweep, the best first: by the loss of the validation, if there is one; last those that failed.

    `best` is the first, `best.model` its model. `interrupted` says whether Ctrl-C came before the last run.

    >>> runs = Sweep([Run({"lr": 9.0}, History([0.5])), Run({"lr": 0.1}, History([0.25]))], planned=2)
    >>> runs, runs[0] is runs.best, runs.best.settings
    (<Sweep: 2 runs>, True, {'lr': 0.1})
    >>> print(runs)
    2 runs
    lr   loss
    0.1  0.25
    9     0.5
    """

    def __init__(self, runs: Iterable[Run], planned: int, *, interrupted: bool = False) -> None:
        self.runs = sorted(runs, key=lambda run: (run.error != "", inf if isnan(run.loss) else run.loss))
        self.planned, self.interrupted = planned, interrupted

    def __len__(self) -> int:
        return len(self.runs)

    @overload
    def __getitem__(self, place: int) -> Run: ...
    @overload
    def __getitem__(self, place: slice) -> list[Run]: ...
    def __getitem__(self, place: Any) -> Any:
        return self.runs[place]

    @property
    def best(self) -> Run:
        """The run of the least loss; ValueError if none has ended well."""
        if not self.runs or self.runs[0].error:
            raise ValueError(f"no run has ended well: {self.runs[0].error if self.runs else 'there is none'}")
        return self.runs[0]

    def _title(self) -> str:
        failed = sum(run.error != "" for run in self.runs)
        parts = [counted(len(self.runs), "run"), f"{failed} failed" if failed else ""]
        return ", ".join([*filter(None, parts), *[f"interrupted, of {self.planned}"] * self.interrupted])

    def _table(self) -> Columns:
        settings = dict.fromkeys(name for run in self.runs for name in run.settings)
        results = dict.fromkeys(name for run in self.runs for name in run.results)
        errors = any(run.error for run in self.runs)
        headings = [*settings, *(f" {name.replace('_', ' ')}" for name in results), *["error"] * errors]
        rows = [
            [
                *(_written(run.settings[name]) if name in run.settings else "" for name in settings),
                *(f"{run.results[name]:.4g}" if name in run.results else "" for name in results),
                *[run.error] * errors,
            ]
            for run in self.runs
        ]
        return Columns(self._title(), headings, rows)

    def _repr_html_(self) -> str:
        return table(*self._table()[:3])

    def to_dataframe(self) -> Any:
        """The table as a DataFrame of pandas, with epochs and seconds; raises ImportError without pandas."""
        require("pandas", "a DataFrame")
        import pandas

        return pandas.DataFrame(
            [
                run.settings
                | run.results
                | {"epochs": len(run.history.loss), "seconds": (run.history.seconds or [nan])[-1], "error": run.error}
                for run in self.runs
            ]
        )


def _written(value: Any) -> str:
    """A setting in a cell of the table."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return value if isinstance(value, str) else getattr(value, "__name__", None) or shortened(value)
