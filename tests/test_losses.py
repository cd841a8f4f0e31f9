"""Losses against mpmath: values, gradients, Hessians, at ordinary and extreme points; conventions, shapes, refusals."""

from __future__ import annotations

import inspect
import math
import re
from functools import partial
from typing import Any

import loss_oracles
import numpy
import pytest
from hypothesis import given, strategies as st
from loss_oracles import LOSSES, SAMPLES, Point, applied, assert_close, floats, with_class
from mpmath import mp
from points import derivative

from autograd_lite import Value, check_gradients, grad, gradients, hessian, sigmoid
from autograd_lite.engine.graph import topological_order
from autograd_lite.engine.value import plain
from autograd_lite.nn import losses

PUBLIC = {
    name: function
    for name, function in inspect.getmembers(losses, inspect.isfunction)
    if function.__module__ == losses.__name__ and not name.startswith("_")
}
each_reduced = pytest.mark.parametrize("name", SAMPLES)


def points(*kinds: str) -> pytest.MarkDecorator:
    """Parametrize by the points of these kinds of every loss."""
    cases = [(name, point) for name, loss in LOSSES.items() for kind in kinds for point in getattr(loss, kind)]
    return pytest.mark.parametrize(("name", "point"), cases, ids=[f"{name}{point}" for name, point in cases])


def assert_value(name: str, point: Point) -> None:
    with mp.workdps(50):
        exact = applied(LOSSES[name].exact, point, map(mp.mpf, floats(point)))
    assert_close(name, point, applied(PUBLIC[name], point), exact, 4.0)


def operations(loss: Value) -> list[str]:
    """The names of the operations of a graph, in order."""
    return [node.op.name for node in topological_order(loss)]


def values(tree: Any) -> Any:
    """The numbers, or lists of numbers, as Values."""
    return [values(part) for part in tree] if isinstance(tree, list) else Value(tree)


def test_every_loss_has_an_oracle() -> None:
    """Each public function of the module has an entry, but empirical_risk, which takes any loss; nothing else has."""
    assert set(LOSSES) | {"empirical_risk"} == set(PUBLIC)


@points("ordinary", "extreme", "kinks")
def test_values_are_exact(name: str, point: Point) -> None:
    """The value is a float within 4 units of rounding (of 2⁻⁵³) of mpmath's, far out and near 0 too."""
    assert_value(name, point)


@pytest.mark.parametrize("name", LOSSES)
@given(data=st.data())
def test_random_values_are_exact(name: str, data: st.DataObject) -> None:
    """At random points the value is within 4 units of rounding of mpmath's."""
    assert_value(name, data.draw(LOSSES[name].random))


@points("ordinary", "extreme")
def test_derivatives_are_exact(name: str, point: Point) -> None:
    """The gradient and the Hessian by all floats, targets too, agree with mpmath to 8 units of rounding."""
    xs = floats(point)
    slopes = grad(partial(applied, PUBLIC[name], point))(xs)
    curvatures = hessian(partial(applied, PUBLIC[name], point))(xs)

    def assert_exact(found: float, *by: int) -> None:
        orders = [by.count(place) for place in range(len(xs))]
        exact = derivative(lambda *xs: applied(LOSSES[name].exact, point, xs), xs, orders)
        assert_close(name, point, found, exact, 8.0)

    for i in range(len(xs)):
        assert_exact(slopes[i], i)
        for j in range(i + 1):
            assert_exact(curvatures[i][j], i, j)
            assert math.isclose(curvatures[i][j], curvatures[j][i], rel_tol=1e-14)


@points("ordinary")
def test_gradients_pass_the_check(name: str, point: Point) -> None:
    """check_gradients accepts every loss away from its kinks, to second order."""
    check_gradients(partial(applied, PUBLIC[name], point), floats(point))


@given(loss_oracles.logit, loss_oracles.probability | st.integers(0, 1))
def test_binary_cross_entropy_by_its_logit(z: float, y: float) -> None:
    """The derivative by the logit is p - y, p its sigmoid, the second p(1 - p); the loss is that of two logits 0 and z."""
    f = partial(losses.binary_cross_entropy_with_logits, targets=y)
    with mp.workdps(50):
        p, q = 1 / (1 + mp.exp(-mp.mpf(z))), 1 / (1 + mp.exp(mp.mpf(z)))
        slope = -q if y == 1 else p - y  # no digit of p - 1 is lost
        assert abs(grad(f)(z) - slope) <= 4e-16 * (max(p, y) if 0.0 < y < 1.0 else abs(slope)) + 1e-323
        assert abs(grad(grad(f))(z) - p * q) <= 2e-15 * p * q + 1e-323
    assert math.isclose(f(z), losses.cross_entropy([0.0, z], [1 - y, y]), rel_tol=4e-16)


