"""How the nodes of a graph are ordered and named, and how texts and numbers are shown: the same in every view."""

from __future__ import annotations

from math import isfinite

from autograd_lite.engine.graph import topological_order
from autograd_lite.engine.value import Value

LONGEST_NAME = 24


def in_order(root: Value) -> list[Value]:
    """All nodes of a graph in topological order, each leaf just before the first node that it is an operand of.

    >>> x = Value(2.0)
    >>> [node.op for node in in_order(x * x)]
    [None, <Op mul>]
    """
    nodes = dict.fromkeys([root] if root.op is None else ())
    for node in topological_order(root):
        nodes |= dict.fromkeys(x for x in node.operands if type(x) is Value)
        nodes[node] = None
    return list(nodes)


def names(nodes: list[Value]) -> dict[Value, str]:
    """The name of each node: its label, or v1, v2, ... by its place, in letters that no label clashes with.

    >>> x = Value(2.0, label="x")
    >>> list(names(in_order(x * x)).values())
    ['x', 'v2']
    """
    labels = [readable(node.label or "") for node in nodes]
    numbered, taken = "v{}", set(labels)
    while any(numbered.format(place) in taken for place in range(1, len(nodes) + 1)):
        numbered = "v" + numbered
    return {
        node: label or numbered.format(place)
        for place, (node, label) in enumerate(zip(nodes, labels, strict=True), start=1)
    }


def readable(text: str) -> str:
    r"""Any text on one line, without the characters that a page cannot hold.

    >>> readable("two\nlines and a bell: \a")
    'two lines and a bell: �'
    """
    held = (" ", "\x7f"), ("\xa0", "\ud800"), ("\ue000", "\ufffe"), ("\U00010000", "\U0010ffff")
    line = " ".join(text.split())
    return "".join(c if any(first <= c < last for first, last in held) else "\ufffd" for c in line)


def short(text: str) -> str:
    """A name that fits into a picture.

    >>> short("the_activation_of_the_third_neuron")
    'the_activation_of_the_t…'
    """
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def shown(x: float) -> str:
    """A number to four digits, a whole part below 100,000 in full, with a true minus sign.

    >>> [shown(x) for x in (1.5, -4.103116, 1 / 3, 12345.6, 1e5, -1.5e-7, 0.0, float("-inf"))]
    ['1.5', '−4.103', '0.3333', '12346', '1e5', '−1.5e−7', '0', '−inf']
    """
    size = abs(float(f"{x:.4g}"))
    if isfinite(x) and (size >= 1e5 or 0.0 < size < 1e-3):
        digits, _, exponent = f"{x:.3e}".partition("e")
        text = f"{float(digits):g}e{int(exponent)}"
    else:
        text = f"{x or 0.0:.{5 if size >= 1e4 else 4}g}"
    return text.replace("-", "−")
