"""Optimisers, schedules and clipping: PyTorch's numbers, the checker of them, what is refused, and descent."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from optimizer_fixtures import CHECKPOINTS, PATH, START, STEPS, gradient, regenerated, written

from autograd_lite import Value, optim
from autograd_lite.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop, clip_grad_norm, clip_grad_value

ONE_LINE = "^[^\n]+$"
WRONG = 1.0005

FIXTURES: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
CASES: list[dict[str, Any]] = FIXTURES["cases"]
CLASSES: dict[str, type[Optimizer]] = {
    name: rule
    for name, rule in vars(optim).items()
    if isinstance(rule, type) and issubclass(rule, Optimizer) and rule is not Optimizer
}
SCHEDULES: dict[str, Callable[..., optim.schedules.Schedule]] = {
    name: f for name in optim.__all__ if getattr(f := getattr(optim, name), "__module__", "").endswith(".schedules")
}


def named(case: dict[str, Any]) -> str:
    """A case as it would be written in Python."""
    options = [f"{name}={value}" for name, value in case["options"].items()]
    if case["schedule"]:
        name, arguments = case["schedule"]
        options.append(f"lr={name}({', '.join(f'{key}={value}' for key, value in arguments.items())})")
    return f"{case['class']}({', '.join(options)})"


def defaults(name: str) -> dict[str, Any]:
    """The options of one of our optimisers and their defaults, in order."""
    options = list(inspect.signature(CLASSES[name]).parameters.values())[1:]
    return {option.name: option.default for option in options}


def options_of(case: dict[str, Any]) -> dict[str, Any]:
    """Every option of a case, those included that it leaves at their defaults."""
    options = {name: tuple(value) if isinstance(value, list) else value for name, value in case["options"].items()}
    if case["schedule"]:
        name, arguments = case["schedule"]
        options["lr"] = SCHEDULES[name](**arguments)
    return defaults(case["class"]) | options


def optimizer_of(case: dict[str, Any], parameters: Iterable[Value], **changed: Any) -> Any:
    """The optimiser of a case, with some of its options changed."""
    return CLASSES[case["class"]](parameters, **(options_of(case) | changed))


def trajectory(optimizer: Optimizer) -> list[list[float]]:
    """Where an optimiser of three parameters goes on the fixed problem."""
    points = []
    for step in range(1, STEPS + 1):
        for parameter, slope in zip(
            optimizer.parameters, gradient([p.data for p in optimizer.parameters]), strict=True
        ):
            parameter.grad = slope
        optimizer.step()
        if step in CHECKPOINTS:
            points.append([parameter.data for parameter in optimizer.parameters])
    return points


def agree(found: list[list[float]], expected: list[list[float]]) -> bool:
    """Whether two trajectories are the same to 1e-12."""
    pairs = [pair for points in zip(found, expected, strict=True) for pair in zip(*points, strict=True)]
    return all(math.isclose(x, y, rel_tol=1e-12, abs_tol=1e-14) for x, y in pairs)


def leaves(*slopes: float) -> list[Value]:
    """Parameters with these gradients, whose numbers are 1, 2, 3 and so on."""
    parameters = [Value(float(i)) for i in range(1, len(slopes) + 1)]
    for parameter, slope in zip(parameters, slopes, strict=True):
        parameter.grad = slope
    return parameters


@pytest.mark.parametrize("case", CASES, ids=named)
def test_update_rules_agree_with_pytorch(case: dict[str, Any]) -> None:
    """Each rule takes the way of PyTorch's own to 1e-12 over 100 steps, with every option and schedule."""
    found = trajectory(optimizer_of(case, map(Value, START)))
    for step, here, there in zip(CHECKPOINTS, found, case["points"], strict=True):
        assert here == pytest.approx(there, rel=1e-12, abs=1e-14), f"after step {step}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_wrong_step_is_caught(case: dict[str, Any]) -> None:
    """A rule whose steps are 0.05 % too long does not pass any of the cases."""
    assert agree(trajectory(optimizer_of(case, map(Value, START))), case["points"])
    optimizer = optimizer_of(case, map(Value, START))
    right = optimizer.update
    optimizer.update = lambda w, g, lr, memory: w + WRONG * (right(w, g, lr, memory) - w)
    assert not agree(trajectory(optimizer), case["points"])


