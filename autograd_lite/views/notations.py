"""The notations of formulas: plain text, LaTeX, and the MathML that browsers show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from html import escape
from itertools import groupby

from autograd_lite.engine.ops import Op
from autograd_lite.engine.text import readable, shown
from autograd_lite.views.formulas import Notation

INDEXED = re.compile(r"([^\W\d_]+)_?(\d+)")  # w12 is w with the index 12
# w¹₂₁ is w with the indices 2 and 1 in layer 1; w¹₂,₁₀ has one of two digits; z¹₂⁽³⁾ is the third of its samples.
SCRIPTED = re.compile(
    "(?P<base>[^\\W\\d_⁰¹²³⁴-⁹₀-₉]+′*)(?P<above>[⁰¹²³⁴-⁹]*)(?P<below>(?:[₀-₉]+(?:,[₀-₉]+)*)?)(?P<call>(?:⁽[⁰¹²³⁴-⁹]+⁾)?)"
)
# w₁x₁ are two names; none begins or ends with a space, which would be lost there.
PIECE = re.compile("((?!\\s)[^⁰¹²³⁴-⁹₀-₉]+(?<!\\s))([⁰¹²³⁴-⁹]*)([₀-₉]*(?:,[₀-₉]+)*)")
ON_LINE = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾", "01234567890123456789()")

# Characters of a text in LaTeX's mathematics, in commands that MathJax knows too; in \text{} it knows none.
SPECIAL = {c: f"\\{c}" for c in "{}#$%&_"} | {
    "\\": r"\backslash", "~": r"\sim", "^": r"\hat{\phantom{x}}", "<": "<", ">": ">", "|": r"\vert", "…": r"\ldots",
    "∂": r"\partial", "−": "-", "·": r"\cdot", "×": r"\times", "÷": r"\div", "∞": r"\infty",
}  # fmt: skip
SPECIAL |= {c: f"{{}}_{{{digit}}}" for digit, c in enumerate("₀₁₂₃₄₅₆₇₈₉")}  # within a longer name
SPECIAL |= {c: f"{{}}^{{{digit}}}" for digit, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
ABSENT = "ÐÞðþ"  # from LaTeX's standard fonts
CAPITALS = ("GAMMA", "DELTA", "THETA", "LAMDA", "XI", "PI", "SIGMA", "UPSILON", "PHI", "PSI", "OMEGA")


def text_function(op: Op, operands: Sequence[str]) -> str:
    """A function in plain text.

    >>> from autograd_lite import maximum
    >>> text_function(maximum, ["x", "0"])
    'max(x, 0)'
    """
    return f"{op.text or op.name}({', '.join(operands)})"


def latex_number(x: float) -> str:
    r"""A number in LaTeX.

    >>> latex_number(-1.5e-7), latex_number(float("inf"))
    ('-1.5 \\cdot 10^{-7}', '\\infty')
    """
    digits, _, exponent = shown(x).replace("−", "-").partition("e")
    digits = {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{nan}"}.get(digits, digits)
    return rf"{digits} \cdot 10^{{{exponent}}}" if exponent else digits


def scripts(name: str) -> tuple[str, str, str]:
    """A name without its indices, those below and those above it.

    >>> scripts("w¹₂₁"), scripts("z¹₂⁽³⁾"), scripts("x12"), scripts("x"), scripts("(Wx)₁")
    (('w', '21', '1'), ('z', '2', '1(3)'), ('x', '12', ''), ('x', '', ''), ('(Wx)', '1', ''))
    """
    if indexed := INDEXED.fullmatch(name):
        return indexed[1], indexed[2], ""
    if found := SCRIPTED.fullmatch(name):
        return found["base"], found["below"].translate(ON_LINE), (found["above"] + found["call"]).translate(ON_LINE)
    if found := PIECE.fullmatch(name):
        return found[1], found[3].translate(ON_LINE), found[2].translate(ON_LINE)
    return name, "", ""


def pieces(name: str) -> list[str]:
    """The names that a name with indices inside consists of, each with its own; the name itself where it is one.

    >>> pieces("w₁₁x₁"), pieces("(Wx)₁"), pieces("w¹₂₁"), pieces("z¹₂⁽³⁾"), pieces("₁x")
    (['w₁₁', 'x₁'], ['(Wx)₁'], ['w¹₂₁'], ['z¹₂⁽³⁾'], ['₁x'])
    """
    found = [match[0] for match in PIECE.finditer(name)]
    return found if "".join(found) == name and not SCRIPTED.fullmatch(name) else [name]


def latex_symbol(name: str) -> str:
    r"""A name that somebody chose, in LaTeX's mathematics.

    >>> latex_symbol("w12"), latex_symbol("x₁"), latex_symbol("w¹₂₁"), latex_symbol("δ"), latex_symbol("y'")
    ('w_{12}', 'x_{1}', 'w_{21}^{1}', '\\delta', "y'")
    >>> print(latex_symbol("learning_rate"))
    {\text{learning}{\_}\text{rate}}
    """
    if len(parts := pieces(name)) > 1:
        return f"{{{' '.join(map(latex_symbol, parts))}}}"
    base, below, above = scripts(name)
    if below or above:
        symbol = latex_symbol(base.replace("′", "'"))
        symbol = f"{{{symbol}}}" if "'" in symbol else symbol
        return symbol + f"_{{{below}}}" * bool(below) + f"^{{{above}}}" * bool(above)
    bare = name.rstrip("'")
    if len(bare) == 1 and ((bare.isascii() and bare.isalpha()) or _greek(bare)):
        return (_greek(bare) or bare) + "'" * (len(name) - 1)
    return latex_text(name)


def latex_text(text: str) -> str:
    r"""Any text in LaTeX's mathematics, in which no character has a meaning.

    >>> print(latex_text("50 % of Δ"), latex_text("loss"))
    {\text{50 }{\%}\text{ of }{\Delta}} \text{loss}
    """

    def command(c: str) -> str:
        return SPECIAL.get(c) or _greek(c)

    def letter(c: str) -> str:
        known = c.isascii() or ("À" <= c <= "ÿ" and c not in ABSENT)
        return c if known else f"U+{ord(c):04X}"

    parts: list[str] = []
    for special, characters in groupby(readable(text), key=lambda c: bool(command(c))):
        if special:
            parts += [f"{{{command(c)}}}" for c in characters]
        else:
            parts.append(rf"\text{{{''.join(map(letter, characters))}}}")
    return parts[0] if len(parts) == 1 else f"{{{''.join(parts)}}}"


def latex_function(op: Op, operands: Sequence[str]) -> str:
    r"""A function in LaTeX.

    >>> from autograd_lite import leaky_relu, log
    >>> latex_function(log, ["x"]), latex_function(leaky_relu, ["x"])
    ('\\ln\\left(x\\right)', '\\operatorname{leaky\\_relu}\\left(x\\right)')
    """
    head = op.latex
    if head is None:
        escaped = op.name.replace("_", r"\_")
        head = rf"\operatorname{{{escaped if escaped.isascii() else latex_text(op.name)}}}"
    return rf"{head}\left({', '.join(operands)}\right)"


def _greek(letter: str) -> str:
    """The command of a Greek letter; nothing of other characters, and of those that look like Latin ones."""
    words = unicodedata.name(letter, "").split()
    if not "Α" <= letter[:1] <= "ω" or len(words) != 4 or words[0] != "GREEK" or words[2] != "LETTER":
        return ""  # ligatures and old letters have no command
    name = words[3].replace("LAMDA", "LAMBDA").lower()
    if words[1] == "SMALL":
        return "" if name == "omicron" else f"\\{name}"
    return f"\\{name.capitalize()}" if words[3] in CAPITALS else ""


def mathml_number(x: float) -> str:
    """A number in MathML.

    >>> mathml_number(-0.5)
    '<mn>−0.5</mn>'
    """
    digits, _, exponent = shown(x).partition("e")
    if exponent:
        return f"<mrow><mn>{digits}</mn><mo>·</mo><msup><mn>10</mn><mn>{exponent}</mn></msup></mrow>"
    return f"<mn>{digits}</mn>"


def mathml_symbol(name: str) -> str:
    """A name that somebody chose, in MathML.

    >>> mathml_symbol("x1"), mathml_symbol("a<b")
    ('<msub><mi>x</mi><mn>1</mn></msub>', '<mtext>a&lt;b</mtext>')
    >>> mathml_symbol("w¹₂₁")
    '<msubsup><mi>w</mi><mn>21</mn><mn>1</mn></msubsup>'
    >>> mathml_symbol("w₁x₁")
    '<mrow><msub><mi>w</mi><mn>1</mn></msub><msub><mi>x</mi><mn>1</mn></msub></mrow>'
    """
    if len(parts := pieces(name)) > 1:
        return f"<mrow>{''.join(map(mathml_symbol, parts))}</mrow>"
    base, below, above = scripts(name)
    if below or above:
        marks = [mathml_symbol(base), *(f"<mn>{script}</mn>" for script in (below, above) if script)]
        element = f"m{'sub' if below else ''}{'sup' if above else ''}"
        return f"<{element}>{''.join(marks)}</{element}>"
    text = escape(readable(name))
    return f"<mi>{text}</mi>" if len(name.rstrip("′")) == 1 else f"<mtext>{text}</mtext>"


def mathml_function(op: Op, operands: Sequence[str]) -> str:
    """A function in MathML.

    >>> from autograd_lite import sin
    >>> mathml_function(sin, ["<mi>x</mi>"])
    '<mrow><mi>sin</mi><mrow><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo></mrow></mrow>'
    """
    head = escape(op.text or op.name)
    return f"<mrow><mi>{head}</mi>{_fenced('(', '<mo>,</mo>'.join(operands), ')')}</mrow>"


def _fenced(left: str, inner: str, right: str) -> str:
    """Brackets of the height of a letter; indices between them would blow them up."""
    return f'<mrow><mo stretchy="false">{left}</mo>{inner}<mo stretchy="false">{right}</mo></mrow>'


def _infix(sign: str) -> str:
    return f"<mrow>{{}}<mo>{sign}</mo>{{}}</mrow>"


def exact_number(x: float) -> str:
    """A number with all its digits.

    >>> exact_number(-0.1), exact_number(2.0), exact_number(1e-7)
    ('−0.1', '2', '1e−7')
    """
    digits, _, exponent = repr(x).removesuffix(".0").partition("e")
    return (f"{digits}e{int(exponent)}" if exponent else digits).replace("-", "−")


TEXT = Notation(
    number=shown,
    symbol=readable,
    function=text_function,
    exponential="e^{}",
    bare=lambda op, x: f"{op.text or op.name} {x}",
    superscripts=True,
)
PRECISE = TEXT._replace(number=exact_number)  # with all digits
# What it writes is the same graph when it is typed again, also where a variable is called e.
EXACT = PRECISE._replace(exponential="exp({})", exact=True)
LATEX = Notation(
    number=latex_number,
    symbol=latex_symbol,
    function=latex_function,
    minus="{} - {}",
    times=r"{} \cdot {}",
    negative="-{}",
    fraction=r"\frac{{{}}}{{{}}}",
    power="{}^{{{}}}",
    exponential="e^{{{}}}",
    beside="{} {}",
    bare=lambda op, x: f"{op.latex} {x}",
    root=r"\sqrt{{{}}}",
    cube_root=r"\sqrt[3]{{{}}}",
    parentheses=r"\left({}\right)",
    bars=r"\left|{}\right|",
    brackets=r"\left[{}\right]",
    choice=r"\begin{{cases}}{} & {} \\ {} & \text{{otherwise}}\end{{cases}}",
    at_least=r"{} \ge {}",
    unequal=r"{} \ne {}",
    in_line=False,
    differential=r"\partial {}",
    ellipsis=r"\cdots",
)
MATHML = Notation(
    number=mathml_number,
    symbol=mathml_symbol,
    function=mathml_function,
    plus=_infix("+"),
    minus=_infix("−"),
    times=_infix("·"),
    negative="<mrow><mo>−</mo>{}</mrow>",
    fraction="<mfrac>{}{}</mfrac>",
    power="<msup>{}{}</msup>",
    exponential="<msup><mi>e</mi>{}</msup>",
    beside="<mrow>{}<mo>&#x2062;</mo>{}</mrow>",
    bare=lambda op, x: (
        f'<mrow><mi>{escape(op.text or op.name)}</mi><mo lspace="0" rspace=".17em">&#x2061;</mo>{x}</mrow>'
    ),
    marked='<mrow data-node="{}">{}</mrow>',
    root="<msqrt>{}</msqrt>",
    cube_root="<mroot>{}<mn>3</mn></mroot>",
    parentheses=_fenced("(", "{}", ")"),
    bars=_fenced("|", "{}", "|"),
    brackets=_fenced("[", "{}", "]"),
    choice="<mrow><mo>{{</mo><mtable><mtr><mtd>{}</mtd><mtd>{}</mtd></mtr>"
    "<mtr><mtd>{}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>",
    greater=_infix("&gt;"),
    at_least=_infix("≥"),
    unequal=_infix("≠"),
    equal=_infix("="),
    in_line=False,
    differential="<mrow><mo>∂</mo>{}</mrow>",
    ellipsis="<mo>⋯</mo>",
)
