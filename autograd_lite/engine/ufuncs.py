"""NumPy's universal functions of `Value`s: `np.exp(v)`, `array * v`, `np.maximum.reduce(array)`.

A ufunc that meets a `Value` applies the row of the same name; its methods and options are NumPy's own, because the
row is made a ufunc of objects. What does not change with the numbers, such as comparing and rounding, is NumPy's
answer for the numbers. All else is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy

from autograd_lite.engine.context import decide
from autograd_lite.engine.graph import Node
from autograd_lite.engine.ops import Op, Operand
from autograd_lite.engine.reals import as_float
from autograd_lite.engine.table import LN_2, TABLE, abs, logaddexp, maximum, minimum, mul, pow
from autograd_lite.engine.text import shortened

# The loops of NumPy for objects that apply the operators: right as they are, and fast.
OPERATORS = {"add", "subtract", "multiply", "divide", "negative", "conjugate", "matmul", "vecdot", "matvec", "vecmat"}

# What does not change with the numbers, or jumps: NumPy's answer for the numbers, through which no gradient flows.
CONSTANT = {
    "less", "less_equal", "equal", "not_equal", "greater", "greater_equal", "logical_and", "logical_or", "logical_not",
    "logical_xor", "isnan", "isfinite", "isinf", "signbit", "floor", "ceil", "trunc", "rint",
}  # fmt: skip


def _quotient(x: Any, y: Any, z: Any) -> float:
    """Minus the whole number by which y was multiplied and taken off, so that z was left of x."""
    x, y, z = (getattr(number, "data", number) for number in (x, y, z))
    return float(numpy.rint((z - x) / y))


remainder = Op("remainder", lambda x, y: x % y, [1.0, _quotient])
fmod = Op("fmod", math.fmod, [1.0, _quotient])


def _tied(op: Op) -> Op:
    """The maximum or minimum of two equal numbers, of which the second has this share of the gradient.

    Beside the tie it is still the extreme, so that a check finds the kink.
    """
    partials: list[Any] = [lambda x, y, share, z: 1.0 - share, lambda x, y, share, z: share, 0.0]
    return Op(
        op.name, lambda x, y, share: op.value(x, y), partials, text=op.text, latex=op.latex, javascript=op.javascript
    )


TIED = {op: _tied(op) for op in (maximum, minimum)}  # where k are tied, each has 1/k


@lru_cache(100)
def tied_in_order(count: int) -> Op:
    """What stands in each place of so many equal numbers that are sorted."""
    return Op("sorted", lambda *xs: max(xs), [1.0 / count] * count, commutative=True, javascript="Math.max")


def _unless_nan(op: Op) -> Callable[[Any, Any], Any]:
    return lambda x, y: y if x != x else x if y != y else op(x, y)


FUNCTIONS: dict[str, Any] = {
    "remainder": remainder,
    "fmod": fmod,
    "floor_divide": lambda x, y: numbers(x) // numbers(y),
    "divmod": lambda x, y: (numbers(x) // numbers(y), remainder(x, y)),
    "float_power": pow,
    "fabs": abs,
    "degrees": lambda x: mul(x, 180.0 / math.pi),
    "rad2deg": lambda x: mul(x, 180.0 / math.pi),
    "radians": lambda x: mul(x, math.pi / 180.0),
    "deg2rad": lambda x: mul(x, math.pi / 180.0),
    "logaddexp2": lambda x, y: logaddexp(mul(x, LN_2), mul(y, LN_2)) / LN_2,
    "copysign": lambda x, y: mul(abs(x), math.copysign(1.0, plain(y))),
    "fmax": _unless_nan(maximum),
    "fmin": _unless_nan(minimum),
} | {op.ufunc: op for op in TABLE.values()}
EXTREMES = {"maximum", "minimum", "fmax", "fmin"}


def apply_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What a NumPy ufunc gives when one of its inputs, or what it writes to, is a `Value` or an array of them."""
    name = ufunc.__name__
    if method == "__call__" and not options and name in FUNCTIONS:
        for x in inputs:
            if isinstance(x, (numpy.ndarray, list, tuple)):
                break
        else:
            return FUNCTIONS[name](*inputs)  # of numbers alone
    if name in CONSTANT and method != "at":
        result = _of_numbers(ufunc, method, inputs, options)
        return result.item() if isinstance(result, numpy.generic) else result
    loop = _loop(ufunc)
    if loop is None:
        call = name if method == "__call__" else f"{name}.{method}"
        raise TypeError(
            f"numpy.{call} cannot be applied to a Value: no such operation in the table; see autograd_lite.Op"
        )
    out = _checked(name, method, inputs, options) if options or method == "at" else None
    operands = [x if i == 1 and method in ("at", "reduceat") else boxed(x) for i, x in enumerate(inputs)]
    if ufunc.identity is not None and method == "reduce" and (not operands[0].size or "where" in options):
        options.setdefault("initial", boxed(ufunc.identity)[()])
    extreme = name in EXTREMES and method in ("reduce", "accumulate", "reduceat")
    if out is not None and not extreme:
        options["out"] = tuple(array if array is None else array.view(numpy.ndarray) for array in out)
    if ufunc.signature and not all(x.size for x in operands):  # of objects, NumPy has None for a sum of nothing
        operands = [numpy.zeros(x.shape) for x in operands]
    with numpy.errstate(all="ignore"):  # a Value raises what NumPy warns of
        result = _extreme(name, method, operands, options) if extreme else getattr(loop, method)(*operands, **options)
    if out is None:
        return result
    if extreme:
        out[0][...] = result
    return out[0] if len(out) == 1 else out


