"""`autograd-lite step` and `autograd-lite check`: an expression, its derivatives, and how they come about."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd_lite.views.columns import Columns
from autograd_lite.views.console import console, one_line, safe
from autograd_lite.views.expressions import CONSTANTS, Expression, ExpressionError, shown

if TYPE_CHECKING:
    from autograd_lite.engine.value import Value
    from autograd_lite.views.steps.tracer import Trace

NAMES = ("help", "version", "svg", "dot", "order", "wrt", "doctor", "markdown", "latex", "html", "open", "interactive")
MANY = 1_000  # rows, which rich takes more than a second to fold and to colour: they are printed as they are
OPTIONS = [f"--{name}" for name in NAMES]


def add_commands(commands: Any) -> None:
    """Tell the parser of the command line of both commands."""
    step = commands.add_parser("step", help="show the forward and the backward pass, as a table and as a picture")
    step.add_argument("--svg", metavar="FILE", help="write the picture of the graph")
    step.add_argument("--dot", metavar="FILE", help="write the graph in Graphviz's language")
    step.add_argument("--markdown", metavar="FILE", help="write the trace table in GitHub's Markdown")
    step.add_argument("--latex", metavar="FILE", help="write the trace table and the derivation as a LaTeX document")
    step.add_argument("--html", metavar="FILE", help="write a page to step through, with inputs to move")
    step.add_argument("--open", action="store_true", help="with --html: open the page in the browser")
    step.add_argument("--interactive", action="store_true", help="go through the steps one at a time, by keys")
    step.add_argument("--order", type=int, default=1, metavar="N", help="step through the N-th derivative (default 1)")
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
    _write(steps, tangent, options)  # before anything is printed: a reader such as head may leave early
    out = console()
    at = "  at " + ", ".join(f"{name} = {x.data!r}" for name, x in variables.items()) if variables else ""
    out.print(f"\n[bold]{safe(expression.title(y.label or 'y'))}[/bold]{safe(at)}\n")
    if options.interactive:
        from autograd_lite.views.steps.terminal import play

        play(steps, out, tangent)
        out.print()
    else:
        from autograd_lite.views.steps.tables import table

        if len(steps.forward) > MANY:
            out.out(steps.to_text(tangent), highlight=False)
        else:
            out.print(table(steps, tangent=tangent))
        out.print(
            "\nRead down for the forward pass, up for the backward pass: the gradient of a node is the sum, "
            "over the nodes that use it, of their gradient (upstream) times their local partial."
        )
        if tangent is not None:
            out.print("A tangent is the sum, over the operands of a node, of their tangents times its local partials.")
        out.print()
    for f in derivatives:
        out.print(f"{safe(f.label or '')} = {f.data!r}", style="bold")
    below = f"({last.label})" if "/" in (last.label or "") else str(last.label)
    for name, x in variables.items():
        out.print(f"d{safe(below)}/d{safe(name)} = {x.grad!r}", style="bold")
    if options.open:
        import webbrowser

        webbrowser.open(Path(options.html).resolve().as_uri())
    return 0


def _check(options: argparse.Namespace) -> int:
    from autograd_lite.engine.checks import GradientError, UndecidedError, check_gradients
    from autograd_lite.engine.differences import extrapolated_derivative
    from autograd_lite.engine.transforms import grad

    expression, point = _read(options)
    if not point:
        raise ExpressionError(
            "there is no variable to differentiate with respect to: write one, and give it NAME=VALUE"
        )

    def f(*xs: Any) -> Any:
        return expression(**dict(zip(point, xs, strict=True)))

    variables = _variables(point)
    healthy = not options.doctor or _print_findings(_evaluated(expression, variables))
    exact = grad(f, range(len(point)))(*point.values())
    rows = []
    for (name, x), computed in zip(point.items(), exact, strict=True):
        estimate, doubt = extrapolated_derivative(partial(_along, expression, point, name), x)
        apart, known_to = f"{abs(computed - estimate):.1e}", f"± {doubt:.1e}"
        rows.append([name, repr(x), repr(computed), f"{estimate:.12g}", known_to, apart])
    out = console()
    headings = ["variable", "value", "reverse mode", "differences", "known to", "apart by"]
    out.print(Columns("", headings, rows, (0, 3)).grid())
    try:
        check_gradients(f, *variables.values())
    except GradientError as error:
        out.print(f"They disagree: {safe(one_line(error))}", style="bold red")
        return 1
    except UndecidedError as error:
        out.print(f"It {safe(one_line(error))}", style="bold yellow")
        return 3 if healthy else 1
    out.print("Reverse mode, forward mode and differences agree, in first and second order.", style="bold")
    return 0 if healthy else 1


def _print_findings(y: Value) -> bool:
    """Print what `diagnose` finds in a graph, a line for each finding; return whether there is none."""
    from autograd_lite.views.doctor.diagnosis import diagnose

    findings = diagnose(y)
    out = console()
    for finding in findings:
        out.print(f"[bold red]{safe(finding.kind)}:[/bold red] {safe(finding.message)}", soft_wrap=True)
    if not findings:
        out.print("The doctor finds nothing wrong.", style="bold")
    return not findings


def _along(expression: Expression, point: dict[str, float], name: str, x: float) -> float:
    """The expression as a function of one of its variables."""
    from autograd_lite.engine.value import plain

    return plain(expression(**point | {name: x}))


def _read(options: argparse.Namespace) -> tuple[Expression, dict[str, float]]:
    """The expression, and the value of each of its names in the order of the expression."""
    expression = Expression(options.expression)
    given: dict[str, float] = {}
    for text in options.values:
        value = Expression(text)  # name = value, as an intermediate result is defined
        if len(value.defined) != 1:
            raise ExpressionError(f"expected NAME=VALUE such as x=1.5, got {shown(text)}")
        name = value.defined[0]
        if name in given:
            raise ExpressionError(f"{name} is given twice")
        given[name] = float(value())
    for name in expression.names:
        if name not in given and name not in CONSTANTS:
            raise expression.missing(name, given)
    for name in given:
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
        y.label = next(name for name in ("y", "f", "g", "h", "result", "_result") if name not in taken)
    return y


def _differentiated(y: Value, variables: dict[str, Value], options: argparse.Namespace) -> list[Value]:
    """The expression and its derivatives, up to the one below the order asked for."""
    from autograd_lite.engine.transforms import gradients

    if options.order < 1:
        raise ExpressionError(f"--order is 1 or more, got {options.order}")
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
        derivative = gradients(derivatives[-1], variables[name])
        derivative.label = f"{y.label}{chr(39) * order}" if len(variables) == 1 else f"∂{derivatives[-1].label}/∂{name}"
        derivatives.append(derivative)
    return derivatives


def _write(steps: Trace, tangent: Value | None, options: argparse.Namespace) -> None:
    """Write the views that are asked for."""
    from autograd_lite.engine.files import write_whole
    from autograd_lite.views.picture.drawing import draw

    views: dict[str, Callable[[], str]] = {
        "dot": lambda: draw(steps.root).source,
        "svg": lambda: draw(steps.root).pipe("svg", encoding="utf-8"),
        "html": steps.to_html,
        "markdown": lambda: steps.to_markdown(tangent),
        "latex": lambda: steps.to_latex("both", document=True, tangent=tangent),
    }
    for name, view in views.items():
        path = getattr(options, name)
        if path is not None:
            write_whole(path, view().encode())
