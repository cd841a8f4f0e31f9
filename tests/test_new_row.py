"""A row added to a copy of the package is found by every reading, export and method: nothing else needs to know of it."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from one_row_more import FACTOR, ROW, copy_into


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package that has one row more."""
    return copy_into(tmp_path_factory.mktemp("package"))


def run(folder: Path, code: str) -> list[str]:
    """What a program prints, line by line, that imports the copy."""
    program = folder / "program.py"
    program.write_text(f"import math\nfrom autograd_lite import *\n{dedent(code)}", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-W", "ignore:the table has changed", "program.py"],
        capture_output=True,
        text=True,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_it_is_exported_and_documented(copy: Path) -> None:
    """The package has it under its name, in __all__ and dir(), with a signature and a docstring."""
    code = """
    import inspect, autograd_lite
    print("rad2deg" in autograd_lite.__all__, "rad2deg" in dir(autograd_lite), autograd_lite.rad2deg is rad2deg)
    print(inspect.signature(rad2deg), inspect.signature(Value(1.0).rad2deg))
    print(rad2deg.__doc__, end="")
    """
    exported, signatures, *words = run(copy, code)
    assert exported == "True True True"
    assert signatures == "(x) ()"
    assert words == [f"y = rad2deg(x), ∂y/∂x = {FACTOR!r}.", "", ">>> rad2deg(0.5)", repr(math.degrees(0.5))]


def test_it_is_recorded_differentiated_and_checked(copy: Path) -> None:
    """As a function, a method and NumPy's ufunc it records; derivatives of every kind come out right."""
    code = """
    import numpy
    x = Value(0.5, label="x")
    for y in (rad2deg(x), x.rad2deg(), numpy.rad2deg(x), numpy.rad2deg(numpy.array([x]))[0]):
        x.grad = 0.0
        y.backward()
        print(y.op.name, y.data, x.grad)
    print(grad(rad2deg)(0.5), jvp(rad2deg, (0.5,), (1.0,))[1], grad(grad(lambda x: rad2deg(x * x)))(0.5))
    check_gradients(lambda x: rad2deg(x) * x, 0.5)
    from autograd_lite.engine.ieee import IeeeOperand
    print(rad2deg(IeeeOperand(math.inf)).data)
    """
    *ways, derivatives, infinite = run(copy, code)
    assert ways == [f"rad2deg {math.degrees(0.5)!r} {FACTOR!r}"] * 4
    assert [float(word) for word in derivatives.split()] == pytest.approx([FACTOR, FACTOR, 2.0 * FACTOR], rel=1e-15)
    assert infinite == "inf"


def test_it_is_shown(copy: Path) -> None:
    """Pictures, steps, formulas in every notation and the page know it; the page can compute it."""
    code = """
    y = rad2deg(Value(0.5, label="x"))
    y.backward()
    print("rad2deg" in draw(y).source)
    from autograd_lite.views.notations import LATEX, MATHML, TEXT
    steps = trace(y)
    print([notation.of(steps.computation(y)) for notation in (TEXT, LATEX, MATHML)])
    print(steps[1].words())
    page = steps.to_html()
    print("constf_rad2deg=(x)=>x*180/Math.PI;" in page.replace(" ", ""), "cannot be moved" in page)
    print(diagnose(y))
    """
    drawn, formulas, words, page, findings = run(copy, code)
    assert (drawn, page, findings) == ("True", "True False", "[]")
    assert formulas == str(
        [
            "rad2deg(x)",
            r"\operatorname{rad2deg}\left(x\right)",
            "<mrow><mi>rad2deg</mi>"
            '<mrow><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo></mrow></mrow>',
        ]
    )
    assert words == "v2 = rad2deg(x) = 28.65."


def test_a_page_says_what_javascript_lacks(copy: Path) -> None:
    """Of a row made from a function that JavaScript has not, the page shows all but cannot move the inputs."""
    table = copy / "autograd_lite" / "engine" / "table.py"
    before = table.read_text(encoding="utf-8")
    table.write_text(
        before.replace(ROW, f'{ROW}lgamma = Unary("lgamma", math.lgamma, [lambda x, y: x])\n'), encoding="utf-8"
    )
    page = """
    page = trace(lgamma(Value(3.0))).to_html()
    print("cannot be moved" in page, "Math.lgamma" in page)
    """
    try:
        assert run(copy, page) == ["True False"]
    finally:
        table.write_text(before, encoding="utf-8")


def test_it_can_be_typed_and_trained(copy: Path) -> None:
    """The command's expressions have it as a function, and a neuron takes it as an activation by its name."""
    code = """
    from autograd_lite.views.expressions import Expression
    print(Expression("rad2deg(x) + 1")(x=0.5))
    from autograd_lite import nn
    print(nn.Neuron(2, "rad2deg", seed=1)([1.0, 2.0]).op.name)
    """
    assert run(copy, code) == [repr(math.degrees(0.5) + 1.0), "rad2deg"]
