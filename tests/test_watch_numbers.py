"""What the page of a training shows is what Python computes: units, weights, maps, boundary, the stepper."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from browser import Shown, becomes, chromium, opening, settles
from playwright.sync_api import expect
from watched import BATCH, EPOCHS, LOSS, X, Y, at, parameters, table, trained, watching

from autograd_lite import Value, nn, optim
from autograd_lite.engine.text import shown
from autograd_lite.nn import losses
from autograd_lite.train import fit

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)
watch = pytest.fixture(name="watch")(watching)


def test_a_unit(watch: Callable[..., Shown]) -> None:
    """A click on a unit shows its value, δ at the chosen point and over all points, as Python has them."""
    one = watch("epoch=6&point=5")
    for layer, unit in ((1, 2), (2, 1), (3, 1)):
        one.page.click(f'[data-unit="{layer}.{unit}"]')
        net, sample = at(6), X[4]
        values: Any = sample
        for part in net.layers[:layer]:
            values = part(values)
            values = values if isinstance(values, list) else [values]
        assert one.text("#value").split("=")[-1].strip() == shown(values[unit - 1].data).replace("-", "−")
        LOSS([net(sample)], [Y[4]]).backward()
        bias = net.layers[layer - 1].neurons[unit - 1].b
        assert table(one)["chosen point"] == shown(bias.grad).replace("-", "−")
        net.zero_grad()
        LOSS([net(x) for x in X], Y).backward()
        assert table(one)[f"δ, mean over the {len(X)} points"] == shown(bias.grad).replace("-", "−")


def test_a_line(watch: Callable[..., Shown]) -> None:
    """A click on a line shows its weight, the gradients, and what the next step does."""
    one = watch("epoch=6&point=5")
    net = at(6)
    middle = one.tells(
        "(() => { const line = lines.find((each) => each.to.layer === 1 && each.from.unit === 3 && each.to.unit === 2);"
        " const at = line.path.getPointAtLength(line.path.getTotalLength() * 0.1);"
        " const box = $('lines').getBoundingClientRect();"
        " return [box.left + at.x, box.top + at.y]; })()"
    )
    one.page.mouse.click(*middle)
    weight = net.layers[1].neurons[2].w[3]
    assert one.text("#kind").lower() == "weight"
    assert one.text("#value").split("=")[-1].strip() == shown(weight.data).replace("-", "−")
    assert re.search("unit 4 of layer 1.*unit 3 of layer 2", one.text("#place"), re.DOTALL)
    LOSS([net(X[4])], [Y[4]]).backward()
    assert table(one)["chosen point"] == shown(weight.grad).replace("-", "−")
    delta, a = one.page.locator("#equation span span").all_inner_texts()[-2:]
    assert float(delta.replace("−", "-")) * float(a.replace("−", "-")) == pytest.approx(weight.grad, rel=2e-3)
    becomes(one.page, "!training.behind")
    place = [*net.parameters()].index(weight)
    told = table(one)[f"its next step {BATCH} points"].replace("−", "-")
    before = parameters(one)[place]
    one.page.click("#one-step")
    becomes(one.page, "training.now.place > 0 && !going")
    assert parameters(one)[place] - before == pytest.approx(float(told), rel=2e-3)


def test_lines_tell_weights(watch: Callable[..., Shown]) -> None:
    """Each line has the sign of its weight by colour and dash, and in its layer the larger weight is the wider line."""
    one = watch("epoch=6")
    told = one.tells(
        "lines.map(({ at, to, path }) => { const style = getComputedStyle(path); return [at, to.layer,"
        " style.stroke, style.strokeDasharray, parseFloat(style.strokeWidth), Number(style.opacity)]; })"
    )
    weights = trained()[1][6]
    assert len(told) == 2 * 4 + 4 * 3 + 3
    for place, _, stroke, dash, _, _ in told:
        positive = weights[place] > 0.0
        assert (stroke, dash == "none") == ("rgb(0, 90, 140)" if positive else "rgb(176, 58, 0)", positive)
    for layer in range(3):
        of_layer = sorted((abs(weights[each[0]]), *each[4:]) for each in told if each[1] == layer)
        for (_, *before), (_, *after) in itertools.pairwise(of_layer):
            assert before <= after


def test_maps_tell_values(watch: Callable[..., Shown]) -> None:
    """A map is blue where its unit is above 0 and orange below, the more the farther from 0."""
    one = watch("epoch=6&point=1")
    net = at(6)
    pixels = (
        "circles.filter((each) => each.layer >= 0)"
        ".map(({ layer, unit, canvas }) => [layer, unit, canvas.width, canvas.height,"
        " [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]])"
    )
    plane = one.tells("plane")
    for layer, unit, wide, high, data in one.tells(pixels):
        found = []
        for row, column in itertools.product(range(2, high, 15), range(2, wide, 15)):
            place = [
                plane["left"] + (column - 0.5) / (wide - 2) * (plane["right"] - plane["left"]),
                plane["top"] + (row - 0.5) / (high - 2) * (plane["bottom"] - plane["top"]),
            ]
            values: Any = place
            for part in net.layers[: layer + 1]:
                values = part(values)
            value = (values[unit] if isinstance(values, list) else values).data
            red, _, blue, _ = data[4 * (row * wide + column) :][:4]
            assert (blue > red) == (value > 0.0) or abs(blue - red) < 12, (layer, unit, place)
            found.append((abs(value), 255 - min(red, blue)))
        strengths = [strength for _, strength in sorted(found)]
        assert all(before <= after + 1 for before, after in itertools.pairwise(strengths)) or len(set(strengths)) == 1


def test_history_of_a_weight(watch: Callable[..., Shown]) -> None:
    """The curve in the inspector begins with the first weight, and its point is the weight of now."""
    one = watch("epoch=6&weight=1")
    first = trained()[1][0][0]
    assert one.text("#first-value") == f"{shown(first)} at first".replace("-", "−")
    assert one.page.locator("#course .dot").count() == 1
    assert one.page.get_attribute("#course", "aria-label") == "w¹₁₁ over the epochs"


def inside(one: Shown, loss: float) -> Any:
    """The stepper's frame, once it has this loss."""
    for _ in range(600):
        one.page.wait_for_timeout(50)
        frame = one.page.frames[-1]
        if frame != one.page.main_frame and frame.evaluate("typeof values !== 'undefined' && values[root]") == (
            pytest.approx(loss, rel=1e-6)
        ):
            return frame
    return pytest.fail("the stepper has other numbers")


