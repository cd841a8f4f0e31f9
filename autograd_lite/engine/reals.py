"""Plain numbers: what is taken for one real number or for a table of them, and what is refused, with what to do."""

from __future__ import annotations

from autograd_lite.engine.text import shortened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


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


def as_lists(x: Any) -> Any:
    """An array, a tensor, a column or a table of pandas, polars and the like as nested lists; anything else as it is.

    A table becomes the list of its rows. Raises TypeError for dates, which NumPy would turn into numbers without a
    word, and ValueError for a table with two columns of one name.

    >>> import numpy
    >>> as_lists(numpy.eye(2)), as_lists((1, 2))
    ([[1.0, 0.0], [0.0, 1.0]], (1, 2))
    """
    if type(x) is list or hasattr(type(x), "_apply"):
        return x
    columns = column_names(x)
    if columns is not None:  # column by column: as one array, polars' dates beside numbers would be numbers
        return [list(row) for row in zip(*(_column(x, name, columns) for name in columns), strict=True)]
    array = x.to_numpy() if hasattr(x, "to_numpy") else x
    if getattr(getattr(array, "dtype", None), "kind", "f") in "mM":
        raise TypeError(f"expected numbers, got dates or times: {shortened(array.ravel().tolist()[:1])}")
    return array.tolist() if hasattr(array, "tolist") else array


def _column(table: Any, name: Any, names: list[Any]) -> Any:
    if names.count(name) > 1:
        raise ValueError(f"the table has more than one column {shortened(name)}")
    try:
        return as_lists(table[name])
    except TypeError as error:
        raise TypeError(f"column {shortened(name)}: {error}") from None


def column_names(x: Any) -> list[Any] | None:
    """The names of the columns of a table, such as a DataFrame; None for anything else.

    >>> column_names([[1.0, 2.0]]) is None
    True
    """
    if not (hasattr(x, "columns") and hasattr(x, "__getitem__")):
        return None
    return list(getattr(x, "column_names", x.columns))  # pyarrow's `columns` are the columns themselves
