"""For every row of the table: what it should compute, in mpmath's arithmetic, and the points to look at.

Plain data, independent of the library. A row of the table without an entry here fails `test_table.py`.
At the points of `ROWS` the function is smooth. Kinks and domain ends, where a derivative is a convention
or an IEEE value, stand in `CONVENTIONS`; points where floats raise, in `RAISES`; and points where a
relative error of 1e-14 is out of reach, in `INEXACT`, each with its reason.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mpmath import mp

inf, nan = math.inf, math.nan
TINY, HUGE, EPSILON = 1e-300, 1e300, 2.0**-52


class Row(NamedTuple):
    """The function on mpmath's numbers, and the points."""

    oracle: Callable[..., Any]
    points: list[tuple[float, ...]]


def at(*xs: float) -> list[tuple[float, ...]]:
    """Points of one operand."""
    return [(x,) for x in xs]


def both_signs(*xs: float) -> list[tuple[float, ...]]:
    """Points of one operand, zero and each of the given ones on both sides."""
    return at(0.0, *xs, *(-x for x in xs))


# The scale and the alpha of selu, to 20 digits. Source: Klambauer et al., Self-normalizing neural networks (2017).
SELU = (mp.mpf(1.0507009873554804934), mp.mpf(1.6732632423543772848))
EVERYWHERE = (TINY, 1e-9, 0.3, 1.0, 2.5, 17.0)

