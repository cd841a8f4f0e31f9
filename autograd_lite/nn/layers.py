"""The networks of the lecture notes: `Neuron`, `Layer`, `Sequential`, `MLP`."""

from __future__ import annotations

import numbers
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import index
from random import Random
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.ops import Operand
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value
from autograd_lite.nn.activations import LINEAR, Activation, activation_of
from autograd_lite.nn.init import Initial, initial
from autograd_lite.nn.modules import Module, shape_of

if TYPE_CHECKING:
    from torch.nn import Sequential as TorchSequential


class Neuron(Module):
    """One unit: the activation of a weighted sum, f(w·x + b).

    `activation` is the name of an operation of the table, or any function of one operand; "linear" leaves
    the sum as it is (True and False mean "relu" and "linear", as micrograd's `nonlin`). `init` and `seed`
    choose the first weights (see `autograd_lite.nn.init`); the bias begins at 0, without `bias` there
    is none. `seed` is a number or a `random.Random`: modules of one seed and shape begin alike.

    >>> from autograd_lite.nn import Neuron
    >>> neuron = Neuron(2, "sigmoid")
    >>> neuron.load_state_dict({"w": [0.5, -0.25], "b": 0.1})
    >>> neuron([1.0, 2.0])
    Value(0.5249791874789399, op='sigmoid')
    """

    def __init__(
        self,
        nin: int,
        activation: Activation = "relu",
        *,
        bias: bool = True,
        init: str | Initial = "uniform",
        seed: int | Random = 0,
    ) -> None:
        nin = size(nin, "inputs")
        weight, chance = initial(init), random(seed)
        self.w = [Value(weight(chance, nin, 1), label=f"w{i}") for i in range(nin)]
        self.b: Value | float = Value(0.0, label="b") if bias else 0.0
        self.activation = activation

    @property
    def nin(self) -> int:
        """The number of inputs."""
        return len(self.w)

    @property
    def activation(self) -> str:
        """The name of the activation; may be set to another name or function."""
        return self._activation

    @activation.setter
    def activation(self, activation: Activation) -> None:
        self._activation, self._function = activation_of(activation)

    @property
    def nonlin(self) -> bool:
        """Whether there is an activation, as micrograd calls it."""
        return self._function is not None

    def forward(self, x: Any) -> Any:
        """The activation of the weighted sum of a list of inputs, one operand."""
        if type(x) is not list or len(x) != len(self.w) or type(x[0]) is list:
            x = inputs_of(x, self)  # which is most of the time not needed
        z = self.b
        for weight, xi in zip(self.w, x, strict=True):
            z = z + weight * xi
        return z if self._function is None else self._function(z)

    def describe(self) -> str:
        """The neuron in one line."""
        return f"{type(self).__name__}({self.nin}, {self.activation})"

    def config(self) -> dict[str, Any]:
        """The arguments that make a neuron like this one, with other weights."""
        return {"nin": self.nin, "activation": self.activation, "bias": isinstance(self.b, Value)}


