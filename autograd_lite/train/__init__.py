"""The training loop, its progress, its command."""

from autograd_lite.train.loop import DivergedError as DivergedError
from autograd_lite.train.loop import History as History
from autograd_lite.train.loop import checked as checked
from autograd_lite.train.loop import fit as fit

__all__ = [
    "DivergedError",
    "History",
    "checked",
    "fit",
]
