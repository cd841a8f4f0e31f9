"""`lesson.answer`: names and numbers in all their ways, what is said to wrong ones, hints before answers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any

import mpmath
import numpy as np
import pytest

from autograd_lite import Value
from autograd_lite.lessons import LESSONS, Lesson, LessonError, find
from autograd_lite.lessons.asking.exercises import Asked, asked
from autograd_lite.lessons.asking.nested import filled
from autograd_lite.lessons.asking.quantities import Quantities, quantities
from autograd_lite.lessons.asking.slips import SLIPS
from autograd_lite.lessons.asking.spelling import folded
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Outcome

TRAIN = {"L13", "L25", "L28"}  # these take some seconds
HINTED = [
    pytest.param(id_, marks=[pytest.mark.long] * (id_ in TRAIN), id=id_) for id_, part in asked().items() if part.hints
]
SIGN = "The size is right; the sign is not."
UNTRAINED = [pytest.param(taught, id=id_) for id_, taught in LESSONS.items() if id_ not in {"L25", "L28"}]


def said(id_: str, name: str, guess: Any, **given: Any) -> str:
    """What is said to a first answer."""
    find(id_).answer(name, ..., **given)
    return repr(find(id_).answer(name, guess, **given))


NAMES = [
    ("L21", "dJ/dv", "∂J/∂v"),
    ("L21", " ∂J / ∂v ", "∂J/∂v"),
    ("L21", "v_after", "v after"),
    ("L21", "W after", "W after"),
    ("L21", "dJ/dw1_2", "∂J/∂w₁₂"),
    ("L21", "w12.grad", "∂J/∂w₁₂"),
    ("L21", "h_2", "h₂"),
    ("L21", "h2.data", "h₂"),
    ("L21", "dJ/dx", "∂J/∂x"),
    ("L22", "dl/dw1", "dl/dw₁"),
    ("L01", "df/dx", "∂f/∂x"),
    ("L01", "f'", "f′"),
    ("L01", "f''", "f″"),
    ("L01", "F'", "f′"),
    ("L18", "delta2", "δ²"),
    ("L18", "d2", "δ²"),
    ("L18", "dC/dw1_23", "∂C/∂w¹₂₃"),
    ("L18", "w¹₂₃", "w¹₂₃"),
    ("L18", "dC/dz^2_1", "∂C/∂z²₁"),
    ("L26", "grad f", "∇f"),
    ("L26", "Newton’s step", "Newton's step"),
    ("L19", "w1...w4 after", "w₁…w₄ after"),
    ("L09", "beta", "β"),
    ("L01", "d2f/dx2", "f″"),
    ("L01", "∂³f/∂x³", "f‴"),
    ("L01", "f'(x)", "f′"),
    ("L18", "δ¹₂", "δ¹₂"),
    ("L18", "delta_2^1", "δ¹₂"),
    ("L18", "dC/dw_23^1", "∂C/∂w¹₂₃"),
    ("L18", "dC/dW1", "∂C/∂w¹"),
    ("L18", r"$\frac{\partial C}{\partial w^1_{23}}$", "∂C/∂w¹₂₃"),
    ("L18", r"\delta^2", "δ²"),
    ("L21", "dJ/dW_12", "∂J/∂w₁₂"),
    ("L21", "v_1 after", "v₁ after"),
    ("L19", "w6 after", "w₆ after"),
    ("L16", "p_2", "p₂"),
    ("L14", "||W||^2", "‖W‖²"),
]


@pytest.mark.parametrize(("id_", "typed", "name"), NAMES)
def test_names(id_: str, typed: str, name: str) -> None:
    """A name in the notes' symbols or in letters of a keyboard means the same."""
    assert find(id_).answer(typed, ...).name == name


@pytest.mark.parametrize("taught", UNTRAINED)
def test_each_number_of_a_list_has_a_name(taught: Lesson) -> None:
    """By its place a number of a list is asked for alone, and is the one that stands there."""
    asked = quantities(taught, {})
    for name in asked.numbers:
        whole = asked[name]
        assert len(set(whole.places)) == len(whole.entries)
        for place, truth in zip(whole.places, whole.entries, strict=True):
            assert asked[place].entries == [truth], place
            assert "one " in repr(taught.answer(place, ...))


