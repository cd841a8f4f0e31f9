"""For every loss: what it should compute, in mpmath's arithmetic, and the points to look at.

Plain data, independent of the library. A public loss without an entry in `LOSSES` fails `test_losses.py`.
A point is the tuple of a loss's arguments, with the options in a dict at its end. Its floats are what the loss is
differentiated by; its whole numbers are classes, which are fixed.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from hypothesis import strategies as st
from mpmath import mp

LEAST, MOST = 2.0**-1022, 1.0 - 2.0**-53  # the floors of probabilities, as documented
TINY = 1e-300
Point = tuple[Any, ...]


def weights(target: Any, count: int) -> list[Any]:
    """The target as one probability for each class."""
    return [int(k == target) for k in range(count)] if isinstance(target, int) else target


def huber(o: Any, t: Any, *, delta: float = 1.0) -> Any:
    error = abs(o - t)
    return error**2 / 2 if error <= delta else delta * error - mp.mpf(delta) ** 2 / 2


def binary(p: Any, y: Any) -> Any:
    return -(y * mp.log(max(p, LEAST)) + (1 - y) * mp.log1p(-min(p, MOST)))


def binary_with_logits(z: Any, y: Any) -> Any:
    return y * mp.log1p(mp.exp(-z)) + (1 - y) * mp.log1p(mp.exp(z))


def softmax(z: Any) -> list[Any]:
    """The probability of each class."""
    return [1 / mp.fsum(mp.exp(zj - zk) for zj in z) for zk in z]


def cross_entropy(z: Any, y: Any) -> Any:
    rest = [mp.fsum(mp.exp(zj - zk) for j, zj in enumerate(z) if j != k) for k, zk in enumerate(z)]
    return mp.fsum(w * mp.log1p(r) for w, r in zip(weights(y, len(z)), rest, strict=True))


def cross_entropy_of_probabilities(p: Any, y: Any) -> Any:
    return -mp.fsum(w * mp.log(max(pk, LEAST)) for w, pk in zip(weights(y, len(p)), p, strict=True))


def multiclass_hinge(s: Any, y: Any, *, margin: float = 1.0) -> Any:
    terms = [mp.fsum(max(mp.mpf(0), sj - sk + margin) for j, sj in enumerate(s) if j != k) for k, sk in enumerate(s)]
    return mp.fsum(w * term for w, term in zip(weights(y, len(s)), terms, strict=True))


def zero_one(s: Any, y: Any, *, threshold: float = 0.0) -> Any:
    right = s.index(max(s)) == y if isinstance(s, list) else (s > threshold) == (y > 0)
    return mp.mpf(not right)


class Loss(NamedTuple):
    """The loss of one sample on mpmath's numbers, and the points; at the kinks only its value is looked at."""

    exact: Callable[..., Any]
    ordinary: list[Point]  # moderate and smooth, so that differences are good there
    extreme: list[Point]  # smooth
    kinks: list[Point]
    random: st.SearchStrategy[Point]
    conditioning: Callable[..., Any] | None = None  # a number by which the rounding within is multiplied, or none
    terms: Callable[..., Any] | None = None  # the size of the terms, where they may cancel


anything = st.floats(-1e6, 1e6)
logit = st.floats(-1e4, 1e4)
probability = st.floats(0.0, 1.0)
few = st.sampled_from([-1.0, 0.0, 0.5, 1.0])  # so that ties are drawn
parameters = st.tuples(st.lists(anything, max_size=8))
halves = st.fixed_dictionaries({"half": st.booleans()})


def with_class(element: st.SearchStrategy[float], *, soft: bool = True) -> st.SearchStrategy[Point]:
    """One to six numbers and a class of theirs, or a probability of each."""

    def targets(z: list[float]) -> st.SearchStrategy[Point]:
        classes: st.SearchStrategy[Any] = st.integers(0, len(z) - 1)
        mixed = st.lists(probability, min_size=len(z), max_size=len(z))
        return st.tuples(st.just(z), classes | mixed if soft else classes)

    return st.lists(element, min_size=1, max_size=6).flatmap(targets)


