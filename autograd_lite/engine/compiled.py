"""How a `Value` records: `record` for any operation, and the operators, compiled from the table.

The operators are most of what a program spends its time on, so they are written out: Python text is passed through
the rows like any other kind of operand, and what comes out is compiled, so that `__mul__` holds `z = x * y`, `dx = y`,
`dy = x` in one function, without a call. `inspect.getsource(Value.__mul__)` shows it.
"""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType

from autograd_lite.engine.chosen import c
from autograd_lite.engine.context import current, deriving_now
from autograd_lite.engine.graph import Node
from autograd_lite.engine.ieee import FAILURES, ieee_value, local_partial
from autograd_lite.engine.operators import BINARY, Arithmetic, apply
from autograd_lite.engine.ops import Op
from autograd_lite.engine.reals import as_float
from autograd_lite.engine.table import pow
from autograd_lite.engine.text import shortened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Kind = TypeVar("Kind", bound=type[Node])

# What records reads these: the class whose instances are the nodes, and what every node asks for its surroundings.
# While lines are recorded, `lines` puts another function in the place of the second, here and in the operators.
Value: Any = Node
context: Callable[[], Any] = current.get
new = object.__new__


def recording(kind: Kind) -> Kind:
    """Class decorator: nodes are instances of this class, and it has the operators that record them."""
    global Value
    if c is not None:
        Value = _sealed(kind)
        return Value  # type: ignore[no-any-return]
    Value = kind
    kind._apply = staticmethod(record_applied)  # type: ignore[attr-defined]  # a kind of operand has it
    for name, method in vars(operators()).items():
        if name.startswith("__") and type(method) is FunctionType:
            setattr(kind, name, method)
    return kind


def _sealed(kind: Any) -> Any:
    """The same class on the type that nodes have in C; a class statement would have them tracked by the collector."""
    global made
    made = c.made
    sealed = c.seal(kind.__bases__, kind.data, kind.grad, _operator, as_float, current)
    sealed.__name__ = kind.__name__  # errors then say 'Value', where the name in C has the module in front
    found: dict[str, Any] = {"_apply": staticmethod(record)}
    for base in reversed(kind.__mro__):
        if base not in (object, Node):
            for name, x in vars(base).items():
                if isinstance(op := getattr(x, "__wrapped__", None), Op):
                    found[name] = c.method(op, x)
                elif base is kind or (name[:2] == "__" and callable(x)):  # which Python finds by a place, not by a name
                    found[name] = x
    for name, x in found.items():
        if name not in vars(sealed) or name == "__doc__":
            setattr(sealed, name, x)
    return sealed


def _operator(op: Op, x: Any, y: Any) -> Any:
    """What an operator does that C leaves to Python."""
    __tracebackhide__ = True  # to IPython and pytest
    plain = {type(x), type(y)} <= {Value, float, int}
    return record(op, (x, y)) if plain else apply(op, x, y)


def record(op: Op, operands: tuple[Any, ...], failure: Exception | None = None) -> Any:
    """The node of an operation on operands of which at least one is a `Value`.

    Computes the number and each local partial. Raises what floats raise, with a note that names the operation; an
    operator that has met the same failure hands it on, so that it is not told twice.
    """
    operands = op.numbers(operands)
    numbers = [x._data if type(x) is Value else x for x in operands]
    for x in numbers:
        if type(x) is not float:
            raise TypeError(f"{op.name}: a Value cannot be computed with {shortened(x)}, another kind of operand")
    try:
        data = op.of_floats(*numbers)
    except FAILURES as error:
        if not deriving_now.get():
            __tracebackhide__ = True  # to IPython and pytest
            if failure is not None:
                error.__context__ = failure.__context__
            error.add_note(_note(op, operands))
            raise
        data = ieee_value(op, numbers)
    partials = [
        None if type(x) is float or op.partials[place] == 0.0 else local_partial(op, place, numbers, data)
        for place, x in enumerate(operands)
    ]
    return made(op, data, operands, tuple(partials))


def made(op: Op, data: float, operands: tuple[Any, ...], partials: tuple[float | None, ...]) -> Any:  # noqa: F811 - in C: c.made
    """The node of an operation on any number of operands."""
    node = new(Value)
    node._data = data
    node._grad = None
    node._rule = op
    if len(operands) > 2:
        node._x, node._dx = operands, partials
    else:
        node._x, node._dx = operands[0], partials[0]
    node._y, node._dy = (operands[1], partials[1]) if len(operands) == 2 else (0.0, None)
    node._context = context()
    return node


