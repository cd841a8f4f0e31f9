"""`draw()` of big graphs: what stands on boxes, frames and arrows, and that every edge is behind one of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from foldings import edges, frames, graphs, legend, options, step
from hypothesis import given, strategies as st
from pages import STYLES, SVG, Page, chain

from autograd_lite import Value, nn, scope, sin
from autograd_lite.nn import losses
from autograd_lite.views.names import in_order
from autograd_lite.views.picture.drawing import draw
from autograd_lite.views.picture.folds import fold


def number(text: str) -> int:
    """How many edges an arrow says it stands for: one, where it has a derivative instead."""
    count = re.fullmatch(r"([\d,]+) edges", text)
    return int(count[1].replace(",", "")) if count else 1


def arrows(page: Page) -> dict[str, int]:
    """The arrows between boxes of a picture, by their ids, and what they stand for; constants and the output not."""
    names = [name for name in page.tails if not re.search("c[0-9]+$", page.tails[name]) and name != "out_0"]
    return {name: number(page.parts[name].tooltip[0].partition(" from ")[0]) for name in names}


def test_a_step_of_training_can_be_read() -> None:
    """The 65,562 nodes of micrograd's demo are 37 boxes in two frames and nine arrows, on a page that fits a screen."""
    picture = draw(step())
    page = Page(picture)
    boxes = [name for name in page.parts if name not in page.tails and "c" not in name]
    assert len(boxes) == 37
    assert list(frames(picture).values()) == ["mlp/layer0", "mlp/layer1"]
    (inputs,) = (name for name in boxes if page.texts(name)[0] == "inputs")
    assert page.texts(inputs) == ["inputs", "\xa0200 leaves\xa0"]
    neurons = [page.texts(name) for name in boxes if page.texts(name)[0].startswith("neuron")]
    assert sorted(neurons) == sorted(
        [f"neuron{i}", f"\xa0{nodes} nodes, 100 calls, {count} parameters\xa0"]
        for nodes, count in (("503", 3), ("3,317", 17))
        for i in range(16)
    )
    counts = {name: page.texts(name)[0] for name in page.tails}
    assert counts.pop(f"{inputs}_f1") == "3,200 edges"
    assert counts.pop("f1_f2") == "25,600 edges"
    assert sorted(counts.values()) == sorted(
        ["1,600 edges", "100 edges", "17 edges", "48 edges", "272 edges", "×1", "×1"]
    )
    width, height = (float(str(page.svg.get(side)).removesuffix("pt")) for side in ("width", "height"))
    assert width <= 1300
    assert height <= 1100
    sizes = {text.get("font-size") for text in page.svg.iter(f"{SVG}text")}
    assert sizes <= {"10.00", "11.00", "12.00"}
    assert legend(picture) == (
        "65,562 nodes folded by neuron into 37 boxes. An arrow to or from a frame stands for edges of all boxes in it.\n"
        "To see inside a box: expand=['mlp/layer0/neuron0']. Fewer boxes: group=\"layer\"."
    )


def test_boxes_of_a_frame_stand_in_their_order() -> None:
    """Neurons stand one under the other by their numbers, with arrows of their own as with one arrow for all."""
    for sizes in ((16, 16, 1), (3, 2, 1)):
        page = Page(draw(step(20, sizes), group="neuron"))
        columns: dict[str, list[float]] = {}
        for number in range(16):
            for name in (name for name in page.parts if page.texts(name)[:1] == [f"neuron{number}"]):
                columns.setdefault(page.texts(name)[1], []).append(page.height(name))
        assert [len(column) for column in columns.values()] == [*sizes[:2]]
        assert all(column == sorted(column) for column in columns.values())


