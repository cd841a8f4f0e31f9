"""Second derivatives: the quadratic model of a function near a point, and what it says about the point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import cos, hypot, pi, sin
from typing import Annotated, Any, Literal

from autograd_lite.engine.table import tanh
from autograd_lite.engine.transforms import grad, hessian, hvp
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.descent.descent_on_paper import cubic
from autograd_lite.lessons.descent.saddles import saddles
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import ROUNDING, above_rounding
from autograd_lite.lessons.outcome import Expected, Outcome, agree, power, written
from autograd_lite.nn.losses import mse
from autograd_lite.optim.baselines import least_squares
from autograd_lite.plots import COLOURS, INK, curves
from autograd_lite.views.columns import Columns


def rosenbrock(p: Any) -> Any:
    """A bent valley, with the minimum 0 at (1, 1)."""
    return (1.0 - p[0]) ** 2 + 100.0 * (p[1] - p[0] ** 2) ** 2


def saddle(p: Any) -> Any:
    """Up along x, down along y."""
    return p[0] ** 2 - p[1] ** 2


def bowl(p: Any) -> Any:
    """Up on all sides, more steeply along the diagonal than across it."""
    return p[0] ** 2 + p[0] * p[1] + p[1] ** 2


def hill(p: Any) -> Any:
    """The bowl turned over."""
    return -bowl(p)


# Gradient and Hessian by hand.
BY_HAND: dict[str, Callable[[float, float], tuple[list[float], list[list[float]]]]] = {
    "rosenbrock": lambda x, y: (
        [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
        [[2 - 400 * y + 1200 * x * x, -400 * x], [-400 * x, 200]],
    ),
    "saddle": lambda x, y: ([2 * x, -2 * y], [[2, 0], [0, -2]]),
    "bowl": lambda x, y: ([2 * x + y, x + 2 * y], [[2, 1], [1, 2]]),
    "hill": lambda x, y: ([-2 * x - y, -x - 2 * y], [[-2, -1], [-1, -2]]),
}
SURFACES = {f.__name__: f for f in (rosenbrock, saddle, bowl, hill)}


def kind(slope: float, low: float, high: float) -> str:
    """The kind of a point, by the length of the gradient and the smallest and largest eigenvalue of the Hessian."""
    curved = "minimum" if low > 0.0 else "maximum" if high < 0.0 else "saddle" if low < 0.0 < high else "undecided"
    if slope < ROUNDING:
        return curved
    likeness = curved if curved == "undecided" else f"as at a {curved}"
    return f"∇f ≠ 0: neither minimum, maximum nor saddle; curvature: {likeness}"


def largest_on_circle(g: Callable[[list[float]], float], r: float) -> float:
    """The largest value of a function on the circle of radius r about 0: 48 directions, then thirds of an interval.

    >>> round(largest_on_circle(lambda u: u[0] + u[1], 5.0) - 50.0**0.5, 9)
    0.0
    """

    def at(angle: float) -> float:
        return g([r * cos(angle), r * sin(angle)])

    step = pi / 24.0
    middle = max((step * k for k in range(48)), key=at)  # terms up to the fourth order: at most eight hills on a circle
    low, high = middle - step, middle + step
    while high - low > 1e-7:
        one, other = (2.0 * low + high) / 3.0, (low + 2.0 * high) / 3.0
        low, high = (one, high) if at(one) < at(other) else (low, other)
    return max(at(middle), at((low + high) / 2.0))


@lesson(
    "L26",
    "Second order",
    "B",
    r"""
    Near a point $w$ a smooth function is its quadratic model, $L(w + u) \approx L + u^T \nabla L + 1/2 u^T H u$,
    up to an error of the order $\|u\|^3$. Here $\nabla L$ is the gradient, and the Hessian $H$ the matrix of the second
    derivatives. Where $\nabla L = 0$, the eigenvalues of $H$ decide: all positive, a minimum; all negative, a maximum;
    some of both signs, a saddle. (If one is 0 and the others have one sign, they leave it open.)
    Newton's step goes to where the gradient of the model is 0: $u = -H^{-1} \nabla L$.
    (The valley is that of H. H. Rosenbrock, 1960.)

    With `show=saddles`: in many dimensions minima are rare among the points where $\nabla L = 0$, if the Hessian is a
    random symmetric matrix of Gaussian numbers: the share of those with positive eigenvalues only falls like
    $\exp(-c n^2)$ with $c = (\ln 3)/4$ for large $n$ (D. S. Dean and S. N. Majumdar, 2006).
    """,
    # The eigenvalues of a symmetric 2×2 matrix are m ± √(d² + c²): the mean and half the difference of the diagonal,
    # and the off-diagonal entry. Newton's step by Cramer's rule.
    Expected(
        {
            "f": 24.2,
            "∇f": (-215.6, -88.0),
            "H": ((1330.0, 480.0), (480.0, 200.0)),
            "eigenvalues": (765 - 549625**0.5, 765 + 549625**0.5),
            "Newton's step": (11 / 445, 847 / 2225),
        }
    ),
    Expected(
        {"f": 0.0, "∇f": (0.0, 0.0), "H": ((2.0, 0.0), (0.0, -2.0)), "eigenvalues": (-2.0, 2.0)},
        function="saddle",
        x=0.0,
        y=0.0,
    ),
    Expected(
        {
            "f": 0.0,
            "∇f": (0.0, 0.0),
            "H": ((802.0, -400.0), (-400.0, 200.0)),
            "eigenvalues": (501 - 250601**0.5, 501 + 250601**0.5),
        },
        x=1.0,
    ),
    Expected(
        {"f": 0.0, "∇f": (0.0, 0.0), "H": ((2.0, 1.0), (1.0, 2.0)), "eigenvalues": (1.0, 3.0)},
        function="bowl",
        x=0.0,
        y=0.0,
    ),
    Expected(
        {"f": 0.0, "∇f": (0.0, 0.0), "H": ((-2.0, -1.0), (-1.0, -2.0)), "eigenvalues": (-3.0, -1.0)},
        function="hill",
        x=0.0,
        y=0.0,
    ),
    Expected(
        {
            "minima, n = 1": 1 / 2,
            "minima, n = 2": (2 - 2**0.5) / 4,
            "minima, n = 3": (pi - 2 * 2**0.5) / (4 * pi),
        },
        show="saddles",
    ),
    quiz=Quiz(
        ("∇f", "H", "eigenvalues", "Newton's step"),
        {"a": (1, 2, 1), "c": (1, 3, 1), "x": (-2, 2, 1), "y": (1, 3, 1)},
        cubic,
    ),
)
def second_order(
    show: Annotated[Literal["point", "saddles"], Limits("what to show: a point, or how rare minima are")] = "point",
    function: Annotated[Literal["rosenbrock", "saddle", "bowl", "hill"], Limits("the function")] = "rosenbrock",
    x: Annotated[float, Limits("the first coordinate of the point", -2, 2)] = -1.2,
    y: Annotated[float, Limits("the second coordinate of the point", -2, 2)] = 1.0,
    steps: Annotated[int, Limits("the largest number of Newton steps", 1, 20)] = 6,
    seed: Annotated[int, Limits("the seed of random matrices", 0, 1_000_000)] = 1,
) -> Outcome:
    """Compare a function with its quadratic model, judge a point by eigenvalues, and take Newton steps."""
    if show == "saddles":
        return saddles(seed)
    import numpy

    f, w = SURFACES[function], [x, y]
    first, second = (numpy.array(part) for part in BY_HAND[function](x, y))
    level, gradient, H = f(w), grad(f)(w), hessian(f)(w)  # noqa: N806 - H is a matrix
    eigenvalues, columns = numpy.linalg.eigh(H)
    vectors = [v * numpy.sign(v[1] or v[0]) for v in columns.T]  # of v and −v the one that points up

    def moved(u: Any) -> list[float]:
        return [x + u[0], y + u[1]]

    bent = numpy.array([hvp(f, w, [1.0, 0.0]), hvp(f, w, [0.0, 1.0])])  # H, of which the model has only products

    def model(u: list[float]) -> float:
        return float(level + numpy.dot(u, gradient) + 0.5 * numpy.dot(u, bent @ u))

    radii = [10.0 ** (-k / 4.0) for k in range(4, 13)]
    errors = {r: largest_on_circle(lambda u: abs(f(moved(u)) - model(u)), r) for r in radii}
    exact = function != "rosenbrock"  # the others are their own quadratic models
    largest = [errors[r] for r in (radii[0], radii[4], radii[8])]  # for ‖u‖ = 0.1, 0.01, 0.001
    order = 0.0 if exact else power(radii, [*errors.values()])

    at, rows, step = w, [], least_squares(H, [-slope for slope in gradient])
    for count in range(steps + 1):
        slopes = grad(f)(at)
        heights = above_rounding(f(at)), above_rounding(hypot(*slopes), 3)
        rows.append([str(count), *(written(round(z, 6) + 0.0) for z in at), *heights])
        if hypot(*slopes) < ROUNDING:
            break
        at = [z + u for z, u in zip(at, least_squares(hessian(f)(at), [-slope for slope in slopes]), strict=True)]

    h = 1e-3
    bends = [(f(moved(h * v)) + f(moved(-h * v)) - 2.0 * level) / h**2 for v in vectors]
    middle, half = (second[0, 0] + second[1, 1]) / 2.0, hypot((second[0, 0] - second[1, 1]) / 2.0, second[0, 1])
    claims = {
        "∇f and H are those found by hand": agree(gradient, first, scale=1.0) and agree(H, second),
        "hvp gives H·u without H: it is the product found by hand": agree(
            hvp(f, w, [0.6, 0.8]), second @ [0.6, 0.8], scale=float(abs(second).max())
        ),
        "the eigenvalues are m ± √(d² + c²)": agree(eigenvalues, [middle - half, middle + half]),
        "along each eigenvector f bends as its eigenvalue says": all(
            agree(bend, eigenvalue, 1e-3, scale=1.0) for bend, eigenvalue in zip(bends, eigenvalues, strict=True)
        ),
    }
    cubed = "the error of the model falls as ‖u‖³: the slope is within 0.1 of 3"
    if exact:
        claims["f is its own quadratic model: the error is rounding"] = max(errors.values()) < ROUNDING
    else:
        claims[cubed] = abs(order - 3.0) < 0.1

    graph = f([Value(x, label="x"), Value(y, label="y")])
    graph.label = "f"
    graph.backward()
    numbers = {"f": level, "∇f": tuple(gradient), "H": tuple(map(tuple, H)), "eigenvalues": tuple(eigenvalues.tolist())}
    numbers["Newton's step"] = tuple(step)
    judged = kind(hypot(*gradient), *eigenvalues.tolist())
    tables = [
        Columns(
            f"the point: {judged}",
            [" eigenvalue", "eigenvector", " second difference along it"],
            [
                [written(z, 6), written(v, 4), written(d, 4)]
                for z, v, d in zip(eigenvalues, vectors, bends, strict=True)
            ],
        ),
        Columns("Newton's method", [" step", " x", " y", " f", " ‖∇f‖"], rows),
        Columns(
            "the error of the quadratic model",
            [" ‖u‖", " largest error on the circle"],
            [[written(r, 4), above_rounding(error)] for r, error in list(errors.items())[::4]],
        ),
    ]
    figure = partial(_draw_model, f, w, (gradient, H, step), errors)
    further = {"largest errors": largest, "eigenvalues of a network without weights": without_weights}
    told = {cubed: f"it is {order:.2f}; near this point terms of fourth order count as well"}
    return Outcome(numbers, claims, graph, tables, figure, reasons=told, further=further)


def without_weights() -> list[float]:
    """The eigenvalues of H for a network of two tanh units, all weights 0, on the samples (−1, −1) and (1, 1)."""
    import numpy

    def loss(p: Any) -> Any:
        outputs = [p[4] * tanh(p[0] * x + p[1]) + p[5] * tanh(p[2] * x + p[3]) + p[6] for x in (-1.0, 1.0)]
        return mse(outputs, [-1.0, 1.0])

    eigenvalues: list[float] = numpy.linalg.eigvalsh(hessian(loss)([0.0] * 7)).round(12).tolist()
    return eigenvalues


def _draw_model(f: Any, w: list[float], derivatives: Any, errors: Mapping[float, float], figure: Any) -> None:
    """Contour lines of a function and of its quadratic model about a point, and the error of the model."""
    import numpy

    figure.set_size_inches(9.6, 4.6)
    left, right = figure.subplots(1, 2)
    gradient, H, step = (numpy.array(part) for part in derivatives)  # noqa: N806 - H is a matrix
    x, y = numpy.meshgrid(*(z + du / 2.0 + numpy.linspace(-1.0, 1.0, 201) for z, du in zip(w, step, strict=True)))
    u = numpy.array([x - w[0], y - w[1]])
    model = f(w) + numpy.tensordot(gradient, u, 1) + 0.5 * (u * numpy.tensordot(H, u, 1)).sum(axis=0)
    gain = 0.5 * abs(gradient @ step) or 0.1 * abs(H).max()  # what the model promises for Newton's step
    levels = [f(w) + k * gain for k in (-1.5, -0.7, 0.0, 1.0)]
    for z, colour, dash in ((f([x, y]), COLOURS[0], "-"), (model, COLOURS[1], "--")):
        left.contour(x, y, z, levels=levels, colors=[colour], linestyles=dash, linewidths=1.2)
    left.plot(*w, "o", color=INK, label="w")
    if length := hypot(*gradient):
        downhill = numpy.array(w) - 0.4 * gradient / length
        left.annotate("", downhill, w, arrowprops={"arrowstyle": "->", "color": INK})
        left.plot([], [], color=INK, marker=">", markevery=[-1], linewidth=1.0, label="−∇f")
        left.plot(*zip(w, w + step, strict=True), ":", color=INK, linewidth=1.2)
        left.plot(*(w + step), "X", color=INK, label="w + Newton's step")
    curves({"f": ([], []), "quadratic model": ([], [])}, x="x", y="y", ax=left)
    left.set_aspect("equal")
    left.locator_params(nbins=5)
    radii, found = list(errors), [max(error, 1e-17) for error in errors.values()]
    series = {"error": (radii, found)}
    if found[0] > ROUNDING:
        series["slope 3"] = (radii, [found[0] / 3.0 * (r / radii[0]) ** 3 for r in radii])
    else:
        right.set_ylim(1e-18, 1.0)
    curves(series, x="‖u‖", y="largest error of the model", log="xy", marked=True, ax=right)
