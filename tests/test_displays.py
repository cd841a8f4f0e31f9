"""What a notebook shows: small tables, escaped; pictures and pages in the notebook's colours, and on paper whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib
import pytest
from browser import Shown, chromium
from playwright.sync_api import Browser

from autograd_lite import Value, diagnose, draw, log, nn, sin, trace
from autograd_lite.engine.notebook import DARK, LIGHT
from autograd_lite.lessons import CHAPTERS, LESSONS
from autograd_lite.train import History
from autograd_lite.views.picture.styles import DARK as COLOURS

FILL = "#e6f2ea"  # of an output
HOSTILE = '<script>alert("1")</script>&amp;\x1b[31m'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this file."""
    yield from chromium()


def rgb(colour: str) -> str:
    """A colour as a browser computes it."""
    return f"rgb({', '.join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))})"


def cells(shown: Any) -> list[list[str]]:
    """The rows of a table, read by a parser of XML."""
    table = ElementTree.fromstring(shown._repr_html_())
    return [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]


def caption(shown: Any) -> str:
    """What stands above a table."""
    return ElementTree.fromstring(shown._repr_html_()).findtext("caption") or ""


def test_values_and_modules() -> None:
    """A value shows its number in full and its gradient, or that there is none yet; a module shows its parts."""
    x = Value(1 / 3, label="x")
    y = x * 2.0
    assert (caption(y), cells(y)) == ("Value = x * 2.0", [["value", repr(2 / 3)], ["grad", "·"]])
    y.backward()
    assert (cells(x)[1], cells(y)[1]) == (["grad", "2.0"], ["grad", "1.0"])
    model = nn.MLP(2, [3, 1])
    assert [int(row[-1]) for row in cells(model)[1:]] == [2 * 3 + 3, 3 + 1]
    assert caption(model).endswith("13 parameters")
    assert cells(nn.Sequential(*[nn.Neuron(1) for _ in range(50)]))[-1][0] == "… and 20 more"


def test_histories_findings_and_lessons() -> None:
    """A history says whether it was interrupted, findings are a list with a table, or say that there are none."""
    history = History(loss=[2.0, 0.5], metrics={"validation_loss": [3.0, 1.0]}, evaluations=[4, 8], interrupted=True)
    assert caption(history) == "2 epochs, interrupted, 8 evaluations of the model"
    assert cells(history)[1:] == [["loss", "2", "0.5"], ["validation loss", "3", "1"]]
    assert caption(History()).startswith("0 epochs")
    healthy, broken = diagnose(Value(2.0) * 3.0), diagnose(Value(1e200, label="x") * 1e200)
    assert (healthy, healthy._repr_html_()) == ([], "Nothing found.")
    assert cells(broken)[1:] == [[finding.kind, finding.message] for finding in broken]
    assert [row[0] for row in cells(LESSONS)[1:]] == [lesson.id for part in CHAPTERS.values() for lesson in part]


class Tags(HTMLParser):
    """The names of all elements, and what stands in scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.scripts = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 - the parser's
        """Note an element."""
        self.names.append(tag)

    def handle_data(self, data: str) -> None:
        """Note a script."""
        self.scripts += data if self.names[-1:] == ["script"] else ""


def test_names_are_taken_literally() -> None:
    """Somebody's text is neither HTML nor a command to a terminal in any display: the elements are those of a plain name."""

    def displays(name: str) -> list[str]:
        x = Value(1.0, label=name)
        history = History(loss=[1.0], metrics={name: [1.0]}, evaluations=[1])
        tables = [shown._repr_html_() for shown in (x, history, diagnose(x * float("inf")), trace(sin(x)))]
        return [*tables, draw(sin(x))._repr_mimebundle_()["text/html"]]

    for hostile, plain in zip(displays(HOSTILE), displays("name"), strict=True):
        assert "\x1b" not in hostile
        assert (Tags(hostile).names, Tags(hostile).scripts) == (Tags(plain).names, Tags(plain).scripts)


def test_errors_show_the_line_of_the_user() -> None:
    """Of the package's own frames, those between the user's line and the failing one are hidden, and no failure is told twice."""
    x = Value(-1.0, label="x")
    computations: list[Callable[[], Any]] = [lambda: log(x), x.log, lambda: x / 0.0, lambda: 1.0 / Value(0.0)]
    for compute in computations:
        with pytest.raises((ValueError, ZeroDivisionError)) as caught:
            compute()
        assert caught.value.__context__ is None
        frames = [entry for entry in caught.traceback if "autograd_lite" in str(entry.path)]
        hidden = [
            bool(entry.frame.raw.f_locals.get("__tracebackhide__"))
            for entry in frames
            if "tests" not in str(entry.path)
        ]
        assert all(hidden[:-1])
    try:
        raise KeyError("the user's own")
    except KeyError:
        with pytest.raises(ZeroDivisionError) as caught:
            x / 0.0
    assert type(caught.value.__context__) is KeyError


