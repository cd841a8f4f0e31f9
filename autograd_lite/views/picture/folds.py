"""`fold()`: a graph in boxes, by the neurons and layers that its nodes were made in, so that a big one can be read.

Every node is in one box: a `Group`, or itself where it stays visible. What flows between boxes is kept: a `Link`
says how many edges it stands for, and what they bring back in sum. Pictures and the page read the same data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import index
from sys import maxsize

from autograd_lite.engine.graph import Edge
from autograd_lite.engine.text import readable, shortened
from autograd_lite.engine.value import Value
from autograd_lite.views.names import in_order
from autograd_lite.views.picture.parts import Part, Path, called, levels, matching, parts_of

SMALL = 200  # nodes, up to which nothing is folded unless asked; and boxes, up to which it is not folded further
LOOSE = 12  # nodes outside of scopes, and leaves that belong to none, up to which they are shown one by one
OUTSIDE, INPUTS, WHOLE = "outside", "inputs", "operations"  # what groups that are not scopes are called


@dataclass(eq=False, repr=False)
class Group:
    """The nodes in one box, in topological order, leaves among them.

    `number` counts groups from 1; `path` is the scope, () for nodes outside of scopes and for inputs; `name` the
    path as a text. `outputs` are the computed nodes that are used in other boxes, and the root. `calls` is how
    often the module was called as far as that can be told, otherwise None.
    """

    number: int
    path: Path
    name: str
    calls: int | None = None
    nodes: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What it is: "neuron" or "layer", as the innermost scope is called without its number."""
        if self.path:
            return readable(self.path[-1]).rstrip("0123456789_") or self.name
        return "inputs" if self.name == INPUTS else "outside of scopes"

    @property
    def leaves(self) -> list[Value]:
        """The nodes that were not computed, such as parameters."""
        return [node for node in self.nodes if node.op is None]

    @property
    def operations(self) -> dict[str, int]:
        """How many nodes each operation has computed, in the order of the first of each."""
        return dict(Counter(node.op.name for node in self.nodes if node.op is not None))


Box = Group | Value


@dataclass(eq=False, repr=False)
class Link:
    """All edges from one box to another; at least one of the two is a group.

    `count` is their number; `flow` is the sum of what they bring back, upstream times local, as the last backward
    pass has left it; `edge` is the edge where it is only one, otherwise None.
    """

    tail: Box
    head: Box
    count: int
    flow: float
    edge: Edge | None


@dataclass(eq=False, repr=False)
class Folding:
    """A graph in boxes. `how` is what it was folded by: "neuron", "layer", "depth 2" and the like, or "none".

    `refused` is the number of boxes that what was asked for would have had, where they were too many.

    Boxes stand in the order of their first nodes, links in that of the nodes that they lead to. Boxes may form
    cycles, though nodes do not: so does a layer that works on something made from its own output. `scopes` has the
    scope of each node that belongs to one and is visible.
    """

    root: Value
    how: str
    nodes: list[Value]
    boxes: list[Box] = field(default_factory=list)
    box_of: dict[Value, Box] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    scopes: dict[Value, Path] = field(default_factory=dict)
    refused: int = 0

    @property
    def groups(self) -> list[Group]:
        """The boxes that stand for several nodes."""
        return [box for box in self.boxes if isinstance(box, Group)]


def fold(
    root: Value,
    *,
    group: str | None = None,
    expand: Iterable[str] = (),
    depth: int | None = None,
    most: int = maxsize,
) -> Folding:
    """The graph of a node in boxes, by the scopes that its nodes were made in.

    `group` is "neuron" for the innermost scopes, "layer" for those around them, "none" for no folding. None leaves
    a graph of up to 200 nodes as it is, and one without scopes; others it folds until there are at most 200
    boxes. `depth` is the number of scopes to tell apart, counted from the outermost. Nodes of the scopes in `expand`
    (paths, or how they end) stay visible. Where that leaves more than `most` boxes, all is folded further, at last
    into one box for all operations. Raises ValueError for what does not fit, and names what comes near.

    >>> from autograd_lite.nn import MLP
    >>> folding = fold(MLP(2, [3, 1])([Value(1.0), Value(-1.0)]), group="layer")
    >>> [(box.name, len(box.nodes)) for box in folding.groups]
    [('mlp/layer0', 24), ('mlp/layer1', 10)]
    >>> [link.count for link in folding.links]
    [3, 3, 3]
    """
    wanted = _checked(group, expand, depth)
    nodes = in_order(root)
    if group is None and depth is None and len(nodes) <= SMALL:
        group = "none"
    few = len(nodes) <= most
    if group == "none" and not wanted and few:
        return _unfolded(root, nodes)
    parts, places = parts_of(root, nodes)
    scopes = [part.scope for part in parts if part.scope]
    unfolded = group == "none" or (group is None and depth is None and not scopes)
    if few and unfolded:
        matching(scopes, wanted, [])
        return _unfolded(root, nodes)
    last = parts[places[-1]]
    choices = [*levels(scopes, None if group == "none" else group, depth)]
    how, paths = next(
        (choice for choice in choices if _count(parts, _keys(parts, choice[1], last, [])) <= SMALL), choices[-1]
    )
    keys = _keys(parts, paths, last, wanted)
    count = len(nodes) if unfolded else _count(parts, keys)
    if _count(parts, keys) > most:
        coarser = [(how, paths), *levels(scopes, None, None)]
        folded = ((how, _keys(parts, paths, last, [])) for how, paths in coarser)
        whole: _Keys = {part: WHOLE for part in parts if part.operations and part is not last}
        whole.update(_inputs(parts))
        how, keys = next((choice for choice in folded if _count(parts, choice[1]) <= most), ("size", whole))
    how = how if scopes else "size"
    folding = Folding(root, how, nodes, refused=count if count > most else 0)
    _put_into_boxes(folding, [(parts[place], keys.get(parts[place])) for place in places])
    _link(folding)
    return folding


