"""Markdown as HTML: headings with ids, formulas as MathML, programs in colours that a style decides.

The text is the project's own: notebooks, the changelog. HTML in it stays, since solutions are folded in <details>.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd_lite.lessons.showing.mathematics import mathml

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

FORMULA = re.compile(r"(\$\$?)([^$]+)\1([.,:;?!)]*)")  # and what may not stand alone on the next line
LETTERS = re.compile(r"[^\w]+")


class Heading(NamedTuple):
    """A heading of a text: its level, its id, and what it says, as HTML."""

    level: int
    id: str
    html: str


def as_html(text: str, headings: list[Heading] | None = None, linked: Callable[[str], str] = str) -> str:
    r"""Markdown as HTML; its headings are added to a list; `linked` says where a link leads, "" for nowhere.

    >>> as_html("So $x_1$ is *less*.")
    '<p>So <math><msub><mi>x</mi><mrow><mn>1</mn></mrow></msub></math> is <em>less</em>.</p>\n'
    >>> as_html("## a < b")
    '<h2 id="a-b">a &lt; b</h2>\n'
    """
    reader, found = _reader(), [] if headings is None else headings
    tokens = reader.parse(text)
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            inner = tokens[place + 1]
            name = _free(LETTERS.sub("-", inner.content.lower()).strip("-"), {each.id for each in found})
            token.attrSet("id", name)
            shown = str(reader.renderer.render([inner], reader.options, {}))
            found.append(Heading(int(token.tag[1]), name, shown))
        if style := token.attrs.pop("style", ""):  # of a column's cells; the site's policy allows no such attribute
            token.attrs |= {"class": "num"} if "right" in str(style) else {}
        for child in token.children or []:
            if child.type == "link_open":
                child.attrSet("href", linked(str(child.attrGet("href"))))
    html = str(reader.renderer.render(tokens, reader.options, {}))
    html = re.sub(r'<a href="">(.*?)</a>', r"\1", html)
    return html.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")


def program(code: str) -> str:
    """A program in Python as HTML, its words in classes of Pygments.

    >>> program("2 < 3").partition("<code>")[2]
    '<span class="mi">2</span> <span class="o">&lt;</span> <span class="mi">3</span></code></pre>'
    """
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    shown = highlight(code.rstrip("\n"), PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n")
    return f'<pre class="program"><code>{shown}</code></pre>'.replace('<span class="w"> </span>', " ")


def _free(name: str, taken: set[str]) -> str:
    """A name that is not taken: the name itself, or with a number behind it."""
    free, count = name, 1
    while free in taken:
        count += 1
        free = f"{name}-{count}"
    return free


@cache
def _reader() -> MarkdownIt:
    """CommonMark with tables and formulas; it is there wherever rich is, which shows Markdown in terminals with it."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": True, "highlight": _highlighted}).enable("table")
    reader.inline.ruler.before("escape", "formula", _read_formula)
    reader.add_render_rule("formula", _show_formula)
    return reader


def _read_formula(state: Any, silent: bool) -> bool:
    found = FORMULA.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.markup, token.content, token.info = found.groups()
    state.pos = found.end()
    return True


def _show_formula(_: object, tokens: Any, place: int, *__: object) -> str:
    """A formula; of one on lines of its own, what stands far apart may stand on several, since MathML breaks none."""
    token = tokens[place]
    if token.markup == "$$":
        parts = token.content.split("\\qquad")
        if any(part.count("{") != part.count("}") or "\\begin" in part for part in parts):
            parts = [token.content]
        shown = "".join(mathml(part.strip(), display=True) for part in parts)
        return f'<span class="formula">{shown}</span>{token.info}'
    math = mathml(token.content)
    return f'<span class="keep">{math}{escape(token.info)}</span>' if token.info else math


def _highlighted(code: str, language: str, _: object) -> str:
    return program(code) if language == "python" else f"<pre><code>{escape(code.rstrip())}</code></pre>"
