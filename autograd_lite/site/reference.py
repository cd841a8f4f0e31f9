"""The reference: the names of the package, the table of operations, the command, the gallery, the changelog."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import autograd_lite
from autograd_lite.engine.files import write_whole
from autograd_lite.engine.lazy import require
from autograd_lite.lessons.asking.exercises import as_html
from autograd_lite.plots import rendered
from autograd_lite.site import api, markdown
from autograd_lite.site.entries import SAVED, Entry
from autograd_lite.site.gallery import GALLERY
from autograd_lite.site.operations import page_of_operations
from autograd_lite.site.shell import Site
from autograd_lite.site.usage import texts

ROOMS = {"engine": api.TOP, "views": f"{api.TOP}.views"} | {
    room: f"{api.TOP}.{room}" for room in ("nn", "optim", "data", "plots", "train", "lessons")
}
PAGES = {
    "Operations": ("operations.html", "The table that everything reads: values, local partials, domains, other names."),
    "API": ("autograd_lite.html", "Every public name, with its signature and examples that are run as tests."),
    "Command": ("command.html", "What `autograd-lite` can do in a terminal, and all its options."),
    "Gallery": ("gallery.html", "Pictures, tables and pages, each beside the lines that make it."),
    "Changelog": ("changelog.html", "What is new, what has changed, and how to move on."),
}
CHANGES = "CHANGELOG.md"
Tell = Callable[[str], object]


def write(folder: Path, site: Site, tell: Tell) -> list[str]:
    """Write the pages of this part; what they lack, in words."""
    here = folder / "reference"
    lacking = _write_api(here, site, tell)
    _put(here, site, "index.html", "Reference", index(lacks_api=bool(lacking)))
    _put(here, site, "operations.html", "Operations", page_of_operations(lacks_api=bool(lacking)), kind="full")
    tell("the command")
    _put(here, site, "command.html", "The command autograd-lite", command())
    body, missing = gallery(here / "gallery", tell)
    _put(here, site, "gallery.html", "Gallery", body, kind="full")
    body, unknown = changelog(Path(autograd_lite.__file__).parents[1])
    _put(here, site, "changelog.html", "Changelog", f'<section class="first changes">{body}</section>')
    return [*lacking, *missing, *unknown]


def _put(here: Path, site: Site, path: str, title: str, body: str, *, kind: str = "") -> None:
    """Write a page of the reference, with the way back above its title."""
    where = f'<a href="{"../" * path.count("/")}index.html">Reference</a>' if path != "index.html" else ""
    head = f'<header><p class="eyebrow">{where}</p><h1>{escape(title)}</h1></header>'
    whole = f'<main id="content" class="reference {kind}">{head}{body}</main>'
    target = here / path
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, site.page(f"reference/{path}", title, whole, styles=["reference"]).encode())


def _write_api(here: Path, site: Site, tell: Tell) -> list[str]:
    """Write a page for each room's names; what is lacking where pdoc is not installed."""
    try:
        require("pdoc", "the reference of names")
    except ImportError as error:
        return [str(error)]
    for module, body in api.pages():
        tell(module)
        title = module.rpartition(".")[2] if module in api.RETURNED else module
        _put(here, site, api.path(module), title, body)
    return []


def index(*, lacks_api: bool = False) -> str:
    """The first page: what is where."""
    kept = {name: told for name, told in PAGES.items() if not (lacks_api and name == "API")}
    ways = "".join(
        f'<li><a href="{path}"><b>{name}</b><span class="line">{as_html(words)[3:-4]}</span></a></li>'
        for name, (path, words) in kept.items()
    )
    rooms = []
    for room, module in ROOMS.items():
        said = inspect.cleandoc(importlib.import_module(f"{api.TOP}.{room}").__doc__ or "").partition("\n\n")[0]
        name = f"<code>{room}</code>" if lacks_api else f'<a href="{api.path(module)}"><code>{room}</code></a>'
        rooms.append(f"<dt>{name}</dt><dd>{escape(' '.join(said.split()))}</dd>")
    returned = ", ".join(
        f'<a href="{api.path(module)}#{name}"><code>{name}</code></a>'
        for module, names in api.RETURNED.items()
        for name in names
    )
    also = "" if lacks_api else f"<p>What functions return, besides: {returned}.</p>"
    return (
        f'<ul class="ways">{ways}</ul>'
        '<section><h2 id="rooms">The eight rooms</h2><p>The package is a house in which imports run one way: each room '
        f'uses only those before it in this list.</p><dl class="rooms">{"".join(rooms)}</dl>{also}</section>'
    )


def playground(expression: str, inputs: Mapping[str, object]) -> str:
    """The address of an expression in the playground, from a page of the reference.

    >>> playground("x² + 1", {"x": 1.5})
    '../index.html#expression=x%C2%B2%20%2B%201&x=1.5'
    """
    return f"../index.html#{urlencode({'expression': expression, **inputs}, quote_via=quote, safe='')}"


