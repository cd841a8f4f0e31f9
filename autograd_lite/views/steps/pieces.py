"""`pieces()`: the levels of a big graph as data for the page: what a piece computes, and what it does to gradients."""

from __future__ import annotations

from typing import Any

from autograd_lite.engine.value import Value
from autograd_lite.views.formulas import FormulaOperand
from autograd_lite.views.notations import MATHML
from autograd_lite.views.steps.equations import DOTS, MOST_TERMS
from autograd_lite.views.steps.levels import Piece, levels, opened
from autograd_lite.views.steps.page.javascript import number
from autograd_lite.views.steps.passes import Passes

WRITTEN = 10  # operations that one formula may have; longer ones are written node by node
MOST_ENTRIES = 400  # of a Jacobian; of a larger one those are told that bring most back


def pieces(trace: Passes) -> list[dict[str, Any]]:
    """The pieces of a graph as data for the page, the whole first; single nodes are not among them.

    Nodes are meant by their places in `trace.nodes`. Each piece is {id, name, scope, parts, inputs, outputs, jacobian,
    left, formulas}. `parts` is what it opens to, in topological order: {"piece": id} or {"node": place}. An entry of
    `jacobian` is [output, input, derivative], where an input is one from outside or a leaf inside; `left` counts those
    that are left out of a large one. So what an input gains through the piece is the sum of (the gradient of
    an output) × (an entry). `formulas` are {node, symbols}: the outputs in terms of inputs, or node by node, or, of
    what opens to more pieces, as functions.

    >>> from autograd_lite import exp, sin, trace
    >>> whole, = pieces(trace(exp(sin(Value(1.5, label="x") ** 2))))
    >>> whole["parts"], whole["jacobian"]
    ([{'node': 0}, {'node': 1}, {'node': 2}, {'node': 3}], [[3, 0, -4.1031164885938205]])
    """
    place = {node: i for i, node in enumerate(trace.nodes)}
    found = []
    for piece in opened(levels(trace)):
        if piece.children:
            entries = [
                (trace.gradients.get(y, 0.0) * partial, [place[y], place[x], number(partial)])
                for y, row in piece.jacobian.items()
                for x, partial in row.items()
            ]
            entries.sort(key=lambda entry: -abs(entry[0]) if len(entries) > MOST_ENTRIES else 0.0)
            found.append(
                {
                    "id": piece.id,
                    "name": piece.name,
                    "scope": list(piece.scope),
                    "parts": [
                        {"piece": child.id} if child.children else {"node": place[child.nodes[0]]}
                        for child in piece.children
                    ],
                    "inputs": [place[x] for x in piece.inputs],
                    "outputs": [place[y] for y in piece.outputs],
                    "jacobian": [entry for _, entry in entries[:MOST_ENTRIES]],
                    "left": max(0, len(entries) - MOST_ENTRIES),
                    "formulas": [
                        {"node": place[node], "symbols": symbols} for node, symbols in _formulas(trace, piece)
                    ],
                }
            )
    return found


def _formulas(trace: Passes, piece: Piece) -> list[tuple[Value, str]]:
    """What a piece computes, in names."""
    computed = [node for node in piece.nodes if node.op is not None]
    outputs = [y for y in piece.outputs if y.op is not None]
    if any(child.children for child in piece.children):
        symbols = [MATHML.symbol(trace.names[x]) for x in [*piece.inputs, *piece.leaves]]
        shown = symbols if len(symbols) <= MOST_TERMS else [*symbols[:2], DOTS, symbols[-1]]
        arguments = "<mo>,</mo>".join(shown)
        function = f'<msub><mi>f</mi><mn>{piece.id}</mn></msub><mo stretchy="false">(</mo>{arguments}'
        return [(y, f'<mrow>{function}<mo stretchy="false">)</mo></mrow>') for y in outputs[:MOST_TERMS]]
    made: dict[Value, Any] = {}
    size: dict[Value, int] = {}
    for node in computed:
        operands = trace.symbols.operands(node)
        for i, x in enumerate(node.operands):
            if type(x) is Value and x in made:
                operands[i] = made[x]
        size[node] = 1 + sum(size[x] for x in node.operands if type(x) is Value and x in size)
        made[node] = FormulaOperand("", None, node.op, tuple(operands))
    if all(size[y] <= WRITTEN for y in outputs):
        return [(y, MATHML.of(made[y])) for y in outputs]
    return [(node, MATHML.of(trace.computation(node))) for node in computed]
