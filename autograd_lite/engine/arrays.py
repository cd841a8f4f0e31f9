"""`Array`: the arrays of `Value`s that a transform hands to a function, and what NumPy's functions are for them.

A NumPy function does one of four things with an `Array`. What it computes by operators and ufuncs, or by moving
elements, is NumPy's own code, since every ufunc obeys the table. What does not change with the numbers is its answer
for the numbers. A few that would turn `Value`s into bare numbers, or lose ties and nan, are in `array_functions.py`.
All others are refused. A test holds each against NumPy on floats and against differences.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from autograd_lite.engine.array_functions import OWN, root, stored
from autograd_lite.engine.ops import Operand
from autograd_lite.engine.table import clip
from autograd_lite.engine.ufuncs import apply_ufunc, boxed, must_hold_values, numbers, tied_in_order

# NumPy's own code is right for arrays of objects: it moves elements, or computes by operators and ufuncs.
NATIVE_NAMES = """
amax amin angle append apply_along_axis apply_over_axes array2string array_repr array_split array_str astype
atleast_1d atleast_2d atleast_3d average block broadcast_arrays broadcast_to choose clip column_stack compress concat
concatenate convolve copy copyto correlate cross cumprod cumsum cumulative_prod cumulative_sum delete diag diagflat
diagonal diff dot dsplit dstack ediff1d einsum einsum_path expand_dims extract fill_diagonal flip fliplr flipud
gradient hsplit hstack imag inner insert ix_ kron linspace logspace matrix_transpose max may_share_memory mean
meshgrid min moveaxis nancumprod nancumsum nanmax nanmean nanmin nanprod nansum nanvar outer partition permute_dims
piecewise place polyadd polyder polyint polymul polysub polyval prod ptp put put_along_axis putmask ravel real
real_if_close repeat reshape resize roll rollaxis rot90 select shares_memory sort split squeeze stack std sum swapaxes
take take_along_axis tensordot tile trace transpose trapezoid tril trim_zeros triu unstack vander var vdot vsplit
vstack where fft.fftshift fft.ifftshift linalg.cross linalg.diagonal linalg.matmul linalg.matrix_norm
linalg.matrix_power linalg.matrix_transpose linalg.multi_dot linalg.outer linalg.tensordot linalg.trace linalg.vecdot
"""

# What does not change with the numbers, or jumps: NumPy's answer for the numbers, through which no gradient flows.
CONSTANT_NAMES = """
all allclose any argmax argmin argpartition argsort argwhere around array_equal array_equiv can_cast count_nonzero
diag_indices_from digitize fix flatnonzero isclose iscomplex iscomplexobj isin isneginf isposinf isreal isrealobj
lexsort min_scalar_type nanargmax nanargmin ndim nonzero result_type round searchsorted shape size tril_indices_from
triu_indices_from
"""

NATIVE, CONSTANT = set(NATIVE_NAMES.split()), set(CONSTANT_NAMES.split())

# They write to the array that they are first given. One of floats or integers is refused as its elements are asked for.
WRITING = {"copyto", "fill_diagonal", "place", "put", "putmask"}

# What a refusal recommends, where there is more to say.
INSTEAD = {
    "bincount": "numpy.add.at, or operators and functions",
    "cov": "numpy.mean and numpy.matmul, or operators and functions",
    "sinc": "numpy.sin, or operators and functions",
    "unwrap": "numpy.diff and numpy.remainder, or operators and functions",
}


Base: Any = numpy.ndarray  # NumPy's stubs know no Values


class Array(Base):  # type: ignore[misc]  # it is known only at run time, see above
    """An array of `Value`s and floats, which obeys the table in all that NumPy does with it.

    Transforms hand it to the functions that they differentiate; `numpy.stack([x, y])` makes one of `Value`s.

    >>> from autograd_lite import Value
    >>> v = numpy.stack([Value(2.0), Value(2.0)])
    >>> y = numpy.max(v)
    >>> y.backward()
    >>> v.data, [x.grad for x in v]
    (array([2., 2.]), [0.5, 0.5])
    """

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return of_ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return of_function(function, args, kwargs)

    @property
    def data(self) -> Any:
        """The numbers, as an array of floats; nothing flows back through them."""
        return numbers(self)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """A copy as objects; the numbers as whole numbers or bools. Floats would cut the gradient off: `.data`."""
        kind = numpy.dtype(dtype).kind
        if kind == "O":
            return super().astype(dtype, *args, **kwargs)
        if kind not in "biu":
            raise TypeError(
                f"an array of Values as {numpy.dtype(dtype)} would lose its gradient without a word: "
                "go on with it as it is; its numbers alone are v.data"
            )
        return numbers(self).astype(dtype, *args, **kwargs)

    def var(self, *args: Any, **kwargs: Any) -> Any:
        """The variance; of a single number it is 0, as NumPy has it."""
        return numpy.ndarray.var(self if self.ndim else self.reshape(1), *args, **kwargs)

    def std(self, *args: Any, out: Any = None, **kwargs: Any) -> Any:
        """The standard deviation; where it is 0, a kink like that of |x|, its slope is 0."""
        return stored(root()(self.var(*args, **kwargs)), out)

    def clip(self, min: Any = None, max: Any = None, out: Any = None) -> Any:
        """The elements, but none below or above the bounds; on a bound the slope is 1, as that of `clip`."""
        low, high = -numpy.inf if min is None else min, numpy.inf if max is None else max
        return stored(clip(self, low, high), out)

    def sort(self, axis: int = -1, *args: Any, **kwargs: Any) -> None:
        """Sort in place; nan comes last. Equal numbers share the gradient of each of the places that they take."""
        found: Any = numpy.take_along_axis(self, numbers(self).argsort(axis, kind="stable"), axis)
        lines = numpy.moveaxis(found, axis, -1)
        for place in numpy.ndindex(lines.shape[:-1]):
            line = numbers(lines[place])
            for group in numpy.split(numpy.arange(len(line)), numpy.flatnonzero(line[1:] != line[:-1]) + 1):
                if len(group) > 1:
                    lines[place][group] = tied_in_order(len(group))(*lines[place][group])
        self[...] = found

    def partition(self, kth: Any, axis: int = -1, *args: Any, **kwargs: Any) -> None:
        """Partition in place: it is sorted."""
        numbers(self).argpartition(kth, axis)  # which refuses what NumPy refuses
        self.sort(axis)

    def tobytes(self, *args: Any, **kwargs: Any) -> Any:
        """Refused: the bytes of objects are their places in memory."""
        raise TypeError("an array of Values has no bytes: those of its numbers are v.data.tobytes()")

    tofile = byteswap = tobytes


def _on_numbers(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(numbers(self), name)(*numbers(args), **numbers(kwargs))

    method.__name__ = name
    method.__doc__ = f"What `{name}` gives for the numbers."
    return method


for _name in ("argmax", "argmin", "argpartition", "argsort", "nonzero", "round", "searchsorted"):
    setattr(Array, _name, _on_numbers(_name))


def of_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What a NumPy ufunc, or one of its methods, gives for `Value`s and arrays of them."""
    given = "out" in options
    result = apply_ufunc(ufunc, method, inputs, options)
    return result if given else wrapped(result)


