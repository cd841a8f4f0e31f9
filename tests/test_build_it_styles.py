"""Build it (L30): engines in other styles pass, and learn XOR as matrices do; their mistakes are found as well."""

from __future__ import annotations

import numpy as np
import pytest
from built import WRAPPED, filled, made

from autograd_lite.lessons.building import Verdict, finished, judge
from autograd_lite.lessons.building.judge import HOLES
from autograd_lite.lessons.building.lesson import build_it, by_hand, trained

MICROGRAD = """
import math

class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data, self.grad = data, 0
        self._prev, self._op, self._backward = set(_children), _op, lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, n):
        out = Value(self.data**n, (self,), "**")

        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
        out = Value(t, (self,), "tanh")

        def _backward():
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def order(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        return topo

    def backward(self):
        self.grad = 1
        for v in reversed(self.order()):
            v._backward()

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __sub__(self, other):
        return self + (-1) * other


def step(parameters, loss, rate):
    loss.backward()
    for p in parameters:
        p.data += -rate * p.grad
        p.grad = 0
"""
ITERATIVE = """
waiting, found, done = [(self, False)], [], set()
while waiting:
    node, finished = waiting.pop()
    if finished:
        found.append(node)
    elif id(node) not in done:
        done.add(id(node))
        waiting.append((node, True))
        waiting += [(parent, False) for parent in node.parents]
return found
"""
KAHN = """
uses, below = {self: 0}, [self]
for node in below:
    for parent in node.parents:
        if parent not in uses:
            uses[parent] = 0
            below.append(parent)
        uses[parent] += 1
ready, found = [self], []
while ready:
    node = ready.pop()
    found.append(node)
    for parent in node.parents:
        uses[parent] -= 1
        if uses[parent] == 0:
            ready.append(parent)
found.reverse()
return found
"""
STYLES = {
    "micrograd": MICROGRAD,
    "a list of parents": filled({1: "self.data, self.grad = float(data), 0\nself.parents, self.partials = list(parents), list(partials)"}),
    "an iterative order": filled({6: ITERATIVE}),
    "by counting uses": filled({6: KAHN}),
    "a generator": filled({6: "seen = set()\ndef visit(node):\n    if node not in seen:\n        seen.add(node)\n        for parent in node.parents:\n            yield from visit(parent)\n        yield node\nreturn list(visit(self))"}),
    "parents the other way round": filled({3: WRAPPED + "return Value(other.data * self.data, [other, self], [self.data, other.data])"}),
    "a plain number apart": filled({2: "if not isinstance(other, Value):\n    return Value(self.data + other, (self,), (1,))\nreturn Value(self.data + other.data, (self, other), (1, 1))"}),
    "cosh": filled({5: "return Value(math.tanh(self.data), (self,), (1 / math.cosh(self.data) ** 2,))"}),
    "new gradients in each pass": filled({7: "order = self.order()\nfor node in order:\n    node.grad = 0.0\nself.grad = 1.0\nfor node in order[::-1]:\n    for k in range(len(node.parents)):\n        node.parents[k].grad = node.parents[k].grad + node.grad * node.partials[k]", 8: "loss.backward()\nfor p in parameters:\n    p.data = p.data - p.grad * rate"}),
    "reset behind the step": filled({8: "loss.backward()\nfor p in parameters:\n    p.data -= rate * p.grad\n    p.grad = 0.0"}),
    "slots": filled({}).replace("class Value:", "class Value:\n    __slots__ = ('data', 'grad', 'parents', 'partials')\n"),
    "no identity of names": filled({}).replace("parents", "_children").replace("partials", "_local_grads"),
}  # fmt: skip


@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES)
def test_other_styles_pass(text: str) -> None:
    """An engine in another style has all eight holes done, and learns what the engine of the package learns."""
    program = made(text)
    assert str(judge(program.Value, program.step)).endswith("8 of 8")
    trained(program.Value, program.step).check()


WRONG_CLOSURES = [
    ("self.grad += out.grad\n            other", "self.grad = out.grad\n            other", 1, "has had 10: its gradient then is 1, expected 11: what was there is lost"),
    ("other.data * out.grad", "other.data", 2, "with the gradient 3, what it sends to a is 3, expected 9: its own gradient, 3, is left out"),
    ("self.data ** (n - 1) * out.grad", "self.data ** n * out.grad", 3, "is 375, expected 75: the exponent has not been lowered"),
    ("(1 - t**2) * out.grad", "(1 - t) * out.grad", 4, "a square is missing"),
    ("self.grad += (1", "self.grad = (1", 4, "what was there is lost"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "done", "words"), WRONG_CLOSURES)
def test_mistakes_in_closures(right: str, wrong: str, done: int, words: str) -> None:
    """Where each Value keeps a function for its backward pass, mistakes are found in the hole of the operation."""
    assert right in MICROGRAD
    program = made(MICROGRAD.replace(right, wrong))
    verdict = judge(program.Value, program.step)
    assert (verdict.done, words in verdict.wrong) == (done, True), verdict


def test_a_class_that_grows() -> None:
    """As in a notebook, a hole that is not even there is one where nothing is written yet."""
    kept, names = filled({}), ["__add__", "__mul__", "__pow__", "tanh", "order", "backward"]
    for done, name in enumerate(names, start=1):
        program = made(kept)
        for later in names[done - 1 :]:
            delattr(program.Value, later)
        assert judge(program.Value) == Verdict(done), name
        assert f"→ {done + 1}  {HOLES[done].name}: nothing is written here yet" in str(judge(program.Value))


def test_the_training_is_that_of_matrices() -> None:
    """XOR is learnt as by NumPy, with the gradients of both layers written as matrices."""
    weights = np.array([weight.data for weight in finished.first_weights()])
    w, v, c = weights[:6].reshape(2, 3), weights[6:8], weights[8]
    x = np.array([[x1, x2, 1.0] for x1, x2, _ in finished.XOR])
    t = np.array([target for *_, target in finished.XOR])
    losses = []
    for _ in range(301):
        h = np.tanh(x @ w.T)
        y = np.tanh(h @ v + c)
        losses.append(((y - t) ** 2).sum())
        delta = 2 * (y - t) * (1 - y**2)
        back = np.outer(delta, v) * (1 - h**2)
        w, v, c = w - 0.1 * back.T @ x, v - 0.1 * h.T @ delta, c - 0.1 * delta.sum()
    outcome = build_it().check()
    assert outcome.numbers["loss at first"] == pytest.approx(losses[0], rel=1e-12)
    assert outcome.numbers["loss at last"] == pytest.approx(losses[-1], rel=1e-9)


def test_where_xor_is_not_learnt_the_report_says_why() -> None:
    """From weights that end on a plateau the claim fails with its reason, and the others hold."""
    outcome = build_it(seed=2)
    assert not outcome.right
    assert "falls by 4.9e−05 in a round" in str(outcome)
    assert "another seed" in outcome.reason("all four outputs are on the right side of 0")
    assert list(outcome.claims.values()) == [False, True, True]


@pytest.mark.parametrize(("a", "b"), [(1, 1), (5, 2), (3, 4)])
def test_the_expression_by_hand(a: int, b: int) -> None:
    """The sheet's expression, (ab + a)², has the gradients of its polynomial."""
    numbers = by_hand(a=a, b=b).check().numbers
    v = a * b + a
    assert [*numbers.values()] == [v * v, 2 * v, 2 * v * (b + 1), 2 * v * a]