def test_the_stepper_and_back(watch: Callable[..., Shown]) -> None:
    """The stepper has the loss of the chosen point at this moment, at the chosen weight; closed, all is as it was."""
    one = watch("epoch=6&point=5&weight=14")
    becomes(one.page, "!training.behind")
    before = one.page.inner_text("main"), one.tells("address()")
    one.page.click("#open")
    net = at(6)
    loss = LOSS([net(X[4])], [Y[4]])
    loss.backward()
    frame = inside(one, loss.data)
    weight = [*net.parameters()][13]
    param = "net.params[unitOf(state.place).terms[looked.term].param]"
    assert frame.evaluate(f"Number({param}.value)") == pytest.approx(weight.data, rel=1e-6)
    assert frame.evaluate(f"{param}.gradient") == pytest.approx(weight.grad, rel=1e-6)
    one.page.click("#back")
    assert not one.tells("$('stepper').open")
    expect(one.page.locator("#frame iframe")).to_have_count(0)
    assert (one.page.inner_text("main"), one.tells("address()")) == before
    assert one.tells("document.activeElement.id") == "open"


def test_the_steppers_numbers_are_not_cut(watch: Callable[..., Shown]) -> None:
    """However long the numbers are, the table of a unit's gradients is no wider than its panel."""
    one = watch("epoch=6&point=5&weight=14")
    net = at(6)
    one.page.click("#open")
    frame = inside(one, LOSS([net(X[4])], [Y[4]]).data)
    for width in (1440, 1280, 1024):
        one.page.set_viewport_size({"width": width, "height": 900})
        settles(frame)
        tables = frame.evaluate(
            "[...document.querySelectorAll('.parameters')].map((t) => [t.rows.length, t.scrollWidth, "
            "t.parentElement.clientWidth])"
        )
        assert tables
        for rows, wide, room in tables:
            assert rows > 1
            assert wide <= room


