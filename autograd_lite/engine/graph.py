"""The graph of a computation: its nodes, their topological order, and the sweeps along it.

The sweeps are generic in arithmetic: run on floats they give numbers, run on `Value`s they give graphs.
Everything here is a loop: a chain of a million operations meets no recursion limit.
"""

from __future__ import annotations

from itertools import count

from autograd_lite.engine.chosen import c
from autograd_lite.engine.context import alone
from autograd_lite.engine.reals import as_float

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from autograd_lite.engine.context import Context
    from autograd_lite.engine.ops import Op

    Share = Callable[[Any, int, Any], Any]


class Node:
    """A number, and the operation and the operands that it came from.

    Nearly every operation has one operand or two, so these have fields of their own: the operands are
    `_x` and `_y`, their local partials `_dx` and `_dy`. Of three operands or more, `_x` and `_dx` are the
    tuples. A constant operand is a float (and where there is no second operand, `_y` is 0.0). A partial
    is None where nothing flows back: to a constant, and through a derivative that is zero everywhere.
    Operands are fixed when a node is made, by `record` in compiled.py, so a graph has no cycles, and reference
    counting frees it.

    Two tuples would read better than four fields, but cost 1.5 times the time on chains and 2.5 times on micrograd's
    demo, because the cycle collector tracks tuples; a ninth field costs 5 % of the time.
    """

    __slots__ = ("_context", "_data", "_dx", "_dy", "_grad", "_rule", "_x", "_y")

    _data: float
    _grad: float | None  # None: no backward pass has come by
    _rule: Op | None  # None: a leaf
    _x: Any
    _y: Any
    _dx: Any
    _dy: float | None
    _context: Context

    def _start(self, data: float, context: Context) -> None:
        """Make it a leaf."""
        self._data = data
        self._grad, self._y = 0.0, 0.0
        self._rule = self._x = self._dx = self._dy = None
        self._context = context

    @property
    def operands(self) -> tuple[Any, ...]:
        """The nodes and constants that the operation was applied to; () for a leaf."""
        count = self._rule.arity if self._rule is not None else 0
        return (self._x, self._y)[:count] if count <= 2 else self._x

    @property
    def partials(self) -> tuple[float | None, ...]:
        """The local partial with respect to each operand, as recorded; None where nothing flows back."""
        count = self._rule.arity if self._rule is not None else 0
        return (self._dx, self._dy)[:count] if count <= 2 else self._dx

    def backward(self, seed: float = 1.0) -> None:
        """Accumulate seed · d(self)/d(leaf) into the `.grad` of every leaf that this number was computed from.

        Calling it again adds again, as in PyTorch; `zero_grad()` starts afresh. The gradient is that
        of the computation as it was recorded, also when a leaf has been given a new number since.

        >>> from autograd_lite import Value
        >>> x = Value(-2.0)
        >>> (x ** 3).backward()
        >>> x.grad
        12.0
        """
        sweep(self, as_float(seed))

    @alone
    def zero_grad(self) -> None:
        """Set the gradient of this node, and of every node it was computed from, back to zero."""
        self._grad = 0.0
        for node in topological_order(self):
            node._grad = None
            for edge in edges(node):
                if edge.operand._rule is None:
                    edge.operand._grad = 0.0


class Edge:
    """One use of an operand by a node: the place where it stands, and the local partial; None where nothing flows."""

    __slots__ = ("node", "operand", "partial", "place")

    def __init__(self, node: Any, place: int, operand: Any, partial: float | None) -> None:
        self.node, self.place, self.operand, self.partial = node, place, operand, partial


def edges(node: Any) -> list[Edge]:
    """The edges from a node to the operands that are nodes; constants have none.

    >>> from autograd_lite import Value
    >>> x = Value(3.0)
    >>> [(edge.place, edge.partial) for edge in edges(x * x)], edges(2.0 * x)[0].place
    ([(0, 3.0), (1, 3.0)], 1)
    """
    uses = zip(count(), node.operands, node.partials, strict=False)
    return [Edge(node, place, x, partial) for place, x, partial in uses if type(x) is not float]


