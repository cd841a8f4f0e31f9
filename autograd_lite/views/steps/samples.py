"""The samples of a loss: which call of each unit belongs to which, the loss of each, and their mean or sum."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autograd_lite.engine.graph import Edge, edges
from autograd_lite.engine.value import Value
from autograd_lite.views.steps.passes import Passes
from autograd_lite.views.steps.units import TOLERANCE, Unit

MANY = -1  # what depends on more than one sample
PROBE = 1.5  # at which a function is asked whether it takes d and −d for the same, as a measure of errors does


@dataclass(eq=False, repr=False)
class Samples:
    """How the calls of the units hang together.

    `count` is the number of samples; `separate` is False where calls depend on each other, as the steps of a
    recurrence do, so that there are no samples to tell apart. `reduction` is "mean" or "sum", "" where that cannot be
    told; `losses` has the loss of each sample, None where it cannot be told, such that their mean or sum is the data's
    part of the loss. `scale` turns a recorded gradient into that of the sample's own loss: the mean's 1/n belongs to
    the loss, and not to δ. `targets` has what an output was compared with, None where that cannot be told.
    """

    count: int
    separate: bool = True
    reduction: str = ""
    scale: float = 1.0
    losses: list[float | None] = field(default_factory=list)
    nodes: list[Value | None] = field(default_factory=list)  # which have them, each times `factor`
    factor: float = 1.0
    targets: list[list[float] | None] = field(default_factory=list)


def samples_of(trace: Passes, units: list[Unit]) -> Samples:
    """The samples that the units were called for.

    >>> from autograd_lite import trace
    >>> from autograd_lite.nn import MLP, losses
    >>> from autograd_lite.views.steps.units import units_of
    >>> model = MLP(1, [1], init=lambda *_: 1.0)
    >>> steps = trace(losses.mse([model([x]) for x in (1.0, 2.0)], [0.0, 0.0]))
    >>> samples = samples_of(steps, units_of(steps))
    >>> samples.reduction, samples.losses, samples.targets
    ('mean', [1.0, 4.0], [[0.0], [0.0]])
    """
    count = max((len(unit.calls) for unit in units), default=0)
    samples = Samples(count, losses=[None] * count, nodes=[None] * count, targets=[None] * count)
    inside = {node: (unit, i) for unit in units for i, call in enumerate(unit.calls) for node in call.nodes}
    tags: dict[Value, int] = {}
    users: dict[Value, list[Edge]] = {}
    for node in trace.nodes:
        found = {tags[edge.operand] for edge in edges(node) if edge.operand in tags}
        for edge in edges(node):
            users.setdefault(edge.operand, []).append(edge)
        if node in inside:
            _, i = inside[node]
            samples.separate = samples.separate and found <= {i}
            tags[node] = i
        elif found:
            tags[node] = found.pop() if len(found) == 1 else MANY
    if len({len(unit.calls) for unit in units}) > 1:
        samples.separate = False
    if samples.separate and count:
        _lose(trace, samples, tags, inside, users)
    return samples


def _lose(
    trace: Passes, samples: Samples, tags: dict[Value, int], inside: dict[Value, Any], users: dict[Value, list[Edge]]
) -> None:
    """Find the loss of each sample: the last node that depends on it alone."""
    count = samples.count
    found: list[list[Value]] = [[] for _ in range(count)]
    for node, tag in tags.items():
        if tag != MANY:
            _target(trace, samples, node, tag, inside, users)
            if node is trace.root or any(tags[edge.node] == MANY for edge in users.get(node, ())):
                found[tag].append(node)
    if any(len(nodes) != 1 or nodes[0] in inside for nodes in found):
        return
    weights = [trace.gradients.get(nodes[0], 0.0) for nodes in found]
    if max(weights) - min(weights) > TOLERANCE * abs(weights[0]) or not weights[0]:
        return
    mean = any(_divides(node, count) for node, tag in tags.items() if tag == MANY)
    samples.reduction = "" if count == 1 else "mean" if mean else "sum"
    samples.scale = float(count) if mean else 1.0
    factor = weights[0] * samples.scale  # 1, or what stands before the mean, such as the ½ of half the squared error
    factor = round(factor) if abs(factor - round(factor)) <= TOLERANCE else factor
    samples.nodes, samples.factor = [nodes[0] for nodes in found], factor
    samples.losses = [factor * trace.values[nodes[0]] for nodes in found]


def _divides(node: Value, count: int) -> bool:
    """Whether a node divides by the number of samples."""
    form = node.op.form if node.op is not None else None
    constants = [x for x in node.operands[-1 if form == "quotient" else 0 :] if isinstance(x, float)]
    if form == "quotient":
        return constants == [float(count)]
    return form == "product" and any(abs(x * count - 1.0) <= TOLERANCE for x in constants)


def _target(
    trace: Passes,
    samples: Samples,
    node: Value,
    tag: int,
    inside: dict[Value, Any],
    users: dict[Value, list[Edge]],
) -> None:
    """Where an output minus a number is measured by a function that takes both signs for the same, note the number."""
    if node in inside or node.op is None or node.op.form != "difference" or not _measured(node, users):
        return
    output, other = node.operands
    if not (isinstance(output, Value) and output in inside):
        output, other = other, output
    if not (isinstance(output, Value) and output in inside) or (isinstance(other, Value) and other.op is not None):
        return
    targets = samples.targets[tag] or []
    samples.targets[tag] = [*targets, other if isinstance(other, float) else trace.values[other]]


def _measured(difference: Value, users: dict[Value, list[Edge]]) -> bool:
    """Whether all that uses a difference has the same number for its negative."""

    def even(node: Value) -> bool:
        at = [[sign * PROBE if x is difference else x for x in node.operands] for sign in (1.0, -1.0)]
        if node.op is None or any(isinstance(x, Value) for x in at[0]):
            return False
        try:
            return node.op.of_floats(*at[0]) == node.op.of_floats(*at[1])
        except (ArithmeticError, ValueError):
            return False

    return all(even(edge.node) for edge in users.get(difference, ())) and bool(users.get(difference))
