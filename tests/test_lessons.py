"""The lessons as a whole: their ids, their numbers and claims, their statements; each through the command."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from autograd_lite import Value, trace
from autograd_lite.__main__ import main
from autograd_lite.lessons import CHAPTERS, LESSONS, Lesson, LessonError, find
from autograd_lite.lessons.asking.exercises import Asked, Exercise, sheet
from autograd_lite.lessons.lesson import SOURCES
from autograd_lite.lessons.outcome import Expected, Outcome
from autograd_lite.lessons.showing.derivations import Derivation
from autograd_lite.lessons.showing.letters import in_a_terminal

run_once = functools.cache(lambda name: LESSONS[name]())  # with the default parameters
DEAR = ("L13", "L25", "L28")  # these take some seconds, and are not run twice
TRAINS = pytest.mark.long  # L28 trains a network of 337 parameters; `.ci/long` does so, and here are smaller ones
RUNS = [pytest.param(lesson, marks=[TRAINS] * (lesson.id == "L28"), id=lesson.id) for lesson in LESSONS.values()]
CASES = [
    pytest.param(lesson, case, marks=[TRAINS] * (lesson.id == "L28"), id=lesson.id)
    for lesson in LESSONS.values()
    for case in lesson.expected
]


def test_ids_are_those_of_the_curriculum() -> None:
    """There are exactly the lessons L01 to L30, each once, in six chapters; small networks come before the indices."""
    assert sorted(LESSONS) == [f"L{number:02}" for number in range(1, 31)]
    assert list(LESSONS)[17:20] == ["L21", "L19", "L18"]
    assert [len(lessons) for lessons in CHAPTERS.values()] == [7, 6, 4, 7, 4, 2]
    assert len({lesson.title for lesson in LESSONS.values()}) == 30


@pytest.mark.parametrize(("taught", "case"), CASES)
def test_numbers_are_those_of_the_notes(taught: Lesson, case: Expected) -> None:
    """Every number that a lesson states is computed, and agrees to the stated tolerance; all claims hold."""
    outcome = taught(**case.given) if case.given else run_once(taught.id)
    assert set(case.numbers) <= set(outcome.numbers)
    assert outcome.expected is case
    outcome.check()


@pytest.mark.parametrize("taught", RUNS)
def test_the_command_runs_each_lesson(
    taught: Lesson, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run by the command, each lesson gives the same numbers and tables, and every view that it has."""
    outcome = run_once(taught.id).check()
    if taught.id in DEAR:
        runs = Lesson.__call__  # as it still does the lesson for pen and paper, which has the same id
        monkeypatch.setattr(
            Lesson, "__call__", lambda x, /, **given: run_once(x.id) if x is taught else runs(x, **given)
        )
    words = ["lesson", taught.id.lower()]
    page = taught if outcome.figure is None or taught.id == "L16" else None  # on others the plot is drawn once more
    for option, view in {"svg": outcome.graph, "html": page, "plot": outcome.figure}.items():
        if view is not None:
            words += [f"--{option}", str(tmp_path / f"{option}.{'png' if option == 'plot' else option}")]
    assert len(words) > 4, "a lesson has something to look at"
    assert main(words) == 0
    report = capsys.readouterr()
    assert report.err == ""
    assert f"{taught.id} · {taught.title}" in report.out
    for part in outcome.parts():
        rows = [[text for _, _, text in part.texts()]] if isinstance(part, Derivation) else part.rows
        assert all(cell in report.out for row in rows for cell in row)
    assert "✗" not in report.out
    assert len(list(tmp_path.iterdir())) == (len(words) - 2) // 2
    assert all(path.stat().st_size > 1_000 for path in tmp_path.iterdir())


@pytest.mark.parametrize("taught", LESSONS.values(), ids=lambda x: x.id)
def test_statements_can_be_read(taught: Lesson) -> None:
    """A statement has a known source and whole formulas, and a terminal shows no LaTeX."""
    assert set(taught.source.split(", ")) <= set(SOURCES)
    assert taught.statement.count("$") % 2 == 0
    assert taught.statement.count("$") > 0
    plain = in_a_terminal(taught.statement)
    assert not {"\\", "{", "}", "$"} & set(plain), plain


