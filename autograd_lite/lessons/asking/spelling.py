"""Names of quantities as they are typed: in the notes' symbols, or in letters that every keyboard has."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

from autograd_lite.engine.text import readable

SPELLED = {
    "∂": "d", "∇": "nabla", "′": "'", "’": "'", "−": "-", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta",
    "ε": "epsilon", "η": "eta", "θ": "theta", "λ": "lambda", "μ": "mu", "ρ": "rho", "σ": "sigma", "φ": "phi",
    "Σ": "sum", "‖": "||", "⁄": "/",
}  # fmt: skip
OMITTED = re.compile(r"[\s_^{}*·$\\]")
REWRITTEN = (  # LaTeX, and an index that stands before the exponent
    (re.compile(r"\\[dt]?frac\{(.+)\}\{(.+)\}"), r"\1/\2"),
    (re.compile(r"\\partial(?![a-z])"), "d"),
    (re.compile(r"_(\{\w+\}|[^\W_]+)\^(\{\w+\}|[^\W_]+)"), r"^\2_\1"),
)


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    r"""A name in letters that every keyboard has, in which all ways to write it are one.

    >>> folded("∂J/∂w¹₂₃"), folded("dJ / dw1_23"), folded("δ²"), folded("d2"), folded("grad f")
    ('dJ/dw123', 'dJ/dw123', 'delta2', 'delta2', 'nablaf')
    >>> folded(r"$\frac{\partial J}{\partial w_{23}^1}$")
    'dJ/dw123'
    """
    for written, instead in REWRITTEN:
        name = written.sub(instead, name)
    plain = "".join(SPELLED.get(c, c) for c in normalize("NFKC", readable(name)))
    plain = re.sub(r"^grad ?(?=\w+$)", "nabla", OMITTED.sub("", plain))
    return re.sub(r"(?<![A-Za-z])d(?=\d)", "delta", plain)
