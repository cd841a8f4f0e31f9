"""Local partials as numbers, with the IEEE value where Python's floats refuse one.

A float raises on 1/0 and `math` on log(0); IEEE arithmetic answers inf or nan. A value keeps Python's manners,
but a derivative follows IEEE 754: the partial of sqrt at 0 is inf. So where a partial raises, the same
row is read once more with `IeeeOperand`s, a kind of operand whose operations are those of IEEE arithmetic.
"""

from __future__ import annotations

import math
from types import BuiltinFunctionType

from autograd_lite.engine.operators import Arithmetic
from autograd_lite.engine.ops import Op
from autograd_lite.engine.reals import as_float
from autograd_lite.engine.table import div, floordiv, mod, pow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

FAILURES = (ArithmeticError, ValueError)

# Where a function of Python's `math` raises as outside of its domain, but has an infinite limit.
POLES: dict[Any, float] = {
    **{(log, 0.0): -math.inf for log in (math.log, math.log2, math.log10)},
    (math.log1p, -1.0): -math.inf,
    (math.atanh, 1.0): math.inf,
    (math.atanh, -1.0): -math.inf,
}


class IeeeOperand(Arithmetic):
    """A number of the extended reals: operations on it give inf or nan where floats raise.

    >>> from autograd_lite import log
    >>> (1.0 / IeeeOperand(0.0)).data, log(IeeeOperand(-1.0)).data
    (inf, nan)
    """

    __slots__ = ("data",)

    def __init__(self, data: float) -> None:
        self.data = data

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> IeeeOperand:
        operands = op.numbers(operands)
        floats = [x.data if isinstance(x, IeeeOperand) else x for x in operands]
        try:
            return IeeeOperand(op.of_floats(*floats))
        except FAILURES:
            return IeeeOperand(ieee_value(op, floats))


def ieee_value(op: Op, operands: Sequence[float]) -> float:
    """The value that IEEE 754 gives an operation where Python raises: of one made of others, what these give."""
    if op in (div, pow, mod, floordiv):
        return _quotient(op, *operands) if op is not pow else _power(*operands)
    if type(op.value) is not BuiltinFunctionType:
        return _plain(op.value(*map(IeeeOperand, operands)))
    try:
        return op.of_floats(*operands)
    except OverflowError:  # of exp, sinh, ...: as large as floats get, with the sign that the function has on that side
        return math.copysign(math.inf, op.of_floats(*(math.copysign(1.0, x) for x in operands)))
    except FAILURES:
        return POLES.get((op.value, *operands), math.nan)


def _quotient(op: Op, x: float, y: float) -> float:
    if op is mod or x == 0.0 or x != x:
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1.0, y)


def _power(x: float, y: float) -> float:
    """The power x ** y where it is too large, at a zero with a negative exponent, or not real."""
    odd = math.fmod(y, 2.0) in (1.0, -1.0)
    if x < 0.0 and not y.is_integer():
        return math.nan
    return -math.inf if odd and math.copysign(1.0, x) < 0.0 else math.inf


def local_partial(op: Op, place: int, operands: Sequence[float], result: float) -> float:
    """The partial of an operation with respect to the operand at a place: always a float, inf and nan included."""
    partial = op.partials[place]
    if isinstance(partial, float):
        return partial
    try:
        value = partial(*operands, result)
    except FAILURES:
        value = _plain(partial(*map(IeeeOperand, operands), IeeeOperand(result)))
    except Exception as error:
        error.add_note(
            f"autograd_lite: this arose in local partial {place} of {op.name}, called with its operands and its result"
        )
        raise
    return value if type(value) is float else as_float(value)


def _plain(x: Any) -> float:
    return x.data if isinstance(x, IeeeOperand) else as_float(x)
