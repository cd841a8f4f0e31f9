"""Pictures of training: loss curves and decision boundaries by matplotlib, networks by Graphviz.

matplotlib is loaded when it is used; it comes with `pip install "autograd_lite[notebooks]"`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd_lite.nn.layers import Layer, Neuron, Sequential
from autograd_lite.nn.modules import Module, evaluate

if TYPE_CHECKING:
    from autograd_lite.layout import Picture

BLUE, ORANGE = "#005a8c", "#b03a00"
COLOURS = (BLUE, ORANGE, "#4d7c0f", "#7c3aed", "#a16207", "#0f766e", "#be185d", "#57606a")
MARKERS = "osD^vP*X"
INK = "#717a84"  # legible on white and on black paper


def loss_curves(history: Any, ax: Any = None) -> Any:
    """The loss of a training over its epochs, and its metrics below; returns the axes of the loss.

    Metrics, which lie between 0 and 1, have a scale of their own at the right. Raises ImportError without matplotlib.

    >>> from autograd_lite.train import History
    >>> loss_curves(History(loss=[1.0, 0.5, 0.25])).get_ylabel()
    'loss'
    """
    ax = _axes(ax)
    epochs = range(1, len(history.loss) + 1)
    curves = {"loss": history.loss} | history.metrics
    losses = {name: values for name, values in curves.items() if name.endswith("loss")}
    styles = ["-", "--", ":", "-."]
    lines = []
    for (name, values), style in zip(losses.items(), styles * len(losses), strict=False):
        lines += ax.plot(epochs, values, style, color=BLUE, label=name.replace("_", " "))
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    if all(value > 0.0 for values in losses.values() for value in values) and history.loss:
        ax.set_yscale("log")
    others = [(name, values) for name, values in curves.items() if name not in losses]
    if others:
        right = ax.twinx()
        right.set_ylabel("metrics")
        for (name, values), style in zip(others, styles * len(others), strict=False):
            lines += right.plot(epochs, values, style, color=ORANGE, label=name.replace("_", " "))
        _plain(right)
    _plain(ax)
    if len(lines) > 1:
        _legend(ax, handles=lines, ncols=2)
    return ax


def decision_boundary(
    model: Module,
    X: Sequence[Sequence[float]],  # noqa: N803 - X is a matrix
    y: Sequence[Any],
    *,
    ax: Any = None,
    threshold: float = 0.0,
    resolution: int = 80,
    names: Sequence[str] = ("x₁", "x₂"),
    classes: Sequence[str] | None = None,
) -> Any:
    """The plane of a model's two inputs, coloured by the class that it gives them, and the samples upon it.

    One output says class 1 above the threshold; of several the largest wins. Each class has a colour and a
    marker; `names` are those of the inputs, `classes` those of the classes 0, 1, ... The model is called
    `resolution`² times. Returns the axes. Raises ValueError for a model
    or samples of other than two inputs, and ImportError without matplotlib.

    >>> from autograd_lite.nn import MLP
    >>> decision_boundary(MLP(2, [4, 1], seed=1), [[0, 0], [1, 1]], [0, 1], resolution=20).get_xlabel()
    'x₁'
    """
    import numpy

    points = numpy.asarray(X, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"a decision boundary needs samples of two numbers, got an array of shape {points.shape}")
    if len(points) != len(y):
        raise ValueError(f"as many samples as classes are needed, got {len(points)} and {len(y)}")
    ax = _axes(ax)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.15 * numpy.maximum(high - low, 1e-9)
    across, up = (numpy.linspace(a, b, resolution) for a, b in zip(low - margin, high + margin, strict=True))
    outputs = numpy.array(evaluate(model, [[u, v] for v in up.tolist() for u in across.tolist()]))
    outputs = outputs.reshape(resolution, resolution, -1)
    several = outputs.shape[2] > 1
    winners = outputs.argmax(axis=2) if several else (outputs[:, :, 0] > threshold).astype(int)
    for place in sorted(set(winners.flat)):  # each by itself: on the border of classes 0 and 2 there is no 1
        colour = COLOURS[place % len(COLOURS)]
        ax.contourf(across, up, winners == place, levels=[0.5, 1.5], colors=[colour], zorder=0, alpha=0.22)
    if not several and outputs.min() < threshold < outputs.max():
        ax.contour(across, up, outputs[:, :, 0], levels=[threshold], colors=[INK], linewidths=1.2, zorder=1)
    targets = numpy.asarray(y).tolist()
    labels = sorted(set(targets))
    for order, label in enumerate(labels):
        place = order  # of classes such as -1 and 1
        if isinstance(label, (int, float)) and (several or len(labels) == 1):
            place = int(label) if several else int(label > 0)
        chosen = points[[value == label for value in targets]]
        colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
        ax.scatter(
            *chosen.T,
            s=22,
            c=colour,
            marker=marker,
            edgecolors="white",
            linewidths=0.5,
            label=classes[place] if classes is not None else f"class {label}",
        )
    ax.set_xlabel(names[0])
    ax.set_ylabel(names[1])
    _legend(ax, ncols=6)
    _plain(ax)
    return ax


def network(model: Sequential, *, inputs: Sequence[str] | None = None, max_weights: int = 1500) -> Picture:
    """A network as a picture: a circle with its bias for each neuron, a line for each weight, thick if it is large.

    Positive weights are solid and blue, negative ones dashed and orange; pointing at a line or a circle
    shows weight or bias in full. `inputs` names the inputs. Raises ValueError for more than `max_weights`
    weights, and for what is not made of layers of neurons.

    >>> from autograd_lite.nn import MLP
    >>> network(MLP(2, [3, 1]))
    <Picture: network MLP(2 → 3 → 1, relu), 13 parameters; .render("name") writes it to a file>
    """
    from zlib import crc32

    from autograd_lite.labels import readable, short, shown
    from autograd_lite.layout import Picture
    from autograd_lite.picture import DARK, FONT, GRAPH, LEAF, LINE, OP, OUT

    layers: list[Any] = list(getattr(model, "layers", [model]))
    if not all(isinstance(layer, Layer) and all(isinstance(n, Neuron) for n in layer.neurons) for layer in layers):
        raise ValueError(f"network draws layers of neurons, got {model.describe()}")
    weights = [float(w) for layer in layers for neuron in layer.neurons for w in neuron.w]
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
    # A circle still, where the name is short.
    wide = {"shape": "ellipse", "fixedsize": "false", "height": ".42", "margin": ".04"}
    for i, name in enumerate(map(readable, names)):
        label, says = Picture.text(short(name)), f"input {Picture.text(name)}"
        picture.node(f"n0_{i}", label, fillcolor=LEAF, tooltip=says, **wide)
    for depth, layer in enumerate(layers, start=1):
        fill = OUT if depth == len(layers) else OP
        for j, (neuron, kind) in enumerate(zip(layer.neurons, layer._kinds(), strict=True)):
            bias, name = shown(float(f"{float(neuron.b):.2g}")), f"layer {depth - 1}, neuron {j}"
            says = rf"{name}: {Picture.text(readable(kind))}\nbias {float(neuron.b)!r}"
            picture.node(f"n{depth}_{j}", bias, fillcolor=fill, tooltip=says, fontsize="8")
            for i, weight in enumerate(map(float, neuron.w)):
                picture.edge(
                    f"n{depth - 1}_{i}",
                    f"n{depth}_{j}",
                    color=BLUE if weight >= 0.0 else ORANGE,
                    style="solid" if weight >= 0.0 else "dashed",
                    penwidth=f"{0.2 + 3.3 * abs(weight) / largest:.3g}",
                    tooltip=f"weight {i} of {name}: {weight!r}",
                )
    for depth in range(len(layers) + 1):  # each layer in one column, in the order of its neurons
        count = nin if depth == 0 else layers[depth - 1].nout
        with picture.subgraph() as column:
            column.attr(rank="same")
            for i in range(count - 1):
                column.edge(f"n{depth}_{i}", f"n{depth}_{i + 1}", style="invis")
    picture.name = f"n{crc32(picture.source.encode()):08x}"
    return picture


def _axes(ax: Any) -> Any:
    """The axes given, or new ones on a transparent page."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ImportError('plots need matplotlib: pip install "autograd_lite[notebooks]"') from None
    figure, ax = pyplot.subplots(figsize=(5.2, 3.9), layout="constrained")
    figure.patch.set_alpha(0.0)
    return ax


def _plain(ax: Any) -> None:
    """Axes that are legible on light and on dark pages."""
    ax.patch.set_alpha(0.0)
    ax.tick_params(which="both", colors=INK, labelcolor=INK)
    for part in (ax.xaxis.label, ax.yaxis.label, ax.title):
        part.set_color(INK)
    for spine in ax.spines.values():
        spine.set_color(INK)
    ax.spines["top"].set_visible(False)


def _legend(ax: Any, **options: Any) -> None:
    """What the lines and markers are, above the axes, where it covers nothing."""
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False, labelcolor=INK, borderaxespad=0.2, **options)
