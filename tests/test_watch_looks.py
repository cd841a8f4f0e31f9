"""The page of a training at every width, in both themes, and with any names: legible, and never markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

import pytest
from browser import Shown, becomes, chromium, opening
from watched import LOSS, X, Y, page, trained, watching

from autograd_lite.nn import MLP
from autograd_lite.nn.losses import cross_entropy, mse
from autograd_lite.train import fit

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)
watch = pytest.fixture(name="watch")(watching)

WIDTHS = {1440: 900, 1024: 768, 390: 844}
TEXTS = """[...document.querySelectorAll("body *")].flatMap((one) => {
  const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const box = one.getBoundingClientRect();
  if (!own || !box.width || one.closest("script, style, dialog:not([open]), .aside, option, [hidden]")) return [];
  let under = one, ground = "rgba(0, 0, 0, 0)";
  while (under && /, 0\\)$|transparent/.test(ground)) {
    ground = getComputedStyle(under).backgroundColor;
    under = under.parentElement;
  }
  const style = getComputedStyle(one), svg = one instanceof SVGElement;
  const tag = one.closest(".tag")?.querySelector("rect"), colour = svg ? style.fill : style.color;
  return [[one.textContent.trim(), parseFloat(style.fontSize), colour, tag ? getComputedStyle(tag).fill : ground]];
})"""
NASTY = "<img src=x onerror=alert(1)>"


def luminance(colour: str) -> float:
    """Of a colour as the browser tells it, by WCAG 2."""
    parts = [int(x) / 255 for x in re.findall(r"\d+", colour)[:3]]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(weight * x for weight, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_sizes_and_contrast(watch: Callable[..., Shown], width: int, scheme: str) -> None:
    """At every width, in both themes: no text under 11 px or a contrast of 4.5, and nothing beyond the edge."""
    one = watch("epoch=6", viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme)
    texts = one.tells(TEXTS)
    assert len(texts) > 40
    for text, size, colour, ground in texts:
        light, dark = sorted(map(luminance, (colour, ground)), reverse=True)
        assert size >= 11, text
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, colour, ground)
    assert one.tells("document.documentElement.scrollWidth") <= width
    if width < 640:
        sizes = one.page.locator("#bar button:visible, #settings-button, #open").evaluate_all(
            "all => all.flatMap(one => [one.clientHeight, one.clientWidth])"
        )
        assert min(sizes) >= 42


def test_a_frame_that_is_hidden_at_first(watch: Callable[..., Shown]) -> None:
    """In a closed tab there is no room; once there is, everything is drawn."""
    one = watch(html=f'<!DOCTYPE html><iframe style="display: none" srcdoc="{escape(page())}"></iframe>')
    one.page.wait_for_timeout(500)
    one.tells("document.querySelector('iframe').style = 'width: 1400px; height: 860px'")
    frame = one.page.frames[1]
    frame.locator("#marks .unit").nth(2 + 4 + 3).wait_for()
    assert frame.locator("#count b").inner_text() == "epoch 0"


def test_many_classes_with_long_names(watch: Callable[..., Shown]) -> None:
    """The legend stays in its card, and no card lies over another; all classes can be scrolled to."""
    many = MLP(2, [2, 10], "tanh", seed=1)
    history = fit(many, cross_entropy, X, [i % 10 for i in range(len(X))], epochs=1, seed=5, keep=9, progress=False)
    html = history.to_html(classes=[f"category number {k} with a long name" for k in range(10)])
    for width, height in WIDTHS.items():
        one = watch(html=html, viewport={"width": width, "height": height})
        legend, card = (one.page.locator(name).bounding_box() for name in ("#classes", "#boundary"))
        assert legend
        assert card
        assert legend["y"] + legend["height"] <= card["y"] + card["height"] + 0.5
        assert legend["x"] + legend["width"] <= card["x"] + card["width"] + 0.5
        assert one.page.locator("#chosen-point").evaluate("one => one.scrollWidth <= one.clientWidth")
        assert "category number 9" in (one.page.locator("#classes span").nth(9).text_content() or "")


def test_a_page_without_steps_says_so(watch: Callable[..., Shown], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the stepper has no room in the file, there is no button, and the reason stands in its place."""
    monkeypatch.setattr("autograd_lite.train.watch.page.steppers", lambda *_: ([], False))
    one = watch(html=trained()[0].to_html())
    assert one.page.locator("#open").is_hidden()
    assert one.text("#why") == "The file has no steps of this network to open."


