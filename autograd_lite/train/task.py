"""What `train` and the site make of a data set: samples to train on and held out, a network that fits, loss, optimiser.

The network learns standardized numbers. Afterwards it can be made to take and to give those of the data.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from autograd_lite import data, nn, optim
from autograd_lite.data import DataError, Dataset
from autograd_lite.engine.lazy import require
from autograd_lite.optim import Optimizer
from autograd_lite.train.history import History
from autograd_lite.train.loop import fit

GENERATED: dict[str, Callable[[int], data.Points]] = {
    "moons": lambda seed: data.moons(200, seed=seed),
    "circles": lambda seed: data.circles(200, noise=0.1, seed=seed),
    "spirals": lambda seed: data.spirals(200, seed=seed),
    "blobs": lambda seed: data.blobs(200, seed=seed),
}
LIBRARY = {"iris": "load_iris", "wine": "load_wine", "breast_cancer": "load_breast_cancer"}  # scikit-learn's
NAMES = (*GENERATED, *data.GATES, *LIBRARY)
MOST_PRODUCTS = 5_000_000  # of weights and samples in one step, about 2 GB


def built_in(name: str, seed: int = 0) -> Dataset:
    """The data set of one of the `NAMES`; those that are generated are another for each seed.

    >>> built_in("xor").y
    [0, 1, 1, 0]
    """
    if name in GENERATED or name in data.GATES:
        rows, labels = GENERATED[name](seed) if name in GENERATED else data.gate(name)
        return Dataset(rows, labels, ["x₁", "x₂"], ["class 0", "class 1"])
    if name in LIBRARY:
        require("sklearn", name, "scikit-learn")
        from sklearn import datasets

        found = getattr(datasets, LIBRARY[name])()
        return Dataset(
            found.data.tolist(), found.target.tolist(), list(found.feature_names), list(map(str, found.target_names))
        )
    raise DataError(f"no data set {name!r}: choose {', '.join(NAMES)}, or a file that ends in .csv")


def held_out(name: str) -> float:
    """The share of the samples of a data set that is held out where nothing else is said: none of a gate's four."""
    return 0.0 if name in data.GATES else 0.25


def sizes(text: str) -> list[int]:
    """The sizes of the hidden layers; none of ''.

    >>> sizes("16,16")
    [16, 16]
    """
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= 10_000 for part in parts):
        raise DataError(f"hidden is a list of sizes such as 16,16, up to 10000, got {text!r}")
    return list(map(int, parts))


