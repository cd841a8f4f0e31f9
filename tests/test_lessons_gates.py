"""The lessons on threshold units, against Boolean algebra, exact fractions, closed forms and a support vector machine."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy
import pytest
from sklearn.svm import SVC

from autograd_lite.data import GATES as GATE_TABLES
from autograd_lite.lessons import LESSONS
from autograd_lite.lessons.gates.gates import CORNERS, FUNCTIONS, sum_where
from autograd_lite.lessons.gates.perceptron import Learning
from autograd_lite.lessons.outcome import Outcome
from autograd_lite.nn.threshold import Changes

L08, L09, L10 = (LESSONS[name] for name in ("L08", "L09", "L10"))
BOOLEAN: dict[str, Callable[[Sequence[int]], bool]] = {
    "AND": lambda x: x[0] == x[1] == 1,
    "OR": lambda x: 1 in x[:2],
    "NOT": lambda x: x[0] == 0,
    "NOR": lambda x: x[0] == x[1] == 0,
    "majority": lambda x: sorted(x)[1] == 1,
}
GATES = {"OR": (0, 1, 1, 1), "AND": (0, 0, 0, 1), "NAND": (1, 1, 1, 0), "XOR": (0, 1, 1, 0)}
X = numpy.array([[1.0, p, q] for p, q in CORNERS])
SEPARABLE = [3, 16, 34, 57, 80, 99]  # seeds of clouds with means 0 and 3


def failing(outcome: Outcome) -> list[str]:
    """The claims that do not hold."""
    return [claim for claim, holds in outcome.claims.items() if not holds]


def weights(outcome: Outcome) -> dict[tuple[int, ...], tuple[float, ...]]:
    """The weights and the threshold of each function for which the table of L08 has any."""
    rows = outcome.tables[0].rows
    assert [tuple(map(int, row[:4])) for row in rows] == list(FUNCTIONS)
    return {
        tuple(map(int, row[:4])): tuple(float(cell.replace("−", "-")) for cell in row[5:])
        for row in rows
        if row[5] != "—"
    }


@pytest.mark.parametrize("gate", BOOLEAN)
def test_the_gate_that_is_drawn(gate: str) -> None:
    """For all inputs the root of the graph is what Boolean algebra says, and nothing flows back through the step."""
    for inputs in itertools.product((0, 1), repeat=3):
        outcome = L08(gate=gate, **dict(zip(("x1", "x2", "x3"), inputs, strict=True)))
        assert outcome.graph is not None
        assert outcome.graph.data == float(BOOLEAN[gate](inputs))
        assert outcome.graph.label == "a"
        if gate in ("AND", "OR", "majority"):
            assert {gradient for x, gradient in outcome.trace().gradients.items() if x.op is None} == {0.0}


def test_the_weights_of_the_table() -> None:
    """The weights of each row compute its function, and no whole numbers from -3 to 3 compute any other."""
    found = weights(L08())
    for function, (w1, w2, theta) in found.items():
        assert tuple(int(w1 * p + w2 * q >= theta) for p, q in CORNERS) == function
        assert all(w1 * p + w2 * q != theta for p, q in CORNERS)
    small = itertools.product(range(-3, 4), repeat=3)
    assert set(found) == {tuple(int(a * p + b * q + c >= 0) for p, q in CORNERS) for a, b, c in small}
    assert len(found) == 14


def test_equal_sums_prove_that_no_line_separates() -> None:
    """The corners of 1 and of 0 have equal sums for XOR and XNOR; for a function with weights they never do."""
    equal = {function for function in FUNCTIONS if sum_where(function, 1) == sum_where(function, 0)}
    assert {FUNCTIONS[function] for function in equal} == {"XOR", "XNOR"}
    assert not equal & set(weights(L08()))


def test_the_names_of_the_functions() -> None:
    """Each of the 16 names has its truth table: that of the gate in `data`, or that of the name read as Python."""
    assert len(set(FUNCTIONS.values())) == 16
    for function, name in FUNCTIONS.items():
        code = {"never": "0", "always": "1"}.get(name, name.lower().replace("x₁", "p").replace("x₂", "q"))
        table = GATE_TABLES.get(code) or tuple(int(bool(eval(code, {"p": p, "q": q}))) for p, q in CORNERS)
        assert table == function, name


@pytest.mark.parametrize("gate", GATES)
def test_the_normal_equations_in_fractions(gate: str) -> None:
    """β, the outputs and the error are those of exact arithmetic: Cramer's rule on XᵀX β = Xᵀy."""
    y = GATES[gate]
    matrix = [[Fraction(int(x)) for x in row] for row in (X.T @ X)]
    moments = [Fraction(int(x)) for x in X.T @ numpy.array(y)]

    def determinant(m: list[list[Fraction]]) -> Fraction:
        (a, b, c), (d, e, f), (g, h, i) = m
        return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)

    replaced = [
        [[v if k == j else x for k, x in enumerate(row)] for row, v in zip(matrix, moments, strict=True)]
        for j in range(3)
    ]
    beta = [determinant(m) / determinant(matrix) for m in replaced]
    outputs = [beta[0] + beta[1] * p + beta[2] * q for p, q in CORNERS]
    numbers = L09(gate=gate).numbers
    assert numbers["β"] == pytest.approx([float(b) for b in beta], abs=1e-12)
    assert numbers["a"] == pytest.approx([float(a) for a in outputs], abs=1e-12)
    assert numbers["E"] == pytest.approx(float(sum((a - v) ** 2 for a, v in zip(outputs, y, strict=True)) / 2))


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize(("rate", "steps"), [(0.25, 1), (0.1, 7), (0.3, 40), (0.002, 100)])
def test_descent_in_closed_form(gate: str, rate: float, steps: int) -> None:
    """After n steps from 0 the engine's descent is at (1 - (1 - η XᵀX)ⁿ) β, and where that is far from β a claim fails."""
    outcome = L09(gate=gate, rate=rate, steps=steps)
    left = numpy.linalg.matrix_power(numpy.eye(3) - rate * X.T @ X, steps)
    beta = numpy.linalg.lstsq(X, numpy.array(GATES[gate], dtype=float), rcond=None)[0]
    assert outcome.numbers["β by descent"] == pytest.approx((beta - left @ beta).tolist(), abs=2e-12)
    assert failing(outcome) == ["descent arrives at it, to 1e-9"]


