"""Where descent ends: in a local minimum that the noise of single samples can leave, and beside what was wanted."""

from __future__ import annotations

from functools import partial
from math import cos, hypot, prod, sin
from random import Random
from typing import Any

from autograd_lite.engine import table
from autograd_lite.engine.transforms import grad
from autograd_lite.engine.value import Value, plain
from autograd_lite.lessons.lesson import fit
from autograd_lite.lessons.outcome import Outcome, agree, falls, written
from autograd_lite.nn import Neuron
from autograd_lite.nn.losses import hinge, mse
from autograd_lite.optim.baselines import least_squares
from autograd_lite.optim.optimizers import SGD
from autograd_lite.plots import INK, curves
from autograd_lite.views.columns import Columns

POINTS = [k / 2.0 for k in range(1, 9)]  # sin x is known here, and sin wx is to be fitted to it
START, SEEDS, EPOCHS, RATES = 3.0, 100, 60, (0.2, 0.5, 1.0, 2.0)
SIDES = [(-0.75, -1), (-0.5, -1), (-0.25, -1), (0.25, 1), (0.5, 1), (3.0, 1)]  # x and class; the last one is far away
STEPS = 100


def misfit(w: Any, xs: list[float] = POINTS) -> Any:
    """The mean squared error of sin wx against sin x: for w = 1 it is 0."""
    return mse([table.sin(w * x) for x in xs], [sin(x) for x in xs])


def slope(w: float, x: float) -> float:
    """The derivative of one sample's squared error, by hand."""
    return 2.0 * (sin(w * x) - sin(x)) * x * cos(w * x)


def by_samples(lr: float, seed: int) -> list[float]:
    """The w after each step of stochastic descent: every epoch takes the samples in a new order."""
    w, order, rng, way = START, list(POINTS), Random(seed), [START]
    for _ in range(EPOCHS):
        rng.shuffle(order)
        for x in order:
            w -= lr * slope(w, x)
            way.append(w)
    return way


def by_all(lr: float) -> list[float]:
    """The w after each step of batch descent, as many steps as the stochastic one has."""
    way = [START]
    for _ in range(EPOCHS * len(POINTS)):
        way.append(way[-1] - lr * sum(slope(way[-1], x) for x in POINTS) / len(POINTS))
    return way


def minima(lr: float, seed: int) -> Outcome:
    """Descend from one start by batches and, with a hundred seeds, by single samples."""
    batch = by_all(lr)
    end = batch[-1]

    def share(rate: float) -> float:
        ends = (by_samples(rate, s)[-1] for s in range(seed, seed + SEEDS))
        return sum(abs(w - 1.0) < 0.01 for w in ends) / SEEDS

    shares = {factor: share(factor * lr) for factor in RATES}
    spread = {w: hypot(*(slope(w, x) for x in POINTS)) / len(POINTS) ** 0.5 for w in (end, 1.0)}
    tilt, bend = grad(misfit)(end), grad(grad(misfit))(end)
    # Near w = 1, where every error is 0, a sample has J″ = 2(x cos x)², and its step multiplies the distance to 1.
    epoch = prod(1.0 - lr * 2.0 * (x * cos(x)) ** 2 for x in POINTS)
    here = Value(START, label="w")
    graph: Any = misfit(here, POINTS[:2])
    graph.label = "J"
    graph.backward()
    stays = "batches end in a local minimum that is not the least: J′ = 0, J″ > 0, J > 0.5"
    leaves = "single samples, with the same α, end at w = 1 for more than half of the seeds"
    short = "with a fifth of α they do so for none"
    return Outcome(
        {
            "w of batches": round(end, 6),
            "J of batches": round(plain(misfit(end)), 6),
            "share of seeds at w = 1": shares[1.0],
            "root mean square of the samples' slopes there": round(spread[end], 6),
            "and at w = 1": spread[1.0],
        },
        {
            "the slope found by hand is the engine's": agree(
                sum(slope(START, x) for x in POINTS) / len(POINTS), grad(misfit)(START), scale=1.0
            ),
            stays: abs(tilt) < 1e-6 and bend > 0.0 and plain(misfit(end)) > 0.5,
            leaves: shares[1.0] > 0.5,
            short: shares[0.2] == 0.0,
        },
        graph,
        [
            Columns(
                f"from w = {START:g}, {SEEDS} seeds, {EPOCHS} epochs of {len(POINTS)} samples",
                [" α", " batches end at", " J there", " share of seeds that end at w = 1"],
                [
                    [written(f * lr, 3), written(last, 4), written(plain(misfit(last)), 4), f"{found:.0%}"]
                    for f, found in shares.items()
                    for last in [by_all(f * lr)[-1]]
                ],
            )
        ],
        partial(_draw_minima, lr, seed, batch),
        further={"factor of an epoch near w = 1": epoch},
        reasons={
            stays: lambda: (
                f"w = {end:.4g} with J′ = {tilt:.1e}, so the steps are too short to have arrived"
                if abs(tilt) >= 1e-6
                else f"they end at w = {end:.4g}, where J = {plain(misfit(end)):.4g}"
            ),
            leaves: lambda: (
                f"{shares[1.0]:.0%} do: "
                + (
                    f"an epoch near w = 1 multiplies the distance by {epoch:.3g}, so steps as long as these lead away"
                    if abs(epoch) > 1.0
                    else f"a step of α = {lr:g} along one sample's slope is too short to leave the basin"
                )
            ),
            short: lambda: f"{shares[0.2]:.0%} do: with {0.2 * lr:g} the steps are still long enough",
        },
    )


