"""`fold()`: which nodes stand in which box, and what is kept of the edges between them."""

from __future__ import annotations

import math
from collections import Counter
from contextlib import ExitStack
from typing import Any

import pytest
from foldings import edges, graphs, names, options, step
from hypothesis import given
from pages import chain

from autograd_lite import Value, nn, relu, scope, sin
from autograd_lite.nn import losses
from autograd_lite.views.names import in_order
from autograd_lite.views.picture.folds import Group, fold


def name(box: Any) -> str:
    """The name of a group, the label of a node."""
    return box.name if isinstance(box, Group) else str(box.label)


@given(graphs(), options)
def test_every_node_is_in_one_box(root: Value, how: Any) -> None:
    """The boxes share the nodes out among them: each is in one, and `box_of` says in which."""
    folding = fold(root, **how)
    held = [(node, box) for box in folding.boxes for node in (box.nodes if isinstance(box, Group) else [box])]
    assert Counter(id(node) for node, _ in held) == Counter(id(node) for node in in_order(root))
    assert all(folding.box_of[node] is box for node, box in held)
    assert all(len(group.nodes) > 1 for group in folding.groups)
    assert [group.number for group in folding.groups] == list(range(1, len(folding.groups) + 1))


@given(graphs(), options)
def test_what_flows_back_is_kept(root: Value, how: Any) -> None:
    """A link counts the edges from one box to the other and sums what they bring back; no edge is lost."""
    folding = fold(root, **how)
    count: Counter[tuple[int, int]] = Counter()
    flows: dict[tuple[int, int], list[float]] = {}
    for x, node, flow in edges(root):
        tail, head = folding.box_of[x], folding.box_of[node]
        if tail is not head and (isinstance(tail, Group) or isinstance(head, Group)):
            count[id(tail), id(head)] += 1
            flows.setdefault((id(tail), id(head)), []).append(flow)
    assert {(id(link.tail), id(link.head)): link.count for link in folding.links} == count
    for link in folding.links:
        assert link.flow == pytest.approx(math.fsum(flows[id(link.tail), id(link.head)]), rel=1e-9, abs=1e-9)
        assert (link.edge is not None) == (link.count == 1)


def test_gradients_come_into_a_neuron_over_its_links() -> None:
    """What flows back to a neuron over its links is the sum of the grads of its outputs, over all its calls."""
    model = nn.MLP(2, [4, 3, 1], "tanh", seed=0)
    loss = losses.mse([model([Value(i / 9), Value(1.0)]) for i in range(9)], [1.0] * 9)
    loss.backward()
    folding = fold(loss, group="neuron")
    for group in (group for group in folding.groups if group.kind == "neuron"):
        assert len(group.outputs) == 9
        flow = sum(link.flow for link in folding.links if link.tail is group)
        assert flow == pytest.approx(math.fsum(node.grad for node in group.outputs), rel=1e-12)


@given(graphs(), options)
def test_groups_are_scopes(root: Value, how: Any) -> None:
    """What a group computed was made in its scope or inside of it; its outputs are what other boxes use, and the root."""
    folding = fold(root, **how)
    used = {x for x, node, _ in edges(root) if folding.box_of[x] is not folding.box_of[node]} | {root}
    for group in folding.groups:
        scopes = {node.scope for node in group.nodes if node.op}
        assert all(path[: len(group.path)] == group.path and bool(path) == bool(group.path) for path in scopes)
        outputs = [node for node in group.nodes if node.op and node in used]
        assert [*map(id, group.outputs)] == [*map(id, outputs)]


@given(graphs(), options)
def test_folding_twice_is_the_same(root: Value, how: Any) -> None:
    """Boxes and links come in the same order each time, and comparing them has marked no node as a decision."""
    one, other = fold(root, **how), fold(root, **how)
    for a, b in zip(one.boxes, other.boxes, strict=True):
        assert a is b if type(a) is Value else name(a) == name(b)
    assert [(link.count, link.flow) for link in one.links] == [(link.count, link.flow) for link in other.links]
    assert not any(node._context.decided for node in in_order(root))


