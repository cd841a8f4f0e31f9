"""The table of operations as a page: each row as mathematics, with where it is defined and what others call it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from contextlib import suppress
from html import escape
from itertools import product

from autograd_lite.engine import table
from autograd_lite.engine.ops import Op
from autograd_lite.engine.words import SAID
from autograd_lite.views.notations import MATHML
from autograd_lite.views.symbols import FormulaOperand, local_derivative

LEAD = """<section class="first">
<p class="statement">Every operation is one row: its value, and its local partials, by which the chain rule multiplies
on the way back. Everything else in autograd_lite reads this table: the engine, the formulas, the pictures, the pages.
</p>
<p>The partials are those of the textbook. What is computed is the same in a form that neither overflows nor cancels. At
kinks the convention is PyTorch's: relu′(0) = 0, |x|′ = 0 at 0, and of two equal numbers each is the larger by one half.
A square bracket is 1 where what stands in it holds, and 0 elsewhere.</p></section>"""
HEADINGS = ("name", "value", "local partials", "defined where", "in NumPy and PyTorch")
HEADING = re.compile(r"^# ([A-Z][^\n]*)\n(?=[a-z])", re.MULTILINE)  # between the rows of the table
ROW = re.compile(r"^(\w+) *= [A-Z]\w+\(", re.MULTILINE)
TRIED = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
# What a domain may be, as a page writes it. That of a row is the first that agrees with what its value says at all of
# TRIED: so it is read off the row.
DOMAINS: dict[str, Callable[..., bool]] = {
    "everywhere": lambda *_: True,
    "x > 0": lambda x, *_: x > 0.0,
    "x ≥ 0": lambda x, *_: x >= 0.0,
    "x ≥ 1": lambda x, *_: x >= 1.0,
    "x > −1": lambda x, *_: x > -1.0,
    "|x| ≤ 1": lambda x, *_: abs(x) <= 1.0,
    "|x| < 1": lambda x, *_: abs(x) < 1.0,
    "x ≠ 0": lambda x, *_: x != 0.0,
    "y ≠ 0": lambda _, y, *__: y != 0.0,
    "(x, y) ≠ (0, 0)": lambda x, y, *_: x != 0.0 or y != 0.0,
    "x > 0; for whole y also x < 0, and for y ≥ 0 also x = 0": lambda x, y, *_: (
        x > 0.0 or (x < 0.0 and y.is_integer()) or (x == 0.0 and y >= 0.0)
    ),
}


def page_of_operations(*, lacks_api: bool = False) -> str:
    """The body of the page: a table for each section of the rows; without links to the API where there is none."""
    parts = []
    for section, rows in sections().items():
        name = identifier(section)
        head = "".join(f"<th>{heading}</th>" for heading in HEADINGS)
        body = "".join(row(op, linked=not lacks_api) for op in rows)
        parts.append(
            f'<section class="wide" aria-labelledby="{name}"><h2 id="{name}">{escape(section)}</h2>'
            f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(section)}"><table class="operations">'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></section>"
        )
    return f"{LEAD}{''.join(parts)}"


def sections() -> dict[str, list[Op]]:
    """The rows by the headings between which they stand in the table.

    >>> [op.name for op in sections()["The error function"]]
    ['erf', 'erfc']
    """
    source = inspect.getsource(table)
    headings = [(found.start(), found[1].partition(":")[0].partition(",")[0]) for found in HEADING.finditer(source)]
    places = {found[1]: found.start() for found in ROW.finditer(source)}
    found: dict[str, list[Op]] = {}
    for op in table.TABLE.values():
        above = [heading for place, heading in headings if place < places[op.name]]
        found.setdefault(above[-1], []).append(op)
    return found


def row(op: Op, *, linked: bool = True) -> str:
    """An operation as a row of the page; its name may lead to the reference."""
    operands = [FormulaOperand(name) for name in op.parameters]
    result = next(name for name in ("y", "z", "r") if name not in op.parameters)
    value = f"{MATHML.symbol(result)}<mo>=</mo>{MATHML.of(op(*operands))}"
    slopes = []
    for place, name in enumerate(op.parameters):
        derivative = MATHML.of(local_derivative(op, place, operands, FormulaOperand(result)))
        slopes.append(f"<div><math>{MATHML.derivative(result, name)}<mo>=</mo>{derivative}</math></div>")
    said = SAID.get(op.name, "").partition(" >>> ")[0]
    names = ", ".join(typed(op))
    also = f' <span class="also">also typed {escape(names)}</span>' if names else ""
    found = f"{op.name} ({names})" if names else op.name
    others = "".join(f"<div><code>{escape(name)}</code></div>" for name in elsewhere(op)) or "—"
    name = f"<code>{op.name}</code>"
    name = f'<a href="autograd_lite.html#{op.name}">{name}</a>' if linked else name
    return (
        f'<tr id="{op.name}" data-found="{escape(found)}">'
        f'<th scope="row">{name}</th>'
        f'<td><div><math>{value}</math></div><p class="said">{escape(said)}{also}</p></td>'
        f"<td>{''.join(slopes)}</td><td>{escape(domain(op))}</td><td>{others}</td></tr>"
    )


def typed(op: Op) -> list[str]:
    """Other names under which an expression may have the operation.

    >>> from autograd_lite import sigmoid
    >>> typed(sigmoid)
    ['σ', 'logistic', 'expit']
    """
    return [name for name in dict.fromkeys([op.text or "", *op.also]) if name and name != op.name]


def domain(op: Op) -> str:
    """Where an operation has a value, as it says itself at some points; "" where that fits no domain that is known.

    >>> from autograd_lite import div, log1p
    >>> domain(log1p), domain(div)
    ('x > −1', 'y ≠ 0')
    """
    points = list(product(*[TRIED] * min(op.arity, 3), *[(1.0, 2.0)] * (op.arity - 3)))
    defined = [_has_value(op, point) for point in points]
    for words, holds in DOMAINS.items():
        with suppress(TypeError):  # it is one of two operands
            if [holds(*point) for point in points] == defined:
                return words
    return ""


def _has_value(op: Op, point: tuple[float, ...]) -> bool:
    with suppress(ArithmeticError, ValueError):
        result = op(*point)
        return bool(result == result)
    return False


def elsewhere(op: Op) -> list[str]:
    """What NumPy and PyTorch call an operation.

    >>> from autograd_lite import asin, tanh
    >>> elsewhere(asin), elsewhere(tanh)
    (['numpy.arcsin'], ['numpy.tanh', 'torch.nn.Tanh'])
    """
    import numpy

    found = [f"numpy.{op.ufunc}"] if isinstance(getattr(numpy, op.ufunc, None), numpy.ufunc) else []
    return [*found, f"torch.nn.{op.torch[0]}"] if op.torch else found


def identifier(text: str) -> str:
    """A text as the id of an element.

    >>> identifier("Roots and distances")
    'roots-and-distances'
    """
    return re.sub(r"[^\w.]+", "-", text.lower()).strip("-")
