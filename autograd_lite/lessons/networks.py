"""Networks small enough for pencil and paper, and one that learns XOR."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal

from autograd_lite import nn
from autograd_lite.data import gate
from autograd_lite.engine.sequences import dot
from autograd_lite.engine.table import relu, sigmoid, square
from autograd_lite.engine.value import Value
from autograd_lite.lessons.lesson import Limits, fit, lesson
from autograd_lite.lessons.notation import LOWER, Rate, Seed, half_sum, name_parameters, stepped
from autograd_lite.lessons.outcome import Expected, Outcome, agree, written
from autograd_lite.lessons.quizzes import Quiz
from autograd_lite.optim import SGD
from autograd_lite.plots import curves, decision_boundary
from autograd_lite.train import History
from autograd_lite.views.columns import Columns


def two_two_two(w: Sequence[Value]) -> tuple[Value, list[Value], list[Value]]:
    """The error E of the tutorial's network, its outputs o, and what its hidden units give, h."""
    i = [Value(0.05, label="i₁"), Value(0.10, label="i₂")]
    b = [Value(0.35, label="b₁"), Value(0.60, label="b₂")]
    h = [sigmoid(dot(w[0:2], i) + b[0]), sigmoid(dot(w[2:4], i) + b[0])]
    o = [sigmoid(dot(w[4:6], h) + b[1]), sigmoid(dot(w[6:8], h) + b[1])]
    for name, nodes in {"h": h, "o": o}.items():
        for j, node in enumerate(nodes, start=1):
            node.label, node.operands[0].label = name + LOWER[j], f"net {name}{LOWER[j]}"
    return half_sum(o, [0.01, 0.99]), o, h


@lesson(
    "L19",
    "The 2-2-2 network of the most-read tutorial",
    "P",
    r"""
    Two inputs, two hidden sigmoids $h$, two output sigmoids $o$, one bias for each layer:
    $h_1 = \sigma(w_1 i_1 + w_2 i_2 + b_1)$, and $o_1 = \sigma(w_5 h_1 + w_6 h_2 + b_2)$, and so on.
    The error is $E = 1/2 \sum (t - o)^2$. A round is $w \leftarrow w - \eta \partial E/\partial w$.
    The tutorial leaves the biases as they are, and so does this lesson.
    """,
    Expected(
        # E and those of w₁, w₅, w₇ are the tutorial's, to 15 digits; the others by mpmath at 40 digits. The weights
        # after the step are those that the tutorial prints to 9 digits. For the error it prints 0.291027924,
        # which its own weights do not give.
        {
            "h": (0.593269992107187, 0.596884378259767),
            "o": (0.751365069552316, 0.772928465321463),
            "E": 0.298371108760003,
            "∂E/∂w₁": 0.000438567734474347,
            "∂E/∂w₂": 0.000877135468948693,
            "∂E/∂w₃": 0.000497712735260860,
            "∂E/∂w₄": 0.000995425470521720,
            "∂E/∂w₅": 0.0821670405642308,
            "∂E/∂w₆": 0.0826676278475333,
            "∂E/∂w₇": -0.0226025404774751,
            "∂E/∂w₈": -0.0227402422159782,
            "∂E/∂h": (0.0363503063931447, 0.0413703226487447),
            "w₁…w₄ after": (0.149780716132763, 0.199561432265526, 0.249751143632370, 0.299502287264739),
            "w₅…w₈ after": (0.358916479717885, 0.408666186076233, 0.511301270238738, 0.561370121107989),
            "E after": 0.291027773693599,
        },
        tolerance=5e-15,
    ),
    # By mpmath at 20 digits in each of the 10,000 steps; the tutorial prints 3.51085e-5 and (0.015912196, 0.984065734).
    Expected(
        {"o after": (0.0159136204436, 0.984064273515), "E after": 3.51018778298e-05}, tolerance=1e-9, rounds=10_000
    ),
)
def tutorial(
    eta: Rate = 0.5, rounds: Annotated[int, Limits("the number of rounds of training", 1, 10_000)] = 1
) -> Outcome:
    """Differentiate the tutorial's error with respect to its eight weights, and take steps against the gradient."""
    start = 0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55
    w = [Value(x, label=f"w{LOWER[i]}") for i, x in enumerate(start, start=1)]
    error, o, h = two_two_two(w)
    error.label = "E"
    error.backward()

    later = [Value(x) for x in start]
    descent, errors = SGD(later, lr=eta), []
    for _ in range(rounds):
        descent.zero_grad()
        current, *_ = two_two_two(later)
        current.backward()
        descent.step()
        errors.append(current.data)
    last = two_two_two(later)
    errors.append(last[0].data)

    o1, o2, h1 = (node.data for node in (*o, h[0]))
    delta = (o1 - 0.01) * o1 * (1 - o1), (o2 - 0.99) * o2 * (1 - o2)
    back = delta[0] * start[4] + delta[1] * start[6]
    return Outcome(
        {"h": [node.data for node in h], "o": [node.data for node in o], "E": error.data}
        | {f"∂E/∂{weight.label}": weight.grad for weight in w}
        | {
            "∂E/∂h": [node.grad for node in h],
            "w₁…w₄ after": [weight.data for weight in later[:4]],
            "w₅…w₈ after": [weight.data for weight in later[4:]],
            "o after": [node.data for node in last[1]],
            "E after": last[0].data,
        },
        {
            "∂E/∂w₅ = (o₁ − t₁)·o₁(1 − o₁)·h₁": agree(w[4].grad, delta[0] * h1),
            "∂E/∂h₁ = δ₁w₅ + δ₂w₇, the sum over both outputs": agree(h[0].grad, back),
            "∂E/∂w₁ = ∂E/∂h₁·h₁(1 − h₁)·i₁": agree(w[0].grad, back * h1 * (1 - h1) * 0.05),
        },
        error,
        figure=partial(_draw_errors, errors),
    )


