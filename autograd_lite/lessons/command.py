"""`autograd-lite lessons` and `autograd-lite lesson`: the worked examples of the curriculum, listed and run."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.files import check_writable, kind_of, write_whole
from autograd_lite.engine.text import visible
from autograd_lite.lessons.letters import in_a_terminal
from autograd_lite.views.console import console, tell
from autograd_lite.views.expressions import Expression, ExpressionError

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson, Parameter
    from autograd_lite.lessons.outcome import Outcome

WRITTEN = {"svg": "picture", "html": "page", "plot": "plot"}  # by option


def add_commands(commands: Any) -> None:
    """Add both commands to the parser of the command line."""
    listing = commands.add_parser("lessons", help="list the worked examples, by chapter")
    listing.set_defaults(run=_list)

    one = commands.add_parser("lesson", help="run a worked example: its numbers beside those of the lecture notes")
    one.add_argument("lesson", metavar="ID", help="such as L01; `autograd-lite lessons` lists them")
    one.add_argument("values", metavar="NAME=VALUE", nargs="*", default=[], help="parameters, such as x=1 or x=pi/2")
    one.add_argument("--html", metavar="FILE", help="write a page to step through, with inputs to move")
    one.add_argument("--svg", metavar="FILE", help="write the picture of the graph")
    one.add_argument("--plot", metavar="FILE", help="write the plot of the experiment, as png, svg or pdf")
    one.set_defaults(run=_run)


def _list(options: argparse.Namespace) -> int:  # noqa: ARG001 - a command takes its options
    from autograd_lite.lessons import CHAPTERS

    out = console()
    for number, (chapter, lessons) in enumerate(CHAPTERS.items(), start=1):
        out.print(f"{number}. {chapter}", style="bold")
        for lesson in lessons:
            parameters = ", ".join(f"{p.name}={p.default}" for p in lesson.parameters.values())
            out.print(f"   {lesson.id}  {lesson.title}{f'  ({parameters})' if parameters else ''}")
    out.print("\nautograd-lite lesson L01 runs one; NAME=VALUE after it changes a parameter.")
    return 0


def _run(options: argparse.Namespace) -> int:
    from autograd_lite.lessons import find

    lesson = find(options.lesson)
    parameters = lesson.completed(_given(options.values, lesson))
    _check_files(options)  # before a long experiment, not after it
    with console(stderr=True).status(f"running {lesson.id}"):  # which a terminal shows, and nothing else
        outcome = lesson(**parameters)
    _write(outcome, options)  # before anything is printed: a reader such as head may leave early
    _report(lesson, parameters, outcome)
    for what in WRITTEN:
        if (path := getattr(options, what)) is not None:
            tell(console(), f"the {WRITTEN[what]} is in {path}")
    views = {"--svg and --html": outcome.graph, "--plot": outcome.figure}
    there = " and ".join(option for option, view in views.items() if view is not None)
    if there and not (options.svg or options.html or options.plot):
        console().print(f"\nto see more: {there}, each with a file name")
    return 1 if outcome.agreement.wrong else 0  # a claim that fails for other parameters is a finding, not an error


def _given(texts: Sequence[str], lesson: Lesson) -> dict[str, Any]:
    """The parameters given, by name."""
    from autograd_lite.lessons import LessonError

    given: dict[str, Any] = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        if not name or not value:
            raise LessonError(f"expected NAME=VALUE such as x=1.5, got {text!r}")
        if name in given:
            raise LessonError(f"{name} is given twice")
        given[name] = _value(value, lesson.parameters.get(name))
    return given


def _value(text: str, parameter: Parameter | None) -> Any:
    """The value given for a parameter: a word, or the value of an expression such as pi/2."""
    if parameter is None or parameter.words:
        return text
    try:
        return float(Expression(text)())
    except ExpressionError:
        return text  # which the parameter refuses, saying what it takes


def _check_files(options: argparse.Namespace) -> None:
    """Refuse to write two views to one file, or what its name does not say."""
    from autograd_lite.plots import kind_of as kind_of_plot

    check_writable([options.svg, options.html, options.plot])
    for path, kinds in ((options.svg, ("svg", "png", "pdf")), (options.html, ("html",))):
        if path is not None:
            kind_of(path, *kinds)
    if options.plot is not None:
        kind_of_plot(options.plot)


def _write(outcome: Outcome, options: argparse.Namespace) -> None:
    """Write the requested views; all are made before any is written."""
    from autograd_lite.plots import save

    picture = outcome.draw().pipe(kind_of(options.svg, "svg", "png", "pdf")) if options.svg is not None else None
    page = outcome.trace().to_html().encode() if options.html is not None else None
    if options.plot is not None:
        save(options.plot, outcome.plot)
    for path, content in ((options.svg, picture), (options.html, page)):
        if content is not None:
            write_whole(path, content)


def _report(lesson: Lesson, parameters: Mapping[str, Any], outcome: Outcome) -> None:
    """Print the statement, the parameters and the tables."""
    out = console()
    out.print(f"\n{lesson.id} · {lesson.title}\n", style="bold")
    statement = in_a_terminal(lesson.statement)
    fits = max(map(len, statement.splitlines())) <= out.width
    out.print(statement if fits else fill(statement, out.width))
    if lesson.parameters:
        out.print("\nparameters:")
    for p in lesson.parameters.values():
        out.print(visible(f"  {p.name}={parameters[p.name]}  {p.described}"))
    for table in outcome.parts():
        out.print()
        out.print(table)
