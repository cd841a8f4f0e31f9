"""`draw()`: what stands on the nodes and edges of a picture."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, strategies as st
from pages import SYMMETRIC, Page, Part, chain, example_of_the_page
from strategies import Expression, expressions_at_points

from autograd_lite import Op, Value, detach, gradients, leaky_relu, relu, scope, sin, sqrt
from autograd_lite.engine.table import TABLE
from autograd_lite.engine.text import shown
from autograd_lite.views.names import in_order
from autograd_lite.views.picture.digraph import Picture
from autograd_lite.views.picture.drawing import draw


def test_each_node_shows_its_name_operation_value_and_gradient() -> None:
    """After backward, the picture of exp(sin(x**2)) has the four cards and three factors of the design."""
    _, y = example_of_the_page()
    y.backward()
    page = Page(draw(y))
    assert [page.texts(f"v{n}") for n in (1, 2, 3, 4)] == [
        ["x", "value", "1.5", "grad", "−4.103"],
        ["u = x²", "value", "2.25", "grad", "−1.368"],
        ["s = sin u", "value", "0.7781", "grad", "2.177"],
        ["y = e^s", "value", "2.177", "grad", "1"],
    ]
    assert [page.texts(f"v{n}_0") for n in (2, 3, 4)] == [["×3"], ["×(−0.6282)"], ["×2.177"]]
    assert [page.parts[f"v{n}"].kind for n in (1, 2, 3, 4)] == ["leaf", "op", "op", "out"]
    assert page.tails == {"v2_0": "v1", "v3_0": "v2", "v4_0": "v3"}


def test_the_circuit_shows_values_over_gradients_on_the_wires() -> None:
    """In the circuit style operations are single texts, and each wire has the numbers of the operand it comes from."""
    _, y = example_of_the_page()
    y.backward()
    page = Page(draw(y, style="circuit"))
    assert [page.texts(f"v{n}") for n in (1, 2, 3, 4)] == [["x"], ["^2"], ["sin"], ["exp"]]
    assert page.texts("v2_0") == ["1.5", "−4.103"]
    assert page.texts("v3_0") == ["u", "2.25", "−1.368"]
    assert (page.texts("out_0"), page.texts("out")) == (["2.177", "1"], ["y"])
    assert page.tails["out_0"] == "v4"


def test_gradients_are_unknown_before_backward() -> None:
    """Before backward, and again after zero_grad, every gradient is a dot, and not 0."""
    x, y = example_of_the_page()
    for _ in range(2):
        page = Page(draw(y))
        assert [page.texts(f"v{n}")[-1] for n in (1, 2, 3, 4)] == ["·"] * 4
        assert page.parts["v1"].tooltip[-1] == "grad unknown before backward()"
        y.backward()
        y.zero_grad()
    y.backward()
    assert Page(draw(x * 2.0)).texts("v1")[-1] == "·"  # another graph, which no backward pass has seen


def test_a_lone_leaf_is_a_picture() -> None:
    """A leaf shows its value, and its gradient where one has come to it."""
    x = Value(1.5, label="x")
    assert Page(draw(x)).texts("v1") == ["x", "value", "1.5", "grad", "·"]
    x.backward()
    assert Page(draw(x)).texts("v1") == ["x", "value", "1.5", "grad", "1"]
    assert Page(draw(x)).parts["v1"].kind == "leaf"
    assert Page(draw(x, style="circuit")).texts("out_0") == ["1.5", "1"]


def test_operators_are_drawn_as_their_signs() -> None:
    """In a circuit the four operators and the sign have glyphs; other operations have their names, also a reader's own.

    On a card there is the formula, and where it has no room, the same.
    """
    x, z = Value(2.0, label="x"), Value(4.0, label="z")
    cube = Op("cube", lambda x: x * x * x, [lambda x, _: 3.0 * x * x])
    infix = Op("apart", lambda x, y: abs(x - y), [1.0, -1.0], "{} <> {}")
    made = [x + z, x - z, x * z, x / z, -x, abs(x), x**z, x**-0.5, cube(x), infix(x, z)]
    signs = [Page(draw(y, style="circuit")).texts(f"v{len(in_order(y))}")[0] for y in made]
    assert signs == ["+", "−", "×", "÷", "−", "abs", "pow", "^−0.5", "cube", "apart"]

    def headers(made: list[Value]) -> list[str]:
        return [Page(draw(y)).texts(f"v{len(in_order(y))}")[0].partition(" = ")[2] for y in made]

    formulas = ["x + z", "x − z", "x·z", "x/z", "−x", "|x|", "x^z", "x^(−0.5)", "cube(x)", "apart(x, z)"]
    assert headers(made) == formulas
    x.label = "the first operand"
    assert headers([x * z, x * x, sin(x), -x]) == ["×", "×", "sin", "−"]


def test_a_node_used_twice_has_two_edges() -> None:
    """The sum a + a draws two edges, each with its own factor and id."""
    a = Value(3.0, label="a")
    page = Page(draw(a + a))
    assert page.tails == {"v2_0": "v1", "v2_1": "v1"}
    assert [page.texts(name) for name in page.tails] == [["×1"], ["×1"]]


def test_constants_are_small_nodes_without_a_factor() -> None:
    """A constant operand has a node of class const with its number alone, and nothing flows back to it."""
    x = Value(2.0, label="x")
    page = Page(draw(leaky_relu(x * -3.0)))
    assert page.parts["v2c1"] == Part("const", ["−3"], ["constant -3.0"])
    assert page.parts["v3c1"] == Part("const", ["0.01"], ["constant 0.01"])
    assert (page.tails["v2_1"], page.texts("v2_1")) == ("v2c1", [])


def test_a_constant_exponent_stands_in_the_header_and_a_constant_base_does_not() -> None:
    """The power x ** 2 has one edge, 2 ** x has two, one from the constant."""
    x = Value(2.0, label="x")
    assert Page(draw(x**2)).tails == {"v2_0": "v1"}
    assert Page(draw(2**x)).tails == {"v2_0": "v2c0", "v2_1": "v1"}


def test_an_edge_through_which_nothing_flows_says_so() -> None:
    """Where the derivative is zero everywhere, the factor is ×0, and the tooltip says that nothing flows back."""
    page = Page(draw(detach(Value(2.0, label="x"))))
    assert page.texts("v2_0") == ["×0"]
    assert page.parts["v2_0"].tooltip == ["∂v2/∂x = 0.0 everywhere: nothing flows back"]


@pytest.mark.parametrize("name", sorted(name for name, op in TABLE.items() if op.arity > 1 and name not in SYMMETRIC))
def test_operands_stand_in_the_order_of_writing(name: str) -> None:
    """Where the order matters, the first operand stands above the second, also when it was made and used after it."""
    op = TABLE[name]
    operands = [Value(1.5 + place) for place in reversed(range(op.arity))][::-1]
    root = operands[-1] * op(*operands)
    page = Page(draw(root))
    keys = {node: f"v{place}" for place, node in enumerate(in_order(root), start=1)}
    heights = [page.height(keys[x]) for x in operands]
    assert heights == sorted(heights)


@given(x=st.floats())
@example(x=0.001)
@example(x=0.00099999)
@example(x=99999.9)
@example(x=-0.0)
def test_numbers_have_four_digits_and_a_true_minus(x: float) -> None:
    """A shown number is right to four digits, has an exponent below 1e-3 and from 1e5 alone, and no hyphen."""
    text = shown(x)
    again = Decimal(text.replace("−", "-"))
    assert "-" not in text
    assert len(text.lstrip("−")) <= 10
    if math.isfinite(x) and x:
        assert abs(again - Decimal(x)) <= Decimal("5e-4") * abs(Decimal(x))
        assert ("e" in text) == (not 1e-3 <= abs(float(f"{x:.4g}")) < 1e5)
    else:
        assert text in ("0", "nan", "inf", "−inf")


def test_tooltips_have_every_digit() -> None:
    """Tooltips show equation, value, gradient and scope in full: they parse back to the same floats."""
    x = Value(0.1, label="x")
    with scope("layer1"), scope("neuron0"):
        y = sin(x * 3.0)
    y.backward()
    page = Page(draw(y))
    assert page.parts["v1"].tooltip == ["x", f"value {x.data!r}", f"grad {x.grad!r}"]
    assert page.parts["v3"].tooltip == ["v3 = sin v2", f"value {y.data!r}", "grad 1.0", "in layer1/neuron0"]
    assert page.parts["v3_0"].tooltip == [f"∂v3/∂v2 = {y.partials[0]!r}"]


@given(expressions_at_points())
def test_the_chain_rule_can_be_read_off_the_picture(drawn: tuple[Expression, list[float]]) -> None:
    """The gradient on every node is the sum over its outgoing edges of the gradient above times the factor."""
    expression, point = drawn
    y = expression(*map(Value, point))
    y.backward()
    page = Page(draw(y))
    numbers = {name: part.tooltip for name, part in page.parts.items() if re.fullmatch(r"v\d+", name)}
    grads = {name: float(lines[2].removeprefix("grad ")) for name, lines in numbers.items()}
    sums = dict.fromkeys(grads, 0.0) | {f"v{len(in_order(y))}": 1.0}
    for name, start in page.tails.items():
        if (tail := start.rpartition("_")[2]) in grads:  # of v9_0_v1, which is v1 drawn again, v1
            factor = re.search("= ([^:]*?)( everywhere:.*)?$", page.parts[name].tooltip[0])
            assert factor
            sums[tail] += grads[name.partition("_")[0]] * float(factor[1])
    assert grads == pytest.approx(sums, rel=1e-9, abs=1e-9, nan_ok=True)


def test_a_leaf_with_a_new_number_is_marked() -> None:
    """A leaf that was set after the graph was computed is marked in header and tooltip, and only such a leaf."""
    x, z = Value(2.0, label="x"), Value(3.0, label="z")
    y = x * z
    x.data = 5.0
    page = Page(draw(y))
    assert page.texts("v1")[0] == "x (changed since)"
    assert page.parts["v1"].tooltip[-1] == "changed since: the graph was computed from another number"
    assert page.texts("v2")[0] == "z"
    assert Page(draw(y, style="circuit")).texts("v1") == ["x (changed since)"]
    assert Page(draw(x * z)).texts("v1")[0] == "x"  # computed after the change
    x.data = 2.0
    assert Page(draw(y)).texts("v1")[0] == "x"  # the number it was


def test_the_graph_of_a_gradient_can_be_drawn() -> None:
    """What gradients(y, xs) returns are graphs like any other, with the nodes of the forward computation in them."""
    x, y = example_of_the_page()
    (dy,) = gradients(y, [x])
    headers = {part.texts[0] for part in Page(draw(dy)).parts.values() if part.texts}
    assert {"x", "u = x²", "s = sin u", "y = e^s", "v5 = cos u"} <= headers
    dy.backward()
    assert Page(draw(dy)).texts("v1")[-1] == "−10.25"  # the second derivative


def test_infinities_and_nan_are_drawn() -> None:
    """Values and derivatives that are not finite stand in the picture as such."""
    x = Value(0.0, label="x")
    y = sqrt(x) * x
    y.backward()
    page = Page(draw(y))
    assert page.texts("v1") == ["x", "value", "0", "grad", "nan"]
    assert page.texts("v2_0") == ["×inf"]
    assert Page(draw(relu(Value(-math.inf)))).texts("v1")[2] == "−inf"


@pytest.mark.parametrize("wrong", [3.0, None, "y", [Value(1.0)], Value])
def test_anything_but_a_value_is_refused(wrong: Any) -> None:
    """The message says in one line what it takes and what it got."""
    with pytest.raises(TypeError, match=r"^draw\(y\): y is a Value, got [^\n]+$"):
        draw(wrong)


def test_an_unknown_style_is_refused() -> None:
    """The message lists the styles."""
    with pytest.raises(ValueError, match=r"^draw: style is one of 'table', 'circuit', got 'tree'$"):
        draw(Value(1.0), style="tree")


@pytest.mark.parametrize("size", [1501, 100_000])
def test_a_graph_too_large_to_read_is_drawn_as_one_box(size: int) -> None:
    """Above the limit all operations are one box, which counts them, and the picture says how to see more."""
    y = chain(size)
    picture = draw(y)
    assert Page(picture).texts("g1")[:2] == ["sin", f"\xa0{size - 1:,} nodes outside of scopes\xa0"]
    assert f"max_nodes={size}" in picture.source


def test_the_limit_can_be_raised() -> None:
    """A chain of 1,500 nodes is drawn, and one of 1,501 when asked for; the partials are in the edges' tooltips."""
    draws: list[Callable[[], Picture]] = [lambda: draw(chain(1500)), lambda: draw(chain(1501), max_nodes=1501)]
    for size, f in zip((1500, 1501), draws, strict=True):
        page = Page(f())
        assert sum(part.kind in ("leaf", "op", "out") for part in page.parts.values()) == size
        assert not any(page.texts(edge) for edge in page.tails)
        assert all("= " in page.parts[edge].tooltip[0] for edge in page.tails)
        assert "shown on pointing at them" in f().source


