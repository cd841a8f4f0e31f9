"""The views of a trace that are text: the terminal's table, Markdown, LaTeX, and their options on the command line."""

from __future__ import annotations

from math import isclose
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies as st
from markdown_it import MarkdownIt
from rich.console import Console
from rich.table import Table
from traces import check_latex, circuit, esin, hostile, survey

from autograd_lite import Trace, Value, gradients, sin, trace
from autograd_lite.__main__ import main
from autograd_lite.engine.text import readable
from autograd_lite.views.steps.tables import formula_line, table


def rendered(text: str) -> list[list[str]]:
    """The cells of the table in a Markdown text, as another program reads them."""
    html = MarkdownIt("commonmark").enable("table").render(text)
    page = ElementTree.fromstring(f"<page>{html.replace('<br>', '<br/>')}</page>")
    assert {element.tag for element in page.iter()} <= {
        "page",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
        "br",
        "p",
    }
    return [["".join(cell.itertext()) for cell in row] for row in page.iter("tr")]


def test_the_table_of_the_terminal() -> None:
    """Each node has its operation, its value, its local partials in symbols and numbers, and its gradient."""
    assert str(esin()[1]).splitlines() == [
        "node   operation   value ↓              local partials                           gradient ↑",
        "x                  1.5                                                           -4.1031164885938205",
        "v2     x²          2.25                 ∂v2/∂x = 2x = 3.0                        -1.3677054961979402",
        "v3     sin v2      0.7780731968879212   ∂v3/∂v2 = cos v2 = -0.6281736227227391   2.177273044783055",
        "y      e^v3        2.177273044783055    ∂y/∂v3 = y = 2.177273044783055           1.0",
    ]
    assert "g      x·y         -6.0      ∂g/∂x = y = 3.0   ∂g/∂y = x = -2.0   -2.0" in str(circuit()).splitlines()


def test_rich_shows_the_same_table() -> None:
    """What rich prints of a trace is its text; names are not taken for the terminal's markup."""
    for steps in (circuit(), hostile()):
        console = Console(width=100_000, color_system=None, force_terminal=False)
        with console.capture() as capture:
            console.print(steps)
        printed = [line.rstrip() for line in capture.get().splitlines()]
        assert printed == steps.to_text().splitlines() == str(steps).splitlines()
    assert "\x1b" not in str(hostile())


def test_the_table_so_far() -> None:
    """After some steps values are known from above, gradients from below, and the rest is left open."""
    steps = esin()[1]

    def column(place: int, done: int) -> list[str]:
        return [str(cell) for cell in list(table(steps, done).columns)[place].cells]

    assert column(2, 2) == ["1.5", "2.25", "?", "?"]
    assert column(3, 2) == ["", "∂v2/∂x = 2x = 3.0", "", ""]
    assert column(4, 4) == ["·", "·", "·", "·"]
    assert column(4, 6) == ["·", "-1.3677054961979402", "2.177273044783055", "1.0"]
    x = Value(3.0, label="x")
    shared = trace(x * x)
    assert [gradient_of_the_first(table(shared, done)) for done in (2, 3, 4)] == ["·", "3.0", "6.0"]
    assert gradient_of_the_first(table(trace(x * x, wrt=()))) == "·"


def gradient_of_the_first(shown: Table) -> str:
    """The gradient in the first row of a table."""
    return str(next(iter(shown.columns[4].cells)))


def test_formulas_of_the_steps() -> None:
    """A step is written first in symbols, then in numbers, with parentheses where a sign or a sum needs them."""
    steps = survey()[1]
    lines = [formula_line(steps, step) for step in steps]
    assert lines[0] == "x1 = 2"
    assert lines[6] == "f = v5 − v6 = 10.69 − (−0.9589) = 11.65"
    assert lines[8] == "∂f/∂v6 = ∂f/∂f · ∂f/∂v6 = ∂f/∂f · (−1) = 1 · (−1) = −1"
    x = Value(1.0, label="x")
    y = gradients(x * x * x, x)
    y.label = "∂y/∂x"
    assert formula_line(trace(y), trace(y)[-1]).startswith("∂(∂y/∂x)/∂x += ∂(∂y/∂x)/∂v")


