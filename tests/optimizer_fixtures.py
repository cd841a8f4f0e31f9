"""The numbers that test_optim.py compares with: PyTorch's own optimisers, schedules and clipping, on a fixed problem.

Run as `python tests/optimizer_fixtures.py` where PyTorch is installed; writes optimizers.json beside this file.
The gradient below is the one thing that both sides compute by the same code.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

Schedule = tuple[str, dict[str, float]]  # the name of one of ours, and what it is called with
Case = tuple[str, dict[str, Any], Schedule | None]  # the class, its options, and what is given as lr

PATH = Path(__file__).with_name("optimizers.json")
START = (-1.2, 1.0, 3.0)
CHECKPOINTS = (1, 2, 3, 10, 50, 100)  # the steps after which the parameters are recorded
STEPS = CHECKPOINTS[-1]


def gradient(point: Sequence[float]) -> list[float]:
    """The gradient of (1 - x)² + 10·(y - x²)² + log(1 + (z - x)²)/20.

    Not convex, and 300 times as steep in one direction as in another. Only the four operations, which
    every machine rounds alike.
    """
    x, y, z = point
    valley = y - x * x
    distance = z - x
    pull = distance / (10.0 * (1.0 + distance * distance))
    return [2.0 * (x - 1.0) - 40.0 * x * valley - pull, 20.0 * valley, pull]


def combinations(**options: Sequence[Any]) -> list[dict[str, Any]]:
    """Every choice of one value for each option; None leaves the option out."""
    return [
        {name: value for name, value in zip(options, values, strict=True) if value is not None}
        for values in product(*options.values())
    ]


RULES: dict[str, list[dict[str, Any]]] = {
    "SGD": [
        {"lr": 0.001},  # the default of PyTorch's SGD has changed
        {"lr": 0.01, "dampening": 0.3},
        *combinations(lr=[0.01], weight_decay=[None, 0.1]),
        *combinations(lr=[0.005], momentum=[0.7], dampening=[None, 0.3], weight_decay=[None, 0.1]),
        *combinations(lr=[0.005], momentum=[0.7], nesterov=[True], weight_decay=[None, 0.1]),
    ],
    "Adam": [
        {},
        {"lr": 0.02, "betas": (0.9, 0.0), "eps": 0.5},
        *combinations(lr=[0.02], betas=[None, (0.5, 0.9), (0.0, 0.99)], eps=[None, 0.5], weight_decay=[None, 0.1]),
    ],
    "AdamW": [
        {},
        *combinations(lr=[0.02], betas=[None, (0.5, 0.9)], eps=[None, 0.5], weight_decay=[0.0, 0.3]),
    ],
    "RMSprop": [
        {},
        *combinations(
            lr=[0.005],
            alpha=[None, 0.9],
            eps=[None, 0.5],
            weight_decay=[None, 0.1],
            momentum=[None, 0.5],
            centered=[None, True],
        ),
    ],
    "Adagrad": [
        {},
        *combinations(
            lr=[0.1],
            lr_decay=[None, 0.02],
            weight_decay=[None, 0.1],
            initial_accumulator_value=[None, 5.0],
            eps=[None, 0.5],
        ),
    ],
}
SCHEDULES: dict[str, list[dict[str, float]]] = {
    "step_decay": [{"lr": 0.01, "every": 30}, {"lr": 0.01, "every": 7, "factor": 0.8}],
    "linear": [{"start": 0.01, "end": 0.001, "steps": 100}, {"start": 0.002, "end": 0.01, "steps": 40}],
    "cosine": [{"lr": 0.01, "steps": 100}, {"lr": 0.01, "steps": 120, "end": 0.002}],
}
SCHEDULED: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"momentum": 0.5}),
    ("Adam", {}),
    ("AdamW", {"weight_decay": 0.3}),
    ("RMSprop", {"momentum": 0.5}),
    ("Adagrad", {"lr_decay": 0.02}),
]
CLIPPED: list[tuple[list[float], list[float]]] = [
    ([3.0, -4.0], [10.0, 5.0, 1.0, 0.1, 0.0]),
    ([1e-7, -2e-7, 3e-8], [1e-3, 1e-6, 1e-7]),
    ([1e12, -1.0, 0.25, -3e9], [1e13, 1.0]),
    ([0.0, 0.0], [1.0, 0.0]),
    ([-2.5], [1.5]),
]


def regenerated() -> dict[str, Any]:
    """Everything that the JSON holds, from the PyTorch that is installed."""
    import torch

    schedules = [(name, arguments) for name, choices in SCHEDULES.items() for arguments in choices]
    cases: list[Case] = [(rule, options, None) for rule, choices in RULES.items() for options in choices]
    cases += [(rule, options, schedule) for rule, options in SCHEDULED for schedule in schedules]
    return {
        "torch": torch.__version__.split("+")[0],
        "options": {rule: defaults(rule) for rule in RULES},
        "cases": [trajectory(*case) for case in cases],
        "schedules": [rates(*schedule) for schedule in schedules],
        "clips": [clipped(gradients, limit) for gradients, limits in CLIPPED for limit in limits],
    }


def defaults(rule: str) -> list[list[Any]]:
    """The options that one of PyTorch's optimisers takes by position, in order, with their defaults."""
    import torch

    parameters = list(inspect.signature(getattr(torch.optim, rule)).parameters.values())[1:]
    return [[parameter.name, parameter.default] for parameter in parameters if parameter.kind != parameter.KEYWORD_ONLY]


