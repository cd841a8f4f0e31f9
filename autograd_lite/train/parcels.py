"""Parcels: what workers need of a training, pickled once, and kept by each worker under the digest of its bytes.

A parcel is made in the process that trains and opened by the workers. Parameters travel as their places in a list, so
that a parcel has none of the numbers that a step changes, and what the model and the loss both use stays one thing.
"""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from io import BytesIO
from typing import Any, NamedTuple

from autograd_lite.engine.value import Value

MOST_KEPT = 256  # parcels that a worker keeps: those of a handful of trainings


class Parcel(NamedTuple):
    """Pickled bytes, and the key under which a worker keeps what they hold."""

    key: bytes
    content: bytes


def packed(thing: Any, what: str, parameters: Sequence[Value] = ()) -> Parcel:
    """Something as a parcel; TypeError, with the cure, for what cannot be pickled. `what` names it there.

    cloudpickle, which comes with Dask, is used if it is there: it pickles lambdas too.

    >>> unpacked(packed({"lr": 0.1}, "the options").content)
    {'lr': 0.1}
    """
    try:
        from cloudpickle import Pickler
    except ImportError:
        Pickler, cure = pickle.Pickler, "install cloudpickle, which pickles lambdas too, or "  # noqa: N806 - a class
    else:
        cure = ""
    places = {parameter: place for place, parameter in enumerate(parameters)}

    class Writer(Pickler):  # type: ignore[misc]  # cloudpickle has no types
        def persistent_id(self, part: Any) -> int | None:
            return places.get(part) if type(part) is Value else None

    file = BytesIO()
    try:
        Writer(file, pickle.HIGHEST_PROTOCOL).dump(thing)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        raise TypeError(
            f"{what} cannot be sent to workers, because something in them cannot be pickled: {error}; "
            f"{cure}use functions and classes that are defined at the top of a module"
        ) from error
    content = file.getvalue()
    return Parcel(blake2b(content, digest_size=16).digest(), content)


def unpacked(content: bytes) -> Any:
    """What a parcel holds, with parameters of its own, all 0.0 at first."""
    return _Reader(BytesIO(content)).load()


class _Reader(pickle.Unpickler):
    def __init__(self, file: BytesIO) -> None:
        super().__init__(file)
        self.parameters: dict[int, Value] = {}

    def persistent_load(self, place: int) -> Value:
        return self.parameters.setdefault(place, Value(0.0))


class _Shelf(threading.local):
    """What this thread keeps; not this process, since threads would set the parameters of one model."""

    def __init__(self) -> None:
        self.things: OrderedDict[bytes, Any] = OrderedDict()


_SHELF = _Shelf()


def kept(keys: Sequence[bytes], sent: Mapping[bytes, bytes]) -> list[Any] | None:
    """What a worker keeps under the keys, once it has opened what was sent along; None if it lacks something.

    >>> parcel = packed([1.0, 2.0], "the samples")
    >>> kept([parcel.key], {})
    >>> kept([parcel.key], dict([parcel])), kept([parcel.key], {})
    ([[1.0, 2.0]], [[1.0, 2.0]])
    """
    things = _SHELF.things
    for key, content in sent.items():
        if key not in things:
            things[key] = unpacked(content)
    if not all(key in things for key in keys):
        return None
    for key in keys:
        things.move_to_end(key)
    while len(things) > MOST_KEPT:
        things.popitem(last=False)
    return [things[key] for key in keys]
