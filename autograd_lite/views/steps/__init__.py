"""The steps of a graph, forward and backward: as data, as tables, as formulas, and as a page to step through."""

from autograd_lite.steps.changes import Change as Change
from autograd_lite.steps.differences import Differences as Differences
from autograd_lite.steps.differences import compare as compare
from autograd_lite.steps.naive import naive_gradient as naive_gradient
from autograd_lite.steps.record import Backward as Backward
from autograd_lite.steps.record import Forward as Forward
from autograd_lite.steps.record import Trace as Trace
from autograd_lite.steps.record import trace as trace
from autograd_lite.steps.routes import Path as Path
from autograd_lite.steps.routes import Paths as Paths
from autograd_lite.steps.routes import paths as paths

__all__ = [
    "Backward",
    "Change",
    "Differences",
    "Forward",
    "Path",
    "Paths",
    "Trace",
    "compare",
    "naive_gradient",
    "paths",
    "trace",
]
