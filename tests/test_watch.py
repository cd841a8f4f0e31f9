"""What the page of a training is told: programs and data agree with the engine."""

from __future__ import annotations

import json
import struct
from base64 import b64decode
from functools import partial
from typing import Any
from zlib import decompress

import pytest
from browser import chromium, empty_page
from histories import HISTORIES, Skipping, rows, trained
from playwright.sync_api import Page

from autograd_lite import Value, data, diagnose, nn, optim, trace
from autograd_lite.nn import MLP, losses
from autograd_lite.train.watch.content import Content
from autograd_lite.train.watch.recorded import Recorded

browser = pytest.fixture(scope="module", name="browser")(chromium)
blank = pytest.fixture(scope="module", name="blank")(empty_page)


class Branching(nn.Module):
    """A model that goes another way for another number."""

    def __init__(self) -> None:
        self.w = Value(1.0, "w")

    def forward(self, x: Any) -> Any:
        """The output."""
        z = self.w * x[0]
        return z if z > 0.0 else -0.1 * z


class Hidden(Branching):
    """The same, where nothing that is recorded says so."""

    def forward(self, x: Any) -> Any:
        """The output."""
        z = self.w * x[0]
        return z if z.data > 0.0 else -0.1 * z


@pytest.mark.parametrize("name", HISTORIES)
def test_the_programs_are_the_model_and_its_loss(blank: Page, name: str) -> None:
    """At the parameters of each kept epoch and each sample: the outputs, the loss and all its slopes, in the browser."""
    history = HISTORIES[name]()
    kept, content = history.kept, Content(history)
    assert kept is not None
    told = content.data()
    asked, expected = [], []
    for state in (kept.states[0], kept.states[-1]):
        with kept.at(state.numbers):
            for i in range(0, len(kept.samples), 7):
                alone = not isinstance(kept.samples[i], list)
                x = [Value(x) for x in ([kept.samples[i]] if alone else kept.samples[i])]
                for p in kept.parameters:
                    p.grad = 0.0
                outputs = kept.model(x[0] if alone else x)
                loss = kept.loss([outputs], [kept.targets[i]])
                loss.backward()
                numbers = [y.data for y in outputs] if isinstance(outputs, list) else [outputs.data]
                expected.append([numbers, loss.data, [p.grad for p in kept.parameters], [v.grad for v in x]])
                target = told["train"]["target"][i]
                asked.append([list(state.numbers), [v.data for v in x], target, told["train"]["y"][i]])
    code = f"""([[asked, outputs]]) => {{ {content.scripts()}
      return asked.map(([p, x, target, y]) => {{
        const values = FORWARD(p, x), o = outputs.map((place) => values[place]);
        const [loss, slopes, direct] = LOSSES[target](o, p, y), [again, gradient] = MODEL(p, x, slopes);
        const own = gradient.slice(0, p.length).map((g, i) => g + (direct ? direct[i] : 0));
        return [o, loss, own, gradient.slice(p.length), values.every((v, i) => v === again[i])];
      }}); }}"""
    for found, wanted in zip(blank.evaluate(code, [[asked, told["outputs"]]]), expected, strict=True):
        for one, other in zip(found[:4], wanted, strict=True):
            assert one == pytest.approx(other, rel=1e-9, abs=1e-12)
        assert found[4]


MEANING = {
    "flowers": (3, "argmax", "softmax"), "xor": (2, "half", "none"), "spirals": (2, "score", "sigmoid"),
    "moons": (2, "score", "tanh"), "regression": (0, "value", "none"), "two numbers": (0, "value", "none"),
    "one-hot": (2, "argmax", "softmax"), "probabilities": (2, "half", "none"), "one neuron": (0, "value", "none"), "a list of one": (2, "half", "none"),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANING)
def test_what_outputs_mean(name: str) -> None:
    """Classes or numbers, the boundary and the confidence, found by asking the loss."""
    content = Content(HISTORIES[name]())
    classes, decide, confidence = MEANING[name]
    told = content.data()
    assert (len(told["classes"] or []), told["decide"], told["confidence"]) == (classes, decide, confidence)
    if classes:
        assert set(told["train"]["y"]) <= set(range(classes))


