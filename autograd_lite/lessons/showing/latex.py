r"""A lesson as a LaTeX document: statement, derivations, numbers, claims, and the trace as in `Trace.to_latex`.

Text keeps its letters of Unicode; the head of the document says what pdflatex is to make of those that it does not
know.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograd_lite.engine.text import visible
from autograd_lite.lessons.asking.exercises import SPAN
from autograd_lite.lessons.showing.derivations import Derivation
from autograd_lite.lessons.showing.formula import DOUBLE, LETTERS, OPERATORS
from autograd_lite.lessons.showing.letters import LOWERED, RAISED
from autograd_lite.views.columns import GAP, Columns
from autograd_lite.views.steps.latex import DOCUMENT

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson
    from autograd_lite.lessons.outcome import Outcome

HEAD = r"""\usepackage{amssymb}
\newsavebox{\content}
% What is wider than the line is made as small as fits.
\newcommand{\fitting}[1]{\savebox{\content}{#1}%
  \ifdim\wd\content>\linewidth \resizebox{\linewidth}{!}{\usebox{\content}}\else \usebox{\content}\fi}
"""
BEGIN = "\\begin{document}\n"
MOST_TRACED = 200  # nodes; the trace of a larger graph fills dozens of pages
ROWS_OF_A_PAGE = 28
SPECIAL = {c: rf"\{c}" for c in "#$%&_{}"} | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}"}
SPECIAL |= {"^": r"\textasciicircum{}", "<": r"\ensuremath{<}", ">": r"\ensuremath{>}", "|": r"\ensuremath{|}"}
COMMANDS = {sign: rf"\{name}" for name, sign in reversed([*OPERATORS.items(), *LETTERS.items()])}
COMMANDS |= {letter: rf"\mathbb{{{plain}}}" for plain, letter in DOUBLE.items()}
COMMANDS |= {small: f"{{}}^{{{COMMANDS.get(c, c)}}}" for c, small in RAISED.items()}
COMMANDS |= {small: f"{{}}_{{{COMMANDS.get(c, c)}}}" for c, small in LOWERED.items()}
COMMANDS |= {
    "ᵀ": "{}^{T}", "⁺": "{}^{+}", "⁻": "{}^{-}", "₋": "{}_{-}", "−": "-", "∗": "*", "·": r"\cdot", "√": r"\surd",
    "′": "'", "″": "''", "‴": "'''", "½": r"\tfrac{1}{2}", "¼": r"\tfrac{1}{4}", "¾": r"\tfrac{3}{4}", "…": r"\dots",
    "✓": r"\checkmark", "✗": r"\times", "↓": r"\downarrow", "↑": r"\uparrow", "↔": r"\leftrightarrow",
    "∛": r"\sqrt[3]{}", "∏": r"\prod", "φ": r"\varphi", "ϕ": r"\phi", "ε": r"\varepsilon", "⊙": r"\odot", "‖": r"\|",
    "Σ": r"\Sigma", "⌈": r"\lceil", "⌉": r"\rceil", "⌊": r"\lfloor", "⌋": r"\rfloor", "°": r"^\circ",
}  # fmt: skip
ACCENTS = {"0304": "bar", "0302": "hat", "0307": "dot", "0303": "tilde"}
KNOWN = "–—‘’“”„§©"  # of pdflatex, beside the letters of Latin


def document(outcome: Outcome, lesson: Lesson) -> str:
    """The whole document."""
    mine = "\n\n".join(_parts(outcome, lesson))
    whole = DOCUMENT.replace("CONTENT", mine)
    if outcome.graph is not None:
        steps = outcome.trace()
        if len(steps.nodes) > MOST_TRACED:
            told = f"The trace of its graph, which has {len(steps.nodes):,} nodes, would fill dozens of pages."
            whole = DOCUMENT.replace("CONTENT", f"{mine}\n\n{told}")
        else:
            trace = steps.to_latex(document=True)
            whole = trace.replace(BEGIN, f"{BEGIN}{mine}\n\n\\subsection*{{The trace}}\n", 1)
    return whole.replace(BEGIN, f"{HEAD}{declared(whole)}{BEGIN}", 1)


def _parts(outcome: Outcome, lesson: Lesson) -> Iterator[str]:
    yield rf"\section*{{{text(f'{lesson.id} · {lesson.title}')}}}"
    paragraphs = "\n\n".join(prose(part) for part in lesson.statement.split("\n\n"))
    yield f"\\begin{{minipage}}{{.75\\linewidth}}\n{paragraphs}\n\\end{{minipage}}"
    for given in outcome.derived:
        yield derivation(given)
    yield r"\subsection*{The numbers}" if outcome.tables or outcome.numbers or outcome.claims else ""
    for columns in [*outcome.tables, *([outcome.agreement.table()] if outcome.numbers else [])]:
        yield from table(columns)
    claims = [
        rf"  \item[{'✓' if holds else '✗'}] {text(claim + ('' if holds else outcome.reason(claim)))}"
        for claim, holds in outcome.claims.items()
    ]
    if claims:
        yield "\n".join([r"\begin{itemize}", *claims, r"\end{itemize}"])


def derivation(given: Derivation) -> str:
    """A derivation: in each item the formula, and below it the reason and the engine's numbers."""
    items = []
    for line in given.lines:
        told = [
            rf"\texttt{{{text(name)}}}" + (f" = {text(number)}" if number else "") if name else text(number)
            for name, number in line.told()
        ]
        below = r" \quad ".join(filter(None, [prose(line.why), *told]))
        items.append(
            rf"  \item \fitting{{$\displaystyle {line.formula}$}}" + (rf"\\ {{\small {below}}}" if below else "")
        )
    return "\n".join([rf"\subsection*{{{prose(given.title)}}}", r"\begin{enumerate}", *items, r"\end{enumerate}"])


def table(columns: Columns) -> Iterator[str]:
    """A table, in parts that fit on a page."""
    sides = "".join("r" if heading.startswith(" ") else "l" for heading in columns.headings)
    head = " & ".join(map(_cell, columns.headings)) + r" \\ \hline\noalign{\smallskip}"
    for start in range(0, max(1, len(columns.rows)), ROWS_OF_A_PAGE):
        rows = [" & ".join(map(_cell, row)) + r" \\" for row in columns.rows[start : start + ROWS_OF_A_PAGE]]
        body = "\n".join([rf"\begin{{tabular}}{{@{{}}{sides}@{{}}}}", head, *rows, r"\end{tabular}"])
        title = rf"\smallskip\textit{{{text(columns.title)}}}\\[1ex]"
        yield "\n".join([r"\begin{minipage}{\linewidth}", title, rf"\fitting{{{body}}}\medskip", r"\end{minipage}"])


def _cell(cell: str) -> str:
    return r" \quad ".join(text(part) for part in cell.strip().split(GAP))


def text(plain: str) -> str:
    r"""A text in which no character has a meaning for LaTeX.

    >>> print(text("50 % of w_1"))
    50 \% of w\_1
    """
    return "".join(SPECIAL.get(c, c) for c in visible(plain))


def prose(markdown: str) -> str:
    r"""Markdown in LaTeX, its formulas as they are.

    >>> print(prose("By **hand**, $x_1$ is `x_1`."))
    By \textbf{hand}, $x_1$ is \texttt{x\_1}.
    """
    shown, behind = [], 0
    for span in SPAN.finditer(markdown):
        formula, after, program, strong, stressed, link = span.groups()
        shown.append(text(markdown[behind : span.start()]))
        if formula is not None:
            shown.append(f"${formula}${text(after)}")
        elif program is not None:
            shown.append(rf"\texttt{{{text(program)}}}")
        elif strong is not None:
            shown.append(rf"\textbf{{{prose(strong)}}}")
        else:
            shown.append(rf"\emph{{{prose(stressed)}}}" if stressed is not None else prose(link))
        behind = span.end()
    return " ".join("".join([*shown, text(markdown[behind:])]).split())


def declared(document: str) -> str:
    r"""What pdflatex is to write for the letters of a document that are no letters of Latin.

    >>> print(declared("x²"), end="")
    \DeclareUnicodeCharacter{00B2}{\ensuremath{{}^{2}}}
    """
    others = sorted(c for c in set(document) if not c.isascii() and c not in KNOWN)
    return "".join(
        rf"\DeclareUnicodeCharacter{{{ord(c):04X}}}{{{_command(c)}}}" + "\n" for c in others if not _latin(c)
    )


def _latin(c: str) -> bool:
    return "À" <= c <= "ſ" and c not in "×÷"


def _command(c: str) -> str:
    """The command for a letter; of one that nobody knows, its number."""
    if c in COMMANDS:
        return rf"\ensuremath{{{COMMANDS[c]}}}"
    base, _, mark = unicodedata.decomposition(c).partition(" ")
    if mark in ACCENTS:
        return rf"\ensuremath{{\{ACCENTS[mark]}{{{chr(int(base, 16))}}}}}"
    return rf"\texttt{{U+{ord(c):04X}}}"
