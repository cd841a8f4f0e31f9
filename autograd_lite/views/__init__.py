"""What a graph looks like: names, formulas, pictures, steps, what is wrong with it, typed expressions."""

from autograd_lite.views.doctor.diagnosis import diagnose as diagnose
from autograd_lite.views.doctor.findings import Finding as Finding
from autograd_lite.views.picture.drawing import draw as draw
from autograd_lite.views.picture.layout import LayoutError as LayoutError
from autograd_lite.views.steps.comparison import compare as compare
from autograd_lite.views.steps.naive import naive_gradient as naive_gradient
from autograd_lite.views.steps.path_sums import paths as paths
from autograd_lite.views.steps.tracer import Trace as Trace, trace as trace

__all__ = ["Finding", "LayoutError", "Trace", "compare", "diagnose", "draw", "naive_gradient", "paths", "trace"]
