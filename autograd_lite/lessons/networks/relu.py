"""A network of two ReLUs, small enough for pencil and paper: what is on learns, what is off does not."""

from __future__ import annotations

import math
from typing import Annotated

from autograd_lite.engine.sequences import dot
from autograd_lite.engine.table import relu, square
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import LOWER, Rate, stepped
from autograd_lite.lessons.outcome import Expected, Outcome, agree, written
from autograd_lite.lessons.showing.derivations import Derivation, Line


@lesson(
    "L21",
    "An exercise with ReLU",
    "E",
    r"""
    $h = \max(0, W x)$, $z = v \cdot h$ and $J = c(t - z)^2$; in the notes $x = (1, 0)$, $t = 2$, $c = 1$,
    $W = ((1, 0), (-1, 1))$ and $v = (1, 2)$. With $c = 1/2$ every derivative is half as large.
    By hand $\partial J/\partial v = -2c(t - z) h$. With $\delta = \partial J/\partial h = -2c(t - z) v$ it is
    $\partial J/\partial W = (\delta \odot [W x > 0]) x^T$, where $\odot$ multiplies number by number, and
    $[W x > 0]$ is 1 for a unit that is on and 0 for one that is off: nothing flows back through it, and its row of $W$
    stays. At the kink itself, which $x = (1, 1)$ meets, the engine takes ReLU′(0) = 0, as PyTorch does.
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
    # With the factor ½, by hand; J after the step is ½·(2 − 1.1·1.1)².
    Expected(
        {"J": 0.5, "∂J/∂v": (-1.0, 0.0), "∂J/∂W": ((-1.0, 0.0), (0.0, 0.0)), "J after": 0.31205},
        factor=0.5,
    ),
    # z is a whole number and t is not, so that J is never 0; no unit is at its kink, and the first one is on.
    quiz=Quiz(
        ("h", "z", "J", "∂J/∂v", "∂J/∂W", "v after"),
        {"x1": (1, 3, 1), "x2": (-0.5, 4.5, 1), "t": (0.5, 4.5, 1), "factor": (0.5, 1, 0.5), "eta": (0.1, 0.2, 0.1)},
        task=r"""
        $h = \max(0, W x)$, $z = v \cdot h$ and $J = c(t - z)^2$, where $W = ((1, 0), (-1, 1))$, $v = (1, 2)$ and
        $x = (x_1, x_2)$. Go back from $J$ to all six weights, and take one step of descent with the rate $\eta$.
        """,
    ),
)
def relu_exercise(
    x1: Annotated[float, Limits("the first input", -100, 100)] = 1.0,
    x2: Annotated[float, Limits("the second input", -100, 100)] = 0.0,
    t: Annotated[float, Limits("the target", -100, 100)] = 2.0,
    eta: Rate = 0.1,
    factor: Annotated[float, Limits("the factor c of the loss, often 1 or ½", 0.1, 10)] = 1.0,
) -> Outcome:
    """Differentiate a network of two ReLUs with respect to all its weights, and take one step."""
    x = [Value(x1, label="x₁"), Value(x2, label="x₂")]
    w, v = [[1.0, 0.0], [-1.0, 1.0]], [1.0, 2.0]
    j, z, h, parameters = two_relus(x, w, v, t, factor)
    j.backward()
    slopes = [p.grad for p in parameters]
    w11, w12, w21, w22, v1, v2 = stepped(parameters, eta)
    stepped_w = [[w11, w12], [w21, w22]]
    after, z_after, h_after, _ = two_relus(x, stepped_w, [v1, v2], t, factor)

    on = [x1 > 0.0, x2 - x1 > 0.0]
    out = [x1 if on[0] else 0.0, x2 - x1 if on[1] else 0.0]
    error = -2.0 * factor * (t - out[0] - 2.0 * out[1])
    size = factor * max(1.0, abs(x1), abs(x2), abs(t)) ** 2  # of what t and z, which may be equal, are multiplied by
    by_hand = [error * v[unit] * on[unit] * xk for unit in (0, 1) for xk in (x1, x2)]

    def none_on() -> str:
        if not any(on):
            return "both units are off for this x, so no weight gets a gradient, and the step moves nothing"
        return (
            "the step has switched both units off; h is (0, 0) now, and as long as only this x comes, "
            "no gradient will switch them on again"
        )

    def not_down() -> str:
        if j.data == 0.0:
            return "J is 0 already"
        if not any(unit.data > 0.0 for unit in h_after):
            return none_on()
        if eta == 0.0:
            return "η is 0, so no weight moves"
        return (
            f"the step is too long, z goes from {written(z.data, 4)} to {written(z_after.data, 4)}, t is {written(t)}"
        )

    return Outcome(
        {"h": [unit.data for unit in h], "z": z.data, "J": j.data}
        | {"∂J/∂v": slopes[4:], "∂J/∂W": [slopes[0:2], slopes[2:4]]}
        | {"v after": [v1, v2], "W after": stepped_w, "J after": after.data},
        {
            "∂J/∂v = −2c(t − z)h": agree(slopes[4:], [error * unit for unit in out], scale=size),
            "∂J/∂W = (δ ⊙ [Wx > 0])xᵀ": agree(slopes[:4], by_hand, scale=size),
            "a unit that is off keeps its weights": all(
                is_on or row == old for is_on, row, old in zip(on, stepped_w, w, strict=True)
            ),
            "a unit is on after the step, and can learn on": any(unit.data > 0.0 for unit in h_after),
            "the step brings J down": after.data < j.data,
        },
        j,
        derivations=[derived(j, z, h, slopes, factor)],
        reasons={"a unit is on after the step, and can learn on": none_on, "the step brings J down": not_down},
        further={
            "δ": [unit.grad for unit in h],
            "h after": [unit.data for unit in h_after],
            "η that switches off": switched_off([x1, x2], error, on),
        },
    )


def derived(j: Value, z: Value, h: list[Value], slopes: list[float], factor: float) -> Derivation:
    """The gradients of the exercise in matrices, beside the engine's."""
    c = "" if factor == 1.0 else "c"
    sums = [unit.operands[0] for unit in h]
    lines = [
        Line(r"h = \max(0, W x)", "forward: weighted sums, then ReLU", "h.data", [unit.data for unit in h]),
        Line(rf"J = {c}(t - z)^2", r"$z = v \cdot h$", "J.data", j.data),
        Line(
            rf"\partial J/\partial z = -2{c}(t - z)", "of the square, times the inner derivative −1", "z.grad", z.grad
        ),
        Line(
            r"\partial J/\partial v = \partial J/\partial z \cdot h",
            r"$\partial z/\partial v_j = h_j$",
            "v.grad",
            slopes[4:],
        ),
        Line(
            r"\delta = \partial J/\partial h = \partial J/\partial z \cdot v",
            r"$\partial z/\partial h_j = v_j$",
            "h.grad",
            [unit.grad for unit in h],
        ),
        Line(
            r"\partial J/\partial (W x) = \delta \odot [W x > 0]",
            r"ReLU′ is 1 or 0; $\odot$ multiplies number by number",
            "(Wx).grad",
            [total.grad for total in sums],
        ),
        Line(
            r"\partial J/\partial W = (\delta \odot [W x > 0]) x^T",
            r"$\partial (W x)_j/\partial w_{jk} = x_k$: a column times a row",
            "W.grad",
            [slopes[0:2], slopes[2:4]],
        ),
    ]
    return Derivation("back through the ReLUs, in matrices", lines)


def switched_off(x: list[float], error: float, on: list[bool]) -> float:
    """The least η whose step leaves no unit on for x; inf if there is none.

    Unit j is off from η = (Wx)ⱼ/(error·vⱼ·‖x‖²) on; with a negative error it is only pushed further up.

    >>> switched_off([1.0, 0.0], 6.0, [True, False])  # 1 − 6η = 0
    0.16666666666666666
    """
    at = [total for total, is_on in zip((x[0] / 1.0, (x[1] - x[0]) / 2.0), on, strict=True) if is_on]
    if not at:
        return 0.0
    return max(at) / (error * (x[0] ** 2 + x[1] ** 2)) if error > 0.0 else math.inf


def two_relus(
    x: list[Value], w: list[list[float]], v: list[float], t: float, factor: float = 1.0
) -> tuple[Value, Value, list[Value], list[Value]]:
    """J = c(t − z)², z, h, and the parameters w₁₁, w₁₂, w₂₁, w₂₂, v₁, v₂."""
    rows = [[Value(w[j][k], label=f"w{LOWER[j + 1]}{LOWER[k + 1]}") for k in (0, 1)] for j in (0, 1)]
    out = [Value(v[j], label=f"v{LOWER[j + 1]}") for j in (0, 1)]
    sums = [dot(row, x) for row in rows]
    h = [relu(s) for s in sums]
    z = dot(out, h)
    error = t - z
    j = square(error)
    if factor != 1.0:
        j.label = "(t − z)²"
        j = factor * j
    j.label, error.label, z.label = "J", "t − z", "z"
    for unit, row, total, product in zip(h, "₁₂", sums, z.operands, strict=True):
        unit.label, total.label, product.label = f"h{row}", f"(Wx){row}", f"v{row}h{row}"
        for place, term in zip("₁₂", total.operands, strict=True):
            term.label = f"w{row}{place}x{place}"
    return j, z, h, [*rows[0], *rows[1], *out]
