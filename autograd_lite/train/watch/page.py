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
from autograd_lite.views.steps.page.page import asset as shared, policy, whole

MOST_BYTES = 400_000  # of the page: the kept epochs have what all else leaves, the stepper too
FEWEST_EPOCHS = 20  # that are kept where the stepper needs room
PLACES = 4_000  # bytes of where the leaves stand in the stepper, and of what the policy allows for it
SHARED = ("unpacked", "numbers", "clipboard")  # the scripts of the stepper that this page has too
OWN = (  # in this order
    "random", "optimizers", "maps", "objective", "training",
    "state", "painting", "network", "boundary", "losses", "inspector", "stepper", "bar", "main",
)  # fmt: skip
UNPACK = '{ const told = document.getElementById("data"); told.textContent = unpacked(told.textContent); }'


def page(history: Trained, **options: Any) -> str:
    """The page of a training, as HTML; `options` as those of `Content`. The same training gives the same bytes."""
    content = Content(history, **options)
    parts = [slim.script(shared(f"script/{name}.js")) for name in SHARED]
    parts += [UNPACK, content.scripts(), *(slim.script(asset(f"script/{name}.js")) for name in OWN)]
    script, style = "\n".join(['"use strict";', *parts]), slim.style(asset("watch.css"))
    title, body = escape(content.title), asset("page.html")
    left = MOST_BYTES - len(whole("", title, style, body + script).encode())
    written = _written(content)
    fewest = len(written.encode()) - content.spared(FEWEST_EPOCHS)
    found, single = steppers(content.judged, content.features, left - fewest - PLACES)
    opened = [each for each in found if each]
    more: dict[str, Any] = {"stepper": None}
    if opened:
        told_of: dict[str, list[Any]] = {
            "places": [each and each.places for each in found],
            "stepper": [each and each.packed for each in found],
        }
        more = {name: part[0] if single else part for name, part in told_of.items()}  # otherwise one for each target
    end = f",{data(more)[1:]}"
    framed = dict.fromkeys(digest for each in opened for digest in each.allowed)
    allowed = policy([script], [style], framed)
    left -= len(allowed.encode())
    while (over := len(written.encode()) + len(end) - left) > 0 and content.spare(over, FEWEST_EPOCHS):
        written = _written(content)
    written += end
    return whole(allowed, title, style, body.format(data=written, script=script))


def _written(content: Content) -> str:
    """What the page is told, but for its end, where the stepper stands."""
    return slim.packed(data(content.data())[:-1])


@cache
def asset(name: str) -> str:
    """A file that stands in this folder: the page's markup, style or script."""
    return (files("autograd_lite.train.watch") / name).read_text(encoding="utf-8")
