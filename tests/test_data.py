"""Data sets: the geometry of the generators, splitting and scaling, and CSV files with their errors."""

from __future__ import annotations

import csv
import io
import math
import random
import re
import statistics
from collections.abc import Callable
from functools import partial
from operator import and_, or_, xor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy
import pytest
from hypothesis import example, given, strategies as st
from pages import ONE_LINE

from autograd_lite import Value, data
from autograd_lite.data import DataError, Dataset, read_csv, split, standardized

CENTERS = [(0.0, 0.0, 1.0), (3.0, -3.0, 1.0), (9.0, 9.0, 9.0)]
GENERATORS: dict[str, tuple[Callable[..., data.Points], int]] = {  # with the number of classes
    "moons": (data.moons, 2),
    "circles": (data.circles, 2),
    "spirals": (data.spirals, 2),
    "five spirals": (partial(data.spirals, classes=5), 5),
    "blobs in space": (partial(data.blobs, centers=CENTERS), 3),
}
TURN = 2j * math.pi
CURVES: list[tuple[data.Points, Callable[[Any, int], Any], int]] = [  # in the complex plane, for t from 0 to 1
    (data.moons(101, noise=0.0), lambda t, k: (0, 1 + 0.5j)[k] + (1, -1)[k] * numpy.exp(TURN * t / 2), 0),
    (data.circles(25, noise=0.0, factor=0.25), lambda t, k: (1.0, 0.25)[k] * numpy.exp(TURN * t), 1),
    (data.spirals(80, noise=0.0, turns=2), lambda t, k: (0.1 + 0.9 * t) * numpy.exp(TURN * (2 * t + k / 2)), 0),
    (data.spirals(90, noise=0.0, classes=3), lambda t, k: (0.1 + 0.9 * t) * numpy.exp(TURN * (t + k / 3)), 0),
]


