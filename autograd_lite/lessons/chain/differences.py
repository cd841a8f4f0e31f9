"""Finite differences: what a derivative computed with them costs, in digits and in operations; counted, not timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random
from typing import Annotated, Any, NamedTuple

from autograd_lite.engine.differences import STEPS, numerical_gradient
from autograd_lite.engine.sequences import dot
from autograd_lite.engine.table import cos, exp, sin
from autograd_lite.engine.transforms import grad
from autograd_lite.engine.value import Value
from autograd_lite.lessons.chain import layered
from autograd_lite.lessons.chain.layered import Counted
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import inner
from autograd_lite.lessons.outcome import Expected, Outcome, agree, power
from autograd_lite.plots import INK, curves
from autograd_lite.views.columns import Columns
from autograd_lite.views.steps.tracer import trace

OCTAVES = range(3, 47)  # steps of 2⁻³ down to 2⁻⁴⁶
# The octaves in which the error is all truncation, and those in which it is all rounding.
REGIMES = {"forward": (range(8, 20), range(32, 47)), "central": (range(6, 14), range(26, 45))}


def squared_error(w: Sequence[Any], x: Sequence[float], t: float) -> Any:
    """The squared error of a linear neuron; the weights are numbers of any kind.

    >>> tally = Counter()
    >>> float(squared_error([Counted(1.0, tally), Counted(2.0, tally)], [3.0, 4.0], 10.0)), dict(tally)
    (1.0, {'mul': 2, 'add': 1, 'sub': 1, 'pow': 1})
    """
    return (dot(w, x) - t) ** 2


def weight_by_weight(loss: Callable[[Any], float], w: Any, step: float, stride: int = 1) -> list[float]:
    """The gradient by forward differences: one pass, and one more for each weight moved by the step.

    With a stride, only one weight in so many is moved.
    """
    here, moved, slopes = loss(w), w.copy(), []
    for place in range(0, len(w), stride):
        moved[place] = w[place] + step
        slopes.append((loss(moved) - here) / step)
        moved[place] = w[place]
    return slopes


class Costs(NamedTuple):
    """The cost of the gradient of a linear neuron with n weights."""

    n: int
    passes: int  # forward passes of differences
    forward: int  # the operations of one pass
    backward: int
    agree: bool  # whether differences and backpropagation give the same gradient
    counted: int  # the operations of one pass, counted one by one
    counted_all: int | None  # those of all passes together; None where they would be too many to count


def costs_of_gradient(n: int, seed: int) -> Costs:
    """Compute the gradient of a neuron with n weights both ways, and count."""
    rng = Random(seed)
    w, x = ([rng.gauss(0.0, n**-0.5) for _ in range(n)] for _ in range(2))
    weights = [Value(weight) for weight in w]
    loss = squared_error(weights, x, 1.0)
    loss.backward()
    counts = trace(loss).counts()
    results: list[float] = []  # one for each pass

    def run(w: Any) -> float:
        results.append((inner(w, x) - 1.0) ** 2)
        return results[-1]

    stride = 1 if n <= 1000 else n // 100  # a pass for each of 10,000 weights takes seconds
    slopes = weight_by_weight(run, w, 1e-6, stride)
    one, every = Counter[str](), Counter[str]()

    def count(w: Any, tally: Counter[str]) -> float:
        return float(squared_error([Counted(v, tally) for v in w], x, 1.0))

    count(w, one)
    if n <= 100:
        weight_by_weight(partial(count, tally=every), w, 1e-6)
    return Costs(
        n,
        1 + (len(results) - 1) * n // len(slopes),  # of the weights that were moved, taken for all n
        counts["operations forward"],
        counts["products backward"] + counts["sums backward"],
        agree(slopes, [weight.grad for weight in weights[::stride]], 1e-5, scale=max(map(abs, x))),
        one.total(),
        every.total() if n <= 100 else None,
    )


def errors_of_differences(x: float, method: str) -> list[float]:
    """The errors of the slope of e^sin(x²), one for each octave of steps.

    Of eight steps close together the largest error counts, so that no lucky rounding decides.
    """

    def f(x: float) -> float:
        return exp(sin(x**2))

    exact = exp(sin(x**2)) * cos(x**2) * 2.0 * x
    return [
        max(abs(numerical_gradient(f, x, method=method, step=2.0 ** -(k + part / 8)) - exact) for part in range(8))
        for k in OCTAVES
    ]


@lesson(
    "L06",
    "Numerical against analytic",
    "B, C",
    r"""
    Differences, $(f(x+\delta) - f(x))/\delta$ or $(f(x+\delta) - f(x-\delta))/(2\delta)$, have two errors. Truncation
    falls with the step, as $\delta$ or as $\delta^2$; rounding grows as $\varepsilon/\delta$, where
    $\varepsilon = 2^{-52}$ is the gap between 1 and the next double. The best step is about where the two meet, near
    $\sqrt\varepsilon$ or $\sqrt[3]\varepsilon$, and about half or a third of the digits are lost.
    And they cost: for $n$ weights of a neuron $n + 1$ forward passes of $O(n)$ operations, $O(n^2)$ in all, where
    backpropagation takes one pass forward and one backward, $O(n)$. In a network of $N$ inputs and layers of $m^1$,
    $m^2$, $m^3$ units (the raised numbers are the layers' own) a pass takes $m^3 m^2 + m^2 m^1 + m^1 (N + 1)$ products,
    one for each weight. If one weight of layer 1 is moved, not all must be done again: $2(n + m)$ products and sums
    bring up to date its unit, which has $n = N + 1$ inputs, and the sums of the $m = m^2$ units above.
    """,
    Expected(
        {"power of δ, forward": 1, "power of δ, central": 2, "power of n, differences": 2, "power of n, backprop": 1},
        tolerance=0.05,
    ),
    quiz=layered.QUIZ,
)
def differences(
    # Between two neighbouring extrema of f: at an extremum there is no rounding error, and no V.
    x: Annotated[float, Limits("the point where e^sin(x²) is differentiated", 1.3, 2.1)] = 1.5,
    decades: Annotated[int, Limits("the exponent of 10 in the largest number of weights", 2, 4)] = 4,
    seed: Annotated[int, Limits("the seed of weights and inputs", 0, 1_000_000)] = 0,
) -> Outcome:
    """Measure the error of differences over the step, and count what a gradient costs over the number of weights."""
    numbers, claims, errors, reasons = {}, {}, {}, {}
    steps = [2.0**-k for k in OCTAVES]
    for method, (truncation, rounding) in REGIMES.items():
        found = errors[method] = errors_of_differences(x, method)
        truncated, rounded = ([(2.0**-k, found[k - OCTAVES[0]]) for k in part] for part in (truncation, rounding))
        numbers[f"power of δ, {method}"] = power(*zip(*truncated, strict=True))
        grown = power(*zip(*rounded, strict=True))
        claims[told := f"{method}: rounding grows as 1/δ"] = abs(grown + 1.0) < 0.4
        reasons[told] = f"it grew as δ to the {grown:.2g}; what is rounded is a matter of luck, here of {x:g}"
        best = steps[found.index(min(found))]
        root = "√ε" if method == "forward" else "∛ε"
        claims[told := f"{method}: the best step is within a factor of 16 of {root}"] = (
            1 / 16 < best / STEPS[method] < 16.0
        )
        reasons[told] = f"at this point {best:.2g} is the best, since there the two errors happen to cancel"
    costs = [costs_of_gradient(10**k, seed) for k in range(1, decades + 1)]
    sizes = [cost.n for cost in costs]
    numerical = [cost.passes * cost.forward for cost in costs]
    backprop = [cost.forward + cost.backward for cost in costs]
    numbers |= {"power of n, differences": power(sizes, numerical), "power of n, backprop": power(sizes, backprop)}
    claims |= {
        "both give the same gradient, at every weight that was moved": all(cost.agree for cost in costs),
        "counted one by one, a pass takes as many operations as the graph has": all(
            cost.counted == cost.forward for cost in costs
        ),
        "counted one by one up to n = 100, all passes take passes × operations": all(
            cost.counted_all in (None, each) for cost, each in zip(costs, numerical, strict=True)
        ),
        "differences take (n + 1)(2n + 1) operations": numerical == [(n + 1) * (2 * n + 1) for n in sizes],
        "backpropagation takes (2n + 1) + 3n operations": backprop == [5 * n + 1 for n in sizes],
    }
    small = layered.layer_costs(layered.SIZES, seed)
    claims |= layered.claims_of(layered.SIZES, small)
    rows = [
        [f"{number:,}" for number in (cost.n, cost.passes, cost.forward, each, cost.backward, both)]
        for cost, each, both in zip(costs, numerical, backprop, strict=True)
    ]
    headings = [" n", " passes", " operations of a pass", " differences", " backward", " backprop"]

    weights = [Value(weight, label=f"w{place}") for place, weight in enumerate((0.5, -1.0, 2.0), start=1)]
    example = squared_error(weights, [1.0, 2.0, 0.5], 1.0)
    example.label = "L"
    example.backward()

    return Outcome(
        numbers,
        claims,
        example,
        [
            Columns("operations of the gradient of a linear neuron", headings, rows),
            layered.table_of(layered.SIZES, small),
        ],
        partial(_draw_errors, errors, sizes, {"differences": numerical, "backprop": backprop}),
        reasons=reasons,
        further={
            "products of a pass": small.products,
            "operations for a moved weight": small.moved,
            "power where f″ = 0": power_where_flat,
        },
    )


def power_where_flat() -> float:
    """The power of δ in the error of forward differences at the zero of f″ near 1.6, which Newton's method finds."""

    def f(x: Any) -> Any:
        return exp(sin(x**2))

    first, second, third = grad(f), grad(grad(f)), grad(grad(grad(f)))
    zero = 1.6
    for _ in range(6):
        zero -= second(zero) / third(zero)
    steps = [1e-2, 1e-3]
    errors = [abs(numerical_gradient(f, zero, method="forward", step=step) - first(zero)) for step in steps]
    return power(steps, errors)


def _draw_errors(
    errors: Mapping[str, Sequence[float]], sizes: Sequence[int], costs: Mapping[str, Sequence[int]], figure: Any
) -> None:
    """The errors of differences over the step, and the operations of a gradient over the number of weights."""
    figure.set_size_inches(9.5, 4.0)
    left, right = figure.subplots(1, 2)
    steps = [2.0**-k for k in OCTAVES]
    curves({method: (steps, found) for method, found in errors.items()}, x="step δ", y="error", log="xy", ax=left)
    for text, place in ((" √ε", STEPS["forward"]), (" ∛ε", STEPS["central"])):
        left.axvline(place, color=INK, linestyle=":", linewidth=1.0)
        left.annotate(text, (place, 0.98), xycoords=("data", "axes fraction"), color=INK, va="top", ha="left")
    series = {name: (sizes, counts) for name, counts in costs.items()}
    curves(series, x="weights n", y="operations of one gradient", log="xy", marked=True, ax=right)