@pytest.mark.parametrize("sizes", [[1], [3, 1], [4, 5, 2], [12, 12, 3]])
def test_each_parameter_has_its_place(sizes: list[int]) -> None:
    """Layer, unit and unit before of every weight of a network are those of its layers, in the order of p."""
    model = MLP(3, sizes, "tanh", seed=1)
    history = trained(model, losses.mse, rows(6, 3, 1), rows(6, sizes[-1], 2) if sizes[-1] > 1 else [0.5] * 6)
    told = Content(history).data()
    wanted = []
    for name, _ in model.named_parameters():
        _, layer, _, unit, *part = name.split(".")
        wanted.append({"layer": int(layer), "unit": int(unit), "from": int(part[1]) if part[0] == "w" else None})
    assert [{k: p[k] for k in ("layer", "unit", "from")} for p in told["parameters"]] == wanted
    assert [len(layer["units"]) for layer in told["layers"]] == sizes
    assert told["outputs"] == [unit["a"] for unit in told["layers"][-1]["units"]]
    assert len({p["name"] for p in told["parameters"]}) == len(wanted)


def test_a_model_without_units() -> None:
    """It has one layer, of its outputs; its parameters have names and no places."""
    told = Content(trained(Skipping(), losses.mse, *data.gate("xor"))).data()
    assert told["layers"] == [{"name": "model", "activation": "", "units": [{"name": "y1", "z": None, "a": 0}]}]
    assert {p["layer"] for p in told["parameters"]} == {None}
    assert [p["name"] for p in told["parameters"]] == [f"w.{i}" for i in range(6)]


@pytest.mark.parametrize(
    ("model", "message"), [(Branching(), r"was compared.*test_watch\.py:\d+ \(z = "), (Hidden(), "cannot replay")]
)
def test_a_model_that_is_no_formula_is_refused(model: nn.Module, message: str) -> None:
    """With the line where a number was compared; a notebook then shows the table."""
    history = trained(model, losses.mse, [[1.0], [-1.0], [2.0]], [1.0, 0.0, 2.0])
    with pytest.raises(ValueError, match=f"(?s){message}"):
        history.to_html()
    assert history._repr_html_() == history._table()
    assert "<iframe" not in history._mime_()[1]


def test_findings_name_units() -> None:
    """Dead units at their places as the doctor has them, and XOR's plateau at ¼."""
    model = MLP(2, [3, 1], seed=1)
    model.layers[0].neurons[1].b.data = -50.0
    found = Content(trained(model, losses.mse, *data.gate("xor"), epochs=2)).data()["findings"]
    fresh = MLP(2, [3, 1], seed=1)
    fresh.layers[0].neurons[1].b.data = -50.0
    off = [k for k in range(3) if all(fresh.layers[0](x)[k].data == 0.0 for x in data.gate("xor")[0])]
    assert [(f["unit"], f["kind"]) for f in found["0"]] == [([0, k], "dead relu") for k in off]
    assert 1 in off
    assert "for all 4 points" in found["0"][0]["text"]
    flat = MLP(2, [2, 1], "sigmoid", "sigmoid", init=lambda rng, *_: rng.gauss(0.0, 0.01), seed=1)
    found = Content(trained(flat, losses.mse, *data.gate("xor"), epochs=30)).data()["findings"]
    (plateau,) = (f for f in found["30"] if f["kind"] == "plateau")
    assert plateau["unit"] == [1, 0]
    assert "0.25" in plateau["text"]


@pytest.mark.parametrize(
    ("activation", "scale", "kind"),
    [("sigmoid", 0.02, "vanishing gradient"), ("tanh", 0.001, "vanishing gradient"), ("tanh", 1.0, "")],
)
def test_the_doctor_is_asked_at_every_epoch(activation: str, scale: float, kind: str) -> None:
    """Also of a network whose graphs are too large for that: at each epoch kept, what a whole graph says of layers and units."""
    model = MLP(2, [6, 6, 6, 1], activation, seed=3)
    for x in model.parameters():
        x.data *= scale
    for twin, other in zip(
        model.layers[1].neurons[0].parameters(), model.layers[1].neurons[1].parameters(), strict=True
    ):
        twin.data = other.data
    model.layers[2].neurons[0].w[1].data = model.layers[2].neurons[0].w[0].data
    X, y = data.moons(120, seed=2)  # noqa: N806
    history = trained(model, losses.binary_cross_entropy_with_logits, X, y, epochs=8)
    assert history.kept is not None
    found = Content(history).findings.at(history.kept.states)
    kinds = {"vanishing gradient", "exploding gradient", "units alike"}
    for state in history.kept.states:
        with history.kept.at(state.numbers):
            risk = losses.binary_cross_entropy_with_logits([model(x) for x in X], y)
            expected = {f.kind for f in diagnose(risk, model.named_parameters())} & kinds
        assert {f["kind"] for f in found.get(state.epoch, [])} & kinds == expected, state.epoch
    assert len(history.kept.states) == 9
    assert not kind or any(f["kind"] == kind for each in found.values() for f in each)