@pytest.mark.parametrize("taught", LESSONS.values(), ids=lambda x: x.id)
def test_parameters_keep_to_their_limits(taught: Lesson) -> None:
    """A parameter's default lies within its limits; other values are refused in one line, with the meaning."""
    for p in taught.parameters.values():
        assert p.taken(p.default) == p.default
        for wrong in ["no such word"] if p.words else [p.limits.low - 1, p.limits.high + 1, float("nan"), "x"]:
            with pytest.raises(LessonError, match=p.name):
                taught(**{p.name: wrong})


def test_a_wrong_number_is_caught() -> None:
    """A number that is off by a relative 2e-12 fails the check, and one off by 5e-13 does not."""
    right = {"f": 1.0, "g": (0.0, 2.0)}
    for name, close, off in [("f", 1.0 + 5e-13, 1.0 + 2e-12), ("g", (1e-12, 2.0), (0.0, 2.0 + 5e-12))]:
        case = Expected(right)
        assert case.agrees(name, close)
        assert not case.agrees(name, off)
    assert not Expected(right).agrees("g", (0.0,))
    assert not Expected(right).agrees("f", float("nan"))


def test_an_outcome_with_a_false_claim_fails() -> None:
    """A claim that does not hold fails the check, and the message names it."""
    with pytest.raises(AssertionError, match="the sky is green"):
        Outcome(claims={"the sky is blue": True, "the sky is green": False}, name="L99").check()


SOLUTION = "<details><summary>Solution</summary>"
UNKNOWN = [
    ("L31", "L[0-3]1|L3[0-9]"),
    ("L1O", "L1[0-9]"),
    ("sin", "L01"),
    ("xor", "L11"),
    ("zzzzzz", "lessons` lists them all"),
]


