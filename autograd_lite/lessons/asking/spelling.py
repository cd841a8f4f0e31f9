"""Names of quantities as they are typed: in the notes' symbols, or in letters that every keyboard has."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

from autograd_lite.engine.text import readable

SPELLED = {
    "∂": "d", "∇": "nabla", "′": "'", "’": "'", "−": "-", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta",
    "ε": "epsilon", "η": "eta", "θ": "theta", "λ": "lambda", "μ": "mu", "ρ": "rho", "σ": "sigma", "φ": "phi",
    "Σ": "sum",
}  # fmt: skip
OMITTED = re.compile(r"[\s_^{}*·]")


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A name in letters that every keyboard has, in which all ways to write it are one.

    >>> folded("∂J/∂w¹₂₃"), folded("dJ / dw1_23"), folded("δ²"), folded("d2"), folded("grad f")
    ('dJ/dw123', 'dJ/dw123', 'delta2', 'delta2', 'nablaf')
    """
    plain = "".join(SPELLED.get(c, c) for c in normalize("NFKC", readable(name)))
    plain = re.sub(r"^grad ?(?=\w+$)", "nabla", OMITTED.sub("", plain))
    return re.sub(r"(?<![A-Za-z])d(?=\d)", "delta", plain)
