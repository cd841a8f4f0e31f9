"""The 2-2-2 network of a well-known tutorial, to all its digits, and where one of its numbers comes from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal

from autograd_lite import nn
from autograd_lite.engine.sequences import dot
from autograd_lite.engine.table import sigmoid
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import LOWER, Rate, half_sum
from autograd_lite.lessons.outcome import Expected, Outcome, agree
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.optim import SGD
from autograd_lite.plots import curves

START = 0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55  # w₁…w₈
Chance = Annotated[float, Limits("the output of a sigmoid", 0.01, 0.99)]
Weight = Annotated[float, Limits("a weight", -9, 9)]


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
    "Back along w₅ and w₇ to w₁",
    "P",
    r"""
    Two output sigmoids $o_1$, $o_2$ with the targets 0 and 1, $E = 1/2 \sum (t - o)^2$. A hidden sigmoid $h_1$ feeds
    them with the weights $w_5$ and $w_7$; its own input $i_1$ has the weight $w_1$. Let $\delta_1$ be the derivative
    of $E$ with respect to the weighted sum of $o_1$. Everything forward is given.
    """,
)
def one_path(
    o1: Chance = 0.75,
    o2: Chance = 0.77,
    h1: Chance = 0.59,
    w5: Weight = 0.4,
    w7: Weight = 0.5,
    i1: Annotated[float, Limits("the input", -9, 9)] = 0.05,
) -> Outcome:
    """The backward pass of the tutorial for one hidden unit, from given numbers."""
    delta1, delta2 = o1 * o1 * (1 - o1), (o2 - 1) * o2 * (1 - o2)
    back = delta1 * w5 + delta2 * w7
    return Outcome({"δ₁": delta1, "∂E/∂w₅": delta1 * h1, "∂E/∂h₁": back, "∂E/∂w₁": back * h1 * (1 - h1) * i1})


@lesson(
    "L19",
    "The 2-2-2 network of a well-known tutorial",
    "P",
    r"""
    Two inputs, two hidden sigmoids $h$, two output sigmoids $o$, one bias for each layer:
    $h_1 = \sigma(w_1 i_1 + w_2 i_2 + b_1)$, and $o_1 = \sigma(w_5 h_1 + w_6 h_2 + b_2)$, and so on.
    The error is $E = 1/2 \sum (t - o)^2$. A round is $w \leftarrow w - \eta \partial E/\partial w$.
    The tutorial (M. Mazur, A Step by Step Backpropagation Example, 2015) leaves the biases as they are, and so does
    this lesson. For the error after one round it prints 0.291027924, which is not that of the weights that it prints,
    0.291027774. The printed one comes out, to all its digits, if a round goes back into the hidden layer through
    $w_5$ to $w_8$ that it has already updated.
    """,
    Expected(
        # E and those of w₁, w₅, w₇ are the tutorial's, to 15 digits; the others by mpmath at 40 digits. The weights
        # after the step are those that the tutorial prints to 8 or 9 digits; the error is the one that they give.
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
    # By mpmath at 20 digits in each of the 10,000 steps.
    Expected(
        {"o after": (0.0159136204436, 0.984064273515), "E after": 3.51018778298e-05}, tolerance=1e-9, rounds=10_000
    ),
    # By plain floats; the tutorial prints 0.291027924.
    Expected({"E after": 0.29102792390544}, backward_through="updated"),
    quiz=Quiz(
        ("δ₁", "∂E/∂w₅", "∂E/∂h₁", "∂E/∂w₁"),
        {
            "o1": (0.6, 0.9, 0.1),
            "o2": (0.2, 0.8, 0.1),
            "h1": (0.2, 0.8, 0.1),
            "w5": (0.5, 2, 0.5),
            "w7": (-1, 1, 0.5),
            "i1": (1, 3, 1),
        },
        one_path,
    ),
)
def tutorial(
    eta: Rate = 0.5,
    rounds: Annotated[int, Limits("the number of rounds of training", 1, 10_000)] = 1,
    backward_through: Annotated[
        Literal["old", "updated"], Limits("the weights w₅ to w₈ that a round goes back through")
    ] = "old",
) -> Outcome:
    """Differentiate the tutorial's error with respect to its eight weights, and take steps against the gradient."""
    w = [Value(x, label=f"w{LOWER[i]}") for i, x in enumerate(START, start=1)]
    error, o, h = two_two_two(w)
    error.label = "E"
    error.backward()

    later = [Value(x) for x in START]
    errors = [one_round(later, eta, backward_through == "updated") for _ in range(rounds)]
    last = two_two_two(later)
    errors.append(last[0].data)

    o1, o2, h1 = (node.data for node in (*o, h[0]))
    delta = (o1 - 0.01) * o1 * (1 - o1), (o2 - 0.99) * o2 * (1 - o2)
    back = delta[0] * START[4] + delta[1] * START[6]
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
        derivations=[derived(w, o, h)],
        further={"E after, biases too": lambda: with_biases(eta, rounds), "wrong ∂E/∂w₁": through_updated},
    )


