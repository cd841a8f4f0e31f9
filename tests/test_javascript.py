"""The table in JavaScript: in a real browser, every row gives the value and the partials that Python's gives."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from browser import chromium, empty_page
from playwright.sync_api import Page
from points import ROWS

from autograd_lite import Op, Value
from autograd_lite.engine.ieee import local_partial
from autograd_lite.engine.table import TABLE
from autograd_lite.views.steps.page.javascript import ScriptOperand, data, library, script, value_and_partials

browser = pytest.fixture(scope="module", name="browser")(chromium)
blank = pytest.fixture(scope="module", name="blank")(empty_page)


def computed(page: Page, op: Op, points: list[tuple[float, ...]]) -> list[list[Any]]:
    """Value and partials of an operation at points, as the browser computes them."""
    names = [f"x{place}" for place in range(op.arity)]
    value, partials = value_and_partials(op, [ScriptOperand(name) for name in names])
    texts = ", ".join(partials)
    code = f"({', '.join(names)}) => {{ const z = {value}; return [z, {texts}]; }}"
    arguments = ", ".join(f"[{', '.join(map(script, point))}]" for point in points)
    found = page.evaluate(
        f"(() => {{ {library([op], [value, *partials])} const f = {code}; "
        f"return [{arguments}].map((point) => f(...point).map((x) => Number.isFinite(x) ? x : String(x))); }})()"
    )
    return [[float(x.replace("Infinity", "inf")) if isinstance(x, str) else x for x in row] for row in found]


def points_of(name: str) -> list[tuple[float, ...]]:
    """The points at which a row of the table is tested, where Python's floats have a value."""
    found = []
    for point in ROWS[name].points:
        operands = tuple(map(float, point))
        try:
            TABLE[name].of_floats(*operands)
        except (ArithmeticError, ValueError):
            continue
        found.append(operands)
    return found


@pytest.mark.parametrize("name", TABLE)
def test_every_row_agrees_with_python(blank: Page, name: str) -> None:
    """At every point at which the row is tested, value and partials agree with Python's to 1e-12."""
    op, points = TABLE[name], points_of(name)
    assert points
    for point, found in zip(points, computed(blank, op, points), strict=True):
        value = op.of_floats(*point)
        expected = [value, *(local_partial(op, place, point, value) for place in range(op.arity))]
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-300, nan_ok=True), point


def test_the_error_function_everywhere(blank: Page) -> None:
    """The functions erf and erfc, which JavaScript lacks, agree with Python's to 1e-12 from -27 to 27."""
    points: list[tuple[float, ...]] = [(x / 16.0,) for x in range(-432, 433)]
    for name, exact in (("erf", math.erf), ("erfc", math.erfc)):
        found = [row[0] for row in computed(blank, TABLE[name], points)]
        assert found == pytest.approx([exact(*point) for point in points], rel=1e-12, abs=1e-307)


def test_rules_that_numbers_alone_can_pass_are_refused() -> None:
    """A custom operation that takes floats out of its operands, or compares them, has no text in JavaScript."""
    for op in (
        Op("gamma", math.gamma, [1.0]),
        Op("bent", lambda x: x if x > 0.0 else 0.0, [1.0]),
        Op("same", lambda x: 1.0 if x == 2.0 else x, [1.0]),
        Op("truth", lambda x: x if x else 1.0, [1.0]),
    ):
        with pytest.raises(TypeError):
            library([op], [value_and_partials(op, [ScriptOperand("x")])[0]])
    with pytest.raises(TypeError):
        value_and_partials(Op("cut", lambda x: x, [lambda x, _: math.sin(x)]), [ScriptOperand("x")])


@pytest.mark.parametrize("x", [0.0, -0.0, 1.5, -2.0, 1e300, 5e-324, math.inf, -math.inf, math.nan])
def test_numbers(blank: Page, x: float) -> None:
    """Every float is the same number in JavaScript, the sign of zero included."""
    found = blank.evaluate(f"[String({script(x)}), Object.is({script(x)}, -0)]")
    assert found[1] == (x == 0.0 and math.copysign(1.0, x) < 0.0)
    assert repr(float(found[0].replace("Infinity", "inf"))) == repr(abs(x) if x == 0.0 else x)


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "\u2028", '"\\', "\x00"])
def test_data_cannot_end_its_element(text: str) -> None:
    """JSON in a page's script element comes back as it was, and never closes or comments the element."""
    written = data({"label": text})
    assert json.loads(written) == {"label": text}
    assert "</" not in written
    assert "<!" not in written


def test_operators_of_values_are_not_touched() -> None:
    """Text passes through the same rows as a Value does, and leaves these as they are."""
    x = Value(2.0)
    assert (x * 3.0).data == 6.0
    assert str(ScriptOperand("x") * 3.0) == "(x * 3.0)"
