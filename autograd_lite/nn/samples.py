"""What modules and losses are called with: numbers, lists or arrays, as lists of numbers whose sizes fit."""

from __future__ import annotations

import numbers
from operator import index
from typing import Any

from autograd_lite.engine.ops import Operand
from autograd_lite.engine.reals import as_float, as_lists
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value, plain

PLAIN = (Value, float, int)  # what nearly all samples are made of: no list for sure


def positive_int(count: Any, what: str) -> int:
    """A whole number of at least 1, or an error that says what it counts.

    >>> positive_int(True, "inputs")
    1
    """
    try:
        whole = index(count)
    except TypeError:
        raise TypeError(f"the number of {what} must be a whole number, got {shortened(count)}") from None
    if whole < 1:
        raise ValueError(f"the number of {what} must be at least 1, got {whole}")
    return whole


def numbers_of(output: Any) -> Any:
    """The numbers of a model's output, without its graph.

    >>> import numpy
    >>> numbers_of([numpy.int64(2), [3]])
    [2.0, [3.0]]
    """
    output = as_lists(output)
    return [numbers_of(x) for x in output] if isinstance(output, (list, tuple)) else plain(output)


def listed(x: Any, module: Any) -> list[Any]:
    """The inputs of a module as a list: from a sequence, an array, or one number."""
    if isinstance(x, (Operand, numbers.Real)):
        return [x]
    try:
        if isinstance(x, (str, bytes, dict, set)):
            raise TypeError
        return list(as_lists(x))
    except TypeError:
        raise TypeError(f"{module.describe()} takes a list of numbers, got {shortened(x)}") from None


def inputs_of(x: Any, module: Any) -> list[Any]:
    """The inputs of a module as a list of the module's length; ValueError for any other number of inputs."""
    xs = x if type(x) is list else listed(x, module)
    if len(xs) != module.nin:
        hint = "; call it once for each sample" if xs and isinstance(xs[0], (list, tuple)) else ""
        raise ValueError(f"{module.describe()} takes {module.nin} inputs, got {len(xs)}{hint}")
    if isinstance(xs[0], (list, tuple)):
        raise ValueError(f"{module.describe()} takes one sample, got {len(xs)}: call it once for each")
    return xs


def flat(tree: Any) -> list[Any]:
    """The numbers of a number, an array or nested lists, in order."""
    if type(tree) in PLAIN:
        return [float(tree) if type(tree) is int else tree]
    tree = as_lists(tree)
    if isinstance(tree, (list, tuple)):
        return [x for part in tree for x in flat(part)]
    return [tree if isinstance(tree, Operand) else as_float(tree)]


def shape_of(name: str, tree: Any) -> tuple[int, ...]:
    """The shape of a number, an array or nested lists; ValueError where the rows differ in length."""
    if type(tree) in PLAIN:
        return ()
    tree = as_lists(tree)
    if not isinstance(tree, (list, tuple)):
        return ()
    shapes = {shape_of(name, part) for part in tree}
    if not shapes:
        raise ValueError(f"{name}: got no samples")
    if len(shapes) > 1:
        raise ValueError(f"{name}: the samples differ in shape: {', '.join(map(str, sorted(shapes)))}")
    return (len(tree), *shapes.pop())


def pairs(name: str, outputs: Any, targets: Any, what: str = "targets") -> list[tuple[Any, Any]]:
    """Each output with its target; ValueError where the shapes differ."""
    shape, target_shape = shape_of(name, outputs), shape_of(name, targets)
    if shape != target_shape:
        raise ValueError(f"{name}: the outputs have the shape {shape}, the {what} {target_shape}")
    return list(zip(flat(outputs), flat(targets), strict=True))


def classified(name: str, scores: Any, targets: Any) -> list[tuple[list[Any], int | list[Any]]]:
    """The scores of each sample with the number of its class, or with the probabilities of all classes."""
    shape, target_shape = shape_of(name, scores), shape_of(name, targets)
    if len(shape) not in (1, 2) or target_shape not in (shape, shape[:-1]):
        raise ValueError(
            f"{name}: expected a list of numbers and a class, or lists of these; "
            f"got the shapes {shape} and {target_shape}"
        )
    several = zip(as_lists(scores), as_lists(targets), strict=True) if len(shape) == 2 else [(scores, targets)]
    if target_shape == shape:
        distributions = [(flat(s), flat(target)) for s, target in several]
        for weight in [weight for _, weights in distributions for weight in weights]:
            check_probability(name, "probability of a class", weight)
        return distributions  # type: ignore[return-value]  # a list of pairs whose second is one of the two
    return [(flat(s), _class(name, target, shape[-1])) for s, target in several]


def check_probability(name: str, what: str, x: Any) -> None:
    """Raise ValueError for a number below 0 or above 1."""
    if not 0.0 <= plain(x) <= 1.0:
        raise ValueError(f"{name}: a {what} is a number from 0 to 1, got {shortened(x)}")


def _class(name: str, target: Any, count: int) -> int:
    try:
        number = plain(target)
        k = int(number) if number.is_integer() else -1
    except (TypeError, OverflowError):
        k = -1
    if not 0 <= k < count:
        raise ValueError(f"{name}: a class is a whole number from 0 to {count - 1}, got {shortened(target)}")
    return k