def test_gates_agree_with_the_operators_of_python() -> None:
    """Each gate lists 00, 01, 10, 11 with what Python's operators make of them, in lists that are new each time."""
    assert list(data.GATES) == ["and", "or", "nand", "nor", "xor", "xnor"]
    for name, operator in zip(data.GATES, (and_, or_, and_, or_, xor, xor), strict=True):
        points, classes = data.gate(name)
        assert points == [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
        assert classes == [operator(int(p), int(q)) ^ (name in ("nand", "nor", "xnor")) for p, q in points]
        points[0][0], classes[0] = 7.0, 7
        assert data.gate(name) != (points, classes)
    with pytest.raises(ValueError, match=r"^the gates are and, or, nand, nor, xor, xnor, got 'not'$"):
        data.gate("not")


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("count", [5, 6, 7, 101])
def test_classes_are_as_large_as_one_another(name: str, count: int) -> None:
    """There are as many points as asked for, lists of floats, in classes whose sizes differ by 1 at most."""
    generate, classes = GENERATORS[name]
    points, labels = generate(count)
    sizes = [labels.count(label) for label in range(classes)]
    assert len(points) == sum(sizes) == count
    assert max(sizes) - min(sizes) <= 1
    assert {type(number) for point in points for number in point} == {float}
    with pytest.raises(
        ValueError, match=rf"^at least one point is needed for each of {classes} classes, got {classes - 1}$"
    ):
        generate(classes - 1)


@pytest.mark.parametrize("name", GENERATORS)
def test_chance_comes_from_the_seed_alone(name: str) -> None:
    """One seed gives the same data, another one others; the random numbers of the program play no part, and stay."""
    generate, _ = GENERATORS[name]
    first = generate(40, seed=3)
    random.seed(99)
    before = random.getstate()
    assert generate(40, seed=3) == first
    assert random.getstate() == before
    points, labels = generate(40, seed=4)
    assert first[0] != points
    assert first[1] != labels  # the order is one of chance too


@pytest.mark.parametrize(("points", "curve", "ends"), CURVES, ids=["moons", "circles", "spirals", "3 spirals"])
def test_points_lie_evenly_on_their_curves(points: data.Points, curve: Callable[[Any, int], Any], ends: int) -> None:
    """Without noise the points of each class are those of its curve, at even steps from its beginning to its end."""
    X, y = map(numpy.array, points)  # noqa: N806 - X is a matrix
    for label in set(points[1]):
        found = X[y == label] @ [1, 1j]
        expected = curve(numpy.linspace(0.0, 1.0, len(found) + ends)[: len(found)], label)
        distances = abs(found[:, None] - expected[None, :])
        assert distances.min(axis=1).max() < 1e-12
        assert sorted(distances.argmin(axis=1)) == list(range(len(found)))


def test_blobs_have_their_centers_and_spread() -> None:
    """Without spread all points are the centers; with it each coordinate has that standard deviation about its own."""
    still, labels = data.blobs(9, centers=CENTERS, spread=0.0)
    assert [tuple(point) for point in still] == [CENTERS[label] for label in labels]
    X, y = map(numpy.array, data.blobs(12_000, centers=CENTERS, spread=0.5, seed=0))  # noqa: N806
    for label, center in enumerate(CENTERS):
        cloud = X[y == label]
        assert cloud.mean(axis=0) == pytest.approx(center, abs=0.04)
        assert cloud.std(axis=0) == pytest.approx([0.5] * 3, rel=0.05)


@pytest.mark.parametrize("name", ["moons", "circles", "spirals"])
@pytest.mark.parametrize("noise", [0.03, 0.5])
def test_noise_has_the_standard_deviation_asked_for(name: str, noise: float) -> None:
    """For one seed, noise moves the points off their curve by normal steps of mean 0 and that deviation."""
    generate, _ = GENERATORS[name]
    (clean, labels), (noisy, same) = generate(4_000, noise=0.0, seed=5), generate(4_000, noise=noise, seed=5)
    assert labels == same
    steps = (numpy.array(noisy) - numpy.array(clean)) / noise
    assert steps.mean(axis=0) == pytest.approx([0.0, 0.0], abs=0.06)
    assert steps.std(axis=0) == pytest.approx([1.0, 1.0], rel=0.04)
    assert (abs(steps) < 1.0).mean() == pytest.approx(0.6827, abs=0.02)
    assert numpy.corrcoef(steps.T)[0, 1] == pytest.approx(0.0, abs=0.06)


@given(st.integers(0, 50), st.floats(0.0, 1.0, exclude_max=True), st.integers(-5, 5))
def test_a_split_is_disjoint_and_complete(count: int, share: float, seed: int) -> None:
    """Each sample is in one part, once and with its target; the test has its share; the same seed repeats it."""
    samples, targets = [[float(i)] for i in range(count)], [f"target {i}" for i in range(count)]
    train, test = split(samples, targets, share, seed=seed)
    assert sorted(train[0] + test[0]) == samples
    assert all(target == f"target {x:.0f}" for part in (train, test) for [x], target in zip(*part, strict=True))
    assert abs(len(test[0]) - share * count) <= 0.5
    assert split(samples, targets, share, seed=seed) == (train, test)


def test_splits_by_chance() -> None:
    """Over many seeds every pair of 8 samples is held out, and each sample as often as the share says."""
    held = [split(range(8), range(8), 0.25, seed=seed)[1][0] for seed in range(1_000)]
    assert len({frozenset(part) for part in held}) == math.comb(8, 2)
    assert all(sum(i in part for part in held) == pytest.approx(250, abs=50) for i in range(8))


def test_a_split_needs_a_share() -> None:
    """A share that is none, and targets too few, are refused in one line."""
    for share in (1.0, 2.0, -0.1, math.nan, math.inf):
        with pytest.raises(ValueError, match=r"^the share of the test is a number from 0 to below 1, got "):
            split([1, 2], [1, 2], share)
    with pytest.raises(ValueError, match=r"^as many samples as targets are needed, got 2 and 1$"):
        split([1, 2], [1])


@given(st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(-9, 9)), min_size=2), st.integers(-300, 300))
def test_standardized_columns_have_mean_0_and_deviation_1(counts: list[tuple[int, int]], size: int) -> None:
    """Means and deviations are those of the statistics module, of small and large numbers; scaled they are 0 and 1."""
    rows = [(float(a), b * 10.0**size) for a, b in counts]
    scaled, means, scales = standardized(rows)
    for place, column in enumerate(zip(*rows, strict=True)):
        deviation = statistics.pstdev(column)
        assert means[place] == pytest.approx(statistics.mean(column), rel=1e-12, abs=1e-12 * deviation)
        assert scales[place] == pytest.approx(deviation or 1.0, rel=1e-12, abs=0.0)
        numbers = [row[place] for row in scaled]
        assert statistics.fmean(numbers) == pytest.approx(0.0, abs=1e-9)
        assert statistics.pstdev(numbers) == pytest.approx(float(deviation > 0.0))


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 300))
@example(6.610561125023992, 199)  # 199 of these, summed up exactly and divided by 199, are another number
def test_a_constant_column_becomes_0(constant: float, count: int) -> None:
    """A column of one number becomes exactly 0, its mean is the number, and its deviation counts as 1."""
    assert standardized([[constant]] * count) == ([[0.0]] * count, [constant], [1.0])


