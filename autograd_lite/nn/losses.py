"""Losses: how far outputs are from their targets, as one number to be made small.

Outputs and targets are numbers for one sample, or lists of the same shape for several; NumPy's arrays count as lists.
Every loss works on floats and on `Value`s, and its result is of the same kind (so the annotation is Any). `reduction`
says what becomes of the terms: their "mean" (the default; over the samples, the empirical risk), their "sum", or
"none" for the list of them. `label_smoothing` ε, from 0 to 1, mixes each target with the uniform distribution over its
K classes, y ← (1 - ε)·y + ε/K, as in PyTorch (C. Szegedy et al., Rethinking the inception architecture, 2016).
A target that is a plain number leaves no node behind for what it multiplies by 0 or 1.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Any

from autograd_lite.engine.ops import Operand
from autograd_lite.engine.reals import as_float
from autograd_lite.engine.sequences import logsumexp, mean, sum
from autograd_lite.engine.table import abs, clip, detach, exceeds, log, log1p, maximum, relu, softplus, square, where
from autograd_lite.engine.value import plain
from autograd_lite.nn.samples import check_probability, pairs, shape_of
from autograd_lite.nn.terms import by_pairs, mixture, over_classes, reduced, smoothing, weighted

# Probabilities are held between these, so that no loss is infinite, and none that a float can hold is changed.
LEAST, MOST = sys.float_info.min, 1.0 - sys.float_info.epsilon / 2.0


def mse(outputs: Any, targets: Any, *, half: bool = False, reduction: str = "mean") -> Any:
    """The squared error (output - target)²; the mean is over all numbers.

    The forms of textbooks: ½Σ(t - o)² is half=True with reduction="sum", and 1/(2N)·Σ(t - o)² is half=True.

    >>> mse([1.0, 2.0], [0.0, 4.0]), mse([1.0, 2.0], [0.0, 4.0], half=True, reduction="sum")
    (2.5, 2.5)
    """
    total = by_pairs("mse", lambda output, target: square(output - target), outputs, targets, reduction)
    if not half:
        return total
    return [0.5 * term for term in total] if reduction == "none" else 0.5 * total


def mae(outputs: Any, targets: Any, *, reduction: str = "mean") -> Any:
    """The absolute error |output - target|; its derivative is 0 where they agree.

    >>> mae([1.0, 2.0], [0.0, 4.0])
    1.5
    """
    return by_pairs("mae", lambda output, target: abs(output - target), outputs, targets, reduction)


def huber(outputs: Any, targets: Any, *, delta: float = 1.0, reduction: str = "mean") -> Any:
    """Half the squared error up to an error of `delta`, and beyond it the tangent there.

    Source: P. J. Huber, Robust estimation of a location parameter, 1964; as PyTorch's HuberLoss.

    >>> huber([0.5, 3.0], [0.0, 0.0], reduction="none")
    [0.125, 2.5]
    """
    if not 0.0 < (delta := as_float(delta)) < math.inf:
        raise ValueError(f"huber: delta is a positive number, got {delta!r}")

    def term(output: Any, target: Any) -> Any:
        error = output - target
        inner = clip(error, -delta, delta)  # smooth at 0, where |error| is not
        return inner * (error - 0.5 * inner)

    return by_pairs("huber", term, outputs, targets, reduction)


def binary_cross_entropy(
    probabilities: Any, targets: Any, *, label_smoothing: float = 0.0, reduction: str = "mean"
) -> Any:
    """-(y·log p + (1 - y)·log(1 - p)) for the probability p of class 1 and targets y.

    p is held between 2.2e-308 and 1 - 1.1e-16, the floats next to 0 and 1, so that the loss is finite; beyond them
    the derivative is 0. For the output of a sigmoid, `binary_cross_entropy_with_logits` keeps more digits.
    `label_smoothing` ε makes the targets 0 and 1 into ε/2 and 1 - ε/2. Raises ValueError for numbers
    below 0 or above 1.

    >>> binary_cross_entropy(0.25, 1), binary_cross_entropy([0.25, 0.5], [0, 1])
    (1.3862943611198906, 0.4904146265058631)
    """
    smoothed = smoothing("binary_cross_entropy", label_smoothing)

    def term(p: Any, y: Any) -> Any:
        check_probability("binary_cross_entropy", "probability", p)
        check_probability("binary_cross_entropy", "target", y)
        return mixture(
            (smoothed(1.0 - y, 2), smoothed(y, 2)),
            lambda k: -log(_held(p, LEAST, 1.0)) if k else -log1p(-_held(p, 0.0, MOST)),
        )

    return by_pairs("binary_cross_entropy", term, probabilities, targets, reduction)


def binary_cross_entropy_with_logits(
    logits: Any, targets: Any, *, label_smoothing: float = 0.0, reduction: str = "mean"
) -> Any:
    """The cross-entropy of sigmoid(z) for logits z and targets from 0 to 1; it never overflows and loses no digits.

    Its derivative with respect to z is sigmoid(z) - y. `label_smoothing` ε makes the targets 0 and 1 into ε/2 and
    1 - ε/2.

    >>> binary_cross_entropy_with_logits([800.0, -2.0], [0, 1])
    401.0634640055215
    """
    smoothed = smoothing("binary_cross_entropy_with_logits", label_smoothing)

    def term(z: Any, y: Any) -> Any:
        check_probability("binary_cross_entropy_with_logits", "target", y)
        return mixture((smoothed(1.0 - y, 2), smoothed(y, 2)), lambda k: softplus(-z if k else z))

    return by_pairs("binary_cross_entropy_with_logits", term, logits, targets, reduction)


def cross_entropy(logits: Any, targets: Any, *, label_smoothing: float = 0.0, reduction: str = "mean") -> Any:
    """The cross-entropy -log softmax(z)ᵧ of a list of logits, as PyTorch's.

    The target is the number y of the class, counted from 0, or a list of the probabilities of all classes; for several
    samples the logits are a list of lists. Its gradient with respect to the logits is softmax(z) - y, y one-hot.
    `label_smoothing` ε keeps a network from being too sure of itself: log-probabilities of all classes count ε/K.

    >>> cross_entropy([2.0, 1.0, 0.1], 0), cross_entropy([[2.0, 1.0, 0.1], [1000.0, 0.0, 0.0]], [0, 1])
    (0.4170300162778335, 500.20851500813893)
    >>> round(cross_entropy([2.0, 1.0, 0.1], 0, label_smoothing=0.3), 12)  # 0.8·0.417… + 0.1·1.417… + 0.1·2.317…
    0.707030016278
    """
    smoothed = smoothing("cross_entropy", label_smoothing)

    def of_class(z: Sequence[Any], k: int) -> Any:
        # log Σ exp(zⱼ - zₖ), where j = k gives exactly 0: a loss near 0 keeps its digits.
        return logsumexp([0.0 if j == k else zj - z[k] for j, zj in enumerate(z)])

    def of_classes(z: Sequence[Any], weights: Sequence[Any]) -> Any:
        largest = reduce(maximum, z)
        shifted = [zj - detach(largest) for zj in z]
        total = logsumexp(shifted)
        return mixture(weights, lambda k: total - shifted[k])

    return over_classes("cross_entropy", of_class, logits, targets, reduction, of_classes, smoothed)


def cross_entropy_of_probabilities(
    probabilities: Any, targets: Any, *, label_smoothing: float = 0.0, reduction: str = "mean"
) -> Any:
    """The cross-entropy -Σ yₖ·log pₖ of a list of probabilities; targets as for `cross_entropy`.

    A probability counts as at least 2.2e-308, so that the loss is finite; `label_smoothing` as there.

    >>> cross_entropy_of_probabilities([0.7, 0.2, 0.1], 0), cross_entropy_of_probabilities([0.5, 0.5], [0.5, 0.5])
    (0.35667494393873245, 0.6931471805599453)
    """
    name = "cross_entropy_of_probabilities"
    smoothed = smoothing(name, label_smoothing)

    def of_class(p: Sequence[Any], k: int) -> Any:
        return -log(_held(p[k], LEAST, math.inf))

    return over_classes(name, of_class, probabilities, targets, reduction, smoothed=smoothed)


def _held(x: Any, low: float, high: float) -> Any:
    """A number between two others; one that is there already is recorded as it is, without a clip that does nothing.

    >>> _held(0.5, 0.0, 1.0), _held(2.0, 0.0, 1.0)
    (0.5, 1.0)
    """
    return x if low <= plain(x) <= high else clip(x, low, high)


def gaussian_nll(outputs: Any, targets: Any, variance: Any = 1.0, *, reduction: str = "mean") -> Any:
    """The negative log-likelihood of targets that are normal around the outputs, ½·log(2πσ²) + (t - o)²/(2σ²).

    For numbers, not for classes: with a variance that is kept, it is the squared error and a constant.
    `variance` is σ²: one number or `Value`, or a list of the shape of the outputs.

    >>> gaussian_nll(0.0, 0.0), gaussian_nll(1.0, 3.0, 4.0)
    (0.9189385332046727, 2.112085713764618)
    """
    samples = pairs("gaussian_nll", outputs, targets)
    if shape_of("gaussian_nll", variance):
        variances = [v for _, v in pairs("gaussian_nll", outputs, variance, "variances")]
    else:
        variances = [variance if isinstance(variance, Operand) else as_float(variance)] * len(samples)
    for v in variances:
        if not plain(v) > 0.0:
            raise ValueError(f"gaussian_nll: a variance is a positive number, got {v!r}")
    terms = [
        0.5 * (log(v) + math.log(2.0 * math.pi) + square(output - target) / v)
        for (output, target), v in zip(samples, variances, strict=True)
    ]
    return reduced(terms, reduction)


def hinge(scores: Any, targets: Any, *, margin: float = 1.0, reduction: str = "mean") -> Any:
    """max(0, margin - y·s) for scores s and classes y, 1 or -1: 0 where s is beyond the margin on the side of y.

    With margin=0.0 it is the loss of the perceptron, max(0, -y·s).

    >>> hinge([2.0, 0.5, -1.0], [1, 1, 1], reduction="none")
    [0.0, 0.5, 2.0]
    """

    def term(score: Any, y: Any) -> Any:
        if plain(y) not in (-1.0, 1.0):
            raise ValueError(f"hinge: the classes are 1 and -1, got {y!r}")
        return relu(margin - weighted(y, score))

    return by_pairs("hinge", term, scores, targets, reduction)


def multiclass_hinge(scores: Any, targets: Any, *, margin: float = 1.0, reduction: str = "mean") -> Any:
    """Σ max(0, sⱼ - sᵧ + margin) over the classes j other than y, for a list of scores and the number y of the class.

    Source: J. Weston and C. Watkins, 1998, in the form of Stanford's course CS231n.

    >>> multiclass_hinge([3.2, 5.1, -1.7], 0)
    2.8999999999999995
    """

    def of_class(s: Sequence[Any], k: int) -> Any:
        return sum(relu(sj - s[k] + margin) for j, sj in enumerate(s) if j != k)

    return over_classes("multiclass_hinge", of_class, scores, targets, reduction)


def zero_one(scores: Any, targets: Any, *, threshold: float = 0.0, reduction: str = "mean") -> Any:
    """1 for a sample that is put into the wrong class, otherwise 0; the mean is the error rate, with the slope 0.

    A list of scores stands for the class with the largest, the first of equal ones; a single score for class 1 above
    the threshold (½ for probabilities), and otherwise for the other class, which may be called 0 or -1.

    >>> zero_one([2.0, -1.0, 0.5], [1, -1, -1]), zero_one([[0.1, 0.9], [0.6, 0.4]], [1, 1])
    (0.3333333333333333, 0.5)
    """
    if len(shape_of("zero_one", scores)) > len(shape_of("zero_one", targets)):

        def of_class(s: Sequence[Any], k: int) -> Any:
            larger = (exceeds(sj, s[k], 1.0 if j < k else 0.0) for j, sj in enumerate(s) if j != k)
            return reduce(maximum, larger, 0.0)

        return over_classes("zero_one", of_class, scores, targets, reduction)

    def term(score: Any, y: Any) -> Any:
        return where(exceeds(y, 0.0), 1.0 - exceeds(score, threshold), exceeds(score, threshold))

    return by_pairs("zero_one", term, scores, targets, reduction)


def accuracy(scores: Any, targets: Any, *, threshold: float = 0.0) -> float:
    """The share of samples that are put into the right class, from 0 to 1; see `zero_one`.

    >>> accuracy([2.0, -1.0, 0.5, 3.0], [1, 0, 0, 1])
    0.75
    """
    wrong = zero_one(scores, targets, threshold=threshold, reduction="none")
    return float(mean([1.0 - plain(x) for x in wrong]))


def empirical_risk(loss: Callable[[Any, Any], Any], outputs: Iterable[Any], targets: Iterable[Any]) -> Any:
    """The mean over all samples of the loss of one output and one target.

    >>> empirical_risk(multiclass_hinge, [[3.2, 5.1, -1.7], [1.0, 5.0, 0.0]], [0, 1])
    1.4499999999999997
    """
    return mean([loss(output, target) for output, target in zip(outputs, targets, strict=True)])


def l1(parameters: Iterable[Any]) -> Any:
    """The sum of |w|: a penalty whose pull does not fade, so that at the least loss some weights may be exactly 0.

    >>> l1([3.0, -4.0])
    7.0
    """
    return sum(abs(w) for w in parameters)


def l2(parameters: Iterable[Any]) -> Any:
    """The sum of w²: a penalty that pulls each weight towards 0, the harder the larger it is.

    >>> l2([3.0, -4.0])
    25.0
    """
    return sum(square(w) for w in parameters)
