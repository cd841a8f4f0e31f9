"""The calls of each scope: which of its nodes were computed together, and which leaves are its weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from autograd_lite.engine.graph import Edge
from autograd_lite.engine.value import Value
from autograd_lite.views.picture.parts import Path, Pieces

Pass = list[Value]  # the nodes that one call computed, in topological order


def calls_by_scope(nodes: list[Value]) -> dict[Path, list[Pass]]:
    """For each scope that computed anything, what each of its calls computed, in topological order.

    What hangs together was computed by one call, except where a unit takes its own output again, as in a recurrence:
    then all calls hang together, and each of them is what uses every weight once.

    >>> from autograd_lite import trace
    >>> from autograd_lite.nn import Neuron
    >>> cell, h = Neuron(2, "tanh", seed=1), 0.0
    >>> for x in (0.5, -1.0, 2.0):
    ...     h = cell([x, h])
    >>> [(path, list(map(len, calls))) for path, calls in calls_by_scope(trace(h).nodes).items()]
    [(('neuron',), [5, 5, 5])]
    """
    place = {node: i for i, node in enumerate(nodes)}
    pieces = Pieces(len(nodes))
    for node, i in place.items():
        for x in node.operands:
            if type(x) is Value and x.op is not None and node.scope and x.scope == node.scope:
                pieces.join(i, place[x])
    together: dict[tuple[Path, int], Pass] = {}
    for node, i in place.items():
        if node.op is not None and node.scope:
            together.setdefault((node.scope, pieces.of(i)), []).append(node)
    found: dict[Path, list[Pass]] = {}
    for (path, _), one in together.items():
        found.setdefault(path, []).extend(_split(one))
    for calls in found.values():
        calls.sort(key=lambda one: place[one[-1]])  # by what they end with: what they begin with, others may wait for
    return found


def _split(nodes: Pass) -> list[Pass]:
    """What hangs together, by the uses of the leaves that are used most; as it is, where the parts are not alike."""
    uses = Counter(x for node in nodes for x in _leaves(node))
    most = max(uses.values(), default=0)
    if most < 2:
        return [nodes]
    shared = {x for x, count in uses.items() if count == most}
    place = {node: i for i, node in enumerate(nodes)}
    pieces = Pieces(len(nodes))
    held = [{x for x in _leaves(node) if x in shared} for node in nodes]
    for node, i in place.items():
        for x in node.operands:
            if type(x) is Value and x in place:
                one, other = pieces.of(i), pieces.of(place[x])
                if one != other and held[one].isdisjoint(held[other]):
                    pieces.join(one, other)
                    held[pieces.of(one)] = held[one] | held[other]
    parts: dict[int, Pass] = {}
    for node, i in place.items():
        parts.setdefault(pieces.of(i), []).append(node)
    kinds = {tuple(sorted(node.op.name for node in part if node.op is not None)) for part in parts.values()}
    return list(parts.values()) if len(kinds) == 1 else [nodes]


def _leaves(node: Value) -> Iterable[Value]:
    return (x for x in node.operands if type(x) is Value and x.op is None)


def weights_of(calls: list[Pass], users: dict[Value, list[Edge]]) -> dict[Value, None]:
    """The leaves that every call of a scope uses, and no other scope does; a penalty outside of scopes may.

    Where two of them are multiplied by each other, one is an input: that whose name says so, otherwise the second.
    """
    scope = calls[0][0].scope
    inside = {node: i for i, one in enumerate(calls) for node in one}
    leaves = dict.fromkeys(x for node in inside for x in _leaves(node))
    weights: dict[Value, None] = {}
    for x in leaves:
        used = [edge.node for edge in users[x]]
        everywhere = len({inside[node] for node in used if node in inside}) == len(calls)
        if everywhere and all(not node.scope or node.scope == scope for node in used):
            weights[x] = None
    for node in inside:
        operands = node.operands
        if node.op is not None and node.op.form == "product" and all(_among(x, weights) for x in operands):
            first, second = operands
            if first is not second:
                swapped = (first.label or "")[:1] in "xX" and (second.label or "")[:1] not in "xX" and first.label
                weights.pop(first if swapped else second)
    return weights


def _among(x: Value | float, weights: dict[Value, None]) -> bool:
    return isinstance(x, Value) and x in weights
