"""A typed expression with a number for each of its names: the point, the derivatives of any order, and their check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, count, groupby
from typing import Any, NamedTuple

from autograd_lite.engine.value import Value
from autograd_lite.views.columns import Columns
from autograd_lite.views.console import one_line
from autograd_lite.views.expressions import CONSTANTS, Expression, ExpressionError, shown

RESULTS = ("y", "f", "g", "h", "result")  # what an expression is called, the first that is no variable
HIGHEST_ORDER = 100
MOST_NODES = 20_000  # of a graph that is differentiated once more
PRIMES = ("", "′", "″", "‴", "⁗")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def read_point(expression: Expression, texts: Iterable[str]) -> dict[str, float]:
    """The number of each of an expression's names, in the order of the expression, from texts such as x=pi/2.

    >>> read_point(Expression("w*x + e"), ["x=pi/2", "w=-1"])
    {'w': -1.0, 'x': 1.5707963267948966}
    """
    given: dict[str, float] = {}
    for text in texts:
        name, number = read_number(text)
        if name in given:
            raise ExpressionError(f"{name} is given twice")
        given[name] = number
    for name in expression.names:
        if name not in given and name not in CONSTANTS:
            raise expression.missing(name, given)
    for name in given:
        if name in expression.defined:
            raise ExpressionError(f"the expression itself says what {name} is: leave {name}=… out")
        if name not in expression.names:
            known = ", ".join(expression.names) or "none"
            raise ExpressionError(f"the expression has no variable {shown(name)}; its names are: {known}")
    return {name: given[name] for name in expression.names if name in given}


def read_number(text: str) -> tuple[str, float]:
    """A name and its number, from a text such as x=pi/2.

    >>> read_number("x = 3/2")
    ('x', 1.5)
    """
    if "=" not in text or ";" in text:
        got = shown(text) or "an empty word"
        raise ExpressionError(f"expected NAME=VALUE such as x=1.5, a word without spaces for each name, got {got}")
    value = Expression(text)  # name = value, as an intermediate result is defined
    name = value.defined[0]
    for other in value.names:
        if other not in CONSTANTS:
            raise value.refused(other, f"{name} needs a number, such as {name}=1.5 or {name}=pi/2, and {other} is none")
    return name, float(value())


def variables_at(point: Mapping[str, float]) -> dict[str, Value]:
    """A node for each name of a point.

    >>> variables_at({"x": 1.5})["x"].label
    'x'
    """
    return {name: Value(x, label=name) for name, x in point.items()}


def evaluated(expression: Expression, variables: Mapping[str, Value]) -> Value:
    """The expression's node, labelled y, or with the next free letter where y is a variable.

    >>> f = evaluated(Expression("2y"), variables_at({"y": 1.5}))
    >>> f.label, f.data
    ('f', 3.0)
    """
    result = expression(**variables)
    y = result if isinstance(result, Value) else Value(result)
    if y.label is None:
        taken = {*variables, *expression.defined}
        y.label = next(name for name in chain(RESULTS, map("y_{}".format, count())) if name not in taken)
    return y


def differentiated(y: Value, variables: Mapping[str, Value], order: int = 1, wrt: str | None = None) -> list[Value]:
    """The expression and its derivatives, up to the one below the order asked for.

    Most expressions grow with each derivative, many without a bound: to refuse is better than to fill the memory.

    >>> variables = variables_at({"x": 3.0})
    >>> [f.data for f in differentiated(evaluated(Expression("x^3"), variables), variables, 3)]
    [27.0, 27.0, 18.0]
    """
    from autograd_lite.engine.graph import topological_order
    from autograd_lite.engine.transforms import gradients

    if not 1 <= order <= HIGHEST_ORDER:
        raise ExpressionError(f"--order is a number from 1 to {HIGHEST_ORDER}, got {order}")
    derivatives = [y]
    if order == 1 and wrt is None:
        return derivatives
    name = wrt or next(iter(variables), "")
    if wrt is None and len(variables) > 1:
        raise ExpressionError(f"--order {order} needs --wrt NAME: which of {', '.join(variables)}?")
    if name not in variables:
        known = f"no variable {shown(name)}" if name else "no variable"
        raise ExpressionError(f"the expression has {known} to differentiate with respect to")
    for done in range(1, order):
        size = len(topological_order(derivatives[-1]))
        if done > 1 and size > MOST_NODES:
            raise ExpressionError(
                f"derivative {done - 1} of the expression has {size:,} nodes, too many to step through the next: "
                f"--order {done} is the highest here"
            )
        derivative = gradients(derivatives[-1], variables[name])
        derivatives.append(derivative)
        derivative.label = primed(y.label or "", done) if len(variables) == 1 else partial_name(y.label, [name] * done)
    return derivatives


def derivative_name(derivatives: list[Value], wrt: str | None, name: str, variables: Mapping[str, Value]) -> str:
    """What the derivative of the last one by a variable is called: dy/dx, y″, ∂²f/∂x∂y.

    >>> derivative_name([Value(1.0, label="y")], None, "x", {"x": Value(1.0)})
    'dy/dx'
    """
    y, order = str(derivatives[0].label), len(derivatives)
    if order == 1:
        return f"d{y}/d{name}"
    return primed(y, order) if len(variables) == 1 else partial_name(y, [name, *[str(wrt)] * (order - 1)])


class Check(NamedTuple):
    """The derivatives beside numerical ones, and the verdict: agree, disagree or undecided, and in words."""

    table: Columns
    verdict: str
    words: str


def checked(expression: Expression, point: Mapping[str, float]) -> Check:
    """Compare the derivatives of an expression at a point with numerical ones, in first and second order.

    >>> checked(Expression("|x|"), {"x": 0.0}).verdict
    'undecided'
    """
    from autograd_lite.engine.checks import GradientError, UndecidedError, check_gradients, compared_with_differences

    if not point:
        raise ExpressionError(
            "there is no variable to differentiate with respect to: write one, and give it NAME=VALUE"
        )

    def f(*xs: Any) -> Any:
        return expression(**dict(zip(point, xs, strict=True)))

    rows = []
    for (name, x), (computed, found) in zip(point.items(), compared_with_differences(f, *point.values()), strict=True):
        apart, known_to = f"{abs(computed - found.slope):.1e}", f"± {found.doubt:.1e}"
        rows.append([name, repr(x), repr(computed), f"{found.slope:.12g}", known_to, apart])
    headings = ["variable", "value", "reverse mode", "differences", "known to", "apart by"]
    table = Columns("", headings, rows, (0, 3))
    try:
        check_gradients(f, *variables_at(point).values())
    except GradientError as error:
        return Check(table, "disagree", f"They disagree: {one_line(error)}")
    except UndecidedError as error:
        return Check(table, "undecided", f"It {one_line(error)}")
    return Check(table, "agree", "Reverse mode, forward mode and differences agree, in first and second order.")


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
