"""A derivation: lines of LaTeX, each with its reason, and beside it what the engine has for the same symbol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd_lite.views.columns import Columns


class Line(NamedTuple):
    """One line of a derivation: a formula, why it follows, and the engine's number for what it says.

    `formula` is LaTeX without dollar signs; `why` is Markdown; `engine` names the node or the parameter that has the
    number, such as `z²₁.grad`, and `number` is a number, or nested lists of them.
    """

    formula: str
    why: str = ""
    engine: str = ""
    number: Any = None


class Derivation(NamedTuple):
    """A title and its lines, in the steps of the notes."""

    title: str
    lines: Sequence[Line]

    def table(self) -> Columns:
        """The derivation as a table, for a terminal."""
        from autograd_lite.lessons.command import in_a_terminal
        from autograd_lite.lessons.outcome import written

        rows = []
        for formula, why, engine, number in self.lines:
            shown = "" if number is None else written(number, 6)
            rows.append([in_a_terminal(f"${formula}$"), in_a_terminal(why), engine, shown])
        return Columns(self.title, ["", "why", "in the engine", " its number"], rows)
