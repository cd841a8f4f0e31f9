"""Hole 1, what a Value keeps; and what must hold for every operation of holes 2 to 5."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from autograd_lite.engine.text import counted, shortened, shown
from autograd_lite.lessons.building.probes import (
    PARENTS,
    PARTIALS,
    Wrong,
    among,
    attribute,
    number,
    parents,
    sends,
    tried,
)

NAMES = "ab"
Numbers = Sequence[float]
Reasons = Sequence[
    tuple[Callable[..., float], str]
]  # a formula of the operands that gives a wrong number, and what it is


def keeps(kind: Any) -> None:
    """Hole 1: number, gradient, parents and local derivatives, each Value its own."""
    a = tried("Value(2.0)", lambda: kind(2.0))
    b = tried("Value(-3.5)", lambda: kind(-3.5))
    for words, node, data in (("Value(2.0)", a, 2.0), ("Value(-3.5)", b, -3.5)):
        number(f"the data of {words}", _kept(words, node, "data"), data, partial(_shared, node, (a, b)))
        number(f"the gradient of {words} at first", _kept(words, node, "grad"), 0.0)
        if found := parents(node):
            raise Wrong(
                f"{words} has {counted(len(found), 'parent')}, expected none: it was not computed from anything"
            )
    words = "Value(5.0, (a, b), (4.0, 6.0))"
    c = tried(words, lambda: kind(5.0, (a, b), (4.0, 6.0)))
    number(f"the data of {words}", c.data, 5.0)
    number(f"the gradient of {words} at first", c.grad, 0.0)
    if attribute(c, PARENTS) is None:
        raise Wrong(f"{words} has no attribute parents, expected a and b: nothing remembers what it was computed from")
    _same_parents(words, c, (a, b))
    if sends(c):
        return
    held = attribute(c, PARENTS)
    if isinstance(held, (set, frozenset)):
        raise Wrong(
            f"{words}: its parents are a set, which has no order, so nobody knows which local derivative is whose"
        )
    if next(iter(held)) is not a:
        raise Wrong(f"{words}: its parents are b and a, expected a and b, in the order of the local derivatives")
    partials = attribute(c, PARTIALS)
    if partials is None:
        raise Wrong(f"{words} has no attribute partials, expected 4 and 6, one local derivative for each parent")
    _as_many(words, partials, 2)
    for name, found, expected in zip(NAMES, partials, (4.0, 6.0), strict=True):
        number(f"the local derivative of {words} for {name}", found, expected)
    later = tried("Value(1.0)", lambda: kind(1.0))
    if found := parents(later):
        raise Wrong(
            f"a Value made after others has {counted(len(found), 'parent')}, expected none: they share one list"
        )


def _kept(words: str, node: Any, name: str) -> Any:
    if not hasattr(node, name):
        raise Wrong(f"{words} has no attribute {name}: after __init__ the number is gone, unless self keeps it")
    return getattr(node, name)


def _shared(node: Any, others: Sequence[Any], x: float) -> str:
    return among(x, [(float(other.data), "all Values share one number") for other in others if other is not node])


class Operation(NamedTuple):
    """An operation as it is written, what it computes, its slopes; and wrong numbers that tell where they come from."""

    text: str
    apply: Callable[..., Any]
    value: Callable[..., float]
    slopes: Sequence[Callable[..., float]]
    points: Sequence[Numbers]
    values: Reasons
    wrong_slopes: Sequence[Reasons]  # for each operand

    def check(self, kind: Any) -> None:
        """Raise Wrong, with numbers, if the reader's Values compute something else, or record it otherwise."""
        for xs in self.points:
            self._at(kind, xs)

    def _at(self, kind: Any, xs: Numbers) -> None:
        leaves = [kind(x) for x in xs]
        where = " and ".join(f"{name} = {shown(x)}" for name, x in zip(NAMES, xs, strict=False))
        said = f"{self.text} with {where}"
        y = tried(said, lambda: self.apply(*leaves))
        a_value(said, y, kind)
        reasons = [(_of(formula, xs), words) for formula, words in self.values]
        number(f"{said}: its number", y.data, self.value(*xs), lambda x: among(x, reasons))
        for name, leaf, x in zip(NAMES, leaves, xs, strict=False):
            if y is leaf or leaf.data != x:
                raise Wrong(
                    f"{said} has changed {name} itself, from {shown(x)} to {shown(leaf.data)}; make a new Value"
                )
        number(f"{said}: its gradient at first", y.grad, 0.0)
        _same_parents(said, y, leaves)
        for place, (name, x) in enumerate(zip(NAMES, xs, strict=False)):
            expected = self.slopes[place](*xs)
            truth = [(-expected, "the size is right, the sign is not")]
            reasons = [(_of(formula, xs), words) for formula, words in self.wrong_slopes[place]]
            general = [
                (self.value(*xs), f"that is the value of {self.text}, not how fast it changes with {name}"),
                (x, f"that is the value of {name} itself, not how fast {self.text} changes with it"),
                (0.0, f"so {self.text} would not depend on {name}"),
            ]
            told = partial(_told, expected, [*truth, *reasons, *general])
            _share(said, y, leaves, place, expected, told)


