"""What a picture says of each node and each edge, and the two styles that this is drawn in: cards and circuits.

Names, operations and numbers are the same in every style and stand in `Drawing`; a style decides how they look.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

from autograd_lite.engine.graph import Edge, edges
from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import pow
from autograd_lite.engine.text import readable, short, shown
from autograd_lite.engine.value import Value
from autograd_lite.views.formulas import FormulaOperand
from autograd_lite.views.names import changed_operands, names
from autograd_lite.views.notations import PRECISE, TEXT
from autograd_lite.views.picture.folds import Box, Folding, Group
from autograd_lite.views.picture.frames import Arrow, columns

if TYPE_CHECKING:
    from autograd_lite.views.picture.digraph import Picture

# In the id of a frame, Graphviz puts another name for \G than in ids of nodes; so this stands for the prefix there,
# until it is known. No text of a picture has this character.
PREFIX = "\x01"

# Colours of texts and fills, and what takes their place on a dark page; each text is legible on each fill (4.9 : 1).
VALUE, GRAD, INK, MUTED = "#005a8c", "#b03a00", "#1f2328", "#57606a"
LEAF, OP, OUT, CONST = "#fff4d6", "#ffffff", "#e6f2ea", "#eeeeee"
DARK = {VALUE: "#6cc0f5", GRAD: "#ffa36b", INK: "#e6edf3", MUTED: "#a3adb8"}
DARK |= {LEAF: "#2d2916", OP: "#161b22", OUT: "#13291b", CONST: "#262c34"}
LINE = "#717a84"  # edges lie on the page itself: 4.3 : 1 on white and on black paper, the most one colour can have
FILLS = {"leaf": LEAF, "op": OP, "out": OUT, "const": CONST}

UNKNOWN = "·"

FONT = {"fontname": "Helvetica", "fontcolor": INK}  # a font whose widths every layout program knows
GRAPH = {"rankdir": "LR", "nodesep": ".25", "ranksep": ".45", "bgcolor": "transparent", "id": r"\G"}
CARD = {"shape": "box", "style": "rounded,filled", "margin": "0", "width": "0", "height": "0"}
NODE = FONT | CARD | {"fontsize": "12", "color": LINE, "id": r"\G_\N"}
EDGE = FONT | {"fontsize": "10", "color": LINE, "fontcolor": LINE, "arrowsize": ".7"}
WORDS = {"fontname": "Helvetica", "fontcolor": MUTED, "fontsize": "11"}  # beside the boxes
FRAME = WORDS | {"style": "rounded", "color": LINE, "labelloc": "t", "labeljust": "c", "margin": "8"}
MARGIN = ".08,.04"  # of a node that is a text alone, in inches
MOST_LABELLED = 500  # boxes, up to which edges are labelled: each label takes the layout another column
ROOM = 12  # characters of a formula in a header
FAR = 6  # columns to the right of a value, beyond which it is drawn again rather than linked
TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0"'


class Drawing(ABC):
    """What a picture says of each node and each edge, in any style."""

    def __init__(self, picture: Picture, folding: Folding) -> None:
        self.picture = picture
        self.folding = folding
        self.root, nodes = folding.root, folding.nodes
        self.names = names(nodes)
        hidden = {node for box in folding.groups for node in box.nodes}
        self.keys = {node: f"v{place}" for place, node in enumerate(nodes, start=1) if node not in hidden}
        # A leaf has a gradient of 0 from the start, so for a root that is one only another gradient is news.
        self.pending = not self.root.has_grad if self.root.op else not self.root.grad
        self.changed = {x for node in self.keys for x in changed_operands(node)}
        self.labelled = len(folding.boxes) <= MOST_LABELLED
        self.places = columns(folding, towards_root=True)
        self.again = {x.operand for node in self.keys for x in edges(node) if self.far(x.operand, node)}

    def write(self) -> None:
        """Write the nodes in topological order, and after each the edges to it in the order of its operands."""
        for node in self.folding.nodes:
            self.node(node)
            self.operands(node, Value, float)
        if not self.labelled:
            says = f"{len(self.keys):,} nodes: what stands on edges otherwise is shown on pointing at them."
            self.picture.attr(label=says + r"\l", labelloc="b", labeljust="l", **WORDS)

    def finish(self) -> None:
        """Write what comes after all nodes, and the picture in words."""
        folding, count = self.folding, len(self.folding.nodes)
        nodes = "1 node" if count == 1 else f"{count} nodes"
        nodes += f" folded by {folding.how} into {len(folding.boxes)} boxes" if folding.groups else ""
        equation = f"{short(self.names[self.root])}{self.computed(self.root)}"
        self.picture.comment = f"computation graph of {equation}, {nodes}, value {shown(self.root.data)}"

    def node(self, node: Value) -> None:
        """Write a node."""
        kind = "leaf" if node.op is None else "out" if node is self.root else "op"
        # Where the order of the operands matters, they stand on the page as written: a above b in a - b.
        order = {} if node.op is None or node.op.commutative else {"ordering": "in"}
        self.statement(self.keys[node], kind, self.tooltip(node), **self.appearance(node), **order)

    def operands(self, node: Value, *kinds: type) -> None:
        """Write the edges to a node from visible operands (`Value`), or the constants among them (`float`), or both."""
        edge_from = {edge.place: edge for edge in edges(node)}
        for place, x in enumerate(node.operands):
            edge = edge_from.get(place)
            if edge is not None and Value in kinds and x in self.keys:
                self.edge(edge)
            elif edge is None and float in kinds and (place == 0 or not _has_constant_exponent(node)):
                self.constant(x, node, place)

    @abstractmethod
    def appearance(self, node: Value) -> dict[str, str]:
        """The label and the shape of a node."""

    @abstractmethod
    def label(self, edge: Edge) -> str:
        """What stands on an edge."""

    def several(self, arrow: Arrow) -> str:
        """What stands on an arrow for several edges."""
        return arrow.words

    def says(self, *lines: str) -> str:
        """The text, in lines, that is shown on pointing at a node or an edge."""
        return r"\n".join(map(self.picture.text, lines))

    def statement(self, key: str, kind: str, tooltip: list[str], **attributes: str) -> None:
        """Write a box."""
        self.picture.node(
            key, fillcolor=FILLS[kind.partition(" ")[0]], tooltip=self.says(*tooltip), **attributes, **{"class": kind}
        )

    def edge(self, edge: Edge) -> None:
        """Write an edge."""
        head, says = self.keys[edge.node], self.says(self.derivative(edge))
        tail = self.tail(edge.operand, edge.node, f"{head}_{edge.place}")
        label = self.label(edge) if self.labelled else None
        self.picture.edge(tail, head, label, id=rf"\G_{head}_{edge.place}", tooltip=says, labeltooltip=says)

    def far(self, tail: Box, head: Box) -> bool:
        """Whether an edge would be long: whether its tail stands far to the left of its head."""
        return self.places.get(tail, 0) - self.places.get(head, 0) > FAR

    def tail(self, tail: Box, head: Box, place: str) -> str:
        """What an edge starts from: its tail, or where that is far to the left, the tail's name, drawn again.

        Long edges that cross the picture are hard to follow, and most of what makes a layout slow.
        """
        key = f"g{tail.number}" if isinstance(tail, Group) else self.keys[tail]
        if not self.far(tail, head):
            return key
        name, kind = (tail.name, "op") if isinstance(tail, Group) else (self.names[tail], "op" if tail.op else "leaf")
        again, says = f"{place}_{key}", [name, "drawn again here, far from where it stands"]
        label = self.picture.text(short(name))
        self.statement(again, f"{kind} again", says, label=label, margin=MARGIN, style="rounded,filled,dashed")
        return again

    def derivative(self, edge: Edge) -> str:
        """The local partial of an edge in words."""
        flow = "0.0 everywhere: nothing flows back" if edge.partial is None else repr(edge.partial)
        return f"∂{short(self.names[edge.node])}/∂{short(self.names[edge.operand])} = {flow}"

    def card(self, name: str, contents: str, output: Value | None, counts: Mapping[str, int]) -> str:
        """The label of a group: its name, what is in it and how often, and the numbers of an only output."""
        rows = f'<TR><TD COLSPAN="2" BORDER="1" SIDES="B"><B>{self.picture.text(name)}</B></TD></TR>'
        says = f'<FONT COLOR="{MUTED}" POINT-SIZE="10">&nbsp;{self.picture.text(contents)}&nbsp;</FONT>'
        rows += f'<TR><TD COLSPAN="2">{says}</TD></TR>{"" if output is None else self.numbers(output)}'
        rows += "".join(row(self.picture.text(short(word)), MUTED, f"{count:,}") for word, count in counts.items())
        return f'<{TABLE} CELLPADDING="4">{rows}</TABLE>>'

    def numbers(self, node: Value) -> str:
        """The rows of a card with value and gradient."""
        return row("value", VALUE, shown(node.data)) + row("grad", GRAD, self.grad(node))

    def constant(self, x: float, node: Value, place: int) -> None:
        """Write a constant operand, and the edge from it."""
        head, key, says = self.keys[node], f"{self.keys[node]}c{place}", f"constant {x!r}"
        self.statement(key, "const", [says], label=shown(x), margin=MARGIN)
        self.picture.edge(key, head, id=rf"\G_{head}_{place}", tooltip=self.says(says))

    def name(self, node: Value) -> str:
        """The name, marked where the number is no longer the one that the graph was computed from."""
        name = self.picture.text(short(self.names[node]))
        return f"{name} (changed since)" if node in self.changed else name

    def sign(self, op: Op, node: Value) -> str:
        """The operation alone: its sign or its name; a constant exponent is a part of it."""
        if _has_constant_exponent(node):
            return f"^{shown(node.operands[1])}"
        return self.picture.text(op.symbol or short(op.text or op.name))

    def formula(self, node: Value) -> FormulaOperand:
        """What computed the node, as a formula of the names."""
        operands = (FormulaOperand(short(self.names[x])) if type(x) is Value else x for x in node.operands)
        return FormulaOperand("", None, node.op, tuple(operands))

    def grad(self, node: Value) -> str:
        """The gradient as it is shown, which may not be known yet."""
        return shown(node.grad) if node.has_grad and not self.pending else UNKNOWN

    def computed(self, node: Value) -> str:
        """' = e^s', with all digits; for a leaf nothing."""
        return f" = {PRECISE.of(self.formula(node))}" if node.op else ""

    def tooltip(self, node: Value) -> list[str]:
        """The lines of the text shown on pointing at a node: the name and the numbers in full."""
        lines = [self.names[node] + self.computed(node), f"value {node.data!r}"]
        lines += ["grad unknown before backward()" if self.grad(node) == UNKNOWN else f"grad {node.grad!r}"]
        if node.scope:
            lines += ["in " + "/".join(map(readable, node.scope))]
        if node in self.changed:
            lines += ["changed since: the graph was computed from another number"]
        return lines


class Cards(Drawing):
    """One card for each node, with name, operation, value, gradient; on the edges the local partials."""

    def appearance(self, node: Value) -> dict[str, str]:
        """A card: the header, and the numbers below it."""
        operation = f" = {self.operation(node.op, node)}" if node.op else ""
        header = f'<TR><TD COLSPAN="2" BORDER="1" SIDES="B"><B>{self.name(node)}</B>{operation}</TD></TR>'
        return {"label": f'<{TABLE} CELLPADDING="4">{header}{self.numbers(node)}</TABLE>>'}

    def operation(self, op: Op, node: Value) -> str:
        """What computed the node: its formula, or where a header has no room for that, the operation alone."""
        formula = TEXT.of(self.formula(node))
        return self.picture.text(formula) if len(formula) <= ROOM else self.sign(op, node)

    def label(self, edge: Edge) -> str:
        """The local partial, as the factor that it is."""
        partial = shown(edge.partial or 0.0)
        return f"×({partial})" if partial.startswith("−") else f"×{partial}"


class Circuit(Drawing):
    """Operations are circles; on the wire from each operand its value over its share of the gradient."""

    def finish(self) -> None:
        """Write the wire that leads out, with the name of the result at its end."""
        super().finish()
        name, shape = (self.name(self.root), "rounded,filled") if self.root.op else ("", "invis")
        wire, says = self.label(Edge(self.root, 0, self.root, 1.0)), self.says("the output")
        self.picture.node("out", name, margin=MARGIN, penwidth="0", fillcolor=OUT, style=shape, tooltip=says)
        box = self.folding.box_of[self.root]
        key = self.keys[self.root] if isinstance(box, Value) else f"g{box.number}"
        self.picture.edge(key, "out", wire, id=r"\G_out_0", tooltip=says, labeltooltip=says)

    def appearance(self, node: Value) -> dict[str, str]:
        """The name of a leaf, or the operation in a circle."""
        if node.op is None:
            return {"label": self.name(node), "margin": MARGIN, "penwidth": "0"}
        label = self.sign(node.op, node)
        return {"label": label, "shape": "ellipse", "width": ".4", "height": ".4", "margin": ".04"}

    def label(self, edge: Edge) -> str:
        """The value of the operand over what comes back to it."""
        x = edge.operand
        lines = [(VALUE, shown(x.data)), (GRAD, self.share(edge))]
        if x.op and (x.label or x in self.again) and x is not self.root:
            lines.insert(0, (INK, f"<B>{self.name(x)}</B>"))
        return self.wire(lines)

    def several(self, arrow: Arrow) -> str:
        """How many edges, and what comes back along all of them."""
        return self.wire([(INK, arrow.words), (GRAD, UNKNOWN if self.pending else shown(arrow.flow))])

    def wire(self, lines: list[tuple[str, str]]) -> str:
        """Texts in their colours, one under the other, on a small card."""
        rows = "".join(f'<TR><TD><FONT COLOR="{colour}">{text}</FONT></TD></TR>' for colour, text in lines)
        card = f'{TABLE} CELLPADDING="1" STYLE="ROUNDED" BGCOLOR="{OP}">{rows}</TABLE>'
        return f'<{TABLE} CELLPADDING="3"><TR><TD>{card}</TD></TR></TABLE>>'  # the outer table keeps it off the wire

    def share(self, edge: Edge) -> str:
        """The gradient that a wire brings back: where an operand is used more than once, the wires add up."""
        upstream = self.grad(edge.node)
        if upstream == UNKNOWN or edge.node is edge.operand:
            return upstream
        return shown(edge.node.grad * (edge.partial or 0.0))


def row(word: str, colour: str, number: str) -> str:
    """A row of a card: a word on the left, and a number on the right."""
    return (
        f'<TR><TD ALIGN="LEFT"><FONT COLOR="{MUTED}" POINT-SIZE="10">{word}</FONT></TD>'
        f'<TD ALIGN="RIGHT"><FONT COLOR="{colour}">{number}</FONT></TD></TR>'
    )


def _has_constant_exponent(node: Value) -> bool:
    return node.op is pow and type(node.operands[1]) is float
