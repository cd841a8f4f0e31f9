"""`autograd-lite train`: how well it learns, what it reports, writes and refuses, and how it is interrupted."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from operator import and_, or_, xor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy
import pytest
from children import running
from pages import ROOT
from sklearn.datasets import load_iris

from autograd_lite import data, nn, optim
from autograd_lite.__main__ import main

TINY = ["--hidden", "2", "--epochs", "1"]
POINTS = "a,b,kind\n" + "".join(f"{i},{i * i % 7},{'yes' if i % 3 else 'no'}\n" for i in range(12))


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test works in a folder of its own, where figures need no display."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """The exit code, what is printed, and what is said on standard error."""
    try:
        code = main(["train", *words])
    except SystemExit as stop:  # how argparse ends
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def report(out: str) -> dict[str, tuple[str, float]]:
    """Accuracy in percent, as it is printed, and loss, of the samples trained on and of those held out."""
    lines = re.findall(r"^(trained on|held out): +accuracy +(\d+\.\d) %, loss (\S+)$", out, re.MULTILINE)
    return {part: (accuracy, float(loss)) for part, accuracy, loss in lines}


def by_hand(path: str, X: Any, y: Any) -> tuple[str, float]:  # noqa: N803 - X is a matrix
    """Accuracy in percent and cross-entropy of a model file on such data, by NumPy from the file's arrays."""
    state = nn.load(path).state_dict()
    outputs, depth = numpy.asarray(X, dtype=float), len(state) // 2
    for layer in range(depth):
        outputs = outputs @ state[f"layers.{layer}.weight"].T + state[f"layers.{layer}.bias"]
        outputs = numpy.tanh(outputs) if layer < depth - 1 else outputs
    if outputs.shape[1] == 1:  # a logit z of class 1 is that of the classes 0 and 1 with the logits 0 and z
        outputs = numpy.hstack([numpy.zeros_like(outputs), outputs])
    chances = numpy.exp(outputs) / numpy.exp(outputs).sum(axis=1, keepdims=True)
    loss = -numpy.log(chances[range(len(y)), y]).mean()
    return f"{100.0 * (outputs.argmax(axis=1) == y).mean():.1f}", float(loss)


SETS: list[tuple[str, Any, list[str]]] = [  # what to train on, the same as data, and how
    ("moons", data.moons(200, seed=0), ["--hidden", "8,8", "--epochs", "25", "--lr", "0.05"]),
    ("circles", data.circles(200, noise=0.1, seed=0), ["--hidden", "8", "--epochs", "25", "--lr", "0.1"]),
    ("spirals", data.spirals(200, seed=0), ["--hidden", "12,6", "--epochs", "40", "--lr", "0.1"]),
    ("blobs", data.blobs(200, seed=0), ["--hidden", "", "--epochs", "8", "--lr", "0.1"]),
    ("iris", load_iris(return_X_y=True), ["--hidden", "8", "--epochs", "30", "--lr", "0.05"]),
]


@pytest.mark.parametrize(("name", "points", "options"), SETS, ids=[row[0] for row in SETS])
def test_it_learns(capsys: pytest.CaptureFixture[str], name: str, points: Any, options: list[str]) -> None:
    """Of the samples held out 95 % are right; report and file agree: the model takes the data as they are."""
    code, out, err = run(capsys, name, *options, "--out", "model.safetensors")
    assert (code, err) == (0, "")
    found = report(out)
    assert float(found["held out"][0]) >= 95.0
    assert re.search(rf"^after {options[options.index('--epochs') + 1]} epochs, \d+\.\d s$", out, re.MULTILINE)
    parts = data.split([list(map(float, row)) for row in points[0]], [int(label) for label in points[1]], seed=0)
    model = nn.load("model.safetensors")
    for part, (samples, labels) in zip(("trained on", "held out"), parts, strict=True):
        accuracy, loss = by_hand("model.safetensors", samples, labels)
        assert found[part][0] == accuracy
        assert found[part][1] == pytest.approx(loss, rel=1e-3)
        outputs = [model(x) for x in samples]
        assert f"{100.0 * nn.losses.accuracy(outputs, labels):.1f}" == accuracy
    assert f"{len(parts[0][0])} to train on, {len(parts[1][0])} held out" in out
    assert os.listdir() == ["model.safetensors"]


@pytest.mark.long
def test_iris_on_average(capsys: pytest.CaptureFixture[str]) -> None:
    """Over ten seeds, each with another split, 95 % of the irises held out are named right on average."""
    options = ["--hidden", "8", "--epochs", "20", "--lr", "0.05"]
    outs = [run(capsys, "iris", *options, "--seed", str(seed))[1] for seed in range(10)]
    assert len({report(out)["held out"] for out in outs}) > 5
    assert numpy.mean([float(report(out)["held out"][0]) for out in outs]) >= 95.0


