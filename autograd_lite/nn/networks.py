"""Modules one after another: `Sequential` and `MLP`.

Calling a network is typed Any: whether it returns one `Value` or a list depends on the size of its last layer, which
no type tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.rng import Seed, as_rng
from autograd_lite.engine.text import shortened
from autograd_lite.nn.activations import LINEAR, Activation
from autograd_lite.nn.init import Init
from autograd_lite.nn.layers import Layer, Neuron
from autograd_lite.nn.modules import Module

if TYPE_CHECKING:
    from torch.nn import Sequential as TorchSequential


class Sequential(Module):
    """Modules one after another: each takes what the one before it returns.

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
                raise ValueError(f"to_torch takes layers of neurons; PyTorch has no equal of {layer.describe()}")
            kinds, state = set(layer.kinds), layer.state_dict()
            if len(kinds) > 1 or not {"weight"} <= state.keys() <= {"weight", "bias"}:
                raise ValueError(f"to_torch takes layers of neurons that are alike, got {layer.describe()}")
            parts.append((state, kinds.pop()))
        return sequential(parts)

    def config(self) -> dict[str, Any]:
        """The modules that it consists of."""
        return {"layers": self.layers}


class MLP(Sequential):
    """A multi-layer perceptron: layers of the sizes `nouts`, each fully connected to the one before.

    `activation` is that of the hidden layers, `output_activation` that of the last one. With one output, the
    result is that operand itself; otherwise the list of outputs. The other parameters are those of `Neuron`.

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
        output_activation: Activation = LINEAR,
        *,
        bias: bool = True,
        init: str | Init = "uniform",
        seed: Seed = None,
    ) -> None:
        if not isinstance(nouts, (list, tuple)) or not nouts:
            raise TypeError(f"MLP: nouts is the list of the layers' sizes, such as [16, 1], got {shortened(nouts)}")
        rng = as_rng(seed)
        activations = [activation] * (len(nouts) - 1) + [output_activation]
        sizes = zip(pairwise([nin, *nouts]), activations, strict=True)
        super().__init__(*(Layer(n, m, f, bias=bias, init=init, seed=rng) for (n, m), f in sizes))
        self.init = init if isinstance(init, str) else None  # with which others like it can be drawn

    def forward(self, x: Any) -> Any:
        """The outputs for a list of inputs: one operand, or the list of several."""
        outputs = super().forward(x)
        return outputs[0] if isinstance(outputs, list) and len(outputs) == 1 else outputs

    def describe(self) -> str:
        """The network in one line."""
        layers: list[Any] = self.layers
        if not all(isinstance(layer, Layer) for layer in layers):
            return super().describe()
        kinds = [kind for layer in layers for kind in layer.kinds if kind != LINEAR or layer is not layers[-1]]
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
            "output_activation": last["activation"],
            "bias": first["bias"],
        }