# fmt: off
ROWS: dict[str, Row] = {
    # Arithmetic
    "add": Row(lambda x, y: x + y, [(2.0, 3.0), (0.1, -0.3), (0.0, 0.0), (HUGE, TINY), (-1e16, 1.0)]),
    "sub": Row(lambda x, y: x - y, [(2.0, 3.0), (0.1, 0.3), (0.0, 0.0), (TINY, HUGE), (1.0, 1.0 - EPSILON)]),
    "mul": Row(lambda x, y: x * y, [(2.0, 3.0), (-0.1, 0.3), (0.0, 5.0), (0.0, 0.0), (1e-200, 1e-200), (1e150, -1e150)]),
    "div": Row(lambda x, y: x / y, [(3.0, 4.0), (-0.1, 0.3), (0.0, -5.0), (1.0, HUGE), (1.0, 1e-100), (TINY, TINY)]),
    "pow": Row(lambda x, y: x**y, [(2.0, 3.0), (2.0, -1.5), (0.3, 0.5), (7.0, 0.0), (1.0, 5.0), (1.0 + EPSILON, 1e9),
                                   (10.0, 300.0), (10.0, -300.0), (TINY, 0.9), (HUGE, -0.9), (3.0, TINY)]),
    "mod": Row(lambda x, y: x - y * mp.floor(x / y), [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0), (0.3, 0.1), (1e-9, 1e9),
                                                      (TINY, 3.0), (1e40, 0.7), (5.5, HUGE), (-TINY, -1.0)]),
    "floordiv": Row(lambda x, y: mp.floor(x / y), [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0), (0.3, 0.1), (1e-9, -1e9),
                                                   (TINY, 3.0), (1e15, 0.3), (-TINY, 1.0)]),
    "power_term": Row(lambda x, y, c, k, j: c * x ** (y - k) * mp.log(x) ** j,
                      [(2.0, 3.0, 1.5, 1.0, 1.0), (7.0, -0.5, 2.0, 2.0, 1.0), (30.0, 1.5, -1.0, 1.0, 2.0)]),
    "neg": Row(lambda x: -x, both_signs(*EVERYWHERE, HUGE)),
    "reciprocal": Row(lambda x: 1 / x, at(0.3, -0.3, 7.0, -1e-100, 1e100, TINY, HUGE)),
    "square": Row(lambda x: x * x, both_signs(*EVERYWHERE, 1e-170, 1e150)),
    "cosquare": Row(lambda x: (1 - x) * (1 + x), both_signs(*EVERYWHERE, 1.0 - EPSILON / 2, 1e150)),
    "identity": Row(lambda x: x, both_signs(*EVERYWHERE, HUGE)),
    "detach": Row(lambda x: x, both_signs(*EVERYWHERE, HUGE)),

    # Choice
    "abs": Row(lambda x: -x if x < 0 else x, at(TINY, -TINY, 3.0, -3.0, -HUGE)),
    "sign": Row(mp.sign, at(TINY, -TINY, 3.0, -3.0, HUGE)),
    "step": Row(lambda x, at_zero: mp.mpf(x > 0) if x else at_zero, [(TINY, 0.5), (-TINY, 0.5), (3.0, 0.0), (-HUGE, 1.0)]),
    "exceeds": Row(lambda x, y, tie: mp.mpf(x > y) if x != y else tie,
                   [(3.0, 2.0, 0.5), (2.0, 3.0, 0.5), (TINY, -TINY, 0.0), (1.0 - EPSILON, 1.0, 1.0), (HUGE, -HUGE, 0.0)]),
    "maximum": Row(lambda x, y: y if x < y else x, [(2.0, 3.0), (3.0, 2.0), (-TINY, TINY), (1.0, 1.0 - EPSILON), (-HUGE, HUGE)]),
    "minimum": Row(lambda x, y: x if x < y else y, [(2.0, 3.0), (3.0, 2.0), (-TINY, TINY), (1.0, 1.0 - EPSILON), (-HUGE, HUGE)]),
    "where": Row(lambda c, x, y: x if c else y, [(1.0, 2.0, 3.0), (-0.5, 2.0, 3.0), (TINY, HUGE, -1.0)]),
    "clip": Row(lambda x, low, high: min(max(x, low), high),
                [(0.3, -1.0, 1.0), (-7.0, -1.0, 1.0), (7.0, -1.0, 1.0), (TINY, -TINY, HUGE), (0.5, 3.0, 2.0)]),
    "floor": Row(mp.floor, at(TINY, -TINY, 0.3, -0.3, 1.0 - EPSILON, 2.5, -2.5, 17.7, 1e9 + 0.5)),
    "ceil": Row(mp.ceil, at(TINY, -TINY, 0.3, -0.3, 1.0 - EPSILON, 2.5, -2.5, 17.7, 1e9 + 0.5)),
    "trunc": Row(lambda x: mp.sign(x) * mp.floor(abs(x)), at(TINY, -TINY, 0.3, -0.3, 1.0 - EPSILON, 2.5, -2.5, 17.7, 1e9 + 0.5)),
    "round": Row(mp.nint, at(TINY, -TINY, 0.3, -0.3, 0.5 - EPSILON, -0.5 - EPSILON, 2.25, 3.75, -2.25, 17.7, 1e9 + 0.25)),

    # Exponentials and logarithms
    "exp": Row(mp.exp, both_signs(*EVERYWHERE, 700.0) + at(709.78, -745.0, -800.0)),
    "exp2": Row(lambda x: mp.mpf(2) ** x, both_signs(*EVERYWHERE) + at(1023.9, -1074.0, -1100.0)),
    "expm1": Row(mp.expm1, both_signs(*EVERYWHERE, 700.0) + at(-40.0)),
    "log": Row(mp.log, at(5e-324, TINY, 0.3, 1.0 - EPSILON, 1.0, 1.0 + EPSILON, 2.5, HUGE)),
    "log2": Row(lambda x: mp.log(x) / mp.log(2), at(TINY, 0.3, 1.0 - EPSILON, 1.0, 8.0, 2.5, HUGE)),
    "log10": Row(lambda x: mp.log(x) / mp.log(10), at(TINY, 0.3, 1.0 - EPSILON, 1.0, 1000.0, 2.5, HUGE)),
    "logaddexp": Row(lambda x, y: x + mp.log1p(mp.exp(y - x)),
                     [(2.0, 3.0), (0.3, 0.3), (0.0, -40.0), (-1.5, 0.25), (1000.0, 1000.0), (-1001.0, -1000.0), (800.0, -800.0)]),
    "log1p": Row(mp.log1p, at(-1.0 + EPSILON / 2, -0.9, -TINY, 0.0, TINY, 1e-9, 2.5, HUGE)),

    # Roots and distances
    "sqrt": Row(mp.sqrt, at(5e-324, TINY, 0.3, 1.0, 2.0, HUGE)),
    "cbrt": Row(lambda x: mp.sign(x) * mp.cbrt(abs(x)), at(TINY, -TINY, 0.3, -0.3, 8.0, -8.0, HUGE, -HUGE)),
    "hypot": Row(lambda x, y: mp.sqrt(x * x + y * y), [(3.0, 4.0), (-0.1, 0.3), (0.0, 2.0), (-2.0, 0.0), (1.0, 1e-9),
                                                       (1e200, 1e200), (1e-200, -1e-200), (1e200, 1.0)]),
    "dircos": Row(lambda x, y: x / mp.sqrt(x * x + y * y), [(3.0, 4.0), (-0.1, 0.3), (0.0, 2.0), (-2.0, 0.0), (1.0, 1e-9),
                                                            (1e200, 1e200), (1e-100, -1e-100), (1e200, 1.0)]),

    # Trigonometric functions
    "sin": Row(mp.sin, both_signs(*EVERYWHERE, math.pi / 2, math.pi, 1e15, HUGE)),
    "cos": Row(mp.cos, both_signs(*EVERYWHERE, math.pi / 2, math.pi, 1e15, HUGE)),
    "tan": Row(mp.tan, both_signs(*EVERYWHERE, math.pi / 2, math.pi, 1e15, HUGE)),
    "asin": Row(mp.asin, both_signs(TINY, 1e-9, 0.3, 0.99, 1.0 - EPSILON / 2)),
    "acos": Row(mp.acos, both_signs(TINY, 1e-9, 0.3, 0.99, 1.0 - EPSILON / 2)),
    "atan": Row(mp.atan, both_signs(*EVERYWHERE, 1e9, 1e100, HUGE)),
    "atan2": Row(lambda y, x: mp.atan2(y, x), [(1.0, -1.0), (0.3, 2.0), (-0.3, -2.0), (0.0, 2.0), (2.0, 0.0), (1e-9, 1.0),
                                               (1.0, 1e-9), (1e-100, 2e-100), (1e200, 3e200)]),
    "degrees": Row(mp.degrees, both_signs(*EVERYWHERE)),
    "radians": Row(mp.radians, both_signs(*EVERYWHERE, 90.0)),

    # Hyperbolic functions
    "sinh": Row(mp.sinh, both_signs(*EVERYWHERE, 710.0)),
    "cosh": Row(mp.cosh, both_signs(*EVERYWHERE, 710.0)),
    "tanh": Row(mp.tanh, both_signs(*EVERYWHERE, 300.0, 400.0)),
    "sech": Row(mp.sech, both_signs(*EVERYWHERE, 300.0, 745.0, 800.0)),
    "asinh": Row(mp.asinh, both_signs(*EVERYWHERE, 1e9, HUGE)),
    "acosh": Row(mp.acosh, at(1.0 + EPSILON, 1.0 + 1e-9, 1.3, 2.5, 1e9, HUGE)),
    "atanh": Row(mp.atanh, both_signs(TINY, 1e-9, 0.3, 0.99, 1.0 - EPSILON / 2)),

    # The error function
    "erf": Row(mp.erf, both_signs(TINY, 1e-9, 0.3, 1.0, 2.5, 6.0, 26.3)),
    "erfc": Row(mp.erfc, both_signs(TINY, 1e-9, 0.3, 1.0, 2.5, 6.0, 26.3)),

    # Activations
    "sigmoid": Row(lambda x: 1 / (1 + mp.exp(-x)), both_signs(*EVERYWHERE, 40.0, 700.0, 800.0)),
    "softplus": Row(lambda x: mp.log1p(mp.exp(x)), both_signs(*EVERYWHERE, 40.0, 700.0, 800.0)),
    "relu": Row(lambda x: mp.mpf(max(x, 0)), at(TINY, -TINY, 3.0, -3.0, HUGE, -HUGE)),
    "leaky_relu": Row(lambda x, slope: x if x > 0 else slope * x,
                      [(TINY, 0.01), (-TINY, 0.01), (3.0, 0.01), (-3.0, 0.01), (-3.0, -2.0), (-HUGE, 0.0)]),
    "elu": Row(lambda x, scale: x if x > 0 else scale * mp.expm1(x),
               [(TINY, 1.0), (-TINY, 2.0), (3.0, 1.0), (-3.0, 1.0), (-1e-9, -0.3), (-800.0, 1.5), (HUGE, 1.0)]),
    "silu": Row(lambda x: x / (1 + mp.exp(-x)), both_signs(*EVERYWHERE, 40.0, 700.0, 800.0)),
    "selu": Row(lambda x: SELU[0] * (x if x > 0 else SELU[1] * mp.expm1(x)), at(TINY, -TINY, 3.0, -3.0, -1e-9, -800.0, HUGE / 2)),
    "mish": Row(lambda x: x * mp.tanh(mp.log1p(mp.exp(x))), both_signs(*EVERYWHERE, 40.0, 700.0, 800.0)),
    "gelu": Row(lambda x: x * mp.ncdf(x), both_signs(TINY, 1e-9, 0.3, 1.0, 2.5, 6.0, 37.0)),
}
# fmt: on


