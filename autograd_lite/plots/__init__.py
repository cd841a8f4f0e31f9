"""Pictures of training: curves, decision boundaries, and networks with their weights."""

from autograd_lite.plots.boundary import decision_boundary
from autograd_lite.plots.diagram import network
from autograd_lite.plots.figures import (
    COLOURS,
    INK,
    curves,
    kind_of,
    loss_curves,
    page,
    rendered,
    save,
)

__all__ = [
    "COLOURS", "INK", "curves", "decision_boundary", "kind_of", "loss_curves", "network", "page", "rendered", "save",
]  # fmt: skip
