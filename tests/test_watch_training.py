"""The training that goes on in a page: the numbers of `fit` and of Python's generator, in a real browser."""

from __future__ import annotations

import json
from functools import partial
from random import Random
from typing import Any

import pytest
from browser import chromium, empty_page
from playwright.sync_api import Page
from watching import BCE, MOONS, TRAININGS, Recorded, binary, near, squares

from autograd_lite import nn, optim
from autograd_lite.nn import losses

browser = pytest.fixture(scope="module", name="browser")(chromium)
blank = pytest.fixture(scope="module", name="blank")(empty_page)


@pytest.mark.parametrize("name", TRAININGS)
def test_as_fit(blank: Page, name: str) -> None:
    """From the first parameters, 20 epochs in the page are those of `fit`, and so is their history."""
    recorded = TRAININGS[name]()
    found = blank.evaluate(
        recorded.call("""
      training.reset();
      const went = [...Array(20).keys()].map(() => training.runEpoch());
      const { losses, steps, stopped, unchanged } = training;
      return { went, losses, steps, stopped, unchanged, all: training.epochs().map((e) => [...training.parametersAt(e)]),
        memory: [...training.memory] };
    """)
    )
    assert all(found["went"])
    assert found["stopped"] == ""
    assert found["unchanged"] == 0
    assert found["all"] == [near(each) for each in recorded.numbers]
    assert found["memory"] == near(recorded.memories[-1])
    assert found["steps"] == recorded.data["kept"]["steps"][-1]
    assert found["losses"]["epochs"] == list(range(1, 21))
    assert found["losses"]["train"] == near(recorded.history.loss)
    assert found["losses"]["held"] == (
        near(recorded.history.metrics["validation_loss"]) if recorded.data["held"] else None
    )
    assert found["losses"]["metrics"] == {
        name: near(each) for name, each in recorded.history.metrics.items() if name != "validation_loss"
    }


@pytest.mark.parametrize("name", ["momentum", "three classes, Adam"])
def test_branching_is_going_on(blank: Page, name: str) -> None:
    """From an epoch that Python kept in 32 bits, the steps to the end are those of the recorded training."""
    recorded = TRAININGS[name]()
    found = blank.evaluate(
        recorded.call("""
      training.go(12);
      const shown = [...training.p], epochs = training.epochs().length;
      for (let k = 0; k < 8; k++) training.runEpoch();
      const going = [...training.p], { drift, losses, memory } = training;
      training.go(15);  // of its own epochs: to the last digit
      for (let k = 0; k < 3; k++) training.step();  // and somewhere in between
      const left = training.epochs();
      training.go(15);
      while (training.epoch < 20) training.step();
      return { shown, epochs, going, left, again: [...training.p], drift, losses, memory: [...memory] };
    """)
    )
    assert found["shown"] == near(recorded.numbers[12], 1e-6)
    assert found["epochs"] == 21
    assert found["drift"] < 1e-6
    assert found["left"] == list(range(16))
    assert found["going"] == near(recorded.numbers[20])
    assert found["memory"] == near(recorded.memories[20])
    assert found["again"] == found["going"]
    assert found["losses"]["train"] == near(recorded.history.loss)


def test_from_the_last_epoch(blank: Page) -> None:
    """Going on from the end needs no way to it: 20 epochs and 5 more are 25 of `fit`; few epochs may have been kept."""
    rule = partial(optim.SGD, lr=0.1, momentum=0.9)
    longer, recorded = binary(rule, batch=10, epochs=25), binary(rule, batch=10, kept=(0, 8, 16, 20))
    found = blank.evaluate(
        recorded.call("""
      training.go(20);
      const { behind } = training;
      for (let k = 0; k < 5; k++) training.runEpoch();
      const end = [...training.p], epochs = training.epochs();
      training.reset();
      training.go(19);
      const nearest = training.epoch;
      for (let k = nearest; k < 25; k++) training.runEpoch();
      return { behind, end, epochs, nearest, again: [...training.p], left: training.epochs() };
    """)
    )
    assert found["behind"] is None
    assert found["nearest"] == 16
    assert found["epochs"] == [0, 8, 16, *range(20, 26)]
    assert found["left"] == [0, 8, *range(16, 26)]
    assert [found["end"], found["again"]] == [near(longer.numbers[25])] * 2


