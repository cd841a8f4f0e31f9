"""What L25 to L27 show beside their main part, and what their sheets ask, against closed forms, mpmath and scikit-learn."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy
import pytest
from mpmath import mp
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from autograd_lite.data import curve
from autograd_lite.lessons import find
from autograd_lite.lessons.descent.curvature import largest_on_circle
from autograd_lite.lessons.descent.saddles import exact, grown
from autograd_lite.lessons.descent.variance import ACROSS, FEATURES, course, wave
from autograd_lite.lessons.lesson import Lesson

SHOWN = [("L25", "directions"), ("L25", "minima"), ("L25", "proxy"), ("L26", "saddles"), ("L27", "variance")]
SHOWN += [("L27", "features")]
SHEETS = ("L25", "L26", "L27", "L28")


@pytest.mark.parametrize(("name", "word"), SHOWN)
def test_what_is_shown_holds(name: str, word: str) -> None:
    """Each further part of a lesson has right numbers, claims that hold, and a figure whose axes have names."""
    outcome = find(name)(show=word).check()
    assert set(outcome.reasons) <= set(outcome.claims)
    assert outcome.tables
    figure = outcome.plot()
    assert all(ax.get_xlabel() and ax.get_ylabel() for ax in figure.axes)


def test_the_error_of_the_model_is_the_largest_on_its_circle() -> None:
    """It is the maximum of |400x·u³ - 200u²v + 100u⁴| for u² + v² = r², by mpmath from a zero of its derivative."""
    assert find("L26")().further["largest errors"] == pytest.approx([0.5031, 4.944e-4, 4.935e-7], rel=1e-4)
    for x, y in [(-1.2, 1.0), (0.0, 1.0), (1.3, -0.4)]:
        found = find("L26")(x=x, y=y, steps=1).further["largest errors"]
        for r, largest in zip((0.1, 0.01, 0.001), found, strict=True):

            def error(t: Any, sines: Any = mp, x: float = x, r: float = r) -> Any:
                u, v = r * sines.cos(t), r * sines.sin(t)
                return 400 * x * u**3 - 200 * u**2 * v + 100 * u**4

            angles = numpy.linspace(0.0, 2.0 * math.pi, 10_001)
            start = float(angles[numpy.argmax(abs(error(angles, numpy)))])
            assert largest == pytest.approx(
                float(abs(error(mp.findroot(lambda t, e=error: mp.diff(e, t), start)))), rel=1e-6
            )


def test_the_largest_on_a_circle_is_found_between_the_directions_tried() -> None:
    """Of cos 3(t - a) and of r·cos(t - a) the largest value is the amplitude, for any a."""
    for a in (0.0, 0.01, 0.06, 0.0654, 2.0):

        def waves(u: list[float], a: float = a) -> float:
            return math.cos(3.0 * (math.atan2(u[1], u[0]) - a))

        def plane(u: list[float], a: float = a) -> float:
            return u[0] * math.cos(a) + u[1] * math.sin(a)

        assert largest_on_circle(waves, 2.0) == pytest.approx(1.0)
        assert largest_on_circle(plane, 7.0) == pytest.approx(7.0)


def test_steepest_is_by_the_dual_norm() -> None:
    """The least J_f u is minus the dual norm of ∇f = (3, 4): 5 for the usual length, 7 and 4 for the two others."""
    outcome = find("L25")(show="directions")
    assert outcome.numbers["least J_f u"] == -5.0
    assert outcome.further["J_f u for the largest |uᵢ|"] == -7.0
    assert outcome.further["J_f u for |u₁| + |u₂|"] == -4.0
    rng = numpy.random.default_rng(1)
    for p, cosine in zip((2, 8, 32), outcome.further["root mean square cosine in 2, 8, 32 dimensions"], strict=True):
        u = rng.normal(size=(20_000, p))
        assert cosine == pytest.approx(math.sqrt(numpy.mean(u[:, 0] ** 2 / (u**2).sum(axis=1))), rel=0.05)


def test_batches_end_where_the_derivative_is_zero() -> None:
    """The local minimum is a zero of Σ(sin wx - sin x)·x·cos wx with 30 digits, and no other one is between it and 2.4."""
    numbers = find("L25")(show="minima").numbers
    with mp.workdps(30):
        points = [mp.mpf(k) / 2 for k in range(1, 9)]

        def loss(w: Any) -> Any:
            return sum((mp.sin(w * x) - mp.sin(x)) ** 2 for x in points) / 8

        w = mp.findroot(lambda w: mp.diff(loss, w), 3.0)
        assert mp.diff(loss, w, 2) > 0
        assert numbers["w of batches"] == pytest.approx(float(w), abs=2e-6)
        assert numbers["J of batches"] == pytest.approx(float(loss(w)), abs=2e-6)


def test_single_samples_get_away_for_other_seeds() -> None:
    """What is said of a hundred seeds holds for another hundred; too long and too short steps have their reasons."""
    assert all(find("L25")(show="minima", seed=100).claims.values())
    for lr, why in [(0.2, "steps as long as these lead away"), (0.01, "too short to leave")]:
        assert why in str(find("L25")(show="minima", lr=lr))


def test_the_loss_is_not_the_mistakes() -> None:
    """The boundary of least squares is the mean of x, for equal numbers on both sides; short steps do not get there."""
    outcome = find("L25")(show="proxy")
    assert outcome.numbers["its boundary"] == pytest.approx(numpy.mean([-0.75, -0.5, -0.25, 0.25, 0.5, 3.0]))
    assert "has not passed the point at 0.25" in str(find("L25")(show="proxy", lr=0.001))


def pfaffian(a: Any) -> Any:
    """The Pfaffian by its expansion along the first row: exact arithmetic, no determinant."""
    size = a.rows
    if size == 0:
        return mp.mpf(1)
    total = mp.mpf(0)
    for k in range(1, size):
        left = [i for i in range(1, size) if i != k]
        minor = mp.matrix(size - 2, size - 2)
        for (i, p), (j, q) in itertools.product(enumerate(left), repeat=2):
            minor[i, j] = a[p, q]
        total += (-1) ** (k - 1) * a[0, k] * pfaffian(minor)
    return total


def by_mehta() -> list[float]:
    """P(1) to P(8) by de Bruijn's Pfaffian with 30 digits, divided by Mehta's constant: another divisor than the lesson's."""
    with mp.workdps(30):
        powers = range(8)
        double, single = (
            mp.matrix(8, 8),
            [mp.mpf(2) ** (mp.mpf(i - 1) / 2) * mp.gamma(mp.mpf(i + 1) / 2) for i in powers],
        )
        for i, j in itertools.combinations(powers, 2):
            radius = mp.mpf(2) ** (mp.mpf(i + j) / 2) * mp.gamma(mp.mpf(i + j) / 2 + 1)

            def around(t: Any, i: int = i, j: int = j) -> Any:
                return mp.cos(t) ** i * mp.sin(t) ** j

            double[i, j] = radius * (mp.quad(around, [mp.pi / 4, mp.pi / 2]) - mp.quad(around, [0, mp.pi / 4]))
        found, whole = [], mp.mpf(1)
        for n in range(1, 9):
            whole *= mp.sqrt(2 * mp.pi) * mp.gamma(1 + mp.mpf(n) / 2) / mp.gamma(mp.mpf(3) / 2)
            a = mp.matrix(n + n % 2, n + n % 2)
            for i in range(n):
                for j in range(i + 1, n):
                    a[i, j] = double[i, j]
                if n % 2:
                    a[i, n] = single[i]
            found.append(float(mp.factorial(n) * abs(pfaffian(a)) / whole))
    return found


