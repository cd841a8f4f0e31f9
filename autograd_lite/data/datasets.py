"""Small data sets to train on: logic gates and generators; and how samples are split and scaled.

A generator returns X, a list of points, and y, the list of their classes 0, 1, ... (for `curve`, both are numbers).
The same `seed`, a number or a `random.Random`, gives the same samples; without one they come from the package's
generator, which `nn.manual_seed` starts, and differ from call to call.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any

from autograd_lite.engine.reals import as_lists
from autograd_lite.engine.rng import Seed, as_rng
from autograd_lite.engine.value import plain

Points = tuple[list[list[float]], list[int]]

# The values of a gate for 00, 01, 10, 11.
GATES = {
    "and": (0, 0, 0, 1),
    "or": (0, 1, 1, 1),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "xor": (0, 1, 1, 0),
    "xnor": (1, 0, 0, 1),
}


def gate(name: str) -> Points:
    """The truth table of a logic gate: and, or, nand, nor, xor, xnor.

    >>> gate("xor")
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    if name not in GATES:
        raise ValueError(f"the gates are {', '.join(GATES)}, got {name!r}")
    return [[p, q] for p in (0.0, 1.0) for q in (0.0, 1.0)], list(GATES[name])


def moons(count: int = 100, *, noise: float = 0.1, seed: Seed = None) -> Points:
    """Two half circles, each reaching into the other; `noise` is the standard deviation of the noise.

    >>> X, y = moons(4, noise=0.0)
    >>> sorted(([round(x, 3) for x in point], label) for point, label in zip(X, y))
    [([-1.0, 0.0], 0), ([0.0, 0.5], 1), ([1.0, 0.0], 0), ([2.0, 0.5], 1)]
    """

    def point(place: float, moon: int) -> tuple[float, float]:
        x, y = math.cos(math.pi * place), math.sin(math.pi * place)
        return (1.0 - x, 0.5 - y) if moon else (x, y)

    return _curves(point, 2, count, noise, seed)


def circles(count: int = 100, *, noise: float = 0.05, factor: float = 0.5, seed: Seed = None) -> Points:
    """A circle of radius `factor` (class 1) inside one of radius 1 (class 0).

    >>> X, y = circles(100, noise=0.0)
    >>> {(label, round(math.hypot(*point), 9)) for point, label in zip(X, y)} == {(0, 1.0), (1, 0.5)}
    True
    """

    def point(place: float, inner: int) -> tuple[float, float]:
        radius, angle = factor if inner else 1.0, math.tau * place
        return radius * math.cos(angle), radius * math.sin(angle)

    return _curves(point, 2, count, noise, seed, closed=True)


def spirals(
    count: int = 200, *, noise: float = 0.02, turns: float = 1.0, classes: int = 2, seed: Seed = None
) -> Points:
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
    seed: Seed = None,
) -> Points:
    """Normally distributed clouds around centers of any dimension, one for each class.

    >>> X, y = blobs(200)
    >>> len(X), sum(y)
    (200, 100)
    """
    rng, spread = as_rng(seed), _deviation("spread", spread)
    return _shuffled(
        [
            ([rng.gauss(x, spread) for x in centers[label]], label)
            for label in range(len(centers))
            for _ in range(_share(count, len(centers), label))
        ],
        rng,
    )


def curve(
    f: Callable[[float], Any],
    count: int = 20,
    *,
    low: float = -1.0,
    high: float = 1.0,
    noise: float = 0.1,
    seed: Seed = None,
) -> tuple[list[float], list[float]]:
    """Evenly spaced numbers x from `low` to `high`, in this order, and f(x) with noise for each: for regression.

    What `f` returns is one number; of a `Value` the number is taken.

    >>> curve(lambda x: x * x, 3, noise=0.0)
    ([-1.0, 0.0, 1.0], [1.0, 0.0, 1.0])
    """
    if count < 1:
        raise ValueError(f"at least one point is needed, got {count}")
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"low and high are finite numbers, got {low!r} and {high!r}")
    rng, noise = as_rng(seed), _deviation("noise", noise)
    xs = [low + (high - low) * i / max(count - 1, 1) for i in range(count)]
    return xs, [rng.gauss(plain(f(x)), noise) for x in xs]


