"""Networks with weights written down: every Boolean function, and towers against mpmath and closed forms."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from mpmath import mp

from autograd_lite import Value, check_gradients, nn, plots
from autograd_lite.nn import boolean_network, evaluate, sum_of_towers, tower

ONE_LINE = "^[^\n]+$"
tables = st.integers(1, 5).flatmap(lambda n: st.lists(st.integers(0, 1), min_size=2**n, max_size=2**n))


def patterns(n: int) -> list[list[int]]:
    """All inputs of −1 and 1, the last one changing fastest."""
    return [[1 if place >> (n - 1 - i) & 1 else -1 for i in range(n)] for place in range(2**n)]


def sigmoid(z: Any) -> Any:
    """The logistic function in mpmath's arithmetic."""
    return 1 / (1 + mp.exp(-z))


def exact(x: list[float], sides: list[tuple[float, float]], k: float) -> float:
    """A tower by its definition, to 40 digits."""
    with mp.workdps(40):
        bumps = [
            sigmoid(k * (mp.mpf(z) - a)) - sigmoid(k * (mp.mpf(z) - b)) for z, (a, b) in zip(x, sides, strict=True)
        ]
        return float(bumps[0] if len(sides) == 1 else sigmoid(k * (sum(bumps) - len(sides) + mp.mpf(1) / 2)))


@pytest.mark.parametrize("fewer", [False, True])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_all_functions_of_few_inputs(n: int, fewer: bool) -> None:
    """All 4, 16 and 256 functions of 1, 2 and 3 inputs are right in all places, with 2ⁿ hidden units or half of them."""
    for table in itertools.product((0, 1), repeat=2**n):
        model = boolean_network(table, fewer=fewer)
        assert evaluate(model, patterns(n)) == [*table]
        assert model.layers[0].nout == (max(1, min(sum(table), 2**n - sum(table))) if fewer else 2**n)


@given(tables)
def test_hidden_units_fire_for_one_pattern_each(table: list[int]) -> None:
    """Hidden unit i fires for pattern i alone; weights are ±1, the bias −n; all sums but one are −2 or less."""
    n = len(table).bit_length() - 1
    layer = boolean_network(table).layers[0]
    for place, x in enumerate(patterns(n)):
        assert evaluate(layer, [x])[0] == [float(i == place) for i in range(2**n)]
    for unit, p in zip(layer.neurons, patterns(n), strict=True):
        assert ([w.data for w in unit.w], unit.b.data) == (p, -n)
        assert sorted(sum(a * b for a, b in zip(p, x, strict=True)) - n for x in patterns(n))[-2:] == [-2, 0]


@given(tables, st.booleans())
def test_random_functions(table: list[int], fewer: bool) -> None:
    """Functions of up to five inputs are right in all places; of bools, as a tuple, they give the same network."""
    n = len(table).bit_length() - 1
    model = boolean_network(table, fewer=fewer)
    assert evaluate(model, patterns(n)) == table
    again = boolean_network(tuple(map(bool, table)), fewer=fewer)
    assert [p.data for p in again.parameters()] == [p.data for p in model.parameters()]


@pytest.mark.parametrize("table", [[], [1], [0, 1, 1], [0, 2], [0.5, 1], [-1, 1], [float("nan"), 1]])
def test_what_is_no_truth_table_is_refused(table: list[float]) -> None:
    """A table whose length is no power of two, or that has other values than 0 and 1, is refused in one line."""
    with pytest.raises(ValueError, match=ONE_LINE):
        boolean_network(table)


