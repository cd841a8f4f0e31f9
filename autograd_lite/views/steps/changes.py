"""What changed at one node from one run of a computation to the next, as data."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from autograd_lite.engine.text import shown
from autograd_lite.engine.value import Value


class Pair(NamedTuple):
    """A number before and after.

    >>> Pair(2.0, 1.5).change, Pair(2.0, 1.5).written(), Pair(2.0, 2.25).signed()
    (-0.5, '2 → 1.5', '+0.25')
    """

    before: float
    after: float

    @property
    def change(self) -> float:
        """After minus before; 0 for two infinities of one sign and for two nan."""
        return self.after - self.before if self.differs else 0.0

    @property
    def differs(self) -> bool:
        """Whether the two are different numbers; nan does not differ from nan."""
        return self.before != self.after and not (self.before != self.before and self.after != self.after)

    @property
    def size(self) -> float:
        """How large the change is; infinite where one of the numbers is nan."""
        change = abs(self.change)
        return change if change == change else inf

    def written(self) -> str:
        """Both numbers, or the one that they are."""
        return f"{shown(self.before)} → {shown(self.after)}" if self.differs else shown(self.after)

    def signed(self) -> str:
        """The change with its sign."""
        return f"+{shown(self.change)}" if self.change > 0.0 else shown(self.change)


class Change(NamedTuple):
    """What changed at a node: its value and its gradient, each before and after.

    >>> from autograd_lite import Value, compare, trace
    >>> first, second = (trace(Value(x, label="x") * 2) for x in (1.0, 1.5))
    >>> change = compare(first, second)[0]
    >>> change.value.change, change.gradient.change
    (0.5, 0.0)
    >>> change.words()
    'x: value 1 → 1.5 (+0.5), gradient 2 as before.'
    """

    place: int  # from 0, in the order of the forward pass
    node: Value  # of the second graph
    name: str
    operation: str  # in the second graph, and that of the first where its constants are others
    value: Pair
    gradient: Pair

    def words(self) -> str:
        """The change as a sentence."""
        equation = f"{self.name} = {self.operation}" if self.operation else self.name
        numbers = (
            f"{word} {pair.written()} ({pair.signed()})" if pair.differs else f"{word} {pair.written()} as before"
            for word, pair in (("value", self.value), ("gradient", self.gradient))
        )
        return f"{equation}: {', '.join(numbers)}."
