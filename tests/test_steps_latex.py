"""The views of a trace in LaTeX: the trace table and the derivation."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from traces import check_latex, circuit, esin, hostile, survey

from autograd_lite import Trace, Value, trace

ORDER = ["f", "v_{5}", "v_{6}", "v_{2}", "v_{4}", "x_{2}", "x_{1}"]  # of the survey's nodes in the backward pass


def test_latex_of_the_table() -> None:
    """The trace table of e^sin(x²) as an array."""
    assert esin()[1].to_latex().splitlines()[2:] == [
        r"\text{node} & \text{operation} & \text{value} \downarrow & \text{local partials} & "
        r"\text{adjoint } \partial y / \partial \cdot \uparrow \\ \hline",
        r"x &  & 1.5 &  & \left(-1.368\right) \cdot 3 = -4.103 \\[1ex]",
        r"v_{2} & x^{2} & 2.25 & \frac{\partial v_{2}}{\partial x} = 2 x = 3 & "
        r"2.177 \cdot \left(-0.6282\right) = -1.368 \\[1ex]",
        r"v_{3} & \sin v_{2} & 0.7781 & \frac{\partial v_{3}}{\partial v_{2}} = "
        r"\cos v_{2} = -0.6282 & 1 \cdot 2.177 = 2.177 \\[1ex]",
        r"y & e^{v_{3}} & 2.177 & \frac{\partial y}{\partial v_{3}} = y = 2.177 & 1 \\[1ex]",
        r"\end{array}",
        r"\]",
    ]
    x1, steps = survey()
    (row,) = [line for line in steps.to_latex(tangent=x1).splitlines() if line.startswith("v_{4}")]
    assert row.split(" & ")[3] == r"5 \cdot 1 + 2 \cdot 0 = 5"


def test_latex_of_the_derivation() -> None:
    """The chain rule for each node after all that it needs: in derivatives, with their formulas, in numbers."""
    x1, steps = survey()
    text = steps.to_latex("derivation")
    ends = [line.split(" &= ")[0] for line in text.splitlines() if line.startswith(r"\frac")]
    assert ends == [rf"\frac{{\partial f}}{{\partial {x}}}" for x in ORDER]
    assert text.splitlines()[-4:-1] == [
        r"\frac{\partial f}{\partial x_{1}} &= \frac{\partial f}{\partial v_{4}} \cdot \frac{\partial v_{4}}{\partial x_{1}}"
        r" + \frac{\partial f}{\partial v_{2}} \cdot \frac{\partial v_{2}}{\partial x_{1}} \\",
        r"&= \frac{\partial f}{\partial v_{4}} \cdot x_{2} + \frac{\partial f}{\partial v_{2}} \cdot \frac{1}{x_{1}} \\",
        r"&= 1 \cdot 5 + 1 \cdot 0.5 = 5.5",
    ]
    only = trace(steps.root, wrt=x1).to_latex("derivation")
    assert "x_{2}}" not in only.replace(r"\cdot x_{2}", "")
    assert r"\partial x_{1}} &= 0" in trace(Value(1.0) * 2.0, wrt=x1).to_latex("derivation")


@pytest.mark.parametrize(
    "steps", [esin()[1], circuit(), survey()[1], hostile()], ids=["esin", "circuit", "survey", "hostile"]
)
def test_latex_is_balanced(steps: Trace) -> None:
    """Every kind of LaTeX, of any names, is balanced."""
    for kind in ("table", "derivation", "both"):
        check_latex(steps.to_latex(kind, tangent=steps.nodes[0]).replace(r"\\", ""))


COMPILERS: list[list[str]] = [["pdflatex", "-halt-on-error", "-interaction=nonstopmode"], ["tectonic"]]
COMPILER = next((words for words in COMPILERS if shutil.which(words[0])), None)


@pytest.mark.skipif(COMPILER is None, reason="neither pdflatex nor tectonic is installed")
@pytest.mark.parametrize("kind", ["table", "derivation", "both"])
@pytest.mark.parametrize("steps", [circuit(), survey()[1], hostile()], ids=["circuit", "survey", "hostile"])
def test_latex_compiles(tmp_path: Path, steps: Trace, kind: str) -> None:
    """A document compiles to a PDF, whatever the names are."""
    (tmp_path / "a.tex").write_text(steps.to_latex(kind, document=True, tangent=steps.nodes[0]), encoding="utf-8")
    done = subprocess.run([*(COMPILER or []), "a.tex"], cwd=tmp_path, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stdout[-1000:]
    assert (tmp_path / "a.pdf").read_bytes()[:5] == b"%PDF-"
