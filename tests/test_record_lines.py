"""`record_lines`: which line each node remembers, and that nothing is recorded, or costs anything, outside of it."""

from __future__ import annotations

import asyncio
import contextvars
import copy
import pickle
import sys
import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy
import pytest
from times import seconds

from autograd_lite import Value, exp, grad, gradients, mean, nn, record_lines, scope, sin, softmax
from autograd_lite.engine import lines
from autograd_lite.engine.context import Line, current
from autograd_lite.engine.graph import topological_order
from autograd_lite.train import fit


def here(above: int = 0) -> Line:
    """The line that calls this function, or one a few lines above it."""
    frame = sys._getframe(1)
    return Line(frame.f_code.co_filename, frame.f_lineno - above)


def inherited(work: Callable[[], Any]) -> Any:
    """What a function returns in a thread that takes the context over."""
    found: list[Any] = []
    context = contextvars.copy_context()
    thread = threading.Thread(target=lambda: found.append(context.run(work)))
    thread.start()
    thread.join()
    return found[0]


OPERATIONS: dict[str, Callable[[Value], Any]] = {
    "operator": lambda x: x * x,
    "operator with a constant": lambda x: 2.0 - x,
    "power that is no inlined formula": lambda x: x**x,
    "an operation that floats refuse at first": lambda x: x + numpy.float64(1.0),
    "unary operator": lambda x: -x,
    "function": lambda x: exp(x),
    "method": lambda x: x.tanh(),
    "function of lists": lambda x: mean([x, x, 1.0]),
    "several results": lambda x: softmax([x, 1.0])[0],
    "built-in sum": lambda x: sum([x, x]),
    "NumPy's function": lambda x: numpy.exp(x),
    "NumPy's function of an array": lambda x: numpy.array([x, x]).mean(),
    "NumPy's function in Python": lambda x: numpy.linalg.multi_dot([numpy.array([[x]]), numpy.array([[x]]), numpy.array([[x]])])[0, 0],
    "leaf": lambda x: Value(x.data),
    "derivative": lambda x: gradients(sin(x), [x])[0],
    "transform": lambda x: grad(lambda u: u * u * x)(x),
    "network": lambda x: nn.MLP(1, [2, 1])([x]),
}  # fmt: skip


