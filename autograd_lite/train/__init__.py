"""The training loop with its history and progress line, sweeps of many trainings, and the command `train`."""

from autograd_lite.train.history import DivergedError, History, WorkerError
from autograd_lite.train.loop import fit
from autograd_lite.train.runs import Run, Sweep
from autograd_lite.train.sweeps import sweep

__all__ = ["DivergedError", "History", "Run", "Sweep", "WorkerError", "fit", "sweep"]
