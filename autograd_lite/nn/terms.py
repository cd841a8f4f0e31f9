"""What all losses have in common: the terms of samples and classes, smoothed targets, the mean or the sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd_lite.engine.reals import as_float
from autograd_lite.engine.sequences import mean, sum
from autograd_lite.engine.text import shortened
from autograd_lite.nn.samples import classified, pairs


def smoothing(name: str, label_smoothing: float) -> Callable[[Any, int], Any]:
    """What label smoothing makes of a weight, one of so many classes; nothing at 0."""
    try:
        share = as_float(label_smoothing)
    except (TypeError, OverflowError) as error:
        raise type(error)(f"{name}: label_smoothing: {error}") from None
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"{name}: label_smoothing is a number from 0 to 1, got {label_smoothing!r}")
    return lambda y, count: (1.0 - share) * y + share / count if share else y


def mixture(weights: Sequence[Any], term: Callable[[int], Any]) -> Any:
    """The sum of weight k times term k, without the terms of weight 0 and without a factor 1."""
    terms = [
        weighted(weight, term(k)) for k, weight in enumerate(weights) if not (type(weight) is float and weight == 0.0)
    ]
    return terms[0] if len(terms) == 1 else sum(terms)


def weighted(weight: Any, term: Any) -> Any:
    """A weight times a term, without a factor 1."""
    return term if type(weight) is float and weight == 1.0 else weight * term


def by_pairs(name: str, term: Callable[[Any, Any], Any], outputs: Any, targets: Any, reduction: str) -> Any:
    """The loss of each pair of an output and a target."""
    return reduced([term(output, target) for output, target in pairs(name, outputs, targets)], reduction)


def over_classes(
    name: str,
    of_class: Callable[[Sequence[Any], int], Any],
    scores: Any,
    targets: Any,
    reduction: str,
    of_classes: Callable[[Sequence[Any], Sequence[Any]], Any] | None = None,
    smoothed: Callable[[Any, int], Any] = lambda y, _: y,
) -> Any:
    """The loss of each sample, from the loss of its scores for one class.

    `of_classes` is the loss for several weighted classes, where that takes less than a sum over the classes.
    """

    def term(s: Sequence[Any], target: int | Sequence[Any]) -> Any:
        if isinstance(target, int):
            if smoothed(1.0, 2) == 1.0:
                return of_class(s, target)
            target = [float(k == target) for k in range(len(s))]
        target = [smoothed(y, len(s)) for y in target]
        if of_classes is not None and len([y for y in target if not (type(y) is float and y == 0.0)]) > 1:
            return of_classes(s, target)
        return mixture(target, lambda k: of_class(s, k))

    return reduced([term(s, target) for s, target in classified(name, scores, targets)], reduction)


def reduced(terms: list[Any], reduction: str) -> Any:
    """The mean or the sum of the terms, or their list."""
    if reduction == "mean":
        return terms[0] if len(terms) == 1 else mean(terms)
    if reduction == "sum":
        return sum(terms)
    if reduction == "none":
        return terms
    raise ValueError(f"reduction is 'mean', 'sum' or 'none', got {shortened(reduction)}")