def test_a_stepper_for_each_class(watch: Callable[..., Shown]) -> None:
    """Where each class has a graph of its own, a point opens that of its class."""
    net = nn.MLP(2, [3, 2], "tanh", seed=1)
    sgd = optim.SGD(net.parameters(), lr=0.1)
    history = fit(net, losses.cross_entropy, X, Y, optimizer=sgd, epochs=2, keep=10, progress=False)
    one = watch("epoch=2", html=history.to_html())
    for point in (Y.index(0), Y.index(1)):
        one.tells(f"choosePoint({point})")
        one.page.click("#open")
        inside(one, losses.cross_entropy([net(X[point])], [Y[point]]).data)
        one.page.click("#back")
        expect(one.page.locator("#frame iframe")).to_have_count(0)


def test_a_dead_unit(watch: Callable[..., Shown]) -> None:
    """A unit whose input is never above 0 is hatched and tagged, and the doctor says what to do."""
    net = nn.MLP(2, [3, 1], "relu", seed=1)
    net.layers[0].neurons[1].b.data = -50.0
    sgd = optim.SGD(net.parameters(), lr=0.1)
    history = fit(net, LOSS, X, Y, optimizer=sgd, epochs=3, keep=10, progress=False)
    one = watch("epoch=2", html=history.to_html())
    stopped = one.page.locator("#marks .stopped")
    assert [stopped.count(), stopped.get_attribute("data-unit"), stopped.text_content()] == [1, "1.2", "dead"]
    assert "dead" in (stopped.get_attribute("aria-label") or "")
    assert re.search("Unit 2 of layer 1 is dead.*leaky_relu", one.text("#note"))
    for noise, count in (("100", 0), ("0", 1)):  # so much noise that some inputs are above 0
        one.page.fill("#noise", noise)
        one.page.locator("#noise").blur()
        assert [stopped.count(), one.text("#note").count("is dead")] == [count, count]
    one.page.fill("#rate", "0.2")
    one.page.locator("#rate").blur()
    one.page.click("#one-epoch")  # now the page looks for itself
    becomes(one.page, "view.epoch === 3 && !going")
    assert re.search("Unit 2 of layer 1 is dead.*leaky_relu", one.text("#note"))


def test_a_regression(watch: Callable[..., Shown]) -> None:
    """Of one input the output is a curve, of two a map of values; the points are beside it."""
    for inputs in (1, 2):
        samples = [[0.1 * k - 1.5, math.cos(k)][:inputs] for k in range(30)]
        net = nn.MLP(inputs, [4, 1], "tanh", seed=1)
        targets = [math.sin(2.0 * x[0]) for x in samples]
        history = fit(net, losses.mse, samples, targets, epochs=5, keep=10, seed=1, progress=False)
        one = watch("epoch=5&point=3", html=history.to_html())
        assert one.text("#seen-as").lower() == ("curve" if inputs == 1 else "values")
        told = float(one.text("#chosen-point").split("=")[-1].replace("−", "-"))
        assert told == pytest.approx(net(samples[2]).data, rel=1e-3)
        assert one.page.locator("#points .mark").count() == 31


def test_many_inputs_and_classes(watch: Callable[..., Shown]) -> None:
    """Of more inputs two are shown, and the others are said to be held; each class has a colour and a shape."""
    samples = [[math.sin(k * j + j) + (k % 3) * (j == 2) for j in range(1, 6)] for k in range(45)]
    net = nn.MLP(5, [30, 3], "tanh", seed=1)
    targets = [k % 3 for k in range(45)]
    history = fit(net, losses.cross_entropy, samples, targets, epochs=3, keep=10, seed=1, progress=False)
    one = watch("epoch=3", html=history.to_html())
    assert "3 inputs have their means" in one.text("#others")
    fills = one.page.locator("#points .mark").evaluate_all(
        "all => all.map(one => [one.style.fill, one.getAttribute('d').replace(/[-\\d. ]+/g, '')].join())"
    )
    assert len(set(fills)) == 3
    assert re.search(r"\d+ more", one.page.text_content("#marks") or "")
    chosen = one.text("#chosen-point")
    point = one.tells("view.point")
    outputs = [y.data for y in net(samples[point])]
    chance = math.exp(outputs[targets[point]]) / sum(map(math.exp, outputs))
    assert float(chosen.split("=")[-1]) == pytest.approx(chance, rel=1e-3)


