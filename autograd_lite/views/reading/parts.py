"""What reading makes of a text: parts, each with its place in the text and with the step that computes it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple
from unicodedata import normalize

from autograd_lite.engine import sequences
from autograd_lite.engine.table import TABLE
from autograd_lite.views.notations import TEXT

SEQUENCE_FUNCTIONS = {f.__name__: f for f in (sequences.sum, sequences.prod, sequences.mean, sequences.logsumexp)}
CONSTANTS = {
    "pi": math.pi,
    "π": math.pi,
    "tau": math.tau,
    "τ": math.tau,
    "e": math.e,
    "inf": math.inf,
    "∞": math.inf,
    "nan": math.nan,
}
SUPERSCRIPTS = re.compile("([⁺⁻⁽⁾⁰¹²³⁴-⁹ⁿˣʸⁱ]+)")


class ReadingError(Exception):
    """What cannot be read, from where to where, and what to write instead: a text, or made of the whole text."""

    def __init__(self, message: str, start: int, end: int, instead: str | Callable[[str], str] = "") -> None:
        super().__init__(message)
        self.start, self.end, self.instead = start, end, instead


class Step(NamedTuple):
    """Replace the last `arity` operands on the stack by what the function makes of them."""

    apply: Callable[..., Any]
    arity: int


class Name(NamedTuple):
    """Put the value of a name on the stack."""

    name: str
    start: int
    end: int


class Definition(NamedTuple):
    """Take the last operand from the stack, and give it a name."""

    name: str
    start: int
    end: int


class Part(NamedTuple):
    """A piece of the text, and the step that computes it from its operands; `rule` says what it is, where asked."""

    start: int
    end: int
    step: Step | Name | Definition | float | None
    operands: Sequence[Part] = ()
    rule: str = ""

    def steps(self) -> list[Step | Name | Definition | float]:
        """The steps in the order in which a stack takes them; without recursion, so that depth is not limited."""
        found, todo = [], [self]
        while todo:
            part = todo.pop()
            if part.step is not None:
                found.append(part.step)
            todo.extend(part.operands)
        return found[::-1]

    def same(self, other: Part) -> bool:
        """Whether two parts say the same, perhaps in other places."""
        mine, theirs = ([x.name if isinstance(x, Name) else x for x in part.steps()] for part in (self, other))
        return mine == theirs


def canonical(name: str) -> str:
    """One spelling of names that are the same: x₁ is x1, and ｘ is x. A superscript makes another name.

    >>> canonical("x₁"), canonical("w¹₂₁")
    ('x1', 'w¹21')
    """
    if name.isascii():
        return str(name)  # of a token too
    return "".join(p if SUPERSCRIPTS.fullmatch(p) else normalize("NFKC", p) for p in SUPERSCRIPTS.split(name))


@cache
def functions() -> dict[str, Any]:
    """All functions by the names that their rows give them: their own, NumPy's, those in formulas, and other ones.

    >>> functions()["ln"], functions()["arcsin"], functions()["√"]
    (<Op log>, <Op asin>, <Op sqrt>)
    """
    found: dict[str, Any] = {}
    for name, op in TABLE.items():
        layout = getattr(TEXT, op.form, "") if isinstance(op.form, str) else ""
        sign = layout.removesuffix("({})") if layout.endswith("({})") else ""
        found |= {canonical(other): op for other in (op.ufunc, op.text, sign, *op.also) if other} | {name: op}
    return found | TABLE | SEQUENCE_FUNCTIONS