def test_a_plot_shows_no_repr() -> None:
    """New axes show nothing of their own below the figure, which has no background."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    axes = History(loss=[2.0, 1.0]).plot()
    assert axes._ipython_display_() is None
    assert not axes.figure.patch.get_visible()
    pyplot.close("all")


def test_a_trace_is_folded_as_it_is_asked_to_be() -> None:
    """`trace(y, group=…)` folds the page and the still picture in a notebook, and the file, unless told otherwise."""
    y = nn.MLP(2, [3, 1], seed=0)([Value(1.0), Value(2.0)])
    folded = trace(y, group="layer")
    assert folded.to_html() == trace(y).to_html(group="layer") != trace(y).to_html()
    assert folded.to_html(group="neuron") == trace(y).to_html(group="neuron")
    assert folded._repr_svg_() == draw(y, group="layer").fitted()


def test_the_theme_is_that_of_the_notebook(browser: Browser, tmp_path: Path) -> None:
    """Below the mark of each kind of notebook, a picture and a frame have the colours of its theme; nothing is shown twice."""
    y = sin(Value(1.0, label="x"))
    html = draw(y)._repr_mimebundle_()["text/html"] + trace(y)._repr_html_()
    marks = [*DARK.split(), *LIGHT.split()]
    attributes = [mark.strip("[]") if mark.startswith("[") else f'class="{mark[1:]}"' for mark in marks]
    parts = "".join(f"<section {attribute}>{html}</section>" for attribute in attributes)
    # "null": Playwright does not say what the operating system prefers, for frames would follow that.
    shown = Shown(
        browser, tmp_path / "page.html", f"<!DOCTYPE html><meta charset=utf-8><body>{parts}</body>", color_scheme="null"
    )
    dark = [mark in DARK.split() for mark in marks]
    outputs = shown.page.locator(".autograd-lite > svg .out path[fill]:not([fill=none])")
    colours = outputs.evaluate_all("(cards) => cards.map((x) => [x.getAttribute('fill'), getComputedStyle(x).fill])")
    assert colours == [[FILL, rgb(COLOURS[FILL] if it_is else FILL)] for it_is in dark]
    query = "matchMedia('(prefers-color-scheme: dark)').matches"
    assert [frame.evaluate(query) for frame in shown.page.frames[1:]] == dark
    assert shown.page.locator("img:visible").count() == 0
    assert shown.said == []


def test_marimo_shows_what_is_live_alone() -> None:
    """For marimo a picture and a trace are HTML without scripts outside of the frame, and without anything hidden."""
    y = sin(Value(1.0, label="x"))
    for shown, tag in ((draw(y), "svg"), (trace(y), "iframe")):
        kind, html = shown._mime_()
        assert kind == "text/html"
        assert tag in Tags(html).names
        assert not {"script", "img"} & set(Tags(html).names)
        assert '" hidden' not in html.partition("srcdoc")[0]


def test_on_paper_nothing_is_cut(browser: Browser, tmp_path: Path) -> None:
    """Printed, a wide picture is as wide as the page, and the picture that stands still takes the place of the frame."""
    y = Value(0.5, label="x")
    for _ in range(20):
        y = sin(y)
    html = draw(y)._repr_mimebundle_()["text/html"] + trace(y)._repr_html_()
    size: Any = {"width": 700, "height": 900}
    shown = Shown(
        browser, tmp_path / "page.html", f"<!DOCTYPE html><meta charset=utf-8><body>{html}</body>", viewport=size
    )
    svg, frame, stills = (shown.page.locator(name) for name in (".autograd-lite svg", "iframe", "img"))
    width = "(x) => x.getBoundingClientRect().width"
    assert svg.evaluate(width) > 700.0
    assert [frame.is_visible(), stills.nth(0).is_visible(), stills.nth(1).is_visible()] == [True, False, False]
    shown.page.emulate_media(media="print")
    assert svg.evaluate(width) <= 700.0
    assert [frame.is_visible(), stills.nth(0).is_visible(), stills.nth(1).is_visible()] == [False, False, True]
    assert 0.0 < stills.nth(1).evaluate(width) <= 700.0
