"""Expressions typed by a person, such as `exp(sin(x**2))`: read with Python's parser, evaluated by the table.

Nothing is `eval`uated. Every kind of node that is allowed is listed here, and becomes one step of a
program for a stack of operands; all others are refused by name.
"""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from autograd_lite.engine import sequences
from autograd_lite.engine.ops import Op
from autograd_lite.engine.table import TABLE, add, div, mul, neg, pow, sub

CONSTANTS = {"pi": math.pi, "tau": math.tau, "e": math.e, "inf": math.inf, "nan": math.nan}
SEQUENCE_FUNCTIONS = {f.__name__: f for f in (sequences.sum, sequences.prod, sequences.mean, sequences.logsumexp)}
OPERATORS: dict[type[ast.operator], Op] = {ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: div, ast.Pow: pow}
LONGEST = 20_000


class ExpressionError(ValueError):
    """A text that is not an expression of the table's operations, or lacks the value of a name."""


class _Step(NamedTuple):
    """Replace the last `arity` operands on the stack by what the function makes of them."""

    apply: Callable[..., Any]
    arity: int


class Expression:
    """An expression of numbers, names, + - * / **, parentheses and the functions of the table.

    Lists are allowed where a function takes a sequence: `sum([x, y, z])`. `names` are the names used, in
    their order. Called with values by name, numbers or `Value`s, it computes; `pi`, `tau`, `e`, `inf` and
    `nan` need none. Raises ExpressionError, with one line that says what to change.

    >>> from autograd_lite.views.expressions import Expression
    >>> f = Expression("exp(sin(x**2))")
    >>> f.names, f(x=1.5)
    (['x'], 2.177273044783055)
    """

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self.names: list[str] = []
        self._steps: list[_Step | str | float] = []
        self._compile(_parsed(self.text))

    def __call__(self, /, **values: Any) -> Any:
        """The expression for these values of its names: a float, or a node where a `Value` is among them."""
        stack: list[Any] = []
        for step in self._steps:
            if isinstance(step, _Step):
                operands = [stack.pop() for _ in range(step.arity)][::-1]
                try:
                    stack.append(step.apply(*operands))
                except (ArithmeticError, ValueError) as error:
                    if isinstance(step.apply, Op) and not hasattr(error, "__notes__"):  # a Value says it itself
                        error.add_note(f"autograd_lite: while computing {step.apply.written(*operands)}")
                    raise
            elif isinstance(step, str):
                stack.append(self._value_of(step, values))
            else:
                stack.append(step)
        return stack.pop()

    def _value_of(self, name: str, values: Mapping[str, Any]) -> Any:
        if name in values:
            return values[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        raise ExpressionError(f"no value for {name}: give it as {name}=NUMBER")

    def _compile(self, root: ast.expr) -> None:
        """Write the steps in the order of evaluation, with a stack of its own, so that depth is not limited."""
        todo: list[ast.expr | _Step] = [root]
        while todo:
            node = todo.pop()
            if isinstance(node, _Step):
                self._steps.append(node)
            elif isinstance(node, ast.Constant):
                self._steps.append(self._literal(node))
            elif isinstance(node, ast.Name):
                self._steps.append(self._name(node.id))
            else:
                apply, operands = self._application(node)
                todo.append(_Step(apply, len(operands)))
                todo.extend(reversed(operands))

    def _literal(self, node: ast.Constant) -> float:
        if type(node.value) not in (int, float):
            raise ExpressionError(f"only numbers and names are allowed, got {self._source(node)}")
        try:
            return float(node.value)  # type: ignore[arg-type]  # an int or a float, as checked above
        except OverflowError:
            raise ExpressionError(f"the number {self._source(node)} is too large for a float (1.8e308)") from None

    def _name(self, name: str) -> str:
        if name in TABLE or name in SEQUENCE_FUNCTIONS:
            raise ExpressionError(f"{name} is a function: write {name}(...)")
        if name not in self.names:
            self.names.append(name)
        return name

    def _application(self, node: ast.expr) -> tuple[Callable[..., Any], list[ast.expr]]:
        """What a node applies, and to which operands."""
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)], [node.left, node.right]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return neg, [node.operand]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd):
            return _itself, [node.operand]
        if isinstance(node, ast.Call):
            return self._call(node)
        raise ExpressionError(self._refusal(node))

    def _call(self, node: ast.Call) -> tuple[Callable[..., Any], list[ast.expr]]:
        if not isinstance(node.func, ast.Name):
            raise ExpressionError(self._refusal(node.func))
        name = node.func.id
        if name not in TABLE and name not in SEQUENCE_FUNCTIONS:
            import difflib

            near = difflib.get_close_matches(name, [*TABLE, *SEQUENCE_FUNCTIONS], 3)
            hint = (
                f"did you mean {' or '.join(near)}?"
                if near
                else "known are " + ", ".join(sorted([*TABLE, *SEQUENCE_FUNCTIONS]))
            )
            raise ExpressionError(f"unknown function {shown(name)}: {hint}")
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise ExpressionError(f"{name} takes its operands by position: {self._source(node)}")
        if name in SEQUENCE_FUNCTIONS:
            if len(node.args) != 1 or not isinstance(node.args[0], (ast.List, ast.Tuple)):
                raise ExpressionError(f"{name} takes one list: {name}([x, y])")
            function = SEQUENCE_FUNCTIONS[name]
            return lambda *operands: function(operands), node.args[0].elts
        op = TABLE[name]
        try:
            op.check_count(len(node.args))
        except TypeError as error:
            raise ExpressionError(str(error)) from None
        return op, node.args

    def _refusal(self, node: ast.expr) -> str:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
            return "^ is not a power in Python: write x**2"
        if isinstance(node, (ast.Compare, ast.IfExp, ast.BoolOp)):
            return (
                f"comparisons and conditions are not allowed, use where, step, maximum or minimum: {self._source(node)}"
            )
        what = {ast.Attribute: "attribute access", ast.Subscript: "indexing", ast.Lambda: "a function definition"}
        kind = what.get(type(node), f"this kind of expression ({type(node).__name__})")
        return f"{kind} is not allowed, only numbers, names, + - * / ** and functions: {self._source(node)}"

    def _source(self, node: ast.expr) -> str:
        return shown(ast.get_source_segment(self.text, node) or type(node).__name__)


def shown(text: str) -> str:
    """A piece of somebody's text on one line, without control characters, and not too long."""
    plain = ascii(text)[1:-1] if not text.isprintable() else text
    return plain if len(plain) <= 60 else plain[:57] + "..."


def _parsed(text: str) -> ast.expr:
    if not text:
        raise ExpressionError("the expression is empty: write one such as exp(sin(x**2))")
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression has {len(text)} characters, more than {LONGEST}: build it in Python")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about texts that are refused below anyway
            return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        near = shown(text[max(0, (error.offset or 1) - 1) :]) or "its end"
        raise ExpressionError(f"cannot read the expression near {near}: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise ExpressionError("the expression is nested too deeply: split it, or build it in Python") from None
    except ValueError as error:  # a null byte
        raise ExpressionError(f"cannot read the expression: {error}") from None


def _itself(x: Any) -> Any:
    return x
