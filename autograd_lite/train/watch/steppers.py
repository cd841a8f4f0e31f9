"""The stepper that the page opens: the loss of one point, packed, in which the page sets parameters, inputs and target.

Where the target can be a number of the graph, one stepper serves all points; otherwise each target has its own.
"""

from __future__ import annotations

import re
from base64 import b64encode
from math import isclose
from typing import Any, NamedTuple
from zlib import compress

from autograd_lite.engine.graph import topological_order
from autograd_lite.engine.value import Value, plain
from autograd_lite.train.watch.judged import Judged
from autograd_lite.train.watch.recorded import NEAR
from autograd_lite.views.picture.layout import LayoutError
from autograd_lite.views.steps.tracer import Trace

LEAST, LARGE = 60_000, 120_000  # bytes of the smallest, packed, and of most that have operations
ALLOWED = re.compile(r"'sha256-[\w+/=]+'")


class Stepper(NamedTuple):
    """A packed page, the places of its leaves in its graph, and the digests that its own policy allows."""

    packed: str
    places: dict[str, Any]
    allowed: list[str]


def steppers(judged: Judged, names: list[str], most: int) -> tuple[list[Stepper | None], bool]:
    """The steppers in at most so many bytes, and whether one is for all targets; otherwise there is one for each.

    Each has its operations where there is room, and otherwise the units alone.
    """
    if most < LEAST:
        return [], False
    for by_units in (False, True):
        one = _of_any_target(judged, names, by_units)
        if one and len(one.packed) <= most:
            return [one], True
    found: list[Stepper | None] = []
    if judged.losses is None or judged.losses.takes_target:
        return [], False
    targets = judged.distinct
    for target in targets:
        left = most - sum(len(each.packed) for each in found if each)
        made = _stepper(judged, names, target, [], len(targets) * LARGE >= most) if left > LEAST else None
        found.append(made if made and len(made.packed) <= left else None)
    return found, False


def _of_any_target(judged: Judged, names: list[str], by_units: bool) -> Stepper | None:
    """A stepper whose target is a number that can be set, if the loss takes such."""
    if any(isinstance(t, tuple) or judged.class_of(t) != t for t in judged.distinct):
        return None
    kept = judged.kept
    sample = [node.data for node in judged.recorded.outputs]
    for target in judged.distinct[:5]:
        y = Value(target, "y")
        try:
            found = judged.loss_of(sample, y)
            found.backward()
        except (TypeError, ValueError, ArithmeticError, AttributeError):
            return None
        if y.decided or not isclose(plain(found), judged.at(sample, target) or 0.0, rel_tol=NEAR, abs_tol=NEAR):
            return None
        if not isinstance(found, Value) or all(x is not y for node in topological_order(found) for x in node.operands):
            return None
    y = Value(plain(kept.targets[0]), "y")
    return _stepper(judged, names, y, [y], by_units)


def _stepper(judged: Judged, names: list[str], target: Any, targets: list[Value], by_units: bool) -> Stepper | None:
    """The page of the loss of the first sample at the last epoch; None where no layout program runs."""
    kept = judged.kept
    with kept.at(kept.states[-1].numbers):
        rows = judged.recorded.inputs
        inputs = [Value(x.data, name) for x, name in zip(rows, names, strict=True)]
        given = inputs if isinstance(kept.samples[0], (list, tuple)) else inputs[0]
        try:
            y = judged.loss_of_output(kept.model(given), target)
            steps = Trace(y, None)
            steps.linked, steps.by_units = True, by_units
            html = steps.to_html()
        except (LayoutError, ValueError, TypeError, ArithmeticError):
            return None
        places = {
            "parameters": [steps.places.get(x) for x in kept.parameters],
            "inputs": [steps.places.get(x) for x in inputs],
            "target": steps.places.get(targets[0]) if targets else None,
        }
    packed = b64encode(compress(html.encode(), 9)).decode()
    return Stepper(packed, places, ALLOWED.findall(html[: html.index("<title>")]))