def of_function(function: Any, args: Any, kwargs: Any) -> Any:
    """What a NumPy function gives for arrays of `Value`s."""
    name = f"{function.__module__}.{function.__name__}".removeprefix("numpy.")
    if name in CONSTANT:
        return function(*numbers(args), **numbers(kwargs))
    if name not in NATIVE and name not in OWN:
        raise _refusal(name)
    if name in WRITING and args and str(getattr(args[0], "dtype", "")) == "bool":
        must_hold_values(args[0])
    args = tuple(map(_array, args))
    kwargs = {key: _array(x) for key, x in kwargs.items()}
    if name in OWN:
        return wrapped(OWN[name](*args, **kwargs))
    try:
        return wrapped(numpy.ndarray.__array_function__(_EMPTY, function, (Array,), args, kwargs))
    except AttributeError as error:  # NumPy asks a Value for what it knows of its own numbers
        if isinstance(error.obj, Operand):
            raise _refusal(f"{name}, as it was called,") from error
        raise


def _refusal(name: str) -> TypeError:
    return TypeError(
        f"numpy.{name} does not take Values: write it with {INSTEAD.get(name, 'operators and functions')} that do, "
        "such as numpy.sum; or, where it may count as constant, take the numbers alone, v.data"
    )


def wrapped(result: Any) -> Any:
    """Arrays of objects as arrays of `Value`s, also in a list or tuple; of no dimensions, the element."""
    if isinstance(result, (list, tuple)):
        return type(result)(map(wrapped, result))
    if not isinstance(result, numpy.ndarray):
        return result
    if result.dtype != object:
        return result.view(numpy.ndarray) if type(result) is Array else result
    return result[()] if not result.ndim else result if type(result) is Array else result.view(Array)


def _array(x: Any) -> Any:
    return boxed(x).view(Array) if isinstance(x, Operand) else x


_EMPTY = numpy.empty(0, dtype=object).view(Array)
