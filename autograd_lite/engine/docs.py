"""What `help(exp)` and editors are told of an operation; all but a sentence and an example follows from its row."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.compiled import PythonOperand
from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import TABLE

if TYPE_CHECKING:
    from inspect import Signature

# For each row of the table what it is, and an example. A row without a line here shows its formulas alone.
WORDS = """
add: The sum. >>> add(2.0, 3.0) = 5.0
sub: The difference. >>> sub(2.0, 3.0) = -1.0
mul: The product. >>> mul(2.0, 3.0) = 6.0
div: The quotient. >>> div(3.0, 4.0) = 0.75
pow: The power. >>> pow(2.0, -1.5) = 0.3535533905932738
neg: The negative. >>> neg(2.0) = -2.0
reciprocal: One over x. >>> reciprocal(8.0) = 0.125
square: The square. >>> square(-3.0) = 9.0
identity: The operand itself, as a node of its own. >>> identity(2.0) = 2.0
detach: The operand's number, through which no gradient flows. >>> detach(2.0) = 2.0
abs: The absolute value; its derivative at 0 is 0. >>> abs(-3.0) = 3.0
sign: -1, 0 or 1, as x is negative, zero or positive. >>> sign(-3.0) = -1.0
step: 1 where x > 0, 0 where x < 0, and at 0 the second operand (0 if left out). >>> step(3.0) = 1.0
exceeds: 1 where x > y, 0 where x < y, and where they are equal the third operand. >>> exceeds(3.0, 2.0) = 1.0
maximum: The larger of two. >>> maximum(2.0, 3.0) = 3.0
minimum: The smaller of two. >>> minimum(2.0, 3.0) = 2.0
where: The second operand where the first is not 0, otherwise the third. >>> where(1.0, 2.0, 3.0) = 2.0
clip: x held between low and high; at a bound the gradient is x's. >>> clip(7.0, -1.0, 1.0) = 1.0
exp: e to the power x. >>> exp(1.0) = 2.718281828459045
exp2: 2 to the power x. >>> exp2(3.0) = 8.0
expm1: exp(x) - 1, with all its digits near 0. >>> expm1(1e-10) = 1.00000000005e-10
log: The natural logarithm. >>> log(2.0) = 0.6931471805599453
log2: The logarithm to base 2. >>> log2(8.0) = 3.0
log10: The logarithm to base 10. >>> log10(0.01) = -2.0
log1p: log(1 + x), with all its digits near 0. >>> log1p(1e-10) = 9.999999999500001e-11
logaddexp: log(exp(x) + exp(y)), without overflow. >>> logaddexp(1000.0, 1000.0) = 1000.6931471805599
sqrt: The square root; its derivative at 0 is inf. >>> sqrt(2.0) = 1.4142135623730951
cbrt: The cube root, real for negative x too. >>> cbrt(-8.0) = -2.0
hypot: The length of (x, y): sqrt(x*x + y*y) without overflow. >>> hypot(3.0, 4.0) = 5.0
sin: The sine. >>> sin(0.5) = 0.479425538604203
cos: The cosine. >>> cos(0.5) = 0.8775825618903728
tan: The tangent. >>> tan(0.5) = 0.5463024898437905
asin: The angle whose sine is x. >>> asin(0.5) = 0.5235987755982989
acos: The angle whose cosine is x. >>> acos(0.5) = 1.0471975511965979
atan: The angle whose tangent is x. >>> atan(0.5) = 0.4636476090008061
atan2: The angle of the point (second, first operand). >>> atan2(1.0, -1.0) = 2.356194490192345
sinh: The hyperbolic sine. >>> sinh(0.5) = 0.5210953054937474
cosh: The hyperbolic cosine. >>> cosh(0.5) = 1.1276259652063807
tanh: The hyperbolic tangent. >>> tanh(0.5) = 0.46211715726000974
sech: 1 / cosh(x), without overflow. >>> sech(0.5) = 0.8868188839700739
asinh: The inverse of sinh. >>> asinh(0.5) = 0.48121182505960347
acosh: The inverse of cosh. >>> acosh(2.0) = 1.3169578969248166
atanh: The inverse of tanh. >>> atanh(0.5) = 0.5493061443340548
erf: The error function. >>> erf(0.5) = 0.5204998778130465
erfc: 1 - erf(x), with all its digits for large x. >>> erfc(5.0) = 1.5374597944280351e-12
sigmoid: 1 / (1 + exp(-x)), the logistic function. >>> sigmoid(1.0) = 0.7310585786300049
softplus: log(1 + exp(x)). >>> softplus(1.0) = 1.3132616875182228
relu: x where x > 0, otherwise 0. >>> relu(-3.0) = 0.0
leaky_relu: x where x > 0, otherwise slope times x. >>> leaky_relu(-3.0) = -0.03
elu: x where x > 0, otherwise scale * (exp(x) - 1). >>> elu(-1.0) = -0.6321205588285577
silu: x * sigmoid(x), also called swish. >>> silu(1.0) = 0.7310585786300049
gelu: x times the normal distribution function of x. >>> gelu(1.0) = 0.841344746068543
"""


def documentation(op: Op) -> str:
    """The docstring of an operation.

    >>> from autograd_lite import tanh
    >>> documentation(tanh).splitlines()[::2]
    ['The hyperbolic tangent.', 'y = tanh(x), ∂y/∂x = 1.0 - (y ** 2.0).', '>>> tanh(0.5)']
    """
    said = op.doc or (_said(op.name) if TABLE.get(op.name) is op else "")
    if op.doc and " >>> " not in op.doc:
        return op.doc
    sentence, _, example = said.partition(" >>> ")
    call, _, result = example.partition(" = ")
    if TABLE.get(op.name) is op and not example:
        with suppress(ArithmeticError, ValueError):  # outside of the domain there is no example
            operands = (0.5, 0.25, 0.75)[: op.arity]
            call, result = f"{op.name}({', '.join(map(repr, operands))})", repr(op(*operands))
    parts = [sentence, _formulas(op), f">>> {call}\n{result}\n" if call else ""]
    return "\n\n".join(part for part in parts if part)


def _said(name: str) -> str:
    """What stands above of a row."""
    return dict(line.split(": ", 1) for line in WORDS.strip().splitlines()).get(name, "")


def _formulas(op: Op) -> str:
    """The value and the partials in Python; nothing where a custom rule can only take numbers."""
    names = op.parameters
    result = next(name for name in ("y", "z", "result") if name not in names)
    operands = [PythonOperand(name) for name in (*names, result)]
    texts = [f"{result} = {op.written(*names)}"]
    with suppress(Exception):  # a custom rule may do anything with text that it takes for a number
        for name, rule in zip(names, op.shown or op.partials, strict=True):
            text = str(rule(*operands) if callable(rule) else rule)
            texts.append(f"∂{result}/∂{name} = {text[1:-1] if text.startswith('(') else text}")
        return f"{', '.join(texts)}."
    return ""


def signature(op: Op) -> Signature:
    """The signature of an operation: its operands by name, the last perhaps with defaults.

    >>> from autograd_lite import leaky_relu
    >>> print(signature(leaky_relu))
    (x, slope=0.01)
    """
    from inspect import Parameter, Signature  # slow to import, and rarely asked

    required = op.arity - len(op.defaults)
    defaults = [Parameter.empty] * required + list(op.defaults)
    return Signature(
        [
            Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default)
            for name, default in zip(op.parameters, defaults, strict=True)
        ]
    )


class Told:
    """An attribute of `Op` that each operation has of its own, made from its row when it is asked for."""

    def __init__(self, of_op: Callable[[Op], Any], of_class: Any) -> None:
        self.of_op, self.of_class = of_op, of_class

    def __get__(self, op: Op | None, owner: type) -> Any:
        if op is not None:
            return self.of_op(op)
        if self.of_class is None:
            raise AttributeError(f"that of {owner.__name__} is made as of any class")
        return self.of_class


setattr(Op, "__doc__", Told(documentation, Op.__doc__))  # noqa: B010 - to type checkers, a docstring is a text
setattr(Op, "__signature__", Told(signature, None))  # noqa: B010