def test_other_inputs_are_chosen(watch: Callable[..., Shown]) -> None:
    """Of more than two inputs any two are shown, across and upwards; the maps follow, and the address holds it."""
    samples = [[math.sin(k * j + j) for j in range(1, 5)] for k in range(20)]
    net = nn.MLP(4, [3, 1], "tanh", seed=1)
    targets = [float(x[3] > 0.0) for x in samples]
    one = watch(
        "epoch=2&unit=0.3", html=fit(net, losses.mse, samples, targets, epochs=2, keep=2, progress=False).to_html()
    )
    one.tells("DATA.shown.splice(0, 2, 0, 1)")
    one.page.locator("button.along").first.click()  # the third across
    assert one.tells("DATA.shown") == [2, 1]
    assert one.tells("document.activeElement.textContent") == "show it upwards"  # not lost with the button pressed
    one.tells("choose({ kind: 'unit', layer: -1, unit: 2 })")
    one.page.locator("button.along").last.click()  # and upwards: the two change places
    assert one.tells("DATA.shown") == [1, 2]
    one.tells("(link => { DATA.shown.splice(0, 2, 0, 3); location.hash = link; })(new URL(address()).hash)")
    becomes(one.page, "DATA.shown", [1, 2])
    assert "axes=2.3" in one.tells("address()")
    place = "beyond(plane, gridNow().wide, gridNow().high), gridNow().wide, gridNow().high, 20, 10"
    point = one.tells(f"Array.from(pointOf({place}))")
    assert [point[j] for j in (0, 3)] == pytest.approx([math.fsum(x[j] for x in samples) / 20 for j in (0, 3)])
    assert one.tells("gridNow().values[DATA.outputs[0]][10 * gridNow().wide + 20]") == pytest.approx(net(point).data)


def test_boundary_is_where_python_says(watch: Callable[..., Shown]) -> None:
    """Along the drawn boundary the network's output is 0, along the dotted lines ±ln 9: p is 0.1 and 0.9."""
    one = watch("epoch=12&point=4")
    chance = 1.0 / (1.0 + math.exp(-at(EPOCHS)(X[3]).data))
    assert float(one.text("#chosen-point").split("=")[-1]) == pytest.approx(chance, rel=1e-3)
    net = at(EPOCHS)
    outputs = [net(x).data for x in X]
    near = 0.03 * (max(outputs) - min(outputs))
    for kind, level in (("half", 0.0), ("sure", math.log(9.0))):
        places = one.tells(
            f"[...document.querySelectorAll('#points .{kind}')].flatMap((path) => [0.2, 0.5, 0.8].map((t) =>"
            " path.getPointAtLength(t * path.getTotalLength()))).map(({ x, y }) =>"
            " [plane.left + (x - box.left) / box.wide * (plane.right - plane.left),"
            " plane.top - (y - box.top) / box.high * (plane.top - plane.bottom)])"
        )
        assert len(places) >= 3 or (kind == "sure" and max(map(abs, outputs)) < level)
        for place in places:
            assert abs(abs(net(place).data) - level) < near
    equal = one.tells("[box.wide / (plane.right - plane.left), box.high / (plane.top - plane.bottom)]")
    assert equal[0] == pytest.approx(equal[1])


class Parabola(nn.Module):
    """A model without units."""

    def __init__(self) -> None:
        self.c = [Value(0.1, label=f"c{k}") for k in range(3)]

    def __call__(self, x: Any) -> Any:
        """Of the one input."""
        (x,) = x
        return self.c[0] + self.c[1] * x + self.c[2] * x**2

    def parameters(self) -> list[Value]:
        """Of 1, x and x²."""
        return self.c


def test_a_model_without_units(watch: Callable[..., Shown]) -> None:
    """Parameters that belong to no unit are chosen from the output, by their own names."""
    samples, net = [[0.1 * k] for k in range(-5, 6)], Parabola()
    targets = [x * x for (x,) in samples]
    sgd = optim.SGD(net.parameters(), lr=0.1)
    history = fit(net, losses.mse, samples, targets, optimizer=sgd, epochs=4, keep=10, progress=False)
    one = watch("epoch=4&point=1", html=history.to_html())
    one.page.click('[data-unit="1.1"]')
    assert "nan" not in one.text("#inspector")
    one.page.select_option("#own select", index=3)
    assert one.text("#kind").lower() == "parameter"
    net.c[2].grad = 0.0
    losses.mse([net(samples[0])], [targets[0]]).backward()
    assert one.text("#value").split("=")[-1].strip() == shown(net.c[2].data).replace("-", "−")
    assert table(one)["chosen point"] == shown(net.c[2].grad).replace("-", "−")
