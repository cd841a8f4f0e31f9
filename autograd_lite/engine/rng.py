"""Where random numbers come from."""

from __future__ import annotations

from operator import index
from random import Random

from autograd_lite.engine.text import shortened


def as_rng(seed: int | Random) -> Random:
    """The generator that a seed stands for: a new one for a whole number; a generator stands for itself.

    >>> as_rng(0).random() == as_rng(Random(0)).random() == Random(0).random()
    True
    """
    if isinstance(seed, Random):
        return seed
    try:
        return Random(index(seed))
    except TypeError:
        raise TypeError(f"a seed is a whole number or a random.Random, got {shortened(seed)}") from None
