"""Hypothesis strategies: random expressions with shared nodes over the whole table, and points to look at them.

An expression is drawn as data, and read with any set of functions: with the table it works on floats and `Value`s;
with `ORACLES` the same expression is a function of mpmath's numbers that shares no code with the library.
Every operand is bent by sin into an interval where its row is smooth and moderate, away from kinks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple

import numpy
from hypothesis import strategies as st
from mpmath import mp
from points import ROWS

from autograd_lite.engine.table import TABLE

Interval = tuple[float, float]

# Where each operand may lie: alternatives, so that both sides of a kink are drawn.
ANYWHERE: list[list[Interval]] = [[(-2.0, 2.0)]]
POSITIVE: list[list[Interval]] = [[(0.3, 3.0)]]
SIDES: list[list[Interval]] = [[(0.2, 2.0)], [(-2.0, -0.2)]]
BETWEEN: list[list[Interval]] = [[(0.2, 0.8)], [(-1.8, -1.2)]]
INSIDE: list[list[Interval]] = [[(-0.8, 0.8)]]
APART: list[list[Interval]] = [[(-1.0, 0.5), (0.7, 2.0)], [(0.7, 2.0), (-1.0, 0.5)]]
DOMAINS: dict[str, list[list[Interval]]] = {
    "div": [[(-2.0, 2.0), (0.4, 2.0)], [(-2.0, 2.0), (-2.0, -0.4)]],
    "pow": [[(0.3, 2.0), (-2.0, 2.0)]],
    "power_term": [[(1.3, 3.0), (-2.0, 2.0), (-2.0, 2.0), (-1.0, 2.0), (-1.0, 2.0)]],
    "reciprocal": [[(0.4, 2.0)], [(-2.0, -0.4)]],
    "mod": [[(2.3, 2.6), (1.5, 2.0)], [(-2.6, -2.3), (1.5, 2.0)]],
    "floordiv": [[(2.3, 2.6), (1.5, 2.0)], [(-2.6, -2.3), (1.5, 2.0)]],
    "floor": BETWEEN, "ceil": BETWEEN, "trunc": BETWEEN, "round": [[(-0.4, 0.4)], [(1.6, 2.4)]],
    "abs": SIDES, "selu": SIDES, "sign": SIDES, "relu": SIDES, "cbrt": SIDES,
    "step": [[(0.2, 2.0), (-1.0, 1.0)], [(-2.0, -0.2), (-1.0, 1.0)]],
    "exceeds": [[*alternative, (-1.0, 1.0)] for alternative in APART],
    "maximum": APART, "minimum": APART,
    "where": [[(0.2, 1.0), (-2.0, 2.0), (-2.0, 2.0)], [(-1.0, -0.2), (-2.0, 2.0), (-2.0, 2.0)]],
    "clip": [[(0.0, 1.0), (-2.0, -0.2), (1.2, 3.0)], [(-2.0, -1.2), (-1.0, 0.0), (1.0, 2.0)], [(2.2, 3.0), (-1.0, 0.0), (1.0, 2.0)]],
    "log": POSITIVE, "log2": POSITIVE, "log10": POSITIVE, "sqrt": POSITIVE,
    "log1p": [[(-0.6, 2.0)]], "acosh": [[(1.3, 3.0)]],
    "asin": INSIDE, "acos": INSIDE, "atanh": INSIDE, "tan": INSIDE,
    "hypot": [[(0.3, 2.0), (-2.0, 2.0)], [(-2.0, 2.0), (-2.0, -0.3)]],
    "dircos": [[(0.3, 2.0), (-2.0, 2.0)], [(-2.0, 2.0), (-2.0, -0.3)]],
    "atan2": [[(0.3, 2.0), (-2.0, 2.0)], [(-2.0, 2.0), (0.3, 2.0)]],
    "leaky_relu": [[(0.2, 2.0), (-1.0, 1.0)], [(-2.0, -0.2), (-1.0, 1.0)]],
    "elu": [[(0.2, 2.0), (-2.0, 2.0)], [(-2.0, -0.2), (-2.0, 2.0)]],
}  # fmt: skip
DOMAINS = {name: DOMAINS.get(name, [alternative * op.arity for alternative in ANYWHERE]) for name, op in TABLE.items()}
DRAWN = sorted(set(TABLE) - {"detach"})
TAKEN_AS_THEY_ARE = {"add", "sub", "neg", "sin", "cos", "tanh", "sigmoid", "identity", "atan"}  # bounded anywhere

Functions = Mapping[str, Callable[..., Any]]
ORACLES: Functions = {name: row.oracle for name, row in ROWS.items()}
NUMBER_KINDS: list[Callable[[float], Any]] = [float, Fraction, numpy.float64, lambda x: round(x) or 1]


@dataclass(frozen=True)
class Step:
    """One row of the table; each operand is a node, bent into the interval or as it is (None), or a number."""

    name: str
    operands: tuple[tuple[Any, Interval | None], ...]
    constants: tuple[bool, ...]


@dataclass(frozen=True)
class Expression:
    """A random function of some numbers: its steps, in order, and how many operands it has."""

    inputs: int
    steps: tuple[Step, ...]

    def __call__(self, *xs: Any, functions: Functions = TABLE, number: Callable[[Any], Any] = lambda x: x) -> Any:
        """The sum of the last two nodes, computed with the given functions and kind of number."""
        nodes = list(xs)
        for step in self.steps:
            operands = []
            for (operand, interval), constant in zip(step.operands, step.constants, strict=True):
                node = number(operand) if constant else nodes[operand]
                operands.append(node if interval is None else bent(node, interval, functions))
            nodes.append(functions[step.name](*operands))
        return functions["add"](nodes[-1], nodes[-2])

    def exact(self, *xs: Any) -> Any:
        """The same expression in mpmath's arithmetic."""
        return self(*xs, functions=ORACLES, number=mp.mpf)


