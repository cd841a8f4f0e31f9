"""The three verdicts of the check: no right derivative is accused, every wrong one is, and where neither can be told."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from strategies import DOMAINS, Expression, expression_at_point, expressions_at_points

from autograd_lite import (
    GradientError,
    Op,
    UndecidedError,
    Value,
    check_gradients,
    exp,
    maximum,
    mul,
    relu,
    sin,
    tanh,
)
from autograd_lite.__main__ import main
from autograd_lite.engine.checks import compared_with_differences
from autograd_lite.engine.ieee import FAILURES, local_partial
from autograd_lite.engine.table import TABLE

OFF = 1.0005  # wrong by 0.05 %
CONSTANTS = [0.0, 1.0, -1.0, 2.0, 0.5, -3.0, 10.0, 1e-3, 1e6, 1e-9, 299792458.0]
ROWS = sorted(set(TABLE) - {"detach"})
WILD = [name for name in ROWS if name != "power_term"]  # which derivatives of a power use, with small whole numbers


def not_accused(f: Callable[..., Any], point: list[float]) -> None:
    """The derivative of a program that is right is never called wrong, whatever else the check says."""
    with suppress(UndecidedError):
        check_gradients(f, *point)


@settings(max_examples=4 * settings().max_examples)
@given(expressions_at_points())
def test_tame_programs_are_not_accused(case: tuple[Expression, list[float]]) -> None:
    """Random programs whose operations stay away from kinks and ends: no false alarm."""
    not_accused(*case)


@pytest.mark.long
@pytest.mark.parametrize("part", range(10))
def test_many_tame_programs_are_not_accused(part: int, run_seed: str) -> None:
    """The same in numbers that can show a false alarm in 50,000: in ten parts, for all processes, with a seed each."""
    draw = random.Random(f"{run_seed}, {part}")
    for _ in range(5_000):
        expression, point = expression_at_point(draw)
        try:
            not_accused(expression, point)
        except GradientError as error:
            error.add_note(f"{expression} at {point}")
            raise


def wild_programs(seed: int) -> Iterator[tuple[Callable[..., Any], list[float]]]:
    """Random programs that meet kinks, poles, ends of domains, cancellation and huge numbers, as typed ones do."""
    draw = random.Random(seed)
    while True:
        point = [draw.choice([*CONSTANTS, round(draw.uniform(-3.0, 3.0), 2)]) for _ in range(draw.randint(1, 2))]
        steps = []
        for place in range(draw.randint(1, 6)):
            op = TABLE[draw.choice(WILD if draw.random() < 0.5 else ["add", "sub", "mul", "div", "pow"])]
            known = range(len(point) + place)
            steps.append((op, [draw.choice(known if draw.random() < 0.8 else CONSTANTS) for _ in range(op.arity)]))

        def program(*xs: Any, steps: Any = steps) -> Any:
            nodes = list(xs)
            for op, operands in steps:
                nodes.append(op(*[nodes[x] if type(x) is int else x for x in operands]))
            return nodes[-1]

        with suppress(*FAILURES):
            program(*point)
            yield program, point


def count_accused(seed: int, count: int) -> list[str]:
    """The accusations of so many wild programs."""
    accused = []
    for _, (program, point) in zip(range(count), wild_programs(seed), strict=False):
        try:
            not_accused(program, point)
        except GradientError as error:
            accused.append(f"{point}: {error}")
    return accused


@pytest.mark.parametrize("seed", range(10, 16))  # with the 200 of test_checks, 2,000 programs
def test_wild_programs_are_not_accused(seed: int) -> None:
    """Where derivatives are infinite, missing or lost in rounding, no rule is called wrong."""
    assert count_accused(seed, 300) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20, 25))
def test_many_wild_programs_are_not_accused(seed: int) -> None:
    """The same in numbers that can show a false alarm in 50,000."""
    assert count_accused(seed, 10_000) == []


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: x * 1e-200 * 1e200 * 1e200, 1.0),
        (lambda x: x * 1e-200 * 1e200 * 1e200 - x * 1e-200 * 1e200 * 1e200, 1.0),
        (lambda x: sin(x * 1e200) * 1e200 * 1e-300, 1e-200),
    ],
    ids=["backward", "backward on two paths", "forward"],
)
def test_an_overflow_in_one_order_of_the_factors_is_no_lost_path(f: Callable[[Any], Any], x: float) -> None:
    """Where the product of the local partials overflows only in one direction, nothing is called wrong or lost."""
    with pytest.raises(UndecidedError, match="no finite slope"):
        check_gradients(f, x)


PARTIALS = [(name, place) for name in ROWS for place in range(TABLE[name].arity)]


@pytest.mark.parametrize(("name", "place"), PARTIALS)
def test_every_partial_made_wrong_is_caught_and_named(name: str, place: int) -> None:
    """Each partial of each row, 0.05 % too large or too small, at several points, alone and within a function."""
    op, draw = TABLE[name], random.Random(name)
    right = op.partials[place]
    for off in (1.0005, 0.9995):
        partials: list[Any] = list(op.partials)
        partials[place] = off * right if type(right) is float else lambda *xs, off=off: off * right(*xs)  # type: ignore[operator]
        wrong = Op("wrong", op.value, partials)
        for intervals in DOMAINS[name]:
            point = [draw.uniform(*interval) for interval in intervals]
            if local_partial(op, place, point, op(*point)) == 0.0:  # 0.05 % of it is nothing
                continue
            for f in (wrong, lambda *xs, wrong=wrong: sin(wrong(*xs)) * 2.0 + xs[0]):
                with pytest.raises(GradientError, match=rf"the local partial of wrong\(.*operand {place} is"):
                    check_gradients(f, *point, order=1)


MAGNITUDES = [
    sign * size for size in (1e-300, 1e-100, 1e-20, 1e-8, 1e-3, 1.0, 30.0, 700.0, 1e8) for sign in (1.0, -1.0)
]


@pytest.mark.parametrize("name", sorted(name for name in WILD if TABLE[name].arity == 1))
def test_a_wrong_rule_never_agrees_at_any_magnitude(name: str) -> None:
    """A partial wrong by 0.05 % is caught, or cannot be decided, however small or large operand and number are."""
    op = TABLE[name]
    right = op.partials[0]
    wrong = Op("wrong", op.value, [OFF * right if type(right) is float else lambda *xs: OFF * right(*xs)])  # type: ignore[operator]
    for x in MAGNITUDES:
        try:
            slopes = [local_partial(rule, 0, [x], op(x)) for rule in (op, wrong)]
        except FAILURES:
            continue
        if math.isfinite(slopes[1]) and abs(slopes[1] - slopes[0]) > 4e-4 * abs(slopes[0]):
            with pytest.raises((GradientError, UndecidedError)):
                check_gradients(wrong, x, order=1)


@pytest.mark.parametrize(("name", "x"), [("cube", 1e-20), ("exp", -700.0), ("exp", 700.0), ("square", 1e-100)])
def test_a_wrong_rule_is_caught_where_numbers_are_small(name: str, x: float) -> None:
    """What is small beside its surroundings is measured by itself."""
    op = TABLE.get(name) or Op("cube", lambda x: x * x * x, [lambda x, _y: 3.0 * x * x])
    check_gradients(op, x, order=1)
    for off in (0.0, OFF, 2.0):
        wrong = Op("wrong", op.value, [lambda *xs, off=off: off * op.partials[0](*xs)])  # type: ignore[operator]
        with pytest.raises(GradientError, match="the local partial of wrong"):
            check_gradients(wrong, x, order=1)


@pytest.mark.parametrize("size", [1e-12, 1e-9, 1e-8, 1e-6, 1e-5, 1e-4, 1e-2, 1.0])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: (1.0 - TABLE["cos"](x)) / x**2,
        lambda x: (exp(x) - 1.0) / x,
        lambda x: sin(x * 1e10),
        lambda x: relu(x),
        lambda x: relu(x - 1e-12) + x,
        lambda x: (x + 1e8) ** 2 - 1e16,
        lambda x: tanh(x) + 1e20,
    ],
)
def test_what_is_printed_does_not_contradict_the_verdict(f: Callable[..., Any], size: float) -> None:
    """Where the check agrees, the differences that it shows are the derivative, within what they are known to."""
    with suppress(UndecidedError):
        check_gradients(f, size)
        [(claim, found)] = compared_with_differences(f, size)
        assert found.verdict == "agree"
        assert abs(claim - found.slope) <= 1e-5 * abs(claim) + 4.0 * found.doubt
        assert found.doubt <= 1e-2 * abs(claim)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: TABLE["elu"](x, 0.0),
        lambda x: TABLE["elu"](x, 0.0 * x),
        lambda x: TABLE["leaky_relu"](x, 0.0),
        lambda x: TABLE["leaky_relu"](x, 0.0 * x),
        lambda x: TABLE["leaky_relu"](x, 1.0),
        lambda x: TABLE["clip"](x, -1.0, 0.0),
        lambda x: TABLE["clip"](x, -1.0, 0.0 * x),
        lambda x: TABLE["where"](0.0, x, x * x),
        lambda x: TABLE["where"](0.0 * x, x, x * x),
        lambda x: TABLE["step"](x, 0.0) * x,
        lambda x: maximum(0.0 * x, -x) + relu(0.0) * x,
    ],
)
def test_an_operand_that_does_not_vary_is_no_obstacle(f: Callable[..., Any]) -> None:
    """A scale, a bound or a condition at a special value matters only if it varies."""
    check_gradients(f, -0.2)


@pytest.mark.parametrize(
    ("expression", "values", "code", "said"),
    [
        (
            "(1-cos(x))/x^2",
            ["x=1e-8"],
            3,
            "gives differences of too little precision at x = 1e-08, most of all for the rounding of cos at 1e-08",
        ),
        (
            "(e^x-1)/x",
            ["x=1e-9"],
            3,
            "gives differences of too little precision at x = 1e-09, most of all for the rounding of exp at 1e-09",
        ),
        ("tanh(x)+1e20", ["x=1"], 3, "most of all for the rounding of add at (0.761594155956, 1e+20)"),
        ("relu(x)", ["x=1e-12"], 0, "agree, in first and second order"),
        ("299792458*t", ["t=10"], 0, "agree, in first and second order"),
        ("(y / 10) / (0.5 * y)", ["y=1.96"], 0, "agree, in first and second order"),
        ("w**-26+w/z", ["w=0.44", "z=2.2"], 0, "agree, in first and second order"),
        ("x + 10**13", ["x=1"], 0, "agree, in first and second order"),
        ("x**3", ["x=0"], 0, "agree, in first and second order"),
        ("sin(x)", ["x=pi/2"], 0, "agree, in first and second order"),
        ("cos(x)", ["x=pi"], 0, "agree, in first and second order"),
        ("sin(x)^2", ["x=pi/2"], 0, "agree, in first and second order"),
        ("sinh(sin(x))", ["x=pi/2"], 0, "agree, in first and second order"),
        ("A*sin(w*t)", ["A=2", "w=2pi", "t=1/4"], 0, "agree, in first and second order"),
        ("abs(x)", ["x=0"], 3, "cannot be decided here: abs has a kink at 0 (x = 0)"),
        ("maximum(x, y)", ["x=2", "y=2"], 3, "cannot be decided here: maximum has a kink at (2, 2) (x = 2, y = 2)"),
        ("relu(x) - relu(-x)", ["x=0"], 3, "cannot be decided here: relu has a kink at 0"),
        ("relu(x)*x", ["x=0"], 3, "cannot be decided here, in second order: the derivative of relu jumps at 0"),
        (
            "x**y",
            ["x=0", "y=2"],
            3,
            "cannot be decided here, in second order: the derivative of pow comes to the end of its domain at (0, 2)",
        ),
        ("sqrt(x)", ["x=0"], 3, "cannot be decided here: sqrt comes to the end of its domain at 0"),
        ("asin(x)", ["x=1"], 3, "cannot be decided here: asin comes to the end of its domain at 1"),
        ("cbrt(x)", ["x=0"], 3, "cannot be decided here: cbrt has no finite slope at 0"),
        ("step(x)", ["x=0"], 3, "cannot be decided here: step jumps at (0, 0)"),
        ("sin(x)", ["x=10**17"], 3, "cannot be decided here: sin gives differences of too little precision at 1e+17"),
        ("tanh(x)", ["x=30"], 3, "cannot be decided here: tanh gives differences of too little precision at 30"),
        ("detach(x)*x", ["x=2"], 3, "cannot be decided here: detach holds the gradient back on purpose at 2"),
    ],
)
def test_the_command_tells_three_verdicts_apart(
    expression: str, values: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0: they agree; 3: it cannot be decided, with the reason, the operation and the point."""
    assert main(["check", expression, *values]) == code
    assert said in " ".join(capsys.readouterr().out.split())


