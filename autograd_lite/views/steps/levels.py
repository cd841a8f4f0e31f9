"""Big graphs in pieces that one can open: first by scopes, and where there are none, in connected stretches.

A piece is convex: no path leaves it and comes back, so that the pieces of a level form a graph without cycles, along
which values go forward and gradients backward as they do along nodes. What a piece does to gradients is
its Jacobian: how each of its outputs changes with each of its inputs, from one sweep inside for each output.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from autograd_lite.engine.graph import reverse_sweep
from autograd_lite.engine.text import readable
from autograd_lite.engine.value import Value
from autograd_lite.views.steps.passes import Passes
from autograd_lite.views.steps.stretches import Places, arranged, connected, loops, stretches

MOST = 30  # pieces of a level
MANY = 150  # from which on they must become fewer fast


@dataclass(eq=False, repr=False)
class Piece:
    """Nodes that are one box of a level; `children` are the boxes that it opens to, none where it is a single node.

    `inputs` are the nodes outside that it uses, `outputs` those of its nodes that are used outside, or the root; the
    leaves in it that gradients go to are `leaves`. `scope` is its name where all of it was computed there.
    """

    id: int
    name: str
    nodes: list[Value]
    inputs: list[Value]
    outputs: list[Value]
    scope: tuple[str, ...] = ()
    children: list[Piece] = field(default_factory=list)

    @property
    def leaves(self) -> list[Value]:
        """The nodes in it that were not computed."""
        return [node for node in self.nodes if node.op is None]

    @cached_property
    def jacobian(self) -> dict[Value, dict[Value, float]]:
        """For each output, its derivative by each input, leaf inside and other output that it uses; 0 is left out.

        What goes through another output counts as that one's: so the gradients of all outputs, times these, add up to
        what the piece brings to each input.

        >>> from autograd_lite import exp, sin, trace
        >>> x = Value(1.5, label="x")
        >>> whole = levels(trace(exp(sin(x ** 2))))
        >>> whole.jacobian[whole.outputs[0]][x]
        -4.1031164885938205
        """
        computed = [y for y in self.outputs if y.op is not None]
        result = {}
        for y in computed:
            border = [*self.inputs, *(other for other in computed if other is not y)]
            xs = [*border, *self.leaves]
            adjoints = reverse_sweep({y: 1.0}, xs, border=border)
            result[y] = {x: adjoints[x] for x in xs if x in adjoints}
        return result


def levels(trace: Passes) -> Piece:
    """The whole graph as one piece, which opens to pieces, and so on down to single nodes.

    Each level has at most 30 pieces, unless more than that hang on one node. By scopes, a piece is all that a module
    computed, or a part of it; where these would use each other in turn, each of their calls; the others are stretches
    of connected nodes.

    >>> from autograd_lite import sin, trace
    >>> y = Value(0.5)
    >>> for _ in range(2000):
    ...     y = sin(y)
    >>> whole = levels(trace(y))
    >>> len(whole.children) <= 30, max(len(piece.children) for piece in opened(whole)) <= 30
    (True, True)
    """
    return _Levels(trace).tree()


def opened(piece: Piece) -> Iterable[Piece]:
    """A piece and all pieces in it, from the outermost to single nodes."""
    waiting = [piece]
    while waiting:
        piece = waiting.pop()
        yield piece
        waiting += reversed(piece.children)


class _Levels:
    """Finds the pieces; nodes are known by their places in the topological order."""

    def __init__(self, trace: Passes) -> None:
        self.trace, self.nodes = trace, trace.nodes
        place = {node: i for i, node in enumerate(self.nodes)}
        self.operands = [sorted({place[x] for x in node.operands if type(x) is Value}) for node in self.nodes]
        self.users: list[list[int]] = [[] for _ in self.nodes]
        for i, operands in enumerate(self.operands):
            for j in operands:
                self.users[j].append(i)
        self.scopes = self._scopes()
        self.made = 0

    def _scopes(self) -> list[tuple[str, ...]]:
        """The scope of each node; a leaf belongs to what is common to all that use it in scopes."""
        scopes = [node.scope if node.op is not None else () for node in self.nodes]
        for j, node in enumerate(self.nodes):
            using = [self.nodes[i].scope for i in self.users[j] if self.nodes[i].scope]
            if node.op is None and using:
                first, *others = using
                shared = len(first)
                for other in others:
                    same = [k for k, (x, y) in enumerate(zip(first, other, strict=False)) if x != y]
                    shared = min([shared, len(other), *same])
                scopes[j] = first[:shared]
        return scopes

    def tree(self) -> Piece:
        """The pieces from the whole to the nodes, by a loop, since they may nest deeply."""
        root = self._piece(list(range(len(self.nodes))), self.trace.names[self.trace.root], ())
        waiting: list[tuple[Piece, Places, int]] = [(root, list(range(len(self.nodes))), 0)]
        while waiting:
            piece, places, depth = waiting.pop()
            if len(places) == 1:
                continue
            for part, name, inner in self._open(places, depth):
                scope = self.scopes[part[0]][:inner] if inner else ()
                child = self._piece(part, name, scope)
                piece.children.append(child)
                waiting.append((child, part, inner))
        return root

    def _piece(self, places: Places, name: str, scope: tuple[str, ...]) -> Piece:
        self.made += 1
        inside = set(places)
        inputs = sorted({j for i in places for j in self.operands[i] if j not in inside})
        last = len(self.nodes) - 1
        outputs = [i for i in places if i == last or any(user not in inside for user in self.users[i])]
        of = self.nodes.__getitem__
        return Piece(self.made, name, [*map(of, places)], [*map(of, inputs)], [*map(of, outputs)], scope)

    def _open(self, places: Places, depth: int) -> list[tuple[Places, str, int]]:
        """What a piece opens to, in topological order: the places, the name, and how many scopes are known of it."""
        parts, inner = self._by_scope(places, depth)
        if len(parts) <= 1:
            parts, inner = [[i] for i in places], depth
        for kept in ({part[0] for part in parts if len(part) > 1}, set[int]()):  # modules, as long as that is possible
            while len(parts) > MOST:
                fewer = stretches(parts, self.operands, kept)
                slow = len(parts) > MANY and len(fewer) > 0.8 * len(parts)  # so many hang on one
                if slow or len(fewer) in (1, len(parts)):
                    break
                parts = fewer
        return [self._told(part, depth, inner) for part in parts]

    def _told(self, part: Places, depth: int, inner: int) -> tuple[Places, str, int]:
        if len(part) == 1:
            return part, self.trace.names[self.nodes[part[0]]], inner
        computed = [i for i in part if self.nodes[i].op is not None]
        shared = {self.scopes[i][:inner] for i in computed}
        if len(shared) == 1 and inner > depth and len(path := shared.pop()) == inner:
            return part, "/".join(map(readable, path)), inner
        first, last = (self.trace.names[self.nodes[i]] for i in (computed[0], computed[-1]))
        return part, f"{first} … {last}" if first != last else last, depth

    def _by_scope(self, places: Places, depth: int) -> tuple[list[Places], int]:
        """The parts of a piece by the next scope that tells them apart, and how deep that is; there are no cycles."""
        deepest = max(len(self.scopes[i]) for i in places)
        for inner in range(depth + 1, deepest + 1):
            groups: dict[tuple[str, ...], Places] = {}
            alone: list[Places] = []
            for i in places:
                if len(self.scopes[i]) >= inner:
                    groups.setdefault(self.scopes[i][:inner], []).append(i)
                else:
                    alone.append([i])
            parts = list(groups.values())
            if inner == 1:  # calls of a function that has no parameters are apart; the units of a layer are not
                parts = [part for group in parts for part in connected(group, self.operands)]
            for finer in (self._calls, lambda part: [[i] for i in part]):
                looping = loops([*parts, *alone], self.operands)
                parts = [part for whole in parts for part in (finer(whole) if whole[0] in looping else [whole])]
            parts = arranged([*parts, *alone], self.operands)
            if len(parts) > 1:
                return parts, inner
        return [], depth

    def _calls(self, part: Places) -> list[Places]:
        """What hangs together without leaves, which all calls share."""
        computed = [i for i in part if self.nodes[i].op is not None]
        return [*connected(computed, self.operands), *([i] for i in part if self.nodes[i].op is None)]
