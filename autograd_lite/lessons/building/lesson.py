"""Build it: the engine of eight holes learns XOR, beside the engine of the package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from random import Random
from typing import Annotated, Any

from autograd_lite.engine.table import square, tanh
from autograd_lite.engine.value import Value, plain
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.building import finished
from autograd_lite.lessons.building.probes import PARTIALS, attribute, close, parents
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.notation import LOWER, Seed, above_rounding
from autograd_lite.lessons.outcome import Outcome, agree, written
from autograd_lite.optim import SGD
from autograd_lite.plots import curves
from autograd_lite.views.columns import Columns

ROUNDS, RATE = 300, 0.1
GRAPHS = 100  # random ones, on which two engines are compared


@lesson(
    "L30",
    "Build it: an engine by hand",
    "P",
    r"""
    $y = (ab + a)^2$, with $u = ab$ and $v = u + a$. Do by hand what an engine does: forward to $y$, and from there
    back to $v$, to $u$, and to $a$ and $b$, upstream times local on every edge.
    """,
)
def by_hand(
    a: Annotated[int, Limits("the first operand", -9, 9)] = 2, b: Annotated[int, Limits("the other", -9, 9)] = 3
) -> Outcome:
    """What the first engine of one's own has to find."""
    x, z = Value(a, label="a"), Value(b, label="b")
    u = x * z
    v = u + x
    y = square(v)
    u.label, v.label, y.label = "u", "v", "y"
    y.backward()
    return Outcome(
        {"y": y.data, "∂y/∂v": v.grad, "∂y/∂a": x.grad, "∂y/∂b": z.grad},
        {"∂y/∂a = 2v(b + 1)": agree(x.grad, 2.0 * (a * b + a) * (b + 1), scale=1.0)},
        y,
    )


@lesson(
    "L30",
    "Build it",
    "P",
    r"""
    An engine from nothing, in eight holes of a few lines: what a Value keeps, a sum, a product, a power, $\tanh$,
    the order, the backward pass, and the step $w \leftarrow w - \eta \partial L/\partial w$.
    `autograd-lite lesson L30 --file my_engine.py` writes a program with the holes, and then tests what you fill in.
    Here it is finished: two layers of $\tanh$ learn XOR, for 300 rounds with $\eta = 0.1$, on it and on the engine
    of this package.
    """,
    quiz=Quiz(("y", "∂y/∂v", "∂y/∂a", "∂y/∂b"), {"a": (-9, 9, 1), "b": (-9, 9, 1)}, by_hand),
)
def build_it(
    hidden: Annotated[int, Limits("the number of hidden units", 1, 8)] = 2,
    seed: Seed = 0,
) -> Outcome:
    """Train XOR with the finished engine, and compare it with the package's."""
    return trained(finished.Value, finished.step, hidden, seed)


def trained(kind: Any, step: Any, hidden: int = 2, seed: int = 0) -> Outcome:
    """What an engine of one's own can do: XOR, and the same numbers as the engine of the package."""
    mine, theirs = (finished.first_weights(which, hidden, seed) for which in (kind, Value))
    descent, errors, others = SGD(theirs, lr=RATE), [], []
    for _ in range(ROUNDS):
        loss = finished.loss(mine)
        errors.append(loss.data)
        step(mine, loss, RATE)
        descent.zero_grad()
        other = finished.loss(theirs)
        others.append(other.data)
        other.backward()
        descent.step()
    errors.append(finished.loss(mine).data)
    others.append(finished.loss(theirs).data)
    apart = [gap(kind, number) for number in range(GRAPHS)]
    said = [finished.output(mine, x1, x2).data for x1, x2, _ in finished.XOR]
    rows = [
        [written(x1), written(x2), written(target), written(y, 4), written(finished.output(theirs, x1, x2).data, 4)]
        for (x1, x2, target), y in zip(finished.XOR, said, strict=True)
    ]
    right = [y * target > 0.0 for y, (*_, target) in zip(said, finished.XOR, strict=True)]
    return Outcome(
        {"loss at first": errors[0], "loss at last": errors[-1]},
        {
            "all four outputs are on the right side of 0": all(right),
            f"on {GRAPHS} random graphs the gradients are those of autograd_lite, to 12 digits": max(apart) < 1e-12,
            f"in {ROUNDS} rounds of training all losses are those of autograd_lite, to 9 digits": agree(
                errors, others, 1e-9
            ),
        },
        picture(kind, hidden, seed),
        [
            Columns("XOR, learnt", [" x₁", " x₂", " target", " this engine", " autograd_lite"], rows),
            Columns(
                "the two engines",
                ["", " largest difference"],
                [
                    [f"gradients of {GRAPHS} random graphs", above_rounding(max(apart))],
                    [
                        f"losses of {ROUNDS} rounds",
                        above_rounding(max(abs(x - y) for x, y in zip(errors, others, strict=True))),
                    ],
                ],
            ),
        ],
        partial(_draw, errors),
        name="an engine of your own",
        reasons={
            "all four outputs are on the right side of 0": lambda: (
                f"the loss has come to {written(errors[-1], 4)} and falls by {written(errors[-2] - errors[-1], 2)} in "
                f"a round: from these weights descent ends on a plateau, with {hidden} hidden units; try another seed"
            )
        },
    )


