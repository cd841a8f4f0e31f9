"""The circles of a network's map: which unit or call each stands for, its column and row, and its names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from autograd_lite.engine.value import Value
from autograd_lite.views.steps.passes import Passes
from autograd_lite.views.steps.samples import Samples
from autograd_lite.views.steps.units import Call, Unit
from autograd_lite.views.units import deltas, indices, noted, of_any_call

DIGITS = re.compile(r"(\d+)")


class Circle:
    """A circle of the map: a unit with all its calls, or one of its calls where these depend on each other."""

    def __init__(self, unit: Unit, calls: list[Call], column: int) -> None:
        self.unit, self.calls, self.column = unit, calls, column
        self.row = self.id = 0
        self.names: dict[str, str] = {}

    @property
    def first(self) -> Call:
        """The call of the first sample, which says what all of them are made of."""
        return self.calls[0]


def circles(trace: Passes, units: list[Unit], samples: Samples) -> list[Circle]:
    """The circles, each in the column after those of all that it depends on; sorted by column and row."""
    inside = {node: (unit, call) for unit in units for call in unit.calls for node in call.nodes}
    before: dict[Value, int] = {}  # the columns behind a node
    columns: dict[int, int] = {}  # of the calls
    for node in trace.nodes:
        found = max((before[x] for x in node.operands if type(x) is Value), default=0)
        if node in inside:
            call = inside[node][1]
            entering = max(
                (before[x] for x in node.operands if type(x) is Value and inside.get(x, (0, 0))[1] is not call),
                default=0,
            )
            columns[id(call)] = max(columns.get(id(call), 0), entering)
            found = columns[id(call)] + (node is call.a)
        before[node] = found
    drawn = [
        Circle(unit, calls, columns[id(calls[0])])
        for unit in units
        for calls in ([unit.calls] if samples.separate else [[call] for call in unit.calls])
    ]
    place = {id(unit): i for i, unit in enumerate(sorted(units, key=lambda unit: _natural(unit.path)))}
    drawn.sort(key=lambda one: (one.column, place[id(one.unit)]))
    used = {column: i for i, column in enumerate(dict.fromkeys(one.column for one in drawn))}
    rows: dict[int, int] = {}
    for i, one in enumerate(drawn):
        one.id, one.column = i, used[one.column]
        one.row = rows.get(one.column, 0)
        rows[one.column] = one.row + 1
    _name(drawn, trace, samples)
    return drawn


def _natural(path: tuple[str, ...]) -> list[tuple[int, str]]:
    """A key that sorts neuron10 after neuron9."""
    return [(int(part), "") if part.isdecimal() else (0, part) for name in path for part in DIGITS.split(name)]


def _name(drawn: list[Circle], trace: Passes, samples: Samples) -> None:
    """The names that z and a have in every view, and δ in their indices; what has none there is counted in the map."""
    given, gradients, taken = noted(trace.nodes), deltas(trace.nodes), set(trace.names.values())
    labelled = {node: trace.names[node] for node in trace.nodes if node.label}
    rows = max((one.row + 1 for one in drawn), default=0)
    for one in drawn:
        if samples.separate:
            counted = indices(one.column + 1, one.row + 1)
        else:
            counted = indices(None, *([one.row + 1] if rows > 1 else []), call=one.column + 1)

        def name(letter: str, nodes: list[Value], names: Mapping[Value, str], counted: str = counted) -> str:
            found = {names.get(node, "") for node in nodes}  # by sample
            found = {of_any_call(name) for name in found} if samples.separate else found
            return found.pop() if len(found) == 1 and "" not in found else unused(letter, counted, taken)

        counted = "" if len(drawn) == 1 else counted
        sums, outputs = [call.z for call in one.calls], [call.a for call in one.calls]
        a = name("a", outputs, given | labelled, counted)
        z = a if all(call.z is call.a for call in one.calls) else name("z", sums, given | labelled, counted)
        one.names = {"z": z, "a": a, "delta": name("δ", sums, gradients, counted)}


def unused(letter: str, below: str, taken: Collection[str]) -> str:
    """A name that nothing has, with primes where it takes them.

    >>> unused("w", "¹₂", ["w¹₂"])
    'w′¹₂'
    """
    while letter + below in taken:
        letter += "′"
    return letter + below
