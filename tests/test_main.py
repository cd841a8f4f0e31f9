"""The command line: what it prints and writes, and how it refuses."""

import math
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograd_lite.__main__ import main


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        code = main(words)
    except SystemExit as stop:  # how argparse ends
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def printed(out: str, name: str) -> float:
    """The number on the last line that says `name = number`."""
    return float(re.findall(rf"^{name} = (.*)$", out, re.MULTILINE)[-1])


def test_step_prints_both_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """The table of e^sin(x²) holds every value, local partial and gradient of the closed form."""
    code, out, err = run(capsys, "step", "exp(sin(x**2))", "x=1.5")
    assert (code, err) == (0, "")
    rows = [re.split(r"\s{2,}", line.strip()) for line in out.splitlines()]
    assert ["y", "e^v3", "2.177273044783055", "∂y/∂v3 = y = 2.177273044783055", "1.0"] in rows
    numbers = [float(number) for number in re.findall(r"-?\d+\.\d{5,}", out)]
    for expected in (0.7780731968879212, -0.6281736227227391, 2.1772730447830552, -4.103116488593821):
        assert any(number == pytest.approx(expected, rel=1e-14) for number in numbers)
    assert re.search(r"^dy/dx = -4\.10311648859382", out, re.MULTILINE)


def test_step_of_a_circuit(capsys: pytest.CaptureFixture[str]) -> None:
    """The course's circuit (lesson L02) has the gradients of the notes; an input may be called y."""
    code, out, _ = run(capsys, "step", "w*(x*y + z)", "x=-2", "y=3", "z=10", "w=-2")
    assert code == 0
    for line in ("f = -8.0", "df/dx = -6.0", "df/dy = 4.0", "df/dz = -2.0", "df/dw = 4.0"):
        assert f"\n{line}\n" in out


def test_order(capsys: pytest.CaptureFixture[str]) -> None:
    """--order steps through derivatives, with the numbers of lesson L01."""
    code, out, _ = run(capsys, "step", "exp(sin(x**2))", "x=1.5", "--order", "3")
    assert code == 0
    for name, expected in (("y", 2.1772730447830552), ("y′", -4.103116488593821), ("y″", -10.249702531185975)):
        assert printed(out, name) == pytest.approx(expected, rel=1e-13)
    assert printed(out, "y‴") == pytest.approx(93.525753876821249, rel=1e-13)


def test_order_by_one_of_several(capsys: pytest.CaptureFixture[str]) -> None:
    """--wrt chooses the variable of the derivative."""
    code, out, _ = run(capsys, "step", "x**3*y", "x=2", "y=5", "--order", "2", "--wrt", "x")
    assert code == 0
    assert "\n∂f/∂x = 60.0\n" in out  # 3x²y
    assert "\n∂²f/∂x² = 60.0\n" in out  # 6xy
    assert "\n∂²f/∂y∂x = 12.0\n" in out  # 3x²


def test_wrt_shows_the_tangents(capsys: pytest.CaptureFixture[str]) -> None:
    """--wrt adds the column of forward mode, with the numbers of lesson L05; it is left out where there are none."""
    _, out, _ = run(capsys, "step", "log(x1) + x1*x2 - sin(x2)", "x1=2", "x2=5", "--wrt", "x1")
    lines = [line for line in out.splitlines() if line.startswith(("node", "x1 ", "v", "x2 ", "y  "))]
    start = lines[0].index("tangent ∂…/∂x1 ↓")
    assert [line[start:].split()[0] for line in lines[1:]] == ["1.0", "0.5", "0.0", "5.0", "5.5", "0.0", "5.5"]
    code, out, err = run(capsys, "step", "x1*x2", "x1=2", "x2=5", "--order", "2", "--wrt", "x1")  # which is x2
    assert (code, err) == (0, "")
    assert "tangent" not in out


def test_the_derivative_is_a_node_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """The derivative of x*y by y, which is x, does not take the name of x away."""
    code, out, _ = run(capsys, "step", "x*y", "x=1", "y=2", "--order", "2", "--wrt", "y")
    assert code == 0
    for line in ("f = 2.0", "∂f/∂y = 1.0", "∂²f/∂x∂y = 1.0", "∂²f/∂y² = 0.0"):
        assert f"\n{line}\n" in out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["-hypot(x, 1)", "x=0"], "y = -1.0"),
        (["--x", "x=2"], "y = 2.0"),
        (["-h*2", "h=3"], "y = -6.0"),
        (["self + 1", "self=2"], "y = 3.0"),
        (["ｘ*2", "ｘ=3"], "y = 6.0"),
        (["µ + 1", "µ=1"], "y = 2.0"),
        (["2*e", "e=5"], "y = 10.0"),
        (["3"], "y = 3.0"),
    ],
)
def test_unusual_words(capsys: pytest.CaptureFixture[str], words: list[str], line: str) -> None:
    """Expressions that look like options, and names that mean something elsewhere, are what they are."""
    code, out, err = run(capsys, "step", *words)
    assert (code, err) == (0, "")
    assert f"\n{line}\n" in out


