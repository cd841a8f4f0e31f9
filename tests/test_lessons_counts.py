"""What is counted in chapters 1 and 2 beside the lessons' own numbers: layers, training, the notes' program; sheets."""

from __future__ import annotations

import math

import numpy
import pytest

from autograd_lite.lessons import LESSONS, find
from autograd_lite.lessons.chain import costs, layered, orders
from autograd_lite.lessons.gates import gates, hidden, learning, vetoes
from autograd_lite.lessons.lesson import Lesson

SHEETS = (layered.layers_on_paper, costs.on_paper, orders.diamond, vetoes.on_paper, learning.on_paper)


@pytest.mark.parametrize("size", [(1, 1, 1, 1), (3, 4, 3, 2), (9, 2, 5, 7), (2, 9, 9, 1)])
def test_layers_are_counted_as_by_the_formulas(size: tuple[int, int, int, int]) -> None:
    """Counts equal the sizes of the matrices, counted by NumPy, and the formulas of the notes; the gradients agree."""
    n, m1, m2, m3 = size
    matrices = [numpy.ones(shape) for shape in ((m1, n + 1), (m2, m1), (m3, m2))]
    weights = sum(matrix.size for matrix in matrices)
    found = layered.layer_costs(size)
    assert found.weights == found.products == weights == m3 * m2 + m2 * m1 + m1 * (n + 1)
    assert found.passing == 2 * weights
    assert found.moved == 2 * ((n + 1) + m2)
    assert found.differences == (weights + 1) * 2 * (weights + m3)
    assert found.agree
    assert found.backprop < 8 * (weights + m1 + m2 + m3)
    assert all(layered.claims_of(size, found).values())
    assert not all(layered.claims_of(size, found._replace(moved=found.moved + 1, agree=False)).values())


def test_what_is_brought_up_to_date_is_right() -> None:
    """The sums that a moved weight changes, found by 2(n + m) operations, are those of a whole pass."""
    layers = [[[0.3, -0.2, 0.5], [0.1, 0.7, -0.4]], [[0.6, -1.0], [0.2, 0.9], [1.5, 0.1]], [[1.0, 2.0, -1.0]]]
    before = layered.sums_of(layers, [0.4, -0.9])
    layers[0][1][0] += 0.25
    own, *above = layered.moved_above(layers, [0.4, -0.9], before, 1)
    after = layered.sums_of(layers, [0.4, -0.9])
    assert [own, *above] == pytest.approx([after[0][1], *after[1]], rel=1e-12)


def test_what_training_keeps() -> None:
    """337 parameters, a gradient for each, two numbers of Adam's for each, and the results, more with more points."""
    one, many = (costs.kept_in_training(2, 16, 2, points) for points in (1, 16))
    assert one == (337, 337, 674, 642)
    assert many == (337, 337, 674, 16 * 642 + 15)


