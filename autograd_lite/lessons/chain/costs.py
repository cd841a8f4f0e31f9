"""What backpropagation costs, in operations and in memory; counted, not timed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Annotated, Any, NamedTuple

from autograd_lite.engine.sequences import sum
from autograd_lite.engine.table import sin
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Expected, Outcome, written
from autograd_lite.nn import MLP
from autograd_lite.optim import Adam
from autograd_lite.plots import INK, curves
from autograd_lite.views.columns import Columns
from autograd_lite.views.steps.tracer import trace

COUNTS = (
    "parameters",
    "operations forward",
    "products backward",
    "of these by ±1",
    "sums backward",
    "values kept",
    "backward / forward",
)


class Work(NamedTuple):
    """What the passes through a network take, as counted."""

    parameters: int
    forward: int
    products: int  # of the chain rule, one for each edge
    by_one: int  # of these, those with a local derivative of 1 or −1, which need no multiplication
    sums: int
    kept: int

    @property
    def backward(self) -> int:
        """The multiplications and additions that cannot be saved."""
        return self.products - self.by_one + self.sums

    @property
    def ratio(self) -> float:
        """Operations backward to operations forward."""
        return self.backward / self.forward


def network(nin: int, hidden: int, depth: int, points: int) -> tuple[int, Value]:
    """The number of parameters of an MLP, and its summed squared error on a number of random points."""
    model = MLP(nin, [hidden] * depth + [1], "tanh", init="xavier", seed=0)
    rng = Random(0)
    inputs = [[rng.gauss() for _ in range(nin)] for _ in range(points)]
    return len(model.parameters()), sum((model(x) - 0.5) ** 2 for x in inputs)


def work(nin: int, hidden: int, depth: int, points: int = 1) -> Work:
    """Count what the forward and the backward pass of an MLP take."""
    parameters, loss = network(nin, hidden, depth, points)
    steps = trace(loss)
    counts = steps.counts()
    return Work(
        parameters,
        counts["operations forward"],
        counts["products backward"],
        [abs(step.local) for step in steps.backward].count(1.0),
        counts["sums backward"],
        counts["values kept"],
    )


def work_by_hand(nin: int, hidden: int, depth: int, points: int) -> Work:
    """The same by formulas: with W weights and b biases, of which w₁ weights stand at the inputs, and a activations.

    A point takes W products, W sums and a times tanh, a difference and a square. Backward a weight has two
    products, one towards itself and one towards what it multiplies, which at the inputs is not needed.
    """
    first = nin * hidden
    w, b, a = first + (depth - 1) * hidden**2 + hidden, depth * hidden + 1, depth * hidden
    products, ones = 2 * w - first + a + 1, 2 * w + 1
    sums = w - first - a  # an activation that m neurons use is a sum of m contributions
    return Work(
        w + b,
        points * (2 * w + a + 2) + points - 1,
        points * (products + ones) + 2 * (points - 1),
        points * ones + 2 * (points - 1),
        points * sums + (points - 1) * (w + b),
        points * (2 * w + a + 2) + points - 1 + w + b,
    )


@lesson(
    "L07",
    "Cost and memory of a small network",
    "B",
    r"""
    A network of `nin` inputs, one hidden layer of `hidden` neurons with $\tanh$, and one linear output neuron; all have
    biases. The loss is the square of output − 0.5. A neuron starts with its bias, and adds a product for each weight.
    How many parameters are there? How many operations forward: products, sums, the difference, each $\tanh$, the
    square? And how many products upstream × local backward, one for each edge between two nodes? (The inputs and 0.5
    are plain numbers, so no edge leads to them.)
    """,
)
def on_paper(
    nin: Annotated[int, Limits("the number of inputs", 1, 16)] = 2,
    hidden: Annotated[int, Limits("the number of neurons in the hidden layer", 1, 24)] = 3,
) -> Outcome:
    """The counts of one network, as asked on paper."""
    counted = work(nin, hidden, 1)
    loss = network(nin, hidden, 1, 1)[1]
    loss.label = "L"
    loss.backward()
    numbers = dict(zip(COUNTS[:3], counted[:3], strict=True))
    return Outcome(numbers, {"every count is that of the formulas": counted == work_by_hand(nin, hidden, 1, 1)}, loss)


QUIZ = Quiz(COUNTS[:3], {"nin": (1, 9, 1), "hidden": (2, 9, 1)}, on_paper)


@lesson(
    "L07",
    "Cost and memory",
    "B",
    r"""
    Backward, each edge takes a product, upstream × local, and a node used $m$ times $m - 1$ sums. A weight is one
    product and one sum forward; backward it is a product towards itself, a product towards the activation that it
    multiplies, a sum for that activation, and a sum over the points: 4 to 2, so with wide layers and many points the
    backward pass costs about twice the forward pass. And every intermediate result that a local derivative needs must
    be kept until then, or computed again (this engine keeps all): memory grows with the graph. The optimiser, the rule
    that moves the parameters, keeps numbers too: Adam (Kingma and Ba 2015) two for each.
    """,
    # By hand, see `work_by_hand`: 304 weights, 33 biases, 32 activations; of 1218 edges 609 are those of + and −.
    Expected(dict(zip(COUNTS, (337, 642, 1218, 609, 240, 979, 849 / 642), strict=True))),
    quiz=QUIZ,
)
def cost_and_memory(
    nin: Annotated[int, Limits("the number of inputs", 1, 16)] = 2,
    hidden: Annotated[int, Limits("the number of neurons in a hidden layer", 4, 24)] = 16,
    depth: Annotated[int, Limits("the number of hidden layers", 1, 3)] = 2,
) -> Outcome:
    """Count the operations forward and backward of networks, and the numbers that are kept."""
    shapes = [(width, 1) for width in (hidden // 4, hidden // 2, hidden, 2 * hidden)]
    shapes += [(hidden, points) for points in (2, 4, 8, 16)]
    found = {(width, points): work(nin, width, depth, points) for width, points in shapes}
    one = found[hidden, 1]
    ratios = {points: found[hidden, points].ratio for points in (1, 2, 4, 8, 16)}
    rows = [[*(f"{x:,}" for x in (*shape, *counted)), written(counted.ratio, 3)] for shape, counted in found.items()]
    headings = [f" {heading}" for heading in ("width", "points", *COUNTS)]
    _, loss = network(nin, hidden, depth, points=1)
    loss.label = "L"
    loss.backward()
    training = {points: kept_in_training(nin, hidden, depth, points) for points in (1, 16)}

    return Outcome(
        dict(zip(COUNTS, (*one, one.ratio), strict=True)),
        {
            "every count is that of the formulas": all(
                counted == work_by_hand(nin, width, depth, points) for (width, points), counted in found.items()
            ),
            "every result of the forward pass is kept": all(
                counted.kept == counted.parameters + counted.forward for counted in found.values()
            ),
            "with more points the ratio rises": list(ratios.values()) == sorted(set(ratios.values())),
            "Adam keeps two numbers for each parameter, however many points there are": all(
                kept.adam == 2 * kept.parameters for kept in training.values()
            ),
            "backward, but for products by ±1, costs less than two passes forward": all(
                counted.ratio < 2.0 for counted in found.values()
            ),
        },
        graph=loss,
        tables=[
            Columns("what the passes take", headings, rows),
            Columns(
                "the numbers that training with Adam keeps",
                [" points", " parameters", " gradients", " Adam", " results"],
                [[f"{points}", *(f"{number:,}" for number in kept)] for points, kept in training.items()],
            ),
        ],
        figure=partial(_draw_work, found, ratios),
        further={
            "numbers beside the results, with Adam": sum(training[1][:3]),
            "numbers kept in blocks of 8": lambda: checkpointed()[0],
            "operations forward in blocks of 8": lambda: checkpointed()[1],
        },
    )


class Kept(NamedTuple):
    """The numbers that a step of training with Adam keeps, by their kind."""

    parameters: int
    gradients: int
    adam: int  # the averages of the gradients and of their squares
    results: int


def kept_in_training(nin: int, hidden: int, depth: int, points: int) -> Kept:
    """What there is after a backward pass with Adam, counted on the objects themselves."""
    parameters, loss = network(nin, hidden, depth, points)
    loss.backward()
    nodes = trace(loss).nodes
    adam = Adam([node for node in nodes if node.op is None])
    remembered = [number for memory in adam.memories for number in memory]
    gradients = [parameter.grad for parameter in adam.parameters]
    return Kept(parameters, len(gradients), len(remembered), len(nodes) - parameters)


def checkpointed(length: int = 64, block: int = 8) -> tuple[int, int]:
    """Go backward through a chain of sines of which only each block's first value is kept.

    The most numbers that are kept at one time, the starts of the blocks and the results of one block, and the
    operations forward.

    >>> checkpointed(), checkpointed(64, 64)
    ((16, 128), (65, 128))
    """
    starts = [1.0]
    for _ in range(length // block):
        starts.append(_chain(Value(starts[-1]), block)[-1].data)
    operations, most, upstream = length, 0, 1.0
    for start in reversed(starts[:-1]):
        nodes = _chain(Value(start), block)
        operations += block
        most = max(most, len(starts) - 1 + len(nodes) - 1)
        nodes[-1].backward(upstream)
        upstream = nodes[0].grad
    return most, operations


def _chain(x: Value, length: int) -> list[Value]:
    nodes = [x]
    for _ in range(length):
        nodes.append(sin(nodes[-1]))
    return nodes


def _draw_work(found: Mapping[tuple[int, int], Work], ratios: Mapping[int, float], figure: Any) -> None:
    """The counts over the number of parameters, and backward / forward over the number of points."""
    figure.set_size_inches(9.5, 4.0)
    left, right = figure.subplots(1, 2)
    wide = [counted for (_, points), counted in found.items() if points == 1]
    across = [counted.parameters for counted in wide]
    series = {
        "operations forward": (across, [counted.forward for counted in wide]),
        "backward": (across, [counted.backward for counted in wide]),
        "values kept": (across, [counted.kept for counted in wide]),
    }
    curves(series, x="parameters", y="operations, values", log="xy", marked=True, ax=left)
    right.axhline(2.0, color=INK, linestyle=":", linewidth=1.0)
    curves({"": (list(ratios), list(ratios.values()))}, x="points", y="backward / forward", marked=True, ax=right)
    right.set_ylim(0.0, 2.2)
