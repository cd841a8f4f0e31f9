"""Expressions: what a person types is read by the table alone, and everything else is refused in one line."""

import math
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings, strategies as st

from autograd_lite import Value
from autograd_lite.engine import table
from autograd_lite.views.expressions import Expression, ExpressionError

ACCEPTED: dict[str, Callable[[float], float]] = {
    "exp(sin(x**2))": lambda x: math.exp(math.sin(x**2)),
    "-x**2": lambda x: -(x**2),
    "+x - -x": lambda x: x + x,
    "2**3**x": lambda x: 2 ** (3**x),
    "(1 + x)*(1 - x)/2": lambda x: (1 + x) * (1 - x) / 2,
    "sum([x, 2, x])": lambda x: 2 * x + 2,
    "prod((x, x)) + mean([x])": lambda x: x * x + x,
    "atan2(x, 1)": lambda x: math.atan2(x, 1),
    "leaky_relu(-x) + leaky_relu(-x, 0.5)": lambda x: -0.51 * x,
    "pi*x + e": lambda x: math.pi * x + math.e,
    " x\t": lambda x: x,
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_value_and_gradient(text: str) -> None:
    """An accepted expression has the value that Python gives it, as a float and as a graph."""
    expression, x = Expression(text), Value(0.7)
    expected = ACCEPTED[text](0.7)
    assert expression(x=0.7) == pytest.approx(expected, rel=1e-15)
    assert float(expression(x=x)) == pytest.approx(expected, rel=1e-15)


def test_every_operation_can_be_called() -> None:
    """Each row of the table is a function of expressions, under its own name."""
    for name, op in table.TABLE.items():
        operands = [1.5] if name == "acosh" else [0.3, 0.6, 0.9, 1.0, 2.0][: op.arity]
        assert Expression(f"{name}({', '.join(map(str, operands))})")() == op(*operands)


REFUSED = {
    "": "empty",
    "   ": "empty",
    "__import__('os').system('true')": "attribute access",
    "__import__('os')": "unknown function",
    "x.__class__": "attribute access",
    "(lambda: 1)()": "a function definition",
    "x[0]": "indexing",
    "[x for x in y]": "ListComp",
    "(x := 1)": "NamedExpr",
    "f'{x}'": "JoinedStr",
    "'text'": "only numbers",
    "b'bytes'": "only numbers",
    "True": "only numbers",
    "...": "only numbers",
    "1j": "only numbers",
    "x < 1": "where",
    "x if x else 1": "where",
    "x and y": "where",
    "x ^ 2": r"x\*\*2",
    "x // 2": "BinOp",
    "x % 2": "BinOp",
    "~x": "UnaryOp",
    "sinn(x)": "did you mean sin",
    "sin": r"sin\(\.\.\.\)",
    "sin(x, x)": "takes 1 operand, got 2",
    "elu()": "takes 1 to 2 operands, got 0",
    "sin(*x)": "by position",
    "sin(x=1)": "by position",
    "sum(x)": "takes one list",
    "[x]": "List",
    "x +": "cannot read",
    "x; y": "cannot read",
    "x = 1": "cannot read",
    "x\ny": "cannot read",
    "x\x00": "cannot read",
    "x\ud800": "cannot read",
    "import os": "cannot read",
    "1" * 400: "too large",
    "9" * 5000: "cannot read",
    "(" * 9_000 + "x" + ")" * 9_000: "cannot read|nested",
    "(" * 10_000 + "x" + ")" * 10_000: "characters",
    "-" * 9_999 + "x": "nested",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text[:20]))
def test_refused(text: str) -> None:
    """Everything off the list is refused with one readable line, before anything is computed."""
    with pytest.raises(ExpressionError, match=REFUSED[text]) as caught:
        Expression(text)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 500


def test_a_long_sum_is_computed_or_refused() -> None:
    """How many terms Python's parser takes depends on its version; what it takes is computed without recursion."""
    assert Expression("x" + "+x" * 300)(x=1.0) == 301.0
    with suppress(ExpressionError):
        assert Expression("x" + "+x" * 9_000)(x=1.0) == 9001.0


def test_missing_value_is_named() -> None:
    """A name without a value is an error that says how to give it."""
    with pytest.raises(ExpressionError, match="no value for z: give it as z=NUMBER"):
        Expression("x + z")(x=1.0)


def test_towers_of_powers_end_at_once() -> None:
    """9**9**9 overflows as floats do, instead of computing 370 million digits; the note says where."""
    with pytest.raises(OverflowError) as caught:
        Expression("9**9**9")()
    assert caught.value.__notes__ == ["autograd_lite: while computing 9.0 ** 387420489.0"]


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """Whatever is typed is computed or refused; nothing else can happen."""
    try:
        expression = Expression(text)
    except ExpressionError:
        return
    with suppress(ArithmeticError, ValueError):  # such as 1/0 or log(-1)
        expression(**dict.fromkeys(expression.names, 0.5))


WORDS = [*table.TABLE, *"xyze0123456789.,()[]+-*/% ", "**", "pi", "inf", "nan", "1e9", "sum(", "__", "lambda ", " if "]


@pytest.mark.long
@settings(max_examples=100_000)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
def test_any_words(text: str) -> None:
    """The same of a hundred thousand texts that look like expressions."""
    test_any_text.hypothesis.inner_test(text)  # type: ignore[attr-defined]  # Hypothesis adds it


@given(st.recursive(st.sampled_from(["x", "2", "0.5"]), lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner)))
def test_structure_follows_python(tree: object) -> None:
    """Parentheses and precedence mean what they mean in Python."""

    def written(part: object) -> str:
        return f"({''.join(map(written, part))})" if isinstance(part, tuple) else str(part)

    text = written(tree)
    assert Expression(text)(x=0.75) == pytest.approx(eval(text, {"x": 0.75}))  # our own text, not a stranger's
