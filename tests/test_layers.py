"""`Neuron`, `Layer`, `Sequential`, `MLP`: against micrograd and formulas; first weights, activations, inputs, errors."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable
from typing import Any

import micrograd.engine
import micrograd.nn
import numpy
import pytest
from hypothesis import given, strategies as st
from mpmath import mp
from points import ROWS
from sklearn.datasets import make_moons
from strategies import points

from autograd_lite import Op, Value, maximum, sin, tanh
from autograd_lite.engine.table import TABLE
from autograd_lite.nn import MLP, Layer, Module, Neuron, Sequential, manual_seed

ONE_LINE = "^[^\n]+$"

ACTIVATIONS = [name for name, op in TABLE.items() if op.arity - len(op.defaults) <= 1]  # callable with one operand


def weights(module: Any) -> list[float]:
    """The numbers of all parameters, of ours and of micrograd's modules."""
    return [parameter.data for parameter in module.parameters()]


def peer(nin: int, nouts: list[int], seed: int) -> Any:
    """Micrograd's MLP after random.seed(seed)."""
    state = random.getstate()
    random.seed(seed)
    model = micrograd.nn.MLP(nin, nouts)
    random.setstate(state)
    return model


def test_the_weights_of_micrograd() -> None:
    """MLP(…, seed=1337) begins with exactly the weights that micrograd's has after random.seed(1337)."""
    assert weights(MLP(2, [16, 16, 1], seed=1337)) == weights(peer(2, [16, 16, 1], 1337))


@given(st.integers(1, 3), st.lists(st.integers(2, 5), max_size=2), st.integers(1, 3), st.integers(0, 99), points(3))
def test_outputs_and_gradients_of_micrograd(nin: int, hidden: list[int], nout: int, seed: int, x: list[float]) -> None:
    """Outputs and gradients by parameters and inputs are micrograd's, to 1e-12."""
    found, nouts = [], [*hidden, nout]
    for model, value in ((MLP(nin, nouts, seed=seed), Value), (peer(nin, nouts, seed), micrograd.engine.Value)):
        inputs = [value(xi) for xi in x[:nin]]
        y = model(inputs)
        outputs = y if isinstance(y, list) else [y]
        sum((i + 1) * output * output for i, output in enumerate(outputs)).backward()
        found.append([v.data for v in outputs] + [v.grad for v in (*inputs, *model.parameters())])
    assert found[0] == pytest.approx(found[1], rel=1e-12, abs=1e-12)


