"""`autograd-lite train`: train a network on a data set, report on it, write it to a file, draw what it decides."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from autograd_lite import data, nn, optim
from autograd_lite.data import DataError, Dataset
from autograd_lite.engine.files import check_writable, kind_of
from autograd_lite.engine.lazy import require
from autograd_lite.engine.text import readable
from autograd_lite.nn.storage import require_safetensors
from autograd_lite.train.loop import fit
from autograd_lite.views.console import console, tell

GENERATED: dict[str, Callable[[int], data.Points]] = {
    "moons": lambda seed: data.moons(200, seed=seed),
    "circles": lambda seed: data.circles(200, noise=0.1, seed=seed),
    "spirals": lambda seed: data.spirals(200, seed=seed),
    "blobs": lambda seed: data.blobs(200, seed=seed),
}
MOST_PRODUCTS = 5_000_000  # of weights and samples in one step, about 2 GB
LIBRARY = {"iris": "load_iris", "wine": "load_wine", "breast_cancer": "load_breast_cancer"}  # scikit-learn's


def add_commands(commands: Any) -> None:
    """Add `train` to the command line."""
    known = ", ".join([*GENERATED, *data.GATES, *LIBRARY])
    train = commands.add_parser(
        "train",
        help="train a network on a data set, report how good it is, save it, draw its decision boundary",
        description=f"Train a network to tell classes apart. Data sets: {known}; or a CSV file with a class in its "
        "last column. A quarter of the samples is held out for testing.",
    )
    train.add_argument("data", metavar="DATA", help="a data set, or a file that ends in .csv")
    train.add_argument(
        "--hidden", default="16,16", metavar="N,N", help="sizes of hidden layers (default 16,16; '': none)"
    )
    train.add_argument("--activation", default="tanh", metavar="NAME", help="tanh (default), relu, sigmoid or another")
    train.add_argument("--epochs", type=int, default=100, metavar="N", help="passes through all samples (default 100)")
    train.add_argument("--batch-size", type=int, default=16, metavar="N", help="samples per step (default 16)")
    train.add_argument("--lr", type=float, default=0.02, metavar="X", help="learning rate of Adam (default 0.02)")
    train.add_argument("--seed", type=int, default=0, metavar="N", help="seed of all random choices (default 0)")
    train.add_argument("--test", type=float, metavar="X", help="share of samples to hold out (default 0.25; gates 0)")
    train.add_argument("--target", metavar="COLUMN", help="the column of a CSV file with the class")
    train.add_argument("--out", metavar="FILE", help="write the model to a safetensors file")
    train.add_argument("--plot", metavar="FILE", help="draw the decision boundary; the data must have two columns")
    train.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> int:
    if options.epochs < 0 or options.batch_size < 1:
        raise DataError("--epochs must be at least 0, and --batch-size at least 1")
    dataset = _read(options)
    count, classes = len(dataset.X), len(dataset.classes)
    share = options.test if options.test is not None else 0.0 if options.data in data.GATES else 0.25
    train, test = data.split(dataset.X, dataset.y, share, seed=options.seed)
    if not train[0]:
        raise DataError(f"all {count} samples are held out: lower --test")
    _check_files(options, len(dataset.features))
    _check_size(options, len(dataset.features), min(options.batch_size, len(train[0])))
    rows, means, scales = data.standardized(train[0])
    model = _network(options, len(dataset.features), classes)
    loss = nn.losses.binary_cross_entropy_with_logits if classes == 2 else nn.losses.cross_entropy
    steps = max(1, options.epochs * -(-len(rows) // options.batch_size))
    optimizer = optim.Adam(model.parameters(), lr=optim.cosine(options.lr, steps, end=0.1 * options.lr))
    out = console()
    names = readable(", ".join(dataset.classes if classes <= 8 else [*dataset.classes[:7], "…"]))
    told = f"{count} samples of {len(dataset.features)} numbers, {classes} classes ({names})"
    tell(out, f"{options.data}: {told}; {len(rows)} to train on, {len(test[0])} held out", "bold")
    tell(out, f"{model.describe()}, {len(model.parameters()):,} parameters")
    history = fit(
        model,
        loss,
        rows,
        train[1],
        optimizer=optimizer,
        epochs=options.epochs,
        batch_size=options.batch_size,
        seed=options.seed,
        metrics=[nn.losses.accuracy],
    )
    _take_raw_inputs(model, means, scales)
    word, seconds = "interrupted after" if history.interrupted else "after", (history.seconds or [0.0])[-1]
    tell(out, f"{word} {len(history.loss)} epochs, {seconds:.1f} s")
    for what, (samples, targets) in (("trained on:", train), ("held out:  ", test)):
        if samples:
            tell(out, f"{what} {_judged(model, loss, samples, targets)}", "bold")
    if options.out is not None:
        nn.save(model, options.out)
        tell(out, f"the model is in {options.out}: autograd_lite.nn.load({options.out!r})")
    if options.plot is not None:
        _plot(model, dataset, options.plot)
        tell(out, f"the decision boundary is in {options.plot}")
    return 130 if history.interrupted else 0


def _network(options: argparse.Namespace, nin: int, classes: int) -> Any:
    """A new network: one output for two classes, otherwise one for each class."""
    nouts = [*_sizes(options.hidden), 1 if classes == 2 else classes]
    try:
        return nn.MLP(nin, nouts, options.activation, init="xavier", seed=options.seed)
    except TypeError as error:  # an operation of two operands
        raise DataError(f"--activation: {error}") from None


def _judged(model: Any, loss: Callable[[Any, Any], Any], samples: list[Any], targets: list[Any]) -> str:
    """How good a model is on some samples."""
    outputs = nn.evaluate(model, samples)
    return f"accuracy {100.0 * nn.losses.accuracy(outputs, targets):5.1f} %, loss {loss(outputs, targets):.4g}"


def _read(options: argparse.Namespace) -> Dataset:
    """The data set with the given name."""
    name = options.data
    if name.lower().endswith(".csv"):
        dataset = data.read_csv(name, options.target)
        if len(dataset.classes) > max(2, len(dataset.y) // 2):
            raise DataError(
                f"{name} has {len(dataset.classes)} classes in {len(dataset.y)} rows: "
                "name another column with --target; this command predicts classes, not numbers"
            )
        return dataset
    if options.target is not None:
        raise DataError("--target names a column of a CSV file")
    if name in GENERATED or name in data.GATES:
        rows, labels = GENERATED[name](options.seed) if name in GENERATED else data.gate(name)
        return Dataset(rows, labels, ["x₁", "x₂"], ["class 0", "class 1"])
    if name in LIBRARY:
        require("sklearn", name, "scikit-learn")
        from sklearn import datasets

        found = getattr(datasets, LIBRARY[name])()
        return Dataset(
            found.data.tolist(), found.target.tolist(), list(found.feature_names), list(map(str, found.target_names))
        )
    known = ", ".join([*GENERATED, *data.GATES, *LIBRARY])
    raise DataError(f"no data set {name!r}: choose {known}, or a file that ends in .csv")


def _check_files(options: argparse.Namespace, columns: int) -> None:
    """Raise an error for a file that cannot be written now, not after the training."""
    check_writable([options.out, options.plot], read=[options.data])
    if options.out is not None:
        kind_of(options.out, "safetensors")
        require_safetensors()
    if options.plot is not None:
        from autograd_lite.plots import kind_of as kind_of_plot

        if columns != 2:
            raise DataError(f"--plot needs data with two columns, to draw them in a plane; there are {columns}")
        kind_of_plot(options.plot)


def _sizes(text: str) -> list[int]:
    """The sizes of the hidden layers, '16,16'; none of ''."""
    sizes = [part.strip() for part in text.split(",")] if text.strip() else []
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= 10_000 for part in sizes):
        raise DataError(f"--hidden is a list of sizes such as 16,16, up to 10000, got {text!r}")
    return list(map(int, sizes))


def _check_size(options: argparse.Namespace, nin: int, batch: int) -> None:
    """Raise an error for a network that would fill the memory: each weight is an object, and each sample's product."""
    sizes = [nin, *_sizes(options.hidden)]
    weights = sum(inputs * outputs for inputs, outputs in pairwise(sizes)) + sizes[-1]
    if weights * batch > MOST_PRODUCTS:
        raise DataError(
            f"--hidden {options.hidden} makes about {weights:,} weights, too many for {batch} samples at once, number "
            "by number: choose smaller layers, or a smaller --batch-size"
        )


def _take_raw_inputs(model: Any, means: list[float], scales: list[float]) -> None:
    """Make the first layer take the data unscaled: w·(x - m)/s + b = (w/s)·x + (b - w·m/s)."""
    for neuron in model.layers[0].neurons:
        for weight, mean, scale in zip(neuron.w, means, scales, strict=True):
            weight.data /= scale
            neuron.b.data -= weight.data * mean


def _plot(model: Any, dataset: Dataset, path: str) -> None:
    from autograd_lite import plots

    names, classes = ([*map(readable, texts)] for texts in (dataset.features, dataset.classes))

    def draw(figure: Any) -> None:
        plots.decision_boundary(model, dataset.X, dataset.y, ax=figure.subplots(), names=names, classes=classes)

    plots.save(path, draw)
