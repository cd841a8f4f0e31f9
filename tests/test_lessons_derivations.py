"""Derivations and formulas of lessons: what terminal, notebook and page show of them, beside the engine's numbers."""

from __future__ import annotations

import re
from functools import cache
from xml.etree import ElementTree

import pytest
from rich.console import Console

from autograd_lite import Value
from autograd_lite.__main__ import main
from autograd_lite.lessons import LESSONS
from autograd_lite.lessons.outcome import Outcome, agree
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.lessons.showing.letters import in_a_terminal, in_letters
from autograd_lite.lessons.showing.mathematics import mathml

run_once = cache(lambda name: LESSONS[name]())
CHEAP = [name for name in LESSONS if name not in ("L13", "L25", "L27", "L28")]  # these train or take seconds

FORMULAS = [
    (r"\underset{(k \times n)}{Z} = \underset{(k \times d)}{W}\,\underset{(d \times n)}{X}", "Z (k×n) = W (k×d) X (d×n)"),
    (r"\begin{pmatrix} 1 & 0 \\ -1 & 1 \end{pmatrix}", "[1, 0; −1, 1]"),
    (r"\mathbb E\,[\hat f] \Rightarrow \lVert \bar x \rVert", "𝔼 [f̂] ⇒ ‖ x̄ ‖"),
    (r"(W^{l+1})^\top \delta^{l+1}", "(Wˡ⁺¹)ᵀ δˡ⁺¹"),
    (r"\frac{1}{2N} \sum_{i=1}^N (t_i - z_i)^2", "(1/(2N)) ∑ᵢ₌₁ᴺ (tᵢ − zᵢ)²"),
    (r"\frac{\partial C}{\partial z_j} = \sum_k \frac{\partial C}{\partial z_k}\frac{\partial z_k}{\partial z_j}", "∂C/∂zⱼ = ∑ₖ ∂C/∂zₖ ⋅ ∂zₖ/∂zⱼ"),
    (r"\frac{a+b}{c} x", "((a+b)/c) x"),
    (r"w_{23}^{(1)} \quad \mathrm{ReLU}'(z) = 0 \text{ where } z \le 0, \dots", "w₂₃⁽¹⁾ ReLU′(z) = 0 where z ≤ 0, …"),
    (r"\left(\tfrac12 e^{-m}\right) \to \infty", "(½ e⁻ᵐ) → ∞"),
    (r"x_\text{new}", "x_(new)"),
]  # fmt: skip


@pytest.mark.parametrize(("latex", "letters"), FORMULAS)
def test_formulas_in_letters(latex: str, letters: str) -> None:
    """A formula is written in a line of Unicode, and well-formed MathML has all of its signs."""
    assert in_letters(latex) == letters
    tree = ElementTree.fromstring(mathml(latex))
    assert not list(tree.iter("merror"))
    shown = "".join(tree.itertext())
    signs = re.sub(r"\\mathbb [A-Z]|\\(begin|end)\{pmatrix\}|\\[A-Za-z]+", "", latex)
    assert set(re.findall("[A-Za-z0-9]", signs)) <= set(shown)


