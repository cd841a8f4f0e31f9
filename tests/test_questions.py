"""Questions at four levels: what is asked, which answers are right, nearly right or wrong, hints, reasons and the score; and which node goes next."""

from __future__ import annotations

import json
import math
import re

import pytest
from browser import chromium
from hypothesis import HealthCheck, given, settings, strategies as st
from judged import Judge, judges
from strategies import DOMAINS, Expression, expressions_at_points

from autograd_lite import Value, exp, sin, sqrt
from autograd_lite.engine.table import TABLE
from autograd_lite.engine.text import shown
from autograd_lite.views.notations import EXACT
from autograd_lite.views.steps.naive import naive_gradient

browser = pytest.fixture(scope="module", name="browser")(chromium)
judge = pytest.fixture(scope="module", name="judge")(judges)


def example() -> Value:
    """The graph of y = v·u with v = e^s, s = sin u, u = x²."""
    x = Value(1.5, label="x")
    u = x**2
    s = sin(u)
    v = exp(s)
    y = v * u
    for name, node in {"u": u, "s": s, "v": v, "y": y}.items():
        node.label = name
    return y


def verdict(judge: Judge, place: int, level: int, text: str) -> str:
    """What is said to an answer, in one word."""
    return str(judge.tells(f"judge(questionAt({place}, {level}), {json.dumps(text)}).verdict"))


def test_what_is_asked(judge: Judge) -> None:
    """Each level asks for its number: locals, products, sums of what is used twice, leaves; forward, every operation."""
    trace = judge.give(example())
    found = {
        level: [
            q and (q["kind"], q["asks"], q["truth"])
            for q in judge.tells(f"steps.map((_, k) => questionAt(k, {level}))")
        ]
        for level in (1, 2, 3, 4)
    }
    forward = [[None, *(["value", step.name, step.value] for step in trace.forward[1:])]] * 4
    assert [[q and list(q) for q in found[level][:5]] for level in found] == forward
    back = trace.backward
    assert [q[1] for q in found[1][5:]] == [f"∂{s.name}/∂{s.operand_name}" for s in back]
    assert [q[2] for q in found[1][5:]] == [s.local for s in back]
    assert [q[2] for q in found[2][5:]] == [s.contribution for s in back]
    u = 2.25
    slope = math.exp(math.sin(u)) * (1 + u * math.cos(u))
    assert [q for q in found[3][5:] if q] == [("sum", "∂y/∂u", pytest.approx(slope))]
    assert [q for q in found[4][5:] if q] == [("gradient", "∂y/∂x", pytest.approx(3 * slope))]


U = 2.25
LOCAL, UPSTREAM = math.cos(U), math.exp(math.sin(U)) * U
VERDICTS = [  # of the local derivative ∂s/∂u = cos u = −0.62817, or upstream × local, e^s·u·cos u
    (1, "-0.628", "right"),
    (1, "−0,6282", "right"),
    (1, "-0.6281736227", "right"),
    (1, "cos(2.25)", "right"),
    (1, "cos u", "right"),
    (1, "cos x²", "right"),
    (1, "1 - 2sin²(u/2)", "right"),
    (1, "sin(π/2 - u)", "right"),
    (1, "-0.63", "near"),
    (1, "-0.627", "near"),
    (1, "-√(1 - s²)", "near"),
    (1, "cos 2.25 + x - 1.5", "near"),
    (1, "-0.6", "wrong"),
    (1, "0.628", "wrong"),
    (1, "sin u", "wrong"),
    (1, "nan", "wrong"),
    (1, "inf", "wrong"),
    (1, "cos(", "unread"),
    (1, "", "unread"),
    (2, f"{UPSTREAM * LOCAL:.3g}", "right"),
    (2, "e^s u cos u", "right"),
    (2, "v u cos u", "right"),
    (2, f"{UPSTREAM:.4g} cos u", "right"),
    (2, f"{UPSTREAM:.4g} · (−0.6282)", "right"),
    (2, "v u · (−0.6282)", "near"),
]


@pytest.mark.parametrize(("level", "text", "expected"), VERDICTS)
def test_verdicts(judge: Judge, level: int, text: str, expected: str) -> None:
    """Numbers count to three digits, formulas in general; what is right here only, or to two digits, is nearly right."""
    trace = judge.give(example())
    place = next(k for k, step in enumerate(trace) if k > 4 and (step.node.label, step.operand.label) == ("s", "u"))  # type: ignore[union-attr]
    assert verdict(judge, place, level, text) == expected


def test_the_words_of_verdicts(judge: Judge) -> None:
    """What is nearly right says why; what is wrong is diagnosed."""
    judge.give(example())
    said = {
        text: judge.tells(f"judge(questionAt(2, 1), {json.dumps(text)}).words")
        for text in ("0.78", "0.7", "2.25", "u", "sin(2.25) + u − 2.25", "s")
    }
    assert said["0.78"] == "Near: right to two digits. Round to three digits."
    assert said["0.7"] == "Not 0.7."
    assert said["2.25"] == "2.25 is u itself; asked is sin u."
    assert said["u"] == "Here your formula gives 2.25. 2.25 is u itself; asked is sin u."
    assert said["sin(2.25) + u − 2.25"].startswith("Right here, but not in general")
    assert said["s"].startswith("Nothing here is called s")  # it is what is asked


