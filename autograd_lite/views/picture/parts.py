"""The parts of a graph that belong together by scope: what `folds.py` puts into boxes, sorted as finely as can be.

A part is all that was computed in one scope, with the leaves that belong to it; outside of scopes, what hangs
together; or a leaf that belongs to none. Coarser levels put parts together, so they look at parts alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autograd_lite.engine.text import readable, shortened
from autograd_lite.engine.value import Value

Path = tuple[str, ...]  # the names of scopes, the outermost first


class Part:
    """Nodes that are always in one box: `size` of them, computed by `operations`; `calls` is None where unknown."""

    def __init__(self, scope: Path, calls: int | None) -> None:
        self.scope = scope
        self.calls = calls
        self.size = 0
        self.operations: set[str] = set()
        self.sources: set[int] = set()  # the places of parts that this one uses
        self.users: set[int] = set()  # the places of parts that use this one


def parts_of(root: Value, nodes: list[Value]) -> tuple[list[Part], list[int]]:
    """The parts of a graph in the order of their first nodes, and for each node the place of its part.

    A leaf belongs to a scope if no other scope uses it, though what stands outside of scopes may, as a penalty on
    weights does. But where a scope was computed many times, a leaf that was used fewer times is not a parameter of
    it, but an input, and stays alone. The root is a part of its own if it was made outside of scopes.

    >>> from autograd_lite import scope
    >>> x, w = Value(2.0, label="x"), Value(3.0, label="w")
    >>> with scope("layer"):
    ...     y = w * x
    >>> z = y + 1.0
    >>> parts, places = parts_of(z, [w, x, y, z])
    >>> [(part.scope, part.size) for part in parts], places
    ([(('layer',), 3), ((), 1)], [0, 0, 0, 1])
    """
    place = {node: i for i, node in enumerate(nodes)}
    edges = [[place[x] for x in node.operands if type(x) is Value] for node in nodes]
    scopes = [node.scope if node.op is not None else None for node in nodes]
    pieces = Pieces(len(nodes))
    last = place[root]
    for i, scope in enumerate(scopes):
        for j in edges[i]:
            if scopes[j] == scope and (scope or i != last):
                pieces.join(i, j)
    owners = _owners(scopes, edges, pieces, last)
    calls = _calls(scopes, owners, edges, pieces)
    parts: list[Part] = []
    known: dict[object, int] = {}
    places = []
    for i, node in enumerate(nodes):
        scope = scopes[i]
        key = owners.get(i, i) if scope is None else scope or pieces.of(i)
        if key not in known:
            known[key] = len(parts)
            inside = key if isinstance(key, tuple) else ()
            parts.append(Part(inside, calls.get(inside)))
        part = parts[known[key]]
        part.size += 1
        if node.op is not None:
            part.operations.add(node.op.name)
        places.append(known[key])
    for i, users in enumerate(edges):
        for j in users:
            if places[i] != places[j]:
                parts[places[i]].sources.add(places[j])
                parts[places[j]].users.add(places[i])
    return parts, places


class Pieces:
    """What hangs together: each node points to another of its piece, one of the piece to itself."""

    def __init__(self, count: int) -> None:
        self.towards = list(range(count))

    def of(self, i: int) -> int:
        """The node that stands for the piece of another; the way there is halved for the next time."""
        towards = self.towards
        while towards[i] != i:
            towards[i] = i = towards[towards[i]]
        return i

    def join(self, i: int, j: int) -> None:
        """Make one piece of the pieces of two nodes."""
        self.towards[self.of(i)] = self.of(j)


def _owners(
    scopes: list[Path | None], edges: list[list[int]], pieces: Pieces, last: int
) -> dict[int, Path | int | None]:
    """For each leaf that belongs to a part its scope, or its piece outside of scopes."""
    count = _computed(scopes, pieces)
    inside: dict[int, dict[Path, int]] = {}
    outside: dict[int, set[int]] = {}
    for i, operands in enumerate(edges):
        for j in operands:
            if scopes[j] is None and (scope := scopes[i]):
                uses = inside.setdefault(j, {})
                uses[scope] = uses.get(scope, 0) + 1
            elif scopes[j] is None:
                outside.setdefault(j, set()).add(pieces.of(i))
    owners: dict[int, Path | int | None] = {}
    for j, uses in inside.items():
        if len(uses) == 1:
            ((scope, times),) = uses.items()
            if times >= count[scope]:
                owners[j] = scope
    for j, users in outside.items():
        if j not in inside and len(users) == 1 and last not in users:
            owners[j] = users.pop()
    return owners


def _computed(scopes: list[Path | None], pieces: Pieces) -> dict[Path, int]:
    """How many pieces each scope consists of."""
    count: dict[Path, int] = {}
    for i, scope in enumerate(scopes):
        if scope and pieces.towards[i] == i:
            count[scope] = count.get(scope, 0) + 1
    return count


def _calls(
    scopes: list[Path | None], owners: dict[int, Path | int | None], edges: list[list[int]], pieces: Pieces
) -> dict[Path, int]:
    """How often each scope with parameters was computed.

    Each call leaves a piece of its own, so there are no more calls than pieces; nor more than uses of a parameter,
    or calls of a scope inside. A module that applies a parameter to the elements of a list, one by one, and has no
    modules inside, counts as called for each of them: nothing in the graph tells the difference.
    """
    uses: dict[int, int] = {}
    for operands in edges:
        for j in operands:
            if j in owners:
                uses[j] = uses.get(j, 0) + 1
    most: dict[Path, int] = {}
    for j, owner in owners.items():
        if isinstance(owner, tuple):
            most[owner] = max(most.get(owner, 0), uses[j])
    calls = {scope: min(count, most[scope]) for scope, count in _computed(scopes, pieces).items() if scope in most}
    for scope in sorted(calls, key=len, reverse=True):
        for k in range(1, len(scope)):
            if scope[:k] in calls:
                calls[scope[:k]] = min(calls[scope[:k]], calls[scope])
    return calls


def levels(scopes: Iterable[Path], group: str | None, depth: int | None) -> Iterator[tuple[str, dict[Path, Path]]]:
    """The possible ways to fold, finer ones first: what each is called, and what each scope is folded into.

    >>> scopes = [("mlp", "layer0", "neuron0"), ("mlp", "layer0", "neuron1"), ("mlp", "out")]
    >>> dict(levels(scopes, None, None))["layer"][scopes[0]]
    ('mlp', 'layer0')
    """
    scopes = [*dict.fromkeys(scopes)]
    if depth is not None:
        yield f"depth {depth}", {scope: scope[:depth] for scope in scopes}
        return
    if group in (None, "neuron"):
        yield "neuron", {scope: scope for scope in scopes}
    if group in (None, "layer"):
        yield "layer", _layers(scopes)
    if group is None:
        for k in range(max(map(len, scopes), default=0) - 2, 0, -1):
            yield f"depth {k}", {scope: scope[:k] for scope in scopes}


def _layers(scopes: list[Path]) -> dict[Path, Path]:
    """Each innermost scope is folded into the one around it, if all in there are innermost and it is not a `layer…`."""
    around = {scope[:k] for scope in scopes for k in range(len(scope))}
    mixed = {path[:-1] for path in around if path}
    return {
        scope: scope
        if scope in around or len(scope) == 1 or scope[:-1] in mixed or scope[-1].startswith("layer")
        else scope[:-1]
        for scope in scopes
    }


def called(path: Path) -> str:
    """The path of a scope as a text.

    >>> called(("mlp", "layer0"))
    'mlp/layer0'
    """
    return "/".join(map(readable, path))


def matching(scopes: Iterable[Path], wanted: Iterable[str], others: Iterable[str]) -> set[Path]:
    """The scopes that are meant by texts: whole paths, or how they end. `others` are further names that count.

    >>> matching([("mlp", "layer0", "neuron0")], ["layer0"], [])
    {('mlp', 'layer0')}
    """
    paths = dict.fromkeys(scope[:k] for scope in scopes for k in range(1, len(scope) + 1))
    names = {path: called(path) for path in paths}
    found: set[Path] = set()
    for text in wanted:
        meant = {path for path, name in names.items() if name == text or name.endswith(f"/{text}")}
        if not meant and text not in others:
            raise ValueError(_unknown(text, [*names.values(), *others]))
        found |= meant
    return found


def _unknown(text: str, names: list[str]) -> str:
    """A line that names what comes near an unknown scope."""
    from difflib import get_close_matches  # rarely needed

    ends = {"/".join(name.split("/")[k:]): name for name in reversed(names) for k in range(name.count("/") + 1)}
    near = [*dict.fromkeys(ends[end] for end in get_close_matches(text, list(ends), 5, 0.5))][:3]
    hint = f"did you mean {' or '.join(map(shortened, near))}?" if near else _examples(names)
    return f"expand: there is no scope {shortened(text)} in the graph; {hint}"


def _examples(names: list[str]) -> str:
    if not names:
        return "no node was made in a scope"
    return f"there is {', '.join(map(shortened, names[:3]))}{', …' if len(names) > 3 else ''}"
