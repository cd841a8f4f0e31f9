"""`autograd-lite lessons` and `autograd-lite lesson`: the worked examples of the curriculum, listed and run."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from textwrap import fill
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.files import check_writable, kind_of, write_whole
from autograd_lite.engine.text import visible
from autograd_lite.views.console import console, tell
from autograd_lite.views.expressions import Expression, ExpressionError

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson, Parameter
    from autograd_lite.lessons.outcome import Outcome

# The LaTeX of statements in the letters of Unicode. A command that is missing here stays, and a test finds it.
COMMANDS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "varepsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ",
    "sigma": "σ", "varphi": "φ", "partial": "∂", "nabla": "∇", "sum": "∑", "sqrt": "√", "cdot": "⋅", "cdots": "⋯",
    "circ": "∘", "odot": "⊙", "pm": "±", "leftarrow": "←", "approx": "≈", "neq": "≠", "le": "≤", "ge": "≥", "|": "‖",
    "cos": "cos", "ln": "ln", "log": "log", "max": "max", "sin": "sin", "tanh": "tanh",
}  # fmt: skip
CONGRATULATION = (
    "This is an engine of your own: it differentiates whatever you compute with it.\n"
    "Run the file itself: it learns XOR. What comes next: --svg or --html draws a graph that your engine recorded;\n"
    "a new operation is one more method; and L28 trains a network of 337 weights."
)
WRITTEN = {"svg": "picture", "html": "page", "plot": "plot"}  # by option
SCRIPTS = {
    "^": dict(zip("0123456789+−()dfglnxyLT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵈᶠᵍˡⁿˣʸᴸᵀ", strict=True)),
    "_": dict(zip("0123456789+−()ijklnx", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₗₙₓ", strict=True)),
}


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
    one.add_argument(
        "--file",
        metavar="PROGRAM",
        help="L30 only: your own engine, such as my_engine.py; written with holes if it is not there, and run if it is",
    )
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
        replace(outcome, name=f"{lesson.at(parameters)}, with {options.file}", sheet=lesson.sheet),
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


def in_a_terminal(statement: str) -> str:
    r"""A statement without Markdown, its mathematics in the letters of Unicode.

    >>> in_a_terminal(r"By **hand**, $f'(x) = e^{\sin(x^2)} \cdot 2x$")
    'By hand, f′(x) = e^(sin(x²)) ⋅ 2x'
    >>> in_a_terminal(r"$\partial J/\partial z = \partial (-\log a)/\partial z$")
    '∂J/∂z = ∂(−log a)/∂z'
    >>> in_a_terminal(r"$J = \operatorname{diag}(\sigma''(z)) A$")
    'J = diag(σ″(z)) A'
    """

    def spoken(match: re.Match[str]) -> str:
        text = re.sub(r"\\operatorname\{(\w+)\}", r"\1", match[1]).replace("\\,", " ").replace("-", "−")
        text = text.replace("'''", "‴").replace("''", "″").replace("'", "′")
        text = re.sub(r"\\([a-z]+|\|)", lambda command: COMMANDS.get(command[1], command[0]), text)
        text = text.replace("∂ ", "∂").replace("√[3]", "∛")
        return re.sub(r"([_^])\{([^{}]*)\}", _script, re.sub(r"([_^])([^{])", _script, text))

    return re.sub(r"\$([^$]+)\$", spoken, statement).replace("**", "").replace("`", "")


def _script(match: re.Match[str]) -> str:
    """A sub- or superscript, raised or lowered where Unicode has each of its letters."""
    mark, text = match[1], match[2]
    if all(c in SCRIPTS[mark] for c in text):
        return "".join(SCRIPTS[mark][c] for c in text)
    return match[0] if len(text) == 1 else f"{mark}({text})"