def command() -> str:
    """The help of the command and of its subcommands."""
    found = texts()
    parts = [f'<nav class="names" aria-label="commands">{"".join(_leads_to(name) for name in found if name)}</nav>']
    for name, text in found.items():
        heading = f'<h2 id="{name}"><code>autograd-lite {name}</code></h2>' if name else ""
        shown = "\n".join(_tried(line) for line in text.splitlines())
        parts.append(f'<section class="help">{heading}<pre tabindex="0"><code>{shown}</code></pre></section>')
    return "".join(parts)


def _leads_to(name: str) -> str:
    return f'<a href="#{name}"><code>{name}</code></a> '


def _tried(line: str) -> str:
    """A line of help; the expression of an example of `step` leads to the playground."""
    found = re.fullmatch(r'( +autograd-lite step )("[^"]+")((?: \w+=\S+)*)( .*)?', line)
    if found is None:
        return escape(line)
    before, typed, inputs, rest = found.groups(default="")
    given = dict(pair.split("=", 1) for pair in inputs.split())
    return f'{before}<a href="{escape(playground(typed[1:-1], given))}">{escape(typed)}{inputs}</a>{escape(rest)}'


def gallery(folder: Path, tell: Tell) -> tuple[str, list[str]]:
    """The gallery, whose pictures and pages are written into a folder; and what is lacking."""
    folder.mkdir(parents=True, exist_ok=True)
    parts, lacking = [], list[str]()
    for one in GALLERY:
        title, words = one.words
        tell(f"the gallery, {title}")
        try:
            shown = _shown(one, folder)
        except ImportError as error:  # matplotlib
            lacking += [] if str(error) in lacking else [str(error)]
            continue
        link = ""
        if one.expression:
            address = escape(playground(one.expression, one.inputs))
            typed = f"<code>{escape(one.expression)}</code>"
            link = f'<p class="small"><a href="{address}">Open {typed} in the playground</a></p>'
        parts.append(
            f'<section class="entry" aria-labelledby="{one.name}"><div class="told">'
            f'<h2 id="{one.name}">{escape(title)}</h2>{as_html(words)}'
            f"{_code(one.code())}{link}</div>{shown}</section>"
        )
    return "".join(parts), lacking


def _code(code: str) -> str:
    try:
        return str(api.coloured(code))
    except ImportError:  # of what pdoc brings
        return f"<pre><code>{escape(code)}</code></pre>"


def _shown(one: Entry, folder: Path) -> str:
    """What an entry shows; a picture or a page is a file beside."""
    title, _ = one.words
    made = one.make()
    if one.shown.startswith("print"):
        text = "\n".join(map(str, made)) if "*" in one.shown else str(made)
        return f'<pre class="printed" tabindex="0">{escape(text)}</pre>'
    if one.shown.endswith("to_html()"):
        write_whole(folder / f"{one.name}.html", made.to_html().encode())
        told = f'sandbox="allow-scripts" loading="lazy" title="{escape(title)}" src="gallery/{one.name}.html"'
        return f'<div class="stage"><iframe {told}></iframe></div>'
    content: Any = rendered("svg", made) if one.shown == SAVED else made.svg().encode()
    write_whole(folder / f"{one.name}.svg", content)
    words = title if one.shown == SAVED else made.comment
    size = " ".join(f'{side}="{length}"' for side, length in _size(content.decode()).items())
    kind = ' class="plot"' if one.shown == SAVED else ""
    return f'<figure{kind}><img loading="lazy" {size} alt="{escape(words)}" src="gallery/{one.name}.svg"></figure>'


def _size(svg: str) -> dict[str, int]:
    """Width and height of a picture in pixels, so that the page does not jump when it comes.

    >>> _size('<svg width="30pt" height="60pt" viewBox="0 0 30 60">')
    {'width': 40, 'height': 80}
    """
    found = re.findall(r'(width|height)="([\d.]+)(pt)?"', svg.partition("<svg")[2].partition(">")[0])
    return {side: round(float(length) * (4 / 3 if unit else 1)) for side, length, unit in found}


def changelog(root: Path) -> tuple[str, list[str]]:
    """The changelog of a checkout as a page; elsewhere where it is, and that it is lacking."""
    if not ((root / "pyproject.toml").is_file() and (root / CHANGES).is_file()):
        return (
            f"<p>The changelog is the file <code>{CHANGES}</code> of the source. This site was built from an installed "
            f"package (version {escape(autograd_lite.__version__)}), which does not have it.</p>",
            [f"the changelog is lacking: build the site from a checkout, which has {CHANGES}"],
        )
    return markdown.as_html(
        (root / CHANGES).read_text(encoding="utf-8").partition("\n")[2]
    ), []  # the page has a title of its own
