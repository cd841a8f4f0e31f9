"""`diagnose`: what is wrong with a graph and its gradients, in plain words, with what to do about it.

A check looks at the recorded numbers and at a reverse sweep of its own over floats, and changes nothing. It names
each cause once: all neurons of a layer that are dead for all samples are one finding. Healthy graphs have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf, isfinite
from typing import Any

from autograd_lite.engine.graph import dependent, edges
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value
from autograd_lite.views.doctor import learning
from autograd_lite.views.doctor.findings import Examined, Finding, Findings, at, finding, inside, layer_of, named
from autograd_lite.views.doctor.plateau import plateau
from autograd_lite.views.names import changed_operands
from autograd_lite.views.notations import exact_number

KINDS = (
    "value not finite", "gradient not finite", "leaf changed", "stale gradient", "no gradient",
    "exploding gradient", "vanishing gradient", "dead relu", "saturated", "units alike", "plateau", "branch",
)  # fmt: skip


def diagnose(y: Value, parameters: Iterable[Any] | None = None) -> Findings:
    """What is wrong with the graph that computed `y`, the most severe first; an empty list if nothing is.

    Finds the first nan or inf and the operation that made it, in numbers and in gradients; leaves changed after
    they were used; after `y.backward()`, gradients that were not zeroed before; leaves that get no gradient;
    gradients that explode or vanish from layer to layer; relu units that are off, and sigmoid and tanh units
    that are saturated, for all recorded samples; units of a layer that are alike and stay so; a network that stands
    still where it gives all samples the same output, as XOR at a mean squared error of ¼; branches taken on a number.
    Layers are told apart by their scopes; units too, or by the parameters that feed them.

    `parameters`, `Value`s or pairs as `model.named_parameters()` gives, are the leaves that are meant to learn.
    Without them the leaves that come back for each sample are taken for parameters, where inputs are `Value`s too:
    a guess, for which at least three samples must have been recorded, one after the other.
    Call it after `backward()` and before the optimiser's step. Lines of your code come with `record_lines()`.

    >>> from autograd_lite import Value, diagnose, relu
    >>> w, unused = Value(2.0, label="w"), Value(1.0, label="unused")
    >>> y = relu(w * 3.0)
    >>> diagnose(y)
    []
    >>> print(*diagnose(y, [w, unused]))
    unused gets no gradient: it is not part of what was computed; use it, or leave it out of the parameters
    >>> print(*diagnose((w - 2.0) ** 0.5))
    the gradient of w is inf, which arose in the derivative of 0^0.5; keep the operands away from \
there, or compute it in another form
    """
    if not isinstance(y, Value):
        raise TypeError(f"diagnose(y): y is a Value, got {type(y).__name__} {shortened(y)}")
    graph = Examined(y, named(parameters))
    broken = [*_values(graph)] or [*_gradients(graph)]
    found = [*broken, *_changed(graph), *learning.cut_off(graph), *learning.units(graph), *_branches(graph)]
    if not broken:
        explained = any(f.kind in ("dead relu", "saturated", "units alike") for f in found)
        found += [*learning.stale(graph), *learning.layers(graph, explained)]
        if not found:
            found += plateau(graph)
    return Findings(sorted(found, key=lambda f: KINDS.index(f.kind)))


def _values(graph: Examined) -> Iterator[Finding]:
    """The first nan or inf, and how many more arose by themselves."""
    origins = [
        node
        for node in graph.nodes
        if not isfinite(node.data) and all(type(x) is not Value or isfinite(x.data) for x in node.operands)
    ]
    harmless = isfinite(graph.root.data) and all(isfinite(graph.adjoints.get(x, 0.0)) for x in graph.learning)
    if not origins or harmless:  # as where a -inf takes a class out of a softmax on purpose
        return
    node = origins[0]
    more = f" (and so by itself at {len(origins) - 1} more)" if len(origins) > 1 else ""
    if node.op is None:
        user = graph.user.get(node, node)
        cause = f"a leaf that is used{inside(user.scope)}{at(user)} is {shortened(node)}"
        cure = "set it to a number; if an optimiser did, lower the learning rate"
    else:
        result = exact_number(node.data)
        cause = f"{result} arose{inside(node.scope)} as {graph.written(node)} = {result}{graph.known(node)}{at(node)}"
        cure = "scale inputs and weights down, lower the learning rate, or compute with logarithms"
    yield finding("value not finite", node, f"{cause}{more}; {cure}")


def _gradients(graph: Examined) -> Iterator[Finding]:
    """The first operation on the way back that made a gradient nan or infinite, though all numbers are finite."""
    adjoints = graph.adjoints
    reached = [x for x in graph.learning if not isfinite(adjoints.get(x, 0.0))]
    if not reached:
        return
    leaf = reached[0]
    cause = f"the gradient of {graph.name(leaf)} is {exact_number(adjoints[leaf])}"
    order, on_path = dependent([graph.root], [leaf])
    for node in reversed(order):
        upstream = adjoints.get(node, inf)
        for edge in edges(node) if isfinite(upstream) else ():
            x, partial = edge.operand, edge.partial
            if x in on_path and partial is not None and not isfinite(upstream * partial):
                if isfinite(partial):
                    product = f"{exact_number(upstream)} × {exact_number(partial)}"
                    cure = f"{product} is too large for a float: scale the numbers down"
                else:
                    cure = "keep the operands away from there, or compute it in another form"
                what = f"{inside(node.scope)} in the derivative of {graph.written(node)}{graph.known(node)}"
                yield finding("gradient not finite", node, f"{cause}, which arose{what}{at(node)}; {cure}")
                return
    cause = f"{cause}, as the sum of what several nodes bring{at(leaf)}"
    cure = "take the mean of the samples' losses, or scale the numbers down"
    yield finding("gradient not finite", leaf, f"{cause}; {cure}")


def _changed(graph: Examined) -> Iterator[Finding]:
    """Leaves that were given another number after something was computed from the old one."""
    leaves: dict[Value, Value] = {}
    for node in graph.order:
        for x in changed_operands(node):
            leaves.setdefault(x, node)
    if leaves:
        x, node = next(iter(leaves.items()))
        cure = "compute again before you differentiate, replay or draw the graph"
        cause = f"{graph.listed([*leaves])} got a new number after {graph.written(node)}{inside(node.scope)}{at(node)}"
        yield finding("leaf changed", x, f"{cause} was computed from it; {cure}")


def _branches(graph: Examined) -> Iterator[Finding]:
    """Numbers that were compared, so that the program may have gone another way for others."""
    deciding: dict[tuple[str, ...], list[Value]] = {}
    for node in graph.nodes:
        if node.decided and node is not graph.root:  # the root was compared when all was computed
            deciding.setdefault(layer_of(node.scope), []).append(node)
    for layer, nodes in deciding.items():
        x = nodes[0]
        more = f" (and {len(nodes) - 1} more{inside(layer)})" if len(nodes) > 1 else ""
        cause = f"the number of {graph.name(x)}, {x.data!r}, has decided a branch{more or inside(layer)}{at(x)}"
        cure = "the gradient is that of the way taken: where both are meant, write where(), maximum() or clip()"
        yield finding("branch", x, f"{cause}; {cure}")
