"""The table in JavaScript: a kind of operand that is a piece of its text, for pages that recompute.

What a row is made of (other rows, operators) is written out by passing text through it, as `compiled.py` does
for Python. What a row takes from Python's `math` is in `Math`; a row that compares numbers brings its own text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain, count
from types import BuiltinFunctionType
from typing import Any, NoReturn

from autograd_lite.engine.operators import Arithmetic
from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import TABLE, add, div, mul, neg, sub

ESCAPED = re.compile(
    "[\u2028\u2029\u3400-\u9fff\ud800-\udfff]"
)  # what scripts and encodings trip over, and `slim.packed`
FUNCTION = re.compile(r"\b((?:f|custom)_[\w$]+)\(", re.ASCII)
CUSTOM: ContextVar[dict[str, Op]] = ContextVar("CUSTOM")  # the functions of custom operations in a page
INFIX = {add: "+", sub: "-", mul: "*", div: "/"}

# What JavaScript's Math has under the names of Python's math, and what it lacks.
MATH = (
    "acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 hypot log log10 log1p log2 sin sinh sqrt tan tanh"
)
LACKING = {
    "fabs": "Math.abs",
    "exp2": "(x) => 2 ** x",
    "degrees": "(x) => x * 180 / Math.PI",
    "radians": "(x) => x * Math.PI / 180",
    "erf": "(x) => Math.abs(x) < 2 ? erfSeries(x) : Math.sign(x) * (1 - erfcFraction(Math.abs(x)))",
    "erfc": "(x) => Math.abs(x) < 2 ? 1 - erfSeries(x) : x > 0 ? erfcFraction(x) : 2 - erfcFraction(-x)",
}

# Sources: Abramowitz and Stegun, Handbook of mathematical functions, 7.1.6 (no terms cancel) and 7.1.14.
ERROR_FUNCTION = """
const erfSeries = (x) => {
  let term = x, sum = x;
  for (let n = 1; n < 200 && Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
};
const erfcFraction = (x) => {
  let fraction = 0;
  for (let n = 120; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
};
"""


class ScriptOperand(Arithmetic):
    """A kind of operand that is JavaScript text; applying an operation writes it out, and notes that it is needed.

    >>> from autograd_lite import tanh
    >>> str(tanh(2.0 * ScriptOperand("x")))
    'f_tanh((2.0 * x))'
    """

    __slots__ = ("text",)
    __hash__ = None  # type: ignore[assignment]  # texts are not compared, so that no rule decides by them

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def _undecided(self, *_: object) -> NoReturn:
        raise TypeError("text has no number to decide by")

    __bool__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = _undecided

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> ScriptOperand:
        operands = op.numbers(operands)
        texts = list(map(script, operands))
        if op in INFIX:
            return ScriptOperand(f"({texts[0]} {INFIX[op]} {texts[1]})")
        return ScriptOperand(f"(-{texts[0]})" if op is neg else f"{function(op)}({', '.join(texts)})")


def script(x: Any) -> str:
    """A number or a text in JavaScript.

    >>> script(-0.5), script(math.inf)
    ('(-0.5)', 'Infinity')
    """
    if isinstance(x, ScriptOperand):
        return x.text
    text = str(number(float(x)))  # NumPy's numbers have a text of their own
    return f"({text})" if text.startswith("-") else text


def number(x: float) -> float | str:
    """A number for JSON, which has no nan and no infinity: a text that JavaScript reads as what it is.

    >>> number(0.5), number(-math.inf)
    (0.5, '-Infinity')
    """
    return x if math.isfinite(x) else "NaN" if x != x else "Infinity" if x > 0.0 else "-Infinity"


def value_and_partials(op: Op, operands: list[Any]) -> tuple[str, list[str]]:
    """The value of an operation in JavaScript, and its local partials, in which z is the value.

    Raises TypeError for a custom operation whose rules only numbers can pass through.

    >>> from autograd_lite import exp, mul
    >>> value_and_partials(mul, [ScriptOperand("x"), 2.0])
    ('(x * 2.0)', ['2.0', 'x'])
    >>> value_and_partials(exp, [ScriptOperand("x")])
    ('f_exp(x)', ['z'])
    """
    partials = [
        script(partial if isinstance(partial, float) else partial(*operands, ScriptOperand("z")))
        for partial in op.partials
    ]
    return script(ScriptOperand._apply(op, tuple(operands))), partials


def generic_rules(op: Op) -> list[str]:
    """The value of an operation as a function of its operands, and its local partials as functions of these and of it.

    >>> from autograd_lite import mul, where
    >>> generic_rules(mul)
    ['(x0, x1) => (x0 * x1)', '(x0, x1, z) => x1', '(x0, x1, z) => x0']
    >>> generic_rules(where)[1]  # where nothing flows back
    'null'
    """
    names = [f"x{place}" for place in range(op.arity)]
    value, texts = value_and_partials(op, [ScriptOperand(name) for name in names])
    head = f"({', '.join([*names, 'z'])}) => "
    partials = ["null" if p == 0.0 else head + text for p, text in zip(op.partials, texts, strict=True)]
    return [f"({', '.join(names)}) => {value}", *partials]


def library(ops: Iterable[Op], texts: Iterable[str]) -> str:
    """The definitions of the functions that texts call, and of those that these call in turn.

    `ops` are the operations of the graph, custom ones among them. Raises TypeError as above, and where two of them
    have one name, outside of `own_names`.

    >>> print(library([], ["f_relu(x)"]).strip())
    const f_relu = (x0) => f_maximum(x0, 0.0);
    const f_maximum = (x, y) => x >= y || x !== x ? x : y;
    """
    known = {function(op): op for op in (*TABLE.values(), *ops)} | CUSTOM.get({})
    if any(known[function(op)] is not op for op in ops):
        raise TypeError("two operations have one name")
    defined: dict[str, str] = {}
    waiting = list(texts)
    while waiting:
        text = waiting.pop()
        for name in FUNCTION.findall(text):
            if name not in defined:
                defined[name] = _definition(known[name])
                waiting.append(defined[name])
    lines = [f"const {name} = {text};" for name, text in defined.items()]
    return ("" if not {"f_erf", "f_erfc"} & defined.keys() else ERROR_FUNCTION) + "\n".join(lines)


def computes(op: Op) -> bool:
    """Whether JavaScript has all that an operation of the table is computed by.

    >>> from autograd_lite import sin
    >>> computes(sin)
    True
    """
    try:
        library([], [f"{function(op)}(x)"])
    except TypeError:
        return False
    return True


def function(op: Op) -> str:
    """What the function of an operation is called; a custom one cannot take the name of a row of the table.

    Letters beyond ASCII are written by their numbers: what Python and what JavaScript takes for a name differs.

    >>> from autograd_lite import Op, sin
    >>> function(sin), function(Op("sin", lambda x: x, [1.0])), function(Op("x·y", lambda x: x, [1.0]))
    ('f_sin', 'custom_sin', 'custom_x$b7$y')
    """
    name = "".join(c if c.isascii() and (c.isalnum() or c == "_") else f"${ord(c):x}$" for c in op.name)
    if TABLE.get(op.name) is op:
        return f"f_{name}"
    names = CUSTOM.get(None)
    tries = chain([f"custom_{name}"], map(f"custom_{name}_{{}}".format, count(2)))
    return next(name for name in tries if names is None or names.setdefault(name, op) is op)


@contextmanager
def own_names() -> Iterator[None]:
    """Within it each custom operation has a function of its own, also where several have one name.

    >>> double, half = Op("scaled", lambda x: 2.0 * x, [2.0]), Op("scaled", lambda x: 0.5 * x, [0.5])
    >>> with own_names():
    ...     function(double), function(half), function(double)
    ('custom_scaled', 'custom_scaled_2', 'custom_scaled')
    """
    token = CUSTOM.set({})
    try:
        yield
    finally:
        CUSTOM.reset(token)


def _definition(op: Op) -> str:
    if op.javascript is not None:
        return op.javascript
    if TABLE.get(op.name) is op and type(op.value) is BuiltinFunctionType:  # of Python's math
        name = op.value.__name__
        if name not in (*MATH.split(), *LACKING):
            raise TypeError(f"JavaScript has no {name}: the row needs javascript=")
        return LACKING.get(name, f"Math.{name}")
    names = [f"x{place}" for place in range(op.arity)]
    return f"({', '.join(names)}) => {script(op.value(*map(ScriptOperand, names)))}"


def data(thing: Any) -> str:
    r"""Anything as JSON that can stand in a page's script element, which no text in it can end.

    >>> data({"label": "</script>"})
    '{"label":"<\\/script>"}'
    """
    text = json.dumps(thing, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text.replace("</", "<\\/").replace("<!", "\\u003c!")
