"""Formulas in writing: how each operation looks, in a notation of your choice.

How an operation looks (operator, fraction, power, root, bars, choice, otherwise a function with its name) is decided
once, here; `notations.py` has the text of each of these in plain text, LaTeX and MathML. What a formula is, and the
formulas of local partials, stand in `symbols.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd_lite.engine import table
from autograd_lite.engine.ops import Op
from autograd_lite.engine.text import compound, shown
from autograd_lite.views.symbols import (
    FormulaOperand as FormulaOperand,
    constant,
    laid_out,
    local_derivative as local_derivative,
)

SUM, PRODUCT, POWER, ATOM = range(4)  # how firmly the parts of a formula hold together
WORD = re.compile(r"[^\W\d][\w⁽⁾]*(,[₀-₉]+)*")  # a name after which a function needs no parentheses
LETTER = re.compile(r"[^\W\d_eE]′*[⁰¹²³⁴-⁹₀-₉,]*")  # a name that can stand behind a number: 2x, but 2·x1 and 2·e1
RAISED = re.compile("[⁰¹²³⁴-⁹]")  # in a name with a superscript: its square is (a¹₂)²
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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
    beside: str = "{}{}"  # a number and a letter: 2x
    bare: Callable[[Op, str], str] | None = None  # a function without parentheses: sin x²
    superscripts: bool = False  # whether whole exponents are written as in x²
    marked: str = ""  # around the part of a formula that is a node: its place in the graph, and the part
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

    def of(self, thing: Any, firmness: int = SUM, *, followed: bool = False) -> str:
        """A formula or a number; in parentheses where its parts hold together less firmly than asked for.

        Where a factor follows, a function has its parentheses: sin(x)·y.
        """
        text, firm = self._written(thing, followed)
        text = self._mark(thing, text)
        return text if firm >= firmness else self.parentheses.format(text)

    def _mark(self, thing: Any, text: str) -> str:
        """What is written for a thing, marked where that is a node."""
        if self.marked and isinstance(thing, FormulaOperand) and thing.mark is not None:
            return self.marked.format(thing.mark, text)
        return text

    def signed(self, x: float) -> str:
        """A number as it stands after another in a product or a sum: in parentheses if it has a sign.

        >>> from autograd_lite.views.notations import TEXT
        >>> TEXT.signed(2.0), TEXT.signed(-2.0)
        ('2', '(−2)')
        """
        number = self.number(x)
        return self.parentheses.format(number) if x < 0.0 else number

    def derivative(self, y: str, x: str) -> str:
        """The derivative of one name with respect to another; in parentheses a sum, and on a line what is one itself.

        >>> from autograd_lite.views.notations import TEXT
        >>> TEXT.derivative("y", "x"), TEXT.derivative("∂f/∂y", "x")
        ('∂y/∂x', '∂(∂f/∂y)/∂x')
        """

        def part(name: str) -> str:
            bracketed = " " in name or (self.in_line and "/" in name)
            symbol = self.symbol(name)
            return self.differential.format(self.parentheses.format(symbol) if bracketed else symbol)

        return self.fraction.format(part(y), part(x))

    def _written(self, thing: Any, followed: bool = False) -> tuple[str, int]:
        """A formula as it is written, and how firmly its parts hold together."""
        if not isinstance(thing, FormulaOperand):
            number = float(thing)
            if abs(number) in EXPRESSED:
                multiple = EXPRESSED[abs(number)]
                return self._written(table.neg(multiple) if number < 0.0 else multiple, followed)
            return self.number(number), SUM if number < 0.0 else PRODUCT if "e" in shown(number) else ATOM
        if thing.op is None:
            return self.symbol(thing.name), SUM if compound(thing.name) else ATOM
        if (written := laid_out(thing)) is not thing and not getattr(written, "op", None):
            return self._written(written, followed)  # the form is an operand itself
        thing = written
        condition = self._condition(thing)
        if condition is not None:
            return self.brackets.format(condition), ATOM
        if thing.op.form in LAYOUTS:
            return LAYOUTS[thing.op.form](self, followed, *thing.operands)
        if self.bare and not followed and _named(thing.op) and _simple(thing.operands[0]):
            return self.bare(thing.op, self.of(thing.operands[0])), POWER
        return self.function(thing.op, [self.of(x) for x in thing.operands]), ATOM

    def _condition(self, thing: Any) -> str | None:
        """The condition of a comparison that is 1 where it holds and 0 otherwise; None for anything else."""
        if isinstance(thing, FormulaOperand) and thing.op is not None and thing.op.form == "comparison":
            x, y, tie = thing.operands
            if constant(tie) in (0.0, 1.0):
                return (self.greater if constant(tie) == 0.0 else self.at_least).format(self.of(x), self.of(y))
        return None

    def _sum(self, x: Any, y: Any) -> tuple[str, int]:
        if not self.exact and type(x) is float and x == 0.0:  # where a sum begins
            return self.of(y), self._written(y)[1]
        if not self.exact and isinstance(y, FormulaOperand) and y.op is table.neg:
            return self.minus.format(self.of(x), self._mark(y, self.of(y.operands[0], PRODUCT))), SUM  # 1 − p
        return self.plus.format(self.of(x), self.of(y, PRODUCT)), SUM

    def _difference(self, x: Any, y: Any) -> tuple[str, int]:
        return self.minus.format(self.of(x), self.of(y, PRODUCT)), SUM

    def _product(self, followed: bool, x: Any, y: Any) -> tuple[str, int]:
        first, firm = self._factor(x)
        sign = self.beside if _plain(x) and self._is_letter(y) else self.times
        return sign.format(first, self.of(y, POWER if self.exact else PRODUCT, followed=followed)), firm

    def _factor(self, x: Any) -> tuple[str, int]:
        """A first factor; a sign before it needs no parentheses, but is the sign of the whole."""
        signed = x.op is table.neg if isinstance(x, FormulaOperand) else x < 0.0
        return self.of(x, SUM if signed else PRODUCT, followed=True), SUM if signed else PRODUCT

    def _is_letter(self, x: Any) -> bool:
        """Whether this is a letter, perhaps with indices, or a power of one, so that a number can stand beside it."""
        if (power := _power(x)) is not None:
            x = power[0] if not self.in_line or (self.superscripts and _whole(power[1])) else None
        if not isinstance(x, FormulaOperand) or x.op is not None:
            return False
        return LETTER.fullmatch(x.name) is not None

    def _quotient(self, x: Any, y: Any) -> tuple[str, int]:
        if not self.in_line:
            return self.fraction.format(self.of(x), self.of(y)), PRODUCT
        first, firm = self._factor(x)
        function = isinstance(y, FormulaOperand) and y.op is not None and y.op.form is None  # 1/cos(x), 1/(x·ln 2)
        return self.fraction.format(first, self.of(y, POWER, followed=function)), firm

    def _raised(self, x: Any, y: Any) -> tuple[str, int]:
        base = self.of(x, ATOM, followed=True)
        if _raised(x):
            base = self.parentheses.format(base)
        if self.superscripts and (exponent := _whole(y)):
            return f"{base}{exponent}", POWER
        return self.power.format(base, self.of(y, ATOM if self.in_line else SUM, followed=self.in_line)), POWER

    def _exponential(self, x: Any) -> tuple[str, int]:
        if self.exponential.endswith("({})"):
            return self.exponential.format(self.of(x)), ATOM
        return self.exponential.format(self.of(x, ATOM if self.in_line else SUM)), POWER

    def _log_sum(self, x: Any, y: Any) -> tuple[str, int]:
        """The logarithm of the sum of exponentials; of one inside another, all terms in one sum."""
        if self.exact:
            return self.function(table.logaddexp, [self.of(x), self.of(y)]), ATOM
        return self.function(table.log, [self._exponentials(x, y)]), ATOM

    def _exponentials(self, *exponents: Any) -> str:
        terms = []
        for x in exponents:
            if isinstance(x, FormulaOperand) and x.op is table.logaddexp:
                terms.append(self._mark(x, self._exponentials(*x.operands)))
            else:
                terms.append(
                    self.number(1.0) if constant(x) == 0.0 else self.of(FormulaOperand("", None, table.exp, (x,)))
                )
        return self.plus.format(*terms)

    def _decided(self, x: Any, y: Any, tie: Any) -> tuple[str, int]:
        """1 where x > y, 0 where x < y, and a tie that is neither 0 nor 1."""
        more = self.brackets.format(self.greater.format(self.of(x), self.of(y)))
        same = self.brackets.format(self.equal.format(self.of(x), self.of(y)))
        return self.plus.format(more, self.times.format(self.of(tie, PRODUCT, followed=True), same)), SUM

    def _chosen(self, condition: Any, x: Any, y: Any) -> tuple[str, int]:
        asked = self._condition(laid_out(condition)) or self.unequal.format(self.of(condition), self.of(0.0))
        return self.choice.format(self.of(x), asked, self.of(y)), ATOM


def _named(op: Op) -> bool:
    """Whether a function is one of those that are written without parentheses, as sin x and ln x; not σ(x)."""
    return op.arity == 1 and op.latex is not None and len(op.text or op.name) > 1


def _simple(x: Any) -> bool:
    """Whether a function needs no parentheses before this: a positive number, a name, or a power of it as x²."""
    if (power := _power(x)) is not None:
        base, exponent = power
        return isinstance(base, FormulaOperand) and _simple(base) and not _raised(base) and _whole(exponent) is not None
    if isinstance(x, FormulaOperand):
        return x.op is None and WORD.fullmatch(x.name) is not None
    return _plain(x)


def _plain(x: Any) -> bool:
    """Whether this is a positive number that is written in digits alone."""
    return constant(x) is not None and x not in EXPRESSED and shown(x).replace(".", "").isdecimal()


def _power(x: Any) -> tuple[Any, ...] | None:
    """Base and exponent of a power; None for anything else."""
    x = laid_out(x)
    return x.operands if isinstance(x, FormulaOperand) and x.op is table.pow else None


def _raised(x: Any) -> bool:
    """Whether this is a name with a superscript, which another exponent must not meet."""
    return isinstance(x, FormulaOperand) and x.op is None and bool(RAISED.search(x.name)) and not compound(x.name)


def _whole(exponent: Any) -> str | None:
    """A whole exponent in superscripts; None for any other."""
    number = constant(exponent)
    if number is None or not 0.0 <= number <= 999.0 or not number.is_integer():
        return None
    return str(int(number)).translate(SUPERSCRIPTS)


Layout = Callable[..., tuple[str, int]]

# By the form of a row. What has none is a function with a name before its operands.
LAYOUTS: dict[str, Layout] = {
    "sum": lambda n, _, x, y: n._sum(x, y),
    "difference": lambda n, _, x, y: n._difference(x, y),
    "product": Notation._product,
    "quotient": lambda n, _, x, y: n._quotient(x, y),
    "power": lambda n, _, x, y: n._raised(x, y),
    "negative": lambda n, followed, x: (
        n.negative.format(n.of(x, POWER if n.exact else PRODUCT, followed=followed)),
        SUM,
    ),
    "exponential": lambda n, _, x: n._exponential(x),
    "root": lambda n, _, x: (n.root.format(n.of(x)), ATOM),
    "cube_root": lambda n, _, x: (n.cube_root.format(n.of(x)), ATOM),
    "bars": lambda n, _, x: (n.bars.format(n.of(x)), ATOM),
    "log_sum": lambda n, _, x, y: n._log_sum(x, y),
    "comparison": lambda n, _, x, y, tie: n._decided(x, y, tie),
    "choice": lambda n, _, condition, x, y: n._chosen(condition, x, y),
}

# Numbers that are written as what they are, for one that is this to its last digit was meant as it.
PI = FormulaOperand("π")
EXPRESSED = {
    times * math.pi / parts: table.mul(float(times), PI) if parts == 1 else table.mul(float(times), PI) / float(parts)
    for times in (1, 2, 3, 4, 5)
    for parts in (1, 2, 3, 4, 6)
    if math.gcd(times, parts) == 1
}
EXPRESSED |= {math.log(base): FormulaOperand("", None, table.log, (base,)) for base in (2.0, 10.0)}
EXPRESSED |= {math.pi / 180.0: PI / 180.0, 180.0 / math.pi: 180.0 / PI, 2.0 / math.sqrt(math.pi): 2.0 / table.sqrt(PI)}
