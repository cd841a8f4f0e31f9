"""The chain rule on a graph: expressions small enough to be differentiated by hand."""

from __future__ import annotations

import math
from functools import partial
from typing import Annotated, Any, Literal

from autograd_lite.engine.table import exp, log, sin
from autograd_lite.engine.text import shown
from autograd_lite.engine.transforms import gradients, value_and_grad
from autograd_lite.engine.value import Value
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Expected, Outcome, agree, written
from autograd_lite.lessons.quizzes import Quiz
from autograd_lite.plots import COLOURS, curves
from autograd_lite.views.columns import Columns
from autograd_lite.views.steps.naive import naive_gradient
from autograd_lite.views.steps.path_sums import paths
from autograd_lite.views.steps.tracer import trace


@lesson(
    "L01",
    "e^sin(x²)",
    "B",
    r"""
    A function of a function of a function, $f(x) = e^{\sin(x^2)}$. By the chain rule
    $f'(x) = e^{\sin(x^2)} \cdot \cos(x^2) \cdot 2x$: one factor for each node of the graph.
    The derivative is a graph again, so $f''$ and $f'''$ are found in the same way.
    """,
    Expected({"f": 2.1772730447830552, "f′": -4.103116488593821, "f″": -10.249702531185975, "f‴": 93.525753876821249}),
    Expected({"f": 2.3197768247158532, "f′": 2.5067615349868937, "f″": -2.5925199466958906}, x=1.0),
    quiz=Quiz(("f", "f′", "f″"), {"x": (0.2, 1.8, 0.1)}),
)
def exponential(x: Annotated[float, Limits("the input", -20, 20)] = 1.5) -> Outcome:
    """Differentiate e^sin(x²) three times."""
    at = Value(x, label="x")
    square = at**2
    inner = sin(square)
    f = exp(inner)
    square.label, inner.label, f.label = "u", "s", "f"
    orders = [f]
    for _ in range(3):
        orders.append(gradients(orders[-1], at))
    f.backward()
    numbers = dict(zip(("f", "f′", "f″", "f‴"), [y.data for y in orders], strict=True))

    s, c = math.sin(x * x), math.cos(x * x)
    first = math.exp(s) * c * 2.0 * x
    second = math.exp(s) * ((2.0 * x * c) ** 2 + 2.0 * c - 4.0 * x * x * s)
    scale = math.exp(s) * (1.0 + 4.0 * x * x)
    claims = {
        "the gradient of x is e^sin(x²)·cos(x²)·2x": agree(at.grad, first),
        "f″ = e^sin(x²)·((2x·cos(x²))² + 2cos(x²) − 4x²·sin(x²))": agree(numbers["f″"], second, scale=scale),
    }

    return Outcome(numbers, claims, graph=f, figure=partial(_draw_tangent, x, f.data, at.grad))


def _draw_tangent(x: float, height: float, slope: float, figure: Any) -> None:
    """The function with its tangent at x, and below it the derivative."""
    across = [x + 0.005 * place for place in range(-300, 301)]
    both = [value_and_grad(lambda x: exp(sin(x**2)))(at) for at in across]
    above, below = figure.subplots(2, 1, sharex=True)
    ends = [x - 0.25, x + 0.25]
    tangent = [height + slope * (end - x) for end in ends]
    curves({"f": (across, [y for y, _ in both]), "tangent": (ends, tangent)}, x="", y="f", ax=above)
    curves({"f′": (across, [slope for _, slope in both])}, x="x", y="f′: the slope of f", ax=below)
    above.plot([x], [height], "o", color=COLOURS[1])
    below.plot([x], [slope], "o", color=COLOURS[1])


@lesson(
    "L02",
    "The circuit w(xy + z)",
    "B",
    r"""
    A circuit of three gates: $g = x \cdot y$, $f = g + z$, $L = w \cdot f$. Backward, each gate multiplies the
    upstream gradient that reaches it by its local derivative:
    $\partial L/\partial x = \partial L/\partial g \cdot \partial g/\partial x = \partial L/\partial g \cdot y$.
    An addition passes on what it gets; a multiplication multiplies it by the other factor.
    """,
    Expected({"L": -8, "∂L/∂f": -2, "∂L/∂g": -2, "∂L/∂z": -2, "∂L/∂x": -6, "∂L/∂y": 4, "∂L/∂w": 4}),
    quiz=Quiz(
        ("g", "f", "L", "∂L/∂f", "∂L/∂g", "∂L/∂x", "∂L/∂y", "∂L/∂z", "∂L/∂w"),
        {"x": (-5, 5, 1), "y": (-5, 5, 1), "z": (-9, 9, 1), "w": (-4, 4, 1)},
    ),
)
def circuit(
    x: Annotated[float, Limits("the input x", -1_000, 1_000)] = -2.0,
    y: Annotated[float, Limits("the input y", -1_000, 1_000)] = 3.0,
    z: Annotated[float, Limits("the input z", -1_000, 1_000)] = 10.0,
    w: Annotated[float, Limits("the input w", -1_000, 1_000)] = -2.0,
) -> Outcome:
    """Go backward through a circuit of a product, a sum and a product."""
    nodes = {name: Value(value, label=name) for name, value in (("x", x), ("y", y), ("z", z), ("w", w))}
    g = nodes["g"] = nodes["x"] * nodes["y"]
    f = nodes["f"] = g + nodes["z"]
    out = nodes["w"] * f
    g.label, f.label, out.label = "g", "f", "L"
    out.backward()
    by_hand = {"f": w, "g": w, "z": w, "x": w * y, "y": w * x, "w": x * y + z}
    rows = [
        [f"{step.name} → {step.operand_name}", *map(shown, (step.upstream, step.local, step.contribution))]
        for step in trace(out).backward
    ]
    return Outcome(
        {"L": out.data} | {f"∂L/∂{name}": nodes[name].grad for name in by_hand},
        {"each gradient is the partial derivative of wxy + wz": all(nodes[n].grad == by_hand[n] for n in by_hand)},
        graph=out,
        tables=[Columns("the backward pass", ["edge", " upstream", " local", " upstream × local"], rows)],
    )


