"""The bytes of a page: the same in every run, and few."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pages import unpacked

from autograd_lite import Value, atan2, hypot, logaddexp, mul, sin, tanh, trace
from autograd_lite.nn import MLP, Neuron, losses
from autograd_lite.views.steps.page.javascript import data
from autograd_lite.views.steps.page.page import page
from autograd_lite.views.steps.page.slim import packed


def test_the_same_graph_gives_the_same_bytes() -> None:
    """A page depends on the graph alone."""
    x, y, w = Value(0.5, "x"), Value(1.2, "y"), Value(0.1, "w")
    z = x
    for _ in range(8):
        z = sin(z * y) + w
    assert page(trace(z)) == page(trace(z))


PROGRAM = """
import sys
from autograd_lite import Value, sin, trace
from autograd_lite.nn import MLP, losses
model = MLP(2, [3, 1], "tanh", seed=1)
y = Value(0.5, "x")
for _ in range(110):
    y = sin(y)
for root in (losses.mse([model([0.5, 1.0]), model([1.0, 1.5])], [0.0, 1.0]), y):
    sys.stdout.buffer.write(trace(root).to_html().encode())
"""


def test_two_processes_write_the_same_bytes() -> None:
    """The pages of a network and of a graph in pieces are the same whatever the hash seed."""
    pages = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert pages[0] == pages[1]
    assert pages[0].count(b"<!DOCTYPE html>") == 2


@given(
    st.lists(st.sampled_from(["<mi>x</mi>", "\\\\", "中文", "\u3400B", "🙂", "</script>", "abcdef" * 20]) | st.text())
)
def test_what_is_packed_is_unpacked(parts: list[str]) -> None:
    """Data of any letters, those among them that packing uses, come out as they went in."""
    written = data("".join(parts))
    assert unpacked(packed(written)) == written


def chained() -> Value:
    """A hundred nodes in a row."""
    z = Value(0.5, "x")
    for _ in range(25):
        z = tanh(z * Value(1.2) + 0.1)
    return z


def shared() -> Value:
    """Two leaves that are used again and again."""
    z, y, w = Value(0.5, "x"), Value(1.2, "y"), Value(0.1, "w")
    for _ in range(32):
        z = sin(z * y) + w
    return z


def perceptron() -> Any:
    """The loss of a network for one sample."""
    return losses.mse(MLP(2, [4, 4, 1], "tanh", seed=1)([0.5, -1.0]), 1.0)


def samples() -> Any:
    """The loss of a network for three samples."""
    model = MLP(2, [3, 1], "tanh", seed=1)
    return losses.mse([model([x, -1.0]) for x in (0.5, 1.0, 1.5)], [1.0, 0.0, 1.0])


def recurrence() -> Any:
    """A neuron that takes its own output again."""
    cell, h = Neuron(2, "tanh", seed=2), Value(0.0)
    for t in range(18):
        h = cell([0.5 * t - 1.0, h])
    return losses.mse(h, 1.0)


@pytest.mark.parametrize("graph", [chained, shared, perceptron, samples, recurrence])
def test_a_page_of_a_hundred_nodes_is_small(graph: Callable[[], Value]) -> None:
    """It stays below 250 KB, whatever it shows."""
    steps = trace(graph())
    assert 85 <= len(steps.nodes) <= 105
    assert len(page(steps).encode()) <= 250_000


@pytest.mark.long
@pytest.mark.parametrize("op", [mul, atan2, hypot, logaddexp], ids=lambda op: op.name)
def test_pages_of_one_operation_are_small(op: Any) -> None:
    """A page of 100 nodes stays below 250 KB too where a hundred edges meet in one node, which takes long to lay out."""
    y, b = Value(1.5, label="a"), Value(0.5, label="b")
    while len(trace(y).nodes) < 98:
        y = op(y, b)
    assert len(page(trace(y)).encode()) <= 250_000
