"""The page to watch a training on: one file, with the data, the programs, and the scripts that stand in this folder.

Texts that somebody chose stand in the data alone, and the page shows them as text. Its Content-Security-Policy allows
its own scripts, and those of the stepper that it opens, and no request.
"""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from autograd_lite.train.kept import Trained
from autograd_lite.train.watch.content import Content
from autograd_lite.train.watch.steppers import steppers
from autograd_lite.views.steps.page import slim
from autograd_lite.views.steps.page.javascript import data
from autograd_lite.views.steps.page.page import asset as shared, policy

MOST_BYTES = 400_000  # of the page: what others leave is the stepper's
SHARED = ("unpacked", "numbers")  # the scripts of the stepper that this page has too
OWN = (  # in this order
    "random", "optimizers", "maps", "objective", "training",
    "state", "painting", "network", "boundary", "losses", "inspector", "stepper", "bar", "main",
)  # fmt: skip
UNPACK = '{ const told = document.getElementById("data"); told.textContent = unpacked(told.textContent); }'


def page(history: Trained, **options: Any) -> str:
    """The page of a training, as HTML; `options` as those of `Content`. The same training gives the same bytes."""
    content = Content(history, **options)
    told = content.data()
    parts = [slim.script(shared(f"script/{name}.js")) for name in SHARED]
    parts += [UNPACK, content.scripts(), *(slim.script(asset(f"script/{name}.js")) for name in OWN)]
    script, style = "\n".join(['"use strict";', *parts]), slim.style(asset("watch.css"))
    written = slim.packed(data(told)[:-1])  # but for its end, since the stepper gets the room that this leaves
    rest = asset("page.html")
    size = sum(len(text.encode()) for text in (rest, script, style, written))
    found, single = steppers(content.judged, content.features, MOST_BYTES - size)
    opened = [each for each in found if each]
    more: dict[str, Any] = {"stepper": None}
    if opened:
        told_of: dict[str, list[Any]] = {
            "places": [each and each.places for each in found],
            "stepper": [each and each.packed for each in found],
        }
        more = {name: part[0] if single else part for name, part in told_of.items()}  # otherwise one for each target
    written += f",{data(more)[1:]}"
    framed = dict.fromkeys(digest for each in opened for digest in each.allowed)
    return rest.format(
        policy=policy([script], [style], framed),
        title=escape(content.title),
        style=style,
        data=written,
        script=script,
    )


@cache
def asset(name: str) -> str:
    """A file that stands in this folder: the page's markup, style or script."""
    return (files("autograd_lite.train.watch") / name).read_text(encoding="utf-8")
