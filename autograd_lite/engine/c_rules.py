"""The table in C: the header of the engine in C, written when that is built.

A rule is run on text and writes down what it computes. Where it asks a question (`x > 0.0`), its run ends, and it is
run twice more, once for each answer; so the answers become branches. What is checked as soon as it is computed is all
where Python would raise: a quotient, a power, a function of `math`. A function in C returns 0 there, and wherever a
path of a rule cannot be read: then Python computes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from autograd_lite.engine import table
from autograd_lite.engine.c_text import CText, Fork, Path, UnreadableError, reading, written
from autograd_lite.engine.chosen import text_of
from autograd_lite.engine.graph import Node
from autograd_lite.engine.ops import Op
from autograd_lite.engine.reals import as_float
from autograd_lite.engine.table import TABLE
from autograd_lite.engine.value import Value

MOST_OPERANDS = 3
IN_C = ("backward", "zero_grad", "operands", "partials", "data", "grad")
MOST_RUNS = 2000  # of one rule

PRELUDE = r"""
#include <float.h>
#include <math.h>
#include <stddef.h>

#if FLT_EVAL_METHOD < 0 || FLT_EVAL_METHOD == 2
#error "doubles are computed with more digits than Python's floats have"
#endif

/* Python's math.hypot, which is not that of the C library; 0 where it raises. */
static int py_hypot(double x, double y, double *out);

/* Python's x % y, which has the sign of y; nan where y is 0. */
static inline double py_mod(double x, double y)
{
    const double rest = fmod(x, y);
    if (rest == 0.0)
        return copysign(0.0, y);
    return (rest < 0.0) == (y < 0.0) ? rest : rest + y;
}

