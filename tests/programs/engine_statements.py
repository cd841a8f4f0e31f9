"""Random programs for the engine, as lists of short statements: drawn from a seed alone, so that every engine runs the same."""

from __future__ import annotations

import math
import re
from itertools import accumulate
from random import Random

from engine_templates import CUSTOM, EXPRESSIONS, EXTREME, OF_X, OTHER_KINDS, ROWS, TEMPLATES, WORDS

from autograd_lite.engine.table import TABLE

STATEMENTS, WEIGHTS = list(TEMPLATES), list(accumulate(TEMPLATES.values()))
PLACE = re.compile(r"\$([a-z]+)(\d?)")
NAME = re.compile(r"\bv\d+\b")


def program(seed: int, number: int) -> list[str]:
    """The statements of a numbered program."""
    random = Random(f"{seed} {number}")
    writer = Writer(random)
    leaves = [f"v0 = Value({random.uniform(-2.0, 2.0)!r}, label='x')"]
    return leaves + [writer.statement() for _ in range(random.randint(3, 25))]


class Writer:
    """What is known while a program is written: the names of its nodes, and how large their graphs may be."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.sizes = {"v0": 1}
        self.leaves = ["v0"]
        self.made = 0  # names, those that are gone included

    def statement(self) -> str:
        """One statement more."""
        text = self.filled(self.random.choices(STATEMENTS, cum_weights=WEIGHTS)[0])
        names = NAME.findall(text)
        size = (3 + sum(self.sizes.get(name, 0) for name in names)) * 10 ** text.count("gradients(")
        self.sizes |= {name: size for name in names if name not in self.sizes}
        if " = Value(" in text:
            self.leaves += names[:1]
        if text.startswith("del v") and text in {f"del {name}" for name in self.sizes}:
            self.sizes.pop(text[4:])
            self.leaves = [name for name in self.leaves if name != text[4:]]
        return text

    def filled(self, template: str) -> str:
        """A template with every placeholder drawn; one with a digit is the same in all its places."""
        same: dict[str, str] = {}

        def fill(place: re.Match[str]) -> str:
            if place[0] in same:
                return same[place[0]]
            kind, digit = place.groups()
            text = self.random.choice(WORDS[kind]) if kind in WORDS else getattr(self, kind)()
            if "$" in text:
                text = self.filled(text)
            if digit:
                same[place[0]] = text
            return text

        return PLACE.sub(fill, template)

    # What the placeholders stand for

    def new(self) -> str:
        """A name that has not been used."""
        self.made += 1
        return f"v{self.made}"

    def v(self, most: float = math.inf) -> str:
        """The name of a node, most often one of the last, so that graphs are deep."""
        names = [name for name, size in self.sizes.items() if size <= most] or self.leaves
        return self.random.choice(names[-4:] if self.random.random() < 0.6 else names)

    def small(self) -> str:
        """The name of a node with a small graph."""
        return self.v(most=60)

    def tiny(self) -> str:
        """The name of a node with a graph so small that its second derivative is small, too."""
        return self.v(most=20)

    def leaf(self) -> str:
        """The name of a leaf, if it has not become another node."""
        return self.random.choice(self.leaves)

    def gone(self) -> str:
        """The name of a node to be deleted; the first leaf stands in for what an exception has prevented."""
        return self.random.choice(list(self.sizes)[1:] or ["v0.unknown"])

    def c(self) -> str:
        """A number."""
        random = self.random
        drawn = [f"{random.uniform(-3.0, 3.0):.3f}", repr(random.gauss(0.0, 1.0)), str(random.randint(-3, 5))]
        text: str = random.choice([*drawn, *drawn, *drawn, random.choice(EXTREME), random.choice(OTHER_KINDS)])
        return f"({text})" if text.startswith("-") else text

    def x(self) -> str:
        """A node or a number."""
        return self.v() if self.random.random() < 0.7 else self.c()

    def call(self) -> str:
        """A row of the table as a function or as a method, operands that have a default by name or not at all."""
        random, op = self.random, TABLE[self.random.choice(ROWS)]
        operands = [self.x() for _ in range(op.arity)]
        operands[random.randrange(op.arity)] = self.v()
        if op.of_more and random.random() < 0.3:
            operands.append(self.x())
        given = op.arity - random.randint(0, len(op.defaults)) if op.defaults else len(operands)
        first = random.randint(1, given) if random.random() < 0.2 else len(operands)
        named = [f"{name}={x}" for name, x in zip(op.parameters[first:], operands[first:given], strict=False)]
        arguments = [*operands[: min(given, first)], *named]
        if random.random() < 0.4 and op.name != "where" and arguments[0].startswith("v"):
            return f"{arguments[0]}.{op.name}({', '.join(arguments[1:])})"
        return f"al.{op.name}({', '.join(arguments)})"

    def custom(self) -> str:
        """A custom operation."""
        name = self.random.choice(list(CUSTOM))
        operands = [self.x() for _ in range(CUSTOM[name])]
        operands[self.random.randrange(len(operands))] = self.v()
        return f"{name}({', '.join(operands)})"

    def e(self) -> str:
        """An expression of nodes that are there."""
        return self.filled(self.random.choice(EXPRESSIONS))

    def ofx(self) -> str:
        """An expression of x."""
        return self.filled(self.random.choice(OF_X))
