"""The checkers: how exact differences are, and that wrong rules are caught and right ones pass."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy
import pytest
from hypothesis import given, reject
from points import ROWS
from strategies import DOMAINS, Expression, expressions_at_points

from autograd_lite import (
    GradientError,
    Op,
    UndecidedError,
    Value,
    check_gradients,
    exp,
    grad,
    jvp,
    log,
    numerical_gradient,
    relu,
    sin,
)
from autograd_lite.engine.differences import judge
from autograd_lite.engine.table import TABLE

EXACT = math.cos(1.0)


def wrong(x: float) -> float:
    """How far a difference quotient of sin at 1 is from its derivative."""
    return abs(x - EXACT)


@pytest.mark.parametrize(("method", "power"), [("forward", 1), ("central", 2)])
def test_the_error_falls_with_the_step(method: str, power: int) -> None:
    """The error of the forward difference is h·f''/2, that of the central one h²·f'''/6: halving h shows the power."""
    errors = [wrong(numerical_gradient(math.sin, 1.0, method=method, step=h)) for h in (0.02, 0.01, 0.005)]
    for coarse, fine in pairwise(errors):
        assert coarse / fine == pytest.approx(2.0**power, rel=0.02)
    constant = {"forward": math.sin(1.0) / 2 * 0.005, "central": math.cos(1.0) / 6 * 0.005**2}[method]
    assert errors[-1] == pytest.approx(constant, rel=0.01)


@pytest.mark.parametrize(("method", "error"), [("forward", 1e-7), ("central", 1e-9)])
@pytest.mark.parametrize("x", [1.0, 1e-5, 300.0])
def test_the_default_step_is_sensible(method: str, error: float, x: float) -> None:
    """Without a step, the errors are those of the best compromise between truncation and rounding."""
    assert numerical_gradient(math.sin, x, method=method) == pytest.approx(math.cos(x), abs=error * max(1.0, x))


def test_the_forward_difference_looks_to_one_side() -> None:
    """The forward difference never evaluates left of the point, and the central one does so evenly."""
    for method, sides in (("forward", [0.0, 0.5]), ("central", [-0.5, 0.5])):
        seen: list[float] = []
        numerical_gradient(lambda x, seen=seen: seen.append(x) or x, 2.0, method=method, step=0.5)
        assert sorted(x - 2.0 for x in seen) == sides


def test_numerical_gradients_of_structures() -> None:
    """One argument gives its structure, several give a tuple; a Value, which would be cut off, is refused."""
    close = pytest.approx
    assert numerical_gradient(lambda p: p["w"] ** 2, {"w": 3.0}) == {"w": close(6.0)}
    assert numerical_gradient(lambda x, y: x * y[1], 2.0, [3.0, 4.0], argnums=(0, 1)) == (
        close(4.0),
        [close(0.0), close(2.0)],
    )
    with pytest.raises(TypeError, match=r"would cut the gradient of Value\(3.0\) off"):
        numerical_gradient(lambda x: x * x, Value(3.0))
    slopes = numerical_gradient(lambda x: (x**2).sum(), numpy.array([[1.0, 2.0]]))
    assert slopes.shape == (1, 2)
    assert slopes.tolist() == [[close(2.0), close(4.0)]]


def test_a_step_lost_in_rounding_is_refused() -> None:
    """A step that does not change the operand is refused instead of a division by zero."""
    with pytest.raises(ValueError, match="lost in rounding"):
        numerical_gradient(math.sin, 1.0, step=1e-20)


def test_one_output_is_asked_for() -> None:
    """Differences of a function with several outputs are refused in one line."""
    with pytest.raises(TypeError, match="expected a number, got list"):
        numerical_gradient(lambda x: [x, x], 1.0)


@pytest.mark.parametrize("step", [0.0, -1.0, math.inf, math.nan])
def test_a_bad_step_is_refused(step: float) -> None:
    """A step that is not a positive number is refused and shown."""
    with pytest.raises(ValueError, match=r"^step must be a positive number, got"):
        numerical_gradient(math.sin, 1.0, step=step)


def test_bad_options_are_refused() -> None:
    """An unknown method and an unknown order are refused, and the choices named."""
    with pytest.raises(ValueError, match=r"^method is 'central' or 'forward', got 'backward'$"):
        numerical_gradient(math.sin, 1.0, method="backward")
    with pytest.raises(TypeError, match="expected a number"):
        numerical_gradient(math.sin, 1.0, step="small")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^order is 1 or 2, got 3$"):
        check_gradients(sin, 1.0, order=3)


@pytest.mark.parametrize(
    ("f", "x", "exact"),
    [
        (math.exp, 1.0, math.e),
        (math.sin, 1e3, math.cos(1e3)),
        (lambda x: x**3, 0.0, 0.0),
        (math.log, 1e-6, 1e6),
        (math.sqrt, 1e-3, 0.5 / 1e-3**0.5),
    ],
)
def test_extrapolation_is_good_to_nine_digits(f: Callable[[float], float], x: float, exact: float) -> None:
    """The extrapolated difference is exact to 1e-9, near the end of a domain too, and its estimate is honest."""
    verdict, derivative, doubt = judge(exact, f, x)
    assert verdict == "agree"
    assert derivative == pytest.approx(exact, rel=1e-9, abs=1e-9)
    assert abs(derivative - exact) <= 100 * doubt + 1e-10 * abs(exact)


def test_every_row_passes() -> None:
    """check_gradients accepts each row of the table in the middle of each of its domains, to second order."""
    for name, op in TABLE.items():
        if name == "detach":
            continue
        for intervals in DOMAINS[name]:
            point = [low + 0.4 * (high - low) for low, high in intervals]
            check_gradients(op, *point)
            check_gradients(lambda *xs, op=op: op(*xs) * op(*xs) + sin(xs[0]), *point)


def test_rows_pass_at_their_points() -> None:
    """check_gradients accepts the smooth rows at each of their points of moderate size.

    A slope that is nearly 0, as that of sin at the float next to π/2, is beyond what differences can confirm: there it
    may say so.
    """
    for name in (
        "exp",
        "expm1",
        "sin",
        "cos",
        "asinh",
        "tanh",
        "sech",
        "sigmoid",
        "softplus",
        "erf",
        "silu",
        "gelu",
    ):
        for point in ROWS[name].points:
            if all(abs(x) <= 3.0 for x in point):
                op: Any = TABLE[name]
                hard = any(0.0 < abs(slope(*point)) < 1e-8 for slope in (grad(op), grad(grad(op))))
                with suppress(*[UndecidedError] if hard else []):
                    check_gradients(op, *point)


@given(expressions_at_points(most=5))
def test_random_expressions_pass(case: tuple[Expression, list[float]]) -> None:
    """check_gradients accepts random expressions of the whole table; few lose too many digits to be judged."""
    expression, point = case
    try:
        check_gradients(expression, *point)
    except UndecidedError as error:
        if "too little precision" not in str(error):
            raise
        reject()  # Hypothesis fails where nearly all are so


OFF = 1.0005  # wrong by 0.05 %
WRONG_RULES = {
    "first": Op("bad", lambda x: exp(sin(x)), [lambda x, y: OFF * y * TABLE["cos"](x)]),
    "by the first of two": Op("bad", lambda x, y: x * exp(y), [lambda _x, y, _z: OFF * exp(y), lambda _x, _y, z: z]),
    "by the second of two": Op("bad", lambda x, y: x * exp(y), [lambda _x, y, _z: exp(y), lambda _x, _y, z: OFF * z]),
    "constant": Op("bad", lambda x: 3.0 * x, [3.0 * OFF]),
    "sign": Op("bad", lambda x: -x, [1.0]),
    "missing": Op("bad", lambda x: x * x, [0.0]),
}


@pytest.mark.parametrize("name", WRONG_RULES)
@pytest.mark.parametrize("order", [1, 2])
def test_a_wrong_rule_is_caught(name: str, order: int) -> None:
    """A rule that is wrong by 0.05 %, in sign, or lacking is caught, alone and within an expression."""
    bad = WRONG_RULES[name]
    point = [0.7, 0.4][: bad.arity]
    for f in (bad, lambda *xs: sin(bad(*xs)) + xs[0]):
        with pytest.raises(GradientError):
            check_gradients(f, *point, order=order)


SINE = Op("sine", lambda x: sin(x), [lambda x, _y: OFF * TABLE["cos"](x)])  # right number, wrong slope
WRONG_SECOND = Op(
    "bad", lambda x, y: -x * TABLE["cos"](y), [lambda _x, y, _z: -TABLE["cos"](y), lambda x, y, _z: x * SINE(y)]
)


def test_a_wrong_second_derivative_is_caught() -> None:
    """A rule whose partials are right and their derivatives wrong by 0.05 % passes at order 1, is caught at order 2."""
    for f in (WRONG_SECOND, lambda x, y: exp(WRONG_SECOND(x, y)) + x):
        check_gradients(f, 0.7, 0.4, order=1)
        with pytest.raises(GradientError, match="second derivative"):
            check_gradients(f, 0.7, 0.4)


@pytest.mark.parametrize("partial", [lambda x, _y: 3.0 * float(x) ** 2, lambda x, _y: 3.0 * math.pow(x, 2.0)])
def test_a_slope_that_is_cut_off_is_refused(partial: Any) -> None:
    """A rule that computes its partial with plain numbers cannot be differentiated again, and says so."""
    bad = Op("bad", lambda x: x * x * x, [partial])
    check_gradients(bad, 0.7, order=1)
    with pytest.raises(TypeError, match=r"would cut the gradient of Value\(.*\) off"):
        grad(grad(bad))(0.7)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda t: sin(1000.0 * t), 1.0),
        (lambda t: 1.0 / t, 1e-5),
        (lambda t: 1.0 / t, 1e-8),
        (lambda t: exp(-1e6 * (t - 0.5) ** 2), 0.501),
        (lambda t: exp(-1.0 / t), 0.01),
    ],
)
def test_narrow_functions_are_not_accused(f: Any, x: float) -> None:
    """Oscillations, peaks and poles nearer than the coarsest step do not deceive the check."""
    check_gradients(f, x, order=1)


@pytest.mark.parametrize("size", [1e-15, 1e-12, 1.0, 1e9])
def test_small_functions_are_checked_as_well(size: float) -> None:
    """A rule that is wrong by 0.05 % is caught whatever the size of the function."""
    bad = Op("bad", lambda x: x * x * x, [lambda x, _y: OFF * 3.0 * x * x])
    with pytest.raises(GradientError):
        check_gradients(lambda x: size * bad(x), 0.7)


@pytest.mark.parametrize(("mode", "order"), [("forward mode", 1), ("forward over reverse", 2)])
def test_every_mode_is_compared(mode: str, order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """If forward mode alone were wrong by 0.05 %, of the function or of its gradient, the check would say so."""

    def wrong_jvp(*arguments: Any) -> Any:
        value, tangent = jvp(*arguments)
        if isinstance(tangent, float) == (order == 1):
            tangent = tangent * OFF if order == 1 else [t * OFF for t in tangent]
        return value, tangent

    monkeypatch.setattr("autograd_lite.engine.checks.jvp", wrong_jvp)
    with pytest.raises(GradientError, match=f": {mode} gives"):
        check_gradients(lambda x, y: exp(x * y), 0.7, 0.4, order=order)


def test_the_error_names_the_operand_and_both_numbers() -> None:
    """The message says by which argument, or which label, by which route, and gives both numbers, in one line."""
    bad = WRONG_RULES["by the second of two"]
    with pytest.raises(GradientError, match=r"^[^\n]*$") as error:
        check_gradients(bad, 2.0, 0.5)
    message = str(error.value)
    assert "argument 1" in message
    assert "argument 0" not in message
    assert "reverse mode" in message
    assert repr(OFF * 2.0 * math.exp(0.5))[:12] in message
    assert repr(2.0 * math.exp(0.5))[:9] in message

    with pytest.raises(GradientError, match="weight"):
        check_gradients(lambda p: bad(p["x"], p["w"][1]), {"x": 2.0, "w": [0.1, Value(0.5, label="weight")]})
    with pytest.raises(GradientError, match=r"argument 0\['w'\]\[1\]"):
        check_gradients(lambda p: bad(p["x"], p["w"][1]), {"x": 2.0, "w": [0.1, 0.5]})


def test_the_error_names_the_operation_to_blame() -> None:
    """Deep within an expression, the message names the one operation whose partial is wrong, and at which operand."""
    bad = WRONG_RULES["by the second of two"]
    with pytest.raises(GradientError, match=r"local partial of [^\n]*bad[^\n]* with respect to operand 1") as error:
        check_gradients(lambda x, y: sin(exp(bad(log(x), y)) * x) + y, 2.0, 0.5)
    assert not any(f"partial of {name}" in str(error.value) for name in ("sin", "exp", "log", "mul"))


def test_a_second_order_error_names_both_operands() -> None:
    """An error of second order names the two operands, the route, and both numbers, in one line."""
    with pytest.raises(
        GradientError, match=r"^the second derivative with respect to argument 1 and argument 1: [^\n]*$"
    ) as error:
        check_gradients(WRONG_SECOND, 0.7, 0.4)
    assert "reverse over reverse" in str(error.value)
    assert repr(OFF * 0.7 * math.cos(0.4))[:12] in str(error.value)
    assert repr(0.7 * math.cos(0.4))[:9] in str(error.value)


def test_the_check_leaves_no_trace() -> None:
    """Checking changes neither the number nor the gradient of the Values it is given."""
    x = Value(0.5, label="x")
    x.grad = 7.0
    check_gradients(lambda t: exp(t) * t, x)
    assert (x.data, x.grad, x.label) == (0.5, 7.0, "x")


def test_at_a_kink_it_cannot_be_decided() -> None:
    """At a kink the check says that it cannot tell, as documented; beside it, it passes."""
    with pytest.raises(UndecidedError, match=r"^cannot be decided here: relu has a kink at 0 \(argument 0 = 0\)$"):
        check_gradients(relu, 0.0)
    check_gradients(relu, 0.3)
    check_gradients(relu, -0.3)


@pytest.mark.parametrize("x", [1e-6, 1e-3, 1.0, 1e3, 1e6])
def test_scales_do_not_matter(x: float) -> None:
    """Right rules pass and a wrong one is caught from 1e-6 to 1e6, where the step has to adapt."""
    check_gradients(log, x)
    check_gradients(lambda t: t * t, x)
    bad = (
        Op("bad", log, [lambda t, _y: OFF / t])
        if x < 1.0
        else Op("bad", TABLE["square"], [lambda t, _y: OFF * 2.0 * t])
    )
    with pytest.raises(GradientError):
        check_gradients(bad, x)
