"""Approximation: sums of towers come as close to a continuous function as you like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import fsum, hypot, pi, sin
from typing import Annotated, Any, Literal

from autograd_lite import nn
from autograd_lite.engine.value import Value
from autograd_lite.lessons.gates import depth
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import name_parameters
from autograd_lite.lessons.outcome import Expected, Outcome, agree, falls, power, written
from autograd_lite.plots import INK, curves
from autograd_lite.views.columns import Columns

TARGETS: dict[str, Callable[[float], float]] = {
    "sine": lambda x: sin(2.0 * pi * x),
    "tent": lambda x: 1.0 - abs(x - 0.4),
    "jump": lambda x: float(x >= 1.0 / 3.0),  # no edge of 5, 10, 20 or 40 pieces
}
SURFACES: dict[str, Callable[[float, float], float]] = {
    "hill": lambda x, y: sin(pi * x) * sin(pi * y),
    "disc": lambda x, y: float(hypot(x - 0.5, y - 0.5) < 0.35),
}
LINE = [[i / 600] for i in range(601)]
SQUARE = [[i / 30, j / 30] for j in range(31) for i in range(31)]


@lesson(
    "L13",
    "Towers of sigmoids",
    "B",
    r"""
    Two sigmoids, $\sigma(z) = 1/(1 + e^{-z})$, make a tower over $[a, b]$: $\sigma(k(x - a)) - \sigma(k(x - b))$; the
    larger $k$, the steeper it is. A sum of $N$ towers, each as high as $f$ in its middle, is a network with one hidden
    layer of $2N$ sigmoids. With steep walls it comes as close as you like to any continuous $f$ on $[0, 1]$: if the
    slope of $f$ is at most $s$, the largest error is at most about $s/(2N)$. At a jump only the mean error falls. In
    the plane four sigmoids add up to about 2 over a box, to about 1 or less off it; one more, above $3/2$, makes it a
    tower, with a pit where four towers meet. With other weights one hidden layer comes as close as you like, without
    pits, on the cube (Cybenko 1989) and on every compact set of inputs, one that is closed and bounded (Hornik 1991),
    but not on the whole line. A continuous $\sigma$ will do if, and only if, it is not a polynomial
    (Leshno, Lin, Pinkus, Schocken 1993). Why then depth? Some functions take exponentially fewer units: $k$ layers of
    two ReLUs, $\max(0, z)$, make a saw of $2^k$ straight pieces, for which one layer takes at least $2^k - 1$ units
    (after Telgarsky 2016).
    """,
    # By hand: at x = 0 the sum is f(1/(2N)), which for the sine is sin(π/N) and for the tent 1/(2N) more than f; the
    # hill is 0 on the sides of the square, the sum up to sin(π/m)/2. By mpmath: the tower, σ(1) − σ(−3), and
    # 20·(σ′(1) − σ′(−3)); the regression of log sin(π/N) on log N.
    Expected(
        {
            "tower": 0.683632705452438098,
            "∂tower/∂x": 3.0287054702113944,
            "largest error of sine": (
                0.587785252292473129,
                0.309016994374947424,
                0.15643446504023087,
                0.0784590957278449450,
            ),
            "largest error of tent": (0.1, 0.05, 0.025, 0.0125),
            "slope of sine": -0.969795743097154561,
            "slope of tent": -1.0,
            "off the corners of hill": (0.5, 0.353553390593273762, 0.191341716182544886),
        }
    ),
    quiz=depth.QUIZ,
)
def towers(
    target: Annotated[Literal["sine", "tent", "jump"], Limits("the function to plot")] = "sine",
    surface: Annotated[Literal["hill", "disc"], Limits("the function of two variables to plot")] = "hill",
    largest: Annotated[int, Limits("the largest N, tried with an eighth, a quarter and a half of it", 24, 80)] = 40,
    side: Annotated[int, Limits("the largest m along a side, tried with a quarter and a half of it", 8, 12)] = 8,
    steepness: Annotated[float, Limits("the steepness k times the width of a tower", 20, 200)] = 40.0,
    x: Annotated[float, Limits("the input of the graph, one tower over [0.4, 0.6]", -1, 2)] = 0.45,
    k: Annotated[float, Limits("the steepness of that tower", 1, 1_000)] = 20.0,
    layers: Annotated[int, Limits("the most layers of the saw", 4, 8)] = 5,
) -> Outcome:
    """Approximate functions of one and two variables by towers, and measure the largest and the mean error."""
    counts, sides = [largest // part for part in (8, 4, 2, 1)], [side // part for part in (4, 2, 1)]
    sums = {name: [nn.sum_of_towers(f, n, steepness=steepness * n) for n in counts] for name, f in TARGETS.items()}
    flat = {
        name: [nn.sum_of_towers(f, m, steepness=steepness * m, dimensions=2) for m in sides]
        for name, f in SURFACES.items()
    }
    errors = {name: errors_of(f, sums[name], LINE, counts) for name, f in TARGETS.items()}
    errors |= {name: errors_of(f, flat[name], SQUARE, sides) for name, f in SURFACES.items()}
    sine, tent, jump, hill, disc = errors.values()
    slopes = [power(counts, each["largest"]) for each in (sine, tent)]
    corners = [nn.evaluate(model, [[m // 2 / m] * 2])[0] for model, m in zip(flat["hill"], sides, strict=True)]
    at, tower = Value(x, "x"), nn.tower((0.4, 0.6), steepness=k)
    name_parameters(tower)
    h = tower.layers[0]([at])
    (graph,) = tower.layers[1](h)
    h[0].label, h[1].label, graph.label = "h₁", "h₂", "tower"
    graph.backward()
    saws = [depth.count_saw(n) for n in range(1, layers + 1)]
    squares = [depth.difference(depth.power_layer(count, 2, seed=0), 3, 0.0, 0.25) for count in counts]
    by_towers = {
        "continuous: the largest error falls with each doubling, about as 1/N": all(
            falls(each["largest"]) and -1.1 < slope < -0.9 for each, slope in zip((sine, tent), slopes, strict=True)
        ),
        "at a jump it never falls below half the jump": min(jump["largest"] + disc["off the corners"]) >= 0.5,
        "but its mean error is still below 1/N, and below 1/m in the plane": all(
            error * count < 1.0 for error, count in zip(jump["mean"] + disc["mean"], counts + sides, strict=True)
        ),
        "in the plane, off the corners, the largest error of the hill falls": falls(hill["off the corners"]),
        "there is a pit where four corners meet, for any number of towers": max(map(abs, corners)) < 1e-3,
    }
    return Outcome(
        {
            "tower": graph.data,
            "∂tower/∂x": at.grad,
            "largest error of sine": sine["largest"],
            "largest error of tent": tent["largest"],
            "slope of sine": slopes[0],
            "slope of tent": slopes[1],
            "off the corners of hill": hill["off the corners"],
        },
        {
            **by_towers,
            "with σ(z) = z², however many units, no sum comes closer to the sine than 1/4": (
                max(map(abs, squares)) < 1e-9 and agree(depth.nearest_polynomial(depth.sine, 2, 0.0, 0.25), 0.25)
            ),
            "k layers of two ReLUs make a saw of 2ᵏ straight pieces": all(
                (saw.pieces, saw.deep) == (2**saw.layers, 2 * saw.layers) for saw in saws
            ),
            "one layer of 2ᵏ ReLUs makes the same saw": all(saw.same and saw.flat == 2**saw.layers for saw in saws),
        },
        graph,
        [
            table_of("one variable", "N", counts, {name: errors[name] for name in TARGETS}, ["largest", "mean"]),
            table_of("two variables", "m", sides, {name: errors[name] for name in SURFACES}, [*hill]),
            depth.sigma_table(counts, sine["largest"]),
            depth.saw_table(saws),
        ],
        partial(
            _draw_towers,
            {target: TARGETS[target]} | {f"N = {counts[i]}": as_function(sums[target][i]) for i in (0, 2)},
            {
                "sine": (counts, sine["largest"]),
                "tent": (counts, tent["largest"]),
                "jump": (counts, jump["largest"]),
                "jump, mean": (counts, jump["mean"]),
                "hill": (sides, hill["off the corners"]),
            },
            {
                "one tower": nn.tower((0.2, 0.6), (0.4, 0.8), steepness=k),
                f"{surface} by {side} × {side} towers": flat[surface][-1],
            },
            saws,
        ),
        reasons=dict.fromkeys(by_towers, partial(_why_not_near, steepness, max(sides))),
        further={
            "largest error of the line": lambda: _largest(lambda x: 3.0 * x - 1.0, 10),
            "towers for 0.01": lambda: next(n for n in range(1, 500) if 3.0 / (2 * n) <= 0.01),
            "m for 0.05": lambda: next(m for m in range(2, 100) if sin(pi / m) / 2.0 <= 0.05),
            "boxes in ten dimensions": 32**10,
            "largest error of the wide sine": lambda: _largest(depth.stretched(sin, -pi, pi), 40),
            "straight pieces of 8 layers": lambda: depth.count_saw(8).pieces,
            "fewest units of one layer": lambda: depth.count_saw(8).pieces - 1,
        },
    )


def _why_not_near(steepness: float, side: int) -> str:
    """Why sums of towers may be farther off than they should: the walls."""
    return (
        f"a wall rises from 12 % to 88 % over {4.0 / steepness:.0%} of a tower's width, and as wide are the pits where "
        f"walls cross, {(side - 1) ** 2} of them with {side} × {side} towers. Steeper walls make them narrower"
    )


def _largest(f: Callable[[float], float], count: int) -> float:
    """The largest error of a sum of towers on the line."""
    return errors_of(f, [nn.sum_of_towers(f, count)], LINE, [count])["largest"][0]


def errors_of(
    f: Callable[..., float], models: Sequence[nn.Module], points: Sequence[Sequence[float]], counts: Sequence[int]
) -> dict[str, list[float]]:
    """The largest distance of each network from f on the points, the largest off the towers' corners, and the mean."""
    found: dict[str, list[float]] = {"largest": [], "off the corners": [], "mean": []}
    for model, count in zip(models, counts, strict=True):
        errors = [abs(y - f(*point)) for point, y in zip(points, nn.evaluate(model, points), strict=True)]
        found["largest"].append(max(errors))
        found["off the corners"].append(
            max(e for e, point in zip(errors, points, strict=True) if not at_a_corner(point, count))
        )
        found["mean"].append(fsum(errors) / len(errors))
    return found