def test_the_share_of_minima() -> None:
    """It is the published 1/2, (2 - √2)/4, (π - 2√2)/4π, and for n to 8 the integral of the eigenvalues' density."""
    closed = [1 / 2, (2 - math.sqrt(2)) / 4, (math.pi - 2 * math.sqrt(2)) / (4 * math.pi)]
    assert [exact(n) for n in (1, 2, 3)] == pytest.approx(closed, rel=1e-12)
    assert [exact(n) for n in range(1, 9)] == pytest.approx(by_mehta(), rel=1e-9)


def test_matrices_grown_by_rows_are_no_different() -> None:
    """Averaged over seeds the product of the survivors' shares is the probability: no bias, within four deviations."""
    shares = numpy.array([grown(seed) for seed in range(5)])
    means, deviations = shares.mean(axis=0), shares.std(axis=0, ddof=1) / math.sqrt(5)
    for n, mean, deviation in zip(range(1, 9), means, deviations, strict=True):
        assert abs(mean - exact(n)) < 6.0 * deviation + 0.02 * exact(n)


@pytest.mark.parametrize(("samples", "noise", "largest", "seed"), [(14, 0.3, 13, 7), (30, 1.0, 6, 1), (9, 0.2, 20, 2)])
def test_bias_and_variance_in_closed_form(samples: int, noise: float, largest: int, seed: int) -> None:
    """For a fit that is linear in y both are known: (h·f - f)² and σ²‖h‖², with h from NumPy's polynomials."""
    outcome = find("L27")(show="variance", samples=samples, noise=noise, largest=largest, seed=seed)
    x, across = numpy.linspace(-1.0, 1.0, samples), numpy.array(ACROSS)
    truth = numpy.sin(math.pi * across)
    for row in outcome.tables[0].rows[: min(samples - 2, 9)]:
        degree, bias, variance = int(row[0]), *(float(cell.replace("−", "-")) for cell in row[1:3])
        basis = [numpy.polynomial.Polynomial.fit(x, unit, degree)(across) for unit in numpy.eye(samples)]
        h = numpy.array(basis).T
        theory = noise**2 * float((h**2).sum(axis=1).mean())
        assert float(row[6].replace("−", "-")) == pytest.approx(theory, rel=1e-3)
        assert variance == pytest.approx(theory, rel=0.5)
        wanted = float(((h @ numpy.sin(math.pi * x) - truth) ** 2).mean())
        assert abs(bias - wanted) < 0.1 * wanted + theory / 20.0  # the mean of 200 fits scatters with a 200th
    assert outcome.claims["at each degree bias² + variance + σ² is the measured error, to 3 %"]


