"""One neuron: why its gradient is a − y, for one point and for many."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from statistics import fmean
from typing import Annotated, Any

from autograd_lite import data, optim
from autograd_lite.engine.sequences import softmax, sum
from autograd_lite.engine.table import exp, log, sigmoid
from autograd_lite.engine.transforms import grad, gradients, jacobian, value_and_grad
from autograd_lite.engine.value import Value
from autograd_lite.lessons.lesson import Limits, fit, lesson
from autograd_lite.lessons.notation import inner, name_weights, times
from autograd_lite.lessons.outcome import Expected, Outcome, agree, written
from autograd_lite.nn import Layer, Neuron, losses
from autograd_lite.plots import curves, decision_boundary
from autograd_lite.views.columns import Columns


@lesson(
    "L15",
    "One sigmoid neuron",
    "D",
    r"""
    A neuron $z = w \cdot x + b$, $a = \sigma(z)$ with the binary cross-entropy
    $J = -y \log a - (1 - y) \log(1 - a)$. Backwards: $\partial J/\partial a = (a - y)/(a(1 - a))$, then
    $\partial a/\partial z = a(1 - a)$; the product is $\delta = \partial J/\partial z = a - y$.
    So $\partial J/\partial w = (a - y)x$ and $\partial J/\partial b = a - y$: no gradient where the answer is right.
    The same neuron, trained by descent, learns OR and AND.
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
    x = [Value(x1, label="x₁"), Value(x2, label="x₂")]
    w = [Value(w1, label="w₁"), Value(w2, label="w₂")]
    bias = Value(b, label="b")
    z = w[0] * x[0] + w[1] * x[1] + bias
    a = sigmoid(z)
    J = losses.binary_cross_entropy(a, y)  # noqa: N806 - as in the notes
    z.label, a.label, J.label = "z", "a", "J"
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
    return Outcome(numbers, claims, J, [table], partial(_draw_boundaries, trained))


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


