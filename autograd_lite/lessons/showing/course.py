"""The whole course as a folder of pages: an index, and a page for each lesson that leads to the one before and next."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from autograd_lite.engine.files import check_folder, write_whole
from autograd_lite.engine.text import counted, visible
from autograd_lite.lessons.asking.exercises import as_html
from autograd_lite.lessons.chapters import CHAPTERS
from autograd_lite.lessons.showing import html
from autograd_lite.lessons.showing.pages import LessonPage, Missing

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson

TITLE = "Backpropagation, by hand"
WELCOME = """
Each lesson is a worked example of lecture notes on backpropagation: a statement, the graph of the computation to step
through, the derivation, the numbers by hand beside those of the engine, and exercises. Begin at the top, or wherever
you are curious: what a lesson builds on stands before it.
"""


Kind = TypeVar("Kind", bound=LessonPage)


class Written(NamedTuple):
    """A page that was written: its lesson, its path, and what it lacks."""

    lesson: Lesson
    path: str
    missing: Sequence[Missing] = ()


def save_course(
    folder: str | os.PathLike[str],
    *,
    chapters: Mapping[str, Sequence[Lesson]] = CHAPTERS,
    done: Callable[[str, int, int], object] = lambda name, count, total: None,  # noqa: ARG005 - nobody is told
) -> list[Written]:
    """Write a page for each lesson, L01.html and so on, and index.html, into a folder, which is made if need be.

    The pages need no network, and lead to each other by relative links, from a disk as from a site. Where a lesson
    needs what is not installed, its page says so, and the other pages are written: see `Written.missing`.
    `done(id, count, total)` is called before each lesson, with how many are written.

    >>> import tempfile
    >>> from autograd_lite.lessons import find
    >>> with tempfile.TemporaryDirectory() as site:
    ...     pages = save_course(site, chapters={"One": [find("L02"), find("L03")]})
    ...     sorted(os.listdir(site))
    ['L02.html', 'L03.html', 'index.html']
    """
    folder = os.fspath(folder)
    check_folder(folder, "the course")
    os.makedirs(folder, exist_ok=True)
    found = []
    for page in pages(LessonPage, chapters, done):
        path = os.path.join(folder, f"{page.lesson.id}.html")
        write_whole(path, page.html().encode())
        found.append(Written(page.lesson, path, page.missing))
    write_whole(os.path.join(folder, "index.html"), index(chapters).encode())
    return found


def pages(
    kind: type[Kind], chapters: Mapping[str, Sequence[Lesson]], done: Callable[[str, int, int], object]
) -> Iterator[Kind]:
    """The page of each lesson, of a kind, as it leads to the one before and the next; `done` as in `save_course`."""
    lessons = list(chain(*chapters.values()))
    names = [f"Chapter {place} · {name}" for place, name in enumerate(chapters, start=1) for _ in chapters[name]]
    for place, (lesson, name) in enumerate(zip(lessons, names, strict=True)):
        done(lesson.id, place, len(lessons))
        around = [lessons[place - 1] if place else None, *lessons[place + 1 : place + 2], None][:2]
        yield page_of(kind, lesson, name, around)


def page_of(kind: type[Kind], lesson: Lesson, chapter: str, around: Sequence[Lesson | None]) -> Kind:
    """The page of a lesson as it runs by default, or of one that cannot run here."""
    try:
        return kind(lesson, lesson(), chapter, around)
    except ImportError as error:
        page = kind(lesson, None, chapter, around)
        page.missing.append(Missing("the numbers", str(error)))
        return page


def index(chapters: Mapping[str, Sequence[Lesson]] = CHAPTERS) -> str:
    """The page that lists the lessons by chapter, each in one line.

    >>> "<h2>Descent</h2>" in index()
    True
    """
    return html.document(TITLE, f'<main class="chapters">{listed(chapters)}</main>')


def listed(chapters: Mapping[str, Sequence[Lesson]] = CHAPTERS, between: str = "") -> str:
    """What that page says: the head, what else is to stand there, and the chapters."""
    parts = []
    for name, lessons in chapters.items():
        items = "".join(
            f'<li><a href="{lesson.id}.html"><span class="id">{lesson.id}</span>'
            f'<b>{escape(visible(lesson.title))}</b><span class="line">{escape(lesson.line)}</span></a></li>'
            for lesson in lessons
        )
        parts.append(f'<section><h2>{escape(visible(name))}</h2><ol class="lessons">{items}</ol></section>')
    count = counted(sum(map(len, chapters.values())), "lesson")
    head = (
        f'<header><p class="eyebrow">{counted(len(chapters), "chapter")} · {count}</p><h1>{TITLE}</h1>'
        f'</header><section class="first statement">{as_html(WELCOME)}</section>'
    )
    return head + between + "".join(parts)
