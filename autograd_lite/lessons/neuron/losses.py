"""Losses: what a score costs, how hard each loss pulls at it, and what their mean over a sample says."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from statistics import linear_regression
from typing import Annotated, Any

from autograd_lite.engine.sequences import dot
from autograd_lite.engine.transforms import grad, gradients
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.neuron.risk import ENTROPY, HINGE, SIZES, SPREAD, densities, errors_of_means, neighbours
from autograd_lite.lessons.outcome import Expected, Outcome, agree, power, written
from autograd_lite.nn import losses
from autograd_lite.plots import curves
from autograd_lite.views.columns import Columns

# Losses of one score for the target 1, so that the score is the margin m: the formula, value and slope by hand.
OF_MARGIN: list[tuple[str, str, Callable[..., Any], Callable[[float], float], Callable[[float], float]]] = [
    ("0/1", "1 if m ≤ 0, otherwise 0", losses.zero_one, lambda m: float(m <= 0), lambda _: 0.0),
    ("hinge", "max(0, 1 − m)", losses.hinge, lambda m: max(0.0, 1 - m), lambda m: -float(m < 1)),
    (
        "perceptron",
        "max(0, −m)",
        lambda s, y, **options: losses.hinge(s, y, margin=0.0, **options),
        lambda m: max(0.0, -m),
        lambda m: -float(m < 0),
    ),
    (
        "logistic",
        "log(1 + e^(−m))",
        losses.binary_cross_entropy_with_logits,
        lambda m: math.log(1 + math.exp(-m)),
        lambda m: -1 / (1 + math.exp(m)),
    ),
    ("squared", "(1 − m)²", losses.mse, lambda m: (1 - m) ** 2, lambda m: 2 * (m - 1)),
]
MARGINS = (-1.0, 0.0, 0.5, 1.0, 2.0)


@lesson(
    "L14",
    "Losses",
    "B",
    r"""
    Losses of one score depend on its margin $m$ (positive on the right side): 0/1, hinge $\max(0, 1 - m)$, the
    perceptron's $\max(0, -m)$, logistic $\log(1 + e^{-m})$, which is the perceptron's with its corner rounded, and
    squared. With a score for each class, the multiclass hinge is $L = \sum_{j \neq y} \max(0, s_j - s_y + 1)$
    (J. Weston and C. Watkins, 1999; K. Crammer and Y. Singer, 2001, keep only the largest term). Each wrong class with
    a score above $s_y - 1$ has the gradient 1, and the right class −1 for each of these.

    The risk of a rule is its expected loss; nobody knows it. The mean over $n$ independent samples, the empirical risk
    $R = 1/n \cdot \sum_i L_i$, stands in for it: for a fixed rule it is right on average, with an error that falls like
    $1/\sqrt{n}$. For a rule that was trained on the same samples it is mostly too small.
    The loss $-\log q(x)$ fits a density $q$. A rule needs no loss at all: $k$ nearest neighbours vote.
    A penalty $\lambda \|W\|^2$ beside the loss, $J = L + \lambda \|W\|^2$ with $s = W x$, $x = (1, 1)$, adds
    $2 \lambda W$ to the gradient.
    """,
    # By hand: the other two samples cost 0 and 12.9; W = (s, s)/2, ‖W‖² = (3.2² + 5.1² + 1.7²)/2 = 19.57.
    Expected(
        {"L": 2.9, "∂L/∂s": (-1, 1, 0), "R": 15.8 / 3}
        | {"‖W‖²": 19.57, "J": 4.857, "∂J/∂W": ((-0.68, -0.68), (1.51, 1.51), (-0.17, -0.17))}
    ),
    # s₂ − s₁ + 1 is above 0, so that L is not 0; no difference is −1, where the hinge has its corner.
    quiz=Quiz(
        ("L", "∂L/∂s"),
        {"s1": (-2, 2, 0.5), "s2": (2, 6, 0.5), "s3": (-2.75, 5.75, 0.5)},
        task=r"""
        The multiclass hinge $L = \sum_{j \neq y} \max(0, s_j - s_y + 1)$ of three scores $s = (s_1, s_2, s_3)$,
        where the first class is the right one. Compute $L$, and its derivatives with respect to the three scores.
        """,
    ),
)
def what_is_minimised(
    s1: Annotated[float, Limits("the score of class 0", -100, 100)] = 3.2,
    s2: Annotated[float, Limits("the score of class 1", -100, 100)] = 5.1,
    s3: Annotated[float, Limits("the score of class 2", -100, 100)] = -1.7,
    y: Annotated[int, Limits("the right class", 0, 2)] = 0,
    lam: Annotated[float, Limits("the weight λ of the penalty", 0, 10)] = 0.1,
) -> Outcome:
    """Compute every loss of the notes, and compare its value and its slope with the formula."""
    import numpy

    samples, right = numpy.array([[s1, s2, s3], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]]), [y, 1, 2]
    s = [Value(score, label=name) for score, name in zip(samples[0], ("s₁", "s₂", "s₃"), strict=True)]
    L = losses.multiclass_hinge(s, y)  # noqa: N806 - as in the notes
    L.label = "L"
    L.backward()
    risk = losses.empirical_risk(losses.multiclass_hinge, samples, right)
    W = [[Value(score / 2), Value(score / 2)] for score in samples[0]]  # noqa: N806 - a matrix
    penalty = losses.l2(w for row in W for w in row)
    J = losses.multiclass_hinge([dot(row, (1, 1)) for row in W], y) + lam * penalty  # noqa: N806 - as in the notes
    J.backward()
    d_scores, d_weights = [score.grad for score in s], [[w.grad for w in row] for row in W]

    excess = numpy.array([row - row[k] + 1 for row, k in zip(samples, right, strict=True)])
    excess[range(3), right] = 0
    pulls = 1.0 * (excess[0] > 0)
    pulls[y] = -pulls.sum()
    hinges = numpy.maximum(0, excess).sum(axis=1)
    size = float(abs(samples).max())  # of what is subtracted
    claims = {
        "L is Σ max(0, sⱼ − s_y + 1)": agree(L.data, hinges[0], scale=size),
        "∂L/∂sⱼ is 1 for each wrong class above s_y − 1, and minus the number of these for the right one": d_scores
        == [*pulls],
        "the empirical risk is the mean of the losses": agree(risk, hinges.mean(), scale=size),
        "∂J/∂W is (∂L/∂s)xᵀ + 2λW": agree(d_weights, numpy.outer(pulls + lam * samples[0], (1, 1)), scale=1.0),
        "with all weights on one of the two inputs the scores are the same, and ‖W‖² is twice as large": agree(
            (samples[0] ** 2).sum(), 2 * penalty.data
        ),
    }
    values, slopes = [], []
    for name, formula, loss, value, slope in OF_MARGIN:
        at, derivatives = [loss(m, 1.0) for m in MARGINS], [grad(loss)(m, 1.0) for m in MARGINS]
        by_hand = [value(m) for m in MARGINS], [slope(m) for m in MARGINS]
        claims[f"{name}: {formula}, and its slope, as found by hand"] = agree([at, derivatives], by_hand)
        values.append([name, *(written(x, 4) for x in at)])
        slopes.append([name, *(written(x, 4) for x in derivatives)])
    headings = ["loss", *(f" m = {written(m)}" for m in MARGINS)]
    tables = [Columns("losses, by the margin m", headings, values), Columns("their slopes", headings, slopes)]

    errors = errors_of_means()
    fitted, moments, table = densities()
    votes, votes_table = neighbours()
    scores = by_squares([-2.0, -1.0, 1.0, 20.0], [-1.0, -1.0, 1.0, 1.0])
    claims |= {
        "of a fixed rule, the empirical risk misses the risk by an error that falls like 1/√n": abs(
            power(SIZES, errors) + 0.5
        )
        < 0.1,
        "with the mean and variance of the sample a normal q has the least mean of −log q: its gradient is 0": agree(
            fitted, (0.0, 0.0), scale=1.0
        ),
        "with one neighbour no point of the sample is wrong, and more new points are than with 25": votes[1][0] == 0.0
        and votes[1][1] > votes[25][1],
        "least squares puts 1 on the wrong side of (−2, −1 | 1, 20), since 20 is too far on the right one": scores[2]
        < 0.0,
    }
    numbers = {"L": L.data, "∂L/∂s": d_scores, "R": risk}
    numbers |= {"‖W‖²": penalty.data, "J": J.data, "∂J/∂W": d_weights}
    further: Mapping[str, Any] = {
        "∂H/∂s": lambda: [slope.data for slope in gradients(losses.cross_entropy(s, y), s)],
        "score of 1": scores[2],
        "μ, σ²": moments,
        "risk of the hinge": HINGE,
        "entropy": ENTROPY,
    }
    return Outcome(numbers, claims, L, [*tables, table, votes_table], _draw_losses, further=further)


def by_squares(x: list[float], y: list[float]) -> list[float]:
    """The scores wx + b of points, with the w and b of least squares.

    >>> by_squares([-2.0, -1.0, 1.0, 2.0], [-1.0, -1.0, 1.0, 1.0])
    [-1.2, -0.6, 0.6, 1.2]
    """
    slope, intercept = linear_regression(x, y)
    return [slope * xi + intercept for xi in x]


def _draw_losses(figure: Any) -> None:
    """Draw the losses of a score of class 1 over its margin; and how a mean of hinges approaches the risk."""
    figure.set_size_inches(8.0, 3.6)
    left, right = figure.subplots(1, 2)
    m = [k / 100 for k in range(-200, 301)]
    shown = {name: (m, loss(m, [1.0] * len(m), reduction="none")) for name, _, loss, *_ in OF_MARGIN}
    axes = curves(shown, x="margin m", y="loss", ax=left)
    axes.set_ylim(-0.1, 4)
    errors = {"measured": (SIZES, errors_of_means()), "0.584/√n": (SIZES, [SPREAD / math.sqrt(n) for n in SIZES])}
    curves(errors, x="samples n", y="error of the mean loss", log="xy", ax=right)
