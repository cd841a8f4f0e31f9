"""What a lesson asks: a question before its steps, and exercises with solutions; and how a page shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from autograd_lite.lessons.showing.mathematics import mathml

SPAN = re.compile(r"\$\$?([^$]+)\$\$?([.,:;?!)]*)|`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\([^)]+\)")
HINT = re.compile(r"^- `([^`]+)`: (.+(?:\n(?!- ).+)*)", re.MULTILINE)
BLOCK = re.compile(r"```\w*\n(.*?)```|(.+?)(?=\n\s*\n|```|\Z)", re.DOTALL)


class Exercise(NamedTuple):
    """A task and its solution, in Markdown with LaTeX, as a statement is."""

    task: str
    solution: str


class Asked(NamedTuple):
    """The question and the exercises of a lesson."""

    question: str = ""
    exercises: tuple[Exercise, ...] = ()
    hints: Mapping[str, str] = MappingProxyType({})  # by the name of what is asked, in Markdown


@cache
def asked() -> dict[str, Asked]:
    """What each lesson asks, by its id, from exercises.md.

    >>> len(asked()["L03"].exercises), asked()["L03"].question[:24]
    (1, 'Written out, $y = x^2 e^')
    """
    text = (files("autograd_lite.lessons.asking") / "exercises.md").read_text(encoding="utf-8")
    found = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        name, _, rest = section.partition("\n")
        rest, _, hints = rest.partition("\n### Hints\n")
        question, *parts = (part.strip() for part in re.split(r"^### (?:Exercise|Solution)$", rest, flags=re.MULTILINE))
        told = {hint[1]: " ".join(hint[2].split()) for hint in HINT.finditer(hints)}
        found[name] = Asked(question, tuple(map(Exercise, parts[::2], parts[1::2])), MappingProxyType(told))
    return found


def as_html(markdown: str) -> str:
    """Paragraphs, programs, formulas and stress of Markdown as HTML; everything else is text, and escaped.

    >>> as_html("So **x** < 1:" + chr(10) * 2 + "`f(x)` and $x$")
    '<p>So <b>x</b> &lt; 1:</p><p><code>f(x)</code> and <math><mi>x</mi></math></p>'
    """
    found = []
    for block in BLOCK.finditer(markdown):
        program, prose = block.groups()
        if program is not None:
            found.append(f"<pre><code>{escape(program.rstrip())}</code></pre>")
        elif prose.strip():
            found.append(f"<p>{_inline(prose.strip())}</p>")
    return "".join(found)


def _inline(text: str) -> str:
    shown, behind = [], 0
    for span in SPAN.finditer(text):
        formula, after, program, strong, stressed, link = span.groups()
        shown.append(escape(text[behind : span.start()]))
        if formula is not None:
            math = mathml(formula)
            shown.append(f'<span class="keep">{math}{after}</span>' if after else math)  # on one line
        elif program is not None:
            shown.append(f"<code>{escape(program)}</code>")
        elif strong is not None:
            shown.append(f"<b>{_inline(strong)}</b>")
        else:
            shown.append(f"<em>{_inline(stressed)}</em>" if stressed is not None else _inline(link))
        behind = span.end()
    return "".join([*shown, escape(text[behind:])])


def sheet(title: str, statement: str, given: Asked) -> str:
    """What stands with the page of a lesson: its statement, its question, its exercises with solutions to unfold.

    >>> sheet("L99 · a < b", "$a$", Asked("Why?"))
    '<h2>L99 · a &lt; b</h2><p><math><mi>a</mi></math></p><h3>Before you step</h3><p>Why?</p>'
    """
    parts = [f"<h2>{escape(title)}</h2>", as_html(statement)]
    if given.question:
        parts += ["<h3>Before you step</h3>", as_html(given.question)]
    for place, exercise in enumerate(given.exercises, start=1):
        number = f" {place}" if len(given.exercises) > 1 else ""
        parts += [
            f"<h3>Exercise{number}</h3>{as_html(exercise.task)}",
            f"<details><summary>Solution{number}</summary>{as_html(exercise.solution)}</details>",
        ]
    return "".join(parts)
