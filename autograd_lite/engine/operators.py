"""Python's operators and the methods `x.exp()`, `x.relu()`, ...: the table applied to whatever kind x is of."""

from __future__ import annotations

from autograd_lite.engine.ops import Op, Operand
from autograd_lite.engine.table import TABLE, abs, add, div, floordiv, mod, mul, neg, pow, sub, where
from autograd_lite.engine.words import SAID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self

BINARY: dict[str, Op] = {
    "add": add, "sub": sub, "mul": mul, "truediv": div, "pow": pow, "mod": mod, "floordiv": floordiv,
}  # fmt: skip
UNARY: dict[str, Op] = {"neg": neg, "abs": abs}


def apply(op: Op, x: Any, y: Any) -> Any:
    """Apply a binary row for an operator; leave arrays to NumPy, which comes back element by element."""
    for operand in (x, y):
        if hasattr(type(operand), "__array_ufunc__") and getattr(operand, "ndim", None):
            return NotImplemented
    return op(x, y)


class Arithmetic(Operand):
    """A kind of operand on which Python's operators work, and which has the table's operations as methods.

    A reading of the table in thirty lines is a class of this kind with one method, `_apply`, which says what an
    operation on such operands is. This one computes with intervals, as far as operations are monotonic:

    >>> from autograd_lite import exp, log
    >>> class Interval(Arithmetic):
    ...     def __init__(self, low, high):
    ...         self.ends = (low, high)
    ...     @staticmethod
    ...     def _apply(op, operands):
    ...         from itertools import product
    ...         ends = product(*(x.ends if isinstance(x, Interval) else (x, x) for x in operands))
    ...         values = [op(*numbers) for numbers in ends]
    ...         return Interval(min(values), max(values))
    >>> (exp(Interval(0.0, 1.0)) - Interval(0.0, 1.0)).ends, (2.0 * Interval(1.0, 4.0)).sqrt().ends
    ((0.0, 2.718281828459045), (1.4142135623730951, 2.8284271247461903))
    """

    __slots__ = ()

    # fmt: off
    def __add__(self, other: Any) -> Self:       return apply(add, self, other)
    def __radd__(self, other: Any) -> Self:      return apply(add, other, self)
    def __sub__(self, other: Any) -> Self:       return apply(sub, self, other)
    def __rsub__(self, other: Any) -> Self:      return apply(sub, other, self)
    def __mul__(self, other: Any) -> Self:       return apply(mul, self, other)
    def __rmul__(self, other: Any) -> Self:      return apply(mul, other, self)
    def __truediv__(self, other: Any) -> Self:   return apply(div, self, other)
    def __rtruediv__(self, other: Any) -> Self:  return apply(div, other, self)
    def __pow__(self, other: Any) -> Self:       return apply(pow, self, other)
    def __rpow__(self, other: Any) -> Self:      return apply(pow, other, self)
    def __mod__(self, other: Any) -> Self:       return apply(mod, self, other)
    def __rmod__(self, other: Any) -> Self:      return apply(mod, other, self)
    def __floordiv__(self, other: Any) -> Self:  return apply(floordiv, self, other)
    def __rfloordiv__(self, other: Any) -> Self: return apply(floordiv, other, self)
    def __neg__(self) -> Self:                   return neg(self)
    def __abs__(self) -> Self:                   return abs(self)

    def __divmod__(self, other: Any) -> tuple[Self, Self]:  return self // other, self % other
    def __rdivmod__(self, other: Any) -> tuple[Self, Self]: return other // self, other % self
    # fmt: on

    if TYPE_CHECKING:  # the methods that are added below follow from the rows, so that no list of them stands here

        def __getattr__(self, name: str) -> Callable[..., Self]: ...


def _method(op: Op) -> Callable[..., Any]:
    def method(self: Operand, *operands: Any, out: None = None, **named: Any) -> Any:
        __tracebackhide__ = True  # to IPython and pytest
        if out is not None:  # None is what NumPy's functions, such as clip, pass along
            raise TypeError(f"{op.name} of a {type(self).__name__} has no array to write to: omit out=")
        return op(self, *operands, **named)

    def unary(self: Operand, *rest: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        return method(self, *rest, **named) if rest or named else self._apply(op, (self,))

    function: Any = unary if op.arity == 1 else method
    function.__name__, function.__qualname__ = op.name, f"Arithmetic.{op.name}"
    function.__wrapped__ = op  # from which `inspect` and editors take the signature
    sentence = SAID.get(op.name, "").partition(" >>> ")[0]
    function.__doc__ = f"{sentence} See help(autograd_lite.{op.name}).".strip()
    return function


for _op in TABLE.values():
    if _op is not where:  # x.where(...) of PyTorch and NumPy takes its operands in another order
        _function = _method(_op)
        setattr(Arithmetic, _op.name, _function)
        setattr(Arithmetic, _op.ufunc, _function)  # NumPy calls this on each element of an array of objects