@given(with_class(st.floats(-50.0, 50.0)))
def test_gradient_of_cross_entropy_is_p_minus_y(point: Point) -> None:
    """The gradient of the cross-entropy is softmax(z) - y, for classes and for probabilities, its Hessian pᵢ(δᵢⱼ - pⱼ)."""
    z, y = point
    weights = [float(k == y) for k in range(len(z))] if isinstance(y, int) else y
    slopes, curvatures = ([], []) if len(z) == 1 else (d(losses.cross_entropy)(z, y) for d in (grad, hessian))
    with mp.workdps(50):
        p = loss_oracles.softmax([mp.mpf(zk) for zk in z])
        for i, slope in enumerate(slopes):
            assert abs(slope - (p[i] * mp.fsum(weights) - weights[i])) <= 4e-14 * mp.fsum(weights)
            for j, curvature in enumerate(curvatures[i]):
                assert abs(curvature - p[i] * ((i == j) - p[j]) * mp.fsum(weights)) <= 4e-14 * mp.fsum(weights)


def test_lesson_14_hinge() -> None:
    """The hinge of the lecture's scores is 2.9, its gradient (-1, 1, 0); the penalty and the risk are added by hand."""
    loss = losses.multiclass_hinge
    assert loss([3.2, 5.1, -1.7], 0) == pytest.approx(2.9, rel=1e-15)
    assert grad(loss)([3.2, 5.1, -1.7], 0) == [-1.0, 1.0, 0.0]
    risk = losses.empirical_risk(loss, [[3.2, 5.1, -1.7], [1.3, 4.9, 2.0]], [0, 1]) + 0.5 * losses.l2([3.0, -4.0])
    assert risk == pytest.approx(2.9 / 2 + 12.5, rel=1e-15)


@pytest.mark.parametrize("logits", [False, True])
def test_lesson_15_binary_cross_entropy(logits: bool) -> None:
    """The sigmoid neuron of the lecture, its loss from the probability and from the logit: J and its gradient."""

    def cost(w: list[Any], b: Any) -> Any:
        z = w[0] * 1.0 + w[1] * 2.0 + b
        return losses.binary_cross_entropy_with_logits(z, 1) if logits else losses.binary_cross_entropy(sigmoid(z), 1)

    close = partial(pytest.approx, rel=1e-13)
    assert cost([0.5, -0.25], 0.1) == close(0.644396660073571)
    by_w, by_b = grad(cost, (0, 1))([0.5, -0.25], 0.1)
    assert (by_w, by_b) == (close([-0.47502081252106, -0.95004162504212]), close(-0.47502081252106))
    assert grad(losses.binary_cross_entropy)(0.52497918747894, 1) == close(-1 / 0.52497918747894)


def test_lesson_16_softmax_cross_entropy() -> None:
    """The logits (2, 1, 0.1) of class 0: J and p - y; of a = (0.7, 0.2, 0.1) as logits of log a, a - y."""
    close = partial(pytest.approx, rel=1e-13)
    assert losses.cross_entropy([2.0, 1.0, 0.1], 0) == close(0.417030016277833)
    slopes = grad(losses.cross_entropy)([2.0, 1.0, 0.1], 0)
    assert slopes == close([-0.340998861114032, 0.242432970704714, 0.0985658904093182])
    assert grad(losses.cross_entropy)([math.log(a) for a in (0.7, 0.2, 0.1)], [1, 0, 0]) == close([-0.3, 0.2, 0.1])


def test_lessons_19_and_20_forms_of_the_squared_error() -> None:
    """½Σ(t - o)² of the tutorial's two outputs, with the gradient o - t; and 1/(2N)·Σ(t - z)², with (z - t)/N."""
    outputs, targets = [0.751365069552316, 0.772928465321463], [0.01, 0.99]
    errors = [o - t for o, t in zip(outputs, targets, strict=True)]
    total = partial(losses.mse, half=True, reduction="sum")
    assert total(outputs, targets) == pytest.approx(0.298371108760003, rel=1e-14)
    assert grad(total)(outputs, targets) == errors
    assert losses.mse(outputs, targets, half=True, reduction="none") == [error * error / 2 for error in errors]
    assert losses.mse(outputs, targets, half=True) == pytest.approx(0.298371108760003 / 2, rel=1e-14)
    assert grad(partial(losses.mse, half=True))(outputs, targets) == [error / 2 for error in errors]


