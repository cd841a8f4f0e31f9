"""What the reference and the search write, without npm and without a browser."""

from __future__ import annotations

import argparse
import ast
import builtins
import json
import random
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, strategies as st
from links import broken, read

import autograd_lite
from autograd_lite import Value, data, lessons, nn, optim, plots, train, views
from autograd_lite.__main__ import _parser
from autograd_lite.engine.table import TABLE
from autograd_lite.engine.text import shown
from autograd_lite.site import gallery, operations, reference, search, usage
from autograd_lite.site.entries import Entry
from autograd_lite.site.shell import Site
from autograd_lite.views.expressions import Expression

PUBLIC: list[str] = import_module("autograd_lite").__all__
ROOT = Path(autograd_lite.__file__).parents[1]
STATES = re.compile(r'href="\.\./index\.html#([^"]+)"')


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reference and the index of the search, without what takes long to draw."""
    folder = tmp_path_factory.mktemp("site")
    site = Site()
    (folder / "assets").mkdir()
    (folder / "assets" / "icon.svg").write_text("<svg/>")
    for path in ("index.html", "course/index.html", "watch/index.html", "notebooks/index.html", "teach/index.html"):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(site.page(path, "A part", '<main id="content"><h1>A part</h1>word</main>'))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "GALLERY", [one for one in gallery.GALLERY if one.shown == "{}"])
        assert reference.write(folder, site, str) == []
    assert search.write(folder, site, str) == []
    return folder


def page(written: Path, path: str) -> str:
    """The text of a page of the reference."""
    return (written / "reference" / path).read_text(encoding="utf-8")


def test_links(written: Path) -> None:
    """Every link leads to a file and an id that are there; scripts are those of the whole site."""
    pages = sorted((written / "reference").rglob("*.html"))
    assert len(pages) >= 16
    assert [wrong for wrong in broken(written, pages) if "assets/script/" not in wrong] == []
    assert [name for name in pages if read(name).unsafe] == []


def test_a_link_that_is_wrong_is_found(tmp_path: Path) -> None:
    """The checker itself: it finds a file, an id, a host and a way out that are wrong, and nothing in a page that is right."""
    links = '<a href="{}">a</a><img src="{}">'
    (tmp_path / "right.html").write_text('<p id="here">' + links.format("right.html#here", "data:image/png;base64,"))
    (tmp_path / "state.html").write_text(links.format("right.html#x=1", "right.html"))
    (tmp_path / "wrong.html").write_text(links.format("right.html#there", "https://github.com/a.png"))
    (tmp_path / "worse.html").write_text(
        links.format("../etc/passwd", "missing.svg") + '<a href="https://example.org">'
    )
    pages = sorted(tmp_path.glob("*.html"))
    assert [(line.split(":")[0], line.rpartition(": ")[2]) for line in broken(tmp_path, pages)] == [
        ("worse.html", "leads out of the site"),
        ("worse.html", "there is no such file"),
        ("worse.html", "leads to a host that is not known"),
        ("wrong.html", "there is no such id"),
        ("wrong.html", "is loaded from another host"),
    ]


@pytest.mark.parametrize("room", [data, lessons, nn, nn.losses, optim, plots, train, views])
def test_public_names_of_rooms(written: Path, room: Any) -> None:
    """Each public name of a room stands on its page, or is led to from there."""
    text = page(written, f"{room.__name__.replace('.', '/')}.html")
    own = [
        name for name, one in vars(room).items() if getattr(one, "__module__", "") == room.__name__ and name[0] != "_"
    ]
    names = set(getattr(room, "__all__", own)) - {"losses"}
    assert len(names) > 5
    assert [name for name in names if f'id="{name}"' not in text and f"autograd_lite.html#{name}" not in text] == []


def test_operations_stand_once(written: Path) -> None:
    """As functions, and not as methods of Value too, whichever engine has made the page; other methods are there."""
    ids = set(read(written / "reference" / "autograd_lite.html").ids)
    rows = {name for op in TABLE.values() for name in (op.name, op.ufunc) if name}
    assert {f"Value.{name}" for name in rows} & ids == set()
    assert {"Value.backward", "Value.data", "Value.grad", "Value.label"} <= ids


def test_public_names_of_the_package(written: Path) -> None:
    """Each public name has its place, its signature and its docstring; operations as functions of their operands."""
    text = page(written, "autograd_lite.html")
    ids = set(read(written / "reference" / "autograd_lite.html").ids)
    assert {*PUBLIC, "abs", "pow", "round", "sum"} - {"__version__"} <= ids
    assert {"Value.backward", "Value.grad", "Value.data", "Value.zero_grad", "Value.item", "Trace.save_html"} <= ids
    for name, op in TABLE.items():
        section = text.partition(f'<section id="{name}"')[2].partition("</section>")[0]
        plain = re.sub(r"<[^>]+>", "", section)
        assert re.search(rf"def\s+{name}\(\s*{op.parameters[0]}", plain), name
        assert ">>>" in section.replace("&gt;", ">"), name


def test_a_star_is_a_star(written: Path) -> None:
    """Products in docstrings stay products: pdoc's Markdown makes no stress of them."""
    assert "sqrt(x*x + y*y)" in re.sub(r"<[^>]+>", "", page(written, "autograd_lite.html"))
    assert "<em>" not in page(written, "autograd_lite.html")


