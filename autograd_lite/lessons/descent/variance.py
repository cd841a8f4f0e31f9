"""Where an error on new points comes from: bias and variance over many training sets; features and their scale."""

from __future__ import annotations

from functools import partial
from math import cos, pi, sin
from typing import Any

from autograd_lite.data import curve, powers, standardized
from autograd_lite.engine.value import plain
from autograd_lite.lessons.notation import inner
from autograd_lite.lessons.outcome import Outcome, agree, falls, written
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.nn.losses import mse
from autograd_lite.optim import least_squares
from autograd_lite.plots import INK, curves
from autograd_lite.views.columns import Columns

SETS = 200  # training sets, each with noise of its own
ACROSS = [k / 100.0 - 1.0 for k in range(201)]  # where the fits are compared with the truth
SHIFT = 3.0  # of the feature that is not standardised
FEATURES: dict[str, Any] = {
    "1, x": lambda x: [1.0, x],
    "1, x, x², x³": lambda x: powers(x, 3),
    "1, x², x⁴, x⁶": lambda x: powers(x * x, 3),
    "1, sin πx, cos πx": lambda x: [1.0, sin(pi * x), cos(pi * x)],
    "four steps": lambda x: [float(low <= x < low + 0.5 or low == x - 0.5 == 0.5) for low in (-1.0, -0.5, 0.0, 0.5)],
}


def wave(x: float) -> float:
    """The function to learn: sin πx, one wave from -1 to 1."""
    return sin(pi * x)


def variance(samples: int, noise: float, largest: int, seed: int) -> Outcome:
    """Fit each degree to 200 training sets: how far off the mean of the fits is, and how far they scatter."""
    import numpy

    rng, degrees = numpy.random.default_rng(seed), range(largest + 1)
    xs, truth = numpy.linspace(-1.0, 1.0, samples), numpy.array([wave(x) for x in ACROSS])
    learned = numpy.sin(pi * xs)[:, None] + noise * rng.normal(size=(samples, SETS))
    new = truth[:, None] + noise * rng.normal(size=(len(ACROSS), SETS))
    found, fits = {}, {}
    for d in degrees:
        there = numpy.vander(ACROSS, d + 1, increasing=True)
        hat = there @ numpy.linalg.pinv(numpy.vander(xs, d + 1, increasing=True), rcond=1e-13)  # fit = hat · y
        fits[d] = hat @ learned
        mean = fits[d].mean(axis=1)
        bias, spread = float(((mean - truth) ** 2).mean()), float(fits[d].var(axis=1).mean())
        theory = noise**2 * float((hat**2).sum()) / len(ACROSS)
        found[d] = (bias, spread, noise**2, bias + spread + noise**2, float(((fits[d] - new) ** 2).mean()), theory)
    columns = list(zip(*found.values(), strict=True))
    best = min(degrees, key=columns[3].__getitem__)
    low, (high, three) = 0, (largest, found[min(3, largest)])
    added = "at each degree bias² + variance + σ² is the measured error, to 3 %"
    scatter = "the variance is what theory says, σ² times the sum of the squared weights of the points, to 40 %"
    between = "the sum is least between the lowest and the highest degree"
    trade = "at the lowest degree the bias² is larger than the variance, at the highest it is the other way round"
    rises = "the variance (by theory) rises with every degree below the number of points"
    numbers = {
        "best degree": best,
        "bias² of degree 3": round(three[0], 6),
        "variance of degree 3": round(three[1], 6),
        "error of degree 3": round(three[4], 6),
    }
    return Outcome(
        numbers,
        {
            added: all(abs(measured - total) <= 0.03 * total + 1e-9 for _, _, _, total, measured, _ in found.values()),
            scatter: all(abs(spread - theory) <= 0.4 * theory + 1e-9 for _, spread, *_, theory in found.values()),
            rises: falls([-x for x in columns[5][: min(samples, largest + 1)]]),
            trade: found[low][0] > found[low][1] and found[high][1] > found[high][0],
            between: 0 < best < largest,
        },
        tables=[
            Columns(
                f"{SETS} training sets of {samples} points",
                [" d", " bias²", " variance", " σ²", " their sum", " measured error", " variance by theory"],
                [[str(d), *(written(round(x, 9), 4) for x in row)] for d, row in found.items()],
            )
        ],
        figure=partial(_draw_variance, fits, found, best, truth),
        derivations=[_derived(min(3, largest), three)],
        reasons={
            added: "the new points' noise is drawn too, and this seed's is off by more",
            scatter: f"of {SETS} sets the scatter is known to some 10 %, and at this seed it is farther off",
            rises: "without noise every training set is the same, and so is every fit"
            if noise == 0.0
            else "of rounding",
            trade: lambda: (
                f"at degree {high} the bias² is {found[high][0]:.2g} and the variance {found[high][1]:.2g}; "
                "the variance is little without noise, or with many points for each weight"
            ),
            between: lambda: f"it is least at degree {best}: with so little variance more capacity costs nothing",
        },
        further={
            "variance of degree 3 by theory": three[5],
            "bias² of degree 1": found[1][0],
            "variance of degree 1": found[1][1],
            "mean over the points of the variance, degree 3": noise**2 * 4 / samples,
        },
    )


