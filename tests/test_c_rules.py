"""The rules of the engine in C against the table's own, bit by bit, and what must not be read as C."""

import ast
import cmath
import math
import os
import struct
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from autograd_lite import engine_name
from autograd_lite.engine import table
from autograd_lite.engine.c_build import unwanted
from autograd_lite.engine.c_rules import Reader, c_string, function, rows
from autograd_lite.engine.c_text import UnreadableError
from autograd_lite.engine.chosen import text_of
from autograd_lite.engine.ieee import FAILURES
from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import TABLE

if engine_name() != "c":
    reason = unwanted() or os.environ.get("AUTOGRAD_LITE_ENGINE", "")
    if os.environ.get("CI") and not reason:
        raise ImportError("the engine in C is not built, and nothing says why")
    pytest.skip(f"without the engine in C: {reason or 'no compiler?'}", allow_module_level=True)

from autograd_lite.engine import _node

IN_C = [name for name, op in TABLE.items() if op.arity <= 3]
TINY, LEAST, LARGEST = 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308

# Where rules change their way: zeros, ties, halves, what loses digits when 1 is subtracted, the largest half, what is
# subnormal, the ends of exp, the ends of all.
CORNERS = [0.0, TINY, LEAST, 1e-20, 0.1, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 40.0, 709.9, 745.2]
CORNERS += [2.0**51 + 0.5, 2.0**53 + 2.0, 1e300, LARGEST]
CORNERS += [-x for x in CORNERS]
ORDINARY = st.floats(1e-60, 1e60) | st.floats(-1e60, -1e-60) | st.floats(-4.0, 4.0, allow_subnormal=False)
WHOLE = st.integers(-9, 9).map(lambda n: n / 2)
FINITE = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(CORNERS) | ORDINARY | WHOLE


@pytest.fixture(scope="module", autouse=True)
def _rules_of_python() -> Iterator[None]:
    """Operations compute in Python, on whichever engine, so that C is held against something else."""
    for op in TABLE.values():
        op.value = op.value  # an operation that is given a rule is Python's
    yield
    if engine_name() == "c":
        assert _node.connect(TABLE, b"")


def of_python(op: Op, place: int, operands: tuple[float, ...]) -> float | None:
    """The number that a rule of a row gives plain floats; None where it raises or leaves the floats."""
    rule = op if place < 0 else op.partials[place]
    try:
        result = rule(*operands) if callable(rule) else rule
    except FAILURES:
        return None
    return result if type(result) is float and math.isfinite(result) else None


def checked(op: Op, operands: tuple[float, ...]) -> list[int]:
    """Hold all rules of a row against C's; at which places C leaves to Python what Python could answer."""
    left = []
    value = of_python(op, -1, operands)
    calls = [(-1, operands)]
    if value is not None:
        calls += [(place, (*operands, value)) for place in range(op.arity)]
    for place, given_to in calls:
        expected, found = of_python(op, place, given_to), _node.rule(op.name, place, given_to)
        if found is not None:
            assert expected is not None, (op, place, given_to, found)
            assert struct.pack("d", found) == struct.pack("d", expected), (op, place, given_to, found, expected)
        elif expected is not None:
            left.append(place)
    return left


def test_all_rows_are_in_c_but_those_that_are_told() -> None:
    assert rows()[1] == {"power_term": "5 operands"}
    assert list(rows()[0]) == IN_C
    with pytest.raises(KeyError, match="no rule"):
        _node.rule("power_term", -1, (1.0, 2.0, 1.0, 0.0, 0.0))


def test_an_engine_of_another_table_is_not_trusted() -> None:
    """After a row is changed, and before the engine is built anew, operations are computed in Python."""
    if engine_name() == "c":
        assert _node.connect(TABLE, text_of(str(table.__file__)))
        assert not _node.connect(TABLE, b"x")
    assert text_of("no such file") == b""


def test_every_path_of_every_rule_is_read() -> None:
    for name in IN_C:
        op = TABLE[name]
        for rule in [op, *filter(callable, op.partials)]:
            reader = Reader(rule, op.arity + (rule is not op))
            reader.body()
            assert reader.reason == "", name


