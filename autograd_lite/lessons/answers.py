"""Answers to the exercises: judged against computed numbers, to three significant digits.

A wrong answer is told what it may come from, if one mistake alone gives it; the second one gets a hint; only after
three is the answer told, with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.text import readable
from autograd_lite.lessons.guesses import GuessError, asked_shape, blank, read
from autograd_lite.lessons.hints import hint, reason
from autograd_lite.lessons.outcome import written
from autograd_lite.lessons.quantities import Quantity, filled, quantities
from autograd_lite.lessons.slips import diagnosed, likely, right
from autograd_lite.views.columns import literal

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson

TRIES = 3  # after these, the answer is told
_tried: dict[tuple[Any, ...], list[list[Any]]] = {}  # the wrong answers of this process, each once


class Answer:
    """What is said to an answer; `right` tells whether it was.

    The same wrong answer, given again, is the same try. To ask with ... begins anew.

    >>> from autograd_lite.lessons import find
    >>> circuit = find("L02")
    >>> circuit.answer("dL/dx", ...)
    ? ∂L/∂x: one number, to three digits, in place of the dots
    >>> circuit.answer("dL/dx", 6)
    ✗ ∂L/∂x = 6: The size is right; the sign is not.
    >>> circuit.answer("dL/dx", "2 * 5")
    ✗ ∂L/∂x = 10: Not 10.
      Hint: From L back to x: L ← f ← g ← x. Multiply along it: ∂L/∂f·∂f/∂g·∂g/∂x = w·1·y.
    >>> circuit.answer("dL/dx", -6), circuit.answer("dL/dx", -6).right
    (✓ ∂L/∂x = −6, True)
    """

    def __init__(self, lesson: Lesson, name: str, guess: Any, given: Mapping[str, Any]) -> None:
        asked = quantities(lesson, given)
        self._mark, self._given, self._said, self._hint, self._told = "?", "", "", "", ""
        if judge := getattr(asked.known.get(name), "judge", None):  # what is no number judges itself, with a reason
            self.name, self.right, self._said = name, False, "your words, or a number of the list, in place of the dots"
            if guess is not ...:
                self.right, self._said = judge(guess)
                self._mark = "✓" if self.right else "✗"
            return
        self.quantity = asked[name]
        self.name = self.quantity.name
        self.right = False
        key = lesson, self.name, *asked.parameters.values()
        if blank(guess):
            _tried.pop(key, None)
            self._said = f"{asked_shape(self.quantity)}, to three digits, in place of the dots"
            return
        try:
            numbers = read(guess, self.quantity)
        except GuessError as error:
            self._said = readable(str(error))
            return
        self._given = written(filled(self.quantity.shape, iter(numbers)), 4)
        self.right = right(numbers, self.quantity.entries)
        self._mark = "✓" if self.right else "✗"
        if self.right:
            _tried.pop(key, None)
            return
        tries = _tried.setdefault(key, [])
        if numbers not in tries:
            tries.append(numbers)
        count = tries.index(numbers) + 1
        self._said = diagnosed(numbers, self.quantity, likely(asked, self.quantity)) or f"Not {self._given}."
        if count > 1:
            self._hint = hint(asked, self.quantity)
        if count > TRIES:
            self._hint, self._told = "", told(self.quantity, reason(asked, self.quantity))

    def __repr__(self) -> str:
        from autograd_lite.lessons.letters import in_a_terminal

        lines = [self._line(str)]
        lines += [f"  Hint: {in_a_terminal(self._hint)}"] * bool(self._hint)
        return "\n".join([*lines, *[f"  {in_a_terminal(self._told)}"] * bool(self._told)])

    def _repr_markdown_(self) -> str:
        hinted = [f"Hint: {self._hint}"] * bool(self._hint)
        return "  \n".join([self._line(literal), *hinted, *[self._told] * bool(self._told)])

    def _line(self, text: Any) -> str:
        given = f" = {self._given}" if self._given else ""
        said = f": {self._said}" if self._said else ""
        return str(text(f"{self._mark} {self.name}{given}{said}"))


def told(quantity: Quantity, why: str) -> str:
    """The answer with its reason."""
    return f"The answer is {written(quantity.truth, 4)}. {why}".strip()