GATES = [("and", and_, 0), ("or", or_, 0), ("xor", xor, 0), ("nand", and_, 1), ("nor", or_, 1), ("xnor", xor, 1)]


@pytest.mark.parametrize(("gate", "operator", "negated"), GATES)
def test_gates_are_learned(capsys: pytest.CaptureFixture[str], gate: str, operator: Any, negated: int) -> None:
    """All four rows of a gate are trained on, and the model in the file computes what Python's operator does."""
    code, out, _ = run(capsys, gate, "--hidden", "4", "--lr", "0.1", "--out", "gate.safetensors")
    assert code == 0
    assert set(report(out)) == {"trained on"}
    assert report(out)["trained on"][0] == "100.0"
    model = nn.load("gate.safetensors")
    for p, q in ((0, 0), (0, 1), (1, 0), (1, 1)):
        assert (model([p, q]).data > 0.0) == bool(operator(p, q) ^ negated)


def test_a_csv_file(capsys: pytest.CaptureFixture[str]) -> None:
    """A file of one's own is learned, by the column that is named; its classes are in the report, its numbers raw."""
    rows = [(1e6 + i, 1e-6 * (i * 37 % 100)) for i in range(100)]
    lines = ["kind,far,near", *(f"{'[b]' if b > 5e-5 else 'a'},{a},{b}" for a, b in rows)]
    Path("own.csv").write_text("\n".join(lines), encoding="utf-8")
    words = ["own.csv", "--target", "kind", "--hidden", "4", "--epochs", "40", "--lr", "0.1", "--test", "0"]
    code, out, err = run(capsys, *words, "--out", "m.safetensors")
    assert (code, err) == (0, "")
    assert "own.csv: 100 samples of 2 numbers, 2 classes ([b], a); 100 to train on, 0 held out\n" in out
    assert "\nread as comma-separated, names in line 1, classes in 'kind'\n" in out
    assert float(report(out)["trained on"][0]) >= 95.0
    accuracy, loss = by_hand("m.safetensors", rows, [int(b <= 5e-5) for _, b in rows])
    assert report(out)["trained on"] == (accuracy, float(f"{loss:.4g}"))


def test_a_csv_file_of_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """A numeric target is predicted in its own unit: the error is NumPy's, of the model in the file on raw data."""
    rows = [(i * 37 % 100 / 10.0, 1000.0 + i) for i in range(100)]
    prices = [250_000.0 + 3000.0 * a - 20.0 * b for a, b in rows]
    lines = ["rooms;year;price", *(f"{a};{b};{p}".replace(".", ",") for (a, b), p in zip(rows, prices, strict=True))]
    Path("own.csv").write_text("\n".join(lines), encoding="utf-8")
    words = ["own.csv", "--hidden", "", "--epochs", "60", "--lr", "0.1", "--out", "m.safetensors"]
    code, out, err = run(capsys, *words)
    assert (code, err) == (0, "")
    assert "own.csv: 100 samples of 2 numbers, each with a number to predict; 75 to train on, 25 held out\n" in out
    assert "\nread as semicolon-separated, names in line 1, decimal comma, numbers in 'price'\n" in out
    found = dict(
        re.findall(r"^(trained on|held out): +root mean square error (\S+), R² (?:1\.000|0\.99\d)$", out, re.M)
    )
    model = nn.load("m.safetensors")
    for part, (samples, targets) in zip(("trained on", "held out"), data.split(rows, prices, seed=0), strict=True):
        errors = numpy.array([model(x).data for x in samples]) - targets
        assert float(found[part]) == pytest.approx(float(numpy.sqrt((errors**2).mean())), rel=1e-3)
    told = ["--delimiter", ";", "--decimal", ",", "--header", "--regression", "--target", "price"]
    again = run(capsys, *words, *told)[1]
    assert re.sub(r"\d\.\d s\n", "", again) == re.sub(r"\d\.\d s\n", "", out)


def test_what_is_told_of_a_csv_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Delimiter, header, decimal sign and kind of the target are taken from the command line, and said."""
    Path("t.csv").write_text("".join(f"{i}\t{i % 2}\n" for i in range(3, 15)), encoding="utf-8")
    for delimiter in ("tab", "\\t", "\t"):
        code, out, _ = run(capsys, "t.csv", *TINY, "--delimiter", delimiter, "--no-header", "--regression")
        assert code == 0
        assert "\nread as tab-separated, no names, numbers in '2'\n" in out
    out = run(capsys, "t.csv", *TINY, "--header", "--target", "1", "--no-regression", "--test", "0")[1]
    assert "11 samples of 1 numbers, 2 classes (0, 1)" in out


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG\r\n"), ("svg", b"<?xml"), ("PDF", b"%PDF-")])
def test_plots(capsys: pytest.CaptureFixture[str], kind: str, begins: bytes) -> None:
    """--plot writes the kind of picture that the file's name ends in, the same bytes each time, and nothing beside it."""
    for name in ("a", "b"):
        code, out, err = run(capsys, "moons", *TINY, "--plot", f"{name}.{kind}")
        assert (code, err) == (0, "")
        assert f"the decision boundary is in {name}.{kind}\n" in out
    first, second = (Path(f"{name}.{kind}").read_bytes() for name in "ab")
    assert first == second
    assert first.startswith(begins)
    assert len(first) > 5_000
    assert sorted(os.listdir()) == [f"a.{kind}", f"b.{kind}"]


