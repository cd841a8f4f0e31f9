"""Learning rates that change: functions of the number of steps done so far, for an optimiser's `lr`."""

from __future__ import annotations

import math
from collections.abc import Callable

from autograd_lite.optim.optimizers import in_range

Schedule = Callable[[int], float]


def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """lr, multiplied by `factor` after `every` so many steps; PyTorch's StepLR.

    >>> [step_decay(0.8, every=10, factor=0.5)(t) for t in (0, 9, 10, 20)]
    [0.8, 0.8, 0.4, 0.2]
    """
    lr, every, factor = in_range("lr", lr), _count("every", every), in_range("factor", factor)

    def rate(t: int) -> float:
        try:
            return lr * factor ** (t // every)
        except OverflowError:  # a factor above 1: an infinite rate, which an optimiser refuses by that name
            return lr * math.inf

    return rate


def linear(start: float, end: float, steps: int) -> Schedule:
    """In a straight line from `start` to `end` over so many steps, and then constant.

    The rate of micrograd's demo, 1 - 0.9·k/100, is linear(1.0, 0.1, 100).

    >>> [round(linear(1.0, 0.1, 100)(t), 3) for t in (0, 50, 100, 200)]
    [1.0, 0.55, 0.1, 0.1]
    """
    start, end, steps = in_range("start", start), in_range("end", end), _count("steps", steps)
    return lambda t: start + (end - start) * min(t / steps, 1.0)


def cosine(lr: float, steps: int, end: float = 0.0) -> Schedule:
    """Along half a cosine wave from lr to `end` over so many steps, and then constant.

    Source: I. Loshchilov and F. Hutter, SGDR: stochastic gradient descent with warm restarts, 2017, equation 5.

    >>> [round(cosine(1.0, 100)(t), 3) for t in (0, 25, 50, 100, 200)]
    [1.0, 0.854, 0.5, 0.0, 0.0]
    """
    lr, steps, end = in_range("lr", lr), _count("steps", steps), in_range("end", end)
    return lambda t: end + (lr - end) * 0.5 * (1.0 + math.cos(math.pi * min(t / steps, 1.0)))


def _count(name: str, count: int) -> int:
    try:
        whole = int(count) == count
    except (TypeError, ValueError, OverflowError):  # a text, nan, infinity
        whole = False
    if not whole or count < 1:
        raise ValueError(f"{name} is a whole number of at least 1, got {count!r}")
    return int(count)
