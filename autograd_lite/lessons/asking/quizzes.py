"""What a sheet of a lesson asks, and how its numbers are drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd_lite.lessons.asking.quantities import Quantities, quantities
from autograd_lite.lessons.asking.slips import right

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson

DRAWS = 60  # after which the best of them is taken
SEEDS = 40  # each with numbers of its own: as many as a class has students


class Quiz(NamedTuple):
    """What a sheet asks of a lesson: some of its numbers, by name, for parameters that are drawn.

    `drawn` says how: (least, most, step) for a number, or the words to choose from; other parameters keep their
    defaults. `paper` is the lesson that is asked instead, where the lesson itself trains or is too long for pen and
    paper; its `drawn` and `asks` are these, if it has no quiz of its own. `task` is what the sheet says in place of
    the lesson's statement, if that has the numbers of the notes or the solution in it; it tells all that is not drawn.
    """

    asks: tuple[str, ...]
    drawn: Mapping[str, Sequence[Any]] = {}
    paper: Lesson | None = None
    task: str = ""

    def draw(self, lesson: Lesson, seed: int) -> Quantities:
        """The lesson with parameters of a seed's own.

        All draws are put in an order in which neighbours have little in common, and each seed has a stretch of them
        for itself, as long as there are enough. Where something asked would be 0, infinite or fail, or two answers
        are the same by chance, the next draw is taken; at last the one of which the least is so.
        """
        choices = [_choices(drawn) for drawn in self.drawn.values()]
        size = math.prod(map(len, choices))
        stride = _stride(size)
        stretch = min(max(size // SEEDS, 1), DRAWS)
        alike = self._alike(quantities(lesson, {}))
        best: tuple[int, Quantities] | None = None
        for place in range(seed * stretch, seed * stretch + min(DRAWS, size)):
            given = dict(zip(self.drawn, _picked(choices, place * stride % size), strict=True))
            try:
                found = quantities(lesson, given)
                dull = sum(_dull(found[name].entries) for name in self.asks)
            except ArithmeticError:
                continue
            dull += len(self._alike(found) - alike)
            if best is None or dull < best[0]:
                best = dull, found
            if dull == 0:
                break
        if best is None:
            raise ValueError(f"{lesson.id}: no draw of its quiz can be computed")
        return best[1]

    def _alike(self, asked: Quantities) -> set[tuple[str, str]]:
        """The questions that have the same answer; with the parameters of the notes they have it for a reason."""
        pairs = combinations([asked[name] for name in self.asks], 2)
        return {(x.name, y.name) for x, y in pairs if x.shape == y.shape and right(x.entries, y.entries)}


def _choices(drawn: Sequence[Any]) -> Sequence[Any]:
    """What may be drawn: numbers from the least to the most, or words."""
    if len(drawn) != 3 or isinstance(drawn[0], str):
        return drawn
    least, most, step = drawn
    return [round(least + k * step, 10) for k in range(math.floor((most - least) / step + 1e-9) + 1)]


def _picked(choices: Sequence[Sequence[Any]], place: int) -> list[Any]:
    """One of each, as the digits of a place."""
    found = []
    for some in choices:
        place, digit = divmod(place, len(some))
        found.append(some[digit])
    return found


def _stride(size: int) -> int:
    """Steps of this length lead to all places; by the golden section they are spread evenly."""
    return next(k for k in range(max(1, int(0.618 * size)), size + 2) if math.gcd(k, size) == 1)


def _dull(entries: Sequence[Any]) -> int:
    """How bad a task is: 1 where all is 0; much worse where a number is not finite."""
    numbers = [x for x in entries if not isinstance(x, str)]
    if not all(map(math.isfinite, numbers)):
        return 1000
    return int(bool(numbers) and all(abs(x) < 1e-9 for x in numbers))
