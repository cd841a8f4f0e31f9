"""The gallery: what the package draws and tells, each thing made by the lines that are shown beside it.

An entry is a function: its docstring is the title and the words, its body the code on the page, to which only the
imports are added. So what is shown is what has run.
"""

from __future__ import annotations

from typing import Any

from autograd_lite import (
    Value,
    diagnose,
    draw,
    exp,
    grad,
    gradients,
    nn,
    optim,
    paths,
    plots,
    relu,
    sigmoid,
    sin,
    tanh,
    trace,
    train,
)
from autograd_lite.data import gate, moons
from autograd_lite.lessons import find
from autograd_lite.site.entries import ENTRIES, PRINTED, SAVED, entry


@entry(expression="u = x²; s = sin u; e^s", x=1.5)
def graph() -> Any:
    """The graph of an expression.

    Values from left to right, gradients from right to left; each edge has the local derivative by which the gradient
    is multiplied on its way back.
    """
    x = Value(1.5, label="x")
    u = x**2
    s = sin(u)
    y = exp(s)
    u.label, s.label, y.label = "u", "s", "y"
    y.backward()
    return draw(y)


@entry(expression="w·(x·y + z)", w=-2.0, x=-2.0, y=3.0, z=10.0)
def circuit() -> Any:
    """A circuit.

    The same kind of graph as lecture notes draw it: operations are circles, values stand over gradients on the wires.
    """
    x, y = Value(-2, "x"), Value(3, "y")
    z, w = Value(10, "z"), Value(-2, "w")
    f = w * (x * y + z)
    f.label = "f"
    f.backward()
    return draw(f, style="circuit")


@entry(expression="a·a + 3a", a=2.0)
def used_twice() -> Any:
    """A value that is used more than once.

    One edge for each use: the gradient is the sum of what comes back along all of them.
    """
    a = Value(2.0, label="a")
    b = a * a + 3 * a
    b.label = "b"
    b.backward()
    return draw(b)


@entry(PRINTED, expression="a·a + 3a", a=2.0)
def all_paths() -> Any:
    """The paths from an input to the output.

    The derivative is the sum over all paths of the products along them.
    """
    a = Value(2.0, label="a")
    b = a * a + 3 * a
    b.label = "b"
    return paths(b, a)


@entry(PRINTED, expression="e^sin x²", x=1.5)
def table() -> Any:
    """The trace as a table.

    Forward from top to bottom, backward from bottom to top; a terminal shows the same.
    """
    x = Value(1.5, label="x")
    y = exp(sin(x**2))
    y.label = "y"
    return trace(y)


@entry("{}.to_html()", expression="e^sin x²", x=1.5)
def steps() -> Any:
    """The page to step through.

    One screen, one file: step forward and backward, move the input, let it ask you.
    """
    x = Value(1.5, label="x")
    return trace(exp(sin(x**2)))


@entry(expression="sin x²", x=1.5)
def derivative() -> Any:
    """The graph of a derivative.

    Gradients are computations themselves: this is d sin x²/dx, and its own gradient, the second derivative.
    """
    x = Value(1.5, label="x")
    dy = gradients(sin(x**2), x)
    dy.label = "dy"
    dy.backward()
    return draw(dy)


@entry()
def neuron() -> Any:
    """A neuron.

    Weights, sum and activation have the names of the notes: w, z and a.
    """
    unit = nn.Neuron(2, "tanh", seed=1)
    a = unit([Value(0.5, "x₁"), Value(-1.0, "x₂")])
    a.backward()
    return draw(a)


@entry()
def layers() -> Any:
    """A network, folded by layer.

    What one scope computed is one box; the arrows say how many edges they stand for.
    """
    model = nn.MLP(2, [4, 4, 1], "tanh", seed=1)
    loss = nn.losses.mse(model([0.5, -1.0]), 1.0)
    loss.backward()
    return draw(loss, group="layer")


