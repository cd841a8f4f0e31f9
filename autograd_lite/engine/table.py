"""The table of primitives: each operation once, with its value, its local partials and its notation.

A partial takes the operands and the result, so that d exp(x)/dx is simply y. Values and first partials
are in a form that neither overflows nor cancels; every formula is smooth wherever the function is, so
that derivatives of every order come out right. A derivative that does not exist is what IEEE arithmetic makes of its
formula; where a convention exists, it is that of PyTorch and JAX (relu'(0) = 0, |x|'(0) = 0, ties
of maximum and minimum share one half each, d(x**0)/dx = 0 also at 0).

The rows shadow some of Python's builtins on purpose: `abs` and `pow` here take every kind of operand.
"""

from __future__ import annotations

import math
from typing import Any

from autograd_lite.engine.ops import Op

# Rows that the partials of earlier rows refer to.
cos: Op
cosh: Op
exceeds: Op
sech: Op
sigmoid: Op
sign: Op
where: Op

SQRT_HALF = math.sqrt(0.5)
LN_2 = math.log(2.0)
LN_10 = math.log(10.0)


def _maximum(x: float, y: float) -> float:
    return x if x >= y or x != x else y  # nan wins, as in NumPy


def _minimum(x: float, y: float) -> float:
    return x if x <= y or x != x else y


def _step(x: float, at_zero: float) -> float:
    return 1.0 if x > 0.0 else 0.0 if x < 0.0 else at_zero if x == 0.0 else x


def _exceeds(x: float, y: float, tie: float) -> float:
    return 1.0 if x > y else 0.0 if x < y else tie if x == y else x - y


def _sign(x: float) -> float:
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x * x  # 0 and nan stay


def _where(condition: float, x: float, y: float) -> float:
    return x if condition else y


def _power_by_base(x: Any, y: Any, z: Any) -> Any:
    if isinstance(y, float):  # a constant exponent gives the formula of the textbook
        return 0.0 if y == 0.0 else 1.0 if y == 1.0 else 2.0 * x if y == 2.0 else y * x ** (y - 1.0)
    return y * x ** where(x, y - 1.0, where(y, y - 1.0, 0.0))  # no 0 ** -1 in d(x ** 0)/dx at 0


def _power_by_exponent(x: Any, y: Any, z: Any) -> Any:
    if isinstance(x, float) and x > 0.0:
        return z * log(x)
    return z * log(where(x, x, 1.0))  # 0 ** y is flat in y


def _logaddexp(x: float, y: float) -> float:
    return x + LN_2 if x == y else _maximum(x, y) + math.log1p(math.exp(-math.fabs(x - y)))


def _logaddexp_by(x: Any, y: Any) -> Any:
    return 0.5 if isinstance(x, float) and x == y else sigmoid(x - y)  # also where both are infinite


def _sigmoid(x: Any) -> Any:
    e = exp(-abs(x))
    return where(step(x), 1.0, e) / (1.0 + e)


# fmt: off
# Arithmetic
add = Op("add", lambda x, y: x + y, [1.0, 1.0], "{} + {}",
         doc="The sum. >>> add(2.0, 3.0) = 5.0")
sub = Op("sub", lambda x, y: x - y, [1.0, -1.0], "{} - {}", ufunc="subtract",
         doc="The difference. >>> sub(2.0, 3.0) = -1.0")
mul = Op("mul", lambda x, y: x * y, [lambda x, y, z: y, lambda x, y, z: x], "{} * {}", ufunc="multiply",
         doc="The product. >>> mul(2.0, 3.0) = 6.0")
div = Op("div", lambda x, y: x / y, [lambda x, y, z: 1.0 / y, lambda x, y, z: -z / y], "{} / {}", ufunc="divide",
         doc="The quotient. >>> div(3.0, 4.0) = 0.75")
pow = Op("pow", lambda x, y: x ** y, [_power_by_base, _power_by_exponent], "{} ** {}", ufunc="power",
         doc="The power. >>> pow(2.0, -1.5) = 0.3535533905932738")
neg = Op("neg", lambda x: -x, [-1.0], "-{}", ufunc="negative",
         doc="The negative. >>> neg(2.0) = -2.0")
reciprocal = Op("reciprocal", lambda x: 1.0 / x, [lambda x, y: -y * y],
                doc="One over x. >>> reciprocal(8.0) = 0.125")
square = Op("square", lambda x: x * x, [lambda x, y: 2.0 * x],
            doc="The square. >>> square(-3.0) = 9.0")
identity = Op("identity", lambda x: x, [1.0], ufunc="positive",
              doc="The operand itself, as a node of its own. >>> identity(2.0) = 2.0")
detach = Op("detach", lambda x: x, [0.0],
            doc="The operand's number, through which no gradient flows. >>> detach(2.0) = 2.0")

# Choice: piecewise, so that the derivative at a kink is a convention
abs = Op("abs", math.fabs, [lambda x, y: sign(x)], ufunc="absolute",
         doc="The absolute value; its derivative at 0 is 0. >>> abs(-3.0) = 3.0")
