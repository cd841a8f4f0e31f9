"""The names of a network's numbers as the notes have them: weights w¹₂₁, biases b¹₂, sums z¹₂, activations a¹₂, δ¹₂.

They are read off the graph. A unit is a sum of products with weights, made inside of a scope, in which the bias or a
weight bears the label that `nn` gives it, or a name of the notes. The scopes, as …/layer0/neuron1, say where in which
layer it stands; where they have no numbers, its layer is how many units lie one behind the other, and its place the
order of use.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from autograd_lite.engine.table import add, mul
from autograd_lite.engine.value import Value

NUMBERED = re.compile(r"(.*?)_?(\d{1,9})", re.DOTALL)
NOTED = re.compile("[bw][⁰¹²³⁴-⁹]+[₀-₉]+(,[₀-₉]+)*")  # a label that already says where its unit stands
RAISED, LOWERED = (str.maketrans("0123456789", digits) for digits in ("⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"))

DELTA = "δ"

Path = tuple[str, ...]  # the names of scopes, the outermost first
Place = tuple[bool, int, int]  # whether the scope has no number for the layer, the layer's number, the unit's


class Call:
    """One use of a unit: its bias and weights, its sum z, and its output, which is z where there is no activation."""

    __slots__ = ("behind", "bias", "depth", "output", "weights", "z")

    def __init__(self, bias: Value | float) -> None:
        self.bias = bias
        self.weights: list[Value] = []
        self.behind: Call | None = None  # whose output is an input
        self.depth = 0  # how many units lie one behind the other, up to this one

    def add(self, weight: Value, z: Value, depth: int) -> None:
        """One more product, and the sum with it."""
        self.weights.append(weight)
        self.z = self.output = z
        self.depth = max(self.depth, depth)

    @property
    def of_nn(self) -> bool:
        """Whether the bias or a weight has the label that `nn` gives it, or one as the notes have it."""
        labels = [(f"w{i}", weight.label) for i, weight in enumerate(self.weights)]
        labels += [("b", self.bias.label)] if type(self.bias) is Value else []
        return any(label == of_nn or (label and NOTED.fullmatch(label)) for of_nn, label in labels)


class Unit:
    """A unit in all its calls, and where it stands: its place in its layer, the layer's number, its depth."""

    def __init__(self, call: Call) -> None:
        self.calls = [call]
        *outside, last = call.z.scope
        self.place: int | None = None
        numbered = NUMBERED.fullmatch(last)
        if numbered and numbered[1] != "layer":  # one in a list of units
            self.place = int(numbered[2]) + 1
            numbered = NUMBERED.fullmatch(outside.pop()) if outside else None
        self.alone = self.place is None and numbered is None  # the scopes do not say where it stands
        self.around: Path = tuple(outside)
        self.number = int(numbered[2]) if numbered else None
        self.depth = call.depth

    @property
    def stands(self) -> Place:
        """Where the unit stands in its network."""
        return self.number is None, self.depth if self.number is None else self.number, self.place or 1


def calls_in(nodes: Sequence[Value]) -> list[Call]:
    """The calls of units with weights in a graph, whose nodes are in topological order."""
    products: dict[Value, int] = {}  # a leaf times anything, and how many units lie up to there
    open_calls: dict[Value, Call] = {}  # by the sum so far, or by what was made of it in the same scope
    depths: dict[Value, int] = {}
    calls: list[Call] = []
    for node in nodes:
        if node.op is None:
            continue
        operands = node.operands
        depth = 0
        for x in operands:
            if x in depths and depths[x] > depth:
                depth = depths[x]
        if scope := node.scope:
            x, y = operands[0], operands[-1]
            if node.op is mul and type(x) is Value and x.op is None:
                depth += 1
                products[node] = depth
            elif node.op is add and y in products and y.scope == scope:
                call = open_calls.get(x) if type(x) is Value else None
                if call is None or call.z is not x or x.scope != scope:
                    call = None
                    if x == 0.0 if type(x) is float else x.op is None:
                        call = Call(x)
                        calls.append(call)
                if call is not None:
                    call.add(y.operands[0], node, products[y])
                    call.behind = call.behind or open_calls.get(y.operands[1])
                    open_calls[node] = call
            else:
                for x in operands:
                    if type(x) is Value and x in open_calls and x.scope == scope:
                        open_calls[x].output = node
                        open_calls[node] = open_calls[x]
        if depth:
            depths[node] = depth
    places = {call.z: call for call in calls if call.of_nn}
    return [places[node] for node in nodes if node in places]  # as they end, which is the order of recurrences


Network = dict[Place, Unit]