def test_each_epoch_is_examined_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the page then keeps fewer epochs, they are told what they would be told anew, and nothing is computed."""
    model = MLP(2, [3, 1], seed=1)
    model.layers[0].neurons[1].b.data = -50.0
    history = trained(model, losses.mse, *data.gate("xor"), epochs=6)
    content, fresh = Content(history), Content(history)
    states, few = content.states, content.states[::2]
    found, expected = content.findings.at(states), fresh.findings.at(few)
    assert expected
    assert all(expected[epoch] == found[epoch] for epoch in expected)  # the doctor has time for all of them
    monkeypatch.setattr(Recorded, "values_at", lambda *_: pytest.fail("examined again"))
    monkeypatch.setattr(nn.Module, "__call__", lambda *_: pytest.fail("diagnosed again"))
    assert (content.findings.at(few), content.findings.at(states)) == (expected, found)


def test_why_it_cannot_go_on() -> None:
    """The page says so where a function clips, the loss is a sum, or an optimiser is unknown; a schedule has rates."""

    def reason(loss: Any = losses.mse, **options: Any) -> str:
        model = MLP(2, [2, 1], seed=1)
        if "rule" in options:
            options["optimizer"] = options.pop("rule")(model.parameters())
        told = Content(trained(model, loss, *data.gate("xor"), **options)).data()
        assert (told["optimizer"] is None) == bool(told["still"])
        return str(told["still"])

    class Odd(optim.SGD):
        """A rule of one's own."""

    assert reason() == ""
    assert "a function was applied" in reason(clip=list)
    assert "not the mean" in reason(partial(losses.mse, reduction="sum"))
    assert "no optimiser Odd" in reason(rule=lambda ps: Odd(ps, 0.1))
    assert "only some of the parameters" in reason(rule=lambda ps: optim.SGD(ps[1:], 0.1))
    told = Content(
        trained(m := MLP(2, [2, 1], seed=1), losses.mse, *data.gate("xor"), optimizer=optim.SGD(
            m.parameters(), optim.cosine(0.1, 4)))
    ).data()  # fmt: skip
    rates = struct.unpack("<4d", b64decode(told["optimizer"]["rates"]))
    assert list(rates) == [optim.cosine(0.1, 4)(step) for step in range(4)]


def test_the_stepper_is_of_any_point() -> None:
    """Its places are those of the parameters, the inputs and the target in the graph of one sample's loss."""
    from autograd_lite.train.watch.steppers import steppers

    content = Content(HISTORIES["xor"]())
    (found,), single = steppers(content.judged, content.features, 400_000)
    assert single
    assert found is not None
    assert decompress(b64decode(found.packed)).startswith(b"<!DOCTYPE html>")
    kept = content.kept
    with kept.at(kept.states[-1].numbers):
        x = [Value(0.0, "x1"), Value(0.0, "x2")]
        steps = trace(kept.loss([kept.model(x)], [Value(0.0, "y")]))
        wanted = [steps.places[p] for p in kept.parameters]
    assert found.places["parameters"] == wanted
    assert json.dumps(found.places)


def test_a_stepper_for_each_target() -> None:
    """Where the target is a class among several, each has its own, with the places of its own graph."""
    from autograd_lite.train.watch.steppers import steppers

    content = Content(HISTORIES["flowers"]())
    found, single = steppers(content.judged, content.features, 400_000)
    assert not single
    assert len(found) == 3
    kept = content.kept
    for target, stepper in enumerate(found):
        assert stepper is not None
        with kept.at(kept.states[-1].numbers):
            x = [Value(0.1 * i, f"x{i + 1}") for i in range(4)]
            places = trace(kept.loss([kept.model(x)], [target])).places
            assert stepper.places["parameters"] == [places[p] for p in kept.parameters]
            assert stepper.places["inputs"] == [places[v] for v in x]
    (one,), single = steppers(content.judged, content.features, 150_000)  # where there is no room for three
    assert single
    assert one is not None
    with kept.at(kept.states[-1].numbers):
        x, ys = [Value(0.1 * i, f"x{i + 1}") for i in range(4)], [Value(float(k == 1), f"y{k + 1}") for k in range(3)]
        steps = trace(kept.loss([kept.model(x)], [ys]))
        assert steps.root.data == pytest.approx(kept.loss([kept.model(x)], [1]).data, rel=1e-12)
        assert one.places["target"] == [steps.places[y] for y in ys]
    assert steppers(content.judged, content.features, 1_000) == ([], False)
    numbers = Content(HISTORIES["two numbers"]())  # 25 pairs, of which each would be a constant
    assert steppers(numbers.judged, numbers.features, 400_000) == ([], False)
