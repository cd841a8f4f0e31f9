"""NumPy's side of the table: a ufunc that meets a `Value` applies the row of the same name.

`np.exp(v)` is a `Value`; `array * v` is an array of `Value`s, element by element.
"""

from __future__ import annotations

import operator
from typing import Any

from autograd_lite.engine.ops import Operand
from autograd_lite.engine.reals import as_float, unboxed
from autograd_lite.engine.table import TABLE

BY_UFUNC = {op.ufunc: op for op in TABLE.values()}
COMPARISONS = {
    "less": operator.lt,
    "less_equal": operator.le,
    "equal": operator.eq,
    "not_equal": operator.ne,
    "greater": operator.gt,
    "greater_equal": operator.ge,
}


def apply_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What a NumPy ufunc gives when one of its inputs is a `Value`."""
    import numpy

    function: Any = BY_UFUNC.get(ufunc.__name__) or COMPARISONS.get(ufunc.__name__)
    if function is None or method != "__call__":
        call = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        raise TypeError(
            f"numpy.{call} cannot be applied to a Value: no such operation in the table; see autograd_lite.Op"
        )
    inputs = tuple(numpy.asarray(x, dtype=object) if isinstance(x, (list, tuple)) else unboxed(x) for x in inputs)
    out = options.pop("out", None)
    if options:
        raise TypeError(f"numpy.{ufunc.__name__} of a Value takes no option {', '.join(options)}")
    if out is None and not any(isinstance(x, numpy.ndarray) for x in inputs):
        return function(*(x if isinstance(x, Operand) else as_float(x) for x in inputs))
    result = numpy.frompyfunc(function, len(inputs), 1)(*map(_boxed, inputs))
    if out is not None:
        if out[0].dtype != object:
            raise TypeError(f"an array of {out[0].dtype} cannot hold Values: make it with dtype=object")
        out[0][...] = result
        return out[0]
    return result.astype(bool) if ufunc.__name__ in COMPARISONS else result


def _boxed(x: Any) -> Any:
    """An array that NumPy goes through element by element, also for one object."""
    import numpy

    if isinstance(x, numpy.ndarray):
        return x
    box = numpy.empty((), dtype=object)
    box[()] = x
    return box
