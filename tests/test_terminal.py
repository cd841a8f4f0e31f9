"""What reaches a terminal or a file by the command line: whole numbers, visible characters, names that are true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from unicodedata import category
from unittest.mock import Mock

import pytest
from hypothesis import example, given, settings, strategies as st
from rich.console import Console

from autograd_lite import Op, Value, scope, trace
from autograd_lite.__main__ import main
from autograd_lite.engine.text import compound, rounded, visible
from autograd_lite.views.columns import Columns
from autograd_lite.views.console import console, one_line

HOSTILE = "\x1b[31mred\x1b]0;title\a \x9b2J \u202eturned\u2066 \ud800 \r[bold]:smile:"
NUMBERS = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e[+-]\d+)?")
floats = st.floats(allow_nan=False, allow_infinity=False)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """The exit code, what is printed, and what is said on standard error."""
    try:
        code = main(words)
    except SystemExit as stop:  # how argparse ends
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def commands(text: str) -> list[str]:
    """The characters of a text that a terminal obeys, or that turn letters round."""
    return [c for c in text if category(c) in ("Cc", "Cf", "Cs") and c not in "\n\t"]


def printed(thing: object, width: int) -> list[str]:
    """The lines that rich prints, none longer than the terminal."""
    out = Console(width=width, color_system=None, markup=False, emoji=False)
    with out.capture() as capture:
        out.print(thing)
    return capture.get().splitlines()


@given(st.lists(st.lists(floats, min_size=4, max_size=4), min_size=1, max_size=3), st.integers(32, 120))
@example([[1 / 3, -1e-300 / 7, 2 / 3, 1e300 / 7]], 80)
@settings(max_examples=30)
def test_no_number_is_broken(numbers: list[list[float]], width: int) -> None:
    """At every width each number is on one line, and is that number to some count of digits."""
    rows = [["x", *map(repr, row[:3]), f"∂y/∂x = cos(x) = {row[3]!r}"] for row in numbers]
    lines = printed(Columns("", ["name", " a", " b", " c", "partial"], rows), width)
    found = sorted(float(number) for line in lines for number in NUMBERS.findall(line))
    assert any(
        found == sorted(float(rounded(x, digits)) for row in numbers for x in row if "." in rounded(x, digits))
        for digits in range(4, 18)
    )


@pytest.mark.parametrize("width", [30, 60, 80, 100, 200])
def test_the_table_of_a_trace_fits(width: int) -> None:
    """A trace's table has, at every width, the same nodes in whole words, and as many digits as there is room for."""
    from traces import esin, survey

    for steps in (esin()[1], survey()[1]):
        lines = printed(steps, width)
        exact = [x for step in steps.forward for x in (step.value, steps.gradients[step.node])]
        shown = [float(number) for line in lines for number in NUMBERS.findall(line)]
        for x in exact:
            assert min(abs(x - other) for other in shown) <= 1e-3 * abs(x)
        assert max(map(len, lines)) <= width
    assert "-4.1031164885938205" in "".join(printed(esin()[1], 200))


def test_digits(capsys: pytest.CaptureFixture[str]) -> None:
    """--digits rounds the table and the results; 17 are all."""
    _, out, _ = run(capsys, "step", "exp(sin(x**2))", "x=1.5", "--digits", "3")
    assert {"2.18", "0.778", "-0.628", "-4.1"} <= set(re.split(r"[ \n]", out))
    assert not re.search(r"\d\.\d{4}", out)
    _, whole, _ = run(capsys, "step", "exp(sin(x**2))", "x=1.5", "--digits", "17")
    assert whole == run(capsys, "step", "exp(sin(x**2))", "x=1.5")[1]


def test_what_was_written_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`step` and `lesson` name each file that they wrote, as typed; a name's ending says what is in it."""
    starts = {"svg": b"<?xml", "dot": b"//", "markdown": b"| node", "latex": b"\\doc", "html": b"<!DOCTYPE html>"}
    paths = {option: tmp_path / f":smile:.{option}" for option in starts}
    options = [word for option, path in paths.items() for word in (f"--{option}", str(path))]
    code, out, err = run(capsys, "step", "x*x", "x=1", *options)
    assert (code, err) == (0, "")
    for option, path in paths.items():
        assert f" is in {path}\n" in out
        assert path.read_bytes().lstrip().startswith(starts[option])
    png = tmp_path / "a.png"
    assert f"the picture is in {png}\n" in run(capsys, "lesson", "L01", "--svg", str(png))[1]
    assert png.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("option", ["svg", "dot", "markdown", "latex", "html"])
