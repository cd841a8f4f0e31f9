"""Answers to the exercises: judged against computed numbers, to three significant digits.

A wrong answer is told what it may come from, if one mistake alone gives it; the second one gets a hint; only after
three is the answer told, with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.text import readable
from autograd_lite.lessons.asking.guesses import GuessError, asked_shape, blank, read
from autograd_lite.lessons.asking.hints import Markdown, as_markdown, hint, reason
from autograd_lite.lessons.asking.nested import filled
from autograd_lite.lessons.asking.quantities import quantities
from autograd_lite.lessons.asking.slips import diagnosed, likely, right
from autograd_lite.lessons.showing.numerals import written
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
        self._asked = asked = quantities(lesson, given)
        self._mark, self._given, self._said, self._count = "?", "", "", 0
        if riddle := asked.riddle(name):  # which has a reason too
            self.name, self.right, self._said = name, False, "your words, or a number of the list, in place of the dots"
            if guess is not ...:
                self.right, self._said = riddle.judge(guess)
                self._mark = "✓" if self.right else "✗"
            return
        self.quantity = asked[name]
        self.name = self.quantity.name
        self.right = False
        key = lesson, self.name, *asked.parameters.values()
        if blank(guess):
            _tried.pop(key, None)
            digits = ", to three digits" * (not self.quantity.exact)
            self._said = f"{asked_shape(self.quantity)}{digits}, in place of the dots"
            return
        try:
            self._numbers = read(guess, self.quantity)
        except GuessError as error:
            self._said = readable(str(error))
            return
        self._given = written(filled(self.quantity.shape, iter(self._numbers)), 4)
        self.right = right(self._numbers, self.quantity.entries)
        self._mark = "✓" if self.right else "✗"
        if self.right:
            _tried.pop(key, None)
            return
        tries = _tried.setdefault(key, [])
        if self._numbers not in tries:
            tries.append(self._numbers)
        self._count = tries.index(self._numbers) + 1

    @cached_property
    def _lines(self) -> tuple[str, str, str]:
        """What is said: a line of text; what stands below it; and the hint or the reason that this begins."""
        given = f" = {self._given}" if self._given else ""
        said = self._said
        if self._count:
            said = diagnosed(self._numbers, self.quantity, likely(self._asked, self.quantity)) or f"Not {self._given}."
        line = f"{self._mark} {self.name}{given}{': ' * bool(said)}{said}"
        if self._count > TRIES:
            return line, f"The answer is {self.quantity.text}.", reason(self._asked, self.quantity)
        helps = hint(self._asked, self.quantity) if self._count > 1 else ""
        return line, "Hint:" * bool(helps), helps

    def __repr__(self) -> str:
        from autograd_lite.lessons.showing.letters import in_a_terminal

        line, below, why = self._lines
        why = in_a_terminal(why) if isinstance(why, Markdown) else why
        return f"{line}\n  {below} {why}".rstrip()

    def _repr_markdown_(self) -> str:
        line, below, why = self._lines
        return f"{literal(line)}  \n{literal(below)} {as_markdown(why)}".rstrip()
