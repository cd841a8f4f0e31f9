"""The curriculum: the worked examples of the lecture notes, one definition each for command, notebooks and tests.

>>> from autograd_lite.lessons import find
>>> find("L01")(x=1.5).check()
<Outcome of L01 at x = 1.5: 4 numbers, 2 of 2 claims hold>
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd_lite.engine.lazy import lazily

if TYPE_CHECKING:
    from autograd_lite.lessons.chapters import CHAPTERS as CHAPTERS, LESSONS as LESSONS, find as find
    from autograd_lite.lessons.lesson import Lesson as Lesson, LessonError as LessonError
    from autograd_lite.lessons.outcome import Outcome as Outcome
    from autograd_lite.lessons.showing.course import save_course as save_course
else:
    names = {
        "chapters": ["CHAPTERS", "LESSONS", "find"],
        "showing.course": ["save_course"],
        "lesson": ["Lesson", "LessonError"],
        "outcome": ["Outcome"],
    }
    __getattr__, __dir__ = lazily(__name__, names)
