"""`Value`: a number that records where it came from, and can say how it changes with each of its origins."""

from __future__ import annotations

from autograd_lite.engine import compiled
from autograd_lite.engine.context import InContext
from autograd_lite.engine.floats import FloatLike
from autograd_lite.engine.graph import Node
from autograd_lite.engine.micrograd import LikeMicrograd
from autograd_lite.engine.ops import Operand
from autograd_lite.engine.reals import as_float
from autograd_lite.engine.text import readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, final

    from autograd_lite.engine.ops import Op
    from autograd_lite.engine.traits import Number
else:

    def final(kind: type) -> type:
        """What type checkers read; `typing.final` itself does nothing."""
        return kind


@compiled.recording
@final
class Value(Node, LikeMicrograd, InContext, FloatLike):
    """A number that records the computation that made it.

    Behaves like a Python float in arithmetic, comparison and formatting, and raises where a float would.
    `data` is anything that is one real number; `label` is a name for messages and pictures.

    >>> from autograd_lite import Value
    >>> x = Value(3.0, label="x")
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> y, x.grad
    (Value(15.0, op='add', grad=1.0), 8.0)
    """

    __slots__ = ()

    def __init__(self, data: Number, label: str | None = None) -> None:
        try:
            self._start(as_float(data), compiled.context())
        except TypeError as error:
            raise TypeError(f"Value: {error}") from None
        if label is not None:
            self.label = label

    def __init_subclass__(cls, **kwargs: Any) -> NoReturn:
        raise TypeError("Value cannot be subclassed: to add an operation define an Op; to add behaviour, hold a Value")

    @property
    def data(self) -> float:
        """The number. A leaf accepts a new one; that of a computed node follows from its operands."""
        return self._data

    @data.setter
    def data(self, data: Number) -> None:
        if self._rule is not None:
            raise AttributeError(
                f"cannot set .data of {self!r}: it was computed by {self._rule.name}; "
                "set .data of the leaves and compute again, or start a new leaf with Value(...)"
            )
        self._data = data if type(data) is float else as_float(data)
        if not self._context.changed:
            self._mark(changed=True)

    @property
    def grad(self) -> float:
        """The derivative that `backward()` found: leaves add up those of every call, computed nodes hold the last."""
        return self._grad or 0.0

    @grad.setter
    def grad(self, grad: Number) -> None:
        if type(grad) is not float:
            if isinstance(grad, Operand):
                raise TypeError(".grad holds a float; gradients that can be differentiated come from gradients(y, xs)")
            grad = as_float(grad)
        self._grad = grad

    @property
    def has_grad(self) -> bool:
        """Whether the gradient is known: always for a leaf, for a computed node once `backward()` has come by."""
        return self._grad is not None

    @property
    def op(self) -> Op | None:
        """The operation that computed the number; None for a leaf."""
        return self._rule

    def _repr_html_(self) -> str:
        from autograd_lite.engine.notebook import table  # here, because importing is cheap

        names = [x.label or repr(x._data) if type(x) is Value else repr(x) for x in self.operands]
        written = f"{self.label or 'Value'}{f' = {self._rule.written(*names)}' if self._rule else ''}"
        grad = repr(self.grad) if self.has_grad else "·"
        return table(readable(written), ["", " "], [["value", repr(self._data)], ["grad", grad]])


def plain(x: Any) -> float:
    """The number of a `Value`, or a plain number; TypeError for everything else.

    >>> plain(Value(2.0) * 3.0), plain(1)
    (6.0, 1.0)
    """
    return x._data if type(x) is Value else as_float(x)
