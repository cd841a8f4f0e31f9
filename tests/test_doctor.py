"""`diagnose`: numbers and gradients that are not finite, leaves that changed, branches; its messages, order and speed."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import Expression, expressions_at_points
from times import seconds

from autograd_lite import Op, Value, diagnose, exp, log, nn, record_lines, relu, scope, sin, sqrt, tanh, where
from autograd_lite.engine.graph import topological_order
from autograd_lite.views.doctor.diagnosis import KINDS
from autograd_lite.views.names import in_order

BIG = 1e200


def kinds(y: Value, parameters: Any = None) -> list[str]:
    """The kinds of what is found."""
    return [finding.kind for finding in diagnose(y, parameters)]


def leaf(data: float = 2.0, label: str | None = "x") -> Value:
    """A leaf with a label."""
    return Value(data, label=label)


NUMBERS: dict[str, tuple[Callable[[Value], Value], float, str]] = {
    "too large": (lambda x: x * x, BIG, "inf arose as x·x = inf, with x = 1e200; scale"),
    "negative": (lambda x: -x * x, BIG, "−inf arose as −1e200·x = −inf, with x = 1e200; scale"),
    "then nan": (
        lambda x: x * x - x * x,
        BIG,
        "inf arose as x·x = inf, with x = 1e200 (and so by itself at 1 more)",
    ),
    "nan": (lambda x: x * inf - inf, 0.0, "nan arose as x·inf = nan, with x = 0; scale"),
    "custom operation": (Op("wild", lambda _: nan, [1.0]), 1.0, "nan arose as wild(x) = nan, with x = 1; scale"),
    "a leaf": (lambda x: x + 1.0, nan, "a leaf that is used is Value(nan, label='x'); set it to a number"),
    "the result": (lambda x: x, inf, "a leaf that is used is Value(inf, label='x'); set it to a number"),
}


@pytest.mark.parametrize(("f", "data", "message"), NUMBERS.values(), ids=NUMBERS.keys())
def test_the_first_number_that_is_not_finite(f: Callable[[Value], Value], data: float, message: str) -> None:
    """One finding names the operation whose result is nan or infinite while its operands are not, and what to do."""
    x = leaf(data)
    y = f(x)
    (finding,) = diagnose(y)
    assert finding.kind == "value not finite"
    assert finding.message.startswith(message)
    broken = [node for node in in_order(y) if node.data - node.data != 0.0]
    assert finding.node is broken[0]
    assert finding.label == finding.node.label


def test_many_leaves_are_one_finding() -> None:
    """After a step that made all parameters nan, one finding says so of the first, where it is used, and of the rest."""
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    for parameter in model.parameters():
        parameter.data = nan
    (finding,) = diagnose(model([1.0, 2.0]), model.named_parameters())
    assert finding.message.startswith("a leaf that is used in scope mlp/layer0/neuron0 is Value(nan, label='")
    assert "(and so by itself at 12 more)" in finding.message


GRADIENTS: dict[str, tuple[Callable[[Value], Value], float, str]] = {
    "root at 0": (sqrt, 0.0, "inf, which arose in the derivative of √(x), with x = 0; keep the operands away"),
    "0 times inf": (lambda x: sqrt(x) ** 2, 0.0, "nan, which arose in the derivative of √(x), with x = 0; keep"),
    "behind other operations": (
        lambda x: 3.0 * sqrt(x * 2.0) + x,
        0.0,
        "inf, which arose in the derivative of √(0)",
    ),
    "product": (
        lambda x: BIG * sin(1e150 * x),
        0.0,
        "inf, which arose in the derivative of 1e150·x, with x = 0; 1e200 × ",
    ),
    "sum": (lambda x: 1e308 * x + 1e308 * x, 0.0, "inf, as the sum of what several nodes bring; take the mean"),
    "opposite infinities": (lambda x: sqrt(x) - sqrt(x * 1.0), 0.0, "nan, which arose in the derivative of √("),
}


@pytest.mark.parametrize(("f", "data", "message"), GRADIENTS.values(), ids=GRADIENTS.keys())
def test_the_first_gradient_that_is_not_finite(f: Callable[[Value], Value], data: float, message: str) -> None:
    """Where all numbers are finite, one finding names leaf and operation of a gradient that is not, and its cause."""
    x = leaf(data)
    y = f(x)
    (finding,) = diagnose(y)
    assert finding.kind == "gradient not finite"
    assert finding.message.startswith(f"the gradient of x is {message}")
    y.backward()
    assert str(x.grad) == message.split(",")[0]
    assert diagnose(y) == [finding]


def test_gradients_of_inputs_are_left_out_where_parameters_are_given() -> None:
    """An infinite derivative by an input matters only to those who ask for it."""
    x, w = leaf(0.0), leaf(1.0, "w")
    y = sqrt(x) + w
    assert (kinds(y), kinds(y, [w]), kinds(y, [w, x])) == (["gradient not finite"], [], ["gradient not finite"])


def test_the_operation_lies_on_the_way_to_the_parameter() -> None:
    """Of two operations with an infinite derivative the one is named that the parameter's gradient comes through."""
    x, w = leaf(0.0), leaf(0.0, "w")
    assert "of √(w), with" in diagnose(sqrt(w) + sqrt(x), [w])[0].message
    assert "of √(x), with" in diagnose(sqrt(w) + sqrt(x), [x])[0].message


