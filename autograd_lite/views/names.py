"""How the nodes of a graph are ordered and named, and which are marked as changed: the same in every view."""

from __future__ import annotations

from collections.abc import Sequence

from autograd_lite.engine.graph import topological_order
from autograd_lite.engine.symbolic import as_recorded
from autograd_lite.engine.text import readable
from autograd_lite.engine.value import Value
from autograd_lite.views.units import noted

LETTERS = "vutsrqpnmlkhgfdc"  # of nodes without a name, the first that makes no name twice


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


def names(nodes: Sequence[Value]) -> dict[Value, str]:
    """The name of each node: its label; in a network as the notes have it; otherwise v1, v2, … by its place.

    What a network's outputs are put into, the last, is L, if it has no label and nothing else is called so. Where a
    label is one of these, another letter is taken.

    >>> x = Value(2.0, label="x")
    >>> list(names(in_order(x * x)).values())
    ['x', 'v2']
    >>> list(names(in_order(Value(2.0, label="v2") * 3.0 * 4.0)).values())
    ['v2', 'u2', 'u3']
    """
    units = noted(nodes)
    labels = [units.get(node) or (readable(label) if (label := node.label) else "") for node in nodes]
    if units and not labels[-1] and nodes[-1].op is not None and "L" not in labels:
        labels[-1] = "L"
    taken = set(labels)
    longest = max(map(len, taken), default=0)
    for letter in (*LETTERS, LETTERS[0] + "0" * longest):
        if taken.isdisjoint(numbered := [f"{letter}{place}" for place in range(1, len(nodes) + 1)]):
            break
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