@entry()
def unfolded() -> Any:
    """One neuron of the network, unfolded.

    The others stay boxes: a big graph opens where one looks.
    """
    model = nn.MLP(2, [3, 1], "tanh", seed=1)
    y = model([0.5, -1.0])
    y.backward()
    return draw(y, group="neuron", expand=["layer0/neuron1"])


@entry("{}.to_html()")
def units() -> Any:
    """Backpropagation unit by unit.

    The map of a network, and for each unit its equations: z, a and δ in symbols and in numbers.
    """
    model = nn.MLP(2, [3, 1], "tanh", seed=1)
    return trace(nn.losses.mse(model([0.5, -1.0]), 1.0))


@entry()
def weights() -> Any:
    """A network with its weights.

    Blue and solid: positive; orange and dashed: negative; the thicker the larger. A circle has its bias.
    """
    model = nn.MLP(2, [4, 3, 1], seed=2)
    return plots.network(model, inputs=["x₁", "x₂"])


@entry()
def gates() -> Any:
    """XOR without training.

    A network of threshold units that a truth table gives.
    """
    return plots.network(nn.boolean_network([0, 1, 1, 0]), inputs=["a", "b"])


@entry("print(*{}, sep='\\n')", expression="w·w", w=1e200)
def findings() -> Any:
    """What is wrong with a graph, in words.

    Infinities and nan with where they arose, saturated and dead units, vanishing gradients: and what to do.
    """
    w, x = Value(1e200, label="w"), Value(-3.0, label="x")
    return diagnose(w * w + relu(x))


@entry(SAVED)
def functions() -> Any:
    """Functions and their derivatives.

    `grad` gives the derivative as a function; `curves` draws any of them.
    """
    xs = [i / 20 - 4 for i in range(161)]
    series = {
        "σ": (xs, [sigmoid(x) for x in xs]),
        "σ′": (xs, [grad(sigmoid)(x) for x in xs]),
        "tanh": (xs, [tanh(x) for x in xs]),
        "tanh′": (xs, [grad(tanh)(x) for x in xs]),
    }

    def onto(figure: Any) -> None:
        plots.curves(series, x="x", y="y", ax=figure.subplots())

    return onto


@entry(SAVED)
def losses() -> Any:
    """The loss over the epochs.

    XOR, learnt by two layers. Metrics would have a scale of their own at the right.
    """
    model = nn.MLP(2, [4, 1], "tanh", seed=1)
    adam = optim.Adam(model.parameters(), lr=0.1)
    loss = nn.losses.binary_cross_entropy_with_logits
    history = train.fit(model, loss, *gate("xor"), optimizer=adam)

    def onto(figure: Any) -> None:
        plots.loss_curves(history, figure.subplots())

    return onto


@entry(SAVED)
def boundary() -> Any:
    """What a network decides, and how sure it is.

    Two moons; the deeper the colour, the surer.
    """
    points, y = moons(60, seed=3)
    model = nn.MLP(2, [8, 1], "tanh", seed=1)
    adam = optim.Adam(model.parameters(), lr=0.05)
    loss = nn.losses.binary_cross_entropy_with_logits
    train.fit(model, loss, points, y, optimizer=adam, epochs=60)

    def onto(figure: Any) -> None:
        how = {"confidence": "sigmoid", "ax": figure.subplots()}
        plots.decision_boundary(model, points, y, **how)

    return onto


@entry(SAVED)
def landscape() -> Any:
    """A landscape, and its model of second order.

    Lesson L26: Rosenbrock's valley with the gradient, Newton's step, and how the error of the model shrinks.
    """
    outcome = find("L26")()
    return lambda figure: outcome.plot(figure)


@entry("{}.to_html()")
def training() -> Any:
    """A training that one watches.

    The page plays it back, goes on with it, and opens every number down to the chain rule.
    """
    points, y = moons(40, seed=3)
    model = nn.MLP(2, [4, 1], "tanh", seed=1)
    adam = optim.Adam(model.parameters(), lr=0.05)
    loss = nn.losses.binary_cross_entropy_with_logits
    return train.fit(model, loss, points, y, optimizer=adam, keep=50)


GALLERY = tuple(ENTRIES)
