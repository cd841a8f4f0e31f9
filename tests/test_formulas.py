"""Formulas and notations: every formula of a local derivative is right, and can be written in every notation."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies as st
from mpmath import mp
from points import ROWS, derivative
from strategies import ORACLES, Expression, expressions_at_points
from traces import check_latex

from autograd_lite import (
    Op,
    Value,
    abs,
    atan2,
    cbrt,
    cos,
    cosquare,
    dircos,
    div,
    elu,
    exp,
    exp2,
    log,
    log1p,
    log2,
    logaddexp,
    mul,
    relu,
    sigmoid,
    sin,
    sqrt,
    square,
    tanh,
    trace,
)
from autograd_lite.engine.table import TABLE, exceeds, maximum, pow, power_term, step
from autograd_lite.engine.text import readable
from autograd_lite.engine.traits import FORMS
from autograd_lite.views.formulas import ATOM, LAYOUTS, FormulaOperand, Notation, local_derivative
from autograd_lite.views.notations import LATEX, MATHML, TEXT

PLACES = [(name, place) for name, op in TABLE.items() for place in range(op.arity)]
SYMBOLS = "xyzuv"

# A notation that Python can evaluate. A number has its sign before it, as on paper.
PYTHON = Notation(
    number=lambda x: f"{'-' * (x < 0.0)}mpf({str(x).lstrip('-')!r})",
    symbol=lambda name: name,
    function=lambda op, operands: f"{op.name}({', '.join(operands)})",
    plus="{} + {}",
    minus="{} - {}",
    times="{} * {}",
    beside="{} * {}",
    negative="-{}",
    fraction="{} / {}",
    power="{} ** {}",
    exponential="exp({})",
    root="sqrt({})",
    cube_root="cbrt({})",
    parentheses="({})",
    bars="abs({})",
    brackets="mpf({})",
    choice="({} if {} else {})",
    greater="{} > {}",
    at_least="{} >= {}",
    unequal="{} != {}",
    equal="{} == {}",
    in_line=True,
)
# The same with fractions and exponents in two dimensions, where the bar and the height take the place of parentheses.
PLANE = PYTHON._replace(fraction="(({}) / ({}))", power="{} ** ({})", in_line=False)


def evaluated(thing: Any, symbols: dict[str, Any]) -> Any:
    """The number of a formula by mpmath: a reading of the tree that shares no code with the library."""
    if not isinstance(thing, FormulaOperand):
        return mp.mpf(thing)
    if thing.op is None:
        return symbols[thing.name]
    return ORACLES[thing.op.name](*[evaluated(x, symbols) for x in thing.operands])


def read_back(text: str, symbols: dict[str, Any]) -> Any:
    """The number of a formula that was written in one of the notations above."""
    return eval(text, {**ORACLES, "mpf": mp.mpf, "π": mp.pi, **symbols})


def known_and_unknown(op: Op, place: int, point: tuple[float, ...], result: float) -> list[Any]:
    """The formula of a local partial: of symbols alone, and of symbols with numbers."""
    symbols = [FormulaOperand(name) for name in SYMBOLS[: op.arity]]
    numbered = [FormulaOperand(name, x) for name, x in zip(SYMBOLS, point, strict=False)]
    return [
        local_derivative(op, place, symbols, FormulaOperand("r")),
        local_derivative(op, place, numbered, FormulaOperand("r", result)),
    ]


@pytest.mark.parametrize(("name", "place"), PLACES)
def test_every_formula_is_the_derivative(name: str, place: int) -> None:
    """At every point of every row the formula, read as a tree and read from its text, is mpmath's derivative."""
    op, row = TABLE[name], ROWS[name]
    orders = [int(place == other) for other in range(op.arity)]
    for point in row.points:
        expected = mp.mpf(0) if name == "detach" else derivative(row.oracle, point, orders)
        with mp.workdps(700):
            numbers = [mp.mpf(x) for x in point]
            symbols = dict(zip(SYMBOLS, numbers, strict=False)) | {"r": row.oracle(*numbers)}
            for formula in known_and_unknown(op, place, point, op.of_floats(*point)):
                readings = [evaluated(formula, symbols)]
                readings += [read_back(notation.of(formula), symbols) for notation in (PYTHON, PLANE)]
                for found in readings:
                    error = mp.fabs(found - expected)
                    assert error <= mp.fabs(expected) * mp.mpf("1e-12") + mp.mpf("1e-330"), (point, float(found))


