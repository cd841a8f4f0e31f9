"""Known mistakes: each is diagnosed where it alone gives the number, in Python and on the page alike."""

from __future__ import annotations

import json
import math
import re
from itertools import product
from typing import Any

import pytest
from browser import chromium
from hypothesis import HealthCheck, given, settings, strategies as st
from judged import Judge, judges
from strategies import Expression, expressions_at_points

from autograd_lite import Value, cos, exp, log, sin, square, tanh
from autograd_lite.engine.ieee import IeeeOperand
from autograd_lite.views.steps.asked import Earlier, Kind, Question, agrees
from autograd_lite.views.steps.mistakes import MISTAKES, diagnose
from autograd_lite.views.steps.passes import Backward, Forward, Passes, Step

browser = pytest.fixture(scope="module", name="browser")(chromium)
judge = pytest.fixture(scope="module", name="judge")(judges)


def asked(trace: Passes) -> list[tuple[int, Step, Kind]]:
    """All questions about a trace."""
    found: list[tuple[int, Step, Kind]] = []
    for place, step in enumerate(trace):
        if isinstance(step, Forward):
            found += [(place, step, "value")] if step.operation else []
            continue
        found += [(place, step, "local"), (place, step, "product")]
        if step.complete and step.uses > 1:
            found.append((place, step, "sum"))
        if step.complete and step.operand.op is None:
            found.append((place, step, "gradient"))
    return found


def edge(trace: Passes, name: str, operand: str) -> Backward:
    """The last step along an edge from a node to an operand."""
    return [step for step in trace.backward if (step.name, step.operand_name) == (name, operand)][-1]


def named(**nodes: Value) -> Passes:
    """The trace of the last of these nodes, each labelled."""
    for name, value in nodes.items():
        value.label = name
    return Passes([*nodes.values()][-1], None)


def chain() -> Passes:
    """The graph of y = exp(sin(x²)) at 1.5."""
    x = Value(1.5)
    u = x**2
    s = sin(u)
    return named(x=x, u=u, s=s, y=exp(s))


def cube() -> Passes:
    """The graph of y = sin(x³) at 1.3."""
    x = Value(1.3)
    u = x**3
    return named(x=x, u=u, y=sin(u))


def twice() -> Passes:
    """The graph of y = u² + sin u of u = x² at 1.3: there are two paths, but x itself is used once."""
    x = Value(1.3)
    u = square(x)
    v, w = square(u), sin(u)
    return named(x=x, u=u, v=v, w=w, y=v + w)


def shared() -> Passes:
    """The graph of L = x·tanh x + 3x + cos p, in which x is used three times."""
    x, p = Value(0.8), Value(0.4)
    t = tanh(x)
    m, k, c = x * t, 3.0 * x, cos(p)
    a = m + k
    return named(x=x, p=p, t=t, m=m, k=k, c=c, a=a, L=a + c)


def factors() -> Passes:
    """The graph of y = sin(a·b) · ln(a / b)."""
    a, b = Value(2.3), Value(0.7)
    m, q = a * b, a / b
    s, r = sin(m), log(q)
    return named(a=a, b=b, m=m, q=q, s=s, r=r, y=s * r)


# The numbers of the graphs, by hand.
U = 2.25
S, SLOPE = math.sin(U), math.cos(U)
Y = math.exp(S)
A, B = 2.3, 0.7
T = math.tanh(0.8)
OVER_COSH = 1.0 - T * T  # squared, tanh′
SHARES = [3.0, T, 0.8 * OVER_COSH]

