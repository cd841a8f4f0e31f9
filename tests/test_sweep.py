"""`sweep`: its runs are trainings by `fit`, here and by workers; what fails stays in its row."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from io import StringIO
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from subprocess import PIPE
from types import ModuleType
from typing import Any

import executors
import numpy
import pytest
from children import running
from hypothesis import given, settings, strategies as st
from rich.console import Console
from sklearn.model_selection import ParameterGrid

from autograd_lite import nn, optim
from autograd_lite.nn import Module, losses
from autograd_lite.train import History, Run, Sweep, fit, sweep

POINTS = [[0.5, 1.0], [-1.0, 0.25], [2.0, -0.5], [0.0, 1.5]]
TARGETS = [1.0, -1.0, 0.5, 0.25]
GRID: dict[str, list[Any]] = {"hidden": [2, 3], "lr": [0.1, 0.01], "seed": [1, 2]}


def state(model: Module | None) -> list[float]:
    assert model is not None
    return [parameter.data for parameter in model.parameters()]


def swept(grid: Any, executor: Executor | None = None, make_model: Any = executors.network, **options: Any) -> Sweep:
    options = {"epochs": 3, "batch_size": 2, "progress": False} | options
    return sweep(make_model, grid, losses.mse, POINTS, TARGETS, executor=executor, **options)


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


def test_each_run_is_a_training_by_hand(pool: Executor) -> None:
    """Model, optimiser and fit get the settings that they take; here, in threads and in processes, to the last bit."""
    expected = {}
    for hidden, lr, seed in product(*GRID.values()):
        model = executors.network(hidden, seed)
        adam = optim.Adam(model.parameters(), lr=lr)
        history = fit(
            model,
            losses.mse,
            POINTS,
            TARGETS,
            optimizer=adam,
            epochs=3,
            batch_size=2,
            seed=seed,
            validation=(POINTS, TARGETS),
        )
        expected[hidden, lr, seed] = history, state(model)
    with ThreadPoolExecutor(3) as threads:
        for executor in (None, threads, pool):
            runs = swept(GRID, executor, validation=(POINTS, TARGETS))
            assert {tuple(run.settings.values()): (run.history, state(run.model)) for run in runs} == expected
            found = [run.history.metrics["validation_loss"][-1] for run in runs]
            assert found == sorted(found) == [run.loss for run in runs]
            assert runs.best is runs[0]


names = st.dictionaries(st.sampled_from(["hidden", "seed", "epochs"]), st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True), min_size=1)  # fmt: skip


@given(st.one_of(names, st.lists(names, min_size=1, max_size=2)))
@settings(max_examples=10)
def test_a_grid_means_what_it_means_in_scikit_learn(grid: Any) -> None:
    """One mapping, or several: the combinations of ParameterGrid."""
    runs = swept(grid, epochs=0) if "epochs" not in str(grid) else swept(grid)
    key = lambda settings: sorted(settings.items())  # noqa: E731 - an order
    assert sorted((run.settings for run in runs), key=key) == sorted(ParameterGrid(grid), key=key)


def test_values_may_be_ranges_arrays_and_single() -> None:
    """What is no list, tuple, range or array is one value, so that a list of mappings can have single runs."""
    grid = [{"seed": range(2), "lr": numpy.array([0.1, 0.2])}, {"seed": 7, "optimizer": optim.SGD}]
    runs = swept(grid, epochs=0)
    assert [run.settings for run in runs] == [
        *({"seed": seed, "lr": lr} for seed, lr in product(range(2), (0.1, 0.2))),
        {"seed": 7, "optimizer": optim.SGD},
    ]
    assert "SGD" in str(runs)


def test_a_run_that_fails_does_not_end_the_others(pool: Executor) -> None:
    """Its row has the error, and its history what it came to; the others have their results, and come first."""
    for executor in (None, pool):
        runs = swept({"hidden": [13, 2, 3], "lr": [1e308, 0.1], "optimizer": optim.SGD}, executor)
        assert [(run.settings["hidden"] != 13 and run.settings["lr"] == 0.1) for run in runs] == [True] * 2 + [
            False
        ] * 4
        errors = {(run.settings["hidden"], run.settings["lr"]): run.error for run in runs}
        assert errors[13, 0.1] == errors[13, 1e308] == "ValueError: unlucky"
        assert errors[2, 1e308].startswith("DivergedError: training has stopped in epoch 1, batch")
        assert errors[2, 0.1] == errors[3, 0.1] == ""
        assert "4 failed" in runs.to_markdown()
        assert "ValueError: unlucky" in str(runs)
    failed = swept({"hidden": [13]})
    with pytest.raises(ValueError, match="no run has ended well: ValueError: unlucky"):
        _ = failed.best


def test_a_worker_that_dies_is_an_error_of_its_runs() -> None:
    """Runs that were done before have their results."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        runs = swept({"hidden": [2, 3, 9, 2]}, pool, executors.mortal, epochs=1)
        assert [run.settings["hidden"] for run in runs if not run.error] in ([2, 3], [3, 2])
        assert all("BrokenProcessPool" in run.error for run in runs[2:])
        assert len(swept({"hidden": [2]}, pool)) == 1  # also what cannot be begun is a row


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"epoch": 3},
            r"nothing takes the setting 'epoch': neither make_model\(hidden, seed, options\).*fit \(batch_size",
        ),
        ({"executors": 3}, "nothing takes the setting 'executors'"),
        ({"optimizer": optim.SGD(nn.Neuron(1).parameters())}, "give a class such as optim.SGD"),
    ],
    ids=["epoch", "executors", "optimizer"],
)
def test_settings_that_nothing_takes_are_refused(options: dict[str, Any], message: str) -> None:
    """Before anything is trained; `make_model` with **options takes what is left."""
    made: list[dict[str, Any]] = []

    def strict(hidden: int, seed: int = 1) -> Module:
        made.append({})
        return executors.network(hidden, seed)

    with pytest.raises(TypeError, match=message.replace(", options", "")):
        swept({"hidden": [2]}, None, strict, **options)
    assert not made
    with pytest.raises(TypeError, match="missing a required argument: 'hidden'"):
        swept({"seed": [2]}, None, strict)
    runs = swept({"hidden": [2], "bias": [True, False]}, make_model=lambda hidden, **rest: made.append(rest) or strict(hidden))  # type: ignore[func-returns-value]  # fmt: skip
    assert (len(runs), made[0], made[2]) == (2, {"bias": True}, {"bias": False})


