"""A kind of operand that is a piece of C text, for the rules of the engine in C.

To a rule the operands are floats, since it asks for `isinstance(x, float)`; but their number is nan, and every way to
it that is not text is an error, so that nothing is misread without a word.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, NoReturn

from autograd_lite.engine import table
from autograd_lite.engine.operators import Arithmetic
from autograd_lite.engine.ops import Op
from autograd_lite.engine.reals import as_float
from autograd_lite.engine.table import add, div, floordiv, mod, mul, neg, pow, sub

ATOMIC = re.compile(r"[\w.+]*(\[\d\])?|\w+\([^()]*\)", re.ASCII)  # needs no parentheses
LONGEST = 60  # characters of an expression, before it gets a name
INFIX = {add: "+", sub: "-", mul: "*"}  # of which Python's floats raise nothing
CHECKED = {mod: "py_mod", floordiv: "py_floordiv", pow: "py_pow"}

# What Python's `math` has from the C library, bit for bit, of one operand unless said otherwise. The compiler must
# not compute these by itself: it would round them correctly, which the library does not always.
LIBRARY = [
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "erf", "erfc", "exp", "exp2",
    "expm1", "log", "log10", "log1p", "log2", "sin", "sinh", "tan", "tanh",
]  # fmt: skip
OF_TWO = {"atan2", "copysign", "hypot"}
WHOLE = {"floor", "ceil", "trunc"}
GENERIC = {isinstance, max, min, round, math.floor, math.ceil, math.trunc}  # they ask the operand itself
FACTORS = {"degrees": 180.0 / math.pi, "radians": math.pi / 180.0}

# The outcomes of a comparison for which each operator is true; "?" is that of nan with anything.
OUTCOMES = {"<": "<", "<=": "<=", "==": "=", "!=": "<>?", ">": ">", ">=": ">="}
MIRRORED = {"<": ">", ">": "<", "=": "=", "?": "?"}


class UnreadableError(Exception):
    """A rule does something with a number that is not known to have a text in C."""


class Fork(BaseException):
    """A question whose answer the run of a rule has not been given; no rule catches it."""


@dataclass
class Path:
    """One run of a rule: the answers given to it, and what it has written since it used up the last of them."""

    answers: list[bool]
    lines: list[str] = field(default_factory=list)
    named: dict[str, CText] = field(default_factory=dict)  # what has been computed already
    asked: dict[str, bool] = field(default_factory=dict)
    orders: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # how two numbers may still compare

    def plain(self, text: str, *, finite: bool = False) -> CText:
        """A number that is what C makes of the text, inf and nan included."""
        if len(text) <= LONGEST:
            return CText(text, self, finite=finite)
        return self.name(text, f"const double {{}} = {text};", finite=finite)

    def checked(self, text: str) -> CText:
        """The number, where it is finite."""
        return self.name(text, f"const double {{0}} = {text};\nif (!isfinite({{0}}))\n    return 0;", finite=True)

    def name(self, text: str, line: str, *, finite: bool) -> CText:
        """A number with a name, which is computed once."""
        if text not in self.named:
            name = f"t{len(self.named)}"
            self.named[text] = CText(name, self, finite=finite)
            self.lines += line.format(name).splitlines()
        return self.named[text]

    def answer(self, question: str) -> bool:
        """What this path has as the answer."""
        if question not in self.asked:
            if len(self.asked) == len(self.answers):
                raise Fork(question)
            self.asked[question] = self.answers[len(self.asked)]
            self.lines.clear()
        return self.asked[question]

    def compare(self, x: Any, operator: str, y: Any) -> bool:
        """Whether x and y compare so, asked only if it does not follow from what has been asked before."""
        first, second = written(x), written(y)
        if isinstance(x, CText) and first.startswith("-") and ATOMIC.fullmatch(first[1:]) and second == "0.0":
            negated = CText(first[1:], self, finite=x.finite)  # so that nothing is asked twice
            return self.compare(negated, operator.translate(str.maketrans("<>", "><")), 0.0)
        key, mirrored = ((first, second), False) if first <= second else ((second, first), True)
        possible = self.orders.setdefault(key, _orders(*((y, x) if mirrored else (x, y))))
        true = {MIRRORED[outcome] if mirrored else outcome for outcome in OUTCOMES[operator]}
        if not possible & true or possible <= true:
            return bool(possible & true)
        answer = self.answer(f"{first} {operator} {second}")
        self.orders[key] = possible & true if answer else possible - true
        return answer


def _orders(x: Any, y: Any) -> set[str]:
    """How two numbers may compare: nan is none that is checked, and every such is between the infinities."""
    if not (_finite(x) and _finite(y)):
        infinite = next((c for c in (x, y) if not isinstance(c, CText) and math.isinf(c)), None)
        if infinite is None or not _finite(y if infinite is x else x):
            return set("<=>?")
        return {"<" if (infinite > 0.0) == (infinite is y) else ">"}
    return {"="} if written(x) == written(y) else set("<=>")


def _finite(x: Any) -> bool:
    return x.finite if isinstance(x, CText) else math.isfinite(x)


class CText(Arithmetic, float):  # type: ignore[misc]  # which have operators both
    """A kind of operand that is C text, and to a rule a float.

    >>> from autograd_lite import exp
    >>> path = Path([])
    >>> exp(2.0 * CText("x", path)) + 1.0
    t0 + 1.0
    >>> path.lines
    ['const double t0 = exp(2.0 * x);', 'if (!isfinite(t0))', '    return 0;']
    """

    __slots__ = ("finite", "path", "text")
    text: str
    path: Path
    finite: bool  # for certain
    __hash__ = None  # type: ignore[assignment]

    def __new__(cls, text: str, path: Path, *, finite: bool = False) -> CText:  # noqa: D102
        self = super().__new__(cls, math.nan)
        self.text, self.path, self.finite = text, path, finite
        return self

    def __repr__(self) -> str:
        return self.text

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> Any:
        if all(isinstance(x, (Whole, int)) for x in operands):
            raise UnreadableError("Python's integers have more digits than doubles")
        operands = op.numbers(operands)
        path = next(x.path for x in operands if isinstance(x, CText))
        if op in INFIX:
            return path.plain(f"{nested(operands[0])} {INFIX[op]} {nested(operands[1])}")
        if op is neg:
            return path.plain(f"-{nested(operands[0])}", finite=operands[0].finite)
        if op is div:
            return path.checked(f"{nested(operands[0])} / {nested(operands[1])}")
        if op in CHECKED:
            return path.checked(f"{CHECKED[op]}({written(operands[0])}, {written(operands[1])})")
        if getattr(op.value, "__module__", None) == "math":
            return called(op.value.__name__, operands)
        result = op.value(*operands)
        return result if isinstance(result, CText) else as_float(result)

    # fmt: off
    def __bool__(self) -> bool:           return self.path.compare(self, "!=", 0.0)
    def __eq__(self, other: Any) -> bool: return _compared(self, "==", other)
    def __ne__(self, other: Any) -> bool: return _compared(self, "!=", other)
    def __lt__(self, other: Any) -> bool: return _compared(self, "<", other)
    def __le__(self, other: Any) -> bool: return _compared(self, "<=", other)
    def __gt__(self, other: Any) -> bool: return _compared(self, ">", other)
    def __ge__(self, other: Any) -> bool: return _compared(self, ">=", other)
    def __floor__(self) -> Any:           return _whole("floor", self)
    def __ceil__(self) -> Any:            return _whole("ceil", self)
    def __trunc__(self) -> Any:           return _whole("trunc", self)
    def __round__(self) -> Any:           return _whole("rint", self)  # type: ignore[override]
    # fmt: on

    def is_integer(self) -> bool:
        """A question, as everywhere."""
        return _compared(_whole("trunc", self), "==", self)

    def _unread(self, *_: object) -> NoReturn:
        """What any other way to the number leads to."""
        raise UnreadableError("a number was taken out of the text")


class Whole(CText):
    """An integer that was rounded from a float: exact as a double, as long as it is only compared or made a float."""

    __slots__ = ()


KEPT = {"__new__", "__getattribute__", "__repr__", "__doc__", "__hash__", "__getformat__", "fromhex", "from_number"}
for _name in vars(float).keys() - vars(CText).keys() - KEPT:
    if getattr(CText, _name) is getattr(float, _name):  # as `Arithmetic` does not have it either
        is_field = _name in ("real", "imag")
        setattr(CText, _name, property(CText._unread) if is_field else CText._unread)


def _compared(x: CText, operator: str, y: Any) -> bool:
    if not isinstance(y, CText) and (type(y) not in (int, float) or float(y) != y):
        raise UnreadableError(f"a comparison with {y!r}")
    return x.path.compare(x, operator, y)


def _whole(rounded: str, x: CText) -> CText:
    if not x.finite:
        x.path.checked(x.text)  # Python raises
    return Whole(f"{rounded}({x.text}) + 0.0", x.path, finite=True)  # an integer has no -0


def written(x: Any) -> str:
    """An operand, or a constant, in C; raises for nan, which is what a number would be that was not written."""
    if isinstance(x, CText):
        return x.text
    if x != x:
        raise UnreadableError("a constant is nan")
    return f"{'-' if x < 0.0 else ''}INFINITY" if math.isinf(x) else repr(float(x))


def nested(x: Any) -> str:
    """The same as a part of an expression."""
    text = written(x)
    return text if ATOMIC.fullmatch(text) else f"({text})"


def called(name: str, operands: tuple[Any, ...]) -> Any:
    """A function of Python's `math`, some of whose operands are text."""
    texts = [written(x) for x in operands]
    path = next((x.path for x in operands if isinstance(x, CText)), None)
    if path is None or len(operands) != (2 if name in OF_TWO else 1):
        raise UnreadableError(f"math.{name} of {operands}")
    call = f"{name}({', '.join(texts)})"
    if name in LIBRARY or name == "sqrt":  # which is rounded correctly everywhere
        return path.checked(call)
    if name in ("fabs", "copysign"):
        return path.plain(call, finite=_finite(operands[0]))
    if name in FACTORS:
        return operands[0] * FACTORS[name]
    if name in WHOLE:
        return _whole(name, operands[0])
    if name == "hypot":
        line = f"double {{0}};\nif (!py_hypot({', '.join(texts)}, &{{0}}))\n    return 0;"
        return path.name(call, line, finite=True)
    if name == "isfinite":
        return operands[0].finite or path.answer(call)
    raise UnreadableError(f"math.{name} is not known to be that of C")


class MathInC:
    """What stands in the place of `math` while rules are read."""

    def __getattr__(self, name: str) -> Any:
        real = getattr(math, name)

        def function(*operands: Any) -> Any:
            plain = all(type(x) in (float, int) for x in operands)
            return real(*operands) if plain else called(name, operands)

        return function if callable(real) else real


@contextmanager
def reading() -> Iterator[None]:
    """Within it the table's rules find the other `math`, and what is in C must not find the nan."""

    def watch(frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call" and function not in GENERIC:
            of_numbers = function is sum or getattr(function, "__module__", None) in ("math", "cmath")
            of_rule = frame.f_globals is vars(table) and type(getattr(function, "__self__", None)) is not float
            plain = frame.f_globals is globals() or frame.f_code is Op.of_floats.__code__  # these give it floats alone
            if of_rule or (of_numbers and not plain):
                raise UnreadableError(f"{function.__name__} may take the number out of the text")

    profile = sys.getprofile()
    vars(table)["math"] = MathInC()
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(profile)
        vars(table)["math"] = math