@pytest.mark.parametrize(
    ("name", "point", "slopes"), loss_oracles.KINKS, ids=[f"{name}{point}" for name, point, _ in loss_oracles.KINKS]
)
def test_conventions_at_kinks(name: str, point: Point, slopes: list[float]) -> None:
    """At a kink or a floor the gradient is the convention: 0 where a hinge begins, delta where Huber's line begins."""
    assert grad(partial(applied, PUBLIC[name], point))(floats(point)) == slopes


def test_probabilities_outside_are_refused() -> None:
    """Probabilities and targets outside of 0 to 1, such as logits and the classes 1 and -1, are refused in one line."""
    by_logits = losses.binary_cross_entropy_with_logits
    for p, y in ((-0.5, 0), (1.5, 1), (1.0 + 2.0**-52, 1), (math.nan, 1), (0.5, -1), (0.5, 2)):
        with pytest.raises(ValueError, match=r"^binary_cross_entropy: a (probability|target) is a number from 0 to 1"):
            losses.binary_cross_entropy([0.5, p], [1, y])
    for target in (-1, 2, math.nan):
        with pytest.raises(ValueError, match=r"^binary_cross_entropy_with_logits: a target is a number from 0 to 1"):
            by_logits([0.5, 3.0], [0, target])
    with pytest.raises(ValueError, match=r"^cross_entropy: a probability of a class is a number from 0 to 1, got -3"):
        losses.cross_entropy([1.0, 2.0, 3.0], [1.0, -3.0, 3.0])


def test_infinite_logits() -> None:
    """A class with the logit -inf is as if it were not there."""
    assert losses.cross_entropy([-math.inf, 1.0, 0.5], 1) == losses.cross_entropy([1.0, 0.5], 0)
    assert losses.cross_entropy([-math.inf, 1.0], 0) == losses.cross_entropy([math.inf, 1.0], 1) == math.inf


SMOOTHED: list[tuple[str, Any, st.SearchStrategy[Point]]] = [  # the loss, its classes, points
    ("binary_cross_entropy", 2, st.tuples(loss_oracles.probability, loss_oracles.probability | st.integers(0, 1))),
    (
        "binary_cross_entropy_with_logits",
        2,
        st.tuples(loss_oracles.logit, loss_oracles.probability | st.integers(0, 1)),
    ),
    ("cross_entropy", None, with_class(st.floats(-50.0, 50.0))),
    ("cross_entropy_of_probabilities", None, with_class(loss_oracles.probability)),
]
AMOUNTS = st.sampled_from([0.0, 1e-300, 1e-20, 0.1, 0.5, 1.0]) | loss_oracles.probability


@pytest.mark.parametrize(("name", "count", "drawn"), SMOOTHED, ids=[row[0] for row in SMOOTHED])
@given(data=st.data(), amount=AMOUNTS)
def test_label_smoothing_is_pytorchs_mixture(
    name: str, count: int | None, drawn: st.SearchStrategy[Point], data: st.DataObject, amount: float
) -> None:
    """Smoothed by ε, the loss is (1 - ε) times that of the target and ε times the mean loss of all K classes."""
    outputs, target = data.draw(drawn)
    exact_loss = LOSSES[name].exact
    with mp.workdps(50):
        wide = [mp.mpf(x) for x in floats((outputs,))]
        exact_outputs = wide if isinstance(outputs, list) else wide[0]
        classes = range(count or len(wide))
        mean = mp.fsum(exact_loss(exact_outputs, k) for k in classes) / len(classes)
        exact = (1 - mp.mpf(amount)) * exact_loss(exact_outputs, target) + mp.mpf(amount) * mean
        largest = mp.fsum(exact_loss(exact_outputs, k) for k in classes)
    found = getattr(losses, name)(outputs, target, label_smoothing=amount)
    assert abs(found - exact) <= 1e-14 * exact + 1e-16 * largest * (amount > 0.0) + 1e-307


