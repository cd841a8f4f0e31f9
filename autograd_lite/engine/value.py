"""`Value`: a number that records where it came from, and can say how it changes with each of its origins."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NoReturn, final

from autograd_lite.engine import graph
from autograd_lite.engine.compiled import recording_methods
from autograd_lite.engine.context import Context, Line, current, deriving_now
from autograd_lite.engine.graph import Node
from autograd_lite.engine.ieee import FAILURES, extended_value, local_partial
from autograd_lite.engine.operators import Arithmetic
from autograd_lite.engine.ops import Op, Operand, as_float
from autograd_lite.engine.text import shortened

# What every new node asks for its surroundings; while lines are recorded, `lines` puts another function here.
context: Callable[[], Context] = current.get


@final
class Value(Node, Arithmetic):
    """A number that records the computation that made it.

    Behaves like a Python float in arithmetic, comparison and formatting, and raises where a float
    would. `data` is anything that is one real number; `label` is a name for messages and pictures.

    >>> from autograd_lite import Value
    >>> x = Value(3.0, label="x")
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> y, x.grad
    (Value(15.0, op='add', grad=1.0), 8.0)
    """

    __slots__ = ()

    def __init__(self, data: Any, label: str | None = None) -> None:
        try:
            self._data = as_float(data)
        except TypeError as error:
            raise TypeError(f"Value: {error}") from None
        self._grad = 0.0
        self._rule = self._x = self._dx = self._dy = None
        self._y = 0.0
        self._context = context()
        if label is not None:
            self.label = label

    def __init_subclass__(cls, **kwargs: Any) -> NoReturn:
        raise TypeError("Value cannot be subclassed: to add an operation define an Op; to add behaviour, hold a Value")

    @property
    def data(self) -> float:
        """The number. A leaf accepts a new one; that of a computed node follows from its operands."""
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        if self._rule is not None:
            raise AttributeError(
                f"cannot set .data of {self!r}: it was computed by {self._rule.name}; "
                "set .data of the leaves and compute again, or start a new leaf with Value(...)"
            )
        self._data = as_float(data)
        if not self._context.changed:
            self._context = self._context.replace(changed=True)

    @property
    def grad(self) -> float:
        """The derivative of the node that `backward()` was called on by this one; 0.0 before.

        Leaves add up what every call brings; computed nodes hold that of the last call alone.
        """
        return self._grad or 0.0

    @grad.setter
    def grad(self, grad: Any) -> None:
        if isinstance(grad, Operand):
            raise TypeError(".grad holds a float; gradients that can be differentiated come from gradients(y, xs)")
        self._grad = as_float(grad)

    @property
    def label(self) -> str | None:
        """A name for messages and pictures, or None."""
        label: str | None = self._context.label
        return label

    @label.setter
    def label(self, label: str | None) -> None:
        if label is not None and not isinstance(label, str):
            raise TypeError(f"a label is a text or None, got {shortened(label)}")
        self._context = self._context.replace(label=label)

    @property
    def scope(self) -> tuple[str, ...]:
        """The names of the scopes in which the node was made, the outermost first."""
        names: tuple[str, ...] = self._context.scope
        return names

    @property
    def line(self) -> Line | None:
        """The line of the user's code that made the node; None unless that was inside of `record_lines()`."""
        found = self._context.line
        return found if type(found) is Line else None

    @property
    def has_grad(self) -> bool:
        """Whether the gradient is known: always for a leaf, for a computed node once `backward()` has come by."""
        return self._grad is not None

    @property
    def changed(self) -> bool:
        """Whether this is a leaf that was given another number after it was made."""
        return bool(self._context.changed)

    @property
    def decided(self) -> bool:
        """Whether the number was compared, so that the program may have taken another way for another number."""
        return bool(self._context.decided)

    @property
    def op(self) -> Op | None:
        """The operation that computed the number; None for a leaf."""
        return self._rule

    def backward(self, seed: float = 1.0) -> None:
        """Add to the `.grad` of every leaf this number came from its derivative by that leaf, times `seed`.

        Calling it again adds again, as in PyTorch; `zero_grad()` starts afresh. The gradient is that
        of the computation as it was recorded, also when a leaf has been given a new number since.

        >>> from autograd_lite import Value
        >>> x = Value(-2.0)
        >>> (x ** 3).backward()
        >>> x.grad
        12.0
        """
        graph.backward(self, as_float(seed))

    def zero_grad(self) -> None:
        """Set the gradient of this node, and of every node it was computed from, back to zero."""
        self._grad = 0.0
        for node in graph.topological_order(self):
            node._grad = None
            for operand in node.operands:
                if type(operand) is Value and operand._rule is None:
                    operand._grad = 0.0

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> Value:
        return record(op, operands) if len(operands) > 1 else record_unary(op, operands[0])

    def __repr__(self) -> str:
        parts = [repr(self._data)]
        if self.label is not None:
            parts.append(f"label={self.label!r}")
        if self._rule is not None:
            parts.append(f"op={self._rule.name!r}")
        if self._grad:
            parts.append(f"grad={self._grad!r}")
        return f"Value({', '.join(parts)})"

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else str(self)

    def __float__(self) -> float:
        if deriving_now.get():
            raise TypeError(
                "a local partial takes a float out of a Value, which would cut its own derivative off: "
                "write it with autograd_lite's functions, such as exp, instead of math's"
            )
        return self._data

    def __int__(self) -> int:
        return int(self._data)

    def __trunc__(self) -> int:
        return int(self._data)

    def __round__(self, digits: int | None = None) -> float:
        return round(self._data, digits)

    def conjugate(self) -> Value:
        """The number itself, as a float's; NumPy's std and var ask for it."""
        return self

    def __pos__(self) -> Value:
        return self

    def __bool__(self) -> bool:
        _decide(self)
        return bool(self._data)

    # Comparisons compare numbers, as PyTorch's do; a node is found in a set or a dictionary by identity.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return _compared(operator.eq, self, other)

    def __ne__(self, other: object) -> bool:
        return _compared(operator.ne, self, other)

    def __lt__(self, other: Any) -> bool:
        return _compared(operator.lt, self, other)

    def __le__(self, other: Any) -> bool:
        return _compared(operator.le, self, other)

    def __gt__(self, other: Any) -> bool:
        return _compared(operator.gt, self, other)

    def __ge__(self, other: Any) -> bool:
        return _compared(operator.ge, self, other)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        from autograd_lite.engine.ufuncs import apply_ufunc

        return apply_ufunc(ufunc, method, inputs, options)

    def __copy__(self) -> Value:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        rebuild, state = self.__reduce__()
        return rebuild(*state)

    def __reduce__(self) -> tuple[Callable[..., Value], tuple[Any, ...]]:
        if self._rule is not None:
            raise TypeError(
                f"cannot copy or pickle {self!r}: it was computed, and a copy would be cut off from its graph; "
                "copy the leaves and compute again, or take its number with .data"
            )
        return _leaf, (self._data, self._grad, self.label, self.scope)


