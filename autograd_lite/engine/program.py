"""A recorded graph as a straight-line program: first the values, then the gradients, for any other inputs.

A graph knows its numbers; a program has places for them. The operations of the graph, and what the local partials of
the table consist of, become steps, one operation each. Steps of constants are numbers, equal steps are one, and steps
that nothing asks for are left out. What writes the steps down is a kind of operand that is text, so a program can be
read in every language that the table can be read in: `source` is Python.
"""

from __future__ import annotations

import re
from itertools import count
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from autograd_lite.engine.compiled import PythonOperand
from autograd_lite.engine.graph import product, topological_order
from autograd_lite.engine.operators import Arithmetic
from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import TABLE
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Text = Callable[[str], Any]  # a kind of operand that is text: PythonOperand, ScriptOperand

NOT_FINITE = re.compile(r"\b(inf|nan)\b(?!\()")  # and no call of an operation of one's own


class Step(NamedTuple):
    """One operation of a program on earlier places and on constants; an input has none."""

    op: Op | None
    operands: tuple[Any, ...]


class Term(Arithmetic):
    """A kind of operand that is a place of a program: applying an operation to it adds a step."""

    __slots__ = ("place", "steps")

    def __init__(self, steps: Steps, place: int) -> None:
        self.steps, self.place = steps, place

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> Term:
        operands = op.numbers(operands)
        return next(x.steps for x in operands if isinstance(x, Term)).term(op, operands)

    def _undecided(self, *_: object) -> NoReturn:
        raise TypeError("a place of a program has no number to decide by")

    __bool__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = _undecided
    __hash__ = None  # type: ignore[assignment]


class Steps(list[Step]):
    """The steps of a program in their order."""

    def __init__(self) -> None:
        self.places: dict[tuple[Any, ...], Term] = {}

    def term(self, op: Op | None, operands: tuple[Any, ...]) -> Term:
        """The place where an operation of these operands is computed: a new one, unless it is computed already."""
        key = (op, *(x.place if isinstance(x, Term) else repr(x) for x in operands))
        if key not in self.places:
            self.places[key] = Term(self, len(self))
            self.append(Step(op, operands))
        return self.places[key]


