"""How rare minima are among random critical points: Gaussian matrices whose eigenvalues are all positive."""

from __future__ import annotations

from functools import partial
from math import gamma, log, pi, sqrt
from typing import Any

from autograd_lite.lessons.outcome import Outcome, falls, written
from autograd_lite.plots import curves
from autograd_lite.views.columns import Columns

LARGEST = 8
RATE = log(3.0) / 4.0  # Dean and Majumdar, 2006: P(n) falls like exp(−RATE · n²) as n → ∞
CLOSED = {1: 1 / 2, 2: (2 - sqrt(2)) / 4, 3: (pi - 2 * sqrt(2)) / (4 * pi)}
DRAWN, KEPT = 20_000, 20_000  # matrices that are drawn and counted; matrices that grow row by row
COUNTED = 5  # up to this n a plain count finds some


def counted(seed: int) -> list[tuple[float, float]]:
    """By n = 1, 2, …: the share of drawn matrices whose eigenvalues are all positive, and of those with both signs."""
    import numpy

    rng, shares = numpy.random.default_rng(seed), []
    for n in range(1, COUNTED + 1):
        a = rng.normal(size=(DRAWN, n, n))
        eigenvalues = numpy.linalg.eigvalsh((a + a.swapaxes(1, 2)) / sqrt(2.0))
        low, high = eigenvalues[:, 0] > 0.0, eigenvalues[:, -1] < 0.0
        shares.append((float(low.mean()), float(1.0 - low.mean() - high.mean())))
    return shares


def grown(seed: int) -> list[float]:
    """The share of positive definite matrices for n = 1 … 8, where hardly any is drawn whole: row by row.

    With one more row v and corner a, a matrix A stays positive definite exactly if a > vᵀA⁻¹v. Of many that are, the
    share that stays so is P(n + 1)/P(n), and the survivors, drawn again with repetition, are those to go on with.
    """
    import numpy

    rng, a, share, shares = numpy.random.default_rng(seed), numpy.zeros((KEPT, 0, 0)), 1.0, []
    for n in range(LARGEST):
        corner, row = rng.normal(scale=sqrt(2.0), size=KEPT), rng.normal(size=(KEPT, n, 1))
        alive = numpy.flatnonzero(corner > (row * numpy.linalg.solve(a, row)).sum(axis=(1, 2)))
        share *= len(alive) / KEPT
        shares.append(share)
        chosen = rng.choice(alive, KEPT)
        larger = numpy.empty((KEPT, n + 1, n + 1))
        larger[:, :n, :n], larger[:, :n, n:] = a[chosen], row[chosen]
        larger[:, n:, :n], larger[:, n, n] = row[chosen].swapaxes(1, 2), corner[chosen]
        a = larger
    return shares


def exact(n: int) -> float:
    """The probability itself, from the density of the eigenvalues.

    That is ∏|λᵢ − λⱼ| · exp(−Σλ²/4) up to a constant. Its integral over all positive λ is a Pfaffian of double
    integrals (N. G. de Bruijn, 1955), here with λ = √2·x, in polar coordinates; so is that over all λ, the divisor.

    >>> exact(1), round(exact(2), 12) == round((2 - 2**0.5) / 4, 12)
    (0.5, True)
    """
    return _pfaffian(n, positive=True) / _pfaffian(n, positive=False)


def _pfaffian(n: int, *, positive: bool) -> float:
    import numpy

    size = n + n % 2
    nodes, weights = numpy.polynomial.legendre.leggauss(30)  # exact to rounding for these powers of sines and cosines
    parts = [(pi / 4, pi / 2, 1.0), (0.0, pi / 4, -1.0)]
    if not positive:
        parts = [(pi / 4, 5 * pi / 4, 1.0), (-3 * pi / 4, pi / 4, -1.0)]

    def entry(i: int, j: int) -> float:
        """∬ xⁱ yʲ sign(y − x) exp(−(x² + y²)/2): a Γ for the radius, times an integral over the angle."""
        around = 0.0
        for low, high, sign in parts:
            t = (low + high) / 2 + (high - low) / 2 * nodes
            around += sign * (high - low) / 2 * float(weights @ (numpy.cos(t) ** i * numpy.sin(t) ** j))
        return 2 ** ((i + j) / 2) * gamma((i + j) / 2 + 1) * around

    a = numpy.zeros((size, size))
    for i in range(n):
        for j in range(i + 1, n):
            a[i, j] = entry(i, j)
        if size > n:  # for an odd n a column of the single integrals is added
            one = 2 ** ((i - 1) / 2) * gamma((i + 1) / 2)
            a[i, n] = one if positive else 2.0 * one * (i % 2 == 0)
    return sqrt(float(numpy.linalg.det(a - a.T)))


