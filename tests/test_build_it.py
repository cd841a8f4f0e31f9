"""Build it (L30): every typical mistake, in every hole, is found there and told by its numbers."""

from __future__ import annotations

import re

import pytest
from built import WRAPPED, filled, made

from autograd_lite.lessons.building import judge
from autograd_lite.lessons.building.program import holes, source

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
