"""The picture of a graph in which what changed since another run is marked; imported when one is drawn."""

from __future__ import annotations

from functools import partial

from autograd_lite.engine.text import readable, short, shown
from autograd_lite.engine.value import Value
from autograd_lite.views.picture.digraph import Picture
from autograd_lite.views.picture.drawing import drawn
from autograd_lite.views.picture.folds import Folding, fold
from autograd_lite.views.picture.styles import GRAD, INK, VALUE, Cards, row
from autograd_lite.views.steps.changes import Pair
from autograd_lite.views.steps.tracer import Trace

Pairs = dict[Value, tuple[Pair, Pair]]

THICK = "3"  # the border of a node that changed, in points; that of another is 1
MOST_NAMES = 8  # in the picture in words


def marked(trace: Trace, pairs: Pairs, prefix: str | None, max_nodes: int) -> Picture:
    """The graph of a trace, with value and gradient of each node before and after; see `Differences.draw`."""
    return drawn(fold(trace.root, group="none", most=max_nodes), partial(_Marked, pairs), prefix)


class _Marked(Cards):
    """Cards with the numbers of the second trace; those of changed nodes have thick borders and rows `change`."""

    def __init__(self, pairs: Pairs, picture: Picture, folding: Folding) -> None:
        super().__init__(picture, folding)
        self.pairs = pairs

    def finish(self) -> None:
        super().finish()
        found = [short(self.names[node]) for node in self.folding.nodes if self._differs(node)]
        names = ", ".join(found[:MOST_NAMES]) + f" and {len(found) - MOST_NAMES} more" * (len(found) > MOST_NAMES)
        self.picture.comment += f", changed: {names or 'nothing'}"

    def appearance(self, node: Value) -> dict[str, str]:
        card = super().appearance(node)
        return card | {"penwidth": THICK, "color": INK} if self._differs(node) else card

    def numbers(self, node: Value) -> str:
        rows = ""
        for word, colour, pair in self._pairs(node):
            rows += row(word, colour, shown(pair.after))
            rows += row("change", colour, pair.signed()) if pair.differs else ""
        return rows

    def tooltip(self, node: Value) -> list[str]:
        lines = [self.names[node] + self.computed(node)]
        for word, _, pair in self._pairs(node):
            before = f", before {pair.before!r}, change {pair.change!r}" if pair.differs else ", as before"
            lines.append(f"{word} {pair.after!r}{before}")
        if node.scope:
            lines.append("in " + "/".join(map(readable, node.scope)))
        return lines

    def _differs(self, node: Value) -> bool:
        return any(pair.differs for pair in self.pairs[node])

    def _pairs(self, node: Value) -> list[tuple[str, str, Pair]]:
        value, gradient = self.pairs[node]
        return [("value", VALUE, value), ("grad", GRAD, gradient)]
