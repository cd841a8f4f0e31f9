"""What answers and sheets need of a lesson; the class stands in `lesson.py`, which needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from autograd_lite.lessons.exercises import Asked
from autograd_lite.lessons.outcome import Outcome


class LessonError(ValueError):
    """An unknown lesson, a parameter that it does not take, or a quantity that it does not have."""


class Taught(Protocol):
    """A lesson, as far as it is asked about; `lesson.py` has the class."""

    @property
    def id(self) -> str:
        """Its name, such as L01."""

    @property
    def title(self) -> str:
        """What it is about, in a few words."""

    @property
    def statement(self) -> str:
        """What it is about, in Markdown."""

    @property
    def quiz(self) -> Any:
        """What its sheets ask; None where it has none."""

    @property
    def asked(self) -> Asked:
        """Its question, its exercises, its hints."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters by their names."""

    def at(self, parameters: Mapping[str, Any]) -> str:
        """The lesson and its parameters in a few words."""

    def answer(self, name: str, *guess: Any, **given: Any) -> Any:
        """Judge an answer."""

    def __hash__(self) -> int:
        """There is only one of each."""

    def completed(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters: those given, and the defaults of the others."""

    def __call__(self, **given: Any) -> Outcome:
        """Run the lesson."""