/* Python's x // y: the whole number nearest to (x - x % y) / y; nan where y is 0. */
static inline double py_floordiv(double x, double y)
{
    const double rest = fmod(x, y);
    double quotient = (x - rest) / y, whole;
    if (rest != 0.0 && (rest < 0.0) != (y < 0.0))
        quotient -= 1.0;
    if (quotient == 0.0)
        return copysign(0.0, x / y);
    whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

/* Python's x ** y; inf or nan where it raises or leaves the reals. */
static inline double py_pow(double x, double y)
{
    if (x < 0.0) {
        if (floor(y) != y || isinf(y))
            return NAN;
        return fmod(y, 2.0) == 0.0 ? pow(-x, y) : -pow(-x, y);
    }
    return pow(x, y);
}
"""
ROWS = """
enum {{ {names}, ROWS_COUNT }};
typedef int (*rule)(const double *, double *);
struct row {{ const char *name; int arity; rule value; rule by[3]; }}; /* a partial that is 0 everywhere: NULL */
static const struct row ROWS[] = {{
{rows}
}};
"""


@dataclass
class Body:
    """What is left to do from some point of a function in C: statements, then a result, unless they return."""

    lines: list[str]
    result: str | None = None
    finite: bool = False

    def ended(self) -> list[str]:
        """All statements."""
        if self.result is None:
            return self.lines
        return [*self.lines, f"*out = {self.result};", "return 1;" if self.finite else "return isfinite(*out);"]


@dataclass
class Reader:
    """A rule while it is read, once for each sequence of answers to what it asks."""

    rule: Any
    operands: int

    def __post_init__(self) -> None:
        self.runs = count(1)
        self.reason = ""

    def body(self, answers: Sequence[bool] = ()) -> Body:
        """What the rule does after it was given these answers."""
        path = Path(list(answers))
        operands = [CText(f"v[{place}]", path, finite=True) for place in range(self.operands)]
        if next(self.runs) > MOST_RUNS:
            raise UnreadableError("too many paths")
        try:
            with reading():
                result = self.rule(*operands)
                if not isinstance(result, CText):
                    result = as_float(result)
                text = written(result)
            if "INFINITY" in text:
                raise UnreadableError("the result is infinite")
        except Fork as fork:
            yes, no = self.body([*answers, True]), self.body([*answers, False])
            return joined(path.lines, str(fork), yes, no)
        except Exception as error:
            self.reason = f"{type(error).__name__}: {error}"
            return Body(["return 0;"])
        return finished(path.lines, text, not isinstance(result, CText) or result.finite)


def finished(lines: list[str], text: str, finite: bool) -> Body:
    """The end of a path; a result that has only just been computed is checked as it is returned."""
    start = f"const double {text} = "
    if len(lines) >= 3 and lines[-3].startswith(start):
        return Body(lines[:-3], lines[-3][len(start) : -1])
    if lines and lines[-1].startswith(start):
        return Body(lines[:-1], lines[-1][len(start) : -1])
    return Body(lines, text, finite)


def joined(lines: list[str], question: str, yes: Body, no: Body) -> Body:
    """A branch: nothing where both sides are the same, a conditional expression where they are no more than results."""
    if yes == no:
        return Body(lines + yes.lines, yes.result, yes.finite)
    if not (yes.lines or no.lines):
        choice = f"{question} ? {yes.result} : {no.result}"
        return Body(lines, choice, yes.finite and no.finite)
    inner = yes.ended()
    block = [f"if ({question})", f"    {inner[0]}"]
    if len(inner) > 1:
        block = [f"if ({question}) {{", *(f"    {line}" for line in inner), "}"]
    return Body([*lines, *block, *no.ended()])


def function(name: str, rule: Any, operands: int) -> str:
    """A rule as a function in C; raises UnreadableError where no path of it can be read.

    >>> print(function("twice", lambda x: 2.0 * x, 1))
    static int twice(const double *v, double *out)
    {
        *out = 2.0 * v[0];
        return isfinite(*out);
    }
    """
    reader = Reader(rule, operands)
    body = reader.body().ended()
    if body == ["return 0;"]:
        raise UnreadableError(reader.reason)
    lines = "".join(f"    {line}\n" for line in body)
    unused = "" if "v[" in lines else "    (void)v;\n"
    return f"static int {name}(const double *v, double *out)\n{{\n{unused}{lines}}}"


def row(op: Op) -> tuple[list[str], str]:
    """The functions of a row, and its entry in ROWS; raises UnreadableError where Python must compute it."""
    if op.arity > MOST_OPERANDS:
        raise UnreadableError(f"{op.arity} operands")
    functions, places = [function(f"{op.name}_value", op, op.arity)], []
    for place, partial in enumerate(op.partials):
        flows = partial != 0.0
        places.append(f"{op.name}_by_{place}" if flows else "NULL")
        if flows:
            rule = partial if callable(partial) else lambda *_, constant=partial: constant
            functions.append(function(places[-1], rule, op.arity + 1))
    return functions, f'{{"{op.name}", {op.arity}, {op.name}_value, {{{", ".join(places)}}}}}'


def rows() -> tuple[dict[str, tuple[list[str], str]], dict[str, str]]:
    """The rows that C computes, as texts, and why it does not compute the others.

    >>> rows()[1]
    {'power_term': '5 operands'}
    """
    read, unread = {}, {}
    for name, op in TABLE.items():
        try:
            read[name] = row(op)
        except UnreadableError as error:
            unread[name] = str(error)
    return read, unread


def c_string(text: str) -> str:
    r"""A text as a literal of C.

    >>> print(c_string('say "x"\n'))
    "say \042x\042\012"
    """
    kept = (chr(b) if 32 <= b < 127 and chr(b) not in '\\"?' else f"\\{b:03o}" for b in text.encode())
    return f'"{"".join(kept)}"'


def docstrings() -> dict[str, str]:
    """What help says of the methods that C has in the place of Python's.

    >>> docstrings().keys()
    dict_keys(['backward', 'zero_grad', 'operands', 'partials', 'data', 'grad'])
    """
    found = {name: getattr(Node, name, None) or getattr(Value, name) for name in IN_C}
    return {name: method.__doc__ for name, method in found.items()}


def checksum(text: bytes) -> int:
    """A number that changes with a text: FNV-1a, by G. Fowler, L. C. Noll and K.-P. Vo; `connect` in C computes it too.

    >>> hex(checksum(b"a"))
    '0xe40c292c'
    """
    number = 2166136261
    for byte in text:
        number = (number ^ byte) * 16777619 % 2**32
    return number


def header() -> str:
    """The text of `_rules.h`.

    >>> "static int tanh_value(const double *v, double *out)" in header()
    True
    """
    read, unread = rows()
    functions = "\n\n".join(text for texts, _ in read.values() for text in texts)
    entries = ",\n".join(f"    {entry}" for _, entry in read.values())
    names = ", ".join(f"ROW_{name}" for name in read)
    left = "".join(f"/* Python computes {name}: {reason}. */\n" for name, reason in unread.items())
    texts = "\n".join(f"#define DOC_{name} {c_string(text)}" for name, text in docstrings().items())
    made_from = f"#define TABLE_CHECKSUM {checksum(text_of(table.__file__))}u"
    return f"/* Written by c_rules.py from table.py: do not edit. */\n{made_from}\n{PRELUDE}\n{functions}\n{left}" + (
        ROWS.format(names=names, rows=entries) + f"\n{texts}\n"
    )