@pytest.mark.parametrize(("name", "near"), UNKNOWN)
def test_an_unknown_id_lists_the_near_ones(name: str, near: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown id is refused in one line, which suggests similar ids and titles."""
    assert main(["lesson", name]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert f"there is no lesson {name!r}" in err
    assert re.search(near, err.partition("did you mean")[2] or err)


@pytest.mark.parametrize("name", ["L01", "l01", "l1", "1", " L01 "])
def test_ways_to_write_an_id(name: str) -> None:
    """Lower case and missing zeros do not matter."""
    assert find(name) is LESSONS["L01"]


BAD = [
    (["x"], "expected NAME=VALUE such as x=1.5, got 'x'"),
    (["x=1", "x=2"], "x is given twice"),
    (["y=1"], "L01 has no parameter 'y'; its parameters: x"),
    (["x=1e9"], "x, the input, is a number from -20 to 20; got 1000000000.0"),
    (["x=__import__('os')"], "x, the input, is a number from -20 to 20; got \"__import__('os')\""),
    (["--svg", "no/such/folder/a.svg"], "no such folder"),
]


@pytest.mark.parametrize(("words", "says"), BAD)
def test_what_the_command_refuses(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A parameter or a view that a lesson does not have is refused in one line, and nothing is printed."""
    assert main(["lesson", "L01", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err


def test_what_has_no_plot_is_not_plotted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A lesson with only a graph refuses --plot in one line, which says what it has, and writes nothing."""
    assert main(["lesson", "L02", "--plot", str(tmp_path / "a.png")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "has no plot, but a graph to draw" in err
    assert list(tmp_path.iterdir()) == []


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    """`lessons` lists every chapter and every lesson with its parameters."""
    assert main(["lessons"]) == 0
    out = capsys.readouterr().out
    for chapter, lessons in CHAPTERS.items():
        assert chapter in out
        for taught in lessons:
            assert f"{taught.id}  {taught.title}" in out
            assert all(f"{name}={p.default}" in out for name, p in taught.parameters.items())


def test_own_numbers_are_checked() -> None:
    """`check` takes any numbers: right ones come back as a table; wrong, unknown and unmatched ones are refused."""
    taught = LESSONS["L01"]
    assert "✓" in str(taught.check({"f": 2.1772730447830552}))
    with pytest.raises(AssertionError, match="✗"):
        taught.check({"f": 2.17727304479})
    with pytest.raises(LessonError, match="no number 'g'"):
        taught.check({"g": 1.0})
    with pytest.raises(LessonError, match=r"no numbers for L01 at x = 1\.25"):
        taught.check({"f": 1.0}, x=1.25)


def test_words_in_any_case() -> None:
    """The words of a parameter may be written in lower or upper case."""
    assert LESSONS["L09"].completed({"gate": "xor"})["gate"] == "XOR"
    assert LESSONS["L04"].completed({"which": "DIAMOND"})["which"] == "diamond"


def test_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """In a narrow terminal the statement is one paragraph of lines that fit, and only the last may be a single word."""
    monkeypatch.setattr("autograd_lite.lessons.command.console", lambda **_: Console(width=60))
    assert main(["lesson", "L05"]) == 0
    statement = capsys.readouterr().out.partition("parameters:")[0].strip().splitlines()[2:]
    assert all(len(line) <= 60 for line in statement)
    assert all(len(line.split()) > 1 for line in statement[:-1])
    assert main(["lesson", "L26", "steps=1"]) == 0
    statement = capsys.readouterr().out.partition("parameters:")[0].strip().splitlines()[2:]
    assert statement.count("") == find("L26").statement.count("\n\n") > 0  # paragraphs stay apart


def test_views_are_refused_before_any_is_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A plot that a lesson does not have, or two views in one file, are refused, and no file is left behind."""
    picture = str(tmp_path / "a.svg")
    for words in (["--svg", picture, "--plot", str(tmp_path / "a.png")], ["--svg", picture, "--html", picture]):
        assert main(["lesson", "L02", *words]) == 2
        assert capsys.readouterr().out == ""
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_asks(name: str) -> None:
    """Each lesson has a question; its formulas are read whole, and what is shown is well-formed and escaped."""
    asked = LESSONS[name].asked
    assert asked.question.count("?") >= 1
    for exercise in asked.exercises:
        assert exercise.task
        assert "assert" in exercise.solution or ".check(" in exercise.solution
    page = LESSONS[name].sheet()
    tree = ElementTree.fromstring(f"<div>{page}</div>")
    assert not [element.text for element in tree.iter("merror")]  # commands that nobody knows
    programs = ["".join(element.itertext()) for kind in ("pre", "code") for element in tree.iter(kind)]
    prose = functools.reduce(lambda text, program: text.replace(program, ""), programs, "".join(tree.itertext()))
    assert not re.search(r"\$|\*\*|\\[a-z]", prose)
    assert len(tree.findall("details")) == len(asked.exercises)
    assert all("open" not in details.keys() for details in tree.iter("details"))  # noqa: SIM118 - of an element


def test_exercises_are_those_of_the_notebooks() -> None:
    """exercises.md has every exercise of the notebooks, word for word, with its solution, under its lesson."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb")):
        lesson, task, between = "", "", 0
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            text = "".join(cell["source"])
            if cell["cell_type"] == "code":
                between += 1
                continue
            heading = re.search(r"^## (L\d\d)", text, re.MULTILINE)
            lesson = heading[1] if heading else lesson
            before, *exercises = re.split(r"^### Exercise$", text, flags=re.MULTILINE)
            if task:  # its solution comes after the one cell in which the reader answers
                assert before.startswith(SOLUTION), f"{path.name}: after {task[:40]}"
                assert between == 1, f"{path.name}: after {task[:40]}"
                found.setdefault(lesson, []).append(
                    (task, before.removeprefix(SOLUTION).partition("</details>")[0].strip())
                )
            task, between = "", 0
            for part in exercises:
                whole, folded, rest = part.partition(SOLUTION)
                if folded:
                    found.setdefault(lesson, []).append((whole.strip(), rest.partition("</details>")[0].strip()))
                else:
                    task = whole.strip()
    assert {name: [*map(tuple, taught.asked.exercises)] for name, taught in LESSONS.items()} == {
        name: found.get(name, []) for name in LESSONS
    }


def test_the_page_of_a_lesson_has_what_it_asks() -> None:
    """From a lesson the page has statement, question and exercises, and is folded as asked; other pages have none."""
    outcome = find("L18")()
    page = outcome.trace().to_html()
    assert find("L18").sheet() in page
    assert find("L18").sheet() in outcome.trace(group="layer").to_html()
    assert outcome.trace(group="layer").folding["group"] == "layer"
    assert "<details>" not in trace(Value(1.0, label="x") ** 2).to_html()


def test_a_statement_is_escaped() -> None:
    """Whatever stands in a statement, an exercise or a title is shown as text."""
    hostile = "<img src=x onerror=alert(1)> $<b>\\bad{<i>}$ `</code><script>` **<u>**"
    page = sheet(hostile, hostile, Asked(hostile, (Exercise(hostile, f"```python\n{hostile}\n```"),)))
    tags = {element.tag for element in ElementTree.fromstring(f"<div>{page}</div>").iter()}
    assert not tags & {"img", "script", "i", "u"}
