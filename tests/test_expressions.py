"""Expressions: what a person types is read as mathematics and as Python, and everything else is refused in one line."""

import math
import re
import statistics
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st
from typed import AS_MATHEMATICS, AS_PYTHON

from autograd_lite import Value
from autograd_lite.engine import table
from autograd_lite.views.expressions import Expression, ExpressionError, marked
from autograd_lite.views.names import in_order
from autograd_lite.views.reading.parts import canonical

NAMES = {
    "x₁ + x1": ["x1"],
    "w¹₂₁ + w²₂₁ + x₁²": ["w¹21", "w²21", "x1"],
    "lambda*λ": ["lambda", "λ"],
    "ｘ + µ": ["x", "μ"],
    "(x − μ)²/σ²": ["x", "μ", "σ"],
    "step·2 + max": ["step", "max"],
    "été·x̄": ["été", "x̄"],
    "y = u + v; y + w": ["u", "v", "w"],
    "πx": ["π", "x"],
    "2xy": ["xy"],
}


@pytest.mark.parametrize("text", [*AS_PYTHON, *AS_MATHEMATICS])
def test_value_and_gradient(text: str) -> None:
    """What is typed has the value and the slope of the same function in Python, as floats and as a graph."""
    function = (AS_PYTHON | AS_MATHEMATICS)[text]
    expression, x = Expression(text), Value(0.7, "x")
    y = expression(x=x) + 0.0 * x  # a graph also where the result is a number
    assert expression(x=0.7) == pytest.approx(function(0.7), rel=1e-14)
    assert y.data == pytest.approx(function(0.7), rel=1e-14)
    y.backward()
    slope = (function(0.7 + 1e-5) - function(0.7 - 1e-5)) / 2e-5
    assert x.grad == pytest.approx(slope, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("text", NAMES)
def test_names(text: str) -> None:
    """A function's name without an operand is a variable's, subscripts are digits, and scripts of all kinds are letters."""
    expression = Expression(text)
    assert [name for name in expression.names if name != "π"] == [name for name in NAMES[text] if name != "π"]
    assert expression(**dict.fromkeys(expression.names, 0.5)) is not None


def test_every_operation_can_be_called() -> None:
    """Each row of the table is a function of expressions, under each of its names."""
    chosen = {"acosh": [1.5], "power_term": [2.0, 3.0, 1.5, 1.0, 1.0]}
    for name, op in table.TABLE.items():
        operands = chosen.get(name, [0.3, 0.6, 0.9][: op.arity])
        for known in {name, op.ufunc, op.text or name, *op.also}:
            assert Expression(f"{known}({', '.join(map(str, operands))})")() == op(*operands)


def test_intermediate_results_are_named() -> None:
    """`u = x^2; sin u` records each operation once, and u is the label of its node; a variable keeps its own."""
    x = Value(1.5, "x")
    y = Expression("u = x^2; v = u; w = x; sin u + v w")(x=x)
    labels = [node.label for node in in_order(y)]
    assert labels == ["x", "u", None, None, None]
    unlabelled = Value(1.5)
    assert Expression("u = x; 2u")(x=unlabelled).operands[1].label is None


def test_a_variable_named_as_a_function() -> None:
    """A value for what is read as a function is an error; with a sign for the product it is a variable."""
    assert Expression("(x − 1)/σ")(x=2.0, σ=4.0) == 0.25
    assert Expression("1/(σ*√(2π))")(σ=2.0) == pytest.approx(0.5 / math.sqrt(2 * math.pi))
    with pytest.raises(ExpressionError, match="σ is no variable here, but a function"):
        Expression("1/(σ√(2π))")(σ=2.0)


def test_e_may_be_given() -> None:
    """e^x is exp(x), exactly; where e is a variable, a power of it."""
    x = Value(1.5, "x")
    assert Expression("e^x")(x=x).op is table.exp
    assert Expression("e^x")(x=1.5) == math.exp(1.5)
    assert Expression("e**x")(x=1.5, e=2.0) == 2.0**1.5
    assert Expression("e = 2; e^x")(x=1.5) == 2.0**1.5


MISTAKES = {  # what is refused: the place that is marked, and what is said, with one suggestion
    "": ("", "empty: write one such as"),
    " \n": ("", "empty: write one such as"),
    "__import__('os').system('true')": ("'", "texts"),
    "x.__class__": (".", "no attributes"),
    "(lambda: 1)()": (":", "colon"),
    "x[0]": ("]", r"square brackets hold a comparison"),
    "(x := 1)": (":", "colon"),
    "f'{x}'": ("'", "texts"),
    '"text"': ('"', "texts"),
    "...": (".", "attributes"),
    "x < 1": ("<", r"write \[x < 1\]$"),
    "x == 1": ("==", r"write \[x == 1\]$"),
    "2x = 4": ("=", "only a single name"),
    "f(x) = x^2": ("=", "only a single name"),
    "5% + x": ("5%", r"percentage, or the remainder of a division: write 5/100 or mod\(5, …\)$"),
    "2(1 + 5%)": ("%", "not a percentage: write 5/100$"),
    "5%*x": ("%", "not a percentage: write 5/100$"),
    "50%": ("%", "not a percentage: write 50/100$"),
    "x mod y": ("mod y", r"takes 2 operands, got 1: write mod\(x, y\)$"),
    "~x": ("~", "not an operation"),
    "x!": ("!", "no factorial"),
    "sin(x, x)": ("sin(x, x)", "takes 1 operand, got 2$"),
    "2elu() + 1": ("elu()", "takes 1 to 2 operands, got 0"),
    "elu(x, size=1)": ("elu(x, size=1)", "no operand 'size'"),
    "elu(scale=1, x)": ("x", "by place, then by name"),
    "sin(*x)": ("*", "operand is missing"),
    "sum(x)": ("sum(x)", r"takes a list, or two operands and more: write sum\(\[x, y\]\)$"),
    "sum([x], y)": ("sum([x], y)", r"takes a list, or two operands and more: write sum\(\[x, y\]\)$"),
    "max(x)": ("max(x)", "takes 2 operands, got 1$"),
    "max([x])": ("max([x])", "takes 2 operands, got 1$"),
    "max(x, [x, x])": ("[x, x]", "takes no list"),
    "sin([x])": ("[x]", "takes no list"),
    "[x]": ("]", "square brackets"),
    "x +": (" ", "operand is missing"),
    "(x + 1": ("(", "not closed"),
    "x + 1)": (")", "closes nothing"),
    "(x]": ("]", "closes nothing"),
    "x; y": ("x", "has no name"),
    "x\ny": ("x", "has no name"),
    "u = 1; u = 2; u": ("u", "has a meaning already"),
    "x\x00": ("\x00", "no meaning here"),
    "x\ud800": ("\ud800", "no meaning here"),
    "x\x1b[31m": ("\x1b", "no meaning here"),
    "\\frac{1}{2}": ("\\", "LaTeX"),
    "x 2": ("2", r"write x\*2$"),
    "(x+1)2": ("2", r"write \(x\+1\)\*2$"),
    "1.2.3": (".3", "cannot follow"),
    "1 000x": ("000", "write 1000$"),
    "∂x": ("∂", "write the function alone$"),
    "∫x": ("∫", "integrals"),
    "∑x": ("∑", r"written sum\(\[x, y\]\)$"),
    "x ± 1": ("±", "write \\+ or −$"),
    "x && y": ("&", r"write minimum\(\[x > 0\], \[y > 0\]\)$"),
    "x ? 1 : 2": ("?", "a choice is written"),
    "x’": ("’", "marks of derivatives"),
    "90°": ("°", r"write 90\*pi/180$"),
    "sin 30°": ("°", r"write 30\*pi/180$"),
    "x=1,5": (",", "write x=1.5$"),
    "1,5x": (",", "write 1.5$"),
    "sqrt(1,5)": ("sqrt(1,5)", r"write sqrt\(1.5\)$"),
    "g(x, y)": ("g", "no function g$"),
    "sinn(x, y)": ("sinn", "no function sinn: write sin$"),
    "(x, y)": (",", "comma"),
    "√2x": ("√2x", r"write √2\*x$"),
    "3e^2x": ("3e^2x", r"write 3e\^\(2x\) or 3e\^2\*x$"),
    "e^-2x": ("e^-2x", r"write e\^\(-2x\) or e\^-2\*x$"),
    "e**2(x+1)": ("e**2(x+1)", r"write e\*\*\(2\(x\+1\)\) or e\*\*2\*\(x\+1\)$"),
    "1/(σ√(2π))·e^(-(x-μ)²/(2σ²))": ("σ", r"write σ\*…$"),
    "e^{2x}": ("{", "round brackets"),
    "3[x+1]": ("]", r"write \(x\+1\)$"),
    "³√x": ("³", r"write x\^\(1/n\)$"),
    "2³√x": ("³√", r"write ³\*√$"),
    "eˣ²": ("²", r"write x\^\(…\)$"),
    "sin⁻¹ x": ("sin⁻¹", r"write asin\(…\)$"),
    "exp^-1(x)": ("exp^-1", r"write log\(…\)$"),
    "|x": ("|", "no second one"),
    "|2|x||": ("|", "no second one"),
    "(|x)|": ("|", "no second one"),
    "1e999": ("1e999", "too large"),
    "1" * 400: ("1" * 60, "too large"),
    "x if": (" ", "operand is missing"),
    "x otherwise 1": ("otherwise", "three parts"),
    "x + * y": ("*", "operand is missing"),
    "x" * 200_001: ("", "characters"),
    "(" * 50_000 + "x": ("(", "not closed"),
}


@pytest.mark.parametrize("text", MISTAKES, ids=lambda text: ascii(text[:20]))
def test_mistakes(text: str) -> None:
    """What cannot be read is refused before anything is computed: one line, a mark below the place, one suggestion."""
    place, said = MISTAKES[text]
    with pytest.raises(ExpressionError) as caught:
        Expression(text)
    assert re.search(said, str(caught.value)), str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300
    if place:
        line, marks = caught.value.marked.splitlines()
        seen = f"{line} "[len(marks) - marks.count("^") : len(marks)]
        assert seen == (place if place.isprintable() else "\ufffd")[:60] or len(text) > 60
        assert caught.value.__notes__ == [caught.value.marked]


@pytest.mark.parametrize("base", ["2", "10", "0.5", "½", "e", "π", "tau", "(2)", "(1/2)", "x^2"])
@pytest.mark.parametrize("power", ["^", " ** "])
@pytest.mark.parametrize("exponent", ["3", "−0.5", "+½"])
def test_powers_of_numbers_end_clearly(base: str, power: str, exponent: str) -> None:
    """Whether x belongs to the exponent in 2^3x is not guessed; both of what is suggested can be read, and differ."""
    start = f"{base}{power}{exponent}"
    for beside in ("x", " x", "(x+1)", "|x|", "√x", " x y"):
        with pytest.raises(
            ExpressionError, match=r"^it is not clear whether the exponent goes on here: write "
        ) as caught:
            Expression(f"1 + {start}{beside} - 1")
        first, second = str(caught.value).partition(": write ")[2].split(" or ")
        values = {"x": 0.75, "y": 1.5}
        operand = Expression(f"({beside.removesuffix(' y')})")(**values)
        product = Expression(f"{base}{power}({exponent})")(**values) * operand
        assert Expression(second)(**values) == pytest.approx(product)
        goes_on = Expression(f"{base}{power}(({exponent})*{operand!r})")(**values)
        assert Expression(first)(**values) == pytest.approx(goes_on)


CLEAR_POWERS = {  # typed: the same with a sign for each product
    "x^2y": "(x**2)*y",
    "x^2 y": "(x**2)*y",
    "x^2(y+1)": "(x**2)*(y+1)",
    "3x^2y": "3*(x**2)*y",
    "(x+1)^2y": "((x+1)**2)*y",
    "x²y": "(x**2)*y",
    "2³x": "8*x",
    "x^2 sin x": "(x**2)*sin(x)",
    "2^3 sin x": "8*sin(x)",
    "x^y z": "(x**y)*z",
    "e^x y": "exp(x)*y",
    "2^x(y+1)": "(2**x)*(y+1)",
    "2^(3)x": "8*x",
    "2^(3x)": "2**(3*x)",
    "2^3*x": "8*x",
    "x^2^y z": "(x**(2**y))*z",
}


@pytest.mark.parametrize("text", CLEAR_POWERS)
def test_other_powers_are_factors(text: str) -> None:
    """After a power of a variable, an exponent that is a name or in brackets or raised, and before a function: a product."""
    values = {"x": 1.25, "y": 0.5, "z": 3.0}
    assert Expression(text)(**values) == pytest.approx(Expression(CLEAR_POWERS[text])(**values), rel=1e-15)


@given(st.lists(st.floats(-50.0, 50.0), min_size=2, max_size=6), st.booleans())
def test_functions_of_many_operands(numbers: list[float], listed: bool) -> None:
    """max, min, hypot, logsumexp and other functions take two operands or more, or a list, as Python's own do."""
    names = [f"x{i}" for i in range(len(numbers))]
    text = ", ".join(names)
    oracles: dict[str, Callable[[list[float]], float]] = {
        "max": max, "min": min, "maximum": max, "sum": math.fsum, "prod": math.prod,
        "mean": statistics.fmean, "hypot": lambda xs: math.hypot(*xs),
        "logsumexp": lambda xs: max(xs) + math.log(math.fsum(math.exp(x - max(xs)) for x in xs)),
    }  # fmt: skip
    oracles["logaddexp"] = oracles["logsumexp"]
    for name, oracle in oracles.items():
        f = Expression(f"{name}([{text}])" if listed else f"{name}({text})")
        assert f(**dict(zip(names, numbers, strict=True))) == pytest.approx(oracle(numbers), rel=1e-12, abs=1e-12)


@given(st.floats(-100.0, 100.0), st.floats(0.01, 100.0), st.booleans())
def test_remainders_are_pythons(x: float, y: float, negative: bool) -> None:
    """% and // compute what Python computes, and stand where / stands; side by side binds more."""
    y = -y if negative else y
    assert Expression("x % y")(x=x, y=y) == x % y
    assert Expression("x//y")(x=x, y=y) == x // y
    assert Expression("-x % y*2 + x // y % y")(x=x, y=y) == -x % y * 2 + x // y % y
    assert Expression("x%2y")(x=x, y=y) == x % (2 * y)
    assert Expression("2x//y²")(x=x, y=y) == (2 * x) // y**2


def test_what_a_message_quotes_is_read_back() -> None:
    """The Python text of an operation, as errors quote it, means the operation when it is typed."""
    for name, op in table.TABLE.items():
        if name != "power_term":
            numbers = [0.25, 0.75, 0.5][: op.arity] if name != "acosh" else [1.5]
            assert Expression(op.written(*numbers))() == op(*numbers), name


WITHOUT_VALUE = {
    "z + 1": "no value for z: give it as z=NUMBER",
    "xy": "xy is one name, and has no value: did you mean x*y?",
    "2xe + 1": "xe is one name, and has no value: did you mean x*e?",
    "sinx": "sinx is one name, and has no value: did you mean sin(x)?",
    "sin2x": "sin2x is one name, and has no value: did you mean sin(2x)?",
    "ln2": "ln2 is one name, and has no value: did you mean ln(2)?",
    "σ₁": "no value for σ1: give it as σ1=NUMBER",
    "sin": "sin is a function, which takes its operands in brackets: write sin(...)",
    "sin -x": "sin is a function, which takes its operands in brackets: write sin(...)",
    "sinn(x)": "there is no function sinn: did you mean sin?",
    "Sin(x)": "there is no function Sin: did you mean sin?",
    "cot(x)": "there is no function cot: write 1/tan(...)",
    "d/dx x^2": "derivatives are computed of every expression: write the function alone",
    "f(x)": "there is no function f: for a product, write f*(...)",
    "alpa": "no value for alpa: did you mean alpha?",
    "x and y": "and has no meaning here: write minimum, maximum or 1 - x of comparisons such as [x > y]",
    "import os": "no value for import: give it as import=NUMBER",
    "True": "no value for True: give it as True=NUMBER",
}


@pytest.mark.parametrize("text", WITHOUT_VALUE)
def test_a_name_without_value(text: str) -> None:
    """The error for a name without a value says in one suggestion what may have been meant, and marks the name."""
    with pytest.raises(ExpressionError) as caught:
        Expression(text)(x=1.0, y=2.0, alpha=3.0)
    assert str(caught.value) == WITHOUT_VALUE[text]
    line, marks = caught.value.marked.splitlines()
    assert canonical(line[marks.index("^") : len(marks)]) in str(caught.value)


@pytest.mark.parametrize("text", ["x", "|x|", "2x", "sin x", "√x", "x²", "-x", "(x)", "[x > 0]", "max(x, 1)", "e^x"])
def test_depth_is_no_limit(text: str) -> None:
    """Thousands of terms, factors, powers, brackets, signs and functions are computed: nothing recurses."""
    count = 1_100  # Python recurses 1,000 times
    assert Expression("+".join([text] * count))(x=0.5) == pytest.approx(count * Expression(text)(x=0.5))
    assert Expression("(" * count + text + ")" * count)(x=0.5) == Expression(text)(x=0.5)
    assert Expression("-" * count + text)(x=0.5) == Expression(text)(x=0.5)
    assert 0.0 <= Expression("tanh " * count + f"({text})")(x=0.0) < 0.1
    assert 0.0 <= Expression(f"tanh(|{text}|)^" * count + "1")(x=0.5) <= 1.0


def test_hostile_lengths() -> None:
    """A text of ten million characters is refused at once; one of many names, lists, bars or statements is read."""
    with pytest.raises(ExpressionError, match="build it in Python"):
        Expression("x+" * 5_000_000 + "x")
    assert Expression("sum([" + "x," * 3_000 + "])")(x=1.0) == 3_000.0
    assert Expression("|" * 2_000 + "x" + "|" * 2_000)(x=-1.0) == 1.0
    assert Expression(";".join(f"a{i} = x" for i in range(2_000)))(x=1.0) == 1.0
    with pytest.raises(ExpressionError, match="no value for aaa"):
        Expression("a" * 100_000)()


def test_towers_of_powers_end_at_once() -> None:
    """9**9**9 overflows as floats do, instead of computing 370 million digits; the note says where."""
    with pytest.raises(OverflowError) as caught:
        Expression("9**9**9")()
    assert caught.value.__notes__ == ["autograd_lite: while computing 9.0 ** 387420489.0"]


def test_titles() -> None:
    """A title is the text as it was typed, on one line, with the name of the result."""
    assert Expression(" e^sin x²  ").title("y") == "y = e^sin x²"
    assert Expression("u = x^2;\n  sin u").title("f") == "u = x^2; f = sin u"
    assert Expression("y = x^2").title("f") == "y = x^2"
    assert Expression("x +\n 1").title("y") == "y = x + 1"


def test_marks_stand_below_the_place() -> None:
    """Wide letters, combining ones, control characters and long texts do not move the mark away."""
    assert marked("変数 + ?", 5, 6) == f"  変数 + ?\n  {' ' * 7}^"
    assert marked("x̄ + ?", 5, 6) == f"  x̄ + ?\n  {' ' * 4}^"
    assert marked("\x1b + ?", 4, 5) == f"  \ufffd + ?\n  {' ' * 4}^"
    long = marked("x + " * 100 + "? + x", 400, 401).splitlines()
    assert max(map(len, long)) < 80
    assert long[0][long[1].index("^")] == "?"
