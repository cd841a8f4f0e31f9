r"""The LaTeX of statements and exercises as MathML, for pages: as much of it as they use, and everything escaped."""

from __future__ import annotations

import re
from html import escape

TOKEN = re.compile(r"\s+|\\[A-Za-z]+|\\.|\d+(?:[.,]\d+)*|.", re.DOTALL)
LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "varepsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ",
    "pi": "π", "sigma": "σ", "phi": "ϕ", "varphi": "φ", "infty": "∞",
}  # fmt: skip
FUNCTIONS = ["cos", "ln", "log", "max", "min", "sin", "tanh", "exp"]
OPERATORS = {
    "nabla": "∇", "sum": "∑", "cdot": "⋅", "cdots": "⋯", "dots": "…", "times": "×", "circ": "∘",
    "odot": "⊙", "pm": "±", "leftarrow": "←", "to": "→", "approx": "≈", "neq": "≠", "le": "≤", "ge": "≥", "|": "‖",
    "lVert": "‖", "rVert": "‖",
}  # fmt: skip
FENCES = "()[]|‖"
PRIMES = {1: "′", 2: "″", 3: "‴"}


class _Reader:
    """A formula, read from the left."""

    def __init__(self, latex: str) -> None:
        self.tokens = [token for token in TOKEN.findall(latex) if not token.isspace()]
        self.place = 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.place += 1
        return token

    def row(self, end: str = "") -> str:
        """What stands up to a token, or to the end."""
        parts = []
        while self.peek() not in ("", end):
            parts.append(self.scripted())
        self.take()
        return "".join(parts)

    def scripted(self) -> str:
        """An atom with what is raised and lowered beside it."""
        base, scripts = self.atom(), {"_": "", "^": ""}
        while self.peek() in ("_", "^", "'"):
            mark = self.take()
            if mark == "'":
                count = 1
                while self.peek() == "'":
                    count += bool(self.take())
                scripts["^"] += f"<mo>{PRIMES.get(count, '′' * count)}</mo>"
            else:
                scripts[mark] += self.atom()
        below, above = (f"<mrow>{scripts[mark]}</mrow>" if scripts[mark] else "" for mark in "_^")
        if below and above:
            return f"<msubsup>{base}{below}{above}</msubsup>"
        if below or above:
            kind = "msub" if below else "msup"
            return f"<{kind}>{base}{below or above}</{kind}>"
        return base

    def atom(self) -> str:
        """A letter, a number, an operator, or a group in braces."""
        token = self.take()
        name = token.removeprefix("\\")
        if token == "{":
            return f"<mrow>{self.row('}')}</mrow>"
        if name != token:
            return self.command(name)
        if token[:1].isdigit():
            return f"<mn>{token}</mn>"
        if token.isalpha():
            return f"<mi>{escape(token)}</mi>"
        if token == "/":
            return '<mo lspace="0" rspace="0">/</mo>'
        return f'<mo stretchy="false">{escape(token)}</mo>' if token in FENCES else f"<mo>{_operator(token)}</mo>"

    def command(self, name: str) -> str:
        """What a command with a backslash stands for; an unknown one is shown as it is."""
        if name in ("frac", "tfrac"):
            return f"<mfrac>{self.digit_or_group()}{self.digit_or_group()}</mfrac>"
        if name == "sqrt":
            degree = ""
            if self.peek() == "[":
                self.take()
                degree = self.row("]")
            return f"<mroot>{self.atom()}<mrow>{degree}</mrow></mroot>" if degree else f"<msqrt>{self.atom()}</msqrt>"
        if name == "dot":
            return f'<mover accent="true">{self.atom()}<mo>˙</mo></mover>'
        if name in ("operatorname", "text"):
            self.take()
            word = ""
            while self.peek() not in ("", "}"):
                word += self.take()
            self.take()
            return f"<mi>{escape(word)}</mi>"
        if name in LETTERS:
            return f"<mi>{LETTERS[name]}</mi>"
        if name in FUNCTIONS:
            return f"<mi>{name}</mi>"
        if name in (",", ";", " "):
            return '<mspace width="0.17em"></mspace>'
        if name == "partial":
            return "<mi>∂</mi>"  # as an operator, it would stand apart
        if name in OPERATORS:
            sign = OPERATORS[name]
            return f'<mo stretchy="false">{sign}</mo>' if sign in FENCES else f"<mo>{sign}</mo>"
        return f"<mtext>{escape(chr(92) + name)}</mtext>"

    def digit_or_group(self) -> str:
        """An operand of a fraction: of 12 without braces, only the 1."""
        token = self.peek()
        if token.isdigit() and len(token) > 1:
            self.tokens[self.place : self.place + 1] = [token[0], token[1:]]
        return self.atom()


def _operator(token: str) -> str:
    return {"-": "−", "*": "∗"}.get(token, escape(token))


def mathml(latex: str) -> str:
    r"""A formula of LaTeX as MathML.

    >>> mathml(r"x_1^2 \cdot 2")
    '<math><msubsup><mi>x</mi><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></msubsup><mo>⋅</mo><mn>2</mn></math>'
    >>> mathml(r"\tfrac12 < \sigma''")
    '<math><mfrac><mn>1</mn><mn>2</mn></mfrac><mo>&lt;</mo><msup><mi>σ</mi><mrow><mo>″</mo></mrow></msup></math>'
    """
    return f"<math>{_Reader(latex).row()}</math>"
