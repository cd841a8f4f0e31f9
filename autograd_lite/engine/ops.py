"""Operations: what a row of the table is, and what a kind of operand is.

An `Op` is ordinary Python, generic in the kind of its operands. Called with numbers it computes;
called with any other kind of operand (a recorded `Value`, an extended number, source text) it asks
that kind what applying the operation means. So each reading of the table is written once, by the
kind, and each operation is written once, in `table.py`.
"""

from __future__ import annotations

import numbers
import sys
from collections.abc import Callable, Sequence
from typing import Any, SupportsFloat, TypeVar, overload

from autograd_lite.engine.text import compound, shortened

Partial = float | Callable[..., Any]


class Operand:
    """Base of every kind of operand: it says what applying an operation means, and Python's operators call it."""

    __slots__ = ()

    @staticmethod
    def _apply(op: Op, operands: tuple[Any, ...]) -> Any:
        raise TypeError(f"this kind of operand does not say what {op.name} of {operands} means")


Kind = TypeVar("Kind", bound=Operand)


def as_float(x: Any) -> float:
    """Convert anything that is one real number to a float; raise TypeError for everything else.

    >>> from fractions import Fraction
    >>> as_float(Fraction(1, 4)), as_float(True)
    (0.25, 1.0)
    """
    if type(x) is float:
        return x
    if isinstance(x, numbers.Complex) and not isinstance(x, numbers.Real):
        raise TypeError(f"expected a real number, got the complex number {x!r}: use its .real or abs() of it")
    if isinstance(x, Operand):
        raise TypeError(f"expected a plain number, got {x!r}: its number is its .data")
    if getattr(x, "ndim", None) or str(getattr(x, "dtype", "")) == "object":
        raise TypeError(
            f"expected one number, got an array of shape {tuple(x.shape)}: "
            "for arrays use NumPy's functions and operators"
        )
    text = isinstance(x, (str, bytes))  # NumPy's texts have a __float__
    if text or not (hasattr(type(x), "__float__") or hasattr(type(x), "__index__")):
        raise TypeError(f"expected a number, got {type(x).__name__} {shortened(x)}: convert it with float() first")
    return float(x)


def unboxed(x: Any) -> Any:
    """The content of an array of no dimensions, as NumPy makes of a single object; anything else as it is."""
    return x.item() if getattr(x, "shape", None) == () and hasattr(x, "item") else x


class Op:
    """A primitive operation: its value, its local partials, its notation.

    `value` takes the operands. `partials` has one entry for each operand: a float where the local
    derivative is constant, otherwise a function of the operands and the result. Both are written
    with arithmetic and with other operations, so that every kind of operand can pass through them.
    `notation` is Python syntax, `{}` standing for each operand; without it, a function call.
    `defaults` are the numbers of the last operands, where a call leaves them out.
    `ufunc` is NumPy's name of the operation, where it differs from ours.

    An own operation takes three lines, and works wherever the built-in ones do:

    >>> from autograd_lite import Op, grad
    >>> cube = Op("cube",
    ...           lambda x: x * x * x,
    ...           [lambda x, y: 3.0 * x * x])
    >>> cube(2.0), grad(cube)(2.0), grad(grad(cube))(2.0)
    (8.0, 12.0, 12.0)
    """

    def __init__(
        self,
        name: str,
        value: Callable[..., Any],
        partials: Sequence[Partial],
        notation: str | None = None,
        *,
        defaults: Sequence[float] = (),
        ufunc: str | None = None,
        doc: str | None = None,
    ) -> None:
        if not name.isidentifier():
            raise ValueError(f"an operation's name must be a Python identifier, got {name!r}")
        if not callable(value):
            raise TypeError(f"{name}: the value must be a function of the operands, got {shortened(value)}")
        if not isinstance(partials, (list, tuple)):
            raise TypeError(f"{name}: give a list with one local partial for each operand, got {shortened(partials)}")
        if not partials:
            raise ValueError(f"{name}: give one local partial for each operand, got none")
        if len(defaults) > len(partials):
            raise ValueError(f"{name}: {len(defaults)} defaults for {len(partials)} operands")
        self.__name__ = name
        self.value = value
        self.partials = tuple(p if callable(p) else as_float(p) for p in partials)
        self.notation = notation or f"{name}({', '.join(['{}'] * len(partials))})"
        if self.notation.replace("{}", "").count("{") or self.notation.count("{}") != len(partials):
            raise ValueError(f"{name}: the notation {notation!r} needs one {{}} for each of {len(partials)} operands")
        if not self.notation.isprintable():
            raise ValueError(f"{name}: the notation {notation!r} must be one line of printable characters")
        self.__module__ = sys._getframe(1).f_globals.get("__name__", __name__)  # where pickle finds it by its name
        self.defaults = tuple(as_float(d) for d in defaults)
        self.ufunc = ufunc or name
        self.__doc__ = _documented(self.notation, doc)

    @property
    def name(self) -> str:
        """The name under which the operation is called."""
        return self.__name__

    @property
    def arity(self) -> int:
        """How many operands the operation takes, those with a default included."""
        return len(self.partials)

    @overload
    def __call__(self, x: Kind, /, *rest: Any) -> Kind: ...
    @overload
    def __call__(self, x: SupportsFloat, y: Kind, /, *rest: Any) -> Kind: ...
    @overload
    def __call__(self, x: SupportsFloat, y: SupportsFloat, z: Kind, /, *rest: Any) -> Kind: ...
    @overload
    def __call__(self, *operands: SupportsFloat) -> float: ...
    def __call__(self, *operands: Any) -> Any:
        """The operation applied: a float for plain numbers, otherwise what the kind of operand makes of it."""
        if len(operands) != len(self.partials):
            operands = self._completed(operands)
        plain = True
        for operand in operands:
            if type(operand) is not float:
                if isinstance(operand, Operand):
                    return operand._apply(self, operands)
                plain = False
        return self.of_floats(*operands) if plain else self(*self.numbers(operands))

    def of_floats(self, *operands: float) -> float:
        """The value for plain floats: a float, or the exception that `math` raises there."""
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
        if not self.notation.endswith(")"):  # an operator, for which a sign binds less than it looks
            texts = [f"({text})" if text.startswith("-") or compound(text) else text for text in texts]
        return self.notation.format(*texts)

    def _completed(self, operands: tuple[Any, ...]) -> tuple[Any, ...]:
        self.check_count(len(operands))
        return operands + self.defaults[len(operands) - self.arity :]

    def check_count(self, count: int) -> None:
        """Raise TypeError if the operation cannot be called with so many operands."""
        least = self.arity - len(self.defaults)
        if not least <= count <= self.arity:
            wants = f"{self.arity}" if least == self.arity else f"{least} to {self.arity}"
            raise TypeError(f"{self.name} takes {wants} operand{'' if wants == '1' else 's'}, got {count}")

    def __repr__(self) -> str:
        return f"<Op {self.name}>"

    def __reduce__(self) -> str:
        # Copied and pickled by reference, as a function is.
        return self.__name__


def _documented(notation: str, doc: str | None) -> str | None:
    """Lay out a row's one-line documentation, 'Sine. >>> sin(0.5) = 0.47…', as a docstring with a doctest."""
    if doc is None or " >>> " not in doc:
        return doc
    sentence, example = doc.split(" >>> ")
    call, result = example.split(" = ")
    return f"{sentence}\n\nWritten {notation.format(*'xyz'[: notation.count('{}')])}.\n\n>>> {call}\n{result}\n"
