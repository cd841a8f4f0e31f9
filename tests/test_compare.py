"""`compare()`: what changed between two runs of the same computation."""

from __future__ import annotations

import math
import re
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pages import SVG, Page
from rich.console import Console
from strategies import Expression, expressions_at_points

from autograd_lite import Value, compare, detach, exp, nn, scope, sin, tanh, trace
from autograd_lite.optim import SGD
from autograd_lite.views.picture.digraph import Picture
from autograd_lite.views.steps.comparison import Differences
from autograd_lite.views.steps.tracer import Trace

HOSTILE = [
    "<script>alert(1)</script>",
    "a|b`*_",
    "{}%s{0}",
    "[red]x[/]",
    "שלום",
    "x" * 10_000,
    "two\nlines",
    "]]>&#0;\\N",
]


def runs(*numbers: float, label: str = "x") -> list[Trace]:
    """Traces of y = w·x + b with w = 3, b = 1 at different x."""
    found = []
    for number in numbers:
        w, x, b = Value(3.0, label="w"), Value(number, label=label), Value(1.0, label="b")
        y = w * x + b
        y.label = "y"
        found.append(trace(y))
    return found


def borders(picture: Picture) -> dict[str, float]:
    """How thick the border of each node is."""
    page = Page(picture)
    found = {}
    for group in page.svg.iter(f"{SVG}g"):
        if group.get("class", "").startswith("node"):
            outline = next(part for part in group.iter() if part.tag in (f"{SVG}path", f"{SVG}polygon"))
            found[group.get("id", "").removeprefix(f"{picture.name}_")] = float(outline.get("stroke-width", "1"))
    return found


def test_another_input() -> None:
    """With x = 2.5 in place of 2, the value of x, w·x and y change, and the gradient of w; w's value and all of b do not."""
    differences = compare(*runs(2.0, 2.5))
    changed = {change.name: (change.value, change.gradient) for change in differences}
    assert changed == {
        "w": ((3.0, 3.0), (2.0, 2.5)),
        "x": ((2.0, 2.5), (3.0, 3.0)),
        "v3": ((6.0, 7.5), (1.0, 1.0)),
        "y": ((7.0, 8.5), (1.0, 1.0)),
    }
    assert [change.place for change in differences] == [0, 1, 2, 4]
    assert [change.node for change in differences] == [differences.after.nodes[k] for k in (0, 1, 2, 4)]
    assert str(differences).splitlines() == [
        "4 of 5 nodes changed",
        "node  operation  value    change  gradient  change",
        "w                3                2 → 2.5     +0.5",
        "x                2 → 2.5    +0.5  3",
        "v3    w·x        6 → 7.5    +1.5  1",
        "y     v3 + b     7 → 8.5    +1.5  1",
    ]
    assert differences.to_markdown().splitlines()[4] == "| w |  | 3 |  | 2 → 2.5 | +0.5 |"
    assert repr(differences) == "<Differences: 4 of 5 nodes changed>"


@given(expressions_at_points())
def test_a_run_and_itself(case: tuple[Expression, list[float]]) -> None:
    """Between a trace and itself, and a trace of the same computation done again, nothing changed."""
    expression, point = case
    first, second = (trace(expression(*map(Value, point))) for _ in range(2))
    assert list(compare(first, first)) == list(compare(first, second)) == []


@given(expressions_at_points(), st.floats(-0.5, 0.5))
def test_changes_are_those_of_the_numbers(case: tuple[Expression, list[float]], shift: float) -> None:
    """At another point, the changed nodes are those whose numbers differ, with these numbers, in the order of places."""
    expression, point = case
    before, after = (trace(expression(*map(Value, xs))) for xs in (point, [x + shift for x in point]))
    expected = {}
    for place, (old, new) in enumerate(zip(before.nodes, after.nodes, strict=True)):
        numbers = (old.data, new.data), (before.gradients[old], after.gradients[new])
        if any(x != y for x, y in numbers):
            expected[place] = numbers
    assert {change.place: (change.value, change.gradient) for change in compare(before, after)} == expected
    assert [change.place for change in compare(before, after)] == sorted(expected)


