"""What a training went through: `History`, and the errors that end a training early."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.files import kind_of, write_whole
from autograd_lite.engine.notebook import table
from autograd_lite.engine.text import counted, shown

if TYPE_CHECKING:
    from autograd_lite.train.kept import Kept


@dataclass(repr=False)
class History:
    """What a training went through: one entry for each completed epoch.

    `loss` is the mean over the epoch, during which the parameters change; `metrics` has a list for each metric, and
    for "validation_loss" and so on; `evaluations` counts the calls of the model on training samples and `seconds` the
    time, both from the start. `interrupted` says whether Ctrl-C ended it. Histories that differ only in `seconds`
    are equal. `kept` holds what `fit(…, keep=…)` has kept, otherwise None; a notebook then shows the page of
    `save_html`. It is left out of a pickle where it cannot be pickled, as with a loss that is a lambda.

    >>> history = History()
    >>> history.append(0.5, {"accuracy": 0.9}, evaluations=100, seconds=0.1)
    >>> history, history.loss, history.metrics
    (History(1 epochs, loss 0.5, accuracy 0.9), [0.5], {'accuracy': [0.9]})
    """

    loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    evaluations: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list, compare=False)
    interrupted: bool = False
    kept: Kept | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        latest = {"loss": self.loss, **self.metrics}
        numbers = ", ".join(f"{name} {values[-1]:.4g}" for name, values in latest.items() if values)
        epochs = f"{len(self.loss)} epochs{', interrupted' if self.interrupted else ''}"
        return f"History({', '.join(filter(None, [epochs, numbers]))})"

    def __getstate__(self) -> dict[str, Any]:
        from autograd_lite.train.kept import sendable

        return vars(self) | {"kept": sendable(self.kept)}

    def _repr_html_(self) -> str:
        return self._page() or self._table()

    def _mime_(self) -> tuple[str, str]:  # of marimo, which puts what has a script into a low frame of its own
        return "text/html", self._page(still=False) or self._table()

    def _page(self, *, still: bool = True) -> str:
        """The page in a frame; "" where nothing is kept, or the model cannot be replayed."""
        if self.kept is None:
            return ""
        from autograd_lite.train.watch.shown import framed

        try:
            return framed(self, still=still)
        except ValueError:  # which `save_html` raises
            return ""

    def _table(self) -> str:  # without the seconds, so that the same training shows the same
        how = f"{counted(len(self.loss), 'epoch')}{', interrupted' if self.interrupted else ''}"
        title = f"{how}, {counted(self.evaluations[-1] if self.evaluations else 0, 'evaluation')} of the model"
        numbers = {"loss": self.loss} | self.metrics
        rows = [[name.replace("_", " "), shown(xs[0]), shown(xs[-1])] for name, xs in numbers.items() if xs]
        return table(title, ["", " first epoch", " last epoch"], rows)

    def append(self, loss: float, metrics: Mapping[str, float], evaluations: int, seconds: float) -> None:
        """Add an epoch."""
        self.loss.append(loss)
        self.evaluations.append(evaluations)
        self.seconds.append(seconds)
        for name, value in metrics.items():
            self.metrics.setdefault(name, []).append(value)

    def plot(self, ax: Any = None) -> Any:
        """Draw the loss and the metrics over the epochs on matplotlib's axes; return the axes."""
        from autograd_lite.plots import loss_curves

        return loss_curves(self, ax)

    def to_html(self, **options: Any) -> str:
        """The page to watch the training on, which needs no network; see `save_html`."""
        from autograd_lite.train.watch.page import page

        return page(self, **options)

    def save_html(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Write the page to watch the training on, and to go on training in: one file, which needs no network.

        `features` and `classes` name the inputs and the classes, `title` is what stands above. Where the training was
        given standardized numbers, the page says so: `standardized` is the mean and the scale of each input, and
        `standardized_target` is True if the targets were, too. Raises ValueError where the training has kept nothing,
        which `fit(…, keep=200)` does, and for a model that is no fixed formula of its inputs and parameters; OSError
        if the file cannot be written.

        >>> import os, tempfile
        >>> from autograd_lite import nn, train
        >>> from autograd_lite.data import gate
        >>> history = train.fit(nn.MLP(2, [2, 1], "tanh", seed=1), nn.losses.mse, *gate("xor"), epochs=20, keep=20)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     history.save_html(os.path.join(folder, "xor.html"), title="XOR")
        ...     os.listdir(folder)
        ['xor.html']
        """
        kind_of(path, "html")
        write_whole(os.fspath(path), self.to_html(**options).encode())

    def animate(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Write an animated picture, for slides: what the network decides at the kept epochs, and the loss.

        A GIF, or an APNG where the name ends in .png. `frames` is how many pictures there are at most (40), `seconds`
        how long each stays (0.15); `features`, `classes` and `title` are as for `save_html`. Raises ImportError without
        matplotlib, ValueError as `save_html` does.

        >>> import os, tempfile
        >>> from autograd_lite import nn, train
        >>> from autograd_lite.data import gate
        >>> history = train.fit(nn.MLP(2, [2, 1], "tanh", seed=1), nn.losses.mse, *gate("xor"), epochs=20, keep=20)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     history.animate(os.path.join(folder, "xor.gif"), frames=3)
        ...     os.listdir(folder)
        ['xor.gif']
        """
        from autograd_lite.train.watch.animation import animated

        write_whole(os.fspath(path), animated(self, kind_of(path, "gif", "apng"), **options))


class _EndedError(Exception):
    """What ends a training early; `history` holds the epochs before it."""

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.history)  # so that it can leave another process


class DivergedError(_EndedError, ArithmeticError):
    """A training that met nan, inf or an operation without a result; `history` holds the epochs before it."""


class WorkerError(_EndedError, RuntimeError):
    """A training whose executor has failed, or a worker of it; `history` holds the epochs before it."""