def wrong_values(value: Any) -> Iterator[Any]:
    """An option that is wrong: a number by 0.05 %, each number of a pair, the opposite of a truth value."""
    if isinstance(value, tuple):
        for i, x in enumerate(value):
            yield (*value[:i], x / WRONG, *value[i + 1 :])
    else:
        yield not value if isinstance(value, bool) else value / WRONG


@pytest.mark.parametrize(("name", "option"), [(name, option) for name in CLASSES for option in defaults(name)])
def test_a_wrong_option_is_caught(name: str, option: str) -> None:
    """Each option has cases that set it and cases that do not, and is caught by one if it is wrong by 0.05 %."""
    default = defaults(name)[option]
    values = [(case, options_of(case)[option]) for case in CASES if case["class"] == name]
    changed = [(case, value) for case, value in values if value != default and not callable(value)]
    assert changed
    assert any(value == default for _, value in values)
    for place in range(len(list(wrong_values(default)))):
        wrong = [(case, list(wrong_values(value))[place]) for case, value in changed]
        found = [trajectory(optimizer_of(case, map(Value, START), **{option: value})) for case, value in wrong]
        assert not all(agree(points, case["points"]) for points, (case, _) in zip(found, wrong, strict=True))


def test_every_optimiser_and_schedule_has_cases() -> None:
    """Everything that the package exports is compared with PyTorch's."""
    assert {case["class"] for case in CASES} == CLASSES.keys()
    assert {case["class"] for case in CASES if case["schedule"]} == CLASSES.keys()
    assert {entry["schedule"][0] for entry in FIXTURES["schedules"]} == SCHEDULES.keys()


@pytest.mark.parametrize("name", CLASSES)
def test_options_stand_where_pytorch_has_them(name: str) -> None:
    """The options are the first of PyTorch's, in its order and with its defaults."""
    ours = defaults(name)
    theirs = {option: tuple(x) if isinstance(x, list) else x for option, x in FIXTURES["options"][name]}
    assert list(ours) == list(theirs)[: len(ours)]
    different = {option for option, value in ours.items() if value != theirs[option]}
    assert different == set()


@pytest.mark.parametrize("entry", FIXTURES["schedules"], ids=lambda entry: str(entry["schedule"]))
def test_schedules_agree_with_pytorch(entry: dict[str, Any]) -> None:
    """The rates at steps 0 to 100 are those of StepLR, LinearLR and CosineAnnealingLR, and 0.05 % is caught."""
    name, arguments = entry["schedule"]
    rates = [SCHEDULES[name](**arguments)(t) for t in (0, *CHECKPOINTS)]
    expected = pytest.approx(entry["rates"], rel=1e-12, abs=1e-15)
    assert rates == expected
    assert [WRONG * rate for rate in rates] != expected


@pytest.mark.parametrize(
    "schedule", [optim.linear(0.5, 0.125, 8), optim.linear(0.0, 0.125, 3), optim.cosine(1.0, 7, 0.125)]
)
def test_schedules_stay_at_their_end(schedule: Callable[[int], float]) -> None:
    """Linear and cosine schedules arrive at their end exactly, and keep it however long the training goes on."""
    assert [schedule(t) for t in (8, 9, 10**6)] == [0.125] * 3


def test_the_schedule_of_micrograd() -> None:
    """The rate of micrograd's demo, 1 - 0.9·k/100, is a linear schedule."""
    schedule = optim.linear(1.0, 0.1, 100)
    assert [schedule(k) for k in range(100)] == pytest.approx([1.0 - 0.9 * k / 100 for k in range(100)], rel=1e-15)


def test_a_schedule_is_asked_once_a_step() -> None:
    """A schedule gets the number of steps done so far, once at every step, and its rate is the one used."""
    asked: list[int] = []

    def halved(t: int) -> float:
        asked.append(t)
        return 0.5**t

    (w,) = leaves(1.0)
    w.data = 0.0
    optimizer = SGD([w], lr=halved)
    for _ in range(4):
        optimizer.step()
    assert asked == [0, 1, 2, 3]
    assert w.data == -1.875


