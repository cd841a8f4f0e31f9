"""What is asked: a name, its numbers, what each of them is called, and the nodes that have them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.nested import filled, flat, places, structure
from autograd_lite.lessons.asking.spelling import folded
from autograd_lite.lessons.showing.letters import LOWERED
from autograd_lite.lessons.showing.numerals import written
from autograd_lite.views.steps.asked import Kind
from autograd_lite.views.steps.passes import Step

ROUNDING = 1e-12  # relative to the largest number of a quantity
SLOPE = re.compile(r"∂|∇|δ|′|″|^d.+/d")
AFTER = re.compile(r"(.+) after")
SEVERAL = re.compile(r"(\w)(\d+)\.\.\.\1(\d+)")  # w₁…w₄, folded


def several(key: str) -> list[str]:
    """The names that w₁…w₄, folded, stands for; none for any other.

    >>> several("w1...w4"), several("w1")
    (['w1', 'w2', 'w3', 'w4'], [])
    """
    match = SEVERAL.fullmatch(key)
    return [f"{match[1]}{k}" for k in range(int(match[2]), int(match[3]) + 1)] if match else []


def _lowered(digits: str) -> str:
    return "".join(LOWERED[digit] for digit in digits)


class Part(NamedTuple):
    """A node whose gradient or value is one of the numbers of a quantity."""

    node: Value
    kind: Kind  # "gradient" or "value"
    name: str
    step: Step | None  # which brings the number; None for an input, and where nothing comes back


@dataclass(frozen=True)
class Quantity:
    """What is asked: a name, and its number, nested lists of numbers, or words.

    `parts` are the nodes that have its numbers, in their order, where the graph has them.
    """

    name: str
    truth: Any
    parts: Sequence[Part] = ()
    before: Sequence[float] = ()  # of what is asked as it is after a step: the numbers before it
    of: str = ""  # the list whose entry it is

    @cached_property
    def shape(self) -> Any:
        """What `structure` says of the truth."""
        return structure(self.truth)

    @cached_property
    def entries(self) -> list[Any]:
        """The numbers, or words, one after the other."""
        found = list(flat(self.truth))
        return found if self.exact else [float(x) if isinstance(x, int) else x for x in found]

    @cached_property
    def exact(self) -> bool:
        """Whether it was counted, and so is right only if it is the same."""
        return all(isinstance(x, int) for x in flat(self.truth))

    @property
    def slope(self) -> bool:
        """Whether it is a derivative."""
        return bool(SLOPE.search(self.name))

    @cached_property
    def places(self) -> list[str]:
        """What each of its numbers is called."""
        return [part.name for part in self.parts] if self.parts and len(self.entries) > 1 else self.indexed

    @cached_property
    def indexed(self) -> list[str]:
        """Its own name with the indices of each of its numbers."""
        indices = list(places(self.shape))
        base, after = (match[1], " after") if (match := AFTER.fullmatch(self.name)) else (self.name, "")
        if names := several(folded(base)):
            return [f"{name[0]}{_lowered(name[1:])}{after}" for name in names]
        if " " in base or base[-1:] in "".join(LOWERED.values()) or any(len(k) > 1 for place in indices for k in place):
            return [f"{self.name}[{', '.join(place)}]" if place else self.name for place in indices]
        return [base + _lowered("".join(place)) + after for place in indices]

    @property
    def text(self) -> str:
        """Its numbers to four digits; what is only rounding is 0."""
        size = max((abs(x) for x in self.entries if not isinstance(x, str)), default=0.0)
        shown = [x if isinstance(x, str) or abs(x) > ROUNDING * size else 0 for x in self.entries]
        return written(filled(self.shape, iter(shown)), 4)
