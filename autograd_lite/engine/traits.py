"""What is known of an operation beside its mathematics: how it is written, drawn, exported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from types import FunctionType
from typing import Any, SupportsFloat, SupportsIndex

from autograd_lite.engine.text import shortened

Number = SupportsFloat | SupportsIndex  # anything that is one real number
Rule = Callable[..., Any]  # of operands, and a partial of the result too
Partial = float | Rule


class Traits:
    """The optional fields of a row; the views, the exports and the other engines read them, and keep no lists."""

    doc: str | None = None  # what it is, in a sentence and an example; those of the table stand in docs.py
    shown: Sequence[Partial] | None = None  # the textbook's local partials, where the numerically right ones differ
    form: str | Callable[..., Any] | None = None  # how a formula is laid out: views/formulas.py; or by other operations
    text: str | None = None  # the function's name in formulas of plain text, if not its own
    latex: str | None = None  # and in LaTeX
    symbol: str | None = None  # what a picture shows instead of the name
    commutative: bool = False  # the order of the operands does not matter
    saturates: float | None = None  # the steepest slope of a unit that goes flat for large inputs
    ufunc: str = ""  # NumPy's name, if another
    javascript: str | None = None  # the value, where the row compares numbers and so cannot be read as text
    torch: tuple[str, dict[str, Any]] | None = None  # the module of torch.nn that it is, and its arguments


class Told:
    """What `docs.py` says of an operation; it stands above this module, and is imported when somebody asks."""

    def __init__(self, function: str, of_class: str | None = None) -> None:
        self.function, self.of_class = function, of_class

    def __get__(self, op: object | None, owner: type) -> Any:
        if op is not None:
            return getattr(import_module("autograd_lite.engine.docs"), self.function)(op)
        if self.function == "signature":
            raise AttributeError(f"the signature of {owner.__name__} itself is that of any class")
        return self.of_class


def check(name: str, value: Any, partials: Any, notation: str, traits: dict[str, Any]) -> None:
    """Raise where what is given is not a row."""
    if not name.isidentifier():
        raise ValueError(f"an operation's name must be a Python identifier, got {name!r}")
    if not callable(value):
        raise TypeError(f"{name}: the value must be a function of the operands, got {shortened(value)}")
    if not isinstance(partials, (list, tuple)):
        raise TypeError(f"{name}: give a list with one local partial for each operand, got {shortened(partials)}")
    if not partials:
        raise ValueError(f"{name}: give one local partial for each operand, got none")
    if notation and (notation.count("{") != len(partials) or notation.count("{}") != len(partials)):
        raise ValueError(f"{name}: the notation {notation!r} needs one {{}} for each of {len(partials)} operands")
    if notation and not notation.isprintable():
        raise ValueError(f"{name}: the notation {notation!r} must be one line of printable characters")
    if unknown := [trait for trait in traits if trait not in Traits.__annotations__]:
        raise TypeError(f"{name}: an operation has no field {unknown[0]!r}: it has {', '.join(Traits.__annotations__)}")


def parameters(value: Any, partials: Sequence[Any]) -> tuple[str, ...]:
    """The names of the operands, as the functions of the row call them."""
    for rule in (value, *partials):  # those of a partial are the operands and the result
        if type(rule) is FunctionType and rule.__code__.co_argcount >= len(partials):
            return rule.__code__.co_varnames[: len(partials)]
    return tuple("xyz"[: len(partials)] if len(partials) <= 3 else [f"x{i}" for i in range(len(partials))])


def defaults(value: Any, arity: int) -> tuple[Any, ...]:
    """The numbers of the last operands, where a call leaves them out."""
    given = value.__defaults__ or () if type(value) is FunctionType else ()
    required = value.__code__.co_argcount - len(given) if given else arity
    return tuple(given[: max(0, arity - required)])
