"""The page of a training as a file, in a notebook and as a film: small, the same each time, and nothing breaks out of it."""

from __future__ import annotations

import itertools
import json
import re
from base64 import b64decode
from pathlib import Path
from random import Random
from zlib import decompress

import pytest
from browser import Shown, chromium, empty_page
from histories import HISTORIES, LOGITS, rows, trained
from pages import data_of
from playwright.sync_api import Browser, Page

from autograd_lite import data, optim
from autograd_lite.__main__ import main
from autograd_lite.nn import MLP
from autograd_lite.train import History
from autograd_lite.train.kept import Kept
from autograd_lite.train.watch.content import Content

browser = pytest.fixture(scope="module", name="browser")(chromium)
blank = pytest.fixture(scope="module", name="blank")(empty_page)


def test_names_cannot_become_markup(browser: Browser, tmp_path: Path) -> None:
    """Names of features and classes stand in the data alone, and end no script."""
    evil = ["</script><img src=x>", "<!--<script>"]
    html = HISTORIES["xor"]().to_html(features=evil, classes=[*reversed(evil)], title="<b>&amp;")
    assert len(re.findall("<script|</script", html)) == 4
    (tmp_path / "evil.html").write_text(html, encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "evil.html").as_uri())
    assert page.evaluate("[...document.querySelectorAll('img, h1 b')].map((one) => one.outerHTML)") == []
    told = page.evaluate("JSON.parse(document.getElementById('data').textContent)")
    assert [feature["name"] for feature in told["features"]] == evil
    assert told["classes"] == [*reversed(evil)]
    page.close()
    assert "<title>&lt;b&gt;&amp;amp;</title>" in html
    with pytest.raises(ValueError, match="features: 2 names are needed, got 1"):
        HISTORIES["xor"]().to_html(features=["x"])


def test_the_page_is_one_small_file() -> None:
    """At most 400 KB for a large example, and no address in it; the kept epochs are thinned, the first and last stay."""
    model, rng = MLP(2, [16, 16, 1], seed=1), Random(3)
    points, held = data.moons(150, seed=1), data.moons(50, seed=2)
    numbers = [1.0 / (epoch + 1) for epoch in range(200)]
    history = History(numbers, {"accuracy": numbers, "validation_loss": numbers}, [*range(200)], numbers)
    optimizer = optim.Adam(model.parameters())
    history.kept = Kept(model, LOGITS, *points, optimizer=optimizer, held=held, keep=200, batch_size=10, rng=rng)
    for epoch in range(1, 201):
        for p in model.parameters():
            p.data += rng.gauss(0.0, 0.02)
        history.kept.add(epoch)
    for letters in (500, 1_000, 0):  # wherever the last of the epochs happens to end
        html = history.to_html(title="".join(map(chr, rng.choices(range(97, 123), k=letters))))
        assert 100_000 < len(html.encode()) <= 400_000
    assert not re.search(r"(src|href)=[\"']?https?:", html)
    assert "default-src 'none'" in html
    told = data_of(html)
    assert decompress(b64decode(told["stepper"])).startswith(
        b"<!DOCTYPE html>"
    )  # where both have no room, it is epochs that go
    assert len(told["places"]["parameters"]) == len(model.parameters())
    epochs = told["kept"]["epochs"]
    assert 20 <= len(epochs) < len(Content(history).states) < 80
    assert len(html.encode()) > 400_000 - 3 * 16 * len(model.parameters()) // 3 - 2_000  # and no more than have to
    assert (epochs[0], epochs[-1]) == (0, 200)
    assert max(b - a for a, b in itertools.pairwise(epochs)) - min(b - a for a, b in itertools.pairwise(epochs)) <= 1


def test_the_same_bytes() -> None:
    """The same training gives the same page."""
    assert HISTORIES["moons"]().to_html() == HISTORIES["moons"]().to_html()


def test_many_numbers_are_bytes(blank: Page) -> None:
    """Points with many numbers stand in the page half as long, and are the same to the last bit."""
    points = rows(120, 30, seed=4)
    history = trained(MLP(30, [2, 1], seed=1), LOGITS, points, [i % 2 for i in range(120)], epochs=2)
    html = history.to_html()
    assert len(json.dumps(data_of(html)["train"]["x"])) < 0.6 * len(json.dumps(points))
    blank.set_content(html)
    assert blank.evaluate("DATA.train.x") == points


def test_the_command_writes_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`train … --html FILE`: names of the data, what is held out, scales of the inputs, as many epochs as were done."""
    table = "\n".join(["width,length,<b>", *(f"{i},{i % 5},{'one' if i % 3 else '</script>'}" for i in range(30))])
    (tmp_path / "own.csv").write_text(table, encoding="utf-8")
    path = tmp_path / "own.html"
    options = ["--hidden", "3", "--epochs", "6", "--html", str(path)]
    assert main(["train", str(tmp_path / "own.csv"), *options]) == 0
    assert f"the page to watch it on is in {path}" in capsys.readouterr().out
    html = path.read_text(encoding="utf-8")
    assert "<title>own.csv, learned by 2 → 3 → 1</title>" in html
    assert len(re.findall("<script|</script", html)) == 4
    assert main(["train", "and", "--epochs", "2", "--open"]) == 2
    assert "--open opens the page that --html FILE writes" in capsys.readouterr().err
    assert main(["train", "and", "--epochs", "2", "--html", str(tmp_path / "and.png")]) == 2
    assert not (tmp_path / "and.png").exists()


@pytest.mark.parametrize("kind", ["gif", "png"])
def test_an_animation(tmp_path: Path, kind: str) -> None:
    """One picture for each epoch that is asked for, each another, the same bytes each time; of classes and numbers."""
    from PIL import Image

    path, again = tmp_path / f"moons.{kind}", tmp_path / f"again.{kind}"
    HISTORIES["moons"]().animate(path, frames=3)
    HISTORIES["moons"]().animate(again, frames=3)
    assert path.read_bytes() == again.read_bytes()
    with Image.open(path) as found:
        frames = []
        for place in range(found.n_frames):  # type: ignore[attr-defined]
            found.seek(place)
            frames.append(found.convert("RGB").tobytes())
    assert len(set(frames)) == 3
    if kind == "gif":
        for name in ("regression", "two numbers", "flowers"):
            HISTORIES[name]().animate(path, frames=1)
    with pytest.raises(ValueError, match=r"ends in \.gif or \.png"):
        HISTORIES["xor"]().animate(tmp_path / "a.svg")


def test_a_notebook_shows_the_page(browser: Browser, tmp_path: Path) -> None:
    """In a frame of its own in which scripts may run and nothing else; a picture of the losses where there is none."""
    history = HISTORIES["moons"]()
    shown = history._repr_html_()
    assert 'sandbox="allow-scripts" srcdoc="&lt;!DOCTYPE html&gt;' in shown
    assert history._mime_()[1].count("<iframe") == shown.count("<iframe") == 1
    picture = b64decode(re.findall(r"data:image/svg\+xml;base64,([^\"]*)", shown)[0]).decode()
    lines = re.findall(r'<polyline points="([^"]*)"', picture)
    assert [len(line.split()) for line in lines] == [4, 4]  # of the training and of what was held out
    heights = [float(point.split(",")[1]) for point in lines[0].split()]
    order = sorted(range(4), key=history.loss.__getitem__)
    assert order == sorted(range(4), key=lambda i: -heights[i])
    cell = Shown(browser, tmp_path / "cell.html", f"<!DOCTYPE html><meta charset=utf-8>{shown}")
    assert len(cell.page.frames) == 2
    assert cell.said == []
    cell.page.context.close()