@pytest.mark.parametrize(("length", "block"), [(64, 8), (100, 10), (12, 3)])
def test_checkpoints(length: int, block: int) -> None:
    """Kept are the starts of the blocks and the results of one block; forward everything is done twice."""
    assert costs.checkpointed(length, block) == (length // block + block, 2 * length)


@pytest.mark.parametrize("seed", [0, 57, 1000])
def test_the_notes_program_by_numpy(seed: int) -> None:
    """Five epochs over 200 × 3 numbers and interleaved labels make the same changes with NumPy."""
    X, y = learning.samples(3.0, seed)  # noqa: N806 - a matrix
    assert [sum(label == sign for label in y) for sign in (-1, 1)] == [100, 100]
    assert all(a == -b for a, b in zip(y[::2], y[1::2], strict=True))
    rows, w, changes = numpy.array(X), numpy.zeros(3), []
    assert rows.shape == (200, 3)
    assert (rows[:, 2] == 1.0).all()
    for _ in range(5):
        changes.append(0)
        for row, label in zip(rows, y, strict=True):
            if label * (row @ w) <= 0:
                w, changes[-1] = w + label * row, changes[-1] + 1
    found = learning.program(X, y)
    assert [epoch.changes for epoch in found] == changes
    assert found[-1].w == pytest.approx(w.tolist(), rel=1e-12)
    assert find("L10")(seed=seed).claims["the notes' program makes the changes of nn.Perceptron"]


def test_the_steps_of_novikoffs_proof() -> None:
    """On OR, with w* = (2, 2, −1)/3: γ = 1/3, R² = 3, nine changes, and every inequality of the proof holds."""
    numbers = {line.engine: line.number for line in learning.novikoff().lines}
    assert numbers["γ"] == pytest.approx(1 / 3)
    assert numbers["k"] == 9  # as counted by hand in the notebook
    assert numbers["kγ"] <= numbers["w*·w"] + 1e-12 <= numbers["‖w‖"] + 2e-12
    assert numbers["‖w‖²"] <= numbers["kR²"] == pytest.approx(27.0)
    assert numbers["(R/γ)²"] == pytest.approx(27.0)


@pytest.mark.parametrize("lesson", SHEETS, ids=lambda lesson: lesson.id)
def test_the_lessons_for_paper_hold(lesson: Lesson) -> None:
    """What stands for a lesson on paper has its id, and all its claims hold at the ends of what is drawn."""
    quiz = LESSONS[lesson.id].quiz
    assert quiz is not None
    assert quiz.paper is lesson
    for end in (0, 1):
        outcome = lesson(**{name: drawn[end] for name, drawn in quiz.drawn.items()}).check()
        assert set(quiz.asks) <= set(outcome.numbers)
        assert any(numpy.any(numpy.array(outcome.numbers[name], dtype=float) != 0.0) for name in quiz.asks)


@pytest.mark.parametrize("y", [(1.0, -3.0, 4.0, 6.0), (5.0, 4.0, -3.0, 9.0), (0.0, 1.0, 1.0, 0.0)])
def test_four_values_by_numpy(y: tuple[float, float, float, float]) -> None:
    """β is NumPy's least squares, and E is the square of the one contrast that a plane cannot have, over 8."""
    numbers = gates.four_values(**dict(zip(("y00", "y01", "y10", "y11"), y, strict=True))).check().numbers
    rows = numpy.array([[1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]])
    assert numbers["β"] == pytest.approx(numpy.linalg.lstsq(rows, numpy.array(y), rcond=None)[0].tolist(), abs=1e-9)
    assert numbers["Xᵀy"] == (rows.T @ y).tolist()
    assert numbers["E"] == pytest.approx((y[0] - y[1] - y[2] + y[3]) ** 2 / 8.0, abs=1e-9)


def test_why_descent_has_not_arrived() -> None:
    """L09 says whether the rate is too large or the steps are too few."""
    claim = "descent arrives at it, to 1e-9"
    assert "0.35 is not below 2/λ = 0.3139" in find("L09")(rate=0.35).reason(claim)
    assert find("L09")(rate=0.01, steps=20).reason(claim) == ": 20 steps with the rate 0.01 are too few"


def test_what_the_exercises_ask() -> None:
    """The numbers that only exercises ask for, against closed forms."""
    asked = {
        ("L01", "g′"): 3 * math.cos(2.25),
        ("L02", "gradients with max"): [0, 0, -2, 10],
        ("L03", "paths through 4 and 3 neurons"): 12,
        ("L04", "naive ∂d/∂a"): 2 * (1 + 2 + 4 + 6),
        ("L05", "tangent along (3, −2)"): 3 * 5.5 - 2 * (2 - math.cos(5)),
        ("L09", "largest rate"): 4 / (7 + math.sqrt(33)),
        ("L10", "loss of a wrong sample"): 1.5,
        ("L10", "w and b after a step"): [-2, -3, -0.5],
        ("L11", "w with signs"): [0, 0, -4],
        ("L12", "biases of the counting units"): [1, -1, -3],
    }
    for (name, quantity), expected in asked.items():
        given = find(name)().further[quantity]
        assert (given() if callable(given) else given) == pytest.approx(expected), quantity


def test_the_sums_of_a_perceptron_on_products() -> None:
    """The sheet of L11 has the sums by hand, and the border's centre, where both factors of the hyperbola are 0."""
    numbers = hidden.hyperbola(w1=1, w2=3, w3=-8, b=-0.5).numbers
    assert numbers["z"] == [-0.5, 2.5, 0.5, -4.5]
    assert numbers["outputs"] == [0, 1, 1, 0]
    assert numbers["centre"] == (3 / 8, 1 / 8)
