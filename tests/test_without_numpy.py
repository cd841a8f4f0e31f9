"""Where there is no NumPy, as in a browser: numbers, derivatives, checks, steps, pictures' sources, typed expressions, lessons."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nodejs import installed, run

import autograd_lite

ROOT = Path(autograd_lite.__file__).parent.parent
PYODIDE = "314.0.7"
PURE = ("graphviz", "lark", "markdown_it", "mdurl", "pygments", "rich")  # what the package imports there

BLOCK = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("numpy", "safetensors"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Block())
"""
PROGRAM = """
import json
import math
import sys
from autograd_lite import *
from autograd_lite import nn
from autograd_lite.lessons import LESSONS
from autograd_lite.site.browser.training import training
from autograd_lite.views.expressions import Expression

x = Value(1.5, label="x")
y = exp(sin(x ** 2))
y.backward()
assert math.isclose(x.grad, -4.1031164885938205, rel_tol=1e-12)
assert math.isclose(grad(grad(lambda x: exp(sin(x ** 2))))(1.5), -10.24970253118597, rel_tol=1e-12)
assert hessian(lambda v: v[0] ** 2 * v[1])([3.0, 4.0]) == [[8.0, 6.0], [6.0, 0.0]]
assert jvp(lambda x, y: [x * y, x], (2.0, 3.0), (1.0, 0.0)) == ([6.0, 2.0], [3.0, 1.0])
assert hvp(lambda x: x[0] ** 2 * x[1], [3.0, 4.0], [1.0, 10.0]) == [68.0, 6.0]
assert vjp(lambda x, y: x * y, 2.0, 3.0)[1](1.0) == (3.0, 2.0)
assert (grad(sqrt)(0.0), grad(grad(sqrt))(0.0), grad(acos)(1.0)) == (math.inf, -math.inf, -math.inf)
check_gradients(lambda x: exp(sin(x ** 2)), 1.5)
numerical_gradient(sin, 0.5)
assert "e^" in draw(y).source
steps = trace(y)
assert "cos" in str(steps) + steps.to_markdown() + steps.to_latex()
if sys.platform != "emscripten":  # where a page would need a layout program written in JavaScript
    steps.to_html()
assert math.isclose(Expression("exp(sin(x**2))")(x=1.5), y.data)
assert str(diagnose(y)) and str(paths(y, x))
model = nn.MLP(2, [2, 1])
state = model.state_dict()
shapes = {name: [len(row) for row in array] if name.endswith("weight") else len(array) for name, array in state.items()}
assert shapes == {"layers.0.weight": [2, 2], "layers.0.bias": 2, "layers.1.weight": [2], "layers.1.bias": 1}
other = nn.MLP(2, [2, 1], init="zeros")
other.load_state_dict(state)
assert [p.data for p in other.parameters()] == [p.data for p in model.parameters()]
assert other.state_dict() == state
told = []
choices = {"hidden": "3", "activation": "tanh", "optimizer": "Adam", "rate": 0.05, "batch": 4, "epochs": 20, "seed": 0}
table = "a;b;kind\\n" + "".join(f"{i},5;{i * i % 7};{'oak' if i > 5 else 'elm'}\\n" for i in range(12))
learned = training("trees.csv", choices, told.append, table)
assert learned["losses"][-1] < learned["losses"][0]
assert [now.get("epoch") for now in told] == [None, *range(1, 21), None]
assert "<title>trees.csv, learned by 2 → 3 → 1</title>" in learned["page"]
assert len(json.loads(learned["model"])["layers.0.weight"]) == 3
for lesson in LESSONS.values():
    if lesson.id != "L13":  # which runs too, for some seconds
        try:
            lesson().check()
            print(lesson.id)
        except ModuleNotFoundError as error:
            assert str(error) == f"{lesson.id} computes with numpy, which is not here: pip install numpy", error
assert not {"numpy", "safetensors"} & set(sys.modules)
"""
RUN_THERE = [f"L{number:02}" for number in (*range(1, 9), 11, 12, 15, 16, 17, 21, 19, 18, 20, 22, 23, 24, 29, 30)]


def test_without_numpy() -> None:
    """With NumPy blocked all of it gives the right numbers; a lesson that needs it says so."""
    command = [sys.executable, "-W", "error", "-c", BLOCK + PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == RUN_THERE


@pytest.mark.long
@pytest.mark.unix
def test_in_pyodide(tmp_path: Path) -> None:
    """The same program in CPython compiled to WebAssembly, under node; Pyodide comes from npm, so this needs both."""
    node = installed(tmp_path, f"pyodide@{PYODIDE}")
    site = tmp_path / "site"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "autograd_lite", site / "autograd_lite", ignore=ignored)
    for name in PURE:
        found = importlib.util.find_spec(name)
        assert found, f"{name} is not installed"
        assert found.origin, name
        shutil.copytree(Path(found.origin).parent, site / name, ignore=ignored)
    (tmp_path / "program.py").write_text(f"import sys\nsys.path.insert(0, '/site')\n{PROGRAM}", encoding="utf-8")
    (tmp_path / "run.mjs").write_text(
        """
        import { readFileSync } from "node:fs";
        import { loadPyodide } from "pyodide";
        const pyodide = await loadPyodide();
        pyodide.mountNodeFS("/site", `${process.cwd()}/site`);
        try {
          pyodide.runPython(readFileSync(`${process.cwd()}/program.py`, "utf8"));
        } catch (error) {
          console.error(error.message);  // by itself, node would print the line of its source, which is long
          process.exitCode = 1;
        }
        """,
        encoding="utf-8",
    )
    assert run(tmp_path, node, "run.mjs").split() == RUN_THERE
