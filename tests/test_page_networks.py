"""A network on the page, live: what moves is computed anew, and a gradient step is the one that Python takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import network_pages
import pytest
from browser import Opened, Shown, chromium, circuit, opening

from autograd_lite import Trace, Value, trace
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
