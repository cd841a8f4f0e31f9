"""`Array`: the arrays of `Value`s that a transform hands to a function, and what NumPy's functions are for them.

A NumPy function does one of four things with an `Array`. What it computes by operators and ufuncs, or by moving
elements, is NumPy's own code, since every ufunc obeys the table. What does not change with the numbers is its answer
for the numbers. A few that would turn `Value`s into bare numbers, or lose ties and nan, are written here. All others
are refused. A test holds each against NumPy on floats and against differences.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from autograd_lite.engine.ops import Operand
from autograd_lite.engine.ufuncs import apply_ufunc, boxed, numbers, wrapped

# NumPy's own code is right for arrays of objects: it moves elements, or computes by operators and ufuncs.
NATIVE = set(
    """
    amax amin append apply_along_axis apply_over_axes array2string array_repr array_split array_str atleast_1d
    atleast_2d atleast_3d average angle block broadcast_arrays broadcast_to choose clip column_stack compress concat
    concatenate convolve copy copyto correlate cov cross cumprod cumsum cumulative_prod cumulative_sum delete diag
    diagflat diagonal diff dot dsplit dstack ediff1d einsum expand_dims extract fill_diagonal flip fliplr flipud hsplit
    hstack imag inner insert ix_ kron linspace matrix_transpose max mean meshgrid min moveaxis nancumprod nancumsum
    nanmax nanmean nanmin nanprod nansum nanvar outer partition permute_dims piecewise place polyadd polyder polyint
    polymul polysub polyval prod ptp put put_along_axis putmask ravel real real_if_close repeat reshape resize roll
    rollaxis rot90 select sort split squeeze stack std sum swapaxes take take_along_axis tensordot tile trace transpose
    trapezoid tril triu unstack vander var vdot vsplit vstack where
    linalg.cross linalg.diagonal linalg.matmul linalg.matrix_transpose linalg.multi_dot linalg.outer linalg.tensordot
    linalg.trace linalg.vecdot
    """.split()
)  # fmt: skip

# What does not change with the numbers, or jumps: NumPy's answer for the numbers, through which no gradient flows.
CONSTANT = set(
    """
    all allclose any argmax argmin argpartition argsort argwhere around array_equal array_equiv can_cast common_type
    count_nonzero diag_indices_from digitize einsum_path fix flatnonzero isclose iscomplex iscomplexobj isin isneginf
    isposinf isreal isrealobj lexsort may_share_memory min_scalar_type nanargmax nanargmin ndim nonzero result_type
    round searchsorted shape shares_memory size tril_indices_from triu_indices_from
    """.split()
)  # fmt: skip

INSTEAD = {
    "gradient": "numpy.diff",
}


class Array(numpy.ndarray):  # type: ignore[type-arg]  # its elements are objects
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
        return apply_ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return apply_function(function, args, kwargs)

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
        return _stored(_root(self.var(*args, **kwargs)), out)

    def sort(self, axis: int = -1, *args: Any, **kwargs: Any) -> None:
        """Sort in place; nan comes last."""
        self[...] = numpy.take_along_axis(self, numbers(self).argsort(axis, kind="stable"), axis)

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


def apply_function(function: Any, args: Any, kwargs: Any) -> Any:
    """What a NumPy function gives for arrays of `Value`s."""
    name = f"{function.__module__}.{function.__name__}".removeprefix("numpy.")
    if name in OWN:
        return wrapped(OWN[name](*args, **kwargs))
    if name in CONSTANT:
        return function(*numbers(args), **numbers(kwargs))
    if name not in NATIVE:
        other = f": use {INSTEAD[name]}" if name in INSTEAD else ""
        raise TypeError(
            f"numpy.{name} does not take Values{other}; compute it with operators and other functions of NumPy, "
            "or, where it may count as constant, of the numbers alone, v.data"
        )
    args = tuple(map(_array, args))
    kwargs = {key: _array(x) for key, x in kwargs.items()}
    return wrapped(numpy.ndarray.__array_function__(_EMPTY, function, (Array,), args, kwargs))


def _array(x: Any) -> Any:
    return boxed(x).view(Array) if isinstance(x, Operand) else x


def _stored(result: Any, out: Any) -> Any:
    if out is None:
        return result
    out[...] = result
    return out


def _root(x: Any) -> Any:
    """The square root of a sum of squares; its slope at 0 is 0, as that of |x|."""
    positive = numpy.not_equal(x, 0.0)
    result = numpy.where(positive, numpy.sqrt(numpy.where(positive, x, 1.0)), 0.0)
    return result[()] if isinstance(result, numpy.ndarray) else result


def _like(function: Callable[..., Any]) -> Callable[..., Any]:
    """zeros_like and the others: an array that takes `Value`s, unless another kind is asked for."""

    def like(x: Any, *args: Any, dtype: Any = None, **kwargs: Any) -> Any:
        made = function(numpy.empty(numpy.shape(x)), *args, dtype=dtype, **kwargs)
        return made.astype(object) if dtype is None else made

    return like


def _full_like(x: Any, fill_value: Any, dtype: Any = None, **kwargs: Any) -> Any:
    made = numpy.full(kwargs.pop("shape", None) or numpy.shape(x), 0.0, object if dtype is None else dtype)
    made[...] = fill_value
    return made


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """numpy.linalg.norm, but for the norms of a matrix that need its singular values."""
    x = numpy.asanyarray(x)
    if axis is None and (ord is None or x.ndim == 1):
        flat = x.ravel()
        result = _norm_of_vectors(flat, 2 if ord is None else ord, 0)
        return numpy.reshape(result, (1,) * x.ndim) if keepdims else result
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if len(axes) == 1:
        return _norm_of_vectors(x, 2 if ord is None else ord, axes[0], keepdims)
    if ord in (None, "fro", "f"):
        return _root(numpy.sum(x * x, axis=axes, keepdims=keepdims))
    if len(axes) == 2 and ord in (1, -1, numpy.inf, -numpy.inf):
        rows, columns = axes if ord in (1, -1) else axes[::-1]
        lines = numpy.abs(x).sum(axis=rows, keepdims=True)
        result = (numpy.max if ord > 0 else numpy.min)(lines, axis=columns, keepdims=True)
        return result if keepdims else numpy.squeeze(result, axes)
    raise TypeError(f"numpy.linalg.norm of Values takes no ord={ord!r} for arrays of {len(axes)} dimensions")


def _norm_of_vectors(x: Any, ord: Any, axis: int, keepdims: bool = False) -> Any:
    size = numpy.abs(x)
    if ord in (numpy.inf, -numpy.inf):
        return (numpy.max if ord > 0 else numpy.min)(size, axis=axis, keepdims=keepdims)
    if ord == 0:
        return numpy.not_equal(x, 0.0).astype(float).sum(axis=axis, keepdims=keepdims)
    if ord == 1:
        return numpy.sum(size, axis=axis, keepdims=keepdims)
    if ord == 2:
        return _root(numpy.sum(x * x, axis=axis, keepdims=keepdims))
    return numpy.sum(size**ord, axis=axis, keepdims=keepdims) ** (1.0 / ord)


def quantile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False, *, omit_nan: bool = False,
) -> Any:  # fmt: skip
    """numpy.quantile: between two of the sorted elements, where NumPy finds it for the places 0, 1, 2, ..."""
    a = numpy.asanyarray(a)
    axes = tuple(range(a.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(place % a.ndim for place in axes)
    kept = [place for place in range(a.ndim) if place not in axes]
    lines = numpy.transpose(a, [*kept, *axes]).reshape([a.shape[place] for place in kept] + [-1])
    q = numpy.asarray(q)
    if q.dtype == object:
        raise TypeError("numpy.quantile of Values: q is a number, not a Value, since the result is not smooth in it")
    found = numpy.empty(lines.shape[:-1] + q.shape, dtype=object)
    for place in numpy.ndindex(lines.shape[:-1]):
        line = numpy.sort(lines[place])
        if omit_nan:
            line = line[~numpy.isnan(line)]
        found[place] = _between(line, q, method)
    found = numpy.moveaxis(found, range(len(kept), found.ndim), range(q.ndim))
    if keepdims:
        found = found.reshape(q.shape + tuple(1 if place in axes else size for place, size in enumerate(a.shape)))
    return _stored(found, out)


def _between(line: Any, q: Any, method: str) -> Any:
    if not len(line):
        return numpy.nan
    places = numpy.quantile(numpy.arange(float(len(line))), q, method=method)
    if numpy.isnan(line[-1]):
        return line[numpy.full(q.shape, -1)]
    low = numpy.floor(places).astype(int)
    share = places - low
    below, above = line[low], line[numpy.minimum(low + 1, len(line) - 1)]
    return numpy.where(share == 0.0, below, below + (above - below) * share)


def _nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    largest = numpy.finfo(float).max
    x = x if isinstance(x, numpy.ndarray) and not copy else numpy.array(x, dtype=object, subok=True)
    for where, number in (
        (numpy.isnan(x), nan),
        (numpy.isposinf(x), largest if posinf is None else posinf),
        (numpy.isneginf(x), -largest if neginf is None else neginf),
    ):
        numpy.copyto(x, number, where=where)
    return x


OWN: dict[str, Callable[..., Any]] = {
    "zeros_like": _like(numpy.zeros_like),
    "ones_like": _like(numpy.ones_like),
    "empty_like": _like(numpy.zeros_like),
    "full_like": _full_like,
    "linalg.norm": norm,
    "linalg.vector_norm": lambda x, /, *, axis=None, keepdims=False, ord=2: norm(
        x if axis is not None else numpy.ravel(x), ord, axis, keepdims
    ),
    "quantile": quantile,
    "percentile": lambda a, q, *args, **kwargs: quantile(a, numpy.true_divide(q, 100.0), *args, **kwargs),
    "median": lambda a, axis=None, out=None, overwrite_input=False, keepdims=False: quantile(
        a, 0.5, axis, out, keepdims=keepdims
    ),
    "nanquantile": lambda a, *args, **kwargs: quantile(a, *args, **kwargs, omit_nan=True),
    "nanpercentile": lambda a, q, *args, **kwargs: quantile(a, numpy.true_divide(q, 100.0), *args, **kwargs, omit_nan=True),
    "nanmedian": lambda a, axis=None, out=None, overwrite_input=False, keepdims=False: quantile(
        a, 0.5, axis, out, keepdims=keepdims, omit_nan=True
    ),
    "nanstd": lambda a, *args, out=None, **kwargs: _stored(_root(numpy.nanvar(a, *args, **kwargs)), out),
    "nan_to_num": _nan_to_num,
}
_EMPTY = numpy.empty(0, dtype=object).view(Array)
