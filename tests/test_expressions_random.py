"""Expressions at random: any text, any words, any tree in any spelling, and what is printed read back."""

import math
import operator
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import Expression as RandomExpression, expressions

from autograd_lite.engine import table
from autograd_lite.views.expressions import Expression, ExpressionError
from autograd_lite.views.formulas import FormulaOperand
from autograd_lite.views.notations import EXACT, TEXT
from autograd_lite.views.symbols import laid_out


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """Whatever is typed is computed or refused; nothing else can happen."""
    try:
        expression = Expression(text)
    except ExpressionError as error:
        said = str(error)
    else:
        said = ""
    assert said.isprintable()
    if said:
        return
    with suppress(ArithmeticError, ValueError):  # such as 1/0 or log(-1)
        expression(**dict.fromkeys(expression.names, 0.5))


WORDS = [
    *table.TABLE, *"xyzeπσ0123456789.,()[]|+-*/%=;^ ²⁻₁√−·<≥°!", "**", "pi", "inf", "nan", "1e9", "sum(", "__",
    "lambda ", " if ", " otherwise ", " ≠ 0", "sin^2 ", "u = ", "sin ",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
def test_any_words(text: str) -> None:
    """The same of texts that look like expressions."""
    test_any_text.hypothesis.inner_test(text)  # type: ignore[attr-defined]  # Hypothesis adds it


@pytest.mark.long
def test_many_words(run_seed: str) -> None:
    """The same of a hundred thousand of them, drawn without Hypothesis, which would take seven times as long as reading."""
    draw = random.Random(run_seed)
    for _ in range(100_000):
        text = "".join(draw.choices(WORDS, k=draw.randint(1, 12)))
        try:
            test_any_text.hypothesis.inner_test(text)  # type: ignore[attr-defined]  # Hypothesis adds it
        except Exception as error:
            error.add_note(f"{text!r}")
            raise


ATOMS = st.sampled_from(["x", "2", "0.5", "y"])
TREES = st.recursive(
    ATOMS,
    lambda inner: (
        st.tuples(st.sampled_from(["+", "-", "*", "/", "**"]), st.tuples(inner, inner))
        | st.tuples(st.sampled_from(["neg", "sin", "abs", "exp", "cosh"]), st.tuples(inner))
    ),
    max_leaves=8,
)
SPELLINGS = {"+": ["+", " + "], "-": ["-", "−", " – "], "*": ["*", "·", " × ", "⋅"], "/": ["/", "÷"], "**": ["**", "^"]}
PYTHON: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow,
    "neg": operator.neg, "sin": math.sin, "abs": abs, "exp": math.exp, "cosh": math.cosh,
}  # fmt: skip
FIRM = {"+": 0, "-": 0, "*": 1, "/": 1, "neg": 2, "**": 4}


def in_python(tree: Any) -> str:
    """A tree in Python, with a bracket for each operation."""
    if isinstance(tree, str):
        return tree
    op, parts = tree
    texts = [in_python(part) for part in parts]
    return (
        f"({texts[0]}{op}{texts[1]})" if len(texts) == 2 else f"(-{texts[0]})" if op == "neg" else f"{op}({texts[0]})"
    )


def computed(tree: Any, values: dict[str, float]) -> float:
    """A tree on Python's floats; ValueError where the result is complex."""
    if isinstance(tree, str):
        return values[tree] if tree in values else float(tree)
    op, parts = tree
    result = PYTHON[op](*(computed(part, values) for part in parts))
    if isinstance(result, complex):
        raise ValueError("complex")
    return float(result)


