"""What `fit` takes and refuses: tables of other libraries as they are, and arguments of every wrong shape by name."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import numpy
import pytest
from frames import TABLES, Columns, part

from autograd_lite import Value, optim
from autograd_lite.data import split, standardized
from autograd_lite.nn import MLP, evaluate, losses
from autograd_lite.train import fit

COLUMNS: Columns = {"height": [0.5, -1.0, 2.0, 0.0], "count": [1, 2, -1, 3], "wet": [True, False, True, True]}
ROWS = [list(map(float, row)) for row in zip(*COLUMNS.values(), strict=True)]
TARGETS = [1.0, -1.0, 0.5, 2.0]
each_table = pytest.mark.parametrize("kind", TABLES)


def network(nin: int = 3) -> MLP:
    return MLP(nin, [2, 1], "tanh", seed=1)


@each_table
def test_a_table_trains_as_its_rows(kind: str) -> None:
    """Samples, targets and validation in tables and columns give the history of the same numbers in lists."""
    table = TABLES[kind]({**COLUMNS, "y": TARGETS})
    xs = part(table, list(COLUMNS))
    options: dict[str, Any] = {"epochs": 3, "batch_size": 2, "seed": 0}
    expected = fit(network(), losses.mse, ROWS, TARGETS, validation=(ROWS, TARGETS), **options)
    for y in (table["y"], part(table, ["y"])):
        assert fit(network(), losses.mse, xs, y, validation=(xs, y), **options) == expected
    assert split(xs, table["y"], 0.25, seed=1) == split(ROWS, TARGETS, 0.25, seed=1)
    assert standardized(xs) == standardized(ROWS)
    assert evaluate(network(), xs) == evaluate(network(), ROWS)
    assert losses.mse(TARGETS, table["y"]) == 0.0


@each_table
def test_several_targets_in_a_table(kind: str) -> None:
    """A table of two columns is a list of two targets for each sample, and one column of numbers is a sample each."""
    table = TABLES[kind]({"x": TARGETS, "a": [1.0, 2.0, 3.0, 4.0], "b": [0.0, 1.0, 0.0, 1.0]})
    model, twin = MLP(1, [2], seed=1), MLP(1, [2], seed=1)
    history = fit(model, losses.mse, table["x"], part(table, ["a", "b"]), epochs=2)
    rows = [[1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 1.0]]
    assert history == fit(twin, losses.mse, TARGETS, rows, epochs=2)


@each_table
@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("age", [1.0, math.nan, 3.0, 4.0], r"sample 1, column 'age' is nan, but samples and targets must be finite"),
        ("kind", ["oak", "elm", "oak", "elm"], r"sample 0, column 'kind': expected a number, got str 'oak'"),
        (
            "day",
            [datetime(2024, 1, day) for day in (1, 2, 3, 4)],
            r"(column 'day'|sample 0, column 'day'): expected (a )?number",
        ),
    ],
)
def test_cells_that_are_no_numbers_are_named(kind: str, column: str, values: list[Any], message: str) -> None:
    """A missing number, a text and a date are refused by row and name of the column, and never taken for a number."""
    xs = TABLES[kind]({"x": TARGETS, column: values})
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        fit(network(2), losses.mse, xs, TARGETS)
    if column == "kind":
        with pytest.raises(
            TypeError, match=r"^target 0, entry 0: expected a number, got str 'oak'.*number the classes"
        ):
            fit(network(1), losses.mse, TARGETS, xs["kind"])


def test_arrays_of_dates_are_no_numbers() -> None:
    """NumPy would turn dates into counts of nanoseconds; they are refused."""
    dates = numpy.array(["2024-01-01", "2024-01-02"], dtype="datetime64[ns]")
    for xs, y in ((dates, [0.0, 1.0]), ([0.0, 1.0], dates)):
        with pytest.raises(TypeError, match=r"^expected numbers, got dates or times"):
            fit(network(1), losses.mse, xs, y)


PAIR = r"validation is a pair \(X, y\) of samples and targets"
WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"model": losses.mse}, TypeError, r"the model is a Module.*got .*the order is fit\(model, loss, X, y\)"),
    ({"model": MLP}, TypeError, r"the model is a Module.*: make one, MLP\(\.\.\.\)"),
    ({"loss": ROWS}, TypeError, r"the loss is a function such as losses\.mse, got .*the order is fit"),
    ({"loss": "mse"}, TypeError, r"the loss is a function such as losses\.mse, got 'mse'"),
    ({"loss": network()}, TypeError, r"the loss is a function such as losses\.mse"),
    ({"X": None}, TypeError, r"the samples are a list, an array or a table, got NoneType None"),
    ({"X": 1.0}, TypeError, r"the samples are .*got float 1\.0"),
    ({"X": "data.csv"}, TypeError, r"the samples are .*got str 'data\.csv'"),
    ({"X": {"a": [1.0], "b": [2.0]}}, TypeError, r"the samples are .*got dict"),
    ({"X": Value(1.0)}, TypeError, r"the samples are .*got Value"),
    ({"X": numpy.array(3.0)}, TypeError, r"the samples are .*got ndarray"),
    ({"y": 1}, TypeError, r"the targets are a list, an array or a table, got int 1"),
    ({"y": TARGETS[:3]}, ValueError, r"as many samples as targets are needed, got 4 and 3"),
    ({"X": [[10**400, 0, 0]] * 4}, OverflowError, r"sample 0, entry 0: "),
    ({"validation": ROWS}, TypeError, PAIR),
    ({"validation": numpy.array(ROWS)}, TypeError, PAIR + ".*got ndarray"),
    ({"validation": 0.2}, TypeError, PAIR + r".*got float 0\.2; .*data\.split\(X, y, 0\.25\)"),
    ({"validation": (ROWS,)}, TypeError, PAIR),
    ({"validation": (ROWS, TARGETS, TARGETS)}, TypeError, PAIR),
    ({"validation": {"X": ROWS, "y": TARGETS}}, TypeError, PAIR),
    (
        {"validation": ROWS[:2]},
        ValueError,
        r"as many samples as targets|validation sample 0 is a number, but sample 0 is",
    ),
    ({"validation": (ROWS, TARGETS[:3])}, ValueError, r"as many samples as targets are needed, got 4 and 3"),
    ({"validation": (None, TARGETS)}, TypeError, r"the validation samples are .*got NoneType"),
    ({"validation": (ROWS, 1.0)}, TypeError, r"the validation targets are .*got float"),
    ({"validation": ([[1.0]], [0.0])}, ValueError, r"validation sample 0 is a list of 1, but sample 0 is a list of 3"),
    ({"validation": ([ROWS[0]], [[0.0]])}, ValueError, r"validation target 0 is a list of 1, but target 0 is a number"),
    ({"validation": ([], [])}, ValueError, r"got no validation samples"),
    ({"metrics": 3}, TypeError, r"metrics are functions, got 3"),
    ({"metrics": "accuracy"}, TypeError, r"metrics are functions, got 'accuracy'"),
    ({"metrics": [losses.mse, "accuracy"]}, TypeError, r"metrics are functions"),
    ({"metrics": {"accuracy": None}}, TypeError, r"metrics are functions"),
    ({"clip": 1.0}, TypeError, r"clip is a function of the parameters, such as .*clip_grad_norm.*got 1\.0"),
    ({"callbacks": [None]}, TypeError, r"callbacks are functions"),
    ({"callbacks": 5}, TypeError, r"callbacks are functions, got 5"),
    ({"optimizer": optim.Adam}, TypeError, r"the optimizer is .*: write optimizer=Adam\(model\.parameters\(\)\)"),
    ({"optimizer": "adam"}, TypeError, r"the optimizer is an Optimizer of autograd_lite\.optim, got 'adam'"),
    ({"seed": "x"}, TypeError, r"a seed is a whole number"),
    (
        {"epochs": 2.5},
        ValueError,
        r"batch_size is None or a whole number from 1, epochs and keep are from 0; got None, 2\.5",
    ),
    ({"batch_size": 0}, ValueError, r"batch_size is None or a whole number from 1"),
]


@pytest.mark.parametrize(("wrong", "error", "message"), WRONG, ids=lambda part: part[:40] if type(part) is str else "")
def test_arguments_of_a_wrong_shape_are_named(wrong: dict[str, Any], error: type[Exception], message: str) -> None:
    """Each argument that is none is refused in one line that names it, before the model or the loss is called."""

    def loss(*_: Any) -> Any:
        pytest.fail("it has trained")

    given: dict[str, Any] = {"model": network(), "loss": loss, "X": ROWS, "y": TARGETS, **wrong}
    model, loss, xs, y = (given.pop(name) for name in ("model", "loss", "X", "y"))
    with pytest.raises(error, match=rf"^({message})[^\n]*$"):
        fit(model, loss, xs, y, **given)


def test_one_callback_needs_no_list() -> None:
    """A single function is taken as a list of one, as a single metric is."""
    seen: list[int] = []
    fit(network(), losses.mse, ROWS, TARGETS, epochs=2, callbacks=lambda _, history: seen.append(len(history.loss)))
    assert seen == [1, 2]
