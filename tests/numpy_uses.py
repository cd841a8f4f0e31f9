"""Uses of NumPy's functions and methods, for test_arrays.py: what people write with arrays of numbers.

Variables: `v`, `w` of 4 numbers, `p` of 4 positive ones, `M` of 2 × 3, `S` of 3 × 3, `x` and `y` one number each;
`a` is a constant array of 4, `i` one of indices, `c` one of bools.
"""

from __future__ import annotations

from typing import Any

import numpy

from autograd_lite import Value

# fmt: off
FUNCTIONS = """
np.max(v) | np.max(M, axis=0) | np.max(M, axis=(0, 1)) | np.max(M, axis=1, keepdims=True) | np.max(v, initial=1.5)
np.max(v, where=c, initial=-9.) | np.amax(M, 1) | np.min(v) | np.min(M, axis=1) | np.amin(M) | np.max(x) | np.min(x)
np.max(v, out=np.zeros_like(v[0:1]).reshape(())) | np.max(M, axis=0, out=np.zeros_like(M[0])) | np.max(v[:0]) | np.max(v, axis=3)
np.sum(v) | np.sum(M, axis=0) | np.sum(M, axis=1, keepdims=True) | np.sum(v, where=c) | np.sum(v, initial=2.) | np.sum(x)
np.sum(M, axis=(0, 1)) | np.sum(v[:0]) | np.sum(M[:0], axis=0) | np.sum(v, dtype=float) | np.sum(M, where=[True, False, True], axis=1)
np.prod(v) | np.prod(M, axis=1) | np.prod(x) | np.prod(v[:0]) | np.prod(v, where=c) | np.mean(v) | np.mean(M, axis=0)
np.mean(M, axis=1, keepdims=True) | np.mean(v, where=c) | np.mean(x) | np.average(v) | np.average(v, weights=p)
np.average(M, axis=1, weights=[1., 2., 3.]) | np.var(v) | np.var(M, axis=0)
np.var(v, ddof=1) | np.var(x) | np.var(v, where=c) | np.var(M, axis=1, keepdims=True) | np.std(v) | np.std(M, axis=1)
np.std(v, ddof=1) | np.std(M, axis=0, keepdims=True) | np.std(x) | np.ptp(v) | np.ptp(M, axis=0) | np.ptp(x)
np.median(v) | np.median(M, axis=1) | np.median(M) | np.median(M, axis=0, keepdims=True) | np.median(x) | np.median(v[:3])
np.percentile(v, 30) | np.percentile(M, [10., 50., 77.], axis=1) | np.quantile(v, .4) | np.quantile(M, [0., 1., .3], axis=0)
np.quantile(v, .4, method="lower") | np.quantile(v, .4, method="nearest") | np.quantile(v, .7, method="hazen")
np.quantile(M, [[.1, .2]], axis=(0, 1), keepdims=True) | np.quantile(v, 1.5) | np.quantile(M, .3, axis=-1)
np.quantile(v, .4, method="median_unbiased") | np.quantile(v, .4, method="midpoint") | np.quantile(v, .4, method="inverted_cdf")
np.nanmax(v) | np.nanmin(M, axis=0) | np.nansum(v) | np.nanprod(v) | np.nanmean(v) | np.nanmean(M, axis=1) | np.nanvar(v) | np.nanstd(v)
np.nanvar(M, axis=0, ddof=1) | np.nanstd(M, axis=0) | np.nanmedian(v) | np.nanmedian(M, axis=0) | np.nanpercentile(v, 40) | np.nanquantile(M, .4, axis=1)
np.nancumsum(v) | np.nancumprod(v) | np.nanargmax(v) | np.nanargmin(M, axis=1) | np.nanmax(x) | np.nansum(x)
np.dot(v, w) | np.dot(M, S) | np.dot(v, a) | np.dot(a, v) | np.dot([1., 2., 3., 4.], v) | np.dot(x, v) | np.vdot(v, w) | np.inner(v, w) | np.inner(M, S)
np.outer(v, w) | np.outer(a, v) | np.matmul(M, S) | np.matmul(S, S[0]) | np.tensordot(M, S, axes=1) | np.tensordot(M, M, axes=([0, 1], [0, 1]))
np.einsum("ij,jk->ik", M, S) | np.einsum("ii", S) | np.einsum("i,i->", v, a) | np.einsum("ij->j", M) | len(np.einsum_path("ij,jk->ik", M, S)) | np.einsum("ij,jk,kl->il", M, S, S, optimize=True)
np.kron(v, w) | np.kron(M, S) | np.cross(S[0], S[1]) | np.cross(S, S[::-1]) | np.trace(S) | np.vecdot(M, M)
np.matvec(S, S[0]) | np.vecmat(S[0], S) | np.linalg.matmul(M, S) | np.linalg.outer(v, w) | np.linalg.tensordot(M, S, axes=1) | np.linalg.vecdot(M, M)
np.linalg.cross(S[0], S[1]) | np.linalg.trace(S) | np.linalg.diagonal(S) | np.linalg.matrix_transpose(M) | np.linalg.multi_dot([M, S, S])
np.linalg.norm(v) | np.linalg.norm(M) | np.linalg.norm(M, axis=1) | np.linalg.norm(v, 1) | np.linalg.norm(v, np.inf) | np.linalg.norm(v, -np.inf)
np.linalg.norm(v, 3) | np.linalg.norm(v, 0) | np.linalg.norm(M, 1) | np.linalg.norm(M, -1) | np.linalg.norm(M, np.inf) | np.linalg.norm(M, -np.inf)
np.linalg.norm(M, "fro", axis=(0, 1), keepdims=True) | np.linalg.norm(v, keepdims=True) | np.linalg.norm(M, 1, axis=1, keepdims=True)
np.linalg.norm(M, keepdims=True) | np.linalg.norm(M, 1, axis=(1, 0), keepdims=True) | np.linalg.norm(M, np.inf, axis=(1, 0)) | np.linalg.norm(v, 2.5) | np.linalg.norm(x)
np.linalg.vector_norm(v) | np.linalg.vector_norm(M) | np.linalg.vector_norm(M, axis=1, ord=1) | np.linalg.vector_norm(M, keepdims=True) | np.linalg.matrix_norm(M) | np.linalg.norm(S, 2, axis=0)
np.linalg.solve(S, S[0]) | np.linalg.inv(S) | np.linalg.det(S) | np.linalg.matrix_power(S, 3) | np.linalg.matrix_power(S, -1)
np.linalg.solve(S, S) | np.linalg.solve(S, a[:3]) | np.linalg.solve(np.eye(3), S) | np.linalg.solve(S, M.T) | np.linalg.inv(M)
np.clip(v, -1, 1) | np.clip(v, None, .5) | np.clip(v, a, 3.) | np.clip(x, 0., .5) | np.clip(v, x, None) | np.clip(v, .5, -.5) | np.clip(v, min=0.) | np.clip(a, x, y)
np.clip(v, 0, 1, out=np.zeros_like(v))
np.where(c, v, w) | np.where(v > 0, v, 0.) | np.where(v > 0) | np.where(c, x, y) | np.where(v, 1., w) | np.select([v > 1, v > 0], [v, w], 5.) | np.select([v > 1, v > 0], [v * v, w], x)
np.piecewise(v, [v < 0, v >= 0], [lambda t: -t * t, lambda t: np.exp(t)]) | np.piecewise(v, [v < 0], [0., 3.]) | np.choose([0, 1, 0, 1], [v, w]) | np.compress(c, v) | np.extract(c, v)
np.cumsum(v) | np.cumsum(M, axis=1) | np.cumprod(v) | np.cumprod(M) | np.cumulative_sum(v) | np.cumulative_prod(v) | np.cumulative_sum(v, include_initial=True) | np.cumsum(x)
np.diff(v) | np.diff(M, axis=0) | np.diff(v, n=2) | np.diff(v, prepend=0.) | np.ediff1d(v) | np.ediff1d(v, to_end=[1., 2.]) | np.gradient(v) | np.gradient(M)
np.trapezoid(v) | np.trapezoid(v, p) | np.trapezoid(M, dx=.5, axis=0) | np.convolve(v, w) | np.convolve(v, [1., 2.], "valid") | np.convolve(v, w, "same") | np.correlate(v, w) | np.correlate(v, a, "full")
np.sort(v) | np.sort(M, axis=0) | np.sort(M, axis=None) | np.partition(v, 2)[2] | np.argsort(v) | np.argsort(M, axis=0) | np.argpartition(v, 0)[0] | np.argmax(v) | np.argmin(M, axis=1) | np.argmax(M)
np.lexsort((v, w)) | np.searchsorted(np.sort(v), .5) | np.searchsorted(a, v) | np.count_nonzero(v) | np.nonzero(v) | np.flatnonzero(v) | np.argwhere(M) | np.digitize(v, a)
np.interp(v, a, p) | np.interp(.5, a, v) | np.interp(x, a, v) | np.interp(v, a, w, left=x, right=7.) | np.interp(a, np.sort(v), w) | np.interp(x, np.sort(v), a) | np.interp(np.array([[.3, 9.]]), a, v)
np.stack([v, w]) | np.stack([x, y]) | np.concatenate([v, w]) | np.concatenate([v, a]) | np.concatenate([M, S], axis=0) | np.concat([v, w]) | np.vstack([v, w]) | np.hstack([v, a]) | np.hstack([x, v]) | np.dstack([v, w]) | np.column_stack([v, w])
np.block([[M], [S]]) | np.append(v, x) | np.append(v, [1., 2.]) | np.append(M, M, axis=0) | np.insert(v, 1, x) | np.insert(v, [0, 2], 5.) | np.delete(v, 1) | np.split(v, 2) | np.array_split(v, 3) | np.hsplit(v, 2) | np.vsplit(S, 3) | np.dsplit(S[None], 3)
np.unstack(M) | np.pad(v, 1) | np.pad(v, 2, mode="edge") | np.pad(v, 2, mode="reflect") | np.pad(M, 1, mode="wrap") | np.pad(v, 1, mode="symmetric") | np.pad(v, 1, constant_values=x)
np.roll(v, 1) | np.roll(M, 1, axis=1) | np.flip(v) | np.fliplr(M) | np.flipud(M) | np.tile(v, 2) | np.tile(x, 3) | np.repeat(v, 2) | np.repeat(M, [1, 2, 0], axis=1) | np.rot90(M) | np.moveaxis(M, 0, 1) | np.rollaxis(M, 1) | np.swapaxes(M, 0, 1)
np.transpose(M) | np.permute_dims(M, (1, 0)) | np.matrix_transpose(M) | np.reshape(M, (3, 2)) | np.reshape(v, -1) | np.resize(v, (2, 3)) | np.ravel(M) | np.squeeze(M[None]) | np.expand_dims(v, 0) | np.meshgrid(v, w) | np.meshgrid(v, a, indexing="ij")
np.broadcast_to(v, (2, 4)) | np.broadcast_to(x, 3) | np.broadcast_arrays(v, x) | np.atleast_1d(x) | np.atleast_2d(v) | np.atleast_3d(v) | np.triu(S) | np.tril(S, -1) | np.diag(v) | np.diag(S) | np.diagflat(v) | np.diagonal(S) | np.take(v, i) | np.take(M, [0, 2], axis=1)
np.take_along_axis(M, np.array([[0, 1], [1, 2]]), 1) | np.ix_(v) | np.polyval(v, x) | np.polyval([1., 2., 3.], v) | np.polyval(v, w) | np.polyadd(v, w) | np.polysub(v, a) | np.polymul(v, w) | np.polyder(v) | np.polyint(v)
np.vander(v, 3) | np.linalg.matrix_power(S, 0) | np.gradient(v, .5) | np.gradient(v, p, edge_order=2) | np.gradient(M, axis=1)
np.isclose(v, a) | np.isclose(v, w) | np.allclose(v, v) | np.array_equal(v, v) | np.array_equiv(v, w) | np.isin(v, [.7, 1.]) | np.nan_to_num(v) | np.nan_to_num(v, nan=x) | np.nan_to_num(x) | np.real(v) | np.imag(v) | np.angle(v) | np.real_if_close(v) | np.isreal(v) | np.iscomplex(v) | np.isrealobj(v)
np.iscomplexobj(v) | np.isposinf(v) | np.isneginf(v) | np.any(v) | np.all(v) | np.any(M, axis=0) | np.all(v > 0) | np.round(v) | np.round(v, 1) | np.around(M) | np.fix(v) | np.round(x) | np.round(x, 2) | np.shape(M) | np.ndim(M) | np.size(M) | np.isfinite(x) | np.any(x)
np.apply_along_axis(lambda t: t.sum(), 0, M) | np.apply_along_axis(np.sort, 1, M) | np.apply_over_axes(np.sum, M, [0, 1]) | np.vectorize(lambda t: t * t)(v) | np.vectorize(lambda s, t: s * t)(v, x) | np.vectorize(lambda t: t @ t, signature="(n)->()")(M)
np.zeros_like(v) | np.ones_like(M) | np.full_like(v, 3.) | np.full_like(M, 2) | np.zeros_like(x) | np.full_like(v, x) | np.zeros_like(v, dtype=int) | np.zeros_like(M, shape=(2, 2)) | np.full_like(v, 3, shape=(2, 2)) | np.shape(np.empty_like(v)) | np.copy(v) | np.astype(v, int)
np.linspace(x, y, 5) | np.linspace(v, w, 3) | np.linspace(0., x, 4, endpoint=False) | np.linspace(0., x, 4, retstep=True) | np.logspace(x, y, 3) | np.trim_zeros(v)
np.fft.fftshift(v) | len(np.array2string(v)) > 0 | len(np.array_repr(v)) > 0 | len(np.array_str(v)) > 0 | np.fft.ifftshift(v) | changed(np.copyto, v, w) | changed(np.copyto, np.zeros_like(v), v, where=c) | changed(np.fill_diagonal, S, x) | changed(np.place, v, c, [1., 2.]) | changed(np.put, v, [0, 2], w[:2])
changed(np.putmask, v, c, w) | changed(np.put_along_axis, M, np.array([[0], [1]]), x, 1) | np.shares_memory(v, v[:2]) | np.may_share_memory(v, w) | np.diag_indices_from(S) | np.tril_indices_from(S) | np.triu_indices_from(S)
np.argpartition(M, 1, axis=1)[:, 1] | np.result_type(x, 1.) is None | np.can_cast(v.dtype, object) is None | np.min_scalar_type(v) is None
np.cumsum(v, out=np.zeros_like(v)) | np.mean(M, axis=0, out=np.zeros_like(M[0])) | np.std(M, axis=0, out=np.zeros_like(M[0])) | np.median(M, axis=0, out=np.zeros_like(M[0])) | np.take(v, i, out=np.zeros_like(v)) | np.mean(v, out=np.zeros(1))
np.mean(v[:0]) | np.var(v, mean=x) | np.average(v, weights=np.zeros(4)) | np.sum(v, axis=5) | np.concatenate([v, M]) | np.dot(v, M) | np.reshape(v, (3, 3)) | np.stack([v, M]) | np.sort(v, axis=4) | np.argmax(v[:0])
"""

