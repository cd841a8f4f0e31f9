r"""The LaTeX of statements, exercises and derivations as MathML, for pages; everything is escaped."""

from __future__ import annotations

from html import escape

from autograd_lite.lessons.showing.formula import FUNCTIONS, Part, read

STRUT = '<mspace depth=".35em"></mspace>'  # so that the shapes below factors stand on one line
GAP = '<mspace width=".15em"></mspace>'
SIGNS = ("−", "+", "±")
OPENING = ("(", "[")
THIN = '<mspace width=".17em"></mspace>'  # between a function and what has no parentheses
BESIDE = ("letter", "number", "word", "fraction", "root", "accent")  # a function
STACKED = ("∑", "∏")  # whose limits stand below and above, in a formula of its own


def mathml(latex: str, *, display: bool = False) -> str:
    r"""A formula of LaTeX as MathML; `display`: on lines of its own.

    >>> mathml(r"x_1^2 \cdot 2")
    '<math><msubsup><mi>x</mi><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></msubsup><mo>⋅</mo><mn>2</mn></math>'
    >>> mathml(r"\tfrac12 < \sigma''")
    '<math><mfrac><mn>1</mn><mn>2</mn></mfrac><mo>&lt;</mo><msup><mi>σ</mi><mrow><mo>″</mo></mrow></msup></math>'
    >>> mathml(r"\sin x")
    '<math><mi>sin</mi><mspace width=".17em"></mspace><mi>x</mi></math>'
    >>> mathml(r"\underset{(k \times d)}{W}")[6:41]
    '<munder><mrow><mrow><mi>W</mi></mro'
    """
    block = ' display="block"' * display
    return f"<math{block}>{_written(read(latex), top=True)}</math>"


def _written(part: Part, *, top: bool = False) -> str:
    """A part as MathML, in one element but at the top."""
    kind, text, parts = part
    if kind == "row":
        row = _row(parts)
        return row if top else f"<mrow>{row}</mrow>"
    inner = [_written(x) for x in parts]
    if kind == "letter":
        return f"<mi>{escape(text)}</mi>"
    if kind == "number":
        return f"<mn>{text}</mn>"
    if kind == "word":
        return f"<mi>{escape(text)}</mi>" if text.strip() == text and " " not in text else _text(text)
    if kind == "fence":
        return f'<mo stretchy="false">{text}</mo>'
    if kind == "operator":
        return '<mo lspace="0" rspace="0">/</mo>' if text == "/" else f"<mo>{escape(text)}</mo>"
    if kind == "space":
        return f'<mspace width="{text}em"></mspace>'
    if kind == "fraction":
        return f"<mfrac>{''.join(inner)}</mfrac>"
    if kind == "root":
        return f"<mroot>{''.join(inner)}</mroot>" if parts[1:] else f"<msqrt>{inner[0]}</msqrt>"
    if kind == "accent":
        return f'<mover accent="true">{inner[0]}<mo stretchy="false">{text}</mo></mover>'
    if kind == "under" and parts[1].parts[:1] == (Part("fence", "("),):
        return f"<munder><mrow>{inner[0]}{STRUT}</mrow><mrow>{GAP}{inner[1]}{GAP}</mrow></munder>"
    if kind in ("under", "over"):
        return f"<m{kind}>{''.join(inner)}</m{kind}>"
    if kind == "matrix":
        rows = ("".join(f"<mtd>{_written(cell, top=True)}</mtd>" for cell in row.parts) for row in parts)
        table = f"<mtable>{''.join(f'<mtr>{row}</mtr>' for row in rows)}</mtable>"
        left, right = (f"<mo>{fence}</mo>" if fence != " " else "" for fence in text)
        return f"<mrow>{left}{table}{right}</mrow>"
    if kind == "scripts":
        return _scripts(parts[0], {row.text: _written(row) for row in parts[1:]})
    return f"<merror><mtext>{escape(text)}</mtext></merror>" if kind == "unknown" else ""


def _row(parts: tuple[Part, ...]) -> str:
    """Parts one after the other; a sign behind another operator belongs to what follows it."""
    found, before = [], Part("operator")
    for part in parts:
        written = _written(part)
        if part.kind != "blank" and _apart(before, part):
            found.append(THIN)
        if part.text in SIGNS and (before.kind == "operator" or before.text in OPENING):
            written = written.replace("<mo>", '<mo form="prefix">')
        found.append(written)
        before = part if part.kind != "blank" else before
    return "".join(found)


def _apart(before: Part, part: Part) -> bool:
    """Whether a thin space is due: ln x, 2 ln x, but ln(x)."""
    first, second = (x.parts[0] if x.kind == "scripts" else x for x in (before, part))
    return (first.text in FUNCTIONS and second.kind in BESIDE) or (second.text in FUNCTIONS and first.kind in BESIDE)


def _scripts(base: Part, scripts: dict[str, str]) -> str:
    """What is lowered and raised beside a part, or stands below and above it."""
    below, above = scripts.get("_", ""), scripts.get("^", "")
    beside = ("under", "over") if base.text in STACKED else ("sub", "sup")
    kind = beside[0] * bool(below) + beside[1] * bool(above)
    return f"<m{kind}>{_written(base)}{below}{above}</m{kind}>"


def _text(text: str) -> str:
    """Words with the spaces around them."""
    return f"<mtext>{escape(text.replace(' ', chr(160)))}</mtext>"
