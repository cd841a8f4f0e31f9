"""`draw()`: what stands in a picture, read back from its SVG by an XML parser."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import Expression, expressions_at_points

from autograd_lite import Op, Value, detach, exp, gradients, leaky_relu, relu, scope, sin, sqrt
from autograd_lite.layout import Picture
from autograd_lite.picture import DARK, FILLS, GRAD, INK, LINE, MUTED, VALUE, draw, in_order, names, shown
from autograd_lite.table import TABLE

ONE_LINE = "^[^\n]+$"
SVG = "{http://www.w3.org/2000/svg}"
TITLE = "{http://www.w3.org/1999/xlink}title"
SYMMETRIC = {"add", "mul", "maximum", "minimum", "hypot"}
STYLES = ["table", "circuit"]
ROOT = Path(__file__).parents[1]


@dataclass
class Part:
    """A node or an edge as the page shows it: its texts from top to bottom, and the lines of its tooltip."""

    kind: str
    texts: list[str]
    tooltip: list[str]


class Page:
    """The nodes of a picture by their names v1, v2, ..., and the edges by head and place of the operand."""

    def __init__(self, picture: Picture) -> None:
        self.svg = ElementTree.fromstring(picture.svg())
        self.ids = [element.get("id", "") for element in self.svg.iter() if element.get("id")]
        self.parts: dict[str, Part] = {}
        self.tails: dict[str, str] = {}
        for group in self.svg.iter(f"{SVG}g"):
            kind, _, rest = group.get("class", "").partition(" ")
            if kind in ("node", "edge"):
                name = group.get("id", "").removeprefix(f"{picture.name}_")
                texts = ["".join(text.itertext()) for text in group.iter(f"{SVG}text")]
                tooltips = [link.get(TITLE, "") for link in group.iter(f"{SVG}a")]
                self.parts[name] = Part(rest or kind, texts, tooltips[0].split("\n"))
                if kind == "edge":
                    self.tails[name] = (group.findtext(f"{SVG}title") or "").partition("->")[0]

    def texts(self, name: str) -> list[str]:
        """What stands on a node or an edge."""
        return self.parts[name].texts

    def height(self, name: str) -> float:
        """Where a node stands on the page, downwards."""
        group = next(group for group in self.svg.iter(f"{SVG}g") if group.get("id", "").endswith(f"_{name}"))
        return float(next(group.iter(f"{SVG}text")).get("y", ""))


def example_of_the_page() -> tuple[Value, Value]:
    """The example of the front page, every node named."""
    x = Value(1.5, label="x")
    u = x**2
    s = sin(u)
    y = exp(s)
    u.label, s.label, y.label = "u", "s", "y"
    return x, y


def chain(size: int) -> Value:
    """A graph of so many nodes, one after another."""
    y = Value(0.5)
    for _ in range(size - 1):
        y = sin(y)
    return y


def test_each_node_shows_its_name_operation_value_and_gradient() -> None:
    """After backward, the picture of exp(sin(x**2)) has the four cards and three factors of the design."""
    _, y = example_of_the_page()
    y.backward()
    page = Page(draw(y))
    assert [page.texts(f"v{n}") for n in (1, 2, 3, 4)] == [
        ["x", "value", "1.5", "grad", "−4.103"],
        ["u = pow 2", "value", "2.25", "grad", "−1.368"],
        ["s = sin", "value", "0.7781", "grad", "2.177"],
        ["y = exp", "value", "2.177", "grad", "1"],
    ]
    assert [page.texts(f"v{n}_0") for n in (2, 3, 4)] == [["×3"], ["×(−0.6282)"], ["×2.177"]]
    assert [page.parts[f"v{n}"].kind for n in (1, 2, 3, 4)] == ["leaf", "op", "op", "out"]
    assert page.tails == {"v2_0": "v1", "v3_0": "v2", "v4_0": "v3"}


def test_the_circuit_shows_values_over_gradients_on_the_wires() -> None:
    """In the circuit style operations are single texts, and each wire has the numbers of the operand it comes from."""
    _, y = example_of_the_page()
    y.backward()
    page = Page(draw(y, style="circuit"))
    assert [page.texts(f"v{n}") for n in (1, 2, 3, 4)] == [["x"], ["pow 2"], ["sin"], ["exp"]]
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
    """The four operators and the sign have glyphs; other operations have their names, also a reader's own."""
    x, z = Value(2.0), Value(4.0)
    cube = Op("cube", lambda x: x * x * x, [lambda x, _: 3.0 * x * x])
    infix = Op("apart", lambda x, y: abs(x - y), [1.0, -1.0], "{} <> {}")
    made = [x + z, x - z, x * z, x / z, -x, abs(x), x**z, x**-0.5, cube(x), infix(x, z)]
    headers = [Page(draw(y)).texts(f"v{len(in_order(y))}")[0].partition(" = ")[2] for y in made]
    assert headers == ["+", "−", "×", "÷", "−", "abs", "pow", "pow −0.5", "cube", "apart"]


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
    operands = [Value(0.5 + place) for place in reversed(range(op.arity))][::-1]
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
    assert page.parts["v3"].tooltip == ["v3 = sin(v2)", f"value {y.data!r}", "grad 1.0", "in layer1/neuron0"]
    assert page.parts["v3_0"].tooltip == [f"∂v3/∂v2 = {y.partials[0]!r}"]