def by_hand(recorded: Recorded, model: nn.MLP, plan: list[tuple[float, int]]) -> list[float]:
    """The parameters after epochs with momentum, each of a learning rate and a batch size of its own."""
    rule = optim.SGD(model.parameters(), momentum=0.9)
    rng, order, (points, y) = Random(5), list(range(33)), MOONS
    for lr, size in plan:
        rule.lr = lr
        if size < 33:
            rng.shuffle(order)
        for first in range(0, 33, size):
            batch = order[first : first + size]
            rule.zero_grad()
            BCE([model(points[i]) for i in batch], [y[i] for i in batch]).backward()
            rule.step()
    return [x.data for x in model.parameters()]


def test_settings_on_the_way(blank: Page) -> None:
    """Another learning rate and size of the batch count from the next step on; the way to where they are set does not."""
    recorded = binary(partial(optim.SGD, lr=0.1, momentum=0.9), batch=10)
    plan = [*[(0.1, 10)] * 3, (0.02, 10), (0.02, 33), (0.2, 33), (0.2, 4), (0.05, 50)]
    model = nn.MLP(2, [5, 4, 1], "tanh", seed=2, init="xavier")
    found = blank.evaluate(
        recorded.call(f"""
      Object.assign(training.settings, {{ lr: 7, batch: 1, noise: 3 }});
      training.go(3);
      for (const [lr, batch] of {json.dumps(plan[3:])}) {{
        Object.assign(training.settings, {{ lr, batch, noise: 0 }});
        if (!training.runEpoch()) return training.stopped;
      }}
      return [...training.p];
    """)
    )
    assert found == near(by_hand(recorded, model, plan))


def test_a_schedule(blank: Page) -> None:
    """The rates of a schedule are used again as long as no other one is set."""
    rates = optim.cosine(0.3, 60, end=0.01)
    recorded = binary(partial(optim.SGD, lr=rates, momentum=0.5), batch=10)
    found = blank.evaluate(
        recorded.call("training.go(4); while (training.epoch < 20) training.runEpoch(); return [...training.p];")
    )
    assert found == near(recorded.numbers[20])


def test_what_is_not_finite(blank: Page) -> None:
    """A step that leads nowhere is not done, and said; with a lower rate it goes on as if nothing had been."""
    recorded = binary(partial(optim.SGD, lr=0.1), batch=10)
    found = blank.evaluate(
        recorded.call("""
      training.reset();
      training.runEpoch();
      const before = [...training.p];
      training.settings.lr = 1e309;
      const went = training.step(), { stopped, epoch } = training, after = [...training.p];
      training.settings.lr = 0.1;
      while (training.epoch < 20) training.runEpoch();
      const then = training.stopped, end = [...training.p];
      training.settings.lr = 1e309;
      const last = training.step();
      training.go(20);
      const cleared = training.stopped;
      training.reset();
      training.recorded.lr = 1e309;  // nor does a way lead anywhere
      training.settings.lr = 0.1;
      training.go(3);
      const way = [training.runEpoch(), training.epoch, training.stopped.slice(0, 7)], shown = [...training.p];
      return { before, went, stopped, epoch, after, then, end, last, cleared, way, shown };
    """)
    )
    assert (found["went"], found["epoch"], found["after"]) == (False, 1, found["before"])
    assert found["stopped"].startswith("epoch 2, after 0 of 33 points: a parameter is not finite")
    assert (found["then"], found["last"], found["cleared"]) == ("", False, "")
    assert found["way"] == [False, 3, "epoch 1"]
    assert found["shown"] == near(recorded.numbers[3], 1e-6)
    assert found["end"] == near(recorded.numbers[20])


