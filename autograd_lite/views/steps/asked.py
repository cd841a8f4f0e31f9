"""A question about a step, and the numbers that a wrong answer may come from.

Five kinds: the `value` of a node; the `local` derivative along an edge, and the `product` that it brings back; the
`sum` at an operand that is used more than once; the whole `gradient` of a leaf. `mistakes.js` does the same on the
page, with the numbers of the moment; nothing here looks at which operation a node is, only at what its row computes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from autograd_lite.engine.ieee import FAILURES, ieee_value, local_partial
from autograd_lite.engine.text import shown
from autograd_lite.engine.value import Value
from autograd_lite.views.notations import TEXT
from autograd_lite.views.steps.passes import Backward, Forward, Passes, Step

Kind = Literal["value", "local", "product", "sum", "gradient"]
LONGEST_PATH = 20  # edges; of a longer product, nobody knows which factor was forgotten
Numbers = Callable[[Value], float]


class Case(NamedTuple):
    """A number, and what it is called in the words of a diagnosis."""

    number: float
    name: str = ""


class Earlier(NamedTuple):
    """An earlier answer: to what it was given, and the number."""

    step: Step
    kind: Kind
    guess: float


def agrees(guess: float, truth: float, digits: int = 3) -> bool:
    """Whether a guess is a number to so many significant digits; 0 is also right for what only rounding keeps from 0.

    >>> agrees(-0.628, -0.62817), agrees(-0.63, -0.62817), agrees(0.0, 6.1e-17), agrees(math.nan, math.nan)
    (True, False, True, True)
    """
    if not math.isfinite(truth) or not math.isfinite(guess):
        return guess == truth or (guess != guess and truth != truth)
    if guess == 0.0 or truth == 0.0:
        return guess == truth or (guess == 0.0 and abs(truth) < 1e-12)
    exponent = int(f"{truth:.16e}".partition("e")[2])
    return abs(guess - truth) <= 0.5000001 * 10.0 ** (exponent - digits + 1)


def close(x: float, y: float) -> bool:
    """Whether two numbers differ by rounding only."""
    return abs(x - y) <= 1e-9 * max(abs(x), abs(y))


class Question:
    """What is asked about a step of a trace, with its answer, `truth`.

    >>> from autograd_lite import Value, sin, trace
    >>> y = sin(Value(0.5, label="x"))
    >>> Question(trace(y), trace(y).backward[0], "local").truth == math.cos(0.5)
    True
    """

    def __init__(self, trace: Passes, step: Step, kind: Kind) -> None:
        self.trace, self.step, self.kind = trace, step, kind
        if isinstance(step, Forward) != (kind == "value") or (kind == "value" and not step.node.operands):
            raise ValueError(f"a question about {'the value' if kind == 'value' else f'a {kind}'} needs another step")
        self.truth: float = step.value if isinstance(step, Forward) else getattr(step, MEASURES[kind])

    def texts(self) -> dict[str, str]:
        """What can stand in the words of a diagnosis, beside the numbers."""
        trace, step = self.trace, self.step
        said = {"node": step.name, "text": TEXT.of(trace.computation(step.node)), "root": trace.names[trace.root]}
        if isinstance(step, Backward):
            said |= {"operand": step.operand_name, "uses": str(step.uses)}
        return said

    def cases(self, earlier: Iterable[Earlier] = ()) -> dict[str, list[Case]]:
        """The numbers that a wrong answer may be made of, by the names under which the rows of `MISTAKES` take them."""
        found = {"truth": [Case(self.truth)], "value": [Case(self.trace.values[self.step.node])]}
        if isinstance(self.step, Forward):
            return found | self._of_value(self.step.node) | self._after_values(earlier)
        found |= self._of_edge(self.step)
        if self.kind in ("sum", "gradient"):
            found |= self._of_paths(self.step)
        return found | self._after(self.step, earlier)

    def _number(self, x: Any) -> float:
        return x if type(x) is float else self.trace.values[x]

    def _computed(self, node: Value, of: Numbers) -> tuple[float, list[float]]:
        """Value and local partials of a node where its operands have other numbers."""
        op: Any = node.op
        operands = [x if type(x) is float else of(x) for x in node.operands]
        try:
            value = op.of_floats(*operands)
        except FAILURES:
            value = ieee_value(op, operands)
        partials = []
        for place in range(op.arity):
            try:
                partials.append(local_partial(op, place, operands, value))
            except TypeError:  # of a complex number, beyond the domain
                partials.append(math.nan)
        return value, partials

    def _with(self, node: Value, x: Value, number: float) -> tuple[float, list[float]]:
        return self._computed(node, lambda operand: number if operand is x else self.trace.values[operand])

    def _derivative(self, node: Value, x: Value) -> str:
        return f"∂{self.trace.names[node]}/∂{self.trace.names[x]}"

    def _in_degrees(self, node: Value, x: Value) -> tuple[float, list[float]] | None:
        """What comes out where an angle is taken for degrees; None where the operand is no angle."""
        if len(node.operands) != 1:
            return None
        at = self.trace.values[x]
        here, around, beside = (self._with(node, x, at + turn)[0] for turn in (0.0, 2.0 * math.pi, 1.0))
        periodic = abs(here - around) <= 1e-9 * max(1.0, abs(here)) and not close(here, beside)
        return self._with(node, x, at * math.pi / 180.0) if periodic else None

    def _of_value(self, node: Value) -> dict[str, list[Case]]:
        values, names = self.trace.values, self.trace.names
        operands = [x for x in node.operands if type(x) is Value]
        slopes = [
            Case(partial, self._derivative(node, x))
            for x, partial in zip(node.operands, node.partials, strict=True)
            if type(x) is Value and partial is not None
        ]
        found = {"operand": [Case(values[x], names[x]) for x in operands], "slope": slopes}
        if len(operands) == len(node.operands) == 2 and operands[0] is not operands[1]:
            first, second = operands
            swapped = self._computed(node, lambda x: values[second if x is first else first])[0]
            found |= {"first": [Case(values[first])], "second": [Case(values[second])], "swapped": [Case(swapped)]}
        if operands and (degrees := self._in_degrees(node, operands[0])):
            found["degrees"] = [Case(degrees[0])]
        return found

    def _of_edge(self, step: Backward) -> dict[str, list[Case]]:
        node, x, at = step.node, step.operand, self.trace.values[step.operand]
        found = {name: [Case(getattr(step, name))] for name in ("upstream", "local", "total")} | {
            "share": [Case(step.contribution)],
            "at": [Case(at)],
            "other": [
                Case(partial, self._derivative(node, operand))
                for place, (operand, partial) in enumerate(zip(node.operands, node.partials, strict=True))
                if place != step.place and type(operand) is Value and operand is not x and partial is not None
            ],
            "far": [Case(self._with(node, x, self.trace.values[node])[1][step.place])],
            "output": [Case(self.trace.values[self.trace.root])],
            "passed": [Case(step.upstream)] if step.upstream != 1.0 else [],  # times 1 is no other mistake than without
        }
        if not any(close(at, other.number) for other in found["other"]):  # in a product they are one mistake
            found["number"] = [Case(at)]
        # The exponent of a power is x f′(x) / f(x), wherever x is.
        farther, slopes = self._with(node, x, 1.5 * at)
        value = self.trace.values[node]
        if value and farther:
            exponent = step.local * at / value
            if close(exponent, slopes[step.place] * 1.5 * at / farther) and abs(exponent) not in (0.0, 1.0):
                found["exponent"] = [Case(exponent)]
        if degrees := self._in_degrees(node, x):
            found["degrees"] = [Case(degrees[1][step.place])]
        return found

    def _of_paths(self, step: Backward) -> dict[str, list[Case]]:
        into = [other for other in self.trace.backward if other.operand is step.operand]
        found: dict[str, list[Case]] = {}
        if len(into) > 1:
            shares = [each.contribution for each in into]
            found = {
                "last": [Case(shares[-1], into[-1].name)],
                "one": [Case(each.contribution, each.name) for each in into[:-1]],
                "multiplied": [Case(math.prod(shares))],
                "slopes": [Case(sum(each.local for each in into))],
                "mean": [Case(self.truth / len(into))],
            }
            if len(into) > 2:
                found["missing"] = [Case(sum(shares[:-1]), into[-1].name)]
        path = [step]
        while (
            len(into) == 1 and len(path) < LONGEST_PATH and path[-1].node is not self.trace.root and path[-1].uses == 1
        ):
            into = [other for other in self.trace.backward if other.operand is path[-1].node]
            path += into[:1]
        if path[-1].node is self.trace.root and path[-1].uses == 1 and len(path) > 1:
            for k, without in enumerate(path):
                rest = math.prod(each.local for j, each in enumerate(path) if j != k)
                found.setdefault("rest", []).append(Case(rest, self._derivative(without.node, without.operand)))
        elif step.uses == 1:
            found |= {"reached": [Case(step.upstream)], "alone": [Case(step.local)]}
        product = self._of_products(step.operand)
        return found if product is None else found | {"factors": [Case(product)]}

    def _of_products(self, x: Value) -> float | None:
        """The derivative with respect to x if that of a product were the product of the derivatives."""
        tangents, met = {x: 1.0}, False
        for node in self.trace.nodes:
            if node in tangents:
                continue
            operands = [operand for operand in node.operands if type(operand) is Value]
            slopes = [tangents.get(operand, 0.0) for operand in operands]
            if len(operands) == len(node.operands) == 2 and all(slopes) and None not in node.partials:
                a, b = (self.trace.values[operand] for operand in operands)
                by_a, by_b = (float(partial) for partial in node.partials if partial is not None)
                if close(self.trace.values[node], a * b) and close(by_a, b) and close(by_b, a):
                    tangents[node], met = slopes[0] * slopes[1], True
                    continue
            moved = [
                partial * tangents[operand]
                for operand, partial in zip(node.operands, node.partials, strict=True)
                if operand in tangents and partial is not None
            ]
            if moved:
                tangents[node] = sum(moved)
        return tangents.get(self.trace.root) if met else None

    def _after_values(self, earlier: Iterable[Earlier]) -> dict[str, list[Case]]:
        node = self.step.node
        own = [e for e in earlier if e.kind == "value" and any(x is e.step.node for x in node.operands)]
        return {
            "own_value": [
                Case(self._with(node, e.step.node, e.guess)[0], f"{shown(e.guess)} for {e.step.name}") for e in own
            ]
        }

    def _after(self, step: Backward, earlier: Iterable[Earlier]) -> dict[str, list[Case]]:
        found: dict[str, list[Case]] = {"own_upstream": [], "own_local": [], "own_share": []}
        for each in earlier:
            if not isinstance(each.step, Backward):
                continue
            same = each.step.node is step.node and each.step.place == step.place
            if same and each.kind == "local":
                found["own_local"].append(Case(each.guess))
            elif same and each.kind == "product" and step.uses > 1:
                found["own_share"].append(Case(each.guess))
            whole = each.kind in ("sum", "gradient") or (each.kind == "product" and each.step.uses == 1)
            if each.step.operand is step.node and whole and (self.kind == "product" or step.uses == 1):
                found["own_upstream"].append(Case(each.guess))
        return found


MEASURES = {"local": "local", "product": "contribution", "sum": "total", "gradient": "total"}