def test_leading_minus_and_values_as_expressions(capsys: pytest.CaptureFixture[str]) -> None:
    """An expression may begin with a minus sign, and a value may be one such as pi/2."""
    code, out, _ = run(capsys, "step", "-sin(x)", "x=pi/2")
    assert code == 0
    assert "\ny = -1.0\n" in out


def test_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """--svg and --dot write the picture, and nothing else beside it."""
    svg, dot = tmp_path / "a.svg", tmp_path / "a.dot"
    assert run(capsys, "step", "x*x", "x=3", "--svg", str(svg), "--dot", str(dot))[0] == 0
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
    assert dot.read_text(encoding="utf-8").lstrip().splitlines()[-1] == "}"
    assert sorted(tmp_path.iterdir()) == [dot, svg]


def test_check_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    """`check` of a right derivative says so and returns 0."""
    code, out, _ = run(capsys, "check", "softplus(x) * atan2(y, x)", "x=0.3", "y=pi/3")
    assert code == 0
    assert "agree" in out


def test_check_cannot_decide(capsys: pytest.CaptureFixture[str]) -> None:
    """`check` at a kink, where the derivative is a convention, says where and returns 3."""
    code, out, _ = run(capsys, "check", "relu(x)", "x=0")
    assert code == 3
    assert "It cannot be decided here: relu has a kink at 0 (x = 0)" in out


REFUSALS = [
    ["nonsense"],
    ["step"],
    ["step", "x"],
    ["step", "x", "x"],
    ["step", "x", "1=2"],
    ["step", "x", "x=abc"],
    ["step", "x", "x="],
    ["step", "x*y", "x=1", "y=1", "--wrt", "z"],
    ["step", "x", "x=1", "--svg", ""],
    ["step", "x", "x=1", "x=2"],
    ["step", "x", "x=1", "y=2"],
    ["step", "x", "x=1", "--order", "0"],
    ["step", "x", "x=1", "--order", "two"],
    ["step", "x*y", "x=1", "y=2", "--order", "2"],
    ["step", "x", "x=1", "--order", "2", "--wrt", "z"],
    ["step", "3", "--order", "2"],
    ["step", "__import__('os').system('true')", "x=1"],
    ["step", "9**9**9"],
    ["step", "1/x", "x=0"],
    ["step", "log(x)", "x=-1"],
    ["step", "exp(x)", "x=1000"],
    ["step", "x**(1/3)", "x=-8"],
    ["step", "(" * 9_000 + "x" + ")" * 8_999, "x=1"],
    ["step", "xy", "x=1", "y=2"],
    ["step", "x", "x=1,5"],
    ["step", "x", "x=1e999"],
    ["step", "sin 90°"],
    ["step", "u = x", "u=1"],
    ["step", "x.y", "x=1"],
    ["step", "x", "x=1", "--svg", "no/such/folder/a.svg"],
    ["step", "x", "x=1", "--dot", "no/such/folder/a.dot"],
    ["step", "x", "x=1", "--svg", "."],
    ["step", "x", "x=1", "--svg", "a.html"],
    ["step", "x", "x=1", "--html", "a.png"],
    ["step", "x", "x=1", "--dot", "same", "--svg", "./same"],
    ["step", "x", "x=1", "--digits", "0"],
    ["step", "x", "x=1", "--digits", "18"],
    ["step", "exp(x)", "x=1", "--order", "100000"],
    ["step", "sin(x)*exp(x**3)/x", "x=1", "--order", "100"],
    ["lesson", "L01", "--svg", "a.pptx"],
    ["lesson", "L01", "--html", "a.svg"],
    ["train", "moons", "--out", "a.png"],
    ["train", "moons", "--hidden", "10000,10000"],
    ["check", "3"],
    ["check", "log(x)", "x=-1"],
]


