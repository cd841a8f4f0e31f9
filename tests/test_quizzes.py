"""Sheets: their numbers against closed forms and differences of the graph; their key against `answer`; three formats."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any
from xml.etree import ElementTree

import mpmath
import pytest
from browser import Opened, chromium, opening
from playwright.sync_api import Browser

from autograd_lite import Value
from autograd_lite.__main__ import main
from autograd_lite.lessons import LESSONS, Lesson, LessonError, find
from autograd_lite.lessons.asking.hints import reason
from autograd_lite.lessons.asking.marked import questions_html
from autograd_lite.lessons.asking.nested import filled
from autograd_lite.lessons.asking.quantity import Quantity
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.asking.sheets import QuizSheet
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Outcome
from autograd_lite.lessons.showing.latex import declared
from autograd_lite.views.steps.passes import Passes

WITH_QUIZ = [pytest.param(taught, id=taught.id) for taught in LESSONS.values() if taught.quiz]
SEEDS = range(30)
SIGN = "The size is right; the sign is not."


def rounded(question: Quantity, factor: float = 1.0) -> Any:
    """The answer as one writes it down: to three digits, or times a factor; what was counted, as it is."""
    exact = question.exact and factor == 1.0
    numbers = [x if exact or isinstance(x, str) else float(f"{factor * x:.3g}") for x in question.entries]
    return filled(question.shape, iter(numbers))


def is_word(question: Quantity) -> bool:
    """Whether words are asked, and no numbers."""
    return isinstance(question.entries[0], str)


@pytest.mark.parametrize("taught", WITH_QUIZ)
def test_thirty_sheets_are_solved(taught: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    """On 30 sheets, the key to three digits is right; with other signs, or 10 % off, it is wrong. No sheet trains."""
    monkeypatch.setattr("autograd_lite.lessons.lesson.train", lambda *_, **__: pytest.fail("a sheet trains"))
    drawn = set()
    for seed in SEEDS:
        sheet = taught.quiz_sheet(seed)
        answer, given = sheet.asked.lesson.answer, sheet.asked.parameters
        drawn.add(tuple(given.values()))
        for question in sheet.questions:
            assert all(isinstance(x, str) or math.isfinite(x) for x in question.entries)
            answer(question.name, ..., **given)
            assert answer(question.name, rounded(question), **given).right, (seed, question.name)
            if is_word(question) or not any(question.entries):
                continue
            assert not answer(question.name, rounded(question, 1.1), **given).right, (seed, question.name)
            wrong = answer(question.name, rounded(question, -1.0), **given)
            assert not wrong.right, (seed, question.name)
            assert SIGN in repr(wrong), (seed, question.name)
        assert any(is_word(q) or any(q.entries) for q in sheet.questions), f"sheet {seed} asks for zeros only"
    assert len(drawn) == len(SEEDS), "no two sheets have the same numbers"


@pytest.mark.parametrize("taught", WITH_QUIZ)
def test_no_two_answers_are_the_same_by_chance(taught: Lesson) -> None:
    """Two questions have one answer on all sheets, or on none that could be drawn otherwise."""
    same: Counter[tuple[str, str]] = Counter()
    for seed in SEEDS:
        questions = taught.quiz_sheet(seed).questions
        pairs = [(x, y) for x, y in combinations(questions, 2) if x.shape == y.shape and any(x.entries)]
        same.update((x.name, y.name) for x, y in pairs if x.truth == y.truth)
    assert all(count < 8 or count == len(SEEDS) for count in same.values()), same


def test_the_key_tells_the_step() -> None:
    """Of what is asked as it is after a step, the key has the step in numbers, which compute to the answer."""
    told = 0
    for taught in (find("L17"), find("L21")):
        for seed in SEEDS:
            sheet = taught.quiz_sheet(seed).key
            [question] = [question for question in sheet.questions if question.name.endswith(" after")]
            found = re.findall(r"= (\S+) − (\S+) × (\S+) = (\S+?)\.? ", f"{reason(sheet.asked, question)} ")
            assert len(found) == len(question.entries)
            for texts, truth in zip(found, question.entries, strict=True):
                before, rate, slope, after = (float(text.strip("()").replace("−", "-")) for text in texts)
                assert before - rate * slope == pytest.approx(after, abs=2e-3 * max(1.0, abs(truth)))
                assert after == pytest.approx(truth, rel=1e-3)
                told += 1
    assert told == 4 * len(SEEDS)


def replayed(trace: Passes, moved: Value, by: float) -> float:
    """The root where one node has moved: what comes after it is computed anew, by the values of the table alone."""
    numbers: dict[Any, float] = {}
    for node in trace.nodes:
        if node.op is None:
            numbers[node] = trace.values[node]
        else:
            operands = [x if type(x) is float else numbers[x] for x in node.operands]
            numbers[node] = node.op.of_floats(*operands)
        if node is moved:
            numbers[node] += by
    return numbers[trace.root]


@pytest.mark.parametrize("taught", WITH_QUIZ)
def test_gradients_are_slopes_of_the_graph(taught: Lesson) -> None:
    """Where the graph has what is asked, derivatives are its slopes by differences, but at a kink."""
    for seed in list(SEEDS)[:6]:
        asked = (sheet := taught.quiz_sheet(seed)).asked
        for question in sheet.questions:
            for part, truth in zip(question.parts, question.entries, strict=False):
                if part.kind != "gradient" or asked.trace is None:
                    continue
                step = 1e-5 * max(1.0, abs(asked.trace.values[part.node]))
                here = asked.trace.values[asked.trace.root]
                up, down = (replayed(asked.trace, part.node, by) - here for by in (step, -step))
                if abs(up + down) < 1e-3 * max(abs(up), abs(down), 1e-9):  # no kink
                    assert (up - down) / (2 * step) == pytest.approx(truth, rel=1e-4, abs=1e-7), (seed, question.name)


@pytest.mark.parametrize("seed", SEEDS)
def test_closed_forms(seed: int) -> None:
    """Three lessons by their closed forms: with mpmath, by the rules of a circuit, and by hand."""
    sheet = find("L01").quiz_sheet(seed)
    x = mpmath.mpf(sheet.asked.parameters["x"])
    for order, question in enumerate(sheet.questions):
        assert question.truth == pytest.approx(
            float(mpmath.diff(lambda x: mpmath.exp(mpmath.sin(x**2)), x, order)), rel=1e-9
        )

    sheet = find("L02").quiz_sheet(seed)
    x, y, z, w = (sheet.asked.parameters[name] for name in "xyzw")
    by_hand = {"g": x * y, "f": x * y + z, "L": w * (x * y + z), "∂L/∂f": w, "∂L/∂g": w, "∂L/∂x": w * y, "∂L/∂y": w * x}
    by_hand |= {"∂L/∂z": w, "∂L/∂w": x * y + z}
    assert {q.name: q.truth for q in sheet.questions} == pytest.approx(by_hand)

    sheet = find("L21").quiz_sheet(seed)
    x1, x2, t, eta, c = (sheet.asked.parameters[name] for name in ("x1", "x2", "t", "eta", "factor"))
    h = [max(0.0, x1), max(0.0, x2 - x1)]
    error = t - h[0] - 2.0 * h[1]
    by_v = [-2.0 * c * error * unit for unit in h]
    by_w = [-2.0 * c * error * v * x * (unit > 0) for v, unit in zip((1.0, 2.0), h, strict=True) for x in (x1, x2)]
    after = [1.0 - eta * by_v[0], 2.0 - eta * by_v[1]]
    wanted = {"h": h, "z": [h[0] + 2.0 * h[1]], "J": [c * error**2], "∂J/∂v": by_v, "∂J/∂W": by_w, "v after": after}
    for question in sheet.questions:
        assert question.entries == pytest.approx(wanted[question.name], abs=1e-12), question.name


@pytest.mark.parametrize("taught", WITH_QUIZ)
def test_the_formats(taught: Lesson) -> None:
    """Same seed, same bytes; the sheet has no answer in sight, the key has them all; the HTML is well-formed."""
    sheet = taught.quiz_sheet(3)
    for write in (QuizSheet.markdown, QuizSheet.html, QuizSheet.latex):
        assert write(sheet) == write(taught.quiz_sheet(3))
        assert write(sheet) != write(sheet.key)
    for question in sheet.questions:
        assert f"**{question.name.replace('_', chr(92) + '_')}**" in sheet.markdown() or "\\" in sheet.markdown()
    assert " = (" not in sheet.markdown().partition("Three significant digits.")[2]
    for html in (sheet.html(), sheet.key.html()):
        body = re.search(r"<main>.*</main>", html, re.DOTALL)
        assert body
        ElementTree.fromstring(body[0])
        assert html.count('class="asked"') == len(sheet.questions)
    latex = sheet.key.latex()
    assert latex.partition(r"\begin{enumerate}")[2].count(r"\item ") == len(sheet.questions)
    assert "U+" not in latex, "a letter that the fonts lack"


@pytest.mark.long
def test_pdf_of_all_sheets(tmp_path: Path) -> None:
    """LaTeX writes all sheets and keys without an error; no line of a sheet is too long."""
    program = shutil.which("pdflatex")
    assert program, "this test compiles LaTeX: apt-get install texlive-latex-recommended texlive-pictures"
    sheets = [
        each for taught in LESSONS.values() if taught.quiz for each in (taught.quiz_sheet(1), taught.quiz_sheet(1).key)
    ]
    head, _, _ = re.sub(r"\\Declare.*\n", "", sheets[0].latex()).partition(r"\begin{document}")
    bodies = [re.search(r"\\begin\{document\}(.*)\\end\{document\}", each.latex(), re.DOTALL)[1] for each in sheets]  # type: ignore[index]
    head += declared("".join(bodies))
    document = head + r"\begin{document}" + "\n\\newpage\n".join(bodies) + r"\end{document}"
    (tmp_path / "all.tex").write_text(document, encoding="utf-8")
    done = subprocess.run(
        [program, "-interaction=nonstopmode", "-draftmode", "all.tex"], cwd=tmp_path, capture_output=True, check=False
    )
    log = (tmp_path / "all.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, re.findall(r"^!.*\n.*\n.*", log, re.MULTILINE)[:3]
    assert not [float(x) for x in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log) if float(x) > 20.0]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`quiz` prints the sheet; writes what is asked, the key in the kind that its name says; refuses in one line."""
    assert main(["quiz", "L21", "--seed", "7"]) == 0
    printed = capsys.readouterr().out
    assert "L21 · An exercise with ReLU · sheet 7" in printed
    assert "∂J/∂W, 2 rows of 2 numbers" in printed
    assert "The answer" not in printed
    names = {"html": "a.html", "latex": "a.tex", "markdown": "a.md", "key": "key.md"}
    words = [word for what, name in names.items() for word in (f"--{what}", str(tmp_path / name))]
    assert main(["quiz", "l21", "--seed", "7", *words]) == 0
    sheet = find("L21").quiz_sheet(7)
    written = {what: (tmp_path / name).read_text(encoding="utf-8") for what, name in names.items()}
    assert written == {
        "html": sheet.html(),
        "latex": sheet.latex(),
        "markdown": sheet.markdown(),
        "key": sheet.key.markdown(),
    }
    for name, content in {"k.html": sheet.key.html(), "k.tex": sheet.key.latex()}.items():
        assert main(["quiz", "L21", "--seed", "7", "--key", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_text(encoding="utf-8") == content
    capsys.readouterr()
    assert main(["quiz"]) == 0
    assert "L21  An exercise with ReLU" in capsys.readouterr().out
    for wrong in (
        ["L99"],
        ["--html", str(tmp_path / "none.html")],
        ["L21", "--key", str(tmp_path / "key.docx")],
        ["L21", "--html", "no/such/a.html"],
    ):
        assert main(["quiz", *wrong]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
    assert not (tmp_path / "none.html").exists()


def test_a_lesson_without_a_quiz_says_so() -> None:
    """A sheet of a lesson that has no quiz is refused."""
    with pytest.raises(LessonError, match="L99 has no quiz"):
        _made(None).quiz_sheet()


def _made(quiz: Quiz | None, words: str = "") -> Lesson:
    """A lesson y = ax, with these words in every text that it has."""

    def product(a: Any = 2.0, x: Any = 3.0) -> Outcome:
        factor, at = Value(a, label=f"a{words}"), Value(x, label="x")
        y = factor * at
        y.label = "y"
        y.backward()
        return Outcome({f"y {words}".strip(): y.data, "∂y/∂x": at.grad}, graph=y)

    limits = Limits(f"a number {words}", -9, 9)
    product.__annotations__ = dict.fromkeys(("a", "x"), Annotated[float, limits]) | {"return": Outcome}
    return lesson("L99", f"a product {words}", "P", f"$y = a x$ {words}", quiz=quiz)(product)


def test_dull_draws_are_drawn_again() -> None:
    """Where one of three values makes an answer 0, no sheet has it; where all do, a sheet is made nevertheless."""
    sheets = [_made(Quiz(("∂y/∂x",), {"a": (-1, 1, 1)})).quiz_sheet(seed) for seed in SEEDS]
    assert {sheet.asked.parameters["a"] for sheet in sheets} == {-1.0, 1.0}
    assert _made(Quiz(("∂y/∂x",), {"a": (0, 0, 1)})).quiz_sheet(0).questions[0].truth == 0.0


def test_paper_is_asked_instead() -> None:
    """The lesson for paper gives statement, parameters and numbers; the title is the lesson's."""
    inner = _made(Quiz(("∂y/∂x",), {"a": (3, 5, 1)}), "on paper")
    sheet = _made(Quiz((), {}, paper=inner)).quiz_sheet(1)
    assert [q.name for q in sheet.questions] == ["∂y/∂x"]
    assert sheet.asked.parameters["a"] in (3.0, 4.0, 5.0)
    assert "on paper" in sheet.statement
    assert "on paper" not in sheet.title


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, once for this file."""
    yield from chromium()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Opens pages, which ask for nothing and say nothing to the console."""
    yield from opening(browser, tmp_path)


def _answering(shown: Any) -> Callable[..., str]:
    def give(place: int, *texts: str) -> str:
        question = shown.page.locator(".asked").nth(place)
        for field, text in zip(question.locator("input").all(), texts, strict=True):
            field.fill(text)
        question.locator("input").first.press("Enter")
        return str(question.locator(".verdict").inner_text())

    return give


def test_the_page_marks_itself(open_page: Opened) -> None:
    """Right, wrong, unread; a hint at the second wrong answer, the answer after the third; the score; with the keyboard."""
    sheet = find("L02").quiz_sheet(1)
    x, y, z, w = (int(2 * sheet.asked.parameters[name]) for name in "xyzw")  # whole numbers
    shown = open_page(sheet.html())
    give = _answering(shown)
    assert give(0, f"{x} * {y} / 4") == "✓ Right."
    assert give(1, str(x * y / 4 + z / 2).replace(".", ",")) == "✓ Right."
    assert give(5, "") == "? A number, please, or a formula."
    assert give(5, f"{-w * y}/4") == f"✗ {SIGN}"
    question = shown.page.locator(".asked").nth(5)
    assert not question.locator(".hint").is_visible()
    assert give(5, "1001") == "✗ Not 1001."
    assert "From L back to x: L ← f ← g ← x." in question.locator(".hint").inner_text()
    tell = question.get_by_text("Show the answer")
    assert not tell.is_visible()
    assert give(5, "1002") == "✗ Not 1002."
    assert tell.is_visible()
    assert not question.locator(".answer").is_visible()
    tell.click()
    assert f"The answer is {w * y // 4}.".replace("-", "−") in question.locator(".answer").inner_text()
    assert shown.text(".score") == "2 of 9 right, 2 at the first try; 1 shown"
    for wrong in range(4):
        give(2, str(1001 + wrong))
    assert shown.page.locator(".asked").nth(2).locator(".answer").is_visible()
    assert give(7, str(w / 2)) == "✓ Right."
    assert shown.text(".score") == "3 of 9 right, 3 at the first try; 2 shown"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_on_a_phone(open_page: Opened, scheme: str) -> None:
    """At 390 pixels nothing is cut off, in both themes, and the text has a contrast of 4.5 at least."""
    sheet = find("L21").quiz_sheet(7)
    shown = open_page(sheet.html(), viewport={"width": 390, "height": 844}, color_scheme=scheme)
    assert shown.tells("document.documentElement.scrollWidth") == 390
    colours = "[document.body, document.querySelector('.asked label span')].map((e) => getComputedStyle(e).color)"
    ground = shown.tells("getComputedStyle(document.body).backgroundColor")
    for colour in shown.tells(colours):
        bright = sorted((_light(colour), _light(ground)), reverse=True)
        assert (bright[0] + 0.05) / (bright[1] + 0.05) >= 4.5


def _light(colour: str) -> float:
    """The relative luminance of a colour, as WCAG 2 defines it."""
    channels = [int(x) / 255 for x in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_page_says_what_python_says(open_page: Opened) -> None:
    """For right, wrong, near and odd answers to all questions of several lessons, the page's verdict is Python's."""
    for taught in [find(name) for name in ("L01", "L21")]:
        sheet = taught.quiz_sheet(5)
        shown = open_page(sheet.html())
        for place, question in enumerate(sheet.questions):
            base = [float(x) for x in question.entries]
            guesses = [[f * x for x in base] for f in (1.0, 1.0004, 1.004, -1.0, 0.5, 2.0, 1.1, 0.0)]
            guesses += [base[::-1], [1.0] * len(base), [*base[:-1], base[-1] + 1.0], [-base[0], *base[1:]]]
            for guess in guesses:
                texts = [f"{x!r}" for x in guess]
                told = shown.tells(
                    f"(([d, t]) => marking.judged(JSON.parse(document.querySelectorAll('.asked')[{place}].dataset.asked), t))([0, {texts}])"
                )
                taught.answer(question.name, ..., **sheet.asked.parameters)
                said = taught.answer(question.name, filled(question.shape, iter(guess)), **sheet.asked.parameters)
                assert (told["verdict"] == "right") == said.right, (question.name, guess)
                if not said.right:
                    flat = [*question.shape, 0][0] == ()  # of rows, the page writes one after the other
                    assert repr(said).endswith(told["words"]) or (not flat and told["words"].startswith("Not")), guess


def test_hostile_texts(open_page: Opened, tmp_path: Path) -> None:
    """Markup, LaTeX and terminal commands in titles, labels and names are text in every format."""
    hostile = "<img src=x onerror=alert(1)>'\"\\input{/etc/passwd}$%&#_^~{}</script><!--"
    taught = _made(Quiz((f"y {hostile}", "∂y/∂x"), {"x": (1, 3, 1)}), hostile)
    shown = open_page(taught.quiz_sheet(2).html())
    assert shown.tells("document.querySelectorAll('img, main script').length") == 0
    assert hostile in shown.page.locator(".asked").first.inner_text()
    key = open_page(taught.quiz_sheet(2).key.html())
    assert key.tells("document.querySelectorAll('img, script').length") == 0
    latex = taught.quiz_sheet(2).key.latex()
    assert "\\input{" not in latex
    if program := shutil.which("pdflatex"):
        (tmp_path / "a.tex").write_text(latex, encoding="utf-8")
        done = subprocess.run(
            [program, "-interaction=nonstopmode", "-draftmode", "a.tex"], cwd=tmp_path, capture_output=True, check=False
        )
        assert done.returncode == 0
    assert "<img" not in taught.quiz_sheet(2).markdown().partition("\n")[0]


def test_questions_in_the_page_of_a_lesson(open_page: Opened) -> None:
    """The questions of a lesson mark themselves in the page of its graph too."""
    steps = find("L21")().trace()
    steps.sheet += "" if 'class="asked"' in steps.sheet else questions_html(find("L21"))
    shown = open_page(steps)
    shown.page.click("#sheet-button")
    assert _answering(shown)(3, "-2", "0") == "✓ Right."
    assert _answering(shown)(1, "2").startswith("✗")
    assert questions_html(_made(None)) == ""