def test_label_smoothing_of_published_numbers() -> None:
    """Torch's documentation gives the formula; these are its terms by hand, for classes, probabilities, sum and none."""
    z = [[2.0, 1.0, 0.1], [0.0, 0.0, 0.0]]
    logs = [[math.log(sum(map(math.exp, row))) - x for x in row] for row in z]
    by_hand = [0.9 * row[k] + 0.1 / 3.0 * sum(row) for row, k in zip(logs, (0, 2), strict=True)]
    smooth: Any = partial(losses.cross_entropy, z, label_smoothing=0.1)
    for targets in ([0, 2], [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]):
        assert smooth(targets) == pytest.approx(sum(by_hand) / 2.0, rel=1e-14)
        assert smooth(targets, reduction="sum") == pytest.approx(sum(by_hand), rel=1e-14)
        assert smooth(targets, reduction="none") == pytest.approx(by_hand, rel=1e-14)
    slopes = grad(lambda row: losses.cross_entropy(row, 0, label_smoothing=0.3))([2.0, 1.0, 0.1])
    chances = [math.exp(-x) for x in logs[0]]
    assert slopes == pytest.approx([chances[0] - 0.8, chances[1] - 0.1, chances[2] - 0.1], rel=1e-13)
    assert losses.binary_cross_entropy(0.25, 1, label_smoothing=1.0) == pytest.approx(-0.5 * math.log(0.25 * 0.75))


@pytest.mark.parametrize("name", [row[0] for row in SMOOTHED])
def test_label_smoothing_is_a_share(name: str) -> None:
    """An amount below 0, above 1, nan or no number is refused in one line that names loss and argument."""
    point: Any = (0.5, 1) if "binary" in name else ([0.5, 0.5], 1)
    for wrong in (-0.1, 1.1, math.nan, math.inf, "0.1", None, [0.1]):
        with pytest.raises((ValueError, TypeError), match=rf"^{name}: label_smoothing[^\n]+$"):
            getattr(losses, name)(*point, label_smoothing=wrong)


def test_accuracy_is_a_share() -> None:
    """The accuracy of k right answers among n is the float k/n, whatever the kind of scores."""
    for n in range(1, 30):
        for k in range(n + 1):
            scores: list[Any] = [0.7] * k + [0.3] * (n - k)
            assert losses.accuracy(scores, [1] * n, threshold=0.5) == k / n
            assert losses.accuracy(values([[1.0 - s, s] for s in scores]), [1] * n) == k / n


@each_reduced
def test_reductions_agree(name: str) -> None:
    """Mean and sum are those of the list of "none", the losses of the samples; gradients agree; the risk is the mean."""
    loss, (outputs, targets) = PUBLIC[name], SAMPLES[name]
    terms = loss(outputs, targets, reduction="none")
    assert terms == [loss(o, t) for o, t in zip(outputs, targets, strict=True)]
    assert loss(outputs, targets, reduction="sum") == pytest.approx(sum(terms), rel=1e-15)
    assert loss(outputs, targets, reduction="mean") == loss(outputs, targets)
    assert loss(outputs, targets) == losses.empirical_risk(loss, outputs, targets)
    assert loss(outputs, targets) == pytest.approx(sum(terms) / 3.0, rel=1e-15)
    slopes = [numpy.array(grad(loss)(o, t)) for o, t in zip(outputs, targets, strict=True)]
    assert grad(loss)(outputs, targets) == [pytest.approx(slope / 3.0, rel=1e-15) for slope in slopes]


@each_reduced
def test_every_kind_of_container(name: str) -> None:
    """Lists, tuples, arrays of any type, Values and arrays of them give one number: a Value where there was one."""
    loss, (outputs, targets) = PUBLIC[name], SAMPLES[name]
    expected, array = loss(outputs, targets), numpy.array(outputs)
    assert (type(expected), type(loss(values(outputs), targets))) == (float, Value)
    kinds = [tuple(outputs), array, list(array), values(outputs), numpy.array(values(outputs))]
    labels = [tuple(targets), numpy.array(targets), numpy.array(targets, dtype=numpy.int8), numpy.array(targets, float)]
    if numpy.ndim(array) == 1:
        assert loss([[o] for o in outputs], [[t] for t in targets]) == expected
    else:
        labels += [numpy.eye(3)[targets], numpy.eye(3, dtype=int)[targets].tolist()]
    for kind in kinds:
        for label in (targets, list(labels[2]), *labels):
            assert plain(loss(kind, label)) == expected
    one = numpy.int8(1 if name == "binary_cross_entropy" else 100)
    narrow = [[one, -one]] if numpy.ndim(array) > 1 else [one]
    assert loss(narrow, [1]) == loss(numpy.array(narrow, float), [1])  # differences of such numbers overflow


