"""`Module`: how parameters and parts are found, states, scopes, and what a module prints."""

from __future__ import annotations

import operator
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy
import pytest
from hypothesis import given, strategies as st

from autograd_lite import Value, scope
from autograd_lite.engine.graph import topological_order
from autograd_lite.nn import MLP, Layer, Module, Neuron, Sequential

ONE_LINE = "^[^\n]+$"


class Holder(Module):
    """A module of one's own, without super().__init__(), that holds whatever it is given."""

    def __init__(self, **things: Any) -> None:
        vars(self).update(things)

    def forward(self, x: Any) -> Any:
        """The sum of the input and of what the parts make of it."""
        return x + sum(part(x) for _, part in self.children())


class Spy(Module):
    """A module that hands its input on, and remembers the scope that it did so in."""

    scope: tuple[str, ...] = ()

    def forward(self, x: Any) -> Any:
        """The input."""
        self.scope = (x + 0.0).scope
        return x


def objects(*things: Any) -> Any:
    """An array of objects, which NumPy does not look into."""
    array = numpy.empty(len(things), dtype=object)
    array[:] = things
    return array


def followed(module: Any, name: str) -> Any:
    """What stands at a dotted name: attributes of modules, keys and places of containers."""
    for part in name.split("."):
        key = part if isinstance(module, dict) else None if isinstance(module, Module) else int(part)
        module = getattr(module, part) if key is None else module[key]
    return module


def bits(module: Module) -> list[str]:
    """The numbers of all parameters, exactly."""
    return [parameter.data.hex() for parameter in module.parameters()]


def test_parameters_are_found_wherever_they_stand() -> None:
    """Leaves and modules in attributes, lists, tuples, dicts and object arrays are found in order, and nothing else."""
    a, b, c, d, e, f, g, h = leaves = [Value(float(i)) for i in range(8)]
    module = Holder(
        alone=a,
        row=[b, 3.0, "text", None, [c]],
        pair=(d, {"key": e, 7: Holder(inner=f)}),
        array=numpy.array([[g], [h]], dtype=object),
        number=1.0,
        computed=a * b,
        numbers=numpy.ones(3),
    )
    names = ["alone", "row.0", "row.4.0", "pair.0", "pair.1.key", "pair.1.7.inner", "array.0.0", "array.1.0"]
    assert [name for name, _ in module.named_parameters()] == names
    assert all(x is y for x, y in zip(module.parameters(), leaves, strict=True))


def test_units_side_by_side_record_in_their_scopes_and_leave_none_behind() -> None:
    """A layer's units record each in its own scope, also one that is called in a way of its own, and no scope stays."""

    class Loud(Neuron):
        def __call__(self, x: Any) -> Value:
            return super().__call__(x) * 2.0

    units = [Neuron(1, "exp"), Loud(1, "exp"), Neuron(1, "exp")]
    layer = Layer.of(units)
    for call, around in ((layer, ("layer",)), (layer.forward, ())):
        first, loud, last = call([1.0])
        assert (first.scope, last.scope) == ((*around, "neuron0"), (*around, "neuron2"))
        assert (loud.scope, loud.operands[0].scope) == (around, (*around, "neuron1"))
        assert Value(1.0).scope == ()
    units[1].w[0].data = 1000.0
    for call in (layer, layer.forward):
        with pytest.raises(OverflowError):
            call([1.0])
        assert Value(1.0).scope == ()


def test_shared_parts_count_once() -> None:
    """A parameter or a module that stands in several places is one parameter, under its first name."""
    weight = Value(1.0)
    part = Holder(w=weight)
    module = Holder(first=part, again=[part, part], tied=weight, other=Holder(w=weight))
    assert [name for name, _ in module.named_parameters()] == ["first.w"]
    assert [name for name, _ in module.children()] == ["first", "again.0", "again.1", "other"]
    assert repr(module).startswith("Holder, 1 parameter\n")


def test_modules_that_contain_each_other() -> None:
    """A part that knows the module that holds it, or a ring of modules, is gone through once."""
    outer, inner = Holder(w=Value(1.0)), Holder(w=Value(2.0))
    outer.part, inner.parent = [inner], outer  # type: ignore[attr-defined]
    assert [name for name, _ in outer.named_parameters()] == ["w", "part.0.w"]
    assert [name for name, _ in inner.named_parameters()] == ["w", "parent.w"]


