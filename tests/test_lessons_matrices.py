"""What chapters 3 and 4 state beyond the notes' numbers: risks, matrices with their shapes, vectors, derivations."""

from __future__ import annotations

import math
import re
from statistics import NormalDist
from typing import Any

import numpy
import pytest
from hypothesis import given, settings, strategies as st
from mpmath import mp

from autograd_lite import data, nn, trace
from autograd_lite.lessons import LESSONS, find
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.networks import graphs
from autograd_lite.lessons.neuron import risk
from autograd_lite.lessons.outcome import power
from autograd_lite.views.steps.network import network

CHAPTERS = [LESSONS[f"L{number}"] for number in range(14, 25)]


def complex_step(f: Any, x: Any) -> Any:
    """The gradient of an analytic function with respect to an array, without rounding: Im f(x + ih)/h."""
    x = numpy.asarray(x, dtype=complex)
    gradient = numpy.empty(x.shape)
    for place in numpy.ndindex(*x.shape):
        moved = x.copy()
        moved[place] += 1e-200j
        gradient[place] = f(moved).imag / 1e-200
    return gradient


def test_risks_are_integrals() -> None:
    """The closed forms of the two classes: the risk of the hinge, its spread, the entropy, and the least risk."""

    def expected(f: Any) -> float:
        return float(mp.quad(lambda m: f(m) * mp.npdf(m, 1, 1), [-12, 0, 1, 14]))

    mean = expected(lambda m: max(0.0, 1.0 - m))
    assert mean == pytest.approx(risk.HINGE, rel=1e-9)
    assert expected(lambda m: max(0.0, 1.0 - m) ** 2) - mean**2 == pytest.approx(risk.SPREAD**2, rel=1e-9)
    assert expected(lambda m: float(m <= 0)) == pytest.approx(risk.BAYES, rel=1e-9)
    assert expected(lambda m: -mp.log(mp.npdf(m, 1, 1))) == pytest.approx(risk.ENTROPY, rel=1e-9)


def test_means_approach_the_risk() -> None:
    """The measured errors are those of the law 0.584/√n, up to the chance of 100 samples."""
    errors = risk.errors_of_means()
    assert power(risk.SIZES, errors) == pytest.approx(-0.5, abs=0.1)
    for n, error in zip(risk.SIZES, errors, strict=True):
        assert error == pytest.approx(risk.SPREAD / n**0.5, rel=0.3)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_neighbours_vote(k: int) -> None:
    """The borders of the votes are those of finding the k nearest at every point of a grid; so is the risk."""
    rng = numpy.random.default_rng(k)
    y = numpy.repeat([-1.0, 1.0], 10)
    x = numpy.sort(rng.normal(size=20))
    rng.shuffle(y)
    borders, sides = risk.votes(list(zip(x.tolist(), y.tolist(), strict=True)), k)
    grid = numpy.linspace(-7, 7, 4001)
    nearest = numpy.argsort(abs(grid[:, None] - x), axis=1)[:, :k]
    wanted = numpy.sign(y[nearest].sum(axis=1))
    found = numpy.array(sides)[numpy.searchsorted(borders, grid)]
    assert numpy.array_equal(found, wanted)
    weights = [[NormalDist(side, 1.0).pdf(p) * (grid[1] - grid[0]) for p in grid] for side in (-1.0, 1.0)]
    wrong = sum(numpy.dot(w, wanted != side) for w, side in zip(weights, (-1.0, 1.0), strict=True)) / 2
    assert risk.risk_of(borders, sides) == pytest.approx(wrong, abs=0.01)


def test_what_squares_cost() -> None:
    """NumPy's line of least squares through (−2, −1 | 1, 20) puts 1 on the wrong side too."""
    slope, intercept = numpy.polyfit([-2, -1, 1, 20], [-1, -1, 1, 1], 1)
    assert find("L14")().further["score of 1"] == pytest.approx(slope + intercept)
    assert slope + intercept < 0


