"""What the rules of the grammar make: each the part of the text that it has recognised."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from math import inf, isinf
from typing import TYPE_CHECKING, Any
from unicodedata import normalize, numeric

from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import (
    TABLE,
    abs,
    add,
    div,
    exceeds,
    exp,
    floordiv,
    logaddexp,
    maximum,
    minimum,
    mod,
    mul,
    neg,
    pow,
    sub,
    where,
)
from autograd_lite.views.reading.parts import (
    CONSTANTS,
    SUPERSCRIPTS,
    Definition,
    Name,
    Part,
    ReadingError,
    Step,
    canonical,
    functions,
)

if TYPE_CHECKING:
    from lark import Token

OPERATORS = {
    "PLUS": add,
    "MINUS": sub,
    "TIMES": mul,
    "DIVIDE": div,
    "FLOOR": floordiv,
    "MODULO": mod,
    "POWER": pow,
}
OF_MORE = (maximum, minimum, logaddexp)  # which take two, and typed also more: max(x, y, z) is max(max(x, y), z)
LONGEST_NUMBER = 60  # characters of the base of a power that are looked through for names
COMPARISONS = {">=": "≥", "<=": "≤", "!=": "≠", "==": "="}
ASCII = str.maketrans("−–", "--")
INVERSES = {"exp": "log", "log": "exp", "exp2": "log2", "log2": "exp2", "expm1": "log1p", "log1p": "expm1"}

Children = list[Any]  # parts, and tokens of lark, which are strings with a type and a place


def power_of_e(base: Any, x: Any) -> Any:
    """The power of what is called e: exp(x), except where e is a name that was given a value."""
    return exp(x) if base is CONSTANTS["e"] else pow(base, x)


def unequal(x: Any, y: Any) -> Any:
    """1 where x ≠ y, otherwise 0."""
    return exceeds(x, y) + exceeds(y, x)


def equal(x: Any, y: Any) -> Any:
    """1 where x = y, otherwise 0."""
    return 1.0 - exceeds(x, y) - exceeds(y, x)


class Rules:
    """A method for each rule of the grammar, which lark calls with what the rule has recognised."""

    def start(self, children: Children) -> list[Part]:
        """`u = x²; sin u`: only the last statement needs no name, because its value is the result."""
        statements = [child for child in children if isinstance(child, Part)]
        for unnamed in statements[:-1]:
            if unnamed.rule != "definition":
                raise ReadingError("what is computed here has no name", unnamed.start, unnamed.end, "u = …")
        return statements

    def definition(self, children: Children) -> Part:
        """`u = x²`."""
        name: Any = self.name(children[:1]).step
        return _part(children, Definition(*name), children[2:], "definition")

    def result(self, children: Children) -> Part:
        """A statement that is an expression."""
        part: Part = children[0]
        return part

    def choice(self, children: Children) -> Part:
        """`x if x > 0, otherwise 0`, or with Python's `else`."""
        x, _, condition, _, y = children
        return _part(children, Step(where, 3), [condition, x, y])

    def comparison(self, children: Children) -> Part:
        """`x > 0` behind `if`; `c ≠ 0` asks for c itself."""
        part = self.indicator(["", *children, ""])._replace(start=children[0].start, end=children[2].end)
        return part.operands[0] if part.rule == "≠" and part.operands[1].step == 0.0 else part

    def indicator(self, children: Children) -> Part:
        """`[x > 0]`, which is 1 or 0."""
        x, sign, y = children[1:-1]
        kind = COMPARISONS.get(sign, str(sign))
        if kind in "=≠":
            return Part(x.start, y.end, Step(equal if kind == "=" else unequal, 2), [x, y], kind)
        tie = Part(x.start, y.end, 1.0 if kind in "≥≤" else 0.0)
        return Part(x.start, y.end, Step(exceeds, 3), [x, y, tie] if kind in ">≥" else [y, x, tie], kind)

    def binary(self, children: Children) -> Part:
        """`x + y`, `x·y`, `x^y` and so on; `[x > y] + t·[x = y]` is how formulas write an `exceeds` with a tie."""
        x, sign, y = children
        if sign.type == "POWER":
            open_end = sign in ("^", "**") and (y.rule == "power of a number" or (_bare_number(y) and _constant(x)))
            of_e = isinstance(x.step, Name) and x.step.name == "e"
            step = Step(power_of_e if of_e else pow, 2)
            return _part(children, step, [x, y], "power of a number" if open_end else "")
        tied = sign.type == "PLUS" and x.rule == ">" and y.step == Step(mul, 2) and y.operands[1].rule == "="
        if tied and all(map(Part.same, x.operands[:2], y.operands[1].operands)):
            return _part(children, Step(exceeds, 3), [*x.operands[:2], y.operands[0]])
        return _part(children, Step(OPERATORS[sign.type], 2), [x, y])

    def sign(self, children: Children) -> Part:
        """`-x` and `+x`."""
        sign, x = children
        return _part(children, *((Step(neg, 1), [x]) if sign.type == "MINUS" else (x.step, x.operands)))

    def beside(self, children: Children) -> Part:
        """`2x`; but `√2x` could be √2·x or √(2x), and `2^3x` 2³·x or 2^(3x), with any number as the base, such as e."""
        x, sign, y = children
        if x.rule in ("root", "power of a number") and x.rule != y.rule and sign.type == "SIDE":
            root = x.rule == "root"
            what = f"it is not clear whether the {'root' if root else 'exponent'} goes on here"

            def instead(text: str) -> str:
                first, second = text[x.start : x.end], text[y.start : y.end]
                if root:
                    return f"{first}*{second}"
                base, power, exponent = re.split(r"(.*)(\^|\*\*)", first, maxsplit=1)[1:]
                return f"{base}{power}({exponent}{second}) or {first}*{second}"

            raise ReadingError(what, x.start, y.end, instead)
        return _part(children, Step(mul, 2), [x, y], y.rule if y.rule in ("root", "power of a number") else "")

    def raised(self, children: Children) -> Part:
        """`x²`."""
        x, exponent = children
        return self.binary([x, exponent.update("POWER"), _exponent(exponent)])

    def application(self, children: Children) -> Part:
        """`sin x`, `sin² x`, `√x`."""
        part = _applied(children, children[-1:])
        return part._replace(rule="root") if children[0].type == "ROOT" else part

    def call(self, children: Children) -> Part:
        """`atan2(y, x)`, `sin²(x)`, `√(x)`."""
        return _applied(children, children[-2] if isinstance(children[-2], list) else [])

    def arguments(self, children: Children) -> list[Part | tuple[str, Part]]:
        """What stands in the brackets of a function."""
        return [child for child in children if not isinstance(child, str)]

    def named(self, children: Children) -> tuple[str, Part]:
        """`slope=0.1` in the brackets of a function."""
        return canonical(children[0]), children[2]

    def sequence(self, children: Children) -> Part:
        """`[x, y]` or `(x, y)` in the brackets of a function."""
        return _part(children, None, [child for child in children if isinstance(child, Part)], "sequence")

    def number(self, children: Children) -> Part:
        """`1.5`, `1e−3`, `½`, `0xff`."""
        return _part(children, _number(children[0]))

    def name(self, children: Children) -> Part:
        """`x`, `x₁`, `learning_rate`."""
        place = _place(children)
        name = canonical(children[0])
        if not (SUPERSCRIPTS.sub("", name).replace(",", "").isidentifier() or name in CONSTANTS):
            raise ReadingError("this is no name", *place)
        return _part(children, Name(name, *place))

    def bracketed(self, children: Children) -> Part:
        """`(x + y)`."""
        part = children[1]
        return _part(children, part.step, part.operands, part.rule if part.rule in (">", "=") else "bracketed")

    def bars(self, children: Children) -> Part:
        """`|x|`."""
        return _part(children, Step(abs, 1), children[1:2])


