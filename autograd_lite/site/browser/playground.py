"""What the playground asks of a typed expression: its steps, and what else can be said of it, a view at a time.

An answer that is an error has what is known beside it: the fields for numbers stay while a number is mended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autograd_lite.engine.text import visible
from autograd_lite.engine.transforms import jvp
from autograd_lite.engine.value import Value
from autograd_lite.site.browser.answers import MEANT, said
from autograd_lite.views.columns import Columns
from autograd_lite.views.doctor.diagnosis import diagnose
from autograd_lite.views.expressions import CONSTANTS, Expression, ExpressionError
from autograd_lite.views.picture.drawing import draw
from autograd_lite.views.steps.path_sums import paths
from autograd_lite.views.steps.tracer import Trace, trace
from autograd_lite.views.typed import (
    checked,
    derivative_name,
    differentiated,
    evaluated,
    read_number,
    read_point,
    variables_at,
)

# Numbers for names that have none. They depend on the name alone, so that they stay while one types.
STARTS = {"x": "1.5", "y": "2", "z": "-1", "w": "0.5", "a": "2", "b": "-0.5", "c": "3", "t": "0.75", "k": "2", "n": "3"}
OTHERS = ("0.5", "-1.5", "2", "1.25", "-0.25", "3")
ELSEWHERE = (  # where the expression has no value at these
    ("0.5", "0.25", "-0.5", "0.75", "0.1", "-0.25"),
    ("3", "2", "1.25", "5", "1", "4"),
)
MOST_PATHS = 200  # towards one variable
MOST_TYPED = 1_000  # characters of an expression, which may be as deep as it is long
MOST_LEAVES = 60  # for which paths, or gradients, are listed
Tell = Callable[[Any], object]


class Computed:
    """An expression with numbers for its names, and the graph of its derivative below the order asked for.

    >>> Computed("a x^2", {"x": "3"}, 2, "x").results()
    [('y', 18.0, 'value'), ('∂y/∂x', 12.0, 'value'), ('∂²y/∂a∂x', 6.0, 'gradient'), ('∂²y/∂x²', 4.0, 'gradient')]
    """

    def __init__(self, text: str, numbers: Mapping[str, str], order: int = 1, wrt: str = "") -> None:
        self.expression = _read(text)
        self.fields = fields(self.expression, numbers)
        self.point = _point(self.expression, self.fields)
        self.variables = variables_at(self.point)
        y = evaluated(self.expression, self.variables)
        if wrt not in self.variables:
            wrt = "x" if "x" in self.variables else next(iter(self.variables), "")
        self.wrt, self.order = wrt, order if self.variables else 1
        self.derivatives = differentiated(y, self.variables, self.order, wrt if self.order > 1 else None)
        self.root = self.derivatives[-1]
        self.root.backward()

    def trace(self) -> Trace:
        """The steps of the graph, under the title that the command gives them."""
        steps = trace(self.root)
        first = self.derivatives[0]
        above = f"{self.root.label}, where " if self.root is not first else ""
        steps.title = above + self.expression.title(first.label or "y")
        return steps

    def results(self) -> list[tuple[str, float, str]]:
        """What comes out: a name, its number, and whether that is a value or a gradient."""
        found = [(y.label or "", y.data, "value") for y in self.derivatives]
        return found + [
            (derivative_name(self.derivatives, self.wrt, name, self.variables), x.grad, "gradient")
            for name, x in self.variables.items()
        ]


def expression(text: str, numbers: Mapping[str, str], order: int, wrt: str, tell: Tell) -> dict[str, Any]:
    """The page of an expression, its results, and a field for each name that takes a number."""
    del tell
    known: dict[str, Any] = {}
    try:
        read = _read(text)
        known["fields"] = fields(read, numbers)
        computed = Computed(text, known["fields"], order, wrt)
        steps = computed.trace()
        return known | {
            "page": steps.to_html(),
            "title": f"the steps of {visible(steps.title or text)}",
            "results": [[name, repr(number), kind] for name, number, kind in computed.results()],
            "wrt": computed.wrt,
        }
    except MEANT as error:
        return known | {"error": said(error) | {"field": getattr(error, "field", "")}}


def _read(text: str) -> Expression:
    """A typed expression; ExpressionError for one whose tree is too deep for the browser's stack, which ends Python."""
    if len(text) > MOST_TYPED:
        raise ExpressionError(
            f"an expression here has up to {MOST_TYPED:,} characters, and this one {len(text):,}: as a program, a loop "
            "can write it"
        )
    return Expression(text)


def view(kind: str, typed: Mapping[str, Any] | None, tell: Tell) -> dict[str, Any]:
    """One more view of an expression, or, without one, of what the last program showed."""
    del tell
    if typed is not None:
        computed = Computed(**typed)
        if kind == "check":
            return _check(computed)
        return VIEWS[kind](computed.trace(), computed.variables)
    from autograd_lite.site.browser.programs import shown_last

    return VIEWS[kind](*shown_last())


