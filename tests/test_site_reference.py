"""The reference and the search box in a real browser: what one types finds its page, and every page is legible."""

from __future__ import annotations

from typing import Any

import pytest
from browser import chromium
from playwright.sync_api import Page
from sited import Visiting, visiting, whole_site

pytestmark = pytest.mark.long

BOX, HITS = "#search input", '#found [role="option"]'
NARROW: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}


browser = pytest.fixture(scope="module", name="browser")(chromium)
site = pytest.fixture(scope="module", name="site")(whole_site)
visit = pytest.fixture(name="visit")(visiting)


def search(page: Page, words: str) -> list[str]:
    """Where the hits of some words lead, the best first."""
    page.fill(BOX, "")
    page.fill(BOX, words)
    page.wait_for_selector("#found:not([hidden])")
    links: list[str] = page.locator(HITS).evaluate_all("(all) => all.map((a) => a.href)")
    return links


@pytest.mark.parametrize(
    ("words", "part", "place"),
    [
        ("sigmoid", "Reference", "reference/autograd_lite.html#sigmoid"),
        ("sigmod", "Reference", "reference/autograd_lite.html#sigmoid"),
        ("σ", "Reference", "reference/operations.html#sigmoid"),
        ("softm", "Reference", "reference/autograd_lite.html#softmax"),
        ("Value.backward", "Reference", "reference/autograd_lite.html#Value.backward"),
        ("arcsin", "Reference", "reference/operations.html#asin"),
        ("decision boundary", "Reference", "reference/autograd_lite/plots.html#decision_boundary"),
        ("L21", "Course", "course/L21.html"),
        ("softmax", "Course", "course/L16.html"),
        ("chain rule", "Notebooks", "notebooks/01-the-chain-rule.html"),
        ("xor", "Watch", "watch/xor.html"),
    ],
)
def test_what_one_looks_for_is_found(visit: Visiting, site: str, words: str, part: str, place: str) -> None:
    """A name, its beginning, a slip, a symbol, two words: the page that one means is the best of its part."""
    page = visit("reference/index.html").page
    search(page, words)
    first = page.locator(f'#found [role="group"]:has(.part:text-is("{part}")) [role="option"]').first
    assert first.evaluate("(a) => a.href") == site + place


def test_by_keys(visit: Visiting, site: str) -> None:
    """A slash goes to the box, arrows choose and go round, Enter follows, Escape closes, then empties."""
    page = visit("reference/index.html").page
    page.keyboard.press("/")
    page.keyboard.type("softmax")
    page.wait_for_selector(HITS)
    assert page.get_attribute(BOX, "aria-expanded") == "true"
    assert page.get_attribute(BOX, "aria-activedescendant") is None
    page.keyboard.press("ArrowUp")
    last = page.locator(HITS).last
    assert page.get_attribute(BOX, "aria-activedescendant") == last.get_attribute("id")
    page.keyboard.press("ArrowDown")
    assert page.locator(f'{HITS}[aria-selected="true"]').count() == 1
    chosen = page.locator(HITS).first
    assert page.get_attribute(BOX, "aria-activedescendant") == chosen.get_attribute("id")
    assert chosen.get_attribute("aria-selected") == "true"
    address = chosen.evaluate("(a) => a.href")
    page.keyboard.press("Escape")
    assert page.get_attribute(BOX, "aria-expanded") == "false"
    assert page.input_value(BOX) == "softmax"
    page.keyboard.press("Escape")
    assert page.input_value(BOX) == ""
    page.keyboard.type("softmax")
    page.wait_for_selector(HITS)
    page.keyboard.press("Enter")
    page.wait_for_url(address)
    assert page.locator("#softmax").is_visible()


def test_what_is_said_of_the_hits(visit: Visiting) -> None:
    """The words are marked, their number is said; markup that is typed is text, and what nobody wrote is not found."""
    page = visit("index.html").page
    assert search(page, "softmax")
    marked = page.locator("#found mark").all_text_contents()
    assert {word.lower() for word in marked} == {"softmax"}
    assert "result" in page.inner_text('#search [role="status"]')
    assert search(page, "<b>zzyzxqq</b>") == [] or "zzyzxqq" not in page.inner_text("#found")
    assert search(page, "<<>>") == []
    assert page.inner_text("#found") == "Nothing is called <<>>."