@lesson(
    "L03",
    "Several paths",
    "B",
    r"""
    $y = z_1 z_2 + \sin(z_1)$ with $z_1 = x^2$ and $z_2 = e^x$: three paths lead from $x$ to $y$, two of them
    through $z_1$. Each contributes the product of the local derivatives along it, and the gradient is their sum:
    $dy/dx = z_2 \cdot 2x + z_1 \cdot e^x + \cos(z_1) \cdot 2x$, which is $(2x + x^2) e^x + 2x \cos(x^2)$.
    """,
    # The products are 2x·eˣ, x²·eˣ and 2x·cos(x²), by mpmath.
    Expected(
        {
            "y": 0.659584276929555,
            "y′": 3.0298140100858,
            "products": (1.6487212707001282, 0.41218031767503204, 0.96891242171064479),
        }
    ),
)
def several_paths(x: Annotated[float, Limits("the input", -20, 20)] = 0.5) -> Outcome:
    """Sum over the paths from x to y."""
    at = Value(x, label="x")
    z1, z2 = at**2, exp(at)
    p, s = z1 * z2, sin(z1)
    y = p + s
    z1.label, z2.label, p.label, s.label, y.label = "z₁", "z₂", "p", "s", "y"
    y.backward()
    found = paths(y, at)
    rows = [[path.route(), path.written(), path.numbers(), shown(path.product)] for path in found]
    rows.append(["sum", "dy/dx", "", shown(found.total)])
    products = [path.product for path in found]
    by_hand = [2.0 * x * math.exp(x), x * x * math.exp(x), 2.0 * x * math.cos(x * x)]
    size = sum(map(abs, by_hand))
    return Outcome(
        {"y": y.data, "y′": at.grad, "products": products},
        {
            "there are three paths, with the products 2x·eˣ, x²·eˣ and 2x·cos(x²)": agree(
                products, by_hand, scale=size
            ),
            "the sum over the paths is the gradient": agree(found.total, at.grad, scale=size),
            "the gradient is (2x + x²)·eˣ + 2x·cos(x²)": agree(at.grad, sum(by_hand), scale=size),
        },
        graph=y,
        tables=[Columns("the paths from x to y", ["path", "local derivatives", "numbers", " product"], rows)],
    )


@lesson(
    "L04",
    "The order matters",
    "P",
    r"""
    chain: $a = 1$, $b = a + a$, $c = b + b$. diamond: $a = 2$, $b = 3$, $c = a + b$, $d = ab$, $e = c + d$,
    $f = cd$, $y = e + f$. A backward pass that moves on as soon as a contribution arrives visits a node once for
    each path, and each time passes on the whole sum, so earlier contributions count twice. In reverse topological
    order a node is visited once, after all nodes that use it.
    """,
    # By hand: naively, c and d of the diamond pass on 1 too much each, hence 1 + b too much for a, 1 + a for b.
    Expected({"c": 4, "∂c/∂a": 4, "naive ∂c/∂a": 6}),
    Expected({"y": 41, "∂y/∂a": 25, "∂y/∂b": 19, "naive ∂y/∂a": 29, "naive ∂y/∂b": 22}, which="diamond"),
)
def order(which: Annotated[Literal["chain", "diamond"], Limits("the graph")] = "chain") -> Outcome:
    """Compare the backward pass in topological order with one by naive recursion."""
    if which == "chain":
        a = Value(1.0)
        b = a + a
        root = b + b  # 4a
        nodes, by_hand = {"a": a, "b": b, "c": root}, {"a": 4}
    else:
        a, b = Value(2.0), Value(3.0)
        c, d = a + b, a * b
        e, f = c + d, c * d
        root = e + f  # a + b + ab + a²b + ab²
        nodes = {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "y": root}
        by_hand = {"a": 1 + 3 + 2 * 2 * 3 + 3**2, "b": 1 + 2 + 2**2 + 2 * 2 * 3}
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
    )


@lesson(
    "L05",
    "The trace table",
    "P",
    r"""
    The example in the survey by Baydin et al.: $f = \ln(x_1) + x_1 x_2 - \sin(x_2)$. Forward mode goes down the
    table: the tangent of a node is the sum, over its operands, of local derivative times tangent. It starts with
    1 at one input, so two inputs take two passes. Reverse mode goes up: the adjoint of a node is the sum, over
    the nodes that use it, of adjoint times local derivative. It starts with 1 at $f$, and one pass serves all inputs.
    """,
    # The survey gives three digits; with cos 5 = 0.28366218546322626446... by mpmath.
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
    )
