"""The mean over samples: one weight, used once for each of them."""

from __future__ import annotations

from random import Random
from statistics import fmean
from typing import Annotated

from autograd_lite import nn
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.networks.equations import matrices, sigma
from autograd_lite.lessons.notation import Seed, inner, name_parameters
from autograd_lite.lessons.outcome import Outcome, agree, written
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.views.columns import Columns


@lesson(
    "L20",
    "Two samples by hand",
    "E",
    r"""
    One input, one hidden sigmoid $h = \sigma(w^1 x)$, one output sigmoid $z = \sigma(w^2 h)$, and two samples with the
    targets 1 and 0; the upper index is the layer. $J = 1/(2N) \sum (t - z)^2$ with $N = 2$. Everything forward is
    given.
    """,
)
def two_samples(
    z1: Annotated[float, Limits("the output for the first sample", 0.01, 0.99)] = 0.3,
    z2: Annotated[float, Limits("the output for the second sample", 0.01, 0.99)] = 0.7,
    h1: Annotated[float, Limits("the hidden unit for the first sample", 0.01, 0.99)] = 0.6,
    h2: Annotated[float, Limits("the hidden unit for the second sample", 0.01, 0.99)] = 0.4,
    w: Annotated[float, Limits("the weight w² from hidden unit to output", -9, 9)] = 0.5,
    x1: Annotated[float, Limits("the input of the first sample", -9, 9)] = 1.0,
    x2: Annotated[float, Limits("the input of the second sample", -9, 9)] = -1.0,
) -> Outcome:
    """The mean squared error of two samples, and its gradients, from given numbers."""
    samples = [(z1, 1.0, h1, x1), (z2, 0.0, h2, x2)]
    deltas = [-(t - z) * z * (1 - z) for z, t, _, _ in samples]
    back = [delta * w * h * (1 - h) * x for delta, (_, _, h, x) in zip(deltas, samples, strict=True)]
    return Outcome(
        {
            "J": fmean((t - z) ** 2 for z, t, _, _ in samples) / 2,
            "∂J/∂w²": fmean(delta * h for delta, (_, _, h, _) in zip(deltas, samples, strict=True)),
            "∂J/∂w¹": fmean(back),
        }
    )


@lesson(
    "L20",
    "The mean squared error of a network",
    "E",
    r"""
    A hidden layer and one output, all sigmoids: $h_j = \sigma(\sum_k w^1_{jk} x_k + b^1_j)$ and
    $z = \sigma(\sum_j w^2_{1j} h_j + b^2_1)$, where the upper index is the layer.
    Over $N$ samples $J = 1/(2N) \sum (t - z)^2$, so
    $\partial J/\partial w^2_{1j} = -1/N \sum (t - z) \sigma' h_j$, and one layer further back
    $\partial J/\partial w^1_{jk} = -1/N \sum (t - z) \sigma' w^2_{1j} \sigma' x_k$, each $\sigma'$ of its own unit.
    The samples share the weights, so the gradient is a sum over samples: each is a use of the weight in the graph.
    """,
    quiz=Quiz(
        ("J", "∂J/∂w²", "∂J/∂w¹"),
        {"z1": (0.1, 0.4, 0.1), "z2": (0.6, 0.9, 0.1), "h1": (0.2, 0.8, 0.1), "h2": (0.2, 0.8, 0.1)}
        | {"w": (0.5, 2, 0.5), "x1": (1, 3, 1), "x2": (-3, -1, 1)},
        two_samples,
    ),
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
        derivations=[back_to_one_weight(mean, dv, dw)],
        further={"∂J/∂W² without the half": [2.0 * slope for slope in dv]},
    )


def back_to_one_weight(mean: Value, dv: list[float], dw: list[list[float]]) -> Derivation:
    """From the mean over the samples to one weight of each layer."""
    lines = [
        Line(r"J = 1/(2N) \sum (t - z)^2", "the sum is over the samples", "J.data", mean.data),
        Line(
            r"\partial J/\partial w = 1/N \sum -(t - z) \cdot \partial z/\partial w",
            "a sum is differentiated term by term; the ½ and the 2 of the square cancel",
        ),
        Line(
            r"\partial J/\partial w^2_{11} = -1/N \sum (t - z) \sigma' h_1",
            r"$\partial z/\partial w^2_{11} = \sigma' h_1$, with $\sigma'$ of the output",
            "w²₁₁.grad",
            dv[0],
        ),
        Line(
            r"\partial J/\partial w^1_{11} = -1/N \sum (t - z) \sigma' w^2_{11} \sigma' x_1",
            r"on through the hidden unit: along $w^2_{11}$, and with its own $\sigma'$",
            "w¹₁₁.grad",
            dw[0][0],
        ),
    ]
    return Derivation("from the mean over the samples to one weight", lines)