def _draw(errors: Sequence[float], figure: Any) -> None:
    """The loss before each round and after the last."""
    curves({"L": (range(len(errors)), errors)}, x="rounds", y="loss L", log="y", ax=figure.subplots())


def random_graph(kind: Any, seed: int) -> tuple[list[Any], Any]:
    """Leaves, and the end of a graph of sums, products, powers and tanh of them; the same for each kind of Value."""
    draw = Random(seed)
    leaves = [kind(draw.uniform(-1.5, 1.5)) for _ in range(4)]
    nodes = list(leaves)
    steps: list[Callable[[Any, Any], Any]] = [
        lambda x, y: x + y,
        lambda x, y: x * y,
        lambda x, y: y * x + x,
        lambda x, y: (x * y).tanh(),
        lambda x, y: x.tanh() ** 3 + y,
        lambda x, y: x * x + 2 * y,
        lambda x, y: (x * 0.5 + 1).tanh() * y,
    ]
    for _ in range(12):
        nodes.append(draw.choice(steps)(nodes[-1], draw.choice(nodes)).tanh())
    return leaves, nodes[-1] * nodes[-2] + nodes[-3]


def gap(kind: Any, seed: int) -> float:
    """How far two engines are apart on a random graph: the largest difference, relative to the largest gradient."""
    (mine, end), (theirs, other) = random_graph(kind, seed), random_graph(Value, seed)
    end.backward()
    other.backward()
    largest = max(1.0, *(abs(float(y.grad)) for y in theirs))
    return max(abs(float(x.grad) - float(y.grad)) for x, y in zip(mine, theirs, strict=True)) / largest


def picture(kind: Any, hidden: int = 2, seed: int = 0) -> Value:
    """The graph of the first sample's error as the reader's engine has recorded it, in Values that can be drawn."""
    weights = finished.first_weights(kind, hidden, seed)
    x1, x2, target = finished.XOR[1]
    error = (finished.output(weights, x1, x2) - target) ** 2
    names = [f"{name}{LOWER[k]}{i}" for k in range(1, hidden + 1) for name, i in (("w¹", "₁"), ("w¹", "₂"), ("b¹", ""))]
    names += [*(f"w²₁{LOWER[k]}" for k in range(1, hidden + 1)), "b²₁"]
    drawn = replayed(error, {id(weight): name for weight, name in zip(weights, names, strict=True)})
    drawn.label = "error"
    drawn.backward()
    return drawn


def replayed(root: Any, names: Mapping[int, str]) -> Value:
    """A graph that was recorded by the reader's engine, once more in Values of the package.

    Which operation a node is, its number tells: the one that gives it. Leaves without a name stay plain numbers.
    """
    drawn: dict[int, Any] = {}
    for node in root.order():
        operands = [drawn[id(parent)] for parent in parents(node)]
        if not operands:
            name = names.get(id(node))
            drawn[id(node)] = Value(node.data, name) if name else float(node.data)
        elif len(operands) == 1:
            drawn[id(node)] = _like(node, _of_one(operands[0], node))
        else:
            a, b = operands
            drawn[id(node)] = _like(node, (a + b, a * b))
    found: Value = drawn[id(root)]
    return found


def _of_one(a: Any, node: Any) -> Iterator[Any]:
    """What a node with one parent may be; a plain number may have been the other operand."""
    yield tanh(a)
    yield a**2
    yield a + a  # where parents are a set
    yield from (a * slope for slope in attribute(node, PARTIALS) or ())
    yield a + (node.data - plain(a))


def _like(node: Any, operations: Iterable[Any]) -> Any:
    """The first operation that gives the number of a node."""
    return next(y for y in operations if close(plain(y), node.data))
