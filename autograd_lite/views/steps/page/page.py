"""The page to step through a graph: one file with the picture, the formulas and the numbers, which needs no network.

What the page shows comes from the trace and from the table: the symbols as MathML, the rules as JavaScript, so that
the page can recompute when an input is moved. Texts that somebody chose are escaped here; the page's own
script and style stand beside this file, and its Content-Security-Policy allows nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache, cached_property
from html import escape
from importlib.resources import files
from typing import Any

from autograd_lite.engine.text import readable
from autograd_lite.engine.value import Value
from autograd_lite.views.formulas import ATOM, LETTER, FormulaOperand, local_derivative
from autograd_lite.views.notations import MATHML, TEXT
from autograd_lite.views.picture.drawing import drawn
from autograd_lite.views.picture.folds import fold
from autograd_lite.views.picture.styles import Cards
from autograd_lite.views.steps.network import network
from autograd_lite.views.steps.page import slim
from autograd_lite.views.steps.page.answers import answer_functions, mistake_rows
from autograd_lite.views.steps.page.folded import StillError, operations, outside_units
from autograd_lite.views.steps.page.javascript import (
    ScriptOperand,
    data,
    function,
    generic_rules,
    library,
    number,
    own_names,
    value_and_partials,
)
from autograd_lite.views.steps.passes import Backward, Forward, Passes
from autograd_lite.views.steps.pieces import pieces
from autograd_lite.views.steps.title import in_inputs, partial_in_inputs, title

FOLDED = "So large a graph is stepped through piece by piece; its inputs cannot be moved here."
PLAIN = re.compile(r"[^\W\d_](_?\d+|[₀-₉]+)?")  # a letter, perhaps with an index
MOST_DEEP = 60  # steps, up to which the page has each local derivative in terms of the leaves too
FIRST_MARK, RESULT_MARK = 0xA000, "\ua48c"  # letters of a script, Yi, that no formula has
MARKS = re.compile(f"[{chr(FIRST_MARK)}-{RESULT_MARK}]")
WIDEST = "−0.0000000"  # of the numbers that a card can hold
SCRIPTS = {  # in this order; and what a page of a network, or of a big graph without units, has besides
    "": ["unpacked", "numbers", "passes", "tokens", "answers", "mistakes", "questions", "order", "state", "modes"],
    "network": ["units", "samples", "network", "inside", "unit_title", "neurons"],
    "folded": ["folded"],
    "levels": ["units", "network", "pieces", "levels"],
    "sheet": ["sheet", "marking"],
    "linked": ["linked"],
    "page": ["picture", "title", "panel", "ask", "curve", "drawer", "clipboard", "copying", "bar", "paper", "main"],
}
ONLY_NUMBERS = "The inputs cannot be moved: a custom operation has rules that only Python's numbers can pass."
LIMIT = 400  # nodes; a larger graph is stepped through by its neurons or layers
AT_ONCE = 100  # nodes; a larger graph without units opens in pieces, and its operations are a button away


def page(trace: Passes, group: str | None = None, expand: Iterable[str] = (), depth: int | None = None) -> str:
    """The page of a trace, as HTML.

    A graph with units is stepped through unit by unit, or one operation after another; one of more than 100 nodes that
    has no units piece by piece, by scopes where it has any, or one operation after another. One of more than 400
    nodes, or for which `group`, `expand` or `depth` is given, has no operations.

    >>> from autograd_lite import Value, exp, sin, trace
    >>> x = Value(1.5, label="x")
    >>> page(trace(exp(sin(x ** 2))))[:15]
    '<!DOCTYPE html>'
    """
    pieces_wanted = group not in (None, "none") or bool(list(expand)) or depth is not None
    folded = len(trace.nodes) > LIMIT or trace.by_units or pieces_wanted
    units = {} if pieces_wanted and len(trace.nodes) <= LIMIT else network(trace)
    if folded and not any(unit["terms"] for unit in units.get("units", ())):
        units = {}  # scopes without weights are opened as pieces, down to their operations
    content: dict[str, Any] = {"network": units} if units else {}
    rules, still, svg, prefix = _no_rules(), FOLDED, "", ""
    nodes: list[dict[str, Any]] = []
    steps: list[list[int]] = []
    formulas = _Formulas(trace)
    if not folded:
        picture = drawn(fold(trace.root, group="none"), _Blank, "p")
        picture.dark = {}  # the page's own style has the colours of both themes
        svg, prefix = slim.svg(picture.svg(lean=True)), picture.name
        rules, still = _rules(trace, trace.places)
        nodes = [_node(trace, step, formulas, still=bool(still)) for step in trace.forward]
        taken = [step for step in trace if isinstance(step, Backward) or step.node.op or len(trace) == 1]
        steps = [_step(trace, step, formulas, deep=len(taken) <= MOST_DEEP) for step in taken]
    elif units:
        rules, still, content["folded"] = _folded(trace, units)
    else:
        nodes = [_node(trace, step, formulas, still=True) for step in trace.forward]
    if not units and (folded or len(nodes) > AT_ONCE):
        gradients = [number(trace.gradients.get(node, 0.0)) for node in trace.nodes] if folded else []
        content["levels"] = {"pieces": pieces(trace), "gradients": gradients}
    content |= {
        "picture": svg,
        "prefix": prefix,
        # Where the trace goes towards some leaves only, the slopes with respect to the others are not known.
        "movable": [trace.places[x] for x in trace.wrt if x in trace.places],
        "root": trace.places[trace.root],
        "nodes": nodes,
        "steps": steps,
        "formulas": list(formulas.found),
        "title": title(trace, MATHML),
    }
    kinds = ["", *(kind for kind in ("network", "folded", "levels") if content.get(kind)), "page"]
    kinds += ["sheet"] * bool(trace.sheet) + ["linked"] * trace.linked
    parts = [slim.script(asset(f"script/{name}.js")) for kind in kinds for name in SCRIPTS[kind]]
    judged = slim.script("\n".join([rules, mistake_rows(parts=bool({"network", "levels"} & content.keys()))]))
    own = ["network.css"] * ("network" in content or "levels" in content) + ["marking.css"] * bool(trace.sheet)
    style = slim.style("".join(map(asset, ["page.css", *own])))
    script = "\n".join(['"use strict";', judged, *parts])
    styles = [style, *re.findall("<style>(.*?)</style>", svg, re.DOTALL)]
    name, told = (
        escape(readable(trace.title or title(trace, TEXT))),
        slim.packed(data(content | {"playable": not still})),
    )
    body = asset("page.html").format(title=name, sheet=trace.sheet, still=still, data=told, script=script)
    return whole(policy([script], styles), name, style, body)


class _Blank(Cards):
    """Cards that the page fills when numbers are known, with room for any; what pointing at one tells is its own."""

    def grad(self, node: Value) -> str:
        return super().grad(node) if self.folding.groups else WIDEST

    def says(self, *lines: str) -> str:  # noqa: ARG002 - of everything
        return ""


class _Formulas:
    """The formulas of a page, each once; what several nodes share has marks where the names of operands stand."""

    def __init__(self, trace: Passes) -> None:
        self.trace = trace
        self.found: dict[tuple[str, str], int] = {}

    @cached_property
    def in_inputs(self) -> dict[Value, FormulaOperand]:
        """The formulas of the nodes in the inputs, where these are short."""
        return in_inputs(self.trace)

    def place(self, formula: Any) -> int:
        """Where a formula stands in the list, in MathML and as text."""
        written = MATHML.of(formula), TEXT.of(formula)
        return self.found.setdefault(written, len(self.found))

    def _symbol(self, node: Value, mark: str) -> FormulaOperand:
        """A name, or a mark that stands for it: such as is written alike, whatever stands beside it."""
        name = self.trace.names[node]
        if PLAIN.fullmatch(name) or MARKS.search(name):
            name = mark if LETTER.fullmatch(name) else f"{mark}0"  # as in 2x, and in 2·x1
        return FormulaOperand(name, self.trace.values[node])

    def _operands(self, node: Value) -> tuple[Any, ...]:
        operands = enumerate(node.operands)
        return tuple(x if type(x) is float else self._symbol(x, chr(FIRST_MARK + i)) for i, x in operands)

    def computation(self, node: Value) -> int:
        """How a node is computed, without the simplifications of a derivative."""
        return self.place(FormulaOperand("", None, node.op, self._operands(node)))

    def partial(self, step: Backward) -> int:
        """The local derivative of a step."""
        result = self._symbol(step.node, RESULT_MARK)
        return self.place(local_derivative(step.node.op, step.place, self._operands(step.node), result))  # type: ignore[arg-type]  # what has operands has an operation


def _node(trace: Passes, step: Forward, formulas: _Formulas, *, still: bool) -> dict[str, Any]:
    """What the page knows of a node; it names v1, v2, ... itself, and computes values and local partials if it can."""
    node = step.node
    said: dict[str, Any] = {"value": number(step.value)} if still or node.op is None else {}
    name = step.name + " (changed since)" * (node in trace.changed)
    if name != f"v{trace.places[node] + 1}":
        said |= {"name": name, "symbol": MATHML.of(FormulaOperand(step.name), ATOM)}
    if node.op is not None:
        operands = [None if type(x) is float else trace.places[x] for x in node.operands]
        said |= {"formula": formulas.computation(node), "operands": operands}
        if still:
            said["locals"] = [None if partial is None else number(partial) for partial in node.partials]
    return said


def _step(trace: Passes, step: Any, formulas: _Formulas, deep: bool) -> list[int]:
    """A node that is computed; or an edge: its node, the operand and the place of that, and the local derivative."""
    if isinstance(step, Forward):
        return [trace.places[step.node]]
    said = [trace.places[step.node], trace.places[step.operand], step.place, formulas.partial(step)]
    if deep:
        said.append(formulas.place(partial_in_inputs(trace, step.node, step.place, formulas.in_inputs)))
    return said


def _rules(trace: Passes, places: dict[Any, int]) -> tuple[str, str]:
    """The script with which the page recomputes the graph, and "" or why its inputs must stand still."""
    if reason := _fixed(trace):
        return _no_rules(), reason
    try:
        with own_names():
            rules = [_rule(node, places) for node in trace.nodes]
            ops = dict.fromkeys(node.op for node in trace.nodes if node.op is not None)
            generic = [f"const D_{function(op)} = [{', '.join(generic_rules(op))}];" for op in ops]
            definitions = library(ops, [*rules, *generic, answer_functions()])
    except Exception:  # a custom rule may do anything with text that it takes for a number
        return _no_rules(), ONLY_NUMBERS
    lines = ",\n".join(rules)
    return "\n".join([definitions, *generic, f"const RULES = [\n{lines}\n];", answer_functions()]), ""


def _fixed(trace: Passes) -> str:
    """Why the recorded graph is right for its own inputs only; "" where it is for others too."""
    if trace.changed:
        return "The inputs cannot be moved: one was changed after the graph was computed from it."
    if any(node.decided for node in trace.nodes):
        return "The inputs cannot be moved: the program took a branch on a number, and might take another."
    return ""


def _folded(trace: Passes, units: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """The script that recomputes a folded network, "" or why its inputs must stand still, and the data for it."""
    if reason := _fixed(trace):
        return _no_rules(), reason, {}
    try:
        found, ops = outside_units(trace, units)
        with own_names():
            rules = operations(ops)
            definitions = library(ops, [rules, answer_functions()])
    except StillError as error:
        return _no_rules(), str(error), {}
    except Exception:  # as above
        return _no_rules(), ONLY_NUMBERS, {}
    return "\n".join([definitions, rules, "const RULES = [];", answer_functions()]), "", found


def _no_rules() -> str:
    """The script of a page whose inputs stand still."""
    return "\n".join([library([], [answer_functions()]), "const RULES = [];", answer_functions()])


def _rule(node: Value, places: dict[Any, int]) -> str:
    """How the page computes a node: by the rules of its operation, or by rules of its own where there are constants."""
    if node.op is None:
        return "null"
    if all(type(x) is Value for x in node.operands):
        at = ", ".join(str(places[x]) for x in node.operands)
        return f"rule(D_{function(node.op)}, [{at}])"
    operands = [x if type(x) is float else ScriptOperand(f"v[{places[x]}]") for x in node.operands]
    value, texts = value_and_partials(node.op, operands)
    kept = [
        "null" if partial is None else f"(v, z) => {text}" for text, partial in zip(texts, node.partials, strict=True)
    ]
    return f"{{value: (v) => {value}, partials: [{', '.join(kept)}]}}"


@cache
def asset(name: str) -> str:
    """A file that stands beside the page: its markup, style or script."""
    return (files("autograd_lite.views.steps.page") / name).read_text(encoding="utf-8")


def whole(policy: str, title: str, style: str, body: str, head: str = "") -> str:
    """A whole page: its encoding and its policy come first; title, body and what else is in its head are HTML."""
    return asset("document.html").format(policy=policy, title=title, style=style, body=body, head=head)


def policy(scripts: Iterable[str], styles: Iterable[str], framed: Iterable[str] = ()) -> str:
    """A Content-Security-Policy that allows these scripts and styles, nothing else, and no request.

    `framed` are the digests of scripts and styles of pages that it shows in frames: what it allows holds there too.
    """
    framed = list(framed)
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {' '.join([*map(digest, styles), *framed])}",
            f"script-src {' '.join([*map(digest, scripts), *framed])}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def digest(text: str) -> str:
    """What allows one script or style, and no other, in a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
