"""Depth and σ: saws of ReLUs, straight pieces, polynomials; against exact fractions, NumPy and closed forms."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy
import pytest

from autograd_lite import nn
from autograd_lite.lessons import find
from autograd_lite.lessons.gates import approximation, depth


def tents(x: Fraction, times: int) -> Fraction:
    """A tent of a tent of a tent."""
    for _ in range(times):
        x = 2 * x if x <= Fraction(1, 2) else 2 - 2 * x
    return x


@pytest.mark.parametrize("layers", range(1, 8))
def test_saws_by_exact_fractions(layers: int) -> None:
    """Deep and flat saw are the tent applied again and again, and have 2ᵏ pieces, with 2k and 2ᵏ units."""
    assert depth.count_saw(layers) == (layers, 2**layers, 2 * layers, 2**layers, True)
    grid = [Fraction(i, 96) for i in range(97)]
    for model in (depth.saw(layers), depth.flat_saw(layers)):
        assert nn.evaluate(model, [[float(x)] for x in grid]) == pytest.approx(
            [float(tents(x, layers)) for x in grid], abs=1e-10
        )


def test_a_layer_bends_once_for_each_unit() -> None:
    """Random layers of n ReLUs have at most n bends: second differences that are not 0, on a fine grid."""
    for seed in range(5):
        model = nn.MLP(1, [6, 1], "relu", init="he", seed=seed)
        heights = numpy.array(nn.evaluate(model, [[i / 200 - 5] for i in range(2001)]))
        bends = abs(numpy.diff(heights, 2)) > 1e-9
        starts = bends & ~numpy.concatenate([[False], bends[:-1]])  # a bend between grid points shows twice
        assert starts.sum() <= 6


@pytest.mark.parametrize("count", [5, 8, 30])
def test_straight_pieces_are_numpys(count: int) -> None:
    """A layer of ReLUs joins the points as `numpy.interp` does."""
    nodes = numpy.linspace(0.0, 1.0, count + 1)
    grid = numpy.linspace(0.0, 1.0, 77)
    expected = numpy.interp(grid, nodes, [depth.sine(x) for x in nodes])
    model = depth.straight_pieces(depth.sine, count)
    assert nn.evaluate(model, [[float(x)] for x in grid]) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("units", [3, 10, 50])
def test_squares_make_nothing_but_parabolas(units: int) -> None:
    """With σ(z) = z² NumPy's best fit of any number of units to the sine is no better than 1/4, and three are as good."""
    rng = numpy.random.default_rng(units)
    x = numpy.linspace(0.0, 1.0, 401)
    features = (numpy.outer(x, rng.normal(size=units)) + rng.normal(size=units)) ** 2
    fit = features @ numpy.linalg.lstsq(features, numpy.sin(2 * math.pi * x), rcond=None)[0]
    parabola = numpy.polyval(numpy.polyfit(x, numpy.sin(2 * math.pi * x), 2), x)
    assert fit == pytest.approx(parabola, abs=1e-6)
    assert abs(fit - numpy.sin(2 * math.pi * x)).max() >= 0.25
    assert depth.nearest_polynomial(depth.sine, 2, 0.0, 0.25) == pytest.approx(0.25)
    layer = depth.power_layer(units, 2, seed=units)
    assert numpy.polyval(numpy.polyfit(x, [layer(v) for v in x], 2), 0.3) == pytest.approx(layer(0.3), rel=1e-9)


@pytest.mark.parametrize(("low", "high"), [(-math.pi, math.pi), (2.0, 5.0)])
def test_other_intervals(low: float, high: float) -> None:
    """On another interval the error is what f varies over half a piece: the slope 1 of a line gives (b − a)/(2N)."""
    assert approximation._largest(depth.stretched(lambda x: x, low, high), 20) == pytest.approx((high - low) / 40)


def test_sums_of_sigmoids_end_flat() -> None:
    """On the whole line no sum of towers is near the sine: far out it is constant, to the last digit."""
    model = nn.sum_of_towers(depth.sine, 10)
    assert len({*nn.evaluate(model, [[50.0 + i / 7] for i in range(7)])}) == 1


def test_the_sheet_of_l13() -> None:
    """Tower, slope, largest error and pieces are those of the formulas."""
    numbers = depth.on_paper(x=0.42, k=15.0, N=12, layers=5).numbers
    h1, h2 = (1 / (1 + math.exp(-15 * (0.42 - edge))) for edge in (0.4, 0.6))
    expected = [h1 - h2, 15 * (h1 * (1 - h1) - h2 * (1 - h2)), math.sin(math.pi / 12), 32]
    assert [*numbers.values()] == pytest.approx(expected, rel=1e-9)


@pytest.mark.long  # 144 towers in the plane
def test_a_claim_that_fails_says_why() -> None:
    """With walls that are too flat for so many towers L13 says what the walls take of a tower's width."""
    outcome = find("L13")(largest=24, side=12, steepness=20.0)
    (claim,) = [claim for claim, holds in outcome.claims.items() if not holds]
    assert claim.startswith("but its mean error")
    assert "20% of a tower's width" in outcome.reason(claim)
    assert "121 of them" in outcome.reason(claim)