@pytest.mark.parametrize("words", REFUSALS, ids=lambda words: " ".join(words)[:40] or "nothing")
def test_refusals(
    capsys: pytest.CaptureFixture[str], words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be done is one line on standard error, below it the place in an expression; exit code 2, no file."""
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, *words)
    assert code == 2
    assert err.startswith("autograd-lite")
    first, *place = err.splitlines()
    assert first.startswith("autograd-lite")
    assert not place or (len(place) == 2 and set(place[1]) <= set(" ^"))
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_no_layout_program(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a layout program the picture is refused with its cures, and an older file stays as it was."""
    target = tmp_path / "a.svg"
    target.write_text("before", encoding="utf-8")
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", str(tmp_path / "missing"))
    code, _, err = run(capsys, "step", "x", "x=1", "--svg", str(target))
    assert code == 2
    assert "pip install graphviz-pure" in err
    assert target.read_text(encoding="utf-8") == "before"


def test_mathematics_as_typed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The title, also of the page, is what was typed; names of intermediate results are those of the rows; π is π."""
    page = tmp_path / "page.html"
    code, out, _ = run(capsys, "step", "u = x²; e^sin u + π·x₁", "x=1.5", "x₁=2", "--html", str(page))
    assert code == 0
    assert "\nu = x²; y = e^sin u + π·x₁  at x = 1.5, x1 = 2.0\n" in out
    assert [line.split()[0] for line in out.splitlines()[4:10]] == ["x", "u", "v3", "v4", "x1", "v6"]
    assert "π·x1" in out
    written = page.read_text(encoding="utf-8")
    assert "<title>u = x²; y = e^sin u + π·x₁</title>" in written
    assert '<h1 id="title" aria-label="u = x²; y = e^sin u + π·x₁">' in written
    assert printed(out, "dy/dx") == pytest.approx(-4.103116488593821, rel=1e-13)
    assert printed(out, "dy/dx1") == math.pi
    assert run(capsys, "check", "|x|·ln 2x", "x=1.5")[0] == 0


def test_the_suggestion_for_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    """A decimal comma in a value, and a product without a sign, are marked, and one way to write them is given."""
    _, _, err = run(capsys, "step", "x", "x=1,5")
    assert err == ("autograd-lite: error: a decimal comma is written as a point: write x=1.5\n  x=1,5\n     ^\n")
    _, _, err = run(capsys, "step", "2xy + 1", "x=1", "y=2")
    assert err == ("autograd-lite: error: xy is one name, and has no value: did you mean x*y?\n  2xy + 1\n   ^^\n")


SAID = {  # of a value or an option that is wrong, and of what floats refuse: the error
    ("x*y", "x=y", "y=1"): "x needs a number, such as x=1.5 or x=pi/2, and y is none",
    ("x*y", "x=2z + 1", "y=1"): "x needs a number, such as x=1.5 or x=pi/2, and z is none",
    ("x", "x=x"): "x is used before it is defined, or to define itself: write x1 = …",
    ("x", "x", "=", "1"): "expected NAME=VALUE such as x=1.5, a word without spaces for each name, got x",
    ("x", ""): "expected NAME=VALUE such as x=1.5, a word without spaces for each name, got an empty word",
    ("x+y", "x=1;y=2"): "expected NAME=VALUE such as x=1.5, a word without spaces for each name, got x=1;y=2",
    ("x", "x=1;2"): "expected NAME=VALUE such as x=1.5, a word without spaces for each name, got x=1;2",
    ("u = x", "x=1", "u=2"): "the expression itself says what u is: leave u=… out",
    ("f(x)", "x=1"): "there is no function f: for a product, write f*(...)",
    ("x", "x=1", "--nonsense"): "there is no option --nonsense: see --help",
    ("1/x", "x=0"): "a division by zero, while computing 1.0 / x with x = 0.0",
    ("x % y", "x=1", "y=0"): "a division by zero, while computing x % y with x = 1.0, y = 0.0",
    ("x // 0", "x=1"): "a division by zero, while computing x // 0.0 with x = 1.0",
    ("x^-1", "x=0"): "a division by zero, while computing x ** (-1.0) with x = 0.0",
    ("log(x)", "x=-1"): "there is no real result, while computing log(x) with x = -1.0",
    ("asin(2x)", "x=1"): "there is no real result, while computing asin(2.0)",
    ("exp(x)", "x=1000"): "the result is too large for a float (1.8e308), while computing exp(x) with x = 1000.0",
    ("2^3x", "x=1"): "it is not clear whether the exponent goes on here: write 2^(3x) or 2^3*x",
}


@pytest.mark.parametrize("words", SAID, ids=" ".join)
def test_errors_say_what_to_do(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    """What is wrong, where, and what to write instead, in `step` and in `check`."""
    code, _, err = run(capsys, "step", *words)
    assert (code, err.splitlines()[0]) == (2, f"autograd-lite: error: {SAID[words]}")
    assert run(capsys, "check", *words)[0] == 2


def test_markup_in_expressions_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Square brackets of an expression are not taken for the terminal's markup."""
    code, out, _ = run(capsys, "step", "sum([x, 1])", "x=2")
    assert code == 0
    assert "sum([x, 1])" in out


@pytest.mark.unix
def test_as_a_module_into_a_pipe_that_closes() -> None:
    """`python -m autograd_lite` works, and a reader that leaves early is no error."""
    command = f'"{sys.executable}" -m autograd_lite step "exp(sin(x**2))" x=1.5 | head -n 1'
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0


def test_console_without_the_signs() -> None:
    """A console that cannot show ∂ still gets the table."""
    environment = dict(os.environ, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    done = subprocess.run(
        [sys.executable, "-m", "autograd_lite", "step", "x*x", "x=3"], capture_output=True, env=environment, check=False
    )
    assert done.returncode == 0
    assert b"6.0" in done.stdout
