"""The local partials of a recorded node as `Value`s, so that derivatives can be differentiated again."""

from __future__ import annotations

from typing import Any

from autograd_lite.engine.chosen import c
from autograd_lite.engine.compiled import record
from autograd_lite.engine.context import deriving
from autograd_lite.engine.graph import product
from autograd_lite.engine.ieee import FAILURES
from autograd_lite.engine.value import Value


def symbolic_partial(node: Value, place: int) -> Any:
    """The local partial with respect to the operand at a place, as a `Value` or a constant, to differentiate again.

    None where nothing flows back. Raises RuntimeError if a leaf among the operands has another number now.
    """
    operands = node.operands
    for x in operands:
        if type(x) is not float and x._context.changed:
            _check_as_recorded(node)
    rule: Any = node._rule
    partial = rule.partials[place]
    if type(partial) is not float:
        try:
            partial = partial(*operands, node)
        except FAILURES:  # of constants among the operands: as leaves, they have the IEEE value
            partial = partial(*[Value(c) if type(c) is float else c for c in operands], node)
    return partial if type(partial) is not float else partial or None


def symbolic_share(node: Value, place: int, upstream: Any) -> Any:
    """Upstream times that partial: a graph, or a number where both are; None where nothing flows."""
    partial = symbolic_partial(node, place)
    return None if partial is None else product(upstream, partial)


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


if c is not None:  # the same in C, which leaves here what is not plain
    symbolic_share = c.sharing(symbolic_share)
