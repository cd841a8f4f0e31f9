"""Formulas as data: a kind of operand that says in symbols what a row of the table computes.

A row's partials applied to formulas give the formula of each local partial, so there is no second list of
derivatives.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from autograd_lite.engine import table
from autograd_lite.engine.operators import Arithmetic
from autograd_lite.engine.ops import Op


def _asked(compare: Callable[[Any, Any], bool]) -> Callable[[FormulaOperand, Any], bool]:
    """A comparison of the numbers behind symbols; it raises TypeError where one of them is not known."""

    def asked(self: FormulaOperand, other: Any) -> bool:
        x, y = self.data, other.data if isinstance(other, FormulaOperand) else other
        if x is None or y is None:
            raise TypeError("a choice by a number that the formula does not know")
        return compare(x, y)

    return asked


class FormulaOperand(Arithmetic):
    """A symbol, perhaps with its number, or an operation applied to formulas and numbers.

    Where a rule chooses by a symbol whose number is known, only what was chosen is written.

    >>> from autograd_lite import tanh
    >>> from autograd_lite.views.notations import TEXT
    >>> x = FormulaOperand("x")
    >>> TEXT.of(tanh(2.0 * x) / 3.0)
    'tanh(2x)/3'
    """

    __slots__ = ("data", "mark", "name", "op", "operands")

    def __init__(
        self,
        name: str,
        data: float | None = None,
        op: Op | None = None,
        operands: tuple[Any, ...] = (),
        mark: int | None = None,
    ) -> None:
        self.name = name
        self.data = data
        self.op = op
        self.operands = operands
        self.mark = mark  # of the part of a formula that is a node: its place in the graph

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> Any:
        operands = op.numbers(operands)
        constants = list(map(constant, operands))
        if op is table.mul and {0.0, 1.0} & set(constants):  # a factor that says nothing, or all
            return 0.0 if 0.0 in constants else operands[1] if constants[0] == 1.0 else operands[0]
        if op is table.pow and constants[1] in (0.0, 1.0):
            return operands[0] if constants[1] else 1.0
        if op is table.where and isinstance(operands[0], FormulaOperand) and operands[0].data is not None:
            return operands[1] if operands[0].data else operands[2]
        return operands[0] if op is table.identity else FormulaOperand("", None, op, operands)

    # A custom rule may ask about numbers. Without these methods, it would get an answer that means nothing.
    __hash__ = Arithmetic.__hash__
    __eq__, __ne__ = _asked(operator.eq), _asked(operator.ne)
    __lt__, __le__ = _asked(operator.lt), _asked(operator.le)
    __gt__, __ge__ = _asked(operator.gt), _asked(operator.ge)

    def __bool__(self) -> bool:
        return self != 0.0


def constant(x: Any) -> float | None:
    """A plain number; None for a formula."""
    return None if isinstance(x, FormulaOperand) else float(x)


def laid_out(thing: Any) -> Any:
    """A formula as its form says that it is laid out, by other operations: the square of x as x to the power 2."""
    form = thing.op.form if isinstance(thing, FormulaOperand) and thing.op is not None else None
    if not callable(form):
        return thing
    # A form makes a formula of symbols, where of numbers it would compute one; what they stand for is put in after.
    places = [FormulaOperand("") for _ in thing.operands]
    inserted = dict(zip(map(id, places), thing.operands, strict=True))

    def put_in(made: Any) -> Any:
        if id(made) in inserted or not getattr(made, "op", None):
            return inserted.get(id(made), made)
        return made.op(*map(put_in, made.operands))

    made = form(*places)
    if id(made) in inserted:
        return inserted[id(made)]
    operands = tuple(map(put_in, made.operands))
    number = all(constant(x) is not None for x in operands)
    return FormulaOperand("", None, made.op, operands) if number else made.op(*operands)


def local_derivative(op: Op, place: int, operands: Sequence[Any], result: Any) -> Any:
    """The textbook's formula of a local partial, or a number where it is constant.

    >>> from autograd_lite import mul, sin
    >>> from autograd_lite.views.notations import TEXT
    >>> x, y, z = FormulaOperand("x"), FormulaOperand("y"), FormulaOperand("z")
    >>> TEXT.of(local_derivative(sin, 0, [x], z)), TEXT.of(local_derivative(mul, 0, [x, y], z))
    ('cos x', 'y')
    """
    partial = (op.shown or op.partials)[place]
    if not callable(partial):
        return float(partial)
    try:
        return partial(*operands, result)
    except Exception:  # a custom rule that only numbers can pass through may do anything with formulas
        return FormulaOperand(f"∂{op.name}/∂{place}")