def read(content: bytes, target: str | None = None, **told: Any) -> Dataset:
    """The data set of a CSV file with this content."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "d.csv"
        path.write_bytes(content)
        return read_csv(path, target, **told)


SAME = {
    "LF": "a,b,c\n1,-2.5,dog\n3e3,0,cat\n",
    "CRLF": "a,b,c\r\n1,-2.5,dog\r\n3e3,0,cat",
    "BOM": "\ufeffa,b,c\n1,-2.5,dog\n3e3,0,cat",
    "blank lines": "\n\r\na,b,c\n\n1,-2.5,dog\n  \n3e3,0,cat\n\n\t\n",
    "spaces": " a , b,c \n\t1 ,-2.5 , dog\n3e3,\u00a00,  cat  ",
    "quotes": '"a","b",c\n"+01.0",-2.50,"dog"\n"3E+3","-0","cat"',
}


@pytest.mark.parametrize("form", SAME)
def test_one_table_in_many_forms(form: str) -> None:
    """Ends of lines, blank lines, a byte order mark, spaces and quotes make no difference."""
    expected = Dataset([[1.0, -2.5], [3000.0, 0.0]], [1, 0], ["a", "b"], ["cat", "dog"])
    assert read(SAME[form].encode()) == expected


def test_the_class_may_be_any_column() -> None:
    """`target` names the column of the class, which is the last otherwise; without a header columns are numbered."""
    assert read(b"k,a\nx,1\ny,2", "k") == Dataset([[1.0], [2.0]], [0, 1], ["a"], ["x", "y"])
    assert read(b"9,1,x\n8,2,y") == Dataset([[9.0, 1.0], [8.0, 2.0]], [0, 1], ["1", "2"], ["x", "y"])
    assert read(b"9,1,7\n8,2,7", "2") == Dataset([[9.0, 7.0], [8.0, 7.0]], [0, 1], ["1", "3"], ["1", "2"])
    assert read(b"2020,2021\n8,2\n9,3", "2021") == Dataset([[8.0], [9.0]], [0, 1], ["2020"], ["2", "3"])


CLASSES = [
    (["10", "9", "-1", "2.5"], ["-1", "2.5", "9", "10"]),
    (["x", "10", "B", "9", "1_0", "b"], ["9", "10", "1_0", "B", "b", "x"]),
    (["1", "inf", "0", "-inf", "-1"], ["-1", "0", "1", "-inf", "inf"]),
    (["no, sir", 'a ""q""', "two\nlines"], ['a "q"', "no, sir", "two\nlines"]),
]


@pytest.mark.parametrize(("labels", "classes"), CLASSES)
def test_classes_are_sorted(labels: list[str], classes: list[str]) -> None:
    """Numbers come first, by size, and other texts after them by the alphabet; quoted texts are whole."""
    found = read("".join(f'{i},"{label}"\n' for i, label in enumerate(labels)).encode(), regression=False)
    assert found.classes == classes
    assert [classes[i] for i in found.y] == [label.replace('""', '"') for label in labels]


ERRORS: list[tuple[bytes, str | None, str]] = [  # what is in the file, the target, what is said after its name
    (b"", None, " is empty: each sample needs a row of numbers and a class"),
    (b"\xef\xbb\xbf\r\n \r\n", None, " is empty"),
    (b"a,b\n\n", None, " names the columns, but has no rows$"),
    (b"\n\n12x\n", None, ", line 3: only one column.*separated by commas.*comma-separated: delimiter=';'"),
    (b"a,b\n1,x\n\n2\n", None, ", line 4: 1 of 2 columns; column 'b' is missing$"),
    (b"\na,b\n1,x\n2,y,3\n", None, ", line 4: 3 columns, but line 2 has 2$"),
    (b"a,b\n1,x\n,y\n", None, ", line 3, column 'a': the number is missing$"),
    (b"a,b\r\n1,x\r\n2,\r\n", None, ", line 3, column 'b': the class is missing$"),
    (b"a,b,c\n1,2,x\n3,four,y\n", None, ", line 3, column 'b': not a number: 'four'$"),
    (b"a,b\n1_0,x\n2,y\n", None, ", line 2, column 'a': not a number: '1_0'$"),
    (b"a,b\n1\0,x\n2,y\n", None, r", line 2, column 'a': not a number: '1\\x00'$"),
    (b"a,b\n1,x\nnan,y\n", None, ", line 3, column 'a': 'nan' is not a finite number$"),
    (b"1,x\n1e400,y\n", None, ", line 2, column '1': '1e400' is not a finite number$"),
    (b"a,b\n1,x\n2,x\n", None, ", column 'b': the only class is 'x'; at least two are needed$"),
    (b'"a\nb",c\n1,x\n', "b", r" has no column 'b'; its columns are 'a\\nb', 'c'$"),
    (b'"a\nb",c\n,x\n2,y\n', None, r", line 3, column 'a\\nb': the number is missing$"),
    (b'a,b\n"1\n,x\n2,y\n3,x\n', None, r", line 2: .*is a quote that begins here not closed\?$"),
    (b'a,b\n1,"x\n"\n2,y\nz,x\n', None, ", line 5, column 'a': not a number: 'z'$"),
    (b"a,b\n1,caf\xe9\n2,y\n", None, r" is not text in UTF-8 \(byte 9\): save it as CSV in UTF-8$"),
    (b"a,b\n1,x\n2," + b"y" * 140_000, None, ", line 3: field larger than field limit"),
    (b"a" * 120_000 + b",b\n" + b"9" * 120_000 + b"x,x\n", None, ", line 2, column 'a+....: not a number: '9+...$"),
]


@pytest.mark.parametrize(("content", "target", "message"), ERRORS, ids=lambda part: str(part)[:30])
def test_errors_say_where(content: bytes, target: str | None, message: str) -> None:
    """What cannot be learned from is a DataError of one short line, with the file and, if there is one, the place."""
    with pytest.raises(DataError, match=ONE_LINE) as error:
        read(content, target)
    said = str(error.value).partition("d.csv")[2]
    assert re.match(message, said), said
    assert len(said) < 200


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that is not there, and a folder, raise the errors of `open`."""
    for path, error in ((tmp_path / "missing.csv", FileNotFoundError), (tmp_path, OSError)):
        with pytest.raises(error):
            read_csv(path)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.floats(allow_nan=False, allow_infinity=False)
