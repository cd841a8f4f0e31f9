"""Kinks, domain ends, extremes and refusals: where a float raises, what a derivative is that does not exist."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy
import pytest
from mpmath import mp
from points import CONVENTIONS, RAISES, ROWS, Convention, derivative

from autograd_lite import Value, grad, gradients, hessian, jvp, log, relu, scope, sqrt
from autograd_lite.engine.ieee import IeeeOperand
from autograd_lite.engine.table import TABLE
from autograd_lite.engine.value import plain

each_convention = pytest.mark.parametrize("entry", CONVENTIONS, ids=lambda entry: f"{entry.row}{entry.point}")
each_refusal = pytest.mark.parametrize(
    ("name", "point", "python"), RAISES, ids=[f"{name}{point}" for name, point, _ in RAISES]
)


def identical(found: list[Any], expected: list[float]) -> bool:
    """Equal element by element, nan where nan is expected; no derivative is 0."""
    pairs = zip(found, expected, strict=True)
    return all((x or 0.0) == y or (math.isnan(y) and x is not None and math.isnan(x)) for x, y in pairs)


@each_convention
def test_conventions_hold_in_every_mode(entry: Convention) -> None:
    """At a kink or a domain end, backward, graph mode, forward mode and floats give the value and partials listed."""
    op, xs = TABLE[entry.row], [Value(x) for x in entry.point]
    y = op(*xs)
    assert y.data == entry.value == op(*entry.point)
    assert identical(list(y.partials), entry.partials)
    assert identical([x.data for x in gradients(y, xs)], entry.partials)
    assert identical([grad(op, place)(*entry.point) for place in range(op.arity)], entry.partials)
    for place, x in enumerate(entry.point):
        _, tangent = jvp(lambda x, i=place: op(*entry.point[:i], x, *entry.point[i + 1 :]), (x,), (1.0,))
        assert identical([tangent], [entry.partials[place]])
    y.backward()
    assert identical([x.grad for x in xs], entry.partials)


@each_convention
def test_conventions_hold_beside_constants(entry: Convention) -> None:
    """A convention is the same for one operand that is a Value while the others are constants."""
    op = TABLE[entry.row]
    for place in range(op.arity):
        y: Any = op(*(Value(x) if i == place else x for i, x in enumerate(entry.point)))
        assert identical([y.partials[place]], [entry.partials[place]])


@pytest.mark.parametrize("constant", [True, False], ids=["constant exponent", "Value as exponent"])
def test_all_derivatives_of_a_power_at_zero(constant: bool) -> None:
    """The k-th derivative of x**n at 0 is n! for k = n and otherwise 0, for a constant exponent and for a Value."""
    for n in range(5):
        f: Callable[[Any], Any] = partial(pow, exp=float(n) if constant else Value(n))
        for k in range(6):
            found = f(0.0)
            assert plain(found) == (0.0 if k != n else math.factorial(n)), f"derivative {k} of x**{n} at 0"
            f = grad(f)


def test_second_derivatives_at_kinks_are_zero() -> None:
    """Piecewise linear operations have second derivatives 0 also at the kink, and none of them is nan."""
    for name in ("relu", "abs", "sign", "step", "leaky_relu"):
        assert grad(grad(TABLE[name]))(0.0) == 0.0
    for name in ("maximum", "minimum"):
        assert hessian(TABLE[name], (0, 1))(2.0, 2.0) == ((0.0, 0.0), (0.0, 0.0))


def test_an_unreached_branch_does_not_spoil_the_gradient() -> None:
    """A gradient that is inf or nan in one term does not make the gradient by another variable nan."""
    x, y = Value(0.0), Value(2.0)
    (sqrt(x) + y * y).backward()
    assert (x.grad, y.grad) == (math.inf, 4.0)


@each_refusal
def test_refused_where_floats_refuse(name: str, point: tuple[float, ...], python: Callable[..., Any]) -> None:
    """Where a float or math raises, floats and Values raise the same type in every form of the operation."""
    op = TABLE[name]
    with pytest.raises((ArithmeticError, ValueError)) as expected:
        python(*point)
    forms: list[Callable[..., Any]] = [op, lambda *xs: op(*map(Value, xs)), lambda x, *rest: op(Value(x), *rest)]
    forms += [lambda *xs: getattr(Value(xs[0]), name)(*xs[1:])]
    forms += [lambda *xs: eval(op.notation.format(*"xy"), dict(zip("xy", map(Value, xs), strict=False), **TABLE))]
    forms += [
        lambda *xs: eval(op.notation.format(*"xy"), dict(zip("xy", (*xs[:-1], Value(xs[-1])), strict=False), **TABLE))
    ]
    forms += [lambda *xs: getattr(numpy, op.ufunc)(*map(Value, xs))]
    for form in forms:
        with pytest.raises((ArithmeticError, ValueError)) as found:
            form(*point)
        assert type(found.value) is type(expected.value)


@each_refusal
def test_a_refusal_names_operation_operands_and_scope(name: str, point: tuple[float, ...], python: Any) -> None:
    """The exception carries one note of one line with the operation in its notation, labels, numbers and scope."""
    op = TABLE[name]
    labels = "ab"[: len(point)]
    with pytest.raises((ArithmeticError, ValueError)) as error, scope("layer1"), scope("neuron0"):
        op(*(Value(x, label=label) for x, label in zip(point, labels, strict=True)))
    (note,) = error.value.__notes__
    assert op.notation.format(*labels) in note
    assert all(f"{label} = {x!r}" in note for label, x in zip(labels, point, strict=True))
    assert "layer1/neuron0" in note
    assert "\n" not in note


@each_refusal
def test_extended_numbers_do_not_refuse(name: str, point: tuple[float, ...], python: Any) -> None:
    """Where floats raise, the reading with extended numbers has NumPy's inf or nan."""
    ufunc = getattr(numpy, TABLE[name].ufunc)
    with numpy.errstate(all="ignore"):
        expected = float(ufunc(*point))
    assert not math.isfinite(expected)
    assert identical([TABLE[name](*map(IeeeOperand, point)).data], [expected])


