"""Risk: the expected loss, which nobody knows, and what a sample says of it; here of two classes that are known.

The mean of the losses over a sample is an unbiased estimate of the risk if rule and sample are independent. A rule that
was chosen by its losses on the sample looks better there than it is, as one nearest neighbour does below.

Class 1 has points x from N(1, 1), class −1 from N(−1, 1), both equally often, and the score is x itself, so that the
margin m = yx is from N(1, 1) whatever the class. Then every risk has a closed form to compare with.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from random import Random
from statistics import NormalDist, fmean, pvariance

from autograd_lite.engine.transforms import gradients
from autograd_lite.engine.value import Value
from autograd_lite.lessons.outcome import written
from autograd_lite.nn import losses
from autograd_lite.views.columns import Columns

SIZES = tuple(4**k for k in range(6))
TIMES = 100  # samples of each size
# max(0, 1 − m) = max(0, −z) for z from N(0, 1): its mean is the density at 0, the mean of its square 1/2.
HINGE = 1.0 / math.sqrt(2.0 * math.pi)
SPREAD = math.sqrt(0.5 - HINGE**2)  # the standard deviation of one loss
ENTROPY = 0.5 * math.log(2.0 * math.pi * math.e)  # of N(0, 1): what −log q costs if q is the truth
BAYES = NormalDist().cdf(-1.0)  # the risk of sign(x): no rule has a smaller one


@cache
def errors_of_means() -> list[float]:
    """How far the mean of n hinge losses is from the risk: the root of its mean square over many samples."""
    rng, squares = Random(0), [0.0] * len(SIZES)
    for _ in range(TIMES):
        sums = list(accumulate(max(0.0, 1.0 - rng.gauss(1.0, 1.0)) for _ in range(SIZES[-1])))
        for place, n in enumerate(SIZES):
            squares[place] += (sums[n - 1] / n - HINGE) ** 2
    return [math.sqrt(square / TIMES) for square in squares]


@cache
def densities() -> tuple[list[float], tuple[float, float], Columns]:
    """Normal densities q against a sample of N(0, 1): the gradient of the mean of −log q at the sample's own moments.

    Also these moments μ and σ², and a table of what each q costs: on the sample, in expectation, and above the entropy.
    """
    rng = Random(1)
    sample = [rng.gauss(0.0, 1.0) for _ in range(200)]
    moments = fmean(sample), pvariance(sample)
    mu, variance = map(Value, moments)
    found = gradients(losses.gaussian_nll([mu] * len(sample), sample, variance), [mu, variance])
    rows = []
    for name, (mean, var) in {"N(0, 1)": (0.0, 1.0), "N(1, 1)": (1.0, 1.0), "fitted": moments}.items():
        on_sample = losses.gaussian_nll([mean] * len(sample), sample, var)
        risk = 0.5 * math.log(2.0 * math.pi * var) + (1.0 + mean**2) / (2.0 * var)
        rows.append([name, *(written(x, 4) for x in (on_sample, risk, risk - ENTROPY))])
    title = "the loss −log q of densities q, where the truth is N(0, 1)"
    return (
        [slope.data for slope in found],
        moments,
        Columns(title, ["q", " mean of 200", " risk", " above the least"], rows),
    )


@cache
def neighbours() -> tuple[dict[int, tuple[float, float]], Columns]:
    """Votes of the k nearest of 200 points: the share that is wrong, of these points and of all that there are."""
    rng = Random(2)
    points = sorted((rng.gauss(y, 1.0), y) for y in (-1.0, 1.0) for _ in range(100))
    found = {}
    for k in (1, 5, 25):
        borders, sides = votes(points, k)
        wrong = fmean(sides[sum(border < x for border in borders)] != y for x, y in points)
        found[k] = wrong, risk_of(borders, sides)
    rows = [[f"{k} nearest", written(wrong, 3), written(risk, 4)] for k, (wrong, risk) in found.items()]
    rows.append(["sign of x", "", written(BAYES, 4)])
    headings = ["rule", " wrong in the sample", " wrong in expectation"]
    return found, Columns("a rule without a loss: the nearest neighbours vote", headings, rows)


def votes(points: Sequence[tuple[float, float]], k: int) -> tuple[list[float], list[float]]:
    """Where the k nearest of sorted points change, for an odd k, and on which side their vote falls in between.

    On a line the k nearest are neighbours of one another; from one such window to the next the border is the middle of
    the point that leaves and the one that enters.

    >>> votes([(0.0, -1.0), (1.0, -1.0), (3.0, 1.0)], 1)
    ([0.5, 2.0], [-1.0, -1.0, 1.0])
    """
    windows = range(len(points) - k + 1)
    borders = [(points[i][0] + points[i + k][0]) / 2 for i in windows[:-1]]
    return borders, [math.copysign(1.0, math.fsum(y for _, y in points[i : i + k])) for i in windows]


def risk_of(borders: Sequence[float], sides: Sequence[float]) -> float:
    """The probability that a point of the two classes lies where the vote is for the other class.

    >>> abs(risk_of([0.0], [-1.0, 1.0]) - BAYES) < 1e-15
    True
    """
    total = 0.0
    for y in (-1.0, 1.0):
        levels = [0.0, *map(NormalDist(y, 1.0).cdf, borders), 1.0]
        total += math.fsum(levels[i + 1] - levels[i] for i, side in enumerate(sides) if side != y)
    return total / 2
