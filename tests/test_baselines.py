"""Random search and descent by differences: where they arrive, what they call, what they refuse."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy
import pytest

from autograd_lite import Value, log
from autograd_lite.optim import numerical_descent, random_search

ONE_LINE = "^[^\n]+$"


class Watched:
    """A function of a list of numbers that notes the points at which it is called."""

    def __init__(self, f: Callable[[list[float]], float]) -> None:
        self.f = f
        self.points: list[list[float]] = []

    def __call__(self, point: list[float]) -> float:
        """The value at a point, which is noted."""
        self.points.append(list(point))
        return self.f(point)


def bowl(p: Sequence[float]) -> float:
    """A convex quadratic with the minimum 3 at (1, -2)."""
    return (p[0] - 1.0) ** 2 + 5.0 * (p[1] + 2.0) ** 2 + 3.0


def far_from_convex(p: Sequence[float]) -> float:
    """A function with many minima."""
    return math.sin(3.0 * p[0]) * math.cos(5.0 * p[1]) + 0.1 * p[0] * p[0]


def walled(p: Sequence[float]) -> float:
    """A convex function with the minimum 2 at (1, 1) that raises where a number is not positive."""
    return p[0] - math.log(p[0]) + p[1] - math.log(p[1])


class Line(NamedTuple):
    """A named tuple among the structures."""

    slope: Any
    bias: Any


@pytest.mark.parametrize("f", [bowl, far_from_convex, walled])
@pytest.mark.parametrize("seed", range(3))
def test_random_search_never_goes_up(f: Callable[[Sequence[float]], float], seed: int) -> None:
    """The losses never rise, the point has the last of them, and each is the lowest value seen so far."""
    seen: list[float] = []

    def noted(p: list[float]) -> float:
        seen.append(math.inf)  # in case it raises
        seen[-1] = f(p)
        return seen[-1]

    found = random_search(noted, [0.3, 0.4], steps=100, radius=0.5, seed=seed)
    assert found.loss == [min(seen[: i + 1]) for i in range(101)]
    assert f(found.point) == found.loss[-1] < found.loss[0]


def test_random_search_steps_by_the_radius() -> None:
    """Every point that is tried lies at the distance `radius` from the best one so far."""
    f = Watched(bowl)
    random_search(f, [0.0, 0.0], steps=200, radius=0.25, seed=0)
    best = f.points[0]
    for point in f.points[1:]:
        assert math.dist(point, best) == pytest.approx(0.25, rel=1e-12)
        best = min(best, point, key=bowl)


def test_random_directions_favour_none() -> None:
    """The directions have the moments of the sphere, 0 and 1/n and for the fourth power 3/(n·(n + 2))."""
    f = Watched(lambda _: 0.0)
    random_search(f, [0.0, 0.0, 0.0], steps=2000, radius=1.0, seed=0)
    directions = numpy.array(f.points[1:])
    assert numpy.abs(directions.mean(axis=0)).max() < 4.0 * math.sqrt(1.0 / 3.0 / 2000.0)
    assert numpy.abs(directions.T @ directions / 2000.0 - numpy.eye(3) / 3.0).max() < 4.0 * 0.3 / math.sqrt(2000.0)
    assert numpy.abs((directions**4).mean(axis=0) - 1.0 / 5.0).max() < 4.0 * 0.27 / math.sqrt(2000.0)


@pytest.mark.parametrize("steps", [0, 1, 7])
def test_random_search_counts_its_calls(steps: int) -> None:
    """One call at the start and one a step, those that raise included; the counts are those after each step."""
    for f in (Watched(bowl), Watched(walled)):
        found = random_search(f, [0.1, 0.1], steps=steps, radius=1.0, seed=0)
        assert found.evaluations == list(range(1, steps + 2))
        assert len(f.points) == steps + 1
        assert len(found.loss) == steps + 1


def test_random_search_is_reproducible() -> None:
    """A seed gives the same way every time, another seed another; Python's own random numbers are left alone."""
    state = random.getstate()
    first, again, other = (random_search(bowl, [0.0, 0.0], steps=50, seed=seed) for seed in (3, 3, 4))
    assert first == again
    assert first.loss != other.loss
    assert random.getstate() == state


