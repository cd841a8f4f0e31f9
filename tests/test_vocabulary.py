"""One vocabulary: sentence, terminal's table, Markdown, LaTeX, picture, title and page call the same things by the same names.

The names and the formulas of the page are compared with those of the other views, each read back from what it shows;
the formulas are evaluated, by the grammar of typed expressions, against the recorded derivatives.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from pages import data_of
from strategies import Expression, expressions_at_points
from traces import circuit, esin, survey

from autograd_lite import Trace, Value, draw, nn, scope, softmax, tanh, trace
from autograd_lite.lessons import LESSONS
from autograd_lite.views.notations import latex_symbol
from autograd_lite.views.steps.passes import Backward
from autograd_lite.views.steps.tables import formula_line

SLOW = ("L06", "L07", "L13", "L25", "L26", "L27", "L28")  # experiments, or graphs of a thousand nodes
INTERNAL = re.compile(r"\*\*|\bvv\d|_\d|Value\(|<Op|lambda|\bone\b")  # what only a program is written with
BARE_SIGN = re.compile(r"[·×+/] ?−|− −")  # an operator before a sign without parentheses
FIRST_MARK, RESULT_MARK = 0xA000, "\ua48c"  # of names, in the page's formulas


def network() -> Trace:
    """A network with a loss, its parameters from `nn`."""
    model = nn.MLP(2, [3, 1], "tanh", seed=1)
    loss = nn.losses.mse([model([0.5, -1.0]), model([1.0, 0.25])], [1.0, -1.0])
    loss.label = "L"
    return trace(loss)


def classifier() -> Trace:
    """Softmax with cross-entropy, in which a maximum is taken away that has no derivative."""
    logits = [Value(x, label=f"z{i}") for i, x in enumerate((2.0, -1.0, 0.5), start=1)]
    return trace(nn.losses.cross_entropy(logits, 1))


def recurrence() -> Trace:
    """A unit that is used again on its own output."""
    h, w, u = Value(0.1, label="h0"), Value(-0.7, label="w"), Value(0.4, label="u")
    for k in range(4):
        with scope(f"step{k}"):
            h = tanh(w * h + u * (0.3 * k))
        h.label = f"h{k + 1}"
    return trace(h)


TRACES: dict[str, Callable[[], Trace]] = {
    "esin": lambda: esin()[1],
    "circuit": circuit,
    "survey": lambda: survey()[1],
    "network": network,
    "classifier": classifier,
    "recurrence": recurrence,
    "softmax": lambda: trace(softmax([Value(-2.0, label="x₁"), Value(1.0, label="x₂")])[0]),
}
TRACES |= {
    name: (lambda lesson=lesson: lesson().trace())  # type: ignore[misc]  # the default binds it
    for name, lesson in LESSONS.items()
    if name not in SLOW
}


def compare(steps: Trace) -> None:
    """All views of a trace give the same names to its nodes, and the same formulas to its derivatives."""
    names = [steps.names[node] for node in steps.nodes]
    written = str(steps).splitlines()[1:]
    assert [line.split("   ")[0].strip() for line in written] == names
    marked = steps.to_markdown().splitlines()[2 : 2 + len(names)]
    assert [html.unescape(line.split("`")[1]) for line in marked] == names
    latex = steps.to_latex("table")
    assert all(latex_symbol(name) in latex for name in names)
    local: dict[str, list[str]] = {}
    for step in steps.backward:
        name = f"∂{step.name}/∂{step.operand_name}"
        if step.name.isalnum() and step.operand_name.isalnum():
            sentence = step.words()
            assert f"What has reached {step.name}, " in sentence
            assert f" times {name} = " in sentence
            assert formula_line(steps, step).count(step.name)
            symbols = sentence.partition(f"{name} = ")[2].partition(" = ")[0].partition(": ")[0]
            local.setdefault(name, []).append(symbols)
            row = next(line for line, other in zip(written, names, strict=True) if other == step.name)
            row_marked = next(line for line, other in zip(marked, names, strict=True) if other == step.name)
            assert f"{name} = {symbols}" in row or not re.search("[^\\W\\d]", symbols)
            assert f"{name} = {symbols}" in html.unescape(row_marked)
    for text in [step.words() for step in steps] + [formula_line(steps, step) for step in steps]:
        assert not INTERNAL.search(text), text
        assert not BARE_SIGN.search(text), text
    assert not INTERNAL.search(steps.equation()), steps.equation()


def compare_pages(steps: Trace) -> None:
    """The page and the picture bear the names of the trace, and the page its formulas."""
    names = [steps.names[node] for node in steps.nodes]
    content: dict[str, Any] = data_of(steps.to_html())
    told = [node.get("name", f"v{place}") for place, node in enumerate(content["nodes"], start=1)]
    assert told == names[: len(told)]
    taken = [step for step in steps if isinstance(step, Backward)]
    shown = [step for step in content["steps"] if len(step) > 1]  # node, operand, place, formula
    for step, said in zip(taken, shown, strict=True) if shown else ():
        operands = [None if type(x) is float else steps.names[x] for x in step.node.operands]
        text = content["formulas"][said[3]][1]
        text = re.sub(f"{RESULT_MARK}0?", step.name, text)
        for i, name in enumerate(operands):
            text = re.sub(f"{chr(FIRST_MARK + i)}0?", name or "", text)
        assert text == steps.local(step)


@pytest.mark.parametrize("name", TRACES)
def test_views_agree(name: str) -> None:
    """Sentences, tables and formulas of lessons, networks and expressions use the same names."""
    steps = TRACES[name]()
    compare(steps)
    compare_pages(steps)


@pytest.mark.parametrize("name", ["esin", "network", "L05", "L18", "L21"])
def test_pictures_have_the_names(name: str) -> None:
    """The picture's cards bear the same names."""
    steps = TRACES[name]()
    svg = html.unescape(draw(steps.root, group="none").svg())
    shown = "".join(re.sub("<[^>]*>", "", text) + "\n" for text in re.findall("<text.*?</text>", svg, re.DOTALL))
    for node in steps.nodes:
        if node.label:
            assert re.search(rf"(?<!\w){re.escape(steps.names[node])}", shown), steps.names[node]


@settings(max_examples=60)
@given(expressions_at_points())
def test_views_agree_on_random_graphs(case: tuple[Expression, list[float]]) -> None:
    """So do those of random graphs of the table's operations, with shared nodes and constants."""
    expression, point = case
    y = expression(*(Value(x, label=name) for x, name in zip(point, "abc", strict=False)))
    compare(trace(y))


def test_the_notes_derivatives() -> None:
    """The derivatives of σ, tanh and relu are written with their values, as the notes have them."""
    x = Value(0.5, label="z")
    for operation, said in (("sigmoid", "a·(1 − a)"), ("tanh", "1 − a²"), ("exp", "a")):
        a = getattr(x, operation)()
        a.label = "a"
        [step] = trace(a).backward
        assert f"∂a/∂z = {said} = " in step.words()
    assert math.isclose(trace(x.tanh()).backward[0].local, 1.0 - math.tanh(0.5) ** 2)
