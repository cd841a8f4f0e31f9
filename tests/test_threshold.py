"""Threshold units: truth tables, separable functions, the perceptron's learning against its theorem, and their layers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy
import pytest
from hypothesis import given, strategies as st

from autograd_lite import Value
from autograd_lite.engine.value import plain
from autograd_lite.nn import Layer, McCullochPitts, Module, Neuron, Perceptron, Sequential
from autograd_lite.nn.threshold import Changes

ONE_LINE = "^[^\n]+$"

PAIRS = list(itertools.product((0, 1), repeat=2))
FUNCTIONS = list(itertools.product((0, 1), repeat=4))  # of two inputs: what they make of PAIRS
XOR, XNOR = (0, 1, 1, 0), (1, 0, 0, 1)


def bits(module: Module) -> list[str]:
    """The numbers of all parameters, exactly."""
    return [parameter.data.hex() for parameter in module.parameters()]


def learnt(X: Sequence[Sequence[float]], y: Sequence[float], epochs: int) -> tuple[list[float], list[int]]:  # noqa: N803 - a matrix
    """Rosenblatt's learning, written with NumPy: the weights with the bias last, and the changes per epoch."""
    rows = numpy.column_stack([X, numpy.ones(len(X))])
    signs = numpy.where(numpy.array(y) > 0, 1.0, -1.0)
    w, changes = numpy.zeros(rows.shape[1]), []
    for _ in range(epochs):
        wrong = 0
        for row, sign in zip(rows, signs, strict=True):
            if sign * (w @ row) <= 0:
                w, wrong = w + sign * row, wrong + 1
        changes.append(wrong)
        if not wrong:
            break
    return w.tolist(), changes


GATES: dict[str, tuple[McCullochPitts, Callable[..., bool]]] = {
    "and": (McCullochPitts([0, 1], [], 2), lambda p, q: p and q),
    "or": (McCullochPitts(2, 0, 1), lambda p, q: p or q),
    "not": (McCullochPitts([], [0], 0), lambda p: not p),
    "nor": (McCullochPitts(0, 2, 0), lambda p, q: not (p or q)),
    "and not": (McCullochPitts(1, 1, 1), lambda p, q: p and not q),
    "majority": (McCullochPitts(3, 0, 2), lambda p, q, r: p + q + r >= 2),
}


@pytest.mark.parametrize("name", GATES)
def test_truth_tables(name: str) -> None:
    """AND, OR, NOT, NOR and the majority of three are each one unit, of ints, floats, bools and Values."""
    unit, truth = GATES[name]
    for inputs in itertools.product((False, True), repeat=unit.nin):
        for kind in (bool, int, float, Value, numpy.float64):
            output = unit(list(map(kind, inputs)))
            assert plain(output) == float(truth(*inputs))
            assert isinstance(output, Value if kind is Value else float)


@given(st.lists(st.sampled_from("ei."), min_size=1, max_size=5), st.integers(-2, 12).map(lambda n: n / 2))
def test_units_of_any_shape(kinds: list[str], threshold: float) -> None:
    """A unit fires if no inhibitory input is on and the excitatory ones reach the threshold, the others aside."""
    excitatory, inhibitory = ([i for i, kind in enumerate(kinds) if kind == letter] for letter in "ei")
    if not excitatory and not inhibitory:
        excitatory = [0]
    unit = McCullochPitts(excitatory, inhibitory, threshold)
    assert unit.nin == max(excitatory + inhibitory) + 1
    for inputs in itertools.product((0, 1), repeat=len(kinds)):
        on = {i for i, x in enumerate(inputs) if x}
        assert unit(inputs) == float(not on & set(inhibitory) and len(on & set(excitatory)) >= threshold)


def test_fourteen_of_sixteen_functions_are_separable() -> None:
    """Of the 16 functions of two inputs the perceptron learns those that some small weights compute: not XOR and XNOR."""
    grid = itertools.product((-1, 0, 1), (-1, 0, 1), (-1.5, -0.5, 0.5, 1.5))
    separable = {tuple(int(a * p + b * q + c > 0) for p, q in PAIRS) for a, b, c in grid}
    assert set(FUNCTIONS) - separable == {XOR, XNOR}
    for function in FUNCTIONS:
        unit = Perceptron(2)
        if function in separable:
            assert unit.fit(PAIRS, function).converged
            assert tuple(unit(pair).data for pair in PAIRS) == function
        else:
            with pytest.warns(UserWarning, match="has not converged"):
                assert not unit.fit(PAIRS, function).converged