def test_a_step_of_training() -> None:
    """After one step, each parameter has changed by minus the rate times its gradient, although it is the same leaf."""
    model = nn.MLP(2, [3, 1], seed=0)
    optimizer = SGD(model.parameters(), lr=0.1)

    def loss() -> Value:
        y: Value = model([0.5, -1.0])
        return (y - 2.0) ** 2

    y = loss()
    before = trace(y)
    y.backward()
    gradients = {p: p.grad for p in model.parameters()}
    optimizer.step()
    differences = compare(before, trace(loss()))
    values = {change.node: change.value for change in differences}
    for parameter, gradient in gradients.items():
        if gradient:
            assert values[parameter].after == parameter.data
            assert values[parameter].change == pytest.approx(-0.1 * gradient, rel=1e-9)
        else:
            assert parameter not in values or not values[parameter].differs
    assert any(gradients.values())
    assert differences[-1].value.change < 0.0  # the loss
    assert differences[-1].place == len(before.nodes) - 1


def test_constants_may_differ() -> None:
    """An input that is a plain number may be another one; the operation then says which it was before."""
    differences = compare(trace(Value(2.0, label="w") * 3.0), trace(Value(2.0, label="w") * 4.0))
    assert [(change.name, change.operation) for change in differences] == [("w", ""), ("v2", "w·4 (before: w·3)")]


def test_the_largest_changes() -> None:
    """The largest changes come in falling size, of equal ones the earlier first, of values or of gradients."""
    differences = compare(*runs(2.0, 2.5))
    assert [change.name for change in differences.largest(2)] == ["v3", "y"]
    assert [change.name for change in differences.largest(99)] == ["v3", "y", "x"]
    assert [change.name for change in differences.largest(5, of="gradient")] == ["w"]
    assert differences.largest(0) == differences.largest(-1) == []
    other: Any = "weight"
    with pytest.raises(ValueError, match=r"^largest: of is 'value' or 'gradient', got 'weight'$"):
        differences.largest(1, of=other)


def test_nan_and_infinities() -> None:
    """Nan is no change from nan, nor inf from inf; from or to nan is the largest of changes, above any finite one."""
    assert list(compare(*runs(math.nan, math.nan))) == []
    assert list(compare(*runs(math.inf, math.inf))) == []
    assert [change.name for change in compare(*runs(0.0, -0.0))] == []
    x = next(change for change in compare(*runs(1.0, math.nan)) if change.name == "x")
    assert math.isnan(x.value.change)
    assert x.words() == "x: value 1 → nan (nan), gradient 3 as before."
    a, b, c = Value(1.0), Value(1.0), Value(1.0)
    before = trace(a + b + c)
    a.data, b.data, c.data = 5.0, math.nan, -math.inf
    largest = compare(before, trace(a + b + c)).largest(5)
    assert [change.node for change in largest if change.node.op is None] == [b, c, a]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (lambda x: tanh(sin(x)) * 2.0, "node 3 is v3 = e^v2 in the first, v3 = tanh v2 in the second; "),
        (lambda x: exp(sin(x)) * x, "node 4 is v4 = v3·2 in the first, v4 = v3·x in the second; "),
        (lambda x: exp(sin(x)), "4 nodes in the first, 3 in the second; "),
        (lambda x: x, "4 nodes in the first, 1 in the second; "),
        (lambda x: exp(sin(x)) * Value(2.0), "node 4 is v4 = v3·2 in the first, the leaf v4 in the second; "),
        (lambda x: x * 2.0, "node 2 is v2 = sin x in the first, v2 = x·2 in the second; "),
    ],
)
def test_other_shapes_are_refused(second: Any, message: str) -> None:
    """Graphs of different shape are refused, with the first place where they differ and what stands there."""
    before, after = trace(exp(sin(Value(1.0, label="x"))) * 2.0), trace(second(Value(1.0, label="x")))
    text = f"compare: the graphs have different shapes: {message}compare two runs of the same computation"
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        compare(before, after)


def test_sharing_is_part_of_the_shape() -> None:
    """x·x and x·z have different shapes, also where all numbers are equal."""
    x = Value(1.0, label="x")
    with pytest.raises(ValueError, match="node 2 is v2 = x·x in the first, the leaf z in the second"):
        compare(trace(x * x), trace(x * Value(1.0, label="z")))


def test_gradients_that_one_trace_alone_has() -> None:
    """Traces towards different variables are refused; towards the same, what no gradient reaches counts as 0."""
    x, z = Value(2.0, label="x"), Value(3.0, label="z")
    y = x * z
    with pytest.raises(
        ValueError, match=r"^compare: one trace alone has the gradient of node 2, the leaf z: make both"
    ):
        compare(trace(y), trace(y, wrt=x))
    assert list(compare(trace(y, wrt=x), trace(y, wrt=x))) == []
    before = trace(detach(x) * 1.0)
    x.data = 4.0
    assert [change.gradient for change in compare(before, trace(detach(x) * 1.0)) if change.node is x] == [(0.0, 0.0)]