@pytest.mark.parametrize("error", [ValueError, ZeroDivisionError, OverflowError])
def test_random_search_stays_inside(error: type[Exception]) -> None:
    """Where the function raises as arithmetic does there is nothing to be found, and the search goes on."""

    def cut(p: list[float]) -> float:
        if p[0] > 0.5:
            raise error
        return -p[0]

    found = random_search(cut, [0.0], steps=100, radius=0.2, seed=0)
    assert 0.3 < found.point[0] <= 0.5


def test_random_search_takes_nan_for_no_improvement() -> None:
    """A value of nan is not lower than any, and a start at nan is left at nothing: loss and point stay together."""
    found = random_search(lambda p: math.nan if p[0] > 0.5 else -p[0], [0.0], steps=100, radius=0.2, seed=0)
    assert found.loss[-1] == -found.point[0] <= -0.3
    lost = random_search(lambda p: math.nan if p[0] == 0.0 else 1.0, [0.0], steps=3, seed=0)
    assert lost.point == [0.0]
    assert all(math.isnan(loss) for loss in lost.loss)


def test_random_search_lets_other_errors_through() -> None:
    """An error that arithmetic does not make, and any at the start, is the caller's to see."""
    with pytest.raises(KeyError):
        random_search(lambda x: {0.0: 1.0}[x], 0.0, steps=1, seed=0)
    with pytest.raises(ValueError, match="domain"):
        random_search(lambda x: math.log(x), -1.0, steps=1, seed=0)


def test_random_search_finds_a_convex_minimum() -> None:
    """With a few hundred steps it is within the radius of the minimum of a convex function, inside its domain too."""
    assert math.dist(random_search(bowl, [0.0, 0.0], steps=500, radius=0.05, seed=0).point, (1.0, -2.0)) < 0.05
    assert math.dist(random_search(walled, [0.1, 3.0], steps=500, radius=0.05, seed=0).point, (1.0, 1.0)) < 0.05


STRUCTURES: list[tuple[Any, Callable[[Any], Any]]] = [
    (1, lambda p: p),
    (Value(1.0), lambda p: p),
    ({"w": [1, 2.0], "b": (3,)}, lambda p: p["w"][0] + p["w"][1] + p["b"][0]),
    (Line(1.0, Value(2.0)), lambda p: p.slope + p.bias),
    (numpy.array([[1, 2], [3, 4]]), lambda p: p.sum()),
]


def shape(tree: Any) -> Any:
    """A structure without its numbers: the types of its containers and of what they hold."""
    if isinstance(tree, dict):
        return {key: shape(child) for key, child in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree), [shape(child) for child in tree]
    return (tree.shape, tree.dtype.kind) if isinstance(tree, numpy.ndarray) else float


@pytest.mark.parametrize(
    "method", [random_search, lambda f, start, steps: numerical_descent(f, start, steps=steps, lr=0.1)]
)
@pytest.mark.parametrize(("start", "total"), STRUCTURES)
def test_the_structure_of_the_start_is_kept(
    method: Callable[..., Any], start: Any, total: Callable[[Any], Any]
) -> None:
    """Function and result have the structure of the start, filled with plain floats, and the start is unchanged."""
    before = repr(start)
    seen: list[Any] = []

    def f(point: Any) -> Any:
        seen.append(shape(point))
        return (total(point) - 20.0) ** 2

    found = method(f, start, steps=3)
    expected = ((2, 2), "f") if isinstance(start, numpy.ndarray) else shape(start)
    assert all(form == expected for form in [*seen, shape(found.point)])
    assert f(found.point) == pytest.approx(found.loss[-1])
    assert repr(start) == before


