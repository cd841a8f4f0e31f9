"""Pictures of training: curves, decision boundaries, and networks with their weights."""

from autograd_lite.plots.diagram import network as network
from autograd_lite.plots.figures import COLOURS as COLOURS
from autograd_lite.plots.figures import INK as INK
from autograd_lite.plots.figures import curves as curves
from autograd_lite.plots.figures import decision_boundary as decision_boundary
from autograd_lite.plots.figures import kind_of as kind_of
from autograd_lite.plots.figures import loss_curves as loss_curves
from autograd_lite.plots.figures import page as page
from autograd_lite.plots.figures import save as save

__all__ = [
    "COLOURS",
    "INK",
    "curves",
    "decision_boundary",
    "kind_of",
    "loss_curves",
    "network",
    "page",
    "save",
]
