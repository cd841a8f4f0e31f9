"""A reader's answer as numbers: whatever kind of number it is, or a text such as "1/3"; and what shape is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd_lite.engine.reals import as_float
from autograd_lite.engine.text import counted, readable, shortened
from autograd_lite.engine.value import plain
from autograd_lite.lessons.asking.nested import flat, structure
from autograd_lite.lessons.asking.quantity import Quantity
from autograd_lite.views.expressions import Expression, ExpressionError


class GuessError(ValueError):
    """An answer that is none: it cannot be read, or has another shape than what is asked."""


def read(guess: Any, quantity: Quantity) -> list[Any]:
    """The numbers of an answer, one after the other. Raises GuessError, which says what is asked.

    >>> from fractions import Fraction
    >>> asked = Quantity("∂J/∂v", [0.0, 1.0])
    >>> read(("cos(0) / 2", Fraction(1, 4)), asked), read(["0,5", "1e-3"], asked)
    ([0.5, 0.25], [0.5, 0.001])
    >>> read([1, 2, 3], asked)
    Traceback (most recent call last):
        ...
    autograd_lite.lessons.asking.guesses.GuessError: asked is a list of 2 numbers; these are 3
    """
    nested = _nested(guess)
    if structure(nested) != quantity.shape:
        given = structure(nested)
        turned = (
            _columns(given) and _columns(given) == _rows(quantity.shape) and _rows(given) == _columns(quantity.shape)
        )
        what = ": rows and columns have changed places" if turned else f"; {_these(given)}"
        raise GuessError(f"asked is {asked_shape(quantity)}{what}")
    pairs = zip(flat(nested), quantity.entries, strict=True)
    return [_word(x) if isinstance(truth, str) else _number(x) for x, truth in pairs]


def blank(guess: Any) -> bool:
    """Whether an answer is still open: ... stands in it."""
    return any(x is ... for x in flat(_nested(guess)))


def asked_shape(quantity: Quantity) -> str:
    """What is asked, in words.

    >>> asked_shape(Quantity("J", 1.0)), asked_shape(Quantity("∂J/∂W", [[1.0, 2.0], [3.0, 4.0]]))
    ('one number', '2 rows of 2 numbers')
    """
    words = isinstance(next(flat(quantity.truth), 0.0), str)
    return _described(quantity.shape, "word" if words else "whole number" if quantity.exact else "number")


def _described(shape: Any, what: str) -> str:
    if not isinstance(shape, list):
        return f"one {what}"
    if all(part == () for part in shape):
        return f"a list of {counted(len(shape), what)}"
    if _columns(shape):
        return f"{counted(len(shape), 'row')} of {counted(_columns(shape), what)}"
    return f"a list of {len(shape)}: {', '.join(_described(part, what) for part in shape)}"


def _these(shape: Any) -> str:
    if not isinstance(shape, list):
        return "this is one"
    if all(part == () for part in shape):
        return f"these are {len(shape)}" if len(shape) != 1 else "this is a list of 1"
    return f"these are {_described(shape, 'number')}"


def _rows(shape: Any) -> int:
    return len(shape) if isinstance(shape, list) else 0


def _columns(shape: Any) -> int:
    """How many numbers each row has; 0 where these are no rows of one length."""
    if not isinstance(shape, list) or not shape or not all(isinstance(row, list) for row in shape):
        return 0
    lengths = {len(row) for row in shape}
    return lengths.pop() if len(lengths) == 1 and all(part == () for row in shape for part in row) else 0


def _nested(guess: Any) -> Any:
    guess = guess.tolist() if hasattr(guess, "tolist") else guess
    if isinstance(guess, Mapping):
        guess = list(guess.values())
    return [_nested(part) for part in guess] if isinstance(guess, (list, tuple)) else guess


def _word(x: Any) -> str:
    return " ".join(str(x).split()).casefold()


def _number(x: Any) -> float:
    if isinstance(x, str):
        return _computed(x)
    try:
        return plain(x)
    except (TypeError, ValueError, OverflowError):
        raise GuessError(f"{readable(shortened(x))} is no number") from None


def _computed(text: str) -> float:
    """The number that a text says: a formula without names; a comma may be a decimal one."""
    error: Exception | None = None
    for written in (text, text.replace(",", ".")):
        try:
            expression = Expression(written.strip().lstrip("=≈"))
            return as_float(expression())
        except (ExpressionError, ArithmeticError, ValueError, TypeError) as refused:
            error = error or refused
    said = str(error).splitlines()[0] if str(error) else "it has no value"
    raise GuessError(f"{readable(shortened(text))} cannot be read as a number: {readable(said)}")
