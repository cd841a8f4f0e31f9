"""Every item of the lecture notes has its lesson: a table of what they have, and where it is found."""

from __future__ import annotations

import functools

import pytest

from autograd_lite.lessons import LESSONS
from autograd_lite.lessons.outcome import Outcome

run_once: functools._lru_cache_wrapper[Outcome] = functools.cache(lambda name: LESSONS[name]())

# What the notes have, the lesson that has it, and there the name of a number, a claim, a table or a derivation, or a
# word of its statement or of what it asks.
ITEMS = [
    # 1. The chain rule on a graph
    ("e^sin(x²), differentiated three times", "L01", "f‴"),
    # 2. Neurons and gates
    # 3. Losses and one neuron
    # 4. Backpropagation in networks
    # 5. Descent
    # 6. Bugs, and an engine of one's own
]


@pytest.mark.parametrize(("item", "name", "there"), ITEMS, ids=[row[0] for row in ITEMS])
def test_every_item_of_the_notes_has_its_lesson(item: str, name: str, there: str) -> None:
    """What the notes have is in the lesson that the table names: in its numbers, claims, tables or words."""
    lesson = LESSONS[name]
    words = lesson.statement + lesson.asked.question + "".join(map("".join, lesson.asked.exercises))
    if there in words:
        return
    outcome = run_once(name)
    titles = [*(part.title for part in outcome.tables), *(part.title for part in outcome.derivations)]
    assert any(there in known for known in (*outcome.numbers, *outcome.further, *outcome.claims, *titles)), item