def test_no_single_unit_makes_xor() -> None:
    """Over all choices of inputs and thresholds no unit makes XOR or XNOR; two layers of them make both."""
    places = itertools.product([[], [0], [1], [0, 1]], repeat=2)
    choices = [(e, i) for e, i in places if (e or i) and not {*e} & {*i}]
    units = [McCullochPitts(e, i, theta) for e, i in choices for theta in range(4)]
    tables = {tuple(int(unit(pair)) for pair in PAIRS) for unit in units}
    assert tables & {XOR, XNOR} == set()
    differ = Layer.of([McCullochPitts([0], [1], 1), McCullochPitts([1], [0], 1)])
    for last, function in ((McCullochPitts(2, 0, 1), XOR), (McCullochPitts(0, 2, 0), XNOR)):
        assert tuple(Sequential(differ, last)(pair) for pair in PAIRS) == function


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0], [0], 1), "input 0 is both excitatory and inhibitory"),
        (([], [], 1), "the unit needs an input"),
        ((0, 0, 1), "the unit needs an input"),
        (([0, 0], [], 1), r"different indices, counted from 0, got \[0, 0\]"),
        (([-1], [], 1), r"different indices, counted from 0, got \[-1\]"),
        (("ab", [], 1), "inputs are whole numbers, got 'ab'"),
        ((1.5, [], 1), "inputs are whole numbers, got 1.5"),
        ((2, 0, "1"), "expected a number, got str '1'"),
    ],
)
def test_units_that_make_no_sense(arguments: Any, message: str) -> None:
    """Inputs of both kinds, none, doubled or unnumbered ones and thresholds that are none raise one line."""
    with pytest.raises((TypeError, ValueError), match=ONE_LINE) as caught:
        McCullochPitts(*arguments)
    caught.match(message)


@pytest.mark.parametrize(
    "inputs", [[1], [1, 0.5], [1, 2], [1, Value(-1.0)], "10", None, [1, None], [1, [0]], [1, math.nan]]
)
def test_units_take_zero_and_one(inputs: Any) -> None:
    """What is no list of enough zeros and ones raises one line."""
    with pytest.raises((TypeError, ValueError), match=ONE_LINE):
        McCullochPitts(1, 1, 1)(inputs)


@pytest.mark.parametrize(("name", "function"), [("and", (0, 0, 0, 1)), ("or", (0, 1, 1, 1))])
def test_both_label_conventions(name: str, function: tuple[int, ...]) -> None:
    """AND and OR are learnt from classes 1 and 0 and from 1 and -1 alike, with the changes of an independent learner."""
    w, changes = learnt(PAIRS, function, 100)
    labels: list[Any] = [function, [2 * y - 1 for y in function], numpy.array(function), [bool(y) for y in function]]
    for y in labels:
        unit = Perceptron(2)
        assert unit.fit(numpy.array(PAIRS), y) == changes
        assert [parameter.data for parameter in unit.parameters()] == w
        assert tuple(unit(pair).data for pair in PAIRS) == function
        assert GATES[name][0](PAIRS[1]) == unit(PAIRS[1]).data
    assert changes[-1] == 0 < min(changes[:-1])


@given(st.integers(1, 3), st.integers(1, 12), st.integers(1, 6), st.randoms(use_true_random=False))
@pytest.mark.filterwarnings("ignore:the perceptron has not converged")
def test_fit_against_an_independent_learner(nin: int, count: int, epochs: int, rng: Random) -> None:
    """Weights and changes per epoch are exactly those of Rosenblatt's rule, converged or not, and fit goes on from there."""
    X = [[rng.randint(-5, 5) for _ in range(nin)] for _ in range(count)]  # noqa: N806 - a matrix
    y = [rng.choice((-1, 1)) for _ in range(count)]
    unit = Perceptron(nin)
    changes = unit.fit(X, y, epochs)
    assert ([parameter.data for parameter in unit.parameters()], changes) == learnt(X, y, epochs)
    assert changes.converged == (changes[-1] == 0)
    assert len(changes) == epochs or changes.converged
    if changes.converged:
        assert [2.0 * unit(x).data - 1.0 for x in X] == y
        assert unit.fit(X, y) == [0]
    else:
        unit.fit(X, y, 2)
        assert [parameter.data for parameter in unit.parameters()] == learnt(X, y, epochs + 2)[0]


