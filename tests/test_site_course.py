"""The course and the teacher's corner in a browser, on the whole site: answered, changed, kept, handed out."""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from browser import becomes, chromium
from sited import Visit, Visiting, built, visiting, whole_site
from test_lessons_pages import Tags

from autograd_lite.__main__ import main
from autograd_lite.lessons import LESSONS, find
from autograd_lite.site.browser import lessons

pytestmark = pytest.mark.long
browser = pytest.fixture(scope="module", name="browser")(chromium)
visit = pytest.fixture(name="visit")(visiting)
PHONE = {"viewport": {"width": 390, "height": 844}}


site = pytest.fixture(scope="module", name="site")(whole_site)


def given(shown: Visit, names: str) -> list[float]:
    """The numbers at which a page asks."""
    text = shown.text("#questions").replace("−", "-")
    return [float(re.findall(rf"\b{name} = (-?[\d.]*\d)", text)[0]) for name in names.split()]


def answer(shown: Visit, place: int, *texts: str) -> str:
    """Type an answer to a question, and what is said to it."""
    asked = shown.page.locator("#questions .asked").nth(place)
    for field, text in zip(asked.locator("input").all(), texts, strict=True):
        field.fill(text)
    asked.get_by_role("button", name="Check").click()
    return asked.locator(".verdict").inner_text()


def computed(shown: Visit) -> None:
    """Wait until the page shows the lesson at other numbers."""
    shown.page.locator("#shown", has_text="Below").wait_for()


def words(html: str) -> str:
    """What is read in a piece of HTML."""
    return " ".join("".join(Tags(html).texts).split())


def test_an_exercise_is_answered_and_kept(visit: Visiting) -> None:
    """A wrong answer is marked, then the right one; it is there when one comes back, and the index counts it."""
    shown = visit("course/L02.html")
    x, y, z, w = given(shown, "x y z w")
    assert answer(shown, 0, str(x * y + 1)).startswith("✗")
    assert answer(shown, 0, str(x * y)).startswith("✓")
    assert answer(shown, 1, f"{x}*{y} + {z}").startswith("✓")
    assert shown.text("#questions .score").startswith("2 of 9 right, 1 at the first try")
    shown.page.reload()
    first = shown.page.locator("#questions .asked").first
    assert first.get_attribute("data-verdict") == "right"
    assert first.locator("input").input_value() == str(x * y)
    assert shown.text("#questions .score").startswith("2 of 9 right, 1 at the first try")
    shown.page.locator("nav.top").get_by_text("The course").click()
    assert shown.text('a[href="L02.html"] .mark') == "2 of 9"
    assert shown.text(".onward .to") == "Continue with L02 The circuit w(xy + z)"
    assert w  # of which nothing is asked so far


def test_an_exercise_in_fields_that_is_answered_anew(visit: Visiting) -> None:
    """Two fields of L21, h = relu(Wx) with W = ((1, 0), (−1, 1)); all that was answered can be asked again, or cleared."""
    shown = visit("course/L21.html")
    x1, x2 = given(shown, "x1 x2")
    h = [max(0.0, x1), max(0.0, x2 - x1)]
    assert answer(shown, 0, str(h[0] + 1), str(h[1])).startswith("✗")
    assert answer(shown, 0, *map(str, h)).startswith("✓")
    shown.page.locator("#exercises summary").first.click()
    becomes(shown.page, "JSON.parse(localStorage.getItem('autograd-lite.course')).lessons.L21.opened", [1])
    shown.page.reload()
    assert shown.page.locator(".asked").first.locator("input").first.is_disabled()
    kept = json.loads(shown.page.evaluate("localStorage.getItem('autograd-lite.course')"))
    assert kept["version"] == 1
    assert kept["lessons"]["L21"] == {"right": {"h": {"texts": [*map(str, h)], "first": False}}, "opened": [1]}
    shown.page.get_by_role("button", name="Answer them anew").click()
    shown.page.locator(".asked").first.locator("input:enabled").first.wait_for()
    assert shown.text("#questions .score").startswith("0 of 6")
    shown.page.goto(shown.site + "course/index.html")
    assert shown.page.locator(".mark").all_inner_texts() == ["solutions read"]
    shown.page.get_by_role("button", name="Clear what").click()
    shown.page.get_by_role("button", name="Clear all answers").click()
    assert shown.text(".onward .to").startswith("Begin with L01")
    assert shown.page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize(
    "kept", ["{", "[]", '{"version": 1, "lessons": {"L02": {"right": {"q": 3}, "opened": 1}, "L9": 0}}']
)
def test_a_broken_storage_is_no_obstacle(visit: Visiting, kept: str) -> None:
    """What cannot be read is as if it were not there, and is written anew."""
    shown = visit("course/index.html")
    shown.page.evaluate("kept => localStorage.setItem('autograd-lite.course', kept)", kept)
    shown.page.goto(shown.site + "course/L02.html")
    x, y = given(shown, "x y")
    assert answer(shown, 0, str(x * y)).startswith("✓")
    shown.page.goto(shown.site + "course/index.html")
    assert shown.text('a[href="L02.html"] .mark') == "1 of 9"


