"""Every row of the table, iterated: a new row is tested by existing, against mpmath and in every reading."""

from __future__ import annotations

import doctest
import functools
import inspect
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import numpy
import pytest
from mpmath import mp
from points import INEXACT, ROWS, Inexact, derivative

import autograd_lite
from autograd_lite import Op, Value, grad, gradients, jvp
from autograd_lite.engine.compiled import PythonOperand, operators, record
from autograd_lite.engine.ieee import IeeeOperand, local_partial
from autograd_lite.engine.operators import BINARY, UNARY, Arithmetic
from autograd_lite.engine.table import TABLE

LARGEST, SMALLEST = 1.7976931348623157e308, 5e-324
POINTS = [(name, point) for name, row in ROWS.items() for point in row.points]
each_row = pytest.mark.parametrize("name", TABLE)
each_point = pytest.mark.parametrize(("name", "point"), POINTS, ids=[f"{name}{point}" for name, point in POINTS])


def same(x: float | None, y: float | None) -> bool:
    """Equal as numbers; nan equals nan, and a None, where nothing flows back, is no derivative."""
    x, y = x or 0.0, y or 0.0
    return x == y or (math.isnan(x) and math.isnan(y))


def oracle(name: str, point: tuple[float, ...], orders: tuple[int, ...]) -> Any:
    """The exact derivative; through `detach` nothing flows by definition."""
    if name == "detach" and any(orders):
        return mp.mpf(0)
    return derivative(ROWS[name].oracle, point, orders)


def error(computed: float, exact: Any) -> tuple[float, float]:
    """The absolute and the relative error; a number beyond the floats is to be inf, one below them to be 0."""
    if abs(exact) > LARGEST:
        beyond = 0.0 if computed == math.copysign(math.inf, exact) else math.inf
        return beyond, beyond
    if not math.isfinite(computed):
        return math.inf, math.inf
    absolute = float(abs(mp.mpf(computed) - exact))
    if absolute <= 2 * SMALLEST:
        return absolute, 0.0
    return absolute, float(absolute / abs(exact)) if exact else math.inf


def exception(name: str, point: tuple[float, ...], order: int) -> Inexact | None:
    found = [entry for entry in INEXACT if (entry.row, entry.order) == (name, order) and point in entry.points]
    return found[0] if found else None


def assert_exact(name: str, point: tuple[float, ...], orders: tuple[int, ...], computed: float) -> None:
    exact = oracle(name, point, orders)
    absolute, relative = error(computed, exact)
    entry = exception(name, point, sum(orders))
    if entry is None:
        assert relative <= 1e-14, f"{name}{point}, derivative {orders}: {computed!r}, exactly {mp.nstr(exact, 20)}"
    else:
        assert (relative if entry.measure == "relative" else absolute) <= entry.error, (
            f"{name}{point}, derivative {orders}"
        )


def derivatives(name: str, point: tuple[float, ...]) -> Iterator[tuple[tuple[int, ...], float]]:
    """The value, all partials, and all second partials in both orders, each with the orders of differentiation."""
    xs = [Value(x) for x in point]
    places = range(len(xs))
    y = TABLE[name](*xs)
    yield (0,) * len(xs), y.data
    first = gradients(y, xs)
    for i in places:
        yield tuple(int(k == i) for k in places), first[i].data
        for j, second in enumerate(gradients(first[i], xs)):
            yield tuple(int(k == i) + int(k == j) for k in places), second.data


def test_every_row_has_an_oracle() -> None:
    """Each row of the table has its function in mpmath and points of its arity, and nothing else has."""
    assert set(ROWS) == set(TABLE)
    for name, row in ROWS.items():
        assert len(row.points) >= 3
        assert {len(point) for point in row.points} == {TABLE[name].arity}


def test_the_table_is_exported() -> None:
    """Each row is importable from the package under its name."""
    for name, op in TABLE.items():
        assert op.name == name
        assert getattr(autograd_lite, name) is op


