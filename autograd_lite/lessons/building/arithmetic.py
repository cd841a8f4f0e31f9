"""Holes 2 to 5, as tables: a sum, a product, powers and tanh, and the wrong numbers that people get for them."""

from __future__ import annotations

import math
from typing import Any

from autograd_lite.engine.text import shown
from autograd_lite.lessons.building.operations import Operation, Reasons, plain_number, used_twice


def sum_of(kind: Any) -> None:
    """Hole 2."""
    SUM.check(kind)
    plain_number(kind, "a + 1", lambda a: a + 1, 3.0, 1.0)
    used_twice(kind, "a + a", lambda a: a + a, 2.0)


def product_of(kind: Any) -> None:
    """Hole 3."""
    PRODUCT.check(kind)
    plain_number(kind, "a * 5", lambda a: a * 5, 10.0, 5.0)
    used_twice(kind, "a * a", lambda a: a * a, 4.0)


SUM = Operation(
    "a + b",
    lambda a, b: a + b,
    lambda a, b: a + b,
    [lambda a, b: 1.0, lambda a, b: 1.0],
    [(2.0, 3.0), (-1.5, 4.0)],
    [
        (lambda a, b: a * b, "that is the product"),
        (lambda a, b: a - b, "that is the difference"),
        (lambda a, b: a, "that is a alone"),
        (lambda a, b: b, "that is b alone"),
    ],
    [
        [(lambda a, b: b, "that is the value of b, as for a product")],
        [(lambda a, b: a, "that is the value of a, as for a product")],
    ],
)
PRODUCT = Operation(
    "a * b",
    lambda a, b: a * b,
    lambda a, b: a * b,
    [lambda a, b: b, lambda a, b: a],
    [(2.0, 3.0), (-1.5, 4.0)],
    [
        (lambda a, b: a + b, "that is the sum"),
        (lambda a, b: a**b, "that is a to the power b"),
        (lambda a, b: a, "that is a alone"),
        (lambda a, b: b, "that is b alone"),
    ],
    [[(lambda a, b: 1.0, "as for a sum"), (lambda a, b: a + b, "that is a + b")]] * 2,
)


def power(n: float) -> Operation:
    """A power with a plain number as exponent."""
    text = f"a ** {n:g}"
    values: Reasons = [
        (lambda a: n * a, f"that is {shown(n)} times a"),
        (lambda a: n**a, "base and exponent have changed places"),
        (lambda a: a ** (n - 1), "the exponent is one too low"),
        (lambda a: a * a, "that is the square, whatever the exponent is"),
        (lambda a: a, "that is a alone"),
    ]
    slopes: Reasons = [
        (lambda a: n * a**n, "the exponent has not been lowered by one"),
        (lambda a: a ** (n - 1), "a factor is missing: the exponent also stands in front"),
        (lambda a: (n - 1) * a ** (n - 1), "the exponent has been lowered before it came to the front"),
        (lambda a: n * a, "so only the square is differentiated right, or no exponent is left"),
        (lambda a: 2 * a, "that is the slope of the square, whatever the exponent is"),
        (lambda a: n, "only the exponent is left, and a is gone"),
        (lambda a: a**n * math.log(a), "that is how fast it changes with the exponent"),
        (lambda a: a ** (n + 1) / (n + 1), "that is the integral"),
    ]
    points = [(5.0,), (-3.0,)] if n == int(n) else [(5.0,)]
    return Operation(
        text, lambda a: a**n, lambda a: a**n, [lambda a: n * a ** (n - 1)], points, values, [slopes]
    )  # fmt: skip


def powers(kind: Any) -> None:
    """Hole 4."""
    for n in (3, 2, -1, 0.5):
        power(n).check(kind)


def _tanh_slope(x: float) -> float:
    return 1.0 - math.tanh(x) ** 2


TANH = Operation(
    "a.tanh()",
    lambda a: a.tanh(),
    math.tanh,
    [_tanh_slope],
    [(0.5,), (-1.25,)],
    [
        (math.tan, "that is the tangent of an angle"),
        (math.atan, "that is the arc tangent"),
        (math.sinh, "that is the hyperbolic sine"),
        (lambda x: 1.0 / (1.0 + math.exp(-x)), "that is the logistic function"),
        (lambda x: x, "that is a itself"),
    ],
    [
        [
            (lambda x: 1.0 - math.tanh(x), "a square is missing"),
            (lambda x: 1.0 + math.tanh(x) ** 2, "the sign of the square is wrong"),
            (lambda x: 1.0 - x * x, "there stands a, where the result of tanh belongs"),
            (lambda x: math.tanh(x) ** 2, "only the square is there, and not what it is taken from"),
            (lambda x: math.tanh(x) * (1.0 - math.tanh(x)), "that is the slope of a logistic function"),
            (lambda x: 2.0 * math.tanh(x), "that is the slope of the square of tanh"),
            (lambda x: 1.0 - _tanh_slope(x) ** 2, "tanh is taken twice"),
            (lambda x: 1.0 - math.tanh(math.tanh(x)) ** 2, "tanh is taken twice"),
            (lambda x: 1.0, "as if tanh were a straight line, which it is at 0 only"),
        ]
    ],
)  # fmt: skip


def tanh_of(kind: Any) -> None:
    """Hole 5."""
    TANH.check(kind)