def test_the_command_names_a_wrong_rule(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1: a rule is wrong, and its operation is named."""
    right = TABLE["tanh"].partials[0]
    monkeypatch.setattr(TABLE["tanh"], "partials", (lambda x, y: 1.0005 * right(x, y),))  # type: ignore[operator]
    assert main(["check", "exp(tanh(x))*x", "x=0.3"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "They disagree: the derivative with respect to x: reverse mode gives" in said
    assert "the local partial of tanh(0.3) with respect to operand 0 is" in said


def test_a_convention_that_does_not_count_is_no_obstacle() -> None:
    """Where what follows a kink is multiplied by 0, or kinks cancel as differences show, the derivative is right."""
    check_gradients(lambda x: relu(x) * x, 0.0, order=1)
    check_gradients(lambda x: abs(x) * abs(x), 0.0, order=1)
    check_gradients(lambda x: maximum(x, 1.0) * 0.0 + x, 1.0, order=1)
    check_gradients(lambda x: TABLE["clip"](x, x, x), 2.0)


def test_a_kink_of_branches_cannot_be_decided() -> None:
    """A branch of the program at its edge is a kink that no operation has."""
    with pytest.raises(UndecidedError, match=r"here: the function as a whole has a kink at argument 0 = 0"):
        check_gradients(lambda x: x * 1.0 if x > 0.0 else x * 0.0, 0.0)
    check_gradients(lambda x: x * 1.0 if x > 0.0 else x * 0.0, 0.5)


@pytest.mark.parametrize(
    ("f", "point", "reason"),
    [
        (lambda x: TABLE["clip"](x, x, x) + relu(x - 2.0), [2.0], "clip has a kink at (2, 2, 2)"),
        (lambda x: TABLE["where"](x * x, x * x, sin(x)), [0.0], "where has a kink at (0, 0, 0)"),
        (lambda x: TABLE["cos"](x), [-5.681216258331774e16], "cos gives differences of too little precision at"),
        (
            lambda x: TABLE["where"](x, x, TABLE["pow"](x, x / x)),
            [-3.0],
            "pow comes to the end of its domain at (-3, 1)",
        ),
        (lambda x: TABLE["pow"](-0.5, x), [299792458.0], "pow comes to the end of its domain at (-0.5, 299792458)"),
        (lambda x: TABLE["pow"](-3.0, x), [-7.021524833881387e16], "pow has no finite slope at (-3, -7.02"),
        (TABLE["round"], [2.0**56 + 64.0], "round gives differences of too little precision at"),
        (lambda x: TABLE["mod"](1e9 - 2.0**-23, x), [10.0**-4.5], "mod gives differences of too little precision at"),
        (lambda x: TABLE["floordiv"](1e6, x), [1e-9], "floordiv gives differences of too little precision at"),
        (lambda x: TABLE["floordiv"](x, 1e-9), [2e9], "floordiv gives differences of too little precision at"),
        (lambda x: TABLE["pow"](-0.5, x), [2.0**40], "pow comes to the end of its domain at (-0.5, 1"),
    ],
)
def test_what_looks_like_a_wrong_rule_is_none(f: Callable[..., Any], point: list[float], reason: str) -> None:
    """A kink of several operands together, waves finer than floats, a domain of integers: found by wild programs."""
    with pytest.raises(UndecidedError) as error:
        check_gradients(f, *point)
    assert reason in str(error.value)


def test_rounding_of_the_derivative_itself_is_no_disagreement() -> None:
    """d/dv of tan(v) / (u·tan(v)) is 0, as the difference of two numbers of 10¹⁸: what is left of them is rounding."""
    not_accused(lambda u, v: TABLE["tan"](v) / (u * TABLE["tan"](v)), [1e-9, 1e-9])


@pytest.mark.parametrize("factor", [0.37, 0.61, 0.9])
def test_underflow_is_no_disagreement(factor: float) -> None:
    """The last digits of products as small as floats can be depend on their order: no mode is accused of that."""
    not_accused(lambda x: sin(tanh(x * 3.3e-162 * 2.7e-162 * factor) * 0.61), [1.3])


@pytest.mark.parametrize("way", ["constant", "leaf", "result"])
def test_a_path_that_is_lost_is_caught(way: str) -> None:
    """A number taken out of a Value cuts the gradient off: every rule agrees, the whole does not."""
    cut: dict[str, Callable[[Any], Any]] = {
        "constant": lambda x: x * x.data,
        "leaf": lambda x: mul(x, Value(x.data)),
        "result": lambda x: x.data**2,
    }
    with pytest.raises(GradientError, match=r"reverse mode gives .*, differences give .* a path .* is lost"):
        check_gradients(cut[way], 3.0)


def test_a_number_that_cancels_may_be_taken_out() -> None:
    """The largest of some numbers, subtracted as a constant, changes nothing: the check does not complain."""

    def logsumexp(x: Any, y: Any) -> Any:
        largest = max(x.data, y.data)
        return TABLE["log"](exp(x - largest) + exp(y - largest)) + largest

    check_gradients(logsumexp, 0.3, 1.7, order=1)


def test_a_chain_rule_gone_wrong_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the sweeps lost a share of a path that is below what differences can see, the sum over all paths tells."""

    def forgetful(*arguments: Any) -> Any:
        value, tangent = TRUE_JVP(*arguments)
        return value, tangent * 0.99 if isinstance(tangent, float) else tangent

    from autograd_lite.engine.transforms import jvp as TRUE_JVP  # noqa: N812 - the one that is replaced

    monkeypatch.setattr("autograd_lite.engine.checks.jvp", forgetful)
    with pytest.raises(GradientError, match=r"forward mode gives .*, the sum over all paths is"):
        check_gradients(lambda x: tanh(x) + 1e20, 1.0, order=1)


@pytest.mark.parametrize("claim", [math.nan, math.inf])
def test_a_partial_that_is_no_number_is_wrong(claim: float) -> None:
    """Not a number, or infinity, as the partial of a smooth function is a disagreement."""
    bad = Op("bad", lambda x: x * x, [lambda *_: claim])
    with pytest.raises(GradientError, match=r"the local partial of bad\(2\.0\)"):
        check_gradients(bad, 2.0, order=1)
