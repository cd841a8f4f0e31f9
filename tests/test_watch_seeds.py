"""What follows from a seed in a page that shows a training: Python's own random numbers, weights, order and noise."""

from __future__ import annotations

import math
from functools import partial
from random import Random

import pytest
from browser import chromium, empty_page
from playwright.sync_api import Page
from watching import BCE, HELD, MOONS, PURE, Recorded, binary, near

from autograd_lite import Value, nn, optim
from autograd_lite.train import fit

browser = pytest.fixture(scope="module", name="browser")(chromium)
blank = pytest.fixture(scope="module", name="blank")(empty_page)

SEEDS = [0, 1, 2, 42, -7, 624, 2**31 - 1, 2**32 - 1, 2**32, 2**32 + 5, 2**53 - 1, *Random(0).sample(range(2**53), 20)]


def test_the_generator(blank: Page) -> None:
    """From any seed, and going on from any state, it gives what Python's gives."""
    expected, states, normal = [], [], []
    for seed in SEEDS:
        rng = Random(seed)
        for _ in range(abs(seed) % 700):  # the state is renewed after 624 words
            rng.random()
        states.append(rng.getstate()[1])
        lists = [list(range(n)) for n in (1, 2, 3, 33, 64, 100)]
        for each in lists:
            rng.shuffle(each)
        bits = [rng.getrandbits(k) for k in range(1, 54)]
        below = [rng.randrange(n) for n in (1, 2, 7, 1000, 2**31, 2**32 - 1)]
        expected.append([lists, bits, below, [rng.random(), rng.uniform(-3.0, 5.0)]])
        normal.append([rng.gauss(0.5, 2.0) for _ in range(6)])
    code = """({seeds, states}) => seeds.flatMap((seed, k) => {
      const first = new PythonRandom(seed);
      for (let i = Math.abs(seed) % 700; i > 0; i--) first.random();
      return [first, new PythonRandom(states[k]), first.copy()].map((rng) => {
        const lists = [1, 2, 3, 33, 64, 100].map((n) => [...Array(n).keys()]);
        lists.forEach((each) => rng.shuffle(each));
        const bits = [...Array(53).keys()].map((k) => rng.getrandbits(k + 1));
        const below = [1, 2, 7, 1000, 2 ** 31, 2 ** 32 - 1].map((n) => rng.randbelow(n));
        const exact = [lists, bits, below, [rng.random(), rng.uniform(-3, 5)]];
        const normal = [1, 2, 3, 4, 5].map(() => rng.gauss(0.5, 2));
        return [exact, [...normal, rng.copy().gauss(0.5, 2)]];  // the second of two that are drawn together
      });
    })"""
    found = blank.evaluate(f"(given) => {{ {PURE}\nreturn ({code})(given); }}", {"seeds": SEEDS, "states": states})
    assert [exact for exact, _ in found] == [each for each in expected for _ in range(3)]
    assert [each for _, each in found] == [near(each, 1e-14) for each in normal for _ in range(3)]


def test_noise(blank: Page) -> None:
    """Points are moved by normal numbers of Python's generator, in units of each feature's deviation; held ones stay."""
    recorded = binary(partial(optim.SGD, lr=0.1), batch=10)
    found = blank.evaluate(
        recorded.call("""
      const none = training.points() === data.train;
      training.settings.noise = 0.5;
      const { x, y } = training.points(), again = training.points().x === x;
      const held = training.lossOver(data.held).loss;
      training.runEpoch();
      const trained = training.losses.train.at(-1);
      training.settings.noise = 0;
      return { none, x, y, again, held, trained, back: training.points() === data.train };
    """)
    )
    columns = list(zip(*MOONS[0], strict=True))
    means = [math.fsum(c) / 33 for c in columns]
    spreads = [math.sqrt(math.fsum((v - m) ** 2 for v in c) / 33) for c, m in zip(columns, means, strict=True)]
    rng = Random(0)
    moved = [[v + 0.5 * s * rng.gauss(0.0, 1.0) for v, s in zip(x, spreads, strict=True)] for x in MOONS[0]]
    assert (found["none"], found["again"], found["back"]) == (True, True, True)
    assert found["x"] == [near(x) for x in moved]
    assert found["y"] == MOONS[1]
    model = nn.MLP(2, [5, 4, 1], "tanh", seed=2, init="xavier")
    assert found["held"] == near(float(BCE([model(x) for x in HELD[0]], HELD[1]).data))
    history = fit(
        model, BCE, moved, MOONS[1], optimizer=optim.SGD(model.parameters(), 0.1), epochs=1, batch_size=10,
        seed=Random(5), progress=False,
    )  # fmt: skip
    assert found["trained"] == near(history.loss[0])