def bent(node: Any, interval: Interval, functions: Functions) -> Any:
    """Any number, taken smoothly into an interval."""
    low, high = interval
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    return functions["add"](functions["mul"](functions["sin"](node), half), middle)


def kinds_of(x: float, interval: Interval) -> list[Any]:
    """A number as each kind of number that lies in the interval still."""
    found = [kind(x) for kind in NUMBER_KINDS]
    return [y for y in found if interval[0] <= float(y) <= interval[1]]


class Chance(NamedTuple):
    """What is left to chance: a whole number of a range, one of several things, a float of an interval, yes or no."""

    whole: Callable[[int, int], int]
    one: Callable[[Sequence[Any]], Any]
    number: Callable[[float, float], float]
    coin: Callable[[], bool]


def composed(chance: Chance, inputs: int | None = None, most: int = 8) -> Expression:
    """A random expression of one to three numbers; nodes are shared, operands may be constants of any kind."""
    count = inputs or chance.whole(1, 3)
    steps: list[Step] = []
    for place in range(chance.whole(2, most)):
        name = chance.one(DRAWN)
        operands: list[tuple[Any, Interval | None]] = []
        constants = []
        variable = chance.whole(0, TABLE[name].arity - 1)  # one operand at least is a node
        for i, interval in enumerate(chance.one(DOMAINS[name])):
            constant = i != variable and chance.whole(0, 3) == 0
            constants.append(constant)
            if constant:
                number = chance.number(*interval)
                operands.append((chance.one(kinds_of(number, interval)), None))
            else:
                node = chance.whole(max(0, count + place - 4), count + place - 1)  # recent nodes: deep graphs
                as_it_is = name in TAKEN_AS_THEY_ARE and chance.coin()
                operands.append((node, None if as_it_is else interval))
        steps.append(Step(name, tuple(operands), tuple(constants)))
    return Expression(count, tuple(steps))


@st.composite
def expressions(draw: st.DrawFn, inputs: int | None = None, most: int = 8) -> Expression:
    """A random expression, drawn by Hypothesis."""
    chance = Chance(
        lambda low, high: draw(st.integers(low, high)),
        lambda things: draw(st.sampled_from(things)),
        lambda low, high: draw(st.floats(low, high)),
        lambda: draw(st.booleans()),
    )
    return composed(chance, inputs, most)


def expression_at_point(random: Random) -> tuple[Expression, list[float]]:
    """A random expression and a point for it, drawn in a fiftieth of the time; simple numbers come often here, too."""

    def number(low: float, high: float) -> float:
        x = random.uniform(low, high)
        return random.choice(
            [x, x, x, low, high, min(max(round(x, 1), low), high), min(max(float(round(x)), low), high)]
        )

    expression = composed(Chance(random.randint, random.choice, number, lambda: random.random() < 0.5))
    return expression, [round(number(-2.0, 2.0), 6) for _ in range(expression.inputs)]


def points(size: int) -> st.SearchStrategy[list[float]]:
    """A point of so many numbers of moderate size."""
    return st.lists(st.floats(-2.0, 2.0).map(lambda x: round(x, 6)), min_size=size, max_size=size)


@st.composite
def expressions_at_points(draw: st.DrawFn, inputs: int | None = None, most: int = 8) -> tuple[Expression, list[float]]:
    """A random expression and a point for it."""
    expression = draw(expressions(inputs, most))
    return expression, draw(points(expression.inputs))


numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
leaves = numbers | st.integers(-1000, 1000) | st.fractions(-10, 10, max_denominator=100)
structures = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.lists(inner, min_size=1, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3), inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def equal(x: Any, y: Any) -> bool:
    """The same structure of the same types, with equal numbers and arrays in it."""
    if isinstance(x, numpy.ndarray) or isinstance(y, numpy.ndarray):
        return type(x) is type(y) and x.dtype == y.dtype and x.shape == y.shape and bool((x == y).all())
    if isinstance(x, dict):
        return isinstance(y, dict) and list(x) == list(y) and all(equal(x[key], y[key]) for key in x)
    if isinstance(x, (list, tuple)):
        return type(x) is type(y) and len(x) == len(y) and all(map(equal, x, y))
    return bool(type(x) is type(y) and x == y)


def exact_derivative(expression: Expression, point: list[float], orders: tuple[int, ...]) -> float:
    """A derivative of the expression by mpmath, good to a float's last digits."""
    with mp.workdps(40):
        return float(mp.diff(expression.exact, tuple(map(mp.mpf, point)), orders))
