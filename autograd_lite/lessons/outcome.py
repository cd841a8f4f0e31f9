"""What a lesson has computed: numbers beside those of the lecture notes, claims, a graph, tables, a figure.

The comparisons that claims are made of come last.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import floor, log, log10
from statistics import linear_regression
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.files import kind_of, write_whole
from autograd_lite.engine.value import Value, plain
from autograd_lite.lessons.showing.derivations import Derivation
from autograd_lite.lessons.showing.numerals import written as written
from autograd_lite.views.columns import Columns, Tabled

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson
    from autograd_lite.views.picture.digraph import Picture
    from autograd_lite.views.steps.tracer import Trace


class Expected:
    """The numbers of the notes, by the names of the quantities, for some parameters; the others have their defaults.

    `tolerance` is relative to the largest number of a quantity.
    """

    def __init__(self, numbers: Mapping[str, Any], *, tolerance: float = 1e-12, **given: Any) -> None:
        self.numbers = dict(numbers)
        self.tolerance = tolerance
        self.given = given

    def agrees(self, name: str, computed: Any) -> bool:
        """Whether a quantity agrees with its number, or its numbers, in the notes."""
        return agree(computed, self.numbers[name], self.tolerance)


class Agreement(Tabled):
    """Computed numbers beside those of the notes; `expected` is None where the notes have none for the parameters."""

    def __init__(self, title: str, expected: Expected | None, computed: Mapping[str, Any]) -> None:
        self.title = title
        self.expected = expected
        self.computed = computed

    @cached_property
    def wrong(self) -> list[str]:
        """The quantities that differ from the notes."""
        if self.expected is None:
            return []
        known = [name for name in self.computed if name in self.expected.numbers]
        return [name for name in known if not self.expected.agrees(name, self.computed[name])]

    def _title(self) -> str:
        return self.title

    def _table(self) -> Columns:
        if self.expected is None:
            rows = [[name, written(value)] for name, value in self.computed.items()]
            return Columns(self.title, ["quantity", "computed"], rows)
        known, digits = self.expected.numbers, floor(-log10(self.expected.tolerance)) + 1
        rows = []
        for name, value in self.computed.items():
            there = [written(known[name], digits), "✗" if name in self.wrong else "✓"] if name in known else ["", ""]
            rows.append([name, there[0], written(value, max(digits, 4)), there[1]])
        return Columns(self.title, ["quantity", "expected", "computed", ""], rows)


@dataclass(frozen=True, repr=False)
class Outcome:
    """What a lesson has computed: numbers, claims that hold or do not, its graph, tables, and a figure.

    `graph` is the root of the graph, after `backward()`; `figure` draws on a matplotlib figure. Which of these exist
    depends on the lesson. Printed, it is the whole report; a notebook shows it as Markdown.
    """

    numbers: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, bool] = field(default_factory=dict)
    graph: Value | None = None
    tables: Sequence[Columns] = ()
    figure: Callable[[Any], Any] | None = None
    derivations: Sequence[Derivation] = ()
    reasons: Mapping[str, str | Callable[[], str]] = field(default_factory=dict)  # by claim: why it may fail
    further: Mapping[str, Any] = field(default_factory=dict)  # what exercises ask for; a function: computed when asked
    name: str = ""  # the lesson and its parameters, such as L01 at x = 1.5
    expected: Expected | None = None
    lesson: Lesson | None = None  # which has computed it, for what was given
    given: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        good = sum(map(bool, self.claims.values()))
        return f"<Outcome of {self.name}: {len(self.numbers)} numbers, {good} of {len(self.claims)} claims hold>"

    @cached_property
    def agreement(self) -> Agreement:
        """The numbers beside those of the notes."""
        return Agreement(self.name, self.expected, self.numbers)

    @property
    def right(self) -> bool:
        """Whether all numbers agree with the notes and all claims hold."""
        return not self.agreement.wrong and all(self.claims.values())

    def check(self) -> Outcome:
        """The outcome itself. Raises AssertionError if a number differs from the notes or a claim does not hold."""
        if not self.right:
            raise AssertionError(str(self))
        return self

    def draw(self, **options: Any) -> Picture:
        """The picture of the graph; options as in `autograd_lite.draw`. Raises ValueError where there is no graph."""
        from autograd_lite.views.picture.drawing import draw

        return draw(self._graph(), **options)

    def trace(self, wrt: Any = None, **folding: Any) -> Trace:
        """The steps of the graph, as `autograd_lite.trace`, with its `group`, `expand` and `depth`.

        On their page the lesson's statement, question and exercises can be read. Raises ValueError where there is
        no graph.
        """
        from autograd_lite.views.steps.tracer import trace

        steps = trace(self._graph(), wrt, **folding)
        if self.lesson is not None:
            steps.sheet = self.lesson.sheet()
        return steps

    def plot(self, figure: Any = None) -> Any:
        """Draw the lesson's figure on the given matplotlib figure, or on a new one, and return it.

        Raises ValueError where the lesson has none, ImportError without matplotlib.
        """
        if self.figure is None:
            raise ValueError(f"{self.name} has no plot{', but a graph to draw' if self.graph is not None else ''}")
        from autograd_lite.plots import page

        figure = figure if figure is not None else page()
        self.figure(figure)
        return figure

    def to_html(self) -> str:
        """The page of the lesson: statement, steps, derivations, numbers, plot, exercises, in one file.

        It needs no network. Raises ValueError for an outcome that is of no lesson.
        """
        from autograd_lite.lessons.showing.pages import LessonPage

        return LessonPage(self._lesson(), self).html()

    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write the page of the lesson. Raises OSError if the file cannot be written, ValueError for another kind.

        >>> import tempfile
        >>> from autograd_lite.lessons import find
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     find("L02")().save_html(os.path.join(folder, "L02.html"))
        ...     os.listdir(folder)
        ['L02.html']
        """
        kind_of(path, "html")
        write_whole(os.fspath(path), self.to_html().encode())

    def to_latex(self) -> str:
        """The lesson as a LaTeX document: statement, derivations, numbers, and the trace of its graph.

        Raises ValueError for an outcome that is of no lesson.
        """
        from autograd_lite.lessons.showing.latex import document

        return document(self, self._lesson())

    def _lesson(self) -> Lesson:
        if self.lesson is None:
            raise ValueError("this outcome is of no lesson, whose statement it could show")
        return self.lesson

    def _graph(self) -> Value:
        if self.graph is None:
            raise ValueError(f"{self.name} has no graph{', but a plot' if self.figure is not None else ''}")
        return self.graph

    @cached_property
    def nodes(self) -> dict[str, Value]:
        """The nodes of the graph by the names that its views give them."""
        if self.graph is None:
            return {}
        from autograd_lite.views.names import in_order, names

        named = names(in_order(self.graph))
        often = Counter(named.values())
        return {name: node for node, name in named.items() if often[name] == 1}

    @cached_property
    def derived(self) -> list[Derivation]:
        """The derivations, with the numbers of the graph where they leave theirs out."""
        return [derivation.looked_up(self.nodes) for derivation in self.derivations]

    def parts(self) -> list[Columns | Derivation]:
        """The report: the tables of the lesson, the derivations, the numbers, the claims."""
        tables: list[Columns | Derivation] = [*self.tables, *self.derived]
        if self.numbers:
            tables.append(self.agreement.table())
        if self.claims:
            rows = [
                ["✓", claim] if holds else ["✗", claim + self.reason(claim)] for claim, holds in self.claims.items()
            ]
            tables.append(Columns("claims", ["", "with these parameters"], rows))
        return tables

    def reason(self, claim: str) -> str:
        """Why a claim does not hold here, as the rest of its sentence."""
        given = self.reasons.get(claim, "")
        told = given() if callable(given) else given
        return f": {told}" if told else ""

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.parts()))

    def _repr_markdown_(self) -> str:
        return "\n\n".join(part.markdown() for part in self.parts())


