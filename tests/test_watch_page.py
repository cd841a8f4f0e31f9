"""The page on which one watches a network learn, in Chromium: what it shows is what Python computes, whatever one does."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from browser import Opened, Shown, chromium, opening

from autograd_lite import Value, nn, optim
from autograd_lite.data import moons
from autograd_lite.engine.text import shown
from autograd_lite.nn import losses
from autograd_lite.train import History, fit

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)

EPOCHS, BATCH, RATE = 12, 8, 0.2
X, Y = moons(32, noise=0.1, seed=3)
HELD = moons(12, noise=0.1, seed=4)
LOSS = losses.binary_cross_entropy_with_logits
WIDTHS = {1440: 900, 1024: 768, 390: 844}


def model() -> nn.MLP:
    return nn.MLP(2, [4, 3, 1], "tanh", seed=2)


@cache
def trained(epochs: int = EPOCHS, rate: float = RATE) -> tuple[History, list[list[float]]]:
    """A training, and all parameters after each epoch."""
    net, kept = model(), []
    kept.append([x.data for x in net.parameters()])
    history = fit(
        net, LOSS, X, Y, optimizer=optim.SGD(net.parameters(), lr=rate), epochs=epochs, batch_size=BATCH, seed=5,
        validation=HELD, metrics=[losses.accuracy], keep=50, progress=False,
        callbacks=lambda *_: kept.append([x.data for x in net.parameters()]),
    )  # fmt: skip
    return history, kept


@cache
def page(**options: str) -> str:
    return trained()[0].to_html(**options)


def at(epoch: int) -> nn.MLP:
    """The network as it was after an epoch."""
    net = model()
    for x, number in zip(net.parameters(), trained()[1][epoch], strict=True):
        x.data = number
    return net


@pytest.fixture(name="watch")
def _watch(opened: Opened) -> Callable[..., Shown]:
    def go(address: str = "", html: str = "", **options: Any) -> Shown:
        one = opened(html or page(), **{"viewport": {"width": 1440, "height": 900}} | options)
        if address:
            one.page.goto(f"{one.address}#{address}")
            one.page.reload()
        return one

    return go


def epoch_of(one: Shown) -> int:
    return int(one.text("#count b").removeprefix("epoch "))


def comes_to(one: Shown, condition: str) -> None:
    """Wait for what a script says; Playwright's own waiting makes code of text, which the page's policy forbids."""
    for _ in range(600):
        if one.tells(condition):
            return
        one.page.wait_for_timeout(50)
    pytest.fail(f"never: {condition}")


def table(one: Shown) -> dict[str, str]:
    """The rows of the inspector: what each is called, and its number."""
    rows = one.page.locator("#gradients tr").all_inner_texts()
    return {re.sub(r" \(.*", "", name): number for name, number in (row.split("\t") for row in rows)}


def parameters(one: Shown) -> list[float]:
    return one.tells("[...view.p]")  # type: ignore[no-any-return]


def test_run_and_pause(watch: Callable[..., Shown]) -> None:
    """Run plays what was trained, to where one pauses, and then on to the end and beyond it."""
    one = watch()
    assert (epoch_of(one), one.text("#run")) == (0, "Run")
    one.page.click("#run")
    assert one.text("#run") == "Pause"
    comes_to(one, "view.epoch >= 2")
    one.page.click("#run")
    paused = epoch_of(one)
    one.page.wait_for_timeout(300)
    assert (epoch_of(one), one.text("#run")) == (paused, "Run")
    assert f"epoch {paused}" in one.text("#spoken")
    one.page.click("#run")
    comes_to(one, f"view.epoch >= {EPOCHS + 2}")
    one.page.click("#run")
    further = trained(EPOCHS + 2)[1][-1]
    one.tells(f"goTo({EPOCHS + 2})")
    assert parameters(one) == pytest.approx(further, rel=1e-9)


def test_one_epoch_and_one_step(watch: Callable[..., Shown]) -> None:
    """One epoch is the next that was trained; one step is what `fit` does with the first batch."""
    one = watch()
    one.page.click("#one-epoch")
    comes_to(one, "view.epoch === 1 && !going")
    assert parameters(one) == pytest.approx(trained()[1][1], rel=1e-6)
    one.page.click("#one-step")
    comes_to(one, "training.now.place > 0 && !going")
    assert "+ 1 step" in one.text("#count")
    for _ in range(len(X) // BATCH - 1):
        one.page.click("#one-step")
        comes_to(one, "!going")
    assert epoch_of(one) == 2
    assert parameters(one) == pytest.approx(trained()[1][2], rel=1e-9)


def test_slider_and_curve(watch: Callable[..., Shown]) -> None:
    """The slider goes to any epoch that was seen; so does a click into the curve of the losses."""
    one = watch()
    for epoch in (7, 3, EPOCHS):
        one.page.locator("#epoch").fill(str(epoch))
        assert epoch_of(one) == epoch
        assert parameters(one) == pytest.approx(trained()[1][epoch], rel=1e-6)
        loss, held = one.page.locator("#now b").all_inner_texts()
        history = trained()[0]
        assert float(loss) == pytest.approx(history.loss[epoch - 1], rel=1e-3)
        assert float(held) == pytest.approx(history.metrics["validation_loss"][epoch - 1], rel=1e-3)
    box = one.page.locator("#loss .grid").first.bounding_box()
    assert box
    one.page.mouse.click(box["x"] + box["width"] / 2, box["y"] - 20)
    assert epoch_of(one) == EPOCHS // 2


def test_branching(watch: Callable[..., Shown]) -> None:
    """With another rate it goes its own way from here; what came later is dropped, and Reset brings it back."""
    one = watch("epoch=4")
    one.page.fill("#rate", "0.5")
    one.page.keyboard.press("Tab")
    one.page.click("#one-epoch")
    comes_to(one, "view.epoch === 5 && !going")
    assert one.tells("seenEpoch()") == 5
    assert max(abs(a - b) for a, b in zip(parameters(one), trained()[1][5], strict=True)) > 1e-4
    assert one.tells("getComputedStyle($('track')).getPropertyValue('--reached')") == f"{5 / EPOCHS * 100}%"
    one.page.locator("#epoch").fill(str(EPOCHS))
    assert epoch_of(one) == 5
    one.page.click("#reset")
    assert (epoch_of(one), one.tells("seenEpoch()")) == (0, EPOCHS)
    one.page.locator("#epoch").fill("5")
    assert parameters(one) == pytest.approx(trained()[1][5], rel=1e-6)


def test_a_rate_from_the_start(watch: Callable[..., Shown]) -> None:
    """Trained from the start with another rate, the page has the numbers of `fit` with that rate."""
    one = watch()
    one.page.fill("#rate", "0,05")
    one.page.keyboard.press("Enter")
    for epoch in (1, 2):
        one.page.click("#one-epoch")
        comes_to(one, f"view.epoch === {epoch} && !going")
    assert parameters(one) == pytest.approx(trained(2, 0.05)[1][2], rel=1e-9)


def test_settings_that_are_none(watch: Callable[..., Shown]) -> None:
    """What is no number is marked and said, and changes nothing."""
    one = watch()
    before = one.tells("JSON.stringify(training.settings)")
    for field, text in (("rate", "-1"), ("rate", "fast"), ("batch", "2.5"), ("noise", "-0.1"), ("seed", "x")):
        one.page.fill(f"#{field}", text)
        one.page.locator(f"#{field}").blur()
        assert one.page.get_attribute(f"#{field}", "aria-invalid") == "true", (field, text)
        assert re.search("number", one.text("#spoken"))
    assert one.tells("JSON.stringify(training.settings)") == before


def test_noise_and_seed(watch: Callable[..., Shown]) -> None:
    """Noise moves the points to train on and no others; another seed gives other first weights, the same one the same."""
    one = watch()

    def marks() -> list[str]:
        return one.page.locator("#points .mark").evaluate_all("all => all.map(one => one.getAttribute('d'))")  # type: ignore[no-any-return]

    before = marks()
    one.page.fill("#noise", "0.3")
    one.page.locator("#noise").blur()
    after = marks()
    count = len(X)
    assert all(a != b for a, b in zip(before[:count], after[:count], strict=True))
    assert before[count : count + len(HELD[0])] == after[count : count + len(HELD[0])]
    first = parameters(one)
    found = []
    for seed in ("7", "8", "7"):
        one.page.fill("#seed", seed)
        one.page.locator("#seed").blur()
        found.append(parameters(one))
    assert found[0] == found[2] != found[1]
    assert first not in found
    one.page.fill("#seed", "")
    one.page.fill("#noise", "0")
    one.page.locator("#noise").blur()
    one.page.click("#reset")
    assert (parameters(one), marks()[:count]) == (first, before[:count])


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
        " const at = line.path.getPointAtLength(line.path.getTotalLength() * 0.1), box = $('lines').getBoundingClientRect();"
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
    comes_to(one, "!training.behind")
    place = [*net.parameters()].index(weight)
    told = table(one)[f"its next step {BATCH} points"].replace("−", "-")
    before = parameters(one)[place]
    one.page.click("#one-step")
    comes_to(one, "training.now.place > 0 && !going")
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
    for at, _, stroke, dash, _, _ in told:
        positive = weights[at] > 0.0
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
        "circles.filter((each) => each.layer >= 0).map(({ layer, unit, canvas }) => [layer, unit, canvas.width, canvas.height,"
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
    comes_to(one, "!training.behind")
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
    assert one.page.locator("#frame iframe").count() == 0
    assert (one.page.inner_text("main"), one.tells("address()")) == before
    assert one.tells("document.activeElement.id") == "open"


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


def test_links(watch: Callable[..., Shown]) -> None:
    """The address tells epoch, unit, point and settings, and who opens it sees the same; nonsense is passed over."""
    one = watch("epoch=4")
    one.page.fill("#rate", "0.5")
    one.page.locator("#rate").blur()
    for epoch in (5, 6):
        one.page.click("#one-epoch")
        comes_to(one, f"view.epoch === {epoch} && !going")
    one.page.click('[data-unit="1.2"]')
    one.tells("choosePoint(2)")
    address = one.tells("address()").split("#")[1]
    assert address == "epoch=6&unit=1.2&point=3&rate=0.5&from=4"
    other = watch(address)
    comes_to(other, "view.epoch === 6 && !going")
    assert parameters(other) == pytest.approx(parameters(one), rel=1e-5)
    assert other.page.inner_text("#inspector") == one.page.inner_text("#inspector")
    odd = watch("epoch=999&unit=9.9&point=-3&rate=x&weight=nan&constructor=1&seed=1e9")
    assert epoch_of(odd) == EPOCHS
    assert odd.tells("training.settings.lr") == RATE


def test_keys(watch: Callable[..., Shown]) -> None:
    """Everything can be done by keys: run, epochs, units and points."""
    one = watch()
    press = one.page.keyboard.press
    press("ArrowRight")
    comes_to(one, "view.epoch === 1 && !going")
    press("End")
    assert epoch_of(one) == EPOCHS
    press("ArrowLeft")
    assert epoch_of(one) == EPOCHS - 1
    press("Home")
    press("Space")
    comes_to(one, "view.epoch >= 1")
    press("Space")
    assert one.text("#run") == "Run"
    one.page.locator('#marks [tabindex="0"]').focus()
    one.tells("document.querySelector('[data-unit=\"1.1\"]').focus()")
    press("ArrowDown")
    press("ArrowRight")
    press("Enter")
    assert one.text("#kind").lower() == "unit"
    assert one.tells("[view.chosen.layer, view.chosen.unit]")[0] == 1
    press("?")
    assert one.page.locator("#help").is_visible()
    press("Escape")
    one.page.locator("#points").focus()
    point = one.tells("view.point")
    press("ArrowRight")
    assert one.tells("view.point") == point + 1
    assert "point: class" in one.text("#spoken")


def test_epochs_that_were_not_kept(watch: Callable[..., Shown]) -> None:
    """Where not every epoch was kept, slider and keys go from one that was to the next; the step after it is right."""
    net, kept = model(), []
    sgd = optim.SGD(net.parameters(), lr=RATE, momentum=0.9)
    history = fit(
        net, LOSS, X, Y, optimizer=sgd, epochs=12, batch_size=BATCH, seed=5, keep=4, progress=False,
        callbacks=lambda *_: kept.append([x.data for x in net.parameters()]),
    )  # fmt: skip
    one = watch(html=history.to_html())
    known = one.tells("training.epochs()")
    assert len(known) < 8
    one.page.locator("#epoch").focus()
    for epoch in known[1:]:
        one.page.keyboard.press("ArrowRight")
        assert epoch_of(one) == epoch
    one.page.keyboard.press("ArrowLeft")
    assert epoch_of(one) == known[-2]
    for _ in range(len(X) // BATCH):
        one.page.click("#one-step")
        comes_to(one, "!going")
    assert epoch_of(one) == known[-2] + 1
    assert parameters(one) == pytest.approx(kept[known[-2]], rel=1e-9)


def luminance(colour: str) -> float:
    parts = [int(x) / 255 for x in re.findall(r"\d+", colour)[:3]]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(weight * x for weight, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


TEXTS = """[...document.querySelectorAll("body *")].flatMap((one) => {
  const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const box = one.getBoundingClientRect();
  if (!own || !box.width || one.closest("script, style, dialog:not([open]), .aside, option, [hidden]")) return [];
  let under = one, ground = "rgba(0, 0, 0, 0)";
  while (under && /, 0\\)$|transparent/.test(ground)) { ground = getComputedStyle(under).backgroundColor; under = under.parentElement; }
  const style = getComputedStyle(one), svg = one instanceof SVGElement;
  return [[one.textContent.trim().slice(0, 30), parseFloat(style.fontSize), svg ? style.fill : style.color, one.closest(".tag") ? getComputedStyle(one.closest(".tag").querySelector("rect")).fill : ground]];
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_sizes_and_contrast(watch: Callable[..., Shown], width: int, scheme: str) -> None:
    """At every width, in both themes: no text under 11 px, none below a contrast of 4.5, and nothing beyond the edge."""
    one = watch("epoch=6", viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme)
    texts = one.tells(TEXTS)
    assert len(texts) > 40
    for text, size, colour, ground in texts:
        light, dark = sorted(map(luminance, (colour, ground)), reverse=True)
        assert size >= 11, text
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, colour, ground)
    assert one.tells("document.documentElement.scrollWidth") <= width
    if width < 640:
        heights = one.page.locator("#bar button:visible, #settings-button, #open").evaluate_all(
            "all => all.map(one => one.clientHeight)"
        )
        assert min(heights) >= 42


