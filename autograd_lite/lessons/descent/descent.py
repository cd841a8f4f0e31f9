"""Descent: six ways to a minimum, and what each of them costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from math import dist, inf, isclose
from random import Random
from typing import Annotated, Any, Literal, NamedTuple

from autograd_lite.engine.table import tanh
from autograd_lite.engine.transforms import hessian
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.descent.descent_on_paper import two_steps
from autograd_lite.lessons.descent.landscapes import minima, proxy
from autograd_lite.lessons.descent.steepest import directions
from autograd_lite.lessons.lesson import Limits, fit, lesson
from autograd_lite.lessons.notation import ROUNDING, above_rounding
from autograd_lite.lessons.outcome import Expected, Outcome, agree, written
from autograd_lite.nn import MLP, Neuron
from autograd_lite.nn.losses import mse
from autograd_lite.nn.modules import Module, evaluate
from autograd_lite.optim.baselines import Descent, least_squares, numerical_descent, random_search
from autograd_lite.optim.optimizers import SGD
from autograd_lite.plots import curves
from autograd_lite.train import DivergedError
from autograd_lite.views.columns import Columns

CLEAR = 1e-9  # an excess above it has six digits that rounding of the loss leaves alone
WITH_GRADIENT = 3  # the most evaluations that one with its gradient costs: the backward pass is less than two (L07)


class Problem(NamedTuple):
    """A model to fit to samples, the least possible loss, and the rule that makes new samples."""

    model: Module
    X: list[list[float]]
    y: list[float]
    least: float
    rule: Callable[[float], float]

    def excess(self) -> float:
        """How far the loss over all samples lies above the least possible one."""
        return float(mse(evaluate(self.model, self.X), self.y)) - self.least


class Way(NamedTuple):
    """The course of a method: the excess of the loss, and the number of evaluations on one sample by then."""

    state: Any
    excess: list[float]
    evaluations: list[int]
    per_step: int

    def until(self, share: float) -> float:
        """The evaluations after which the excess was at most that share of the first; inf if it never was."""
        pairs = zip(self.evaluations, self.excess, strict=True)
        return next((count for count, excess in pairs if excess <= share * self.excess[0]), inf)

    def thinned(self) -> tuple[list[int], list[float]]:
        """Points that are evenly spaced on a logarithmic axis, about eight for a power of ten."""
        chosen = [0]
        for place, count in enumerate(self.evaluations):
            if count >= 1.33 * self.evaluations[chosen[-1]]:
                chosen.append(place)
        return [self.evaluations[i] for i in chosen], [max(self.excess[i], ROUNDING) for i in chosen]


def six_ways(problem: Problem, *, lr: float, decay: float, batch_size: int, budget: int, seed: int) -> dict[str, Way]:
    """The courses of six methods from where the model is now, with the same number of evaluations for each."""
    model, start, n, rng = problem.model, problem.model.state_dict(), len(problem.X), Random(seed)

    def loss(state: Mapping[str, Any]) -> float:
        model.load_state_dict(state)
        return problem.excess()

    def trained(size: int, *, online: bool = False) -> Way:
        optimizer = SGD(model.parameters(), lr=lambda t: lr / (1.0 + decay * t) if size < n else lr)
        X, y, excess = problem.X, problem.y, [loss(start)]  # noqa: N806 - X is a matrix
        for epoch in range(budget // (WITH_GRADIENT * n)):
            if online:  # n samples that were not seen before, and will not be again
                X = [[rng.uniform(-1.0, 1.0)] for _ in range(n)]  # noqa: N806
                y = [problem.rule(x) for [x] in X]
            options: dict[str, Any] = {"batch_size": size, "shuffle": not online, "seed": seed + epoch}
            fit(model, mse, X, y, optimizer=optimizer, epochs=1, **options)
            excess.append(problem.excess())
        # The start has its place at n evaluations, as with methods that compute the loss: a logarithmic axis has no 0.
        counts = [n, *(WITH_GRADIENT * n * epoch for epoch in range(1, len(excess)))]
        return Way(model.state_dict(), excess, counts, WITH_GRADIENT * size)

    def probed(found: Descent, calls: int) -> Way:
        return Way(found.point, found.loss, [n * count for count in found.evaluations], n * calls)

    calls = 2 * len(model.parameters()) + 1
    return {
        "random directions": probed(random_search(loss, start, steps=budget // n - 1, radius=0.1, seed=seed), 1),
        "finite differences": probed(numerical_descent(loss, start, steps=(budget // n - 1) // calls, lr=lr), calls),
        "batch": trained(n),
        "mini-batch": trained(min(batch_size, n)),
        "stochastic": trained(1),
        "online": trained(1, online=True),
    }


def batch_descent(problem: Problem, start: Mapping[str, Any], lr: float, steps: int) -> tuple[list[float], str]:
    """The excess before the first step of batch gradient descent and after each, and how it ended."""
    problem.model.load_state_dict(start)
    excess, optimizer = [problem.excess()], SGD(problem.model.parameters(), lr=lr)
    options: dict[str, Any] = {"callbacks": [lambda *_: excess.append(problem.excess())]}
    try:
        fit(problem.model, mse, problem.X, problem.y, optimizer=optimizer, epochs=steps, **options)
    except DivergedError as error:
        return excess, f"DivergedError in step {len(error.history.loss) + 1}"
    return excess, above_rounding(excess[-1])


def factor_of_a_step(excess: Sequence[float]) -> float | None:
    """The factor by which the last step clear of rounding multiplies the excess; None if only the first step is.

    By then only one direction is left: that in which descent is slowest, or leads away fastest.
    """
    factors = [after / before for before, after in pairwise(excess[1:]) if CLEAR < after < inf]
    return factors[-1] if factors else None


def between_mirror_images(problem: Problem, state: Mapping[str, Any]) -> tuple[float, float, float]:
    """The loss of a tanh network, of the one with the signs of all hidden units changed, and half-way between."""
    mirrored = {name: x if name == "layers.1.bias" else -x for name, x in state.items()}
    losses = []
    for share in (0.0, 1.0, 0.5):
        problem.model.load_state_dict({name: (1.0 - share) * x + share * mirrored[name] for name, x in state.items()})
        losses.append(problem.excess())
    return losses[0], losses[1], losses[2]


@lesson(
    "L25",
    "Finding the minimum",
    "B",
    r"""
    Two problems, six ways. Convex: the line $a = wx + b$ through $n$ points, with its minimum at
    $(X^T X)^{-1} X^T y$, where the rows of $X$ are $(x_i, 1)$. Not convex: a network of three tanh units for the curve
    $\tanh(3x + 1.5) - \tanh(3x - 1.5)$. For both $J = 1/n \cdot \sum_i (a_i - y_i)^2$. The ways: random directions; and
    $w \leftarrow w - \alpha \cdot \partial J/\partial w$, with the gradient by differences, or by backpropagation
    over all samples (batch), a few (mini-batch), one (stochastic), or one that is new each time (online).
    The unit of cost is one evaluation of the model on one sample. With its gradient it counts as three: the way back
    costs less than two more (lesson L07).
    On the line, steps beyond $2/\lambda$ diverge: $\lambda$ is the largest eigenvalue of $H = 2/n \cdot X^T X$.

    Three more things, by `show`. `directions`: the change of a function along all directions, and why minus the
    gradient, $-\nabla f$, is the steepest way down (A. L. Cauchy took steps along it in 1847). `minima`: a start where
    batches end in a local minimum and single samples get away. `proxy`: a loss that falls while mistakes are made.
    """,
    # By hand: n points from -1 to 1 at equal distances have the mean 0, and the mean square (n + 1)/(3(n - 1)).
    Expected({"eigenvalues of H": (34 / 45, 2.0), "2/λ": 1.0}),
    Expected(
        {"f": 3.5, "∇f": (3.0, 4.0), "−∇f/‖∇f‖": (-0.6, -0.8), "least J_f u": -5.0},  # 3, 4 and 5
        show="directions",
    ),
    # By hand: with as many points on each side as on the other, least squares puts the boundary at the mean of x.
    Expected(
        {
            "w, b of least squares": (168 / 299, -63 / 299),
            "its boundary": 3 / 8,
            "J of least squares": 152 / 299,
            "mistakes of least squares": 1,
            "J of the best line through 0": 179 / 326,
            "mistakes of the best line through 0": 0,
        },
        show="proxy",
    ),
    quiz=Quiz(
        ("df/dx", "df/dy", "x, y after one step", "x, y after two steps", "f after one step", "2/λ"),
        {"a": (1, 3, 1), "c": (4, 6, 1), "x": (1, 5, 1), "y": (1, 5, 1), "alpha": (0.1, 0.15, 0.05)},
        two_steps,
    ),
)
def six_methods(
    show: Annotated[Literal["ways", "directions", "minima", "proxy"], Limits("what to show")] = "ways",
    seed: Annotated[int, Limits("the seed of weights, noise and order", 0, 1_000_000)] = 1,
    samples: Annotated[int, Limits("the number n of samples", 4, 100)] = 16,
    batch_size: Annotated[int, Limits("the number of samples in a mini-batch", 1, 100)] = 4,
    lr: Annotated[float, Limits("the learning rate α", 0.001, 0.2)] = 0.1,
    decay: Annotated[float, Limits("the decay d: with fewer than all samples, step t has α/(1 + d·t)", 0, 1)] = 0.0,
    budget: Annotated[int, Limits("the number of evaluations allowed to each method", 10_000, 30_000)] = 20_000,
) -> Outcome:
    """Run six methods on a convex problem and on one that is not, and try steps near the longest that converge."""
    if show == "directions":
        return directions()
    if show != "ways":
        return minima(lr, seed) if show == "minima" else proxy(lr)
    import numpy

    rng = Random(seed)

    def line(x: float) -> float:
        return 2.0 * x - 1.0 + rng.gauss(0.0, 0.3)

    def curve(x: float) -> float:
        return float(tanh(3.0 * x + 1.5) - tanh(3.0 * x - 1.5))  # tanh units can do this: the least loss is 0

    X = [[2.0 * i / (samples - 1) - 1.0] for i in range(samples)]  # noqa: N806 - X is a matrix
    y, matrix = [line(x) for [x] in X], numpy.array([[x, 1.0] for [x] in X])
    w, b = least_squares(matrix.tolist(), y)
    convex = Problem(Neuron(1, "linear", seed=seed), X, y, mse([w * x + b for [x] in X], y), line)
    other = Problem(MLP(1, [3, 1], "tanh", seed=seed), X, [curve(x) for [x] in X], 0.0, curve)
    outputs = list(map(Neuron(1, "linear", seed=seed), X[:2]))  # a mini-batch of two, on weights that stay as they are
    graph = mse(outputs, y[:2])
    graph.label, outputs[0].label, outputs[1].label = "J", "a₁", "a₂"
    graph.backward()

    H = hessian(lambda p: mse([p[0] * x + p[1] for [x] in X], y))([0.0, 0.0])  # noqa: N806
    eigenvalues = numpy.linalg.eigvalsh(H).tolist()
    longest, start = 2.0 / eigenvalues[-1], convex.model.state_dict()
    rows, growth = [], []
    for share in (0.5, 0.95, 1.05, 100.0):
        excess, end = batch_descent(convex, start, share * longest, steps=80)
        factor, by_formula = factor_of_a_step(excess), max((1.0 - share * longest * x) ** 2 for x in eigenvalues)
        if factor is not None:
            growth.append((factor, by_formula))
        rows.append([f"{share:g} · 2/λ", "—" if factor is None else written(factor, 4), written(by_formula, 4), end])

    convex.model.load_state_dict(start)
    options: dict[str, Any] = {"lr": lr, "decay": decay, "batch_size": batch_size, "budget": budget, "seed": seed}
    ways = {"the line": six_ways(convex, **options), "the curve": six_ways(other, **options)}
    pairs = [(found["batch"], found["finite differences"]) for found in ways.values()]
    curvature = 2.0 / samples * matrix.T @ matrix
    first, *ends = [
        ((float(state["w"][0]), float(state["b"])), taken)
        for state, taken in ((start, 0), *((way.state, len(way.excess) - 1) for way in pairs[0]))
    ]
    slowest = 1.0 - lr * eigenvalues[0]
    steps = [(x, y) for way in pairs for x, y in zip(way[0].excess, way[1].excess, strict=False)]
    best = min(ways["the curve"].values(), key=lambda way: way.excess[-1])
    one, mirrored, between = between_mirror_images(other, best.state)
    reach = "the line: every method brings the excess down to 1 % of the first"
    same = "both: finite differences take the path of batches, to 10⁻⁶"
    fewer = "both: single samples reach 1 % with fewer evaluations than batches"
    bent = "the curve: a network and its mirror image have the same loss, half-way it is larger: not convex"
    claims = {
        "the line: H = 2/n · XᵀX, and its eigenvalues are positive: convex": min(eigenvalues) > 0.0
        and agree(H, curvature),
        "the line: each step brings batches and differences nearer to (XᵀX)⁻¹Xᵀy, by at least 1 − αλ, to 10⁻⁶": all(
            dist(end, (w, b)) < slowest**taken * dist(first[0], (w, b)) + 1e-6 for end, taken in ends
        ),
        reach: all(way.until(0.01) < inf for way in ways["the line"].values()),
        "the line: each step multiplies the excess by (1 − αλ)², for the λ for which this is largest": all(
            agree(measured, by_formula, 1e-6) for measured, by_formula in growth
        ),
        same: all(isclose(x, y, rel_tol=1e-6, abs_tol=1e-9) for x, y in steps),
        fewer: all(found["stochastic"].until(0.01) < found["batch"].until(0.01) for found in ways.values()),
        bent: between > one and agree(mirrored, one, 1e-9),
    }
    tables = [ranking(f"{name}: {budget} evaluations for each method", found) for name, found in ways.items()]
    headings = ["step α", " excess / previous excess", " (1 − αλ)²", " after 80 steps"]
    tables.append(Columns("the line: batches with steps near the limit 2/λ", headings, rows))
    numbers = {"eigenvalues of H": tuple(eigenvalues), "2/λ": longest}
    reasons = {
        reach: lambda: f"{late(ways['the line'])}; the steps are too short for so few, or their noise is too large",
        same: lambda: (
            f"they differ by up to {max(abs(x - y) for x, y in steps):.1g}, as small differences grow on the way"
        ),
        fewer: lambda: "; ".join(
            f"on {name} they need {way['stochastic'].until(0.01):g}, batches {way['batch'].until(0.01):g}"
            for name, way in ways.items()
        ).replace("inf", "more than there are"),
        bent: lambda: f"the losses above the least are {one:.4g}, {mirrored:.4g} and half-way {between:.4g}",
    }
    further = {
        "α of step 1000": lr / (1.0 + 1000.0 * decay),
        "stochastic, loss − minimum": tuple(way["stochastic"].excess[-1] for way in ways.values()),
    }
    return Outcome(numbers, claims, graph, tables, partial(_draw_ways, ways), reasons=reasons, further=further)


def late(ways: Mapping[str, Way]) -> str:
    """The methods that did not come down to 1 %, and how far they came."""
    left = {name: way.excess[-1] / way.excess[0] for name, way in ways.items() if way.until(0.01) == inf}
    return ", ".join(f"{name} came to {share:.2g} of it" for name, share in left.items())


def ranking(title: str, ways: Mapping[str, Way]) -> Columns:
    """Each method with its cost, where it ends, and when the excess was down to 1 % of the first."""
    headings = ["method", " evaluations a step", " in all", " until 1 %", " loss − minimum"]
    rows = []
    for name, way in ways.items():
        until = way.until(0.01)
        counts = [str(way.per_step), str(way.evaluations[-1]), str(until) if until < inf else "—"]
        rows.append([name, *counts, above_rounding(way.excess[-1])])
    return Columns(title, headings, rows)


def _draw_ways(problems: Mapping[str, Mapping[str, Way]], figure: Any) -> None:
    """The loss above its minimum over the evaluations, one plot for each problem."""
    figure.set_size_inches(9.6, 4.4)
    for ax, (problem, ways) in zip(figure.subplots(1, len(problems)), problems.items(), strict=True):
        points = {name: way.thinned() for name, way in ways.items()}
        curves(points, x=f"evaluations ({problem})", y="loss − minimum", log="xy", marked=True, ax=ax)
