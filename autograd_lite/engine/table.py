"""The table of primitives: each operation once, with its value, its local partials and how it is written.

A partial takes the operands and the result, so that d exp(x)/dx is simply y. Values and first partials are in a form
that neither overflows nor cancels; every formula is smooth wherever the function is, so that derivatives of every
order come out right, to the last digits: a partial's formula is itself differentiated, so its derivatives must not
cancel or overflow either. Where that is not the textbook's form, `shown` has that. A derivative that does not exist
is what IEEE arithmetic makes of its formula; where a convention exists, it is that of PyTorch (relu'(0) = 0, ties of
maximum and minimum share one half each, d(x**0)/dx = 0 also at 0, which JAX has too; |x|'(0) = 0, where JAX has 1).

The other fields of a row are in traits.py; what each operation is in words, and an example, in words.py.
`abs`, `pow` and `round` shadow Python's builtins on purpose: they take every kind of operand.
"""

from __future__ import annotations

import math
import sys

from autograd_lite.engine.chosen import c, connect
from autograd_lite.engine.ops import Op
from autograd_lite.engine.signatures import Binary, Optional, Ternary, Unary, Variadic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Rows that the partials of earlier rows refer to.
cos: Unary
cosh: Unary
cosquare: Unary
dircos: Binary
log: Unary
exceeds: Op
power_term: Op
sech: Unary
sigmoid: Unary
sign: Unary
where: Ternary

LARGEST = sys.float_info.max
SQRT_HALF, LN_2, LN_10 = math.sqrt(0.5), math.log(2.0), math.log(10.0)
ROOT_PI, ROOT_2PI = math.sqrt(math.pi), math.sqrt(2.0 * math.pi)
SELU_SCALE, SELU_ALPHA = (
    1.0507009873554804934,
    1.6732632423543772848,
)  # Klambauer et al. (2017), Self-normalizing networks

# Python's %, whose result has the sign of the divisor, and its //.
JS_MOD = "(x, y) => ((r) => r !== r ? r : r === 0 ? (y < 0 ? -0 : 0) : (r < 0) === (y < 0) ? r : r + y)(x % y)"
JS_FLOORDIV = (
    "(x, y) => ((q) => q === 0 ? 0 * Math.sign(x / y) : q - Math.floor(q) > 0.5 ? Math.ceil(q) : Math.floor(q))"
    "((x - x % y) / y - (x % y !== 0 && (x % y < 0) !== (y < 0) ? 1 : 0))"
)


# Values that compare numbers, and partials that are more than a formula. nan wins, as in NumPy.
# fmt: off
def _maximum(x: float, y: float) -> float:               return x if x >= y or x != x else y
def _minimum(x: float, y: float) -> float:               return x if x <= y or x != x else y
def _sign(x: float) -> float:                            return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x * x
def _step(x: float, tie: Any = 0.0) -> float:          return 1.0 if x > 0.0 else 0.0 if x < 0.0 else tie if x == 0.0 else x
def _exceeds(x: float, y: float, tie: Any = 0.0) -> float: return 1.0 if x > y else 0.0 if x < y else tie if x == y else x - y
def _where(condition: float, x: float, y: float) -> float: return x if condition else y
# fmt: on


def _power_by_base(x: Any, y: Any, z: Any) -> Any:
    if isinstance(y, float) and (lower := y - 1.0) + 1.0 == y:  # a constant exponent, and no digit of it is lost
        return 2.0 * x if lower == 1.0 else y * x**lower if lower and y else y
    return power_term(x, y, y, 1.0, 0.0)


def _power_by_exponent(x: Any, y: Any, z: Any) -> Any:
    return z * log(x) if isinstance(x, float) and x > 0.0 else power_term(x, y, 1.0, 0.0, 1.0)