def proxy(lr: float) -> Outcome:
    """Descend on a squared loss from a line without mistakes, and count the mistakes."""
    X, y = [[x] for x, _ in SIDES], [side for _, side in SIDES]  # noqa: N806 - X is a matrix

    def mistakes(w: float, b: float) -> int:
        return sum((w * x + b) * side <= 0.0 for x, side in SIDES)

    def squares(w: float, b: float) -> float:
        return sum((w * x + b - side) ** 2 for x, side in SIDES) / len(SIDES)

    def descended(loss: Any) -> list[tuple[float, float]]:
        neuron: Any = Neuron(1, "linear", init="zeros")
        neuron.load_state_dict({"w": [1.0], "b": 0.0})
        way = [(1.0, 0.0)]
        options: dict[str, Any] = {"callbacks": [lambda *_: way.append((neuron.w[0].data, neuron.b.data))]}
        fit(neuron, loss, X, y, optimizer=SGD(neuron.parameters(), lr=lr), epochs=STEPS, **options)
        return way

    way, margins = descended(mse), descended(hinge)
    best = tuple(least_squares([[x, 1.0] for x, _ in SIDES], y))
    through = (sum(x * side for x, side in SIDES) / sum(x * x for x, _ in SIDES), 0.0)  # the best line with b = 0
    leaves = Value(1.0, "w"), Value(0.0, "b")
    outputs = [leaves[0] * x + leaves[1] for x, _ in SIDES[-2:]]
    graph: Any = mse(outputs, y[-2:])
    graph.label = "J"
    graph.backward()
    worse = "and yet the mistakes rise from none to one"
    apart = "descent on the hinge loss ends without a mistake"
    return Outcome(
        {
            "w, b of least squares": best,
            "its boundary": -best[1] / best[0],
            "J of least squares": squares(*best),
            "mistakes of least squares": mistakes(*best),
            "J of the best line through 0": squares(*through),
            "mistakes of the best line through 0": mistakes(*through),
        },
        {
            "with each step the loss is less": falls([squares(*at) for at in way], slack=1e-12),
            worse: (mistakes(*way[0]), mistakes(*way[-1])) == (0, 1),
            "the minimiser of the loss has more mistakes than another line": mistakes(*best) > mistakes(*through),
            apart: mistakes(*margins[-1]) == 0,
        },
        graph,
        [
            Columns(
                "three lines through the same points",
                ["line", " w", " b", " J", " mistakes"],
                [
                    [name, *(written(z, 4) for z in (*at, squares(*at))), str(mistakes(*at))]
                    for name, at in (("at the start", way[0]), ("through 0", through), ("least squares", best))
                ],
            )
        ],
        partial(_draw_proxy, way, margins, squares, mistakes),
        reasons={
            worse: lambda: (
                f"after {STEPS} steps with α = {lr:g} the boundary is at {-way[-1][1] / way[-1][0]:.3g}, "
                f"on its way to {-best[1] / best[0]:.3g}, and has not passed the point at 0.25"
            ),
        },
    )


def _draw_minima(lr: float, seed: int, batch: list[float], figure: Any) -> None:
    """The loss over w with where batches went, and w over the steps for some seeds."""
    figure.set_size_inches(9.6, 4.2)
    left, right = figure.subplots(1, 2)
    across = [0.02 * k for k in range(10, 321)]
    curves({"J": (across, [plain(misfit(w)) for w in across])}, x="w", y="J", ax=left)
    left.plot(START, plain(misfit(START)), "o", color=INK, label="start")
    left.plot(batch[-1], plain(misfit(batch[-1])), "X", color=INK, label="batches end here")
    left.plot(1.0, 0.0, "*", color=INK, label="least")
    left.legend(frameon=False, labelcolor=INK)
    ways = {f"seed {s}": by_samples(lr, s) for s in range(seed, seed + 4)} | {"batches": batch}
    curves({name: (range(len(way)), way) for name, way in ways.items()}, x="step", y="w", ax=right)


def _draw_proxy(way: Any, margins: Any, squares: Any, mistakes: Any, figure: Any) -> None:
    """The points with the line at the start and at the end; loss and mistakes over the steps."""
    figure.set_size_inches(9.6, 4.2)
    left, right = figure.subplots(1, 2)
    for side, marker in ((-1, "o"), (1, "s")):
        left.plot(*zip(*(point for point in SIDES if point[1] == side), strict=True), marker, color=INK)
    ends = {"at the start": way[0], "squares": way[-1], "hinge": margins[-1]}
    lines = {name: ([-1.0, 3.2], [w * x + b for x in (-1.0, 3.2)]) for name, (w, b) in ends.items()}
    curves(lines, x="x", y="output and class", ax=left)
    left.axhline(0.0, color=INK, linewidth=0.8)
    left.set_ylim(-2.0, 3.4)
    shares = {
        "squared loss": [squares(*at) for at in way],
        "share of mistakes": [mistakes(*at) / len(SIDES) for at in way],
    }
    curves({name: (range(len(up)), up) for name, up in shares.items()}, x="step", y="loss, share of mistakes", ax=right)
