"""Lessons 27 and 28: their numbers by NumPy's polynomials, scikit-learn and micrograd; how their claims can fail."""

from __future__ import annotations

import math
import random

import matplotlib
import micrograd.nn
import numpy
import pytest
from matplotlib.figure import Figure
from numpy.polynomial import Polynomial
from sklearn.linear_model import Ridge

from autograd_lite import nn, numerical_gradient
from autograd_lite.data import curve, moons
from autograd_lite.engine.value import plain
from autograd_lite.lessons import LESSONS
from autograd_lite.lessons.descent.capacity import by_descent, error, polynomial
from autograd_lite.lessons.descent.moons import ALPHA, by_matrices, inside, risk
from autograd_lite.lessons.descent.variance import wave
from autograd_lite.lessons.outcome import Outcome, falls

CAPACITY, MOONS = LESSONS["L27"], LESSONS["L28"]
INSIDE, TWICE, MENDED = (
    "the test error is smallest between the lowest and the highest degree",
    "at the highest degree the test error is more than twice the smallest",
    "the best λ more than halves the test error of the highest degree",
)
RIGHT_SIDE = "in the end each point is on the right side of the boundary"


def failing(outcome: Outcome) -> set[str]:
    """The claims that do not hold, each of which says why."""
    claims = {claim for claim, holds in outcome.claims.items() if not holds}
    assert all(len(outcome.reason(claim)) > 20 for claim in claims)
    return claims


@pytest.mark.parametrize(("samples", "noise", "largest", "seed"), [(14, 0.3, 13, 7), (20, 0.1, 12, 1), (9, 0.5, 6, 2)])
def test_errors_are_those_of_numpys_polynomials(samples: int, noise: float, largest: int, seed: int) -> None:
    """NumPy's fits, which use another basis, have the same training and test errors at every degree."""
    outcome = CAPACITY(samples=samples, noise=noise, largest=largest, seed=seed)
    train, test = (curve(wave, n, noise=noise, seed=s) for n, s in ((samples, seed), (200, seed + 1)))
    fits = [Polynomial.fit(*train, degree) for degree in range(largest + 1)]
    errors = [[float(numpy.mean((p(numpy.array(x)) - y) ** 2)) for x, y in (train, test)] for p in fits]
    for row, wanted in zip(outcome.tables[0].rows, errors, strict=True):
        shown = [float(cell.replace("−", "-")) for cell in row[1:3]]
        assert shown == pytest.approx(wanted, rel=1e-3, abs=1e-9)
    tested = [b for _, b in errors]
    assert outcome.numbers["best degree"] == tested.index(min(tested))
    assert outcome.numbers["test error at the highest"] == pytest.approx(tested[-1], rel=1e-3)


def test_the_claims_hold_for_most_seeds() -> None:
    """What is said of the default seed is not luck: at least ten of twelve others show all of it."""
    assert sum(not failing(CAPACITY(seed=seed)) for seed in range(100, 112)) >= 10


def test_without_noise_nothing_is_overfitted() -> None:
    """Without noise the highest degree is the best, and with many points the error hardly rises: the claims fail."""
    assert failing(CAPACITY(noise=0)) == {INSIDE, TWICE, MENDED}
    assert failing(CAPACITY(samples=60)) == {TWICE, MENDED}
    assert failing(CAPACITY(samples=60, largest=4)) == {INSIDE, TWICE, MENDED}


def test_falling_and_rising() -> None:
    """With slack, numbers may stay the same or rise by rounding, but not in the eighth digit; without it they may not."""
    assert falls([3.0, 1.0, 1.0, 1.0 + 1e-10, 1e-20, 3e-20], slack=1e-9)
    assert not falls([3.0, 1.0, 1.00000001], slack=1e-9)
    assert falls([3.0, 1.0, -2.0])
    assert not falls([3.0, 1.0, 1.0])
    assert not falls([3.0, math.nan, 1.0], slack=1e-9)


@pytest.mark.parametrize(("degree", "penalty"), [(1, 0.0), (2, 1.0), (3, 0.01), (4, 0.5)])
def test_descent_arrives_at_scikit_learns_ridge(degree: int, penalty: float) -> None:
    """The neuron on powers of x, trained with a penalty, is the ridge regression of scikit-learn."""
    x, y = curve(wave, 12, noise=0.2, seed=5)
    ridge = Ridge(alpha=penalty, solver="svd").fit([[u**k for k in range(1, degree + 1)] for u in x], y)
    found = by_descent(x, y, degree, penalty)
    assert found == pytest.approx([ridge.intercept_, *ridge.coef_], abs=1e-5)


