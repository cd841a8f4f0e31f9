r"""The LaTeX of statements, exercises and derivations, read into parts: as much of it as they use.

`mathematics.py` writes the parts as MathML for pages, `letters.py` in the letters of Unicode for a terminal.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TOKEN = re.compile(r"\s+|\\[A-Za-z]+|\\.|\d+(?:[.,]\d+)*|.", re.DOTALL)
LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "infty": "∞", "ell": "ℓ",
    "partial": "∂", "top": "⊤",
}  # fmt: skip
DOUBLE = dict(zip("ENPRZ", "𝔼ℕℙℝℤ", strict=True))
FUNCTIONS = ("arg", "cos", "det", "diag", "exp", "lim", "ln", "log", "max", "min", "sin", "tan", "tanh")
OPERATORS = {
    "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫", "cdot": "⋅", "cdots": "⋯", "dots": "…", "ldots": "…",
    "vdots": "⋮", "ddots": "⋱", "times": "×", "circ": "∘", "odot": "⊙", "oplus": "⊕", "pm": "±", "mp": "∓",
    "leftarrow": "←", "to": "→", "rightarrow": "→", "mapsto": "↦", "Rightarrow": "⇒", "Leftrightarrow": "⇔", "iff": "⇔",
    "approx": "≈", "neq": "≠", "ne": "≠", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ll": "≪", "gg": "≫",
    "propto": "∝", "sim": "∼", "equiv": "≡", "in": "∈", "notin": "∉", "forall": "∀", "exists": "∃", "mid": "∣",
    "cap": "∩", "cup": "∪", "wedge": "∧", "vee": "∨", "neg": "¬", "perp": "⊥", "succ": "≻", "prec": "≺",
    "|": "‖", "lVert": "‖", "rVert": "‖", "lvert": "|", "rvert": "|", "langle": "⟨", "rangle": "⟩",
    "vert": "|", "Vert": "‖", "lbrace": "{", "rbrace": "}", "lt": "<", "gt": ">", "{": "{", "}": "}", "%": "%",
}  # fmt: skip
ACCENTS = {"bar": "¯", "hat": "^", "dot": "˙", "tilde": "~", "vec": "→", "overline": "¯"}
SPACES = {",": 0.17, ":": 0.22, ";": 0.28, " ": 0.25, "quad": 1.0, "qquad": 2.0, "!": 0.0}  # in em
SIZES = ("left", "right", "middle", "big", "bigl", "bigr", "Big", "Bigl", "Bigr", "displaystyle")
WORDS = ("operatorname", "mathrm", "text", "mathbf", "textbf")
FENCES = "()[]{}|‖⟨⟩"
PRIMES = {1: "′", 2: "″", 3: "‴"}
MATRICES = {"pmatrix": "()", "bmatrix": "[]", "matrix": "  ", "aligned": "  ", "vmatrix": "||"}


class Part(NamedTuple):
    """A part of a formula: what it is, its text, and the parts that it is made of.

    The kinds are letter, number, operator, fence, word, space (of so many em), blank (in the source only), unknown;
    and row, scripts, fraction, root, accent, under, over, matrix (of rows, of cells), which have parts.
    """

    kind: str
    text: str = ""
    parts: tuple[Part, ...] = ()


def read(latex: str) -> Part:
    r"""The parts of a formula.

    >>> read(r"2\alpha").parts
    (Part(kind='number', text='2', parts=()), Part(kind='letter', text='α', parts=()))
    """
    return _Reader(latex).row()


class _Reader:
    """A formula, read from the left."""

    def __init__(self, latex: str) -> None:
        self.tokens = TOKEN.findall(latex)
        self.place = 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.place += 1
        return token

    def skip(self) -> None:
        while self.peek().isspace():
            self.take()

    def row(self, *ends: str) -> Part:
        """What stands up to one of these tokens, which is left there, or to the end."""
        parts: list[Part] = []
        while self.peek() not in ("", *ends):
            parts.append(self.scripted())
        return Part("row", "", tuple(parts))

    def group(self) -> Part:
        """An operand of a command: what stands in braces, or the next atom."""
        self.skip()
        token = self.peek()
        if token[:1].isdigit() and len(token) > 1:  # of 12 without braces, only the 1
            self.tokens[self.place : self.place + 1] = [token[0], token[1:]]
        return self.atom()

    def words(self) -> str:
        """The text in braces, as it is."""
        self.skip()
        if self.take() != "{":
            self.place -= 1
            return self.take()
        text, depth = "", 1
        while self.peek():
            token = self.take()
            depth += (token == "{") - (token == "}")
            if not depth:
                break
            text += token.removeprefix("\\") if token in ("\\_", "\\%", "\\&", "\\,") else token
        return text

    def scripted(self) -> Part:
        """An atom with what is raised and lowered beside it, in the order in which it stands there."""
        base, scripts = self.atom(), dict[str, list[Part]]()
        while self.peek() in ("_", "^", "'"):
            mark = self.take()
            if mark == "'":
                count = 1
                while self.peek() == "'":
                    count += bool(self.take())
                scripts.setdefault("^", []).append(Part("operator", PRIMES.get(count, "′" * count)))
            else:
                scripts.setdefault(mark, []).append(self.group())
        if not scripts:
            return base
        found = (Part("row", mark, tuple(parts)) for mark, parts in scripts.items())
        return Part("scripts", "", (base, *found))

    def atom(self) -> Part:
        """A letter, a number, an operator, or a group in braces."""
        token = self.take()
        name = token.removeprefix("\\")
        if token.isspace():
            return Part("blank")
        if token == "{":
            row = self.row("}")
            self.take()
            return row
        if name != token:
            return self.command(name)
        if token[:1].isdigit():
            return Part("number", token)
        if token.isalpha():
            return Part("letter", token)
        return Part("fence" if token in FENCES else "operator", {"-": "−", "*": "∗"}.get(token, token))

    def command(self, name: str) -> Part:
        """What a command with a backslash stands for; an unknown one keeps its backslash."""
        if name in LETTERS:
            return Part("letter", LETTERS[name])
        if name in FUNCTIONS:
            return Part("word", name)
        if name in OPERATORS:
            return Part("fence" if OPERATORS[name] in FENCES else "operator", OPERATORS[name])
        if name in SPACES:
            return Part("space", str(SPACES[name]))
        if name in ("frac", "tfrac", "dfrac"):
            return Part("fraction", "", (self.group(), self.group()))
        if name in ACCENTS:
            return Part("accent", ACCENTS[name], (self.group(),))
        if name in ("underset", "overset"):
            beside, base = self.group(), self.group()
            return Part(name.removesuffix("set"), "", (base, beside))
        if name in WORDS:
            return Part("word", self.words())
        if name == "mathbb":
            letter = self.words()
            return Part("letter", DOUBLE.get(letter, letter))
        if name in SIZES:
            self.skip()
            if self.peek() == "." and name in ("left", "right"):
                self.take()
                return Part("blank")
            return Part("blank") if name == "displaystyle" else self.atom()
        if name == "sqrt":
            degree: tuple[Part, ...] = ()
            if self.peek() == "[":
                self.take()
                degree = (self.row("]"),)
                self.take()
            return Part("root", "", (self.group(), *degree))
        if name == "begin" and (kind := self.words()) in MATRICES:
            return self.matrix(MATRICES[kind])
        return Part("unknown", f"\\{name}")

    def matrix(self, fences: str) -> Part:
        """The rows of cells up to the end of the matrix."""
        rows: list[list[Part]] = [[]]
        while self.peek():
            rows[-1].append(self.row("&", "\\\\", "\\end"))
            end = self.take()
            if end == "\\\\":
                rows.append([])
            elif end != "&":
                self.words()
                break
        return Part("matrix", fences, tuple(Part("row", "", tuple(row)) for row in rows))
