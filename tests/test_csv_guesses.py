"""CSV files as people have them: delimiters, decimal signs, headers and targets that are guessed, told, or refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, strategies as st

from autograd_lite.data import DataError, Dataset, read_csv


def read(text: str, target: str | None = None, **told: Any) -> Dataset:
    """The data set of a CSV file with this text."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "d.csv"
        path.write_bytes(text.encode())
        return read_csv(path, target, **told)


def said(text: str, target: str | None = None, **told: Any) -> str:
    """What is said of a file that is refused, after its name."""
    with pytest.raises(DataError, match=r"^[^\n]+$") as error:
        read(text, target, **told)
    return str(error.value).partition("d.csv")[2]


TABLE = [["height", "width", "kind"], ["1.5", "-20.25", "oak"], ["2", "1e-3", "elm"], ["+0.5", "7", "oak"]]
NUMBERS = [[1.5, -20.25], [2.0, 0.001], [0.5, 7.0]]
SEPARATED = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@pytest.mark.parametrize("named", [True, False], ids=["names", "no names"])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("delimiter", SEPARATED)
def test_one_table_in_every_convention(delimiter: str, decimal: str, named: bool) -> None:
    """Any delimiter, decimal sign and end of line, with and without a header, is one and the same table, and is said."""
    rows = [[field if i == 2 else field.replace(".", decimal) for i, field in enumerate(row)] for row in TABLE]
    for end in ("\n", "\r\n"):
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=delimiter, lineterminator=end).writerows(rows[not named :])
        found = read(file.getvalue())
        assert found == Dataset(NUMBERS, [1, 0, 1], TABLE[0][:2] if named else ["1", "2"], ["elm", "oak"])
        comma = ", decimal comma" if decimal == "," else ""
        first, target = ("names in line 1", "kind") if named else ("no names", "3")
        assert found.read_as == f"{SEPARATED[delimiter]}-separated, {first}{comma}, classes in '{target}'"
        assert repr(found).endswith(f"classes=['elm', 'oak'], read_as={found.read_as!r})")
        assert read(file.getvalue(), header=named, delimiter=delimiter, decimal=decimal, regression=False) == found


def test_one_column_beside_the_target() -> None:
    """With a single number in each row, commas between digits are told from those between fields."""
    for text in ("1,5;oak\n2,5;elm", "x;kind\n1,5;oak\n2,5;elm", "1,5\toak\n2,5\telm"):
        assert read(text).X == [[1.5], [2.5]]
    assert read("1,oak; old\n2,elm").X == read("1;oak, old\n2;elm").X == [[1.0], [2.0]]


cells = st.floats(allow_nan=False, allow_infinity=False)
words = st.text(st.characters(categories=["L", "P", "Zs"]), max_size=6).map(lambda text: f"{text}l".strip())


@given(
    st.lists(st.lists(cells, min_size=2, max_size=2), min_size=2, max_size=6),
    st.sampled_from([*SEPARATED]),
    st.booleans(),
    st.data(),
)
def test_what_is_written_comes_back(rows: list[list[float]], delimiter: str, comma: bool, data: st.DataObject) -> None:
    """Tables of any numbers and words, whatever separates them, are read back exactly where the delimiter is told."""
    labels = [data.draw(words) for _ in rows[1:]] + ["another"]
    table = [
        [*(repr(x).replace(".", "," if comma else ".") for x in row), label]
        for row, label in zip(rows, labels, strict=True)
    ]
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows([["a", "b", "c"], *table])
    told: dict[str, Any] = {"delimiter": delimiter, "decimal": "," if comma else "."}
    if len(set(labels)) > 1:
        found = read(file.getvalue(), **told)
        assert (found.X, [found.classes[y] for y in found.y]) == (rows, labels)


