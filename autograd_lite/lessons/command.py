"""`autograd-lite lessons`, `lesson` and `quiz`: the worked examples of the curriculum, listed, run and asked."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from textwrap import fill
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.files import check_writable, kind_of, write_whole
from autograd_lite.engine.text import counted, visible
from autograd_lite.views.console import console, tell
from autograd_lite.views.expressions import Expression, ExpressionError

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson, Parameter
    from autograd_lite.lessons.outcome import Outcome

CONGRATULATION = (
    "This is an engine of your own: it differentiates whatever you compute with it.\n"
    "Run the file itself: it learns XOR. What comes next: --svg or --html draws a graph that your engine recorded;\n"
    "a new operation is one more method; and L28 trains a network of 337 weights."
)
WRITTEN = {"svg": "picture", "html": "page", "plot": "plot", "latex": "document"}  # by option
KINDS = {"svg": ("svg", "png", "pdf"), "html": ("html",), "latex": ("latex",)}


def add_commands(commands: Any) -> None:
    """Add the commands to the parser of the command line."""
    listing = commands.add_parser("lessons", help="list the worked examples, by chapter; or write them all as pages")
    listing.add_argument("--html", metavar="DIR", help="write the whole course: a page for each lesson, and an index")
    listing.set_defaults(run=_list)

    one = commands.add_parser("lesson", help="run a worked example: its numbers beside those of the lecture notes")
    one.add_argument("lesson", metavar="ID", help="such as L01; `autograd-lite lessons` lists them")
    one.add_argument("values", metavar="NAME=VALUE", nargs="*", default=[], help="parameters, such as x=1 or x=pi/2")
    one.add_argument("--html", metavar="FILE", help="write its page: statement, steps, derivation, plot, exercises")
    one.add_argument("--latex", metavar="FILE", help="write statement, derivation, numbers and trace as LaTeX")
    one.add_argument("--frames", metavar="DIR", help="write one picture for each step, as svg and png, and slides.tex")
    one.add_argument("--svg", metavar="FILE", help="write the picture of the graph")
    one.add_argument("--plot", metavar="FILE", help="write the plot of the experiment, as png, svg or pdf")
    one.add_argument(
        "--file",
        metavar="PROGRAM",
        help="L30 only: your own engine, such as my_engine.py; written with holes if it is not there, and run if it is",
    )
    one.set_defaults(run=_run)

    quiz = commands.add_parser("quiz", help="a sheet of questions with numbers of its own, and its key")
    quiz.add_argument("lesson", metavar="ID", nargs="?", help="such as L21; without it, those that have a quiz")
    quiz.add_argument("--seed", type=int, default=0, help="which numbers (default 0)")
    quiz.add_argument("--html", metavar="FILE", help="write a page that marks itself")
    quiz.add_argument("--latex", metavar="FILE", help="write a LaTeX document, to print")
    quiz.add_argument("--markdown", metavar="FILE", help="write Markdown")
    quiz.add_argument("--key", metavar="FILE", help="write the key: Markdown, HTML or LaTeX, as its name ends")
    quiz.set_defaults(run=_quiz)


def _quiz(options: argparse.Namespace) -> int:
    from autograd_lite.lessons.asking.quiz_command import run

    return run(options)


def _list(options: argparse.Namespace) -> int:
    from autograd_lite.lessons import CHAPTERS

    out = console()
    if options.html is not None:
        return _save_course(options.html)
    for number, (chapter, lessons) in enumerate(CHAPTERS.items(), start=1):
        out.print(f"{number}. {chapter}", style="bold")
        for lesson in lessons:
            parameters = ", ".join(f"{p.name}={p.default}" for p in lesson.parameters.values())
            out.print(f"   {lesson.id}  {lesson.title}{f'  ({parameters})' if parameters else ''}")
    out.print("\nautograd-lite lesson L01 runs one; NAME=VALUE after it changes a parameter.")
    return 0


def _save_course(folder: str) -> int:
    """Write the course; on a terminal, a line says how far it is."""
    from autograd_lite.lessons import save_course

    with console(stderr=True).status("writing the course") as status:
        pages = save_course(
            folder, done=lambda name, count, total: status.update(f"writing {name}: {count} of {total} are written")
        )
    for page in pages:
        for lack in page.missing:
            tell(console(), f"{page.lesson.id} lacks {lack.what}: {lack.why}")
    tell(console(), f"{counted(len(pages), 'lesson')} and index.html are in {folder}")
    return 0


def _run(options: argparse.Namespace) -> int:
    from autograd_lite.lessons import find

    lesson = find(options.lesson)
    parameters = lesson.completed(_given(options.values, lesson))
    _check_files(options)  # before a long experiment, not after it
    if options.file is not None:
        if lesson.id != "L30":
            raise ValueError(f"--file is for L30, where you write an engine; {lesson.id} has its own program")
        return _judge(options, lesson, parameters)
    with console(stderr=True).status(f"running {lesson.id}"):  # which a terminal shows, and nothing else
        outcome = lesson(**parameters)
    return _show(outcome, lesson, parameters, options)


def _judge(options: argparse.Namespace, lesson: Lesson, parameters: Mapping[str, Any]) -> int:
    """Say what is wrong with the reader's engine; where nothing is, show what it can do."""
    from autograd_lite.lessons.building.program import attempt, begin

    out = console()
    if begin(options.file):
        tell(
            out,
            f"{options.file} is written: a program with eight holes. Open it in an editor, fill hole 1, and come back.",
        )
        return 0
    words, outcome = attempt(options.file, parameters)
    tell(out, words)
    if outcome is None:
        return 1
    out.print(f"\n{CONGRATULATION}")
    return _show(
        replace(outcome, name=f"{lesson.at(parameters)}, with {options.file}", lesson=lesson, given=parameters),
        lesson,
        parameters,
        options,
    )


