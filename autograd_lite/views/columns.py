"""Rows of texts as a table: for the terminal, as plain text, and in Markdown.

The cells are texts that somebody may have chosen, so none of them has a meaning for the terminal or for Markdown.
"""

from __future__ import annotations

import re
import string
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from autograd_lite.engine.lazy import require
from autograd_lite.engine.text import rounded, visible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

SPECIAL = frozenset("\\`*_{}[]|~$#")
NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e[+-]\d+)?(?![\w.])")  # as Python writes a float
FEWER_DIGITS = (12, 10, 8, 6)  # where not all of them fit
FEWEST_DIGITS = (*FEWER_DIGITS, 5, 4)
GAP = "   "  # between the parts of a cell
ENTITIES = str.maketrans({c: f"&#{ord(c)};" for c in string.punctuation})


class Columns(NamedTuple):
    """A title, headings and rows; a heading that begins with a space stands over numbers, which are flush right.

    `padding` is the space before and behind a column, where another one stands beside it.

    >>> print(Columns("squares", ["x", " x²"], [["one", "1"], ["twelve", "144"]]))
    squares
    x        x²
    one       1
    twelve  144
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    padding: tuple[int, int] = (1, 1)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """The table for the terminal, below its title, which may be wider."""
        from rich.text import Text

        if self.title:
            yield Text(visible(self.title), style="bold")
        yield self.fitted(options.max_width).grid(width=options.max_width)

    def rounded(self, digits: int | None) -> Columns:
        """The table with its numbers to so many digits; what the rows are called stays."""
        rows = [
            [first, *(NUMBER.sub(lambda x: rounded(float(x[0]), digits), cell) for cell in rest)]
            for first, *rest in self.rows
        ]
        return self._replace(rows=rows)

    def fitted(self, width: int, *, rounding: bool = True) -> Columns:
        """The table in a form that fits into a line and breaks no number.

        With fewer digits, if `rounding`; with the parts of a cell below one another; or each heading before its cell.

        >>> columns = Columns("", ["x", "1/x", "1/3x"], [["3", repr(1 / 3), repr(1 / 9)]])
        >>> print(columns.fitted(24))
        x  1/x       1/3x
        3  0.333333  0.111111
        >>> print(columns.fitted(12))
        x     3
        1/x   0.3333
        1/3x  0.1111
        """
        below = self._replace(rows=[[cell.replace(GAP, "\n") for cell in row] for row in self.rows])
        for exact, fewer in ((self, FEWER_DIGITS), (below, FEWEST_DIGITS)):
            for digits in (None, *fewer) if rounding else (None,):
                table = exact if digits is None else exact.rounded(digits)
                if table._total(table._widths()) <= width:
                    return table
        if not table.rows or table._total(table._widths(words=True)) <= width:
            return table
        headings = [heading.strip() for heading in self.headings]
        pairs = [list(pair) for row in table.rows for pair in (("", ""), *zip(headings, row, strict=True))]
        return Columns("", pairs[1], pairs[2:])

    def _widths(self, *, words: bool = False) -> list[int]:
        """The widths that the columns need: of their longest lines, or at the least, of their longest words."""
        lines = [[heading.strip() for heading in self.headings], *self.rows]
        return [
            max(
                (_width(visible(part)) for cell in column for part in (cell.split() if words else cell.split("\n"))),
                default=0,
            )
            for column in zip(*lines, strict=True)
        ]

    def _total(self, widths: Sequence[int]) -> int:
        return sum(widths) + sum(self.padding) * (len(widths) - 1)

    def _narrowed(self, width: int) -> list[int]:
        """The widths of the columns in a line of that width: the widest gives way first, its words stay whole."""
        widths, least = self._widths(), self._widths(words=True)
        while (excess := self._total(widths) - width) > 0 and any(map(int.__gt__, widths, least)):
            place = max(range(len(widths)), key=lambda place: (widths[place] > least[place], widths[place]))
            widths[place] -= min(excess, max(1, (widths[place] - least[place]) // 2))
        return widths

    def grid(self, styles: Iterable[str] = (), bold: int | None = None, width: int | None = None) -> Table:
        """The table for the terminal without its title; what is too wide for a line is continued below, at a word.

        `styles` are those of the columns, from the left; `bold` is the place of a row to stand out.
        """
        require("rich", "the terminal's output")
        from rich.table import Table
        from rich.text import Text

        before, behind = self.padding
        table = Table(box=None, pad_edge=False, padding=(0, behind, 0, before))
        styled = [*styles, *[""] * len(self.headings)]
        widths = [None] * len(self.headings) if width is None else self._narrowed(width)
        for heading, style, wide in zip(self.headings, styled, widths, strict=False):
            side = "right" if heading.startswith(" ") else "left"
            table.add_column(Text(visible(heading.strip())), justify=side, style=style, overflow="fold", width=wide)  # type: ignore[arg-type]  # "right"
        for place, row in enumerate(self.rows):
            table.add_row(*(Text(visible(cell)) for cell in row), style="bold" if place == bold else None)
        return table

    def __str__(self) -> str:
        require("rich", "the terminal's output")
        lines = [[*map(visible, line)] for line in ([heading.strip() for heading in self.headings], *self.rows)]
        wide = [[*map(_width, line)] for line in lines]
        widths = [max(column) for column in zip(*wide, strict=True)]
        texts = [visible(self.title)] * bool(self.title)
        for line, taken in zip(lines, wide, strict=True):
            cells = []
            for cell, own, width, heading in zip(line, taken, widths, self.headings, strict=True):
                space = " " * (width - own)
                cells.append(space + cell if heading.startswith(" ") else cell + space)
            texts.append((" " * sum(self.padding)).join(cells).rstrip())
        return "\n".join(texts)

    def markdown(self) -> str:
        r"""The table in Markdown, the title above it.

        >>> print(Columns("squares", ["x", " x²"], [["a|b", "1"]]).markdown())
        squares
        <BLANKLINE>
        | x | x² |
        | --- | ---: |
        | a\|b | 1 |
        """
        rules = ["---:" if heading.startswith(" ") else "---" for heading in self.headings]
        rows = ([literal(cell) for cell in row] for row in self.rows)
        return f"{literal(self.title)}\n\n{markdown_rows([*map(literal, self.headings)], rules, *rows)}"


def _width(text: str) -> int:
    """The columns that a text takes in a terminal: in most, one for each character."""
    from rich.cells import cell_len

    return len(text) if all(map(_is_narrow, set(text))) else cell_len(text)


@cache
def _is_narrow(character: str) -> bool:
    from rich.cells import cell_len

    return cell_len(character) == 1


class Tabled(ABC):
    """What is shown as one table wherever it is shown: in the terminal, printed, in Markdown, and in a notebook."""

    @abstractmethod
    def _title(self) -> str:
        """What it is, in a few words."""

    @abstractmethod
    def _table(self) -> Columns:
        """All of it."""

    def table(self) -> Columns:
        """All of it, as a table."""
        return self._table()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._title()}>"

    def __str__(self) -> str:
        return str(self.table())

    def __rich__(self) -> Columns:
        return self.table()

    def to_markdown(self) -> str:
        """The table in Markdown, which a notebook shows."""
        return self.table().markdown()

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


def literal(text: str) -> str:
    r"""Somebody's text, without a meaning for Markdown.

    >>> literal("w_1 < *b*")
    'w\\_1 &lt; \\*b\\*'
    """
    return escape("".join(f"\\{c}" if c in SPECIAL else c for c in text.strip()), quote=False)


def code(text: str) -> str:
    """A text as code in Markdown, in which no character has a meaning, also in a table.

    >>> code("sin(x)"), code("a|b")
    ('`sin(x)`', '<code>a&#124;b</code>')
    """
    if set("`|\\") & set(text):  # a code span cannot hold them in a table, on every site that shows Markdown
        return f"<code>{text.translate(ENTITIES)}</code>"
    return f"`{text}`" if text else ""


def markdown_rows(*rows: Sequence[str]) -> str:
    """The rows of a table whose cells are in Markdown already; the second row is the rule below the headings."""
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
