"""What nobody should do to the engine: half-made Values, wrong types, private methods. It raises, and never breaks.

The names with an underscore are nobody's but the package's: what they raise for whom is not promised, only that the process
lives and that the graphs that were there still have their gradients.
"""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from test_engine_limits import program

from autograd_lite import Op, Value, grad, gradients, hypot, sin, where
from autograd_lite.engine.chosen import c
from autograd_lite.engine.graph import Node, topological_order

in_c = pytest.mark.skipif(c is None, reason="of the engine in C")

fma = Op("fma", lambda x, y, z: x * y + z, [lambda *v: v[1], lambda *v: v[0], 1.0])
twice = Op("twice", lambda x: 2.0 * x, [2.0])


def check() -> None:
    """The engine is right."""
    t = Value(0.5)
    y = twice(t)
    for _ in range(10):
        y = where(1.0, y, t) * 0.5 + fma(t, 0.5, 0.0)
    y.backward()
    assert t.grad == grad(lambda t: y.data * t / t.data)(0.5) == y.data / 0.5


# Values that are not there yet


def half_made() -> list[Any]:
    """What there is of a Value before its __init__; `object` makes none where that would not be safe."""
    found: list[Any] = [Value.__new__(Value)]
    with suppress(TypeError):
        found.append(object.__new__(Value))
    return found


def called(half: Any, name: str) -> object:
    """What a method of it returns."""
    return getattr(half, name)()


def uses(half: Any) -> dict[str, Callable[[], object]]:
    """Everything that can be done with one."""
    x = Value(2.0)
    names = ["add", "sub", "mul", "truediv", "pow", "mod", "floordiv", "lt", "le", "eq", "ne", "gt", "ge"]
    binary: list[Any] = [getattr(operator, name) for name in names]
    unary: list[Any] = [sin, bool, int, float, abs, round, repr, str, hash, copy.copy, pickle.dumps, operator.neg]
    found: dict[str, Callable[[], object]] = {}
    for f in binary:
        found[f"{f.__name__} before"] = partial(f, half, x)
        found[f"{f.__name__} behind"] = partial(f, x, half)
        found[f"{f.__name__} number"] = partial(f, 1.0, half)
    for f in unary:
        found[f"{f.__name__} of it"] = partial(f, half)
    for name in dir(Value):
        if name not in ("__init_subclass__", "__subclasshook__", "__class__"):
            found[f"attribute {name}"] = partial(getattr, half, name)
            found[f"call of {name}"] = partial(called, half, name)
    return found | {
        "backward": lambda: half.backward(2.0),
        "functions of more": lambda: (hypot(half, x), where(half, x, x)),
        "among three": lambda: where(x, half, x),
        "custom": lambda: (twice(half), fma(x, half, x)),
        "order": lambda: topological_order(half, x * 2.0, border=[half]),
        "gradients": lambda: gradients(x * 2.0, half),
        "of itself": lambda: gradients(half, x),
        "a label": lambda: setattr(half, "label", "x"),
        "a number": lambda: setattr(half, "data", 1.0),
        "a gradient": lambda: setattr(half, "grad", 1.0),
    }


def test_half_made_values() -> None:
    """Whatever is done with a Value whose `__init__` was never called raises or goes well; once called, it is a leaf."""
    for use in [*uses(Value(1.0)), ""]:
        for half in half_made():
            with suppress(Exception):
                uses(half)[use]()
            half.__init__(3.0)
            y = half * half
            y.backward()
            assert (half.data, half.op, half.operands, y.data) == (3.0, None, (), 9.0)
    check()


def test_init_again() -> None:
    """A node of which `__init__` is called again is a leaf; the graph that it was in has its gradients as recorded."""
    x = Value(3.0)
    y: Any = x * x
    z = y * 2.0
    y.__init__(1.0)
    assert (y.op, y.operands, y.partials, y.grad, y.data) == (None, (), (), 0.0, 1.0)
    z.backward()
    assert (y.grad, x.grad) == (2.0, 0.0)
    with pytest.raises(TypeError):
        y.__init__("1.0")
    z.backward()
    assert y.grad == 4.0
    check()


def test_nodes_are_values() -> None:
    """There is no node that is no Value, and no class of Values but one; weak references are refused, as are dictionaries."""
    for bases in ((Value,), (Value, float), (Node, Value)):
        with pytest.raises(TypeError):
            type("Other", bases, {})
    x = Value(1.0)
    for attempt in (
        lambda: __import__("weakref").ref(x),
        lambda: vars(x),
        lambda: setattr(x, "__class__", type("Other", (), {})),
        lambda: setattr(x, "unknown", 1.0),
        lambda: delattr(x, "unknown"),
        lambda: delattr(x, "data"),
    ):
        with pytest.raises((TypeError, AttributeError)):
            attempt()
    check()


# Operations


def test_operations_of_a_class_of_ones_own() -> None:
    """A class derived from Op may have fields and a call of its own; it computes and is differentiated as any other."""

    class Counted(Op):
        """An operation that counts."""

        calls = 0

        def __call__(self, *operands: Any, **named: Any) -> Any:
            self.calls += 1
            return super().__call__(*operands, **named)

    double = Counted("double", lambda x: 2.0 * x, [2.0])
    x = Value(3.0)
    double(double(x)).backward()
    assert (x.grad, double.calls, double(1.5), double.calls) == (4.0, 2, 3.0, 3)
    assert grad(double)(1.0) == 2.0
    check()


