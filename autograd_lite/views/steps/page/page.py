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
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from autograd_lite.engine.text import readable, shown, total
from autograd_lite.engine.value import Value
from autograd_lite.views.formulas import ATOM, FormulaOperand, local_derivative
from autograd_lite.views.notations import MATHML, TEXT
from autograd_lite.views.picture.drawing import drawn
from autograd_lite.views.picture.folds import Folding, Group, fold
from autograd_lite.views.picture.styles import Cards
from autograd_lite.views.steps.page.answers import answer_functions, mistake_rows
from autograd_lite.views.steps.page.javascript import (
    ScriptOperand,
    data,
    function,
    generic_partials,
    library,
    number,
    own_names,
    value_and_partials,
)
from autograd_lite.views.steps.network import network
from autograd_lite.views.steps.passes import Backward, Forward, Passes
from autograd_lite.views.steps.pieces import pieces

FOLDED = "Of so large a graph, each step is a neuron or a layer; what is inside of them cannot be moved here."
FIRST_MARK, RESULT_MARK = 0xE000, "\uf8ff"  # private characters, which no formula has
WIDEST = "−0.0000000"  # of the numbers that a card can hold
SCRIPTS = [
    *["numbers", "passes", "tokens", "answers", "mistakes", "questions", "order"],  # what is computed and judged
    *["units", "samples", "network", "inside", "pieces"],  # networks and big graphs
    *["state", "neurons", "levels", "picture", "title", "panel", "ask", "curve", "drawer", "copying", "bar", "main"],
]  # in this order
MOST = 1500  # boxes, as of a picture
MOST_UNFOLDED = 800  # a chain of twice as many takes the layout program longer than it may take
NO_PICTURE = '<svg viewBox="0 0 1 1"></svg>'
LIMIT = 400  # nodes; a larger graph is stepped through by its neurons or layers


def page(trace: Passes, group: str | None = None, expand: Iterable[str] = (), depth: int | None = None) -> str:
    """The page of a trace, as HTML; of a graph of more than 400 nodes, one step is a neuron or a layer.

    `group`, `expand` and `depth` fold it as they do the picture of `draw`.

    >>> from autograd_lite import Value, exp, sin, trace
    >>> x = Value(1.5, label="x")
    >>> page(trace(exp(sin(x ** 2))))[:15]
    '<!DOCTYPE html>'
    """
    large = len(trace.nodes) > LIMIT
    units = network(trace)
    content: dict[str, Any] = {"network": units} if units else {}
    places: dict[Value, int] = {node: place for place, node in enumerate(trace.nodes)}
    rules, still, svg, prefix = _no_rules(), FOLDED, NO_PICTURE, ""
    nodes: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    formulas: dict[tuple[str, str], int] = {}  # each once, with marks for the operands; the nodes and steps say which
    if not large:
        picture = drawn(fold(trace.root, group="none"), _Blank)
        picture.dark = {}  # the page's own style has the colours of both themes
        svg, prefix = picture.svg(lean=True), picture.name
        rules, still = _rules(trace, places)
        nodes = [_node(trace, step, places, formulas, bool(still)) for step in trace.forward]
        steps = [_step(trace, step, places, formulas) for step in trace if isinstance(step, Backward) or step.node.op]
    elif not units:
        content["levels"] = {
            "pieces": pieces(trace),
            "gradients": [number(trace.gradients.get(node, 0.0)) for node in trace.nodes],
        }
        nodes = [_node(trace, step, places, formulas, True) for step in trace.forward]
    content |= {
        "prefix": prefix,
        # Where the trace goes towards some leaves only, the slopes with respect to the others are not known.
        "movable": [places[x] for x in trace.wrt if x in places],
        "root": places[trace.root],
        "nodes": nodes,
        "steps": steps,
        "formulas": list(formulas),
    }
    equation = trace.forward[-1]
    content["title"] = MATHML.of(trace.computation(trace.root))
    parts = [_script(name) for name in SCRIPTS]
    style, script = _asset("page.css") + _asset("network.css"), "\n".join(['"use strict";', rules, *parts])
    styles = [style, *re.findall("<style>(.*?)</style>", svg, re.DOTALL)]
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src {' '.join(map(_digest, styles))}",
            f"script-src {_digest(script)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return _asset("page.html").format(
        policy=policy,
        title=escape(readable(trace.title or f"{equation.name} = {equation.operation or repr(equation.value)}")),
        style=style,
        svg=svg,
        still=still,
        data=data(content | {"playable": not still}),
        script=script,
    )


class _Blank(Cards):
    """Cards that the page fills when numbers are known, with room for any; what pointing at one tells is its own."""

    def grad(self, node: Value) -> str:
        return super().grad(node) if self.folding.groups else WIDEST

    def says(self, *lines: str) -> str:  # noqa: ARG002 - of everything
        return ""


