"""`compare`: what changed between two runs of the same computation, such as before and after a step of training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from autograd_lite.engine.text import short, shortened
from autograd_lite.engine.value import Value
from autograd_lite.views.columns import Columns, Tabled
from autograd_lite.views.steps.changes import Change, Pair
from autograd_lite.views.steps.passes import Forward
from autograd_lite.views.steps.tracer import Trace

if TYPE_CHECKING:
    from autograd_lite.views.picture.digraph import Picture


class Differences(Tabled, Sequence[Change]):
    """The nodes whose value or gradient changed, in the order of the forward pass.

    >>> from autograd_lite import Value, trace
    >>> first, second = (trace(Value(w, label="w") * Value(x, label="x")) for w, x in ((3.0, 2.0), (3.0, 2.5)))
    >>> print(compare(first, second))
    3 of 3 nodes changed
    node  operation  value    change  gradient  change
    w                3                2 → 2.5     +0.5
    x                2 → 2.5    +0.5  3
    v3    w·x        6 → 7.5    +1.5  1
    """

    def __init__(self, before: Trace, after: Trace) -> None:
        self.before, self.after = before, after
        self.changes = list(self._found())

    def __len__(self) -> int:
        return len(self.changes)

    @overload
    def __getitem__(self, place: int) -> Change: ...
    @overload
    def __getitem__(self, place: slice) -> list[Change]: ...
    def __getitem__(self, place: Any) -> Any:
        return self.changes[place]

    def pairs(self) -> dict[Value, tuple[Pair, Pair]]:
        """Value and gradient, before and after, of every node of the second graph.

        >>> from autograd_lite import Value, trace
        >>> y = Value(2.0)
        >>> compare(trace(y), trace(y)).pairs()[y]
        (Pair(before=2.0, after=2.0), Pair(before=1.0, after=1.0))
        """
        return {
            new.node: (
                Pair(old.value, new.value),
                Pair(self.before.gradients.get(old.node, 0.0), self.after.gradients.get(new.node, 0.0)),
            )
            for old, new in zip(self.before.forward, self.after.forward, strict=True)
        }

    def _found(self) -> Iterator[Change]:
        for place, (node, (value, gradient)) in enumerate(self.pairs().items()):
            if value.differs or gradient.differs:
                old, new = self.before.forward[place], self.after.forward[place]
                operands = zip(old.node.operands, new.node.operands, strict=True)
                same = not any(type(x) is float and Pair(x, y).differs for x, y in operands)
                operation = _operation(new) if same else f"{_operation(new)} (before: {_operation(old)})"
                yield Change(place, node, new.name, operation, value, gradient)

    def largest(self, n: int, of: Literal["value", "gradient"] = "value") -> list[Change]:
        """The n changes of value, or of gradient, that are largest in size; of equal ones the earlier first.

        A change from or to nan counts as infinite.

        >>> from autograd_lite import Value, trace
        >>> first, second = (trace(Value(x, label="x") * 2) for x in (1.0, 1.5))
        >>> [change.name for change in compare(first, second).largest(1)]
        ['v2']
        """
        if of not in ("value", "gradient"):
            raise ValueError(f"largest: of is 'value' or 'gradient', got {shortened(of)}")
        pairs = [(change, change.value if of == "value" else change.gradient) for change in self.changes]
        found = sorted((pair for pair in pairs if pair[1].differs), key=lambda pair: -pair[1].size)
        return [change for change, _ in found[: max(0, n)]]

    def draw(self, *, prefix: str | None = None, max_nodes: int = 1500) -> Picture:
        """The second graph as a picture: changed nodes have thick borders, and rows that say by how much.

        The numbers are those that the second trace recorded; pointing at a node shows both runs' in full.
        `prefix` and `max_nodes` are as for `autograd_lite.draw`.

        >>> from autograd_lite import Value, trace
        >>> first, second = (trace(Value(x, label="x") * 2) for x in (1.0, 1.5))
        >>> compare(first, second).draw().comment
        'computation graph of v2 = x·2, 2 nodes, value 3, changed: x, v2'
        """
        from autograd_lite.views.steps.marked import marked

        return marked(self.after, self.pairs(), prefix, max_nodes)

    def _title(self) -> str:
        return f"{len(self):,} of {len(self.after.nodes):,} nodes changed"

    def _table(self) -> Columns:
        rows = []
        for change in self:
            row = [short(change.name), change.operation]
            for pair in (change.value, change.gradient):
                row += [pair.written(), pair.signed() if pair.differs else ""]
            rows.append(row)
        return Columns(self._title(), ["node", "operation", "value", " change", "gradient", " change"], rows)


def compare(trace_a: Trace, trace_b: Trace) -> Differences:
    """What changed from one run of a computation to the next: the nodes with another value or another gradient.

    Nodes are matched by their place in the graph; constants may differ, for an input may be a plain number.
    Raises ValueError where the graphs have different shapes, and names the first place. A trace keeps the
    numbers it was made with, so a leaf may be given another one, by a step of training, between the two.

    >>> from autograd_lite import Value, trace
    >>> w = Value(3.0, label="w")
    >>> before = trace((w - 1.0) ** 2)
    >>> w.data = 2.0
    >>> for change in compare(before, trace((w - 1.0) ** 2)):
    ...     print(change.words())
    w: value 3 → 2 (−1), gradient 4 → 2 (−2).
    v2 = w − 1: value 2 → 1 (−1), gradient 4 → 2 (−2).
    v3 = v2²: value 4 → 1 (−3), gradient 1 as before.
    """
    for name, trace in (("trace_a", trace_a), ("trace_b", trace_b)):
        if not isinstance(trace, Trace):
            given = f"{type(trace).__name__} {shortened(trace)}"
            raise TypeError(f"compare(trace_a, trace_b): {name} is what trace(y) returns, got {given}")
    _check_shapes(trace_a, trace_b)
    return Differences(trace_a, trace_b)


def _check_shapes(before: Trace, after: Trace) -> None:
    """Refuse graphs in which a node has another operation, other operands, or no counterpart."""
    places = [{node: place for place, node in enumerate(trace.nodes)} for trace in (before, after)]
    for place, (old, new) in enumerate(zip(before.forward, after.forward, strict=False)):
        sides = [
            (step.node.op, [None if type(x) is float else places[x] for x in step.node.operands])
            for step, places in zip((old, new), places, strict=True)
        ]
        if sides[0] != sides[1]:
            raise ValueError(
                f"compare: the graphs have different shapes: node {place + 1} is {_described(old)} in the first, "
                f"{_described(new)} in the second; compare two runs of the same computation"
            )
        if (old.node in before.gradients) != (new.node in after.gradients):
            raise ValueError(
                f"compare: one trace alone has the gradient of node {place + 1}, {_described(new)}: "
                "make both traces with the same wrt"
            )
    if len(before.nodes) != len(after.nodes):
        raise ValueError(
            f"compare: the graphs have different shapes: {len(before.nodes):,} nodes in the first, "
            f"{len(after.nodes):,} in the second; compare two runs of the same computation"
        )


def _described(step: Forward) -> str:
    return f"{short(step.name)} = {_operation(step)}" if step.operation else f"the leaf {short(step.name)}"


def _operation(step: Forward) -> str:
    """What is computed, with long names cut to the length that pictures cut them to."""
    return step._replace(operands=tuple(map(short, step.operands))).operation
