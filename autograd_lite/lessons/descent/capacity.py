"""Capacity and its price: polynomials of rising degree, and the penalty that restrains them."""

from __future__ import annotations

from functools import partial
from math import hypot
from typing import Annotated, Any, Literal

from autograd_lite import nn
from autograd_lite.data import curve, powers
from autograd_lite.engine.sequences import dot
from autograd_lite.engine.value import Value, plain
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.descent.descent_on_paper import three_points
from autograd_lite.lessons.descent.variance import features, variance, wave
from autograd_lite.lessons.lesson import Limits, fit, lesson
from autograd_lite.lessons.outcome import Expected, Outcome, agree, falls, written
from autograd_lite.nn.losses import l2, mse
from autograd_lite.optim import SGD, least_squares
from autograd_lite.plots import INK, curves
from autograd_lite.views.columns import Columns

PENALTIES = [10.0**k for k in range(-6, 3)]  # λ
four_digits = partial(written, digits=4)


@lesson(
    "L27",
    "Features, capacity, regularisation",
    "B",
    r"""
    With the powers of $x$ as features a linear model is a polynomial, $p(x) = b + w_1 x + \cdots + w_d x^d$, whose
    weights least squares finds. The degree $d$ is its capacity: the error on the training points never rises with $d$.
    The error on new points falls at first; where there is noise, and few points, it rises again: the noise is learned
    too. A penalty on the weights $w$ of $\beta = (b, w)$, $\|X\beta - y\|^2 + \lambda \|w\|^2$, makes $\|w\|$ smaller
    the larger $\lambda$ is, and tames the highest degree.

    With `show=variance`: the expected error on new points is bias² + variance + $\sigma^2$, the variance of their noise
    (S. Geman, E. Bienenstock and R. Doursat, 1992), here over 200 training sets. With `show=features`: other features
    for the same points, and what standardising a feature does.
    """,
    # J = 1/2 (e₁² + e₂²) + λ(w₁² + w₂²), with the errors e = (¼ - 1, -2 + 1): by hand.
    Expected({"J": 0.98125, "∂J/∂b": -1.75, "∂J/∂w": (0.825, -1.3875)}),
    quiz=Quiz(
        ("w without penalty", "b without penalty", "sum of squares without penalty", "w with λ", "dJ/dw", "dJ/db"),
        {"y1": (-6, -1, 1), "y2": (1, 6, 1), "y3": (1, 6, 1), "penalty": (1, 4, 1)},
        three_points,
    ),
)
def capacity(
    show: Annotated[Literal["capacity", "variance", "features"], Limits("what to show")] = "capacity",
    samples: Annotated[int, Limits("the number of training points", 6, 60)] = 14,
    noise: Annotated[float, Limits("the standard deviation of the noise", 0, 2)] = 0.3,
    largest: Annotated[int, Limits("the highest degree", 4, 20)] = 13,
    seed: Annotated[int, Limits("the seed of the noise", 0, 1_000_000)] = 7,
) -> Outcome:
    """Fit polynomials of rising degree to noisy points of a sine, then the highest degree with rising penalties."""
    if show != "capacity":
        return variance(samples, noise, largest, seed) if show == "variance" else features(samples, noise, seed)
    x, y = curve(wave, samples, noise=noise, seed=seed)
    new, wanted = curve(wave, 200, noise=noise, seed=seed + 1)
    degrees = range(largest + 1)
    fits = [least_squares([powers(u, d) for u in x], y) for d in degrees]
    train, test = [error(beta, x, y) for beta in fits], [error(beta, new, wanted) for beta in fits]
    best = min(degrees, key=test.__getitem__)

    rows = [powers(u, largest) for u in x]
    held = [least_squares(rows, y, l2=[0.0] + largest * [penalty]) for penalty in PENALTIES]
    mended, sizes = [error(beta, new, wanted) for beta in held], [hypot(*beta[1:]) for beta in held]

    closed = least_squares([powers(u, 3) for u in x], y, l2=[0.0, 0.1, 0.1, 0.1])
    descended = by_descent(x, y, 3, 0.1)
    between = "the test error is smallest between the lowest and the highest degree"
    twice = "at the highest degree the test error is more than twice the smallest"
    halved = "the best λ more than halves the test error of the highest degree"
    reached = "gradient descent reaches the closed form, to 1e-6"
    J, neuron = loss_of_two()  # noqa: N806 - the notes call it J
    return Outcome(
        {
            "J": J.data,
            "∂J/∂b": neuron.b.grad,
            "∂J/∂w": tuple(w.grad for w in neuron.w),
            "best degree": best,
            "test error at the best degree": round(test[best], 4),
            "test error at the highest": float(f"{test[-1]:.4g}"),
            "test error at the highest with the best λ": round(min(mended), 4),
            "β of degree 3 with λ = 0.1": tuple(round(b, 6) for b in descended),
        },
        {
            "the training error never rises with the degree": falls(train, slack=1e-9),
            between: 0 < best < largest,
            twice: test[-1] > 2.0 * test[best],
            "‖w‖ never rises with λ": falls(sizes, slack=1e-9),
            halved: 2.0 * min(mended) < test[-1],
            reached: agree(descended, closed, 1e-6),
        },
        J,
        [
            Columns(
                "the degree",
                [" d", " training error", " test error", " ‖w‖"],
                # A fit through all points has only errors of rounding, which differ from machine to machine.
                [[str(d), *map(four_digits, (round(train[d], 9), test[d], hypot(*fits[d][1:])))] for d in degrees],
            ),
            Columns(
                f"degree {largest} with a penalty",
                [" λ", " test error", " ‖w‖"],
                [[*map(four_digits, row)] for row in zip(PENALTIES, mended, sizes, strict=True)],
            ),
        ],
        partial(_draw_errors, (x, y), {d: fits[d] for d in (1, best, largest)}, train, test, mended, sizes),
        further={"weight_decay for λ = 0.1": 0.2},  # the derivative of 0.1·w² is 0.2·w
        reasons={
            between: lambda: f"it is smallest at degree {best}: " + unspoilt(samples, noise, largest),
            twice: lambda: f"it is {test[-1]:.3g}, the smallest {test[best]:.3g}: " + unspoilt(samples, noise, largest),
            halved: lambda: (
                f"with it the error is {min(mended):.3g}, without {test[-1]:.3g}: " + unspoilt(samples, noise, largest)
            ),
            reached: lambda: f"it is still {max(abs(a - b) for a, b in zip(descended, closed, strict=True)):.1g} away",
        },
    )


