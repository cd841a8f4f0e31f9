"""The equations of backpropagation, written out in NumPy beside the engine, which knows none of them."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Annotated, Any

from autograd_lite import nn
from autograd_lite.engine.table import sigmoid
from autograd_lite.engine.value import Value
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import UPPER, Rate, Seed, half_sum, name_parameters, stepped
from autograd_lite.lessons.outcome import Outcome, agree, written
from autograd_lite.views.columns import Columns
from autograd_lite.views.steps.tracer import trace


def four_equations(w: Mapping[int, Any], b: Mapping[int, Any], x: Any, t: Any) -> tuple[Any, ...]:
    """The z, a, δ and ∂C/∂W of a sigmoid network with C = 1/2 Σ(t − y)², in NumPy, layer by layer from 1 to L."""
    import numpy

    last = len(w)
    z, a = {}, {0: numpy.array(x)}
    for layer in range(1, last + 1):
        z[layer] = w[layer] @ a[layer - 1] + b[layer]
        a[layer] = 1.0 / (1.0 + numpy.exp(-z[layer]))
    slope = {layer: a[layer] * (1.0 - a[layer]) for layer in z}  # σ′(z)
    delta = {last: (a[last] - t) * slope[last]}
    for layer in range(last - 1, 0, -1):
        delta[layer] = w[layer + 1].T @ delta[layer + 1] * slope[layer]
    return z, a, delta, {layer: numpy.outer(delta[layer], a[layer - 1]) for layer in z}


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
    import numpy

    model = nn.MLP(2, [3, 2, 1], "sigmoid", "sigmoid", init="xavier", seed=seed)
    name_parameters(model)
    cost = half_sum(model([Value(x1, label="x₁"), Value(x2, label="x₂")]), t)
    cost.label = "C"
    cost.backward()
    a = [node for node in trace(cost).nodes if node.op is sigmoid]  # neuron by neuron, layer by layer
    z = [node.operands[0] for node in a]  # for a = σ(z)
    errors = {n: [node.grad for node in part] for n, part in enumerate((z[:3], z[3:5], z[5:]), start=1)}

    state = model.state_dict()
    w, b = ({n: state[f"layers.{n - 1}.{part}"] for n in (1, 2, 3)} for part in ("weight", "bias"))
    sums, outputs, delta, slopes = four_equations(w, b, [x1, x2], t)
    gradient = numpy.concatenate([numpy.column_stack([slopes[n], delta[n]]).ravel() for n in w])
    start = numpy.array([p.data for p in model.parameters()])

    rows, names = [], ("¹₁", "¹₂", "¹₃", "²₁", "²₂", "³₁")
    by_hand = (numpy.concatenate([part[n] for n in w]) for part in (sums, outputs, delta))
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
            "a step of SGD is w ← w − ηδa and b ← b − ηδ": agree(step, start - eta * gradient),
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
    import numpy

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

    w, b, v, c = (array for layer in (first, second) for array in layer.state_dict().values())
    h = 1 / (1 + numpy.exp(-(numpy.array(x) @ w.T + b)))
    z = 1 / (1 + numpy.exp(-(h @ v[0] + c)))
    delta = -(numpy.array(t) - z) * z * (1 - z)  # one for each sample
    slopes_v = delta[:, None] * h
    slopes_w = (delta[:, None] * v * h * (1 - h))[:, :, None] * numpy.array(x)[:, None, :]
    columns = zip(t, z, delta, slopes_v[:, 0], slopes_w[:, 0, 0], strict=True)
    rows = [[str(n), *(written(number, 6) for number in sample)] for n, sample in enumerate(columns, start=1)]
    rows.append(["mean", "", "", "", *(written(part.mean(axis=0).flat[0], 6) for part in (slopes_v, slopes_w))])
    rows.append(["engine", "", "", "", written(dv[0], 6), written(dw[0][0], 6)])
    return Outcome(
        {"J": mean.data, "∂J/∂W²": dv, "∂J/∂W¹": dw},
        {
            "∂J/∂W² = −1/N Σ(t − z)·σ′·h": agree(dv, slopes_v.mean(axis=0)),
            "∂J/∂W¹ = −1/N Σ(t − z)·σ′·w²·σ′·x": agree(dw, slopes_w.mean(axis=0)),
        },
        mean,
        [Columns("what each sample contributes", ["sample", " t", " z", " −(t − z)σ′", " ∂/∂w²₁₁", " ∂/∂w¹₁₁"], rows)],
    )