def _draw_errors(errors: Sequence[float], figure: Any) -> None:
    """The error before each round and after the last."""
    few = len(errors) < 10
    axes = curves(
        {"E": (range(len(errors)), errors)},
        x="rounds",
        y="error E",
        log="" if few else "y",
        marked=few,
        ax=figure.subplots(),
    )
    axes.xaxis.get_major_locator().set_params(integer=True)


@lesson(
    "L21",
    "An exercise with ReLU",
    "E",
    r"""
    $h = \max(0, W x)$, $z = v \cdot h$ and $J = (t - z)^2$; in the notes $x = (1, 0)$, $t = 2$,
    $W = ((1, 0), (-1, 1))$ and $v = (1, 2)$.
    By hand $\partial J/\partial v = -2(t - z) h$ and $\partial J/\partial W_{jk} = -2(t - z) v_j x_k$ where
    $(W x)_j > 0$, and 0 elsewhere: through a unit that is off nothing flows back, so its weights stay.
    At the kink itself, which $x = (1, 1)$ meets, the engine takes ReLU′(0) = 0, as PyTorch does.
    """,
    # The numbers of the notes; J after the step is (2 − 1.2·1.2)².
    Expected(
        {"h": (1.0, 0.0), "z": 1.0, "J": 1.0, "∂J/∂v": (-2.0, 0.0), "∂J/∂W": ((-2.0, 0.0), (0.0, 0.0))}
        | {"v after": (1.2, 2.0), "W after": ((1.2, 0.0), (-1.0, 1.0)), "J after": 0.3136}
    ),
    # The second unit at its kink, by hand; J after the step is (2 − 1.2·1.4)².
    Expected(
        {"h": (1.0, 0.0), "∂J/∂v": (-2.0, 0.0), "∂J/∂W": ((-2.0, -2.0), (0.0, 0.0))}
        | {"W after": ((1.2, 0.2), (-1.0, 1.0)), "J after": 0.1024},
        x2=1.0,
    ),
    quiz=Quiz(
        ("h", "z", "J", "∂J/∂v", "∂J/∂W", "v after", "W after"),
        {"x1": (1, 3, 1), "x2": (-2, 4, 1), "t": (-1, 4, 1), "eta": (0.1, 0.3, 0.1)},
        task=r"""
        $h = \max(0, W x)$, $z = v \cdot h$ and $J = (t - z)^2$, where $W = ((1, 0), (-1, 1))$ and $v = (1, 2)$.
        Differentiate $J$ with respect to all six weights, and take one step against the gradient.
        At the kink, the derivative of $\max(0, \cdot)$ is 0.
        """,
    ),
)
def relu_exercise(
    x1: Annotated[float, Limits("the first input", -100, 100)] = 1.0,
    x2: Annotated[float, Limits("the second input", -100, 100)] = 0.0,
    t: Annotated[float, Limits("the target", -100, 100)] = 2.0,
    eta: Rate = 0.1,
) -> Outcome:
    """Differentiate a network of two ReLUs with respect to all its weights, and take one step."""
    x = [Value(x1, label="x₁"), Value(x2, label="x₂")]
    w, v = [[1.0, 0.0], [-1.0, 1.0]], [1.0, 2.0]
    j, z, h, parameters = two_relus(x, w, v, t)
    j.backward()
    slopes = [p.grad for p in parameters]
    w11, w12, w21, w22, v1, v2 = stepped(parameters, eta)
    after = two_relus(x, [[w11, w12], [w21, w22]], [v1, v2], t)[0]

    on = [x1 > 0.0, x2 - x1 > 0.0]
    out = [x1 if on[0] else 0.0, x2 - x1 if on[1] else 0.0]
    error = -2.0 * (t - out[0] - 2.0 * out[1])
    size = max(1.0, abs(x1), abs(x2), abs(t)) ** 2  # of what t and z, which may be equal, are multiplied by
    by_hand = [error * v[unit] * on[unit] * xk for unit in (0, 1) for xk in (x1, x2)]
    return Outcome(
        {"h": [unit.data for unit in h], "z": z.data, "J": j.data}
        | {"∂J/∂v": slopes[4:], "∂J/∂W": [slopes[0:2], slopes[2:4]]}
        | {"v after": [v1, v2], "W after": [[w11, w12], [w21, w22]], "J after": after.data},
        {
            "∂J/∂v = −2(t − z)h": agree(slopes[4:], [error * unit for unit in out], scale=size),
            "∂J/∂W = −2(t − z)v·x where the unit is on, 0 where it is off": agree(slopes[:4], by_hand, scale=size),
        },
        j,
    )


