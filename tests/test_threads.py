"""Threads that share a graph, or the leaves of several, get right gradients."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from autograd_lite import Value, gradients, maximum, sin, where

THREADS, TIMES = 4, 6


@pytest.fixture(autouse=True)
def _eager_switches() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(*works: Callable[[], object]) -> None:
    """Do things at once, each in a thread of its own; raise what one of them raised."""
    errors: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        start.wait()
        try:
            for _ in range(TIMES):
                work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        raise error


def graph(x: Value, z: Value, count: int = 150) -> Value:
    """(count + 1)·x + count·z, with many shared nodes and operations of one, two and three operands."""
    y = x * 1.0
    for _ in range(count):
        y = where(1.0, y + x, z) + maximum(z, -100.0) * 1.0
    return y


def test_one_graph() -> None:
    """Backward passes of one graph at once add up in the leaves, none lost and none doubled."""
    x, z = Value(1.0), Value(2.0)
    y = graph(x, z)
    at_once(*[y.backward] * THREADS)
    assert (x.grad, z.grad) == (151.0 * THREADS * TIMES, 150.0 * THREADS * TIMES)
    assert y.grad == 1.0


def test_graphs_that_share_leaves() -> None:
    """So do those of different graphs with the same leaves, as samples of a batch have."""
    x, z = Value(1.0), Value(2.0)
    at_once(*[graph(x, z).backward for _ in range(THREADS)])
    assert (x.grad, z.grad) == (151.0 * THREADS * TIMES, 150.0 * THREADS * TIMES)


def test_beside_zero_grad() -> None:
    """A pass beside `zero_grad()` counts in all leaves, or in none."""
    x, z = Value(1.0), Value(2.0)
    y = graph(x, z)
    at_once(*[y.backward] * THREADS, y.zero_grad)
    assert x.grad / 151.0 == z.grad / 150.0
    assert 0.0 <= x.grad / 151.0 <= THREADS * TIMES


def test_gradients_of_any_order() -> None:
    """`gradients` of one graph in several threads are those of each alone, and touch no `.grad`."""
    x = Value(0.5)
    y = x
    for _ in range(8):
        y = sin(y) * x
    alone = gradients(gradients(y, x), x).data
    found: list[float] = []
    at_once(*[lambda: found.append(gradients(gradients(y, x), x).data)] * 3)
    assert found == [alone] * 3 * TIMES
    assert x.grad == 0.0


def test_marks_of_one_node() -> None:
    """That a leaf has another number is not forgotten where another thread compares or names it at the same time."""
    for _ in range(20):
        x = Value(1.0)

        def change(x: Value = x) -> None:
            x.data = 2.0

        def name(x: Value = x) -> None:
            x.label = "x"

        def compare(x: Value = x) -> bool:
            return x > 0.0

        at_once(change, name, compare)
        assert (x.changed, x.decided, x.label) == (True, True, "x")