@pytest.mark.parametrize(("grid", "kind"), [({"hidden": []}, ValueError), ([], ValueError), ([3], TypeError)], ids=repr)
def test_a_grid_without_combinations_is_refused(grid: Any, kind: type[Exception]) -> None:
    """An empty list of values would be a sweep of nothing."""
    with pytest.raises(kind, match="the grid"):
        swept(grid)


def test_what_cannot_be_sent_is_told(pool: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    """With cloudpickle a lambda makes the models; without it there is an error before the first run."""
    make = lambda hidden: executors.network(hidden)  # noqa: E731 - a lambda on purpose
    assert [run.error for run in swept({"hidden": [2]}, pool, make)] == [""]
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    with pytest.raises(TypeError, match=r"make_model, loss and options cannot be sent to workers.*install cloudpickle"):
        swept({"hidden": [2]}, pool, make)


def test_draws_without_a_seed_are_those_of_a_new_process(pool: Executor) -> None:
    """Every run draws the same, wherever and after whichever run it runs; the program's own draws go on as if without."""
    nn.manual_seed(5)
    expected = state(nn.Neuron(2))
    nn.manual_seed(5)
    grid = {"seed": [None], "hidden": [2, 2, 3, 2]}
    found = [swept(grid, executor) for executor in (None, pool)]
    assert state(nn.Neuron(2)) == expected
    small = [state(run.model) for runs in found for run in runs if run.settings["hidden"] == 2]
    assert all(one == small[0] for one in small)
    assert len(small) == 6


LEFT: list[int] = []  # the calls until Ctrl-C


def interrupt(*_: Any) -> None:
    """A callback in which Ctrl-C comes once."""
    LEFT[0] -= 1
    if LEFT[0] == 0:
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("workers_too", [False, True])
def test_ctrl_c_returns_what_is_done(workers_too: bool) -> None:
    """The runs before it are there, the one in which it came is not."""
    LEFT[:] = [8]
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        executor = Inside() if workers_too else None
        runs = swept({"hidden": [2, 3, 4, 5]}, executor, callbacks=interrupt)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert (runs.interrupted, len(runs)) == (True, 2)
    assert sorted(run.settings["hidden"] for run in runs) == [2, 3]
    assert "2 runs, interrupted, of 4" in repr(runs)


IN_A_TERMINAL = """
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
import executors
from autograd_lite.nn import losses
from autograd_lite.train import sweep

if __name__ == "__main__":
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        grid = [{"hidden": 2, "epochs": 1}, {"hidden": 3, "epochs": [10**9] * 7}]
        told = executors.tell_of_many_epochs
        runs = sweep(executors.network, grid, losses.mse, [[1.0, 2.0]], [1.0], executor=pool, callbacks=told)
        print(runs.interrupted, [run.settings["hidden"] for run in runs], flush=True)
"""


@pytest.mark.unix
def test_ctrl_c_in_a_terminal_ends_the_runs_of_workers(ctrl_c: None) -> None:
    """The signal reaches the workers too: they end what they train, begin nothing else, and say nothing."""
    command = [sys.executable, "-W", "error", "-c", IN_A_TERMINAL]
    path = os.pathsep.join([str(Path(executors.__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    with running(command, stderr=PIPE, env=os.environ | {"PYTHONPATH": path}) as process:
        assert process.stdout is not None
        assert {process.stdout.readline() for _ in range(2)} == {"many\n"}  # of either worker
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=300)
    assert (process.returncode, out, err) == (0, "True [2]\n", "")


class Inside(Executor):
    """Runs a task when it is submitted, in this process, and hands on what it raises."""

    def submit(self, f: Any, /, *args: Any, **options: Any) -> Any:  # noqa: D102 - as the base's
        with ThreadPoolExecutor(1) as one:
            return one.submit(f, *args, **options)


def test_the_table_shows_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the terminal, printed, in notebooks and as a DataFrame: one row for each run, with settings and results."""
    history = History([0.5, 0.25], {"validation_loss": [0.75, 0.5]}, [4, 8], [0.1, 0.2])
    runs = Sweep([Run({"lr": 0.1}, History(), error="ValueError: <no>"), Run({"lr": 0.2}, history)], 2)
    lines = str(runs).split("\n")
    assert lines[0] == "2 runs, 1 failed"
    assert lines[1].split() == ["lr", "loss", "validation", "loss", "error"]
    assert [line.split() for line in lines[2:]] == [["0.2", "0.25", "0.5"], ["0.1", "ValueError:", "<no>"]]
    console = Console(width=80, file=StringIO())
    console.print(runs)
    assert isinstance(console.file, StringIO)
    assert [line.split() for line in console.file.getvalue().split("\n")] == [line.split() for line in [*lines, ""]]
    html = runs._repr_html_()
    assert "<caption>2 runs, 1 failed</caption>" in html
    assert "ValueError: &lt;no&gt;" in html
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="a DataFrame needs pandas"):
        runs.to_dataframe()
    pandas = ModuleType("pandas")
    pandas.__spec__ = ModuleSpec("pandas", None)
    pandas.DataFrame = list  # type: ignore[attr-defined]  # which keeps the rows that it is given
    monkeypatch.setitem(sys.modules, "pandas", pandas)
    assert runs.to_dataframe()[0] == {"lr": 0.2, "loss": 0.25, "validation_loss": 0.5, "epochs": 2, "seconds": 0.2, "error": ""}  # fmt: skip
