"""Threshold units: the gates of McCulloch and Pitts, and gates by least squares."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from functools import partial
from itertools import product
from typing import Annotated, Any, Literal

from autograd_lite import nn, optim
from autograd_lite.data import gate as truth_table
from autograd_lite.engine.text import shown
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.gates import vetoes
from autograd_lite.lessons.lesson import Limits, fit, lesson
from autograd_lite.lessons.notation import half_sum
from autograd_lite.lessons.outcome import Expected, Outcome, agree
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.plots import curves, decision_boundary
from autograd_lite.views.columns import Columns

Numbers = tuple[float, ...]
Weights = tuple[float, float, float]  # w₁, w₂, θ
At = Annotated[float, Limits("the value at a corner", -9, 9)]
On = Annotated[int, Limits("an input of the gate that is drawn: 1 is on, 0 is off", 0, 1)]
CORNERS = list(product((0, 1), repeat=2))  # 00, 01, 10, 11, as in every truth table of two inputs
NAMES = (
    *("never", "AND", "x₁ AND NOT x₂", "x₁", "x₂ AND NOT x₁", "x₂", "XOR", "OR"),
    *("NOR", "XNOR", "NOT x₂", "x₁ OR NOT x₂", "NOT x₁", "x₂ OR NOT x₁", "NAND", "always"),
)
FUNCTIONS = dict(
    zip(product((0, 1), repeat=4), NAMES, strict=True)
)  # the names of the functions, by their values at the corners


@lesson(
    "L08",
    "McCulloch–Pitts units",
    "B",
    r"""
    Inputs are 0 or 1, excitatory or inhibitory. The unit fires, $a = 1$, if no inhibitory input is on and at least
    $\theta$ excitatory ones are: AND, OR, NOT, NOR and the majority of three are one unit each.
    With weights, $a = 1$ where $w_1 x_1 + w_2 x_2 \ge \theta$: a line through the plane. It tells 0 from 1 for
    14 of the 16 functions of two inputs; for XOR and XNOR no weights do. Can perceptron learning (L10) find a unit of
    McCulloch and Pitts (1943)? Its function, always: a veto is a weight that is negative enough. Its very weights: for
    none with two or three inputs, if the cases come in the order of counting. And three of the 14 functions are no such
    unit's, such as $x_1$ OR NOT $x_2$.
    """,
    Expected(
        {
            "AND": (0, 0, 0, 1),
            "OR": (0, 1, 1, 1),
            "NOT": (1, 0),
            "NOR": (1, 0, 0, 0),
            "majority": (0, 0, 0, 1, 0, 1, 1, 1),
            "separable functions": 14,
            "not separable": ((0, 1, 1, 0), (1, 0, 0, 1)),
        }
    ),
    quiz=vetoes.QUIZ,
)
def mcculloch_pitts(
    gate: Annotated[Literal["AND", "OR", "NOT", "NOR", "majority"], Limits("the gate that is drawn")] = "majority",
    x1: On = 1,
    x2: On = 0,
    x3: On = 1,
) -> Outcome:
    """Make gates of single units, and look for weights and a threshold for each function of two inputs."""
    units = {
        "AND": nn.McCullochPitts(excitatory=2, inhibitory=0, threshold=2),
        "OR": nn.McCullochPitts(excitatory=2, inhibitory=0, threshold=1),
        "NOT": nn.McCullochPitts(excitatory=0, inhibitory=1, threshold=0),
        "NOR": nn.McCullochPitts(excitatory=0, inhibitory=2, threshold=0),
        "majority": nn.McCullochPitts(excitatory=3, inhibitory=0, threshold=2),
    }
    tables = {
        name: tuple(int(unit(inputs)) for inputs in product((0, 1), repeat=unit.nin)) for name, unit in units.items()
    }

    # The search. Thresholds between the whole numbers, so that no corner lies on the line.
    found: dict[tuple[int, ...], Weights] = {}
    for w1, w2, theta in product((0, 1, -1), (0, 1, -1), (0.5, -0.5, 1.5, -1.5)):
        unit = threshold_unit(w1, w2, theta)
        found.setdefault(tuple(int(unit(corner).data) for corner in CORNERS), (w1, w2, theta))
    others = [function for function in FUNCTIONS if function not in found]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that learning does not end
        learnt = {function for function in FUNCTIONS if nn.Perceptron(2).fit(CORNERS, function).converged}

    xs = [Value(x, label=f"x{'₁₂₃'[i]}") for i, x in enumerate((x1, x2, x3))]
    a = units[gate](xs[: units[gate].nin])
    a.label = "a"
    a.backward()
    beside = [vetoes.vetoes(n) for n in (2, 3)]
    headings = [" 00", " 01", " 10", " 11", "function", " w₁", " w₂", " θ"]
    rows = [
        [*map(str, function), name, *(map(shown, found[function]) if function in found else "———")]
        for function, name in FUNCTIONS.items()
    ]
    return Outcome(
        {**tables, "separable functions": len(found), "not separable": tuple(others)},
        {
            "the perceptron learns exactly the functions for which the search has found weights": learnt == {*found},
            "for each of the others, the corners of 1 have the same sum as those of 0": all(
                sum_where(function, 1) == sum_where(function, 0) for function in others
            ),
            "each McCulloch–Pitts unit is a perceptron with the weights 1 and −(E + 1), E inputs being excitatory": all(
                each.same for each in beside
            ),
            "perceptron learning finds the function of every McCulloch–Pitts unit of two and of three inputs": all(
                each.learnt for each in beside
            ),
            "but for none of them these weights": not any(each.again for each in beside),
        },
        graph=a,
        tables=[
            Columns("all functions of two inputs: 1 where w₁x₁ + w₂x₂ ≥ θ", headings, rows),
            vetoes.table_of(beside),
        ],
        figure=partial(_draw_gates, found),
        further={
            "functions of three inputs": beside[1].perceptrons,
            "functions of an MP unit": beside[0].units,
        },
    )


def threshold_unit(w1: float, w2: float, theta: float) -> nn.Perceptron:
    """The unit that fires where w₁x₁ + w₂x₂ ≥ θ."""
    unit = nn.Perceptron(2)
    unit.load_state_dict({"w": [w1, w2], "b": -theta})
    return unit


def sum_where(function: tuple[int, ...], value: int) -> tuple[int, int, int]:
    """How many corners have that value, and the sums of their inputs; no w·x tells two equal sums apart."""
    corners = [corner for corner, y in zip(CORNERS, function, strict=True) if y == value]
    return len(corners), sum(p for p, _ in corners), sum(q for _, q in corners)


def _draw_gates(found: dict[tuple[int, ...], Weights], figure: Any) -> None:
    """AND, OR and NOR with their lines; XOR with the two diagonals, whose crossing would lie on both sides of one."""
    figure.set_size_inches(7.0, 6.4)
    *separable, crossing = figure.subplots(2, 2).flat
    for name, ax in zip(("AND", "OR", "NOR"), separable, strict=True):
        function = next(function for function, known in FUNCTIONS.items() if known == name)
        z = threshold_unit(*found[function]).linear()
        decision_boundary(z, CORNERS, function, ax=ax, classes=(f"{name} = 0", f"{name} = 1"))
    diagonals = {"XOR = 0": ([0, 1], [0, 1]), "XOR = 1": ([0, 1], [1, 0])}
    curves(diagonals, x="x₁", y="x₂", marked=True, ax=crossing)


def fitted(moments: Numbers, beta: Numbers, outputs: Numbers, error: float, **given: Any) -> Expected:
    """The numbers of a gate: Xᵀy, β as in the notes; a = Xβ and E follow from them by hand."""
    normal = {"XᵀX": ((4, 2, 2), (2, 2, 1), (2, 1, 2)), "Xᵀy": moments}
    found = dict.fromkeys(("β", "β by the normal equations", "β by descent"), beta)
    return Expected({**normal, **found, "a": outputs, "E": error}, **given)


@lesson(
    "L09",
    "Four values by least squares",
    "A",
    r"""
    At the corners 00, 01, 10, 11 a linear unit $a = \beta_0 + \beta_1 x_1 + \beta_2 x_2$ should be $y_{00}$, $y_{01}$,
    $y_{10}$, $y_{11}$. The matrix $X$ has a row $(1, x_1, x_2)$ for each corner. Give $X^T y$, the $\beta$ of the
    normal equations $X^T X \beta = X^T y$, and $E = 1/2 \sum (a - y)^2$.
    """,
)
def four_values(y00: At = 0.0, y01: At = 1.0, y10: At = 1.0, y11: At = 1.0) -> Outcome:
    """Least squares for any values at the four corners, as asked on paper."""
    y = [y00, y01, y10, y11]
    rows = [[1.0, p, q] for p, q in CORNERS]
    best = rounded(optim.least_squares(rows, y))
    errors = [sum(b * v for b, v in zip(best, row, strict=True)) - value for row, value in zip(rows, y, strict=True)]
    moments = [sum(row[k] * value for row, value in zip(rows, y, strict=True)) for k in range(3)]
    return Outcome(
        {"Xᵀy": moments, "β": best, "E": sum(e * e for e in errors) / 2.0},
        {
            "the errors cancel at every weight, Xᵀ(a − y) = 0": all(
                abs(sum(row[k] * e for row, e in zip(rows, errors, strict=True))) < 1e-9 for k in range(3)
            )
        },
    )


@lesson(
    "L09",
    "Gates by least squares",
    "A",
    r"""
    A linear unit $a = \beta_0 + \beta_1 x_1 + \beta_2 x_2$; the matrix $X$ has a row $(1, x_1, x_2)$ for each sample.
    The $\beta$ with the least squared error solves the normal equations, $\beta = (X^T X)^{-1} X^T y$.
    Descent on $E = 1/2 \sum (a - y)^2$, $\beta \leftarrow \beta - \eta \nabla E$, arrives at the same $\beta$ if the
    rate $\eta$ is not too large; $\nabla E$ has the three derivatives $\partial E/\partial \beta_j$.
    Cut at $a = 1/2$ it is OR, AND or NAND; for XOR $a = 1/2$ everywhere: the linear unit fails.
    """,
    fitted((3, 2, 2), (1 / 4, 1 / 2, 1 / 2), (1 / 4, 3 / 4, 3 / 4, 5 / 4), 1 / 8),
    fitted((1, 1, 1), (-1 / 4, 1 / 2, 1 / 2), (-1 / 4, 1 / 4, 1 / 4, 3 / 4), 1 / 8, gate="AND"),
    fitted((3, 1, 1), (5 / 4, -1 / 2, -1 / 2), (5 / 4, 3 / 4, 3 / 4, 1 / 4), 1 / 8, gate="NAND"),  # 1 − AND
    fitted((2, 1, 1), (1 / 2, 0, 0), (1 / 2, 1 / 2, 1 / 2, 1 / 2), 1 / 2, gate="XOR"),
    quiz=Quiz(
        ("Xᵀy", "β", "E"), {"y00": (1, 5, 1), "y01": (-3, 4, 1), "y10": (-3, 4, 1), "y11": (6, 9, 1)}, four_values
    ),
)
def least_squares(
    gate: Annotated[Literal["OR", "AND", "NAND", "XOR"], Limits("the gate")] = "OR",
    rate: Annotated[float, Limits("the learning rate η", 0.001, 0.4)] = 0.25,
    steps: Annotated[int, Limits("the number of steps of descent", 1, 500)] = 300,
) -> Outcome:
    """Find β for a gate in three ways: by the library, by the normal equations, and by descent with the engine."""
    import numpy

    inputs, y = truth_table(gate.lower())
    X = numpy.array([[1.0, *x] for x in inputs])  # noqa: N806 - X is a matrix
    best = optim.least_squares(X.tolist(), y)
    normal = numpy.linalg.solve(X.T @ X, X.T @ y)

    unit = nn.Neuron(2, "linear", init="zeros")
    b1, b2, b0 = unit.parameters()
    b0.label, b1.label, b2.label = "β₀", "β₁", "β₂"
    optimizer = optim.SGD([b0, b1, b2], lr=rate)
    history = fit(unit, half_sum, inputs, y, optimizer=optimizer, epochs=steps)
    descended = [b0.data, b1.data, b2.data]

    # At the best β, free of rounding, what the four samples bring to each gradient adds up to nothing.
    b0.data, b1.data, b2.data = best = rounded(best)
    unit.zero_grad()
    outputs = [unit(x) for x in inputs]
    for (p, q), output in zip(CORNERS, outputs, strict=True):
        output.label = f"a({p},{q})"
    E = half_sum(outputs, y)  # noqa: N806 - as in the formula
    E.label = "E"
    E.backward()
    a = [output.data for output in outputs]
    errors, gradients = [output.grad for output in outputs], [b.grad for b in (b0, b1, b2)]
    largest = float(numpy.linalg.eigvalsh(X.T @ X)[-1])
    cut = "every output is 1/2: no cut tells 0 from 1" if gate == "XOR" else f"cut at 1/2, the outputs are {gate}"
    return Outcome(
        {
            "XᵀX": (X.T @ X).tolist(),
            "Xᵀy": (X.T @ y).tolist(),
            "β": best,
            "β by the normal equations": rounded(normal),
            "β by descent": rounded(descended),
            "a": a,
            "E": E.data,
        },
        {
            "the normal equations give the β of the library": agree(normal, best),
            "descent arrives at it, to 1e-9": agree(descended, normal, 1e-9),
            "there, the engine's gradient is 0": max(abs(b.grad) for b in (b0, b1, b2)) < 1e-9,
            cut: set(a) == {0.5} if gate == "XOR" else [x > 0.5 for x in a] == [value == 1 for value in y],
        },
        graph=E,
        figure=partial(_draw_fit, unit, inputs, y, history.loss, E.data),
        derivations=[
            Derivation(
                "the normal equations",
                [
                    Line(r"E = 1/2 \sum (a - y)^2", r"$a = X \beta$", "E", E.data),
                    Line(r"\partial E/\partial a = a - y", "the factor 1/2 and the power 2 cancel", "a.grad", errors),
                    Line(r"\nabla E = X^T (X \beta - y) = 0", "each weight sums over the samples", "β.grad", gradients),
                    Line(r"X^T X \beta = X^T y", "solved for the unknown", "β", best),
                ],
            )
        ],
        reasons={"descent arrives at it, to 1e-9": partial(_why_not_there, rate, steps, largest)},
        further={"largest rate": 2.0 / largest},
    )


def _why_not_there(rate: float, steps: int, largest: float) -> str:
    """Why descent has not arrived: each step leaves a share of the distance, which must be below 1."""
    if rate * largest >= 2.0:
        return (
            f"the rate {rate:.4g} is not below 2/λ = {2.0 / largest:.4g}, λ being the largest eigenvalue of XᵀX, "
            "so along its eigenvector no step comes nearer"
        )
    return f"{steps} steps with the rate {rate:.4g} are too few"


def rounded(numbers: Iterable[float]) -> list[float]:
    """Numbers rounded to 12 decimal places: what lies beyond is the rounding of a machine's linear algebra."""
    return [round(float(x), 12) + 0.0 for x in numbers]


def _draw_fit(unit: nn.Neuron, inputs: Any, y: Any, losses: list[float], least: float, figure: Any) -> None:
    """The plane cut at 1/2, and the error as it falls to the least one."""
    figure.set_size_inches(8.4, 3.9)
    plane, descent = figure.subplots(1, 2)
    decision_boundary(unit, inputs, y, threshold=0.5, ax=plane)
    first = losses[:40]
    steps = range(len(first))
    series = {"E by descent": (steps, first), "the least E": (steps, [least] * len(first))}
    curves(series, x="step", y="E", log="y", ax=descent)
