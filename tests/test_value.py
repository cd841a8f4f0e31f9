"""`Value`: accumulation, seeds, changed leaves, copies, scopes, threads, branches, labels."""

from __future__ import annotations

import copy
import math
import pickle
import threading
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy
import pytest

from autograd_lite import Value, exp, gradients, log, maximum, relu, scope, sin

ONE_LINE = "^[^\n]+$"


def test_a_leaf_says_what_it_is() -> None:
    """A new Value is a leaf: its number as a float, no operation, no operands, gradient 0."""
    x = Value(3, label="x")
    assert (x.data, x.label, x.op, x.operands, x.grad, x.scope) == (3.0, "x", None, (), 0.0, ())
    assert type(x.data) is type(x.grad) is float
    assert Value(3).label is None


def test_a_computed_node_knows_its_origin() -> None:
    """A computed node has its operation and its operands, Values by identity and constants as floats."""
    x = Value(3.0)
    y = x * 2
    assert (y.data, y.label, y.partials) == (6.0, None, (2.0, None))
    assert y.op is not None
    assert y.op.name == "mul"
    assert y.operands[0] is x
    assert y.operands[1:] == (2.0,)
    assert type(y.operands[1]) is float


def test_leaves_accumulate_and_computed_nodes_do_not() -> None:
    """Two backward passes add up in a leaf, while a node between holds the derivative of the last root alone."""
    x = Value(2.0)
    shared = x * x
    first, second = shared + 1.0, shared * 3.0
    first.backward()
    assert (x.grad, shared.grad) == (4.0, 1.0)
    second.backward()
    assert (x.grad, shared.grad, second.grad) == (4.0 + 12.0, 3.0, 1.0)


def test_backward_twice_doubles_the_leaves_only() -> None:
    """x·x·x at 3 has gradient 27; the second call adds another 27, and no node between is doubled."""
    x = Value(3.0)
    square = x * x
    y = square * x
    y.backward()
    assert (x.grad, square.grad, y.grad) == (27.0, 3.0, 1.0)
    y.backward()
    assert (x.grad, square.grad, y.grad) == (54.0, 3.0, 1.0)


def test_backward_of_a_leaf() -> None:
    """The derivative of a leaf by itself is 1, and accumulates as in any leaf."""
    x = Value(3.0)
    x.backward()
    x.backward(0.5)
    assert x.grad == 1.5


@pytest.mark.parametrize("seed", [2, 2.0, Fraction(2), numpy.float64(2.0), True])
def test_the_seed_multiplies_every_gradient(seed: Any) -> None:
    """backward(seed) brings the derivatives of seed times the number, to leaves and to nodes."""
    x = Value(3.0)
    y = x * x
    z = y + 1
    z.backward(seed)
    assert (x.grad, y.grad, z.grad) == (6.0 * seed, 1.0 * seed, 1.0 * seed)


@pytest.mark.parametrize("seed", ["2", None, 1j, [1.0], Value(1.0)], ids=str)
def test_a_bad_seed_is_refused_before_anything_changes(seed: Any) -> None:
    """A seed that is no plain number raises a TypeError of one line, and leaves every gradient as it was."""
    x = Value(3.0)
    y = x * x
    y.backward()
    with pytest.raises(TypeError, match=ONE_LINE):
        y.backward(seed)
    assert (x.grad, y.grad) == (6.0, 1.0)


def test_zero_grad_starts_afresh() -> None:
    """zero_grad clears the node and all it came from, and the next pass gives the gradient once."""
    x, w = Value(3.0), Value(2.0)
    middle = w * x
    y = middle * middle
    for _ in range(3):
        y.zero_grad()
        assert [v.grad for v in (x, w, middle, y)] == [0.0] * 4
        y.backward()
        assert (x.grad, w.grad, middle.grad) == (24.0, 36.0, 12.0)
    x.zero_grad()
    assert (x.grad, w.grad) == (0.0, 36.0)


