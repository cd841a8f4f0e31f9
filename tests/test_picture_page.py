"""A picture as part of a page: names and ids, words, colours, hostile labels, the same bytes each time."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from hypothesis import example, given, strategies as st
from pages import ONE_LINE, ROOT, STYLES, SVG, Page, example_of_the_page, permitted

from autograd_lite import Value, scope, sin
from autograd_lite.views.names import in_order, names
from autograd_lite.views.picture.drawing import draw
from autograd_lite.views.picture.styles import DARK, FILLS, GRAD, INK, LINE, MUTED, VALUE


def test_unlabelled_nodes_are_numbered_by_their_place() -> None:
    """A node without a label, or with an empty one, is v1, v2, ... by its place among all nodes."""
    x, z = Value(2.0, label="x"), Value(3.0, label=" ")
    y = x * z + 1.0
    assert list(names(in_order(y)).values()) == ["x", "v2", "v3", "v4"]


@given(st.lists(st.none() | st.sampled_from(["v1", "v2", "v3", "vv2", "x", "v 1", " v2\n"]), min_size=5, max_size=5))
def test_numbered_names_never_clash_with_labels(labels: list[str | None]) -> None:
    """Whatever the labels, the names made up for other nodes are new and distinct."""
    nodes = in_order(sin(sin(sin(sin(Value(1.0))))))
    for node, label in zip(nodes, labels, strict=True):
        node.label = label
    made_up = [name for node, name in names(nodes).items() if not node.label]
    given_names = [name for node, name in names(nodes).items() if node.label]
    assert len(set(made_up)) == len(made_up)
    assert not set(made_up) & set(given_names)


@pytest.mark.parametrize("style", STYLES)
def test_ids_do_not_clash(style: str) -> None:
    """Ids are distinct in one picture and between two; all begin with the prefix, which may be given."""
    x, y = example_of_the_page()
    pages = [Page(draw(root, style=style)) for root in (y, x, y + x + x * 2.0)]
    pages += [
        Page(draw(y, style="table" if style == "circuit" else "circuit")),
        Page(draw(y, style=style, prefix="fig-1")),
    ]
    ids = [name for page in pages for name in page.ids]
    assert len(set(ids)) == len(ids)
    assert all(re.match("(a_)?fig-1(_|$)", name) for name in pages[-1].ids)
    assert {"fig-1", "fig-1_svg", "fig-1_v4", "fig-1_v4_0"} <= set(pages[-1].ids)


@pytest.mark.parametrize("prefix", ["", "1a", "-a", "a b", 'a"b', "é", "a.b", "_a"])
def test_a_prefix_that_cannot_be_an_id_is_refused(prefix: str) -> None:
    """A prefix must work as an id in XML and as a selector in CSS."""
    with pytest.raises(ValueError, match=ONE_LINE):
        draw(Value(1.0), prefix=prefix)


def test_the_picture_says_in_words_what_it_shows() -> None:
    """The SVG is an image with a short text alternative; the picture's repr says the same."""
    _, y = example_of_the_page()
    page = Page(draw(y))
    assert page.svg.get("role") == "img"
    assert page.svg.get("aria-label") == "computation graph of y = e^s, 4 nodes, value 2.177"
    assert "y = e^s, 4 nodes" in repr(draw(y))


def luminance(colour: str) -> float:
    """The relative luminance of the Web Content Accessibility Guidelines."""
    parts = [int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of the same guidelines."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_texts_are_legible_on_every_fill_and_page() -> None:
    """Text on cards has a contrast of 4.9 in light and dark; edges on the bare page 4.3 on white and on black paper."""
    for text in (VALUE, GRAD, INK, MUTED):
        for fill in FILLS.values():
            assert contrast(text, fill) >= 4.9
            assert contrast(DARK[text], DARK[fill]) >= 4.9
    assert min(contrast(LINE, page) for page in ("#ffffff", "#0d1117")) >= 4.3


@pytest.mark.parametrize("style", STYLES)
def test_dark_pages_recolour_this_picture_alone(style: str) -> None:
    """Every colour but that of the edges has a dark one, and no rule of the style sheet reaches beyond the picture."""
    x, y = example_of_the_page()
    picture = draw(y + 2.0 * x, style=style)
    page = Page(picture)
    used = {element.get(paint) for element in page.svg.iter() for paint in ("fill", "stroke")}
    assert used - {None, "none", "transparent", LINE} <= set(DARK)
    (css,) = [element.text or "" for element in page.svg.iter(f"{SVG}style")]
    root, *rules = css.strip().splitlines()
    assert root.startswith("svg:root {")  # an SVG by itself, and no page that it stands in
    assert all(rule.startswith(f"#{picture.name}_svg [") for rule in rules)
    assert 'fill="#ffffff" stroke="none"' not in picture.svg().partition("<!--")[0]  # no background


HOSTILE = [
    'a<b & "q"',
    r"\N \G \\N \n \ ",
    "]]> </script> <!-- -->",
    "&lt; &amp;amp; &#92;",
    "<b>",
    "{a|b}",
    "a\0b\x1b\ud800\ufffe",
]
hostile_labels = st.text(st.characters(exclude_categories=[]) | st.sampled_from("\\<>&\"'\n\0;#{}|]NGL"), max_size=40)


@given(label=hostile_labels | st.sampled_from(HOSTILE), style=st.sampled_from(STYLES))
@example(label="\\", style="table")
@example(label="\r", style="table")
@example(label="ends in a backslash\\", style="circuit")
@example(label='\\"', style="table")
@example(label="⧵" * 3 + " -> b [label=x]", style="circuit")
def test_labels_are_shown_as_they_are(label: str, style: str) -> None:
    """Any label comes back from the parsed SVG as text: whole in the tooltip, its beginning in the picture."""
    x = Value(2.0, label=label)
    y = sin(x)
    y.label = label
    with scope(label if label.strip() else "s"):
        z = y * x
    page = Page(draw(z, style=style))
    name = permitted(label).replace("⧵", "\\")  # in Graphviz's language the one stands for the other
    if name:
        assert page.parts["v1"].tooltip[0] == name
        assert page.parts["v2"].tooltip[0].startswith(f"{name} = sin")
        header = page.texts("v1")[0]
        assert header == name if len(name) <= 24 else (len(header) == 24 and header.endswith("…"))
        assert page.texts("v2" if style == "table" else "v3_0")[0].startswith(header[:-1])
    assert page.parts["v3"].tooltip[-1] == f"in {name or 's'}"
    assert (page.svg.get("aria-label") or "").startswith("computation graph of v3")


PROGRAM = """
import sys
from autograd_lite import Value, exp, sin
from autograd_lite.views.picture.drawing import draw
x = Value(1.5, label="x")
y = exp(sin(x ** 2)) - 2.0 * x
y.backward()
for style in ("table", "circuit"):
    picture = draw(y, style=style)
    sys.stdout.buffer.write(picture.source.encode() + picture.svg().encode() + picture.pipe("png"))
"""


def test_two_processes_draw_the_same_bytes() -> None:
    """DOT, SVG and PNG are the same whatever the hash seed."""
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
    assert len(pictures[0]) > 10_000


def test_importing_it_loads_neither_graphviz_nor_the_layout() -> None:
    """The package graphviz and all that runs programs are loaded by the first draw, not by the import."""
    program = "import sys, autograd_lite.views.picture.drawing; print([m for m in sys.modules if m in ('graphviz', 'subprocess', 'autograd_lite.views.picture.digraph')])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"
