"""Build it: an engine that the reader writes in eight holes, and what is said to each of them."""

from __future__ import annotations

from autograd_lite.lessons.building.judge import Verdict, judge
from autograd_lite.lessons.building.lesson import trained

__all__ = ["Verdict", "judge", "trained"]
