"""What the doctor says of each kept epoch: dead and saturated units, and what else keeps the network from learning.

Units are examined over all samples, by numbers alone. The doctor reads whole graphs, which takes thousands of times
longer: of a small network the graph of all samples; of a larger one that at as many epochs as its nodes allow, first
where the outputs hardly differ, and at the others the graph of a few samples, for what these can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from math import inf, isfinite
from typing import Any

from autograd_lite.engine.ops import Op
from autograd_lite.engine.text import counted, shown
from autograd_lite.engine.value import Value, plain
from autograd_lite.train.kept import State
from autograd_lite.train.watch.judged import Judged
from autograd_lite.train.watch.recorded import FAILED
from autograd_lite.views.doctor.diagnosis import diagnose
from autograd_lite.views.doctor.learning import effect_of, passes_nothing
from autograd_lite.views.doctor.plateau import LARGEST_GAIN
from autograd_lite.views.steps.circles import Circle

MOST_NODES = 80_000  # of the graphs of all samples that the doctor reads for one page, some seconds
FEW_NODES = 4_000  # of the graph of a few samples, at one epoch
FEW = (2, 10)  # such samples, at least and at most
JUMP = 1.5  # a loss that is so many times the least before it,
RISE = 0.05  # and has risen by such a part of the first one: below, it is noise
SAID = {"dead relu", "saturated", "branch", "leaf changed", "stale gradient"}  # here otherwise, or not of an epoch
OF_ALL = {"plateau", "no gradient"}  # which a few samples cannot tell

Found = dict[str, Any]  # {unit: [layer, unit] or None, kind, text}


class Findings:
    """What is found at epochs of a training, each examined once, also where the page then keeps fewer of them.

    `losses` are those of all epochs of the training, from the first.
    """

    def __init__(self, judged: Judged, losses: Sequence[float]) -> None:
        self.judged = judged
        self._examined = cache(partial(_examined, judged, losses))
        self._diagnosed = cache(partial(_diagnosed, judged))

    def at(self, states: Sequence[State]) -> dict[int, list[Found]]:
        """What is found at the epochs of some states, where there is something."""
        found = {state.epoch: list(self._examined(state)[0]) for state in states}
        suspected = [state for state in states if self._examined(state)[1]]
        whole = _asked(self.judged, suspected, states)
        for state in states:
            found[state.epoch] += self._diagnosed(state, state in whole)
        return {epoch: each for epoch, each in found.items() if each}


def _examined(judged: Judged, losses: Sequence[float], state: State) -> tuple[list[Found], bool]:
    """What numbers alone say of an epoch, and whether its outputs hardly differ."""
    values = _values(judged, state)
    return [*_units(judged, values), *_jump(state.epoch, losses)], _constant(judged, values)


def _values(judged: Judged, state: State) -> list[tuple[float, ...]]:
    """The model's values for all samples; none where an operation has no result."""
    try:
        return [judged.recorded.values_at(state.numbers, x) for x in judged.kept.samples]
    except FAILED:
        return []


def _units(judged: Judged, values: list[tuple[float, ...]]) -> Iterator[Found]:
    """Units that hardly pass anything back for any sample."""
    places = judged.recorded.places
    for one in judged.recorded.circles if values else ():
        op = one.first.op if one.unit.fits else None
        if op is None:
            continue
        z, a = places[one.first.z], places[one.first.a]
        slope = _steepest(op, ((row[z], row[a]) for row in values), len(values))
        if passes_nothing(op, slope, len(values)):
            kind, effect, cure = effect_of(op, slope, f"for all {counted(len(values), 'point')}")
            yield _finding(one, kind, f"Unit {one.row + 1} of layer {one.column + 1} is {effect}; {cure}")


def _steepest(op: Op, points: Iterable[tuple[float, float]], count: int) -> float:
    """The steepest slope of an activation at some points, or one that is steep enough."""
    rule: Any = op.partials[0]
    steepest = 0.0
    for z, a in points:
        try:
            slope = abs(plain(rule(z, a) if callable(rule) else rule))
        except FAILED:
            slope = inf
        steepest = max(steepest, slope)
        if not passes_nothing(op, steepest, count):
            break
    return steepest


def _jump(epoch: int, losses: Sequence[float]) -> Iterator[Found]:
    """A loss that has risen above the least before it by more than the noise of small batches."""
    if not 2 <= epoch <= len(losses):
        return
    least = min(losses[: epoch - 1])
    if losses[epoch - 1] > max(JUMP * least, least + RISE * abs(losses[0])):
        text = (
            f"The loss has risen to {shown(losses[epoch - 1])}, from {shown(least)} before: the steps are too large; "
            "lower the learning rate, or take larger batches"
        )
        yield {"unit": None, "kind": "too large a step", "text": text}


def _constant(judged: Judged, values: list[tuple[float, ...]]) -> bool:
    """Whether the loss is about that of outputs that are alike for all samples, as on a plateau."""
    rows = [[row[place] for place in judged.recorded.output_places] for row in values]
    if not rows:
        return False
    mean = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    outputs, alike = (list(map(judged.recorded.shaped, part)) for part in (rows, [mean] * len(rows)))
    try:
        loss, constant = (plain(judged.kept.loss_of(part, judged.kept.targets)) for part in (outputs, alike))
    except FAILED:
        return False
    return abs(constant - loss) < LARGEST_GAIN * abs(constant)


def _asked(judged: Judged, suspected: list[State], states: Sequence[State]) -> list[State]:
    """The states at which the doctor reads the graph of all samples, such that these are not too many nodes."""
    most = MOST_NODES // (len(judged.kept.samples) * _nodes(judged))
    chosen = spread(suspected, most)
    rest = [state for state in states if state not in chosen]
    return chosen + spread(rest, most - len(chosen))


def _nodes(judged: Judged) -> int:
    """About how many nodes one sample has."""
    return max(1, len(judged.recorded.programs[1].needed))


def spread(things: Sequence[Any], most: int) -> list[Any]:
    """At most so many of them, evenly, the first and the last among them.

    >>> spread(range(10), 4), spread(range(3), 4), spread(range(3), 1)
    ([0, 3, 6, 9], [0, 1, 2], [2])
    """
    if len(things) <= most:
        return list(things)
    if most < 2:
        return list(things[-1:]) if most == 1 else []
    return [things[round(i * (len(things) - 1) / (most - 1))] for i in range(most)]


def _diagnosed(judged: Judged, state: State, whole: bool) -> list[Found]:
    """What the doctor says of the graph of all samples, or of a few, at the numbers of an epoch."""
    kept = judged.kept
    least, most = FEW
    pairs = list(zip(kept.samples, kept.targets, strict=True))
    pairs = pairs if whole else spread(pairs, max(least, min(most, FEW_NODES // _nodes(judged))))
    units = {one.unit.path: one for one in judged.recorded.circles}
    with kept.at(state.numbers):
        try:
            y = kept.loss_of([kept.model(x) for x, _ in pairs], [target for _, target in pairs])
        except FAILED:
            return []
        if not isinstance(y, Value) or not isfinite(y.data):
            return []
        passed_over = SAID if whole else SAID | OF_ALL
        told = [f for f in diagnose(y, kept.model.named_parameters()) if f.kind not in passed_over]
    return [_finding(units.get(f.scope), f.kind, f"{f.message[:1].upper()}{f.message[1:]}") for f in told]


def _finding(one: Circle | None, kind: str, text: str) -> Found:
    return {"unit": None if one is None else [one.column, one.row], "kind": kind, "text": text}
