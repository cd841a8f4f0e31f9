"""Local partials as numbers, with the IEEE value where Python's floats refuse one.

A float raises on 1/0 and `math` on log(0); NumPy answers inf or nan. A value keeps Python's manners,
but a derivative follows IEEE 754: the partial of sqrt at 0 is inf. So where a partial raises, the same
row is read once more with `IeeeOperand`s, a kind of operand whose operations are NumPy's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_lite.engine.operators import Arithmetic
from autograd_lite.engine.ops import Op
from autograd_lite.engine.reals import as_float
from autograd_lite.engine.table import TABLE

FAILURES = (ArithmeticError, ValueError)


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
    """NumPy's value of an operation; of one that NumPy lacks, what its formula gives for IEEE operands."""
    import numpy

    ufunc = getattr(numpy, op.ufunc, None) if TABLE.get(op.name) is op else None
    if isinstance(ufunc, numpy.ufunc) and ufunc.nin == op.arity:
        with numpy.errstate(all="ignore"):
            value = float(ufunc(*operands))
        numpy.add(0.0, 0.0)  # lowers the flags of the processor, which a loop of NumPy around us would report
        return value
    return _plain(op.value(*map(IeeeOperand, operands)))


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