def test_a_leaf_changed_after_it_was_used() -> None:
    """A leaf with a new number is named with what was computed from the old one, whether it matters there or not."""
    x, w = leaf(2.0), leaf(3.0, "w")
    with scope("layer"):
        y = x * w + sin(w)
    w.data = 4.0
    (finding,) = diagnose(y)
    assert (finding.kind, finding.label, finding.node) == ("leaf changed", "w", w)
    assert finding.message.startswith("w got a new number after x·w in scope layer was computed from it; compute again")
    w.data = 3.0
    assert diagnose(y) == []


def test_a_leaf_changed_before_it_was_used_is_none() -> None:
    """Steps of an optimiser before a graph is recorded are no change of it; many changed leaves are one finding."""
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    for step in range(2):
        loss = model([1.0, 2.0]) ** 2
        assert (step, diagnose(loss, model.named_parameters())) == (step, [])
        for parameter in model.parameters():
            parameter.data += 0.01
    (finding,) = diagnose(loss, model.named_parameters())
    assert finding.kind == "leaf changed"
    assert "(and 12 more) got a new number" in finding.message


def test_branches() -> None:
    """A number that was compared on the way is found, all of a scope once; the comparison of the result is none."""
    x = leaf(2.0)
    y = x * 3.0 if x > 1.0 else x
    assert y < 10.0
    (finding,) = diagnose(y)
    assert (finding.kind, finding.node) == ("branch", x)
    assert finding.message.startswith(
        "the number of x, 2.0, has decided a branch; the gradient is that of the way taken"
    )
    with scope("layer"):
        hidden = [x * float(i) for i in range(5)]
        y = sum(h if h > 2.0 else 0.0 * h for h in hidden) * x
    (first, second) = diagnose(y)
    assert first.node is x
    assert "(and 4 more in scope layer)" in second.message
    assert second.scope == ("layer",)


@pytest.mark.parametrize(
    "f", [lambda x: where(x.exceeds(1.0), 3.0 * x, x), lambda x: abs(x), lambda x: x.clip(0.0, 1.0)]
)
def test_choices_that_are_recorded_are_no_branches(f: Callable[[Value], Value]) -> None:
    """`where`, abs and clip decide inside of the graph, so that nothing is found."""
    assert diagnose(f(leaf())) == []


def test_lines_are_shown() -> None:
    """A graph recorded inside of `record_lines` has file, number and text of the user's line in field and message."""
    x = leaf(BIG)
    with record_lines():
        y = x * x
    (finding,) = diagnose(y)
    assert finding.line == y.line is not None
    assert f", at test_doctor.py:{y.line.number} (y = x * x)" in finding.message
    assert str(finding) == finding.message


HOSTILE = ["</script>", "a\nb\tc", "\x1b[31m", "\u202egnp.exe", "{0}%s{", "[bold]", "x" * 10_000, "\ud800", " ", "'\"`"]