def _applied(children: Children, operands: Sequence[Any]) -> Part:
    """A function, perhaps with an exponent, applied to what it was given."""
    token, exponent = children[:2]
    function = functions()[canonical(token)]
    step, bound = _called(str(token), function, operands, _place(children))
    if getattr(exponent, "type", "") != "RAISED":
        return _part(children, step, bound)
    power = _exponent(exponent)
    if power.step == Step(neg, 1) and power.operands[0].step == 1.0:
        name = function.__name__
        inverse = INVERSES.get(name) or (f"a{name}" if f"a{name}" in TABLE else f"1/{name}")
        place = _place(children[:2])
        raise ReadingError(f"this could be the inverse of {name}, or 1/{name}", *place, f"{inverse}(…)")
    return _part(children, Step(pow, 2), [_part(children, step, bound), power])


def _called(name: str, function: Any, operands: Sequence[Any], place: tuple[int, int]) -> tuple[Step, Sequence[Part]]:
    """The step of a function, and its operands in their order; ReadingError where they are not what it takes."""
    of_any = not isinstance(function, Op) or function in OF_MORE or function.of_more
    listed = len(operands) == 1 and isinstance(operands[0], Part) and operands[0].rule == "sequence"
    if of_any and listed:
        operands = operands[0].operands
    unnamed = all(isinstance(x, Part) and x.rule != "sequence" for x in operands)
    if not isinstance(function, Op):
        if not unnamed or not (listed or len(operands) > 1):
            raise ReadingError(f"{name} takes a list, or two operands and more", *place, f"{name}([x, y])")
        return Step(lambda *xs: function(xs), len(operands)), operands
    if function in OF_MORE and unnamed and len(operands) > 2:
        return Step(lambda *xs: reduce(function, xs), len(operands)), operands
    named: dict[str, Part] = {}
    for x in operands:
        name_of, part = ("", x) if isinstance(x, Part) else x
        if part.rule == "sequence":
            raise ReadingError(f"{name} takes no list", part.start, part.end)
        if name_of in named or (named and not name_of):
            raise ReadingError(f"{name} takes operands by place, then by name, each once", part.start, part.end)
        if name_of:
            named[name_of] = part

    def instead(text: str) -> str:
        point = re.sub(r"(\d),(\d)", r"\1.\2", text[slice(*place)])  # for a comma, as many languages write it
        if function.arity == 1:
            return point if point != text[slice(*place)] else ""
        return "" if "(" in text[slice(*place)] else f"{name}({', '.join(function.parameters)})"

    by_place = tuple(operands[: len(operands) - len(named)])
    try:
        bound = function._bound(by_place, named) if named else by_place
        function.check_count(len(bound))
    except TypeError as error:
        raise ReadingError(str(error), *place, instead) from None
    return Step(function, len(bound)), [Part(*place, x) if isinstance(x, float) else x for x in bound]


