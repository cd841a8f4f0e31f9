"""`diagnose` on units that were made by hand in one place: told apart by the parameters that feed them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from itertools import product
from typing import Any

import pytest
from hypothesis import given, strategies as st
from times import seconds

from autograd_lite import Finding, Value, diagnose, nn, record_lines, relu, scope, sigmoid, tanh

SAMPLES = [0.5, 2.0, 1.0, 1.5, 0.7]
PLACES: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "scope": lambda: scope("hidden"),
    "lines": record_lines,
    "nothing": nullcontext,
}
each_place = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
each_input = pytest.mark.parametrize("number", [float, Value], ids=["floats", "Values"])


def leaves(label: str, numbers: Iterable[float]) -> list[Value]:
    """Parameters with labels that count them."""
    return [Value(x, label=f"{label}{i}") for i, x in enumerate(numbers)]


def total(f: Callable[[Any], Any], ws: list[Value], bs: list[Any], inputs: list[Any], place: Any) -> Any:
    """The sum of a layer's outputs for all inputs, whose units one line makes, in one place."""
    y = Value(0.0)
    for x in inputs:
        with place():
            hs = [f(w * x + b) for w, b in zip(ws, bs, strict=True)]
        y = y + sum(hs)
    return y


def numbers_of(finding: Finding) -> set[int]:
    """Which weights the units of a finding are fed by."""
    names = finding.message.partition("(fed by w")[2].partition(")")[0]
    return set(map(int, names.split(", w")))


@each_place
@each_input
def test_one_dead_relu_of_three(place: Any, number: Callable[[float], Any]) -> None:
    """A dead unit beside two live ones is found, the only one, and named by its weight; alive, there is no finding."""
    ws, bs = leaves("w", [1.0, 0.5, 2.0]), leaves("b", [0.0, 0.0, 0.0])
    inputs = list(map(number, SAMPLES))
    assert diagnose(total(relu, ws, bs, inputs, place)) == []
    bs[1].data = -9.0
    (finding,) = diagnose(total(relu, ws, bs, inputs, place))
    where = " in scope hidden" if place is PLACES["scope"] else ""
    assert finding.kind == "dead relu"
    assert finding.message.startswith(f"relu of 1 of 3 units{where} (fed by w1) is dead for all 5 recorded samples")
    assert diagnose(total(relu, ws, bs, inputs[:3], place)) == []  # too few samples


@each_place
@each_input
@pytest.mark.parametrize("f", [tanh, sigmoid])
def test_one_saturated_unit_beside_a_healthy_one(f: Any, place: Any, number: Callable[[float], Any]) -> None:
    """A saturated unit is not hidden by a healthy one, and one that is saturated for some samples only is none."""
    ws, bs = leaves("w", [0.5, 0.6]), leaves("b", [0.0, 0.0])
    inputs = list(map(number, [*SAMPLES, 100.0, -100.0]))
    assert diagnose(total(f, ws, bs, inputs, place)) == []
    bs[0].data = -900.0
    (finding,) = diagnose(total(f, ws, bs, inputs, place))
    assert finding.message.startswith(f"{f.__name__} of 1 of 2 units")
    assert numbers_of(finding) == {0}


@each_input
def test_one_unit_is_not_taken_for_several(number: Callable[[float], Any]) -> None:
    """A single unit is one, however its inputs differ, and is called as one."""
    w, b = Value(1.0, label="w"), Value(0.0, label="b")
    inputs = [*map(number, [100.0, -100.0] * 10), number(0.5)]
    assert diagnose(total(tanh, [w], [b], inputs, PLACES["scope"])) == []
    b.data = 900.0
    (finding,) = diagnose(total(tanh, [w], [b], inputs, PLACES["scope"]))
    assert finding.message.startswith("tanh in scope hidden is saturated for all 21 recorded samples")


@each_place
def test_one_sample_of_values_needs_the_parameters(place: Any) -> None:
    """Of one sample, an input and weights look like a weight and inputs: given the parameters, units are told apart."""
    ws, x = leaves("w", [0.5, 90.0]), Value(1.0, label="x")
    y = total(tanh, ws, [0.0, 0.0], [x], place)
    assert diagnose(y) == diagnose(y, [x]) == []
    (finding,) = diagnose(y, ws)
    assert numbers_of(finding) == {1}
    samples = leaves("x", [0.5, 90.0])
    y = total(tanh, [x], [0.0], samples, place)
    assert diagnose(y) == diagnose(y, [x]) == []


@each_place
@each_input
def test_two_layers_in_a_row(place: Any, number: Callable[[float], Any]) -> None:
    """A dead unit of the second layer is found beside those of the first, which are not taken for a part of it."""
    ws, us = leaves("w", [1.0, 2.0]), [leaves(f"u{k}", [1.0 + k, 1.0]) for k in range(3)]
    bs, cs = leaves("b", [0.0, 0.0]), leaves("c", [0.0, 0.0, -90.0])

    def output(x: Any) -> Any:
        hs = [relu(w * x + b) for w, b in zip(ws, bs, strict=True)]
        hs = [relu(sum(u * h for u, h in zip(row, hs, strict=True)) + c) for row, c in zip(us, cs, strict=True)]
        return sum(hs)

    def loss() -> Any:
        with place():
            return sum((output(number(x)) - 1.0) ** 2 for x in SAMPLES)

    (finding,) = diagnose(loss())
    assert "(fed by u20) is dead for all 5 recorded samples" in finding.message
    cs[2].data, bs[0].data = 0.0, -90.0
    (finding,) = diagnose(loss())
    assert numbers_of(finding) == {0}
    bs[0].data = 0.0
    assert diagnose(loss()) == []


