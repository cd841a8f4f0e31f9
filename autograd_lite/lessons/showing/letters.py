r"""Statements and formulas in the letters of Unicode, for a terminal: f′(x) = e^(sin(x²)) ⋅ 2x."""

from __future__ import annotations

import re
import unicodedata

from autograd_lite.lessons.showing.formula import Part, read

RAISED = dict(zip("0123456789+−=()⊤", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀ", strict=True))
RAISED |= dict(zip("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
RAISED |= dict(zip("ABDEGHIJKLMNOPRTUVW", "ᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ", strict=True))
LOWERED = dict(zip("0123456789+−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
LOWERED |= dict(zip("aehijklmnoprstuvxβγρφχ", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
SCRIPTS = {"^": RAISED, "_": LOWERED}
COMBINED = {"¯": "\u0304", "^": "\u0302", "˙": "\u0307", "~": "\u0303", "→": "\u20d7"}
SIMPLE = {("1", "2"): "½", ("1", "4"): "¼", ("3", "4"): "¾"}
ROOTS = {"3": "∛", "4": "∜"}
FACTORS = ("letter", "number", "word", "scripts", "row", "fence", "accent", "matrix", "root", "under", "fraction")
RELATIONS = "=≠≈≤≥<>←→↦⇒⇔∝≡∈"
TIGHT = ("∂", "∇")
LOOSE = re.compile(r"[-+−⋅×/=<>≈ ]")  # what makes of an operand more than one thing


def in_a_terminal(statement: str) -> str:
    r"""A statement without Markdown, its mathematics in the letters of Unicode.

    >>> in_a_terminal(r"By **hand**, $f'(x) = e^{\sin(x^2)} \cdot 2x$")
    'By hand, f′(x) = e^(sin(x²)) ⋅ 2x'
    >>> in_a_terminal(r"$\partial J/\partial z = \partial (-\log a)/\partial z$")
    '∂J/∂z = ∂(−log a)/∂z'
    """
    return re.sub(r"\$([^$]+)\$", lambda match: in_letters(match[1]), statement).replace("**", "").replace("`", "")


def in_letters(latex: str) -> str:
    r"""A formula in one line.

    >>> in_letters(r"J = \operatorname{diag}(\sigma''(z)) A^\top")
    'J = diag(σ″(z)) Aᵀ'
    >>> in_letters(r"\delta_j = \frac{\partial C}{\partial z_k} \frac{\partial z_k}{\partial z_j}")
    'δⱼ = ∂C/∂zₖ ⋅ ∂zₖ/∂zⱼ'
    >>> in_letters(r"\underset{(k \times n)}{Z} = \underset{(k \times d)}{W}\;\underset{(d \times n)}{X}")
    'Z (k×n) = W (k×d) X (d×n)'
    >>> in_letters(r"\begin{pmatrix} 1 & 0 \\ -1 & 1 \end{pmatrix} \bar x")
    '[1, 0; −1, 1] x̄'
    """
    return re.sub(r" +(?=[ )\],;.])|(?<=[(\[]) +", "", _row(read(latex).parts)).strip()


def _row(parts: tuple[Part, ...]) -> str:
    """Parts one after the other, with space around relations and between factors that are fractions."""
    found, before = "", Part("blank")
    real = [part for part in parts if part.kind != "blank"]
    following = dict(zip(map(id, real), real[1:], strict=False))
    for part in parts:
        text = _written(part)
        if part.kind == "fraction":
            after = following.get(id(part))
            if after is not None and after.kind == "fraction":
                text += " ⋅ "
            elif after is not None and after.kind in FACTORS and text not in SIMPLE.values():
                text = f"({text})"
            text = f" {text}" if before.kind in FACTORS and before.text != "∂" else text
        elif part.kind == "operator" and part.text in RELATIONS:
            text = f" {text} "
        elif part.kind == "blank" and before.text in TIGHT:
            text = ""
        found, before = found + text, part
    return found


def _written(part: Part) -> str:
    """A part in letters."""
    kind, text, parts = part
    if kind in ("row", "scripts") and not parts:
        return ""
    if kind == "row":
        return _row(parts)
    if kind in ("blank", "space"):
        return " " if text != "0.0" else ""
    if kind == "fraction":
        above, below = map(_written, parts)
        return SIMPLE.get((above, below)) or f"{_operand(above)}/{_operand(below, below=True)}"
    if kind == "root":
        degree = _written(parts[1]) if parts[1:] else ""
        sign = ROOTS.get(degree, f"{_script('^', degree)}√" if degree else "√")
        return sign + _operand(_written(parts[0]))
    if kind == "accent":
        return unicodedata.normalize("NFC", "".join(c + COMBINED[text] for c in _written(parts[0])))
    if kind in ("under", "over"):
        base, beside = map(_written, parts)
        shape = beside.replace(" ", "") if beside.startswith("(") else f"[{beside}]"
        return f"{base} {shape} "
    if kind == "matrix":
        rows = (", ".join(_written(cell).strip() for cell in row.parts) for row in parts)
        return f"[{'; '.join(rows)}]"
    if kind == "scripts":
        return _written(parts[0]) + "".join(_script(script.text, _row(script.parts)) for script in parts[1:])
    return text


def _operand(text: str, *, below: bool = False) -> str:
    """An operand of a fraction or a root, in parentheses where it is more than one thing."""
    one = not LOOSE.search(text) and (not below or len(text) < 2 or text[0] in "∂d" or not text[1].isalpha())
    closed = text.startswith("(") and text.find(")") == len(text) - 1
    return text if one or closed else f"({text})"


def _script(mark: str, text: str) -> str:
    """A sub- or superscript, raised or lowered where Unicode has each of its letters."""
    text = text.replace(" ", "")
    if text and set(text) <= set("′″‴∗"):
        return text
    if all(c in SCRIPTS[mark] for c in text):
        return "".join(SCRIPTS[mark][c] for c in text)
    return mark + text if len(text) == 1 else f"{mark}({text})"