def ring() -> tuple[Any, Any, Any]:
    """Three modules, each of which knows the one that holds it."""
    outer, inner, inmost = Holder(w=Value(1.0)), Holder(w=Value(2.0)), Holder(w=Value(3.0))
    outer.part, inner.parent = [inner], outer  # type: ignore[attr-defined]
    inner.part, inmost.parents = inmost, {"near": inner, "far": outer}  # type: ignore[attr-defined]
    return outer, inner, inmost


def test_all_that_a_module_can_do_ends_where_a_part_refers_to_its_parent() -> None:
    """Repr, state, copy, file and scopes of a tree with ways back, to parents and grandparents, are those without them."""
    outer, inner, inmost = ring()
    assert [p.data for p in outer.parameters()] == [1.0, 2.0, 3.0]
    assert [p.data for p in inmost.parameters()] == [3.0, 2.0, 1.0]
    assert list(outer.state_dict()) == ["w", "part.0.w", "part.0.part.w"]
    outer.load_state_dict({"w": 4.0, "part.0.w": 5.0, "part.0.part.w": 6.0})
    assert [p.data for p in outer.parameters()] == [4.0, 5.0, 6.0]
    assert repr(outer).splitlines() == [
        "Holder, 3 parameters",
        "  part.0: Holder, 3 parameters",
        "    parent: the module that holds this one",
        "    part: Holder, 3 parameters",
        "      parents.near: the module that holds this one",
        "      parents.far: the module that holds this one",
    ]
    frozen = outer.frozen()
    assert frozen.part[0].parent is frozen
    outer.zero_grad()
    outer.part.append(outer.part)  # a list that holds itself
    inner.me = inner
    assert len(outer.state_dict()) == len(outer.parameters()) == 3
    assert "me: " not in repr(outer)


def test_a_part_that_refers_to_its_parent_does_not_name_it() -> None:
    """A module that was called keeps the name of its scope, however often, though a part knows it as `parent`."""

    class Leaf(Module):
        def __init__(self, parent: Module) -> None:
            self.parent, self.w = parent, Value(2.0)

        def forward(self, x: float) -> Value:
            return self.w * x

    class Tree(Module):
        def __init__(self) -> None:
            self.leaf = Leaf(self)

        def forward(self, x: float) -> Any:
            return self.leaf(x)

    tree = Tree()
    assert [tree(1.0).scope for _ in range(3)] == [("tree", "leaf")] * 3


def test_a_list_may_grow() -> None:
    """Parameters and modules that are appended to a list are found, and leave when they are removed."""
    module: Any = Holder(ws=[], layers=[])
    assert module.parameters() == []
    module.ws.append(Value(1.0))
    module.layers += [Layer(2, 2), Layer(2, 1)]
    assert (len(module.parameters()), len(module.state_dict())) == (1 + 6 + 3, 5)
    del module.layers[0]
    assert len(module.parameters()) == 1 + 3


@dataclass
class Line(Module):
    """A module that is a dataclass, and so has no hash."""

    slope: Value
    offset: Value


def test_a_dataclass_may_be_a_module() -> None:
    """A dataclass is a module like any other: parameters, state and frozen copy."""
    line = Line(Value(2.0), Value(1.0))
    assert Holder(part=line).parameters() == [2.0, 1.0]
    assert list(line.state_dict()) == ["slope", "offset"]
    assert vars(line.frozen()) == {"slope": 2.0, "offset": 1.0}


containers = st.sampled_from(["module", "list", "tuple", "dict", "array"])
trees = st.recursive(st.just("leaf"), lambda inner: st.tuples(containers, st.lists(inner, max_size=3)), max_leaves=12)


def planted(tree: Any, leaves: list[Value]) -> Any:
    """The containers and modules of a drawn tree; every leaf that is made is noted."""
    if tree == "leaf":
        leaves.append(Value(len(leaves) + 0.5))
        return leaves[-1]
    kind, inner = tree
    parts = [planted(part, leaves) for part in inner]
    if kind == "module":
        return Holder(**{f"part{i}": part for i, part in enumerate(parts)})
    if kind == "dict":
        return {f"key{i}": part for i, part in enumerate(parts)}
    return objects(*parts) if kind == "array" else list(parts) if kind == "list" else tuple(parts)


