"""`autograd-lite step` and `autograd-lite check`: an expression, its derivatives, and how they come about."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.files import check_writable, kind_of, write_whole
from autograd_lite.engine.text import ALL_DIGITS, rounded, visible
from autograd_lite.views.console import console
from autograd_lite.views.expressions import Expression, ExpressionError, shown
from autograd_lite.views.typed import checked, derivative_name, differentiated, evaluated, read_point, variables_at

if TYPE_CHECKING:
    from autograd_lite.engine.value import Value
    from autograd_lite.views.steps.tracer import Trace

NAMES = (
    "help",
    "version",
    "svg",
    "dot",
    "order",
    "wrt",
    "doctor",
    "markdown",
    "latex",
    "html",
    "frames",
    "open",
    "interactive",
    "digits",
)
MANY = 1_000  # rows, which rich takes more than a second to fold and to colour: they are printed as they are
KINDS = {
    "svg": ("svg", "png", "pdf"),
    "dot": ("dot",),
    "markdown": ("markdown",),
    "latex": ("latex",),
    "html": ("html",),
}  # which options write files, and of which kinds
WRITTEN = {"svg": "picture", "dot": "graph", "markdown": "table", "latex": "derivation", "html": "page"}
CODES = {"agree": 0, "disagree": 1, "undecided": 3}
STYLES = {"agree": "bold", "disagree": "bold red", "undecided": "bold yellow"}
OPTIONS = [f"--{name}" for name in NAMES]


def add_commands(commands: Any) -> None:
    """Tell the parser of the command line of both commands."""
    step = commands.add_parser("step", help="show the forward and the backward pass, as a table and as a picture")
    step.add_argument(
        "--svg", metavar="FILE", help="write the picture of the graph, as svg, png or pdf (which needs Graphviz)"
    )
    step.add_argument("--dot", metavar="FILE", help="write the graph in Graphviz's language")
    step.add_argument("--markdown", metavar="FILE", help="write the trace table in GitHub's Markdown")
    step.add_argument("--latex", metavar="FILE", help="write the trace table and the derivation as a LaTeX document")
    step.add_argument("--html", metavar="FILE", help="write a page to step through, with inputs to move")
    step.add_argument("--frames", metavar="DIR", help="write one picture for each step, as svg and png, and slides.tex")
    step.add_argument("--open", action="store_true", help="with --html: open the page in the browser")
    step.add_argument("--interactive", action="store_true", help="go through the steps one at a time, by keys")
    step.add_argument("--order", type=int, default=1, metavar="N", help="step through the N-th derivative (default 1)")
    step.add_argument("--digits", type=int, metavar="N", help="of the table's numbers (default: as many as fit)")
    step.add_argument("--wrt", metavar="NAME", help="the variable of the tangents, and of --order")
    step.set_defaults(run=_step)

    check = commands.add_parser("check", help="compare the derivatives with numerical ones")
    check.add_argument("--doctor", action="store_true", help="say what is wrong with the graph: nan, saturation, …")
    check.set_defaults(run=_check)
    for command in (step, check):
        command.add_argument("expression", metavar="EXPR", help="such as 'e^sin(x²)' or 'exp(sin(x**2))'")
        command.add_argument("values", metavar="NAME=VALUE", nargs="*", default=[], help="such as x=1.5 or x=pi/2")


def as_expression(word: str) -> str:
    """A word of the command line, so written that argparse does not take -x**2 for an option.

    >>> as_expression("-x**2"), as_expression("--svg")
    (' -x**2', '--svg')
    """
    option = word == "-h" or any(name.startswith(word.partition("=")[0]) for name in OPTIONS if len(word) > 2)
    return f" {word}" if word.startswith("-") and word != "--" and not option else word


def _step(options: argparse.Namespace) -> int:
    from autograd_lite.views.steps.tracer import trace

    if options.digits is not None and not 1 <= options.digits <= ALL_DIGITS:
        raise ExpressionError(f"--digits is a number from 1 to {ALL_DIGITS}, got {options.digits}")
    kinds = {name: kind_of(path, *KINDS[name]) for name, path in _asked(options).items()}
    check_writable(_asked(options).values())
    expression, point = _read(options)
    variables = variables_at(point)
    y = evaluated(expression, variables)
    derivatives = differentiated(y, variables, options.order, options.wrt)
    last = derivatives[-1]
    last.backward()
    steps = trace(last)
    steps.title = (f"{last.label}, where " if last is not y else "") + expression.title(y.label or "y")
    if options.open and options.html is None:
        raise ExpressionError("--open opens the page that --html FILE writes: add --html FILE")
    tangent = variables.get(options.wrt)
    tangent = tangent if tangent in steps.gradients else None  # a derivative may no longer depend on the variable
    _write(
        steps, tangent, _asked(options), kinds, options.frames
    )  # before anything is printed: a reader such as head may leave early
    out = console()
    at = "  at " + ", ".join(f"{name} = {x.data!r}" for name, x in variables.items()) if variables else ""
    out.print(visible(f"\n{expression.title(y.label or 'y')}{at}\n"), style="bold")
    if options.interactive:
        from autograd_lite.views.steps.terminal import play

        play(steps, out, tangent, options.digits)
        out.print()
    else:
        from autograd_lite.views.steps.tables import table

        if len(steps.forward) > MANY:
            out.out(visible(steps.to_text(tangent)), highlight=False)
        else:
            out.print(table(steps, tangent=tangent, digits=options.digits, width=out.width))
        out.print(
            "\nRead down for the forward pass, up for the backward pass: the gradient of a node is the sum, "
            "over the nodes that use it, of their gradient (upstream) times their local partial."
        )
        if tangent is not None:
            out.print("A tangent is the sum, over the operands of a node, of their tangents times its local partials.")
        out.print()
    results = {f.label or "": f.data for f in derivatives}
    results |= {derivative_name(derivatives, options.wrt, name, variables): x.grad for name, x in variables.items()}
    for name, number in results.items():
        out.print(visible(f"{name} = {rounded(number, options.digits)}"), style="bold", soft_wrap=True)
    for name, path in _asked(options).items():
        out.print(visible(f"the {WRITTEN[name]} is in {path}"), soft_wrap=True)
    if options.frames is not None:
        out.print(visible(f"the pictures and slides.tex are in {options.frames}"), soft_wrap=True)
    if options.open:
        import webbrowser

        webbrowser.open(Path(options.html).resolve().as_uri())
    return 0


def _check(options: argparse.Namespace) -> int:
    expression, point = _read(options)
    check = checked(expression, point)
    healthy = not options.doctor or _print_findings(evaluated(expression, variables_at(point)))
    out = console()
    out.print(check.table)
    out.print(check.words, style=STYLES[check.verdict])
    return CODES[check.verdict] if healthy else 1


def _read(options: argparse.Namespace) -> tuple[Expression, dict[str, float]]:
    """The expression, and the value of each of its names in the order of the expression."""
    for text in options.values:
        if text.lstrip().startswith("--"):
            raise ExpressionError(f"there is no option {shown(text.strip())}: see --help")
    expression = Expression(options.expression)
    return expression, read_point(expression, options.values)


def _print_findings(y: Value) -> bool:
    """Print what `diagnose` finds in a graph, a line for each finding; return whether there is none."""
    from autograd_lite.views.doctor.diagnosis import diagnose

    findings = diagnose(y)
    out = console()
    for finding in findings:
        out.print(visible(f"{finding.kind}: {finding.message}"), style="bold red", soft_wrap=True)
    if not findings:
        out.print("The doctor finds nothing wrong.", style="bold")
    return not findings


def _asked(options: argparse.Namespace) -> dict[str, str]:
    """The files that are asked for, by option."""
    return {name: path for name in KINDS if (path := getattr(options, name)) is not None}


def write_frames(steps: Trace, folder: str) -> None:
    """Write the picture of each step into a folder; on a terminal, a line says how far it is."""
    with console(stderr=True).status("drawing the pictures") as status:
        steps.frames(folder, done=lambda count, total: status.update(f"drawing the pictures: {count} of {total}"))


def _write(
    steps: Trace, tangent: Value | None, paths: Mapping[str, str], kinds: Mapping[str, str], frames: str | None
) -> None:
    """Write the views that are asked for; all files are made before any is written, the folder of frames first."""
    from autograd_lite.views.picture.drawing import draw

    views: dict[str, Callable[[], bytes]] = {
        "dot": lambda: draw(steps.root).source.encode(),
        "svg": lambda: draw(steps.root).pipe(kinds["svg"]),
        "html": lambda: steps.to_html().encode(),
        "markdown": lambda: steps.to_markdown(tangent).encode(),
        "latex": lambda: steps.to_latex("both", document=True, tangent=tangent).encode(),
    }
    made = [(path, views[name]()) for name, path in paths.items()]
    if frames is not None:
        write_frames(steps, frames)
    for path, content in made:
        write_whole(path, content)
