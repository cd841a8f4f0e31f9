"""L25 and L26 with parameters other than the defaults, against closed forms, mpmath and loops in NumPy."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

import numpy
import pytest
from hypothesis import given, settings, strategies as st
from mpmath import mp

from autograd_lite.lessons import find
from autograd_lite.lessons.descent import curvature, descent
from autograd_lite.lessons.notation import ROUNDING
from autograd_lite.nn import Neuron
from autograd_lite.optim import SGD

METHODS = ["random directions", "finite differences", "batch", "mini-batch", "stochastic", "online"]
LINE, CURVE, STEPS = range(3)  # the tables of L25


def column(outcome: Any, table: int, place: int) -> dict[str, str]:
    """A column of a table, by the first cells of its rows."""
    return {row[0]: row[place] for row in outcome.tables[table].rows}


def size(cell: str) -> float:
    """The number in a cell; 0 for one that is rounding, infinity for a dash."""
    return math.inf if cell == "—" else 0.0 if cell.startswith("<") else float(cell.replace("−", "-"))


@cache
def run(**given: Any) -> Any:
    """L25 with fewer evaluations than the default, run once for the same parameters."""
    return find("L25")(**{"budget": 10_000} | given)


CASES = [{"samples": 9, "seed": 3, "lr": 0.01}, {"samples": 40, "seed": 5, "lr": 0.004}]


@pytest.mark.parametrize("given", CASES)
def test_the_six_methods_have_the_same_means(given: Any) -> None:
    """Both problems are given to the same six methods; none exceeds the evaluations or leaves a tenth of them unused."""
    for table in (LINE, CURVE):
        spent = column(run(**given), table, 2)
        assert list(spent) == METHODS
        assert all(9_000 <= int(count) <= 10_000 for count in spent.values())


@pytest.mark.parametrize("given", CASES)
def test_what_a_step_costs(given: Any) -> None:
    """With n samples: n, (2p + 1)·n for p = 2 and 10 parameters, 3n, 3·4, 3 and 3 evaluations."""
    for table, parameters in ((LINE, 2), (CURVE, 10)):
        cost, n = [int(count) for count in column(run(**given), table, 1).values()], given["samples"]
        assert cost == [n, (2 * parameters + 1) * n, 3 * n, 12, 3, 3]


def by_hand(samples: int, seed: int, lr: float, steps: int) -> tuple[float, float]:
    """How far batch descent on the line is above the minimum, at first and after some steps, by matrices."""
    rng = Random(seed)
    X = numpy.array([[2.0 * i / (samples - 1) - 1.0, 1.0] for i in range(samples)])  # noqa: N806 - X is a matrix
    y = numpy.array([2.0 * x - 1.0 + rng.gauss(0.0, 0.3) for x in X[:, 0]])
    w = numpy.array([Neuron(1, "linear", seed=seed).w[0].data, 0.0])
    best = numpy.linalg.solve(X.T @ X, X.T @ y)
    excess = []
    for _ in range(steps + 1):
        excess.append(float(numpy.mean((X @ w - y) ** 2) - numpy.mean((X @ best - y) ** 2)))
        w = w - lr * 2.0 / samples * X.T @ (X @ w - y)
    return excess[0], excess[-1]


@pytest.mark.parametrize("given", CASES)
def test_batches_are_the_matrix_form(given: Any) -> None:
    """The last loss of the batch method is that of w ← w - 2α/n·Xᵀ(Xw - y) in NumPy after as many steps."""
    outcome = run(**given)
    spent = int(column(outcome, LINE, 2)["batch"])
    first, last = by_hand(**given, steps=spent // (3 * given["samples"]))
    assert size(column(outcome, LINE, 4)["batch"]) == pytest.approx(last, rel=1e-3)
    assert last < first


@pytest.mark.parametrize("given", [pytest.param({"samples": 4}, marks=pytest.mark.long), *CASES])
def test_the_longest_step(given: Any) -> None:
    """λ is 2 and 2(n + 1)/(3(n - 1)) for any n, by the sum of squares; below 2/λ the excess falls, above it rises."""
    outcome, samples = run(**given), given["samples"]
    closed = sorted([2.0, 2.0 * (samples + 1) / (3.0 * (samples - 1))])
    assert outcome.numbers["eigenvalues of H"] == pytest.approx(closed, rel=1e-12)
    assert outcome.numbers["2/λ"] == pytest.approx(2.0 / closed[-1], rel=1e-12)
    measured = [size(cell) for cell in column(outcome, STEPS, 1).values()]
    assert [factor < 1.0 for factor in measured] == [True, True, False, False]
    assert measured[1:] == pytest.approx([0.81, 1.21, 199.0**2], rel=1e-3)
    assert [*column(outcome, STEPS, 3).values()][-1].startswith("DivergedError in step ")


@pytest.mark.long
def test_shorter_and_shorter_steps_come_closer() -> None:
    """With α/(1 + d·t) the noise of single samples dies out on the line, which with α it does not."""
    constant, shrinking = (column(run(decay=d), LINE, 4) for d in (0.0, 0.01))
    for method in ("stochastic", "online"):
        assert size(shrinking[method]) < size(constant[method]) / 3.0


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 2, 7])
def test_the_claims_do_not_depend_on_the_seed(seed: int) -> None:
    """With other weights, other noise and another order all claims of L25 hold."""
    assert all(find("L25")(seed=seed).claims.values())


def test_the_claims_of_the_six_methods_can_fail() -> None:
    """With steps too short for the evaluations, the minimum is not reached, and L25 says so, and by which methods."""
    outcome = run(**CASES[-1])
    failed = [claim for claim, holds in outcome.claims.items() if not holds]
    assert any("down to 1 %" in claim for claim in failed)
    assert all("batch" in outcome.reason(claim) for claim in failed)
    assert not outcome.right


def test_steps_that_are_not_those_of_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an optimiser whose steps are a tenth too short, L25 is not as near to the closed form as it must be."""
    monkeypatch.setattr(descent, "SGD", lambda ps, lr: SGD(ps, lr=(lambda t: 0.9 * (lr(t) if callable(lr) else lr))))
    failed = [claim for claim, holds in find("L25")(lr=0.01, budget=10_000).claims.items() if not holds]
    assert any("(XᵀX)⁻¹Xᵀy" in claim for claim in failed)
    assert any("differences take the path of batches" in claim for claim in failed)
    assert any("multiplies the excess" in claim for claim in failed)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"samples": 4}, marks=pytest.mark.long),
        pytest.param({"samples": 4, "budget": 20_000}, marks=pytest.mark.long),
        pytest.param(
            {"samples": 4, "seed": 913_344, "lr": 0.2, "decay": 1.0, "budget": 30_000}, marks=pytest.mark.long
        ),
        pytest.param({"samples": 5, "budget": 30_000, "decay": 1.0}, marks=pytest.mark.long),
        pytest.param({"seed": 3, "lr": 0.2, "budget": 20_000}, marks=pytest.mark.long),
        {"samples": 100},
    ],
)
def test_no_claim_is_false_by_rounding_or_by_a_bad_end(given: dict[str, Any]) -> None:
    """Where an excess is soon rounding, a method gets stuck or has few steps, what L25 says about descent itself holds."""
    failed = {claim.partition(":")[2] for claim, holds in run(**given).claims.items() if not holds}
    assert not any(word in claim for claim in failed for word in ("(1 − αλ)²", "not convex", "(XᵀX)⁻¹Xᵀy", "convex"))


