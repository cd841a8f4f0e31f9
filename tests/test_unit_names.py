"""The names of a network's numbers are those of the notes: layer above, unit and input below, from the scopes alone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from autograd_lite import Value, sigmoid, sum, trace
from autograd_lite.nn import MLP, Layer, Module, Neuron, Sequential
from autograd_lite.views.expressions import Expression
from autograd_lite.views.names import in_order, names
from autograd_lite.views.notations import LATEX, MATHML

UP, DOWN = ("⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉")


def written(letter: str, layer: int, *indices: int, call: int = 0) -> str:
    """A name as the notes write it, spelt out digit by digit."""
    comma = "," if max(indices) > 9 else ""
    below = comma.join("".join(DOWN[int(digit)] for digit in str(index)) for index in indices)
    return letter + UP[layer] + below + (f"⁽{UP[call]}⁾" if call else "")


def inputs(count: int) -> list[Value]:
    """Inputs with the labels of the notes."""
    return [Value(0.5 + i, label=f"x{i + 1}") for i in range(count)]


def named(*roots: Value) -> dict[Value, str]:
    """The names in the graph of a sum, which are all different."""
    found = names(in_order(sum(roots) if len(roots) > 1 else roots[0]))
    assert len(set(found.values())) == len(found)
    return found


def check(model: Any, found: dict[Value, str], prime: str = "") -> None:
    """Every parameter of an MLP has the name of its place."""
    for j, layer in enumerate(model.layers, start=1):
        for k, neuron in enumerate(layer.neurons, start=1):
            assert found[neuron.b] == written("b" + prime, j, k)
            for i, weight in enumerate(neuron.w, start=1):
                assert found[weight] == written("w" + prime, j, k, i)


@pytest.mark.parametrize("sizes", [(2, 3, 1), (3, 2, 2, 2), (11, 2, 1), (2, 12, 1)])
def test_parameters_of_a_network(sizes: tuple[int, ...]) -> None:
    """W has its layer above and its unit and input below, counted from 1, with commas where digits would run together."""
    model = MLP(sizes[0], list(sizes[1:]), "tanh")
    outputs = model(inputs(sizes[0]))
    check(model, named(*(outputs if isinstance(outputs, list) else [outputs])))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", lambda z: z * sigmoid(z)])
def test_sums_and_activations(activation: Any) -> None:
    """The sum before an activation is z, what the unit gives is a, also where the activation is several operations."""
    model = MLP(2, [2, 1], activation)
    y = model(inputs(2))
    found = named(y)
    assert found[y] == written("a", 2, 1)
    for k, neuron in enumerate(model.layers[0].neurons, start=1):
        own = {found[node]: node for node in found if node.scope == ("mlp", "layer0", f"neuron{k - 1}")}
        z, a = own[written("z", 1, k)], own[written("a", 1, k)]
        assert z.data == pytest.approx(sum(w.data * x.data for w, x in zip(neuron.w, inputs(2), strict=True)))
        assert a.data == pytest.approx(neuron._function(z.data))
        assert any(a in node.operands for node in found if node.scope == ("mlp", "layer1", "neuron0"))


def test_labels_of_users_stay() -> None:
    """Whatever somebody has labelled keeps its label, and its name is given to nothing else."""
    model = MLP(2, [2, 1], "tanh")
    model.layers[0].neurons[1].w[0].label = "α"
    y = model([Value(1.0, label="w¹₁₁"), 2.0])
    y.label = "y"
    found = named(y)
    assert found[y] == "y"
    assert found[model.layers[0].neurons[1].w[0]] == "α"
    assert found[model.layers[0].neurons[0].w[0]] == "w′¹₁₁"


def test_samples_and_recurrences_are_counted() -> None:
    """The calls of a unit are counted in the order in which they end; its parameters are the same in all of them."""
    model = MLP(2, [2, 1], "tanh")
    outputs = [model([float(k), 1.0]) for k in range(3)]
    found = named(*outputs)
    check(model, found)
    assert [found[y] for y in outputs] == [written("a", 2, 1, call=k) for k in (1, 2, 3)]
    cell = Layer(3, 2, "tanh")
    h: list[Any] = [0.0, 0.0]
    states = []
    for x in inputs(3):
        states.append(h := cell([x, *h]))
    found = named(*states[-1])
    for count, state in enumerate(states, start=1):
        assert [found[unit] for unit in state] == [f"a{DOWN[k]}⁽{UP[count]}⁾" for k in (1, 2)]


def test_units_by_themselves() -> None:
    """A single neuron needs no indices but those of its inputs, a single layer none above; by hand, depth counts."""
    neuron = Neuron(2, "tanh")
    y = neuron(inputs(2))
    found = named(y)
    assert [found[x] for x in (*neuron.w, neuron.b, y.operands[0], y)] == ["w₁", "w₂", "b", "z", "a"]
    layer = Layer(2, 2, "tanh", bias=False)
    found = named(*layer(inputs(2)))
    assert [found[w] for unit in layer.neurons for w in unit.w] == ["w₁₁", "w₁₂", "w₂₁", "w₂₂"]
    hidden, out = [Neuron(2, "sigmoid") for _ in range(2)], Neuron(2, "sigmoid")
    x = inputs(2)
    found = named(out([unit(x) for unit in hidden]))
    assert [found[unit.w[1]] for unit in (*hidden, out)] == ["w¹₁₂", "w¹₂₂", "w²₁₂"]


class Named(Module):
    """A network whose layers have names instead of numbers."""

    def __init__(self) -> None:
        self.hidden, self.out = Layer(2, 2, "tanh"), Neuron(2, "linear")

    def forward(self, x: Any) -> Any:
        """The output."""
        return self.out(self.hidden(x))


class Own(Module):
    """A unit that is no neuron of the package's."""

    def __init__(self) -> None:
        self.slope, self.offset = Value(2.0, label="slope"), Value(1.0)

    def forward(self, x: Any) -> Any:
        """A straight line."""
        return self.slope * x + self.offset