@each_input
def test_what_units_share_does_not_join_them(number: Callable[[float], Any]) -> None:
    """Units are told apart that share a bias, two of three or all, or an input that was computed for all of them."""
    b, other = Value(0.1, label="b"), Value(0.1, label="c")
    for biases in ([b, b, b], [b, b, other], [other, b, b]):
        ws = leaves("w", [1.0, -1.0, 1.0])
        (finding,) = diagnose(total(relu, ws, biases, list(map(number, SAMPLES)), PLACES["scope"]))
        assert numbers_of(finding) == {1}
    scale = Value(2.0, label="scale")
    inputs = [scale * number(x) + 0.1 for x in SAMPLES]
    (finding,) = diagnose(total(relu, leaves("w", [1.0, -1.0, 1.0]), [0.0, 0.0, 0.0], inputs, PLACES["scope"]))
    assert numbers_of(finding) == {1}


def test_weights_that_are_computed() -> None:
    """What a unit computes of its parameters once, for all samples, is as good as a parameter."""
    ws = [abs(w) * sign for w, sign in zip(leaves("v", [1.0, 1.0, 1.0]), [1.0, -1.0, 1.0], strict=True)]
    for w, label in zip(ws, ["w0", "w1", "w2"], strict=True):
        w.label = label
    numbers: list[Callable[[float], Any]] = [float, Value]
    for number in numbers:
        (finding,) = diagnose(total(relu, ws, [0.0] * 3, list(map(number, SAMPLES)), PLACES["scope"]))
        assert numbers_of(finding) == {1}


def test_one_filter_at_several_places() -> None:
    """Places that share their weights are one unit, off at some of them; beside another filter, a dead one is found."""
    w, v = leaves("w", [1.0, -1.0])
    rows = [[Value(x + i) for i in (-9.0, 0.0, 9.0)] for x in SAMPLES]

    def output(filters: list[Value]) -> Any:
        with scope("filters"):
            return sum(relu(f * x) for row in rows for f in filters for x in row)

    assert diagnose(output([w])) == diagnose(output([w, v])) == []
    dead = Value(0.0, label="w2")
    (finding,) = diagnose(output([w, dead]))
    assert numbers_of(finding) == {2}


def test_neurons_that_are_called_one_by_one() -> None:
    """Neurons outside of a layer are all in a scope of one name, and told apart; those of a layer are by their scopes."""
    neurons = [nn.Neuron(1, "relu", seed=i) for i in range(2)]
    for neuron, bias in zip(neurons, (90.0, -90.0), strict=True):
        neuron.b.data = bias  # type: ignore[union-attr]
    y: Any = sum(neuron([x]) for x in SAMPLES for neuron in neurons)
    (finding,) = diagnose(y, [("second", neurons[1].w[0])])
    assert finding.message.startswith("relu of 1 of 2 units (fed by second) is dead")


@given(st.data())
def test_exactly_the_units_that_are_ill(data: st.DataObject) -> None:
    """Of a random layer the doctor names the ill units, all of them and no other, wherever and of what it was made."""
    f, ill, healthy = data.draw(st.sampled_from([(relu, -2.0, 0.5), (tanh, 90.0, 0.5), (sigmoid, -90.0, 0.5)]))
    ailing = data.draw(st.lists(st.booleans(), min_size=2, max_size=4))
    xs = data.draw(st.lists(st.floats(0.5, 2.0), min_size=4, max_size=12))
    ws = leaves("w", [ill if wrong else healthy + 0.1 * i for i, wrong in enumerate(ailing)])
    shared = Value(0.1, label="b")
    kinds: list[list[Any]] = [leaves("b", [0.1] * len(ws)), [shared] * len(ws), [0.1] * len(ws)]
    bs = data.draw(st.sampled_from(kinds))
    number = data.draw(st.sampled_from([float, Value]))
    parameters = data.draw(st.sampled_from([None, ws]))
    place = data.draw(st.sampled_from(list(PLACES.values())))
    findings = diagnose(total(f, ws, bs, list(map(number, xs)), place), parameters)
    assert len(findings) == any(ailing)
    for finding in findings:
        assert f"{f.__name__} of {sum(ailing)} of {len(ws)} units" in finding.message
        assert numbers_of(finding) == {i for i, wrong in enumerate(ailing) if wrong}


@given(st.permutations(list(product(range(3), range(5)))))
def test_float_inputs_in_any_order(order: list[tuple[int, int]]) -> None:
    """Where inputs are floats, it does not matter in which order units and samples are computed."""
    ws = leaves("w", [1.0, -1.0, 0.5])
    with scope("hidden"):
        y: Any = sum(relu(ws[unit] * SAMPLES[sample]) for unit, sample in order)
    (finding,) = diagnose(y)
    assert numbers_of(finding) == {1}


def running(length: int) -> Value:
    """Units of which each takes the sum that the one before it took and one product more."""
    z = y = Value(0.1)
    for _ in range(length):
        z = z + Value(0.1) * 0.1
        y = y + relu(z)
    return y


def test_time_grows_with_the_graph_only() -> None:
    """Units whose sums have ten thousand terms, most of them in common, take ten times as long as a thousand."""
    short, long = running(1_000), running(10_000)
    assert diagnose(short) == diagnose(long) == []
    assert seconds(lambda: diagnose(long), 1) < 40 * seconds(lambda: diagnose(short))