class Layer(Module):
    """Neurons side by side, which all take the same inputs; it returns the list of their outputs.

    The parameters are those of `Neuron`. In `state_dict` the weights stand as one array, `weight` [nout, nin],
    and the biases as another, `bias` [nout], as in PyTorch's Linear.

    >>> from autograd_lite.nn import Layer
    >>> layer = Layer(2, 3, "tanh", seed=1)
    >>> layer, len(layer([1.0, -1.0]))
    (Layer(2 → 3, tanh), 9 parameters, 3)
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: Activation = "relu",
        *,
        bias: bool = True,
        init: str | Initial = "uniform",
        seed: int | Random = 0,
    ) -> None:
        nout = size(nout, "neurons")
        weight, chance = initial(init), random(seed)

        def of_layer(chance: Random, nin: int, _: int) -> float:
            return weight(chance, nin, nout)

        self.neurons: list[Any] = [Neuron(nin, activation, bias=bias, init=of_layer, seed=chance) for _ in range(nout)]

    @classmethod
    def of(cls, units: Sequence[Module]) -> Layer:
        """A layer of given units, such as threshold units.

        >>> from autograd_lite.nn import Layer, McCullochPitts, Sequential
        >>> differ = Layer.of([McCullochPitts([0], [1], 1), McCullochPitts([1], [0], 1)])
        >>> xor = Sequential(differ, McCullochPitts([0, 1], [], 1))
        >>> [xor([p, q]) for p in (0, 1) for q in (0, 1)]
        [0.0, 1.0, 1.0, 0.0]
        """
        layer = cls.__new__(cls)
        layer.neurons = list(units)
        if not units or not all(isinstance(unit, Module) for unit in units):
            raise TypeError(f"Layer.of takes a list of units, got {shortened(units)}")
        return layer

    @property
    def nin(self) -> int:
        """The number of inputs; 0 if no unit says how many it takes."""
        return max(int(getattr(unit, "nin", 0)) for unit in self.neurons)

    @property
    def nout(self) -> int:
        """The number of outputs."""
        return len(self.neurons)

    def forward(self, x: Any) -> list[Any]:
        """The outputs of all neurons for a list of inputs."""
        xs = listed(x, self)
        return [neuron(xs) for neuron in self.neurons]

    def _tensors(self, prefix: str) -> Iterator[tuple[str, Any]]:
        tensors = dict(super()._tensors(prefix))
        for name, part in (("weight", "w"), ("bias", "b")):
            places = [f"{prefix}neurons.{i}.{part}" for i, unit in enumerate(self.neurons) if isinstance(unit, Neuron)]
            rows = [tensors.get(place) for place in places]
            if len(rows) == self.nout and shape_of(rows) is not None:
                yield f"{prefix}{name}", rows
                tensors = {place: tensor for place, tensor in tensors.items() if place not in places}
        yield from tensors.items()

    def describe(self) -> str:
        """The layer in one line."""
        return f"Layer({self.nin} → {self.nout}, {', '.join(dict.fromkeys(self._kinds()))})"

    def _kinds(self) -> list[str]:
        return [unit.activation if type(unit) is Neuron else type(unit).__name__ for unit in self.neurons]

    def __repr__(self) -> str:
        return super().__repr__().partition("\n")[0]  # without a line for each neuron

    def config(self) -> dict[str, Any]:
        """The arguments that make a layer like this one, or its units where it was made of given ones."""
        like = [unit.config() if type(unit) is Neuron else None for unit in self.neurons]
        if like[0] is None or like.count(like[0]) < len(like):
            return {"units": self.neurons}
        return {**like[0], "nout": self.nout}


class Sequential(Module):
    """Modules one after another: each takes what the one before it returns.

    Give layers of one shape different seeds, or they begin with the same weights.

    >>> from autograd_lite.nn import Layer, Sequential
    >>> model = Sequential(Layer(2, 3, "tanh"), Layer(3, 2, "linear"))
    >>> len(model([1.0, -1.0]))
    2
    >>> model
    Sequential, 17 parameters
      layers.0: Layer(2 → 3, tanh), 9 parameters
      layers.1: Layer(3 → 2, linear), 8 parameters
    """

    def __init__(self, *layers: Module) -> None:
        if not layers or not all(isinstance(layer, Module) for layer in layers):
            raise TypeError(f"Sequential takes modules, one after another, got {shortened(layers)}")
        self.layers: list[Any] = list(layers)

    def forward(self, x: Any) -> Any:
        """What the last module returns."""
        for layer in self.layers:
            x = layer(x)
        return x

    def to_torch(self) -> TorchSequential:
        """The same network as a `torch.nn.Sequential` of Linear layers and activations, in float64.

        It takes tensors [..., nin], and returns tensors [..., nout] where the model returns a number or a list.
        Raises ImportError if PyTorch is not installed, and ValueError for what PyTorch has no module for. The
        way back is `model.load_state_dict(network.state_dict())`.
        """
        from autograd_lite.nn.to_torch import sequential

        parts = []
        for layer in self.layers:
            if type(layer) is not Layer or not all(type(neuron) is Neuron for neuron in layer.neurons):
                raise ValueError(f"PyTorch has nothing equal to {layer.describe()}: to_torch takes layers of neurons")
            names, state = {neuron.activation for neuron in layer.neurons}, layer.state_dict()
            if len(names) > 1 or not {"weight"} <= state.keys() <= {"weight", "bias"}:
                raise ValueError(f"to_torch takes layers of neurons that are alike, got {layer.describe()}")
            parts.append((state, *names))
        return sequential(parts)

    def config(self) -> dict[str, Any]:
        """The modules that it consists of."""
        return {"layers": self.layers}


class MLP(Sequential):
    """A multi-layer perceptron: layers of the sizes `nouts`, each fully connected to the one before.

    `activation` is that of the hidden layers, `output` that of the last one. With one output, the result
    is that operand itself; otherwise the list of outputs. The other parameters are those of `Neuron`.

    >>> from autograd_lite.nn import MLP
    >>> model = MLP(2, [16, 16, 1])
    >>> model
    MLP(2 → 16 → 16 → 1, relu), 337 parameters
      layers.0: Layer(2 → 16, relu), 48 parameters
      layers.1: Layer(16 → 16, relu), 272 parameters
      layers.2: Layer(16 → 1, linear), 17 parameters
    >>> model([1.0, -1.0]).scope
    ('mlp', 'layer2', 'neuron0')
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation = "relu",
        output: Activation = LINEAR,
        *,
        bias: bool = True,
        init: str | Initial = "uniform",
        seed: int | Random = 0,
    ) -> None:
        if not isinstance(nouts, (list, tuple)) or not nouts:
            raise TypeError(f"MLP: nouts is the list of the layers' sizes, such as [16, 1], got {shortened(nouts)}")
        sizes, chance = [nin, *nouts], random(seed)
        activations = [activation] * (len(nouts) - 1) + [output]
        super().__init__(
            *(
                Layer(n, m, f, bias=bias, init=init, seed=chance)
                for n, m, f in zip(sizes, nouts, activations, strict=False)
            )
        )

    def forward(self, x: Any) -> Any:
        """The outputs for a list of inputs: one operand, or the list of several."""
        outputs = super().forward(x)
        return outputs[0] if isinstance(outputs, list) and len(outputs) == 1 else outputs

    def describe(self) -> str:
        """The network in one line."""
        layers: list[Any] = self.layers
        if not all(isinstance(layer, Layer) for layer in layers):
            return super().describe()
        kinds = [kind for layer in layers for kind in layer._kinds() if kind != LINEAR or layer is not layers[-1]]
        sizes = " → ".join(str(n) for n in (layers[0].nin, *(layer.nout for layer in layers)))
        return f"MLP({', '.join([sizes, *dict.fromkeys(kinds)])})"

    def config(self) -> dict[str, Any]:
        """The arguments that make a network like this one, or its layers where they were changed."""
        configs = [layer.config() if type(layer) is Layer else {} for layer in self.layers]
        first, last = configs[0], configs[-1]
        sizes = [first.get("nin"), *(config.get("nout") for config in configs)]
        like = [{**first, "nin": nin, "nout": nout} for nin, nout in pairwise(sizes)]
        like[-1] = {**last, "nin": sizes[-2], "bias": first.get("bias")}
        if like != configs:
            return super().config()
        return {
            "nin": first["nin"],
            "nouts": sizes[1:],
            "activation": first["activation"],
            "output": last["activation"],
            "bias": first["bias"],
        }


