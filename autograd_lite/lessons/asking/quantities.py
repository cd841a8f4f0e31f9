"""What can be asked about a lesson, by name: its numbers, derivatives of its graph's root, values of its nodes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.text import readable, shortened
from autograd_lite.engine.value import Value
from autograd_lite.lessons.asking.nested import as_lists, filled, flat, places, structure
from autograd_lite.lessons.asking.quantity import AFTER, Part, Quantity, several
from autograd_lite.lessons.asking.spelling import folded
from autograd_lite.views.steps.asked import Kind, close
from autograd_lite.views.steps.passes import Backward, Passes

if TYPE_CHECKING:
    from autograd_lite.lessons.lesson import Lesson

KEPT = 16  # lessons, each with its parameters, whose outcomes are not computed again
MOST_NAMES = 24  # that a refusal lists
DERIVATIVE = re.compile(r"d(.+)/d(.+)")  # of a folded name
HIGHER = re.compile(r"d(?:elta)?(\d)(\w+)/d(\w+?)\1")  # d²f/dx², folded
POINT = re.compile(r"(.+')\((\w+)\)")  # f′(x), folded


class LessonError(ValueError):
    """An unknown lesson, a parameter that it does not take, or a quantity that it does not have."""


class Quantities:
    """Everything that can be asked about a lesson with its parameters; what is computed for one name is kept.

    >>> from autograd_lite.lessons import find
    >>> asked = quantities(find("L21"), {"x2": 3.0})
    >>> asked["dJ/dv"].truth, asked["dJ/dv_1"].truth, asked["z"].truth
    ([6.0, 12.0], 6.0, 5.0)
    """

    def __init__(self, lesson: Lesson, parameters: Mapping[str, Any]) -> None:
        self.lesson, self.parameters = lesson, parameters
        self.outcome = lesson(**parameters)
        self.known: dict[str, Any] = {**self.outcome.numbers, **self.outcome.further, **self.outcome.numbers}
        self._found: dict[str, Quantity] = {}

    @cached_property
    def trace(self) -> Passes | None:
        """The steps of the graph; None where the lesson has none."""
        return None if self.outcome.graph is None else Passes(self.outcome.graph, None)

    @cached_property
    def nodes(self) -> dict[str, Value]:
        """The nodes of the graph by their folded names; the first of those that have one name."""
        if self.trace is None:
            return {}
        return {folded(self.trace.names[node]): node for node in reversed(self.trace.nodes)}

    @cached_property
    def inputs(self) -> list[Value]:
        """The nodes that nothing of the graph computes."""
        return [x for x in self.nodes.values() if x.op is None]

    @cached_property
    def _last(self) -> dict[Value, Backward]:
        """The step that completes the gradient of each node."""
        return {} if self.trace is None else {step.operand: step for step in self.trace.backward}

    def riddle(self, name: str) -> Any:
        """What is no number, and judges itself; None where nothing of this name does."""
        riddles = {folded(other).lower(): x for other, x in self.known.items() if hasattr(x, "judge")}
        return riddles.get(folded(str(name)).lower())

    @property
    def numbers(self) -> dict[str, Any]:
        """What is known and is a number, or has some: no riddle, and nothing that is computed only when asked."""
        return {name: x for name, x in self.known.items() if not callable(x) and not hasattr(x, "judge")}

    @property
    def root(self) -> str:
        """The name of the graph's root."""
        return "" if self.trace is None else self.trace.names[self.trace.root]

    def __getitem__(self, name: str) -> Quantity:
        """The quantity that a name means. Raises LessonError, which says what can be asked."""
        key = self._short(folded(str(name)))
        if key not in self._found:
            found = self._number(key) or self._derivative(key) or self._value(key) or self._entry(key)
            self._found[key] = found or self._unknown(name)
        return self._found[key]

    def _short(self, key: str) -> str:
        """A derivative by the only input, as primes: d²f/dx² and f″(x) are f″."""
        inputs = {key for key, x in self.nodes.items() if x.op is None}
        if (match := HIGHER.fullmatch(key)) and inputs == {match[3]} and match[1] > "0":
            return match[2] + "'" * int(match[1])
        return match[1] if (match := POINT.fullmatch(key)) and inputs == {match[2]} else key

    def _entry(self, key: str) -> Quantity | None:
        """One of the numbers of a list that the lesson has, by its place: δ¹₂ of δ¹."""
        for whole in [self[name] for name, x in self.numbers.items() if isinstance(as_lists(x), list)]:
            counted = all(a[-1] == b[-1] for a, b in zip(whole.indexed, whole.places, strict=True))  # from 1, not β₀
            for at, place in [*enumerate(whole.places), *[*enumerate(whole.indexed)] * counted]:
                if folded(place).lower() == key.lower():
                    one = slice(at, at + 1)
                    return Quantity(place, whole.entries[at], whole.parts[one], whole.before[one], whole.name)
        return None

    def _number(self, key: str) -> Quantity | None:
        """One of the numbers of the lesson, with its nodes."""
        for fold in (str, str.lower):
            found = [name for name in self.known if fold(folded(name)) == fold(key)]
            if len(found) == 1:
                truth = as_lists(self.known[found[0]])
                return Quantity(found[0], truth, self._parts(found[0], truth), self._before(found[0], truth))
        return None

    def _derivative(self, key: str) -> Quantity | None:
        """A derivative of the root that the lesson does not name."""
        key = key.removesuffix(".grad") if (grad := key.endswith(".grad")) else key
        match = DERIVATIVE.fullmatch(key)
        if self.trace is None:
            return None
        if key == f"{folded(self.root)}'" and len(self.inputs) == 1:
            return self._of(self.inputs, (), f"{self.root}′", "gradient")
        if match and match[1] == folded(self.root):
            return self._labelled(match[2], "gradient")
        return self._labelled(key, "gradient") if grad else None

    def _value(self, key: str) -> Quantity | None:
        return self._labelled(key.removesuffix(".data"), "value")

    def _labelled(self, key: str, kind: Kind) -> Quantity | None:
        """The gradient, or the value, of the node with a name, or of all whose names are this one with indices."""
        trace = self.trace
        if trace is None:
            return None
        if key in self.nodes:
            name = trace.names[self.nodes[key]]
            return self._of([self.nodes[key]], (), self._title(name, kind), kind)
        for stem in (key, key.lower()):
            several = [stem + str(k) in self.nodes for k in range(1, 10)]
            rows = [[stem + f"{j}{k}" in self.nodes for k in range(1, 10)] for j in range(1, 10)]
            shape: list[Any] = [()] * several.index(False) if False in several else [()] * 9
            if not shape:
                shape = [[()] * row.index(False) for row in rows if row[0] and False in row]
            found = self._by_indices(stem, shape) if shape else None
            if found:
                return self._of(found, shape, self._title(self._common(found[0], shape), kind), kind)
        return None

    def _common(self, first: Value, shape: Any) -> str:
        """The name of several nodes: that of the first without its indices."""
        assert self.trace is not None
        name = self.trace.names[first]
        return name[: len(name) - len("".join(next(places(shape))))]

    def _title(self, name: str, kind: Kind) -> str:
        return f"∂{self.root}/∂{name}" if kind == "gradient" else name

    def _of(self, nodes: Sequence[Value], shape: Any, name: str, kind: Kind) -> Quantity:
        assert self.trace is not None
        numbers = iter([self._holds(node, kind) for node in nodes])
        return Quantity(name, filled(shape, numbers), [self._part(node, kind) for node in nodes])

    def _part(self, node: Value, kind: Kind) -> Part:
        assert self.trace is not None
        name = self._title(self.trace.names[node], kind)
        if kind == "gradient":
            return Part(node, kind, name, self._last.get(node))
        return Part(node, kind, name, None if node.op is None else self.trace.forward[self.trace.places[node]])

    def _holds(self, node: Value, kind: Kind) -> float:
        assert self.trace is not None
        return self.trace.gradients.get(node, 0.0) if kind == "gradient" else self.trace.values[node]

    def _by_indices(self, stem: str, shape: Any) -> list[Value]:
        """The nodes whose names are a stem with the indices of the places, from 1 or from 0; none if one is missing."""
        for first in (1, 0):
            keys = [stem + "".join(str(int(k) - 1 + first) for k in place) for place in places(shape)]
            if all(key in self.nodes for key in keys):
                return [self.nodes[key] for key in keys]
        return []

    def _parts(self, name: str, truth: Any) -> list[Part]:
        """The nodes that have the numbers of a quantity of the lesson: found by its name, believed if they agree."""
        if self.trace is None or isinstance(truth, str):
            return []
        key, shape = folded(name), structure(truth)
        match = DERIVATIVE.fullmatch(key)
        of_root = match is not None and match[1] == folded(self.root)
        candidates: list[tuple[Sequence[Value], Kind]] = []
        for stem in _stems(match[2]) if match and of_root else []:
            candidates.append((self._named(stem, shape), "gradient"))
        if key.startswith("delta"):
            candidates.append((self._named(f"z{key.removeprefix('delta')}", shape), "gradient"))
        if key == f"{folded(self.root)}'" and len(self.inputs) == 1:
            candidates.append((self.inputs, "gradient"))
        candidates += [(self._named(stem, shape), "value") for stem in _stems(key)]
        wanted = list(flat(truth))
        for nodes, kind in candidates:
            held = [self._holds(node, kind) for node in nodes]
            if len(held) == len(wanted) and all(map(close, held, wanted)):
                return [self._part(node, kind) for node in nodes]
        return []

    def _named(self, stem: str, shape: Any) -> list[Value]:
        if not isinstance(shape, list):
            return [self.nodes[stem]] if stem in self.nodes else []
        one_row = self._by_indices(stem + "1", shape)  # of a layer of one neuron
        return self._by_indices(stem, shape) or one_row

    def _before(self, name: str, truth: Any) -> list[float]:
        """The numbers as they were before a step, for those that are named as after it."""
        match = AFTER.fullmatch(name)
        if not match or isinstance(truth, str):
            return []
        key, shape = folded(match[1]), structure(truth)
        if key in {folded(other) for other in self.known}:
            before = self[key]
            return [*map(float, before.entries)] if before.shape == shape else []
        if names := several(key):
            found = [self.nodes[each] for each in names if each in self.nodes]
        else:
            found = next(filter(None, (self._named(stem, shape) for stem in _stems(key))), [])
        wanted = len(list(flat(truth)))
        return [self._holds(node, "value") for node in found] if len(found) == wanted else []

    def _unknown(self, name: object) -> Quantity:
        labelled = [self.trace.names[node] for node in self.trace.nodes if node.label] if self.trace else []
        whole = [*self.known, *(f"∂{self.root}/∂{x}" for x in labelled if x != self.root), *labelled]
        by_key = {folded(x): x for x in reversed(whole)}
        near = [by_key[key] for key in get_close_matches(folded(str(name)), by_key, 4, 0.7)]
        meant = f"; did you mean {' or '.join(near)}?" if near else "."
        listed = ", ".join([*self.known][:MOST_NAMES])
        more = f"; and derivatives of {self.root}, such as dL/dx" if labelled else ""
        more = more.replace("dL/dx", f"∂{self.root}/∂{labelled[0]}") if labelled else more
        raise LessonError(
            f"{self.lesson.id} has no quantity {readable(shortened(name))}{meant} It can be asked for {listed}{more}"
        )

    def others(self, quantity: Quantity) -> list[Quantity]:
        """The other numbers of the lesson that have the same shape; what is computed only when asked is left out."""
        names = [name for name in self.numbers if name != quantity.name]
        return [other for other in map(self.__getitem__, names) if other.shape == quantity.shape]


def _stems(key: str) -> list[str]:
    """How the names of a matrix' entries may begin."""
    return list(dict.fromkeys([key, key[:1].lower() + key[1:]]))


def quantities(lesson: Lesson, given: Mapping[str, Any]) -> Quantities:
    """What can be asked about a lesson with these parameters; the last few are kept, since a lesson may train."""
    return _quantities(lesson, tuple(lesson.completed(given).items()))


@lru_cache(maxsize=KEPT)
def _quantities(lesson: Lesson, parameters: tuple[tuple[str, Any], ...]) -> Quantities:
    return Quantities(lesson, dict(parameters))