def _power_term(x: Any, y: Any, c: Any, k: Any, j: Any) -> Any:
    if not isinstance(x, float):
        return c * x ** (y - k) * log(x) ** j
    if x == 0.0 and (k == 0.0 < j or y > k or (0.0 <= y < k and y.is_integer())):  # 0 ** y is flat in y
        return 0.0
    if c == 0.0:  # also where the power overflows
        return 0.0
    # Then y - k would lose digits of y: x is divided out k times instead.
    lowered = y - k + k != y and -1.0 < y < 1.0 and k.is_integer() and k <= 64.0 and x != 0.0
    exponent = y if lowered else y - k
    power = x**exponent
    if power == 0.0 and (not j or x > 1.0 or (x > 0.0 and j.is_integer())):  # also where the factor overflows
        return 0.0
    result = c * math.log(x) ** j if j else c
    if k + j > 1.0 and x > 0.0 and power < 1e-290:  # the factor brings subnormal digits back
        result, power = result * x ** (0.5 * exponent), x ** (0.5 * exponent)
    result *= power
    for _ in range(int(k) if lowered else 0):
        result /= x
    return result


def _power_term_by(x: Any, y: Any, c: Any, k: Any, j: Any, z: Any) -> Any:
    lower = power_term(x, y, c * (y - k), k + 1.0, j)
    return lower if isinstance(j, float) and j == 0.0 else lower + power_term(x, y, c * j, k + 1.0, j - 1.0)


def _near(x: Any) -> Any:
    """The operand within -40 to 40, beyond which the bells are 0 and powers of x would overflow."""
    return max(min(x, 40.0), -40.0) if isinstance(x, float) else clip(x, -40.0, 40.0)


def _bell(x: Any, rate: float) -> Any:
    """exp(-rate x²) as a square: where it is subnormal, factors x bring back what digits it has lost."""
    x = _near(x)
    if isinstance(x, float):
        root = math.exp(-0.5 * rate * x * x)
        return root * root
    return square(exp(-0.5 * rate * x * x))


def _atan_slope(x: Any) -> Any:
    """1 / (1 + x²), and beyond 1 in a form whose derivatives have no power of x that overflows."""
    if isinstance(x, float) and -1.0 <= x <= 1.0:
        return 1.0 / (1.0 + x * x)
    far = square(1.0 / hypot(x, 1.0))
    if isinstance(x, float):
        return far
    near = clip(x, -1.0, 1.0)
    return where(exceeds(abs(x), 1.0), far, 1.0 / (1.0 + near * near))


def _cbrt(x: float) -> float:
    """The root of the C library, which may be wrong by some units, and one step of Newton's method."""
    y = math.cbrt(x)
    return y - (y - x / (y * y)) / 3.0 if y and math.isfinite(y) else y


def _dircos(x: Any, y: Any) -> Any:
    if not (isinstance(x, float) and isinstance(y, float)):
        return x / hypot(x, y)
    length = math.hypot(x, y)
    if not 1e-290 < length < 1e308:  # subnormal, or beyond the floats
        scale = 0.25 if length > 1.0 else 2.0**200
        x, length = scale * x, math.hypot(scale * x, scale * y)
    return x / length


def _logaddexp(x: float, y: float) -> float:
    return x + LN_2 if x == y else _maximum(x, y) + math.log1p(math.exp(-math.fabs(x - y)))


def _logaddexp_by(x: Any, y: Any) -> Any:
    if isinstance(x, float) and isinstance(y, float):
        return 0.5 if x == y else sigmoid(x - y)
    infinite = exceeds(abs(x), LARGEST) * exceeds(abs(y), LARGEST)  # then the difference is no number
    return sigmoid(where(infinite, LARGEST * (sign(x) - sign(y)), x - y))


def _rounded(rule: Callable[[float], int]) -> Callable[[float], float]:
    """A function that rounds, as a float: infinities, nan and the sign of zero stay, as in C and NumPy."""
    return lambda x: math.copysign(1.0 * rule(x), x) if math.isfinite(x) else x


def _hypot_of(count: int, made: dict[int, Op] = {}) -> Op:  # noqa: B006 - it remembers them
    """The length of a vector of three or more, once for each count."""
    if count in made:
        return made[count]
    partials = [lambda *xs, place=place: xs[place] / xs[-1] for place in range(count)]  # the last is the result
    return made.setdefault(count, Op("hypot", math.hypot, partials, commutative=True, javascript="Math.hypot"))


