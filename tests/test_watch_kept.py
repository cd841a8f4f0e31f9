"""What a training keeps for its page: which epochs, with all that they need, also where it is stopped or diverges."""

from __future__ import annotations

import copy
import itertools
import pickle
import signal
import struct
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest
from histories import HISTORIES, LOGITS, penalty_history, trained

from autograd_lite import data, optim
from autograd_lite.nn import MLP, losses
from autograd_lite.train import DivergedError, History, fit
from autograd_lite.train.kept import Kept
from autograd_lite.train.watch.content import Content


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


def test_ctrl_c_and_executors(ctrl_c: None) -> None:
    """What was kept until Ctrl-C is there; with an executor the same is kept, up to rounding."""

    def stop(_: Any, history: History) -> None:
        if len(history.loss) == 3:
            signal.raise_signal(signal.SIGINT)

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
