"""What the page of a folded network computes with: a rule for each operation, the nodes outside of units."""

from __future__ import annotations

from typing import Any

from autograd_lite.engine.ops import Op
from autograd_lite.engine.text import counted, readable
from autograd_lite.engine.value import Value
from autograd_lite.views.steps.page.javascript import generic_rules, number
from autograd_lite.views.steps.passes import Passes

MOST = 1000  # operations outside of units, such as those of the loss and of a penalty
CUSTOM = "The inputs cannot be moved: a unit computes something else than z = Σ w·x + b and one function of z."
MANY = "The inputs cannot be moved: there are {} outside of units, more than a page computes."


class StillError(ValueError):
    """The inputs of a network cannot be moved, and why."""


def outside_units(trace: Passes, network: dict[str, Any]) -> tuple[dict[str, Any], list[Op]]:
    """What is computed outside of units, as data, and the operations that these and the units' activations need.

    `outside` has [place, operation, operands] of each node, in topological order; an operand is a place, or [number]
    where it is constant. `leaves` are [place, number]. `activations` has [operation, operands] for each unit, in which
    null stands for z; null for a unit that is linear, or none. Raises StillError where that is not all.

    >>> from autograd_lite import trace
    >>> from autograd_lite.nn import Neuron, losses
    >>> from autograd_lite.views.steps.network import network
    >>> steps = trace(losses.mse(Neuron(1, "tanh", seed=1)([0.5]), 1.0))
    >>> found, ops = outside_units(steps, network(steps))
    >>> [op.name for op in ops], found["activations"], [node[1:] for node in found["outside"]]
    (['sub', 'square', 'tanh'], [[2, [None]]], [[0, [4, [1.0]]], [1, [5]]])
    """
    nodes, places, units = trace.nodes, trace.places, network["units"]
    outputs = {nodes[a]: (unit, s) for unit in units if unit["fits"] for s, (_, a) in enumerate(unit["at"])}
    found: set[Value] = set()
    stack = [trace.root]
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack += _given(nodes, network, *outputs[node]) if node in outputs else _values(node.operands)
    outside = sorted((node for node in found if node.op and node not in outputs), key=places.__getitem__)
    if len(outside) > MOST:
        raise StillError(MANY.format(counted(len(outside), "operation")))
    _check_custom(trace, units, outside)
    ops: dict[Any, int] = {}

    def applied(node: Value, z: Value | None = None) -> list[Any]:
        operands = [[number(x)] if type(x) is float else None if x is z else places[x] for x in node.operands]
        return [ops.setdefault(node.op, len(ops)), operands]

    computed = [[places[node], *applied(node)] for node in outside]
    activations: list[Any] = []
    for unit in units:
        calls = [applied(nodes[a], nodes[z]) for z, a in unit["at"] if unit["fits"] and z != a]
        if any(call != calls[0] for call in calls):  # as where each sample has a slope of its own
            raise StillError(CUSTOM)
        activations.append(calls[0] if calls else None)
    leaves = [[places[node], number(trace.values[node])] for node in nodes if node in found and node.op is None]
    return {"outside": computed, "leaves": leaves, "activations": activations}, list(ops)


def _given(nodes: list[Value], network: dict[str, Any], unit: dict[str, Any], sample: int) -> list[Value]:
    """The nodes that a unit takes for a sample; its weights are in the network's data."""
    sources = [term["from"] for term in unit["terms"] if term["from"]]
    at = [
        network["units"][source["unit"]]["at"][sample][1]
        if "unit" in source
        else network["inputs"][source["input"]]["at"][sample]
        for source in sources
    ]
    return [nodes[place] for place in at if place is not None]


def _values(operands: tuple[Any, ...]) -> list[Value]:
    return [x for x in operands if type(x) is Value]


def _check_custom(trace: Passes, units: list[dict[str, Any]], outside: list[Value]) -> None:
    """A unit of another kind must have no weights, which nothing would move, and lead to what is outside of units."""
    custom = [unit for unit in units if not unit["fits"]]
    scopes, places = {unit["scope"] for unit in custom}, {trace.places[node] for node in outside}
    weights = any(
        x.op is None and x in trace.gradients
        for node in outside
        if "/".join(map(readable, node.scope)) in scopes
        for x in _values(node.operands)
    )
    if weights or any(edge[2] not in places for unit in custom for call in unit["edges"] for edge in call):
        raise StillError(CUSTOM)


def operations(ops: list[Op]) -> str:
    """Each operation as its value and its local partials, in JavaScript.

    >>> from autograd_lite import exp, mul
    >>> print(operations([exp, mul]))
    const OPERATIONS = [
    [(x0) => f_exp(x0), (x0, z) => z],
    [(x0, x1) => (x0 * x1), (x0, x1, z) => x1, (x0, x1, z) => x0]];
    """
    return "const OPERATIONS = [\n" + ",\n".join(f"[{', '.join(generic_rules(op))}]" for op in ops) + "];"
