"""What a lesson is: one definition, which the command, the notebooks and the tests run.

A lesson is a function with a few numbers as parameters; `@lesson` gives it an id, its statement and the numbers of
the lecture notes. What it returns, an `Outcome`, is the graph or the experiment, and what was computed.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from autograd_lite.engine.reals import as_float
from autograd_lite.engine.text import readable, shortened
from autograd_lite.lessons.asking.answers import Answer
from autograd_lite.lessons.asking.exercises import Asked, asked, sheet
from autograd_lite.lessons.asking.quantities import LessonError as LessonError
from autograd_lite.lessons.asking.quizzes import Quiz
from autograd_lite.lessons.outcome import Agreement, Expected, Outcome, written
from autograd_lite.train import History, fit as train
from autograd_lite.views.columns import literal

if TYPE_CHECKING:
    from autograd_lite.lessons.asking.sheets import QuizSheet

SOURCES = {
    "A": "notes on machine learning, 2022",
    "B": "notes of a deep-learning course, 2025",
    "C": "blackboards on neural networks",
    "D": "notes on training a neuron",
    "E": "recap with a ReLU exercise",
    "P": "well-known public examples",
}


def fit(*model_and_data: Any, **options: Any) -> History:
    """Train without a line of progress; Ctrl-C ends the lesson, since half a training has other numbers."""
    history = train(*model_and_data, progress=False, **options)
    if history.interrupted:
        raise KeyboardInterrupt
    return history


class Limits(NamedTuple):
    """What a parameter means, and its limits: `Annotated[float, Limits("the input", -9, 9)]`."""

    meaning: str
    low: float = -1e6
    high: float = 1e6


class Parameter(NamedTuple):
    """A parameter of a lesson: a number, a whole number, or one of a few words."""

    name: str
    kind: Any
    limits: Limits
    default: Any

    @property
    def words(self) -> tuple[Any, ...]:
        """The words to choose from; none for a number."""
        return get_args(self.kind) if get_origin(self.kind) is Literal else ()

    @property
    def described(self) -> str:
        """Its meaning and the values that it takes, in one line."""
        return f"{self.limits.meaning} ({self.takes})"

    @property
    def takes(self) -> str:
        """What values it takes."""
        if self.words:
            return " or ".join(self.words)
        kind = "a whole number" if self.kind is int else "a number"
        return f"{kind} from {self.limits.low:,.15g} to {self.limits.high:,.15g}"

    def taken(self, value: Any) -> Any:
        """The value, if the parameter takes it; LessonError otherwise."""
        wrong = LessonError(f"{self.name}, {self.limits.meaning}, is {self.takes}; got {shortened(value)}")
        if self.words:
            found = [word for word in self.words if word.lower() == str(value).lower()]
            if not found:
                raise wrong
            return found[0]
        try:
            x = as_float(value)
        except TypeError:
            raise wrong from None
        if not self.limits.low <= x <= self.limits.high or (self.kind is int and x != int(x)):
            raise wrong
        return int(x) if self.kind is int else x


@dataclass(frozen=True, repr=False, eq=False)
class Lesson:
    """A worked example of the notes. Called with its parameters it runs, and returns an `Outcome`.

    >>> from autograd_lite.lessons import find
    >>> esin = find("L01")
    >>> esin
    <Lesson L01: e^sin(x²)>
    >>> esin(x=1.0).numbers["f′"]
    2.506761534986894
    """

    id: str
    title: str
    source: str
    statement: str  # Markdown, its mathematics in LaTeX between dollar signs
    expected: tuple[Expected, ...]
    function: Callable[..., Outcome]
    quiz: Quiz | None = None

    def __repr__(self) -> str:
        return f"<Lesson {self.id}: {self.title}>"

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters by their names."""
        hints = get_type_hints(self.function, include_extras=True)
        found = {}
        for name, parameter in inspect.signature(self.function).parameters.items():
            kind, limits = get_args(hints[name])
            found[name] = Parameter(name, kind, limits, parameter.default)
        return found

    @property
    def line(self) -> str:
        """What it does, in one line.

        >>> from autograd_lite.lessons import find
        >>> find("L03").line
        'Sum over the paths from x to y.'
        """
        return (self.function.__doc__ or self.title).strip().partition("\n")[0]

    @property
    def asked(self) -> Asked:
        """Its question and its exercises.

        >>> from autograd_lite.lessons import find
        >>> find("L04").asked.exercises[0].task[:17]
        'Three doublings: '
        """
        return asked().get(self.id, Asked())

    def sheet(self) -> str:
        """The statement, the question and the exercises, as HTML: what stands with the page of its graph."""
        return sheet(f"{self.id} · {self.title}", self.statement, self.asked)

    def __call__(self, **given: Any) -> Outcome:
        """Run the lesson. Raises LessonError for a parameter that it does not take, ImportError without its needs."""
        parameters = self.completed(given)
        try:
            outcome = self.function(**parameters)
        except ModuleNotFoundError as error:  # of NumPy in a browser
            cure = f"{self.id} computes with {error.name}, which is not here: pip install {error.name}"
            raise ModuleNotFoundError(cure, name=error.name) from None
        return replace(
            outcome, name=self.at(parameters), expected=self.known(parameters), lesson=self, given=parameters
        )

    def completed(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters: those given, and the defaults of the others."""
        for name in given:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise LessonError(f"{self.id} has no parameter {readable(shortened(name))}; its parameters: {known}")
        return {name: p.taken(given.get(name, p.default)) for name, p in self.parameters.items()}

    def known(self, parameters: Mapping[str, Any]) -> Expected | None:
        """The numbers of the notes for these parameters."""
        return next((case for case in self.expected if self.completed(case.given) == parameters), None)

    def at(self, parameters: Mapping[str, Any]) -> str:
        """The lesson and its parameters in a few words."""
        told = ", ".join(f"{name} = {written(value)}" for name, value in parameters.items())
        return f"{self.id} at {told}" if told else self.id

    def check(self, numbers: Mapping[str, Any], **given: Any) -> Agreement:
        """Compare your own numbers with those of the notes. Raises AssertionError where they differ.

        >>> from autograd_lite import Value, exp, sin
        >>> from autograd_lite.lessons import find
        >>> x = Value(1.0)
        >>> f = exp(sin(x ** 2))
        >>> f.backward()
        >>> print(find("L01").check({"f": f.data, "f′": x.grad}, x=1))
        L01 at x = 1
        quantity  expected        computed
        f         2.319776824716  2.319776824716  ✓
        f′        2.506761534987  2.506761534987  ✓
        """
        parameters = self.completed(given)
        expected = self.known(parameters)
        if expected is None:
            raise LessonError(f"the notes have no numbers for {self.at(parameters)}")
        for name in numbers:
            if name not in expected.numbers:
                raise LessonError(f"{self.id} has no number {shortened(name)}: it has {', '.join(expected.numbers)}")
        agreement = Agreement(self.at(parameters), expected, numbers)
        if agreement.wrong:
            raise AssertionError(str(agreement))
        return agreement

    def answer(self, name: str, *guess: Any, **given: Any) -> Answer:
        """Judge your own number, or numbers, for a quantity of the lesson; ... asks for it only.

        >>> from autograd_lite.lessons import find
        >>> find("L21").answer("dJ/dv", [-2, 0])
        ✓ ∂J/∂v = (−2, 0)
        """
        return Answer(self, name, guess[0] if guess else ..., given)

    def quiz_sheet(self, seed: int = 0) -> QuizSheet:
        """A sheet of questions with numbers of the seed's own; its `key` has the answers.

        >>> from autograd_lite.lessons import find
        >>> find("L02").quiz_sheet(seed=3).key.markdown().splitlines()[-2].strip()
        '9. **∂L/∂w** = −7.5'
        """
        from autograd_lite.lessons.asking.sheets import QuizSheet

        return QuizSheet(self, seed)

    def _repr_markdown_(self) -> str:
        return f"**{self.id} · {literal(self.title)}** (source {self.source})\n\n{self.statement}"


def lesson(
    id: str,  # noqa: A002 - what it is called
    title: str,
    source: str,
    statement: str,
    *expected: Expected,
    quiz: Quiz | None = None,
) -> Callable[[Callable[..., Outcome]], Lesson]:
    """Make a function the lesson with this id; every parameter is annotated with its type and its `Limits`.

    >>> from typing import Annotated
    >>> @lesson("L99", "a square", "P", "$f(x) = x^2$", Expected({"f": 9.0}))
    ... def square(x: Annotated[float, Limits("the input", -10, 10)] = 3.0) -> Outcome:
    ...     return Outcome({"f": x * x})
    >>> print(square().check())
    L99 at x = 3
    quantity  expected  computed
    f         9         9         ✓
    """

    def made(function: Callable[..., Outcome]) -> Lesson:
        return Lesson(id, title, source, inspect.cleandoc(statement), expected, function, quiz)

    return made