@given(expressions_at_points(most=4))
def test_any_formula_means_the_same_in_writing(case: tuple[Expression, list[float]]) -> None:
    """Parentheses stand where they are needed: a random formula read from its text has the number of the expression."""
    expression, point = case
    names = [f"x{place}" for place in range(len(point))]
    formula = expression(*map(FormulaOperand, names))
    with mp.workdps(40):
        symbols = {name: mp.mpf(x) for name, x in zip(names, point, strict=True)}
        expected = expression.exact(*symbols.values())
        for notation in (PYTHON, PLANE):
            assert mp.almosteq(read_back(notation.of(formula), symbols), expected, 1e-12, 1e-12)
    check_latex(LATEX.of(formula))
    check_mathml(MATHML.of(formula))


def check_mathml(text: str) -> ElementTree.Element:
    """The text is well-formed, and its elements have the number of children that MathML asks for."""
    tree = ElementTree.fromstring(f"<math>{text}</math>")
    for element in tree.iter():
        if element.tag in ("mfrac", "msup", "msub", "mroot"):
            assert len(element) == 2, text
        if element.tag == "msubsup":
            assert len(element) == 3, text
    return tree


@pytest.mark.parametrize(("name", "place"), PLACES)
def test_every_formula_can_be_written(name: str, place: int) -> None:
    """The formula of every place of the table is balanced LaTeX and well-formed MathML, and has no hole in it."""
    op = TABLE[name]
    for formula in known_and_unknown(op, place, ROWS[name].points[0], 1.0):
        check_latex(LATEX.of(formula))
        check_mathml(MATHML.of(formula))
        assert "{}" not in LATEX.of(formula) + MATHML.of(formula) + TEXT.of(formula)


x, y, r = FormulaOperand("x"), FormulaOperand("y"), FormulaOperand("r")