def one_round(w: Sequence[Value], eta: float, updated: bool) -> float:
    """One round of training, and the error before it.

    With `updated`, w₅ to w₈ take their step first, and the δ of the outputs go back through what has become of them:
    the gradient of w₁ to w₄ is then neither that before the step nor that after it.
    """
    error, o, h = two_two_two(w)
    for weight in w:
        weight.grad = 0.0
    error.backward()
    if updated:
        SGD(w[4:], lr=eta).step()
        sent_back = dot([out.operands[0].grad for out in o], [dot(w[4:6], h), dot(w[6:8], h)])
        for weight in w[:4]:
            weight.grad = 0.0
        sent_back.backward()
        SGD(w[:4], lr=eta).step()
    else:
        SGD(w, lr=eta).step()
    return error.data


def through_updated() -> float:
    """The derivative that moves w₁ in the first round, if it goes back through updated weights.

    >>> round(through_updated(), 9)
    0.000364723
    """
    w = [Value(x) for x in START]
    one_round(w, 0.5, updated=True)
    return w[0].grad


def with_biases(eta: float, rounds: int) -> float:
    """The error after some rounds in which the biases learn too, each unit with its own.

    >>> round(with_biases(0.5, 1), 9)
    0.280471447
    """
    model = nn.MLP(2, [2, 2], "sigmoid", "sigmoid")
    weights = {"layers.0.weight": [START[0:2], START[2:4]], "layers.1.weight": [START[4:6], START[6:8]]}
    model.load_state_dict(weights | {"layers.0.bias": [0.35] * 2, "layers.1.bias": [0.60] * 2})
    descent = SGD(model.parameters(), lr=eta)
    for _ in range(rounds):
        descent.zero_grad()
        half_sum(model([0.05, 0.10]), [0.01, 0.99]).backward()
        descent.step()
    return float(half_sum(model([0.05, 0.10]), [0.01, 0.99]).data)


def derived(w: Sequence[Value], o: Sequence[Value], h: Sequence[Value]) -> Derivation:
    """From the error back to w₅ and to w₁."""
    lines = [
        Line(
            r"\delta_1 = (o_1 - t_1) o_1 (1 - o_1)",
            r"$\partial E/\partial o_1 = o_1 - t_1$, and $\sigma' = \sigma(1 - \sigma)$",
            "net o₁.grad",
            o[0].operands[0].grad,
        ),
        Line(r"\delta_2 = (o_2 - t_2) o_2 (1 - o_2)", "likewise", "net o₂.grad", o[1].operands[0].grad),
        Line(r"\partial E/\partial w_5 = \delta_1 h_1", "$w_5$ meets $h_1$ alone", "w₅.grad", w[4].grad),
        Line(
            r"\partial E/\partial h_1 = \delta_1 w_5 + \delta_2 w_7",
            "$h_1$ feeds both outputs: the sum over both ways",
            "h₁.grad",
            h[0].grad,
        ),
        Line(
            r"\partial E/\partial w_1 = \partial E/\partial h_1 \cdot h_1 (1 - h_1) i_1",
            r"through the sigmoid of $h_1$, to the input of $w_1$",
            "w₁.grad",
            w[0].grad,
        ),
    ]
    return Derivation("from the error back to w₅ and to w₁", lines)


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
