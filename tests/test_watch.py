"""What a training keeps for its page, and what the page is told: programs and data agree with the engine."""

from __future__ import annotations

import copy
import itertools
import json
import os
import pickle
import re
import signal
import struct
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from zlib import decompress

import pytest
from browser import chromium
from pages import data_of
from playwright.sync_api import Browser, Page

from autograd_lite import Value, data, nn, optim, relu, tanh, trace
from autograd_lite.__main__ import main
from autograd_lite.nn import MLP, losses
from autograd_lite.train import DivergedError, History, fit
from autograd_lite.train.kept import Kept
from autograd_lite.train.watch.content import Content

browser = pytest.fixture(scope="module", name="browser")(chromium)


@pytest.fixture(scope="module", name="blank")
def _blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def trained(model: nn.Module, loss: Any, X: Any, y: Any, **options: Any) -> History:  # noqa: N803
    """A short training that keeps what its page needs."""
    settings: dict[str, Any] = {"epochs": 4, "keep": 200, "seed": 5, "progress": False}
    return fit(model, loss, X, y, **(settings | options))


def rows(count: int, width: int, seed: int) -> list[list[float]]:
    """Points at random."""
    rng = Random(seed)
    return [[rng.gauss(0.0, 1.0) for _ in range(width)] for _ in range(count)]


def flowers() -> tuple[list[list[float]], list[int]]:
    """Three classes of points with four features, as the irises are."""
    points = rows(45, 4, seed=1)
    return [[x + i % 3 * (j > 1) for j, x in enumerate(row)] for i, row in enumerate(points)], [
        i % 3 for i in range(45)
    ]


def penalized(model: nn.Module) -> Callable[[Any, Any], Any]:
    """A loss that names the parameters itself."""
    return lambda outputs, targets: losses.mse(outputs, targets) + 0.01 * losses.l2(model.parameters())


class Skipping(nn.Module):
    """A network of one's own: no scopes of units, an input that skips the hidden part."""

    def __init__(self) -> None:
        rng = Random(2)
        self.w = [Value(rng.gauss(0.0, 1.0), f"w{i}") for i in range(6)]

    def forward(self, x: Any) -> Any:
        """The output."""
        a, b, c, d, e, f = self.w
        return c * tanh(a * x[0] + b * x[1]) + d * relu(x[0]) + e * x[1] + f


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


def penalty_history() -> History:
    model = MLP(2, [3, 1], "sigmoid", seed=3)
    return trained(model, penalized(model), *data.gate("xor"), batch_size=2)


LOGITS = losses.binary_cross_entropy_with_logits
HISTORIES: dict[str, Callable[[], History]] = {
    "flowers": lambda: trained(MLP(4, [5, 3], "tanh", seed=1), losses.cross_entropy, *flowers(), batch_size=10),
    "wine": lambda: trained(
        MLP(13, [6, 6, 3], seed=1), losses.cross_entropy, rows(12, 13, 2), [i % 3 for i in range(12)]
    ),
    "xor": lambda: trained(MLP(2, [2, 1], "sigmoid", "sigmoid", seed=1), losses.mse, *data.gate("xor")),
    "spirals": lambda: trained(MLP(2, [8, 8, 1], "tanh", seed=1), LOGITS, *data.spirals(40, seed=1), batch_size=8),
    "moons": lambda: trained(
        MLP(2, [4, 4, 1], seed=1), losses.hinge, *data.moons(30, seed=1), validation=data.moons(10, seed=2)
    ),
    "regression": lambda: trained(
        MLP(3, [4, 1], "tanh", seed=1), losses.huber, rows(30, 3, 3), [*map(float, range(30))]
    ),
    "two numbers": lambda: trained(MLP(1, [3, 2], "tanh", seed=1), losses.mse, rows(25, 1, 4), rows(25, 2, 5)),
    "one-hot": lambda: trained(
        MLP(2, [3, 2], seed=1), losses.cross_entropy, rows(9, 2, 6), [[float(i % 2), 1.0 - i % 2] for i in range(9)]
    ),
    "probabilities": lambda: trained(
        MLP(2, [3, 1], "tanh", "sigmoid", seed=1), losses.binary_cross_entropy, *data.gate("or")
    ),
    "penalty": penalty_history,
    "one’s own": lambda: trained(Skipping(), losses.mse, *data.gate("xor")),
    "one neuron": lambda: trained(
        nn.Neuron(2, "linear", seed=1), losses.mse, rows(8, 2, 7), [float(i) for i in range(8)]
    ),
    "a number": lambda: trained(nn.Neuron(1, "tanh", seed=1), losses.mae, [0.0, 0.5, 2.0], [0.1, 0.2, 0.3]),
    "without biases": lambda: trained(MLP(2, [3, 1], "tanh", bias=False, seed=1), losses.mse, *data.gate("xor")),
    "a list of one": lambda: trained(
        nn.Sequential(nn.Layer(2, 2, "tanh", seed=1), nn.Layer(2, 1, "linear", seed=2)),
        losses.mse,
        data.gate("xor")[0],
        [[float(y)] for y in data.gate("xor")[1]],
    ),
    "options": lambda: trained(MLP(2, [2, 1], seed=1), partial(LOGITS, label_smoothing=0.2), *data.gate("xor")),
}
HISTORIES["moons"] = lambda: trained(
    MLP(2, [4, 4, 1], seed=1),
    losses.hinge,
    *signs(data.moons(30, seed=1)),
    validation=signs(data.moons(10, seed=2)),
)