@each_point
def test_value_and_derivatives_are_exact(name: str, point: tuple[float, ...]) -> None:
    """Value, all partials and all second partials agree with mpmath to 1e-14, but for the exceptions with a reason."""
    for orders, computed in derivatives(name, point):
        assert_exact(name, point, orders, computed)


@pytest.mark.parametrize("entry", INEXACT, ids=lambda entry: f"{entry.row}-{entry.order}")
def test_no_exception_is_out_of_date(entry: Inexact) -> None:
    """Each listed exception is needed: some derivative there misses 1e-14."""
    found = [
        error(computed, oracle(entry.row, point, orders))[1]
        for point in entry.points
        for orders, computed in derivatives(entry.row, point)
        if sum(orders) == entry.order
    ]
    assert max(found) > 1e-14


@each_point
def test_readings_agree(name: str, point: tuple[float, ...]) -> None:
    """Floats, recorded Values, the graph of the gradient, forward mode and extended numbers give the same numbers."""
    op = TABLE[name]
    number = op(*point)
    partials = [local_partial(op, place, point, number) for place in range(op.arity)]
    assert type(number) is float

    xs = [Value(x) for x in point]
    y = op(*xs)
    assert type(y) is Value
    assert y.data == number
    assert all(map(same, y.partials, partials))
    assert [partial is None for partial in y.partials] == [rule == 0.0 for rule in op.partials]
    assert all(same(x.data, partial) for x, partial in zip(gradients(y, xs), partials, strict=True))

    y.backward()
    assert all(same(x.grad, partial) for x, partial in zip(xs, partials, strict=True))
    for place, partial in enumerate(partials):
        unit = [float(i == place) for i in range(op.arity)]
        value, tangent = jvp(op, point, unit)
        assert value == number
        assert same(tangent, partial)

    assert op(*map(IeeeOperand, point)).data == number


@each_point
def test_constants_beside_values(name: str, point: tuple[float, ...]) -> None:
    """Whichever operands are Values, the value and the partials by these are the same, and no others are recorded."""
    op = TABLE[name]
    full = op(*map(Value, point))
    for count in range(1, op.arity):
        for places in permutations(range(op.arity), count):
            mixed: Any = op(*(Value(x) if i in places else x for i, x in enumerate(point)))
            assert mixed.data == full.data
            for i, (found, expected) in enumerate(zip(mixed.partials, full.partials, strict=True)):
                assert (
                    (found is None) if i not in places else math.isclose(found or 0.0, expected or 0.0, rel_tol=1e-15)
                )


@each_point
def test_operators_methods_and_ufuncs(name: str, point: tuple[float, ...]) -> None:
    """Python's operator, the method, and NumPy's ufunc of the row all record what the row itself records."""
    op = TABLE[name]
    expected = op(*map(Value, point))
    forms: list[Callable[..., Any]] = []
    forms += [lambda *xs: eval(op.notation.format(*"abcde"), dict(zip("abcde", xs, strict=False), **TABLE))]
    forms += [getattr(Value, f"__{method}__") for method, row in {**BINARY, **UNARY}.items() if row is op]
    forms += [getattr(Value, name)] if name != "where" else []
    ufunc = getattr(numpy, op.ufunc, None)
    if isinstance(ufunc, numpy.ufunc):
        forms += [ufunc, getattr(Value, op.ufunc)]
        exact = derivative(ROWS[name].oracle, point, (0,) * op.arity)
        with numpy.errstate(all="ignore"):
            assert error(float(ufunc(*point)), exact)[1] < 1e-14  # NumPy's function of that name is this one
    for form in forms:
        y = form(*map(Value, point))
        assert (y.op, y.data) == (op, expected.data)
        assert all(map(same, y.partials, expected.partials))