def saddles(seed: int) -> Outcome:
    """Find the share of minima among random symmetric matrices, n = 1 … 8, in three ways."""
    sizes = range(1, LARGEST + 1)
    plain, by_rows, wanted = counted(seed), grown(seed), [exact(n) for n in sizes]
    slopes = [-(log(wanted[n]) - log(wanted[n - 1])) / (2 * n + 1) for n in range(1, LARGEST)]
    rows = []
    for n in sizes:
        seen, both = (f"{share:.4f}" for share in plain[n - 1]) if n <= COUNTED else ("", "")
        p = wanted[n - 1]
        rows.append([str(n), seen, written(by_rows[n - 1], 3), written(p, 6), both, f"{1 - 2 * p:.10f}"])
    near = f"counts of {DRAWN:,} matrices are within five standard deviations of the exact share"
    close = "matrices grown row by row have it within a half, down to n = 8"
    return Outcome(
        {
            **{f"minima, n = {n}": wanted[n - 1] for n in CLOSED},
            "minima, n = 8": float(f"{wanted[-1]:.6g}"),
            "saddles for each minimum, n = 8": float(f"{(1 - 2 * wanted[-1]) / wanted[-1]:.4g}"),
        },
        {
            "1/2, (2 − √2)/4 and (π − 2√2)/4π are the shares for n = 1, 2, 3": all(
                abs(wanted[n - 1] - p) < 1e-12 for n, p in CLOSED.items()
            ),
            near: all(
                abs(seen - p) < 5.0 * sqrt(p * (1.0 - p) / DRAWN) for (seen, _), p in zip(plain, wanted, strict=False)
            ),
            close: all(abs(found / p - 1.0) < 0.5 for found, p in zip(by_rows, wanted, strict=True)),
            "−log P(n) grows by (2n + 1) · c from n to n + 1, with a c that falls towards (ln 3)/4": falls(slopes)
            and slopes[-1] > RATE,
        },
        tables=[
            Columns(
                "random symmetric n×n matrices: the share with positive eigenvalues only (minima), and with both signs",
                [" n", " minima, counted", " grown by rows", " exact", " saddles, counted", " exact"],
                rows,
            )
        ],
        figure=partial(_draw_shares, sizes, plain, by_rows, wanted),
        reasons={
            near: "one set of draws in some millions is that far off",
            close: "for the largest n few of the matrices survive, and this seed had luck, or none",
        },
        further={f"minima, n = {n}": wanted[n - 1] for n in range(4, LARGEST)},
    )


def _draw_shares(sizes: range, plain: Any, by_rows: list[float], wanted: list[float], figure: Any) -> None:
    """The share of minima over n², and −log P/n² over n."""
    figure.set_size_inches(9.6, 4.2)
    left, right = figure.subplots(1, 2)
    squares = [n * n for n in sizes]
    theory = [wanted[-1] * 3.0 ** (-(s - squares[-1]) / 4.0) for s in squares]
    series: dict[str, Any] = {
        "exact": (squares, wanted),
        "counted": (squares[:COUNTED], [seen or None for seen, _ in plain]),
        "grown by rows": (squares, by_rows),
        "slope −(ln 3)/4": (squares, theory),
    }
    curves(series, x="n²", y="share of minima", log="y", marked=True, ax=left)
    falling = {
        "−ln P(n) / n²": (sizes, [-log(p) / n**2 for n, p in zip(sizes, wanted, strict=True)]),
        "(ln 3)/4, for n → ∞": (sizes, [RATE] * len(sizes)),
    }
    curves(falling, x="n", y="−ln P(n) / n²", ax=right)
    right.set_ylim(0.0, 0.75)
