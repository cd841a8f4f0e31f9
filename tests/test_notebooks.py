"""The notebooks: each, executed in a fresh kernel, gives the outputs that it is committed with.

`python tests/test_notebooks.py [NAME …]` executes notebooks anew and writes them with their outputs.
"""

from __future__ import annotations

import base64
import html
import io
import itertools
import json
import re
import sys
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import numpy
import pytest
from matplotlib.image import imread

from autograd_lite.engine.files import write_whole
from autograd_lite.lessons import LESSONS

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
TRAINING = ("04", "06", "07", "08", "09")  # these take long
LONG = [pytest.mark.long, pytest.mark.xdist_group("alone")]
EXECUTED = [pytest.param(path, marks=LONG * path.stem.startswith(TRAINING)) for path in NOTEBOOKS]
# These are compared exactly. Plots are compared by pixels, of which a few differ with the version of matplotlib.
COMPARED = ("text/plain", "text/markdown", "text/html", "image/svg+xml")
FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)
FENCED = re.compile(r"```python\n(.*?)```", re.DOTALL)
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
LANGUAGE = {"language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}}
WITHOUT_DOT = "import os\nos.environ['PATH'] = ''"  # no system's dot, whose version would decide the pictures' bytes


def read(path: Path) -> Any:
    """A notebook as committed."""
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # of nbformat


def executed(path: Path) -> Any:
    """The notebook, run from the first cell to the last in a new kernel, the solutions of its exercises included."""
    notebook = read(path)
    cells = [code(WITHOUT_DOT)]
    for cell in notebook.cells:
        cells.append(cell)
        cells += map(code, solutions(cell))
    notebook.cells = cells
    options: dict[str, Any] = {
        "resources": {"metadata": {"path": FOLDER}},
        "record_timing": False,
        "iopub_timeout": 600,
    }
    nbclient.NotebookClient(notebook, timeout=1200, startup_timeout=600, kernel_name="python3", **options).execute()
    notebook.cells = [cell for cell in cells if not cell.metadata.get("hidden")]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    return notebook


def joined(outputs: list[Any]) -> list[Any]:
    """The outputs with each stream in one piece: how a kernel cuts it depends on timing."""
    whole: list[Any] = []
    for output in outputs:
        if whole and output.output_type == whole[-1].output_type == "stream" and output.name == whole[-1].name:
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def solutions(cell: Any) -> list[str]:
    """The programs folded away in a text cell."""
    folded = FOLDED.findall(cell.source) if cell.cell_type == "markdown" else []
    return [program for part in folded for program in FENCED.findall(part)]


def code(source: str) -> Any:
    """A cell that belongs to no notebook."""
    return nbformat.v4.new_code_cell(source, metadata={"hidden": True})  # type: ignore[no-untyped-call]


def outputs(notebook: Any) -> list[Any]:
    """What each code cell has shown, as far as it is compared."""
    return [
        [
            {kind: text for kind, text in output.data.items() if kind in COMPARED}
            if "data" in output
            else (output.output_type, output.get("name"), output.get("text"))
            for output in cell.outputs
        ]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def plots(notebook: Any) -> list[Any]:
    """The plots of a notebook: the amount of each colour at each pixel, from 0 to 1."""
    found = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    return [imread(io.BytesIO(base64.b64decode(output.data["image/png"]))) for output in found]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Jupyter's own packages about one another
@pytest.mark.parametrize("path", EXECUTED, ids=lambda path: path.stem)
def test_outputs_are_those_committed(path: Path) -> None:
    """Executed in a fresh kernel, with its solutions, a notebook shows the texts and pictures of the committed one."""
    now, before = executed(path), read(path)
    for shown, committed in zip(outputs(now), outputs(before), strict=True):
        assert shown == committed
    for shown, committed in zip(plots(now), plots(before), strict=True):
        assert shown.shape == committed.shape
        assert numpy.mean(abs(shown - committed) > 0.1) < 0.01


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_made_to_be_read(path: Path) -> None:
    """Cells of at most 15 lines, executed in order, without errors, times, or paths of a machine; solutions checked."""
    notebook = read(path)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert notebook.cells[0].source.startswith("# ")
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell.source.count("\n") < 15 for cell in cells)
    assert dict(notebook.metadata) == KERNEL | LANGUAGE
    assert all(dict(cell.metadata) == {} for cell in cells)
    text = path.read_text(encoding="utf-8")
    assert not re.search(r'"output_type": "error"|/home/|/tmp/|site-packages| at 0x[0-9a-f]{6}', text)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    programs = [program for cell in notebook.cells for program in solutions(cell)]
    assert len(programs) == prose.count("<summary>Solution<") == prose.count("### Exercise") >= 2
    assert all(re.search(r"assert (?!True\b)|\.check\(", program) for program in programs)
    told = [output.get("text") or output.get("data", {}) for cell in cells for output in cell.outputs]
    assert not [
        x for x in told if "✗" in (x if isinstance(x, str) else x.get("text/plain", "") + x.get("text/markdown", ""))
    ]


def test_every_lesson_stands_in_a_notebook() -> None:
    """Each lesson is in one notebook, which checks every number that the lesson has from the notes."""
    sources = {path: "\n".join(cell.source for cell in read(path).cells) for path in NOTEBOOKS}
    for name, taught in LESSONS.items():
        places = [path for path, source in sources.items() if f'find("{name}")' in source]
        assert len(places) == 1, name
        tables = tabled(read(places[0]))
        for case in taught.expected:
            title = taught.at(taught.completed(case.given))
            assert set(case.numbers) <= tables.get(title, set()), title


def tabled(notebook: Any) -> dict[str, set[str]]:
    """The quantities that are checked against the expected numbers and shown, by the title of the table."""
    found: dict[str, set[str]] = {}
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    checked = [shown for cell, shown in zip(cells, outputs(notebook), strict=True) if ".check(" in cell.source]
    for output in itertools.chain.from_iterable(checked):
        blocks = output.get("text/markdown", "").split("\n\n") if isinstance(output, dict) else []
        for title, table in itertools.pairwise(blocks):
            if table.startswith("| quantity | expected | computed |"):
                rows = (html.unescape(re.sub(r"\\(.)", r"\1", line)).split(" | ") for line in table.splitlines()[2:])
                names = {row[0].removeprefix("| ") for row in rows if row[1]}
                found.setdefault(html.unescape(re.sub(r"\\(.)", r"\1", title)), set()).update(names)
    return found


def test_the_table_of_contents() -> None:
    """notebooks/README.md leads to every notebook, and lists every lesson by its title with the notebook that it is in."""
    contents = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(([^)]+\.ipynb)\)", contents)) == {path.name for path in NOTEBOOKS}
    rows = re.findall(r"^\| (L\d\d) \| (.*?) \|.*\]\((.*?\.ipynb)\)", contents, re.MULTILINE)
    assert [row[:2] for row in rows] == [(name, taught.title) for name, taught in LESSONS.items()]
    for name, _, notebook in rows:
        assert f'find(\\"{name}\\")' in (FOLDER / notebook).read_text(encoding="utf-8")


def write(path: Path) -> None:
    """Execute a notebook and write it, in the same bytes each time."""
    notebook = executed(path)
    notebook.metadata = KERNEL | LANGUAGE
    cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    for count, cell in enumerate(cells, start=1):
        cell.execution_count, cell.metadata = count, {}
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
    write_whole(str(path), (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode())


if __name__ == "__main__":
    for path in NOTEBOOKS:
        if len(sys.argv) == 1 or path.stem in sys.argv[1:]:
            write(path)
