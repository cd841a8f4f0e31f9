"""What `fit` is called with: each argument as the loop needs it, or an error that names it, before it trains."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any

from autograd_lite.engine.ops import Operand
from autograd_lite.engine.reals import as_float, as_lists, column_names
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import plain
from autograd_lite.nn.modules import Module

Loss = Callable[[list[Any], list[Any]], Any]


def samples_and_targets(X: Iterable[Any], y: Iterable[Any], what: str = "") -> tuple[list[Any], list[Any]]:  # noqa: N803 - a matrix
    """Samples and targets as lists, the samples of floats; ValueError where one is missing or not finite.

    A table of one column is a list of targets that are numbers, as its column is.
    """
    samples, targets = _entries(X, f"{what}samples"), _entries(y, f"{what}targets")
    if len(samples) != len(targets):
        raise ValueError(f"as many samples as targets are needed, got {len(samples)} and {len(targets)}")
    if not samples:
        raise ValueError(f"got no {what}samples")
    rows = _rows(samples, f"{what}sample", column_names(X))
    if len(column_names(y) or ()) == 1:
        targets = [target for (target,) in targets]
    _rows(targets, f"{what}target", column_names(y))
    return rows, [as_lists(target) for target in targets]


def _entries(data: Any, what: str) -> list[Any]:
    entries = as_lists(data)
    sequence = isinstance(entries, Iterable) or hasattr(entries, "__getitem__")
    if not sequence or isinstance(entries, (str, bytes, Mapping, set)):
        raise TypeError(f"the {what} are a list, an array or a table, got {type(data).__name__} {shortened(data)}")
    return list(entries)


def validation_pair(validation: Any, samples: list[Any], targets: list[Any]) -> tuple[list[Any], list[Any]]:
    """The samples and targets of the validation; an error unless they are a pair, and like those of the training."""
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        what = f"{type(validation).__name__} {shortened(validation)}"
        raise TypeError(
            f"validation is a pair (X, y) of samples and targets, such as data.split gives, got {what}; "
            "for a share of the samples: train, validation = data.split(X, y, 0.25)"
        )
    held = samples_and_targets(validation[0], validation[1], "validation ")
    for name, found, trained in (("sample", held[0], samples), ("target", held[1], targets)):
        if _form(found[0]) != _form(trained[0]):
            raise ValueError(
                f"validation {name} 0 is {_form(found[0])}, but {name} 0 is {_form(trained[0])}: "
                "validation is the pair (X, y)"
            )
    return held


def _form(row: Any) -> str:
    return f"a list of {len(row)}" if isinstance(row, (list, tuple)) else "a number"


def _rows(part: list[Any], name: str, columns: list[Any] | None = None) -> list[Any]:
    rows = [_row(x, f"{name} {i}", columns) for i, x in enumerate(part)]
    forms = list(map(_form, rows))
    for i, form in enumerate(forms):
        if form != forms[0]:
            raise ValueError(f"{name} {i} is {form}, but {name} 0 is {forms[0]}")
    return rows


def _row(x: Any, name: str, columns: list[Any] | None) -> Any:
    x = as_lists(x)
    row = list(x) if isinstance(x, (list, tuple)) else [x]
    for place, entry in enumerate(row):
        try:
            row[place] = entry if isinstance(entry, Operand) else as_float(entry)
            finite = isfinite(plain(row[place]))
        except (TypeError, OverflowError) as error:
            hint = "; or number the classes from 0" if isinstance(entry, str) and "target" in name else ""
            raise type(error)(f"{name}, {_place(place, columns)}: {error}{hint}") from None
        if not finite:
            at, what = _place(place, columns), row[place]
            raise ValueError(f"{name}, {at} is {what!r}, but samples and targets must be finite")
    return row if isinstance(x, (list, tuple)) else row[0]


def _place(place: int, columns: list[Any] | None) -> str:
    return f"entry {place}" if columns is None else f"column {shortened(columns[place])}"


def check_functions(model: Any, loss: Any, clip: Any) -> None:
    """Raise TypeError for a model, a loss or a clip that is none."""
    order = "the order is fit(model, loss, X, y)"
    if not isinstance(model, Module):
        hint = f": make one, {model.__name__}(...)" if isinstance(model, type) else ""
        raise TypeError(f"the model is a Module of autograd_lite.nn, got {shortened(model)}{hint}; {order}")
    if not callable(loss) or isinstance(loss, Module):
        raise TypeError(f"the loss is a function such as losses.mse, got {shortened(loss)}; {order}")
    if clip is not None and not callable(clip):
        example = "lambda ps: clip_grad_norm(ps, 1.0)"
        raise TypeError(f"clip is a function of the parameters, such as {example}, got {shortened(clip)}")


def functions_of(what: str, functions: Any) -> list[Any]:
    """One function, or several, as a list."""
    found = [functions] if callable(functions) else list(functions) if isinstance(functions, Iterable) else [functions]
    if not all(map(callable, found)):
        raise TypeError(f"{what} are functions, got {shortened(functions)}")
    return found


def metrics_by_name(metrics: Mapping[str, Loss] | Iterable[Loss] | Loss) -> dict[str, Loss]:
    """The metrics, each under the name that the history gives it."""
    if isinstance(metrics, Mapping):
        functions_of("metrics", metrics.values())
        return _not_loss({str(name): f for name, f in metrics.items()})
    functions = functions_of("metrics", metrics)
    named = {getattr(f, "__name__", ""): f for f in functions}
    if "" in named or len(named) < len(functions):
        raise ValueError("give metrics that have no name, or the same name, as a mapping from names to functions")
    return _not_loss(named)


def _not_loss(named: dict[str, Loss]) -> dict[str, Loss]:
    if "loss" in named:
        raise ValueError("a metric cannot be called 'loss', which is already in the history")
    return named
