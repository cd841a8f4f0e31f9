"""Optimisers: rules that turn gradients into steps, by the formulas that PyTorch documents for its own.

Each rule is one method, `update`, for one parameter: from its number, its gradient with the weight decay, the learning
rate and what the rule remembers about the parameter (a list of floats) to the new number. Where a rule has no result,
as Adam with eps=0 at a gradient of 0, that is nan, as in PyTorch; `fit` says so and gives the parameters back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from math import inf, nan, sqrt
from typing import Any

from autograd_lite.engine.reals import as_float
from autograd_lite.engine.text import shortened
from autograd_lite.engine.value import Value

COMPUTING = "autograd_lite: while computing "  # how the note of a failed operation begins

Rate = float | Callable[[int], float]


class Optimizer(ABC):
    """Base of all optimisers: it holds the parameters, and `step()` changes their numbers.

    `lr` is the learning rate, or a schedule: a function from the number of steps done so far to the rate.

    >>> from autograd_lite import Value
    >>> from autograd_lite.optim import SGD
    >>> x = Value(1.0)
    >>> optimizer = SGD([x], lr=0.1)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     (x * x).backward()
    ...     optimizer.step()
    >>> x.data
    0.512
    """

    decoupled = False  # whether the weight decay λ changes w itself, or adds λ·w to the gradient
    rate = 0.0  # of the latest step
    memory: tuple[float, ...] = ()  # what the rule remembers about a parameter at the start

    def __init__(self, parameters: Iterable[Value], lr: Rate, weight_decay: float = 0.0) -> None:
        try:
            self.parameters = list(parameters)
        except TypeError:
            raise TypeError(f"an optimiser takes model.parameters() or the like, got {shortened(parameters)}") from None
        for parameter in self.parameters:
            if not isinstance(parameter, Value) or parameter.op is not None:
                raise TypeError(f"an optimiser takes leaves, Values that are not computed, got {shortened(parameter)}")
        if not self.parameters:
            raise ValueError("the optimiser got no parameters")
        if len(set(self.parameters)) < len(self.parameters):
            raise ValueError("a parameter was given to the optimiser twice")
        self.lr = lr if callable(lr) else in_range("lr", lr)
        self.weight_decay = in_range("weight_decay", weight_decay)
        self.steps = 0
        self.memories = [list(self.memory) for _ in self.parameters]

    def step(self) -> None:
        """Change every parameter by one step along its gradient."""
        rate = in_range("the learning rate of the schedule", self.lr(self.steps)) if callable(self.lr) else self.lr
        self.rate = rate
        self.steps += 1
        decay, update, numbers = self.weight_decay, self.update, []
        try:
            for parameter, memory in zip(self.parameters, self.memories, strict=True):
                w, g = parameter.data, parameter.grad
                if decay and self.decoupled:
                    w *= 1.0 - rate * decay
                elif decay:
                    g += decay * w
                numbers.append(update(w, g, rate, memory))
        except (ArithmeticError, ValueError) as error:  # of a rule of the user's own
            place = f"parameter {len(numbers)} = {parameter.data!r}, with the gradient {parameter.grad!r}"
            error.add_note(f"{COMPUTING}a step of {type(self).__name__} for {place}")
            raise
        for parameter, changed in zip(self.parameters, numbers, strict=True):  # all of them, or none after an error
            parameter.data = changed

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    @abstractmethod
    def update(self, w: float, g: float, lr: float, memory: list[float]) -> float:
        """The new number of a parameter w with the gradient g; changes `memory` in place."""


class SGD(Optimizer):
    """Gradient descent, w ← w - lr·g; with `momentum`, along a running sum of the gradients that decays.

    v ← momentum·v + (1 - dampening)·g, in the first step v = g; w ← w - lr·v, or with `nesterov`
    w ← w - lr·(g + momentum·v). `weight_decay` λ adds λ·w to g. Source: PyTorch's documentation of SGD;
    I. Sutskever et al., On the importance of initialization and momentum in deep learning, 2013.

    >>> from autograd_lite import Value
    >>> from autograd_lite.optim import SGD
    >>> w = Value(1.0)
    >>> w.grad = 2.0
    >>> optimizer = SGD([w], lr=0.1, momentum=0.5)
    >>> optimizer.step()
    >>> optimizer.step()
    >>> w.data  # 1 - 0.1·2 - 0.1·(0.5·2 + 2)
    0.5
    """

    memory = (0.0,)

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: Rate = 0.001,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.momentum = in_range("momentum", momentum)
        self.dampening = in_range("dampening", dampening)
        self.nesterov = nesterov
        if nesterov and (not momentum or dampening):
            raise ValueError("Nesterov's momentum needs a momentum and no dampening")

    def update(self, w: float, g: float, lr: float, memory: list[float]) -> float:
        """The rule of the class's documentation."""
        if self.momentum:
            v = self.momentum * memory[0] + (1.0 - self.dampening) * g if self.steps > 1 else g
            memory[0] = v
            g = g + self.momentum * v if self.nesterov else v
        return w - lr * g


