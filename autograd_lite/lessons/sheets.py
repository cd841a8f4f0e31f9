"""A sheet of questions with numbers of its own, and its key: in Markdown, LaTeX, and as a page that marks itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from inspect import cleandoc
from itertools import groupby
from typing import TYPE_CHECKING
from unicodedata import decomposition, normalize

from autograd_lite.lessons.guesses import asked_shape
from autograd_lite.lessons.hints import reason
from autograd_lite.lessons.outcome import written
from autograd_lite.lessons.quantities import LessonError, Quantities, Quantity
from autograd_lite.lessons.quizzes import Quiz
from autograd_lite.views.columns import literal
from autograd_lite.views.notations import latex_symbol, latex_text

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson, Parameter

MARKED = re.compile(r"\$\$?([^$]+)\$\$?|`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*")
FRACTION = re.compile(r"([∂d])(.+)/([∂d])(.+)")
BREAKS = {"/": "/", "·": r"$\cdot$", "⋅": r"$\cdot$"}  # after which a line may end
MEANT = {c: f"\\{c}" for c in "#$%&_{}"}  # what has a meaning in LaTeX, or no letter
MEANT |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
MEANT |= {"′": "$'$", "″": "$''$", "‴": "$'''$"}
DOCUMENT = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{amsmath,amssymb}
\setlength{\parindent}{0pt}
\setlength{\parskip}{1ex}
\allowdisplaybreaks
\begin{document}
CONTENT
\end{document}
"""


@dataclass(frozen=True)
class QuizSheet:
    """The questions of a lesson for a seed; its `key` is the same sheet with the answers.

    >>> from autograd_lite.lessons import find
    >>> sheet = find("L21").quiz_sheet(seed=7)
    >>> sheet, sheet.questions[0].name
    (<Sheet 7 of L21: 7 questions>, 'h')
    >>> sheet.markdown() == find("L21").quiz_sheet(seed=7).markdown() != find("L21").quiz_sheet(seed=8).markdown()
    True
    """

    lesson: Lesson
    seed: int
    solved: bool = False

    def __post_init__(self) -> None:
        if self.lesson.quiz is None:
            raise LessonError(f"{self.lesson.id} has no quiz; `autograd-lite quiz` lists those that have one")

    def __repr__(self) -> str:
        what = "Key of sheet" if self.solved else "Sheet"
        return f"<{what} {self.seed} of {self.lesson.id}: {len(self.questions)} questions>"

    @property
    def key(self) -> QuizSheet:
        """The sheet with the answers, and how they come about."""
        return replace(self, solved=True)

    @cached_property
    def _asked(self) -> tuple[Quiz, Quantities]:
        quiz = self.lesson.quiz
        assert quiz is not None
        taught = quiz.paper or self.lesson
        quiz = taught.quiz or quiz
        return quiz, quiz.draw(taught, self.seed)

    @property
    def asked(self) -> Quantities:
        """The lesson with the parameters that were drawn: the lesson's own, or of the one for paper."""
        return self._asked[1]

    @cached_property
    def questions(self) -> list[Quantity]:
        """What is asked."""
        quiz, asked = self._asked
        return [asked[name] for name in quiz.asks]

    @property
    def parameters(self) -> list[tuple[Parameter, str]]:
        """The numbers that are given, and their values as text; seeds that are not drawn are none."""
        quiz, asked = self._asked
        known = asked.lesson.parameters.values()
        return [(p, written(asked.parameters[p.name])) for p in known if p.name in quiz.drawn or p.name != "seed"]

    @property
    def statement(self) -> str:
        """What it is about, in Markdown with LaTeX."""
        quiz, asked = self._asked
        return cleandoc(quiz.task) or asked.lesson.statement

    @property
    def title(self) -> str:
        """The lesson and the seed."""
        return f"{self.lesson.id} · {self.lesson.title} · {'key of ' * self.solved}sheet {self.seed}"

    def markdown(self) -> str:
        """The sheet in Markdown."""
        lines = [f"# {literal(self.title)}", "", self.statement, ""]
        lines += [f"- {literal(p.name)} = {literal(text)}: {literal(p.limits.meaning)}" for p, text in self.parameters]
        lines += ["", "Three significant digits." if not self.solved else "To four digits, of which three count.", ""]
        for place, question in enumerate(self.questions, start=1):
            name = literal(question.name)
            if self.solved:
                why = literal(reason(self.asked, question)) if question.parts else reason(self.asked, question)
                lines.append(f"{place}. **{name}** = {literal(written(question.truth, 4))}{'  ' * bool(why)}")
                lines += [f"   {why}"] * bool(why)
            else:
                lines.append(f"{place}. **{name}**, {asked_shape(question)}:")
        return "\n".join(lines) + "\n"

    def html(self) -> str:
        """The sheet as a page that marks itself, and needs no network; solved, with the answers."""
        from autograd_lite.lessons.marked import page

        return page(self)

    def latex(self) -> str:
        """The sheet as a LaTeX document."""
        parts = [rf"\section*{{{running(self.title)}}}", running(self.statement)]
        if self.parameters:
            rows = [
                rf"{in_latex(p.name)} &= {latex_text(text)} && {latex_text(p.limits.meaning)}"
                for p, text in self.parameters
            ]
            parts.append("\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}")
        items = []
        for question in self.questions:
            name = f"${in_latex(question.name)}$"
            if self.solved:
                why = reason(self.asked, question)
                answer = running(written(question.truth, 4))
                items.append(rf"\item {name} $=$ {answer}" + rf" \\ {{\small {running(why)}}}" * bool(why))
            else:
                room = r"\\[1ex] ".join([r"\hrulefill"] * min(len(question.entries), 4))
                items.append(rf"\item {name}, {asked_shape(question)}:\\[2ex] {room}")
        body = "\n".join(items)
        parts.append(f"\\begin{{enumerate}}\n{body}\n\\end{{enumerate}}" if items else "")
        return DOCUMENT.replace("CONTENT", "\n\n".join(parts))


