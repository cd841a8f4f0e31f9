"""`paths()`: the gradient as a sum over paths."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, strategies as st
from mpmath import mp
from rich.console import Console
from strategies import Expression, exact_derivative, expressions_at_points

from autograd_lite import Value, detach, exp, paths, sin, sqrt, trace, where
from autograd_lite.views.notations import LATEX, MATHML
from autograd_lite.views.steps.path_sums import Path

Case = tuple[Expression, list[float]]
HOSTILE = [
    "<script>alert(1)</script>",
    "a|b`*_",
    r"\end{aligned}$x$",
    "{}%s{0}",
    "[red]x[/]",
    "שלום",
    "x" * 10_000,
    "two\nlines",
]


def doubled(x: Value, times: int) -> Value:
    """A chain of diamonds: each node the sum of the one before and itself, so that the paths double."""
    for _ in range(times):
        x = x + x
    return x


def routes(y: Value, x: Value) -> Iterator[tuple[tuple[Value, ...], Fraction]]:
    """Every path by recursion, in the order of the operands: the nodes from x to y, and the exact product."""
    if y is x:
        yield (x,), Fraction(1)
        return
    for operand, partial in zip(y.operands, y.partials, strict=True):
        if partial is not None and isinstance(operand, Value):
            for nodes, product in routes(operand, x):
                yield (*nodes, y), product * Fraction(partial)


def several_paths() -> tuple[Value, Value]:
    """Lesson L03: y = z1·z2 + sin z1 with z1 = x², z2 = eˣ, at x = 0.5."""
    x = Value(0.5, label="x")
    z1, z2 = x**2, exp(x)
    z1.label, z2.label = "z1", "z2"
    y = z1 * z2 + sin(z1)
    y.label = "y"
    return x, y


def test_several_paths_of_the_lesson() -> None:
    """The three paths of lesson L03 have the products e^x·2x, z1·e^x, cos(z1)·2x, and their sum is y′."""
    x, y = several_paths()
    found = paths(y, x)
    exact = [mp.exp(0.5) * 1, mp.mpf(0.25) * mp.exp(0.5), mp.cos(0.25)]
    assert [path.product for path in found] == pytest.approx([float(p) for p in exact], rel=1e-15)
    assert [[path.names[node] for node in path.nodes] for path in found] == [
        ["x", "z1", "v4", "y"],
        ["x", "z2", "v4", "y"],
        ["x", "z1", "v5", "y"],
    ]
    assert y.data == pytest.approx(0.659584276929555, rel=1e-14)
    assert found.total == pytest.approx(3.0298140100858, rel=1e-13)
    assert [path.written(of="formulas") for path in found] == ["1·z2·(2x)", "1·z1·z2", "1·cos(z1)·(2x)"]
    assert found[0].written() == "∂y/∂v4·∂v4/∂z1·∂z1/∂x"
    assert found[0].written(of="numbers") == "1·1.649·1"
    assert found[0].partials == (1.0, math.exp(0.5), 1.0)


def test_the_table_in_full() -> None:
    """Text, Markdown and LaTeX of lesson L03 are these, to the letter."""
    x, y = several_paths()
    found = paths(y, x)
    assert str(found).splitlines() == [
        "∂y/∂x = 3.03, the sum over 3 paths",
        "   path             local partials  numbers           product",
        "1  y ← v4 ← z1 ← x  1·z2·(2x)       1 × 1.649 × 1       1.649",
        "2  y ← v4 ← z2 ← x  1·z1·z2         1 × 0.25 × 1.649   0.4122",
        "3  y ← v5 ← z1 ← x  1·cos(z1)·(2x)  1 × 0.9689 × 1     0.9689",
    ]
    assert found.to_markdown().splitlines()[2:5] == [
        "|  | path | local partials | numbers | product |",
        "| ---: | --- | --- | --- | ---: |",
        "| 1 | y ← v4 ← z1 ← x | 1·z2·(2x) | 1 × 1.649 × 1 | 1.649 |",
    ]
    lines = found.to_latex().splitlines()
    assert (lines[0], lines[-1]) == (r"\begin{aligned}", r"\end{aligned}")
    assert lines[2].startswith(r"\frac{\partial y}{\partial v_{4}} \cdot \frac{\partial v_{4}}{\partial z_{2}}")
    assert lines[-2] == r"\frac{\partial y}{\partial x} &= 1.649 + 0.4122 + 0.9689 = 3.03"


@given(expressions_at_points())
def test_the_sum_over_paths_is_the_gradient(case: Case) -> None:
    """Brute force lists the same paths in the same order; their exact sum, backward, and mpmath agree with the total.

    A sum of products in floats errs by a few units in the last place of the sum of the products' sizes,
    however small the sum itself is by cancellation; so the tolerance is 1e-12 of that. mpmath differentiates
    the expression and not the recorded partials, which err by their own condition: there 1e-9 is asked.
    """
    expression, point = case
    xs = [Value(x) for x in point]
    y = expression(*xs)
    y.backward()
    for i, x in enumerate(xs):
        found = paths(y, x, limit=10**6)
        expected = list(routes(y, x))
        assert [path.nodes for path in found] == [nodes for nodes, _ in expected]
        scale = float(sum(abs(product) for _, product in expected))
        for path, (_, product) in zip(found, expected, strict=True):
            assert math.isclose(path.product, product, rel_tol=1e-13, abs_tol=1e-300)
        exact = float(sum(product for _, product in expected))
        assert abs(found.total - exact) <= 1e-12 * scale
        assert abs(found.total - x.grad) <= 1e-12 * scale
        orders = tuple(int(k == i) for k in range(len(xs)))
        assert abs(found.total - exact_derivative(expression, point, orders)) <= 1e-9 * (1.0 + scale)


@pytest.mark.parametrize("n", range(12))
def test_counts_of_diamonds_and_fibonacci(n: int) -> None:
    """A chain of n diamonds has 2**n paths; one in which each node adds the two before, a Fibonacci number."""
    x = Value(1.0)
    assert len(paths(doubled(x, n), x, limit=2**n)) == 2**n
    before, now, numbers = x, x * 1.0, [1, 1]
    for _ in range(n):
        before, now = now, now + before
        numbers.append(numbers[-1] + numbers[-2])
    assert len(paths(now, x)) == numbers[-1] == sum(1 for _ in routes(now, x))


@pytest.mark.parametrize("n", [11, 200])
def test_too_many_paths_are_counted_and_refused(n: int) -> None:
    """Above the limit the exact number of paths is given at once, however large it is."""
    x = Value(1.0)
    y = doubled(x, n)
    with pytest.raises(ValueError, match=r"^paths\(y, x\): ") as caught:
        paths(y, x)
    assert f"{2**n:,} paths lead from x to y, more than the limit of 1,000; " in str(caught.value)


def test_numbers_that_nobody_would_read() -> None:
    """A count of thousands of digits is given by its size, which Python could not write in full."""
    x = Value(1.0)
    with pytest.raises(ValueError, match=r": about 10\^6021 paths lead"):
        paths(doubled(x, 20_000), x)


def test_the_limit_is_the_largest_number_allowed() -> None:
    """So many paths as the limit says are allowed, one more is refused."""
    x = Value(1.0)
    y = doubled(x, 4)
    assert len(paths(y, x, limit=16)) == 16
    with pytest.raises(ValueError, match="16 paths lead from x to y, more than the limit of 15;"):
        paths(y, x, limit=15)


def test_a_long_chain() -> None:
    """A path of 20,000 nodes is found, multiplied, written and shown in short."""
    x = Value(0.5, label="x")
    y = x
    for _ in range(20_000):
        y = y * 1.000001
    [path] = paths(y, x)
    y.backward()
    assert path.product == x.grad
    assert len(path.nodes) == len(path.partials) + 1 == 20_001
    assert path.written().count("∂") == 40_000
    assert max(map(len, str(paths(y, x)).splitlines())) < 250
    assert len(paths(y, x).to_latex()) < 1_500


def test_two_edges_are_two_paths() -> None:
    """A + a has two paths over the same nodes, which differ in the place of the operand."""
    a = Value(3.0)
    first, second = paths(a + a, a)
    assert first.nodes == second.nodes
    assert (first.places, second.places) == ((0,), (1,))


def test_no_path_and_the_path_of_no_edge() -> None:
    """From y to itself leads one path with the product 1; from a node that y does not depend on none, and the sum is 0."""
    x, z = Value(2.0, label="x"), Value(1.0, label="z")
    y = x * 3.0
    [path] = paths(y, y)
    assert (path.product, path.nodes, path.written()) == (1.0, (y,), "1")
    assert (len(paths(y, z)), paths(y, z).total) == (0, 0.0)
    assert str(paths(y, z)).splitlines()[0] == "∂v2/∂z = 0, the sum over no path"
    assert paths(y, z).to_latex().splitlines()[1] == r"\frac{\partial v_{2}}{\partial z} &= 0"
    assert len(paths(detach(y) + x, x)) == 1


def test_paths_to_a_computed_node() -> None:
    """Paths may begin at a node in the middle; what lies before it does not matter."""
    x = Value(0.5)
    u = doubled(x, 200)
    y = u * sin(u)
    assert len(paths(y, u)) == 2
    y.backward()
    assert paths(y, u).total == u.grad


def test_infinite_products() -> None:
    """Products that are inf, nan or too large to add are added as floats are."""
    x = Value(0.0)
    assert paths(sqrt(x) + x, x).total == math.inf
    assert math.isnan(paths(sqrt(x) - sqrt(x), x).total)
    large = Value(1.0) * 1.0
    assert paths(large * 1.5e308 + large * 1.5e308, large).total == math.inf


def test_operations_of_three_operands() -> None:
    """A choice has a path through the operand it chose with product 1, and one with product 0 through the other."""
    x = Value(2.0, label="x")
    assert [path.product for path in paths(where(Value(1.0), x * 3.0, x * 5.0), x)] == [3.0, 0.0]


def test_paths_are_a_sequence() -> None:
    """Places from either end, slices and iteration give the same paths; a place outside is an IndexError."""
    x = Value(1.0)
    found = paths(doubled(x, 3), x)
    assert found[-1] == found[7]
    assert found[2:5] == list(found)[2:5]
    with pytest.raises(IndexError):
        found[8]
    assert isinstance(found[0], Path)
    assert repr(found) == "<Paths: ∂v4/∂v1 = 8, the sum over 8 paths>"


def test_what_is_no_value_is_refused() -> None:
    """Anything but Values is a TypeError that says which of the two is wrong."""
    anything: Any = "x"
    with pytest.raises(TypeError, match=r"^paths\(y, x\): y is a Value, got str 'x'$"):
        paths(anything, Value(1.0))
    with pytest.raises(TypeError, match=r"^paths\(y, x\): x is a Value, got str 'x'$"):
        paths(Value(1.0), anything)


@given(st.sampled_from(HOSTILE) | st.text(min_size=1))
@example("]]>")
def test_hostile_labels(label: str) -> None:
    """Any label leaves the table a table: in the terminal, in Markdown, in LaTeX, in MathML."""
    x = Value(0.5, label=label)
    found = paths(x * sin(x), x)
    assert len(str(found).splitlines()) == 4
    out = StringIO()
    Console(file=out, width=300).print(found)
    assert out.getvalue().count(" ← ") == 3
    rows = found.to_markdown().splitlines()[2:]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [6] * 4
    assert "<" not in found.to_markdown()
    latex = found.to_latex()
    assert latex.count(r"\begin{aligned}") == latex.count(r"\end{aligned}") == 1
    assert re.search(r"(?<!\\)\$", latex) is None
    for path in found:
        for of in ("derivatives", "formulas", "numbers"):
            ElementTree.fromstring(f"<math>{path.written(MATHML, of=of)}</math>")


def test_names_agree_with_the_trace() -> None:
    """Nodes without labels have the same names as in the trace of the graph."""
    x, y = several_paths()
    assert paths(y, x).names == trace(y).names
    assert paths(y, x)[1].written(LATEX, of="formulas") == r"1 \cdot z_{1} \cdot z_{2}"
