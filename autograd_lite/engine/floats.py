"""What a node can do because a float can: to be compared, printed, rounded, copied; and what NumPy asks of objects."""

from __future__ import annotations

import sys
from math import ceil, floor

from autograd_lite.engine.context import Context, decide
from autograd_lite.engine.graph import Node
from autograd_lite.engine.operators import Arithmetic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn


class FloatLike(Arithmetic):
    """A number that behaves as a Python float does; its arithmetic is in `compiled.py`."""

    __slots__ = ()

    _data: float
    _context: Context

    def __repr__(self: Any) -> str:
        parts = [repr(self._data)]
        if self.label is not None:
            parts.append(f"label={self.label!r}")
        if self.op is not None:
            parts.append(f"op={self.op.name!r}")
        if self._grad:
            parts.append(f"grad={self._grad!r}")
        return f"Value({', '.join(parts)})"

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else str(self)

    def item(self) -> float:
        """The number on its own, taken out of the graph on purpose: `data` under PyTorch's name.

        >>> from autograd_lite import Value
        >>> (Value(2.0) * 3.0).item()
        6.0
        """
        return self._data

    if not TYPE_CHECKING:  # so that checkers find float(v) and math.sin(v), where any __float__ would satisfy them

        def __float__(self) -> NoReturn:
            from autograd_lite.engine.bare import refusal

            raise refusal(self, sys._getframe(1))

    def __int__(self) -> int:
        from autograd_lite.engine.bare import refusal, rounds

        if not rounds(sys._getframe(1)):
            raise refusal(self, sys._getframe(1))
        return int(self._data)

    def __trunc__(self) -> int:
        return int(self._data)

    def __floor__(self) -> int:
        return floor(self._data)

    def __ceil__(self) -> int:
        return ceil(self._data)

    def __round__(self, digits: int | None = None) -> float:
        return round(self._data, digits)

    def __pos__(self) -> Any:
        return self

    def conjugate(self) -> Any:
        """The number itself, as a float's; NumPy's std and var ask for it."""
        return self

    # Comparisons compare numbers, as PyTorch's do; a node is found in a set or a dictionary by identity.
    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        from autograd_lite.engine.bare import asking, fills, refusal  # here, because importing is cheap

        if asking(sys._getframe(1)) and fills(sys._getframe(1)):
            raise refusal(self, sys._getframe(1))
        decide(self)
        return bool(self._data)

    def __eq__(self, other: object) -> bool:
        return _compared(float.__eq__, "__eq__", self, other)

    def __ne__(self, other: object) -> bool:
        return _compared(float.__ne__, "__ne__", self, other)

    def __lt__(self, other: Any) -> bool:
        return _ordered(float.__lt__, "__gt__", self, other)

    def __le__(self, other: Any) -> bool:
        return _ordered(float.__le__, "__ge__", self, other)

    def __gt__(self, other: Any) -> bool:
        return _ordered(float.__gt__, "__lt__", self, other)

    def __ge__(self, other: Any) -> bool:
        return _ordered(float.__ge__, "__le__", self, other)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        from autograd_lite.engine.arrays import of_ufunc

        return of_ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from autograd_lite.engine.arrays import of_function

        return of_function(function, args, kwargs)

    def __copy__(self) -> Any:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if self._context.variable:
            return self  # as of a float; what is computed from a copy is computed from it
        rebuild, state = self.__reduce__()
        return rebuild(*state)

    def __reduce__(self: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        if self._context.variable:
            raise TypeError(
                f"cannot pickle {self!r}: it is an input of a function that is being transformed, and a copy would be "
                "cut off from it; take its number with .data"
            )
        if self.op is not None:
            raise TypeError(
                f"cannot copy or pickle {self!r}: it was computed, and a copy would be cut off from its graph; "
                "copy the leaves and compute again, or take its number with .data"
            )
        return _leaf, (type(self), self._data, self._grad, self.label, self.scope)


def _leaf(kind: Any, data: float, grad: float, label: str | None, scope: tuple[str, ...]) -> Any:
    leaf = kind(data)
    leaf._grad = grad
    leaf._context = Context(scope, label)
    return leaf


def _compared(compare: Callable[[float, Any], bool], mirrored: str, x: Any, y: Any) -> bool:
    """What Python makes of the float and the other number: it asks the float, and if that does not know, the other.

    So huge integers, fractions and decimals are compared exactly, as with floats: a conversion would round them.
    """
    if getattr(y, "ndim", None):  # NumPy comes back element by element
        return NotImplemented  # type: ignore[no-any-return]  # mypy knows it in magic methods alone
    other = y._data if isinstance(y, Node) else y
    result = compare(x._data, other)
    if result is NotImplemented:
        result = getattr(other, mirrored)(x._data)
    if result is not NotImplemented:
        decide(x)
        decide(y)
    return result


def _ordered(compare: Callable[[float, Any], bool], mirrored: str, x: Any, y: Any) -> bool:
    """`_compared`, unless NumPy's own loop asks: at a tie, or a nan, it would do other than the table's rows."""
    result = _compared(compare, mirrored, x, y)
    if result is not NotImplemented:
        other = y._data if isinstance(y, Node) else y
        if x._data == other or x._data != x._data or other != other:
            from autograd_lite.engine.bare import asking, refuse_order

            if asking(sys._getframe(2)):
                refuse_order(sys._getframe(2), compare in (float.__le__, float.__ge__) or x._data != other)
    return result