def signs(points: Any) -> tuple[Any, list[int]]:
    """The classes as -1 and 1."""
    return points[0], [2 * y - 1 for y in points[1]]


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


def test_what_is_kept_is_even_and_bounded() -> None:
    """Epochs in equal steps, at most so many, with the first and the last, whenever the training ends."""
    model = MLP(1, [1], seed=1)
    optimizer = optim.SGD(model.parameters(), 0.1)
    for most in (2, 3, 10, 200):
        kept = Kept(model, losses.mse, [[1.0]], [1.0], optimizer=optimizer, keep=most)
        for epoch in range(1, 700):
            kept.add(epoch)
            epochs = [state.epoch for state in kept.states]
            steps = {b - a for a, b in itertools.pairwise(epochs[:-1])}
            assert epochs[0] == 0
            assert epochs[-1] == epoch
            assert len(steps) <= 1
            assert min(most, epoch + 1) // 2 <= len(epochs) <= most + 1


def test_what_is_kept_is_what_was(tmp_path: Path) -> None:
    """Numbers of the parameters and the optimiser's memory at each epoch, and the generator's state at the start."""
    model, noted = MLP(2, [3, 1], "tanh", seed=1), []
    optimizer = optim.Adam(model.parameters(), 0.05)
    rng = Random(4)
    before = rng.getstate()

    def note(*_: Any) -> None:
        noted.append(
            (
                [x.data for x in model.parameters()],
                [m for memory in optimizer.memories for m in memory],
                optimizer.steps,
            )
        )

    note()
    points = data.moons(20, seed=1)
    history = fit(
        model, LOGITS, *points, optimizer=optimizer, epochs=5, batch_size=6, seed=rng, callbacks=note, keep=9,
        progress=False,
    )  # fmt: skip
    kept = history.kept
    assert kept is not None
    assert [(list(s.numbers), list(s.memory), s.steps) for s in kept.states] == noted
    assert kept.random_state == before
    told = Content(history).data()
    assert told["state"] == list(before[1])
    size = told["kept"]["size"]
    floats = struct.unpack(f"<{6 * size}f", b64decode(told["kept"]["parameters"]))
    assert floats == pytest.approx([w for numbers, _, _ in noted for w in numbers], rel=1e-6)
    last = struct.unpack(f"<{size + told['kept']['memory']}d", b64decode(told["kept"]["last"]))
    assert list(last) == noted[-1][0] + noted[-1][1]
    after = [x.data for x in model.parameters()]
    history.save_html(tmp_path / "moons.html")
    assert [x.data for x in model.parameters()] == after
    assert all(x.changed for x in model.parameters())


def test_nothing_is_kept_unless_asked_for() -> None:
    """A history is what it was, also as a table in a notebook."""
    history = fit(MLP(2, [1], seed=1), losses.mse, *data.gate("and"), epochs=2, progress=False)
    assert history.kept is None
    assert "<iframe" not in history._repr_html_()
    with pytest.raises(ValueError, match="keep=200"):
        history.to_html()
    with pytest.raises(ValueError, match="keep are from 0"):
        fit(MLP(2, [1]), losses.mse, *data.gate("and"), keep=-1)


def test_histories_are_copied_and_pickled() -> None:
    """With what they keep, and without it where the loss is a lambda; they compare and show themselves as before."""
    history = HISTORIES["xor"]()
    for again in (copy.copy(history), copy.deepcopy(history), pickle.loads(pickle.dumps(history))):
        assert again == history
        assert again.to_html() == history.to_html()
    own = penalty_history()
    again = pickle.loads(pickle.dumps(own))
    assert again == own
    assert again.kept is None


