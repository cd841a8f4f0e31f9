"""Optimisers, schedules and clipping at 0, nan, infinities and subnormal numbers: what IEEE's arithmetic, and so PyTorch, gives."""

from __future__ import annotations

import math
from typing import Any

import numpy
import pytest
from hypothesis import example, given, strategies as st
from mpmath import mp

from autograd_lite import Value, optim
from autograd_lite.nn import MLP, losses
from autograd_lite.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop, clip_grad_norm, clip_grad_value
from autograd_lite.train import DivergedError, fit

CLASSES: dict[str, Any] = {rule.__name__: rule for rule in (SGD, Adam, AdamW, RMSprop, Adagrad)}


def leaves(*slopes: float) -> list[Value]:
    """Parameters with these gradients, whose numbers are 1, 2, 3 and so on."""
    parameters = [Value(float(i)) for i in range(1, len(slopes) + 1)]
    for parameter, slope in zip(parameters, slopes, strict=True):
        parameter.grad = slope
    return parameters


class Inverse(Optimizer):
    """A rule that divides by the gradient."""

    def update(self, w: float, g: float, lr: float, memory: list[float]) -> float:  # noqa: ARG002, D102 - as the base's
        return w - lr / g


RATES = st.sampled_from([0.0, 5e-324, 1e-200, 1e-8, 0.1, 1.0, 10.0, 1e200, 1.7e308])
DECAYS = st.sampled_from([0.0, 5e-324, 0.5, 0.9, 0.999, 1.0 - 2.0**-53])
SLOPES = st.sampled_from([0.0, 5e-324, 1e-310, 1e-160, 1e-8, 1.0, 1e8, 1e155, 1.7e308, math.inf, math.nan])
EXTREMES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "SGD": {"momentum": RATES, "dampening": RATES},
    "Adam": {"betas": st.tuples(DECAYS, DECAYS), "eps": RATES},
    "AdamW": {"betas": st.tuples(DECAYS, DECAYS), "eps": RATES},
    "RMSprop": {"alpha": DECAYS | RATES, "eps": RATES, "momentum": RATES},
    "Adagrad": {"eps": RATES, "lr_decay": RATES, "initial_accumulator_value": RATES},
}


def by_ieee(name: str, slopes: list[float], lr: float, weight_decay: float, **o: Any) -> list[Any]:
    """The parameter, 1.0 at first, after each step: PyTorch's documented algorithms on NumPy's IEEE arithmetic."""
    w, one = numpy.float64(1.0), numpy.float64(1.0)
    lr, found = numpy.float64(lr), list[Any]()
    b = m = numpy.float64(0.0)
    v = numpy.float64(o.get("initial_accumulator_value", 0.0))
    for t, slope in enumerate(slopes, 1):
        g = numpy.float64(slope)
        if weight_decay and name == "AdamW":
            w = w * (one - lr * weight_decay)
        elif weight_decay:
            g = g + weight_decay * w
        if name == "SGD":
            if o["momentum"]:
                g = b = g if t == 1 else o["momentum"] * b + (one - o["dampening"]) * g
            w = w - lr * g
        elif name in ("Adam", "AdamW"):
            first, second = o["betas"]
            m = first * m + (one - first) * g
            v = second * v + (one - second) * g * g
            denominator = numpy.sqrt(v) / numpy.sqrt(one - second**t) + o["eps"]
            w = w - lr / (one - first**t) * m / denominator
        elif name == "RMSprop":
            v = o["alpha"] * v + (one - o["alpha"]) * g * g
            quotient = g / (numpy.sqrt(v) + o["eps"])
            b = o["momentum"] * b + quotient if o["momentum"] else quotient
            w = w - lr * b
        else:
            v = v + g * g
            w = w - lr / (one + (t - 1) * o["lr_decay"]) * g / (numpy.sqrt(v) + o["eps"])
        found.append(w)
    return found


@pytest.mark.parametrize("name", CLASSES)
@given(data=st.data())
def test_extreme_numbers_give_what_ieee_arithmetic_gives(name: str, data: st.DataObject) -> None:
    """With any options and gradients, 0, nan, infinite and subnormal ones too, a step has IEEE's result and no error."""
    options = {option: data.draw(values, option) for option, values in EXTREMES[name].items()}
    options |= {"lr": data.draw(RATES, "lr"), "weight_decay": data.draw(st.just(0.0) | RATES, "weight_decay")}
    slopes = [sign * data.draw(SLOPES, "slope") for sign in (1.0, -1.0, 1.0)]
    (w,) = leaves(0.0)
    optimizer, found = CLASSES[name]([w], **options), []
    for slope in slopes:
        w.grad = slope
        optimizer.step()
        found.append(w.data)
    with numpy.errstate(all="ignore"):
        expected = by_ieee(name, slopes, **options)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-300, nan_ok=True)


