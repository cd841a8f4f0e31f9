"""What lessons share: parameters, names of nodes as in the notes, the halved error, a step of descent, matrices."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Annotated

from autograd_lite.engine.value import Value
from autograd_lite.lessons.lesson import Limits
from autograd_lite.lessons.outcome import written
from autograd_lite.nn import Neuron, Sequential
from autograd_lite.nn.losses import mse
from autograd_lite.optim.optimizers import SGD

UPPER, LOWER = "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"  # digits: of layers; of neurons and weights
ROUNDING = 1e-12  # what lies below is not shown
Rate = Annotated[float, Limits("the learning rate η", 0, 100)]
Seed = Annotated[int, Limits("the seed of the random numbers", 0, 1_000_000)]
half_sum = partial(mse, half=True, reduction="sum")  # 1/2 Σ(t − y)²


def name_weights(unit: Neuron) -> None:
    """Label the weights of a unit that is alone w₁, w₂, …; its bias is b."""
    for k, weight in enumerate(unit.w, start=1):
        weight.label = f"w{_below(k)}"


def name_parameters(model: Sequential) -> None:
    """Label the parameters as in the notes: w¹₂₃ leads from unit 3 of the inputs to unit 2 of layer 1.

    >>> from autograd_lite.nn import MLP
    >>> model = MLP(3, [2, 1])
    >>> name_parameters(model)
    >>> [parameter.label for parameter in model.layers[1].neurons[0].parameters()]
    ['w²₁₁', 'w²₁₂', 'b²₁']
    """
    for n, layer in enumerate(model.layers, start=1):
        for j, neuron in enumerate(getattr(layer, "neurons", [layer]), start=1):
            neuron.b.label = f"b{UPPER[n]}{_below(j)}"
            for k, weight in enumerate(neuron.w, start=1):
                weight.label = f"w{UPPER[n]}{_below(j)}{_below(k)}"


def stepped(parameters: Iterable[Value], eta: float) -> list[float]:
    """The parameters after one step of gradient descent, as new numbers: those of the graph stay as they are.

    >>> w = Value(2.0)
    >>> (w * w).backward()
    >>> stepped([w], 0.25), w.data
    ([1.0], 2.0)
    """
    copies = []
    for parameter in parameters:
        copies.append(Value(parameter.data))
        copies[-1].grad = parameter.grad
    SGD(copies, lr=eta).step()
    return [copy.data for copy in copies]


def inner(xs: Iterable[float], ys: Iterable[float]) -> float:
    """The inner product of two vectors, by its formula: neither NumPy nor the engine computes it.

    >>> inner([1.0, 2.0], [3.0, 5.0])
    13.0
    """
    return sum(x * y for x, y in zip(xs, ys, strict=True))


def times(a: Iterable[Iterable[float]], b: Iterable[Iterable[float]]) -> list[list[float]]:
    """The product of two matrices, rows by columns; each matrix is given by its rows.

    >>> times([[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]])
    [[13.0, 16.0]]
    """
    columns = [*zip(*b, strict=True)]
    return [[inner(row, column) for column in columns] for row in a]


def transposed(a: Iterable[Iterable[float]]) -> list[list[float]]:
    """The transpose of a matrix, which is given by its rows.

    >>> transposed([[1.0, 2.0], [3.0, 4.0]])
    [[1.0, 3.0], [2.0, 4.0]]
    """
    return [[*column] for column in zip(*a, strict=True)]


def above_rounding(x: float, digits: int = 4) -> str:
    """A number to a few digits; 0 where it is only rounding.

    >>> above_rounding(0.123456), above_rounding(3e-17)
    ('0.1235', '< 1e−12')
    """
    return written(x, digits) if abs(x) > ROUNDING else "< 1e−12"


def _below(n: int) -> str:
    """A number as a subscript."""
    return "".join(LOWER[int(digit)] for digit in str(n))
