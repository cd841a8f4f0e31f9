"""The edges between two nodes of a graph, and the number of paths along them, which one sweep counts."""

from __future__ import annotations

from math import log10
from typing import Any

from autograd_lite.engine.graph import edges, topological_order
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value

Edges = dict[Value, list[Any]]  # by the node that they lead to: an `Edge` each, whose partial is a number


def edges_between(y: Value, x: Value) -> Edges:
    """For each node that y depends on and x influences, in topological order, the edges over which it does."""
    found: Edges = {}
    for node in topological_order(y, border=[x]):
        on_path = [e for e in edges(node) if e.partial is not None and (e.operand is x or e.operand in found)]
        if on_path:
            found[node] = on_path
    return found


def swept(between: Edges, y: Value, x: Value, first: int, each: int) -> int:
    """The sum at y after one sweep, where x has `first`, and every edge brings what its operand has and `each`.

    So 1 and 0 count the paths, 0 and 1 the edges of the tree that the graph unfolds to. The integers
    are exact, and may be so long that each is kept only until its last use.

    >>> x = Value(1.0)
    >>> u = x + x
    >>> y = u + u
    >>> swept(edges_between(y, x), y, x, 1, 0), swept(edges_between(y, x), y, x, 0, 1)
    (4, 6)
    """
    last = {edge.operand: node for node, found in between.items() for edge in found}
    sums = {x: first}
    for node, found in between.items():
        sums[node] = sum(sums[edge.operand] + each for edge in found)
        for edge in found:
            if last[edge.operand] is node:
                sums.pop(edge.operand, None)
    return sums.get(y, 0)


def magnitude(count: int) -> str:
    """A whole number in full, or its size where nobody would read it.

    >>> magnitude(2 ** 40), magnitude(2 ** 1000)
    ('1,099,511,627,776', 'about 10^301')
    """
    return f"{count:,}" if count < 10**100 else f"about 10^{log10(count):.0f}"


def check(name: str, *values: Any) -> None:
    """Refuse what is not a `Value`."""
    for which, value in zip("yx", values, strict=True):
        if not isinstance(value, Value):
            raise TypeError(f"{name}(y, x): {which} is a Value, got {type(value).__name__} {shortened(value)}")
