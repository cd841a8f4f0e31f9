"""The title of a graph is the expression that it is, with every node marked; and derivatives in the leaves' letters."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from mpmath import mp
from strategies import ORACLES, Expression as RandomExpression, expressions_at_points
from traces import check_latex

from autograd_lite import Value, exp, log, sin, tanh, trace
from autograd_lite.engine.context import scope
from autograd_lite.nn import MLP, Neuron, losses
from autograd_lite.views.expressions import Expression
from autograd_lite.views.formulas import FormulaOperand
from autograd_lite.views.notations import EXACT, LATEX, MATHML, TEXT
from autograd_lite.views.steps.title import expression, in_inputs, length, partial_in_inputs


def recorded(text: str, **values: float) -> Value:
    """The graph of what somebody types."""
    y = Expression(text)(**{name: Value(x, label=name) for name, x in values.items()})
    assert isinstance(y, Value)
    return y


def marks(mathml: str) -> list[tuple[int, ElementTree.Element]]:
    """The marked parts of a formula, each with the place of its node."""
    tree = ElementTree.fromstring(f"<math>{mathml.replace('&#x2061;', '').replace('&#x2062;', '')}</math>")
    return [(int(part.attrib["data-node"]), part) for part in tree.iter("mrow") if "data-node" in part.attrib]


@pytest.mark.parametrize(
    ("typed", "text", "latex"),
    [
        ("exp(sin(x**2))", "e^(sin x²)", r"e^{\sin x^{2}}"),
        ("sin(x + 1)", "sin(x + 1)", r"\sin\left(x + 1\right)"),
        ("u = x^2; u*sin(u)", "x²·sin x²", r"x^{2} \cdot \sin x^{2}"),
        ("(x - 1)/(x + 1)", "(x − 1)/(x + 1)", r"\frac{x - 1}{x + 1}"),
        ("2x ln x", "2x·ln x", r"2 x \cdot \ln x"),
    ],
)
def test_titles_of_graphs(typed: str, text: str, latex: str) -> None:
    """The title is the formula of the whole graph, in the user's letters, as a textbook writes it."""
    y = recorded(typed, x=1.5)
    y.label = "y"
    assert trace(y).equation() == f"y = {text}"
    assert trace(y).equation(LATEX) == f"y = {latex}"
    assert Expression(text)(x=1.5) == y.data


def test_every_node_is_marked() -> None:
    """In MathML each node has its part, a shared one several; inside of it are those of its operands."""
    steps = trace(recorded("u = x^2; u*sin(u)", x=1.5))
    found = marks(steps.equation(MATHML))
    names = [steps.names[steps.nodes[place]] for place, _ in found]
    assert sorted(names) == ["u", "u", "v3", "v4", "x", "x"]
    for place, part in found:
        operands = {steps.places[x] for x in steps.nodes[place].operands if isinstance(x, Value)}
        assert operands <= {
            int(inner.attrib["data-node"]) for inner in part.iter("mrow") if "data-node" in inner.attrib
        }
    assert all(fence.get("stretchy") == "false" for fence in ElementTree.fromstring(
        f"<math>{MATHML.of((FormulaOperand('x') + 1.0) * 2.0)}</math>").iter("mo") if fence.text in ("(", ")"))  # fmt: skip


@given(expressions_at_points(most=6))
def test_titles_mean_the_graph(case: tuple[RandomExpression, list[float]]) -> None:
    """The expression of a random graph, read as a tree by mpmath, has the graph's number; what is printed is read back."""
    random, point = case
    y = random(*[Value(x, label=f"x{i}") for i, x in enumerate(point)])
    formula = expression(trace(y), most=10_000)

    def evaluated(thing: Any) -> Any:
        if not isinstance(thing, FormulaOperand):
            return mp.mpf(thing)
        return (
            mp.mpf(point[int(thing.name[1:])])
            if thing.op is None
            else ORACLES[thing.op.name](*map(evaluated, thing.operands))
        )

    with mp.workdps(40):
        assert mp.almosteq(evaluated(formula), random.exact(*map(mp.mpf, point)), 1e-12, 1e-12)
    check_latex(LATEX.of(formula))
    places = {place for place, _ in marks(MATHML.of(formula))}
    nodes = trace(y).nodes
    assert {len(nodes) - 1} <= places <= set(range(len(nodes)))
    again = Expression(EXACT.of(formula))(**{f"x{i}": Value(x, label=f"x{i}") for i, x in enumerate(point)})
    if all(x for node in nodes for x in node.operands if type(x) is float):  # what is multiplied by 0 is not written
        assert len(places) == len(nodes)
        assert type(again) is Value
        assert EXACT.of(expression(trace(again), most=10_000)) == EXACT.of(formula)


