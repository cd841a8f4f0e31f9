"""A graph that is no chain of layers: a skip and a shared weight, with numbers and with vectors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any

from autograd_lite.engine.sequences import dot
from autograd_lite.engine.table import sigmoid, square, tanh
from autograd_lite.engine.transforms import gradients, jacobian
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import times, transposed
from autograd_lite.lessons.outcome import Expected, Outcome, agree, written
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.views.columns import Columns
from autograd_lite.views.steps.path_sums import paths
from autograd_lite.views.steps.tracer import trace


def phi1(x0: Any, w1: Any) -> Any:
    """The first node, x₁ = tanh(w₁x₀)."""
    return tanh(w1 * x0)


def phi2(x0: Any, x1: Any, w2: Any) -> Any:
    """The second, with a skip from x₀: x₂ = σ(w₂x₁ + x₀)."""
    return sigmoid(w2 * x1 + x0)


def phi3(x1: Any, x2: Any, w1: Any) -> Any:
    """The third, which takes w₁ once more: x₃ = w₁x₁x₂."""
    return w1 * x1 * x2


@lesson(
    "L22",
    "A graph with a skip and a shared weight",
    "B",
    r"""
    $x_1 = \varphi_1(x_0; w_1) = \tanh(w_1 x_0)$, $x_2 = \varphi_2(x_0, x_1; w_2) = \sigma(w_2 x_1 + x_0)$,
    $x_3 = \varphi_3(x_1, x_2; w_1) = w_1 x_1 x_2$ and $l = 1/2 (x_3 - 1)^2$.
    The Jacobian $J_{\varphi|x}$ is the matrix of the derivatives of $\varphi$ with respect to its argument $x$: a row
    for each number of the result, a column for each of $x$.
    A node gets one contribution from each function that takes it, its Jacobian transposed times what arrives there:
    $dl/dx_1 = J_{\varphi_2|x_1}^T dl/dx_2 + J_{\varphi_3|x_1}^T dl/dx_3$,
    and the shared weight likewise $dl/dw_1 = J_{\varphi_1|w_1}^T dl/dx_1 + J_{\varphi_3|w_1}^T dl/dx_3$.
    With vectors the same equations hold, and the transposing matters: there $x_1 = \tanh(W_1 x_0)$ has three numbers,
    $x_2 = \sigma(W_2 x_1 + x_0)$ and $x_3 = (W_1^T x_1) \odot x_2$ have two, where $\odot$ multiplies number by
    number, and $l = 1/2 \|x_3 - 1\|^2$.
    """,
    Expected(
        {
            "l": 0.056938252985095,
            "dl/dx₀": -0.266800851523645,
            "dl/dw₁": -0.146907759598063,
            "dl/dw₂": -0.0962111729771287,
        }
    ),
    quiz=Quiz(
        ("l", "dl/dx₃", "dl/dx₂", "dl/dx₁", "dl/dw₁"),
        {"x0": (0.5, 1.5, 0.25), "w1": (0.5, 2, 0.25), "w2": (-1.5, 1.5, 1)},
        task=r"""
        $x_1 = \tanh(w_1 x_0)$, $x_2 = \sigma(w_2 x_1 + x_0)$, $x_3 = w_1 x_1 x_2$ and $l = 1/2 (x_3 - 1)^2$.
        Compute $l$, then go back. The weight $w_1$ is used twice.
        """,
    ),
)
def shared(
    x0: Annotated[float, Limits("the input x₀", -10, 10)] = 0.5,
    w1: Annotated[float, Limits("the shared weight", -10, 10)] = 2.0,
    w2: Annotated[float, Limits("the other weight", -10, 10)] = -1.0,
) -> Outcome:
    """Compare the engine's sums over all uses with those of Jacobians, and with formulas by hand."""
    input0, shared1, other2 = Value(x0, label="x₀"), Value(w1, label="w₁"), Value(w2, label="w₂")
    x1 = phi1(input0, shared1)
    x2 = phi2(input0, x1, other2)
    x3 = phi3(x1, x2, shared1)
    loss = 0.5 * square(x3 - 1.0)
    x1.label, x2.label, x3.label, loss.label = "x₁", "x₂", "x₃", "l"
    x1.operands[0].label, x3.operands[0].label = "w₁x₀", "w₁x₁"
    loss.backward()

    a, b = x1.data, x2.data
    d_x3 = x3.data - 1.0
    j3 = jacobian(phi3, argnums=(0, 1, 2))(a, b, w1)  # with respect to x₁, x₂ and w₁
    d_x2 = j3[1] * d_x3
    j2 = jacobian(phi2, argnums=(0, 1, 2))(x0, a, w2)  # with respect to x₀, x₁ and w₂
    d_x1 = j2[1] * d_x2 + j3[0] * d_x3
    j1 = jacobian(phi1, argnums=(0, 1))(x0, w1)
    d_x0, d_w1, d_w2 = j1[0] * d_x1 + j2[0] * d_x2, j1[1] * d_x1 + j3[2] * d_x3, j2[2] * d_x2

    a, b = math.tanh(w1 * x0), 1.0 / (1.0 + math.exp(-w2 * math.tanh(w1 * x0) - x0))
    slope1, slope2 = 1.0 - a * a, b * (1.0 - b)  # tanh′ and σ′
    e3 = w1 * a * b - 1.0
    e2 = w1 * a * e3
    e1 = w2 * slope2 * e2 + w1 * b * e3
    by_hand = [w1 * slope1 * e1 + slope2 * e2, x0 * slope1 * e1 + a * b * e3, a * slope2 * e2]
    rows = [
        [step.name, *(written(n, 8) for n in (step.upstream, step.local, step.contribution, step.total))]
        for step in trace(loss).backward
        if step.operand is shared1
    ]
    with_vectors, derivation = vectors()
    headings = ["through", " upstream", " local", " contribution", " sum"]
    return Outcome(
        {"l": loss.data, "dl/dx₀": input0.grad, "dl/dw₁": shared1.grad, "dl/dw₂": other2.grad}
        | {"dl/dx₁": x1.grad, "dl/dx₂": x2.grad, "dl/dx₃": x3.grad},
        {
            "dl/dx₁ is the sum of the Jacobians of φ₂ and φ₃ with respect to x₁, each times what arrives there": agree(
                x1.grad, d_x1, scale=1.0
            ),
            "dl/dw₁ likewise, of φ₁ and of φ₃": agree(shared1.grad, d_w1, scale=1.0),
            "x₀ (a skip), x₂ and w₂ get the sums of Jacobians too": agree(
                [input0.grad, x2.grad, other2.grad], [d_x0, d_x2, d_w2], scale=1.0
            ),
            "the gradients are those of formulas with tanh′ = 1 − x₁² and σ′ = x₂(1 − x₂)": agree(
                [input0.grad, shared1.grad, other2.grad], by_hand, scale=1.0
            ),
        }
        | with_vectors,
        loss,
        [Columns("what the two uses of w₁ contribute", headings, rows), paths(loss, shared1).table()],
        derivations=[derivation],
        # If nothing were shared: w₁ in φ₁ alone, and φ₃ with a weight w₃ of its own.
        further={"dl/dw₁ alone": x0 * slope1 * e1, "dl/dw₃": a * b * e3},
    )


