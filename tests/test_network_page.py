"""The drawing of a network in a real browser: legible, reachable by mouse and keys, and silent on what is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Shown, chromium
from network_pages import alone, labelled, levels_page, loose, network_page, recurrence, small, wide
from playwright.sync_api import Browser

from autograd_lite import Trace, Value, scope, tanh, trace
from autograd_lite.engine.text import shown
from autograd_lite.views.steps.network import network
from autograd_lite.views.steps.pieces import pieces

browser = pytest.fixture(scope="module", name="browser")(chromium)
NETWORKS: dict[str, Callable[[], Trace]] = {
    "small": small,
    "wide": wide,
    "alone": alone,
    "recurrence": recurrence,
    "labelled": labelled,
}

# Of each text of the pictures: its size in pixels, and whether it lies inside of the picture.
TEXTS = """() => [...document.querySelectorAll("svg text")].flatMap((text) => {
  const frame = text.ownerSVGElement.getBoundingClientRect();
  return [text, ...text.querySelectorAll("tspan")].filter((e) => e.textContent).map((e) => {
    const box = e.getBoundingClientRect();
    const inside = box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
    return [e.textContent, parseFloat(getComputedStyle(e).fontSize), inside];
  });
})"""


@pytest.fixture(name="drawn")
def _drawn(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Shown]]:
    pages: list[Shown] = []

    def drawn(steps: Trace, theme: str = "light", **options: Any) -> Shown:
        pages.append(Shown(browser, tmp_path / "network.html", network_page(network(steps), theme), **options))
        return pages[-1]

    yield drawn
    for one in pages:
        assert one.said == []
        assert one.asked == [one.address]
        one.page.context.close()


@pytest.mark.parametrize(
    "name", ["small", pytest.param("wide", marks=pytest.mark.long), "alone", "recurrence", "labelled"]
)
def test_every_unit_is_legible(drawn: Callable[..., Shown], name: str) -> None:
    """At every step, forward and backward, texts have 11 pixels and lie inside of the picture; the unit is in sight."""
    steps = NETWORKS[name]()
    one = drawn(steps)
    data = network(steps)
    ids = [unit["id"] for unit in data["units"]]
    for unit in [*ids[len(ids) // 2 :][:1], *ids[-1:], None]:
        for phase in ("forward", "backward"):
            one.tells(f"show({{unit: {'null' if unit is None else unit}, phase: '{phase}', term: 1}})")
            for text, size, inside in one.tells(TEXTS):
                assert size >= 11, text
                assert inside, text
            if unit is not None:
                assert one.tells(f"document.querySelector('[data-unit=\"{unit}\"]').classList.contains('now')")


def test_the_map_shows_the_numbers(drawn: Callable[..., Shown]) -> None:
    """Each circle has its unit's activation over its δ, the box the loss of the sample: the numbers of the trace."""
    steps = small()
    one = drawn(steps)
    data = network(steps)
    for sample in range(4):
        one.tells(f"show({{unit: 1, sample: {sample}}})")
        for unit in data["units"]:
            texts = one.page.locator(f'[data-unit="{unit["id"]}"] text').all_text_contents()
            assert texts[:2] == [shown(unit["a"][sample]), shown(unit["delta"][sample])]
        loss = one.page.locator("#map .loss text").all_text_contents()
        assert loss[1:] == [
            shown(data["samples"][sample]["loss"]),
            "1",
            f"t = {shown(data['samples'][sample]['targets'][0])}",
        ]
        mean = one.page.locator("#over text").all_text_contents()
        assert mean[-2:] == ["mean of 4", shown(data["params"][data["units"][1]["terms"][1]["param"]]["gradient"])]


def test_what_is_chosen_is_told(drawn: Callable[..., Shown]) -> None:
    """Circles, weights and samples tell what was chosen, by mouse and by keys; of a wide layer the others can be opened."""
    one = drawn(small())
    one.page.click('[data-unit="2"]')
    one.page.focus('[data-unit="3"]')
    one.page.keyboard.press("Enter")
    one.page.click(".pill >> nth=1")
    one.page.click("#table button >> nth=2")
    one.page.click("#cards button >> nth=2")
    one.page.keyboard.press("ArrowRight")
    told = [["unit", 2], ["unit", 3], ["weight", 2], ["weight", 0], ["sample", 2], ["sample", 3]]
    assert one.tells("said") == told
    assert one.tells("document.activeElement.ariaChecked") == "true"
    big = drawn(wide(10, 3))
    before = big.page.locator("[data-unit]").count()
    first = big.tells("[...document.querySelectorAll('[data-unit]')].map((e) => e.dataset.unit)")
    big.page.click(".more >> nth=1")
    after = big.tells("[...document.querySelectorAll('[data-unit]')].map((e) => e.dataset.unit)")
    assert len(after) == before
    assert set(after) - set(first)


