"""Find the bug: ten broken programs, each seen through its numbers, and a judge who runs what you suspect."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, NamedTuple

from autograd_lite.engine.table import square
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.building import bugs, finished
from autograd_lite.lessons.building.broken import TASKS, Graph
from autograd_lite.lessons.building.bugs import BUGS, Engine
from autograd_lite.lessons.lesson import Limits, lesson
from autograd_lite.lessons.outcome import Expected, Outcome, agree, written
from autograd_lite.plots import curves
from autograd_lite.views.columns import Columns

TRIES = 3  # wrong guesses, before the name of a bug is told


class Bug(NamedTuple):
    """Words by which a bug is known, what it does, and the lesson in which its line stands."""

    words: str
    why: str
    lesson: str


SLOPE = r"(σ|sigma|sigmoid|activation|slope|derivative)"
GONE = r"(left out|missing|miss\w*|forg[oe]t\w*|omit\w*|lost|skip\w*|drop\w*|lacks?|lacking|without|no)"
INSTEAD = r"(for|instead of|in place of|rather than|not|where)"
KNOWN: dict[int, Bug] = {
    1: Bug(
        rf"(?<!\+)=\s*{INSTEAD}\s*\+=|^=$|the \+ is missing|(no|missing) \+=|\+= (is )?missing|overw?rit|replac"
        r"|assign|not add(ed|ing)?\b|not? sum|instead of add|not accumulat",
        "Where a number has two uses, the share of the one replaces that of the other",
        "L03",
    ),
    2: Bug(
        r"zero[\W_]*(all |the |their )*grad|reset|zeroed|clear|stale|old gradients?|left over|never set"
        r"|accumulat\w+ (over|between|across|from)|gradient accumulation"
        r"|(previous|earlier) rounds?|rounds? before",
        "The first round is right; in each later one the gradients of all rounds before are still in the sum, like a "
        "momentum that never fades",
        "L24",
    ),
    3: Bug(
        r"order|topolog|recurs|depth.?first|\bdfs\b|too early|impatien|several times|visit",
        "A node that is reached on two paths passes on its first share twice",
        "L04",
    ),
    4: Bug(
        r"transpos|ᵀ|w\.t\b|orientation|ind(ex|ices|exes) \w* ?(swapped|exchanged)|\bw\^?t\b|rows? \w* ?columns?"
        r"|columns? \w* ?rows?|w the wrong way",
        "Forward a weight leads from k to j, so the way back leads from j to k: the matrix is turned",
        "L18",
    ),
    5: Bug(
        rf"{SLOPE}\W*(prime|function)?\W*(\(z\))?\W*(is |was |are )?{GONE}|{GONE} (the )?{SLOPE}",
        "Every unit is differentiated as if it were linear; σ′ is 1/4 at most, so the gradients of V are at least four "
        "times the right ones",
        "L18",
    ),
    6: Bug(
        r"updat|already|new weights|new v\b|after the step|changed weights|moved weights|post",
        "V takes its step before the hidden layer gets its gradient, which is then that of no network; the numbers of "
        "a well-known tutorial come about so (M. Mazur, A Step by Step Backpropagation Example, 2015), 0.291027924 too",
        "L19",
    ),
    7: Bug(
        rf"\b[yao] {INSTEAD} z|outputs? (for|instead|in place)|wrong (argument|place|point)|twice|evaluated"
        rf"|{SLOPE}\W*(prime)? ?(at |of |\()(the )?(outputs?|y|a|o|h)\b|double {SLOPE}",
        "σ′(z) is y(1 − y); who has σ′ as a function, and y at hand, is tempted to write σ′(y)",
        "L18",
    ),
    8: Bug(
        rf"\bsign|uphill|ascen|climb|plus|\+ {INSTEAD} [-−]|wrong direction|along the gradient"
        r"|add(s|ed|ing)? (the )?gradient",
        "All gradients are right, and every step goes up",
        "L25",
    ),
    9: Bug(
        r"mean|average|divi|1\s*/\s*n\b|number of samples|how many samples|batch size|sum (for|instead of|over|not)",
        "With four samples every gradient is four times the right one, as if η were four times as large",
        "L20",
    ),
    10: Bug(
        r"shar(ed|ing)|tied|once|cop(y|ies|ied)|only one (use|place)|one of (its|the) (two )?(uses|places)",
        "The second place has got a copy of the weight, and with it a share of the gradient that nobody collects",
        "L22",
    ),
}
SUSPECTS = sorted(BUGS, key=lambda bug: bugs.name(BUGS[bug]).lower())  # in an order that says nothing
_wrong: dict[int, set[int]] = {}  # the wrong guesses, by program


def listed(some: Sequence[int]) -> str:
    """Bugs by their names, under numbers that are not those of the programs.

    >>> listed([3, 6])
    '3 naive order, 7 weights already updated'
    """
    return ", ".join(f"{SUSPECTS.index(bug) + 1} {bugs.name(BUGS[bug])}" for bug in sorted(some, key=SUSPECTS.index))


def understood(guess: object) -> list[int]:
    """The bugs that somebody may mean, by words or by a number of the list.

    >>> understood("they forgot to reset the gradients"), understood("4") == [SUSPECTS[3]], understood("hm")
    ([2], True, [])
    """
    text = str(guess).strip().lower()
    if re.fullmatch(r"(no\.?|number|suspect)?\s*\d+", text):
        number = re.sub(r"\D", "", text).lstrip("0")
        return [bug for place, bug in enumerate(SUSPECTS, start=1) if str(place) == number]
    named = [bug for bug in BUGS if bugs.name(BUGS[bug]).lower() == text]
    return named or [bug for bug, known in KNOWN.items() if re.search(known.words, text)]


@dataclass(frozen=True)
class Riddle:
    """What is asked of a program: which of the ten bugs it has."""

    bug: int

    def judge(self, guess: object) -> tuple[bool, str]:
        """Whether a guess is right, and why: what one suspects is run on the same task.

        >>> Riddle(10).judge("= for +=")
        (False, 'no: with = for += ∂l/∂x₁ would be 1.978; here it is 2.689')
        """
        meant = understood(guess)
        if len(meant) != 1:
            return False, f"which of these do you mean: {listed(meant or SUSPECTS)}?"
        (bug,) = meant
        if bug == self.bug:
            bugs.OPENED.add(bug)
            return True, f"yes, {bugs.name(BUGS[bug])}: {self._why()}"
        tried = _wrong.setdefault(self.bug, set())
        tried.add(bug)  # the same guess, given again, is the same try
        told = self._against(bug)
        if len(tried) >= TRIES:
            bugs.OPENED.add(self.bug)
            told += f". It is {bugs.name(BUGS[self.bug])}: {self._why()}"
        return False, told

    def _why(self) -> str:
        known = KNOWN[self.bug]
        mine, right = _run(self.bug, BUGS[self.bug]), TASKS[self.bug].right()[0]
        where = _differs(mine, right)
        numbers = f"{where} is {written(mine[where], 4)}, and should be {written(right[where], 4)}"
        return f"{numbers}. {known.why}. More in {known.lesson}; bugs.source({self.bug}) shows the lines"

    def _against(self, bug: int) -> str:
        """Why it is not another bug."""
        name, task = bugs.name(BUGS[bug]), TASKS[self.bug]
        mine, right = _run(self.bug, BUGS[self.bug]), task.right()[0]
        if issubclass(BUGS[bug], Engine) != isinstance(task, Graph):
            graph = "goes back through a graph, and trains no layers"
            here = graph if isinstance(task, Graph) else "has formulas for its two layers, and goes through no graph"
            return f"no: this program {here}, so it cannot be: {name}"
        theirs = _run(self.bug, BUGS[bug])
        if not (where := _differs(theirs, right)):
            where = _differs(mine, right)
            numbers = f"{where} is {written(mine[where], 4)}, and should be {written(right[where], 4)}"
            return f"no: {name} would change no number here, but {numbers}"
        where = _differs(theirs, mine)
        return f"no: with {name} {where} would be {written(theirs[where], 4)}; here it is {written(mine[where], 4)}"


def _run(task: int, kind: Any) -> dict[str, Any]:
    return TASKS[task].run(kind)


def _differs(some: Mapping[str, Any], others: Mapping[str, Any]) -> str:
    """The first name under which numbers differ."""
    return next((name for name in some if not agree(some[name], others[name], 1e-9)), "")


@lesson(
    "L29",
    "Find the bug: two wrong engines by hand",
    "P",
    r"""
    $u = ab$ and $y = u \cdot u$. Back from $y$ to $a$, three engines: a right one; one that has = for +=, so that the
    last share at a node replaces the others; and one that passes on what a node has as soon as a share arrives, and
    then again when the next has come.
    """,
)
def by_hand(
    a: Annotated[int, Limits("the first operand", -9, 9)] = 2, b: Annotated[int, Limits("the other", -9, 9)] = 3
) -> Outcome:
    """What two of the broken engines say about a square."""
    found = {}
    for name, kind in (("", Engine), (" with = for +=", bugs.Replacing), (" passed on too early", bugs.Impatient)):
        x, z = finished.Value(float(a)), finished.Value(float(b))
        u = x * z
        kind().backward(u * u)
        found[f"∂y/∂a{name}"] = x.grad
    left, other = Value(a, label="a"), Value(b, label="b")
    product = left * other
    y = square(product)
    product.label, y.label = "u", "y"
    y.backward()
    return Outcome(found, {"the first is that of the engine": agree(found["∂y/∂a"], left.grad, scale=1.0)}, y)


@lesson(
    "L29",
    "Find the bug",
    "P",
    rf"""
    Ten programs differentiate, or train by $w \leftarrow w - \eta \partial E/\partial w$, and each has one bug.
    You see what it has computed, and beside it what is right. Which bug is it? Look for the first number that is wrong,
    for the factor between what is and what should be, and for all that is right. The suspects, in no order that helps:
    {listed(SUSPECTS[:5])},
    {listed(SUSPECTS[5:])}.
    `find("L29").answer("bug", "naive order", bug=1)`, or the number of a suspect in place of its name, runs what you
    suspect, and says why not.
    """,
    # A polynomial, by hand, as in L04; and what a tutorial prints (M. Mazur, 2015).
    Expected({"∂y/∂a": 29, "∂y/∂b": 22}, bug=3),
    Expected({"E after": 0.291027924}, tolerance=1e-9, bug=6),
    quiz=Quiz(
        ("∂y/∂a", "∂y/∂a with = for +=", "∂y/∂a passed on too early"), {"a": (-6, 9, 1), "b": (-6, 9, 1)}, by_hand
    ),
)
def find_the_bug(bug: Annotated[int, Limits("the number of the broken program", 1, 10)] = 1) -> Outcome:
    """Run a broken program, and put the engine's numbers beside its own."""
    task, kind = TASKS[bug], BUGS[bug]
    mine = _run(bug, kind)
    right, graph, errors = task.right()
    wrong = [name for name in mine if not agree(mine[name], right[name], 1e-9)]
    rows = []
    for name, numbers in mine.items():
        digits = 9 if isinstance(numbers, float) else 5
        rows.append([name, written(numbers, digits), written(right[name], digits), "≠" if name in wrong else ""])
    value = next(iter(mine))
    further: dict[str, Any] = {"bug": Riddle(bug)}
    figure = None
    if not isinstance(task, Graph) and not issubclass(kind, Engine):
        further["o after 10,000 rounds"] = partial(task.outputs, kind, 10_000)
        figure = partial(_draw, {"the program": task.trained(kind)[1], "the engine": errors})
    return Outcome(
        {name: mine[name] for name in wrong if isinstance(mine[name], float)},
        {
            f"forward they agree: {value} is the same": agree(mine[value], right[value]),
            "after that they do not": bool(wrong),
        },
        graph,
        [Columns(f"program {bug}: {task.words}", ["", " the program", " the engine", ""], rows)],
        figure,
        further=further,
    )


def _draw(errors: Mapping[str, Sequence[float]], figure: Any) -> None:
    """The errors of both, before each round and after the last."""
    lines = {name: (range(len(found)), found) for name, found in errors.items()}
    curves(lines, x="rounds", y="error E", ax=figure.subplots())
