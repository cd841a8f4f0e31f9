"""The pictures of the steps in a folder, and the slides that show them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
from browser import chromium
from pages import SVG, chain, example_of_the_page
from playwright.sync_api import Browser
from traces import HOSTILE

from autograd_lite import Trace, Value, log, nn, pow, sigmoid, trace
from autograd_lite.__main__ import main
from autograd_lite.engine import files
from autograd_lite.engine.text import shown
from autograd_lite.views.picture import layout
from autograd_lite.views.picture.layout import LayoutError
from autograd_lite.views.steps import frames
from autograd_lite.views.steps.passes import Backward

DOTS = frames.DOTS
BLUE, ORANGE = "#005a8c", "#b03a00"
NAMES = ["1-forward-u", "2-forward-s", "3-forward-y", "4-backward-s", "5-backward-u", "6-backward-x"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this file."""
    yield from chromium()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """PNGs take most of the time, and most tests look at the SVGs."""
    monkeypatch.setattr(frames, "DOTS", 9)


def example() -> Trace:
    """e^sin(x²), every node named."""
    return trace(example_of_the_page()[1])


def shared() -> Trace:
    """x·x + x, in which one node has three uses."""
    x = Value(3.0, label="x")
    return trace(x * x + x)


def neuron() -> Trace:
    """A neuron with cross-entropy, in which two nodes have the same number."""
    w, x, b = Value(0.8, label="w"), Value(1.5, label="x"), Value(-0.4, label="b")
    return trace(-(1.0 * log(sigmoid(w * x + b))))


def network() -> Trace:
    """A network of two layers, and a loss."""
    output = nn.MLP(2, [4, 1], seed=0)([Value(0.5, label="x₁"), Value(-1.0, label="x₂")])
    return trace((output - 1.0) ** 2)


def hostile() -> Trace:
    """A product of leaves whose names mean something in XML, DOT, LaTeX or a file system, or are very wide."""
    y = Value(1.0, label="../../x")
    for label in (HOSTILE[2], HOSTILE[6], HOSTILE[10], r"\\[9cm]", "中文" * 9, "W" * 24, "CON", "é" * 30):
        y = y * Value(1.01, label=label)
    return trace(y)


def wide() -> Trace:
    """A chain that is wider than a picture in which it can be read."""
    return trace(chain(16))


def cards(svg: ElementTree.Element) -> dict[str, tuple[str, str]]:
    """Value and gradient as they stand on each card, by the end of its id."""
    found = {}
    for group in svg.iter(f"{SVG}g"):
        texts = ["".join(text.itertext()) for text in group.iter(f"{SVG}text")]
        if group.get("class", "").startswith("node") and "grad" in texts:
            found[group.get("id", "").partition("_")[2]] = (texts[-3], texts[-1])
    return found


def marked(svg: ElementTree.Element, kind: str) -> dict[str, tuple[str, str, bool]]:
    """The thick nodes or edges by the ends of their ids: their colour, their thickness, and whether they are dashed."""
    found = {}
    for group in svg.iter(f"{SVG}g"):
        if group.get("class", "").startswith(kind):
            path = next(group.iter(f"{SVG}path"), None)
            if path is not None and float(path.get("stroke-width", "1")) > 2.0:
                look = path.get("stroke", ""), path.get("stroke-width", ""), "stroke-dasharray" in path.attrib
                found[group.get("id", "").partition("_")[2]] = look
    return found


