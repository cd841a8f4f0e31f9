"""What a hidden layer makes of its inputs: features that separate XOR, and any Boolean function."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from random import Random
from typing import Annotated, Any, Literal
from warnings import catch_warnings, simplefilter

from autograd_lite import nn
from autograd_lite.data import gate as truth_table, interactions
from autograd_lite.engine.value import Value, plain
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.gates import parity
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import name_parameters, name_weights
from autograd_lite.lessons.outcome import Expected, Outcome, written
from autograd_lite.plots import INK, decision_boundary
from autograd_lite.views.columns import Columns

XOR = (0, 1, 1, 0)


class Products(nn.Module):
    """φ as a layer without parameters: the inputs, and their products."""

    def forward(self, x: Sequence[Any]) -> list[Any]:
        """φ(x₁, x₂) = (x₁, x₂, x₁x₂)."""
        return interactions(x)


@lesson(
    "L11",
    "A perceptron on φ(x) = (x₁, x₂, x₁x₂)",
    "B",
    r"""
    A perceptron with the weights $w_1$, $w_2$, $w_3$ and the bias $b$ sees $\varphi(x) = (x_1, x_2, x_1 x_2)$. Give its
    weighted sums $z$ for the cases 00, 01, 10, 11, and its outputs: 1 where $z \ge 0$. Its border in the plane of the
    inputs is a hyperbola, $(x_1 + w_2/w_3)(x_2 + w_1/w_3) = c$ (for $c = 0$ two lines); where is its centre
    $(x_1, x_2)$?
    """,
)
def hyperbola(
    w1: Annotated[float, Limits("the weight of x₁", -100, 100)] = 2.0,
    w2: Annotated[float, Limits("the weight of x₂", -100, 100)] = 2.0,
    w3: Annotated[float, Limits("the weight of x₁x₂", -100, -0.01)] = -5.0,
    b: Annotated[float, Limits("the bias", -100, 100)] = -1.0,
) -> Outcome:
    """The sums and the outputs of a perceptron on φ, as asked on paper."""
    X, _ = truth_table("xor")  # noqa: N806 - X is a matrix
    unit = nn.Perceptron(3)
    unit.load_state_dict({"w": [w1, w2, w3], "b": b})
    features_of = [interactions(x) for x in X]
    return Outcome(
        {
            "z": nn.evaluate(unit.linear(), features_of),
            "outputs": nn.evaluate(unit, features_of),
            "centre": (-w2 / w3, -w1 / w3),
        }
    )


@lesson(
    "L11",
    "XOR made separable by φ(x) = (x₁, x₂, x₁x₂)",
    "B",
    r"""
    No line separates the cases of XOR, so no perceptron on $(x_1, x_2)$ can be right. One more feature is enough:
    with $\varphi(x) = (x_1, x_2, x_1 x_2)$ the perceptron finds weights in twelve epochs. In the space of features
    the border is a plane, $w_1 x_1 + w_2 x_2 + w_3 x_1 x_2 + b = 0$; in the plane of the inputs it is a hyperbola.
    """,
    # Whole numbers, because the rule adds and subtracts samples; the tests count them with their own loop.
    Expected({"outputs": (0, 1, 1, 0), "w": (2, 2, -5), "b": -1, "changes": (4, 4, 4, 4, 3, 1, 2, 3, 1, 2, 1, 0)}),
    Expected({"outputs": (1, 0, 0, 1), "w": (-2, -2, 5), "b": 1}, gate="XNOR"),
    quiz=Quiz(
        ("z", "outputs", "centre"),
        {"w1": (1, 4, 1), "w2": (1, 4, 1), "w3": (-10, -4, 1), "b": (-3.5, -0.5, 1)},
        hyperbola,
    ),
)
def features(
    gate: Annotated[Literal["XOR", "XNOR"], Limits("the gate")] = "XOR",
    epochs: Annotated[int, Limits("the largest number of epochs", 20, 1_000)] = 50,
    case: Annotated[int, Limits("the case that the graph shows: 0, 1, 2, 3 for 00, 01, 10, 11", 0, 3)] = 3,
) -> Outcome:
    """Let the perceptron learn XOR on the inputs, and on the inputs and their product."""
    X, y = truth_table(gate.lower())  # noqa: N806 - X is a matrix
    alone, unit = nn.Perceptron(2), nn.Perceptron(3)
    with catch_warnings():
        simplefilter("ignore")  # that it does not converge is the point
        without = alone.fit(X, y, epochs=epochs)
    changes = unit.fit([interactions(x) for x in X], y, epochs=epochs)
    model, z = nn.Sequential(Products(), unit), nn.Sequential(Products(), unit.linear())
    outputs, sums = nn.evaluate(model, X), nn.evaluate(z, X)
    name_weights(unit)
    graph = model(named_inputs(X[case]))
    graph.label, graph.operands[0].label = "a", "z"
    graph.backward()
    (w1, w2, w3), b = (w.data for w in unit.w), plain(unit.b)
    rows = [
        [*(f"{v:g}" for v in interactions(x)), written(s), written(a)] for x, s, a in zip(X, sums, outputs, strict=True)
    ]
    return Outcome(
        {"outputs": outputs, "w": (w1, w2, w3), "b": b, "changes": [*changes]},
        {
            "on φ(x) the perceptron converges": changes.converged,
            "all four cases are right": outputs == y,
            # (1, 1, −2) with b = −1/2 is ±1/2 on the four cases, so γ = 0.5/2.5 and R = 2: (R/γ)² = 100.
            "it changes its weights at most (R/γ)² = 100 times": sum(changes) <= 100,
            f"on (x₁, x₂) alone each of {epochs} epochs has a change": min(without) > 0,
            "the border is the hyperbola (x₁ + w₂/w₃)(x₂ + w₁/w₃) = w₁w₂/w₃² − b/w₃": w3 != 0.0
            and all(
                abs(z([x, (w1 * w2 / w3**2 - b / w3) / (x + w2 / w3) - w1 / w3]).data) < 1e-12 for x in (-3.0, 0.0, 2.0)
            ),
        },
        graph,
        [Columns(f"{gate} on φ", ["x₁", "x₂", "x₁x₂", " w·φ + b", "a"], rows)],
        partial(_draw_border, z, X, y),
        further={
            "w with signs": lambda: _with_signs(y)[0],
            "changes with signs": lambda: _with_signs(y)[1],
        },
    )


def _with_signs(y: Sequence[int]) -> tuple[list[float], list[int]]:
    """The weights that the perceptron learns on φ if inputs are −1 and 1, and its changes."""
    unit = nn.Perceptron(3)
    changes = unit.fit([interactions(x) for x in patterns_of(2)], y)
    return [w.data for w in unit.w], [*changes]


def _draw_border(z: nn.Module, X: Sequence[Sequence[float]], y: Sequence[int], figure: Any) -> None:  # noqa: N803
    """The border in the plane of the inputs."""
    decision_boundary(z, X, y, ax=figure.subplots(), classes=["0", "1"])


@lesson(
    "L12",
    "Any Boolean function with one hidden layer",
    "B",
    r"""
    Inputs are $\pm 1$. For each pattern $p$ a hidden perceptron has the weights $p$ and the bias $-n$. Its weighted sum
    $p \cdot x - n$ is $0$ for $x = p$ and $-2$ or less otherwise, so it fires for exactly one pattern. The output unit
    fires if a pattern's unit does for which the function is 1: $2^n$ hidden units compute any function of $n$ inputs.
    Units for the rarer value alone are enough, $2^{n-1}$ at most: two for XOR, and two at most for any function of two
    inputs. Parity (is the number of ones odd?) needs all of these if units detect, and the output fires when one does:
    in its Karnaugh map no two ones are neighbours, so no detector can serve two of them. A deep network of XORs, three
    units each, takes $3(n - 1)$. Other threshold units need not be so many: $n$ that count the ones compute parity,
    and any function of the number of ones, in one hidden layer.
    """,
    # By hand: p·x − n counts −2 for each input that differs.
    Expected(
        {
            "functions right with 4 hidden units": 16,
            "functions right with 2 hidden units at most": 16,
            "XOR with 4 hidden units": (0, 1, 1, 0),
            "XOR with 2 hidden units": (0, 1, 1, 0),
            "z of the unit of (−1, 1)": (-2, 0, -4, -2),
        }
    ),
    quiz=parity.QUIZ,
)
def boolean(
    n: Annotated[int, Limits("the number of inputs of a random function", 1, 6)] = 4,
    seed: Annotated[int, Limits("the seed of the random function", 0, 1_000_000_000)] = 0,
    case: Annotated[int, Limits("the case that the graph of XOR shows: 0, 1, 2, 3 for −−, −+, +−, ++", 0, 3)] = 1,
    most: Annotated[int, Limits("the most inputs of which parity is computed", 2, parity.MOST)] = 5,
) -> Outcome:
    """Write down the weights of networks for all functions of two inputs, and for a random one of n."""
    pairs, functions = patterns_of(2), list(product((0, 1), repeat=4))
    right = {
        units: sum(nn.evaluate(nn.boolean_network(f, fewer=units == 2), pairs) == [*f] for f in functions)
        for units in (4, 2)
    }
    full, small = (nn.boolean_network(XOR, fewer=fewer) for fewer in (False, True))
    name_parameters(small)
    h = small.layers[0](named_inputs(pairs[case]))
    graph = small.layers[1](h)
    h[0].label, h[1].label, graph.label = "h₁", "h₂", "a"
    graph.backward()
    rng, patterns = Random(seed), patterns_of(n)
    table = [rng.randint(0, 1) for _ in patterns]
    large, half = (nn.boolean_network(table, fewer=fewer) for fewer in (False, True))
    firing = nn.evaluate(large.layers[0], patterns)
    sums = [nn.evaluate(unit.linear(), patterns) for unit in large.layers[0].neurons]
    hidden = [nn.evaluate(network.layers[0], pairs) for network in (full, small)]
    rows = [
        [f"({x:+g}, {y:+g})".replace("-", "−"), *(written(h[i]) for h in hidden), str(XOR[i])]
        for i, (x, y) in enumerate(pairs)
    ]
    parities, ways = [parity.networks(inputs) for inputs in range(2, most + 1)], parity.ways_to_xor()
    return Outcome(
        {
            "functions right with 4 hidden units": right[4],
            "functions right with 2 hidden units at most": right[2],
            "XOR with 4 hidden units": nn.evaluate(full, pairs),
            "XOR with 2 hidden units": nn.evaluate(small, pairs),
            "z of the unit of (−1, 1)": nn.evaluate(full.layers[0].neurons[1].linear(), pairs),
        },
        {
            f"each of {2**n} hidden units fires for one pattern of {n} inputs alone": all(
                h[unit] == (x == p) for x, h in zip(patterns, firing, strict=True) for unit, p in enumerate(patterns)
            ),
            "p·x − n is −2 times the number of inputs that differ": sums
            == [[-2.0 * sum(a != b for a, b in zip(p, x, strict=True)) for x in patterns] for p in patterns],
            f"a random function of {n} inputs is right for all {2**n} patterns": nn.evaluate(large, patterns) == table,
            f"and so it is with at most {2 ** (n - 1)} hidden units": nn.evaluate(half, patterns) == table
            and half.layers[0].nout <= 2 ** (n - 1),
            "XOR: each of the ways is right for all four inputs": all(
                [plain(way.output(p, q)) for p, q in product((0.0, 1.0), repeat=2)] == [*XOR] for way in ways
            ),
            f"parity of 2 to {most} inputs: every network is right for all inputs": all(
                found.right for found in parities
            ),
            "no two ones of parity are neighbours in the Karnaugh map": not any(found.neighbours for found in parities),
            "parity takes 2ᴺ⁻¹ detectors in one layer, 3(N − 1) units in a deep network": all(
                found[2:5] == (2 ** (found.inputs - 1), *[3 * (found.inputs - 1)] * 2) for found in parities
            ),
        },
        graph,
        [
            Columns("XOR: what the hidden units do", ["x", "4 hidden units", "2 hidden units", " output"], rows),
            parity.xor_table(ways),
            parity.parity_table(parities),
        ],
        partial(_draw_planes, small, pairs),
        further={
            "detectors for 8 inputs": lambda: parity.networks(8).flat,
            "units of a chain for 8 inputs": lambda: parity.networks(8).chain,
            "biases of the counting units": [3.0 - 2.0 * k for k in (1, 2, 3)],  # of inputs ±1
        },
    )


def patterns_of(n: int) -> list[list[float]]:
    """All 2ⁿ inputs of −1 and 1, in the order of counting."""
    return [list(p) for p in product((-1.0, 1.0), repeat=n)]


def named_inputs(x: Sequence[float]) -> list[Value]:
    """Two inputs with their names."""
    return [Value(xi, label) for xi, label in zip(x, ("x₁", "x₂"), strict=True)]


def _draw_planes(model: nn.Sequential, pairs: Sequence[Sequence[float]], figure: Any) -> None:
    """The inputs, with the corners that the hidden units cut off; the hidden outputs; the Karnaugh map of parity."""
    figure.set_size_inches(11.4, 4.0)
    left, right, karnaugh = figure.subplots(1, 3)
    decision_boundary(model, pairs, XOR, ax=left, threshold=0.5, resolution=160, classes=["0", "1"])
    for text, x in (("h₁ = 1", -1.22), ("h₂ = 1", 0.95)):
        left.text(x, -1.22 if x > 0 else 1.22, text, color=INK, va="center")
    hidden, output = nn.evaluate(model.layers[0], pairs), model.layers[1].linear()
    decision_boundary(output, hidden, XOR, ax=right, names=("h₁", "h₂"), classes=["0", "1"])
    parity.draw_karnaugh(4, karnaugh)
