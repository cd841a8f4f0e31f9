"""What the names in random programs for the engine mean: operations of a user, operands that are not what they seem."""

from __future__ import annotations

import contextvars
import copy
import gc
import math
import operator
import pickle
import weakref
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy

import autograd_lite as al
from autograd_lite import Op, Value
from autograd_lite.engine.graph import edges, topological_order
from autograd_lite.engine.operators import Arithmetic

# Operations of a user: good ones, ones with odd results, ones that raise, ones in which much happens.


class Stop(BaseException):
    """What is not even an Exception."""


def raises(error: BaseException) -> Any:
    """Raise it, in an expression."""
    raise error


def busy(x: Any, result: Any) -> Any:
    """The result, after a graph upon the operand has been built, differentiated and freed."""
    y = (Value(2.0) * x + 1.0).exp() if isinstance(x, float) and abs(x) < 100.0 else Value(1.0)
    y.backward()
    del y
    gc.collect(0)
    return result


OPERATIONS = {
    op.name: op
    for op in [
        Op("cube", lambda x: x * x * x, [lambda x, y: 3.0 * x * x]),
        Op("flat", lambda x: x + 1.0, [0.0]),
        Op("fma", lambda x, y, z: x * y + z, [lambda x, y, z, r: y, lambda x, y, z, r: x, 1.0]),
        Op("quad", lambda x, y, z, t: x * y - z * t, [lambda x, y, z, t, r: y, lambda x, y, z, t, r: x,
                                                      lambda x, y, z, t, r: -t, lambda x, y, z, t, r: -z]),
        Op("infinite", lambda x: x, [math.inf]),
        Op("undefined", lambda x: x, [lambda x, y: math.nan * x]),
        Op("integer", lambda x: 3, [lambda x, y: 1]),
        Op("fraction", lambda x: Fraction(1, 3), [lambda x, y: Fraction(2, 3)]),
        Op("scalar", lambda x: numpy.float64(0.5), [lambda x, y: numpy.float64(0.25)]),
        Op("complex_value", lambda x: 1j, [1.0]),
        Op("text_value", lambda x: "1.0", [1.0]),
        Op("nothing", lambda x: None, [1.0]),
        Op("refuses", lambda x: raises(ValueError("not here")) if x > 0.0 else x, [1.0]),
        Op("divides", lambda x: 1.0 / (x - x), [lambda x, y: y]),
        Op("missing", lambda x: raises(KeyError("key")), [1.0]),
        Op("stops", lambda x: raises(Stop()), [1.0]),
        Op("bad_partial", lambda x: x, [lambda x, y: raises(RuntimeError("no partial"))]),
        Op("text_partial", lambda x: x, [lambda x, y: "1.0"]),
        Op("node_partial", lambda x, y: x * y, [lambda x, y, z: Value(1.0), 1.0]),
        Op("integer_partial", lambda x, y: x - y, [1, lambda x, y, z: -1], "{} <-> {}"),
        Op("recording", lambda x: busy(x, x), [lambda x, y: busy(x, 2.0)]),
        Op("collecting", lambda x, y: gc.collect(0) * 0.0 + x + 0.0 * y, [1.0, lambda x, y, z: gc.collect(0) * 0.0]),
    ]
}  # fmt: skip
for _op in OPERATIONS.values():
    _op.__module__ = __name__  # where copy and pickle look for them
globals().update(OPERATIONS)

# Operands that are not what they seem.


class Float(float):
    """A float, though not exactly one."""


class Integer(int):
    """The same of an int."""


class Asked:
    """A number that knows its float."""

    def __init__(self, number: float) -> None:
        self.number = number

    def __float__(self) -> float:
        return self.number

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.number!r})"


class Failing:
    """A number that does not."""

    def __float__(self) -> float:
        raise ArithmeticError("no float today")

    def __repr__(self) -> str:
        return "Failing()"


class Sneaky(Asked):
    """A number that goes backward, renames and collects while it is asked."""

    def __init__(self, node: Any) -> None:
        super().__init__(1.25)
        self.node = node

    def __float__(self) -> float:
        self.node.backward(2.0)
        self.node.label = "asked"
        self.node = Value(0.0) * self.node
        gc.collect(0)
        return self.number


class Back:
    """What knows its own operators, for floats on the other side."""

    def __radd__(self, other: object) -> str:
        return f"added to a {type(other).__name__}"

    __rsub__ = __rmul__ = __rtruediv__ = __rpow__ = __eq__ = __gt__ = __radd__  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "Back()"


class NoArray(Back):
    """The same, of what NumPy's rules take for an array."""

    ndim = 1
    __array_ufunc__ = None


class Dual(Arithmetic):
    """Another kind of operand: a number with its tangent."""

    def __init__(self, value: Any, tangent: float = 1.0) -> None:
        self.value, self.tangent = value, tangent

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> Dual:
        duals = [x if isinstance(x, Dual) else Dual(x, 0.0) for x in op.numbers(operands)]
        return Dual(op(*[dual.value for dual in duals]), sum(dual.tangent for dual in duals))

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.tangent!r})"


def shares(i: int, x: Any, z: Any) -> float:
    """A graph upon leaves that other threads use at the same time, differentiated; all gradients are powers of two."""
    y = x * 2.0**i
    for _ in range(20):
        y = y + x - z * 0.5
    y.backward(0.25)
    return float(y.data)


def ordered(*roots: Any, border: Any = ()) -> list[Any]:
    """The topological order of those that are nodes; what others are told is nobody's business."""
    return topological_order(*[x for x in roots if type(x) is Value], border=[x for x in border if type(x) is Value])


MEANINGS: dict[str, Any] = {
    **OPERATIONS, "Asked": Asked, "Back": Back, "Decimal": Decimal, "Dual": Dual, "Failing": Failing, "Float": Float,
    "Fraction": Fraction, "Integer": Integer, "NoArray": NoArray, "Sneaky": Sneaky, "Value": Value, "al": al,
    "contextvars": contextvars, "copy": copy, "edges": edges, "gc": gc, "inf": math.inf, "math": math,
    "nan": math.nan, "numpy": numpy, "operator": operator, "pickle": pickle, "shares": shares,
    "ordered": ordered, "weakref": weakref, "__name__": "program",
}  # fmt: skip
