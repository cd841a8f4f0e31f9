"""The lessons on what a hidden layer can do, with parameters other than the defaults, against other routes to the numbers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy
import pytest
from sklearn.linear_model import Perceptron

from autograd_lite import nn
from autograd_lite.data import gate
from autograd_lite.data.features import interactions
from autograd_lite.lessons import find
from autograd_lite.lessons.gates import hidden
from autograd_lite.lessons.outcome import Outcome


def failed(outcome: Outcome) -> list[str]:
    """The claims that do not hold."""
    return [claim for claim, holds in outcome.claims.items() if not holds]


@pytest.mark.parametrize("name", ["XOR", "XNOR"])
def test_the_weights_of_l11_are_those_of_rosenblatts_rule(name: str) -> None:
    """The rule, written out with NumPy on whole numbers, makes the same changes in each epoch and the same weights."""
    X, y = gate(name.lower())  # noqa: N806 - X is a matrix
    rows = numpy.array([[a, b, a * b, 1] for a, b in X], dtype=int)
    signs, w = 2 * numpy.array(y) - 1, numpy.zeros(4, dtype=int)
    changes: list[int] = []
    while not changes or changes[-1]:
        changes.append(0)
        for row, sign in zip(rows, signs, strict=True):
            if sign * (w @ row) <= 0:
                w, changes[-1] = w + sign * row, changes[-1] + 1
    numbers = find("L11")(gate=name).numbers
    assert ([*numbers["w"], numbers["b"]], numbers["changes"]) == (w.tolist(), changes)


def test_scikit_learn_agrees_about_xor() -> None:
    """The perceptron of scikit-learn gets a case of XOR wrong on the inputs, and none on φ."""
    X, y = gate("xor")  # noqa: N806 - X is a matrix
    learner = Perceptron(tol=None, max_iter=200, shuffle=False)
    assert learner.fit(X, y).score(X, y) < 1.0
    features = [interactions(x) for x in X]
    assert learner.fit(features, y).score(features, y) == 1.0


@pytest.mark.parametrize("case", range(4))
def test_the_graph_of_l11_is_the_case(case: int) -> None:
    """The graph has the output of the requested case, and its step lets no gradient through."""
    outcome = find("L11")(case=case)
    assert outcome.graph is not None
    assert outcome.graph.data == (0.0, 1.0, 1.0, 0.0)[case]
    leaves = [node for node in walk(outcome.graph) if node.op is None]
    assert {node.label for node in leaves} == {"x₁", "x₂", "w₁", "w₂", "w₃", "b"}
    assert {node.grad for node in leaves} == {0.0}


def test_the_claims_of_l11_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a feature that adds nothing the perceptron does not converge on φ either, and the cases are not right."""
    monkeypatch.setattr(hidden, "interactions", lambda x: [*x, x[0] + x[1]])
    with pytest.warns(UserWarning, match="has not converged"):
        outcome = find("L11")()
    assert len(failed(outcome)) == 4
    assert "all four cases are right" in failed(outcome)
    assert not outcome.right


@pytest.mark.parametrize("n", range(1, 7))
def test_l12_is_right_for_any_number_of_inputs(n: int) -> None:
    """For 1 to 6 inputs and several seeds all claims hold."""
    for seed in (1, 20):
        find("L12")(n=n, seed=seed).check()


Make = Callable[..., nn.Sequential]


