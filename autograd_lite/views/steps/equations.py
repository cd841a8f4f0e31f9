"""The equations of a unit in MathML: names, and the same with places for numbers, which the page fills in.

A place is a character of Unicode's private use area, one for each entry of `slots`; an entry says which number stands
there: ["w", 2] is the weight of the third term. So the equations are written once, for all samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd_lite.engine.value import Value
from autograd_lite.views.formulas import PRODUCT, FormulaOperand, local_derivative
from autograd_lite.views.notations import MATHML

FIRST_MARK, FIRST_DRAFT = 0xE100, 0xF0000
MARK, RESULT_MARK = "\ue0f0", "\ue0f1"  # stand for z and a in formulas, until their names are put in
MOST_TERMS, MOST_NUMBERS = 6, 4  # of a sum that is written out; of a longer one the first two and the last stand there
TIMES, DOTS = "<mo>·</mo>", "<mo>⋯</mo>"
Slot = list[Any]


class Equation(NamedTuple):
    """What stands on the left, and on the right in names and in numbers.

    `between` is a line between numbers and result, "" where there is none: a sum worked out, before it is multiplied.
    """

    left: str
    symbols: str
    numbers: str
    slots: list[Slot]
    between: str = ""


class Writer:
    """Writes a right side twice: with the names of what stands there, and with places for their numbers."""

    def __init__(self) -> None:
        self.slots: list[Slot] = []

    def place(self, *slot: Any) -> str:
        """A place for a number."""
        self.slots.append(list(slot))
        return chr(FIRST_DRAFT + len(self.slots) - 1)

    def equation(self, left: str, symbols: str, numbers: str, between: str = "") -> Equation:
        """The equation, with marks for those numbers alone that stand in it."""
        kept = dict.fromkeys(mark for mark in numbers + between if ord(mark) >= FIRST_DRAFT)
        marks = {ord(mark): chr(FIRST_MARK + place) for place, mark in enumerate(kept)}
        slots = [self.slots[mark - FIRST_DRAFT] for mark in marks]
        return Equation(left, symbols, numbers.translate(marks), slots, between.translate(marks))


def fraction(y: str, x: str) -> str:
    """The derivative of one name with respect to another.

    >>> fraction("<mi>L</mi>", "<mi>b</mi>")
    '<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><mi>b</mi></mrow></mfrac>'
    """
    return MATHML.fraction.format(MATHML.differential.format(y), MATHML.differential.format(x))


def _parentheses(inner: str) -> str:
    return f'<mrow><mo stretchy="false">(</mo>{inner}<mo stretchy="false">)</mo></mrow>'


def _upright(text: str) -> str:
    """The same with parentheses that indices do not blow up."""
    return text.replace("<mo>(</mo>", '<mo stretchy="false">(</mo>').replace(
        "<mo>)</mo>", '<mo stretchy="false">)</mo>'
    )


def _sum(terms: Sequence[tuple[float, str]], most: int = MOST_TERMS) -> str:
    """A sum of signed terms; of many, the first two and the last."""
    kept: list[tuple[float, str]] = list(terms)
    if len(kept) > most:
        kept = [*kept[:2], (1.0, DOTS), kept[-1]]
    signs = [("<mo>−</mo>" if sign < 0.0 else "<mo>+</mo>" if place else "") for place, (sign, _) in enumerate(kept)]
    return f"<mrow>{''.join(sign + text for sign, (_, text) in zip(signs, kept, strict=True))}</mrow>"


def _weight(sign: float, weight: str | float) -> tuple[float, str, str]:
    """A term's sign, its weight as the symbols have it, a name or a constant's number, and what stands after it."""
    if isinstance(weight, str):
        return sign, MATHML.symbol(weight), ""
    return -sign if weight < 0.0 else sign, MATHML.number(abs(weight)), TIMES


def weighted_sum(z: str, terms: Sequence[tuple[float, str | float, str | None]]) -> Equation:
    """The sum z = Σ w·x + b; a term is a sign, the weight's name or number, the input's name (None: a bias).

    >>> equation = weighted_sum("z", [(1.0, "w", "x"), (1.0, "b", None)])
    >>> equation.symbols
    '<mrow><mrow><mi>w</mi><mi>x</mi></mrow><mo>+</mo><mi>b</mi></mrow>'
    >>> equation.slots
    [['w', 0], ['x', 0], ['w', 1]]
    >>> weighted_sum("z", [(1.0, "x", None), (-1.0, 2.0, None)]).symbols
    '<mrow><mi>x</mi><mo>−</mo><mn>2</mn></mrow>'
    """
    writer = Writer()
    order = sorted(range(len(terms)), key=lambda i: terms[i][2] is None)  # the bias last, as in the notes
    symbols, numbers = [], []
    for i in order:
        sign, weight, given = terms[i]
        shown, written, between = _weight(sign, weight)
        number = writer.place("w", i)
        if given is not None:
            written = f"<mrow>{written}{between}{MATHML.symbol(given)}</mrow>"
            number = f"<mrow>{number}{TIMES}{writer.place('x', i)}</mrow>"
        symbols.append((shown, written))
        numbers.append((sign, number))
    return writer.equation(MATHML.symbol(z), _sum(symbols), _sum(numbers, MOST_NUMBERS))


def activation(a: str, z: str, node: Value) -> Equation:
    """The activation a = f(z), for the node that computed it.

    >>> from autograd_lite import tanh
    >>> activation("a", "z", tanh(Value(0.5))).symbols
    '<mrow><mi>tanh</mi><mrow><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo></mrow></mrow>'
    """
    writer = Writer()
    operands = tuple(FormulaOperand(MARK) if isinstance(x, Value) else x for x in node.operands)
    text = _upright(MATHML.of(FormulaOperand("", None, node.op, operands)))
    symbols, numbers = (text.replace(MATHML.symbol(MARK), written) for written in (MATHML.symbol(z), writer.place("z")))
    return writer.equation(MATHML.symbol(a), symbols, numbers)


def slope(z: str, a: str, node: Value) -> str:
    """f′(z) as the notes write it, in what stands for z and for a = f(z): 1 − a² for tanh.

    >>> from autograd_lite import tanh
    >>> slope("<mi>z</mi>", "<mi>a</mi>", tanh(Value(0.5)))  # doctest: +ELLIPSIS
    '<mrow>...<mrow><mn>1</mn><mo>−</mo><msup><mi>a</mi><mn>2</mn></msup></mrow>...</mrow>'
    """
    op: Any = node.op
    (place,) = (i for i, x in enumerate(node.operands) if isinstance(x, Value))
    operands = [FormulaOperand(MARK) if isinstance(x, Value) else x for x in node.operands]
    text = _upright(MATHML.of(local_derivative(op, place, operands, FormulaOperand(RESULT_MARK)), PRODUCT))
    for mark, name in ((MARK, z), (RESULT_MARK, a)):
        if name.startswith(("<msup>", "<msubsup>")):  # an index that is raised, and a power of it
            text = text.replace(f"<msup>{MATHML.symbol(mark)}", f"<msup>{_parentheses(MATHML.symbol(mark))}")
        text = text.replace(MATHML.symbol(mark), name)
    return text


def delta(
    left: str, upstream: Sequence[tuple[float, str | float, str]], rest: str, node: Value | None, z: str, a: str
) -> Equation:
    """δ = (Σ w δ)·f′(z); each upstream term has a sign, the weight's name or number and the δ that it brings.

    `rest` is what stands for edges that lead elsewhere, such as ∂L/∂a into the loss, "" where there are none; `node`
    is what f computed, None where the unit is linear.

    >>> delta("δ", [(1.0, "w", "δ²")], "", None, "z", "a").symbols
    '<mrow><mi>w</mi><msup><mi>δ</mi><mn>2</mn></msup></mrow>'
    """
    writer = Writer()
    symbols, numbers = [], []
    for i, (sign, weight, above) in enumerate(upstream):
        number = writer.place("upstream weight", i)
        shown, written, between = _weight(sign, weight)
        symbols.append((shown, f"<mrow>{written}{between}{MATHML.symbol(above)}</mrow>"))
        numbers.append((sign, f"<mrow>{number}{TIMES}{writer.place('upstream delta', i)}</mrow>"))
    if rest:
        symbols.append((1.0, rest))
        numbers.append((1.0, writer.place("rest")))
    one = len(symbols) == 1 and symbols[0][0] > 0.0
    written = symbols[0][1] if one else _sum(symbols)
    number = numbers[0][1] if one else _sum(numbers, MOST_NUMBERS)
    between = ""
    if node is not None:
        bracketed = (written, number) if one else (_parentheses(written), _parentheses(number))
        slopes = slope(MATHML.symbol(z), MATHML.symbol(a), node), slope(writer.place("z"), writer.place("a"), node)
        written, number = (f"<mrow>{up}{TIMES}{of}</mrow>" for up, of in zip(bracketed, slopes, strict=True))
        between = f"<mrow>{writer.place('upstream')}{TIMES}{writer.place('slope')}</mrow>"
    return writer.equation(MATHML.symbol(left), written, number, between)


def along_edges(left: str, loss: str, a: str, users: Sequence[str]) -> Equation:
    """The chain rule along the edges that leave an output, one for each name of `users`: upstream times local.

    >>> along_edges("", "<mi>L</mi>", "<mi>a</mi>", ["<mi>v</mi>"]).slots
    [['edge upstream', 0], ['edge local', 0]]
    """
    writer = Writer()
    symbols, numbers = [], []
    for i, user in enumerate(users):
        symbols.append((1.0, f"<mrow>{fraction(loss, user)}{TIMES}{fraction(user, a)}</mrow>"))
        numbers.append((1.0, f"<mrow>{writer.place('edge upstream', i)}{TIMES}{writer.place('edge local', i)}</mrow>"))
    return writer.equation(left, _sum(symbols), _sum(numbers, MOST_NUMBERS))
