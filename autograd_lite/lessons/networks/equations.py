"""The equations of backpropagation, derived, and written out in lists beside the engine, which knows none of them."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import Annotated, Any

from autograd_lite import nn
from autograd_lite.engine.table import sigmoid
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import UPPER, Rate, Seed, half_sum, inner, name_parameters, stepped
from autograd_lite.lessons.outcome import Outcome, agree, written
from autograd_lite.lessons.showing.derivations import Derivation, Line
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
    "One δ from the layer after it",
    "A, B, C, D",
    r"""
    A hidden sigmoid with the activation $a$ feeds two units, whose errors are $\delta_1$ and $\delta_2$, with the
    weights $w_1$ and $w_2$. One of its own inputs is $x$, with the weight $w$, and $z$ is its weighted sum. What are
    its error $\delta = \partial C/\partial z$, the gradient of $w$, and what does a step with $\eta = 0.5$ add to $w$?
    """,
)
def one_unit(
    a: Annotated[float, Limits("the activation", 0.01, 0.99)] = 0.6,
    delta1: Annotated[float, Limits("the error δ₁", -9, 9)] = 0.2,
    delta2: Annotated[float, Limits("the error δ₂", -9, 9)] = -0.1,
    w1: Annotated[float, Limits("the weight to the first unit", -9, 9)] = 1.0,
    w2: Annotated[float, Limits("the weight to the second unit", -9, 9)] = 0.5,
    x: Annotated[float, Limits("the input", -9, 9)] = 2.0,
) -> Outcome:
    """One column of Wᵀδ, times σ′, times the input."""
    delta = (w1 * delta1 + w2 * delta2) * a * (1 - a)
    return Outcome({"δ": delta, "∂C/∂w": delta * x, "Δw": -0.5 * delta * x})


@lesson(
    "L18",
    "The four equations of backpropagation",
    "A, B, C, D",
    r"""
    A 3-3-2-1 network of sigmoids, $z^l = W^l a^{l-1} + b^l$ and $a^l = \sigma(z^l)$, with $C = 1/2 \sum (t - a^L)^2$.
    Layers are numbered by $l$, from the first to the last, $L$; $a^0$ is the input, and $t$ the target.
    The error of a layer is $\delta^l = \partial C/\partial z^l$. At the output it is
    $\delta^L = \partial C/\partial a^L \odot \sigma'(z^L)$, where $\odot$ multiplies number by number; one layer
    further back $\delta^l = (W^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)$, and all gradients come from it:
    $\partial C/\partial W^l = \delta^l (a^{l-1})^T$ and $\partial C/\partial b^l = \delta^l$. A step is
    $w \leftarrow w - \eta \delta a$, with $\delta$ at the end of the weight and $a$ at its beginning.
    The engine knows none of these equations, and finds the same numbers: $\delta$ is the gradient of the node $z$.

    (The way back through a computation is that of S. Linnainmaa, 1970; P. Werbos derived gradients by it in 1974, and
    D. Rumelhart, G. Hinton and R. Williams made it known for networks in 1986. In the form of four equations it stands
    in M. Nielsen, Neural Networks and Deep Learning, 2015.)
    """,
    quiz=Quiz(
        ("δ", "∂C/∂w", "Δw"),
        {"a": (0.1, 0.9, 0.1), "delta1": (0.2, 0.5, 0.1), "delta2": (-0.15, -0.05, 0.05)}  # the sum is never 0
        | {"w1": (1, 3, 0.5), "w2": (0.5, 1, 0.5), "x": (2, 5, 1)},
        one_unit,
    ),
)
def equations(
    x1: Annotated[float, Limits("the first input", -4, 4)] = 0.5,
    x2: Annotated[float, Limits("the second input", -4, 4)] = -1.0,
    x3: Annotated[float, Limits("the third input", -4, 4)] = 2.0,
    t: Annotated[float, Limits("the target", 0, 1)] = 1.0,
    eta: Rate = 0.5,
    seed: Seed = 0,
) -> Outcome:
    """Compare the engine with the four equations, and a step of SGD with w ← w − ηδa."""
    model = nn.MLP(3, [3, 2, 1], "sigmoid", "sigmoid", init="xavier", seed=seed)
    name_parameters(model)
    cost = half_sum(model([Value(x1, label="x₁"), Value(x2, label="x₂"), Value(x3, label="x₃")]), t)
    cost.label = "C"
    cost.backward()
    a = [node for node in trace(cost).nodes if node.op is sigmoid]  # neuron by neuron, layer by layer
    z = [node.operands[0] for node in a]  # for a = σ(z)
    errors = {n: [node.grad for node in part] for n, part in enumerate((z[:3], z[3:5], z[5:]), start=1)}

    w, b = ({n: matrices(layer)[part] for n, layer in enumerate(model.layers, start=1)} for part in (0, 1))
    sums, outputs, delta, slopes = four_equations(w, b, [x1, x2, x3], [t])
    gradient = [g for n in w for row, d in zip(slopes[n], delta[n], strict=True) for g in (*row, d)]

    rows, names = [], ("¹₁", "¹₂", "¹₃", "²₁", "²₂", "³₁")
    by_hand = ([x for n in w for x in part[n]] for part in (sums, outputs, delta))
    for unit, node, name, *numbers in zip(a, z, names, *by_hand, strict=True):
        unit.label, node.label = f"a{name}", f"z{name}"
        rows.append(["/".join(node.scope[1:]), node.label, *(written(x, 6) for x in (*numbers, node.grad))])
    slopes_found, step = [p.grad for p in model.parameters()], stepped(model.parameters(), eta)

    def without_last() -> dict[int, list[float]]:
        """δ where the last layer's weights and its bias are 0."""
        _, _, found, _ = four_equations(w | {3: [[0.0, 0.0]]}, b | {3: [0.0]}, [x1, x2, x3], [t])
        return dict(found)

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
        derivations=[recursion(a, z, model, eta)],
        further={
            "δ³ if W³ = 0": lambda: without_last()[3],
            "δ² if W³ = 0": lambda: without_last()[2],
            "δ¹ if W³ = 0": lambda: without_last()[1],
            "w¹₂₃ after": stepped([model.layers[0].neurons[1].w[2]], eta)[0],
        },
    )


