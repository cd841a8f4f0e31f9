"""The notebooks as pages of the site: nothing of them is lost, nothing in them asks for what the policy forbids."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from browser import chromium
from hypothesis import given, strategies as st
from playwright.sync_api import Browser
from sited import Visiting, served, visiting

from autograd_lite.site.markdown import as_html
from autograd_lite.site.notebooks import write
from autograd_lite.site.shell import Site

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
NAMES = [path.stem for path in PATHS]
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
FORMULA = re.compile(r"\$\$[^$]+\$\$|\$[^$]+\$")
MOST = 250_000  # bytes of a page, without what it fetches when that comes into view
BUILT = pytest.mark.long  # what needs npm, and a browser


class Read(HTMLParser):
    """What stands in a page: elements with their attributes, and the text of each kind of element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[tuple[str, list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by feed, as the two below."""
        has = {name: value or "" for name, value in attrs}
        self.elements.append((tag, has))
        if tag in ("pre", "h1", "h2", "h3"):
            self._open.append((f"{tag}.{has.get('class', '')}".rstrip("."), []))

    def handle_data(self, data: str) -> None:
        """Text."""
        for _, text in self._open:
            text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if self._open and self._open[-1][0].partition(".")[0] == tag:
            kind, text = self._open.pop()
            self.texts.append((kind, "".join(text)))

    def all(self, tag: str, attribute: str) -> list[str]:
        """An attribute of all elements of a kind."""
        return [has[attribute] for name, has in self.elements if name == tag and attribute in has]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the notebooks' pages, where the repository is known and the course has one page."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "course").mkdir()
    (folder / "course" / "L01.html").write_text("<p>L01</p>", encoding="utf-8")
    assert write(folder, Site(repository="someone/copy"), str, NOTEBOOKS) == []
    return folder / "notebooks"


def cells(name: str, kind: str) -> list[dict[str, Any]]:
    """The cells of one kind, as the file has them."""
    all_cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return [cell for cell in all_cells if cell["cell_type"] == kind]


def outputs(name: str) -> list[dict[str, Any]]:
    """What all cells have shown."""
    return [output for cell in cells(name, "code") for output in cell["outputs"]]


def pages(site: Path, name: str) -> str:
    """A page of the folder."""
    return (site / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_program_and_text_is_there(site: Path, name: str) -> None:
    """A page has each program and each printed result to the letter, each heading and each folded solution, in order."""
    page = Read(pages(site, name))
    programs = [cell["source"] for cell in cells(name, "code")]
    shown = [text for kind, text in page.texts if kind == "pre.program"]
    assert [text for text in shown if text in programs] == programs  # besides those of solutions
    printed = [output.get("text") or output.get("data", {}).get("text/plain") for output in outputs(name)]
    plain = [
        text.rstrip("\n")
        for output, text in zip(outputs(name), printed, strict=True)
        if not set(output.get("data", {})) - {"text/plain"}
    ]
    assert [text for kind, text in page.texts if kind == "pre.out"] == plain
    prose = "\n".join(cell["source"] for cell in cells(name, "markdown"))
    assert len(re.findall(r"^#+ ", CODE.sub("", prose), re.MULTILINE)) == sum(kind[0] == "h" for kind, _ in page.texts)
    assert prose.count("<details>") == len([tag for tag, _ in page.elements if tag == "details"])


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_is_mathematics(site: Path, name: str) -> None:
    """Each formula of text and results is MathML that has been understood whole, and no dollar sign is left over."""
    texts = [cell["source"] for cell in cells(name, "markdown")]
    texts += [output.get("data", {}).get("text/markdown", "") for output in outputs(name)]
    page = pages(site, name)
    formulas = [formula for text in texts for formula in FORMULA.findall(CODE.sub("", text))]
    alone = [formula for formula in formulas if formula.startswith("$$")]
    assert page.count("<math>") == len(formulas) - len(alone) > 50
    assert page.count('<span class="formula">') == len(alone)
    assert "<merror>" not in page
    left = re.sub(r"<(pre|code|script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.search(r"[$\\]", left)


@pytest.mark.parametrize("name", NAMES)
def test_pictures_and_steps_are_files_beside_the_page(site: Path, name: str) -> None:
    """Each picture, plot and page to step through is the committed one, byte for byte, loaded when it comes into view."""
    page = Read(pages(site, name))
    shown = [output["data"] for output in outputs(name) if "data" in output]
    frames = [re.search(r'srcdoc="([^"]*)"', data.get("text/html", "")) for data in shown]
    kept = [(site / path).read_text(encoding="utf-8") for path in page.all("iframe", "src")]
    assert kept == [unescape(frame[1]) for frame in frames if frame]
    pictures = [(site / path).read_bytes() for path in page.all("img", "src")]
    assert pictures == [
        data["image/svg+xml"].encode() if "image/svg+xml" in data else base64.b64decode(data["image/png"])
        for data in shown
        if {"image/svg+xml", "image/png"} & set(data)
    ]
    media = [has for tag, has in page.elements if tag in ("iframe", "img")]
    assert all(has["loading"] == "lazy" and (has.get("alt") or has["title"]) for has in media)
    assert all(has["sandbox"] == "allow-scripts" for tag, has in page.elements if tag == "iframe")
    assert (site / f"{name}.ipynb").read_bytes() == (NOTEBOOKS / f"{name}.ipynb").read_bytes()
    assert len(pages(site, name).encode()) < MOST


@pytest.mark.parametrize("name", [*NAMES, "index"])
def test_nothing_that_the_policy_forbids(site: Path, name: str) -> None:
    """No style or handler is in an attribute, no script in the page, and nothing is loaded from another host."""
    page = Read(pages(site, name))
    for tag, has in page.elements:
        assert not [attribute for attribute in has if attribute == "style" or attribute.startswith("on")], tag
        assert tag != "script" or has.get("type") == "application/json" or has["src"].startswith("../assets/")
        loaded = [has[key] for key in ("src", "srcset", "data", "poster") if key in has]
        loaded += [has["href"]] if tag == "link" else []
        assert not [address for address in loaded if re.match(r"\w+:|//", address)]
    [policy] = [has["content"] for _, has in page.elements if has.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-inline" not in policy


@pytest.mark.parametrize("name", [*NAMES, "index"])
def test_every_link_leads_somewhere(site: Path, name: str) -> None:
    """Ids are unique, links within a page have their target, those to other pages their file; Colab is the only host."""
    page = Read(pages(site, name))
    ids = [has["id"] for _, has in page.elements if "id" in has]
    assert len(ids) == len(set(ids))
    for address in page.all("a", "href"):
        path, _, fragment = address.partition("#")
        if not path:
            assert unquote(fragment) in ids
        elif path.startswith("https:"):
            assert address in {
                *(
                    f"https://colab.research.google.com/github/someone/copy/blob/main/notebooks/{x}.ipynb"
                    for x in NAMES
                ),
                "https://github.com/someone/copy#readme",
            }
        elif not path.startswith("../") or path.startswith("../course/L"):
            assert (site / path).is_file(), address


def test_the_way_through_the_notebooks(site: Path) -> None:
    """The index leads to all in order, each to the one before and the one next; answers lead to lessons that have pages."""
    entries = [address for address in Read(pages(site, "index")).all("a", "href") if address[0].isdigit()]
    assert [path for path in entries if path.endswith(".html")] == [f"{name}.html" for name in NAMES]
    for place, name in enumerate(NAMES):
        links = Read(pages(site, name)).all("a", "href")
        around = {f"{other}.html" for other in NAMES[max(0, place - 1) : place + 2]} - {f"{name}.html"}
        assert around <= set(links)
        asked = sum('L01.answer("' in cell["source"] for cell in cells(name, "code"))
        assert links.count("../course/L01.html") == asked
        assert not [link for link in links if re.match(r"\.\./course/L(?!01)", link)]


def test_where_the_repository_is_not_known(tmp_path: Path) -> None:
    """Without its name there is no link to Colab or to GitHub, and the same notebooks give the same bytes again."""
    assert write(tmp_path, Site(), str, NOTEBOOKS) == []
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert not [path for path in before if path.suffix == ".html" and b"https://colab" in before[path]]
    for name in NAMES:
        page = (tmp_path / "notebooks" / f"{name}.html").read_text(encoding="utf-8")
        assert not [address for address in Read(page).all("a", "href") if address.startswith("https:") or not address]
    write(tmp_path, Site(), str, NOTEBOOKS)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_an_installed_package_has_no_notebooks(tmp_path: Path) -> None:
    """Where they are not, that is said, and the index says where they are."""
    [lack] = write(tmp_path, Site(repository="someone/copy"), str, tmp_path / "none")
    assert "clone" in lack
    index = Read((tmp_path / "notebooks" / "index.html").read_text(encoding="utf-8"))
    assert "https://github.com/someone/copy" in index.all("a", "href")


@given(st.text(st.characters(categories=["L", "N", "Zs"], include_characters="<>&\"'"), min_size=1))
def test_words_stay_words(text: str) -> None:
    """A code span shows its text to the letter, whatever it is, and so does a program."""
    span = Read(f"<pre>{as_html(f'`{text}`')}</pre>").texts
    words = " ".join(text.split(" "))
    if text.strip() and not text.isspace():
        assert span[0][1].strip() == words.strip()
    fenced = Read(as_html(f"```python\n{text}\n```")).texts
    assert fenced[0][1].strip() == text.strip()


browser = pytest.fixture(scope="module", name="browser")(chromium)


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the pages are served, with the scripts that they load."""
    from autograd_lite.engine.files import write_whole
    from autograd_lite.site.packages import HERE

    (site.parent / "assets" / "script").mkdir(parents=True)
    for script in (HERE / "script").glob("*.js"):
        write_whole(site.parent / "assets" / "script" / script.name, script.read_bytes())
    write_whole(site.parent / "assets" / "icon.svg", (HERE / "icon.svg").read_bytes())
    with served(site.parent) as where:
        yield where


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visiting]:
    yield from visiting(browser, address)


@BUILT
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("name", [*NAMES, "index"])
def test_pages_fit(visit: Visiting, name: str, width: int) -> None:
    """On a screen and on a telephone, in dark colours as in light, nothing is wider than the page, and no console speaks."""
    one = visit(f"notebooks/{name}.html", viewport={"width": width, "height": 844}, color_scheme="dark")
    assert one.page.evaluate("document.documentElement.scrollWidth") <= width
    small = "[...document.querySelectorAll('main a')].filter((a) => a.closest('nav, .take') && a.getBoundingClientRect().height < 24)"
    assert one.page.evaluate(f"{small}.length") == 0  # of what a finger is to hit


@BUILT
def test_steps_come_into_view_and_are_stepped(visit: Visiting) -> None:
    """A page to step through is fetched when one comes to it, is as high as it asks to be, and goes forward by its button."""
    one = visit("notebooks/01-the-chain-rule.html", viewport={"width": 1440, "height": 900})
    assert not [url for url in one.asked if re.search(r"/\d+\.html$", url)]
    frame = one.page.locator("iframe").first
    frame.scroll_into_view_if_needed()
    inside = one.page.frame_locator("iframe").first
    inside.get_by_role("button", name="Next").click()
    inside.get_by_text("step 2 of 6").wait_for()
    assert len([url for url in one.asked if re.search(r"/\d+\.html$", url)]) < len(
        one.page.query_selector_all("iframe")
    )
    shown = inside.locator("html").evaluate("(root) => root.scrollHeight <= innerHeight")
    assert shown


@BUILT
def test_on_paper_the_steps_are_pictures(visit: Visiting) -> None:
    """Printed, a page has the still pictures in place of its frames, and no navigation."""
    one = visit("notebooks/01-the-chain-rule.html")
    seen = "(kind) => [...document.querySelectorAll(kind)].map((x) => getComputedStyle(x).display)"
    assert set(one.page.evaluate(seen, "img.still")) == {"none"}
    one.page.emulate_media(media="print")
    assert set(one.page.evaluate(seen, "img.still")) == {"block"}
    assert set(one.page.evaluate(seen, "iframe, nav, .take")) == {"none"}


@BUILT
def test_the_notebook_is_downloaded_whole(visit: Visiting) -> None:
    """The link gives the very file that is committed."""
    one = visit("notebooks/02-traces-and-costs.html")
    with one.page.expect_download() as download:
        one.page.get_by_role("link", name="Download .ipynb").click()
    assert Path(download.value.path()).read_bytes() == (NOTEBOOKS / "02-traces-and-costs.ipynb").read_bytes()
