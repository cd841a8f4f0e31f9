"""`Picture`: Graphviz source that finds a program to lay it out, and dresses the SVG that comes back.

All is that of the `graphviz` package but the places where it starts a program and where it writes a file: so a
system's `dot` is used where there is one, but none is needed; layouts have a time limit; files are whole or not there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from html import escape
from importlib.metadata import PackageNotFoundError, distribution
from math import inf
from shutil import which
from typing import Any

import graphviz
from graphviz.backend.dot_command import command
from graphviz.backend.rendering import get_outfile

from autograd_lite.engine.files import write_whole

CHOICE = "AUTOGRAD_LITE_DOT"
INSTALL_GRAPHVIZ = "apt-get install graphviz, or brew install graphviz"
CURES = f"pip install graphviz-pure, or {INSTALL_GRAPHVIZ}, or set {CHOICE} to the path of a layout program"

# Graphviz replaces \N and the like in some texts once, in others twice, differently from version to version, so
# no number of backslashes is right everywhere. Until the layout is done, this character stands for one.
BACKSLASH = "⧵"


class LayoutError(RuntimeError):
    """No layout program runs here, or the one that does has failed."""


class Picture(graphviz.Digraph):  # type: ignore[misc]  # graphviz ships no types
    """A directed graph that can be shown, and written to files, without Graphviz being installed.

    All of `graphviz.Digraph` works: `render`, `pipe`, `save`, `source`, and display in notebooks. `comment`
    is the picture in words, `name` the prefix of its ids in the SVG, and `dark` gives for each colour the
    one that takes its place where the page is dark. A layout may take `time_limit` seconds.

    >>> picture = Picture(name="fig1", comment="two nodes", format="svg")
    >>> picture.edge("a", "b")
    >>> picture.svg()[:52]
    '<svg id="fig1_svg" role="img" aria-label="two nodes"'
    """

    time_limit = 20.0

    def __init__(self, *args: Any, dark: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.dark = dict(dark or {})

    def __repr__(self) -> str:
        return f'<Picture: {self.comment}; .render("name") writes it to a file>'

    @staticmethod
    def text(text: str) -> str:
        """Any text as it must be written in labels, also HTML-like ones, and tooltips to be taken literally.

        >>> Picture.text("a<b & c")
        'a&lt;b &amp; c'
        """
        # Graphviz 2.43 reads a ] that stands alone in an HTML-like label as a syntax error.
        return escape(text, quote=False).replace("]", "&#93;").replace("\\", BACKSLASH)

    def svg(self) -> str:
        r"""The picture as an SVG element, to be put into a page.

        >>> Picture(name="fig1").svg()[-7:]
        '</svg>\n'
        """
        svg: str = self.pipe("svg", encoding="utf-8")
        return svg[svg.index("<svg") :]

    def fitted(self) -> str:
        r"""The picture as an SVG element for a notebook: never wider than the page.

        >>> Picture(name="fig1").fitted()[:49]
        '<svg style="max-width: 100%; height: auto" id="fi'
        """
        return self.svg().replace("<svg", '<svg style="max-width: 100%; height: auto"', 1)

    def save(
        self,
        filename: os.PathLike[str] | str | None = None,
        directory: os.PathLike[str] | str | None = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Write the source to a file, and return its path.

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     os.path.basename(Picture(name="fig1").save(directory=folder))
        'fig1.gv'
        """
        if filename is not None:
            self.filename = os.fspath(filename)
        if directory is not None:
            self.directory = os.fspath(directory)
        path: str = self.filepath
        if not (skip_existing and os.path.exists(path)):
            _make_folder_of(path)
            write_whole(path, self.source.encode(self.encoding))
        return path

    def _copy_kwargs(self, **kwargs: Any) -> Any:
        return super()._copy_kwargs(**kwargs) | {"dark": self.dark}

    def _repr_image_svg_xml(self) -> str:
        return self.fitted()

    # By these three graphviz runs the layout program; the order of their arguments is its own.

    def _pipe_lines(
        self, engine: str, kind: str, lines: Iterable[str], *, input_encoding: str, **options: Any
    ) -> bytes:
        options.pop("quiet", None)  # a program that succeeds is not heard: it warns of widths that do not matter here
        source = "".join(lines).encode(input_encoding)
        picture = self._laid_out(command(engine, kind, **options)[1:], source)
        if kind.lower() in ("svg", "svg_inline"):
            return dressed(picture.decode(), self.name or "picture", self.comment or "", self.dark).encode()
        return picture

    def _pipe_lines_string(self, engine: str, kind: str, lines: Iterable[str], *, encoding: str, **options: Any) -> str:
        return self._pipe_lines(engine, kind, lines, input_encoding=encoding, **options).decode(encoding)

    def _render(
        self,
        engine: str,
        kind: str,
        filepath: str,
        *,
        outfile: os.PathLike[str] | None = None,
        raise_if_result_exists: bool = False,
        overwrite_filepath: bool = False,
        **options: Any,
    ) -> str:
        suffixes = {name: options.get(name) for name in ("renderer", "formatter")}
        path = os.fspath(outfile or get_outfile(filepath, format=kind, **suffixes))
        if raise_if_result_exists and os.path.exists(path):
            raise graphviz.FileExistsError(f"output file exists: {path!r}")
        if not overwrite_filepath and os.path.realpath(path) == os.path.realpath(filepath):
            raise ValueError(f"the picture would overwrite its own source {path!r}: choose another name")
        _make_folder_of(path)
        write_whole(path, self._pipe_lines(engine, kind, self, input_encoding=self.encoding, **options))
        return path

    def _laid_out(self, arguments: list[str], source: bytes) -> bytes:
        """The output of the layout program, or one line that says what to do."""
        program = layout_program()
        name = os.path.basename(program)
        try:
            done = _run(program, *arguments, source=source, seconds=self.time_limit)
        except subprocess.TimeoutExpired:
            edges = sum(" -> " in line.partition(" [")[0] for line in self.body)
            raise LayoutError(
                f"{name} took longer than {self.time_limit:g} s to lay out {len(self.body) - edges} nodes and {edges} "
                "edges: draw a part of the graph, or allow more seconds with picture.time_limit = 120, or name "
                f"another layout program in {CHOICE}"
            ) from None
        except OSError as error:
            raise LayoutError(f"the layout program {program!r} does not run ({error.strerror}): {CURES}") from None
        complaint = done.stderr.decode(errors="replace")
        if "not recognized. Use one of" in complaint:
            kind = arguments[1].removeprefix("-T")
            raise LayoutError(
                f"{name} cannot write {kind}: choose svg or png, or install Graphviz ({INSTALL_GRAPHVIZ})"
            )
        if done.returncode or not done.stdout:
            reason = " ".join(complaint.split())[:200] or f"exit status {done.returncode}"
            raise LayoutError(f"the layout program {program!r} failed ({reason}): {CURES}")
        return done.stdout


