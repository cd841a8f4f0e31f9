"""Derivatives of every order but the 0th of every row, in mpmath: closed forms and Taylor series, at any precision.

Independent of the library and of how it differentiates. A row of the table without an entry here fails
`test_digits.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import comb, factorial, log10
from typing import Any

from mpmath import mp

Orders = tuple[int, ...]
HALF = mp.mpf(0.5)
LENGTH = 6  # derivatives 0 to 5: the fifth is the condition number of the fourth


def falling(a: Any, n: int) -> Any:
    """The falling factorial, a (a - 1) ... (a - n + 1)."""
    return mp.fprod(a - k for k in range(n))


class Series:
    """A truncated Taylor series of a function at a point."""

    def __init__(self, terms: Sequence[Any]) -> None:
        self.terms = [*terms, *[mp.mpf(0)] * (LENGTH - len(terms))]

    def __add__(self, other: Any) -> Series:
        other = other if isinstance(other, Series) else Series([mp.mpf(other)])
        return Series([a + b for a, b in zip(self.terms, other.terms, strict=True)])

    def __mul__(self, other: Any) -> Series:
        if not isinstance(other, Series):
            return Series([a * other for a in self.terms])
        return Series([mp.fdot(zip(self.terms[: n + 1], other.terms[n::-1], strict=True)) for n in range(LENGTH)])

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Series:
        return self * -1

    def __sub__(self, other: Any) -> Series:
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> Series:
        return (-self).__add__(other)

    def __pow__(self, p: Any) -> Series:
        first, *rest = self.terms
        found = [first**p]
        for n in range(1, LENGTH):
            found.append(sum((p * k - (n - k)) * rest[k - 1] * found[n - k] for k in range(1, n + 1)) / (n * first))
        return Series(found)

    def __truediv__(self, other: Series) -> Series:
        return self * other**-1

    def integral(self, constant: Any) -> Series:
        """The series of which this one is the derivative."""
        return Series([constant, *(a / (n + 1) for n, a in enumerate(self.terms[:-1]))])


def reciprocal(x: Series) -> Series:
    """One over a series."""
    return x**-1


def exp(x: Series) -> Series:
    """The exponential of a series."""
    found: list[Any] = [mp.exp(x.terms[0])]
    for n in range(1, LENGTH):
        found.append(sum(k * x.terms[k] * found[n - k] for k in range(1, n + 1)) / n)
    return Series(found)


def periodic(signs: Sequence[int], *functions: Callable[[Any], Any]) -> Callable[[Any], Series]:
    """A function whose derivatives are those given, in turn."""

    def series(x: Series) -> Series:
        values = [f(x.terms[0]) for f in functions]
        return Series([signs[n % len(signs)] * values[n % len(values)] / mp.factorial(n) for n in range(LENGTH)])

    return series


sin, cos = periodic([1, 1, -1, -1], mp.sin, mp.cos), periodic([1, -1, -1, 1], mp.cos, mp.sin)
sinh, cosh = periodic([1], mp.sinh, mp.cosh), periodic([1], mp.cosh, mp.sinh)


def of_slope(slope: Callable[[Series], Series]) -> Callable[[Series], Series]:
    """A function known by its derivative; its value is left out."""
    return lambda x: slope(x).integral(mp.nan)


def sigmoid(x: Series) -> Series:
    """1 / (1 + exp(-x)), without cancellation on either side."""
    if abs(x.terms[0]) > 1e5:  # where it is flat to 40,000 digits
        return Series([mp.mpf(int(x.terms[0] > 0))])
    return reciprocal(exp(-x) + 1)


def gaussian(x: Series) -> Series:
    """The standard normal density."""
    density: Series = exp(x * x * -HALF) * (1 / mp.sqrt(2 * mp.pi))
    return density


def cbrt(x: Series) -> Series:
    """The real cube root."""
    sign = -1 if x.terms[0] < 0 else 1
    root: Series = (x * sign) ** (mp.mpf(1) / 3) * sign
    return root


def upper_tail(x: Any) -> Any:
    """The complement of the error function; far below the smallest float mpmath gives up."""
    return mp.erfc(x) if x < 1000 else mp.mpf(0)


def mish(x: Series) -> Series:
    """The product of x and tanh(log(1 + e^x)), where tanh(log(1 + u)) is u (u + 2) / (u (u + 2) + 2)."""
    if abs(x.terms[0]) > 1e5:
        return x * int(x.terms[0] > 0)
    u = exp(x)
    v = u * (u + 2)
    product: Series = x * (v / (v + 2))
    return product


def selu(x: Series) -> Series:
    """The constants of Klambauer et al. (2017)."""
    scale, alpha = mp.mpf("1.0507009873554804934193349852946"), mp.mpf("1.6732632423543772848170429916717")
    curve: Series = (x if x.terms[0] > 0 else (exp(x) - 1) * alpha) * scale
    return curve


UNARY: dict[str, Callable[[Series], Series]] = {
    "neg": lambda x: -x,
    "reciprocal": lambda x: x**-1,
    "square": lambda x: x * x,
    "cosquare": lambda x: 1 - x * x,
    "identity": lambda x: x,
    "detach": lambda x: Series(x.terms[:1]),
    "abs": lambda x: x * mp.sign(x.terms[0]),
    "sign": lambda x: Series([mp.sign(x.terms[0])]),
    "exp": exp,
    "exp2": lambda x: exp(x * mp.log(2)),
    "expm1": lambda x: of_slope(exp)(x),
    "log": of_slope(lambda x: x**-1),
    "log2": of_slope(lambda x: x**-1 * (1 / mp.log(2))),
    "log10": of_slope(lambda x: x**-1 * (1 / mp.log(10))),
    "log1p": of_slope(lambda x: (1 + x) ** -1),
    "sqrt": lambda x: x**HALF,
    "cbrt": cbrt,
    "sin": sin,
    "cos": cos,
    "tan": lambda x: sin(x) / cos(x),
    "asin": of_slope(lambda x: (1 - x * x) ** -HALF),
    "acos": of_slope(lambda x: -((1 - x * x) ** -HALF)),
    "atan": of_slope(lambda x: (1 + x * x) ** -1),
    "sinh": sinh,
    "cosh": cosh,
    "tanh": of_slope(lambda x: cosh(x) ** -2),
    "sech": lambda x: cosh(x) ** -1,
    "asinh": of_slope(lambda x: (1 + x * x) ** -HALF),
    "acosh": of_slope(lambda x: (x * x - 1) ** -HALF),
    "atanh": of_slope(lambda x: (1 - x * x) ** -1),
    "erf": of_slope(lambda x: exp(-(x * x)) * (2 / mp.sqrt(mp.pi))),
    "erfc": of_slope(lambda x: exp(-(x * x)) * (-2 / mp.sqrt(mp.pi))),
    "sigmoid": sigmoid,
    "softplus": of_slope(sigmoid),
    "relu": lambda x: x * int(x.terms[0] > 0),
    "silu": lambda x: x * sigmoid(x),
    **dict.fromkeys(("floor", "ceil", "trunc", "round"), lambda _: Series([mp.nan])),  # flat; the value is left out
    "degrees": lambda x: x * (180 / mp.pi),
    "radians": lambda x: x * (mp.pi / 180),
    "selu": selu,
    "mish": mish,
    "gelu": lambda x: x * gaussian(x).integral(upper_tail(-x.terms[0] / mp.sqrt(2)) / 2),
}


def _div(point: Sequence[Any], orders: Orders) -> Any:
    (x, y), (i, j) = point, orders
    return 0 if i > 1 else (x, 1)[i] * (-1) ** j * mp.factorial(j) / y ** (j + 1)


def _pow(point: Sequence[Any], orders: Orders) -> Any:
    """By Leibniz' rule: the falling factorial is a polynomial of y."""
    (x, y), (i, j) = point, orders
    polynomial = [mp.mpf(1)]  # of y, the lowest power first
    for k in range(i):
        polynomial = [a - k * b for a, b in zip([0, *polynomial], [*polynomial, 0], strict=True)]
    logarithm = mp.log(x) if j else 1
    total = mp.mpf(0)
    for m in range(j + 1):
        of_factor = sum(falling(n, m) * a * y ** (n - m) for n, a in enumerate(polynomial) if n >= m)
        total += comb(j, m) * of_factor * logarithm ** (j - m)
    return total * x ** (y - i) if total else total


