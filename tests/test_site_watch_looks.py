"""What the pages of the site's trainings look like and lead to: pictures, a telephone, contrast, links, sizes."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from browser import chromium
from sited import Visiting, built, visiting, whole_site

from autograd_lite.site.watch import EXAMPLES

pytestmark = pytest.mark.long
browser = pytest.fixture(scope="module", name="browser")(chromium)
visit = pytest.fixture(name="visit")(visiting)

HERE = "watch/index.html"


site = pytest.fixture(scope="module", name="site")(whole_site)


def test_the_gallery(visit: Visiting) -> None:
    """Each example has a picture that is shown, with words for it, and a page; Python is not loaded for them."""
    one = visit(HERE)
    pictures = one.page.locator(".gallery img")
    assert pictures.count() == len(EXAMPLES)
    for picture in pictures.all():
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        assert len(picture.get_attribute("alt") or "") > 20
    assert not any(url.endswith((".wasm", ".zip")) for url in one.asked)
    one.page.click(".gallery a >> nth=1")
    assert one.page.url.endswith("watch/moons.html")
    one.page.click("text=Train it with other choices")
    one.page.wait_for_selector("#data")
    assert (one.page.input_value("#data"), one.page.input_value("#hidden"), one.page.input_value("#rate")) == (
        "moons",
        "8",
        "0.05",
    )


@pytest.mark.parametrize("path", [HERE, "watch/spirals.html", f"{HERE}#data=csv"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_telephone(visit: Visiting, path: str, scheme: Any) -> None:
    """At 390 pixels nothing is wider than the screen, buttons are large enough, and texts have contrast."""
    one = visit(path, viewport={"width": 390, "height": 844}, color_scheme=scheme)
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
    for control in one.page.locator("#own :is(button, select, input)").all():
        box = control.bounding_box()
        assert box is None or box["height"] >= 44.0
    contrast = """() => {
      const light = (rgb) => rgb.map((c) => c / 255).map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
      const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
      const behind = (part) => { for (; part; part = part.parentElement) {
        const found = numbers(getComputedStyle(part).backgroundColor); if (found.length < 4 || found[3] === 1) return found; } };
      return [...document.querySelectorAll("main *")].filter((part) => part.checkVisibility() && !part.disabled
        && [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim())).map((part) => {
          const [a, b] = [numbers(getComputedStyle(part).color), behind(part)].map((each) => light(each.slice(0, 3)));
          return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), part.textContent.slice(0, 40)]; });
    }"""
    found = one.page.evaluate(contrast)
    assert len(found) > 4
    assert [each for each in found if each[0] < 4.5] == []


class _Links(HTMLParser):
    """What a page leads to, and loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]
        self.ids |= {value for name, value in attrs if name == "id" and value}


def test_links_exist() -> None:
    """All that a page of the trainings leads to or loads is in the folder, or a page of another part."""
    parts = {"course", "notebooks", "teach", "reference"}  # whose own tests have them
    for path in sorted((built() / "watch").glob("*.html")):
        links = _Links()
        links.feed(path.read_text(encoding="utf-8"))
        assert len(links.found) > 8
        for link in links.found:
            target, _, place = urljoin(path.relative_to(built()).as_posix(), link).partition("#")
            assert not urlsplit(link).netloc
            if target.partition("/")[0] not in parts:
                assert (built() / unquote(target)).is_file(), link
            if not link.partition("#")[0]:
                assert place in links.ids


def test_pages_are_small_enough() -> None:
    """Each example's file is what the issue of the page allows, and its small picture loads at once."""
    for example in EXAMPLES:
        assert (built() / "watch" / "alone" / f"{example.name}.html").stat().st_size <= 400_000
        assert (built() / "watch" / f"{example.name}.svg").stat().st_size <= 25_000
