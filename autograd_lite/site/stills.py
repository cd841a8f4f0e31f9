"""Small pictures of what a network has learned, as SVG: the boundary between classes, or the curve through numbers.

They need nothing but this package; the shading is a picture of a few pixels, which a browser smooths.
"""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from math import exp
from typing import Any
from zlib import compress, crc32

from autograd_lite.train.history import History
from autograd_lite.train.watch.recorded import Recorded

CELLS = 48  # of the shading, across and down
WIDE, HIGH, ROOM = 320, 240, 0.12  # of the picture; and around the points, in parts of their range
COLOURS = ((0xB0, 0x3A, 0x00), (0x00, 0x5A, 0x8C), (0x3F, 0x73, 0x22))
STYLE = (
    ".c0{fill:#b03a00}.c1{fill:#005a8c}.c2{fill:#3f7322}.p{stroke:#fff;stroke-width:.8}"
    ".line{fill:none;stroke:#1f2328;stroke-width:1.8;stroke-linejoin:round}.fit{fill:none;stroke:#005a8c;stroke-width:3}"
    ".n{fill:#6e7781}@media(prefers-color-scheme:dark){.c0{fill:#ffa36b}.c1{fill:#6cc0f5}.c2{fill:#8fce6b}"
    ".p{stroke:#0d1117}.line{stroke:#e6edf3}.fit{stroke:#6cc0f5}.n{fill:#9aa4af}}"
)
Grid = list[list[list[float]]]  # the model's outputs, row by row from the top


def still(history: History, classes: int, axes: tuple[int, int] = (0, 1)) -> bytes:
    """The picture of a training of up to three classes, or of numbers with one input.

    `axes` are the two inputs that span it; the others are held at their means, which are 0 where they are standardized.
    """
    kept = history.kept
    assert kept is not None
    recorded, numbers = Recorded(kept), kept.states[-1].numbers
    points = [*kept.samples, *kept.held_samples]
    targets = [*kept.targets, *kept.held_targets]
    if not classes:
        points, axes = [[point[0], y] for point, y in zip(points, targets, strict=True)], (0, 1)
    columns = [[point[axis] for point in points] for axis in axes]
    spans = [_span(column) for column in columns]

    def place(x: float, y: float) -> tuple[float, float]:
        (left, wide), (low, high) = spans
        return WIDE * (x - left) / wide, HIGH * (1.0 - (y - low) / high)

    if classes:
        width = len(kept.samples[0])

        def outputs(x: float, y: float) -> list[float]:
            sample = [0.0] * width
            sample[axes[0]], sample[axes[1]] = x, y
            values = recorded.values_at(numbers, sample)
            return [values[i] for i in recorded.output_places]

        drawn = _plane(outputs, spans, classes)
    else:
        xs = [spans[0][0] + spans[0][1] * i / 80 for i in range(81)]
        curve = [place(x, float(recorded.outputs_of(numbers, [[x]])[0])) for x in xs]
        drawn = f'<polyline class="fit" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in curve)}"/>'
    marks = [
        _mark(*place(x, y), int(target) if classes else None) for x, y, target in zip(*columns, targets, strict=True)
    ]
    marks = [*marks, drawn] if not classes else [drawn, *marks]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}">'
    return f"{head}<style>{STYLE}</style>{''.join(marks)}</svg>".encode()


def _span(column: Sequence[float]) -> tuple[float, float]:
    """Where the picture begins, and how much it holds."""
    low, high = min(column), max(column)
    room = ROOM * (high - low or 1.0)
    return low - room, high - low + 2.0 * room


def _mark(x: float, y: float, label: int | None) -> str:
    """A point: a circle, a square or a triangle for the classes, as colours alone tell too little."""
    if label == 1:
        return f'<rect class="c1 p" x="{x - 3.4:.1f}" y="{y - 3.4:.1f}" width="6.8" height="6.8"/>'
    if label == 2:
        return f'<path class="c2 p" d="M{x:.1f} {y - 4.6:.1f}l4.4 7.6h-8.8z"/>'
    return f'<circle class="{"n" if label is None else "c0"} p" cx="{x:.1f}" cy="{y:.1f}" r="3.8"/>'


def _plane(outputs: Callable[[float, float], list[float]], spans: Any, classes: int) -> str:
    """The shading by the surest class, and the boundary where two are equally sure."""
    (left, wide), (low, high) = spans
    steps = [(i + 0.5) / CELLS for i in range(CELLS)]
    grid = [[outputs(left + wide * x, low + high * (1.0 - y)) for x in steps] for y in steps]
    chances = [[_chances(found) for found in row] for row in grid]
    pixels = bytearray()
    for row in chances:
        pixels.append(0)  # a line without a filter
        for each in row:
            label = each.index(max(each))
            sure = (each[label] - 1.0 / classes) / (1.0 - 1.0 / classes)
            pixels += bytes([*COLOURS[label], round(255 * 0.42 * sure)])
    image = b64encode(_png(bytes(pixels))).decode()
    shade = f'<image width="{WIDE}" height="{HIGH}" preserveAspectRatio="none" href="data:image/png;base64,{image}"/>'
    pairs = [(0, 1)] if classes == 2 else [(0, 1), (0, 2), (1, 2)]
    lines = [_border(chances, pair) for pair in pairs]
    return f'{shade}<path class="line" d="{"".join(lines)}"/>'


def _chances(outputs: Sequence[float]) -> list[float]:
    """The probabilities of the classes."""
    logits = [0.0, *outputs] if len(outputs) == 1 else list(outputs)
    powers = [exp(max(-700.0, z - max(logits))) for z in logits]
    return [power / sum(powers) for power in powers]


def _border(chances: Grid, pair: tuple[int, int]) -> str:
    """Where two classes are equally sure, and no other is surer: the sides of each cell at which the lead changes."""
    one, two = pair
    path: list[str] = []
    for i, j in product(range(CELLS - 1), repeat=2):
        corners = [(j, i), (j + 1, i), (j + 1, i + 1), (j, i + 1)]
        found = [chances[y][x] for x, y in corners]
        if not all(max(each) in (each[one], each[two]) for each in found):
            continue
        leads = [each[one] - each[two] for each in found]
        crossed = []
        for k in range(4):
            a, b = leads[k], leads[(k + 1) % 4]
            if (a > 0.0) != (b > 0.0):
                (x, y), (u, v) = corners[k], corners[(k + 1) % 4]
                t = a / (a - b)
                crossed.append(((x + t * (u - x) + 0.5) * WIDE / CELLS, (y + t * (v - y) + 0.5) * HIGH / CELLS))
        places = [f"{x:.1f} {y:.1f}" for x, y in crossed]
        path += [f"M{start}L{end}" for start, end in zip(places[::2], places[1::2], strict=True)]
    return "".join(path)


def _png(pixels: bytes) -> bytes:
    """A picture of CELLS by CELLS pixels of red, green, blue and opacity."""
    head = struct.pack(">2I5B", CELLS, CELLS, 8, 6, 0, 0, 0)
    parts: Iterable[tuple[bytes, bytes]] = [(b"IHDR", head), (b"IDAT", compress(pixels, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc32(kind + body)) for kind, body in parts
    )
