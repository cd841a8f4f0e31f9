"""`Value`'s operators, compiled from the table.

They are most of the time that a program takes, so they are written out: source text is passed through
the rows like any other kind of operand, and what comes out is compiled, so that `__mul__` holds
`z = x * y`, `dx = y`, `dy = x` in one function, without a call. `inspect.getsource(Value.__mul__)` shows it.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

from autograd_lite.engine.operators import BINARY, UNARY, Arithmetic, apply
from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import pow


class Source(Arithmetic):
    """A kind of operand that is a piece of Python text; applying an operation writes it out.

    >>> from autograd_lite import div
    >>> from autograd_lite.engine.compiled import Source
    >>> str(div(Source("x"), 2.0))
    '(x / 2.0)'
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> Source:
        if op not in BINARY.values() and op not in UNARY.values():
            raise TypeError(f"{op.name} has no operator")
        return Source(f"({op.written(*operands)})")


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
        return apply(op, self, other)
    try:
        z = {value}
        dx = {dx}
        dy = {dy} if other is not y else None
    except FAILURES:
        pass
    else:
        {record}
    return record(op, (self, other))
"""

REFLECTED = """
def __r{method}__(self, other):
    if type(other) is float:
        x = other
    elif type(other) is int:
        x = other = float(other)
    else:
        return apply(op, other, self)
    y = self._data
    try:
        z = {value}
        dx = None
        dy = {dy}
    except FAILURES:
        pass
    else:
        {record}
    return record(op, (other, self))
"""

RECORD = """
        node = new(Value)
        node._data = z
        node._grad = None
        node._rule = op
        node._x = {x}
        node._y = {y}
        node._dx = dx
        node._dy = dy
        node._context = context()
        return node
"""


def recording_methods(namespace: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    """The binary operators of `Value`, compiled from the table.

    `namespace` holds what they need of `Value`'s module: Value, new, about, record, FAILURES.
    Each function computes the number and the local partials and records the node; whatever is not
    a float or a `Value`, and whatever fails, goes to the plain `record`.
    """
    methods = {}
    for method, op in BINARY.items():
        scope = dict(namespace, op=op, apply=apply, value=op.value, by_x=op.partials[0], by_y=op.partials[1])
        parts = {
            "method": method,
            "value": _inlined(op.value, "value(x, y)", "x", "y"),
            "dx": _inlined(op.partials[0], "by_x(x, y, z)", "x", "y", "z"),
            "dy": _inlined(op.partials[1], "by_y(x, y, z)", "x", "y", "z"),
        }
        for template, x, y in ((FORWARD, "self", "other"), (REFLECTED, "other", "self")):
            record = RECORD.strip().format(x=x, y=y)
            if op is pow:  # the only operator that leaves the reals: for a negative base
                record = f"if type(z) is not float:\n            return record(op, ({x}, {y}))\n        {record}"
            source = template.format(record=record, **parts)
            filename = f"<autograd_lite {op.name} {x}>"
            exec(compile(source, filename, "exec"), scope)
            linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        for name in (f"__{method}__", f"__r{method}__"):
            methods[name] = scope[name]
    return methods


def _inlined(rule: Any, call: str, *names: str) -> str:
    """The rule as text where it consists of operators alone, otherwise the call of it."""
    if not callable(rule):
        return repr(rule)
    try:
        return str(rule(*map(Source, names)))
    except TypeError:
        return call