def test_matrices_and_shapes_in_mathml() -> None:
    """A matrix is a table within its fences, a shape stands under its factor, the limits of a sum below and above."""
    tree = ElementTree.fromstring(mathml(r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}"))
    assert [["".join(cell.itertext()) for cell in row] for row in tree.iter("mtr")] == [["a", "b"], ["c", "d"]]
    assert [fence.text for fence in tree.iter("mo")] == ["(", ")"]
    tree = ElementTree.fromstring(mathml(r"\underset{(k \times d)}{W} \sum_{i=1}^n", display=True))
    assert tree.get("display") == "block"
    assert [["".join(part.itertext()) for part in under] for under in tree.iter("munder")] == [["W", "(k×d)"]]
    assert [["".join(part.itertext()) for part in both] for both in tree.iter("munderover")] == [["∑", "i=1", "n"]]


@pytest.mark.parametrize(
    "latex", [r"\nonsense{x}", r"\frac{1", "{", "}", r"\begin{pmatrix} a", "x^", "\\", r"\left", ""]
)
def test_broken_formulas_are_shown_as_they_are(latex: str) -> None:
    """No formula, however broken, ends in an exception or in XML that is not well-formed."""
    ElementTree.fromstring(mathml(latex))
    in_letters(latex)


def square() -> Derivation:
    """A derivation with one number, two, none, and with bars in formula and reason."""
    lines = [
        Line(r"f = |x|^2", "$|x|$ is *positive* | or 0"),
        Line(r"\frac{\partial f}{\partial x} = 2x", "the power rule", "x.grad", 6.0),
        Line(r"f = 9, x = 3", "", ("f.data", "x"), (9.0, 3.0)),
    ]
    return Derivation("A square", lines)


def test_a_derivation_in_a_terminal() -> None:
    """Formula, reason and numbers are on lines of their own; in a narrow terminal they stay indented."""
    told = "A square\n  f = |x|²\n      |x| is *positive* | or 0\n  ∂f/∂x = 2x\n      the power rule\n      x.grad = 6"
    assert str(square()) == told + "\n  f = 9, x = 3\n      f.data = 9   x = 3"
    console = Console(width=24, record=True, color_system=None)
    with console.capture() as captured:
        console.print(square())
    lines = [line.rstrip() for line in captured.get().splitlines()]
    assert max(map(len, lines)) <= 24
    assert lines[2:4] == ["      |x| is *positive*", "      | or 0"]


def test_the_command_shows_derivations(capsys: pytest.CaptureFixture[str]) -> None:
    """The report has every line of a derivation, and where it goes into a file, no line is filled up with spaces."""
    assert main(["lesson", "L21"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) < 160
    for derivation in run_once("L21").derived:
        assert all(f"\n{' ' * indent}{text}" in out for indent, _, text in derivation.texts())


def test_a_derivation_in_a_notebook() -> None:
    """It is a table of Markdown with three cells in each row: no bar of a formula or a reason ends a cell."""
    rows = square().markdown().splitlines()[2:]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 4 for row in rows)
    assert "`x.grad` = 6" in rows[3]
    assert "`f.data` = 9<br>`x` = 3" in rows[4]


def test_numbers_left_out_are_looked_up() -> None:
    """A line that names nodes of the graph and gives no number shows the engine's; what is given stays."""
    x = Value(3.0, label="x")
    f = x * x
    f.label = "f"
    f.backward()
    lines = [Line("a", "", "x.grad"), Line("b", "", ("f", "x.data")), Line("c", "", "x", 5.0), Line("d")]
    outcome = Outcome(graph=f, derivations=[Derivation("", lines)])
    assert [line.number for line in outcome.derived[0].lines] == [6.0, [9.0, 3.0], 5.0, None]


@pytest.mark.parametrize("name", CHEAP)
def test_derivations_agree_with_the_engine(name: str) -> None:
    """Each number beside a derivation is that of the graph's node with that name; all of it can be read."""
    outcome = run_once(name)
    for derivation in outcome.derived:
        for line in derivation.lines:
            tree = ElementTree.fromstring(mathml(line.formula, display=True))
            assert not [error.itertext() for error in tree.iter("merror")]
            assert not {"\\", "{", "}", "$"} & set(in_letters(line.formula) + in_a_terminal(line.why))
            for node, number in line.numbers:
                known = engine_number(node, outcome)
                assert known is None or agree(number, known), (node, number, known)
        assert len(set(map(len, re.findall(r"^\|.*\|$", derivation.markdown(), re.MULTILINE)))) >= 1


def engine_number(name: str, outcome: Outcome) -> float | None:
    """The gradient or the value of a node of the trace, by a derivation's name for it."""
    steps = outcome.trace() if outcome.graph is not None else None
    found = re.fullmatch(r"(.+?)(\.grad|\.data)?", name)
    if steps is None or found is None:
        return None
    nodes = [node for node in steps.nodes if steps.names[node] == found[1]]
    if len(nodes) != 1:
        return None
    return nodes[0].grad if found[2] == ".grad" else nodes[0].data