def test_ctrl_c_and_executors() -> None:
    """What was kept until Ctrl-C is there; with an executor the same is kept, up to rounding."""

    def stop(_: Any, history: History) -> None:
        if len(history.loss) == 3:
            os.kill(os.getpid(), signal.SIGINT)

    history = trained(MLP(2, [2, 1], seed=1), losses.mse, *data.gate("xor"), epochs=50, callbacks=stop)
    assert history.interrupted
    assert history.kept is not None
    assert [state.epoch for state in history.kept.states] == [0, 1, 2, 3]
    assert history.to_html()
    with ThreadPoolExecutor(2) as pool:
        pair = [
            trained(MLP(2, [2, 1], "tanh", seed=1), losses.mse, *data.gate("xor"), executor=executor).kept
            for executor in (None, pool)
        ]
    assert pair[0] is not None
    assert pair[1] is not None
    for one, other in zip(pair[0].states, pair[1].states, strict=True):
        assert list(one.numbers) == pytest.approx(list(other.numbers), rel=1e-9)


def test_what_diverges_keeps_what_was_before() -> None:
    """The history of a training that has failed can be watched up to there, and a loss that jumps is a finding."""
    model = MLP(2, [3, 1], "tanh", seed=1)
    rate = optim.SGD(model.parameters(), optim.linear(0.1, 1e160, 12))
    with pytest.raises(DivergedError) as error:
        trained(model, losses.mse, *data.gate("xor"), optimizer=rate, epochs=12)
    history = error.value.history
    assert history.kept is not None
    assert history.kept.states[-1].epoch == len(history.loss) > 0
    assert "<html" in history.to_html()
    jumped = trained(
        MLP(2, [3, 1], "tanh", seed=1), losses.mse, *data.gate("xor"), epochs=9, optimizer=None, batch_size=1
    )
    jumped.loss[5] = 9.0
    found = Content(jumped).data()["findings"]
    assert [epoch for epoch, each in found.items() if any(f["kind"] == "too large a step" for f in each)] == ["6"]


def test_names_cannot_become_markup(browser: Browser, tmp_path: Path) -> None:
    """Names of features and classes stand in the data alone, and end no script."""
    evil = ["</script><img src=x>", "<!--<script>"]
    html = HISTORIES["xor"]().to_html(features=evil, classes=[*reversed(evil)], title="<b>&amp;")
    assert len(re.findall("<script|</script", html)) == 4
    (tmp_path / "evil.html").write_text(html, encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "evil.html").as_uri())
    assert page.evaluate("[...document.querySelectorAll('img, h1 b')].map((one) => one.outerHTML)") == []
    told = page.evaluate("JSON.parse(document.getElementById('data').textContent)")
    assert [feature["name"] for feature in told["features"]] == evil
    assert told["classes"] == [*reversed(evil)]
    page.close()
    assert "<title>&lt;b&gt;&amp;amp;</title>" in html
    with pytest.raises(ValueError, match="features: 2 names are needed, got 1"):
        HISTORIES["xor"]().to_html(features=["x"])


def test_the_page_is_one_small_file() -> None:
    """At most 400 KB for a large example, and no address in it; the kept epochs are thinned, the first and last stay."""
    model, rng = MLP(2, [16, 16, 1], seed=1), Random(3)
    points, held = data.moons(150, seed=1), data.moons(50, seed=2)
    numbers = [1.0 / (epoch + 1) for epoch in range(200)]
    history = History(numbers, {"accuracy": numbers, "validation_loss": numbers}, [*range(200)], numbers)
    optimizer = optim.Adam(model.parameters())
    history.kept = Kept(model, LOGITS, *points, optimizer=optimizer, held=held, keep=200, batch_size=10, rng=rng)
    for epoch in range(1, 201):
        for p in model.parameters():
            p.data += rng.gauss(0.0, 0.02)
        history.kept.add(epoch)
    for letters in (500, 1_000, 0):  # wherever the last of the epochs happens to end
        html = history.to_html(title="".join(map(chr, rng.choices(range(97, 123), k=letters))))
        assert 100_000 < len(html.encode()) <= 400_000
    assert not re.search(r"(src|href)=[\"']?https?:", html)
    assert "default-src 'none'" in html
    told = data_of(html)
    assert decompress(b64decode(told["stepper"])).startswith(
        b"<!DOCTYPE html>"
    )  # where both have no room, it is epochs that go
    assert len(told["places"]["parameters"]) == len(model.parameters())
    epochs = told["kept"]["epochs"]
    assert 20 <= len(epochs) < len(Content(history).states) < 80
    assert len(html.encode()) > 400_000 - 3 * 16 * len(model.parameters()) // 3 - 2_000  # and no more than have to
    assert (epochs[0], epochs[-1]) == (0, 200)
    assert max(b - a for a, b in itertools.pairwise(epochs)) - min(b - a for a, b in itertools.pairwise(epochs)) <= 1


