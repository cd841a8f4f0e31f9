"""What a training shows: the progress line in terminals and notebooks, the history with its metrics, the plot."""

from __future__ import annotations

import io
import math
import os
import re
import signal
import struct
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import matplotlib
import nbclient
import nbformat
import numpy
import pytest
from children import running
from rich.cells import cell_len

from autograd_lite import Value
from autograd_lite.data import gate
from autograd_lite.nn import MLP, losses
from autograd_lite.train import History, fit

POINTS = [[math.sin(3.0 * i), math.cos(5.0 * i)] for i in range(10)]

# Trains XOR; then it prints what the line should have said in the end, and whether rich was loaded.
PROGRAM = """
import sys, time
from autograd_lite import nn, optim
from autograd_lite.data import gate
from autograd_lite.train import fit

def trained(pause=0.01, **options):
    model = nn.MLP(2, [4, 1], "tanh", seed=1)
    adam = optim.Adam(model.parameters(), lr=0.1)
    settings = {"epochs": 12, "metrics": [nn.losses.accuracy], "callbacks": [lambda *_: time.sleep(pause)]} | options
    loss = nn.losses.binary_cross_entropy_with_logits
    history = fit(model, loss, *gate("xor"), optimizer=adam, **settings)
    print(f"{len(history.loss)} epochs, loss {history.loss[-1]:.4g}", "rich" in sys.modules, history.interrupted)
"""


def terminal(code: str, columns: int = 80, kind: str = "xterm-256color", interrupted: bool = False) -> tuple[str, str]:
    """What a program writes to standard output, a pipe, and to standard error, a terminal of so many columns."""
    assert sys.platform != "win32"
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    chosen = ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")  # rich obeys them
    environment = {name: value for name, value in os.environ.items() if name not in chosen}
    command = [sys.executable, "-W", "error", "-c", PROGRAM + code]
    written = b""
    environment |= {"TERM": kind, "PYTHONUTF8": "1"}
    with running(command, stderr=theirs, env=environment) as process:
        os.close(theirs)
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # so Linux says that the program has ended
                part = b""
            if not part:
                break
            written += part
            if interrupted and b"accuracy" in written:
                process.send_signal(signal.SIGINT)
                interrupted = False
        assert process.stdout is not None
        out = process.stdout.read()
    os.close(ours)
    return out, written.decode()


