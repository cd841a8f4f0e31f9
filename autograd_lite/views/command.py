"""`autograd-lite step` and `autograd-lite check`: an expression, its derivatives, and how they come about."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from itertools import chain, count, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.files import check_writable, kind_of, write_whole
from autograd_lite.engine.text import ALL_DIGITS, rounded, visible
from autograd_lite.views.columns import Columns
from autograd_lite.views.console import console, one_line
from autograd_lite.views.expressions import CONSTANTS, Expression, ExpressionError, shown

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
RESULTS = ("y", "f", "g", "h", "result")  # what an expression is called, the first that is no variable
HIGHEST_ORDER = 100
MOST_NODES = 20_000  # of a graph that is differentiated once more
PRIMES = ("", "′", "″", "‴", "⁗")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
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
    variables = _variables(point)
    y = _evaluated(expression, variables)
    derivatives = _differentiated(y, variables, options)
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
    results |= {_derivative(derivatives, options.wrt, name, variables): x.grad for name, x in variables.items()}
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
    from autograd_lite.engine.checks import GradientError, UndecidedError, check_gradients, compared_with_differences

    expression, point = _read(options)
    if not point:
        raise ExpressionError(
            "there is no variable to differentiate with respect to: write one, and give it NAME=VALUE"
        )

    def f(*xs: Any) -> Any:
        return expression(**dict(zip(point, xs, strict=True)))

    variables = _variables(point)
    healthy = not options.doctor or _print_findings(_evaluated(expression, variables))
    rows = []
    for (name, x), (computed, found) in zip(point.items(), compared_with_differences(f, *point.values()), strict=True):
        apart, known_to = f"{abs(computed - found.slope):.1e}", f"± {found.doubt:.1e}"
        rows.append([name, repr(x), repr(computed), f"{found.slope:.12g}", known_to, apart])
    out = console()
    headings = ["variable", "value", "reverse mode", "differences", "known to", "apart by"]
    out.print(Columns("", headings, rows, (0, 3)))
    try:
        check_gradients(f, *variables.values())
    except GradientError as error:
        out.print(f"They disagree: {one_line(error)}", style="bold red")
        return 1
    except UndecidedError as error:
        out.print(f"It {one_line(error)}", style="bold yellow")
        return 3 if healthy else 1
    out.print("Reverse mode, forward mode and differences agree, in first and second order.", style="bold")
    return 0 if healthy else 1


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


def _read(options: argparse.Namespace) -> tuple[Expression, dict[str, float]]:
    """The expression, and the value of each of its names in the order of the expression."""
    expression = Expression(options.expression)
    given: dict[str, float] = {}
    for text in options.values:
        if text.lstrip().startswith("--"):
            raise ExpressionError(f"there is no option {shown(text.strip())}: see --help")
        if "=" not in text or ";" in text:
            got = shown(text) or "an empty word"
            raise ExpressionError(f"expected NAME=VALUE such as x=1.5, a word without spaces for each name, got {got}")
        value = Expression(text)  # name = value, as an intermediate result is defined
        name = value.defined[0]
        for other in value.names:
            if other not in CONSTANTS:
                raise value.refused(
                    other, f"{name} needs a number, such as {name}=1.5 or {name}=pi/2, and {other} is none"
                )
        if name in given:
            raise ExpressionError(f"{name} is given twice")
        given[name] = float(value())
    for name in expression.names:
        if name not in given and name not in CONSTANTS:
            raise expression.missing(name, given)
    for name in given:
        if name in expression.defined:
            raise ExpressionError(f"the expression itself says what {name} is: leave {name}=… out")
        if name not in expression.names:
            known = ", ".join(expression.names) or "none"
            raise ExpressionError(f"the expression has no variable {shown(name)}; its names are: {known}")
    return expression, {name: given[name] for name in expression.names if name in given}


def _variables(point: dict[str, float]) -> dict[str, Value]:
    from autograd_lite.engine.value import Value

    return {name: Value(x, label=name) for name, x in point.items()}


def _evaluated(expression: Expression, variables: dict[str, Value]) -> Value:
    """The expression's node, labelled y, or with the next free letter where y is a variable."""
    from autograd_lite.engine.value import Value

    result = expression(**variables)
    y = result if isinstance(result, Value) else Value(result)
    if y.label is None:
        taken = {*variables, *expression.defined}
        y.label = next(name for name in chain(RESULTS, map("y_{}".format, count())) if name not in taken)
    return y


def _differentiated(y: Value, variables: dict[str, Value], options: argparse.Namespace) -> list[Value]:
    """The expression and its derivatives, up to the one below the order asked for.

    Most expressions grow with each derivative, many without a bound: to refuse is better than to fill the memory.
    """
    from autograd_lite.engine.graph import topological_order
    from autograd_lite.engine.transforms import gradients

    if not 1 <= options.order <= HIGHEST_ORDER:
        raise ExpressionError(f"--order is a number from 1 to {HIGHEST_ORDER}, got {options.order}")
    derivatives = [y]
    if options.order == 1 and options.wrt is None:
        return derivatives
    name = options.wrt or next(iter(variables), "")
    if options.wrt is None and len(variables) > 1:
        raise ExpressionError(f"--order {options.order} needs --wrt NAME: which of {', '.join(variables)}?")
    if name not in variables:
        known = f"no variable {shown(name)}" if name else "no variable"
        raise ExpressionError(f"the expression has {known} to differentiate with respect to")
    for order in range(1, options.order):
        size = len(topological_order(derivatives[-1]))
        if order > 1 and size > MOST_NODES:
            raise ExpressionError(
                f"derivative {order - 1} of the expression has {size:,} nodes, too many to step through the next: "
                f"--order {order} is the highest here"
            )
        derivative = gradients(derivatives[-1], variables[name])
        derivatives.append(derivative)
        derivative.label = (
            primed(y.label or "", order) if len(variables) == 1 else partial_name(y.label, [name] * order)
        )
    return derivatives


def _derivative(derivatives: list[Value], wrt: str | None, name: str, variables: Mapping[str, Value]) -> str:
    """What the derivative of the last one by a variable is called: dy/dx, y″, ∂²f/∂x∂y."""
    y, order = str(derivatives[0].label), len(derivatives)
    if order == 1:
        return f"d{y}/d{name}"
    return primed(y, order) if len(variables) == 1 else partial_name(y, [name, *[str(wrt)] * (order - 1)])


def primed(name: str, order: int) -> str:
    """The derivative of a function of one variable.

    >>> primed("y", 1), primed("y", 3), primed("y", 12)
    ('y′', 'y‴', 'y⁽¹²⁾')
    """
    return name + (PRIMES[order] if order < len(PRIMES) else f"⁽{_raised(order)}⁾")


def partial_name(name: str | None, variables: list[str]) -> str:
    """The partial derivative by some variables, the last of them first.

    >>> partial_name("f", ["x"]), partial_name("f", ["x", "y", "y"])
    ('∂f/∂x', '∂³f/∂x∂y²')
    """
    runs = [(variable, len(list(run))) for variable, run in groupby(variables)]
    below = "".join(f"∂{variable}{_raised(times)}" for variable, times in runs)
    return f"∂{_raised(len(variables))}{name}/{below}"


def _raised(number: int) -> str:
    return str(number).translate(RAISED) if number > 1 else ""


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
