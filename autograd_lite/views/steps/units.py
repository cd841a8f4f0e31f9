"""The units of a network, found in the recorded graph of a trace: what stands in one scope and has one output.

A unit computes z = Σ w·x + b and a = f(z); backward, δ = (Σ w δ)·f′(z) over the units that it feeds, ∂L/∂w = δ·x and
∂L/∂b = δ. Whether that is so is not taken from anybody's word: the equations are worked out with the numbers of each
call and held against what was recorded. Where they do not give that, `fits` is False, and what stands is the
chain rule along the edges that leave the unit: the sum of upstream times local.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import NamedTuple

from autograd_lite.engine.graph import Edge, edges
from autograd_lite.engine.ops import Op
from autograd_lite.engine.text import total
from autograd_lite.engine.value import Value
from autograd_lite.views.picture.parts import Path
from autograd_lite.views.steps.calls import Pass, calls_by_scope, weights_of
from autograd_lite.views.steps.passes import Passes

LINEAR = ("sum", "difference", "negative", "product", "quotient")  # forms of rows that are no activations
TOLERANCE = 1e-12  # of the size of the terms


class Term(NamedTuple):
    """A summand of z: a weight times an input, or a bias, which has none; `sign` is -1 where it is subtracted."""

    weight: Value | float
    input: Value | float | None
    sign: float


class Through(NamedTuple):
    """What comes back to an activation through one weight of a unit that it feeds: w times that unit's δ."""

    unit: Unit
    call: int
    term: int

    @property
    def share(self) -> float:
        """The weight times δ."""
        call = self.unit.calls[self.call]
        return call.trace.number(call.terms[self.term].weight) * call.terms[self.term].sign * call.delta


@dataclass(eq=False, repr=False)
class Call:
    """One call of a unit, for one sample: what it took, z, a = f(z), and what comes back.

    `op` is f, None where the unit is linear; `slope` is f′(z). `leaving` are all edges that lead from a out of the
    call; `through` the weights of other units among them that a is multiplied by, `rest` the others, such as those
    into the loss.
    """

    trace: Numbers
    nodes: list[Value]
    a: Value
    z: Value
    op: Op | None = None
    slope: float = 1.0
    terms: list[Term] = field(default_factory=list)
    leaving: list[Edge] = field(default_factory=list)
    through: list[Through] = field(default_factory=list)
    rest: list[Edge] = field(default_factory=list)

    @property
    def delta(self) -> float:
        """The gradient of z, as recorded."""
        return self.trace.gradient(self.z)

    @property
    def shares(self) -> list[float]:
        """What the edges that leave a bring back, one by one; the gradient of a is their sum."""
        seed = [1.0] if self.a is self.trace.root else []
        along = [self.trace.gradient(edge.node) * (edge.partial or 0.0) for edge in self.rest]
        return [through.share for through in self.through] + along + seed

    def given(self, term: Term) -> float:
        """The input that a term multiplies its weight by; 1 for a bias."""
        return 1.0 if term.input is None else self.trace.number(term.input)

    def gradient(self, term: Term) -> float:
        """What this call brings to the gradient of a term's weight: δ times the input."""
        return term.sign * self.delta * self.given(term)

    def fits(self, weights: Iterable[Value]) -> bool:
        """Whether the equations give what was recorded: z, its gradient, and what each weight gains."""
        numbers = self.trace
        summands = [term.sign * numbers.number(term.weight) * self.given(term) for term in self.terms]
        if not self.terms or not _near(summands, numbers.values[self.z]):
            return False
        if self.z not in numbers.gradients:  # the backward pass went elsewhere
            return True
        if not _near([share * self.slope for share in self.shares], self.delta):
            return False
        gains: dict[Value, list[float]] = {w: [] for w in weights}
        for node in self.nodes:
            for edge in edges(node):
                if edge.operand in gains:
                    gains[edge.operand].append(numbers.gradient(node) * (edge.partial or 0.0))
        for term in self.terms:
            if isinstance(term.weight, Value):
                gains[term.weight].append(-self.gradient(term))
        return all(_near(gained, 0.0) for w, gained in gains.items() if w in numbers.gradients)


@dataclass(eq=False, repr=False)
class Unit:
    """What stands in one scope and has one output, in all its calls; `number` is its place in the layer, from 1."""

    path: Path
    calls: list[Call]
    weights: dict[Value, None]  # the leaves that are its parameters, in the order of their first use
    fits: bool = False
    number: int = 1

    @property
    def activation(self) -> Op | None:
        """The operation f, None where the unit is linear."""
        return self.calls[0].op


class Numbers:
    """The numbers of a trace, of nodes and constants alike."""

    def __init__(self, trace: Passes) -> None:
        self.values, self.gradients, self.root = trace.values, trace.gradients, trace.root

    def number(self, x: Value | float) -> float:
        """The value of a node, or the constant itself."""
        return x if isinstance(x, float) else self.values[x]

    def gradient(self, x: Value) -> float:
        """The gradient of a node; 0 where nothing came back."""
        return self.gradients.get(x, 0.0)


def _near(terms: list[float], number: float) -> bool:
    """Whether a sum is a number, up to the rounding of its terms."""
    size = total([abs(number), *map(abs, terms)])
    return isfinite(size) and abs(total([*terms, -number])) <= TOLERANCE * size


