"""`fit` with an executor: the same training, however many workers there are, and whatever happens to them."""

from __future__ import annotations

import math
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from typing import Any

import executors
import pytest
from children import running
from hypothesis import given, settings, strategies as st

from autograd_lite import Value, exp, log, optim
from autograd_lite.data import moons
from autograd_lite.nn import MLP, Module, losses
from autograd_lite.train import DivergedError, History, WorkerError, fit
from autograd_lite.train.shards import SHARDS

POINTS = [[math.sin(3.0 * i), math.cos(5.0 * i)] for i in range(60)]
TARGETS = [math.sin(i) for i in range(60)]


def state(model: Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


def trained(executor: Executor | None, loss: Any = losses.mse, **options: Any) -> tuple[History, list[float]]:
    """A training of a small network, and the parameters that it leads to."""
    model = options.pop("model", None) or executors.network()
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    options = {"epochs": 3, "seed": 2, "progress": False} | options
    history = fit(model, loss, POINTS, TARGETS, optimizer=optimizer, executor=executor, **options)
    return history, state(model)


@pytest.fixture(scope="module")
def pools() -> Iterator[list[Executor]]:
    """One, two and three processes, and three threads."""
    with ExitStack() as stack:
        processes = [ProcessPoolExecutor(n, mp_context=get_context("spawn")) for n in (1, 2, 3)]
        yield [stack.enter_context(pool) for pool in (*processes, ThreadPoolExecutor(3))]


def close(one: Any, other: Any) -> bool:
    """Whether two trainings agree to 1e-10 in everything that is a number."""
    lists = [[history.loss, *history.metrics.values(), parameters] for history, parameters in (one, other)]
    return len(lists[0]) == len(lists[1]) and all(
        x == pytest.approx(y, rel=1e-10, abs=1e-12) for x, y in zip(*lists, strict=True)
    )


TRAININGS: dict[str, dict[str, Any]] = {
    "all at once": {},
    "batches": {"batch_size": 7},
    "in order": {"batch_size": 25, "shuffle": False},
    "one by one": {"batch_size": 1, "epochs": 1},
    "clipped": {"batch_size": 20, "clip": lambda ps: optim.clip_grad_norm(ps, 0.1)},
    "judged": {
        "batch_size": 25,
        "metrics": {"error": losses.mae, "largest": lambda outputs, ys: max(abs(a - y) for a, y in zip(outputs, ys, strict=True))},
        "validation": (POINTS[:5], TARGETS[5:10]),
    },
    "stopped": {"callbacks": lambda _, history: len(history.loss) == 2},
}  # fmt: skip


@pytest.mark.parametrize("name", TRAININGS)
def test_the_history_is_the_same_for_any_number_of_workers(name: str, pools: list[Executor]) -> None:
    """Processes and threads, one or several, agree to the last bit, and with one process alone to 1e-10."""
    alone, *found = [trained(executor, **TRAININGS[name]) for executor in (None, *pools)]
    assert all(one == found[0] for one in found)
    assert close(alone, found[0])
    assert alone[0].evaluations == found[0][0].evaluations
    assert alone[1] != state(executors.network())


LOSSES: dict[str, tuple[Callable[[list[Any], list[Any]], Any], int, st.SearchStrategy[Any]]] = {
    "mse": (losses.mse, 1, st.floats(-2.0, 2.0)),
    "vectors": (losses.mse, 3, st.lists(st.floats(-2.0, 2.0), min_size=3, max_size=3)),
    "huber": (losses.huber, 1, st.floats(-2.0, 2.0)),
    "logits": (losses.binary_cross_entropy_with_logits, 1, st.integers(0, 1)),
    "classes": (losses.cross_entropy, 3, st.integers(0, 2)),
}


@given(st.data(), st.sampled_from(sorted(LOSSES)), st.integers(1, 3 * SHARDS), st.integers(0, 99))
@settings(max_examples=15)
def test_order_repetition_and_forgetting_change_nothing(data: Any, name: str, count: int, seed: int) -> None:
    """Tasks in any order, done twice, by workers that forget: the same bits; and as one process to 1e-10."""
    loss, nout, target = LOSSES[name]
    number = st.floats(-2.0, 2.0)
    samples = data.draw(st.lists(st.tuples(number, number), min_size=count, max_size=count))
    targets = data.draw(st.lists(target, min_size=count, max_size=count))
    size = data.draw(st.none() | st.integers(max(1, count // 6), count))

    def run(executor: Executor | None) -> tuple[History, list[float]]:
        model = MLP(2, [3, nout], "tanh", seed=seed)
        sgd = optim.SGD(model.parameters(), lr=0.05)
        how: dict[str, Any] = {"epochs": 2, "batch_size": size, "seed": seed, "progress": False, "executor": executor}
        return fit(model, loss, samples, targets, optimizer=sgd, **how), state(model)

    one, other = run(executors.Moody(seed)), run(executors.Moody(seed + 1))
    assert one == other
    assert close(run(None), one)


def test_data_and_model_travel_once_to_each_worker() -> None:
    """After a first step, tasks carry the numbers of the parameters, a key for model and shard, and the rows, no more."""
    one = ThreadPoolExecutor(1)
    sent: list[list[int]] = []

    class Counting(Executor):
        def submit(self, f: Any, /, *args: Any, **options: Any) -> Any:
            sent[-1].append(len(pickle.dumps(args)))
            return one.submit(f, *args, **options)

    model = MLP(2, [10, 1], "tanh", seed=1)
    points = [[float(i), 1.0] for i in range(500)]
    sent.append([])
    with one:
        fit(
            model,
            losses.mse,
            points,
            [0.5] * 500,
            epochs=3,
            executor=Counting(),
            progress=False,
            callbacks=lambda *_: sent.append([]),
        )
    first, second, third, _ = sent
    assert len(second) == len(third) == SHARDS
    numbers, rows = 8 * len(model.parameters()), 8 * len(points) / SHARDS
    assert max(second + third) < numbers + rows + 500
    assert sum(first) > 2000 * 30  # two floats and a target each
    assert sum(size > numbers + rows + 500 for size in first) == SHARDS


def test_the_result_of_a_callback_reaches_the_workers(pools: list[Executor]) -> None:
    """What a callback changes in the model besides its parameters, workers see in the next epoch."""

    def anneal(model: Any, history: History) -> None:
        model.scale = 1.0 / (1.0 + len(history.loss))

    alone, *found = [
        trained(executor, model=executors.Scaled(), callbacks=anneal, batch_size=30) for executor in (None, *pools)
    ]
    assert all(close(alone, one) and one == found[0] for one in found)
    assert not close(alone, trained(None, model=executors.Scaled(), batch_size=30))


def test_a_loss_may_use_the_model(pools: list[Executor]) -> None:
    """A loss with weight decay, given the model by partial, is differentiated with respect to the same parameters."""
    found = []
    for executor in (None, *pools[1:]):
        model = executors.network()
        found.append(trained(executor, partial(executors.with_decay, model), model=model))
    assert all(close(found[0], one) for one in found)


def test_gradients_of_what_is_not_optimised_accumulate_as_without(pools: list[Executor]) -> None:
    """Parameters that the optimiser does not have keep their numbers, and their gradients are summed over the steps."""
    found = []
    for executor in (None, pools[1]):
        model = executors.network()
        sgd = optim.SGD(model.parameters()[-2:], lr=0.1)
        fit(model, losses.mse, POINTS, TARGETS, optimizer=sgd, epochs=3, progress=False, executor=executor)
        assert state(model)[:-2] == state(executors.network())[:-2]
        found.append([parameter.grad for parameter in model.parameters()])
    assert found[0] == pytest.approx(found[1], rel=1e-10)


@pytest.mark.parametrize("batch_size", [None, 20])
def test_a_loss_that_is_no_mean_is_refused(batch_size: int | None, pools: list[Executor]) -> None:
    """A sum, or a loss with parameters of the program's own, would be wrong by worker: an error before the first step."""
    for loss, what in (
        (partial(losses.mse, reduction="sum"), "their mean loss of"),
        (lambda outputs, targets: losses.mse(outputs, targets) * len(outputs), "their mean loss of"),
    ):
        model = executors.network()
        with pytest.raises(ValueError, match=f"compute something else than this process: {what}.*reduction='mean'"):
            trained(pools[-1], loss, model=model, batch_size=batch_size)
        assert state(model) == state(executors.network())
    with pytest.raises(ZeroDivisionError):  # fails for few samples, so it is none of each
        trained(pools[-1], lambda *pairs: losses.mse(*pairs) if len(pairs[0]) > 10 else 1 / 0, batch_size=batch_size)
    history, _ = trained(pools[-1], partial(losses.mse, reduction="sum"), batch_size=1, epochs=1)
    assert close((history, []), (trained(None, losses.mse, batch_size=1, epochs=1)[0], []))


def test_a_parameter_that_is_a_variable_of_the_program_is_refused(pools: list[Executor]) -> None:
    """A worker has its own variable, to which no gradient of this process would come: an error, not a wrong gradient."""
    model = executors.network()
    sgd = optim.SGD([*model.parameters(), executors.STRENGTH], lr=0.1)
    with pytest.raises(ValueError, match="compute something else than this process: their gradients of"):
        fit(model, executors.with_strength, POINTS, TARGETS, optimizer=sgd, executor=pools[0], progress=False)
    assert (state(model), executors.STRENGTH.data) == (state(executors.network()), 0.5)


def test_what_cannot_be_pickled_is_told(monkeypatch: pytest.MonkeyPatch, pools: list[Executor]) -> None:
    """With cloudpickle lambdas train as they do alone; without it, and for what was computed, an error says what to do."""
    model = MLP(2, [3, 1], lambda x: x / (1.0 + x * x), seed=1)
    cases: list[Any] = [
        {"loss": lambda outputs, targets: losses.mse(outputs, targets)},
        {"model": MLP(2, [3, 1], lambda x: x / (1.0 + x * x), seed=1)},
    ]
    assert close(trained(None, model=model), trained(pools[1], **cases[1]))
    assert close(trained(None), trained(pools[1], **cases[0]))
    computed = executors.Scaled()
    computed.scale = Value(2.0) * 1.0  # type: ignore[assignment]  # on purpose
    with pytest.raises(TypeError, match=r"the model and the loss cannot be sent.*it was computed"):
        trained(pools[1], model=computed)
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    for case in cases:
        with pytest.raises(TypeError, match=r"cannot be sent to workers.*install cloudpickle.* at the top of a module"):
            trained(pools[1], **case)


@pytest.mark.parametrize(
    ("executor", "message"),
    [(3, "got 3"), (ThreadPoolExecutor, r"make one, ThreadPoolExecutor\(\)"), (type("Client", (), {"get_executor": 1})(), r"write client.get_executor\(\)")],
    ids=["number", "class", "client"],
)  # fmt: skip
def test_what_is_no_executor_is_refused(executor: Any, message: str) -> None:
    """Anything else is named, with what to write instead."""
    with pytest.raises(TypeError, match=f"the executor is one of concurrent.futures.*{message}"):
        trained(executor)


class Spoilt(Module):
    """f(w·x) for one weight, which a callback spoils."""

    def __init__(self, f: Any) -> None:
        self.f, self.w = f, Value(0.5, label="w")

    def forward(self, x: Any) -> Any:  # noqa: D102 - says the class
        return self.f(self.w * x[0])


@pytest.mark.parametrize(
    ("bad", "f"), [(1e300, exp), (-1.0, log), (1e200, lambda u: u * u * u), (0.0, lambda u: u**0.5)]
)
def test_a_divergence_is_the_same_as_without(bad: float, f: Any) -> None:
    """Epoch, batch, node and numbers of the error, its history, and the parameters before the step."""

    def spoil(model: Any, history: History) -> None:
        if len(history.loss) == 2:
            model.w.data = bad

    found = []
    for executor in (None, executors.Moody(1)):
        model = Spoilt(f)
        samples, targets = [[1.0 + i / 100.0] for i in range(60)], [0.0] * 60
        with pytest.raises(DivergedError) as caught:
            fit(model, losses.mse, samples, targets, optimizer=optim.SGD([model.w], lr=1e-9), callbacks=spoil, batch_size=20, seed=1, executor=executor)  # fmt: skip
        assert state(model) == [bad]
        found.append((str(caught.value), [float(f"{x:.10g}") for x in caught.value.history.loss]))
    assert found[0] == found[1]
    assert "epoch 3, batch 1" in found[0][0]
    assert len(found[0][1]) == 2


def test_a_step_that_is_not_finite_is_told() -> None:
    """A learning rate without measure is an error of its step, and the parameters are those before it."""
    model = executors.network()
    sgd = optim.SGD(model.parameters(), lr=1e308)
    with pytest.raises(DivergedError, match="epoch 1, batch 1: the step of SGD makes"):
        fit(model, losses.mse, [[9.0, 9.0]] * 30, [99.0] * 30, optimizer=sgd, executor=executors.Moody(1))
    assert state(model) == state(executors.network())


def test_an_error_of_the_worker_alone_is_told(pools: list[Executor]) -> None:
    """Where this process can compute what a worker cannot, the error has the worker's traceback and the history."""
    with pytest.raises(WorkerError, match=r"epoch 1, batch 1: a worker fails where this process does not: LookupError: no such") as caught:  # fmt: skip
        trained(pools[1], executors.failing_elsewhere)
    assert "failing_elsewhere" in str(caught.value.__cause__)
    assert caught.value.history == History()
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.history) == (str(caught.value), History())


def test_a_broken_pool_is_told_and_training_can_go_on() -> None:
    """When its processes are killed, the error has the history so far, and a new executor goes on from there."""
    model = executors.network()
    sgd, after = optim.SGD(model.parameters(), lr=0.1), list[list[float]]()

    def kill(_: Module, history: History) -> None:
        after.append(state(model))
        if len(history.loss) == 2:
            for process in list(pool._processes.values()):
                process.kill()
                process.join()

    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(
            WorkerError, match=r"stopped in epoch 3, batch 1: the executor has failed with \w*Broken"
        ) as caught,
    ):
        fit(model, losses.mse, POINTS, TARGETS, optimizer=sgd, epochs=9, callbacks=kill, executor=pool)
    assert len(caught.value.history.loss) == 2
    assert state(model) == after[-1]
    fit(model, losses.mse, POINTS, TARGETS, optimizer=sgd, epochs=1, executor=executors.Moody(1))
    assert state(model) == trained_plainly(3)
    with ThreadPoolExecutor(1) as over:
        pass
    with pytest.raises(
        WorkerError, match="epoch 1, batch 1: the executor has failed with RuntimeError: cannot schedule"
    ):
        trained(over)


def trained_plainly(epochs: int) -> list[float]:
    model = executors.network()
    sgd = optim.SGD(model.parameters(), lr=0.1)
    fit(model, losses.mse, POINTS, TARGETS, optimizer=sgd, epochs=epochs, executor=executors.Moody(3))
    return state(model)


@pytest.mark.parametrize("place", ["clip", "metric", "callback"])
def test_ctrl_c_returns_the_history_so_far(place: str, pools: list[Executor]) -> None:
    """Wherever it comes, the whole epochs are returned, and the pool goes on to work."""
    left = {"clip": 8, "metric": 3, "callback": 3}

    def count(name: str) -> float:
        left[name] -= 1
        if name == place and left[name] == 0:
            signal.raise_signal(signal.SIGINT)
        return 0.0

    history, _ = trained(
        pools[1],
        batch_size=20,
        epochs=9,
        clip=lambda _: count("clip"),
        metrics={"zero": lambda *_: count("metric")},
        callbacks=lambda *_: count("callback"),
    )
    assert history.interrupted is True
    assert len(history.loss) == len(history.metrics["zero"]) == (3 if place == "callback" else 2)
    assert trained(pools[1]) == trained(pools[-1])


INTERRUPTED = """
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from autograd_lite import nn
from autograd_lite.data import moons
from autograd_lite.train import fit

if __name__ == "__main__":
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        while len({asked.result() for asked in [pool.submit(os.getpid) for _ in range(50)]}) < 2:
            pass  # until both have started: while Python starts, Ctrl-C ends it with a word
        for epochs in (100_000, 1):
            model = nn.MLP(2, [3, 1], "tanh", seed=1)
            loss, told = nn.losses.binary_cross_entropy_with_logits, lambda *_: print("epoch", flush=True)
            history = fit(model, loss, *moons(60, seed=1), epochs=epochs, executor=pool, callbacks=told)
            print(history.interrupted, len(history.loss) > 0, flush=True)
"""


@pytest.mark.unix
def test_ctrl_c_in_a_terminal_leaves_the_pool_alive(ctrl_c: None) -> None:
    """The signal reaches the workers too; they go on, silently, and serve the next training."""
    command = [sys.executable, "-W", "error", "-c", INTERRUPTED]
    with running(command, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "epoch\n"
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    assert [line for line in out.split("\n") if line != "epoch"] == ["True True", "False True", ""]


@pytest.mark.long
@pytest.mark.unix
def test_a_dask_worker_that_dies_loses_nothing() -> None:
    """On a cluster of processes, one killed in the middle of an epoch: the history to the last bit, as with threads."""
    from distributed import Client, LocalCluster

    def run(executor: Executor, **options: Any) -> tuple[History, list[float]]:
        model = MLP(2, [3, 1], lambda x: x / (1.0 + x * x), seed=1)
        how: dict[str, Any] = {
            "epochs": 6,
            "batch_size": 30,
            "seed": 1,
            "metrics": [losses.accuracy],
            "progress": False,
        }
        loss, (X, y) = losses.binary_cross_entropy_with_logits, moons(90, seed=1)  # noqa: N806 - X is a matrix
        return fit(model, loss, X, y, executor=executor, **how, **options), state(model)

    with (
        ThreadPoolExecutor(2) as threads,
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        found = run(client.get_executor())
        killed: list[int] = []

        def kill(_: Module, history: History) -> None:
            if len(history.loss) in (2, 4):
                victim = min(client.run(os.getpid).values())
                killed.append(victim)
                threading.Timer(0.02, os.kill, (victim, signal.SIGKILL)).start()

        assert run(client.get_executor(), callbacks=kill) == found == run(threads)
        assert len(set(killed)) == 2
