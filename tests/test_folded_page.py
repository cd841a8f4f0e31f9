"""A folded picture as part of a page: ids, words, colours, hostile names of scopes, the same bytes each time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import Shown, chromium
from foldings import frames, legend, step
from hypothesis import example, given, strategies as st
from pages import ROOT, STYLES, Page, permitted
from playwright.sync_api import Browser

from autograd_lite import Value, scope, sin, trace
from autograd_lite.nn import MLP, losses
from autograd_lite.views.picture.drawing import draw
from autograd_lite.views.picture.styles import DARK, LINE


@pytest.mark.parametrize("style", STYLES)
def test_ids_of_folded_pictures_do_not_clash(style: str) -> None:
    """Frames, groups and arrows of two pictures have ids of their own, which begin with the prefix."""
    loss = step(20)
    pictures = [draw(loss, style=style), draw(loss.operands[0], style=style), draw(loss, style=style, prefix="fig-1")]
    ids = [name for picture in pictures for name in Page(picture).ids]
    assert len(set(ids)) == len(ids)
    assert all(re.match("(a_)?fig-1(_|$)", name) for name in Page(pictures[-1]).ids)
    assert {"fig-1_g1", "fig-1_f1", "fig-1_f1_f2"} <= set(ids)


@pytest.mark.parametrize("style", STYLES)
def test_folded_pictures_are_dark_on_dark_pages(style: str) -> None:
    """Every colour of boxes, frames, arrows and legend but that of lines has one for dark pages."""
    svg = Page(draw(step(20), style=style)).svg
    used = {element.get(paint) for element in svg.iter() for paint in ("fill", "stroke")}
    assert used - {None, "none", "transparent", LINE} <= set(DARK)


def test_the_picture_in_words_says_that_it_is_folded() -> None:
    """The text alternative has the nodes, what they are folded by, and the boxes."""
    words = Page(draw(step(20))).svg.get("aria-label") or ""
    assert re.fullmatch(
        r"computation graph of L = v\d+ \+ v\d+, 13922 nodes folded by neuron into 37 boxes, value 0\.\d+", words
    )


hostile = st.text(
    st.characters(exclude_categories=[]) | st.sampled_from("\\<>&\"'\n\0\1;#{}|]/NGL"), min_size=1, max_size=40
).filter(str.strip)


@given(outer=hostile, inner=hostile, style=st.sampled_from(STYLES))
@example(outer="\\", inner="ends in a backslash\\", style="table")
@example(outer='"} subgraph cluster_x { a -> b', inner="]]> </script> <!-- -->", style="circuit")
@example(outer="\1", inner=r"\N \G \l", style="table")
def test_names_of_scopes_are_shown_as_they_are(outer: str, inner: str, style: str) -> None:
    """Any names of scopes come back from the SVG as texts: in boxes, frames, tooltips and the legend."""
    y = Value(1.0)
    for i in range(2):
        with scope(outer), scope(f"{inner}{i}"):
            y = sin(y * 0.5)
    picture = draw(y, group="neuron", style=style)
    page = Page(picture)
    path = "/".join(" ".join(name.split()) for name in (outer, f"{inner}1"))
    clean = permitted(path).replace("⧵", "\\")
    (box,) = (name for name, part in page.parts.items() if part.kind == "out" and name != "out")
    assert page.parts[box].tooltip[0].startswith(f"{clean}, ")
    assert len(frames(picture)) == 1
    assert len(legend(picture).splitlines()) == 2


PROGRAM = """
import sys
sys.path.insert(0, "tests")
from foldings import step
from autograd_lite.views.picture.drawing import draw
loss = step(5)
for style in ("table", "circuit"):
    for how in ({}, {"group": "layer"}, {"expand": ["neuron0"], "max_nodes": 9999}):
        sys.stdout.buffer.write(draw(loss, style=style, **how).source.encode())
    sys.stdout.buffer.write(draw(loss, style=style).svg().encode())
