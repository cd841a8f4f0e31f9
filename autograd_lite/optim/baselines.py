"""Finding a minimum without the chain rule: by random steps, by numerical differences, and in closed form.

Backpropagation is measured against them: the first two see a function from outside, and count how often they call it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd_lite.engine.differences import numerical_gradient
from autograd_lite.engine.rng import Seed, as_rng
from autograd_lite.engine.trees import flatten
from autograd_lite.engine.value import plain
from autograd_lite.optim.optimizers import in_range

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Function = Callable[..., Any]


class Descent(NamedTuple):
    """Where a method ended, and how it went: the loss at the start and after each step, and the calls by then.

    >>> numerical_descent(lambda x: x * x, 1.0, steps=1, lr=0.5, method="forward", step=1.0)
    Descent(point=-0.5, loss=[1.0, 0.25], evaluations=[1, 3])
    """

    point: Any
    loss: list[float]
    evaluations: list[int]


class _Counted:
    """A function of plain numbers that counts its calls."""

    def __init__(self, f: Function) -> None:
        self.f = f
        self.calls = 0

    def __call__(self, *point: Any) -> float:
        self.calls += 1
        return plain(self.f(*point))


def random_search(f: Function, start: Any, *, steps: int, radius: float = 0.1, seed: Seed = None) -> Descent:
    """Try a step of length `radius` in a random direction, and take it if it leads lower: one call per step.

    `start` is what `f` takes: a number, or lists, tuples, dicts or arrays of numbers; a `Value` counts
    as its number. `seed` is a number or a
    `random.Random`; without one, the steps come from the package's generator.

    >>> found = random_search(lambda x: (x[0] - 1) ** 2 + x[1] ** 2, [0.0, 0.0], steps=200, seed=0)
    >>> found.loss[-1] < 0.01, found.evaluations[-1]
    (True, 201)
    """
    f, rng, radius = _Counted(f), as_rng(seed), in_range("radius", radius)
    numbers, form = flatten(start)
    here = [plain(x) for x in numbers]
    loss = [f(form.rebuild(here))]
    evaluations = [f.calls]
    for _ in range(steps):
        direction = [rng.gauss(0.0, 1.0) for _ in here]
        scale = radius / (sqrt(sum(d * d for d in direction)) or 1.0)
        there = [x + scale * d for x, d in zip(here, direction, strict=True)]
        try:
            value = f(form.rebuild(there))
        except (ArithmeticError, ValueError):  # outside the domain: not lower
            value = inf
        lower = value < loss[-1]
        if lower:
            here = there
        loss.append(value if lower else loss[-1])
        evaluations.append(f.calls)
    return Descent(form.rebuild(here), loss, evaluations)


def numerical_descent(
    f: Function, start: Any, *, steps: int, lr: float, method: str = "central", step: float | None = None
) -> Descent:
    """Gradient descent by numerical differences: for n numbers 2n + 1 calls per step, n + 1 with method="forward".

    `start` is what `f` takes, a `Value` counting as its number; `method` and `step` are those of `numerical_gradient`.

    >>> found = numerical_descent(lambda x: (x[0] - 1) ** 2 + x[1] ** 2, [0.0, 2.0], steps=50, lr=0.2)
    >>> [round(x, 6) for x in found.point], found.evaluations[-1]
    ([1.0, 0.0], 251)
    """
    f, lr = _Counted(f), in_range("lr", lr)
    numbers, form = flatten(start)
    here = [plain(x) for x in numbers]
    loss = [f(form.rebuild(here))]
    evaluations = [f.calls]

    def known_here(point: Any) -> float:  # forward differences ask for the loss where it is known
        return loss[-1] if flatten(point)[0] == here else f(point)

    for _ in range(steps):
        slopes = flatten(numerical_gradient(known_here, form.rebuild(here), method=method, step=step))[0]
        here = [x - lr * slope for x, slope in zip(here, slopes, strict=True)]
        loss.append(f(form.rebuild(here)))
        evaluations.append(f.calls)
    return Descent(form.rebuild(here), loss, evaluations)


def least_squares(
    X: ArrayLike,  # noqa: N803 - X is a matrix
    y: ArrayLike,
    *,
    l2: float | Sequence[float] = 0.0,
) -> list[float]:
    """The β that minimises ‖Xβ - y‖² + l2·‖β‖²; without a penalty, (XᵀX)⁻¹Xᵀy, or the shortest of several.

    A column of ones in X gives the constant term. `l2` is the penalty λ of ridge regression, (XᵀX + λI)⁻¹Xᵀy: one
    number, or one for each column, such as [0, λ, λ] to leave the constant term alone. NumPy's singular value
    decomposition loses fewer digits than XᵀX would. Raises ValueError for shapes that do not fit.

    >>> gates = [[1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]]
    >>> [round(b, 12) for b in least_squares(gates, [0, 1, 1, 1])]
    [0.25, 0.5, 0.5]
    >>> [round(b, 12) for b in least_squares(gates, [0, 1, 1, 1], l2=[0, 1, 1])]
    [0.5, 0.25, 0.25]
    """
    import numpy

    matrix, vector = numpy.asarray(X, dtype=float), numpy.asarray(y, dtype=float)
    if matrix.ndim != 2 or vector.shape != matrix.shape[:1]:
        raise ValueError(
            f"least_squares takes a matrix and one number for each row, got {matrix.shape} and {vector.shape}"
        )
    columns = matrix.shape[1]
    penalties = numpy.asarray(l2, dtype=float)
    if penalties.shape not in ((), (columns,)):
        raise ValueError(
            f"least_squares: l2 is one number, or one for each of {columns} columns, got the shape {penalties.shape}"
        )
    roots = [sqrt(in_range("l2", penalty)) for penalty in numpy.broadcast_to(penalties, columns).tolist()]
    if any(roots):  # each penalty is one more equation, √λ·β = 0
        matrix = numpy.vstack([matrix, numpy.diag(roots)])
        vector = numpy.concatenate([vector, numpy.zeros(columns)])
    solution: list[float] = numpy.linalg.lstsq(matrix, vector, rcond=None)[0].tolist()
    return solution
