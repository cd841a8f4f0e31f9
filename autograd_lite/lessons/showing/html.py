"""What pages of the course are made of: tables, derivations and plots as HTML, and a document with its policy.

All text is escaped here or by `exercises.as_html`. A document needs no network: its Content-Security-Policy names, by
their digests, the styles and scripts that it has, and allows pictures only within the file.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files

from autograd_lite.engine.text import visible
from autograd_lite.lessons.asking.exercises import as_html
from autograd_lite.lessons.showing.derivations import Derivation, node_and_kind
from autograd_lite.lessons.showing.mathematics import mathml
from autograd_lite.views.columns import GAP, Columns
from autograd_lite.views.steps.page.page import asset, digest, whole

OWN = ("style-src", "script-src")


@cache
def style() -> str:
    """The style of the course: the colours of the page to step through, and its own rules."""
    rules = (files("autograd_lite.lessons.showing") / "course.css").read_text(encoding="utf-8")
    return asset("page.css").partition("* { box-sizing")[0] + rules + asset("marking.css")


def document(
    title: str,
    body: str,
    scripts: Sequence[str] = (),
    frames: Iterable[str] = (),
    *,
    allowed: Mapping[str, Sequence[str]] = {},
    more_style: str = "",
    head: str = "",
) -> str:
    """A whole page; `frames` are the pages that stand in it, whose styles and scripts it must allow too.

    For a page of a site, `allowed` are more sources of its policy, by directive, `more_style` follows the course's, and
    `head` stands in its head.

    >>> "<title>a &lt; b</title>" in document("a < b", "<p>text</p>")
    True
    """
    rules_of_style = style() + more_style
    sources = {"style-src": [digest(rules_of_style)], "script-src": [*map(digest, scripts)], "img-src": ["data:"]}
    for name, more in allowed.items():
        sources[name] = [*sources.get(name, ()), *more]
    for frame in frames:
        [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', frame)
        for rule in policy.split("; "):
            name, *those = rule.split(" ")
            if name in OWN:
                sources[name] += those
    rules = [f"{name} {' '.join(dict.fromkeys(each))}" for name, each in sources.items() if each]
    policy = "; ".join(["default-src 'none'", *rules, "base-uri 'none'", "form-action 'none'"])
    run = "".join(f"<script>{script}</script>\n" for script in scripts)
    return whole(policy, escape(visible(title)), rules_of_style, f"{body}\n{run}", head)


def table(columns: Columns) -> str:
    """A table; numbers are flush right, what agrees with the notes is marked.

    >>> table(Columns("", [" x"], [["1"]]))[20:106]
    '<table><thead><tr><th class="num">x</th></tr></thead><tbody><tr><td class="num">1</td>'
    """
    classes = [' class="num"' if heading.startswith(" ") else "" for heading in columns.headings]
    head = "".join(f"<th{kind}>{_cell(heading)}</th>" for kind, heading in zip(classes, columns.headings, strict=True))
    rows = []
    for row in columns.rows:
        kinds = [_kind(cell) or kind for cell, kind in zip(row, classes, strict=True)]
        rows.append("".join(f"<td{kind}>{_cell(cell)}</td>" for cell, kind in zip(row, kinds, strict=True)))
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    above = f"<caption>{_cell(columns.title)}</caption>" if columns.title else ""
    return f'<div class="scroll"><table>{above}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _kind(cell: str) -> str:
    return {"✓": ' class="good"', "✗": ' class="bad"'}.get(cell, "")


def _cell(text: str) -> str:
    return "<br>".join(escape(visible(part)) for part in text.strip().split(GAP))


def derivation(given: Derivation, places: Mapping[str, int] = {}) -> str:
    """A derivation as a numbered list: in each item the formula, its reason, and the engine's numbers.

    `places` are those of the nodes in the page to step through: their names lead there.
    """
    items = []
    for line in given.lines:
        why = as_html(line.why).replace("<p>", '<p class="why">') if line.why else ""
        pairs = []
        for name, number in line.told():
            label, kind = node_and_kind(name)
            named = f'<code class="{kind}">{escape(visible(name))}</code>' if name else ""
            if label in places:
                pass_ = "backward" if kind == "grad" else "forward"
                named = f'<a href="#steps" data-node="{places[label]}" data-kind="{pass_}">{named}</a>'
            pairs.append(f"<span>{' = '.join(filter(None, [named, escape(number)]))}</span>")
        told = f'<p class="engine">{"".join(pairs)}</p>' if pairs else ""
        items.append(f'<li><div class="formula">{mathml(line.formula, display=True)}</div>{why}{told}</li>')
    return f'<h3>{as_html(given.title)[3:-4]}</h3><ol class="steps">{"".join(items)}</ol>'


def picture(content: bytes, words: str, kind: str = "") -> str:
    """An SVG as an image within the file, so that its styles and ids stay its own."""
    address = f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
    return f'<img{f" class={chr(34)}{kind}{chr(34)}" if kind else ""} alt="{escape(visible(words))}" src="{address}">'
