"""The lessons of backpropagation against independent routes: complex steps, mpmath, differences, NumPy by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy
import pytest
from hypothesis import assume, given, strategies as st
from matplotlib.figure import Figure
from mpmath import mp

from autograd_lite import Value, leaky_relu, nn, trace
from autograd_lite.data import gate
from autograd_lite.engine import graph, table, transforms
from autograd_lite.lessons import find
from autograd_lite.lessons.networks import equations, graphs, jacobians, relu, tutorial, xor
from autograd_lite.lessons.networks.equations import four_equations
from autograd_lite.lessons.networks.jacobians import Count, composed, counted, random_matrices
from autograd_lite.lessons.notation import name_parameters, stepped
from autograd_lite.lessons.outcome import agree


def sigmoid(z: Any) -> Any:
    """The sigmoid, of complex numbers too."""
    return 1.0 / (1.0 + numpy.exp(-z))


def complex_step(f: Callable[[Any], Any], x: Any) -> Any:
    """The gradient of an analytic function with respect to an array, without rounding: Im f(x + ih)/h."""
    x = numpy.asarray(x, dtype=complex)
    gradient = numpy.empty(x.shape)
    for place in numpy.ndindex(*x.shape):
        moved = x.copy()
        moved[place] += 1e-200j
        gradient[place] = f(moved).imag / 1e-200
    return gradient


def cost(w: dict[int, Any], b: dict[int, Any], x: Any, t: Any) -> Any:
    """C = ½Σ(t − a)² of a sigmoid network."""
    a = numpy.asarray(x)
    for layer in w:
        a = sigmoid(w[layer] @ a + b[layer])
    return 0.5 * ((t - a) ** 2).sum()


@pytest.mark.parametrize("sizes", [(1, 1), (2, 3, 2, 1), (3, 5, 4), (4, 2, 2, 2, 3)])
def test_the_four_equations_are_right(sizes: tuple[int, ...]) -> None:
    """For any depth and width, the equations give the derivatives that complex steps give."""
    rng = numpy.random.default_rng(len(sizes))
    w = {n: rng.normal(size=(m, k)) for n, (k, m) in enumerate(pairwise(sizes), start=1)}
    b = {n: rng.normal(size=m) for n, m in enumerate(sizes[1:], start=1)}
    x, t = rng.normal(size=sizes[0]), rng.uniform(size=sizes[-1])
    *_, delta, slopes = four_equations(w, b, x, t)

    def moved(layer: int, weights: Any, biases: Any) -> Any:
        return cost(w | {layer: weights}, b | {layer: biases}, x, t)

    for n in w:
        assert agree(delta[n], complex_step(partial(moved, n, w[n]), b[n]))
        assert agree(slopes[n], complex_step(partial(moved, n, biases=b[n]), w[n]))


@given(st.tuples(*[st.floats(-4, 4)] * 3), st.floats(0, 1), st.integers(0, 10**6))
def test_errors_of_layers(x: tuple[float, ...], t: float, seed: int) -> None:
    """With other inputs, targets and weights all claims of L18 hold, and its δ are derivatives with respect to the biases."""
    outcome = find("L18")(x1=x[0], x2=x[1], x3=x[2], t=t, seed=seed)
    state = nn.MLP(3, [3, 2, 1], init="xavier", seed=seed).state_dict()
    w, b = ({n: state[f"layers.{n - 1}.{part}"] for n in (1, 2, 3)} for part in ("weight", "bias"))
    outcome.check()

    def moved(layer: int, biases: Any) -> Any:
        return cost(w, b | {layer: biases}, x, t)

    for layer, name in enumerate(("δ¹", "δ²", "δ³"), start=1):
        assert agree(outcome.numbers[name], complex_step(partial(moved, layer), b[layer]))


def rounds_of(eta: float, rounds: int) -> tuple[list[Any], Any]:
    """The tutorial's weights after some rounds, and their error, at 30 digits; by differences."""
    i, t = (mp.mpf("0.05"), mp.mpf("0.10")), (mp.mpf("0.01"), mp.mpf("0.99"))

    def error(*w: Any) -> Any:
        h = [1 / (1 + mp.exp(-w[k] * i[0] - w[k + 1] * i[1] - mp.mpf("0.35"))) for k in (0, 2)]
        o = [1 / (1 + mp.exp(-w[k] * h[0] - w[k + 1] * h[1] - mp.mpf("0.60"))) for k in (4, 6)]
        return ((t[0] - o[0]) ** 2 + (t[1] - o[1]) ** 2) / 2

    w = [mp.mpf(n) / 100 for n in (15, 20, 25, 30, 40, 45, 50, 55)]
    for _ in range(rounds):
        slopes = [mp.diff(error, tuple(w), tuple(int(k == n) for k in range(8))) for n in range(8)]
        w = [x - eta * slope for x, slope in zip(w, slopes, strict=True)]
    return w, error(*w)