def farthest(z: Any, y: Any) -> Any:
    """The condition number of exp is its operand: by it the rounding error of a difference of logits is multiplied."""
    return 1 + max(z) - min(z)


def scores_and_margins(s: Any, y: Any, *, margin: float = 1.0) -> Any:
    """Near the margin a rounded difference of scores cancels against it."""
    return len(s) * (max(s) - min(s) + margin)


def log_terms(o: Any, t: Any, variance: Any = 1) -> Any:
    """The log density has zeros, where the logarithm of the variance cancels against the rest."""
    return abs(mp.log(variance)) + mp.log(2 * mp.pi) + (t - o) ** 2 / variance


# fmt: off
LOSSES: dict[str, Loss] = {
    "mse": Loss(lambda o, t, half=False: (t - o) ** 2 / (2 if half else 1), [(0.3, 1.5), (-2.0, 0.7, {"half": True})],
                [(0.5, 0.5), (1e150, -1e150), (TINY, -TINY), (1.0, MOST), (1e9, 1e9 + 1e-6, {"half": True})], [],
                st.tuples(anything, anything, halves)),
    "mae": Loss(lambda o, t: abs(o - t), [(0.3, 1.5), (0.7, -2.0)], [(1e300, -1e300), (TINY, -TINY), (1.0, MOST)],
                [(0.0, 0.0), (2.5, 2.5)], st.tuples(anything, anything)),
    "huber": Loss(huber, [(0.3, 1.1), (3.0, 1.0), (-3.0, 1.0), (0.2, 1.0, {"delta": 0.25}), (2.0, 0.5, {"delta": 4.0})],
                  [(0.5, 0.5), (1e300, 1.0), (-1e300, 1.0), (TINY, -TINY), (1.0, MOST), (0.0, 1e9, {"delta": 1e-9})],
                  [(2.0, 1.0), (-1.5, 1.0, {"delta": 2.5})],
                  st.tuples(anything, anything, st.fixed_dictionaries({"delta": st.floats(1e-3, 1e3)}))),
    "binary_cross_entropy": Loss(
        binary, [(0.25, 1), (0.25, 0), (0.9, 0.3), (0.5, 0.5)],
        [(TINY, 1), (TINY, 0), (TINY, 0.5), (1e-16, 0), (1.0 - 2.0**-52, 0), (1.0 - 2.0**-52, 1), (1.0 - 2.0**-52, 0.75)],
        [(0.0, 0), (0.0, 1), (1.0, 0), (1.0, 1), (0.0, 0.5), (1.0, 0.5), (5e-324, 1), (LEAST, 1), (MOST, 0), (MOST, 1)],
        st.tuples(probability, probability | st.integers(0, 1))),
    "binary_cross_entropy_with_logits": Loss(
        binary_with_logits, [(0.0, 1), (0.7, 0), (-2.0, 0.3), (5.0, 0.5)],
        [(z, y) for z in (40.0, -40.0, 800.0, -800.0, 1e4, -1e4) for y in (0, 1, 0.25)] + [(TINY, 0), (-TINY, 1)], [],
        st.tuples(logit, probability | st.integers(0, 1))),
    "cross_entropy": Loss(
        cross_entropy, [([2.0, 1.0, 0.1], 0), ([0.3, -0.7], 1), ([0.5, 0.5, 0.5], 2), ([1.0, -1.0, 0.5], [0.2, 0.3, 0.5]), ([0.7], 0)],
        [([100.0, 0.0], 0), ([0.0, 100.0, 0.0], 1), ([40.0, 0.0], 1), ([800.0, -800.0], 0), ([800.0, -800.0], 1),
         ([1e4, -1e4, 0.0], 0), ([1e4, -1e4, 0.0], 1), ([1e4, -1e4, 1e4], 2), ([1e4 + 1.0, 1e4], [0.9, 0.1])], [],
        with_class(logit), conditioning=farthest),
    "cross_entropy_of_probabilities": Loss(
        cross_entropy_of_probabilities, [([0.7, 0.2, 0.1], 0), ([0.25, 0.75], 1), ([0.5, 0.3, 0.2], [0.2, 0.3, 0.5])],
        [([TINY, 0.5], 0), ([TINY, MOST], 1), ([TINY, MOST], [0.5, 0.5])],
        [([1.0, 0.0], 0), ([1.0, 0.0], 1), ([0.0, 1.0], [0.5, 0.5]), ([5e-324, 1.0], 0), ([LEAST, 1.0], 0)],
        with_class(probability)),
    "gaussian_nll": Loss(
        lambda o, t, variance=1: -mp.log(mp.npdf(t, o, mp.sqrt(variance))), [(0.3, 1.5), (1.0, 3.0, 4.0), (-1.0, -1.0, 0.25)],
        [(1e6, -1e6, 1e-3), (0.0, 1.0, 1e-6), (TINY, -TINY, 1e6), (1e150, 0.0, 1e-3)], [],
        st.tuples(anything, anything, st.floats(1e-3, 1e3)), terms=log_terms),
    "hinge": Loss(lambda s, y, margin=1: max(mp.mpf(0), margin - y * s), [(0.3, 1), (0.3, -1), (2.5, 1), (-2.5, -1), (0.3, 1, {"margin": 0.5})],
                  [(-1e300, 1), (1e300, 1), (1.0 - 2.0**-53, 1), (TINY, -1), (1.0 + 2.0**-52, 1)], [(1.0, 1), (-1.0, -1), (0.5, 1, {"margin": 0.5})],
                  st.tuples(anything, st.sampled_from([-1, 1]))),
    "multiclass_hinge": Loss(
        multiclass_hinge, [([3.2, 5.1, -1.7], 0), ([0.3, 0.2, 0.1], 2), ([3.2, 5.1, -1.7], 2, {"margin": 0.5}), ([0.3, 0.1], [0.25, 0.75])],
        [([1e300, -1e300], 1), ([TINY, -TINY], 0), ([-1e9, 1e9, 0.0], 2)], [([1.0, 2.0, 0.0], 1), ([0.0], 0)],
        with_class(anything), terms=scores_and_margins),
    "zero_one": Loss(
        zero_one, [(0.3, 1), (-0.3, 1), (0.3, -1), (0.3, 0), (0.7, 1, {"threshold": 0.5}), (0.3, 0, {"threshold": 0.5}), ([0.1, 0.9], 1), ([0.1, 0.9], 0)],
        [(TINY, 1), (-TINY, 0), ([1e300, -1e300, 0.0], 0), ([MOST, 1.0], 0)],
        [(0.0, 1), (0.0, 0), (0.0, -1), (0.5, 1, {"threshold": 0.5}), ([1.0, 1.0], 0), ([1.0, 1.0], 1), ([0.0, 2.0, 1.0, 2.0], 1), ([0.0, 2.0, 1.0, 2.0], 3)],
        with_class(few, soft=False) | st.tuples(few, st.sampled_from([-1, 0, 1]))),
    "accuracy": Loss(lambda s, y, **options: 1 - zero_one(s, y, **options), [], [],
                     [(0.3, 1), (-0.3, 1), (0.0, 0), (0.7, 1, {"threshold": 0.5}), ([0.1, 0.9], 1), ([1.0, 1.0], 1)],
                     with_class(few, soft=False)),
    "l1": Loss(lambda ws: mp.fsum(map(abs, ws)), [([3.0, -4.0, 0.5],)], [([1e300, -TINY],)], [([0.0, 1.0],), ([],)], parameters),
    "l2": Loss(lambda ws: mp.fsum(w * w for w in ws), [([3.0, -4.0, 0.5, 0.0],)], [([1e150, -TINY],)], [([],)], parameters),
}

