"""Samples from CSV files."""

from __future__ import annotations

import csv
import math
import os
from typing import NamedTuple

from autograd_lite.engine.text import shortened


class DataError(ValueError):
    """Data that cannot be learned from; the message says what is wrong and where."""


class Dataset(NamedTuple):
    """Rows of numbers, the class of each as a number from 0, and the names of the columns and of the classes.

    >>> X, y, features, classes = Dataset([[1.5]], [0], ["height"], ["oak", "elm"])
    >>> classes[y[0]]
    'oak'
    """

    X: list[list[float]]
    y: list[int]
    features: list[str]
    classes: list[str]


def read_csv(path: str | os.PathLike[str], target: str | None = None) -> Dataset:
    r"""The rows of a CSV file: numbers and, in the last column or the one named `target`, the class as any text.

    The first row names the columns if it has no number outside the class column; otherwise they are named 1, 2, ...
    Raises DataError, with line and column, where a row is too short or too long, a field is empty, not a number, nan
    or infinite, a name is repeated, and if there are no rows or only one class; OSError if the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "fruit.csv")
    ...     with open(path, "w") as file:
    ...         print("mass,width,fruit", "180,8.1,apple", "86,6.2,mandarin", sep="\n", file=file)
    ...     read_csv(path)
    Dataset(X=[[180.0, 8.1], [86.0, 6.2]], y=[0, 1], features=['mass', 'width'], classes=['apple', 'mandarin'])
    """
    where = os.fspath(path)
    rows = _rows(where)
    names, named = _names(where, *rows[0], target)
    place = names.index(target) if target is not None else len(names) - 1
    features = names[:place] + names[place + 1 :]
    matrix: list[list[float]] = []
    labels: list[str] = []
    for line, row in rows[named:]:
        at = f"{where}, line {line}"
        if len(row) < len(names):
            raise DataError(f"{at}: {len(row)} of {len(names)} columns; column {shortened(names[len(row)])} is missing")
        if len(row) > len(names):
            raise DataError(f"{at}: {len(row)} columns, but line {rows[0][0]} has {len(names)}")
        labels.append(row.pop(place))
        if labels[-1].lower() in ("", "nan"):
            raise DataError(f"{at}, column {shortened(names[place])}: the class is missing")
        matrix.append([_finite(f"{at}, column {shortened(name)}", x) for name, x in zip(features, row, strict=True)])
    if not matrix:
        raise DataError(f"{where} names the columns, but has no rows")
    classes = sorted(set(labels), key=_order)
    if len(classes) < 2:
        at = f"{where}, column {shortened(names[place])}"
        raise DataError(f"{at}: the only class is {shortened(classes[0])}; at least two are needed")
    numbers = {label: number for number, label in enumerate(classes)}
    return Dataset(matrix, [numbers[label] for label in labels], features, classes)


def _rows(where: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, each with the number of its first line."""
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        with open(where, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for row in reader:
                if len(row) > 1 or "".join(row).strip():
                    rows.append((line, [field.strip() for field in row]))
                line = reader.line_num + 1  # a quoted field may span lines
    except UnicodeDecodeError as error:
        raise DataError(f"{where} is not text in UTF-8 (byte {error.start}): save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise DataError(f"{where}, line {line}: {error}; is a quote that begins here not closed?") from None
    if not rows:
        raise DataError(f"{where} is empty: each sample needs a row of numbers and a class")
    return rows


def _names(where: str, line: int, first: list[str], target: str | None) -> tuple[list[str], bool]:
    """The names of the columns, and whether the first row gives them."""
    if len(first) < 2:
        raise DataError(f"{where}, line {line}: only one column; numbers and a class, separated by commas, are needed")
    others = [field for field in (first[:-1] if target is None else first) if field != target]
    numbered = [str(place) for place in range(1, len(first) + 1)]
    named = any(others) and all(_number(field) is None for field in others)
    named = named or (target in first and target not in numbered)
    names = first if named else numbered
    for place, name in enumerate(names):
        if not name or name in names[:place]:
            what = f"the name {shortened(name)} is repeated" if name else f"column {place + 1} has no name"
            raise DataError(f"{where}, line {line}: {what}")
    if target is not None and target not in names:
        raise DataError(f"{where} has no column {target!r}; its columns are {', '.join(map(shortened, names))}")
    return names, named


def _finite(at: str, field: str) -> float:
    value = _number(field)
    if value is None:
        raise DataError(f"{at}: {f'not a number: {shortened(field)}' if field else 'the number is missing'}")
    if not math.isfinite(value):
        raise DataError(f"{at}: {shortened(field)} is not a finite number")
    return value


def _number(text: str) -> float | None:
    try:
        return None if "_" in text else float(text)  # Python reads 1_0 as 10
    except ValueError:
        return None


def _order(text: str) -> tuple[bool, float, str]:
    """Classes that are numbers come first, by size; then all others, in alphabetical order."""
    value = _number(text)
    return (True, 0.0, text) if value is None or not math.isfinite(value) else (False, value, text)