def test_each_operation_is_a_row_with_its_domain(written: Path) -> None:
    """The table has each row once; where it says that an operation is defined, it is, and nowhere else."""
    ids = read(written / "reference" / "operations.html").ids
    assert [name for name in TABLE if ids.count(name) != 1] == []
    rng = random.Random(16)
    for op in TABLE.values():
        if op.name == "power_term":  # a term of derivatives of a power, whose domain has no short name
            continue
        holds = operations.DOMAINS[operations.domain(op)]
        for _ in range(200):
            point = [rng.choice([rng.uniform(-3.0, 3.0), float(rng.randint(-3, 3))]) for _ in range(op.arity)]
            try:
                defined = op(*point) == op(*point)
            except (ArithmeticError, ValueError):
                defined = False
            assert defined == holds(*point), (op.name, point)


def test_the_help_is_that_of_the_command(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page has each subcommand's help as argparse writes it."""
    monkeypatch.setenv("COLUMNS", usage.WIDTH)
    parser = _parser()
    [commands] = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    expected = {"": parser} | commands.choices
    found = usage.texts()
    assert found.keys() == expected.keys()
    assert {name: text.split() for name, text in found.items()} == {
        name: one.format_help().split() for name, one in expected.items()
    }
    assert set(commands.choices) <= set(read(written / "reference" / "command.html").ids)


def test_links_into_the_playground(written: Path) -> None:
    """What leads there has an expression that can be read, with a number for each of its variables."""
    found = [state for path in ("command.html", "gallery.html") for state in STATES.findall(page(written, path))]
    assert len(found) >= 8
    for state in found:
        inputs = dict(parse_qsl(state.replace("&amp;", "&"), strict_parsing=True))
        read_back = Expression(inputs.pop("expression"))
        assert isinstance(read_back(**{name: Value(float(x)) for name, x in inputs.items()}), Value)


@given(
    st.text(min_size=1),
    st.dictionaries(st.from_regex(r"\A[a-z]\w?\Z").filter(lambda x: x != "expression"), st.floats()),
)
def test_addresses_are_read_back(expression: str, inputs: dict[str, float]) -> None:
    """An address of the playground holds any text."""
    try:
        expression.encode()
    except UnicodeEncodeError:
        return
    state = reference.playground(expression, inputs).removeprefix("../index.html#")
    assert parse_qsl(state, keep_blank_values=True) == [
        ("expression", expression),
        *((k, str(x)) for k, x in inputs.items()),
    ]


@pytest.mark.parametrize("one", gallery.GALLERY, ids=lambda one: one.name)
def test_the_code_of_the_gallery_is_whole(one: Entry) -> None:
    """What is shown is a program: each name that it uses is imported, defined before, or Python's own."""
    tree = ast.parse(one.code())
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    known = {node.id for node in names if isinstance(node.ctx, ast.Store)} | set(dir(builtins))
    known |= {name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names}
    known |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    known |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert {node.id for node in names} <= known
    assert max(map(len, one.code().splitlines())) <= 74


@pytest.mark.parametrize("one", [one for one in gallery.GALLERY if one.expression], ids=lambda one: one.name)
def test_the_playground_shows_what_the_gallery_shows(one: Entry) -> None:
    """The expression that an entry leads to has the value that its picture or its table has."""
    made = one.make()
    y = Expression(one.expression)(**{name: Value(x) for name, x in one.inputs.items()})
    assert isinstance(y, Value)
    told = str(getattr(made, "comment", ""))
    if one.name == "derivative":
        [(name, x)] = one.inputs.items()
        at = Value(x)
        assert told.endswith(
            f"value {shown(autograd_lite.gradients(Expression(one.expression)(**{name: at}), at).data)}"
        )
    elif told:
        assert told.endswith(f"value {shown(y.data)}")
    else:
        assert one.shown != "{}"


def test_without_matplotlib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without matplotlib the other entries are there, and what is lacking is said once."""
    plots_alone = [one for one in gallery.GALLERY if one.name in ("circuit", "landscape", "functions")]
    monkeypatch.setattr(reference, "GALLERY", plots_alone)
    monkeypatch.setattr(reference, "rendered", Mock(side_effect=ImportError("a plot needs matplotlib")))
    body, lacking = reference.gallery(tmp_path, str)
    assert lacking == ["a plot needs matplotlib"]
    assert re.findall(r'<h2 id="([\w-]+)"', body) == ["circuit"]
    assert [path.name for path in tmp_path.iterdir()] == ["circuit.svg"]


def test_the_changelog() -> None:
    """Each version and each entry of the file is on the page; in an installed package the part says what it lacks."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    body, lacking = reference.changelog(ROOT)
    assert lacking == []
    for version in re.findall(r"^## (\S+)", text, re.MULTILINE):
        assert len(re.findall(rf'<h2 id="[^"]+">{re.escape(version)}\b', body)) == 1
    assert body.count("<li>") == len(re.findall(r"^ *- ", text, re.MULTILINE))
    body, [lack] = reference.changelog(ROOT / "autograd_lite")
    assert "CHANGELOG.md" in body
    assert "changelog" in lack


def test_without_pdoc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pdoc the rest is written, leads to no page that is lacking, and says what to install."""
    monkeypatch.setitem(sys.modules, "pdoc", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert reference._write_api(tmp_path, Site(), str) == [
        "the reference of names needs pdoc, which is not installed: pip install pdoc"
    ]
    assert "autograd_lite.html" not in operations.page_of_operations(lacks_api=True)
    assert "autograd_lite.html" not in reference.index(lacks_api=True)


def test_the_index_of_the_search(written: Path) -> None:
    """Its entries lead to pages and ids that are there; what one looks for is in it; it is small."""
    content = (written / "assets" / "search.json").read_bytes()
    assert len(content) < 1_500_000
    entries = json.loads(content)
    for entry in entries:
        path, _, name = entry["at"].partition("#")
        assert not name or name in read(written / path).ids, entry["at"]
    addresses = [entry["at"] for entry in entries]
    assert len(addresses) == len(set(addresses))
    titles = {entry["title"] for entry in entries}
    assert {
        "softmax",
        "Value.backward",
        "sigmoid (σ, logistic, expit)",
        "decision_boundary",
        "autograd-lite step",
    } <= titles
    assert {entry["part"] for entry in entries} == {"Playground", "Course", "Watch", "Notebooks", "Teach", "Reference"}


def test_sections_of_a_page() -> None:
    """A section starts at a heading with an id, of its own or of the section around; scripts and navigation say nothing."""
    text = """<nav>no</nav><main id="content"><header><h1>The <i>title</i></h1></header><p>first</p><script>no</script>
    <section id="a"><h2>One</h2><p>of a<br>more</p><h3 id="b">Two</h3>of b<svg><text>no</text></svg><h3>Third</h3></section>
    <table><tr id="c" data-found="row"><td>of</td><td>c</td></tr></table></main>"""
    assert search.sections(text) == [
        ("", "The title", "first"),
        ("a", "One", "of a more"),
        ("b", "Two", "of b Third"),
        ("c", "row", "of c"),
    ]


@given(st.lists(st.sampled_from(["sin", "cos", "Rule", "rule", "chain", "σ", "12"]), max_size=800).map(" ".join))
def test_folded_texts_keep_every_word(text: str) -> None:
    """Of a long text, each word can still be found, but for numbers."""
    kept = {word.casefold() for word in search.WORD.findall(search.folded(text))}
    assert {word.casefold() for word in text.split() if not word.isdecimal()} <= kept
    assert len(search.folded(text)) <= search.FOLDED + 3