def test_a_plot_of_a_file_with_hostile_names(capsys: pytest.CaptureFixture[str]) -> None:
    """Names of columns and classes with dollar signs, markup and control characters are texts in report and picture."""
    Path("h.csv").write_text(POINTS.replace("a,b", "in $_$,<\x1b-->").replace("no", "\x1b[1m"), encoding="utf-8")
    code, out, err = run(capsys, "h.csv", *TINY, "--plot", "h.svg")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    assert ElementTree.parse("h.svg").getroot().tag.endswith("svg")


FILES = {
    "bad.csv": "a,b,kind\n1,2,x\n3,four,y\n",
    "nan.csv": "a,b,kind\n1,nan,x\n3,4,y\n",
    "short.csv": "a,b,kind\n1,2,x\n3,4\n",
    "one.csv": "a,b,kind\n1,2,x\n3,4,x\n",
    "none.csv": "a,b,kind\n",
    "many.csv": "a,name\n1,x\n2,y\n3,z\n",
    "prices.csv": "a,price\n1,1.5\n2,2.5\n3,3.5\n",
    "good.csv": POINTS,
}
REFUSALS = [
    (["nothing"], "no data set 'nothing': choose moons, "),
    (["[bold]x"], "no data set '[bold]x'"),
    (["moons", "--hidden", "8,x"], "hidden is a list of sizes such as 16,16, up to 10000, got '8,x'"),
    (["moons", "--hidden", "0"], "hidden is a list of sizes"),
    (["moons", "--epochs", "-1"], "--epochs"),
    (["moons", "--batch-size", "0"], "--batch-size"),
    (["moons", "--lr", "nan"], "lr is a number from 0, got nan"),
    (["moons", "--lr", "-1"], "lr is a number from 0, got -1.0"),
    (["moons", "--test", "1"], "the share of the test is a number from 0 to below 1, got 1.0"),
    (["moons", "--test", "2"], "share of the test"),
    (["moons", "--test", "nan"], "share of the test"),
    (["xor", "--test", "0.99"], "all 4 samples are held out: lower the share of the test"),
    (["moons", "--seed", "x"], "--seed"),
    (["moons", "--target", "x"], "--target is for CSV files: 'moons' is none"),
    (["xor", "--no-header"], "--header is for CSV files: 'xor' is none"),
    (["xor", "--regression"], "--regression is for CSV files"),
    (["good.csv", "--delimiter", "ab"], "the delimiter is one character such as ';', got 'ab'"),
    (["good.csv", "--decimal", "x"], "--decimal"),
    (["good.csv", "--regression"], "good.csv, line 2, column 'kind': not a number: 'no'"),
    (["prices.csv", "--plot", "a.png"], "--plot draws the boundary between classes, and these targets are numbers"),
    (["good.csv", "--target", "x"], "has no column 'x'; its columns are 'a', 'b', 'kind'"),
    (["missing.csv"], "No such file or directory: missing.csv"),
    (["bad.csv"], "bad.csv, line 3, column 'b': not a number: 'four'"),
    (["nan.csv"], "nan.csv, line 2, column 'b': 'nan'"),
    (["short.csv"], "short.csv, line 3: 2 of 3 columns; column 'kind' is missing"),
    (["one.csv"], "one.csv, column 'kind': the only class is 'x'"),
    (["many.csv"], "the target has 3 classes in 3 rows: choose another column as the target, or predict numbers"),
    (["none.csv"], "none.csv names the columns, but has no rows"),
    (["moons", "--out", "no/such/m"], "cannot write the file 'no/such/m'"),
    (["moons", "--out", "."], "cannot write the file '.'"),
    (["moons", "--out", ""], "cannot write the file ''"),
    (["good.csv", "--out", "good.csv"], "cannot write the file 'good.csv': it is the data, or is named twice"),
    (["moons", "--out", "a.png", "--plot", "./a.png"], "cannot write the file './a.png': it is the data, or is named"),
    (["moons", "--plot", "a.xyz"], "a plot is written as png, svg or pdf, as the name of the file ends; got 'a.xyz'"),
    (["iris", "--plot", "a.png"], "--plot needs data with two columns, to draw them in a plane; there are 4"),
    (["moons", "--activation", "tahn"], "no activation 'tahn' in the table: did you mean "),
    (["moons", "--activation", "add"], "activation: add takes 2 operands, got 1"),
]


