"""A recorded graph as a straight-line program: in Python and in a browser it gives what recording and `backward` give."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from browser import chromium, empty_page
from hypothesis import given
from playwright.sync_api import Page
from strategies import DOMAINS, Expression, expressions_at_points

import autograd_lite
from autograd_lite import Op, Value, nn, record_lines, relu, sin
from autograd_lite.engine.program import Program, Term
from autograd_lite.engine.table import TABLE
from autograd_lite.train.watch.programs import function as of_a_list
from autograd_lite.views.steps.page.javascript import ScriptOperand, library, script

browser = pytest.fixture(scope="module", name="browser")(chromium)
blank = pytest.fixture(scope="module", name="blank")(empty_page)


def function(program: Program) -> Callable[..., Any]:
    """What the source defines, when it is run by itself."""
    names: dict[str, Any] = {}
    exec(program.source, names)
    return names["program"]  # type: ignore[no-any-return]


def javascript(program: Program) -> str:
    """The program as a function in JavaScript, of an array."""
    names = [f"t{place}" for place in range(len(program.steps))]
    lines = [f"const {name} = {text};" for name, text in program.statements(ScriptOperand, names)]
    written = [names[x.place] if isinstance(x, Term) else script(x) for x in (*program.outputs, *program.gradient)]
    ops = {program.steps[place].op for place in program.needed}
    heading = library([op for op in ops if op], lines)
    inputs = ", ".join(names[: len(program.inputs)])
    return f"(() => {{ {heading} return ([{inputs}]) => {{ {' '.join(lines)} return [{', '.join(written)}]; }} }})()"


def recorded(f: Callable[..., Value], point: list[float]) -> tuple[Value, list[Value], list[float]]:
    """The result at a point, its leaves, and the numbers that a program of it is to give."""
    xs = [Value(x, f"x{i}") for i, x in enumerate(point)]
    y = f(*xs)
    y.backward()
    return y, xs, [y.data, *(x.grad for x in xs)]


def close(expected: list[float]) -> Any:
    """The forms of some rules for text and for floats differ in the last digits."""
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(expressions_at_points())
def test_random_programs(drawn: tuple[Expression, list[float]]) -> None:
    """The program of a random graph gives its numbers, and for other inputs those of the graph that these make."""
    f, point = drawn
    y, xs, _ = recorded(f, point)
    program = function(Program(y, inputs=xs))
    for at in (point, [1.3 - 0.7 * x for x in point]):
        (value,), gradient = program(*at)
        assert [value, *gradient] == close(recorded(f, at)[2])


def points_of(name: str) -> list[list[float]]:
    """A point of each of the intervals in which a row is tried."""
    rng = Random(name)
    return [[rng.uniform(*interval) for interval in alternative] for alternative in DOMAINS[name] for _ in range(3)]


@pytest.mark.parametrize("name", TABLE)
def test_each_row(blank: Page, name: str) -> None:
    """A program that is one operation, in Python and in JavaScript, gives value and gradient wherever it is tried."""
    points = points_of(name)
    y, xs, _ = recorded(TABLE[name], points[0])
    program = Program(y, inputs=xs)
    in_python = [[*value, *gradient] for value, gradient in (function(program)(*point) for point in points)]
    in_browser = blank.evaluate(f"{json.dumps(points)}.map({javascript(program)})")
    for point, *found in zip(points, in_python, in_browser, strict=True):
        expected = recorded(TABLE[name], point)[2]
        assert found == [close(expected)] * 2


def test_a_network_of_one_sample(blank: Page) -> None:
    """The loss of one sample: for all parameters and inputs as `backward` has it, and with units beside it."""
    model = nn.MLP(2, [4, 3, 1], "tanh", seed=2)
    inputs = [Value(0.5, "x1"), Value(-1.2, "x2")]
    loss = nn.losses.mse([model(inputs)], [0.3])
    loss.backward()
    program = Program(loss, inputs=[*model.parameters(), *inputs])
    numbers = [x.data for x in program.inputs]
    expected = [loss.data, *(x.grad for x in program.inputs)]
    (value,), gradient = function(program)(*numbers)
    assert [value, *gradient] == pytest.approx(expected, rel=1e-12, abs=1e-15)
    assert blank.evaluate(f"({javascript(program)})({json.dumps(numbers)})") == pytest.approx(expected, rel=1e-12)
    units = [sin(x) for x in inputs]
    assert function(Program(loss, *units, inputs=program.inputs))(*numbers)[0] == (value, *(u.data for u in units))


@given(expressions_at_points())
def test_no_step_is_idle(drawn: tuple[Expression, list[float]]) -> None:
    """No step has constants alone, no two needed ones are equal, and each is used later or asked for."""
    f, point = drawn
    program = Program(f(*map(Value, point)))
    steps = [(place, program.steps[place]) for place in program.needed]
    keys = [(op, *(x.place if isinstance(x, Term) else repr(x) for x in operands)) for _, (op, operands) in steps]
    assert len(set(keys)) == len(keys)
    assert all(any(isinstance(x, Term) for x in operands) for _, (_, operands) in steps)
    used = {x.place for _, (_, operands) in steps for x in operands if isinstance(x, Term)}
    asked = {x.place for x in (*program.outputs, *program.gradient) if isinstance(x, Term)}
    assert {place for place, _ in steps} <= used | asked


def test_equal_parts_are_computed_once() -> None:
    """x² twice is one step; a leaf that is no input is a number, and what follows from such is one too."""
    x, c = Value(3.0, "x"), Value(2.0, "c")
    program = Program(sin(x**2) + sin(x**2) * (c * c + 1.0), inputs=[x])
    assert program.source.count("sin(") == 1
    assert "5.0" in program.source
    assert "c" not in program.source.split("def")[1].replace("cos", "")


def test_what_does_not_move() -> None:
    """A result that is an input, or a constant, and an input that nothing depends on."""
    x, z = Value(3.0, "x"), Value(1.0, "z")
    assert function(Program(x))(7.0) == ((7.0,), (1.0,))
    assert function(Program(z * 2.0, inputs=[x]))(7.0) == ((2.0,), (0.0,))
    assert function(Program(x * x, x, z, inputs=[z, x]))(5.0, 7.0) == ((49.0, 7.0, 5.0), (0.0, 14.0))


@pytest.mark.parametrize("label", ["lambda", "sin", "v1", "w¹₂₁", "a b", "x\nimport os", "program", "None", "é"])
def test_any_label(label: str) -> None:
    """A label that cannot be a name in Python, or is one already, gives way to a number."""
    x, y = Value(2.0, label), Value(3.0, label)
    u = x * y
    u.label = label
    assert function(Program(sin(u) * u, inputs=[x, y]))(0.5, 0.0) == ((0.0,), (0.0, 0.0))


def test_values_alone() -> None:
    """Without a gradient there are no steps of one, and the values are the same."""
    x = Value(0.5, "x")
    y = sin(x * x)
    whole, alone = Program(y), Program(y, gradient=False)
    assert function(alone)(2.0) == (function(whole)(2.0)[0], ())
    assert len(alone.needed) == 2 < len(whole.needed)


def test_a_branch_is_refused_with_its_line() -> None:
    """Where a number was compared, the program may go another way: which number, where, and what to write."""
    with record_lines():
        x = Value(2.0, "x")
        u = x * 3.0
        y = u * u if u > 0.0 else -u
    with pytest.raises(
        ValueError, match=r"(?s)its own numbers only.*was compared.*where\(\).*test_program\.py:\d+ \(u = x"
    ):
        Program(y)
    v = Value(2.0, "v")
    z = v * 2.0
    v.data = 5.0
    with pytest.raises(ValueError, match="v was given another number after it was used"):
        Program(z)


def test_what_is_no_program() -> None:
    """Outputs that are no Values, inputs that are computed or given twice, rules that only numbers pass."""
    x = Value(2.0)
    for outputs, inputs in [((), None), ((2.0,), None), ((x,), [2.0]), ((x,), [x * 2.0])]:
        with pytest.raises(TypeError):
            Program(*outputs, inputs=inputs)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="given twice"):
        Program(x, inputs=[x, x])
    bent = Op("bent", lambda x: x if x > 0.0 else 0.0, [lambda x, _: 1.0 if x > 0.0 else 0.0])
    with pytest.raises(TypeError, match="bent: its local partial cannot be a part of a program"):
        Program(bent(x))


def test_operations_of_ones_own() -> None:
    """They stand in the source under their names; whoever runs it has them."""
    cube = Op("cube", lambda x: x * x * x, [lambda x, _: 3.0 * x * x])
    program = Program(cube(Value(2.0, "x")))
    names: dict[str, Any] = {"cube": cube}
    exec(program.source, names)
    assert names["program"](3.0) == ((27.0,), (27.0,))


@pytest.mark.parametrize("name", ["v1", "program", "x", "inf", "run", "t0", "numbers", "sin"])
def test_names_of_operations(name: str) -> None:
    """An operation may be called as what the program would call something else; both programs are right."""
    double = Op(name, lambda a: a * 2.0, [2.0])
    x = Value(3.0, "x")
    y = double(double(x) + 1.0)
    program = Program(y)
    names: dict[str, Any] = {name: double}
    exec(program.source, names)
    assert names["program_" if name == "program" else "program"](5.0) == ((22.0,), (4.0,))
    assert of_a_list(program)([5.0]) == (22.0, 4.0)


def test_a_keyword_is_no_name() -> None:
    """Nothing that is written in Python could call it."""
    with pytest.raises(ValueError, match="identifier"):
        Op("lambda", lambda a: a * 2.0, [2.0])


def test_a_long_chain() -> None:
    """10,000 operations in a row meet no limit of recursion, in making the program or in its text."""
    y = x = Value(0.1)
    for _ in range(5_000):
        y = relu(y * 1.0001) + 0.001
    (value,), (slope,) = function(Program(y))(0.1)
    y.backward()
    assert (value, slope) == pytest.approx((y.data, x.grad), rel=1e-9)


def test_the_source_imports_what_it_calls() -> None:
    """Every row of the table that stands in a source can be imported from the package."""
    assert all(hasattr(autograd_lite, name) for name in TABLE)
