"""What a diagnosis consists of, `Finding`s, and what it looks at: a graph, read once, with names for its nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from itertools import chain
from math import isfinite
from os.path import basename
from typing import Any, NamedTuple

from autograd_lite.engine.context import Line
from autograd_lite.engine.graph import edges, reverse_sweep, topological_order
from autograd_lite.engine.notebook import table
from autograd_lite.engine.text import counted, readable, short, shortened
from autograd_lite.engine.value import Value, plain
from autograd_lite.views.formulas import FormulaOperand
from autograd_lite.views.names import in_order, names
from autograd_lite.views.notations import PRECISE, exact_number

LONGEST_LINE = 60  # of a user's code in a message
# A healthy unit is off for one sample in two: with fewer samples than the gates' four, too often for all of them.
FEWEST_SAMPLES = 4
UNIT = re.compile(r"neuron\d*")  # the scopes of a layer's units, as `nn.Layer` calls them


class Finding(NamedTuple):
    """What is wrong with a graph, in one line of plain words, and where.

    `kind` is one of KINDS in `autograd_lite.views.doctor.diagnosis`. `label`, `scope` and `line` are those of the node;
    the line is known of graphs that were recorded inside `with record_lines():`.

    >>> from autograd_lite import Value, diagnose
    >>> x = Value(1e200, label="x")
    >>> finding = diagnose(x * x)[0]
    >>> finding.kind, finding.node.data, finding.label, finding.scope, finding.line
    ('value not finite', inf, None, (), None)
    """

    kind: str
    message: str
    node: Value
    label: str | None
    scope: tuple[str, ...]
    line: Line | None

    def __str__(self) -> str:
        return self.message


class Findings(list[Finding]):
    """What is wrong with a graph, the most severe first: a list, which a notebook shows as a table.

    >>> from autograd_lite import Value, diagnose
    >>> diagnose(Value(2.0) * 3.0)._repr_html_()
    'Nothing found.'
    """

    def _repr_html_(self) -> str:
        if not self:
            return "Nothing found."
        return table(counted(len(self), "finding"), ["kind", "message"], [[f.kind, f.message] for f in self])


class Examined:
    """A graph that is being looked at: its nodes in order, who uses each leaf, the adjoints."""

    def __init__(self, root: Value, parameters: dict[Value, str] | None) -> None:
        self.root = root
        self.parameters = parameters
        self.order: list[Value] = topological_order(root)
        self.nodes = in_order(root)
        self.leaves = [node for node in self.nodes if node.op is None]
        self.user: dict[Value, Value] = {}  # of each leaf the first node that uses it, one in a scope if there is such
        for edge in chain.from_iterable(map(edges, self.order)):
            x = edge.operand
            if x.op is None and (x not in self.user or not self.user[x].scope):
                self.user[x] = edge.node
        self.swept = root.op is not None and root.grad != 0.0 and isfinite(root.grad)  # backward() has come by
        self.seed = root.grad if self.swept else 1.0

    @cached_property
    def adjoints(self) -> dict[Value, float]:
        """The adjoint of every node that a gradient reaches: a reverse sweep that reads and writes no `.grad`."""
        return reverse_sweep({self.root: self.seed}, self.leaves)

    @property
    def learning(self) -> list[Value]:
        """The leaves whose gradients matter: the parameters, or all leaves where none are given."""
        return self.leaves if self.parameters is None else list(self.parameters)

    @cached_property
    def names(self) -> dict[Value, str]:
        """The names of all nodes, those that the other views give them."""
        return names(self.nodes)

    def name(self, x: Value) -> str:
        """What a message calls a node: the parameter's name, the label, or its number in the graph."""
        own = (self.parameters or {}).get(x, "") or self.names.get(x, "") or x.label or ""
        return short(readable(own)) or "a leaf without a label"

    def listed(self, nodes: list[Value]) -> str:
        """A node by its name, and how many more there are."""
        return f"{self.name(nodes[0])}{f' (and {len(nodes) - 1} more)' if len(nodes) > 1 else ''}"

    def written(self, node: Value) -> str:
        """The operation of a node, applied to labels and numbers."""
        operands = (FormulaOperand(name) if (name := self._label(x)) else plain(x) for x in node.operands)
        return PRECISE.of(FormulaOperand("", None, node.op, tuple(operands))) if node.op else ""

    def known(self, node: Value) -> str:
        """The numbers behind the labels in `written`."""
        pairs = dict.fromkeys(f"{name} = {exact_number(x.data)}" for x in node.operands if (name := self._label(x)))
        return f", with {', '.join(pairs)}" if pairs else ""

    def _label(self, x: Any) -> str:
        """The name of an operand that has a label; nothing for others, whose numbers say more."""
        return short(self.names.get(x, "") or readable(x.label)) if type(x) is Value and x.label else ""


def finding(kind: str, node: Value, message: str) -> Finding:
    """A finding at a node, its message on one line, without marks that would turn the direction of a text."""
    printable = "".join(c if c.isprintable() else "\ufffd" for c in readable(message))
    return Finding(kind, printable, node, node.label, node.scope, node.line)


def inside(scope: tuple[str, ...]) -> str:
    """A scope as part of a sentence: ' in scope mlp/layer0', or nothing outside of scopes.

    >>> inside(("mlp", "layer0")), inside(())
    (' in scope mlp/layer0', '')
    """
    return f" in scope {path(scope)}" if scope else ""


def path(scope: tuple[str, ...]) -> str:
    """The names of a scope, as they are written.

    >>> path(("mlp", "layer0"))
    'mlp/layer0'
    """
    return "/".join(short(readable(name)) for name in scope)


def at(node: Value) -> str:
    """The line of a node as part of a sentence, where it was recorded.

    >>> at(Value(2.0))
    ''
    """
    line = node.line
    if line is None:
        return ""
    text = readable(line.text)
    text = text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…"
    return f", at {readable(basename(line.file))}:{line.number}{text and f' ({text})'}"


def layer_of(scope: tuple[str, ...]) -> tuple[str, ...]:
    """The scope of the layer that a scope belongs to: a neuron's parent, otherwise itself.

    >>> layer_of(("mlp", "layer0", "neuron3")), layer_of(("mlp", "layer0"))
    (('mlp', 'layer0'), ('mlp', 'layer0'))
    """
    return scope[:-1] if scope and UNIT.fullmatch(scope[-1]) else scope


def named(parameters: Iterable[Any] | None) -> dict[Value, str] | None:
    """The parameters, each with its name or an empty one; TypeError for what is not a list of them.

    >>> named([("w", Value(1.0)), Value(2.0)]).values()
    dict_values(['w', ''])
    """
    if parameters is None:
        return None
    found: dict[Value, str] = {}
    try:
        entries = list(parameters)
    except TypeError:
        entries = [parameters]
    for entry in entries:
        name, x = entry if isinstance(entry, tuple) and len(entry) == 2 else ("", entry)
        if not isinstance(x, Value) or not isinstance(name, str):
            raise TypeError(
                "diagnose(y, parameters): give Values or pairs of name and Value, "
                f"as model.named_parameters() does, got {type(entry).__name__} {shortened(entry)}"
            )
        found.setdefault(x, name)
    return found
