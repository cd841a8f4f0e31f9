"""`autograd-lite train`: train a network on a data set, report on it, write it to a file, draw what it decides."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
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
KEPT = 200  # epochs for the page
MOST_PRODUCTS = 5_000_000  # of weights and samples in one step, about 2 GB
LIBRARY = {"iris": "load_iris", "wine": "load_wine", "breast_cancer": "load_breast_cancer"}  # scikit-learn's


def add_commands(commands: Any) -> None:
    """Add `train` to the command line."""
    known = ", ".join([*GENERATED, *data.GATES, *LIBRARY])
    train = commands.add_parser(
        "train",
        help="train a network on a data set, report how good it is, save it, draw its decision boundary",
        description=f"Train a network to tell classes apart, or to predict a number. Data sets: {known}; or a CSV file "
        "with a class or a number in its last column. A quarter of the samples is held out for testing.",
    )
    flag = argparse.BooleanOptionalAction
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
    told = train.add_argument_group("CSV files", "What is not told is guessed, and the report says how.")
    told.add_argument("--target", metavar="COLUMN", help="the column with the class or number to learn (default: last)")
    told.add_argument("--header", action=flag, help="whether the first row names the columns")
    told.add_argument("--delimiter", metavar="CHARACTER", help="what separates the columns, such as ';', or tab")
    told.add_argument("--decimal", choices=(".", ","), help="the decimal sign")
    told.add_argument("--regression", action=flag, help="whether the target is a number to predict, not a class")
    train.add_argument("--out", metavar="FILE", help="write the model to a safetensors file")
    train.add_argument("--plot", metavar="FILE", help="draw the decision boundary; the data must have two columns")
    train.add_argument("--html", metavar="FILE", help="write a page to watch the training on, and to go on with it")
    train.add_argument("--open", action="store_true", help="open that page in the browser")
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
    _check_files(options, len(dataset.features), classes)
    _check_size(options, len(dataset.features), min(options.batch_size, len(train[0])))
    rows, means, scales = data.standardized(train[0])
    targets, center, size = train[1], 0.0, 1.0
    if not classes:
        column, (center,), (size,) = data.standardized([target] for target in train[1])
        targets = [target for (target,) in column]
    model = _network(options, len(dataset.features), classes)
    loss = _loss(classes)
    steps = max(1, options.epochs * -(-len(rows) // options.batch_size))
    optimizer = optim.Adam(model.parameters(), lr=optim.cosine(options.lr, steps, end=0.1 * options.lr))
    out = console()
    names = readable(", ".join(dataset.classes if classes <= 8 else [*dataset.classes[:7], "…"]))
    kinds = f"{classes} classes ({names})" if classes else "each with a number to predict"
    told = f"{count} samples of {len(dataset.features)} numbers, {kinds}"
    tell(out, f"{options.data}: {told}; {len(rows)} to train on, {len(test[0])} held out", "bold")
    if dataset.read_as:
        tell(out, f"read as {dataset.read_as}")
    tell(out, f"{model.describe()}, {len(model.parameters()):,} parameters")
    history = fit(
        model,
        loss,
        rows,
        targets,
        optimizer=optimizer,
        epochs=options.epochs,
        batch_size=options.batch_size,
        seed=options.seed,
        metrics=[nn.losses.accuracy] if classes else [],
        validation=_standardized(test, means, scales, center, size) if options.html and test[0] else None,
        keep=KEPT if options.html else 0,
    )
    _take_raw_inputs(model, means, scales)
    _give_raw_outputs(model, center, size)
    word, seconds = "interrupted after" if history.interrupted else "after", (history.seconds or [0.0])[-1]
    tell(out, f"{word} {len(history.loss)} epochs, {seconds:.1f} s")
    for what, (samples, targets) in (("trained on:", train), ("held out:  ", test)):
        if samples:
            judged = _judged(model, loss, samples, targets) if classes else _measured(model, samples, targets)
            tell(out, f"{what} {judged}", "bold")
    if options.out is not None:
        nn.save(model, options.out)
        tell(out, f"the model is in {options.out}: autograd_lite.nn.load({options.out!r})")
    if options.plot is not None:
        _plot(model, train, test, dataset, options.plot)
        tell(out, f"the decision boundary is in {options.plot}")
    if options.html is not None:
        _watch(history, dataset, options, (means, scales))
        tell(out, f"the page to watch it on is in {options.html}")
        if options.open:
            import webbrowser

            webbrowser.open(Path(options.html).resolve().as_uri())
    return 130 if history.interrupted else 0


def _watch(
    history: Any, dataset: Dataset, options: argparse.Namespace, scaled: tuple[list[float], list[float]]
) -> None:
    """Write the page, its numbers as the network had them, which are standardized."""
    sizes = [len(dataset.features), *_nouts(options, len(dataset.classes))]
    history.save_html(
        options.html,
        title=f"{os.path.basename(options.data)}, learned by {' → '.join(map(str, sizes))}",
        features=dataset.features,
        classes=dataset.classes if len(dataset.classes) > 1 else (),
        standardized=scaled,
        standardized_target=not dataset.classes,
    )


def _nouts(options: argparse.Namespace, classes: int) -> list[int]:
    """The sizes of the layers: the last has one output for a number or two classes, otherwise one for each class."""
    return [*_sizes(options.hidden), classes if classes > 2 else 1]


def _network(options: argparse.Namespace, nin: int, classes: int) -> Any:
    try:
        return nn.MLP(nin, _nouts(options, classes), options.activation, init="xavier", seed=options.seed)
    except TypeError as error:  # an operation of two operands
        raise DataError(f"--activation: {error}") from None


def _loss(classes: int) -> Callable[[Any, Any], Any]:
    losses: dict[int, Callable[[Any, Any], Any]] = {0: nn.losses.mse, 2: nn.losses.binary_cross_entropy_with_logits}
    return losses.get(classes, nn.losses.cross_entropy)


def _judged(model: Any, loss: Callable[[Any, Any], Any], samples: list[Any], targets: list[Any]) -> str:
    """How good a model is on some samples."""
    outputs = nn.evaluate(model, samples)
    return f"accuracy {100.0 * nn.losses.accuracy(outputs, targets):5.1f} %, loss {loss(outputs, targets):.4g}"


def _measured(model: Any, samples: list[Any], targets: list[float]) -> str:
    """How far a model's numbers are from the targets, and the share of their variance that it explains."""
    outputs = nn.evaluate(model, samples)
    error = nn.losses.mse(outputs, targets)
    mean = sum(targets) / len(targets)
    spread = nn.losses.mse([mean] * len(targets), targets)
    return f"root mean square error {error**0.5:.4g}{f', R² {1.0 - error / spread:.3f}' if spread else ''}"


