"""Trainings for the tests of the page's scripts: what `fit` did, as the data and the programs that the page has."""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Callable, Sequence
from functools import partial, reduce
from pathlib import Path
from random import Random
from typing import Any

import pytest

import autograd_lite
from autograd_lite import Value, nn, optim
from autograd_lite.data import moons
from autograd_lite.engine.program import Program, Term
from autograd_lite.engine.table import add, mul
from autograd_lite.nn import MLP, losses
from autograd_lite.optim import Optimizer
from autograd_lite.train import fit
from autograd_lite.views.steps.page.javascript import ScriptOperand, library, script

FOLDER = Path(autograd_lite.__file__).parent / "train" / "watch" / "script"
PURE = "\n".join(
    (FOLDER / f"{name}.js").read_text("utf-8") for name in ("random", "optimizers", "maps", "objective", "training")
)


class Text:
    """A program whose inputs stand in arrays, as statements of JavaScript."""

    def __init__(self, program: Program, names: Sequence[str]) -> None:
        self.program = program
        self.names = [*names, *(f"t{place}" for place in range(len(names), len(program.steps)))]
        self.lines = [f"const {name} = {text};" for name, text in program.statements(ScriptOperand, self.names)]

    def list(self, terms: Sequence[Any]) -> str:
        """An array of places and constants."""
        return f"[{', '.join(self.names[x.place] if isinstance(x, Term) else script(x) for x in terms)}]"


def places(array: str, count: int) -> list[str]:
    """The elements of an array."""
    return [f"{array}[{i}]" for i in range(count)]


def forward_and_backward(model: MLP, inputs: int) -> tuple[list[str], list[list[int]]]:
    """FORWARD and MODEL of a network, and where the values of each layer's units stand."""
    x = [Value(0.1 + i) for i in range(inputs)]
    layers: list[list[Value]] = [x]
    for layer in model.layers:
        layers.append(layer(layers[-1]))
    s = [Value(0.3 + k) for k in range(len(layers[-1]))]
    units = [unit for layer in layers[1:] for unit in layer]
    parameters = model.parameters()
    total = reduce(add, map(mul, s, layers[-1]))
    names = [*places("p", len(parameters)), *places("x", inputs), *places("s", len(s))]
    both = Program(total, *units, inputs=[*parameters, *x, *s])
    model_text = Text(both, names)
    gradient = both.gradient[: len(parameters) + inputs]
    forward = Program(*units, inputs=[*parameters, *x])
    forward.gradient = ()
    forward.needed = forward._reached()
    forward_text = Text(forward, names[: len(parameters) + inputs])
    functions = [
        f"const FORWARD = (p, x) => {{ {' '.join(forward_text.lines)} return {forward_text.list(forward.outputs)}; }};",
        f"const MODEL = (p, x, s) => {{ {' '.join(model_text.lines)}"
        f" return [{model_text.list(both.outputs[1:])}, {model_text.list(gradient)}]; }};",
    ]
    counter = iter(range(len(units)))
    return functions, [[next(counter) for _ in layer] for layer in layers[1:]]


def loss_function(
    loss: Callable[..., Any], outputs: int, target: Any, parameters: Sequence[Value], penalty: float
) -> str:
    """The loss of one sample: a function of outputs, parameters and, where it is None, of the target."""
    o = [Value(0.2 + 0.1 * k) for k in range(outputs)]
    y = Value(0.4) if target is None else target
    value = loss([o[0] if outputs == 1 else o], [y])
    if penalty:
        value = value + penalty * losses.l2(parameters)
    own = [y] if target is None else []
    program = Program(value, inputs=[*o, *own, *parameters] if penalty else [*o, *own])
    text = Text(program, [*places("o", outputs), *["y"] * len(own), *places("p", len(parameters) if penalty else 0)])
    direct = text.list(program.gradient[outputs + len(own) :]) if penalty else "null"
    returned = f"[{text.list(program.outputs)[1:-1]}, {text.list(program.gradient[:outputs])}, {direct}]"
    return f"(o, p, y) => {{ {' '.join(text.lines)} return {returned}; }}"


