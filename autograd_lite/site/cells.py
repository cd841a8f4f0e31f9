"""What the cells of a notebook have shown, as HTML, and as files that are fetched when they come into view.

A page to step through is a file of its own, in a frame without the site's origin; so its styles and scripts are no
matter of the page around it. Where nothing runs, and on paper, its still picture stands in its place.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Mapping
from html import escape, unescape
from typing import Any, NamedTuple

from autograd_lite.engine.text import visible
from autograd_lite.site.markdown import as_html

FRAME = re.compile(r'<iframe[^>]* srcdoc="([^"]*)"')
LABEL = re.compile(r'<svg[^>]* aria-label="([^"]*)"')
SIZE = re.compile(r'<svg[^>]* width="([\d.]+)pt" height="([\d.]+)pt"')
STYLE = re.compile(r' style="([^"]*)"')  # which the site's policy does not allow
REPR = re.compile(r"<Trace of (.*?): (.*); print\(\) shows it>")
POINT = 4 / 3  # in CSS pixels
COLUMN = 720  # pixels: the width of the text
FRAME_HEIGHT = 760  # until the page in it has said how high it is


class Shown(NamedTuple):
    """What an output is on a page: its HTML, and the files that it needs, by their paths."""

    html: str
    files: Mapping[str, bytes]


def joined(text: str | list[str]) -> str:
    """A text of a notebook, which may be kept line by line."""
    return text if isinstance(text, str) else "".join(text)


def shown(output: Mapping[str, Any], path: str) -> Shown:
    """An output of a cell; its files have names that begin with a path.

    >>> shown({"output_type": "stream", "name": "stdout", "text": ["1 < 2"]}, "a/1").html
    '<pre class="out"><code>1 &lt; 2</code></pre>'
    """
    data = {kind: joined(text) for kind, text in output.get("data", {}).items()}
    html, svg, plain = data.get("text/html", ""), data.get("image/svg+xml", ""), data.get("text/plain", "")
    if frame := FRAME.search(html):
        return _steps(unescape(frame[1]), svg, plain, path)
    if svg:
        return _drawn(svg, path)
    if "image/png" in data:
        return _plotted(base64.b64decode(data["image/png"]), path)
    if html:
        return Shown(f'<div class="result scroll">{STYLE.sub(_aligned, html)}</div>', {})
    if "text/markdown" in data:
        return Shown(f'<div class="result">{as_html(data["text/markdown"])}</div>', {})
    text = joined(output.get("text", plain)).rstrip("\n")
    return Shown(f'<pre class="out"><code>{escape(visible_lines(text))}</code></pre>', {})


def visible_lines(text: str) -> str:
    """A text of several lines, each without characters that cannot be seen."""
    return "\n".join(map(visible, text.split("\n")))


def _steps(page: str, svg: str, plain: str, path: str) -> Shown:
    """A page to step through, its still picture, and a link to the page alone."""
    told = REPR.fullmatch(plain)
    title = f"the steps of {told[1]}" if told else "the steps"
    files = {f"{path}.html": page.encode()}
    still = ""
    if svg:
        files[f"{path}.svg"] = svg.encode()
        still = _image(f"{path}.svg", _label(svg), _size(svg), "still")
    counts = f"{escape(told[2])}. " if told else ""
    return Shown(
        f'<figure class="stage wide"><iframe sandbox="allow-scripts" loading="lazy" title="{escape(visible(title))}" '
        f'height="{FRAME_HEIGHT}" src="{path}.html"></iframe>{still}'
        f'<figcaption>{counts}<a href="{path}.html">Open it on a page of its own</a></figcaption></figure>',
        files,
    )


def _drawn(svg: str, path: str) -> Shown:
    size = _size(svg)
    image = _image(f"{path}.svg", _label(svg), size)
    if size[0] > COLUMN:  # and so is shown smaller, at least on a telephone
        image = f'<a href="{path}.svg">{image}</a>'
    return Shown(f'<figure class="{_kind("drawn", size[0])}">{image}</figure>', {f"{path}.svg": svg.encode()})


def _plotted(png: bytes, path: str) -> Shown:
    size = struct.unpack(">II", png[16:24])  # of the first chunk, which every PNG begins with
    image = _image(f"{path}.png", "the plot that the program above draws", size)
    return Shown(f'<figure class="{_kind("plotted", size[0])}">{image}</figure>', {f"{path}.png": png})


def _kind(kind: str, width: float) -> str:
    return f"{kind} wide" if width > COLUMN else kind


def _image(path: str, words: str, size: tuple[float, float], kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    width, height = map(round, size)
    words = escape(visible(words))
    return f'<img{named} loading="lazy" width="{width}" height="{height}" alt="{words}" src="{path}">'


def _label(svg: str) -> str:
    found = LABEL.search(svg)
    return unescape(found[1]) if found else "a graph"


def _size(svg: str) -> tuple[float, float]:
    found = SIZE.search(svg)
    return (POINT * float(found[1]), POINT * float(found[2])) if found else (COLUMN, COLUMN / 2)


def _aligned(style: re.Match[str]) -> str:
    """The one style that a table of ours has, as a class."""
    return ' class="num"' if "right" in style[1] else ""