def scheduled(optimizer: Any, name: str, arguments: dict[str, float]) -> Any:
    """PyTorch's schedule that one of ours corresponds to, on an optimiser that has the first rate, or the largest."""
    from torch.optim import lr_scheduler

    if name == "step_decay":
        return lr_scheduler.StepLR(optimizer, arguments["every"], arguments.get("factor", 0.1))
    if name == "linear":
        start, end = arguments["start"], arguments["end"]
        return lr_scheduler.LinearLR(optimizer, start / max(start, end), end / max(start, end), arguments["steps"])
    return lr_scheduler.CosineAnnealingLR(optimizer, arguments["steps"], arguments.get("end", 0.0))


def first_rate(arguments: dict[str, float]) -> float:
    """The rate that PyTorch's optimiser is made with, before its schedule changes it."""
    return max(arguments[name] for name in ("lr", "start", "end") if name in arguments)


def trajectory(rule: str, options: dict[str, Any], schedule: Schedule | None) -> dict[str, Any]:
    """Where one of PyTorch's optimisers goes, in double precision."""
    import torch

    parameters = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in START]
    rate = {"lr": first_rate(schedule[1])} if schedule else {}
    optimizer = getattr(torch.optim, rule)(parameters, **options, **rate)
    scheduler = scheduled(optimizer, *schedule) if schedule else None
    points = []
    for step in range(1, STEPS + 1):
        for parameter, slope in zip(parameters, gradient([p.item() for p in parameters]), strict=True):
            parameter.grad = torch.tensor(slope, dtype=torch.float64)
        optimizer.step()
        if scheduler:
            scheduler.step()
        if step in CHECKPOINTS:
            points.append([p.item() for p in parameters])
    return {"class": rule, "options": options, "schedule": schedule, "points": points}


def rates(name: str, arguments: dict[str, float]) -> dict[str, Any]:
    """The learning rates before steps 0 and CHECKPOINTS, by PyTorch's schedule."""
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=first_rate(arguments))
    scheduler = scheduled(optimizer, name, arguments)
    found = [scheduler.get_last_lr()[0]]
    for _ in range(STEPS):
        optimizer.step()
        scheduler.step()
        found.append(scheduler.get_last_lr()[0])
    return {"schedule": [name, arguments], "rates": [found[t] for t in (0, *CHECKPOINTS)]}


def clipped(gradients: list[float], limit: float) -> dict[str, Any]:
    """What PyTorch's clipping makes of the gradients of single numbers."""
    import torch

    def parameters() -> list[Any]:
        leaves = [torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in gradients]
        for leaf, slope in zip(leaves, gradients, strict=True):
            leaf.grad = torch.tensor(slope, dtype=torch.float64)
        return leaves

    by_value, by_norm = parameters(), parameters()
    torch.nn.utils.clip_grad_value_(by_value, limit)
    length = torch.nn.utils.clip_grad_norm_(by_norm, limit).item()
    return {
        "gradients": gradients,
        "limit": limit,
        "length": length,
        "by_value": [leaf.grad.item() for leaf in by_value],
        "by_norm": [leaf.grad.item() for leaf in by_norm],
    }


def written(content: dict[str, Any]) -> str:
    """The JSON, with sorted keys and one entry of a list on a line."""
    parts = []
    for key, value in sorted(content.items()):
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(row, sort_keys=True) for row in value)
            parts.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, sort_keys=True)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    PATH.write_text(written(regenerated()), encoding="utf-8", newline="\n")
