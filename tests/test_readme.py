"""The README and the contributing page: their pictures, links and examples (the README's also run as doctests).

`python tests/test_readme.py` draws the pictures anew.
"""

import doctest
import io
import math
import re
import runpy
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pytest

import autograd_lite
from autograd_lite import Op, Value, __version__, check_gradients, draw, exp, gradients, nn, optim, sin, trace
from autograd_lite.data import moons
from autograd_lite.lessons import find
from autograd_lite.plots import decision_boundary, network as drawn_network, save
from autograd_lite.train import fit
from autograd_lite.views.picture.digraph import Picture
from autograd_lite.views.picture.styles import DARK, EDGE, GRAD, GRAPH, LEAF, NODE, OP, OUT, VALUE

ROOT = Path(__file__).parent.parent
README, CONTRIBUTING = ROOT / "README.md", ROOT / ".github" / "CONTRIBUTING.md"
PACKAGE = Path(autograd_lite.__file__).parent
PICTURES = ROOT / ".github" / "pictures"
LINKS = runpy.run_path(str(ROOT / ".ci" / "absolute_links.py"))


def example() -> Value:
    """e^sin(x²), every node named."""
    x = Value(1.5, label="x")
    u = x**2
    s = sin(u)
    y = exp(s)
    u.label, s.label, y.label = "u", "s", "y"
    return y


def esin() -> str:
    y = example()
    y.backward()
    return svg(y)


def circuit() -> str:
    x, y, z, w = Value(-2, "x"), Value(3, "y"), Value(10, "z"), Value(-2, "w")
    f = w * (x * y + z)
    f.label = "f"
    f.backward()
    return svg(f, style="circuit")


def derivative() -> str:
    x = Value(1.5, label="x")
    dy = gradients(exp(sin(x**2)), x)
    dy.label = "dy/dx"
    dy.backward()
    return svg(dy)


def network() -> str:
    model = nn.MLP(2, [3, 1], "tanh", seed=0)
    model.load_state_dict(  # as training leaves them, rounded, so that every machine draws the same
        {
            "layers.0.weight": [[-4.9, 3.4], [3.3, -4.7], [-3.2, -3.3]],
            "layers.0.bias": [-1.2, -1.1, 0.4],
            "layers.1.weight": [[5.3, 5.3, -4.2]],
            "layers.1.bias": [1.4],
        }
    )
    assert [model([p, q]).data > 0.0 for p in (0, 1) for q in (0, 1)] == [False, True, True, False]
    text: str = drawn_network(model, inputs=["p", "q"]).pipe("svg").decode()
    return text


def workers() -> str:
    """A step of a training with an executor: what is sent, and what comes back."""
    picture = Picture(
        name="workers",
        comment="fit sends the parameters to workers, which keep model and samples, and adds the sums that come back",
        dark=DARK,
        graph_attr=GRAPH | {"nodesep": ".3", "ranksep": ".9"},
        node_attr=NODE | {"margin": ".3,.09"},
        edge_attr=EDGE,
    )
    picture.node("fit", r"fit\nthe rows of a batch", fillcolor=LEAF)
    picture.node("sum", r"loss, gradient\nΣ in the order of shards", fillcolor=OP)
    picture.node("step", r"step\nnew parameters", fillcolor=OUT)
    for k, (sent, found) in enumerate([("parameters, rows", "sums"), ("", ""), ("", "")]):
        worker = f"worker{k}"
        picture.node(worker, r"worker\nkeeps model, loss, samples", fillcolor=OP)
        picture.edge("fit", worker, sent, color=VALUE, fontcolor=VALUE)
        picture.edge(worker, "sum", found, color=GRAD, fontcolor=GRAD)
    picture.edge("sum", "step")
    text: str = picture.pipe("svg").decode()
    return text


def boundary() -> Any:
    """The figure of the README's training."""
    X, y = moons(100, seed=2)  # noqa: N806 - X is a matrix
    model = nn.MLP(2, [16, 1], "tanh", init="xavier", seed=0)
    loss = nn.losses.binary_cross_entropy_with_logits
    fit(model, loss, X, y, optimizer=optim.Adam(model.parameters(), lr=0.1), epochs=60, batch_size=20, seed=0)
    return decision_boundary(model, X, y, confidence="sigmoid").figure


