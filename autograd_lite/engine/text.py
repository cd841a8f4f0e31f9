"""How names, numbers and counts are written, in messages and in every view."""

from __future__ import annotations

from itertools import accumulate
from math import fsum, isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_NAME = 24
ALL_DIGITS = 17  # with which every float can be told from the next
OPERATORS = ("+", "−", "×", "·", "*", "/", "^", " - ")
PARENTHESIS = {"(": 1, ")": -1}
UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))  # control, format, lone halves of a pair, line ends
JOINERS = "\u200c\u200d"  # without which Persian and other scripts, and many emoji, look wrong
UNHELD = "[^ -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010fffe]"  # what a page cannot hold
ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")


def shortened(x: object) -> str:
    """The `repr` of anything on one line, cut to a length that fits an error message."""
    text = " ".join(line.strip() for line in repr(x).splitlines())  # an array's has several
    return text if len(text) <= 60 else text[:57] + "..."


def compound(text: str) -> bool:
    """Whether a name is an expression itself, which needs parentheses beside an operator; a number is not.

    >>> compound("a - b"), compound("dy/dx"), compound("f(a + b)"), compound("x-axis"), compound("1e+16")
    (True, True, False, False, False)
    """
    if not _has_operator(text) or _is_number(text):
        return False
    depths = [0, *accumulate(PARENTHESIS.get(c, 0) for c in text)]
    if depths[-1] or min(depths):
        outside = text  # parentheses without a partner enclose nothing
    else:
        outside = "".join(c for c, around in zip(text, depths, strict=False) if not around and c != "(")
    return _has_operator(outside)


def _has_operator(text: str) -> bool:
    return any(sign in text[1:] for sign in OPERATORS)  # a sign in front is none


def _is_number(text: str) -> bool:
    try:
        return text[0].isdigit() and float(text) >= 0.0
    except ValueError:
        return False


def visible(text: str) -> str:
    r"""Any text for a terminal: what would command it, or turn letters round, is written as in Python's `repr`.

    Lines, tabs and the joiners that some scripts need stay.

    >>> print(visible("red: \x1b[31m, turned: \u202e, a bell: \a"))
    red: \x1b[31m, turned: \u202e, a bell: \x07
    """
    if text.isprintable():
        return text
    from unicodedata import category

    return "".join(ascii(c)[1:-1] if category(c) in UNSEEN and c not in f"\n\t{JOINERS}" else c for c in text)


def readable(text: str) -> str:
    r"""Any text on one line, without what a page cannot hold, what nobody can see, and what turns letters round.

    Arabic and Hebrew letters turn round what they are among by themselves, and stay, as the joiners do.

    >>> readable("two\nlines, a bell: \a, turned: \u202e, and שלום")
    'two lines, a bell: �, turned: �, and שלום'
    """
    text = " ".join(text.split())
    if text.isprintable():
        return text
    import re  # here, because importing is cheap
    from unicodedata import category

    return "".join("\ufffd" if re.match(UNHELD, c) or (category(c) == "Cf" and c not in JOINERS) else c for c in text)


def short(text: str) -> str:
    """A name that fits into a picture.

    >>> short("the_activation_of_the_third_neuron")
    'the_activation_of_the_t…'
    """
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def shown(x: float) -> str:
    """A number to four digits, a whole part below 100,000 in full, with a true minus sign.

    >>> [shown(x) for x in (1.5, -4.103116, 1 / 3, 12345.6, 1e5, -1.5e-7, 0.0, float("-inf"))]
    ['1.5', '−4.103', '0.3333', '12346', '1e5', '−1.5e−7', '0', '−inf']
    """
    size = abs(float(f"{x:.4g}"))
    if isfinite(x) and (size >= 1e5 or 0.0 < size < 1e-3):
        digits, _, exponent = f"{x:.3e}".partition("e")
        text = f"{float(digits):g}e{int(exponent)}"
    else:
        text = f"{x or 0.0:.{5 if size >= 1e4 else 4}g}"
    return text.replace("-", "−")


def rounded(x: float, digits: int | None = None) -> str:
    """A number as Python writes it, to so many digits if given.

    >>> rounded(-4.1031164885938205), rounded(-4.1031164885938205, 6), rounded(2.0, 6)
    ('-4.1031164885938205', '-4.10312', '2.0')
    """
    return repr(x if digits is None or digits >= ALL_DIGITS else float(f"{x:.{digits}g}"))


def total(numbers: Iterable[float]) -> float:
    """A sum without rounding errors, as long as it is finite.

    >>> total([1e16, 1.0, -1e16]), total([1.0, float("inf")])
    (1.0, inf)
    """
    terms = list(numbers)
    try:
        return fsum(terms)
    except (OverflowError, ValueError):  # which fsum raises where floats give inf or nan
        return sum(terms)


def counted(count: int, one: str, many: str = "") -> str:
    """A number and what it counts.

    >>> counted(1, "edge"), counted(1200, "box", "boxes")
    ('1 edge', '1,200 boxes')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def ordinal(place: int) -> str:
    """Which one of several, to begin a sentence with.

    >>> ordinal(2), ordinal(21), ordinal(112)
    ('Second', '21st', '112th')
    """
    if place <= len(ORDINALS):
        return ORDINALS[place - 1]
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{ending}"