def test_nan_and_infinity_are_answers(judge: Judge) -> None:
    """Where a derivative or a value is infinite or no number, that is the answer, and a number is wrong."""
    judge.give(sqrt(Value(0.0, label="x")))
    assert [verdict(judge, 2, 1, text) for text in ("inf", "∞", "−inf", "nan", "1")] == [
        "right",
        "right",
        *["wrong"] * 3,
    ]
    x = Value(math.inf, label="x")
    judge.give(x - x)
    assert [verdict(judge, 1, 1, text) for text in ("nan", "0", "inf")] == ["right", "wrong", "wrong"]


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"detach"}))
def test_every_row(judge: Judge, name: str) -> None:
    """Of each row of the table the local derivatives are right as numbers, as the formula shown, and as one with all digits."""
    op = TABLE[name]
    middle = [0.5 * (low + high) + 0.07 for low, high in DOMAINS[name][0]]
    operands = [Value(x, label=f"x{place}") for place, x in enumerate(middle)]
    trace = judge.give(op(*operands))
    questions = judge.tells(
        "steps.map((_, k) => questionAt(k, 1)).filter((q) => q && q.kind === 'local').map((q) => [q.at, q.truth])"
    )
    asked = [
        (at, text)
        for (at, truth), step in zip(questions, trace.backward, strict=True)
        for text in (repr(truth), f"{truth:.3g}".replace(".", ","), EXACT.of(trace.partial(step.node, step.place)))
    ]
    verdicts = judge.tells(f"{json.dumps(asked)}.map(([at, text]) => judge(questionAt(at, 1), text).verdict)")
    assert [found for found in zip(asked, verdicts, strict=True) if found[1] != "right"] == []


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=expressions_at_points(most=4))
def test_random_graphs(judge: Judge, drawn: tuple[Expression, list[float]]) -> None:
    """At every step and level the truth is right and examples are not; hints hold no answer; reasons end with it."""
    expression, point = drawn
    trace = judge.give(expression(*map(Value, point)))
    found = judge.tells(
        "steps.flatMap((_, k) => [1, 2, 3, 4].map((level) => questionAt(k, level))).filter((q) => q).map((q) => ({ kind: q.kind, truth: q.truth,"
        "right: judge(q, String(q.truth)).verdict, examples: [0, 1, 2].map((n) => judge(q, example(q, n)).verdict), hint: hint(q), reason: reason(q) }))"
    )
    assert len(found) >= len(trace.forward) - expression.inputs
    for question in found:
        assert question["right"] == "right"
        assert not {"right", "unread"} & set(question["examples"])
        assert question["reason"].endswith(f"{shown(question['truth'])}.")


def test_hints_give_nothing_away(judge: Judge) -> None:
    """A hint names the rule; no number in it is the answer, but for those of the expression itself."""
    x = Value(1.5, label="x")
    judge.give(3.0 * x + x / 4.0 + sin(x))
    found = judge.tells(
        "steps.flatMap((_, k) => [1, 2, 3, 4].map((level) => questionAt(k, level))).filter((q) => q).map((q) => [hint(q).replace(nodes[q.step.node].text, ''), q.truth, q.kind])"
    )
    assert {kind for *_, kind in found} == {"value", "local", "product", "sum", "gradient"}
    for said, truth, _ in found:
        numbers = re.findall(r"(?<!\w)−?\d[\d.]*", said)
        assert shown(truth) not in numbers, said
    assert any("/∂x is cos x" in said for said, *_ in found)


def test_tries_hint_answer_and_score(judge: Judge) -> None:
    """The third wrong answer brings the hint, the fourth the answer with its reason; what cannot be read costs nothing."""
    judge.give(example())
    attempts = json.dumps(["0.1", "cos(", "0.2", "0.3", "0.4"])
    found = judge.tells(
        "(() => { const score = newScore(), q = questionAt(2, 1), second = questionAt(1, 1), third = questionAt(3, 1);"
        f"const said = {attempts}.map((text) => attempt(score, q, text)); const last = [attempt(score, second, '2.3'), attempt(score, second, '2.25')];"
        "const shown = giveUp(score, third); const { earlier, ...rest } = score; return { said, last, shown, score: rest, text: scoreText(score) }; })()"
    )
    said = found["said"]
    assert [each["verdict"] for each in said] == ["wrong", "unread", "wrong", "wrong", "wrong"]
    assert [each["tries"] for each in said] == [1, 1, 2, 3, 4]
    assert [bool(each["hint"]) for each in said] == [False, False, False, True, False]
    assert [each["answer"] for each in said] == ["", "", "", "", "s = sin u = 0.7781."]
    assert [each["over"] for each in said] == [False, False, False, False, True]
    assert [(each["verdict"], each["over"]) for each in found["last"]] == [("near", False), ("right", True)]
    assert found["text"].splitlines() == [
        "1 of 3 right, 0 at the first try; 6 tries, 1 hint, 2 answers shown",
        "s: 0.1 (wrong) 0.2 (wrong) 0.3 (wrong) 0.4 (wrong)",
        "u: 2.3 (near) 2.25 (right)",
        "v: (shown)",
    ]