def test_dark_maps(watch: Callable[..., Shown]) -> None:
    """The maps are drawn in the colours of the theme, also when it changes."""
    one = watch("epoch=6", color_scheme="light")
    mean = "(() => { const c = document.createElement('canvas'), s = $('shading'); c.width = s.width; c.height = s.height; const k = c.getContext('2d'); k.drawImage(s, 0, 0); const d = k.getImageData(0, 0, c.width, c.height).data; let t = 0; for (let i = 0; i < d.length; i += 4) t += d[i]; return t / d.length * 4; })()"
    light = one.tells(mean)
    one.page.emulate_media(color_scheme="dark")
    one.page.wait_for_timeout(200)
    assert one.tells(mean) < light - 60


def test_still_where_motion_is_unwanted(watch: Callable[..., Shown]) -> None:
    """No transition where the system asks for less motion."""
    one = watch(reduced_motion="reduce")
    assert one.tells(
        "[...document.querySelectorAll('*')].every((x) => getComputedStyle(x).transitionDuration === '0s')"
    )


NASTY = "<img src=x onerror=alert(1)>"


def test_no_text_becomes_markup(watch: Callable[..., Shown]) -> None:
    """Names of features and classes and the title are shown as they are, wherever they stand."""
    html = page(title=f"{NASTY}</title></script>", features=(NASTY, "</svg><b>b</b>"), classes=(NASTY, "&lt;i&gt;"))
    one = watch("epoch=3&unit=0.1", html=html)
    assert one.text("#title") == f"{NASTY}</title></script>"
    one.page.click('[data-unit="0.2"]')
    assert "</svg><b>b</b>" in one.text("#place")
    one.tells("choose({ kind: 'weight', at: 0 })")
    assert NASTY in one.page.text_content("#equation")  # type: ignore[operator]
    one.tells("Array.from({ length: 9 }, (_, k) => choosePoint(k))")
    assert NASTY in one.text("#classes")
    assert one.page.locator("img, main b b, main i i, math b").count() == 0


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
    one.page.fill("#rate", "0.2")
    one.page.locator("#rate").blur()
    one.page.click("#one-epoch")  # now the page looks for itself
    comes_to(one, "view.epoch === 3 && !going")
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


def test_played_back_only(watch: Callable[..., Shown]) -> None:
    """What the page cannot train on, it plays back to the end; it says why, and has nothing to press for more."""
    net = model()
    rms = optim.RMSprop(net.parameters(), lr=0.01)
    clipped: list[list[float]] = []
    history = fit(
        net, LOSS, X, Y, optimizer=rms, epochs=3, batch_size=BATCH, seed=5, keep=4, progress=False,
        clip=lambda _: None, callbacks=lambda *_: clipped.append([x.data for x in net.parameters()]),
    )  # fmt: skip
    one = watch(html=history.to_html())
    assert re.search("plays back.*cannot go on: .", one.text("#note"))
    for field in ("rate", "batch", "noise", "seed", "one-step"):
        assert one.page.is_disabled(f"#{field}"), field
    one.page.click("#run")
    comes_to(one, "view.epoch === 3 && !view.playing")
    assert parameters(one) == pytest.approx(clipped[-1], rel=1e-6)
    assert one.page.is_disabled("#run")
    one.page.keyboard.press("Space")
    one.page.keyboard.press("s")
    assert epoch_of(one) == 3


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
