"""The lessons on losses and one neuron against mpmath, NumPy, sklearn and the standard library, beyond the defaults."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy
import pytest
from hypothesis import given, settings, strategies as st
from matplotlib.figure import Figure
from mpmath import mp, mpf
from sklearn.metrics import log_loss

from autograd_lite import data, nn, optim
from autograd_lite.lessons import find
from autograd_lite.lessons.neuron import neurons
from autograd_lite.lessons.outcome import Outcome
from autograd_lite.views.names import in_order

LOSSES, NEURON, SOFTMAX, MANY = map(find, ("L14", "L15", "L16", "L17"))
CLASSES = st.integers(0, 2)


def floats(low: float, high: float) -> Any:
    """Numbers between limits."""
    return st.floats(low, high, allow_subnormal=False)


def drawn(outcome: Outcome) -> list[Any]:
    """The axes of an outcome's figure."""
    return list(outcome.plot(Figure()).axes)


def lines(outcome: Outcome) -> dict[str, tuple[Any, Any]]:
    """The curves of an outcome's figure by their names."""
    return {line.get_label(): line.get_data() for line in drawn(outcome)[0].lines}


@given(s=st.lists(st.integers(-40, 40).map(lambda k: k / 8), min_size=3, max_size=3), y=CLASSES, lam=floats(0, 10))
def test_the_hinge_with_its_penalty(s: list[float], y: int, lam: float) -> None:
    """For any scores, even if a margin is just kept, loss and gradients are those of a plain loop."""
    outcome = LOSSES(s1=s[0], s2=s[1], s3=s[2], y=y, lam=lam).check()
    near = [j for j in range(3) if j != y and s[j] - s[y] + 1 > 0]
    L = sum(s[j] - s[y] + 1 for j in near)  # noqa: N806 - as in the notes
    pulls = [-len(near) if j == y else int(j in near) for j in range(3)]
    assert outcome.numbers["L"] == L
    assert outcome.numbers["∂L/∂s"] == pulls
    assert outcome.numbers["J"] == pytest.approx(L + lam * sum(x * x for x in s) / 2, rel=1e-12)
    assert numpy.allclose(outcome.numbers["∂J/∂W"], [[g + lam * x] * 2 for g, x in zip(pulls, s, strict=True)])


def test_values_and_slopes_over_the_margin() -> None:
    """The tables hold the losses, and the slopes that central differences of other people's losses have."""
    oracles: dict[str, Callable[[float], float]] = {
        "0/1": lambda m: float(m <= 0),
        "hinge": lambda m: 0.0 if m > 1 else 1 - m,
        "logistic": lambda m: log_loss([1], [float(1 / (1 + mp.exp(-m)))], labels=[0, 1]),
        "squared": lambda m: (m - 1) * (m - 1),
        "perceptron": lambda m: -m if m < 0 else 0.0,
    }
    values, slopes = LOSSES().tables[:2]
    margins = [float(heading.partition("= ")[2].replace("−", "-")) for heading in values.headings[1:]]
    for (name, *row), (_, *slope_row) in zip(values.rows, slopes.rows, strict=True):
        f = oracles[name]
        for m, value, slope in zip(margins, row, slope_row, strict=True):
            assert float(value.replace("−", "-")) == pytest.approx(f(m), abs=2e-3), (name, m)
            if (name, m) not in {("0/1", 0.0), ("hinge", 1.0), ("perceptron", 0.0)}:  # a step, and corners
                difference = (f(m + 1e-4) - f(m - 1e-4)) / 2e-4
                assert float(slope.replace("−", "-")) == pytest.approx(difference, abs=2e-4), (name, m)


def test_the_losses_over_the_margin_are_drawn() -> None:
    """Hinge and squared loss meet 0/1 at margin 0 and never lie below it; logistic is the perceptron's, rounded by log 2."""
    shown = lines(LOSSES())
    m = numpy.asarray(shown["0/1"][0])
    place = int(numpy.argmin(abs(m)))
    assert m[place] == 0.0
    at_zero = {name: up[place] for name, (_, up) in shown.items()}
    known = {"0/1": 1.0, "hinge": 1.0, "perceptron": 0.0, "squared": 1.0, "logistic": math.log(2)}
    assert at_zero == pytest.approx(known)
    above = numpy.asarray(shown["logistic"][1]) - numpy.asarray(shown["perceptron"][1])
    assert above == pytest.approx(numpy.log1p(numpy.exp(-abs(m))))  # no more than log 2, and 0 far away
    for name in ("hinge", "squared"):
        assert numpy.all(numpy.asarray(shown[name][1]) >= shown["0/1"][1])