def vector_phi1(x0: Any, w1: Any) -> list[Any]:
    """φ₁ with vectors, x₁ = tanh(W₁x₀)."""
    return [tanh(dot(row, x0)) for row in w1]


def vector_phi2(x0: Any, x1: Any, w2: Any) -> list[Any]:
    """φ₂ with vectors, x₂ = σ(W₂x₁ + x₀)."""
    return [sigmoid(dot(row, x1) + skipped) for row, skipped in zip(w2, x0, strict=True)]


def vector_phi3(x1: Any, x2: Any, w1: Any) -> list[Any]:
    """φ₃ with vectors, x₃ = (W₁ᵀx₁) ⊙ x₂."""
    return [dot(column, x1) * x for column, x in zip(zip(*w1, strict=True), x2, strict=True)]


def vectors() -> tuple[dict[str, bool], Derivation]:
    """The same graph with vectors: dl/dx by Jacobian matrices, line by line, and whether the engine agrees."""
    starts = [0.5, -1.0], [[1.0, 0.5], [-0.5, 1.0], [2.0, 0.0]], [[1.0, -1.0, 0.5], [0.0, 0.5, -1.0]]
    x0 = [Value(x) for x in starts[0]]
    w1, w2 = ([[Value(w) for w in row] for row in matrix] for matrix in starts[1:])
    x1 = vector_phi1(x0, w1)
    x2 = vector_phi2(x0, x1, w2)
    x3 = vector_phi3(x1, x2, w1)
    loss = 0.5 * dot([x - 1.0 for x in x3], [x - 1.0 for x in x3])

    def engine(nodes: Sequence[Value]) -> list[float]:
        return [slope.data for slope in gradients(loss, nodes)]

    def numbers(nodes: Sequence[Value]) -> list[float]:
        return [node.data for node in nodes]

    d3 = [x - 1.0 for x in numbers(x3)]
    of3_1, of3_2 = zip(*jacobian(vector_phi3, argnums=(0, 1))(numbers(x1), numbers(x2), starts[1]), strict=True)
    d2 = transposed_times(of3_2, d3)
    of2_0, of2_1 = zip(*jacobian(vector_phi2, argnums=(0, 1))(starts[0], numbers(x1), starts[2]), strict=True)
    d1 = [p + q for p, q in zip(transposed_times(of2_1, d2), transposed_times(of3_1, d3), strict=True)]
    of1_0 = jacobian(vector_phi1)(starts[0], starts[1])
    d0 = [p + q for p, q in zip(transposed_times(of1_0, d1), transposed_times(of2_0, d2), strict=True)]
    lines = [
        Line(r"dl/dx_3 = x_3 - 1", "$l$ is half a sum of squares", "gradients(l, x₃)", engine(x3)),
        Line(
            r"dl/dx_2 = J_{\varphi_3|x_2}^T dl/dx_3",
            r"$J_{\varphi_3|x_2}$ is $2 \times 2$ and has $W_1^T x_1$ in its diagonal",
            "gradients(l, x₂)",
            engine(x2),
        ),
        Line(
            r"J_{\varphi_2|x_1} = \operatorname{diag}(x_2 (1 - x_2)) W_2",
            r"$2 \times 3$: a row for each number of $x_2$, a column for each of $x_1$",
            "jacobian(φ₂, argnums=1)",
            of2_1,
        ),
        Line(r"J_{\varphi_3|x_1} = \operatorname{diag}(x_2) W_1^T", r"$2 \times 3$ too", "jacobian(φ₃)", of3_1),
        Line(
            r"dl/dx_1 = J_{\varphi_2|x_1}^T dl/dx_2 + J_{\varphi_3|x_1}^T dl/dx_3",
            r"$3 \times 2$ times 2 numbers gives 3: only the transpose fits",
            "gradients(l, x₁)",
            engine(x1),
        ),
        Line(
            r"dl/dx_0 = J_{\varphi_1|x_0}^T dl/dx_1 + J_{\varphi_2|x_0}^T dl/dx_2",
            r"$J_{\varphi_1|x_0}$ is $3 \times 2$; the second is the skip",
            "gradients(l, x₀)",
            engine(x0),
        ),
    ]
    claims = {
        "with vectors, Jacobian matrices transposed give dl/dx₂, dl/dx₁ and dl/dx₀": agree(
            [*d2, *d1, *d0], [*engine(x2), *engine(x1), *engine(x0)]
        )
    }
    return claims, Derivation("the same graph with vectors", lines)


def transposed_times(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    """Jᵀv for a matrix J.

    >>> transposed_times([[1.0, 2.0, 3.0]], [10.0])
    [10.0, 20.0, 30.0]
    """
    return [total for [total] in times(transposed(matrix), [[x] for x in vector])]