def inputs_of(x: Any, module: Any) -> list[Any]:
    """The list of a module's inputs; raises ValueError where their number is not the module's."""
    xs = x if type(x) is list else listed(x, module)
    if len(xs) != module.nin:
        hint = "; call it once for each sample" if xs and isinstance(xs[0], (list, tuple)) else ""
        raise ValueError(f"{module.describe()} takes {module.nin} inputs, got {len(xs)}{hint}")
    if isinstance(xs[0], (list, tuple)):
        raise ValueError(f"{module.describe()} takes one sample, got {len(xs)}: call it once for each")
    return xs


def listed(x: Any, module: Module) -> list[Any]:
    """What a module is called with, as a list: of a sequence or an array, or of one number."""
    if isinstance(x, (Operand, numbers.Real)):
        return [x]
    try:
        if isinstance(x, (str, bytes, dict, set)):
            raise TypeError
        return list(x.tolist() if hasattr(x, "tolist") else x)
    except TypeError:
        raise TypeError(f"{module.describe()} takes a list of numbers, got {shortened(x)}") from None


def size(count: Any, what: str) -> int:
    """A positive whole number, or an error."""
    try:
        whole = index(count)
    except TypeError:
        raise TypeError(f"the number of {what} is a whole number, got {shortened(count)}") from None
    if whole < 1:
        raise ValueError(f"the number of {what} is 1 or more, got {whole}")
    return whole


def random(seed: int | Random) -> Random:
    """The source of chance that a seed stands for: itself, or a new one."""
    if isinstance(seed, Random):
        return seed
    try:
        return Random(index(seed))
    except TypeError:
        raise TypeError(f"a seed is a whole number or a random.Random, got {shortened(seed)}") from None
