"""Pages that show the steps of a trace: a graph laid out once, and drawn with all places given.

The layout program then lays nothing out, and draws SVG and PNG alike. Where the whole graph would be too small to
read, the page is a window on it that follows the steps, beside a map.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from functools import partial

from autograd_lite.engine.text import readable, shown
from autograd_lite.engine.value import Value
from autograd_lite.views.picture.digraph import Picture
from autograd_lite.views.picture.drawing import drawn
from autograd_lite.views.picture.folds import Box, Folding, Group
from autograd_lite.views.picture.styles import GRAD, INK, MUTED, UNKNOWN, VALUE, Cards, row
from autograd_lite.views.steps.passes import Backward
from autograd_lite.views.steps.stills import Still
from autograd_lite.views.steps.tables import UNKNOWN_VALUE

WIDTH, HEIGHT, WORDS = 960, 540, 130  # of a page, and the height that the sentence has on it, in points
MARGIN = 24
LEAST, MOST = 0.9, 2.6  # by which the whole picture is enlarged: its numbers are 11 points high at least
WINDOW = 1.4  # the same, where only a part of it is in sight
WORD = 33  # the width of "value" on a card, in points
LINE = 68  # letters of the sentence, of 24 points
MAP = (150, 92)  # the size of the map, in points


class Scene:
    """A graph laid out once, of which pages are drawn; `used` is the room that it takes on a page, from above."""

    def __init__(self, folding: Folding, found: list[Still]) -> None:
        self.folding = folding
        self.count = len(found)
        self.keys = {node: f"v{place}" for place, node in enumerate(folding.nodes, start=1)}
        plan = json.loads(drawn(folding, partial(_Room, _widest(found))).pipe("json0"))
        self.box = [float(x) for x in plan["bb"].split(",")]
        if folding.groups:  # whose legend stands below
            self.box[1] += 72.0 * float(plan.get("lheight", 0.0))
        self.parts = {thing["name"]: thing for thing in plan.get("objects", ())}
        self.edges = {edge["id"].partition("_")[2]: edge for edge in plan.get("edges", ())}
        width, height = self.box[2] - self.box[0], self.box[3] - self.box[1]
        fits = min((WIDTH - 2 * MARGIN) / width, (HEIGHT - WORDS - 2 * MARGIN) / height, MOST)
        self.whole = fits >= LEAST
        self.zoom = fits if self.whole else WINDOW
        self.used = min(height * self.zoom + 2 * MARGIN, HEIGHT - WORDS)

    def page(self, still: Still, number: int) -> Picture:
        """The page of a step, whose source has all places."""
        picture = drawn(self.folding, partial(_Page, self, still, number))
        picture.comment = still.words
        return picture

    def corner(self, still: Still) -> tuple[float, float]:
        """The lower left corner of the page, where the middle of the graph, or the current boxes, are in sight."""
        room = WIDTH / self.zoom, (HEIGHT - WORDS) / self.zoom
        corner = []
        for axis in (0, 1):
            low, high = self.box[axis] - MARGIN / self.zoom, self.box[axis + 2] + MARGIN / self.zoom
            middle = (low + high) / 2.0
            if high - low > room[axis]:
                boxes = [still.current] if still.upstream is None else [still.current, still.upstream]
                ends = [self.middle(box)[axis] for box in boxes]
                near = sum(ends) / len(ends) if max(ends) - min(ends) < 0.75 * room[axis] else ends[0]
                middle = min(max(near, low + room[axis] / 2.0), high - room[axis] / 2.0)
            corner.append(middle - room[axis] / 2.0)
        return corner[0], corner[1] - WORDS / self.zoom

    def middle(self, box: Box) -> tuple[float, float]:
        """The place of a box."""
        x, y = self.parts[self.key(box)]["pos"].split(",")
        return float(x), float(y)

    def key(self, box: Box) -> str:
        """The name of a box in the layout program's language."""
        return f"g{box.number}" if isinstance(box, Group) else self.keys[box]


def _widest(found: list[Still]) -> dict[Value, str]:
    """The longest text that the gradient of each node will be."""
    widest: dict[Value, str] = {}
    for still in found:
        for node, number in still.gradients.items():
            widest[node] = max(widest.get(node, ""), shown(number), key=len)
    return widest


class _Room(Cards):
    """Cards with room for all the numbers that will stand there."""

    def __init__(self, widest: dict[Value, str], picture: Picture, folding: Folding) -> None:
        super().__init__(picture, folding)
        self.widest = widest

    def grad(self, node: Value) -> str:
        return self.widest.get(node, UNKNOWN)


