"""The views of a trace that are tables of text: in the terminal, and in GitHub's Markdown.

One row for each node in the order of the forward pass. What stands in a row of Markdown and of LaTeX is said once,
by `rows`; the terminal's table has all digits, and shows what is known after some of the steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from autograd_lite.engine.graph import edges
from autograd_lite.engine.text import shown
from autograd_lite.engine.value import Value
from autograd_lite.views.columns import GAP, Columns, code, markdown_rows
from autograd_lite.views.formulas import PRODUCT, FormulaOperand, Notation
from autograd_lite.views.notations import TEXT
from autograd_lite.views.steps.asked import Kind
from autograd_lite.views.steps.passes import Backward, Passes, Step, once

if TYPE_CHECKING:
    from rich.table import Table

UNKNOWN_VALUE, UNKNOWN_GRADIENT = "?", "·"
MOST_TERMS = 4  # of a sum in a cell of a table
STYLES = {"value": "blue", "tangent": "blue", "gradient": "dark_orange3"}  # by the first word of a heading
CHANGED = " (changed since)"  # the number is not the one that the graph was computed from

Terms = list[tuple[float, float]]


def table(
    trace: Passes,
    done: int | None = None,
    rows: slice = slice(None),
    *,
    tangent: Value | None = None,
    digits: int | None = None,
    width: int | None = None,
    asked: Kind | None = None,
) -> Table:
    """The trace for the terminal; after `done` steps, if given, with what is not yet known left open.

    With a `tangent`, a `Value` of the graph, the derivative of each node with respect to it is a column too. Numbers
    have so many `digits`; without, as many as fit into a `width`, if that is given, otherwise all.

    >>> from autograd_lite import Value, trace
    >>> steps = trace(Value(3.0, label="x") * 2)
    >>> [str(list(column.cells)[1]) for column in table(steps, done=1).columns]
    ['v2', 'x·2', '?', '', '·']
    """
    columns = in_full(trace, done, rows, tangent=tangent, asked=asked).rounded(digits)
    if width is not None:
        columns = columns.fitted(width, rounding=digits is None)
    current = current_node(trace[done - 1]) if done else None
    bold = next((place for place, node in enumerate(trace.nodes[rows]) if node is current), None)
    return columns.grid((STYLES.get(heading.partition(" ")[0], "") for heading in columns.headings), bold, width)


def in_full(
    trace: Passes,
    done: int | None = None,
    rows: slice = slice(None),
    *,
    tangent: Value | None = None,
    asked: Kind | None = None,
) -> Columns:
    """The texts of the terminal's table, with all digits; see `table`. Nothing in it answers what is `asked`.

    >>> from autograd_lite import Value, trace
    >>> x = Value(3.0, label="x")
    >>> in_full(trace(x * 2), tangent=x).headings
    ['node', 'operation', 'value ↓', 'tangent ∂…/∂x ↓', 'local partials', 'gradient ↑']
    """
    hides = asked not in (None, "value", "sum")  # what needs the local derivatives
    tangents = {} if tangent is None else trace.tangents(tangent)
    if done is not None and asked:
        done -= 1
    gradients = trace.gradients if done is None else gradients_after(trace, 0 if asked == "gradient" else done)
    lines = []
    for place, step in list(enumerate(trace.forward))[rows]:
        known, gradient = done is None or place < done, gradients.get(step.node)
        partials = [
            f"{name} = {'' if (symbols := TEXT.of(formula)) == shown(number) else f'{symbols} = '}{number!r}"
            for name, formula, number in local_partials(trace, step.node, TEXT)
        ]
        lines.append([
            step.name + CHANGED * (step.node in trace.changed),
            step.operation,
            repr(step.value) if known else UNKNOWN_VALUE,
            *([repr(tangents[step.node]) if known and not asked else UNKNOWN_VALUE] if tangents else []),
            GAP.join(partials) if known and not hides else "",
            UNKNOWN_GRADIENT if gradient is None else repr(gradient),
        ])  # fmt: skip
    headings = ["node", "operation", "value ↓", "local partials", "gradient ↑"]
    if tangent is not None:
        headings.insert(3, f"tangent {TEXT.derivative('…', trace.names[tangent])} ↓")
    return Columns("", headings, lines, padding=(0, 3))


def local_partials(trace: Passes, node: Value, notation: Notation) -> Iterator[tuple[str, object, float]]:
    """The local partials of a node through which something flows back: which derivative, its formula, its number."""
    for edge in edges(node):
        if edge.partial is not None:
            name = notation.derivative(trace.names[node], trace.names[edge.operand])
            yield name, trace.partial(node, edge.place), edge.partial


def gradients_after(trace: Passes, done: int) -> dict[Value, float]:
    """What is known of the gradients after so many steps: the sums so far."""
    behind = trace.backward[: max(0, done - len(trace.forward))]
    known = {step.operand: step.total for step in behind}
    return {trace.root: 1.0} | known if behind else known


def current_node(step: Step) -> Value:
    """The node that a step gives a number to."""
    return step.operand if isinstance(step, Backward) else step.node


def formula_line(trace: Passes, step: Step) -> str:
    """What a step computes, first in symbols, then in numbers.

    >>> from autograd_lite import Value, sin, trace
    >>> steps = trace(sin(Value(1.0, label="x")))
    >>> formula_line(steps, steps[1]), formula_line(steps, steps[2])
    ('v2 = sin x = sin 1 = 0.8415', '∂v2/∂x = ∂v2/∂v2 · ∂v2/∂x = ∂v2/∂v2 · cos x = 1 · 0.5403 = 0.5403')
    """
    if not isinstance(step, Backward):
        if step.node.op is None:
            return f"{step.name} = {shown(step.value)}"
        numbers = [x if type(x) is float else trace.values[x] for x in step.node.operands]
        inserted = TEXT.of(FormulaOperand("", None, step.node.op, tuple(numbers)))
        return f"{step.name} = {TEXT.of(trace.computation(step.node))} = {once(inserted, shown(step.value))}"
    root = trace.names[trace.root]
    upstream = TEXT.derivative(root, step.name)
    local = TEXT.of(trace.partial(step.node, step.place), PRODUCT)
    symbols = f"{upstream} · {TEXT.derivative(step.name, step.operand_name)} = {upstream} · {local}"
    numbers_text = f"{shown(step.upstream)} · {TEXT.signed(step.local)} = {shown(step.contribution)}"
    gains = "=" if step.uses == 1 else "+="
    return f"{TEXT.derivative(root, step.operand_name)} {gains} {symbols} = {numbers_text}"


class Row(NamedTuple):
    """What a table with rounded numbers says of a node; `tangent` is one cell where it has such a column."""

    node: Value
    operation: str
    value: str
    tangent: list[str]
    partials: list[str]
    adjoint: str


def rows(trace: Passes, notation: Notation, tangent: Value | None, unknown: str) -> Iterator[Row]:
    """The rows of the trace table in a notation, with adjoints and tangents as the sums that they are."""
    tangents = {} if tangent is None else trace.tangents(tangent)
    adjoints: dict[Value, Terms] = {}
    for step in trace.backward:
        adjoints.setdefault(step.operand, []).append((step.upstream, step.local))
    for node in trace.nodes:
        terms = [
            (edge.partial, tangents[edge.operand])
            for edge in (edges(node) if tangents and node is not tangent else ())
            if edge.partial is not None
        ]
        gradient = trace.gradients.get(node)
        yield Row(
            node,
            notation.of(trace.computation(node)) if node.op else "",
            notation.number(trace.values[node]),
            [summed(notation, terms, tangents[node])] if tangents else [],
            [
                f"{name} = {once(notation.of(formula), notation.number(number))}"
                for name, formula, number in local_partials(trace, node, notation)
            ],
            unknown if gradient is None else summed(notation, adjoints.get(node, []), gradient),
        )


def summed(notation: Notation, terms: Terms, total: float) -> str:
    """The sum of products that a number is, a long one with its middle left out.

    >>> summed(TEXT, [(1.0, -2.0), (3.0, 4.0)], 10.0), summed(TEXT, [], 1.0)
    ('1·(−2) + 3·4 = 10', '1')
    """
    result = notation.number(total)
    if not terms:
        return result
    kept = terms if len(terms) <= MOST_TERMS else [*terms[:2], terms[-1]]
    products = [notation.times.format(notation.signed(a), notation.signed(b)) for a, b in kept]
    if len(terms) > MOST_TERMS:
        products.insert(2, notation.ellipsis)
    return f"{' + '.join(products)} = {result}"


def markdown(trace: Passes, tangent: Value | None = None) -> str:
    """The trace table in GitHub's Markdown, and a line with what the passes cost."""
    lines = [
        [
            code(trace.names[row.node]) + CHANGED * (row.node in trace.changed),
            code(row.operation),
            row.value,
            *row.tangent,
            "<br>".join(map(code, row.partials)),
            row.adjoint,
        ]
        for row in rows(trace, TEXT, tangent, UNKNOWN_GRADIENT)
    ]
    head = ["node", "operation", "value ↓", "local partials"]
    head.append(f"adjoint {code(TEXT.derivative(trace.names[trace.root], '…'))} ↑")
    if tangent is not None:
        head.insert(3, f"tangent {code(TEXT.derivative('…', trace.names[tangent]))} ↓")
    counts = ", ".join(f"{name} {count:,}" for name, count in trace.counts().items())
    return f"{markdown_rows(head, ['---'] * len(head), *lines)}\n\nCost: {counts}.\n"