def test_what_is_no_trace_is_refused() -> None:
    """Anything but traces is a TypeError that says which of the two is wrong."""
    y: Any = Value(1.0)
    with pytest.raises(TypeError, match=r"^compare\(trace_a, trace_b\): trace_a is what trace\(y\) returns, got Value"):
        compare(y, trace(y))
    with pytest.raises(TypeError, match=r": trace_b is what trace\(y\) returns, got Value"):
        compare(trace(y), y)


def test_the_picture_marks_what_changed() -> None:
    """Changed nodes alone have thick borders, each number that changed a row that says by how much, and both in the tooltip."""
    differences = compare(*runs(2.0, 2.5))
    picture = differences.draw()
    assert borders(picture) == {"v1": 3.0, "v2": 3.0, "v3": 3.0, "v4": 1.0, "v5": 3.0}
    page = Page(picture)
    assert page.texts("v1") == ["w", "value", "3", "grad", "2.5", "change", "+0.5"]
    assert page.texts("v2") == ["x", "value", "2.5", "change", "+0.5", "grad", "3"]
    assert page.texts("v4") == ["b", "value", "1", "grad", "1"]
    assert page.parts["v1"].tooltip == ["w", "value 3.0, as before", "grad 2.5, before 2.0, change 0.5"]
    assert page.svg.get("aria-label") == ("computation graph of y = v3 + b, 5 nodes, value 8.5, changed: w, x, v3, y")
    assert differences.draw().source == picture.source


@given(expressions_at_points(most=4), st.sampled_from([0.0, 0.25]))
def test_the_picture_marks_exactly_what_changed(case: tuple[Expression, list[float]], shift: float) -> None:
    """In pictures of random graphs the nodes with thick borders, and those with a row `change`, are the changed ones."""
    expression, point = case
    before, after = (trace(expression(*map(Value, [point[0] + x, *point[1:]]))) for x in (0.0, shift))
    differences = compare(before, after)
    changed = {f"v{change.place + 1}" for change in differences}
    picture = differences.draw()
    page = Page(picture)
    nodes = {f"v{place}" for place in range(1, len(after.nodes) + 1)}
    thick = {name for name, border in borders(picture).items() if border > 1.0}
    assert thick == changed == {name for name in nodes if "change" in page.texts(name)}
    for change in differences:
        assert page.texts(f"v{change.place + 1}").count("change") == change.value.differs + change.gradient.differs


def test_the_picture_shows_what_the_trace_recorded() -> None:
    """Neither .grad nor a number given to a leaf later comes into the picture; the leaf is named as changed since."""
    x = Value(2.0, label="x")
    before = trace(x * x)
    x.data = 3.0
    with scope("layer"):
        y = x * x
    differences = compare(before, trace(y))
    y.backward()
    y.backward()
    x.data = 7.0
    page = Page(differences.draw())
    assert page.texts("v1") == ["x (changed since)", "value", "3", "change", "+1", "grad", "6", "change", "+2"]
    assert page.parts["v2"].tooltip[-1] == "in layer"


def test_pictures_have_limits() -> None:
    """A graph of more nodes than allowed is folded; a prefix that is none is refused, and a good one taken."""
    differences = compare(*runs(2.0, 2.5))
    assert differences.draw(prefix="fig1").name == "fig1"
    folded = differences.draw(max_nodes=4)
    assert "folded by" in str(folded.comment)
    assert "max_nodes=5" in folded.source
    with pytest.raises(ValueError, match=r"^draw: prefix is a letter followed by"):
        differences.draw(prefix="1 2")


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels(label: str) -> None:
    """Any label leaves the table a table and the picture a picture of the same nodes."""
    differences = compare(*runs(2.0, 2.5, label=label))
    assert isinstance(differences, Differences)
    assert [len(line) < 200 for line in str(differences).splitlines()] == [True] * 6
    out = StringIO()
    Console(file=out, width=30_000).print(differences)
    assert len(out.getvalue().rstrip().splitlines()) == 6
    rows = differences.to_markdown().splitlines()[2:]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [7] * 6
    page = Page(differences.draw())
    assert {name for name in page.parts if "_" not in name} == {"v1", "v2", "v3", "v4", "v5"}
    assert not list(page.svg.iter(f"{SVG}script"))


def test_long_chains() -> None:
    """Traces of 20,000 nodes are compared without recursion."""
    before, after = (trace(y) for y in map(_chain, (0.5, 0.25)))
    differences = compare(before, after)
    assert len(differences) == 20_001
    assert differences.largest(1)[0].name == "v20001"


def _chain(x: float) -> Value:
    y = Value(x)
    for _ in range(20_000):
        y = y * 1.000001
    return y
