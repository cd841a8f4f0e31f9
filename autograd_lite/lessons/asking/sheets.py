"""A sheet of questions with numbers of its own, and its key: in Markdown, LaTeX, and as a page that marks itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

from autograd_lite.lessons.asking.exercises import as_html
from autograd_lite.lessons.asking.guesses import asked_shape
from autograd_lite.lessons.asking.hints import Markdown, as_markdown, reason
from autograd_lite.lessons.asking.marked import HOW, marked, script_of_questions, solved
from autograd_lite.lessons.asking.quantities import LessonError, Quantities
from autograd_lite.lessons.asking.quantity import Quantity
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.showing.html import document
from autograd_lite.lessons.showing.latex import declared, prose, text
from autograd_lite.lessons.showing.numerals import written
from autograd_lite.views.columns import literal
from autograd_lite.views.notations import latex_symbol

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson

FRACTION = re.compile(r"([∂d])(.+)/([∂d])(.+)")
MOST_LINES = 4  # to write one answer on
DOCUMENT = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{amsmath,amssymb}
\setlength{\parindent}{0pt}
\setlength{\parskip}{1ex}
\sloppy
DECLARED\begin{document}
CONTENT
\end{document}
"""


@dataclass(frozen=True)
class QuizSheet:
    """The questions of a lesson for a seed; its `key` is the same sheet with the answers.

    >>> from autograd_lite.lessons import find
    >>> sheet = find("L21").quiz_sheet(seed=7)
    >>> sheet, sheet.questions[0].name
    (<Sheet 7 of L21: 6 questions>, 'h')
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
    def parameters(self) -> list[tuple[Any, str]]:
        """The numbers that are given, and their values as text: all but seeds; with a task, those that are drawn."""
        quiz, asked = self._asked
        known = asked.lesson.parameters.values()
        return [
            (p, written(asked.parameters[p.name]))
            for p in known
            if p.name in quiz.drawn or (not quiz.task and p.name != "seed")
        ]

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
        lines += [
            f"- {literal(p.name)} = {literal(value)}: {literal(p.limits.meaning)}" for p, value in self.parameters
        ]
        lines += ["", "Three significant digits." if not self.solved else "To four digits, of which three count.", ""]
        for place, question in enumerate(self.questions, start=1):
            name = literal(question.name)
            if self.solved:
                why = as_markdown(reason(self.asked, question))
                lines.append(f"{place}. **{name}** = {literal(question.text)}{'  ' * bool(why)}")
                lines += [f"   {why}"] * bool(why)
            else:
                lines.append(f"{place}. **{name}**, {asked_shape(question)}:")
        return "\n".join(lines) + "\n"

    def html(self) -> str:
        """The sheet as a page that marks itself, and needs no network; solved, with the answers."""
        return document(self.title, f"<main>{self.main()}</main>", [script_of_questions()] * (not self.solved))

    def main(self) -> str:
        """What this page says."""
        given = "".join(f"<li>{escape(f'{p.name} = {value}: {p.limits.meaning}')}</li>" for p, value in self.parameters)
        parts = [f"<h1>{escape(self.title)}</h1>"]
        parts += [
            f'<section class="first statement">{as_html(self.statement)}</section>',
            f"<ul>{given}</ul>" * bool(given),
        ]
        if self.solved:
            return "".join([*parts, solved(self.asked, self.questions)])
        return "".join([*parts, f"<p>{HOW}</p>", marked(self.asked, self.questions)])

    def latex(self) -> str:
        """The sheet as a LaTeX document."""
        parts = [rf"\section*{{{text(self.title)}}}", *map(prose, self.statement.split("\n\n"))]
        given = [rf"\item ${in_latex(p.name)} = {value}$: {text(p.limits.meaning)}" for p, value in self.parameters]
        parts += ["\n".join([r"\begin{itemize}", *given, r"\end{itemize}"])] * bool(given)
        parts.append("\n".join([r"\begin{enumerate}", *map(self._item, self.questions), r"\end{enumerate}"]))
        content = "\n\n".join(parts)
        return DOCUMENT.replace("DECLARED", declared(content)).replace("CONTENT", content)

    def _item(self, question: Quantity) -> str:
        name = f"${in_latex(question.name)}$"
        if not self.solved:
            lines = "\n\n".join([r"\vspace{2ex}\hrulefill"] * min(len(question.entries), MOST_LINES))
            return f"\\item {name}, {asked_shape(question)}:\n\n{lines}"
        why = reason(self.asked, question)
        told = prose(why) if isinstance(why, Markdown) else text(why).replace("/", r"/\allowbreak{}")
        return rf"\item {name} $=$ {text(question.text)}" + f"\n\n{{\\small {told}}}" * bool(why)


def in_latex(name: str) -> str:
    r"""What is asked, in LaTeX's mathematics.

    >>> in_latex("∂J/∂W"), in_latex("v after"), in_latex("f′")
    ('\\frac{\\partial J}{\\partial W}', 'v\\;\\text{after}', "f'")
    """
    words = name.split()
    return r"\;".join([*map(_word, words[:1]), *(rf"\text{{{text(word)}}}" for word in words[1:])])


def _word(word: str) -> str:
    if match := FRACTION.fullmatch(word):
        signs = [r"\partial " if sign == "∂" else r"\mathrm{d} " for sign in match.group(1, 3)]
        return rf"\frac{{{signs[0]}{_symbol(match[2])}}}{{{signs[1]}{_symbol(match[4])}}}"
    return _symbol(word)


def _symbol(word: str) -> str:
    base = word.rstrip("′″‴")
    primes = "".join("'" * (1 + "′″‴".index(c)) for c in word[len(base) :])
    symbol = r"\dots ".join(latex_symbol(part) for part in base.split("…"))
    return (rf"\text{{{text(base)}}}" if "U+" in symbol else symbol) + primes