@pytest.mark.parametrize(("words", "reason"), REFUSALS, ids=[" ".join(words) for words, _ in REFUSALS])
def test_refusals(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], reason: str
) -> None:
    """What cannot be done is said before the training, in one line on standard error, and leaves no file."""
    monkeypatch.setattr("autograd_lite.train.task.fit", lambda *_, **__: pytest.fail("it has trained"))
    for name, content in FILES.items():
        Path(name).write_text(content, encoding="utf-8")
    code, out, err = run(capsys, "--out", "model", *words)
    assert (code, out) == (2, "")
    assert err.startswith("autograd-lite")
    assert err.count("\n") == 1
    assert reason in err
    assert sorted(os.listdir()) == sorted(FILES)


def test_a_training_that_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """An activation that some number has no result of, and steps too long, end in one line with epoch and batch."""
    for words in (["--activation", "log"], ["--lr", "1e308"]):
        code, out, err = run(capsys, "moons", *TINY, *words, "--out", "model")
        assert code == 2
        assert re.match(r"^autograd-lite: error: training has stopped in epoch 1, batch \d: .*\n$", err)
        assert report(out) == {}
        assert os.listdir() == []


MISSING = [
    (["iris"], "sklearn", "scikit-learn"),
    (["moons", "--plot", "a.png"], "matplotlib", "matplotlib"),
    (["moons", "--out", "m.safetensors"], "safetensors", "safetensors"),
]


@pytest.mark.parametrize(("words", "package", "cure"), MISSING)
def test_packages_that_are_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], package: str, cure: str
) -> None:
    """Without scikit-learn, matplotlib or safetensors, what needs them is refused before the training, with the cure."""
    for module in [name for name in sys.modules if name.split(".")[0] == package] + [package]:
        monkeypatch.setitem(sys.modules, module, None)
    code, out, err = run(capsys, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"pip install {cure}" in err
    assert run(capsys, "moons", *TINY)[0] == 0


def test_ctrl_c(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ctrl_c: None) -> None:
    """After Ctrl-C within the third epoch the report is printed, the files are written, and the exit code is 130."""
    step, steps = optim.Adam.step, list[int]()

    def interrupted(self: optim.Adam) -> None:
        step(self)
        steps.append(len(steps))
        if len(steps) == 25:  # of 10 in each epoch
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(optim.Adam, "step", interrupted)
    code, out, err = run(capsys, "moons", "--hidden", "2", "--out", "m.safetensors", "--plot", "m.svg")
    assert (code, err) == (130, "")
    assert re.search(r"^interrupted after 2 epochs, \d+\.\d s$", out, re.MULTILINE)
    accuracy, _ = by_hand("m.safetensors", *data.split(*data.moons(200, seed=0), seed=0)[1])
    assert report(out)["held out"][0] == accuracy
    assert sorted(os.listdir()) == ["m.safetensors", "m.svg"]


@pytest.mark.unix
def test_progress_in_a_terminal_and_ctrl_c_there(ctrl_c: None) -> None:
    """In a terminal a line with epoch, loss and speed is on standard error; Ctrl-C there ends the training in order."""
    assert sys.platform != "win32"
    import pty

    terminal, other_end = pty.openpty()
    command = [sys.executable, "-m", "autograd_lite", "train", "xor", "--epochs", "1000000", "--out", "m.safetensors"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "150"}
    with running(command, stderr=other_end, env=environment) as process:
        os.close(other_end)
        shown = ""
        while not re.search(r"epoch \d+/1000000.*loss \S+.*\d steps/s", shown):
            shown += os.read(terminal, 4096).decode(errors="replace")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=600)
    os.close(terminal)
    assert process.returncode == 130
    assert "interrupted after" in out
    assert set(report(out)) == {"trained on"}
    assert os.listdir() == ["m.safetensors"]


def test_two_processes_write_the_same_bytes() -> None:
    """Model and report are the same whatever the hash seed; where standard error is no terminal, it stays empty."""
    Path("points.csv").write_text(POINTS, encoding="utf-8")
    outs = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "autograd_lite", "train", "points.csv", "--epochs", "3", "--out", f"{seed}.st"],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
        )
        assert done.stderr == ""
        outs.append(re.sub(rf"\d+\.\d s\n|{seed}\.st", "", done.stdout))
    assert outs[0] == outs[1]
    assert Path("1.st").read_bytes() == Path("2.st").read_bytes()
