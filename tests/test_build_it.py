"""Build it (L30): every typical mistake, in every hole, is found there and told by its numbers; other styles pass."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from textwrap import dedent, indent
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograd_lite.__main__ import main
from autograd_lite.lessons.building import Verdict, finished, judge
from autograd_lite.lessons.building.judge import HOLES
from autograd_lite.lessons.building.lesson import build_it, by_hand, trained
from autograd_lite.lessons.building.program import attempt, holes, source, with_holes

WRAPPED = "other = other if isinstance(other, Value) else Value(other)\n"

# What a reader might write in a hole, and words that must then be said, in numbers.
MISTAKES: dict[int, list[tuple[str, str]]] = {
    1: [
        ("data = data\ngrad = 0.0", r"Value\(2\.0\) has no attribute data"),
        ("self.data = data\nself.parents = parents\nself.partials = partials", "no attribute grad"),
        ("self.data = data\nself.grad = None\nself.parents = parents\nself.partials = partials", "gradient of .* is None, expected 0"),
        ("self.data = data\nself.grad = 1.0\nself.parents = parents\nself.partials = partials", "gradient of .* is 1, expected 0"),
        ("self.data = data\nself.grad = data\nself.parents = parents\nself.partials = partials", "gradient of .* is 2, expected 0"),
        ("self.data = data\nself.grad = 0.0", "no attribute parents, expected a and b"),
        ("self.data = data\nself.grad = 0.0\nself.parents = parents", "no attribute partials, expected 4 and 6"),
        ("self.data = data\nself.grad = 0.0\nself.parents = ()\nself.partials = partials", "0 parents, expected 2"),
        ("self.data = data\nself.grad = 0.0\nself.parents = parents\nself.partials = ()", "0 local derivatives, expected 2"),
        ("self.data = data\nself.grad = 0.0\nself.parents = partials\nself.partials = parents", "parents is 4.0, which is no Value"),
        ("self.data = data\nself.grad = 0.0\nself.parents = set(parents)\nself.partials = partials", "a set, which has no order"),
        ("Value.data = data\nself.grad = 0.0\nself.parents = parents\nself.partials = partials", r"is −3\.5, expected 2: all Values share"),
        ("self.data = str(data)\nself.grad = 0.0\nself.parents = parents\nself.partials = partials", "is '2.0', expected the plain number 2"),
        ("self.data = int(data)\nself.grad = 0.0\nself.parents = parents\nself.partials = partials", r"is −3, expected −3\.5"),
        ("self.data = Value(data)\nself.grad = 0.0\nself.parents = parents\nself.partials = partials", "does not end: line .* calls itself"),
        ("self.data = data\nself.grad = 0.0\nself.parents = parents\nself.partials = partials\nreturn self", "TypeError .*should return None"),
        ("self.data = data\nself.grad = 0.0\nself.parents = parents[:1]\nself.partials = partials", "1 parent, expected 2"),
        ("self.data = data\nself.grad = 0.0\nself.parents = parents[::-1]\nself.partials = partials", "are b and a, expected a and b"),
        ("self.data = data\nself.grad = 0.0\nself.parents = parents\nself.partials = [p.data for p in parents]", "for a is 2, expected 4"),
        ("self.data = data\nself.grad = 0.0\nself.parents = tuple(Value(p.data) for p in parents)\nself.partials = partials", "not a and b but copies"),
    ],
    2: [
        ("return Value(self.data + other.data, (self, other), (1.0, 1.0))", r"a \+ 1 .* plain number.* AttributeError in line \d+ \(__add__\)"),
        (WRAPPED + "return self.data + other.data", r"is 5\.0, which is no Value"),
        (WRAPPED + "Value(self.data + other.data, (self, other), (1.0, 1.0))", "is None: the new Value is not returned"),
        (WRAPPED + "return Value(self.data * other.data, (self, other), (1.0, 1.0))", "is 6, expected 5: that is the product"),
        (WRAPPED + "return Value(self.data - other.data, (self, other), (1.0, 1.0))", "is −1, expected 5: that is the difference"),
        (WRAPPED + "return Value(self.data, (self, other), (1.0, 1.0))", "is 2, expected 5: that is a alone"),
        (WRAPPED + "return Value(self.data + other.data)", "0 parents, expected 2"),
        (WRAPPED + "return Value(self.data + other.data, (self,), (1.0,))", "1 parent, expected 2"),
        (WRAPPED + "return Value(self.data + other.data, (self, other))", "0 local derivatives, expected 2"),
        (WRAPPED + "return Value(self.data + other.data, (self, other), (1.0,))", "1 local derivative, expected 2"),
        (WRAPPED + "return Value(self.data + other.data, (self, other), (other.data, self.data))", "for a is 3, expected 1: that is the value of b"),
        (WRAPPED + "return Value(self.data + other.data, (self, other), (self.data, other.data))", "for a is 2, expected 1: that is the value of a"),
        (WRAPPED + "return Value(self.data + other.data, (self, other), (1.0, -1.0))", "for b is −1, expected 1: .*the sign is not"),
        (WRAPPED + "return Value(self.data + other.data, (self, other), (0.0, 0.0))", "for a is 0, expected 1: so a \\+ b would not depend on a"),
        (WRAPPED + "return Value(self.data + other.data, (self, other), (self, other))", "for a is a Value, expected the plain number 1"),
        (WRAPPED + "self.data += other.data\nreturn self", "has changed a itself, from 2 to 5"),
        (WRAPPED + "return Value(self + other, (self, other), (1.0, 1.0))", "does not end: line .* calls itself"),
        (WRAPPED + "return Value(self.data + other.data, (Value(self.data), Value(other.data)), (1.0, 1.0))", "not a and b but copies"),
        (WRAPPED + "return Value(self.data + other.data, (self.data, other.data), (1.0, 1.0))", "its parents is 2.0, which is no Value"),
        ("data = other.data if isinstance(other, Value) else other\nreturn Value(self.data + data, (self, other), (1.0, 1.0))", "plain number 1, which can have no gradient"),
        ("return Value(self.data + othr.data, (self, other), (1.0, 1.0))", r"NameError in line \d+ \(__add__\): name 'othr'"),
        (WRAPPED + "while True:\n    other = other", "still runs in line"),
    ],
    3: [
        ("return Value(self.data * other.data, (self, other), (other.data, self.data))", r"a \* 5 .* plain number.* AttributeError"),
        (WRAPPED + "return self.data * other.data", r"is 6\.0, which is no Value"),
        (WRAPPED + "Value(self.data * other.data, (self, other), (other.data, self.data))", "is None: the new Value"),
        (WRAPPED + "return Value(self.data + other.data, (self, other), (other.data, self.data))", "is 5, expected 6: that is the sum"),
        (WRAPPED + "return Value(self.data ** other.data, (self, other), (other.data, self.data))", "is 8, expected 6: that is a to the power b"),
        (WRAPPED + "return Value(self.data * other.data, (self, other), (self.data, other.data))", "for a is 2, expected 3: that is the value of a itself"),
        (WRAPPED + "return Value(self.data * other.data, (self, other), (1.0, 1.0))", "for a is 1, expected 3: as for a sum"),
        (WRAPPED + "return Value(self.data * other.data, (self, other), (other.data, -self.data))", "for b is −2, expected 2: .*the sign"),
        (WRAPPED + "return Value(self.data * other.data, (self, other), (self.data * other.data,) * 2)", "for a is 6, expected 3: that is the value of a \\* b"),
        (WRAPPED + "return Value(self.data * other.data, (self, other), (other.data, 0.0))", "for b is 0, expected 2: so a \\* b would not depend on b"),
        (WRAPPED + "return Value(self.data * other.data, (self, other), (other, self))", "for a is a Value, expected the plain number 3"),
        (WRAPPED + "return Value(self.data * other.data, (self, other), (other.data,))", "1 local derivative, expected 2"),
        (WRAPPED + "return Value(self.data * other.data, (self, other))", "0 local derivatives, expected 2"),
        (WRAPPED + "return Value(self.data * other.data, (), (other.data, self.data))", "0 parents, expected 2"),
        (WRAPPED + "return Value(self.data * other.data, (other,), (self.data,))", "1 parent, expected 2"),
        (WRAPPED + "return Value(self.data * other.data, (other, self), (other.data, self.data))", "for a is 2, expected 3"),
        (WRAPPED + "return Value(self.data * other.data, (Value(self.data), other), (other.data, self.data))", "not a and b but copies"),
        (WRAPPED + "self.data *= other.data\nreturn self", "has changed a itself, from 2 to 6"),
        (WRAPPED + "return self * other", "does not end: line"),
        (WRAPPED + "return Value(self.data * other.data, (self, other), (other.data, self.grad))", "for b is 0, expected 2"),
        ("if not isinstance(other, Value):\n    return self.data * other\nreturn Value(self.data * other.data, (self, other), (other.data, self.data))", r"a \* 5 with a = 2 is 10\.0, which is no Value"),
    ],
    4: [
        ("return self.data ** n", r"is 125\.0, which is no Value"),
        ("Value(self.data ** n, (self,), (n * self.data ** (n - 1),))", "is None: the new Value"),
        ("return Value(self.data * n, (self,), (n * self.data ** (n - 1),))", "is 15, expected 125: that is 3 times a"),
        ("return Value(n ** self.data, (self,), (n * self.data ** (n - 1),))", "is 243, expected 125: base and exponent"),
        ("return Value(self.data * self.data, (self,), (2 * self.data,))", "is 25, expected 125: "),
        ("return Value(self.data ** n, (self,), (n * self.data ** n,))", "is 375, expected 75: the exponent has not been lowered"),
        ("return Value(self.data ** n, (self,), (self.data ** (n - 1),))", "is 25, expected 75: a factor is missing"),
        ("return Value(self.data ** n, (self,), (n * self.data,))", "is 15, expected 75: "),
        ("return Value(self.data ** n, (self,), (2 * self.data,))", "is 10, expected 75: that is the slope of the square"),
        ("return Value(self.data ** n, (self,), (self.data ** n,))", "is 125, expected 75: that is the value of"),
        ("return Value(self.data ** n, (self,), (-n * self.data ** (n - 1),))", "is −75, expected 75: the size is right"),
        ("return Value(self.data ** n, (self,), (n,))", "is 3, expected 75: only the exponent is left"),
        ("return Value(self.data ** n, (self,), ((n - 1) * self.data ** (n - 1),))", "is 50, expected 75: the exponent has been lowered before"),
        ("return Value(self.data ** n, (self,), (self.data ** n * math.log(self.data),))", r"is 201\.2, expected 75: that is how fast it changes with the exponent"),
        ("return Value(self.data ** n, (self,), (self.data ** (n + 1) / (n + 1),))", "is 156.2, expected 75: that is the integral"),
        ("return Value(self.data ** n)", "0 parents, expected 1"),
        ("return Value(self.data ** n, (self,))", "0 local derivatives, expected 1"),
        ("return Value(self.data ** n, (self, n), (n * self.data ** (n - 1), 0.0))", "parents is 3, which is no Value"),
        ("return Value(self.data ** n.data, (self,), (n.data * self.data ** (n.data - 1),))", "AttributeError .*'int' object has no attribute 'data'"),
        ("return Value(self.data ** n, (self,), n * self.data ** (n - 1))", "partials is 75.*expected 1 number in a tuple"),
        ("y = Value(1.0)\nfor _ in range(n):\n    y = y * self\nreturn y", "2 parents, expected 1"),
        ("return Value(abs(self.data) ** n, (self,), (n * abs(self.data) ** (n - 1),))", r"a = −3: its number is 27, expected −27"),
        ("return self ** n", "does not end: line"),
        ("self.data = self.data ** n\nreturn self", "has changed a itself, from 5 to 125"),
    ],
    5: [
        ("return math.tanh(self.data)", r"is 0\.46.*, which is no Value"),
        ("t = math.tanh(self.data)\nValue(t, (self,), (1 - t * t,))", "is None: the new Value"),
        ("t = math.tan(self.data)\nreturn Value(t, (self,), (1 - t * t,))", r"is 0\.5463, expected 0\.4621: that is the tangent of an angle"),
        ("t = 1 / (1 + math.exp(-self.data))\nreturn Value(t, (self,), (t * (1 - t),))", "that is the logistic function"),
        ("t = math.tanh(self.data)\nreturn Value(t, (self,), (1 - t,))", r"is 0\.5379, expected 0\.7864: a square is missing"),
        ("t = math.tanh(self.data)\nreturn Value(t, (self,), (1 + t * t,))", r"is 1\.214, expected 0\.7864: the sign of the square"),
        ("t = math.tanh(self.data)\nreturn Value(t, (self,), (t * t - 1,))", r"is −0\.7864, expected 0\.7864: the size is right"),
        ("t = math.tanh(self.data)\nreturn Value(t, (self,), (1 - self.data ** 2,))", r"is 0\.75, expected 0\.7864: there stands a"),
        ("t = math.tanh(self.data)\nreturn Value(t, (self,), (t * t,))", r"is 0\.2136, expected 0\.7864: only the square"),
        ("t = math.tanh(self.data)\nreturn Value(t, (self,), (t * (1 - t),))", "that is the slope of a logistic function"),
        ("t = math.tanh(self.data)\nreturn Value(t, (self,), (t,))", r"is 0\.4621, expected 0\.7864: that is the value of a\.tanh\(\)"),
        ("t = math.tanh(self.data)\nreturn Value(t, (self,), (1.0,))", "is 1, expected .* straight line"),
        ("t = math.tanh(self.data)\nreturn Value(t, (self,), (1 - math.tanh(t) ** 2,))", "tanh is taken twice"),
        ("t = math.tanh(self.data)\nreturn Value(t, (self,), (2 * t,))", "that is the slope of the square of tanh"),
        ("t = math.tanh(self.data)\nreturn Value(t)", "0 parents, expected 1"),
        ("t = math.tanh(self.data)\nreturn Value(t, (self,))", "0 local derivatives, expected 1"),
        ("t = math.tanh(self.data)\nreturn Value(t, (self,), 1 - t * t)", "partials is 0.78.*in a tuple"),
        ("t = math.tanh(self)\nreturn Value(t, (self,), (1 - t * t,))", "TypeError in line .* must be real number"),
        ("t = tanh(self.data)\nreturn Value(t, (self,), (1 - t * t,))", "NameError in line .*'tanh'"),
        ("t = math.tanh(self.data)\nreturn Value(t, self, (1 - t * t,))", "parents of a Value are a Value, expected a tuple"),
        ("t = self.tanh()\nreturn Value(t.data, (self,), (1 - t.data ** 2,))", "does not end: line"),
        ("t = Value(math.tanh(self.data))\nreturn Value(t.data, (t,), (1 - t.data ** 2,))", "not a but copies"),
    ],
    6: [
        ("return [self]", "left out"),
        ("return list(self.parents) + [self]", "left out|no Value|times"),
        ("found = []\ndef visit(node):\n    for parent in node.parents:\n        visit(parent)\n    found.append(node)\nvisit(self)\nreturn found", "a is in it 2 times"),
        ("found = []\ndef visit(node):\n    for parent in node.parents:\n        visit(parent)\n    if node not in found:\n        found.append(node)\nvisit(self)\nreturn found", r"40 doublings.*does not end"),
        ("found, seen = [], set()\ndef visit(node):\n    if node not in seen:\n        seen.add(node)\n        for parent in node.parents:\n            visit(parent)\n        found.append(node)\nvisit(self)\nreturn found[::-1]", "turned round"),
        ("found, seen = [], set()\ndef visit(node):\n    if node not in seen:\n        seen.add(node)\n        found.append(node)\n        for parent in node.parents:\n            visit(parent)\nvisit(self)\nreturn found[::-1]", "needs . first"),
        ("found = [self]\nfor node in found:\n    for parent in node.parents:\n        if parent not in found:\n            found.append(parent)\nreturn found[::-1]", "needs u first|needs . first"),
        ("found, seen = [], set()\ndef visit(node):\n    if node not in seen:\n        seen.add(node)\n        for parent in node.parents:\n            visit(parent)\n        found.append(node)\nvisit(self)", "is None: the list is not returned"),
        ("found, seen = [], set()\ndef visit(node):\n    if node not in seen:\n        seen.add(node)\n        for parent in node.parents:\n            visit(parent)\n            found.append(parent)\nvisit(self)\nreturn found", "y is left out"),
        ("found, seen = [], set()\ndef visit(node):\n    if node not in seen and node.parents:\n        seen.add(node)\n        for parent in node.parents:\n            visit(parent)\n        found.append(node)\nvisit(self)\nreturn found", "left out"),
        ("found, seen = [], set()\ndef visit(node):\n    if node not in seen:\n        seen.add(node)\n        for parent in node.parents[:1]:\n            visit(parent)\n        found.append(node)\nvisit(self)\nreturn found", "b is left out"),
        ("found, seen = [], set()\ndef visit(node):\n    if node not in seen:\n        seen.add(node)\n        for parent in node.parents:\n            visit(parent)\n        found.append(node.data)\nvisit(self)\nreturn found", "has 3.0 in it, which is no Value"),
        ("found, seen = [], set()\ndef visit(node):\n    if node not in seen:\n        seen.add(node)\n        for parent in node.parents:\n            visit(parent)\n        found.append(node)\nreturn found", "no Value at all: y is left out"),
        ("found = []\nwhile self.parents:\n    found.append(self)\nreturn found", "no Value at all|does not end|left out"),
        ("found = []\nnode = self\nwhile True:\n    found.append(node)", "does not end"),
        ("found = []\ndef visit(node):\n    visit(self)\nvisit(self)\nreturn found", "does not end: line .* calls itself"),
        ("return self", "expected a list of Values"),
        ("return len(self.parents)", "is 0, expected a list of Values"),
        ("found = sorted({self, *self.parents, *(q for p in self.parents for q in p.parents)}, key=lambda node: node.data)\nreturn found", "needs . first|left out"),
        ("Value.found = getattr(Value, 'found', [])\ndef visit(node):\n    if node not in Value.found:\n        for parent in node.parents:\n            visit(parent)\n        Value.found.append(node)\nvisit(self)\nreturn Value.found", "a Value of another graph"),
        ("found, seen = [], set()\ndef visit(node):\n    if node.data not in seen:\n        seen.add(node.data)\n        for parent in node.parents:\n            visit(parent)\n        found.append(node)\nvisit(self)\nreturn found", "left out"),
    ],
    7: [
        ("for node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial * node.grad", "its own gradient is 0, expected 1: nothing was put in"),
        ("self.grad = 0.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial * node.grad", "is 0, expected 1: nothing was put in"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad = partial * node.grad", "gradient of a is 3, expected 4: it is used twice, and the share that came last has replaced"),
        ("self.grad = 1.0\nfor node in self.order():\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial * node.grad", "gradient of b is 0, expected 2: only y .*or begins with leaves"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial", "expected .*: the local derivative came through alone"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += node.grad", "without the local derivative"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial * node.data", "the number stands where the gradient belongs"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad -= partial * node.grad", "gradient of u is −1, expected 1: each share has the wrong sign"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial + node.grad", "local derivative are added"),
        ("self.grad = 1.0\nfor parent, partial in zip(self.parents, self.partials):\n    parent.grad += partial * self.grad", "gradient of b is 0, expected 2: only y has passed something on: the pass ends there"),
        ("self.grad = 1.0\ndef visit(node):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial * node.grad\n        visit(parent)\nvisit(self)", "before all of it had arrived, and then again"),
        ("self.grad = 1.0\nfound = [self]\nfor node in found:\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial * node.grad\n        if parent not in found:\n            found.append(parent)", "near the end has passed on its gradient before"),
        ("self.grad = 1.0", "gradient of u is 0, expected 1: nothing has been passed on"),
        ("self.grad = 1.0\nself.order()", "gradient of u is 0, expected 1: nothing has been passed on"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.data += partial * node.grad", r"after backward\(\) the number of a is 3, expected 2"),
        ("self.grad = self.data\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial * node.grad", "its own gradient is 3, expected 1"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    node.grad = 1.0\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial * node.grad", "gradient of a is 1, expected 4|gradient of b is 1, expected 2"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial * self.grad", "without the gradient above"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        node.grad += partial * parent.grad", "expected"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent in node.parents:\n        parent.grad += node.partials * node.grad", "TypeError in line"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent in node.parents:\n        parent.backward()", "gradient of"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial * node", "AttributeError|TypeError|is a Value|plain number"),
        ("self.grad = 1.0\nfor node in reversed(self.order()[:-1]):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial * node.grad", "gradient of u is 0, expected 1: nothing has been passed on"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(set(node.parents), node.partials):\n        parent.grad += partial * node.grad", "gradient of . is"),
        ("self.grad = 1.0\nfor node in reversed(self.order()):\n    for parent, partial in zip(node.parents, node.partials):\n        parent.grad += partial * node.grad\n    node.grad = 0.0", "its own gradient is 0, expected 1"),
        ("self.backward()", "does not end: line .* calls itself"),
    ],
    8: [
        ("loss.backward()\nfor p in parameters:\n    p.data -= rate * p.grad", r"after two steps, p is 1\.32, expected 1\.92: the gradient was 4\.8 \+ 6"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward()\nfor p in parameters:\n    p.data += rate * p.grad", r"p is 3\.6, expected 2\.4: it has gone uphill"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward()\nfor p in parameters:\n    p.data -= p.grad", "p is −3, expected 2.4: its gradient is 6, and all of it was taken: the rate is left out"),
        ("for p in parameters:\n    p.grad = 0.0\nfor p in parameters:\n    p.data -= rate * p.grad", "p is 3, expected 2.4: p has not moved, although its gradient is 6"),
        ("loss.backward()\nfor p in parameters:\n    p.grad = 0.0\nfor p in parameters:\n    p.data -= rate * p.grad", "p has not moved, although its gradient is 6"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward()", "p has not moved"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward()\nfor p in parameters:\n    p = p - rate * p.grad", "p has not moved"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward()\nfor p in parameters:\n    p.data -= rate * p.data", r"p is 2\.7, expected 2\.4: its number stands where its gradient"),
        ("for p in parameters:\n    p.data = 0.0\nloss.backward()\nfor p in parameters:\n    p.data -= rate * p.grad", r"p is −0\.6, expected 2\.4"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward()\nfor p in parameters:\n    p.data = -rate * p.grad", r"p is −0\.6, expected 2\.4: that is the step, not where it leads"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward()\nfor p in parameters:\n    p.data -= p.grad / rate", "p is −57, expected 2.4: the gradient is divided by the rate"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward()\nfor p in parameters:\n    p.data -= rate + p.grad", "rate and gradient are added"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward()\nfor p in parameters[:1]:\n    p.data -= rate * p.grad", "q is −1, expected −1.3: q has not moved, although its gradient is 3"),
        ("for p in parameters:\n    p.data -= rate * p.grad\nfor p in parameters:\n    p.grad = 0.0\nloss.backward()", "after one step, p is 3, expected 2.4"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward()\nfor p in parameters:\n    p.data = p - rate * p.grad", "p is a Value, expected the plain number 2.4"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward()\nfor p in parameters:\n    p.data -= rate", "the step is the rate itself"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward()\nfor p in parameters:\n    p.data -= 2 * rate * p.grad", "the step is twice as long"),
        ("for p in parameters:\n    p.grad = None\nloss.backward()\nfor p in parameters:\n    p.data -= rate * p.grad", "TypeError in line .* 'NoneType'"),
        ("parameters.grad = 0.0\nloss.backward()\nparameters.data -= rate * parameters.grad", "AttributeError in line .*'list' object"),
        ("for p in parameters:\n    p.grad = 0.0\nloss.backward\nfor p in parameters:\n    p.data -= rate * p.grad", "p has not moved"),
        ("loss.grad = 0.0\nloss.backward()\nfor p in parameters:\n    p.data -= rate * p.grad", r"the gradient was 4\.8 \+ 6"),
        ("for p in parameters:\n    p.grad = 0.0\nfor p in parameters:\n    p.backward()\n    p.data -= rate * p.grad", r"p is 2\.9, expected 2\.4: its gradient, 6, has only given the sign|the step is the rate itself"),
        ("for p in parameters:\n    p.grad = 0.0\n    loss.backward()\n    p.data -= rate * p.grad", "expected"),
    ],
}  # fmt: skip
CASES = [
    pytest.param(hole, body, words, id=f"{hole}-{place}")
    for hole, rows in MISTAKES.items()
    for place, (body, words) in enumerate(rows)
]


def filled(bodies: dict[int, str], before: str = "") -> str:
    """The finished program with other lines in some holes."""
    lines = source().splitlines()
    for hole, (first, last) in reversed(holes().items()):
        if hole in bodies:
            depth = " " * (len(lines[first - 1]) - len(lines[first - 1].lstrip()))
            lines[first - 1 : last] = indent(dedent(bodies[hole]), depth).splitlines()
    return before + "\n".join(lines)


def made(text: str) -> Any:
    """A program, run."""
    program = ModuleType("my_engine")
    exec(compile(text, "my_engine.py", "exec"), program.__dict__)
    return program


@pytest.mark.parametrize(("hole", "body", "words"), CASES)
def test_each_mistake_is_found_in_its_hole(hole: int, body: str, words: str) -> None:
    """With one mistake in one hole, that hole is the open one, and what is said has the numbers, and no line of Python."""
    program = made(filled({hole: body}))
    verdict = judge(program.Value, program.step)
    assert verdict.done == hole - 1, verdict
    assert re.search(words, verdict.wrong), verdict.wrong
    solution = "\n".join(source().splitlines()[slice(holes()[hole][0] - 1, holes()[hole][1])])
    for line in filter(lambda line: len(line) > 12, map(str.strip, solution.splitlines())):
        assert line not in str(verdict)


def test_twelve_mistakes_for_each_hole() -> None:
    """The table has at least twelve mistakes for each of the eight holes, none twice."""
    assert sorted(MISTAKES) == list(range(1, 9))
    assert all(len({body for body, _ in rows}) == len(rows) >= 12 for rows in MISTAKES.values())


MICROGRAD = """
import math

