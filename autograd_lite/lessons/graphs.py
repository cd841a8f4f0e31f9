"""Graphs that are not chains of layers, and Jacobians: all outputs with respect to all inputs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from random import Random
from typing import Annotated, Any, NamedTuple

from autograd_lite.engine.context import scope
from autograd_lite.engine.sequences import dot
from autograd_lite.engine.table import sigmoid, square, tanh
from autograd_lite.engine.transforms import jacobian, jvp, vjp
from autograd_lite.engine.value import Value
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import LOWER, Seed, times
from autograd_lite.lessons.outcome import Expected, Outcome, agree, written
from autograd_lite.plots import curves
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
    A node gets one contribution from each function that takes it, its Jacobian transposed times what arrives there:
    $dl/dx_1 = J_{\varphi_2|x_1}^T dl/dx_2 + J_{\varphi_3|x_1}^T dl/dx_3$,
    and the shared weight likewise $dl/dw_1 = J_{\varphi_1|w_1}^T dl/dx_1 + J_{\varphi_3|w_1}^T dl/dx_3$.
    """,
    Expected(
        {
            "l": 0.056938252985095,
            "dl/dx₀": -0.266800851523645,
            "dl/dw₁": -0.146907759598063,
            "dl/dw₂": -0.0962111729771287,
        }
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
        },
        loss,
        [Columns("what the two uses of w₁ contribute", headings, rows), paths(loss, shared1).table()],
    )


Matrices = Sequence[Sequence[Sequence[float]]]


def composed(matrices: Matrices, x: Any) -> list[Any]:
    """tanh(A x) for one matrix after another, each in its own scope."""
    for number, matrix in enumerate(matrices, start=1):
        with scope(f"f{number}"):
            x = [tanh(dot(row, x)) for row in matrix]
    return list(x)


def random_matrices(sizes: Sequence[int], seed: int) -> list[list[list[float]]]:
    """A matrix of random numbers for each step of a composition of these sizes."""
    rng = Random(seed)
    return [[[rng.uniform(-1, 1) for _ in range(n)] for _ in range(m)] for n, m in pairwise(sizes)]


def identity(n: int) -> list[list[float]]:
    """The identity matrix, whose rows are the unit vectors."""
    return [[float(i == j) for j in range(n)] for i in range(n)]


class Count(NamedTuple):
    """What a Jacobian costs, from the side of the inputs and from that of the outputs."""

    sizes: Sequence[int]
    products: tuple[int, int]  # multiplications of numbers in the product of the matrices J
    edges: tuple[int, int]  # of the graph, that all sweeps of the engine go along: each is a multiplication

    @property
    def row(self) -> list[str]:
        """The cells of a table."""
        forward, reverse = self.edges
        better = "forward" if forward < reverse else "reverse" if reverse < forward else "equal"
        sweeps = (f"{count}: {edges}" for count, edges in zip((self.sizes[0], self.sizes[-1]), self.edges, strict=True))
        return [" → ".join(map(str, self.sizes)), *map(str, self.products), *sweeps, better]


def counted(sizes: Sequence[int], seed: int) -> Count:
    """The costs for a composition of these sizes: formulas for matrices, counts for the graph."""
    pairs = [n * m for n, m in pairwise(sizes)]
    xs = [Value(0.1) for _ in range(sizes[0])]
    ys = composed(random_matrices(sizes, seed), xs)
    # A tangent of x goes along every edge that lies on a path from x; an adjoint of y along those to any x.
    forward = sum(len({(s.node, s.place) for y in ys for s in trace(y, x).backward}) for x in xs)
    reverse = sum(len(trace(y, xs).backward) for y in ys)
    return Count(sizes, (sizes[0] * sum(pairs[1:]), sizes[-1] * sum(pairs[:-1])), (forward, reverse))


