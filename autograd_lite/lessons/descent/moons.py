"""A first network: two moons, a margin, and the boundary between them."""

from __future__ import annotations

from functools import cache, partial
from random import Random
from typing import Annotated, Any

from autograd_lite import nn
from autograd_lite.data import moons
from autograd_lite.engine.context import scope
from autograd_lite.engine.text import counted
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.descent.descent_on_paper import three_margins
from autograd_lite.lessons.lesson import Limits, fit, lesson
from autograd_lite.lessons.outcome import Expected, Outcome, agree, written
from autograd_lite.nn.losses import accuracy, hinge, l2
from autograd_lite.optim import SGD, linear
from autograd_lite.plots import INK, decision_boundary, loss_curves
from autograd_lite.views.columns import Columns
from autograd_lite.views.doctor.diagnosis import diagnose

ALPHA = 1e-4  # the penalty of micrograd's demo


@lesson(
    "L28",
    "Two moons",
    "P",
    r"""
    The demo of micrograd (A. Karpathy, 2020): two half moons of 100 points, a network of two hidden layers of relu
    units, and the loss
    $J = 1/n \cdot \sum_i \max(0, 1 - y_i s_i) + \alpha \|w\|^2$ of its scores $s_i$ for the classes $y_i = \pm 1$,
    where $w$ are all parameters, the biases too.
    A point whose margin $y_i s_i$ is 1 or more adds nothing to the first sum; those that are nearer to the boundary,
    or beyond it, pull. Each step of gradient descent takes all points; its rate is 1 at first, falls by 0.009 from
    step to step, and would be 0.1 after 100 of them, where it stays.
    """,
    # The parameters: 16·(2 + 1) + 16·(16 + 1) + (16 + 1).
    Expected({"parameters": 337, "training accuracy": 1.0}),
    quiz=Quiz(
        ("margins", "J", "∂J/∂w", "dJ/db"),
        {"w1": (-1, 1, 0.5), "w2": (-1.5, 1.5, 1), "b": (-0.2, 0.2, 0.4)},
        three_margins,
    ),
)
def two_moons(
    steps: Annotated[int, Limits("the number of steps", 1, 120)] = 100,
    hidden: Annotated[int, Limits("the number of units in each hidden layer", 1, 16)] = 16,
    noise: Annotated[float, Limits("the standard deviation of the noise", 0, 1)] = 0.1,
    points: Annotated[int, Limits("the seed of the points", 0, 1_000_000)] = 4,
    seed: Annotated[int, Limits("the seed of the first weights", 0, 1_000_000)] = 1337,
) -> Outcome:
    """Train a network of relu units with the hinge loss to tell two moons apart."""
    X, labels = moons(100, noise=noise, seed=points)  # noqa: N806 - X is a matrix
    y = [2 * label - 1 for label in labels]
    model, start = (nn.MLP(2, [hidden, hidden, 1], seed=seed) for _ in range(2))
    first = by_matrices(model, X, y)
    risk(model, [model(x) for x in X], y).backward()
    slopes = [w.grad for w in model.parameters()]
    rng, weights = Random(seed), 2 * hidden + hidden * hidden + hidden
    drawn = [rng.uniform(-1.0, 1.0) for _ in range(weights)]

    watched: dict[str, Any] = {"accuracy": accuracy, "inside the margin": inside}
    history = fit(
        model,
        partial(risk, model),
        X,
        y,
        optimizer=SGD(model.parameters(), lr=linear(1.0, 0.1, 100)),
        epochs=steps,
        metrics=watched,
    )
    scores, _ = by_matrices(model, X, y)
    margins = [label * score for label, score in zip(y, scores.tolist(), strict=True)]
    shown = hinge([start(x) for x in X[:2]], y[:2])  # without the penalty, whose weights would hide the network's
    shown.label = "hinge"
    shown.backward()
    wrong = sum(margin <= 0.0 for margin in margins)
    right = "in the end each point is on the right side of the boundary"
    tenth = "the loss falls to less than a tenth"
    fewer = "fewer points are inside the margin than at first"

    @cache
    def stuck() -> str:
        """What the doctor finds in the graph of all points, such as units that are off for every one of them."""
        found = diagnose(risk(model, [model(x) for x in X], y), model.named_parameters())
        return f"; the doctor says: {found[0].message}" if found else ""

    return Outcome(
        {
            "parameters": len(model.parameters()),
            "training accuracy": accuracy(nn.evaluate(model, X), y),
            "loss at the first step": round(history.loss[0], 4),
            "loss at the last step": round(history.loss[-1], 4),
            "least margin": round(min(margins), 4),
            "points inside the margin": sum(margin < 1.0 for margin in margins),
        },
        {
            "the first weights are those of micrograd": [w.data for w in start.parameters() if w.label != "b"] == drawn,
            "the first gradient is that of the equations in matrices, to 1e-12": agree(slopes, first[1]),
            right: min(margins) > 0.0,
            tenth: 10.0 * history.loss[-1] < history.loss[0],
            fewer: inside(scores, y) < inside(first[0], y),
        },
        shown,
        [
            Columns(
                "the training",
                [" step", " loss", " accuracy", " inside the margin"],
                [
                    [str(step), *(written(m[step - 1], 4) for m in (history.loss, *history.metrics.values()))]
                    for step in (1, 2, 5, 10, 20, 50, 100)
                    if step <= steps
                ],
            )
        ],
        partial(_draw_moons, model, X, y, history),
        further={"∂J/∂w, ∂J/∂b where all margins are 3": satisfied},
        reasons={
            right: lambda: (
                f"{wrong} of 100 are not, after {steps} steps with {counted(hidden, 'unit')} in a layer and noise of "
                f"{noise:g}{stuck()}"
            ),
            tenth: lambda: f"from {history.loss[0]:.3g} it came to {history.loss[-1]:.3g} in {steps} steps{stuck()}",
            fewer: lambda: f"{inside(scores, y):.0%} are, at first {inside(first[0], y):.0%}{stuck()}",
        },
    )