def test_rates_that_are_too_large() -> None:
    """Descent converges for η below 2/λ, with λ = (7 + √33)/2 the largest eigenvalue of XᵀX, and diverges above."""
    edge = 4.0 / (7.0 + math.sqrt(33.0))
    assert numpy.linalg.eigvalsh(X.T @ X)[-1] == pytest.approx(2.0 / edge)
    assert failing(L09(rate=0.9 * edge)) == []
    assert failing(L09(rate=1.05 * edge)) == ["descent arrives at it, to 1e-9"]
    assert math.isfinite(max(map(abs, L09(rate=0.4, steps=500).numbers["β by descent"])))


@pytest.mark.parametrize("gate", GATES)
def test_contributions_cancel_at_the_minimum(gate: str) -> None:
    """In the graph of E, which is at the best β, the gradient of each output is its error, and those of the β's are 0."""
    outcome = L09(gate=gate)
    gradients = {node.label: gradient for node, gradient in outcome.trace().gradients.items()}
    for (p, q), a, y in zip(CORNERS, outcome.numbers["a"], GATES[gate], strict=True):
        assert gradients[f"a({p},{q})"] == a - y
    assert [gradients[name] for name in ("β₀", "β₁", "β₂")] == [0.0, 0.0, 0.0]
    assert {node.grad for node in outcome.trace().gradients if node.op is None} == {0.0}


