"""All digits: every row, differentiated one to four times, over its whole domain, against closed forms in mpmath.

The measure is the unit in the last place times (1 + condition number), where the condition number is how much the
rounding of an operand alone would change the derivative: the sum of |x ∂f/∂x / f| for the derivative f itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import exact
import pytest
from mpmath import mp

from autograd_lite import Value, grad, gradients, hessian, logsumexp
from autograd_lite.engine.table import TABLE

inf, nan, pi = math.inf, math.nan, math.pi
LARGEST, SMALLEST, EPSILON = 1.7976931348623157e308, 5e-324, 2.0**-52
UNITS = 8.0
Orders = tuple[int, ...]
each_row = pytest.mark.parametrize("name", TABLE)

# Open domains; where none is given, all floats. Beyond them, and at their ends, floats raise or a convention holds.
DOMAINS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("log", "log2", "log10", "sqrt"), (0.0, inf)),
    **dict.fromkeys(("asin", "acos", "atanh"), (-1.0, 1.0)),
    **dict.fromkeys(("exp", "expm1"), (-inf, 709.7)),
    **dict.fromkeys(("sinh", "cosh"), (-710.4, 710.4)),
    "exp2": (-inf, 1023.9),
    "log1p": (-1.0, inf),
    "acosh": (1.0, inf),
}
POLES_AND_KINKS = {"reciprocal", "cbrt", "abs", "sign", "relu"}  # at 0
ROUGH = [
    -320,
    -308,
    -250,
    -155,
    -103,
    -77,
    -20,
    -16,
    -8,
    -3,
    -1,
    -0.3,
    0,
    0.2,
    0.5,
    1,
    1.4,
    2,
    2.85,
    5,
    16,
    78,
    104,
    155,
    250,
    308,
]
FINE = [*range(-323, 309), *(x / 20 for x in range(-60, 80))]
PLACES = [1.0, pi / 2, pi, math.sqrt(0.5), math.sqrt(2), 3**-0.5, 2.0, 1.2784645427610738, 26.6, 38.4, 373.0, 744.0]
PAIRS = [SMALLEST, 1e-300, 1e-160, 1e-20, 1e-3, 0.3, 1.0, 2.0, 40.0, 1.5e10, 1e155, LARGEST]
CHOICES = [-LARGEST, -2.0, -1e-300, 1e-300, 0.5, 3.0, 1e200]


def grid(exponents: Sequence[float], places: Sequence[float], near: Sequence[float]) -> list[float]:
    """Floats of both signs: 0, the smallest and the largest, powers of ten, and the surroundings of some places."""
    found = [SMALLEST, LARGEST, *(10.0**e for e in exponents)]
    for place in places:
        found += [place, math.nextafter(place, 0.0), math.nextafter(place, inf)]
        found += [place * (1.0 + sign * distance) for sign in (1.0, -1.0) for distance in near]
    return [0.0, *found, *(-x for x in found)]


def points(name: str, fine: bool) -> Iterator[tuple[float, ...]]:
    """Where a row is differentiated."""
    if TABLE[name].arity == 1:
        low, high = DOMAINS.get(name, (-inf, inf))
        near = [10.0**-e for e in range(1, 16)] if fine else [1e-12, 1e-3]
        xs = grid(FINE if fine else ROUGH, [*PLACES, *(k * pi / 2 for k in range(3, 99))] if fine else PLACES, near)
        yield from ((x,) for x in xs if low < x < high and (x or name not in POLES_AND_KINKS))
        return
    some = [0.0, *PAIRS, *(-x for x in PAIRS)] if fine else [0.0, SMALLEST, -1e-160, -0.3, 2.0, 1.5e10, 1e155]
    if name in ("logaddexp", "div", "hypot", "dircos", "atan2", "mul", "add", "sub"):
        yield from ((x, y) for x in some for y in some if (x or y or name == "logaddexp") and (y or name != "div"))
        yield (LARGEST, LARGEST)
    elif name == "pow":
        yield from ((abs(x), y) for x in some[1:] for y in some)
    elif name == "power_term":
        yield from (
            (x, y, c, k, 1.0) for x in (1.5, 40.0) for y in (-0.5, 3.0) for c in (1.0, -2.0) for k in (0.0, 2.0)
        )
    else:
        several = product(CHOICES if fine else CHOICES[1:6], repeat=TABLE[name].arity)
        yield from (p for p in several if len(set(p)) == len(p))


class Except(NamedTuple):
    """Where the digits of a derivative are not all right, and why."""

    rows: set[str]
    holds: Callable[[tuple[float, ...], int, Any], bool]
    reason: str


def subnormal(x: float) -> bool:
    return 0.0 < abs(x) < 2.3e-308


ROUND = {"hypot", "dircos", "atan2"}
EXCEPTIONS = [
    Except(
        {"mish"},
        lambda point, order, _exactly: order > 2 and abs(point[0]) < 1.0,
        "at 0 the third derivative is a difference of 0.48 and 0.576, whose own digits are those of floats",
    ),
    Except(
        {"pow", *ROUND},
        lambda _point, _order, exactly: abs(exactly) > LARGEST,
        "where a derivative lies beyond the floats, so do terms of both signs that it is a sum of: nan, not inf",
    ),
    Except(
        {"div", *ROUND},
        lambda point, order, _exactly: math.hypot(*point) < LARGEST ** (-1 / order),
        "a power of 1/r overflows, which a factor of 0, or a small one, is multiplied by afterwards",
    ),
    Except(
        {"div", *ROUND},
        lambda point, _order, _exactly: any(map(subnormal, point)),
        "what is computed from a subnormal operand is subnormal and has few digits, which a division by r brings up",
    ),
    Except(
        {"dircos", "atan2"},
        lambda point, _order, _exactly: math.hypot(*point) > LARGEST,
        "the length overflows",
    ),
    Except(
        {"pow"},
        lambda point, _order, _exactly: abs(point[1]) > 1e100,
        "powers of the exponent overflow, which a power of 0 or log 1 = 0 is multiplied by afterwards",
    ),
]


def exception(name: str, point: tuple[float, ...], order: int, exactly: Any) -> Except | None:
    """The exception that a derivative falls under."""
    if name == "div":  # of which the divisor alone matters
        point = (0.0, point[1]) if not subnormal(point[0]) else point
    found = (entry for entry in EXCEPTIONS if name in entry.rows and entry.holds(point, order, exactly))
    return next(found, None)


def units(found: float, derivative: Any, change: Any) -> float:
    """The error in units in the last place times (1 + condition number); a number beyond the floats is to be inf."""
    size = abs(derivative)
    if size > LARGEST and found == math.copysign(inf, derivative):
        return 0.0
    if not math.isfinite(found):
        return inf
    unit = math.ulp(float(min(size, LARGEST))) * (1 + change / size) if size else SMALLEST + EPSILON * change
    return float(abs(mp.mpf(found) - derivative) / unit)


def differentiated(name: str, point: tuple[float, ...], order: int) -> Iterator[tuple[Orders, float]]:
    """Every derivative up to an order, each by one way to it; the second ones by every way."""
    xs = [Value(x) for x in point]
    level = {(0,) * len(xs): TABLE[name](*xs)}
    for n in range(1, order + 1):
        following: dict[Orders, Any] = {}
        for orders, y in level.items():
            for place, slope in enumerate(gradients(y, xs)):
                further = tuple(k + (place == i) for i, k in enumerate(orders))
                if n <= 2 or further not in following:
                    yield further, slope.data
                following.setdefault(further, slope)
        level = following


@cache
def errors(name: str, fine: bool = False) -> list[tuple[tuple[float, ...], Orders, float, Any, float]]:
    """The error of every derivative of a row at every point."""
    found = []
    op = TABLE[name]
    top = 4 if op.arity <= 2 else 2
    all_orders = [n for n in product(range(top + 2), repeat=op.arity) if sum(n) <= top + 1]
    for point in points(name, fine):
        with suppress(OverflowError):
            if math.isfinite(op(*point)):
                known = dict(zip(all_orders, exact.derivatives(name, point, all_orders), strict=True))
                for orders, number in differentiated(name, point, top):
                    changes = [abs(x * known[_raised(orders, i)]) for i, x in enumerate(point)]
                    found.append((point, orders, number, known[orders], units(number, known[orders], sum(changes))))
    return found


def _raised(orders: Orders, place: int) -> Orders:
    return tuple(n + (i == place) for i, n in enumerate(orders))


def worst(name: str, *, fine: bool) -> dict[int, float]:
    """The largest error of each order, in units; asserts that none is larger than agreed, but for the exceptions."""
    found: dict[int, float] = {}
    for point, orders, number, exactly, error in errors(name, *[True] * fine):
        order = sum(orders)
        if error <= UNITS or exception(name, point, order, exactly) is None:
            assert error <= UNITS, f"{name}{point}, derivative {orders}: {number!r}, exactly {mp.nstr(exactly, 20)}"
            found[order] = max(found.get(order, 0.0), error)
    return found


def test_every_row_has_an_oracle() -> None:
    """Each row of the table has its derivatives in closed form, and nothing else has."""
    assert {*exact.UNARY, *exact.SEVERAL} == set(TABLE)


@each_row
def test_all_digits(name: str) -> None:
    """Derivatives of orders 1 to 4, the mixed ones too, are right to 8 units on a coarse grid over the whole domain."""
    assert worst(name, fine=False).keys() >= {1, 2}


@pytest.mark.long
@pytest.mark.xdist_group("alone")
@each_row
def test_all_digits_on_a_fine_grid(name: str) -> None:
    """The same on a fine grid."""
    assert worst(name, fine=True).keys() >= {1, 2}


@pytest.mark.parametrize("entry", EXCEPTIONS, ids=lambda entry: entry.reason[:30])
def test_no_exception_is_out_of_date(entry: Except) -> None:
    """Each listed exception is needed for each of its rows."""
    for name in entry.rows:
        assert any(
            error > UNITS and exception(name, point, sum(orders), exactly) is entry
            for point, orders, _, exactly, error in errors(name)
        ), name


SAMPLES = [
    ("asin", (1e-17,), (2,), 1e-17),
    ("asin", (1e-10,), (2,), 1e-10),
    ("acos", (1e-17,), (2,), -1e-17),
    ("atanh", (1e-17,), (2,), 2e-17),
    ("sigmoid", (1e-200,), (2,), -1.25e-201),
    ("softplus", (1e-200,), (3,), -1.25e-201),
    ("silu", (1e-200,), (3,), -5e-201),
    ("hypot", (1.5e10, 0.76), (2, 0), 0.76**2 / 1.5e10**3),
    ("atan", (1e80,), (2,), -2e-240),
    ("atan", (1e100,), (2,), -2e-300),
    ("atan", (1e160,), (4,), 0.0),
    ("gelu", (1e155,), (3,), 0.0),
    ("pow", (1e-310, 0.001), (1, 0), 0.001 * 1e-155**0.002 / 1e-310),
]


@pytest.mark.parametrize(("name", "point", "orders", "expected"), SAMPLES)
def test_known_derivatives(name: str, point: tuple[float, ...], orders: Orders, expected: float) -> None:
    """Derivatives that once lost their digits, or were nan, have the leading term of their series."""
    f: Callable[..., Any] = TABLE[name]
    for place, order in enumerate(orders):
        for _ in range(order):
            f = grad(f, place)
    assert math.isclose(f(*point), expected, rel_tol=1e-12)


def test_a_power_at_the_end_of_its_domain() -> None:
    """The Hessian of x ** y at x = 0 is symmetric; its mixed derivative is the limit of x ** (y - 1) * (1 + y log x)."""
    of_power = hessian(lambda v: v[0] ** v[1])
    assert of_power([0.0, 1.0]) == [[0.0, -inf], [-inf, 0.0]]
    assert of_power([0.0, 2.0]) == [[2.0, 0.0], [0.0, 0.0]]
    assert of_power([0.0, 3.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert of_power([0.0, 0.0]) == [[0.0, 0.0], [0.0, 0.0]]


def test_infinite_operands_of_a_logarithm_of_exponentials() -> None:
    """Operands that tie at an infinity share alike, however many they are, and in the graph of the gradient too."""
    assert grad(logsumexp)([-inf] * 3) == [1 / 3] * 3
    assert grad(logsumexp)([inf, 1.0, inf]) == [0.5, 0.0, 0.5]
    assert hessian(logsumexp)([-inf, -inf, 0.0, 0.0])[2:] == [[0.0, 0.0, 0.25, -0.25], [0.0, 0.0, -0.25, 0.25]]
    for point, slopes in (((inf, inf), [0.5, 0.5]), ((-inf, -inf), [0.5, 0.5]), ((inf, -inf), [1.0, 0.0])):
        xs = [Value(x) for x in point]
        assert [slope.data for slope in gradients(TABLE["logaddexp"](*xs), xs)] == slopes


@each_row
def test_the_slope_at_nan_is_nan(name: str) -> None:
    """No partial that depends on an operand turns nan into a number, recorded or in the graph of the gradient."""
    op = TABLE[name]
    if op.arity - len(op.defaults) > 1 or not callable(op.partials[0]) or name in ("step", "square", "cosquare"):
        return
    x = Value(nan)
    assert math.isnan(grad(op)(nan))
    assert math.isnan(gradients(op(x), x).data)
