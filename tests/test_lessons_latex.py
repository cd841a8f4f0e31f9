"""Lessons as LaTeX documents, and as pictures for slides."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from autograd_lite.__main__ import main
from autograd_lite.lessons import LESSONS, find
from autograd_lite.lessons.showing.derivations import Derivation, Line
from autograd_lite.lessons.showing.latex import declared, prose, text

DEAR = ("L06", "L07", "L13", "L25", "L27", "L28")
# What a document may use: of LaTeX, and of amsmath, amssymb and graphicx, which it loads.
KNOWN = """
DeclareUnicodeCharacter documentclass usepackage allowdisplaybreaks setlength mathindent parindent newsavebox
tracetable content begin end section subsection item textit textbf texttt emph text textbackslash textasciitilde
textasciicircum ensuremath savebox usebox resizebox ifdim wd linewidth else fi newcommand fitting displaystyle
smallskip medskip small hline noalign quad qquad frac tfrac mathrm mathbb operatorname left right bigl bigr underset
overset bar hat tilde dot vec partial nabla sum prod cdot cdots dots ldots vdots ddots times circ odot pm le ge leq
geq neq ne approx to leftarrow rightarrow Rightarrow Leftrightarrow mapsto in mid sqrt surd checkmark downarrow
uparrow leftrightarrow infty top varphi varepsilon varrho vartheta alpha beta gamma delta epsilon eta theta kappa
lambda mu nu xi pi rho sigma tau phi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega ell sin cos tan tanh
exp log ln max min arg det lim lVert rVert lvert rvert langle rangle vert Vert phantom mathrel backslash sim div
lceil rceil lfloor rfloor propto equiv forall exists cup cap wedge vee neg perp ll gg
"""


@cache
def latex(name: str) -> str:
    return LESSONS[name]().to_latex()


@pytest.mark.parametrize("name", [name for name in LESSONS if name not in DEAR])
def test_every_lesson_in_latex(name: str) -> None:
    """Braces and environments are balanced, every command is known, and every letter can be set."""
    document = latex(name)
    bare = re.sub(r"\\[\\{}]", "", document)
    depth = 0
    for brace in re.findall("[{}]", bare):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert len(re.findall(r"(?<!\\)\$", document)) % 2 == 0
    stack = []
    for what, environment in re.findall(r"\\(begin|end)\{(\w+\*?)\}", document):
        if what == "begin":
            stack.append(environment)
        else:
            assert stack.pop() == environment
    assert not stack
    assert set(re.findall(r"\\([A-Za-z]+)", document.replace(r"\\", " "))) <= set(KNOWN.split())
    assert "U+" not in document
    assert declared(document.partition(r"\begin{document}")[2]) in document


@pytest.mark.unix
def test_a_document_compiles(tmp_path: Path) -> None:
    """A lesson with derivation and tables compiles with pdflatex; so does one whose texts have every strange letter."""
    compiler = shutil.which("pdflatex")
    assert compiler, "this test compiles LaTeX: apt-get install texlive-latex-recommended"
    hostile = "50 % of #1 & w_1^2 ~ {a} \\b $ < > | ½ ẋ ∂J/∂w²₁ ☃"
    outcome = find("L02")()
    lines = [
        Line(r"\underset{(k \times d)}{W} = \begin{pmatrix} 1 \\ 2 \end{pmatrix}", "why $x$", ["a", hostile], [1, 2])
    ]
    strange = replace(outcome, derivations=[Derivation("t", lines)], claims={hostile: True})
    for name, document in (("L21", latex("L21")), ("strange", strange.to_latex())):
        (tmp_path / f"{name}.tex").write_text(document, encoding="utf-8")
        command = [compiler, "-halt-on-error", "-interaction=nonstopmode", f"{name}.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=600, check=False)
        assert done.returncode == 0, done.stdout[-1000:]
        assert "Overfull" not in (tmp_path / f"{name}.log").read_text(encoding="latin-1")


def test_text_has_no_meaning() -> None:
    """What has a meaning for LaTeX is escaped in texts, and formulas in Markdown stay as they are."""
    assert text(r"\x_1 & 5 %") == r"\textbackslash{}x\_1 \& 5 \%"
    assert prose(r"**a** in $x_1$, `b_1`: *c*") == r"\textbf{a} in $x_1$, \texttt{b\_1}: \emph{c}"


def test_the_command_writes_latex_and_frames(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--latex writes the document, --frames one picture for each step, and slides; the report says where."""
    document, folder = tmp_path / "L02.tex", tmp_path / "frames"
    assert main(["lesson", "L02", "w=3", "--latex", str(document), "--frames", str(folder)]) == 0
    assert document.read_text(encoding="utf-8") == find("L02")(w=3).to_latex()
    steps = len([step for step in find("L02")(w=3).trace() if getattr(step, "operands", True)])
    assert len(list(folder.glob("*.svg"))) == steps
    assert (folder / "slides.tex").read_text(encoding="utf-8").count("\\still{") == steps
    out = capsys.readouterr().out
    assert f"the document is in {document}" in out
    assert f"slides.tex are in {folder}" in out
    assert main(["lesson", "L02", "--latex", str(tmp_path / "a.docx")]) == 2
