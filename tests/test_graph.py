"""Graphs of every shape and size: order, sharing, a million operations, memory that comes back at once."""

from __future__ import annotations

import gc
import math
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograd_lite import Value, exp, grad, gradients, hvp, jvp, sin, where
from autograd_lite.engine.graph import forward_sweep, topological_order
from autograd_lite.engine.table import TABLE

MILLION = 1_000_000


@pytest.fixture
def no_collector() -> Iterator[None]:
    """The cycle collector is off: only reference counting frees anything."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def values_alive() -> int:
    """How many computed nodes there are, and something constant: each refers to its operation."""
    return sum(map(sys.getrefcount, TABLE.values()))


def chain(x: Any, length: int, step: Callable[[Any], Any] = lambda y: y * 1.0000001) -> Any:
    for _ in range(length):
        x = step(x)
    return x


def test_operands_come_before_results() -> None:
    """The topological order has each computed node once, after its operands, the root last, from left to right."""
    a, b = Value(2.0), Value(3.0)
    c = a * b
    d = c + a
    e = sin(c)
    f = d * e + where(c, d, e)
    order = topological_order(f)
    assert [node.op.name for node in order] == ["mul", "add", "sin", "mul", "where", "add"]
    assert order[:3] == [c, d, e]
    for place, node in enumerate(order):
        assert all(any(x is y for y in order[:place]) for x in node.operands if isinstance(x, Value) and x.op)


def test_the_order_of_a_leaf_and_of_two_roots() -> None:
    """A leaf has no computed nodes; two roots share what they share."""
    x = Value(2.0)
    shared = x * x
    first, second = shared + 1.0, shared + 2.0
    assert topological_order(x) == []
    assert [
        node is other for node, other in zip(topological_order(first, second), (shared, first, second), strict=True)
    ]
    assert len(topological_order(first, second, first)) == 3


def test_a_node_is_visited_once_however_many_paths_lead_to_it() -> None:
    """Doubling a number 60 times makes 2^60 paths; the derivative takes a moment and is exact."""
    x = Value(1.0)
    y = chain(x, 60, lambda y: y + y)
    y.backward()
    assert x.grad == gradients(y, x).data == grad(lambda x: chain(x, 60, lambda y: y + y))(1.0) == 2.0**60
    assert len(topological_order(y)) == 60


def test_an_operand_in_every_place() -> None:
    """One node in all places of an operation receives the sum of what comes through each."""
    x = Value(2.0)
    y = where(x, x * x, x) + x**x
    y.backward()
    expected = 4.0 + 4.0 * (math.log(2.0) + 1.0)
    assert x.grad == pytest.approx(expected, rel=1e-15)
    assert gradients(y, x).data == pytest.approx(expected, rel=1e-15)


def test_a_tangent_that_is_given_is_kept() -> None:
    """The forward sweep takes the tangent of a computed node as given, and does not add what its operands bring."""
    x = Value(2.0)
    middle = x * x
    y = middle * x
    tangents = forward_sweep({x: 1.0, middle: 10.0}, [y])
    assert (tangents[middle], tangents[y]) == (10.0, 10.0 * 2.0 + 4.0)


def test_a_million_operations() -> None:
    """A chain of a million operations is built, differentiated and freed, far beyond the recursion limit."""
    x = Value(1.0)
    y = chain(x, MILLION)
    y.backward()
    expected = math.exp(MILLION * math.log1p(1e-7))
    assert y.data == pytest.approx(expected, rel=1e-9)
    assert x.grad == pytest.approx(expected, rel=1e-9)
    y.zero_grad()
    assert (x.grad, y.grad) == (0.0, 0.0)
    del y


@pytest.mark.parametrize(
    "step",
    [lambda y: y + 1e-6, lambda y: sin(y) * 1.0, lambda y: y * y, lambda y: 1.5 - y, lambda y: where(1.0, y, 0.0)],
)
def test_long_chains_of_every_form(step: Callable[[Any], Any]) -> None:
    """Chains of unary, binary, shared and ternary operations are built, differentiated by graph, and freed."""
    x = Value(0.5)
    y = chain(x, 50_000, step)
    y.backward()
    derivative = gradients(y, x)
    assert derivative.data == pytest.approx(x.grad, rel=1e-9)
    del y, derivative


def test_second_derivatives_along_a_long_chain() -> None:
    """Graph mode of twenty thousand operations, differentiated again, forward mode, and both, without recursion."""

    def f(x: Any) -> Any:
        return exp(chain(x, 20_000) * x * 0.01)

    slope = 1.0000001**20_000 * 0.02
    x = Value(1.0)
    y = f(x)
    first = gradients(y, x)
    assert first.data == pytest.approx(slope * y.data, rel=1e-9)
    assert gradients(first, x).data == pytest.approx((slope + slope**2) * y.data, rel=1e-9)
    assert jvp(f, (1.0,), (1.0,))[1] == pytest.approx(slope * y.data, rel=1e-9)
    assert hvp(f, 1.0, 1.0) == pytest.approx((slope + slope**2) * y.data, rel=1e-9)


def test_a_long_chain_is_freed_on_a_small_stack() -> None:
    """Freeing a long chain does not recurse on the C stack either: it passes in a thread with 2 MiB."""
    done: list[float] = []

    def work() -> None:
        x = Value(1.0)
        y = chain(x, 300_000)
        y.backward()
        del y
        done.append(x.grad)

    before = threading.stack_size(2 * 1024 * 1024)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert done[0] == pytest.approx(1.0000001**300_000, rel=1e-9)


@pytest.mark.usefixtures("no_collector")
def test_reference_counting_frees_everything() -> None:
    """Without the cycle collector, every node of eager, graph and forward mode is gone when its graph is dropped."""
    x = Value(0.5)
    gradients(sin(x), x)  # what surrounds its operands is remembered until the next call
    before = values_alive()
    y = chain(x, 1000, lambda y: sin(y) * y + 0.5)
    assert values_alive() >= before + 3000
    y.backward()
    first = gradients(y, x)
    second = gradients(first, x)
    assert values_alive() > before + 6000
    del y, first, second
    assert values_alive() == before
    assert grad(grad(lambda x: chain(x, 100, lambda y: sin(y) * y + 0.5)))(0.5) != 0.0
    assert jvp(lambda x: chain(x, 100, lambda y: sin(y) * y + 0.5), (0.5,), (1.0,))[1] != 0.0
    assert values_alive() == before


@pytest.mark.usefixtures("no_collector")
def test_an_exception_frees_what_was_built() -> None:
    """A computation that fails half-way keeps no node alive once the exception is handled."""
    before = values_alive()
    with pytest.raises(ZeroDivisionError):
        chain(Value(1.0), 100) / (chain(Value(1.0), 100) * 0.0)
    assert values_alive() == before


TRACED = """
import gc, tracemalloc
from autograd_lite import Value, trim_memory

gc.disable()
x = Value(1.0)
trim_memory()
tracemalloc.start()
base = tracemalloc.get_traced_memory()[0]
y = x
for _ in range(50_000):
    y = y * 1.0000001
y.backward()
used = tracemalloc.get_traced_memory()[0] - base
del y
trim_memory()
print(used, tracemalloc.get_traced_memory()[0] - base)
"""


def test_memory_of_a_node() -> None:
    """A recorded and differentiated node takes at most 200 bytes, and all of it comes back: in a process of its own."""
    done = subprocess.run([sys.executable, "-c", TRACED], capture_output=True, text=True, timeout=60, check=True)
    used, left = map(int, done.stdout.split())
    assert 80 <= used / 50_000 <= 200  # less would be room that others have left
    assert left < 10_000


def test_nothing_refers_to_a_node_but_its_user() -> None:
    """A node is referred to by the nodes computed from it alone: no registry, no tape keeps it."""
    x = Value(2.0)
    y = x * 3.0
    alone = sys.getrefcount(y)
    z = y + 1.0
    assert sys.getrefcount(y) == alone + 1
    z.backward()
    gradients(z, x)
    assert sys.getrefcount(y) == alone + 1
    del z
    assert sys.getrefcount(y) == alone