def test_a_step_of_training_is_folded_by_neuron() -> None:
    """Of the 65,562 nodes of micrograd's demo remain the inputs, 33 neurons, the hinge loss, the penalty and the sum."""
    loss = step()
    folding = fold(loss)
    assert (folding.how, len(folding.nodes), len(folding.boxes)) == ("neuron", 65_562, 37)
    neurons = {group.name: group for group in folding.groups if group.kind == "neuron"}
    assert set(neurons) == {f"mlp/layer{i}/neuron{k}" for i, n in enumerate((16, 16, 1)) for k in range(n)}
    assert {group.calls for group in neurons.values()} == {100}
    assert [len(neurons[f"mlp/layer{i}/neuron0"].leaves) for i in range(3)] == [3, 17, 17]
    hinge, penalty = (group for group in folding.groups if group.kind == "outside of scopes")
    assert hinge.operations.keys() == {"sub", "mul", "relu", "add", "div"}
    assert penalty.operations == {"square": 337, "add": 336, "mul": 1}
    assert folding.boxes[-1] is loss
    counts = {(name(link.tail), name(link.head)): link.count for link in folding.links}
    assert counts["mlp/layer0/neuron3", "mlp/layer1/neuron5"] == 100
    assert counts["inputs", "mlp/layer0/neuron0"] == 200
    assert counts["mlp/layer1/neuron2", penalty.name] == 17
    assert len(counts) == 16 + 256 + 16 + 1 + 33 + 2


def test_a_step_of_training_by_layer_and_by_depth() -> None:
    """By layer, or with a depth of 2, the network is three boxes of 100 calls each; with a depth of 1 it is one."""
    loss = step(10)
    hows: list[dict[str, Any]] = [{"group": "layer"}, {"depth": 2}]
    for how in hows:
        folding = fold(loss, **how)
        assert [group.name for group in folding.groups if group.path] == [f"mlp/layer{i}" for i in range(3)]
        assert [group.calls for group in folding.groups if group.path] == [10, 10, 10]
        assert [len(group.leaves) for group in folding.groups if group.path] == [48, 272, 17]
    (whole,) = [group for group in fold(loss, depth=1).groups if group.path]
    assert (whole.name, whole.kind, whole.calls, len(whole.leaves)) == ("mlp", "mlp", 10, 337)


def test_small_graphs_are_folded_when_asked() -> None:
    """Up to 200 nodes, and without scopes whatever the size, nothing is folded unless asked."""
    small = nn.MLP(2, [3, 1], seed=0)([Value(1.0), Value(2.0)])
    assert fold(small).how == fold(chain(5000)).how == "none"
    assert not fold(small).groups
    assert fold(small, group="neuron").groups
    (rest,) = fold(chain(5000), group="neuron").groups
    assert (len(rest.nodes), rest.kind) == (4999, "outside of scopes")


def test_more_boxes_than_one_can_read_are_folded_further() -> None:
    """Where there are more than 200 neurons, layers are folded; where there are more than 200 layers, what is around them."""
    x = [Value(1.0), Value(2.0)]
    assert fold(nn.MLP(2, [150, 40, 1], seed=0)(x)).how == "neuron"
    assert fold(nn.MLP(2, [150, 60, 1], seed=0)(x)).how == "layer"
    y = Value(1.0)
    for i in range(201):
        with scope(f"block{i % 5}"), scope(f"layer{i}"), scope("neuron"):
            y = sin(y * 0.5)
    assert fold(y).how == "depth 1"
    assert names(fold(y)) == [f"block{i}" for i in range(5)]


class Net(nn.Module):
    """A network of a user: its parts are called as its attributes are, and it computes something itself."""

    def __init__(self) -> None:
        self.hidden, self.out = nn.Layer(2, 4, "tanh", seed=0), nn.Neuron(4, "sigmoid", seed=0)
        self.scale = Value(0.5, label="scale")

    def forward(self, x: Any) -> Any:
        """One hidden layer after inputs made smaller."""
        return self.out(self.hidden([a * self.scale for a in x]))


