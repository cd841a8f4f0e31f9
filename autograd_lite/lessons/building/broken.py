"""The tasks of the ten broken programs, and how a program and the package's engine do them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from autograd_lite.engine.sequences import dot
from autograd_lite.engine.table import sigmoid
from autograd_lite.engine.value import Value
from autograd_lite.lessons.building import finished
from autograd_lite.lessons.building.bugs import Engine, Matrix, Network, Samples
from autograd_lite.optim import SGD

ROUNDS = 50


class Graph(NamedTuple):
    """A program that goes back through a graph: its nodes by name, made of Values of any kind."""

    words: str
    build: Callable[[Any, Engine], dict[str, Any]]

    def run(self, kind: type[Engine], value: Any = finished.Value) -> dict[str, Any]:
        """The value at the end, and all gradients."""
        engine = kind()
        nodes = self.build(value, engine)
        *_, (name, root) = nodes.items()
        engine.backward(root)
        return self._numbers(nodes, name)

    def right(self) -> tuple[dict[str, Any], Value, list[float]]:
        """The same of the package's engine; the end of its graph; no errors of rounds."""
        nodes = self.build(Value, Engine())
        for name, node in nodes.items():
            node.label = name
        *_, (name, root) = nodes.items()
        root.backward()
        return self._numbers(nodes, name), root, []

    def _numbers(self, nodes: Mapping[str, Any], end: str) -> dict[str, Any]:
        backward = {f"∂{end}/∂{name}": float(node.grad) for name, node in [*nodes.items()][::-1] if name != end}
        return {end: float(nodes[end].data)} | backward


class Training(NamedTuple):
    """A program that trains two layers of two sigmoids by formulas."""

    words: str
    w: Matrix
    v: Matrix
    samples: Samples
    rate: float = 0.5

    def run(self, kind: type[Network]) -> dict[str, Any]:
        """Errors, gradients and weights of the first rounds."""
        return self.trained(kind)[0]

    def trained(self, kind: type[Network]) -> tuple[dict[str, Any], list[float]]:
        """The numbers, and the error before each round and after the last."""
        network = kind(self.w, self.v, self.samples, self.rate)
        errors, slopes, weights = [network.error()], [], []
        for _ in range(ROUNDS):
            network.round()
            errors.append(network.error())
            slopes.append((_copy(network.dv), _copy(network.dw)))
            weights.append((network.v, network.w))
        return _table(errors, slopes, weights[0]), errors

    def outputs(self, kind: type[Network], rounds: int) -> list[float]:
        """The outputs for the first sample after so many rounds."""
        network = kind(self.w, self.v, self.samples, self.rate)
        for _ in range(rounds):
            network.round()
        return network.forward(self.samples[0][0])[3]

    def right(self) -> tuple[dict[str, Any], Value, list[float]]:
        """The same of the package's engine, the error's graph, and the errors of the rounds."""
        weights = [Value(x) for matrix in (self.w, self.v) for row in matrix for x in row]
        for weight, label in zip(weights, (f"{m}{j}{k}" for m in "wv" for j in "₁₂" for k in "₁₂"), strict=True):
            weight.label = label
        first = self._error(weights)
        first.label = "E"
        first.backward()
        later = [Value(weight.data) for weight in weights]
        descent = SGD(later, lr=self.rate)
        errors, slopes, after = [first.data], [], []
        for _ in range(ROUNDS):
            descent.zero_grad()
            self._error(later).backward()
            descent.step()
            errors.append(self._error(later).data)
            slopes.append(_both([x.grad for x in later]))
            after.append(_both([x.data for x in later]))
        return _table(errors, slopes, after[0]), first, errors

    def _error(self, weights: Sequence[Value]) -> Value:
        """E by the engine."""
        total: Any = 0.0
        for x, targets in self.samples:
            h = [sigmoid(dot(weights[k : k + 2], x) + 0.35) for k in (0, 2)]
            o = [sigmoid(dot(weights[k : k + 2], h) + 0.6) for k in (4, 6)]
            total = total + 0.5 * sum((t - y) ** 2 for t, y in zip(targets, o, strict=True))
        error: Value = total / len(self.samples) if len(self.samples) > 1 else total
        return error


def _copy(rows: Matrix) -> Matrix:
    return [list(row) for row in rows]


