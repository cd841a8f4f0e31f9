"""Maps, classes and boundaries of a page that shows a training: pure functions of numbers, in a real browser."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from browser import chromium, empty_page
from playwright.sync_api import Page
from watching import PURE, Recorded

from autograd_lite import nn, optim
from autograd_lite.data import moons
from autograd_lite.nn import losses

browser = pytest.fixture(scope="module", name="browser")(chromium)
blank = pytest.fixture(scope="module", name="blank")(empty_page)

Line = list[tuple[float, float]]


def contours(page: Page, grid: list[list[Any]], level: float = 0.0) -> list[Line]:
    """The lines of a grid of rows, as points; nan as a text."""
    given = [[x if math.isfinite(x) else str(x) for x in row] for row in grid]
    code = f"contours(Float64Array.from({json.dumps(given)}.flat().map(Number)), {len(grid[0])}, {len(grid)}, {level})"
    found = page.evaluate(f"(() => {{ {PURE}\nreturn {code}.map((line) => [...line]); }})()")
    return [list(zip(line[::2], line[1::2], strict=True)) for line in found]


def length(line: Line) -> float:
    return math.fsum(map(math.dist, line, line[1:]))


def test_the_length_of_a_circle(blank: Page) -> None:
    """The level of x² + y² is one closed line as long as the circle, and encloses as much."""
    center, radius = (31.3, 28.9), 20.0
    grid = [[math.hypot(column - center[0], row - center[1]) for column in range(64)] for row in range(60)]
    (line,) = contours(blank, grid, radius)
    assert line[0] == line[-1]
    assert len(set(line)) == len(line) - 1
    assert length(line) == pytest.approx(2.0 * math.pi * radius, rel=2e-3)
    turned = math.fsum(x * v - u * y for (x, y), (u, v) in pairwise(line))
    assert abs(turned) / 2.0 == pytest.approx(math.pi * radius**2, rel=2e-3)


def test_a_straight_line_and_none(blank: Page) -> None:
    """A plane has an open line from edge to edge where it is linear; a grid on one side of the level has none."""
    grid = [[column - 0.5 * row - 1.25 for column in range(9)] for row in range(7)]
    (line,) = contours(blank, grid)
    assert sorted((line[0], line[-1])) == [(1.25, 0.0), (4.25, 6.0)]
    assert length(line) == pytest.approx(math.dist(line[0], line[-1]))
    assert contours(blank, grid, 100.0) == []


@pytest.mark.parametrize(
    ("middle", "ends"), [(0.1, {"above right", "below left"}), (-0.1, {"above left", "below right"})]
)
def test_a_saddle(blank: Page, middle: float, ends: set[str]) -> None:
    """Where corners that lie across are on one side, the middle of the cell tells which of them are joined."""
    high, low = middle + 1.0, middle - 1.0
    lines = contours(blank, [[high, low], [low, high]])

    def edge(x: float, y: float) -> str:
        return "above" if y == 0.0 else "below" if y == 1.0 else "left" if x == 0.0 else "right"

    assert {" ".join(sorted(edge(*point) for point in line)) for line in lines} == ends


def test_random_grids(blank: Page) -> None:
    """Every change of sign between neighbours is passed once, by one line, where the numbers between them are 0."""
    rng = Random(1)
    for columns, rows in [(2, 2), (3, 5), (9, 6), (20, 20)]:
        grid = [[rng.choice((-1.0, 1.0)) * rng.uniform(0.1, 1.0) for _ in range(columns)] for _ in range(rows)]
        crossings = set()
        for row in range(rows):
            for column in range(columns):
                here = grid[row][column]
                if column + 1 < columns and here * (right := grid[row][column + 1]) < 0.0:
                    crossings.add((round(column + here / (here - right), 9), float(row)))
                if row + 1 < rows and here * (below := grid[row + 1][column]) < 0.0:
                    crossings.add((float(column), round(row + here / (here - below), 9)))
        lines = contours(blank, grid)
        passed = [(round(x, 9), round(y, 9)) for line in lines for x, y in line[: -1 if line[0] == line[-1] else None]]
        assert len(passed) == len(set(passed))
        assert set(passed) == crossings
        for line in lines:  # within a cell from edge to edge, and an open one begins and ends at the border
            assert all(
                math.floor(min(a, b)) >= max(a, b) - 1.0 for p, q in pairwise(line) for a, b in zip(p, q, strict=True)
            )
            if line[0] != line[-1]:
                assert all(x in (0.0, columns - 1.0) or y in (0.0, rows - 1.0) for x, y in (line[0], line[-1]))


def test_where_nothing_is_known(blank: Page) -> None:
    """Around nan the line has a gap."""
    grid = [[column - 3.5 for column in range(8)] for _ in range(8)]
    grid[4][3] = math.nan
    first, second = sorted(contours(blank, grid))
    assert {first[0][1], first[-1][1]} == {0.0, 3.0}
    assert {second[0][1], second[-1][1]} == {5.0, 7.0}


@pytest.mark.parametrize(
    ("decide", "confidence", "outputs"),
    [
        ("score", "sigmoid", [[0.7], [-2.0], [0.0]]),
        ("half", "none", [[0.7], [0.2], [0.5]]),
        ("score", "tanh", [[0.7], [-0.2], [0.0]]),
        ("score", "none", [[7.0], [-2.0], [0.0]]),
        ("argmax", "softmax", [[0.1, 2.0, 0.3], [800.0, -3.0, 800.0], [1.0, 1.0, 1.0]]),
        ("argmax", "none", [[0.1, 2.0, 0.3], [5.0, -3.0, 5.0]]),
    ],
)
def test_classes(blank: Page, decide: str, confidence: str, outputs: list[list[float]]) -> None:
    """The class that `losses.accuracy` counts as right, with the probability that the outputs give to it."""
    told = "{ place: classOf(data, o), sure: data.decide === 'argmax' ? chances(data, o) : sureness(data, o[0]) }"
    data = f"{{decide: '{decide}', confidence: '{confidence}'}}"
    found = blank.evaluate(
        f"(() => {{ {PURE}\nconst data = {data}; return {json.dumps(outputs)}.map((o) => ({told})); }})()"
    )
    several = decide == "argmax"
    for o, told in zip(outputs, found, strict=True):
        scores, threshold = o if several else o[0], 0.5 if decide == "half" else 0.0
        right = [k for k in range(len(o) if several else 2) if losses.accuracy(scores, k, threshold=threshold) == 1.0]
        assert [told["place"]] == right
        powers = [math.exp(x - max(o)) for x in o]
        if several:
            sure: Any = [x / math.fsum(powers) for x in powers] if confidence == "softmax" else o
        elif (decide, confidence) == ("score", "none"):
            sure = min(max(o[0], -1.0), 1.0)  # up to the margin
        else:
            p = {"sigmoid": 1.0 / (1.0 + math.exp(-o[0])), "tanh": (1.0 + o[0]) / 2.0, "none": o[0]}[confidence]
            sure = p - (1.0 - p)  # of class 1, and of class 0
        assert told["sure"] == pytest.approx(sure)


def test_numbers_are_no_classes(blank: Page) -> None:
    """A regression decides nothing, and has no boundary."""
    code = "[classOf({decide: 'value'}, [3]), margins('value', [new Float64Array(4)]).length]"
    assert blank.evaluate(f"(() => {{ {PURE}\nreturn {code}; }})()") == [-1, 0]


def test_margins(blank: Page) -> None:
    """They change their sign where the class changes: for each of several classes, once for two."""
    rng = Random(2)
    for count, decide in [(1, "score"), (1, "half"), (2, "argmax"), (4, "argmax")]:
        outputs = [[rng.uniform(-1.0, 1.0) for _ in range(50)] for _ in range(count)]
        code = f"margins('{decide}', {json.dumps(outputs)}.map((one) => Float64Array.from(one))).map((one) => [...one])"
        found = blank.evaluate(f"(() => {{ {PURE}\nreturn {code}; }})()")
        assert len(found) == (count if count > 2 else 1)
        for at, each in enumerate(zip(*outputs, strict=True)):
            if count == 1:
                assert (found[0][at] > 0.0) == (each[0] > (0.5 if decide == "half" else 0.0))
            else:
                assert [margin[at] > 0.0 for margin in found] == [x == max(each) for x in each][: len(found)]


def test_values_on_a_grid(blank: Page) -> None:
    """Units and outputs over the plane of two features, the upper left first; the others are held at their mean."""
    points, y = moons(20, noise=0.1, seed=1)
    rows = [[a, 3.0 * a * b, b] for a, b in points]
    model = nn.MLP(3, [4, 1], "tanh", seed=5)
    recorded = Recorded(
        model, optim.SGD(model.parameters(), 0.1), rows, y, loss=losses.binary_cross_entropy_with_logits, epochs=2
    )
    recorded.data["shown"] = [2, 0]
    grids = blank.evaluate(
        recorded.call("""
      training.go(2);
      return [valuesOnGrid(FORWARD, training.p, data, [1, 4], 7, 5), valuesOnGrid(FORWARD, training.p, { ...data, shown: [1] }, [4], 6, 1)]
        .map((grids) => grids.map((grid) => [...grid]));
    """)
    )
    low, mean, high = ([f(c) for c in zip(*rows, strict=True)] for f in (min, lambda c: math.fsum(c) / 20, max))

    def at(j: int, k: int, count: int) -> float:
        return low[j] + (high[j] - low[j]) * k / (count - 1)

    plane = [[at(0, 4 - row, 5), mean[1], at(2, column, 7)] for row in range(5) for column in range(7)]
    units, outputs = grids[0]
    assert outputs == pytest.approx(nn.evaluate(model, plane), rel=1e-12)
    assert units == pytest.approx([model.layers[0](x)[1].data for x in plane], rel=1e-12)
    line = [[mean[0], at(1, column, 6), mean[2]] for column in range(6)]
    assert grids[1][0] == pytest.approx(nn.evaluate(model, line), rel=1e-12)