def _derived(d: int, parts: tuple[float, ...]) -> Derivation:
    bias, spread, noise, total, measured, _ = parts
    at = f"degree {d}"
    return Derivation(
        "bias and variance",
        [
            Line(
                r"\mathbb E (p(x) - y)^2 = \mathbb E (p(x) - f(x) - \varepsilon)^2",
                r"$p$ fits a random training set; $y = f(x) + \varepsilon$ is new, with noise of mean 0",
                f"{at}: measured error",
                measured,
            ),
            Line(
                r"= \mathbb E (p(x) - f(x))^2 + \sigma^2",
                r"the new noise is independent of $p$: $-2\, \mathbb E \varepsilon \cdot \mathbb E (p - f) = 0$, "
                r"and $\mathbb E \varepsilon^2 = \sigma^2$",
                "σ²",
                noise,
            ),
            Line(
                r"p(x) - f(x) = (p(x) - \bar p(x)) + (\bar p(x) - f(x))",
                r"with $\bar p(x) = \mathbb E p(x)$, the mean of the fits to all training sets",
            ),
            Line(
                r"\mathbb E (p - f)^2 = \mathbb E (p - \bar p)^2 + (\bar p - f)^2",
                r"the cross term is $2 (\bar p - f) \cdot \mathbb E (p - \bar p) = 0$",
                f"{at}: bias² + variance",
                bias + spread,
            ),
            Line(
                r"(\bar p - f)^2",
                "the bias, squared: the mean of more fits, to sets of this size, does not mend it",
                f"{at}: bias²",
                bias,
            ),
            Line(r"\mathbb E (p - \bar p)^2", "the variance: how the fits scatter", f"{at}: variance", spread),
            Line(
                r"\mathbb E (p(x) - y)^2 = (\bar p - f)^2 + \mathbb E (p - \bar p)^2 + \sigma^2",
                "both lines together; here as means over $x$",
                f"{at}: sum",
                total,
            ),
        ],
    )


def _draw_variance(fits: Any, found: Any, best: int, truth: Any, figure: Any) -> None:
    """Twenty fits of three degrees with their mean, and bias², variance and error over the degree."""
    import numpy

    figure.set_size_inches(9.6, 7.2)
    for ax, d in zip(figure.subplots(2, 2).flat, (1, best, max(fits)), strict=False):
        ax.plot(ACROSS, fits[d][:, :20], color=INK, linewidth=0.4)
        both = {f"mean of {SETS} fits": (ACROSS, fits[d].mean(axis=1)), "sin πx": (ACROSS, truth)}
        curves(both, x="x", y=f"p, degree {d}", ax=ax)
        ax.set_ylim(-2.2, 2.2)
    last = figure.axes[3]
    names = ("bias²", "variance", "σ²", "their sum", "measured")
    columns = dict(zip(names, numpy.array([*found.values()]).T, strict=False))
    curves(
        {name: (list(found), up) for name, up in columns.items()},
        x="degree",
        y="squared error",
        log="y",
        marked=True,
        ax=last,
    )
    last.set_ylim(bottom=min(columns["their sum"]) / 1e3 or None)
    last.xaxis.get_major_locator().set_params(integer=True)


