"""A folded picture as part of a page: ids, words, colours, hostile names of scopes, the same bytes each time."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from foldings import frames, legend, step
from hypothesis import example, given, strategies as st
from pages import ROOT, STYLES, Page, permitted

from autograd_lite import Value, scope, sin
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
        r"computation graph of v13922 = v\d+ \+ v\d+, 13922 nodes folded by neuron into 37 boxes, value 0\.\d+", words
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