@pytest.mark.parametrize(("eta", "rounds"), [(0.5, 1), (1.75, 3), (20.0, 2)])
def test_rounds_of_the_tutorial(eta: float, rounds: int) -> None:
    """Weights and error after some rounds are those of 30-digit arithmetic, whose gradients are differences."""
    with mp.workdps(30):
        w, error = rounds_of(eta, rounds)
    numbers = find("L19")(eta=eta, rounds=rounds).check().numbers
    assert agree([*numbers["w₁…w₄ after"], *numbers["w₅…w₈ after"]], [float(x) for x in w])
    assert agree(numbers["E after"], float(error))


def test_training_leaves_the_graph() -> None:
    """The gradients in the graph of the tutorial are those before training, those of the biases included: sums of δ."""
    root = find("L19")(rounds=20).graph
    assert root is not None
    leaves = {node.label: node.grad for node in trace(root).nodes}
    for layer, unit in ("₁h", "₂o"):
        assert leaves[f"b{layer}"] == leaves[f"net {unit}₁"] + leaves[f"net {unit}₂"]
    assert leaves["w₅"] == find("L19")().numbers["∂E/∂w₅"]


def test_names_of_weights() -> None:
    """In the picture of L18, w²₁₃ leads from a¹₃ to z²₁: its gradient is δ²₁·a¹₃."""
    root = find("L18")().graph
    assert root is not None
    nodes = {node.label: node for node in trace(root).nodes}
    for layer, sizes in (("²", (2, 3)), ("³", (1, 2))):
        below = {"²": "¹", "³": "²"}[layer]
        for j in "₁₂₃"[: sizes[0]]:
            for k in "₁₂₃"[: sizes[1]]:
                assert nodes[f"w{layer}{j}{k}"].grad == nodes[f"z{layer}{j}"].grad * nodes[f"a{below}{k}"].data
            assert nodes[f"b{layer}{j}"].grad == nodes[f"z{layer}{j}"].grad


def test_what_the_tutorial_prints() -> None:
    """E and the weights after one step have the tutorial's nine digits; the error after that step does not."""
    numbers = find("L19")().numbers
    assert f"{numbers['E']:.9f}" == "0.298371109"
    printed = ["0.14978072", "0.19956143", "0.24975114", "0.29950229"]
    assert [f"{w:.8f}" for w in numbers["w₁…w₄ after"]] == printed
    assert [f"{w:.8f}" for w in numbers["w₅…w₈ after"]] == ["0.35891648", "0.40866619", "0.51130127", "0.56137012"]
    assert abs(numbers["E after"] - 0.291027924) > 1e-7


@pytest.mark.parametrize(("samples", "hidden", "seed"), [(1, 1, 3), (7, 5, 1), (30, 8, 2)])
def test_mean_squared_errors(samples: int, hidden: int, seed: int) -> None:
    """L20 holds for other sizes, and the sum over all samples of a weight's uses is what the engine computes."""
    outcome = find("L20")(samples=samples, hidden=hidden, seed=seed).check()
    assert numpy.shape(outcome.numbers["∂J/∂W¹"]) == (hidden, 2)
    *_, mean, engine = outcome.tables[0].rows
    assert len(outcome.tables[0].rows) == samples + 2
    assert mean[-2:] == engine[-2:]


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5))
def test_relus_by_differences(x1: float, x2: float, t: float) -> None:
    """Away from the kinks the gradients of L21 are central differences of J, which is quadratic in each weight."""
    assume(min(abs(x1), abs(x2 - x1)) > 0.1)
    outcome = find("L21")(x1=x1, x2=x2, t=t)
    assert all(holds for claim, holds in outcome.claims.items() if claim not in outcome.reasons)
    numbers = outcome.numbers
    start, step = numpy.array([1.0, 0.0, -1.0, 1.0, 1.0, 2.0]), 0.005

    def j(p: Any) -> Any:
        return (t - p[4:] @ numpy.maximum(0.0, p[:4].reshape(2, 2) @ [x1, x2])) ** 2

    differences = [(j(start + move) - j(start - move)) / (2 * step) for move in step * numpy.eye(6)]
    assert numpy.allclose([*numpy.ravel(numbers["∂J/∂W"]), *numbers["∂J/∂v"]], differences, rtol=1e-9, atol=1e-9)