def chain_of(step: Callable[[Value, Value], Value], shared: Value, n: int) -> Value:
    """A value that a shared one enters again and again."""
    y = shared
    for _ in range(n):
        y = step(y, shared)
    return y


@pytest.mark.parametrize("style", ["table", "circuit"])
@pytest.mark.parametrize("computed", [False, True])
def test_a_value_used_far_away_is_drawn_again(computed: bool, style: str) -> None:
    """Within six columns an edge leads from the value itself, beyond from its name, drawn again beside the use."""
    x = Value(1.01, label="x")
    shared = sin(x) if computed else x
    y = chain_of(lambda y, c: sin(y * c), shared, 9)
    y.backward()
    page = Page(draw(y, style=style))
    name = "v2" if computed else "v1"
    again = {edge: tail for edge, tail in page.tails.items() if tail.endswith(f"_{name}")}
    uses = [edge for edge in page.tails if page.tails[edge] == name] + [*again]
    assert len(uses) == 10  # each use once: nine products, the first of which takes it twice
    assert len(again) == 6  # products stand in columns 1, 3, 5 and so on after it, from 7 on too far
    assert again == {edge: f"{edge}_{name}" for edge in again}
    for key in again.values():
        assert page.texts(key) == [name if computed else "x"]
        assert page.parts[key].kind == ("op again" if computed else "leaf again")
    if style == "circuit" and computed:  # where names are on the wires, that of a value drawn again is, too
        assert page.texts("v3_0")[0] == name