@pytest.mark.parametrize("label", HOSTILE, ids=ascii)
def test_hostile_labels_stay_printable(label: str) -> None:
    """A message is one line of printable characters of moderate length, whatever labels, scopes and names are."""
    with scope(label if label.strip() else "s"), record_lines():  # a scope needs a name that can be seen
        x, w = leaf(BIG, label), leaf(1.0, label)
        graphs = [x * x, sqrt(w - 1.0), w * 2.0 if w else w, tanh(w * 30.0), sqrt(w - w)]
    graphs[3].backward()
    w.grad += 1.0
    found = [finding for y in graphs for finding in diagnose(y, [(label, w), (label, leaf(1.0, label))])]
    assert len({finding.kind for finding in found}) >= 5
    for finding in found:
        assert finding.message.isprintable()
        assert finding.message.encode()
        assert len(finding.message) < 700
        assert finding.label in (label, None)


def test_what_is_no_graph_is_refused() -> None:
    """A number, a list or a module in the place of the result or a parameter is named in the error."""
    for wrong in (1.0, [leaf()], None):
        with pytest.raises(TypeError, match=r"^diagnose\(y\): y is a Value, got "):
            diagnose(wrong)  # type: ignore[arg-type]
    for parameters in ([1.0], 3, [("w", 1.0)], [(1, leaf())], nn.MLP(1, [1], seed=0)):
        with pytest.raises(TypeError, match=r"^diagnose\(y, parameters\): give Values or pairs"):
            diagnose(leaf(), parameters)  # type: ignore[arg-type]
    assert diagnose(leaf(), iter([])) == diagnose(leaf()) == []


def state(y: Value) -> list[Any]:
    """All that is recorded in a graph."""
    return [(id(x), x.data, x._grad, x.op, *x.operands, *x.partials, x._context) for x in in_order(y)]


@given(expressions_at_points())
def test_healthy_graphs(drawn: tuple[Expression, list[float]]) -> None:
    """Random expressions in their smooth domains have nothing that is not finite, stale, changed or a branch."""
    expression, point = drawn
    y = expression(*map(Value, point))
    fine = {"no gradient", "saturated"}  # of sign, and of sigmoid and tanh far out
    if isinstance(y, Value):
        assert set(kinds(y)) <= fine
        y.backward()
        before = state(y)
        assert set(kinds(y)) <= fine
        assert [list(map(str, entry)) for entry in state(y)] == [list(map(str, entry)) for entry in before]


@given(
    st.lists(st.sampled_from([sin, exp, sqrt, log, tanh, lambda x: x * x, lambda x: x - 1.0]), max_size=12),
    st.floats(-3.0, 3.0),
)
def test_nothing_that_is_not_finite_is_overlooked(functions: list[Callable[[Value], Value]], data: float) -> None:
    """In a chain of any operations the kind of the first finding says whether a number or a gradient is not finite."""
    x = y = Value(data)
    try:
        for f in functions:
            y = f(y)
    except (ArithmeticError, ValueError):
        return  # as floats do
    y.backward()
    broken = [node.data for node in in_order(y) if node.data - node.data != 0.0]
    expected = "value not finite" if broken else "gradient not finite" if x.grad - x.grad != 0.0 else None
    found = [kind for kind in kinds(y) if kind.endswith("not finite")]
    assert found == [expected] * (expected is not None)


def test_the_most_severe_comes_first() -> None:
    """Findings come in the order of KINDS, the same each time, and each kind is one of them."""
    with scope("layer"):
        x, w = leaf(1.0), leaf(20.0, "w")
        y = tanh(w) * BIG * BIG + sum(relu(-x) for _ in range(4)) if x else w
    w.data = 19.0
    first = diagnose(y, [x, w, leaf(label="unused")])
    assert first == diagnose(y, [x, w, *[f.node for f in first if f.label == "unused"]])
    order = [KINDS.index(finding.kind) for finding in first]
    assert order == sorted(order)
    assert {f.kind for f in first} >= {
        "value not finite",
        "leaf changed",
        "no gradient",
        "dead relu",
        "saturated",
        "branch",
    }


def chain(length: int) -> Value:
    """A chain with scopes, relu and comparisons, backward included."""
    y = x = Value(0.5, label="x")
    for i in range(length // 4):
        with scope(f"layer{i % 3}"):
            y = relu(sin(y) * 1.0 + x)
    y.backward()
    return y


def test_time_grows_with_the_graph_only() -> None:
    """A chain of 100,000 operations meets no recursion limit, and takes ten times as long as one of 10,000."""
    short, long = chain(10_000), chain(100_000)
    assert [len(topological_order(y)) for y in (short, long)] == [10_000, 100_000]
    assert seconds(lambda: diagnose(long), 1) < 40 * seconds(lambda: diagnose(short))