@given(root=graphs(), how=options, style=st.sampled_from(STYLES))
def test_every_edge_is_behind_an_arrow(root: Value, how: Any, style: str) -> None:
    """Every box is drawn once, whatever the scopes; the arrows stand for as many edges as there are between boxes.

    Beside it stand parts of boxes, and names that are drawn again far from their boxes.
    """
    folding = fold(root, **how)
    page = Page(draw(root, style=style, **how))
    places = {id(node): f"v{place}" for place, node in enumerate(in_order(root), start=1)}
    boxes = {places[id(box)] if type(box) is Value else f"g{box.number}" for box in folding.boxes}
    others = re.compile(r"c\d+$|out|_[vg]\d+$")
    assert {name for name in page.parts if name not in page.tails and not others.search(name)} == boxes
    between = sum(folding.box_of[x] is not folding.box_of[node] for x, node, _ in edges(root))
    assert sum(arrows(page).values()) == between
    assert len(set(page.ids)) == len(page.ids)


def test_a_box_with_one_output_has_its_numbers() -> None:
    """A neuron that was called once shows value and gradient of its output, also where the value is 0."""
    neuron = nn.Neuron(2, "relu", seed=0)
    neuron.load_state_dict({"w": [-1.0, 1.0], "b": 0.0})
    loss = (neuron([Value(1.0), Value(-2.0)]) - 3.0) ** 2
    assert Page(draw(loss, group="neuron")).texts("g1")[-2:] == ["grad", "·"]
    loss.backward()
    texts = Page(draw(loss, group="neuron", style="circuit")).texts("g1")
    assert texts == Page(draw(loss, group="neuron")).texts("g1")
    assert texts[-4:] == ["value", "0", "grad", "−6"]
    assert not any(node._context.decided for node in in_order(loss))


def test_the_circuit_shows_what_flows_back() -> None:
    """Wires between groups have how many edges they stand for, over the sum of what these bring back."""
    loss = step(20)
    page, table = (Page(draw(loss, style=style, group="layer")) for style in ("circuit", "table"))
    flows = {link.count: link.flow for link in fold(loss, group="layer").links}
    shown = {number(page.texts(name)[0]): page.texts(name)[1] for name in page.tails if "edges" in page.texts(name)[0]}
    assert shown.keys() == {640, 5120, 320, 20, 48, 272, 17}
    for count, text in shown.items():
        assert float(text.replace("−", "-")) == pytest.approx(flows[count], rel=1e-3)
    tips = [table.parts[name].tooltip for name in table.tails if len(table.parts[name].tooltip) > 1]
    for tip in tips:
        assert float(tip[-1].rpartition(" ")[2]) == pytest.approx(
            flows[number(tip[0].partition(" from")[0])], rel=1e-12
        )
    unknown = draw(nn.MLP(2, [3, 1], seed=0)([Value(1.0)] * 2), group="layer", style="circuit")
    assert [lines[-1] for lines in (Page(unknown).texts(name) for name in Page(unknown).tails)] == ["·"] * 3


def test_tooltips_say_everything() -> None:
    """Pointing at a box shows its whole name, what it holds, the range of its outputs, and how to unfold it."""
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    outs = [model([Value(i / 9), Value(1.0)]) for i in range(9)]
    loss = losses.mse(outs, [1.0] * 9)
    page = Page(draw(loss, group="neuron"))
    (name,) = (
        n for n in page.parts if n[0] == "g" and page.texts(n)[0] == "mlp/layer1/neuron0" and n not in page.tails
    )
    values = [out.data for out in outs]
    assert page.parts[name].tooltip == [
        "mlp/layer1/neuron0, neuron",
        "58 nodes, 9 calls, 4 parameters",
        "27 mul, 27 add",
        f"values of its 9 outputs {min(values)!r} to {max(values)!r}",
        "sum of their grads unknown before backward()",
        "to unfold it: expand=['mlp/layer1/neuron0']",
    ]
    loss.backward()
    page = Page(draw(loss, group="neuron"))
    assert float(page.parts[name].tooltip[4].rpartition(" ")[2]) == pytest.approx(sum(out.grad for out in outs))