METHODS = """
v.max() | M.max(axis=0) | M.max(1, keepdims=True) | v.max(initial=0.) | v.min() | M.min(axis=1) | v.sum() | M.sum(axis=(0, 1)) | v.sum(where=c) | v.prod() | M.prod(0) | v.mean() | M.mean(axis=1, keepdims=True) | v.var() | M.var(0, ddof=1) | v.std() | M.std(axis=1)
v.clip(-1, 1) | v.clip(max=0.) | v.clip(min=x) | v.cumsum() | M.cumsum(axis=0) | v.cumprod() | v.dot(w) | M.dot(S) | v.dot(a) | S.trace() | S.trace(1) | v.take([0, 1]) | M.take([0], axis=1) | v.repeat(2) | M.reshape(3, 2) | M.reshape(-1) | M.T | M.mT | M.transpose(1, 0) | S.diagonal() | M.swapaxes(0, 1)
v.argmax() | M.argmax(axis=1) | v.argmin() | v.argsort() | M.argsort(axis=0) | v.argpartition(1)[1] | v.round() | v.round(1) | round(x, 1) | v.tolist() | v.item(1) | v[:1].item() | M.item((1, 2)) | v.item() | v.astype(int) | v.astype(object) | v.astype(bool) | v.astype("i4")
v.copy() | v.view() | v.any() | M.all(axis=0) | M.any(1, keepdims=True) | v.nonzero() | M.nonzero() | np.sort(v).searchsorted(.5) | v.conj() | v.conjugate() | v.real | v.imag | M.flatten() | M.ravel() | M[None].squeeze() | v.compress(c) | np.array([0, 1, 0, 1]).choose([v, w]) | v.shape | M.ndim | v.size
filled(v, 2.) | filled(v, x) | in_place(v, "sort") | in_place(M, "sort", 0) | in_place(v, "partition", 1)[1] | in_place(v, "put", [0, 1], [x, 9.]) | in_place(v, "resize", 6, refcheck=False) | in_place(v, "resize", (2, 2), refcheck=False) | in_place(v, "__iadd__", w) | in_place(v, "__imul__", 2.) | in_place(v, "__itruediv__", p)
in_place(v, "__ipow__", 2) | in_place(v, "__ifloordiv__", 2.) | in_place(v, "__imod__", 2.) | in_place(np.zeros_like(v), "__setitem__", 1, x) | in_place(np.zeros_like(v), "__setitem__", slice(0, 2), v[2:]) | in_place(np.zeros_like(M), "__setitem__", (slice(None), 0), x) | in_place(v, "__setitem__", c, 0.)
[t * t for t in v] | list(v.flat) | len(v) | v[0] in v | 99. in v | v[1:3] | v[::-1] | M[:, 1] | v[i] | v[c] | v[v > 0] | M[0, 1] | v[...]
v + w | v - a | a - v | v * x | x * v | v / p | 1. / p | v // p | v % p | p % v | divmod(v, p) | divmod(v, .29) | p ** v | v ** 2 | v ** 3. | 2. ** v | -v | +v | abs(v) | M @ S | S @ a[:3] | a[:3] @ S | v @ w | ~v | v & w | v << 1 | v > 0 | v <= w | v == w | v != w | v < x | x < v | v == None | v != "text" | v >= a
np.float64(2.) * v | np.float64(2.) ** v | np.int64(3) - v | v * np.array([1, 2, 3, 4]) | v + np.array([True, False, True, True]) | v * [1., 2., 3., 4.] | v + [x, y, x, y] | v + "text" | v + None | bool(v[:1]) | int(v[0]) | np.outer(v, v).max(axis=0).sum() | np.array([v[0], 1.]) * v[:2]
"""

