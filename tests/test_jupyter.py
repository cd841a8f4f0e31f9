"""Displays in a real JupyterLab and a real Notebook 7: their theme, their width, and nothing taken from who types there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import nbclient
import nbformat
import pytest
from browser import WITH_WINDOWS, becomes, chromium
from jupyter_app import Opened, Server, served, write
from playwright.sync_api import Browser

pytestmark = pytest.mark.long

GRAPH = """from autograd_lite import Value, draw, exp, nn, sin, trace
x = Value(1.5, label="x")
y = exp(sin(x ** 2))
y.backward()
draw(y)"""
WIDE = "for _ in range(20):\n    y = sin(y)\ndraw(y)"
CELLS = [GRAPH, "trace(y)", "typed = 0", WIDE, "y", "nn.MLP(2, [3, 1])"]
TYPED, MORE = " # typed while the steps are playing", ", and while a question opens"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this file, with windows: without them, elements to click on stay outside of the viewport."""
    yield from chromium(WITH_WINDOWS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of this file, with a notebook."""
    folder = tmp_path_factory.mktemp("jupyter")
    write(folder / "steps.ipynb", CELLS)
    yield from served(folder)


@pytest.fixture(params=[("lab", "light"), ("lab", "dark"), ("notebook", "light"), ("notebook", "dark")], ids="-".join)
def shown(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[tuple[Opened, bool]]:
    """The notebook after it was run, and whether it is dark."""
    app, theme = request.param
    with server.opened(browser, "steps.ipynb", app, theme) as opened:
        opened.run()
        yield opened, theme == "dark"
        assert opened.said == []
        assert opened.elsewhere == []


def test_displays_in_a_notebook(shown: tuple[Opened, bool]) -> None:
    """Picture and page have the notebook's theme and width, each is shown once; typing and scrolling stay undisturbed."""
    opened, dark = shown
    page, frame = opened.page, opened.frame()
    assert frame.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is dark
    card = opened.cell(0).locator(".autograd-lite .op path[fill]").first
    assert card.evaluate("(x) => getComputedStyle(x).fill") == ("rgb(22, 27, 34)" if dark else "rgb(255, 255, 255)")
    for place in (0, 1):
        assert opened.cell(place).locator(".autograd-lite").count() == 1
        assert opened.cell(place).locator(".autograd-lite-still:visible").count() == 0
        assert "<" not in opened.cell(place).locator(".jp-Cell-outputArea").inner_text()
    becomes(frame, "document.documentElement.scrollHeight <= innerHeight")
    hidden = "['main', '#view', '#panel', '#step', '#ask'].map((x) => document.querySelector(x)).map((x) => x.scrollHeight - x.clientHeight)"
    becomes(frame, f"Math.max(...{hidden}) <= 0")
    assert frame.evaluate("innerHeight") <= 820

    frame.click("#start")
    editor = opened.typing(2)
    top = "(x) => x.getBoundingClientRect().top"
    before = editor.evaluate(top)
    steps = {frame.inner_text("#count")}
    for letter in TYPED:
        page.keyboard.type(letter)
        page.wait_for_timeout(60)
        steps.add(frame.inner_text("#count"))
    assert len(steps) > 1
    assert editor.inner_text().rstrip() == f"typed = 0{TYPED}"
    assert editor.evaluate(top) == pytest.approx(before, abs=2.0)
    frame.evaluate(
        "$('predict').click(); $('first').click(); setTimeout(next, 600)"
    )  # a question opens while one types
    page.keyboard.type(MORE, delay=60)
    assert frame.evaluate("state.asked.kind") == "value"
    assert editor.inner_text().rstrip() == f"typed = 0{TYPED}{MORE}"
    assert editor.evaluate(top) == pytest.approx(before, abs=2.0)

    wide = opened.cell(3).locator(".autograd-lite")
    wide.scroll_into_view_if_needed()
    assert wide.evaluate("(x) => x.getBoundingClientRect().right") <= 1280.0
    texts = wide.locator("text").evaluate_all("(texts) => texts.map((x) => x.getBoundingClientRect().height)")
    assert min(texts) >= 7.0
    assert wide.locator("p").inner_text().startswith("This picture is wider than the page")
    for place, text in ((4, "value"), (5, "MLP(2 → 3 → 1, relu), 13 parameters")):
        assert text in opened.cell(place).locator("table").inner_text()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Jupyter's own packages about one another
def test_a_file_that_is_not_trusted(browser: Browser, server: Server) -> None:
    """A notebook that somebody else has run, as one opens it first, shows still pictures, and no remains of live ones."""
    path = server.folder / "foreign.ipynb"
    write(path, CELLS[:2])
    notebook: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    nbclient.NotebookClient(notebook, timeout=600, startup_timeout=600, kernel_name="python3").execute()
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    with server.opened(browser, "foreign.ipynb", "lab", "light") as opened:
        stills = opened.page.locator(".autograd-lite-still:visible")
        stills.nth(1).wait_for()
        assert stills.count() == 2
        assert all(still.evaluate("(x) => x.naturalWidth > 0 && x.clientWidth > 100") for still in stills.all())
        assert opened.page.locator(".jp-OutputArea iframe").count() == 0
        words = [opened.cell(place).locator(".jp-OutputArea-output").all_inner_texts() for place in (0, 1)]
        assert words == [[""], [""]]
