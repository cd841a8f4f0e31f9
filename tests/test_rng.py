"""The package's generator: what is made without a seed differs, and is the same in every process."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd_lite import data, nn, optim
from autograd_lite.engine.rng import as_rng, generator
from autograd_lite.train import fit


def weights(module: nn.Module) -> list[float]:
    """The numbers of all parameters."""
    return [parameter.data for parameter in module.parameters()]


def order(seed: Any) -> list[float]:
    """The order in which `fit` takes samples."""
    seen: list[float] = []
    model = nn.Neuron(1, "linear", init="zeros")

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        seen.extend(targets)
        return nn.losses.mse(outputs, targets)

    samples = [float(i) for i in range(12)]
    fit(model, loss, samples, samples, epochs=1, batch_size=5, seed=seed, progress=False)
    return seen


DRAWS: dict[str, Callable[[Any], Any]] = {
    "a neuron": lambda seed: weights(nn.Neuron(3, seed=seed)),
    "a layer": lambda seed: weights(nn.Layer(3, 2, init="he", seed=seed)),
    "a network": lambda seed: weights(nn.MLP(2, [3, 1], init="xavier", seed=seed)),
    "moons": lambda seed: data.moons(9, seed=seed),
    "circles": lambda seed: data.circles(9, seed=seed),
    "spirals": lambda seed: data.spirals(9, seed=seed),
    "blobs": lambda seed: data.blobs(9, seed=seed),
    "a curve": lambda seed: data.curve(abs, 9, seed=seed),
    "a split": lambda seed: data.split(range(9), range(9), seed=seed),
    "a search": lambda seed: optim.random_search(lambda x: x[0] + x[1], [0.0, 0.0], steps=9, seed=seed),
    "a training": order,
}


@pytest.mark.parametrize("name", DRAWS)
def test_what_is_drawn_without_a_seed(name: str) -> None:
    """It differs from draw to draw and repeats after manual_seed(n), where the first draw is that of seed=n."""
    draw = DRAWS[name]
    for seed in (0, 5):
        nn.manual_seed(seed)
        first, second = draw(None), draw(None)
        assert first == draw(seed) != second
        nn.manual_seed(seed)
        assert [draw(None), draw(None)] == [first, second]


@pytest.mark.parametrize("name", DRAWS)
def test_a_seed_leaves_the_generator_alone(name: str) -> None:
    """Draws with a number or a Random of their own take nothing from the generator, and nothing from Python's."""
    before, python = generator.getstate(), random.getstate()
    assert DRAWS[name](3) == DRAWS[name](random.Random(3)) == DRAWS[name](3)
    assert (generator.getstate(), random.getstate()) == (before, python)
    nn.manual_seed(4)
    alone = [DRAWS[name](None), DRAWS[name](None)]
    nn.manual_seed(4)
    between = [DRAWS[name](None), DRAWS[name](7), DRAWS[name](None)]
    assert [between[0], between[2]] == alone
    assert random.getstate() == python


def test_units_made_one_after_another_differ() -> None:
    """Neurons of a list, and layers of the same shape in a Sequential, start with different weights."""
    first, second = [nn.Neuron(2) for _ in range(2)]
    assert weights(first) != weights(second)
    model = nn.Sequential(nn.Layer(2, 2), nn.Layer(2, 2))
    assert weights(model.layers[0]) != weights(model.layers[1])


def test_what_needs_no_chance_draws_none(tmp_path: Path) -> None:
    """Model files, copies, weights that are zero, whole batches and points without an order leave the generator alone."""
    model = nn.Sequential(nn.MLP(2, [3, 2], "tanh"), nn.Layer(2, 2), nn.Layer.of([nn.Neuron(2), nn.Perceptron(2)]))
    before = generator.getstate()
    nn.save(model, tmp_path / "m")
    assert weights(nn.load(tmp_path / "m")) == weights(model)
    nn.load(tmp_path / "m", into=model)
    model.frozen()
    nn.MLP(2, [3, 1], init="zeros")
    nn.Perceptron(2).linear()
    nn.boolean_network([0, 1, 1, 0])
    nn.tower((0.0, 1.0), steepness=10.0)
    fit(nn.Neuron(2, init="zeros"), nn.losses.mse, *data.gate("or"), epochs=2, progress=False)
    assert generator.getstate() == before


def test_every_process_draws_the_same() -> None:
    """The same program prints the same numbers in two processes, whatever the seed of Python's hashes."""
    program = (
        "from autograd_lite import data, nn; print([p.data for n in (1, 2) for p in nn.MLP(2, [n, 1]).parameters()], "
        "data.moons(3), data.split(range(9), range(9)))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
    nn.manual_seed(0)
    assert printed.pop().startswith(str(weights(nn.MLP(2, [1, 1])))[:-1])


@pytest.mark.parametrize("bad", [None, 1.5, "1"])
def test_seeds_are_whole_numbers(bad: Any) -> None:
    """manual_seed takes whole numbers alone, and leaves the generator as it is for anything else."""
    before = generator.getstate()
    with pytest.raises(TypeError):
        nn.manual_seed(bad)
    assert generator.getstate() == before
    assert as_rng(None) is generator
