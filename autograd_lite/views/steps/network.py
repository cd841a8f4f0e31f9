"""`network()`: the units of a trace as data for the page, which draws them as a map and steps through them."""

from __future__ import annotations

from typing import Any

from autograd_lite.engine.text import counted, readable, shown, total
from autograd_lite.engine.value import Value
from autograd_lite.views.formulas import FormulaOperand
from autograd_lite.views.notations import MATHML, scripts
from autograd_lite.views.steps.circles import Circle, circles, unused
from autograd_lite.views.steps.equations import (
    FIRST_MARK,
    Equation,
    activation,
    along_edges,
    delta,
    fraction,
    slope,
    weighted_sum,
)
from autograd_lite.views.steps.page.javascript import number
from autograd_lite.views.steps.passes import Passes
from autograd_lite.views.steps.samples import Samples, samples_of
from autograd_lite.views.steps.title import in_terms_of
from autograd_lite.views.steps.units import Call, Term, units_of
from autograd_lite.views.units import indices, noted


def network(trace: Passes) -> dict[str, Any]:
    """The units of a graph as data for the page; without `units` where the graph has none.

    Numbers are raw, as `number` writes them for JSON; names are [base, raised, lowered]; formulas are MathML. By key:

    - `kind`: "sample", or "step" where calls depend on each other, as in a recurrence: then each is a unit of its own.
    - `count`, `reduction` ("mean", "sum" or ""), `scale`: of the samples. δ and what else goes backward is that of the
      sample's own loss, the recorded gradient times `scale`: the mean's 1/n belongs to the loss.
    - `symbol`: what is differentiated, the loss or where there is none the last unit's output.
    - `inputs`: {name, symbol, unit, values (by sample)}; `unit` is the one beside which it stands, None for the column
      of all inputs.
    - `params`: {name, symbol, value, gradient (as recorded; None where none was), outside (of it, what no unit brings,
      such as a penalty)}.
    - `layers`: {title, units (ids, from top to bottom)}; the `column` of a unit is the place of its layer here.
    - `units`: {id, column, title, scope, fits, f (the name of the activation), linear, names and symbols of z, a and
      delta, terms, feeds, equations, partial (f′ as a formula), edges; and
      by sample z, a, delta, slope, upstream (the gradient of a), rest (of
      it, what comes through no weight of another unit), at (the places of z and of a among the nodes)}.
      A term of z is {param, value, sign, from}: the place of the weight in `params`, or None and the constant; and
      {"unit": id} or {"input": place}, None for a bias. ∂L/∂w is δ times what stands there, times the sign.
      `feeds` are [unit, term]: the weights that a is multiplied by. `edges` are, by sample, [upstream, local, node,
      place] of each edge that leaves a unit that does not fit. `equations` has z, a and delta, or the gradient of a
      where the unit does not fit: {left, symbols, numbers, between, slots}, see equations.py.
    - `samples`: {inputs (numbers), targets (numbers or None), loss (number or None), title (the loss as a
      formula, in which the character 0xE100 + id stands for the output of a unit; "" where it is long)};
      `loss`: {name, symbol, value}.
    - `steps`: {kind, unit} in order; the loss is {kind: "forward", unit: None}.

    >>> from autograd_lite import trace
    >>> from autograd_lite.nn import MLP, losses
    >>> data = network(trace(losses.mse(MLP(2, [3, 1], "tanh", seed=1)([0.5, -1.0]), 1.0)))
    >>> [layer["title"] for layer in data["layers"]], [unit["names"]["a"] for unit in data["units"]][1]
    (['layer 1 · tanh', 'layer 2 · linear'], ['a', '1', '2'])
    """
    units = units_of(trace)
    samples = samples_of(trace, units)
    found = circles(trace, units, samples)
    return _Network(trace, found, samples).data() if found else {}


