"""Derivatives by differences: the quotient at one step, and what quotients at many steps say about a slope."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from autograd_lite.engine.ieee import FAILURES
from autograd_lite.engine.reals import as_float
from autograd_lite.engine.transforms import chosen
from autograd_lite.engine.trees import flatten
from autograd_lite.engine.value import plain

Line = Callable[[float], float]

EPSILON = 2.0**-52
STEPS = {"forward": EPSILON ** (1 / 2), "central": EPSILON ** (1 / 3)}
HALVINGS = 6  # steps in a window, each half the one before
NEXT = 2.0**-6  # from the first step of a window to that of the next one
WINDOWS = 7  # from a tenth of the point down to 10⁻¹² of it

OBSTACLES = {  # what is in the way of an answer, in words
    "kink": "has a kink at {at}",
    "jump": "jumps at {at}",
    "end": "comes to the end of its domain at {at}",
    "infinite": "has no finite slope at {at}",
    "precision": "gives differences of too little precision at {at}",
    "detach": "holds the gradient back on purpose at {at}",
}


def numerical_gradient(
    f: Callable[..., Any],
    /,
    *point: Any,
    argnums: int | Sequence[int] = 0,
    method: str = "central",
    step: float | None = None,
) -> Any:
    """The gradient of `f` at a point by differences: forward, (f(x+h) - f(x))/h, or central, (f(x+h) - f(x-h))/2h.

    The error of the central difference falls as h², that of the forward one as h; the rounding error
    grows as 1/h. Without a `step` h is where the two meet: ε^⅓ or ε^½ times max(1, |x|), with
    ε = 2⁻⁵². As with `grad`, it is the gradient with respect to the first argument and has its structure; with several
    `argnums` it is a tuple.

    >>> from autograd_lite import numerical_gradient, sin
    >>> round(numerical_gradient(sin, 0.5), 9), round(numerical_gradient(sin, 0.5, method="forward", step=0.1), 3)
    (0.877582562, 0.852)
    >>> [round(slope, 6) for slope in numerical_gradient(lambda x, y: x * y, 2.0, 3.0, argnums=(0, 1))]
    [3.0, 2.0]
    """
    if method not in STEPS:
        raise ValueError(f"method is 'central' or 'forward', got {method!r}")
    if step is not None and not 0.0 < as_float(step) < math.inf:
        raise ValueError(f"step must be a positive number, got {step!r}")
    places, single = chosen(argnums, len(point)), hasattr(argnums, "__index__")
    inputs = point[places[0]] if single else tuple(point[place] for place in places)
    numbers, form = flatten(inputs)

    def of_inputs(inputs: Any) -> Any:
        arguments = list(point)
        for place, argument in zip(places, [inputs] if single else inputs, strict=True):
            arguments[place] = argument
        return f(*arguments)

    here = line_through(of_inputs, (inputs,), 0)(float(numbers[0])) if method == "forward" and numbers else 0.0

    def along(place: int) -> float:
        line = line_through(of_inputs, (inputs,), place)
        x = float(numbers[place])
        h = STEPS[method] * max(1.0, abs(x)) if step is None else step
        right = x + h
        left = x - h if method == "central" else x
        if right == left:
            raise ValueError(f"a step of {h!r} is lost in rounding beside {x!r}: take a larger one")
        below = line(left) if method == "central" else here
        return (line(right) - below) / (right - left)  # the step that was taken, rounding included

    return form.rebuild([along(place) for place in range(len(numbers))])


def line_through(f: Callable[..., Any], point: tuple[Any, ...], place: int) -> Line:
    """The function along one coordinate of the point, on plain numbers."""
    numbers, form = flatten(point)
    fixed = [plain(x) for x in numbers]

    def along(x: float) -> float:
        return plain(f(*form.rebuild([*fixed[:place], x, *fixed[place + 1 :]])))

    return along


class Window(NamedTuple):
    """What differences at one range of steps say: the slope, and how far the right slope is from the left one.

    Each with a bound of its error, from how well the extrapolation converges and from the rounding of the values.
    `steepest` is the steepest quotient of the range: the measure for a slope that is zero. `surely` is how steep the
    line is there beyond what rounding can feign, and `curve` how much the slope changes with the argument.
    """

    slope: float
    doubt: float
    bend: float
    bend_doubt: float
    steepest: float
    surely: float
    curve: float


UNKNOWN = Window(math.nan, math.inf, 0.0, math.inf, steepest=0.0, surely=0.0, curve=0.0)


class Judgement(NamedTuple):
    """Whether a slope that is claimed is that of a line: agree, disagree, or why it cannot be decided.

    The reason is a kink, a jump, an end of the domain, an infinite slope or too little precision.
    """

    verdict: str
    slope: float
    doubt: float


def judge(
    claim: float, f: Line, x: float, rtol: float = 1e-5, atol: float = 0.0, noise: float = 0.0, coarse: float = 0.0
) -> Judgement:
    """Compare a derivative of `f` at `x` that is claimed with differences; `noise` bounds the error of `f`'s numbers.

    One range of steps that knows the slope as well as the tolerance asks, and agrees, is enough: a wrong claim does
    not meet it by chance. The measure is the slope itself, however steep the line is elsewhere; a slope of 0, which
    gives none, is to be what all ranges say. To disagree two ranges are needed that agree with one another, beside no
    kink. `coarse` is a doubt that may do as well where nothing is known better, if the claim lies within it.

    >>> import math
    >>> judge(math.e, math.exp, 1.0).verdict, judge(1.0005 * math.e, math.exp, 1.0).verdict
    ('agree', 'disagree')
    >>> judge(0.0, abs, 0.0).verdict, judge(math.inf, math.sqrt, 0.0).verdict
    ('kink', 'end')
    """
    size = abs(claim) if math.isfinite(claim) else 0.0
    rtol = max(rtol, 1e-6)

    def known(w: Window, doubt: float, enough: float = 0.0) -> bool:
        return doubt <= max(atol + rtol * max(abs(w.slope), size, abs(w.bend)), enough)

    def bent(w: Window) -> bool:
        return abs(w.bend) > atol + rtol * w.steepest + 10.0 * w.bend_doubt

    def near(w: Window) -> bool:
        return abs(claim - w.slope) <= atol + rtol * max(size, abs(w.slope)) + 4.0 * w.doubt

    f = _guarded(f)
    here = f(x)
    seen = []
    for w in _windows(f, x, here, claim, noise) if math.isfinite(here) else ():
        if claim == w.steepest == 0.0:  # a constant
            return Judgement("agree", 0.0, w.doubt)
        straight = known(w, w.bend_doubt, 1e-6 * w.steepest) and not bent(w)
        # The slope of sin at π/2 is what the last digit of π/2 makes of it: no better is asked for.
        if straight and near(w) and (known(w, w.doubt) or w.doubt <= 256.0 * math.ulp(x) * w.curve):
            return Judgement("agree", w.slope, w.doubt)
        seen.append(w)
    # Steps across many waves see their mean, which is flat.
    local = [w for k, w in enumerate(seen) if w.steepest >= 0.01 * max((v.surely for v in seen[k:]), default=0.0)]
    best = min(local, key=lambda w: w.doubt, default=UNKNOWN)
    found = Judgement("precision", best.slope, best.doubt)
    if claim == 0.0 and _flat(seen):
        return found._replace(verdict="agree")
    if obstacle := _obstacle(f, x, here, noise):
        return found._replace(verdict=obstacle)
    informed = [w for w in seen if known(w, w.doubt) and known(w, w.bend_doubt)]
    if informed and bent(informed[-1]):
        return found._replace(verdict="kink")
    smooth = sorted((w for w in informed if not bent(w)), key=lambda w: w.doubt)[:2]
    if len(smooth) == 2:
        apart, steepest = abs(smooth[0].slope - smooth[1].slope), max(w.steepest for w in smooth)
        finer = seen[max(map(seen.index, smooth)) :]
        # Steeper from nearer by: the line oscillates within the steps, and its mean is flat, not the line.
        resolved = all(w.surely <= 4.0 * steepest for w in finer)
        # Where all floats are integers, (-2)**x seems to be defined and round(x) to be x: the rules know better.
        resolved &= math.ulp(x) < 1.0 or (math.isfinite(claim) and claim != 0.0)
        if resolved and not apart > 0.2 * abs(claim - smooth[0].slope):  # nan and inf are far from everything
            finer_still = abs(claim) > 100.0 * abs(smooth[0].slope) and _seen_by_floats(claim, f, x, here)
            return found._replace(verdict="precision" if finer_still else "disagree")
    for w in seen:
        denied = any(v.steepest > 0.5 * w.steepest and not near(v) for v in smooth)
        if near(w) and max(w.doubt, 0.5 * w.bend_doubt) <= coarse and not bent(w) and not denied:
            return Judgement("agree", w.slope, w.doubt)
    return found._replace(verdict="precision" if math.isfinite(claim) else "infinite")


def _seen_by_floats(claim: float, f: Line, x: float, here: float) -> bool:
    """Whether the next floats confirm a slope that is so steep that they can: of a saw that steps see the mean of."""
    h = 4.0 * math.ulp(x)
    if not math.isfinite(claim) or math.ulp(here) > 1e-3 * abs(claim) * h:
        return False
    return any(abs((f(x + side * h) - here) / (side * h) - claim) <= 0.01 * abs(claim) for side in (-1.0, 1.0))


def _flat(seen: list[Window]) -> bool:
    """Whether a line has slope 0: no range of steps denies it, and one knows it, or the quotients tend to 0."""
    if any(abs(w.slope) > max(1e-8 * w.steepest, 4.0 * w.doubt) for w in seen):
        return False
    known = any(max(w.doubt, abs(w.bend), w.bend_doubt) <= 1e-6 * w.steepest for w in seen)
    return known or (len(seen) > 1 and seen[-1].steepest <= 1e-8 * seen[0].steepest)


def _guarded(f: Line) -> Line:
    """The line, nan where it has no value."""

    def value(x: float) -> float:
        try:
            return f(x)
        except FAILURES:
            return math.nan

    return value


def _windows(f: Line, x: float, here: float, claim: float, noise: float) -> Iterator[Window]:
    """What the ranges of steps say, each finer than the one before, as far as `f` has values there."""
    size = max(1.0, abs(x))
    starts = [0.1 * size * NEXT**k for k in range(WINDOWS)]
    if claim and math.isfinite(here / claim) and 0.1 * abs(here / claim) > size:  # nearly straight: take large steps
        starts.insert(1, 0.1 * abs(here / claim))
    if 0.0 < abs(x) < NEXT**2:
        starts += [0.1 * abs(x) * NEXT**k for k in range(WINDOWS)]
    for start in starts:
        if start * NEXT > 4.0 * math.ulp(x):
            found = _window(f, x, here, math.ldexp(0.5, math.frexp(start)[1]), noise)
            if found is not None:
                yield found


def _window(f: Line, x: float, here: float, step: float, noise: float) -> Window | None:
    """Differences at a step and its halves, extrapolated to step 0; None where `f` lacks too many of the values."""
    slopes: list[float] = []
    bends: list[float] = []
    noises: list[float] = []
    steep: list[float] = []
    curve = math.inf
    for k in range(HALVINGS):
        h = step * 0.5**k  # a power of two: the points are exact, and so are the differences of them
        left, right = x - h, x + h
        below, above = f(left), f(right)
        if not math.isfinite(above - below):  # outside of the domain: come closer
            slopes, bends, noises, steep = [], [], [], []
            continue
        to_left, to_right = (here - below) / (x - left), (above - here) / (right - x)
        slopes.append((above - below) / (right - left))
        bends.append(to_right - to_left)
        curve = min(curve, abs(bends[-1]) / h)
        noises.append((noise + EPSILON * max(abs(above), abs(below)) + math.ulp(0.0)) / h)
        steep.append(max(abs(to_left), abs(to_right)))
    if len(slopes) < 3 or not math.isfinite(steepest := max(steep)):
        return None
    slope, bend = _extrapolated(slopes, noises, 2), _extrapolated(bends, noises, 1)
    return Window(*slope, bend[0], 2.0 * bend[1], steepest, max(0.0, steepest - 8.0 * noises[-1]), curve)


def _extrapolated(values: Sequence[float], noises: Sequence[float], power: int) -> tuple[float, float]:
    """The limit of values at halved steps h, which differ from it by a series in h^power, h^(power+2), …; its error.

    The entry of the tableau that agrees best with its neighbours wins. Source: C. J. F. Ridders, Accurate
    computation of F'(x) and F'(x) F''(x), Advances in Engineering Software 4 (1982) 75-76.
    """
    best, least = values[-1], math.inf
    previous: list[float] = []
    for value, noise in zip(values, noises, strict=True):
        row = [value]
        for k, coarser in enumerate(previous):
            row.append(row[-1] + (row[-1] - coarser) / (2.0 ** (power + 2 * k) - 1.0))
            doubt = max(abs(row[-1] - row[-2]), abs(row[-1] - coarser), noise)
            if doubt < least:
                best, least = row[-1], doubt
        previous = row
    return best, least


def _obstacle(f: Line, x: float, here: float, noise: float) -> str | None:
    """What stands in the way of differences right beside a point: an end of the domain, a jump, or nothing."""
    near, nearer = (2.0**-k * (abs(x) or 1.0) for k in (20, 34))
    for side in (-1.0, 1.0):
        step, smaller = (abs(f(x + side * h) - here) for h in (near, nearer))
        if not math.isfinite(smaller + f(math.nextafter(x, side * math.inf))):
            return "end"
        if abs(step - smaller) < 0.01 * step and smaller > 1e3 * (noise + EPSILON * abs(here)):
            return "jump"
    return None
