"""The backward pass without a topological order, beside the right one."""

from __future__ import annotations

import pytest
from hypothesis import given
from strategies import Expression, expressions_at_points

from autograd_lite import Value, exp, paths, sin
from autograd_lite.views import naive_gradient
from autograd_lite.views.names import in_order


def doubled(x: Value, times: int) -> Value:
    """A chain of diamonds: each node the sum of the one before and itself, so that the paths double."""
    for _ in range(times):
        x = x + x
    return x


def two_uses() -> tuple[Value, Value, Value]:
    """Lesson L04: a = 2, b = 3, c = a + b, d = a·b, e = c + d, f = c·d, y = e + f."""
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    c, d = a + b, a * b
    return a, b, (c + d) + c * d


def recursive(y: Value, x: Value) -> float:
    """Backward that recurses from an operand as soon as a share has come to it, written as a beginner would."""
    grad = dict.fromkeys([*in_order(y), x], 0.0) | {y: 1.0}

    def visit(node: Value) -> None:
        for operand, partial in zip(node.operands, node.partials, strict=True):
            if partial is not None:
                grad[operand] += grad[node] * partial
                visit(operand)

    visit(y)
    return grad[x]


@given(expressions_at_points(most=6))
def test_naive_recursion_is_what_is_said(case: tuple[Expression, list[float]]) -> None:
    """`naive_gradient` is bit for bit what the recursion of its documentation computes, and touches no gradient."""
    expression, point = case
    xs = [Value(x) for x in point]
    y = expression(*xs)
    assert [naive_gradient(y, x) for x in xs] == [recursive(y, x) for x in xs]
    assert [x.grad for x in xs] == [0.0] * len(xs)


def test_naive_recursion_of_the_lesson() -> None:
    """Lesson L04: for c = 2b = 4a the right 4 and the naive 6; for y = 41 the right 25 and 19, the naive 29 and 22."""
    a = Value(1.0)
    c = doubled(a, 2)
    assert (paths(c, a).total, naive_gradient(c, a)) == (4.0, 6.0)
    a, b, y = two_uses()
    y.backward()
    assert (y.data, a.grad, b.grad) == (41.0, 25.0, 19.0)
    assert [paths(y, x).total for x in (a, b)] == [25.0, 19.0]
    assert [naive_gradient(y, x) for x in (a, b)] == [29.0, 22.0]


def test_naive_recursion_is_right_on_trees() -> None:
    """Where every node between has one use, the order does not matter, and the naive result is the gradient."""
    x, w = Value(0.5), Value(2.0)
    y = sin(exp(x) * w)
    y.backward()
    assert naive_gradient(y, x) == x.grad
    assert naive_gradient(y, y) == 1.0
    assert naive_gradient(y, Value(1.0)) == 0.0


def test_too_many_steps_are_counted_and_refused() -> None:
    """The steps of the recursion are counted before it starts; so many as the limit says are allowed, one more is refused."""
    x = Value(1.0)
    y = doubled(x, 4)
    assert naive_gradient(y, x, limit=30) > 16.0
    with pytest.raises(ValueError, match=r"would take 30 steps, more than the limit of 29; "):
        naive_gradient(y, x, limit=29)
    with pytest.raises(ValueError, match=rf"would take {2**201 - 2:,} steps, more than the limit of 1,000,000; "):
        naive_gradient(doubled(x, 200), x)
    with pytest.raises(ValueError, match=r"would take about 10\^6021 steps, more than the limit of 1,000,000; "):
        naive_gradient(doubled(x, 20_000), x)


def test_a_long_chain() -> None:
    """Along a chain of 20,000 nodes, the walk meets no recursion limit."""
    x = Value(0.5)
    y = x
    for _ in range(20_000):
        y = y * 1.000001
    y.backward()
    assert naive_gradient(y, x) == x.grad
