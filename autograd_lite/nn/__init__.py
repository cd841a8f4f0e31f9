"""What has parameters: modules, layers, networks and threshold units, their losses, and the files they are kept in.

>>> from autograd_lite import nn
>>> model = nn.MLP(2, [16, 16, 1])
>>> loss = nn.losses.mse(model([0.5, -1.0]), 1.0)
>>> loss.backward()
>>> len(model.parameters())
337
"""

from autograd_lite.engine.rng import manual_seed
from autograd_lite.nn import losses
from autograd_lite.nn.constructed import boolean_network, sum_of_towers, tower
from autograd_lite.nn.layers import Layer, Neuron
from autograd_lite.nn.modules import Module, evaluate
from autograd_lite.nn.networks import MLP, Sequential
from autograd_lite.nn.storage import ModelFileError, load, save
from autograd_lite.nn.threshold import McCullochPitts, Perceptron

__all__ = [
    "Layer", "MLP", "McCullochPitts", "ModelFileError", "Module", "Neuron", "Perceptron", "Sequential",
    "boolean_network", "evaluate", "load", "losses", "manual_seed", "save", "sum_of_towers", "tower",
]  # fmt: skip
