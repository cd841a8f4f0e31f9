"""What the course and the teacher's corner ask of Python, and their pages, without a browser and without npm."""

from __future__ import annotations

import base64
import io
import json
import math
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from test_lessons_pages import HOSTILE, Tags, hostile
from test_without_numpy import RUN_THERE

from autograd_lite import Value
from autograd_lite.__main__ import main
from autograd_lite.lessons import CHAPTERS, LESSONS, find
from autograd_lite.lessons.asking.quantities import LessonError
from autograd_lite.lessons.command import value_of
from autograd_lite.lessons.lesson import Lesson
from autograd_lite.lessons.showing.pages import LessonPage
from autograd_lite.site import course, teach
from autograd_lite.site.browser import answers, lessons
from autograd_lite.site.shell import Site, asset
from autograd_lite.views.names import in_order
from autograd_lite.views.picture import layout
from autograd_lite.views.steps import frames

CHEAP = [name for name in LESSONS if name not in ("L06", "L07", "L13", "L25", "L27", "L28")]

NEEDING = course.needing


@pytest.fixture(autouse=True)
def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which lessons need NumPy is tried in one test only: it takes seconds."""
    found = frozenset(LESSONS) - {*RUN_THERE, "L13"}
    for part in (course, teach):
        monkeypatch.setattr(part, "needing", lambda: (found, frozenset({"L09"})))


def needs_numpy(name: str) -> Lesson:
    """A lesson that finds no NumPy."""

    def run(**_: Any) -> Any:
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy")

    taught = find(name)
    changed = replace(taught, function=run)
    changed.__dict__["parameters"] = taught.parameters
    return changed


@pytest.mark.long
def test_what_needs_numpy_is_found_out() -> None:
    """The lessons that are tried and need NumPy are the others than those that run without it in its own test."""
    without, sheetless = NEEDING()
    assert without == set(LESSONS) - {*RUN_THERE, "L13"}
    assert sheetless <= without
    assert all(find(name).quiz.paper for name in without - sheetless)  # type: ignore[union-attr]


def test_a_lesson_at_other_numbers() -> None:
    """The parts of the page are those that the lesson itself has there, and the numbers are right."""
    found = lessons.lesson("L01", {"x": "2"})
    page = LessonPage(find("L01"), replace(find("L01")(x=2.0), figure=None))
    own = {section.name: str(section) for section in page.computed() if section.content}
    assert {name: part for name, part in found["sections"].items() if name != "plot"} == own
    shown = "".join(Tags(found["sections"]["numbers"]).texts).replace("−", "-")
    for number in (math.exp(math.sin(4.0)), math.exp(math.sin(4.0)) * math.cos(4.0) * 4.0):
        assert f"{number:.10g}"[:9] in shown
    assert "autograd-lite lesson L01 x=2 --plot L01.svg" in found["sections"]["plot"]
    assert found["lacking"] == []


@pytest.mark.parametrize("text", ["3*pi/2", " 3 * pi / 2 ", "4.71238898038469"])
def test_expressions_are_numbers(text: str) -> None:
    """A field takes what the command takes."""
    assert lessons.lesson("L03", {"x": text})["name"] == "L03 at x = 4.712388980385"


def test_every_refused_parameter_is_told() -> None:
    """Each has its own words, those of the command; words are chosen, whole numbers are whole."""
    refused = lessons.lesson("L08", {"gate": "perhaps", "x1": "2", "x2": "0.5", "x3": "1"})["refused"]
    assert list(refused) == ["gate", "x1", "x2"]
    for name, words in refused.items():
        assert words.startswith(f"{name}, {find('L08').parameters[name].limits.meaning}, is ")
    with pytest.raises(LessonError, match="L08 has no parameter 'y'"):
        lessons.lesson("L08", {"y": "1"})


def test_what_the_browser_lacks_is_said_for_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without NumPy, it says what does it elsewhere; nobody is told to install something into a browser."""
    monkeypatch.setattr(lessons, "find", needs_numpy)
    calls: dict[str, Callable[[], object]] = {
        "autograd-lite lesson L02 x=5": lambda: lessons.lesson("L02", {"x": "5"}),
        "autograd-lite lesson L02 --frames L02": lambda: lessons.frames("L02"),
        "autograd-lite quiz L02 --seed 3 --html L02.html --key L02-key.html": lambda: lessons.sheet("L02", 3),
    }
    for call, ask in calls.items():
        with pytest.raises(LessonError) as caught:
            ask()
        assert str(caught.value).endswith(call)
        assert "NumPy" in str(caught.value)
        assert "pip" not in str(caught.value)


@pytest.mark.parametrize(("name", "seed"), [("L21", 7), ("L02", 0), ("L30", 123456)])
def test_sheets_are_those_of_the_command(tmp_path: Path, name: str, seed: int) -> None:
    """Sheet and key have the bytes that `autograd-lite quiz` writes."""
    files = lessons.sheet(name, seed)["files"]
    stems = {"html": "html", "md": "markdown", "tex": "latex"}
    assert set(files) == {f"{name}-{what}-{seed}.{ending}" for what in ("sheet", "key") for ending in stems}
    for ending, option in stems.items():
        sheet, key = tmp_path / f"sheet.{ending}", tmp_path / f"key.{ending}"
        command = ["quiz", name, "--seed", str(seed), f"--{option}", str(sheet), "--key", str(key)]
        assert main(command) == 0
        for what, path in (("sheet", sheet), ("key", key)):
            assert files[f"{name}-{what}-{seed}.{ending}"].encode() == path.read_bytes()