def typed(tree: Any, choose: Callable[[list[str]], str], least: int = 0) -> str:
    """A tree as a person types it: brackets where the conventions need them, and signs of one's own choice."""
    if isinstance(tree, str):
        return tree
    op, parts = tree
    if op in ("sin", "exp", "abs", "cosh"):
        inner = typed(parts[0], choose)
        bracketed = f"{op}({inner})"
        return choose([bracketed, f"|{inner}|"]) if op == "abs" and "|" not in inner else bracketed
    firm = FIRM[op]
    if op == "neg":
        text = f"{choose(['-', '−'])}{typed(parts[0], choose, 2)}"
    elif op == "**":
        text = f"{typed(parts[0], choose, 5)}{choose(SPELLINGS[op])}{typed(parts[1], choose, 4)}"
    else:
        first, second = typed(parts[0], choose, firm), typed(parts[1], choose, firm + 1)
        text = f"{first}{choose(SPELLINGS[op])}{second}"
        if op == "*" and isinstance(parts[0], str) and second[0] in "(xy":
            beside = f"{parts[0]} {typed(parts[1], choose, 4)}"
            text = choose([text, beside])
            firm = 3 if text == beside else firm
    return text if firm >= least else f"({text})"


@given(TREES, st.data())
def test_structure_follows_the_conventions(tree: Any, data: st.DataObject) -> None:
    """Brackets, precedence and each way of writing a sign or a product mean what Python computes with all brackets."""

    def choose(options: list[Any]) -> Any:
        return data.draw(st.sampled_from(options))

    text = typed(tree, choose)
    try:
        expected = computed(tree, {"x": 0.75, "y": -1.25})
    except (ArithmeticError, ValueError) as error:
        with pytest.raises(type(error)):
            Expression(text)(x=0.75, y=-1.25)
        return
    assert Expression(in_python(tree))(x=0.75, y=-1.25) == pytest.approx(expected, rel=1e-12)
    assert Expression(text)(x=0.75, y=-1.25) == pytest.approx(expected, rel=1e-12)


def shape(formula: Any) -> Any:
    """A formula as nested tuples of names and numbers, laid out as its rows are."""
    if not isinstance(formula, FormulaOperand):
        return float(formula)
    written = laid_out(formula)
    if not isinstance(written, FormulaOperand) or written.op is None:
        return shape(written) if written is not formula else formula.name
    return written.op.name, tuple(map(shape, written.operands))


def check_round_trip(formula: Any, names: list[str]) -> None:
    """What is written with all digits is read back as the same formula."""
    text = EXACT.of(formula)
    expression = Expression(text)
    assert set(expression.names) <= {*names, "inf", "nan", "π"}
    again = expression(**{name: FormulaOperand(name) for name in names})
    assert shape(again) == shape(formula), text
    assert EXACT.of(again) == text
    read = Expression(TEXT.of(formula)).names  # with four digits it can be read too, and e^x for exp(x)
    assert set(read) - {"e"} == set(expression.names)


@pytest.mark.parametrize("name", table.TABLE)
def test_what_is_printed_is_read_back(name: str) -> None:
    """Every row, of names and of numbers, is read back as what was printed."""
    op = table.TABLE[name]
    names = ["x", "y", "z", "u", "v"][: op.arity]
    symbols = [FormulaOperand(each) for each in names]
    check_round_trip(op(*symbols), names)
    for number in (2.0, -1.5e-7, 0.1, 1e300, math.pi / 2):
        first = int(name == "power_term" and number < 0.0)  # it has a logarithm of its first operand
        for place in range(first, op.arity if op.arity > 1 else 0):
            check_round_trip(op(*symbols[:place], number, *symbols[place + 1 :]), names)
    for outer in (table.neg, table.abs, table.mul, table.pow, table.sub, table.exp, table.where):
        nested = [op(*symbols), *symbols * 2][: outer.arity]
        check_round_trip(outer(*nested), names)
        check_round_trip(outer(*nested[::-1]), names)
        check_round_trip(op(*[outer(*nested)] * op.arity), names)


@given(expressions(most=6))
def test_random_formulas_are_read_back(expression: RandomExpression) -> None:
    """Random expressions over the whole table, printed with all digits, are the same graph when they are typed."""
    names = ["x", "y", "z"][: expression.inputs]
    check_round_trip(expression(*map(FormulaOperand, names)), names)
