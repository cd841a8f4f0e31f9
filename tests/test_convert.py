"""What becomes of a model: a network of PyTorch, plain floats, a copy; and of modules and functions of one's own."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, strategies as st
from strategies import points

from autograd_lite import Value, maximum
from autograd_lite.engine.table import TABLE
from autograd_lite.engine.value import plain
from autograd_lite.nn import (
    MLP,
    Layer,
    McCullochPitts,
    ModelFileError,
    Module,
    Neuron,
    Perceptron,
    Sequential,
    load,
    save,
)

ONE_LINE = "^[^\n]+$"
MODULES = [name for name, op in TABLE.items() if op.torch is not None]


def bits(module: Module) -> list[str]:
    """The numbers of all parameters, exactly."""
    return [parameter.data.hex() for parameter in module.parameters()]


def spread(model: Sequential, seed: int) -> Sequential:
    """The model with biases that are not 0."""
    rng = numpy.random.default_rng(seed)
    model.load_state_dict({name: rng.normal(size=array.shape) for name, array in model.state_dict().items()})
    return model


def flat(y: Any) -> list[Any]:
    """The operands in what a model returns."""
    return [operand for part in y for operand in flat(part)] if isinstance(y, list) else [y]


def relu(x: Any) -> Any:
    """A namesake of the table's."""
    return maximum(x, 0.1 * x)


@pytest.mark.torch
@pytest.mark.parametrize("activation", ["linear", *MODULES])
def test_pytorch_computes_the_same(activation: str) -> None:
    """Of every activation, outputs and gradients by parameters and inputs are PyTorch's to 1e-12, from -100 to 100."""
    import torch

    model = spread(MLP(3, [4, 5, 2], activation, activation), seed=3)
    network = model.to_torch()
    samples = numpy.random.default_rng(7).normal(size=(20, 3)).tolist()
    samples += [[100.0, -100.0, 0.5], [-100.0, -100.0, -100.0], [100.0, 100.0, 100.0], [0.0, 0.0, 0.0]]
    for sample in samples:
        xs, inputs = [Value(x) for x in sample], torch.tensor(sample, dtype=torch.float64, requires_grad=True)
        model.zero_grad()
        network.zero_grad()
        ys, theirs = flat(model(xs)), network(inputs)
        assert [y.data for y in ys] == pytest.approx(theirs.tolist(), rel=1e-12, abs=1e-12)
        (ys[0] * 2.0 + ys[1]).backward()
        (theirs[0] * 2.0 + theirs[1]).backward()
        assert [x.grad for x in xs] == pytest.approx(inputs.grad.tolist(), rel=1e-12, abs=1e-12)
        for place, layer in enumerate(model.layers):
            linear = network.layers.get_submodule(str(place))
            for found, gradient in (
                ([n.w for n in layer.neurons], linear.weight),
                ([[n.b] for n in layer.neurons], linear.bias),
            ):
                expected = gradient.grad.flatten().tolist()
                assert [p.grad for row in found for p in row] == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.torch
@pytest.mark.parametrize("activation", MODULES)
def test_activations_at_large_and_small_numbers(activation: str) -> None:
    """A single neuron and its slope agree with PyTorch's from -100 to 100, beside 0 too."""
    import torch

    model = Sequential(Layer(1, 1, activation))
    model.load_state_dict({"layers.0.weight": [[1.0]], "layers.0.bias": [0.0]})
    network = model.to_torch()
    for x in (-100.0, -50.0, -39.0, -21.0, -9.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 9.0, 19.0, 21.0, 39.0, 41.0, 100.0):
        value, tensor = Value(x), torch.tensor([x], dtype=torch.float64, requires_grad=True)
        y, theirs = model(value)[0], network(tensor)
        y.backward()
        theirs.sum().backward()
        assert [y.data, value.grad] == pytest.approx([theirs.item(), tensor.grad.item()], rel=1e-12, abs=1e-12)


