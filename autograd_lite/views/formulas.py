"""Formulas: a kind of operand that says in symbols what a row of the table computes, in a notation of your choice.

A row's partials applied to formulas give the formula of each local partial, so there is no second list of
derivatives. How an operation looks (operator, fraction, power, root, bars, choice, otherwise a function with
its name) is decided once, here; `notations.py` has the text of each of these in plain text, LaTeX and MathML.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd_lite.engine import table
from autograd_lite.engine.operators import Arithmetic
from autograd_lite.engine.ops import Op
from autograd_lite.engine.text import compound, shown

SUM, PRODUCT, POWER, ATOM = range(4)  # how firmly the parts of a formula hold together


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
    'tanh(2·x)/3'
    """

    __slots__ = ("data", "name", "op", "operands")

    def __init__(
        self, name: str, data: float | None = None, op: Op | None = None, operands: tuple[Any, ...] = ()
    ) -> None:
        self.name = name
        self.data = data
        self.op = op
        self.operands = operands

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> Any:
        operands = op.numbers(operands)
        constants = list(map(_constant, operands))
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


def _constant(x: Any) -> float | None:
    """A plain number; None for a formula."""
    return None if isinstance(x, FormulaOperand) else float(x)


def _laid_out(thing: Any) -> Any:
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
    number = all(_constant(x) is not None for x in operands)
    return FormulaOperand("", None, made.op, operands) if number else made.op(*operands)


def local_derivative(op: Op, place: int, operands: Sequence[Any], result: Any) -> Any:
    """The textbook's formula of a local partial, or a number where it is constant.

    >>> from autograd_lite import mul, sin
    >>> from autograd_lite.views.notations import TEXT
    >>> x, y, z = FormulaOperand("x"), FormulaOperand("y"), FormulaOperand("z")
    >>> TEXT.of(local_derivative(sin, 0, [x], z)), TEXT.of(local_derivative(mul, 0, [x, y], z))
    ('cos(x)', 'y')
    """
    partial = (op.shown or op.partials)[place]
    if not callable(partial):
        return float(partial)
    try:
        return partial(*operands, result)
    except Exception:  # a custom rule that only numbers can pass through may do anything with formulas
        return FormulaOperand(f"∂{op.name}/∂{place}")