def risk(model: nn.Module, scores: list[Any], classes: list[Any]) -> Any:
    """The hinge loss of a model's scores, and the penalty on its parameters, each in its own scope."""
    with scope("hinge"):
        loss = hinge(scores, classes)
    with scope("penalty"):
        penalty = ALPHA * l2(model.parameters())
    return loss + penalty


def satisfied() -> list[float]:
    """The gradient of one neuron, w = (2, −1) and b = 0, with α = 0.5, on two points whose margins are 3."""
    unit: Any = nn.Neuron(2, "linear")
    unit.load_state_dict({"w": [2.0, -1.0], "b": 0.0})
    loss = hinge([unit([1.0, -1.0]), unit([-1.0, 1.0])], [1, -1]) + 0.5 * l2(unit.parameters())
    loss.backward()
    return [parameter.grad for parameter in unit.parameters()]


def inside(scores: Any, classes: Any) -> float:
    """The share of points whose margin is less than 1: those that pull at the boundary."""
    return sum(bool(s * y < 1.0) for s, y in zip(scores, classes, strict=True)) / len(classes)


def by_matrices(model: nn.MLP, X: list[list[float]], y: list[int]) -> tuple[Any, list[float]]:  # noqa: N803
    """The scores of all points, and the gradient with respect to each parameter, by the four equations in NumPy."""
    import numpy

    arrays = list(model.state_dict().values())
    layers = list(zip(arrays[::2], arrays[1::2], strict=True))
    classes, activations = numpy.array(y), [numpy.array(X)]
    for w, b in layers[:-1]:
        activations.append(numpy.maximum(activations[-1] @ w.T + b, 0.0))
    scores = (activations[-1] @ layers[-1][0].T + layers[-1][1])[:, 0]
    delta = numpy.where(classes * scores < 1.0, -classes / len(y), 0.0)[:, None]
    slopes: list[float] = []
    for (w, b), a in zip(reversed(layers), reversed(activations), strict=True):
        here = numpy.column_stack([delta.T @ a + 2.0 * ALPHA * w, delta.sum(axis=0) + 2.0 * ALPHA * b])
        slopes = here.ravel().tolist() + slopes  # neuron by neuron, the bias after its weights
        delta = delta @ w * (a > 0.0)
    return scores, slopes


def _draw_moons(model: nn.MLP, X: list[list[float]], y: list[int], history: Any, figure: Any) -> None:  # noqa: N803
    """The boundary with the margin on both sides of it, and the loss over the steps."""
    import numpy

    figure.set_size_inches(10.0, 4.2)
    left, right = figure.subplots(1, 2)
    decision_boundary(model, X, y, ax=left)
    (low, high), (bottom, top) = left.get_xlim(), left.get_ylim()
    across, up = numpy.linspace(low, high, 120), numpy.linspace(bottom, top, 120)
    grid = [[u, v] for v in up.tolist() for u in across.tolist()]
    scores, _ = by_matrices(model, grid, [1] * len(grid))
    left.contour(
        across, up, scores.reshape(120, 120), levels=[-1.0, 1.0], colors=[INK], linestyles="--", linewidths=1.0
    )
    loss_curves(history, right)
    right.set_xlabel("step")