def floats(numbers: Sequence[float], kind: str) -> str:
    """Numbers as bytes in base64: "d" for float64, "f" for float32."""
    return base64.b64encode(array(kind, numbers).tobytes()).decode()


class Recorded:
    """A training of `fit`, with the parameters at each epoch, and the page's data and programs of it."""

    def __init__(
        self,
        model: MLP,
        optimizer: Optimizer,
        points: list[list[float]],
        y: list[Any],
        *,
        loss: Callable[..., Any],
        decide: str = "score",
        confidence: str = "sigmoid",
        targets: Sequence[Any] = (None,),
        batch: int | None = None,
        epochs: int = 20,
        held: tuple[Any, Any] | None = None,
        penalty: float = 0.0,
        kept: Sequence[int] | None = None,
        seed: int = 5,
    ) -> None:
        rng = Random(seed)
        parameters = model.parameters()
        functions, layers = forward_and_backward(model, len(points[0]))  # before a step changes what it computes with
        singles = [loss_function(loss, len(layers[-1]), t, parameters, penalty) for t in targets]
        whole: Callable[..., Any] = loss if not penalty else lambda o, t: loss(o, t) + penalty * losses.l2(parameters)
        self.model, self.whole = model, whole
        self.numbers = [[x.data for x in parameters]]
        self.memories = [[m for each in optimizer.memories for m in each]]
        state = rng.getstate()[1]

        def note(*_: Any) -> None:
            self.numbers.append([x.data for x in parameters])
            self.memories.append([m for each in optimizer.memories for m in each])

        metrics = {} if decide == "value" else {"accuracy": losses.accuracy}
        self.history = fit(
            model, whole, points, y, optimizer=optimizer, epochs=epochs, batch_size=batch, seed=rng,
            validation=held, metrics=metrics, callbacks=note, progress=False,
        )  # fmt: skip
        texts = [*functions, f"const LOSSES = [{', '.join(singles)}];"]
        place = {target: k for k, target in enumerate(targets)}

        def data_of(xs: Sequence[Any], ys: Sequence[Any]) -> dict[str, Any]:
            return {"x": list(xs), "y": list(ys), "target": [place.get(t, 0) for t in ys]}

        columns = list(zip(*points, strict=True))
        shown = range(epochs + 1) if kept is None else kept
        settings = {k: v for k, v in vars(optimizer).items() if k not in ("parameters", "memories", "steps")}
        if callable(optimizer.lr):
            rates = [optimizer.lr(step) for step in range(optimizer.steps)]
            settings |= {"lr": None, "rates": floats(rates, "d")}
        self.data: dict[str, Any] = {
            "features": [
                {"name": f"x{i}", "mean": sum(c) / len(c), "low": min(c), "high": max(c)} for i, c in enumerate(columns)
            ],
            "shown": [0, 1],
            "outputs": layers[-1],
            "layers": layers,
            "parameters": [_place_of(name) for name, _ in model.named_parameters()],
            "classes": None if decide == "value" else sorted({str(t) for t in y}),
            "decide": decide,
            "confidence": confidence,
            "train": data_of(points, y),
            "held": data_of(*held) if held else None,
            "kept": {
                "epochs": [*shown],
                "size": len(parameters),
                "memory": len(optimizer.memory),
                "parameters": floats([w for epoch in shown for w in self.numbers[epoch]], "f"),
                "first": floats(self.numbers[0] + self.memories[0], "d"),
                "last": floats(self.numbers[-1] + self.memories[-1], "d"),
                "steps": [optimizer.steps // epochs * epoch for epoch in shown],
            },
            "losses": {
                "train": self.history.loss,
                "held": self.history.metrics.get("validation_loss"),
                "metrics": {k: v for k, v in self.history.metrics.items() if k != "validation_loss"},
            },
            "optimizer": {"kind": type(optimizer).__name__, **settings},
            "batch": batch,
            "shuffle": True,
            "init": getattr(model, "init", None),
            "state": state,
        }
        self.script = "\n".join([library([], texts), *texts, PURE])

    def call(self, code: str) -> str:
        """An expression that runs code with the scripts and the data: `data`, and `training`."""
        made = f"const data = {json.dumps(self.data)}; const training = new Training(data);"
        return f"(() => {{ {self.script}\n{made}\n{code} }})()"


def _place_of(name: str) -> dict[str, Any]:
    """Layer, unit and unit before of `layers.0.neurons.1.w.2`."""
    _, layer, _, unit, *part = name.split(".")
    source = int(part[1]) if part[0] == "w" else None
    return {"name": name, "layer": int(layer), "unit": int(unit), "from": source}


BCE = losses.binary_cross_entropy_with_logits
MOONS, HELD = moons(33, noise=0.2, seed=3), moons(10, noise=0.2, seed=4)


def near(expected: Any, error: float = 1e-9) -> Any:
    return pytest.approx(expected, rel=error, abs=error)


def binary(optimizer: Callable[..., Optimizer], **options: Any) -> Recorded:
    """The moons, with some held out."""
    model = nn.MLP(2, [5, 4, 1], "tanh", seed=2, init="xavier")
    return Recorded(model, optimizer(model.parameters()), *MOONS, loss=BCE, held=HELD, **options)


GATE = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
RNG = Random(8)
SPOTS = [[k + RNG.gauss(0, 0.6), (k - 1) ** 2 + RNG.gauss(0, 0.6)] for k in (0, 1, 2) for _ in range(9)]
KINDS = [k for k in (0, 1, 2) for _ in range(9)]


def squares() -> Recorded:
    """Numbers instead of classes, all points in each step."""
    model = nn.MLP(2, [4, 1], "sigmoid", seed=3)
    return Recorded(
        model, optim.SGD(model.parameters(), lr=0.5), *GATE, loss=losses.mse, decide="value", confidence="none"
    )  # fmt: skip


def classes(**options: Any) -> Recorded:
    """Three classes, each with a loss of its own."""
    model = nn.MLP(2, [6, 3], "relu", seed=4, init="he")
    rule = optim.Adam(model.parameters(), lr=0.03)
    return Recorded(
        model, rule, SPOTS, KINDS, loss=losses.cross_entropy, targets=(0, 1, 2), decide="argmax",
        confidence="softmax", batch=8, **options,
    )  # fmt: skip


TRAININGS: dict[str, Callable[[], Recorded]] = {
    "all points": squares,
    "momentum": partial(binary, partial(optim.SGD, lr=0.1, momentum=0.9), batch=10),
    "three classes, Adam": classes,
    "dampening": partial(binary, partial(optim.SGD, lr=0.2, momentum=0.8, dampening=0.3, weight_decay=0.01), batch=33),
    "nesterov": partial(binary, partial(optim.SGD, lr=0.05, momentum=0.9, nesterov=True), batch=7),
    "Adam with decay": partial(binary, partial(optim.Adam, lr=0.02, betas=(0.8, 0.95), weight_decay=0.02), batch=16),
    "AdamW": partial(binary, partial(optim.AdamW, lr=0.02, weight_decay=0.1, eps=1e-6), batch=4),
    "RMSprop": partial(binary, partial(optim.RMSprop, lr=0.01, momentum=0.5, centered=True), batch=11),
    "Adagrad": partial(binary, partial(optim.Adagrad, lr=0.1, lr_decay=0.01, initial_accumulator_value=0.2), batch=5),
    "a penalty": partial(binary, partial(optim.SGD, lr=0.1), batch=12, penalty=0.01),
}
