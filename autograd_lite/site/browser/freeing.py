"""Frees graphs by a loop: the browser's stack is too small for the calls in which Python frees a long chain of nodes.

Elsewhere Python itself counts these calls and puts off what is too deep. In the browser it cannot see the end of
JavaScript's stack: a sum of 5,000 terms, freed, would end all of Python.
"""

from __future__ import annotations

from typing import Any

from autograd_lite.engine.value import Value


def free_by_loop() -> None:
    """Let a node that is freed hand its operands to a loop; for the engine in Python, where it is needed."""
    waiting: list[Any] = []
    busy = False

    def free(node: Any) -> None:
        nonlocal busy
        waiting.append(node._x)
        waiting.append(node._y)
        node._x = node._y = None
        if busy:  # the loop below has freed this one, and comes to its operands
            return
        busy = True
        while waiting:
            waiting.pop()
        busy = False

    Value.__del__ = free  # type: ignore[attr-defined]