class _Page(Cards):
    """Cards at their places with what is known, what is going on marked; below them the sentence."""

    def __init__(self, scene: Scene, still: Still, number: int, picture: Picture, folding: Folding) -> None:
        super().__init__(picture, folding)
        self.scene, self.still, self.number = scene, still, number
        self.ends = {scene.key(box): box for box in (still.current, still.upstream) if box is not None}
        self.corner = scene.corner(still)
        self.labels = {}
        for node in self.keys:
            for place, x in enumerate(node.operands):
                if type(x) is Value and node in still.values:
                    self.labels[f"{self.keys[node]}_{place}"] = node.partials[place]
        # Every statement gets its place on the way.
        self.put_node, self.put_edge, self.put_attr = picture.node, picture.edge, picture.attr
        picture.node, picture.edge, picture.attr = self.placed_node, self.placed_edge, self.placed_attr

    def numbers(self, node: Value) -> str:
        value = shown(node.data) if node in self.still.values else UNKNOWN_VALUE
        gradient = self.still.gradients.get(node)
        rows = row("value", VALUE, value) + row("grad", GRAD, UNKNOWN if gradient is None else shown(gradient))
        width = 72.0 * float(self.scene.parts[self.scene.key(self.folding.box_of[node])]["width"])
        return rows.replace('ALIGN="RIGHT"', f'ALIGN="RIGHT" WIDTH="{width - WORD:.0f}"')  # as wide as it will be

    def says(self, *lines: str) -> str:  # noqa: ARG002 - nothing: it would tell what is not known yet
        return ""

    def placed_node(self, key: str, label: str | None = None, **attributes: str) -> None:
        part = self.scene.parts[key]
        label = attributes.pop("label", label)
        if key in self.ends:
            forward, current = self.still.upstream is None, self.ends[key] is self.still.current
            attributes |= {"color": VALUE if forward else GRAD, "penwidth": "3" if current else "2.5"}
            attributes |= {} if current else {"style": "rounded,filled,dashed"}
        self.put_node(key, label, pos=part["pos"], **attributes)

    def placed_edge(self, tail: str, head: str, label: str | None = None, **attributes: str) -> None:
        name = attributes["id"].partition("_")[2]
        edge, still = self.scene.edges[name], self.still
        pos = edge["pos"]
        if name in self.labels and label is not None:
            label = self._times(self.labels[name])
        elif label is not None and not self.folding.groups:
            label = f"×{UNKNOWN_VALUE}"
        if self._passes(name, tail, head):
            attributes |= {"color": VALUE if still.upstream is None else GRAD, "penwidth": "2.5"}
            attributes["fontcolor"] = attributes["color"]
            if still.upstream is not None:
                attributes["style"] = "dashed"
                tail, head, pos = head, tail, _turned(pos)
        place = {"lp": edge["lp"]} if "lp" in edge else {}
        self.put_edge(tail, head, label, pos=pos, **place, **attributes)

    def placed_attr(self, kw: str | None = None, **attributes: str) -> None:
        if (frame := attributes.get("id", "").partition("_")[2]) and f"cluster_{frame}" in self.scene.parts:
            part = self.scene.parts[f"cluster_{frame}"]
            attributes |= {"bb": part["bb"], **({"lp": part["lp"]} if "lp" in part else {})}
        self.put_attr(kw, **attributes)

    def _passes(self, name: str, tail: str, head: str) -> bool:
        """Whether an edge is one that the step goes along."""
        step, still = self.still.step, self.still
        if isinstance(step, Backward):
            return name == f"{self.keys[step.node]}_{step.place}"
        tails, heads = self._boxes(tail), self._boxes(head)
        if still.upstream is None:
            return still.current in heads
        return still.upstream in heads and still.current in tails

    def _boxes(self, key: str) -> list[Box]:
        """The box that an edge ends at."""
        return [box for name, box in self.ends.items() if name == key]

    @staticmethod
    def _times(partial: float | None) -> str:
        text = shown(partial or 0.0)
        return f"×({text})" if text.startswith("−") else f"×{text}"

    def finish(self) -> None:
        """Write what stands on the page beside the graph: the sentence, the number of the step, perhaps a map."""
        super().finish()
        scene, (left, low) = self.scene, self.corner
        zoom = scene.zoom
        view = f"{WIDTH},{HEIGHT},{zoom:.6g},{left + WIDTH / 2 / zoom:.6g},{low + HEIGHT / 2 / zoom:.6g}"
        self.put_attr(label="", bgcolor="white", outputorder="edgesfirst", notranslate="true", viewport=view)
        if not scene.whole:
            self._rectangle("below", WIDTH / 2, WORDS / 2, WIDTH, WORDS, fillcolor="white", penwidth="0")
            self._map()
        middle = WIDTH / 2 if scene.whole else (WIDTH + MAP[0] + MARGIN) / 2
        lines = wrapped(self.still.words, LINE if scene.whole else LINE - 14)
        text = r"\n".join(self.picture.text(line) for line in lines)
        self._text("words", middle, WORDS / 2 + 6, text, 24, INK)
        self._text("count", WIDTH - 44, 16, f"{self.number} / {scene.count}", 14, MUTED)

    def _map(self) -> None:
        scene, width, height = self.scene, self.scene.box[2] - self.scene.box[0], self.scene.box[3] - self.scene.box[1]
        scale = min(MAP[0] / width, MAP[1] / height)

        def place(x: float, y: float) -> tuple[float, float]:
            return MARGIN + scale * (x - scene.box[0]), (WORDS - scale * height) / 2 + scale * (y - scene.box[1])

        zoom, (left, low) = scene.zoom, self.corner
        edges = [left, low + WORDS / zoom, left + WIDTH / zoom, low + HEIGHT / zoom]
        for axis in (0, 1):
            edges[axis] = max(edges[axis], scene.box[axis])
            edges[axis + 2] = min(edges[axis + 2], scene.box[axis + 2])
        x, y = place((edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2)
        sight = {"fillcolor": "#f0f3f6", "color": MUTED}
        self._rectangle("sight", x, y, scale * (edges[2] - edges[0]), scale * (edges[3] - edges[1]), **sight)
        for box in scene.folding.boxes:
            key = scene.key(box)
            part, (x, y) = scene.parts[key], place(*scene.middle(box))
            sides = (max(2.0, 72 * scale * float(part[side])) for side in ("width", "height"))
            colour = MUTED if key not in self.ends else VALUE if self.still.upstream is None else GRAD
            self._rectangle(f"map_{key}", x, y, *sides, fillcolor=colour, penwidth="0")

    def _rectangle(self, key: str, x: float, y: float, width: float, height: float, **attributes: str) -> None:
        """A rectangle on the page, in its points."""
        size = {"width": f"{width / 72 / self.scene.zoom:.5g}", "height": f"{height / 72 / self.scene.zoom:.5g}"}
        how = {"fixedsize": "true", "style": "filled", "tooltip": "", "class": "page"} | size | attributes
        self.put_node(key, "", pos=self._place(x, y), **how)

    def _text(self, key: str, x: float, y: float, text: str, points: float, colour: str) -> None:
        how = {"shape": "plaintext", "style": "", "fontsize": f"{points / self.scene.zoom:.5g}", "fontcolor": colour}
        self.put_node(key, text, pos=self._place(x, y), tooltip="", **how, **{"class": "page"})

    def _place(self, x: float, y: float) -> str:
        return f"{self.corner[0] + x / self.scene.zoom:.6g},{self.corner[1] + y / self.scene.zoom:.6g}"


def _turned(pos: str) -> str:
    """The curve of an edge the other way round, with the point of its arrow where the edge began."""
    words = pos.split()
    ends = [word for word in words if word.startswith(("e,", "s,"))]
    points = [tuple(map(float, word.split(","))) for word in words if word not in ends]
    tip = points[0]
    if ends:
        points[-1] = (*map(float, ends[0].split(",")[1:]),)
    (x, y), (x1, y1) = points[0], points[1]
    length = max(((x1 - x) ** 2 + (y1 - y) ** 2) ** 0.5, 1e-9)
    back = min(8.0, 0.8 * length) / length
    points[0] = (x + back * (x1 - x), y + back * (y1 - y))
    return " ".join([f"e,{tip[0]:.6g},{tip[1]:.6g}", *(f"{x:.6g},{y:.6g}" for x, y in reversed(points))])


def wrapped(text: str, most: int) -> list[str]:
    """A sentence in lines of at most so many letters, of which wide ones count more, and of nearly equal length.

    >>> wrapped("one two three four", 12), wrapped("mmmmmmmmmm", 8)
    (['one two', 'three four'], ['mmm', 'mmm', 'mmmm'])
    """
    lines = list(_lines(text, most))
    for narrower in range(most - 1, most // 2, -1):
        if len(closer := list(_lines(text, narrower))) > len(lines):
            break
        lines = closer
    return lines


def _lines(text: str, most: int) -> Iterator[str]:
    line, used = "", 0.0
    for word in readable(text).split():
        for piece in (word[k : k + most // 2] for k in range(0, len(word), most // 2)):
            size = sum(map(_size, piece))
            if line and used + size > most:
                yield line.rstrip()
                line, used = "", 0.0
            line, used = line + piece, used + size
        line, used = line + " ", used + _size(" ")
    yield line.rstrip()


def _size(letter: str) -> float:
    """How wide a letter is, where a small one is 1."""
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.9
    return (
        1.6
        if letter in "MWmw%@"
        else 1.1
        if letter in "∂=−×+<>"
        else 1.3
        if letter.isupper()
        else 0.55
        if letter in "ijltfr.,:;'!|()[] "
        else 1.0
    )