def test_what_is_expanded_stands_in_a_frame() -> None:
    """The nodes of a scope that stays unfolded are drawn as ever, in a frame with the name of the scope."""
    loss = step(2, (3, 1))
    picture = draw(loss, group="neuron", expand=["layer0/neuron1"])
    assert list(frames(picture).values()) == ["mlp/layer0", "mlp/layer0/neuron1"]
    whole, page = Page(draw(loss)), Page(picture)
    inside = [n for n in whole.parts if whole.parts[n].tooltip[-1] == "in mlp/layer0/neuron1" and n not in whole.tails]
    assert len(inside) == 10
    assert all(page.parts[n] == whole.parts[n] for n in inside)


def test_arrows_too_many_to_be_labelled_have_their_counts_in_tooltips() -> None:
    """Above 40 arrows texts would need more room than the boxes; the legend says where the counts are."""
    y = Value(1.0)
    for i in range(60):
        with scope(f"block{i}"):
            y = sin(y) * y
    picture = draw(y, group="neuron")
    page = Page(picture)
    assert len(page.tails) == 59
    assert not any(page.texts(name) for name in page.tails)
    assert {page.parts[name].tooltip[0].partition(" from ")[0] for name in page.tails} == {"2 edges"}
    assert "is shown on pointing at it" in legend(picture)


def test_boxes_that_form_a_cycle_are_drawn() -> None:
    """Two layers that work on each other's output are two boxes with an arrow each way."""
    y = Value(1.0, label="x")
    for _ in range(3):
        for i in range(2):
            with scope("net"), scope(f"layer{i}"):
                y = sin(y) * y
    page = Page(draw(y, group="layer"))
    assert {name: page.texts(name) for name in page.tails if name[0] == "g"} == {
        "g1_g2": ["6 edges"],
        "g2_g1": ["4 edges"],
    }


@pytest.mark.parametrize(
    ("how", "boxes", "words"),
    [
        ({"group": "none"}, 6, "1,800 nodes folded by neuron into 6 boxes"),
        ({"expand": ["block"]}, 6, "max_nodes=1800"),
        ({"max_nodes": 4}, 1, "folded by layer into 1 box."),
        ({"group": "none", "max_nodes": 5}, 1, "which max_nodes=1800 allows"),
    ],
)
def test_what_would_be_too_many_boxes_is_folded_further(how: Any, boxes: int, words: str) -> None:
    """The finest folding that is within the limit is drawn, and the legend says what was asked for."""
    y = Value(0.5)
    for i in range(6):
        with scope("block"), scope(f"part{i}"):
            for _ in range(300):
                y = sin(y)
    picture = draw(y.operands[0], **how)
    assert len(Page(picture).parts) - len(Page(picture).tails) == boxes
    assert words in legend(picture)


def test_more_scopes_than_boxes_are_one_box_with_a_table() -> None:
    """Where even the outermost scopes are too many, one box counts the operations of all."""
    y = x = Value(0.5, label="x")
    for i in range(1600):
        with scope(f"step{i}"):
            y = sin(y) * x
    y = y * 1.0
    picture = draw(y)
    page = Page(picture)
    assert page.texts("g1")[:2] == ["sin, mul", "\xa03,200 nodes\xa0"]
    assert page.texts("g1")[-4:] == ["sin", "1,600", "mul", "1,600"]
    assert "3,202 nodes folded by size into 3 boxes" in legend(picture)


def test_an_unscoped_graph_is_one_box_and_its_end() -> None:
    """A chain of 100,000 operations is drawn as one box and its end, asked for or not."""
    y = chain(100_000)
    for page in (Page(draw(y)), Page(draw(y, group="neuron"))):
        assert page.texts("g1")[:2] == ["sin", "\xa099,999 nodes outside of scopes\xa0"]
        assert page.parts["v100000"].kind == "out"


@pytest.mark.parametrize("group", ["neuron", "layer"])
def test_the_legend_advises_what_works(group: str) -> None:
    """The box that the legend offers to unfold leaves a picture that can be drawn, also where other boxes are too large."""
    model = nn.MLP(2, [4, 1], seed=0)
    y = sum(model([float(i), 1.0]) for i in range(150))
    found = re.search(r"To see inside a box: expand=\['(.*?)'\]", legend(draw(y, group=group)))
    assert found
    assert len(fold(y, group=group, expand=[found[1]]).boxes) <= 1500
