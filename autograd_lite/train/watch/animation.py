"""A training as an animated picture, for slides: what the network decides, epoch by epoch, and the losses beside it.

matplotlib draws the pictures, and Pillow, which comes with it, puts them together.
"""

from __future__ import annotations

import io
from typing import Any

from autograd_lite.engine.lazy import require
from autograd_lite.nn.modules import Module
from autograd_lite.nn.samples import flat
from autograd_lite.plots import INK, decision_boundary, loss_curves
from autograd_lite.plots.figures import COLOURS, MARKERS, plainly
from autograd_lite.train.kept import State, Trained
from autograd_lite.train.watch.content import Content
from autograd_lite.train.watch.findings import spread

SIZE = (9.6, 4.2)  # inches of 100 pixels
CELLS = 60  # of the plane, across and up
LAST = 8  # frames for which the last picture stays


class _Then(Module):
    """The model of an epoch, in the plane of the two shown inputs; the others have their means."""

    def __init__(self, content: Content, state: State) -> None:
        self.content, self.numbers = content, state.numbers

    def forward(self, x: Any) -> Any:
        """The outputs, as the model returns them."""
        sample = list(self.content.means)
        for place, number in zip(self.content.shown, x, strict=True):
            sample[place] = number
        (found,) = self.content.recorded.outputs_of(self.numbers, [sample])
        return found


def animated(history: Trained, kind: str, *, frames: int = 40, seconds: float = 0.15, **options: Any) -> bytes:
    """The animation as the bytes of a GIF or an APNG, the same for the same training.

    Raises ImportError without matplotlib or Pillow, and ValueError as `Content` does.
    """
    require("matplotlib", "an animation")
    require("PIL", "an animation", "Pillow")
    content = Content(history, **options)
    states = spread(content.kept.states, max(2, frames))
    pictures = [_picture(content, state) for state in states]
    lengths = [round(1000.0 * seconds)] * (len(pictures) - 1) + [round(1000.0 * seconds * LAST)]
    file = io.BytesIO()
    settings: dict[str, Any] = {"save_all": True, "append_images": pictures[1:], "duration": lengths, "loop": 0}
    pictures[0].save(file, format="GIF" if kind == "gif" else "PNG", **settings)
    return file.getvalue()


def _picture(content: Content, state: State) -> Any:
    """The picture of one epoch, in the colours of white paper."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    figure = Figure(figsize=SIZE, dpi=100, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    with matplotlib.rc_context({"text.parse_math": False}):
        left, right = figure.subplots(1, 2)
        _plane(content, state, left)
        loss_curves(content.history, right)
        right.axvline(max(state.epoch, 1), color=INK, linewidth=1.2)
        figure.suptitle(f"{content.title}: epoch {state.epoch}", color=INK)
        canvas.draw()  # type: ignore[no-untyped-call]
    rgba = canvas.buffer_rgba()  # type: ignore[no-untyped-call]
    image = Image.frombuffer("RGBA", canvas.get_width_height(), bytes(rgba), "raw", "RGBA", 0, 1)
    return image.convert("RGB").quantize(128, dither=Image.Dither.NONE)


def _plane(content: Content, state: State, ax: Any) -> None:
    """What the model of an epoch makes of the shown inputs, and the points."""
    judged, shown = content.judged, content.shown
    parts = [
        ([[row[i] for i in shown] for row in rows], list(map(judged.class_of, targets)))
        for rows, targets in ((content.rows, judged.targets), (content.held_rows, judged.held_targets))
    ]
    model, names = _Then(content, state), [content.features[i] for i in shown]
    if judged.classes and len(shown) == 2:
        confidence = "probability" if judged.decide == "half" else judged.confidence
        decision_boundary(
            model,
            *parts[0],
            held=parts[1] if parts[1][0] else None,
            confidence=None if confidence == "none" else confidence,
            ax=ax,
            threshold=0.5 if judged.decide == "half" else 0.0,
            resolution=CELLS,
            names=names,
            classes=content.classes,
        )
    else:
        _curve(content, model, parts, names[0], ax)


def _curve(content: Content, model: _Then, parts: list[tuple[Any, Any]], name: str, ax: Any) -> None:
    """Of one input, or of a number to predict: the first output along the first input, and the points."""
    xs = [row[0] for rows, _ in parts for row in rows]
    low, high = min(xs), max(xs)
    margin = 0.1 * (high - low) or 1.0
    grid = [low - margin + (high - low + 2.0 * margin) * i / 100.0 for i in range(101)]
    rest = [content.means[i] for i in content.shown[1:]]
    ax.plot(grid, [flat(model([x, *rest]))[0] for x in grid], color=INK)
    for is_held, (rows, ys) in enumerate(parts):
        fill = {"facecolors": "none", "edgecolors": COLOURS[0]} if is_held else {"c": COLOURS[0]}
        ax.scatter([row[0] for row in rows], [flat(y)[0] for y in ys], s=22, marker=MARKERS[0], **fill)
    ax.set_xlabel(name)
    plainly(ax)
