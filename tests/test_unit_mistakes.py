"""Wrong answers about units and pieces: each known mistake, worked out by hand, is told in the words of its row."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from math import cos, prod, tanh
from typing import Any

import pytest
from browser import Opened, Shown, chromium, opening

from autograd_lite import Trace, Value, sin, trace
from autograd_lite.engine.table import TABLE
from autograd_lite.nn import MLP, losses
from autograd_lite.views.steps.asked import Case, agrees
from autograd_lite.views.steps.mistakes import MISTAKES, told
from autograd_lite.views.steps.pieces import pieces

browser = pytest.fixture(scope="module", name="browser")(chromium)
opened = pytest.fixture(name="opened")(opening)

WEIGHTS = [[[0.7, -0.45], [0.35, 0.85]], [[0.9, -0.65], [0.4, 1.15]], [[1.3, -0.75]]]
BIASES = [[0.25, -0.3], [0.15, -0.1], [0.2]]
SAMPLES = [([0.8, -1.1], 0.5), ([-0.4, 0.6], -0.9)]


def network() -> Trace:
    """MLP(2, [2, 2, 1]) with tanh, these weights and biases, and two samples."""
    model = MLP(2, [2, 2, 1], "tanh", seed=1)
    for layer, weights, biases in zip(model.layers, WEIGHTS, BIASES, strict=True):
        for neuron, row, bias in zip(layer.neurons, weights, biases, strict=True):
            neuron.b.data = bias
            for w, number in zip(neuron.w, row, strict=True):
                w.data = number
    return trace(losses.mse([model(x) for x, _ in SAMPLES], [t for _, t in SAMPLES]))


def passes(x: list[float], target: float) -> tuple[list[list[float]], list[list[float]], list[list[float]], float]:
    """Sums z, activations a (those of the input first), δ and the loss of a sample, by the equations of the notes."""
    z: list[list[float]] = []
    a = [x]
    for layer, (weights, biases) in enumerate(zip(WEIGHTS, BIASES, strict=True)):
        rows = zip(weights, biases, strict=True)
        z.append([sum(w * i for w, i in zip(row, a[-1], strict=True)) + b for row, b in rows])
        a.append([tanh(s) if layer < 2 else s for s in z[-1]])
    deltas = [[2.0 * (a[-1][0] - target)]]
    for layer in (1, 0):
        came = [sum(row[j] * d for row, d in zip(WEIGHTS[layer + 1], deltas[0], strict=True)) for j in range(2)]
        deltas.insert(0, [c * (1.0 - y * y) for c, y in zip(came, a[layer + 1], strict=True)])
    return z, a, deltas, (a[-1][0] - target) ** 2


Z, A, D, LOSS = passes(*SAMPLES[0])
OTHERS = passes(*SAMPLES[1])
X = SAMPLES[0][0]
W, B, ONWARD = WEIGHTS[0][0], BIASES[0][0], [row[0] for row in WEIGHTS[1]]
SUM, ACT, DELTA = Z[0][0], A[1][0], D[0][0]
SHARES = [w * d for w, d in zip(ONWARD, D[1], strict=True)]
UP, SLOPE, AWAY = sum(SHARES), 1.0 - ACT * ACT, 1.0 - tanh(ACT) ** 2
TERMS = [f"net.units[0].terms.findIndex((t) => t.from?.input === {j})" for j in (0, 1)]
TERMS.append("net.units[0].terms.findIndex((t) => !t.from)")  # the bias
LEVEL = {"value": 1, "local": 1, "product": 2, "sum": 3, "gradient": 4}

# For each row: the kind of question about the first unit, the term (the weights, then the bias), what somebody would say.
BY_HAND: list[tuple[str, str, int, float]] = [
    ("sign", "value", 0, -ACT),
    ("bias", "value", 0, tanh(SUM - B)),
    ("term", "value", 0, tanh(SUM - W[0] * X[0])),
    ("term", "value", 0, tanh(SUM - W[1] * X[1])),
    ("activation", "value", 0, SUM),
    ("slope", "value", 0, SLOPE),
    ("sign", "local", 0, -SLOPE),
    ("value", "local", 0, ACT),
    ("at", "local", 0, SUM),
    ("far", "local", 0, AWAY),
    ("upstream", "local", 0, UP),
    ("share", "local", 0, DELTA),
    ("reciprocal", "local", 0, 1.0 / SLOPE),
    ("sign", "product", 0, -DELTA),
    ("upstream", "product", 0, UP),
    ("local", "product", 0, SLOPE),
    ("sum", "product", 0, UP + SLOPE),
    ("far", "product", 0, UP * AWAY),
    ("value", "product", 0, UP * ACT),
    ("at", "product", 0, UP * SUM),
    ("value alone", "product", 0, ACT),
    ("way", "product", 0, SHARES[0] * SLOPE),
    ("way", "product", 0, SHARES[1] * SLOPE),
    ("weights", "product", 0, sum(D[1]) * SLOPE),
    ("sign", "sum", 0, -UP),
    ("way", "sum", 0, SHARES[0]),
    ("way", "sum", 0, SHARES[1]),
    ("weights", "sum", 0, sum(D[1])),
    ("delta", "sum", 0, DELTA),
    ("multiplied", "sum", 0, prod(SHARES)),
    ("mean", "sum", 0, UP / 2.0),
    ("at", "sum", 0, ACT),
    ("output", "sum", 0, LOSS),
    ("sign", "gradient", 1, -DELTA * X[1]),
    ("delta", "gradient", 1, DELTA),
    ("given", "gradient", 1, X[1]),
    ("no slope", "gradient", 1, UP * X[1]),
    ("away", "gradient", 1, UP * AWAY * X[1]),
    ("way", "gradient", 1, SHARES[1] * SLOPE * X[1]),
    ("onward", "gradient", 1, DELTA * W[1]),
    ("at", "gradient", 1, W[1]),
    ("output", "gradient", 1, LOSS),
    ("every", "gradient", 1, (DELTA * X[1] + OTHERS[2][0][0] * SAMPLES[1][0][1]) / 2.0),
    ("as weight", "gradient", 2, DELTA * X[0]),
    ("no slope", "gradient", 2, UP),
]  # fmt: skip


def pattern(words: str) -> str:
    """The words of a row, with any texts in their places."""
    return "".join(".+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", words))


def said_to(one: Shown, guess: float) -> str:
    """What the page says to a number that is typed, and to the same number Python, given the page's cases."""
    given = json.loads(one.tells(ASKED))
    kind, texts, found = given["kind"], given["texts"], given["cases"]
    cases = {name: [Case(float(each["number"]), each.get("name", "")) for each in row] for name, row in found.items()}
    python = told(kind, guess, cases, texts)
    if not agrees(guess, cases["truth"][0].number):  # after which nothing would be asked any more
        one.tells("void (score = newScore(), $('tries').replaceChildren())")
        one.page.fill("#guess", repr(guess))
        one.page.keyboard.press("Enter")
        words = str(one.tells("document.querySelector('#tries .try:last-child span').textContent")).partition(": ")[2]
        assert words == python or (not python and words.startswith(("Not ", "Near: ")))
    return python


