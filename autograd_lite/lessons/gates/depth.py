"""Which σ a hidden layer may have, on which domains it approximates, and what depth saves: teeth of a saw, counted.

Sources, on one hidden layer: G. Cybenko 1989, continuous σ from 0 to 1, on the cube; K. Hornik 1991, σ continuous,
bounded and not constant, on compact sets; M. Leshno, V. Lin, A. Pinkus and S. Schocken 1993, every σ but polynomials.
M. Telgarsky 2016: what deep networks save.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import comb, pi, sin
from random import Random
from typing import Annotated, Any, NamedTuple

from autograd_lite import nn
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Outcome, written
from autograd_lite.plots import curves
from autograd_lite.views.columns import Columns

Function = Callable[[float], float]


def sine(x: float) -> float:
    """One period of the sine on [0, 1]."""
    return sin(2.0 * pi * x)


def difference(f: Function, order: int, start: float, step: float) -> float:
    """The difference of an order at equal steps; that of a polynomial of a lower degree is 0.

    >>> difference(lambda x: x * x, 3, 0.0, 0.25), round(difference(sine, 3, 0.0, 0.25), 12)
    (0.0, 2.0)
    """
    return sum((-1.0) ** (order - k) * comb(order, k) * f(start + k * step) for k in range(order + 1))


def nearest_polynomial(f: Function, degree: int, start: float, step: float) -> float:
    """No polynomial of the degree comes closer to f than this.

    A difference of order degree + 1 is 0 for the polynomial. If it is D for f, the two differ somewhere by |D| over
    the sum of the coefficients, 2 to the order.

    >>> round(nearest_polynomial(sine, 2, 0.0, 0.25), 12)
    0.25
    """
    order = degree + 1
    return abs(difference(f, order, start, step)) / 2.0**order


def power_layer(units: int, degree: int, seed: int) -> Function:
    """A hidden layer with σ(z) = z to a degree, and random weights: however many units, a polynomial of that degree."""
    rng = Random(seed)
    weights = [[rng.gauss() for _ in range(3)] for _ in range(units)]
    return lambda x: sum(v * (w * x + b) ** degree for v, w, b in weights)


def straight_pieces(f: Function, count: int) -> nn.MLP:
    """A hidden layer of ReLUs that joins the points of f at i/N by straight pieces: one unit for each piece.

    >>> [round(straight_pieces(sine, 4)([x]).data, 12) for x in (0.25, 0.375, 0.75)]
    [1.0, 0.5, -1.0]
    """
    heights = [f(i / count) for i in range(count + 1)]
    slopes = [0.0, *((up - low) * count for low, up in pairwise(heights))]
    model = nn.MLP(1, [count, 1], "relu", init="zeros")
    _set(model, 0, [([1.0], -i / count) for i in range(count)])
    _set(model, 1, [([after - before for before, after in pairwise(slopes)], heights[0])])
    return model


def saw(layers: int) -> nn.MLP:
    """A tent of two ReLUs, 2·relu(z) − 4·relu(z − 1/2), again and again: each layer doubles the teeth.

    >>> [saw(3)([x / 8]).data for x in range(9)]
    [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]
    """
    model = nn.MLP(1, [*[2] * layers, 1], "relu", init="zeros")
    for place in range(layers):
        w = [2.0, -4.0] if place else [1.0]
        _set(model, place, [(w, 0.0), (w, -0.5)])
    _set(model, layers, [([2.0, -4.0], 0.0)])
    return model


def flat_saw(layers: int) -> nn.MLP:
    """The same function with one hidden layer: a ReLU where each of the 2ᵏ straight pieces begins."""
    return straight_pieces(lambda x: round(x * 2**layers) % 2, 2**layers)


def _set(model: nn.MLP, layer: int, units: Sequence[tuple[Sequence[float], float]]) -> None:
    for neuron, (w, b) in zip(model.layers[layer].neurons, units, strict=True):
        neuron.load_state_dict({"w": list(w), "b": b})


class Saw(NamedTuple):
    """What a saw takes."""

    layers: int
    pieces: int  # straight ones, counted
    deep: int  # hidden units of layers of two
    flat: int  # hidden units of one layer
    same: bool  # whether both compute the same


def count_saw(layers: int) -> Saw:
    """Build the saw deep and flat, and count its straight pieces on a grid that has every kink.

    >>> count_saw(3)
    Saw(layers=3, pieces=8, deep=6, flat=8, same=True)
    """
    cells = 4 * 2**layers
    grid = [[i / cells] for i in range(cells + 1)]
    models = saw(layers), flat_saw(layers)
    deep, flat = (nn.evaluate(model, grid) for model in models)
    slopes = [after - before for before, after in pairwise(deep)]
    units = [sum(layer.nout for layer in model.layers[:-1]) for model in models]
    pieces = 1 + sum(before != after for before, after in pairwise(slopes))
    return Saw(layers, pieces, deep=units[0], flat=units[1], same=deep == flat)


def saw_table(saws: Sequence[Saw]) -> Columns:
    """The units over the number of layers. A unit of one layer bends once, so 2ᵏ pieces take 2ᵏ − 1 units at least."""
    rows = [[f"{x}" for x in (s.layers, s.pieces, s.deep, s.flat, s.pieces - 1)] for s in saws]
    headings = [" layers k", " straight pieces", " units in k layers", " units in one layer", " at least"]
    return Columns("what depth saves: a saw of ReLUs", headings, rows)


def sigma_table(counts: Sequence[int], towers: Sequence[float]) -> Columns:
    """The largest error for the sine with several σ, over the number of units."""
    grid = [[i / 600] for i in range(601)]
    found = {"σ(z) = 1/(1 + e⁻ᶻ), N towers": towers}
    found["relu(z), N straight pieces"] = [
        max(abs(y - sine(x)) for (x,), y in zip(grid, nn.evaluate(straight_pieces(sine, n), grid), strict=True))
        for n in counts
    ]
    rows = [[name, *(written(error, 4) for error in errors)] for name, errors in found.items()]
    rows.append(["z², any N units", *["≥ 0.25"] * len(counts)])
    return Columns("which σ: the largest error for the sine", ["σ", *(f" N = {n}" for n in counts)], rows)


def stretched(f: Function, low: float, high: float) -> Function:
    """A function on another interval, as one on [0, 1]."""
    return lambda t: f(low + (high - low) * t)


def draw_saws(saws: Sequence[Saw], left: Any, right: Any) -> None:
    """The saws of 1, of 2 and of 4 layers, and the units over the straight pieces."""
    layers = 4
    across = [i / 2**layers for i in range(2**layers + 1)]
    series = {
        f"k = {counted}": (across, nn.evaluate(saw(counted), [[x] for x in across])) for counted in (1, 2, layers)
    }
    curves(series, x="x", y="saw", ax=left)
    pieces = [s.pieces for s in saws]
    units = {"one layer": (pieces, [s.flat for s in saws]), "layers of two": (pieces, [s.deep for s in saws])}
    curves(units, x="straight pieces", y="hidden units", log="xy", marked=True, ax=right)


@lesson(
    "L13",
    "One tower, many towers, and a saw",
    "B",
    r"""
    A tower over $[0.4, 0.6]$ is $\sigma(k(x - 0.4)) - \sigma(k(x - 0.6))$. How high is it at $x$, and what is its slope
    there? The sum of `N` towers with steep walls, each as high as $\sin(2 \pi x)$ in its middle, is farthest from it at
    $x = 0$: how far? A layer of two ReLUs makes a tent of what it is given, which rises from 0 to 1 and falls to 0
    again; how many straight pieces do the saw's `layers` layers make, one after the other?
    """,
)
def on_paper(
    x: Annotated[float, Limits("the input", -1, 2)] = 0.45,
    k: Annotated[float, Limits("the steepness", 1, 1_000)] = 20.0,
    N: Annotated[int, Limits("the number of towers", 2, 80)] = 10,  # noqa: N803 - as in the notes
    layers: Annotated[int, Limits("the number of layers", 1, 8)] = 3,
) -> Outcome:
    """One tower, the largest error of N of them and the pieces of a saw, as asked on paper."""
    at, tower = Value(x, "x"), nn.tower((0.4, 0.6), steepness=k)
    h = tower.layers[0]([at])
    (graph,) = tower.layers[1](h)
    h[0].label, h[1].label, graph.label = "h₁", "h₂", "tower"
    graph.backward()
    many = nn.sum_of_towers(sine, N)
    return Outcome(
        {
            "tower": graph.data,
            "∂tower/∂x": at.grad,
            "largest error": abs(nn.evaluate(many, [[0.0]])[0] - sine(0.0)),
            "straight pieces": count_saw(layers).pieces,
        },
        graph=graph,
    )


QUIZ = Quiz(
    ("tower", "∂tower/∂x", "largest error", "straight pieces"),
    # Not x = 0.5, where the slope is 0.
    {"x": (0.38, 0.46, 0.01), "k": (10, 30, 5), "N": (4, 20, 1), "layers": (2, 6, 1)},
    on_paper,
)