def test_grad_is_always_a_float() -> None:
    """The gradient takes any plain number, gives a float, and refuses Values and texts."""
    x = Value(3.0)
    x.grad = 0  # micrograd's nn does this
    assert (x.grad, type(x.grad)) == (0.0, float)
    (x * 2).backward()
    assert x.grad == 2.0
    wrong: list[Any] = [Value(1.0), "1", None]
    for bad in wrong:
        with pytest.raises(TypeError, match=ONE_LINE):
            x.grad = bad
    assert x.grad == 2.0


def test_data_of_a_computed_node_is_read_only() -> None:
    """Setting .data of a computed node is refused with the cure in the message, and changes nothing."""
    y = Value(3.0) * 2.0
    with pytest.raises(AttributeError, match=r"computed by mul; set \.data of the leaves"):
        y.data = 1.0
    assert y.data == 6.0


@pytest.mark.parametrize("name", ["op", "operands", "partials", "scope", "anything"])
def test_a_graph_cannot_be_rewired(name: str) -> None:
    """Operation, operands and scope are fixed when a node is made, so graphs have no cycles; no attribute is added."""
    x = Value(3.0)
    with pytest.raises(AttributeError):
        setattr(x * 2.0, name, (x,))


def test_a_changed_leaf() -> None:
    """After a leaf got a new number, backward differentiates the computation as recorded, and gradients refuses."""
    x, w = Value(3.0, label="x"), Value(2.0)
    y = x * x * w
    x.data = 5.0
    assert y.data == 18.0
    y.backward()
    assert (x.grad, w.grad) == (12.0, 9.0)
    with pytest.raises(RuntimeError, match=r"^a leaf was given a new number after .*label='x'.*compute again[^\n]*$"):
        gradients(y, x)
    by_w = gradients(y, w)  # as recorded, for x came in before
    assert by_w.data == 9.0
    with pytest.raises(RuntimeError, match="new number"):
        gradients(by_w, x)


@pytest.mark.parametrize(
    "f", [lambda x: x + 1.0, lambda x: 2.0 * x, relu, lambda x: 1.0 - x, exp, lambda x: maximum(x, 0.5)]
)
def test_a_changed_leaf_under_any_operation(f: Callable[[Any], Any]) -> None:
    """The refusal does not depend on the operation that the leaf went through, linear ones included."""
    x = Value(3.0)
    y = f(x) * f(x)
    x.data = 5.0
    with pytest.raises(RuntimeError, match="new number"):
        gradients(y, x)


def test_no_false_alarms_of_changed_leaves() -> None:
    """A graph computed after the change is differentiated, in a training loop, with nan, and if a number came back."""
    x = Value(3.0)
    for step in range(3):
        y = x * x
        assert gradients(y, x).data == 2.0 * x.data
        y.backward()
        x.data -= 0.1 * x.grad / (step + 1)
        x.grad = 0
    assert gradients(exp(x * 2.0), x).data == 2.0 * math.exp(2.0 * x.data)
    x.data = math.nan
    assert math.isnan(gradients(x * x, x).data)
    y = x * 2.0
    x.data, before = 7.0, x.data
    x.data = before
    assert gradients(y, x).data == 2.0


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_leaves_copy(duplicate: Callable[[Any], Any]) -> None:
    """A leaf copies, deep-copies and pickles with number, label and gradient, and the copy is independent."""
    x = Value(3.0, label="x")
    (x * 2.0).backward()
    twin = duplicate(x)
    assert (twin.data, twin.label, twin.grad, twin.op) == (3.0, "x", 2.0, None)
    assert twin is not x
    twin.data = 5.0
    twin.grad = 0.0
    assert (x.data, x.grad) == (3.0, 2.0)
    (twin * twin).backward()
    assert (twin.grad, x.grad) == (10.0, 2.0)
    weights = {"w": [x, x], "b": Value(1.0)}
    if duplicate is not copy.copy:
        again = duplicate(weights)
        assert again["w"][0] is again["w"][1] is not x


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_computed_nodes_refuse_to_copy(duplicate: Callable[[Any], Any]) -> None:
    """A computed node refuses to be copied, alone and within a structure, and says what to do instead."""
    y = Value(3.0) * 2.0
    with pytest.raises(TypeError, match=r"^cannot copy or pickle [^\n]*copy the leaves and compute again[^\n]*$"):
        duplicate(y)
    if duplicate is not copy.copy:
        with pytest.raises(TypeError, match="cannot copy or pickle"):
            duplicate([y])