sign = Op("sign", _sign, [0.0],
          doc="-1, 0 or 1, as x is negative, zero or positive. >>> sign(-3.0) = -1.0")
step = Op("step", _step, [0.0, lambda x, y, z: 1.0 - abs(sign(x))], defaults=[0.0], ufunc="heaviside",
          doc="1 where x > 0, 0 where x < 0, and at 0 the second operand (0 if left out). >>> step(3.0) = 1.0")
exceeds = Op("exceeds", _exceeds, [0.0, 0.0, lambda x, y, tie, z: 1.0 - exceeds(x, y) - exceeds(y, x)], defaults=[0.0],
             doc="1 where x > y, 0 where x < y, and where they are equal the third operand. >>> exceeds(3.0, 2.0) = 1.0")
maximum = Op("maximum", _maximum, [lambda x, y, z: exceeds(x, y, 0.5), lambda x, y, z: exceeds(y, x, 0.5)],
             doc="The larger of two. >>> maximum(2.0, 3.0) = 3.0")
minimum = Op("minimum", _minimum, [lambda x, y, z: exceeds(y, x, 0.5), lambda x, y, z: exceeds(x, y, 0.5)],
             doc="The smaller of two. >>> minimum(2.0, 3.0) = 2.0")
where = Op("where", _where, [0.0, lambda c, x, y, z: where(c, 1.0, 0.0), lambda c, x, y, z: where(c, 0.0, 1.0)],
           doc="The second operand where the first is not 0, otherwise the third. >>> where(1.0, 2.0, 3.0) = 2.0")
clip = Op("clip", lambda x, low, high: minimum(maximum(x, low), high),
          [lambda x, low, high, y: exceeds(x, low, 1.0) * exceeds(high, x, 1.0),
           lambda x, low, high, y: exceeds(low, x) * exceeds(high, low, 1.0),
           lambda x, low, high, y: exceeds(maximum(x, low), high)],
          doc="x held between low and high; at a bound the gradient is x's. >>> clip(7.0, -1.0, 1.0) = 1.0")

# Exponentials and logarithms
exp = Op("exp", math.exp, [lambda x, y: y],
         doc="e to the power x. >>> exp(1.0) = 2.718281828459045")
exp2 = Op("exp2", math.exp2, [lambda x, y: y * LN_2],
          doc="2 to the power x. >>> exp2(3.0) = 8.0")
expm1 = Op("expm1", math.expm1, [lambda x, y: exp(x)],
           doc="exp(x) - 1, with all its digits near 0. >>> expm1(1e-10) = 1.00000000005e-10")
log = Op("log", math.log, [lambda x, y: 1.0 / x],
         doc="The natural logarithm. >>> log(2.0) = 0.6931471805599453")
log2 = Op("log2", math.log2, [lambda x, y: 1.0 / LN_2 / x],
          doc="The logarithm to base 2. >>> log2(8.0) = 3.0")
log10 = Op("log10", math.log10, [lambda x, y: 1.0 / LN_10 / x],
           doc="The logarithm to base 10. >>> log10(0.01) = -2.0")
log1p = Op("log1p", math.log1p, [lambda x, y: 1.0 / (1.0 + x)],
           doc="log(1 + x), with all its digits near 0. >>> log1p(1e-10) = 9.999999999500001e-11")
logaddexp = Op("logaddexp", _logaddexp, [lambda x, y, z: _logaddexp_by(x, y), lambda x, y, z: _logaddexp_by(y, x)],
               doc="log(exp(x) + exp(y)), without overflow. >>> logaddexp(1000.0, 1000.0) = 1000.6931471805599")

# Roots and distances
sqrt = Op("sqrt", math.sqrt, [lambda x, y: 0.5 / y],
          doc="The square root; its derivative at 0 is inf. >>> sqrt(2.0) = 1.4142135623730951")
cbrt = Op("cbrt", math.cbrt, [lambda x, y: 1.0 / (3.0 * y * y)],
          doc="The cube root, real for negative x too. >>> cbrt(-8.0) = -2.0")
hypot = Op("hypot", math.hypot, [lambda x, y, z: x / z, lambda x, y, z: y / z],
           doc="The length of (x, y): sqrt(x*x + y*y) without overflow. >>> hypot(3.0, 4.0) = 5.0")

# Trigonometric functions, in radians
sin = Op("sin", math.sin, [lambda x, y: cos(x)],
         doc="The sine. >>> sin(0.5) = 0.479425538604203")
cos = Op("cos", math.cos, [lambda x, y: -sin(x)],
         doc="The cosine. >>> cos(0.5) = 0.8775825618903728")
tan = Op("tan", math.tan, [lambda x, y: 1.0 + y * y],
         doc="The tangent. >>> tan(0.5) = 0.5463024898437905")
asin = Op("asin", math.asin, [lambda x, y: 1.0 / sqrt((1.0 - x) * (1.0 + x))], ufunc="arcsin",
          doc="The angle whose sine is x. >>> asin(0.5) = 0.5235987755982989")
