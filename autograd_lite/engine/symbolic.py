"""The local partials of a recorded node as `Value`s, so that derivatives can be differentiated again."""

from __future__ import annotations

from typing import Any

from autograd_lite.engine.compiled import record
from autograd_lite.engine.context import deriving
from autograd_lite.engine.ieee import FAILURES
from autograd_lite.engine.value import Value


def symbolic_partials(node: Value) -> list[Any]:
    """The local partial with respect to each operand, as a `Value` or a constant, to be differentiated again.

    None where nothing flows back. Raises RuntimeError if a leaf among the operands has another number now.
    """
    op: Any = node._rule
    operands = node.operands
    partials: list[Any] = []
    for x, partial in zip(operands, op.partials, strict=True):
        if type(x) is float:
            partials.append(None)
            continue
        if x._context.changed:
            _check_as_recorded(node)
        if type(partial) is not float:
            try:
                partial = partial(*operands, node)
            except FAILURES:  # of constants among the operands: as leaves, they have the IEEE value
                partial = partial(*[Value(c) if type(c) is float else c for c in operands], node)
        partials.append(partial if type(partial) is not float else partial or None)
    return partials


def as_recorded(node: Value) -> bool:
    """Whether the operands of a computed node still have the numbers that it was computed from."""
    again = deriving(record, node._rule, node.operands)
    now, then = (again._data, *again.partials), (node._data, *node.partials)
    return all(x == y or (x != x and y != y) for x, y in zip(now, then, strict=True))


def _check_as_recorded(node: Value) -> None:
    if not as_recorded(node):
        changed = ", ".join({repr(x): 0 for x in node.operands if type(x) is Value and x._context.changed})
        raise RuntimeError(
            f"a leaf was given a new number after {node!r} was computed from it: {changed}; compute again, "
            "then differentiate (only y.backward() still gives the gradient of the computation as recorded)"
        )
