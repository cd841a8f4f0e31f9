"""Reading a text: lark with the grammar, and in one line what is wrong where the text does not follow it."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, UnexpectedCharacters, UnexpectedToken

from autograd_lite.views.reading.mistakes import near
from autograd_lite.views.reading.parts import Part, ReadingError, functions
from autograd_lite.views.reading.rules import Rules
from autograd_lite.views.reading.tokens import Tokens

NO_OPERATION = {
    "!": "there is no factorial here",
    "°": "angles are in radians",
    "\\": "LaTeX is not read here: write it on one line, as in (x + 1)/2",
    "'": "texts and marks of derivatives are not read here",
    '"': "texts are not read here",
    ".": "there are no attributes here, only numbers, names, operators and functions",
    ":": "a colon has no meaning here: write / for a quotient",
    "{": "braces have no meaning here: write round brackets",
    "}": "braces have no meaning here: write round brackets",
    "~": "~ is not an operation here",
    "’": "texts and marks of derivatives are not read here",
    "“": "texts are not read here",
    "∂": "derivatives are computed of every expression: write the function alone",
    "∫": "integrals are not computed here",
    "∑": "a sum is written sum([x, y])",
    "∏": "a product is written prod([x, y])",
    "±": "± has two values: write + or −",
    "?": "a choice is written x if x > 0, otherwise y",
    "&": "there is no & here: write minimum([x > 0], [y > 0])",
    "@": "there are numbers only here, no matrices",
    "$": "signs of LaTeX or money have no meaning here",
}
OPERAND = re.compile(r"([\w.]+|\([^()]*\))\s*$")
NEAR = 60  # characters before a place, in which an operand is looked for


@cache
def _lark() -> Lark:
    grammar = files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", postlex=Tokens(), transformer=Rules())


def read(text: str) -> list[Part]:
    """The statements of a text; ReadingError where it does not follow the grammar.

    >>> [part.steps()[-1] for part in read("u = sin x; 2u")]
    [Definition(name='u', start=0, end=1), Step(apply=<Op mul>, arity=2)]
    """
    try:
        statements: Any = _lark().parse(text)  # not a tree, but what Rules makes of it
        return list(statements)
    except UnexpectedToken as error:
        raise _explained(text, error.token) from None
    except UnexpectedCharacters as error:
        place = error.pos_in_stream or 0
        raise _explained(text, Token("OTHER", text[place], place, end_pos=place + 1)) from None


def _explained(text: str, token: Token) -> ReadingError:
    """What is wrong where a token cannot stand."""
    at_end = token.type == "$END"
    start = len(text) if at_end or token.start_pos is None else token.start_pos
    end = start + max(len(token), 1)
    start += len(token) - len(token.lstrip(", ")) if token.type == "OTHERWISE" else 0
    before, behind = text[:start].rstrip(), text[end:]
    bracket = _open_bracket(before)
    operand = OPERAND.search(before[-NEAR:])
    if before.endswith("%"):
        percent = OPERAND.search(before[-NEAR:-1])
        what = "% is the remainder of a division, as in x % 2, not a percentage"
        return ReadingError(what, len(before) - 1, len(before), f"{percent[1]}/100" if percent else "")
    if at_end or token.type == "END":
        if bracket is not None:
            return ReadingError(f"this {before[bracket]} is not closed", bracket, bracket + 1)
        return ReadingError("an operand is missing here", start, end)
    if token.type == "COMMA":
        whole, decimals = re.search(r"(\w+\s*=\s*)?\d+$", text[:start][-NEAR:]), re.match(r"\d+", behind)
        if whole and decimals:
            return ReadingError("a decimal comma is written as a point", start, end, f"{whole[0]}.{decimals[0]}")
        if bracket is not None and (name := OPERAND.search(before[:bracket][-NEAR:])):
            first = bracket - len(name[0])
            return ReadingError(f"there is no function {name[1]}", first, bracket, near(name[1], functions()))
        return ReadingError("a comma stands only between the operands of a function", start, end)
    if token.type == "COMPARISON" or (token.type == "EQUAL" and bracket is not None):
        alone = bracket is None and len(text) <= 30 and text.count(token) == 1
        instead = f"[{text}]" if alone else "[x > y]"
        return ReadingError("a comparison is 1 or 0 in square brackets", start, end, instead)
    if token.type == "EQUAL":
        return ReadingError("only a single name can stand before =", start, end)
    if token.type == "OTHER" and str(token) == "°":
        return ReadingError("angles are in radians", start, end, f"{operand[1] if operand else '90'}*pi/180")
    if token.type == "OTHER":
        return ReadingError(NO_OPERATION.get(str(token), "this character has no meaning here"), start, end)
    if token.type in ("CLOSE", "RIGHT") and (bracket is None or "([".find(before[bracket]) != ")]".find(str(token))):
        return ReadingError(f"this {token} closes nothing", start, end)
    if token.type in ("LEFT", "RIGHT"):
        inner = before[bracket + 1 :] if bracket is not None and token.type == "RIGHT" else "…"
        what = "square brackets hold a comparison, or the list of sum, max, mean and their like"
        return ReadingError(what, start, end, f"({inner[:NEAR]})")
    if token.type == "SUPERSCRIPT" and behind[:1] == "√":
        return ReadingError("a root has its degree in its sign, √ or ∛", start, end, "x^(1/n)")
    if token.type == "SUPERSCRIPT":
        return ReadingError("an exponent has an operand before it, and no exponent of this kind", start, end, "x^(…)")
    if token.type in ("IF", "OTHERWISE"):
        return ReadingError("a choice has three parts", start, end, "(x if x > 0, otherwise y)")
    return ReadingError("an operand is missing before this", start, end)


def _open_bracket(before: str) -> int | None:
    """The place of the last bracket that is still open."""
    opened = []
    for match in re.finditer(r"[()\[\]]", before):
        if match[0] in "([":
            opened.append(match.start())
        elif opened:
            opened.pop()
    return opened[-1] if opened else None
