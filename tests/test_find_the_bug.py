"""Find the bug (L29): the broken programs compute what is known of them, and guesses are judged by running them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from autograd_lite.lessons import LessonError, find
from autograd_lite.lessons.building import bugs, riddles
from autograd_lite.lessons.building.broken import TASKS, Graph, Training
from autograd_lite.lessons.building.bugs import BUGS, Engine, Network
from autograd_lite.lessons.building.riddles import KNOWN, SUSPECTS, Riddle, by_hand, understood
from autograd_lite.lessons.outcome import agree

L29 = find("L29")
NAMES = {
    1: "= for +=",
    2: "no zero_grad",
    3: "naive order",
    4: "W for Wᵀ",
    5: "σ′ left out",
    6: "weights already updated",
    7: "y for z in σ′",
    8: "wrong sign of the step",
    9: "mean forgotten",
    10: "shared weight counted once",
}


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody has guessed anything before."""
    monkeypatch.setattr(bugs, "OPENED", set())
    riddles._wrong.clear()
    yield
    riddles._wrong.clear()


def logistic(z: np.ndarray) -> np.ndarray:
    """1/(1 + e^−z), of an array."""
    out: np.ndarray = 1 / (1 + np.exp(-z))
    return out


def round_by_numpy(bug: int, task: Training, rounds: int) -> tuple[float, np.ndarray, np.ndarray]:
    """A bug of the networks once more, in matrices of all samples: the error after some rounds, and the last gradients."""
    w, v = np.array(task.w), np.array(task.v)
    x, t = (np.array([sample[k] for sample in task.samples]) for k in (0, 1))
    kept_v, kept_w = np.zeros((2, 2)), np.zeros((2, 2))
    for _ in range(rounds):
        z = x @ w.T + 0.35
        h = logistic(z)
        net = h @ v.T + 0.6
        o = logistic(net)
        slopes = [(s := logistic(logistic(a) if bug == 7 else a)) * (1 - s) if bug != 5 else 1.0 for a in (z, net)]
        delta = (o - t) * slopes[1]
        dv = delta.T @ h / (1 if bug == 9 else len(x))
        back = v - task.rate * dv if bug == 6 else v
        dw = (delta @ (back.T if bug == 4 else back) * slopes[0]).T @ x / (1 if bug == 9 else len(x))
        kept_v, kept_w = (kept_v + dv, kept_w + dw) if bug == 2 else (dv, dw)
        sign = 1 if bug == 8 else -1
        v, w = v + sign * task.rate * kept_v, w + sign * task.rate * kept_w
    o = logistic(logistic(x @ w.T + 0.35) @ v.T + 0.6)
    return float(((t - o) ** 2).sum(axis=1).mean() / 2), kept_v, kept_w


@pytest.mark.parametrize("bug", [2, 4, 5, 6, 7, 8, 9])
def test_networks_by_matrices(bug: int) -> None:
    """What each broken training computes is what the same bug gives in matrices of all samples."""
    task, kind = TASKS[bug], BUGS[bug]
    assert isinstance(task, Training)
    assert issubclass(kind, Network)
    found = task.run(kind)
    for rounds, name in ((1, "E after"), (50, "E after 50 rounds")):
        assert found[name] == pytest.approx(round_by_numpy(bug, task, rounds)[0], rel=1e-9)
    _, dv, dw = round_by_numpy(bug, task, 1)
    np.testing.assert_allclose(found["∂E/∂V"], dv, rtol=1e-10)
    np.testing.assert_allclose(found["∂E/∂W"], dw, rtol=1e-10)
    np.testing.assert_allclose(found["∂E/∂V in round 2"], round_by_numpy(bug, task, 2)[1], rtol=1e-10)


@pytest.mark.parametrize("bug", BUGS)
def test_the_right_lines_are_right(bug: int) -> None:
    """The program without its bug computes the engine's numbers; with it, the forward pass is right, and something is not."""
    task = TASKS[bug]
    right, graph, _ = task.right()
    found = task.run(Engine if isinstance(task, Graph) else Network)  # type: ignore[arg-type]
    assert list(found) == list(right)
    assert all(agree(found[name], right[name], 1e-10) for name in right)
    outcome = L29(bug=bug).check()
    assert outcome.graph is not None
    assert graph.data == outcome.graph.data
    assert any("≠" in row for part in outcome.tables for row in part.rows)


# By hand; and with the survey of what the tutorial prints after a round, and after 10,000 (M. Mazur, 2015).
KNOWN_NUMBERS = [
    (1, "∂y/∂x", 48.0, 1e-12),
    (3, "∂y/∂a", 29.0, 1e-12),
    (3, "∂y/∂b", 22.0, 1e-12),
    (6, "E after", 0.291027924, 1e-9),
]


@pytest.mark.parametrize(("bug", "name", "number", "tolerance"), KNOWN_NUMBERS)
def test_numbers_that_are_known(bug: int, name: str, number: float, tolerance: float) -> None:
    """The broken programs have the numbers that a hand computes, or a tutorial prints."""
    assert L29(bug=bug).numbers[name] == pytest.approx(number, rel=tolerance)


