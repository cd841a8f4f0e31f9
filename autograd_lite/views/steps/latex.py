r"""The views of a trace in LaTeX: the trace table, and the derivation by the chain rule.

What is written is the part of LaTeX that MathJax knows too. A fragment needs the package amsmath; a name is cut
to the length that pictures cut it to.
"""

from __future__ import annotations

from collections.abc import Iterator

from autograd_lite.engine.text import short, shortened
from autograd_lite.engine.value import Value
from autograd_lite.views.formulas import PRODUCT
from autograd_lite.views.notations import LATEX, latex_symbol
from autograd_lite.views.steps.passes import Backward, Passes
from autograd_lite.views.steps.tables import rows

KINDS = ("table", "derivation", "both")
ROWS_OF_A_PAGE = 18
TERMS_OF_A_LINE = 2

DOCUMENT = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[a4paper,landscape,margin=15mm]{geometry}
\usepackage{amsmath}
\usepackage{graphicx}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\newsavebox{\tracetable}
\begin{document}
CONTENT
\end{document}
"""
# A table that is wider than the page is made as small as fits.
ON_A_PAGE = r"""\savebox{\tracetable}{$\displaystyle
TABLE
$}
\begin{center}
\ifdim\wd\tracetable>\linewidth \resizebox{\linewidth}{!}{\usebox{\tracetable}}\else \usebox{\tracetable}\fi
\end{center}"""


def latex(trace: Passes, kind: str = "table", *, document: bool = False, tangent: Value | None = None) -> str:
    """The trace in LaTeX; see `Trace.to_latex`."""
    if kind not in KINDS:
        raise ValueError(f"to_latex: kind is one of {', '.join(map(repr, KINDS))}, got {shortened(kind)}")
    parts: list[str] = []
    if kind != "derivation":
        lines = list(_lines(trace, tangent))
        size = ROWS_OF_A_PAGE if document else len(lines)
        arrays = [_array(_head(trace, tangent), lines[start : start + size]) for start in range(0, len(lines), size)]
        parts += [ON_A_PAGE.replace("TABLE", array) if document else f"\\[\n{array}\n\\]" for array in arrays]
    if kind != "table":
        parts.append(_derivation(trace))
    content = "\n".join(parts)
    return DOCUMENT.replace("CONTENT", content) if document else content


def symbol(name: str) -> str:
    """A name in mathematics, cut to a length that fits on a line."""
    return latex_symbol(short(name))


NOTATION = LATEX._replace(symbol=symbol)


def _head(trace: Passes, tangent: Value | None) -> list[str]:
    root = symbol(trace.names[trace.root])
    cells = [
        r"\text{node}",
        r"\text{operation}",
        r"\text{value} \downarrow",
        r"\text{local partials}",
        rf"\text{{adjoint }} \partial {root} / \partial \cdot \uparrow",
    ]
    if tangent is not None:
        cells.insert(3, rf"\text{{tangent }} \partial \cdot / \partial {symbol(trace.names[tangent])} \downarrow")
    return cells


def _lines(trace: Passes, tangent: Value | None) -> Iterator[list[str]]:
    """The cells of each node."""
    for row in rows(trace, NOTATION, tangent, r"\cdot"):
        name = symbol(trace.names[row.node]) + r"\;\text{(changed since)}" * (row.node in trace.changed)
        yield [name, row.operation, row.value, *row.tangent, r",\quad ".join(row.partials), row.adjoint]


def _array(head: list[str], rows: list[list[str]]) -> str:
    lines = [" & ".join(head) + r" \\ \hline", *(" & ".join(cells) + r" \\[1ex]" for cells in rows)]
    return "\n".join([rf"\begin{{array}}{{{'l' * len(head)}}}", *lines, r"\end{array}"])


def _derivation(trace: Passes) -> str:
    """The chain rule for each node that the backward pass comes by, in its order."""
    uses: dict[Value, list[Backward]] = {}
    for step in trace.backward:
        uses.setdefault(step.operand, []).append(step)
    names, root, derivative = trace.names, trace.names[trace.root], NOTATION.derivative
    equations = [[f"{derivative(root, root)} &= 1"]]
    equations += [_chain_rule(trace, root, uses[step.operand]) for step in trace.backward if step.complete]
    equations += [[f"{derivative(root, names[x])} &= 0"] for x in trace.wrt if x not in uses and x is not trace.root]
    lines = " \\\\[1ex]\n".join(" \\\\\n".join(lines) for lines in equations)
    return f"\\begin{{align*}}\n{lines}\n\\end{{align*}}"


def _chain_rule(trace: Passes, root: str, uses: list[Backward]) -> list[str]:
    """The sum over the uses of a node: as derivatives, with their formulas, in numbers."""
    times, of, derivative, number = NOTATION.times.format, NOTATION.of, NOTATION.derivative, NOTATION.number
    name = uses[0].operand_name
    chain, formulas, numbers = [], [], []
    for step in uses:
        upstream = derivative(root, step.name)
        chain.append(times(upstream, derivative(step.name, name)))
        formulas.append(times(upstream, of(trace.partial(step.node, step.place), PRODUCT)))
        numbers.append(times(NOTATION.signed(step.upstream), NOTATION.signed(step.local)))
    lines = [*_sum(chain), *_sum(formulas), *_sum(numbers)]
    return [f"{derivative(root, name)} {lines[0]}", *lines[1:-1], f"{lines[-1]} = {number(uses[-1].total)}"]


def _sum(terms: list[str]) -> list[str]:
    """A sum on as many lines as it needs."""
    groups = [" + ".join(terms[start : start + TERMS_OF_A_LINE]) for start in range(0, len(terms), TERMS_OF_A_LINE)]
    return [f"&= {groups[0]}", *(rf"&\quad + {group}" for group in groups[1:])]
