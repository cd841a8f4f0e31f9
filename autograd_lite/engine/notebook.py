"""What a notebook shows: HTML in the theme of the notebook, and a still picture for viewers that take HTML apart.

Tables are bare, so that every notebook gives them its own colours. A picture or a page is shown in the colours of the
notebook, whatever those of the operating system: style rules that match the marks which notebooks set choose the
`color-scheme`, which pictures and frames follow, with no script. Viewers that allow no styles, such as GitHub's or a
JupyterLab that does not trust the file, show the still picture, since what is live stays hidden there.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from autograd_lite.engine.text import visible

NO_TEX = "mathjax_ignore tex2jax_ignore"  # a dollar in somebody's text is a dollar
MOST_ROWS = 30  # of a table in a notebook
# JupyterLab, Notebook and nbconvert; VS Code; Colab; marimo, Sphinx and others.
DARK = '[data-jp-theme-light="false"] .vscode-dark .vscode-high-contrast [theme="dark"] [data-theme="dark"] .dark'
LIGHT = (
    '[data-jp-theme-light="true"] .vscode-light .vscode-high-contrast-light [theme="light"] [data-theme="light"] .light'
)


def _scheme(name: str, marks: str) -> str:
    return f"{', '.join(f'{mark} .autograd-lite' for mark in marks.split())} {{ color-scheme: {name} }}"


STYLE = "\n".join(
    (
        ".autograd-lite { display: block !important; overflow: auto; break-inside: avoid }",
        ".autograd-lite a { text-decoration: none !important }",  # tooltips, no links
        ".autograd-lite-still { display: none !important; break-inside: avoid }",
        _scheme("dark", DARK),
        _scheme("light", LIGHT),
        "@media print {",
        ".autograd-lite { color-scheme: light !important; overflow: hidden }",
        ".autograd-lite svg { min-width: 0 !important }",
        ".autograd-lite:has(iframe) { display: none !important }",
        ".autograd-lite:has(iframe) ~ .autograd-lite-still { display: block !important }",
        "}",
    )
)


def themed(html: str, hidden: str = "") -> str:
    """HTML that is shown in the notebook's theme; it may start `hidden`, for viewers that allow no styles.

    >>> themed("<b>x</b>").partition("</style>")[2]
    '<div class="autograd-lite mathjax_ignore tex2jax_ignore"><b>x</b></div>'
    """
    return f'<style>\n{STYLE}\n</style><div class="autograd-lite {NO_TEX}"{hidden}>{html}</div>'


def live(html: str, svg: str, words: str) -> str:
    """HTML that is shown in the notebook's theme, and the still picture in its place where it cannot be, or is printed.

    >>> live("<b>x</b>", "<svg/>", "a<b").partition("</style>")[2]
    '<div class="autograd-lite mathjax_ignore tex2jax_ignore" hidden style="display: none">\
<b>x</b></div><img class="autograd-lite-still" style="max-width: 100%" \
alt="a&lt;b" src="data:image/svg+xml;base64,PHN2Zy8+">'
    """
    address = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    still = f'<img class="autograd-lite-still" style="max-width: 100%" alt="{escape(visible(words))}" src="{address}">'
    return themed(html, ' hidden style="display: none"') + still


def frame(page: str, words: str, height: int) -> str:
    """A page in a frame, so that its styles and ids do not meet the notebook's; nothing but scripts may run there.

    >>> frame("<b>x</b>", "bold", 80)[:63]
    '<iframe sandbox="allow-scripts" srcdoc="&lt;b&gt;x&lt;/b&gt;" t'
    """
    return (
        f'<iframe sandbox="allow-scripts" srcdoc="{escape(page)}" title="{escape(words)}" '
        f'width="100%" height="{height}" style="border: 0"></iframe>'
    )


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A small table; a heading that starts with a space is that of numbers, and a column without one has names.

    >>> table("squares", ["x", " x²"], [["a<b", "1"]])
    '<table><caption>squares</caption><thead><tr><th style="text-align: left">x</th>\
<th style="text-align: right">x²</th></tr></thead><tbody><tr><td style="text-align: left">a&lt;b</td>\
<td style="text-align: right">1</td></tr></tbody></table>'
    """
    sides = ["right" if heading.startswith(" ") else "left" for heading in headings]
    rows = list(rows)
    left_out = len(rows) - MOST_ROWS
    if left_out > 1:
        rows = [*rows[:MOST_ROWS], [f"… and {left_out:,} more", *[""] * (len(sides) - 1)]]
    head = _row("th", headings, sides) if any(map(str.strip, headings)) else ""
    body = "".join(_row("td", row, sides) for row in rows)
    above = f"<caption>{escape(visible(title))}</caption>" if title else ""
    return f"<table>{above}{head and f'<thead>{head}</thead>'}<tbody>{body}</tbody></table>"


def _row(tag: str, cells: Sequence[str], sides: Sequence[str]) -> str:
    written = (
        f'<{tag} style="text-align: {side}">{escape(visible(cell.strip()))}</{tag}>'
        for cell, side in zip(cells, sides, strict=True)
    )
    return f"<tr>{''.join(written)}</tr>"
