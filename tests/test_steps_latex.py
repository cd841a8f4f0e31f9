"""The views of a trace in LaTeX: the derivation by the chain rule, and the trace table."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from nodejs import assert_katex_takes
from points import ROWS
from strategies import Expression, expressions_at_points
from traces import check_latex, circuit, esin, hostile, survey

from autograd_lite import Trace, Value, clip, grad, sin, trace, where
from autograd_lite.engine.table import TABLE
from autograd_lite.lessons import LESSONS
from autograd_lite.views.formulas import FormulaOperand, local_derivative
from autograd_lite.views.steps.title import in_inputs


def fraction(y: str, x: str, d: str = r"\partial") -> str:
    """A derivative in LaTeX."""
    return rf"\frac{{{d} {y}}}{{{d} {x}}}"


def sides(text: str, left: str) -> list[str]:
    """The lines of the equation with this left side, without alignment."""
    (block,) = [block for block in text.split(r"\begin{align*}") if block.strip().startswith(left + " &=")]
    return [line.partition("&")[2].removesuffix(r" \\") for line in block.split(r"\end")[0].strip().splitlines()]


def test_latex_of_the_table() -> None:
    """The trace table of e^sin(x²) as an array."""
    assert esin()[1].to_latex("table").splitlines()[2:] == [
        r"\text{node} & \text{operation} & \text{value} \downarrow & \text{local partials} & "
        r"\text{adjoint } \partial y / \partial \cdot \uparrow \\ \hline",
        r"x &  & 1.5 &  & \left(-1.368\right) \cdot 3 = -4.103 \\[1ex]",
        r"v_{2} & x^{2} & 2.25 & \frac{\partial v_{2}}{\partial x} = 2 x = 3 & "
        r"2.177 \cdot \left(-0.6282\right) = -1.368 \\[1ex]",
        r"v_{3} & \sin v_{2} & 0.7781 & \frac{\partial v_{3}}{\partial v_{2}} = "
        r"\cos v_{2} = -0.6282 & 1 \cdot 2.177 = 2.177 \\[1ex]",
        r"y & e^{v_{3}} & 2.177 & \frac{\partial y}{\partial v_{3}} = y = 2.177 & 1 \\[1ex]",
        r"\end{array}",
        r"\]",
    ]
    x1, steps = survey()
    (row,) = [line for line in steps.to_latex("table", tangent=x1).splitlines() if line.startswith("v_{4}")]
    assert row.split(" & ")[3] == r"5 \cdot 1 + 2 \cdot 0 = 5"


def test_derivation_of_a_chain() -> None:
    """The chain rule of e^sin(x²): factor by factor in symbols, as formulas in x, in numbers; the table comes after it."""
    text = esin()[1].to_latex()
    assert sides(text, fraction("y", "x", r"\mathrm{d}")) == [
        r"= " + r" \cdot ".join([fraction("y", "v_{3}"), fraction("v_{3}", "v_{2}"), fraction("v_{2}", "x")]),
        r"= e^{\sin x^{2}} \cdot \cos x^{2} \cdot 2 x",
        r"= 2.177 \cdot \left(-0.6282\right) \cdot 3 = -4.103",
    ]
    assert text.index("v_{3} &= \\sin v_{2}") < text.index(r"\mathrm{d}") < text.index(r"\hline")


def test_derivation_over_several_paths() -> None:
    """Each path has a line of its own, in the survey's example by hand; what does not depend on an input is 0."""
    _, steps = survey()
    assert sides(steps.to_latex("derivation"), fraction("f", "x_{1}")) == [
        "= " + r" \cdot ".join([fraction("f", "v_{5}"), fraction("v_{5}", "v_{2}"), fraction("v_{2}", "x_{1}")]),
        r"\quad + " + r" \cdot ".join([fraction("f", "v_{5}"), fraction("v_{5}", "v_{4}"), fraction("v_{4}", "x_{1}")]),
        r"= 1 \cdot 1 \cdot \frac{1}{x_{1}}",
        r"\quad + 1 \cdot 1 \cdot x_{2}",
        r"= 1 \cdot 1 \cdot 0.5",
        r"\quad + 1 \cdot 1 \cdot 5 = 5.5",
    ]
    other = Value(1.0, label="z")
    assert sides(trace(steps.root, wrt=other).to_latex("derivation"), fraction("f", "z")) == ["= 0"]


def test_many_paths_are_written_node_by_node() -> None:
    """Up to six paths each has its line; one more, and the chain rule is applied at each node, in the backward order."""
    for terms, by_path in ((3, True), (4, False)):
        x = Value(2.0, label="x")
        y = x * x
        for _ in range(terms - 1):
            y = y + x * x
        y.label = "y"
        lines = trace(y).to_latex("derivation").splitlines()
        assert (sum(fraction("y", "x", r"\mathrm{d}") in line for line in lines) == 1) is by_path
        if not by_path:
            nodes = [
                match[1] for line in lines if (match := re.match(r"\\frac\{\\partial y\}\{\\partial (\S+)\} &", line))
            ]
            assert (nodes[0], nodes[-1], len(nodes)) == ("y", "x", len(trace(y).nodes))
            assert lines[-2].endswith("= 16")