def test_polynomials() -> None:
    """A polynomial starts with its constant term, and its error is the mean of the squares."""
    assert polynomial([1.0, -2.0, 3.0], 2.0) == 9.0
    assert error([0.0, 1.0], [0.0, 1.0, 2.0], [0.0, 0.0, 0.0]) == pytest.approx(5.0 / 3.0)


@pytest.mark.parametrize(("hidden", "seed"), [(3, 1337), (16, 7)])
def test_the_first_weights_are_those_that_micrograd_draws(hidden: int, seed: int) -> None:
    """A micrograd network, made after `random.seed`, has exactly the weights of the lesson's."""
    random.seed(seed)
    theirs = [p.data for p in micrograd.nn.MLP(2, [hidden, hidden, 1]).parameters()]
    assert [p.data for p in nn.MLP(2, [hidden, hidden, 1], seed=seed).parameters()] == theirs
    assert MOONS(steps=1, hidden=hidden, seed=seed).claims["the first weights are those of micrograd"]


@pytest.mark.parametrize("seed", range(3))
def test_gradient_by_matrices(seed: int) -> None:
    """The gradient from the matrix equations is that of differences, and the scores are the model's."""
    X, y = moons(20, noise=0.2, seed=seed)  # noqa: N806
    classes = [2 * label - 1 for label in y]
    model = nn.MLP(2, [4, 4, 1], seed=seed)
    parameters = model.parameters()
    for parameter in parameters:  # the biases too: with 0, a unit whose inputs are all off stands on the kink of relu
        parameter.data += 0.1
    scores, slopes = by_matrices(model, X, classes)
    assert scores == pytest.approx(nn.evaluate(model, X), rel=1e-12)

    def loss(numbers: list[float]) -> float:
        for parameter, x in zip(parameters, numbers, strict=True):
            parameter.data = x
        return plain(risk(model, [model(x) for x in X], classes))

    assert slopes == pytest.approx(numerical_gradient(loss, [p.data for p in parameters]), abs=1e-7)


def test_the_risk_is_the_formula() -> None:
    """The loss is 1/n·Σ max(0, 1 - y·s) + α·Σw², biases among the w."""
    model = nn.MLP(2, [2, 1], seed=3)
    squares = sum(p.data**2 for p in model.parameters())
    assert plain(risk(model, [2.0, 0.5, -1.0], [1, 1, 1])) == pytest.approx(2.5 / 3.0 + ALPHA * squares)
    assert inside([2.0, 1.0, 0.5, -3.0, -3.0], [1, 1, 1, 1, -1]) == 0.4


def test_too_short_a_training_is_found_out() -> None:
    """After one step points are on the wrong side, and the claims say so."""
    short = MOONS(steps=1)
    assert failing(short) == {RIGHT_SIDE, "the loss falls to less than a tenth"}
    assert short.numbers["training accuracy"] < 1.0


@pytest.mark.long
def test_a_smaller_network_suffices() -> None:
    """A network of 105 weights gets there too in 100 steps."""
    small = MOONS(hidden=8)
    assert failing(small) == set()
    assert (small.numbers["parameters"], small.numbers["training accuracy"]) == (105, 1.0)


def test_the_graph_of_two_points() -> None:
    """The graph that is shown is the hinge loss of the first two points before any training."""
    outcome = MOONS(steps=1, hidden=3, points=1)
    X, y = moons(100, noise=0.1, seed=1)  # noqa: N806
    model = nn.MLP(2, [3, 3, 1], seed=1337)
    terms = [max(0.0, 1.0 - (2 * c - 1) * s) for s, c in zip(nn.evaluate(model, X[:2]), y[:2], strict=True)]
    assert outcome.graph is not None
    assert outcome.graph.data == pytest.approx(sum(terms) / 2.0, rel=1e-12)
    assert "hinge" in str(outcome.draw(group="layer").source)


def test_the_figures_say_what_they_show() -> None:
    """Every panel has named axes; beside the boundary there are the lines where the score is 1 and -1."""
    matplotlib.use("Agg")
    errors, boundary = Figure(), Figure()
    CAPACITY().plot(errors)
    MOONS(steps=2).plot(boundary)
    axes = errors.axes + boundary.axes[:2]
    assert len(axes) == 6
    assert all(ax.get_xlabel() and ax.get_ylabel() for ax in axes)
    levels = [list(part.levels) for part in boundary.axes[0].collections if hasattr(part, "levels")]
    assert [-1.0, 1.0] in levels
    assert [0.0] in levels
