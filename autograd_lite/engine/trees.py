"""Nested lists, tuples, dicts and NumPy arrays of numbers, taken apart into their numbers and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import prod
from typing import Any, NamedTuple

from autograd_lite.engine.ops import Operand
from autograd_lite.engine.reals import as_float, unboxed
from autograd_lite.engine.text import shortened


class Structure(NamedTuple):
    """The form of a nested container.

    Its blocks are its numbers and arrays; `blocks` holds the shape of each, () for a number.
    """

    blocks: list[tuple[int, ...]]
    build: Callable[[Iterator[Any]], Any]

    @property
    def size(self) -> int:
        """How many numbers the structure holds."""
        return sum(map(prod, self.blocks))

    def rebuild(self, numbers: Sequence[Any]) -> Any:
        """The structure filled with numbers, in the order in which `flatten` gave them."""
        rest = iter(numbers)
        return self.build(iter([block(shape, list(islice(rest, prod(shape)))) for shape in self.blocks]))


def flatten(tree: Any) -> tuple[list[Any], Structure]:
    """The numbers of a structure (floats and operands such as `Value`s), and its form.

    >>> numbers, form = flatten({"w": [1, 2], "b": (3.5,)})
    >>> numbers
    [1.0, 2.0, 3.5]
    >>> form.rebuild([10, 20, 30])
    {'w': [10, 20], 'b': (30,)}
    """
    tree = unboxed(tree)
    if isinstance(tree, (list, tuple)):
        return _flatten_children(tree, lambda parts: _sequence_like(tree, parts))
    if isinstance(tree, dict):
        return _flatten_children(list(tree.values()), lambda parts: dict(zip(tree, parts, strict=True)))
    if getattr(tree, "ndim", None) and hasattr(tree, "tolist"):
        leaves = [x if isinstance(x, Operand) else as_float(x) for x in tree.ravel().tolist()]
        return leaves, Structure([tuple(tree.shape)], next)
    if isinstance(tree, Operand):
        return [tree], Structure([()], next)
    try:
        return [as_float(tree)], Structure([()], next)
    except TypeError:
        raise TypeError(
            "expected numbers, or lists, tuples, dicts or NumPy arrays of them, "
            f"got {type(tree).__name__} {shortened(tree)}"
        ) from None


def flatten_like(tree: Any, model: Any) -> list[Any]:
    """The numbers of a structure that has the form of another, in that one's order; ValueError if it has not.

    >>> flatten_like({"b": 1, "a": [2]}, {"a": [0.0], "b": 0.0})
    [2.0, 1.0]
    """
    if isinstance(model, dict):
        if isinstance(tree, dict) and tree.keys() == model.keys():
            return [x for key in model for x in flatten_like(tree[key], model[key])]
    elif isinstance(model, (list, tuple)):
        if isinstance(tree, (list, tuple)) and len(tree) == len(model):
            return [x for part, other in zip(tree, model, strict=True) for x in flatten_like(part, other)]
    elif not isinstance(tree, (dict, list, tuple)) and getattr(tree, "shape", ()) == getattr(model, "shape", ()):
        return flatten(tree)[0]
    raise ValueError(f"expected the structure of {shortened(model)}, got {shortened(tree)}")


def converted(tree: Any, change: Callable[[Any], Any]) -> Any:
    """The structure with every operand in it changed; whatever else it holds, of whatever kind, stays.

    >>> from autograd_lite import Value
    >>> converted({"loss": Value(2.0), "step": 7, "name": ("a", None)}, lambda x: x.data)
    {'loss': 2.0, 'step': 7, 'name': ('a', None)}
    """
    if isinstance(tree, Operand):
        return change(tree)
    if isinstance(tree, (list, tuple)):
        return _sequence_like(tree, [converted(child, change) for child in tree])
    if isinstance(tree, dict):
        return {key: converted(child, change) for key, child in tree.items()}
    if str(getattr(tree, "dtype", "")) == "object" and any(isinstance(x, Operand) for x in tree.ravel().tolist()):
        return block(tree.shape, [converted(x, change) for x in tree.ravel().tolist()])
    return tree


def block(shape: tuple[int, ...], entries: list[Any]) -> Any:
    """One number for the shape (), otherwise an array: of floats, or an `Array` where `Value`s are among them."""
    if shape == ():
        return entries[0]
    import numpy

    kind = object if any(isinstance(x, Operand) for x in entries) else float
    array: Any = numpy.empty(len(entries), dtype=kind)
    array[:] = entries
    if kind is object:
        from autograd_lite.engine.arrays import Array

        array = array.view(Array)
    return array.reshape(shape)


def _flatten_children(children: Sequence[Any], combine: Callable[[list[Any]], Any]) -> tuple[list[Any], Structure]:
    try:
        flat = [flatten(child) for child in children]
    except RecursionError:
        raise ValueError(
            "the structure is nested too deeply, or contains itself: pass a flat list or an array"
        ) from None
    leaves = [leaf for numbers, _ in flat for leaf in numbers]
    blocks = [shape for _, form in flat for shape in form.blocks]
    return leaves, Structure(blocks, lambda parts: combine([form.build(parts) for _, form in flat]))


def _sequence_like(original: Any, parts: list[Any]) -> Any:
    if hasattr(original, "_fields"):  # a named tuple takes its fields one by one
        return type(original)(*parts)
    return type(original)(parts)