def features(samples: int, noise: float, seed: int) -> Outcome:
    """Fit the same points with different features, and one line with its feature shifted and standardised."""
    x, y = curve(wave, samples, noise=noise, seed=seed)
    new, wanted = curve(wave, 200, noise=noise, seed=seed + 1)
    fits, errors = {}, {}
    for name, of in FEATURES.items():
        beta = least_squares([of(u) for u in x], y)
        fits[name] = [inner(beta, of(u)) for u in ACROSS]
        errors[name] = tuple(plain(mse([inner(beta, of(u)) for u in us], vs)) for us, vs in ((x, y), (new, wanted)))

    shifted = [[u + SHIFT] for u in x]
    scaled, means, scales = standardized(shifted)
    raw, ready = (course([row[0] for row in rows], y) for rows in (shifted, scaled))
    inside, outside = (least_squares([[1.0, *row] for row in rows], y) for rows in (shifted, scaled))
    tenth = least_squares([[1.0, 0.1 * row[0]] for row in scaled], y, l2=[0.0, 1.0])
    whole = least_squares([[1.0, row[0]] for row in scaled], y, l2=[0.0, 1.0])
    suited, even = "1, sin πx, cos πx", "1, x², x⁴, x⁶"
    apt = "with sin πx among the features three weights have the least test error of all"
    return Outcome(
        {
            "test errors": tuple(round(pair[1], 6) for pair in errors.values()),
            "condition number": raw[0],
            "steps to 1 %": len(raw[1]) - 1,
            "condition number, standardised": ready[0],
            "steps to 1 %, standardised": len(ready[1]) - 1,
        },
        {
            apt: errors[suited][1] == min(pair[1] for pair in errors.values()),
            "with even powers alone the test error is more than 0.4: no even function follows an odd one": errors[even][
                1
            ]
            > 0.4,
            "standardising leaves the fit of least squares as it is": agree(
                (inside[0] + inside[1] * means[0], inside[1] * scales[0]), outside, 1e-9, scale=1.0
            ),
            "it makes the condition number 1, and descent with α = 1/λ arrives in one step": abs(ready[0] - 1.0) < 1e-9
            and len(ready[1]) == 2,
            "a penalty of 1 takes less from the weight of a feature than from that of a tenth of it": abs(
                0.1 * tenth[1]
            )
            < abs(whole[1]),
        },
        tables=[
            Columns(
                "the same points, other features",
                ["features", " weights", " training error", " test error"],
                [
                    [name, str(len(of(0.0))), *(written(part, 4) for part in errors[name])]
                    for name, of in FEATURES.items()
                ],
            ),
            Columns(
                f"a line, its feature x + {SHIFT:g}, by descent with α = 1/λ for the largest λ",
                ["", " condition number of H", " steps until the excess is 1 %"],
                [
                    [name, written(round(ratio, 6), 4), str(len(way) - 1)]
                    for name, (ratio, way) in (("as it is", raw), ("standardised", ready))
                ],
            ),
        ],
        figure=partial(_draw_features, (x, y), fits, (raw[1], ready[1])),
        reasons={
            apt: lambda: f"the least has {min(errors, key=lambda name: errors[name][1])}; with this noise that is luck",
        },
    )


def course(xs: list[float], ys: list[float]) -> tuple[float, list[float]]:
    """The condition number of a line's Hessian, and the excess over the steps of descent, down to 1 % of the first."""
    import numpy

    X, y = numpy.array([[1.0, x] for x in xs]), numpy.array(ys)  # noqa: N806 - X is a matrix
    H, g = 2.0 / len(ys) * X.T @ X, 2.0 / len(ys) * X.T @ y  # noqa: N806
    eigenvalues = numpy.linalg.eigvalsh(H)
    best, w = numpy.linalg.solve(H, g), numpy.zeros(2)
    excess: list[float] = []
    while not excess or excess[-1] > 0.01 * excess[0]:
        excess.append(float(0.5 * (w - best) @ H @ (w - best)))
        w = w - (H @ w - g) / eigenvalues[-1]
    return float(eigenvalues[-1] / eigenvalues[0]), excess


def _draw_features(points: Any, fits: Any, ways: Any, figure: Any) -> None:
    """The fits with different features, and descent on a line with its feature as it is and standardised."""
    figure.set_size_inches(9.6, 4.4)
    left, right = figure.subplots(1, 2)
    left.plot(*points, "o", color=INK, markersize=5)
    curves({name: (ACROSS, up) for name, up in fits.items()}, x="x", y="fit", ax=left)
    shown = {name: (range(len(way)), way) for name, way in zip(("as it is", "standardised"), ways, strict=True)}
    curves(shown, x="step", y="loss − minimum", ax=right)