def _checked(name: str, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """The arrays to write to; options that mean nothing for Values are taken out, and those that cannot be refused."""
    for option, given in list(options.items()):
        if (
            option in ("casting", "order", "subok")
            or (option == "where" and given is True)
            or (option == "dtype" and given in (None, object, float, numpy.dtypes.ObjectDType))
        ):
            del options[option]
    if refused := options.keys() - {"axis", "axes", "keepdims", "initial", "where", "out"}:
        raise TypeError(f"numpy.{name} of a Value takes no option {', '.join(sorted(refused))}")
    out = options.pop("out", None)
    for array in (out or ()) + (inputs[:1] if method == "at" else ()):
        must_hold_values(array)
    if method == "__call__" and "where" in options and out is None:
        raise TypeError(f"numpy.{name}: where= leaves elements without a value: say with out= what they are")
    if options.get("initial") is not None:
        options["initial"] = boxed(options["initial"])[()]
    return out


def must_hold_values(array: Any) -> None:
    """Raise if it is an array of numbers, in which `Value`s would be bare numbers."""
    if array is not None and not isinstance(array, numpy.ndarray):
        raise TypeError(f"what is written to, out=, is an array, got {type(array).__name__} {shortened(array)}")
    if array is not None and array.dtype != object:
        raise TypeError(
            f"an array of {array.dtype} cannot hold Values: make it with dtype=object, "
            "or by numpy.zeros_like(v) from an array v of Values"
        )


def _extreme(name: str, method: str, operands: list[Any], options: dict[str, Any]) -> Any:
    """The largest or smallest elements; where k are tied, each has the k-th part of the gradient."""
    op, tie = FUNCTIONS[name], TIED[maximum if name in ("maximum", "fmax") else minimum]

    def fold(x: Any, y: Any) -> Any:
        x, count = x if type(x) is tuple else (x, 1)
        if plain(x) == plain(y):
            numbers([x, y])  # elsewhere, there may be no tie
            return tie(x, y, 1.0 / (count + 1)), count + 1
        extreme = op(x, y)
        return extreme, count if plain(extreme) == plain(x) else 1

    result = getattr(numpy.frompyfunc(fold, 2, 1, identity=None), method)(*operands, **options)
    one = numpy.frompyfunc(lambda x: x[0] if type(x) is tuple else x, 1, 1)
    return one(result) if isinstance(result, numpy.ndarray) else result[0] if type(result) is tuple else result


def boxed(x: Any) -> Any:
    """An array of objects that NumPy goes through by its own loops, also for one object."""
    if isinstance(x, numpy.ndarray):
        x = x.view(numpy.ndarray)
        return x if x.dtype == object else (x.astype(float) if x.dtype.kind in "biu" else x).astype(object)
    if isinstance(x, (list, tuple)):
        return numpy.array(x, dtype=object)
    box = numpy.empty((), dtype=object)
    box[()] = x if isinstance(x, Operand) else as_float(x)
    return box


def numbers(x: Any) -> Any:
    """The numbers of `Value`s in arrays, lists, tuples and dicts; they are marked as having decided something."""
    if isinstance(x, numpy.ndarray):
        x = x.view(numpy.ndarray)
        found = numpy.frompyfunc(_number, 1, 1)(x) if x.dtype == object else x
        return found.astype(float) if found is not x and isinstance(found, numpy.ndarray) else found
    if isinstance(x, Node):
        return _number(x)
    if type(x) in (list, tuple):
        return type(x)(map(numbers, x))
    return {key: numbers(entry) for key, entry in x.items()} if type(x) is dict else x


def _number(x: Any) -> float:
    decide(x)  # as a branch does
    return plain(x)


def plain(x: Any) -> float:
    """The number of a `Value`, or a plain number."""
    return x._data if isinstance(x, Node) else as_float(x)


def _of_numbers(ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    out = options.pop("out", None)
    where = options.pop("where", True) if out is not None and method == "__call__" else True
    try:
        result = getattr(ufunc, method)(*map(numbers, inputs), **options)
    except TypeError:
        if ufunc.__name__ not in ("equal", "not_equal"):
            raise
        result = getattr(ufunc, method)(*map(_comparable, inputs), **options)  # nothing that is no number is equal
    if out is None:
        return result
    numpy.copyto(out[0].view(numpy.ndarray), result, where=where)
    return out[0]


def _comparable(x: Any) -> Any:
    return x.view(numpy.ndarray) if isinstance(x, numpy.ndarray) else numpy.array(x, dtype=object)


@cache
def _loop(ufunc: Any) -> Any:
    """The ufunc of objects that takes the place of one of NumPy; None where there is none."""
    name = ufunc.__name__
    if set("".join(ufunc.types)) <= set("O->") or (ufunc is getattr(numpy, name, None) and name in OPERATORS):
        return ufunc  # the first are those that the user made of a Python function
    if name not in FUNCTIONS or ufunc.signature:
        return None
    identity = {} if ufunc.identity is None else {"identity": float(ufunc.identity)}
    return numpy.frompyfunc(FUNCTIONS[name], ufunc.nin, ufunc.nout, **identity)