# For each row: a graph, a node and an operand, the kinds of question, and the number that somebody would give.
BY_HAND: list[tuple[str, Any, str, str, str, float]] = [
    ("sign", chain, "s", "", "value", -S),
    ("operand", chain, "s", "", "value", U),
    ("slope", chain, "s", "", "value", SLOPE),
    ("degrees", chain, "s", "", "value", math.sin(math.radians(U))),
    ("plus", factors, "m", "", "value", A + B),
    ("times", factors, "q", "", "value", A * B),
    ("minus", factors, "m", "", "value", A - B),
    ("over", factors, "m", "", "value", A / B),
    ("swapped", factors, "q", "", "value", B / A),
    ("sign", chain, "s", "u", "local", -SLOPE),
    ("value", chain, "s", "u", "local", S),
    ("at", chain, "s", "u", "local", U),
    ("far", chain, "s", "u", "local", math.cos(S)),
    ("upstream", chain, "s", "u", "local", Y),
    ("share", chain, "s", "u", "local", Y * SLOPE),
    ("reciprocal", chain, "s", "u", "local", 1.0 / SLOPE),
    ("degrees", chain, "s", "u", "local", math.cos(math.radians(U))),
    ("factor", cube, "u", "x", "local", 1.3**2),
    ("exponent", cube, "u", "x", "local", 3.0 * 1.3**3),
    ("other", factors, "q", "a", "local", -A / B**2),
    ("sign", chain, "s", "u", "product", -Y * SLOPE),
    ("local", chain, "s", "u", "product", SLOPE),
    ("upstream", chain, "s", "u", "product", Y),
    ("sum", chain, "s", "u", "product", Y + SLOPE),
    ("far", chain, "s", "u", "product", Y * math.cos(S)),
    ("value", chain, "s", "u", "product", Y * S),
    ("at", chain, "s", "u", "product", Y * U),
    ("value alone", chain, "s", "u", "product", S),
    ("over", chain, "s", "u", "product", Y / SLOPE),
    ("under", chain, "s", "u", "product", SLOPE / Y),
    ("degrees", chain, "s", "u", "product", Y * math.cos(math.radians(U))),
    ("factor", cube, "u", "x", "product", math.cos(1.3**3) * 1.3**2),
    ("exponent", cube, "u", "x", "product", math.cos(1.3**3) * 3.0 * 1.3**3),
    ("other", factors, "m", "a", "product", math.log(A / B) * math.cos(A * B) * A),
    ("total", shared, "t", "x", "product", sum(SHARES)),
    ("sign", shared, "t", "x", "sum gradient", -sum(SHARES)),
    ("last", shared, "t", "x", "sum gradient", 0.8 * OVER_COSH),
    ("one", shared, "t", "x", "sum gradient", T),
    ("one", shared, "t", "x", "sum gradient", 3.0),
    ("missing", shared, "t", "x", "sum gradient", 3.0 + T),
    ("multiplied", shared, "t", "x", "sum gradient", math.prod(SHARES)),
    ("mean", shared, "t", "x", "sum gradient", sum(SHARES) / 3.0),
    ("slopes", shared, "t", "x", "sum gradient", 3.0 + T + OVER_COSH),
    ("factors", shared, "t", "x", "sum gradient", 3.0 + 1.0 * OVER_COSH),
    ("at", shared, "t", "x", "sum gradient", 0.8),
    ("output", shared, "t", "x", "sum gradient", 0.8 * T + 2.4 + math.cos(0.4)),
    ("rest", chain, "u", "x", "gradient", Y * SLOPE),
    ("rest", chain, "u", "x", "gradient", SLOPE * 3.0),
    ("rest", chain, "u", "x", "gradient", Y * 3.0),
    ("at", chain, "u", "x", "gradient", 1.5),
    ("output", chain, "u", "x", "gradient", Y),
    ("reached", twice, "u", "x", "gradient", 2.0 * 1.69 + math.cos(1.69)),
    ("alone", twice, "u", "x", "gradient", 2.6),
]


def pattern(words: str) -> str:
    """The words of a row, with any texts in their places."""
    return "".join(".+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", words))


@pytest.mark.parametrize(("key", "graph", "name", "operand", "kinds", "guess"), BY_HAND)
def test_by_hand(key: str, graph: Any, name: str, operand: str, kinds: str, guess: float) -> None:
    """A mistake made by hand, rounded to four digits, is told in the words of its row."""
    trace = graph()
    step = edge(trace, name, operand) if operand else next(step for step in trace.forward if step.name == name)
    for kind in kinds.split():
        [row] = [row for row in MISTAKES if row.key == key and kind in row.kinds.split()]
        said = diagnose(trace, step, kind, float(f"{guess:.4g}"))  # type: ignore[arg-type]  # one of the kinds
        assert re.fullmatch(pattern(row.words), said), (kind, said)


def test_no_row_is_without_an_example() -> None:
    """Each row, for each kind of question, has a number worked out by hand, or follows from an earlier answer.

    Those of units and pieces have theirs in test_unit_mistakes.py.
    """
    rows = {(row.key, kind) for row in MISTAKES if not row.parts for kind in row.kinds.split()}
    assert rows == {(key, kind) for key, *_, kinds, _ in BY_HAND for kind in kinds.split()} | {
        ("own value", "value"), ("own local", "product"), ("own share", "sum"),
        ("own upstream", "product"), ("own upstream", "gradient"),
    }  # fmt: skip


def test_the_words() -> None:
    """Names and numbers are filled in, with parentheses where a sign would meet an operator."""
    trace = chain()
    assert diagnose(trace, edge(trace, "s", "u"), "local", 0.778) == (
        "0.7781 is the value of sin u itself. Asked is its slope: how fast it changes with u."
    )
    assert diagnose(trace, edge(trace, "u", "x"), "gradient", -1.37) == "The factor ∂u/∂x is missing."
    a, b = Value(2.0), Value(-5.5)
    trace = named(a=a, b=b, m=a * b)
    assert diagnose(trace, trace.forward[-1], "value", -3.5) == "2 + (−5.5) is the sum; m is a·b."
    trace = shared()
    assert diagnose(trace, edge(trace, "t", "x"), "sum", 0.447) == (
        "0.4472 is only the last share, through t: = where += is meant. The 3 shares are added."
    )