def test_the_factor_of_a_step() -> None:
    """It is that of the last step before rounding or infinity; where there is none, it is unknown."""
    assert descent.factor_of_a_step([1.0, 2.0, 6.0, math.inf]) == 3.0
    assert descent.factor_of_a_step([1.0, 1e-3, 1e-6, 1e-15, 1e-16, 2e-16]) == pytest.approx(1e-3)
    assert descent.factor_of_a_step([1.0, 1e-3, 1e-12, 2e-12]) is None


def test_a_way_is_thinned_for_its_plot() -> None:
    """Points on a logarithmic axis keep their first, rise by at least a third, and are never below rounding."""
    way = descent.Way({}, [1.0 / count**4 for count in range(1, 5000)], list(range(1, 5000)), 1)
    counts, excess = way.thinned()
    assert counts[0] == 1
    assert all(later >= 1.33 * earlier for earlier, later in pairwise(counts))
    assert len(counts) > 20
    assert min(excess) == ROUNDING
    assert (way.until(0.1), way.until(0.0)) == (2, math.inf)


POINTS = st.floats(-2.0, 2.0).map(lambda x: round(x, 3))


@pytest.mark.parametrize("function", ["rosenbrock", "saddle", "bowl", "hill"])
@settings(max_examples=settings().max_examples // 4)  # each one is a lesson, and second derivatives of mpmath
@given(x=POINTS, y=POINTS)
def test_second_derivatives_anywhere(function: str, x: float, y: float) -> None:
    """At any point gradient, Hessian and eigenvalues are those that mpmath finds with 30 digits, and all claims hold."""
    outcome = find("L26")(function=function, x=x, y=y, steps=1)
    f: Any = curvature.SURFACES[function]
    with mp.workdps(30):
        slopes = [mp.diff(lambda a, b: f([a, b]), (x, y), n) for n in ((1, 0), (0, 1))]
        xx, xy, yy = (mp.diff(lambda a, b: f([a, b]), (x, y), n) for n in ((2, 0), (1, 1), (0, 2)))
        eigenvalues = mp.eigsy(mp.matrix([[xx, xy], [xy, yy]]), eigvals_only=True)
        wanted = [float(z) for z in (*slopes, xx, xy, xy, yy, *eigenvalues)]
    found = outcome.numbers
    got = [*found["∇f"], *found["H"][0], *found["H"][1], *found["eigenvalues"]]
    assert got == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    assert all(outcome.claims.values())


@pytest.mark.parametrize(
    ("function", "place", "says"),
    [
        ("rosenbrock", (1.0, 1.0), "minimum"),
        ("saddle", (0.0, 0.0), "saddle"),
        ("bowl", (0.0, 0.0), "minimum"),
        ("hill", (0.0, 0.0), "maximum"),
        ("bowl", (1.0, 0.0), "∇f ≠ 0: neither minimum, maximum nor saddle; curvature: as at a minimum"),
        ("rosenbrock", (0.0, 1.0), "∇f ≠ 0: neither minimum, maximum nor saddle; curvature: as at a saddle"),
    ],
)
def test_what_a_point_is(function: str, place: tuple[float, float], says: str) -> None:
    """The verdict from eigenvalues is the one from looking: where ∇f = 0, the function on a small circle around the point."""
    outcome = find("L26")(function=function, x=place[0], y=place[1])
    assert outcome.tables[0].title == f"the point: {says}"
    f = curvature.SURFACES[function]
    circle = [(math.cos(k / 10.0), math.sin(k / 10.0)) for k in range(63)]
    rises = {f([place[0] + 1e-3 * c, place[1] + 1e-3 * s]) > f(list(place)) for c, s in circle}
    seen = {(True,): "minimum", (False,): "maximum", (False, True): "saddle"}[tuple(sorted(rises))]
    assert "≠" in says or says == seen


def test_a_zero_eigenvalue_decides_nothing() -> None:
    """Where an eigenvalue is 0 the second order does not decide, and the verdict is left open."""
    assert curvature.kind(0.0, 0.0, 2.0) == curvature.kind(0.0, -2.0, 0.0) == "undecided"
    assert curvature.kind(1.0, 0.0, 2.0).endswith("saddle; curvature: undecided")


def test_the_way_of_newton() -> None:
    """Newton's values on Rosenbrock's function are those of the iteration in 40 digits, 24.2 to below 1e-12 in six."""
    with mp.workdps(40):
        x, y, values = mp.mpf(-1.2), mp.mpf(1), []
        for _ in range(7):
            values.append(float((1 - x) ** 2 + 100 * (y - x * x) ** 2))
            slope = mp.matrix([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])
            step = mp.lu_solve(mp.matrix([[2 - 400 * y + 1200 * x * x, -400 * x], [-400 * x, 200]]), -slope)
            x, y = x + step[0], y + step[1]
    shown = [size(row[3]) for row in find("L26")().tables[1].rows]
    assert shown == pytest.approx(values, rel=1e-3, abs=1e-12)


@pytest.mark.parametrize("function", ["saddle", "bowl", "hill"])
def test_newton_needs_one_step_for_a_quadratic(function: str) -> None:
    """From anywhere the first step leads to the point where the gradient is 0, uphill as well as downhill."""
    outcome = find("L26")(function=function, x=0.7, y=-1.3)
    assert outcome.numbers["Newton's step"] == pytest.approx((-0.7, 1.3), rel=1e-12)
    assert outcome.tables[1].rows[-1][1:3] == ["0", "0"]
    assert len(outcome.tables[1].rows) <= 3  # the second one, if any, is due to rounding


def test_the_claims_of_second_order_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a mistake in the derivatives found by hand, or a model without its second order, L26 says so."""
    right = curvature.BY_HAND["saddle"]
    monkeypatch.setitem(curvature.BY_HAND, "saddle", lambda x, y: ([2 * x, 2 * y], right(x, y)[1]))
    assert not find("L26")(function="saddle").claims["∇f and H are those found by hand"]
    monkeypatch.setattr(curvature, "hvp", lambda *_: [0.0, 0.0])
    failed = {claim for claim, holds in find("L26")().claims.items() if not holds}
    assert any("‖u‖³" in claim for claim in failed)
    assert any("hvp" in claim for claim in failed)