def test_a_name_that_says_something_else_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str
) -> None:
    """A file's name that ends as another kind of file is refused in one line, before anything is written."""
    for ending in ("docx", "csv", "JPG", "safetensors", "html" if option == "svg" else "svg"):
        code, out, err = run(capsys, "step", "x*x", "x=1", f"--{option}", str(tmp_path / f"a.{ending}"))
        assert (code, out) == (2, "")
        assert "ends in ." in err
    with pytest.raises(ValueError, match=r"ends in \.html"):
        trace(Value(1.0)).save_html(tmp_path / "a.svg")
    assert list(tmp_path.iterdir()) == []


def test_one_file_for_two_views_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two views in one file, however it is named, are refused before the first is written."""
    monkeypatch.chdir(tmp_path)
    for other in ("same", "./same", str(tmp_path / "same")):
        code, _, err = run(capsys, "step", "x*x", "x=1", "--dot", "same", "--svg", other)
        assert code == 2
        assert "named twice" in err
    assert list(tmp_path.iterdir()) == []


OPEN = ["/dev/stdout", "/dev/fd/1", "/dev/fd/3", "link", "log"]
OPEN += [name for name in ["/proc/self/fd/1"] if os.path.exists(name)]  # which Linux has


@pytest.mark.unix
@pytest.mark.parametrize("name", OPEN)
def test_an_open_file_is_written_where_it_stands(tmp_path: Path, name: str) -> None:
    """`--dot /dev/stdout >> log` adds to the log, also by other names of the open file, and keeps what was in it."""
    (tmp_path / "log").write_text("before\n")
    (tmp_path / "link").symlink_to("/dev/stdout")
    command = f'"{sys.executable}" -m autograd_lite step x*x x=1 --dot {name} >> log 3>> log'
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    subprocess.run(["bash", "-c", command], check=True, capture_output=True, cwd=tmp_path, env=environment)
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert log.startswith("before\n// computation graph")
    assert "\ndy/dx = 2.0\n" in log
    assert (tmp_path / "link").is_symlink()


@given(st.text(max_size=20))
@example(HOSTILE)
@settings(max_examples=20)
def test_visible_text(text: str) -> None:
    """No character of a visible text commands a terminal, and all others stay."""
    assert commands(visible(text).replace("\u200c", "").replace("\u200d", "")) == []
    if text.isprintable():
        assert visible(text) == text


def test_hostile_texts_are_visible_everywhere(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Labels, scopes, operations, titles and file names reach a terminal without a character that commands it."""
    with scope(HOSTILE):
        y = Value(2.0, label=HOSTILE) * Value(3.0, label=HOSTILE)
    y.label = HOSTILE
    columns = Columns(HOSTILE, [HOSTILE], [[HOSTILE]])
    name = str(tmp_path / HOSTILE.replace("\ud800", ""))
    for thing in (trace(y), columns):
        assert commands(str(thing) + repr(thing) + "\n".join(printed(thing, 80))) == []
    for words in (
        ["step", HOSTILE], ["step", "x", f"x={HOSTILE}"], ["step", "x", "x=1", f"--{HOSTILE}"], [HOSTILE],
        ["step", "x", "x=1", "--svg", f"{name}.svg/a"], ["step", "x", "x=1", "--svg", f"{name}.docx"],
        ["train", f"{name}.csv"], ["train", HOSTILE], ["train", "moons", "--activation", HOSTILE], ["lesson", HOSTILE],
        ["lesson", "L01", f"x={HOSTILE}"], ["lesson", "L01", f"{HOSTILE}=1"], ["lesson", "L01", "--plot", name],
    ):  # fmt: skip
        code, _, err = run(capsys, *words)
        assert code == 2
        assert err.count("\n") >= 1
        assert commands(err) == []
    assert commands(one_line(ValueError(HOSTILE))) == []


