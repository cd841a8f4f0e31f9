"""How names, numbers and counts are written, in messages and in every view."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import fsum, isfinite

LONGEST_NAME = 24
OPERATOR = re.compile(r"[+−×·*/^]| - ")
INNERMOST = re.compile(r"\([^()]*\)")
UNHELD = re.compile("[^ -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010fffe]")  # what a page cannot hold
NUMBER = re.compile(r"[\d.]+e[+-]\d+")


def shortened(x: object) -> str:
    """The `repr` of anything on one line, cut to a length that fits an error message."""
    text = " ".join(line.strip() for line in repr(x).splitlines())  # an array's has several
    return text if len(text) <= 60 else text[:57] + "..."


def compound(text: str) -> bool:
    """Whether a name is an expression itself, which needs parentheses beside an operator; a number is not.

    >>> compound("a - b"), compound("dy/dx"), compound("f(a + b)"), compound("x-axis"), compound("1e+16")
    (True, True, False, False, False)
    """
    while (outside := INNERMOST.sub("", text)) != text:
        text = outside
    return OPERATOR.search(text, 1) is not None and NUMBER.fullmatch(text) is None


def readable(text: str) -> str:
    r"""Any text on one line, without the characters that a page cannot hold.

    >>> readable("two\nlines and a bell: \a")
    'two lines and a bell: �'
    """
    return UNHELD.sub("\ufffd", " ".join(text.split()))


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
