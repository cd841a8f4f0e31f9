"""The training loop with its history and progress line, and the command `train`."""

from autograd_lite.train.history import DivergedError, History, WorkerError
from autograd_lite.train.loop import fit

__all__ = ["DivergedError", "History", "WorkerError", "fit"]
