"""Networks of all kinds of units, drawn at random: what the equations of a unit say is what differences say.

A network is a list of units that a program runs twice: with Values, and with mpmath's numbers, of which one, where a
unit hands something on, is moved a little to either side. How the loss follows is the oracle of all gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath
import pytest
from hypothesis import Phase, given, settings, strategies as st
from mpmath import mp

from autograd_lite import Value, abs, relu, scope, sigmoid, sin, tanh, trace
from autograd_lite.views.steps.network import network
from autograd_lite.views.steps.units import units_of

NUMBERS = st.sampled_from([-1.25, -0.75, -0.4, 0.3, 0.6, 1.1])
FUNCTIONS: list[tuple[Callable[[Any], Any], Callable[[Any], Any]]] = [
    (lambda z: z, lambda z: z),
    (tanh, mpmath.tanh),
    (relu, lambda z: z if z > 0 else z * 0),
    (sin, mpmath.sin),
    (abs, mpmath.fabs),
    (lambda z: -z, lambda z: -z),
    (lambda z: z**2, lambda z: z**2),
    (lambda z: z / 2.0, lambda z: z / 2),
    (lambda z: z * sigmoid(z), lambda z: z / (1 + mpmath.exp(-z))),
]


class Plan(NamedTuple):
    """A unit: the places of its weights and of what it takes, in each of its calls, and what it does with them."""

    weights: list[int]
    calls: list[list[int]]
    bias: int | None
    function: int
    squared: bool  # whether weights are computed, as squares
    residual: bool  # whether what it takes first is added outside of the scope


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[float], list[float], list[Plan]]:
    """Inputs, parameters, and units that take what stands before them, some of them twice, some with shared weights."""
    inputs, parameters = (
        draw(st.lists(NUMBERS, min_size=1, max_size=3)),
        draw(st.lists(NUMBERS, min_size=4, max_size=8)),
    )
    units: list[Plan] = []
    nodes = len(inputs)
    for _ in range(draw(st.integers(1, 5))):
        width = draw(st.integers(1, 3))
        places = st.lists(st.integers(0, nodes - 1), min_size=width, max_size=width)
        calls = draw(st.lists(places, min_size=1, max_size=2))
        weights = draw(st.lists(st.integers(0, len(parameters) - 1), min_size=width, max_size=width))
        bias = draw(st.none() | st.integers(0, len(parameters) - 1))
        choices = draw(st.integers(0, len(FUNCTIONS) - 1)), draw(st.booleans()), draw(st.booleans())
        units.append(Plan(weights, calls, bias, *choices))
        nodes += len(calls)
    return inputs, parameters, units


def run(
    inputs: list[Any],
    parameters: list[Any],
    units: list[Plan],
    kind: int,
    poke: Callable[[Any, tuple[int, int, str]], Any],
) -> Any:
    """The loss; `poke` is told each sum z and each output a, by unit and call, and says what the program goes on with."""
    nodes = list(inputs)
    for place, unit in enumerate(units):
        for call, taken in enumerate(unit.calls):
            with scope(f"unit{place}"):
                weights = [parameters[i] ** 2 if unit.squared else parameters[i] for i in unit.weights]
                z: Any = 0.0 if unit.bias is None else parameters[unit.bias]
                for weight, i in zip(weights, taken, strict=True):
                    z = z + weight * nodes[i]
                z = poke(z, (place, call, "z"))
                a = poke(FUNCTIONS[unit.function][kind](z), (place, call, "a"))
            nodes.append(a + nodes[taken[0]] if unit.residual else a)
    last = len(units[-1].calls)
    return sum((node - 0.5) ** 2 for node in nodes[-last:])


@pytest.mark.parametrize("leaves", [True, False], ids=["inputs are leaves", "inputs are numbers"])
@settings(max_examples=40, phases=[Phase.generate])
@given(plan=plans())
def test_equations_say_what_differences_say(leaves: bool, plan: tuple[list[float], list[float], list[Plan]]) -> None:
    """The shares of an output add up to its gradient; where a unit fits, δ and z are those of the notes' equations."""
    numbers, parameters, units = plan
    taken: list[Any] = [Value(x, label=f"x{i}") for i, x in enumerate(numbers, start=1)] if leaves else numbers
    made: dict[Value, tuple[int, int, str]] = {}  # of the calls, which a graph may hold in another order

    def noted(x: Any, here: tuple[int, int, str]) -> Any:
        made[x] = here
        return x

    loss = run(taken, list(map(Value, parameters)), units, 0, noted)
    steps = trace(loss)

    def slope(at: tuple[int, int, str]) -> float:
        with mp.workdps(60):
            step = mp.mpf(10) ** -25
            x, w = ([mp.mpf(number) for number in these] for these in (numbers, parameters))

            def moved(by: Any) -> Any:
                return run(x, w, units, 1, lambda z, here: z + by if here == at else z)

            return float((moved(step) - moved(-step)) / (2 * step))

    for unit in units_of(steps):
        for call in unit.calls:
            upstream = slope(made[call.a])
            assert sum(call.shares) == pytest.approx(upstream, rel=1e-9, abs=1e-9)
            if unit.fits:
                assert call.delta == pytest.approx(slope(made[call.z]), rel=1e-9, abs=1e-9)
                assert call.delta == pytest.approx(sum(call.shares) * call.slope, rel=1e-9, abs=1e-9)
                summed = sum(t.sign * call.trace.number(t.weight) * call.given(t) for t in call.terms)
                assert summed == pytest.approx(steps.values[call.z], rel=1e-9, abs=1e-9)
    data = network(steps)
    for unit_data in data.get("units", ()):
        keys = set(unit_data["equations"])
        assert keys <= ({"z", "a", "delta"} if unit_data["fits"] else {"gradient"})
