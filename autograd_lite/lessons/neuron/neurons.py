"""One neuron: why the gradient is answer minus target."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from autograd_lite import data, optim
from autograd_lite.engine.table import sigmoid
from autograd_lite.engine.transforms import gradients, value_and_grad
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, fit, lesson
from autograd_lite.lessons.notation import LOWER
from autograd_lite.lessons.outcome import Expected, Outcome, agree, written
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.nn import Neuron, losses
from autograd_lite.plots import decision_boundary
from autograd_lite.views.columns import Columns


@lesson(
    "L15",
    "One sigmoid neuron, without a training",
    "D",
    r"""
    A neuron $z = w \cdot x + b$, $a = \sigma(z)$ with the binary cross-entropy $J = -y \log a - (1 - y) \log(1 - a)$.
    Compute $a$, then go back from $J$ to the weights $w = (w_1, w_2)$ and the bias.
    """,
)
def one_point(
    x1: Annotated[float, Limits("the first input", -3, 3)] = 1.0,
    x2: Annotated[float, Limits("the second input", -3, 3)] = 2.0,
    w1: Annotated[float, Limits("the first weight", -3, 3)] = 0.5,
    w2: Annotated[float, Limits("the second weight", -3, 3)] = -0.25,
    b: Annotated[float, Limits("the bias", -3, 3)] = 0.1,
    y: Annotated[float, Limits("the target", 0, 1)] = 1.0,
) -> Outcome:
    """The gradient for one point, as a sheet asks it."""
    x, w, bias, z, a, J = _neuron((x1, x2), (w1, w2), b, y)  # noqa: N806 - as in the notes
    J.backward()
    numbers = {"z": z.data, "a": a.data, "J": J.data, "∂J/∂z": z.grad, "∂J/∂w": [v.grad for v in w]}
    return Outcome(numbers | {"∂J/∂b": bias.grad, "∂J/∂x": [v.grad for v in x]}, graph=J)


def _neuron(x: Sequence[float], w: Sequence[float], b: float, y: float) -> tuple[Any, ...]:
    """Inputs, weights, bias, z, a and J of a neuron with the binary cross-entropy, as nodes."""
    at = [Value(number, label=f"x{LOWER[k]}") for k, number in enumerate(x, start=1)]
    weights = [Value(number, label=f"w{LOWER[k]}") for k, number in enumerate(w, start=1)]
    bias = Value(b, label="b")
    z = weights[0] * at[0] + weights[1] * at[1] + bias
    a = sigmoid(z)
    J = losses.binary_cross_entropy(a, y)  # noqa: N806 - as in the notes
    z.label, a.label, J.label = "z", "a", "J"
    return at, weights, bias, z, a, J


@lesson(
    "L15",
    "One sigmoid neuron",
    "D",
    r"""
    A neuron $z = w \cdot x + b$, $a = \sigma(z)$ with the binary cross-entropy
    $J = -y \log a - (1 - y) \log(1 - a)$. Backwards: $\partial J/\partial a = (a - y)/(a(1 - a))$, then
    $\partial a/\partial z = a(1 - a)$; the product is $\delta = \partial J/\partial z = a - y$.
    So $\partial J/\partial w = (a - y)x$ and $\partial J/\partial b = a - y$: the nearer the answer
    is to the target, the smaller the gradient. The same neuron, trained by descent, learns OR and AND.
    """,
    # ∂J/∂a = −1/a and ∂a/∂z to 30 digits by mpmath
    Expected(
        {
            "z": 0.1,
            "a": 0.52497918747894,
            "J": 0.644396660073571,
            "∂J/∂a": -1.9048374180359596,
            "∂a/∂z": 0.24937604019289197,
            "∂J/∂z": -0.47502081252106,
            "∂J/∂w": (-0.47502081252106, -0.95004162504212),
            "∂J/∂b": -0.47502081252106,
        }
    ),
    quiz=Quiz(
        ("a", "∂J/∂z", "∂J/∂w", "∂J/∂b"),
        {
            "x1": (1, 3, 0.5),
            "x2": (-2, 2, 0.5),
            "w1": (-1, 1, 0.5),
            "w2": (-1, 1, 0.5),
            "b": (-0.5, 0.5, 0.1),
            "y": (0, 1, 1),
        },
        one_point,
    ),
)
def sigmoid_neuron(
    x1: Annotated[float, Limits("the first input", -3, 3)] = 1.0,
    x2: Annotated[float, Limits("the second input", -3, 3)] = 2.0,
    w1: Annotated[float, Limits("the first weight", -3, 3)] = 0.5,
    w2: Annotated[float, Limits("the second weight", -3, 3)] = -0.25,
    b: Annotated[float, Limits("the bias", -3, 3)] = 0.1,
    y: Annotated[float, Limits("the target", 0, 1)] = 1.0,
) -> Outcome:
    """Follow the gradient of the cross-entropy through one neuron, and train the neuron on two gates."""
    x, w, bias, z, a, J = _neuron((x1, x2), (w1, w2), b, y)  # noqa: N806 - as in the notes
    J.backward()
    local = gradients(a, z).data

    p = 1 / (1 + math.exp(-(w1 * x1 + w2 * x2 + b)))
    with_logits = value_and_grad(losses.binary_cross_entropy_with_logits)(z.data, y)
    # The nearer a is to 1, the fewer digits 1 − a keeps; a − y keeps those of 1.
    near = partial(agree, tolerance=1e-14 / (p * (1 - p)), scale=1.0)
    claims = {
        "∂J/∂a is (a − y)/(a(1 − a))": near(a.grad, (p - y) / (p * (1 - p))),
        "∂a/∂z is a(1 − a)": near(local, p * (1 - p)),
        "their product ∂J/∂z is a − y": near(z.grad, p - y),
        "∂J/∂w is (a − y)x": near([v.grad for v in w], [(p - y) * x1, (p - y) * x2]),
        "∂J/∂x is (a − y)w": near([v.grad for v in x], [(p - y) * w1, (p - y) * w2]),
        "∂J/∂b is a − y": near(bias.grad, p - y),
        "the cross-entropy with logits gives the same J and ∂J/∂z": near(with_logits, (J.data, z.grad)),
    }
    trained = {gate.upper(): neuron_for(gate) for gate in ("or", "and")}
    rows = []
    for name, neuron in trained.items():
        points, targets = data.gate(name.lower())
        answers = [neuron(point).data for point in points]
        right = [float(answer > 0.5) == target for answer, target in zip(answers, targets, strict=True)]
        claims[f"trained on {name}, it is right in all four cases"] = all(right)
        rows.append([name, *(written(round(answer, 4)) for answer in answers)])
    numbers = {"z": z.data, "a": a.data, "J": J.data, "∂J/∂a": a.grad, "∂a/∂z": local, "∂J/∂z": z.grad}
    numbers |= {"∂J/∂w": tuple(v.grad for v in w), "∂J/∂b": bias.grad}
    table = Columns("a after training", ["gate", *(f" {p:g} {q:g}" for p, q in data.gate("or")[0])], rows)
    squared = 2.0 * (p - y) * p * (1.0 - p)
    further = {"∂S/∂z": squared, "ratio": lambda: (p - y) / squared}
    return Outcome(
        numbers,
        claims,
        J,
        [table],
        partial(_draw_boundaries, trained),
        derivations=[
            Derivation(
                "from the loss back to the weights",
                [
                    Line(r"J = -y \log a - (1 - y) \log(1 - a)", "the cross-entropy", "J.data", J.data),
                    Line(
                        r"\partial J/\partial a = -y/a + (1 - y)/(1 - a) = (a - y)/(a(1 - a))",
                        r"$\log' a = 1/a$, and one denominator",
                        "a.grad",
                        a.grad,
                    ),
                    Line(
                        r"\partial a/\partial z = a(1 - a)",
                        r"$\sigma' = \sigma(1 - \sigma)$",
                        "edge from z to a",
                        local,
                    ),
                    Line(
                        r"\delta = \partial J/\partial z = \partial J/\partial a \cdot \partial a/\partial z = a - y",
                        "$a(1 - a)$ cancels",
                        "z.grad",
                        z.grad,
                    ),
                    Line(
                        r"\partial J/\partial w_1 = \delta x_1",
                        r"$\partial z/\partial w_1 = x_1$",
                        "w₁.grad",
                        w[0].grad,
                    ),
                    Line(
                        r"\partial J/\partial w_2 = \delta x_2",
                        r"$\partial z/\partial w_2 = x_2$",
                        "w₂.grad",
                        w[1].grad,
                    ),
                    Line(r"\partial J/\partial b = \delta", r"$\partial z/\partial b = 1$", "b.grad", bias.grad),
                ],
            )
        ],
        further=further,
    )


def neuron_for(gate: str) -> Neuron:
    """A sigmoid neuron trained on a gate by plain gradient descent."""
    neuron = Neuron(2, "sigmoid", seed=0)
    descent = optim.SGD(neuron.parameters(), lr=1.0)
    fit(neuron, losses.binary_cross_entropy, *data.gate(gate), optimizer=descent, epochs=300)
    return neuron


def _draw_boundaries(trained: Mapping[str, Neuron], figure: Any) -> None:
    """Draw, side by side, where the neuron of each gate says 1."""
    for axes, (name, neuron) in zip(figure.subplots(1, len(trained)), trained.items(), strict=True):
        decision_boundary(neuron, *data.gate(name.lower()), ax=axes, threshold=0.5, resolution=40, classes=["0", "1"])
        axes.set_xlabel(f"x₁ ({name})")
        axes.set_aspect("equal")


def by_sigmoid(z: Iterable[float]) -> list[float]:
    """The sigmoid of each number, by its formula."""
    return [1 / (1 + math.exp(-zi)) for zi in z]
