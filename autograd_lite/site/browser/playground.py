"""What the playground asks: an expression's steps, and what a program prints and shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_lite.engine.value import Value
from autograd_lite.views.expressions import Expression
from autograd_lite.views.steps.tracer import trace


def expression(text: str, where: str, tell: Callable[[Any], object]) -> dict[str, Any]:
    """The page of an expression."""
    del tell
    read = Expression(text)
    values = {
        name: Value(float(value), label=name) for name, _, value in (part.partition("=") for part in where.split())
    }
    y = read(**values)
    assert isinstance(y, Value)
    return {"page": trace(y).to_html(), "title": f"the steps of {text}"}