def test_values_may_be_used_inside() -> None:
    """A function that computes with Values gives plain floats as losses."""
    for found in (
        random_search(lambda x: Value(x) ** 2, 1.0, steps=2, seed=0),
        numerical_descent(lambda x: x - log(Value(x)), 2.0, steps=2, lr=0.1),
    ):
        assert {type(loss) for loss in found.loss} == {float}


SHARPNESS = (1.0, 4.0, 0.5)
CENTRE = (1.0, -2.0, 0.25)
BEGIN = (0.0, 1.0, 3.0)
RATE = 0.125


def quadratic(p: Sequence[float]) -> float:
    """Half the sum of a·(x - c)²: descent multiplies each distance from c by 1 - lr·a a step."""
    return sum(0.5 * a * (x - c) ** 2 for a, x, c in zip(SHARPNESS, p, CENTRE, strict=True))


@pytest.mark.parametrize("steps", [0, 1, 5, 40])
@pytest.mark.parametrize(
    ("method", "step", "error"),
    [("central", None, 1e-8), ("central", 0.5, 1e-12), ("forward", 0.5, 1e-12), ("forward", None, 1e-6)],
)
def test_numerical_descent_goes_where_descent_goes(steps: int, method: str, step: float | None, error: float) -> None:
    """On a quadratic the way is known in closed form; forward differences move its minimum by half of their step."""
    found = numerical_descent(quadratic, list(BEGIN), steps=steps, lr=RATE, method=method, step=step)
    shift = 0.25 if method == "forward" and step else 0.0
    for t in range(steps + 1):
        point = [
            c - shift + (1.0 - RATE * a) ** t * (x - c + shift)
            for a, x, c in zip(SHARPNESS, BEGIN, CENTRE, strict=True)
        ]
        assert found.loss[t] == pytest.approx(quadratic(point), abs=10.0 * error)
    assert found.point == pytest.approx(point, abs=error)


@pytest.mark.parametrize(("method", "a_step"), [("central", 7), ("forward", 4)])
def test_numerical_descent_counts_its_calls(method: str, a_step: int) -> None:
    """For n numbers 2n + 1 calls a step, n + 1 with forward differences, and one at the start; none is made twice."""
    f = Watched(quadratic)
    found = numerical_descent(f, list(BEGIN), steps=5, lr=RATE, method=method)
    assert found.evaluations == [1 + a_step * t for t in range(6)]
    assert len(f.points) == found.evaluations[-1]
    assert len({tuple(point) for point in f.points}) == len(f.points)


def test_numerical_descent_shows_the_errors_of_the_function() -> None:
    """Out of the domain, and with options that are none, it raises what the function and the differences raise."""
    with pytest.raises(ValueError, match="domain"):
        numerical_descent(lambda x: math.log(x), 0.1, steps=5, lr=1.0)
    with pytest.raises(ValueError, match=r"^method is 'central' or 'forward', got 'backward'$"):
        numerical_descent(quadratic, list(BEGIN), steps=1, lr=0.1, method="backward")
    with pytest.raises(ValueError, match=r"^step must be a positive number, got 0\.0$"):
        numerical_descent(quadratic, list(BEGIN), steps=1, lr=0.1, step=0.0)


@pytest.mark.parametrize(
    "method", [random_search, lambda f, start, steps: numerical_descent(f, start, steps=steps, lr=0.1)]
)
def test_what_is_no_function_of_numbers_is_refused(method: Callable[..., Any]) -> None:
    """A start without numbers, and a function that returns no number, are refused in one line."""
    with pytest.raises(TypeError, match=ONE_LINE):
        method(bowl, "start", steps=1)
    with pytest.raises(TypeError, match=r"^expected a number, got list[^\n]+$"):
        method(lambda p: p, [1.0, 2.0], steps=1)
