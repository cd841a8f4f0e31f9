"""Pictures of training by matplotlib: curves and decision boundaries.

matplotlib is loaded when it is used; `pip install matplotlib`, or ".[notebooks]" beside the source, installs it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.files import write_whole
from autograd_lite.engine.lazy import require
from autograd_lite.nn.modules import Module, evaluate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

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
    ax = _axes(ax)
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
        _plain(right)
    _plain(ax)
    if len(lines) > 1:
        _legend(ax, handles=lines, ncols=2)
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
    ax = _axes(ax)
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
    _plain(ax)
    if len(series) > 1:
        _legend(ax, ncols=3, fontsize="small")
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


def decision_boundary(
    model: Module,
    X: ArrayLike,  # noqa: N803 - X is a matrix
    y: ArrayLike,
    *,
    ax: Any = None,
    threshold: float = 0.0,
    resolution: int = 80,
    names: Sequence[str] = ("x₁", "x₂"),
    classes: Sequence[str] | None = None,
) -> Any:
    """Draw the plane of a model's two inputs, coloured by the class that it decides on, and the samples on it.

    A single output means class 1 above the threshold; of several the largest wins. Each class has a colour and a
    marker; `names` are those of the inputs, `classes` those of the classes 0, 1, ... The model is called
    `resolution`² times. Returns the axes. Raises ValueError unless model and samples have two inputs, and ImportError
    without matplotlib.

    >>> from autograd_lite.nn import MLP
    >>> decision_boundary(MLP(2, [4, 1], seed=1), [[0, 0], [1, 1]], [0, 1], resolution=20).get_xlabel()
    'x₁'
    """
    import numpy

    points, targets = numpy.asarray(X, dtype=float), numpy.asarray(y).tolist()
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"a decision boundary needs samples of two numbers, got an array of shape {points.shape}")
    if len(points) != len(targets):
        raise ValueError(f"as many samples as classes are needed, got {len(points)} and {len(targets)}")
    ax = _axes(ax)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.15 * numpy.maximum(high - low, 1e-9)
    across, up = (numpy.linspace(a, b, resolution) for a, b in zip(low - margin, high + margin, strict=True))
    outputs = numpy.array(evaluate(model, [[u, v] for v in up.tolist() for u in across.tolist()]))
    outputs = outputs.reshape(resolution, resolution, -1)
    several = outputs.shape[2] > 1
    winners = outputs.argmax(axis=2) if several else (outputs[:, :, 0] > threshold).astype(int)
    for place in sorted(set(winners.flat)):  # one by one: on the border of classes 0 and 2 there is no 1
        colour = COLOURS[place % len(COLOURS)]
        ax.contourf(across, up, winners == place, levels=[0.5, 1.5], colors=[colour], zorder=0, alpha=0.22)
    if not several and outputs.min() < threshold < outputs.max():
        ax.contour(across, up, outputs[:, :, 0], levels=[threshold], colors=[INK], linewidths=1.2, zorder=1)
    labels = sorted(set(targets))
    for order, label in enumerate(labels):
        place = order  # for classes such as -1 and 1
        if isinstance(label, (int, float)) and (several or len(labels) == 1):
            place = int(label) if several else int(label > 0)
        chosen = points[[value == label for value in targets]]
        colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
        ax.scatter(
            *chosen.T,
            s=22,
            c=colour,
            marker=marker,
            edgecolors="white",
            linewidths=0.5,
            label=classes[place] if classes is not None else f"class {label}",
        )
    ax.set_xlabel(names[0])
    ax.set_ylabel(names[1])
    _legend(ax, ncols=6)
    _plain(ax)
    return ax


def _axes(ax: Any) -> Any:
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


def _plain(ax: Any) -> None:
    """Make axes legible on light and on dark pages."""
    ax.patch.set_alpha(0.0)
    ax.tick_params(which="both", colors=INK, labelcolor=INK)
    for part in (ax.xaxis.label, ax.yaxis.label, ax.title):
        part.set_color(INK)
    for spine in ax.spines.values():
        spine.set_color(INK)
    ax.spines["top"].set_visible(False)


def _legend(ax: Any, **options: Any) -> None:
    """Put the legend above the axes, where it covers nothing."""
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False, labelcolor=INK, borderaxespad=0.2, **options)
