"""The directions about a point: how much a function changes along each, and why none is steeper than −∇f."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import cos, dist, hypot, pi, sin
from typing import Any

from autograd_lite.engine.transforms import grad
from autograd_lite.engine.value import Value
from autograd_lite.lessons.notation import above_rounding, inner
from autograd_lite.lessons.outcome import Outcome, agree, power, written
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.plots import INK, curves
from autograd_lite.views.columns import Columns

POINT = (1.0, 1.0)
DEGREES = [k / 10.0 for k in range(3600)]
LENGTHS: dict[str, Any] = {
    "√(u₁² + u₂²)": hypot,
    "largest |uᵢ|": lambda *u: max(map(abs, u)),
    "|u₁| + |u₂|": lambda *u: sum(map(abs, u)),
}


def valley(p: Any) -> Any:
    """A bowl that is steeper along y than along x; its gradient is (3x, 4y)."""
    return (3.0 * p[0] ** 2 + 4.0 * p[1] ** 2) / 2.0


def directions() -> Outcome:
    """Compare the change of a function along all directions with J_f u, which is least along −∇f."""
    level, gradient = valley(POINT), grad(valley)(list(POINT))
    size = hypot(*gradient)
    down = tuple(-slope / size for slope in gradient)

    def turned(degrees: float) -> tuple[float, float]:
        """The direction at an angle from that of ∇f."""
        c, s = cos(degrees * pi / 180.0), sin(degrees * pi / 180.0)
        return -c * down[0] + s * down[1], -s * down[0] - c * down[1]

    def change(u: tuple[float, float], r: float) -> float:
        return float(valley([x + r * du for x, du in zip(POINT, u, strict=True)]) - level)

    def along(u: tuple[float, float]) -> float:
        return inner(gradient, u)

    circle = [turned(degrees) for degrees in DEGREES]
    radii = [10.0**-k for k in range(4)]
    errors = [max(abs(change(u, r) - r * along(u)) for u in circle) for r in radii]
    lowest = [min(circle, key=partial(change, r=r)) for r in radii]
    steepest = {}
    for name, length in LENGTHS.items():
        around = (
            (cos(degrees * pi / 180.0), sin(degrees * pi / 180.0)) for degrees in DEGREES
        )  # the corners among them
        unit = [(round(u / length(u, v), 12), round(v / length(u, v), 12)) for u, v in [*around, down]]
        steepest[name] = min(unit, key=along)

    x, y = Value(POINT[0], label="x"), Value(POINT[1], label="y")
    graph = valley([x, y])
    graph.label = "f"
    graph.backward()
    places = {180: "against ∇f", 150: "", 120: "", 90: "along the level line", 60: "", 30: "", 0: "along ∇f"}
    rows = [
        [f"{degrees}°", place, above_rounding(along(u), 3), *(written(change(u, r) / r, 4) for r in radii[1:])]
        for degrees, place in places.items()
        for u in [turned(degrees)]
    ]
    return Outcome(
        {"f": level, "∇f": tuple(gradient), "−∇f/‖∇f‖": down, "least J_f u": along(down)},
        {
            "J_f u is ‖∇f‖ times the cosine of the angle between u and ∇f": all(
                agree(along(u), size * cos(degrees * pi / 180.0), scale=size)
                for u, degrees in zip(circle, DEGREES, strict=True)
            ),
            "of 3,600 directions none has a J_f u below −‖∇f‖, that of −∇f/‖∇f‖": min(map(along, circle))
            >= along(down) - 1e-12,
            "Δf − J_f Δx falls as ‖Δx‖²: the slope is within 0.1 of 2": abs(power(radii, errors) - 2.0) < 0.1,
            "the lowest point of a smaller circle lies nearer to the direction −∇f": all(
                dist(after, down) <= dist(before, down) for before, after in pairwise(lowest)
            ),
        },
        graph,
        [
            Columns(
                "the change of f along u, which is turned away from ∇f",
                [" angle", "", " J_f u", *(f" Δf/r, r = {r:g}" for r in radii[1:])],
                rows,
            ),
            Columns(
                "steepest, among all u of length 1, depends on what length is",
                ["length of u", " u", " J_f u"],
                [[name, written(u, 3), written(along(u), 3)] for name, u in steepest.items()],
            ),
        ],
        partial(_draw_directions, change, along, circle),
        [_derived(graph, (x, y), down)],
        further={
            "J_f u for the largest |uᵢ|": along(steepest["largest |uᵢ|"]),
            "J_f u for |u₁| + |u₂|": along(steepest["|u₁| + |u₂|"]),
            # The squares of p cosines, one with each axis, have the sum 1, and none is preferred.
            "root mean square cosine in 2, 8, 32 dimensions": [p**-0.5 for p in (2, 8, 32)],
        },
    )


def _derived(f: Value, leaves: tuple[Value, Value], down: tuple[float, ...]) -> Derivation:
    slopes = [leaf.grad for leaf in leaves]
    size = hypot(*slopes)
    return Derivation(
        "why −∇f is the steepest way down",
        [
            Line(
                r"f(x + \Delta x) = f(x) + J_f \Delta x + o(\|\Delta x\|)",
                "what it means that $f$ has a derivative",
                "f",
                f.data,
            ),
            Line(r"J_f = (\nabla f)^T", "$f$ has one value: its Jacobian is one row", ["x.grad", "y.grad"], slopes),
            Line(r"\Delta f \approx r \cdot \nabla f^T u", r"for $\Delta x = r u$ with $\|u\| = 1$"),
            Line(
                r"0 \le \|\nabla f - (\nabla f^T u) u\|^2 = \|\nabla f\|^2 - (\nabla f^T u)^2",
                r"a square, multiplied out with $u^T u = 1$",
            ),
            Line(r"-\|\nabla f\| \le \nabla f^T u \le \|\nabla f\|", "Cauchy and Schwarz", "‖(x.grad, y.grad)‖", size),
            Line(
                r"u = -\nabla f/\|\nabla f\|",
                r"equality on the left: then the square above is 0, so that $\nabla f = (\nabla f^T u) u$",
                "u",
                down,
            ),
            Line(
                r"\Delta f \approx -\alpha \|\nabla f\|^2",
                r"a step of descent, $\Delta x = -\alpha \nabla f$: here divided by $\alpha$",
                "−‖(x.grad, y.grad)‖²",
                -(size**2),
            ),
        ],
    )


def _draw_directions(change: Any, along: Any, circle: list[tuple[float, float]], figure: Any) -> None:
    """Level lines with circles about the point, and the change on each circle over the angle."""
    import numpy

    figure.set_size_inches(9.6, 4.4)
    left, right = figure.subplots(1, 2)
    x, y = numpy.meshgrid(numpy.linspace(-0.6, 2.4, 121), numpy.linspace(-0.6, 2.4, 121))
    left.contour(x, y, valley([x, y]), levels=[0.3, 1.2, 2.4, 3.5, 5.2, 8.0, 12.0], colors=[INK], linewidths=0.8)
    rings, changes = {}, {}
    for r in (1.0, 0.5, 0.1):
        rings[f"r = {r:g}"] = [POINT[0] + r * u[0] for u in circle], [POINT[1] + r * u[1] for u in circle]
        changes[f"Δf/r, r = {r:g}"] = (DEGREES, [change(u, r) / r for u in circle])
    curves(rings, x="x", y="y", ax=left)
    for r in (1.0, 0.5):
        u = min(circle, key=partial(change, r=r))
        left.plot(*(z + r * part for z, part in zip(POINT, u, strict=True)), "X", color=INK)
    tip = tuple(z + 1.25 * part for z, part in zip(POINT, circle[1800], strict=True))
    left.annotate("", tip, POINT, arrowprops={"arrowstyle": "->", "color": INK})
    left.annotate("−∇f", (tip[0] - 0.22, tip[1] - 0.12), color=INK)
    left.set_aspect("equal")
    changes["J_f u"] = (DEGREES, [along(u) for u in circle])
    curves(changes, x="angle between u and ∇f, in degrees", y="change of f per length", ax=right)
    right.set_xticks(range(0, 361, 90))
