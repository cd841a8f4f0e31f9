"""Where random numbers come from: a seed that is given, or the package's one generator."""

from __future__ import annotations

from operator import index
from random import Random

from autograd_lite.engine.text import shortened

Seed = int | Random | None

# Whatever is drawn without a seed comes from here, one draw after another; so what is made later differs, and the same
# program draws the same numbers in every process.
generator = Random(0)


def manual_seed(seed: int) -> None:
    """Start the package's generator afresh: what is drawn without a seed from here on follows from this one.

    A process starts as after manual_seed(0). Threads share the generator, and which of them draws first is up to
    them: give seeds there.

    >>> from autograd_lite import nn
    >>> nn.manual_seed(3)
    >>> first, second = nn.Neuron(2), nn.Neuron(2)
    >>> nn.manual_seed(3)
    >>> nn.Neuron(2).w == first.w, nn.Neuron(2).w == second.w, first.w == second.w
    (True, True, False)
    """
    generator.seed(index(seed))


def as_rng(seed: Seed) -> Random:
    """The generator that a seed stands for: a new one for a whole number, itself, or the package's for None.

    >>> as_rng(0).random() == as_rng(Random(0)).random() == Random(0).random()
    True
    """
    if seed is None:
        return generator
    if isinstance(seed, Random):
        return seed
    try:
        return Random(index(seed))
    except TypeError:
        raise TypeError(f"a seed is a whole number, a random.Random or None, got {shortened(seed)}") from None
