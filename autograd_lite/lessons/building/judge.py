"""What is said to an engine of the reader's: which of the eight holes are done, and what is wrong with the next.

A hole that nobody has filled raises NotImplementedError, which is Python's word for what is still to be written. So it
is no mistake, and passes through all that puts mistakes into words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from autograd_lite.lessons.building.arithmetic import powers, product_of, sum_of, tanh_of
from autograd_lite.lessons.building.operations import keeps
from autograd_lite.lessons.building.passes import backwards, ordered, stepped
from autograd_lite.lessons.building.probes import Wrong, limited, tried


class Hole(NamedTuple):
    """A hole: what it is, what it must do, and a hint that helps without a line of its program."""

    name: str
    method: str  # that is missing where nobody has begun
    check: Callable[..., None]
    hint: str


HOLES = [
    Hole("what a Value keeps", "__init__", keeps, "four things under self, and each Value has its own"),
    Hole("a sum", "__add__", sum_of, "if a grows by a little h, and b stays, by how much does a + b grow?"),
    Hole("a product", "__mul__", product_of, "if a grows by a little h, and b stays, a·b grows by h times what?"),
    Hole("a power", "__pow__", powers, "from school: the exponent comes to the front, and what happens to it above?"),
    Hole("tanh", "tanh", tanh_of, "one minus a square, and the square is not that of the operand"),
    Hole(
        "the order", "order", ordered, "first all that a parent needs, then itself; and remember whom you have visited"
    ),
    Hole(
        "the backward pass",
        "backward",
        backwards,
        "dy/dy at the end; then upstream × local, to each parent; shares add up",
    ),
    Hole(
        "a step of training",
        "__init__",
        stepped,
        "three things, one after the other; the old gradients must not count again",
    ),
]


@dataclass(frozen=True, repr=False)
class Verdict:
    """How many holes are done, and what is wrong with the next; nothing, if nothing is written there yet."""

    done: int
    wrong: str = ""

    def __str__(self) -> str:
        lines = [f"✓ {number}  {hole.name}" for number, hole in enumerate(HOLES[: self.done], start=1)]
        if self.done < len(HOLES):
            hole = HOLES[self.done]
            lines.append(f"→ {self.done + 1}  {hole.name}: {self.wrong or 'nothing is written here yet'}")
            if self.wrong:
                lines.append(f"     hint: {hole.hint}")
        return "\n".join([*lines, f"{self.done} of {len(HOLES)}"])

    def __repr__(self) -> str:  # which a notebook shows
        return str(self)


def judge(kind: Any, step: Any = None) -> Verdict:
    """Test an engine, hole by hole, until one is open: the class of its Values, and its step of training.

    >>> class Value:
    ...     def __init__(self, data, parents=(), partials=()):
    ...         self.data, self.grad, self.parents, self.partials = data, 0.0, parents, partials
    ...     def __add__(self, other):
    ...         return Value(self.data * other.data, (self, other), (1.0, 1.0))
    >>> print(judge(Value))
    ✓ 1  what a Value keeps
    → 2  a sum: a + b with a = 2 and b = 3: its number is 6, expected 5: that is the product
         hint: if a grows by a little h, and b stays, by how much does a + b grow?
    1 of 8
    """
    for done, hole in enumerate(HOLES):
        if not hasattr(kind, hole.method):
            return Verdict(done)
        try:
            with limited():
                given = (kind, step) if hole.check is stepped else (kind,)
                tried(hole.name, partial(hole.check, *given))
        except Wrong as wrong:
            return Verdict(done, str(wrong))
        except NotImplementedError:
            return Verdict(done)
    return Verdict(len(HOLES))
