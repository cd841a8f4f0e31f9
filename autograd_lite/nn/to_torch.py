"""To PyTorch and back: where people go when they outgrow scalars.

`model.to_torch()` gives the same network as a `torch.nn.Sequential`. Its parameters have the names that they have in
the model's state, so the way back is `model.load_state_dict(network.state_dict())`; and `safetensors.torch.load_file`
reads what `nn.save` wrote, for `network.load_state_dict`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.lazy import require
from autograd_lite.engine.table import TABLE
from autograd_lite.nn.activations import LINEAR

if TYPE_CHECKING:
    import torch


def sequential(layers: Iterable[tuple[dict[str, Any], str]]) -> torch.nn.Sequential:
    """A `torch.nn.Sequential` in float64 of layers, each given by its state and the name of its activation."""
    require("torch", "to_torch")
    import torch

    known = {LINEAR: ("Identity", {}), **{name: op.torch for name, op in TABLE.items() if op.torch is not None}}
    parts: OrderedDict[str, Any] = OrderedDict()
    for place, (state, activation) in enumerate(layers):
        if activation not in known:
            raise ValueError(f"to_torch knows the activations {', '.join(known)}; got {activation}")
        nout, nin = state["weight"].shape
        linear = torch.nn.Linear(nin, nout, bias="bias" in state, dtype=torch.float64)
        linear.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
        parts[str(place)] = linear
        if activation != LINEAR:
            kind, arguments = known[activation]
            parts[f"{place}_{activation}"] = getattr(torch.nn, kind)(**arguments)
    return torch.nn.Sequential(OrderedDict(layers=torch.nn.Sequential(parts)))