def layout_program() -> str:
    """The program that lays pictures out: the one chosen, or a `dot` that works, or that of graphviz-pure.

    >>> os.path.exists(layout_program())
    True
    """
    chosen = os.environ.get(CHOICE)
    if chosen:
        return which(chosen) or chosen
    dot = which("dot")
    program = dot if dot and _draws_tables(dot) else _graphviz_pure()
    if program is None:
        raise LayoutError(f"no layout program found, which a picture needs: {CURES}")
    return program


def _graphviz_pure() -> str | None:
    """The program of the package graphviz-pure: in this environment's folder of programs, or where pip put it."""
    folders = [os.path.dirname(sys.executable or ""), sysconfig.get_path("scripts")]
    with suppress(PackageNotFoundError):
        for file in distribution("graphviz-pure").files or ():
            if file.stem == "graphviz-pure":
                folders.append(os.path.dirname(os.path.realpath(str(file.locate()))))
    return which("graphviz-pure", path=os.pathsep.join(folders)) or which("graphviz-pure")


@cache
def _draws_tables(program: str) -> bool:
    """Whether a program lays out a table: builds of Graphviz without an XML parser do not, nor does a stray script."""
    source = b"digraph { node_name [label=<<TABLE><TR><TD>probe</TD></TR></TABLE>>] }"
    try:
        done = _run(program, "-Kdot", "-Tsvg", source=source, seconds=10.0)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b">probe</text>" in done.stdout


