"""A network as a picture, laid out by Graphviz: its neurons in columns, its weights as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from autograd_lite.engine.text import readable, short, shown
from autograd_lite.engine.value import plain
from autograd_lite.nn import Layer, Neuron, Sequential
from autograd_lite.views.picture.digraph import Picture
from autograd_lite.views.picture.styles import DARK, FONT, GRAD, GRAPH, LEAF, LINE, MUTED, OP, OUT, TABLE, VALUE


def network(
    model: Sequential, *, inputs: Sequence[str] | None = None, max_weights: int = 1500, legend: bool = True
) -> Picture:
    """A network as a picture: a circle with its bias for each neuron, a line for each weight, the thicker the larger.

    Positive weights are solid and blue, negative ones dashed and orange, as a legend says unless `legend=False`;
    pointing at a line or a circle shows the weight or bias in full. `inputs` names the inputs. Raises ValueError for
    more than `max_weights` weights, and for anything that is not made of layers of neurons.

    >>> from autograd_lite.nn import MLP
    >>> network(MLP(2, [3, 1]))
    <Picture: network MLP(2 → 3 → 1, relu), 13 parameters; .render("name") writes it to a file>
    """
    parts: list[Any] = list(getattr(model, "layers", [model]))
    layers = [Layer.of([part]) if isinstance(part, Neuron) else part for part in parts]
    if not all(isinstance(layer, Layer) and all(isinstance(n, Neuron) for n in layer.neurons) for layer in layers):
        raise ValueError(f"network draws layers of neurons, got {model.describe()}")
    weights = [plain(w) for layer in layers for neuron in layer.neurons for w in neuron.w]
    if len(weights) > max_weights:
        raise ValueError(
            f"the network has {len(weights):,} weights, more than the limit of {max_weights:,}: "
            "draw a smaller one, or raise the limit with max_weights"
        )
    nin = layers[0].nin
    names = list(inputs) if inputs is not None else [f"x{i + 1}" for i in range(nin)]
    if len(names) != nin:
        raise ValueError(f"the network has {nin} inputs, got {len(names)} names")
    largest = max(map(abs, weights), default=0.0) or 1.0
    circle = FONT | {"shape": "circle", "style": "filled", "fixedsize": "true", "width": ".42", "fontsize": "10"}
    picture = Picture(
        filename="network.gv",
        format="svg",
        dark=DARK,
        comment=f"network {readable(model.describe())}, {len(model.parameters())} parameters",
        graph_attr=GRAPH | {"ranksep": "1.1", "nodesep": ".12", "splines": "line"},
        node_attr=circle | {"color": LINE, "id": r"\G_\N"},
        edge_attr={"arrowhead": "none"},
    )
    if legend:
        picture.attr(label=_legend(largest), labelloc="b", fontname="Helvetica", fontsize="10", fontcolor=MUTED)
    # Still a circle if the name is short.
    wide = {"shape": "ellipse", "fixedsize": "false", "height": ".42", "margin": ".04"}
    for i, name in enumerate(map(readable, names)):
        label, says = Picture.text(short(name)), f"input {Picture.text(name)}"
        picture.node(f"n0_{i}", label, fillcolor=LEAF, tooltip=says, **wide)
    for depth, layer in enumerate(layers, start=1):
        fill = OUT if depth == len(layers) else OP
        for j, (neuron, kind) in enumerate(zip(layer.neurons, layer.kinds, strict=True)):
            bias, name = shown(float(f"{plain(neuron.b):.2g}")), f"layer {depth - 1}, neuron {j}"
            says = rf"{name}: {Picture.text(readable(kind))}\nbias {plain(neuron.b)!r}"
            picture.node(f"n{depth}_{j}", bias, fillcolor=fill, tooltip=says, fontsize="8")
            for i, weight in enumerate(map(plain, neuron.w)):
                picture.edge(
                    f"n{depth - 1}_{i}",
                    f"n{depth}_{j}",
                    color=VALUE if weight >= 0.0 else GRAD,
                    style="solid" if weight >= 0.0 else "dashed",
                    penwidth=f"{0.2 + 3.3 * abs(weight) / largest:.3g}",
                    tooltip=f"weight {i} of {name}: {weight!r}",
                )
    for depth in range(len(layers) + 1):  # each layer in a column, in the order of its neurons
        count = nin if depth == 0 else layers[depth - 1].nout
        with picture.subgraph() as column:
            column.attr(rank="same")
            for i in range(count - 1):
                column.edge(f"n{depth}_{i}", f"n{depth}_{i + 1}", style="invis")
    picture.name = f"n{crc32(picture.source.encode()):08x}"
    return picture


def _legend(largest: float) -> str:
    """What lines and circles mean, below the picture: lines as narrow cells of a table."""

    def line(colour: str, lengths: Sequence[int], words: str) -> str:
        bars = "".join(_cell(width, colour if place % 2 == 0 else "") for place, width in enumerate(lengths))
        bars = f'{TABLE} CELLPADDING="0"><TR>{bars}</TR></TABLE>'
        return f'<TD>{bars}</TD><TD ALIGN="LEFT">{words}</TD>'

    signs = line(VALUE, [26], "weight &gt; 0&#160;&#160;&#160;") + line(GRAD, [6, 4, 6, 4, 6], "weight &lt; 0")
    told = f"the thickest: ±{shown(float(f'{largest:.3g}'))}; in a circle: its bias"
    return f'<{TABLE} CELLPADDING="3"><TR>{signs}</TR><TR><TD COLSPAN="4">{told}</TD></TR></TABLE>>'


def _cell(width: int, colour: str) -> str:
    fill = f' BGCOLOR="{colour}"' if colour else ""
    return f'<TD FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="3"{fill}></TD>'