def record_applied(op: Op, operands: tuple[Any, ...]) -> Any:
    """`record`, with the case of one operand written out, because it is so common."""
    if len(operands) > 1:
        return record(op, operands)
    (x,) = operands
    partial = op.partials[0]
    z = dx = None
    try:
        z = op.value(x._data)
        dx = (partial or None) if type(partial) is float else partial(x._data, z)  # type: ignore[operator]
    except Exception:  # `record` meets it again, and has a word to add
        pass
    if type(z) is not float or (type(dx) is not float and partial != 0.0):
        __tracebackhide__ = True  # to IPython and pytest
        return record(op, operands)
    node = new(Value)
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


class PythonOperand(Arithmetic):
    """A kind of operand that is a piece of Python text; applying an operation writes it out.

    >>> from autograd_lite import div, exp
    >>> str(div(exp(PythonOperand("x")), 2.0))
    '(exp(x) / 2.0)'
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> PythonOperand:
        text = op.written(*operands)
        return PythonOperand(text if op.is_call else f"({text})")


FORWARD = """
def __{method}__(self, other):
    x = self._data
    if type(other) is Value:
        y = other._data
    elif type(other) is float:
        y = other
    elif type(other) is int:
        y = other = float(other)
    else:
        return apply({op}, self, other)
    try:
        z = {value}
        dx = {dx}
        dy = {dy} if other is not y else None
"""
REFLECTED = """
def __r{method}__(self, other):
    if type(other) is float:
        x = other
    elif type(other) is int:
        x = other = float(other)
    else:
        return apply({op}, other, self)
    y = self._data
    try:
        z = {value}
        dx = None
        dy = {dy}
"""
RECORD = """    except FAILURES as failure:
        __tracebackhide__ = True
        return record({op}, ({x}, {y}), failure)
    {check}
    node = new(Value)
    node._data = z
    node._grad = None
    node._rule = {op}
    node._x = {x}
    node._y = {y}
    node._dx = dx
    node._dy = dy
    node._context = context()
    return node
"""
CHECK = "if type(z) is not float: return record({op}, ({x}, {y}))"  # of powers alone, which may leave the reals


def operators() -> ModuleType:
    """A module of the binary operators of `Value`, compiled from the table.

    Each computes the number and the local partials and records the node; whatever is not a float or a `Value`,
    and whatever fails, goes to the plain `record`. The module is its own loader: that is what tracebacks and
    `inspect` ask for the text of a line.
    """
    module = ModuleType(f"{__name__}.operators", "The operators of `Value`, written out.")
    names = vars(module)
    names.update(Value=Value, new=new, record=record, context=context, apply=apply, FAILURES=FAILURES)
    source = ""
    for method, op in BINARY.items():
        name = op.name
        names |= {name: op, f"{name}_value": op.value, f"{name}_by_x": op.partials[0], f"{name}_by_y": op.partials[1]}
        parts = {
            "method": method,
            "op": name,
            "value": _inlined(op.value, f"{name}_value(x, y)", "x", "y"),
            "dx": _inlined(op.partials[0], f"{name}_by_x(x, y, z)", "x", "y", "z"),
            "dy": _inlined(op.partials[1], f"{name}_by_y(x, y, z)", "x", "y", "z"),
        }
        for template, x, y in ((FORWARD, "self", "other"), (REFLECTED, "other", "self")):
            check = CHECK.format(op=name, x=x, y=y) if op is pow else ""
            source += template.format(**parts) + RECORD.format(op=name, x=x, y=y, check=check)
    loader: Any = module
    names.update(__loader__=loader, __spec__=type(__spec__)(module.__name__, loader), get_source=lambda _: source)
    exec(compile(source, f"{__file__}: operators", "exec"), names)
    sys.modules[module.__name__] = module  # where `inspect` looks for it
    return module


def _inlined(rule: Any, call: str, *names: str) -> str:
    """The rule as text where it consists of operators alone, otherwise the call of it; None if nothing flows back."""
    if rule == 0.0:
        return "None"
    text = str(rule(*map(PythonOperand, names)) if callable(rule) else rule)
    calls = any(name.isidentifier() for name in text.replace("(", " (").split() if name not in names)
    return call if calls else text