@given(st.lists(trees, max_size=3))
def test_every_leaf_is_found_under_its_name(forest: list[Any]) -> None:
    """In any nesting each leaf is found once, in order, its name leads to it, and its state round-trips bit for bit."""
    leaves: list[Value] = []
    module = planted(("module", forest), leaves)
    found = module.named_parameters()
    assert [id(parameter) for _, parameter in found] == [id(leaf) for leaf in leaves]
    assert all(followed(module, name) is parameter for name, parameter in found)
    state, before = module.state_dict(), bits(module)
    assert sorted(x.hex() for array in state.values() for x in array.ravel().tolist()) == sorted(before)
    for leaf in leaves:
        leaf.data = -1.0
    module.load_state_dict(state)
    assert bits(module) == before


def test_zero_grad_clears_parameters_only() -> None:
    """zero_grad sets the gradients of the parameters to 0, and leaves the inputs' alone."""
    model, x = MLP(2, [3, 1], "tanh"), Value(0.5)
    model([x, 1.0]).backward()
    slope = x.grad
    assert any(parameter.grad for parameter in model.parameters())
    model.zero_grad()
    assert not any(parameter.grad for parameter in model.parameters())
    assert x.grad == slope != 0.0


def test_states_have_the_shapes_of_their_containers() -> None:
    """Regular nestings of parameters are one float64 array each; ragged ones are split; a state is a copy."""
    module = Holder(
        scale=Value(1.5),
        matrix=[[Value(1.0), Value(2.0)], (Value(4.0), Value(5.0))],
        ragged=[[Value(7.0)], [Value(8.0), Value(9.0)], 1.0],
        array=numpy.array([[Value(11.0)], [Value(12.0)]], dtype=object),
        part=Holder(b=Value(13.0)),
    )
    state = module.state_dict()
    assert {name: array.tolist() for name, array in state.items()} == {
        "scale": 1.5,
        "matrix": [[1.0, 2.0], [4.0, 5.0]],
        "ragged.0": [7.0],
        "ragged.1": [8.0, 9.0],
        "array": [[11.0], [12.0]],
        "part.b": 13.0,
    }
    assert {array.dtype for array in state.values()} == {numpy.dtype("float64")}
    state["matrix"][0, 0] = 99.0
    assert module.parameters()[1].data == 1.0


SINGLE = numpy.array([0.5, -0.25], dtype="f4")
TENSOR = SimpleNamespace(detach=lambda: SINGLE)  # as PyTorch's, it becomes an array only without its gradient
ARRAY = SimpleNamespace(__array__=lambda: SINGLE)  # as TensorFlow's, which have no tolist
LISTS: list[Any] = [[0.5, -0.25], (0.5, -0.25), deque([0.5, -0.25]), [Fraction(1, 2), Fraction(-1, 4)], [*SINGLE]]
WEIGHTS: list[Any] = [*LISTS, SINGLE, TENSOR, ARRAY]
NESTED: list[Any] = [1.0]
NESTED.append(NESTED)


@pytest.mark.parametrize("weights", WEIGHTS, ids=lambda x: type(x).__name__)
def test_states_may_be_anything_numeric(weights: Any) -> None:
    """load_state_dict takes lists, tuples, arrays of any real type, exact numbers, tensors; in any mapping."""
    neuron = Neuron(2)
    neuron.load_state_dict(MappingProxyType({"b": numpy.int8(1), "w": weights}))
    assert [p.data for p in neuron.parameters()] == [0.5, -0.25, 1.0]
    assert {type(p.data) for p in neuron.parameters()} == {float}


GOOD: dict[Any, Any] = {"w": [5.0, 6.0], "b": 7.0}
NO_NUMBERS: list[Any] = ["7", b"7", "text", None, 1j, {}, object(), numpy.datetime64("2000-01-01"), numpy.eye(20) * 1j]
MISFITS: list[tuple[Any, str]] = [
    *((bad, "a state is a dict from names to arrays, got ") for bad in ("text", [1.0], None)),
    ({"w": [5.0, 6.0]}, "it lacks b"),
    ({**GOOD, "c": 1.0, "a": 2.0}, "it has a, c"),
    ({"w": [5.0, 6.0], "bias": 7.0}, "it lacks b and has bias"),
    ({**GOOD, 3: 1.0}, "it has 3"),
    ({**GOOD, "a\nb": 1.0}, r"it has 'a\\nb'"),
    ({**GOOD, "w": [5.0]}, r"w has the shape \(1,\), Neuron\(2, relu\) needs \(2,\)"),
    ({**GOOD, "w": [[5.0, 6.0]]}, r"w has the shape \(1, 2\)"),
    ({**GOOD, "w": [[5.0], [6.0, 7.0]]}, "w is not made of real numbers: .*its rows differ in length"),
    ({**GOOD, "w": NESTED}, "w is not made of real numbers"),
    ({**GOOD, "w": ["5", "6"]}, "w is not made of real numbers"),
    ({**GOOD, "b": [7.0]}, r"b has the shape \(1,\)"),
    *(({**GOOD, "b": bad}, "b is not made of real numbers") for bad in NO_NUMBERS),
]


