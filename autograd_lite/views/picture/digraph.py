"""`Picture`: Graphviz source that knows how to be laid out without Graphviz, and dresses the SVG that comes back.

Everything is the `graphviz` package's except what runs a program or writes a file: a system's `dot` is used where there
is one, but none is needed; a layout has a time limit; a file is whole or not there.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from html import escape
from math import inf
from pathlib import Path
from typing import Any

try:
    import graphviz
except ModuleNotFoundError:
    raise ImportError("a picture needs graphviz, which is not installed: pip install graphviz") from None
from graphviz.backend.dot_command import command
from graphviz.backend.rendering import get_filepath, get_format

from autograd_lite.engine.files import kind_of, write_whole
from autograd_lite.engine.notebook import live, themed
from autograd_lite.engine.text import counted, visible
from autograd_lite.views.picture import layout
from autograd_lite.views.picture.layout import CHOICE, LayoutError

# Graphviz replaces \N and the like in some texts once, in others twice, differently from version to version, so
# no number of backslashes is right everywhere. Until the layout is done, this character stands for one.
BACKSLASH = "⧵"
SVG, HTML = "image/svg+xml", "text/html"
WIDTH = re.compile(r'<svg [^>]*?width="([\d.]+)pt"')
COLUMN = 600.0  # points that a notebook's column has
LEGIBLE = 0.6  # of its size, at which texts are 10 pixels high, and those on edges 8
PICTURES = graphviz.FORMATS - {"dot", "gv"}  # which are also the endings of sources


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
        return f'<Picture: {visible(self.comment or "")}; .render("name") writes it to a file>'

    @staticmethod
    def text(text: str) -> str:
        """Any text as it must be written in labels, also HTML-like ones, and tooltips to be taken literally.

        >>> Picture.text("a<b & c")
        'a&lt;b &amp; c'
        """
        # Graphviz 2.43 reads a ] that stands alone in an HTML-like label as a syntax error.
        return escape(text, quote=False).replace("]", "&#93;").replace("\\", BACKSLASH)

    def svg(self, lean: bool = False) -> str:
        r"""The picture as an SVG element, to be put into a page.

        A lean one is shorter by half, and looks the same where a style sheet says what its parts have in common: a
        font of 12 pixels, and lines in the colour of the picture's nodes, around paths that are not filled. It has
        no titles and no comments, which name each part once more, and places to a tenth of a point.

        >>> Picture(name="fig1").svg()[-7:]
        '</svg>\n'
        """
        svg = _element(self.pipe("svg", encoding="utf-8"))
        return _lean(svg, self.node_attr.get("color", "black")) if lean else svg

    def fitted(self) -> str:
        r"""The picture as an SVG element for a notebook: never wider than the page.

        >>> Picture(name="fig1").fitted()[:49]
        '<svg style="max-width: 100%; height: auto" id="fi'
        """
        return _fitted(self.svg())

    def save(
        self,
        filename: os.PathLike[str] | str | None = None,
        directory: os.PathLike[str] | str | None = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Write the source to a file, and return its path; ValueError for a name that ends as another kind of file.

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     os.path.basename(Picture(name="fig1").save(directory=folder))
        'fig1.gv'
        """
        path = self._named(filename, directory)
        kind_of(path, "dot")
        if not (skip_existing and os.path.exists(path)):
            _write(path, self.source.encode(self.encoding))
        return path

    def _named(
        self, filename: os.PathLike[str] | str | None = None, directory: os.PathLike[str] | str | None = None
    ) -> str:
        """The path of the source; as in graphviz, the picture remembers the parts that are given."""
        if filename is not None:
            self.filename = os.fspath(filename)
        if directory is not None:
            self.directory = os.fspath(directory)
        path: str = self.filepath
        return path

    def copy(self) -> Picture:
        """A copy that can be changed without changing this picture."""
        copy: Picture = super().copy()
        copy.dark, copy.time_limit = dict(self.dark), self.time_limit
        return copy

    def pipe(self, format: str | None = None, *, encoding: str | None = None, **how: Any) -> Any:  # noqa: A002 - graphviz's name
        """The picture laid out, as bytes in a format such as svg or png, or as text with an encoding.

        Further arguments are as in graphviz: `renderer`, `formatter`, `neato_no_op`, `engine`.
        """
        kind, engine, *options = self._how(format, **how)
        try:
            picture = layout.layout(self.source.encode(self.encoding), kind, engine, options, self.time_limit)
        except TimeoutError as error:
            edges = sum(" -> " in line.partition(" [")[0] for line in self.body)
            size = f"{counted(len(self.body) - edges, 'node')} and {counted(edges, 'edge')}"
            raise LayoutError(
                f"{error} took longer than {self.time_limit:g} s to lay out {size}: draw a part of the graph, or allow "
                f"more seconds with picture.time_limit = 120, or name another layout program in {CHOICE}"
            ) from None
        if kind.lower().partition(":")[0] in ("svg", "svg_inline"):
            picture = dressed(picture.decode(), self.name or "picture", self.comment or "", self.dark).encode()
        return picture if encoding is None else picture.decode(encoding)

    def render(
        self,
        filename: os.PathLike[str] | str | None = None,
        directory: os.PathLike[str] | str | None = None,
        view: bool = False,
        cleanup: bool = True,
        format: str | None = None,  # noqa: A002 - graphviz's name
        *,
        outfile: os.PathLike[str] | str | None = None,
        quiet_view: bool = False,
        raise_if_result_exists: bool = False,
        overwrite_source: bool = False,
        **how: Any,
    ) -> str:
        """Write the picture to a file, and return its path; arguments as in graphviz, with two differences.

        A name that ends in svg, png or another format is that of the picture itself; and the source is written beside
        it only with `cleanup=False`. Raises ValueError where the name says one format, and `format` another.

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     Picture().render("fig1", folder, format="svg") == os.path.join(folder, "fig1.svg")
        ...     Picture().render("fig2.png", folder) == os.path.join(folder, "fig2.png")
        ...     sorted(os.listdir(folder))
        True
        True
        ['fig1.svg', 'fig2.png']
        """
        if filename is not None and outfile is None and Path(filename).suffix[1:].lower() in PICTURES:
            filename, outfile = get_filepath(filename), Path(directory or "", filename)
        if outfile is not None:
            outfile = Path(outfile) if directory is not None else Path(self.directory, outfile)
            format = _format_of(outfile, format)  # noqa: A001 - as above
            filename = get_filepath(outfile) if filename is None else filename
        kind = self._how(format, **how)[0]  # what Graphviz does not know is refused before anything is written
        source = self._named(filename, directory)
        path = os.fspath(outfile or Path(f"{source}.{'.'.join(reversed(kind.split(':')))}"))
        if raise_if_result_exists and os.path.exists(path):
            raise graphviz.FileExistsError(f"output file exists: {path!r}")
        if not cleanup:
            if not overwrite_source and os.path.realpath(path) == os.path.realpath(source):
                raise ValueError(f"the picture would overwrite its own source {path!r}: choose another name")
            self.save()
        _write(path, self.pipe(format, **how))
        if view or quiet_view:
            graphviz.view(path, quiet=quiet_view)
        return path

    def _how(self, kind: str | None, quiet: bool = False, **how: Any) -> list[str]:  # noqa: ARG002 - nothing is loud
        """The format, the engine and further options for the layout program."""
        mine = {"renderer": self.renderer, "formatter": self.formatter, "engine": self.engine}
        how = mine | {name: choice for name, choice in how.items() if choice is not None}
        _, engine, kind, *options = command(how.pop("engine"), kind or self.format, **how)
        return [str(kind).removeprefix("-T"), engine.removeprefix("-K"), *options]

    @staticmethod
    def _wide(svg: str) -> str:
        """A picture for a notebook: as wide as the page at most, but never too small to be read."""
        width = float(WIDTH.findall(svg)[0])
        least, advice = "", ""
        if LEGIBLE * width > COLUMN:
            least = f"; min-width: {LEGIBLE * width:.0f}pt"
            advice = (
                "<p>This picture is wider than the page: it scrolls, and <code>.render(&quot;picture.svg&quot;)</code> "
            )
            advice += (
                "writes it to a file. <code>draw(…, group=…, depth=…)</code> folds what was computed in scopes.</p>"
            )
        return _fitted(svg, least) + advice

    def _mime_(self) -> tuple[str, str]:  # of marimo, which would offer a choice between the two
        return HTML, themed(self._wide(self.svg()))

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **options: Any
    ) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(include, exclude, **options)
        if SVG in bundle:
            bundle[SVG] = self.fitted()
        if HTML not in (exclude or ()) and HTML in (include or [HTML]):
            svg = self.svg()
            bundle[HTML] = live(self._wide(svg), svg, self.comment or "")
        return bundle


