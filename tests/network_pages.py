"""A page of its own for the drawing of a network: what the page's panels hold, around the map; and networks to draw."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

from browser import circuit

from autograd_lite import Value, sin, trace
from autograd_lite.data import moons
from autograd_lite.nn import MLP, Neuron, losses
from autograd_lite.views.notations import MATHML
from autograd_lite.views.steps.page.javascript import data
from autograd_lite.views.steps.pieces import pieces
from autograd_lite.views.steps.tracer import Trace

PAGE = """<!DOCTYPE html><html lang="en" data-theme="{theme}"><meta charset="utf-8"><title>network</title><style>{style}
body {{ height: auto; overflow: visible; padding: 16px; display: grid; gap: 12px; grid-template-columns: minmax(0, 880px) minmax(0, 400px); }}
#map {{ display: block; height: 520px; overflow-x: auto; }}</style>
<div><div id="cards"></div><div id="map" class="card"></div></div>
<div class="card" style="padding:16px; overflow:auto; max-height: 640px"><div id="equations"></div><div id="table"></div><div id="over"></div></div>
<script>"use strict"; {script}
const net = {data};
const view = {{ unit: 0, sample: 0, phase: "backward", term: 1, known: () => true }};
const said = [];
function show(changes) {{
  Object.assign(view, changes);
  drawNetwork($("map"), net, view);
  drawSamples($("cards"), net, view);
  drawParameters($("table"), net, view);
  drawOverSamples($("over"), net, view);
  const keys = view.unit === null ? [] : Object.keys(net.units[view.unit].equations);
  $("equations").innerHTML = keys.length ? equationsOf(net, view.unit, keys, view) : "";
}}
net.onUnit = (unit) => {{ said.push(["unit", unit]); show({{ unit }}); }};
net.onWeight = (term) => {{ said.push(["weight", term]); show({{ term }}); }};
net.onSample = (sample) => {{ said.push(["sample", sample]); show({{ sample }}); }};
show({{}});
</script></html>"""


def assets(*names: str) -> tuple[str, str]:
    """The scripts of these names, and the styles."""
    folder = files("autograd_lite.views.steps.page")
    script = "\n".join((folder / f"script/{name}.js").read_text(encoding="utf-8") for name in names)
    return script, "\n".join((folder / name).read_text(encoding="utf-8") for name in ("page.css", "network.css"))


def network_page(found: dict[str, Any], theme: str = "light") -> str:
    """The page of a network's data, in a theme."""
    script, style = assets("numbers", "units", "samples", "network", "inside")
    return PAGE.format(theme=theme, style=style, script=script, data=data(found))


def small() -> Trace:
    """MLP(2, [4, 1]) and four samples."""
    model = MLP(2, [4, 1], "tanh", seed=4)
    X = [[0.5, -1.0], [-0.6, 0.9], [1.0, 0.8], [-1.0, -0.5]]  # noqa: N806 - a matrix
    return trace(losses.mse([model(x) for x in X], [1.0, 1.0, -1.0, -1.0]))


def labelled() -> Trace:
    """A network whose inputs have long labels."""
    x = [Value(0.123456, label="sepal length (cm)"), Value(-1.5, label="W" * 60)]
    return trace(losses.mse([MLP(2, [3, 1], "tanh", seed=1)(x)], [1.0]))


def wide(size: int = 16, samples: int = 20) -> Trace:
    """A network of two wide layers, and many samples."""
    model = MLP(2, [size, size, 1], seed=1)
    X, y = moons(samples, seed=3)  # noqa: N806 - a matrix
    return trace(losses.hinge([model(x) for x in X], [2 * k - 1 for k in y]))


def alone() -> Trace:
    """A neuron with cross-entropy."""
    return trace(
        losses.binary_cross_entropy(Neuron(2, "sigmoid", seed=1)([Value(1.0, label="x1"), Value(2.0, label="x2")]), 1)
    )


def recurrence(steps: int = 5) -> Trace:
    """A cell that takes its own output."""
    cell, h = Neuron(2, "tanh", seed=2), 0.0
    for t in range(steps):
        h = cell([0.5 * t - 1.0, h])  # type: ignore[assignment]  # after the first step, what the cell returns
    return trace(losses.mse(h, 1.0))


LEVELS = """<!DOCTYPE html><html lang="en" data-theme="{theme}"><meta charset="utf-8"><title>levels</title><style>{style}
body {{ height: auto; overflow: visible; padding: 16px; display: grid; gap: 12px; grid-template-columns: minmax(0, 880px) minmax(0, 400px); }}
#map {{ display: block; }}
</style><div id="map" class="card"></div><div class="card" id="table" style="padding: 16px; overflow: auto; max-height: 640px"></div>
<script>"use strict"; {script}
const {{ nodes, pieces, numbers }} = {data};
const said = [];
const levels = {{ pieces, nodes, value: (i) => numbers[i][0], gradient: (i) => numbers[i][1] }};
function show(id) {{ drawPieces($("map"), levels, id); drawJacobian($("table"), levels, id); }}
levels.onPiece = (id) => {{ said.push(["piece", id]); show(id); }};
levels.onNode = (node) => said.push(["node", node]);
show(pieces[0].id);
</script></html>"""


def levels_page(steps: Trace, theme: str = "light") -> str:
    """A page of the levels of a graph."""
    place = {node: i for i, node in enumerate(steps.nodes)}
    nodes = [
        {"name": name, "symbol": MATHML.symbol(name), "operands": [place[x] for x in node.operands if type(x) is Value]}
        for node, name in steps.names.items()
    ]
    numbers = [[steps.values[node], steps.gradients.get(node, 0.0)] for node in steps.nodes]
    script, style = assets("numbers", "units", "network", "pieces")
    return LEVELS.format(
        theme=theme,
        style=style,
        script=script,
        data=data({"nodes": nodes, "pieces": pieces(steps), "numbers": numbers}),
    )


def loose(size: int = 300) -> Trace:
    """A graph of about so many nodes without scopes, which uses what is near and two leaves again and again."""
    x, y = Value(0.5, label="x"), Value(-0.75, label="y")
    u, v = x, y
    while size > 0:
        u, v = sin(u) * x + v, v - u * y
        size -= 5
    return trace(u * v)


# A graph for each of the ways in which the page goes through one.
IN_ALL_MODES: dict[str, Callable[[], Trace]] = {
    "operation": lambda: trace(circuit()),
    "network": small,
    "pieces": lambda: loose(450),
}
