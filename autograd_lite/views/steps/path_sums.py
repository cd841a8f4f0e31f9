"""`paths`: a derivative as the sum over all paths of the products along them.

The paths are counted by one sweep along the graph before any of them is listed, because there may be
exponentially many. The counts say which edge path number k takes, so that paths are made when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple, overload

from autograd_lite.engine.text import counted, short, shown, total
from autograd_lite.engine.value import Value
from autograd_lite.views.columns import Columns, Tabled
from autograd_lite.views.formulas import POWER, SUM, FormulaOperand, Notation, local_derivative
from autograd_lite.views.names import in_order, names
from autograd_lite.views.notations import LATEX, TEXT
from autograd_lite.views.steps.edges import check, edges_between, magnitude, swept

Factors = Literal["derivatives", "formulas", "numbers"]
FACTORS: tuple[Factors, ...] = ("derivatives", "formulas", "numbers")
MOST = 8  # factors and terms in one row; of more, the first and the last are shown


class Path(NamedTuple):
    r"""One path from x to y, and the product of the local partials along it.

    >>> from autograd_lite import Value, exp, sin
    >>> from autograd_lite.views.notations import LATEX
    >>> x = Value(1.5, label="x")
    >>> u = sin(x)
    >>> u.label = "u"
    >>> y = exp(u)
    >>> y.label = "y"
    >>> [path] = paths(y, x)
    >>> path
    <Path y ← u ← x: 2.711 × 0.07074 = 0.1918>
    >>> path.written(), path.written(of="formulas")
    ('∂y/∂u·∂u/∂x', 'y·cos x')
    >>> path.written(LATEX, of="formulas")
    'y \\cdot \\cos x'
    """

    nodes: tuple[Value, ...]  # from x to y
    places: tuple[int, ...]  # of each node but y among the operands of the next
    partials: tuple[float, ...]  # of each node but x with respect to the one before
    product: float  # multiplied from y back to x, as the backward pass does
    names: Mapping[Value, str]  # of all nodes of the graph

    def __repr__(self) -> str:
        return f"<Path {self.route()}: {self.numbers()} = {shown(self.product)}>"

    def route(self) -> str:
        """The names of the nodes from y back to x; the first and the last ones of a long path."""
        return " ← ".join(
            "…" if place is None else short(self.names[self.nodes[-1 - place]])
            for place in kept(len(self.nodes), MOST + 1)
        )

    def numbers(self) -> str:
        """The local partials from y back to x; the first and the last ones of a long path."""
        return self.written(TEXT, of="numbers", most=MOST).replace("·", " × ")

    def written(self, notation: Notation = TEXT, *, of: Factors = "derivatives", most: int | None = None) -> str:
        """The product: of derivatives as ∂y/∂u, of their formulas or of their numbers.

        The factors stand in the order of the backward pass, from y to x; of more than `most`, the
        first and the last.
        """
        before, sign, after = notation.times.split("{}")
        last = len(self.partials) - 1
        factors = [
            notation.ellipsis if place is None else self._factor(last - place, notation, of, followed=place < last)
            for place in kept(len(self.partials), most)
        ]
        return before + sign.join(factors) + after if len(factors) > 1 else "".join(factors) or notation.number(1.0)

    def _factor(self, edge: int, notation: Notation, of: Factors, *, followed: bool) -> str:
        x, node = self.nodes[edge : edge + 2]
        if of == "derivatives":
            return notation.derivative(short(self.names[node]), short(self.names[x]))
        if of == "numbers":
            return notation.of(self.partials[edge], POWER)
        operands = [x if type(x) is float else FormulaOperand(short(self.names[x]), x.data) for x in node.operands]
        op: Any = node.op  # of a computed node, which has one
        result = FormulaOperand(short(self.names[node]), node.data)
        return notation.of(local_derivative(op, self.places[edge], operands, result), POWER, followed=followed)


class Paths(Tabled, Sequence[Path]):
    """All paths from x to y, from left to right through the operands; `total` is the sum of their products.

    >>> from autograd_lite import Value
    >>> a = Value(3.0, label="a")
    >>> b = a * a
    >>> b.label = "b"
    >>> found = paths(b + a, a)
    >>> print(found)
    ∂v3/∂a = 7, the sum over 3 paths
       path        local partials  numbers  product
    1  v3 ← b ← a  1·a             1 × 3          3
    2  v3 ← b ← a  1·a             1 × 3          3
    3  v3 ← a      1               1              1
    >>> len(found), found.total, found[-1].product
    (3, 7.0, 1.0)
    """

    def __init__(self, y: Value, x: Value, limit: int) -> None:
        self.y, self.x = y, x
        self.edges = edges_between(y, x)
        self.size = swept(self.edges, y, x, 1, 0)
        if self.size > limit:
            raise ValueError(
                f"paths(y, x): {magnitude(self.size)} paths lead from x to y, more than the limit of {limit:,}; "
                "y.backward() sums over them without listing them; limit=... raises the limit"
            )
        self.counts = {x: 1}  # how many paths lead from x to each node
        for node, edges in self.edges.items():
            self.counts[node] = sum(self.counts[edge.operand] for edge in edges)
        self.names = names(list(dict.fromkeys([*in_order(y), x])))

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, place: int) -> Path: ...
    @overload
    def __getitem__(self, place: slice) -> list[Path]: ...
    def __getitem__(self, place: Any) -> Any:
        places = range(self.size)[place]
        return self._path(places) if isinstance(places, int) else [self._path(k) for k in places]

    def _path(self, k: int) -> Path:
        """Path number k: at each node, it takes the first edge unless more than k paths lead over that, and so on."""
        node, product = self.y, 1.0
        nodes, places, partials = [node], [], []
        while node is not self.x:
            for edge in self.edges[node]:
                if k < self.counts[edge.operand]:
                    break
                k -= self.counts[edge.operand]
            node = edge.operand
            product *= edge.partial
            nodes.append(node)
            places.append(edge.place)
            partials.append(edge.partial)
        return Path(tuple(nodes[::-1]), tuple(places[::-1]), tuple(partials[::-1]), product, self.names)

    @cached_property
    def total(self) -> float:
        """The sum of the products: the gradient of y with respect to x, but for rounding; 0.0 without a path."""
        return total(path.product for path in self)

    def to_latex(self) -> str:
        r"""Each product as an equation and the sum below them, aligned; to be put between \[ and \].

        >>> from autograd_lite import Value
        >>> x = Value(3.0, label="x")
        >>> print(paths(x * 2.0 + x, x).to_latex())
        \begin{aligned}
        \frac{\partial v_{3}}{\partial v_{2}} \cdot \frac{\partial v_{2}}{\partial x} &= 1 \cdot 2 = 1 \cdot 2 = 2 \\
        \frac{\partial v_{3}}{\partial x} &= 1 = 1 = 1 \\
        \frac{\partial v_{3}}{\partial x} &= 2 + 1 = 3
        \end{aligned}
        """
        lines = []
        for path in self:
            derivatives, formulas, numbers = (path.written(LATEX, of=of, most=MOST) for of in FACTORS)
            lines.append(rf"{derivatives} &= {formulas} = {numbers} = {LATEX.number(path.product)} \\")
        terms = [
            LATEX.ellipsis if place is None else LATEX.of(self[place].product, POWER if place else SUM)
            for place in kept(len(self), MOST)
        ]
        sums = [" + ".join(terms)] * bool(terms) + [LATEX.number(self.total)]
        lines.append(f"{self._derivative(LATEX)} &= {' = '.join(sums)}")
        return "\n".join([r"\begin{aligned}", *lines, r"\end{aligned}"])

    def _title(self) -> str:
        count = counted(self.size, "path") if self.size else "no path"
        return f"{self._derivative(TEXT)} = {shown(self.total)}, the sum over {count}"

    def _derivative(self, notation: Notation) -> str:
        return notation.derivative(short(self.names[self.y]), short(self.names[self.x]))

    def _table(self) -> Columns:
        rows = [
            [str(k), path.route(), path.written(of="formulas", most=MOST), path.numbers(), shown(path.product)]
            for k, path in enumerate(self, start=1)
        ]
        return Columns(self._title(), ["  ", "path", "local partials", "numbers", " product"], rows)


def paths(y: Value, x: Value, limit: int = 1000) -> Paths:
    """Every path along which `x` influences `y`, with the product of its local partials; they add up to the gradient.

    Two edges between the same nodes, as those of a + a, are two paths; an edge through which nothing
    flows back, as that of `detach`, is on none. From `y` to itself leads one path, whose product is 1.
    Raises ValueError, with the number of paths, where there are more than `limit`.

    >>> from autograd_lite import Value, exp, sin
    >>> x = Value(0.5, label="x")
    >>> z = x ** 2
    >>> z.label = "z"
    >>> y = z * exp(x) + sin(z)
    >>> [path.product for path in paths(y, x)], paths(y, x).total
    ([1.6487212707001282, 0.41218031767503205, 0.9689124217106447], 3.029814010085805)
    """
    check("paths", y, x)
    return Paths(y, x, limit)


def kept(count: int, most: int | None) -> Iterable[int | None]:
    """The places of what is shown of so many things; None stands for those that are left out.

    >>> list(kept(3, 8)), list(kept(100, 4))
    ([0, 1, 2], [0, 1, None, 98, 99])
    """
    if most is None or count <= most:
        return range(count)
    return [*range(most // 2), None, *range(count - most // 2, count)]
