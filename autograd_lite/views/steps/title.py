"""The expression that a graph is, as a formula in which every node is marked, for titles and for derivatives in leaves.

What would be too long is folded to the names of its nodes; which ones follows from counts alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.value import Value
from autograd_lite.views.formulas import FormulaOperand, Notation, local_derivative

if TYPE_CHECKING:
    from autograd_lite.views.steps.passes import Passes

MADE_UP = re.compile(r"\D\d+", re.ASCII)  # the name of a node that has none, as v3


def expression(trace: Passes, keep: Iterable[Value] = (), most: int = 40) -> Any:
    """The formula of the root, every computed node written out, of at most so many names, numbers and operations.

    One that is longer keeps the names of nodes that have one and are not in `keep`, as a¹₂ (without `keep`, unless
    there is room for all that are as near to the root); where that is not enough, of what is farthest from the root.

    >>> from autograd_lite import Value, exp, sin, trace
    >>> from autograd_lite.views.notations import MATHML, TEXT
    >>> y = exp(sin(Value(1.5, label="x") ** 2))
    >>> TEXT.of(expression(trace(y))), TEXT.of(expression(trace(y), most=4))
    ('e^(sin x²)', 'e^(sin v2)')
    >>> MATHML.of(expression(trace(y), most=2))
    '<mrow data-node="3"><msup><mi>e</mi><mrow data-node="2"><msub><mi>v</mi><mn>3</mn></msub></mrow></msup></mrow>'
    """
    return _written_out(trace, _chosen(trace, {trace.root, *keep}, most))


def title(trace: Passes, notation: Notation, keep: Iterable[Value] = (), most: int = 40) -> str:
    r"""The equation of the root: its name, if it has one, and the expression that it is.

    >>> from autograd_lite import Value, exp, sin, trace
    >>> from autograd_lite.views.notations import LATEX
    >>> y = exp(sin(Value(1.5, label="x") ** 2))
    >>> y.label = "y"
    >>> title(trace(y), LATEX)
    'y = e^{\\sin x^{2}}'
    """
    name = trace.names[trace.root]
    if trace.root.op is None:
        return notation.symbol(name)
    written = notation.of(expression(trace, keep, most))
    unnamed = not trace.root.label and MADE_UP.fullmatch(name)
    return written if unnamed else notation.equal.format(notation.symbol(name), written)


def towards(trace: Passes, node: Value) -> set[Value]:
    """The nodes from this one to the root: what a title keeps written out when a step is at the node.

    >>> from autograd_lite import Value, exp, sin, trace
    >>> u = Value(1.5) ** 2
    >>> y = exp(u) + sin(1.0 * u)
    >>> len(towards(trace(y), u)), len(towards(trace(y), y))
    (5, 1)
    """
    found = {node}
    for other in trace.nodes[trace.places[node] + 1 :]:
        if any(type(x) is Value and x in found for x in other.operands):
            found.add(other)
    return found


def _chosen(trace: Passes, kept: set[Value], most: int) -> set[Value]:
    """The nodes to be written out."""

    def nameless(x: Value) -> bool:
        return not x.label and MADE_UP.fullmatch(trace.names[x]) is not None

    chosen, _, whole = _unfolded(trace, lambda _: True, most)
    if whole:
        return chosen
    chosen, names, whole = _unfolded(trace, lambda x: x in kept or nameless(x), most)
    if not whole:
        on_path, _, _ = _unfolded(trace, kept.__contains__, most)
        return _unfolded(trace, lambda x: x in kept or nameless(x), most, on_path)[0]
    opened = set(kept)
    while len(kept) == 1 and names:  # without a step there may be room for all that are nearest to the root
        opened.update(names)
        more, names, whole = _unfolded(trace, lambda x: x in opened or nameless(x), most)
        if not whole:
            break
        chosen = more
    return chosen


def _unfolded(
    trace: Passes, allowed: Callable[[Value], bool], most: int, first: Collection[Value] = ()
) -> tuple[set[Value], set[Value], bool]:
    """The nodes that are written out, from the root on while there is room; those that may not be; whether all are.

    Room for the nodes in `first` is kept free. It visits what is shown, and no other part of the graph.
    """
    times = {trace.root: 1}  # how often each node stands in the expression
    waiting = [-trace.places[trace.root]]
    length, reserved = 1, sum(len(node.operands) for node in first)
    unfolded: set[Value] = set()
    names: set[Value] = set()
    whole = True
    while waiting:
        node = trace.nodes[-heappop(waiting)]
        reserved -= len(node.operands) if node in first else 0
        if not allowed(node):
            names.add(node)
            continue
        more = times[node] * len(node.operands)
        if node is not trace.root and length + more + reserved > most:
            whole = False
            continue
        length += more
        unfolded.add(node)
        for x in node.operands:
            if type(x) is Value and x.op is not None:
                if x not in times:
                    heappush(waiting, -trace.places[x])
                times[x] = times.get(x, 0) + times[node]
    return unfolded, names, whole


def _written_out(trace: Passes, unfolded: set[Value]) -> Any:
    """The formula in which these nodes are written out, and others are names; each with its mark."""
    formulas: dict[Value, FormulaOperand] = {}

    def formula(x: Any) -> Any:
        if type(x) is float or x in formulas:
            return formulas.get(x, x)
        return FormulaOperand(trace.names[x], trace.values[x], mark=trace.places[x])

    for node in sorted(unfolded, key=trace.places.__getitem__):
        operands = tuple(map(formula, node.operands))
        formulas[node] = FormulaOperand("", trace.values[node], node.op, operands, trace.places[node])
    return formula(trace.root)


def in_terms_of(trace: Passes, root: Value, called: Mapping[Value, str], most: int = 24) -> Any:
    """The formula of a node in which some nodes have the names given here; None where it has more than so many others.

    >>> from autograd_lite import Value, exp, sin, trace
    >>> from autograd_lite.views.notations import TEXT
    >>> u = sin(Value(1.5, label="x"))
    >>> y = exp(u) * 2.0
    >>> TEXT.of(in_terms_of(trace(y), y, {u: "a"}))
    'e^a·2'
    """
    found, todo = {root}, [root]
    while todo and len(found) <= most:
        new = [x for x in todo.pop().operands if type(x) is Value and x not in found and x not in called]
        found.update(new)
        todo += new
    if todo:
        return None
    formulas = {node: FormulaOperand(name, trace.values[node]) for node, name in called.items()}
    for node in sorted(found, key=trace.places.__getitem__):
        operands = tuple(formulas.get(x, x) for x in node.operands)
        formulas[node] = FormulaOperand(
            trace.names[node] if node.op is None else "", trace.values[node], node.op, operands
        )
    return formulas[root]


def partial_in_inputs(
    trace: Passes, node: Value, place: int, formulas: Mapping[Value, FormulaOperand], most: int = 12
) -> Any:
    """The formula of a local partial with the formulas of `in_inputs` put in; where that is long, names stay.

    >>> from autograd_lite import Value, exp, sin, trace
    >>> from autograd_lite.views.notations import TEXT
    >>> steps = trace(exp(sin(Value(1.5, label="x") ** 2)))
    >>> formulas = in_inputs(steps)
    >>> [TEXT.of(partial_in_inputs(steps, step.node, step.place, formulas)) for step in steps.backward]
    ['e^(sin x²)', 'cos x²', '2x']
    """
    operands = [x if type(x) is float else formulas[x] for x in node.operands]
    written = local_derivative(node.op, place, operands, formulas[node]) if node.op else 0.0
    return written if length(written, most) <= most else trace.partial(node, place)


def in_inputs(trace: Passes, most: int = 12) -> dict[Value, FormulaOperand]:
    """A formula for each node: in the inputs, of at most so many names, numbers and operations; or else its name.

    >>> from autograd_lite import Value, exp, sin, trace
    >>> from autograd_lite.views.notations import TEXT
    >>> y = exp(sin(Value(1.5, label="x") ** 2))
    >>> TEXT.of(in_inputs(trace(y))[y]), TEXT.of(in_inputs(trace(y), most=4)[y])
    ('e^(sin x²)', 'v4')
    """
    lengths: dict[Value, int] = {}
    found: dict[Value, FormulaOperand] = {}
    for node in trace.nodes:
        lengths[node] = 1 + sum(1 if type(x) is float else lengths[x] for x in node.operands)
        if node.op is None or lengths[node] > most:
            lengths[node] = min(lengths[node], most + 1)  # which grows no further
            found[node] = trace.symbols.of(node)
        else:
            operands = tuple(x if type(x) is float else found[x] for x in node.operands)
            found[node] = FormulaOperand("", trace.values[node], node.op, operands)
    return found


def length(formula: Any, most: int) -> int:
    """How many names, numbers and operations there are in a formula; of a longer one, more than `most`."""
    count, todo = 0, [formula]
    while todo and count <= most:
        count += 1
        todo += getattr(todo.pop(), "operands", ())
    return count