@pytest.mark.parametrize("seed", range(50))
def test_novikoffs_bound(seed: int) -> None:
    """On classes that a known line separates with margin γ the changes are at most (R/γ)², and then all is right."""
    rng = Random(seed)
    nin, margin = rng.randint(1, 4), rng.uniform(0.05, 0.3)
    normal = [rng.gauss(0.0, 1.0) for _ in range(nin)]
    separator = numpy.array([*normal, 0.3 * rng.gauss(0.0, 1.0)])
    separator /= numpy.linalg.norm(separator)
    X: list[list[float]] = []  # noqa: N806 - a matrix
    while len(X) < 30:
        x = [rng.uniform(-1.0, 1.0) for _ in range(nin)]
        if abs(separator @ [*x, 1.0]) >= margin:
            X.append(x)
    rows = numpy.column_stack([X, numpy.ones(len(X))])
    y = numpy.sign(rows @ separator)
    bound = (numpy.linalg.norm(rows, axis=1).max() / (y * (rows @ separator)).min()) ** 2
    unit = Perceptron(nin)
    changes = unit.fit(X, y.tolist(), epochs=int(bound) + 1)
    assert changes.converged
    assert sum(changes) <= bound
    assert [2.0 * unit(x).data - 1.0 for x in X] == y.tolist()


def test_overlapping_clouds_are_reported() -> None:
    """On clouds that no line separates fit stops after its epochs, warns with the numbers, and returns the changes."""
    rng = numpy.random.default_rng(0)
    X = numpy.concatenate([rng.normal(0.0, 1.0, (100, 2)), rng.normal(1.5, 1.0, (100, 2))])  # noqa: N806 - a matrix
    y = [-1] * 100 + [1] * 100
    expected = learnt(X.tolist(), y, 20)
    unit = Perceptron(2)
    message = rf"^the perceptron has not converged: {expected[1][-1]} changes in the last of 20 epochs\. [^\n]*$"
    with pytest.warns(UserWarning, match=message) as caught:
        changes = unit.fit(X, y, epochs=20)
    assert caught[0].filename == __file__
    assert not changes.converged
    assert changes == expected[1]
    assert [parameter.data for parameter in unit.parameters()] == pytest.approx(expected[0], rel=1e-12)
    assert not Changes().converged


@pytest.mark.parametrize("x", [math.nan, math.inf])
def test_samples_that_are_no_numbers_are_refused(x: float) -> None:
    """A sample that is nan or infinite is refused, and the weights stay as they were."""
    unit = Perceptron(1)
    with pytest.raises(ValueError, match=r"^fit takes finite numbers"):
        unit.fit([[x]], [1], 3)
    assert [parameter.data for parameter in unit.parameters()] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("X", "y", "epochs", "message"),
    [
        ([], [], 9, "as many samples as classes, at least one, got 0 and 0"),
        ([[1.0, 2.0]], [1, 0], 9, "as many samples as classes, at least one, got 1 and 2"),
        ([[1.0, 2.0]], [2], 9, r"the classes are 1 and -1, or 1 and 0, got \[2\.0\]"),
        ([[1.0, 2.0]] * 3, [1, 0, -1], 9, r"the classes are 1 and -1, or 1 and 0, got \[-1\.0, 0\.0, 1\.0\]"),
        ([[1.0, 2.0]], [math.nan], 9, "the classes are 1 and -1, or 1 and 0"),
        ([[1.0, 2.0]], ["a"], 9, "expected a number, got str 'a'"),
        ([[1.0]], [1], 9, r"Perceptron\(2\) takes 2 inputs, got 1"),
        ([[1.0, "a"]], [1], 9, "expected a number, got str 'a'"),
        ([[1.0, 2.0], [1.0, None]], [1, 0], 9, "expected a number, got NoneType None"),
        (["ab"], [1], 9, r"Perceptron\(2\) takes a list of numbers, got 'ab'"),
        ([[1.0, 2.0]], [1], 0, "the number of epochs must be at least 1, got 0"),
        ([[1.0, 2.0]], [1], 1.5, "the number of epochs must be a whole number, got 1.5"),
    ],
)  # fmt: skip
def test_samples_that_cannot_be_learnt(X: Any, y: Any, epochs: Any, message: str) -> None:  # noqa: N803 - a matrix
    """Samples, classes and epochs that make no sense raise one line, and no weight is changed."""
    unit = Perceptron(2)
    unit.fit([[1.0, 2.0]], [1])
    before = bits(unit)
    with pytest.raises((TypeError, ValueError), match=ONE_LINE) as caught:
        unit.fit(X, y, epochs)
    caught.match(message)
    assert bits(unit) == before


