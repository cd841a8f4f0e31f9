"""What a sheet of a lesson asks, and how its numbers are drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd_lite.lessons.asking.quantities import Quantities, quantities

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson

DRAWS = 60  # after which the best of them is taken


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

        Where something asked would be 0, infinite or fail, others are drawn; at last those of which the least is so.
        """
        random = Random(f"{lesson.id} {seed}")
        best: tuple[int, Quantities] | None = None
        for _ in range(DRAWS):
            given = {name: _drawn(choices, random) for name, choices in self.drawn.items()}
            try:
                found = quantities(lesson, given)
                dull = sum(_dull(found[name].entries) for name in self.asks)
            except ArithmeticError:
                continue
            if best is None or dull < best[0]:
                best = dull, found
            if dull == 0 or not self.drawn:
                break
        if best is None:
            raise ValueError(f"{lesson.id}: no draw of its quiz can be computed")
        return best[1]


def _drawn(choices: Sequence[Any], random: Random) -> Any:
    if len(choices) != 3 or isinstance(choices[0], str):
        return random.choice(list(choices))
    least, most, step = choices
    place = random.randrange(math.floor((most - least) / step + 1e-9) + 1)
    return round(least + place * step, 10)


def _dull(entries: Sequence[Any]) -> int:
    """How bad a task is: 1 where all is 0; much worse where a number is not finite."""
    numbers = [x for x in entries if not isinstance(x, str)]
    if not all(map(math.isfinite, numbers)):
        return 1000
    return int(bool(numbers) and all(abs(x) < 1e-9 for x in numbers))