@pytest.mark.torch
@pytest.mark.parametrize("bias", [True, False])
def test_files_and_states_travel(tmp_path: Path, bias: bool) -> None:
    """A saved model is read by safetensors.torch into the network; the network's state and file come back bit for bit."""
    import safetensors.torch
    import torch

    model, other = (spread(MLP(2, [3, 1], "tanh", bias=bias), seed=seed) for seed in (1, 2))
    network, path = other.to_torch(), tmp_path / "m"
    save(model, path)
    network.load_state_dict(safetensors.torch.load_file(path))
    assert network(torch.tensor([0.5, -2.0], dtype=torch.float64)).item() == pytest.approx(
        model([0.5, -2.0]).data, rel=1e-12
    )
    other.load_state_dict(network.state_dict())
    assert bits(other) == bits(model)
    safetensors.torch.save_file(network.state_dict(), path)
    assert bits(load(path, into=MLP(2, [3, 1], "tanh", bias=bias))) == bits(model)
    safetensors.torch.save_file(network.float().state_dict(), path)
    single = [numpy.float32(parameter.data) for parameter in model.parameters()]
    assert load(path, into=MLP(2, [3, 1], "tanh", bias=bias)).parameters() == single


@pytest.mark.torch
def test_the_network_is_pytorchs_own() -> None:
    """It is a Sequential of Linear layers and activations in float64, takes batches, and trains in PyTorch."""
    import torch

    model = spread(MLP(2, [3, 4, 1], "relu", "sigmoid"), seed=1)
    network = model.to_torch()
    kinds = [torch.nn.Linear, torch.nn.ReLU, torch.nn.Linear, torch.nn.ReLU, torch.nn.Linear, torch.nn.Sigmoid]
    assert [type(part) for part in network.layers] == kinds
    assert list(network.state_dict()) == list(model.state_dict())
    assert {p.dtype for p in network.parameters()} == {torch.float64}
    batch = torch.randn(5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert network(batch).flatten().tolist() == pytest.approx([model(x.tolist()).data for x in batch], rel=1e-12)
    before = bits(model)
    network(batch).sum().backward()
    torch.optim.SGD(network.parameters(), lr=0.1).step()
    assert bits(model) == before
    model.load_state_dict(network.state_dict())
    assert bits(model) != before
    assert network(batch).flatten().tolist() == pytest.approx([model(x.tolist()).data for x in batch], rel=1e-12)


class Twice(Layer):
    """A layer that computes something else."""


UNLIKE = {
    **{
        f"activation {name}": Sequential(Layer(1, 1, name))
        for name in TABLE
        if name not in MODULES and TABLE[name].arity == 1
    },
    "lambda": Sequential(Layer(1, 1, lambda z: z)),
    "namesake": Sequential(Layer(1, 1, relu)),
    "perceptrons": Sequential(Layer.of([Perceptron(2)])),
    "threshold units": Sequential(Layer.of([McCullochPitts(2, 0, 1)])),
    "a neuron": Sequential(Neuron(2)),
    "networks in a network": Sequential(MLP(2, [2])),
    "a layer of one's own": Sequential(Twice(2, 2)),
    "several activations": Sequential(Layer.of([Neuron(2), Neuron(2, "tanh")])),
    "some biases": Sequential(Layer.of([Neuron(2), Neuron(2, bias=False)])),
    "several sizes": Sequential(Layer.of([Neuron(2), Neuron(3)])),
    "plain floats": MLP(2, [2, 1]).frozen(),
}


@pytest.mark.torch
@pytest.mark.parametrize("name", UNLIKE)
def test_what_pytorch_has_nothing_equal_to(name: str) -> None:
    """Other activations, threshold units and layers that are no Linear are refused in one line."""
    with pytest.raises(ValueError, match=ONE_LINE) as caught:
        UNLIKE[name].to_torch()
    assert "to_torch" in str(caught.value)


def test_without_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PyTorch the error says what to install; models work all the same."""
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r"^to_torch needs torch, which is not installed: pip install torch$"):
        MLP(2, [2, 1]).to_torch()
    MLP(2, [2, 1]).load_state_dict(MLP(2, [2, 1]).state_dict())


@given(st.integers(0, 99), st.sampled_from(["relu", "tanh", "gelu", "linear"]), points(3))
def test_a_frozen_copy_computes_the_same_floats(seed: int, activation: str, x: list[float]) -> None:
    """frozen() gives plain floats, bit for bit those of the model, and leaves the model as it is."""
    model = spread(MLP(3, [4, 2], activation, "sigmoid"), seed)
    before, twin = bits(model), model.frozen()
    ys = twin(x)
    assert {type(y) for y in ys} == {float}
    assert [y.hex() for y in ys] == [y.data.hex() for y in model(x)]
    assert (type(twin), twin.parameters(), bits(model)) == (MLP, [], before)
    for parameter in model.parameters():
        parameter.data = 0.0
    assert [y.hex() for y in twin(x)] == [y.hex() for y in ys]


class Own(Module):
    """A module of one's own, which has an attribute that bears the name of a method."""

    def __init__(self, seed: int) -> None:
        self.config = {"lr": 0.1}  # type: ignore[assignment, method-assign]
        self.w = Value(seed + 0.25)
        self.parts = {"a": [Neuron(2, seed=seed)], "b": (self.w, numpy.array([Value(seed + 0.5), 1.0], dtype=object))}

    def forward(self, xs: Any) -> Any:
        """Each input times the weight."""
        return [self.w * x for x in xs]


class Gain(Layer):
    """A layer with a parameter of its own."""

    def __init__(self, seed: int) -> None:
        super().__init__(2, 2, seed=seed)
        self.gain = Value(seed + 0.5)


OWN: dict[str, Callable[[int], Any]] = {
    "a module": Own,
    "a layer": Gain,
    "in Sequential": lambda seed: Sequential(Layer(2, 2, seed=seed), Own(seed), Gain(seed)),
    "in Layer.of": lambda seed: Layer.of([Own(seed), Neuron(2, seed=seed), McCullochPitts(2, 0, 1)]),
    "of a name of the package": type("MLP", (Own,), {}),
    "of a Sequential's": type("Sequential", (Gain,), {}),
}


@pytest.mark.parametrize("name", OWN)
def test_modules_of_ones_own(tmp_path: Path, name: str) -> None:
    """A module of one's own prints, freezes, copies, and loses no parameter in a file, which loads into another one."""
    model, other, path = OWN[name](1), OWN[name](2), tmp_path / "m"
    before = bits(model)
    assert f"{len(before)} parameters" in repr(model)
    save(model, path)
    assert bits(load(path, into=other)) == before != bits(OWN[name](2))
    with pytest.raises(ModelFileError, match=r"^cannot load .*not a class of autograd_lite\.nn: .*into=model\)$"):
        load(path)
    assert flat(model.frozen()([1.0, 0.0])) == [plain(y) for y in flat(model([1.0, 0.0]))]
    assert (model.frozen().parameters(), bits(model)) == ([], before)


def test_a_network_may_be_changed(tmp_path: Path) -> None:
    """Layers that are put into an MLP compute, print and are saved; one of another kind is no MLP of sizes any more."""
    model = MLP(2, [2, 2])
    before = [y.data * 1.25 for y in model([1.0, 2.0])]
    model.layers.append(Own(1))
    assert [y.data for y in model([1.0, 2.0])] == before
    assert repr(model).startswith("MLP, 17 parameters\n  layers.0: Layer(2 → 2, relu), 6 parameters\n")
    model.layers[2] = Layer.of([Neuron(2, "tanh"), Neuron(2, bias=False)])
    save(model, tmp_path / "m")
    again = load(tmp_path / "m")
    assert model.describe() == again.describe() == "MLP(2 → 2 → 2 → 2, relu, linear, tanh)"
    assert bits(again) == bits(model)


@pytest.mark.parametrize("activation", [relu, lambda z: z, numpy.tanh, Neuron(1)])
def test_an_own_activation_is_never_taken_for_another(tmp_path: Path, activation: Any) -> None:
    """A model with a function that is not the table's is not built anew, not even by a function of the same name."""
    model = Neuron(2, activation)
    save(model, tmp_path / "m")
    with pytest.raises(ModelFileError, match=ONE_LINE):
        load(tmp_path / "m")
    assert load(tmp_path / "m", into=Neuron(2, activation, seed=5)).w == model.w
    with pytest.raises((ValueError, ImportError), match=ONE_LINE):
        Sequential(Layer(1, 1, activation)).to_torch()


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_modules_copy(duplicate: Any) -> None:
    """A copy of a model that has been called has its numbers and parameters of its own."""
    model = MLP(2, [3, 1], "tanh")
    y = model([1.0, 2.0])
    twin = duplicate(model)
    assert (bits(twin), twin([1.0, 2.0]).data) == (bits(model), y.data)
    assert not {*map(id, twin.parameters())} & {*map(id, model.parameters())}
