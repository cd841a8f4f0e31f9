"""Small data sets to train on: generators, logic gates, CSV files.

A generator gives X, a list of points, and y, the list of their classes 0, 1, ... (of `curve` both are numbers); the
same for the same seed.
"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple, SupportsFloat

from autograd_lite.engine.text import shortened

Points = tuple[list[list[float]], list[int]]

# What a gate makes of 00, 01, 10, 11.
GATES = {
    "and": (0, 0, 0, 1),
    "or": (0, 1, 1, 1),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "xor": (0, 1, 1, 0),
    "xnor": (1, 0, 0, 1),
}


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


def gate(name: str) -> Points:
    """The truth table of a logic gate: and, or, nand, nor, xor, xnor.

    >>> gate("xor")
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    if name not in GATES:
        raise ValueError(f"the gates are {', '.join(GATES)}, got {name!r}")
    return [[p, q] for p in (0.0, 1.0) for q in (0.0, 1.0)], list(GATES[name])


def moons(count: int = 100, *, noise: float = 0.1, seed: int = 0) -> Points:
    """Two half circles, each reaching into the other; `noise` is the standard deviation of what is added.

    >>> X, y = moons(4, noise=0.0)
    >>> [[round(x, 3) for x in point] for point in X], y
    ([[0.0, 0.5], [1.0, 0.0], [-1.0, 0.0], [2.0, 0.5]], [1, 0, 0, 1])
    """

    def point(place: float, moon: int) -> tuple[float, float]:
        x, y = math.cos(math.pi * place), math.sin(math.pi * place)
        return (1.0 - x, 0.5 - y) if moon else (x, y)

    return _curves(point, 2, count, noise, seed)


def circles(count: int = 100, *, noise: float = 0.05, factor: float = 0.5, seed: int = 0) -> Points:
    """A circle of radius `factor` (class 1) inside of one of radius 1 (class 0).

    >>> X, y = circles(100, noise=0.0)
    >>> {(label, round(math.hypot(*point), 9)) for point, label in zip(X, y)} == {(0, 1.0), (1, 0.5)}
    True
    """

    def point(place: float, inner: int) -> tuple[float, float]:
        radius, angle = factor if inner else 1.0, math.tau * place
        return radius * math.cos(angle), radius * math.sin(angle)

    return _curves(point, 2, count, noise, seed, closed=True)


def spirals(count: int = 200, *, noise: float = 0.02, turns: float = 1.0, classes: int = 2, seed: int = 0) -> Points:
    """Arms that wind around one another from radius 0.1 to 1, one for each class.

    >>> X, y = spirals(90, classes=3)
    >>> [y.count(label) for label in range(3)]
    [30, 30, 30]
    """

    def point(place: float, arm: int) -> tuple[float, float]:
        radius, angle = 0.1 + 0.9 * place, math.tau * (turns * place + arm / classes)
        return radius * math.cos(angle), radius * math.sin(angle)

    return _curves(point, classes, count, noise, seed)


def blobs(
    count: int = 100,
    *,
    centers: Sequence[Sequence[float]] = ((0.0, 0.0), (3.0, 3.0)),
    spread: float = 1.0,
    seed: int = 0,
) -> Points:
    """Normally distributed clouds about centers of any dimension, one for each class.

    >>> X, y = blobs(200)
    >>> len(X), sum(y)
    (200, 100)
    """
    chance, spread = Random(seed), _spread("spread", spread)
    return _shuffled(
        [
            ([chance.gauss(x, spread) for x in centers[label]], label)
            for label in range(len(centers))
            for _ in range(_share(count, len(centers), label))
        ],
        chance,
    )