def split(
    X: Iterable[Any],  # noqa: N803 - X is a matrix
    y: Iterable[Any],
    share: float = 0.25,
    *,
    seed: Seed = None,
) -> tuple[tuple[list[Any], list[Any]], tuple[list[Any], list[Any]]]:
    """(X, y) to train on, and (X, y) to test with: that share of the samples, chosen at random.

    >>> train, test = split([[0], [1], [2], [3]], [0, 1, 0, 1])
    >>> len(train[0]), len(test[0]), sorted(train[0] + test[0])
    (3, 1, [[0], [1], [2], [3]])
    """
    samples, targets = list(as_lists(X)), list(as_lists(y))
    if len(samples) != len(targets):
        raise ValueError(f"as many samples as targets are needed, got {len(samples)} and {len(targets)}")
    if not 0.0 <= share < 1.0:
        raise ValueError(f"the share of the test is a number from 0 to below 1, got {share!r}")
    order = list(range(len(samples)))
    as_rng(seed).shuffle(order)
    held = round(share * len(order))

    def part(places: list[int]) -> tuple[list[Any], list[Any]]:
        return [samples[i] for i in places], [targets[i] for i in places]

    return part(order[held:]), part(order[:held])


def standardized(X: Iterable[Iterable[float]]) -> tuple[list[list[float]], list[float], list[float]]:  # noqa: N803
    """Columns shifted and scaled to mean 0 and standard deviation 1; with the means and deviations (1 instead of 0).

    >>> standardized([[0.0, 5.0], [2.0, 5.0]])
    ([[-1.0, 0.0], [1.0, 0.0]], [1.0, 5.0], [1.0, 1.0])
    """
    rows = [list(row) for row in as_lists(X)]
    columns = list(zip(*rows, strict=True))
    # The mean of a constant may differ from it in the last digit, and must not: the deviation would not be 0.
    means = [
        column[0] if min(column) == max(column) else math.fsum(x / len(column) for x in column) for column in columns
    ]
    scales = [
        math.hypot(*(x - mean for x in column)) / math.sqrt(len(column)) or 1.0  # hypot squares nothing that overflows
        for column, mean in zip(columns, means, strict=True)
    ]
    return [[(x - m) / s for x, m, s in zip(row, means, scales, strict=True)] for row in rows], means, scales


def _curves(
    point: Callable[[float, int], tuple[float, float]],
    classes: int,
    count: int,
    noise: float,
    seed: Seed,
    *,
    closed: bool = False,
) -> Points:
    """Points spread evenly along a curve for each class, with noise, in random order."""
    rng, noise = as_rng(seed), _deviation("noise", noise)
    samples = []
    for label in range(classes):
        share = _share(count, classes, label)
        for i in range(share):
            x, y = point(i / (share if closed else max(share - 1, 1)), label)
            samples.append(([rng.gauss(x, noise), rng.gauss(y, noise)], label))
    return _shuffled(samples, rng)


def _deviation(name: str, deviation: float) -> float:
    if not 0.0 <= deviation < math.inf:
        raise ValueError(f"{name} is a standard deviation of at least 0, got {deviation!r}")
    return deviation


def _share(count: int, classes: int, label: int) -> int:
    """How many of the points belong to a class, as evenly as possible."""
    if count < classes:
        raise ValueError(f"at least one point is needed for each of {classes} classes, got {count}")
    return count // classes + (label < count % classes)


def _shuffled(samples: list[tuple[list[float], int]], rng: Random) -> Points:
    rng.shuffle(samples)
    return [point for point, _ in samples], [label for _, label in samples]
