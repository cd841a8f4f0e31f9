"""The two passes through a graph as data: forward node by node, backward edge by edge.

A forward step computes one node. A backward step goes along one edge: upstream times local partial is what an
operand gains. Everything is read from the recorded graph; `.grad` is neither read nor changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple, overload

from autograd_lite.engine.graph import dependent, edges, forward_sweep
from autograd_lite.engine.text import ordinal, readable, shown
from autograd_lite.engine.value import Value
from autograd_lite.views.formulas import FormulaOperand, Notation, local_derivative
from autograd_lite.views.names import changed_operands, in_order, names
from autograd_lite.views.notations import PRECISE, TEXT


class Symbols(NamedTuple):
    """The nodes of a graph as formulas: their names, and the numbers behind these."""

    names: dict[Value, str]
    values: dict[Value, float]

    def of(self, node: Value) -> FormulaOperand:
        """A node as a formula."""
        return FormulaOperand(self.names[node], self.values[node])

    def operands(self, node: Value) -> list[Any]:
        """The operands of a node as formulas; constants as they are."""
        return [x if type(x) is float else self.of(x) for x in node.operands]

    def partial(self, node: Value, place: int) -> Any:
        """The formula of a local partial of a computed node, or a number where it is constant."""
        op: Any = node.op
        return local_derivative(op, place, self.operands(node), self.of(node))


class Forward(NamedTuple):
    """A node gets its number: an input, or an operation applied to its operands.

    >>> from autograd_lite import Value, sin, trace
    >>> step = trace(sin(Value(2.0, label="x"))).forward[1]
    >>> step.operation, step.words()
    ('sin x', 'v2 = sin x = 0.9093.')
    """

    node: Value
    name: str
    operands: tuple[str, ...]  # their names, or numbers as text
    value: float

    @property
    def operation(self) -> str:
        """What is computed, as mathematics writes it, with all digits; empty for an input."""
        if self.node.op is None:
            return ""
        return PRECISE.of(self._formula)

    @property
    def _formula(self) -> FormulaOperand:
        named = zip(self.operands, self.node.operands, strict=True)
        operands = tuple(x if type(x) is float else FormulaOperand(name) for name, x in named)
        return FormulaOperand("", None, self.node.op, operands)

    def words(self, notation: Notation = PRECISE, longest: int | None = None) -> str:
        """The step as a sentence, without a formula that has more than `longest` letters."""
        name = notation.symbol(self.name)
        if self.node.op is None:
            return f"The input {name} is {shown(self.value)}."
        return f"{name} = {once(fitting(notation.of(self._formula), longest), shown(self.value))}."


class Backward(NamedTuple):
    """An operand gains upstream times local partial; its gradient is the sum of what all its uses bring.

    >>> from autograd_lite import Value, trace
    >>> step = trace(Value(3.0, label="x") ** 2).backward[0]
    >>> step.upstream, step.local, step.contribution, step.complete
    (1.0, 6.0, 6.0, True)
    >>> step.words()
    'What has reached v2, 1, times ∂v2/∂x = 2x = 6: 1 × 6 = 6.'
    """

    node: Value  # whose gradient is passed on
    operand: Value
    place: int  # of the operand among those of the node
    name: str  # of the node
    operand_name: str
    upstream: float
    local: float
    contribution: float
    total: float  # the sum so far
    use: int  # which of the uses of the operand this is, from 1
    uses: int
    before: float  # the sum without it
    symbols: Symbols

    @property
    def complete(self) -> bool:
        """Whether nothing more is added to the operand's gradient."""
        return self.use == self.uses

    def words(self, notation: Notation = TEXT, longest: int | None = None) -> str:
        """The step as a sentence, without a formula that has more than `longest` letters."""
        name, operand = notation.symbol(self.name), notation.symbol(self.operand_name)
        formula = fitting(notation.of(self.symbols.partial(self.node, self.place)), longest)
        sentence = f"What has reached {name}, {shown(self.upstream)}, times "
        sentence += f"{TEXT.derivative(name, operand)} = {once(formula, shown(self.local))}: "
        sentence += f"{shown(self.upstream)} × {TEXT.signed(self.local)} = {shown(self.contribution)}."
        if self.uses == 1:
            return sentence
        ways = f"{ordinal(self.use)} of {self.uses} ways into {operand}"
        if self.use == 1:
            return f"{sentence} {ways}."
        return f"{sentence} {ways}: {shown(self.before)} + {TEXT.signed(self.contribution)} = {shown(self.total)}."


def fitting(formula: str, longest: int | None) -> str:
    """A formula; nothing where it has more letters than there is room for."""
    return formula if longest is None or len(formula) <= longest else ""


def once(symbols: str, number: str) -> str:
    """A formula, if there is one, and its number, which for a constant is the same.

    >>> once("cos u", "0.5"), once("2", "2"), once("", "3")
    ('cos u = 0.5', '2', '3')
    """
    return number if symbols in ("", number) else f"{symbols} = {number}"


Step = Forward | Backward