SNAPSHOTS: list[tuple[Any, str, str]] = [
    (local_derivative(sin, 0, [x], r), "cos x", r"\cos x"),
    (local_derivative(cos, 0, [x], r), "−sin x", r"-\sin x"),
    (local_derivative(exp, 0, [x], r), "r", "r"),
    (local_derivative(pow, 0, [x, 2.0], r), "2x", "2 x"),
    (local_derivative(pow, 0, [x, 3.0], r), "3x²", "3 x^{2}"),
    (local_derivative(pow, 0, [x, -0.5], r), "−0.5·x^(−1.5)", r"-0.5 \cdot x^{-1.5}"),
    (local_derivative(pow, 1, [2.0, y], r), "r·ln 2", r"r \cdot \ln 2"),
    (local_derivative(mul, 0, [x, y], r), "y", "y"),
    (local_derivative(div, 0, [x, y], r), "1/y", r"\frac{1}{y}"),
    (local_derivative(div, 1, [x, y], r), "−x/y²", r"\frac{-x}{y^{2}}"),
    (local_derivative(sqrt, 0, [x], r), "1/(2r)", r"\frac{1}{2 r}"),
    (local_derivative(cbrt, 0, [x], r), "1/(3r²)", r"\frac{1}{3 r^{2}}"),
    (local_derivative(tanh, 0, [x], r), "1 − r²", "1 - r^{2}"),
    (local_derivative(relu, 0, [x], r), "(1 if x > 0, otherwise 0)",
     r"\begin{cases}1 & x > 0 \\ 0 & \text{otherwise}\end{cases}"),
    (local_derivative(abs, 0, [x], r), "sign(x)", r"\operatorname{sign}\left(x\right)"),
    (local_derivative(maximum, 0, [x, y], r), "[x > y] + 0.5·[x = y]",
     r"\left[x > y\right] + 0.5 \cdot \left[x = y\right]"),
    (exceeds(x, y, 1.0), "[x ≥ y]", r"\left[x \ge y\right]"),
    (step(x, y), "[x > 0] + y·[x = 0]", r"\left[x > 0\right] + y \cdot \left[x = 0\right]"),
    (-(x + y) * 2.0, "−(x + y)·2", r"-\left(x + y\right) \cdot 2"),
    (x - (y - 1.0), "x − (y − 1)", r"x - \left(y - 1\right)"),
    (x / (y / 2.0), "x/(y/2)", r"\frac{x}{\frac{y}{2}}"),
    (square(-x), "(−x)²", r"\left(-x\right)^{2}"),
    (exp2(x + 1.0), "2^(x + 1)", "2^{x + 1}"),
    (exp(x) ** 2.0, "(e^x)²", r"\left(e^{x}\right)^{2}"),
    (1e-7 ** x, "(1e−7)^x", r"\left(1 \cdot 10^{-7}\right)^{x}"),
    (abs(x) * cbrt(y), "|x|·∛(y)", r"\left|x\right| \cdot \sqrt[3]{y}"),
    (1.0 * x, "x", "x"),
    (local_derivative(elu, 0, [FormulaOperand("x", 1.0), 1.0], r), "(1 if x > 0, otherwise e^x)",
     r"\begin{cases}1 & x > 0 \\ e^{x} & \text{otherwise}\end{cases}"),
    (dircos(x, y), "x/hypot(x, y)", r"\frac{x}{\operatorname{hypot}\left(x, y\right)}"),
    (cosquare(x), "1 − x²", "1 - x^{2}"),
    (sin(x ** 2.0) * y, "sin(x²)·y", r"\sin\left(x^{2}\right) \cdot y"),
    (y * sin(x ** 2.0), "y·sin x²", r"y \cdot \sin x^{2}"),
    (exp(sin(x ** 2.0)), "e^(sin x²)", r"e^{\sin x^{2}}"),
    (sin(x + 1.0), "sin(x + 1)", r"\sin\left(x + 1\right)"),
    (sin(x) ** 2.0, "sin(x)²", r"\sin\left(x\right)^{2}"),
    (log(x) / y, "ln(x)/y", r"\frac{\ln x}{y}"),
    (x + -y, "x − y", "x - y"),
    (2.0 * FormulaOperand("v3") + 2.0 * FormulaOperand("e"), "2·v3 + 2·e", r"2 \cdot v_{3} + 2 \cdot e"),
    (FormulaOperand("w¹₂₁") ** 2.0, "(w¹₂₁)²", r"\left(w_{21}^{1}\right)^{2}"),
    (FormulaOperand("z¹₂⁽³⁾") + FormulaOperand("w¹₂,₁₀"), "z¹₂⁽³⁾ + w¹₂,₁₀", "z_{2}^{1(3)} + w_{2,10}^{1}"),
    (logaddexp(logaddexp(x, y), 0.0), "ln(e^x + e^y + 1)", r"\ln\left(e^{x} + e^{y} + 1\right)"),
    (log1p(-x), "ln(1 − x)", r"\ln\left(1 - x\right)"),
    (local_derivative(sigmoid, 0, [x], r), "r·(1 − r)", r"r \cdot \left(1 - r\right)"),
    (local_derivative(log2, 0, [x], r), "1/(x·ln 2)", r"\frac{1}{x \cdot \ln 2}"),
    (power_term(x, y, 2.0, 1.0, 0.0), "2·x^(y − 1)", "2 x^{y - 1}"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "text", "latex"), SNAPSHOTS, ids=lambda case: str(case)[:30])
def test_known_formulas(formula: Any, text: str, latex: str) -> None:
    """Formulas look as in a textbook."""
    assert TEXT.of(formula) == text
    assert LATEX.of(formula) == latex


def test_mathml_of_known_formulas() -> None:
    """Fractions, powers, roots and indices are MathML's own elements."""
    assert MATHML.of(x / y) == "<mfrac><mi>x</mi><mi>y</mi></mfrac>"
    assert MATHML.of(sqrt(FormulaOperand("x12"))) == "<msqrt><msub><mi>x</mi><mn>12</mn></msub></msqrt>"
    assert MATHML.of(FormulaOperand("x₁") ** 2.0) == "<msup><msub><mi>x</mi><mn>1</mn></msub><mn>2</mn></msup>"
    assert MATHML.of(FormulaOperand("w¹₂₁")) == "<msubsup><mi>w</mi><mn>21</mn><mn>1</mn></msubsup>"
    assert "<mi>atan2</mi>" in MATHML.of(atan2(x, y))


