"""What a notebook shows of a training that has kept something: its page in a frame, and a still picture, its losses."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import isfinite

from autograd_lite.engine.notebook import frame, live, themed
from autograd_lite.engine.text import shown
from autograd_lite.train.kept import Trained
from autograd_lite.train.watch.page import page
from autograd_lite.views.picture.styles import LINE

WIDTH, HEIGHT, MARGIN = 520, 260, 44  # of the still picture
FRAME = 860  # pixels, in which the page has all its parts beside each other


def framed(history: Trained, *, still: bool = True) -> str:
    """The page in a frame, and the picture where it cannot be shown. Raises ValueError as `to_html` does."""
    html = frame(page(history), repr(history), FRAME)
    return live(html, losses(history), repr(history)) if still else themed(html)


def losses(history: Trained) -> str:
    """The losses over the epochs as a picture, an SVG: of the training, and dashed of what was held out.

    >>> from autograd_lite.train import History
    >>> losses(History(loss=[1.0, 0.5])).count("<polyline")
    1
    """
    curves = {"training": history.loss, "held out": history.metrics.get("validation_loss", [])}
    numbers = [x for curve in curves.values() for x in curve if isfinite(x)]
    low, top, last = min([0.0, *numbers]), max([0.0, *numbers]), max(2, len(history.loss))
    lines = [_text(MARGIN, HEIGHT - 12, "epoch 1"), _text(WIDTH - 12, HEIGHT - 12, str(len(history.loss)), "end")]
    lines += [_text(MARGIN - 6, 28, shown(top), "end"), _text(MARGIN - 6, HEIGHT - MARGIN + 4, shown(low), "end")]
    lines.append(f'<path d="M{MARGIN} 24V{HEIGHT - MARGIN}H{WIDTH - 12}" fill="none" stroke="{LINE}"/>')
    for place, (name, curve) in enumerate(curves.items()):
        points = _points(curve, low, top, last)
        if points:
            dash = ' stroke-dasharray="5 4"' if place else ""
            lines.append(f'<polyline points="{points}" fill="none" stroke="{LINE}" stroke-width="2"{dash}/>')
            lines.append(_text(WIDTH - 12, 36 + 18 * place, f"{name} {shown(curve[-1])}", "end"))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    style = "font-family: Helvetica, Arial, sans-serif; font-size: 12px"
    return f'{head} role="img" aria-label="loss" style="{style}">{"".join(lines)}</svg>'


def _points(curve: Sequence[float], low: float, top: float, last: int) -> str:
    across, high = (WIDTH - 12 - MARGIN) / (last - 1), (HEIGHT - MARGIN - 24) / (top - low or 1.0)
    places = ((MARGIN + i * across, HEIGHT - MARGIN - (x - low) * high) for i, x in enumerate(curve) if isfinite(x))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{LINE}">{escape(words)}</text>'
