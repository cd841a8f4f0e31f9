"""What the playground asks of Python, asked here: the functions that run in the browser are those of the package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import unquote

import mpmath
import pytest
from hypothesis import given, strategies as st

from autograd_lite import Value, exp, sin, trace
from autograd_lite.__main__ import main
from autograd_lite.site import playground as built
from autograd_lite.site.browser.answers import answer
from autograd_lite.views.expressions import Expression


def asked(name: str, **values: Any) -> Any:
    """The answer to a question, as a page gets it."""
    found = json.loads(answer(name, json.dumps(values)))
    return found.get("answer", found)


def expression(text: str, order: int = 1, wrt: str = "", /, **numbers: str) -> Any:
    """What the page shows of an expression."""
    return asked("expression", text=text, numbers=numbers, order=order, wrt=wrt)


def run(text: str) -> Any:
    """What the page shows of a program."""
    return asked("program", text=text)


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_results_are_the_derivatives(order: int) -> None:
    """Each order's numbers are those of mpmath's Taylor series."""
    results = expression("e^sin(x²)", order, x="0.75")["results"]
    with mpmath.workdps(30):
        series = mpmath.taylor(lambda x: mpmath.exp(mpmath.sin(x * x)), mpmath.mpf(0.75), order)
        derivatives = [c * mpmath.factorial(k) for k, c in enumerate(series)]
    assert [kind for _, _, kind in results] == ["value"] * order + ["gradient"]
    assert [float(number) for _, number, _ in results] == pytest.approx([float(d) for d in derivatives], rel=1e-8)


def test_the_page_is_that_of_the_package() -> None:
    """The stepper is byte for byte what `trace(y).to_html()` writes, under the title that the command gives."""
    x = Value(1.5, label="x")
    y = exp(sin(x**2))
    y.label = "y"
    y.backward()
    steps = trace(y)
    steps.title = "y = exp(sin(x**2))"
    assert expression("exp(sin(x**2))", x="1.5")["page"] == steps.to_html()


def test_mixed_derivatives_go_by_the_chosen_variable() -> None:
    """Of x²y, with respect to y: ∂²/∂x∂y = 2x and ∂²/∂y² = 0."""
    found = expression("x^2 y", 2, "y", x="3", y="5")
    assert [[name, float(x)] for name, x, _ in found["results"]] == [
        ["f", 45.0], ["∂f/∂y", 9.0], ["∂²f/∂x∂y", 6.0], ["∂²f/∂y²", 0.0],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["a*x^2 + b", "ln(x - 2)", "asin x + k", "√(b² - 4a c)", "σ(w·x + β₁)", "1/(x - 1.5)", "e^x"]
)
def test_names_without_numbers_get_some_at_which_there_is_a_value(text: str) -> None:
    """Typing is enough: every name that needs a number has one, and the expression a finite value there."""
    found = expression(text)
    assert "error" not in found
    assert list(found["fields"]) == [name for name in Expression(text).names if name != "e"]
    assert abs(float(found["results"][0][1])) < 1e6


def test_numbers_that_were_given_stay() -> None:
    """What a person typed into a field is not replaced, even where there is no value."""
    found = expression("ln(x) + y", x="-1", y="")
    assert found["fields"] == {"x": "-1", "y": "2"}
    assert "ln" in found["error"]["message"] or "log" in found["error"]["message"]
    assert "page" not in found


def test_numbers_do_not_change_while_one_types() -> None:
    """A name has the same number whatever stands before it."""
    assert expression("x")["fields"]["x"] == expression("b + a x")["fields"]["x"] == expression("q x")["fields"]["x"]


@pytest.mark.parametrize(
    ("text", "says", "mark"),
    [
        ("exp(sin(x**2)", "not closed", "  exp(sin(x**2)\n     ^"),
        ("sinx", "did you mean sin(x)?", "  sinx\n  ^^^^"),
        ("w(x + 1)", "write w*(...)", "  w(x + 1)\n  ^"),
        ("x + xy", "did you mean x*y?", "  x + xy\n      ^^"),
    ],
)
def test_errors_have_their_place(text: str, says: str, mark: str) -> None:
    """A wrong expression is told with a mark under the place, and gets no field for what is no variable."""
    error = expression(text)["error"]
    assert says in error["message"]
    assert error["marked"] == mark


def test_a_wrong_number_is_told_at_its_field() -> None:
    """The error knows the field, and the other fields are there."""
    found = expression("a*x", a="2q")
    assert found["error"]["field"] == "a"
    assert found["fields"] == {"a": "2q", "x": "1.5"}


def test_the_check_is_that_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers and verdict are those that `autograd-lite check` prints; forward mode agrees with reverse mode."""
    found = asked("view", kind="check", typed={"text": "|x| ln 2x", "numbers": {"x": "pi/3"}, "order": 1, "wrt": ""})
    assert main(["check", "|x| ln 2x", "x=pi/3"]) == 0
    printed = capsys.readouterr().out
    [[name, x, reverse, forward, differences, *_]] = found["tables"][0]["rows"]
    assert name == "x"
    assert x in printed
    assert reverse in printed
    assert differences in printed
    assert float(forward) == pytest.approx(float(reverse), rel=1e-14)
    assert found["verdict"] == "agree"
    assert found["words"] in printed