@given(st.floats(-2, 2), st.floats(-3, 3), st.floats(-3, 3))
def test_shared_weights_by_mpmath(x0: float, w1: float, w2: float) -> None:
    """The gradients of L22 are differences at 40 digits, and what its table lists adds up to that of w₁."""

    def loss(x0: Any, w1: Any, w2: Any) -> Any:
        x1 = mp.tanh(w1 * x0)
        return (w1 * x1 / (1 + mp.exp(-w2 * x1 - x0)) - 1) ** 2 / 2

    outcome = find("L22")(x0=x0, w1=w1, w2=w2).check()
    with mp.workdps(40):
        point = tuple(map(mp.mpf, (x0, w1, w2)))
        exact = [float(mp.diff(loss, point, n)) for n in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
    found = [outcome.numbers[f"dl/d{name}"] for name in ("x₀", "w₁", "w₂")]
    assert numpy.allclose(found, exact, rtol=1e-10, atol=1e-12)
    uses = [float(row[3].replace("−", "-")) for row in outcome.tables[0].rows]
    assert len(uses) == 2
    assert numpy.isclose(sum(uses), found[1], rtol=1e-6, atol=1e-7)


SIZES = st.lists(st.integers(1, 5), min_size=2, max_size=4)


@given(SIZES, st.integers(0, 100))
def test_edges_are_what_the_engine_multiplies(sizes: list[int], seed: int) -> None:
    """The edges counted are those over which the engine's own sweeps multiply, and follow a closed form in reverse."""
    xs = [Value(0.1) for _ in range(sizes[0])]
    ys = composed(random_matrices(sizes, seed), xs)
    calls: list[float] = []

    def counting(upstream: float, local: float) -> float:
        calls.append(local)
        return upstream * local

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph, "product", counting)
        for x in xs:
            graph.forward_sweep({x: 1.0}, ys)
        forward = len(calls)
        for y in ys:
            graph.reverse_sweep({y: 1.0}, xs)
    assert counted(tuple(sizes), seed).edges == (forward, len(calls) - forward)
    unit = [3 * n - 1 for n in sizes]  # edges of tanh and a dot product of n
    before = sum(m * each for m, each in zip(sizes[1:-1], unit, strict=False))
    assert len(calls) - forward == sizes[-1] * (unit[-2] + before)


@given(SIZES)
def test_products_of_matrices(sizes: list[int]) -> None:
    """The multiplications stated are those of multiplying matrices, from the inputs and from the outputs."""
    shapes = [(m, n) for n, m in pairwise(sizes)]
    totals = []
    for order in (shapes, [(n, m) for m, n in reversed(shapes)]):  # transposed from the other side
        rows, columns = order[0]
        total = 0
        for m, n in order[1:]:
            assert n == rows
            total, rows = total + m * n * columns, m
        totals.append(total)
    assert counted(tuple(sizes), 0).products == tuple(totals)


def test_neither_mode_is_always_better() -> None:
    """A row says which mode is cheaper, or that both cost the same."""
    assert [Count([2, 3], (1, 1), edges).row[-1] for edges in ((1, 2), (2, 1), (2, 2))] == [
        "forward",
        "reverse",
        "equal",
    ]


def xor_in_numpy(hidden: int, activation: str, seed: int) -> list[float]:
    """The cost before each epoch of gradient descent on XOR with η = 2, and after the last: at most 5,000 epochs."""
    functions: dict[str, tuple[Any, Any]] = {
        "sigmoid": (sigmoid, lambda h: h * (1 - h)),
        "tanh": (numpy.tanh, lambda h: 1 - h * h),
        "relu": (lambda z: numpy.maximum(z, 0.0), lambda h: 1.0 * (h > 0.0)),
    }
    f, slope = functions[activation]
    w, b, v, c = nn.MLP(2, [hidden, 1], seed=seed).state_dict().values()
    x, t = numpy.array([[0, 0], [0, 1], [1, 0], [1, 1]]), numpy.array([[0], [1], [1], [0]])
    costs: list[float] = []
    while len(costs) <= 5000:
        h = f(x @ w.T + b)
        y = sigmoid(h @ v.T + c)
        costs.append(float(0.5 * ((t - y) ** 2).sum()))
        if costs[-1] < 0.005:
            break
        output = (y - t) * y * (1 - y)
        inner = output @ v * slope(h)
        v, c = v - 2.0 * output.T @ h, c - 2.0 * output.sum(axis=0)
        w, b = w - 2.0 * inner.T @ x, b - 2.0 * inner.sum(axis=0)
    return costs


