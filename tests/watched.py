"""A training to be watched in Chromium, and what the tests of its page ask of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from browser import Opened, Shown

from autograd_lite import nn, optim
from autograd_lite.data import moons
from autograd_lite.nn import losses
from autograd_lite.train import History, fit

EPOCHS, BATCH, RATE = 12, 8, 0.2
X, Y = moons(32, noise=0.1, seed=3)
HELD = moons(12, noise=0.1, seed=4)
LOSS = losses.binary_cross_entropy_with_logits


def model() -> nn.MLP:
    """A small network, untrained."""
    return nn.MLP(2, [4, 3, 1], "tanh", seed=2)


@cache
def trained(epochs: int = EPOCHS, rate: float = RATE) -> tuple[History, list[list[float]]]:
    """A training, and all parameters after each epoch."""
    net, kept = model(), []
    kept.append([x.data for x in net.parameters()])
    history = fit(
        net, LOSS, X, Y, optimizer=optim.SGD(net.parameters(), lr=rate), epochs=epochs, batch_size=BATCH, seed=5,
        validation=HELD, metrics=[losses.accuracy], keep=50, progress=False,
        callbacks=lambda *_: kept.append([x.data for x in net.parameters()]),
    )  # fmt: skip
    return history, kept


@cache
def page(**options: str) -> str:
    """The page of the training."""
    return trained()[0].to_html(**options)


def at(epoch: int) -> nn.MLP:
    """The network as it was after an epoch."""
    net = model()
    for x, number in zip(net.parameters(), trained()[1][epoch], strict=True):
        x.data = number
    return net


def watching(opened: Opened) -> Callable[..., Shown]:
    """Opens the page, or another one, at an address."""

    def go(address: str = "", html: str = "", **options: Any) -> Shown:
        one = opened(html or page(), **{"viewport": {"width": 1440, "height": 900}} | options)
        if address:
            one.page.goto(f"{one.address}#{address}")
            one.page.reload()
        return one

    return go


def epoch_of(one: Shown) -> int:
    """The epoch that is shown."""
    return int(one.text("#count b").removeprefix("epoch "))


def table(one: Shown) -> dict[str, str]:
    """The rows of the inspector: what each is called, and its number."""
    rows = one.page.locator("#gradients tr").all_inner_texts()
    return {re.sub(r" \(.*", "", name): number for name, number in (row.split("\t") for row in rows)}


def parameters(one: Shown) -> list[float]:
    """All parameters, as the page has them now."""
    return one.tells("[...view.p]")  # type: ignore[no-any-return]
