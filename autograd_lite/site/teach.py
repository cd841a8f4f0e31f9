"""The teacher's corner: a sheet for any seed and its key, made in the browser; pictures and slides of the steps."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

from autograd_lite.engine.files import write_whole
from autograd_lite.engine.text import visible
from autograd_lite.lessons.asking.marked import script_of_questions
from autograd_lite.lessons.chapters import CHAPTERS
from autograd_lite.lessons.lesson import Lesson
from autograd_lite.site.browser.lessons import sheet
from autograd_lite.site.course import needing
from autograd_lite.site.shell import Site, asset

FIRST, SEED = "L21", 7  # what is shown before anything is asked


def write(folder: Path, site: Site, tell: Callable[[str], object]) -> list[str]:
    """Write the page, with a first sheet on it."""
    del tell
    (folder / "teach").mkdir(exist_ok=True)
    first = sheet(FIRST, SEED)
    texts = {"LESSONS": choices(), "SEED": str(SEED), "ID": FIRST, "SHEET": first["sheet"].replace("h1>", "h2>")}
    body = asset("teach.html")
    for name, text in texts.items():
        body = body.replace(name, text, 1)
    without, sheetless = needing()
    told = {
        "first": first,
        "id": FIRST,
        "seed": SEED,
        "needs": {"frames": sorted(without), "sheet": sorted(sheetless)},
    }
    scripts = [script_of_questions()]
    page = site.page(
        "teach/index.html", "Sheets and slides", body, modules=["teach"], styles=["lessons"], scripts=scripts, told=told
    )
    write_whole(folder / "teach" / "index.html", page.encode())
    return []


def choices() -> str:
    """The lessons that have a quiz, by chapter, to choose from.

    >>> '<option value="L21" selected>L21 · An exercise with ReLU</option>' in choices()
    True
    """
    groups = ""
    for name, lessons in CHAPTERS.items():
        options = "".join(map(_option, (lesson for lesson in lessons if lesson.quiz is not None)))
        groups += f'<optgroup label="{escape(visible(name))}">{options}</optgroup>'
    return groups


def _option(lesson: Lesson) -> str:
    chosen = " selected" if lesson.id == FIRST else ""
    return f'<option value="{lesson.id}"{chosen}>{lesson.id} · {escape(visible(lesson.title))}</option>'
