"""One score for each class: softmax, its Jacobian, and why the gradient is p − y."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated, Any

from autograd_lite.engine.sequences import dot, softmax, sum
from autograd_lite.engine.table import exp, log, sigmoid
from autograd_lite.engine.transforms import grad, jacobian, vjp
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Expected, Outcome, agree
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.nn import losses
from autograd_lite.plots import curves


@lesson(
    "L16",
    "Softmax with cross-entropy",
    "B, D",
    r"""
    From logits to probabilities, $p_i = e^{z_i}/\sum_j e^{z_j}$, and to the loss of the right class, $J = -\log p_y$.
    Each probability depends on every logit: $\partial p_i/\partial z_j = p_i(\delta_{ij} - p_j)$, where $\delta_{ij}$
    is 1 for $i = j$, otherwise 0. Through this matrix of derivatives, the Jacobian, the gradient becomes
    $\partial J/\partial z = p - y$, the target $y$ being written as a vector with 1 for the right class and 0 for the
    others (one-hot); in a layer $z = W x + b$ it is $\partial J/\partial W = (p - y)x^T$. Of two logits, the first
    probability is the sigmoid of their difference.
    """,
    Expected(
        {
            "p": (0.659001138885968, 0.242432970704714, 0.0985658904093182),
            "J": 0.417030016277833,
            "∂J/∂z": (-0.340998861114032, 0.242432970704714, 0.0985658904093182),
        }
    ),
    # by hand, from pᵢ(δᵢⱼ − pⱼ) and p − y
    Expected(
        {
            "p": (0.7, 0.2, 0.1),
            "J": 0.35667494393873238,
            "∂p/∂z": ((0.21, -0.14, -0.07), (-0.14, 0.16, -0.02), (-0.07, -0.02, 0.09)),
            "∂J/∂z": (-0.3, 0.2, 0.1),
            "∂J/∂W": ((-0.3, -0.6), (0.2, 0.4), (0.1, 0.2)),
        },
        z1=math.log(0.7),
        z2=math.log(0.2),
        z3=math.log(0.1),
    ),
    quiz=Quiz(
        ("p", "∂J/∂z", "∂J/∂W"),
        {"z1": (-1, 3, 0.5), "z2": (-1, 3, 0.5), "z3": (-1, 3, 0.5), "y": (0, 2, 1), "x1": (1, 3, 1), "x2": (-2, 2, 1)},
        task=r"""
        Probabilities $p = \operatorname{softmax}(z)$ of three classes, and the loss $J = -\log p_y$ of the right one;
        the classes are counted from 0. The logits come from a layer, $z = W x + b$ with $x = (x_1, x_2)$.
        Differentiate $J$ with respect to the logits, and to $W$, which has a row for each class.
        """,
    ),
)
def softmax_classifier(
    z1: Annotated[float, Limits("the logit of class 0", -50, 50)] = 2.0,
    z2: Annotated[float, Limits("the logit of class 1", -50, 50)] = 1.0,
    z3: Annotated[float, Limits("the logit of class 2", -50, 50)] = 0.1,
    y: Annotated[int, Limits("the right class", 0, 2)] = 0,
    x1: Annotated[float, Limits("the first input of the layer", -10, 10)] = 1.0,
    x2: Annotated[float, Limits("the second input of the layer", -10, 10)] = 2.0,
) -> Outcome:
    """Write softmax and cross-entropy out, and compare their derivatives with the formulas."""
    logits = [z1, z2, z3]
    z = [Value(logit, label=name) for logit, name in zip(logits, ("z₁", "z₂", "z₃"), strict=True)]
    powers = [exp(zi) for zi in z]
    total = sum(powers)
    p = [power / total for power in powers]
    J = -log(p[y])  # noqa: N806 - as in the notes
    total.label, p[y].label, J.label = "Σ", f"p{'₁₂₃'[y]}", "J"
    J.backward()
    slopes = jacobian(softmax)(logits)

    # What has arrived at z, pulled back through z = W x + b; any W will do, and any b.
    W = [[0.5, -0.25], [0.1, 0.3], [-0.4, 0.2]]  # noqa: N806 - a matrix
    pullback = vjp(lambda W, b: [dot(row, (x1, x2)) + bi for row, bi in zip(W, b, strict=True)], W, [0.0] * 3)[1]  # noqa: N803
    d_weights, d_biases = pullback([zi.grad for zi in z])

    q = by_softmax(logits)
    errors = [qi - (i == y) for i, qi in enumerate(q)]  # p − y
    claims = {
        "the package's softmax gives the same p": agree(softmax(logits), q) and agree([pi.data for pi in p], q),
        "∂pᵢ/∂zⱼ is pᵢ(δᵢⱼ − pⱼ)": agree(
            slopes, [[qi * ((i == j) - qj) for j, qj in enumerate(q)] for i, qi in enumerate(q)], scale=1.0
        ),
        "each row of this Jacobian sums to 0: the same number added to all logits changes nothing": agree(
            [math.fsum(row) for row in slopes], [0.0] * 3, scale=1.0
        ),
        "∂J/∂z is p − y": agree([zi.grad for zi in z], errors, scale=1.0),
        "∂J/∂z is (∂p/∂z)ᵀ ∂J/∂p": agree([zi.grad for zi in z], [slope / -q[y] for slope in slopes[y]], scale=1.0),
        "cross_entropy of the logits gives the same J and ∂J/∂z": agree(
            losses.cross_entropy(logits, y), J.data, scale=1.0
        )
        and agree(grad(losses.cross_entropy)(logits, y), errors, scale=1.0),
        "in a layer ∂J/∂W is (p − y)xᵀ, and ∂J/∂b is p − y": agree(
            d_weights, [[error * x1, error * x2] for error in errors], scale=max(1.0, abs(x1), abs(x2))
        )
        and agree(d_biases, errors, scale=1.0),
        "of two logits, the first probability is the sigmoid of their difference": agree(
            softmax([z1, z2])[0], sigmoid(z1 - z2)
        ),
    }
    numbers = {
        "p": softmax(logits),
        "J": J.data,
        "∂p/∂z": slopes,
        "∂J/∂z": [zi.grad for zi in z],
        "∂J/∂W": d_weights,
    }
    soft = (0.5, 0.3, 0.2)
    further = {
        "∂H/∂z": lambda: grad(losses.cross_entropy)(logits, soft),
        "entropy": lambda: -math.fsum(yk * math.log(yk) for yk in soft),
    }
    derivation = Derivation(
        "through the Jacobian of softmax",
        [
            Line(r"p_i = e^{z_i}/\sum_j e^{z_j}", "softmax", "softmax(z)", q),
            Line(
                r"\partial p_i/\partial z_j = p_i(\delta_{ij} - p_j)",
                r"the rule for quotients; $\delta_{ij}$ is 1 for $i = j$, otherwise 0",
                "jacobian(softmax)(z)",
                slopes,
            ),
            Line(
                r"\partial J/\partial p_i = -y_i/p_i",
                r"$J = -\sum_i y_i \log p_i$; only the right class counts",
                f"p{'₁₂₃'[y]}.grad",
                p[y].grad,
            ),
            Line(
                r"\partial J/\partial z_j = \sum_i \partial J/\partial p_i \cdot \partial p_i/\partial z_j"
                r" = -\sum_i y_i (\delta_{ij} - p_j) = p_j - y_j",
                r"the chain rule; $p_i$ cancels, and $\sum_i y_i = 1$",
                "z.grad",
                [zi.grad for zi in z],
            ),
            Line(
                r"\partial J/\partial W = (p - y)x^T",
                r"$\partial z_k/\partial W_{kj} = x_j$",
                "W.grad",
                d_weights,
            ),
        ],
    )
    figure = partial(_draw_probabilities, logits)
    return Outcome(numbers, claims, J, figure=figure, derivations=[derivation], further=further)


def _draw_probabilities(logits: Sequence[float], figure: Any) -> None:
    """Draw how the probabilities follow the first logit, the others staying as they are."""
    low, high = min(logits) - 4, max(logits) + 4
    across = [low + (high - low) * k / 200 for k in range(201)]
    up = zip(*(softmax([z, *logits[1:]]) for z in across), strict=True)
    shown = {name: (across, list(p)) for name, p in zip(("p₁", "p₂", "p₃"), up, strict=True)}
    curves(shown, x="z₁", y="probability", ax=figure.subplots())


def by_softmax(z: Iterable[float]) -> list[float]:
    """The softmax of numbers, by its formula."""
    powers = [math.exp(zi) for zi in z]
    return [power / math.fsum(powers) for power in powers]