def test_operations_that_are_not_there_yet() -> None:
    """An Op whose `__init__` was never called computes nothing; called later, it is an operation."""
    x = Value(3.0)
    op: Any = Op.__new__(Op)
    for use in (
        lambda: op(2.0),
        lambda: op(x),
        lambda: op(),
        lambda: op(x, x, x),
        lambda: op(y=x),
        lambda: repr(op),
        lambda: op.name,
    ):
        with pytest.raises((AttributeError, TypeError)):
            use()
    op.__init__("triple", lambda x: 3.0 * x, [3.0])
    y = op(x)
    y.backward()
    assert (y.data, x.grad) == (9.0, 3.0)
    check()


@pytest.mark.parametrize("name", ["sin", "add", "where", "fma", "hypot", "leaky_relu"])
def test_wrong_calls_of_operations(name: str) -> None:
    """Operands too many, too few, of wrong names and kinds are a TypeError, and change nothing."""
    import autograd_lite

    op = fma if name == "fma" else getattr(autograd_lite, name)
    x = Value(1.5)
    least = op.arity - len(op.defaults)
    calls: list[Callable[[], object]] = [
        op,
        lambda: op(*[x] * (least - 1)),
        lambda: op(*[x] * op.arity, wrong=x),
        lambda: op(*[x] * op.arity, **{op.parameters[0]: x}),
        lambda: op(**{"": x}),
        lambda: op(*[None] * op.arity),
        lambda: op(*["1"] * op.arity),
        lambda: op(x, *[object()] * op.arity),
    ]
    if op.arity > 1:
        calls.append(lambda: op(*[object()] * (op.arity - 1), x))
    if op.of_more is None:
        calls += [lambda: op(*[x] * (op.arity + 1)), lambda: op(*[x] * 50)]
    for call in calls:
        with pytest.raises(TypeError):
            call()
    check()


def test_operations_that_change() -> None:
    """An operation that is given other rules computes with them; nodes that were there keep what was recorded of them."""
    op: Any = Op("changing", lambda x: 2.0 * x, [2.0])
    x = Value(3.0)
    before = op(x)
    op.__init__("changing", lambda x, y, z: x * y * z, [lambda *v: v[1] * v[2]] * 3)
    after = op(x, 1.0, 2.0)
    for field, value in (("arity", 1), ("arity", 4), ("arity", -1), ("flows", 0), ("flows", 7)):
        with suppress(Exception):
            setattr(op, field, value)
        for node in (before, after):
            with suppress(Exception):
                node.backward()
            with suppress(Exception):
                (node.operands, node.partials, topological_order(node), node.zero_grad(), repr(node))
            with suppress(Exception):
                op(x)
    check()


# What is private


HOSTILE: list[Any] = [
    None,
    1.0,
    -1,
    10**30,
    "x",
    b"",
    (),
    (1.0, "x", None),
    [],
    {},
    object(),
    int,
    Value,
    Op,
    Value(2.0) * 3.0,
    fma,
    sin,
]


def test_private_methods_with_wrong_operands() -> None:
    """Methods of nodes and operations, called on whatever else and with whatever, raise, and leave the engine right."""
    x = Value(1.5)
    kinds = {Node, Value, *type(fma).__mro__} - {object}
    found = [getattr(kind, name, None) for kind in kinds for name in dir(kind) if name not in ("__class__", "mro")]
    for method in {id(method): method for method in found if callable(method)}.values():
        for instance in (x, Value(2.0) * x, Op.__new__(Op), fma, 1.0, None, object()):
            for arguments in ((), (instance,), *((instance, other) for other in HOSTILE), (instance, x, x, x)):
                with suppress(Exception):
                    method(*arguments)
    check()


def test_private_fields_of_wrong_types() -> None:
    """Fields that are set to anything, or deleted, raise, then or later, and break nothing."""
    for name in ("_data", "_grad", "_rule", "_context", "_x", "_y", "_dx", "_dy"):
        for value in (*HOSTILE, "delete"):
            x, node = Value(1.5), Value(2.0) * Value(3.0)
            for each in (x, node):
                with suppress(Exception):
                    delattr(each, name) if value == "delete" else setattr(each, name, value)
                for use in (
                    repr,
                    operator.neg,
                    twice,
                    lambda v: v.backward(),
                    lambda v: v.zero_grad(),
                    lambda v: v.label,
                    lambda v: v * v,
                ):
                    with suppress(Exception):
                        use(each)
    check()


@in_c
@pytest.mark.parametrize("name", sorted(name for name in vars(c or object) if not name.startswith("__")))
def test_the_module_in_c(name: str) -> None:
    """What the module in C gives to the package, called with anything, raises or does something that does no harm."""
    program(f"""
        import itertools
        from contextlib import suppress
        from autograd_lite import Op
        from autograd_lite.engine import _node, table
        f = _node.{name}
        fma = Op("fma", lambda x, y, z: x * y + z, [1.0, 1.0, 1.0])
        x = Value(1.5)
        hostile = [None, 1.0, -1, 10**30, "sin", (), (x,), (x, 2.0), (x, "x", None), (1.0, 2.0), (1.0, None, object()), [x], {{}},
                   table.TABLE, object(), int, Value, Op, x * 3.0, fma, table.sin, print, "value", float, 0]
        for count in range(5):
            for place, arguments in enumerate(itertools.product(hostile, repeat=count)):
                if count > 2 and place % (101 if count == 3 else 5003):
                    continue
                try:
                    made = f(*arguments)
                except Exception:
                    continue
                if type(made) is Value:
                    for use in (lambda v: v.backward(), lambda v: v.zero_grad(), lambda v: v.operands, lambda v: v.partials, repr,
                                lambda v: v * x, lambda v: _node.order((v,), ())):
                        with suppress(Exception):
                            use(made)
        _node.ask(None)  # if it was another's
    """)