def test_a_kink_is_undecided() -> None:
    """At 0 the check of |x| says why it cannot be decided."""
    found = asked("view", kind="check", typed={"text": "|x|", "numbers": {"x": "0"}, "order": 1, "wrt": ""})
    assert found["verdict"] == "undecided"
    assert "kink" in found["words"]


def test_paths_add_up() -> None:
    """The products along the paths add up to the derivative of x·sin x + x at 2."""
    typed = {"text": "x sin x + x", "numbers": {"x": "2"}, "order": 1, "wrt": ""}
    [table] = asked("view", kind="paths", typed=typed)["tables"]
    total = sum(float(row[-1].replace("−", "-")) for row in table["rows"])
    assert len(table["rows"]) == 3
    assert total == pytest.approx(float(mpmath.diff(lambda x: x * mpmath.sin(x) + x, 2)), abs=2e-3)


def test_other_views_are_those_of_the_package() -> None:
    """The doctor, LaTeX, the table, the picture and its source."""
    typed = {"text": "1e200 x * 1e200", "numbers": {"x": "1e5"}, "order": 1, "wrt": ""}
    assert "inf" in asked("view", kind="doctor", typed=typed)["tables"][0]["rows"][0][1]
    typed = {"text": "e^x", "numbers": {"x": "0"}, "order": 1, "wrt": ""}
    assert "finds nothing" in asked("view", kind="doctor", typed=typed)["words"]
    assert r"\frac{\mathrm{d} y}{\mathrm{d} x}" in asked("view", kind="latex", typed=typed)["text"]
    assert asked("view", kind="table", typed=typed)["text"].startswith("node")
    assert asked("view", kind="svg", typed=typed)["text"].startswith("<svg")
    assert "digraph" in asked("view", kind="dot", typed=typed)["text"]


@given(st.text(max_size=40))
def test_any_text_has_an_answer(text: str) -> None:
    """Whatever is typed as an expression is answered with a page or with a message of one line."""
    found = expression(text)
    assert ("page" in found) != ("error" in found)
    assert "\n" not in found.get("error", {}).get("message", "")


@pytest.mark.parametrize("name", built.EXPRESSIONS)
def test_the_examples_of_expressions(name: str) -> None:
    """Each has a page, its numbers are all that it needs, and its link says what it is."""
    text, numbers = built.EXPRESSIONS[name]
    found = expression(text, **numbers)
    assert "error" not in found
    assert found["fields"] == numbers
    pairs = [pair.partition("=") for pair in built.expression_hash(text, numbers)[1:].split("&")]
    assert {key: unquote(value) for key, _, value in pairs} == {"expression": text, **numbers}


@pytest.mark.parametrize("name", built.PROGRAMS)
def test_the_examples_of_programs(name: str) -> None:
    """Each runs, prints, and shows its steps; its link holds its text."""
    text = built.PROGRAMS[name]
    found = run(text)
    assert "error" not in found
    assert found["printed"]
    assert found["steps"]
    packed = built.program_hash(text).removeprefix("#program=")
    assert zlib.decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), wbits=-15).decode() == text


def test_the_examples_say_the_truth() -> None:
    """Micrograd's numbers, XOR learnt, Newton's method at 9/4."""
    assert run(built.PROGRAMS["micrograd's demo"])["printed"] == "24.7041\n138.8338\n645.5773\n"
    learnt = run(built.PROGRAMS["XOR is learnt"])["printed"].splitlines()[-4:]
    assert [round(float(line.split()[-3])) for line in learnt] == [0, 1, 1, 0]
    assert "x = 2.250000000000" in run(built.PROGRAMS["Newton's method"])["printed"]


def test_unknown_views_and_lost_graphs_are_told() -> None:
    """What a hostile page could ask, and a view after a program that showed nothing."""
    run("x = 3")
    assert "shown no graph" in asked("view", kind="paths", typed=None)["error"]["message"]
    assert "error" in asked("view", kind="__class__", typed={"text": "x", "numbers": {}, "order": 1, "wrt": ""})
    assert "error" in asked("expression", text="x", numbers={}, order=1000, wrt="")


FREED = """
import gc
from autograd_lite import Value, sin
from autograd_lite.site.browser.freeing import free_by_loop

nodes = lambda: [one for one in gc.get_objects() if type(one) is Value]
before = len(nodes())  # of constants
free_by_loop()
x = Value(0.5)
kept = sin(x) * x
y = kept
for _ in range(100_000):
    y = y * 1.0 + kept * 0.0
del y
kept.backward()
print(x.grad, len(nodes()) - before)
del x, kept
print(len(nodes()) - before)
"""


def test_graphs_are_freed_by_a_loop() -> None:
    """As in the browser, in the engine that runs there: all goes but what is still used, which keeps its operands."""
    environment = os.environ | {"AUTOGRAD_LITE_ENGINE": "python"}
    done = subprocess.run([sys.executable, "-c", FREED], env=environment, capture_output=True, text=True, check=True)
    gradient, left, at_last = done.stdout.split()
    assert float(gradient) == pytest.approx(float(mpmath.sin(0.5) + mpmath.cos(0.5) / 2), rel=1e-15)
    assert (left, at_last, done.stderr) == ("3", "0", "")