def test_the_tutorial_after_ten_thousand_rounds() -> None:
    """With the weights that are already updated, 10,000 rounds end at the outputs that the tutorial prints."""
    outputs = L29(bug=6).further["o after 10,000 rounds"]()
    assert [round(o, 9) for o in outputs] == [0.015912196, 0.984065734]


def test_the_ratios_that_give_a_bug_away() -> None:
    """σ′ left out is a factor 1/(o(1 − o)) in each row; a forgotten mean is a factor of the samples; a copy is a lost use."""
    task = TASKS[5]
    assert isinstance(task, Training)
    outputs = task.outputs(Network, 0)
    found, right = task.run(bugs.Straight), task.right()[0]
    for o, mine, theirs in zip(outputs, found["∂E/∂V"], right["∂E/∂V"], strict=True):
        assert [a / b for a, b in zip(mine, theirs, strict=True)] == pytest.approx([1 / (o * (1 - o))] * 2)
    found, right = TASKS[9].run(bugs.Summing), TASKS[9].right()[0]  # type: ignore[arg-type]
    np.testing.assert_allclose(np.array(found["∂E/∂W"]), 4 * np.array(right["∂E/∂W"]))
    found, right = TASKS[10].run(bugs.Copying), TASKS[10].right()[0]  # type: ignore[arg-type]
    x1, x2 = np.tanh(1.0), np.tanh(0.5 - np.tanh(1.0))
    assert right["∂l/∂w₁"] - found["∂l/∂w₁"] == pytest.approx((2 * x1 * x2 - 1) * x1 * x2)


@pytest.mark.parametrize(("bug", "guess"), [*itertools.product(BUGS, BUGS)])
def test_every_guess_for_every_program(bug: int, guess: int) -> None:
    """Right guesses are right, with the name; wrong ones are refused with numbers that tell the two apart, or with what is missing."""
    answer = L29.answer("bug", NAMES[guess], bug=bug)
    said = str(answer)
    assert answer.right == (bug == guess)
    if bug == guess:
        assert f"yes, {NAMES[bug]}: " in said
        assert f"bugs.source({bug})" in said
        return
    assert "no: " in said
    assert NAMES[bug] not in said
    if issubclass(BUGS[bug], Engine) != issubclass(BUGS[guess], Engine):
        assert re.search(r"goes back through a graph, and trains no layers|goes through no graph", said)
        return
    numbers = r"(\(.*\)|[\d.−e]+)"
    assert re.search(rf"with {re.escape(NAMES[guess])} .* would be {numbers}; here it is {numbers}$|would change no number here, but .* is {numbers}, and should be {numbers}$", said), said  # fmt: skip
    if "here it is" in said:
        would, here = re.search(rf"would be {numbers}; here it is {numbers}$", said).groups()[:2]  # type: ignore[union-attr]
        assert would != here


PHRASES = {
    1: ["= for +=", "= instead of +=", "=  in place of  +=", "it overwrites the gradient", "gradients are replaced", "assignment instead of addition", "the shares are not added"],
    2: ["no zero_grad", "zero grad is missing", "gradients not reset", "gradients are never set to zero", "gradients accumulate over the rounds", "old gradients are still there", "it forgets to clear the gradients"],
    3: ["naive order", "the order is wrong", "no topological sort", "recursion, depth first", "a node is visited too early", "DEPTH-FIRST"],
    4: ["W for Wᵀ", "the transpose is missing", "not transposed", "W instead of W^T"],
    5: ["σ′ left out", "sigma prime is missing", "no σ′", "the derivative of the activation was forgotten", "forgot the slope", "without the sigmoid's derivative", "missing sigmoid derivative"],
    6: ["weights already updated", "post-update weights", "it uses the new weights", "the weights are changed before: updated too soon"],
    7: ["y for z in σ′", "y instead of z", "σ′ at the output", "derivative evaluated at the wrong argument", "the output instead of the sum", "sigmoid taken twice"],
    8: ["wrong sign of the step", "the sign is wrong", "gradient ascent", "uphill", "plus instead of minus", "+ for −"],
    9: ["mean forgotten", "it does not divide by N", "sum instead of mean", "1/N is missing", "the average over the samples", "depends on the batch size"],
    10: ["shared weight counted once", "the tied weight", "only one use is counted", "a copy of the weight"],
}  # fmt: skip


@pytest.mark.parametrize(("bug", "words"), [(bug, words) for bug, phrases in PHRASES.items() for words in phrases])
def test_free_words(bug: int, words: str) -> None:
    """A bug may be named in many ways, and by its number in the list."""
    assert understood(words) == [bug]
    assert understood(words.upper()) == [bug]
    number = SUSPECTS.index(bug) + 1
    assert understood(number) == understood(str(number)) == understood(f" no. {number}") == [bug]