def test_without_noise_there_is_no_variance() -> None:
    """Claims about the variance fail without noise, and say so."""
    told = str(find("L27")(show="variance", noise=0))
    assert "without noise every training set is the same" in told
    assert "more capacity costs nothing" in told


def test_features_and_their_scale() -> None:
    """Test errors are those of scikit-learn's fits; the steps of descent are those of a simple loop."""
    outcome = find("L27")(show="features")
    (x, y), (new, wanted) = (curve(wave, n, noise=0.3, seed=s) for n, s in ((14, 7), (200, 8)))
    for (name, of), found in zip(FEATURES.items(), outcome.numbers["test errors"], strict=True):
        model = Ridge(alpha=0.0, fit_intercept=False, solver="svd").fit([of(u) for u in x], y)
        error = float(numpy.mean((model.predict([of(u) for u in new]) - wanted) ** 2))
        assert found == pytest.approx(error, abs=1e-6), name
    assert all(sum(FEATURES["four steps"](u)) == 1.0 for u in ACROSS)
    raw = numpy.array([[u + 3.0] for u in x])
    scaled = StandardScaler().fit_transform(raw)
    for features, number in [(raw, "condition number"), (scaled, "condition number, standardised")]:
        matrix = numpy.column_stack([numpy.ones(14), features])
        assert outcome.numbers[number] == pytest.approx(numpy.linalg.cond(matrix) ** 2)
        weights, count, best = numpy.zeros(2), 0, numpy.linalg.lstsq(matrix, y, rcond=None)[0]
        rate = 1.0 / numpy.linalg.norm(2.0 / 14.0 * matrix.T @ matrix, 2)
        excess: list[Any] = []
        while not excess or excess[-1] > 0.01 * excess[0]:
            excess.append(numpy.mean((matrix @ weights - y) ** 2) - numpy.mean((matrix @ best - y) ** 2))
            weights -= rate * 2.0 / 14.0 * matrix.T @ (matrix @ weights - y)
            count += 1
        assert len(course(features[:, 0].tolist(), y)[1]) == count