class Inexact(NamedTuple):
    """Points where the derivatives of an order are less exact than 1e-14, how exact they are, and why."""

    row: str
    order: int
    points: list[tuple[float, ...]]
    measure: str  # the error is 'relative' or 'absolute'
    error: float
    reason: str


SQUARED = "exp(-x²) multiplies the rounding error of x² by x², its condition number"
INEXACT = [
    Inexact("erf", 1, both_signs(26.3), "relative", 1e-13, SQUARED),
    Inexact("erf", 2, both_signs(26.3), "relative", 1e-13, SQUARED),
    Inexact("erfc", 1, both_signs(26.3), "relative", 1e-13, SQUARED),
    Inexact("erfc", 2, both_signs(26.3), "relative", 1e-13, SQUARED),
    Inexact(
        "gelu",
        0,
        at(-37.0),
        "relative",
        2e-13,
        "erfc multiplies the rounding error of x·√½ by x², its condition number",
    ),
]


class Convention(NamedTuple):
    """A point where a derivative does not exist as a finite number, and what it is by convention or IEEE 754."""

    row: str
    point: tuple[float, ...]
    value: float
    partials: list[float]


# fmt: off
CONVENTIONS = [
    # PyTorch's conventions, most of them JAX's too
    Convention("relu", (0.0,), 0.0, [0.0]),
    Convention("relu", (-0.0,), 0.0, [0.0]),
    Convention("abs", (0.0,), 0.0, [0.0]),
    Convention("abs", (-0.0,), 0.0, [0.0]),
    Convention("sign", (0.0,), 0.0, [0.0]),
    Convention("step", (0.0, 0.5), 0.5, [0.0, 1.0]),
    Convention("exceeds", (2.0, 2.0, 0.5), 0.5, [0.0, 0.0, 1.0]),
    Convention("exceeds", (inf, inf, 0.5), 0.5, [0.0, 0.0, 1.0]),
    Convention("maximum", (2.0, 2.0), 2.0, [0.5, 0.5]),
    Convention("minimum", (2.0, 2.0), 2.0, [0.5, 0.5]),
    Convention("maximum", (inf, inf), inf, [0.5, 0.5]),
    Convention("minimum", (-inf, -inf), -inf, [0.5, 0.5]),
    Convention("maximum", (-inf, inf), inf, [0.0, 1.0]),
    Convention("where", (0.0, 2.0, 3.0), 3.0, [0.0, 0.0, 1.0]),
    Convention("clip", (1.0, -1.0, 1.0), 1.0, [1.0, 0.0, 0.0]),
    Convention("clip", (-1.0, -1.0, 1.0), -1.0, [1.0, 0.0, 0.0]),
    Convention("leaky_relu", (0.0, 0.01), 0.0, [0.01, 0.0]),
    Convention("elu", (0.0, 2.0), 0.0, [2.0, 0.0]),
    Convention("selu", (0.0,), 0.0, [1.0507009873554804934 * 1.6732632423543772848]),
    Convention("detach", (3.0,), 3.0, [0.0]),
    Convention("mod", (6.0, 2.0), 0.0, [1.0, -3.0]),
    Convention("mod", (-6.0, 2.0), 0.0, [1.0, 3.0]),
    Convention("mod", (0.0, 2.0), 0.0, [1.0, 0.0]),
    Convention("floordiv", (6.0, 2.0), 3.0, [0.0, 0.0]),
    Convention("floor", (2.0,), 2.0, [0.0]),
    Convention("ceil", (-2.0,), -2.0, [0.0]),
    Convention("trunc", (0.0,), 0.0, [0.0]),
    Convention("round", (0.5,), 0.0, [0.0]),
    Convention("round", (1.5,), 2.0, [0.0]),
    Convention("round", (-2.5,), -2.0, [0.0]),
    Convention("pow", (0.0, 0.0), 1.0, [0.0, 0.0]),
    Convention("pow", (0.0, 1.0), 0.0, [1.0, 0.0]),
    Convention("pow", (0.0, 2.0), 0.0, [0.0, 0.0]),
    # IEEE 754: the limit where there is one, otherwise nan
    Convention("pow", (0.0, 0.5), 0.0, [inf, 0.0]),
    Convention("pow", (-2.0, 3.0), -8.0, [12.0, nan]),
    Convention("pow", (-2.0, -1.0), -0.5, [-0.25, nan]),
    Convention("pow", (-2.0, 0.0), 1.0, [0.0, nan]),
    Convention("sqrt", (0.0,), 0.0, [inf]),
    Convention("cbrt", (0.0,), 0.0, [inf]),
    Convention("hypot", (0.0, 0.0), 0.0, [nan, nan]),
    Convention("atan2", (0.0, 0.0), 0.0, [nan, nan]),
    Convention("asin", (1.0,), math.pi / 2, [inf]),
    Convention("asin", (-1.0,), -math.pi / 2, [inf]),
    Convention("acos", (1.0,), 0.0, [-inf]),
    Convention("acos", (-1.0,), math.pi, [-inf]),
    Convention("acosh", (1.0,), 0.0, [inf]),
    # At infinity
    Convention("exp", (-inf,), 0.0, [0.0]),
    Convention("exp", (inf,), inf, [inf]),
    Convention("log", (inf,), inf, [0.0]),
    Convention("reciprocal", (inf,), 0.0, [0.0]),
    Convention("atan", (inf,), math.pi / 2, [0.0]),
    Convention("tanh", (-inf,), -1.0, [0.0]),
    Convention("erf", (inf,), 1.0, [0.0]),
    Convention("sigmoid", (inf,), 1.0, [0.0]),
    Convention("sigmoid", (-inf,), 0.0, [0.0]),
    Convention("softplus", (inf,), inf, [1.0]),
    Convention("softplus", (-inf,), 0.0, [0.0]),
    Convention("relu", (inf,), inf, [1.0]),
    Convention("elu", (-inf, 1.0), -1.0, [0.0, -1.0]),
    Convention("floor", (inf,), inf, [0.0]),
    Convention("ceil", (-inf,), -inf, [0.0]),
    Convention("mod", (-1.0, inf), inf, [1.0, 1.0]),
    Convention("mod", (1.0, inf), 1.0, [1.0, 0.0]),
    Convention("floordiv", (-1.0, inf), -1.0, [0.0, 0.0]),
]

