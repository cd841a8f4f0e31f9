"""Answers to the exercises: judged against computed numbers, to three significant digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograd_lite.lessons.outcome import written
from autograd_lite.views.steps.asked import agrees

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson


class Answer:
    """What is said to an answer; `right` tells whether it was."""

    def __init__(self, lesson: Lesson, name: str, guess: Any, given: Mapping[str, Any]) -> None:
        outcome = lesson(**given)
        known = {**outcome.further, **outcome.numbers}
        self.name = next(x for x in known if _ascii(x) == _ascii(name))
        truth = known[self.name]
        truth = truth() if callable(truth) else truth
        self.guess = guess
        self.right = guess is not ... and _all(guess, truth)

    def __repr__(self) -> str:
        if self.guess is ...:
            return f"? {self.name}: put your numbers in place of the dots"
        return f"{'✓' if self.right else '✗'} {self.name} = {written(self.guess, 4)}"


def _all(guess: Any, truth: Any) -> bool:
    if isinstance(truth, (list, tuple)):
        return len(guess) == len(truth) and all(map(_all, guess, truth))
    return agrees(float(guess), float(truth))


def _ascii(name: str) -> str:
    return name.replace("∂", "d").replace("′", "'")