@pytest.mark.parametrize("name", [name for name in CLASSES if "eps" in EXTREMES[name]])
def test_without_eps_a_gradient_of_zero_gives_nan(name: str) -> None:
    """0/0 is nan, as in PyTorch, in a step by itself."""
    (w,) = leaves(0.0)
    CLASSES[name]([w], lr=0.1, eps=0.0).step()
    assert math.isnan(w.data)


def test_an_error_in_a_rule_of_ones_own_names_the_parameter() -> None:
    """A division by zero in `update` keeps its type, and a note says in whose step, for which parameter; none changes."""
    parameters = leaves(2.0, 0.0)
    with pytest.raises(ZeroDivisionError) as error:
        Inverse(parameters, lr=0.1).step()
    note = "autograd_lite: while computing a step of Inverse for parameter 1 = 2.0, with the gradient 0.0"
    assert error.value.__notes__ == [note]
    assert [p.data for p in parameters] == [1.0, 2.0]


COUNTS = st.sampled_from([1, 2, 1000, 10**400])


@given(RATES, RATES, RATES, COUNTS, st.sampled_from([0, 1, 5, 10**6]))
@example(1.0, 2.0, 0.0, 1, 2000)
@example(0.0, 10.0, 0.0, 1, 10**6)
def test_schedules_raise_no_error_by_themselves(lr: float, other: float, factor: float, count: int, t: int) -> None:
    """Rates lie between their ends; a factor above 1 may lead to infinity, which the optimiser refuses by name."""
    for schedule in (optim.linear(lr, other, count), optim.cosine(lr, count, other)):
        rounding = 1e-9 * max(lr, other)
        assert min(lr, other) - rounding <= schedule(t) <= max(lr, other) + rounding
    grown = optim.step_decay(lr, count, other)
    with mp.workprec(100):
        exact = float(mp.mpf(lr) * mp.mpf(other) ** (t // count))
    with numpy.errstate(all="ignore"):  # lr times a power that is no float itself
        power = numpy.float64(other) ** (t // count)
        beyond = float(lr * power)
    assert grown(t) == pytest.approx(exact if 0.0 < power < math.inf else beyond, rel=1e-9, nan_ok=True)
    if not 0.0 <= grown(t) < math.inf:
        with pytest.raises(ValueError, match=r"^the learning rate of the schedule is a number from 0, got (inf|nan)$"):
            SGD(leaves(1.0), lr=lambda _: grown(t)).step()


@pytest.mark.parametrize("slopes", [(math.nan, 1.0), (math.inf, math.nan), (math.inf, 1.0), (1.0, -math.inf)])
def test_clipping_hides_no_gradient_that_is_not_finite(slopes: tuple[float, float]) -> None:
    """The length is NumPy's norm; with it, no gradient is left that looks sound where PyTorch's is nan."""
    parameters = leaves(*slopes)
    length = clip_grad_norm(parameters, 1.0)
    with numpy.errstate(all="ignore"):
        exact = numpy.linalg.norm(slopes)
        assert length == pytest.approx(float(exact), nan_ok=True)
        expected = [float(numpy.float64(x) * (numpy.float64(1.0) / (exact + 1e-6))) for x in slopes]
    assert [p.grad for p in parameters] == pytest.approx(expected, nan_ok=True)
    parameters = leaves(*slopes)
    clip_grad_value(parameters, 2.0)
    assert [p.grad for p in parameters] == pytest.approx(numpy.clip(slopes, -2.0, 2.0).tolist(), nan_ok=True)


@pytest.mark.parametrize("rule", [Adam, AdamW, RMSprop, Adagrad])
def test_fit_names_the_step_that_has_no_result(rule: Any) -> None:
    """A step that makes a parameter nan ends the training with epoch, optimiser and parameter; all are as before it."""
    model = MLP(2, [1], seed=1)
    state = [parameter.data for parameter in model.parameters()]
    adam = rule(model.parameters(), lr=0.1, eps=0.0)
    message = (
        rf"^training has stopped in epoch 1, batch 1: the step of {rule.__name__} makes layers.0.neurons.0.w.1 nan"
    )
    with pytest.raises(DivergedError, match=message) as error:
        fit(model, losses.mse, [[1.0, 0.0], [2.0, 0.0]], [3.0, 1.0], optimizer=adam)
    assert "with the gradient 0.0" in str(error.value)
    assert [parameter.data for parameter in model.parameters()] == state


def test_fit_names_the_step_of_a_rule_that_raises() -> None:
    """A division by zero in a rule of one's own is said with epoch, optimiser and parameter."""
    model = MLP(2, [1], seed=1)
    with pytest.raises(DivergedError, match=r"epoch 1, batch 1: .* a step of Inverse for parameter 1 .* gradient 0\.0"):
        fit(model, losses.mse, [[1.0, 0.0]], [3.0], optimizer=Inverse(model.parameters(), lr=0.1))
