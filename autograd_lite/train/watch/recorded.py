"""A model as the page draws it: layers and units, found in the recorded graph of one sample, and each weight's place.

A model is what its graph says, for any parameters and inputs: the graph of another sample is asked whether it says the
same. What stands in no unit has no circle, but is computed all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from math import isclose
from typing import Any

from autograd_lite.engine.graph import topological_order
from autograd_lite.engine.lines import record_lines
from autograd_lite.engine.program import Program
from autograd_lite.engine.reals import as_lists
from autograd_lite.engine.sequences import sum as total
from autograd_lite.engine.text import readable, shortened
from autograd_lite.engine.value import Value, plain
from autograd_lite.nn.modules import evaluate
from autograd_lite.nn.samples import flat
from autograd_lite.train.kept import Kept
from autograd_lite.train.watch.programs import function
from autograd_lite.views.steps.circles import Circle, circles
from autograd_lite.views.steps.network import kind_of_unit
from autograd_lite.views.steps.passes import Passes
from autograd_lite.views.steps.samples import samples_of
from autograd_lite.views.steps.units import units_of
from autograd_lite.views.units import noted

FAILED = Exception  # models and losses of one's own raise what they like where they meet what they don't expect
TRIED = 5  # samples, for which the graph of one is compared with the model
NEAR = 1e-9  # sums in another order, and forms of functions for text, differ in the last digits


class Recorded:
    """The graph of one sample: its leaves, the model's outputs, the units that the page draws.

    Raises ValueError for a model that is no fixed formula of its inputs and parameters.

    >>> from autograd_lite import nn, optim
    >>> model = nn.MLP(2, [3, 1], "tanh", seed=1)
    >>> kept = Kept(model, nn.losses.mse, [[0.5, -1.0]], [1.0], optimizer=optim.SGD(model.parameters(), 0.1), keep=1)
    >>> recorded = Recorded(kept)
    >>> [(layer["name"], layer["activation"], len(layer["units"])) for layer in recorded.layers]
    [('layer 1', 'tanh', 3), ('layer 2', 'linear', 1)]
    >>> recorded.parameters[0]
    {'name': 'w¹₁₁', 'layer': 0, 'unit': 0, 'from': 0}
    """

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        with kept.at(kept.states[-1].numbers), record_lines():
            self.inputs, self.structure = self._called(kept.samples[0])
            try:
                outputs = flat(self.structure)
            except TypeError as error:
                raise ValueError(f"the page needs a model whose outputs are a number or a list: {error}") from error
            if isinstance(self.structure, (list, tuple)) and any(isinstance(y, (list, tuple)) for y in self.structure):
                raise ValueError(
                    "the page needs a model whose outputs are a number or a list of numbers, not nested lists"
                )
            if not any(isinstance(y, Value) and y.op is not None for y in outputs):
                raise ValueError(f"the page needs a model that computes with Values; its outputs are {outputs!r}")
            self.outputs = [y if isinstance(y, Value) else Value(float(y)) for y in outputs]
            self.seeds = [Value(1.0, f"s{k}") for k in range(len(outputs))]
            self.root = total(s * y for s, y in zip(self.seeds, self.outputs, strict=True))
            later = {*kept.model.parameters()} - {*kept.parameters, *self.inputs}
            if any(x in later for node in topological_order(self.root) for x in node.operands if type(x) is Value):
                raise ValueError("the page cannot replay this model: it got other parameters during the training")
            passes = Passes(self.root, None)
            units = [unit for unit in units_of(passes) if unit.weights]
            samples = samples_of(passes, units)
            found = circles(passes, units, samples) if samples.separate and any(unit.fits for unit in units) else []
            self.circles: list[Circle] = found
            self.names = noted(passes.nodes)
            self._check_general()

    def _called(self, sample: Any) -> tuple[list[Value], Any]:
        """The inputs as leaves, and what the model makes of them."""
        inputs = [Value(plain(x), f"x{i + 1}") for i, x in enumerate(flat(sample))]
        with _replaying():
            return inputs, as_lists(self.kept.model(like(inputs, sample)))

    def _check_general(self) -> None:
        """Raise ValueError where the graph is that of this sample only, or of these numbers."""
        kept = self.kept
        few = kept.samples[:: max(1, len(kept.samples) // TRIED)][:TRIED]
        with _replaying():
            outputs = evaluate(kept.model, few)
            computed = [self.values_at(kept.states[-1].numbers, sample) for sample in few]
        for sample, found, values in zip(few, outputs, computed, strict=True):
            numbers = [values[place] for place in self.output_places]
            if not all(isclose(a, b, rel_tol=NEAR, abs_tol=NEAR) for a, b in zip(numbers, flat(found), strict=True)):
                raise ValueError(
                    f"the page cannot replay this model: for {shortened(sample)} it gives {shortened(found)}, and the "
                    f"graph of another sample {shortened(numbers)}; it draws random numbers, or takes another way for "
                    "other numbers"
                )

    def shaped(self, outputs: Sequence[Any]) -> Any:
        """Outputs in the structure in which the model returns them: one by itself, or a list."""
        return like(outputs, self.structure)

    def values_at(self, numbers: Sequence[float], sample: Any) -> tuple[float, ...]:
        """The values for one sample, at other numbers of the parameters."""
        return self.forward([*numbers, *map(plain, flat(sample))])

    def outputs_of(self, numbers: Sequence[float], samples: Sequence[Any]) -> list[Any]:
        """What the model returns for some samples, at other numbers of the parameters."""
        rows = [self.values_at(numbers, x) for x in samples]
        return [self.shaped([row[place] for place in self.output_places]) for row in rows]

    @cached_property
    def values(self) -> list[Value]:
        """The nodes that the page is told of: sums and activations of the units, and the outputs, each once."""
        found = [node for one in self.circles for node in (one.first.z, one.first.a)]
        return list(dict.fromkeys([*found, *self.outputs]))

    @cached_property
    def places(self) -> dict[Value, int]:
        """Where each of the values stands among them."""
        return {node: place for place, node in enumerate(self.values)}

    @cached_property
    def output_places(self) -> list[int]:
        """Where the model's outputs stand among the values."""
        return [self.places[y] for y in self.outputs]

    @cached_property
    def programs(self) -> tuple[Program, Program]:
        """What gives the values, with the gradient of the outputs by weights for each; and what gives the values alone.

        Raises ValueError, with the line, where a number was compared.
        """
        inputs = [*self.kept.parameters, *self.inputs]
        with_gradient = Program(self.root, *self.values, inputs=[*inputs, *self.seeds])
        return with_gradient, Program(*self.values, inputs=inputs, gradient=False)

    @cached_property
    def forward(self) -> Callable[[Sequence[float]], tuple[float, ...]]:
        """The values for a list of parameters and inputs."""
        return function(self.programs[1])

    @cached_property
    def layers(self) -> list[dict[str, Any]]:
        """The layers as the page has them: the name, the activation, and where the numbers of each unit are."""
        found: list[dict[str, Any]] = []
        columns: dict[int, list[Circle]] = {}
        for one in self.circles:
            columns.setdefault(one.column, []).append(one)
        for column, ones in columns.items():
            kinds = dict.fromkeys(map(kind_of_unit, ones))
            units = [
                {
                    "name": readable(one.names["a"]),
                    "z": self.places[one.first.z] if one.unit.fits else None,
                    "a": self.places[one.first.a],
                }
                for one in ones
            ]
            found.append({"name": f"layer {column + 1}", "activation": ", ".join(kinds), "units": units})
        outputs = [{"name": f"y{k + 1}", "z": None, "a": place} for k, place in enumerate(self.output_places)]
        return found or [{"name": "model", "activation": "", "units": outputs}]

    @cached_property
    def parameters(self) -> list[dict[str, Any]]:
        """Each parameter with its place: the layer, the unit in it, and the unit before, or the input."""
        unit_of = {one.first.a: one for one in self.circles}
        input_of = {x: i for i, x in enumerate(self.inputs)}
        places: dict[Value, dict[str, Any]] = {}
        for one in self.circles:
            for term in one.first.terms:
                if not isinstance(term.weight, Value):
                    continue
                behind = None
                if isinstance(term.input, Value):
                    source = unit_of.get(term.input)
                    behind = source.row if source is not None and source.column == one.column - 1 else None
                    behind = input_of.get(term.input) if one.column == 0 else behind
                if term.input is None or behind is not None:
                    places.setdefault(term.weight, {"layer": one.column, "unit": one.row, "from": behind})
        own = {x: name for name, x in self.kept.model.named_parameters()}
        nowhere = {"layer": None, "unit": None, "from": None}
        return [
            {"name": readable(self.names.get(x) or own.get(x) or x.label or ""), **places.get(x, nowhere)}
            for x in self.kept.parameters
        ]

    @property
    def sizes(self) -> str:
        """The sizes of the inputs and of the layers, as 2 → 8 → 1."""
        units = [len(layer["units"]) for layer in self.layers]
        return " → ".join(map(str, [len(self.inputs), *units]))


@contextmanager
def _replaying() -> Iterator[None]:
    """Say what it means for the page that the model fails."""
    try:
        yield
    except FAILED as error:
        raise ValueError(f"the page cannot replay this model, at the latest epoch it fails: {error}") from error


def like(numbers: Sequence[Any], structure: Any) -> Any:
    """Numbers in the structure of something: as a list, or one by itself."""
    return list(numbers) if isinstance(structure, (list, tuple)) else numbers[0]