@given(st.tuples(FINITE, FINITE, FINITE), st.booleans())
@settings(max_examples=1000)
def test_c_computes_what_python_does(operands: tuple[float, ...], tie: bool) -> None:
    """Bit by bit, on any finite numbers; some of them are equal."""
    for name in IN_C:
        op = TABLE[name]
        checked(op, operands[:1] * op.arity if tie else operands[: op.arity])


@given(st.tuples(*[ORDINARY | WHOLE] * 3))
@settings(max_examples=1000)
def test_c_answers_what_is_ordinary(operands: tuple[float, ...]) -> None:
    for name in IN_C:
        op = TABLE[name]
        assert not checked(op, operands[: op.arity]), name


@pytest.mark.parametrize("name", IN_C)
def test_rules_agree_in_every_corner(name: str) -> None:
    """All combinations of the numbers at which rules change their way, so that each of their paths is taken."""
    op = TABLE[name]
    for operands in product(CORNERS if op.arity < 3 else CORNERS[::2], repeat=op.arity):
        checked(op, operands)


def test_results_that_are_not_finite_are_left_to_python() -> None:
    for name, operands in {
        "add": (LARGEST, LARGEST), "div": (1.0, 0.0), "mod": (1.0, 0.0), "floordiv": (1.0, 0.0), "exp": (710.0,),
        "log": (0.0,), "pow": (-8.0, 1.0 / 3.0), "sqrt": (-1.0,), "hypot": (LARGEST, LARGEST), "acos": (1.5,),
    }.items():  # fmt: skip
        assert _node.rule(name, -1, operands) is None, name
    assert _node.rule("sqrt", 0, (0.0, 0.0)) is None


def fixed(function: Any) -> Any:
    """A rule that found a builtin before the rules were read."""
    return lambda x: 1.0 if function(x) else 2.0


@pytest.mark.parametrize(
    "rule",
    [
        lambda x: float(x),
        lambda x: float(int(x)),
        lambda x: 1.0 * len(f"{x}"),
        lambda x: 1.0 * len(f"{x:.2f}"),
        lambda x: float("%f" % x) + 1.0,  # noqa: UP031
        lambda x: x.real,
        lambda x: x.conjugate(),
        lambda x: +x,
        lambda x: float.fromhex(x.hex()),
        lambda x: x.as_integer_ratio()[0] * 1.0,
        lambda x: abs(complex(x)),
        lambda x: round(x, 2),
        lambda x: math.floor(x) * 3,  # Python's integers are exact
        lambda x: -math.floor(x),
        lambda x: sum([x, x, x]),  # from Python 3.12 on it compensates
        lambda x: {x: 1.0}.get(x, 2.0),
        lambda x: 1.0 if x == "1" else 2.0,
        lambda x: 1.0 if x == math.nan else 2.0,
        lambda x: x * math.nan,
        lambda x: x + math.inf,
        fixed(math.isnan),
        fixed(math.isfinite),
        fixed(cmath.isfinite),
        fixed(lambda x: math.copysign(1.0, x) > 0.0),  # this module's `math` is Python's
        lambda x: math.fsum([x, 1.0]),
        lambda x: f"{x!r}",
        lambda x: [x].clear(),
        lambda x: [x],
    ],
)
def test_a_number_that_is_taken_out_of_the_text_is_an_error(rule: Any) -> None:
    with pytest.raises(UnreadableError):
        function("f", rule, 1)


def test_only_the_path_that_cannot_be_read_is_left_to_python() -> None:
    text = function("f", lambda x: x if x > 0.0 else float(x), 1)
    assert text.split("{", 1)[1].split() == [
        "if",
        "(v[0]",
        ">",
        "0.0)",
        "{",
        "*out",
        "=",
        "v[0];",
        "return",
        "1;",
        "}",
        "return",
        "0;",
        "}",
    ]


@given(st.text())
def test_texts_are_literals_of_c(text: str) -> None:
    literal = c_string(text)
    assert literal.isascii()
    assert literal.isprintable()
    assert ast.literal_eval(f"b{literal}").decode() == text  # Python's octal escapes are C's
    assert "??" not in literal  # which C may take for a trigraph
