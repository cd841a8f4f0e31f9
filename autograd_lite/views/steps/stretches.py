"""Connected stretches of a graph: its topological order cut into windows, where few edges cross.

A window of a topological order is convex, and so is each connected part of it: a path that left it and came back
would have to run through the window. So whatever the cuts are, the parts form a graph without cycles. Nodes are known
by their places in a topological order, a part by the places in it, and `operands` says what each place uses.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from autograd_lite.views.picture.parts import Pieces

Places = list[int]
WIDEST = 12  # parts in a window
PART = 4  # edges that one part less is worth


def stretches(parts: Sequence[Places], operands: Sequence[Sequence[int]], kept: Set[int] = frozenset()) -> list[Places]:
    """The parts of a graph, put together to fewer; as many where nothing can be put together.

    The windows of up to 12 parts are those that leave the fewest parts, and among these the fewest edges between them.
    Where no window holds connected parts, those that have one user go together with it. Parts whose first places are
    in `kept` stay as they are.

    >>> stretches([[0], [1], [2], [3]], [[], [0], [1], [2]])
    [[0, 1, 2, 3]]
    """
    edges = between(parts, operands)
    best = [0.0, *[float("inf")] * len(parts)]  # what the first so many parts cost, and where the last window begins
    begin = [0] * (len(parts) + 1)
    for start in range(len(parts)):
        pieces = Pieces(WIDEST)
        count, crossing = 0, 0
        for end in range(start, min(start + WIDEST, len(parts))):
            if end > start and (parts[start][0] in kept or parts[end][0] in kept):
                break
            count += 1
            for j in edges[end]:
                if j < start:
                    crossing += 1
                elif pieces.of(j - start) != pieces.of(end - start):
                    pieces.join(j - start, end - start)
                    count -= 1
            cost = best[start] + PART * count + crossing
            if cost < best[end + 1]:
                best[end + 1], begin[end + 1] = cost, start
    pieces = Pieces(len(parts))
    end = len(parts)
    while end:
        for i in range(begin[end], end):
            for j in edges[i]:
                if j >= begin[end]:
                    pieces.join(i, j)
        end = begin[end]
    group = [pieces.of(i) for i in range(len(parts))]
    if len(set(group)) == len(parts):
        group = _with_their_users(edges, {k for k, part in enumerate(parts) if part[0] in kept})
    together: dict[int, Places] = {}
    for i, part in enumerate(parts):
        together.setdefault(group[i], []).extend(part)
    return arranged([sorted(part) for part in together.values()], operands)


def _with_their_users(edges: Sequence[Sequence[int]], kept: Set[int]) -> list[int]:
    """For each part the one it goes to: its user, where that is the only one, otherwise itself."""
    users: list[set[int]] = [set() for _ in edges]
    for i, operands in enumerate(edges):
        for j in operands:
            users[j].add(i)
    pieces = Pieces(len(edges))
    for j, found in enumerate(users):
        if len(found) == 1 and not kept & {j, *found}:
            pieces.join(j, *found)
    return [pieces.of(i) for i in range(len(edges))]


def between(parts: Sequence[Places], operands: Sequence[Sequence[int]]) -> list[list[int]]:
    """For each part the others that it uses, by their places in the list.

    >>> between([[0], [1, 2]], [[], [0], [0, 1]])
    [[], [0]]
    """
    of = {i: k for k, part in enumerate(parts) for i in part}
    return [sorted({of[j] for i in part for j in operands[i] if j in of} - {k}) for k, part in enumerate(parts)]


def connected(part: Places, operands: Sequence[Sequence[int]]) -> list[Places]:
    """What hangs together of some places.

    >>> connected([0, 1, 2], [[], [], [0]])
    [[0, 2], [1]]
    """
    local = {i: k for k, i in enumerate(part)}
    pieces = Pieces(len(part))
    for i in part:
        for j in operands[i]:
            if j in local:
                pieces.join(local[i], local[j])
    together: dict[int, Places] = {}
    for i, k in local.items():
        together.setdefault(pieces.of(k), []).append(i)
    return list(together.values())


def arranged(parts: Sequence[Places], operands: Sequence[Sequence[int]]) -> list[Places]:
    """Parts in a topological order, as near to that of their last places as can be; there must be no cycle.

    >>> arranged([[1], [0, 2]], [[], [], [1]])
    [[1], [0, 2]]
    """
    edges = between(parts, operands)
    order = sorted(range(len(parts)), key=lambda k: parts[k][-1])
    state = [0] * len(parts)  # 1 while what a part uses is looked at, 2 when it has its place
    found: list[Places] = []
    for first in order:
        stack = [first]
        while stack:
            k = stack[-1]
            if state[k] == 0:
                state[k] = 1
                stack += [j for j in reversed(edges[k]) if state[j] == 0]
            else:
                stack.pop()
                if state[k] == 1:
                    state[k] = 2
                    found.append(parts[k])
    return found


def loops(parts: Sequence[Places], operands: Sequence[Sequence[int]]) -> set[int]:
    """The first places of the parts that no order can be found for: they use each other, or what lies between does.

    >>> loops([[0, 2], [1]], [[], [0], [1]]) == {0, 1}, loops([[0], [1, 2]], [[], [0], [1]])
    (True, set())
    """
    edges = between(parts, operands)
    users: list[list[int]] = [[] for _ in parts]
    for k, found in enumerate(edges):
        for j in found:
            users[j].append(k)
    left = set(range(len(parts)))
    for ahead, behind in ((edges, users), (users, edges)):  # what comes before all cycles, then what comes after
        waiting = {k: sum(j in left for j in ahead[k]) for k in left}
        ready = [k for k, count in waiting.items() if not count]
        while ready:
            k = ready.pop()
            left.discard(k)
            for user in behind[k]:
                if user in waiting:
                    waiting[user] -= 1
                    if not waiting[user]:
                        ready.append(user)
    return {parts[k][0] for k in left}