def frames(written: str) -> list[str]:
    """The states of the line, one after another, without colours; each may fill several lines."""
    parts = re.split(r"\r(?:\x1b\[2K(?:\x1b\[1A\x1b\[2K)*)", written)
    return [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", part).replace("\r\n", "\n") for part in parts]


def history_of(**options: Any) -> History:
    """That of a training on ten samples."""
    return fit(MLP(2, [3, 1], "tanh", seed=1), losses.mse, POINTS, [x * y for x, y in POINTS], **options)


def words(text: str) -> str:
    return " ".join(text.split())


def assert_cursor_is_shown(written: str) -> None:
    assert written.count("\x1b[?25l") == 1
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")


@pytest.mark.parametrize("columns", [40, 50, 80, 200])
@pytest.mark.unix
def test_the_line_is_one_line_in_terminals_of_any_width(columns: int) -> None:
    """Epoch, loss and metric are there, in one line on standard error alone; speed, time left and bar where they fit."""
    out, written = terminal("trained(pause=0.06)", columns)
    loss = re.findall(r"^12 epochs, (loss \S+) True False\n$", out)
    assert len(loss) == 1
    states = frames(written)
    for state in states:
        assert len(state.rstrip("\n")) <= columns
        assert "\n" not in state.rstrip("\n")
    patterns = [r"^epoch \d+/12 ", r" loss 0\.\d+ ", r" accuracy (0\.[57]5?|1)"]
    patterns += [r" 0:00:0\d left"] * (columns >= 60) + [r" [\d.]+ steps/s", "━"] * (columns >= 80)
    assert any(all(re.search(pattern, words(state)) for pattern in patterns) for state in states[:-3])
    end = words(states[-1])
    for part in ("epoch 12/12 ", f"{loss[0]} ", " accuracy 1") + (" steps/s",) * (columns >= 80):
        assert part in end
    assert re.search(r" 0:00:0\d$", end) or columns < 60  # how long it took
    assert written.endswith("\n\x1b[?25h")
    assert_cursor_is_shown(written)


@pytest.mark.parametrize("columns", [30, 60, 80, 132])
@pytest.mark.unix
def test_many_and_long_metrics_stay_on_one_line(columns: int) -> None:
    """However many metrics there are, however long or wide their names, and however large the numbers."""
    code = (
        "def metric(name, number):\n    f = lambda outputs, targets: number\n    f.__name__ = name\n    return f\n"
        "names = ['f1_of_the_rarest_class', '正解率', 'precision', 'recall', 'x' * 90]\n"
        "trained(0.03, epochs=12, metrics=[metric(name, -1.234e-300) for name in names])"
    )
    _, written = terminal(code, columns)
    for state in frames(written):
        assert "\n" not in state.rstrip("\n")
        assert cell_len(state.rstrip("\n")) <= columns
    assert "epoch 12/12" in written
    assert "loss" in written


@pytest.mark.unix
def test_the_last_numbers_stay_on_the_line() -> None:
    """What remains on the screen is the last epoch's loss and metrics, however short or early ended the training was."""
    out, written = terminal(
        "trained(pause=0, epochs=1)\n"
        "trained(pause=0, epochs=500, callbacks=[lambda _, h: h.metrics['accuracy'][-1] == 1.0])\n"
        "trained(pause=0, epochs=300, batch_size=1)\n",
        columns=100,
    )
    once, early, many = re.findall(r"^(\d+) epochs, (loss \S+) ", out, re.MULTILINE)
    ends = [words(part.split("\n")[0]) for part in frames(written) if "\n" in part]
    assert len(ends) == 3
    assert re.search(rf"^epoch 1/1 \S+ {once[1]} accuracy 0\.[57]5? ", ends[0])
    assert re.search(rf"^epoch {early[0]}/500 \S+( \S+)? {early[1]} accuracy 1 .* 0:00:0\d stopped$", ends[1])
    assert int(early[0]) < 500
    assert re.search(rf"^epoch 300/300 \S+ {many[1]} accuracy 1 \d+(,\d\d\d)? steps/s", ends[2])


@pytest.mark.parametrize("columns", [5, 20])
@pytest.mark.unix
def test_a_tiny_terminal_is_no_error(columns: int) -> None:
    """Where nothing fits, the training goes its way."""
    out, _ = terminal("trained()", columns)
    assert out.startswith("12 epochs")


@pytest.mark.unix
def test_a_terminal_that_can_do_nothing() -> None:
    """With TERM=dumb the line is written once, at the end, without any control character."""
    out, written = terminal("trained()", kind="dumb")
    assert out.startswith("12 epochs")
    assert "\x1b" not in written
    assert written.count("epoch 12/12") == written.count("epoch") == 1


@pytest.mark.unix
def test_ctrl_c_leaves_the_terminal_in_order(ctrl_c: None) -> None:
    """After Ctrl-C the history so far is returned, and the cursor is visible again."""
    out, written = terminal("trained(epochs=100000)", interrupted=True)
    assert re.search(r"^[1-9]\d* epochs, loss \S+ True True\n$", out)
    assert_cursor_is_shown(written)
    assert "Traceback" not in written
    assert re.search(r" 0:00:\d\d interrupted$", words(frames(written)[-1]))


@pytest.mark.unix
def test_an_error_leaves_the_terminal_in_order() -> None:
    """After an error the cursor is visible again, and the traceback below the line, also if it comes in the first step."""
    for option, line in {"callbacks=[lambda *_: 1 / 0]": "epoch 1/12 ", "clip=lambda _: 1 / 0": "━"}.items():
        out, written = terminal(f"trained({option})")
        assert out == ""
        assert_cursor_is_shown(written)
        assert re.search(rf"{line}.*\x1b\[\?25hTraceback.*ZeroDivisionError", written, re.DOTALL)


@pytest.mark.unix
def test_names_of_metrics_are_no_markup() -> None:
    """A metric's name is shown as it is, brackets included."""
    out, written = terminal("trained(metrics={'energy [kWh]': nn.losses.accuracy, '[/x]': nn.losses.accuracy})", 120)
    assert out.startswith("12 epochs")
    assert re.search(r"loss \S+ energy \[kWh\] 1 \[/x\] 1 ", words(frames(written)[-1]))


@pytest.mark.unix
def test_what_a_callback_prints_stays_where_it_belongs() -> None:
    """Standard output that goes to a file keeps what callbacks print, while the line goes to the terminal."""
    out, written = terminal("trained(callbacks=[lambda _, h: print('epoch done', len(h.loss))])")
    assert out.count("epoch done") == 12
    assert "epoch done" not in written
    out, written = terminal("sys.stdout = None\ntrained()")
    assert (out, "epoch 12/12" in written) == ("", True)


@pytest.mark.unix
def test_it_is_silent_where_nobody_looks() -> None:
    """With a pipe for standard error, and with progress=False, nothing is written and rich is not loaded."""
    code = PROGRAM + "trained()"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0
    assert re.search(r"^12 epochs, loss \S+ False False\n$", done.stdout)
    assert done.stderr == ""
    assert terminal("trained(progress=False)") == (done.stdout, "")
    assert terminal("fit(nn.MLP(2, [1]), max, [1], [1], epochs=0)") == (
        "",
        "",
    )


def test_there_may_be_no_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs without a console have None for standard error, and train."""
    monkeypatch.setattr(sys, "stderr", None)
    assert len(fit(MLP(2, [1]), losses.mse, *gate("and"), epochs=2).loss) == 2


def test_a_notebook_shows_the_line() -> None:
    """The line is a text of its own, replaced in place, and so is in the file with its last state; without a warning."""
    strict = "import warnings\nwarnings.simplefilter('error')\n"
    long = "trained(epochs=500, validation=gate('xor'), callbacks=[lambda m, h: len(h.loss) == 20])"
    cut = "import signal\ntrained(callbacks=[lambda m, h: len(h.loss) == 3 and signal.raise_signal(signal.SIGINT)])"
    cells = [strict + PROGRAM, "trained()", "trained(progress=False)", long, cut]
    notebook: Any = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])  # type: ignore[no-untyped-call]
    nbclient.NotebookClient(
        notebook, timeout=600, startup_timeout=600, iopub_timeout=600, kernel_name="python3"
    ).execute()
    imports, seen, silent, validated, interrupted = (cell.outputs for cell in notebook.cells)
    assert imports == []
    assert [output.output_type for output in silent] == ["stream"]
    texts = []
    for outputs in (seen, validated, interrupted):
        line, printed = outputs
        assert (line.output_type, list(line.data), printed.name) == ("display_data", ["text/plain"], "stdout")
        texts.append(line.data["text/plain"])
    assert re.search(r"^12 epochs, loss \S+ False False\n$", seen[1].text)  # and rich is not needed
    numbers = r"loss 0\.\d+  accuracy [\d.]+"
    assert re.fullmatch(rf"epoch 12/12  █{{12}}  {numbers}  \S+ steps/s  0:00:0\d", texts[0])
    both = r"validation loss 0\.\d+  validation accuracy [\d.]+"
    assert re.fullmatch(rf"epoch 20/500  ░{{12}}  {numbers}  {both}  \S+ steps/s  0:00:0\d stopped", texts[1])
    assert re.fullmatch(rf"epoch 3/12  █{{3}}░{{9}}  {numbers}  \S+ steps/s  0:00:0\d interrupted", texts[2])
    assert "metadata" not in notebook or "widgets" not in notebook.metadata


def test_marimo_shows_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a notebook of marimo the output of the cell is the line as a plain text; where marimo only is loaded, nothing."""
    shown: list[tuple[str, str]] = []
    module = SimpleNamespace(
        running_in_notebook=lambda: True,
        output=SimpleNamespace(replace=shown.append),
        plain_text=lambda text: ("plain", text),
    )
    monkeypatch.setitem(sys.modules, "marimo", module)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    history_of(epochs=4)
    assert re.match(r"epoch 4/4  █{12}  loss \S+  \S+ steps/s  0:00:00$", shown[-1][1])
    assert {kind for kind, _ in shown} == {"plain"}
    before = len(shown)
    module.running_in_notebook = lambda: False
    history_of(epochs=4)
    assert len(shown) == before


def test_an_interrupted_history_says_so() -> None:
    """The history of a training that Ctrl-C ended is told from one that went to its end."""
    assert repr(History(loss=[1.0, 0.5], interrupted=True)) == "History(2 epochs, interrupted, loss 0.5)"
    assert repr(History(loss=[1.0, 0.5])) == "History(2 epochs, loss 0.5)"


def test_the_history_has_an_entry_for_each_epoch() -> None:
    """Losses, evaluations and seconds are as many as epochs; evaluations count samples, seconds rise."""
    history = history_of(epochs=5, batch_size=4)
    assert [len(entries) for entries in (history.loss, history.evaluations, history.seconds)] == [5, 5, 5]
    assert history.evaluations == [10, 20, 30, 40, 50]
    assert history.seconds == sorted(set(history.seconds))
    assert history.seconds[0] > 0.0
    assert (history.metrics, history.interrupted) == ({}, False)


def test_histories_are_equal_where_all_but_the_seconds_is() -> None:
    """Equality looks at loss, metrics, evaluations and interruption, and at no time."""

    def history(**changes: Any) -> History:
        return History(**({"loss": [1.0], "metrics": {"a": [2.0]}, "evaluations": [3], "seconds": [4.0]} | changes))

    assert history() == history(seconds=[5.0])
    for other in ({"loss": [0.0]}, {"metrics": {"a": [0.0]}}, {"evaluations": [0]}, {"interrupted": True}):
        assert history() != history(**other)


def test_metrics_and_validation_are_what_one_computes_oneself() -> None:
    """Metrics are those of the outputs that the steps saw, validation those after the epoch, under their names."""
    targets = [1.0 if x > y else -1.0 for x, y in POINTS]
    held = [[0.2, 0.1], [0.1, 0.4], [0.9, 0.8]], [1.0, 1.0, -1.0]
    seen: list[tuple[float, float]] = []
    expected: list[list[float]] = []

    def loss(outputs: list[Any], wanted: list[Any]) -> Any:
        if isinstance(outputs[0], Value):
            seen.extend((output.data, target) for output, target in zip(outputs, wanted, strict=True))
        return losses.mse(outputs, wanted)

    def share(pairs: list[tuple[float, float]]) -> float:
        return sum((output > 0.0) == (target > 0.0) for output, target in pairs) / len(pairs)

    def note(model: MLP, _: History) -> None:
        after = [(model(x).data, target) for x, target in zip(*held, strict=True)]
        error = math.fsum((output - target) ** 2 for output, target in after) / 3
        expected.append([share(seen[-10:]), error, share(after)])

    options: dict[str, Any] = {"validation": held, "callbacks": [note], "epochs": 3, "batch_size": 4, "seed": 0}
    history = fit(MLP(2, [3, 1], "tanh", seed=1), loss, POINTS, targets, metrics=[losses.accuracy], **options)
    names = ["accuracy", "validation_loss", "validation_accuracy"]
    assert list(history.metrics) == names
    assert numpy.transpose([history.metrics[name] for name in names]) == pytest.approx(numpy.array(expected), rel=1e-12)
    again = fit(MLP(2, [3, 1], "tanh", seed=1), loss, POINTS, targets, metrics={"right": losses.accuracy}, **options)
    assert list(again.metrics) == ["right", "validation_loss", "validation_right"]
    assert list(again.metrics.values()) == list(history.metrics.values())


def test_metrics_need_names_of_their_own() -> None:
    """Functions without a name, of one name, or called loss are refused, for one would take another's place in the history."""
    nameless: Any = type("Nameless", (), {"__call__": lambda *_: 1.0})()
    for metrics in ([lambda *_: 1.0, lambda *_: 2.0], [nameless]):
        with pytest.raises(ValueError, match="mapping from names to functions"):
            history_of(metrics=metrics)
    with pytest.raises(ValueError, match=r"^a metric cannot be called 'loss'"):
        history_of(metrics={"loss": losses.mse})
    assert history_of(epochs=1, metrics={"n": nameless}).metrics == {"n": [1.0]}
    assert list(history_of(epochs=1, metrics=losses.mse).metrics) == ["mse"]


def test_the_history_draws_its_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    """plot() puts the loss and each metric over the epochs from 1, on new axes or given ones, and they can be printed."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    history = History(loss=[4.0, 2.0], metrics={"accuracy": [0.5, 1.0], "validation_loss": [3.0, 1.0]})
    for given in (None, pyplot.figure().subplots()):
        axes = history.plot(given)
        assert given is None or axes is given
        lines = [line for each in axes.figure.axes for line in each.get_lines()]
        drawn = {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in lines}
        expected = {"loss": [4.0, 2.0], "accuracy": [0.5, 1.0], "validation loss": [3.0, 1.0]}
        assert drawn == {name: ([1, 2], values) for name, values in expected.items()}
        page = io.BytesIO()
        axes.figure.savefig(page, format="png")
        assert page.getvalue().startswith(b"\x89PNG")
    pyplot.close("all")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match="pip install"):
        history.plot()
