"""The steps of a trace as what still pictures show: the sentence, what is known by then, and what is going on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from autograd_lite.engine.text import counted, short, shown, total
from autograd_lite.engine.value import Value
from autograd_lite.views.notations import TEXT
from autograd_lite.views.picture.folds import Box, Folding, Group
from autograd_lite.views.steps.passes import Backward, Passes, Step

LONGEST_FORMULA = 40  # letters of a formula in the sentence
SHORT = TEXT._replace(symbol=short)  # so that a sentence fits below a picture


class Still(NamedTuple):
    """One picture: a step, what is known after it, and which boxes and edges it is about."""

    name: str  # of its file, without the ending
    words: str
    step: Step | None  # None where the boxes are groups of nodes
    values: set[Value]  # those that are known
    gradients: dict[Value, float]
    current: Box
    upstream: Box | None  # None going forward


def stills(trace: Passes, folding: Folding) -> list[Still]:
    """The steps from box to box; inputs are known from the start, and are no steps of their own.

    >>> from autograd_lite import Value, sin, trace
    >>> from autograd_lite.views.picture.folds import fold
    >>> y = sin(Value(0.0, label="x"))
    >>> [still.name for still in stills(trace(y), fold(y))]
    ['1-forward-v2', '2-backward-x']
    """
    found = list(_steps(trace, folding))
    places, digits = {node: f"v{place}" for place, node in enumerate(trace.nodes, start=1)}, len(str(len(found)))
    named = []
    for number, still in enumerate(found, start=1):
        box = still.current
        name = box.name if isinstance(box, Group) else trace.names[box]
        plain = _plain(name) or (f"g{box.number}" if isinstance(box, Group) else places[box])
        way = "forward" if still.upstream is None else "backward"
        named.append(still._replace(name=f"{number:0{digits}}-{way}-{plain}"))
    return named


def _steps(trace: Passes, folding: Folding) -> Iterator[Still]:
    values = {node for node in trace.nodes if node.op is None}
    gradients: dict[Value, float] = {}
    box_of = folding.box_of
    for box in folding.boxes:
        nodes = box.nodes if isinstance(box, Group) else [box]
        values |= set(nodes)
        if isinstance(box, Group):
            if box.operations:
                calls = f" in {counted(box.calls, 'call')}" if box.calls else ""
                words = f"Forward: {short(box.name)} computes {counted(sum(box.operations.values()), 'node')}{calls}."
                yield Still("", words, None, set(values), {}, box, None)
        elif box.op is not None or box is trace.root:
            step = next(step for step in trace.forward if step.node is box)
            yield Still("", step.words(SHORT, LONGEST_FORMULA), step, set(values), {}, box, None)
    gradients[trace.root] = 1.0
    if not folding.groups:
        for back in trace.backward:
            gradients[back.operand] = back.total
            yield Still("", back.words(SHORT, LONGEST_FORMULA), back, values, dict(gradients), back.operand, back.node)
        return
    flows: dict[tuple[Box, Box], list[Backward]] = {}
    for back in trace.backward:
        flows.setdefault((box_of[back.node], box_of[back.operand]), []).append(back)
    for (head, tail), shares in flows.items():
        gradients |= {back.operand: back.total for back in shares}
        if head is not tail:
            named = [short(box.name if isinstance(box, Group) else trace.names[box]) for box in (head, tail)]
            brings = "1 edge brings" if len(shares) == 1 else f"{len(shares)} edges bring"
            sent = shown(total(back.contribution for back in shares))
            words = f"Backward from {named[0]} into {named[1]}: {brings} back {sent} in all."
            yield Still("", words, None, values, dict(gradients), tail, head)


def _plain(name: str) -> str:
    """A name in letters that every file system takes."""
    ascii_ = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", ascii_).strip("-")[:24].strip("-")
