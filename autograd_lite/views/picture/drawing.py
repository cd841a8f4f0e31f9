"""`draw()`: the graph of a computation as a picture, written in Graphviz's language.

What a picture says of each node (its name, operation, numbers) is the same in every style and stands in
`_Drawing`; a style decides how that looks. Laying it out on the page is the work of `layout.py`, which is
imported only when something is drawn, because it loads graphviz.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.ops import Op
from autograd_lite.engine.symbolic import as_recorded
from autograd_lite.engine.table import add, hypot, maximum, minimum, mul, pow
from autograd_lite.engine.text import readable, short, shortened, shown
from autograd_lite.engine.value import Value
from autograd_lite.views.names import names
from autograd_lite.views.picture.parts import Edge

if TYPE_CHECKING:
    from autograd_lite.views.picture.digraph import Picture
    from autograd_lite.views.picture.folds import Folding
    from autograd_lite.views.picture.frames import Arrow

# Colours of texts and fills, and what takes their place on a dark page; each text is legible on each fill (4.9 : 1).
VALUE, GRAD, INK, MUTED = "#005a8c", "#b03a00", "#1f2328", "#57606a"
LEAF, OP, OUT, CONST = "#fff4d6", "#ffffff", "#e6f2ea", "#eeeeee"
DARK = {VALUE: "#6cc0f5", GRAD: "#ffa36b", INK: "#e6edf3", MUTED: "#a3adb8"}
DARK |= {LEAF: "#2d2916", OP: "#161b22", OUT: "#13291b", CONST: "#262c34"}
LINE = "#717a84"  # edges lie on the page itself: 4.3 : 1 on white and on black paper, the most one colour can have
FILLS = {"leaf": LEAF, "op": OP, "out": OUT, "const": CONST}

GLYPHS = {"{} + {}": "+", "{} - {}": "−", "{} * {}": "×", "{} / {}": "÷", "-{}": "−"}
COMMUTATIVE = (add, mul, maximum, minimum, hypot)
UNKNOWN = "·"

FONT = {"fontname": "Helvetica", "fontcolor": INK}  # a font whose widths every layout program knows
GRAPH = {"rankdir": "LR", "nodesep": ".25", "ranksep": ".45", "bgcolor": "transparent", "id": r"\G"}
CARD = {"shape": "box", "style": "rounded,filled", "margin": "0", "width": "0", "height": "0"}
NODE = FONT | CARD | {"fontsize": "12", "color": LINE, "id": r"\G_\N"}
EDGE = FONT | {"fontsize": "10", "color": LINE, "fontcolor": LINE, "arrowsize": ".7"}
WORDS = {"fontname": "Helvetica", "fontcolor": MUTED, "fontsize": "11"}  # beside the boxes
FRAME = WORDS | {"style": "rounded", "color": LINE, "labelloc": "t", "labeljust": "c", "margin": "8"}
MARGIN = ".08,.04"  # of a node that is a text alone, in inches
TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0"'


def draw(
    y: Value,
    *,
    group: str | None = None,
    expand: Iterable[str] = (),
    depth: int | None = None,
    style: str = "table",
    prefix: str | None = None,
    max_nodes: int = 1500,
) -> Picture:
    """The graph that `y` was computed by, as a picture: shown by a notebook, written to a file by `.render()`.

    Each node shows its value and, once `y.backward()` has run, its gradient; each edge the local derivative
    that the gradient is multiplied by on its way back. `style="circuit"` draws operations as circles, and
    values over gradients on the wires between them. The picture is a `graphviz.Digraph`.

    A graph of more than 200 nodes is folded: what one scope computed, such as a neuron, is one box; arrows say how
    many edges they stand for. `group` is "neuron", "layer" or "none"; `depth` a number of scopes, the outermost;
    `expand` lists what stays unfolded, as ["layer0/neuron1"]. ValueError where over `max_nodes` boxes are left.

    In the SVG, node n has the id PREFIX_vn, its edge from operand i (from 0) PREFIX_vn_i, group n PREFIX_gn, frame
    n PREFIX_fn, an arrow such as PREFIX_g1_f2. The prefix follows from the content unless given.

    >>> from autograd_lite import Value, exp, nn, sin
    >>> x = Value(1.5, label="x")
    >>> y = exp(sin(x ** 2))
    >>> y.backward()
    >>> draw(y)
    <Picture: computation graph of v4 = exp(v3), 4 nodes, value 2.177; .render("name") writes it to a file>
    >>> draw(y, style="circuit").svg()[:4]
    '<svg'
    >>> draw(nn.MLP(2, [3, 1])([x, y]), group="layer").comment
    'computation graph of v38 = v27 + v37, 38 nodes folded by layer into 6 boxes, value 1.224'
    """
    if not isinstance(y, Value):
        raise TypeError(f"draw(y): y is a Value, got {type(y).__name__} {shortened(y)}")
    if style not in STYLES:
        raise ValueError(f"draw: style is one of {', '.join(map(repr, STYLES))}, got {shortened(style)}")
    # Imported here, because importing the package must load neither graphviz nor dataclasses.
    from autograd_lite.views.picture.boxes import too_many
    from autograd_lite.views.picture.folds import fold

    folding = fold(y, group=group, expand=expand, depth=depth)
    if len(folding.boxes) > max_nodes:
        raise ValueError(too_many(folding, max_nodes))
    return drawn(folding, STYLES[style], prefix)


def drawn(folding: Folding, style: Any, prefix: str | None = None) -> Picture:
    """A graph, in boxes or not, in a style of drawing: a `_Drawing`, or what makes one."""
    if prefix is not None and not (
        prefix.isascii() and prefix[:1].isalpha() and prefix.replace("-", "_").isidentifier()
    ):
        raise ValueError(f"draw: prefix is a letter followed by letters, digits, - and _, got {shortened(prefix)}")
    from zlib import crc32

    from autograd_lite.views.picture.boxes import PREFIX
    from autograd_lite.views.picture.digraph import Picture

    attributes = {"graph_attr": GRAPH, "node_attr": NODE, "edge_attr": EDGE}
    picture = Picture(filename="picture.gv", format="svg", dark=DARK, **attributes)
    style(picture, folding.root, folding.nodes, folding).compose()
    # In the source, \G stands for the prefix and \N for the node, so that the prefix can follow from the content.
    picture.name = prefix or f"g{crc32(picture.source.encode()):08x}"
    picture.body[:] = [line.replace(PREFIX, picture.name) for line in picture.body]
    return picture


class _Drawing(ABC):
    """What a picture says of each node and each edge, in any style."""

    words, frame = WORDS, FRAME

    def __init__(self, picture: Picture, root: Value, nodes: list[Value], folding: Folding | None = None) -> None:
        self.picture = picture
        self.root = root
        self.nodes = nodes
        self.folding = folding
        self.names = names(nodes)
        hidden = {node for box in folding.groups for node in box.nodes} if folding else set()
        self.keys = {node: f"v{place}" for place, node in enumerate(nodes, start=1) if node not in hidden}
        # A leaf has a gradient of 0 from the start, so for a root that is one only another gradient is news.
        self.pending = root._grad is None if root.op else not root.grad
        self.changed = {x for node in self.keys for x in _changed_operands(node)}

    def compose(self) -> None:
        """Write the nodes in topological order, and after each the edges to it in the order of its operands."""
        nodes = "1 node" if len(self.nodes) == 1 else f"{len(self.nodes)} nodes"
        if self.folding and self.folding.groups:
            from autograd_lite.views.picture.boxes import write

            nodes += f" folded by {self.folding.how} into {len(self.folding.boxes)} boxes"
            write(self.folding, self)
        else:
            for node in self.nodes:
                self.node(node)
                self.operands(node, (Value, float))
        equation = f"{short(self.names[self.root])}{self.computed(self.root)}"
        self.picture.comment = f"computation graph of {equation}, {nodes}, value {shown(self.root.data)}"

    def node(self, node: Value) -> None:
        kind = "leaf" if node.op is None else "out" if node is self.root else "op"
        # Where the order of the operands matters, they stand on the page as written: a above b in a - b.
        order = {} if node.op is None or node.op in COMMUTATIVE else {"ordering": "in"}
        self.statement(self.keys[node], kind, self.tooltip(node), **self.appearance(node), **order)

    def operands(self, node: Value, kinds: tuple[type, ...]) -> None:
        for place, (x, partial) in enumerate(zip(node.operands, node.partials, strict=True)):
            if type(x) is Value and Value in kinds and x in self.keys:
                self.edge(Edge(x, node, place, partial))
            elif type(x) is float and float in kinds and (place == 0 or not _has_constant_exponent(node)):
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

    def statement(self, key: str, kind: str, tooltip: list[str], **attributes: str) -> None:
        text = r"\n".join(map(self.picture.text, tooltip))
        self.picture.node(key, fillcolor=FILLS[kind], tooltip=text, **attributes, **{"class": kind})

    def edge(self, edge: Edge) -> None:
        tail, head, says = self.keys[edge.x], self.keys[edge.node], self.picture.text(self.derivative(edge))
        self.picture.edge(tail, head, self.label(edge), id=rf"\G_{head}_{edge.place}", tooltip=says, labeltooltip=says)

    def derivative(self, edge: Edge) -> str:
        """The local derivative of an edge in words."""
        flow = "0.0 everywhere: nothing flows back" if edge.partial is None else repr(edge.partial)
        return f"∂{short(self.names[edge.node])}/∂{short(self.names[edge.x])} = {flow}"

    def card(self, name: str, contents: str, output: Value | None) -> str:
        """The label of a group: its name, what is in it, and the numbers of its output if it has only one."""
        rows = f'<TR><TD COLSPAN="2" BORDER="1" SIDES="B"><B>{self.picture.text(name)}</B></TD></TR>'
        says = f'<FONT COLOR="{MUTED}" POINT-SIZE="10">&nbsp;{self.picture.text(contents)}&nbsp;</FONT>'
        rows += f'<TR><TD COLSPAN="2">{says}</TD></TR>{"" if output is None else self.numbers(output)}'
        return f'<{TABLE} CELLPADDING="4">{rows}</TABLE>>'

    def numbers(self, node: Value, rows: str = "") -> str:
        """Two rows of a table, with value and gradient."""
        for word, colour, number in (("value", VALUE, shown(node.data)), ("grad", GRAD, self.grad(node))):
            rows += f'<TR><TD ALIGN="LEFT"><FONT COLOR="{MUTED}" POINT-SIZE="10">{word}</FONT></TD>'
            rows += f'<TD ALIGN="RIGHT"><FONT COLOR="{colour}">{number}</FONT></TD></TR>'
        return rows

    def constant(self, x: float, node: Value, place: int) -> None:
        head, key = self.keys[node], f"{self.keys[node]}c{place}"
        self.statement(key, "const", [f"constant {x!r}"], label=shown(x), margin=MARGIN)
        self.picture.edge(key, head, id=rf"\G_{head}_{place}", tooltip=f"constant {x!r}")

    def name(self, node: Value) -> str:
        """The name, marked where the number is no longer the one that the graph was computed from."""
        name = self.picture.text(short(self.names[node]))
        return f"{name} (changed since)" if node in self.changed else name

    def operation(self, op: Op, node: Value) -> str:
        """What computed the node: a glyph, or the operation's name; a constant exponent stands beside it."""
        if _has_constant_exponent(node):
            return f"pow {shown(node.operands[1])}"
        return GLYPHS.get(op.notation) or self.picture.text(short(op.name))

    def grad(self, node: Value) -> str:
        return UNKNOWN if self.pending or node._grad is None else shown(node._grad)

    def computed(self, node: Value) -> str:
        """' = exp(s)', in Python's notation; for a leaf nothing."""
        operands = (short(self.names[x]) if type(x) is Value else repr(x) for x in node.operands)
        return f" = {node.op.written(*operands)}" if node.op else ""

    def tooltip(self, node: Value) -> list[str]:
        """The lines of the text shown on pointing at a node: the name and the numbers in full."""
        lines = [self.names[node] + self.computed(node), f"value {node.data!r}"]
        lines += ["grad unknown before backward()" if self.grad(node) == UNKNOWN else f"grad {node.grad!r}"]
        if node.scope:
            lines += ["in " + "/".join(map(readable, node.scope))]
        if node in self.changed:
            lines += ["changed since: the graph was computed from another number"]
        return lines


