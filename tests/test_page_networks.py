"""A network on the page, live: what moves is computed anew, and a gradient step is the one that Python takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import network_pages
import pytest
from browser import Opened, Shown, chromium, circuit, opening

from autograd_lite import Trace, Value, scope, sin, trace
from autograd_lite.data import moons
from autograd_lite.engine.text import shown
from autograd_lite.nn import MLP, losses
from autograd_lite.views.steps.network import network

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)

NETWORKS: dict[str, Callable[[], Trace]] = {
    "small": network_pages.small, "alone": network_pages.alone, "recurrence": network_pages.recurrence,
}  # fmt: skip
NUMBERS = ("z", "a", "delta", "slope", "upstream", "rest")


def flat(found: Any) -> Iterator[float]:
    """All numbers in lists of lists; JSON has those that it cannot write as text."""
    if isinstance(found, list):
        for each in found:
            yield from flat(each)
    elif found is not None:
        yield float(found)


def told(data: Any) -> list[float]:
    """Every number of a network's data."""
    units = [
        [unit[key] for key in NUMBERS] + [[edge[:2] for edge in call] for call in unit["edges"]]
        for unit in data["units"]
    ]
    params = [[param["value"], param["gradient"], param["outside"]] for param in data["params"]]
    samples = [[sample["inputs"], sample["loss"]] for sample in data["samples"]]
    return list(flat([units, params, samples, data["loss"] and data["loss"]["value"]]))


def recomputed(steps: Trace, numbers: dict[int, float]) -> Trace:
    """The same graph where leaves have other numbers."""
    made: dict[Value, Value] = {}
    for place, node in enumerate(steps.nodes):
        if node.op is None:
            made[node] = Value(numbers.get(place, node.data), label=node.label)
        else:
            made[node] = node.op(*(made[x] if isinstance(x, Value) else x for x in node.operands))
    return trace(made[steps.root])


@pytest.mark.parametrize("name", NETWORKS)
def test_sliders_are_live(opened: Opened, name: str) -> None:
    """With a weight moved, every number of every unit and sample is Python's at that weight, to 1e-12; so is what is shown."""
    steps = NETWORKS[name]()
    one = opened(steps)
    assert one.tells("state.mode") == "neuron"
    assert told(one.tells(TOLD)) == pytest.approx(told(network(steps)), rel=1e-12, abs=1e-15)
    one.page.click("#last")
    one.page.locator("#quick-range").fill("0.41")
    place, number = one.tells("[state.leaf, values[state.leaf]]")
    moved = recomputed(steps, {place: number})
    assert one.tells("values") == pytest.approx([node.data for node in moved.nodes], rel=1e-12)
    assert one.tells("nodes.map((_, i) => gradient(i))") == pytest.approx(
        [moved.gradients.get(node, 0.0) for node in moved.nodes], rel=1e-12, abs=1e-15
    )
    unit, sample = one.tells("net.steps[state.place].unit"), one.tells("looked.sample")
    texts = one.page.locator(f'[data-unit="{unit}"] text').all_text_contents()
    z, a = one.tells(f"net.units[{unit}].at[{sample}]")
    scale = one.tells("Number(net.scale)")
    assert texts[:2] == [shown(moved.nodes[a].data), shown(scale * moved.gradients[moved.nodes[z]])]
    assert shown(scale * moved.gradients[moved.nodes[z]]) in one.text("#formula").replace("-", "−")


TOLD = "JSON.parse(JSON.stringify(net))"


def classified(model: MLP) -> Any:
    """Cross-entropy of probabilities, at points that are variables."""
    X, y = moons(12, seed=5)  # noqa: N806 - a matrix
    points = [[Value(x, label=f"x{i}") for i, x in enumerate(row, start=1)] for row in X]
    return losses.binary_cross_entropy([model(x) for x in points], y)


def penalised(model: MLP) -> Any:
    """Half the squared error, with a penalty of all parameters."""
    X, y = moons(12, seed=5)  # noqa: N806 - a matrix
    return losses.mse([model(x) for x in X], y, half=True) + 0.01 * losses.l2(model.parameters())


def hinged(model: MLP) -> Any:
    """As `network_pages.wide`."""
    X, y = moons(20, seed=3)  # noqa: N806 - a matrix
    return losses.hinge([model(x) for x in X], [2 * k - 1 for k in y])


def chosen(model: MLP) -> Any:
    """Classes, whose probabilities are made outside of units."""
    X, y = moons(12, seed=5)  # noqa: N806 - a matrix
    return losses.cross_entropy([model(x) for x in X], y, reduction="sum")