# What NumPy computes of numbers, and refuses to compute of Values.
REFUSED = """
np.average(v, weights=p, returned=True) | np.quantile(v, x) | np.quantile(v, .5, weights=p, method="inverted_cdf") | np.linalg.norm(M, 2) | np.linalg.norm(M, "nuc") | np.linalg.slogdet(S)
np.linalg.eigvalsh(S) | np.linalg.eig(S) | np.linalg.svd(M) | np.linalg.qr(S) | np.linalg.cholesky(S) | np.linalg.lstsq(S, v[:3]) | np.linalg.pinv(M) | np.sort_complex(v) | np.interp(v, a, a, period=2.)
np.pad(v, 1, mode="maximum") | np.pad(v, 1, mode="mean") | np.pad(v, 2, mode="linear_ramp") | np.unwrap(v) | np.sinc(v) | np.i0(v) | np.polydiv(v, w[:2]) | np.polyfit(a, v, 1) | np.poly(v) | np.roots(v)
np.histogram(v) | np.histogram(v, bins=a) | np.histogram2d(v, w) | np.bincount([0, 1, 0, 1], weights=v) | np.cov(v) | np.cov(M) | np.cov(v, w) | np.corrcoef(M)
np.vectorize(lambda t: t * t, otypes=[float])(v) | np.astype(v, float) | np.geomspace(p, 9., 3) | np.unique(v) | np.union1d(v, w) | np.intersect1d(v, w) | np.setdiff1d(v, w) | np.fft.fft(v)
np.fft.rfft(v) | np.fft.ifft(v) | np.fft.irfft(v) | np.fft.fft2(M) | np.ldexp(v, 2) | np.sum(M, axis=0, out=np.zeros(3)) | np.add(v, 1., out=np.zeros(4)) | np.sum(v, dtype=np.float32)
np.sum(v, dtype=int) | v.astype(float) | v.astype(np.float32) | v.astype(complex) | in_place(np.zeros(4), "__iadd__", v) | in_place(np.zeros(4), "__imul__", x) | v.tobytes() | v.tofile("never")
v.byteswap() | v.getfield(float) | changed(np.copyto, np.zeros(4), v) | v.view(float) | v * 1j
"""
# fmt: on


def uses(text: str) -> list[str]:
    """The expressions of a table."""
    return [use.strip() for line in text.strip().splitlines() for use in line.split(" | ")]


def values(*numbers: float) -> Any:
    """An array of Values."""
    np: Any = numpy  # whose type stubs know arrays and numbers alone
    return np.stack([Value(x) for x in numbers])