class Passes(Sequence[Step]):
    """The steps of a graph: first forward, node by node, then backward, edge by edge."""

    def __init__(self, root: Value, wrt: Iterable[Value] | None) -> None:
        self.root = root
        self.title = ""  # of the page; where there is none, the equation of the root
        self.sheet = ""  # HTML that can be read beside the page's steps, such as the exercises of a lesson
        self.linked = False  # whether its page stands in one that leads to its nodes
        self.by_units = False  # whether its page leaves out the operations of a graph that has units
        self.nodes = in_order(root)
        self.names = names(self.nodes)
        self.wrt = [node for node in self.nodes if node.op is None] if wrt is None else list(dict.fromkeys(wrt))
        self.names |= {x: readable(x.label or "?") for x in self.wrt if x not in self.names}  # not in the graph
        self.gradients: dict[Value, float] = dict.fromkeys(self.wrt, 0.0)
        self.values = {node: node.data for node in self.nodes}  # kept, because a leaf may be changed later
        self.symbols = Symbols(self.names, self.values)
        self.forward = [self._computed(node) for node in self.nodes]
        self.backward = list(self._passed_back())

    def _computed(self, node: Value) -> Forward:
        operands = tuple(PRECISE.of(x) if type(x) is float else self.names[x] for x in node.operands)
        return Forward(node, self.names[node], operands, self.values[node])

    def _passed_back(self) -> Iterator[Backward]:
        """The edges of the reverse sweep, with the sums that they add up to."""
        order, on_path = dependent([self.root], self.wrt)
        self.gradients |= dict.fromkeys(order, 0.0)
        self.gradients[self.root] = 1.0
        back: list[Any] = [  # whose partials are known
            edge
            for node in reversed(order)
            for edge in edges(node)
            if edge.partial is not None and edge.operand in on_path
        ]
        uses = Counter(edge.operand for edge in back)
        met = dict.fromkeys(uses, 0)
        for edge in back:
            node, x, local = edge.node, edge.operand, edge.partial
            upstream = self.gradients[node]
            share, before = upstream * local, self.gradients[x]
            met[x] += 1
            self.gradients[x] += share
            names = self.names[node], self.names[x]
            after, use, of = self.gradients[x], met[x], uses[x]
            yield Backward(node, x, edge.place, *names, upstream, local, share, after, use, of, before, self.symbols)

    @cached_property
    def steps(self) -> list[Step]:
        """All steps, in order."""
        return [*self.forward, *self.backward]

    def __len__(self) -> int:
        return len(self.forward) + len(self.backward)

    @overload
    def __getitem__(self, place: int) -> Step: ...
    @overload
    def __getitem__(self, place: slice) -> list[Step]: ...
    def __getitem__(self, place: Any) -> Any:
        return self.steps[place]

    @cached_property
    def places(self) -> dict[Value, int]:
        """The place of each node among `nodes`."""
        return {node: place for place, node in enumerate(self.nodes)}

    @cached_property
    def changed(self) -> set[Value]:
        """The leaves that were given other numbers since the graph was computed from them."""
        return {x for node in self.nodes for x in changed_operands(node)}

    def computation(self, node: Value) -> Any:
        """The formula that a computed node was computed by.

        >>> from autograd_lite import Value, exp, trace
        >>> y = exp(Value(1.0, label="x"))
        >>> TEXT.of(trace(y).computation(y))
        'e^x'
        """
        return FormulaOperand("", None, node.op, tuple(self.symbols.operands(node)))

    def partial(self, node: Value, place: int) -> Any:
        """The formula of a local partial of a computed node, or a number where it is constant.

        >>> from autograd_lite import Value, sin, trace
        >>> y = sin(Value(1.0, label="x"))
        >>> TEXT.of(trace(y).partial(y, 0))
        'cos x'
        """
        return self.symbols.partial(node, place)

    def local(self, step: Backward, notation: Notation = TEXT) -> str:
        """The local partial of a step in symbols.

        >>> from autograd_lite import Value, sin, trace
        >>> steps = trace(sin(Value(1.0, label="x")))
        >>> steps.local(steps.backward[0])
        'cos x'
        """
        return notation.of(self.partial(step.node, step.place))

    def tangents(self, x: Value) -> dict[Value, float]:
        """The derivative of every node with respect to x: forward mode. Raises ValueError where x is not in the graph.

        >>> from autograd_lite import Value, trace
        >>> x = Value(3.0)
        >>> y = x * x
        >>> trace(y).tangents(x)[y]
        6.0
        """
        if not isinstance(x, Value):
            raise TypeError(f"tangents(x): x is a Value, got {type(x).__name__}")
        if x not in set(self.nodes):
            raise ValueError(f"tangents(x): {x!r} is not in the graph")
        return dict.fromkeys(self.nodes, 0.0) | forward_sweep({x: 1.0}, [self.root])

    def counts(self) -> dict[str, int]:
        """What the passes cost: operations forward, products and sums backward, and the numbers that are kept.

        >>> from autograd_lite import Value, exp, trace
        >>> trace(exp(Value(1.0)) * 2.0).counts()
        {'operations forward': 2, 'products backward': 2, 'sums backward': 0, 'values kept': 3, 'partials kept': 2}
        """
        computed = [node for node in self.nodes if node.op is not None]
        return {
            "operations forward": len(computed),
            "products backward": len(self.backward),
            "sums backward": sum(step.use > 1 for step in self.backward),
            "values kept": len(self.nodes),
            "partials kept": sum(partial is not None for node in computed for partial in node.partials),
        }
