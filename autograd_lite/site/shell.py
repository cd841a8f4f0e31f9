"""The frame of every page of the site: its navigation, its style, its policy, and what its scripts are told.

A page is `html.document` of the course, with a line of links above, and modules from the folder of assets. The policy
allows the site's own files, Python (WebAssembly) in a worker that a page starts from its own text and that so has the
page's policy, and nothing from another host.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from autograd_lite.lessons.showing import html
from autograd_lite.views.steps.page.javascript import data

PLACES = {  # in the navigation: the name and the page of each part
    "Playground": "index.html",
    "Course": "course/index.html",
    "Watch": "watch/index.html",
    "Notebooks": "notebooks/index.html",
    "Teach": "teach/index.html",
    "Reference": "reference/index.html",
}
ALLOWED = {  # besides what html.document allows
    "script-src": ["'self'", "'wasm-unsafe-eval'"],
    "worker-src": ["blob:"],
    "connect-src": ["'self'"],
    "frame-src": ["'self'"],
    "img-src": ["'self'", "blob:"],
}
STILL = '<noscript><p class="still">JavaScript is off: the page can be read, but computes nothing.</p></noscript>'


@dataclass(frozen=True)
class Site:
    """What all pages know: the archive of Python's packages, what is loaded until Python runs, the repository."""

    archive: str = ""
    loads: Mapping[str, int] = field(default_factory=dict)  # bytes, by path within the assets
    repository: str = ""  # OWNER/NAME on GitHub, for links to Colab; "" where it is not known

    def page(
        self,
        path: str,
        title: str,
        body: str,
        *,
        modules: Sequence[str] = (),
        styles: Sequence[str] = (),
        scripts: Sequence[str] = (),
        frames: Sequence[str] = (),
        told: Mapping[str, Any] = {},
    ) -> str:
        """A page of the site as HTML.

        `path` is its own within the site; `modules` are scripts in assets/script, `styles` files of this room;
        `scripts` stand in the page; `frames` are pages that stand in it; `told` is what the modules find in the
        element "told". The body has an element "content", to which the first link leads.
        """
        root = "../" * path.count("/")
        known = {"root": root, "archive": self.archive, "loads": self.loads, **told}
        end = f'<script type="application/json" id="told">{data(known)}</script>'
        names = ["search", *modules]
        head = f'<link rel="icon" href="{root}assets/icon.svg">\n'
        head += "".join(f'<script type="module" src="{root}assets/script/{name}.js"></script>\n' for name in names)
        content = f"{navigation(path)}{STILL if modules else ''}{body}{end}"
        rules = "".join(asset(f"{name}.css") for name in ("site", "search", *styles))
        return html.document(title, content, scripts, frames, allowed=ALLOWED, more_style=rules, head=head)


def navigation(path: str) -> str:
    """The links at the top of a page, from where it stands, and the place of the search box.

    >>> 'href="../index.html"' in navigation("course/L01.html")
    True
    """
    root, part = "../" * path.count("/"), path.partition("/")[0]
    links = "".join(
        f'<a href="{root}{page}"{" aria-current=page" if page.partition("/")[0] == part else ""}>{escape(name)}</a>'
        for name, page in PLACES.items()
    )
    return (
        f'<a class="skip" href="#content">Skip to the content</a><nav class="site" aria-label="the site">'
        f'<a class="name" href="{root}index.html">autograd_lite</a>{links}<span id="search" class="ui"></span></nav>'
    )


@cache
def asset(name: str) -> str:
    """A file that stands in this room: markup, style or script."""
    return (files("autograd_lite.site") / name).read_text(encoding="utf-8")
