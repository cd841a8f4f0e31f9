"""What has parameters: modules, layers, networks and threshold units, their losses, and the files they are kept in.

>>> from autograd_lite import nn
>>> model = nn.MLP(2, [16, 16, 1])
>>> loss = nn.losses.mse(model([0.5, -1.0]), 1.0)
>>> loss.backward()
>>> len(model.parameters())
337
"""

from autograd_lite.nn import losses as losses
from autograd_lite.nn.constructed import boolean_network as boolean_network
from autograd_lite.nn.constructed import sum_of_towers as sum_of_towers
from autograd_lite.nn.constructed import tower as tower
from autograd_lite.nn.layers import Layer as Layer
from autograd_lite.nn.layers import Neuron as Neuron
from autograd_lite.nn.modules import Module as Module
from autograd_lite.nn.modules import evaluate as evaluate
from autograd_lite.nn.networks import MLP as MLP
from autograd_lite.nn.networks import Sequential as Sequential
from autograd_lite.nn.storage import ModelFileError as ModelFileError
from autograd_lite.nn.storage import load as load
from autograd_lite.nn.storage import save as save
from autograd_lite.nn.threshold import McCullochPitts as McCullochPitts
from autograd_lite.nn.threshold import Perceptron as Perceptron

__all__ = [
    "Layer",
    "MLP",
    "McCullochPitts",
    "ModelFileError",
    "Module",
    "Neuron",
    "Perceptron",
    "Sequential",
    "boolean_network",
    "evaluate",
    "load",
    "losses",
    "save",
    "sum_of_towers",
    "tower",
]
