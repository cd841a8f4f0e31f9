"""Networks whose weights are written down, not learned: a unit for each pattern, a tower for each piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise, product
from math import isfinite
from typing import Any

from autograd_lite.engine.reals import as_float
from autograd_lite.engine.text import shortened
from autograd_lite.nn.layers import Layer
from autograd_lite.nn.networks import MLP, Sequential
from autograd_lite.nn.samples import positive_int
from autograd_lite.nn.threshold import Perceptron


def boolean_network(table: Sequence[Any], *, fewer: bool = False) -> Sequential:
    """Two layers of perceptrons that compute any Boolean function of inputs that are −1 or 1.

    `table` lists the function's values, 1 or 0, for the 2ⁿ patterns in counting order: for two inputs, (−1, −1),
    (−1, 1), (1, −1) and (1, 1). The hidden unit of a pattern p has the weights p and the bias −n: p·x − n is 0 for
    x = p and at most −2 for every other pattern, so that it fires for p alone. The output unit fires if the unit of a
    pattern with the value 1 does. With `fewer`, only the patterns of the rarer value have a unit, at most 2ⁿ⁻¹, and
    where that value is 0 the output unit fires unless one of them does.

    Raises ValueError for a table whose length is not 2, 4, 8, ..., and for values other than 1 and 0.

    >>> from autograd_lite.nn import boolean_network, evaluate
    >>> patterns = [(-1, -1), (-1, 1), (1, -1), (1, 1)]
    >>> evaluate(boolean_network([0, 1, 1, 0]), patterns)
    [0.0, 1.0, 1.0, 0.0]
    >>> [boolean_network([0, 1, 1, 1], fewer=fewer).layers[0] for fewer in (False, True)]
    [Layer(2 → 4, Perceptron), 12 parameters, Layer(2 → 1, Perceptron), 3 parameters]
    """
    values = [as_float(value) for value in table]
    inputs = len(values).bit_length() - 1
    if inputs < 1 or len(values) != 2**inputs:
        raise ValueError(f"a function of n inputs has 2ⁿ values, at least 2, got {len(values)}")
    if not {*values} <= {0.0, 1.0}:
        raise ValueError(f"the values of a Boolean function are 1 and 0, got {shortened(table)}")
    patterns = list(product((-1.0, 1.0), repeat=inputs))
    rarer = float(sum(values) <= len(values) / 2)
    chosen = [place for place, value in enumerate(values) if not fewer or value == rarer] or [0]
    if fewer and rarer == 0.0:  # fires unless the sum is 1
        output = _perceptron([values[place] - 1.0 for place in chosen], 0.0)
    else:
        output = _perceptron([values[place] for place in chosen], -1.0)
    return Sequential(Layer.of([_perceptron(patterns[place], float(-inputs)) for place in chosen]), output)


def tower(*sides: Sequence[float], steepness: float) -> MLP:
    """A network that is about 1 inside an interval or a box and about 0 outside: two sigmoids for each side.

    For one side (a, b) it is σ(k(x − a)) − σ(k(x − b)), with k the steepness. For d sides these differences are added,
    which gives d inside and at most d − 1 outside; a last sigmoid σ(k(· − (d − 1/2))) tells the two apart.
    Raises ValueError for a side that does not go up, and for a steepness that is not positive and finite.

    >>> from autograd_lite.nn import evaluate, tower
    >>> bump = tower((0.4, 0.6), steepness=100)
    >>> [round(y, 4) for y in evaluate(bump, [[0.3], [0.4], [0.5]])]
    [0.0, 0.5, 0.9999]
    >>> tower((0.4, 0.6), (0.0, 0.2), steepness=100)
    MLP(2 → 4 → 1, sigmoid), 17 parameters
      layers.0: Layer(2 → 4, sigmoid), 12 parameters
      layers.1: Layer(4 → 1, sigmoid), 5 parameters
    """
    count, k = positive_int(len(sides), "sides"), _steep(steepness)
    edges = [tuple(map(as_float, side)) if isinstance(side, Sequence) else () for side in sides]
    for side, given in zip(edges, sides, strict=True):
        if len(side) != 2 or not side[0] < side[1] or not all(map(isfinite, side)):
            raise ValueError(f"a side of a tower goes from a number to a larger one, got {shortened(given)}")
    if count == 1:
        return _with(MLP(1, [2, 1], "sigmoid", init="zeros"), _edges(edges, k), ([[1.0, -1.0]], [0.0]))
    last = [[k, -k] * count], [k * (0.5 - count)]
    return _with(MLP(count, [2 * count, 1], "sigmoid", "sigmoid", init="zeros"), _edges(edges, k), last)


def sum_of_towers(f: Callable[..., Any], count: int, *, steepness: float | None = None, dimensions: int = 1) -> MLP:
    """A sum of towers that is close to a function on [0, 1], or to a function of several numbers on the unit cube.

    Each side is cut into `count` equal pieces; the tower over a piece, or over a box of them, is as high as f in the
    middle. The outermost towers reach a piece beyond 0 and 1, because at its edges a tower has half its height. The
    default `steepness` is 40 · `count`: an edge rises from 12 % to 88 % within a tenth of a piece.

    For one number it is a network with one hidden layer of 2 · `count` sigmoids. In d dimensions there are two hidden
    layers: 2d · `count` sigmoids for the sides, then one for each tower, as in `tower`; where the corners of towers
    meet there is a pit, as narrow as the edges are steep. Raises ValueError for a steepness that is not positive and
    finite, and for a function that is not finite.

    >>> from autograd_lite.nn import evaluate, sum_of_towers
    >>> model = sum_of_towers(lambda x: x * x, 10)
    >>> model
    MLP(1 → 20 → 1, sigmoid), 61 parameters
      layers.0: Layer(1 → 20, sigmoid), 40 parameters
      layers.1: Layer(20 → 1, linear), 21 parameters
    >>> [round(y, 4) for y in evaluate(model, [[0.55], [0.6]])]
    [0.3025, 0.3625]
    >>> saddle = sum_of_towers(lambda x, y: x * y, 4, dimensions=2)
    >>> [round(y, 4) for y in evaluate(saddle, [[0.625, 0.375], [0.625, 0.5]])]
    [0.2344, 0.3125]
    """
    count, d = positive_int(count, "towers"), positive_int(dimensions, "dimensions")
    k = _steep(40.0 * count if steepness is None else steepness)
    inner = [i / count for i in range(1, count)]
    edges = [edge for piece in pairwise([-1.0 / count, *inner, 1.0 + 1.0 / count]) for edge in piece]
    sigmoids = _edges([edges] * d, k)
    heights = [as_float(f(*middle)) for middle in product([(i + 0.5) / count for i in range(count)], repeat=d)]
    if not all(map(isfinite, heights)):
        raise ValueError("a sum of towers needs a function that is finite in the middle of each piece")
    if d == 1:
        last = [sign * height for height in heights for sign in (1.0, -1.0)]
        return _with(MLP(1, [2 * count, 1], "sigmoid", init="zeros"), sigmoids, ([last], [0.0]))
    # A tower takes two sigmoids in each direction, those of the piece that it stands on.
    over = [
        [sign * k * (i == piece) for piece in place for i in range(count) for sign in (1.0, -1.0)]
        for place in product(range(count), repeat=d)
    ]
    model = MLP(d, [2 * d * count, count**d, 1], "sigmoid", init="zeros")
    return _with(model, sigmoids, (over, [k * (0.5 - d)] * count**d), ([heights], [0.0]))


def _perceptron(weights: Sequence[float], bias: float) -> Perceptron:
    unit = Perceptron(len(weights))
    unit.load_state_dict({"w": weights, "b": bias})
    return unit


def _edges(sides: Sequence[Sequence[float]], k: float) -> tuple[list[list[float]], list[float]]:
    """Weights and biases of sigmoids σ(k(x − e)), one for each edge e in each direction."""
    weights = [[k * (i == j) for i in range(len(sides))] for j, edges in enumerate(sides) for _ in edges]
    return weights, [-k * edge for edges in sides for edge in edges]


def _with(model: MLP, *layers: tuple[list[list[float]], list[float]]) -> MLP:
    """The network with these weights and biases, layer by layer."""
    names = ("weight", "bias")
    arrays = {f"layers.{i}.{name}": x for i, layer in enumerate(layers) for name, x in zip(names, layer, strict=True)}
    model.load_state_dict(arrays)
    return model


def _steep(steepness: float) -> float:
    k = as_float(steepness)
    if not k > 0.0 or not isfinite(k):
        raise ValueError(f"the steepness of a tower is a positive number, got {k!r}")
    return k
