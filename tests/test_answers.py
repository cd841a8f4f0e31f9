"""Answers: what is typed on the page is read as typed expressions are, and formulas are compared in general."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from browser import chromium
from hypothesis import HealthCheck, given, settings, strategies as st
from judged import Judge, judges
from typed import AS_MATHEMATICS, AS_PYTHON, TYPED_ANSWERS, UNREAD, WORDS

from autograd_lite.engine.table import TABLE
from autograd_lite.views.expressions import Expression, ExpressionError
from autograd_lite.views.reading.parts import functions

browser = pytest.fixture(scope="module", name="browser")(chromium)
judge = pytest.fixture(scope="module", name="judge")(judges)

NAMES = ["x", "u", "w¹₂₁", "x₁", "learning rate", "y"]
POINTS = [[0.7, 0.3, 2.0, 5.0, 9.0, -1.3], [0.7, -0.8, -0.25, 4.0, 0.5, 2.5]]
STATEMENTS = (";", "\n", "sum(", "prod(", "y =")  # an answer is one expression of numbers, functions and operators


def named(point: list[float]) -> SimpleNamespace:
    """A point with Python's names for the nodes."""
    return SimpleNamespace(**dict(zip(["x", "u", "w", "x1", "rate", "y"], point, strict=True)))


def read(judge: Judge, texts: list[str], point: list[float]) -> list[Any]:
    """Each text as the page reads it: its value at a point, or None."""
    return list(
        judge.tells(
            f"{json.dumps(texts)}.map((text) => {{ const a = readAnswer(text, {json.dumps(NAMES)});"
            f"return a.kind === 'unread' ? null : a.kind === 'number' ? a.value : a.of({json.dumps(point)}); }})"
        )
    )


@pytest.mark.parametrize("point", POINTS)
def test_the_corpus(judge: Judge, point: list[float]) -> None:
    """The page computes of each text what Python's own arithmetic computes; so do typed expressions."""
    texts: dict[str, Callable[..., float]] = {
        text: f for text, f in (AS_PYTHON | AS_MATHEMATICS).items() if not any(part in text for part in STATEMENTS)
    }
    assert len(texts) > 70
    expected = [f(point[0]) for f in texts.values()] + [f(named(point)) for f in TYPED_ANSWERS.values()]
    assert read(judge, [*texts, *TYPED_ANSWERS], point) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("text", TYPED_ANSWERS)
def test_typed_expressions_read_the_same(text: str) -> None:
    """What is an answer is a typed expression with the same value, but for decimal commas and names typed in TeX's way."""
    point = named(POINTS[0])
    expected = pytest.approx(TYPED_ANSWERS[text](point), rel=1e-13)
    values = {"x": point.x, "u": point.u, "w¹₂₁": point.w, "x₁": point.x1}
    if any(sign in text for sign in (",5", ",6", "_", "=", "≈", "learning", "Inf")):
        with suppress(ExpressionError):
            assert Expression(text)(**values) == expected
    else:
        assert Expression(text)(**values) == expected


def test_every_function_by_every_name(judge: Judge) -> None:
    """Each row of the table is a function in answers, under each of its names, with the value of the row."""
    chosen = {"acosh": [1.5], "power_term": [2.0, 3.0, 1.5, 1.0, 1.0]}
    texts, expected = [], []
    for name, op in functions().items():
        if name in {"sum", "prod", "mean", "logsumexp"}:
            continue
        operands = chosen.get(op.name, [0.3, 0.6, 0.9][: op.arity])
        texts.append(f"{name}({', '.join(map(str, operands))})")
        expected.append(op(*operands))
    assert len(texts) > len(TABLE)
    assert read(judge, texts, POINTS[0]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("text", UNREAD)
def test_what_is_not_read(judge: Judge, text: str) -> None:
    """What cannot be read is refused in words, with the place."""
    words, place = UNREAD[text]
    found = judge.tells(f"readAnswer({json.dumps(text)}, {json.dumps(NAMES)})")
    assert (found["kind"], found["at"]) == ("unread", list(place))
    assert words in found["words"]


def value_of(text: str) -> float | None:
    """What typed expressions make of a text at the first point: None where they refuse it, nan where floats raise."""
    try:
        expression = Expression(text)
        if set(expression.names) - {"x", "y", "pi", "π", "e", "inf", "nan"}:
            return None
        return float(expression(x=POINTS[0][0], y=POINTS[0][5]))
    except ExpressionError:
        return None
    except (ArithmeticError, ValueError):
        return math.nan


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.lists(st.sampled_from(WORDS), max_size=10).map("".join), min_size=20, max_size=20))
def test_whatever_is_typed(judge: Judge, texts: list[str]) -> None:
    """Of texts that look like expressions, both readers refuse the same, and compute the same."""
    for text, found in zip(texts, read(judge, texts, POINTS[0]), strict=True):
        expected = value_of(text)
        assert (found is None) == (expected is None), text
        if expected is not None and expected == expected:
            assert found == pytest.approx(expected, rel=1e-12), text


SAME = [  # an answer, the truth, whether they are the same in general; both have the same value at x = 2
    ("2x", "x + x", True),
    ("x^2", "2x", False),
    ("|x|", "x", False),
    ("x^2/x", "x", True),
    ("4", "2x", False),
    ("0.333·x", "x/3", True),
    ("1 − tanh²x", "1/cosh²x", True),
]


@pytest.mark.parametrize(("answer", "truth", "same"), SAME)
def test_formulas_are_compared_in_general(judge: Judge, answer: str, truth: str, same: bool) -> None:
    """Two formulas are the same if they agree at several points, on both sides of 0, not only here."""
    points = "[[2], [-2], [0.5], [-1.7], [30]]"
    code = f"sameFormula({{ of: read('{answer}') }}, read('{truth}'), {points})"
    define = "const read = (text) => { const a = readAnswer(text, ['x']); return a.kind === 'number' ? () => a.value : a.of; };"
    assert judge.tells(f"(() => {{ {define} return {code}; }})()") is same