CLASSES, SCORES = [0, 2, 0], [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.25, 0.5, 0.25]]
OVER_CLASSES = ("cross_entropy", "cross_entropy_of_probabilities", "multiclass_hinge")
SAMPLES: dict[str, tuple[list[Any], list[Any]]] = {  # three samples for each loss of outputs and targets
    **{name: ([0.25, 0.5, 0.9], [1, 0, 1]) for name in LOSSES if name not in ("l1", "l2", "accuracy")},
    **dict.fromkeys(OVER_CLASSES, (SCORES, CLASSES)),
    "hinge": ([0.25, 0.5, 2.5], [1, -1, 1]),
}

KINKS: list[tuple[str, Point, list[float]]] = [  # the gradient by convention
    ("mae", (2.5, 2.5), [0.0, 0.0]),
    ("l1", ([0.0, 2.0, -3.0],), [0.0, 1.0, -1.0]),
    ("hinge", (1.0, 1), [0.0]),
    ("hinge", (-1.0, -1), [0.0]),
    ("multiclass_hinge", ([1.0, 2.0, 0.0], 1), [0.0, 0.0, 0.0]),
    ("huber", (2.0, 1.0), [1.0, -1.0]),
    ("huber", (-1.5, 1.0, {"delta": 2.5}), [-2.5, 2.5]),
    ("zero_one", (0.0, 1), [0.0]),
    ("zero_one", ([1.0, 1.0], 1), [0.0, 0.0]),
    # At the floors the slope is the one within, and beyond them the loss is flat.
    ("binary_cross_entropy", (MOST, 0), [2.0**53]),
    ("binary_cross_entropy", (LEAST, 1), [-(2.0**1022)]),
    ("binary_cross_entropy", (0.0, 0), [1.0]),
    ("binary_cross_entropy", (1.0, 1), [-1.0]),
    ("binary_cross_entropy", (0.0, 1), [0.0]),
    ("binary_cross_entropy", (1.0, 0), [0.0]),
    ("cross_entropy_of_probabilities", ([0.0, 1.0], 0), [0.0, 0.0]),
    # A class of logit -inf is masked.
    ("cross_entropy", ([-math.inf, 0.5, 0.5], 1), [0.0, -0.5, 0.5]),
]

