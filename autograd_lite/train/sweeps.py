"""`sweep`: many trainings, one for each combination of settings, here or by the workers of an executor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import Parameter, signature
from itertools import product
from math import nan
from os import urandom
from typing import TYPE_CHECKING, Any

from autograd_lite.engine.reals import as_lists
from autograd_lite.engine.rng import generator, manual_seed
from autograd_lite.engine.text import shortened
from autograd_lite.nn.modules import Module
from autograd_lite.optim.optimizers import Adam, Optimizer
from autograd_lite.train.arguments import Loss, samples_and_targets
from autograd_lite.train.history import DivergedError, History
from autograd_lite.train.loop import fit
from autograd_lite.train.parcels import packed, unpacked
from autograd_lite.train.progress import Progress
from autograd_lite.train.runs import Run, Sweep
from autograd_lite.views.console import one_line

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

SET_HERE = {"model", "loss", "X", "y", "optimizer", "progress", "executor"}  # what fit takes, and sweep gives it
TO_FIT = set(signature(fit).parameters) - SET_HERE
RATE = 0.01  # the learning rate of Adam where none is told, as in fit


def sweep(
    make_model: Callable[..., Module],
    grid: Mapping[str, Any] | Iterable[Mapping[str, Any]],
    loss: Loss,
    X: Iterable[Any],  # noqa: N803 - X is a matrix
    y: Iterable[Any],
    *,
    progress: bool = True,
    executor: Executor | None = None,
    **options: Any,
) -> Sweep:
    """Train a new model for each combination of settings; return the runs as a table, the best first.

    `grid` is a mapping from names to values: a list, tuple, range or array has the values to try, anything else is
    one value. All combinations are tried; of several such mappings in a list, one after the other. `options` are
    settings that all runs have. Each setting goes to whatever takes it: to `make_model`, by the names of its
    parameters; to the optimiser, which is a class such as `optim.SGD` (default Adam with lr=0.01), itself a setting;
    and to `fit`, as epochs, batch_size or validation do. A `seed` goes to `make_model` and to `fit` if both take one.
    What is drawn without a seed is drawn in each run as after `nn.manual_seed(0)`; in threads, give seeds.

    With an `executor` of `concurrent.futures` the runs are spread over its workers; their results are the same. A run
    that fails has its error in its row. Ctrl-C returns the runs that are done; those that workers have begun they may
    end on their own. Raises TypeError, before anything is trained, for a setting that nothing takes, and for what
    cannot be sent to workers.

    >>> from autograd_lite import nn
    >>> from autograd_lite.data import gate
    >>> from autograd_lite.train import sweep
    >>> def network(hidden, seed):
    ...     return nn.MLP(2, [hidden, 1], "tanh", seed=seed)
    >>> loss = nn.losses.binary_cross_entropy_with_logits
    >>> runs = sweep(network, {"hidden": [1, 4], "lr": [0.1, -0.1]}, loss, *gate("xor"), epochs=100, seed=1)
    >>> print(runs)
    4 runs, 2 failed
    hidden  lr        loss  error
    4       0.1   0.003106
    1       0.1     0.4792
    1       -0.1            ValueError: lr is a number from 0, got -0.1
    4       -0.1            ValueError: lr is a number from 0, got -0.1
    >>> runs.best.settings["hidden"], len(runs.best.model.parameters())
    (4, 17)
    """
    samples, targets = samples_and_targets(X, y)
    combinations = _combinations(grid)
    for combination in combinations:
        _divided(make_model, options | combination)
    runs: list[Run] = []
    interrupted, drawn = False, generator.getstate()
    with Progress(len(combinations), len(combinations), shown=progress, unit="run") as line:
        try:
            line.start()
            common = (make_model, loss, samples, targets, options)
            for run in _here(common, combinations) if executor is None else _spread(common, combinations, executor):
                if run.history.interrupted:
                    raise KeyboardInterrupt
                runs.append(run)
                best = min((run.loss for run in runs if not run.error), default=nan)
                line.advance(len(runs) - 1, best, {})
        except KeyboardInterrupt:
            interrupted = True
            line.ended = "interrupted"
        finally:
            generator.setstate(drawn)  # the program draws on as if the sweep had drawn nothing
    return Sweep(runs, len(combinations), interrupted=interrupted)


def _combinations(grid: Mapping[str, Any] | Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The combinations of a grid, or of several, the last name changing fastest."""
    grids = [grid] if isinstance(grid, Mapping) else list(grid)
    if not all(isinstance(part, Mapping) for part in grids):
        raise TypeError(f"the grid is a mapping from names to values, or a list of them, got {shortened(grid)}")
    found = []
    for part in grids:
        lists = [as_lists(values) for values in part.values()]
        lists = [values if isinstance(values, (list, tuple, range)) else [values] for values in lists]
        found += [dict(zip(map(str, part), values, strict=True)) for values in product(*lists)]
    if not found:
        raise ValueError(f"the grid has no combination of values: {shortened(grid)}")
    return found


