"""Every ufunc of NumPy and each of its methods, on arrays of Values: NumPy's value and the right gradient, or refused."""

from __future__ import annotations

import re
from typing import Any

import numpy
import pytest
from numpy_floats import POINT, assert_as_numpy, evaluated, flat, function

from autograd_lite.engine.ufuncs import CONSTANT

np: Any = numpy  # its type stubs know arrays and numbers alone

UFUNCS = {ufunc.__name__: ufunc for ufunc in vars(numpy).values() if isinstance(ufunc, numpy.ufunc)}
# Those that NumPy has for floats and that are refused: bits of a float, and what takes floats and integers.
WITHOUT_A_ROW = {"frexp", "ldexp", "modf", "nextafter", "spacing"}
INNER = dict.fromkeys(("arccosh", "acosh"), "(v + 3.)") | dict.fromkeys(("log", "log2", "log10", "log1p", "sqrt"), "p")
INNER |= dict.fromkeys(("arcsin", "asin", "arccos", "acos", "arctanh", "atanh"), "(v / 3.)")
OF_ONE = (
    "np.{0}({1}) | np.{0}({1}[1]) | np.{0}({1}.reshape(2, 2)) | np.{0}({1}, out=np.zeros_like(v)) | np.{0}({1}, dtype=float) | "
    "np.{0}({1}, where=c, out=np.ones_like(v)) | np.{0}({1}[:0]) | np.{0}.reduce({1}) | np.{0}({1}, 1., 2., 3.) | "
    "changed(np.{0}.at, {1}, [0, 2]) | np.{0}.outer({1}, {1}) | np.{0}({1}, dtype=np.float32)"
)
OF_TWO = (
    "np.{0}(p, {r}) | np.{0}(p, {s}) | np.{0}({s}, p) | np.{0}(p, {r}[0]) | np.{0}(p[0], {r}) | np.{0}(p[0], {r}[1]) | np.{0}(2, {r}) | np.{0}({r}, 2) | "
    "np.{0}(p[:, None], {r}) | np.{0}(p, [1., 2., 3., 4.]) | np.{0}(p, {r}, out=np.zeros_like(v)) | np.{0}(p, {r}, where=c, out=np.ones_like(v)) | "
    "np.{0}(p, {r}, dtype=float) | np.{0}(v, w) | np.{0}(p, {r}, out=np.zeros(4)) | np.{0}(p[:3], {r}) | np.{0}(p[:0], {r}[:0]) | "
    "np.{0}.reduce(p) | np.{0}.reduce({N}) | np.{0}.reduce({N}, axis=1) | np.{0}.reduce({N}, axis=None) | np.{0}.reduce({N}, axis=(0, 1)) | "
    "np.{0}.reduce({N}, axis=1, keepdims=True) | np.{0}.reduce(p, initial=1.7) | np.{0}.reduce(p, initial=p[0]) | "
    "np.{0}.reduce(p, where=c) | np.{0}.reduce(p, where=c, initial=1.7) | np.{0}.reduce(p[:0]) | np.{0}.reduce({N}[:0]) | np.{0}.reduce(p[:1]) | "
    "np.{0}.reduce({N}, axis=0, out=np.zeros_like({N}[0])) | np.{0}.reduce({N}, 0, float) | np.{0}.reduce({N}, axis=7) | np.{0}.reduce(p[0]) | "
    "np.{0}.accumulate(p) | np.{0}.accumulate({N}, axis=1) | np.{0}.accumulate({N}, 0, out=np.zeros_like({N})) | np.{0}.accumulate(p[:0]) | "
    "np.{0}.outer(p, {r}) | np.{0}.outer(p[0], {r}) | np.{0}.outer(p, {s}) | np.{0}.outer({N}, p) | np.{0}.reduceat(p, [0, 2]) | "
    "np.{0}.reduceat({N}, [0, 1, 0], axis=1) | np.{0}.reduceat(p, [0, 2], out=np.zeros_like(v[:2])) | changed(np.{0}.at, p, i, {r}) | "
    "changed(np.{0}.at, p, i, 1.5) | changed(np.{0}.at, p, [0], x) | changed(np.{0}.at, np.ones(4), i, {r})"
)


def uses_of(name: str, ufunc: Any) -> list[str]:
    """Calls and methods of a ufunc, with its options."""
    form = OF_ONE if ufunc.nin == 1 else OF_TWO
    return form.format(name, INNER.get(name, "v"), r="(w * w)", s="np.exp(a)", N="(M * M)").split(" | ")


def works(ufunc: Any) -> bool:
    """Whether NumPy computes it of floats."""
    return not isinstance(evaluated(lambda z: ufunc(*[z[:3]] * ufunc.nin), POINT * POINT), Exception)


@pytest.mark.parametrize("name", UFUNCS)
def test_every_ufunc(name: str) -> None:
    """NumPy's value on floats and the differences' gradient, or NumPy's error, or a refusal."""
    ufunc = UFUNCS[name]
    if ufunc.signature:  # of matrices
        uses = [
            f"np.{name}({left}, {right})" for left in ("S", "S[0]", "M", "x") for right in ("S", "S[1]", "S.T", "a[:3]")
        ]
        uses += [
            f"np.{name}(a[:3], S)",
            f"np.{name}(S, S, axes=[(0, 1), (0, 1), (0, 1)])",
            f"np.{name}(M[:, :0], M[:0])",
        ]
    else:
        uses = uses_of(name, ufunc)
    refused = [use for use in uses if assert_as_numpy(use)]
    if name in WITHOUT_A_ROW:
        assert refused == uses
    elif works(ufunc):
        finite = [use for use in refused if numpy.isfinite(numbers_of(evaluated(function(use), POINT))).all()]
        assert [use for use in finite if not re.search(REFUSED if name not in CONSTANT else r"\.at,", use)] == []


REFUSED = r"np\.float32|np\.zeros\(4\)|np\.ones\(4\)"  # what cannot hold Values


def numbers_of(result: Any) -> list[float]:
    """Its numbers; [nan] where NumPy refuses."""
    return [numpy.nan] if isinstance(result, Exception) else [entry or 0.0 for entry in flat(result)]