def test_where_nothing_is_said() -> None:
    """Nothing is said to the truth, to a number that no mistake gives, and to one that two mistakes give."""
    trace = chain()
    step = edge(trace, "s", "u")
    assert diagnose(trace, step, "local", math.cos(2.25)) == diagnose(trace, step, "local", 17.0) == ""
    assert diagnose(trace, step, "product", 1.55) == ""  # upstream + local is 1.549, upstream × cos(s) 1.551
    x, w = Value(3.0), Value(3.0)
    trace = named(x=x, w=w, m=x * w)
    assert diagnose(trace, trace.forward[-1], "value", 3.0) == ""  # x, or w, or the slope


def test_follows_from_an_earlier_mistake() -> None:
    """What follows rightly from a wrong answer before is told so, for each kind of question."""
    trace = chain()
    up, here, first = edge(trace, "y", "s"), edge(trace, "s", "u"), edge(trace, "u", "x")
    said = diagnose(trace, here, "product", 3.1 * math.cos(2.25), [Earlier(up, "product", 3.1)])
    assert said == "With your 3.1 for the upstream this is right; 2.177 has reached s."
    said = diagnose(trace, here, "product", math.exp(math.sin(2.25)) * 0.9, [Earlier(here, "local", 0.9)])
    assert said.startswith("With your 0.9 for the local derivative this is right")
    said = diagnose(trace, first, "gradient", 4.4 * 3.0, [Earlier(here, "product", 4.4)])
    assert said.startswith("With your 4.4 for the upstream this is right")
    said = diagnose(trace, trace.forward[2], "value", math.sin(3.0), [Earlier(trace.forward[1], "value", 3.0)])
    assert said.startswith("With your 3 for u this is right")
    trace = shared()
    last = edge(trace, "t", "x")
    said = diagnose(trace, last, "sum", 3.0 + math.tanh(0.8) + 5.5, [Earlier(last, "product", 5.5)])
    assert said.startswith("With your 5.5 for the last share this is right")
    assert diagnose(trace, last, "sum", 3.0 + math.tanh(0.8) + 5.5) == ""


def guesses(question: Question, earlier: list[Earlier]) -> set[float]:
    """What each mistake would give."""
    found = question.cases(earlier)
    chosen = [(row, cases) for row in MISTAKES for cases in product(*(found.get(name, []) for name in row.needs))]
    return {row.formula(*(IeeeOperand(case.number) for case in cases)).data for row, cases in chosen}


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=expressions_at_points(most=4), data=st.data())
def test_the_page_says_the_same(judge: Judge, drawn: tuple[Expression, list[float]], data: st.DataObject) -> None:
    """Of random graphs, each question and each number that a mistake gives, page and Python say the same."""
    expression, point = drawn
    trace = judge.give(expression(*map(Value, point)))
    questions = asked(trace)
    for _ in range(4):
        place, step, kind = data.draw(st.sampled_from(questions))
        before = [Earlier(s, k, 0.75) for _, s, k in data.draw(st.lists(st.sampled_from(questions), max_size=3))]
        places = {id(each): k for k, each in enumerate(trace)}
        told = [{"step": places[id(each.step)], "kind": each.kind, "guess": each.guess} for each in before]
        question = Question(trace, step, kind)
        numbers = sorted(x for x in guesses(question, before) if math.isfinite(x))
        found = judge.tells(
            f"{json.dumps(numbers)}.map((guess) => diagnose({{ kind: '{kind}', step: steps[{place}], "
            f"truth: {json.dumps(question.truth)} }}, guess, {json.dumps(told)}.map((e) => ({{ ...e, step: steps[e.step] }}))))"
        )
        assert found == [diagnose(trace, step, kind, guess, before) for guess in numbers]


@settings(max_examples=3)
@given(drawn=expressions_at_points(most=4))
def test_each_mistake_that_stands_alone_is_told(drawn: tuple[Expression, list[float]]) -> None:
    """A number that one row alone gives, and that is not the answer, is told in the row's words."""
    expression, point = drawn
    trace = Passes(expression(*map(Value, point)), None)
    for _, step, kind in asked(trace):
        question = Question(trace, step, kind)
        found = question.cases()
        rows = [row for row in MISTAKES if kind in row.kinds.split()]
        given_by = [
            (row, row.formula(*(IeeeOperand(case.number) for case in cases)).data)
            for row in rows
            for cases in product(*(found.get(name, []) for name in row.needs))
        ]
        for row, number in given_by:
            alike = [other for other, x in given_by if agrees(number, x)]
            said = diagnose(trace, step, kind, number)
            if agrees(number, question.truth):
                assert said == ""
            elif alike == [row] and number == number:
                begin = row.words.partition("{")[0]
                assert said.startswith(begin)
                assert said
