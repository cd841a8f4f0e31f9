"""My own engine: numbers that remember how they came about, and the chain rule that walks back along them.

Everything below is ordinary Python. Run it when it is finished, and it learns XOR.
"""

import math
import random


class Value:
    """A number that remembers how it came about."""

    def __init__(self, data, parents=(), partials=()):
        """Hole 1, what a Value keeps: `data`, the number; `grad`, its gradient, which begins at 0.

        And `parents`, the Values that it was computed from, with `partials`, one local derivative for each of them.
        """
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.partials = partials

    def __add__(self, other):
        """Hole 2, a sum: a new Value with its number, its two parents, and the local derivative for each.

        `other` may be a plain number, as in `a + 1`; then make it a Value first.
        """
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        """Hole 3, a product: the same with other numbers.

        What is the derivative of a·b with respect to a, and with respect to b?
        """
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        """Hole 4, a power such as `a ** 3`: the exponent `n` is a plain number, so there is one parent only."""
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def tanh(self):
        """Hole 5, the hyperbolic tangent: `math.tanh` has the number; its derivative can be had from that number."""
        t = math.tanh(self.data)
        return Value(t, (self,), (1.0 - t * t,))

    def order(self):
        """Hole 6, the order: a list of all Values that this one depends on, and itself, each once.

        Each stands behind all its parents, so that leaves come early, and `self` comes last.
        """
        found, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent in node.parents:
                    visit(parent)
                found.append(node)

        visit(self)
        return found

    def backward(self):
        """Hole 7, the backward pass: from this Value to all others, in `order` from its end.

        Where does it begin, with which gradient? What does a Value send to each parent? What does a parent do with it?
        """
        self.grad = 1.0
        for node in reversed(self.order()):
            for parent, partial in zip(node.parents, node.partials):
                parent.grad += partial * node.grad

    # Given: everything else in terms of these.

    def __radd__(self, other):  # 1 + a
        return self + other

    def __rmul__(self, other):  # 2 * a
        return self * other

    def __sub__(self, other):
        return self + other * -1

    def __repr__(self):
        return f"Value({self.data}, grad={self.grad})"


def step(parameters, loss, rate):
    """Hole 8, a step of training: new gradients of `loss` for all `parameters`, then each moves against its own.

    From the step before, the parameters still have gradients, to which a backward pass adds.
    """
    for p in parameters:
        p.grad = 0.0
    loss.backward()
    for p in parameters:
        p.data -= rate * p.grad


# Given: a network of tanh units, and XOR, with −1 and 1 for false and true.

XOR = [(-1, -1, -1), (-1, 1, 1), (1, -1, 1), (1, 1, -1)]  # two inputs and the target


def first_weights(kind=Value, hidden=2, seed=0):
    """The weights before training: w₁, w₂ and b of each hidden unit, then those of the output and its b."""
    draw = random.Random(seed)
    return [kind(draw.uniform(-1, 1)) for _ in range(4 * hidden + 1)]


def output(weights, x1, x2):
    """What the network says to two inputs."""
    hidden = len(weights) // 4
    total = weights[-1]
    for k in range(hidden):
        w1, w2, b = weights[3 * k : 3 * k + 3]
        total = total + weights[3 * hidden + k] * (w1 * x1 + w2 * x2 + b).tanh()
    return total.tanh()


def loss(weights):
    """The sum of the squared errors."""
    return sum((output(weights, x1, x2) - target) ** 2 for x1, x2, target in XOR)


if __name__ == "__main__":
    weights = first_weights()
    for _ in range(300):
        step(weights, loss(weights), 0.1)
    for x1, x2, target in XOR:
        print(f"{x1:2} xor {x2:2} = {target:2}, learnt: {output(weights, x1, x2).data:.3f}")
