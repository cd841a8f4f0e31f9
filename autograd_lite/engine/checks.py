"""The comparison of every derivative that we compute with differences: first rule by rule, then as a whole."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from autograd_lite.engine.comparisons import (
    Rules,
    Stage,
    comparisons,
    described,
    kink_of_operands_together,
    most_rounded,
    recorded_whole,
)
from autograd_lite.engine.context import deriving
from autograd_lite.engine.differences import OBSTACLES, Judgement, judge
from autograd_lite.engine.graph import dependent, reverse_sweep
from autograd_lite.engine.ieee import local_partial
from autograd_lite.engine.ops import Op
from autograd_lite.engine.symbolic import symbolic_partial
from autograd_lite.engine.table import detach
from autograd_lite.engine.transforms import Function, grad, jvp, vjp
from autograd_lite.engine.trees import Structure, flatten
from autograd_lite.engine.value import Value, plain


class GradientError(AssertionError):
    """Two ways to compute one derivative disagree."""


class UndecidedError(ValueError):
    """A derivative cannot be checked at this point: a kink, an end of a domain, too little precision."""


class Whole(NamedTuple):
    """What comparing the whole found: a disagreement, or what is in the way of an answer; neither where all agree."""

    disagreement: str = ""
    obstacle: str = ""  # of OBSTACLES
    output: int = 0  # which output it is that they stand in the way of, and by which number of the point
    place: int = 0
    certain: bool = False  # without differences: the sum over all paths is another, or a derivative is inf or nan


def check_gradients(f: Function, /, *point: Any, order: int = 2, rtol: float = 1e-5, atol: float = 0.0) -> None:
    """Compare the derivatives of `f` at a point with differences; raise GradientError where they disagree.

    Every operation that was recorded is checked by itself: its local partials with differences of its own value. Then
    the whole: reverse and forward mode with the sum over all paths, and with differences of `f`. In second order (the
    default) the same for the gradient. The differences are extrapolated to step 0 and know their error, so that a
    rule that is wrong by 0.05 % is caught. The message names the operand and both numbers, and the operation whose
    local partial is to blame.

    Raises UndecidedError, a ValueError, where the point does not allow an answer, and says which operation is in the
    way: a kink (relu at 0), the end of a domain (sqrt at 0), too little precision. Check at another point.

    >>> from autograd_lite import check_gradients, exp, relu, sin
    >>> check_gradients(lambda x: exp(sin(x ** 2)), 1.5)
    >>> check_gradients(relu, 0.0)
    Traceback (most recent call last):
    autograd_lite.engine.checks.UndecidedError: cannot be decided here: relu has a kink at 0 (argument 0 = 0)
    """
    if order not in (1, 2):
        raise ValueError(f"order is 1 or 2, got {order!r}")
    first, gradient, numbers, names = _first_stage(f, point)
    _check(first, numbers, names, rtol, atol)
    if order == 1:
        return

    form, places = flatten(point)[1], range(len(numbers))
    point, directions = form.rebuild(numbers), _directions(form)

    def reverse() -> list[list[float]]:
        pullback = vjp(gradient, *point)[1]
        return [flatten(pullback(along))[0] for along in directions]

    def forward() -> list[list[float]]:
        columns = [flatten(jvp(gradient, point, along)[1])[0] for along in directions]
        return [[column[i] for column in columns] for i in places]

    second = Stage(
        ", in second order",
        [f"the second derivative with respect to {name} and" for name in names],
        lambda xs: flatten(gradient(*form.rebuild(xs)))[0],
        {"reverse over reverse": reverse, "forward over reverse": forward},
        _rules_of_partials(first.rules),
    )
    _check(second, numbers, names, rtol, atol)


def compared_with_differences(f: Function, /, *point: Any) -> list[tuple[float, Judgement]]:
    """The derivative of `f` by each number of a point, and what the differences that `check_gradients` goes by say."""
    first, _, numbers, _ = _first_stage(f, point)
    return [(x.claim, x.found) for x in comparisons(first, numbers, 1e-5, 0.0) if x.route == "reverse mode"]


def _first_stage(f: Function, point: tuple[Any, ...]) -> tuple[Stage, Function, list[float], list[str]]:
    """What is checked in first order, the gradient, and the numbers of a point with their names."""
    numbers, form = flatten(point)
    numbers = [plain(x) for x in numbers]
    at, gradient = form.rebuild(numbers), grad(f, tuple(range(len(point))))
    variables = [Value(x) for x in numbers]
    output = f(*form.rebuild(variables))
    stage = Stage(
        "",
        ["the derivative with respect to"],
        lambda xs: [f(*form.rebuild([Value(x) if type(x) is float else x for x in xs]))],
        {
            "reverse mode": lambda: [flatten(gradient(*at))[0]],
            "forward mode": lambda: [[jvp(f, at, along)[1] for along in _directions(form)]],
        },
        [Rules(None, [output] if isinstance(output, Value) else [], variables)],
    )
    return stage, gradient, numbers, _names(point)


def _directions(form: Structure) -> list[Any]:
    """The unit vectors, in the structure of a point."""
    return [form.rebuild([float(i == j) for j in range(form.size)]) for i in range(form.size)]


def _check(stage: Stage, numbers: list[float], names: list[str], rtol: float, atol: float) -> None:
    """The operations one by one, then the whole; raise what is found."""
    here = ", ".join(f"{name} = {x:.12g}" for name, x in list(zip(names, numbers, strict=True))[:4])
    here += ", …" if len(numbers) > 4 else ""
    wrong, undecided = _rule_by_rule(stage.rules, rtol, atol)
    whole = _as_a_whole(stage, numbers, names, rtol, atol, trusted=undecided is None)
    disagreement, obstacle = whole.disagreement, whole.obstacle
    if wrong is not None:
        raise GradientError(f"{disagreement}; {wrong}" if disagreement else wrong)
    if disagreement and not whole.certain and undecided is None:
        undecided = kink_of_operands_together(stage, numbers)
        if undecided is None and recorded_whole(stage, numbers):
            obstacle = "precision"  # right rules, no path lost: there are waves or rounding that differences cannot see
    if obstacle and undecided is None:
        if obstacle in ("kink", "jump") and recorded_whole(stage, numbers):
            undecided = kink_of_operands_together(stage, numbers)
        at = f"{names[whole.place]} = {numbers[whole.place]:.12g}"
        undecided = undecided or f"the function as a whole {OBSTACLES[obstacle].format(at=at)}"
        if obstacle == "precision":
            undecided += most_rounded(stage, numbers, whole.output)
    if (disagreement or obstacle) and undecided is not None:
        raise UndecidedError(f"cannot be decided here{stage.order}: {undecided} ({here})")
    if disagreement:
        raise GradientError(f"{disagreement}; each operation's own rule agrees, so a path from there is lost")


def _rule_by_rule(rules: Iterable[Rules], rtol: float, atol: float) -> tuple[str | None, str | None]:
    """The first operation whose local partial is wrong, and the first for which that cannot be decided."""
    judged = cache(lambda op, at, place, claim: _judge_rule(op, at, place, claim, rtol, atol))
    undecided = None
    for owner, roots, inputs in rules:
        order, on_path = dependent(roots, inputs, inputs if owner is not None else ())
        for node in order:
            at = tuple(x if type(x) is float else x.data for x in node.operands)
            for place, (x, partial) in enumerate(zip(node.operands, node.partials, strict=True)):
                if type(x) is float or x not in on_path:
                    continue
                claim = partial or 0.0
                found = judged(node.op, at, place, claim)
                if found.verdict == "disagree":  # unless another operand is at a kink, where no slope counts
                    others = (k for k in range(node.op.arity) if k != place)
                    near = [judged(node.op, at, k, local_partial(node.op, k, at, node.data)) for k in others]
                    found = next((other for other in near if other.verdict in ("kink", "jump")), found)
                if found.verdict == "disagree":
                    call = node.op.written(*at)
                    rule = f"the local partial of {call} with respect to operand {place} is {claim!r}"
                    return f"{rule}, differences give {found.slope!r}", None
                if found.verdict == "agree" or undecided is not None:
                    continue
                if not math.isfinite(claim) or _matters(node, found, roots, inputs):  # even 0 times inf is nan
                    undecided = described(found, node if owner is None else owner, owner is not None)
    return None, undecided


def _judge_rule(op: Op, at: tuple[float, ...], place: int, claim: float, rtol: float, atol: float) -> Judgement:
    """A local partial compared with differences of the operation's own value."""
    if op is detach:
        return Judgement("detach", math.nan, math.nan)
    found = judge(claim, lambda x: op.of_floats(*at[:place], x, *at[place + 1 :]), at[place], rtol, atol)
    # Steps closer to one another than differences look, as those of x // 1e-9, seem to be a slope.
    stepped = found.verdict == "disagree" and op.partials[place] == 0.0 and _whole_numbers(op, at, place)
    return found._replace(verdict="precision") if stepped else found


