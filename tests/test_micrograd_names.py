"""Code written for micrograd runs as it is: drawings of the graph, and backpropagation by hand."""

from __future__ import annotations

import math
from typing import Any

import graphviz
import micrograd.engine as micrograd
import pytest

from autograd_lite import Value, tanh


def trace(root: Any) -> tuple[set[Any], set[tuple[Any, Any]]]:
    """All nodes and edges, as drawings for micrograd find them."""
    nodes: set[Any] = set()
    edges: set[tuple[Any, Any]] = set()

    def build(v: Any) -> None:
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def draw_dot(root: Any) -> Any:
    """A drawing in micrograd's manner: a box for each number, and a circle for the operation that made it."""
    dot = graphviz.Digraph(graph_attr={"rankdir": "LR"})
    nodes, edges = trace(root)
    for n in nodes:
        dot.node(name=str(id(n)), label="{ data %.4f | grad %.4f }" % (n.data, n.grad), shape="record")  # noqa: UP031 - theirs
        if n._op:
            dot.node(name=str(id(n)) + n._op, label=n._op)
            dot.edge(str(id(n)) + n._op, str(id(n)))
    for n1, n2 in edges:
        dot.edge(str(id(n1)), str(id(n2)) + n2._op)
    return dot


def expression(kind: Any) -> Any:
    """Nodes that both libraries have, without constants."""
    a, b = kind(2.0), kind(-3.0)
    return ((a * b + a) ** 2 + b.relu() * a**-1) * a


def test_a_drawing_for_micrograd_draws_the_same_boxes() -> None:
    """Numbers, gradients and operations in the drawing are those of micrograd's own graph."""
    drawings = []
    for kind in (micrograd.Value, Value):
        y = expression(kind)
        y.backward()
        lines = draw_dot(y).source.splitlines()
        drawings.append(sorted(line.partition("label=")[2] for line in lines))
    assert drawings[0] == drawings[1]
    assert any("ReLU" in line for line in drawings[1])


@pytest.mark.parametrize(
    ("node", "name"),
    [
        (Value(2.0), ""),
        (Value(2.0) + Value(3.0), "+"),
        (Value(2.0) * 3.0, "*"),
        (Value(2.0) - 3.0, "-"),
        (Value(2.0) / 3.0, "/"),
        (Value(2.0) ** 2, "**2"),
        (Value(2.0) ** -1, "**-1"),
        (Value(2.0) ** 0.5, "**0.5"),
        (Value(2.0) ** Value(3.0), "**"),
        (Value(2.0).relu(), "ReLU"),
        (Value(2.0).tanh(), "tanh"),
        (Value(2.0).exp(), "exp"),
    ],
)
def test_the_operation_as_micrograd_writes_it(node: Value, name: str) -> None:
    """`_op` is micrograd's text, and the name of the function for what micrograd lacks."""
    assert node._op == name


def test_the_operands_are_a_set_of_nodes() -> None:
    """`_prev` is a set: a node used twice is in it once, and a constant is no node."""
    x, y = Value(2.0), Value(3.0)
    assert (x * y)._prev == {x, y}
    assert (x * x)._prev == {x}
    assert (x * 2.0)._prev == {x}
    assert x._prev == set()


def test_backpropagation_by_hand() -> None:
    """`_backward()`, called node by node from the result back, gives what `backward()` gives, as in micrograd's course."""
    x1, x2, w1, w2, b = Value(2.0), Value(0.0), Value(-3.0), Value(1.0), Value(6.8813735870195432)
    n = x1 * w1 + x2 * w2 + b
    o = tanh(n)
    order: list[Any] = []

    def build(v: Any) -> None:
        if v not in order:
            for child in v._prev:
                build(child)
            order.append(v)

    build(o)
    o.grad = 1.0
    for node in reversed(order):
        node._backward()
    found = [v.grad for v in (x1, x2, w1, w2, b)]
    assert found == pytest.approx([-1.5, 0.5, 1.0, 0.0, 0.5], rel=1e-12)  # published in the course
    assert n.grad == pytest.approx(1.0 - math.tanh(n.data) ** 2)


@pytest.mark.parametrize("name", ["_prev", "_op", "_backward"])
def test_they_can_only_be_read(name: str) -> None:
    """A graph is not rewired through micrograd's names either: a new operation is an Op."""
    with pytest.raises(AttributeError):
        setattr(Value(1.0), name, None)