@pytest.mark.parametrize(("hidden", "activation", "seed"), [(2, "sigmoid", 0), (3, "tanh", 4), (8, "relu", 0)])
def test_xor_is_learnt_as_in_numpy(hidden: int, activation: str, seed: int) -> None:
    """Gradient descent written in NumPy, from the same weights, needs the same epochs and ends at the same cost."""
    costs = xor_in_numpy(hidden, activation, seed)
    numbers = find("L24")(hidden=hidden, activation=activation, seed=seed).check().numbers
    assert len(costs) - 1 == numbers["epochs"]
    assert numpy.isclose(costs[-1], numbers["C at last"], atol=1e-6)


@pytest.mark.parametrize(
    ("hidden", "words", "count"),
    [(2, "of the seeds 0 to 3 only one does", 1), (8, "three of these four seeds succeed", 3)],
)
def test_how_many_seeds_learn_xor_with_relus(hidden: int, words: str, count: int) -> None:
    """What the words of the lesson, or of its exercises, say about the seeds 0 to 3 is so in NumPy."""
    told = [find("L24").statement, *(part.solution for part in find("L24").asked.exercises)]
    assert any(words in " ".join(text.split()) for text in told)
    assert sum(xor_in_numpy(hidden, "relu", seed)[-1] < 0.005 for seed in range(4)) == count


def without_slope(*arguments: Any) -> Any:
    """The four equations, with σ′ forgotten at the output."""
    z, a, delta, slopes = four_equations(*arguments)
    [y] = a[3]
    return z, a, {n: [error / (y * (1 - y)) for error in errors] for n, errors in delta.items()}, slopes


def moved(jacobian: Any) -> Any:
    """Every entry of a Jacobian, or of several, one too large."""
    return jacobian + 1.0 if isinstance(jacobian, float) else [*map(moved, jacobian)]


def moved_jacobian(f: Any, **options: Any) -> Any:
    """Jacobians with every entry one too large."""
    return lambda *xs: moved(transforms.jacobian(f, **options)(*xs))


WRONG: list[tuple[str, dict[str, Any], Any, str, Any, str]] = [
    ("L18", {}, equations, "four_equations", without_slope, "gradient of the nodes z"),
    ("L18", {}, equations, "four_equations", without_slope, "gradient of the weights"),
    ("L18", {}, equations, "stepped", lambda ps, eta: stepped(ps, 2 * eta), "a step of SGD"),
    ("L19", {}, tutorial, "half_sum", partial(nn.losses.mse, reduction="sum"), "∂E/∂w₅"),
    ("L19", {}, tutorial, "half_sum", partial(nn.losses.mse, reduction="sum"), "∂E/∂h₁ ="),
    ("L19", {}, tutorial, "half_sum", partial(nn.losses.mse, reduction="sum"), "∂E/∂w₁"),
    ("L20", {}, nn.losses, "mse", lambda y, t, **_: nn.losses.mae(y, t), "∂J/∂W² ="),
    ("L20", {}, nn.losses, "mse", lambda y, t, **_: nn.losses.mae(y, t), "∂J/∂W¹ ="),
    ("L21", {"x1": -1.0}, relu, "relu", leaky_relu, "∂J/∂v"),
    ("L21", {}, relu, "relu", leaky_relu, "∂J/∂W"),
    ("L22", {}, graphs, "jacobian", moved_jacobian, "dl/dx₁ is the sum"),
    ("L22", {}, graphs, "jacobian", moved_jacobian, "dl/dw₁ likewise"),
    ("L22", {}, graphs, "jacobian", moved_jacobian, "a skip"),
    ("L22", {}, graphs, "jacobian", moved_jacobian, "with vectors"),
    ("L22", {}, graphs, "phi2", lambda _, x1, w2: table.sigmoid(w2 * x1), "formulas with"),
    ("L23", {}, jacobians, "jacobian", lambda f: lambda x: numpy.ones((len(f(x)), len(x))), "product of the Jacobians"),
    ("L23", {}, jacobians, "tanh", table.sigmoid, "diag"),
    ("L23", {}, jacobians, "jvp", lambda f, x, _: (f(*x), f(*x)), "its columns"),
    ("L23", {}, jacobians, "vjp", lambda f, x: (f(x), lambda _: (x,)), "its rows"),
    ("L23", {}, jacobians, "counted", lambda sizes, _: Count(sizes, (1, 1), (1, 1)), "forward mode is better"),
    ("L23", {}, jacobians, "counted", lambda sizes, _: Count(sizes, (1, 1), (1, 1)), "reverse mode is better"),
    ("L24", {"eta": 0.001}, xor, "gate", gate, "right side"),
    ("L24", {"activation": "relu"}, xor, "gate", gate, "misses its target"),
]