def _both(numbers: Sequence[float]) -> tuple[Matrix, Matrix]:
    """V and W, of which W comes first in the list."""
    w11, w12, w21, w22, v11, v12, v21, v22 = numbers
    return [[v11, v12], [v21, v22]], [[w11, w12], [w21, w22]]


def _table(
    errors: Sequence[float], slopes: Sequence[tuple[Matrix, Matrix]], after: tuple[Matrix, Matrix]
) -> dict[str, Any]:
    return {
        "E": errors[0],
        "∂E/∂V": slopes[0][0],
        "∂E/∂W": slopes[0][1],
        "V after": after[0],
        "W after": after[1],
        "E after": errors[1],
        "∂E/∂V in round 2": slopes[1][0],
        f"E after {ROUNDS} rounds": errors[-1],
    }


def _chain(kind: Any, _: Engine) -> dict[str, Any]:
    w, x = kind(3.0), kind(2.0)
    u = w * x
    v = u + x
    return {"w": w, "x": x, "u": u, "v": v, "y": v**2}


def _diamond(kind: Any, _: Engine) -> dict[str, Any]:
    a, b = kind(2.0), kind(3.0)
    c, d = a + b, a * b
    e, f = c + d, c * d
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "y": e + f}


def _skip(kind: Any, engine: Engine) -> dict[str, Any]:
    x0, w1, w2 = kind(0.5), kind(2.0), kind(-1.0)
    x1 = (w1 * x0).tanh()
    x2 = (w2 * x1 + x0).tanh()
    x3 = engine.again(w1) * (x1 * x2)
    return {"x₀": x0, "w₁": w1, "w₂": w2, "x₁": x1, "x₂": x2, "x₃": x3, "l": (x3 + -1.0) ** 2 * 0.5}


NETWORK = "h = σ(Wx + 0.35), o = σ(Vh + 0.6), E the mean of ½ Σ(t − o)² over the samples, η = 0.5"
TWO = (((0.0, 1.0), (1.0, 0.0)), ((1.0, 0.0), (0.0, 1.0)))
FOUR = tuple(((a, b), (float(a != b), float(a == b))) for a in (0.0, 1.0) for b in (0.0, 1.0))
TASKS: dict[int, Graph | Training] = {
    1: Graph("u = wx, v = u + x and y = v², from w = 3 and x = 2", _chain),
    2: Training(f"{NETWORK}; two samples", [[0.3, -0.2], [0.5, 0.4]], [[0.6, -0.4], [0.2, 0.7]], TWO),
    3: Graph("c = a + b, d = ab, e = c + d, f = cd and y = e + f, from a = 2 and b = 3", _diamond),
    4: Training(
        f"{NETWORK}; one sample, x = (1, −1), t = (0, 1)",
        [[0.3, 0.1], [-0.2, 0.5]],
        [[1.0, -2.0], [0.5, 1.5]],
        [((1.0, -1.0), (0.0, 1.0))],
    ),
    5: Training(
        f"{NETWORK}; one sample, x = (1, 2), t = (1, 0)",
        [[0.5, -0.5], [0.2, 0.4]],
        [[0.8, 0.3], [-0.6, 1.2]],
        [((1.0, 2.0), (1.0, 0.0))],
    ),
    6: Training(
        f"{NETWORK}; one sample, x = (0.05, 0.1), t = (0.01, 0.99)",
        [[0.15, 0.20], [0.25, 0.30]],
        [[0.40, 0.45], [0.50, 0.55]],
        [((0.05, 0.10), (0.01, 0.99))],
    ),
    7: Training(
        f"{NETWORK}; one sample, x = (2, 1), t = (0, 0)",
        [[0.9, 0.4], [-0.8, 0.1]],
        [[1.1, 0.7], [-0.5, 0.9]],
        [((2.0, 1.0), (0.0, 0.0))],
    ),
    8: Training(f"{NETWORK}; two samples", [[-0.4, 0.6], [0.1, 0.3]], [[0.5, 0.5], [-0.7, 0.2]], TWO),
    9: Training(
        f"{NETWORK}; the four samples of XOR and its opposite",
        [[0.7, -0.3], [0.2, 0.5]],
        [[-0.6, 0.4], [0.3, -0.1]],
        FOUR,
    ),
    10: Graph(
        "x₁ = tanh(w₁x₀), x₂ = tanh(w₂x₁ + x₀), x₃ = w₁x₁x₂, l = ½(x₃ − 1)², from x₀ = 0.5, w₁ = 2 and w₂ = −1", _skip
    ),
}