@pytest.mark.parametrize(
    "call",
    [
        lambda: optim.step_decay(-0.1, 10),
        lambda: optim.step_decay(0.1, 0),
        lambda: optim.step_decay(0.1, 10, -0.5),
        lambda: optim.linear(0.1, math.nan, 10),
        lambda: optim.linear(math.inf, 0.1, 10),
        lambda: optim.linear(0.1, 0.2, -1),
        lambda: optim.cosine(0.1, 1.5),  # type: ignore[arg-type]
        lambda: optim.cosine(0.1, 10, end=-0.1),
        lambda: optim.cosine(0.1, math.nan),  # type: ignore[arg-type]
        lambda: optim.linear(0.1, 0.2, math.inf),  # type: ignore[arg-type]
        lambda: optim.step_decay(0.1, "10"),  # type: ignore[arg-type]
        lambda: clip_grad_value(leaves(3.0), -1.0),
        lambda: clip_grad_value(leaves(3.0), math.nan),
        lambda: clip_grad_norm(leaves(3.0), -1.0),
        lambda: clip_grad_norm(leaves(3.0), math.nan),
    ],
)
def test_bad_schedules_and_limits_are_refused(call: Callable[[], object]) -> None:
    """A rate, a factor, a number of steps or a limit that makes no sense is refused in one line."""
    with pytest.raises(ValueError, match=ONE_LINE):
        call()


NUMBERS = [(name, option) for name in CLASSES for option, value in defaults(name).items() if isinstance(value, float)]


@pytest.mark.parametrize(("name", "option"), NUMBERS)
@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf])
def test_bad_numbers_are_refused(name: str, option: str, value: float) -> None:
    """Every option that is a number is refused in one line that names it if it is negative, nan or infinite."""
    parameters = leaves(3.0, 4.0)
    with pytest.raises(ValueError, match=rf"^{option} is a number from 0, got {value}$"):
        CLASSES[name](parameters, **{option: value})
    assert [(p.data, p.grad) for p in parameters] == [(1.0, 3.0), (2.0, 4.0)]


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("option", ["lr", "weight_decay"])
@pytest.mark.parametrize("value", ["0.1", None, 1j, Value(0.1), [0.1]])
def test_what_is_no_number_is_refused(name: str, option: str, value: Any) -> None:
    """A rate or a weight decay that is not one plain real number is a TypeError of one line."""
    with pytest.raises(TypeError, match=ONE_LINE):
        CLASSES[name](leaves(1.0), **{option: value})


@pytest.mark.parametrize("rule", [Adam, AdamW])
@pytest.mark.parametrize("betas", [(1.0, 0.999), (0.9, 1.0), (-0.1, 0.9), (0.9, math.nan)])
def test_bad_betas_are_refused(rule: type[Adam], betas: tuple[float, float]) -> None:
    """A mean that would never forget, or forget too much, is refused in one line that says which of the two."""
    place = 0 if betas[1] == 0.999 or betas[0] < 0.0 else 1
    with pytest.raises(ValueError, match=rf"^betas\[{place}\] is a number from 0 below 1, got {betas[place]}$"):
        rule(leaves(1.0), betas=betas)


@pytest.mark.parametrize("options", [{}, {"momentum": 0.0}, {"momentum": 0.9, "dampening": 0.1}])
def test_nesterov_needs_a_momentum(options: dict[str, float]) -> None:
    """Nesterov's rule without a momentum, or with dampening, is refused in one line, as by PyTorch."""
    with pytest.raises(ValueError, match=r"^Nesterov[^\n]+$"):
        SGD(leaves(1.0), nesterov=True, **options)


TWICE = Value(1.0)


@pytest.mark.parametrize("rule", CLASSES.values())
@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ([], ValueError, r"^the optimiser got no parameters$"),
        ([TWICE, Value(1.0), TWICE], ValueError, r"^a parameter was given to the optimiser twice$"),
        ([Value(1.0), Value(1.0) * 2], TypeError, r"^an optimiser takes leaves, [^\n]+ got Value\(2\.0, op='mul'\)$"),
        ([1.0], TypeError, r"^an optimiser takes leaves, [^\n]+ got 1\.0$"),
        ([{"params": [Value(1.0)]}], TypeError, r"^an optimiser takes leaves, [^\n]+$"),
        (Value(1.0), TypeError, ONE_LINE),
    ],
)
def test_bad_parameters_are_refused(
    rule: type[Optimizer], parameters: Any, error: type[Exception], message: str
) -> None:
    """No parameters, one given twice, computed nodes and what is no list of Values are refused in one line."""
    with pytest.raises(error, match=message):
        rule(parameters, lr=0.1)