def test_no_line_is_longer_than_the_page() -> None:
    """A product of forty factors is broken over lines before a sign."""
    y = x = Value(0.5, label="x")
    for _ in range(40):
        y = sin(y)
    text = trace(y).to_latex("derivation")
    lines = sides(text, fraction("v_{41}", "x", r"\mathrm{d}"))
    assert max(len(re.findall(r"\\cdot|\\frac", line)) for line in lines) < 24
    assert all(line.startswith(("=", r"\quad \cdot")) for line in lines)
    assert math.isclose(float(lines[-1].rpartition("= ")[2]), grad(lambda x: chain(x, 40))(x.data), rel_tol=1e-3)


def chain(x: Any, size: int) -> Any:
    """The sine of the sine of … x."""
    for _ in range(size):
        x = sin(x)
    return x


def evaluated(formula: Any, numbers: dict[str, float]) -> float:
    """The number of a formula whose symbols have these numbers."""
    if not isinstance(formula, FormulaOperand):
        return float(formula)
    if formula.op is None:
        return numbers[formula.name]
    return float(formula.op(*(evaluated(x, numbers) for x in formula.operands)))


@given(expressions_at_points())
def test_formulas_in_the_inputs_are_those_of_the_nodes(drawn: tuple[Expression, list[float]]) -> None:
    """Written in the inputs, each node and each local partial is the number that the graph has."""
    expression, point = drawn
    y = expression(*(Value(x) for x in point))
    steps = trace(y)
    formulas = in_inputs(steps)
    numbers = {steps.names[node]: node.data for node in steps.nodes}
    for node in steps.nodes:
        assert math.isclose(evaluated(formulas[node], numbers), node.data, rel_tol=1e-12, abs_tol=1e-12)
    for step in steps.backward:
        op: Any = step.node.op
        operands = [x if type(x) is float else formulas[x] for x in step.node.operands]
        partial = evaluated(local_derivative(op, step.place, operands, formulas[step.node]), numbers)
        assert math.isclose(partial, step.local, rel_tol=1e-6, abs_tol=1e-6)


@pytest.mark.parametrize(
    "steps", [esin()[1], circuit(), survey()[1], hostile()], ids=["esin", "circuit", "survey", "hostile"]
)
def test_latex_is_balanced(steps: Trace) -> None:
    """Every kind of LaTeX, of any names, is balanced."""
    for kind in ("table", "derivation", "both"):
        check_latex(steps.to_latex(kind, tangent=steps.nodes[0]).replace(r"\\", ""))


def wide_names() -> Trace:
    """Names of the widest letters, where three of them stand in one formula."""
    a, b, c, d, e = (Value(1.0 + i, label=letter * 24) for i, letter in enumerate("WMmw中"))
    return trace(clip(a, b, c) * where(d, e, a) + (a**b) / c * sin(d))


def rows_of_the_table() -> list[Trace]:
    """Each row of the table at its first point in the tests' oracle, applied to inputs."""
    found = []
    for name, op in TABLE.items():
        point = ROWS[name].points[0]
        found.append(trace(op(*(Value(x, label=f"x{i}") for i, x in enumerate(point)))))
    return found


@cache
def lessons() -> list[Trace]:
    """The graph of each lesson that has one."""
    outcomes = [lesson() for lesson in LESSONS.values()]
    return [outcome.trace() for outcome in outcomes if outcome.graph is not None]


@pytest.mark.long
@pytest.mark.unix
def test_documents_compile_and_fit(tmp_path: Path) -> None:
    """A document compiles with pdflatex, whatever the names are, and no line of it is wider than the page."""
    compiler = shutil.which("pdflatex")
    assert compiler, "this test compiles LaTeX: apt-get install texlive-latex-recommended"
    for place, steps in enumerate([esin()[1], circuit(), survey()[1], hostile(), wide_names(), *lessons()]):
        text = steps.to_latex(document=True, tangent=steps.nodes[0])
        (tmp_path / f"{place}.tex").write_text(text, encoding="utf-8")
        command = [compiler, "-halt-on-error", "-interaction=nonstopmode", f"{place}.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=600, check=False)
        assert done.returncode == 0, (steps, done.stdout[-1000:])
        assert (tmp_path / f"{place}.pdf").read_bytes()[:5] == b"%PDF-"
        log = (tmp_path / f"{place}.log").read_text(encoding="latin-1")
        assert "Overfull" not in log, (steps, log[log.index("Overfull") :][:500])


@pytest.mark.long
@pytest.mark.unix
def test_formulas_are_strict_katex(tmp_path: Path) -> None:
    """KaTeX at its strictest takes every formula: of each row of the table, each lesson, random graphs, hostile names."""
    traces = [esin()[1], circuit(), survey()[1], hostile(), wide_names(), *rows_of_the_table(), *lessons()]

    @settings(max_examples=100)
    @given(expressions_at_points())
    def collect(drawn: tuple[Expression, list[float]]) -> None:
        expression, point = drawn
        traces.append(trace(expression(*(Value(x) for x in point))))

    collect()
    formulas = [formula for steps in traces for formula in displays(steps.to_latex(tangent=steps.nodes[0]))]
    assert len(formulas) >= 2 * len(traces)
    assert_katex_takes(formulas, tmp_path)


DISPLAY = re.compile(r"\\begin\{align\*\}.*?\\end\{align\*\}|\\\[.*?\n\\\]", re.DOTALL)


def displays(text: str) -> list[str]:
    """The formulas of a text, as KaTeX is given them: those between brackets without the brackets."""
    return [formula.removeprefix("\\[").removesuffix("\\]") for formula in DISPLAY.findall(text)]


def test_all_of_the_text_is_formulas() -> None:
    """A fragment consists of displayed formulas alone, so that any page can show it."""
    assert DISPLAY.sub("", hostile().to_latex()).strip() == ""