class _Network:
    """What `network` says, collected."""

    def __init__(self, trace: Passes, found: list[Circle], samples: Samples) -> None:
        self.trace, self.circles, self.samples = trace, found, samples
        self.numbers = found[0].first.trace
        self.places = {node: place for place, node in enumerate(trace.nodes)}
        self.of_output = {call.a: one for one in found for call in one.calls}
        self.params: dict[Value, str] = {}
        self.shares: dict[Value, list[float]] = {}
        self.inputs: dict[Any, dict[str, Any]] = {}
        self.input_names: dict[Any, str] = {}
        self.noted, self.taken = noted(trace.nodes), set(trace.names.values())
        root = self.of_output.get(trace.root)
        self.loss = root.names["a"] if root else trace.names[trace.root]

    def data(self) -> dict[str, Any]:
        for one in self.circles:
            for place, term in enumerate(one.first.terms):
                self._parameter(one, place, term)
        self.param_places = {weight: place for place, weight in enumerate(self.params)}
        units = [self._unit(one) for one in self.circles]
        samples = self.samples
        root = self.trace.root
        steps: list[dict[str, Any]] = [{"kind": "forward", "unit": one.id} for one in self.circles]
        if root not in self.of_output:
            steps.append({"kind": "forward", "unit": None})
        backward = sorted(
            (one for one in self.circles if one.first.a in self.trace.gradients), key=lambda one: -one.column
        )
        steps += [{"kind": "backward", "unit": one.id} for one in backward]
        count = samples.count if samples.separate else 1
        inputs = list(self.inputs.values())
        return {
            "kind": "sample" if samples.separate else "step",
            "count": count,
            "reduction": samples.reduction,
            "scale": samples.scale,
            "symbol": MATHML.symbol(self.loss),
            "inputs": inputs,
            "params": [self._told(w, name) for w, name in self.params.items()],
            "layers": self._layers(),
            "units": units,
            "samples": [
                {
                    "inputs": [x["values"][i] for x in inputs],
                    "targets": samples.targets[i] and list(map(number, samples.targets[i] or [])),
                    "loss": None if samples.losses[i] is None else number(samples.losses[i] or 0.0),
                    "at": None if (node := samples.nodes[i]) is None else self.places.get(node),
                    "factor": samples.factor,
                    "title": self._title_of(samples, i),
                }
                for i in range(count)
            ],
            "loss": None
            if root in self.of_output
            else {
                "name": _parts(self.loss),
                "symbol": MATHML.symbol(self.loss),
                "value": number(self.trace.values[root]),
            },
            "steps": steps,
        }

    def _title_of(self, samples: Samples, i: int) -> str:
        """The loss of a sample in its units' outputs, for which marks stand; "" where that is no short formula."""
        node = samples.nodes[i]
        root = self.trace.root if node is None and (self.samples.count == 1 or not samples.separate) else node
        if root is None or root in self.of_output:
            return ""
        marks = {call.a: chr(FIRST_MARK + one.id) for one in self.circles for call in one.calls}
        formula = in_terms_of(self.trace, root, marks)
        if formula is None:
            return ""
        factor = FormulaOperand(shown(samples.factor)) if node is not None and samples.factor != 1.0 else None
        return MATHML.of(formula if factor is None else factor * formula)

    def _layers(self) -> list[dict[str, Any]]:
        """The columns: what stands above each, and its units."""
        columns: dict[int, list[Circle]] = {}
        for one in self.circles:
            columns.setdefault(one.column, []).append(one)
        layers = []
        for column, ones in columns.items():
            kinds = list(dict.fromkeys(kind_of_unit(one) for one in ones))
            word = "layer" if self.samples.separate else "step"
            title = f"{word} {column + 1}" if len(columns) > 1 else counted(len(ones), "unit")
            layers.append(
                {"title": f"{title} · {kinds[0]}" if len(kinds) == 1 else title, "units": [one.id for one in ones]}
            )
        return layers

    def _parameter(self, one: Circle, place: int, term: Term) -> None:
        """Name a weight where it is met first, and note what each of its uses brings."""
        if isinstance(term.weight, float):
            return
        if term.weight not in self.params:
            self.params[term.weight] = self._parameter_name(one, term, term.weight)
        gained = [call.gradient(call.terms[place]) for call in one.calls]
        self.shares.setdefault(term.weight, []).extend(gained)

    def _parameter_name(self, one: Circle, term: Term, weight: Value) -> str:
        """The name that a weight has in every view; what has none is counted, as in the notes."""
        if weight in self.noted or weight.label:
            return self.trace.names[weight]
        alone = len({id(other.unit) for other in self.circles}) == 1
        layer, unit = (None, []) if alone else (one.column + 1, [one.row + 1])
        inputs = [other for other in one.first.terms if other.input is not None]
        place = [i for i, other in enumerate(inputs, start=1) if other is term]
        return unused("w" if place else "b", indices(layer, *unit, *place), self.taken)

    def _told(self, weight: Value, name: str) -> dict[str, Any]:
        recorded = self.trace.gradients.get(weight)
        outside = total([recorded or 0.0, *(-share for share in self.shares[weight])])
        size = total([abs(recorded or 0.0), *map(abs, self.shares[weight])])
        known = {"name": _parts(name), "symbol": MATHML.symbol(name), "value": number(self.numbers.values[weight])}
        known["at"] = self.places[weight]
        return known | {
            "gradient": None if recorded is None else number(recorded),
            "outside": number(outside) if abs(outside) > 1e-12 * size else 0.0,
        }

    def _input(self, one: Circle, place: int) -> tuple[dict[str, Any], str]:
        """Where the input of a term comes from, and what it is called."""
        given: list[Any] = [call.terms[place].input for call in one.calls]
        if all(isinstance(x, Value) and x in self.of_output for x in given):
            source = self.of_output[given[0]]
            return {"unit": source.id}, source.names["a"]
        position = sum(term.input is not None for term in one.first.terms[:place])
        values = [self.numbers.number(x) for x in given]
        computed = any(isinstance(x, Value) and x.op is not None for x in given)
        beside = None if self.samples.separate else one.id
        key = (beside, computed, *(map(id, given) if all(isinstance(x, Value) for x in given) else (position, *values)))
        if key not in self.inputs:
            labels = {x.label if isinstance(x, Value) else None for x in given}
            label = labels.pop() if len(labels) == 1 else None
            if computed and len(given) == 1:
                label = self.trace.names[given[0]]
            name = readable(label) if label else self._input_name(one, position, computed)
            at = [self.places.get(x) if isinstance(x, Value) else None for x in given]
            told: dict[str, Any] = {
                "name": _parts(name),
                "symbol": MATHML.symbol(name),
                "unit": beside,
                "values": [number(x) for x in values],
            }
            told["at"] = at
            self.inputs[key], self.input_names[key] = told, name
        return {"input": list(self.inputs).index(key)}, self.input_names[key]

    def _input_name(self, one: Circle, position: int, computed: bool) -> str:
        """A name for an input that has none; of a step of a recurrence, it has the step's number."""
        beside = None if self.samples.separate else one.id
        count = 1 + sum(x["unit"] == beside for x in self.inputs.values())
        if beside is None:
            return unused("h" if computed else "x", indices(None, count), self.taken)
        alike = [[t.input for t in other.first.terms if t.input is not None] for other in self.circles]
        alike = [
            x for x, other in zip(alike, self.circles, strict=True) if other.unit is one.unit and position < len(x)
        ]
        raw = max(sum(not (isinstance(x, Value) and x in self.of_output) for x in given) for given in alike)
        if any(isinstance(given[position], Value) and given[position] in self.of_output for given in alike):
            return "a" + indices(None, call=0)  # where other steps have what the step before has computed
        return "x" + indices(None, *([] if raw <= 2 else [count]), call=one.column + 1)

    def _unit(self, one: Circle) -> dict[str, Any]:
        unit, call, scale = one.unit, one.first, self.samples.scale
        terms: list[dict[str, Any]] = []
        names: list[tuple[float, str | None, str | None]] = []
        for place, term in enumerate(call.terms):
            source, given = (None, None) if term.input is None else self._input(one, place)
            weight = term.weight
            param = self.param_places[weight] if isinstance(weight, Value) else None
            value = number(weight) if isinstance(weight, float) else None
            names.append((term.sign, self.params[weight] if isinstance(weight, Value) else None, given))
            terms.append({"param": param, "value": value, "sign": term.sign, "from": source})
        feeds = sorted((self.of_output[t.unit.calls[t.call].a].id, t.term) for t in call.through)
        return {
            "id": one.id,
            "column": one.column,
            "title": self._title(one),
            "scope": "/".join(map(readable, unit.path)),
            "fits": unit.fits,
            "f": kind_of_unit(one),
            "linear": call.op is None,
            "partial": ""
            if call.op is None or not unit.fits
            else slope(MATHML.symbol(one.names["z"]), MATHML.symbol(one.names["a"]), call.a),
            "names": {key: _parts(name) for key, name in one.names.items()},
            "symbols": {key: MATHML.symbol(name) for key, name in one.names.items()},
            "terms": terms,
            "feeds": feeds,
            "z": [number(self.numbers.values[call.z]) for call in one.calls],
            "a": [number(self.numbers.values[call.a]) for call in one.calls],
            "delta": [number(scale * call.delta) for call in one.calls],
            "slope": [number(call.slope) for call in one.calls],
            "upstream": [number(scale * self.numbers.gradient(call.a)) for call in one.calls],
            "rest": [number(scale * total(call.shares[len(call.through) :])) for call in one.calls],
            "edges": [] if unit.fits else [self._edges(call) for call in one.calls],
            "at": [[self.places[call.z], self.places[call.a]] for call in one.calls],
            "equations": {key: told._asdict() for key, told in self._equations(one, names, feeds).items()},
        }

    def _edges(self, call: Call) -> list[list[Any]]:
        """Upstream and local of the edges that leave a call, and where they are in the graph."""
        upstream = [number(self.samples.scale * self.numbers.gradient(edge.node)) for edge in call.leaving]
        return [
            [up, number(edge.partial or 0.0), self.places[edge.node], edge.place]
            for up, edge in zip(upstream, call.leaving, strict=True)
        ]

    def _equations(
        self,
        one: Circle,
        terms: list[tuple[float, str | None, str | None]],
        feeds: list[tuple[int, int]],
    ) -> dict[str, Equation]:
        """The equations of a unit that fits; otherwise the chain rule along the edges that leave it."""
        call, z, a = one.first, one.names["z"], one.names["a"]
        outside = fraction(MATHML.symbol(self.loss), MATHML.symbol(a))
        if not one.unit.fits and not call.leaving:
            return {}
        if not one.unit.fits:
            users = [MATHML.symbol(self.trace.names[edge.node]) for edge in call.leaving]
            return {"gradient": along_edges(outside, MATHML.symbol(self.loss), MATHML.symbol(a), users)}
        upstream: list[tuple[float, str | None, str]] = []
        for id_, place in feeds:
            fed = self.circles[id_]
            term = fed.first.terms[place]
            weight = self.params[term.weight] if isinstance(term.weight, Value) else None
            upstream.append((term.sign, weight, fed.names["delta"]))
        found = {"z": weighted_sum(z, terms)}
        if call.op is not None:
            found["a"] = activation(a, z, call.a)
        rest = outside if call.rest or not upstream else ""
        return found | {"delta": delta(one.names["delta"], upstream, rest, call.a if call.op else None, z, a)}

    def _title(self, one: Circle) -> str:
        rows = sum(other.column == one.column for other in self.circles)
        if len(self.circles) == 1:
            return "the unit"
        where = f"{'layer' if self.samples.separate else 'step'} {one.column + 1}"
        return f"unit {one.row + 1} of {where}" if rows > 1 else f"the unit of {where}"


def kind_of_unit(one: Circle) -> str:
    """The name of f: "linear" where there is none; of a unit that does not fit, that of its last operation."""
    op = one.first.op if one.unit.fits else one.first.a.op
    return "linear" if op is None else op.text or op.name


def _parts(name: str) -> list[str]:
    """Base, raised and lowered index, as the page's pictures draw a name."""
    base, below, above = scripts(name)
    return [readable(base), above, below]
