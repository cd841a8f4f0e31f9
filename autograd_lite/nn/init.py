"""Initial weights of a neuron: where training starts.

Each is a function of a random generator, the number of inputs of the neuron (`fan_in`), and the number of neurons in
its layer (`fan_out`), and returns one weight. A sum over n inputs with weights of variance v has n·v times the
variance of the inputs; with v = 1/n it neither grows nor fades from layer to layer.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from random import Random

from autograd_lite.engine.text import shortened

Init = Callable[[Random, int, int], float]


def uniform(rng: Random, fan_in: int, fan_out: int) -> float:
    """Uniform between -1 and 1, whatever the size of the layer; micrograd's.

    >>> uniform(Random(0), 2, 16)
    0.6888437030500962
    """
    return rng.uniform(-1.0, 1.0)


def xavier(rng: Random, fan_in: int, fan_out: int) -> float:
    """Uniform within ±√(6/(fan_in + fan_out)), of variance 2/(fan_in + fan_out): for tanh and sigmoid.

    Source: X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural
    networks, AISTATS 2010, equation 16.

    >>> xavier(Random(0), 2, 4)
    0.6888437030500962
    """
    limit = sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-limit, limit)


def he(rng: Random, fan_in: int, fan_out: int) -> float:
    """Normal with variance 2/fan_in: for relu, which lets half of its inputs through.

    Source: K. He, X. Zhang, S. Ren and J. Sun, Delving deep into rectifiers, ICCV 2015, equation 10.

    >>> he(Random(0), 2, 4)
    0.9417154046806644
    """
    return rng.gauss(0.0, sqrt(2.0 / fan_in))


def zeros(rng: Random, fan_in: int, fan_out: int) -> float:
    """Zero. The neurons of a layer that all start so all stay alike.

    >>> zeros(Random(0), 2, 4)
    0.0
    """
    return 0.0


INITS: dict[str, Init] = {"uniform": uniform, "xavier": xavier, "he": he, "zeros": zeros, "glorot": xavier}


def init_of(init: str | Init) -> Init:
    """The function that a name stands for; a function stands for itself.

    >>> init_of("he") is he
    True
    """
    if callable(init):
        return init
    try:
        return INITS[init]
    except (KeyError, TypeError):
        raise ValueError(f"init is one of {', '.join(INITS)}, or a function, got {shortened(init)}") from None