def test_smileys_are_as_typed(capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed has no markup and no names of pictures."""
    console().print("[bold]:smile:[/bold]")
    assert capsys.readouterr().out == "[bold]:smile:[/bold]\n"


def test_alone_it_helps(capsys: pytest.CaptureFixture[str]) -> None:
    """`autograd-lite` alone prints what --help prints."""
    assert run(capsys) == run(capsys, "--help")
    assert run(capsys)[0] == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["y*f*g*h*result*_result", *(f"{name}=1" for name in ["y", "f", "g", "h", "result", "_result"])], "y_0 = 1.0"),
        (["exp(x)", "x=0", "--order", "6"], "y⁽⁶⁾ = 1.0"),
        (["x**3*y**2", "x=1", "y=1", "--order", "3", "--wrt", "y"], "∂³f/∂y³ = 0.0"),
        (["x**3*y**2", "x=1", "y=1", "--order", "3", "--wrt", "y"], "∂³f/∂x∂y² = 6.0"),
    ],
)
def test_what_results_are_called(capsys: pytest.CaptureFixture[str], words: list[str], line: str) -> None:
    """A result has a name that no variable has, and a derivative the sign of its order."""
    code, out, _ = run(capsys, "step", *words)
    assert code == 0
    assert f"\n{line}\n" in out


def test_a_result_that_is_too_large(capsys: pytest.CaptureFixture[str]) -> None:
    """An overflow is said in words, with the operation."""
    _, _, err = run(capsys, "step", "2**10000*x", "x=1")
    assert "(34" not in err
    assert re.search(r"too large for a float.* 2(\.0)? \*\* 10000", err)


def test_memory_and_interruption_are_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever runs out of memory, or is interrupted, ends with one plain line: exit codes 2 and 130."""
    for error, code in ((MemoryError(), 2), (KeyboardInterrupt(), 130)):
        for place in ("_parser", "_words"):
            with monkeypatch.context() as patch:
                patch.setattr(f"autograd_lite.__main__.{place}", Mock(side_effect=error))
                found, out, err = run(capsys, "lessons")
                assert (found, out, err.count("\n")) == (code, "", 1)


@pytest.mark.parametrize("signs", ["(", "()", "[", "<", "-", "a_b^{", "\\", "|"])
def test_long_labels(signs: str) -> None:
    """A label of 50,000 signs is shown at once: the time grows as its length does."""
    y = Value(2.0, label=signs * (50_000 // len(signs))) ** 2
    assert len(str(trace(y))) > 50_000
    assert not compound("(" * 50_000 + "a + b" + ")" * 50_000)
    assert compound("(" * 50_000 + ")" * 50_000 + " + b")


def test_without_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs a package that is missing says which, and how to get it."""
    monkeypatch.setitem(sys.modules, "rich", None)
    for show in (console, lambda: str(trace(Value(1.0)))):
        with pytest.raises(ImportError, match=r"needs rich, which is not installed: pip install rich$"):
            show()


WORDS = ["step", "check", "train", "lesson", "lessons", "x*x", "x=1", "x", "--order", "--wrt", "--svg", "--digits", "2"]
WORDS += [
    "moons",
    "L01",
    "--epochs",
    "0",
    "--hidden",
    "--out",
    "--help",
    "=",
    "--",
    "",
    "/",
    "1e400",
    "-1",
    "𝛼=1",
    "\0",
]


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=5))
@settings(max_examples=60)
def test_no_arguments_end_in_a_traceback(words: list[str]) -> None:
    """Any words end with an exit code, never with an exception."""
    try:
        code = main([*words, "--epochs", "0"] if words[:1] == ["train"] else words)
    except SystemExit as stop:
        code = int(stop.code or 0)
    assert code in (0, 1, 2, 3)


def test_the_names_of_operations_in_a_page() -> None:
    """A page's script defines every function that it calls, whatever letters an operation's name has."""
    names = ["वर्ग", "x·y", "größe", "ℯ", "x\u0301y", "a_", "𝛼b", "b7", "x_b7_y"]
    x = Value(1.5, label="x")
    y = x
    for factor, name in enumerate(names, start=2):
        op = Op(name, lambda x, k=float(factor): k * x * x, [lambda x, _, k=float(factor): 2.0 * k * x])
        y = y + op(x) + op(0.5 * y)
    page = trace(y).to_html()
    script = re.findall("<script>(.*?)</script>", page, re.DOTALL)[-1]
    rules = script[: script.index("];", script.index("const RULES")) + 2]
    place = len(re.findall(r"^(?:null|rule|\{value)", rules[rules.index("const RULES") :], re.MULTILINE)) - 1
    program = f"""const rule = ([value], at) => ({{value: (v) => value(...at.map((i) => v[i]))}});\n{rules}
    const v = [];
    RULES.forEach((r, i) => v.push(r === null ? 1.5 : r.value(v)));
    console.log(v[{place}])"""
    done = subprocess.run(["node", "-"], input=program, capture_output=True, text=True, check=True)
    assert float(done.stdout) == pytest.approx(y.data, rel=1e-12)
