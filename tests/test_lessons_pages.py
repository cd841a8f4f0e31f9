"""The pages of lessons and of the whole course: well-formed, escaped, of one file each, and leading to one another."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Annotated, Any

import pytest
from browser import Opened, becomes, chromium, opening

from autograd_lite import Value, trace
from autograd_lite.__main__ import main
from autograd_lite.lessons import CHAPTERS, LESSONS, find, save_course
from autograd_lite.lessons.asking.quantities import quantities
from autograd_lite.lessons.lesson import Lesson, Limits, lesson
from autograd_lite.lessons.outcome import Outcome
from autograd_lite.lessons.showing.course import index
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.lessons.showing.pages import LessonPage
from autograd_lite.views.columns import Columns
from autograd_lite.views.notations import MATHML

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)
DEAR = ("L06", "L07", "L13", "L25", "L27", "L28")  # these take seconds; L06 and L07 are long in the other tests too
HOSTILE = "<img src=x onerror=alert(1)> </section> \"'& <script>alert(2)</script> $"
NO_END = {"meta", "img", "input", "br", "hr", "link", "rect", "path", "line", "circle"}


class Tags(HTMLParser):
    """The elements of a page, each of which must end where it should."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and expect its end."""
        self.found.append((tag, dict(attrs)))
        if tag not in NO_END:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element without an end."""
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """It must be the end of what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)

    def values(self, name: str) -> list[str]:
        """All values of an attribute."""
        return [given[name] or "" for _, given in self.found if name in given]


def paper(taught: Lesson) -> bool:
    return taught.quiz is not None and taught.quiz.paper is not None and taught.quiz.paper.quiz is not None


def asks(taught: Lesson) -> tuple[str, ...]:
    return taught.quiz.asks if taught.quiz is not None else ()


@cache
def plain_page(name: str) -> str:
    """The page of a lesson without what takes seconds to draw, the plot and a big graph."""
    outcome = LESSONS[name]()
    small = outcome.graph if len(outcome.nodes) <= 12 else None
    return replace(outcome, figure=None, graph=small).to_html()


@pytest.mark.parametrize("name", [name for name in LESSONS if name not in DEAR])
def test_every_lesson_has_a_page(name: str) -> None:
    """It is well-formed, and has the statement, derivations, tables, claims, exercises; its links lead somewhere in it."""
    taught, page = LESSONS[name], plain_page(name)
    tags = Tags(page)
    shown = " ".join("".join(tags.texts).split())
    words = re.sub(r"\$[^$]+\$|`[^`]+`|[*$]|\n\n", "\0", taught.statement)  # what stands between formulas
    for part in words.split("\0"):
        assert " ".join(part.split()) in shown
    assert f"{taught.id} {taught.title}" in shown
    outcome = taught()
    for derivation in outcome.derivations:
        assert all(number in shown for line in derivation.lines for _, number in line.told())
    assert page.count('<li class="holds">') == len(outcome.claims)
    assert page.count("<summary>Solution") == len(taught.asked.exercises)
    assert page.count("data-asked=") == len(taught.quiz.paper.quiz.asks if paper(taught) else asks(taught))  # type: ignore[union-attr]
    ids = tags.values("id")
    assert len(ids) == len(set(ids))
    assert all(link.startswith("#") and link[1:] in ids for link in tags.values("href"))
    assert not tags.values("style")
    assert "merror" not in page


@pytest.mark.parametrize("name", [name for name in LESSONS if name not in DEAR])
def test_nothing_raw_is_shown(name: str) -> None:
    """No sign of LaTeX or of Markdown is left in what is read, hints and answers among it, nor an index on the line."""
    page = plain_page(name)
    body = re.sub(r"(?s)<(script|style|iframe|pre|code)\b.*?</\1>", "", page)
    assert not re.findall(r"\$|\\[a-zA-Z]|\*\*|`", " ".join(Tags(body).texts))
    steps = LESSONS[name]().graph
    if steps is not None:
        for node, label in trace(steps).names.items():
            assert not re.search("[⁰¹²³⁴-⁹₀-₉]", MATHML.symbol(label)), (node, label)


@pytest.mark.parametrize("name", [name for name, taught in LESSONS.items() if taught.quiz and not taught.quiz.paper])
def test_no_answer_stands_on_the_page(name: str) -> None:
    """What is asked is not what the page computes: a lesson that is its own sheet asks at other numbers."""
    known = quantities(LESSONS[name], {})
    for data in Tags(plain_page(name)).values("data-asked"):
        one = json.loads(data)
        assert one["truth"] != known[one["name"]].entries, one["name"]


