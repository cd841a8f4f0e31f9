"""The page of a lesson: its statement, its steps, derivations, numbers, plot and exercises, in one file.

The steps are the page of `trace`, in a frame; a lesson without a graph has a page of the same look.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from inspect import cleandoc
from typing import TYPE_CHECKING, NamedTuple

from autograd_lite.engine.text import visible
from autograd_lite.lessons.asking.exercises import Asked, as_html
from autograd_lite.lessons.showing import html

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson
    from autograd_lite.lessons.outcome import Outcome

HIGH = 760  # pixels of the frame, until its page asks for what it needs
LINKS = """
document.addEventListener("click", ({ target }) => {
  const link = target.closest("[data-node]");
  if (!link) return;
  const { node, kind } = link.dataset, frame = document.querySelector("iframe");
  frame.contentWindow.postMessage({ autogradLite: { node: Number(node), kind } }, "*");
});
"""
MOST_DRAWS = 30  # of which one has other answers than a page
MOST_STILL = 300  # nodes of a graph whose picture is printed


class Section(NamedTuple):
    """A part of a page that a link at its top leads to."""

    name: str
    title: str
    content: str
    kind: str = ""

    def __str__(self) -> str:
        kind = f' class="{self.kind}"' if self.kind else ""
        return f'<section id="{self.name}"{kind}>{self.content}</section>'


class Missing(NamedTuple):
    """What a page lacks, and why: matplotlib or Graphviz is not here."""

    what: str
    why: str


class LessonPage:
    """The page of a lesson that has run, or could not: `html` is all of it, `missing` says what it lacks.

    A site puts `main` into a page of its own, with the `scripts` and `frames` that making it has found.
    """

    def __init__(
        self,
        lesson: Lesson,
        outcome: Outcome | None,
        chapter: str = "A lesson of autograd_lite",
        around: Sequence[Lesson | None] | None = None,
    ) -> None:
        self.lesson = lesson
        self.chapter = chapter
        self.around = around  # the lessons before and after it, in the folder of a course
        self.missing: list[Missing] = []
        self.frames: list[str] = []
        self.scripts: list[str] = []
        self.outcome = outcome
        self.places: dict[str, int] = {}  # of the nodes in the page to step through

    def html(self) -> str:
        """The whole page."""
        main = self.main()
        return html.document(self.title, f"{self.top()}<main>{main}</main>", self.scripts, self.frames)

    @property
    def title(self) -> str:
        """The title of the page."""
        return f"{self.lesson.id} · {self.lesson.title}"

    def main(self) -> str:
        """What the page says, below its head."""
        lesson = self.lesson
        sections = [section for section in self.sections() if section.content]
        links = "".join(f'<a href="#{section.name}">{section.title}</a>' for section in sections)
        head = (
            f'<header><p class="eyebrow">{escape(visible(self.chapter))}</p>'
            f'<h1><span class="id">{lesson.id}</span> {escape(visible(lesson.title))}</h1>'
            f'<nav class="toc" aria-label="on this page">{links}</nav></header>'
            f'<section class="first statement">{as_html(lesson.statement)}</section>'
        )
        if lesson.asked.question:
            head += f'<section class="ask"><h2>Before you start</h2>{as_html(lesson.asked.question)}</section>'
        notes = "".join(f'<p class="note">{escape(f"{what}: {why}")}</p>' for what, why in self.missing)
        return f"{head}{notes}{''.join(map(str, sections))}{self._ways()}"

    def sections(self) -> list[Section]:
        """The parts of the page, also those that are empty."""
        exercises = Section("exercises", "Exercises", _exercises(self.lesson.asked))
        return [*self.computed(), exercises, self._parameters()]

    def computed(self) -> list[Section]:
        """The parts that depend on the parameters."""
        outcome = self.outcome
        if outcome is None:
            return []
        return [
            Section("steps", "Steps", self._steps(outcome), "wide"),
            Section("questions", "Your numbers", self._questions(outcome)),
            Section("derivation", "Derivation", self._derivations(outcome)),
            Section("numbers", "Numbers", _numbers(outcome)),
            Section("plot", "Plot", self._plot(outcome), "broad"),
        ]

    def _steps(self, outcome: Outcome) -> str:
        """The page to step through, in a frame, and a picture that is printed in its place."""
        from autograd_lite.views.picture.layout import LayoutError
        from autograd_lite.views.steps.page.page import LIMIT
        from autograd_lite.views.steps.tracer import FITTING, trace

        if outcome.graph is None:
            return ""
        steps = trace(outcome.graph)
        steps.linked = bool(outcome.derivations)
        try:
            page = steps.to_html()
            still = ""
            if len(steps.nodes) <= MOST_STILL:
                still = html.picture(outcome.draw().svg().encode(), f"the graph of {outcome.name}", "still")
        except LayoutError as error:
            self.missing.append(Missing("the steps", str(error)))
            return ""
        self.frames.append(page)
        self.scripts += [FITTING, LINKS] if steps.linked else [FITTING]
        if len(steps.nodes) <= LIMIT:  # of a larger graph the page has no operations
            self.places = {name: steps.places[node] for name, node in outcome.nodes.items()}
        title = escape(visible(f"the steps of {outcome.name}"))
        return (
            '<div id="whole" class="stage"><div class="head"><h2>Step through it</h2>'
            '<a class="more" href="#whole">in the whole window</a>'
            '<a class="less" href="#steps">back to the text</a></div>'
            f'<div class="autograd-lite"><iframe sandbox="allow-scripts" title="{title}" height="{HIGH}" '
            f'srcdoc="{escape(page)}"></iframe></div></div>{still}'
            '<p class="small">Forward the values, backward the gradients; then move the inputs. '
            "Predict lets the page ask before it shows.</p>"
        )

    def _derivations(self, outcome: Outcome) -> str:
        found = "".join(html.derivation(derivation, self.places) for derivation in outcome.derived)
        return f"<h2>The derivation</h2>{found}" if found else ""

    def _plot(self, outcome: Outcome) -> str:
        if outcome.figure is None:
            return ""
        from autograd_lite.plots import rendered

        try:
            content = rendered("svg", outcome.plot)
        except ImportError as error:
            self.missing.append(Missing("the plot", str(error)))
            return ""
        shown = html.picture(content, f"the plot of {outcome.name}: {self.lesson.line}")
        return f"<h2>What it looks like</h2><figure>{shown}<figcaption>{escape(self.lesson.line)}</figcaption></figure>"

    def _questions(self, outcome: Outcome) -> str:
        """What a sheet of the lesson asks, to be answered here; of a lesson for paper, with its statement.

        The numbers are others than the page's own, which answer what is asked.
        """
        from autograd_lite.lessons.asking.marked import HOW, marked, questions_html, script_of_questions
        from autograd_lite.lessons.asking.quantities import quantities

        quiz = self.lesson.quiz
        if quiz is None:
            return ""
        self.scripts.append(script_of_questions())
        taught = quiz.paper
        if taught is None:
            shown = quantities(self.lesson, dict(outcome.given))
            draws = (quiz.draw(self.lesson, seed) for seed in range(1, 1 + MOST_DRAWS))
            own = next((one for one in draws if all(one[x].entries != shown[x].entries for x in quiz.asks)), shown)
            return questions_html(self.lesson, **own.parameters).replace("h3>", "h2>", 2)
        quiz = taught.quiz or quiz
        asked = quantities(taught, {})
        task = as_html(cleandoc(quiz.task) or taught.statement)
        head = f"<h2>On paper</h2>{task}<p>{escape(taught.at(asked.parameters))}. {HOW}</p>"
        return head + marked(asked, [asked[name] for name in quiz.asks])

    def _parameters(self) -> Section:
        lesson, given = self.lesson, self.outcome.given if self.outcome is not None else {}
        rows = "".join(
            f"<dt><code>{p.name}={escape(visible(str(given.get(p.name, p.default))))}</code></dt>"
            f"<dd>{escape(visible(p.described))}</dd>"
            for p in lesson.parameters.values()
        )
        if not rows:
            return Section("change", "", "")
        p = next(iter(lesson.parameters.values()))
        call = f"autograd-lite lesson {lesson.id} {p.name}={p.default}"
        return Section(
            "change",
            "Change it",
            "<h2>Change the numbers</h2><p>The lesson runs with any of these, in a terminal or in a notebook.</p>"
            f'<dl class="given">{rows}</dl><pre><code>{escape(call)} --html {lesson.id}.html</code></pre>',
        )

    def top(self) -> str:
        """The links above the page: to the course, and to the lessons before and after it."""
        if self.around is None:
            return ""
        links = [
            f'<a href="{other.id}.html" rel="{rel}" title="{escape(visible(other.title))}">{words.format(other.id)}</a>'
            for other, rel, words in zip(self.around, ("prev", "next"), ("← {}", "{} →"), strict=True)
            if other is not None
        ]
        ways = f'<span class="ways">{"".join(links)}</span>'
        return f'<nav class="top" aria-label="the course"><a href="index.html">The course</a>{ways}</nav>'

    def _ways(self) -> str:
        if self.around is None:
            return ""
        before, after = self.around
        links = ""
        for other, kind, words in ((before, "before", "Before"), (after, "next", "Next")):
            if other is not None:
                title = escape(visible(other.title))
                name = f'<span class="eyebrow">{words} · {other.id}</span><br>{title}'
                links += f'<a class="{kind}" href="{other.id}.html">{name}</a>'
        return f'<nav class="around" aria-label="before and next">{links}</nav>'


def _numbers(outcome: Outcome) -> str:
    """The tables of the lesson, its numbers beside those of the notes, and its claims."""
    tables = [*outcome.tables, *([outcome.agreement.table()] if outcome.numbers else [])]
    claims = ""
    for claim, holds in outcome.claims.items():
        told = claim if holds else claim + outcome.reason(claim)
        claims += f'<li class="{"holds" if holds else "fails"}">{escape(visible(told))}</li>'
    checked = f'<h3>What was checked</h3><ul class="claims">{claims}</ul>' if claims else ""
    return f"<h2>The numbers</h2>{''.join(map(html.table, tables))}{checked}" if tables or claims else ""


def _exercises(asked: Asked) -> str:
    """The exercises, their solutions folded."""
    parts = []
    for place, exercise in enumerate(asked.exercises, start=1):
        number = f" {place}" if len(asked.exercises) > 1 else ""
        parts.append(
            f"<h3>Exercise{number}</h3>{as_html(exercise.task)}"
            f"<details><summary>Solution{number}</summary>{as_html(exercise.solution)}</details>"
        )
    return f"<h2>Exercises</h2>{''.join(parts)}" if parts else ""