def curve(
    f: Callable[[float], SupportsFloat],
    count: int = 20,
    *,
    low: float = -1.0,
    high: float = 1.0,
    noise: float = 0.1,
    seed: int = 0,
) -> tuple[list[float], list[float]]:
    """Numbers x spread evenly from `low` to `high`, in this order, and f(x) for each, with noise: for regression.

    >>> curve(lambda x: x * x, 3, noise=0.0)
    ([-1.0, 0.0, 1.0], [1.0, 0.0, 1.0])
    """
    if count < 1:
        raise ValueError(f"a point at least is needed, got {count}")
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"low and high are finite numbers, got {low!r} and {high!r}")
    chance, noise = Random(seed), _spread("noise", noise)
    xs = [low + (high - low) * i / max(count - 1, 1) for i in range(count)]
    return xs, [chance.gauss(float(f(x)), noise) for x in xs]


def split(
    X: Sequence[Any],  # noqa: N803 - X is a matrix
    y: Sequence[Any],
    share: float = 0.25,
    *,
    seed: int = 0,
) -> tuple[tuple[list[Any], list[Any]], tuple[list[Any], list[Any]]]:
    """(X, y) to train on, and (X, y) to test with, which get that share of the samples, chosen by chance.

    >>> train, test = split([[0], [1], [2], [3]], [0, 1, 0, 1])
    >>> len(train[0]), len(test[0]), sorted(train[0] + test[0])
    (3, 1, [[0], [1], [2], [3]])
    """
    if len(X) != len(y):
        raise ValueError(f"as many samples as targets are needed, got {len(X)} and {len(y)}")
    if not 0.0 <= share < 1.0:
        raise ValueError(f"the share of the test is a number from 0 to below 1, got {share!r}")
    order = list(range(len(X)))
    Random(seed).shuffle(order)
    held = round(share * len(order))

    def part(places: list[int]) -> tuple[list[Any], list[Any]]:
        return [X[i] for i in places], [y[i] for i in places]

    return part(order[held:]), part(order[:held])


