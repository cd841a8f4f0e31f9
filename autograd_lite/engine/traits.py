"""What is known of an operation beside its mathematics: how it is written, drawn, exported."""

from __future__ import annotations

from keyword import iskeyword
from types import BuiltinFunctionType, FunctionType

from autograd_lite.engine.text import shortened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, SupportsFloat, SupportsIndex

    Number = SupportsFloat | SupportsIndex  # anything that is one real number
    Rule = Callable[..., Any]  # of operands, and a partial of the result too
    Partial = float | Rule

# How formulas are laid out, other than as a function before its operands, and of how many operands.
FORMS = {
    "sum": 2, "difference": 2, "product": 2, "quotient": 2, "power": 2, "comparison": 3, "choice": 3, "log_sum": 2,
    "negative": 1, "exponential": 1, "root": 1, "cube_root": 1, "bars": 1,
}  # fmt: skip
REQUIRED = object()  # there is no default


class Traits:
    """The optional fields of a row; the views, the exports and the other engines read them, and keep no lists."""

    doc: str | None = None  # what it is, in a sentence and an example; those of the table stand in words.py
    shown: Sequence[Partial] | None = (
        None  # the textbook's local partials, for the eye, where the numerically right ones differ
    )
    form: str | Callable[..., Any] | None = (
        None  # one of FORMS, or a function of the operands that writes it with others
    )
    text: str | None = None  # the function's name in formulas of plain text, if not its own
    also: Sequence[str] = ()  # other names under which people type it, beside `text` and NumPy's
    latex: str | None = None  # and in LaTeX
    symbol: str | None = None  # what a picture shows instead of the name
    commutative: bool = False  # the order of the operands does not matter
    saturates: float | None = None  # the steepest slope of a unit that goes flat for large inputs
    ufunc: str = ""  # NumPy's name, if another
    javascript: str | None = None  # the value, where the row compares numbers and so cannot be read as text
    of_more: Callable[[int], Any] | None = None  # the operation of so many operands, where there may be more of them
    torch: tuple[str, dict[str, Any]] | None = None  # the module of torch.nn that it is, and its arguments


class Told:
    """What `docs.py` says of an operation; the room hands it in, since it stands above, and imports it when asked."""

    docs: Callable[[], Any]

    def __init__(self, function: str, of_class: str | None = None) -> None:
        self.function, self.of_class = function, of_class

    def __get__(self, op: object | None, owner: type) -> Any:
        if op is not None:
            return getattr(Told.docs(), self.function)(op)
        if self.function == "signature":
            raise AttributeError(f"the signature of {owner.__name__} itself is that of any class")
        return self.of_class


def check(name: str, value: Any, partials: Any, notation: str, traits: dict[str, Any]) -> None:
    """Raise where what is given is not a row."""
    if not name.isidentifier() or iskeyword(name):
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
    form, shown = traits.get("form"), traits.get("shown")
    if shown is not None and len(shown) != len(partials):
        raise ValueError(f"{name}: shown has {len(shown)} local partials, of {len(partials)} operands")
    if form is not None and not callable(form) and FORMS.get(form) != len(partials):
        forms = ", ".join(known for known, count in FORMS.items() if count == len(partials)) or "none"
        raise ValueError(f"{name}: no form {form!r} of {len(partials)} operands is known; known are {forms}")
    also = traits.get("also", ())
    if isinstance(also, str) or not all(isinstance(other, str) for other in also):
        raise TypeError(f"{name}: also is a list of names, got {shortened(also)}")
    for trait in ("doc", "text", "latex", "symbol", "ufunc", "javascript"):
        if not isinstance(traits.get(trait, ""), str):
            raise TypeError(f"{name}: {trait} is a text, got {shortened(traits[trait])}")


def parameters(value: Any, partials: Sequence[Any]) -> tuple[str, ...]:
    """The names of the operands, as the functions of the row call them."""
    for rule in (value, *partials):  # those of a partial are the operands and the result
        if len(names := _arguments(rule)) >= len(partials):
            return tuple(names)[: len(partials)]
    return tuple("xyz"[: len(partials)] if len(partials) <= 3 else [f"x{i}" for i in range(len(partials))])


def defaults(value: Any, arity: int) -> tuple[Any, ...]:
    """The numbers of the last operands, where a call leaves them out."""
    return tuple(default for default in [*_arguments(value).values()][:arity] if default is not REQUIRED)


def _arguments(rule: Any) -> dict[str, Any]:
    """The positional arguments of a function with their defaults, or REQUIRED; none where it does not say."""
    if type(rule) is FunctionType:  # as nearly all are, for which `inspect` would be slow
        names = rule.__code__.co_varnames[: rule.__code__.co_argcount]
        given = rule.__defaults__ or ()
        return dict(zip(names, (*[REQUIRED] * (len(names) - len(given)), *given), strict=True))
    if type(rule) is BuiltinFunctionType or not callable(rule):
        return {}
    from contextlib import suppress
    from inspect import Parameter, signature

    with suppress(TypeError, ValueError):  # a class of C may have none
        found = signature(rule).parameters.values()
        kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        return {p.name: REQUIRED if p.default is p.empty else p.default for p in found if p.kind in kinds}
    return {}
