"""First weights of a neuron: where training starts.

Each is a function of a source of chance, the number of inputs of the neuron, and the number of neurons in
its layer, and gives one weight. The sum over n inputs of weights of variance v has n·v times the variance
of the inputs; so with v = 1/n it neither grows nor fades from layer to layer.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from random import Random

from autograd_lite.engine.text import shortened

Initial = Callable[[Random, int, int], float]


def uniform(chance: Random, nin: int, nout: int) -> float:
    """Evenly between -1 and 1, whatever the size of the layer; micrograd's.

    >>> uniform(Random(0), 2, 16)
    0.6888437030500962
    """
    return chance.uniform(-1.0, 1.0)


def xavier(chance: Random, nin: int, nout: int) -> float:
    """Evenly within ±√(6/(nin + nout)), of variance 2/(nin + nout): for tanh and sigmoid.

    Source: X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural
    networks, AISTATS 2010, equation 16.

    >>> xavier(Random(0), 2, 4)
    0.6888437030500962
    """
    limit = sqrt(6.0 / (nin + nout))
    return chance.uniform(-limit, limit)


def he(chance: Random, nin: int, nout: int) -> float:
    """Normally distributed with variance 2/nin: for relu, which lets half of its inputs through.

    Source: K. He, X. Zhang, S. Ren and J. Sun, Delving deep into rectifiers, ICCV 2015, equation 10.

    >>> he(Random(0), 2, 4)
    0.9417154046806644
    """
    return chance.gauss(0.0, sqrt(2.0 / nin))


def zeros(chance: Random, nin: int, nout: int) -> float:
    """Zero. The neurons of a layer that all start so all stay alike.

    >>> zeros(Random(0), 2, 4)
    0.0
    """
    return 0.0


INITIAL: dict[str, Initial] = {f.__name__: f for f in (uniform, xavier, he, zeros)}
INITIAL["glorot"] = xavier


def initial(init: str | Initial) -> Initial:
    """The function that a name stands for; a function stands for itself.

    >>> initial("he") is he
    True
    """
    if callable(init):
        return init
    try:
        return INITIAL[init]
    except (KeyError, TypeError):
        raise ValueError(f"init is one of {', '.join(INITIAL)}, or a function, got {shortened(init)}") from None
