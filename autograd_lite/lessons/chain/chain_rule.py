"""The chain rule on a graph: expressions small enough to be differentiated by hand."""

from __future__ import annotations

import math
from functools import partial
from typing import Annotated, Any

from autograd_lite.engine.table import exp, log, maximum, sin
from autograd_lite.engine.text import shown
from autograd_lite.engine.transforms import gradients, value_and_grad
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Expected, Outcome, agree
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.nn import MLP
from autograd_lite.plots import COLOURS, curves
from autograd_lite.views.columns import Columns
from autograd_lite.views.steps.path_sums import paths
from autograd_lite.views.steps.tracer import trace


@lesson(
    "L01",
    "e^sin(x²)",
    "B",
    r"""
    A function of a function of a function, $f(x) = e^{\sin(x^2)}$. By the chain rule
    $f'(x) = e^{\sin(x^2)} \cdot \cos(x^2) \cdot 2x$: one factor for each operation.
    The derivative is a graph again, so $f''$ and $f'''$ are found in the same way.
    """,
    Expected({"f": 2.1772730447830552, "f′": -4.103116488593821, "f″": -10.249702531185975, "f‴": 93.525753876821249}),
    Expected({"f": 2.3197768247158532, "f′": 2.5067615349868937, "f″": -2.5925199466958906}, x=1.0),
    quiz=Quiz(
        ("f", "f′"),
        {"x": (0.5, 2.0, 0.01)},
        task=r"$f(x) = e^{\sin(x^2)}$, with angles in radians. Give $f$ and its derivative $f'$ at $x$.",
    ),
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

    backward = Derivation(
        "the chain rule, from the end",
        [
            Line(r"\partial f/\partial f = 1", "the start", "f.grad", f.grad),
            Line(r"\partial f/\partial s = 1 \cdot e^s = f", "$f = e^s$", "s.grad", inner.grad),
            Line(r"\partial f/\partial u = f \cdot \cos(u)", r"$s = \sin(u)$", "u.grad", square.grad),
            Line(r"f'(x) = f \cdot \cos(u) \cdot 2x", "$u = x^2$", "x.grad", at.grad),
        ],
    )

    def logarithm() -> float:
        again = Value(x)
        log(exp(sin(again**2))).backward()
        return again.grad

    return Outcome(
        numbers,
        claims,
        graph=f,
        figure=partial(_draw_tangent, x, f.data, at.grad),
        derivations=[backward],
        further={"g′": logarithm},  # of ln(e^sin(x²))
    )


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
    gradient that reaches it, the upstream gradient, by its local derivative with respect to each input:
    $\partial L/\partial x = \partial L/\partial g \cdot \partial g/\partial x = \partial L/\partial g \cdot y$.
    An addition passes on what it gets; a multiplication multiplies it by the other factor.
    """,
    Expected({"L": -8, "∂L/∂f": -2, "∂L/∂g": -2, "∂L/∂z": -2, "∂L/∂x": -6, "∂L/∂y": 4, "∂L/∂w": 4}),
    # z has a half, so that no sum is 0.
    quiz=Quiz(
        ("g", "f", "L", "∂L/∂f", "∂L/∂g", "∂L/∂x", "∂L/∂y", "∂L/∂z", "∂L/∂w"),
        {"x": (-5, -1, 1), "y": (2, 6, 1), "z": (1.5, 9.5, 1), "w": (-4, -1, 1)},
        task=r"A circuit of three gates, $g = x \cdot y$, $f = g + z$, $L = w \cdot f$. Go forward, then back.",
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
        derivations=[
            Derivation(
                "upstream × local",
                [
                    Line(r"\partial L/\partial f = 1 \cdot w", "$L = w f$", "f.grad", f.grad),
                    Line(r"\partial L/\partial w = 1 \cdot f", "$L = w f$", "w.grad", nodes["w"].grad),
                    Line(r"\partial L/\partial g = \partial L/\partial f \cdot 1", "$f = g + z$", "g.grad", g.grad),
                    Line(
                        r"\partial L/\partial x = \partial L/\partial g \cdot y", "$g = x y$", "x.grad", nodes["x"].grad
                    ),
                    Line(
                        r"\partial L/\partial y = \partial L/\partial g \cdot x", "$g = x y$", "y.grad", nodes["y"].grad
                    ),
                ],
            )
        ],
        further={"gradients with max": partial(_routed, x, y, z, w)},
    )


def _routed(*inputs: float) -> list[float]:
    """The gradients of w·max(xy, z)."""
    x, y, z, w = leaves = [*map(Value, inputs)]
    (w * maximum(x * y, z)).backward()
    return [leaf.grad for leaf in leaves]


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
    quiz=Quiz(
        ("y", "products", "y′"),
        {"x": (0.2, 1.5, 0.01)},
        task=r"""
        $y = p + s$ with $p = z_1 z_2$, $s = \sin(z_1)$, $z_1 = x^2$, $z_2 = e^x$. Give $y$; the products of the local
        derivatives along the three paths, in the order $x \to z_1 \to p$, $x \to z_2 \to p$, $x \to z_1 \to s$; and
        $y'$.
        """,
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
        derivations=[
            Derivation(
                "the sum at each node",
                [
                    Line(r"dy/dz_1 = z_2 + \cos(z_1)", "two uses: $p = z_1 z_2$ and the sine", "z₁.grad", z1.grad),
                    Line("dy/dz_2 = z_1", "one use", "z₂.grad", z2.grad),
                    Line(r"dy/dx = dy/dz_1 \cdot 2x + dy/dz_2 \cdot e^x", "two uses of $x$", "x.grad", at.grad),
                ],
            )
        ],
        further={"paths through 4 and 3 neurons": partial(_paths_through, 4, 3)},
    )


def _paths_through(*widths: int) -> int:
    """The number of paths from one of two inputs to the output of a network with hidden layers of these widths."""
    inputs = [Value(0.5), Value(-1.0)]
    return len(paths(MLP(2, [*widths, 1], "tanh", seed=1)(inputs), inputs[0]))