def _power_term(point: Sequence[Any], orders: Orders) -> Any:
    """By Leibniz' rule for the product of c x^(y - k), which is a power, and log(x)^j, a power of the logarithm."""
    (x, y, c, k, j), (by_x, by_y, by_c, by_k, by_j) = point, orders
    if by_c > 1:
        return 0
    logarithm = Series([mp.log(x), *(-((-1 / x) ** n) / n for n in range(1, LENGTH))])
    m = by_y + by_k  # both bring down a logarithm, and j its logarithm
    power = logarithm ** (j + m)
    for _ in range(by_j):
        loglog = (Series([n * t for n, t in enumerate(logarithm.terms)][1:]) / logarithm).integral(
            mp.log(logarithm.terms[0])
        )
        power = power * loglog
    monomial = Series([falling(y - k, n) * x ** (y - k - n) / factorial(n) for n in range(LENGTH)])
    return (monomial * power).terms[by_x] * factorial(by_x) * (1 if by_c else c) * (-1) ** by_k


def _logaddexp(point: Sequence[Any], orders: Orders) -> Any:
    (x, y), (i, j) = point, orders
    if (i, j) == (0, 0):
        return mp.nan
    difference = x - y if i else y - x
    return sigmoid(Series([difference, mp.mpf(1)])).terms[i + j - 1] * mp.factorial(i + j - 1) * (-1) ** (j if i else 0)