PIECES = b',/\n/\r/"/1/x/ /\0/\xe9/\xef\xbb\xbf/nan/1e999/\n1,x/1,2'.split(b"/")


@given(st.integers(1, 4), st.integers(2, 6), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.data())
def test_what_the_csv_module_writes_comes_back(width: int, height: int, quoting: Any, chosen: st.DataObject) -> None:
    """Any table that Python's csv module writes is read back exactly, wherever the column of the class stands."""
    rows = chosen.draw(st.lists(st.lists(numbers, min_size=width, max_size=width), min_size=height, max_size=height))
    names = [f"{i}c{chosen.draw(texts)}".strip() for i in range(width + 1)]
    labels = [f"{chosen.draw(texts)}l".strip() for _ in rows[1:]] + ["another"]
    place = chosen.draw(st.integers(0, width))
    table: list[list[Any]] = [names[1:], *map(list, rows)]
    for row, label in zip(table, [names[0], *labels], strict=True):
        row.insert(place, label)
    file = io.StringIO(newline="")
    csv.writer(file, quoting=quoting).writerows(table)
    found = read(file.getvalue().encode(), names[0])
    assert (found.X, found.features) == (rows, names[1:])
    assert [found.classes[i] for i in found.y] == labels


@given(st.binary(max_size=60) | st.lists(st.sampled_from(PIECES)).map(b"".join), st.none() | st.just("1"))
@example(b",0,0", None)
def test_any_bytes_are_a_table_or_an_error(content: bytes, target: str | None) -> None:
    """Any bytes are a data set that can be learned from, or a DataError of one line."""
    said = ""
    try:
        found = read(content, target)
        assert {len(row) for row in found.X} == {len(found.features)}
        assert all(math.isfinite(number) for row in found.X for number in row)
        if found.classes:
            assert set(found.y) == set(range(max(2, len(found.classes))))
        else:
            assert all(type(y) is float and math.isfinite(y) for y in found.y)
    except DataError as error:
        said = str(error)
    assert "\n" not in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"1.0,abc,oak\n2.0,3.0,elm", ", line 1, column '2': not a number: 'abc'"),
        (b"5.1,,a\n4.0,1.0,b", ", line 1, column '2': the number is missing"),
        (b"a,a,c\n1,2,x\n3,4,y", ", line 1: the name 'a' is repeated"),
        (b"a,,c\n1,2,x\n3,4,y", ", line 1: column 2 has no name"),
        (b"a,c\n1,x\n2,nan", ", line 3, column 'c': the class is missing"),
    ],
)
def test_a_first_row_with_numbers_is_data(content: bytes, message: str) -> None:
    """A row that holds a number is never taken for names, and names are given, each once."""
    with pytest.raises(DataError, match=ONE_LINE) as error:
        read(content)
    assert str(error.value).partition("d.csv")[2] == message


