"""Samples from CSV files."""

from __future__ import annotations

import csv
import io
import math
import os
import re
from typing import Any, NamedTuple

from autograd_lite.data.guesses import MISSING, Row, decimal_of, delimiter_of, has_names, has_numbers, number
from autograd_lite.engine.text import shortened

WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
# 1,234 and 1.234.567,8 and 1 234: what a spreadsheet shows, and what means different numbers in different countries.
THOUSANDS = re.compile(r"[+-]?\d{1,3}([., '’\u00a0\u202f])\d{3}(\1\d{3})*([.,]\d+)?")
DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([T ].*)?")
UNIT = re.compile(r"[-+−]?([$€£¥₹₩]\s?)?[-+−]?[\d.,]*\d(\s?[$€£¥₹₩%‰°]|\s[^\W\d_]{1,3})?")  # of money, or 5 kg


class DataError(ValueError):
    """Data that cannot be learned from; the message says what is wrong and where."""


class _Parts(NamedTuple):
    X: list[list[float]]
    y: list[Any]
    features: list[str]
    classes: list[str]


class Dataset(_Parts):
    """Rows of numbers, the class of each as a number from 0, and the names of the columns and of the classes.

    For regression `y` holds the numbers themselves, and there are no classes. `read_as` says what `read_csv` took the
    file for.

    >>> X, y, features, classes = Dataset([[1.5]], [0], ["height"], ["oak", "elm"])
    >>> classes[y[0]]
    'oak'
    """

    read_as = ""

    def __repr__(self) -> str:
        parts = super().__repr__()
        return f"{parts[:-1]}, read_as={self.read_as!r})" if self.read_as else parts


