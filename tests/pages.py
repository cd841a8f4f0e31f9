"""A picture read back from its SVG by an XML parser, and graphs to draw."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import category
from xml.etree import ElementTree

from autograd_lite import Value, exp, sin
from autograd_lite.engine.table import TABLE
from autograd_lite.views.picture.digraph import Picture

ONE_LINE = "^[^\n]+$"
SVG = "{http://www.w3.org/2000/svg}"
TITLE = "{http://www.w3.org/1999/xlink}title"
SYMMETRIC = {name for name, op in TABLE.items() if op.commutative}
STYLES = ["table", "circuit"]
ROOT = Path(__file__).parents[1]


def unpacked(packed: str) -> str:
    """What the page makes of its packed data: a letter from U+3400 on says how far back, the next one how much."""
    whole, letters = "", iter(packed)
    for letter in letters:
        back = ord(letter) - 0x3400
        start = len(whole) - back
        whole += whole[start : start + ord(next(letters)) - 61] if 0 < back < 0x6C00 else letter
    return whole


def data_of(page: str) -> Any:
    """The data of a page to step through."""
    [packed] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(unpacked(packed))


@dataclass
class Part:
    """A node or an edge as the page shows it: its texts from top to bottom, and the lines of its tooltip."""

    kind: str
    texts: list[str]
    tooltip: list[str]


class Page:
    """The nodes of a picture by their names v1, v2, ..., and the edges by head and place of the operand."""

    def __init__(self, picture: Picture) -> None:
        self.svg = ElementTree.fromstring(picture.svg())
        self.ids = [element.get("id", "") for element in self.svg.iter() if element.get("id")]
        self.parts: dict[str, Part] = {}
        self.tails: dict[str, str] = {}
        for group in self.svg.iter(f"{SVG}g"):
            kind, _, rest = group.get("class", "").partition(" ")
            if kind in ("node", "edge"):
                name = group.get("id", "").removeprefix(f"{picture.name}_")
                texts = ["".join(text.itertext()) for text in group.iter(f"{SVG}text")]
                tooltips = [link.get(TITLE, "") for link in group.iter(f"{SVG}a")]
                self.parts[name] = Part(rest or kind, texts, tooltips[0].split("\n"))
                if kind == "edge":
                    self.tails[name] = (group.findtext(f"{SVG}title") or "").partition("->")[0]

    def texts(self, name: str) -> list[str]:
        """What stands on a node or an edge."""
        return self.parts[name].texts

    def height(self, name: str) -> float:
        """Where a node stands on the page, downwards."""
        group = next(group for group in self.svg.iter(f"{SVG}g") if group.get("id", "").endswith(f"_{name}"))
        return float(next(group.iter(f"{SVG}text")).get("y", ""))


def example_of_the_page() -> tuple[Value, Value]:
    """The example of the front page, every node named."""
    x = Value(1.5, label="x")
    u = x**2
    s = sin(u)
    y = exp(s)
    u.label, s.label, y.label = "u", "s", "y"
    return x, y


def chain(size: int) -> Value:
    """A graph of so many nodes, one after another."""
    y = Value(0.5)
    for _ in range(size - 1):
        y = sin(y)
    return y


def permitted(text: str) -> str:
    """A label as it is shown, on one line: characters of XML 1.0, and of those without a shape the joiners alone."""
    line = re.sub("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010fffe]", "\ufffd", " ".join(text.split()))
    return "".join("\ufffd" if category(c) == "Cf" and c not in "\u200c\u200d" else c for c in line)