def in_latex(name: str) -> str:
    r"""What is asked, in LaTeX's mathematics.

    >>> in_latex("∂J/∂W"), in_latex("v after"), in_latex("f′")
    ('\\frac{\\partial J}{\\partial W}', 'v\\;\\text{after}', "f'")
    """
    words = name.split()
    return r"\;".join(_word(word) if place == 0 else latex_text(word) for place, word in enumerate(words))


def _word(word: str) -> str:
    if match := FRACTION.fullmatch(word):
        signs = [r"\partial " if sign == "∂" else r"\mathrm{d} " for sign in match.group(1, 3)]
        return rf"\frac{{{signs[0]}{_symbol(match[2])}}}{{{signs[1]}{_symbol(match[4])}}}"
    return _symbol(word)


def _symbol(word: str) -> str:
    base = word.rstrip("′″‴")
    primes = "".join("'" * (1 + "′″‴".index(c)) for c in word[len(base) :])
    return r"\dots ".join(latex_symbol(part) for part in base.split("…")) + primes


def running(text: str) -> str:
    r"""Text of Markdown, with its formulas, as running text of LaTeX, in which nothing else has a meaning.

    >>> running("50 % of **all** $x_1$, in ∂")
    '50 \\% of \\textbf{all} $x_1$, in ${\\partial}$'
    """
    shown, behind = [], 0
    for span in MARKED.finditer(text):
        formula, program, strong, stressed = span.groups()
        shown.append(_plain(text[behind : span.start()]))
        if formula is not None:
            shown.append(f"${formula}$")
        elif program is not None:
            shown.append(rf"\texttt{{{_plain(program)}}}")
        else:
            shown.append(rf"\{'textbf' if strong is not None else 'emph'}{{{running(strong or stressed)}}}")
        behind = span.end()
    return "".join([*shown, _plain(text[behind:])])


def _plain(text: str) -> str:
    parts = []
    for raised, letters in groupby(text, _height):
        if raised:
            parts.append(f"${raised}{{{normalize('NFKC', ''.join(letters)).replace('−', '-')}}}$")
        else:
            parts += map(_letter, letters)
    return "".join(parts).replace("}$$_{", "}_{")  # raised and lowered at one letter


def _height(c: str) -> str:
    """The sign of LaTeX for a raised or lowered letter; "" for any other."""
    kind = decomposition(c).partition(" ")[0]
    return {"<super>": "^", "<sub>": "_"}.get(kind, "")


def _letter(c: str) -> str:
    if c in BREAKS:
        return BREAKS[c] + r"\allowbreak{}"
    return MEANT.get(c) or (c if c.isascii() else f"${latex_text(c)}$")
