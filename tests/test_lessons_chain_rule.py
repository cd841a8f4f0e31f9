"""Lessons L01 to L07, with other inputs than those of the notes, against routes that are not the engine's."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from math import isclose
from typing import Any

import mpmath
import numpy
import pytest
from hypothesis import given, strategies as st

from autograd_lite import Value, cos, log2, sinh
from autograd_lite.lessons import Outcome, find
from autograd_lite.lessons.chain import chain_rule, costs, differences, layered, orders
from autograd_lite.lessons.outcome import power
from autograd_lite.nn import MLP

run = functools.cache(lambda name, **given: find(name)(**given))


def derivative(f: Any, x: float, order: int = 1) -> float:
    """A derivative from mpmath, to 40 digits."""
    with mpmath.workdps(40):
        return float(mpmath.diff(f, mpmath.mpf(x), order))


def close(x: float, y: float, scale: float = 1.0) -> bool:
    return isclose(x, y, rel_tol=1e-11, abs_tol=1e-11 * scale)


@given(x=st.floats(-4.0, 4.0))
def test_all_orders_of_the_exponential(x: float) -> None:
    """L01 gives what mpmath gives, for each order."""
    numbers = find("L01")(x=x).check().numbers
    for order, name in enumerate(("f", "f′", "f″", "f‴")):
        exact = derivative(lambda t: mpmath.exp(mpmath.sin(t * t)), x, order)
        assert close(numbers[name], exact, scale=3.0 * (1.0 + 2.0 * abs(x)) ** order), name


WHOLE = st.integers(-50, 50)


@given(point=st.tuples(WHOLE, WHOLE, WHOLE, WHOLE))
def test_gradients_of_the_circuit_are_differences(point: tuple[int, ...]) -> None:
    """L is linear in each input, so its gradient in L02 is the difference that one more of an input makes, exactly."""
    names = ("x", "y", "z", "w")
    here = dict(zip(names, point, strict=True))

    def at(**inputs: int) -> int:
        return inputs["w"] * (inputs["x"] * inputs["y"] + inputs["z"])

    numbers = find("L02")(**here).check().numbers
    assert numbers["L"] == at(**here)
    for name in names:
        assert numbers[f"∂L/∂{name}"] == at(**here | {name: here[name] + 1}) - at(**here)


def test_the_table_of_the_circuit() -> None:
    """Each row of L02 is the chain rule along one edge, as written on the board."""
    [table] = run("L02").tables
    assert [list(row) for row in table.rows] == [
        ["L → w", "1", "4", "4"],
        ["L → f", "1", "−2", "−2"],
        ["f → g", "−2", "1", "−2"],
        ["f → z", "−2", "1", "−2"],
        ["g → x", "−2", "3", "−6"],
        ["g → y", "−2", "−2", "4"],
    ]


@given(x=st.floats(-5.0, 5.0))
def test_the_sum_over_paths(x: float) -> None:
    """The products of L03 add up to the derivative that mpmath gives."""
    outcome = find("L03")(x=x).check()
    exact = derivative(lambda t: t * t * mpmath.exp(t) + mpmath.sin(t * t), x)
    scale = 1.0 + sum(map(abs, outcome.numbers["products"]))
    assert close(outcome.numbers["y′"], exact, scale)
    assert close(sum(outcome.numbers["products"]), exact, scale)
    assert [row[0] for row in outcome.tables[0].rows] == ["y ← p ← z₁ ← x", "y ← p ← z₂ ← x", "y ← s ← z₁ ← x", "sum"]


def shares(node: Any, grad: dict[Value, float]) -> Iterator[Value]:
    """A backward pass that moves on with what has arrived, as micrograd's would without its order."""
    for operand, partial in zip(node.operands, node.partials, strict=True):
        grad[operand] = grad.get(operand, 0.0) + grad[node] * partial
        yield operand
        yield from shares(operand, grad)


@pytest.mark.parametrize(("which", "met"), [("chain", 6), ("diamond", 14)])
def test_the_naive_numbers(which: str, met: int) -> None:
    """The wrong numbers of L04 are those of the recursion, which visits a node once for each path to it."""
    outcome = run("L04", which=which)
    root: Any = outcome.graph
    grad = {root: 1.0}
    assert len(list(shares(root, grad))) == met
    naive = {name: number for name, number in outcome.numbers.items() if name.startswith("naive")}
    assert naive == {f"naive ∂{root.label}/∂{x.label}": grad[x] for x in grad if x.op is None}
    assert {row[0]: (float(row[3]), float(row[4])) for row in outcome.tables[0].rows} == {
        node.label: (node.grad, grad[node]) for node in grad
    }


