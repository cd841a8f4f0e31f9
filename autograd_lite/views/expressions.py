"""Expressions typed by a person, such as `e^sin(x²)`: read by a grammar, computed by the table.

Nothing is `eval`uated: what the grammar in `reading/` has no rule for does not exist. A text becomes a program for a
stack of operands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any
from unicodedata import combining, east_asian_width

from autograd_lite.engine.ops import Op
from autograd_lite.engine.value import Value
from autograd_lite.views.reading.parts import (
    CONSTANTS as CONSTANTS,
    Definition,
    Name,
    ReadingError,
    Step,
    canonical,
    functions,
)

if TYPE_CHECKING:
    from autograd_lite.views.reading.parts import Part

LONGEST = 200_000
LIKELY = "xyzt"  # variables, even where they do not stand alone in an expression
WINDOW = 60  # characters of a long text that an error shows


class ExpressionError(ValueError):
    """A text that is not an expression of the table's operations, or lacks the value of a name.

    What it says is one line. `marked`, also a note of it, is the text and below it a mark at the place.
    """

    marked: str = ""

    def at(self, text: str, start: int, end: int) -> ExpressionError:
        """The error itself, with the place in the text."""
        self.marked = marked(text, start, end)
        self.add_note(self.marked)
        return self


class Expression:
    """An expression as mathematics writes it on one line, or as Python does: numbers, names, functions of the table.

    `2x`, `x²`, `√x`, `|x|`, `sin² x`, `e^-x` and `σ(x)` are read like `2*x`, `x**2`, `sqrt(x)`, `abs(x)`,
    `sin(x)**2`, `exp(-x)` and `sigmoid(x)`. What stands side by side is a product that binds more than `/`, and less
    than a power. A function without brackets takes such a product, up to the next function. `u = x^2; sin u` names an
    intermediate result, which is its label too; `[x > y]` is 1 or 0; `sum([x, y, z])` takes a list.

    `names` are the names used, in their order. Called with values by name, numbers or `Value`s, it computes; `pi`,
    `tau`, `e`, `inf` and `nan` need none. Raises ExpressionError, with one line that says what to change.

    >>> from autograd_lite.views.expressions import Expression
    >>> f = Expression("exp sin x²")
    >>> f.names, f(x=1.5)
    (['x'], 2.177273044783055)
    >>> Expression("1/2x")(x=4.0), Expression("sin x cos x")(x=0.5) == Expression("sin(x)*cos(x)")(x=0.5)
    (0.125, True)
    """

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self.names: list[str] = []
        self.defined: list[str] = []  # the names of intermediate results, in their order
        self._places: dict[str, tuple[int, int]] = {}  # where each name is first used
        self._steps: list[Step | Name | Definition | float] = []
        self._statements = self._read()
        for statement in self._statements:
            for step in statement.steps():
                self._steps.append(step)
                if isinstance(step, Name) and step.name not in self.defined and step.name not in self._places:
                    self.names.append(step.name)
                    self._places[step.name] = step.start, step.end
                elif isinstance(step, Definition):
                    self._define(step)

    def __call__(self, /, **values: Any) -> Any:
        """The expression for these values of its names: a float, or a node where a `Value` is among them."""
        values = {canonical(name): value for name, value in values.items()}
        for name in values:
            if name in functions() and name not in self.names:  # of others, a point may have more than are asked for
                raise ExpressionError(f"{name} is no variable here, but a function: write {name}*x for a product")
        stack: list[Any] = []
        found: dict[str, Any] = {}
        result = None
        for step in self._steps:
            if isinstance(step, Step):
                operands = stack[len(stack) - step.arity :]
                del stack[len(stack) - step.arity :]
                stack.append(_applied(step, operands))
            elif isinstance(step, Name):
                stack.append(found[step.name] if step.name in found else self._value_of(step.name, values))
            elif isinstance(step, Definition):
                result = found[step.name] = stack.pop()
                if isinstance(result, Value) and result.label is None and all(result is not x for x in values.values()):
                    result.label = step.name
            else:
                stack.append(step)
        return stack.pop() if stack else result  # of the last definition

    def title(self, label: str) -> str:
        """The expression as it was typed, on one line, its result with the given name.

        >>> Expression("e^-x").title("y"), Expression("u = x²; sin u").title("y")
        ('y = e^-x', 'u = x²; y = sin u')
        """
        texts = [" ".join(self.text[part.start : part.end].split()) for part in self._statements]
        if self._statements[-1].rule != "definition":
            texts[-1] = f"{label} = {texts[-1]}"
        return shown("; ".join(texts), 1000)

    def missing(self, name: str, given: Collection[str] = ()) -> ExpressionError:
        """The error that a name has no value, where others are given; it says what may have been meant."""
        from autograd_lite.views.reading.mistakes import meant

        return self.refused(name, meant(name, given, self.text[self._places[name][1] :]))

    def unlikely(self, name: str) -> ExpressionError | None:
        """The error that a name without a value, such as sinx, is hardly meant as a variable; None where it may be."""
        from autograd_lite.views.reading.mistakes import unlikely

        others = [*LIKELY, *(other for other in self.names if other != name)]
        why = unlikely(name, others, self.text[self._places[name][1] :])
        return self.refused(name, why) if why else None

    def refused(self, name: str, why: str) -> ExpressionError:
        """The error that a name cannot stand here, with a mark below it."""
        return ExpressionError(shown(why, 200)).at(self.text, *self._places[name])

    def _read(self) -> list[Part]:
        if not self.text:
            raise ExpressionError("the expression is empty: write one such as exp(sin(x**2))")
        if len(self.text) > LONGEST:
            raise ExpressionError(
                f"the expression has {len(self.text):,} characters, more than {LONGEST:,}: build it in Python"
            )
        from autograd_lite.views.reading.reader import read

        try:
            return read(self.text)
        except ReadingError as error:
            raise self._refused(error) from None

    def _refused(self, error: ReadingError) -> ExpressionError:
        instead = error.instead if isinstance(error.instead, str) else error.instead(self.text)
        hint = f": write {shown(instead)}" if instead else ""
        return ExpressionError(f"{shown(str(error), 200)}{hint}").at(self.text, error.start, error.end)

    def _define(self, step: Definition) -> None:
        if step.name in self._places:
            what = f"{step.name} is used before it is defined, or to define itself"
            raise self._refused(ReadingError(what, step.start, step.end, f"{step.name}1 = …"))
        if step.name in self.defined:
            raise self._refused(
                ReadingError(f"{step.name} has a meaning already", step.start, step.end, f"{step.name}1 = …")
            )
        self.defined.append(step.name)

    def _value_of(self, name: str, values: Mapping[str, Any]) -> Any:
        if name in values:
            return values[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        raise self.missing(name, values)


def _applied(step: Step, operands: list[Any]) -> Any:
    try:
        return step.apply(*operands)
    except (ArithmeticError, ValueError) as error:
        if isinstance(step.apply, Op) and not hasattr(error, "__notes__"):  # a Value says it itself
            error.add_note(f"autograd_lite: while computing {step.apply.written(*operands)}")
        raise


def shown(text: str, most: int = 60) -> str:
    """A piece of somebody's text on one line, without control characters, and not too long."""
    plain = ascii(text)[1:-1] if not text.isprintable() else text
    return plain if len(plain) <= most else plain[: most - 3] + "..."


def marked(text: str, start: int, end: int) -> str:
    r"""The line of a text that holds a place, or a part of it, and marks below the place.

    >>> print(marked("x + 2yz", 5, 7))
      x + 2yz
           ^^
    """
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start) if "\n" in text[start:] else len(text)
    if last - first > WINDOW:
        first, last = max(first, start - WINDOW // 2), min(last, start + WINDOW // 2)
    end = min(max(end, start + 1), max(last, start + 1))

    def columns(part: str) -> int:
        return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in part)

    line = "".join(c if c.isprintable() else "\ufffd" for c in text[first:last])
    return (
        f"  {line}\n  {' ' * columns(line[: start - first])}{'^' * (columns(line[start - first : end - first]) or 1)}"
    )