def units_of(trace: Passes) -> list[Unit]:
    """The units of a graph, in the order of their first outputs.

    >>> from autograd_lite import trace
    >>> from autograd_lite.nn import MLP, losses
    >>> model = MLP(2, [3, 1], "tanh", seed=1)
    >>> units = units_of(trace(losses.mse(model([0.5, -1.0]), 1.0)))
    >>> [("/".join(unit.path), unit.fits, len(unit.weights)) for unit in units][-1]
    ('mlp/layer1/neuron0', True, 4)
    >>> last = units[-1].calls[0]
    >>> [through.unit.path[-1] for through in units[0].calls[0].through], last.op
    (['neuron0'], None)
    """
    numbers = Numbers(trace)
    users: dict[Value, list[Edge]] = {}
    for node in trace.nodes:
        for edge in edges(node):
            users.setdefault(edge.operand, []).append(edge)
    units = []
    for path, passes in calls_by_scope(trace.nodes).items():
        weights = weights_of(passes, users)
        found = [_call(numbers, one, users, weights) for one in passes]
        calls = [call for call in found if call is not None]
        if len(calls) == len(passes):
            units.append(Unit(path, calls, weights))
    # What a module computes without weights of its own, as a sum with its input, may be in many pieces in each call.
    counts = {len(unit.calls) for unit in units if unit.weights}
    units = [unit for unit in units if unit.weights or not counts or len(unit.calls) in counts]
    places = {node: place for place, node in enumerate(trace.nodes)}
    units.sort(key=lambda unit: places[unit.calls[0].a])
    for unit in units:
        forms = {(call.op, *(_key(term) for term in call.terms)) for call in unit.calls}
        unit.fits = len(forms) == 1 and bool(unit.calls[0].terms)
        if len(forms) > 1:  # what the calls do is not alike, so that no equation is that of all
            for call in unit.calls:
                call.terms = []
    at, inside = _fed(units)
    unsettled = True
    while unsettled:  # where a unit does not fit, what it brings back counts edge by edge
        unsettled = False
        for unit in reversed(units):
            for call in unit.calls:
                call.through = [through for through in at.get(call.a, ()) if through.unit.fits]
                fed = {id(through.unit.calls[through.call]) for through in call.through}
                call.rest = [edge for edge in call.leaving if id(inside.get(edge.node)) not in fed]
        for unit in units:
            if unit.fits and not all(call.fits(unit.weights) for call in unit.calls):
                unit.fits, unsettled = False, True
    return units


def _key(term: Term) -> tuple[object, ...]:
    """What is the same of a term in each call: its weight, and whether there is an input."""
    constant = isinstance(term.weight, float)
    return (term.weight if constant else id(term.weight), term.input is None, term.sign)


def _call(numbers: Numbers, one: Pass, users: dict[Value, list[Edge]], weights: dict[Value, None]) -> Call | None:
    """What the nodes of one call are to each other; None where they have more than one output, or none."""
    inside = set(one)
    leaving = {v: [edge for edge in users.get(v, ()) if edge.node not in inside] for v in one}
    outputs = [v for v, out in leaving.items() if v is numbers.root or out]
    if len(outputs) != 1:
        return None
    (a,) = outputs
    call = Call(numbers, one, a, a, leaving=leaving[a])
    operands = [(place, x) for place, x in enumerate(a.operands) if type(x) is Value]
    if a.op is not None and a.op.form not in LINEAR and len(operands) == 1 and operands[0][1] in inside:
        place, call.z = operands[0]
        call.op, call.slope = a.op, a.partials[place] or 0.0
    call.terms = _terms(call.z, inside, weights)
    return call


def _terms(z: Value, inside: set[Value], weights: dict[Value, None]) -> list[Term]:
    """The summands of z, each a weight times what comes in from outside, or a bias; none where there are others."""
    found = []
    stack: list[tuple[Value | float, float]] = [(z, 1.0)]
    while stack:
        x, sign = stack.pop()
        form = x.op.form if isinstance(x, Value) and x in inside and x.op is not None else None
        operands = x.operands if isinstance(x, Value) else ()
        if isinstance(x, float) or x in weights:
            if x is not z and not (isinstance(x, float) and x == 0.0):  # as a unit without a bias begins
                found.append(Term(x, None, sign))
        elif form == "sum":
            stack += [(operands[1], sign), (operands[0], sign)]
        elif form == "difference":
            stack += [(operands[1], -sign), (operands[0], sign)]
        elif form == "negative":
            stack.append((operands[0], -sign))
        elif form == "product":
            pairs = (operands, operands[::-1])
            fitting = [
                (w, x) for w, x in pairs if _is_weight(w, weights) and not (isinstance(x, Value) and x in inside)
            ]
            fitting.sort(key=lambda pair: isinstance(pair[0], float))  # a constant times a parameter: an input
            if not fitting or (isinstance(fitting[0][1], Value) and fitting[0][1] in weights):
                return []
            found.append(Term(*fitting[0], sign))
        else:
            return []
    return found


def _is_weight(x: Value | float, weights: dict[Value, None]) -> bool:
    return isinstance(x, float) or x in weights


def _fed(units: list[Unit]) -> tuple[dict[Value, list[Through]], dict[Value, Call]]:
    """Where each activation is multiplied by a weight of a unit, and the call that each node belongs to."""
    at: dict[Value, list[Through]] = {}
    inside: dict[Value, Call] = {}
    for unit in units:
        for number, call in enumerate(unit.calls):
            inside.update(dict.fromkeys(call.nodes, call))
            for place, term in enumerate(call.terms):
                if isinstance(term.input, Value):
                    at.setdefault(term.input, []).append(Through(unit, number, place))
    return at, inside
