"""Units with weights, alone and side by side: `Neuron` and `Layer`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import mul
from random import Random
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.rng import Seed, as_rng
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value
from autograd_lite.nn.activations import Activation, activation_of
from autograd_lite.nn.init import Init, init_of
from autograd_lite.nn.modules import Module, parameter_shape, side_by_side
from autograd_lite.nn.samples import inputs_of, listed, positive_int


class Neuron(Module):
    """One unit: the activation of a weighted sum, f(w·x + b).

    `activation` is the name of an operation of the table, or any function of one operand; "linear" leaves
    the sum as it is (True and False mean "relu" and "linear", as micrograd's `nonlin`). `init` and `seed`
    choose the initial weights (see `autograd_lite.nn.init`); the bias starts at 0, and bias=False leaves it
    out. `seed` is a number or a `random.Random`: modules of the same seed and shape start alike. Without a seed the
    weights come from the package's generator, which `nn.manual_seed` starts: modules made one after another differ.

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
        init: str | Init = "uniform",
        seed: Seed = None,
    ) -> None:
        nin = positive_int(nin, "inputs")
        weight, rng = init_of(init), as_rng(seed)
        self.w = [Value(weight(rng, nin, 1), label=f"w{i}") for i in range(nin)]
        self.b: Value | float = Value(0.0, label="b") if bias else 0.0
        self.activation = activation

    if TYPE_CHECKING:

        def __call__(self, x: Any) -> Value:
            """The output for a list of inputs."""

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
        """The activation of the weighted sum of a list of inputs: one operand."""
        w, function = self.w, self._function
        if type(x) is not list or len(x) != len(w) or type(x[0]) is list:
            x = inputs_of(x, self)  # which is rarely needed
        z = self.b
        for product in map(mul, w, x):
            z = z + product
        return z if function is None else function(z)

    def describe(self) -> str:
        """The neuron in one line."""
        return f"{type(self).__name__}({self.nin}, {self.activation})"

    def config(self) -> dict[str, Any]:
        """The arguments that make a neuron like this one, with other weights."""
        return {"nin": self.nin, "activation": self.activation, "bias": isinstance(self.b, Value)}


class Layer(Module):
    """Neurons side by side, which all take the same inputs; calling it returns the list of their outputs.

    The parameters are those of `Neuron`. In `state_dict` the weights are one array, `weight` [nout, nin],
    and the biases another, `bias` [nout], as in PyTorch's Linear.

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
        init: str | Init = "uniform",
        seed: Seed = None,
    ) -> None:
        nout = positive_int(nout, "neurons")
        weight, rng = init_of(init), as_rng(seed)

        def of_layer(rng: Random, fan_in: int, _: int) -> float:
            return weight(rng, fan_in, nout)

        self.neurons: list[Any] = [Neuron(nin, activation, bias=bias, init=of_layer, seed=rng) for _ in range(nout)]

    if TYPE_CHECKING:

        def __call__(self, x: Any) -> list[Value]:
            """The outputs for a list of inputs."""

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

    @property
    def kinds(self) -> list[str]:
        """What each unit is: the activation of a neuron, or the class of any other unit."""
        return [unit.activation if type(unit) is Neuron else type(unit).__name__ for unit in self.neurons]

    def forward(self, x: Any) -> list[Any]:
        """The outputs of all neurons for a list of inputs."""
        return side_by_side(self.neurons, x if type(x) is list else listed(x, self))

    def _tensors(self, prefix: str, around: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
        tensors = dict(super()._tensors(prefix, around))
        for name, part in (("weight", "w"), ("bias", "b")):
            places = [f"{prefix}neurons.{i}.{part}" for i, unit in enumerate(self.neurons) if isinstance(unit, Neuron)]
            rows = [tensors.get(place) for place in places]
            if len(rows) == self.nout and parameter_shape(rows) is not None:
                yield f"{prefix}{name}", rows
                tensors = {place: tensor for place, tensor in tensors.items() if place not in places}
        yield from tensors.items()

    def describe(self) -> str:
        """The layer in one line."""
        return f"Layer({self.nin} → {self.nout}, {', '.join(dict.fromkeys(self.kinds))})"

    def __repr__(self) -> str:
        return super().__repr__().partition("\n")[0]  # without a line for each neuron

    def config(self) -> dict[str, Any]:
        """The arguments that make a layer like this one, or its units where they are not alike."""
        like = [unit.config() if type(unit) is Neuron else None for unit in self.neurons]
        if like[0] is None or like.count(like[0]) < len(like):
            return {"units": self.neurons}
        return {**like[0], "nout": self.nout}