def _read(options: argparse.Namespace) -> Dataset:
    """The data set with the given name."""
    name = options.data
    if name.lower().endswith(".csv"):
        told = {name: getattr(options, name) for name in ("header", "decimal", "regression")}
        delimiter = "\t" if options.delimiter in ("tab", "\\t") else options.delimiter
        dataset = data.read_csv(name, options.target, delimiter=delimiter, **told)
        if len(dataset.classes) > max(2, len(dataset.y) // 2):
            raise DataError(
                f"{name} has {len(dataset.classes)} classes in {len(dataset.y)} rows: "
                "name another column with --target; numbers are predicted with --regression"
            )
        return dataset
    for told_of_csv in ("target", "header", "delimiter", "decimal", "regression"):
        if getattr(options, told_of_csv) is not None:
            raise DataError(f"--{told_of_csv} is for CSV files: {name!r} is none")
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


def _check_files(options: argparse.Namespace, columns: int, classes: int) -> None:
    """Raise an error for a file that cannot be written now, not after the training."""
    check_writable([options.out, options.plot, options.html], read=[options.data])
    if options.open and options.html is None:
        raise DataError("--open opens the page that --html FILE writes")
    if options.html is not None:
        kind_of(options.html, "html")
    if options.out is not None:
        kind_of(options.out, "safetensors")
        require_safetensors()
    if options.plot is not None:
        from autograd_lite.plots import kind_of as kind_of_plot

        if not classes:
            raise DataError("--plot draws the boundary between classes, and these targets are numbers")
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


def _standardized(
    points: tuple[list[Any], list[Any]], means: list[float], scales: list[float], center: float, size: float
) -> tuple[list[Any], list[Any]]:
    """Samples and targets on the scale of those to train on."""
    rows = [[(x - m) / s for x, m, s in zip(row, means, scales, strict=True)] for row in points[0]]
    return rows, points[1] if (center, size) == (0.0, 1.0) else [(y - center) / size for y in points[1]]


def _take_raw_inputs(model: Any, means: list[float], scales: list[float]) -> None:
    """Make the first layer take the data unscaled: w·(x - m)/s + b = (w/s)·x + (b - w·m/s)."""
    for neuron in model.layers[0].neurons:
        for weight, mean, scale in zip(neuron.w, means, scales, strict=True):
            weight.data /= scale
            neuron.b.data -= weight.data * mean


def _give_raw_outputs(model: Any, mean: float, scale: float) -> None:
    """Make the last layer, which is linear, give the targets unscaled: s·(w·x + b) + m = (s·w)·x + (s·b + m)."""
    for neuron in model.layers[-1].neurons:
        for weight in neuron.w:
            weight.data *= scale
        neuron.b.data = neuron.b.data * scale + mean


def _plot(model: Any, train: Any, test: Any, dataset: Dataset, path: str) -> None:
    from autograd_lite import plots

    names, classes = ([*map(readable, texts)] for texts in (dataset.features, dataset.classes))

    def draw(figure: Any) -> None:
        plots.decision_boundary(
            model,
            *train,
            held=test if test[0] else None,
            confidence="softmax" if len(classes) > 2 else "sigmoid",
            ax=figure.subplots(),
            names=names,
            classes=classes,
        )

    plots.save(path, draw)