class Adam(Optimizer):
    """Steps of about lr, whatever the size of the gradient: its running mean over the root of its mean square.

    m ← β₁·m + (1 - β₁)·g, v ← β₂·v + (1 - β₂)·g²; w ← w - lr·m̂ / (√v̂ + ε) with m̂ = m/(1 - β₁ᵗ) and
    v̂ = v/(1 - β₂ᵗ) at step t. `weight_decay` λ adds λ·w to g. Source: D. P. Kingma and J. Ba, Adam, 2015.

    >>> from autograd_lite import Value
    >>> from autograd_lite.optim import Adam
    >>> w = Value(1.0)
    >>> w.grad = 1000.0
    >>> Adam([w], lr=0.1).step()
    >>> w.data
    0.900000000001
    """

    memory = (0.0, 0.0)

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: Rate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        try:
            first, second = betas
        except (TypeError, ValueError):
            raise TypeError(f"betas are two numbers, such as (0.9, 0.999), got {shortened(betas)}") from None
        self.betas = in_range("betas[0]", first, 1.0), in_range("betas[1]", second, 1.0)
        self.eps = in_range("eps", eps)

    def update(self, w: float, g: float, lr: float, memory: list[float]) -> float:
        """The rule of the class's documentation."""
        first, second = self.betas
        memory[0] = m = first * memory[0] + (1.0 - first) * g
        memory[1] = v = second * memory[1] + (1.0 - second) * g * g
        first, second = 1.0 - first**self.steps, 1.0 - second**self.steps
        # √v̂ as √v/√(1 - β₂ᵗ), which does not overflow where v̂ would.
        return w - quotient(lr / first * m, sqrt(v) / sqrt(second) + self.eps)


class AdamW(Adam):
    """Adam with the weight decay apart from the gradient: w ← w - lr·λ·w before Adam's step, which does not scale it.

    Source: I. Loshchilov and F. Hutter, Decoupled weight decay regularization, 2019.

    >>> from autograd_lite import Value
    >>> from autograd_lite.optim import AdamW
    >>> w = Value(1.0)
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> w.data
    0.95
    """

    decoupled = True

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: Rate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay)


class RMSprop(Optimizer):
    """The gradient over the root of its running mean square: v ← α·v + (1 - α)·g²; w ← w - lr·g / (√v + ε).

    `centered` uses the variance instead of the mean square; `momentum` and `weight_decay` as in SGD.
    Source: G. Hinton, Neural networks for machine learning, lecture 6, 2012.

    >>> from autograd_lite import Value
    >>> from autograd_lite.optim import RMSprop
    >>> w = Value(1.0)
    >>> w.grad = 1000.0
    >>> RMSprop([w], lr=0.1, alpha=0.75).step()
    >>> round(w.data, 9)
    0.8
    """

    memory = (0.0, 0.0, 0.0)

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: Rate = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.alpha = in_range("alpha", alpha)
        self.eps = in_range("eps", eps)
        self.momentum = in_range("momentum", momentum)
        self.centered = centered

    def update(self, w: float, g: float, lr: float, memory: list[float]) -> float:
        """The rule of the class's documentation."""
        memory[0] = square = self.alpha * memory[0] + (1.0 - self.alpha) * g * g
        if self.centered:
            memory[1] = mean = self.alpha * memory[1] + (1.0 - self.alpha) * g
            square = max(square - mean * mean, 0.0)  # rounding may make it negative
        g = quotient(g, root(square) + self.eps)
        if self.momentum:
            memory[2] = g = self.momentum * memory[2] + g
        return w - lr * g


class Adagrad(Optimizer):
    """The gradient over the root of the sum of all its squares: s ← s + g²; w ← w - lr·g / (√s + ε).

    `lr_decay` η divides lr by 1 + (t - 1)·η in step t; `weight_decay` as in SGD. Source: J. Duchi, E. Hazan
    and Y. Singer, Adaptive subgradient methods for online learning and stochastic optimization, 2011.

    >>> from autograd_lite import Value
    >>> from autograd_lite.optim import Adagrad
    >>> w = Value(1.0)
    >>> w.grad = 1000.0
    >>> Adagrad([w], lr=0.1).step()
    >>> w.data
    0.90000000000001
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: Rate = 0.01,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        self.memory = (in_range("initial_accumulator_value", initial_accumulator_value),)
        super().__init__(parameters, lr, weight_decay)
        self.lr_decay = in_range("lr_decay", lr_decay)
        self.eps = in_range("eps", eps)

    def update(self, w: float, g: float, lr: float, memory: list[float]) -> float:
        """The rule of the class's documentation."""
        memory[0] += g * g
        return w - quotient(lr / (1.0 + (self.steps - 1) * self.lr_decay) * g, root(memory[0]) + self.eps)


def quotient(x: float, y: float) -> float:
    """The quotient x / y for y ≥ 0, with IEEE's results where Python's floats raise.

    >>> quotient(1.0, 4.0), quotient(-1.0, 0.0), quotient(0.0, 0.0)
    (0.25, -inf, nan)
    """
    return x / y if y else x * inf


def root(x: float) -> float:
    """√x, and nan for what has none.

    >>> root(4.0), root(-1.0)
    (2.0, nan)
    """
    return nan if x < 0.0 else sqrt(x)


def in_range(name: str, x: Any, below: float = inf) -> float:
    """A number from 0 to below a limit, or an error that names it."""
    try:
        value = as_float(x)
    except (TypeError, OverflowError) as error:
        raise type(error)(f"{name}: {error}") from None
    if not 0.0 <= value < below:
        limit = "" if below == inf else f" below {below:g}"
        raise ValueError(f"{name} is a number from 0{limit}, got {x!r}")
    return value
