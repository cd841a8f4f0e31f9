"""Automatic differentiation one can read.

A `Value` is a number that records the computation that made it; `backward()` applies the chain rule.
The operations stand in one table (`autograd_lite.engine.table`), and everything else reads it.

>>> from autograd_lite import Value, exp, sin
>>> x = Value(1.5, label="x")
>>> y = exp(sin(x ** 2))
>>> y.backward()
>>> x.grad
-4.1031164885938205
"""

from typing import TYPE_CHECKING

# `name as name` says that a name is exported, to readers and to type checkers.
from autograd_lite._version import __version__ as __version__
from autograd_lite.engine.checks import GradientError as GradientError
from autograd_lite.engine.checks import check_gradients as check_gradients
from autograd_lite.engine.checks import numerical_gradient as numerical_gradient
from autograd_lite.engine.context import scope as scope
from autograd_lite.engine.lines import record_lines as record_lines
from autograd_lite.engine.ops import Op as Op
from autograd_lite.engine.sequences import dot as dot
from autograd_lite.engine.sequences import logsumexp as logsumexp
from autograd_lite.engine.sequences import mean as mean
from autograd_lite.engine.sequences import prod as prod
from autograd_lite.engine.sequences import softmax as softmax
from autograd_lite.engine.sequences import sum as sum
from autograd_lite.engine.table import abs as abs
from autograd_lite.engine.table import acos as acos
from autograd_lite.engine.table import acosh as acosh
from autograd_lite.engine.table import add as add
from autograd_lite.engine.table import asin as asin
from autograd_lite.engine.table import asinh as asinh
from autograd_lite.engine.table import atan as atan
from autograd_lite.engine.table import atan2 as atan2
from autograd_lite.engine.table import atanh as atanh
from autograd_lite.engine.table import cbrt as cbrt
from autograd_lite.engine.table import clip as clip
from autograd_lite.engine.table import cos as cos
from autograd_lite.engine.table import cosh as cosh
from autograd_lite.engine.table import detach as detach
from autograd_lite.engine.table import div as div
from autograd_lite.engine.table import elu as elu
from autograd_lite.engine.table import erf as erf
from autograd_lite.engine.table import erfc as erfc
from autograd_lite.engine.table import exceeds as exceeds
from autograd_lite.engine.table import exp as exp
from autograd_lite.engine.table import exp2 as exp2
from autograd_lite.engine.table import expm1 as expm1
from autograd_lite.engine.table import gelu as gelu
from autograd_lite.engine.table import hypot as hypot
from autograd_lite.engine.table import identity as identity
from autograd_lite.engine.table import leaky_relu as leaky_relu
from autograd_lite.engine.table import log as log
from autograd_lite.engine.table import log1p as log1p
from autograd_lite.engine.table import log2 as log2
from autograd_lite.engine.table import log10 as log10
from autograd_lite.engine.table import logaddexp as logaddexp
from autograd_lite.engine.table import maximum as maximum
from autograd_lite.engine.table import minimum as minimum
from autograd_lite.engine.table import mul as mul
from autograd_lite.engine.table import neg as neg
from autograd_lite.engine.table import pow as pow
from autograd_lite.engine.table import reciprocal as reciprocal
from autograd_lite.engine.table import relu as relu
from autograd_lite.engine.table import sech as sech
from autograd_lite.engine.table import sigmoid as sigmoid
from autograd_lite.engine.table import sign as sign
from autograd_lite.engine.table import silu as silu
from autograd_lite.engine.table import sin as sin
from autograd_lite.engine.table import sinh as sinh
from autograd_lite.engine.table import softplus as softplus
from autograd_lite.engine.table import sqrt as sqrt
from autograd_lite.engine.table import square as square
from autograd_lite.engine.table import step as step
from autograd_lite.engine.table import sub as sub
from autograd_lite.engine.table import tan as tan
from autograd_lite.engine.table import tanh as tanh
from autograd_lite.engine.table import where as where
from autograd_lite.engine.transforms import grad as grad
from autograd_lite.engine.transforms import gradients as gradients
from autograd_lite.engine.transforms import hessian as hessian
from autograd_lite.engine.transforms import hvp as hvp
from autograd_lite.engine.transforms import jacobian as jacobian
from autograd_lite.engine.transforms import jvp as jvp
from autograd_lite.engine.transforms import value_and_grad as value_and_grad
from autograd_lite.engine.transforms import vjp as vjp
from autograd_lite.engine.value import Value as Value
from autograd_lite.views.doctor.diagnosis import diagnose as diagnose
from autograd_lite.views.doctor.findings import Finding as Finding
from autograd_lite.views.picture.drawing import draw as draw
from autograd_lite.views.steps.comparison import compare as compare
from autograd_lite.views.steps.path_sums import paths as paths
from autograd_lite.views.steps.tracer import Trace as Trace
from autograd_lite.views.steps.tracer import trace as trace

if not TYPE_CHECKING:  # type checkers want `import autograd_lite.nn` in writing

    def __getattr__(name: str) -> object:
        """The packages on top of the engine, `autograd_lite.nn` and others, imported when they are first used."""
        if name in ("data", "nn", "optim", "plots", "train"):
            from importlib import import_module

            return import_module(f"autograd_lite.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        """What can be written after the dot, for those who complete names."""
        return sorted([*globals(), "data", "nn", "optim", "plots", "train"])


__all__ = [
    "Finding",
    "GradientError",
    "Op",
    "Trace",
    "Value",
    "__version__",
    "abs",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "check_gradients",
    "clip",
    "compare",
    "cos",
    "cosh",
    "detach",
    "diagnose",
    "div",
    "dot",
    "draw",
    "elu",
    "erf",
    "erfc",
    "exceeds",
    "exp",
    "exp2",
    "expm1",
    "gelu",
    "grad",
    "gradients",
    "hessian",
    "hvp",
    "hypot",
    "identity",
    "jacobian",
    "jvp",
    "leaky_relu",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "mul",
    "neg",
    "numerical_gradient",
    "paths",
    "pow",
    "prod",
    "reciprocal",
    "record_lines",
    "relu",
    "scope",
    "sech",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "square",
    "step",
    "sub",
    "sum",
    "tan",
    "tanh",
    "trace",
    "value_and_grad",
    "vjp",
    "where",
]