def test_a_value_computed_late_is_not_drawn_again() -> None:
    """What counts is how far the edge is, and not how many operations lead to either end."""
    long, x = Value(1.0, label="a"), Value(2.0, label="x")
    for _ in range(20):
        long = sin(long)
    assert not any("again" in part.kind for part in Page(draw(long * sin(x))).parts.values())


@pytest.mark.parametrize("kind", ["leaf", "computed", "recurrence", "two back", "Newton"])
def test_long_chains_with_shared_values_are_laid_out(kind: str) -> None:
    """400 nodes make a picture without a limit of time being near: what is drawn is the graph, each edge once."""
    x, w = Value(1.01, label="x"), Value(0.5, label="w")
    if kind == "two back":
        a, b = x, w
        for _ in range(398):
            a, b = b, a + b
        y = b
    else:
        step: dict[str, Callable[[Value, Value], Value]] = {
            "leaf": lambda y, c: y * c,
            "computed": lambda y, c: y + c,
            "recurrence": lambda y, c: sin(w * y + c),
            "Newton": lambda y, c: y - (y * y - c) / (2.0 * y),
        }
        y = chain_of(step[kind], sin(x) if kind == "computed" else x, {"recurrence": 132, "Newton": 79}.get(kind, 398))
    nodes = in_order(y)
    assert 395 <= len(nodes) <= 402
    picture = draw(y)
    picture.time_limit = 60.0
    drawn = Page(picture)
    ends = {(edge.partition("_")[0], tail.rpartition("_")[2]) for edge, tail in drawn.tails.items()}
    names = {node: f"v{place}" for place, node in enumerate(nodes, start=1)}
    assert {(names[n], names[x]) for n in nodes for x in n.operands if type(x) is Value} <= ends
    columns = {name for name, part in drawn.parts.items() if part.kind in ("op", "leaf", "out")}
    assert columns == set(names.values())
    assert draw(y).source == picture.source


def test_wires_of_a_circuit_add_up() -> None:
    """On the wires of an operand that is used more than once stand its shares of the gradient, as in courses."""
    x = Value(3.0, label="x")
    y = x * x + 2.0 * x
    y.backward()
    page = Page(draw(y, style="circuit"))
    wires = [edge for edge, tail in page.tails.items() if tail == "v1"]
    assert len(wires) == 3
    assert sum(float(page.texts(edge)[-1].replace("−", "-")) for edge in wires) == x.grad == 8.0