def two_relus(x: list[Value], w: list[list[float]], v: list[float], t: float) -> tuple[Value, Value, Any, Any]:
    """J = (t − z)², z, h, and the parameters w₁₁, w₁₂, w₂₁, w₂₂, v₁, v₂."""
    rows = [[Value(w[j][k], label=f"w{LOWER[j + 1]}{LOWER[k + 1]}") for k in (0, 1)] for j in (0, 1)]
    out = [Value(v[j], label=f"v{LOWER[j + 1]}") for j in (0, 1)]
    sums = [dot(row, x) for row in rows]
    h = [relu(s) for s in sums]
    z = dot(out, h)
    error = t - z
    j = square(error)
    j.label, error.label, z.label = "J", "t − z", "z"
    for unit, row, total, product in zip(h, "₁₂", sums, z.operands, strict=True):
        unit.label, total.label, product.label = f"h{row}", f"(Wx){row}", f"v{row}h{row}"
        for place, term in zip("₁₂", total.operands, strict=True):
            term.label = f"w{row}{place}x{place}"
    return j, z, h, [*rows[0], *rows[1], *out]


@lesson(
    "L24",
    "XOR, learnt",
    "A, C",
    r"""
    One hidden layer, random weights, and then forward, backward, $w \leftarrow w - \eta \partial C/\partial w$,
    over and over, until $C = 1/2 \sum (t - y)^2$ over the four samples is below 0.005.
    Then no output misses its target by 0.1 or more.
    No single neuron can do this: the two samples of class 1 lie on opposite sides of those of class 0.
    Whether it succeeds depends on the first weights. With two or three ReLUs it often does not: try other seeds.
    """,
)
def xor_learnt(
    hidden: Annotated[int, Limits("the number of hidden units", 1, 16)] = 2,
    activation: Annotated[Literal["sigmoid", "tanh", "relu"], Limits("the activation of the hidden units")] = "sigmoid",
    eta: Annotated[float, Limits("the learning rate η", 0.001, 20)] = 2.0,
    seed: Seed = 0,
) -> Outcome:
    """Train a network on XOR until it has converged, or for 5,000 epochs."""
    x, t = gate("xor")
    model = nn.MLP(2, [hidden, 1], activation, "sigmoid", seed=seed)
    name_parameters(model)
    descent = SGD(model.parameters(), lr=eta)

    def converged(_: nn.Module, so_far: History) -> bool:
        return so_far.loss[-1] < 0.005

    history = fit(model, half_sum, x, t, optimizer=descent, epochs=5000, callbacks=[converged])
    y = [model(sample) for sample in x]
    cost = half_sum(y, t)
    cost.label = "C"
    cost.backward()
    missed = [abs(out.data - target) for out, target in zip(y, t, strict=True)]
    rows = [[f"{a:g}", f"{b:g}", str(target), written(out, 4)] for (a, b), target, out in zip(x, t, y, strict=True)]
    return Outcome(
        {"epochs": len(history.loss), "C at first": round(history.loss[0], 4), "C at last": round(cost.data, 6)},
        {
            "all four outputs are on the right side of 0.5": max(missed) < 0.5,
            "no output misses its target by 0.1 or more": max(missed) < 0.1,
        },
        cost,
        [Columns("what it has learnt", [" x₁", " x₂", " t", " y"], rows)],
        partial(_draw_learnt, model, history),
    )


def _draw_learnt(model: nn.MLP, history: History, figure: Any) -> None:
    """The loss curve and the boundary between the classes, side by side on a figure."""
    figure.set_size_inches(8.0, 3.6)
    left, right = figure.subplots(1, 2)
    history.plot(left).set_ylabel("C")
    decision_boundary(model, *gate("xor"), threshold=0.5, ax=right)