def test_an_earlier_mistake_is_remembered(judge: Judge) -> None:
    """A wrong answer is kept; what follows rightly from it is told so."""
    judge.give(example())
    said = judge.tells(
        "(() => { const score = newScore(); attempt(score, questionAt(1, 1), '3'); attempt(score, questionAt(1, 1), '2.25');"
        f"return attempt(score, questionAt(2, 1), '{math.sin(3.0):.4f}').words; }})()"
    )
    assert said.startswith("With your 3 for u this is right")


def test_a_page_without_rules(judge: Judge) -> None:
    """Where the page cannot recompute, formulas count where they are right here."""
    judge.give(example())
    judge.page.evaluate("globalThis.judged = judging({ ...given, RULES: [] }); 0")
    place = 2
    assert verdict(judge, place, 1, "sin u") == "right"
    assert verdict(judge, place, 1, "cos u") == "wrong"


def doubled() -> Value:
    """The graph of d = c + b, c = 3b, b = a·a at 2: b is used twice."""
    a = Value(2.0, label="a")
    b = a * a
    c = 3.0 * b
    d = b + c
    b.label, c.label, d.label = "b", "c", "d"
    return d


def test_order_by_hand(judge: Judge) -> None:
    """After d, c is ready and b is not: it has 1 of 4, and each wrong way ends at a wrong number."""
    trace = judge.give(doubled())
    a, b, c, d = range(4)
    assert [trace.names[node] for node in trace.nodes] == ["a", "b", "c", "d"]
    found = judge.tells(
        f"[[], [{d}], [{d}, {c}], [{d}, {c}, {b}]].map((done) => {{ const at = orderAt(done); return [at.ready, at.waiting, [...at.gradients], at.over]; }})"
    )
    assert found == [
        [[d], [{"node": c, "for": [d]}, {"node": b, "for": [d, c]}], [[d, 1]], False],
        [[c], [{"node": b, "for": [c]}], [[d, 1], [b, 1], [c, 1]], False],
        [[b], [], [[d, 1], [b, 4], [c, 1]], False],
        [[], [], [[d, 1], [b, 4], [c, 1], [a, 16]], True],
    ]
    said = judge.tells(f"judgeOrder([{d}], {b})")
    assert said == {
        "verdict": "wrong",
        "words": "b has to wait: c has not gone backward, and b is used there. Its gradient is 1 so far, not 4: a would get 2 from it in place of 8. "
        "Passing on again with each share that arrives (depth first) ends at 20 for a; right is 16. With = in place of +=, b would end at 3; right is 4.",
    }
    assert (
        judge.tells(f"judgeOrder([{d}, {c}], {b})")["words"]
        == "Right: d and c have gone backward, so that b's gradient, 4, is complete."
    )
    assert judge.tells(f"judgeOrder([], {d})")["words"] == "Right: d is the output, and begins with 1."
    assert (
        judge.tells(f"judgeOrder([{d}], {d})")["verdict"]
        == judge.tells(f"judgeOrder([{d}], {a})")["verdict"]
        == "wrong"
    )


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=expressions_at_points(most=5), data=st.data())
def test_any_order_that_is_ready(judge: Judge, drawn: tuple[Expression, list[float]], data: st.DataObject) -> None:
    """Whichever ready node goes next, all go, each once, with right gradients in the end; one that waits is refused."""
    expression, point = drawn
    trace = judge.give(expression(*map(Value, point)))
    done: list[int] = []
    while not (
        at := judge.tells(
            f"(() => {{ const at = orderAt({done}); return {{ ...at, gradients: [...at.gradients] }}; }})()"
        )
    )["over"]:
        for each in at["waiting"][:1]:
            assert judge.tells(f"judgeOrder({done}, {each['node']}).verdict") == "wrong"
        choice = data.draw(st.sampled_from(at["ready"]))
        assert judge.tells(f"judgeOrder({done}, {choice}).verdict") == "right"
        done.append(choice)
    assert len(done) == len(set(done))
    for place, gradient in at["gradients"]:
        assert gradient == pytest.approx(trace.gradients[trace.nodes[place]], rel=1e-9, abs=1e-12)


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=expressions_at_points(most=4))
def test_depth_first_is_the_naive_gradient(judge: Judge, drawn: tuple[Expression, list[float]]) -> None:
    """Where words tell of depth first, the number is that of `naive_gradient`."""
    expression, point = drawn
    trace = judge.give(expression(*map(Value, point)))
    for node, words in judge.tells("orderAt([root]).waiting.map(({ node }) => [node, judgeOrder([root], node).words])"):
        told = re.search(r"ends at (\S+) for (\w+); right is (\S+?)\.( |$)", words)
        if told:
            leaf = next(x for x, name in trace.names.items() if name == told[2])
            assert told[1] == shown(naive_gradient(trace.root, leaf))
            assert told[3] == shown(trace.gradients[leaf])
        assert trace.names[trace.nodes[node]] in words