@pytest.mark.parametrize("f", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_the_line_is_the_users(f: Callable[[Value], Any]) -> None:
    """However a node is made, its line is the first outside of the package, and every node of it has that one."""
    x = Value(1.5)
    with record_lines():
        y = f(x)
    expected = Line(__file__, f.__code__.co_firstlineno)
    assert y.line == expected
    assert {node.line for node in topological_order(y)} <= {expected}
    assert x.line is None


def test_each_line_of_a_program_is_told_apart() -> None:
    """The nodes of a program have the lines in which they were computed, also within one expression."""
    with record_lines():
        x = Value(2.0)
        first = here(1)
        y = sin(
            x * 3.0  # the product is one line below the sine
        )
    assert (x.line, y.line, y.operands[0].line) == (first, here(3), here(2))
    assert y.line is not None
    assert (y.line.text, str(y.line)) == ("y = sin(", f"{__file__}:{y.line.number}")
    assert x.line is not None
    assert x.line.text == "x = Value(2.0)"


def test_a_module_of_the_users_has_the_lines_of_its_forward() -> None:
    """In a module written by the user the line is that of `forward`, in one of the package that of the call."""

    class Line2(nn.Module):
        def __init__(self) -> None:
            self.w, self.hidden = Value(2.0), nn.Layer(1, 2)

        def forward(self, x: Any) -> Any:
            z = self.w * x
            self.lines = [here(1)]
            return mean(self.hidden([z]))

    model = Line2()
    with record_lines():
        y = model(1.5)
    assert y.line == Line(__file__, model.lines[0].number + 2)
    assert model.lines[0] in {node.line for node in topological_order(y)}
    assert {node.scope[0] for node in topological_order(y)} == {"line2"}


def test_training_has_the_line_of_the_loss_and_of_fit() -> None:
    """Inside of `fit` the nodes of the model have the line that called it, those of the user's loss their own."""
    losses = list[Value]()

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        losses.append((outputs[0] - targets[0]) ** 2)
        return losses[-1]

    with record_lines():
        fit(nn.MLP(1, [1]), loss, [1.0], [2.0], epochs=1)
        expected = here(1)
    assert losses[0].line == Line(__file__, loss.__code__.co_firstlineno + 1)
    assert losses[0].operands[0].operands[0].line == expected


def test_nothing_is_recorded_outside() -> None:
    """Before, after and around the context no node has a line, and the surroundings are the same object as before."""
    before = current.get()
    x = Value(1.0)
    with record_lines():
        assert (x * 2.0).line is not None
    with pytest.raises(ZeroDivisionError), record_lines():
        Value(1.0) / 0.0
    assert current.get() is before
    assert [y.line for y in (Value(1.0), x * 2.0, sin(x), x**x)] == [None] * 4
    assert all(names["context"] == current.get for names in lines._recording)


def test_contexts_nest() -> None:
    """Leaving an inner context leaves the outer one open, and scopes may be entered in between, in any order."""
    x = Value(1.0)
    with record_lines():
        with scope("layer"), record_lines():
            y = x * 2.0
        z = x * 2.0
    with scope("layer"), record_lines():
        u = x * 2.0
    assert (y.scope, z.scope, u.scope) == (("layer",), (), ("layer",))
    assert all(node.line is not None for node in (y, z, u))
    assert (x * 2.0).line is None


def test_threads_do_not_meet() -> None:
    """While one thread records, another that has not asked for it gets no lines, and keeps its own scope."""
    x, other = Value(1.0), list[Value]()
    with record_lines():
        thread = threading.Thread(target=lambda: other.append(x * 2.0))
        thread.start()
        thread.join()
        mine = x * 3.0
    assert (other[0].line, mine.line) == (None, here(1))


def test_a_thread_takes_the_context_over() -> None:
    """A thread that runs in a copy of the context records too, and no longer once the context was left."""
    x = Value(1.0)
    with record_lines():
        context = contextvars.copy_context()
        y = inherited(lambda: x * 2.0)
    assert y.line == here(1)
    assert context.run(lambda: x * 2.0).line is None


def test_many_threads_at_once() -> None:
    """Threads that enter and leave as they like get a line for each node inside and none outside."""
    wrong = list[Any]()

    def work() -> None:
        x = Value(1.0)
        for _ in range(200):
            with record_lines():
                y = x * 2.0
            wrong.extend(node for node in (y,) if node.line is None)
            wrong.extend(node for node in (x * 2.0,) if node.line is not None)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(lines._open) == 0


def test_asynchronous_tasks_record_each_for_itself() -> None:
    """Of two tasks that take turns, the one inside has lines and the other none."""

    async def task() -> list[Line | None]:
        x, found = Value(1.0), list[Line | None]()
        for _ in range(3):
            await asyncio.sleep(0)
            found.append((x * 2.0).line)
        return found

    async def recording() -> list[Line | None]:
        with record_lines():
            return await task()

    async def both() -> Any:
        return await asyncio.gather(recording(), task())

    with_lines, without = asyncio.run(both())
    assert all(with_lines)
    assert without == [None] * 3


def test_labels_changes_and_copies_keep_the_line() -> None:
    """A label or a new number leaves the line as it is; a copied or pickled leaf is made anew, and has none."""
    with record_lines():
        x = Value(1.0)
    line = x.line
    x.label, x.data = "x", 2.0
    assert x.line is line is not None
    assert copy.deepcopy(x).line is None
    assert pickle.loads(pickle.dumps(x)).label == "x"
    with pytest.raises(AttributeError):
        x.line = None  # type: ignore[misc]  # that it cannot be set is the test


def test_a_line_can_be_copied() -> None:
    """A line is copied and pickled as the pair that it is, say from a worker process."""
    line = Line("model.py", 12)
    for copied in (copy.deepcopy(line), pickle.loads(pickle.dumps(line))):
        assert (type(copied), copied, copied.file, copied.number) == (Line, line, "model.py", 12)


def test_a_line_without_a_file_has_no_text() -> None:
    """Code without a file, as of exec, is named as Python names it, and its text is empty."""
    names: dict[str, Any] = {"Value": Value, "record_lines": record_lines}
    exec(compile("with record_lines():\n    x = Value(1.0)", "<typed in>", "exec"), names)
    line = names["x"].line
    assert (line, line.text, str(line)) == (("<typed in>", 2), "", "<typed in>:2")


def test_nodes_of_one_line_share_what_is_known_of_them() -> None:
    """A graph of one line in one scope holds one record of it, as a large graph has to."""
    x = Value(1.0)
    with record_lines():
        ys = [x * 2.0 for _ in range(1000)]
    assert len({id(y._context) for y in ys}) == 1


def test_it_costs_nothing_when_it_is_not_used() -> None:
    """After a thousand uses, operators take the time that they took before the first."""

    def multiply() -> None:
        y = x = Value(0.5)
        for _ in range(2000):
            y = y * x

    for attempt in count():  # another process may take the processor's caches meanwhile
        before = seconds(multiply, 15)
        for _ in range(1000):
            with record_lines():
                Value(1.0) * 2.0
        if seconds(multiply, 15) < 1.3 * before:
            break
        assert attempt < 20