class _Tables(_Drawing):
    """One card for each node, with name, operation, value, gradient; on the edges the local derivatives."""

    def appearance(self, node: Value) -> dict[str, str]:
        operation = f" = {self.operation(node.op, node)}" if node.op else ""
        rows = f'<TR><TD COLSPAN="2" BORDER="1" SIDES="B"><B>{self.name(node)}</B>{operation}</TD></TR>'
        return {"label": f'<{TABLE} CELLPADDING="4">{rows}{self.numbers(node)}</TABLE>>'}

    def label(self, edge: Edge) -> str:
        partial = shown(edge.partial or 0.0)
        return f"×({partial})" if partial.startswith("−") else f"×{partial}"


class _Circuit(_Drawing):
    """Operations are circles; on the wire from each operand its value over its share of the gradient."""

    def compose(self) -> None:
        super().compose()
        name, shape = (self.name(self.root), "rounded,filled") if self.root.op else ("", "invis")
        wire, says = self.label(Edge(self.root, self.root, 0, 1.0)), "the output"
        self.picture.node("out", name, margin=MARGIN, penwidth="0", fillcolor=OUT, style=shape, tooltip=says)
        box = self.folding.box_of[self.root] if self.folding else self.root
        key = self.keys[self.root] if isinstance(box, Value) else f"g{box.number}"
        self.picture.edge(key, "out", wire, id=r"\G_out_0", tooltip=says, labeltooltip=says)

    def appearance(self, node: Value) -> dict[str, str]:
        if node.op is None:
            return {"label": self.name(node), "margin": MARGIN, "penwidth": "0"}
        label = self.operation(node.op, node)
        return {"label": label, "shape": "ellipse", "width": ".4", "height": ".4", "margin": ".04"}

    def label(self, edge: Edge) -> str:
        lines = [(VALUE, shown(edge.x.data)), (GRAD, self.share(edge))]
        if edge.x.op and edge.x.label and edge.x is not self.root:
            lines.insert(0, (INK, f"<B>{self.name(edge.x)}</B>"))
        return self.wire(lines)

    def several(self, arrow: Arrow) -> str:
        return self.wire([(INK, arrow.words), (GRAD, UNKNOWN if self.pending else shown(arrow.flow))])

    def wire(self, lines: list[tuple[str, str]]) -> str:
        """Texts in their colours, one under the other, on a small card."""
        rows = "".join(f'<TR><TD><FONT COLOR="{colour}">{text}</FONT></TD></TR>' for colour, text in lines)
        card = f'{TABLE} CELLPADDING="1" STYLE="ROUNDED" BGCOLOR="{OP}">{rows}</TABLE>'
        return f'<{TABLE} CELLPADDING="3"><TR><TD>{card}</TD></TR></TABLE>>'  # the outer table keeps it off the wire

    def share(self, edge: Edge) -> str:
        """The gradient that a wire brings back: where an operand is used more than once, the wires add up."""
        upstream = self.grad(edge.node)
        if upstream == UNKNOWN or edge.node is edge.x:
            return upstream
        return shown((edge.node._grad or 0.0) * (edge.partial or 0.0))


STYLES = {"table": _Tables, "circuit": _Circuit}


def _has_constant_exponent(node: Value) -> bool:
    return node.op is pow and type(node.operands[1]) is float


def _changed_operands(node: Value) -> list[Value]:
    """The leaves that a node was computed from and that were given other numbers since."""
    changed = [x for x in node.operands if type(x) is Value and x._context.changed]
    return changed if changed and not as_recorded(node) else []