def _divided(make_model: Callable[..., Module], settings: dict[str, Any]) -> list[dict[str, Any]]:
    """The settings that `make_model` takes, those for the optimiser, and those for `fit`; TypeError for others."""
    kind = settings.get("optimizer", Adam)
    if isinstance(kind, Optimizer) or not callable(kind):
        raise TypeError(
            f"the optimizer of a sweep is made for each model: give a class such as optim.SGD, and lr and so on as "
            f"settings; got {shortened(kind)}"
        )
    rest = {name: value for name, value in settings.items() if name != "optimizer"}
    takers = [signature(make_model).parameters, dict([*signature(kind).parameters.items()][1:])]
    divided = [{name: rest[name] for name in rest if name in taken} for taken in (*takers, TO_FIT)]
    unknown = rest.keys() - set().union(*divided)
    for taken, given in zip(takers, divided, strict=False):
        if unknown and any(parameter.kind is Parameter.VAR_KEYWORD for parameter in taken.values()):
            given |= {name: rest[name] for name in rest if name in unknown}
            unknown = set()
    if unknown:
        raise TypeError(
            f"nothing takes the setting {min(unknown)!r}: neither make_model({', '.join(takers[0])}), nor the "
            f"optimizer ({', '.join(takers[1])}), nor fit ({', '.join(sorted(TO_FIT))})"
        )
    signature(make_model).bind(**divided[0])
    return divided


Common = tuple[Callable[..., Module], Loss, list[Any], list[Any], dict[str, Any]]


def _run(common: Common, combination: dict[str, Any]) -> Run:
    """One training, from the making of the model on; its error, if it fails."""
    make_model, loss, samples, targets, options = common
    history = History()
    try:
        manual_seed(0)  # so that what is drawn does not depend on the runs before
        settings = options | combination
        for_model, for_optimizer, for_fit = _divided(make_model, settings)
        model = make_model(**for_model)
        kind = settings.get("optimizer", Adam)
        if kind is Adam:
            for_optimizer = {"lr": RATE} | for_optimizer
        optimizer = kind(model.parameters(), **for_optimizer)
        history = fit(model, loss, samples, targets, optimizer=optimizer, progress=False, **for_fit)
        return Run(combination, history, model)
    except Exception as error:
        history = error.history if isinstance(error, DivergedError) else history
        return Run(combination, history, None, f"{type(error).__name__}: {one_line(error)}")


def _here(common: Common, combinations: list[dict[str, Any]]) -> Iterator[Run]:
    for combination in combinations:
        yield _run(common, combination)


def _spread(common: Common, combinations: list[dict[str, Any]], executor: Executor) -> Iterator[Run]:
    """The runs as the workers end them."""
    from concurrent.futures import Future, as_completed

    content, number = packed(common, "make_model, loss and options").content, urandom(16)
    futures: dict[Future[bytes], dict[str, Any]] = {}
    try:
        for combination in combinations:
            setting = packed(combination, "the grid").content
            try:
                future = executor.submit(_in_worker, number, content, setting)
            except Exception as error:  # its pool is broken, or has been shut down
                future = Future()
                future.set_exception(error)
            futures[future] = combination
        for future in as_completed(list(futures)):
            yield _ended(future, futures.pop(future))
    except KeyboardInterrupt:
        for future in [future for future in futures if future.done() and not future.cancelled()]:
            yield _ended(future, futures.pop(future))
        raise
    finally:
        for future in futures:
            future.cancel()


def _ended(future: Future[bytes], combination: dict[str, Any]) -> Run:
    try:
        return Run(combination, *unpacked(future.result()))
    except Exception as error:  # of the executor, or of a worker that could not open what it was sent
        return Run(combination, History(), None, f"{type(error).__name__}: {one_line(error)}")


# The sweeps that Ctrl-C has ended in this worker, for which more of their runs may be waiting.
_STOPPED: set[bytes] = set()


def _in_worker(number: bytes, content: bytes, setting: bytes) -> bytes:
    """The task: one training of the sweep with this number."""
    run = Run({}, History(interrupted=True)) if number in _STOPPED else _run(unpacked(content), unpacked(setting))
    if run.history.interrupted:
        _STOPPED.add(number)
    return packed((run.history, run.model, run.error), "the history and the model").content