@pytest.mark.parametrize(("state", "message"), MISFITS)
def test_a_state_that_does_not_fit_changes_nothing(state: Any, message: str) -> None:
    """Missing and unknown names, other shapes and what is no number raise one line, and no parameter is changed."""
    neuron = Neuron(2)
    before = bits(neuron)
    with pytest.raises(ValueError if isinstance(state, dict) else TypeError, match=ONE_LINE) as caught:
        neuron.load_state_dict(state)
    assert re.search(message, str(caught.value))
    assert bits(neuron) == before


def test_the_repr_shows_the_architecture() -> None:
    """A module prints its class and its parameters, and its parts with their places, indented."""
    assert repr(Holder(head=Holder(w=Value(1.0)), body=[MLP(1000, [2, 1], "tanh")])) == (
        "Holder, 2,006 parameters\n"
        "  head: Holder, 1 parameter\n"
        "  body.0: MLP(1000 → 2 → 1, tanh), 2,005 parameters\n"
        "    layers.0: Layer(1000 → 2, tanh), 2,002 parameters\n"
        "    layers.1: Layer(2 → 1, linear), 3 parameters"
    )


def test_nodes_know_their_layer_and_neuron() -> None:
    """Every node of a forward pass stands in the scope of its model, layer and neuron, inside the scopes around it."""
    model = MLP(2, [2, 2], "tanh")
    with scope("step3"):
        outputs = model([1.0, 2.0])
    scopes: set[Any] = {node.scope for output in outputs for node in topological_order(output) if node.op}
    assert scopes == {("step3", "mlp", f"layer{i}", f"neuron{j}") for i in (0, 1) for j in (0, 1)}
    assert model([1.0, 2.0])[0].scope == ("mlp", "layer1", "neuron0")
    assert Value(1.0).scope == ()


def test_scopes_bear_the_names_of_attributes() -> None:
    """A part's scope is its attribute, with the place in a list and the key in a dict, through any depth of modules."""
    spy, x = Spy(), Value(0.0)
    Holder(hidden=spy)(x)
    scopes = [spy.scope]
    for place in ({"blocks": [0, spy]}, {"heads": {"left": spy}}, {"grid": [[spy]]}, {"encoder": objects(spy)}):
        Holder(inner=Holder(**place))(x)
        scopes.append(spy.scope)
    names = ["block1", "head_left", "grid0_0", "encoder0"]
    assert scopes == [("holder", "hidden"), *(("holder", "inner", name) for name in names)]


def test_parts_that_come_later_have_names() -> None:
    """A layer that is appended, inserted, replaced or left after the first call is named by its place."""
    model = Sequential(Spy(), Spy())

    changes: list[Callable[[list[Any]], Any]] = [
        lambda _: None,
        lambda layers: layers.append(Spy()),
        lambda layers: layers.insert(0, Spy()),
        lambda layers: operator.setitem(layers, 2, Spy()),
        lambda layers: layers.pop(0),
    ]
    for change in changes:
        change(model.layers)
        model(Value(1.0))
        assert [part.scope for part in model.layers] == [("sequential", f"layer{i}") for i in range(len(model.layers))]


def test_an_exception_leaves_the_scope() -> None:
    """After a forward pass that failed, nodes stand outside of the module again; without forward it says what to do."""
    with pytest.raises(ValueError, match="takes 2 inputs"):
        MLP(2, [2, 1])([1.0])
    assert Value(1.0).scope == ()
    with pytest.raises(TypeError, match=r"^Module cannot take \(1\.0,\): define forward\(self, x\)$"):
        Module()(1.0)