def sigmoids() -> Value:
    """The network of lesson L18: 2-3-2-1, with a loss."""
    loss = find("L18")().graph
    assert loss is not None
    return loss


# The screenshots: of which graph, at which address, and in which colours.
SHOTS: dict[str, tuple[Callable[[], Value], str, Literal["light", "dark"]]] = {
    "stepper": (example, "step=5", "light"),
    "stepper-dark": (example, "step=6&predict=2", "dark"),
    "units": (sigmoids, "step=11", "light"),
}


def in_few_colours(png: bytes) -> bytes:
    """A picture in 128 colours, which no eye tells from all."""
    from PIL import Image

    small = io.BytesIO()
    picture: Any = Image.open(io.BytesIO(png))
    opaque = picture.convert("RGBA").getextrema()[3] == (255, 255)
    picture = picture.convert("RGB" if opaque else "RGBA")
    picture.quantize(128, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return small.getvalue()


def screenshots() -> Iterator[tuple[str, bytes]]:
    """The pages of README, as they stand on a screen."""
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for name, (graph, address, scheme) in SHOTS.items():
            path = Path(folder) / f"{name}.html"
            trace(graph()).save_html(path)
            page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
            page.goto(f"{path.as_uri()}#{address}")
            page.wait_for_timeout(300)  # until it has been arranged
            yield name, in_few_colours(page.screenshot())
        browser.close()


def playground() -> bytes:
    """The first page of the site, on which something has been typed and stepped through."""
    from playwright.sync_api import sync_playwright
    from sited import built, served

    with served(built()) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{site}#expression=u = x²; e^-u cos 2x&x=0.6")
        page.locator("#results", has_text="dy/dx").wait_for()
        page.wait_for_selector('.python[data-state="ready"]')
        steps = page.frame_locator("#stage iframe")
        while "step 9" not in steps.locator("#count").inner_text():
            steps.locator("#next").click()
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(300)  # until it has been arranged
        shot = page.screenshot()
        browser.close()
    return in_few_colours(shot)


def svg(y: Value, style: str = "table") -> str:
    text: str = draw(y, style=style).pipe("svg").decode()
    return text


GALLERY = {"L06": "costs", "L13": "towers", "L25": "descents", "L26": "curvature", "L28": "moons"}
DRAWN = {"esin": esin, "circuit": circuit, "derivative": derivative, "network": network, "workers": workers}


@pytest.mark.parametrize("name", DRAWN)
def test_pictures_are_what_the_code_draws(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture of the README is, byte for byte, what its example draws with graphviz-pure."""
    monkeypatch.setenv("PATH", "")  # no system's dot, whose version would decide the bytes
    assert (PICTURES / f"{name}.svg").read_text(encoding="utf-8") == DRAWN[name]()


def test_pictures_and_links_exist() -> None:
    """Every relative link of the pages leads to a file; the README shows every picture, and links every notebook."""
    for page in (README, CONTRIBUTING):
        text = page.read_text(encoding="utf-8")
        linked = [match[3].removeprefix("../") for match in LINKS["LINK"].finditer(text)]
        named = re.findall(r"`(\w+/[\w/]+\.(?:py|md))`", text)  # as tests/points.py, or engine/table.py in the package
        folders = (ROOT, PACKAGE, PACKAGE.parent)  # in the tests of a wheel, the package is not beside the tests
        for path in linked + named:
            assert any((folder / path).exists() for folder in folders), f"{page.name}: {path}"
    pictures = {*(f"{name}.svg" for name in DRAWN), "boundary.png"}
    pictures |= {f"{name}.png" for name in [*GALLERY.values(), *SHOTS, "playground"]}
    assert {path.name for path in PICTURES.iterdir()} == pictures
    assert all(path.stat().st_size < 150_000 for path in PICTURES.iterdir())
    text = README.read_text(encoding="utf-8")  # where a release is built, its links are absolute already
    assert all(f".github/pictures/{name})" in text for name in pictures)
    assert all(f"notebooks/{path.name})" in text for path in (ROOT / "notebooks").glob("*.ipynb"))


def test_a_release_makes_every_link_absolute() -> None:
    """Before a release is built, all links become addresses of the tag's files; the examples stay; [project.urls] is TOML."""
    base, tag = "https://example.org/someone/autograd_lite", "v1.2.3"
    text = README.read_text(encoding="utf-8")
    written = LINKS["absolute"](text, base, tag)
    targets = re.findall(r"\]\(([^()\s]+)\)", written)
    assert len(targets) >= len(re.findall(r"\]\(", text)) > 30
    assert all(target.startswith("https://") for target in targets)
    assert LINKS["absolute"](written, base, tag) == written
    for match in LINKS["LINK"].finditer(text):
        kind = "raw" if match[3].endswith((".svg", ".png")) else "blob"
        assert f"{match[2]}({base}/{kind}/{tag}/{match[3]})" in written
    examples = doctest.DocTestParser().get_examples
    assert [e.source for e in examples(written)] == [e.source for e in examples(text)]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8").split("\n[project.urls]")[0])
    named = tomllib.loads(LINKS["urls"](base, tag))["project"]["urls"]
    assert "urls" not in project["project"]
    assert all(address.startswith(base) for address in named.values())


def test_the_door_leads_to_the_site() -> None:
    """In a clone "Try it in the browser" leads to the section on the site; in a release on GitHub, to the site itself."""
    text = README.read_text(encoding="utf-8")
    assert text.count("](#in-the-browser)") == len(re.findall("^### In the browser$", text, re.MULTILINE)) == 1
    tag, site = "v1.2.3", "https://some-one.github.io/copy/"
    written = LINKS["absolute"](text, "https://github.com/Some-One/copy", tag)
    assert f"[Try it in the browser]({site})" in written
    assert "](#" not in written
    [found] = set(re.findall(r"https://[^()]+\.github\.io/[^()]+", written.replace("https://OWNER.github.io", "")))
    assert found == site
    assert LINKS["site"]("https://example.org/someone/copy") == ""
    urls = tomllib.loads(LINKS["urls"]("https://github.com/Some-One/copy", tag))["project"]["urls"]
    assert urls["Documentation"] == site


def test_rows_and_examples_are_right() -> None:
    """The README's row is that of the table; the contributing page's row computes, and its examples run."""
    [row] = re.findall(r"^\w+ = Unary.*", README.read_text(encoding="utf-8"), re.MULTILINE)
    table = (PACKAGE / "engine" / "table.py").read_text(encoding="utf-8")
    assert row in re.sub(" +", " ", table)  # which is aligned
    [row] = re.findall(r"^\w+ = Unary.*", CONTRIBUTING.read_text(encoding="utf-8"), re.MULTILINE)
    rows: dict[str, Any] = {"Unary": Op, "math": math}
    exec(row, rows)
    assert rows["degrees"](2.0) == math.degrees(2.0)
    check_gradients(rows["degrees"], 2.0)
    failed, tried = doctest.testfile(str(CONTRIBUTING), module_relative=False, encoding="utf-8")
    assert (failed, tried > 10) == (0, True)


def test_versions_agree() -> None:
    """The package, the citation and the newest entry of the changelog name one version."""
    citation = (ROOT / ".github" / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.*)$", citation, re.MULTILINE) == [__version__]
    assert re.findall(r"^## (\S+)", changes, re.MULTILINE)[0] == __version__


def test_commands_are_those_of_ci() -> None:
    """The README has exactly two commands to run, and CI runs the same install and tests."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert [block.count("\n") for block in blocks] == [1, 1]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for part in ('-e ".[test]"', "-m pytest"):
        assert part in blocks[1]
        assert part in script


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for name, drawn in DRAWN.items():
        (PICTURES / f"{name}.svg").write_text(drawn(), encoding="utf-8")
    for name, shot in screenshots():
        (PICTURES / f"{name}.png").write_bytes(shot)
    (PICTURES / "playground.png").write_bytes(playground())
    shades = io.BytesIO()
    boundary().savefig(shades, dpi=110)
    (PICTURES / "boundary.png").write_bytes(in_few_colours(shades.getvalue()))
    for lesson, name in GALLERY.items():
        save(PICTURES / f"{name}.png", find(lesson)().plot)