def test_modules_of_a_user_are_groups() -> None:
    """Boxes are called after attributes; a layer of several neurons is folded, a neuron that is a layer stays itself."""
    net = Net()
    one, many = net([Value(1.0), Value(2.0)]), [net([Value(i / 9), Value(1.0)]) for i in range(9)]
    assert sorted(names(fold(one, group="neuron"))) == ["net", *(f"net/hidden/neuron{i}" for i in range(4)), "net/out"]
    folding = fold(losses.mse(many, [1.0] * 9), group="layer")
    groups = {group.name: group for group in folding.groups}
    assert {n: g.kind for n, g in groups.items() if g.path} == {"net": "net", "net/hidden": "hidden", "net/out": "out"}
    assert [groups[n].calls for n in ("net", "net/hidden", "net/out")] == [9, 9, 9]
    assert net.scale in groups["net"].nodes


def test_a_scope_called_layer_is_a_layer() -> None:
    """Scopes entered by hand are folded alike: by layer, `layer1` is a box, also where it holds no neurons."""
    y = Value(1.0)
    for i in range(3):
        with scope("net"), scope(f"layer{i}"):
            y = relu(y * Value(0.5)) + 0.1
    assert names(fold(y, group="layer")) == names(fold(y, group="neuron")) == [f"net/layer{i}" for i in range(3)]
    assert names(fold(y, depth=1)) == ["net"]


def test_a_leaf_belongs_to_the_only_scope_that_uses_it() -> None:
    """What several scopes use stays outside, and so does an input of one of many calls; a penalty takes no weight away."""
    w, shared = Value(2.0, label="w"), Value(3.0, label="shared")
    xs = [Value(float(i), label=f"x{i}") for i in range(3)]
    outs = []
    for x in xs:
        with scope("layer"), scope("neuron0"):
            a = w * x + shared
        with scope("layer"), scope("neuron1"):
            outs.append(a * shared)
    folding = fold(outs[0] + outs[1] + outs[2] + w * w, group="neuron")
    assert name(folding.box_of[w]) == "layer/neuron0"
    assert all(folding.box_of[x] is x for x in [*xs, shared])
    assert [group.calls for group in folding.groups] == [3, None]


def test_what_hangs_together_outside_of_scopes_is_one_group() -> None:
    """Two long sums outside of scopes are two groups; what was done alike to each of many samples is one."""
    xs = [Value(float(i)) for i in range(40)]
    with scope("net"):
        ys = [sin(x * 0.5) for x in (a * 0.1 + 1.0 for a in xs)]
    first, second = ys[0], xs[0] * 1.0
    for y, x in zip(ys[1:], xs[1:], strict=True):
        first, second = first + y, second + x * x
    root = first * second
    folding = fold(root, group="neuron")
    outside = [group for group in folding.groups if group.kind == "outside of scopes"]
    assert sorted(tuple(group.operations.items()) for group in outside) == [(("add", 39),), (("mul", 40), ("add", 39))]
    assert folding.box_of[root] is root
    prepared = [x * 2.0 for x in xs]
    with scope("net"):
        ys = [sin(p * 0.5) for p in prepared]
    total = ys[0]
    for y in ys[1:]:
        total = total + y
    (before, _) = [group for group in fold(total, group="neuron").groups if group.kind == "outside of scopes"]
    assert set(before.nodes) >= set(prepared)


def test_boxes_may_form_a_cycle() -> None:
    """A layer that is applied to what was made from its output is a box that another box both uses and feeds."""
    y = Value(1.0, label="x")
    for _ in range(3):
        with scope("layer0"):
            y = sin(y * 0.5)
        with scope("layer1"):
            y = y * 3.0 + 1.0
    folding = fold(y, group="layer")
    links = {(name(link.tail), name(link.head)): link.count for link in folding.links}
    assert links == {("x", "layer0"): 1, ("layer0", "layer1"): 3, ("layer1", "layer0"): 2}


def test_a_long_chain_and_deep_scopes_are_folded() -> None:
    """Nothing recurses: 30,000 operations in one scope, and scopes 300 deep."""
    y = Value(0.5)
    with scope("long"):
        for _ in range(30_000):
            y = sin(y)
    assert len(fold(y).boxes) == 1
    with ExitStack() as stack:
        for i in range(300):
            stack.enter_context(scope(f"s{i}"))
            y = sin(y)
    assert len(fold(y).boxes) <= 200