@each_point
def test_generated_operators_record_what_record_records(name: str, point: tuple[float, ...]) -> None:
    """What the compiled operators write is what the plain `record` writes, for either operand a number."""
    op = TABLE[name]
    method = {row: method for method, row in BINARY.items()}.get(op)
    if method is None:
        assert op not in BINARY.values()
        return
    x, y = map(Value, point)
    for operands in ((x, y), (x, point[1]), (point[0], y)):
        if type(operands[0]) is Value:
            found = getattr(Value, f"__{method}__")(*operands)
        else:
            found = getattr(Value, f"__r{method}__")(operands[1], operands[0])
        plain = record(op, operands)
        assert found.data == plain.data
        assert all(a is b or type(a) is float is type(b) for a, b in zip(found.operands, plain.operands, strict=True))
        assert [float(getattr(x, "data", x)) for x in found.operands] == list(point)
        assert all(map(same, found.partials, plain.partials))
        assert [p is None for p in found.partials] == [p is None for p in plain.partials]


def test_the_text_of_a_compiled_operator_can_be_seen() -> None:
    """`inspect`, and with it every tracer, finds the text of each operator of the engine in Python, with its rule."""
    written = operators()
    for method in BINARY:
        for name in (f"__{method}__", f"__r{method}__"):
            assert inspect.getsource(getattr(written, name)).startswith(f"def {name}(self, other):\n")
    assert "z = (x * y)\n        dx = y\n" in inspect.getsource(vars(written)["__mul__"])


def test_an_operator_of_a_value_with_itself() -> None:
    """An operator applied to one Value twice records it at both places, each with its own partial."""
    x = Value(2.5)
    for method, op in BINARY.items():
        found, plain = getattr(x, f"__{method}__")(x), record(op, (x, x))
        assert (found.data, found.partials) == (plain.data, plain.partials)
        assert all(operand is x for operand in found.operands)
        assert gradients(found, x).data == sum(partial or 0.0 for partial in found.partials)


def test_the_source_reading_computes_the_same() -> None:
    """The text that an operator's row writes out, evaluated, is the value of the row."""
    for op in (*BINARY.values(), *UNARY.values()):
        names = "xy"[: op.arity]
        text = str(op(*map(PythonOperand, names)))
        for point in ROWS[op.name].points:
            assert eval(text, dict(zip(names, point, strict=True), abs=abs)) == op(*point)


@each_row
def test_the_docstring_is_right(name: str) -> None:
    """Each row's documentation holds an example, and the result shown is what it prints, to the last digit or so."""
    op = TABLE[name]
    assert op.__doc__
    (example,) = doctest.DocTestParser().get_examples(op.__doc__)
    shown = float(example.want)
    assert f"{shown!r}\n" == example.want
    assert math.isclose(eval(example.source, {name: op}), shown, rel_tol=4e-16)  # the last digit is the C library's


@each_row
def test_nan_stays_nan(name: str) -> None:
    """What is computed from nan is nan, except a power that is 1 whatever the base, as in IEEE 754."""
    op = TABLE[name]
    operands = {
        "where": (1.0, math.nan, 0.0),
        "clip": (math.nan, -1.0, 1.0),
        "power_term": (math.nan, 2.0, 1.0, 1.0, 0.0),
    }
    point = operands.get(name, (math.nan, 2.0)[: op.arity])
    assert math.isnan(op(*point))
    assert math.isnan(op(*map(Value, point)).data)


def test_pow_of_nan_to_zero_is_one() -> None:
    """A power nan ** 0 and 1 ** nan are 1, as floats have it."""
    assert TABLE["pow"](math.nan, 0.0) == TABLE["pow"](1.0, math.nan) == 1.0


def test_defaults_stand_for_the_operands_left_out() -> None:
    """A row called without its last operands uses its defaults, as a function, a method and on Values."""
    for op in TABLE.values():
        if op.defaults:
            given = (-0.5, 0.25)[: op.arity - len(op.defaults)]
            expected = op(*given, *op.defaults)
            assert op(*given) == expected
            x = Value(given[0])
            assert op(x, *given[1:]).data == getattr(x, op.name)(*given[1:]).data == expected
            assert op(x, *given[1:]).operands == (x, *given[1:], *op.defaults)


