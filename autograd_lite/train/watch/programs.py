"""A model and its loss as programs: as functions of lists of floats here, and as JavaScript in the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, nan
from typing import Any, NamedTuple

from autograd_lite.engine.compiled import PythonOperand
from autograd_lite.engine.ops import Op
from autograd_lite.engine.program import Program, Term
from autograd_lite.engine.table import TABLE
from autograd_lite.views.steps.page.javascript import ScriptOperand, library, own_names, script


class Called(PythonOperand):
    """Python text in which an operation of one's own is called, by a name that nothing else has."""

    __slots__ = ()

    @staticmethod
    def name(op: Op) -> str:
        """What an operation is called: its name may be that of a variable, or of another operation."""
        return op.name if TABLE.get(op.name) is op else f"op{id(op)}"

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> PythonOperand:
        if TABLE.get(op.name) is op:
            return PythonOperand._apply(op, operands)
        return PythonOperand(f"{Called.name(op)}({', '.join(map(str, operands))})")


def function(program: Program) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """A program as a function of the list of its inputs: its outputs, and then its gradient if it has one.

    >>> from autograd_lite import Value
    >>> x, y = Value(2.0), Value(3.0)
    >>> function(Program(x * y, inputs=[x, y]))([5.0, 7.0])
    (35.0, 7.0, 5.0)
    """
    names = [f"t{place}" for place in range(len(program.steps))]
    lines = [f"    {name} = {text}" for name, text in program.statements(Called, names)]
    taken = "".join(f"{name}, " for name in names[: len(program.inputs)])
    given = ", ".join(names[x.place] if isinstance(x, Term) else repr(x) for x in (*program.outputs, *program.gradient))
    text = "\n".join(["def run(numbers):", f"    {taken}= numbers", *lines, f"    return ({given},)"])
    found: dict[str, Any] = {"inf": inf, "nan": nan} | {Called.name(op): op.of_floats for op in _ops(program)}
    exec(text, found)  # what is in it are the names of operations, and numbers
    return found["run"]  # type: ignore[no-any-return]


class Losses(NamedTuple):
    """The loss of one sample, as a program of outputs, parameters and target, or one for each target without it."""

    programs: list[Program]
    takes_target: bool


def scripts(model: Program, forward: Program, losses: Losses | None, parameters: int) -> str:
    """The page's MODEL, FORWARD and LOSSES, with the functions that they call.

    Of parameters p, inputs x and weights s of the outputs, MODEL gives [values, gradient by p and x]; FORWARD gives the
    values alone; and of outputs o, p and a target y, each of LOSSES gives [value, gradient by o, gradient by p, or null
    where that is 0]. Raises TypeError for a custom operation whose rules only numbers can pass through.
    """
    used, width = len(forward.inputs), len(model.inputs) - len(forward.inputs)
    p, x, s, o = (_indexed(*each) for each in (("p", parameters), ("x", used - parameters), ("s", width), ("o", width)))
    with own_names():
        texts = [
            f"const MODEL = {_arrow(model, [*p, *x, *s], 'p, x, s', [model.outputs[1:], model.gradient[:used]])};",
            f"const FORWARD = {_arrow(forward, [*p, *x], 'p, x', forward.outputs)};",
        ]
        programs = losses.programs if losses else []
        written = []
        for program in programs:
            targets = len(program.inputs) - width - parameters
            slopes, own = program.gradient[:width], program.gradient[width : width + parameters]
            moved = own if any(isinstance(x, Term) or x != 0.0 for x in own) else None
            names = [*o, *p, *(["y"] if targets == 1 else _indexed("y", targets))]
            written.append(_arrow(program, names, "o, p, y", [program.outputs[0], slopes, moved]))
        texts.append(f"const LOSSES = [{', '.join(written)}];")
        ops = dict.fromkeys(op for program in (model, forward, *programs) for op in _ops(program))
        return "\n".join([library(ops, texts).strip(), *texts]).strip()


def _indexed(name: str, count: int) -> list[str]:
    return [f"{name}[{i}]" for i in range(count)]


def _arrow(program: Program, names: Sequence[str], arguments: str, results: Any) -> str:
    """A program as a function in JavaScript, of arrays; `results` are its places and constants, in nested lists."""
    places = [*names, *(f"t{place}" for place in range(len(names), len(program.steps)))]
    steps = [f"{name}={text.replace(' ', '')}" for name, text in program.statements(ScriptOperand, places)]
    lines = ["const " + ",\n".join(steps) + ";"] if steps else []

    def written(result: Any) -> str:
        if isinstance(result, (list, tuple)):
            return f"[{','.join(map(written, result))}]"
        return "null" if result is None else places[result.place] if isinstance(result, Term) else script(result)

    return "\n".join([f"({arguments}) => {{", *lines, f"return {written(results)};", "}"])


def _ops(program: Program) -> list[Op]:
    found = (program.steps[place].op for place in program.needed)
    return [op for op in dict.fromkeys(found) if op is not None]