def test_an_unlabelled_operand_is_named_by_its_number() -> None:
    """Without a label a note shows the number."""
    with pytest.raises(ZeroDivisionError) as error:
        Value(1.0) / (Value(2.0) - 2.0)
    (note,) = error.value.__notes__
    assert "1.0 / 0.0" in note


def test_a_refused_operation_leaves_nothing_behind() -> None:
    """After an exception the operands are as before, and the next computation is right."""
    x = Value(-1.0)
    for _ in range(2):
        with pytest.raises(ValueError, match="domain"):
            log(x)
    (x * x).backward()
    assert x.grad == -2.0


EXTREMES = {
    "tanh": (400.0, -400.0, 20.0),
    "sech": (400.0, -800.0),
    "sigmoid": (800.0, -800.0, -700.0, 40.0),
    "softplus": (800.0, -800.0, -700.0, 40.0),
    "silu": (800.0, -800.0, -700.0, 40.0),
    "elu": (800.0, -800.0),
    "log1p": (1e-300, 1e-20, 1e300),
    "expm1": (1e-300, 1e-20, -800.0),
    "erfc": (-30.0, 30.0),
    "gelu": (-40.0, 40.0),
    "hypot": (1e200, -1e200),
    "asinh": (1e300, -1e300, 1e-300),
    "atan": (1e300, -1e300),
}


@pytest.mark.parametrize(("name", "x"), [(name, x) for name, xs in EXTREMES.items() for x in xs])
def test_extremes_to_order_three(name: str, x: float) -> None:
    """Far out, value and derivatives up to order 3 neither overflow nor turn nan, and agree with mpmath."""
    rest = {"elu": (1.5,), "hypot": (3e200,)}.get(name, ())
    f: Callable[..., Any] = TABLE[name]
    for order in range(4):
        exact = derivative(ROWS[name].oracle, (x, *rest), (order, *(0 for _ in rest)))
        found = f(x, *rest)
        assert math.isfinite(found)
        assert abs(found - exact) <= 1e-13 * abs(exact) + mp.mpf(1e-320), (
            f"derivative {order}: {found!r}, {mp.nstr(exact)}"
        )
        f = grad(f)


def test_relu_and_friends_do_not_overflow_at_the_largest_floats() -> None:
    """The largest floats pass through piecewise linear operations with derivative 1 or 0."""
    largest = 1.7976931348623157e308
    assert (relu(largest), grad(relu)(largest), grad(relu)(-largest)) == (largest, 1.0, 0.0)
    assert (TABLE["maximum"](-largest, largest), grad(TABLE["maximum"])(-largest, largest)) == (largest, 0.0)