@given(
    st.lists(st.tuples(st.floats(-1.0, 1.0), st.floats(0.01, 1.0), st.floats(-2.0, 2.0)), min_size=1, max_size=3),
    st.floats(1.0, 60.0),
)
def test_towers_are_their_definition(drawn: list[tuple[float, float, float]], k: float) -> None:
    """In one, two and three dimensions a tower is the sum of differences of sigmoids, as mpmath has it."""
    sides, x = [(a, a + width) for a, width, _ in drawn], [z for *_, z in drawn]
    (found,) = evaluate(tower(*sides, steepness=k), [x])
    assert found == pytest.approx(exact(x, sides, k), rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("sides", [[(0.2, 0.5)], [(0.2, 0.5), (-0.3, 0.1)], [(0.0, 1.0)] * 3], ids=len)
def test_towers_are_one_inside_and_zero_outside(sides: list[tuple[float, float]]) -> None:
    """A steep tower is 1 where all inputs are inside, 0 where one is not, and about half on a wall."""
    model = tower(*sides, steepness=400.0)
    for places in itertools.product((0, 1, 2), repeat=len(sides)):
        x = [(a - 0.1, (a + b) / 2, b + 0.1)[place] for place, (a, b) in zip(places, sides, strict=True)]
        assert evaluate(model, [x])[0] == pytest.approx(float({*places} == {1}), abs=1e-12)
    on_a_wall = [sides[0][0], *((a + b) / 2 for a, b in sides[1:])]
    assert evaluate(model, [on_a_wall])[0] == pytest.approx(0.5, abs=1e-9)


def test_towers_have_the_derivatives_of_their_formula() -> None:
    """A tower can be differentiated: by its input as finite differences have it, and by its edges by moving its biases."""
    model = tower((0.4, 0.6), (0.1, 0.9), steepness=15.0)
    check_gradients(lambda x: model(x), [0.45, 0.2])
    x = Value(0.45)
    single = tower((0.4, 0.6), steepness=20.0)
    single([x]).backward()
    slopes = [float(sigmoid(z) * (1 - sigmoid(z))) for z in (1.0, -3.0)]
    assert x.grad == pytest.approx(20.0 * (slopes[0] - slopes[1]), rel=1e-12)
    assert [b.grad for b in single.layers[0].neurons[0].parameters()][-1] == pytest.approx(slopes[0], rel=1e-12)


BAD: list[tuple[list[Any], float]] = [
    ([], 9.0),
    ([(1.0, 0.0)], 9.0),
    ([(0.0, 0.0)], 9.0),
    ([(0.0, float("inf"))], 9.0),
    ([(0.0, 0.5, 1.0)], 9.0),
    ([0.0, 1.0], 9.0),
    ([(0.0, 1.0)], 0.0),
    ([(0.0, 1.0)], -5.0),
    ([(0.0, 1.0)], float("inf")),
    ([(0.0, 1.0)], float("nan")),
]


@pytest.mark.parametrize(("sides", "steepness"), BAD)
def test_what_is_no_tower_is_refused(sides: list[Any], steepness: float) -> None:
    """No side, one that does not go up or is not finite, and a steepness that is not positive, are refused in one line."""
    with pytest.raises(ValueError, match=ONE_LINE):
        tower(*sides, steepness=steepness)


@pytest.mark.parametrize(("arguments", "error"), [((0,), ValueError), ((2.5,), TypeError), ((3, -1.0), ValueError)])
def test_what_is_no_sum_is_refused(arguments: tuple[Any, ...], error: type[Exception]) -> None:
    """A number of towers that is not 1 or more, no whole number, or a steepness that is not positive, is refused."""
    count, *steepness = arguments
    with pytest.raises(error, match=ONE_LINE):
        sum_of_towers(abs, count, steepness=steepness[0] if steepness else None)


def test_a_function_that_is_not_finite_is_refused() -> None:
    """A tower must have a height: a function that gives nan or inf in the middle of a piece is refused in one line."""
    for height in (math.nan, math.inf):
        with pytest.raises(ValueError, match=ONE_LINE):
            sum_of_towers(lambda x, height=height: height if x < 0.3 else x, 4)


FUNCTIONS: dict[str, tuple[Callable[[float], float], float]] = {
    "line": (lambda x: 3.0 * x - 1.0, 3.0),
    "sine": (lambda x: math.sin(5.0 * x), 5.0),
    "kink": (lambda x: abs(x - 0.37), 1.0),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("count", [1, 3, 8, 30])
def test_sums_of_towers_are_as_close_as_their_steps(name: str, count: int) -> None:
    """A function of slope L at most is met to L/(2N), and in the middle of each piece exactly."""
    f, slope = FUNCTIONS[name]
    model = sum_of_towers(f, count)
    middles = [(i + 0.5) / count for i in range(count)]
    assert evaluate(model, [[x] for x in middles]) == pytest.approx([*map(f, middles)], abs=1e-6)
    grid = [i / 500 for i in range(501)]
    errors = [abs(y - f(x)) for x, y in zip(grid, evaluate(model, [[x] for x in grid]), strict=True)]
    assert max(errors) <= slope / (2 * count) * (1.0 + 1e-6) + 1e-12


def test_a_sum_is_the_sum_of_its_towers() -> None:
    """In one, two and three dimensions a sum is what the towers give one by one, times the function in the middles."""
    edges = [(-0.5, 0.5), (0.5, 1.5)]  # of two pieces, the outer walls moved outwards
    for d, point in ((1, [0.3]), (2, [0.45, 0.8]), (3, [0.45, 0.52, 0.9])):
        model = sum_of_towers(
            lambda *x: 1.0 + sum((i + 1) * xi for i, xi in enumerate(x)), 2, steepness=12.0, dimensions=d
        )
        total = 0.0
        for box in itertools.product(edges, repeat=d):
            middle = [0.25 if side[0] < 0.0 else 0.75 for side in box]
            total += (1.0 + sum((i + 1) * m for i, m in enumerate(middle))) * exact(point, list(box), 12.0)
        assert evaluate(model, [point])[0] == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("count", [2, 5])
def test_the_plane_is_covered_but_for_the_corners(count: int) -> None:
    """Towers of height 1 add up to 1 inside, on walls and at the sides of the square; where four meet there is a pit."""
    model = sum_of_towers(lambda x, y: max(1.0, x * y), count, dimensions=2)
    walls, middles = [i / count for i in range(count + 1)], [(i + 0.5) / count for i in range(count)]
    for x, y in itertools.product(walls + middles, repeat=2):
        pit = 0.0 < x < 1.0 and 0.0 < y < 1.0 and x in walls and y in walls
        assert evaluate(model, [[x, y]])[0] == pytest.approx(0.0 if pit else 1.0, abs=1e-6)


def test_towers_are_networks_of_the_package(tmp_path: Path) -> None:
    """All of them can be saved, loaded, drawn and trained further."""
    models: list[tuple[nn.Sequential, list[float]]] = [
        (boolean_network([0, 1, 1, 0], fewer=True), [1.0, -1.0]),
        (tower((0.0, 1.0), (0.0, 1.0), steepness=9.0), [0.5, 0.25]),
        (sum_of_towers(math.sin, 3), [0.5]),
        (sum_of_towers(math.hypot, 2, dimensions=2), [0.5, 0.25]),
    ]
    for place, (model, x) in enumerate(models):
        path = tmp_path / f"{place}.safetensors"
        nn.save(model, path)
        assert evaluate(nn.load(path), [x]) == evaluate(model, [x])
        assert plots.network(model).svg().count("<title>n1_") >= 2
        model(x).backward()
        assert any(p.grad != 0.0 for p in model.parameters()) == ("Perceptron" not in repr(model))