def networks_in(calls: Sequence[Call]) -> list[Network]:
    """The units of these calls, in networks: of two that stand in one place, the second belongs to another network."""
    units: dict[Value, Unit] = {}  # by the first weight, which calls of one unit have in common
    of: dict[Unit, Network] = {}
    latest: dict[Path, Network] = {}
    alone: Counter[tuple[Path, int]] = Counter()  # units of which the scopes say nothing
    networks: list[Network] = []
    for call in calls:
        if call.weights[0] in units:
            units[call.weights[0]].calls.append(call)
            continue
        unit = units[call.weights[0]] = Unit(call)
        if unit.alone:
            alone[unit.around, unit.depth] += 1
            unit.place = alone[unit.around, unit.depth]
        behind = units.get(call.behind.weights[0]) if call.behind else None
        follows = behind is not None and behind.around == unit.around and behind.stands[:2] < unit.stands[:2]
        likely = [of[behind]] if behind is not None and follows else []
        likely += [latest[unit.around]] if unit.around in latest else []
        network = next((network for network in likely if unit.stands not in network), None)
        if network is None:
            network = {}
            networks.append(network)
        network[unit.stands] = unit
        of[unit] = latest[unit.around] = network
    return networks


def noted(nodes: Sequence[Value]) -> dict[Value, str]:
    """The names of parameters that bear `nn`'s labels, and of sums and activations without a label.

    Further networks have primes, so that no name is given twice; so have those in whose names somebody's labels are.

    >>> from autograd_lite.nn import MLP
    >>> from autograd_lite.views.names import in_order
    >>> list(noted(in_order(MLP(1, [1, 1], "tanh")([2.0]))).values())
    ['w¹₁₁', 'b¹₁', 'z¹₁', 'a¹₁', 'w²₁₁', 'b²₁', 'a²₁']
    """
    given = {node: name for node, name in _given(nodes) if name[0] != DELTA}
    return {node: given[node] for node in nodes if node in given}


def deltas(nodes: Sequence[Value]) -> dict[Value, str]:
    """The names of the gradients of sums, in the indices of what else belongs to the unit.

    >>> from autograd_lite.nn import MLP
    >>> from autograd_lite.views.names import in_order
    >>> list(deltas(in_order(MLP(1, [1, 1], "tanh")([2.0]))).values())
    ['δ¹₁', 'δ²₁']
    """
    return {node: name for node, name in _given(nodes) if name[0] == DELTA}


def _given(nodes: Sequence[Value]) -> Iterator[tuple[Value, str]]:
    """All names of networks; the sum of a unit has two, its own and that of its gradient."""
    if not any(node.scope for node in nodes):
        return
    found = [list(_symbols(network)) for network in networks_in(calls_in(nodes))]
    named = {node for symbols in found for node, letter, _ in symbols if letter != DELTA}
    taken = {node.label for node in nodes if node.label and node not in named}
    for symbols in found:
        primes = ""
        while not taken.isdisjoint(own := [letter + primes + indices for _, letter, indices in symbols]):
            primes += "′"
        taken.update(own)
        yield from ((node, name) for (node, *_), name in zip(symbols, own, strict=True))


def _symbols(network: Network) -> Iterator[tuple[Value, str, str]]:
    """The letter and the indices of everything in a network that has no other name."""
    first = min((number for by_depth, number, _ in network if not by_depth), default=0)
    layers = {stands[:2] for stands in network}
    alone = len(network) == 1 and next(iter(network.values())).alone
    for (by_depth, number, place), unit in network.items():
        layer = None if by_depth and len(layers) == 1 else number if by_depth or first else number + 1
        itself = [] if alone else [place]
        call = unit.calls[0]
        if type(call.bias) is Value and call.bias.label == "b":
            yield call.bias, "b", indices(layer, *itself)
        for i, weight in enumerate(call.weights):
            if weight.label == f"w{i}":
                yield weight, "w", indices(layer, *itself, i + 1)
        for count, call in enumerate(unit.calls, start=1):
            own = indices(layer, *itself, call=count if len(unit.calls) > 1 else None)
            yield call.z, DELTA, own
            for letter, node in (("z", call.z), ("a", call.output)) if call.z is not call.output else (("a", call.z),):
                if not node.label:
                    yield node, letter, own


def indices(layer: int | None, *below: int, call: int | None = None) -> str:
    """The layer above, the unit and the input below, with commas where one has more than one digit, and the call.

    >>> indices(1, 2, 1), indices(None, 2, 10), indices(2, 1, call=3)
    ('¹₂₁', '₂,₁₀', '²₁⁽³⁾')
    """
    raised, counted = ("" if number is None else str(number).translate(RAISED) for number in (layer, call))
    lowered = ("" if max(below, default=0) < 10 else ",").join(map(str, below)).translate(LOWERED)
    return raised + lowered + (f"⁽{counted}⁾" if counted else "")


def of_any_call(name: str) -> str:
    """The name that what a unit computes has in all calls alike.

    >>> of_any_call("z¹₂⁽³⁾"), of_any_call("x")
    ('z¹₂', 'x')
    """
    return name.partition("⁽")[0]
