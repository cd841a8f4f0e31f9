"""Rules that turn gradients into steps: optimisers, schedules, clipping; and the baselines that do without them."""

from autograd_lite.optim.baselines import Descent as Descent
from autograd_lite.optim.baselines import least_squares as least_squares
from autograd_lite.optim.baselines import numerical_descent as numerical_descent
from autograd_lite.optim.baselines import random_search as random_search
from autograd_lite.optim.clipping import clip_grad_norm as clip_grad_norm
from autograd_lite.optim.clipping import clip_grad_value as clip_grad_value
from autograd_lite.optim.optimizers import SGD as SGD
from autograd_lite.optim.optimizers import Adagrad as Adagrad
from autograd_lite.optim.optimizers import Adam as Adam
from autograd_lite.optim.optimizers import AdamW as AdamW
from autograd_lite.optim.optimizers import Optimizer as Optimizer
from autograd_lite.optim.optimizers import RMSprop as RMSprop
from autograd_lite.optim.schedules import cosine as cosine
from autograd_lite.optim.schedules import linear as linear
from autograd_lite.optim.schedules import step_decay as step_decay

__all__ = [
    "Adagrad",
    "Adam",
    "AdamW",
    "Descent",
    "Optimizer",
    "RMSprop",
    "SGD",
    "clip_grad_norm",
    "clip_grad_value",
    "cosine",
    "least_squares",
    "linear",
    "numerical_descent",
    "random_search",
    "step_decay",
]
