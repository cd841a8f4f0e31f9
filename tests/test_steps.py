"""`trace()`: the steps of a graph as data, held against the graph itself and against `backward()`."""

from __future__ import annotations

import math
import sys
import unicodedata
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from mpmath import mp
from strategies import Expression, exact_derivative, expressions_at_points
from times import seconds

from autograd_lite import Op, Trace, Value, detach, draw, exp, gradients, log, maximum, relu, scope, sin, trace
from autograd_lite.views.steps.passes import Backward, Forward


def same(x: float, y: float) -> bool:
    """The same number, nan included."""
    return x == y or (math.isnan(x) and math.isnan(y))


def esin() -> tuple[Value, Value]:
    """e^sin(x²) at 1.5."""
    x = Value(1.5, label="x")
    return x, exp(sin(x**2))


def recorded(case: tuple[Expression, list[float]]) -> tuple[list[Value], Value]:
    """A random expression at a point: its inputs and the node of its result."""
    expression, point = case
    variables = [Value(x, label=f"x{place}") for place, x in enumerate(point)]
    return variables, expression(*variables)


def reached(root: Value) -> list[Value]:
    """Every node of a graph, by a search of its own, in no order."""
    found, waiting = {id(root): root}, [root]
    while waiting:
        for x in waiting.pop().operands:
            if isinstance(x, Value) and id(x) not in found:
                found[id(x)] = x
                waiting.append(x)
    return list(found.values())


@given(expressions_at_points())
def test_contributions_add_up_to_the_gradients(case: tuple[Expression, list[float]]) -> None:
    """For random graphs the contributions to each node add up to its `.grad`, to the last digit."""
    _, y = recorded(case)
    steps = trace(y)
    y.backward()
    sums: dict[Value, float] = {}
    for step in steps.backward:
        assert same(step.contribution, step.upstream * step.local)
        sums[step.operand] = sums.get(step.operand, 0.0) + step.contribution
        assert same(step.total, sums[step.operand])
    for node in reached(y):
        assert same(steps.gradients[node], node.grad)
        assert node is y or same(sums.get(node, 0.0), node.grad)


@given(expressions_at_points())
def test_every_edge_is_passed_once(case: tuple[Expression, list[float]]) -> None:
    """The backward pass goes along each edge with a local partial once, after all that its node gets has come."""
    _, y = recorded(case)
    steps = trace(y)
    edges = Counter(
        (node, place) for node in reached(y) for place, partial in enumerate(node.partials) if partial is not None
    )
    assert Counter((step.node, step.place) for step in steps.backward) == edges
    complete = {y}
    for step in steps.backward:
        assert step.operand is step.node.operands[step.place]
        assert same(step.upstream, steps.gradients[step.node])
        assert step.node in complete or step.node not in {other.operand for other in steps.backward}
        if step.complete:
            complete.add(step.operand)


@given(expressions_at_points())
def test_forward_steps_compute_the_values(case: tuple[Expression, list[float]]) -> None:
    """Each node is there once, after its operands, with the number that its operation makes of their numbers."""
    _, y = recorded(case)
    known: dict[Value, float] = {}
    for step in trace(y).forward:
        assert step.node not in known
        if step.node.op is not None:
            assert step.value == step.node.op(*[known[x] if isinstance(x, Value) else x for x in step.node.operands])
        known[step.node] = step.value
    assert set(known) == set(reached(y))


@given(expressions_at_points())
def test_tangents_and_adjoints_meet(case: tuple[Expression, list[float]]) -> None:
    """The tangent of the result by each input is the adjoint of that input."""
    variables, y = recorded(case)
    steps = trace(y)
    for x in variables:
        if x in set(steps.nodes):
            tangents = steps.tangents(x)
            assert set(tangents) == set(steps.nodes)
            assert tangents[x] == 1.0
            assert tangents[y] == pytest.approx(steps.gradients[x], rel=1e-9, abs=1e-9)


@given(expressions_at_points(inputs=1, most=4))
def test_gradients_are_those_of_mpmath(case: tuple[Expression, list[float]]) -> None:
    """The sum of the contributions is the derivative that mpmath finds."""
    variables, y = recorded(case)
    found = trace(y, wrt=variables).gradients[variables[0]]
    assert found == pytest.approx(exact_derivative(*case, (1,)), rel=1e-9, abs=1e-9)


def test_running_sums_of_shared_nodes() -> None:
    """A node with three uses gets one share after the other, and says which of how many it was."""
    x = Value(2.0, label="x")
    y = x * x + 3.0 * x
    shares = [(step.contribution, step.total, step.use, step.uses, step.complete) for step in trace(y).backward[-3:]]
    assert shares == [(3.0, 3.0, 1, 3, False), (2.0, 5.0, 2, 3, False), (2.0, 7.0, 3, 3, True)]
    assert trace(y)[-1].words().endswith("Third of 3 ways into x: 5 + 2 = 7.")