def test_without_a_storage_the_course_goes_on(visit: Visiting) -> None:
    """Where a browser refuses to keep anything, questions are marked all the same."""
    shown = visit("course/index.html")
    shown.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } })"
    )
    shown.page.goto(shown.site + "course/L02.html")
    x, y = given(shown, "x y")
    assert answer(shown, 0, str(x * y)).startswith("✓")
    shown.page.goto(shown.site + "course/index.html")
    assert shown.text(".onward .to").startswith("Begin with L01")


def test_a_parameter_is_changed(visit: Visiting) -> None:
    """What Python computes in the browser is what it computes here, and is right; its questions are marked too."""
    shown = visit("course/L21.html", reduced_motion="reduce")
    built_in = shown.text("#numbers")
    assert not [url for url in shown.asked if "pyodide" in url]  # which is loaded when it is needed
    shown.page.fill("#given-t", "1")
    shown.page.fill("#given-x1", "pi/2")
    shown.page.press("#given-x1", "Enter")
    computed(shown)
    assert shown.page.url.endswith("#x1=pi%2F2&t=1")
    here = lessons.lesson("L21", {"x1": "pi/2", "t": "1"})["sections"]
    for name in ("derivation", "numbers"):
        assert " ".join((shown.page.locator(f"#{name}").text_content() or "").split()) == words(here[name])
    assert f"{(1 - math.pi / 2) ** 2:.15f}"[:13] in shown.text("#numbers")  # J = c(t − z)², where z = v₁x₁
    shown.page.locator("#steps iframe").evaluate("frame => frame.scrollIntoView()")  # elsewhere it is not drawn
    frame = shown.page.frame_locator("#steps iframe")
    frame.locator("#next").click()
    assert frame.locator("#count").inner_text().split()[:2] == ["step", "2"]
    x1, x2 = given(shown, "x1 x2")
    assert answer(shown, 0, str(max(0.0, x1)), str(max(0.0, x2 - x1))).startswith("✓")
    shown.page.click("#reset")
    assert shown.text("#numbers") == built_in
    assert "#" not in shown.page.url
    shown.page.go_back()
    computed(shown)
    assert shown.page.input_value("#given-x1") == "pi/2"


def test_a_link_opens_a_lesson_at_its_numbers(visit: Visiting) -> None:
    """The numbers come from the address, and stay in it when one goes to a part of the page."""
    shown = visit("course/L01.html#x=2")
    computed(shown)
    assert f"{math.exp(math.sin(4.0)):.12g}"[:12] in shown.text("#numbers")
    assert "autograd-lite lesson L01 x=2 --plot L01.svg" in shown.text("#plot")
    shown.page.locator(".toc").get_by_text("Numbers", exact=True).click()
    shown.page.wait_for_url("**/L01.html#x=2")
    assert shown.page.locator("#steps iframe").count() == 1


def test_a_refused_parameter_is_said_in_place(visit: Visiting) -> None:
    """The words stand at the field, which has the focus, and the page stays as it was."""
    shown = visit("course/L01.html")
    before = shown.text("#numbers")
    shown.page.fill("#given-x", "21")
    shown.page.get_by_role("button", name="Compute").click()
    field = shown.page.locator("#given-x[aria-invalid=true]")
    field.wait_for()
    assert shown.text("#wrong-x") == lessons.lesson("L01", {"x": "21"})["refused"]["x"]
    assert field.evaluate("field => field === document.activeElement")
    assert shown.text("#numbers") == before
    shown.page.fill("#given-x", "what?")
    shown.page.get_by_role("button", name="Compute").click()
    shown.page.locator("#wrong-x", has_text="what?").wait_for()


def test_a_lesson_is_stopped(visit: Visiting) -> None:
    """A lesson that takes long is ended by the button; its numbers stay in the form, and Python comes back."""
    shown = visit("course/L13.html")
    shown.page.fill("#given-largest", "80")
    shown.page.get_by_role("button", name="Compute").click()
    shown.page.get_by_role("button", name="Stop").click()
    assert shown.text("#wrong").startswith("Stopped.")
    assert shown.page.input_value("#given-largest") == "80"
    shown.until_ready()


def test_a_lesson_with_numpy_shows_its_numbers(visit: Visiting) -> None:
    """It has no form, but the command; its numbers and its plot were computed when the page was made."""
    shown = visit("course/L09.html")
    assert shown.page.locator("#given").count() == 0
    assert "autograd-lite lesson L09" in shown.text("#change")
    for number in re.findall(r"\d\.\d{5,}", words(lessons_numbers("L09"))):
        assert number in shown.text("#numbers")
    assert shown.page.locator("#plot img").evaluate("image => image.naturalWidth") > 100
    assert not [url for url in shown.asked if "pyodide" in url]


def lessons_numbers(name: str) -> str:
    """The numbers of a lesson here, as a piece of its page."""
    from autograd_lite.lessons.showing.pages import _numbers

    return _numbers(find(name)())


def downloaded(shown: Visit, link: str) -> tuple[str, bytes]:
    """The file that a link hands out."""
    with shown.page.expect_download() as caught:
        shown.page.click(link)
    return caught.value.suggested_filename, Path(caught.value.path()).read_bytes()


