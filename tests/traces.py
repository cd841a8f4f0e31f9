"""Graphs to trace: those of the lessons, and one with hostile names; and what LaTeX has to be like."""

from __future__ import annotations

import re

from autograd_lite import Trace, Value, clip, elu, exp, leaky_relu, log, maximum, sin, trace, where

HOSTILE = [
    "a|b",
    r"a\|b",
    "<img src=x onerror=alert(1)>",
    "*x*",
    "`b`",
    "``",
    "two\nlines",
    "_x_",
    "[a](http://b)",
    "&amp;",
]
HOSTILE += [
    "$x$ & 100 % #1 {y} ~^_",
    r"\end{array}",
    r"\\[9cm]",
    "[2em]",
    "*",
    '"q"',
    "中文",
    "ÐÞ ß é",
    "x₁",
    "\\",
    "a" * 10_000,
]


def esin() -> tuple[Value, Trace]:
    """e^sin(x²) at 1.5 (lesson L01)."""
    x = Value(1.5, label="x")
    y = exp(sin(x**2))
    y.label = "y"
    return x, trace(y)


def circuit() -> Trace:
    """The circuit of lesson L02."""
    x, y, z, w = Value(-2, "x"), Value(3, "y"), Value(10, "z"), Value(-2, "w")
    g = x * y
    f = g + z
    out = w * f
    g.label, f.label, out.label = "g", "f", "L"
    return trace(out)


def survey() -> tuple[Value, Trace]:
    """The example of the survey by Baydin et al. (lesson L05)."""
    x1, x2 = Value(2.0, "x1"), Value(5.0, "x2")
    f = log(x1) + x1 * x2 - sin(x2)
    f.label = "f"
    return x1, trace(f)


def hostile() -> Trace:
    """A graph whose leaves have names that mean something in Markdown, LaTeX, HTML or the terminal."""
    xs = [Value(1.0 + place / 7.0, label=label) for place, label in enumerate([*HOSTILE, "[bold]", "[/bold]"])]
    y = xs[0]
    for x in xs[1:]:
        y = y * x + log(x)
    n = Value(2.0, label="n")
    return trace(maximum(y, 1e-9) + leaky_relu(xs[1]) + elu(xs[2]) + (1e-7**n) + where(n, xs[0], xs[1]) + clip(n, y, y))


def check_latex(text: str) -> None:
    """Braces, environments and fences are balanced, and no exponent or index stands twice."""
    bare = re.sub(r"\\[{}]", "", text)
    depth = 0
    for c in bare:
        depth += (c == "{") - (c == "}")
        assert depth >= 0, text
    assert depth == 0, text
    fences = 0
    for fence in re.findall(r"\\(left|right)(?![a-z])", bare):
        fences += 1 if fence == "left" else -1
        assert fences >= 0, text
    assert fences == 0, text
    assert bare.count(r"\begin{") == bare.count(r"\end{"), text
    assert not re.search(r"\^\{[^{}]*\}'*\^|_\{[^{}]*\}_", bare), text