def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a browser: no PNG, no threads, one picture at a time, by a function that JavaScript would give."""
    own = layout.layout

    def render(source: str, kind: str, engine: str) -> str:
        options = ["-n2"] if engine == "nop2" else []
        picture = own(source.encode(), kind, "neato" if options else engine, options)
        return json.dumps([picture.decode(), ""])

    monkeypatch.setattr(layout, "layout", own)  # so that it is put back
    monkeypatch.setattr(frames, "ALONE", True)
    monkeypatch.setattr(frames, "TOGETHER", 1)
    answers.prepare(render)


@pytest.mark.parametrize("name", ["L01", pytest.param("L21", marks=pytest.mark.long)])
def test_frames_as_in_a_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """The zip file has a picture of each step, the same as on one's own machine, and slides that say how to convert."""
    trace = find(name)().trace()
    trace.frames(tmp_path)
    alone(monkeypatch)
    told: list[Any] = []
    found = lessons.frames(name, tell=told.append)
    done = [node for node in in_order(trace.root) if node.op is not None]
    steps = len(done) + sum(isinstance(x, Value) for node in done for x in node.operands)  # each edge goes backward
    assert found["pictures"] == steps
    assert told[-1] == {"done": steps, "of": steps}
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(found["zip"]))) as opened:
        files = {each: opened.read(each) for each in opened.namelist()}
    slides = files.pop("slides.tex").decode()
    assert sorted(files) == sorted(path.name for path in tmp_path.glob("*.svg"))
    assert all((tmp_path / each).read_bytes() == picture for each, picture in files.items())
    assert "rsvg-convert" in slides
    assert "rsvg-convert" not in (tmp_path / "slides.tex").read_text(encoding="utf-8")
    assert all(f"\\still{{{each.removesuffix('.svg')}}}" in slides for each in files)


def page(name: str) -> str:
    """The page of a lesson on the site, without what takes seconds to draw."""
    outcome = replace(find(name)(), figure=None, graph=None)
    return course.SitePage(find(name), outcome, "A chapter", (find("L01"), None)).of(Site(), f"course/{name}.html")


@pytest.mark.parametrize("name", CHEAP)
def test_a_field_for_every_parameter(name: str) -> None:
    """It has a label, its default and its limits; a lesson that the browser cannot run has a command instead."""
    taught, html = find(name), page(name)
    tags = Tags(html)
    controls = [given for tag, given in tags.found if tag in ("input", "select") and "name" in given]
    if name not in {*RUN_THERE, "L13"}:
        assert not controls
        assert f"autograd-lite lesson {name} " in html
        assert "which the browser lacks" in html
    else:
        assert [given["name"] for given in controls] == list(taught.parameters)
        for given, p in zip(controls, taught.parameters.values(), strict=True):
            assert p.taken(value_of(given["data-default"] or "", p)) == p.default
            assert given["id"] in tags.values("for")
            assert set((given["aria-describedby"] or "").split()) <= set(tags.values("id"))
            assert p.takes in tags.texts
    ids = tags.values("id")
    assert len(ids) == len(set(ids))
    assert not tags.values("style")
    told = json.loads(unescape(re.findall(r'id="told">(.*?)</script>', html)[0]))
    assert told["lesson"]["questions"] == html.count("data-asked=")


def test_hostile_texts_are_escaped_on_the_site() -> None:
    """Whatever stands in a lesson's texts is shown as text, in the form too."""
    taught = hostile()
    tags = Tags(course.SitePage(taught, taught(), HOSTILE, (taught, taught)).of(Site(), "course/L99.html"))
    assert "i" not in {tag for tag, _ in tags.found}
    assert not tags.values("onerror")
    assert sum(HOSTILE.split()[0] in text for text in tags.texts) > 3


def test_the_course_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder has the index and the lessons; links between them lead to files, and what is missing is returned."""
    chapters = {"One": [find("L02"), find("L03")], "Two": [needs_numpy("L22")]}
    monkeypatch.setattr(course, "CHAPTERS", chapters)
    told: list[str] = []
    lacking = course.write(tmp_path, Site(), told.append)
    assert told[1:] == ["L02, 0 of 3", "L03, 1 of 3", "L22, 2 of 3"]
    assert [words.partition(":")[0] for words in lacking] == ["L22 lacks the numbers"]
    names = {path.name for path in (tmp_path / "course").iterdir()}
    assert names == {"index.html", "L02.html", "L03.html", "L22.html"}
    for each in names:
        links = Tags((tmp_path / "course" / each).read_text(encoding="utf-8")).values("href")
        assert {link for link in links if link[0] not in "#."} <= names
        assert "#content" in links


def test_the_teacher_s_corner_is_written(tmp_path: Path) -> None:
    """Every lesson with a quiz is there to be chosen, and the first sheet stands on the page."""
    assert teach.write(tmp_path, Site(), print) == []
    html = (tmp_path / "teach" / "index.html").read_text(encoding="utf-8")
    tags = Tags(html)
    chosen = [given["value"] for tag, given in tags.found if tag == "option"]
    assert chosen == [each.id for those in CHAPTERS.values() for each in those if each.quiz]
    sheet = find(teach.FIRST).quiz_sheet(teach.SEED)
    assert sheet.main().replace("h1>", "h2>") in html
    assert "NumPy" not in asset("teach.html")
    ids = tags.values("id")
    assert len(ids) == len(set(ids))
    assert set(tags.values("for")) <= set(ids)