GRAPHS: list[tuple[str, Any, Any, str]] = [  # an output, a target, and the operations of the graph in order
    ("mse", 0.3, 1, "sub square"),
    ("mae", 0.3, 1, "sub abs"),
    ("binary_cross_entropy", 0.3, 0, "neg log1p neg"),
    ("binary_cross_entropy", 0.3, 1, "log neg"),
    ("binary_cross_entropy", 1.0, 0, "clip neg log1p neg"),  # a probability is held only where it has to be
    ("binary_cross_entropy", 0.0, 1, "clip log neg"),
    ("binary_cross_entropy_with_logits", 0.3, 0, "softplus"),
    ("binary_cross_entropy_with_logits", 0.3, 1.0, "neg softplus"),
    ("cross_entropy", [0.3, 0.1, 0.2], 0, "sub logaddexp sub logaddexp"),
    ("cross_entropy", [0.3, 0.1, 0.2], [1, 0.0, 0], "sub logaddexp sub logaddexp"),
    ("cross_entropy_of_probabilities", [0.3, 0.7], [0, True], "log neg"),
    ("hinge", 0.3, 1, "sub relu"),
    ("multiclass_hinge", [0.3, 0.1], 0, "sub add relu"),
]

BAD: list[tuple[str, Point, str]] = [  # what is refused, and the rest of the message that begins with the name
    ("mse", ([1.0, 2.0], [1.0]), "the outputs have the shape (2,), the targets (1,)"),
    ("mae", ([[1.0], [2.0]], [1.0, 2.0]), "the outputs have the shape (2, 1), the targets (2,)"),
    ("huber", (1.0, [1.0]), "the outputs have the shape (), the targets (1,)"),
    ("gaussian_nll", ([1.0], [1.0], [1.0, 2.0]), "the outputs have the shape (1,), the variances (2,)"),
    ("mse", ([[1.0], [1.0, 2.0]], [[1.0], [1.0]]), "the samples differ in shape: (1,), (2,)"),
    ("cross_entropy", ([[1.0, 2.0], [1.0]], [0, 0]), "the samples differ in shape: (1,), (2,)"),
    ("zero_one", ([[1.0, 2.0], 3.0], [0, 0]), "the samples differ in shape: (), (2,)"),
    ("cross_entropy", ([[1.0, 2.0]], 0), "expected a list of numbers and a class, or lists of these; got the shapes (1, 2) and ()"),
    ("multiclass_hinge", (1.0, 0), "expected a list of numbers and a class, or lists of these; got the shapes () and ()"),
    *[(name, ([], []), "got no samples") for name in SAMPLES],
    *[(name, ([1.0, 2.0], y), "a class is a whole number from 0 to 1, got ") for name in (*OVER_CLASSES, "zero_one")
      for y in (2, -1, 0.5, math.nan, math.inf, "1", "a\nb", None, 10**400)],
    *[("hinge", (1.0, y), f"the classes are 1 and -1, got {y!r}") for y in (0.0, 2.0, 0.5, math.nan)],
    *[("huber", (1.0, 1.0, {"delta": delta}), f"delta is a positive number, got {delta!r}") for delta in (0.0, -1.0, math.inf, math.nan)],
    *[("gaussian_nll", (1.0, 1.0, v), f"a variance is a positive number, got {v!r}") for v in (0.0, -1.0, math.nan)],
]