def _show(outcome: Outcome, lesson: Lesson, parameters: Mapping[str, Any], options: argparse.Namespace) -> int:
    """Write the views of an outcome, and print its report."""
    _write(outcome, options)  # before anything is printed: a reader such as head may leave early
    _report(lesson, parameters, outcome)
    for what in WRITTEN:
        if (path := getattr(options, what)) is not None:
            tell(console(), f"the {WRITTEN[what]} is in {path}")
    if options.frames is not None:
        tell(console(), f"the pictures and slides.tex are in {options.frames}")
    views = {"--svg": outcome.graph, "--plot": outcome.figure}
    there = ", ".join(["--html", *(option for option, view in views.items() if view is not None), "--latex"])
    if not any(getattr(options, what) for what in (*WRITTEN, "frames")):
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
        given[name] = value_of(value, lesson.parameters.get(name))
    return given


def value_of(text: str, parameter: Parameter | None) -> Any:
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

    check_writable(getattr(options, what) for what in WRITTEN)
    for what, kinds in KINDS.items():
        if getattr(options, what) is not None:
            kind_of(getattr(options, what), *kinds)
    if options.plot is not None:
        kind_of_plot(options.plot)


def _write(outcome: Outcome, options: argparse.Namespace) -> None:
    """Write the requested views; all are made before any is written."""
    from autograd_lite.plots import kind_of as kind_of_plot, rendered
    from autograd_lite.views.command import write_frames

    views: dict[str, Callable[[], bytes]] = {
        "svg": lambda: outcome.draw().pipe(kind_of(options.svg, *KINDS["svg"])),
        "html": lambda: outcome.to_html().encode(),
        "latex": lambda: outcome.to_latex().encode(),
        "plot": lambda: rendered(kind_of_plot(options.plot), outcome.plot),
    }
    made = [(path, view()) for what, view in views.items() if (path := getattr(options, what)) is not None]
    if options.frames is not None:
        write_frames(outcome.trace(), options.frames)
    for path, content in made:
        write_whole(path, content)


def _report(lesson: Lesson, parameters: Mapping[str, Any], outcome: Outcome) -> None:
    """Print the statement, the parameters and the tables."""
    from autograd_lite.lessons.showing.letters import in_a_terminal

    out = console()
    out.print(f"\n{lesson.id} · {lesson.title}\n", style="bold")
    statement = in_a_terminal(lesson.statement)
    fits = max(map(len, statement.splitlines())) <= out.width
    out.print(statement if fits else "\n\n".join(fill(part, out.width) for part in statement.split("\n\n")))
    if lesson.parameters:
        out.print("\nparameters:")
    for p in lesson.parameters.values():
        out.print(visible(f"  {p.name}={parameters[p.name]}  {p.described}"))
    for table in outcome.parts():
        out.print()
        out.print(table)
