"""What the loss asks of the outputs: its programs for the page, and what the outputs mean, classes or numbers.

All of it is found by asking the loss, so that one of the user's own counts like those of `nn.losses`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from math import fsum, isclose
from typing import Any

from autograd_lite.engine.graph import reverse_sweep
from autograd_lite.engine.ops import Operand
from autograd_lite.engine.program import Program
from autograd_lite.engine.sequences import softmax
from autograd_lite.engine.table import sigmoid
from autograd_lite.engine.value import Value, plain
from autograd_lite.nn.samples import flat
from autograd_lite.train.watch.programs import Losses, function
from autograd_lite.train.watch.recorded import FAILED, NEAR, TRIED, Recorded

MOST_TARGETS = 20  # each with a program of its own; of more, the target is an input of one program
ASKED = (0.7, -0.4, 0.2, -1.1, 0.9)  # outputs at which a loss is asked for its slopes, the first of them
NAMES = {
    "mse": "squared error",
    "mae": "absolute error",
    "binary_cross_entropy": "cross-entropy",
    "binary_cross_entropy_with_logits": "cross-entropy",
    "cross_entropy": "cross-entropy",
    "cross_entropy_of_probabilities": "cross-entropy",
}


class Judged:
    """What is to be learned: the targets, and what the loss makes of outputs and targets.

    >>> from autograd_lite import nn, optim
    >>> from autograd_lite.train.kept import Kept
    >>> model = nn.MLP(2, [3, 1], "tanh", seed=1)
    >>> loss = nn.losses.binary_cross_entropy_with_logits
    >>> data = [[0.5, -1.0], [1.0, 1.0]], [1, 0]
    >>> kept = Kept(model, loss, *data, optimizer=optim.SGD(model.parameters(), 0.1), keep=1)
    >>> judged = Judged(Recorded(kept))
    >>> judged.classes, judged.decide, judged.confidence, judged.name
    (2, 'score', 'sigmoid', 'cross-entropy')
    """

    def __init__(self, recorded: Recorded) -> None:
        self.recorded, self.kept = recorded, recorded.kept
        self.targets = list(map(_key, self.kept.targets))
        self.held_targets = list(map(_key, self.kept.held_targets))
        self.distinct = sorted(set(self.targets) | set(self.held_targets), key=_parts)
        self.width = len(recorded.outputs)
        self.classes, self.decide = self._read()
        self.confidence = self._confidence() if self.classes else "none"
        self.still = ""  # why the page cannot go on training
        self.losses: Losses | None = None
        try:
            self.losses = self._losses()
        except FAILED as error:
            self.still = f"the loss is no program of outputs and targets: {error}"

    @property
    def name(self) -> str:
        """What the loss is called."""
        loss = self.kept.loss
        while isinstance(loss, partial):
            loss = loss.func
        name = getattr(loss, "__name__", type(loss).__name__)
        return NAMES.get(name, "loss of one’s own" if name == "<lambda>" else name.replace("_", " "))

    def class_of(self, target: Any) -> Any:
        """The number of a target's class, or the target itself where it is a number to predict."""
        target = _alone(target)
        if not self.classes:
            return list(target) if isinstance(target, tuple) else target
        if isinstance(target, tuple):
            return max(range(len(target)), key=target.__getitem__)
        return int(target) if self.decide == "argmax" else int(target > 0.0)

    def place_of(self, target: Any) -> int:
        """Which of the programs is that of a target."""
        return 0 if self.losses is None or self.losses.takes_target else self._places[target]

    @cached_property
    def _places(self) -> dict[Any, int]:
        return {target: place for place, target in enumerate(self.distinct)}

    def _read(self) -> tuple[int, str]:
        """How many classes there are, 0 for numbers, and what decides between them."""
        if self.width > 1:
            vectors = all(isinstance(t, tuple) for t in self.distinct)
            if vectors and all(len(t) == self.width and isclose(fsum(t), 1.0) and min(t) >= 0.0 for t in self.distinct):
                return self.width, "argmax"
            whole = all(isinstance(t, float) and t.is_integer() and 0 <= t < self.width for t in self.distinct)
            return (self.width, "argmax") if whole else (0, "value")
        numbers = {_alone(t): t for t in self.distinct}
        if set(numbers) <= {-1.0, 1.0}:
            return 2, "score"
        if not set(numbers) <= {0.0, 1.0}:
            return 0, "value"

        def even(at: float) -> bool:  # whether the loss is the same for both classes
            zero, one = (self.at([at], numbers.get(y, y)) for y in (0.0, 1.0))
            return zero is not None and one is not None and isclose(zero, one, rel_tol=NEAR)

        return 2, "score" if even(0.0) and not even(0.5) else "half"

    def _confidence(self) -> str:
        """How the outputs become probabilities: as the loss's slopes say, which are then probability minus target."""
        z = list(ASKED[: self.width]) + [0.0] * (self.width - len(ASKED))
        target = self.distinct[-1]
        if self.width == 1 and _alone(self.distinct[0]) == -1.0:
            return "tanh"
        slopes = self._slopes(z, target)
        if slopes is None:
            return "none"
        shares = softmax(z) if self.width > 1 else [sigmoid(z[0])]
        wanted = [*target] if isinstance(target, tuple) else [float(target)]
        if self.width > 1 and not isinstance(target, tuple):
            wanted = [float(k == target) for k in range(self.width)]
        near = all(isclose(s, p - t, abs_tol=1e-6) for s, p, t in zip(slopes, shares, wanted, strict=True))
        return ("softmax" if self.width > 1 else "sigmoid") if near else "none"

    def at(self, outputs: Sequence[Any], target: Any) -> float | None:
        """The loss of one sample, or None where it has none."""
        try:
            return plain(self.loss_of(outputs, target))
        except FAILED:
            return None

    def _slopes(self, outputs: list[float], target: Any) -> list[float] | None:
        nodes = [Value(x) for x in outputs]
        try:
            adjoints = reverse_sweep({self.loss_of(nodes, target): 1.0}, nodes)  # the parameters keep their gradients
        except FAILED:
            return None
        return [adjoints.get(x, 0.0) for x in nodes]

    def loss_of(self, outputs: Sequence[Any], target: Any) -> Any:
        """The loss of one sample, the outputs in the structure that the model gives them."""
        return self.loss_of_output(self.recorded.shaped(outputs), target)

    def loss_of_output(self, output: Any, target: Any) -> Any:
        """The loss of one sample, of what the model returns for it."""
        return self.kept.loss_of([output], [_given(target)])

    def _losses(self) -> Losses:
        """The programs of the loss; raises what says why there are none."""
        states = self.kept.states
        with self.kept.at(states[-1].numbers):
            self._check_mean()
            sample = [node.data for node in self.recorded.outputs]
            if len(self.distinct) <= MOST_TARGETS:
                return Losses([self._program(sample, t, []) for t in self.distinct], takes_target=False)
            first = self.distinct[0]
            inputs = [Value(t) for t in _parts(first)]
            program = self._program(sample, tuple(inputs) if isinstance(first, tuple) else inputs[0], inputs)
            run = function(program)
            for target in self.distinct[:: max(1, len(self.distinct) // TRIED)]:
                told = run([*sample, *states[-1].numbers, *_parts(target)])
                found = self.at(sample, target)
                if found is None or not isclose(told[0], found, rel_tol=NEAR, abs_tol=NEAR):
                    raise ValueError(f"it has {len(self.distinct)} targets, and is another function for each")
            return Losses([program], takes_target=True)

    def _program(self, outputs: list[float], target: Any, targets: list[Value]) -> Program:
        nodes = [Value(x) for x in outputs]
        y = self.loss_of(nodes, target)
        if not isinstance(y, Value):
            y = Value(plain(y))  # of this target, whatever the outputs are
        return Program(y, inputs=[*nodes, *self.kept.parameters, *targets])

    def _check_mean(self) -> None:
        """Raise ValueError unless the loss of several samples is the mean of their losses."""
        kept = self.kept
        samples, targets = kept.samples[:TRIED], kept.targets[:TRIED]
        outputs = [kept.model(x) for x in samples]
        whole = plain(kept.loss_of(outputs, targets))
        each = [plain(kept.loss_of([y], [t])) for y, t in zip(outputs, targets, strict=True)]
        if not isclose(whole, fsum(each) / len(each), rel_tol=1e-6, abs_tol=1e-9):
            raise ValueError("the loss of several samples is not the mean of their losses")


def _key(target: Any) -> Any:
    """A target as a number, or as a tuple of numbers."""
    if isinstance(target, (list, tuple)):
        return tuple(map(plain, flat(target)))
    return plain(target)


def _alone(target: Any) -> Any:
    """A number in a list of its own as the number."""
    return target[0] if isinstance(target, tuple) and len(target) == 1 else target


def _parts(target: Any) -> tuple[Any, ...]:
    """The numbers of a target."""
    return target if isinstance(target, tuple) else (target,)


def _given(target: Any) -> Any:
    """A target as the loss gets it: a whole number as such, since a class is one."""
    if isinstance(target, tuple):
        return list(target)
    return int(target) if not isinstance(target, Operand) and target.is_integer() else target
