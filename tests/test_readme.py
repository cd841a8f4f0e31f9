"""The README: its pictures are what the code draws (its examples run as doctests).

`python tests/test_readme.py` draws the pictures anew.
"""

import re
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from autograd_lite import Value, draw, exp, gradients, nn, optim, sin, trace
from autograd_lite.data import moons
from autograd_lite.lessons import find
from autograd_lite.plots import decision_boundary, save
from autograd_lite.plots import network as drawn_network
from autograd_lite.train import fit

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / ".github" / "pictures"


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
    model = nn.MLP(2, [3, 1], "tanh")
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


def boundary() -> Any:
    """The figure of the README's training."""
    X, y = moons(100, seed=2)  # noqa: N806 - X is a matrix
    model = nn.MLP(2, [16, 1], "tanh", init="xavier")
    loss = nn.losses.binary_cross_entropy_with_logits
    fit(model, loss, X, y, optimizer=optim.Adam(model.parameters(), lr=0.1), epochs=60, batch_size=20)
    return decision_boundary(model, X, y).figure


def stepper() -> bytes:
    """A screenshot of the page of the README's example, at its last step."""
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "esin.html"
        trace(example()).save_html(path)
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 960, "height": 800})
        page.goto(f"{path.as_uri()}#6")
        shot: bytes = page.screenshot(full_page=True)
        browser.close()
    return shot


def svg(y: Value, style: str = "table") -> str:
    text: str = draw(y, style=style).pipe("svg").decode()
    return text


GALLERY = {"L06": "costs", "L13": "towers", "L25": "descents", "L26": "curvature", "L28": "moons"}
DRAWN = {"esin": esin, "circuit": circuit, "derivative": derivative, "network": network}


@pytest.mark.parametrize("name", DRAWN)
def test_pictures_are_what_the_code_draws(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture of the README is, byte for byte, what its example draws with graphviz-pure."""
    monkeypatch.setenv("PATH", "")  # no system's dot, whose version would decide the bytes
    assert (PICTURES / f"{name}.svg").read_text(encoding="utf-8") == DRAWN[name]()


def test_pictures_and_links_exist() -> None:
    """Every relative link of the README leads to a file; every picture is shown, and every notebook linked."""
    targets = re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert all((ROOT / target).exists() for target in targets)
    assert {f".github/pictures/{name}.svg" for name in DRAWN} | {
        ".github/pictures/boundary.png",
        ".github/pictures/stepper.png",
        *(f".github/pictures/{name}.png" for name in GALLERY.values()),
        *(f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")),
    } <= set(targets)


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
    (PICTURES / "stepper.png").write_bytes(stepper())
    boundary().savefig(PICTURES / "boundary.png", dpi=110)
    for lesson, name in GALLERY.items():
        save(PICTURES / f"{name}.png", find(lesson)().plot)
