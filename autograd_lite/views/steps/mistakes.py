"""The mistakes that people make with the chain rule, each a row: what it would give, and what is said to it.

A formula takes numbers by the names of its parameters, those of `asked.py`, and is written with arithmetic alone, so
that numbers can pass through it, and JavaScript's text for the page. Where a name has several numbers (the derivatives
of the other factors, the paths), each is tried. In the words, {name} is the number, {(name)} the same in parentheses if
it is negative, {name of name} what it is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

from autograd_lite.engine.ieee import IeeeOperand
from autograd_lite.engine.text import shown
from autograd_lite.views.steps.asked import Case, Earlier, Kind, Question, agrees
from autograd_lite.views.steps.passes import Passes, Step

PLACE = re.compile(r"\{(\()?([\w ]+)\)?\}")


class Mistake(NamedTuple):
    """One row; `kinds` are the questions that it is a wrong answer to.

    `parts` says that only questions about units and pieces have its numbers (`neurons.js`, `levels.js`).
    """

    key: str
    kinds: str
    formula: Callable[..., Any]
    words: str
    parts: bool = False

    @property
    def needs(self) -> tuple[str, ...]:
        """The numbers that the formula takes."""
        code = self.formula.__code__
        return code.co_varnames[: code.co_argcount]


# fmt: off
MISTAKES = [
    Mistake("sign", "value local product sum gradient", lambda truth: -truth, "The size is right; the sign is not."),

    # The value of a node
    Mistake("operand", "value", lambda operand: operand, "{operand} is {name of operand} itself; asked is {text}."),
    Mistake("slope", "value", lambda slope: slope, "{slope} is the slope {name of slope}; asked is the value of {text}."),
    Mistake("plus", "value", lambda first, second: first + second, "{first} + {(second)} is the sum; {node} is {text}."),
    Mistake("times", "value", lambda first, second: first * second, "{first} × {(second)} is the product; {node} is {text}."),
    Mistake("minus", "value", lambda first, second: first - second, "{first} − {(second)} is the difference; {node} is {text}."),
    Mistake("over", "value", lambda first, second: first / second, "{first} / {(second)} is the quotient; {node} is {text}."),
    Mistake("swapped", "value", lambda swapped: swapped, "The operands of {text} have changed places."),
    Mistake("degrees", "value", lambda degrees: degrees, "That takes the angle for degrees; here angles are in radians."),
    Mistake("own value", "value", lambda own_value: own_value, "With your {name of own_value} this is right; go on with the number that is shown."),

    # The local derivative
    Mistake("value", "local", lambda value: value, "{value} is the value of {text} itself. Asked is its slope: how fast it changes with {operand}."),
    Mistake("at", "local", lambda number: number, "{number} is the value of {operand}. Asked is how fast {text} changes there."),
    Mistake("other", "local", lambda other: other, "{other} is the other derivative, {name of other}; asked is the one by {operand}."),
    Mistake("far", "local", lambda far: far, "The rule is right, its place is not: take the derivative at {operand} = {at}, not at {node} = {value}."),
    Mistake("upstream", "local", lambda upstream: upstream, "{upstream} is what has reached {node} from above; asked is only the slope of {text}."),
    Mistake("share", "local", lambda share: share, "{share} is upstream × local already; asked is the local derivative alone."),
    Mistake("reciprocal", "local", lambda local: 1.0 / local, "That is 1 over it: how fast {operand} changes with {node}."),
    Mistake("factor", "local", lambda local, exponent: local / exponent, "The exponent, {exponent}, comes down as a factor: it is missing."),
    Mistake("exponent", "local", lambda local, exponent, at: local * at, "The exponent becomes less by 1: here it has stayed as it was."),
    Mistake("degrees", "local", lambda degrees: degrees, "That takes the angle for degrees; here angles are in radians."),

    # Upstream times local
    Mistake("upstream", "product", lambda upstream: upstream, "{upstream} is the upstream alone: multiply by the local derivative of {text}."),
    Mistake("local", "product", lambda local: local, "{local} is the local derivative alone: multiply by what has reached {node}, {upstream}."),
    Mistake("sum", "product", lambda upstream, local: upstream + local, "That is upstream + local; along a path derivatives are multiplied."),
    Mistake("other", "product", lambda upstream, other: upstream * other, "That is upstream × {name of other}, the other derivative; asked is the one by {operand}."),
    Mistake("far", "product", lambda upstream, far: upstream * far, "The rule is right, its place is not: take the local derivative at {operand} = {at}, not at {node} = {value}."),
    Mistake("value", "product", lambda passed, value: passed * value, "That is upstream × {(value)}, the value of {text}; take its slope."),
    Mistake("at", "product", lambda upstream, number: upstream * number, "That is upstream × {(number)}, the value of {operand}; take the slope of {text}."),
    Mistake("value alone", "product", lambda value: value, "{value} is the value of {node}; asked is a derivative."),
    Mistake("over", "product", lambda upstream, local: upstream / local, "That is upstream / local; along a path derivatives are multiplied."),
    Mistake("under", "product", lambda upstream, local: local / upstream, "That is local / upstream; along a path derivatives are multiplied."),
    Mistake("factor", "product", lambda share, exponent: share / exponent, "In the local derivative, the exponent, {exponent}, comes down as a factor: it is missing."),
    Mistake("exponent", "product", lambda share, exponent, at: share * at, "In the local derivative, the exponent becomes less by 1: here it has stayed as it was."),
    Mistake("degrees", "product", lambda upstream, degrees: upstream * degrees, "That takes the angle for degrees; here angles are in radians."),
    Mistake("total", "product", lambda total: total, "{total} is the sum so far; asked is what this path alone brings."),
    Mistake("own local", "product", lambda upstream, own_local: upstream * own_local, "With your {own_local} for the local derivative this is right; it is {local}."),

    # The sum at a node that is used more than once, and the gradient of a leaf
    Mistake("last", "sum gradient", lambda last: last, "{last} is only the last share, through {name of last}: = where += is meant. The {uses} shares are added."),
    Mistake("one", "sum gradient", lambda one: one, "{one} is only the path through {name of one}; {operand} is used {uses} times, and all shares are added."),
    Mistake("missing", "sum gradient", lambda missing: missing, "The share through {name of missing} is missing."),
    Mistake("multiplied", "sum gradient", lambda multiplied: multiplied, "The shares are multiplied here; those of different paths are added."),
    Mistake("mean", "sum gradient", lambda mean: mean, "That is the mean of the shares; they are added."),
    Mistake("slopes", "sum gradient", lambda slopes: slopes, "The local derivatives alone are added here: each is first multiplied by its upstream."),
    Mistake("rest", "gradient", lambda rest: rest, "The factor {name of rest} is missing."),
    Mistake("reached", "gradient", lambda reached: reached, "{reached} is what has reached {node}: the local derivative of {text} is missing."),
    Mistake("alone", "gradient", lambda alone: alone, "{alone} is the local derivative of {text} alone: what has reached {node} is missing."),
    Mistake("factors", "sum gradient", lambda factors: factors, "The derivative of a product is not the product of the derivatives: (f·g)′ = f′·g + f·g′."),
    Mistake("at", "sum gradient", lambda at: at, "{at} is the value of {operand}; asked is how fast {root} changes with it."),
    Mistake("output", "sum gradient", lambda output: output, "{output} is the value of {root}; asked is how fast it changes with {operand}."),

    # What follows rightly from a mistake of one's own
    Mistake("own upstream", "product gradient", lambda own_upstream, local: own_upstream * local, "With your {own_upstream} for the upstream this is right; {upstream} has reached {node}."),
    Mistake("own share", "sum", lambda total, share, own_share: total - share + own_share, "With your {own_share} for the last share this is right; it is {share}."),

    # Of a unit, z = Σ w·x + b and a = f(z); δ = (Σ w·δ)·f′(z), ∂L/∂w = δ·x, ∂L/∂b = δ; and what comes back to a piece
    Mistake("bias", "value", lambda no_bias: no_bias, "The bias {name of no_bias} is missing in the sum.", parts=True),
    Mistake("term", "value", lambda no_term: no_term, "The product {name of no_term} is missing in the sum.", parts=True),
    Mistake("activation", "value", lambda weighted: weighted, "{weighted} is {name of z}, the sum before the activation; asked is {text}.", parts=True),
    Mistake("every", "value gradient", lambda every: every, "{every} is {asked} over all {name of every}; asked is what this one brings.", parts=True),
    Mistake("way", "product sum gradient", lambda way: way, "That is only what comes back through {name of way}; what comes back on all {ways} ways is added.", parts=True),
    Mistake("weights", "product sum", lambda unweighted: unweighted, "The weights are missing: each δ that comes back is multiplied by the weight on its way.", parts=True),
    Mistake("delta", "sum", lambda delta: delta, "{delta} is {name of delta}: it has the slope f′ already, which is no part of {asked}.", parts=True),
    Mistake("delta", "gradient", lambda delta: delta, "{delta} is {name of delta} alone: multiply by the input of {operand}, {given}.", parts=True),
    Mistake("given", "gradient", lambda fed: fed, "{fed} is the input of {operand} alone: multiply by {name of delta}.", parts=True),
    Mistake("no slope", "gradient", lambda back, given: back * given, "The slope f′ is missing in {name of delta}.", parts=True),
    Mistake("away", "gradient", lambda back, away, given: back * away * given, "In {name of delta}, the rule for f′ is right, its place is not: take it at {name of z}, not at {name of a}.", parts=True),
    Mistake("onward", "gradient", lambda delta, weight: delta * weight, "That is {name of delta} × {operand}, which goes on to the input; {asked} is {name of delta} × the input.", parts=True),
    Mistake("as weight", "gradient", lambda delta, elsewhere: delta * elsewhere, "That is {name of delta} × {elsewhere}, an input of a weight; a bias is multiplied by 1.", parts=True),
]
# fmt: on


def diagnose(trace: Passes, step: Step, kind: Kind, guess: float, earlier: Iterable[Earlier] = ()) -> str:
    """What is said to a wrong answer: the words of the one mistake that gives this number to three digits, or to four.

    Nothing is said where no mistake gives it, or several do, or the answer is right. `earlier` are the wrong answers
    before: what follows rightly from one of them says so.

    >>> from autograd_lite import Value, sin, trace
    >>> steps = trace(sin(Value(0.5, label="x")) * 3.0)
    >>> diagnose(steps, steps.backward[1], "local", 0.479)
    '0.4794 is the value of sin x itself. Asked is its slope: how fast it changes with x.'
    """
    question = Question(trace, step, kind)
    return told(kind, guess, question.cases(earlier), question.texts())


def told(kind: Kind, guess: float, cases: dict[str, list[Case]], texts: dict[str, str]) -> str:
    """What is said to a number, where these are the numbers that it may come from; the answer is `truth`.

    >>> cases = {"truth": [Case(0.7)], "weighted": [Case(0.53, "z")]}
    >>> told("value", 0.53, cases, {"text": "tanh z", "name of z": "z"})
    '0.53 is z, the sum before the activation; asked is tanh z.'
    """
    truth = cases["truth"][0].number
    if guess != guess or agrees(guess, truth):
        return ""
    said: dict[int, set[str]] = {3: set(), 4: set()}  # by the digits to which they agree
    for number, words in possible(kind, cases, texts):
        for digits, found in said.items():
            if agrees(guess, number, digits):
                found.add(words)
    return next((found.pop() for found in said.values() if len(found) == 1), "")


def possible(kind: Kind, cases: dict[str, list[Case]], texts: dict[str, str]) -> Iterator[tuple[float, str]]:
    """The numbers that the mistakes give, where these differ from the right one, each with what is said to it.

    >>> list(possible("value", {"truth": [Case(0.5)]}, {}))
    [(-0.5, 'The size is right; the sign is not.')]
    """
    truth = cases["truth"][0].number
    texts = texts | {name: shown(found[0].number) for name, found in cases.items() if found}
    for row in MISTAKES:
        if kind not in row.kinds.split():
            continue
        for chosen in product(*(cases.get(name, []) for name in row.needs)):
            number = row.formula(*(IeeeOperand(case.number) for case in chosen)).data
            if not agrees(number, truth):
                taken = list(zip(row.needs, chosen, strict=True))
                told_texts = {name: shown(case.number) for name, case in taken}
                told_names = {f"name of {name}": case.name for name, case in taken}
                yield number, _filled(row.words, texts | told_texts | told_names)


def _filled(words: str, texts: dict[str, str]) -> str:
    def text(place: re.Match[str]) -> str:
        found = texts[place[2]]
        return f"({found})" if place[1] and found.startswith("−") else found

    return PLACE.sub(text, words)