def recursion(a: list[Value], z: list[Value], model: nn.MLP, eta: float) -> Derivation:
    """The recursion of δ in the three steps of the notes, for unit 2 of layer 1, with the engine's nodes beside it."""
    w23, unit = model.layers[0].neurons[1].w[2], "z¹₂"
    w12, w22 = (neuron.w[1] for neuron in model.layers[1].neurons)  # from unit 2 of layer 1
    lines = [
        Line(
            r"z_j = \sum_k w_{jk} a_k + b_j, \quad a_j = \sigma(z_j)",
            r"**Intermediate variables.** Here $j$ is unit 2 of layer 1, $a_k$ its inputs",
            f"{unit}.data",
            z[1].data,
        ),
        Line(r"\delta_j = \partial C/\partial z_j", r"a name for what is looked for", f"{unit}.grad", z[1].grad),
        Line(
            r"\partial C/\partial w_{jk} = \partial C/\partial z_j \cdot \partial z_j/\partial w_{jk} = \delta_j a_k",
            r"**Update.** $w_{jk}$ is in $z_j$ alone, with the factor $a_k$; here $k = 3$",
            "w¹₂₃.grad",
            w23.grad,
        ),
        Line(
            r"w_{jk} \leftarrow w_{jk} - \eta \delta_j a_k",
            "one step of descent",
            "w¹₂₃ after SGD",
            stepped([w23], eta)[0],
        ),
        Line(
            r"\delta^L = \partial C/\partial a^L \cdot \sigma'(z^L) = (a^L - t) \sigma'(z^L)",
            r"**Dependency.** The last $z$ reaches $C$ through its own $a$ alone",
            "z³₁.grad",
            z[5].grad,
        ),
        Line(
            r"\delta_j = \sum_k \partial C/\partial z_k \cdot \partial z_k/\partial z_j",
            r"an inner $z_j$ reaches $C$ through every $z_k$ of the next layer: the chain rule sums over $k$",
            f"{unit}.grad",
            z[1].grad,
        ),
        Line(
            r"\partial z_k/\partial z_j = \partial z_k/\partial a_j \cdot \partial a_j/\partial z_j"
            r" = w_{kj} \sigma'(z_j)",
            r"$z_k = \sum_j w_{kj} a_j + b_k$ and $a_j = \sigma(z_j)$; for both $k$",
            "w²₁₂, w²₂₂, times the edge z¹₂ → a¹₂",
            [weight.data * a[1].data * (1 - a[1].data) for weight in (w12, w22)],
        ),
        Line(
            r"\partial C/\partial a_j = \sum_k w_{kj} \delta_k",
            r"$\sigma'(z_j)$ is in every term; what is left of the sum is what reaches $a_j$",
            "a¹₂.grad",
            a[1].grad,
        ),
        Line(r"\delta_j = \sigma'(z_j) \sum_k w_{kj} \delta_k", "times that factor", f"{unit}.grad", z[1].grad),
        Line(
            r"\delta^l = (W^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)",
            r"all $j$ of the layer at once: column $j$ of $W$ is row $j$ of $W^T$",
            "z¹.grad",
            [node.grad for node in z[:3]],
        ),
    ]
    return Derivation("the recursion, in the notes' three steps", lines)