def test_a_trace_is_a_sequence_of_forward_and_backward_steps() -> None:
    """Its length, places and slices are those of a list that begins forward and ends backward."""
    _, y = esin()
    steps = trace(y)
    assert [type(step) for step in steps] == [Forward] * 4 + [Backward] * 3
    assert len(steps) == 7
    assert (steps[0], steps[-1], steps[:4]) == (steps.forward[0], steps.backward[-1], steps.forward)
    with pytest.raises(IndexError):
        steps[7]
    assert repr(steps) == "<Trace of v4 = 2.177: 4 steps forward, 3 backward; print() shows it>"


def test_grad_is_neither_read_nor_changed() -> None:
    """Whatever `.grad` holds, the trace is the same, and `.grad` holds it afterwards."""
    x, y = esin()
    before = trace(y).gradients[x]
    x.grad = 100.0
    kept = [node._grad for node in reached(y)]
    assert trace(y).gradients[x] == before
    assert [node._grad for node in reached(y)] == kept


def test_the_graph_of_a_gradient() -> None:
    """The second derivative of e^sin(x²) at 1.5 is traced like any graph (lesson L01)."""
    x, y = esin()
    steps = trace(gradients(y, x))
    with mp.workdps(40):
        expected = float(mp.diff(lambda t: mp.exp(mp.sin(t * t)), 1.5, 2))
    assert expected == pytest.approx(-10.249702531185975, rel=1e-15)
    assert steps.gradients[x] == pytest.approx(expected, rel=1e-13)
    assert all(step.words() and steps.local(step) for step in steps.backward)


def cube_of_numbers(x: Any, _: Any) -> float:
    """A rule that takes nothing but numbers."""
    return 3.0 * math.pow(x, 2.0)


def cube_by_size(x: Any, _: Any) -> Any:
    """A rule that decides by a number."""
    return 3.0 * x * x if x > 1.0 else 3.0 * x**2.0


@pytest.mark.parametrize(
    ("rule", "formula"),
    [
        (lambda x, _: 3.0 * x * x, "3x·x"),
        (cube_of_numbers, "∂cube/∂0"),
        (cube_by_size, "3x·x"),
        (lambda x, y: 3.0 * y / x if x else 0.0, "3·v2/x"),
    ],
)
def test_own_operations(rule: Any, formula: str) -> None:
    """A custom operation is traced; its formula follows from its rule, or has a name where only numbers pass through it."""
    cube = Op("cube", lambda x: x * x * x, [rule])
    x = Value(2.0, label="x")
    steps = trace(cube(x))
    (step,) = steps.backward
    assert (step.local, steps.local(step)) == (12.0, formula)
    assert steps[1].words() == "v2 = cube(x) = 8."


def test_scopes() -> None:
    """Nodes made in scopes are traced like others, and keep their scope."""
    x = Value(2.0, label="x")
    with scope("layer"), scope("neuron"):
        y = relu(x * 3.0)
    steps = trace(y)
    assert [step.node.scope for step in steps.forward] == [(), ("layer", "neuron"), ("layer", "neuron")]
    assert steps.gradients[x] == 3.0


def test_a_leaf_as_root() -> None:
    """The trace of a leaf is one step, and its gradient by itself is 1."""
    x = Value(2.0)
    steps = trace(x)
    assert [step.words() for step in steps] == ["The input v1 is 2."]
    assert steps.gradients == {x: 1.0}


def test_where_nothing_flows_back() -> None:
    """A leaf behind an operation without a derivative has the gradient 0, and no step."""
    x, z = Value(2.0, label="x"), Value(5.0, label="z")
    steps = trace(detach(x) * z)
    assert steps.gradients[x] == 0.0
    assert {step.operand_name for step in steps.backward} == {"v2", "z"}


def test_wrt_keeps_what_leads_there() -> None:
    """With wrt the forward pass is whole, and the backward pass goes only towards what is asked for."""
    x, z = Value(2.0, label="x"), Value(5.0, label="z")
    u = x * x
    y = u * z + sin(z)
    steps = trace(y, wrt={"x": [x]})
    assert len(steps.forward) == len(trace(y).forward)
    assert {step.operand_name for step in steps.backward} == {"v4", "v2", "x"}
    assert (steps.gradients[x], z in steps.gradients) == (20.0, False)
    assert set(trace(y, wrt=u).gradients) == {y, steps.backward[0].operand, u}
    other = Value(1.0)
    assert trace(y, wrt=[other]).gradients[other] == 0.0
    assert trace(y, wrt=[x, x]).gradients[x] == 20.0