def _sigmoid(x: Any) -> Any:
    e = exp(-abs(x))
    return where(step(x), 1.0, e) / (1.0 + e)


# fmt: off
# Arithmetic
add = Binary("add", lambda x, y: x + y,  [1.0, 1.0], "{} + {}", form="sum", symbol="+", commutative=True)
sub = Binary("sub", lambda x, y: x - y,  [1.0, -1.0], "{} - {}", form="difference", symbol="−", ufunc="subtract")
mul = Binary("mul", lambda x, y: x * y,  [lambda x, y, z: y, lambda x, y, z: x], "{} * {}",
             form="product", symbol="×", commutative=True, ufunc="multiply")
div = Binary("div", lambda x, y: x / y,  [lambda x, y, z: 1.0 / y, lambda x, y, z: -z / y], "{} / {}",
             shown=[lambda x, y, z: 1.0 / y, lambda x, y, z: -x / y ** 2.0], form="quotient", symbol="÷", ufunc="divide")
pow = Binary("pow", lambda x, y: x ** y, [_power_by_base, _power_by_exponent], "{} ** {}",
             shown=[lambda x, y, z: y * x ** (y - 1.0), lambda x, y, z: z * log(x)], form="power", ufunc="power",
             javascript="(x, y) => x === 1 || y === 0 ? 1 : x ** y")
power_term = Op("power_term", _power_term, [_power_term_by, lambda x, y, c, k, j, z: power_term(x, y, c, k, j + 1.0),
                                            lambda x, y, c, k, j, z: power_term(x, y, 1.0, k, j),
                                            lambda x, y, c, k, j, z: -power_term(x, y, c, k, j + 1.0),
                                            lambda x, y, c, k, j, z: c * power_term(x, y, 1.0, k, 0.0) * power_term(log(x), j, 1.0, 0.0, 1.0)],
                shown=[lambda x, y, c, k, j, z: c * (y - k) * x ** (y - k - 1.0) * log(x) ** j + c * j * x ** (y - k - 1.0) * log(x) ** (j - 1.0),
                       lambda x, y, c, k, j, z: z * log(x), lambda x, y, c, k, j, z: x ** (y - k) * log(x) ** j,
                       lambda x, y, c, k, j, z: -z * log(x), lambda x, y, c, k, j, z: z * log(log(x))],
                form=lambda x, y, c, k, j: c * x ** (y - k) * log(x) ** j)
