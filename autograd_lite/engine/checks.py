"""Numerical derivatives, and the comparison of every derivative that we compute with them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd_lite.engine.graph import topological_order
from autograd_lite.engine.reals import as_float
from autograd_lite.engine.transforms import Function, chosen, grad, jvp
from autograd_lite.engine.trees import flatten
from autograd_lite.engine.value import Value, plain

EPSILON = 2.0**-52
SHRINK = 0.6  # no power of it is near a simple fraction, at which an oscillation could stand still
STEPS = {"forward": EPSILON ** (1 / 2), "central": EPSILON ** (1 / 3)}


class GradientError(AssertionError):
    """Two ways to compute one derivative disagree."""


def numerical_gradient(
    f: Function,
    *point: Any,
    argnums: int | Sequence[int] = 0,
    method: str = "central",
    step: float | None = None,
) -> Any:
    """The gradient of `f` at a point by differences: forward, (f(x+h) - f(x))/h, or central, (f(x+h) - f(x-h))/2h.

    The error of the central difference falls as h², that of the forward one as h; the rounding error
    grows as 1/h. Without a `step` h is where the two meet: ε^⅓ or ε^½ times max(1, |x|), with
    ε = 2⁻⁵². As with `grad`, it is the gradient with respect to the first argument and has its structure; with several
    `argnums` it is a tuple.

    >>> from autograd_lite import numerical_gradient, sin
    >>> round(numerical_gradient(sin, 0.5), 9), round(numerical_gradient(sin, 0.5, method="forward", step=0.1), 3)
    (0.877582562, 0.852)
    >>> [round(slope, 6) for slope in numerical_gradient(lambda x, y: x * y, 2.0, 3.0, argnums=(0, 1))]
    [3.0, 2.0]
    """
    if method not in STEPS:
        raise ValueError(f"method is 'central' or 'forward', got {method!r}")
    if step is not None and not 0.0 < as_float(step) < math.inf:
        raise ValueError(f"step must be a positive number, got {step!r}")
    places, single = chosen(argnums, len(point)), hasattr(argnums, "__index__")
    inputs = point[places[0]] if single else tuple(point[place] for place in places)
    numbers, form = flatten(inputs)

    def of_inputs(inputs: Any) -> Any:
        arguments = list(point)
        for place, argument in zip(places, [inputs] if single else inputs, strict=True):
            arguments[place] = argument
        return f(*arguments)

    here = _line(of_inputs, (inputs,), 0)(float(numbers[0])) if method == "forward" and numbers else 0.0

    def along(place: int) -> float:
        line = _line(of_inputs, (inputs,), place)
        x = float(numbers[place])
        h = STEPS[method] * max(1.0, abs(x)) if step is None else step
        right = x + h
        left = x - h if method == "central" else x
        if right == left:
            raise ValueError(f"a step of {h!r} is lost in rounding beside {x!r}: take a larger one")
        below = line(left) if method == "central" else here
        return (line(right) - below) / (right - left)  # the step that was taken, rounding included

    return form.rebuild([along(place) for place in range(len(numbers))])


def check_gradients(f: Function, *point: Any, order: int = 2, rtol: float = 1e-5, atol: float = 0.0) -> None:
    """Compare the derivatives of `f` at a point in every way there is; raise GradientError where two disagree.

    Order 1: reverse mode, forward mode and differences. Order 2 (the default) also: reverse over
    reverse, forward over reverse, and differences of the gradient. The differences are extrapolated to
    step 0, with the step that fits best, so that a rule that is wrong by 0.05 % is caught. The message
    names the operand and both numbers, and the operation whose local partial is to blame. At a kink
    (relu at 0) differences and convention disagree; check beside it.

    >>> from autograd_lite import check_gradients, exp, sin
    >>> check_gradients(lambda x: exp(sin(x ** 2)), 1.5)
    """
    if order not in (1, 2):
        raise ValueError(f"order is 1 or 2, got {order!r}")
    numbers, form = flatten(point)
    argnums = tuple(range(len(point)))
    names = _names(point)
    gradient = grad(f, argnums)
    unit = [form.rebuild([float(i == j) for j in range(len(numbers))]) for i in range(len(numbers))]
    adjoints = flatten(gradient(*point))[0]
    for i, name in enumerate(names):
        checked = [("reverse mode", adjoints[i]), ("forward mode", jvp(f, point, unit[i])[1])]
        try:
            _compare(f"the derivative with respect to {name}", checked, _line(f, point, i), numbers[i], rtol, atol)
        except GradientError as error:
            raise GradientError(f"{error}{_wrong_rule(f, point, rtol, atol)}") from None
    if order == 1:
        return
    for i, name in enumerate(names):
        row = flatten(grad(lambda *xs, i=i: flatten(gradient(*xs))[0][i], argnums)(*point))[0]
        column = flatten(jvp(gradient, point, unit[i])[1])[0]
        for j, other in enumerate(names):
            slope = _line(lambda *xs, i=i: flatten(gradient(*xs))[0][i], point, j)
            checked = [("reverse over reverse", row[j]), ("forward over reverse", column[j])]
            _compare(
                f"the second derivative with respect to {name} and {other}", checked, slope, numbers[j], rtol, atol
            )


def _line(f: Function, point: tuple[Any, ...], place: int) -> Callable[[float], float]:
    """The function along one coordinate of the point, on plain numbers."""
    numbers, form = flatten(point)
    fixed = [plain(x) for x in numbers]

    def along(x: float) -> float:
        return plain(f(*form.rebuild([*fixed[:place], x, *fixed[place + 1 :]])))

    return along


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


def _compare(
    what: str, computed: list[tuple[str, Any]], line: Callable[[float], float], x: Any, rtol: float, atol: float
) -> None:
    numerical, uncertainty = extrapolated_derivative(line, plain(x))
    for route, derivative in computed:
        exact = plain(derivative)
        scale = max(abs(exact), abs(numerical))
        undecided = uncertainty > 1e-8 + 1e-3 * scale
        if undecided or not abs(exact - numerical) <= atol + rtol * scale + 10.0 * uncertainty:
            doubt = f", uncertain by {uncertainty:.1g}" if uncertainty > rtol * scale else ""
            raise GradientError(f"{what}: {route} gives {exact!r}, differences give {numerical!r}{doubt}")


def _wrong_rule(f: Function, point: tuple[Any, ...], rtol: float, atol: float) -> str:
    """The first operation of the computation whose local partial disagrees with differences of its value."""
    numbers, form = flatten(point)
    result = f(*form.rebuild([Value(plain(x)) for x in numbers]))
    for node in topological_order(result) if isinstance(result, Value) else ():
        operands = [plain(x) for x in node.operands]
        for place, partial in enumerate(node.partials):
            if type(node.operands[place]) is float:
                continue
            line = _line(node.op, tuple(operands), place)
            try:
                _compare(node.op.name, [("", partial or 0.0)], line, operands[place], rtol, atol)
            except GradientError:
                exact, numerical = partial or 0.0, extrapolated_derivative(line, operands[place])[0]
                call = node.op.written(*operands)
                where = f"the local partial of {call} with respect to operand {place}"
                return f"; {where} is {exact!r}, differences give {numerical!r}"
    return ""


def extrapolated_derivative(f: Callable[[float], float], x: float) -> tuple[float, float]:
    """A numerical derivative to about ten digits, and an estimate of its error.

    Extrapolates from three first steps: a coarse one, which knows least of rounding, and finer ones, which
    are not deceived by oscillations and poles nearby. The finest that is good to seven digits counts.

    >>> from autograd_lite.engine.checks import extrapolated_derivative
    >>> import math
    >>> derivative, error = extrapolated_derivative(math.exp, 1.0)
    >>> abs(derivative - math.e) < 1e-9, error < 1e-9
    (True, True)
    """
    size = max(1.0, abs(x))
    steps = sorted({0.1 * size, 0.001 * size, 0.1 * abs(x)} - {0.0})
    estimates = [_ridders(f, x, step) for step in steps]
    for derivative, error in estimates:
        if error < 1e-7 * abs(derivative):
            return derivative, error
    return min(estimates, key=lambda estimate: estimate[1])


def _ridders(f: Callable[[float], float], x: float, h: float) -> tuple[float, float]:
    """Central differences at steps that shrink from h, extrapolated to step 0 by polynomials in h².

    The entry of the tableau that agrees best with its neighbours wins. Source: C. J. F. Ridders, Accurate
    computation of F'(x) and F'(x) F''(x), Advances in Engineering Software 4 (1982) 75-76.
    """
    best, best_error = math.nan, math.inf
    previous: list[float] = []
    for _ in range(60):
        try:
            left, right = x - h, x + h
            below, above = f(left), f(right)
        except (ArithmeticError, ValueError):  # outside of the domain: come closer
            h *= SHRINK
            previous = []
            continue
        noise = EPSILON * (abs(above) + abs(below)) / h
        if noise > best_error or right == left:  # from here on rounding only grows
            break
        row = [(above - below) / (right - left)]
        for k, coarser in enumerate(previous):
            factor = SHRINK ** (-2 * (k + 1))
            row.append((factor * row[-1] - coarser) / (factor - 1.0))
            error = max(abs(row[-1] - row[-2]), abs(row[-1] - coarser), noise)
            if error < best_error:
                best, best_error = row[-1], error
        previous = row
        h *= SHRINK
    return best, best_error
