"""The data of a network for the page: names, samples, equations in numbers, gradients of weights over samples."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd_lite import Value, sin, tanh, trace
from autograd_lite.engine.context import scope
from autograd_lite.nn import MLP, Layer, Module, Neuron, losses
from autograd_lite.views.notations import scripts
from autograd_lite.views.steps.equations import FIRST_MARK
from autograd_lite.views.steps.network import network

X = [[0.5, -1.0], [-0.6, 0.9], [1.0, 0.8], [-1.0, -0.5]]
TARGETS = [1.0, 1.0, -1.0, -1.0]
LOSSES: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any], str]] = {
    "mse": (losses.mse, lambda o, t: (o - t) ** 2, "mean"),
    "half": (lambda o, t: losses.mse(o, t, half=True), lambda o, t: (o - t) ** 2 / 2, "mean"),
    "sum": (lambda o, t: losses.mse(o, t, half=True, reduction="sum"), lambda o, t: (o - t) ** 2 / 2, "sum"),
    "mae": (losses.mae, lambda o, t: np.abs(o - t), "mean"),
    "hinge": (losses.hinge, lambda o, t: np.maximum(0.0, 1.0 - o * t), "mean"),
    "logits": (
        lambda o, t: losses.binary_cross_entropy_with_logits(o, [(y + 1) / 2 for y in t]),
        lambda o, t: np.log1p(np.exp(-o * t)),
        "mean",
    ),
}


def model() -> MLP:
    """A network of two inputs, three units and one."""
    return MLP(2, [3, 1], "tanh", seed=4)


def slot(data: dict[str, Any], unit: dict[str, Any], sample: int, name: str, place: int = 0, *_: Any) -> float:
    """The number that stands in a place of an equation, as the page finds it."""
    if name in ("z", "a", "delta", "slope", "rest", "upstream"):
        return float(unit[name][sample])
    if name.startswith("edge"):
        return float(unit["edges"][sample][place][name == "edge local"])
    if name.startswith("upstream"):
        fed, term = unit["feeds"][place]
        other = data["units"][fed]
        return float(other["delta"][sample]) if name.endswith("delta") else slot(data, other, sample, "w", term)
    term = unit["terms"][place]
    if name == "w":
        return float(term["value"] if term["param"] is None else data["params"][term["param"]]["value"])
    source = term["from"]
    if source is None:
        return 1.0
    return float(
        data["units"][source["unit"]]["a"][sample]
        if "unit" in source
        else data["samples"][sample]["inputs"][source["input"]]
    )


def computed(mathml: str, numbers: list[float]) -> float:
    """What a formula in MathML comes to, its places filled with numbers: read by Python's arithmetic."""
    text = re.sub(r"<msup>(.*?)<mn>2</mn></msup>", r"(\1)**2", mathml)
    text = text.replace("<mi>tanh</mi>", "math.tanh").replace("·", "*").replace("−", "-")
    text = re.sub(r"<[^>]*>", "", text)
    text = "".join(f"({numbers[ord(c) - FIRST_MARK]!r})" if ord(c) >= FIRST_MARK else c for c in text)
    return float(eval(text, {"math": math}))


@pytest.mark.parametrize("name", LOSSES)
def test_samples_have_their_own_losses_and_gradients(name: str) -> None:
    """Each sample's loss is that of its output; the mean, or the sum, of their gradients is what was recorded."""
    rule, oracle, reduction = LOSSES[name]
    net = model()
    loss = rule([net(x) for x in X], TARGETS)
    data = network(trace(loss))
    outputs = np.array([net(x).data for x in X])
    assert (data["kind"], data["count"], data["reduction"]) == ("sample", 4, reduction)
    assert [sample["loss"] for sample in data["samples"]] == pytest.approx(
        oracle(outputs, np.array(TARGETS)), rel=1e-12
    )
    assert [sample["inputs"] for sample in data["samples"]] == X
    known = [[t] for t in TARGETS] if name in ("mse", "half", "sum", "mae") else [None] * 4
    assert [sample["targets"] for sample in data["samples"]] == known
    loss.backward()
    recorded = {round(p.data, 12): p.grad for p in net.parameters() if p.data}
    checked = 0
    for unit in data["units"]:
        for place, term in enumerate(unit["terms"]):
            gained = [term["sign"] * unit["delta"][i] * slot(data, unit, i, "x", place) for i in range(4)]
            param = data["params"][term["param"]]
            total = sum(gained) / (4 if reduction == "mean" else 1)
            assert total == pytest.approx(param["gradient"], rel=1e-12, abs=1e-15)
            if param["value"]:  # biases start at 0
                assert param["gradient"] == pytest.approx(recorded[round(param["value"], 12)], rel=1e-12)
                checked += 1
    assert checked == 9


