"""The playground: an expression or a program that is typed, computed by this package in the browser.

The first example is computed when the site is built, by the functions that the browser asks, so that the page is
complete before Python is loaded.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote

from autograd_lite.engine.files import write_whole
from autograd_lite.engine.text import rounded
from autograd_lite.lessons.showing import html
from autograd_lite.site.browser.playground import Computed, expression
from autograd_lite.site.shell import Site, asset
from autograd_lite.views.picture.drawing import draw

FIRST = "exp(sin(x**2))"
EXPRESSIONS = {  # what is shown, and what is typed
    "e^sin(x²)": (FIRST, {"x": "1.5"}),
    "w·(x·y + z)": ("w·(x·y + z)", {"w": "-2", "x": "-2", "y": "3", "z": "10"}),
    "a neuron": ("z = w1*x1 + w2*x2 + b; σ(z)", {"w1": "0.5", "x1": "1", "w2": "-1.5", "x2": "2", "b": "1"}),
    "|x| ln 2x": ("|x| ln 2x", {"x": "pi/3"}),
    "softmax": ("s = e^a + e^b + e^c; -ln(e^a/s)", {"a": "1", "b": "2", "c": "0.5"}),
    "two layers": (
        "h1 = tanh(w1*x + b1); h2 = tanh(w2*x + b2); (v1*h1 + v2*h2 - t)^2",
        {"w1": "0.5", "x": "1", "b1": "0", "w2": "-1", "b2": "0.5", "v1": "1.5", "v2": "-0.5", "t": "1"},
    ),
}
PROGRAMS = {
    "a first program": """\
x = Value(1.5, label="x")
y = exp(sin(x ** 2))
y.backward()
print("dy/dx =", x.grad)
y
""",
    "micrograd's demo": """\
a = Value(-4.0, label="a")
b = Value(2.0, label="b")
c = a + b
d = a * b + b**3
c += c + 1
c += 1 + c + (-a)
d += d * 2 + relu(b + a)
d += 3 * d + relu(b - a)
e = c - d
f = e**2
g = f / 2.0
g += 10.0 / f
print(f"{g.data:.4f}")   # 24.7041
g.backward()
print(f"{a.grad:.4f}")   # 138.8338
print(f"{b.grad:.4f}")   # 645.5773
g
""",
    "XOR is learnt": """\
X, y = data.gate("xor")
model = nn.MLP(2, [4, 1], "tanh", seed=1)
adam = optim.Adam(model.parameters(), lr=0.1)

for epoch in range(80):
    loss = nn.losses.mse([model(x) for x in X], y)
    adam.zero_grad()
    loss.backward()
    adam.step()
    if epoch % 20 == 19:
        print(f"epoch {epoch + 1}: loss {loss.data:.4f}")

for x, target in zip(X, y):
    print(x, "→", round(model(x).data, 2), "for", target)
loss
""",
    "Newton's method": """\
f = lambda x: x**4 - 3 * x**3 + 2    # its minimum is at 9/4
first, second = grad(f), grad(grad(f))

x = 3.0
for step in range(7):
    print(f"step {step}: x = {x:.12f}, f'(x) = {first(x):.2e}")
    x -= first(x) / second(x)

f(Value(x, label="x"))
""",
    "an operation of one's own": """\
bump = Op("bump",
          lambda x: exp(-x * x),
          [lambda x, y: -2 * x * y])     # the local derivative, from the operand and the result

check_gradients(bump, 0.7)               # against differences: an error if it is wrong
x = Value(0.7, label="x")
print("third derivative:", grad(grad(grad(bump)))(0.7))
bump(x) * sin(x)
""",
}


def write(folder: Path, site: Site, tell: Callable[[str], object]) -> list[str]:
    """Write the playground; what it lacks, in words."""
    first = expression(FIRST, {"x": "1.5"}, 1, "", tell)
    write_whole(folder / "assets" / "first.html", first.pop("page").encode())
    body = asset("playground.html")
    parts = {
        "first": escape(FIRST),
        "picture": html.picture(draw(Computed(FIRST, {"x": "1.5"}).root).svg().encode(), first["title"]),
        "results": "".join(_result(*result) for result in first["results"]),
        "expressions": _links({name: expression_hash(*typed) for name, typed in EXPRESSIONS.items()}),
        "programs": _links({name: program_hash(text.rstrip()) for name, text in PROGRAMS.items()}),
        "program": escape(next(iter(PROGRAMS.values())).rstrip()),
    }
    for name, text in parts.items():
        body = body.replace(f"[[{name}]]", text)
    page = site.page(
        "index.html",
        "autograd_lite",
        body,
        modules=["playground"],
        styles=["playground"],
        told={"first": first},
    )
    write_whole(folder / "index.html", page.encode())
    return []


def expression_hash(text: str, numbers: dict[str, str]) -> str:
    """The part of the address that stands for an expression, as address.js writes it.

    >>> expression_hash("x^2 + y", {"x": "1.5", "y": "pi/3"})
    '#expression=x^2%20+%20y&x=1.5&y=pi/3'
    """
    pairs = {"expression": text, **numbers}
    return "#" + "&".join(f"{name}={quote(value, safe='!()*~^+/,=')}" for name, value in pairs.items())


def program_hash(text: str) -> str:
    """The part of the address that stands for a program: compressed, in letters that an address may have.

    >>> program_hash("y = Value(2.0) * 3")
    '#program=q1SwVQhLzClN1TDSM9BU0FIwBgA'
    """
    press = zlib.compressobj(9, wbits=-15)
    content = press.compress(text.encode()) + press.flush()
    return "#program=" + urlsafe_b64encode(content).decode().rstrip("=")


def _links(hashes: dict[str, str]) -> str:
    return "".join(f'<li><a href="{escape(link)}">{escape(name)}</a></li>' for name, link in hashes.items())


def _result(name: str, number: str, kind: str) -> str:
    return f'<span><i>{escape(name)}</i> = <b class="{kind}">{rounded(float(number), 7).replace("-", "−")}</b></span>'
