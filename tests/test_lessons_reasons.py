"""A claim that fails says why: for random parameters of every lesson that runs in a moment, in every shape of the report."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from random import Random
from typing import Any

import pytest

from autograd_lite.lessons import LESSONS
from autograd_lite.lessons.lesson import Parameter
from autograd_lite.views.columns import literal

DEAR = ("L06", "L07", "L12", "L13", "L19", "L24", "L25", "L27", "L28")  # seconds for some parameters
COUNTS = {"L10": 1, "L15": 2, "L17": 2, "L23": 3, "L26": 3, "L30": 3}  # what fits into the time of the tests
FAILING: list[tuple[str, dict[str, Any]]] = [  # what fails, and cannot but fail
    ("L09", {"steps": 1}),
    ("L21", {"eta": 0}),
    ("L21", {"eta": 100}),
    ("L24", {"hidden": 1}),
]
CHEAP = [name for name in LESSONS if name not in DEAR and LESSONS[name].parameters]


def drawn(parameter: Parameter, random: Random) -> Any:
    """An allowed value: an end, the default, or anything between; often a small number."""
    if parameter.words:
        return random.choice(parameter.words)
    low, high = parameter.limits.low, parameter.limits.high
    small = max(low, min(high, round(random.uniform(-5.0, 5.0), 1)))
    value = random.choice([low, high, parameter.default, small, random.uniform(low, high)])
    return int(value) if parameter.kind is int else value


def check(name: str, given: dict[str, Any]) -> int:
    """The number of claims that fail; each has a reason, the rest of a sentence, in each shape of the report."""
    outcome = LESSONS[name](**given)
    failed = [claim for claim, holds in outcome.claims.items() if not holds]
    for claim in failed:
        reason = outcome.reason(claim)
        assert re.fullmatch(r": \S.{3,}[^.\s]", reason), (outcome.name, claim, reason)
        assert claim + reason in str(outcome)
        assert literal(claim + reason) in outcome._repr_markdown_()
        assert escape(claim + reason) in replace(outcome, graph=None, figure=None).to_html()
    return len(failed)


@pytest.mark.parametrize("name", CHEAP)
def test_a_failed_claim_has_its_reason(name: str) -> None:
    """Whatever parameters are chosen, a claim that does not hold says why in the rest of its sentence."""
    random = Random(name)
    for _ in range(COUNTS.get(name, 10)):
        check(name, {p.name: drawn(p, random) for p in LESSONS[name].parameters.values()})


@pytest.mark.parametrize(("name", "given"), FAILING)
def test_what_cannot_hold(name: str, given: dict[str, Any]) -> None:
    """One step, none, too long a one, or too small a network: the lesson fails, with its reasons."""
    assert check(name, given) >= 1
