r"""The views of a trace in LaTeX: the derivation by the chain rule, which `derivation.py` writes, and the trace table.

What is written is the part of LaTeX that MathJax and KaTeX know too. A fragment needs the package amsmath; a
name is cut to a length that fits.
"""

from __future__ import annotations

from collections.abc import Iterator

from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value
from autograd_lite.views.steps.derivation import NOTATION, derivation, symbol
from autograd_lite.views.steps.passes import Passes
from autograd_lite.views.steps.tables import rows

KINDS = ("table", "derivation", "both")
ROWS_OF_A_PAGE = 18
ROWS_OF_A_DISPLAY = 40  # KaTeX gives up a formula with more than a thousand of some commands

DOCUMENT = r"""\documentclass[fleqn]{article}
\usepackage[utf8]{inputenc}
\usepackage[a4paper,landscape,margin=15mm]{geometry}
\usepackage{amsmath}
\usepackage{graphicx}
\allowdisplaybreaks
\setlength{\mathindent}{0pt}
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


def latex(trace: Passes, kind: str = "both", *, document: bool = False, tangent: Value | None = None) -> str:
    """The trace in LaTeX; see `Trace.to_latex`."""
    if kind not in KINDS:
        raise ValueError(f"to_latex: kind is one of {', '.join(map(repr, KINDS))}, got {shortened(kind)}")
    parts = derivation(trace) if kind != "table" else []
    if kind != "derivation":
        lines = list(_lines(trace, tangent))
        size = ROWS_OF_A_PAGE if document else ROWS_OF_A_DISPLAY
        arrays = [_array(_head(trace, tangent), lines[start : start + size]) for start in range(0, len(lines), size)]
        parts += [ON_A_PAGE.replace("TABLE", array) if document else f"\\[\n{array}\n\\]" for array in arrays]
    content = "\n".join(parts)
    return DOCUMENT.replace("CONTENT", content) if document else content


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