def test_equal_parameters_are_different() -> None:
    """Parameters with equal numbers are not one parameter given twice; a generator of them will do."""
    optimizer = SGD((Value(1.0) for _ in range(3)), lr=0.1)
    assert [p.data for p in optimizer.parameters] == [1.0] * 3


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(("bad", "error"), [(-0.1, ValueError), (math.nan, ValueError), (None, TypeError)])
def test_a_bad_rate_changes_nothing(name: str, bad: Any, error: type[Exception]) -> None:
    """When a schedule returns what is no rate, one line says so, and the next step is as if nothing had happened."""
    rates = iter([0.1, bad, 0.1, 0.1])
    parameters, others = leaves(3.0, -4.0), leaves(3.0, -4.0)
    interrupted = CLASSES[name](parameters, lr=lambda _: next(rates))
    smooth = CLASSES[name](others, lr=0.1)
    interrupted.step()
    before = [p.data for p in parameters]
    with pytest.raises(error, match=ONE_LINE):
        interrupted.step()
    assert [p.data for p in parameters] == before
    for _ in range(2):
        interrupted.step()
    for _ in range(3):
        smooth.step()
    assert [p.data for p in parameters] == [p.data for p in others]


def test_zero_grad() -> None:
    """zero_grad sets the gradients of its own parameters to zero, and neither numbers nor other gradients."""
    parameters = leaves(3.0, 4.0, 5.0)
    SGD(parameters[:2], lr=0.1).zero_grad()
    assert [(p.data, p.grad) for p in parameters] == [(1.0, 0.0), (2.0, 0.0), (3.0, 5.0)]


@pytest.mark.parametrize("name", CLASSES)
def test_a_parameter_without_gradient_stays(name: str) -> None:
    """A gradient of zero, with no weight decay, moves a parameter by no rule."""
    parameters = leaves(0.0, 0.0)
    optimizer = CLASSES[name](parameters, lr=0.1, weight_decay=0.0)
    for _ in range(3):
        optimizer.step()
    assert [p.data for p in parameters] == [1.0, 2.0]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_parameters_do_not_mix(case: dict[str, Any]) -> None:
    """Each parameter goes its own way: two optimisers of one parameter do what one of two does, bit for bit."""
    slopes = [(3.0, -4.0), (0.0, 1e3), (-2.0, 1e-3)]
    together, apart = leaves(0.0, 0.0), leaves(0.0, 0.0)
    optimizers = [optimizer_of(case, ps) for ps in (together, apart[:1], apart[1:])]
    for pair in slopes:
        for parameter, slope in zip(together + apart, pair * 2, strict=True):
            parameter.grad = slope
        for optimizer in optimizers:
            optimizer.step()
    assert [p.data for p in together] == [p.data for p in apart]


@pytest.mark.parametrize(("alpha", "slope"), [(0.5, 0.7), (0.5, 1.1), (0.9, 3.3), (0.9, 1.1)])
def test_rounding_takes_no_variance_below_zero(alpha: float, slope: float) -> None:
    """Where the gradient never changes, centered RMSprop's variance becomes 0, and rounding makes no error of it."""
    (w,) = leaves(slope)
    optimizer = RMSprop([w], lr=0.01, alpha=alpha, eps=1.0, centered=True)
    for _ in range(1000):
        before = w.data
        optimizer.step()
    assert w.data - before == pytest.approx(-0.01 * slope, rel=1e-6)


class Signs(Optimizer):
    """A rule of one's own: steps of lr, as many times smaller as the sign of the gradient has changed, plus one."""

    memory = (0.0, 1.0)

    def update(self, w: float, g: float, lr: float, memory: list[float]) -> float:
        """One step against the sign of the gradient."""
        sign = math.copysign(1.0, g)
        memory[1] += sign == -memory[0]
        memory[0] = sign
        return w - lr * sign / memory[1]


