"""Memory: what is freed is freed, at once and without recursion; nothing leaks; what runs out leaves the engine as it was.

All of it holds for the engine that runs, whichever that is; what is true of the one in C alone says so.
"""

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, ClassVar

import pytest

import autograd_lite
from autograd_lite import (
    Op,
    Value,
    clip,
    engine_name,
    grad,
    gradients,
    hypot,
    jvp,
    log,
    record_lines,
    scope,
    sin,
    where,
)
from autograd_lite.engine import table
from autograd_lite.engine.context import current
from autograd_lite.engine.graph import topological_order

IN_C = engine_name() == "c"
ALL_REFERENCES: Any = getattr(sys, "gettotalrefcount", None)
in_c = pytest.mark.skipif(not IN_C, reason="of the engine in C")


def raising(error: Exception) -> Any:
    """Raise it, in an expression."""
    raise error


fma = Op("fma", lambda x, y, z: x * y + z, [lambda *v: v[1], lambda *v: v[0], 1.0])
quad = Op("quad", lambda x, y, z, t: x + y + z + t, [1.0, 1.0, 1.0, 1.0])
refuses = Op("refuses", lambda x: raising(KeyError(x)), [1.0])
half = Op("half", lambda x, y: 0.5 * x + 0.0 * y, [lambda *v: raising(OSError(f"no partial at {v}")), 0.0])


def mixed(x: Any, count: int) -> Any:
    """A deep graph of operations of one to four operands."""
    y = x
    for _ in range(count):
        y = quad(where(1.0, y + x, x), 0.5, x, fma(sin(y), 0.5, x)) * 0.25
    return y


# Nothing leaks


def ignoring(error: type[Exception], work: Callable[[], object]) -> Callable[[], None]:
    """Work that is to fail so."""

    def run() -> None:
        with pytest.raises(error):
            work()

    return run


x, w = Value(1.5, label="x"), Value(-0.5)
BAD: Any = object()
ANYTHING: list[Any] = [x, sin, hypot, clip]  # to say what type checkers refuse
any_x, any_sin, any_hypot, any_clip = ANYTHING


def in_scopes() -> None:
    with scope("layer"), record_lines(), scope("neuron"):
        sin(x * w)


def renamed() -> None:
    y = x * w
    y.label = "y"
    y.backward()
    y.zero_grad()


def renumbered() -> None:
    w.data = -0.5
    w.grad = 0.0


def restarted() -> None:
    y: Any = x * w
    y.__init__(2.0)
    (y * w).backward()


