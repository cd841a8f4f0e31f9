"""Many points at once: sums over points are products of matrices, in one layer and in two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from math import fsum
from statistics import fmean
from typing import Annotated, Any

from autograd_lite import data, optim
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, fit, lesson
from autograd_lite.lessons.neuron.neurons import by_sigmoid
from autograd_lite.lessons.neuron.softmax import by_softmax
from autograd_lite.lessons.notation import inner, name_weights, times, transposed
from autograd_lite.lessons.outcome import Outcome, agree, written
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.nn import MLP, Layer, Neuron, losses
from autograd_lite.plots import curves
from autograd_lite.views.columns import Columns


@lesson(
    "L17",
    "One step over two points",
    "D",
    r"""
    A sigmoid neuron with two inputs, $b = 0$ and cross-entropy sees two points, $(1, p)$ with the target 1 and $(q, 1)$
    with the target 0. The loss is the mean of both. One step is $w \leftarrow w - \alpha \partial J/\partial w$.
    """,
)
def one_step(
    p: Annotated[float, Limits("the second input of the first point", -9, 9)] = 2.0,
    q: Annotated[float, Limits("the first input of the second point", -9, 9)] = 3.0,
    w1: Annotated[float, Limits("the first weight", -3, 3)] = 0.5,
    w2: Annotated[float, Limits("the second weight", -3, 3)] = 0.0,
    alpha: Annotated[float, Limits("the learning rate α", 0.001, 10)] = 1.0,
) -> Outcome:
    """Two points by hand: answers, the gradient as their mean, and a step."""
    w = [Value(w1, label="w₁"), Value(w2, label="w₂")]
    z = [w[0] + w[1] * p, w[0] * q + w[1]]
    J = losses.binary_cross_entropy_with_logits(z, [1.0, 0.0])  # noqa: N806 - as in the notes
    J.label = "J"
    J.backward()
    slopes = [weight.grad for weight in w]
    after = [weight.data - alpha * slope for weight, slope in zip(w, slopes, strict=True)]
    return Outcome({"a": by_sigmoid(zi.data for zi in z), "∂J/∂w": slopes, "w after": after}, graph=J)


@lesson(
    "L17",
    "Many points",
    "D",
    r"""
    The loss of $n$ points is a mean, and so is its gradient. With the cross-entropy of L15 a step is
    $w \leftarrow w - (\alpha/n) \sum_i (a_i - y_i)x_i$.
    With a point in each column of $X$, and the answers and targets in the columns of $A$ and $Y$, the sum is a product:
    $W \leftarrow W - (\alpha/n)(A - Y)X^T$. A row of ones below $X$ makes the bias the last column of $W$.
    This holds for the sigmoid neuron, where $A$ has one row, and for softmax (L16), where it has one for each class.
    With a hidden layer, $Z_1 = W_1 X + b_1$, $H = \sigma(Z_1)$ and $Z_2 = W_2 H + b_2$, the same product gives
    $\partial J/\partial W_2$, and $W_2^T$ takes the errors one layer further back. Whoever puts a point into each row
    writes the transpose of it all.
    """,
    quiz=Quiz(
        ("a", "∂J/∂w", "w after"),
        {"p": (1, 4, 1), "q": (-3, 3, 1), "w1": (-1, 1, 0.5), "w2": (-1, 1, 0.5), "alpha": (0.5, 2, 0.5)},
        one_step,
    ),
)
def many_points(
    n: Annotated[int, Limits("the number of points", 3, 100)] = 9,
    seed: Annotated[int, Limits("the seed of the points and of the first weights", 0, 10_000)] = 0,
    alpha: Annotated[float, Limits("the learning rate α", 0.001, 1)] = 0.5,
) -> Outcome:
    """Compare gradient and step of the engine with the matrix form: a neuron, a softmax layer, and two layers."""
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
    reasons: dict[str, str] = {}
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
        claim = f"{name}: 50 more steps lower the loss"
        claims[claim] = descents[name][-1] < descents[name][0]
        reasons[claim] = f"steps of α = {written(alpha)} go too far, to the other side of the least loss"
        numbers[f"∂J/∂W, {name}"] = [[round(slope, 6) for slope in row] for row in gradient]
    more, derivation, two = two_layers(points[:3], is_last[:3], seed)
    return Outcome(
        numbers | two,
        claims | more,
        graph_of_two(points, is_last, seed),
        [conventions()],
        partial(_draw_descents, descents),
        [derivation],
        reasons,
        {"α for the sum": alpha / n, "sizes": [3 * 5, 3, 5 * 2, 5]},  # of dW₂, db₂, dW₁, db₁ for d = 2, m = 5, k = 3
    )


def matrix(numbers: Iterable[float]) -> list[list[float]]:
    """The numbers of a model of two inputs as a matrix [W b]: a row for each unit, the bias at its end."""
    rest = iter(numbers)
    return [[*row] for row in zip(rest, rest, rest, strict=True)]


def two_layers(
    points: Sequence[Sequence[float]], targets: Sequence[float], seed: int
) -> tuple[dict[str, bool], Derivation, dict[str, Any]]:
    """Two sigmoid layers and a few points: claims, the matrices line by line, and the engine's gradients."""
    model, n = MLP(2, [2, 1], "sigmoid", "sigmoid", seed=seed), len(points)
    inner_layer, outer_layer = model.layers
    hidden = [inner_layer(point) for point in points]
    out = [outer_layer(h) for h in hidden]
    losses.binary_cross_entropy([a for [a] in out], targets).backward()

    def columns(rows: Any, what: str) -> Any:  # from a row for each point, of nodes
        return transposed([[getattr(node, what) for node in row] for row in rows])

    def sums(rows: Any) -> Any:
        return [[a.operands[0] for a in row] for row in rows]

    def parameters(layer: Any, what: str) -> tuple[Any, Any]:
        return [[getattr(w, what) for w in unit.w] for unit in layer.neurons], [
            getattr(unit.b, what) for unit in layer.neurons
        ]

    (W1, b1), (W2, b2) = (parameters(layer, "data") for layer in model.layers)  # noqa: N806 - matrices
    (dW1, db1), (dW2, db2) = (parameters(layer, "grad") for layer in model.layers)  # noqa: N806
    X = transposed(points)  # noqa: N806
    Z1 = [[z + b for z in row] for row, b in zip(times(W1, X), b1, strict=True)]  # noqa: N806
    H = [by_sigmoid(row) for row in Z1]  # noqa: N806
    A = [by_sigmoid(z + b for z in row) for row, b in zip(times(W2, H), b2, strict=True)]  # noqa: N806
    errors2 = [[(a - y) / n for a, y in zip(row, targets, strict=True)] for row in A]
    back = times(transposed(W2), errors2)
    errors1 = [[e * h * (1 - h) for e, h in zip(*rows, strict=True)] for rows in zip(back, H, strict=True)]
    claims = {
        "two layers: ∂J/∂W₂ is (A − Y)Hᵀ/n, and ∂J/∂b₂ sums the columns": agree(dW2, times(errors2, transposed(H)))
        and agree(db2, [*map(fsum, errors2)]),
        "two layers: ∂J/∂W₁ is (W₂ᵀ dZ₂ ⊙ H ⊙ (1 − H))Xᵀ, and ∂J/∂b₁ sums the columns": agree(
            dW1, times(errors1, points)
        )
        and agree(db1, [*map(fsum, errors1)]),
        "with a point in each row ∂J/∂W₁ = Xᵀ dZ₁, the transpose": agree(
            transposed(dW1), times(X, transposed(errors1))
        ),
    }
    shapes = {"k": 1, "m": 2, "d": 2, "n": n}
    told = ", ".join(f"{name} = {size}" for name, size in shapes.items())
    lines = [
        Line(
            f"{_of('Z_1', 'm', 'n')} = {_of('W_1', 'm', 'd')} {_of('X', 'd', 'n')} + b_1",
            r"a point in each column; $b_1$ is added to every column",
            "Z₁.data",
            columns(sums(hidden), "data"),
        ),
        Line(f"{_of('H', 'm', 'n')} = " + r"\sigma(Z_1)", "number by number", "H.data", columns(hidden, "data")),
        Line(
            f"{_of('Z_2', 'k', 'n')} = {_of('W_2', 'k', 'm')} {_of('H', 'm', 'n')} + b_2",
            r"and $A = \sigma(Z_2)$",
            "Z₂.data",
            columns(sums(out), "data"),
        ),
        Line(
            f"{_of('dZ_2', 'k', 'n')} = (A - Y)/n",
            r"$dZ$ stands for $\partial J/\partial Z$; the loss is a mean",
            "Z₂.grad",
            columns(sums(out), "grad"),
        ),
        Line(
            f"{_of('dW_2', 'k', 'm')} = {_of('dZ_2', 'k', 'n')} {_of('H^T', 'n', 'm')}",
            "the product sums over the points",
            "W₂.grad",
            dW2,
        ),
        Line(
            f"{_of('db_2', 'k', '1')} = " + r"\sum_i (dZ_2)_i",
            "every point uses $b_2$: sum the columns",
            "b₂.grad",
            db2,
        ),
        Line(
            f"{_of('dZ_1', 'm', 'n')} = {_of('W_2^T', 'm', 'k')} {_of('dZ_2', 'k', 'n')}" + r" \odot H \odot (1 - H)",
            r"back through $W_2$, then through $\sigma$; $\odot$ multiplies number by number",
            "Z₁.grad",
            columns(sums(hidden), "grad"),
        ),
        Line(
            f"{_of('dW_1', 'm', 'd')} = {_of('dZ_1', 'm', 'n')} {_of('X^T', 'n', 'd')}",
            "as in the layer above",
            "W₁.grad",
            dW1,
        ),
        Line(f"{_of('db_1', 'm', '1')} = " + r"\sum_i (dZ_1)_i", "likewise", "b₁.grad", db1),
    ]
    title = f"two layers and three points in matrices: {told}"
    return claims, Derivation(title, lines), {"∂J/∂W₂": dW2, "∂J/∂b₂": db2, "∂J/∂W₁": dW1, "∂J/∂b₁": db1}


def _of(name: str, rows: str, columns: str) -> str:
    """A matrix with its shape below, in LaTeX."""
    return rf"\underset{{({rows} \times {columns})}}{{{name}}}"


def conventions() -> Columns:
    """Both conventions of shape, side by side."""
    rows = [
        ["points", "X", "(d×n)", "X", "(n×d)"],
        ["weights", "W", "(k×d)", "W", "(d×k)"],
        ["forward", "Z = WX + b", "(k×d)(d×n) = (k×n)", "Z = XW + b", "(n×d)(d×k) = (n×k)"],
        ["weights' gradient", "dW = dZ Xᵀ", "(k×n)(n×d) = (k×d)", "dW = Xᵀ dZ", "(d×n)(n×k) = (d×k)"],
        ["bias's gradient", "db: sum of the columns of dZ", "(k×1)", "db: sum of the rows of dZ", "(1×k)"],
        ["one layer back", "dX = Wᵀ dZ", "(d×k)(k×n) = (d×n)", "dX = dZ Wᵀ", "(n×k)(k×d) = (n×d)"],
    ]
    return Columns("two conventions", ["", "a point in each column", "shape", "a point in each row", "shape"], rows)


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