def fields(expression: Expression, numbers: Mapping[str, str]) -> dict[str, str]:
    """A number for each name that needs one, as a text: those that are given, and others at which there is a value.

    >>> fields(Expression("asin(x) + k"), {"k": "pi/3"})
    {'x': '0.5', 'k': 'pi/3'}
    """
    names = [name for name in expression.names if name in numbers or name not in CONSTANTS]
    missing = [name for name in names if not numbers.get(name, "").strip()]
    for name in missing:
        if error := expression.unlikely(name):
            raise error
    usual = {name: STARTS.get(name, OTHERS[sum(map(ord, name)) % len(OTHERS)]) for name in missing}
    others = ({name: row[k % len(row)] for k, name in enumerate(missing)} for row in ELSEWHERE if missing)
    for chosen in (usual, *others):
        tried = {name: chosen.get(name) or numbers[name] for name in names}
        try:
            evaluated(expression, variables_at(_point(expression, tried)))
        except MEANT:
            continue
        return tried
    return {name: usual.get(name) or numbers[name] for name in names}  # and the error is told


def _point(expression: Expression, texts: Mapping[str, str]) -> dict[str, float]:
    """The numbers of the fields; an error knows its field."""
    for name, text in texts.items():
        try:
            read_number(f"{name}={text}")
        except MEANT as error:
            error.field = name  # type: ignore[union-attr]
            raise
    return read_point(expression, [f"{name}={text}" for name, text in texts.items()])


def _check(computed: Computed) -> dict[str, Any]:
    """Reverse mode, forward mode and differences, side by side, and the verdict."""
    names, point = list(computed.point), list(computed.point.values())

    def f(*xs: Any) -> Any:
        return computed.expression(**dict(zip(names, xs, strict=True)))

    check = checked(computed.expression, computed.point)
    rows = []
    for place, (name, x, reverse, differences, known_to, apart) in enumerate(check.table.rows):
        along = [float(k == place) for k in range(len(point))]
        rows.append([name, x, reverse, repr(jvp(f, point, along)[1]), differences, known_to, apart])
    headings = ["variable", " value", " reverse mode", " forward mode", " differences", " known to", " apart by"]
    about = "of the expression itself" if computed.order > 1 else ""
    return {"tables": [_table(Columns(about, headings, rows))], "words": check.words, "verdict": check.verdict}


def _paths(steps: Trace, leaves: Mapping[str, Value]) -> dict[str, Any]:
    """Each derivative as the sum over the paths along which its variable acts."""
    tables, words = [], []
    for x in list(leaves.values())[:MOST_LEAVES]:
        try:
            found = paths(steps.root, x, MOST_PATHS)
            if found:
                tables.append(_table(found.table()))
            else:
                words.append(visible(f"No path leads from {steps.names[x]} to {steps.names[steps.root]}."))
        except ValueError as error:
            words.append(visible(f"{x.label}: {error}"))
    if len(leaves) > MOST_LEAVES:
        words.append(f"The first {MOST_LEAVES} of {len(leaves):,} leaves are shown.")
    return {"tables": tables, "words": "\n".join(words) or ("" if leaves else "There is no variable.")}


def _doctor(steps: Trace, leaves: Mapping[str, Value]) -> dict[str, Any]:
    """What is wrong with the graph, in plain words."""
    del leaves
    found = diagnose(steps.root)
    rows = [[finding.kind, finding.message] for finding in found]
    tables = [_table(Columns("", ["finding", "what it means"], rows))] if rows else []
    return {"tables": tables, "words": "" if rows else "The doctor finds nothing wrong with this graph."}


def _latex(steps: Trace, leaves: Mapping[str, Value]) -> dict[str, Any]:
    """The derivation in LaTeX's mathematics."""
    del leaves
    return {"text": steps.to_latex("derivation")}


def _table_of_steps(steps: Trace, leaves: Mapping[str, Value]) -> dict[str, Any]:
    """The trace table: values down, gradients up."""
    del leaves
    if len(steps.forward) > 1_000:
        raise ExpressionError(f"the table would have {len(steps.forward):,} rows: print(trace(y)) where you have room")
    return {"text": str(steps)}


def _svg(steps: Trace, leaves: Mapping[str, Value]) -> dict[str, Any]:
    """The picture, in a file of its own."""
    del leaves
    return {"text": draw(steps.root).svg()}


def _dot(steps: Trace, leaves: Mapping[str, Value]) -> dict[str, Any]:
    """The picture in Graphviz's language."""
    del leaves
    return {"text": draw(steps.root).source}


VIEWS: dict[str, Callable[[Trace, Mapping[str, Value]], dict[str, Any]]] = {
    "paths": _paths,
    "doctor": _doctor,
    "latex": _latex,
    "table": _table_of_steps,
    "svg": _svg,
    "dot": _dot,
}


def _table(columns: Columns) -> dict[str, Any]:
    """A table as a page builds it: no text in it is markup."""
    return {
        "title": visible(columns.title),
        "headings": list(columns.headings),
        "rows": [[visible(cell) for cell in row] for row in columns.rows],
    }
