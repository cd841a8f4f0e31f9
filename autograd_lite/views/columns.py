"""Rows of texts as a table: for the terminal, as plain text, and in Markdown.

The cells are texts that somebody may have chosen, so none of them has a meaning for the terminal or for Markdown.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rich.console import Group

SPECIAL = frozenset("\\`*_{}[]|~$#")


class Columns(NamedTuple):
    """A title, headings and rows; a heading that begins with a space stands over numbers, which are flush right.

    >>> print(Columns("squares", ["x", " x²"], [["one", "1"], ["twelve", "144"]]))
    squares
    x        x²
    one       1
    twelve  144
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    def rich(self) -> Group:
        """The table for the terminal, which folds what is too wide, below its title, which may be wider."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False)
        for heading in self.headings:
            side = "right" if heading.startswith(" ") else "left"
            table.add_column(Text(heading.strip()), justify=side, overflow="fold")  # type: ignore[arg-type]  # "right"
        for row in self.rows:
            table.add_row(*map(Text, row))
        return Group(Text(self.title, style="bold"), table)

    def __str__(self) -> str:
        from rich.cells import cell_len

        lines = [[heading.strip() for heading in self.headings], *self.rows]
        widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
        texts = [self.title]
        for line in lines:
            cells = []
            for cell, width, heading in zip(line, widths, self.headings, strict=True):
                space = " " * (width - cell_len(cell))
                cells.append(space + cell if heading.startswith(" ") else cell + space)
            texts.append("  ".join(cells).rstrip())
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
        lines = [list(map(literal, self.headings)), rules, *([literal(cell) for cell in row] for row in self.rows)]
        table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        return f"{literal(self.title)}\n\n{table}"


class Tabled(ABC):
    """What is shown as one table wherever it is shown: in the terminal, printed, in Markdown, and in a notebook."""

    @abstractmethod
    def _title(self) -> str:
        """What it is, in a few words."""

    @abstractmethod
    def _table(self) -> Columns:
        """All of it."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._title()}>"

    def __str__(self) -> str:
        return str(self._table())

    def __rich__(self) -> Group:
        return self._table().rich()

    def to_markdown(self) -> str:
        """The table in Markdown, which a notebook shows."""
        return self._table().markdown()

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


def literal(text: str) -> str:
    r"""Somebody's text, without a meaning for Markdown.

    >>> literal("w_1 < *b*")
    'w\\_1 &lt; \\*b\\*'
    """
    return escape("".join(f"\\{c}" if c in SPECIAL else c for c in text.strip()), quote=False)
