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
COMMENT = re.compile(r"/\*\*? .*?\*/ ?|(^|  )// [^\n]*", re.DOTALL | re.MULTILINE)
TEXT = re.compile(r'("(?:[^"\\]|\\.)*")')
PUNCTUATION = re.compile(r"\s*([=(){}\[\],;:?<>|&*!])\s*")
FIRST = 0x3400  # of the letters that say how far back, Chinese ones, which `data` escapes
FARTHEST = 0x6BFF  # as many as there are of them, up to U+9FFF
LEAST, MOST = 6, 65  # letters of what is not written again
TRIES = 12  # of the places where it has stood


@cache
def script(text: str) -> str:
    r"""The page's own JavaScript without comments, indentation, empty lines, and space beside punctuation.

    Comments stand between `/**` and `*/`, or behind `//` at the start of a line or after two spaces; no text of the
    scripts holds these. A line is left alone where, outside of "texts", a slash, an apostrophe or a backtick stands: it
    may hold a regular expression or a template; no template has a line of its own between its ends.

    >>> script("/** Half. @param {number} x */\n\nfunction half(x) {\n  return x / 2;  // a remark\n}")
    'function half(x){\nreturn x / 2;\n}'
    >>> script('const [a, b] = [1, "x = y"];')
    'const[a,b]=[1,"x = y"];'
    """
    lines = map(str.strip, COMMENT.sub("", text).split("\n"))
    return "\n".join(map(_close, filter(None, lines)))


def _close(line: str) -> str:
    parts = TEXT.split(line)
    if any(mark in part for part in parts[::2] for mark in "/'`"):
        return line
    return "".join(part if k % 2 else PUNCTUATION.sub(r"\1", part) for k, part in enumerate(parts))


def packed(text: str) -> str:
    r"""JSON from `data` in which what has stood before is not written again: of 100 nodes' data that is three quarters.

    In its place stand a letter that says how far back it begins, and one that says how long it is. It is no zlib, since
    browsers unpack that only later, when all scripts of the page have run.

    >>> packed("<mi>x</mi><mi>x</mi>").encode("ascii", "backslashreplace")
    b'<mi>x</mi>\\u340aG'
    """
    written: list[str] = []
    latest: dict[str, list[int]] = {}
    at = 0
    while at < len(text):
        start, size = 0, 1
        for before in latest.get(text[at : at + LEAST], ())[-TRIES:]:
            most = min(MOST, at - before, len(text) - at)
            same = LEAST
            while same < most and text[before + same] == text[at + same]:
                same += 1
            if most >= LEAST and same > size and at - before <= FARTHEST:
                start, size = before, same
        written.append(text[at] if size == 1 else chr(FIRST + at - start) + chr(ord("=") + size))
        for i in range(at, at + size):
            latest.setdefault(text[i : i + LEAST], []).append(i)
        at += size
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