def test_the_tangents_in_the_terminal() -> None:
    """With a tangent the tables of the terminal have a column more, with the numbers of the survey (lesson L05)."""
    x1, steps = survey()
    text = steps.to_text(tangent=x1).splitlines()
    start = text[0].index("tangent ∂…/∂x1 ↓")
    column = [line[start:].split()[0] for line in text[1:]]
    assert column == ["1.0", "0.5", "0.0", "5.0", "5.5", "0.0", "5.5"]
    assert [line[:start] + line[start + 19 :] for line in text] == str(steps).splitlines()
    shown = table(steps, 4, tangent=x1)
    assert str(shown.columns[3].header) == "tangent ∂…/∂x1 ↓"
    assert [str(cell) for cell in shown.columns[3].cells] == ["1.0", "0.5", "0.0", "5.0", "?", "?", "?"]


@given(spread=st.tuples(*[st.floats(-3.0, 3.0)] * 3))
def test_the_last_tangent_is_the_gradient(spread: tuple[float, float, float]) -> None:
    """Whatever the inputs, the tangent of the result by an input is the gradient of that input."""
    inputs = [Value(x, label=f"x{place}") for place, x in enumerate(spread)]
    steps = trace(sin(inputs[0] * inputs[1]) * inputs[2] + inputs[0])
    for x in inputs:
        lines = steps.to_text(tangent=x).splitlines()
        last = float(lines[-1][lines[0].index("tangent") :].split()[0])
        assert isclose(last, steps.gradients[x], rel_tol=1e-12, abs_tol=1e-12)


def test_markdown_of_the_circuit() -> None:
    """The trace table in Markdown, with the numbers of lesson L02, and what it costs."""
    assert circuit().to_markdown() == (
        "| node | operation | value ↓ | local partials | adjoint `∂L/∂…` ↑ |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| `x` |  | −2 |  | (−2)·3 = −6 |\n"
        "| `y` |  | 3 |  | (−2)·(−2) = 4 |\n"
        "| `g` | `x·y` | −6 | `∂g/∂x = y = 3`<br>`∂g/∂y = x = −2` | (−2)·1 = −2 |\n"
        "| `z` |  | 10 |  | (−2)·1 = −2 |\n"
        "| `f` | `g + z` | 4 | `∂f/∂g = 1`<br>`∂f/∂z = 1` | 1·(−2) = −2 |\n"
        "| `w` |  | −2 |  | 1·4 = 4 |\n"
        "| `L` | `w·f` | −8 | `∂L/∂w = f = 4`<br>`∂L/∂f = w = −2` | 1 |\n"
        "\n"
        "Cost: operations forward 3, products backward 6, sums backward 0, values kept 7, partials kept 6.\n"
    )


def test_markdown_of_the_survey() -> None:
    """Values, forward tangents and reverse adjoints side by side, with the numbers of the survey (lesson L05)."""
    x1, steps = survey()
    assert (steps.root.data, steps.gradients[x1]) == (11.652071455223084, 5.5)
    assert steps.gradients[steps.nodes[2]] == 1.7163378145367738
    head, *rows = rendered(steps.to_markdown(tangent=x1))
    assert (head[2], head[3], head[-1]) == ("value ↓", "tangent ∂…/∂x1 ↓", "adjoint ∂f/∂… ↑")
    assert [(row[0], row[2], row[3], row[-1]) for row in rows] == [
        ("x1", "2", "1", "1·5 + 1·0.5 = 5.5"),
        ("v2", "0.6931", "0.5·1 = 0.5", "1·1 = 1"),
        ("x2", "5", "0", "(−1)·0.2837 + 1·2 = 1.716"),
        ("v4", "10", "5·1 + 2·0 = 5", "1·1 = 1"),
        ("v5", "10.69", "1·0.5 + 1·5 = 5.5", "1·1 = 1"),
        ("v6", "−0.9589", "0.2837·0 = 0", "1·(−1) = −1"),
        ("f", "11.65", "1·5.5 + (−1)·0 = 5.5", "1"),
    ]


