"""The edges between two nodes of a graph, and how many ways lead along them, which one sweep counts."""

from __future__ import annotations

from math import log10
from typing import Any, NamedTuple

from autograd_lite.engine.graph import topological_order
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value

Edges = dict[Value, list["Edge"]]  # by the node that they lead to


class Edge(NamedTuple):
    """An operand of a node, where it stands among the operands, and the local partial by it."""

    place: int
    operand: Value
    partial: float


def edges_between(y: Value, x: Value) -> Edges:
    """For each node that y depends on and x influences, in topological order, the edges over which it does."""
    found: Edges = {}
    for node in topological_order(y, border=[x]):
        edges = [
            Edge(place, operand, partial)
            for place, (operand, partial) in enumerate(zip(node.operands, node.partials, strict=True))
            if partial is not None and (operand is x or operand in found)
        ]
        if edges:
            found[node] = edges
    return found


def total(edges: Edges, y: Value, x: Value, first: int, each: int) -> int:
    """What adds up at y, where x has `first`, and every edge brings what its operand has and `each`.

    So 1 and 0 count the paths, 0 and 1 the edges of the tree that the graph unfolds to. The integers
    are exact, and may be so long that each is kept only until its last use.

    >>> x = Value(1.0)
    >>> u = x + x
    >>> y = u + u
    >>> total(edges_between(y, x), y, x, 1, 0), total(edges_between(y, x), y, x, 0, 1)
    (4, 6)
    """
    last = {edge.operand: node for node, found in edges.items() for edge in found}
    sums = {x: first}
    for node, found in edges.items():
        sums[node] = sum(sums[edge.operand] + each for edge in found)
        for edge in found:
            if last[edge.operand] is node:
                sums.pop(edge.operand, None)
    return sums.get(y, 0)


def counted(count: int) -> str:
    """A whole number in full, or its size where nobody would read it.

    >>> counted(2 ** 40), counted(2 ** 1000)
    ('1,099,511,627,776', 'about 10^301')
    """
    return f"{count:,}" if count < 10**100 else f"about 10^{log10(count):.0f}"


def check(name: str, *values: Any) -> None:
    """Refuse what is no `Value`."""
    for which, value in zip("yx", values, strict=True):
        if not isinstance(value, Value):
            raise TypeError(f"{name}(y, x): {which} is a Value, got {type(value).__name__} {shortened(value)}")
