"""What a page leaves out of its parts, since it has hundreds of them: what is there for readers of the source alone."""

from __future__ import annotations

import re
from functools import cache

from autograd_lite.views.picture.styles import GRAD, INK, MUTED, VALUE

TEXTS = {  # of a card: the attributes of its texts in the picture, by the class that they have in the page
    "h": {"text-anchor": "middle", "fill": INK},
    "w": {"font-size": "10", "fill": MUTED},
    "v": {"text-anchor": "end", "fill": VALUE},
    "g": {"text-anchor": "end", "fill": GRAD},
}
CARD = re.compile(  # what is alike on every card that has numbers, so that the page puts it in
    r'(<rect [^>]*>)<polyline [^>]*>(<text class="h".*?</text>)'
    r'<text class="w"[^>]*>value</text><text class="v"[^>]*>[^<]*</text>'
    r'<text class="w"[^>]*>grad</text><text class="g"[^>]*>[^<]*</text></g>'
)
ARROW = re.compile(r'(<polygon points="(\S+) [^"]*) \2"')  # which ends where it began
PUNCTUATION = "{}()[]=,;:?<>|&*!"  # beside which space does not matter
TOKEN = re.compile(
    r"""(?<=[(,=:&|?!])\x20?(?P<regex>/(?:\\.|\[(?:\\.|[^]\\])*\]|[^/*\\\n[])(?:\\.|\[(?:\\.|[^]\\])*\]|[^/\\\n[])*/)"""
    r"""|(?P<space>(?:\s|//[^\n]*|/\*.*?\*/)+)|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[\w$.]+|.""",
    re.DOTALL,
)
TEMPLATE = re.compile(
    r"(?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{)", re.DOTALL
)  # the text of one, up to an expression or the end


@cache
def script(text: str) -> str:
    r"""JavaScript without comments, and without space where it does not matter; every statement ends in a semicolon.

    >>> script('const x = /[/ ]/ ;  // a comment\nlet y = `a  b ${f({ x }) + "  "}`;')
    'const x=/[/ ]/;let y=`a  b ${f({x})+ "  "}`;'
    """
    written, gap, at = [""], "", 0
    braces: list[int] = []  # that are open in each expression inside of a template
    while at < len(text):
        found = TOKEN.match(text, at)
        assert found is not None  # any character is one
        token, at = found["regex"] or found[0], found.end()
        if found["space"]:
            gap = "\n" if "\n" in token else " "
            continue
        if gap and written[-1][-1:] not in PUNCTUATION and token[0] not in PUNCTUATION:
            written.append(gap)
        gap = ""
        if braces and token in "{}":
            braces[-1] += 1 if token == "{" else -1
        if token == "`" or (braces and braces[-1] < 0):
            braces[-1:] = [] if token == "}" else braces[-1:]
            words = TEMPLATE.match(text, at)
            assert words is not None  # what begins ends
            token, at = token + words[0], words.end()
            if token.endswith("{"):
                braces.append(0)
        written.append(token)
    return "".join(written)


def style(text: str) -> str:
    """A style sheet without comments, and without space where it does not matter.

    >>> style("/* ink */ a , b > i { color : red ; }")
    'a,b>i{color:red}'
    """
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r"\s+", " ", text))
    return re.sub(r"([{;][\w-]+) ?: ?", r"\1:", text).replace(";}", "}").strip()


def svg(text: str) -> str:
    """The picture with classes in place of what the page's style says of its texts; on cards the names alone."""
    for kind, attributes in TEXTS.items():
        written = [f' {name}="{value}"' for name, value in attributes.items()]
        lines = text.split("\n")
        for i, line in enumerate(lines):
            if line.startswith("<text") and all(each in line for each in written):
                for each in written:
                    line = line.replace(each, "", 1)
                lines[i] = line.replace("<text", f'<text class="{kind}"', 1)
        text = "\n".join(lines)
    text = CARD.sub(r"\1\2</g>", text.replace(">\n<", "><"))
    text = re.sub(">×[^<]*<", "><", text)  # what stands on edges, which the page writes
    return re.sub(r"(?<=\d)\.0(?=[ \",C])", "", ARROW.sub(r'\1"', text))
