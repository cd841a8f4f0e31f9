"""How the nodes of a graph are ordered and named, and which are marked as changed: the same in every view."""

from __future__ import annotations

from autograd_lite.engine.graph import topological_order
from autograd_lite.engine.symbolic import as_recorded
from autograd_lite.engine.text import readable
from autograd_lite.engine.value import Value


def in_order(root: Value) -> list[Value]:
    """All nodes of a graph in topological order, each leaf just before the first node that it is an operand of.

    >>> x = Value(2.0)
    >>> [node.op for node in in_order(x * x)]
    [None, <Op mul>]
    """
    nodes = dict.fromkeys([root] if root.op is None else ())
    for node in topological_order(root):
        for x in node.operands:
            if type(x) is Value:
                nodes[x] = None
        nodes[node] = None
    return list(nodes)


def names(nodes: list[Value]) -> dict[Value, str]:
    """The name of each node: its label, or v1, v2, ... by its place, in letters that no label clashes with.

    >>> x = Value(2.0, label="x")
    >>> list(names(in_order(x * x)).values())
    ['x', 'v2']
    """
    labels = [readable(node.label or "") for node in nodes]
    letters, taken = "v", set(labels)
    while not taken.isdisjoint(numbered := [f"{letters}{place}" for place in range(1, len(nodes) + 1)]):
        letters += "v"
    return {node: label or name for node, label, name in zip(nodes, labels, numbered, strict=True)}


def changed_operands(node: Value) -> list[Value]:
    """The leaves that a node was computed from and that were given other numbers since.

    >>> x = Value(2.0)
    >>> y = x * x
    >>> x.data = 3.0
    >>> changed_operands(y) == [x, x], changed_operands(x * x)
    (True, [])
    """
    changed = [x for x in node.operands if type(x) is Value and x.changed]
    return changed if changed and not as_recorded(node) else []