def test_many_weights_after_a_step() -> None:
    """Of more than nine weights each is asked for by its number."""

    @lesson("L99", "many", "P", "$1$")
    def made(eta: Annotated[float, Limits("rate", 0, 1)] = 0.5) -> Outcome:
        w = [Value(float(k), f"w{k}") for k in range(1, 13)]
        y = sum((k * x for k, x in enumerate(w, start=1)), Value(0.0))
        y.label = "y"
        return Outcome({"w₁…w₁₂ after": [k - eta * k for k in range(1, 13)]}, graph=y)

    for k in range(1, 13):
        assert made.answer(f"w_{k} after", 0.5 * k).right
    assert quantities(made, {})["w₁…w₁₂ after"].indexed[8:10] == ["w₉ after", "w₁₀ after"]


def test_derivatives_of_any_order() -> None:
    """d²f/dx² and d³f/dx³ are the derivatives of e^sin(x²), by mpmath."""
    for order in (1, 2, 3):
        truth = float(mpmath.diff(lambda x: mpmath.exp(mpmath.sin(x * x)), 1.25, order))
        assert find("L01").answer(f"d{order}f/dx{order}" if order > 1 else "df/dx", truth, x=1.25).right


@pytest.mark.parametrize("bug", range(1, 11))
def test_numbers_beside_a_riddle(bug: int) -> None:
    """L29 asks for words, and its numbers are judged all the same."""
    numbers = find("L29")(bug=bug).numbers
    name = next(name for name, x in numbers.items() if isinstance(x, float))
    for guess in (numbers[name], 7, "3/4", -numbers[name]):
        answer = find("L29").answer(name, guess, bug=bug)
        assert answer.right == (guess == numbers[name])
        assert repr(answer)
    assert "your words" in repr(find("L29").answer("Bug", ..., bug=bug))
    with pytest.raises(LessonError, match="no quantity 'β₃'"):
        find("L09").answer("β₃", ...)  # which are counted from 0


def test_names_that_are_none() -> None:
    """An unknown name is refused with the near ones and with what can be asked; so is a derivative of something else."""
    for name, near in {"dJ/dq": "∂J/∂v", "dZ/dv": "∂J/∂v", "hh": "h", "": "h, z, J"}.items():
        with pytest.raises(LessonError, match="It can be asked for h, z, J") as refused:
            find("L21").answer(name, 1)
        assert near in str(refused.value)
        assert "\n" not in str(refused.value)
    with pytest.raises(LessonError, match="has no parameter"):
        find("L21").answer("z", 1, q=1)


RIGHT = [
    ("L21", "dJ/dv", [-2, 0]),
    ("L21", "dJ/dv", (-2.0, "0")),
    ("L21", "dJ/dv", np.array([-2.0, 0.0])),
    ("L21", "dJ/dv", [Value(-2.0), Value(0.0) * 3.0]),
    ("L21", "dJ/dv", [Fraction(-4, 2), np.float32(1e-17)]),
    ("L21", "dJ/dv", ["-2", "sin(pi)"]),
    ("L21", "dJ/dW", np.array([[-2.0, 0.0], [0.0, 0.0]])),
    ("L21", "v after", ["6/5", "1,995"]),
    ("L21", "J after", "0,314"),
    ("L21", "J after", "(2 - 1.2²)²"),
    ("L01", "f'", "e^sin(2.25) * cos(2.25) * 3"),
    ("L01", "f'", "≈ −4.10"),
    ("L23", "products from the inputs", 24),
]


@pytest.mark.parametrize(("id_", "name", "guess"), RIGHT)
def test_right_answers(id_: str, name: str, guess: Any) -> None:
    """Numbers of every kind, texts of numbers, fractions and expressions, with a decimal comma or a true minus sign."""
    answer = find(id_).answer(name, guess)
    assert answer.right, answer
    assert repr(answer).startswith("✓")


UNREAD = [
    ("dJ/dv", -2, "a list of 2 numbers is asked|asked is a list of 2 numbers; this is one"),
    ("dJ/dv", [-2, 0, 0], "asked is a list of 2 numbers; these are 3"),
    ("dJ/dv", [[-2, 0]], "asked is a list of 2 numbers; these are 1 row of 2 numbers"),
    ("dJ/dW", [-2, 0, 0, 0], "asked is 2 rows of 2 numbers; these are 4"),
    ("dJ/dW", [[1, 2], [3]], "asked is 2 rows of 2 numbers"),
    ("J", [1], "asked is one number; this is a list of 1"),
    ("J", "", "cannot be read as a number"),
    ("J", "x + 1", "cannot be read as a number: no value for x"),
    ("J", "1/0", "cannot be read as a number"),
    ("J", "__import__('os').getcwd()", "cannot be read as a number"),
    ("J", "\x1b[31m1", "cannot be read as a number"),
    ("J", 1j, "is no number"),
    ("J", None, "is no number"),
    ("J", object, "is no number"),
]


