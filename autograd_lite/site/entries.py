"""What the gallery is made of: entries, each a function whose own source is the code that the page shows."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any, NamedTuple

Make = Callable[[], Any]
NAME = re.compile(r"(?<![\w.\"])[A-Za-z_]\w*")
PRINTED, SAVED = "print({})", 'plots.save("picture.svg", {})'


class Entry(NamedTuple):
    """What makes a picture, how its last line is written, and the expression that the playground can show."""

    make: Make
    shown: str
    expression: str
    inputs: Mapping[str, float]

    @property
    def name(self) -> str:
        """That of the function, which its file and its place on the page bear too."""
        return self.make.__name__.replace("_", "-")

    @property
    def words(self) -> tuple[str, str]:
        """The title, and a sentence or two."""
        title, _, rest = inspect.cleandoc(self.make.__doc__ or "").partition("\n")
        return title.rstrip("."), " ".join(rest.split())

    def code(self) -> str:
        """The lines that make it, as a reader would write them."""
        lines = inspect.getsource(self.make).split('"""')[2].replace("(figure: Any) -> None", "(figure)")
        body, _, result = dedent(lines).strip().rpartition("return ")
        written = f"{body}{self.shown.format(result)}"
        return f"{imports(written, self.make.__module__)}\n\n{written}"


def imports(code: str, module: str) -> str:
    """The lines that import what some code uses of this package, as its module does.

    >>> import autograd_lite.site.gallery
    >>> print(imports("y = exp(Value(0.0)); gate('xor')", "autograd_lite.site.gallery"))
    from autograd_lite import Value, exp
    from autograd_lite.data import gate
    """
    used, lines = set(NAME.findall(code)), []
    for node in ast.parse(inspect.getsource(sys.modules[module])).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograd_lite"):
            names = [name.name for name in node.names if name.name in used]
            lines += [f"from {node.module} import {', '.join(names)}"] if names else []
    return "\n".join(lines)


ENTRIES: list[Entry] = []


def entry(shown: str = "{}", expression: str = "", **inputs: float) -> Callable[[Make], Make]:
    """Put a function into the gallery; `shown` is how the line with its result is written."""

    def put(make: Make) -> Make:
        ENTRIES.append(Entry(make, shown, expression, inputs))
        return make

    return put
