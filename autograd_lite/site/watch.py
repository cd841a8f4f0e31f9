"""The trainings: networks that one watches learn, trained when the site is built; and a form that trains others there.

Each is a page in the site's frame, watch/NAME.html, and the file that the command would write, watch/alone/NAME.html.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from html import escape
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from autograd_lite.engine.files import write_whole
from autograd_lite.site.browser.training import KEPT, OPTIMIZERS, dataset, task_of
from autograd_lite.site.shell import Site, asset
from autograd_lite.site.stills import still
from autograd_lite.train.task import GENERATED, LIBRARY, held_out

CHOICES: dict[str, Any] = {
    "hidden": "8,8",
    "activation": "tanh",
    "optimizer": "Adam",
    "rate": 0.03,
    "batch": 16,
    "epochs": 60,
    "seed": 0,
}
ACTIVATIONS = ("tanh", "relu", "sigmoid", "leaky_relu", "softplus", "sin")


@dataclass(frozen=True)
class Example:
    """A training that the site shows: its data, its choices, and what there is to see."""

    name: str
    title: str
    look: str  # what to look at
    data: str
    choices: dict[str, Any] = field(default_factory=dict)
    axes: tuple[int, int] = (0, 1)  # the inputs that the small picture shows

    @property
    def all_choices(self) -> dict[str, Any]:
        """The choices with those that are the form's own."""
        return CHOICES | self.choices

    @property
    def address(self) -> str:
        """Where the form trains it anew: the choices as the address of the page."""
        return f"index.html#{urlencode({'data': self.data} | self.all_choices, safe=',')}"


EXAMPLES = (
    Example(
        "xor",
        "XOR",
        "Four points that no straight line separates. Each hidden unit folds the plane along one line: "
        "find the two folds that do the work.",
        "xor",
        {"hidden": "4", "rate": 0.1, "batch": 4, "epochs": 120, "seed": 2},
    ),
    Example(
        "moons",
        "Two moons",
        "The boundary starts straight and bends into an S. Run it, and see which unit’s map turns first.",
        "moons",
        {"hidden": "8", "rate": 0.05},
    ),
    Example(
        "circles",
        "A ring around a disc",
        "The network must close a curve: watch straight folds join into a polygon around the inner class.",
        "circles",
        {"hidden": "6", "rate": 0.05},
    ),
    Example(
        "spirals",
        "Two spirals",
        "The hardest one here. The second layer sees what the first has bent: compare the maps of the two layers.",
        "spirals",
        {"hidden": "12,6", "rate": 0.04, "epochs": 70},
    ),
    Example(
        "iris",
        "Three kinds of iris",
        "Four measurements, three classes, one output for each. Choose which two inputs span the picture.",
        "iris",
        {"hidden": "6", "rate": 0.05, "epochs": 40},
        (2, 3),
    ),
    Example(
        "sine",
        "A curve through noise",
        "A number to predict instead of a class. Each unit gives one bend; the sum of the bends is the curve.",
        "sine",
        {"hidden": "8", "rate": 0.05, "epochs": 120},
    ),
    Example(
        "dead",
        "Too large a step",
        "Rectified linear units and a learning rate of 2: some units die in the first epochs and never learn again. "
        "They are hatched; lower the rate and begin anew.",
        "moons",
        {"hidden": "6", "activation": "relu", "optimizer": "SGD", "rate": 2.0, "epochs": 30, "seed": 1},
    ),
    Example(
        "plateau",
        "Stuck, for a while",
        "XOR once more, by two sigmoid units: the loss stays where all outputs are one half. "
        "Go on training in the page, and see it leave.",
        "xor",
        {"hidden": "2", "activation": "sigmoid", "optimizer": "SGD", "rate": 1.0, "batch": 4, "epochs": 250},
    ),
)


def write(folder: Path, site: Site, tell: Callable[[str], object]) -> list[str]:
    """Write the pages of the trainings; what they lack, in words."""
    here = folder / "watch"
    (here / "alone").mkdir(parents=True, exist_ok=True)
    shown = [each for each in EXAMPLES if each.data not in LIBRARY or find_spec("sklearn")]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as two:
        for example, (page, picture) in zip(shown, two.map(made, shown), strict=True):
            tell(example.title)
            write_whole(here / "alone" / f"{example.name}.html", page.encode())
            write_whole(here / f"{example.name}.svg", picture)
    for place, example in enumerate(shown):
        write_whole(here / f"{example.name}.html", _framed(site, shown, place).encode())
    write_whole(here / "index.html", _gallery(site, shown).encode())
    missing = sorted({each.data for each in EXAMPLES} - {each.data for each in shown})
    return [f"the training on {name} needs scikit-learn: pip install scikit-learn" for name in missing]


def made(example: Example) -> tuple[str, bytes]:
    """The page of an example, and its small picture."""
    choices = example.all_choices
    task = task_of(dataset(example.data, choices["seed"]), choices, held_out(example.data))
    history = task.fit(keep=KEPT, progress=False)
    return history.to_html(**task.page(example.title)), still(history, task.classes, example.axes)


def _framed(site: Site, shown: list[Example], place: int) -> str:
    """The page of an example: what to look at, the training in a frame, and where else to go."""
    example = shown[place]
    around = [shown[place - 1], shown[(place + 1) % len(shown)]]
    links = "".join(
        f'<a class="{kind}" rel="{kind}" href="{each.name}.html"><span class="eyebrow">{word}</span><br>'
        f"{escape(each.title)}</a>"
        for kind, word, each in zip(("prev", "next"), ("before", "next"), around, strict=True)
    )
    anew = f'<a href="{escape(example.address)}">Train it with other choices</a>'
    if example.data in LIBRARY:
        anew = (
            f"Its data come from scikit-learn, which is not in the browser’s Python: this one goes on training in the "
            f"page, and is trained anew by <code>autograd-lite train {example.data} --html FILE</code> on your machine."
        )
    body = asset("training.html").format(
        title=escape(example.title), look=escape(example.look), name=example.name, anew=anew, around=links
    )
    return site.page(f"watch/{example.name}.html", f"{example.title} · autograd_lite", body, styles=["trainings"])


def _gallery(site: Site, shown: list[Example]) -> str:
    """The page with all trainings, and the form that trains others."""
    cards = "".join(
        f'<li><a href="{each.name}.html"><img src="{each.name}.svg" width="320" height="240" alt="{_seen(each)}">'
        f"<b>{escape(each.title)}</b></a><p>{escape(each.look)}</p></li>"
        for each in shown
    )
    known = [*GENERATED, "sine", "xor", "and", "or", "nand", "nor", "xnor"]
    body = asset("watch.html").format(
        cards=cards,
        data=_options(known, "moons"),
        activations=_options(ACTIVATIONS, CHOICES["activation"]),
        optimizers=_options(OPTIMIZERS, CHOICES["optimizer"]),
        **{name: CHOICES[name] for name in ("hidden", "rate", "batch", "epochs", "seed")},
    )
    return site.page(
        "watch/index.html", "Watch a network learn · autograd_lite", body, modules=["watch"], styles=["trainings"]
    )


def _seen(example: Example) -> str:
    """What the small picture shows, for those who do not see it."""
    if example.data == "sine":
        return "points around a sine wave, and the learned curve through them"
    return f"the points of {escape(example.title)} and the boundary between the classes that the network has learned"


def _options(names: Any, chosen: str) -> str:
    return "".join(f"<option{' selected' if name == chosen else ''}>{name}</option>" for name in names)
