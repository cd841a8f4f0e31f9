"""An interrupt at any point of the package's context managers and transforms leaves nothing behind."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import FrameType
from typing import Any

import pytest

from autograd_lite import Value, grad, gradients, hessian, jvp, log, nn, optim, record_lines, scope, vjp
from autograd_lite.engine import compiled, context, graph, lines, symbolic, transforms
from autograd_lite.nn import modules
from autograd_lite.train import fit, loop, progress

# Where interrupts are tried: at each instruction of the files that change what surrounds an operation, and of this one;
# at each line of those that call them.
INSTRUCTIONS = {__file__, *(str(module.__file__) for module in (context, graph, lines))}
LINES = {str(module.__file__) for module in (symbolic, transforms, modules, loop, progress)}

INNER: list[str] = []  # what the body of a `with` has come to


def body() -> None:
    """What a user does inside."""
    y = Value(2.0) * 3.0
    y.backward()
    INNER.append("reached")


def one_scope() -> None:
    with scope("layer"):
        body()


def several() -> None:
    with scope("layer"), record_lines(), scope("neuron"):
        body()


ONE = scope("layer")


def the_same_again() -> None:
    with ONE, ONE:
        body()


def in_a_module() -> None:
    class Unit(nn.Module):
        def forward(self, x: float) -> Value:
            with scope("inner"):
                body()
            return Value(x)

    Unit()(1.0)


@pytest.fixture(autouse=True)
def _no_tracer() -> Iterator[None]:
    before = sys.gettrace()
    yield
    sys.settrace(before)


def interrupted(use: Callable[[], Any], at: int, until: Callable[[], bool]) -> bool:
    """Run something with an interrupt at a numbered line or instruction; False if there are not so many."""
    count = 0
    raised = False

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count, raised
        file = frame.f_code.co_filename
        if file not in INSTRUCTIONS and file not in LINES:
            return None
        frame.f_trace_opcodes = file in INSTRUCTIONS or frame.f_code.co_name == "start"
        if event in ("line", "opcode") and not until():
            count += 1
            if count > at:
                raised = True
                raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        use()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(None)
    return raised


def tried(use: Callable[[], Any], until: Callable[[], bool] = lambda: False) -> int:
    """Interrupt something everywhere; after each interrupt all is as it was. Return at how many points."""
    here, handler = context.current.get(), signal.getsignal(signal.SIGINT)
    at = 0
    while True:
        INNER.clear()
        raised = interrupted(use, at, until)
        assert context.current.get() is here, at
        assert context.deriving_now.get() is False, at
        assert signal.getsignal(signal.SIGINT) is handler, at
        assert context._writing._is_owned() is False, at
        node = Value(2.0) * 3.0
        assert (node.scope, node.line) == ((), None), at
        assert compiled.context == context.current.get, at
        assert all(names["context"] == context.current.get for names in lines._recording), at
        assert len(lines._open) == 0, at
        if not raised:
            return at
        at += 1


@pytest.mark.parametrize("use", [one_scope, several, the_same_again, in_a_module], ids=lambda use: use.__name__)
def test_scopes(use: Callable[[], None]) -> None:
    """Interrupted at any instruction before, at and inside its body, a `with` leaves no scope and no recording."""
    assert tried(use, until=lambda: bool(INNER)) > 20
    assert INNER == ["reached"]


def transformed() -> dict[str, Callable[[], Any]]:
    """What changes the package's own state while it runs."""
    x = Value(2.0, label="x")
    y = x * x
    changed = Value(2.0)
    square = changed * changed
    changed.data = 2.0
    unit = nn.Neuron(1, seed=0)
    return {
        "grad": lambda: grad(lambda x: x * x)(2.0),
        "hessian": lambda: hessian(lambda x: 3.0 * x)(2.0),
        "jvp": lambda: jvp(lambda x: x * x, (2.0,), (1.0,)),
        "vjp": lambda: vjp(lambda x: x * x, 2.0)[1](1.0),
        "gradients": lambda: gradients(y, [x]),
        "as recorded": lambda: gradients(square, [changed]),
        "a module": lambda: unit([1.0]),
    }


@pytest.mark.parametrize("name", transformed())
def test_transforms(name: str) -> None:
    """Interrupted at any instruction, transforms and modules leave the state of the package as it was."""
    assert tried(transformed()[name]) > 20
    with pytest.raises(ValueError, match="domain"):
        log(Value(-1.0))


def test_fit() -> None:
    """Interrupted before its first step, `fit` puts the handler of Ctrl-C back."""
    model = nn.Neuron(1, "linear", seed=0)
    rate = optim.SGD(model.parameters(), lr=0.1)

    def use() -> None:
        fit(model, loss, [[1.0]], [1.0], optimizer=rate, epochs=1, progress=False)

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        INNER.append("reached")
        return nn.losses.mse(outputs, targets)

    assert tried(use, until=lambda: bool(INNER)) > 40


def test_an_exit_stack_enters_and_leaves() -> None:
    """ExitStack, decorators and use of one scope again work as for any context manager."""
    outer = scope("outer")
    with ExitStack() as stack:
        for name in ("a", "b"):
            stack.enter_context(scope(name))
        stack.enter_context(record_lines())
        y = Value(1.0) * 2.0
    assert (y.scope, y.line is not None) == (("a", "b"), True)

    @scope("decorated")
    def made() -> Value:
        return Value(1.0)

    with outer:
        assert made().scope == ("outer", "decorated")
    with outer, outer:
        assert Value(1.0).scope == ("outer", "outer")
    assert (Value(1.0).scope, made().scope) == ((), ("decorated",))