ASKED = """(() => {
  const { kind, truth, mistakes } = state.asked, [cases, texts] = mistakes();
  const text = (_, x) => typeof x === "number" ? String(x).replace("Infinity", "inf") : x;
  return JSON.stringify({ kind, texts, cases: { truth: [{ number: truth }], ...cases } }, text);
})()"""


def ask(one: Shown, level: int, step: str) -> None:
    """Go to the step that a piece of script finds, at a level."""
    if not one.tells(f"state.predict && state.level === {level}"):
        one.page.click(f"#levels button[value='{level}']")
    one.tells(f"void go({step}, {{ asking: true }})")


def test_each_mistake_about_a_unit(opened: Opened) -> None:
    """To each mistake made by hand at the first of three layers, page and Python say what its row says, with no place left empty."""
    one = opened(network())
    met = set()
    for key, kind, term, guess in BY_HAND:
        phase = "forward" if kind == "value" else "backward"
        ask(one, LEVEL[kind], f"net.steps.findIndex((s) => s.kind === '{phase}' && s.unit === 0)")
        one.tells(f"void net.onWeight({TERMS[term]})")
        assert one.tells("state.asked.kind") == kind
        [row] = [row for row in MISTAKES if (row.key, kind) in [(key, each) for each in row.kinds.split()]]
        said = said_to(one, float(f"{guess:.5g}"))
        assert re.fullmatch(pattern(row.words), said), (key, kind, said)
        assert "undefined" not in said
        assert "  " not in said
        met.add((row.key, kind))
    ask(one, 1, "net.steps.findIndex((s) => s.unit === null)")
    both = (LOSS + OTHERS[3]) / 2.0
    assert (
        said_to(one, both) == f"{one.tells(f'shown({both!r})')} is L over all samples; asked is what this one brings."
    )
    rows = {(row.key, kind) for row in MISTAKES if row.parts for kind in row.kinds.split()}
    assert rows - met == {("every", "value")}