@pytest.mark.parametrize(("name", "guess", "says"), UNREAD)
def test_what_cannot_be_read_is_no_try(name: str, guess: Any, says: str) -> None:
    """Another shape, or no number, is told so in one line, and is not counted as a try."""
    taught = find("L21")
    taught.answer(name, ...)
    for _ in range(5):
        answer = taught.answer(name, guess)
        assert not answer.right
        assert re.search(says, repr(answer)), answer
        assert "\n" not in repr(answer)
        assert "\x1b" not in repr(answer)
    assert "Hint" not in repr(
        taught.answer(name, 77 if name == "J" else [7, 7] if name == "dJ/dv" else [[7, 7], [7, 7]])
    )


ASKED = [
    ("L21", "dJ/dv", "a list of 2 numbers, to three digits"),
    ("L21", "dJ/dW", "2 rows of 2 numbers, to three digits"),
    ("L21", "J", "one number, to three digits"),
    ("L23", "products from the inputs", "one whole number, in place"),
]


@pytest.mark.parametrize(("id_", "name", "says"), ASKED)
def test_dots_only_ask(id_: str, name: str, says: str) -> None:
    """With dots, alone or among numbers, nothing is judged: what and how many numbers are asked is said."""
    for guess in (..., [..., ...], [-2, ...]):
        answer = find(id_).answer(name, guess)
        assert not answer.right
        assert says in repr(answer)
        assert repr(answer).startswith(f"? {answer.name}: ")


def test_three_digits_count() -> None:
    """Half a unit of the third digit is right, more is not; near is said so; 0 and rounding errors are one."""
    f = 2.1772730447830552
    for guess, right in {2.18: True, f + 0.0049: True, f - 0.0049: True, f + 0.0051: False, f - 0.0051: False}.items():
        assert find("L01").answer("f", guess).right == right
    assert "Near: right to two digits" in said("L01", "f", 2.19)
    assert "Near" not in said("L01", "f", 2.5)
    assert find("L21").answer("dJ/dv", [-2, 1e-15]).right
    assert not find("L21").answer("dJ/dv", [-2, 1e-3]).right
    assert not find("L23").answer("products from the inputs", 24.01).right  # counted, so exactly


# What people get wrong, by hand from the formulas of each lesson: the notes' numbers with one thing done wrong.
MISTAKEN = [
    ("L21", "dJ/dv", [2, 0], {}, SIGN),
    ("L21", "dJ/dv", [-1, 0], {}, "That is half of it"),
    ("L21", "dJ/dv", [-4, 0], {}, "That is twice as much"),
    ("L21", "dJ/dv", [1, 2], {}, "That is the value itself; asked is how fast J changes with it."),
    ("L21", "dJ/dv", [0, -2], {}, "The numbers are right, their order is not."),
    ("L21", "dJ/dW", [[-2, -6], [-4, -12]], {"x2": 3.0, "t": 6.0, "x1": 1.0}, "✓"),
    ("L21", "dJ/dW", [[-2, -4], [-6, -12]], {"x2": 3.0, "t": 6.0, "x1": 1.0}, "Rows and columns have changed places."),
    ("L21", "dJ/dW", [[-2, 0], [5, 0]], {}, "3 of 4 are right."),
    ("L21", "v after", [0.8, 2], {}, "That is a step uphill"),
    ("L21", "v after", [1, 2], {}, "So it was before the step"),
    ("L21", "v after", [3, 2], {}, "The learning rate η is missing"),
    ("L21", "v after", [-0.2, 0], {}, "the step alone"),
    ("L02", "dL/dx", 6, {}, SIGN),
    ("L02", "dL/dx", 3, {}, "The factor ∂L/∂f is missing."),
    ("L02", "g", 1, {}, "−2 + 3 is the sum; g is x·y."),
    ("L01", "f'", -4.1031 / 2.17727, {}, "The factor ∂f/∂s is missing."),
    ("L01", "f''", -4.10, {}, "That is f′; asked is f″."),
    ("L03", "y'", 0.4122, {}, "only the path"),
    ("L17", "∂J/∂W, sigmoid neuron", "sum", {}, "the sum, where the mean over 9 is asked"),
]


