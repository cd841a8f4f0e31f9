"""Tables and columns as other libraries have them, for tests of what takes them.

Neither pandas nor polars nor pyarrow is needed: stand-ins have the part of their interface that matters, each with the
traps of its model. Where the libraries are installed, they are tested as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy

Columns = dict[str, list[Any]]


class PandasColumn:
    """A Series of pandas: indexed by labels that are no places, with `tolist`."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values)

    def tolist(self) -> list[Any]:
        """The values."""
        return list(self.values)

    def to_numpy(self) -> Any:
        """The values as an array."""
        return numpy.array(self.values)


class PandasTable:
    """A DataFrame of pandas: iterating goes over the names of the columns, and a list of names takes a part."""

    def __init__(self, columns: Columns) -> None:
        self.parts = columns
        self.columns = list(columns)

    def __len__(self) -> int:
        return len(self.parts[self.columns[0]])

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __getitem__(self, name: Any) -> Any:
        if isinstance(name, list):
            return type(self)({one: self.parts[one] for one in name})
        return PandasColumn(self.parts[name])

    def to_numpy(self) -> Any:
        """The rows as an array, of objects where the columns differ in type."""
        rows = list(zip(*self.parts.values(), strict=True))
        types = {type(x) for row in rows for x in row}
        return numpy.array(rows, dtype=None if len(types) == 1 else object)


class PolarsColumn:
    """A Series of polars: no `tolist`, and dates are NumPy's."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values)

    def to_numpy(self) -> Any:
        """The values as an array."""
        return numpy.array(self.values, dtype="datetime64[us]" if isinstance(self.values[0], datetime) else None)


class PolarsTable(PandasTable):
    """A DataFrame of polars: iterating goes over the columns themselves, and dates beside numbers become numbers."""

    def to_numpy(self) -> Any:
        """The rows as an array of floats."""
        return numpy.column_stack([PolarsColumn(values).to_numpy().astype(float) for values in self.parts.values()])

    def __iter__(self) -> Iterator[Any]:
        return iter([PolarsColumn(values) for values in self.parts.values()])

    def __getitem__(self, name: Any) -> Any:
        found = super().__getitem__(name)
        return PolarsColumn(found.values) if isinstance(found, PandasColumn) else found


class ArrowTable:
    """A Table of pyarrow: `columns` are the columns themselves, `column_names` their names."""

    def __init__(self, columns: Columns) -> None:
        self.parts = columns
        self.column_names = list(columns)

    @property
    def columns(self) -> list[Any]:
        """The columns."""
        return [PolarsColumn(values) for values in self.parts.values()]

    def __len__(self) -> int:
        return len(self.parts[self.column_names[0]])

    def __getitem__(self, name: str) -> Any:
        return PolarsColumn(self.parts[name])

    def select(self, names: list[str]) -> ArrowTable:
        """A part of the table."""
        return ArrowTable({name: self.parts[name] for name in names})


TABLES: dict[str, Callable[[Columns], Any]] = {
    "like pandas": PandasTable,
    "like polars": PolarsTable,
    "like pyarrow": ArrowTable,
}
REAL = {"pandas": "DataFrame", "polars": "DataFrame", "pyarrow": "table"}
TABLES |= {name: getattr(import_module(name), maker) for name, maker in REAL.items() if find_spec(name)}


def part(table: Any, names: list[str]) -> Any:
    """The table of some columns."""
    return table.select(names) if hasattr(table, "column_names") else table[names]