@pytest.mark.long
def test_the_demo_of_micrograd() -> None:
    """Micrograd's demo, with the import changed and nothing else, classifies all of its 100 points."""
    X, y = make_moons(n_samples=100, noise=0.1, random_state=1337)  # noqa: N806 - as in the demo
    y = y * 2 - 1
    manual_seed(0)
    model = MLP(2, [16, 16, 1])
    for k in range(100):
        inputs = [list(map(Value, xrow)) for xrow in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss
        accuracy = sum((yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores, strict=True)) / len(y)
        if accuracy == 1.0:
            break
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
    assert accuracy == 1.0


def test_the_names_of_micrograd() -> None:
    """Positional arguments and attributes are micrograd's: nonlin as second argument, w, b, neurons, layers."""
    nonlin, model = (False, True), MLP(2, [3, 1])
    linear = Neuron(2, nonlin[0])
    assert (linear.nonlin, Neuron(2, nonlin[1]).nonlin, Neuron(2).nonlin) == (False, True, True)
    assert (linear.activation, Neuron(2, nonlin[1]).activation) == ("linear", "relu")
    assert [n.nonlin for layer in model.layers for n in layer.neurons] == [True, True, True, False]
    neuron = model.layers[0].neurons[1]
    assert (len(neuron.w), neuron.b.data) == (2, 0.0)


INITS = ["uniform", "xavier", "glorot", "he", "zeros"]


def bound_and_variance(init: str, n: int, m: int) -> tuple[float, float]:
    """Of the first weights of m neurons with n inputs, as the papers have it."""
    if init in ("xavier", "glorot"):
        return math.sqrt(6.0 / (n + m)), 2.0 / (n + m)
    return {"uniform": (1.0, 1.0 / 3.0), "he": (math.inf, 2.0 / n), "zeros": (0.0, 0.0)}[init]


@pytest.mark.parametrize(("nin", "nout"), [(50, 80), (80, 50)])
@pytest.mark.parametrize("init", INITS)
def test_first_weights_follow_their_formula(init: str, nin: int, nout: int) -> None:
    """Bounds hold exactly and are neared; mean and variance are right within five standard errors; the biases are 0."""
    layer = Layer(nin, nout, init=init, seed=7)
    ws = [w.data for neuron in layer.neurons for w in neuron.w]
    bound, variance = bound_and_variance(init, nin, nout)
    assert max(map(abs, ws)) <= bound
    assert math.isinf(bound) or max(map(abs, ws)) >= 0.99 * bound
    assert abs(statistics.fmean(ws)) <= 5.0 * math.sqrt(variance / len(ws))
    kurtosis = 3.0 if init == "he" else 1.8  # of a normal and of an even distribution
    assert abs(statistics.pvariance(ws) - variance) <= 5.0 * variance * math.sqrt((kurtosis - 1.0) / len(ws))
    assert statistics.fmean(w**4 for w in ws) == pytest.approx(kurtosis * variance**2, rel=0.15)
    assert [neuron.b.data for neuron in layer.neurons] == [0.0] * nout


def test_first_weights_by_layer() -> None:
    """Xavier's bound counts the neurons of the layer, for a neuron alone just itself; a function gets those sizes."""
    sizes: list[tuple[int, int]] = []

    def init(rng: random.Random, fan_in: int, fan_out: int) -> float:
        sizes.append((fan_in, fan_out))
        return 0.25

    assert {w.data for w in MLP(2, [3, 1], init=init).layers[1].neurons[0].w} == {0.25}
    assert sizes == [(2, 3)] * 6 + [(3, 1)] * 3
    Neuron(4, init=init)
    assert sizes[-4:] == [(4, 1)] * 4


@pytest.mark.parametrize("init", INITS)
def test_a_seed_alone_decides(init: str) -> None:
    """The same seed gives the same weights whatever Python's and NumPy's global states, which stay untouched."""
    random.seed(1)
    numpy.random.seed(1)
    first = weights(MLP(2, [4, 1], init=init, seed=3))
    random.seed(2)
    numpy.random.seed(2)
    before, theirs = random.getstate(), str(numpy.random.get_state())
    for seed in (3, random.Random(3)):
        assert weights(MLP(2, [4, 1], init=init, seed=seed)) == first
    assert (weights(MLP(2, [4, 1], init=init, seed=4)) == first) == (init == "zeros")
    assert (random.getstate(), str(numpy.random.get_state())) == (before, theirs)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_operation_is_an_activation(name: str) -> None:
    """By name and as a function, a neuron computes f(w·x + b), as 50-digit arithmetic does."""
    op, oracle = TABLE[name], ROWS[name].oracle
    center = 1.5 if name == "acosh" else 0.25
    for activation in (name, op):
        neuron = Neuron(2, activation)
        neuron.load_state_dict({"w": [0.5, -0.25], "b": center})
        y = neuron([0.75, 0.5])
        with mp.workdps(50):
            assert y.data == pytest.approx(float(oracle(mp.mpf(center) + 0.25, *op.defaults)), rel=1e-14)
        assert (neuron.activation, y.op, neuron.nonlin) == (name, op, True)


def test_own_functions_are_activations() -> None:
    """Functions, lambdas, custom operations and NumPy's functions are activations; a namesake keeps its module's name."""
    cube = Op("cube", lambda x: x * x * x, [lambda x, _: 3.0 * x * x])

    def relu(x: Any) -> Any:
        return maximum(x, 0.1 * x)

    functions: list[tuple[Any, str, float]] = [
        (cube, "cube", -8.0),
        (relu, f"{__name__}.relu", -0.2),
        (lambda z: z + 1.0, "<lambda>", -1.0),
        (numpy.sin, "numpy.sin", math.sin(-2.0)),
        (sin, "sin", math.sin(-2.0)),
    ]
    for activation, name, expected in functions:
        neuron = Neuron(1, activation, init=lambda *_: 1.0)
        assert neuron(-2.0).data == expected
        assert (neuron.activation, repr(neuron)) == (name, f"Neuron(1, {name}), 2 parameters")


BAD_ACTIVATIONS: list[tuple[Any, str]] = [
    ("sigmiod", "no activation 'sigmiod' in the table: did you mean sigmoid?"),
    ("liner", "no activation 'liner' in the table: did you mean linear?"),
    ("Relu", "did you mean relu or "),
    ("???", "no activation '???' in the table, such as relu, tanh, sigmoid or linear"),
    ("maximum", "maximum takes 2 operands, got 1"),
    (maximum, "maximum takes 2 operands, got 1"),
    (None, "an activation is a name or a function, got None"),
    (["relu"], "an activation is a name or a function, got ['relu']"),
]
BAD_MODULES: list[tuple[Callable[[], Any], str]] = [
    *((lambda bad=bad: Neuron(1, bad), message) for bad, message in BAD_ACTIVATIONS),
    (lambda: MLP(1, [2, 1], output_activation="sigmiod"), "did you mean sigmoid?"),
    (lambda: Neuron(0), "the number of inputs must be at least 1, got 0"),
    (lambda: Neuron(1.5), "the number of inputs must be a whole number, got 1.5"),  # type: ignore[arg-type]
    (lambda: Layer(2, -1), "the number of neurons must be at least 1, got -1"),
    (lambda: MLP(2, [3, 0]), "the number of neurons must be at least 1, got 0"),
    (lambda: MLP(2, []), "nouts is the list of the layers' sizes, such as [16, 1], got []"),
    (lambda: MLP(2, 3), "nouts is the list of the layers' sizes, such as [16, 1], got 3"),  # type: ignore[arg-type]
    (lambda: Neuron(2, init="xaver"), "init is one of uniform, xavier, he, zeros, glorot, or a function, got 'xaver'"),
    (lambda: Neuron(2, seed=1.0), "a seed is a whole number, a random.Random or None, got 1.0"),  # type: ignore[arg-type]
    (lambda: Sequential(), "Sequential takes modules, one after another, got ()"),
    (lambda: Sequential(Layer(2, 2), tanh), "Sequential takes modules"),  # type: ignore[arg-type]
    (lambda: Layer.of([]), "Layer.of takes a list of units, got []"),
    (lambda: Layer.of([Neuron(1), 3]), "Layer.of takes a list of units"),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("make", "message"), BAD_MODULES)
def test_modules_that_cannot_be_made(make: Callable[[], Any], message: str) -> None:
    """Activations, sizes, seeds, first weights and parts that make no sense raise one line; near names are suggested."""
    with pytest.raises((TypeError, ValueError), match=ONE_LINE) as caught:
        make()
    assert message in str(caught.value)


def test_a_layer_returns_a_list() -> None:
    """A layer of one neuron returns a list; a network of one output its Value, of several a list; [16, 1, 1] works."""
    assert [type(y) for y in Layer(2, 1)([1.0, 2.0])] == [Value]
    assert len(Layer(2, 3)([1.0, 2.0])) == 3
    for nouts in ([1], [16, 1], [16, 1, 1], [1, 1]):
        assert type(MLP(2, nouts)([1.0, 2.0])) is Value
    assert [type(y) for y in MLP(2, [3, 2])([1.0, 2.0])] == [Value, Value]
    assert [type(y) for y in Sequential(Layer(2, 1))([1.0, 2.0])] == [Value]


def test_networks_without_bias() -> None:
    """Without biases a neuron is f(w·x), nothing but weights is learnt, and a bias of 0 is no parameter."""
    model = MLP(2, [3, 1], "tanh", bias=False, seed=5)
    w, v = ([[p.data for p in neuron.w] for neuron in layer.neurons] for layer in model.layers)
    hidden = [math.tanh(a * 0.5 + b * -2.0) for a, b in w]
    assert model([0.5, -2.0]).data == pytest.approx(sum(a * h for a, h in zip(v[0], hidden, strict=True)), rel=1e-14)
    assert model([0.0, 0.0]).data == 0.0
    assert len(model.parameters()) == 9
    assert list(model.state_dict()) == ["layers.0.weight", "layers.1.weight"]


def test_inputs_may_be_any_sequence() -> None:
    """Tuples, arrays, iterators and lists of Values are inputs as lists of numbers are; one input needs no list."""
    array, model = numpy.array([0.5, -2.0]), MLP(2, [3, 1], "tanh")
    for sample in ((0.5, -2.0), array, array.astype("f4"), [Value(0.5), -2], iter([0.5, -2])):
        assert model(sample).data == model([0.5, -2.0]).data
    for x in (0.5, numpy.float64(0.5), Value(0.5), (0.5,), array[:1]):
        for module in (Neuron(1, "tanh"), Layer(1, 2), MLP(1, [2, 1])):
            assert module(x) == module([0.5])


BATCH = [[0.5, 1.0], [0.25, 2.0]]
BAD_INPUTS: list[tuple[Any, str]] = [
    ([1.0], "takes 2 inputs, got 1"),
    ([1.0, 2.0, 3.0], "takes 2 inputs, got 3"),
    ([], "takes 2 inputs, got 0"),
    (1.0, "takes 2 inputs, got 1"),
    (BATCH, "takes one sample, got 2: call it once for each"),
    (numpy.array(BATCH), "takes one sample, got 2: call it once for each"),
    (numpy.ones((5, 2)), "takes 2 inputs, got 5; call it once for each sample"),
    ("ab", "takes a list of numbers, got 'ab'"),
    (b"ab", "takes a list of numbers, got b'ab'"),
    ({0: 1.0, 1: 2.0}, "takes a list of numbers, got {0: 1.0, 1: 2.0}"),
    (None, "takes a list of numbers, got None"),
    (["a", "b"], "expected a number, got str 'a'"),
    ([None, 1.0], "expected a number, got NoneType None"),
]


@pytest.mark.parametrize(("bad", "message"), BAD_INPUTS, ids=str)
def test_inputs_that_do_not_fit(bad: Any, message: str) -> None:
    """A wrong number of inputs, a batch, a text and what is no number raise one line that says what is taken."""
    for module in (Neuron(2), Layer(2, 3), MLP(2, [3, 1]), Sequential(MLP(2, [2]))):
        with pytest.raises((TypeError, ValueError), match=ONE_LINE) as caught:
            module(bad)
        assert message in str(caught.value)


DESCRIBED: list[tuple[Module, str]] = [
    (MLP(2, [16, 16, 1]), "MLP(2 → 16 → 16 → 1, relu)"),
    (MLP(2, [3, 2], "tanh", "sigmoid"), "MLP(2 → 3 → 2, tanh, sigmoid)"),
    (MLP(2, [1], bias=False), "MLP(2 → 1)"),
    (MLP(2, [3, 1], "linear"), "MLP(2 → 3 → 1, linear)"),
    (Layer(2, 3, bias=False), "Layer(2 → 3, relu)"),
    (Neuron(2, "tanh"), "Neuron(2, tanh)"),
]


@pytest.mark.parametrize(("model", "text"), DESCRIBED, ids=str)
def test_a_line_describes_a_model(model: Module, text: str) -> None:
    """describe() gives sizes and activations, the config makes the same architecture again."""
    assert model.describe() == text
    assert repr(model).startswith(f"{text}, ")
    again = type(model)(**model.config())
    assert (repr(again), again.config()) == (repr(model), model.config())
