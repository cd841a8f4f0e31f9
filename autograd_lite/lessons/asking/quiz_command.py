"""`autograd-lite quiz`: a sheet of a lesson's questions with numbers of its own, and its key."""

from __future__ import annotations

import argparse
from pathlib import PurePath
from textwrap import fill
from typing import TYPE_CHECKING

from autograd_lite.engine.files import check_writable, kind_of, write_whole
from autograd_lite.engine.text import visible
from autograd_lite.views.console import console, tell

if TYPE_CHECKING:
    from autograd_lite.lessons.asking.sheets import QuizSheet

KINDS = {
    "html": ("html",),
    "latex": ("latex",),
    "markdown": ("markdown",),
    "key": ("markdown", "html", "latex"),
}  # by option


def run(options: argparse.Namespace) -> int:
    """Print the sheet, or write what is asked."""
    from autograd_lite.lessons import LESSONS, find

    paths = {what: getattr(options, what) for what in KINDS}
    if options.lesson is None:
        if any(path is not None for path in paths.values()):
            raise ValueError("a sheet is of one lesson: autograd-lite quiz L21, with what is to be written")
        for lesson in LESSONS.values():
            if lesson.quiz is not None:
                console().print(f"{lesson.id}  {lesson.title}")
        return 0
    check_writable(list(paths.values()))
    for what, path in paths.items():
        if path is not None:
            kind_of(path, *KINDS[what])
    sheet = find(options.lesson).quiz_sheet(options.seed)
    contents = {what: _content(sheet, what, path) for what, path in paths.items() if path is not None}
    for what, content in contents.items():
        write_whole(paths[what], content.encode())
        tell(console(), f"the {'key' if what == 'key' else 'sheet'} is in {PurePath(paths[what])}")
    if not contents:
        _print(sheet.markdown())
    return 0


def _content(sheet: QuizSheet, what: str, path: str) -> str:
    kind = kind_of(path, *KINDS[what])
    sheet = sheet.key if what == "key" else sheet
    return {"html": sheet.html, "latex": sheet.latex, "markdown": sheet.markdown}[kind]()


def _print(markdown: str) -> None:
    """Markdown as it is read in a terminal."""
    from autograd_lite.lessons.showing.letters import in_a_terminal

    out = console()
    for line in in_a_terminal(markdown).replace("\\", "").splitlines():
        out.print(visible(fill(line, out.width) if len(line) > out.width else line))
