"""The training loop with its history and progress line, and the command `train`."""

from autograd_lite.train.history import DivergedError as DivergedError
from autograd_lite.train.history import History as History
from autograd_lite.train.loop import fit as fit

__all__ = [
    "DivergedError",
    "History",
    "fit",
]