def test_the_table_of_the_survey() -> None:
    """L05 has the numbers printed in the survey by Baydin et al., tables 2 and 3."""
    rows = {row[0]: [float(cell.replace("−", "-")) for cell in row[2:]] for row in run("L05").tables[0].rows}
    primal = {"x₁": 2, "x₂": 5, "v₁": 0.693, "v₂": 10, "v₃": -0.959, "v₄": 10.693, "f": 11.652}
    tangents = {"x₁": 1, "x₂": 0, "v₁": 0.5, "v₂": 5, "v₃": 0, "v₄": 5.5, "f": 5.5}
    adjoints = {"x₁": 5.5, "x₂": 1.716, "v₁": 1, "v₂": 1, "v₃": -1, "v₄": 1, "f": 1}
    for column, printed in ((0, primal), (1, tangents), (3, adjoints)):
        assert {name: round(cells[column], 3) for name, cells in rows.items()} == printed


@given(x1=st.floats(0.05, 50.0), x2=st.floats(-50.0, 50.0))
def test_tangents_and_adjoints(x1: float, x2: float) -> None:
    """In L05 each tangent is mpmath's derivative with respect to an input, each adjoint that of f with respect to the node."""
    numbers = find("L05")(x1=x1, x2=x2).check().numbers
    d_x1 = (1, 0, 1 / x1, x2, 0, 1 / x1 + x2, 1 / x1 + x2)
    slope = derivative(mpmath.sin, x2)
    d_x2 = (0, 1, 0, x1, slope, x1, x1 - slope)
    for name, exact in (("x₁", d_x1), ("x₂", d_x2)):
        assert all(map(close, numbers[f"tangents for {name}"], exact, [50.0] * 7))
    assert all(map(close, numbers["adjoints"], (d_x1[-1], d_x2[-1], 1, 1, -1, 1, 1), [50.0] * 7))


@pytest.mark.parametrize("x", [1.4, 1.5, 1.9])
def test_truncation_is_that_of_taylor(x: float) -> None:
    """Where truncation dominates, the error is |f″|δ/2 forward and |f‴|δ²/6 central, with δ the largest step of an octave."""

    def f(t: Any) -> Any:
        return mpmath.exp(mpmath.sin(t * t))

    for method, octave, order, constant in (("forward", 15, 1, 2.0), ("central", 12, 2, 6.0)):
        found = differences.errors_of_differences(x, method)[octave - differences.OCTAVES[0]]
        expected = abs(derivative(f, x, order + 1)) / constant * 2.0 ** (-octave * order)
        assert isclose(found, expected, rel_tol=1e-2), method


def test_where_the_second_derivative_is_zero() -> None:
    """At a zero of f″, forward differences are of second order too, and L06 shows it."""
    x = float(mpmath.findroot(lambda t: mpmath.diff(lambda u: mpmath.exp(mpmath.sin(u * u)), t, 2), 1.6))
    errors = differences.errors_of_differences(x, "forward")
    steps = [2.0**-k for k in differences.OCTAVES]
    assert 1.9 < power(steps[5:9], errors[5:9]) < 2.1


@pytest.mark.parametrize(("x", "seed"), [(1.3, 1), (1.6013, 2), (2.1, 3)])
def test_other_differences(x: float, seed: int) -> None:
    """The claims of L06 hold at the limits of x, at a zero of f″, and with other weights."""
    find("L06")(x=x, seed=seed, decades=3).check()


@given(p=st.floats(-3.0, 3.0), c=st.floats(0.1, 10.0))
def test_power(p: float, c: float) -> None:
    """The power of c·xᵖ is p."""
    across = [1.0, 2.0, 5.0, 30.0]
    assert isclose(power(across, [c * x**p for x in across]), p, abs_tol=1e-9)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=20))
def test_counted_operations(pairs: list[tuple[float, float]]) -> None:
    """A counted number computes what a float computes, and the neuron takes n products and n sums, a square too."""
    w, x = [w for w, _ in pairs], [x for _, x in pairs]
    tally: Counter[str] = Counter()
    counted = differences.squared_error([layered.Counted(weight, tally) for weight in w], x, 1.0)
    assert float(counted) == differences.squared_error(w, x, 1.0)
    assert tally == Counter(mul=len(w), add=len(w) - 1, sub=1, pow=1)


def test_weight_by_weight() -> None:
    """Differences of a linear function are its coefficients; they take n + 1 passes and leave the weights as they were."""
    points = []

    def linear(w: Any) -> float:
        points.append(w.copy())
        return float(w @ [3.0, -1.0, 0.5])

    w = numpy.array([1.0, 2.0, 4.0])
    assert differences.weight_by_weight(linear, w, 0.25) == [3.0, -1.0, 0.5]
    assert [(point - w).tolist() for point in points] == [[0, 0, 0], [0.25, 0, 0], [0, 0.25, 0], [0, 0, 0.25]]
    assert differences.weight_by_weight(linear, w, 0.25, stride=2) == [3.0, 0.5]
    assert [(point - w).tolist() for point in points[4:]] == [[0, 0, 0], [0.25, 0, 0], [0, 0, 0.25]]


