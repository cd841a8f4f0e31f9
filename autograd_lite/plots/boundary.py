"""What a model decides in the plane of its two inputs, how sure it is of it, and the samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd_lite.nn.modules import Module, evaluate
from autograd_lite.plots.figures import COLOURS, INK, MARKERS, axes_or_new, legend_above, plainly

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

CONFIDENCES = (None, "sigmoid", "softmax", "tanh", "probability")
SHADE = 0.22  # of a region, where nothing is said of confidence
SURE = 0.9  # the probability at which lines say that the model is sure
STRETCH = 5.0  # how many times longer than the other the range of an input may be for both axes to have one scale


def decision_boundary(
    model: Module,
    X: ArrayLike,  # noqa: N803 - X is a matrix
    y: ArrayLike,
    *,
    held: tuple[ArrayLike, ArrayLike] | None = None,
    confidence: str | None = None,
    ax: Any = None,
    threshold: float = 0.0,
    resolution: int = 80,
    names: Sequence[str] = ("x₁", "x₂"),
    classes: Sequence[str] | None = None,
    equal: bool | None = None,
) -> Any:
    """Draw the plane of a model's two inputs, coloured by the class that it decides on, and the samples on it.

    A single output means class 1 above the threshold; of several the largest wins. Each class has a colour and a
    marker; `names` are those of the inputs, `classes` those of the classes 0, 1, ... Samples and classes that were
    `held` out are hollow. With `confidence` the colour is the deeper the surer the model is: it says how outputs become
    probabilities, by "sigmoid" or "softmax", by "tanh" from scores between -1 and 1, or "probability" for those that
    are; dotted lines stand at 0.1 and 0.9. Both axes have one scale if `equal`, by default unless the ranges of
    the inputs differ more than five times. The model is called `resolution`² times. Returns the axes. Raises ValueError
    unless model and samples have two inputs, and ImportError without matplotlib.

    >>> from autograd_lite.nn import MLP
    >>> decision_boundary(MLP(2, [4, 1], seed=1), [[0, 0], [1, 1]], [0, 1], resolution=20).get_xlabel()
    'x₁'
    """
    import numpy

    if confidence not in CONFIDENCES:
        raise ValueError(f"confidence is one of {', '.join(map(repr, CONFIDENCES))}, got {confidence!r}")
    parts = [_points(X, y), *([_points(*held)] if held is not None else [])]
    points = numpy.concatenate([rows for rows, _ in parts])
    ax = axes_or_new(ax)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.15 * numpy.maximum(high - low, 1e-9)
    across, up = (numpy.linspace(a, b, resolution) for a, b in zip(low - margin, high + margin, strict=True))
    outputs = numpy.array(evaluate(model, [[u, v] for v in up.tolist() for u in across.tolist()]))
    outputs = outputs.reshape(resolution, resolution, -1)
    several = outputs.shape[2] > 1
    winners = outputs.argmax(axis=2) if several else (outputs[:, :, 0] > threshold).astype(int)
    if confidence is None:
        for place in sorted(set(winners.flat)):  # one by one: on the border of classes 0 and 2 there is no 1
            colour = COLOURS[place % len(COLOURS)]
            ax.contourf(across, up, winners == place, levels=[0.5, 1.5], colors=[colour], zorder=0, alpha=SHADE)
    else:
        _shade(ax, across, up, winners, _probabilities(outputs, confidence, threshold))
    if not several and outputs.min() < threshold < outputs.max():
        ax.contour(across, up, outputs[:, :, 0], levels=[threshold], colors=[INK], linewidths=1.2, zorder=1)
    labels = sorted({label for _, part in parts for label in part})
    for is_held, (rows, targets) in enumerate(parts):
        for order, label in enumerate(labels):
            place = order  # for classes such as -1 and 1
            if isinstance(label, (int, float)) and (several or len(labels) == 1):
                place = int(label) if several else int(label > 0)
            chosen = rows[[value == label for value in targets]]
            if len(chosen) == 0:
                continue
            colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
            ax.scatter(
                *chosen.T,
                s=22,
                c="none" if is_held else colour,
                marker=marker,
                edgecolors=colour if is_held else "white",
                linewidths=1.2 if is_held else 0.5,
                label=None if is_held else classes[place] if classes is not None else f"class {label}",
            )
    if len(parts) > 1:
        ax.scatter([], [], s=22, c="none", marker="o", edgecolors=INK, linewidths=1.2, label="held out")
    ax.set_xlabel(names[0])
    ax.set_ylabel(names[1])
    ranges = high - low
    if equal or (equal is None and ranges.min() * STRETCH >= ranges.max() > 0.0):
        ax.set_aspect("equal", adjustable="box")
    legend_above(ax, ncols=6)
    plainly(ax)
    return ax


def _points(X: ArrayLike, y: ArrayLike) -> tuple[Any, list[Any]]:  # noqa: N803 - a matrix
    """Samples of two numbers as an array, and as many classes."""
    import numpy

    points, targets = numpy.asarray(X, dtype=float), numpy.asarray(y).tolist()
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"a decision boundary needs samples of two numbers, got an array of shape {points.shape}")
    if len(points) != len(targets):
        raise ValueError(f"as many samples as classes are needed, got {len(points)} and {len(targets)}")
    return points, targets


def _probabilities(outputs: Any, confidence: str, threshold: float) -> Any:
    """The probability of each class on the grid: of class 0 and 1 where there is one output."""
    import numpy

    if outputs.shape[2] > 1:
        powers = numpy.exp(outputs - outputs.max(axis=2, keepdims=True)) if confidence == "softmax" else outputs
        return powers / powers.sum(axis=2, keepdims=True)
    score = outputs[:, :, 0]
    if confidence == "sigmoid":
        p = 0.5 + 0.5 * numpy.tanh(0.5 * (score - threshold))
    else:
        p = score if confidence == "probability" else 0.5 + 0.5 * score
    p = numpy.clip(p, 0.0, 1.0)
    return numpy.stack([1.0 - p, p], axis=2)


def _shade(ax: Any, across: Any, up: Any, winners: Any, probabilities: Any) -> None:
    """The colour of the class that wins, the deeper the surer, and lines where the model is sure."""
    import numpy
    from matplotlib.colors import to_rgb

    count = probabilities.shape[2]
    colours = numpy.array([to_rgb(COLOURS[k % len(COLOURS)]) for k in range(count)])
    surest = numpy.take_along_axis(probabilities, winners[:, :, None], axis=2)[:, :, 0]
    shade = 2.0 * SHADE * numpy.clip((surest - 1.0 / count) / (1.0 - 1.0 / count), 0.0, 1.0)
    image = numpy.concatenate([colours[winners], shade[:, :, None]], axis=2)
    half = [(line[1] - line[0]) / 2.0 for line in (across, up)]
    extent = (across[0] - half[0], across[-1] + half[0], up[0] - half[1], up[-1] + half[1])
    ax.imshow(image, extent=extent, origin="lower", aspect="auto", interpolation="bilinear", zorder=0)
    ax.set_xlim(across[0], across[-1])
    ax.set_ylim(up[0], up[-1])
    if count == 2:
        levels = [x for x in (1.0 - SURE, SURE) if probabilities[:, :, 1].min() < x < probabilities[:, :, 1].max()]
        if levels:
            lines = {"colors": [INK], "linewidths": 0.8, "linestyles": "dotted", "zorder": 1}
            ax.contour(across, up, probabilities[:, :, 1], levels=levels, **lines)
