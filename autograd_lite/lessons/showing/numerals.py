"""Numbers, and lists of them, as the tables of lessons show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd_lite.engine.value import plain


def written(value: Any, digits: int = 13) -> str:
    """A number, or numbers in parentheses, to a given number of digits.

    >>> written((0.1 + 0.2, [-1.0, 2])), written("XOR")
    ('(0.3, (−1, 2))', 'XOR')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {written(x, digits)}" for key, x in value.items())
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return f"({', '.join(written(x, digits) for x in value)})"
    return f"{plain(value) or 0.0:.{digits}g}".replace("-", "−")