@given(n=st.integers(3, 12), seed=st.integers(0, 10_000))
@settings(max_examples=10)
def test_two_layers_in_matrices(n: int, seed: int) -> None:
    """The gradients of L17's two layers are those of complex steps; each number of the derivation has its shape."""
    outcome = find("L17")(n=n, seed=seed).check()
    points, classes = data.blobs(n, centers=((-1, -1), (1, -1), (0, 1)), spread=0.5, seed=seed)
    X, y = numpy.transpose(points[:3]), numpy.array([float(c == 2) for c in classes[:3]])  # noqa: N806 - matrices
    W1, b1, W2, b2 = nn.MLP(2, [2, 1], seed=seed).state_dict().values()  # noqa: N806

    def sigma(z: Any) -> Any:
        return 1 / (1 + numpy.exp(-z))

    def loss(w1: Any = W1, c1: Any = b1, w2: Any = W2, c2: Any = b2) -> Any:
        a = sigma(w2 @ sigma(w1 @ X + numpy.reshape(c1, (2, 1))) + numpy.reshape(c2, (1, 1)))
        return -numpy.mean(y * numpy.log(a) + (1 - y) * numpy.log(1 - a))

    for name, part, at in (("W₁", "w1", W1), ("b₁", "c1", b1), ("W₂", "w2", W2), ("b₂", "c2", b2)):
        wanted = complex_step(lambda v, part=part: loss(**{part: v}), at)
        assert numpy.allclose(outcome.numbers[f"∂J/∂{name}"], wanted, rtol=1e-10, atol=1e-14)
    sizes = {"k": 1, "m": 2, "d": 2, "n": 3, "1": 1}
    for line in outcome.derivations[0].lines:
        shape = re.match(r"\\underset\{\((\w) \\times (\w)\)\}", line.formula)
        assert shape is not None
        rows, columns = (sizes[letter] for letter in shape.groups())
        assert numpy.reshape(line.number, (rows, -1)).shape == (rows, columns)
        for inner in re.findall(r"times (\w)\)\}\{[^}]*\} \\underset\{\((\w)", line.formula):
            assert len(set(inner)) == 1  # columns of the one are rows of the other


def test_vectors_need_the_transpose() -> None:
    """The vector form of L22: the engine's dl/dx₀ of the derivation is that of complex steps."""
    w1, w2 = numpy.array([[1.0, 0.5], [-0.5, 1.0], [2.0, 0.0]]), numpy.array([[1.0, -1.0, 0.5], [0.0, 0.5, -1.0]])

    def loss(x0: Any) -> Any:
        x1 = numpy.tanh(w1 @ x0)
        return 0.5 * ((w1.T @ x1 / (1 + numpy.exp(-(w2 @ x1 + x0))) - 1) ** 2).sum()

    claims, derivation = graphs.vectors()
    assert all(claims.values())
    assert numpy.allclose(derivation.lines[-1].number, complex_step(loss, [0.5, -1.0]), rtol=1e-12)
    assert [numpy.shape(line.number) for line in derivation.lines] == [(2,), (2,), (2, 3), (2, 3), (3,), (2,)]


def updated_rounds(rounds: int, number: Any, exp: Any) -> Any:
    """The tutorial's network, going back through the updated weights, by its formulas alone: outputs, error."""
    w = [number(n) / 100 for n in (15, 20, 25, 30, 40, 45, 50, 55)]
    i, t = [number(n) / 100 for n in (5, 10)], [number(n) / 100 for n in (1, 99)]

    def forward() -> Any:
        h = [1 / (1 + exp(-w[k] * i[0] - w[k + 1] * i[1] - number(35) / 100)) for k in (0, 2)]
        return h, [1 / (1 + exp(-w[k] * h[0] - w[k + 1] * h[1] - number(60) / 100)) for k in (4, 6)]

    for _ in range(rounds):
        h, o = forward()
        delta = [(o[k] - t[k]) * o[k] * (1 - o[k]) for k in (0, 1)]
        for k, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
            w[4 + 2 * k + j] -= delta[k] * h[j] / 2
        for j in (0, 1):  # w[4…7] are the new ones here
            back = (delta[0] * w[4 + j] + delta[1] * w[6 + j]) * h[j] * (1 - h[j])
            for k in (0, 1):
                w[2 * j + k] -= back * i[k] / 2
    o = forward()[1]
    return o, sum((a - b) ** 2 for a, b in zip(o, t, strict=True)) / 2


@pytest.mark.parametrize("rounds", [1, 3, pytest.param(10_000, marks=pytest.mark.long)])
def test_where_the_tutorials_number_comes_from(rounds: int) -> None:
    """Through updated weights L19 has the numbers that are printed: 0.291027924, and the outputs after 10,000 rounds."""
    numbers = find("L19")(rounds=rounds, backward_through="updated").numbers
    with mp.workdps(30):  # few rounds with 30 digits, many with those of a float
        o, error = updated_rounds(rounds, mp.mpf, mp.exp) if rounds < 10 else updated_rounds(rounds, float, math.exp)
    assert numbers["E after"] == pytest.approx(float(error), rel=1e-10)
    assert numbers["o after"] == pytest.approx([*map(float, o)], rel=1e-10)
    printed = {1: ["0.291027924"], 10_000: ["0.015912196", "0.984065734"]}.get(rounds, [])
    assert {f"{x:.9f}" for x in (numbers["E after"], *numbers["o after"])} >= set(printed)