class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data, self.grad = data, 0
        self._prev, self._op, self._backward = set(_children), _op, lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, n):
        out = Value(self.data**n, (self,), "**")

        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
        out = Value(t, (self,), "tanh")

        def _backward():
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def order(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        return topo

    def backward(self):
        self.grad = 1
        for v in reversed(self.order()):
            v._backward()

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __sub__(self, other):
        return self + (-1) * other


def step(parameters, loss, rate):
    loss.backward()
    for p in parameters:
        p.data += -rate * p.grad
        p.grad = 0
"""
ITERATIVE = """
waiting, found, done = [(self, False)], [], set()
while waiting:
    node, finished = waiting.pop()
    if finished:
        found.append(node)
    elif id(node) not in done:
        done.add(id(node))
        waiting.append((node, True))
        waiting += [(parent, False) for parent in node.parents]
return found
"""
KAHN = """
uses, below = {self: 0}, [self]
for node in below:
    for parent in node.parents:
        if parent not in uses:
            uses[parent] = 0
            below.append(parent)
        uses[parent] += 1
ready, found = [self], []
while ready:
    node = ready.pop()
    found.append(node)
    for parent in node.parents:
        uses[parent] -= 1
        if uses[parent] == 0:
            ready.append(parent)
found.reverse()
return found
"""
STYLES = {
    "micrograd": MICROGRAD,
    "a list of parents": filled({1: "self.data, self.grad = float(data), 0\nself.parents, self.partials = list(parents), list(partials)"}),
    "an iterative order": filled({6: ITERATIVE}),
    "by counting uses": filled({6: KAHN}),
    "a generator": filled({6: "seen = set()\ndef visit(node):\n    if node not in seen:\n        seen.add(node)\n        for parent in node.parents:\n            yield from visit(parent)\n        yield node\nreturn list(visit(self))"}),
    "parents the other way round": filled({3: WRAPPED + "return Value(other.data * self.data, [other, self], [self.data, other.data])"}),
    "a plain number apart": filled({2: "if not isinstance(other, Value):\n    return Value(self.data + other, (self,), (1,))\nreturn Value(self.data + other.data, (self, other), (1, 1))"}),
    "cosh": filled({5: "return Value(math.tanh(self.data), (self,), (1 / math.cosh(self.data) ** 2,))"}),
    "new gradients in each pass": filled({7: "order = self.order()\nfor node in order:\n    node.grad = 0.0\nself.grad = 1.0\nfor node in order[::-1]:\n    for k in range(len(node.parents)):\n        node.parents[k].grad = node.parents[k].grad + node.grad * node.partials[k]", 8: "loss.backward()\nfor p in parameters:\n    p.data = p.data - p.grad * rate"}),
    "reset behind the step": filled({8: "loss.backward()\nfor p in parameters:\n    p.data -= rate * p.grad\n    p.grad = 0.0"}),
    "slots": filled({}).replace("class Value:", "class Value:\n    __slots__ = ('data', 'grad', 'parents', 'partials')\n"),
    "no identity of names": filled({}).replace("parents", "_children").replace("partials", "_local_grads"),
}  # fmt: skip


@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES)
def test_other_styles_pass(text: str) -> None:
    """An engine in another style has all eight holes done, and learns what the engine of the package learns."""
    program = made(text)
    assert str(judge(program.Value, program.step)).endswith("8 of 8")
    trained(program.Value, program.step).check()


WRONG_CLOSURES = [
    ("self.grad += out.grad\n            other", "self.grad = out.grad\n            other", 1, "has had 10: its gradient then is 1, expected 11: what was there is lost"),
    ("other.data * out.grad", "other.data", 2, "with the gradient 3, what it sends to a is 3, expected 9: its own gradient, 3, is left out"),
    ("self.data ** (n - 1) * out.grad", "self.data ** n * out.grad", 3, "is 375, expected 75: the exponent has not been lowered"),
    ("(1 - t**2) * out.grad", "(1 - t) * out.grad", 4, "a square is missing"),
    ("self.grad += (1", "self.grad = (1", 4, "what was there is lost"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "done", "words"), WRONG_CLOSURES)
def test_mistakes_in_closures(right: str, wrong: str, done: int, words: str) -> None:
    """Where each Value keeps a function for its backward pass, mistakes are found in the hole of the operation."""
    assert right in MICROGRAD
    program = made(MICROGRAD.replace(right, wrong))
    verdict = judge(program.Value, program.step)
    assert (verdict.done, words in verdict.wrong) == (done, True), verdict


@pytest.mark.parametrize("done", range(8))
def test_holes_are_filled_one_after_the_other(done: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the first holes filled, the next one is said to be open, and those done are ticked."""
    file = tmp_path / "my_engine.py"
    file.write_text(filled(dict.fromkeys(range(done + 1, 9), "raise NotImplementedError")), encoding="utf-8")
    assert main(["lesson", "L30", "--file", str(file)]) == 1
    out = capsys.readouterr().out
    assert out.count("✓") == done
    assert f"→ {done + 1}  {HOLES[done].name}: nothing is written here yet" in out
    assert f"{done} of 8" in out


def test_a_class_that_grows() -> None:
    """As in a notebook, a hole that is not even there is one where nothing is written yet."""
    kept, names = filled({}), ["__add__", "__mul__", "__pow__", "tanh", "order", "backward"]
    for done, name in enumerate(names, start=1):
        program = made(kept)
        for later in names[done - 1 :]:
            delattr(program.Value, later)
        assert judge(program.Value) == Verdict(done), name
        assert f"→ {done + 1}  {HOLES[done].name}: nothing is written here yet" in str(judge(program.Value))


def test_the_file_begins_with_holes_and_is_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command writes a program with eight holes, each with its task; what is there already, it leaves as it is."""
    file = tmp_path / "my_engine.py"
    assert main(["lesson", "L30", "--file", str(file)]) == 0
    assert "is written" in capsys.readouterr().out
    text = file.read_text(encoding="utf-8")
    assert text == with_holes()
    assert text.count("raise NotImplementedError") == 8
    assert all(f"Hole {number}, " in text for number in range(1, 9))
    for first, last in holes().values():
        for line in source().splitlines()[first - 1 : last]:
            assert len(line) < 20 or line not in text.splitlines(), line
    for content in (text, "", "class Value: pass\n"):
        file.write_text(content, encoding="utf-8")
        assert main(["lesson", "L30", "--file", str(file)]) == 1
        assert file.read_text(encoding="utf-8") == content
    capsys.readouterr()
    assert [path.name for path in tmp_path.iterdir()] == ["my_engine.py"]


def test_a_program_that_asks_is_not_answered(tmp_path: Path) -> None:
    """What it reads is empty, here as in the process that judges it: nobody waits for a line that nobody types."""
    path = tmp_path / "asks.py"
    path.write_text(f"{source()}\ntry:\n    input('go?')\nexcept EOFError:\n    pass\n", encoding="utf-8")
    words, outcome = attempt(str(path), {})
    assert outcome is not None, words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()", "thread"),
        ("import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()", ""),
        ("import threading, time; threading.Thread(target=time.sleep, args=(0.2,)).start()", ""),
        ("import sys; sys.stdout = None", ""),
        ("import os; os.chdir(os.sep)", ""),
    ],
)
def test_what_a_program_leaves_behind(line: str, words: str, tmp_path: Path) -> None:
    """A thread without an end, for which the command would wait, is told; no other folder, and no lost output, is left."""
    path = tmp_path / "leaves.py"
    path.write_text(f"{source()}\n{line}\n", encoding="utf-8")
    out, folder, threads = sys.stdout, Path.cwd(), {each for each in threading.enumerate() if not each.daemon}
    said, outcome = attempt(str(path), {})
    assert (outcome is None) == bool(words), said
    assert words in said
    assert (sys.stdout, Path.cwd()) == (out, folder)
    for each in {each for each in threading.enumerate() if not each.daemon} - threads:
        each.join(5.0)
        assert not each.is_alive()


def test_the_finished_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With all holes filled, the command trains XOR with the reader's engine, compares, draws its graph; so does the file itself."""
    file, picture = tmp_path / "my_engine.py", tmp_path / "mine.svg"
    file.write_text(source(), encoding="utf-8")
    assert main(["lesson", "L30", "seed=1", "--file", str(file), "--svg", str(picture)]) == 0
    out = capsys.readouterr().out
    assert "8 of 8" in out
    assert "seed = 1, with" in out
    assert out.count("✓") == 8 + 3
    assert "w¹₂₁" in picture.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir() if path.name not in {"my_engine.py", "mine.svg"}] == []
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, encoding="utf-8", timeout=60, env={**os.environ, "PYTHONUTF8": "1"})  # fmt: skip
    assert re.findall(r"learnt: (-?)0\.9", done.stdout) == ["-", "", "", "-"], done