class Notation(NamedTuple):
    r"""How formulas are written: a text for each thing there is to write, with {} for its parts; plain text by default.

    >>> from autograd_lite.views.notations import LATEX, MATHML
    >>> x = FormulaOperand("x1")
    >>> LATEX.of(1.0 / x), MATHML.of(x ** 2.0)
    ('\\frac{1}{x_{1}}', '<msup><msub><mi>x</mi><mn>1</mn></msub><mn>2</mn></msup>')
    """

    number: Callable[[float], str]
    symbol: Callable[[str], str]
    function: Callable[[Op, Sequence[str]], str]
    plus: str = "{} + {}"
    minus: str = "{} − {}"
    times: str = "{}·{}"
    negative: str = "−{}"
    fraction: str = "{}/{}"
    power: str = "{}^{}"
    exponential: str = "exp({})"
    root: str = "√({})"
    cube_root: str = "∛({})"
    parentheses: str = "({})"
    bars: str = "|{}|"
    brackets: str = "[{}]"
    choice: str = "({} if {}, otherwise {})"
    greater: str = "{} > {}"
    at_least: str = "{} ≥ {}"
    unequal: str = "{} ≠ {}"
    equal: str = "{} = {}"
    in_line: bool = True  # whether fractions and exponents stand on the line, so that they may need parentheses
    differential: str = "∂{}"
    ellipsis: str = "…"
    exact: bool = False  # whether it tells x·(y·z) from (x·y)·z, which are equal up to rounding, and −(x·y) from (−x)·y

    def of(self, thing: Any, firmness: int = SUM) -> str:
        """A formula or a number; in parentheses where its parts hold together less firmly than asked for."""
        text, firm = self._written(thing)
        return text if firm >= firmness else self.parentheses.format(text)

    def derivative(self, y: str, x: str) -> str:
        """The derivative of one name with respect to another; on a line, a name that is one itself is in parentheses.

        >>> from autograd_lite.views.notations import TEXT
        >>> TEXT.derivative("y", "x"), TEXT.derivative("∂f/∂y", "x")
        ('∂y/∂x', '∂(∂f/∂y)/∂x')
        """

        def part(name: str) -> str:
            bracketed = self.in_line and (" " in name or "/" in name)
            symbol = self.symbol(name)
            return self.differential.format(self.parentheses.format(symbol) if bracketed else symbol)

        return self.fraction.format(part(y), part(x))

    def _written(self, thing: Any) -> tuple[str, int]:
        """A formula as it is written, and how firmly its parts hold together."""
        if not isinstance(thing, FormulaOperand):
            number = float(thing)
            if abs(number) in MULTIPLES:
                multiple = MULTIPLES[abs(number)]
                return self._written(table.neg(multiple) if number < 0.0 else multiple)
            return self.number(number), SUM if number < 0.0 else PRODUCT if "e" in shown(number) else ATOM
        if thing.op is None:
            return self.symbol(thing.name), SUM if compound(thing.name) else ATOM
        if (laid_out := _laid_out(thing)) is not thing and not getattr(laid_out, "op", None):
            return self._written(laid_out)  # the form is an operand itself
        thing = laid_out
        condition = self._condition(thing)
        if condition is not None:
            return self.brackets.format(condition), ATOM
        if thing.op.form in LAYOUTS:
            return LAYOUTS[thing.op.form](self, *thing.operands)
        return self.function(thing.op, [self.of(x) for x in thing.operands]), ATOM

    def _condition(self, thing: Any) -> str | None:
        """The condition of a comparison that is 1 where it holds and 0 otherwise; None for anything else."""
        if isinstance(thing, FormulaOperand) and thing.op is not None and thing.op.form == "comparison":
            x, y, tie = thing.operands
            if _constant(tie) in (0.0, 1.0):
                return (self.greater if _constant(tie) == 0.0 else self.at_least).format(self.of(x), self.of(y))
        return None

    def _product(self, x: Any, y: Any) -> tuple[str, int]:
        first, firm = self._factor(x)
        return self.times.format(first, self.of(y, POWER if self.exact else PRODUCT)), firm

    def _factor(self, x: Any) -> tuple[str, int]:
        """A first factor; a sign before it needs no parentheses, but is the sign of the whole."""
        signed = x.op is table.neg if isinstance(x, FormulaOperand) else x < 0.0
        return (self.of(x), SUM) if signed else (self.of(x, PRODUCT), PRODUCT)

    def _quotient(self, x: Any, y: Any) -> tuple[str, int]:
        if not self.in_line:
            return self.fraction.format(self.of(x), self.of(y)), PRODUCT
        first, firm = self._factor(x)
        return self.fraction.format(first, self.of(y, POWER)), firm

    def _raised(self, x: Any, y: Any) -> tuple[str, int]:
        return self.power.format(self.of(x, ATOM), self.of(y, ATOM if self.in_line else SUM)), POWER

    def _decided(self, x: Any, y: Any, tie: Any) -> tuple[str, int]:
        """1 where x > y, 0 where x < y, and a tie that is neither 0 nor 1."""
        more = self.brackets.format(self.greater.format(self.of(x), self.of(y)))
        same = self.brackets.format(self.equal.format(self.of(x), self.of(y)))
        return self.plus.format(more, self.times.format(self.of(tie, PRODUCT), same)), SUM

    def _chosen(self, condition: Any, x: Any, y: Any) -> tuple[str, int]:
        asked = self._condition(_laid_out(condition)) or self.unequal.format(self.of(condition), self.of(0.0))
        return self.choice.format(self.of(x), asked, self.of(y)), ATOM


Layout = Callable[..., tuple[str, int]]

# By the form of a row. What has none is a function with a name before its operands.
LAYOUTS: dict[str, Layout] = {
    "sum": lambda n, x, y: (n.plus.format(n.of(x), n.of(y, PRODUCT)), SUM),
    "difference": lambda n, x, y: (n.minus.format(n.of(x), n.of(y, PRODUCT)), SUM),
    "product": Notation._product,
    "quotient": Notation._quotient,
    "power": Notation._raised,
    "negative": lambda n, x: (n.negative.format(n.of(x, POWER if n.exact else PRODUCT)), SUM),
    "exponential": lambda n, x: (n.exponential.format(n.of(x)), ATOM if n.in_line else POWER),
    "root": lambda n, x: (n.root.format(n.of(x)), ATOM),
    "cube_root": lambda n, x: (n.cube_root.format(n.of(x)), ATOM),
    "bars": lambda n, x: (n.bars.format(n.of(x)), ATOM),
    "comparison": Notation._decided,
    "choice": Notation._chosen,
}

# Multiples of π, which are written as such: a number that is one to its last digit was meant as one.
PI = FormulaOperand("π")
MULTIPLES = {
    times * math.pi / parts: table.mul(float(times), PI) if parts == 1 else table.mul(float(times), PI) / float(parts)
    for times in (1, 2, 3, 4, 5)
    for parts in (1, 2, 3, 4, 6)
    if math.gcd(times, parts) == 1
}
