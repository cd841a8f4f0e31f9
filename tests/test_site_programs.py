"""What a typed program prints and shows, and how it ends: the same functions as in the browser, asked here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autograd_lite import Value, exp, sin
from autograd_lite.site.browser import programs
from autograd_lite.site.browser.answers import answer


def asked(name: str, **values: Any) -> Any:
    """The answer to a question, as a page gets it."""
    found = json.loads(answer(name, json.dumps(values)))
    return found.get("answer", found)


def run(text: str) -> Any:
    """What the page shows of a program."""
    return asked("program", text=text)


def test_a_program_prints_and_shows() -> None:
    """The names of the package are at hand; the last line is shown as its steps."""
    found = run("x = Value(1.5, label='x')\ny = exp(sin(x**2))\ny.backward()\nprint(x.grad)\ny")
    x = Value(1.5)
    exp(sin(x**2)).backward()
    assert float(found["printed"]) == x.grad
    assert found["steps"]
    assert found["page"].startswith("<!DOCTYPE html>")
    assert "error" not in found
    assert asked("view", kind="latex", typed=None)["text"].startswith(r"\begin{align*}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 + 1", "2"),
        ("'a'", "'a'"),
        ("None", None),
        ("x = 3", None),
        ("paths(Value(2.0, label='x')*3, Value(1.0))", "no path"),
    ],
)
def test_what_the_last_line_shows(text: str, shown: str | None) -> None:
    """Text by its repr, a table as text, nothing for None and for statements."""
    found = run(text)
    assert "error" not in found
    assert shown in found.get("shown", "") if shown else "shown" not in found


@pytest.mark.parametrize(
    "text", ["z = Value(2.0, label='x')*3\nk = 5", "for i in range(3):\n    z = Value(2.0)*i\nk = 1"]
)
def test_the_last_value_with_a_name_is_shown(text: str) -> None:
    """Where the last line is no expression, the last `Value` that got a name."""
    assert run(text)["steps"]


@pytest.mark.parametrize(
    "text", ["draw(Value(2.0)*3)", "nn.MLP(2, [2, 1])", "diagnose(Value(1e200)*Value(1e200))", "diagnose(Value(1.0)*2)"]
)
def test_pictures_and_tables_are_pages(text: str) -> None:
    """What a notebook shows as HTML stands in a page of its own."""
    found = run(text)
    assert found["page"].startswith("<!DOCTYPE html>")
    assert not found["steps"]


@pytest.mark.parametrize(
    ("text", "says", "line", "mark"),
    [
        ("x = 1\ny = x / 0", "ZeroDivisionError in line 2", 2, "  y = x / 0\n      ^^^^^"),
        ("x = (1 +\n", "SyntaxError in line 1: '(' was never closed", 1, "  x = (1 +\n      ^"),
        ("é = 'ü'; é.foo", "AttributeError in line 1", 1, "  é = 'ü'; é.foo\n           ^^^^^"),
        ("def f(x):\n    return log(x)\nf(Value(-1.0))", "in line 2, called from 3", 2, "      return log(x)\n             ^^^^^^"),
        ("input('name?')", "nobody to ask", 1, "  input('name?')\n  ^^^^^^^^^^^^^^"),
        ("raise SystemError", "SystemError in line 1", 1, "  raise SystemError\n  ^^^^^^^^^^^^^^^^^"),
    ],
)  # fmt: skip
def test_errors_of_programs_have_their_line(text: str, says: str, line: int, mark: str) -> None:
    """The line, the place below it, and no line of the package."""
    error = run(text)["error"]
    assert says in error["message"]
    assert "autograd_lite/" not in error["message"]
    assert error["line"] == line
    assert error["marked"] == mark


def test_what_was_printed_before_an_error_is_kept() -> None:
    """The error does not swallow it; what goes to standard error stands with the rest, in its order."""
    found = run("import sys\nprint('a')\nprint('b', file=sys.stderr)\n1/0")
    assert found["printed"] == "a\nb\n"
    assert "ZeroDivisionError" in found["error"]["message"]


def test_too_much_output_ends_a_program() -> None:
    """Ten megabytes are not shown: the first hundred thousand characters are, and the error says so."""
    found = run("for k in range(10**6):\n    print('x' * 999)")
    assert len(found["printed"]) == programs.MOST_PRINTED
    assert "prints more than" in found["error"]["message"]
    assert found["error"]["line"] == 2
    assert len(run("'x' * 10**7")["shown"]) < 5000
    caught = run("while True:\n    try:\n        print('x' * 999)\n    except Exception:\n        pass")
    assert "prints more than" in caught["error"]["message"]


def test_recursion_without_an_end_and_too_much_memory() -> None:
    """Both are errors of the program, and the next one runs."""
    assert "RecursionError" in run("def f(n):\n    return f(n + 1)\nf(1)")["error"]["message"]
    assert "memory" in run("[0] * 10**14")["error"]["message"]
    assert run("2")["shown"] == "2"


def test_programs_begin_anew() -> None:
    """Names do not stay, and what is drawn without a seed is the same each time, as in a new process."""
    run("secret = 1")
    assert "NameError" in run("secret")["error"]["message"]
    text = "print(nn.Neuron(3).w)"
    assert run(text)["printed"] == run(text)["printed"]
    assert run("exit()") == {"printed": ""}


def test_labels_are_no_markup() -> None:
    """A name with a script in it stays a text."""
    page = run("x = Value(2.0, label='</script><img src=x onerror=alert(1)>')\nx * 3")["page"]
    assert "<img src=x" not in page
