"""Networks that have learned nothing yet but a constant: the loss is flat there, and what the samples ask for cancels.

The outputs of a model are the nodes made in its scopes and used outside of them, by the loss. A constant that suits
the targets best, such as ½ for the gates, is reached within a few steps, through the last bias alone; a network whose
outputs do not differ by then may stay there for long. A network that has just been made is not accused, though its
outputs may hardly differ: there the samples pull together.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum, hypot, isfinite

from autograd_lite.engine.graph import reverse_sweep
from autograd_lite.engine.value import Value
from autograd_lite.views.doctor.findings import FEWEST_SAMPLES, UNIT, Examined, Finding, at, finding

# Bounds by trial, not by theory, on small networks for gates, moons, circles, blobs and curves: a training that stands
# still is below both, and one that is on its way to something is seldom below both at once. A slow one may be.
LARGEST_GAIN = 0.02
LARGEST_REST = 0.015


def plateau(graph: Examined) -> Iterator[Finding]:
    """A loss that is no better than with the same outputs for all samples, and a gradient in which they cancel."""
    units = outputs_of(graph)
    if not units or min(map(len, units.values())) < FEWEST_SAMPLES:
        return
    pulls = {x: graph.adjoints.get(x, 0.0) / graph.seed for nodes in units.values() for x in nodes}
    pull = fsum(map(abs, pulls.values()))
    if fsum(abs(fsum(pulls[x] for x in nodes)) for nodes in units.values()) >= LARGEST_REST * pull:
        return  # another constant would be better, and the last biases are on their way to it
    try:
        loss, constant = _losses(graph, {x: _mean(nodes) for nodes in units.values() for x in nodes})
    except (ArithmeticError, ValueError):  # the constant lies outside of the loss's domain
        return
    if not isfinite(constant) or not abs(constant - loss) < LARGEST_GAIN * constant:
        return
    rest = _rest(graph, pulls)
    if rest < LARGEST_REST:
        first, *others = units.values()
        numbers = [x.data for x in first]
        span = "" if others else f", from {min(numbers):.4g} to {max(numbers):.4g} for all {len(numbers)} samples"
        cause = f"the outputs hardly differ{span}: the loss, {loss:.4g}, is that of a constant, {constant:.4g}"
        flat = (
            f"and of the samples' gradients {100.0 * rest:.2g} % are left in the sum, since they cancel{at(first[0])}"
        )
        cure = "if it stays there, take other first weights (another seed, init='xavier'), more hidden units, or Adam"
        yield finding("plateau", first[0], f"{cause}, {flat}; {cure}")


def outputs_of(graph: Examined) -> dict[tuple[str, ...], list[Value]]:
    """What the loss takes from the model, by the unit that made it: one node for each sample."""
    around = graph.root.scope
    if around and UNIT.fullmatch(around[-1]):
        return {}  # the root is an output itself
    found: dict[tuple[str, ...], dict[Value, None]] = {}
    for node in graph.order:
        if node.scope == around[: len(node.scope)]:
            for x in node.operands:
                if type(x) is Value and x.op is not None and x.scope != around[: len(x.scope)]:
                    found.setdefault(x.scope, {})[x] = None
    return {scope: list(nodes) for scope, nodes in found.items()}


def _mean(nodes: list[Value]) -> float:
    return fsum(x.data / len(nodes) for x in nodes)


def _losses(graph: Examined, outputs: dict[Value, float]) -> tuple[float, float]:
    """The loss, and what it would be of these outputs; both without penalties, terms that no output is part of."""
    new = dict(outputs)
    for node in graph.order:
        if node.op is not None and node not in outputs and any(x in new for x in node.operands if type(x) is Value):
            new[node] = node.op(*(new.get(x, x.data) if type(x) is Value else x for x in node.operands))
    penalty, waiting = 0.0, [graph.root]
    while waiting:
        x = waiting.pop()
        if type(x) is not Value:
            penalty += x
        elif x not in new:
            penalty += x.data
        elif x.op is not None and x.op.name == "add":
            waiting += x.operands
    return graph.root.data - penalty, new.get(graph.root, graph.root.data) - penalty


def _rest(graph: Examined, pulls: dict[Value, float]) -> float:
    """The length of the gradient, divided by the sum of the lengths of the gradients through each output alone."""
    total: dict[Value, float] = {}
    lengths = 0.0
    for output, pull in pulls.items():
        adjoints = reverse_sweep({output: pull}, graph.learning)
        slopes = {x: adjoints[x] for x in graph.learning if x in adjoints}
        lengths += hypot(*slopes.values())
        for x, slope in slopes.items():
            total[x] = total.get(x, 0.0) + slope
    return hypot(*total.values()) / lengths if lengths else 1.0
