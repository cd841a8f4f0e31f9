"""What keeps a network from learning: gradients that are stale, missing or out of proportion, units that pass none.

The part of the doctor's work that looks at leaves, units and layers. Each function yields the findings of one kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot, inf, isclose, isfinite, sqrt
from typing import Any, NamedTuple

from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import TABLE, detach, relu
from autograd_lite.engine.value import Value
from autograd_lite.views.doctor.findings import (
    FEWEST_SAMPLES,
    UNIT,
    Examined,
    Finding,
    at,
    finding,
    inside,
    layer_of,
    path,
)
from autograd_lite.views.doctor.plateau import outputs_of
from autograd_lite.views.doctor.siblings import feeding_numbers, sources, told_apart

# A unit whose slope is below a thousandth of its greatest learns a thousand times slower: tanh beyond ±4.2.
LEAST_SLOPE = 1e-3
ACTIVATIONS = (relu, *(op for op in TABLE.values() if op.saturates is not None))
# No learning rate suits two layers of which one gets ten thousand times the gradient of the other: while the one
# goes the length of its weights, the other changes in its fifth digit.
LARGEST_RATIO = 1e4
# Sums in another order differ in the last of sixteen digits; nine leave room for long sums.
ROUNDING = 1e-9
MOST_NAMES = 4  # of units in a message


def stale(graph: Examined) -> Iterator[Finding]:
    """Leaves that hold more than what `backward()` of this graph brought."""
    adjoints = graph.adjoints
    if not graph.swept or not all(_same(node.grad, adjoints.get(node, 0.0)) for node in graph.order):
        return  # no pass has come by, or one from another root
    leaves = [x for x in graph.leaves if x in adjoints]
    apart = [x for x in leaves if x.grad != 0.0 and not _same(x.grad, adjoints[x])]
    if apart and not _clipped(apart, leaves, adjoints):
        x = max(apart, key=lambda x: abs(x.grad - adjoints[x]))
        count = f" ({len(apart)} of {len(leaves)} leaves hold such a remainder)" if len(leaves) > 1 else ""
        cause = f"{graph.name(x)}.grad is {x.grad!r}, but this graph brings {adjoints[x]!r}"
        rest = f"{x.grad - adjoints[x]!r} was there before or came from elsewhere{count}"
        yield finding(
            "stale gradient",
            x,
            f"{cause}: {rest}; call zero_grad() before each backward(), unless you add up on purpose",
        )


def _same(x: float, y: float) -> bool:
    return isclose(x, y, rel_tol=ROUNDING)


def _clipped(apart: list[Value], leaves: list[Value], adjoints: dict[Value, float]) -> bool:
    """Whether the gradients were held at a limit since: all by one factor, or those that were larger to one size."""
    shares = [x.grad / adjoints[x] if adjoints[x] else inf for x in apart]
    if not all(0.0 < share < 1.0 for share in shares) or sum(map(bool, map(adjoints.get, leaves))) < 2:
        return False
    limit = abs(apart[0].grad)
    by_factor = len(apart) > 1 and all(_same(share, shares[0]) for share in shares)
    return by_factor or (all(abs(x.grad) == limit for x in apart) and all(abs(x.grad) <= limit for x in leaves))


def cut_off(graph: Examined) -> Iterator[Finding]:
    """Leaves that no gradient reaches: unused, or behind an operation that passes nothing back."""
    ways: dict[Value, set[Op]] = {}  # the operations at which the paths from a node end
    for node in reversed(graph.order):
        for x in node.operands:
            if type(x) is Value and x not in graph.adjoints and node.op is not None:
                ways.setdefault(x, set()).update([node.op] if node in graph.adjoints else ways[node])
    groups: dict[Any, list[Value]] = {}
    for x in graph.learning:
        ends = ways.get(x, set())
        if x not in graph.adjoints and (graph.parameters is not None or all(map(_flat, ends))):
            layer = _layer_of_name((graph.parameters or {}).get(x, ""))
            groups.setdefault((tuple(sorted(op.name for op in ends)), layer), []).append(x)
    for (names, _), leaves in groups.items():
        if not names:
            reason = "is not part of what was computed; use it, or leave it out of the parameters"
        elif detach.name in names:
            reason = "reaches the result through detach alone; leave that out, or the leaf out of the parameters"
        else:
            reason = f"reaches the result through {' and '.join(names)} alone, which is flat; take a smooth function"
        yield finding("no gradient", leaves[0], f"{graph.listed(leaves)} gets no gradient: it {reason}")


def _flat(op: Op) -> bool:
    """Whether the derivative is zero wherever it exists, and not because somebody asked for that, as with `detach`."""
    return op is not detach and all(partial == 0.0 for partial in op.partials[: op.arity - len(op.defaults)])


def _layer_of_name(name: str) -> str:
    """The layer of a parameter's name: layers.0 of layers.0.neurons.3.w.1, hidden of hidden.b, w of w.2."""
    parts = name.split(".")
    return ".".join(parts[:2] if len(parts) > 2 and parts[1].isdigit() else parts[:1])


