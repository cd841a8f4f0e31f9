"""How the time of a function grows, on a busy machine too: in seconds of this process, which others do not add to."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any


def seconds(f: Callable[[], Any], times: int = 3) -> float:
    """The least processor time that a call takes."""
    spent = []
    for _ in range(times):
        start = process_time()
        f()
        spent.append(process_time() - start)
    return min(spent)
