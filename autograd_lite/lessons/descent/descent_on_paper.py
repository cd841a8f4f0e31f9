"""What sheets ask of lessons L25 to L28, which train: the same mathematics, small enough for pen and paper."""

from __future__ import annotations

from math import hypot
from typing import Annotated, Any

from autograd_lite.engine.transforms import grad, hessian
from autograd_lite.engine.value import Value
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import stepped
from autograd_lite.lessons.outcome import Outcome
from autograd_lite.nn import Neuron
from autograd_lite.nn.losses import hinge, l2, mse
from autograd_lite.optim.baselines import least_squares


@lesson(
    "L25",
    "Two steps of descent",
    "B",
    r"""
    Descend on $f(x, y) = 1/2 (a x^2 + c y^2)$ with $(x, y) \leftarrow (x, y) - \alpha \nabla f$. Beyond $2/\lambda$,
    with $\lambda$ the larger one of $a$ and $c$, steps diverge.
    """,
)
def two_steps(
    a: Annotated[float, Limits("the curvature along x", 0.1, 10)] = 1.0,
    c: Annotated[float, Limits("the curvature along y", 0.1, 10)] = 4.0,
    x: Annotated[float, Limits("where x starts", -10, 10)] = 2.0,
    y: Annotated[float, Limits("where y starts", -10, 10)] = 1.0,
    alpha: Annotated[float, Limits("the step α", 0, 10)] = 0.1,
) -> Outcome:
    """Take two steps of gradient descent on a quadratic function of two numbers."""
    at, ways, heights = [x, y], [], []
    for _ in range(2):
        leaves = [Value(at[0], label="x"), Value(at[1], label="y")]
        f = (a * leaves[0] ** 2 + c * leaves[1] ** 2) / 2.0
        f.backward()
        heights.append(f)
        at = stepped(leaves, alpha)
        ways.append(tuple(at))
    graph = heights[0]
    graph.label = "f"
    return Outcome(
        {
            "x, y after one step": ways[0],
            "x, y after two steps": ways[1],
            "f after one step": heights[1].data,
            "2/λ": 2.0 / max(a, c),
        },
        graph=graph,
    )


@lesson(
    "L26",
    "The second order at a point",
    "B",
    r"""
    Find gradient, Hessian and Newton's step $u = -H^{-1} \nabla f$ of $f(x, y) = x^3 + a x y + c y^2$ at a point, and
    the eigenvalues of $H$: for a symmetric $2 \times 2$ matrix these are $m \pm \sqrt{d^2 + h^2}$, with the mean $m$
    of the diagonal, half its difference $d$, and the entry $h$ beside it. The smaller one comes first.
    """,
)
def cubic(
    a: Annotated[float, Limits("the number a", -10, 10)] = 1.0,
    c: Annotated[float, Limits("the number c", -10, 10)] = 2.0,
    x: Annotated[float, Limits("the first coordinate of the point", -10, 10)] = 1.0,
    y: Annotated[float, Limits("the second coordinate of the point", -10, 10)] = 1.0,
) -> Outcome:
    """Find derivatives, eigenvalues and Newton's step of a cubic function by the engine."""
    import numpy

    def f(p: Any) -> Any:
        return p[0] ** 3 + a * p[0] * p[1] + c * p[1] ** 2

    leaves = [Value(x, label="x"), Value(y, label="y")]
    graph = f(leaves)
    graph.label = "f"
    graph.backward()
    gradient, H = grad(f)([x, y]), hessian(f)([x, y])  # noqa: N806 - H is a matrix
    numbers = {
        "∇f": tuple(gradient),
        "H": tuple(map(tuple, H)),
        "eigenvalues": tuple(numpy.linalg.eigvalsh(H).tolist()),
        "Newton's step": tuple(least_squares(H, [-slope for slope in gradient])),
    }
    return Outcome(numbers, graph=graph)


@lesson(
    "L27",
    "Three points and a penalty",
    "B",
    r"""
    The line $b + w x$ through three points, at $x = -1, 0, 1$, that minimises
    $\sum_i (b + w x_i - y_i)^2 + \lambda w^2$, without the penalty ($\lambda = 0$) and with it; $b$ has none.
    The graph is that of this loss at $b = w = 0$.
    """,
)
def three_points(
    y1: Annotated[float, Limits("the y of the point at x = −1", -10, 10)] = -1.0,
    y2: Annotated[float, Limits("the y of the point at x = 0", -10, 10)] = 1.0,
    y3: Annotated[float, Limits("the y of the point at x = 1", -10, 10)] = 3.0,
    penalty: Annotated[float, Limits("the penalty λ", 0, 100)] = 2.0,
) -> Outcome:
    """Fit a line to three points by least squares, without and with a penalty on its slope."""
    X, y = [[1.0, -1.0], [1.0, 0.0], [1.0, 1.0]], [y1, y2, y3]  # noqa: N806 - X is a matrix
    b, w = least_squares(X, y)
    held = least_squares(X, y, l2=[0.0, penalty])
    errors = [row[0] * b + row[1] * w - target for row, target in zip(X, y, strict=True)]
    leaves = [Value(0.0, label="b"), Value(0.0, label="w")]
    outputs = [leaves[0] + leaves[1] * row[1] for row in X]
    graph: Any = mse(outputs, y, reduction="sum") + penalty * leaves[1] ** 2
    graph.label = "J"
    graph.backward()
    return Outcome(
        {
            "b without penalty": b,
            "w without penalty": w,
            "sum of squares without penalty": hypot(*errors) ** 2,
            "b with λ": held[0],
            "w with λ": held[1],
        },
        graph=graph,
    )


@lesson(
    "L28",
    "The hinge loss of three points",
    "P",
    r"""
    One neuron, $s = w_1 x_1 + w_2 x_2 + b$, on the points $(2, 1)$ of class 1, $(-1, 1)$ of class −1 and $(0, -1)$ of
    class 1. Find its margins $y_i s_i$, the loss
    $J = 1/3 \cdot \sum_i \max(0, 1 - y_i s_i) + 0.1 \cdot (w_1^2 + w_2^2 + b^2)$ and its gradient.
    """,
)
def three_margins(
    w1: Annotated[float, Limits("the weight w₁", -10, 10)] = 0.5,
    w2: Annotated[float, Limits("the weight w₂", -10, 10)] = 0.5,
    b: Annotated[float, Limits("the bias b", -10, 10)] = 0.2,
) -> Outcome:
    """Compute the hinge loss of a neuron with a penalty, and its gradient, on three points."""
    points, classes = [[2.0, 1.0], [-1.0, 1.0], [0.0, -1.0]], [1, -1, 1]
    neuron: Any = Neuron(2, "linear", init="zeros")
    neuron.load_state_dict({"w": [w1, w2], "b": b})
    for parameter, name in zip(neuron.parameters(), ("w₁", "w₂", "b"), strict=True):
        parameter.label = name
    scores = [neuron(point) for point in points]
    graph: Any = hinge(scores, classes) + 0.1 * l2(neuron.parameters())
    graph.label = "J"
    graph.backward()
    return Outcome(
        {
            "margins": tuple(score.data * side for score, side in zip(scores, classes, strict=True)),
            "J": graph.data,
            "∂J/∂w": tuple(weight.grad for weight in neuron.w),
            "∂J/∂b": neuron.b.grad,
        },
        graph=graph,
    )
