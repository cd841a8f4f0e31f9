"""Which engine runs: the one in C (`_node.c`) if it was built, otherwise the one in Python.

The environment variable AUTOGRAD_LITE_ENGINE, "python" or "c", chooses one. Both give the same numbers, graphs and
errors; the one in C is many times faster.
"""

from __future__ import annotations

import os

from autograd_lite.engine.lazy import imported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _chosen() -> Any:
    wish = os.environ.get("AUTOGRAD_LITE_ENGINE", "")
    if wish not in ("", "c", "python"):
        raise ImportError(f"AUTOGRAD_LITE_ENGINE is 'c' or 'python', got {wish!r}")
    if wish == "python":
        return None
    try:
        return imported("autograd_lite.engine._node")
    except ImportError as error:
        if wish == "c":
            raise ImportError(f"AUTOGRAD_LITE_ENGINE asks for the engine in C, which is not there: {error}") from error
        return None


c: Any = _chosen()  # the module `_node`; None: the engine is Python's


class Operation:
    """Base of `Op`: in C it calls an operation of the table on ordinary operands; here it has nothing to add."""

    __slots__ = ()


if c is not None:
    c.Operation.__doc__ = Operation.__doc__
    Operation = c.Operation  # type: ignore[misc]


def connect(table: dict[str, Any], file: str) -> None:
    """Give the rows their rules in C; they stay Python's where the file is not the one that these were made from."""
    c.quicken(type(table["add"]))
    if not c.connect(table, text_of(file)):
        import warnings  # here, because importing is cheap

        warnings.warn(
            "the table has changed since the engine in C was built, so that operations are computed in Python; "
            f"pip install -e . builds it anew ({file})",
            stacklevel=3,
        )


def text_of(file: str) -> bytes:
    """The content of a file; b"" where there is none, as in an archive."""
    try:
        with open(file, "rb") as text:
            return text.read()
    except OSError:
        return b""


def engine_name() -> str:
    """The engine that runs: "c" or "python"; the environment variable AUTOGRAD_LITE_ENGINE chooses one.

    >>> from autograd_lite import engine_name
    >>> engine_name() in ("c", "python")
    True
    """
    return "python" if c is None else "c"


def trim_memory() -> None:
    """Give back the memory that the engine in C keeps of freed graphs for the next one, up to 1 GB.

    >>> from autograd_lite import trim_memory
    >>> trim_memory()
    """
    if c is not None:
        c.trim()
