"""Where a `Value` would turn into a bare number, which nothing flows back through: what asks for it, and what to say.

`int(x)` and `if x:` are asked on purpose, and go on. NumPy calls the same methods to fill an array of integers or
bools, and compares objects to pick the largest, so what matters is who asks: the instruction that the caller is at.
"""

from __future__ import annotations

import builtins
from opcode import opmap
from types import CodeType, FrameType, ModuleType
from typing import Any

from autograd_lite.engine.table import TABLE
from autograd_lite.engine.text import shortened

# Instructions through which NumPy may ask for a truth or a comparison.
ASKING = {code for name, code in opmap.items() if name.startswith(("CALL", "PRECALL", "STORE_SUBSCR", "STORE_SLICE"))}

BETWEEN = ("numpy", "statistics")  # written in Python, between the user's call and the conversion
OURS = {getattr(op.value, "__name__", ""): name for name, op in TABLE.items()}  # math.fabs is the value of abs
OURS |= {name: name for name in (*TABLE, "mean", "prod")} | {"fsum": "sum", "sumprod": "dot", "fmean": "mean"}

# Called by these names, NumPy makes numbers of objects, orders them, or compares them for the comparison's sake.
CONVERSIONS = {
    "array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "require", "full", "fromiter", "fill",
    "put", "place", "bool", "__setitem__", "logical_and", "logical_or",
}  # fmt: skip
ORDERS = {
    "maximum", "minimum", "fmax", "fmin", "reduce", "accumulate", "outer", "argmax", "argmin", "argsort", "partition",
    "searchsorted",
}  # fmt: skip
COMPARISONS = {"less", "less_equal", "greater", "greater_equal", "lt", "le", "gt", "ge"}


SEEN: dict[tuple[int, int], tuple[CodeType, str, tuple[str, ...]]] = {}  # with the code, so that its id stays its own
CO_OPTIMIZED = 1  # of a function, in whose code names are of the globals or of Python


def asking(frame: FrameType) -> bool:
    """Whether a frame is at one of those instructions, and not simply at `if x` or `x < y`: quick to tell."""
    return frame.f_code.co_code[frame.f_lasti] in ASKING


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
    instruction, name, function = _asked(frame)
    module = getattr(function, "__module__", None)
    if module in ("math", "statistics"):
        taker = f"{module}.{name}"
        ways = f"write autograd_lite.{OURS[name]}, or " if name in OURS else ""
    elif instruction.startswith("STORE") or name in CONVERSIONS or f"{module}.".startswith("numpy."):
        taker = f"{module}.{name}" if f"{module}.".startswith("numpy.") else "an array of numbers"
        ways = "an array that holds Values has dtype=object; or "
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


def rounds(frame: FrameType) -> bool:
    """Whether `int(x)` is asked on purpose, by its name or by something lazy such as `map(int, ...)`."""
    instruction, name, function = _asked(frame)
    if not instruction.startswith(("CALL", "PRECALL")):
        return not instruction.startswith(("STORE", "BINARY"))  # an array's element; "%d" % x
    return getattr(function, "__module__", None) == "builtins" or name == "astype"


def fills(frame: FrameType) -> bool:
    """Whether a truth is asked to fill an array of bools."""
    instruction, name, function = _asked(frame)
    return instruction.startswith("STORE") or (name in CONVERSIONS and function is not bool)


def refuse_order(frame: FrameType, always: bool) -> None:
    """Raise if NumPy compares two numbers that are tied, or nan, to sort objects; or always, to find the largest."""
    instruction, name, function = _asked(frame)
    if instruction.startswith("STORE") or name in COMPARISONS or not (always or name in ("sort", "partition")):
        return
    things = (function, type(function), type(getattr(function, "__self__", None)))
    rooms = [_module(frame), *(getattr(thing, "__module__", None) for thing in things)]
    if any(f"{room}.".startswith("numpy.") for room in rooms) or (function is None and name in ORDERS):
        raise TypeError(
            "NumPy would order plain objects here, among them Values that are tied, or nan: it would give the whole "
            "gradient to one of them, or lose the nan; make the array of Values with numpy.stack, and keep it as it is "
            "(numpy.asarray and numpy.array lose its kind, numpy.asanyarray does not)"
        )


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__"))


def _asked(frame: FrameType | None) -> tuple[str, str, Any]:
    """The instruction that a frame is at; the name of what it calls, "" if it has none; and that, if it is known."""
    if frame is None:
        return "", "", None
    code = frame.f_code
    instruction, names = _instruction(code, frame.f_lasti)
    local = not code.co_flags & CO_OPTIMIZED or names[0] not in code.co_names  # which are costly to collect
    spaces = (frame.f_locals if local else {}, frame.f_globals, vars(builtins))
    found = next((space[names[0]] for space in spaces if names[0] in space), None)
    for name in names[1:]:
        known = isinstance(found, ModuleType) or type(found).__module__.startswith("numpy")
        found = getattr(found, name, None) if known else None
    return instruction, getattr(found, "__name__", names[-1]), found


def _instruction(code: CodeType, place: int) -> tuple[str, tuple[str, ...]]:
    """The name of an instruction, and the names in what it calls, which begins where the call does."""
    key = id(code), place  # to hash the code itself takes long
    if key not in SEEN:
        if len(SEEN) > 1000:
            SEEN.clear()
        SEEN[key] = code, *_read(code, place)
    return SEEN[key][1:]


def _read(code: CodeType, place: int) -> tuple[str, tuple[str, ...]]:
    from dis import get_instructions

    names: tuple[str, ...] = ("",)
    instructions = list(get_instructions(code))
    current = next((each for each in instructions if each.offset == place), None)
    if current is None or current.positions is None or current.positions.col_offset is None:
        return "" if current is None else current.opname, names
    start = current.positions.lineno, current.positions.col_offset
    for each in instructions:
        if each.offset >= place:
            break
        if each.positions is None or (each.positions.lineno, each.positions.col_offset) != start:
            continue
        if each.opname.startswith(("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FAST", "LOAD_DEREF", "LOAD_CLASSDEREF")):
            names = (str(each.argval),)
        elif each.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            names += (each.argval,)
        elif each.opname not in ("PUSH_NULL", "PRECALL", "KW_NAMES"):
            names = ("",)  # a subscript, a call: what it gives is not known before
    return current.opname, names