def test_markdown_holds_any_name() -> None:
    """Read by another program, the table has a row for each node with its name as it is, and no element of a name."""
    steps = hostile()
    text = steps.to_markdown(tangent=steps.nodes[0])
    head, *rows = rendered(text)
    assert {len(row) for row in rows} == {len(head)} == {6}
    assert [row[0] for row in rows] == [readable(steps.names[node]) for node in steps.nodes]


def test_long_sums() -> None:
    """A sum of many terms is written in full in the derivation, and with its middle left out in a table."""
    x = Value(1.0, label="x")
    y = x * 0.0
    for place in range(1, 8):
        y = y + x * float(place)
    steps = trace(y)
    assert "| `x` |  | 1 |  | 1·7 + 1·6 + … + 1·0 = 28 |" in steps.to_markdown()
    assert r"1 \cdot 7 + 1 \cdot 6 + \cdots + 1 \cdot 0 = 28" in steps.to_latex()
    terms = [rf"&\quad + 1 \cdot {k} \\" for k in range(6, 0, -1)]
    assert steps.to_latex("derivation").splitlines()[-9:-1] == [
        r"&= 1 \cdot 7 \\",
        *terms,
        r"&\quad + 1 \cdot 0 = 28",
    ]


def test_a_leaf_that_changed_since_is_marked() -> None:
    """Where a leaf has another number now, every table says so."""
    x = Value(1.0, label="x")
    y = x * x
    x.data = 5.0
    for view in (str(trace(y)), trace(y).to_markdown(), trace(y).to_latex()):
        assert view.count("(changed since)") == 1


def test_views_of_a_leaf() -> None:
    """A graph of one leaf has its views too."""
    steps = trace(Value(2.0, label="x"))
    assert rendered(steps.to_markdown())[1] == ["x", "", "2", "", "1"]
    check_latex(steps.to_latex("both", document=True))


def test_views_are_the_same_in_every_run() -> None:
    """The same program writes the same text, byte for byte."""
    for view in (str, Trace.to_markdown, Trace.to_latex):
        assert view(hostile()) == view(hostile())


def test_refusals_of_the_views() -> None:
    """An unknown kind, and a tangent by what is not in the graph, are refused."""
    steps = circuit()
    with pytest.raises(ValueError, match=r"^to_latex: kind is one of 'table', 'derivation', 'both', got 'picture'$"):
        steps.to_latex("picture")
    for view in (steps.to_text, steps.to_markdown, steps.to_latex):
        with pytest.raises(ValueError, match="is not in the graph"):
            view(tangent=Value(1.0))
        with pytest.raises(TypeError, match="x is a Value, got str"):
            view(tangent="x")  # type: ignore[arg-type]  # refused, which is the test


def test_files_of_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--markdown and --latex write the views; with --wrt the tangents by that variable are a column."""
    files: list[Any] = [tmp_path / "a.md", tmp_path / "a.tex"]
    words = ["step", "log(x1) + x1*x2 - sin(x2)", "x1=2", "x2=5", "--wrt", "x1"]
    assert main([*words, "--markdown", str(files[0]), "--latex", str(files[1])]) == 0
    assert capsys.readouterr().err == ""
    head, *rows = rendered(files[0].read_text(encoding="utf-8"))
    assert (head[3], rows[0][-1]) == ("tangent ∂…/∂x1 ↓", "1·5 + 1·0.5 = 5.5")
    document = files[1].read_text(encoding="utf-8")
    assert document.startswith(r"\documentclass")
    assert r"\begin{array}" in document
    assert r"\begin{align*}" in document
    # The derivative by x1 of x1·x2 does not depend on x1 any more.
    assert main(["step", "x1*x2", "x1=2", "x2=5", "--order", "2", "--wrt", "x1", "--markdown", str(files[0])]) == 0


@pytest.mark.parametrize("option", ["--markdown", "--latex"])
@pytest.mark.parametrize("name", ["no/such/folder/a", ".", ""])
def test_files_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str, name: str
) -> None:
    """What cannot be written is one line on standard error, and exit code 2."""
    monkeypatch.chdir(tmp_path)
    assert main(["step", "x*x", "x=1", option, name]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