RAISES: list[tuple[str, tuple[float, ...], Callable[..., Any]]] = [  # the function of Python's that raises there
    ("div", (1.0, 0.0), operator.truediv),
    ("div", (0.0, 0.0), operator.truediv),
    ("mod", (1.0, 0.0), operator.mod),
    ("floordiv", (1.0, 0.0), operator.floordiv),
    ("floordiv", (-0.0, 0.0), operator.floordiv),
    ("pow", (0.0, -1.0), operator.pow),
    ("pow", (-8.0, 1 / 3), math.pow),  # Python's ** leaves the real numbers here
    ("pow", (10.0, 400.0), operator.pow),
    ("reciprocal", (0.0,), lambda x: 1.0 / x),
    ("exp", (1000.0,), math.exp),
    ("exp2", (2000.0,), math.exp2),
    ("expm1", (1000.0,), math.expm1),
    ("log", (-1.0,), math.log),
    ("log", (0.0,), math.log),
    ("log2", (0.0,), math.log2),
    ("log10", (-1.0,), math.log10),
    ("log1p", (-1.0,), math.log1p),
    ("sqrt", (-1.0,), math.sqrt),
    ("sin", (inf,), math.sin),
    ("cos", (-inf,), math.cos),
    ("tan", (inf,), math.tan),
    ("asin", (2.0,), math.asin),
    ("acos", (-1.5,), math.acos),
    ("sinh", (1000.0,), math.sinh),
    ("cosh", (-1000.0,), math.cosh),
    ("acosh", (0.0,), math.acosh),
    ("atanh", (1.0,), math.atanh),
]
# fmt: on


def derivative(f: Callable[..., Any], point: Sequence[float], orders: Sequence[int], digits: int = 700) -> Any:
    """The derivative of a function of mpmath's numbers, differentiated so many times by each operand.

    By central differences with a step of 1e-60 of the operand, which leaves more than 50 correct digits, and an
    absolute error far below the smallest float.
    """
    scales = [mp.mpf(min(1.0, abs(x)) or 1.0) for x in point]
    lost = sum(order * (60 - int(mp.log10(scale))) for order, scale in zip(orders, scales, strict=True))
    with mp.workdps(digits + lost):
        terms = [(mp.mpf(1), [mp.mpf(x) for x in point])]
        for place, order in enumerate(orders):
            h = scales[place] * mp.mpf(10) ** -60
            for _ in range(order):
                terms = [
                    (sign * weight / h, [*xs[:place], xs[place] + sign * h / 2, *xs[place + 1 :]])
                    for weight, xs in terms
                    for sign in (1, -1)
                ]
        return sum(weight * f(*xs) for weight, xs in terms)
