"""Questions in the terminal: what a step asks at each of four levels, and what is said to an answer.

The levels, the tries and the mistakes are those of the page (`questions.js`): 1 asks for the local derivative, 2 for
upstream × local, 3 for the sum at a node that is used more than once, 4 for the gradient of a leaf with nothing given;
on every level a step forward asks for the value.
"""

from __future__ import annotations

from autograd_lite.engine.text import shown
from autograd_lite.views.expressions import CONSTANTS, Expression, ExpressionError
from autograd_lite.views.notations import TEXT
from autograd_lite.views.steps.asked import Earlier, Kind, Question, agrees
from autograd_lite.views.steps.mistakes import diagnose
from autograd_lite.views.steps.passes import Backward, Passes, Step

LEVELS = {"1": "local", "2": "product", "3": "sum", "4": "gradient"}
TRIES = 3  # after these, the answer is told


def kind_at(step: Step, level: str) -> Kind | None:
    """What a step asks at a level; None where it asks nothing.

    >>> from autograd_lite import Value, trace
    >>> steps = trace(Value(3.0, label="x") ** 2)
    >>> [kind_at(step, "4") for step in steps]
    [None, 'value', 'gradient']
    """
    if not isinstance(step, Backward):
        return "value" if step.node.op is not None else None
    if level == "3":
        return "sum" if step.complete and step.uses > 1 else None
    if level == "4":
        return "gradient" if step.complete and step.operand.op is None else None
    return "local" if level == "1" else "product"


class Quiz:
    """The questions about a trace, with what has been answered so far.

    >>> from autograd_lite import Value, sin, trace
    >>> quiz = Quiz(trace(sin(Value(0.5, label="x"))))
    >>> quiz.level = "1"
    >>> quiz.open(3), quiz.prompt(3)
    ('local', '∂v2/∂x = ?')
    >>> quiz.answer(3, "0.479")
    '0.4794 is the value of sin x itself. Asked is its slope: how fast it changes with x.'
    >>> quiz.answer(3, "cos(0.5)"), quiz.open(3)
    ('Right: What has reached v2, 1, times ∂v2/∂x = cos x = 0.8776: 1 × 0.8776 = 0.8776.', None)
    """

    def __init__(self, trace: Passes) -> None:
        self.trace = trace
        self.level = ""  # none is asked
        self.over: set[tuple[int, Kind]] = set()
        self.earlier: list[Earlier] = []
        self.tried: dict[tuple[int, Kind], int] = {}

    def open(self, done: int) -> Kind | None:
        """What is asked after so many steps, and not answered yet."""
        kind = kind_at(self.trace[done - 1], self.level) if self.level else None
        return None if kind is None or (done, kind) in self.over else kind

    def prompt(self, done: int) -> str:
        """The question in symbols."""
        step, names = self.trace[done - 1], self.trace.names
        if not isinstance(step, Backward):
            return f"{step.name} = {step.operation} = ?"
        local = TEXT.derivative(step.name, step.operand_name)
        whole = TEXT.derivative(names[self.trace.root], step.operand_name)
        return {
            "local": f"{local} = ?",
            "product": f"What has reached {step.name}, {shown(step.upstream)}, times {local}: ?",
            "sum": f"{step.operand_name} is used {step.uses} times: the sum {whole} = ?",
            "gradient": f"{whole} = ?",
        }[self.open(done) or "local"]

    def answer(self, done: int, text: str) -> str:
        """What is said to an answer; the one after the third wrong one is followed by what is right."""
        step, kind = self.trace[done - 1], self.open(done)
        if kind is None:
            return ""
        try:
            guess = self._read(text, step, kind)
        except ExpressionError as error:
            return str(error)
        question = Question(self.trace, step, kind)
        if agrees(guess, question.truth):
            self.over.add((done, kind))
            return f"Right: {step.words()}"
        said = diagnose(self.trace, step, kind, guess, self.earlier) or f"Not {shown(guess)}."
        self.earlier.append(Earlier(step, kind, guess))
        self.tried[done, kind] = self.tried.get((done, kind), 0) + 1
        return f"{said} {self.tell(done)}" if self.tried[done, kind] > TRIES else said

    def tell(self, done: int) -> str:
        """The answer, with its reason; nothing is asked here any more."""
        kind = self.open(done)
        if kind is None:
            return ""
        self.over.add((done, kind))
        step = self.trace[done - 1]
        whole = f" In all {shown(step.total)}." if isinstance(step, Backward) and step.uses > 1 else ""
        return step.words() + whole * (kind == "gradient")

    def _read(self, text: str, step: Step, kind: Kind) -> float:
        """The number that an answer is: an expression of numbers, and of the names whose values are known."""
        if text.count(",") == 1 and text.replace(",", "").strip(" -−").isdigit():
            text = text.replace(",", ".")
        expression = Expression(text)
        known = self.trace.nodes[: self.trace.places[step.node]] if kind == "value" else self.trace.nodes
        values = {self.trace.names[node]: self.trace.values[node] for node in known}
        for name in expression.names:
            if name not in values and name not in CONSTANTS:
                raise expression.missing(name)
        return float(expression(**{name: values[name] for name in expression.names if name in values}))