HEADERS: dict[str, tuple[str, bool]] = {
    "the sample of the issue": ("0,1,target\n1.5,2.5,a\n2,3,b", True),
    "one row below": ("0,1,target\n1.5,2.5,a\n0.5,0.5,b", True),
    "columns of pandas": ("0,1,2\n1.5,2.5,a\n2.5,3.5,b", True),
    "columns of pandas, all numbers": ("0,1,2\n1.5,2.5,0\n2.5,3.5,1", True),
    "counted from one": ("1,2,3,species\n5,3,1,x\n4,4,2,y", True),
    "a word of one's own above classes that recur": ("0,1,tree\n5,3,oak\n4,4,elm\n5,4,oak\n3,3,elm", True),
    "years above numbers": ("2020,2021,price\n5,3,0\n4,4,1", True),
    "wavelengths": ("400.5,401.0,class\n0.5,0.25,x\n0.4,0.3,y", True),
    "an index": ("id,0,1,oak\n7,1.5,2.5,a\n8,2.5,3.5,b", True),
    "words": ("a,b,c\n1,2,x\n3,4,y", True),
    "a target in upper case": ("0,1,TARGET\n1.5,2.5,a\n2.5,3.5,b", True),
    "y": ("0,1,y\n1.5,2.5,a\n2.5,3.5,b", True),
    "samples": ("1.5,2.5,a\n2,3,b", False),
    "whole samples": ("5,3,oak\n4,4,elm", False),
    "samples that count": ("0,1,oak\n1,0,elm", False),
    "samples that count, with classes that recur": ("0,1,oak\n1,0,elm\n0,0,oak\n1,1,elm", False),
    "the class y": ("0.5,1.5,y\n1.5,0.5,n", False),
    "the class target": ("0,1,target\n1,2,target\n2,3,other", False),
    "gates": ("0,0,0\n0,1,1\n1,0,1\n1,1,0", False),
    "numbers alone": ("1,2,0\n3,4,1\n5,6,0", False),
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_are_recognised(name: str) -> None:
    """Names are told from samples, also where they are numbers; and either can be told."""
    text, named = HEADERS[name]
    first, count = text.split("\n")[0].split(","), text.count("\n") + 1
    found = read(text, regression=False)
    assert (found.features, len(found.y)) == (
        (first[:-1], count - 1) if named else ([*"123456"][: len(first) - 1], count)
    )
    assert ("names in line 1" in found.read_as) == named


def test_a_header_can_be_told() -> None:
    """`header` overrules what the first row looks like, and the target is named accordingly."""
    years = "2020,2021,2022\n5,3,0\n4,4,1\n"
    assert len(read(years).y) == 3  # numbers over numbers are samples, unless somebody says otherwise
    assert read(years, header=True) == Dataset([[5.0, 3.0], [4.0, 4.0]], [0, 1], ["2020", "2021"], ["0", "1"])
    assert read(years, "2021", header=True).features == ["2020", "2022"]
    assert read("5,3,0\n4,4,1", "1", header=False).features == ["2", "3"]
    assert said("a,b,c\n1,2,x\n3,4,y", header=False) == ", line 1, column '1': not a number: 'a'"
    assert said("1,1,c\n1,2,x\n3,4,y", header=True) == ", line 1: the name '1' is repeated"
    assert said("5,3,0\n4,4,1", "size", header=False) == " has no column 'size'; its columns are '1', '2', '3'"


TARGETS: dict[str, tuple[list[str], bool]] = {
    "prices": (["1.5", "2.5", "3.5"], True),
    "decimals that recur": (["0.5", "0.5", "1.0", "1.0"], True),
    "whole numbers, all different": ([str(7 * i) for i in range(10)], True),
    "years of many": ([str(1900 + i % 40) for i in range(200)], True),
    "0 and 1": (["0", "1", "1", "0"], False),
    "0.0 and 1.0": (["0.0", "1.0", "1.0", "0.0"], False),
    "-1 and 1": (["-1", "1"], False),
    "ten digits": ([str(i % 10) for i in range(60)], False),
    "words": (["oak", "elm", "oak"], False),
    "words and numbers": (["1", "2", "x"], False),
}


@pytest.mark.parametrize("name", TARGETS)
def test_targets_are_numbers_or_classes(name: str) -> None:
    """Numbers that are not whole, or too many, are to be predicted as such; few whole ones are classes; either is told."""
    labels, numbers = TARGETS[name]
    text = "x,t\n" + "".join(f"{i},{label}\n" for i, label in enumerate(labels))
    found = read(text)
    assert found.read_as.endswith(f"{'numbers' if numbers else 'classes'} in 't'")
    as_classes = read(text, regression=False)
    assert [float(c) if numbers else c for c in map(as_classes.classes.__getitem__, as_classes.y)] == [
        float(x) if numbers else x for x in labels
    ]
    if "words" in name:
        assert said(text, regression=True).endswith(f"column 't': not a number: {next(x for x in labels if x > '9')!r}")
    else:
        as_numbers = read(text, regression=True)
        assert (as_numbers.y, as_numbers.classes) == ([*map(float, labels)], [])
        assert found == (as_numbers if numbers else as_classes)


BAD_CELLS = {  # among numbers: what is said of it
    "l.5": "not a number: 'l.5'",
    "oak": "not a number: 'oak'",
    "TRUE": "not a number: 'TRUE'",
    "1_0": "not a number: '1_0'",
    "inf": "'inf' is not a finite number",
    "?": "not a number: '?'; if it is missing, leave the row out, or write a number",
    "N/A": "not a number: 'N/A'; if it is missing, leave the row out, or write a number",
    "$3.50": "not a number: '$3.50'; units are not read: write the digits alone",
    "12 %": "not a number: '12 %'; units are not read: write the digits alone",
    "5 kg": "not a number: '5 kg'; units are not read: write the digits alone",
    "2026-01-31": "not a number: '2026-01-31'; dates are not read: write a number, such as days from the first",
    '"1,5"': "not a number: '1,5'; decimal points and commas are mixed: decimal=',' or '.' says which it is",
    '"1,500"': "not a number: '1,500'; separators of thousands are not read: write the digits alone, or say decimal=',' if it is a decimal comma",
}
AS_NUMBERS = " (its column was taken for numbers to predict: regression=False takes it for classes)"


@pytest.mark.parametrize("cell", BAD_CELLS)
@pytest.mark.parametrize("named", [True, False])
def test_one_bad_cell_makes_no_classes_of_numbers(cell: str, named: bool) -> None:
    """A cell that is no number among targets that are is refused with its line, wherever it stands; told, it is a class."""
    numbers = [f"{1.5 * i + 0.25}" for i in range(8)]
    for place in (1, 4, 7):
        cells = [*numbers[:place], cell, *numbers[place + 1 :]]
        text = "x,t\n" * named + "".join(f"{i + 0.5},{label}\n" for i, label in enumerate(cells))
        at = f", line {place + 1 + named}, column '{'t' if named else 2}': "
        assert said(text) == at + BAD_CELLS[cell] + AS_NUMBERS
        assert said(text, regression=True) == at + BAD_CELLS[cell]
        assert cell.strip('"') in read(text, regression=False).classes
        features = "".join(f"{label},{'ab'[i % 2]}\n" for i, label in enumerate(cells))
        assert said("x,t\n" + features) == f", line {place + 2}, column 'x': " + BAD_CELLS[cell]


def test_columns_of_no_numbers() -> None:
    """Money, percentages, dates and thousands throughout are no classes; ranges and sizes that recur are."""
    for label in ("{}.5 %", "${}", "2026-01-{:02}", '"{},000"', "{} €"):
        text = "x,t\n" + "".join(f"{i},{label.format(i)}\n" for i in range(1, 10))
        assert said(text).startswith(", line 2, column 't': not a number: ")
    for labels in (["0-10", "10-20"], ["18+", "<18"], ["s", "m", "l"], ["1", "2", "3a"], ["1/2", "1/3"]):
        text = "x,t\n" + "".join(f"{i},{labels[i % len(labels)]}\n" for i in range(12))
        assert read(text).classes == sorted(labels)
    assert said("x,t\n1,0\n2,1\n3,?\n4,1").startswith(", line 4, column 't': not a number: '?'; if it is missing")
    assert read("x,t\n1,−1.5\n2,2.5\n3,3").y == [-1.5, 2.5, 3.0]  # with the minus sign of this package's tables


def test_a_delimiter_at_the_end_of_every_line() -> None:
    """It makes no column; at the end of some lines only, it is an error."""
    assert read("a;b;t;\n1;2;x;\n3;4;y;") == read("a;b;t\n1;2;x\n3;4;y")
    assert said("a,b,t\n1,2,x,\n3,4,y,") == ", line 2: 4 columns, but line 1 has 3"


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ('a,b\n"1,234",x\n"5,678",y', {}, ", line 2, column 'a': not a number: '1,234'; separators of thousands are not read: write the digits alone, or say decimal=',' if it is a decimal comma"),
    ('a,b\n"1,234",x\n5,y', {"decimal": "."}, ", line 2, column 'a': not a number: '1,234'; separators of thousands are not read: write the digits alone"),
    ("a;b\n1.234,5;x\n0,5;y", {}, ", line 2, column 'a': not a number: '1.234,5'; separators of thousands are not read: write the digits alone"),
    ("a;b\n1.234;x\n0,5;y", {"decimal": ","}, ", line 2, column 'a': not a number: '1.234'; separators of thousands are not read: write the digits alone"),
    ("a,b\n1 234 567,x\n5,y", {}, ", line 2, column 'a': not a number: '1 234 567'; separators of thousands are not read: write the digits alone"),
    ("a,b\n12'345,x\n5,y", {}, ", line 2, column 'a': not a number: \"12'345\"; separators of thousands are not read: write the digits alone"),
    ("a;b\n1.5;x\n0,5;y", {}, ", line 3, column 'a': not a number: '0,5'; decimal points and commas are mixed: decimal=',' or '.' says which it is"),
    ("a;b\n1,5;x\n;y", {}, ", line 3, column 'a': the number is missing"),
    ("a;b\n1,5;x\n2,5", {}, ", line 3: 1 of 2 columns; column 'b' is missing"),
    ("a;b\n1,5;x\n2,5;y;z", {}, ", line 3: 3 columns, but line 1 has 2"),
    ("a;a;b\n1;2;x\n3;4;y", {}, ", line 1: the name 'a' is repeated"),
    ("a,t\n1,1.5\n2,\n3,2.5", {"regression": True}, ", line 3, column 't': the number is missing"),
    ("a,t\n1,1.5\n2,inf\n3,2.5", {"regression": True}, ", line 3, column 't': 'inf' is not a finite number"),
    ("a,b\n1,x\n2,y", {"delimiter": ";"}, ", line 1: only one column; numbers and a class, separated by commas, are needed (it was read as semicolon-separated: delimiter=';' and so on says otherwise)"),
    ("height\n1.5\n2.5", {}, ", line 1: only one column; numbers and a class, separated by commas, are needed (it was read as comma-separated: delimiter=';' and so on says otherwise)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told", "message"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_could_mean_two_things_is_refused_by_line(text: str, told: dict[str, Any], message: str) -> None:
    """Thousands, mixed signs, missing cells and ragged rows are refused with line and column, and the way out."""
    assert said(text, **told) == message


def test_what_is_told_must_make_sense() -> None:
    """A delimiter of two characters or none, and a decimal sign that is none, are refused before the file is read."""
    wrong: list[dict[str, Any]] = [
        {"delimiter": "ab"},
        {"delimiter": ""},
        {"delimiter": '"'},
        {"delimiter": "\n"},
        {"delimiter": 3},
    ]
    for told in wrong:
        with pytest.raises(ValueError, match=r"^the delimiter is one character such as ';', got "):
            read_csv("no file", **told)
    with pytest.raises(ValueError, match=r"^the decimal sign is '\.' or ',', got '·'$"):
        read_csv("no file", decimal="·")


def test_forms_of_other_programs() -> None:
    """A byte order mark, `sep=`, blank lines, fields after a space in quotes, and columns of spaces are understood."""
    expected = Dataset([[1.5], [2.5]], [1, 0], ["a"], ["elm, old", "oak"])
    for text in (
        '\ufeffsep=;\r\na;b\r\n1,5;oak\r\n\r\n2,5;"elm, old"\r\n',
        '\ufeffa, b\n1.5, oak\n\n2.5, "elm, old"\n',
        "a\tb\n1.5\toak\n2.5\telm, old",
    ):
        assert read(text) == expected
    assert read("1.5  2  oak\n2.5  3  elm", delimiter=" ").X == [[1.5, 2.0], [2.5, 3.0]]
    assert read("1.5:2:oak\n2.5:3:elm", delimiter=":").read_as == "':'-separated, no names, classes in '3'"
    assert said("sep=;\na;b\n1;x\n2;", None) == ", line 4, column 'b': the class is missing"