TORCH: list[tuple[str, str, dict[str, Any], Any, Any]] = [  # our name, PyTorch's, options, outputs, targets
    ("mse", "mse_loss", {}, [0.3, -1.2, 2.5], [1.0, 0.0, 2.5]),
    ("mae", "l1_loss", {}, [0.3, -1.2, 2.5], [1.0, 0.0, 2.5]),
    ("huber", "huber_loss", {"delta": 0.75}, [0.3, -1.2, 2.5, 0.75], [1.0, 0.0, 2.5, 0.0]),
    ("binary_cross_entropy", "binary_cross_entropy", {}, [0.3, 0.9, 0.001], [1.0, 0.0, 0.25]),
    ("binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits", {}, [40.0, -800.0, 2.5], [1.0, 0.0, 0.25]),
    ("cross_entropy", "cross_entropy", {}, [[2.0, 1.0, 0.1], [1e4, -1e4, 0.0]], [0, 2]),
    ("cross_entropy", "cross_entropy", {}, [[2.0, 1.0, 0.1], [0.5, 0.5, 0.5]], [[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]]),
    ("gaussian_nll", "gaussian_nll_loss", {}, [0.3, -1.2, 2.5], [1.0, 0.0, 2.5]),
]
# fmt: on


def options(point: Point) -> tuple[Point, dict[str, Any]]:
    """The arguments and the options of a point."""
    return (point[:-1], point[-1]) if isinstance(point[-1], dict) else (point, {})


def floats(tree: Any) -> list[float]:
    """The floats of a point, in order."""
    if isinstance(tree, (list, tuple)):
        return [x for part in tree for x in floats(part)]
    return [tree] if type(tree) is float else []


def replaced(tree: Any, xs: Iterator[Any]) -> Any:
    """The point with its floats replaced in order; the options stay."""
    if isinstance(tree, (list, tuple)):
        return type(tree)(replaced(part, xs) for part in tree)
    return next(xs) if type(tree) is float else tree


def applied(f: Callable[..., Any], point: Point, xs: Any = None) -> Any:
    """A loss at a point, or with other numbers for its floats."""
    arguments, named = options(point if xs is None else replaced(point, iter(xs)))
    return f(*arguments, **named)


def assert_close(name: str, point: Point, found: Any, exact: Any, ulps: float) -> None:
    """A float within so many units of rounding of the exact number; inf or 0 where this is beyond the floats."""
    loss, unit = LOSSES[name], abs(exact)
    mp_point = replaced(point, map(mp.mpf, floats(point)))
    if loss.conditioning is not None:
        unit *= applied(loss.conditioning, mp_point)
    if loss.terms is not None:
        unit = max(unit, applied(loss.terms, mp_point))
    assert type(found) is float
    if abs(exact) > sys.float_info.max:
        assert found == math.copysign(math.inf, exact)
    else:
        with mp.workdps(50):
            within = abs(mp.mpf(found) - exact) <= ulps * 2.0**-53 * unit + 4 * math.ulp(0.0)
        assert within, f"{found!r}, exactly {mp.nstr(exact, 20)}"
