"""Numbers in nested lists: how they are nested, one after the other, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autograd_lite.engine.value import Value


def structure(nested: Any) -> Any:
    """How numbers are nested: () for one number, and for a list, the structures of its parts.

    >>> structure(1.0), structure([1, 2]), structure([[1], [2]])
    ((), [(), ()], [[()], [()]])
    """
    return [structure(part) for part in nested] if isinstance(nested, list) else ()


def flat(nested: Any) -> Iterator[Any]:
    """The numbers in nested lists, one after the other."""
    if isinstance(nested, list):
        for part in nested:
            yield from flat(part)
    else:
        yield nested


def filled(shape: Any, numbers: Iterator[Any]) -> Any:
    """Numbers, one after the other, nested as the structure says."""
    return [filled(part, numbers) for part in shape] if isinstance(shape, list) else next(numbers)


def places(shape: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The indices of each number, counted from 1."""
    if isinstance(shape, list):
        for place, part in enumerate(shape, start=1):
            yield from places(part, (*before, str(place)))
    else:
        yield before


def as_lists(value: Any) -> Any:
    """Numbers as they are written into answers: nested lists; the entries of a mapping in their order."""
    value = value() if callable(value) and not isinstance(value, Value) else value
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [as_lists(part) for part in value]
    if isinstance(value, Value):
        return value.data
    return value if isinstance(value, (str, int)) else float(value)
