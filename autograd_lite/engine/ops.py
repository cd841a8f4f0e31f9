"""Operations: what a row of the table is, and what a kind of operand is.

An `Op` is ordinary Python, generic in the kind of its operands. Called with numbers it computes; called with any
other kind of operand it asks that kind what applying the operation means. So each reading of the table is written
once, by the kind, and each operation is written once, in `table.py`.
"""

from __future__ import annotations

import sys

from autograd_lite.engine.chosen import Operation
from autograd_lite.engine.reals import as_float, elementwise, is_array, unboxed
from autograd_lite.engine.text import compound
from autograd_lite.engine.traits import Told, Traits, check, defaults, parameters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeVar, overload

    from autograd_lite.engine.traits import Number, Partial, Rule

    Kind = TypeVar("Kind", bound="Operand")


class Operand:
    """Base of every kind of operand; `_apply` says what applying an operation to operands of the kind means.

    The kinds: `Value` records; `IeeeOperand` gives inf and nan where floats raise; `PythonOperand`, `ScriptOperand`,
    `CText` and `FormulaOperand` write what is computed in Python, in JavaScript, in C and as mathematics.
    """

    __slots__ = ()

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> Any:
        raise TypeError(f"this kind of operand does not say what {op.name} of {operands} means")


class Op(Operation, Traits):
    """A primitive operation: its value, its local partials, its notation.

    `value` takes the operands; its defaults are those of the operation. `partials` has one entry for each operand:
    a float where the local derivative is constant, otherwise a function of the operands and the result. Both are
    written with arithmetic and with other operations, so that every kind of operand can pass through them.
    `notation` is Python syntax, `{}` standing for each operand; without it, a function call. What else can be said
    of an operation, such as its symbol in pictures, is a field of `Traits`.

    A custom operation takes three lines, and works wherever the built-in ones do:

    >>> from autograd_lite import Op, grad
    >>> cube = Op("cube",
    ...           lambda x: x * x * x,
    ...           [lambda x, y: 3.0 * x * x])
    >>> cube(2.0), grad(cube)(2.0), grad(grad(cube))(2.0)
    (8.0, 12.0, 12.0)
    """

    __doc__ = Told("documentation", __doc__)  # of each operation its own
    __signature__ = Told("signature")

    def __init__(self, name: str, value: Rule, partials: Sequence[Partial], notation: str = "", **traits: Any) -> None:
        check(name, value, partials, notation, traits)
        self.__name__ = self.ufunc = name
        self.__module__ = sys._getframe(1).f_globals.get("__name__", __name__)  # where pickle finds it by its name
        self.__dict__.update(traits)
        self.value = value
        self.partials = tuple(p if callable(p) else as_float(p) for p in partials)
        self.arity = len(partials)  # how many operands there are, those with a default included
        self.flows = sum(1 << i for i, p in enumerate(self.partials[:2]) if p != 0.0)  # bit i: back to operand i, in C
        call = f"{name}({', '.join(['{}'] * len(partials))})"
        self.notation = notation or call
        self.is_call = self.notation == call  # otherwise with operators, which may need parentheses
        self.parameters = parameters(value, partials)
        try:
            self.defaults = tuple(map(as_float, defaults(value, self.arity)))
        except TypeError as error:
            raise TypeError(f"{name}: the default of an operand: {error}") from None

    @property
    def name(self) -> str:
        """The name under which the operation is called."""
        return self.__name__

    def _call(self, *operands: Any, **named: Any) -> Any:
        """The operation applied: a float for plain numbers, arrays for arrays, otherwise what the kind makes of it."""
        __tracebackhide__ = True  # to IPython and pytest, which then show the user's line beside the error
        if named or len(operands) != self.arity:
            if self.of_more and len(operands) > self.arity:
                return self.of_more(len(operands))(*operands, **named)
            operands = self._bound(operands, named)
        plain = True
        try:
            for operand in operands:
                if type(operand) is not float:
                    if isinstance(operand, Operand):
                        return operand._apply(self, operands)
                    plain = False
            return self.of_floats(*operands) if plain else self(*self.numbers(operands))
        except TypeError:
            if not any(map(is_array, operands)):
                raise
        return elementwise(self, operands)

    if TYPE_CHECKING:

        @overload
        def __call__(self, x: Kind, /, *rest: Any, **named: Any) -> Kind: ...
        @overload
        def __call__(self, x: Number, y: Kind, /, *rest: Any, **named: Any) -> Kind: ...
        @overload
        def __call__(self, *operands: Number) -> float: ...
        @overload
        def __call__(self, *operands: Any, **named: Any) -> Any: ...
        def __call__(self, *operands: Any, **named: Any) -> Any:
            """`_call`, as type checkers see it."""

    else:
        __call__ = _call

    def of_floats(self, *operands: float) -> float:
        """The value for plain floats: a float, or the exception that `math` raises there."""
        __tracebackhide__ = True
        result = self.value(*operands)
        if type(result) is float:
            return result
        if isinstance(result, complex):
            hint = "; the real root of a negative number is cbrt(x)" if "**" in self.notation else ""
            raise ValueError(f"{self.written(*operands)} is not a real number{hint}")
        return as_float(result)

    def numbers(self, operands: Sequence[Any]) -> tuple[Any, ...]:
        """The operands with every plain number converted to a float; other kinds of operand stay."""
        try:
            return tuple(x if isinstance(x, Operand) else as_float(x) for x in map(unboxed, operands))
        except TypeError as error:
            raise TypeError(f"{self.name}: {error}") from None

    def written(self, *operands: object) -> str:
        """The operation in its notation, applied to anything that prints: 'x * 2'."""
        texts = [str(x) for x in operands]
        if not self.is_call:  # but an operator, for which a sign binds less than it looks
            texts = [f"({text})" if text.startswith("-") or compound(text) else text for text in texts]
        return self.notation.format(*texts)

    def check_count(self, count: int) -> None:
        """Raise TypeError if the operation cannot be called with so many operands."""
        least = self.arity - len(self.defaults)
        if not (least <= count <= self.arity or (self.of_more and count > least)):
            most = "" if least == self.arity else f" to {self.arity}"
            wants = f"{least} or more" if self.of_more else f"{least}{most}"
            raise TypeError(f"{self.name} takes {wants} operand{'' if wants == '1' else 's'}, got {count}")

    def _bound(self, operands: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """The operands in their order: those given by place, by name, and the defaults of the others."""
        if not named:
            self.check_count(len(operands))
            return operands + self.defaults[len(operands) - self.arity :]
        rest = self.parameters[len(operands) :]
        if wrong := [name for name in named if name not in rest]:
            names = f"its operands are {', '.join(self.parameters)}"
            how = "got two values for" if wrong[0] in self.parameters else "has no"
            raise TypeError(f"{self.name} {how} operand {wrong[0]!r}: {names}")
        known = dict(zip(reversed(self.parameters), reversed(self.defaults), strict=False)) | named
        if not known.keys() >= set(rest):
            self.check_count(len(operands) + len(named))
        return (*operands, *(known[name] for name in rest))

    def __repr__(self) -> str:
        return f"<Op {self.name}>"

    def __reduce__(self) -> str:
        return self.__name__  # copied and pickled by reference, as a function is
