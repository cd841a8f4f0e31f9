"""What the site's page of trainings asks of Python, and the examples that are trained when the site is built."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree
from zlib import decompress

import numpy
import pytest

from autograd_lite import data, nn, optim
from autograd_lite.data import DataError
from autograd_lite.data.files import parsed
from autograd_lite.site.browser.answers import answer
from autograd_lite.site.browser.training import MOST_LETTERS, OPTIMIZERS, dataset, table, task_of, training
from autograd_lite.site.stills import CELLS, HIGH, WIDE, still
from autograd_lite.site.watch import ACTIVATIONS, CHOICES, EXAMPLES
from autograd_lite.train import fit
from autograd_lite.train.task import GENERATED, LIBRARY, held_out

SMALL: dict[str, Any] = CHOICES | {"hidden": "3", "epochs": 3}
TREES = "a;b;kind\n" + "".join(f"{i % 7},5;{i * 3 % 11};{'oak' if i * i % 7 > 2 else 'elm'}\n" for i in range(40))


def nothing(_: Any) -> None:
    """Nobody is told."""


def by_hand(x: Any, text: str) -> Any:
    """The outputs of a network with tanh inside, by NumPy from what can be downloaded of it."""
    model = json.loads(text)
    depth = len(model) // 2
    for layer in range(depth):
        x = x @ numpy.array(model[f"layers.{layer}.weight"]).T + numpy.array(model[f"layers.{layer}.bias"])
        x = numpy.tanh(x) if layer < depth - 1 else x
    return x


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_losses_are_those_of_fit(optimizer: str) -> None:
    """A table is learned as `fit` learns its rows, standardized by NumPy, from the same seed."""
    found = training("trees.csv", SMALL | {"optimizer": optimizer, "seed": 5}, nothing, TREES)
    points = [[i % 7 + 0.5, float(i * 3 % 11)] for i in range(40)]
    y = [int(i * i % 7 > 2) for i in range(40)]  # elm comes before oak
    (rows, labels), _ = data.split(points, y, 0.25, seed=5)
    scaled = (numpy.array(rows) - numpy.mean(rows, axis=0)) / numpy.std(rows, axis=0)
    model = nn.MLP(2, [3, 1], "tanh", init="xavier", seed=5)
    made: Any = {
        "Adam": optim.Adam(model.parameters(), lr=0.03),
        "SGD": optim.SGD(model.parameters(), lr=0.03),
        "momentum": optim.SGD(model.parameters(), lr=0.03, momentum=0.9),
    }[optimizer]
    loss = nn.losses.binary_cross_entropy_with_logits
    history = fit(model, loss, scaled, labels, optimizer=made, epochs=3, batch_size=16, seed=5)
    assert found["losses"] == pytest.approx(history.loss, rel=1e-9)
    assert history.loss[2] != history.loss[0]


def test_the_model_takes_the_numbers_of_the_data() -> None:
    """The model that can be downloaded decides on the raw rows as is said, and predicts numbers in their own unit."""
    found = training("trees.csv", SMALL | {"epochs": 40}, nothing, TREES)
    read = parsed(TREES, "trees.csv")
    (rows, labels), (held, held_labels) = data.split(read.X, read.y, 0.25, seed=0)
    for part, x, y in (("trained on", rows, labels), ("held out", held, held_labels)):
        right = (by_hand(numpy.array(x), found["model"])[:, 0] > 0.0) == numpy.array(y)
        assert any(said.startswith(f"{part}: accuracy {100.0 * right.mean():.1f} %") for said in found["judged"])
    prices = "size,price\n" + "".join(f"{i},{1e6 + 3000 * i + 0.5}\n" for i in range(30))
    found = training("prices.csv", SMALL | {"hidden": "", "epochs": 200, "rate": 0.1}, nothing, prices)
    sizes = numpy.arange(30.0)[:, None]
    assert by_hand(sizes, found["model"])[:, 0] == pytest.approx(1e6 + 3000.0 * sizes[:, 0] + 0.5, rel=1e-3)
    loaded = nn.MLP(1, [1], "tanh")
    assert found["made_by"] == "nn.MLP(1, [1], 'tanh')"
    loaded.load_state_dict(json.loads(found["model"]))
    assert loaded([7.0]).data == pytest.approx(by_hand(sizes, found["model"])[7, 0])


def test_it_tells_how_far_it_is() -> None:
    """Each epoch is told with the loss that the history has, then that the page is being made."""
    told: list[Any] = []
    found = training("moons", SMALL, told.append)
    first, *epochs, last = told
    assert [(now["epoch"], now["epochs"], now["loss"]) for now in epochs] == [
        (i + 1, 3, loss) for i, loss in enumerate(found["losses"])
    ]
    assert all(now["left"] >= 0.0 for now in epochs)
    assert epochs[-1]["left"] == 0.0
    assert "first epoch" in first["words"]
    assert "page" in last["words"]
    assert "moons, learned by 2 → 3 → 1" in found["page"]


def test_what_a_table_is_understood_as() -> None:
    """Columns, target, kind and rows are told; another target or kind changes what is learned."""
    found = table(TREES, "trees.csv", None, "", nothing)
    assert (found["columns"], found["target"], found["kind"], found["rows"]) == (
        ["a", "b", "kind"],
        "kind",
        "classes",
        40,
    )
    assert found["told"] == "40 rows of 2 numbers, and 2 classes (elm, oak)"
    assert found["read_as"] == "semicolon-separated, names in line 1, decimal comma, classes in 'kind'"
    counts = "n,grade\n" + "".join(f"{i},{i % 3}\n" for i in range(12))
    assert table(counts, "t.csv", None, "", nothing)["kind"] == "classes"
    assert table(counts, "t.csv", None, "numbers", nothing)["kind"] == "numbers"
    assert table(counts, "t.csv", "n", "", nothing)["target"] == "n"


def test_what_is_wrong_in_a_table() -> None:
    """The row and the column are told as the command tells them, with the columns from which another can be chosen."""
    found = table("kind,a,b\noak,1,2\nelm,3,4\noak,5,6\n", "trees.csv", None, "", nothing)
    assert found["columns"] == ["kind", "a", "b"]
    assert found["error"].startswith("trees.csv, line 2, column 'kind': not a number: 'oak'")
    assert "error" not in table("kind,a,b\noak,1,2\nelm,3,4\noak,5,6\n", "trees.csv", "kind", "", nothing)
    with pytest.raises(DataError, match=r"trees\.csv, line 3, column 'b': not a number: 'four'"):
        training("trees.csv", SMALL, nothing, "a,b,kind\n1,2,oak\n3,four,elm\n")
    with pytest.raises(DataError, match="only one column"):
        table("a\n1\n2\n", "t.csv", None, "", nothing)


REFUSED = [
    ({"hidden": "8,x"}, "hidden is a list of sizes"),
    ({"hidden": "60,40"}, "2,661 parameters, and one that is trained in a page up to 2,000"),
    ({"hidden": "8", "epochs": 10_000}, "33 parameters, 200 rows and 10,000 epochs"),
    ({"hidden": "", "epochs": 10_001}, "10,001 epochs are more than a page can show"),
    ({"optimizer": "newton"}, "no optimizer 'newton'"),
    ({"epochs": 0}, "epochs is a whole number from 1"),
    ({"batch": 1.5}, "batch is a whole number from 1"),
    ({"activation": "tahn"}, "no activation 'tahn'"),
    ({"rate": -1.0}, "lr is a number from 0"),
]


@pytest.mark.parametrize(("choices", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_what_is_refused(monkeypatch: pytest.MonkeyPatch, choices: dict[str, Any], words: str) -> None:
    """What a page does not train is said before the training, with what to do."""
    monkeypatch.setattr("autograd_lite.train.task.fit", lambda *_, **__: pytest.fail("it has trained"))
    with pytest.raises(ValueError, match=re.escape(words)):
        training("moons", SMALL | choices, nothing)


def test_the_epochs_that_are_suggested_are_taken() -> None:
    """Where the epochs are too many, as many as the message names are allowed, and one more is not."""
    read = dataset("moons")
    with pytest.raises(DataError, match="choose up to") as found:
        task_of(read, SMALL | {"epochs": 1_000_000}, 0.25)
    few = int(re.findall(r"up to ([0-9,]+) epochs", str(found.value))[0].replace(",", ""))
    assert task_of(read, SMALL | {"epochs": few}, 0.25).epochs == few
    with pytest.raises(DataError):
        task_of(read, SMALL | {"epochs": few + 1}, 0.25)


def test_a_large_file() -> None:
    """A file that is too long is refused before it is read."""
    text = "1" * (MOST_LETTERS + 2)
    with pytest.raises(DataError, match=r"t\.csv has 1,000,002 letters"):
        table(text, "t.csv", None, "", nothing)
    with pytest.raises(DataError, match=r"t\.csv has 1,000,002 letters"):
        training("t.csv", SMALL, nothing, text)


def test_a_training_that_fails_is_an_answer() -> None:
    """A training that meets an infinite number ends with what a page shows: epoch, batch, and what to do."""
    found = json.loads(answer("training", json.dumps({"source": "moons", "choices": SMALL | {"rate": 1e308}})))
    assert re.search(r"training has stopped in epoch \d+, batch \d+", found["error"]["message"])


def test_numbers_without_end_are_an_answer() -> None:
    """Where targets near the largest float make infinite weights of a training that went on, there is an answer in JSON."""
    prices = "x,y\n1,1e300\n2,2e300\n3,4e300\n4,5e300\n"
    choices = SMALL | {"activation": "relu", "optimizer": "SGD", "rate": 10.0, "epochs": 5}
    told: list[str] = []
    asked = {"source": "prices.csv", "text": prices, "kind": "numbers", "choices": choices}
    found = json.loads(answer("training", json.dumps(asked), told.append), parse_constant=pytest.fail)["answer"]
    assert len(told) == 7
    weights = [x for numbers in json.loads(found["model"]).values() for x in numpy.ravel(numbers)]
    assert not numpy.isfinite(weights).all()


def test_examples_are_what_the_form_offers() -> None:
    """Each example has choices that the form has, and its address says them and its data."""
    names = [each.name for each in EXAMPLES]
    assert len(set(names)) == len(names)
    for each in EXAMPLES:
        choices = each.all_choices
        assert set(choices) == set(CHOICES)
        assert choices["activation"] in ACTIVATIONS
        assert choices["optimizer"] in OPTIMIZERS
        assert each.data in (*GENERATED, *data.GATES, *LIBRARY, "sine")
        said = dict(parse_qsl(each.address.partition("#")[2]))
        assert said == {"data": each.data, **{name: str(value) for name, value in choices.items()}}


def trained(name: str, **choices: Any) -> tuple[Any, Any]:
    """The task of a data set, and its history."""
    task = task_of(dataset(name), SMALL | choices, held_out(name))
    return task, task.fit(keep=2, progress=False)


def pixels(picture: str) -> Any:
    """The rows of red, green, blue and opacity in the shading of a picture."""
    content = b64decode(re.findall(r"base64,([^\"]+)", picture)[0])
    place = content.index(b"IDAT")
    size = int.from_bytes(content[place - 4 : place], "big")
    raw = numpy.frombuffer(decompress(content[place + 4 : place + 4 + size]), numpy.uint8)
    return raw.reshape(CELLS, 1 + 4 * CELLS)[:, 1:].reshape(CELLS, CELLS, 4)


@pytest.mark.parametrize(("name", "classes"), [("moons", 2), ("iris", 3)])
def test_a_small_picture_of_classes(name: str, classes: int) -> None:
    """Each pixel has the colour of the class that the network names in its middle; each sample has its mark."""
    if name in LIBRARY:
        pytest.importorskip("sklearn")
    task, history = trained(name, hidden="4", epochs=25, rate=0.05)
    axes = (0, 1) if classes == 2 else (2, 3)
    picture = still(history, classes, axes).decode()
    root = ElementTree.fromstring(picture)
    assert sum(" p" in (part.get("class") or "") for part in root.iter()) == len(task.dataset.X)
    rows = numpy.array([*task.rows, *history.kept.held_samples])
    shading, shown = pixels(picture), set()
    for i in range(0, CELLS, 5):
        for j in range(0, CELLS, 5):
            sample = [0.0] * rows.shape[1]
            for axis, part in zip(axes, ((j + 0.5) / CELLS, 1.0 - (i + 0.5) / CELLS), strict=True):
                low, high = rows[:, axis].min(), rows[:, axis].max()
                sample[axis] = low + (high - low) * (part * 1.24 - 0.12)
            outputs = nn.evaluate(task.model, [sample])[0]
            label = int(outputs > 0.0) if classes == 2 else int(numpy.argmax(outputs))
            named = {0xB0: 0, 0x00: 1, 0x3F: 2}[int(shading[i, j, 0])]
            assert named == label
            shown.add(named)
    assert len(shown) == classes


def test_a_small_picture_of_numbers() -> None:
    """The curve goes through what the network predicts, on the scale of the points."""
    task, history = trained("sine", hidden="4", epochs=10)
    picture = still(history, 0).decode()
    points = [tuple(map(float, pair.split(","))) for pair in re.findall(r'points="([^"]+)"', picture)[0].split()]
    xs = [x for (x,) in [*task.rows, *history.kept.held_samples]]
    ys = [*task.targets, *history.kept.held_targets]

    def inside(part: float, column: list[float]) -> float:
        return min(column) + (max(column) - min(column)) * (part * 1.24 - 0.12)

    for x, y in points[::8]:
        predicted = nn.evaluate(task.model, [[inside(x / WIDE, xs)]])[0]
        assert inside(1.0 - y / HIGH, ys) == pytest.approx(predicted, abs=0.01)