@pytest.mark.parametrize(("id_", "name", "guess", "given", "says"), MISTAKEN)
def test_known_mistakes_are_told(id_: str, name: str, guess: Any, given: dict[str, Any], says: str) -> None:
    """Each mistake gets its words, at the first try, without a hint and without the answer."""
    if guess == "sum":
        [row] = quantities(find(id_), given)[name].truth
        guess = [[9 * x for x in row]]
    told = said(id_, name, guess, **given)
    assert says in told
    assert "Hint" not in told
    assert "The answer" not in told


def test_each_row_is_told_somewhere() -> None:
    """No row of the general mistakes is without use: each is told for some number of some lesson."""
    told = "\n".join(said(id_, name, guess, **given) for id_, name, guess, given, _ in MISTAKEN if guess != "sum")
    told += said("L19", "h", [0.03635, 0.04137]) + said("L17", "∂J/∂W, sigmoid neuron", _times("L17", 9.0))
    told += said("L17", "∂J/∂W, sigmoid neuron", _times("L17", 1 / 9.0))
    for row in SLIPS:
        assert re.split(r"\{\w+\}", row.words)[-1].strip(" .") in told or row.words.partition("{")[0] in told, row.key


def _times(id_: str, factor: float) -> list[list[float]]:
    [row] = quantities(find(id_), {})["∂J/∂W, sigmoid neuron"].truth
    return [[factor * x for x in row]]


def test_what_two_mistakes_give_is_told_as_neither() -> None:
    """At x = y = 2 the product and the sum of two numbers agree, and nothing is said but that it is wrong."""
    assert said("L02", "g", 4, x=2.0, y=2.0).startswith("✓")  # the sum would be right, too
    assert said("L02", "L", 5, x=1.0, y=1.0, z=1.0, w=5.0).endswith("Not 5.")  # w itself, the slope by f, and more


@pytest.mark.parametrize("taught", UNTRAINED)
def test_a_wrong_sign_is_told(taught: Lesson) -> None:
    """That the sign alone is wrong is so, whatever else may give the number; it is said."""
    asked = quantities(taught, {})
    for name in asked.numbers:
        quantity = asked[name]
        if any(isinstance(x, str) or not math.isfinite(x) for x in quantity.entries) or not any(quantity.entries):
            continue
        opposite = filled(quantity.shape, iter([-x for x in quantity.entries]))
        assert SIGN in repr(taught.answer(name, opposite)), name


def test_hints_come_before_the_answer() -> None:
    """First what is wrong, then a hint as well, after three tries the answer; the same number again is the same try."""
    taught = find("L02")
    taught.answer("dL/dx", ...)
    first = repr(taught.answer("dL/dx", 11))
    assert first == "✗ ∂L/∂x = 11: Not 11."
    assert repr(taught.answer("dL/dx", 11)) == first
    second, third = repr(taught.answer("dL/dx", 12)), repr(taught.answer("dL/dx", 13))
    for told in (second, third):
        assert "Hint: From L back to x: L ← f ← g ← x." in told
        assert "−6" not in told
    assert repr(taught.answer("dL/dx", 11)) == first
    fourth = repr(taught.answer("dL/dx", 14))
    assert "The answer is −6." in fourth
    assert "What has reached g, −2, times ∂g/∂x = y = 3: −2 × 3 = −6." in fourth
    assert repr(taught.answer("dL/dx", 15, x=5.0)).endswith("Not 15.")  # other numbers, another question
    taught.answer("dL/dx", ...)
    assert repr(taught.answer("dL/dx", 12)) == "✗ ∂L/∂x = 12: Not 12."


def hintable() -> Iterator[tuple[Lesson, str]]:
    """What quizzes ask of the lessons that run in a moment."""
    for taught in LESSONS.values():
        if taught.quiz and not taught.quiz.paper:
            yield from ((taught, name) for name in taught.quiz.asks)


def test_no_hint_gives_the_answer_away() -> None:
    """No hint holds the number that is asked, and each derivative of a graph has one."""
    for taught, name in hintable():
        asked_for = quantities(taught, {})
        question = asked_for[name]
        taught.answer(name, ...)
        wrong = [quantity_of(question.shape, 1000.0 + k) for k in (1, 2)]
        told = [taught.answer(name, guess) for guess in wrong][-1]
        hint = repr(told).partition("Hint: ")[2]
        if question.parts and question.parts[0].kind == "gradient":
            assert hint, (taught.id, name)
        for number in question.text.strip("()").split(", "):
            digits = number.strip("()−")
            assert len(digits) < 3 or digits not in hint, (taught.id, name)