def _dircos(point: Sequence[Any], orders: Orders) -> Any:
    (i, j) = orders
    return _hypot(point, (i + 1, j))


def _hypot(point: Sequence[Any], orders: Orders) -> Any:
    """Of √z √z̄, with ∂/∂x = ∂ + ∂̄ and ∂/∂y = i (∂ − ∂̄); over the common denominator, so that zeros are exact."""
    (x, y), (i, j) = point, orders
    z, n = mp.mpc(x, y), i + j
    total = mp.mpc(0)
    for a, b in product(range(i + 1), range(j + 1)):
        p = a + b
        factor = comb(i, a) * comb(j, b) * (-1) ** (j - b) * falling(HALF, p) * falling(HALF, n - p)
        total += factor * z ** (n - p) * mp.conj(z) ** p
    return (total * mp.mpc(0, 1) ** j).real / (x * x + y * y) ** (n - HALF)


def _atan2(point: Sequence[Any], orders: Orders) -> Any:
    """The imaginary part of log z."""
    (y, x), (j, i) = point, orders
    n = i + j
    if n == 0:
        return mp.atan2(y, x)
    return (mp.mpc(0, 1) ** j * (-1) ** (n - 1) * mp.factorial(n - 1) * mp.mpc(x, -y) ** n).imag / (x * x + y * y) ** n


def linear(rule: Callable[..., Sequence[Any]]) -> Callable[[Sequence[Any], Orders], Any]:
    """A function that is a sum of operands times constants near the point: the rule gives value and slopes."""

    def derivative(point: Sequence[Any], orders: Orders) -> Any:
        value, *slopes = rule(*point)
        return value if not sum(orders) else slopes[orders.index(1)] if sum(orders) == 1 else 0

    return derivative


def _scaled(curve: Callable[[Any, int], Any]) -> Callable[[Sequence[Any], Orders], Any]:
    """The first operand where it is positive, otherwise a second operand times a function of x."""

    def derivative(point: Sequence[Any], orders: Orders) -> Any:
        (x, scale), (i, j) = point, orders
        if x > 0:
            return (x, 1)[i] if i < 2 and j == 0 else 0
        return (scale, 1)[j] * curve(x, i) if j < 2 else 0

    return derivative


SEVERAL: dict[str, Callable[[Sequence[Any], Orders], Any]] = {
    "add": linear(lambda x, y: (x + y, 1, 1)),
    "sub": linear(lambda x, y: (x - y, 1, -1)),
    "mul": lambda xs, n: 0 if max(n) > 1 else mp.fprod(x if k == 0 else 1 for x, k in zip(xs, n, strict=True)),
    "div": _div,
    "pow": _pow,
    "power_term": _power_term,
    "mod": linear(lambda x, y: (x - y * mp.floor(x / y), 1, -mp.floor(x / y))),
    "floordiv": linear(lambda x, y: (mp.floor(x / y), 0, 0)),
    "step": linear(lambda x, tie: (x > 0, 0, 0) if x else (tie, 0, 1)),
    "exceeds": linear(lambda x, y, tie: (x > y, 0, 0, 0) if x != y else (tie, 0, 0, 1)),
    "maximum": linear(lambda x, y: (max(x, y), x > y, y > x) if x != y else (x, HALF, HALF)),
    "minimum": linear(lambda x, y: (min(x, y), x < y, y < x) if x != y else (x, HALF, HALF)),
    "where": linear(lambda c, x, y: (x, 0, 1, 0) if c else (y, 0, 0, 1)),
    "clip": linear(
        lambda x, low, high: (high, 0, 0, 1) if max(x, low) > high else (low, 0, 1, 0) if x < low else (x, 1, 0, 0)
    ),
    "logaddexp": _logaddexp,
    "hypot": _hypot,
    "dircos": _dircos,
    "atan2": _atan2,
    "leaky_relu": _scaled(lambda x, n: (x, 1)[n] if n < 2 else 0),
    "elu": _scaled(lambda x, n: mp.exp(x) if n else mp.expm1(x)),
}


def digits(name: str, point: Sequence[float]) -> int:
    """How many digits are needed to keep what cancels: the powers of the ratio of the operands, and those of 1e-324."""
    if name in UNARY or name == "logaddexp":
        return 700 if name in UNARY else 400
    sizes = [log10(abs(x)) for x in point if x]
    return 200 + 6 * int(max(sizes, default=0) - min(sizes, default=0)) if name in {"hypot", "dircos", "atan2"} else 200


def derivatives(name: str, point: Sequence[float], orders: Sequence[Orders]) -> list[Any]:
    """The derivatives of a row at a point, of each of the given orders by each operand."""
    with mp.workdps(digits(name, point)):
        xs = [mp.mpf(x) for x in point]
        if name in UNARY:
            terms = UNARY[name](Series([xs[0], mp.mpf(1)])).terms
            return [terms[n] * factorial(n) for (n,) in orders]
        return [mp.mpf(SEVERAL[name](xs, n)) for n in orders]