"""


def test_two_processes_fold_to_the_same_bytes() -> None:
    """DOT and SVG of folded graphs are the same whatever the hash seed."""
    pictures = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert pictures[0] == pictures[1]
    assert len(pictures[0]) > 100_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this file."""
    yield from chromium()


def scoped(size: int = 2000) -> Value:
    """A graph of about so many nodes, in scopes within scopes."""
    x = y = Value(0.5, label="x")
    for block in range(size // 100):
        with scope(f"block{block}"):
            for part in range(5):
                with scope(f"part{part}"):
                    for _ in range(10):
                        y = sin(y) * x
    return y


def bare(size: int = 900) -> Value:
    """A graph of about so many nodes, without scopes."""
    x = y = Value(0.5, label="x")
    for _ in range(size // 2):
        y = sin(y) * x
    return y


@pytest.mark.parametrize("graph", [scoped, bare])
def test_a_big_graph_is_opened_in_its_page(browser: Browser, tmp_path: Path, graph: Callable[[], Value]) -> None:
    """Down to single operations, each level has values, gradients, formulas and a question; Esc leads out again."""
    root = graph()
    steps = trace(root)
    shown = Shown(browser, tmp_path / "big.html", steps.to_html(), viewport={"width": 1440, "height": 900})
    page, headings, depth = shown.page, [shown.text("#map .crumbs")], 0
    page.click("#predicting")
    while True:
        page.keyboard.press("Home")
        while "piece" not in (kind := shown.tells("document.querySelector('#map .box.now').getAttribute('class')")):
            if shown.tells("state.place === walk().length / 2 - 1"):
                break
            page.evaluate("go(state.place + 1)")
        page.evaluate("go(state.place, {asking: true})")
        assert shown.tells("state.asked.kind") == "value"
        output = steps.nodes[
            shown.tells("(endsOf(pieceOf(opened.piece).parts[pieceWalk()[state.place].part]).outputs.at(-1))")
        ]
        assert "?" in shown.text("#panel")
        page.evaluate("$('guess').value = String(state.asked.truth); answer()")
        assert shown.tells(f"values[{steps.places[output]}]") == output.data
        assert page.locator("#panel math").count() > 0
        page.evaluate("go(walk().length - 1 - state.place)")  # the same part, backward
        page.evaluate("if (state.asked) { $('guess').value = String(state.asked.truth); answer(); }")
        assert page.locator("#parameters .gradient, #formula .gradient").count() > 0
        if "piece" not in kind:
            break
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Enter")
        depth += 1
        headings.append(shown.text("#map .crumbs"))
    assert depth >= 2
    assert len(set(headings)) == depth + 1
    for heading in reversed(headings[:-1]):
        page.keyboard.press("Escape")
        assert shown.text("#map .crumbs") == heading
    assert shown.said == []


def test_a_network_of_three_layers_is_opened_unit_by_unit(browser: Browser, tmp_path: Path) -> None:
    """A click on a unit leads to its step; its equation, the gradients of its parameters and a question are there."""
    model = MLP(2, [12, 12, 1], "tanh", seed=1)
    steps = trace(losses.mse([model([0.5, -1.0]), model([1.0, 0.3])], [1.0, -1.0]))
    assert len(steps.nodes) > 400
    shown = Shown(browser, tmp_path / "network.html", steps.to_html(), viewport={"width": 1440, "height": 900})
    shown.page.keyboard.press("End")
    for unit in (0, 12, 24):
        shown.page.evaluate(f"go(net.steps.findLastIndex((step) => step.unit === {unit}))")
        shown.page.locator(f'#map .unit[data-unit="{unit}"]').first.click()
        assert shown.tells("unitOf(state.place).id") == unit
        assert shown.page.locator("#formula mn.value, #formula mn.gradient").count() > 0
        assert shown.page.locator("#parameters td").count() > 0
    assert shown.said == []
