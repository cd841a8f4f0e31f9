"""`draw()`: the graph of a computation as a picture, written in Graphviz's language.

What it says of each node and edge stands in `styles.py`, how a big graph is folded in `folds.py` and `boxes.py`. Laying
it out on the page is the work of `digraph.py`, which is imported only when something is drawn: it loads graphviz.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from zlib import crc32

from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value
from autograd_lite.views.picture import boxes
from autograd_lite.views.picture.folds import Folding, fold
from autograd_lite.views.picture.styles import DARK, EDGE, GRAPH, NODE, PREFIX, Cards, Circuit, Drawing

if TYPE_CHECKING:
    from autograd_lite.views.picture.digraph import Picture

STYLES: dict[str, type[Drawing]] = {"table": Cards, "circuit": Circuit}


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

    Each node shows its value and, once `y.backward()` has run, its gradient; each edge the local partial
    that the gradient is multiplied by on its way back. `style="circuit"` draws operations as circles, and
    values over gradients on the wires between them. The picture is a `graphviz.Digraph`.

    A graph of more than 200 nodes is folded: what one scope computed, such as a neuron, is one box; arrows say how
    many edges they stand for. `group` is "neuron", "layer" or "none"; `depth` a number of scopes, the outermost;
    `expand` lists what stays unfolded, as ["layer0/neuron1"]. Where over `max_nodes` boxes would be left, the graph is
    folded further, at last into one box for all operations, and the picture says so; above 500 boxes the partials are
    shown on pointing at the edges. A value used far from where it stands is drawn there again, as a name.

    In the SVG, node n has the id PREFIX_vn, its edge from operand i (from 0) PREFIX_vn_i, group n PREFIX_gn, frame
    n PREFIX_fn, an arrow such as PREFIX_g1_f2. The prefix follows from the content unless given.

    >>> from autograd_lite import Value, exp, nn, sin
    >>> x = Value(1.5, label="x")
    >>> y = exp(sin(x ** 2))
    >>> y.backward()
    >>> draw(y)
    <Picture: computation graph of v4 = e^v3, 4 nodes, value 2.177; .render("name") writes it to a file>
    >>> draw(y, style="circuit").svg()[:4]
    '<svg'
    >>> draw(nn.MLP(2, [3, 1], seed=0)([x, y]), group="layer").comment
    'computation graph of a²₁ = v27 + v37, 38 nodes folded by layer into 6 boxes, value 1.224'
    """
    if not isinstance(y, Value):
        raise TypeError(f"draw(y): y is a Value, got {type(y).__name__} {shortened(y)}")
    if style not in STYLES:
        raise ValueError(f"draw: style is one of {', '.join(map(repr, STYLES))}, got {shortened(style)}")
    return drawn(fold(y, group=group, expand=expand, depth=depth, most=max_nodes), STYLES[style], prefix)


def drawn(folding: Folding, style: Callable[[Picture, Folding], Drawing], prefix: str | None = None) -> Picture:
    """A graph, in boxes or not, in a style: a kind of `Drawing`, or what makes one."""
    if prefix is not None and not (
        prefix.isascii() and prefix[:1].isalpha() and prefix.replace("-", "_").isidentifier()
    ):
        raise ValueError(f"draw: prefix is a letter followed by letters, digits, - and _, got {shortened(prefix)}")
    from autograd_lite.views.picture.digraph import Picture

    attributes = {"graph_attr": GRAPH, "node_attr": NODE, "edge_attr": EDGE}
    picture = Picture(filename="picture.gv", format="svg", dark=DARK, **attributes)
    drawing = style(picture, folding)
    if folding.groups:
        boxes.write(drawing)
    else:
        drawing.write()
    drawing.finish()
    # In the source, \G stands for the prefix and \N for the node, so that the prefix can follow from the content.
    picture.name = prefix or f"g{crc32(picture.source.encode()):08x}"
    picture.body[:] = [line.replace(PREFIX, picture.name) for line in picture.body]
    return picture