def test_nothing_is_fetched_or_dated() -> None:
    """A page names no other place, is the same each time, and its policy allows no script or style but its own."""
    whole = find("L03")().to_html()
    assert whole == find("L03")().to_html()
    [frame] = [given["srcdoc"] or "" for tag, given in Tags(whole).found if tag == "iframe"]
    Tags(frame)
    for page in (whole, frame, index()):
        policy = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)[0]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert all(name.startswith("www.w3.org/") for name in re.findall(r"https?://([^\s\"'<]+)", unescape(page)))


def hostile() -> Lesson:
    """A lesson whose every text tries to be more than text."""

    @lesson("L99", HOSTILE, "P", f"A statement {HOSTILE} and more.")
    def taught(x: Annotated[float, Limits(HOSTILE, -1, 1)] = 0.5) -> Outcome:
        y = Value(x, label=HOSTILE) * 2.0
        y.label = HOSTILE
        y.backward()
        line = Line(r"a < b \text{<i>}", HOSTILE, HOSTILE, HOSTILE)
        return Outcome(
            {HOSTILE: x},
            {HOSTILE: False},
            y,
            [Columns(HOSTILE, [HOSTILE], [[HOSTILE]])],
            derivations=[Derivation(HOSTILE, [line])],
            reasons={HOSTILE: HOSTILE},
        )

    return taught


def test_texts_are_escaped() -> None:
    """Whatever stands in a title, a statement, a label, a table, a claim, a reason or a derivation is shown as text."""
    taught = hostile()
    tags = Tags(LessonPage(taught, taught(), HOSTILE, (taught, taught)).html())
    kinds = {tag for tag, _ in tags.found}
    assert "i" not in kinds
    assert {given["src"][:5] for tag, given in tags.found if tag == "img" and given["src"]} == {"data:"}
    assert not tags.values("onerror")
    Tags(index({HOSTILE: [taught]}))


def test_a_course_leads_from_lesson_to_lesson(tmp_path: Path) -> None:
    """The folder has the index and a page for each lesson; each leads to the one before, the next and the index."""
    chapters = {"One": [find("L02"), find("L03")], "Two": [find("L22")]}
    told: list[tuple[str, int, int]] = []
    written = save_course(tmp_path / "site", chapters=chapters, done=lambda *how_far: told.append(how_far))
    assert told == [("L02", 0, 3), ("L03", 1, 3), ("L22", 2, 3)]
    assert [(page.lesson.id, page.missing) for page in written] == [("L02", []), ("L03", []), ("L22", [])]
    names = {path.name for path in (tmp_path / "site").iterdir()}
    assert names == {"index.html", "L02.html", "L03.html", "L22.html"}
    for path in (tmp_path / "site").iterdir():
        assert {link for link in Tags(path.read_text(encoding="utf-8")).values("href") if link[0] != "#"} <= names
    tags = Tags((tmp_path / "site/L03.html").read_text(encoding="utf-8"))
    assert [given["href"] for _, given in tags.found if "rel" in given] == ["L02.html", "L22.html"]


def test_the_index_lists_all() -> None:
    """Every chapter, and every lesson with its title and a line, in the order of the course."""
    tags = Tags(index())
    links = [link for link in tags.values("href") if not link.startswith("#")]
    assert links == [f"{taught.id}.html" for lessons in CHAPTERS.values() for taught in lessons]
    shown = "".join(tags.texts)
    assert all(name in shown for name in CHAPTERS)
    assert all(taught.title in shown and taught.line in shown for taught in LESSONS.values())
    assert all(10 < len(taught.line) < 140 for taught in LESSONS.values())


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Opened) -> None:
    """Without matplotlib, or what a lesson computes with, its page says so, and the other pages are written."""

    def no_plot(*_: Any) -> bytes:
        raise ImportError("a plot needs matplotlib: pip install matplotlib")

    monkeypatch.setattr("autograd_lite.plots.rendered", no_plot)

    @lesson("L98", "needy", "P", "It needs *what is not here*.")
    def needy() -> Outcome:
        import no_such_module  # type: ignore[import-not-found]

        return Outcome({"x": no_such_module.x})

    written = save_course(tmp_path, chapters={"One": [needy, find("L16"), find("L02")]})
    lacks = [[missing.what for missing in page.missing] for page in written]
    assert lacks == [["the numbers"], ["the plot"], []]
    assert "L98 computes with no_such_module, which is not here" in (tmp_path / "L98.html").read_text(encoding="utf-8")
    assert "pip install matplotlib" in (tmp_path / "L16.html").read_text(encoding="utf-8")
    for width in (1440, 390):
        one = opened((tmp_path / "L16.html").read_text(encoding="utf-8"), viewport={"width": width, "height": 844})
        edges = "(at) => (({ left, right }) => [left, right])(document.querySelector(at).getBoundingClientRect())"
        assert one.page.evaluate(edges, "p.note") == one.page.evaluate(edges, "section.first")  # in the column of text