FOLDED: dict[str, tuple[Callable[[MLP], Any], Callable[[], MLP]]] = {
    "hinge": (hinged, lambda: MLP(2, [16, 16, 1], seed=1)),
    "cross-entropy": (classified, lambda: MLP(2, [5, 3, 1], "leaky_relu", "sigmoid", seed=2)),
    "penalty": (penalised, lambda: MLP(2, [8, 1], "tanh", seed=3)),
    "classes": (chosen, lambda: MLP(2, [6, 2], "gelu", seed=4)),
}


@pytest.mark.parametrize("name", FOLDED)
def test_a_folded_network_is_live(opened: Opened, name: str) -> None:
    """A weight moved, then a gradient step: every number of the page is that of the same model in Python, to 1e-12."""
    loss, make = FOLDED[name]
    model = make()
    steps = trace(loss(model))
    assert len(steps) > 400
    one = opened(steps)
    assert one.tells("steps.length") == 0  # it has no operations
    assert not one.page.is_visible("#still")

    def same() -> None:
        found = network(trace(loss(model)))
        assert one.tells("DATA.playable")
        assert told(one.tells(TOLD)) == pytest.approx(told(found), rel=1e-12, abs=1e-14)
        sample = found["samples"][one.tells("looked.sample")]
        assert f"L {shown(sample['loss'])}" in one.text("#samples")

    one.page.click("#last")
    same()
    one.page.evaluate("net.onWeight(1)")
    place = one.tells("state.leaf")
    unit = one.tells("net.steps[state.place].unit")
    assert one.tells(f"net.params[net.units[{unit}].terms[1].param].at") == place
    one.page.locator("#quick-range").fill("0.41")
    (weight,) = (p for p in model.parameters() if p is steps.nodes[place])
    weight.data = one.tells("values[state.leaf]")
    assert weight.data == pytest.approx(0.41, abs=0.02)
    same()
    assert f"={shown(weight.data)}" in "".join(one.text("#quick-name").split())
    model.zero_grad()
    before = loss(model)
    before.backward()
    for p in model.parameters():
        p.data -= 0.25 * p.grad
    one.page.fill("#rate", "0.25")
    one.page.click("#descend")
    same()
    assert one.tells("values[root]") == pytest.approx(loss(model).data, rel=1e-12)
    assert shown(abs(before.data - loss(model).data)) in one.text("#effect")


def test_an_input_of_a_sample_is_moved(opened: Opened) -> None:
    """A click on an input that is a variable gives the slider to it, for this sample: the numbers are Python's there."""
    model = MLP(2, [5, 3, 1], "tanh", "sigmoid", seed=2)
    steps = trace(classified(model))
    one = opened(steps)
    one.page.click("#samples button >> nth=3")
    one.page.locator("[data-input='1']").click()
    place = one.tells("net.inputs[1].at[looked.sample]")
    assert one.tells("[state.leaf, document.activeElement.dataset.input]") == [place, "1"]
    one.page.locator("#quick-range").fill("0.41")
    moved = recomputed(steps, {place: one.tells("values[state.leaf]")})
    found = one.tells(
        "net.units.map((unit) => unit.at.map(([z, a], s) => [z, a, unit.z[s], unit.a[s], unit.delta[s]]))"
    )
    scale = one.tells("net.scale")
    for z, a, *numbers in (call for unit in found for call in unit):
        expected = [moved.nodes[z].data, moved.nodes[a].data, scale * moved.gradients[moved.nodes[z]]]
        assert numbers == pytest.approx(expected, rel=1e-12, abs=1e-14)


def test_what_keeps_a_folded_network_still(opened: Opened) -> None:
    """A unit of another kind with weights of its own, a branch, a changed input: the page says why, and shows all the same."""
    X, y = moons(20, seed=3)  # noqa: N806 - a matrix
    model, gains = MLP(2, [6, 1], "tanh", seed=1), [Value(0.5, label="g"), Value(2.0, label="h")]

    def scaled(x: list[float]) -> Any:
        with scope("gain"):
            return sin(model(x) * gains[0]) * gains[1]

    custom = losses.mse([scaled(x) for x in X], y)
    branched = losses.mse([model(x) for x in X], y)
    branched = branched * 2.0 if branched > 0.1 else branched
    many = losses.mse([sum((sin(a * k) for k in range(60)), model(x)) for x in X for a in [model(x)]], y)
    for loss, why in ((custom, "something else than z"), (branched, "took a branch"), (many, "outside of units")):
        one = opened(loss)
        assert one.tells("net !== null && !DATA.playable")
        assert why in one.text("#still")
        one.page.click("#last")
        assert not one.page.is_visible("#quick-range")


@pytest.mark.long
def test_sliding_in_a_wide_network_is_quick(opened: Opened) -> None:
    """With 13,207 nodes, a slider's event is done within 50 ms: the fastest of many, as others use the machine too."""
    one = opened(network_pages.wide())
    one.page.click("#last")
    times = one.tells("""[...Array(100).keys()].map((k) => {
      const start = performance.now();
      $("quick-range").value = 0.1 + 0.005 * k;
      $("quick-range").dispatchEvent(new Event("input"));
      document.body.offsetHeight;  // what is drawn is laid out
      return performance.now() - start;
    })""")
    assert min(times) < 50, times
    assert one.tells("values[state.leaf]") == pytest.approx(0.595, abs=0.02)


