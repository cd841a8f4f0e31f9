"""Questions that mark themselves, as HTML: judged in the page as in Python, by numbers that Python has computed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.text import readable
from autograd_lite.lessons.asking.exercises import as_html
from autograd_lite.lessons.asking.guesses import asked_shape
from autograd_lite.lessons.asking.hints import Markdown, hint, reason
from autograd_lite.lessons.asking.quantities import Quantities, quantities
from autograd_lite.lessons.asking.quantity import Quantity
from autograd_lite.lessons.asking.slips import likely
from autograd_lite.lessons.showing.numerals import written
from autograd_lite.views.steps.page import slim
from autograd_lite.views.steps.page.answers import answer_functions
from autograd_lite.views.steps.page.javascript import library
from autograd_lite.views.steps.page.page import asset

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson

SCRIPTS = ("numbers", "tokens", "answers", "marking")
HOW = "Three significant digits; a fraction, a decimal comma or an expression such as cos(1.5) will do."


def questions_html(lesson: Lesson, **given: Any) -> str:
    """What a sheet of the lesson asks, for its default parameters or those that are given, to be put into its page.

    The fields, and the judging, are the page's: `marking.js`. "" where the lesson has no quiz, or one on paper only.

    >>> from autograd_lite.lessons import find
    >>> questions_html(find("L21"))[:51]
    '<h3>Your numbers</h3><p>At x1 = 1, x2 = 0, t = 2, e'
    """
    if lesson.quiz is None or lesson.quiz.paper is not None:
        return ""
    asked = quantities(lesson, given)
    told = ", ".join(f"{name} = {written(value)}" for name, value in asked.parameters.items())
    head = f"<h3>Your numbers</h3><p>{escape(f'At {told}. {HOW}' if told else HOW)}</p>"
    return head + marked(asked, [asked[name] for name in lesson.quiz.asks])


def marked(asked: Quantities, questions: Sequence[Quantity]) -> str:
    """The places of questions, with what the page's script needs to judge answers."""
    return "".join(_marked(asked, question, place) for place, question in enumerate(questions, start=1))


def _marked(asked: Quantities, question: Quantity, place: int) -> str:
    known = likely(asked, question)
    data = {
        "name": question.name,
        "rows": _rows(question),
        "places": question.places,
        "truth": question.entries,
        "exact": question.exact,
        "wholes": known.wholes,
        "entries": known.entries,
    }
    told = f"The answer is {question.text}."
    why, helps = reason(asked, question), hint(asked, question)
    return (
        f'<div class="asked" data-asked="{escape(json.dumps(data, separators=(",", ":"), ensure_ascii=False))}">'
        f"<p>{place}. <b>{escape(readable(question.name))}</b>, {asked_shape(question)}</p>"
        f'<div class="hint" hidden="">{_told("Hint: ", helps) if helps else ""}</div>'
        f'<div class="answer" hidden=""><p>{escape(told)}</p>{_told("", why) if why else ""}</div>'
        "</div>"
    )


def solved(asked: Quantities, questions: Sequence[Quantity]) -> str:
    """The answers to questions, and how they come about."""
    return "".join(_solved(asked, question, place) for place, question in enumerate(questions, start=1))


def _solved(asked: Quantities, question: Quantity, place: int) -> str:
    why = reason(asked, question)
    answer = f"<p>{place}. <b>{escape(readable(question.name))}</b> = {escape(question.text)}</p>"
    return f'<div class="asked">{answer}{_told("", why) if why else ""}</div>'


def _told(before: str, text: str) -> str:
    """A hint or a reason: Markdown of the lesson's author, or the graph's own names, which are text."""
    return as_html(before + text) if isinstance(text, Markdown) else f"<p>{before}{escape(text)}</p>"


def _rows(question: Quantity) -> list[int]:
    """How many fields stand in each row."""
    shape = question.shape
    if isinstance(shape, list) and all(isinstance(row, list) and all(x == () for x in row) for row in shape):
        return [len(row) for row in shape]
    return [len(question.entries)]


@cache
def script_of_questions() -> str:
    """The scripts that read numbers and judge them, and what these call."""
    parts = [slim.script(asset(f"script/{name}.js")) for name in SCRIPTS]
    functions = answer_functions()
    return "\n".join(['"use strict";', slim.script(library([], [functions])), functions, *parts])
