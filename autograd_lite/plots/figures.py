"""Pictures of training by matplotlib: curves, and what all its pictures have in common.

matplotlib is loaded when it is used; `pip install matplotlib`, or ".[notebooks]" beside the source, installs it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd_lite.engine.files import write_whole
from autograd_lite.engine.lazy import require

# For curves and classes: the contrast is at least 4 : 1, on white paper and on black.
COLOURS = ("#1a7bbd", "#c4540f", "#558b2f", "#8b5cf6", "#a86a0c", "#0e8a80", "#db2777", "#717a84")
SIZE = (5.2, 3.9)  # of a figure, in inches
MARKERS = "osD^vP*X"
DASHES = ("-", "--", ":", "-.")
INK = "#717a84"  # legible on white and on black paper


def require_matplotlib() -> None:
    """Raise ImportError, with the cure, if matplotlib is not installed."""
    require("matplotlib", "a plot")


def loss_curves(history: Any, ax: Any = None) -> Any:
    """Draw the loss of a training over its epochs, and its metrics on a second scale at the right.

    Returns the axes of the loss. Raises ImportError without matplotlib.

    >>> from autograd_lite.train import History
    >>> loss_curves(History(loss=[1.0, 0.5, 0.25])).get_ylabel()
    'loss'
    """
    ax = axes_or_new(ax)
    epochs = range(1, len(history.loss) + 1)
    curves = {"loss": history.loss} | history.metrics
    losses = {name: values for name, values in curves.items() if name.endswith("loss")}
    lines = []
    for (name, values), style in zip(losses.items(), DASHES * len(losses), strict=False):
        lines += ax.plot(epochs, values, style, color=COLOURS[0], label=name.replace("_", " "))
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    if all(value > 0.0 for values in losses.values() for value in values) and history.loss:
        _logarithmic(ax, "y")
    others = [(name, values) for name, values in curves.items() if name not in losses]
    if others:
        right = ax.twinx()
        right.set_ylabel("metrics")
        for (name, values), style in zip(others, DASHES * len(others), strict=False):
            lines += right.plot(epochs, values, style, color=COLOURS[1], label=name.replace("_", " "))
        plainly(right)
    plainly(ax)
    if len(lines) > 1:
        legend_above(ax, handles=lines, ncols=2)
    return ax


def curves(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    x: str,
    y: str,
    log: str = "",
    marked: bool = False,
    ax: Any = None,
) -> Any:
    """Draw curves by name, each given by its x and y coordinates, in different colours and dashes; return the axes.

    `x` and `y` name the axes; `log` lists those with a logarithmic scale, such as "xy"; `marked` shows each point.
    Raises ImportError without matplotlib.

    >>> curves({"x²": ([1, 2, 3], [1, 4, 9])}, x="x", y="f", log="xy").get_yscale()
    'log'
    """
    if not set(log) <= {"x", "y"}:
        raise ValueError(f"log is 'x', 'y' or 'xy', got {log!r}")
    ax = axes_or_new(ax)
    for place, (name, (across, up)) in enumerate(series.items()):
        ax.plot(
            across,
            up,
            DASHES[place % len(DASHES)],
            color=COLOURS[place % len(COLOURS)],
            marker=MARKERS[place % len(MARKERS)] if marked else None,
            markersize=4,
            label=name,
        )
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    for axis in log:
        _logarithmic(ax, axis)
    plainly(ax)
    if len(series) > 1:
        legend_above(ax, ncols=3, fontsize="small")
    return ax


def page(width: float = SIZE[0], height: float = SIZE[1]) -> Any:
    """A new transparent pyplot figure, its size in inches, which a notebook shows. ImportError without matplotlib.

    >>> page(4, 3)
    <Figure size 400x300 with 0 Axes>
    """
    require_matplotlib()
    from matplotlib import pyplot

    # Without a frame, and not with a transparent one, which notebooks that are dark put onto white.
    return pyplot.figure(figsize=(width, height), layout="constrained", frameon=False)


def save(path: str | os.PathLike[str], draw: Callable[[Any], Any]) -> None:
    """Write what `draw` puts on a new figure as png, svg or pdf, as the file's name ends: the same bytes each time.

    Raises ValueError for other kinds of file, OSError if it cannot be written, ImportError without matplotlib.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(os.path.join(folder, "square.svg"), lambda figure: figure.subplots().plot([1, 2, 3], [1, 4, 9]))
    ...     os.listdir(folder)
    ['square.svg']
    """
    write_whole(os.fspath(path), rendered(kind_of(path), draw))


def rendered(kind: str, draw: Callable[[Any], Any]) -> bytes:
    """What `draw` puts on a new figure, as png, svg or pdf; ImportError without matplotlib.

    >>> rendered("svg", lambda figure: figure.subplots().plot([1, 2, 3]))[:5]
    b'<?xml'
    """
    require_matplotlib()
    content = io.BytesIO()
    import matplotlib
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, layout="constrained")
    figure.patch.set_alpha(0.0)
    when = {"Date": None} if kind == "svg" else {"CreationDate": None} if kind == "pdf" else None
    # A dollar sign in a column's name is a dollar sign.
    with matplotlib.rc_context({"svg.hashsalt": "autograd_lite", "text.parse_math": False}):
        draw(figure)
        figure.savefig(content, format=kind, dpi=144, metadata=when)
    return content.getvalue()


def kind_of(path: str | os.PathLike[str]) -> str:
    """The format that a picture's file name ends in; ValueError for one that is not supported.

    Raises ImportError without matplotlib.

    >>> kind_of("moons.PNG")
    'png'
    """
    require_matplotlib()  # before any work is done
    kind = os.path.splitext(path)[1].lstrip(".").lower()
    if kind not in ("png", "svg", "pdf"):  # matplotlib has more, not all the same bytes each time
        raise ValueError(f"a plot is written as png, svg or pdf, as the name of the file ends; got {os.fspath(path)!r}")
    return kind


def axes_or_new(ax: Any) -> Any:
    """The axes given, or new ones."""
    if ax is None:
        ax = page().subplots()
        ax._ipython_display_ = _silent  # a notebook shows the figure by itself; the axes' repr below it says nothing
    return ax


def _silent() -> None:
    """Show nothing."""


def _logarithmic(ax: Any, name: str) -> None:
    """Make an axis logarithmic, with numbers written as in all other pictures, not as matplotlib's TeX formulas."""
    from math import log10

    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    from autograd_lite.engine.text import shown

    getattr(ax, f"set_{name}scale")("log")
    axis = getattr(ax, f"{name}axis")
    low, high = axis.get_view_interval()
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if log10(high / low) < 2.0 else (1.0,)))
    axis.set_major_formatter(FuncFormatter(lambda x, _: shown(x)))
    axis.set_minor_formatter(NullFormatter())


def plainly(ax: Any) -> None:
    """Make axes legible on light and on dark pages."""
    ax.patch.set_alpha(0.0)
    ax.tick_params(which="both", colors=INK, labelcolor=INK)
    for part in (ax.xaxis.label, ax.yaxis.label, ax.title):
        part.set_color(INK)
    for spine in ax.spines.values():
        spine.set_color(INK)
    ax.spines["top"].set_visible(False)


def legend_above(ax: Any, **options: Any) -> None:
    """Put the legend above the axes, where it covers nothing."""
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False, labelcolor=INK, borderaxespad=0.2, **options)
