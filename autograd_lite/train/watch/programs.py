"""A model and its loss as programs: as functions of lists of floats here, and as JavaScript in the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    given = ", ".join(names[x.place] if isinstance(x, Term) else repr(x) for x in _results(program))
    text = "\n".join(["def run(numbers):", f"    {taken}= numbers", *lines, f"    return ({given},)"])
    found: dict[str, Any] = {"inf": inf, "nan": nan} | {Called.name(op): op.of_floats for op in _ops(program)}
    exec(text, found)  # what is in it are the names of operations, and numbers
    return found["run"]  # type: ignore[no-any-return]


class Losses(NamedTuple):
    """The loss of one sample, as a program for each target, and what of each program's inputs are the outputs."""

    programs: list[Program]
    outputs: int
    takes_target: bool


def scripts(model: Program, forward: Program, losses: Losses | None, counts: tuple[int, int]) -> str:
    """The page's MODEL, FORWARD and LOSSES, with the functions that they call; `counts`: of parameters and inputs.

    Raises TypeError for a custom operation whose rules only numbers can pass through.
    """
    parameters, inputs = counts
    names = [*(f"p[{i}]" for i in range(parameters)), *(f"x[{i}]" for i in range(inputs))]
    with own_names():
        told = [
            ("MODEL", _arrow(model, [*names, *(f"s[{k}]" for k in range(len(model.inputs) - len(names)))], "p, x, s")),
            ("FORWARD", _arrow(forward, names, "p, x")),
        ]
        ops = [*_ops(model), *_ops(forward)]
        written = []
        for program in losses.programs if losses else ():
            places = [f"o[{k}]" for k in range(losses.outputs)] if losses else []
            places += [f"p[{i}]" for i in range(parameters)]
            targets = len(program.inputs) - len(places)
            places += ["y"] if targets == 1 else [f"y[{k}]" for k in range(targets)]
            written.append(_arrow(program, places, "o, p, y", cut=losses.outputs if losses else 0))
            ops += _ops(program)
        told.append(("LOSSES", f"[{', '.join(written)}]"))
        texts = [f"const {name} = {text};" for name, text in told]
        return "\n".join([library(dict.fromkeys(ops), texts).strip(), *texts]).strip()


def _arrow(program: Program, names: Sequence[str], arguments: str, cut: int = 0) -> str:
    """A program as a function in JavaScript, of arrays.

    It returns [values, gradient]; the values alone of one without a gradient; and of a loss, whose first `cut` inputs
    are the model's outputs, [value, gradient of these, gradient of the parameters or null where that is 0].
    """
    parameters = sum(name.startswith("p") for name in names)
    places = [*names, *(f"t{place}" for place in range(len(names), len(program.steps)))]
    steps = [f"{name}={text.replace(' ', '')}" for name, text in program.statements(ScriptOperand, places)]
    lines = ["const " + ",\n".join(steps) + ";"] if steps else []

    def listed(terms: Iterable[Any]) -> str:
        return f"[{','.join(places[x.place] if isinstance(x, Term) else script(x) for x in terms)}]"

    values, gradient = program.outputs, program.gradient
    if cut:
        own = gradient[cut : cut + parameters]
        moved = listed(own) if any(isinstance(x, Term) or x != 0.0 for x in own) else "null"
        given = f"[{listed(values[:1])[1:-1]}, {listed(gradient[:cut])}, {moved}]"
    elif gradient:  # of the first output, which is only there for it
        asked = [slope for slope, name in zip(gradient, names, strict=True) if name[0] != "s"]
        given = f"[{listed(values[1:])}, {listed(asked)}]"
    else:
        given = listed(values)
    return "\n".join([f"({arguments}) => {{", *lines, f"return {given};", "}"])


def _results(program: Program) -> list[Any]:
    return [*program.outputs, *program.gradient]


def _ops(program: Program) -> list[Op]:
    found = (program.steps[place].op for place in program.needed)
    return [op for op in dict.fromkeys(found) if op is not None]
