"""What a page may ask of Python in the browser: functions by name, with JSON in and out.

An answer is `{"answer": …}`, or `{"error": {"message": …, …}}` for what a person can mend: the message of an exception
that the package raises on purpose, and what a page marks (`marked`, the lines with the caret).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from autograd_lite.engine.text import visible
from autograd_lite.site.browser.freeing import free_by_loop
from autograd_lite.views.console import one_line
from autograd_lite.views.picture import layout
from autograd_lite.views.picture.layout import LayoutError

PLACES = {  # the function that answers, by what a page asks: a module of this folder, imported when it is first asked
    "expression": "playground",
    "view": "playground",
    "program": "programs",
    "lesson": "lessons",
    "sheet": "lessons",
    "frames": "lessons",
    "table": "training",
    "training": "training",
}
MEANT = (ArithmeticError, ValueError, RuntimeError, OSError, ImportError, MemoryError, TypeError, LookupError)


def answer(name: str, told: str, post: Callable[[str], object] = str) -> str:
    """Answer one question: its name, its arguments as a JSON object; `post` gets what is said on the way, as JSON.

    >>> answer("weather", "{}")
    '{"error": {"message": "there is nothing that answers: weather"}}'
    """
    try:
        if name not in PLACES:
            raise LookupError(f"there is nothing that answers: {name}")
        function = getattr(import_module(f"autograd_lite.site.browser.{PLACES[name]}"), name)
        found = function(**json.loads(told), tell=lambda words: post(json.dumps(words, allow_nan=False)))
        return json.dumps({"answer": found}, allow_nan=False)
    except MEANT as error:
        return json.dumps({"error": said(error)})


def said(error: BaseException) -> dict[str, Any]:
    """What a page shows of an error: its message in one line, and what it marks."""
    message = str(error.args[0]) if isinstance(error, LookupError) and error.args else one_line(error)
    words: dict[str, Any] = {"message": visible(" ".join(message.split()))}
    if marked := getattr(error, "marked", ""):
        words["marked"] = "\n".join(map(visible, marked.splitlines()))
    return words


def prepare(render: Callable[[str, str, str], str]) -> None:
    """Let a function of JavaScript lay pictures out: (source, format, engine) gives [picture, complaint] as JSON.

    In the browser it also sees to it that long chains are freed.
    """
    if sys.platform == "emscripten":
        free_by_loop()

    def by_javascript(
        source: bytes, kind: str, engine: str = "dot", options: Sequence[str] = (), seconds: float = 0.0
    ) -> bytes:
        del seconds  # the page's own clock ends what takes too long
        engine = "nop2" if "-n2" in options else engine  # as neato is called there for what has its places
        if kind not in ("svg", "dot", "json", "json0"):
            raise LayoutError(f"the browser cannot write {kind}: choose svg")
        picture, complaint = json.loads(render(source.decode(), kind, engine))
        if not picture:
            raise LayoutError(f"the layout failed ({' '.join(complaint.split())[:200]})")
        return str(picture).encode()

    layout.layout = by_javascript  # as layout.py says one may
