r"""The derivation by the chain rule in LaTeX: first in symbols, factor by factor, then with the numbers put in.

Up to a few paths from an input to the result, the derivative is the sum over them, a line for each. Beyond that it is
written node by node, as the backward pass goes. What is too long for a line is broken before a sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from autograd_lite.engine.value import Value
from autograd_lite.views.formulas import PRODUCT, FormulaOperand, Notation, local_derivative
from autograd_lite.views.notations import LATEX, latex_symbol
from autograd_lite.views.steps.edges import edges_between, swept
from autograd_lite.views.steps.passes import Backward, Passes
from autograd_lite.views.steps.path_sums import Path, Paths
from autograd_lite.views.steps.title import in_inputs

MOST_PATHS = 6  # from one input to the result, up to which each has a line of its own
MOST_FACTORS = 60  # of all these paths; more are shorter node by node
WIDEST = 100  # letters of a line on the page of a document, of which 105 fit
LONGEST = 36  # letters of a name
LINES = 16  # of one display
LETTERS = (24, 12, 4)  # to which a name is cut; a letter that fonts lack is written as six
COMMAND = re.compile(r"\\([a-zA-Z]+|.)|[{}^_& ]")
UNSEEN = {"left", "right", "frac", "text", "operatorname", "begin", "end", "sqrt", "phantom", "mathrm", "quad", "hat"}
FUNCTIONS = {
    name: len(name) for name in ("sin", "cos", "tan", "exp", "ln", "log", "max", "min", "sinh", "cosh", "tanh")
}
WIDE = re.compile("[A-Zmw+=…]")  # twice as wide as other letters, or with space around

Equation = tuple[str, list[list[str]]]  # the left side, and for each right side its parts, which lines may begin with


def symbol(name: str) -> str:
    r"""A name in mathematics, cut to a length that fits on a line.

    >>> symbol("x1"), symbol("W" * 24)
    ('x_{1}', '{\\text{WWWWWWWWWWW}{\\ldots}}')
    """
    cut = (latex_symbol(name if len(name) <= most else f"{name[: most - 1]}…") for most in LETTERS)
    return next((latex for latex in cut if width(latex) <= LONGEST), latex_symbol("…"))


NOTATION = LATEX._replace(symbol=symbol)
TOTAL = NOTATION._replace(differential=r"\mathrm{{d}} {}")  # of the only input


def derivation(trace: Passes) -> list[str]:
    r"""What each node is computed by, and the derivatives with respect to the inputs, as displayed equations.

    >>> from autograd_lite import Value, exp, trace
    >>> x = Value(0.0, label="x")
    >>> print(derivation(trace(exp(x) * x))[1])  # doctest: +ELLIPSIS
    \begin{align*}
    \frac{\mathrm{d} v_{3}}{\mathrm{d} x} &= \frac{\partial v_{3}}{\partial v_{2}} \cdot ... \\
    &\quad + \frac{\partial v_{3}}{\partial x} \\
    &= x \cdot e^{x} \\
    &\quad + e^{x} \\
    &= 0 \cdot 1 \\
    &\quad + 1 = 1
    \end{align*}
    """
    computed = [_computed(trace, node) for node in trace.nodes if node.op is not None]
    by_path = _by_path(trace)
    if by_path is None:
        return [*_displayed(computed, compact=True), *_displayed(list(_by_node(trace)), compact=True)]
    return [*_displayed(computed, compact=True), *_displayed(by_path)]


def _computed(trace: Passes, node: Value) -> Equation:
    return NOTATION.symbol(trace.names[node]), [[NOTATION.of(trace.computation(node))]]


def _by_path(trace: Passes) -> list[Equation] | None:
    """The derivative with respect to each input as the sum over paths; None where these are too many."""
    root, factors, routes = trace.root, 0, {}
    for x in trace.wrt:
        between = edges_between(root, x)
        if swept(between, root, x, 1, 0) > MOST_PATHS:
            return None
        routes[x] = Paths(root, x, MOST_PATHS)
        factors += sum(len(path.partials) for path in routes[x])
    if factors > MOST_FACTORS:
        return None
    formulas, only = in_inputs(trace), sum(node.op is None for node in trace.nodes) == 1
    return [_along(trace, x, routes[x], formulas, TOTAL if only and x.op is None else NOTATION) for x in trace.wrt]


def _along(
    trace: Passes, x: Value, routes: Paths, formulas: dict[Value, FormulaOperand], notation: Notation
) -> Equation:
    """One derivative as a sum over paths: as derivatives, with their formulas, in numbers."""
    left = notation.derivative(trace.names[trace.root], trace.names[x])
    if x is trace.root or not routes:
        return left, [["1" if x is trace.root else "0"]]
    chain, symbols, numbers = [], [], []
    for path in routes:
        pairs = list(zip(path.nodes[:0:-1], path.nodes[-2::-1], strict=True))
        chain.append([NOTATION.derivative(trace.names[node], trace.names[operand]) for node, operand in pairs])
        symbols.append([NOTATION.of(formula, PRODUCT) for formula in _partials(path, formulas)])
        numbers.append([NOTATION.of(partial, PRODUCT) for partial in reversed(path.partials)])
    return _sides(left, [chain, symbols, numbers], NOTATION.of(routes.total))


def _partials(path: Path, formulas: dict[Value, FormulaOperand]) -> Iterator[object]:
    """The formulas of the local partials from the result back to the input."""
    for node, place in zip(path.nodes[:0:-1], path.places[::-1], strict=True):
        operands = [x if type(x) is float else formulas[x] for x in node.operands]
        op: Any = node.op  # of a computed node, which has one
        yield local_derivative(op, place, operands, formulas[node])


def _by_node(trace: Passes) -> Iterator[Equation]:
    """The chain rule for each node that the backward pass comes by, in its order."""
    uses: dict[Value, list[Backward]] = {}
    for step in trace.backward:
        uses.setdefault(step.operand, []).append(step)
    names, root, derivative = trace.names, trace.names[trace.root], NOTATION.derivative
    yield derivative(root, root), [["1"]]
    for step in trace.backward:
        if step.complete:
            chain, symbols, numbers = [], [], []
            for use in uses[step.operand]:
                upstream = derivative(root, use.name)
                chain.append([upstream, derivative(use.name, use.operand_name)])
                symbols.append([upstream, NOTATION.of(trace.partial(use.node, use.place), PRODUCT)])
                numbers.append([NOTATION.of(use.upstream, PRODUCT), NOTATION.of(use.local, PRODUCT)])
            left = derivative(root, step.operand_name)
            yield _sides(left, [chain, symbols, numbers], NOTATION.of(step.total))
    yield from ((derivative(root, names[x]), [["0"]]) for x in trace.wrt if x not in uses and x is not trace.root)


def _sides(left: str, sums: Iterable[list[list[str]]], result: str) -> Equation:
    """The right sides of an equation, none of which says what the one before has said; the last ends in the result."""
    sides: list[list[str]] = []
    for products in sums:
        side = [
            ("" if k else "+ " if place else "") + (r"\cdot " if k else "") + factor
            for place, product in enumerate(products)
            for k, factor in enumerate(product)
        ]
        if side != [left] and side not in sides:
            sides.append(side)
    if sides[-1:] != [[result]]:
        sides[-1] = [*sides[-1], f"= {result}"]
    return left, sides


def _displayed(equations: list[Equation], *, compact: bool = False) -> list[str]:
    """Equations in lines that fit: each side of one on lines of its own, and each equation in a display of its own.

    Compact ones are on one line where they fit, and in one display as many as a page holds.
    """
    blocks: list[list[str]] = []
    room = WIDEST - max((width(left) for left, _ in equations), default=0)
    for left, sides in equations:
        if compact and sum(width(part) for side in sides for part in side) <= room and not _is_sum(sides[0]):
            sides = [[" = ".join(map(" ".join, sides))]]
        lines = [line for side in sides for line in _lines(side, room)]
        lines[0] = left + " " + lines[0]
        if compact and blocks and len(blocks[-1]) + len(lines) <= LINES:
            blocks[-1] += lines
        else:
            blocks.append(lines)
    return ["\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}" for lines in blocks]


def _lines(side: list[str], room: int) -> Iterator[str]:
    """A right side in lines; each term of a sum begins one."""
    line, used = "&=", 0
    for part in side:
        if used and (used + width(part) > room or part.startswith("+ ")):
            yield line
            line, used = r"&\quad", 0
        line, used = f"{line} {part}", used + width(part)
    yield line


def _is_sum(side: list[str]) -> bool:
    return any(part.startswith("+ ") for part in side)


def width(latex: str) -> int:
    r"""How many letters wide a formula is at most; numerator and denominator count both.

    >>> width(r"\frac{\partial y}{\partial x_{1}}"), width(r"\cos\left(u\right) \cdot 2")
    (5, 8)
    """
    seen = COMMAND.sub(lambda found: "x" * _seen(found[1]), latex)
    return len(seen) + len(WIDE.findall(seen))


def _seen(command: str | None) -> int:
    return 0 if not command or command in UNSEEN or command in ",;!" else FUNCTIONS.get(command, 1)
