"""What a typed program prints and shows: it runs as on one's own machine, with limits, and its errors show the place.

The names of `autograd_lite` are at hand without an import. The last line, if it is an expression, is shown as a
notebook shows it; otherwise the last `Value` to which the program gave a name.
"""

from __future__ import annotations

import ast
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import TextIOBase
from time import monotonic
from typing import Any, NoReturn

import autograd_lite
from autograd_lite.engine.rng import manual_seed
from autograd_lite.engine.text import visible
from autograd_lite.engine.value import Value
from autograd_lite.site.browser.limits import StepsError, counted
from autograd_lite.views.console import one_line
from autograd_lite.views.expressions import marked
from autograd_lite.views.steps.tracer import Trace, trace

NAME = "<program>"
ROOMS = ("data", "lessons", "nn", "optim", "plots", "train")
MOST_PRINTED = 100_000  # characters
MOST_SHOWN = 4_000  # of a repr
PAUSE = 0.2  # seconds between what is told on the way
CALLERS = 5  # lines of the program that led to an error
Tell = Callable[[Any], object]


class OutputError(BaseException):
    """A program prints more than a page can show."""


class Printed(TextIOBase):
    """What a program prints, kept up to a limit, and told on the way every now and then.

    >>> out = Printed(print)
    >>> out.write("a")
    {'printed': 'a'}
    1
    """

    def __init__(self, tell: Tell) -> None:
        self.post, self.parts, self.size, self.told = tell, [""], 0, -PAUSE

    def write(self, text: str, /) -> int:
        """Keep a text; OutputError where it becomes too much."""
        if self.size + len(text) > MOST_PRINTED:
            self.parts.append(text[: MOST_PRINTED - self.size])
            self.size = MOST_PRINTED
            raise OutputError(f"the program prints more than {MOST_PRINTED:,} characters: print less of it")
        self.parts.append(text)
        self.size += len(text)
        if monotonic() - self.told > PAUSE:
            self.post({"printed": self.text()})
            self.told = monotonic()
        return len(text)

    def text(self) -> str:
        """All that was printed."""
        self.parts = ["".join(self.parts)]
        return self.parts[0]


_last: list[Trace] = []  # what the last program showed, if that has steps


def program(text: str, tell: Tell) -> dict[str, Any]:
    r"""Run a program: what it prints, what it shows, and the error that ended it.

    >>> program("x = Value(3.0, label='x')\nprint(x.data)\n1/0", tell=str)["error"]["message"]
    'ZeroDivisionError in line 3: division by zero'
    """
    _last.clear()
    manual_seed(0)  # as in a new process
    out = Printed(tell)
    found: dict[str, Any] = {}
    try:
        with redirect_stdout(out), redirect_stderr(out):
            shown = _run(text)
            if shown is not None:
                found = _shown(shown)
    except SystemExit:
        pass
    except BaseException as error:
        found = {"error": _said(error, text)}
    return {"printed": out.text(), **found}


def shown_last() -> tuple[Trace, Mapping[str, Value]]:
    """The steps that the last program showed, and their leaves."""
    if not _last:
        raise LookupError("the program has shown no graph: run it again, with a Value in its last line")
    steps = _last[0]
    return steps, {steps.names[leaf]: leaf for leaf in steps.gradients if not leaf.operands and leaf is not steps.root}


def _run(text: str) -> Any:
    """Run the statements, each line counted; the value of the last expression, or the last named `Value`."""
    tree = ast.parse(text, NAME)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        tree.body.pop()
    names: dict[str, Any] = {"__name__": "__main__", "input": _nobody_to_ask}
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    known = {*ROOMS, *getattr(autograd_lite, "__all__")}  # noqa: B009 - made when it is asked for
    names |= {name: getattr(autograd_lite, name) for name in sorted(used & known)}
    body = compile(tree, NAME, "exec")
    if not isinstance(last, ast.Expr):
        with counted(body):
            exec(body, names)
        return next((names[name] for name in _named(tree) if isinstance(names.get(name), Value)), None)
    end = compile(ast.Expression(last.value), NAME, "eval")
    with counted(body, end):
        exec(body, names)
        return eval(end, names)


def _named(tree: ast.Module) -> Iterator[str]:
    """The names that a program gives to something outside its functions, the last one first."""
    found = []
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append((node.lineno, node.col_offset, node.id))
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return (name for _, _, name in sorted(found, reverse=True))