def test_halves() -> None:
    """With the factor ½ all derivatives of L21 are half as large."""
    whole, half = (find("L21")(x1=1.0, x2=3.0, factor=c).numbers for c in (1.0, 0.5))
    for name in ("J", "∂J/∂v", "∂J/∂W"):
        assert numpy.array_equal(2 * numpy.asarray(half[name]), whole[name])


REASONS: list[tuple[str, dict[str, Any], str]] = [
    ("L21", {"x1": -1.0, "x2": -2.0}, "both units are off"),
    ("L21", {"t": -2.0, "eta": 0.2}, "switched both units off"),
    ("L21", {"x2": 3.0}, "switched both units off"),
    ("L21", {"eta": 0.6}, "too long, z goes from 1 to 4.84"),
    ("L21", {"t": 1.0}, "J is 0 already"),
    ("L21", {"eta": 0.0}, "η is 0"),
    ("L24", {"activation": "relu"}, "dead for all 4 recorded samples"),
    ("L24", {"eta": 0.001}, "the outputs hardly differ"),
    ("L24", {"eta": 0.2, "seed": 1}, "too few"),
    ("L24", {"hidden": 1}, "no line separates XOR"),
]


@pytest.mark.parametrize(("name", "given", "words"), REASONS)
def test_reasons_of_failed_claims(name: str, given: dict[str, Any], words: str) -> None:
    """A claim that fails says why, and what it says fits what was seen."""
    outcome = find(name)(**given)
    failed = [claim for claim, holds in outcome.claims.items() if not holds]
    assert failed
    for claim in failed:
        assert len(outcome.reason(claim)) > 10
        assert words in outcome.reason(claim)


def test_the_eta_that_switches_off() -> None:
    """At the stated η the step leaves no unit on, and below it one still is."""
    for at in ({"t": -2.0}, {"x1": 1.0, "x2": 3.0, "t": 2.0}, {"x1": 2.0, "x2": 2.5, "t": -1.0}):
        eta = find("L21")(**at).further["η that switches off"]
        assert max(find("L21")(**at, eta=1.0001 * eta).further["h after"]) == 0.0
        assert max(find("L21")(**at, eta=0.999 * eta).further["h after"]) > 0.0


@pytest.mark.parametrize("taught", CHAPTERS, ids=lambda lesson: lesson.id)
def test_every_draw_can_be_asked(taught: Any) -> None:
    """What a sheet asks is there for the least and the most of what is drawn, is finite, and is not all 0."""
    quiz = taught.quiz
    assert isinstance(quiz, Quiz)
    assert quiz.asks
    lesson = quiz.paper or taught
    for end in (0, 1):
        numbers = lesson(**{name: drawn[end] for name, drawn in quiz.drawn.items()}).numbers
        asked = [numpy.ravel(numbers[name]) for name in quiz.asks]
        assert all(numpy.isfinite(part).all() for part in asked)
        assert any(part.any() for part in asked)


@pytest.mark.parametrize("taught", CHAPTERS[1:], ids=lambda lesson: lesson.id)
def test_derivations_hold_at_other_parameters(taught: Any) -> None:
    """A derivation's numbers are the outcome's own wherever both have the same name, up to the last digits."""
    outcome = taught()
    known = {**outcome.numbers}
    for line in (line for derivation in outcome.derivations for line in derivation.lines):
        name, _, what = str(line.engine).partition(".")
        if what == "grad":
            for root in "JCEl":
                if (found := known.get(f"∂{root}/∂{name}", known.get(f"d{root}/d{name}"))) is not None:
                    assert numpy.allclose(found, line.number, rtol=1e-12) or taught.id == "L22"


@pytest.mark.parametrize(("name", "layers"), [("L23", [4, 1]), ("L28", [16, 16, 1]), ("L18", [3, 2, 1])])
def test_a_network_is_stepped_through_as_one(name: str, layers: list[int]) -> None:
    """What a lesson calls a composition or a network has its layers in the page, and the lesson's inputs as inputs."""
    graph = LESSONS[name](**({"steps": 1} if name == "L28" else {})).graph
    assert graph is not None
    found = network(trace(graph))
    assert [len(layer["units"]) for layer in found["layers"]] == layers
    assert found["kind"] == "sample"
    assert [x["name"][0] for x in found["inputs"]] == ["x"] * len(found["inputs"])
