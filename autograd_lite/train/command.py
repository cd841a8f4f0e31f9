"""`autograd-lite train`: train a network on a data set, report on it, write it to a file, draw what it decides."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from autograd_lite import data, optim
from autograd_lite.data import DataError, Dataset
from autograd_lite.engine.files import check_writable, kind_of
from autograd_lite.engine.text import readable
from autograd_lite.nn import save
from autograd_lite.nn.storage import require_safetensors
from autograd_lite.train.task import NAMES, Task, built_in, held_out, sizes
from autograd_lite.views.console import console, tell

KEPT = 200  # epochs for the page


def add_commands(commands: Any) -> None:
    """Add `train` to the command line."""
    known = ", ".join(NAMES)
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
    _check_files(options, len(dataset.features), classes)
    task = Task(
        dataset,
        sizes(options.hidden),
        options.activation,
        test=options.test if options.test is not None else held_out(options.data),
        epochs=options.epochs,
        batch_size=options.batch_size,
        seed=options.seed,
        optimizer=lambda parameters, steps: optim.Adam(
            parameters, lr=optim.cosine(options.lr, steps, end=0.1 * options.lr)
        ),
    )
    out = console()
    names = readable(", ".join(dataset.classes if classes <= 8 else [*dataset.classes[:7], "…"]))
    kinds = f"{classes} classes ({names})" if classes else "each with a number to predict"
    told = f"{count} samples of {len(dataset.features)} numbers, {kinds}"
    tell(out, f"{options.data}: {told}; {len(task.rows)} to train on, {len(task.test[0])} held out", "bold")
    if dataset.read_as:
        tell(out, f"read as {dataset.read_as}")
    tell(out, f"{task.model.describe()}, {len(task.model.parameters()):,} parameters")
    history = task.fit(keep=KEPT if options.html else 0)
    task.unscale()
    word, seconds = "interrupted after" if history.interrupted else "after", (history.seconds or [0.0])[-1]
    tell(out, f"{word} {len(history.loss)} epochs, {seconds:.1f} s")
    for what, judged in task.judged().items():
        tell(out, f"{what + ':':11} {judged}", "bold")
    if options.out is not None:
        save(task.model, options.out)
        tell(out, f"the model is in {options.out}: autograd_lite.nn.load({options.out!r})")
    if options.plot is not None:
        _plot(task, options.plot)
        tell(out, f"the decision boundary is in {options.plot}")
    if options.html is not None:
        history.save_html(options.html, **task.page(os.path.basename(options.data)))
        tell(out, f"the page to watch it on is in {options.html}")
        if options.open:
            import webbrowser

            webbrowser.open(Path(options.html).resolve().as_uri())
    return 130 if history.interrupted else 0


def _read(options: argparse.Namespace) -> Dataset:
    """The data set with the given name."""
    name = options.data
    if name.lower().endswith(".csv"):
        told = {name: getattr(options, name) for name in ("header", "decimal", "regression")}
        delimiter = "\t" if options.delimiter in ("tab", "\\t") else options.delimiter
        return data.read_csv(name, options.target, delimiter=delimiter, **told)
    for told_of_csv in ("target", "header", "delimiter", "decimal", "regression"):
        if getattr(options, told_of_csv) is not None:
            raise DataError(f"--{told_of_csv} is for CSV files: {name!r} is none")
    return built_in(name, options.seed)


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


def _plot(task: Task, path: str) -> None:
    from autograd_lite import plots

    names, classes = ([*map(readable, texts)] for texts in (task.dataset.features, task.dataset.classes))

    def draw(figure: Any) -> None:
        plots.decision_boundary(
            task.model,
            *task.train,
            held=task.test if task.test[0] else None,
            confidence="softmax" if len(classes) > 2 else "sigmoid",
            ax=figure.subplots(),
            names=names,
            classes=classes,
        )

    plots.save(path, draw)
