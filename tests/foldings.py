"""Graphs to fold, random ones in random scopes and a step of training; their edges, one by one; what pictures say."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from typing import Any

from hypothesis import strategies as st
from pages import SVG, Page

from autograd_lite import Value, nn, scope, sin
from autograd_lite.data import moons
from autograd_lite.nn import losses
from autograd_lite.views.names import in_order
from autograd_lite.views.picture.digraph import Picture
from autograd_lite.views.picture.folds import Folding

SCOPES = ["layer0", "layer1", "neuron0", "neuron1", "a/b", "", "neuron0 "]


@st.composite
def graphs(draw: st.DrawFn) -> Value:
    """A graph with operations in random scopes, which may be entered again and nest; a backward pass has run."""
    nodes = [Value(draw(st.floats(-2.0, 2.0))) for _ in range(draw(st.integers(1, 16)))]
    for _ in range(draw(st.integers(1, 40))):
        with ExitStack() as stack:
            for name in draw(st.lists(st.sampled_from(SCOPES), max_size=3)):
                if name:
                    stack.enter_context(scope(name))
            x, y = (draw(st.sampled_from(nodes)) for _ in range(2))
            nodes.append(draw(st.sampled_from([lambda x, _: sin(x), lambda x, y: x * y, lambda x, y: x - y]))(x, y))
    root = nodes[-1]
    root.backward()
    return root


OPTIONS: list[dict[str, Any]] = [
    {},
    {"group": "neuron"},
    {"group": "layer"},
    {"group": "none"},
    {"depth": 1},
    {"depth": 2},
]
options = st.sampled_from(OPTIONS)


@cache
def step(points: int = 100, sizes: tuple[int, ...] = (16, 16, 1)) -> Value:
    """The loss of one step of training as in micrograd's demo, after its backward pass; it is made once."""
    X, y = moons(points, seed=0)  # noqa: N806 - X is a matrix
    model = nn.MLP(2, list(sizes), seed=0)
    scores = [model([Value(x) for x in point]) for point in X]
    loss: Value = losses.hinge(scores, [2 * k - 1 for k in y]) + 1e-4 * losses.l2(model.parameters())
    loss.backward()
    return loss


def edges(root: Value) -> list[tuple[Value, Value, float]]:
    """Every edge of a graph, from operand to node, with what flows back along it."""
    found = []
    for node in in_order(root):
        for x, partial in zip(node.operands, node.partials, strict=True):
            if type(x) is Value:
                found.append((x, node, node.grad * (0.0 if partial is None else partial)))
    return found


def names(folding: Folding) -> list[str]:
    """What the groups are called."""
    return [group.name for group in folding.groups]


def legend(picture: Picture) -> str:
    """What stands under the picture."""
    (graph,) = (group for group in Page(picture).svg if group.get("class") == "graph")
    return "\n".join("".join(text.itertext()) for text in graph.findall(f"{SVG}text"))


def frames(picture: Picture) -> dict[str, str]:
    """The names of the frames by their ids."""
    found = [group for group in Page(picture).svg.iter(f"{SVG}g") if group.get("class") == "cluster"]
    return {group.get("id", ""): "".join(text.itertext()) for group in found for text in group.iter(f"{SVG}text")}
