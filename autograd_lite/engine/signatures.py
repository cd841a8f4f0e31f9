"""What a type checker is told of rows: how many operands, the names of further ones, and what kind comes out.

At run time the three are `Op`. The options, such as `slope` in `leaky_relu(x, slope=0.1)`, are what the value
takes after its operands; so that they too follow from the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd_lite.engine.ops import Op

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

    from autograd_lite.engine.ops import Operand
    from autograd_lite.engine.traits import Number, Partial

    Kind = TypeVar("Kind", bound=Operand)
    O = ParamSpec("O")  # noqa: E741 - the options
    Of1 = Callable[Concatenate[Any, O], Any]
    Of2 = Callable[Concatenate[Any, Any, O], Any]

    # fmt: off
    class Unary(Op, Generic[O]):
        """An operation of one operand."""

        def __init__(self, name: str, value: Of1[O], partials: Sequence[Partial], notation: str = "", **traits: Any) -> None: ...
        @overload
        def __call__(self, x: Kind, /, *options: O.args, **named: O.kwargs) -> Kind: ...
        @overload
        def __call__(self, x: Number, /, *options: O.args, **named: O.kwargs) -> float: ...
        def __call__(self, x: Any, /, *options: Any, **named: Any) -> Any: ...

    class Binary(Op, Generic[O]):
        """An operation of two operands."""

        def __init__(self, name: str, value: Of2[O], partials: Sequence[Partial], notation: str = "", **traits: Any) -> None: ...
        @overload
        def __call__(self, x: Kind, y: Kind | Number, /, *options: O.args, **named: O.kwargs) -> Kind: ...
        @overload
        def __call__(self, x: Number, y: Kind, /, *options: O.args, **named: O.kwargs) -> Kind: ...
        @overload
        def __call__(self, x: Number, y: Number, /, *options: O.args, **named: O.kwargs) -> float: ...
        def __call__(self, x: Any, y: Any, /, *options: Any, **named: Any) -> Any: ...

    class Ternary(Op):
        """An operation of three operands."""

        @overload
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
    Unary = Binary = Ternary = Op
