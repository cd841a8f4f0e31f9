"""How a CSV file is to be read, guessed from its rows.

Python's `csv` reads the rows; its `Sniffer` would take the decimal commas of 1,5;2,5;oak for delimiters, and the
first line of 0,1,target for a sample. What is known here, and not there, is that the rows are numbers and a target.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from math import isfinite

Row = tuple[int, list[str]]  # the number of its first line, and its fields

DELIMITERS = (",", ";", "\t", "|")
HEAD = 100  # rows that are looked at for the delimiter
COMMA = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")
POINT = re.compile(r"[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?")
IN_THREES = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
# What the column of the target is called; a class is seldom called so itself.
TARGETS = {
    "target",
    "class",
    "label",
    "labels",
    "category",
    "species",
    "type",
    "kind",
    "outcome",
    "output",
    "result",
    "y",
}
MOST_CLASSES = 20  # of numbers
MISSING = {"?", "-", "--", "na", "n/a", "#n/a", "null"}  # what stands among numbers for one that nobody knows


def number(text: str, sign: str = ".") -> float | None:
    """The number that a field says with this decimal sign; None if it says none.

    >>> number("1,5", ","), number("1,5"), number("1_0")
    (1.5, None, None)
    """
    if sign == ",":
        if "." in text:
            return None
        text = text.replace(",", ".")
    try:
        return None if "_" in text else float(text.replace("−", "-"))  # Python reads 1_0 as 10
    except ValueError:
        return None


def delimiter_of(text: str) -> str:
    r"""What separates the fields: what makes most rows equally long, and most fields numbers.

    >>> delimiter_of("1,5;2,5;oak\n0,5;1,5;elm"), delimiter_of("height\tkind\n1.5\toak, white")
    (';', '\t')
    """

    def fit(delimiter: str) -> tuple[bool, float, float]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
        try:
            rows = [row for row in islice(reader, HEAD) if any(field.strip() for field in row)]
        except csv.Error:
            rows = []
        if not rows:
            return False, 0.0, 0.0
        even = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
        fields = [field.strip() for row in rows for field in row]
        others = [field for field in fields if number(field) is None and number(field, ",") is None]
        # What is left in a field tells 1,5;oak at a comma from 1,5;oak at a semicolon.
        torn = sum(any(other in field for other in DELIMITERS) for field in others)
        return len(rows[0]) > 1, even * (1.0 - len(others) / len(fields)), even - torn / len(fields)

    return max(DELIMITERS, key=fit)


def decimal_of(rows: Iterable[list[str]]) -> str:
    """The decimal sign: a comma where fields such as 1,5 stand, and none such as 1.5.

    Where all have three digits after each comma, as in 1,234, it stays the point: they may be thousands.

    >>> decimal_of([["1,5", "a"], ["2", "b"]]), decimal_of([["1.5", "a"]]), decimal_of([["1,234", "a"]])
    (',', '.', '.')
    """
    fields = [field for row in rows for field in row]
    commas = [field for field in fields if COMMA.fullmatch(field)]
    if any(map(POINT.fullmatch, fields)) or all(map(IN_THREES.fullmatch, commas)):
        return "."
    return ","


def has_names(rows: list[list[str]], place: int, sign: str) -> bool:
    """Whether the first row names the columns, the target being in the one at `place`.

    >>> has_names([["0", "1", "target"], ["1.5", "2.5", "a"]], 2, ".")
    True
    >>> has_names([["0", "1", "oak"], ["1.5", "2.5", "elm"]], 2, ".")
    False
    """
    first, body = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    label, labels = first[place], [row[place] for row in body]
    others = [i for i in range(len(first)) if i != place and first[i]]
    numbers = [i for i in others if number(first[i], sign) is not None]
    whole = all(first[i].isdecimal() for i in numbers)
    if not numbers:
        return bool(others)
    if number(label, sign) is None and label not in labels:
        if _all_numbers(labels, sign):
            return True  # a word above numbers
        if label.lower() in TARGETS and (whole or len(label) > 1):
            return True
    if not whole:
        return False
    if len(numbers) < len(others):  # id,0,1,oak: words above numbers
        return all(_all_numbers([row[i] for row in body], sign) for i in others if i not in numbers)
    # 0,1,2 and so on, or 1,2,3, as columns without names are called
    counted = [int(first[i]) for i in range(len(first)) if i in numbers or (i == place and label.isdecimal())]
    if label in labels or counted[0] > 1 or counted != [*range(counted[0], counted[0] + len(counted))]:
        return False
    if not label.isdecimal():
        return min(Counter(labels).values(), default=1) > 1  # a class of its own among classes that recur
    columns = [[number(row[i], sign) for row in body] for i in numbers]
    above_words = bool(labels) and all(number(other, sign) is None for other in labels)
    return above_words or (len(body) > 1 and all(any(x is not None and x % 1.0 for x in column) for column in columns))


def _all_numbers(fields: list[str], sign: str) -> bool:
    return bool(fields) and all(number(field, sign) is not None for field in fields)


def has_numbers(labels: list[str], sign: str) -> bool:
    """Whether targets are numbers to be predicted, and not classes: they are not whole, or too many.

    That is so too where some of them are no numbers, if the others are as many, or if they are what spreadsheets
    write for numbers, percentages, money or dates: those are then mistakes, and not classes of their own.

    >>> has_numbers(["1.5", "2.25", "3"], "."), has_numbers(["0", "1", "1"], "."), has_numbers(["oak", "1"], ".")
    (True, False, False)
    >>> has_numbers(["1.5", "2.25", "l.5"], "."), has_numbers(["$1.50", "$2", "$3.20"], ".")
    (True, True)
    """
    values = [number(label, sign) for label in labels]
    finite = [value for value in values if value is not None and isfinite(value)]
    if 2 * len(finite) < len(labels):
        return all(any(map(str.isdigit, label)) and not any(map(str.isalpha, label)) for label in labels) and not _few(
            labels
        )
    if len(finite) < len(labels) and any(label.lower() in MISSING for label in labels):
        return True
    return not (_few(finite) and all(value % 1.0 == 0.0 for value in finite))


def _few(labels: Sequence[object]) -> bool:
    return len(set(labels)) <= max(2, min(MOST_CLASSES, len(labels) // 2))