class Task:
    """A data set that a network is to learn: two classes by one output, more by one for each, a number by one.

    `train` and `test` are samples and targets as they are in the data, `rows` and `targets` those to train on,
    standardized. `optimizer` makes an optimiser of the parameters and the number of steps.

    >>> task = Task(built_in("moons"), [8], seed=1, epochs=2)
    >>> task.sizes, len(task.train[0]), len(task.test[0])
    ([2, 8, 1], 150, 50)
    >>> history = task.fit()
    >>> history.loss[1] < history.loss[0]
    True
    """

    def __init__(
        self,
        dataset: Dataset,
        hidden: list[int],
        activation: str = "tanh",
        *,
        test: float = 0.25,
        epochs: int = 100,
        batch_size: int = 16,
        seed: int = 0,
        optimizer: Callable[[list[Any], int], Optimizer] = lambda parameters, _: optim.Adam(parameters),
    ) -> None:
        self.dataset, self.epochs, self.batch_size, self.seed = dataset, epochs, batch_size, seed
        self.classes = len(dataset.classes)
        if self.classes > max(2, len(dataset.y) // 2):
            raise DataError(
                f"the target has {self.classes} classes in {len(dataset.y)} rows: "
                "choose another column as the target, or predict numbers (regression)"
            )
        self.train, self.test = data.split(dataset.X, dataset.y, test, seed=seed)
        if not self.train[0]:
            raise DataError(f"all {len(dataset.X)} samples are held out: lower the share of the test")
        outputs = self.classes if self.classes > 2 else 1
        self.sizes = [len(dataset.features), *hidden, outputs]
        self._check_size(hidden)
        self.rows, self.means, self.scales = data.standardized(self.train[0])
        self.targets, self.center, self.scale = self.train[1], 0.0, 1.0
        if not self.classes:
            column, (self.center,), (self.scale,) = data.standardized([target] for target in self.train[1])
            self.targets = [target for (target,) in column]
        try:
            self.model = nn.MLP(self.sizes[0], self.sizes[1:], activation, init="xavier", seed=seed)
        except TypeError as error:  # an operation of two operands
            raise DataError(f"activation: {error}") from None
        losses: dict[int, Callable[[Any, Any], Any]] = {0: nn.losses.mse, 2: nn.losses.binary_cross_entropy_with_logits}
        self.loss = losses.get(self.classes, nn.losses.cross_entropy)
        steps = max(1, epochs * -(-len(self.rows) // batch_size))
        self.optimizer = optimizer(self.model.parameters(), steps)

    def _check_size(self, hidden: list[int]) -> None:
        """Raise an error for a network that would fill the memory: each weight is an object, each sample's product."""
        weights = sum(inputs * outputs for inputs, outputs in pairwise(self.sizes[:-1])) + self.sizes[-2]
        batch = min(self.batch_size, len(self.train[0]))
        if weights * batch > MOST_PRODUCTS:
            raise DataError(
                f"hidden layers of {', '.join(map(str, hidden))} make about {weights:,} weights, too many for {batch} "
                "samples at once, number by number: choose smaller layers, or a smaller batch"
            )

    def fit(self, *, keep: int = 0, callbacks: Any = (), progress: bool = True) -> History:
        """Train; with `keep`, what is held out is judged after each epoch, for the page to watch it on."""
        held = None
        if keep and self.test[0]:
            rows = [[(x - m) / s for x, m, s in zip(row, self.means, self.scales, strict=True)] for row in self.test[0]]
            held = rows, self.test[1] if self.classes else [(y - self.center) / self.scale for y in self.test[1]]
        return fit(
            self.model,
            self.loss,
            self.rows,
            self.targets,
            optimizer=self.optimizer,
            epochs=self.epochs,
            batch_size=self.batch_size,
            seed=self.seed,
            metrics=[nn.losses.accuracy] if self.classes else [],
            validation=held,
            callbacks=callbacks,
            progress=progress,
            keep=keep,
        )

    def page(self, name: str) -> dict[str, Any]:
        """What `history.to_html` is told: names, and how the numbers are standardized."""
        return {
            "title": f"{name}, learned by {' → '.join(map(str, self.sizes))}",
            "features": self.dataset.features,
            "classes": self.dataset.classes if self.classes > 1 else (),
            "standardized": (self.means, self.scales),
            "standardized_target": not self.classes,
        }

    def unscale(self) -> None:
        """Make the network take and give the numbers of the data, once it is trained.

        The first layer: w·(x - m)/s + b = (w/s)·x + (b - w·m/s). The last, which is linear: s·(w·x + b) + m.
        """
        for neuron in self.model.layers[0].neurons:
            for weight, mean, scale in zip(neuron.w, self.means, self.scales, strict=True):
                weight.data /= scale
                neuron.b.data -= weight.data * mean
        for neuron in self.model.layers[-1].neurons:
            for weight in neuron.w:
                weight.data *= self.scale
            neuron.b.data = neuron.b.data * self.scale + self.center

    def judged(self) -> dict[str, str]:
        """How good the unscaled network is on the samples that it was trained on, and on those held out."""
        judge = self._accuracy if self.classes else self._error
        parts = {"trained on": self.train, "held out": self.test}
        return {what: judge(*part) for what, part in parts.items() if part[0]}

    def _accuracy(self, samples: list[Any], targets: list[Any]) -> str:
        outputs = nn.evaluate(self.model, samples)
        accuracy = 100.0 * nn.losses.accuracy(outputs, targets)
        return f"accuracy {accuracy:5.1f} %, loss {self.loss(outputs, targets):.4g}"

    def _error(self, samples: list[Any], targets: list[float]) -> str:
        """How far the numbers are from the targets, and the share of their variance that is explained."""
        outputs = nn.evaluate(self.model, samples)
        error = nn.losses.mse(outputs, targets)
        spread = nn.losses.mse([sum(targets) / len(targets)] * len(targets), targets)
        return f"root mean square error {error**0.5:.4g}{f', R² {1.0 - error / spread:.3f}' if spread else ''}"