@pytest.mark.parametrize("arguments", [(1.0,), (Value(1.0), 1.0), (Value(1.0), [Value(1.0), 2]), ("y",)])
def test_refusals(arguments: tuple[Any, ...]) -> None:
    """What is no `Value` is refused by its place."""
    with pytest.raises(TypeError, match=r"^trace\(y(, wrt)?\): (y|wrt) (is a Value|holds Values), got "):
        trace(*arguments)


def test_tangents_refuse_what_is_not_in_the_graph() -> None:
    """A tangent is by a node of the graph."""
    steps = trace(Value(1.0) * 2.0)
    with pytest.raises(ValueError, match="is not in the graph"):
        steps.tangents(Value(1.0))
    with pytest.raises(TypeError, match="x is a Value, got float"):
        steps.tangents(1.0)  # type: ignore[arg-type]  # refused, which is the test


def test_counts_of_the_circuit() -> None:
    """The costs of w·(x·y + z), counted by hand: three operations, six products, a sum for each further use."""
    x, y, z, w = Value(-2, "x"), Value(3, "y"), Value(10, "z"), Value(-2, "w")
    expected = {
        "operations forward": 3,
        "products backward": 6,
        "sums backward": 0,
        "values kept": 7,
        "partials kept": 6,
    }
    assert trace(w * (x * y + z)).counts() == expected
    assert trace(x * x * x).counts()["sums backward"] == 2


def test_leaves_that_changed_since() -> None:
    """A leaf that got another number is named; the gradient is that of the computation as recorded."""
    x, z = Value(2.0), Value(3.0)
    y = x * z + z
    assert trace(y).changed == set()
    x.data = 7.0
    assert trace(y).changed == {x}
    assert trace(y).gradients[z] == 3.0


def test_formulas_of_the_steps_follow_the_choice_that_was_made() -> None:
    """Where a rule decides by a symbol, the formula of a step is that of the side it was computed on."""
    x = Value(2.0, label="x")
    steps = trace(x ** Value(3.0, label="n"), wrt=x)
    assert steps.local(steps.backward[0]) == "n·x^(n − 1)"
    steps = trace(maximum(x, 1.0))
    assert steps.local(steps.backward[0]) == "[x > 1] + 0.5·[x = 1]"


def test_a_long_chain_is_fast() -> None:
    """A chain of 10,000 nodes is traced without recursion, and takes ten times as long as one of 1,000."""
    x = Value(1.0, label="x")
    ys = [x]
    for _ in range(10_000):
        ys.append(ys[-1] * 1.0001)
    steps = trace(ys[-1])
    assert len(steps) == 20_001
    assert steps.gradients[x] == pytest.approx(1.0001**10_000, rel=1e-12)
    assert seconds(lambda: trace(ys[-1])) < 40 * seconds(lambda: trace(ys[1_000]))


def test_the_same_program_gives_the_same_words() -> None:
    """Two runs of one program are told in the same words."""

    def words() -> list[str]:
        x, z = Value(1.5), Value(0.5)
        return [step.words() for step in trace(log(x) * z + sin(x) * z)]

    assert words() == words()
    assert isinstance(trace(Value(1.0)), Trace)


HIDDEN = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]
JOINERS = "\u200c\u200d"


def test_no_view_holds_what_turns_letters_round_or_hides() -> None:
    """Control characters, marks of direction and invisible ones in names reach no file or page; letters of all scripts do."""
    hostile = "".join(HIDDEN)
    x = Value(1.5, label=f"x{hostile}y")
    with scope(f"s{hostile}"):
        z = sin(x)
    z.label = f"\u202e{hostile}z"
    y = z * x
    y.backward()
    steps, picture = trace(y), draw(y)
    steps.title = f"y = {hostile}"
    views = {
        "DOT": picture.source,
        "SVG": picture.pipe("svg").decode(),
        "HTML": steps.to_html(),
        "LaTeX": steps.to_latex("both", document=True),
        "Markdown": steps.to_markdown(),
        "text": steps.to_text(),
        "repr": repr(steps),
    }
    for kind, text in views.items():
        assert not set(text) & set(HIDDEN) - set(f"\n\t{JOINERS}"), kind
        assert r"\u202e" not in text or kind in ("text", "repr"), kind  # nor as what a script reads
    names = ["وزن", "משקל", "می\u200cخواهم", "वर्ग", "👩\u200d🔬", "重み"]
    leaves = [Value(1.0, label=name) for name in names]
    y = relu(leaves[0] * leaves[1] + leaves[2] * leaves[3] + leaves[4] * leaves[5])
    for text in (draw(y).source, draw(y).pipe("svg").decode(), trace(y).to_markdown(), trace(y).to_text()):
        assert all(name in text for name in names)