@pytest.mark.parametrize("make", [example, shared, neuron])
def test_each_picture_shows_what_is_known_and_what_is_going_on(tmp_path: Path, make: Callable[[], Trace]) -> None:
    """Numbers appear at their step and not before; the current node is thick, the upstream one and its edge are dashed."""
    steps = make()
    paths = steps.frames(tmp_path)
    inputs = [step for step in steps.forward if step.node.op is None]
    told = [step for step in steps if step not in inputs]
    assert len(paths) == len(told)
    keys = {node: f"v{place}" for place, node in enumerate(steps.nodes, start=1)}
    values = {step.node: step.value for step in inputs}
    gradients: dict[Value, float] = {}
    for path, step in zip(paths, told, strict=True):
        svg = ElementTree.fromstring(Path(path).read_text(encoding="utf-8"))
        if isinstance(step, Backward):
            gradients = {steps.root: 1.0} | gradients | {step.operand: step.total}
            nodes = {keys[step.operand]: (ORANGE, "3", False), keys[step.node]: (ORANGE, "2.5", True)}
            edges = {f"{keys[step.node]}_{step.place}": (ORANGE, "2.5", True)}
        else:
            values[step.node] = step.value
            nodes = {keys[step.node]: (BLUE, "3", False)}
            drawn = [place for place, x in enumerate(step.node.operands) if type(x) is Value or step.node.op is not pow]
            edges = {f"{keys[step.node]}_{place}": (BLUE, "2.5", False) for place in drawn}
        assert marked(svg, "node") == nodes
        assert marked(svg, "edge") == edges
        assert cards(svg) == {
            keys[node]: (
                shown(values[node]) if node in values else "?",
                shown(gradients[node]) if node in gradients else "·",
            )
            for node in steps.nodes
        }
        assert svg.get("aria-label", "").endswith(".")


def test_files_are_numbered_and_the_same_in_every_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names say number, way and node, and each run writes the same bytes; the PNGs are as large as a projector's."""
    monkeypatch.setattr(frames, "DOTS", DOTS)
    paths = example().frames(tmp_path)
    assert [Path(path).name for path in paths] == [f"{name}.svg" for name in NAMES]
    kinds = [f"{name}.{kind}" for name in NAMES for kind in ("png", "svg")]
    assert sorted(os.listdir(tmp_path)) == [*kinds, "slides.tex"]
    first = {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)}
    assert {png[16:24] for name, png in first.items() if name.endswith("png")} == {b"\0\0\x07\x80\0\0\x048"}
    example().frames(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)} == first
    assert re.findall(r"\\still\{(.*)\}", first["slides.tex"].decode()) == NAMES