def test_a_rule_that_asks_for_numbers() -> None:
    """A rule that compares gets the answer of the numbers where they are known; otherwise its formula is a name."""
    rules: list[Callable[[Any, Any], Any]] = [
        lambda x, _: 2.0 * x if x > 0.0 else -x,
        lambda x, _: -x if x <= 0.0 else 2.0 * x,
        lambda x, _: 2.0 * x if x >= 0.0 else -x,
        lambda x, _: -x if x < 0.0 else 2.0 * x,
        lambda x, _: -x if x == 0.0 else 2.0 * x,
        lambda x, _: 2.0 * x if x != 0.0 else -x,
        lambda x, _: 2.0 * x if x else -x,
    ]
    for rule in rules:
        op = Op("bent", lambda x: x, [rule])
        assert TEXT.of(local_derivative(op, 0, [FormulaOperand("x", 3.0)], r)) == "2x"
        assert TEXT.of(local_derivative(op, 0, [FormulaOperand("x")], r)) == "∂bent/∂0"


# w₁ and w_1 are w with the index 1, and x² is x with one above it
INDICES: dict[int, str | None] = {ord("_"): None, **{0x2080 + digit: str(digit) for digit in range(10)}}
RAISED: dict[int, str | None] = {ord(raised): line for raised, line in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾", "0123456789()", strict=True)}
# The commands of LaTeX that a name may be written with: signs, and the Greek letters.
SIGNS = r"\text \backslash \sim \hat \phantom \vert \ldots \partial \cdot \times \div \infty"
GREEK = (
    r"\alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \pi \rho \sigma \tau "
    r"\upsilon \phi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega"
)
COMMANDS = {*SIGNS.split(" "), *GREEK.split(" ")}
HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    r"\input{/etc/passwd}",
    "a_b^c",
    "$x$",
    "100 %",
    "#1",
    "a&b",
    "{",
    "}{",
]
HOSTILE += ["\\", "~", '"', "a|b", "<x>", "&lt;", "two\nlines", "中文", "Ðð", "x₁", "f'", "", "∂f/∂x", "Σ_i", "\x00"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str) -> None:
    """No character of a name has a meaning in LaTeX or in MathML."""
    check_name(name)


@given(st.text())
def test_any_name(name: str) -> None:
    """Any text at all can be a name."""
    check_name(name)


def check_name(name: str) -> None:
    """A name is harmless in LaTeX, MathML and plain text."""
    for thing in (FormulaOperand(name), FormulaOperand(name) ** 2.0):
        latex = LATEX.of(thing)
        check_latex(latex)
        assert set(re.findall(r"\\[a-zA-Z]+", latex)) <= COMMANDS | {r"\left", r"\right"}, latex
        rest = re.sub(r"\\[a-zA-Z]+|\\[{}#$%&_]", "", latex)
        assert not set(rest) & set("\\#$%&~"), latex
        assert "U+" in latex or all(c.isascii() or "À" <= c <= "ÿ" for c in latex), latex
        check_mathml(MATHML.of(thing))
    shown = "".join(check_mathml(MATHML.of(FormulaOperand(name))).itertext())
    names = readable(name), readable(name).translate(INDICES), readable(name).translate(INDICES | RAISED)
    assert sorted(shown) in map(sorted, names)  # what is above stands behind what is below
    assert TEXT.of(FormulaOperand(name)) == readable(name)


def test_a_name_that_is_an_expression_stands_in_parentheses() -> None:
    """A label such as a - b is one operand in every notation and in the words of a step; x-axis and f(a + b) are names."""
    difference = FormulaOperand("a - b")
    assert (
        TEXT.of(difference**2.0 * FormulaOperand("x-axis") + FormulaOperand("f(a + b)")) == "(a - b)²·x-axis + f(a + b)"
    )
    assert LATEX.of(2.0 * difference) == r"2 \cdot \left(\text{a - b}\right)"
    assert MATHML.of(difference**2.0).startswith(f"<msup>{MATHML.of(difference, ATOM)}")
    y = Value(3.0, label="t − z") * 2.0
    assert trace(y).forward[-1].words() == "v2 = (t − z)·2 = 6."


def test_every_form_has_a_layout() -> None:
    """The forms that a row can have are those that the notations can write."""
    assert set(LAYOUTS) == set(FORMS)


def test_a_form_that_is_the_operand_itself() -> None:
    """An operation may be written as its operand, as one that only rounds or marks it."""
    marked = Op("marked", lambda x: x, [1.0], form=lambda x: x)
    assert TEXT.of(2.0 * marked(x + y)) == "2·(x + y)"
    assert TEXT.of(marked(3.0 * x)) == "3x"
