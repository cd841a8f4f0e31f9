"""What a sheet of a lesson asks, and how its numbers are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson


class Quiz(NamedTuple):
    """What a sheet asks of a lesson: some of its numbers, by name, for parameters that are drawn.

    `drawn` says how: (least, most, step) for a number, or the words to choose from; other parameters keep their
    defaults. `paper` is the lesson that is asked instead, where the lesson itself trains or is too long for pen and
    paper; its `drawn` and `asks` are these.
    """

    asks: tuple[str, ...]
    drawn: Mapping[str, Sequence[Any]] = {}
    paper: Lesson | None = None