def test_the_same_bytes() -> None:
    """The same training gives the same page."""
    assert HISTORIES["moons"]().to_html() == HISTORIES["moons"]().to_html()


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


def test_many_numbers_are_bytes(blank: Page) -> None:
    """Points with many numbers stand in the page half as long, and are the same to the last bit."""
    points = rows(120, 30, seed=4)
    history = trained(MLP(30, [2, 1], seed=1), LOGITS, points, [i % 2 for i in range(120)], epochs=2)
    html = history.to_html()
    assert len(json.dumps(data_of(html)["train"]["x"])) < 0.6 * len(json.dumps(points))
    blank.set_content(html)
    assert blank.evaluate("DATA.train.x") == points


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


def test_the_command_writes_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`train … --html FILE`: names of the data, what is held out, scales of the inputs, as many epochs as were done."""
    table = "\n".join(["width,length,<b>", *(f"{i},{i % 5},{'one' if i % 3 else '</script>'}" for i in range(30))])
    (tmp_path / "own.csv").write_text(table, encoding="utf-8")
    path = tmp_path / "own.html"
    options = ["--hidden", "3", "--epochs", "6", "--html", str(path)]
    assert main(["train", str(tmp_path / "own.csv"), *options]) == 0
    assert f"the page to watch it on is in {path}" in capsys.readouterr().out
    html = path.read_text(encoding="utf-8")
    assert "<title>own.csv, learned by 2 → 3 → 1</title>" in html
    assert len(re.findall("<script|</script", html)) == 4
    assert main(["train", "and", "--epochs", "2", "--open"]) == 2
    assert "--open opens the page that --html FILE writes" in capsys.readouterr().err
    assert main(["train", "and", "--epochs", "2", "--html", str(tmp_path / "and.png")]) == 2
    assert not (tmp_path / "and.png").exists()


@pytest.mark.parametrize("kind", ["gif", "png"])
def test_an_animation(tmp_path: Path, kind: str) -> None:
    """One picture for each epoch that is asked for, each another, the same bytes each time; of classes and numbers."""
    from PIL import Image

    path, again = tmp_path / f"moons.{kind}", tmp_path / f"again.{kind}"
    HISTORIES["moons"]().animate(path, frames=3)
    HISTORIES["moons"]().animate(again, frames=3)
    assert path.read_bytes() == again.read_bytes()
    with Image.open(path) as found:
        frames = []
        for place in range(found.n_frames):  # type: ignore[attr-defined]
            found.seek(place)
            frames.append(found.convert("RGB").tobytes())
    assert len(set(frames)) == 3
    if kind == "gif":
        for name in ("regression", "two numbers", "flowers"):
            HISTORIES[name]().animate(path, frames=1)
    with pytest.raises(ValueError, match=r"ends in \.gif or \.png"):
        HISTORIES["xor"]().animate(tmp_path / "a.svg")


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


def test_a_notebook_shows_the_page(browser: Browser, tmp_path: Path) -> None:
    """In a frame of its own in which scripts may run and nothing else; a picture of the losses where there is none."""
    history = HISTORIES["moons"]()
    shown = history._repr_html_()
    assert 'sandbox="allow-scripts" srcdoc="&lt;!DOCTYPE html&gt;' in shown
    assert history._mime_()[1].count("<iframe") == shown.count("<iframe") == 1
    picture = b64decode(re.findall(r"data:image/svg\+xml;base64,([^\"]*)", shown)[0]).decode()
    lines = re.findall(r'<polyline points="([^"]*)"', picture)
    assert [len(line.split()) for line in lines] == [4, 4]  # of the training and of what was held out
    heights = [float(point.split(",")[1]) for point in lines[0].split()]
    order = sorted(range(4), key=history.loss.__getitem__)
    assert order == sorted(range(4), key=lambda i: -heights[i])
    (tmp_path / "cell.html").write_text(f"<!DOCTYPE html><meta charset=utf-8>{shown}", encoding="utf-8")
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((tmp_path / "cell.html").as_uri())
    assert len(page.frames) == 2
    assert said == []
    page.close()
