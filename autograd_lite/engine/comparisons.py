"""Every derivative of a function by every route: transforms, the sum over all paths, differences; what blurs them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from autograd_lite.engine.differences import OBSTACLES, Judgement, judge
from autograd_lite.engine.graph import dependent, reverse_sweep, topological_order
from autograd_lite.engine.ieee import FAILURES
from autograd_lite.engine.value import Value, plain

SMALL = 1e-290  # products below it lose digits, others in forward than in reverse order


class Rules(NamedTuple):
    """Recorded operations whose local partials are checked: those on the paths from some nodes to others."""

    owner: Value | None  # the operation whose partials they compute, or None where they compute the function
    roots: list[Value]
    inputs: list[Any]


class Stage(NamedTuple):
    """What is differentiated once: in first order the function, in second its gradient."""

    order: str  # what messages say of it
    what: list[str]  # what to call the derivatives of each output, before "argument 0"
    values: Callable[[list[Any]], list[Any]]
    routes: dict[str, Callable[[], list[list[float]]]]  # ways to compute the derivatives of each output by each input
    rules: Iterable[Rules]


class Comparison(NamedTuple):
    """A derivative of an output by a number of the point, by one route: what other ways to compute it say."""

    output: int
    place: int
    route: str
    claim: float
    total: float  # the sum over all paths
    astray: bool  # it is another number
    found: Judgement  # by differences


def comparisons(
    stage: Stage, numbers: list[float], rtol: float, atol: float, trusted: bool = True
) -> Iterator[Comparison]:
    """Every derivative by every route, with the sum over all paths and with differences.

    Where each rule can be `trusted`, by differences of its own, those of the whole need not be good to all digits.
    """

    @cache
    def values(j: int, x: float) -> list[float]:
        return [plain(y) for y in stage.values([*numbers[:j], x, *numbers[j + 1 :]])]

    @cache
    def judged(i: int, j: int, claim: float) -> Judgement:
        _, size, noise = sums[i]
        rounding = 1e-14 * size if 1e6 * SMALL < size < math.inf else 0.0  # of the derivative itself
        coarse = max(1e-13 * size, 1e-2 * abs(claim)) if trusted and rounding else 0.0
        return judge(claim, lambda x: values(j, x)[i], numbers[j], rtol, atol + rounding, noise, coarse)

    claims = {route: compute() for route, compute in stage.routes.items()}
    for j in range(len(numbers)):
        sums = _sums_over_paths(stage, numbers, j)
        for i, (total, size, _) in enumerate(sums):
            for route, matrix in claims.items():
                claim = plain(matrix[i][j])
                found = judged(i, j, claim)
                if not math.isfinite(claim):
                    found = found._replace(verdict="infinite")
                # nan: no sum to compare with; infinite: a product overflowed, which in another order it need not
                astray = math.isfinite(claim) and abs(claim - total) > atol + rtol * abs(total) + 1e-12 * size
                yield Comparison(i, j, route, claim, total, astray, found)


def _sums_over_paths(stage: Stage, numbers: list[float], j: int) -> list[tuple[float, float, float]]:
    """The chain rule once more, on its own: of each output, how it changes with one input, and how exactly.

    That is the sum over all paths of the products of the local partials, the sum of their absolute values, and a
    bound of the rounding error that the output inherits from every number on the paths.
    """
    variables = [Value(x) for x in numbers]
    roots = stage.values(variables)
    found = {variables[j]: (1.0, 1.0, 0.0)}
    nodes = [root for root in roots if isinstance(root, Value)]
    for node in dependent(nodes, [variables[j]])[0]:
        total, size, noise = 0.0, 0.0, 2.0 * math.ulp(node.data)
        for x, partial in zip(node.operands, node.partials, strict=True):
            if partial is not None and x in found:
                t, s, n = found[x]
                total, size, noise = total + partial * t, size + max(abs(partial) * s, SMALL), noise + abs(partial) * n
        found[node] = (total, size, noise)
    return [found.get(root, (0.0, 0.0, 0.0)) if isinstance(root, Value) else (0.0, 0.0, 0.0) for root in roots]


def most_rounded(stage: Stage, numbers: list[float], i: int) -> str:
    """The operation whose rounding weighs most in an output, and how much: that is what differences drown in."""
    variables = [Value(x) for x in numbers]
    root = stage.values(variables)[i]
    if not isinstance(root, Value):
        return ""
    adjoints = reverse_sweep({root: 1.0}, topological_order(root))
    weights = {x: abs(weight) * math.ulp(x.data) for x, weight in adjoints.items() if x.op is not None}
    worst = max(weights, key=lambda x: weights[x], default=None)
    if worst is None or not weights[worst] > 0.0:
        return ""
    return f", most of all for the rounding of {described(None, worst)}, which changes it by {weights[worst]:.1g}"


def kink_of_operands_together(stage: Stage, numbers: list[float]) -> str | None:
    """The first operation whose partials jump right beside the point, though not along any one of its operands.

    Such is where(x, x, sin(x)) at 0: both branches are 0 there, and their slopes are not the same.
    """
    for side in (-1.0, 1.0):
        shifted = ([Value(x + side * h * (abs(x) or 1.0)) for x in numbers] for h in (0.0, 2.0**-20, 2.0**-30))
        try:
            roots = [[y for y in stage.values(xs) if isinstance(y, Value)] for xs in shifted]
        except FAILURES:
            continue
        for nodes in zip(*(topological_order(*found) for found in roots), strict=False):
            for partials in zip(*(node.partials for node in nodes), strict=False):
                here, far, near = (p or 0.0 for p in partials)
                if abs(here - near) > max(0.5 * abs(here - far), 1e-6 * abs(here)):
                    return described(Judgement("kink", here, near), nodes[0])
    return None


def recorded_whole(stage: Stage, numbers: list[float]) -> bool:
    """Whether the record is the same right beside the point: no branch is near, and no number is cut off from it."""

    def record(shift: float) -> list[Any]:
        variables = [Value(x + shift * (abs(x) or 1.0)) for x in numbers]
        roots = stage.values(variables)
        fixed = [x if type(x) is float else x.data for x in roots if type(x) is float or x.op is None]
        nodes = [x for x in roots if isinstance(x, Value)]
        own = set(variables)
        for node in topological_order(*nodes):
            leaves = [
                x if type(x) is float else x.data for x in node.operands if type(x) is float or not (x.op or x in own)
            ]
            fixed += [node.op, *leaves]
        return fixed

    try:
        return record(-(2.0**-26)) == record(0.0) == record(2.0**-26)
    except FAILURES:
        return False


def described(found: Judgement | None, node: Value, derivative: bool = False) -> str:
    """Which operation is in the way, how, and at which operands."""
    op: Any = node.op
    numbers = ", ".join(f"{x if type(x) is float else x.data:.12g}" for x in node.operands)
    at = numbers if len(node.operands) == 1 else f"({numbers})"
    how = OBSTACLES[found.verdict].format(at=at) if found else f"at {at}"
    return f"{'the derivative of ' * derivative}{op.name} {how}"