def layers(graph: Examined, explained: bool) -> Iterator[Finding]:
    """Layers whose nodes have gradients out of proportion to those of the last one.

    `explained` says that units are dead or saturated: then a gradient of zero is not a finding of its own.
    """
    held: dict[tuple[str, ...], list[Value]] = {}
    for node in graph.order:
        if node.scope and node in graph.adjoints:
            held.setdefault(layer_of(node.scope), []).append(node)
    size = {layer: hypot(*(graph.adjoints[x] for x in nodes)) / sqrt(len(nodes)) for layer, nodes in held.items()}
    last = next((layer for layer in reversed(size) if size[layer] > 0.0), None)
    if last is None or not all(map(isfinite, size.values())):
        return
    most, least = max(size, key=size.__getitem__), min(size, key=size.__getitem__)
    found = []
    if size[most] > LARGEST_RATIO * size[last]:
        found.append(("exploding", most, "smaller first weights, or clip_grad_norm before each step,"))
    if size[last] > LARGEST_RATIO * size[least] and (size[least] > 0.0 or not explained):
        found.append(("vanishing", least, "relu, or first weights by init='xavier' or 'he',"))
    for word, layer, cure in found:
        sizes = (
            f"{size[layer]:.1e} in {path(layer)}, {size[last]:.1e} in {path(last)} (root mean squares of the nodes')"
        )
        node = held[layer][0]
        yield finding(f"{word} gradient", node, f"the gradient is {word}: {sizes}{at(node)}; {cure} may help")


class Unit(NamedTuple):
    """The nodes that one unit of a network made, one for each sample, and what feeds it and no sibling in its scope."""

    op: Op
    scope: tuple[str, ...]
    nodes: list[Value]
    own: Value | None = None

    @property
    def slope(self) -> float:
        """The steepest local partial of all samples."""
        return max(abs(node.partials[0] or 0.0) for node in self.nodes)

    @property
    def ill(self) -> bool:
        """Whether hardly anything is passed back for any sample."""
        return passes_nothing(self.op, self.slope, len(self.nodes))


def passes_nothing(op: Op | None, slope: float, samples: int) -> bool:
    """Whether a unit of this activation, and this steepest slope of all samples, learns hardly anything.

    >>> passes_nothing(relu, 0.0, 10), passes_nothing(TABLE["tanh"], 0.5, 10)
    (True, False)
    """
    if op is relu:
        return samples >= FEWEST_SAMPLES and slope == 0.0
    return op in ACTIVATIONS and slope < LEAST_SLOPE * (op.saturates or 0.0)


def effect_of(op: Op, slope: float, samples: str, where: str = "") -> tuple[str, str, str]:
    """What such a unit is, for which samples and at which line, and what may help: the kind, the effect, the cure.

    >>> effect_of(relu, 0.0, "for all 10 samples")[1]
    'dead for all 10 samples: with inputs never above 0, nothing is learned'
    """
    if op is relu:
        effect = f"dead {samples}{where}: with inputs never above 0, nothing is learned"
        return "dead relu", effect, "lower the learning rate, take leaky_relu, or choose other first weights"
    effect = f"saturated {samples}{where}: with slopes of at most {slope:.1e}, hardly anything is learned"
    return "saturated", effect, "scale inputs and first weights down, or lower the learning rate"