def _format_of(path: Path, given: str | None) -> str:
    """The format that a picture's name ends in; the given one where the ending says nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", graphviz.FormatSuffixMismatchWarning)
        try:
            return str(get_format(path, format=given))
        except graphviz.FormatSuffixMismatchWarning:
            raise ValueError(f"{os.fspath(path)!r} is not the name of a picture in the format {given!r}") from None


def _element(svg: str) -> str:
    """The element of an SVG, without what stands before it."""
    return svg[svg.index("<svg") :]


def _fitted(svg: str, more: str = "") -> str:
    """An SVG element that is never wider than the page, with more of a style."""
    return svg.replace("<svg", f'<svg style="max-width: 100%; height: auto{more}"', 1)


def _write(path: str, content: bytes) -> None:
    """Write a file whole, and before that its folder, as graphviz does."""
    with suppress(OSError):  # where it cannot be made, writing the file fails, and says so
        os.makedirs(os.path.dirname(os.path.realpath(path)), exist_ok=True)
    write_whole(path, content)


# What Graphviz writes of a box: its outline, perhaps a line under the header, and its texts. A row of the box is one
# text or two; a bold name and what follows it are written as two, but belong together.
BOX = re.compile(r'<(?:path|polygon) [^>]*"(?P<points>[^"]*)"/>\n(?:<poly[^>]*>\n)*(?P<texts>(?:<text .*</text>\n)+)')
BOLD_START = re.compile(
    r'(<text [^>]*) font-weight="bold"([^>]*>)([^<]*)</text>\n<text [^>]*>((?: |&#160;)[^<]*)</text>'
)
PLACE = re.compile(r'text-anchor="start" x="([-\d.]+)" y="([-\d.]+)"')
NOWHERE = (inf, inf)
UNSEEN = re.compile("<!--.*?-->\n|<title>.*?</title>\n", re.DOTALL)
CARD = re.compile(r'<path (fill="#[^>]*?) d="([^"]*)"/>')


def dressed(svg: str, name: str, words: str, dark: Mapping[str, str]) -> str:
    r"""An SVG that Graphviz wrote, with the picture in words, colours for dark pages, and texts where they belong.

    >>> print(dressed("<?xml?><!DOCTYPE svg><svg>\n<g></g>\n</svg>\n", "fig1", "a<b", {"#ffffff": "#161b22"}))
    <?xml version="1.0" encoding="UTF-8"?>
    <svg id="fig1_svg" role="img" aria-label="a&lt;b">
    <style>
    svg:root { color-scheme: light dark }
    #fig1_svg [fill="#ffffff"] { fill: light-dark(#ffffff, #161b22) }
    #fig1_svg [stroke="#ffffff"] { stroke: light-dark(#ffffff, #161b22) }
    </style>
    <g></g>
    </svg>
    <BLANKLINE>
    """
    name = re.sub(r"[^\w-]", "_", name)
    opening, _, content = svg[svg.index("<svg") :].partition(">")
    opening = opening.replace("<svg", f'<svg id="{name}_svg" role="img" aria-label="{escape(words)}"')
    rules = (
        f'#{name}_svg [{paint}="{light}"] {{ {paint}: light-dark({light}, {dark[light]}) }}'
        for light in dark
        for paint in ("fill", "stroke")
    )
    # A file has the scheme of the operating system, or of the page that shows it; an element that of what it stands in.
    style = "\n".join(("<style>", "svg:root { color-scheme: light dark }", *rules, "</style>"))
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


def _lean(svg: str, line: str) -> str:
    """An SVG element without what nobody sees, and without what a style sheet can say once; see `Picture.svg`."""
    common = (
        f' xml:space="preserve"| font-family="[^"]*"| font-size="12.00"| text-anchor="start"| fill="(?:none|{line})"'
    )
    onto = rf'<text xml:space="preserve" text-anchor="middle"([^>]*) font-size="10.00" fill="{line}">'
    svg = re.sub(onto, r"<text\1>", UNSEEN.sub("", svg))  # what stands on edges
    svg = re.sub(rf'{common}| stroke="(?:black|{line})"', "", svg).replace('"10.00"', '"10"')
    svg = CARD.sub(_rectangle, svg)
    return re.sub(r' (?:d|points|x|y)="[^"]*"', lambda places: re.sub(r"(\.\d)\d", r"\1", places[0]), svg)


def _rectangle(path: re.Match[str]) -> str:
    """The outline of a node as a rectangle with round corners, which Graphviz writes as a path of curves."""
    xs, ys = ([float(x) for x in re.findall(r"-?[\d.]+", path[2])[start::2]] for start in (0, 1))
    size = f'width="{max(xs) - min(xs):.1f}" height="{max(ys) - min(ys):.1f}" rx="6"'
    return f'<rect {path[1]} x="{min(xs):.1f}" y="{min(ys):.1f}" {size}/>'