def test_xor_with_a_product_as_feature() -> None:
    """With x1·x2 as a third input the perceptron learns XOR and XNOR."""
    for function in (XOR, XNOR):
        unit = Perceptron(3)
        assert unit.fit([[p, q, p * q] for p, q in PAIRS], function).converged
        assert tuple(unit([p, q, p * q]).data for p, q in PAIRS) == function


@pytest.mark.parametrize("function", FUNCTIONS)
def test_one_hidden_layer_computes_any_function(function: tuple[int, ...]) -> None:
    """With a hidden perceptron for each pattern of inputs ±1 (weights ±1, bias −n), a perceptron learns any function."""
    patterns = list(itertools.product((-1.0, 1.0), repeat=2))
    hidden = Layer.of([Perceptron(2) for _ in patterns])
    hidden.load_state_dict({"weight": patterns, "bias": [-2.0] * 4})
    assert [[unit.data for unit in hidden(pattern)] for pattern in patterns] == numpy.eye(4).tolist()
    output = Perceptron(4)
    assert output.fit([[unit.data for unit in hidden(pattern)] for pattern in patterns], function).converged
    network = Sequential(hidden, output)
    assert tuple(network(pattern).data for pattern in patterns) == function
    assert tuple(network.frozen()(pattern) for pattern in patterns) == function


@given(st.lists(st.floats(-9, 9), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_sum_before_the_step(weights: list[float], rng: Random) -> None:
    """`linear` is w·x + b, at 0 or above just where the perceptron fires; its weights are copies with the same numbers."""
    *w, b = weights
    unit: Any = Perceptron(len(w))
    unit.load_state_dict({"w": w, "b": b})
    line: Any = unit.linear()
    for _ in range(5):
        x = [rng.uniform(-2.0, 2.0) for _ in w]
        z = plain(line(x))
        assert z == pytest.approx(sum(a * c for a, c in zip(w, x, strict=True)) + b, rel=1e-12, abs=1e-12)
        assert plain(unit(x)) == float(z >= 0.0)
    assert bits(line) == bits(unit)
    unit.b.data = 100.0
    assert line.b.data == b


def test_perceptrons_in_networks() -> None:
    """Two hidden perceptrons make XOR; a perceptron fires at 0, is a Neuron of zeros, and its step has no gradient."""
    hidden, output = Layer.of([Perceptron(2), Perceptron(2)]), Perceptron(2)
    hidden.load_state_dict({"weight": [[1.0, 1.0], [-1.0, -1.0]], "bias": [-1.0, 1.5]})  # OR, NAND
    output.load_state_dict({"w": [1.0, 1.0], "b": -1.5})
    assert tuple(Sequential(hidden, output)(pair).data for pair in PAIRS) == XOR
    assert repr(hidden) == "Layer(2 → 2, Perceptron), 6 parameters"
    unit = Perceptron(3)
    assert isinstance(unit, Neuron)
    assert bits(unit) == [(0.0).hex()] * 4
    y = unit([1.0, 2.0, 3.0])
    y.backward()
    assert y.data == 1.0
    assert [parameter.grad for parameter in unit.parameters()] == [0.0] * 4