def quantity_of(shape: Any, number: float) -> Any:
    """The same number at every place of a shape."""
    return [quantity_of(part, number) for part in shape] if isinstance(shape, list) else number


@pytest.mark.parametrize("id_", HINTED)
def test_hints_are_for_something(id_: str) -> None:
    """A hint is for what a lesson for paper has, or the lesson, with some of its words or with an exercise's numbers."""
    taught, names = LESSONS[id_], set(asked()[id_].hints)
    words: list[dict[str, Any]] = [{p.name: word} for p in taught.parameters.values() for word in p.words]
    for exercise in asked()[id_].exercises:
        found = re.findall(r"(\w+)=(-?\d+\.?\d*)", exercise.solution)
        words.append({name: float(number) for name, number in found if name in taught.parameters})
    paper: list[tuple[Lesson, dict[str, Any]]] = []
    if taught.quiz and taught.quiz.paper:
        paper.append((taught.quiz.paper, {}))
    noted = [dict(case.given) for case in taught.expected]
    for each, given in [*paper, (taught, {}), *((taught, one) for one in [*words, *noted])]:
        if names:
            there = quantities(each, given)
            names -= {name for name in names if folded(name) in map(folded, there.known) or _has(there, name)}
    assert not names


def _has(there: Quantities, name: str) -> bool:
    try:
        return bool(there[name])
    except LessonError:
        return False


def test_hints_of_the_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hint of the lesson's author comes before the graph's own."""
    own = Asked(hints={"dL/dx": "Think of $y$ <first>."})
    monkeypatch.setattr(Lesson, "asked", property(lambda _: own))
    find("L02").answer("dL/dx", ...)
    find("L02").answer("dL/dx", 1001)
    told = find("L02").answer("dL/dx", 1002)
    assert repr(told).endswith("Hint: Think of y <first>.")
    assert "Think of $y$" in told._repr_markdown_()


def test_a_lesson_runs_once() -> None:
    """Many answers to one lesson run it once for each set of parameters; what is further is computed when asked."""
    runs: list[str] = []

    @lesson("L99", "counted", "P", "$1$")
    def counted() -> Outcome:
        runs.append("run")

        def dear() -> list[float]:
            runs.append("dear")
            return [1.0, 2.0]

        return Outcome({"a": 1.0, "many": 1200}, further={"word": "XOR", "dear": dear})

    for _ in range(3):
        assert counted.answer("a", "1.00").right
        assert counted.answer("word", " xor ").right
        assert not counted.answer("word", "AND").right
        assert not counted.answer("many", 1201).right
    assert runs == ["run"]
    assert counted.answer("dear", [1, 2]).right
    assert counted.answer("dear", (1, 2)).right
    assert runs == ["run", "dear"]
    assert "one word" in repr(counted.answer("word", ...))


def test_hostile_names_are_text() -> None:
    """Labels and answers cannot command a terminal or a notebook."""
    hostile = "\x1b[31m<b>*x*</b>"

    @lesson("L99", "hostile", "P", "$1$")
    def made() -> Outcome:
        x = Value(3.0, label=hostile)
        y = x * 2.0
        y.label = "y"
        return Outcome({"y": y.data}, graph=y)

    for guess, words in ((5, "Not 5"), (6, "Hint: From y back to "), (7, "Hint: "), (8, "The answer is 2. ")):
        answer = made.answer(f"dy/d{hostile}", guess)
        assert words in repr(answer)
        assert "\x1b" not in repr(answer)
        assert "<b>*x*</b>" in repr(answer)
        assert not re.search(r"<b>|(?<!\\)\*x", answer._repr_markdown_())
    with pytest.raises(LessonError) as refused:
        made.answer("\x1b[31m", 1)
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize(
    "pair", [("∂J/∂w¹₂₃", "dJ/dw1_23"), ("δ²", "delta^2"), ("Xᵀy", "XTy"), ("f″", "f''"), ("½", "1⁄2")]
)
def test_folding(pair: tuple[str, str]) -> None:
    """Two ways to write a name are one."""
    assert folded(pair[0]) == folded(pair[1])