def test_the_words_about_a_unit(opened: Opened) -> None:
    """Units, weights and δ have the names of the notes in what is said."""
    one = opened(network())
    ask(one, 4, "net.steps.findIndex((s) => s.kind === 'backward' && s.unit === 0)")
    one.tells(f"void net.onWeight({TERMS[1]})")
    assert said_to(one, DELTA).endswith(" is δ¹₁ alone: multiply by the input of w¹₁₂, −1.1.")
    assert said_to(one, UP * X[1]) == "The slope f′ is missing in δ¹₁."
    ask(one, 3, "net.steps.findIndex((s) => s.kind === 'backward' && s.unit === 0)")
    assert said_to(one, SHARES[1]) == (
        "That is only what comes back through unit 2 of layer 2; what comes back on all 2 ways is added."
    )
    assert said_to(one, DELTA).endswith(" is δ¹₁: it has the slope f′ already, which is no part of ∂L/∂a¹₁.")
    ask(one, 1, "net.steps.findIndex((s) => s.kind === 'forward' && s.unit === 0)")
    assert said_to(one, tanh(SUM - B)) == "The bias b¹₁ is missing in the sum."
    assert said_to(one, tanh(SUM - W[1] * X[1])) == "The product w¹₁₂ × x₂ is missing in the sum."


def test_nothing_is_said_where_two_mistakes_meet(opened: Opened) -> None:
    """The truth, a number that no mistake gives, and one that two give, are told nothing."""
    model = MLP(2, [1, 1], "tanh", seed=1)
    for parameter, number in zip(model.parameters(), [0.5, 0.5, 0.5, 0.5, 0.5], strict=True):
        parameter.data = number
    one = opened(trace(losses.mse([model([1.0, 3.0])], [2.0])))
    ask(one, 1, "net.steps.findIndex((s) => s.kind === 'forward' && s.unit === 0)")
    assert said_to(one, tanh(2.0)) == "The bias b¹₁ is missing in the sum." or said_to(one, tanh(2.0)) == ""
    assert one.tells(f"diagnose(state.asked, {tanh(2.0)!r})") == ""  # the bias and w₁ x₁ are both 0.5
    assert said_to(one, 17.0) == ""
    assert one.tells("diagnose(state.asked, state.asked.truth)") == ""


def loose() -> Trace:
    """A graph without scopes that opens in pieces, with numbers of ordinary size."""
    x, y = Value(0.55, label="x"), Value(-0.75, label="y")
    u, v = x, y
    for _ in range(28):
        u, v = sin(u + 0.3 * y) * x + 0.4 * v, sin(v - u * y)
    return trace(u * v + 0.37)


def parts_of(steps: Trace) -> Iterator[tuple[int, int, dict[str, Any], list[list[Any]]]]:
    """Of each piece: its id, the place and the data of a part, and how what comes out of that changes with what goes in."""
    found = {piece["id"]: piece for piece in pieces(steps)}
    place = {node: i for i, node in enumerate(steps.nodes)}
    for piece in found.values():
        for k, part in enumerate(piece["parts"]):
            if "piece" in part:
                yield piece["id"], k, part, found[part["piece"]]["jacobian"]
            else:
                node = steps.nodes[part["node"]]
                edges = zip(node.operands, node.partials, strict=True)
                yield piece["id"], k, part, [[place[node], place[x], p] for x, p in edges if type(x) is Value]