def _nobody_to_ask(*_: object) -> NoReturn:
    raise RuntimeError("input() has nobody to ask here: write the answer into the program")


def _shown(thing: Any) -> dict[str, Any]:
    """A thing as a notebook shows it: a page of its own, HTML for one, or text."""
    if isinstance(thing, Value):
        thing = trace(thing)
    if isinstance(thing, Trace):
        _last.append(thing)
        words = f"the steps of {visible(thing.names[thing.root])}"
    else:
        words = visible(repr(thing))
    words = words if len(words) <= MOST_SHOWN else f"{words[:MOST_SHOWN]}…"
    html = None
    if hasattr(thing, "to_html") and not isinstance(thing, type):
        with suppress(ValueError, TypeError):  # a training that has kept nothing has no page, but a table
            html = thing.to_html()
    for method, frame in (("_repr_html_", "{}"), ("svg", "{}"), ("_repr_svg_", "{}")):
        if html is None and callable(made := getattr(thing, method, None)) and not isinstance(thing, type):
            with suppress(TypeError):
                html = _document(frame.format(made()))
    if html is not None:
        return {"page": html, "title": words, "steps": isinstance(thing, Trace)}
    if hasattr(thing, "_repr_markdown_") and not isinstance(thing, type):
        words = str(thing)[:MOST_SHOWN]
    return {"shown": words}


def _document(body: str) -> str:
    """A page around a piece of HTML; what it may load is nothing, as the frame in which it is shown says too."""
    style = "html{color-scheme:light dark}body{margin:16px;font:15px/1.5 system-ui,sans-serif}td,th{padding:4px 12px}"
    return f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>shown</title><style>{style}</style>{body}'


def _said(error: BaseException, text: str) -> dict[str, Any]:
    """An error as the page shows it: in one line with the line of the program, and a mark under the place."""
    kind, reason = type(error).__name__, one_line(error)
    if isinstance(error, SyntaxError):
        reason = error.msg
    elif isinstance(error, ImportError) and error.name and sys.platform == "emscripten":
        reason = f"{error.name} does not run in the browser: run this program on your own machine"
    words = f"{kind}: {reason}" if reason != kind else kind
    place = _place(error, text)
    if place is None:
        return {"message": visible(words)}
    line, start, end, callers = place
    where = f" in line {line}" + (f", called from {', '.join(map(str, callers))}" if callers else "")
    if isinstance(error, (StepsError, OutputError)):
        words = f"{reason} (line {line})"
    else:
        words = f"{kind}{where}: {reason}" if reason != kind else f"{kind}{where}"
    return {
        "message": visible(words),
        "marked": "\n".join(map(visible, marked(text, start, end).splitlines())),
        "line": line,
    }


def _place(error: BaseException, text: str) -> tuple[int, int, int, list[int]] | None:
    """The line of the program that an error comes from, where it begins and ends in the text, and the lines before."""
    lines = text.splitlines(keepends=True) or [""]
    if isinstance(error, SyntaxError) and error.filename == NAME and error.lineno:
        line = min(error.lineno, len(lines))
        first = (error.offset or 1) - 1
        last = (error.end_offset or 0) - 1 if error.end_lineno == error.lineno else first + 1
        return line, *_within(lines, line, first, last), []
    if isinstance(error, StepsError):
        return error.line, *_within(lines, error.line, 0, len(lines[error.line - 1].rstrip())), []
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == NAME and frame.lineno]
    if not frames:
        return None
    frame, called = frames[-1], [each.lineno or 0 for each in frames[:-1]]
    line = frame.lineno or 1
    bytes_of = lines[line - 1].encode() if line <= len(lines) else b""
    first = len(bytes_of[: frame.colno or 0].decode(errors="replace"))
    whole = frame.end_lineno == line and frame.end_colno is not None
    last = len(bytes_of[: frame.end_colno].decode(errors="replace")) if whole else len(lines[line - 1].rstrip())
    return line, *_within(lines, line, first, last), list(dict.fromkeys(called[-CALLERS:][::-1]))


def _within(lines: list[str], line: int, first: int, last: int) -> tuple[int, int]:
    """Columns of a line as places in the whole text."""
    before = sum(map(len, lines[: line - 1]))
    return before + first, before + max(last, first + 1)