@pytest.mark.parametrize("init", ["uniform", "xavier", "he", "zeros", "glorot"])
def test_another_seed(blank: Page, init: str) -> None:
    """First weights and order are those of `nn.MLP(…, seed=…)` and `fit(…, seed=…)`; recorded losses come back."""
    rule = {"he": partial(optim.Adagrad, lr=0.05, initial_accumulator_value=0.3)}.get(init, optim.Adam)
    model = nn.MLP(2, [5, 3, 1], "tanh", seed=2, init=init, bias=init != "uniform")
    recorded = Recorded(model, rule(model.parameters()), *MOONS, loss=BCE, held=HELD, batch=10, epochs=3)
    other = nn.MLP(2, [5, 3, 1], "tanh", seed=77, init=init, bias=init != "uniform")
    first, begins = [x.data for x in other.parameters()], float(BCE([other(x) for x in HELD[0]], HELD[1]).data)
    history = fit(
        other, BCE, *MOONS, optimizer=rule(other.parameters()), epochs=4, batch_size=10, seed=77,
        progress=False,
    )  # fmt: skip
    found = blank.evaluate(
        recorded.call("""
      training.reset(77);
      const { byPython } = training, first = [...training.p], begins = training.losses.held[0];
      for (let k = 0; k < 4; k++) training.runEpoch();
      const last = [...training.p], { epochs, train } = training.losses;
      training.reset();
      training.go(3);
      return { byPython, first, begins, last, epochs, train, back: training.losses, at: [...training.p] };
    """)
    )
    assert found["byPython"]
    assert found["first"] == near(first, 1e-15)
    assert found["begins"] == near(begins)
    assert found["last"] == near([x.data for x in other.parameters()])
    assert found["epochs"] == [0, 1, 2, 3, 4]
    assert found["train"][1:] == near(history.loss)
    assert found["back"]["train"] == recorded.history.loss
    assert found["at"] == recorded.numbers[3]


def test_another_seed_of_an_unknown_initialisation(blank: Page) -> None:
    """New weights are as large, in each layer, as the first ones were; biases that were 0 are 0."""
    model = nn.MLP(2, [30, 30, 1], "tanh", seed=2, init=lambda rng, n, _: rng.uniform(-3.0, 3.0) / n)
    for neuron in model.layers[1].neurons:
        neuron.b = Value(0.7)
    recorded = Recorded(model, optim.SGD(model.parameters(), 0.05), *MOONS, loss=BCE, epochs=1)
    found = blank.evaluate(
        recorded.call("training.reset(1); return [training.byPython, [...training.p], training.seed];")
    )
    by_python, drawn, seed = found
    assert (by_python, seed) == (False, 1)
    for layer in range(3):
        for bias in (False, True):
            places = [
                i for i, p in enumerate(recorded.data["parameters"])
                if p["layer"] == layer and (p["from"] is None) == bias
            ]  # fmt: skip
            before, after = ([math.hypot(*(each[i] for i in places))] for each in (recorded.numbers[0], drawn))
            assert after == pytest.approx(before, rel=0.3 if len(places) > 1 else 1.0)
