"""What happens to the tokens between lark's lexer and its parser; the head of the grammar says why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from autograd_lite.views.reading.parts import ReadingError, canonical, functions

if TYPE_CHECKING:
    from lark import Token

ENDS = {"NUMBER", "NAME", "CLOSE", "RIGHT", "RAB", "SUPERSCRIPT"}  # of an operand
BEGINS = {"NAME", "OPEN", "LEFT", "BAR", "ROOT", "FUNCTION"}  # of an operand that can stand beside another


class Tokens:
    """Lark's `postlex`: functions, products of what stands side by side, and bars are told apart here."""

    always_accept = ()

    def process(self, stream: Iterable[Token]) -> Iterator[Token]:
        """The tokens that the grammar reads."""
        tokens = list(stream)
        while tokens and tokens[-1].type == "END":
            tokens.pop()
        bars: list[list[Token]] = [[]]  # those that are open: outside of all brackets, in the first, in the second …
        before, end = "END", 0  # kind and end of the last token
        known: dict[str, str] = {}  # of each name that is a function's, whether it is one here, or a variable
        skip = 0
        for place, token in enumerate(tokens):
            if skip:
                skip -= 1
                continue
            kind = token.type
            if kind == "END" and (before == "END" or (token != ";" and (before not in ENDS or len(bars) > 1))):
                continue  # an empty statement, or a line that goes on
            if kind == "NAME" and (name := canonical(token)) in functions():
                skip = _exponent(tokens, place)
                following = tokens[place + 1 + skip : place + 2 + skip]
                if known.get(name) != "DEFINED" and _applied(token, following, among_bars=bool(bars[-1])):
                    kind = "FUNCTION"
                else:
                    skip = 0
                defined = before == "END" and [t.type for t in following] == ["EQUAL"]
                if known.setdefault(name, "DEFINED" if defined else kind) not in (kind, "DEFINED"):
                    raise _both(token)
            elif kind == "BAR" and before in ENDS and bars[-1]:
                kind = "RAB"
                bars[-1].pop()
            elif kind == "OPEN" and before in ("FUNCTION", "ROOT", "RAISED"):
                kind = "CALL"
            if kind == "ROOT" and before == "SUPERSCRIPT" and token.start_pos == end and tokens[place - 1] != "²":
                what = "this could be a power times a root, or the degree of the root"
                raise ReadingError(what, end - len(tokens[place - 1]), end + 1, f"{tokens[place - 1]}*{token}")
            if before == "MODULO" and kind in ("PLUS", "MINUS") and tokens[place - 2].type == "NUMBER":
                what, number = "this could be a percentage, or the remainder of a division", tokens[place - 2]
                raise ReadingError(what, number.start_pos or 0, end, f"{number}/100 or mod({number}, …)")
            if before in ENDS:
                if kind == "NUMBER":
                    raise _number_behind(end, token)
                if kind in BEGINS:
                    yield token.update("BESIDE" if kind == "FUNCTION" else "SIDE", "")
            if kind == "BAR":
                bars[-1].append(token)
            elif kind in ("OPEN", "CALL", "LEFT"):
                bars.append([])
            elif kind in ("CLOSE", "RIGHT") and len(bars) > 1:
                _all_closed(bars.pop())
            token.type = kind
            yield token
            before, end = kind, token.end_pos or 0
            if skip:
                exponent = tokens[place + 1 : place + 1 + skip]
                raised = exponent[0].update("RAISED", "".join(exponent))
                raised.end_pos = exponent[-1].end_pos
                yield raised
                before = "RAISED"
        for level in bars:
            _all_closed(level)


def _exponent(tokens: list[Token], place: int) -> int:
    """How many tokens behind a function's name are its exponent, as in sin² x and sin^-2 x."""
    kinds = [token.type for token in tokens[place + 1 : place + 4]]
    if kinds[:1] == ["SUPERSCRIPT"]:
        return 1
    sign = kinds[1:2] == ["MINUS"]
    return 2 + sign if kinds[:1] == ["POWER"] and kinds[1 + sign : 2 + sign] in (["NUMBER"], ["NAME"]) else 0


def _applied(name: Token, following: list[Token], *, among_bars: bool) -> bool:
    """Whether a function's name is followed by an operand; where it is not, it may be the name of a variable."""
    kind = following[0].type if following else ""
    if kind == "BAR":
        return not among_bars or len(name) > 1  # in |σ| the bar closes
    return kind in ("NUMBER", "NAME", "OPEN", "ROOT")


def _both(name: Token) -> ReadingError:
    """The refusal of a name that is a function's in one place and a variable's in another."""
    start, end = name.start_pos or 0, name.end_pos or 0
    what = f"{name} cannot be a function in one place and a variable in another: a product with a variable has a sign"
    return ReadingError(what, start, end, f"{name}*…")


def _number_behind(end: int, number: Token) -> ReadingError:
    """The refusal of a number behind an operand: it could be a factor, an exponent or more digits."""
    start, stop = number.start_pos or 0, number.end_pos or 0

    def instead(text: str) -> str:
        word = text[:end].rpartition(" ")[2][-20:]
        groups = word.isdecimal() and len(word) <= 3 and len(number) == 3 and number.isdecimal()
        return f"{word}{number}" if groups else f"{word}*{number}"

    return ReadingError("a number cannot follow an operand", start, stop, instead)


def _all_closed(bars: list[Token]) -> None:
    if bars:
        start = bars[0].start_pos or 0
        raise ReadingError(
            "this bar has no second one; bars in bars pair only with operators between, or as abs(…)", start, start + 1
        )