def at_a_corner(point: Sequence[float], count: int) -> bool:
    """Whether a point of the plane is less than a quarter of a tower's width from walls in both directions."""
    return len(point) > 1 and all(
        0 < round(x * count) < count and abs(x * count - round(x * count)) < 0.25 for x in point
    )


def table_of(
    title: str,
    letter: str,
    counts: Sequence[int],
    errors: Mapping[str, Mapping[str, Sequence[float]]],
    kinds: Sequence[str],
) -> Columns:
    """The errors: a row for each function and kind of error, a column for each number of towers."""
    rows = [[name, kind, *(written(e, 4) for e in of[kind])] for name, of in errors.items() for kind in kinds]
    return Columns(f"errors for functions of {title}", ["f", "error", *(f" {letter} = {n}" for n in counts)], rows)


def as_function(model: nn.Module) -> Callable[[float], float]:
    """A network with one input as a function of a number."""
    return lambda x: float(nn.evaluate(model, [[x]])[0])


def _draw_towers(
    lines: Mapping[str, Callable[[float], float]],
    errors: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    maps: Mapping[str, nn.Module],
    saws: Sequence[depth.Saw],
    figure: Any,
) -> None:
    """Functions of one variable, errors over the number of towers, networks with two inputs as maps, and the saws."""
    figure.set_size_inches(9.6, 12.2)
    (left, right), below, deep = figure.subplots(3, 2)
    depth.draw_saws(saws, *deep)
    xs = [x for (x,) in LINE]
    curves({name: (xs, [f(x) for x in xs]) for name, f in lines.items()}, x="x", y="f", ax=left)
    curves(errors, x="towers (along a side)", y="error", log="xy", marked=True, ax=right)
    for ax, (name, model) in zip(below, maps.items(), strict=True):
        curves({}, x="x₁", y="x₂", ax=ax)
        ax.set_title(name, color=INK, fontsize="medium")
        heights = [nn.evaluate(model, [[i / 64, j / 64] for i in range(65)]) for j in range(65)]
        image = ax.imshow(heights, origin="lower", extent=(0, 1, 0, 1), cmap="cividis")
        bar = figure.colorbar(image, ax=ax, shrink=0.8)
        curves({}, x="", y="height", ax=bar.ax)