@each_row
def test_wrong_number_of_operands(name: str) -> None:
    """Too few or too many operands are refused in one line that names the row and says how many it takes."""
    op = TABLE[name]
    too_many = set() if op.of_more else {op.arity + 1}
    for count in {0, op.arity - len(op.defaults) - 1} | too_many:
        with pytest.raises(TypeError, match=f"^{name} takes .*operand.*, got {count}$"):
            op(*[0.5] * count)


def test_own_op_is_checked_when_it_is_made() -> None:
    """An Op with a bad name, value, partials, notation, field or default is refused at once, in one line."""
    with pytest.raises(ValueError, match="identifier"):
        Op("my op", math.sin, [math.cos])
    with pytest.raises(TypeError, match="must be a function"):
        Op("op", 3.0, [1.0])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one local partial for each operand"):
        Op("op", math.sin, [])
    with pytest.raises(ValueError, match=r"needs one {} for each of 1"):
        Op("op", math.sin, [math.cos], "{} % {}")
    with pytest.raises(TypeError, match=r"^op: an operation has no field 'defaults': it has doc, "):
        Op("op", math.sin, [math.cos], defaults=[1.0])
    with pytest.raises(TypeError, match=r"^op: the default of an operand: expected a number, got str 'one'"):
        Op("op", lambda x="one": x, [1.0])


@pytest.mark.parametrize(
    ("traits", "error"),
    [
        (
            {"form": "sum"},
            r"no form 'sum' of 1 operands is known; known are negative, exponential, root, cube_root, bars$",
        ),
        ({"form": "spiral"}, "no form 'spiral' of 1 operands"),
        ({"shown": [1.0, 2.0]}, "shown has 2 local partials, of 1 operands"),
        ({"symbol": 3}, "symbol is a text, got 3"),
        ({"also": "ln"}, "also is a list of names, got 'ln'"),
        ({"also": [3]}, "also is a list of names, got \\[3\\]"),
        ({"latex": None}, "latex is a text, got None"),
    ],
)
def test_fields_of_a_row_are_checked_when_it_is_made(traits: dict[str, Any], error: str) -> None:
    """A field that no view could use is refused at once, with the name of the operation."""
    with pytest.raises((TypeError, ValueError), match=f"^bent: {error}"):
        Op("bent", math.sin, [math.cos], **traits)


def test_defaults_of_any_kind_of_function() -> None:
    """A method, a partial function and an object that can be called have the defaults that Python gives them."""

    class Scale:
        def method(self, x: Any, k: Any = 2.0) -> Any:
            return k * x

        __call__ = method

    def scaled(factor: Any, x: Any, k: Any = 2.0) -> Any:
        return factor * k * x

    rules = [lambda _x, k, _y: k, lambda x, _k, _y: x]
    for value in (Scale().method, Scale(), functools.partial(scaled, 1.0)):
        op = Op("scale", value, rules)
        assert (op.parameters, op.defaults, op(3.0), op(3.0, k=5.0), grad(op)(3.0)) == (
            ("x", "k"),
            (2.0,),
            6.0,
            15.0,
            2.0,
        )
    assert Op("of_any", lambda *xs: xs[0] * xs[1], [lambda _x, y, _z: y, lambda x, _y, _z: x])(2.0, 3.0) == 6.0