def topological_order(*roots: Any, border: Iterable[Any] = ()) -> list[Any]:
    """The computed nodes that the roots depend on, each after its operands; the roots come last.

    The order follows the expression from left to right, so it is the same for the same program. Nodes
    of the border, and what lies behind them, are left out.
    """
    if c is not None:
        return c.order(roots, tuple(border))  # type: ignore[no-any-return]
    order: list[Any] = []
    seen: set[Any] = set(border)
    stack = [root for root in reversed(roots) if root._rule is not None]
    while stack:
        node = stack.pop()
        if node is None:  # all that the node below it needs is in the order by now
            order.append(stack.pop())
            continue
        if node in seen:
            continue
        seen.add(node)
        stack.append(node)
        stack.append(None)
        x, y = node._x, node._y
        if type(y) is not float and y._rule is not None and y not in seen:
            stack.append(y)
        if type(x) is tuple:
            stack += [z for z in reversed(x) if type(z) is not float and z._rule is not None and z not in seen]
        elif type(x) is not float and x._rule is not None and x not in seen:
            stack.append(x)
    return order


@alone
def sweep(root: Any, seed: float) -> None:
    """The chain rule, from the root to the leaves: each operand gains upstream · local partial.

    The gradients of computed nodes are set anew, those of leaves are added to. It is `reverse_sweep` with `_grad`
    for the dictionary of adjoints, and the operands written out, which makes it three times as fast. Threads
    take turns: graphs share leaves, and the adjoints of one sweep stand in the nodes themselves.
    """
    order = topological_order(root)
    for node in order:
        node._grad = 0.0
    root._grad += seed
    for node in reversed(order):
        upstream, partial = node._grad, node._dx
        if type(partial) is tuple:
            for operand, local in zip(node._x, partial, strict=True):
                if local is not None:
                    operand._grad += upstream * local
        elif partial is not None:
            node._x._grad += upstream * partial
        if (partial := node._dy) is not None:
            node._y._grad += upstream * partial


if c is not None:  # the same in C
    c.Node.__doc__ = Node.__doc__
    Node = c.Node  # type: ignore[misc]


def recorded_share(node: Any, place: int, upstream: Any) -> Any:
    """Upstream times the recorded local partial with respect to the operand at a place; None where nothing flows."""
    partial = node.partials[place]
    return None if partial is None else product(upstream, partial)


def reverse_sweep(
    seeds: dict[Any, Any], xs: Iterable[Any], share_of: Share = recorded_share, border: Iterable[Any] = ()
) -> dict[Any, Any]:
    """The adjoint of every node between `xs` and the seeded ones: how these change with it, times their seeds."""
    order, on_path = dependent(seeds, xs, border)
    adjoints = dict(seeds)
    for node in reversed(order):
        upstream = adjoints.get(node)
        if upstream is not None:
            for place, operand in enumerate(node.operands):
                if operand in on_path and (share := share_of(node, place, upstream)) is not None:
                    adjoints[operand] = adjoints[operand] + share if operand in adjoints else share
    return adjoints


def forward_sweep(
    tangents: dict[Any, Any], ys: Iterable[Any], share_of: Share = recorded_share, border: Iterable[Any] = ()
) -> dict[Any, Any]:
    """The tangent of every node between the given ones and `ys`: how it changes as they move."""
    order, _ = dependent(ys, tangents, border)
    result = dict(tangents)
    for node in order:
        if node not in tangents:
            for place, operand in enumerate(node.operands):
                if operand in result and (share := share_of(node, place, result[operand])) is not None:
                    result[node] = result[node] + share if node in result else share
    return result


def dependent(roots: Iterable[Any], xs: Iterable[Any], border: Iterable[Any] = ()) -> tuple[list[Any], set[Any]]:
    """The nodes on the paths from `xs` to the roots in topological order, and the same as a set with `xs`."""
    on_path = set(xs)
    order = []
    for node in topological_order(*roots, border=border):
        if not on_path.isdisjoint(node.operands):
            on_path.add(node)
            order.append(node)
    return order, on_path


def product(upstream: Any, partial: Any) -> Any:
    """Upstream times local, without a node for a factor that is the constant 1 or -1."""
    if type(partial) is float and (partial == 1.0 or partial == -1.0):
        return upstream if partial == 1.0 else -upstream
    if type(upstream) is float and (upstream == 1.0 or upstream == -1.0):
        return partial if upstream == 1.0 else -partial
    return upstream * partial