def _constant(x: Part) -> bool:
    """Whether a part is short, and made of numbers alone."""
    if x.end - x.start > LONGEST_NUMBER:
        return False
    return all(not isinstance(step, Name) or step.name in CONSTANTS for step in x.steps())


def _bare_number(x: Part) -> bool:
    """Whether a part is a number without brackets, perhaps with a sign."""
    while x.step == Step(neg, 1) and x.rule != "bracketed":
        (x,) = x.operands
    return isinstance(x.step, float) and x.rule != "bracketed"


def _number(token: Token) -> float:
    """The number that is written, with one of the signs of Unicode for a minus or a fraction, or in Python's ways."""
    text = token.translate(ASCII)
    place = token.start_pos or 0, token.end_pos or 0
    try:
        if text[1:2] in tuple("xXoObB"):
            number = float(int(text, 0))
        elif text[-1].isdigit() or text[-1] in "._":
            number = float(text)
        else:
            number = float(text[:-1] or 0) + numeric(text[-1])
    except ValueError:
        raise ReadingError("this is no number", *place) from None
    except OverflowError:
        number = inf
    if isinf(number):
        raise ReadingError("this number is too large for a float (1.8e308)", *place)
    return number


def _exponent(token: Token) -> Part:
    """The exponent in x², and in sin^2 x."""
    text = normalize("NFKC", token).translate(ASCII).lstrip("*^")
    sign, digits = text[:1] == "-", text.lstrip("+-")
    start, end = token.start_pos or 0, token.end_pos or 0
    step = Name(canonical(digits), start, end) if digits.isidentifier() else _number(token.update("NUMBER", digits))
    part = Part(start, end, step)
    return Part(start, end, Step(neg, 1), [part]) if sign else part


def _place(children: Children) -> tuple[int, int]:
    """From where to where in the text these children, parts and tokens, reach."""
    first, last = children[0], children[-1]
    start: int = first.start if isinstance(first, Part) else first.start_pos
    end: int = last.end if isinstance(last, Part) else last.end_pos
    return start, end


def _part(children: Children, step: Any, operands: Sequence[Part] = (), rule: str = "") -> Part:
    return Part(*_place(children), step, operands, rule)