def test_a_penalty_is_told_apart() -> None:
    """What a penalty on the weights adds to their gradients comes from outside of the units: 2·λ·w."""
    net = model()
    data = network(trace(losses.mse([net(x) for x in X], TARGETS) + 0.1 * losses.l2(net.parameters())))
    for param in data["params"]:
        assert param["outside"] == pytest.approx(0.2 * param["value"], rel=1e-9)
    assert data["reduction"] == "mean"


def test_every_equation_comes_to_its_result() -> None:
    """With the numbers in their places each formula, and each line between, gives the number that stands as its result."""
    net = model()
    data = network(trace(losses.mse([net(x) for x in X], TARGETS)))
    for unit in data["units"]:
        for key, equation in unit["equations"].items():
            for sample in range(4):
                numbers = [slot(data, unit, sample, *place) for place in equation["slots"]]
                result = slot(data, unit, sample, key)
                for line in filter(None, (equation["numbers"], equation["between"])):
                    assert computed(line, numbers) == pytest.approx(result, rel=1e-12)


def test_names_are_those_of_the_notes() -> None:
    """Layers are raised, units and inputs lowered; with ten units or more, a comma stands between; one unit needs none."""
    data = network(trace(model()([0.5, -1.0])))
    assert [unit["names"]["a"] for unit in data["units"]] == [
        ["a", "1", "1"],
        ["a", "1", "2"],
        ["a", "1", "3"],
        ["a", "2", "1"],
    ]
    names = [["".join(data["params"][term["param"]]["name"]) for term in unit["terms"]] for unit in data["units"]]
    assert names == [
        ["b11", "w111", "w112"],
        ["b12", "w121", "w122"],
        ["b13", "w131", "w132"],
        ["b21", "w211", "w212", "w213"],
    ]
    assert [x["name"] for x in data["inputs"]] == [["x", "", "1"], ["x", "", "2"]]
    wide = network(trace(MLP(1, [12, 1], seed=1)([1.0])))
    assert wide["params"][wide["units"][11]["terms"][1]["param"]]["name"] == ["w", "1", "12,1"]
    assert [unit["scope"].rpartition("/")[2] for unit in wide["units"]][:12] == [f"neuron{i}" for i in range(12)]
    alone = network(trace(Neuron(2, "sigmoid", seed=1)([1.0, 2.0])))
    assert [param["name"] for param in alone["params"]] == [["b", "", ""], ["w", "", "1"], ["w", "", "2"]]
    assert alone["units"][0]["names"]["z"] == ["z", "", ""]


class Own(Module):
    """A unit that is no neuron of the package's, one of whose numbers has a name of its user's."""

    def __init__(self) -> None:
        self.slope, self.offset = Value(2.0, label="slope"), Value(1.0)

    def forward(self, x: Any) -> Any:
        """A straight line, bent."""
        return tanh(self.slope * x + self.offset)


def recurrence() -> Any:
    """A layer that takes its own outputs."""
    cell, h = Layer(3, 2, "tanh", seed=2), [Value(0.25), Value(0.5)]
    for x in (0.5, -1.0):
        h = cell([x, *h])
    return losses.mse(h, [1.0, 0.0])


def labelled() -> Any:
    """A network whose output and one of whose weights have labels, beside something that takes a name of the notes."""
    net = model()
    net.layers[0].neurons[1].w[0].label = "theta"
    output = net([Value(0.5, label="b¹₁"), -1.0])
    output.label = "o"
    return losses.mse(output, 1.0)


