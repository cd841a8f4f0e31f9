"""What a graph looks like: names, formulas, pictures, steps, what is wrong with it, typed expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd_lite.engine.lazy import lazily

if TYPE_CHECKING:
    from autograd_lite.views.doctor.diagnosis import diagnose as diagnose
    from autograd_lite.views.doctor.findings import Finding as Finding
    from autograd_lite.views.picture.drawing import draw as draw
    from autograd_lite.views.picture.layout import LayoutError as LayoutError
    from autograd_lite.views.steps.comparison import compare as compare
    from autograd_lite.views.steps.naive import naive_gradient as naive_gradient
    from autograd_lite.views.steps.path_sums import paths as paths
    from autograd_lite.views.steps.tracer import Trace as Trace, trace as trace
else:
    names = {
        "doctor.diagnosis": ["diagnose"],
        "doctor.findings": ["Finding"],
        "picture.drawing": ["draw"],
        "picture.layout": ["LayoutError"],
        "steps.comparison": ["compare"],
        "steps.naive": ["naive_gradient"],
        "steps.path_sums": ["paths"],
        "steps.tracer": ["Trace", "trace"],
    }
    __getattr__, __dir__ = lazily(__name__, names)