def test_scopes_without_numbers() -> None:
    """Where scopes have no numbers, layers are counted by depth; what is no neuron keeps its labels and numbers."""
    model = Named()
    found = named(model(inputs(2)))
    assert [found[w] for w in (model.hidden.neurons[1].w[0], model.out.w[1])] == ["w¹₂₁", "w²₁₂"]
    own = Own()
    assert list(named(own(Value(3.0, label="x"))).values()) == ["slope", "x", "v3", "v4", "v5"]
    single = Sequential(Neuron(1, "tanh"), Neuron(1, "tanh"))
    found = named(single(inputs(1)))
    assert [found[unit.w[0]] for unit in single.layers] == ["w¹₁₁", "w²₁₁"]


@pytest.mark.parametrize("how", ["beside", "behind", "outputs in turn"])
def test_a_second_network_has_primes(how: str) -> None:
    """Of two networks of one shape, whose scopes are the same, the second one's names have a prime, each in its place."""
    first, second = MLP(2, [2, 2], "tanh"), MLP(2, [3, 2], "tanh")
    x = inputs(2)
    if how == "behind":
        found = named(*second(first(x)))
    else:
        ys, zs = first(x), second(x)
        found = named(ys[0] * zs[0], ys[1] * zs[1]) if how == "outputs in turn" else named(*ys, *zs)
    check(first, found)
    check(second, found, "′")


def test_unlabelled_nodes_take_another_letter() -> None:
    """v1, v2 and so on, unless a label is one of them; then another letter, and never two of one."""
    x = Value(1.0, label="v3")
    assert list(named(x * 2.0 * 3.0).values()) == ["v3", "u2", "u3"]
    taken = [Value(1.0, label=letter + "2") for letter in "vutsrqpnmlkhgfdc"]
    assert all(re.fullmatch(r"v0+\d+", name) for node, name in named(*taken).items() if not node.label)


def test_names_in_every_notation() -> None:
    """A name of the notes is raised and lowered in LaTeX and MathML, and one name where it is typed."""
    cases = {
        "w¹₂₁": ("w_{21}^{1}", "<msubsup><mi>w</mi><mn>21</mn><mn>1</mn></msubsup>"),
        "w¹₂,₁₀": ("w_{2,10}^{1}", "<msubsup><mi>w</mi><mn>2,10</mn><mn>1</mn></msubsup>"),
        "z¹₂⁽³⁾": ("z_{2}^{1(3)}", "<msubsup><mi>z</mi><mn>2</mn><mn>1(3)</mn></msubsup>"),
        "b′²₁": ("{b'}_{1}^{2}", "<msubsup><mi>b′</mi><mn>1</mn><mn>2</mn></msubsup>"),
        "w₁": ("w_{1}", "<msub><mi>w</mi><mn>1</mn></msub>"),
    }
    for name, (latex, mathml) in cases.items():
        assert (LATEX.symbol(name), MATHML.symbol(name)) == (latex, mathml)
        if "′" not in name:
            assert len(Expression(f"2{name} + sin {name}").names) == 1


def test_steps_of_a_unit_speak_of_it() -> None:
    """The steps of a unit name its weights, and its derivative is a(1 − a), as in the notes."""
    y = MLP(1, [1], output_activation="sigmoid")(inputs(1))
    said = [step.words() for step in trace(y)]
    assert said[-5].startswith("What has reached a¹₁, 1, times ∂a¹₁/∂z¹₁ = a¹₁·(1 − a¹₁) = ")
    assert "a¹₁ = σ(z¹₁) = " in " ".join(said)
