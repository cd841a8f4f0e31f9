"""A derivation: lines of LaTeX, each with its reason, and beside it what the engine has for the same symbol."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd_lite.engine.text import visible
from autograd_lite.engine.value import Value
from autograd_lite.lessons.showing.letters import in_a_terminal, in_letters
from autograd_lite.lessons.showing.numerals import written
from autograd_lite.views.columns import code, literal, markdown_rows

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

DIGITS = 6


class Line(NamedTuple):
    """One line of a derivation: a formula, why it follows, and the engine's number for what it says.

    `formula` is LaTeX without dollar signs; `why` is Markdown; `engine` names the node or the parameter that has the
    number, such as `z²₁.grad`, and `number` is a number, or nested lists of them. Several names in `engine` have as
    many numbers. Where `number` is left out, it is that of the graph's node with the name (see `looked_up`).
    """

    formula: str
    why: str = ""
    engine: str | Sequence[str] = ""
    number: Any = None

    @property
    def numbers(self) -> list[tuple[str, Any]]:
        """The names of the engine with their numbers; a name may be empty, and a number None.

        >>> Line("x", "", ["a.grad", "b.grad"], [1, 2]).numbers, Line("x").numbers
        ([('a.grad', 1), ('b.grad', 2)], [])
        """
        if isinstance(self.engine, str):
            return [(self.engine, self.number)] if self.engine or self.number is not None else []
        return list(zip(self.engine, self.number or [None] * len(self.engine), strict=True))

    def told(self) -> list[tuple[str, str]]:
        """The names and the numbers as texts."""
        return [(name, "" if number is None else written(number, DIGITS)) for name, number in self.numbers]


class Derivation(NamedTuple):
    """A title and its lines, in the steps of the notes.

    >>> print(Derivation("a square", [Line(r"f = x^2"), Line(r"f' = 2x", "the power rule", "x.grad", 3.0)]))
    a square
      f = x²
      f′ = 2x
          the power rule
          x.grad = 3
    """

    title: str
    lines: Sequence[Line]

    def looked_up(self, nodes: Mapping[str, Value]) -> Derivation:
        """The derivation with the numbers of the graph's nodes in the lines that leave theirs out.

        >>> Derivation("", [Line("x", "", "x.data")]).looked_up({"x": Value(2.0)}).lines[0].number
        2.0
        """
        return self._replace(lines=[line._replace(number=_number(line, nodes)) for line in self.lines])

    def texts(self) -> Iterator[tuple[int, str, str]]:
        """The lines of a terminal: how far to the right, the style, and the text."""
        yield 0, "bold", in_a_terminal(self.title)
        for line in self.lines:
            yield 2, "", in_letters(line.formula)
            if line.why:
                yield 6, "dim", in_a_terminal(line.why)
            if numbers := [" = ".join(filter(None, pair)) for pair in line.told()]:
                yield 6, "cyan", "   ".join(numbers)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from rich.padding import Padding
        from rich.text import Text

        for indent, style, text in self.texts():
            yield Padding(Text(visible(text), style=style), (0, 0, 0, indent), expand=False)

    def __str__(self) -> str:
        return "\n".join(" " * indent + visible(text) for indent, _, text in self.texts())

    def markdown(self) -> str:
        r"""The derivation in Markdown, which a notebook shows: a row for each line, with formula, reason and number.

        >>> print(Derivation("a norm", [Line(r"f = |x|", "as $|x|$ is", "f", 3.0)]).markdown())
        **a norm**
        <BLANKLINE>
        | | why | in the engine |
        | :--- | :--- | :--- |
        | $\displaystyle f = \vert{}x\vert{}$ | as $\vert{}x\vert{}$ is | `f` = 3 |
        """
        rows = []
        for line in self.lines:
            pairs = ([code(name)] * bool(name) + [literal(number)] * bool(number) for name, number in line.told())
            told = "<br>".join(" = ".join(pair) for pair in pairs)
            rows.append([_in_a_cell(rf"$\displaystyle {line.formula}$"), _in_a_cell(line.why), told])
        return f"**{self.title}**\n\n{markdown_rows(['', 'why', 'in the engine'], [':---'] * 3, *rows)}".replace(
            "|  |", "| |"
        )

    def _repr_markdown_(self) -> str:
        return self.markdown()


def _in_a_cell(markdown: str) -> str:
    r"""Markdown whose bars do not end the cell of a table, in formulas and beside them."""
    formulas = markdown.split("$")
    formulas[1::2] = [re.sub(r"\\?\|", _bar, formula) for formula in formulas[1::2]]
    formulas[::2] = [text.replace("|", "&#124;") for text in formulas[::2]]
    return " ".join("$".join(formulas).split())


def _bar(found: re.Match[str]) -> str:
    return r"\Vert{}" if len(found[0]) == 2 else r"\vert{}"


def _number(line: Line, nodes: Mapping[str, Value]) -> Any:
    """The number of a line, or those of the nodes that it names."""
    if line.number is not None:
        return line.number
    found = [engine_number(name, nodes) for name, _ in line.numbers]
    return found[0] if isinstance(line.engine, str) and found else found or None


def engine_number(name: str, nodes: Mapping[str, Value]) -> float | None:
    """What the graph has under a name such as `z.grad`, `z.data` or `z`; None where it has no such node.

    >>> engine_number("z.grad", {"z": Value(2.0)}), engine_number("y", {})
    (0.0, None)
    """
    label, kind = node_and_kind(name)
    node = nodes.get(label)
    return None if node is None else float(getattr(node, kind))


def node_and_kind(name: str) -> tuple[str, str]:
    """The node that a name of the engine is about, and which of its numbers.

    >>> node_and_kind("z¹₂.grad"), node_and_kind("z¹₂")
    (('z¹₂', 'grad'), ('z¹₂', 'data'))
    """
    label, _, kind = name.rpartition(".") if name.endswith((".grad", ".data")) else (name, "", "data")
    return label, kind
