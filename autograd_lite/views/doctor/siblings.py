"""Units that were made in one place, as by a list comprehension, told apart by the parameters that feed them.

A unit has parameters of its own, and every sample comes to it with other inputs. Inputs that are floats leave no
trace in the graph. Those that are `Value`s are leaves as the parameters are, but used for one sample only: by this
they are known where nobody says which leaves are parameters. Units that nothing tells apart stay together, since an
ill one that is overlooked does less harm than a healthy one that is called ill.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from autograd_lite.engine.ops import Op
from autograd_lite.engine.value import Value

# With three samples or more the two are sure to differ: an input is used in one sample alone, so that at least a third
# of the nodes stand on one side of its uses, while a weight comes back in each sample.
FEWEST_USES = 3


def sources(nodes: list[Value], activations: Collection[Op]) -> dict[Value, list[Value]]:
    """What feeds each node directly: leaves, and computed nodes that feed several of the nodes.

    What lies behind another activation belongs to the layer before. What lies behind a shared node, such as an input
    that was scaled once for all units, does not tell them apart; so no part of the graph is walked for each of them.
    """
    taker: dict[Value, Value] = {}
    shared: set[Value] = set()
    for node in nodes:
        for x in _behind(node, activations, taker):
            if taker.setdefault(x, node) is not node:
                shared.add(x)
    return {node: [x for x in _behind(node, activations, shared) if x.op is None or x in shared] for node in nodes}


def feeding_numbers(node: Value, activations: Collection[Op]) -> tuple[float, ...]:
    """The numbers of the leaves that feed a node directly: those of its weights, and of inputs that are `Value`s.

    >>> w = Value(2.0)
    >>> feeding_numbers((w * 3.0 + 1.0).tanh(), ())
    (2.0,)
    """
    return tuple(x.data for x in _behind(node, activations, ()) if x.op is None)


def _behind(node: Value, activations: Collection[Op], border: Collection[Value]) -> Iterator[Value]:
    """The node and what it was computed from, from left to right; nothing from behind activations and the border."""
    seen, waiting = {node}, [node]
    while waiting:
        x = waiting.pop()
        if x not in border:
            for operand in reversed(x.operands):
                if type(operand) is Value and operand not in seen and operand.op not in activations:
                    seen.add(operand)
                    waiting.append(operand)
        yield x


def told_apart(
    fed: dict[Value, list[Value]], parameters: Collection[Value] | None
) -> Iterator[tuple[list[Value], Value | None]]:
    """The nodes of each unit, and the one of its parameters that feeds the fewest others; None where it is alone.

    `fed` holds the sources of each node, in the order of the graph.

    >>> from autograd_lite import relu
    >>> w, v = Value(1.0), Value(-1.0)
    >>> nodes = [relu(parameter * x) for x in (1.0, 2.0, 3.0) for parameter in (w, v)]
    >>> [([node.data for node in unit], own is v) for unit, own in told_apart(sources(nodes, {relu}), None)]
    [([1.0, 2.0, 3.0], False), ([0.0, 0.0, 0.0], True)]
    """
    lasting = _lasting(list(fed.values()))
    units: dict[frozenset[Value], list[Value]] = {}
    for node, feeding in fed.items():
        own = frozenset(
            x for x in feeding if (x in lasting if parameters is None or x.op is not None else x in parameters)
        )
        units.setdefault(own, []).append(node)
    takers = Counter(x for own in units for x in own)
    for own, nodes in units.items():
        ordered = [x for x in fed[nodes[0]] if x in own] if len(units) > 1 else []
        yield nodes, min(ordered, key=takers.__getitem__, default=None)


def _lasting(fed: list[list[Value]]) -> set[Value]:
    """The sources that come back for every sample, as parameters do, and inputs do not."""
    if min(Counter(map(frozenset, fed)).values()) >= FEWEST_USES:
        return {x for feeding in fed for x in feeding}  # an input would make a new set for each sample
    last: dict[Value, int] = {}
    without: dict[Value, int] = {}  # the longest row of nodes that do not use it
    for place, feeding in enumerate(fed):
        for x in feeding:
            without[x] = max(without.get(x, 0), place - last.get(x, -1) - 1)
            last[x] = place
    return {x for x in last if max(without[x], len(fed) - 1 - last[x]) * FEWEST_USES < len(fed)}