@lesson(
    "L23",
    "Jacobian of a composition",
    "B",
    r"""
    The Jacobian of $g \circ f$ is the product $J_g(f(x)) J_f(x)$; of a longer chain $J_L \cdots J_2 J_1$.
    Any order of multiplication gives the same matrix, at different costs. From the inputs, $n_0$ columns go through
    the chain, one sweep of forward mode for each input; from the outputs, $n_L$ rows, one sweep of reverse mode for
    each output. So reverse mode wins where many inputs meet few outputs: a loss has one, and all weights as inputs.
    Here $f_l(x) = \tanh(A_l x)$, with $J_l = \operatorname{diag}(1 - f_l^2) A_l$.
    """,
    # By hand. Products: 2·4·3 in either order: there is only one product. Edges of a dot product of n: n and
    # 2(n − 1) of its sum, of tanh 1. Reverse, for each output 1 + 6 + 4 + 4·(1 + 4 + 3) = 43. Forward, for each
    # input 2·11 in g; in each of 4 units of f one product, tanh, and two additions (of the third input one).
    Expected(
        {"products from the inputs": 24, "products from the outputs": 24, "edges forward": 110, "edges reverse": 86}
    ),
)
def composition(
    inputs: Annotated[int, Limits("the number n₀ of inputs", 1, 8)] = 3,
    hidden: Annotated[int, Limits("the number of outputs of each inner function", 1, 8)] = 4,
    outputs: Annotated[int, Limits("the number of outputs of the last function", 1, 8)] = 2,
    depth: Annotated[int, Limits("the number of inner functions", 1, 3)] = 1,
    seed: Seed = 0,
) -> Outcome:
    """Multiply Jacobians, compare the product with the Jacobian of the whole, and count what each order costs."""
    sizes = [inputs, *[hidden] * depth, outputs]
    matrices = random_matrices(sizes, seed)
    rng = Random(seed + 1)
    x = [rng.uniform(-1, 1) for _ in range(inputs)]
    whole = jacobian(partial(composed, matrices))(x)
    product, by_hand, at = identity(inputs), identity(inputs), x
    for matrix in matrices:
        product = times(jacobian(partial(composed, [matrix]))(at), product)
        at = composed([matrix], at)
        by_hand = times([[(1.0 - y * y) * entry for entry in row] for y, row in zip(at, matrix, strict=True)], by_hand)
    columns = [jvp(partial(composed, matrices), (x,), (unit,))[1] for unit in identity(inputs)]
    pullback = vjp(partial(composed, matrices), x)[1]
    rows = [pullback(unit)[0] for unit in identity(outputs)]

    few, many = counted([1, 6, 6, 6], seed), counted([6, 6, 6, 1], seed)
    own = counted(sizes, seed)
    leaves = [Value(number, label=f"x{LOWER[i]}") for i, number in enumerate(x, start=1)]
    first = composed(matrices, leaves)[0]
    first.label = "y₁"
    first.backward()
    headings = [
        "sizes",
        " products from the inputs",
        " from the outputs",
        " forward sweeps: edges",
        " reverse sweeps: edges",
        "better",
    ]
    return Outcome(
        {"J": whole}
        | {"products from the inputs": own.products[0], "products from the outputs": own.products[1]}
        | {"edges forward": own.edges[0], "edges reverse": own.edges[1]},
        {
            "the Jacobian of the composition is the product of the Jacobians": agree(whole, product),
            "each Jacobian is diag(1 − f²)·A": agree(whole, by_hand),
            "forward mode gives its columns": agree([*zip(*columns, strict=True)], by_hand),
            "reverse mode gives its rows": agree(rows, by_hand),
            "forward mode is better for 1 → 6 → 6 → 6": few.edges[0] < few.edges[1],
            "reverse mode is better for 6 → 6 → 6 → 1": many.edges[1] < many.edges[0],
        },
        first,
        [Columns("what the Jacobian costs", headings, [count.row for count in (own, few, many)])],
        partial(_draw_costs, inputs, hidden, seed),
    )


def _draw_costs(inputs: int, hidden: int, seed: int, figure: Any) -> None:
    """The edges that both modes go along, over the number of outputs."""
    outputs = range(1, 9)
    counts = [counted([inputs, hidden, m], seed).edges for m in outputs]
    series = {
        name: (outputs, edges) for name, edges in zip(("forward", "reverse"), zip(*counts, strict=True), strict=True)
    }
    curves(series, x=f"outputs, with {inputs} inputs", y="edges of all sweeps", marked=True, ax=figure.subplots())