ACTIONS: dict[str, Callable[[], object]] = {
    "operators": lambda: (-abs(x * w + 2.0 - x / 3) ** 2 % 7 // 1, 2 - x, 2.0**x, 1 / w, 5 % w),
    "in place": lambda: sum([x, w, x], 0.0) * x**w.data,
    "functions": lambda: (sin(x), hypot(x, w), hypot(x, w, 2.0), where(x, w, 1.0), clip(x, -1.0, w), x.exp(), x.clip(0.0, high=1.0)),
    "custom operations": lambda: (fma(x, w, 2.0), fma(1, 2, x), quad(x, x, w, w)),
    "plain numbers": lambda: (sin(2.0), hypot(1, 2), where(1, 2, 3)),
    "backward": lambda: [y.backward(seed) for y in (mixed(x, 3), x * w) for seed in (1.0, 2)],
    "names and surroundings": renamed,
    "scopes and lines": in_scopes,
    "another start": restarted,
    "the order": lambda: (topological_order(mixed(x, 3), border=[w]), mixed(w, 2).operands, (x * 2.0).partials),
    "comparisons": lambda: (x < w, x == 2, bool(w), x > 10**400),
    "gradients": lambda: gradients(gradients(mixed(x, 2), x), [x, w]),
    "transforms": lambda: (grad(grad(lambda t: sin(t) * t * w))(1.5), jvp(lambda t: [t * t, 1.0 / t], (2.0,), (1.0,))),
    "copies": lambda: (copy.copy(x), copy.deepcopy([x, x]), pickle.loads(pickle.dumps(x))),
    "texts": lambda: (repr(x * w), f"{x:.3f} {x}", x._repr_html_()),
    "a leaf's number": renumbered,
    "half a Value": lambda: Value.__new__(Value),
    "a quotient by zero": ignoring(ZeroDivisionError, lambda: x / 0.0),
    "not of the domain": ignoring(ValueError, lambda: log(w)),
    "a complex power": ignoring(ValueError, lambda: w**0.5),
    "too large": ignoring(OverflowError, lambda: x * 10**400),
    "no number": ignoring(TypeError, lambda: x + BAD),
    "no number, reflected": ignoring(TypeError, lambda: BAD - x),
    "no number in three": ignoring(TypeError, lambda: where(x, BAD, w)),
    "operands too many": ignoring(TypeError, lambda: any_sin(x, w)),
    "operands too few": ignoring(TypeError, lambda: any_hypot(x)),
    "a wrong name": ignoring(TypeError, lambda: any_clip(x, -1.0, wrong=w)),
    "a value that fails": ignoring(KeyError, lambda: refuses(x)),
    "a partial that fails": ignoring(OSError, lambda: half(x, w)),
    "a wrong seed": ignoring(TypeError, lambda: (x * w).backward(BAD)),
    "a wrong number": ignoring(TypeError, lambda: Value(BAD)),
    "a wrong label": ignoring(TypeError, lambda: Value(1.0, label=BAD)),
    "a number of a computed node": ignoring(AttributeError, lambda: setattr(x * w, "data", 1.0)),
    "an unknown attribute": ignoring(AttributeError, lambda: setattr(x, "unknown", BAD)),
    "a subclass": ignoring(TypeError, lambda: type("V", (Value,), {})),
    "a weak reference": ignoring(TypeError, lambda: __import__("weakref").ref(x)),
    "a bare number": ignoring(TypeError, lambda: float(any_x)),
    "a copy of a computed node": ignoring(TypeError, lambda: copy.copy(x * w)),
}  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_nothing_leaks(action: Callable[[], object]) -> None:
    """What is done a hundred times leaves no reference to operands, operations and surroundings, and no memory.

    A debug build of Python counts the references to anything, any other the blocks of memory.
    """
    watched = [x, w, x._context, current.get(), fma, quad, refuses, half, BAD, Value, *table.TABLE.values()]
    sizes = []
    for _ in range(5):
        for _ in range(100):
            action()
        gc.collect()
        sizes.append((ALL_REFERENCES or sys.getallocatedblocks)())
        if len(sizes) == 1:
            before = [sys.getrefcount(each) for each in watched]
    assert [sys.getrefcount(each) for each in watched] == before
    # Python keeps some memory for later, which is not filled in every round.
    assert min(later - sooner for sooner, later in pairwise(sizes[1:])) < 50


# The cycle collector, tracemalloc


@pytest.fixture
def _always_collecting() -> Iterator[None]:
    """The collector runs whenever an object is made that it looks after."""
    before = gc.get_threshold()
    gc.freeze()  # but not at what was there before
    gc.set_threshold(1, 1, 1)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("_always_collecting")
def test_collections_in_the_midst_of_everything() -> None:
    """Numbers and gradients are right while the collector runs at every turn, and so are errors."""
    for action in ACTIONS.values():
        action()
    t = Value(0.5)
    y = mixed(t, 4)
    gc.collect()
    y.backward()
    assert t.grad == grad(lambda t: mixed(t, 4))(0.5)


def test_the_collector_may_ask() -> None:
    """Whatever the `gc` module is asked of nodes, operations and surroundings, it answers, and nothing breaks."""
    t = Value(0.5)
    y = mixed(t, 3)
    for each in (t, y, t._context, fma, Value, Op, sin):
        gc.get_referents(each)
        gc.get_referrers(each)
        gc.is_tracked(each)
        gc.is_finalized(each)
    assert any(each is fma for each in gc.get_objects())
    del each
    y.backward()
    assert t.grad == grad(lambda t: mixed(t, 3))(0.5)


@in_c
def test_the_collector_does_not_know_nodes() -> None:
    """No node is looked after by the collector: it would go through all of them again and again."""
    t = Value(0.5)
    y = mixed(t, 3)
    assert not any(map(gc.is_tracked, [t, *topological_order(y)]))
    assert not any(type(each) is Value for each in gc.get_objects())


TRACED = """
import tracemalloc
from autograd_lite import Value, trim_memory

t = Value(0.5)
trim_memory()
tracemalloc.start()
before = tracemalloc.get_traced_memory()[0]
nodes = [t * 1.5 for _ in range(20_000)]
taken = tracemalloc.get_traced_memory()[0] - before
del nodes
trim_memory()
print(taken, tracemalloc.get_traced_memory()[0] - before)
"""


def test_memory_is_traced() -> None:
    """`tracemalloc` sees what nodes take, and that it is given back: in a process where no others have left room."""
    done = subprocess.run([sys.executable, "-c", TRACED], capture_output=True, text=True, timeout=60, check=True)
    taken, left = map(int, done.stdout.split())
    assert 80 * 20_000 < taken < (120 if IN_C else 500) * 20_000
    assert left < 100_000


# Freeing


def with_a_small_stack(work: Callable[[], object]) -> None:
    """Do something in a thread with a stack of 256 KB, where no deep recursion fits; raise what it raises."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    before = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    for error in errors:
        raise error


def chain(step: Callable[[Any, Any], Any]) -> Callable[[Any, int], Any]:
    """A graph of steps from a number upwards, each of the one before and of the first."""

    def make(t: Any, count: int) -> Any:
        y = t
        for _ in range(count):
            y = step(y, t)
        return y

    return make


GRAPHS: dict[str, Callable[[Any, int], Any]] = {
    "on the left": chain(lambda y, _: y * 1.0),
    "on the right": chain(lambda y, _: 1.0 + y),
    "twice": chain(lambda y, _: (y + y) * 0.5),
    "the second of three": chain(lambda y, t: where(1.0, y, t)),
    "the first of three": chain(lambda y, t: clip(y, -9.0, t)),
    "twice in four": chain(lambda y, t: quad(y, t, y, 0.0) * 0.25),
    "leaves of branches": chain(lambda y, t: y + t * 1.0),
    "all": lambda t, count: mixed(t, count // 6),
    "in pairs": lambda t, count: autograd_lite.sum(t * float(i % 2) for i in range(count)),
}


@pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)
def test_freeing_does_not_recurse(make: Callable[[Any, int], Any]) -> None:
    """A large graph of any form is built, differentiated, cleared and freed in a small stack; its leaf is free then."""
    t = Value(0.5)

    def work() -> None:
        y = make(t, 60_000)
        y.backward()
        assert y.grad == 1.0 or y is t
        y.zero_grad()

    count = sys.getrefcount(t)
    with_a_small_stack(work)
    gc.collect()
    assert sys.getrefcount(t) == count


def test_freeing_elsewhere() -> None:
    """A graph that one thread has built, another may free; and so may the handling of an error, or a container."""
    t = Value(0.5)
    count = sys.getrefcount(t)
    held = [mixed(t, 1000) for _ in range(4)]
    with_a_small_stack(held.pop)
    with_a_small_stack(held.clear)
    held.extend([mixed(t, 1000), mixed(t, 1000) * mixed(t, 10)])
    nested: Any = {"a": (held.pop(), [held.pop()])}
    del nested

    def fails() -> None:
        y = mixed(t, 1000)
        raise LookupError(y.data)

    with pytest.raises(LookupError):
        fails()
    gc.collect()
    assert sys.getrefcount(t) == count


class Farewell(str):
    """A label that, when it goes, builds and frees graphs of its own."""

    told: ClassVar[list[float]] = []

    def __del__(self) -> None:
        t = Value(2.0)
        y = mixed(t, 50)
        y.backward()
        self.told.append(t.grad)


def test_freeing_within_freeing() -> None:
    """Code that runs while a graph is freed, as of a label that goes with it, may build, differentiate and free others."""
    expected = grad(lambda t: mixed(t, 50))(2.0)
    Farewell.told.clear()
    y = Value(0.5)
    for i in range(300):
        y = y * 1.0
        y.label = Farewell(i)
    del y
    gc.collect()
    assert Farewell.told == [expected] * 300
