"""What is known of an operation beside its mathematics: how it is written, drawn, exported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Partial = float | Callable[..., Any]


class Traits:
    """The optional fields of a row; the views, the exports and the other engines read them, and keep no lists."""

    doc: str | None = None  # what it is, in a sentence and an example; those of the table stand in docs.py
    shown: Sequence[Partial] | None = None  # the textbook's local partials, where the numerically right ones differ
    form: str | Callable[..., Any] | None = None  # how a formula is laid out: views/formulas.py; or by other operations
    text: str | None = None  # the function's name in formulas of plain text, if not its own
    latex: str | None = None  # and in LaTeX
    symbol: str | None = None  # what a picture shows instead of the name
    commutative: bool = False  # the order of the operands does not matter
    saturates: float | None = None  # the steepest slope of a unit that goes flat for large inputs
    ufunc: str = ""  # NumPy's name, if another
    javascript: str | None = None  # the value, where the row compares numbers and so cannot be read as text
    torch: tuple[str, dict[str, Any]] | None = None  # the module of torch.nn that it is, and its arguments
