"""What a type checker is told of rows: how many operands, the names of further ones, and what kind comes out.

At run time all are `Op`. The options, such as `slope` in `leaky_relu(x, slope=0.1)`, are what the value
takes after its operands; so that they too follow from the row.
"""

from __future__ import annotations

from autograd_lite.engine.ops import Op

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Concatenate, Generic, ParamSpec, overload

    from autograd_lite.engine.ops import Kind
    from autograd_lite.engine.traits import Number, Partial

    O = ParamSpec("O")  # noqa: E741 - the options
    Of1 = Callable[Concatenate[Any, O], Any]

    # fmt: off
    class Unary(Op):
        """An operation of one operand."""

        @overload  # type: ignore[override]  # it takes fewer operands than some
        def __call__(self, x: Kind, /) -> Kind: ...
        @overload
        def __call__(self, x: Number, /) -> float: ...
        def __call__(self, x: Any, /) -> Any: ...

    class Optional(Op, Generic[O]):
        """An operation of one operand and of options, which may be numbers or of a kind too."""

        def __init__(self, name: str, value: Of1[O], partials: Sequence[Partial], notation: str = "", **traits: Any) -> None: ...
        @overload  # type: ignore[override]  # it takes fewer operands than some
        def __call__(self, x: Kind, /, *options: O.args, **named: O.kwargs) -> Kind: ...
        @overload
        def __call__(self, x: Number, /, *options: O.args, **named: O.kwargs) -> Any: ...
        def __call__(self, x: Any, /, *options: Any, **named: Any) -> Any: ...

    class Binary(Op):
        """An operation of two operands."""

        @overload  # type: ignore[override]  # it takes fewer operands than some
        def __call__(self, x: Kind, y: Kind | Number, /) -> Kind: ...
        @overload
        def __call__(self, x: Number, y: Kind, /) -> Kind: ...
        @overload
        def __call__(self, x: Number, y: Number, /) -> float: ...
        def __call__(self, x: Any, y: Any, /) -> Any: ...

    class Variadic(Op):
        """An operation of two operands or more."""

        @overload  # type: ignore[override]  # it takes fewer operands than some
        def __call__(self, x: Kind, y: Kind | Number, /, *rest: Kind | Number) -> Kind: ...
        @overload
        def __call__(self, x: Number, y: Kind, /, *rest: Kind | Number) -> Kind: ...
        @overload
        def __call__(self, x: Number, y: Number, /, *rest: Number) -> float: ...
        @overload
        def __call__(self, x: Number, y: Number, z: Kind, /, *rest: Kind | Number) -> Kind: ...
        def __call__(self, x: Any, y: Any, /, *rest: Any) -> Any: ...

    class Ternary(Op):
        """An operation of three operands."""

        @overload  # type: ignore[override]  # it takes fewer operands than some
        def __call__(self, x: Kind, y: Kind | Number, z: Kind | Number, /) -> Kind: ...
        @overload
        def __call__(self, x: Number, y: Kind, z: Kind | Number, /) -> Kind: ...
        @overload
        def __call__(self, x: Number, y: Number, z: Kind, /) -> Kind: ...
        @overload
        def __call__(self, x: Number, y: Number, z: Number, /) -> float: ...
        def __call__(self, x: Any, y: Any, z: Any, /) -> Any: ...
    # fmt: on
else:
    Unary = Optional = Binary = Variadic = Ternary = Op