@given(expressions_at_points(most=16))
def test_titles_are_never_long(case: tuple[RandomExpression, list[float]]) -> None:
    """Of any graph, with any nodes kept, the title has at most the symbols asked for, and is the same each time."""
    random, point = case
    steps = trace(random(*[Value(x, label=f"x{i}") for i, x in enumerate(point)]))
    for most in (6, 20):
        for keep in ((), steps.nodes[: len(steps.nodes) // 2], steps.nodes):
            formula = expression(steps, keep, most)
            assert length(formula, 1000) <= most
            assert TEXT.of(formula) == TEXT.of(expression(steps, keep, most))


def test_long_titles_keep_names() -> None:
    """What has a name is folded to it, except on the way from the step to the root, as in the notes' networks."""
    model = MLP(2, [3, 1], "tanh", seed=1)
    loss = losses.mse(model([Value(1.0, label="x₁"), Value(2.0, label="x₂")]), 1.0)
    loss.label = "L"
    steps = trace(loss)
    (z,) = (node for node in steps.nodes if steps.names[node] == "z¹₂")
    assert steps.equation(at=z) == ("L = (b²₁ + w²₁₁·a¹₁ + w²₁₂·tanh(b¹₂ + w¹₂₁·x₁ + w¹₂₂·x₂) + w²₁₃·a¹₃ − 1)²")
    assert steps.equation(most=8) == "L = (a²₁ − 1)²"


def test_titles_of_deep_and_wide_graphs() -> None:
    """A chain, and one that doubles at each node and so has 2^200 leaves, have titles at once."""
    x = y = Value(0.5, label="x")
    for _ in range(20_000):
        y = y * 1.0001
    assert len(trace(y).equation(at=x)) < 200
    y = x
    for _ in range(200):
        y = tanh(y + y)
    assert len(trace(y).equation(at=x)) < 400
    with scope("a leaf"):
        assert trace(x).equation() == "x"


def test_losses_show_no_safety_that_does_nothing() -> None:
    """Cross-entropies look as in the notes: −ln p, −ln(1 − p), and ln of a sum of exponentials."""
    p, z = Value(0.3, label="p"), [Value(x, label=f"z{i}") for i, x in enumerate((0.5, 0.2, 0.1), start=1)]
    assert trace(losses.binary_cross_entropy(p, 1)).equation() == "−ln p"
    assert trace(losses.binary_cross_entropy(p, 0)).equation() == "−ln(1 − p)"
    assert trace(losses.cross_entropy_of_probabilities([p, 0.7], 0)).equation() == "−ln p"
    assert trace(losses.cross_entropy(z, 0)).equation() == "ln(1 + e^(z2 − z1) + e^(z3 − z1))"
    neuron = Neuron(1, "sigmoid")
    loss = trace(losses.binary_cross_entropy(neuron([p]), 1))
    assert loss.equation() == "L = −ln(σ(b + w₁·p))"


def test_derivatives_in_the_letters_of_the_leaves() -> None:
    """The factors of the chain rule are e^(sin x²), cos x² and 2x; what would be long keeps its names."""
    steps = trace(exp(sin(Value(1.5, label="x") ** 2)))
    formulas = in_inputs(steps)
    found = [TEXT.of(partial_in_inputs(steps, step.node, step.place, formulas)) for step in steps.backward]
    assert found == ["e^(sin x²)", "cos x²", "2x"]
    x = Value(0.5, label="x")
    steps = trace(log(sin(exp(x) + exp(2.0 * x) + exp(3.0 * x) + x)))
    formulas, step = in_inputs(steps), steps.backward[0]
    assert TEXT.of(partial_in_inputs(steps, step.node, step.place, formulas)) == f"1/{step.operand_name}"


@given(expressions_at_points(inputs=1, most=4))
def test_derivatives_in_leaves_are_the_local_ones(case: tuple[RandomExpression, list[float]]) -> None:
    """Read as a tree by mpmath, with the numbers of leaves and names put in, each factor is the recorded partial."""
    random, point = case
    steps = trace(random(*[Value(x, label="x") for x in point]))
    numbers = {steps.names[node]: mp.mpf(steps.values[node]) for node in steps.nodes}
    formulas = in_inputs(steps)

    def evaluated(thing: Any) -> Any:
        if not isinstance(thing, FormulaOperand):
            return mp.mpf(thing)
        return numbers[thing.name] if thing.op is None else ORACLES[thing.op.name](*map(evaluated, thing.operands))

    for step in steps.backward:
        formula = partial_in_inputs(steps, step.node, step.place, formulas)
        assert float(evaluated(formula)) == pytest.approx(step.local, rel=1e-6, abs=1e-9)