@pytest.mark.parametrize("seed", SEPARABLE)
def test_novikoffs_bound_by_a_support_vector_machine(seed: int) -> None:
    """The changes also keep to the bound of the line with the widest margin, which is as wide as the perceptron's or wider."""
    run = Learning(3.0, seed, 60)
    assert run.changes.converged
    machine = SVC(kernel="linear", C=1e9).fit(run.X, run.y)
    widest = [*machine.coef_[0], machine.intercept_[0]]
    own = [parameter.data for parameter in run.line.parameters()]
    rows, y = numpy.column_stack([run.X, numpy.ones(200)]), numpy.array(run.y)
    (least, narrower), (most, wider) = ((w, (y * (rows @ w)).min()) for w in (own, widest))
    assert 0.0 < narrower / math.hypot(*least[:2]) <= wider / math.hypot(*most[:2]) * (1.0 + 1e-3)
    assert run.margin == pytest.approx(narrower / math.hypot(*least), rel=1e-9)
    assert run.radius == pytest.approx(max(math.hypot(*x, 1.0) for x in run.X), rel=1e-12)
    assert sum(run.changes) <= (run.radius * math.hypot(*most) / wider) ** 2  # the bias is one of the weights
    assert failing(L10(seed=seed, epochs=60)) == []


def inside(point: list[float], others: list[list[float]]) -> bool:
    """Whether a point lies within the hull of others: seen from it, they leave no gap of half a turn."""
    angles = sorted(math.atan2(v - point[1], u - point[0]) for u, v in others)
    gaps = [b - a for a, b in itertools.pairwise([*angles, angles[0] + math.tau])]
    return max(gaps) < math.pi


@pytest.mark.parametrize(("distance", "seed", "overlap"), [(1.0, 0, True), (1.0, 57, True), (3.0, 57, False)])
def test_clouds_that_overlap(distance: float, seed: int, overlap: bool) -> None:
    """Where a point of one cloud lies within the hull of the other, learning reaches the limit, warns, and has no bound."""
    run = Learning(distance, seed, 12)
    zeros, ones = ([x for x, y in zip(run.X, run.y, strict=True) if y == sign] for sign in (-1.0, 1.0))
    assert len(zeros) == len(ones) == 100
    assert any(inside(point, ones) for point in zeros) == overlap
    assert run.warned == overlap
    assert (len(run.changes) == 12) == overlap
    assert (min(run.changes) > 0) == overlap
    assert (run.bound == math.inf) == overlap


def test_both_outcomes_of_learning() -> None:
    """By default one pair of clouds is learnt within the bound and the other reaches the limit; either can do either."""
    assert list(L10().claims)[:3] == [
        "means 0 and 3: after an epoch without a change, each point is on its side",
        "means 0 and 3: at most (R/γ)² changes",
        "means 0 and 1: it stops at the limit of 30 epochs, and warns",
    ]
    assert all(L10().claims.values())
    far, near = Learning(3.0, 57, 30), Learning(1.0, 57, 30)
    assert (far.changes.converged, near.changes.converged) == (True, False)
    assert sum(far.changes) <= far.bound < math.inf
    apart, close = L10().tables[0].rows
    assert apart[-1].split()[-1] == "0"
    assert sum(map(int, apart[-1].split())) == int(apart[2]) == L10().numbers["changes"]
    assert len(close[-1].split()) == int(close[1]) == 30
    other = L10(distance=0, near=20, epochs=5)
    assert failing(other) == []
    assert other.numbers["γ"] == other.numbers["(R/γ)²"] == "none"
    assert other.numbers["changes in the last epoch"] > 0
    assert "means 0 and 20: at most (R/γ)² changes" in other.claims


def test_claims_of_learning_can_fail() -> None:
    """With more changes than the bound, a point on the wrong side, or a limit without a warning, a claim does not hold."""
    run = Learning(3.0, 57, 30)
    assert all(run.claims(30).values())
    run.changes = Changes([math.ceil(run.bound), 1, 0])
    assert list(run.claims(30).values()) == [True, False]
    run.margin = -0.1
    assert list(run.claims(30).values()) == [False, False]
    run = Learning(1.0, 57, 30)
    assert list(run.claims(30).values()) == [True]
    assert list(run.claims(31).values()) == [False]
    run.warned = False
    assert list(run.claims(30).values()) == [False]
