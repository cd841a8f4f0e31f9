"""What goes wrong with any quantity, each a row: the numbers that it would give, and what is said to them.

`views/steps/mistakes.py` has the mistakes with single steps of the chain rule; here are those with a whole answer. A
formula takes numbers by the names of its parameters, lists of them, and gives a list; where a name has several such
lists, each is tried. In the words, {name of other} is what it is called.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from autograd_lite.engine.text import shown
from autograd_lite.lessons.asking.quantities import Quantities
from autograd_lite.lessons.asking.quantity import ROUNDING, Part, Quantity
from autograd_lite.views.steps.asked import Question, agrees, close
from autograd_lite.views.steps.mistakes import possible

Numbers = list[float]
SIGN = "The size is right; the sign is not."  # which is so, whatever else may give the number
NEAR = "Near: right to two digits, but not to three. Round to three digits."


class Slip(NamedTuple):
    """One row; `kinds` are the quantities that it is a wrong answer to: any, a slope, or numbers after a step."""

    key: str
    kind: str
    formula: Callable[..., Numbers]
    words: str

    @property
    def needs(self) -> tuple[str, ...]:
        """The numbers that the formula takes."""
        code = self.formula.__code__
        return code.co_varnames[: code.co_argcount]


# fmt: off
SLIPS = [
    Slip("sign", "any", lambda truth: [-x for x in truth], SIGN),
    Slip("half", "slope", lambda truth: [x / 2.0 for x in truth], "That is half of it: a factor 2 is missing, or a ½ too many, as with the derivative of a square."),
    Slip("twice", "slope", lambda truth: [x * 2.0 for x in truth], "That is twice as much: a ½ is missing, or a factor 2 too many, as with the derivative of a square."),
    Slip("sum", "any", lambda truth, n: [x * n[0] for x in truth], "That is {n} times as much: the sum, where the mean over {n} is asked."),
    Slip("mean", "any", lambda truth, n: [x / n[0] for x in truth], "That is a part in {n} of it: the mean over {n}, where the sum is asked."),
    Slip("transposed", "any", lambda columns: columns, "Rows and columns have changed places."),
    Slip("reversed", "any", lambda turned: turned, "The numbers are right, their order is not."),
    Slip("values", "slope", lambda values: values, "That is the value itself; asked is how fast {root} changes with it."),
    Slip("gradient", "value", lambda gradients: gradients, "That is the derivative of {root} with respect to it; asked is the value."),
    Slip("other", "any", lambda other: other, "That is {name of other}; asked is {name}."),
    Slip("before", "after", lambda before: before, "So it was before the step; asked is what it is after it."),
    Slip("uphill", "after", lambda truth, before: [2.0 * b - x for x, b in zip(truth, before, strict=True)], "That is a step uphill: the gradient is subtracted, not added."),
    Slip("step alone", "after", lambda truth, before: [b - x for x, b in zip(truth, before, strict=True)], "That is η times the gradient, the step alone: subtract it from what was before."),
    Slip("no rate", "after", lambda truth, before, eta: [b - (b - x) / eta[0] for x, b in zip(truth, before, strict=True)], "The learning rate η is missing: the whole gradient is subtracted here."),
]
# fmt: on


class Likely(NamedTuple):
    """The answers that are wrong in a known way, with what is said to them: whole ones, and for each single number."""

    wholes: list[tuple[Numbers, str]]
    entries: list[list[tuple[float, str]]]


def likely(asked: Quantities, quantity: Quantity) -> Likely:
    """What a wrong answer to a quantity may come from; nothing that would be right.

    A number of another name is named only where no mistake gives it.
    """
    truth = quantity.entries
    if any(isinstance(x, str) for x in truth):
        return Likely([], [[] for _ in truth])
    general = [slip for slip in _wholes(asked, quantity) if not right(slip[1], truth)]
    parts = [_of_part(asked, part, x) for part, x in zip(quantity.parts, truth, strict=False)]
    entries: list[list[tuple[float, str]]] = [[] for _ in truth]
    wholes: list[tuple[Numbers, str]] = []
    if len(truth) > 1:
        for place, x in enumerate(truth):
            one = _general(Quantity(quantity.name, x), {"truth": [("", [x])]}, {})
            found = [*(parts[place] if parts else ()), *((numbers[0], words) for _, numbers, words in one)]
            entries[place] = [(number, words) for number, words in dict.fromkeys(found) if not agrees(number, x)]
    elif parts and parts[0]:
        wholes += [([number], words) for number, words in parts[0]]
        general = [slip for slip in general if slip[0] not in ("values", "gradient")]  # which say the same
    wholes += [(numbers, words) for key, numbers, words in general if key != "other"]
    named = [(numbers, words) for key, numbers, words in general if key == "other"]
    wholes += [each for each in named if not any(right(each[0], numbers) for numbers, _ in wholes)]
    return Likely(list(_unique(wholes)), entries)


def _unique(wholes: Iterable[tuple[Numbers, str]]) -> Iterator[tuple[Numbers, str]]:
    """Each answer with its words once."""
    seen: set[tuple[tuple[float, ...], str]] = set()
    for numbers, words in wholes:
        key = tuple(numbers), words
        if key not in seen and all(map(math.isfinite, numbers)):
            seen.add(key)
            yield numbers, words


def _wholes(asked: Quantities, quantity: Quantity) -> Iterator[tuple[str, Numbers, str]]:
    truth, shape = [*map(float, quantity.entries)], quantity.shape
    cases: dict[str, list[tuple[str, Numbers]]] = {"truth": [("", truth)]}
    counts = [float(asked.parameters[name]) for name in ("n", "samples") if name in asked.parameters]
    if counts and counts[0] > 1.0:
        cases["n"] = [("", counts)]
    if isinstance(quantity.truth, list) and len(truth) > 1:
        if all(part == () for part in shape):
            cases["turned"] = [("", truth[::-1])]
        elif all(row == shape[0] for row in shape) and len(shape) == len(shape[0]):
            cases["columns"] = [("", [x for column in zip(*quantity.truth, strict=True) for x in column])]
    trace = asked.trace if quantity.parts else None
    if trace is not None:
        held = trace.values if quantity.parts[0].kind == "gradient" else trace.gradients
        what = "values" if quantity.parts[0].kind == "gradient" else "gradients"
        cases[what] = [("", [held.get(part.node, 0.0) for part in quantity.parts])]
    others = [other for other in asked.others(quantity) if not isinstance(other.entries[0], str)]
    cases["other"] = [(other.name, [*map(float, other.entries)]) for other in others]
    if quantity.before:
        cases["before"] = [("", [*quantity.before])]
        if asked.parameters.get("eta"):
            cases["eta"] = [("", [float(asked.parameters["eta"])])]
    yield from _general(quantity, cases, {"root": asked.root})


def _general(
    quantity: Quantity, cases: dict[str, list[tuple[str, Numbers]]], texts: dict[str, str]
) -> Iterator[tuple[str, Numbers, str]]:
    kinds = {"any", "slope" if quantity.slope else "value", "after" if quantity.before else "any"}
    for row in SLIPS:
        if row.kind not in kinds:
            continue
        for chosen in product(*(cases.get(name, []) for name in row.needs)):
            taken = list(zip(row.needs, chosen, strict=True))
            said = {f"name of {name}": called for name, (called, _) in taken} | texts | {"name": quantity.name}
            said |= {name: shown(numbers[0]) for name, (_, numbers) in taken if numbers}
            words = row.words
            for key, text in said.items():
                words = words.replace(f"{{{key}}}", text)
            yield row.key, row.formula(*(numbers for _, numbers in chosen)), words


def _of_part(asked: Quantities, part: Part, truth: float) -> list[tuple[float, str]]:
    """The mistakes of the chain rule that give a number for one node."""
    if part.step is None or asked.trace is None:
        return []
    question = Question(asked.trace, part.step, part.kind)
    if not close(question.truth, truth):
        return []
    return [(n, words) for n, words in possible(part.kind, question.cases(), question.texts()) if n == n]


def right(guess: Sequence[Any], truth: Sequence[Any]) -> bool:
    """Whether all numbers are right."""
    scale = _scale(truth)
    return all(right_at(x, y, scale) for x, y in zip(guess, truth, strict=True))


def right_at(guess: Any, truth: Any, scale: float, digits: int = 3) -> bool:
    """Whether one number is right: to three digits; what was counted, exactly; what only rounding keeps from 0, as 0.

    `scale` is the largest number of the quantity.

    >>> right_at(0.333, 1 / 3, 1.0), right_at(1e-17, 0.0, 5.0), right_at(1220.0, 1218, 1218.0)
    (True, True, False)
    """
    if isinstance(truth, str):
        return bool(guess == " ".join(truth.split()).casefold())
    if isinstance(truth, int):
        return bool(guess == truth)
    tiny = ROUNDING * scale if scale > 0.0 else ROUNDING
    return (abs(truth) <= tiny and abs(guess) <= tiny) or agrees(guess, truth, digits)


def _scale(truth: Sequence[Any]) -> float:
    return max((abs(x) for x in truth if not isinstance(x, str) and math.isfinite(x)), default=0.0)


def diagnosed(guess: Sequence[float], quantity: Quantity, known: Likely) -> str:
    """What is said to a wrong answer.

    The one thing that the whole answer may come from; else how many of its numbers are right, and what the first of
    the others may come from; "" where nothing is known.
    """
    truth = quantity.entries
    if any(isinstance(x, str) for x in truth):
        return ""
    if words := only([words for numbers, words in known.wholes if right(guess, numbers)]) or only(
        [words for numbers, words in known.wholes if all(map(_four, guess, numbers))]
    ):
        return words
    scale = _scale(truth)
    good = [right_at(x, y, scale) for x, y in zip(guess, truth, strict=True)]
    near = all(right_at(x, y, scale, 2) for x, y in zip(guess, truth, strict=True))
    if len(truth) == 1:
        return NEAR if near and not isinstance(truth[0], int) else ""
    wrong = good.index(False)
    found = known.entries[wrong]
    words = only([words for number, words in found if agrees(guess[wrong], number)]) or only(
        [words for number, words in found if agrees(guess[wrong], number, 4)]
    )
    count = sum(good)
    if not words and near:
        return NEAR
    said = f"{count} of {len(good)} {'is' if count == 1 else 'are'} right." if count else ""
    place = f"{quantity.places[wrong]}:" if words else f"Look at {quantity.places[wrong]}." if count else ""
    return " ".join(filter(None, [said, place, words]))


def _four(guess: float, number: float) -> bool:
    return agrees(guess, number, 4)


def only(words: Iterable[str]) -> str:
    """What is said, if it is one thing; what may come from two mistakes is not explained by either, but its sign."""
    found = set(words)
    return SIGN if SIGN in found else found.pop() if len(found) == 1 else ""