@pytest.mark.parametrize("part", ["bias", "weight"])
def test_the_claims_of_l12_can_fail(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a bias of −n + 2, units fire for several patterns; with a weight of the opposite sign, for the wrong one."""
    make: Make = nn.boolean_network

    def wrong(*arguments: Any, **options: Any) -> nn.Sequential:
        model = make(*arguments, **options)
        unit = model.layers[0].neurons[0]
        parameter = unit.b if part == "bias" else unit.w[0]
        parameter.data = parameter.data + 2.0 if part == "bias" else -parameter.data
        return model

    monkeypatch.setattr(nn, "boolean_network", wrong)
    outcome = find("L12")()
    assert len(failed(outcome)) >= 2
    assert outcome.numbers["functions right with 4 hidden units"] < 16


@pytest.mark.parametrize("case", range(4))
def test_the_graph_of_l12_is_the_case(case: int) -> None:
    """The graph has XOR of the requested case, with two named hidden units."""
    graph = find("L12")(case=case).graph
    assert graph is not None
    assert graph.data == (0.0, 1.0, 1.0, 0.0)[case]
    fired = {node.label: node.data for node in walk(graph) if node.label in ("h₁", "h₂")}
    assert fired == {"h₁": float(case == 1), "h₂": float(case == 2)}


def test_the_errors_of_l13_by_numpy() -> None:
    """The largest and the mean error of every function are those of a sum of towers written with NumPy."""
    outcome = find("L13")(largest=32, steepness=20.0)
    line = numpy.linspace(0.0, 1.0, 601)
    targets = {
        "sine": numpy.sin(2 * numpy.pi * line),
        "tent": 1 - abs(line - 0.4),
        "jump": (numpy.arange(601) >= 200).astype(float),
    }
    rows = {(name, kind): numbers for name, kind, *numbers in outcome.tables[0].rows}
    for name, values in targets.items():
        for place, count in enumerate((4, 8, 16, 32)):
            middles = (numpy.arange(count) + 0.5) / count
            heights = numpy.interp(middles, line, values) if name != "jump" else (middles >= 1 / 3) * 1.0
            edges = numpy.concatenate([[-1 / count], numpy.arange(1, count) / count, [1 + 1 / count]])
            walls = 1 / (1 + numpy.exp(-20.0 * count * (line[:, None] - edges)))
            error = abs((walls[:, :-1] - walls[:, 1:]) @ heights - values)
            assert float(rows[name, "largest"][place]) == pytest.approx(error.max(), rel=2e-3)
            assert float(rows[name, "mean"][place]) == pytest.approx(error.mean(), rel=2e-3)


@pytest.mark.parametrize("count", [5, 8, 21])
def test_towers_are_off_by_the_slope_times_half_a_piece(count: int) -> None:
    """For random f whose slope is at most s, towers with steep walls are nowhere off by more than about s/(2N)."""
    rng = numpy.random.default_rng(count)
    line = numpy.linspace(0.0, 1.0, 601)
    for _ in range(3):
        turns, ups, shifts = rng.uniform(0.0, 12.0, 4), rng.normal(size=4), rng.uniform(0.0, 6.0, 4)
        model = nn.sum_of_towers(lambda x, t=turns, u=ups, s=shifts: float(u @ numpy.sin(t * x + s)), count)
        values = numpy.sin(numpy.outer(line, turns) + shifts) @ ups
        slope = abs((numpy.cos(numpy.outer(line, turns) + shifts) * turns) @ ups).max()
        error = abs(numpy.array(nn.evaluate(model, [[float(x)] for x in line])) - values).max()
        assert 0.5 * slope / (2 * count) < error < 1.01 * slope / (2 * count)


@cache
def towers(largest: int, side: int) -> Outcome:
    """L13 with given numbers of towers, run once."""
    return find("L13")(largest=largest, side=side)


TOWERS = [(24, 12), (33, 9)]


@pytest.mark.parametrize(("largest", "side"), TOWERS)
def test_the_largest_errors_of_l13_are_known(largest: int, side: int) -> None:
    """For other numbers of towers the largest error of the sine is sin(π/N), of the tent 1/(2N) or the peak cut off."""
    numbers = towers(largest, side).numbers
    counts = [largest // part for part in (8, 4, 2, 1)]
    for n, sine, tent in zip(counts, numbers["largest error of sine"], numbers["largest error of tent"], strict=True):
        assert sine == pytest.approx(math.sin(math.pi / n), rel=1e-9)
        assert tent == pytest.approx(1 / (2 * n), rel=1e-9)


@pytest.mark.parametrize(
    ("largest", "side"),
    [*TOWERS, *(pytest.param(*n, marks=pytest.mark.long) for n in [(48, 10), (61, 11), (80, 9), (45, 10)])],
)
def test_the_claims_of_l13_hold_for_other_numbers_of_towers(largest: int, side: int) -> None:
    """For numbers that are not powers of two, and for odd ones, all claims hold."""
    towers(largest, side).check()


def test_flat_towers_are_no_approximation() -> None:
    """With walls as wide as the towers, which L13 does not take, its claims would fail: the pits are no longer 0."""
    outcome = find("L13").function(steepness=4.0)
    assert "there is a pit where four corners meet, for any number of towers" in failed(outcome)
    assert outcome.numbers["largest error of tent"][0] > 0.1


def test_the_claims_of_l13_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each sum has the same five towers, no error falls, and the claims say so."""
    make = nn.sum_of_towers

    def coarse(f: Any, count: int, **options: Any) -> nn.MLP:
        return make(f, min(count, 2), **options)

    monkeypatch.setattr(nn, "sum_of_towers", coarse)
    outcome = find("L13")()
    assert [claim.partition(":")[0].partition(",")[0] for claim in failed(outcome)] == [
        "continuous",
        "but its mean error is still below 1/N",
        "in the plane",
    ]


@pytest.mark.parametrize(("largest", "side"), TOWERS)
def test_the_slope_of_l13_by_numpy(largest: int, side: int) -> None:
    """The slopes are those that NumPy fits to the largest errors."""
    numbers = towers(largest, side).numbers
    for name in ("sine", "tent"):
        slope = numpy.polyfit(
            numpy.log([largest // part for part in (8, 4, 2, 1)]), numpy.log(numbers[f"largest error of {name}"]), 1
        )[0]
        assert numbers[f"slope of {name}"] == pytest.approx(slope, rel=1e-9)


def walk(root: Any) -> list[Any]:
    """All nodes below a node, itself included."""
    return [root, *itertools.chain.from_iterable(walk(x) for x in getattr(root, "operands", ()) if hasattr(x, "op"))]