def test_a_network_takes_gradient_steps(opened: Opened) -> None:
    """All parameters move by −η·gradient, three times, to 1e-12; before and after stand side by side, inputs stay."""
    model = MLP(2, [3, 1], "tanh", seed=4)
    X = [[Value(0.5, label="x1"), Value(-1.0, label="x2")], [Value(-0.6), Value(0.9)]]  # noqa: N806 - a matrix
    loss = losses.mse([model(x) for x in X], [1.0, -1.0])
    one = opened(loss)
    assert not one.page.is_visible("#descend")  # the gradients have not arrived
    one.page.click("#last")
    one.page.fill("#rate", "0.25")
    for _ in range(3):
        before = [p.data for p in model.parameters()]
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.25 * p.grad
        loss = losses.mse([model(x) for x in X], [1.0, -1.0])
        one.page.click("#descend")
        found = one.tells("net.params.map((param) => [param.value, nodes[param.at].name])")
        assert sorted(x for x, _ in found) == pytest.approx(sorted(p.data for p in model.parameters()), rel=1e-12)
        rows = [row.split() for row in one.page.locator("#after tr").all_inner_texts()]
        assert sorted(row[-2] for row in rows[:-1]) == sorted(map(shown, before))
        assert sorted(row[-1] for row in rows[:-1]) == sorted(shown(p.data) for p in model.parameters())
    assert one.tells("values[root]") == pytest.approx(loss.data, rel=1e-12)
    assert one.tells("net.inputs.map((input) => input.values.map(Number))") == [[0.5, -0.6], [-1.0, 0.9]]


def test_gradient_steps_of_a_graph(opened: Opened) -> None:
    """Three steps of a graph with four leaves are Python's to 1e-12; a rate that is no number moves nothing."""
    one, leaves = opened(circuit()), {"x": -2.0, "y": 3.0, "z": 10.0, "w": -2.0}
    one.page.click("#last")
    one.page.fill("#rate", "fast")
    one.page.click("#descend")
    assert "is a number" in one.text("#effect")
    one.page.fill("#rate", "0,01")
    for _ in range(3):
        one.page.click("#descend")
        x, y, z, w = leaves.values()
        slopes = {"x": w * y + w, "y": w * x, "z": w, "w": x * y + z + x}
        leaves = {name: number - 0.01 * slopes[name] for name, number in leaves.items()}
        found = one.tells("Object.fromEntries(movable.map((i) => [nodes[i].name, values[i]]))")
        assert found == pytest.approx(leaves, rel=1e-12)
    x, y, z, w = leaves.values()
    assert one.tells("values[root]") == pytest.approx(w * (x * y + z) + x * w, rel=1e-12)


def test_every_control_of_a_network(opened: Opened) -> None:
    """Units, weights, samples, parts of the title, ticks and modes answer to mouse and keys; the step is said to those who listen."""
    one = opened(network_pages.small())

    def spoken(count: int) -> None:
        assert one.text("#spoken").startswith(f"{one.step()} of {count}. ")
        assert one.text("#words") in one.text("#spoken")

    one.page.focus("#map [data-unit='2']")
    one.page.keyboard.press(" ")
    assert one.tells("net.steps[state.place].unit") == 2
    spoken(11)
    one.page.locator("#map [data-unit='3']").click()
    assert one.tells("net.steps[state.place].unit") == 3
    one.page.locator("#title [data-unit='4']").dispatch_event("click")
    assert one.tells("net.steps[state.place].unit") == 4
    one.page.click("#samples button >> nth=0")
    one.page.click("#ticks .tick span >> nth=7")
    assert one.step() == 8
    one.page.keyboard.press("Enter")
    assert one.tells("state.mode") == "operation"
    one.page.keyboard.press("Escape")
    assert one.tells("state.mode") == "neuron"
    assert one.step() == 8
    one.page.click("#inside")
    assert one.tells("state.mode") == "operation"
    one.page.click("#modes button[value='neuron']")
    for key, sample in (("ArrowRight", 1), ("ArrowDown", 2), ("ArrowLeft", 1), ("ArrowUp", 0), ("ArrowLeft", 3)):
        one.page.focus("#samples [aria-checked=true]")
        one.page.keyboard.press(key)
        assert one.tells("[looked.sample, document.activeElement.ariaChecked]") == [sample, "true"]
        assert one.step() == 8
    assert ids_once(one)


def ids_once(one: Shown) -> bool:
    """Whether no id stands twice."""
    ids = one.tells("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    return len(ids) == len(set(ids))
