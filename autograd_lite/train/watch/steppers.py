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
from autograd_lite.train.watch.recorded import FAILED, NEAR, TRIED, like
from autograd_lite.views.steps.tracer import Trace

LEAST, LARGE = 60_000, 120_000  # bytes of the smallest, packed, and of most that have operations
LONGEST = 8  # letters of an input's name in formulas
ALLOWED = re.compile(r"'sha256-[\w+/=]+'")


class Stepper(NamedTuple):
    """A packed page, the places of its leaves in its graph, and the digests that its own policy allows."""

    packed: str
    places: dict[str, Any]
    allowed: list[str]


def steppers(judged: Judged, names: list[str], most: int) -> tuple[list[Stepper | None], bool]:
    """The steppers in at most so many bytes, and whether one is for all targets; otherwise there is one for each.

    Each has its operations where there is room, and otherwise the units alone. Where those of all classes have no room,
    one takes their probabilities, 1 for the class of the point and 0 for the others: the place of the target is a list.
    """
    if most < LEAST:
        return [], False
    for by_units in (False, True):
        one = _of_any_target(judged, names, by_units=by_units, probabilities=False)
        if one and len(one.packed) <= most:
            return [one], True
    if judged.losses is None or judged.losses.takes_target:
        return [], False
    found: list[Stepper | None] = []
    for target in judged.distinct:
        left = most - sum(len(each.packed) for each in found if each)
        made = _stepper(judged, names, target, [], len(judged.distinct) * LARGE >= most) if left > LEAST else None
        found.append(made if made and len(made.packed) <= left else None)
    if None in found:
        one = _of_any_target(judged, names, by_units=True, probabilities=True)
        if one and len(one.packed) <= most:
            return [one], True
    return found, False


def _of_any_target(judged: Judged, names: list[str], *, by_units: bool, probabilities: bool) -> Stepper | None:
    """A stepper whose target is a number that can be set, or the probabilities of the classes, if the loss takes such.

    Whether it does is tried: the loss of each target is the same, and all that is set is part of its graph.
    """
    if any(isinstance(t, tuple) or judged.class_of(t) != t for t in judged.distinct):
        return None
    if probabilities and judged.decide != "argmax":
        return None
    sample = [node.data for node in judged.recorded.outputs]

    def settable(target: float) -> list[Value]:
        if not probabilities:
            return [Value(target, "y")]
        return [Value(float(k == target), f"y{k + 1}") for k in range(judged.width)]

    for target in judged.distinct[:TRIED]:
        ys = settable(target)
        try:
            found = judged.loss_of(sample, tuple(ys) if probabilities else ys[0])
        except FAILED:
            return None
        if not isinstance(found, Value):
            return None
        used = {x for node in topological_order(found) for x in node.operands if type(x) is Value}
        expected = judged.at(sample, target)
        if expected is None or not isclose(found.data, expected, rel_tol=NEAR, abs_tol=NEAR):
            return None
        if any(y.decided or y not in used for y in ys):
            return None
    ys = settable(plain(judged.kept.targets[0]))
    return _stepper(judged, names, tuple(ys) if probabilities else ys[0], ys, by_units)


def _stepper(judged: Judged, names: list[str], target: Any, targets: list[Value], by_units: bool) -> Stepper | None:
    """The page of the loss of the first sample at the last epoch; None where no layout program runs."""
    kept = judged.kept
    with kept.at(kept.states[-1].numbers):
        short = [name if len(name) <= LONGEST else f"x{i}" for i, name in enumerate(names, start=1)]
        inputs = [Value(x.data, name) for x, name in zip(judged.recorded.inputs, short, strict=True)]
        try:
            y = judged.loss_of_output(kept.model(like(inputs, kept.samples[0])), target)
            steps = Trace(y, None)
            steps.linked, steps.by_units = True, by_units
            html = steps.to_html()
        except FAILED:
            return None
        targets_at = [steps.places.get(x) for x in targets]
        places = {
            "parameters": [steps.places.get(x) for x in kept.parameters],
            "inputs": [steps.places.get(x) for x in inputs],
            "target": targets_at if len(targets_at) > 1 else targets_at[0] if targets_at else None,
        }
    packed = b64encode(compress(html.encode(), 9)).decode()
    return Stepper(packed, places, ALLOWED.findall(html[: html.index("<title>")]))