def _run(program: str, *arguments: str, source: bytes, seconds: float) -> subprocess.CompletedProcess[bytes]:
    no_window = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows, a console would flash up
    return subprocess.run(
        [program, *arguments], input=source, capture_output=True, timeout=seconds, check=False, creationflags=no_window
    )


def _make_folder_of(path: str) -> None:
    # As graphviz does. Where it cannot be made, writing the file fails, and says so.
    with suppress(OSError):
        os.makedirs(os.path.dirname(os.path.realpath(path)), exist_ok=True)


# What Graphviz writes of a box: its outline, perhaps a line under the header, and its texts. A row of the box is one
# text or two; a bold name and what follows it are written as two, but belong together.
BOX = re.compile(r'<(?:path|polygon) [^>]*"(?P<points>[^"]*)"/>\n(?:<poly[^>]*>\n)*(?P<texts>(?:<text .*</text>\n)+)')
BOLD_START = re.compile(
    r'(<text [^>]*) font-weight="bold"([^>]*>)([^<]*)</text>\n<text [^>]*>((?: |&#160;)[^<]*)</text>'
)
PLACE = re.compile(r'text-anchor="start" x="([-\d.]+)" y="([-\d.]+)"')
NOWHERE = (inf, inf)


def dressed(svg: str, name: str, words: str, dark: Mapping[str, str]) -> str:
    r"""An SVG that Graphviz wrote, with the picture in words, colours for dark pages, and texts where they belong.

    >>> print(dressed("<?xml?><!DOCTYPE svg><svg>\n<g></g>\n</svg>\n", "fig1", "a<b", {"#ffffff": "#161b22"}))
    <?xml version="1.0" encoding="UTF-8"?>
    <svg id="fig1_svg" role="img" aria-label="a&lt;b">
    <style>
    @media (prefers-color-scheme: dark) {
    #fig1_svg [fill="#ffffff"] { fill: #161b22 }
    #fig1_svg [stroke="#ffffff"] { stroke: #161b22 }
    }
    </style>
    <g></g>
    </svg>
    <BLANKLINE>
    """
    name = re.sub(r"[^\w-]", "_", name)
    opening, _, content = svg[svg.index("<svg") :].partition(">")
    opening = opening.replace("<svg", f'<svg id="{name}_svg" role="img" aria-label="{escape(words)}"')
    rules = (
        f'#{name}_svg [{paint}="{light}"] {{ {paint}: {dark[light]} }}'
        for light in dark
        for paint in ("fill", "stroke")
    )
    style = "\n".join(("<style>", "@media (prefers-color-scheme: dark) {", *rules, "}", "</style>"))
    content = re.sub("<title>.*?</title>\n", "", content, count=1)  # the graph's: it would pop up everywhere
    content = BOLD_START.sub(r'\1\2<tspan font-weight="bold">\3</tspan>\4</text>', content)
    content = BOX.sub(_aligned, content).replace(BACKSLASH, "\\")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{opening}>\n{style}{content}'


def _aligned(box: re.Match[str]) -> str:
    """A box with two texts of a row at its edges, and one that is alone in its middle.

    Graphviz estimates the widths of texts, and places each by its left end. With that, numbers would be
    flush right, and names centred, only in a font that happens to have these widths.
    """
    xs = [float(x) for x in re.findall(r"-?[\d.]+", box["points"])[::2]]
    left, right = min(xs), max(xs)
    texts = box["texts"].splitlines(keepends=True)
    places = [(float(x), float(y)) for x, y in PLACE.findall(box["texts"])]
    if len(places) != len(texts) or not all(left < x < right for x, _ in places):
        return box[0]  # an arrowhead before a text, or texts of Graphviz that stand right already
    aligned = []
    for (x, y), before, after, text in zip(places, [NOWHERE, *places], [*places[1:], NOWHERE], texts, strict=False):
        if abs(y - before[1]) < 3.0:
            anchor, x = "end", right - (before[0] - left)
        elif abs(y - after[1]) < 3.0:
            anchor = "start"
        else:
            anchor, x = "middle", (left + right) / 2.0
        aligned.append(PLACE.sub(f'text-anchor="{anchor}" x="{x:.2f}" y="{y:.2f}"', text))
    return box[0].replace(box["texts"], "".join(aligned))
