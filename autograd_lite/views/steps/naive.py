"""A backward pass without a topological order, to see what goes wrong."""

from __future__ import annotations

from autograd_lite.engine.value import Value
from autograd_lite.views.steps.edges import check, edges_between, magnitude, swept


def naive_gradient(y: Value, x: Value, limit: int = 1_000_000) -> float:
    """What `x.grad` would be without a topological order: wrong wherever a node is used twice on the way.

    The classic mistake is a backward pass that goes on from an operand as soon as a share has reached it:

        def backward(node):
            for operand, partial in zip(node.operands, node.partials):
                operand.grad += node.grad * partial
                backward(operand)

    Each time a node is reached, it passes on the whole sum in its `.grad`, part of which it has passed on
    before. It should wait until all shares have arrived, as in topological order it does.
    No `.grad` is read or changed. The time grows with the number of paths: raises ValueError where the
    recursion would take more than `limit` steps.

    >>> from autograd_lite import Value
    >>> a = Value(1.0)
    >>> b = a + a
    >>> c = b + b
    >>> c.backward()
    >>> a.grad, naive_gradient(c, a)  # b, reached a second time, passes on 2 over each edge, and not the 1 that is new
    (4.0, 6.0)
    """
    check("naive_gradient", y, x)
    edges = edges_between(y, x)
    steps = swept(edges, y, x, 0, 1)
    if steps > limit:
        raise ValueError(
            f"naive_gradient(y, x): the recursion would take {magnitude(steps)} steps, "
            f"more than the limit of {limit:,}; y.backward() takes one for each edge; limit=... raises the limit"
        )
    grad = dict.fromkeys(edges, 0.0) | {x: 0.0, y: 1.0}
    calls = [(y, iter(edges.get(y, ())))]  # written out, because Python's own recursion ends at a thousand
    while calls:
        node, rest = calls[-1]
        edge = next(rest, None)
        if edge is None:
            calls.pop()
            continue
        grad[edge.operand] += grad[node] * edge.partial
        calls.append((edge.operand, iter(edges.get(edge.operand, ()))))
    return grad[x]