def _whole_numbers(op: Op, at: tuple[float, ...], place: int) -> bool:
    """Whether an operation gives whole numbers around a point, as those do that round."""
    x = at[place]
    around = [x, *(x + side * h for h in (math.ulp(x), 1e-9 * abs(x), 1e-3 * abs(x)) for side in (-1.0, 1.0))]
    return all(op.of_floats(*at[:place], x, *at[place + 1 :]).is_integer() for x in around)


def _matters(node: Value, found: Judgement, roots: list[Value], inputs: list[Any]) -> bool:
    """Whether a rule that is in doubt can change the result: a kink times 0 cannot, a jump can."""
    if found.verdict == "jump":
        return True
    adjoints = (reverse_sweep({root: 1.0}, inputs).get(node, 0.0) for root in roots)
    return any(adjoint != 0.0 for adjoint in adjoints)


def _rules_of_partials(rules: Iterable[Rules]) -> Iterator[Rules]:
    """The operations that the partials of the recorded ones are computed with."""
    for _, roots, inputs in rules:
        for node in dependent(roots, inputs)[0]:
            places = [place for place, x in enumerate(node.operands) if type(x) is not float]
            partials = [deriving(symbolic_partial, node, place) for place in places]
            roots_of = [p for p in partials if isinstance(p, Value)]
            yield Rules(node, roots_of, [node.operands[place] for place in places])