def _in_groups(trace: Passes, folding: Folding, places: dict[Any, int]) -> dict[str, Any]:
    """The boxes of a folded graph, and the steps from one to another."""
    numbers = {node: number for number, node in enumerate(trace.nodes, start=1)}
    boxes, steps = [], []
    for box in folding.boxes:
        if isinstance(box, Group):
            calls = f" in {box.calls} calls" if box.calls else ""
            name = box.name if box.path or not box.operations else f"{box.kind} ({', '.join(box.operations)})"
            made = f"{len(box.nodes)} nodes{calls}"
        else:
            name, made = trace.names[box], f"{trace.names[box]} = {shown(trace.values[box])}"
        key = f"g{box.number}" if isinstance(box, Group) else f"v{numbers[box]}"
        boxes.append({"key": key, "name": readable(name), "symbol": MATHML.symbol(name)})
        steps.append({"kind": "forward", "node": places[box], "words": f"Forward: {readable(name)}: {made}."})
    flows: dict[tuple[int, int], list[float]] = {}
    for step in trace.backward:
        ends = places[folding.box_of[step.node]], places[folding.box_of[step.operand]]
        if ends[0] != ends[1]:
            flows.setdefault(ends, []).append(step.contribution)
    for (node, operand), shares in flows.items():
        edges = "1 edge brings" if len(shares) == 1 else f"{len(shares)} edges bring"
        what = f"Backward from {boxes[node]['name']} into {boxes[operand]['name']}"
        words = f"{what}: {edges} back {shown(total(shares))} in all, the sum of upstream × local."
        steps.append({"kind": "backward", "node": node, "operand": operand, "words": words})
    return {"nodes": boxes, "steps": steps}


def _marks(trace: Passes, node: Value) -> tuple[Any, ...]:
    """The operands of a node as symbols that the page replaces by their names; constants as they are."""
    operands = enumerate(node.operands)
    return tuple(x if type(x) is float else FormulaOperand(chr(FIRST_MARK + i), trace.values[x]) for i, x in operands)


def _node(
    trace: Passes, step: Forward, places: dict[Any, int], formulas: dict[tuple[str, str], int], still: bool
) -> dict[str, Any]:
    """What the page knows of a node; it names v1, v2, ... itself, and computes the local partials if it can."""
    node = step.node
    said: dict[str, Any] = {"value": number(step.value)}
    name = step.name + " (changed since)" * (node in trace.changed)
    if name != f"v{places[node] + 1}":
        said |= {"name": name, "symbol": MATHML.of(FormulaOperand(step.name), ATOM)}
    if node.op is not None:
        # Written down as it is, without the simplifications of a derivative.
        computation = FormulaOperand("", None, node.op, _marks(trace, node))
        formula = MATHML.of(computation), TEXT.of(computation)
        operands = [None if type(x) is float else places[x] for x in node.operands]
        said |= {"formula": formulas.setdefault(formula, len(formulas)), "operands": operands}
        if still:
            said["locals"] = [None if partial is None else number(partial) for partial in node.partials]
    return said


def _step(trace: Passes, step: Any, places: dict[Any, int], formulas: dict[tuple[str, str], int]) -> dict[str, Any]:
    if isinstance(step, Forward):
        return {"kind": "forward", "node": places[step.node]}
    result = FormulaOperand(RESULT_MARK, trace.values[step.node])
    partial = local_derivative(step.node.op, step.place, _marks(trace, step.node), result)
    formula = MATHML.of(partial), TEXT.of(partial)
    return {
        "kind": "backward",
        "node": places[step.node],
        "operand": places[step.operand],
        "place": step.place,
        "use": step.use,
        "uses": step.uses,
        "formula": formulas.setdefault(formula, len(formulas)),
    }


def _rules(trace: Passes, places: dict[Any, int]) -> tuple[str, str]:
    """The script with which the page recomputes the graph, and "" or why its inputs must stand still."""
    if trace.changed:
        return _no_rules(), "The inputs cannot be moved: one was changed after the graph was computed from it."
    if any(node.decided for node in trace.nodes):
        return _no_rules(), "The inputs cannot be moved: the program took a branch on a number, and might take another."
    try:
        with own_names():
            rules = [_rule(node, places) for node in trace.nodes]
            ops = dict.fromkeys(node.op for node in trace.nodes if node.op is not None)
            partials = [f"const D_{function(op)} = [{', '.join(generic_partials(op))}];" for op in ops]
            definitions = library(ops, [*rules, *partials, answer_functions()])
    except Exception:  # a custom rule may do anything with text that it takes for a number
        return _no_rules(), "The inputs cannot be moved: a custom operation has rules that only Python's numbers can pass."
    lines = ",\n".join(rules)
    return "\n".join([definitions, *partials, f"const RULES = [\n{lines}\n];", *_judging()]), ""


def _judging() -> tuple[str, str]:
    """What answers are read and judged by: the table's functions by all their names, and the known mistakes."""
    return answer_functions(), mistake_rows()


def _no_rules() -> str:
    """The script of a page whose inputs stand still."""
    return "\n".join([library([], [answer_functions()]), "const RULES = [];", *_judging()])


def _rule(node: Value, places: dict[Any, int]) -> str:
    """How the page computes a node: by the rules of its operation, or by rules of its own where there are constants."""
    if node.op is None:
        return "null"
    operands = [x if type(x) is float else ScriptOperand(f"v[{places[x]}]") for x in node.operands]
    value, texts = value_and_partials(node.op, operands)
    if all(type(x) is Value for x in node.operands):
        at = ", ".join(str(places[x]) for x in node.operands)
        return f"rule(D_{function(node.op)}, (v) => {value}, [{at}])"
    kept = [
        "null" if partial is None else f"(v, z) => {text}" for text, partial in zip(texts, node.partials, strict=True)
    ]
    return f"{{value: (v) => {value}, partials: [{', '.join(kept)}]}}"


@cache
def _script(name: str) -> str:
    """A part of the page's script, without what is there for its readers: comments, and spaces before lines."""
    text = re.sub(r"/\*\*.*?\*/ ?", "", _asset(f"script/{name}.js"), flags=re.DOTALL)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@cache
def _asset(name: str) -> str:
    return (files("autograd_lite.views.steps.page") / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """What allows one script or style, and no other, in a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
