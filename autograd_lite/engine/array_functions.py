"""The functions of NumPy that are written anew for arrays of `Value`s.

NumPy's own code would turn the `Value`s into bare numbers, as `linalg.solve` does, or compare them in a way that loses
ties and nan, as `percentile` does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy

from autograd_lite.engine.ops import Op
from autograd_lite.engine.ufuncs import numbers

LARGEST_SINGULAR = 30  # rows of a matrix: beyond, a determinant without division takes millions of operations


def stored(result: Any, out: Any) -> Any:
    """The result, written to the array that is given for it."""
    if out is None:
        return result
    out[...] = result
    return out


@cache
def root(degree: float = 2.0) -> Op:
    """The root of a sum of powers, as lengths and deviations are: where it is 0, its slope is 0, as that of |x|.

    There is no second derivative there: it is nan, also of a norm that is squared; numpy.dot(v, v) has one.
    """
    power = 1.0 / degree
    value = math.sqrt if degree == 2.0 else lambda x: x**power
    slope = Op(
        "root_slope", lambda x: power * x ** (power - 1.0) if x else 0.0, [lambda x, y: (power - 1.0) * y / x],
        form=lambda x: power * x ** (power - 1.0), javascript=f"(x) => x ? {power!r} * x ** {power - 1.0!r} : 0",
    )  # fmt: skip
    form = "root" if degree == 2.0 else lambda x: x**power
    return Op("root", value, [lambda x, _: slope(x)], form=form, javascript=f"(x) => x ** {power!r}")


def _like(function: Callable[..., Any]) -> Callable[..., Any]:
    """zeros_like and the others: an array that takes `Value`s, unless another kind is asked for."""

    def like(x: Any, *args: Any, dtype: Any = None, **kwargs: Any) -> Any:
        made = function(numpy.empty(numpy.shape(x)), *args, dtype=dtype, **kwargs)
        return made.astype(object) if made.dtype == float else made

    return like


def _full_like(x: Any, fill_value: Any, dtype: Any = None, **kwargs: Any) -> Any:
    made = numpy.full(
        kwargs.pop("shape", None) or numpy.shape(x),
        0.0,
        object if dtype is None or numpy.dtype(dtype) == float else dtype,
    )
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
        return root()(numpy.sum(x * x, axis=axes, keepdims=keepdims))
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
        return root()(numpy.sum(x * x, axis=axis, keepdims=keepdims))
    total = numpy.sum(size**ord, axis=axis, keepdims=keepdims)
    return root(float(ord))(total) if ord > 1 else total ** (1.0 / ord)


def _vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    if axis is not None:
        return norm(x, ord, axis, keepdims)
    result = _norm_of_vectors(numpy.ravel(x), ord, 0)
    return numpy.reshape(result, (1,) * numpy.ndim(x)) if keepdims else result


def solve(a: Any, b: Any) -> Any:
    """numpy.linalg.solve of one matrix, by elimination with partial pivoting."""
    b = numpy.asanyarray(b)
    return _eliminated(a, b.reshape(len(b), -1))[0].reshape(b.shape)


def _eliminated(a: Any, b: Any) -> tuple[Any, Any]:
    """The solution x of a·x = b, and the determinant of a."""
    if numpy.ndim(a) != 2 or len(a) != a.shape[1]:
        raise TypeError(f"numpy.linalg of Values takes one square matrix, got an array of shape {numpy.shape(a)}")
    size, determinant = len(a), 1.0
    rows = numpy.concatenate([a, b], axis=1)
    for k in range(size):
        pivot = k + int(numpy.argmax(numpy.abs(numbers(rows[k:, k]))))
        if numbers(rows[pivot, k]) == 0.0:
            raise numpy.linalg.LinAlgError("Singular matrix: it has no inverse")
        if pivot != k:
            rows[[k, pivot]] = rows[[pivot, k]]
            determinant = -determinant
        determinant = determinant * rows[k, k]
        rows[k, k:] = rows[k, k:] / rows[k, k]
        for other in range(size):
            if other != k:
                rows[other, k + 1 :] = rows[other, k + 1 :] - rows[other, k] * rows[k, k + 1 :]
    return rows[:, size:], determinant


def det(a: Any) -> Any:
    """numpy.linalg.det of one matrix; also of a singular one.

    That takes no division (Bird 2011, A simple division-free algorithm for computing determinants), so that all
    derivatives are right: the gradient is the adjugate, transposed.
    """
    try:
        return _eliminated(a, numpy.zeros((len(a), 0)))[1]
    except numpy.linalg.LinAlgError:
        if len(a) > LARGEST_SINGULAR:
            raise
    x = a
    for _ in range(len(a) - 1):
        below = numpy.cumsum(numpy.diagonal(x)[::-1])[::-1]  # what is left of the trace from each row on
        x = (numpy.triu(x, 1) - numpy.diag(numpy.append(below[1:], 0.0))) @ a
    return x[0, 0] if len(a) % 2 else -x[0, 0]


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """numpy.interp: on the straight line between two points; at a point, on the one to its right."""
    if period is not None:
        raise TypeError("numpy.interp of Values takes no period")
    x, xp, fp = numpy.asanyarray(x), numpy.asanyarray(xp), numpy.asanyarray(fp)
    places = numbers(xp).searchsorted(numbers(x), side="right")
    low = numpy.clip(places - 1, 0, max(len(xp) - 2, 0))
    high = numpy.minimum(low + 1, len(xp) - 1)
    below, above = numpy.less(x, xp[0]), numpy.greater(x, xp[-1])
    inside = numpy.where(below | above, xp[0], x)
    width = xp[high] - xp[low]
    slope = (fp[high] - fp[low]) / numpy.where(numpy.equal(width, 0.0), 1.0, width)
    result = fp[low] + slope * (inside - xp[low])
    if numpy.any(numpy.isnan(result)):  # of infinities, as NumPy has it, which looks from the other side then
        result = numpy.where(numpy.isnan(result), fp[high] + slope * (inside - xp[high]), result)
    result = numpy.where(numbers(x) == numbers(xp[-1]), fp[-1], result)
    result = numpy.where(below, fp[0] if left is None else left, result)
    return numpy.where(above, fp[-1] if right is None else right, result)


def pad(array: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    """numpy.pad in the modes that copy elements."""
    if mode not in ("constant", "edge", "reflect", "symmetric", "wrap") or options.keys() - {"constant_values"}:
        raise TypeError(f"numpy.pad of Values does not know mode={mode!r} with these options: use numpy.concatenate")
    if mode == "constant":
        constant = options.get("constant_values", 0.0)
        if numpy.ndim(constant):
            raise TypeError("numpy.pad of Values takes one constant value")
        places = numpy.pad(numpy.arange(array.size).reshape(array.shape), pad_width, constant_values=array.size)
        return numpy.append(array, constant)[places]
    return array.ravel()[numpy.pad(numpy.arange(array.size).reshape(array.shape), pad_width, mode)]


def quantile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False, *, weights: None = None, omit_nan: bool = False,
) -> Any:  # fmt: skip
    """numpy.quantile: between two of the sorted elements, where NumPy finds it for the places 0, 1, 2, ..."""
    a = numpy.atleast_1d(a)
    axes = tuple(range(a.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(place % a.ndim for place in axes)
    kept = [place for place in range(a.ndim) if place not in axes]
    lines = numpy.transpose(a, [*kept, *axes]).reshape([a.shape[place] for place in kept] + [-1])
    q = numpy.asarray(q)
    if q.dtype == object or weights is not None:
        raise TypeError("numpy.quantile of Values takes no weights, and for q numbers that are no Values")
    found = numpy.empty(lines.shape[:-1] + q.shape, dtype=object)
    for place in numpy.ndindex(lines.shape[:-1]):
        line = numpy.sort(lines[place])
        if omit_nan:
            line = line[~numpy.isnan(line)]
        found[place] = _between(line, q, method)
    found = numpy.moveaxis(found, range(len(kept), found.ndim), range(q.ndim))
    if keepdims:
        found = found.reshape(q.shape + tuple(1 if place in axes else size for place, size in enumerate(a.shape)))
    return stored(found, out)


def _between(line: Any, q: Any, method: str) -> Any:
    if not len(line):
        return numpy.nan
    kind: Any = "linear" if method == "median" else method
    places = numpy.quantile(numpy.arange(float(len(line))), q, method=kind)
    if numpy.isnan(line[-1]):
        return line[numpy.full(q.shape, -1)]
    low = numpy.floor(places).astype(int)
    share = places - low
    if method in ("inverted_cdf", "closest_observation", "lower", "higher", "nearest"):
        return line[low]
    below, above = line[low], line[numpy.minimum(low + 1, len(line) - 1)]
    if method == "median":
        return numpy.where(share == 0.0, below, (below + above) / 2.0)
    gap = above - below
    return numpy.where(share < 0.5, below + gap * share, above - gap * (1.0 - share))


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
    "linalg.vector_norm": _vector_norm,
    "linalg.solve": solve,
    "linalg.inv": lambda a: solve(a, numpy.eye(len(a))),
    "linalg.det": det,
    "interp": interp,
    "pad": pad,
    "quantile": quantile,
    "percentile": lambda a, q, *args, **kwargs: quantile(a, numpy.true_divide(q, 100.0), *args, **kwargs),
    "median": lambda a, axis=None, out=None, overwrite_input=False, keepdims=False: quantile(
        a, 0.5, axis, out, overwrite_input, "median", keepdims
    ),
    "nanquantile": lambda a, *args, **kwargs: quantile(a, *args, **kwargs, omit_nan=True),
    "nanpercentile": lambda a, q, *args, **kwargs: quantile(
        a, numpy.true_divide(q, 100.0), *args, **kwargs, omit_nan=True
    ),
    "nanmedian": lambda a, axis=None, out=None, overwrite_input=False, keepdims=False: quantile(
        a, 0.5, axis, out, overwrite_input, "median", keepdims, omit_nan=True
    ),
    "nanstd": lambda a, *args, out=None, **kwargs: stored(root()(numpy.nanvar(a, *args, **kwargs)), out),
    "nan_to_num": _nan_to_num,
}