def _as_a_whole(stage: Stage, numbers: list[float], names: list[str], rtol: float, atol: float, trusted: bool) -> Whole:
    """The first derivative that is wrong; if none is, the first of which that cannot be told."""
    found, infinite = Whole(), False
    for x in comparisons(stage, numbers, rtol, atol, trusted):
        gives = f"{stage.what[x.output]} {names[x.place]}: {x.route} gives {x.claim!r}"
        infinite |= not math.isfinite(x.claim)
        if x.found.verdict == "disagree":
            return Whole(f"{gives}, differences give {x.found.slope!r}", "", x.output, x.place, x.astray)
        if x.astray:
            return Whole(f"{gives}, the sum over all paths is {x.total!r}", "", x.output, x.place, certain=True)
        if x.found.verdict != "agree" and not found.obstacle:
            found = Whole("", x.found.verdict, x.output, x.place)
    return found._replace(certain=infinite)


def _names(point: tuple[Any, ...]) -> list[str]:
    """What to call each number of a point: its label, or where it stands, as in argument 0['w'][2]."""

    def walk(tree: Any, name: str) -> Iterator[str]:
        if isinstance(tree, dict):
            for key, child in tree.items():
                yield from walk(child, f"{name}[{key!r}]")
        elif isinstance(tree, (list, tuple)) or getattr(tree, "ndim", None):
            for i, child in enumerate(tree):
                yield from walk(child, f"{name}[{i}]")
        else:
            yield getattr(tree, "label", None) or name

    return [name for i, argument in enumerate(point) for name in walk(argument, f"argument {i}")]