def test_the_index_is_fetched_when_it_is_needed(visit: Visiting) -> None:
    """A page that nobody searches does not load the index."""
    shown = visit("reference/index.html")
    shown.page.wait_for_selector(BOX)
    assert [url for url in shown.asked if "search.json" in url or "minisearch" in url] == []
    with shown.page.expect_response(lambda response: "search.json" in response.url):
        shown.page.focus(BOX)


PAGES = sorted(
    [
        "index",
        "operations",
        "command",
        "gallery",
        "changelog",
        "autograd_lite",
        "autograd_lite/nn",
        "autograd_lite/nn/losses",
    ]
)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("dark", [False, True])
def test_pages_fit_a_telephone(visit: Visiting, name: str, dark: bool) -> None:
    """No page scrolls sideways at 390 pixels; all have one title, and a landmark to which the first link leads."""
    page = visit(f"reference/{name}.html", color_scheme="dark" if dark else "light", **NARROW).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("h1").count() == 1
    assert page.locator("main#content").count() == 1
    page.fill(BOX, "gradient")
    page.wait_for_selector(HITS)
    box = page.locator("#found").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_the_pictures_of_the_gallery(visit: Visiting) -> None:
    """Each picture has been drawn with the size that the page keeps for it; pages stand in frames of their own origin."""
    page = visit("reference/gallery.html").page
    pictures = page.locator("main img")
    assert pictures.count() >= 12
    for place in range(pictures.count()):
        picture = pictures.nth(place)
        picture.scroll_into_view_if_needed()
        ratio = picture.evaluate(
            "async (img) => { await img.decode(); return img.naturalWidth / img.naturalHeight / (img.width / img.height); }"
        )
        assert abs(ratio - 1.0) < 0.02
        assert picture.get_attribute("alt")
    frames = page.locator("iframe")
    assert frames.count() == 3
    assert {frames.nth(place).get_attribute("sandbox") for place in range(3)} == {"allow-scripts"}
    page.locator("#steps").scroll_into_view_if_needed()
    page.frame_locator('iframe[src="gallery/steps.html"]').locator("#title math").wait_for()


def test_contrast(visit: Visiting) -> None:
    """Text has a contrast of 4.5 to what is behind it, in light and in dark, by WCAG's formula."""
    script = """() => {
      const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
      const luminance = (colour) => parts(colour).slice(0, 3).map((x) => x / 255)
        .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4))
        .reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
      const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
          const colour = getComputedStyle(at).backgroundColor;
          if ((parts(colour)[3] ?? 1) === 1) return colour;
        }
        return "rgb(255, 255, 255)";
      };
      const poor = new Map();
      for (const element of document.querySelectorAll("main *, nav *")) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || !element.checkVisibility({ opacityProperty: true })) continue;
        const [a, b] = [getComputedStyle(element).color, behind(element)].map(luminance).sort((x, y) => y - x);
        const contrast = (a + 0.05) / (b + 0.05);
        if (contrast < 4.5) poor.set(element.outerHTML.slice(0, 80), contrast);
      }
      return [...poor];
    }"""
    for scheme in ("light", "dark"):
        for path in ("operations", "autograd_lite/nn", "gallery", "command"):
            page = visit(f"reference/{path}.html", color_scheme=scheme).page
            for summary in page.locator("details.source summary").all()[:3]:
                summary.click()
            assert page.evaluate(script) == [], (scheme, path)


@pytest.mark.parametrize("width", [1440, 1024, 820])
def test_no_cell_runs_into_the_next(visit: Visiting, width: int) -> None:
    """In the table of operations what stands in a cell ends in it, formulas too, which break nowhere."""
    page = visit("reference/operations.html", viewport={"width": width, "height": 768}).page
    over = page.evaluate(
        """() => [...document.querySelectorAll("table :is(th, td)")].filter((cell) => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          return range.getBoundingClientRect().right > cell.getBoundingClientRect().right + 1;
        }).map((cell) => cell.textContent)"""
    )
    assert over == []
