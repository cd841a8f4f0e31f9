"""The names of micrograd's nodes, for code that was written for it: a drawing of the graph, backpropagation by hand."""

from __future__ import annotations

from autograd_lite.engine.graph import edges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class LikeMicrograd:
    """The attributes `_prev`, `_op` and `_backward` that a node of micrograd has; all can only be read."""

    __slots__ = ()

    @property
    def _prev(self: Any) -> set[Any]:
        """The operands, as a set; constants, which are nodes in micrograd, are none here."""
        return {edge.operand for edge in edges(self)}

    @property
    def _op(self: Any) -> str:
        """The operation as micrograd writes it: '+', '*', '**2', 'ReLU', 'tanh'; '' for a leaf."""
        op: Any = self._rule
        if op is None:
            return ""
        if op.name == "pow":
            exponent = self.operands[1]
            return f"**{exponent!r}".removesuffix(".0") if type(exponent) is float else "**"
        if op.name == "relu":
            return "ReLU"
        return op.name if op.is_call else str(op.notation.replace("{}", "").strip())

    @property
    def _backward(self: Any) -> Callable[[], None]:
        """The chain rule at this node alone: each operand's gradient gains this node's, times the local partial."""

        def backward() -> None:
            for edge in edges(self):
                if edge.partial is not None:
                    edge.operand.grad += (self._grad or 0.0) * edge.partial

        return backward
