"""How a folded graph is laid out to be read: which boxes stand in one frame, and which links are one arrow.

Between the boxes of two layers run hundreds of links. Where most boxes of one frame lead to most of another, one
arrow from frame to frame stands for all of them, and says of how many edges.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograd_lite.engine.graph import Edge
from autograd_lite.engine.text import counted, total
from autograd_lite.engine.value import Value
from autograd_lite.views.picture.folds import Box, Folding, Group, Link
from autograd_lite.views.picture.parts import called

FEW = 8  # links between two frames that are drawn one by one


@dataclass(eq=False, repr=False)
class Frame:
    """Boxes of one scope. They stand in one column if none depends on another, `aligned`."""

    number: int
    name: str
    boxes: list[Box]
    aligned: bool = False

    @property
    def key(self) -> str:
        """The name of the frame in Graphviz's language."""
        return f"cluster_f{self.number}"


@dataclass(eq=False, repr=False)
class Arrow:
    """Links that are drawn as one, from a box or an aligned frame to another."""

    tail: Box | Frame
    head: Box | Frame
    links: list[Link]

    @property
    def count(self) -> int:
        """How many edges the arrow stands for."""
        return sum(link.count for link in self.links)

    @property
    def flow(self) -> float:
        """The sum of what flows back along these edges."""
        return total(link.flow for link in self.links)

    @property
    def words(self) -> str:
        """How many edges the arrow stands for, as it says."""
        return counted(self.count, "edge")

    @property
    def edge(self) -> Edge | None:
        """The edge, where it is only one."""
        return self.links[0].edge if len(self.links) == 1 else None


def frames_of(folding: Folding) -> list[Frame]:
    """The frames of a folding: of groups that stand side by side in a scope, and of visible nodes of one scope."""
    found: dict[tuple[bool, tuple[str, ...]], list[Box]] = {}
    for box in folding.boxes:
        if isinstance(box, Group) and len(box.path) > 1:
            found.setdefault((True, box.path[:-1]), []).append(box)
        elif type(box) is Value and box in folding.scopes:
            found.setdefault((False, folding.scopes[box]), []).append(box)
    several = [(key, boxes) for key, boxes in found.items() if len(boxes) > 1]
    frames = [Frame(n, called(path), boxes) for n, ((_, path), boxes) in enumerate(several, start=1)]
    place_of = columns(folding)
    for frame, ((folded, _), _) in zip(frames, several, strict=True):
        places = {place_of.get(box) for box in frame.boxes}
        frame.aligned = folded and len(places) == 1 and None not in places
    return frames


def columns(folding: Folding, towards_root: bool = False) -> dict[Box, int]:
    """How many links lead to a box at most, one after another, or from it to the root.

    Boxes in and behind cycles have no such number.
    """
    after: dict[Box, dict[Box, None]] = {box: {} for box in folding.boxes}
    missing = dict.fromkeys(folding.boxes, 0)
    for node in folding.nodes:
        head = folding.box_of[node]
        for x in node.operands:
            if type(x) is Value and (tail := folding.box_of[x]) is not head:
                first, second = (head, tail) if towards_root else (tail, head)
                if second not in after[first]:
                    after[first][second] = None
                    missing[second] += 1
    found: dict[Box, int] = {}
    depths = dict.fromkeys(folding.boxes, 0)
    ready = [box for box, count in missing.items() if not count]
    while ready:
        box = ready.pop()
        found[box] = depths[box]
        for second in after[box]:
            depths[second] = max(depths[second], depths[box] + 1)
            missing[second] -= 1
            if not missing[second]:
                ready.append(second)
    return found


def arrows_of(folding: Folding, frames: list[Frame]) -> list[Arrow]:
    """The arrows that stand for all links: between frames where these are mostly linked, and otherwise of one link."""
    unit: dict[Box, Box | Frame] = {box: box for box in folding.boxes}
    unit |= {box: frame for frame in frames if frame.aligned for box in frame.boxes}
    between: dict[tuple[Box | Frame, Box | Frame], list[Link]] = {}
    for link in folding.links:
        between.setdefault((unit[link.tail], unit[link.head]), []).append(link)
    arrows = []
    for (tail, head), links in between.items():
        if len(links) > FEW and 2 * len(links) >= len(_boxes(tail)) * len(_boxes(head)):
            arrows.append(Arrow(tail, head, links))
        else:
            arrows += [Arrow(link.tail, link.head, [link]) for link in links]
    return arrows


def _boxes(end: Box | Frame) -> list[Box]:
    return end.boxes if isinstance(end, Frame) else [end]