GUESSES: dict[str, dict[str, Callable[[float, float, float, float], float]]] = {
    "local": {
        "sign": lambda up, local, at, y: -local,  # noqa: ARG005 - each takes what it needs
        "upstream": lambda up, local, at, y: up,  # noqa: ARG005
        "share": lambda up, local, at, y: up * local,  # noqa: ARG005
        "value": lambda up, local, at, y: y,  # noqa: ARG005
        "at": lambda up, local, at, y: at,  # noqa: ARG005
    },
    "product": {
        "sign": lambda up, local, at, y: -up * local,  # noqa: ARG005
        "local": lambda up, local, at, y: local,  # noqa: ARG005
        "upstream": lambda up, local, at, y: up,  # noqa: ARG005
        "sum": lambda up, local, at, y: up + local,  # noqa: ARG005
        "at": lambda up, local, at, y: up * at,  # noqa: ARG005
        "value alone": lambda up, local, at, y: y,  # noqa: ARG005
    },
}


@pytest.mark.parametrize("kind", GUESSES)
def test_each_mistake_about_a_piece(opened: Opened, kind: str) -> None:
    """Of pieces and of the operations in them: upstream or local forgotten, values for derivatives, the wrong sign."""
    steps = loose()
    one, met = opened(steps), {key: set[bool]() for key in GUESSES[kind]}
    for piece, k, part, entries in reversed([*parts_of(steps)]):  # near the result, gradients are not small
        single = "node" in part
        if not entries or all(single in kinds for kinds in met.values()):
            continue
        [out, into, local] = entries[0]
        up = steps.gradients.get(steps.nodes[out], 0.0)
        one.tells(f"void openPiece({piece})")
        ask(one, LEVEL[kind], f"pieceWalk().findIndex((s) => s.kind === 'backward' && s.part === {k})")
        for key, guess in GUESSES[kind].items():
            said = said_to(one, guess(up, float(local), steps.nodes[into].data, steps.nodes[out].data))
            [row] = [row for row in MISTAKES if row.key == key and kind in row.kinds.split()]
            if re.fullmatch(pattern(row.words), said):
                met[key].add(single)
    assert met == {key: {True, False} for key in met}


def test_one_way_of_a_piece(opened: Opened) -> None:
    """What comes back on one of several ways, and values where a gradient is asked, are told so."""
    steps = loose()
    one = opened(steps)
    whole = [(k, entries) for piece, k, _, entries in parts_of(steps) if piece == pieces(steps)[0]["id"]]
    ways: dict[int, list[float]] = {}
    for _, entries in whole:
        for y, into, local in entries:
            ways.setdefault(into, []).append(steps.gradients[steps.nodes[y]] * float(local))
    k, x = next(
        (k, entries[0][1]) for k, entries in reversed(whole) if entries and len(ways.get(entries[0][1], [])) > 1
    )
    ask(one, 4, f"pieceWalk().findIndex((s) => s.kind === 'backward' && s.part === {k})")
    said = said_to(one, max(ways[x], key=abs))
    assert said.startswith("That is only what comes back through ")
    assert said.endswith(" ways is added.")
    assert said_to(one, -steps.gradients[steps.nodes[x]]) == "The size is right; the sign is not."
    known = steps.names[steps.nodes[x]], steps.names[steps.root]
    at = steps.nodes[x].data
    assert said_to(one, at).endswith(f" is the value of {known[0]}; asked is how fast {known[1]} changes with it.")


def test_the_value_of_a_piece(opened: Opened) -> None:
    """An operation in a piece is asked for its value like any: its slope, or its operand, is told so."""
    steps = loose()
    one = opened(steps)
    for piece, k, part, _ in parts_of(steps):
        node = steps.nodes[part["node"]] if "node" in part else None
        if node is not None and node.op is TABLE["sin"]:
            one.tells(f"void openPiece({piece})")
            ask(one, 1, f"pieceWalk().findIndex((s) => s.kind === 'forward' && s.part === {k})")
            [x] = node.operands
            assert said_to(one, x.data).endswith(f"asked is sin {steps.names[x]}.")
            assert "is the slope" in said_to(one, cos(x.data))
            return
    pytest.fail("no sine in a piece")