def _told(expected: float, reasons: Sequence[tuple[float, str]], x: float) -> str:
    return among(x, [(y, words) for y, words in reasons if y != expected])


def _of(formula: Callable[..., float], xs: Numbers) -> float:
    """The number of a wrong formula; nan where it has none."""
    try:
        return formula(*xs)
    except (ArithmeticError, ValueError, TypeError):  # of these operands, or a complex number
        return math.nan


def a_value(said: str, y: Any, kind: Any) -> None:
    """Raise Wrong unless something is a Value."""
    if y is None:
        raise Wrong(f"{said} is None: the new Value is not returned")
    if not isinstance(y, kind):
        raise Wrong(f"{said} is {shortened(y)}, which is no Value: nothing remembers where this number came from")


def _same_parents(said: str, y: Any, expected: Sequence[Any]) -> None:
    """Raise Wrong unless the parents of a node are these, and no others."""
    found, names = parents(y), " and ".join(NAMES[: len(expected)])
    count = counted(len(found), "parent")
    if plain := [x for x in found if attribute(x, PARENTS) is None]:
        raise Wrong(f"{said}: among its parents is {shortened(plain[0])}, which is no Value, expected {names} only")
    if len({*map(id, found)} & {*map(id, expected)}) < len(expected) and len(found) >= len(expected):
        raise Wrong(
            f"{said}: not {names} but copies are recorded as its parents, and nobody will look at their gradients"
        )
    if len(found) != len(expected):
        raise Wrong(f"{said} has {count}, expected {len(expected)}: {names}")


def _as_many(said: str, partials: Any, count: int) -> None:
    """Raise Wrong unless there is one local derivative for each parent."""
    try:
        found = len(partials)
    except TypeError:
        raise Wrong(
            f"{said}: partials is {shortened(partials)}, expected {counted(count, 'number')} in a tuple"
        ) from None
    if found != count:
        raise Wrong(f"{said} has {counted(found, 'local derivative')}, expected {count}, one for each parent")


def _partial(said: str, y: Any, leaf: Any) -> Any:
    """The local derivative that stands where the parent stands."""
    found, partials = parents(y), attribute(y, PARTIALS)
    _as_many(said, partials, len(found))
    return next(x for parent, x in zip(found, partials, strict=True) if parent is leaf)


def _share(said: str, y: Any, leaves: Sequence[Any], place: int, expected: float, told: Callable[[float], str]) -> None:
    """Raise Wrong unless the local derivative for a parent, or what is sent to it, is as expected."""
    name = NAMES[place]
    if not sends(y):
        number(f"{said}: its local derivative for {name}", _partial(said, y, leaves[place]), expected, told)
        return
    for upstream, before in ((1.0, 0.0), (3.0, 0.0), (1.0, 10.0)):
        for leaf in leaves:
            leaf.grad = before
        y.grad = upstream
        tried(f"{said}: its _backward", y._backward)
        words = f"{said}: with the gradient {shown(upstream)}, what it sends to {name}"
        after = f"{words}, which has had {shown(before)}: its gradient then" if before else words
        if upstream == 3.0:
            told = partial(_told, 3.0 * expected, [(expected, f"its own gradient, {shown(upstream)}, is left out")])
        if before:
            told = partial(_told, before + expected, [(expected, "what was there is lost, and there may be more uses")])
        number(after, leaves[place].grad, before + upstream * expected, told)


def plain_number(kind: Any, text: str, apply: Callable[[Any], Any], value: float, slope: float) -> None:
    """Raise Wrong unless a Value can be combined with a plain number."""
    a, said = kind(2.0), f"{text} with a = 2"
    y = tried(f"{said}, where one operand is a plain number,", lambda: apply(a))
    a_value(said, y, kind)
    number(f"{said}: its number", y.data, value)
    found = parents(y)
    for parent in found:
        if attribute(parent, PARENTS) is None:
            raise Wrong(
                f"{said}: among its parents is the plain number {shortened(parent)}, which can have no gradient"
            )
    if not any(parent is a for parent in found):
        raise Wrong(f"{said}: a is not among its parents")
    if not sends(y):
        number(f"{said}: its local derivative for a", _partial(said, y, a), slope)


def used_twice(kind: Any, text: str, apply: Callable[[Any], Any], slope: float) -> None:
    """Raise Wrong unless both uses of one Value count."""
    a, said = kind(2.0), f"{text} with a = 2"
    y = tried(said, lambda: apply(a))
    if sends(y):
        y.grad = 1.0
        tried(f"{said}: its _backward", y._backward)
        number(f"{said}: what it sends to a, which is used twice,", a.grad, slope)
        return
    found = parents(y)
    if len(found) != 2:
        raise Wrong(f"{said} has {counted(len(found), 'parent')}, expected 2: a is used twice, and each use counts")