def read_csv(path: str | os.PathLike[str], target: str | None = None) -> Dataset:
    r"""The rows of a CSV file: numbers, and in the last column, or the one called `target`, the class, any text.

    A first row without a number, that of the class aside, names the columns; otherwise they are called 1, 2, ...
    Raises DataError, with line and column, where a row is short or long, a field is empty, no number, nan or
    infinite, a name stands twice, where there is no row, or one class only; OSError if it cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "fruit.csv")
    ...     with open(path, "w") as file:
    ...         print("mass,width,fruit", "180,8.1,apple", "86,6.2,mandarin", sep="\n", file=file)
    ...     read_csv(path)
    Dataset(X=[[180.0, 8.1], [86.0, 6.2]], y=[0, 1], features=['mass', 'width'], classes=['apple', 'mandarin'])
    """
    where = os.fspath(path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader, rows, line = csv.reader(file, strict=True), [], 1
            for row in reader:
                if len(row) > 1 or "".join(row).strip():
                    rows.append((line, [field.strip() for field in row]))
                line = reader.line_num + 1  # where the next row begins: a quoted field may span lines
    except UnicodeDecodeError as error:
        raise DataError(f"{where} is no text in UTF-8 (byte {error.start}): save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise DataError(f"{where}, line {line}: {error}; is a quote that begins here not closed?") from None
    if not rows:
        raise DataError(f"{where} is empty: a row of numbers and a class is needed for each sample")
    top, first = rows[0]
    if len(first) < 2:
        raise DataError(f"{where}, line {top}: one column only; numbers and a class, separated by commas, are needed")
    others = [field for field in (first[:-1] if target is None else first) if field != target]
    numbered = [str(place) for place in range(1, len(first) + 1)]
    named = any(others) and all(_number(field) is None for field in others)
    named = named or (target in first and target not in numbered)
    names = first if named else numbered
    for place, name in enumerate(names):
        if not name or name in names[:place]:
            what = f"the name {shortened(name)} stands twice" if name else f"column {place + 1} has no name"
            raise DataError(f"{where}, line {top}: {what}")
    if target is not None and target not in names:
        raise DataError(f"{where} has no column {target!r}; its columns are {', '.join(map(shortened, names))}")
    place = names.index(target) if target is not None else len(names) - 1
    rows = rows[1:] if named else rows
    if not rows:
        raise DataError(f"{where} has the names of columns, but no row after them")
    matrix: list[list[float]] = []
    labels: list[str] = []
    for line, row in rows:
        at = f"{where}, line {line}"
        if len(row) < len(names):
            raise DataError(f"{at}: {len(row)} of {len(names)} columns; column {shortened(names[len(row)])} is missing")
        if len(row) > len(names):
            raise DataError(f"{at}: {len(row)} columns, where line {top} has {len(names)}")
        labels.append(row.pop(place))
        if labels[-1].lower() in ("", "nan"):
            raise DataError(f"{at}, column {shortened(names[place])}: the class is missing")
        matrix.append([])
        for name, field in zip(names[:place] + names[place + 1 :], row, strict=True):
            value = _number(field)
            if value is None:
                reason = f"no number: {shortened(field)}" if field else "the number is missing"
                raise DataError(f"{at}, column {shortened(name)}: {reason}")
            if not math.isfinite(value):
                raise DataError(f"{at}, column {shortened(name)}: {shortened(field)} is no number to compute with")
            matrix[-1].append(value)
    classes = sorted(set(labels), key=_order)
    if len(classes) < 2:
        at = f"{where}, column {shortened(names[place])}"
        raise DataError(f"{at}: one class only, {shortened(classes[0])}; two at least are needed")
    numbers = {label: number for number, label in enumerate(classes)}
    return Dataset(matrix, [numbers[label] for label in labels], names[:place] + names[place + 1 :], classes)


def standardized(X: Sequence[Sequence[float]]) -> tuple[list[list[float]], list[float], list[float]]:  # noqa: N803
    """Columns moved and scaled to mean 0 and standard deviation 1; with the means and the deviations (1 where it is 0).

    >>> standardized([[0.0, 5.0], [2.0, 5.0]])
    ([[-1.0, 0.0], [1.0, 0.0]], [1.0, 5.0], [1.0, 1.0])
    """
    columns = list(zip(*X, strict=True))
    # The mean of a constant may differ from it in the last digit, and must not: the deviation would not be 0.
    means = [
        column[0] if min(column) == max(column) else math.fsum(x / len(column) for x in column) for column in columns
    ]
    scales = [
        math.hypot(*(x - mean for x in column)) / math.sqrt(len(column)) or 1.0  # hypot squares nothing that overflows
        for column, mean in zip(columns, means, strict=True)
    ]
    rows = [[(x - mean) / scale for x, mean, scale in zip(row, means, scales, strict=True)] for row in X]
    return rows, means, scales


def _curves(point: Any, classes: int, count: int, noise: float, seed: int, *, closed: bool = False) -> Points:
    """Points spread evenly over a curve for each class, with noise, in an order of chance."""
    chance, noise = Random(seed), _spread("noise", noise)
    samples = []
    for label in range(classes):
        share = _share(count, classes, label)
        for i in range(share):
            x, y = point(i / (share if closed else max(share - 1, 1)), label)
            samples.append(([chance.gauss(x, noise), chance.gauss(y, noise)], label))
    return _shuffled(samples, chance)


def _spread(name: str, deviation: float) -> float:
    if not 0.0 <= deviation < math.inf:
        raise ValueError(f"{name} is a standard deviation, 0 or more, got {deviation!r}")
    return deviation


def _share(count: int, classes: int, label: int) -> int:
    """How many of the points are of a class, as evenly as can be."""
    if count < classes:
        raise ValueError(f"a point for each of {classes} classes is needed, got {count}")
    return count // classes + (label < count % classes)


def _shuffled(samples: list[tuple[list[float], int]], chance: Random) -> Points:
    chance.shuffle(samples)
    return [point for point, _ in samples], [label for _, label in samples]


def _number(text: str) -> float | None:
    try:
        return None if "_" in text else float(text)  # Python reads 1_0 as 10
    except ValueError:
        return None


def _order(text: str) -> tuple[bool, float, str]:
    """Classes that are numbers come by size, and then all others by the alphabet."""
    value = _number(text)
    return (True, 0.0, text) if value is None or not math.isfinite(value) else (False, value, text)