def test_operands_can_be_named() -> None:
    """Operands are given by place or by name, those with a default not at all; what does not fit is said."""
    leaky_relu, clip = TABLE["leaky_relu"], TABLE["clip"]
    x = Value(-2.0)
    assert leaky_relu(x, slope=0.1).data == leaky_relu(-2.0, slope=0.1) == x.leaky_relu(slope=0.1).data == -0.2
    assert (
        clip(x, high=1.0, low=-1.0).data == clip(x=-2.0, low=-1.0, high=1.0) == x.clip(low=-1.0, high=1.0).data == -1.0
    )
    with pytest.raises(TypeError, match=r"^leaky_relu has no operand 'slop': its operands are x, slope$"):
        leaky_relu(x, slop=0.1)
    with pytest.raises(TypeError, match=r"^leaky_relu got two values for operand 'slope': its"):
        leaky_relu(x, 0.1, slope=0.1)
    with pytest.raises(TypeError, match=r"^clip takes 3 operands, got 2$"):
        clip(x, high=1.0)


def test_defaults_are_those_of_the_value() -> None:
    """What the value takes beyond the operands, as a function made in a loop may, is no operand and no default."""
    doubled = Op("doubled", lambda x, factor=2.0: factor * x, [2.0])
    assert (doubled.parameters, doubled.defaults, doubled(3.0)) == (("x",), (), 6.0)
    scaled = Op("scaled", lambda x, factor=2.0: factor * x, [lambda _x, factor, _y: factor, lambda x, _factor, _y: x])
    assert (scaled.defaults, scaled(3.0), scaled(3.0, factor=5.0)) == ((2.0,), 6.0, 15.0)


@each_row
def test_signature_and_help_follow_from_the_row(name: str) -> None:
    """The signature names the operands of the row with their defaults, for the function and for the method."""
    op = TABLE[name]
    signature = inspect.signature(op)
    assert tuple(signature.parameters) == op.parameters
    assert [p.default for p in signature.parameters.values() if p.default is not p.empty] == list(op.defaults)
    if name != "where":
        assert str(inspect.signature(getattr(Value(0.5), name))) == str(
            signature.replace(parameters=[*signature.parameters.values()][1:])
        )
        assert f"help(autograd_lite.{name})" in (getattr(Value, name).__doc__ or "")
    assert op.written(*op.parameters) in (op.__doc__ or "")


@each_point
def test_the_textbook_partials_are_the_partials(name: str, point: tuple[float, ...]) -> None:
    """`shown`, which a reader sees, is the same function as the partial that is recorded."""
    op = TABLE[name]
    if op.shown is None:
        return
    assert len(op.shown) == op.arity
    with mp.workdps(1500):  # as many digits as it takes to leave cancellation aside
        exact = [mp.mpf(x) for x in point]
        operands = [MpmathOperand(x) for x in (*exact, ROWS[name].oracle(*exact))]
        for rules in zip(op.shown, op.partials, strict=True):
            found = [rule(*operands) if callable(rule) else rule for rule in rules]
            shown, recorded = (x.number if isinstance(x, MpmathOperand) else mp.mpf(x) for x in found)
            assert abs(shown - recorded) <= 4e-16 * abs(recorded), (name, point)  # constants are floats


class MpmathOperand(Arithmetic):
    """A kind of operand for this test: a row applied to numbers of any precision, by its oracle."""

    def __init__(self, number: Any) -> None:
        self.number = number

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> MpmathOperand:
        return MpmathOperand(
            ROWS[op.name].oracle(*(x.number if isinstance(x, MpmathOperand) else mp.mpf(x) for x in operands))
        )


def test_help_does_not_depend_on_what_else_was_imported() -> None:
    """In a process that has imported an operation alone, its signature and its docstring are those of the row."""
    code = (
        "import inspect; from autograd_lite import leaky_relu, Op; print(inspect.signature(leaky_relu), inspect.getdoc(Op)); "
        "print(leaky_relu.__doc__)"
    )
    for options in ((), ("-OO",)):
        done = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, timeout=600)
        assert done.stderr == ""
        assert done.stdout.startswith("(x, slope=0.01) " + ("None" if options else "A primitive operation"))
        assert "y = leaky_relu(x, slope), ∂y/∂x = where(step(x, 0.0), 1.0, slope), " in done.stdout