@pytest.mark.parametrize("words", ["", "?", "hm", "42", "0", "the program", "no idea", None, 1.5, "bug"])
def test_what_is_not_understood(words: object) -> None:
    """What names no suspect is no try: the list is shown."""
    for _ in range(5):
        right, said = Riddle(3).judge(words)
        assert not right
        assert said.startswith("which of these do you mean: 1 = for +=, 2 mean forgotten")
    assert set() == bugs.OPENED


SAID = [
    (1, "="), (1, "+= is missing"), (1, "gradient overwritten"), (1, "not accumulated"),
    (2, "forgot to zero the gradients"), (2, "optimizer.zero_grad() missing"), (2, "gradient accumulation"),
    (3, "DFS"), (3, "no topological sort"), (4, "W.T"), (4, "the indices are swapped"), (4, "not transposed"),
    (5, "sigma'(z) forgotten"), (5, "missing activation derivative"), (7, "sigma'(y) instead of sigma'(z)"),
    (7, "σ'(y)"), (7, "double sigmoid"), (8, "adds gradient"), (8, "gradient ascent"), (9, "forgot to divide by N"),
    (10, "weight sharing"), (10, "tied weight"),
]  # fmt: skip


@pytest.mark.parametrize(("bug", "words"), SAID)
def test_what_students_say(bug: int, words: str) -> None:
    """A bug has many names, and each of these means one."""
    assert riddles.understood(words) == [bug]


def test_odd_guesses_are_no_tries() -> None:
    """Numbers of no suspect, however long, and words that mean nothing show the list, and are no tries."""
    guesses: list[Any] = [0, 11, -1, 3.5, None, "", "1" * 5000, float("nan"), [], {}, "²"]
    for guess in guesses:
        for _ in range(3):
            answer = L29.answer("bug", guess, bug=5)
            assert not answer.right
            assert "which of these do you mean" in repr(answer)
    with pytest.raises(LessonError, match="1 to 10"):
        bugs.source([5])  # type: ignore[arg-type]


def test_the_same_guess_is_the_same_try() -> None:
    """Who says the same three times has tried once, and is not told."""
    for guess in ("uphill", "wrong sign", "8", "uphill"):
        assert "left out" not in str(L29.answer("bug", guess, bug=5))
    with pytest.raises(LessonError):
        bugs.source(5)


def test_two_meanings() -> None:
    """Where words name two suspects, these two are shown, and it is no try."""
    said = Riddle(9).judge("the sign, or the mean")[1]
    assert said == "which of these do you mean: 2 mean forgotten, 8 wrong sign of the step?"


def test_the_lines_open_after_a_right_guess_or_three_wrong_ones() -> None:
    """The broken lines are shown with the right ones, not before the bug is named; after three wrong guesses it is told."""
    with pytest.raises(LessonError, match="first say what is wrong with program 4"):
        bugs.source(4)
    assert L29.answer("bug", "W for Wᵀ", bug=4).right
    assert "self.v[j][0] * delta[0]" in bugs.source(4).partition("# and right:")[0]
    assert "self.v[0][j] * delta[0]" in bugs.source(4).partition("# and right:")[2]
    for guess in ("no zero_grad", "uphill"):
        assert "left out" not in str(L29.answer("bug", guess, bug=5))
        with pytest.raises(LessonError):
            bugs.source(5)
    assert "It is σ′ left out: " in str(L29.answer("bug", "mean", bug=5))
    assert "class Straight" in bugs.source(5)
    with pytest.raises(LessonError, match="1 to 10"):
        bugs.source(0)


@pytest.mark.parametrize("bug", BUGS)
def test_each_program_is_a_few_lines_and_no_report_names_it(bug: int) -> None:
    """A bug is at most ten lines beside the right ones, and neither the report nor the repr before the answer names it."""
    bugs.OPENED.add(bug)
    broken = bugs.source(bug).partition("# and right:")[0]
    assert 3 <= len([line for line in broken.splitlines() if line.strip()]) <= 13
    outcome = L29(bug=bug)
    report = f"{outcome}{outcome!r}{L29.answer('bug', ..., bug=bug)}".lower()
    told = [NAMES[bug], *KNOWN[bug].why.split(";"), BUGS[bug].__name__]
    assert not [words for words in told if words.lower() in report]


def test_the_list_does_not_tell_the_order() -> None:
    """The suspects have their names in the lesson's statement, in the order of the alphabet."""
    assert sorted(SUSPECTS) == list(BUGS)
    assert [bugs.name(BUGS[bug]) for bug in BUGS] == list(NAMES.values())
    assert sum(SUSPECTS.index(bug) + 1 == bug for bug in BUGS) <= 3
    for number, bug in enumerate(SUSPECTS, start=1):
        assert f"{number} {NAMES[bug]}" in L29.statement


@pytest.mark.parametrize(("a", "b"), [(2, 3), (1, 2), (5, 7)])
def test_two_engines_by_hand(a: int, b: int) -> None:
    """Of y = (ab)², the engine that replaces has half of the gradient, and the impatient one half of it too much."""
    numbers = by_hand(a=a, b=b).check().numbers
    assert list(numbers.values()) == [2 * a * b * b, a * b * b, 3 * a * b * b]
