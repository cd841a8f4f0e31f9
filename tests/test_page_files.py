"""The page where people meet it: written to a file, asked for at the command line, shown in a notebook."""

from __future__ import annotations

import re
import subprocess
import sys
import webbrowser
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from autograd_lite import Value, exp, sin, trace
from autograd_lite.__main__ import main


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    """`save_html` writes the page, the same bytes each time, and a folder that is missing leaves nothing behind."""
    steps = trace(exp(sin(Value(1.5, label="x") ** 2)))
    for name in ("a.html", "b.html"):
        steps.save_html(tmp_path / name)
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == steps.to_html()
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    with pytest.raises(OSError, match="cannot write the file"):
        steps.save_html(tmp_path / "missing" / "a.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_the_command_writes_and_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`step --html FILE --open` writes the page of the expression, and hands its address to the browser."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    path = tmp_path / "esin.html"
    assert main(["step", "exp(sin(x**2))", "x=1.5", "--html", str(path), "--open"]) == 0
    assert opened == [path.as_uri()]
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "dy/dx = -4.103" in capsys.readouterr().out


def test_open_needs_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    """`--open` without `--html` is refused in one line."""
    assert main(["step", "x*x", "x=1", "--open"]) == 2
    assert (
        capsys.readouterr().err
        == "autograd-lite: error: --open opens the page that --html FILE writes: add --html FILE\n"
    )


@pytest.mark.unix
def test_files_are_written_though_the_reader_leaves(tmp_path: Path) -> None:
    """A reader of the report that leaves at once takes neither the picture nor the page away."""
    files = {name: tmp_path / f"a.{name}" for name in ("svg", "html", "markdown", "latex")}
    options = " ".join(f'--{name} "{path}"' for name, path in files.items())
    command = f'"{sys.executable}" -m autograd_lite step "x*x" x=1 {options} | true'
    subprocess.run(["bash", "-c", command], check=True, capture_output=True)
    assert all(path.stat().st_size > 100 for path in files.values())


def outputs_of(code: str) -> list[Any]:
    """What a notebook's cell shows."""
    # nbformat has no types.
    notebook: Any = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=600, startup_timeout=600, iopub_timeout=600, kernel_name="python3").execute()
    outputs: list[Any] = notebook.cells[0].outputs
    return outputs


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Jupyter's own packages about one another
def test_a_notebook_shows_the_page_and_a_picture() -> None:
    """In a notebook a trace is one output: a sandboxed frame with the page, and a picture for viewers without scripts."""
    (shown,) = outputs_of("from autograd_lite import Value, trace\nx = Value(2.0, label='x')\ntrace(x * x)")
    html = shown.data["text/html"]
    frame = re.search('<iframe sandbox="allow-scripts" srcdoc="([^"]*)" title="[^"]*"', html)
    assert frame is not None
    assert unescape(frame[1]).startswith("<!DOCTYPE html>")
    assert unescape(frame[1]).rstrip().endswith("</html>")
    assert shown.data["image/svg+xml"].lstrip().startswith("<svg")
