"""`Picture`: the choice of a layout program, its failures, the files, and the dress of the SVG."""

from __future__ import annotations

import importlib.metadata
import os
import stat
import sys
import sysconfig
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

import graphviz
import pytest

from autograd_lite.views.picture import layout
from autograd_lite.views.picture.digraph import Picture
from autograd_lite.views.picture.layout import LayoutError, layout_program

SVG = "{http://www.w3.org/2000/svg}"
CURES = ["pip install graphviz-pure", "apt-get install graphviz", "brew install graphviz", "AUTOGRAD_LITE_DOT"]
PURE = layout.graphviz_pure() or ""


@pytest.fixture(autouse=True)
def _no_program_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each test starts in an empty folder, with graphviz-pure as the one layout program."""
    monkeypatch.delenv("AUTOGRAD_LITE_DOT", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(tmp_path)
    layout.draws_tables.cache_clear()


@pytest.fixture
def picture() -> Picture:
    """Two nodes and an edge."""
    picture = Picture(name="fig", comment="a < b", filename="fig.gv", format="svg", dark={"#ffffff": "#000000"})
    picture.edge("a", "b", "1")
    return picture


def script(path: Path, *lines: str) -> str:
    """A program of the shell."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
    return str(path)


def complaint(picture: Picture) -> str:
    """The message with which a layout fails: one line."""
    with pytest.raises(LayoutError) as caught:
        picture.svg()
    message = str(caught.value)
    assert "\n" not in message
    assert isinstance(caught.value, RuntimeError)
    return message


def test_a_picture_needs_no_graphviz(picture: Picture) -> None:
    """With an empty PATH the program of graphviz-pure is found in this environment, and works."""
    assert layout_program() == PURE
    assert Path(PURE).stem == "graphviz-pure"
    assert ElementTree.fromstring(picture.svg()).tag == f"{SVG}svg"


