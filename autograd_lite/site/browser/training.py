"""What the page of the trainings asks: what a file was understood as, and a training with its page to watch it on.

The same functions train the examples when the site is built.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import pairwise
from time import perf_counter
from typing import Any

from autograd_lite import data
from autograd_lite.data import DataError, Dataset
from autograd_lite.data.files import columns, parsed
from autograd_lite.engine.text import counted
from autograd_lite.nn import Module
from autograd_lite.optim import SGD, Adam
from autograd_lite.train.history import History
from autograd_lite.train.task import Task, built_in, held_out, sizes

KEPT = 200  # epochs for the page
MOST_LETTERS = 1_000_000  # of a file
MOST_EPOCHS = 10_000  # each is told to the page, which draws all losses anew
MOST_PARAMETERS = 2_000  # of a network
MOST_PRODUCTS = 20_000_000  # of weights, samples and epochs: some minutes in a browser
OPTIMIZERS: dict[str, Callable[[list[Any], float], Any]] = {
    "Adam": Adam,
    "SGD": SGD,
    "momentum": lambda parameters, lr: SGD(parameters, lr, momentum=0.9),
}
Tell = Callable[[Any], object]


def dataset(name: str, seed: int = 0) -> Dataset:
    """A data set by its name: those of the command, and `sine`, numbers to predict.

    >>> len(dataset("sine").X)
    60
    """
    if name == "sine":
        xs, ys = data.curve(lambda x: math.sin(math.pi * x), 60, low=-1.5, high=1.5, noise=0.12, seed=seed)
        return Dataset([[x] for x in xs], ys, ["x"], [])
    return built_in(name, seed)


def table(text: str, name: str, target: str | None, kind: str, tell: Tell) -> dict[str, Any]:
    r"""What a CSV file was understood as; with an `error` in it, its columns, from which another target can be chosen.

    >>> found = table("mass,fruit\n180,apple\n86,mandarin", "fruit.csv", None, "", print)
    >>> found["columns"], found["target"], found["kind"]
    (['mass', 'fruit'], 'fruit', 'classes')
    """
    del tell
    _check_length(text, name)
    names = columns(text, name)
    found: dict[str, Any] = {"columns": names, "target": target if target in names else names[-1]}
    try:
        read = _read(text, name, found["target"], kind)
    except DataError as error:
        return {**found, "error": str(error)}
    classes = read.classes if len(read.classes) <= 8 else [*read.classes[:7], "…"]
    what = f"{len(read.classes)} classes ({', '.join(classes)})" if classes else "a number to predict"
    return {
        **found,
        "kind": "classes" if classes else "numbers",
        "rows": len(read.X),
        "told": f"{counted(len(read.X), 'row')} of {counted(len(read.features), 'number')}, and {what}",
        "read_as": read.read_as,
    }


def training(
    source: str,
    choices: dict[str, Any],
    tell: Tell,
    text: str = "",
    target: str | None = None,
    kind: str = "",
) -> dict[str, Any]:
    """Train a network, and make the page to watch it on; after each epoch it is told how far it is.

    `source` is a data set, or the name of the file with such `text`. `choices` are those of the form.
    """
    read = _read(text, source, target, kind) if text else dataset(source, choices["seed"])
    task = task_of(read, choices, 0.25 if text else held_out(source))
    started = perf_counter()

    def say(_: Module, history: History) -> None:
        done = len(history.loss)
        left = (perf_counter() - started) / done * (task.epochs - done)
        tell({"epoch": done, "epochs": task.epochs, "loss": history.loss[-1], "left": left})

    tell({"words": "The first epoch is being computed …"})
    history = task.fit(keep=KEPT, callbacks=say, progress=False)
    tell({"words": "Trained. The page to watch it on is being made, which takes some seconds …"})
    page = history.to_html(**task.page(source))
    task.unscale()
    model = {name: getattr(array, "tolist", lambda a=array: a)() for name, array in task.model.state_dict().items()}
    return {
        "page": page,
        "title": task.page(source)["title"],
        "judged": [f"{what}: {' '.join(said.split())}" for what, said in task.judged().items()],
        "losses": history.loss,
        "seconds": perf_counter() - started,
        "model": json.dumps(model, indent=1),  # a text, since a number may be infinite, for which JavaScript has none
        "made_by": f"nn.MLP({task.sizes[0]}, {task.sizes[1:]}, {choices['activation']!r})",
    }


def task_of(read: Dataset, choices: dict[str, Any], test: float) -> Task:
    """A data set with the choices of the form, or an error that says what is too large for a browser."""
    optimizer, epochs = choices["optimizer"], choices["epochs"]
    if optimizer not in OPTIMIZERS:
        raise DataError(f"no optimizer {optimizer!r}: choose {', '.join(OPTIMIZERS)}")
    for what in ("epochs", "batch"):
        if not isinstance(choices[what], int) or choices[what] < 1:
            raise DataError(f"{what} is a whole number from 1, got {choices[what]!r}")
    hidden = sizes(choices["hidden"])
    every = [len(read.features), *hidden, len(read.classes) if len(read.classes) > 2 else 1]
    weights = sum((before + 1) * after for before, after in pairwise(every))
    if weights > MOST_PARAMETERS:
        raise DataError(
            f"this network has {weights:,} parameters, and one that is trained in a page up to {MOST_PARAMETERS:,}: "
            "choose smaller hidden layers, or train it on your machine"
        )
    if (products := weights * len(read.X) * epochs) > MOST_PRODUCTS:
        few = max(1, MOST_PRODUCTS // (weights * len(read.X)))
        raise DataError(
            f"{weights:,} parameters, {len(read.X):,} rows and {epochs:,} epochs are {products / MOST_PRODUCTS:,.1f} "
            f"times what is trained in a page in some minutes: choose up to {few:,} epochs, smaller hidden layers or "
            "fewer rows, or train it on your machine"
        )
    if epochs > MOST_EPOCHS:
        raise DataError(f"{epochs:,} epochs are more than a page can show: choose up to {MOST_EPOCHS:,}")
    return Task(
        read,
        hidden,
        choices["activation"],
        test=test,
        epochs=epochs,
        batch_size=choices["batch"],
        seed=choices["seed"],
        optimizer=lambda parameters, _: OPTIMIZERS[optimizer](parameters, choices["rate"]),
    )


def _read(text: str, name: str, target: str | None, kind: str) -> Dataset:
    _check_length(text, name)
    regression = {"classes": False, "numbers": True}.get(kind)
    return parsed(text, name, target, regression=regression)


def _check_length(text: str, name: str) -> None:
    if len(text) > MOST_LETTERS:
        raise DataError(
            f"{name} has {len(text):,} letters, and a page trains on up to {MOST_LETTERS:,}: take fewer rows"
        )
