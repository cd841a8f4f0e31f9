"""What the page's script needs to judge answers: the table's functions by every name, and the known mistakes."""

from __future__ import annotations

from functools import cache

from autograd_lite.engine.ops import Op
from autograd_lite.views.reading.parts import functions
from autograd_lite.views.steps.mistakes import MISTAKES
from autograd_lite.views.steps.page.javascript import ScriptOperand, computes, data, function, number, script


@cache
def answer_functions() -> str:
    """The table's functions by their names, as JavaScript; `library` writes out what this text calls.

    >>> answer_functions().splitlines()[0]
    'const FUNCTIONS = new Map();'
    """
    names: dict[Op, list[str]] = {}
    for name, op in functions().items():
        if isinstance(op, Op) and computes(op):
            names.setdefault(op, []).append(name)
    rows = []
    for op, known in names.items():
        said = known, op.parameters, [number(x) for x in op.defaults], int(op.of_more is not None)
        rows.append(f"[{', '.join(map(data, said))}, (...x) => {function(op)}(...x)]")
    lines = ",\n".join(rows)
    return (
        "const FUNCTIONS = new Map();\n"
        f"for (const [names, operands, defaults, more, of] of [\n{lines}\n])\n"
        "  for (const name of names) FUNCTIONS.set(name, { of, operands, defaults: defaults.map(Number), more });"
    )


@cache
def mistake_rows(*, parts: bool = True) -> str:
    """The rows of the known mistakes, as JavaScript; without units and pieces, those that a graph of operations has.

    >>> mistake_rows().splitlines()[1][-25:]
    'of: (truth) => (-truth)},'
    """
    rows = []
    for row in MISTAKES:
        if row.parts and not parts:
            continue
        said = {"key": row.key, "kinds": row.kinds.split(), "needs": row.needs, "words": row.words}
        formula = script(row.formula(*map(ScriptOperand, row.needs)))
        rows.append(f"{{...{data(said)}, of: ({', '.join(row.needs)}) => {formula}}}")
    lines = ",\n".join(rows)
    return f"const MISTAKES = [\n{lines}\n];"