def test_a_sheet_for_a_seed(visit: Visiting, tmp_path: Path) -> None:
    """Sheet and key have the bytes that the command writes; the preview marks itself; a link opens it again."""
    shown = visit("teach/index.html")
    shown.page.select_option("#lesson", "L02")
    shown.page.fill("#seed", "3")
    shown.page.get_by_role("button", name="Make the sheet").click()
    shown.page.locator("#preview", has_text="sheet 3").wait_for()
    assert shown.page.url.endswith("#L02&seed=3")
    for what in ("sheet", "key"):
        shown.page.click(f"#show-{what}")
        for ending, words_ in (("html", "HTML"), ("md", "Markdown"), ("tex", "LaTeX")):
            path = tmp_path / f"{what}.{ending}"
            option = {"html": "html", "md": "markdown", "tex": "latex"}[ending] if what == "sheet" else "key"
            assert main(["quiz", "L02", "--seed", "3", f"--{option}", str(path)]) == 0
            name, content = downloaded(shown, f"#files >> text={words_}")
            assert (name, content) == (f"L02-{what}-3.{ending}", path.read_bytes())
    assert re.findall(r"∂L/∂w.{3}(\S+)", shown.text("#preview"))[0] == "−7.5"
    again = visit("teach/index.html#L02&seed=3")
    again.page.locator("#preview", has_text="sheet 3").wait_for()
    text = again.text("#preview").replace("−", "-")
    x, y = (float(re.findall(rf"\b{name} = (-?[\d.]*\d)", text)[0]) for name in "xy")
    asked = again.page.locator("#preview .asked").first
    asked.locator("input").fill(str(x * y))
    asked.get_by_role("button", name="Check").click()
    assert asked.locator(".verdict").inner_text().startswith("✓")


def test_the_steps_as_a_zip_file(visit: Visiting) -> None:
    """It opens, and has one picture for each step, and the slides."""
    shown = visit("teach/index.html#L01&seed=7")
    shown.page.click("#draw")
    name, content = downloaded(shown, "#drawn a")
    assert name == "L01-steps.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.testzip() is None
        names = opened.namelist()
        pictures = [opened.read(each).decode() for each in names if each.endswith(".svg")]
        slides = opened.read("slides.tex").decode()
    assert len(pictures) == slides.count("\\still{") == 6  # three operations, forward and backward
    for picture in pictures:
        assert picture.count("<svg") == 1
        Tags(picture.partition("?>")[2].partition('.dtd">')[2])


def test_what_needs_numpy_is_not_drawn_in_the_browser(visit: Visiting) -> None:
    """The page says so before Python is loaded, and what does it elsewhere."""
    shown = visit("teach/index.html#L09&seed=1")
    shown.page.locator("#wrong", has_text="NumPy").wait_for()
    assert shown.page.locator("#draw").is_disabled()
    assert "autograd-lite quiz L09 --seed 1" in shown.text("#commands")
    assert not [url for url in shown.asked if "pyodide" in url]


def test_links_of_the_course_lead_to_files() -> None:
    """Every relative link of every page of the course, and every script, is there; so is every place within a page."""
    folder = built()
    pages = [*sorted((folder / "course").glob("*.html")), folder / "teach" / "index.html"]
    assert len(pages) == 1 + len(LESSONS) + 1
    for path in pages:
        tags = Tags(path.read_text(encoding="utf-8"))
        ids = set(tags.values("id"))
        own = [each for each in tags.values("href") if not each.startswith("../")]  # other parts are tested by theirs
        for link in own + tags.values("src"):
            if link.startswith("#"):
                assert link[1:] in ids, (path.name, link)
            elif not link.startswith("data:"):
                assert (path.parent / link).is_file(), (path.name, link)


@pytest.mark.parametrize("path", ["course/index.html", "course/L13.html", "course/L09.html", "teach/index.html"])
def test_pages_fit_a_telephone(visit: Visiting, path: str) -> None:
    """No page is wider than the screen; what one touches is high enough, and has a name."""
    shown = visit(path, color_scheme="dark", **PHONE)
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 390
    controls = "main :is(button, input, select):not([hidden])"
    for height in shown.page.locator(f"{controls}:visible").evaluate_all("all => all.map((x) => x.offsetHeight)"):
        assert height >= 34
    unnamed: Any = shown.page.locator(f"{controls}:visible").evaluate_all(
        "all => all.filter((x) => !x.ariaLabel && !x.labels?.length && !x.textContent.trim()).map((x) => x.outerHTML)"
    )
    assert unnamed == []


def test_a_sheet_on_paper(visit: Visiting) -> None:
    """Printed, the page is the sheet: nothing of the site, and a line to write on."""
    shown = visit("teach/index.html")
    shown.page.emulate_media(media="print")
    for name in ("nav.site", "#choose", ".bar", "#slides", "#elsewhere", "#preview button"):
        assert not shown.page.locator(name).first.is_visible(), name
    assert shown.page.locator("#preview h2").is_visible()
    assert shown.page.locator("#preview input").first.is_visible()
