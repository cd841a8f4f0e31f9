"""The course on the site: the pages of the lessons, whose numbers one changes, and what one has done kept there.

Every page is that of `lessons/showing`; where it tells of a command, the site has a form that Python in the browser
answers. What a lesson computes with NumPy, which the browser lacks, stands on its page as it was computed here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from autograd_lite.engine.files import write_whole
from autograd_lite.engine.text import visible
from autograd_lite.lessons.chapters import CHAPTERS
from autograd_lite.lessons.lesson import Parameter
from autograd_lite.lessons.showing.course import TITLE, listed, pages
from autograd_lite.lessons.showing.pages import LessonPage, Section
from autograd_lite.site.browser.lessons import command
from autograd_lite.site.shell import Site

PROBE = """
import json, sys
sys.modules |= {"numpy": None, "safetensors": None}  # which so cannot be imported
from autograd_lite.lessons import LESSONS

def needs(run):
    try:
        run()
    except ModuleNotFoundError:
        return True
    return False

lessons = [lesson for lesson in LESSONS.values() if needs(lesson)]
sheets = [lesson.id for lesson in lessons if lesson.quiz and needs(lambda: lesson.quiz_sheet(1).key.html())]
print(json.dumps([[lesson.id for lesson in lessons], sheets]))
"""


@cache
def needing() -> tuple[frozenset[str], frozenset[str]]:
    """The lessons that do not run without NumPy, and those whose sheets are not made without it: tried, not listed."""
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    lessons, sheets = json.loads(done.stdout)
    return frozenset(lessons), frozenset(sheets)


def write(folder: Path, site: Site, tell: Callable[[str], object]) -> list[str]:
    """Write the index and the page of each lesson; what they lack, in words."""
    (folder / "course").mkdir(exist_ok=True)
    tell("which lessons run in a browser")
    needing()
    lacking, known = [], []
    for page in pages(SitePage, CHAPTERS, lambda name, count, total: tell(f"{name}, {count} of {total}")):
        path = f"course/{page.lesson.id}.html"
        write_whole(folder / path, page.of(site, path).encode())
        lacking += [f"{page.lesson.id} lacks {missing.what}: {missing.why}" for missing in page.missing]
        known.append(page.known())
    body = f'<main id="content" class="chapters course">{listed(CHAPTERS, _onward(known))}</main>'
    told = {"lessons": known}
    page_ = site.page("course/index.html", TITLE, body, modules=["course"], styles=["lessons"], told=told)
    write_whole(folder / "course" / "index.html", page_.encode())
    return lacking


def _onward(known: Sequence[dict[str, Any]]) -> str:
    """Where to begin, as for somebody who has done nothing yet; the script writes anew what one has done."""
    first, questions = known[0], sum(lesson["questions"] for lesson in known)
    return (
        '<section id="onward" class="onward ui" aria-label="where you are">'
        f'<a class="to" href="{first["id"]}.html">Begin with <span class="id">{first["id"]}</span> '
        f'{escape(visible(first["title"]))}</a><span class="so-far"><progress max="{questions}" value="0" '
        f'aria-label="questions answered right"></progress>0 of {questions} answered</span></section>'
    )


class SitePage(LessonPage):
    """The page of a lesson in the frame of the site, with a form for its parameters above what depends on them."""

    def of(self, site: Site, path: str) -> str:
        """The whole page."""
        body = f'{self.top()}<main id="content">{self.main()}</main>'
        return site.page(
            path,
            self.title,
            body,
            modules=["lesson"],
            styles=["lessons"],
            scripts=self.scripts,
            frames=self.frames,
            told={"lesson": self.known()},
        )

    def known(self) -> dict[str, Any]:
        """What the scripts know of the lesson: how much there is to do."""
        quiz = self.lesson.quiz
        taught = quiz.paper if quiz is not None and quiz.paper is not None else self.lesson
        questions = len(taught.quiz.asks) if taught.quiz is not None else len(quiz.asks) if quiz is not None else 0
        return {"id": self.lesson.id, "title": self.lesson.title, "questions": questions}

    def sections(self) -> list[Section]:
        """The parts of the page; the form is the first."""
        *parts, change = super().sections()
        return [change._replace(content=self._change()), *parts]

    def _change(self) -> str:
        """The form, or the command for a lesson that needs more than a browser has."""
        lesson = self.lesson
        if not lesson.parameters:
            return ""
        head = "<h2>Change the numbers</h2>"
        if lesson.id in needing()[0]:
            first = next(iter(lesson.parameters.values()))
            call = command(lesson, {first.name: typed(first.default)}, f"--html {lesson.id}.html")
            takes = "".join(
                f"<dt><code>{escape(p.name)}={escape(visible(typed(p.default)))}</code></dt>"
                f"<dd>{escape(visible(p.described))}</dd>"
                for p in lesson.parameters.values()
            )
            return (
                f"{head}<p>This lesson computes with NumPy, which the browser lacks. What you see below was computed "
                f"when this page was made. On your own machine it runs with other numbers too:</p>"
                f"<pre><code>{escape(call)}</code></pre>"
                f'<details><summary>What can be changed</summary><dl class="given">{takes}</dl></details>'
            )
        fields = "".join(map(field, lesson.parameters.values()))
        return (
            f'{head}<form id="given" class="ui" novalidate><div class="fields">{fields}</div>'
            '<p class="small" id="takes">Numbers, or expressions such as pi/2.</p>'
            '<p class="does"><button class="main">Compute</button>'
            '<button type="button" id="reset" hidden>Back to the lesson’s numbers</button></p></form>'
            '<p id="wrong" role="alert" hidden></p><div id="python" class="ui"></div>'
            '<p id="shown" class="small" role="status"></p>'
        )


def typed(value: Any) -> str:
    """A number or a word as one types it.

    >>> typed(2.0), typed(-0.25), typed("XOR")
    ('2', '-0.25', 'XOR')
    """
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def field(p: Parameter) -> str:
    """A parameter's place in the form.

    >>> from autograd_lite.lessons import find
    >>> 'value="1.5" data-default="1.5"' in field(find("L01").parameters["x"])
    True
    """
    name, meaning, default = escape(p.name), escape(visible(p.limits.meaning)), escape(typed(p.default))
    ids = f'id="given-{name}" name="{name}" aria-describedby="takes-{name} wrong-{name}"'
    if p.words:
        options = "".join(
            f"<option{' selected' if word == p.default else ''}>{escape(str(word))}</option>" for word in p.words
        )
        control = f'<select {ids} data-default="{default}">{options}</select>'
    else:
        control = (
            f'<input type="text" {ids} value="{default}" data-default="{default}" autocomplete="off" '
            'autocapitalize="off" spellcheck="false">'
        )
    return (
        f'<div class="field"><label for="given-{name}"><b>{name}</b> {meaning}</label>{control}'
        f'<span hidden id="takes-{name}">{escape(visible(p.takes))}</span>'
        f'<p class="refused" id="wrong-{name}"></p></div>'
    )