@pytest.mark.parametrize("name", ["small", "recurrence"])
def test_nothing_gives_away_what_is_not_known(drawn: Callable[..., Shown], name: str) -> None:
    """Where nothing is known, no activation, δ, product, slope, gradient or loss stands anywhere, nor the length of a bar."""
    steps = NETWORKS[name]()
    one = drawn(steps)
    data = network(steps)
    for phase in ("forward", "backward"):
        one.tells(f"show({{unit: 1, sample: 0, term: 1, phase: '{phase}', known: () => false}})")
        html = one.tells("document.querySelector('body').innerHTML.split('<script>')[0]")
        given = (
            {shown(x) for x in data["samples"][0]["inputs"]} | {shown(p["value"]) for p in data["params"]} | {"0", "1"}
        )
        for unit in data["units"]:
            for key in ("z", "a", "delta", "slope", "upstream"):
                for number in {shown(x) for x in unit[key]} - given:
                    assert f">{number}<" not in html
                    assert f" {number}" not in html
        widths = one.tells("[...document.querySelectorAll('#cards i')].map((e) => e.style.width || e.style.height)")
        assert len(set(widths)) <= 1
        bars = one.tells("[...document.querySelectorAll('#over .bar')].map((e) => e.getAttribute('width'))")
        assert set(bars) <= {"0"}


def test_equations_are_filled(drawn: Callable[..., Shown]) -> None:
    """The equations of a unit stand in names and numbers; in Chromium they are typeset, with δ in the gradient's colour."""
    steps = small()
    one = drawn(steps)
    unit = network(steps)["units"][1]
    one.tells("show({unit: 1})")
    texts = one.page.locator("#equations mtr").all_text_contents()
    assert texts[0].replace(" ", "") == "z21=w211x1+w221x2+b21"
    assert texts[2] == f"={shown(unit['z'][0])}"
    assert texts[-1] == f"={shown(unit['delta'][0])}"
    assert one.page.locator("#equations mtr").last.locator("mn").get_attribute("class") == "gradient"


def test_on_a_telephone(drawn: Callable[..., Shown]) -> None:
    """At 390 pixels the map scrolls in its own box, and its text keeps its size."""
    one = drawn(small(), viewport={"width": 390, "height": 844})
    one.tells("show({unit: 2})")
    assert all(size >= 11 for _, size, _ in one.tells(TEXTS))
    assert one.tells("document.querySelector('#map').scrollWidth > document.querySelector('#map').clientWidth")


def test_a_big_graph_opens_level_by_level(browser: Browser, tmp_path: Path) -> None:
    """Of 300 nodes without scopes each level shows its boxes with value and gradient; they open by mouse and Enter.

    What comes back through a piece, as the table sums it up, is what the trace has for inputs that nothing else uses.
    """
    steps = loose(300)
    one = Shown(browser, tmp_path / "levels.html", levels_page(steps))
    told = {piece["id"]: piece for piece in pieces(steps)}
    whole = next(iter(told.values()))
    assert one.page.locator("[data-part]").count() == len(whole["parts"]) <= 30
    part = whole["parts"][3]["piece"]
    texts = one.page.locator('[data-part="3"] text').all_text_contents()
    output = steps.nodes[told[part]["outputs"][-1]]
    assert texts[2:] == [shown(steps.values[output]), shown(steps.gradients[output])]
    last = one.page.locator("#table td:last-child").all_text_contents()
    assert last == [shown(steps.gradients[x]) for x in steps.wrt]
    one.page.focus('[data-part="3"]')
    one.page.keyboard.press("Enter")
    assert one.page.locator("[data-part]").count() == len(told[part]["parts"])
    one.page.click('[data-part="0"]')
    one.page.click(".crumbs button >> nth=0")
    assert one.tells("said") == [["piece", part], ["node", told[part]["parts"][0]["node"]], ["piece", whole["id"]]]
    assert all(size >= 11 and inside for _, size, inside in one.tells(TEXTS))
    assert one.said == []


def test_many_operations_open_in_pieces(browser: Browser, tmp_path: Path) -> None:
    """Of 120 nodes without scopes the pieces come first, the operations by a button; moved inputs move the pieces too."""
    steps = loose(120)
    one = Shown(browser, tmp_path / "both.html", steps.to_html())
    assert one.page.locator('#modes [aria-pressed="true"]').text_content() == "piece"
    one.page.click('#modes [value="operation"]')
    assert one.page.locator("#count").text_content() == f"step 1 of {len(steps) - len(steps.wrt)}"
    assert one.page.evaluate("() => { set(movable[0], 1.25); return levels.pieces[0].outputs; }") == [
        len(steps.nodes) - 1
    ]
    one.page.click('#modes [value="pieces"]')
    found = {place: x for _, place, x in one.page.evaluate("() => levels.pieces[0].jacobian")}
    assert len(found) == 2
    for place, x in found.items():
        assert x == pytest.approx(one.page.evaluate("(i) => gradient(i)", place), rel=1e-12)
        assert x != pytest.approx(steps.gradients[steps.nodes[place]], rel=1e-3)


def test_names_wider_than_the_panel(browser: Browser, tmp_path: Path) -> None:
    """A unit whose weights, input and loss have long names is shown: its equation is broken where it can be."""
    name = "<img src=x>" * 6
    w, b, v = Value(0.5, label="w"), Value(0.1, label="b"), Value(0.3, label=name)
    with scope(name):
        a = tanh(b + w * Value(1.0, label="x</mi>") + v * Value(2.0, label="k"))
    loss = a * a
    loss.label = name
    one = Shown(browser, tmp_path / "wide.html", trace(loss).to_html())
    assert one.step() == 1
    assert name in one.page.title()
    assert one.page.locator("img").count() == 0
    assert one.said == []