def units(graph: Examined) -> Iterator[Finding]:
    """Relu units that are off, and sigmoid and tanh units that are saturated, for all samples; one for each layer."""
    places: dict[Any, list[Value]] = {}
    for node in graph.order:
        if node.op in ACTIVATIONS:
            place = node.scope or node.line  # outside of scopes, the line tells units apart
            places.setdefault((node.op, node.label, place), []).append(node)
    together: dict[Any, list[Unit]] = {}
    for unit in _each(graph, places):
        together.setdefault((unit.op, layer_of(unit.scope)), []).append(unit)
    for siblings in together.values():
        ill = [unit for unit in siblings if unit.ill]
        if ill:
            yield _of_layer(graph, ill, len(siblings))
        yield from _alike(graph, [unit for unit in siblings if not unit.ill], len(siblings))


def _alike(graph: Examined, units: list[Unit], siblings: int) -> Iterator[Finding]:
    """Units that have equal weights, outputs and gradients: no step will tell them apart."""
    outputs = {x for nodes in outputs_of(graph).values() for x in nodes}  # which the targets may tell apart
    twins: dict[Any, list[Unit]] = {}
    for unit in units:
        if unit.nodes[0] not in outputs:
            numbers = [(x.data, graph.adjoints.get(x, 0.0)) for x in unit.nodes]
            twins.setdefault((feeding_numbers(unit.nodes[0], ACTIVATIONS), *numbers), []).append(unit)
    for alike in twins.values():
        if len(alike) > 1:
            subject = _subject(graph, alike, siblings)
            effect = "alike: equal weights get equal gradients, and stay equal, so that they do the work of one"
            node = alike[0].nodes[0]
            cure = "draw the first weights at random, as init='xavier' does, from different seeds"
            yield finding("units alike", node, f"{subject} are {effect}{at(node)}; {cure}")


def _each(graph: Examined, places: dict[Any, list[Value]]) -> Iterator[Unit]:
    """The units of all places; those that one place may hold several of are told apart by their parameters."""
    crowded = [nodes for nodes in places.values() if len(nodes) > 1 and not _numbered(nodes[0].scope)]
    fed: dict[Value, list[Value]] = {}
    for op in ACTIVATIONS:  # one by one: in tanh(z) * sigmoid(z), each has what is in z for itself
        fed |= sources([node for nodes in crowded for node in nodes if node.op is op], ACTIVATIONS)
    for (op, *_), nodes in places.items():
        apart = told_apart({x: fed[x] for x in nodes}, graph.parameters) if nodes[0] in fed else [(nodes, None)]
        yield from (Unit(op, nodes[0].scope, own_nodes, own) for own_nodes, own in apart)


def _numbered(scope: tuple[str, ...]) -> bool:
    """Whether a scope is one unit's own, as those in a `nn.Layer` are."""
    return bool(scope) and UNIT.fullmatch(scope[-1]) is not None and scope[-1] != "neuron"


def _of_layer(graph: Examined, ill: list[Unit], siblings: int) -> Finding:
    op, scope, nodes, own = ill[0]
    counts = sorted({len(unit.nodes) for unit in ill})
    if counts == [1]:
        samples = f"at {graph.written(nodes[0])}"
    else:
        samples = f"for all {' to '.join(map(str, dict.fromkeys((counts[0], counts[-1]))))} recorded samples"
    subject = f"{op.name}{inside(scope)}" if len(ill) == 1 and own is None else _subject(graph, ill, siblings)
    kind, effect, cure = effect_of(op, max(unit.slope for unit in ill), samples, at(nodes[0]))
    return finding(kind, nodes[0], f"{subject} is {effect}; {cure}")


def _subject(graph: Examined, units: list[Unit], siblings: int) -> str:
    """Some units of a layer, by their names or by what feeds them."""
    op, scope, *_ = units[0]
    names = [path(unit.scope[-1:]) for unit in units if unit.own is None and unit.scope != layer_of(unit.scope)]
    feeding = [graph.name(unit.own) for unit in units if unit.own is not None]
    names += [f"fed by {feeding[0]}", *feeding[1:]] if feeding else []
    some = ", ".join([*names[:MOST_NAMES], *["…"] * (len(names) > MOST_NAMES)])
    return f"{op.name} of {len(units)} of {siblings} units{inside(layer_of(scope))}{some and f' ({some})'}"