@pytest.mark.parametrize("n", [1, 7, 100, 101, 1005])
def test_costs_by_count(n: int) -> None:
    """For n weights, n + 1 passes of 2n + 1 operations each, and 3n operations backward; beyond 100 one pass is counted."""
    each, every = 2 * n + 1, (n + 1) * (2 * n + 1) if n <= 100 else None
    assert tuple(differences.costs_of_gradient(n, seed=3)) == (n, n + 1, each, 3 * n, True, each, every)


@pytest.mark.parametrize("shape", [(1, 4, 1, 1), (2, 16, 2, 1), (3, 5, 3, 4), (16, 4, 1, 2)])
def test_work_counted_on_the_graph(shape: tuple[int, int, int, int]) -> None:
    """The counts of L07 are those of a walk over the nodes and edges of the graph, and those of the formulas."""
    parameters, root = costs.network(*shape)
    nodes, edges = {root}, []
    todo = [root]
    while todo:
        node = todo.pop()
        for x, partial in zip(node.operands, node.partials, strict=True):
            if isinstance(x, Value):
                edges.append((x, partial))
                todo += [x] * (x not in nodes)
                nodes.add(x)
    used = {x for x, _ in edges}
    computed = [node for node in nodes if node.op is not None]
    assert costs.work(*shape) == costs.work_by_hand(*shape) == (
        parameters,
        len(computed),
        len(edges),
        sum(partial in (1.0, -1.0) for _, partial in edges),
        len(edges) - len(used),
        len(nodes),
    )  # fmt: skip


@pytest.mark.parametrize("given_", [{"nin": 1, "hidden": 4, "depth": 1}, {"nin": 16, "hidden": 9, "depth": 3}])
def test_other_networks(given_: dict[str, int]) -> None:
    """The claims of L07 hold for the thinnest network and for a deep one."""
    find("L07")(**given_).check()


@pytest.mark.parametrize("lesson", ["L01", "L02", "L03", "L04", "L05"])
def test_the_inputs_of_the_pages_can_be_moved(lesson: str) -> None:
    """No lesson branches on a number of its graph, so that on its page the inputs have sliders."""
    page = run(lesson).trace().to_html()
    assert "The inputs cannot be moved" not in page


def false_claims(outcome: Outcome) -> list[str]:
    """The claims that do not hold, each by its first words."""
    return [" ".join(claim.split()[:2]) for claim, holds in outcome.claims.items() if not holds]


def test_a_wrong_gradient_makes_claims_false(monkeypatch: pytest.MonkeyPatch) -> None:
    """With gradients twice as large, each lesson that compares them with a formula notices."""
    backward = Value.backward
    monkeypatch.setattr(Value, "backward", lambda self: backward(self, 2.0))
    assert false_claims(find("L01")()) == ["the gradient"]
    assert false_claims(find("L02")()) == ["each gradient"]
    assert false_claims(find("L03")()) == ["the sum", "the gradient"]
    assert false_claims(find("L04")()) == ["the gradients"]
    assert false_claims(find("L05")()) == ["reverse: the"]
    assert "both give" in false_claims(find("L06")(decades=2))


@pytest.mark.parametrize(
    ("lesson", "module", "name", "other", "false"),
    [
        ("L01", chain_rule, "sin", cos, ["the gradient", "f″ ="]),
        ("L03", chain_rule, "exp", sinh, ["there are", "the gradient"]),
        ("L04", orders, "naive_gradient", lambda _, x: x.grad, ["naive recursion"]),
        ("L05", orders, "log", log2, ["forward: the", "reverse: the"]),
        ("L06", differences, "STEPS", {"forward": 1.0, "central": 1.0}, ["forward: the", "central: the"]),
        ("L07", costs, "MLP", functools.partial(MLP, bias=False), ["every count"]),
    ],
)
def test_something_wrong_makes_claims_false(
    monkeypatch: pytest.MonkeyPatch, lesson: str, module: Any, name: str, other: Any, false: list[str]
) -> None:
    """With another function in its place, a lesson says which of its claims no longer holds."""
    monkeypatch.setattr(module, name, other)
    assert false_claims(find(lesson)()) == false


def test_a_wrong_count_makes_claims_false(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass with one operation more than the formulas say is noticed, even if only some passes have it."""
    plain = differences.squared_error
    monkeypatch.setattr(differences, "squared_error", lambda w, x, t: plain(w, x, t) * 1.0)
    assert false_claims(find("L06")(decades=2)) == ["differences take", "backpropagation takes"]
    monkeypatch.setattr(
        differences,
        "squared_error",
        lambda w, x, t: plain(w, x, t) * 1.0 if isinstance(w[0], Value) else plain(w, x, t),
    )
    assert false_claims(find("L06")(decades=3)) == [
        "counted one",
        "counted one",
        "differences take",
        "backpropagation takes",
    ]
    monkeypatch.setattr(
        differences,
        "squared_error",
        lambda w, x, t: plain(w, x, t) * 1.0 if len(w) > 100 and not isinstance(w[0], Value) else plain(w, x, t),
    )
    assert false_claims(find("L06")(decades=3)) == ["counted one"]
