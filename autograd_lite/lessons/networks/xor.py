"""XOR, learnt from random weights; and why it sometimes is not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal

from autograd_lite import nn
from autograd_lite.data import gate
from autograd_lite.engine.sequences import dot
from autograd_lite.engine.table import sigmoid
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import Seed, half_sum, name_parameters
from autograd_lite.lessons.outcome import Outcome, written
from autograd_lite.optim import SGD
from autograd_lite.plots import curves, decision_boundary
from autograd_lite.views.columns import Columns
from autograd_lite.views.doctor.diagnosis import diagnose

ENOUGH, MOST_EPOCHS = 0.005, 5000
Weight = Annotated[float, Limits("a weight", -9, 9)]


@lesson(
    "L24",
    "One pass through a 2-2-1 network",
    "A, C",
    r"""
    Hidden sigmoids $h_1 = \sigma(w_{11} x_1 + w_{12} x_2)$ and $h_2 = \sigma(w_{21} x_1 + w_{22} x_2)$, the output
    $y = \sigma(v_1 h_1 + v_2 h_2)$, no biases, and $C = 1/2 (t - y)^2$. The sample is one of XOR: $x_1 = 1$, and
    $t = 1 - x_2$. With $\delta^2$ for the weighted sum of $y$, and $\delta^1$ for those of $h$: forward and backward.
    """,
)
def one_pass(
    x2: Annotated[int, Limits("the second input", 0, 1)] = 0,
    w11: Weight = 1.0,
    w12: Weight = -1.0,
    w21: Weight = 0.5,
    w22: Weight = 1.0,
    v1: Weight = 2.0,
    v2: Weight = -1.0,
) -> Outcome:
    """One forward and one backward pass of a network for XOR."""
    x, v = [1.0, float(x2)], [Value(v1, label="v₁"), Value(v2, label="v₂")]
    w = [
        [Value(n, label=f"w{j}{k}") for n, k in zip(row, "₁₂", strict=True)]
        for row, j in zip(((w11, w12), (w21, w22)), "₁₂", strict=True)
    ]
    h = [sigmoid(dot(row, x)) for row in w]
    y = sigmoid(dot(v, h))
    cost = half_sum(y, 1.0 - x2)
    h[0].label, h[1].label, y.label, cost.label = "h₁", "h₂", "y", "C"
    cost.backward()
    numbers = {"h": [unit.data for unit in h], "y": y.data, "δ²": y.operands[0].grad}
    numbers |= {"∂C/∂v": [weight.grad for weight in v], "δ¹": [unit.operands[0].grad for unit in h]}
    return Outcome(numbers | {"∂C/∂W": [[weight.grad for weight in row] for row in w]}, graph=cost)


@lesson(
    "L24",
    "XOR, learnt",
    "A, C",
    r"""
    One hidden layer, random weights, and then forward, backward, $w \leftarrow w - \eta \partial C/\partial w$,
    over and over, until $C = 1/2 \sum (t - y)^2$ over the four samples, targets $t$ and outputs $y$, is below 0.005.
    Then no output misses its target by 0.1 or more.
    No single neuron can do this: the two samples of class 1 and the two of class 0 have the same middle, $(1/2, 1/2)$,
    and a straight border cannot have it on both sides.
    Whether it succeeds depends on the first weights: with two ReLUs, of the seeds 0 to 3 only one does.
    """,
    quiz=Quiz(
        ("h", "y", "δ²", "∂C/∂v", "δ¹", "∂C/∂W"),
        {"x2": (0, 1, 1)}
        | dict.fromkeys(("w11", "w12", "w21", "w22"), (-1, 1, 0.5))
        | {"v1": (0.5, 2, 0.5), "v2": (-2, -0.5, 0.5)},
        one_pass,
    ),
)
def xor_learnt(
    hidden: Annotated[int, Limits("the number of hidden units", 1, 16)] = 2,
    activation: Annotated[Literal["sigmoid", "tanh", "relu"], Limits("the activation of the hidden units")] = "sigmoid",
    eta: Annotated[float, Limits("the learning rate η", 0.001, 20)] = 2.0,
    seed: Seed = 0,
) -> Outcome:
    """Train a network on XOR until it has converged, or for 5,000 epochs."""
    x, t = gate("xor")
    model = nn.MLP(2, [hidden, 1], activation, "sigmoid", seed=seed)
    name_parameters(model)
    costs, y, cost = trained(model, eta, MOST_EPOCHS)
    missed = [abs(out.data - target) for out, target in zip(y, t, strict=True)]
    rows = [[f"{a:g}", f"{b:g}", str(target), written(out, 4)] for (a, b), target, out in zip(x, t, y, strict=True)]
    claims = {
        "all four outputs are on the right side of 0.5": max(missed) < 0.5,
        "no output misses its target by 0.1 or more": max(missed) < 0.1,
    }
    return Outcome(
        {"epochs": len(costs) - 1, "C at first": round(costs[0], 4), "C at last": round(cost.data, 6)},
        claims,
        cost,
        [Columns("what it has learnt", [" x₁", " x₂", " t", " y"], rows)],
        partial(_draw_learnt, model, costs),
        reasons=dict.fromkeys(claims, partial(why_not, model, cost, costs, eta)),
        further={
            "seeds of 0 to 3 that learn": lambda: sum(learns(hidden, activation, eta, n) for n in range(4)),
            "y after 500 epochs from zeros": lambda: from_zeros(hidden, activation, eta),
        },
    )


def trained(model: nn.MLP, eta: float, epochs: int) -> tuple[list[float], list[Value], Value]:
    """Train a model on XOR until C is below 0.005: C before each epoch and after the last, and there y and C."""
    x, t = gate("xor")
    descent, costs = SGD(model.parameters(), lr=eta), []
    while True:
        y = [model(sample) for sample in x]
        cost = half_sum(y, t)
        costs.append(cost.data)
        descent.zero_grad()
        cost.backward()
        if cost.data < ENOUGH or len(costs) > epochs:
            cost.label = "C"
            return costs, y, cost
        descent.step()


def learns(hidden: int, activation: str, eta: float, seed: int) -> bool:
    """Whether a network has learnt XOR after at most 5,000 epochs."""
    return trained(nn.MLP(2, [hidden, 1], activation, "sigmoid", seed=seed), eta, MOST_EPOCHS)[0][-1] < ENOUGH


def from_zeros(hidden: int, activation: str, eta: float) -> list[float]:
    """The outputs after 500 epochs that start with all weights 0."""
    model = nn.MLP(2, [hidden, 1], activation, "sigmoid", init="zeros")
    return [out.data for out in trained(model, eta, 500)[1]]


def why_not(model: nn.MLP, cost: Value, costs: Sequence[float], eta: float) -> str:
    """Why the training has not come to its end: what the doctor finds, or that it goes on too slowly, or not at all."""
    if len(model.layers[0].neurons) == 1:
        return "with one hidden unit the output rises or falls along one direction, and no line separates XOR"
    if found := diagnose(cost, model.named_parameters()):
        return "; ".join(finding.message for finding in found)
    before = costs[-min(1000, len(costs))]
    told = f"C was {written(before, 4)} a thousand epochs ago and is {written(costs[-1], 4)}"
    if before - costs[-1] > 1e-3 * before:
        return f"{told}: at η = {written(eta)} it still learns, and 5,000 epochs were too few"
    return f"{told}: the descent has come to rest where it is, or goes to and fro; try another seed"


def _draw_learnt(model: nn.MLP, costs: Sequence[float], figure: Any) -> None:
    """The loss curve and the boundary between the classes, side by side on a figure."""
    figure.set_size_inches(8.0, 3.6)
    left, right = figure.subplots(1, 2)
    curves({"C": (range(len(costs)), costs)}, x="epoch", y="C", ax=left)
    decision_boundary(model, *gate("xor"), threshold=0.5, ax=right)
