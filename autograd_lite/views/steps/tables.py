"""The views of a trace that are tables of text: in the terminal, and in GitHub's Markdown.

One row for each node in the order of the forward pass. `Entry` and the functions beside it say what stands in
a row; the views, those of `latex.py` too, say how that looks.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd_lite.engine.text import shown
from autograd_lite.engine.value import Value
from autograd_lite.views.formulas import PRODUCT, Formula, Notation
from autograd_lite.views.notations import TEXT
from autograd_lite.views.steps.passes import Backward, Passes, Step

if TYPE_CHECKING:
    from rich.table import Table

UNKNOWN_VALUE, UNKNOWN_GRADIENT = "?", "·"
MOST_TERMS = 4  # of a sum in a cell of a table
HEADINGS = ("node", "operation", "value ↓", "local partials", "gradient ↑")
STYLES = {"value": "blue", "tangent": "blue", "gradient": "dark_orange3"}  # by the first word of a heading
CHANGED = " (changed since)"  # the number is not the one that the graph was computed from
ENTITIES = str.maketrans({c: f"&#{ord(c)};" for c in string.punctuation})

Terms = list[tuple[float, float]]


class Entry(NamedTuple):
    """One local partial of a node: of which operand, its formula or constant, and its number."""

    operand: str
    formula: Any
    number: float


def entries(trace: Passes, node: Value) -> list[Entry]:
    """The local partials of a node through which something flows back."""
    return [
        Entry(trace.names[x], trace.partial(node, place), partial)
        for place, (x, partial) in enumerate(zip(node.operands, node.partials, strict=True))
        if partial is not None
    ]


def derivative(y: str, x: str) -> str:
    """A derivative as text; a name that is one itself stands in parentheses.

    >>> derivative("y", "x"), derivative("∂f/∂y", "x")
    ('∂y/∂x', '∂(∂f/∂y)/∂x')
    """
    above, below = (f"({name})" if "/" in name or " " in name else name for name in (y, x))
    return f"∂{above}/∂{below}"


def headings(trace: Passes, tangent: Value | None = None) -> list[str]:
    """The headings of the terminal's table; with a tangent one more, for the derivative of each node by it.

    >>> from autograd_lite import Value, trace
    >>> x = Value(3.0, label="x")
    >>> headings(trace(x * 2), x)
    ['node', 'operation', 'value ↓', 'tangent ∂…/∂x ↓', 'local partials', 'gradient ↑']
    """
    result = list(HEADINGS)
    if tangent is not None:
        result.insert(3, f"tangent {derivative('…', trace.names[tangent])} ↓")
    return result


def table(trace: Passes, done: int | None = None, rows: slice = slice(None), *, tangent: Value | None = None) -> Table:
    """The trace for the terminal; after `done` steps, if given, with what is not yet known left open.

    With a `tangent`, a `Value` of the graph, the derivative of each node by it is a column too.

    >>> from autograd_lite import Value, trace
    >>> steps = trace(Value(3.0, label="x") * 2)
    >>> [str(list(column.cells)[1]) for column in table(steps, done=1).columns]
    ['v2', 'x * 2', '?', '', '·']
    """
    from rich.table import Table
    from rich.text import Text

    lines = list(texts(trace, done, rows, tangent=tangent))
    current = current_node(trace[done - 1]) if done else None
    result = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for heading in headings(trace, tangent):
        result.add_column(heading, style=STYLES.get(heading.split()[0], ""), overflow="fold")
    for node, cells in zip(trace.nodes[rows], lines, strict=True):
        result.add_row(*map(Text, cells), style="bold" if node is current else None)
    return result


def plain_text(trace: Passes, tangent: Value | None = None) -> str:
    """The table of the terminal as text, without colours, each row on one line."""
    from rich.cells import cell_len

    lines = list(texts(trace, tangent=tangent))
    lines.insert(0, headings(trace, tangent))
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "   ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in lines
    )


def texts(
    trace: Passes, done: int | None = None, rows: slice = slice(None), *, tangent: Value | None = None
) -> Iterator[list[str]]:
    """The cells of the terminal's table, row by row; see `table`."""
    tangents = {} if tangent is None else trace.tangents(tangent)
    gradients = trace.gradients if done is None else gradients_after(trace, done)
    for place, step in list(enumerate(trace.forward))[rows]:
        known, gradient = done is None or place < done, gradients.get(step.node)
        yield [
            step.name + CHANGED * (step.node in trace.changed),
            step.operation,
            repr(step.value) if known else UNKNOWN_VALUE,
            *([repr(tangents[step.node]) if known else UNKNOWN_VALUE] if tangents else []),
            "   ".join(map(in_full, trace_partials(trace, step.node))) if known else "",
            UNKNOWN_GRADIENT if gradient is None else repr(gradient),
        ]


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
    ('v2 = sin(x) = sin(1) = 0.8415', '∂v2/∂x += ∂v2/∂v2 · ∂v2/∂x = ∂v2/∂v2 · cos(x) = 1 · 0.5403 = 0.5403')
    """
    if not isinstance(step, Backward):
        if step.node.op is None:
            return f"{step.name} = {shown(step.value)}"
        numbers = [x if type(x) is float else trace.values[x] for x in step.node.operands]
        inserted = TEXT.of(Formula("", None, step.node.op, tuple(numbers)))
        return f"{step.name} = {TEXT.of(trace.computation(step.node))} = {inserted} = {shown(step.value)}"
    root = trace.names[trace.root]
    upstream = derivative(root, step.name)
    local = TEXT.of(trace.partial(step.node, step.place), PRODUCT)
    symbols = f"{upstream} · {derivative(step.name, step.operand_name)} = {upstream} · {local}"
    numbers_text = f"{TEXT.of(step.upstream, PRODUCT)} · {TEXT.of(step.local, PRODUCT)} = {shown(step.contribution)}"
    return f"{derivative(root, step.operand_name)} += {symbols} = {numbers_text}"


def trace_partials(trace: Passes, node: Value) -> Iterable[tuple[str, Entry]]:
    """The local partials of a node, each with the derivative that it is."""
    return [(derivative(trace.names[node], entry.operand), entry) for entry in entries(trace, node)]


def in_full(partial: tuple[str, Entry]) -> str:
    """A local partial in symbols and with all digits of its number."""
    name, entry = partial
    symbols = f"{TEXT.of(entry.formula)} = " if isinstance(entry.formula, Formula) else ""
    return f"{name} = {symbols}{entry.number!r}"


def adjoint_terms(trace: Passes) -> dict[Value, Terms]:
    """What adds up to the gradient of each node: upstream and local partial for each use."""
    terms: dict[Value, Terms] = {}
    for step in trace.backward:
        terms.setdefault(step.operand, []).append((step.upstream, step.local))
    return terms


def tangent_terms(trace: Passes, tangents: dict[Value, float]) -> dict[Value, Terms]:
    """What adds up to the tangent of each computed node: local partial and tangent for each operand."""
    return {
        node: [
            (partial, tangents[x])
            for x, partial in zip(node.operands, node.partials, strict=True)
            if partial is not None
        ]
        for node in trace.nodes
    }


def summed(notation: Notation, terms: Terms, total: float, ellipsis: str = "…") -> str:
    """The sum of products that a number is, a long one with its middle left out.

    >>> summed(TEXT, [(1.0, -2.0), (3.0, 4.0)], 10.0), summed(TEXT, [], 1.0)
    ('1·(−2) + 3·4 = 10', '1')
    """
    result = notation.of(total)
    if not terms:
        return result
    kept = terms if len(terms) <= MOST_TERMS else [*terms[:2], terms[-1]]
    products = [notation.times.format(notation.of(a, PRODUCT), notation.of(b, PRODUCT)) for a, b in kept]
    if len(terms) > MOST_TERMS:
        products.insert(2, ellipsis)
    return f"{' + '.join(products)} = {result}"


def markdown(trace: Passes, tangent: Value | None = None) -> str:
    """The trace table in GitHub's Markdown, and a line with what the passes cost."""
    adjoints = adjoint_terms(trace)
    tangents = {} if tangent is None else trace.tangents(tangent)
    slopes = tangent_terms(trace, tangents) if tangents else {}
    root = trace.names[trace.root]
    head = ["node", "operation", "value ↓", "local partials", f"adjoint {code(derivative(root, '…'))} ↑"]
    if tangent is not None:
        head.insert(3, f"tangent {code(derivative('…', trace.names[tangent]))} ↓")
    lines = [head, ["---"] * len(head)]
    for node in trace.nodes:
        gradient = trace.gradients.get(node)
        cells = [
            code(trace.names[node]) + CHANGED * (node in trace.changed),
            code(TEXT.of(trace.computation(node))) if node.op else "",
            shown(trace.values[node]),
            "<br>".join(code(_rounded(partial)) for partial in trace_partials(trace, node)),
            UNKNOWN_GRADIENT if gradient is None else summed(TEXT, adjoints.get(node, []), gradient),
        ]
        if tangent is not None:
            cells.insert(3, summed(TEXT, slopes[node] if node is not tangent else [], tangents[node]))
        lines.append(cells)
    counts = ", ".join(f"{name} {count:,}" for name, count in trace.counts().items())
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + f"\n\nCost: {counts}.\n"


def code(text: str) -> str:
    """A text as code in Markdown, in which no character has a meaning, also in a table.

    >>> code("sin(x)"), code("a|b")
    ('`sin(x)`', '<code>a&#124;b</code>')
    """
    if set("`|\\") & set(text):  # a code span cannot hold them in a table, on every site that shows Markdown
        return f"<code>{text.translate(ENTITIES)}</code>"
    return f"`{text}`" if text else ""


def _rounded(partial: tuple[str, Entry]) -> str:
    """A local partial in symbols and its number as it is shown, which for a constant are the same."""
    name, entry = partial
    number, symbols = shown(entry.number), TEXT.of(entry.formula)
    return f"{name} = {number}" if symbols == number else f"{name} = {symbols} = {number}"
