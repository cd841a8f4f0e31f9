"""The page on which one watches a network learn, in Chromium: run, go back, branch, and come again by a link."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
from browser import Shown, becomes, chromium, opening
from watched import (
    BATCH,
    EPOCHS,
    HELD,
    LOSS,
    RATE,
    X,
    Y,
    epoch_of,
    model,
    parameters,
    trained,
    watching,
)

from autograd_lite import optim
from autograd_lite.train import fit

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)
watch = pytest.fixture(name="watch")(watching)


def test_run_and_pause(watch: Callable[..., Shown]) -> None:
    """Run plays what was trained, to where one pauses, and then on to the end and beyond it."""
    one = watch()
    assert (epoch_of(one), one.text("#run")) == (0, "Run")
    one.page.click("#run")
    assert one.text("#run") == "Pause"
    becomes(one.page, "view.epoch >= 2")
    one.page.click("#run")
    paused = epoch_of(one)
    one.page.wait_for_timeout(300)
    assert (epoch_of(one), one.text("#run")) == (paused, "Run")
    assert f"epoch {paused}" in one.text("#spoken")
    one.page.click("#run")
    becomes(one.page, f"view.epoch >= {EPOCHS + 2}")
    one.page.click("#run")
    further = trained(EPOCHS + 2)[1][-1]
    one.tells(f"goTo({EPOCHS + 2})")
    assert parameters(one) == pytest.approx(further, rel=1e-9)


def test_one_epoch_and_one_step(watch: Callable[..., Shown]) -> None:
    """One epoch is the next that was trained; one step is what `fit` does with the first batch."""
    one = watch()
    one.page.click("#one-epoch")
    becomes(one.page, "view.epoch === 1 && !going")
    assert parameters(one) == pytest.approx(trained()[1][1], rel=1e-6)
    one.page.click("#one-step")
    becomes(one.page, "training.now.place > 0 && !going")
    assert "+ 1 step" in one.text("#count")
    for _ in range(len(X) // BATCH - 1):
        one.page.click("#one-step")
        becomes(one.page, "!going")
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
    becomes(one.page, "view.epoch === 5 && !going")
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
        becomes(one.page, f"view.epoch === {epoch} && !going")
    assert parameters(one) == pytest.approx(trained(2, 0.05)[1][2], rel=1e-9)


def test_the_rate_of_a_schedule(watch: Callable[..., Shown]) -> None:
    """The field tells the rate of the next step; one that is typed holds until the field is empty again."""
    net = model()
    rates = optim.cosine(0.3, 12, end=0.01)
    sgd = optim.SGD(net.parameters(), lr=rates)
    history = fit(net, LOSS, X, Y, optimizer=sgd, epochs=3, batch_size=8, seed=5, keep=10, progress=False)
    one = watch(html=history.to_html())
    field = one.page.locator("#rate")
    for epoch in range(3):
        one.tells(f"goTo({epoch}), 0")
        becomes(one.page, "!training.behind")
        told = field.get_attribute("placeholder") or ""
        assert float(told) == pytest.approx(rates(4 * epoch), rel=1e-3)
        assert field.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert field.input_value() == ""
    for text, expected in (("0.5", 0.5), ("", rates(8))):
        field.fill(text)
        field.blur()
        assert one.tells("training.rate()") == pytest.approx(expected)


def test_settings_that_are_none(watch: Callable[..., Shown]) -> None:
    """What is no number is marked and said, and changes nothing."""
    one = watch()
    before = one.tells("JSON.stringify(training.settings)")
    for field, text in (
        ("rate", "-1"),
        ("rate", "fast"),
        ("batch", "2.5"),
        ("noise", "-0.1"),
        ("noise", "1e300"),
        ("seed", "x"),
    ):
        one.page.fill(f"#{field}", text)
        one.page.locator(f"#{field}").blur()
        assert one.page.get_attribute(f"#{field}", "aria-invalid") == "true", (field, text)
        assert re.search("number", one.text("#spoken"))
    assert one.tells("JSON.stringify(training.settings)") == before


def test_noise_and_seed(watch: Callable[..., Shown]) -> None:
    """Noise moves the points to train on alone; another seed gives other first weights, the same one the same."""
    one = watch()

    def marks() -> list[str]:
        found = one.page.locator("#points .mark").evaluate_all("all => all.map(one => one.getAttribute('d'))")
        return list(map(str, found))

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


def test_links(watch: Callable[..., Shown]) -> None:
    """The address tells epoch, unit, point and settings, and who opens it sees the same; nonsense is passed over."""
    one = watch("epoch=4")
    one.page.fill("#rate", "0.5")
    one.page.locator("#rate").blur()
    for epoch in (5, 6):
        one.page.click("#one-epoch")
        becomes(one.page, f"view.epoch === {epoch} && !going")
    one.page.click('[data-unit="1.2"]')
    one.tells("choosePoint(2)")
    address = one.tells("address()").split("#")[1]
    assert address == "epoch=6&unit=1.2&point=3&rate=0.5&from=4"
    other = watch(address)
    becomes(other.page, "view.epoch === 6 && !going")
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
    becomes(one.page, "view.epoch === 1 && !going")
    press("End")
    assert epoch_of(one) == EPOCHS
    press("ArrowLeft")
    assert epoch_of(one) == EPOCHS - 1
    press("Home")
    press("Space")
    becomes(one.page, "view.epoch >= 1")
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
        becomes(one.page, "!going")
    assert epoch_of(one) == known[-2] + 1
    assert parameters(one) == pytest.approx(kept[known[-2]], rel=1e-9)


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
    assert one.page.input_value("#rate") == ""  # as it was, and not 0
    for field in ("rate", "batch", "noise", "seed", "one-step"):
        assert one.page.is_disabled(f"#{field}"), field
    one.page.click("#run")
    becomes(one.page, "view.epoch === 3 && !view.playing")
    assert parameters(one) == pytest.approx(clipped[-1], rel=1e-6)
    assert one.page.is_disabled("#run")
    one.page.keyboard.press("Space")
    one.page.keyboard.press("s")
    assert epoch_of(one) == 3


def test_round_numbers(watch: Callable[..., Shown]) -> None:
    """All multiples between two numbers of the largest 1, 2 or 5 times a power of ten of which there are enough."""
    one, powers = watch(), [m * 10.0**k for k in range(-8, 12) for m in (1, 2, 5)]
    for low, high in ((0.0, 1.0), (-3.1, 2.7), (0.00012, 0.00019), (99.0, 12345.0), (-1e9, 1.0)):
        for least in (1.0, 1.7, 3.0, 4.0):
            step = max(step for step in powers if least <= (high - low) / step)
            assert (high - low) / step < 2.5 * least
            places = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
            found = one.tells(f"ticks({low}, {high}, {least})")
            assert found == pytest.approx([k * step for k in places], rel=1e-9, abs=1e-12)