def sheets(name: str) -> tuple[Lesson, list[dict[str, float]]]:
    """The lesson that a sheet asks, and every draw of its numbers."""
    quiz = find(name).quiz
    assert quiz is not None
    assert quiz.paper is not None
    ranges = [
        [round(low + step * k, 9) for k in range(round((high - low) / step) + 1)]
        for low, high, step in quiz.drawn.values()
    ]
    return quiz.paper, [dict(zip(quiz.drawn, draw, strict=True)) for draw in itertools.product(*ranges)]


def by_hand(name: str, at: dict[str, float]) -> dict[str, Any]:
    """What a sheet asks, by NumPy from the formulas of the statement."""
    if name == "L25":
        curved, here, ways = numpy.array([at["a"], at["c"]]), numpy.array([at["x"], at["y"]]), []
        for _ in range(2):
            here = here * (1.0 - at["alpha"] * curved)
            ways.append(here)
        after = float(curved @ ways[0] ** 2 / 2.0)
        first = {"x, y after one step": ways[0], "x, y after two steps": ways[1]}
        return first | {"f after one step": after, "2/λ": 2.0 / max(curved)}
    if name == "L26":
        a, c, x, y = at["a"], at["c"], at["x"], at["y"]
        slope, H = numpy.array([3 * x * x + a * y, a * x + 2 * c * y]), numpy.array([[6 * x, a], [a, 2 * c]])  # noqa: N806
        step = -numpy.linalg.solve(H, slope)
        root = math.hypot(3 * x - c, a)
        return {"∇f": slope, "H": H, "eigenvalues": [3 * x + c - root, 3 * x + c + root], "Newton's step": step}
    if name == "L27":
        y1, y2, y3 = at["y1"], at["y2"], at["y3"]
        b, w = (y1 + y2 + y3) / 3, (y3 - y1) / 2
        rest = sum((b + w * x - y) ** 2 for x, y in ((-1, y1), (0, y2), (1, y3)))
        found = {"b without penalty": b, "w without penalty": w, "sum of squares without penalty": rest}
        return found | {"b with λ": b, "w with λ": (y3 - y1) / (2 + at["penalty"])}
    points, classes = numpy.array([[2, 1, 1], [-1, 1, 1], [0, -1, 1]]), numpy.array([1, -1, 1])
    weights = numpy.array([at["w1"], at["w2"], at["b"]])
    margins = classes * (points @ weights)
    slopes = -(classes * (margins < 1)) @ points / 3 + 0.2 * weights
    loss = numpy.maximum(0, 1 - margins).mean() + 0.1 * weights @ weights
    assert abs(margins - 1).min() > 0.05  # no draw is at the kink, where the derivative is a convention
    return {"margins": margins, "J": loss, "∂J/∂w": slopes[:2], "∂J/∂b": slopes[2]}


@pytest.mark.parametrize("name", SHEETS)
def test_what_a_sheet_asks(name: str) -> None:
    """For every draw the paper lesson's numbers are those of the formulas, and the answers are not all 0."""
    paper, draws = sheets(name)
    assert paper.id == name
    for at in draws[:: max(1, len(draws) // 40)]:
        outcome = paper(**at)
        for quantity, wanted in by_hand(name, at).items():
            assert numpy.array(outcome.numbers[quantity]) == pytest.approx(numpy.array(wanted), rel=1e-9, abs=1e-9)
    for at in draws:
        assert max(numpy.max(numpy.abs(wanted)) for wanted in by_hand(name, at).values()) > 0.05