def _checked(group: str | None, expand: Iterable[str], depth: int | None) -> list[str]:
    """What to leave unfolded, as a list; an error where an option is wrong."""
    if group not in (None, "neuron", "layer", "none"):
        raise ValueError(f"group is 'neuron', 'layer', 'none' or None, got {shortened(group)}")
    if depth is not None:
        if group is not None:
            raise ValueError(f"give group or depth, not both: got group={group!r} and depth={shortened(depth)}")
        try:
            whole = index(depth)
        except TypeError:
            raise TypeError(f"depth is a whole number, got {shortened(depth)}") from None
        if whole < 1:
            raise ValueError(f"depth is 1 or more, got {whole}")
    wanted = [expand] if isinstance(expand, str) or not isinstance(expand, Iterable) else list(expand)
    if not all(isinstance(text, str) for text in wanted):
        raise TypeError(f"expand is a list of scopes, such as ['layer0/neuron1'], got {shortened(expand)}")
    return wanted


def _unfolded(root: Value, nodes: list[Value]) -> Folding:
    return Folding(root, "none", nodes, [*nodes], {node: node for node in nodes})


_Keys = dict[Part, Path | str]


def _keys(parts: list[Part], paths: dict[Path, Path], last: Part, wanted: list[str]) -> _Keys:
    """For each part that is folded what it is folded into: a scope, or by its name one of the other groups."""
    others = _outside(parts, paths, last) | _inputs(parts)
    expanded = matching(paths, wanted, set(others.values())) if wanted else set()
    keys: _Keys = {part: name for part, name in others.items() if name not in wanted}
    for part in parts:
        scope = part.scope
        if scope and not (expanded and any(scope[:k] in expanded for k in range(1, len(scope) + 1))):
            keys[part] = paths[scope]
    sizes: Counter[Path | str] = Counter()
    for part, key in keys.items():
        sizes[key] += part.size
    return {part: key for part, key in keys.items() if sizes[key] > 1}


def _outside(parts: list[Part], paths: dict[Path, Path], last: Part) -> dict[Part, str]:
    """Names for what was computed outside of scopes: alike is what has the same operations between the same boxes."""
    loose = [part for part in parts if part.operations and not part.scope and part is not last]
    if sum(part.size for part in loose) <= LOOSE:
        return {}
    names: dict[object, str] = {}
    result = {}
    for part in loose:
        around = (frozenset(paths.get(parts[k].scope) for k in places) for places in (part.sources, part.users))
        alike = (frozenset(part.operations), *around)
        names.setdefault(alike, f"{OUTSIDE}{len(names) + 1}" if names else OUTSIDE)
        result[part] = names[alike]
    return result


def _inputs(parts: list[Part]) -> dict[Part, str]:
    """One name for the leaves that belong to no other part, if they are many."""
    inputs = [part for part in parts if not part.operations]
    return dict.fromkeys(inputs if len(inputs) > LOOSE else (), INPUTS)


def _count(parts: list[Part], keys: _Keys) -> int:
    return len(set(keys.values())) + sum(part.size for part in parts if part not in keys)


def _put_into_boxes(folding: Folding, placed: list[tuple[Part, Path | str | None]]) -> None:
    groups: dict[Path | str, Group] = {}
    for node, (part, key) in zip(folding.nodes, placed, strict=True):
        if key is None:
            folding.boxes.append(node)
            folding.box_of[node] = node
            if part.scope:
                folding.scopes[node] = part.scope
            continue
        group = groups.get(key)
        if group is None:
            path, name = (key, called(key)) if isinstance(key, tuple) else ((), key)
            group = groups[key] = Group(len(groups) + 1, path, name)
            folding.boxes.append(group)
        if part.calls is not None:
            group.calls = max(group.calls or 0, part.calls)
        group.nodes.append(node)
        folding.box_of[node] = group


def _link(folding: Folding) -> None:
    """Count the edges between boxes, add up what flows back along them, and note which nodes they come from."""
    links: dict[tuple[Box, Box], Link] = {}
    outputs = {folding.root: None}
    box_of = folding.box_of
    for node in folding.nodes:
        head = box_of[node]
        for place, x in enumerate(node.operands):
            if type(x) is not Value or (tail := box_of[x]) is head:  # of most nodes no edge is looked at any further
                continue
            outputs[x] = None
            if type(tail) is Value and type(head) is Value:
                continue
            partial = node.partials[place]
            link = links.get((tail, head))
            if link is None:
                link = links[tail, head] = Link(tail, head, 0, 0.0, Edge(node, place, x, partial))
            link.count += 1
            link.flow += node.grad * (partial or 0.0)
    for link in links.values():
        link.edge = link.edge if link.count == 1 else None
    for group in folding.groups:
        group.outputs += [node for node in group.nodes if node in outputs and node.op is not None]
    folding.links += links.values()