@lesson(
    "L16",
    "Softmax with cross-entropy",
    "B, D",
    r"""
    From logits to probabilities, $p_i = e^{z_i}/\sum_j e^{z_j}$, and to the loss of the right class, $J = -\log p_y$.
    Each probability depends on every logit: $\partial p_i/\partial z_j = p_i(\delta_{ij} - p_j)$. Through this
    Jacobian the gradient becomes $\partial J/\partial z = p - y$, with the target in one-hot form, and in a layer
    $z = W x + b$ it is $\partial J/\partial W = (p - y)x^T$. The softmax of two logits is the sigmoid of
    their difference.
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

    layer = Layer(2, 3, "linear")
    W = [[0.5, -0.25], [0.1, 0.3], [-0.4, 0.2]]  # noqa: N806 - a matrix
    b = [zi - (w1 * x1 + w2 * x2) for zi, (w1, w2) in zip(logits, W, strict=True)]  # so that z is as given
    layer.load_state_dict({"weight": W, "bias": b})
    losses.cross_entropy(layer([x1, x2]), y).backward()
    d_weights = [[w.grad for w in neuron.w] for neuron in layer.neurons]

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
        and agree([neuron.b.grad for neuron in layer.neurons], errors, scale=1.0),
        "the softmax of two logits is the sigmoid of their difference": agree(softmax([z1, z2])[0], sigmoid(z1 - z2)),
    }
    numbers = {
        "p": softmax(logits),
        "J": J.data,
        "∂p/∂z": slopes,
        "∂J/∂z": [zi.grad for zi in z],
        "∂J/∂W": d_weights,
    }
    return Outcome(numbers, claims, J, figure=partial(_draw_probabilities, logits))


def _draw_probabilities(logits: Sequence[float], figure: Any) -> None:
    """Draw how the probabilities follow the first logit, the others staying as they are."""
    low, high = min(logits) - 4, max(logits) + 4
    across = [low + (high - low) * k / 200 for k in range(201)]
    up = zip(*(softmax([z, *logits[1:]]) for z in across), strict=True)
    shown = {name: (across, list(p)) for name, p in zip(("p₁", "p₂", "p₃"), up, strict=True)}
    curves(shown, x="z₁", y="probability", ax=figure.subplots())


@lesson(
    "L17",
    "Many points",
    "D",
    r"""
    The loss of $n$ points is a mean, and so is its gradient: $w \leftarrow w - (\alpha/n) \sum_i (a_i - y_i)x_i$.
    With a point in each column of $X$, and the answers and targets in the columns of $A$ and $Y$, the sum is a product:
    $W \leftarrow W - (\alpha/n)(A - Y)X^T$. A row of ones below $X$ makes the bias the last column of $W$.
    This holds for the sigmoid neuron, where $A$ has one row, and for softmax, where it has one for each class.
    """,
)
def many_points(
    n: Annotated[int, Limits("the number of points", 3, 100)] = 9,
    seed: Annotated[int, Limits("the seed of the points and of the first weights", 0, 10_000)] = 0,
    alpha: Annotated[float, Limits("the learning rate α", 0.001, 1)] = 0.5,
) -> Outcome:
    """Compare gradient and step of the engine with the matrix form, for a sigmoid neuron and a softmax layer."""
    points, classes = data.blobs(n, centers=((-1, -1), (1, -1), (0, 1)), spread=0.5, seed=seed)
    # A point is a column of the notes' X, A and Y; here it is a row, as in their transposes.
    xs = [[*point, 1.0] for point in points]
    one_hot = [[float(k == right) for k in range(3)] for right in classes]
    is_last = [row[2] for row in one_hot]  # the class that the neuron detects
    neuron, layer = Neuron(2, "sigmoid", seed=seed), Layer(2, 3, "linear", seed=seed)
    cases: list[tuple[str, Any, Any, Any, Any, Any]] = [
        ("sigmoid neuron", neuron, losses.binary_cross_entropy, is_last, by_sigmoid, [[y] for y in is_last]),
        ("softmax layer", layer, losses.cross_entropy, classes, by_softmax, one_hot),
    ]
    numbers: dict[str, Any] = {}
    claims: dict[str, bool] = {}
    descents: dict[str, list[float]] = {}
    for name, model, loss, targets, activation, ys in cases:
        W = matrix(p.data for p in model.parameters())  # noqa: N806 - a matrix
        answers = (activation(inner(row, x) for row in W) for x in xs)
        errors = [[ai - yi for ai, yi in zip(*both, strict=True)] for both in zip(answers, ys, strict=True)]
        slopes = [[total / n for total in row] for row in times(zip(*errors, strict=True), xs)]
        outer = [[[e * xk for xk in x] for e in error] for error, x in zip(errors, xs, strict=True)]
        loss([model(point) for point in points], targets).backward()
        gradient = matrix(p.grad for p in model.parameters())
        descent = optim.SGD(model.parameters(), lr=alpha)
        descent.step()
        claims |= {
            f"{name}: the gradient is (1/n)(A − Y)Xᵀ": agree(gradient, slopes),
            f"{name}: it is the mean of (aᵢ − yᵢ)xᵢᵀ over the points": agree(
                gradient, [[*map(fmean, zip(*rows, strict=True))] for rows in zip(*outer, strict=True)]
            ),
            f"{name}: a step of SGD is W ← W − (α/n)(A − Y)Xᵀ": agree(
                matrix(p.data for p in model.parameters()),
                [[w - alpha * slope for w, slope in zip(*rows, strict=True)] for rows in zip(W, slopes, strict=True)],
            ),
        }
        descents[name] = fit(model, loss, points, targets, optimizer=descent, epochs=50).loss
        claims[f"{name}: 50 more steps lower the loss"] = descents[name][-1] < descents[name][0]
        numbers[f"∂J/∂W, {name}"] = [[round(slope, 6) for slope in row] for row in gradient]
    return Outcome(numbers, claims, graph_of_two(points, is_last, seed), figure=partial(_draw_descents, descents))


def matrix(numbers: Iterable[float]) -> list[list[float]]:
    """The numbers of a model of two inputs as a matrix [W b]: a row for each unit, the bias at its end."""
    rest = iter(numbers)
    return [[*row] for row in zip(rest, rest, rest, strict=True)]


def by_sigmoid(z: Iterable[float]) -> list[float]:
    """The sigmoid of each number, by its formula."""
    return [1 / (1 + math.exp(-zi)) for zi in z]


def by_softmax(z: Iterable[float]) -> list[float]:
    """The softmax of numbers, by its formula."""
    powers = [math.exp(zi) for zi in z]
    return [power / math.fsum(powers) for power in powers]


def graph_of_two(points: Sequence[Sequence[float]], targets: Sequence[float], seed: int) -> Value:
    """The loss of the first neuron over the first two points, where each weight is used twice."""
    neuron = Neuron(2, "sigmoid", seed=seed)
    name_weights(neuron)
    a = [neuron(point) for point in points[:2]]
    J: Value = losses.binary_cross_entropy(a, targets[:2])  # noqa: N806 - as in the notes
    for ai, number in zip(a, "₁₂", strict=True):
        ai.label, ai.operands[0].label = f"a{number}", f"z{number}"
    J.label = "J"
    J.backward()
    return J


def _draw_descents(descents: Mapping[str, Sequence[float]], figure: Any) -> None:
    """Draw the loss of each model over the steps of its descent."""
    shown = {name: (range(1, len(loss) + 1), loss) for name, loss in descents.items()}
    curves(shown, x="step", y="loss J", ax=figure.subplots())