@pytest.mark.parametrize(
    "loss",
    [
        lambda: losses.mse(list(map(model(), X)), TARGETS),
        lambda: losses.mse(model()(X[0]), 1.0) + losses.mse(MLP(2, [2], "tanh", seed=2)(X[1]), [0.0, 1.0]),
        lambda: losses.mse(Own()(Own()(model()(X[0]))), 1.0),
        labelled,
        recurrence,
    ],
    ids=["samples", "two networks", "own units", "labels", "recurrence"],
)
def test_there_is_one_vocabulary(loss: Callable[[], Any]) -> None:
    """A unit's numbers have the names that they have in every other view, without the sample's; and no name comes twice."""
    steps = trace(loss())
    data = network(steps)
    assert data

    def joined(name: str) -> list[str]:
        base, below, above = scripts(name if data["kind"] == "step" else name.partition("⁽")[0])
        return [base, above, below]

    made_up = re.compile(r"\D\d+")
    seen = [param["name"] for param in data["params"]]
    for param in data["params"]:
        name = steps.names[steps.nodes[param["at"]]]
        assert made_up.fullmatch(name) or param["name"] == joined(name)
    for unit in data["units"]:
        seen += [unit["names"]["delta"], unit["names"]["a"]]
        seen += [] if unit["linear"] else [unit["names"]["z"]]
        for z, a in unit["at"]:
            for key, node in (("z", z), ("a", a)):
                name = steps.names[steps.nodes[node]]
                assert made_up.fullmatch(name) or unit["names"][key] == joined(name)
    assert len(set(map(tuple, seen))) == len(seen)


def test_constants_stand_in_the_symbols() -> None:
    """A weight or a bias that is a plain number is written in the equation of names, with its sign, forward and backward."""
    x1, x2 = Value(0.7, label="x₁"), Value(-1.3, label="x₂")
    with scope("first"):
        h = 2.0 * x1 + -0.5 * x2 - 3.0
    with scope("second"):  # what two units take is an input, not a weight
        g = 1.5 * x1 - 0.25 * x2
    with scope("last"):
        y = -4.0 * h - 0.125 * g + 1.5
    y.backward()
    data = network(trace(y))
    known = {given["symbol"]: given["values"][0] for given in data["inputs"]}
    for unit in data["units"]:
        known |= {unit["symbols"]["z"]: unit["z"][0], unit["symbols"]["delta"]: unit["delta"][0]}
    for unit in data["units"]:
        for key in ("z", "delta")[: 1 if unit["delta"][0] == 1.0 else 2]:
            text = unit["equations"][key]["symbols"]
            for symbol, number in known.items():
                text = text.replace(symbol, f"({number!r})")
            said = re.sub("<[^>]*>", "", text).replace("·", "*").replace("−", "-")
            assert eval(said, {}) == pytest.approx(unit[key][0], rel=1e-12), said
    assert {unit["z"][0] for unit in data["units"]} == {h.data, g.data, y.data}
    assert data["params"] == []


def test_the_steps_of_a_recurrence_are_units() -> None:
    """Where a cell is fed by its own last call, each call is a circle of its own; their shares are the weight's gradient."""
    cell, h = Neuron(2, "tanh", seed=2), Value(0.25)
    for x in (0.5, -1.0, 2.0):
        h = cell([x, h])
    data = network(trace(losses.mse(h, 1.0)))
    assert data["kind"] == "step"
    assert [unit["column"] for unit in data["units"]] == [0, 1, 2]
    assert [x["name"] for x in data["inputs"]] == [
        ["x", "(1)", ""],
        ["a", "(0)", ""],
        ["x", "(2)", ""],
        ["x", "(3)", ""],
    ]
    for place, param in enumerate(data["params"]):
        gained = []
        for unit in data["units"]:
            (i,) = (i for i, term in enumerate(unit["terms"]) if term["param"] == place)
            gained.append(unit["delta"][0] * slot(data, unit, 0, "x", i))
        assert sum(gained) == pytest.approx(param["gradient"], rel=1e-12)
    assert [step["unit"] for step in data["steps"]] == [0, 1, 2, None, 2, 1, 0]


def test_the_order_of_the_steps() -> None:
    """Forward by layers, then the loss; backward from the last layer to the first, in each from top to bottom."""
    data = network(trace(losses.mse(model()([0.5, -1.0]), 1.0)))
    assert [(step["kind"][0], step["unit"]) for step in data["steps"]] == [
        ("f", 0), ("f", 1), ("f", 2), ("f", 3), ("f", None), ("b", 3), ("b", 0), ("b", 1), ("b", 2),
    ]  # fmt: skip


def test_it_is_json_and_no_number_has_decided_anything() -> None:
    """The data is JSON without nan, also of infinite numbers; the look at a graph marks no node; without units it is empty."""
    neuron = Neuron(2, "relu", seed=1)
    steps = trace(losses.mse([neuron([math.inf, 1.0]), neuron([1.0, 0.0])], [0.0, 1.0]))
    json.dumps(network(steps), allow_nan=False)
    assert not any(node.decided for node in steps.nodes)
    assert network(trace(sin(Value(1.0)))) == {}