def test_a_rule_of_ones_own() -> None:
    """A subclass writes `update` alone; each parameter has a memory of its own, and schedules and errors work."""
    parameters = leaves(5.0, -3.0)
    optimizer = Signs(parameters, lr=lambda _: 0.5)
    optimizer.step()
    parameters[0].grad = -5.0
    optimizer.step()
    assert [p.data for p in parameters] == [1.0 - 0.5 + 0.25, 2.0 + 0.5 + 0.5]
    assert optimizer.memories == [[-1.0, 2.0], [-1.0, 1.0]]
    assert Signs.memory == (0.0, 1.0)
    with pytest.raises(ValueError, match=r"^lr is a number from 0, got -1$"):
        Signs(parameters, lr=-1)


def test_the_base_is_abstract() -> None:
    """Optimizer itself, which has no rule, cannot be made."""
    with pytest.raises(TypeError, match="abstract"):
        Optimizer(leaves(1.0), lr=0.1)  # type: ignore[abstract]


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        (SGD, {"lr": 0.1}),
        (SGD, {"lr": 0.02, "momentum": 0.8, "nesterov": True}),
        (SGD, {"lr": 0.1, "momentum": 0.8, "dampening": 0.8}),
        (Adam, {"lr": optim.cosine(0.1, 200)}),
        (AdamW, {"lr": optim.step_decay(0.1, 60, 0.5), "weight_decay": 0.0}),
        (RMSprop, {"lr": optim.linear(0.1, 0.0, 200)}),
        (RMSprop, {"lr": optim.linear(0.05, 0.0, 200), "momentum": 0.5, "centered": True}),
        (Adagrad, {"lr": 1.0}),
        (Signs, {"lr": optim.linear(0.1, 0.0, 200)}),
    ],
)
def test_every_optimiser_descends(rule: Callable[..., Optimizer], options: dict[str, Any]) -> None:
    """With the gradients of `backward`, each rule finds the minimum of a convex quadratic."""
    x, y = Value(0.0), Value(0.0)
    optimizer = rule([x, y], **options)
    for _ in range(200):
        optimizer.zero_grad()
        ((x - 1) ** 2 + (x - 1) * (y + 2) + 4 * (y + 2) ** 2).backward()
        optimizer.step()
    assert [x.data, y.data] == pytest.approx([1.0, -2.0], abs=0.01)


@pytest.mark.parametrize("rule", [SGD, Adam, RMSprop, Adagrad])
def test_weight_decay_finds_the_ridge_solution(rule: Callable[..., Optimizer]) -> None:
    """Weight decay λ, but for AdamW's, moves the minimum of a·(w - c)²/2 to a·c/(a + λ)."""
    w = Value(0.0)
    optimizer = rule([w], lr=optim.linear(0.5, 0.0, 300), weight_decay=0.5)
    for _ in range(300):
        w.grad = 1.5 * (w.data - 2.0)
        optimizer.step()
    assert w.data == pytest.approx(1.5 * 2.0 / (1.5 + 0.5), abs=0.01)


def test_adamw_shrinks_by_the_rate_alone() -> None:
    """Without gradient, AdamW multiplies a parameter by 1 - lr·λ a step, whatever its gradients were."""
    (w,) = leaves(0.0)
    optimizer = AdamW([w], lr=0.1, weight_decay=0.2)
    for _ in range(10):
        optimizer.step()
    assert w.data == pytest.approx(0.98**10, rel=1e-14)


def numbers(tree: Any) -> Iterator[Any]:
    """Everything that nested lists and dictionaries hold, keys included, in order."""
    if isinstance(tree, dict):
        for key in sorted(tree):
            yield key
            yield from numbers(tree[key])
    elif isinstance(tree, list):
        for child in tree:
            yield from numbers(child)
    else:
        yield tree


@pytest.mark.torch
def test_the_fixtures_are_pytorchs() -> None:
    """The PyTorch that is installed gives the numbers of the fixtures, to 1e-12."""
    found = json.loads(written(regenerated()))
    for part in ("cases", "schedules", "clips"):
        for ours, theirs in zip(numbers(FIXTURES[part]), numbers(found[part]), strict=True):
            assert ours == (pytest.approx(theirs, rel=1e-12, abs=1e-15) if isinstance(theirs, float) else theirs)
