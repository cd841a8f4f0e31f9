"""Checks the links of a folder of pages: where each leads, and what else a page may not have."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# To other hosts only what a reader follows on purpose, and only to these.
HOSTS = {"colab.research.google.com", "docs.python.org", "github.com", "pytorch.org", "docs.pytorch.org", "numpy.org"}
LOADING = {"img", "script", "iframe", "link", "source", "video", "audio", "object", "embed", "use", "image"}
WITHIN = ("data:", "blob:")


class Reader(HTMLParser):
    """Reads a page: its ids, its links with the element that has each, its inline styles and handlers."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.unsafe: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down what a tag says."""
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in ("href", "src", "xlink:href", "data", "poster"):
                self.links.append((tag, value or ""))
            elif name == "style" or name.startswith("on"):
                self.unsafe.append(f"<{tag} {name}>")


@cache
def read(path: Path) -> Reader:
    """A page, read once."""
    return Reader(path.read_text(encoding="utf-8"))


def broken(folder: Path, pages: list[Path]) -> list[str]:
    """What is wrong with the links of some pages of a folder: where each stands, where it leads, and why not."""
    return [
        f"{page.relative_to(folder)}: {link}: {why}"
        for page in pages
        for tag, link in read(page).links
        if (why := _wrong(folder, page, tag, link))
    ]


def _wrong(folder: Path, page: Path, tag: str, link: str) -> str:
    parts = urlsplit(link)
    if link.startswith(WITHIN):
        return ""
    if parts.scheme or parts.netloc:
        if tag in LOADING:
            return "is loaded from another host"
        return "" if parts.scheme == "https" and parts.netloc in HOSTS else "leads to a host that is not known"
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if folder.resolve() not in target.resolve().parents:
        return "leads out of the site"
    if not target.is_file():
        return "there is no such file"
    name = unquote(parts.fragment)
    if name and "=" not in name and target.suffix == ".html" and name not in read(target).ids:
        return "there is no such id"
    return ""