def test_a_long_number_is_not_cut(watch: Callable[..., Shown]) -> None:
    """A weight with the longest number has room in the inspector."""
    one = watch("weight=14")
    for number in ("-1.2345e-5", "-9876.5", "-0.0012345"):
        one.tells(f"training.p[13] = {number}, show(), 0")
        assert one.tells("$('value').scrollWidth <= $('value').clientWidth"), number


def test_what_the_axes_are(watch: Callable[..., Shown]) -> None:
    """It is said below the picture where an axis has another scale, and where the inputs were standardized."""
    x = [[1000.0 * a, b] for a, b in X]
    model, told = MLP(2, [2, 1], "tanh", seed=1), {}
    history = fit(model, LOSS, x, Y, epochs=2, batch_size=8, seed=5, keep=9, progress=False)
    settings: dict[str, dict[str, Any]] = {"given": {}, "standardized": {"standardized": ([0.0, 0.0], [1.0, 1.0])}}
    for name, options in settings.items():
        told[name] = watch(html=history.to_html(**options)).text("#others")
    assert told["given"] == "The axes have scales of their own"
    assert told["standardized"] == "The axes have scales of their own; the inputs are standardized"


def test_dark_maps(watch: Callable[..., Shown]) -> None:
    """The maps are drawn in the colours of the theme, also when it changes."""
    one = watch("epoch=6", color_scheme="light")
    mean = (
        "(() => { const { width, height } = $('shading'), copy = Object.assign(element('canvas'), { width, height });"
        " const read = copy.getContext('2d'); read.drawImage($('shading'), 0, 0);"
        " const red = read.getImageData(0, 0, width, height).data.filter((_, i) => i % 4 === 0);"
        " return red.reduce((sum, x) => sum + x, 0) / red.length; })()"
    )
    light = one.tells(mean)
    one.page.emulate_media(color_scheme="dark")
    becomes(one.page, f"{mean} < {light - 60}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_are_those_of_the_theme(scheme: str, watch: Callable[..., Shown]) -> None:
    """Where the output is far above 1 or below 0, the plane has no darker colour than that of the class."""
    model = MLP(2, [4, 1], "tanh", seed=1)
    for x in model.parameters():
        x.data *= 20.0
    history = fit(model, mse, X, Y, epochs=1, keep=1, progress=False)
    one = watch(html=history.to_html(), color_scheme=scheme)
    assert one.tells("Math.max(...gridNow().values[DATA.outputs[0]].map(Math.abs))") > 10.0
    drawn, ends = one.tells(
        "(() => { const { width, height } = $('shading'), { card, value, gradient } = colours(); return [[...$('shading')"
        ".getContext('2d').getImageData(0, 0, width, height).data], [card, value, gradient]]; })()"
    )
    for i, channel in enumerate(zip(*ends, strict=True)):
        assert min(channel) - 1 <= min(drawn[i::4]) <= max(drawn[i::4]) <= max(channel) + 1


def test_still_where_motion_is_unwanted(watch: Callable[..., Shown]) -> None:
    """No transition where the system asks for less motion."""
    one = watch(reduced_motion="reduce")
    assert one.tells(
        "[...document.querySelectorAll('*')].every((x) => getComputedStyle(x).transitionDuration === '0s')"
    )


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