acos = Op("acos", math.acos, [lambda x, y: -1.0 / sqrt((1.0 - x) * (1.0 + x))], ufunc="arccos",
          doc="The angle whose cosine is x. >>> acos(0.5) = 1.0471975511965979")
atan = Op("atan", math.atan, [lambda x, y: 1.0 / (1.0 + x * x)], ufunc="arctan",
          doc="The angle whose tangent is x. >>> atan(0.5) = 0.4636476090008061")
atan2 = Op("atan2", math.atan2, [lambda y, x, z: x / hypot(x, y) / hypot(x, y),
                                 lambda y, x, z: -y / hypot(x, y) / hypot(x, y)], ufunc="arctan2",
           doc="The angle of the point (second, first operand). >>> atan2(1.0, -1.0) = 2.356194490192345")

# Hyperbolic functions
sinh = Op("sinh", math.sinh, [lambda x, y: cosh(x)],
          doc="The hyperbolic sine. >>> sinh(0.5) = 0.5210953054937474")
cosh = Op("cosh", math.cosh, [lambda x, y: sinh(x)],
          doc="The hyperbolic cosine. >>> cosh(0.5) = 1.1276259652063807")
tanh = Op("tanh", math.tanh, [lambda x, y: square(sech(x))],
          doc="The hyperbolic tangent. >>> tanh(0.5) = 0.46211715726000974")
sech = Op("sech", lambda x: 2.0 * exp(-abs(x)) / (1.0 + exp(-2.0 * abs(x))), [lambda x, y: -y * tanh(x)],
          doc="1 / cosh(x), without overflow. >>> sech(0.5) = 0.8868188839700739")
asinh = Op("asinh", math.asinh, [lambda x, y: 1.0 / hypot(x, 1.0)], ufunc="arcsinh",
           doc="The inverse of sinh. >>> asinh(0.5) = 0.48121182505960347")
acosh = Op("acosh", math.acosh, [lambda x, y: 1.0 / (sqrt(x - 1.0) * sqrt(x + 1.0))], ufunc="arccosh",
           doc="The inverse of cosh. >>> acosh(2.0) = 1.3169578969248166")
atanh = Op("atanh", math.atanh, [lambda x, y: 1.0 / ((1.0 - x) * (1.0 + x))], ufunc="arctanh",
           doc="The inverse of tanh. >>> atanh(0.5) = 0.5493061443340548")

# The error function
erf = Op("erf", math.erf, [lambda x, y: 2.0 / math.sqrt(math.pi) * exp(-x * x)],
         doc="The error function. >>> erf(0.5) = 0.5204998778130465")
erfc = Op("erfc", math.erfc, [lambda x, y: -2.0 / math.sqrt(math.pi) * exp(-x * x)],
          doc="1 - erf(x), with all its digits for large x. >>> erfc(5.0) = 1.5374597944280351e-12")

# Activations
sigmoid = Op("sigmoid", _sigmoid, [lambda x, y: y * sigmoid(-x)],
             doc="1 / (1 + exp(-x)); its derivative is written with 1 - sigmoid(x) = sigmoid(-x). >>> sigmoid(1.0) = 0.7310585786300049")
softplus = Op("softplus", lambda x: maximum(x, 0.0) + log1p(exp(-abs(x))), [lambda x, y: sigmoid(x)],
              doc="log(1 + exp(x)). >>> softplus(1.0) = 1.3132616875182228")
relu = Op("relu", lambda x: maximum(x, 0.0), [lambda x, y: step(x)],
          doc="x where x > 0, otherwise 0. >>> relu(-3.0) = 0.0")
leaky_relu = Op("leaky_relu", lambda x, slope: where(step(x), x, slope * x),
                [lambda x, slope, y: where(step(x), 1.0, slope), lambda x, slope, y: minimum(x, 0.0)], defaults=[0.01],
                doc="x where x > 0, otherwise slope times x. >>> leaky_relu(-3.0) = -0.03")
elu = Op("elu", lambda x, scale: where(step(x), x, scale * expm1(where(step(x), 0.0, x))),
         [lambda x, scale, y: where(step(x), 1.0, scale * exp(where(step(x), 0.0, x))),
          lambda x, scale, y: expm1(where(step(x), 0.0, x))], defaults=[1.0],
         doc="x where x > 0, otherwise scale * (exp(x) - 1). >>> elu(-1.0) = -0.6321205588285577")
silu = Op("silu", lambda x: x * sigmoid(x), [lambda x, y: sigmoid(x) * (1.0 + x * sigmoid(-x))],
          doc="x * sigmoid(x), also called swish. >>> silu(1.0) = 0.7310585786300049")
gelu = Op("gelu", lambda x: 0.5 * x * erfc(-SQRT_HALF * x),
          [lambda x, y: 0.5 * erfc(-SQRT_HALF * x) + x * exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)],
          doc="x times the normal distribution function of x. >>> gelu(1.0) = 0.841344746068543")
# fmt: on

TABLE: dict[str, Op] = {op.name: op for op in list(globals().values()) if isinstance(op, Op)}