neg = Unary("neg", lambda x: -x, [-1.0], "-{}", form="negative", symbol="−", ufunc="negative")
mod = Binary("mod", lambda x, y: x % y, [1.0, lambda x, y, z: -(x // y)], "{} % {}", ufunc="remainder", javascript=JS_MOD)
floordiv = Binary("floordiv", lambda x, y: x // y, [0.0, 0.0], "{} // {}", ufunc="floor_divide", javascript=JS_FLOORDIV)
reciprocal = Unary("reciprocal", lambda x: 1.0 / x, [lambda x, y: -y * y],
                   shown=[lambda x, y: -1.0 / x ** 2.0], form=lambda x: 1.0 / x)
square   = Unary("square",   lambda x: x * x, [lambda x, y: 2.0 * x], form=lambda x: x ** 2.0)
cosquare = Unary("cosquare", lambda x: (1.0 - x) * (1.0 + x), [lambda x, y: -2.0 * x], form=lambda x: 1.0 - x ** 2.0)
identity = Unary("identity", lambda x: x,     [1.0], form=lambda x: x, ufunc="positive", torch=("Identity", {}))
detach   = Unary("detach",   lambda x: x,     [0.0])

# Choice: piecewise, so that the derivative at a kink is a convention
abs     = Unary("abs", math.fabs, [lambda x, y: sign(x)], form="bars", ufunc="absolute")
sign    = Unary("sign", _sign, [0.0], also=["sgn"], javascript="(x) => x > 0 ? 1 : x < 0 ? -1 : x * x")
step    = Optional("step", _step, [0.0, lambda x, tie, y: 1.0 - abs(sign(x))], form=lambda x, tie: exceeds(x, 0.0, tie),
                ufunc="heaviside", javascript="(x, tie) => x > 0 ? 1 : x < 0 ? 0 : x === 0 ? tie : x")
exceeds = Op("exceeds", _exceeds, [0.0, 0.0, lambda x, y, tie, z: 1.0 - exceeds(x, y) - exceeds(y, x)],
                 form="comparison", javascript="(x, y, tie) => x > y ? 1 : x < y ? 0 : x === y ? tie : x - y")
maximum = Binary("maximum", _maximum, [lambda x, y, z: exceeds(x, y, 0.5), lambda x, y, z: exceeds(y, x, 0.5)],
                 commutative=True, text="max", latex=r"\max", javascript="(x, y) => x >= y || x !== x ? x : y")
minimum = Binary("minimum", _minimum, [lambda x, y, z: exceeds(y, x, 0.5), lambda x, y, z: exceeds(x, y, 0.5)],
                 commutative=True, text="min", latex=r"\min", javascript="(x, y) => x <= y || x !== x ? x : y")
where   = Ternary("where", _where, [0.0, lambda c, x, y, z: where(c, 1.0, 0.0), lambda c, x, y, z: where(c, 0.0, 1.0)],
                  form="choice", javascript="(c, x, y) => c ? x : y")
clip    = Optional("clip", lambda x, low, high: minimum(maximum(x, low), high),
                [lambda x, low, high, y: exceeds(x, low, 1.0) * exceeds(high, x, 1.0),
                 lambda x, low, high, y: exceeds(low, x) * exceeds(high, low, 1.0),
                 lambda x, low, high, y: exceeds(maximum(x, low), high)])

floor   = Unary("floor", _rounded(math.floor), [0.0], javascript="Math.floor")
ceil    = Unary("ceil",  _rounded(math.ceil),  [0.0], javascript="Math.ceil")
trunc   = Unary("trunc", _rounded(math.trunc), [0.0], javascript="Math.trunc")
round   = Unary("round", _rounded(round), [0.0], ufunc="rint",
                javascript="(x) => Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)")

# Exponentials and logarithms
exp   = Unary("exp",   math.exp,   [lambda x, y: y], form="exponential")
exp2  = Unary("exp2",  math.exp2,  [lambda x, y: y * LN_2], form=lambda x: 2.0 ** x)
expm1 = Unary("expm1", math.expm1, [lambda x, y: exp(x)], form=lambda x: exp(x) - 1.0)
log   = Unary("log",   math.log,   [lambda x, y: 1.0 / x], text="ln", latex=r"\ln")
log2  = Unary("log2",  math.log2,  [lambda x, y: 1.0 / LN_2 / x], shown=[lambda x, y: 1.0 / (x * LN_2)], text="log₂", also=["lb", "ld"], latex=r"\log_{2}")
log10 = Unary("log10", math.log10, [lambda x, y: 1.0 / LN_10 / x], shown=[lambda x, y: 1.0 / (x * LN_10)], text="log₁₀", also=["lg"], latex=r"\log_{10}")
log1p = Unary("log1p", math.log1p, [lambda x, y: 1.0 / (1.0 + x)], form=lambda x: log(1.0 + x))
logaddexp = Binary("logaddexp", _logaddexp, [lambda x, y, z: _logaddexp_by(x, y), lambda x, y, z: _logaddexp_by(y, x)],
                   shown=[lambda x, y, z: exp(x - z), lambda x, y, z: exp(y - z)], form="log_sum",
                   javascript="(x, y) => x === y ? x + Math.LN2"
                   " : (x >= y || x !== x ? x : y) + Math.log1p(Math.exp(-Math.abs(x - y)))")

# Roots and distances
sqrt  = Unary("sqrt",  math.sqrt, [lambda x, y: 0.5 / y], shown=[lambda x, y: 1.0 / (2.0 * y)], form="root")
cbrt  = Unary("cbrt",  _cbrt, [lambda x, y: 1.0 / 3.0 / y / y], shown=[lambda x, y: 1.0 / (3.0 * y ** 2.0)], form="cube_root",
              javascript="Math.cbrt")
hypot = Variadic("hypot", math.hypot, [lambda x, y, z: dircos(x, y), lambda x, y, z: dircos(y, x)],
               shown=[lambda x, y, z: x / z, lambda x, y, z: y / z], commutative=True, of_more=_hypot_of)
dircos = Binary("dircos", _dircos, [lambda x, y, z: dircos(y, x) * (dircos(y, x) / hypot(x, y)), lambda x, y, z: -z * dircos(y, x) / hypot(x, y)],
                shown=[lambda x, y, z: y ** 2.0 / hypot(x, y) ** 3.0, lambda x, y, z: -x * y / hypot(x, y) ** 3.0],
                form=lambda x, y: x / hypot(x, y))

# Trigonometric functions, in radians
sin   = Unary("sin",  math.sin,  [lambda x, y: cos(x)], latex=r"\sin")
cos   = Unary("cos",  math.cos,  [lambda x, y: -sin(x)], latex=r"\cos")
tan   = Unary("tan",  math.tan,  [lambda x, y: 1.0 + y * y], shown=[lambda x, y: 1.0 + y ** 2.0], latex=r"\tan", also=["tg"])
asin  = Unary("asin", math.asin, [lambda x, y:  1.0 / sqrt(cosquare(x))],
              shown=[lambda x, y:  1.0 / sqrt(1.0 - x ** 2.0)], ufunc="arcsin")
acos  = Unary("acos", math.acos, [lambda x, y: -1.0 / sqrt(cosquare(x))],
              shown=[lambda x, y: -1.0 / sqrt(1.0 - x ** 2.0)], ufunc="arccos")
atan  = Unary("atan", math.atan, [lambda x, y: _atan_slope(x)], shown=[lambda x, y: 1.0 / (1.0 + x ** 2.0)], ufunc="arctan", also=["arctg"])
atan2 = Binary("atan2", math.atan2, [lambda y, x, z: dircos(x, y) / hypot(x, y), lambda y, x, z: -dircos(y, x) / hypot(x, y)],
               shown=[lambda y, x, z: x / (x ** 2.0 + y ** 2.0), lambda y, x, z: -y / (x ** 2.0 + y ** 2.0)], ufunc="arctan2")
degrees = Unary("degrees", math.degrees, [180.0 / math.pi])
radians = Unary("radians", math.radians, [math.pi / 180.0])

# Hyperbolic functions
sinh  = Unary("sinh", math.sinh, [lambda x, y: cosh(x)], latex=r"\sinh")
cosh  = Unary("cosh", math.cosh, [lambda x, y: sinh(x)], latex=r"\cosh")
tanh  = Unary("tanh", math.tanh, [lambda x, y: square(sech(x))],
              shown=[lambda x, y: 1.0 - y ** 2.0], latex=r"\tanh", saturates=1.0, torch=("Tanh", {}))
sech  = Unary("sech", lambda x: 2.0 * exp(-abs(x)) / (1.0 + exp(-2.0 * abs(x))), [lambda x, y: -y * tanh(x)])
asinh = Unary("asinh", math.asinh, [lambda x, y: 1.0 / hypot(x, 1.0)], shown=[lambda x, y: 1.0 / sqrt(x ** 2.0 + 1.0)], ufunc="arcsinh", also=["arsinh"])
acosh = Unary("acosh", math.acosh, [lambda x, y: 1.0 / (sqrt(x - 1.0) * sqrt(x + 1.0))],
              shown=[lambda x, y: 1.0 / sqrt(x ** 2.0 - 1.0)], ufunc="arccosh", also=["arcosh"])
atanh = Unary("atanh", math.atanh, [lambda x, y: 1.0 / cosquare(x)],
              shown=[lambda x, y: 1.0 / (1.0 - x ** 2.0)], ufunc="arctanh", also=["artanh"])

# The error function
erf  = Unary("erf",  math.erf,  [lambda x, y:  2.0 / ROOT_PI * _bell(x, 1.0)], shown=[lambda x, y:  2.0 / ROOT_PI * exp(-x ** 2.0)])
erfc = Unary("erfc", math.erfc, [lambda x, y: -2.0 / ROOT_PI * _bell(x, 1.0)], shown=[lambda x, y: -2.0 / ROOT_PI * exp(-x ** 2.0)])

# Activations
sigmoid  = Unary("sigmoid", _sigmoid, [lambda x, y: 0.25 * square(sech(0.5 * x))], shown=[lambda x, y: y * (1.0 - y)],
                 text="σ", also=["logistic", "expit"], latex=r"\sigma", saturates=0.25, torch=("Sigmoid", {}))
softplus = Unary("softplus", lambda x: maximum(x, 0.0) + log1p(exp(-abs(x))), [lambda x, y: sigmoid(x)],
                 torch=("Softplus", {"threshold": 40.0}))  # beyond which a float64 is the straight line
relu     = Unary("relu", lambda x: maximum(x, 0.0), [lambda x, y: step(x)],
                 shown=[lambda x, y: where(step(x), 1.0, 0.0)], torch=("ReLU", {}))
leaky_relu = Optional("leaky_relu", lambda x, slope=0.01: where(step(x), x, slope * x),
                   [lambda x, slope, y: step(x) + slope * step(-x, 1.0), lambda x, slope, y: clip(x, -math.inf, 0.0)],
                   shown=[lambda x, slope, y: where(step(x), 1.0, slope), lambda x, slope, y: minimum(x, 0.0)], torch=("LeakyReLU", {}))
elu  = Optional("elu", lambda x, scale=1.0: where(step(x), x, scale * expm1(where(step(x), 0.0, x))),
             [lambda x, scale, y: step(x) + scale * (step(-x, 1.0) * exp(clip(x, -math.inf, 0.0))),
              lambda x, scale, y: expm1(clip(x, -math.inf, 0.0))],
             shown=[lambda x, scale, y: where(step(x), 1.0, scale * exp(x)), lambda x, scale, y: where(step(x), 0.0, expm1(x))], torch=("ELU", {}))
silu = Unary("silu", lambda x: x * sigmoid(x), [lambda x, y: sigmoid(x) + x * (0.25 * square(sech(0.5 * x)))],
             shown=[lambda x, y: y + sigmoid(x) * (1.0 - y)], torch=("SiLU", {}), also=["swish"])
gelu = Unary("gelu", lambda x: 0.5 * x * erfc(-SQRT_HALF * x),
             [lambda x, y: 0.5 * erfc(-SQRT_HALF * x) + _near(x) * _bell(x, 0.5) / ROOT_2PI],
             shown=[lambda x, y: 0.5 * erfc(-SQRT_HALF * x) + x * exp(-x ** 2.0 / 2.0) / ROOT_2PI], torch=("GELU", {}))
selu = Unary("selu", lambda x: SELU_SCALE * elu(x, SELU_ALPHA),
             [lambda x, y: SELU_SCALE * (step(x) + SELU_ALPHA * (step(-x, 1.0) * exp(clip(x, -math.inf, 0.0))))],
             shown=[lambda x, y: SELU_SCALE * where(step(x), 1.0, SELU_ALPHA * exp(x))], torch=("SELU", {}))
mish = Unary("mish", lambda x: x * tanh(softplus(x)),
             [lambda x, y: tanh(softplus(x)) + x * square(sech(softplus(x))) * sigmoid(x)],
             shown=[lambda x, y: tanh(softplus(x)) + x * (1.0 - tanh(softplus(x)) ** 2.0) * sigmoid(x)], torch=("Mish", {}))
# fmt: on

TABLE: dict[str, Op] = {op.name: op for op in list(globals().values()) if isinstance(op, Op)}

if c is not None:
    connect(TABLE, __file__)