@settings(max_examples=settings().max_examples // 2)  # each one is a lesson, and differences of mpmath
@given(
    x=st.tuples(floats(-3, 3), floats(-3, 3)),
    w=st.tuples(floats(-3, 3), floats(-3, 3)),
    b=floats(-3, 3),
    y=st.one_of(st.sampled_from([0.0, 1.0]), floats(0, 1)),
)
def test_the_neuron_against_30_digits(x: tuple[float, float], w: tuple[float, float], b: float, y: float) -> None:
    """For any inputs, weights and targets the derivatives are those of the loss by differences with 30 digits."""
    outcome = NEURON(x1=x[0], x2=x[1], w1=w[0], w2=w[1], b=b, y=y).check()

    def loss(u: Any, v: Any, c: Any) -> Any:
        a = 1 / (1 + mp.exp(-(u * mpf(x[0]) + v * mpf(x[1]) + c)))
        return -y * mp.log(a) - (1 - mpf(y)) * mp.log(1 - a)

    with mp.workdps(30):
        at = (mpf(w[0]), mpf(w[1]), mpf(b))
        wanted = [float(mp.diff(loss, at, order)) for order in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
        J = float(loss(*at))  # noqa: N806 - as in the notes
    numbers = outcome.numbers
    # 1 − a has 16 digits less those that a has in common with 1, nine of them at z = 21
    assert [*numbers["∂J/∂w"], numbers["∂J/∂b"]] == pytest.approx(wanted, rel=1e-6, abs=1e-6)
    assert numbers["J"] == pytest.approx(J, rel=1e-6, abs=1e-6)
    assert numbers["∂J/∂z"] == pytest.approx(numbers["∂J/∂a"] * numbers["∂a/∂z"], rel=1e-12, abs=1e-15)


def test_the_trained_neurons_are_linear_classifiers() -> None:
    """Two axes show OR and AND, each with four points and the straight line of its neuron between the classes."""
    outcome = NEURON()
    assert [axes.get_xlabel() for axes in drawn(outcome)] == ["x₁ (OR)", "x₁ (AND)"]
    for row in outcome.tables[0].rows:
        answers = [float(cell) > 0.5 for cell in row[1:]]
        assert answers == [bool(target) for target in data.gate(row[0].lower())[1]]
    for gate in ("or", "and"):
        w1, w2, b = (p.data for p in neurons.neuron_for(gate).parameters())
        assert [w1 * p + w2 * q + b > 0 for p, q in data.gate(gate)[0]] == [bool(t) for t in data.gate(gate)[1]]


@given(z=st.tuples(floats(-50, 50), floats(-50, 50), floats(-50, 50)), y=CLASSES, x=floats(-10, 10))
def test_softmax_against_50_digits(z: tuple[float, float, float], y: int, x: float) -> None:
    """For any logits, probabilities, loss, Jacobian and gradients are those of 50-digit arithmetic."""
    numbers = SOFTMAX(z1=z[0], z2=z[1], z3=z[2], y=y, x1=x, x2=1.0).check().numbers
    with mp.workdps(50):
        powers = [mp.exp(mpf(zi)) for zi in z]
        p = [power / sum(powers) for power in powers]
        jacobian = [[float(p[i] * ((i == j) - p[j])) for j in range(3)] for i in range(3)]
        by_logits = [float(p[j] - (j == y)) for j in range(3)]
        J = float(-mp.log(p[y]))  # noqa: N806 - as in the notes
    assert numbers["p"] == pytest.approx([float(pi) for pi in p], rel=1e-12)
    assert numbers["J"] == pytest.approx(J, rel=1e-12, abs=1e-12)
    assert numpy.allclose(numbers["∂p/∂z"], jacobian, rtol=1e-12, atol=1e-15)
    assert numbers["∂J/∂z"] == pytest.approx(by_logits, rel=1e-12, abs=1e-14)
    assert numpy.allclose(numbers["∂J/∂W"], numpy.outer(by_logits, (x, 1.0)), rtol=0, atol=1e-12)


def test_probabilities_are_drawn() -> None:
    """The three curves sum to 1 everywhere; the first rises, the others fall and keep their proportion e^(z₂ − z₃)."""
    p = numpy.array([up for _, up in lines(SOFTMAX(z2=1.5, z3=0.25)).values()])
    assert numpy.allclose(p.sum(axis=0), 1)
    assert numpy.all(numpy.diff(p[0]) > 0)
    assert numpy.all(numpy.diff(p[1:]) < 0)
    assert numpy.allclose(p[1] / p[2], math.exp(1.25))


def descended(parameters: Any, points: Any, targets: Any, link: Callable[[Any], Any], alpha: float) -> list[float]:
    """The losses of a descent in NumPy alone, its gradient by central differences of the loss, one entry at a time."""

    def loss(W: Any) -> float:  # noqa: N803 - a matrix
        A = link(W[:, :2] @ points.T + W[:, 2:])  # noqa: N806 - a matrix
        terms = numpy.where(targets, A, 1.0 if len(targets) > 1 else 1 - A)
        return float(-numpy.log(terms).sum(axis=0).mean())

    weights, found = numpy.array(parameters), []
    for _ in range(51):
        found.append(loss(weights))
        gradient = numpy.zeros_like(weights)
        for place in numpy.ndindex(weights.shape):
            change = numpy.zeros_like(weights)
            change[place] = 1e-5
            gradient[place] = (loss(weights + change) - loss(weights - change)) / 2e-5
        weights -= alpha * gradient
    return found


@pytest.mark.parametrize(("n", "seed", "alpha"), [(3, 1, 0.3), (10, 2, 0.7), (40, 5, 1.0)])
def test_the_descent_is_the_one_in_numpy(n: int, seed: int, alpha: float) -> None:
    """The drawn losses are those of a descent in NumPy whose gradients are differences, from the same weights."""
    shown = lines(MANY(n=n, seed=seed, alpha=alpha).check())
    points, classes = data.blobs(n, centers=((-1, -1), (1, -1), (0, 1)), spread=0.5, seed=seed)
    one_hot = numpy.equal.outer(range(3), classes)
    cases = {
        "sigmoid neuron": (nn.Neuron(2, seed=seed), one_hot[2:], lambda z: 1 / (1 + numpy.exp(-z))),
        "softmax layer": (nn.Layer(2, 3, seed=seed), one_hot, lambda z: numpy.exp(z) / numpy.exp(z).sum(axis=0)),
    }
    for name, (model, targets, link) in cases.items():
        start = numpy.array([p.data for p in model.parameters()]).reshape(-1, 3)
        wanted = descended(start, numpy.array(points), targets, link, alpha)
        assert shown[name][1] == pytest.approx(wanted[1:], rel=1e-6)


def test_the_graph_of_two_points() -> None:
    """Each weight stands once in the graph and is used by both points; its gradient is the mean of (a − y)x."""
    root: Any = MANY(seed=3).graph
    nodes = {node.label: node for node in in_order(root)}
    assert [node.label for node in in_order(root) if node.op is None] == ["w₁", "b", "w₂"]
    points, classes = data.blobs(9, centers=((-1, -1), (1, -1), (0, 1)), spread=0.5, seed=3)
    errors = [nodes[f"a{i}"].data - (k == 2) for i, k in zip("₁₂", classes[:2], strict=True)]
    assert [nodes[f"z{i}"].grad for i in "₁₂"] == pytest.approx([error / 2 for error in errors])
    wanted = [sum(error * p[k] for error, p in zip(errors, points[:2], strict=True)) / 2 for k in range(2)]
    assert [nodes["w₁"].grad, nodes["w₂"].grad] == pytest.approx(wanted)
    assert nodes["b"].grad == pytest.approx(sum(errors) / 2)


XOR = data.gate("xor")
# What is replaced in the lessons' module, by what, and a word of the claims that then do not hold.
FAULTS: list[tuple[Any, str, Any, list[str]]] = [
    (LOSSES, "losses.multiclass_hinge", partial(nn.losses.multiclass_hinge, margin=0.5), ["L is Σ", "empirical risk"]),
    (LOSSES, "losses.l2", nn.losses.l1, ["2λW", "twice as large"]),
    (LOSSES, "losses.empirical_risk", lambda loss, s, y: loss(s[0], y[0]), ["empirical risk"]),
    (NEURON, "losses.binary_cross_entropy", nn.losses.mse, ["(a − y)/(a(1 − a))", "is a − y", "with logits"]),
    (NEURON, "sigmoid", lambda z: 0.5 + 0.25 * z, ["a(1 − a)"]),
    (NEURON, "data.gate", lambda *_: XOR, ["trained on OR", "trained on AND"]),
    (SOFTMAX, "softmax", lambda z: [x * x / sum(y * y for y in z) for x in z], ["the same p", "pᵢ(δᵢⱼ − pⱼ)", "two"]),
    (SOFTMAX, "losses.cross_entropy", nn.losses.multiclass_hinge, ["the same J"]),
    (SOFTMAX, "log", lambda p: 2 * p, ["is p − y", "(p − y)xᵀ"]),
    (MANY, "losses.cross_entropy", partial(nn.losses.cross_entropy, reduction="sum"), ["softmax layer: the gradient"]),
    (MANY, "optim.SGD", partial(optim.SGD, weight_decay=0.01), ["neuron: a step", "layer: a step"]),
]


@pytest.mark.parametrize(("taught", "name", "wrong", "words"), FAULTS, ids=lambda x: getattr(x, "id", None))
def test_claims_can_fail(taught: Any, name: str, wrong: Any, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With a wrong loss, rule or optimiser, the claims about it do not hold."""
    monkeypatch.setattr(f"{taught.function.__module__}.{name}", wrong)
    failed = [claim for claim, holds in taught().claims.items() if not holds]
    for word in words:
        assert any(word in claim for claim in failed), (word, failed)
