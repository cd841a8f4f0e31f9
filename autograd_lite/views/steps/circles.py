"""The circles of a network's map: which unit or call each stands for, its column and row, and its names."""

from __future__ import annotations

import re

from autograd_lite.engine.value import Value
from autograd_lite.views.steps.equations import Name
from autograd_lite.views.steps.passes import Passes
from autograd_lite.views.steps.samples import Samples
from autograd_lite.views.steps.units import Call, Unit

DIGITS = re.compile(r"(\d+)")


class Circle:
    """A circle of the map: a unit with all its calls, or one of its calls where these depend on each other."""

    def __init__(self, unit: Unit, calls: list[Call], column: int) -> None:
        self.unit, self.calls, self.column = unit, calls, column
        self.row = self.id = 0
        self.names: dict[str, Name] = {}

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
    _name(drawn, samples)
    return drawn


def _natural(path: tuple[str, ...]) -> list[tuple[int, str]]:
    """A key that sorts neuron10 after neuron9."""
    return [(int(part), "") if part.isdecimal() else (0, part) for name in path for part in DIGITS.split(name)]


def index(*places: int) -> str:
    """Places as an index, with a comma between them where one of them has two digits."""
    return ("," if max(places) > 9 else "").join(map(str, places))


def _name(drawn: list[Circle], samples: Samples) -> None:
    """Names as in the notes: z, a and δ have the layer raised and the unit lowered; a unit alone needs neither."""
    rows: dict[int, int] = {}
    for one in drawn:
        rows[one.column] = max(rows.get(one.column, 0), one.row + 1)
    for one in drawn:
        column, row = str(one.column + 1), str(one.row + 1)
        if len(drawn) == 1:
            up, down = "", ""
        elif not samples.separate and max(rows.values()) == 1:
            up, down = "", column
        else:
            up, down = column, row
        one.names = {"z": Name("z", up, down), "a": Name("a", up, down), "delta": Name("δ", up, down)}
        label = one.first.a.label
        if label and all(call.a.label == label for call in one.calls):
            one.names["a"] = Name.of(label)