UNREADABLE = [
    ("class Value\n    pass\n", "Python cannot read the file: expected ':' in line 1: 'class Value'"),
    ("x = (\n", "Python cannot read the file: '(' was never closed in line 1"),
    ("\0", "Python cannot read the file"),
    ("# -*- coding: no-such -*-\n", "Python cannot read the file"),
    ("x = 1\n\ny = 1 / 0\n", "ends with ZeroDivisionError in line 3 (<module>): division by zero"),
    ("import no_such_module\n", "ends with ModuleNotFoundError in line 1 (<module>): No module named 'no_such_module'"),
    ("import sys\nsys.exit()\n", "ends the whole program in line 2"),
    ("def f():\n    f()\n\nf()\n", "does not end: line 2 (f) calls itself"),
    ("x = 1\n", "there is no class Value in it"),
    ("Value = 1\n", "there is no class Value in it"),
    ("class Value:\n    pass\n", "Value() takes no arguments"),
    ("raise SystemError('\\x1b[31m')\n", "SystemError"),
]


@pytest.mark.parametrize(("text", "words"), UNREADABLE)
def test_what_cannot_be_run_is_told(text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Errors of syntax and exceptions are told in a sentence with their line, and never as Python's traceback."""
    file = tmp_path / "my_engine.py"
    file.write_text(text, encoding="utf-8")
    assert main(["lesson", "L30", "--file", str(file)]) == 1
    out, err = capsys.readouterr()
    assert words in out
    assert err == ""
    assert "Traceback" not in out
    assert "\x1b" not in out


SWALLOWED = "while True:\n    try:\n        while True:\n            pass\n    except:\n        pass"
UNENDING = {
    "at the top": filled({}) + "\nwhile True:\n    pass\n",
    "a bare except": filled({6: SWALLOWED}),
    "a finally": filled({7: "while True:\n    try:\n        while True:\n            pass\n    finally:\n        continue"}),
    "no line of Python": filled({4: "return sum(range(10**12))"}),
    "another thread": filled({6: "import threading\nt = threading.Thread(target=lambda: [0 for _ in iter(int, 1)])\nt.start()\nt.join()"}),
}  # fmt: skip


@pytest.mark.parametrize("text", UNENDING.values(), ids=UNENDING)
def test_what_does_not_end_is_ended(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that never comes to its end is ended from outside, whatever it does, and told by the line where it was."""
    monkeypatch.setattr("autograd_lite.lessons.building.program.SECONDS", 2.0)
    file = tmp_path / "my_engine.py"
    file.write_text(text, encoding="utf-8")
    assert main(["lesson", "L30", "--file", str(file)]) == 1
    out, err = capsys.readouterr()
    found = re.search(r"it does not end: after 2 seconds it still runs in line (\d+)", out)
    assert found, out
    line = text.splitlines()[int(found[1]) - 1]
    assert any(part in line for part in ("while", "pass", "continue", "sum(", "iter(")), line
    assert err == ""


VIOLENT = {
    "os._exit": ({6: "import os\nos._exit(0)"}, "it ends the whole program, and nothing could be judged"),
    "a crash": ({6: "import ctypes\nctypes.string_at(0)"}, "Python itself has crashed in line"),
    "exit": ({6: "exit()"}, r"the order of y ends the whole program in line \d+ \(order\)"),
    "input": ({6: "input()"}, "the order of y ends with EOFError in line"),
    "GeneratorExit": ({6: "raise GeneratorExit"}, "the order of y ends with GeneratorExit in line"),
    "no words": ({6: "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E"}, r"ends with E in line \d+ \(order\)\n"),
    "too many words": ({6: "raise ValueError('x' * 10**6)"}, r"ends with ValueError in line \d+ \(order\): x{200}\n"),
    "an assertion": ({6: "assert False"}, r"ends with AssertionError in line \d+ \(order\)\n"),
    "a generator without an end": ({6: "while True:\n    yield self"}, "the order of y does not end: 1,000 Values have come, of 1"),
    "an iterator without an end": ({6: "import itertools\nreturn itertools.repeat(self)"}, "the order of y does not end: 1,000 Values"),
    "parents without an end": ({1: "import itertools\nself.data, self.grad, self.partials = data, 0.0, partials\nself.parents = itertools.count() if parents else ()"}, "among its parents is 0, which is no Value"),
    "all memory": ({6: "x = [0]\nwhile True:\n    x = x + x"}, r"the order of y ends with MemoryError in line \d+ \(order\)"),
    "no output": ({6: "import sys\nsys.stdout.close()\nreturn []"}, "y is left out"),
}  # fmt: skip


@pytest.mark.parametrize(("bodies", "words"), VIOLENT.values(), ids=VIOLENT)
def test_whatever_a_program_does_is_told(
    bodies: dict[int, str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """A program that ends, breaks or fills everything is told what it did; nothing of it reaches this process."""
    monkeypatch.setattr("autograd_lite.lessons.building.program.MEMORY", 1 << 30)
    file = tmp_path / "my_engine.py"
    file.write_text(filled(bodies), encoding="utf-8")
    assert main(["lesson", "L30", "--file", str(file)]) == 1
    out, err = capsys.readouterr()
    assert re.search(words, out), out
    assert (err, "Traceback" in out) == ("", False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (filled({}) + "\nstep = 'x'\n", "step is 'x', expected a function"),
        (filled({}) + "\ndef odd(self, other):\n    raise ValueError\n\nValue.__sub__ = odd\n", "learning XOR ends with ValueError in line"),
        (filled({}) + "\ndef odd(self, other):\n    raise NotImplementedError\n\nValue.__sub__ = odd\n", r"line \d+ \(odd\) raises NotImplementedError"),
        ("raise NotImplementedError\n", "line 1 (<module>) raises NotImplementedError"),
    ],
)  # fmt: skip
def test_mistakes_outside_of_the_holes(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was given and has been changed is told in words as well."""
    file = tmp_path / "my_engine.py"
    file.write_text(text, encoding="utf-8")
    assert main(["lesson", "L30", "--file", str(file)]) == 1
    out, err = capsys.readouterr()
    assert words in out or re.search(words, out), out
    assert err == ""


def test_a_module_beside_the_program(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """A program may import what lies in its own folder, as where Python runs it; what lies there hides nothing of ours."""
    (tmp_path / "beside.py").write_text("ONE = 1.0\n", encoding="utf-8")
    (tmp_path / "json.py").write_text("raise SystemError\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    Path("my_engine.py").write_text("from beside import ONE\n" + filled({}), encoding="utf-8")
    assert main(["lesson", "L30", "--file", "my_engine.py"]) == 0
    assert "8 of 8" in capsys.readouterr().out
    assert str(tmp_path) not in sys.path


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["L30", "--file", "engine.txt"], "ends in .py"),
        (["L30", "--file", "no/such/folder/engine.py"], "no such folder"),
        (["L01", "--file", "engine.py"], "--file is for L30"),
    ],
)
def test_what_the_command_refuses(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that no program has, a folder that is not there, and another lesson are refused in one line."""
    assert main(["lesson", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err


def test_the_training_is_that_of_matrices() -> None:
    """XOR is learnt as by NumPy, with the gradients of both layers written as matrices."""
    weights = np.array([weight.data for weight in finished.first_weights()])
    w, v, c = weights[:6].reshape(2, 3), weights[6:8], weights[8]
    x = np.array([[x1, x2, 1.0] for x1, x2, _ in finished.XOR])
    t = np.array([target for *_, target in finished.XOR])
    losses = []
    for _ in range(301):
        h = np.tanh(x @ w.T)
        y = np.tanh(h @ v + c)
        losses.append(((y - t) ** 2).sum())
        delta = 2 * (y - t) * (1 - y**2)
        back = np.outer(delta, v) * (1 - h**2)
        w, v, c = w - 0.1 * back.T @ x, v - 0.1 * h.T @ delta, c - 0.1 * delta.sum()
    outcome = build_it().check()
    assert outcome.numbers["loss at first"] == pytest.approx(losses[0], rel=1e-12)
    assert outcome.numbers["loss at last"] == pytest.approx(losses[-1], rel=1e-9)


def test_where_xor_is_not_learnt_the_report_says_why() -> None:
    """From weights that end on a plateau the claim fails with its reason, and the others hold."""
    outcome = build_it(seed=2)
    assert not outcome.right
    assert "falls by 4.9e−05 in a round" in str(outcome)
    assert "another seed" in outcome.reason("all four outputs are on the right side of 0")
    assert list(outcome.claims.values()) == [False, True, True]


@pytest.mark.parametrize(("a", "b"), [(1, 1), (5, 2), (3, 4)])
def test_the_expression_by_hand(a: int, b: int) -> None:
    """The sheet's expression, (ab + a)², has the gradients of its polynomial."""
    numbers = by_hand(a=a, b=b).check().numbers
    v = a * b + a
    assert [*numbers.values()] == [v * v, 2 * v, 2 * v * (b + 1), 2 * v * a]
