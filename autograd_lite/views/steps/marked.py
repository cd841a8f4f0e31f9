"""The picture of a graph in which what changed since another run is marked; imported when one is drawn."""

from __future__ import annotations

from functools import partial

from autograd_lite.engine.text import readable, short, shown
from autograd_lite.engine.value import Value
from autograd_lite.views.picture.digraph import Picture
from autograd_lite.views.picture.drawing import GRAD, INK, MUTED, TABLE, VALUE, _Tables, drawn
from autograd_lite.views.picture.folds import Folding, fold
from autograd_lite.views.steps.changes import Pair
from autograd_lite.views.steps.tracer import Trace

Pairs = dict[Value, tuple[Pair, Pair]]

THICK = "3"  # the border of a node that changed, in points; that of another is 1
MOST_NAMES = 8  # in the picture in words


def marked(trace: Trace, pairs: Pairs, prefix: str | None, max_nodes: int) -> Picture:
    """The graph of a trace, with value and gradient of each node before and after; see `Differences.draw`."""
    count = len(trace.nodes)
    if count > max_nodes:
        raise ValueError(
            f"draw: the graph has {count:,} nodes, more than the limit of {max_nodes:,}: "
            "see the largest changes in .largest(n), or raise the limit with max_nodes"
        )
    return drawn(fold(trace.root, group="none"), partial(_Marked, pairs), prefix)


class _Marked(_Tables):
    """Cards with the numbers of the second trace; those of changed nodes have thick borders and rows `change`."""

    def __init__(self, pairs: Pairs, picture: Picture, root: Value, nodes: list[Value], folding: Folding) -> None:
        super().__init__(picture, root, nodes, folding)
        self.pairs = pairs

    def compose(self) -> None:
        super().compose()
        found = [short(self.names[node]) for node in self.nodes if self._differs(node)]
        names = ", ".join(found[:MOST_NAMES]) + f" and {len(found) - MOST_NAMES} more" * (len(found) > MOST_NAMES)
        self.picture.comment += f", changed: {names or 'nothing'}"

    def appearance(self, node: Value) -> dict[str, str]:
        operation = f" = {self.operation(node.op, node)}" if node.op else ""
        rows = f'<TR><TD COLSPAN="2" BORDER="1" SIDES="B"><B>{self.name(node)}</B>{operation}</TD></TR>'
        for word, colour, pair in self._numbers(node):
            rows += _row(word, colour, shown(pair.after))
            if pair.differs:
                rows += _row("change", colour, pair.signed())
        card = {"label": f'<{TABLE} CELLPADDING="4">{rows}</TABLE>>'}
        return card | {"penwidth": THICK, "color": INK} if self._differs(node) else card

    def tooltip(self, node: Value) -> list[str]:
        lines = [self.names[node] + self.computed(node)]
        for word, _, pair in self._numbers(node):
            before = f", before {pair.before!r}, change {pair.change!r}" if pair.differs else ", as before"
            lines.append(f"{word} {pair.after!r}{before}")
        if node.scope:
            lines.append("in " + "/".join(map(readable, node.scope)))
        return lines

    def _differs(self, node: Value) -> bool:
        return any(pair.differs for pair in self.pairs[node])

    def _numbers(self, node: Value) -> list[tuple[str, str, Pair]]:
        value, gradient = self.pairs[node]
        return [("value", VALUE, value), ("grad", GRAD, gradient)]


def _row(word: str, colour: str, number: str) -> str:
    return (
        f'<TR><TD ALIGN="LEFT"><FONT COLOR="{MUTED}" POINT-SIZE="10">{word}</FONT></TD>'
        f'<TD ALIGN="RIGHT"><FONT COLOR="{colour}">{number}</FONT></TD></TR>'
    )
