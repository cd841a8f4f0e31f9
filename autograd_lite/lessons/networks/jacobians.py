"""Jacobians of compositions: all outputs with respect to all inputs, and what each order of multiplication costs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from itertools import pairwise
from random import Random
from typing import Annotated, Any, NamedTuple

from autograd_lite.engine.context import scope
from autograd_lite.engine.sequences import dot
from autograd_lite.engine.table import tanh
from autograd_lite.engine.transforms import jacobian, jvp, vjp
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import LOWER, Seed, times
from autograd_lite.lessons.outcome import Expected, Outcome, agree
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.plots import curves
from autograd_lite.views.columns import Columns
from autograd_lite.views.steps.tracer import trace

Matrices = Sequence[Sequence[Sequence[float]]]


def composed(matrices: Matrices, x: Any) -> list[Any]:
    """tanh(A x) for one matrix after another, each number of it in its own scope, as the units of a network."""
    for number, matrix in enumerate(matrices, start=1):
        given, x = x, []
        for place, row in enumerate(matrix):
            with scope(f"f{number}"), scope(f"neuron{place}"):
                x.append(tanh(dot(row, given)))
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


@cache
def counted(sizes: tuple[int, ...], seed: int) -> Count:
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
    A Jacobian has a row for each result of a function and a column for each input: $J_{ij}$ is
    $\partial y_i/\partial x_j$. That of $g \circ f$ is the product $J_g(f(x)) J_f(x)$; of a longer chain
    $J_L \cdots J_2 J_1$.
    Any order of multiplication gives the same matrix, at different costs: a product of an $m \times n$ and an
    $n \times p$ matrix takes $m n p$ multiplications. From the inputs, $n_0$ columns go through
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
    quiz=Quiz(
        ("products from the inputs", "products from the outputs"),
        {"inputs": (1, 5, 1), "hidden": (2, 5, 1), "outputs": (1, 5, 1), "depth": (2, 3, 1)},
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

    few, many = counted((1, 6, 6, 6), seed), counted((6, 6, 6, 1), seed)
    own = counted(tuple(sizes), seed)
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
        derivations=[one_entry(matrices, x, whole)],
        further={"sweeps": [inputs, outputs]},
    )


def one_entry(matrices: Matrices, x: list[float], whole: Any) -> Derivation:
    """Why the Jacobian of a composition is a product, from the chain rule of one entry."""
    first = jacobian(partial(composed, matrices[:1]))(x)
    at = composed(matrices[:1], x)
    rest = jacobian(partial(composed, matrices[1:]))(at)
    lines = [
        Line(r"h = f(x), \quad y = g(h)", "$f$ is the first function, $g$ the composition of the others", "f(x)", at),
        Line(
            r"\partial y_i/\partial x_j = \sum_k \partial y_i/\partial h_k \cdot \partial h_k/\partial x_j",
            r"$x_j$ reaches $y_i$ through every $h_k$: here $i = j = 1$",
            "jacobian(g∘f)(x), first entry",
            whole[0][0],
        ),
        Line(
            r"(J_f)_{kj} = \partial h_k/\partial x_j",
            "a row for each result, a column for each input",
            "jacobian(f)(x)",
            first,
        ),
        Line(r"(J_g)_{ik} = \partial y_i/\partial h_k", "taken at $h = f(x)$", "jacobian(g)(f(x))", rest),
        Line(
            r"J_{g \circ f}(x) = J_g(f(x)) J_f(x)",
            "that sum is row $i$ of the one times column $j$ of the other",
            "jacobian(g∘f)(x)",
            whole,
        ),
    ]
    return Derivation("one entry of the product", lines)


def _draw_costs(inputs: int, hidden: int, seed: int, figure: Any) -> None:
    """The edges that both modes go along, over the number of outputs."""
    outputs = range(1, 9)
    counts = [counted((inputs, hidden, m), seed).edges for m in outputs]
    series = {
        name: (outputs, edges) for name, edges in zip(("forward", "reverse"), zip(*counts, strict=True), strict=True)
    }
    curves(series, x=f"outputs, with {inputs} inputs", y="edges of all sweeps", marked=True, ax=figure.subplots())
