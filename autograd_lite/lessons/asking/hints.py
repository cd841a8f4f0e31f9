"""Hints: which way leads to an answer, in names and formulas, without its numbers; and the reason when it is told."""

from __future__ import annotations

import re
from itertools import pairwise

from autograd_lite.engine.text import shown
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quantities import Quantities
from autograd_lite.lessons.asking.quantity import AFTER, Part, Quantity
from autograd_lite.lessons.asking.spelling import folded
from autograd_lite.views.columns import literal
from autograd_lite.views.formulas import FormulaOperand
from autograd_lite.views.notations import TEXT
from autograd_lite.views.steps.asked import close
from autograd_lite.views.steps.edges import edges_between, swept
from autograd_lite.views.steps.passes import Backward
from autograd_lite.views.steps.path_sums import Path, Paths

MOST_PATHS = 3  # that are written down
MANY_PATHS = 200  # of which none is
NUMBERED = re.compile(r"[a-z]\d+")  # the name of a node that has none of its own
RATES = {"eta": "η", "alpha": "α"}  # of learning, and how they are written
MOST_REASONS = 4  # numbers, each of whose last steps is told


class Markdown(str):
    """What a lesson's author has written; what else is said has the graph's own names, which are text."""

    __slots__ = ()


def as_markdown(said: str) -> str:
    """A hint or a reason in Markdown, in which the graph's own names have no other meaning."""
    return said if isinstance(said, Markdown) else literal(said)


def hint(asked: Quantities, quantity: Quantity) -> str:
    """The hint of the lesson's author, in Markdown; else what the graph says; "" where neither says anything.

    >>> from autograd_lite.lessons import find
    >>> from autograd_lite.lessons.asking.quantities import quantities
    >>> circuit = quantities(find("L02"), {})
    >>> hint(circuit, circuit["dL/dx"])
    'From L back to x: L ← f ← g ← x. Multiply along it: ∂L/∂f·∂f/∂g·∂g/∂x = w·1·y.'
    """
    written = {folded(name): text for name, text in asked.lesson.asked.hints.items()}
    if text := written.get(folded(quantity.of or quantity.name)):
        return Markdown(text)
    if AFTER.fullmatch(quantity.name):
        if not quantity.before:
            return ""
        stepped = "Take what was before, minus η times its derivative."
        anew = "Take the step with all parameters first; then compute it anew, with these."
        return stepped if isinstance(quantity.truth, list) else anew
    if not quantity.parts:
        return ""
    part = _telling(quantity)
    return _of_value(asked, part) if part.kind == "value" else _of_gradient(asked, part)


def _telling(quantity: Quantity) -> Part:
    """The node that a hint goes by: the first whose number is not 0."""
    pairs = zip(quantity.parts, quantity.entries, strict=True)
    return next((part for part, x in pairs if x), quantity.parts[0])


def _of_value(asked: Quantities, part: Part) -> str:
    if asked.trace is None or part.node.op is None:
        return ""
    name = asked.trace.names[part.node]
    return f"{name} is {_computation(asked, part.node)}: put in the numbers that are known."


def _computation(asked: Quantities, node: Value) -> str:
    """How a node is computed, with what has no label written out."""
    trace = asked.trace
    assert trace is not None
    formulas: dict[Value, FormulaOperand] = {}
    for x in trace.nodes[: trace.places[node] + 1]:
        if x is not node and (x.label or x.op is None):
            formulas[x] = FormulaOperand(trace.names[x], trace.values[x])
        else:
            operands = tuple(y if type(y) is float else formulas[y] for y in x.operands)
            formulas[x] = FormulaOperand("", None, x.op, operands)
    return TEXT.of(formulas[node])


def _of_gradient(asked: Quantities, part: Part) -> str:
    root, trace = asked.root, asked.trace
    if trace is None or part.step is None:
        return ""
    name, between = trace.names[part.node], edges_between(trace.root, part.node)
    if swept(between, trace.root, part.node, 1, 0) > MANY_PATHS:
        return f"Many paths lead from {root} to {name}: go back node by node, and add what arrives at each."
    found: dict[str, Path] = {}
    for path in Paths(trace.root, part.node, MANY_PATHS):
        found.setdefault(" ← ".join(_named(path)), path)
    routes = list(found)
    if len(routes) == 1:
        return f"From {root} back to {name}: {routes[0]}. Multiply along it: {_factors(found[routes[0]])}."
    said = f"{len(routes)} paths lead from {root} back to {name}: multiply along each, then add."
    listed = routes if len(routes) <= MOST_PATHS else routes[:1]
    told = "; ".join(f"{route}: {_factors(found[route])}" for route in listed)
    return f"{said} {told}." if listed == routes else f"{said} The first is {told}."


def _named(path: Path) -> list[str]:
    """The names along a path, from the root back; nodes that have none of their own are left out."""
    nodes = [*reversed(path.nodes)]
    own = [x for x in nodes if x in (nodes[0], nodes[-1]) or not NUMBERED.fullmatch(path.names[x]) or x.label]
    return [path.names[x] for x in own]


def _factors(path: Path) -> str:
    """The local derivatives along a path; where each of its nodes has a name, their formulas too."""
    names = _named(path)
    factors = "·".join(TEXT.derivative(y, x) for y, x in pairwise(names))
    formulas = path.written(of="formulas", most=8) if len(names) == len(path.nodes) else ""
    return f"{factors} = {formulas}" if any(c.isalpha() for c in formulas) and formulas != factors else factors


def reason(asked: Quantities, quantity: Quantity) -> str:
    """How an answer comes about, when it is told: the last step of each of its numbers, of not too many."""
    told = [part for part in quantity.parts if part.step is not None]
    if 0 < len(told) <= MOST_REASONS:
        return " ".join(_told(asked, part) for part in told)
    return _stepped(asked, quantity) or hint(asked, quantity)


def _stepped(asked: Quantities, quantity: Quantity) -> str:
    """The step of descent that led to each number, where the graph has what was before it and its derivative."""
    rates = [name for name in RATES if name in asked.parameters]
    if not rates or asked.trace is None or not 0 < len(quantity.before) <= MOST_REASONS:
        return ""
    rate, sign = asked.parameters[rates[0]], RATES[rates[0]]
    said = []
    for place, before, after in zip(quantity.indexed, quantity.before, quantity.entries, strict=True):
        node = asked.nodes.get(folded(place.removesuffix(" after")))
        if node is None:
            return ""
        slope = asked.trace.gradients.get(node, 0.0)
        if not close(before - rate * slope, after):
            return ""
        name = asked.trace.names[node]
        step = f"{name} − {sign}·{TEXT.derivative(asked.root, name)}"
        said.append(f"{place} = {step} = {shown(before)} − {shown(rate)} × {TEXT.signed(slope)} = {shown(after)}.")
    return " ".join(said)


def _told(asked: Quantities, part: Part) -> str:
    if isinstance(part.step, Backward):
        return part.step.words(TEXT)
    assert part.step is not None
    return f"{part.name} = {_computation(asked, part.node)} = {shown(part.step.value)}."
