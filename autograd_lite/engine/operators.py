"""Python's operators and the methods `x.exp()`, `x.relu()`, ...: the table applied to whatever kind x is of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.ops import Op, Operand
from autograd_lite.engine.table import TABLE, abs, add, div, mul, neg, pow, sub, where

if TYPE_CHECKING:
    from typing import Self

BINARY = {"add": add, "sub": sub, "mul": mul, "truediv": div, "pow": pow}
UNARY = {"neg": neg, "abs": abs}


def apply(op: Op, x: Any, y: Any) -> Any:
    """Apply a binary row for an operator; leave arrays to NumPy, which comes back element by element."""
    for operand in (x, y):
        if hasattr(type(operand), "__array_ufunc__") and getattr(operand, "ndim", None):
            return NotImplemented
    return op(x, y)


class Arithmetic(Operand):
    """A kind of operand on which Python's operators work, and which has the table's operations as methods."""

    __slots__ = ()

    # fmt: off
    def __add__(self, other: Any) -> Self:      return apply(add, self, other)
    def __radd__(self, other: Any) -> Self:     return apply(add, other, self)
    def __sub__(self, other: Any) -> Self:      return apply(sub, self, other)
    def __rsub__(self, other: Any) -> Self:     return apply(sub, other, self)
    def __mul__(self, other: Any) -> Self:      return apply(mul, self, other)
    def __rmul__(self, other: Any) -> Self:     return apply(mul, other, self)
    def __truediv__(self, other: Any) -> Self:  return apply(div, self, other)
    def __rtruediv__(self, other: Any) -> Self: return apply(div, other, self)
    def __pow__(self, other: Any) -> Self:      return apply(pow, self, other)
    def __rpow__(self, other: Any) -> Self:     return apply(pow, other, self)
    def __neg__(self) -> Self:                  return neg(self)
    def __abs__(self) -> Self:                  return abs(self)
    # fmt: on

    if TYPE_CHECKING:  # the methods that are added below, one for each row of the table, for type checkers
        abs: Callable[..., Self]
        acos: Callable[..., Self]
        acosh: Callable[..., Self]
        add: Callable[..., Self]
        asin: Callable[..., Self]
        asinh: Callable[..., Self]
        atan: Callable[..., Self]
        atan2: Callable[..., Self]
        atanh: Callable[..., Self]
        cbrt: Callable[..., Self]
        clip: Callable[..., Self]
        cos: Callable[..., Self]
        cosh: Callable[..., Self]
        detach: Callable[..., Self]
        div: Callable[..., Self]
        elu: Callable[..., Self]
        erf: Callable[..., Self]
        erfc: Callable[..., Self]
        exceeds: Callable[..., Self]
        exp: Callable[..., Self]
        exp2: Callable[..., Self]
        expm1: Callable[..., Self]
        gelu: Callable[..., Self]
        hypot: Callable[..., Self]
        identity: Callable[..., Self]
        leaky_relu: Callable[..., Self]
        log: Callable[..., Self]
        log10: Callable[..., Self]
        log1p: Callable[..., Self]
        log2: Callable[..., Self]
        logaddexp: Callable[..., Self]
        maximum: Callable[..., Self]
        minimum: Callable[..., Self]
        mul: Callable[..., Self]
        neg: Callable[..., Self]
        pow: Callable[..., Self]
        reciprocal: Callable[..., Self]
        relu: Callable[..., Self]
        sech: Callable[..., Self]
        sigmoid: Callable[..., Self]
        sign: Callable[..., Self]
        silu: Callable[..., Self]
        sin: Callable[..., Self]
        sinh: Callable[..., Self]
        softplus: Callable[..., Self]
        sqrt: Callable[..., Self]
        square: Callable[..., Self]
        step: Callable[..., Self]
        sub: Callable[..., Self]
        tan: Callable[..., Self]
        tanh: Callable[..., Self]


def _method(op: Op) -> Callable[..., Any]:
    def method(self: Operand, *operands: Any, out: None = None) -> Any:
        if out is not None:  # None is what NumPy's functions, such as clip, pass along
            raise TypeError(f"{op.name} of a {type(self).__name__} has no array to write to: leave out= away")
        return op(self, *operands)

    method.__name__, method.__qualname__ = op.name, f"Arithmetic.{op.name}"
    method.__doc__ = f"{(op.__doc__ or '').split(chr(10))[0]} See autograd_lite.{op.name}."
    return method


for _op in TABLE.values():
    if _op is not where:  # x.where(...) of PyTorch and NumPy takes its operands in another order
        setattr(Arithmetic, _op.name, _method(_op))
        setattr(Arithmetic, _op.ufunc, _method(_op))  # NumPy calls this on each element of an array of objects
