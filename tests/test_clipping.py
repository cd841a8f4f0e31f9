"""Clipping of gradients: agreement with PyTorch's, and what holds for any gradients."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies as st
from optimizer_fixtures import PATH

from autograd_lite import Value
from autograd_lite.optim import clip_grad_norm, clip_grad_value

FIXTURES: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))


def leaves(*slopes: float) -> list[Value]:
    """Parameters with these gradients, whose numbers are 1, 2, 3 and so on."""
    parameters = [Value(float(i)) for i in range(1, len(slopes) + 1)]
    for parameter, slope in zip(parameters, slopes, strict=True):
        parameter.grad = slope
    return parameters


@pytest.mark.parametrize("entry", FIXTURES["clips"], ids=lambda entry: f"{entry['gradients']} to {entry['limit']}")
def test_clipping_agrees_with_pytorch(entry: dict[str, Any]) -> None:
    """Clipping by value and by norm gives the gradients, and the length before, of PyTorch's."""
    by_value, by_norm = leaves(*entry["gradients"]), leaves(*entry["gradients"])
    clip_grad_value(iter(by_value), entry["limit"])
    length = clip_grad_norm(iter(by_norm), entry["limit"])
    assert [p.grad for p in by_value] == entry["by_value"]
    assert [p.grad for p in by_norm] == pytest.approx(entry["by_norm"], rel=1e-12, abs=0.0)
    assert length == pytest.approx(entry["length"], rel=1e-12, abs=0.0)
    assert [p.data for p in by_value + by_norm] == [float(i) for i in range(1, len(by_value) + 1)] * 2


SLOPES = st.lists(st.just(0.0) | st.floats(1e-90, 1e90) | st.floats(-1e90, -1e-90), min_size=1, max_size=5)
LIMITS = st.floats(1e-9, 1e9)


def squared(xs: Iterable[float]) -> Fraction:
    """The square of the length of a vector, exactly."""
    return sum((Fraction(x) ** 2 for x in xs), Fraction(0))


@given(SLOPES, LIMITS)
def test_the_norm_is_held(slopes: list[float], limit: float) -> None:
    """After clipping by norm the length exceeds the limit by no more than rounding, and is not much shorter."""
    parameters = leaves(*slopes)
    length = clip_grad_norm(parameters, limit)
    after = squared(p.grad for p in parameters)
    rounding = Fraction(1, 10**14)
    assert after <= Fraction(limit) ** 2 * (1 + rounding)
    assert abs(Fraction(length) ** 2 - squared(slopes)) <= squared(slopes) * rounding
    wanted = min(Fraction(1), Fraction(limit) / (Fraction(length) + Fraction(1e-6))) ** 2 * squared(slopes)
    assert abs(after - wanted) <= wanted * rounding


@given(SLOPES, LIMITS)
def test_the_direction_is_kept(slopes: list[float], limit: float) -> None:
    """Clipping by norm multiplies all gradients by one factor between 0 and 1."""
    parameters = leaves(*slopes)
    clip_grad_norm(parameters, limit)
    factors = [Fraction(p.grad) / Fraction(slope) for p, slope in zip(parameters, slopes, strict=True) if slope]
    assert all(p.grad == 0.0 for p, slope in zip(parameters, slopes, strict=True) if not slope)
    assert all(0 < factor <= 1 for factor in factors)
    assert not factors or max(factors) - min(factors) <= Fraction(1, 10**15) * max(factors)


@given(st.lists(st.floats(-0.4, 0.4), max_size=5), st.floats(1e-4, 1e9))
def test_short_vectors_stay_as_they_are(parts: list[float], limit: float) -> None:
    """Gradients whose length is below the limit, by more than PyTorch's 1e-6, are unchanged bit for bit."""
    slopes = [limit * part for part in parts]
    parameters = leaves(*slopes)
    clip_grad_norm(parameters, limit)
    assert [p.grad for p in parameters] == slopes


@given(SLOPES, st.floats(0.0, 1e9))
def test_values_are_held(slopes: list[float], limit: float) -> None:
    """Clipping by value leaves what is within the limit bit for bit, and takes the rest to the nearer end."""
    parameters = leaves(*slopes)
    clip_grad_value(parameters, limit)
    for parameter, slope in zip(parameters, slopes, strict=True):
        assert parameter.grad == (slope if abs(slope) <= limit else math.copysign(limit, slope))


def test_clipping_no_parameters() -> None:
    """Without parameters there is nothing to clip, and the length is 0."""
    clip_grad_value([], 1.0)
    assert clip_grad_norm([], 1.0) == 0.0
