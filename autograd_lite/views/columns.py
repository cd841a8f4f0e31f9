"""Rows of texts as a table: for the terminal, as plain text, and in Markdown.

The cells are texts that somebody may have chosen, so none of them has a meaning for the terminal or for Markdown.
"""

from __future__ import annotations

import string
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

SPECIAL = frozenset("\\`*_{}[]|~$#")
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

    def rich(self) -> Group:
        """The table for the terminal, below its title, which may be wider."""
        from rich.console import Group
        from rich.text import Text

        return Group(Text(self.title, style="bold"), self.grid())

    def grid(self, styles: Iterable[str] = (), bold: int | None = None) -> Table:
        """The table for the terminal without its title; what is too wide is folded.

        `styles` are those of the columns, from the left; `bold` is the place of a row to stand out.
        """
        from rich.table import Table
        from rich.text import Text

        before, behind = self.padding
        table = Table(box=None, pad_edge=False, padding=(0, behind, 0, before))
        styled = [*styles, *[""] * len(self.headings)]
        for heading, style in zip(self.headings, styled, strict=False):
            side = "right" if heading.startswith(" ") else "left"
            table.add_column(Text(heading.strip()), justify=side, style=style, overflow="fold")  # type: ignore[arg-type]  # "right"
        for place, row in enumerate(self.rows):
            table.add_row(*map(Text, row), style="bold" if place == bold else None)
        return table

    def __str__(self) -> str:
        from rich.cells import cell_len

        lines = [[heading.strip() for heading in self.headings], *self.rows]
        widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
        texts = [self.title] * bool(self.title)
        for line in lines:
            cells = []
            for cell, width, heading in zip(line, widths, self.headings, strict=True):
                space = " " * (width - cell_len(cell))
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

    def __rich__(self) -> Group:
        return self.table().rich()

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