class Program:
    """The values of `outputs`, and the gradient of the first of them with respect to `inputs`, as a list of steps.

    `inputs` are leaves, by default all of them, in the order in which the graph uses them; other leaves are constants.
    Raises ValueError where the graph is right for its own numbers only: where a number was compared, so that the
    program that made it may have gone another way for others, or a leaf was changed after it was used. With
    gradient=False it gives the values alone.

    >>> from autograd_lite import Value, exp, sin
    >>> from autograd_lite.engine.program import Program
    >>> x = Value(1.5, "x")
    >>> print(Program(exp(sin(x ** 2))).source)
    from autograd_lite import cos, exp, sin
    <BLANKLINE>
    <BLANKLINE>
    def program(x):
        v1 = x ** 2.0
        v2 = sin(v1)
        v3 = exp(v2)
        v4 = cos(v1)
        v5 = v3 * v4
        v6 = 2.0 * x
        v7 = v5 * v6
        return (v3,), (v7,)
    """

    def __init__(self, *outputs: Value, inputs: Sequence[Value] | None = None, gradient: bool = True) -> None:
        if not outputs or not all(isinstance(y, Value) for y in outputs):
            raise TypeError(f"a program has outputs that are Values, got {shortened(outputs)}")
        order = topological_order(*outputs)
        leaves = [x for y in (*order, *outputs) for x in (y, *y.operands) if isinstance(x, Value) and x.op is None]
        self.inputs = tuple(dict.fromkeys(leaves) if inputs is None else inputs)
        if wrong := [x for x in self.inputs if not isinstance(x, Value) or x.op is not None]:
            raise TypeError(f"the inputs of a program are leaves, got {shortened(wrong[0])}")
        if len({*self.inputs}) < len(self.inputs):
            raise ValueError("an input of a program is given twice")
        _check_general([*dict.fromkeys(leaves), *order])
        self.steps = Steps()
        known: dict[Value, Any] = {x: self.steps.term(None, (place,)) for place, x in enumerate(self.inputs)}
        for node in order:
            operands = tuple(x if type(x) is float else known.get(x, x.data) for x in node.operands)
            moves = any(isinstance(x, Term) for x in operands)
            known[node] = self.steps.term(node.op, operands) if moves else node.data
        self.labels = {term.place: x.label for x, term in reversed(known.items()) if isinstance(term, Term) and x.label}
        self.outputs = tuple(known.get(y, y.data) for y in outputs)
        adjoints = self._backward(self.outputs[0]) if gradient else {}
        self.gradient = tuple(adjoints.get(place, 0.0) for place in range(len(self.inputs) if gradient else 0))
        self.needed = self._reached()

    def _backward(self, root: Any) -> dict[int, Any]:
        """The adjoints of all places: the reverse sweep along the steps, whose results are steps again."""
        adjoints: dict[int, Any] = {root.place: 1.0} if isinstance(root, Term) else {}
        for place in reversed(range(len(self.steps))):
            op, operands = self.steps[place]
            if op is None or (upstream := adjoints.get(place)) is None:
                continue
            for i, x in enumerate(operands):
                if isinstance(x, Term) and op.partials[i] != 0.0:
                    share = product(upstream, self._partial(op, i, place))
                    adjoints[x.place] = adjoints[x.place] + share if x.place in adjoints else share
        return adjoints

    def _partial(self, op: Op, i: int, place: int) -> Any:
        rule: Any = op.partials[i]
        try:
            return rule(*self.steps[place].operands, Term(self.steps, place)) if callable(rule) else rule
        except TypeError as error:
            raise TypeError(f"{op.name}: its local partial cannot be a part of a program: {error}") from error

    def _reached(self) -> list[int]:
        """The places that outputs and gradient need, in order."""
        waiting = [x.place for x in (*self.outputs, *self.gradient) if isinstance(x, Term)]
        found: set[int] = set()
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                step = self.steps[place]
                waiting += [x.place for x in step.operands if isinstance(x, Term)]
        return sorted(place for place in found if self.steps[place].op is not None)

    def statements(self, kind: Text, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """The name and the text of each step that is needed, in the language of a kind of operand that is text.

        `names` are those of the places, the inputs' first.

        >>> from autograd_lite import Value, tanh
        >>> program = Program(tanh(2.0 * Value(0.5)))
        >>> list(program.statements(PythonOperand, ["x", "u", "y", "s", "g", "dx"]))[:2]
        [('u', '2.0 * x'), ('y', 'tanh(u)')]
        """
        for place in self.needed:
            op, operands = self.steps[place]
            text = str(op(*(kind(names[x.place]) if isinstance(x, Term) else x for x in operands)))  # type: ignore[misc]
            bare = text[1:-1] if text.startswith("(") else text  # a call starts with a name
            yield names[place], bare

    @property
    def source(self) -> str:
        """The program as a function in Python: it takes the inputs, and returns the outputs and the gradient.

        It raises what floats raise. Operations of one's own stand in it under their names.
        """
        names = self._names()
        called = {op.name: op for op in (self.steps[place].op for place in self.needed) if op}
        imported = [name for name, op in sorted(called.items()) if TABLE.get(name) is op and op.is_call]
        written = [names[x.place] if isinstance(x, Term) else repr(x) for x in (*self.outputs, *self.gradient)]
        values, slopes = written[: len(self.outputs)], written[len(self.outputs) :]
        lines = [f"{name} = {text}" for name, text in self.statements(PythonOperand, names)]
        lines.append(f"return {_tuple(values)}, {_tuple(slopes)}")
        needs = ["from math import inf, nan"] * any(NOT_FINITE.search(line) for line in lines)
        needs += [f"from autograd_lite import {', '.join(imported)}"] * bool(imported)
        name = "program_" if "program" in called else "program"  # which an operation of one's own may be called
        head = f"def {name}({', '.join(names[: len(self.inputs)])}):"
        return "\n".join([*needs, *["", ""] * bool(needs), head, *(f"    {line}" for line in lines)])

    def _names(self) -> list[str]:
        """A name for each place: the label of what is computed there, where Python can have it, otherwise a number."""
        reserved = {*TABLE, "program", "inf", "nan"} | {step.op.name for step in self.steps if step.op}
        labels = [self.labels.get(place, "") for place in range(len(self.steps))]
        own = {x for x in labels if x.isascii() and x.isidentifier() and not iskeyword(x)} - reserved
        numbered = (name for name in map("v{}".format, count(1)) if name not in own | reserved)
        first = {label: place for place, label in reversed([*enumerate(labels)])}
        return [x if x in own and first[x] == place else next(numbered) for place, x in enumerate(labels)]


def _tuple(texts: Sequence[str]) -> str:
    return f"({', '.join(texts)}{',' * (len(texts) == 1)})"


def _check_general(nodes: Sequence[Value]) -> None:
    """Raise ValueError where the graph would not be that of other numbers."""
    for x in nodes:
        if x.decided or x.changed:
            name = x.label or shortened(x)
            made = f", made at {x.line} ({x.line.text})" if x.line else "; record_lines() tells the line that made it"
            why = (
                "was compared, and for another number the program may take another way: write where() or maximum()"
                if x.decided
                else "was given another number after it was used: compute again"
            )
            raise ValueError(f"this graph is right for its own numbers only: {name} {why}{made}")
