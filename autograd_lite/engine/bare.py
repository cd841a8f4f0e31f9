"""What to say where a `Value` would turn into a bare number, which nothing flows back through."""

from __future__ import annotations

import builtins
import linecache
import re
from itertools import islice
from types import FrameType, ModuleType
from typing import Any

from autograd_lite.engine.table import TABLE
from autograd_lite.engine.text import shortened

BETWEEN = ("numpy", "statistics")  # written in Python, between the user's call and the conversion
OURS = {getattr(op.value, "__name__", ""): name for name, op in TABLE.items()}  # math.fabs is the value of abs
OURS |= {name: name for name in (*TABLE, "mean", "prod")} | {"fsum": "sum", "sumprod": "dot", "fmean": "mean"}


def refusal(x: object, frame: FrameType | None) -> TypeError:
    """The error for `float(x)`, called in a frame, perhaps by a function such as `math.sin`, which it then names.

    >>> import math
    >>> from autograd_lite import Value
    >>> math.sin(Value(3.0))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    TypeError: math.sin takes a bare number, and would cut the gradient of Value(3.0) off: write autograd_lite.sin, ...
    """
    while frame is not None and frame.f_back is not None and _module(frame).partition(".")[0] in BETWEEN:
        frame = frame.f_back
    function = _called(frame) if frame is not None else None
    module, name = (getattr(function, key, None) for key in ("__module__", "__name__"))
    if module in ("math", "statistics"):
        taker = f"{module}.{name}"
        ways = f"write autograd_lite.{OURS[name]}, or " if name in OURS else ""
    elif f"{module}.".startswith("numpy."):
        taker, ways = f"{module}.{name}", "an array that holds Values has dtype=object; or "
    else:
        taker, ways = (
            "float()",
            'write autograd_lite.sin for math.sin, f"{x:.2f}" for "%.2f" % x, '
            + ("dtype=object for an array that holds Values; or "),
        )
    return TypeError(
        f"{taker} takes a bare number, and would cut the gradient of {shortened(x)} off: {ways}"
        "take the number out on purpose, with .item() or .data"
    )


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__"))


def _called(frame: FrameType) -> Any:
    """What a frame is calling, as its source says; None where that cannot be read.

    The interpreter knows which piece of the source it is at: it marks it in tracebacks.
    """
    places = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), (None,) * 4)
    if None in places or places[0] != places[1]:
        return None
    line, _, start, end = places
    text = linecache.getline(frame.f_code.co_filename, line or 0, frame.f_globals).encode()[start:end].decode()
    match = re.match(r"([\w.]+)\(", text)
    if match is None:
        return None
    first, *path = match[1].split(".")
    found = next((names[first] for names in (frame.f_locals, frame.f_globals, vars(builtins)) if first in names), None)
    for name in path:
        found = getattr(found, name, None) if isinstance(found, ModuleType) else None
    return found
