"""Rules that turn gradients into steps: optimisers, schedules, clipping; and the baselines that do without them."""

from autograd_lite.optim.baselines import Descent, least_squares, numerical_descent, random_search
from autograd_lite.optim.clipping import clip_grad_norm, clip_grad_value
from autograd_lite.optim.optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from autograd_lite.optim.schedules import cosine, linear, step_decay

__all__ = [
    "Adagrad", "Adam", "AdamW", "Descent", "Optimizer", "RMSprop", "SGD", "clip_grad_norm", "clip_grad_value",
    "cosine", "least_squares", "linear", "numerical_descent", "random_search", "step_decay",
]  # fmt: skip
