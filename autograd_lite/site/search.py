"""The index of the search: what stands in the pages of all parts, section by section, as a file for the search box."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from autograd_lite.engine.files import write_whole
from autograd_lite.site.shell import PLACES, Site

FOLDED = 1600  # characters of a section that are kept: its first words, and of the rest each word once
SHOWN = 400  # of these, the first, as they stand
LEFT_OUT = {"script", "style", "nav", "svg", "template", "button", "head", "annotation", "iframe", "form"}
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "mspace"}
HEADINGS = {"h1", "h2", "h3", "h4"}
APART = {
    "p",
    "div",
    "li",
    "td",
    "th",
    "tr",
    "dt",
    "dd",
    "pre",
    "br",
    "section",
    "table",
    "figure",
    "summary",
    *HEADINGS,
}
UNSAID = {"source", "headerlink", "eyebrow", "skip", "take"}  # classes of elements that say nothing of their section
FRAMED = 'id="search"'  # by which a page of the site is told from one that stands in a frame
WORD = re.compile(r"\w+", re.UNICODE)


class Section(NamedTuple):
    """A section of a page: where it is, what it is called, and its words."""

    id: str
    title: str
    text: str


def write(folder: Path, site: Site, tell: Callable[[str], object]) -> list[str]:
    """Write the index of all pages that are there."""
    del site
    found = [entry for path in sorted(folder.rglob("*.html")) for entry in entries(folder, path)]
    tell(f"{len(found)} sections")
    write_whole(
        folder / "assets" / "search.json", json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    )
    return []


def entries(folder: Path, path: Path) -> Iterator[dict[str, str]]:
    """What the index has of a page; nothing of one that stands in a frame."""
    text = path.read_text(encoding="utf-8")
    if FRAMED not in text:
        return
    inner = path.relative_to(folder).as_posix()
    part = next(
        (name for name, page in PLACES.items() if "/" in page and inner.startswith(page.partition("/")[0] + "/")), ""
    )
    page, *rest = sections(text)
    for section in (page, *rest):
        address = f"{inner}#{section.id}" if section.id else inner
        within = {} if section is page else {"in": page.title}
        yield {
            "at": address,
            "part": part or "Playground",
            "title": section.title,
            **within,
            "text": folded(section.text),
        }


def sections(html: str) -> list[Section]:
    """A page in its sections, the page itself first: each starts at a heading that has an id or stands in what has one.

    An element with `data-found` starts one too, of that name.

    >>> page = '<main id="content"><h1>A</h1>one<section id="b"><h2>B</h2><p>two</p></section></main>'
    >>> sections(page)
    [Section(id='', title='A', text='one'), Section(id='b', title='B', text='two')]
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    written = [Section(name, _plain(title), _plain(text)) for name, title, text in reader.found]
    return [section for place, section in enumerate(written) if section.title or not place]


def _plain(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


class _Reader(HTMLParser):
    """Reads a page; `found` are its sections: id, and the pieces of title and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, list[str], list[str]]] = [("", [], [])]
        self.open: list[tuple[str, str, bool]] = []  # the elements around: their ids, and whether they are left out
        self.quiet = 0  # how many of these are left out
        self.heading = 0  # how many are a heading whose words are a title
        self.content = False
        self.titled = ""  # the heading that is open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in EMPTY:
            self._apart(tag)
            return
        self.content = self.content or tag == "main"
        quiet = tag in LEFT_OUT or not UNSAID.isdisjoint(told.get("class", "").split())
        self.open.append((tag, told.get("id", ""), quiet))
        self.quiet += quiet
        if self.quiet or not self.content:
            return
        self._apart(tag)
        if "data-found" in told:
            self.found.append((told.get("id", ""), [told["data-found"]], []))
        elif tag in HEADINGS:
            self._start(tag, told.get("id") or self._around())
            self.heading += 1

    def _around(self) -> str:
        """The id of the nearest element around that begins a section, and has not yet begun one."""
        for tag, name, _ in reversed(self.open[:-1]):
            if tag in ("section", "article", "li", "details") and name:
                return "" if any(name == known for known, _, _ in self.found) else name
            if tag == "main":
                break
        return ""

    def _start(self, tag: str, name: str) -> None:
        if tag == "h1" or (not name and not self.found[0][1]):
            self.found[0][1].append(" ")
        elif name:
            self.found.append((name, [], []))
        else:
            self.heading -= 1  # its words are text of the section in which it stands
        self.titled = tag

    def handle_endtag(self, tag: str) -> None:
        if tag not in (name for name, *_ in self.open):
            return
        while self.open:
            closed, _, quiet = self.open.pop()
            self.quiet -= quiet
            if closed in HEADINGS and not self.quiet:
                self.heading = 0
            if closed == tag:
                break
        self._apart(tag)

    def _apart(self, tag: str) -> None:
        if tag in APART and not self.heading:
            self.found[-1][2].append(" ")

    def handle_data(self, data: str) -> None:
        if self.quiet or not self.content:
            return
        _, title, text = self.found[0] if self.heading and self.titled == "h1" else self.found[-1]
        (title if self.heading else text).append(data)


def folded(text: str) -> str:
    """A text as the index has it: its beginning as it stands, then words that have not yet been said, without numbers.

    >>> folded("sin x and sin x")
    'sin x and sin x'
    """
    if len(text) <= SHOWN:
        return text
    kept, rest = text[:SHOWN].rpartition(" ")[0], text[SHOWN:]
    said = {word.casefold() for word in WORD.findall(kept)}
    more: list[str] = []
    length = len(kept)
    for word in WORD.findall(rest):
        plain = word.casefold()
        if plain not in said and not word[0].isdigit() and length < FOLDED:
            said.add(plain)
            more.append(word)
            length += len(word) + 1
    return f"{kept} … {' '.join(more)}" if more else kept
