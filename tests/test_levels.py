"""Big graphs in pieces: connected and convex ones, levels that fit, and Jacobians that make up the gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from foldings import graphs, step
from hypothesis import given, strategies as st

from autograd_lite import Value, exp, scope, sin, trace
from autograd_lite.engine.table import hypot
from autograd_lite.nn import MLP, Neuron
from autograd_lite.views.names import in_order
from autograd_lite.views.steps.levels import MOST, Piece, levels, opened


@st.composite
def loose(draw: st.DrawFn, most: int = 60) -> Value:
    """A graph without scopes; nodes and leaves are used near and far."""
    nodes = [Value(draw(st.floats(-2.0, 2.0))) for _ in range(draw(st.integers(1, 12)))]
    for _ in range(draw(st.integers(1, most))):
        far = draw(st.booleans())
        x, y = (draw(st.sampled_from(nodes if far else nodes[-3:])) for _ in range(2))
        nodes.append(draw(st.sampled_from([lambda x, _: sin(x), lambda x, y: x * y, lambda x, y: x - y]))(x, y))
    return nodes[-1]


def uses(nodes: list[Value]) -> list[tuple[Value, Value]]:
    """Every edge, from operand to node."""
    return [(x, node) for node in nodes for x in node.operands if type(x) is Value]


def check(root: Value, *, whole: bool) -> None:
    """The tree shares out the nodes; pieces are convex, and connected where `whole`; levels have no cycles."""
    nodes = in_order(root)
    edges = uses(nodes)
    users: dict[Value, list[Value]] = {}
    for x, node in edges:
        users.setdefault(x, []).append(node)
    for piece in opened(levels(trace(root))):
        inside = {id(node) for node in piece.nodes}
        held = [id(node) for child in piece.children for node in child.nodes]
        assert sorted(held) == sorted(inside if piece.children else [])
        assert piece.children or len(piece.nodes) == 1
        assert len(piece.children) != 1
        # Convex: going on from what uses an output outside, nobody comes back.
        reached = [user for node in piece.nodes for user in users.get(node, ()) if id(user) not in inside]
        seen: set[int] = set()
        while reached:
            node = reached.pop()
            assert id(node) not in inside
            if id(node) not in seen:
                seen.add(id(node))
                reached += users.get(node, ())
        if whole:
            together = {id(piece.nodes[0])}
            before = 0
            while before < len(together):
                before = len(together)
                for x, node in edges:
                    if {id(x), id(node)} <= inside and ({id(x), id(node)} & together):
                        together |= {id(x), id(node)}
            assert together == inside
        place = {id(node): i for i, child in enumerate(piece.children) for node in child.nodes}
        assert all(place[id(x)] <= place[id(node)] for x, node in edges if {id(x), id(node)} <= place.keys())


def brought(pieces: list[Piece], gradients: Mapping[Value, float]) -> dict[Value, float]:
    """What all pieces bring to each node: the gradients of their outputs, times their Jacobians."""
    sums: dict[Value, float] = {}
    for piece in pieces:
        for y, row in piece.jacobian.items():
            for x, partial in row.items():
                sums[x] = sums.get(x, 0.0) + gradients.get(y, 0.0) * partial
    return sums


def sizes(root: Value) -> dict[Value, float]:
    """How large the terms of each gradient are: the sweep with the sizes of all partials."""
    found = {root: 1.0}
    for node in reversed(in_order(root)):
        for x, partial in zip(node.operands, node.partials, strict=True):
            if type(x) is Value:
                found[x] = found.get(x, 0.0) + found.get(node, 0.0) * abs(partial or 0.0)
    return found


def cuts(whole: Piece) -> list[list[Piece]]:
    """The graph at each depth of opening, in order; what is no further opened stays."""
    found = [[whole]]
    while any(piece.children for piece in found[-1]):
        found.append([child for piece in found[-1] for child in (piece.children or [piece])])
    return found


@given(loose())
def test_pieces_are_connected_and_convex(root: Value) -> None:
    """Without scopes every piece hangs together, no path leaves it and returns, and the pieces share out the nodes."""
    check(root, whole=True)


@given(graphs())
def test_pieces_by_scope_are_convex(root: Value) -> None:
    """With any scopes, entered again and nested, pieces are convex and levels have no cycles."""
    check(root, whole=False)


@given(st.one_of(loose(), graphs()))
def test_jacobians_make_up_the_gradients(root: Value) -> None:
    """At every level gradients of outputs times Jacobians add up to the gradient of each leaf and output, to 1e-12."""
    steps = trace(root)
    terms = sizes(root)
    for pieces in cuts(levels(steps)):
        sums = brought(pieces, steps.gradients)
        for x in {*steps.wrt, *(y for piece in pieces for y in piece.outputs)} - {root}:
            assert abs(sums.get(x, 0.0) - steps.gradients.get(x, 0.0)) <= 1e-12 * terms.get(x, 0.0)


def chain(size: int) -> Value:
    """Two leaves and a long computation from them, which uses one of them again and again."""
    x = Value(0.5)
    y = x * Value(0.75)
    while size > 3:
        y = sin(y) * x if size % 7 else sin(y) - x
        size -= 2
    return y


def test_levels_fit_a_screen() -> None:
    """Of 2,000 nodes without scopes, and of a step of training, no level has more than 30 pieces; few levels do."""
    many = sum((exp(Value(i / 7)) for i in range(200)), Value(0.0))
    for root, depth in ((chain(2000), 5), (many, 5), (step(6, (16, 1)), 8)):
        whole = levels(trace(root))
        assert max(len(piece.children) for piece in opened(whole)) <= MOST
        assert len(cuts(whole)) <= depth
    assert "mlp" in [piece.name for piece in whole.children]


def test_networks_open_by_layers_and_neurons() -> None:
    """A network's pieces are the modules, from the outermost to neurons, under their names."""
    whole = levels(trace(MLP(2, [4, 3, 1], "tanh", seed=1)([Value(0.5), Value(-1.0)])))
    assert {piece.name for piece in whole.children if len(piece.nodes) > 1} == {f"mlp/layer{i}" for i in range(3)}
    layer = next(piece for piece in whole.children if piece.name == "mlp/layer1")
    assert [piece.name for piece in layer.children] == [f"mlp/layer1/neuron{i}" for i in range(3)]
    neuron = layer.children[0]
    assert (len(neuron.inputs), len(neuron.leaves), len(neuron.outputs)) == (4, 5, 1)


def test_modules_that_use_each_other_in_turn_are_opened() -> None:
    """Where a module works on what was made from its own output, its calls are pieces of their own."""
    cell = Neuron(1, "tanh", seed=1)
    h: Any = Value(0.5, label="h")
    for _ in range(3):
        with scope("between"):
            h = cell([h])
        h = exp(h)
    whole = levels(trace(h))
    assert sum(piece.name == "between" for piece in whole.children) == 3
    check(h, whole=False)


def test_what_hangs_on_one_node_stays_with_it() -> None:
    """Three hundred leaves of one node cannot be told apart in connected pieces: they are one level."""
    whole = levels(trace(hypot(*(Value(float(i)) for i in range(300)))))
    assert len(whole.children) == 301


@pytest.mark.parametrize("root", [Value(1.0), sin(Value(1.0))])
def test_small_graphs(root: Value) -> None:
    """A single leaf is one piece, and a graph of two nodes opens to both."""
    whole = levels(trace(root))
    assert len(list(opened(whole))) == (1 if root.op is None else 3)