@pytest.mark.parametrize(("name", "given", "module", "part", "other", "claim"), WRONG)
def test_claims_can_fail(
    name: str,
    given: dict[str, Any],
    module: Any,
    part: str,
    other: Any,
    claim: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a wrong formula in place of a right one, or initial weights that lead nowhere, a claim does not hold."""
    monkeypatch.setattr(module, part, other)
    claims = find(name)(**given).claims
    [found] = [holds for sentence, holds in claims.items() if claim in sentence]
    assert not found


def test_a_step_leaves_the_parameters() -> None:
    """`stepped` gives w − ηg and changes nothing, so a graph keeps its numbers."""
    w = Value(2.0)
    y = w * w
    y.backward()
    assert stepped([w], 0.25) == [1.0]
    assert (w.data, w.grad) == (2.0, 4.0)


def test_agreement_is_to_twelve_digits() -> None:
    """Numbers agree up to 1e-12 of the largest; other shapes and nan do not."""
    assert agree([1e-13, 1.0], [0.0, 1.0])
    assert not agree([2e-12, 1.0], [0.0, 1.0])
    assert not agree([1.0], [1.0, 1.0])
    assert not agree(float("nan"), 1.0)
    assert agree([0.0], [0.0])
    assert not agree([1e-300], [0.0])


@pytest.mark.parametrize("size", [1e-200, 1e-3, 1.0, 1e9])
def test_agreement_is_relative(size: float) -> None:
    """A relative error of 5e-10, or of 2e-12, is caught for numbers of any size; one of 5e-13 is not."""
    assert agree([size, 0.0], [size * (1.0 + 5e-13), 0.0])
    assert not agree([size, 0.0], [size * (1.0 + 2e-12), 0.0])
    assert not agree(size, size * (1.0 + 5e-10))
    assert agree(size, size * (1.0 + 5e-10), 1e-9)


def test_what_cancels_agrees_to_its_scale() -> None:
    """With a scale, errors are relative to it or to the largest number, whichever is larger."""
    assert agree(5e-13, 0.0, scale=1.0)
    assert not agree(2e-12, 0.0, scale=1.0)
    assert agree(1e3 + 5e-10, 1e3, scale=1.0)
    assert not agree(1e3 + 2e-9, 1e3, scale=1.0)


@pytest.mark.parametrize("name", ["L20", "L21", "L24"])
def test_no_name_stands_for_two_nodes(name: str) -> None:
    """In the graphs of L20 and L24 each parameter has its own name; in that of L21, every node that is not a number."""
    root = find(name)().graph
    assert root is not None
    nodes = [node for node in trace(root).nodes if name == "L21" or node.op is None]
    assert len({node.label for node in nodes}) == len(nodes)
    assert all(node.label for node in nodes)


def test_names_beyond_nine() -> None:
    """The numbers of units and inputs may have several digits."""
    model = nn.MLP(12, [11, 1])
    name_parameters(model)
    assert [model.layers[0].neurons[10].w[11].label, model.layers[1].neurons[0].b.label] == ["w¹₁₁₁₂", "b²₁"]


@pytest.mark.parametrize(
    ("name", "given", "axes"), [("L19", {}, 1), ("L19", {"rounds": 50}, 1), ("L23", {}, 1), ("L24", {}, 2)]
)
def test_figures_name_their_axes(name: str, given: dict[str, Any], axes: int) -> None:
    """Every plot of these lessons has labels on both axes."""
    figure = Figure()
    find(name)(**given).plot(figure)
    assert len(figure.axes) == axes
    assert all(ax.get_xlabel() and ax.get_ylabel() for ax in figure.axes)