def read_csv(
    path: str | os.PathLike[str],
    target: str | None = None,
    *,
    header: bool | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    regression: bool | None = None,
) -> Dataset:
    r"""The rows of a CSV file: numbers and, in the last column or the one named `target`, a class or another number.

    What is not told is guessed, and `read_as` of the result says how. `header` is whether the first row names the
    columns, which are named 1, 2, ... otherwise; it is taken for names if it has no number outside the target's
    column, or if its numbers are those of columns or its last field is a name such as "target". `delimiter` is one
    character: a comma, a semicolon, a tab or a bar, whichever makes even rows of numbers. `decimal` is "." or ",".
    With `regression` the target is a number, without it a class, as any text; numbers count as classes if they are
    whole, and few. Raises DataError, with line and column, where a row is too short or too long, a field is empty,
    not a number, nan, infinite or with separators of thousands, a name is repeated, and if there are no rows or only
    one class; OSError if the file cannot be read, ValueError for a delimiter or a decimal sign that is none.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "fruit.csv")
    ...     with open(path, "w") as file:
    ...         print("mass;width;fruit", "180;8,1;apple", "86;6,2;mandarin", sep="\n", file=file)
    ...     fruit = read_csv(path)
    >>> fruit.X, fruit.y, fruit.features, fruit.classes
    ([[180.0, 8.1], [86.0, 6.2]], [0, 1], ['mass', 'width'], ['apple', 'mandarin'])
    >>> fruit.read_as
    "semicolon-separated, names in line 1, decimal comma, classes in 'fruit'"
    """
    where = os.fspath(path)
    if delimiter is not None and (not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n'):
        raise ValueError(f"the delimiter is one character such as ';', got {delimiter!r}")
    if decimal not in (None, ".", ","):
        raise ValueError(f"the decimal sign is '.' or ',', got {decimal!r}")
    return parsed(
        _text(where), where, target, header=header, delimiter=delimiter, decimal=decimal, regression=regression
    )


def parsed(
    text: str,
    where: str,
    target: str | None = None,
    *,
    header: bool | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    regression: bool | None = None,
) -> Dataset:
    r"""What `read_csv` makes of a file with such text; `where` is what its errors call it.

    >>> parsed("1,2,oak\n3,4,elm", "what was typed").y
    [1, 0]
    """
    rows, delimiter = _rows(text, where, delimiter)
    sign = decimal or decimal_of(fields for _, fields in rows)
    names, named = _names(where, rows, target, header, delimiter, sign)
    place = names.index(target) if target is not None else len(names) - 1
    features = names[:place] + names[place + 1 :]
    matrix: list[list[float]] = []
    labels: list[str] = []
    lines: list[str] = []
    for line, row in rows[named:]:
        at = f"{where}, line {line}"
        if len(row) < len(names):
            raise DataError(f"{at}: {len(row)} of {len(names)} columns; column {shortened(names[len(row)])} is missing")
        if len(row) > len(names):
            raise DataError(f"{at}: {len(row)} columns, but line {rows[0][0]} has {len(names)}")
        label = row[place]
        fields = row[:place] + row[place + 1 :]
        if label.lower() in ("", "nan"):
            what = "number" if regression else "class"
            raise DataError(f"{at}, column {shortened(names[place])}: the {what} is missing")
        ats = [f"{at}, column {shortened(name)}" for name in features]
        matrix.append([_finite(at, x, sign, decimal) for at, x in zip(ats, fields, strict=True)])
        labels.append(label)
        lines.append(f"{at}, column {shortened(names[place])}")
    if not matrix:
        raise DataError(f"{where} names the columns, but has no rows")
    guessed = regression is None
    if guessed:
        regression = has_numbers(labels, sign)
    y: list[Any]
    if regression:
        classes = []
        try:
            y = [_finite(at, label, sign, decimal) for at, label in zip(lines, labels, strict=True)]
        except DataError as error:
            if not guessed:
                raise
            raise DataError(
                f"{error} (its column was taken for numbers to predict: regression=False takes it for classes)"
            ) from None
    else:
        classes = sorted(set(labels), key=lambda label: _order(label, sign))
        if len(classes) < 2:
            at = f"{where}, column {shortened(names[place])}"
            raise DataError(f"{at}: the only class is {shortened(classes[0])}; at least two are needed")
        numbers = {label: k for k, label in enumerate(classes)}
        y = [numbers[label] for label in labels]
    dataset = Dataset(matrix, y, features, classes)
    first = f"names in line {rows[0][0]}" if named else "no names"
    kind = f"{'numbers' if regression else 'classes'} in {shortened(names[place])}"
    separated = f"{WORDS.get(delimiter, repr(delimiter))}-separated"
    dataset.read_as = ", ".join([separated, first, *["decimal comma"] * (sign == ","), kind])
    return dataset


def columns(text: str, where: str) -> list[str]:
    r"""The names of the columns of a file with such text, also where other rows than the first are wrong.

    >>> columns("width;fruit\n6,2;mandarin\nwide;apple", "fruit.csv")
    ['width', 'fruit']
    """
    rows, delimiter = _rows(text, where, None)
    return _names(where, rows, None, None, delimiter, decimal_of(fields for _, fields in rows))[0]


def _text(where: str) -> str:
    try:
        with open(where, encoding="utf-8-sig", newline="") as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise DataError(f"{where} is not text in UTF-8 (byte {error.start}): save it as CSV in UTF-8") from None


def _rows(text: str, where: str, delimiter: str | None) -> tuple[list[Row], str]:
    """The rows that are not empty, each with the number of its first line, and what separates their fields."""
    rows: list[Row] = []
    line = 1
    told = re.match(r"sep=(.)\r?\n", text)  # so spreadsheets are told
    if told is not None:
        text, line, delimiter = text[told.end() :], 2, delimiter or told[1]
    delimiter = delimiter or delimiter_of(text)
    before = line - 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        for row in reader:
            if len(row) > 1 or "".join(row).strip():
                rows.append((line, [field.strip() for field in row]))
            line = before + reader.line_num + 1  # a quoted field may span lines
    except csv.Error as error:
        raise DataError(f"{where}, line {line}: {error}; is a quote that begins here not closed?") from None
    if all(len(row) > 2 and not row[-1] for _, row in rows):  # a delimiter at the end of every line
        rows = [(line, row[:-1]) for line, row in rows]
    if not rows:
        raise DataError(f"{where} is empty: each sample needs a row of numbers and a class")
    return rows, delimiter


def _names(
    where: str, rows: list[Row], target: str | None, header: bool | None, delimiter: str, sign: str
) -> tuple[list[str], bool]:
    """The names of the columns, and whether the first row gives them."""
    line, first = rows[0]
    if len(first) < 2:
        used = WORDS.get(delimiter, repr(delimiter))
        raise DataError(
            f"{where}, line {line}: only one column; numbers and a class, separated by commas, are needed "
            f"(it was read as {used}-separated: delimiter=';' and so on says otherwise)"
        )
    numbered = [str(place) for place in range(1, len(first) + 1)]
    if header is None and target in first and target not in numbered:
        header = True
    if header is None:
        place = first.index(target) if target in first else numbered.index(target) if target in numbered else -1
        header = has_names([fields for _, fields in rows], place % len(first), sign)
    names = first if header else numbered
    for place, name in enumerate(names):
        if not name or name in names[:place]:
            what = f"the name {shortened(name)} is repeated" if name else f"column {place + 1} has no name"
            raise DataError(f"{where}, line {line}: {what}")
    if target is not None and target not in names:
        raise DataError(f"{where} has no column {target!r}; its columns are {', '.join(map(shortened, names))}")
    return names, header


def _finite(at: str, field: str, sign: str, told: str | None) -> float:
    value = number(field, sign)
    if value is None:
        hint = ""
        if THOUSANDS.fullmatch(field):
            hint = "; separators of thousands are not read: write the digits alone"
            if told is None and number(field, ",") is not None:
                hint += ", or say decimal=',' if it is a decimal comma"
        elif number(field, "," if sign == "." else ".") is not None and told is None:
            hint = "; decimal points and commas are mixed: decimal=',' or '.' says which it is"
        elif DATE.fullmatch(field):
            hint = "; dates are not read: write a number, such as days from the first"
        elif UNIT.fullmatch(field):
            hint = "; units are not read: write the digits alone"
        elif field.lower() in MISSING:
            hint = "; if it is missing, leave the row out, or write a number"
        raise DataError(f"{at}: {f'not a number: {shortened(field)}{hint}' if field else 'the number is missing'}")
    if not math.isfinite(value):
        raise DataError(f"{at}: {shortened(field)} is not a finite number")
    return value


def _order(text: str, sign: str) -> tuple[bool, float, str]:
    """Classes that are numbers come first, by size; then all others, in alphabetical order."""
    value = number(text, sign)
    return (True, 0.0, text) if value is None or not math.isfinite(value) else (False, value, text)