def record(op: Op, operands: tuple[Any, ...]) -> Value:
    """The node of an operation on operands of which one at least is a `Value`.

    Computes the number and each local partial. Raises what floats raise, with a note that names the operation.
    """
    operands = op.numbers(operands)
    numbers = [x._data if type(x) is Value else x for x in operands]
    try:
        data = op.of_floats(*numbers)
    except FAILURES as error:
        if not deriving_now.get():
            error.add_note(_note(op, operands))
            raise
        data = extended_value(op, numbers)
    partials = [
        None if type(x) is float or op.partials[place] == 0.0 else local_partial(op, place, numbers, data)
        for place, x in enumerate(operands)
    ]
    node: Value = _new(Value)
    node._data = data
    node._grad = None
    node._rule = op
    if len(operands) > 2:
        node._x, node._dx = operands, tuple(partials)
    else:
        node._x, node._dx = operands[0], partials[0]
    node._y, node._dy = (operands[1], partials[1]) if len(operands) == 2 else (0.0, None)
    node._context = context()
    return node


def record_unary(op: Op, x: Value) -> Value:
    """`record` for one operand, written out because it is called so often."""
    partial = op.partials[0]
    z = dx = None
    try:
        z = op.value(x._data)
        dx = (partial or None) if type(partial) is float else partial(x._data, z)  # type: ignore[operator]  # a function
    except (*FAILURES, TypeError):
        pass
    if type(z) is not float or (type(dx) is not float and partial != 0.0):
        return record(op, (x,))
    node: Value = _new(Value)
    node._data = z
    node._grad = None
    node._rule = op
    node._x = x
    node._y = 0.0
    node._dx = dx
    node._dy = None
    node._context = context()
    return node


def _note(op: Op, operands: tuple[Any, ...]) -> str:
    names = [x.label or repr(x._data) if type(x) is Value else repr(x) for x in operands]
    known = [f"{x.label} = {x._data!r}" for x in operands if type(x) is Value and x.label]
    where = f", in scope {'/'.join(current.get().scope)}" if current.get().scope else ""
    return f"autograd_lite: while computing {op.written(*names)}{' with ' if known else ''}{', '.join(known)}{where}"


def plain(x: Any) -> float:
    """The number of a `Value`, or a plain number; TypeError for everything else.

    >>> plain(Value(2.0) * 3.0), plain(1)
    (6.0, 1.0)
    """
    return x._data if type(x) is Value else as_float(x)


_new = object.__new__


def _leaf(data: float, grad: float, label: str | None, scope: tuple[str, ...]) -> Value:
    leaf = Value(data)
    leaf._grad = grad
    leaf._context = Context(scope, label)
    return leaf


def _decide(x: Any) -> None:
    """Mark a node as having decided a branch: a replay on other numbers may have to take the other way."""
    if type(x) is Value and not x._context.decided:
        x._context = x._context.replace(decided=True)


def _compared(compare: Callable[[Any, Any], bool], x: Value, y: Any) -> bool:
    try:
        other = y._data if type(y) is Value else as_float(y)
    except TypeError:
        return NotImplemented  # type: ignore[no-any-return]  # mypy knows it in magic methods alone
    for operand in (x, y):
        _decide(operand)
    return compare(x._data, other)


for _name, _function in recording_methods(
    {"Value": Value, "FAILURES": FAILURES, "record": record, "new": _new, "context": context}
).items():
    setattr(Value, _name, _function)
