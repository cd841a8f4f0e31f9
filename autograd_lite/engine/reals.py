"""Plain numbers: what is taken for one real number, what is refused, with what to do about it, and arrays of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_lite.engine.text import shortened


def as_float(x: Any) -> float:
    """Convert anything that is one real number to a float; raise TypeError for everything else.

    >>> from fractions import Fraction
    >>> as_float(Fraction(1, 4)), as_float(True)
    (0.25, 1.0)
    """
    if type(x) is float:
        return x
    if hasattr(type(x), "_apply"):  # a kind of operand
        raise TypeError(f"expected a plain number, got {x!r}: its number is its .data")
    from numbers import Complex, Real  # rarely needed

    if isinstance(x, Complex) and not isinstance(x, Real):
        raise TypeError(f"expected a real number, got the complex number {x!r}: use its .real or abs() of it")
    if getattr(x, "ndim", None) or str(getattr(x, "dtype", "")) == "object":
        raise TypeError(
            f"expected one number, got an array of shape {tuple(x.shape)}: "
            "for arrays use NumPy's functions and operators"
        )
    text = isinstance(x, (str, bytes))  # NumPy's texts have a __float__
    if text or not (hasattr(type(x), "__float__") or hasattr(type(x), "__index__")):
        raise TypeError(f"expected a number, got {type(x).__name__} {shortened(x)}: convert it with float() first")
    return float(x)


def unboxed(x: Any) -> Any:
    """The content of an array of no dimensions, as NumPy makes of a single object; anything else as it is."""
    return x.item() if getattr(x, "shape", None) == () and hasattr(x, "item") else x


def is_array(x: Any) -> bool:
    """Whether it is an array of NumPy, or what behaves as one, with a dimension at least."""
    return bool(getattr(x, "shape", ())) and hasattr(x, "__array_ufunc__")


def elementwise(function: Callable[..., Any], operands: tuple[Any, ...]) -> Any:
    """A function of numbers applied to arrays, element by element: floats from floats; they broadcast as NumPy's do."""
    import numpy

    result = numpy.frompyfunc(function, len(operands), 1)(*operands)
    objects = any(hasattr(type(x), "_apply") or str(getattr(x, "dtype", "")) == "object" for x in operands)
    return result if objects else result.astype(float)