@pytest.mark.parametrize("wrong", [-1.0, float("nan"), float("inf")])
def test_deviations_are_numbers_from_zero(wrong: float) -> None:
    """A negative, infinite or undefined standard deviation is refused in one line."""
    with pytest.raises(ValueError, match=ONE_LINE):
        data.moons(noise=wrong)
    with pytest.raises(ValueError, match=ONE_LINE):
        data.blobs(spread=wrong)
    with pytest.raises(ValueError, match=ONE_LINE):
        data.curve(math.sin, noise=wrong)


def test_points_of_a_curve() -> None:
    """Without noise the points lie on the curve, evenly from end to end; the noise has the deviation asked for."""
    x, y = data.curve(math.exp, 9, low=-3.0, high=1.0, noise=0.0)
    assert x == numpy.linspace(-3.0, 1.0, 9).tolist()
    assert y == list(map(math.exp, x))
    assert data.curve(math.exp, 1, low=2.0, noise=0.0) == ([2.0], [math.exp(2.0)])
    errors = [b - math.sin(a) for a, b in zip(*data.curve(math.sin, 2000, noise=0.5, seed=3), strict=True)]
    assert abs(statistics.fmean(errors)) < 4.0 * 0.5 / math.sqrt(2000.0)
    assert statistics.stdev(errors) == pytest.approx(0.5, rel=0.07)
    assert data.curve(math.sin, seed=3) == data.curve(math.sin, seed=3) != data.curve(math.sin, seed=4)
    with pytest.raises(ValueError, match=r"^at least one point is needed, got 0$"):
        data.curve(math.sin, 0)


def test_what_is_no_curve_is_refused() -> None:
    """No point, and ends that are not finite, are refused; a function that gives Values gives numbers all the same."""
    wrong: list[dict[str, Any]] = [{"count": 0}, {"low": -math.inf}, {"high": math.nan}]
    for options in wrong:
        with pytest.raises(ValueError, match=r"^[^\n]+$"):
            data.curve(math.sin, **options)
    assert data.curve(Value, 2, noise=0.0) == ([-1.0, 1.0], [-1.0, 1.0])
    assert all(type(y) is float for y in data.curve(Value, 2)[1])
