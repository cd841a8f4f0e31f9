"""What the course and the teacher's corner ask: a lesson at numbers of one's own, a sheet, pictures of the steps."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from autograd_lite.lessons.asking.quantities import LessonError
from autograd_lite.lessons.chapters import find
from autograd_lite.lessons.command import value_of
from autograd_lite.lessons.lesson import Lesson
from autograd_lite.lessons.showing.pages import LessonPage, Section
from autograd_lite.site.packages import archive

Tell = Callable[[Any], object]
ELSEWHERE = "On your own machine, this does:"


def lesson(id: str, given: Mapping[str, str], tell: Tell = str) -> dict[str, Any]:  # noqa: A002 - what it is called
    """The parts of a lesson's page for parameters as they are typed; or what is wrong with these, by name.

    >>> lesson("L01", {"x": "40"})
    {'refused': {'x': 'x, the input, is a number from -20 to 20; got 40.0'}}
    >>> found = lesson("L01", {"x": "pi/2"})
    >>> found["name"], list(found["sections"])
    ('L01 at x = 1.570796326795', ['steps', 'questions', 'derivation', 'numbers', 'plot'])
    """
    del tell
    taught = find(id)
    taken, refused = {}, {}
    for name, text in given.items():
        try:
            parameter = taught.parameters.get(name)
            value = value_of(text.strip(), parameter)
            taken[name] = parameter.taken(value) if parameter else value
        except LessonError as error:
            refused[name] = str(error)
    if refused:
        return {"refused": refused}
    call = command(taught, given)
    try:
        outcome = taught(**taken)
    except ModuleNotFoundError as error:
        raise LessonError(lacks(f"with these numbers {taught.id}", error, call)) from None
    page = LessonPage(taught, replace(outcome, figure=None))
    sections = {section.name: section for section in page.computed() if section.content}
    if outcome.figure is not None:
        sections["plot"] = plot(taught, call)
    lacking = [f"{what}: {why}" for what, why in page.missing]
    return {
        "name": outcome.name,
        "sections": {name: str(section) for name, section in sections.items()},
        "lacking": lacking,
    }


def sheet(id: str, seed: int, tell: Tell = str) -> dict[str, Any]:  # noqa: A002 - what it is called
    """The sheet of a lesson for a seed, and its key: what a page shows of them, and the files by their names.

    >>> found = sheet("L21", 7)
    >>> found["title"], list(found["files"])[:3]
    ('L21 · An exercise with ReLU · sheet 7', ['L21-sheet-7.html', 'L21-sheet-7.md', 'L21-sheet-7.tex'])
    """
    del tell
    taught = find(id)
    try:
        blank = taught.quiz_sheet(seed)
        files: dict[str, str] = {}
        for kind, one in (("sheet", blank), ("key", blank.key)):
            stem = f"{taught.id}-{kind}-{seed}"
            files |= {f"{stem}.html": one.html(), f"{stem}.md": one.markdown(), f"{stem}.tex": one.latex()}
    except ModuleNotFoundError as error:
        call = f"autograd-lite quiz {taught.id} --seed {seed} --html {taught.id}.html --key {taught.id}-key.html"
        raise LessonError(lacks(f"a sheet of {taught.id}", error, call)) from None
    return {"title": blank.title, "sheet": blank.main(), "key": blank.key.main(), "files": files}


def frames(id: str, tell: Tell = str) -> dict[str, Any]:  # noqa: A002 - what it is called
    """The pictures of a lesson's steps and their slides, as a zip file in base64; how many are drawn is told.

    >>> found = frames("L01")
    >>> found["name"], found["pictures"]
    ('L01-steps.zip', 6)
    """
    taught = find(id)
    try:
        outcome = taught()
    except ModuleNotFoundError as error:
        raise LessonError(lacks(taught.id, error, f"autograd-lite lesson {taught.id} --frames {taught.id}")) from None
    with tempfile.TemporaryDirectory() as folder:
        told = lambda count, total: tell({"done": count, "of": total})  # noqa: E731
        pictures = outcome.trace().frames(folder, done=told)
        files = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    packed = base64.b64encode(archive(files)).decode()
    return {"name": f"{taught.id}-steps.zip", "zip": packed, "pictures": len(pictures)}


def command(taught: Lesson, given: Mapping[str, str] = {}, option: str = "") -> str:
    """The command that runs a lesson on one's own machine.

    >>> command(find("L01"), {"x": "2"})
    'autograd-lite lesson L01 x=2'
    """
    texts = [f"{name}={''.join(text.split())}" for name, text in given.items()]
    return " ".join(filter(None, ["autograd-lite lesson", taught.id, *texts, option]))


def lacks(what: str, error: ModuleNotFoundError, call: str) -> str:
    """Why a browser cannot compute something, and what can."""
    named = {"numpy": "NumPy"}.get(error.name or "", error.name)
    return f"{what} computes with {named}, which the browser lacks. {ELSEWHERE} {call}"


def plot(taught: Lesson, call: str) -> Section:
    """What stands in place of a plot."""
    words = f"The browser has no library that draws it at your numbers. {ELSEWHERE}"
    option = f"{call} --plot {taught.id}.svg"
    content = f"<h2>What it looks like</h2><p>{escape(words)}</p><pre><code>{escape(option)}</code></pre>"
    return Section("plot", "Plot", content)