def test_an_interrupted_course_leaves_whole_pages(tmp_path: Path) -> None:
    """Ctrl-C between two lessons leaves those that were written, and nothing half."""

    def stop(name: str, *_: int) -> None:
        if name == "L03":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save_course(tmp_path, chapters={"One": [find("L02"), find("L03")]}, done=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["L02.html"]
    Tags((tmp_path / "L02.html").read_text(encoding="utf-8"))


def test_the_command_writes_the_course(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`lessons --html DIR` writes it, and says where it is; a folder that is a file is refused in one line."""
    monkeypatch.setattr("autograd_lite.lessons.showing.course.CHAPTERS", {"One": [find("L02")]})
    monkeypatch.setattr(
        save_course, "__kwdefaults__", {**(save_course.__kwdefaults__ or {}), "chapters": {"One": [find("L02")]}}
    )
    assert main(["lessons", "--html", str(tmp_path / "site")]) == 0
    assert capsys.readouterr().out == f"1 lesson and index.html are in {tmp_path / 'site'}\n"
    assert main(["lessons", "--html", str(tmp_path / "site/L02.html")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "it is no folder" in err


def test_a_page_with_a_graph_in_a_browser(opened: Opened) -> None:
    """The steps run in their frame, as high as they ask for; a right answer is marked, a wrong one too."""
    shown_page = opened(find("L02")().to_html(), viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    shown_page.page.locator("iframe").evaluate("frame => frame.scrollIntoView()")
    frame = shown_page.page.frame_locator("iframe")
    frame.locator("#next").click()
    assert frame.locator("#count").inner_text().split()[:2] == ["step", "2"]
    first = shown_page.page.locator(".asked").first
    told = shown_page.text("#questions").replace("−", "-")
    x, y = (float(re.findall(rf"\b{name} = ([-\d.]*\d)", told)[0]) for name in "xy")
    for guess, verdict in ((f"{x * y - 1}", "✗"), (f"{x * y}", "✓")):
        first.locator("input").fill(guess)
        first.locator("button").first.click()
        assert first.locator(".verdict").inner_text().startswith(verdict)
    becomes(shown_page.page, "Boolean(document.querySelector('iframe').style.height)")
    shown_page.page.click("text=in the whole window")
    box = shown_page.page.locator("iframe").bounding_box()
    assert box is not None
    assert box["height"] > 800


@pytest.mark.parametrize(("name", "engine", "operand"), [("L21", "z.grad", "z"), ("L18", "z¹₂.grad", "z¹₂")])
def test_a_derivation_leads_to_the_node(opened: Opened, name: str, engine: str, operand: str) -> None:
    """What the engine has for a line leads to the step that completes the node's gradient, also in a network."""
    shown_page = opened(find(name)().to_html(), viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    frame = shown_page.page.frame_locator("iframe")
    frame.locator("#next").wait_for()
    shown_page.page.locator(".engine a", has_text=engine).first.click()
    frame.locator("#phase", has_text="backward").wait_for()
    words = frame.locator("#spoken").inner_text()
    assert f"∂{operand} " in f"{words} ".replace("=", " ")


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_without_a_graph_fit(opened: Opened, width: int) -> None:
    """A page without a graph, and the index, are no wider than the window, by day and by night."""
    graphless = replace(find("L18")(), graph=None).to_html()
    for page, scheme in ((graphless, "light"), (index(), "dark")):
        shown_page = opened(page, viewport={"width": width, "height": 800}, color_scheme=scheme)
        assert shown_page.tells("document.documentElement.scrollWidth") <= width
        assert shown_page.tells("[...document.images].every((image) => image.naturalWidth > 0)")


def test_every_statement_fits_on_a_phone(opened: Opened) -> None:
    """The statement and the exercises of no lesson are wider than a phone, however long their formulas."""
    shown_page = opened("<meta charset=utf-8><p>", viewport={"width": 390, "height": 800})
    for taught in LESSONS.values():
        shown_page.page.set_content(LessonPage(taught, None).html())
        assert shown_page.tells("document.documentElement.scrollWidth") <= 390, taught