def unspoilt(samples: int, noise: float, largest: int) -> str:
    """Why the highest degree does little harm."""
    if noise == 0.0:
        return "without noise there is nothing false to learn"
    if samples > 2 * (largest + 1):
        return f"{samples} points leave {largest + 1} weights little freedom to follow the noise"
    return "with these points the noise happens to do the highest degree little harm"


def polynomial(beta: list[float], x: float) -> float:
    """The value of a polynomial, its constant term first."""
    return plain(dot(beta, powers(x, len(beta) - 1)))


def error(beta: list[float], xs: list[float], ys: list[float]) -> float:
    """The mean squared error of a polynomial on points."""
    return plain(mse([polynomial(beta, x) for x in xs], ys))


def by_descent(x: list[float], y: list[float], degree: int, penalty: float) -> list[float]:
    """The polynomial that gradient descent finds: a neuron on the powers of x, the constant term being its bias."""
    neuron = nn.Neuron(degree, "linear", seed=0)

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        return mse(outputs, targets, reduction="sum") + penalty * l2(neuron.w)

    optimizer = SGD(neuron.parameters(), lr=0.25 / len(x), momentum=0.9)
    fit(neuron, loss, [powers(u, degree)[1:] for u in x], y, optimizer=optimizer, epochs=400)
    return [plain(neuron.b), *(w.data for w in neuron.w)]


def loss_of_two() -> tuple[Value, Any]:
    """The loss of a parabola on two points, with a penalty, and the neuron that it belongs to."""
    neuron = nn.Neuron(2, "linear")
    neuron.load_state_dict({"w": [1.0, -1.0], "b": 0.0})
    neuron.w[0].label, neuron.w[1].label = "w₁", "w₂"
    points = [Value(0.5, "x₁"), Value(-1.0, "x₂")]
    p = [neuron(powers(x, 2)[1:]) for x in points]
    p[0].label, p[1].label = "p₁", "p₂"
    J = mse(p, [1.0, -1.0]) + 0.1 * l2(neuron.w)  # noqa: N806
    J.label = "J"
    J.backward()
    return J, neuron


def _draw_errors(
    points: tuple[list[float], list[float]],
    fits: dict[int, list[float]],
    train: list[float],
    test: list[float],
    mended: list[float],
    sizes: list[float],
    figure: Any,
) -> None:
    """Points and fits; errors against the degree; error and size of the weights against the penalty."""
    figure.set_size_inches(9.6, 7.2)
    (left, right), (below, last) = figure.subplots(2, 2)
    left.plot(*points, "o", color=INK, markersize=5, label="points")
    across = [i / 200.0 - 1.0 for i in range(401)]
    curves(
        {f"degree {d}": (across, [polynomial(b, u) for u in across]) for d, b in fits.items()}, x="x", y="p", ax=left
    )
    left.set_xticks([-1.0, -0.5, 0.0, 0.5, 1.0])
    left.set_ylim(min(points[1]) - 1.0, max(points[1]) + 1.0)
    degrees = range(len(train))
    curves(
        {"training": (degrees, train), "test": (degrees, test)},
        x="degree",
        y="mean squared error",
        log="y",
        marked=True,
        ax=right,
    )
    right.set_ylim(bottom=min(test) / 1e3)  # a fit through all points has only errors of rounding, far below
    right.xaxis.get_major_locator().set_params(integer=True)
    least = test.index(min(test))
    compared = {
        f"degree {degrees[-1]} with λ": (PENALTIES, mended),
        f"degree {least} without": (PENALTIES, [test[least]] * len(PENALTIES)),
    }
    curves(compared, x="λ", y="mean squared test error", log="xy", marked=True, ax=below)
    curves({"‖w‖": (PENALTIES, sizes)}, x="λ", y="‖w‖", log="xy", marked=True, ax=last)