def agree(computed: Any, by_hand: Any, tolerance: float = 1e-12, *, scale: float = 0.0) -> bool:
    """Whether numbers, or arrays of one shape, differ by no more than the tolerance, relative to the largest `by_hand`.

    `scale` is the size of what was added up, where terms may cancel: if it is larger, differences are relative to it.

    >>> agree([0.1 + 0.2, 1e6], [0.3, 1e6]), agree(0.3e-3, 0.3000001e-3), agree([0.3], 0.3)
    (True, False, False)
    >>> agree(0.1 + 0.2 - 0.3, 0.0), agree(0.1 + 0.2 - 0.3, 0.0, scale=0.3)
    (False, True)
    """
    (shape, xs), (shape_by_hand, ys) = _numbers(computed), _numbers(by_hand)
    most = tolerance * max(scale, *map(abs, ys))
    return shape == shape_by_hand and all(abs(x - y) <= most for x, y in zip(xs, ys, strict=True))


def _numbers(table: Any) -> tuple[tuple[int, ...], list[float]]:
    """The shape of a number, of nested lists of them or of an array, and all its numbers."""
    table = table.tolist() if hasattr(table, "tolist") else table
    if not isinstance(table, (list, tuple)):
        return (), [plain(table)]
    parts = [_numbers(part) for part in table]
    return (len(parts), *(parts[0][0] if parts else ())), [x for _, numbers in parts for x in numbers]


def falls(numbers: Sequence[float], slack: float = 0.0) -> bool:
    """Whether each number is below the one before, or above it by less than the slack, relative to the largest.

    >>> falls([3.0, 2.0, 1.0]), falls([3.0, 1.0, 1.0]), falls([3.0, 1.0, 1.0], slack=1e-9)
    (True, False, True)
    """
    rise = slack * max(map(abs, numbers))
    return all(after < before or after - before < rise for before, after in pairwise(numbers))


def power(across: Sequence[float], up: Sequence[float]) -> float:
    """The slope of the least-squares line in a log-log plot: the power with which the numbers grow.

    >>> round(power([1, 2, 4], [5, 20, 80]), 12)
    2.0
    """
    return linear_regression(list(map(log, across)), list(map(log, up))).slope
