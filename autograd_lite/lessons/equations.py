"""The equations of backpropagation, written out in plain lists beside the engine, which knows none of them."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from random import Random
from statistics import fmean
from typing import Annotated, Any

from autograd_lite import nn
from autograd_lite.engine.table import sigmoid
from autograd_lite.engine.value import Value
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import UPPER, Rate, Seed, half_sum, inner, name_parameters, stepped
from autograd_lite.lessons.outcome import Outcome, agree, written
from autograd_lite.views.columns import Columns
from autograd_lite.views.steps.tracer import trace


def four_equations(w: Mapping[int, Any], b: Mapping[int, Any], x: Any, t: Any) -> tuple[Any, ...]:
    """The z, a, δ and ∂C/∂W of a sigmoid network with C = 1/2 Σ(t − y)², in lists, layer by layer from 1 to L."""
    last = len(w)
    z: dict[int, list[float]] = {}
    a: dict[int, list[float]] = {0: [*x]}
    for n in range(1, last + 1):
        z[n] = [inner(row, a[n - 1]) + bias for row, bias in zip(w[n], b[n], strict=True)]
        a[n] = [sigma(zj) for zj in z[n]]
    slope = {n: [aj * (1.0 - aj) for aj in a[n]] for n in z}  # σ′(z)
    delta = {last: [(aj - tj) * s for aj, tj, s in zip(a[last], t, slope[last], strict=True)]}
    for n in range(last - 1, 0, -1):
        columns = zip(*w[n + 1], strict=True)  # the rows of Wᵀ
        delta[n] = [inner(column, delta[n + 1]) * s for column, s in zip(columns, slope[n], strict=True)]
    return z, a, delta, {n: [[d * ak for ak in a[n - 1]] for d in delta[n]] for n in z}


def matrices(layer: nn.Layer) -> tuple[list[list[float]], list[float]]:
    """The weights of a layer, a row for each neuron, and its biases."""
    return [[w.data for w in unit.w] for unit in layer.neurons], [unit.b.data for unit in layer.neurons]


def sigma(z: float) -> float:
    """The sigmoid, by its formula."""
    return 1.0 / (1.0 + exp(-z))


@lesson(
    "L18",
    "The four equations of backpropagation",
    "A, B, C, D",
    r"""
    A 2-3-2-1 network of sigmoids, $z^l = W^l a^{l-1} + b^l$ and $a^l = \sigma(z^l)$, with $C = 1/2 \sum (t - y)^2$.
    The error of a layer is $\delta^l = \partial C/\partial z^l$. At the output it is
    $\delta^L = \partial C/\partial a^L \odot \sigma'(z^L)$, one layer further back
    $\delta^l = (W^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)$, and all gradients come from it:
    $\partial C/\partial W^l = \delta^l (a^{l-1})^T$ and $\partial C/\partial b^l = \delta^l$.
    The engine knows none of these equations, and finds the same numbers: $\delta$ is the gradient of the node $z$.
    """,
)
def equations(
    x1: Annotated[float, Limits("the first input", -4, 4)] = 0.5,
    x2: Annotated[float, Limits("the second input", -4, 4)] = -1.0,
    t: Annotated[float, Limits("the target", 0, 1)] = 1.0,
    eta: Rate = 0.5,
    seed: Seed = 0,
) -> Outcome:
    """Compare the engine with the four equations, and a step of SGD with w ← w − ηδa."""
    model = nn.MLP(2, [3, 2, 1], "sigmoid", "sigmoid", init="xavier", seed=seed)
    name_parameters(model)
    cost = half_sum(model([Value(x1, label="x₁"), Value(x2, label="x₂")]), t)
    cost.label = "C"
    cost.backward()
    a = [node for node in trace(cost).nodes if node.op is sigmoid]  # neuron by neuron, layer by layer
    z = [node.operands[0] for node in a]  # for a = σ(z)
    errors = {n: [node.grad for node in part] for n, part in enumerate((z[:3], z[3:5], z[5:]), start=1)}

    w, b = ({n: matrices(layer)[part] for n, layer in enumerate(model.layers, start=1)} for part in (0, 1))
    sums, outputs, delta, slopes = four_equations(w, b, [x1, x2], [t])
    gradient = [g for n in w for row, d in zip(slopes[n], delta[n], strict=True) for g in (*row, d)]

    rows, names = [], ("¹₁", "¹₂", "¹₃", "²₁", "²₂", "³₁")
    by_hand = ([x for n in w for x in part[n]] for part in (sums, outputs, delta))
    for unit, node, name, *numbers in zip(a, z, names, *by_hand, strict=True):
        unit.label, node.label = f"a{name}", f"z{name}"
        rows.append(["/".join(node.scope[1:]), node.label, *(written(x, 6) for x in (*numbers, node.grad))])
    slopes_found, step = [p.grad for p in model.parameters()], stepped(model.parameters(), eta)
    return Outcome(
        {"C": cost.data} | {f"δ{UPPER[n]}": errors[n] for n in w},
        {
            "δ, found by hand, is the gradient of the nodes z": all(agree(errors[n], delta[n]) for n in w),
            "δaᵀ, found by hand, is the gradient of the weights, and δ that of the biases": agree(
                slopes_found, gradient
            ),
            "a step of SGD is w ← w − ηδa and b ← b − ηδ": agree(
                step, [p.data - eta * g for p, g in zip(model.parameters(), gradient, strict=True)]
            ),
        },
        cost,
        [
            Columns(
                "the notes' equations, and the engine on the right",
                ["neuron", "node", " z", " a", " δ", " z.grad"],
                rows,
            )
        ],
    )


@lesson(
    "L20",
    "The mean squared error of a network",
    "E",
    r"""
    A hidden layer and one output, all sigmoids: $h_j = \sigma(\sum_k w^1_{jk} x_k + b^1_j)$ and
    $z = \sigma(\sum_j w^2_{1j} h_j + b^2_1)$. Over $N$ samples $J = 1/(2N) \sum (t - z)^2$, so
    $\partial J/\partial w^2_{1j} = -1/N \sum (t - z) \sigma' h_j$, and one layer further back
    $\partial J/\partial w^1_{jk} = -1/N \sum (t - z) \sigma' w^2_{1j} \sigma' x_k$, each $\sigma'$ of its own unit.
    The samples share the weights, so the gradient is a sum over samples: each is a use of the weight in the graph.
    """,
)
def mean_square(
    samples: Annotated[int, Limits("the number N of samples", 1, 30)] = 3,
    hidden: Annotated[int, Limits("the number of hidden units", 1, 8)] = 2,
    seed: Seed = 0,
) -> Outcome:
    """Compare the gradients of the mean squared error with the formulas, sample by sample."""
    rng = Random(seed)
    x = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(samples)]
    t = [rng.random() for _ in range(samples)]
    model = nn.MLP(2, [hidden, 1], "sigmoid", "sigmoid", init="xavier", seed=rng)
    name_parameters(model)
    outputs = [model(sample) for sample in x]
    mean = nn.losses.mse(outputs, t, half=True)
    mean.label = "J"
    mean.backward()
    first, second = model.layers
    dv = [v.grad for v in second.neurons[0].w]
    dw = [[w.grad for w in neuron.w] for neuron in first.neurons]

    (w, b), ([v], [c]) = matrices(first), matrices(second)
    rows, slopes_v, slopes_w = [], [], []  # one of each for each sample
    for n, (sample, target) in enumerate(zip(x, t, strict=True), start=1):
        h = [sigma(inner(row, sample) + bias) for row, bias in zip(w, b, strict=True)]
        z = sigma(inner(v, h) + c)
        delta = -(target - z) * z * (1 - z)
        slopes_v.append([delta * hj for hj in h])
        slopes_w.append([[delta * vj * hj * (1 - hj) * xk for xk in sample] for vj, hj in zip(v, h, strict=True)])
        contributed = slopes_v[-1][0], slopes_w[-1][0][0]
        rows.append([str(n), *(written(number, 6) for number in (target, z, delta, *contributed))])
    mean_v = [*map(fmean, zip(*slopes_v, strict=True))]
    mean_w = [[*map(fmean, zip(*unit, strict=True))] for unit in zip(*slopes_w, strict=True)]
    rows.append(["mean", "", "", "", written(mean_v[0], 6), written(mean_w[0][0], 6)])
    rows.append(["engine", "", "", "", written(dv[0], 6), written(dw[0][0], 6)])
    return Outcome(
        {"J": mean.data, "∂J/∂W²": dv, "∂J/∂W¹": dw},
        {
            "∂J/∂W² = −1/N Σ(t − z)·σ′·h": agree(dv, mean_v),
            "∂J/∂W¹ = −1/N Σ(t − z)·σ′·w²·σ′·x": agree(dw, mean_w),
        },
        mean,
        [Columns("what each sample contributes", ["sample", " t", " z", " −(t − z)σ′", " ∂/∂w²₁₁", " ∂/∂w¹₁₁"], rows)],
    )
