"""In which order the passes go through a graph: reverse topological order, and the trace table of both modes."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from autograd_lite.engine.table import log, sin
from autograd_lite.engine.text import shown
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Expected, Outcome, agree, written
from autograd_lite.views.columns import Columns
from autograd_lite.views.steps.naive import naive_gradient
from autograd_lite.views.steps.tracer import trace


@lesson(
    "L04",
    "The order matters: a diamond",
    "P",
    r"""
    $c = a + b$, $d = ab$, $e = c + d$, $f = cd$, $y = e + f$. Give $y$ and its two gradients, in the right order of
    the backward pass. Then those of a wrong one: each time a contribution arrives at a node, the node at once passes on
    all that it has got so far.
    """,
)
def diamond(
    a: Annotated[float, Limits("the input a", 1, 100)] = 2.0,
    b: Annotated[float, Limits("the input b", 1, 100)] = 3.0,
) -> Outcome:
    """The diamond for any inputs, as asked on paper."""
    return _in_both_orders(*_diamond(a, b))


def _diamond(at_a: float, at_b: float) -> tuple[dict[str, Value], dict[str, float]]:
    """The nodes by their names, the root last, and its partial derivatives by hand."""
    a, b = Value(at_a), Value(at_b)
    c, d = a + b, a * b
    e, f = c + d, c * d
    y = e + f  # a + b + ab + a²b + ab²
    by_hand = {
        "a": 1.0 + at_b + 2.0 * at_a * at_b + at_b**2,
        "b": 1.0 + at_a + at_a**2 + 2.0 * at_a * at_b,
    }
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "y": y}, by_hand


def _chain(length: int) -> dict[str, Value]:
    """1, doubled again and again: a, b, c, and so on."""
    nodes = {"a": Value(1.0)}
    for name in "bcdefg"[:length]:
        last = [*nodes.values()][-1]
        nodes[name] = last + last
    return nodes


@lesson(
    "L04",
    "The order matters",
    "P",
    r"""
    chain: $a = 1$, $b = a + a$, $c = b + b$. diamond: $a = 2$, $b = 3$, $c = a + b$, $d = ab$, $e = c + d$,
    $f = cd$, $y = e + f$. A backward pass that moves on as soon as a contribution arrives visits a node once for
    each path from the result to it, and each time passes on the whole sum, so earlier contributions are counted again.
    In reverse topological order a node is visited once, after all nodes that use it.
    """,
    # By hand: naively, c and d of the diamond pass on 1 too much each, hence 1 + b too much for a, 1 + a for b.
    Expected({"c": 4, "∂c/∂a": 4, "naive ∂c/∂a": 6}),
    Expected({"y": 41, "∂y/∂a": 25, "∂y/∂b": 19, "naive ∂y/∂a": 29, "naive ∂y/∂b": 22}, which="diamond"),
    quiz=Quiz(("y", "∂y/∂a", "∂y/∂b", "naive ∂y/∂a", "naive ∂y/∂b"), {"a": (1, 20, 1), "b": (1, 20, 1)}, diamond),
)
def order(which: Annotated[Literal["chain", "diamond"], Limits("the graph")] = "chain") -> Outcome:
    """Compare the backward pass in topological order with one by naive recursion."""
    if which == "diamond":
        return _in_both_orders(*_diamond(2.0, 3.0))
    return _in_both_orders(_chain(2), {"a": 4.0})


def _in_both_orders(nodes: dict[str, Value], by_hand: dict[str, float]) -> Outcome:
    """The gradients in reverse topological order, and those of naive recursion."""
    *_, root = nodes.values()
    for name, node in nodes.items():
        node.label = name
    root.backward()
    naive = {name: naive_gradient(root, node) for name, node in nodes.items()}
    uses = {step.operand: step.uses for step in trace(root).backward}
    rows = [
        [name, str(uses.get(node, 0)), shown(node.data), shown(node.grad), shown(naive[name])]
        for name, node in nodes.items()
    ]
    right = {f"∂{root.label}/∂{name}": nodes[name].grad for name in by_hand}
    return Outcome(
        {root.label or "": root.data} | right | {f"naive ∂{root.label}/∂{name}": naive[name] for name in by_hand},
        {
            "the gradients are those of the polynomial in a and b": list(right.values()) == list(by_hand.values()),
            "naive recursion is wrong for every input": all(naive[name] != by_hand[name] for name in by_hand),
        },
        graph=root,
        tables=[
            Columns(
                f"the gradient of {root.label}", ["with respect to", " uses", " value", " in order", " naive"], rows
            )
        ],
        further={"naive ∂d/∂a": _three_doublings},
    )


def _three_doublings() -> float:
    nodes = _chain(3)
    return naive_gradient(nodes["d"], nodes["a"])


@lesson(
    "L05",
    "The trace table",
    "P",
    r"""
    The example in the survey by Baydin, Pearlmutter, Radul and Siskind (2018):
    $f = \ln(x_1) + x_1 x_2 - \sin(x_2)$. Forward mode goes down the table: the tangent of a node is the sum, over its
    operands, of local derivative times tangent. It starts with 1 at one input, so two inputs take two passes. Reverse
    mode goes up: the adjoint of a node is the sum, over the nodes that use it, of adjoint times local derivative. It
    starts with 1 at $f$, and one pass serves all inputs.
    """,
    # The survey gives up to three decimals; with cos 5 = 0.28366218546322626446... by mpmath.
    Expected(
        {
            "f": 11.652071455223084,
            "∂f/∂x₁": 5.5,
            "∂f/∂x₂": 1.7163378145367738,
            "tangents for x₁": (1, 0, 0.5, 5, 0, 5.5, 5.5),
            "tangents for x₂": (0, 1, 0, 2, 0.28366218546322626, 2, 1.7163378145367738),
            "adjoints": (5.5, 1.7163378145367738, 1, 1, -1, 1, 1),
        }
    ),
    quiz=Quiz(
        ("f", "∂f/∂x₁", "∂f/∂x₂", "tangents for x₂"),
        {"x1": (0.5, 5.0, 0.5), "x2": (1, 6, 1)},
        task=r"""
        $f = v_4 - v_3$ with $v_1 = \ln(x_1)$, $v_2 = x_1 x_2$, $v_3 = \sin(x_2)$, $v_4 = v_1 + v_2$, angles in radians.
        Give $f$, its two derivatives, and the column of forward mode for $x_2$: the tangents of $x_1$, $x_2$, $v_1$,
        $v_2$, $v_3$, $v_4$ and $f$.
        """,
    ),
)
def trace_table(
    x1: Annotated[float, Limits("the input x₁, above 0", 0.01, 100)] = 2.0,
    x2: Annotated[float, Limits("the input x₂", -100, 100)] = 5.0,
) -> Outcome:
    """Put forward mode's tangents and reverse mode's adjoints of every node side by side."""
    a, b = Value(x1, label="x₁"), Value(x2, label="x₂")
    v1, v2, v3 = log(a), a * b, sin(b)
    v4 = v1 + v2
    f = v4 - v3
    nodes = [a, b, v1, v2, v3, v4, f]
    for node, label in zip(nodes[2:], ("v₁", "v₂", "v₃", "v₄", "f"), strict=True):
        node.label = label
    f.backward()
    steps = trace(f)
    tangents = [[steps.tangents(x)[node] for node in nodes] for x in (a, b)]
    adjoints = [node.grad for node in nodes]
    operations = {step.node: step.operation for step in steps.forward}
    rows = [
        [node.label or "", operations[node], *(written(number, 6) for number in (node.data, *numbers))]
        for node, *numbers in zip(nodes, *tangents, adjoints, strict=True)
    ]
    by_hand = [1.0 / x1 + x2, x1 - math.cos(x2)]
    size = 1.0 / x1 + x1 + abs(x2) + 1.0
    return Outcome(
        {
            "f": f.data,
            "∂f/∂x₁": a.grad,
            "∂f/∂x₂": b.grad,
            "tangents for x₁": tangents[0],
            "tangents for x₂": tangents[1],
            "adjoints": adjoints,
        },
        {
            "forward: the tangents of f are 1/x₁ + x₂ and x₁ − cos x₂": agree(
                [numbers[-1] for numbers in tangents], by_hand, scale=size
            ),
            "reverse: the adjoints of x₁ and x₂ are the same": agree(adjoints[:2], by_hand, scale=size),
        },
        graph=f,
        tables=[
            Columns(
                "forward and reverse mode",
                ["node", "operation", " value ↓", " tangent ∂…/∂x₁ ↓", " tangent ∂…/∂x₂ ↓", " adjoint ∂f/∂… ↑"],
                rows,
            )
        ],
        further={"tangent along (3, −2)": 3.0 * tangents[0][-1] - 2.0 * tangents[1][-1]},
    )
