"""The steps of a graph, forward and backward: as data, as tables, as formulas, and as a page to step through."""

from autograd_lite.views.steps.changes import Change as Change
from autograd_lite.views.steps.comparison import Differences as Differences
from autograd_lite.views.steps.comparison import compare as compare
from autograd_lite.views.steps.naive import naive_gradient as naive_gradient
from autograd_lite.views.steps.path_sums import Path as Path
from autograd_lite.views.steps.path_sums import Paths as Paths
from autograd_lite.views.steps.path_sums import paths as paths
from autograd_lite.views.steps.tracer import Backward as Backward
from autograd_lite.views.steps.tracer import Forward as Forward
from autograd_lite.views.steps.tracer import Trace as Trace
from autograd_lite.views.steps.tracer import trace as trace

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