@pytest.mark.unix
def test_a_working_dot_on_the_path_is_preferred(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A dot on PATH that lays out a table is used, and asked only once in a process whether it does."""
    dot = script(tmp_path / "bin" / "dot", f'echo asked >> "{tmp_path}/log"', f'exec "{PURE}" "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    assert [layout_program(), layout_program()] == [dot, dot]
    assert (tmp_path / "log").read_text() == "asked\n"


@pytest.mark.unix
@pytest.mark.parametrize(
    "line", ["exit 1", "echo '<svg></svg>'", "cat", "echo '<svg><text>&lt;TABLE&gt;</text></svg>'"]
)
def test_a_dot_that_cannot_lay_out_tables_is_passed_over(
    line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A broken dot, another program of that name, and a build without tables do not stand in the way."""
    script(tmp_path / "bin" / "dot", line)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    assert layout_program() == PURE


@pytest.mark.unix
def test_the_environment_chooses_before_all(picture: Picture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """AUTOGRAD_LITE_DOT names the program, by its path or by its name on PATH."""
    mine = script(tmp_path / "bin" / "mine", f'echo "$@" > "{tmp_path}/log"', f'exec "{PURE}" "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    for name in (mine, "mine"):
        monkeypatch.setenv("AUTOGRAD_LITE_DOT", name)
        assert layout_program() == mine
    picture.svg()
    assert (tmp_path / "log").read_text() == "-Kdot -Tsvg\n"


def test_a_chosen_program_that_is_missing_is_named(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice that does not exist is not silently replaced: one line names it and lists the cures."""
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", "nowhere/dot")
    message = complaint(picture)
    assert "'nowhere/dot' does not run (No such file or directory)" in message
    assert all(cure in message for cure in CURES)


@pytest.mark.unix
def test_a_chosen_program_that_fails_is_quoted(
    picture: Picture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a failing program wrote to standard error is in the one line, or else its exit status."""
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", script(tmp_path / "bad", "echo two; echo 'no such\nluck' >&2; exit 3"))
    assert "failed (no such luck)" in complaint(picture)
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", script(tmp_path / "bad", "exit 3"))
    assert "failed (exit status 3)" in complaint(picture)


@pytest.mark.unix
def test_a_hanging_program_is_stopped(
    picture: Picture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, time_limit: float
) -> None:
    """After the time limit one line gives the size of the graph, the limit, and the choices."""
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", script(tmp_path / "slow", "exec /bin/sleep 600"))
    picture.node("a")
    picture.node("b")
    assert time_limit == 20.0
    picture.time_limit = 0.2
    message = complaint(picture)
    assert message.startswith("slow took longer than 0.2 s to lay out 2 nodes and 1 edge: ")
    assert all(choice in message for choice in ("draw a part", "picture.time_limit", "AUTOGRAD_LITE_DOT"))


def hide_graphviz_pure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Make this environment look as if the package were not installed."""

    def not_found(_name: str) -> NoReturn:
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path))
    monkeypatch.setattr(importlib.metadata, "distribution", not_found)


def test_without_any_program_every_cure_is_listed(
    picture: Picture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where nothing lays out pictures, the source can still be had, and the one line lists all cures."""
    hide_graphviz_pure(monkeypatch, tmp_path)
    message = complaint(picture)
    assert message.startswith("no layout program found")
    assert all(cure in message for cure in CURES)
    assert "a -> b" in picture.source


def test_graphviz_pure_is_found_wherever_pip_put_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The program is found by the package's list of files, or else on PATH, if it is not in the usual folders."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(tmp_path / "python"))
        patch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path))
        assert os.path.realpath(layout_program()) == os.path.realpath(PURE)
    hide_graphviz_pure(monkeypatch, tmp_path)
    monkeypatch.setenv("PATH", os.path.dirname(PURE))
    assert layout_program() == PURE


def test_a_format_that_the_program_lacks_is_refused_in_one_line(picture: Picture) -> None:
    """PDF needs Graphviz; the message names what works without, and how to get it; no file is left behind."""
    with pytest.raises(
        LayoutError, match=r"^graphviz-pure cannot write pdf: choose svg or png, or install Graphviz [^\n]*$"
    ):
        picture.render("fig", format="pdf")
    assert os.listdir() == []


def test_render_keeps_the_conventions_of_graphviz(picture: Picture) -> None:
    """The source is written beside the picture on request; names and formats follow from each other."""
    assert picture.render("fig", cleanup=False, format="svg") == "fig.svg"
    assert sorted(os.listdir()) == ["fig", "fig.svg"]
    assert Path("fig").read_text() == picture.source
    Path("fig").write_text("mine")
    assert picture.render("fig") == "fig.svg"
    assert Path("fig").read_text() == "mine"
    assert picture.render(outfile="other.png", cleanup=True) == "other.png"
    assert Path("other.png").read_bytes().startswith(b"\x89PNG")
    assert picture.render("a", directory="new/folder", format="json", cleanup=True) == os.path.join(
        "new/folder", "a.json"
    )
    with pytest.raises(graphviz.FileExistsError):
        picture.render(outfile="a.json", raise_if_result_exists=True)
    with pytest.raises(ValueError, match=r"^the picture would overwrite its own source 'new/folder/x.gv': [^\n]*$"):
        picture.render("x.gv", outfile="x.gv", format="gv", cleanup=False)


def test_the_name_of_a_picture_says_what_it_is(picture: Picture) -> None:
    """`render("a.png")` writes a PNG of that name; what a name denies is refused, and nothing is written."""
    for name, start in (("a.png", b"\x89PNG"), ("a.SVG", b"<?xml"), ("a.json", b"{")):
        assert picture.render(name) == name
        assert Path(name).read_bytes().startswith(start)
        assert picture.copy().render(name, directory="folder", cleanup=False) == os.path.join("folder", name)
    assert sorted(os.listdir("folder")) == ["a.SVG", "a.gv", "a.json", "a.png"]
    before = sorted(os.listdir())
    for wrong in ("b.png", Path("b.png")):
        with pytest.raises(ValueError, match=r"^'b.png' is not the name of a picture in the format 'svg'$"):
            picture.render(wrong, format="svg")
        with pytest.raises(ValueError, match=r"^cannot write 'b.png': the name of what is written here ends in .dot$"):
            picture.save(wrong)
    with pytest.raises(ValueError, match="is not the name"):
        picture.render(outfile="b.png", format="svg")
    assert sorted(os.listdir()) == before


def test_the_file_is_what_pipe_returns(picture: Picture) -> None:
    """A rendered file, piped bytes and piped text are the same; the element for a page is that without the prolog."""
    path = picture.render("fig", format="svg")
    assert Path(path).read_bytes() == picture.pipe("svg")
    assert picture.pipe("svg", encoding="utf-8") == picture.pipe("svg").decode()
    assert picture.pipe("svg", encoding="utf-8") == f'<?xml version="1.0" encoding="UTF-8"?>\n{picture.svg()}'
    assert "DOCTYPE" not in picture.pipe("svg", encoding="utf-8")


def test_a_notebook_shows_the_element(picture: Picture) -> None:
    """In a notebook the SVG has no prolog, and is never wider than the page; other formats are shown on request."""
    style = 'style="max-width: 100%; height: auto"'
    fitted = picture.svg().replace("<svg", f"<svg {style}", 1)
    bundle = picture._repr_mimebundle_()
    assert bundle.keys() == {"image/svg+xml", "text/html"}
    assert bundle["image/svg+xml"] == fitted
    assert fitted in bundle["text/html"]
    assert picture._repr_mimebundle_(exclude=["text/html"]).keys() == {"image/svg+xml"}
    assert picture._repr_mimebundle_(include=["text/html"]).keys() == {"text/html"}
    assert picture.svg().startswith("<svg ")
    assert picture._repr_mimebundle_(include=["image/png"])["image/png"].startswith(b"\x89PNG")


def test_files_are_whole_or_not_there(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing fails on the way, the file of before is untouched, and nothing else is left behind."""
    picture.save("fig.gv")
    before = Path("fig.gv").read_text()
    picture.edge("b", "c")

    def full(*_paths: str) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match=r"^\[Errno 28\] cannot write the file \(No space left on device\): 'fig.gv'$"):
        picture.save("fig.gv")
    assert os.listdir() == ["fig.gv"]
    assert Path("fig.gv").read_text() == before


@pytest.mark.parametrize(("path", "kind"), [("file/fig", NotADirectoryError), ("folder", IsADirectoryError)])
def test_a_place_that_cannot_be_written_is_named(picture: Picture, path: str, kind: type[OSError]) -> None:
    """An unwritable target raises the OSError of its kind, in one line with the path that was asked for."""
    Path("file").write_text("")
    Path("folder.svg").mkdir()
    Path("folder").mkdir()
    for write in (picture.save, picture.render):
        with pytest.raises(OSError, match=rf"^\[Errno \d+\] cannot write the file [^\n]*: '{path}(.svg)?'$") as caught:
            write(path)
        assert type(caught.value) in (kind, FileExistsError)
    assert sorted(os.listdir()) == ["file", "folder", "folder.svg"]


@pytest.mark.unix
def test_files_have_the_usual_permissions_and_links_stay_links(picture: Picture) -> None:
    """A new file is readable as any other new file is, and a link is written through."""
    Path("other").write_text("")
    Path("target").write_text("")
    Path("link").symlink_to("target")
    picture.save("new")
    picture.save("link")
    assert stat.S_IMODE(Path("new").stat().st_mode) == stat.S_IMODE(Path("other").stat().st_mode)
    assert Path("link").is_symlink()
    assert Path("target").read_text() == picture.source


def test_save_can_leave_an_existing_file(picture: Picture) -> None:
    """With skip_existing, as in graphviz, a file that is there stays as it is."""
    Path("fig.gv").write_text("mine")
    assert picture.save(skip_existing=True) == "fig.gv"
    assert Path("fig.gv").read_text() == "mine"
    assert picture.save(directory="new") == os.path.join("new", "fig.gv")


def test_a_copy_is_the_same_picture(picture: Picture) -> None:
    """copy() keeps all that the picture is dressed with."""
    copy = picture.copy()
    assert (type(copy), copy.svg()) == (Picture, picture.svg())


def test_what_a_reader_adds_is_drawn(picture: Picture) -> None:
    """The picture is a Digraph: nodes, edges, clusters and attributes can be added, also with a name of any kind."""
    with picture.subgraph(name="cluster_0") as cluster:
        cluster.node("c", label="<<B>bold</B> and not>", shape="box")
    picture.edge("b", "c", label="<<B>e</B>f>")
    picture.name = 'any "name" <here>'
    svg = ElementTree.fromstring(picture.svg())
    assert {"bold and not", "e", "f", "1", "a", "b"} <= {"".join(text.itertext()) for text in svg.iter(f"{SVG}text")}
    assert svg.get("id") == "any__name___here__svg"


def test_the_texts_of_a_box_are_aligned_in_every_font() -> None:
    """Of two texts in a row the second ends at the right edge; one alone is centred; widths do not matter."""
    picture = Picture(name="fig")
    row = "<TR><TD ALIGN='LEFT'>value</TD><TD ALIGN='RIGHT'>{}</TD></TR>"
    table = (
        "<<TABLE BORDER='0' CELLPADDING='4'><TR><TD COLSPAN='2'><B>wide</B> = header</TD></TR>" + row * 2 + "</TABLE>>"
    )
    picture.node("a", table.format("−1", "22.5"), shape="box", margin="0", width="0")
    svg = ElementTree.fromstring(picture.svg())
    texts: list[Any] = list(svg.iter(f"{SVG}text"))
    assert ["".join(text.itertext()) for text in texts] == ["wide = header", "value", "−1", "value", "22.5"]
    assert [text.get("text-anchor") for text in texts] == ["middle", "start", "end", "start", "end"]
    middle, start, end = (float(text.get("x")) for text in texts[:3])
    assert (start + end) / 2 == pytest.approx(middle, abs=0.02)
    assert texts[2].get("x") == texts[4].get("x")


def test_another_function_can_lay_out(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no program can be started, as in a browser, one function in the place of `layout` serves every output."""
    asked = []

    def drawn(source: bytes, kind: str, engine: str, options: list[str], seconds: float) -> bytes:
        asked.append((source.decode(), kind, engine, options, seconds))
        return b"<?xml?><svg>\n<g></g>\n</svg>\n"

    monkeypatch.setattr(layout, "layout", drawn)
    picture.time_limit = 5.0
    assert picture.svg().startswith('<svg id="fig_svg" role="img"')
    assert picture.render("fig", engine="neato", neato_no_op=1) == "fig.svg"
    assert asked == [(picture.source, "svg", "dot", [], 5.0), (picture.source, "svg", "neato", ["-n1"], 5.0)]


def test_what_graphviz_does_not_know_is_refused_before_anything_is_written(picture: Picture) -> None:
    """An unknown format or engine, a formatter without a renderer, and a file without a known ending raise at once."""
    wrong: list[dict[str, Any]] = [{"format": "gem"}, {"engine": "steam"}, {"renderer": "x"}]
    for options in wrong:
        with pytest.raises(ValueError, match="unknown"):
            picture.render("fig", **options)
    wrong = [{"formatter": "cairo"}, {"outfile": "fig"}]
    for options in wrong:
        with pytest.raises(graphviz.RequiredArgumentError):
            picture.render(**options)
    assert os.listdir() == []


def test_a_lean_picture_names_nothing_twice(picture: Picture) -> None:
    """The lean element has no titles and no comments; all else is that of the other."""
    lean = picture.svg(lean=True)
    assert "<title>" not in lean
    assert "<!--" not in lean
    texts = [
        ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
        for svg in (lean, picture.svg())
    ]
    assert texts[0] == texts[1] == ["a", "b", "1"]