def test_scopes_nest_and_survive_exceptions() -> None:
    """Nodes know the scopes they were made in, outermost first; an exception ends a scope as leaving it does."""
    with scope("mlp"):
        a = Value(1.0)
        with scope("layer1"):
            b = a * 2.0
            with pytest.raises(ValueError, match="domain"), scope("neuron0"):
                log(Value(-1.0))
            c = sin(b)
        d = maximum(c, 0.0)
    e = d + 1.0
    assert [v.scope for v in (a, b, c, d, e)] == [("mlp",), ("mlp", "layer1"), ("mlp", "layer1"), ("mlp",), ()]
    e.label = "e"
    b.label = "b"
    assert (b.scope, b.label, c.label) == (("mlp", "layer1"), "b", None)


@pytest.mark.parametrize("bad", ["", None, 3])
def test_a_scope_has_a_name(bad: Any) -> None:
    """A scope without a name is refused."""
    with pytest.raises(TypeError, match="scope's name"), scope(bad):
        pass


def test_threads_have_scopes_of_their_own() -> None:
    """Threads that build graphs at the same time do not see each other's scopes, and compute right gradients."""
    together = threading.Barrier(4)
    found: dict[str, tuple[set[Any], float]] = {}

    def work(name: str) -> None:
        together.wait()
        with scope(name):
            x = Value(1.0)
            nodes = [x]
            for _ in range(2000):
                nodes.append(nodes[-1] * 1.001 + sin(x) * 0.0)
            nodes[-1].backward()
        found[name] = ({node.scope for node in nodes}, x.grad)

    threads = [threading.Thread(target=work, args=(f"thread{i}",)) for i in range(4)]
    with scope("main"):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Value(1.0).scope == ("main",)
    assert len(found) == 4
    for name, (scopes, slope) in found.items():
        assert scopes == {(name,)}
        assert math.isclose(slope, 1.001**2000, rel_tol=1e-9)


def test_a_number_that_decides_a_branch_is_marked() -> None:
    """Comparing a node or taking its truth marks it, and no other; computing, printing and converting do not."""

    def decided(use: Callable[[Any, Any], Any]) -> tuple[bool, bool]:
        x, y = Value(2.0, label="x"), Value(3.0) * 1.0
        use(x, y)
        assert x.label == "x"
        return x._context.decided, y._context.decided

    assert decided(lambda x, y: x < y) == (True, True)
    assert decided(lambda x, _: x >= 1.0) == (True, False)
    assert decided(lambda _, y: y != 1.0) == (False, True)
    assert decided(lambda x, y: max(x, y)) == (True, True)
    assert decided(lambda x, y: x if y else 0.0) == (False, True)
    assert decided(lambda x, _: not x) == (True, False)
    assert decided(lambda x, _: x == "text") == (False, False)
    assert decided(lambda x, y: relu(maximum(x, y)) / y + f"{x}{y}".count("V") + x.item() * hash(y)) == (False, False)


def test_value_cannot_be_subclassed() -> None:
    """A subclass is refused with the alternatives."""
    with pytest.raises(TypeError, match=r"^Value cannot be subclassed: [^\n]*Op[^\n]*$"):
        type("MyValue", (Value,), {})


def test_a_label_is_a_text() -> None:
    """A label can be set, changed and removed; what is no text is refused."""
    x = Value(1.0)
    x.label = "x"
    assert x.label == "x"
    x.label = None
    assert x.label is None
    with pytest.raises(TypeError, match="a label is a text or None"):
        x.label = 3  # type: ignore[assignment]
    with pytest.raises(TypeError, match="a label is a text or None"):
        Value(1.0, label=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", " ", "\n", 3])
def test_a_scope_needs_a_name_that_can_be_seen(name: Any) -> None:
    """A scope without a visible name would be a frame without a title, and is refused."""
    with pytest.raises(TypeError, match="a scope's name must be a text that is not empty"), scope(name):
        pass