def test_another_run_replaces_what_is_its_own_only(tmp_path: Path) -> None:
    """Earlier pictures go, other files stay; where one would be overwritten, nothing is written at all."""
    example().frames(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    shared().frames(tmp_path)
    left = sorted(name for name in os.listdir(tmp_path) if not name.endswith(".png"))
    assert left == [
        "1-forward-v2.svg", "2-forward-v3.svg", "3-backward-v2.svg", "4-backward-x.svg", "5-backward-x.svg",
        "6-backward-x.svg", "notes.txt", "slides.tex",
    ]  # fmt: skip
    for name in ("2-forward-s.svg", "slides.tex"):
        other = tmp_path / f"other {name}"
        other.mkdir()
        (other / name).write_text("mine")
        with pytest.raises(ValueError, match=re.escape(name)):
            example().frames(other)
        assert os.listdir(other) == [name]
    with pytest.raises(ValueError, match="no folder"):
        example().frames(tmp_path / "notes.txt")


def test_an_interrupted_run_can_be_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever a run ends, each file is whole, and the next run goes through."""
    write, count = files.write_whole, 0

    def stops(path: str, content: bytes) -> None:
        nonlocal count
        count += 1
        if count == 4:
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr("autograd_lite.views.steps.frames.write_whole", stops)
    with pytest.raises(KeyboardInterrupt):
        example().frames(tmp_path)
    assert len(os.listdir(tmp_path)) == 3
    assert len(example().frames(tmp_path)) == 6


def test_the_layout_is_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One run of the layout program places the graph; all others draw what is placed, eight pictures each."""
    calls, run = [], layout.layout

    def counted(
        source: bytes, kind: str, engine: str = "dot", options: Sequence[str] = (), seconds: float = 20.0
    ) -> bytes:
        calls.append((kind, engine))
        return run(source, kind, engine, options, seconds)

    told: list[tuple[int, int]] = []
    monkeypatch.setattr(layout, "layout", counted)
    neuron().frames(tmp_path, done=lambda count, total: told.append((count, total)))
    assert sorted(calls) == [("json0", "dot"), *[("png", "neato")] * 2, *[("svg", "neato")] * 2]
    assert told[-1] == (14, 14)
    assert told == sorted(told)

    def without_png(source: bytes, kind: str, *rest: Sequence[str]) -> bytes:
        if kind == "png":
            raise LayoutError("dot cannot write png: choose svg")
        return counted(source, kind, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(layout, "layout", without_png)
    neuron().frames(tmp_path)
    assert {Path(name).suffix for name in os.listdir(tmp_path)} == {".svg", ".tex"}


def test_a_folded_graph_steps_by_its_boxes(tmp_path: Path) -> None:
    """By neuron: a picture for each neuron and visible operation, and one for each link on the way back."""
    steps = network()
    paths = [Path(path).stem for path in steps.frames(tmp_path, group="neuron")]
    forward = [name for name in paths if "forward" in name]
    assert len(forward) == 4 + 1 + 2
    assert len(paths) == len(forward) + 2 + 4 + 4 * 2
    assert paths[0] == "01-forward-mlp-layer0-neuron0"
    with pytest.raises(ValueError, match="there is no scope"):
        steps.frames(tmp_path, expand=["layer7"])


@pytest.mark.parametrize("make", [shared, wide, hostile])
def test_no_text_is_cut(browser: Browser, tmp_path: Path, make: Callable[[], Trace]) -> None:
    """The sentence lies inside its picture, below the graph, and the current node is in sight."""
    steps = make()
    paths = steps.frames(tmp_path)
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    for path in paths[:: max(1, len(paths) // 5)]:
        page.set_content(f'<body style="margin:0">{Path(path).read_text(encoding="utf-8")}')
        page.evaluate("document.querySelector('svg').setAttribute('width', 1280)")
        page.evaluate("document.querySelector('svg').setAttribute('height', 720)")
        boxes = page.evaluate(
            "[...document.querySelectorAll('.page text')].map((x) => x.getBoundingClientRect().toJSON())"
        )
        assert len(boxes) >= 2
        for box in boxes:
            assert 0 <= box["left"] <= box["right"] <= 1280
            assert 720 * 410 / 540 <= box["top"] <= box["bottom"] <= 720
        current = page.evaluate(
            """[...document.querySelectorAll('.node [stroke-width="3"]')].map((x) => x.getBoundingClientRect().toJSON())"""
        )
        assert len(current) == 1
        assert 0 <= current[0]["left"] <= current[0]["right"] <= 1280
        assert 0 <= current[0]["top"] <= current[0]["bottom"] <= 720 * 410 / 540
    page.close()


def test_command_writes_frames(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`step --frames DIR` writes the folder and says so; what cannot be written is an error of one line."""
    assert main(["step", "u = x^2; s = sin u; e^s", "x=1.5", "--frames", str(tmp_path / "new")]) == 0
    assert f"slides.tex are in {tmp_path / 'new'}" in capsys.readouterr().out
    assert [name[:-4] for name in sorted(os.listdir(tmp_path / "new")) if name.endswith(".svg")] == NAMES
    (tmp_path / "file").write_text("mine")
    assert main(["step", "x", "x=1", "--frames", str(tmp_path / "file")]) == 2
    assert "it is no folder" in capsys.readouterr().err


@pytest.mark.long
@pytest.mark.unix
def test_slides_compile(tmp_path: Path) -> None:
    """The slides compile with pdflatex, a page for each picture, and nothing runs over the edge."""
    compiler = shutil.which("pdflatex")
    assert compiler, "this test compiles LaTeX: apt-get install texlive-latex-recommended texlive-pictures"
    graphs = [(example(), "none"), (shared(), "none"), (neuron(), "none"), (hostile(), "none"), (network(), "neuron")]
    for place, (steps, group) in enumerate(graphs):
        folder = tmp_path / str(place)
        paths = steps.frames(folder, group=group)
        command = [compiler, "-halt-on-error", "-interaction=nonstopmode", "slides.tex"]
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=600, check=False)
        assert done.returncode == 0, done.stdout[-1500:]
        log = (folder / "slides.log").read_text(encoding="latin-1")
        assert f"({len(paths)} pages" in log
        assert "Overfull" not in log, log[log.index("Overfull") :][:500]