@given(with_class(st.floats(0.1, 0.9), soft=False))
def test_one_hot_targets_are_class_targets(point: Point) -> None:
    """A target in one-hot form gives the bits of the class: value, gradient and graph, without a node more."""
    z, y = point
    hot = [int(k == y) for k in range(len(z))]
    several: list[Any] = [losses.cross_entropy, losses.cross_entropy_of_probabilities, losses.multiclass_hinge]
    for loss in several:
        of_class, of_one_hot = (loss([*values(z), Value(0.5)], target) for target in (y, [*hot, 0]))
        assert (of_class.data, operations(of_class)) == (of_one_hot.data, operations(of_one_hot))
        assert grad(loss)([*z, 0.5], y) == grad(loss)([*z, 0.5], numpy.array([*hot, 0.0]))


def test_targets_and_variances_may_be_values() -> None:
    """Values as targets, weights of a mixture or variances get their own gradients, also where they are 0 or 1."""
    z, y = [1.0, -0.5], values([1.0, 0.0])
    slopes = [slope.data for slope in gradients(losses.cross_entropy(z, y), y)]
    assert slopes == [losses.cross_entropy(z, k) for k in (0, 1)]
    t = Value(1.0)
    assert gradients(losses.binary_cross_entropy_with_logits(0.7, t), t).data == pytest.approx(-0.7, rel=1e-15)
    variances = values([0.5, 4.0])
    found = gradients(losses.gaussian_nll([1.0, 2.0], [0.0, 0.0], variances, reduction="sum"), variances)
    assert [v.data for v in found] == [0.5 / 0.5 - 0.5 / 0.25, 0.5 / 4.0 - 2.0 / 16.0]
    alike = [losses.gaussian_nll([1.0, 2.0], [0.0, 0.0], v) for v in (4, [4.0, 4.0], numpy.array([4, 4]), Value(4.0))]
    assert {plain(x) for x in alike} == {plain(alike[0])}


@pytest.mark.parametrize(("name", "output", "target", "expected"), loss_oracles.GRAPHS)
def test_no_nodes_for_targets_of_0_and_1(name: str, output: Any, target: Any, expected: str) -> None:
    """The graph of one sample has the operations that its formula needs, none for a factor 0 or 1, nor for a mean."""
    assert operations(PUBLIC[name](values(output), target)) == expected.split()


@pytest.mark.parametrize(("name", "point", "message"), loss_oracles.BAD)
def test_refusals(name: str, point: Point, message: str) -> None:
    """Wrong shapes, ragged rows, no samples, no such class and other bad input: one line, with the loss's name."""
    with pytest.raises(ValueError, match=rf"^{name}: {re.escape(message)}[^\n]*$"):
        applied(PUBLIC[name], point)


@each_reduced
def test_text_unknown_reductions_and_missing_targets_are_refused(name: str) -> None:
    """Text among outputs, a reduction that does not exist, and a risk without a target for each output: one line."""
    loss, (outputs, targets) = PUBLIC[name], SAMPLES[name]
    text = ["a\nb", *outputs[0][1:]] if isinstance(outputs[0], list) else "a\nb"
    with pytest.raises(TypeError, match=r"^[^\n]*expected a number, got str[^\n]*$"):
        loss([text, *outputs[1:]], targets)
    with pytest.raises(ValueError, match=r"^reduction is 'mean', 'sum' or 'none', got 'a\\nb'$"):
        loss(outputs, targets, reduction="a\nb")
    for missing in (outputs, targets[1:]), ([], []):
        with pytest.raises(ValueError, match=r"^[^\n]+$"):
            losses.empirical_risk(loss, *missing)


@pytest.mark.torch
@pytest.mark.parametrize(("name", "function", "options", "outputs", "targets"), loss_oracles.TORCH)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_peer_torch(name: str, function: str, options: Any, outputs: Any, targets: Any, reduction: str) -> None:
    """Value and gradient are those of PyTorch's loss in float64, to 1e-12, also at the kinks."""
    import torch

    xs = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    y = torch.tensor(targets, dtype=torch.int64 if isinstance(targets[0], int) else torch.float64)
    variance = [torch.tensor([0.5, 1.0, 4.0], dtype=torch.float64)] if name == "gaussian_nll" else []
    full = {"full": True} if name == "gaussian_nll" else {}
    expected = getattr(torch.nn.functional, function)(xs, y, *variance, **options, **full, reduction=reduction)
    expected.backward()
    loss = partial(PUBLIC[name], **options, reduction=reduction)
    assert loss(outputs, targets, *variance) == pytest.approx(expected.item(), rel=1e-12)
    slopes = numpy.array(grad(loss)(outputs, targets, *variance))
    assert slopes == pytest.approx(xs.grad.numpy(), rel=1e-12, abs=1e-15)