@pytest.mark.parametrize("name", ["all points", "three classes, Adam", "a penalty", "momentum"])
def test_losses_and_gradients(blank: Page, name: str) -> None:
    """At one point and over some: as `backward` has them; and the history of a parameter."""
    recorded = TRAININGS[name]()
    found = blank.evaluate(
        recorded.call("""
      training.go(20);
      const one = training.gradientAt(2), some = training.gradientMean([1, 3, 0]), all = training.gradientMean();
      const old = training.gradientAt(2, training.parametersAt(0));
      return { one, some: [some.loss, ...some.gradient], all: [all.loss, ...all.gradient], old: old.loss,
        over: training.lossOver(data.train), history: training.historyOf(4) };
    """)
    )
    model, loss, points, y = recorded.model, recorded.whole, recorded.data["train"]["x"], recorded.data["train"]["y"]

    def slopes(batch: Any) -> list[float]:
        model.zero_grad()
        value = loss([model(points[i]) for i in batch], [y[i] for i in batch])
        value.backward()
        return [value.data, *(x.grad for x in model.parameters())]

    assert [found["one"]["loss"], *found["one"]["gradient"][:-2]] == near(slopes([2]))
    assert found["some"] == near(slopes([1, 3, 0]))
    assert found["all"] == near(slopes(range(len(y))))
    outputs = nn.evaluate(model, points)
    accuracy = losses.accuracy(outputs, y) if recorded.data["classes"] else None
    assert found["over"] == {"loss": near(slopes(range(len(y)))[0]), "accuracy": accuracy and near(accuracy)}
    assert found["history"]["epochs"] == list(range(21))
    assert found["history"]["numbers"] == near([each[4] for each in recorded.numbers], 1e-6)


def test_it_lets_the_page_draw(blank: Page) -> None:
    """It goes on for some milliseconds or epochs at a time, on its way to an epoch too, and tells where it cannot."""
    recorded = binary(partial(optim.SGD, lr=0.1), batch=10)
    found = blank.evaluate(
        recorded.call("""
      const said = [], go = (...most) => said.push([training.advance(...most), training.behind?.epoch ?? null, training.epoch]);
      training.reset();
      go(1e4, 3);
      go(1e4, 2);
      go(0);  // one step, at least
      const { place } = training.now;
      training.reset();
      training.go(3);
      go(0);
      go(0);
      go(1e4, 1);
      training.settings.lr = Infinity;
      go(1e4);
      return [place, said];
    """)
    )
    said = [
        [True, None, 3],
        [True, None, 5],
        [True, None, 5],
        [True, 1, 3],
        [True, 2, 3],
        [True, None, 4],
        [False, None, 4],
    ]
    assert found == [10, said]


def test_it_remembers_only_so_much(blank: Page) -> None:
    """Of many epochs some are forgotten, evenly; the first and the latest are there, and each is as it was."""
    recorded = binary(partial(optim.SGD, lr=0.1), batch=10, epochs=60, kept=(0, 60))
    epochs, numbers = blank.evaluate(
        recorded.call("""
      training.reset();
      training.most = 20;
      for (let k = 0; k < 60; k++) training.runEpoch();
      return [training.epochs(), training.epochs().map((epoch) => [...training.parametersAt(epoch)])];
    """)
    )
    assert (epochs[0], epochs[-1]) == (0, 60)
    assert 10 <= len(epochs) <= 20
    assert numbers == [near(recorded.numbers[epoch]) for epoch in epochs]


def test_what_can_only_be_looked_at(blank: Page) -> None:
    """Without an optimiser that the page has, epochs are shown and none is added."""
    recorded = squares()
    recorded.data["optimizer"] = None
    found = blank.evaluate(
        recorded.call("""
      training.go(7);
      return [training.trains, [...training.p], training.step(), training.runEpoch(), training.advance(5), training.epoch];
    """)
    )
    assert found == [False, near(recorded.numbers[7], 1e-6), False, False, False, 7]