@settings(deadline=None, max_examples=60)
@given(expressions_at_points())
def test_the_chain_rule_can_be_read_off_the_picture(drawn: tuple[Expression, list[float]]) -> None:
    """The gradient on every node is the sum over its outgoing edges of the gradient above times the factor."""
    expression, point = drawn
    y = expression(*map(Value, point))
    y.backward()
    page = Page(draw(y))
    numbers = {name: part.tooltip for name, part in page.parts.items() if name not in page.tails and "c" not in name}
    grads = {name: float(lines[2].removeprefix("grad ")) for name, lines in numbers.items()}
    sums = dict.fromkeys(grads, 0.0) | {f"v{len(in_order(y))}": 1.0}
    for name, tail in page.tails.items():
        if tail in grads:
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


def test_unlabelled_nodes_are_numbered_by_their_place() -> None:
    """A node without a label, or with an empty one, is v1, v2, ... by its place among all nodes."""
    x, z = Value(2.0, label="x"), Value(3.0, label=" ")
    y = x * z + 1.0
    assert list(names(in_order(y)).values()) == ["x", "v2", "v3", "v4"]


@given(st.lists(st.none() | st.sampled_from(["v1", "v2", "v3", "vv2", "x", "v 1", " v2\n"]), min_size=5, max_size=5))
def test_numbered_names_never_clash_with_labels(labels: list[str | None]) -> None:
    """Whatever the labels, the names made up for other nodes are new and distinct."""
    nodes = in_order(sin(sin(sin(sin(Value(1.0))))))
    for node, label in zip(nodes, labels, strict=True):
        node.label = label
    made_up = [name for node, name in names(nodes).items() if not node.label]
    given_names = [name for node, name in names(nodes).items() if node.label]
    assert len(set(made_up)) == len(made_up)
    assert not set(made_up) & set(given_names)


@pytest.mark.parametrize("style", STYLES)
def test_ids_do_not_clash(style: str) -> None:
    """Ids are distinct in one picture and between two; all begin with the prefix, which may be given."""
    x, y = example_of_the_page()
    pages = [Page(draw(root, style=style)) for root in (y, x, y + x + x * 2.0)]
    pages += [
        Page(draw(y, style="table" if style == "circuit" else "circuit")),
        Page(draw(y, style=style, prefix="fig-1")),
    ]
    ids = [name for page in pages for name in page.ids]
    assert len(set(ids)) == len(ids)
    assert all(re.match("(a_)?fig-1(_|$)", name) for name in pages[-1].ids)
    assert {"fig-1", "fig-1_svg", "fig-1_v4", "fig-1_v4_0"} <= set(pages[-1].ids)


@pytest.mark.parametrize("prefix", ["", "1a", "-a", "a b", 'a"b', "é", "a.b", "_a"])
def test_a_prefix_that_cannot_be_an_id_is_refused(prefix: str) -> None:
    """A prefix must work as an id in XML and as a selector in CSS."""
    with pytest.raises(ValueError, match=ONE_LINE):
        draw(Value(1.0), prefix=prefix)


def test_the_picture_says_in_words_what_it_shows() -> None:
    """The SVG is an image with a short text alternative; the picture's repr says the same."""
    _, y = example_of_the_page()
    page = Page(draw(y))
    assert page.svg.get("role") == "img"
    assert page.svg.get("aria-label") == "computation graph of y = exp(s), 4 nodes, value 2.177"
    assert "y = exp(s), 4 nodes" in repr(draw(y))


def luminance(colour: str) -> float:
    """The relative luminance of the Web Content Accessibility Guidelines."""
    parts = [int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of the same guidelines."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_texts_are_legible_on_every_fill_and_page() -> None:
    """Text on cards has a contrast of 4.9 in light and dark; edges on the bare page 4.3 on white and on black paper."""
    for text in (VALUE, GRAD, INK, MUTED):
        for fill in FILLS.values():
            assert contrast(text, fill) >= 4.9
            assert contrast(DARK[text], DARK[fill]) >= 4.9
    assert min(contrast(LINE, page) for page in ("#ffffff", "#0d1117")) >= 4.3


@pytest.mark.parametrize("style", STYLES)
def test_dark_pages_recolour_this_picture_alone(style: str) -> None:
    """Every colour but that of the edges has a dark one, and no rule of the style sheet reaches beyond the picture."""
    x, y = example_of_the_page()
    picture = draw(y + 2.0 * x, style=style)
    page = Page(picture)
    used = {element.get(paint) for element in page.svg.iter() for paint in ("fill", "stroke")}
    assert used - {None, "none", "transparent", LINE} <= set(DARK)
    (css,) = [element.text or "" for element in page.svg.iter(f"{SVG}style")]
    assert css.strip().startswith("@media (prefers-color-scheme: dark) {")
    rules = css.strip().splitlines()[1:-1]
    assert all(rule.startswith(f"#{picture.name}_svg [") for rule in rules)
    assert 'fill="#ffffff" stroke="none"' not in picture.svg().partition("<!--")[0]  # no background


def permitted(text: str) -> str:
    """A label as XML can hold it, on one line, by the definition of a character in XML 1.0."""
    line = " ".join(text.split())
    return re.sub("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010fffe]", "\ufffd", line)


HOSTILE = [
    'a<b & "q"',
    r"\N \G \\N \n \ ",
    "]]> </script> <!-- -->",
    "&lt; &amp;amp; &#92;",
    "<b>",
    "{a|b}",
    "a\0b\x1b\ud800\ufffe",
]
hostile_labels = st.text(st.characters(exclude_categories=[]) | st.sampled_from("\\<>&\"'\n\0;#{}|]NGL"), max_size=40)


@settings(deadline=None, max_examples=60)
@given(label=hostile_labels | st.sampled_from(HOSTILE), style=st.sampled_from(STYLES))
@example(label="\\", style="table")
@example(label="ends in a backslash\\", style="circuit")
@example(label='\\"', style="table")
@example(label="⧵" * 3 + " -> b [label=x]", style="circuit")
def test_labels_are_shown_as_they_are(label: str, style: str) -> None:
    """Any label comes back from the parsed SVG as text: whole in the tooltip, its beginning in the picture."""
    x = Value(2.0, label=label)
    y = sin(x)
    y.label = label
    with scope(label or "s"):
        z = y * x
    page = Page(draw(z, style=style))
    name = permitted(label).replace("⧵", "\\")  # in Graphviz's language the one stands for the other
    if name:
        assert page.parts["v1"].tooltip[0] == name
        assert page.parts["v2"].tooltip[0].startswith(f"{name} = sin(")
        header = page.texts("v1")[0]
        assert header == name if len(name) <= 24 else (len(header) == 24 and header.endswith("…"))
        assert page.texts("v2" if style == "table" else "v3_0")[0].startswith(header[:-1])
    assert page.parts["v3"].tooltip[-1] == f"in {name or 's' * (not label)}"
    assert (page.svg.get("aria-label") or "").startswith("computation graph of v3")


PROGRAM = """
import sys
from autograd_lite import Value, exp, sin
from autograd_lite.picture import draw
x = Value(1.5, label="x")
y = exp(sin(x ** 2)) - 2.0 * x
y.backward()
for style in ("table", "circuit"):
    picture = draw(y, style=style)
    sys.stdout.buffer.write(picture.source.encode() + picture.svg().encode() + picture.pipe("png"))
"""


def test_two_processes_draw_the_same_bytes() -> None:
    """DOT, SVG and PNG are the same whatever the hash seed."""
    pictures = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert pictures[0] == pictures[1]
    assert len(pictures[0]) > 10_000


def test_importing_it_loads_neither_graphviz_nor_the_layout() -> None:
    """The package graphviz and all that runs programs are loaded by the first draw, not by the import."""
    program = "import sys, autograd_lite.picture; print([m for m in sys.modules if m in ('graphviz', 'subprocess', 'autograd_lite.layout')])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"


def test_the_graph_of_a_gradient_can_be_drawn() -> None:
    """What gradients(y, xs) returns are graphs like any other, with the nodes of the forward computation in them."""
    x, y = example_of_the_page()
    (dy,) = gradients(y, [x])
    headers = {part.texts[0] for part in Page(draw(dy)).parts.values() if part.texts}
    assert {"x", "u = pow 2", "s = sin", "y = exp", "v5 = cos"} <= headers
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
def test_a_graph_too_large_to_read_is_refused_at_once(size: int) -> None:
    """Above the limit one line gives the count, the limit and the choices; a big graph is not laid out first."""
    y = chain(size)
    start = time.perf_counter()
    with pytest.raises(ValueError, match=rf"^draw: the graph has {size:,} nodes, [^\n]*1,500[^\n]*max_nodes$"):
        draw(y)
    assert time.perf_counter() - start < 5.0


def test_the_limit_can_be_raised() -> None:
    """A chain of 1,500 nodes is drawn, and one of 1,501 when asked for."""
    draws: list[Callable[[], Picture]] = [lambda: draw(chain(1500)), lambda: draw(chain(1501), max_nodes=1501)]
    assert [sum("sin" in part.texts[0] for part in Page(f()).parts.values()) for f in draws] == [1499, 1500]


def test_wires_of_a_circuit_add_up() -> None:
    """On the wires of an operand that is used more than once stand its shares of the gradient, as in courses."""
    x = Value(3.0, label="x")
    y = x * x + 2.0 * x
    y.backward()
    page = Page(draw(y, style="circuit"))
    wires = [edge for edge, tail in page.tails.items() if tail == "v1"]
    assert len(wires) == 3
    assert sum(float(page.texts(edge)[-1].replace("−", "-")) for edge in wires) == x.grad == 8.0
